"""A cluster of one's own: a real etcd and a real kube-apiserver on loopback, and ways to talk to it as anybody.

There is no controller manager: nothing makes pods or default service accounts, sets a status or collects garbage, and a namespace
that is deleted stays `Terminating`. Tests play the controllers themselves, with their identities.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from identities import IDENTITIES, Identity, every_right, token_file, tokens

from gitops_guard.apiserver import Answer, Client, Identities, Programs, api_server, store, until
from gitops_guard.apiserver.client import JSON, Served, place
from gitops_guard.certificates import Authority, Pair

__all__ = ["APPLY", "JSON", "JSON_PATCH", "MERGE_PATCH", "STRATEGIC_PATCH", "Answer", "Cluster", "RefusedError", "running"]

APPLY = "application/apply-patch+yaml"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
TIMEOUT = 60.0


class RefusedError(AssertionError):
    """An answer that is no success, where a test needed one."""


class Cluster:
    """A running API server. Names of identities are the keys of `identities.IDENTITIES`."""

    def __init__(self, client: Client, folder: Path, authority: Authority, kubectl: Path | None) -> None:
        self.url = client.url
        self.folder = folder
        self.authority = authority
        self.ca = authority.certificate
        self._program = kubectl
        self._tokens = tokens()
        self._client = client
        self._served: Mapping[tuple[str, str], Served] = {}

    def identity(self, name: str) -> Identity:
        return IDENTITIES[name]

    def token(self, name: str) -> str:
        return self._tokens[name]

    def kubeconfig(self, name: str, server: str = "") -> Path:
        """A kubeconfig with one context, called as the identity. With `server`, of another address: nobody need be there."""
        known = json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{"name": "test", "cluster": {"server": server or self.url, "certificate-authority": str(self.ca)}}],
            "users": [{"name": name, "user": {"token": self.token(name)}}],
            "contexts": [{"name": name, "context": {"cluster": "test", "user": name}}],
        }, indent=2)
        path = self.folder / "kubeconfigs" / f"{name}{'-' + quote(server, safe='') if server else ''}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(known)
        path.chmod(0o600)
        return path

    def serving(self, name: str) -> Pair:
        """Certificate and key for a server on 127.0.0.1, such as a webhook; `authority.bundle` is the `caBundle` for it."""
        return self.authority.pair(name)

    def request(self, user: str, method: str, path: str, body: object = None, content_type: str = JSON, accept: str = JSON,
                query: Mapping[str, str | bool] | None = None, agent: str = "") -> Answer:
        """One request as somebody. `body` is sent as JSON unless it is text already (which YAML is).

        Of a client that gives no `fieldManager` the API server takes the name of the `agent`, up to the first slash.
        """
        return self._client.request(method, path, body, content_type=content_type, accept=accept, query=query, token=self.token(user),
                                    headers=[("User-Agent", agent)] if agent else ())

    def done(self, *args: Any, **keys: Any) -> Any:
        """The body of a request that has to succeed."""
        answer = self.request(*args, **keys)
        if not answer.ok:
            raise RefusedError(f"{args[:3]}: {answer.status} {answer.message}")
        return answer.body

    def path(self, thing: Mapping[str, Any], *, collection: bool = False) -> str:
        """Where the API server has an object, or the collection to create it in. KeyError: it serves no such kind."""
        version, meta = thing["apiVersion"], thing["metadata"]
        if (version, thing["kind"]) not in self._served:
            self._served = self._client.served()
        served = self._served[version, thing["kind"]]
        inside = place(version, served.resource, (meta.get("namespace") or "default") if served.namespaced else "")
        return inside if collection else f"{inside}/{quote(meta['name'], safe=':')}"

    def served(self) -> set[tuple[str, str]]:
        """apiVersion and kind of everything that there is now."""
        return set(self._client.served())

    def get(self, thing: Mapping[str, Any], user: str = "root") -> dict[str, Any]:
        body: dict[str, Any] = self.done(user, "GET", self.path(thing))
        return body

    def create(self, user: str, thing: Mapping[str, Any], *, manager: str = "tests", dry_run: bool = False) -> Answer:
        return self.request(user, "POST", self.path(thing, collection=True), thing, query=options(manager, dry_run=dry_run))

    def apply(self, user: str, thing: Mapping[str, Any], *, manager: str, force: bool = True, dry_run: bool = False) -> Answer:
        """Server-side apply."""
        return self.request(user, "PATCH", self.path(thing), thing, APPLY, query={**options(manager, dry_run=dry_run), "force": force})

    def patch(self, user: str, thing: Mapping[str, Any], body: object, *, content_type: str = MERGE_PATCH, manager: str = "tests",
              subresource: str = "", dry_run: bool = False) -> Answer:
        path = self.path(thing) + (f"/{subresource}" if subresource else "")
        return self.request(user, "PATCH", path, body, content_type, query=options(manager, dry_run=dry_run))

    def delete(self, user: str, thing: Mapping[str, Any]) -> Answer:
        return self.request(user, "DELETE", self.path(thing))

    def namespace(self, name: str, labels: Mapping[str, str] | None = None) -> None:
        """There is such a namespace afterwards, with these labels."""
        thing = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels or {})}}
        answer = self.apply("root", thing, manager="tests")
        if not answer.ok:
            raise RefusedError(answer.message)

    def establish(self, crd: Mapping[str, Any]) -> None:
        """A custom resource definition, until its kind is served."""
        if not (answer := self.apply("root", crd, manager="tests")).ok:
            raise RefusedError(answer.message)
        names, group = crd["spec"]["names"], crd["spec"]["group"]
        for version in crd["spec"]["versions"]:
            if version["served"]:
                self.until(lambda at=version["name"]: self.request("root", "GET", f"/apis/{group}/{at}/{names['plural']}").ok)

    def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        """Asks until the answer is yes."""
        until(true, seconds)

    def kubectl(self, user: str, *args: str, given: str = "", check: bool = True, editor: str = "",
                timeout: float = TIMEOUT) -> subprocess.CompletedProcess[str]:
        """The real kubectl, as somebody; `given` is its standard input, `editor` the command that `kubectl edit` runs."""
        assert self._program is not None, "no kubectl: run make tools"
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run([str(self._program), *args], input=given, capture_output=True, text=True, check=False, timeout=timeout,
                              env={"PATH": os.defpath, "HOME": str(home), "KUBECONFIG": str(self.kubeconfig(user)), "KUBE_EDITOR": editor})
        if check and done.returncode:
            raise RefusedError(f"kubectl {' '.join(args)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done


def options(manager: str, *, dry_run: bool) -> dict[str, str | bool]:
    return {"fieldManager": manager, **({"dryRun": "All"} if dry_run else {})}


@contextlib.contextmanager
def running(programs: Path, folder: Path, more: Sequence[str] = ()) -> Iterator[Cluster]:
    """etcd and kube-apiserver of the folder of programs, with what they write in the other folder; `more` flags of the API server.

    Both are stopped at the end and etcd's data is removed; logs (`etcd.log`, `kube-apiserver.log`) stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kubectl = programs / "kubectl"
    who = Identities(token_file(), tokens()["root"], authorization="RBAC")
    try:
        with store(Programs(str(programs / "etcd"), str(programs / "kube-apiserver")), folder) as below, api_server(below, who, more=more) as client:
            cluster = Cluster(client, folder, below.authority, kubectl if kubectl.exists() else None)
            settle(cluster)
            yield cluster
    finally:
        shutil.rmtree(folder / "etcd", ignore_errors=True)


def settle(cluster: Cluster) -> None:
    """Everybody's rights come a moment after they are written."""
    if not (answer := cluster.create("root", every_right())).ok:
        raise RefusedError(answer.message)
    cluster.until(lambda: cluster.request("alice", "GET", "/api/v1/namespaces").ok)
