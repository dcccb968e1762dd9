"""A real OPA that serves a bundle as a webhook over TLS on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import urllib3

from gitops_guard.apiserver import is_well
from gitops_guard.bundle.verdict import Verdict
from gitops_guard.certificates import Authority, Pair
from gitops_guard.loopback import listening


class NotStartedError(Exception):
    """OPA ended, or was not ready in time; says what its log said last."""


class Webhook:
    """Where it answers."""

    def __init__(self, port: int, authority: Authority) -> None:
        self.url = f"https://127.0.0.1:{port}"
        self._pool = urllib3.PoolManager(ssl_context=ssl.create_default_context(cafile=str(authority.certificate)), retries=False, maxsize=64, timeout=60)

    def close(self) -> None:
        self._pool.clear()

    def post(self, path: str, body: object) -> tuple[int, Any]:
        got = self._pool.request("POST", self.url + path, body=json.dumps(body), headers={"Content-Type": "application/json"})
        return got.status, json.loads(got.data)

    def request(self, method: str, path: str, body: str | None = None) -> int:
        return int(self._pool.request(method, self.url + path, body=body).status)

    def review(self, review: Any) -> Verdict | None:
        """What it answers an API server; None where it fails, which failurePolicy decides about."""
        status, answer = self.post("/?timeout=10s", review)
        if status != 200:
            return None
        response = answer["response"]
        assert (answer["apiVersion"], answer["kind"], response["uid"]) == (review["apiVersion"], "AdmissionReview", review["request"]["uid"])
        denied = tuple(response["status"]["message"].split("\n")) if "status" in response else ()
        assert response["allowed"] is (not denied)
        return Verdict(denied, tuple(response.get("warnings", ())))

    def decide(self, given: Any) -> Verdict | None:
        """What the plain API answers."""
        status, answer = self.post("/v1/data/gitops_guard/decision", {"input": given})
        if status != 200:
            return None
        decision = answer["result"]
        assert decision["allowed"] is (not decision["denied"])
        return Verdict(tuple(decision["denied"]), tuple(decision["warnings"]))


@contextlib.contextmanager
def webhook(opa: Path, folder: Path, bundle: Path, authority: Authority, own: Pair, more: Sequence[str] = ()) -> Iterator[Webhook]:
    """Runs it as the install set does, until the block ends. Raises NotStartedError where OPA does not take the bundle."""
    folder.mkdir(parents=True, exist_ok=True)

    def command(port: int) -> list[str]:
        return [str(opa), "run", "--server", f"--addr=https://127.0.0.1:{port}", f"--tls-cert-file={own.certificate}", f"--tls-private-key-file={own.key}",
                "--authorization=basic", "--log-level=error", "--skip-version-check", *more, "--bundle", str(bundle)]

    with listening(command, lambda port: is_well(f"https://127.0.0.1:{port}/health?bundles", authority), cwd=folder, env={"PATH": os.defpath, "HOME": str(folder)},
                   patience=60, log=folder / "opa.log", error=NotStartedError) as (port, _server):
        made = Webhook(port, authority)
        try:
            yield made
        finally:
            made.close()
