"""How quickly a repository's kustomizations are rendered, beside kustomize: a folder and a program go in, medians come out.

    python tools/benchmark.py ROOT --kustomize PATH [--rounds 5]

Each round runs both, one after the other, so that a busy machine slows both: kustomize once for each folder that it can build, as
many at once as there are processors; gitops-guard once for all folders. What needs the network fails at once in both.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
CLOSED = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


def folders(root: Path) -> list[Path]:
    """Every folder with a kustomization file."""
    return sorted({path.parent for name in NAMES for path in root.rglob(name) if ".git" not in path.parts})


def build(kustomize: Path, folder: Path) -> bytes | None:
    """What kustomize prints, or None where it fails."""
    argv = [str(kustomize), "build", "--load-restrictor", "LoadRestrictionsNone", str(folder)]
    done = subprocess.run(argv, capture_output=True, env=CLOSED, check=False, timeout=120)
    return done.stdout if done.returncode == 0 else None


def render(root: Path, out: Path) -> None:
    """Render all folders of a repository to `out`, which is new each time."""
    shutil.rmtree(out, ignore_errors=True)
    argv = [sys.executable, "-m", "gitops_guard", "render", str(root), "--root", str(root), "--output-dir", str(out),
            "--load-restrictor", "none"]
    subprocess.run(argv, capture_output=True, check=False)


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("--kustomize", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        out = Path(scratch) / "out"
        everything = folders(args.root)
        outputs = dict(zip(everything, pool.map(lambda folder: build(args.kustomize, folder), everything), strict=True))
        good = [folder for folder, output in outputs.items() if output is not None]
        objects = sum(len(re.findall(rb"(?m)^kind: ", output)) for output in outputs.values() if output is not None)
        for _ in range(args.rounds):
            theirs.append(seconds(lambda: list(pool.map(lambda folder: build(args.kustomize, folder), good))))
            ours.append(seconds(lambda: render(args.root, out)))
        same = sum((out / folder.relative_to(args.root) / "manifests.yaml").read_bytes() == outputs[folder] for folder in good
                   if (out / folder.relative_to(args.root) / "manifests.yaml").is_file())
    one, other = statistics.median(theirs), statistics.median(ours)
    each = 1000 * other / max(objects, 1)
    print(f"{len(good)} of {len(everything)} folders, {objects} objects; equal bytes in {same}; {os.cpu_count()} processors")
    print(f"kustomize     {one:7.2f} s")
    print(f"gitops-guard  {other:7.2f} s, {each:.2f} ms for each object, {one / other:.1f} times as fast")


if __name__ == "__main__":
    main()
