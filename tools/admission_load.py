"""What a decision of a bundle for OPA costs: AdmissionReviews over plain HTTP on loopback to `opa run`, by 1, 8 and 32 clients.

    python tools/admission_load.py BUNDLE MANIFESTS --opa PATH [--requests 2000] [--clients 1 8 32]

Every object of the manifests is created once, and changed in its labels once, by a user who may and by one who may not, in turn.
Prints answers in a second, the 50th and 99th percentile of what a client waits, and OPA's own processor time for an answer, which
is what can be compared on a machine that others use too.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gitops_guard.errors import SourceError
from gitops_guard.source import Dialect, parse

USERS = ("system:serviceaccount:argocd:argocd-application-controller", "alice")
PATIENCE = 30.0


def objects(folder: Path) -> Iterator[dict[str, Any]]:
    """What the manifests below a folder hold, in a fixed order; what is no YAML is passed over, as in any folder."""
    for path in sorted(folder.rglob("*.yaml")):
        try:
            documents = parse(path.read_bytes(), path.name).load(Dialect.MANIFEST)
        except SourceError:
            continue
        for document in documents:
            kind, meta = (document.get(key) if isinstance(document, dict) else None for key in ("kind", "metadata"))
            if isinstance(kind, str) and isinstance(meta, dict):
                yield document


def reviews(folder: Path) -> list[bytes]:
    """AdmissionReviews as the API server sends them."""
    found = []
    for number, (body, user) in enumerate(zip(objects(folder), itertools.cycle(USERS), strict=False)):
        group, _slash, version = str(body.get("apiVersion", "")).rpartition("/")
        meta = body["metadata"]
        request = {
            "uid": f"00000000-0000-0000-0000-{number:012x}", "kind": {"group": group, "version": version, "kind": body["kind"]},
            "resource": {"group": group, "version": version, "resource": f"{body['kind'].lower()}s"},
            "name": meta.get("name", ""), "namespace": meta.get("namespace", "default"), "dryRun": False,
            "userInfo": {"username": user, "groups": ["system:authenticated"]}}
        after = {**body, "metadata": {**meta, "labels": {**(meta.get("labels") or {}), "load": "1"}}}
        for more in ({"operation": "CREATE", "object": body, "oldObject": None},
                     {"operation": "UPDATE", "object": after, "oldObject": body}):
            review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {**request, **more}}
            with contextlib.suppress(ValueError):  # .nan and .inf are no JSON, so nobody can send them
                found.append(json.dumps(review, allow_nan=False).encode())
    return found


@contextlib.contextmanager
def served(opa: str, bundle: Path) -> Iterator[tuple[int, int]]:
    """The port and the process of an OPA with the bundle, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [opa, "run", "--server", f"--addr=127.0.0.1:{port}", "--authorization=basic", "--log-level=error",
               "--skip-version-check", "--bundle", str(bundle)]
    with subprocess.Popen(command) as process:
        try:
            until = time.monotonic() + PATIENCE
            while not ready(port):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit("opa does not take the bundle")
                time.sleep(0.1)
            yield port, process.pid
        finally:
            process.terminate()


def ready(port: int) -> bool:
    """Whether it has its bundle."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health?bundles")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def processor(pid: int) -> float:
    """Seconds of processor that a process has used, as Linux counts them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def client(port: int, asked: Sequence[bytes]) -> list[float]:
    """Seconds that each answer took, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    took = []
    for body in asked:
        start = time.perf_counter()
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - start)
        if answer.status != 200:
            sys.exit(f"opa answers {answer.status}")
    connection.close()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("manifests", type=Path)
    parser.add_argument("--opa", default="opa")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    options = parser.parse_args()
    known = reviews(options.manifests)
    if not known:
        sys.exit("no object in the manifests")
    step = max(1, len(known) // options.requests)
    asked = list(itertools.islice(itertools.cycle(known[::step]), options.requests))
    print(f"{len(asked)} requests, {len(set(asked))} distinct, {sum(map(len, asked)) / len(asked) / 1000:.1f} kB each")
    with served(options.opa, options.bundle) as (port, pid):
        client(port, asked[:200])
        for count in options.clients:
            shares = [asked[number::count] for number in range(count)]
            used, start = processor(pid), time.perf_counter()
            with ThreadPoolExecutor(count) as pool:
                took = sorted(itertools.chain.from_iterable(pool.map(client, itertools.repeat(port), shares)))
            seconds = time.perf_counter() - start
            print(f"{count:3} clients: {len(took) / seconds:7.0f} /s   p50 {1000 * took[len(took) // 2]:6.2f} ms   "
                  f"p99 {1000 * took[len(took) * 99 // 100]:6.2f} ms   "
                  f"processor {1000 * (processor(pid) - used) / len(took):5.2f} ms")


if __name__ == "__main__":
    main()
