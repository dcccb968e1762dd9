#!/usr/bin/env python3
"""What comparing a cluster costs: a number of resources goes in; seconds and memory of `gitops-guard drift` come out.

    python tools/drift_time.py [--resources 2000] [--rounds 5] [--server-side]

A real API server and etcd run beside it (`make tools` builds them). A repository states that many objects, in namespaces of
fourteen, each deployed by an Application of its own; Argo CD's identity applies them all, and nothing is changed. Of all rounds
the least counts, since whoever else uses the machine only adds. The time is the whole command's, from start to end; the memory is
the largest that a process of it had, as the kernel counts.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests/real")]

from cluster import Cluster, running  # noqa: E402
from drift_app import DEPLOYERS, OBJECTS, body_of, write_repository  # noqa: E402

CLUSTER_WIDE = ("hook",)


def programs() -> Path:
    done = subprocess.run([sys.executable, str(HERE / "build.py"), "--where"], capture_output=True, text=True, check=True)
    return Path(os.environ.get("GITOPS_GUARD_TOOLS") or done.stdout.strip())


def deploy(cluster: Cluster, root: Path, count: int) -> None:
    deployer = next(one for one in DEPLOYERS if one.name == "argocd-ssa")
    names = tuple(name for name in OBJECTS if name not in CLUSTER_WIDE)
    spaces = {f"shop-{number}": names[:min(len(names), count - start)]
              for number, start in enumerate(range(0, count, len(names)))}
    write_repository(root, deployer, spaces)
    for space, held in spaces.items():
        cluster.namespace(space)
        for name in held:
            deployer.apply(cluster, deployer.marked(body_of(name, space), space))


def one_round(cluster: Cluster, root: Path, more: list[str]) -> tuple[float, float]:
    began = time.monotonic(), _processor()
    done = subprocess.run([sys.executable, "-m", "gitops_guard", "drift", str(root / "apps"), "--root", str(root), "--kubeconfig",
                           str(cluster.kubeconfig("alice")), *more], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"exit code {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return time.monotonic() - began[0], _processor() - began[1]


def _processor() -> float:
    """Seconds of the processor that ended children took; the servers are still running."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--server-side", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, running(programs(), Path(scratch) / "cluster") as cluster:
        root = Path(scratch) / "repository"
        deploy(cluster, root, options.resources)
        more = ["--server-side"] if options.server_side else []
        rounds = [one_round(cluster, root, more) for _round in range(options.rounds)]
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{options.resources} resources: {min(wall for wall, _used in rounds):.2f} s, of the processor "
              f"{min(used for _wall, used in rounds):.2f} s, {memory:.0f} MB; rounds: "
              f"{', '.join(f'{wall:.2f}' for wall, _used in rounds)}")


if __name__ == "__main__":
    main()
