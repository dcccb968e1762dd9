"""The real programs that the tests of this folder compare with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cluster import Cluster, running

BUILD = Path(__file__).resolve().parents[2] / "tools" / "build.py"


def tools_folder() -> Path:
    """GITOPS_GUARD_TOOLS, as `make test-real` sets it, else where `make tools` puts them."""
    given = os.environ.get("GITOPS_GUARD_TOOLS")
    if given:
        return Path(given)
    done = subprocess.run([sys.executable, str(BUILD), "--where"], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def tool() -> Callable[[str], Path]:
    """`tool("kustomize")` is the path of the program. A missing one is an error: a test that is left out proves nothing."""
    folder = tools_folder()

    def find(name: str) -> Path:
        path = folder / name
        assert path.exists(), f"no {name} in {folder}: run make tools"
        return path

    return find


@pytest.fixture(scope="session")
def cluster(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running API server, the same for all tests of a run: each keeps to namespaces and names of its own."""
    for name in ("etcd", "kubectl"):
        tool(name)
    with running(tool("kube-apiserver").parent, tmp_path_factory.mktemp("cluster")) as made:
        yield made
