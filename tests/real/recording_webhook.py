"""A webhook that lets everything through and keeps what it was asked: real AdmissionReviews, for whoever needs some."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cluster import Cluster

NAME = "recording-tests"
MARK = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "recorded-", "name": ""}}


@contextlib.contextmanager
def recording(cluster: Cluster, namespaces: Sequence[str]) -> Iterator[list[Any]]:
    """The AdmissionReviews about what happens in the namespaces while the block lasts, in order; whoever has read some clears the list."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(review)
            answer = json.dumps({"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": {"uid": review["request"]["uid"], "allowed": True}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_request(self, *_args: Any) -> None:
            pass

    own = cluster.serving("recording")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.certificate, own.key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        made = configuration(f"https://127.0.0.1:{server.server_address[1]}/", cluster.authority.bundle, namespaces)
        try:
            assert cluster.create("root", made).ok
            mark = {**MARK, "metadata": {**MARK["metadata"], "namespace": namespaces[0]}}
            cluster.until(lambda: cluster.create("root", mark, dry_run=True).ok and bool(seen))
            seen.clear()
            yield seen
        finally:
            cluster.delete("root", made)
            server.shutdown()
            serving.join()


def configuration(url: str, authority: str, namespaces: Sequence[str]) -> dict[str, Any]:
    asked = {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"], "scope": "Namespaced"}
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": NAME}, "webhooks": [{
        "name": "recording.example.com", "clientConfig": {"url": url, "caBundle": authority}, "rules": [asked], "sideEffects": "None",
        "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
        "namespaceSelector": {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(namespaces)}]}}]}
