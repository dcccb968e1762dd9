"""A scripted API server on loopback: it serves what a test gives it, and fails where, how and as often as the test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Fail:
    """An answer that is none: a status, or with status 0 a connection that is closed in the middle of it."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Resource:
    """A kind and its objects, in the order in which they are listed."""

    group: str
    version: str
    kind: str
    plural: str
    objects: list[dict[str, Any]] = field(default_factory=list)
    namespaced: bool = True


@dataclass
class Script:
    """What is served. `fails` maps a path (with `?continue` for pages after the first) to answers that come first."""

    resources: list[Resource]
    fails: dict[str, list[Fail]] = field(default_factory=dict)
    always: dict[str, Fail] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    aggregated: bool = True
    page: int = 2
    asked: list[str] = field(default_factory=list)
    sent: list[tuple[str, Mapping[str, list[str]], Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def answer(self, method: str, target: str, body: Any) -> Fail | dict[str, Any]:
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        name = parts.path + ("?continue" if "continue" in query else "")
        self.asked.append(name)
        if waiting := self.fails.get(name):
            return waiting.pop(0)
        if name in self.always:
            return self.always[name]
        if method == "PATCH":
            self.sent.append((parts.path, query, body))
            return {**body, "metadata": {**body["metadata"], "resourceVersion": "7"}}
        found = self._discovery(parts.path) if parts.path in ("/api", "/apis") else self._listed(parts.path, query)
        return found or Fail(404, {"kind": "Status", "reason": "NotFound"})

    def _discovery(self, root: str) -> dict[str, Any]:
        groups: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for one in self.resources:
            if (root == "/api") == (not one.group):
                groups.setdefault(one.group, {}).setdefault(one.version, []).append(
                    {"resource": one.plural, "responseKind": {"kind": one.kind}, "scope": "Namespaced" if one.namespaced else "Cluster"})
        if not self.aggregated:
            if root == "/api":
                return {"kind": "APIVersions", "versions": sorted(groups.get("", {}))}
            return {"kind": "APIGroupList", "groups": [
                {"name": name, "versions": [{"version": version} for version in versions], "preferredVersion": {"version": max(versions)}}
                for name, versions in groups.items()]}
        return {"kind": "APIGroupDiscoveryList", "items": [
            {"metadata": {"name": name}, "versions": [
                {"version": version, "resources": [] if name in self.stale else resources,
                 "freshness": "Stale" if name in self.stale else "Current"} for version, resources in versions.items()]}
            for name, versions in groups.items()]}

    def _listed(self, path: str, query: Mapping[str, list[str]]) -> dict[str, Any] | None:
        for one in self.resources:
            root = f"/apis/{one.group}/{one.version}" if one.group else f"/api/{one.version}"
            if path == root:
                return {"kind": "APIResourceList", "resources": [
                    {"name": other.plural, "kind": other.kind, "namespaced": other.namespaced} for other in self.resources
                    if (other.group, other.version) == (one.group, one.version)]}
            inside = path.removeprefix(root + "/namespaces/").split("/") if path.startswith(root + "/namespaces/") else []
            if path != f"{root}/{one.plural}" and inside[1:] != [one.plural]:
                continue
            objects = [thing for thing in one.objects if not inside or thing["metadata"].get("namespace") == inside[0]]
            start = int(query.get("continue", ["0"])[0])
            end = start + self.page
            return {"kind": f"{one.kind}List", "apiVersion": f"{one.group}/{one.version}".lstrip("/"), "items": objects[start:end],
                    "metadata": {"continue": str(end)} if end < len(objects) else {}}
        return None


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """The address of a server that follows the script."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            script.tokens.append(self.headers.get("Authorization", ""))
            length = int(self.headers.get("Content-Length", "0"))
            given = json.loads(self.rfile.read(length)) if length else None
            found = script.answer(self.command, self.path, given)
            status = found.status if isinstance(found, Fail) else 200
            data = json.dumps(found.body if isinstance(found, Fail) else found).encode()
            if not status:
                self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{"items": [')
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in (found.headers if isinstance(found, Fail) else {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_PATCH = do_GET  # noqa: N815 (the name that is called)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def kubeconfig(path: Path, server: str, user: Mapping[str, Any] | None = None, contexts: Sequence[str] = ("here",)) -> Path:
    """A kubeconfig whose contexts all mean that server."""
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": contexts[0],
        "clusters": [{"name": "one", "cluster": {"server": server}}],
        "users": [{"name": "me", "user": dict(user or {"token": "let-me-in"})}],
        "contexts": [{"name": name, "context": {"cluster": "one", "user": "me"}} for name in contexts]}))
    return path
