"""Requests to an API server that is ours -> its answers, as they are."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import urllib3  # requests stands on it

from ..errors import ToolError

JSON = "application/json"
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_TIMEOUT = 60.0
_TURN = 0.05
"""Seconds between two questions whether something has come true."""


@dataclass(frozen=True)
class Answer:
    """What the API server answered: the parsed body, and its `Warning` headers' texts."""

    status: int
    body: Any
    warnings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it did what it was asked for."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """Why not. It may hold values of what was sent."""
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else str(self.body)


class Served(NamedTuple):
    """What the API server calls a kind."""

    resource: str
    namespaced: bool


class Client:
    """A way to one API server; several threads may use it at once."""

    def __init__(self, url: str, authority: Path, token: str) -> None:
        """`authority` is the certificate to trust, `token` the login of whoever asks, where a request brings none of its own."""
        self.url = url
        self._token = token
        self._pool = urllib3.PoolManager(ssl_context=ssl.create_default_context(cafile=str(authority)), retries=False, maxsize=32,
                                         timeout=_TIMEOUT)

    def close(self) -> None:
        """Let go of the sockets."""
        self._pool.clear()

    def request(self, method: str, path: str, body: object = None, *, content_type: str = JSON, accept: str = JSON,
                query: Mapping[str, str | bool] | None = None, headers: Sequence[tuple[str, str]] = (),
                token: str = "") -> Answer:
        """One request, as the owner of a token where one is given. `body` is sent as JSON unless it is text already.

        A header may be there several times. Raises ToolError where there is no answer.
        """
        sent = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        asked = {key: str(value).lower() if isinstance(value, bool) else value for key, value in (query or {}).items()}
        address = self.url + path + (("&" if "?" in path else "?") + urlencode(asked) if asked else "")
        whole = urllib3.HTTPHeaderDict({"Authorization": f"Bearer {token or self._token}", "Accept": accept})
        if sent is not None:
            whole.add("Content-Type", content_type)
        for name, value in headers:
            whole.add(name, value)
        try:
            got = self._pool.request(method, address, body=sent, headers=whole)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ToolError(f"the kube-apiserver of this run does not answer ({type(error).__name__})") from None
        kind = got.headers.get("Content-Type", "")
        return Answer(got.status, json.loads(got.data) if "json" in kind else got.data.decode("utf-8", "replace"),
                      # The API server writes UTF-8; urllib3 reads the bytes of a header as Latin 1.
                      tuple(text.encode("latin-1").decode("utf-8", "replace") for text in got.headers.getlist("Warning")))

    def served(self) -> Mapping[tuple[str, str], Served]:
        """What is served now: apiVersion and kind -> what they are called in addresses. Raises ToolError."""
        found: dict[tuple[str, str], Served] = {}
        for root in ("/api", "/apis"):
            answer = self.request("GET", root, accept=_DISCOVERY)
            if not answer.ok:
                raise ToolError(f"the kube-apiserver of this run does not say what it serves: {answer.message}")
            for group in answer.body["items"]:
                name = group.get("metadata", {}).get("name", "")
                for version in group["versions"]:
                    written = f"{name}/{version['version']}" if name else version["version"]
                    for one in version.get("resources", ()):
                        found[written, one["responseKind"]["kind"]] = Served(one["resource"], one["scope"] == "Namespaced")
        return found


def place(version: str, resource: str, namespace: str = "") -> str:
    """The address of a collection; of objects without a namespace, or of all namespaces, where none is given."""
    root = "api" if "/" not in version else "apis"
    return f"/{root}/{version}" + (f"/namespaces/{quote(namespace, safe='')}" if namespace else "") + f"/{resource}"


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Ask until the answer is yes: an API server learns of policies and kinds a moment after they are written.

    Raises ToolError where that takes longer than it may.
    """
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise ToolError(f"the kube-apiserver of this run did not come round within {seconds:.0f} s")
        time.sleep(_TURN)

