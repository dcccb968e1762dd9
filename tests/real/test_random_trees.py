"""Random trees of kustomizations, built by us and by the real kustomize: the same bytes, or both refuse.

300 trees, always the same ones. TREES=5000 SEED=1 in the environment asks for others.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, note, seed, settings
from random_trees import Tree, trees

from gitops_guard.errors import InputError
from gitops_guard.render import Renderer, emit
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree

pytestmark = pytest.mark.real

TREES = int(os.environ.get("TREES", "300"))
SEED = os.environ.get("SEED")
SETTINGS = settings(max_examples=TREES, derandomize=SEED is None, database=None, deadline=None, phases=[Phase.explicit, Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck), print_blob=False)
NOTHING = Tree({"top/kustomization.yaml": "resources: []\n"})


def write(root: Path, tree: Tree) -> None:
    for path, text in tree.files.items():
        file = root / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())


def ours(root: Path, folder: str) -> tuple[str | None, str]:
    """What we print, or None and why not."""
    try:
        rendered = Renderer(Sources(WorkTree(root))).render(folder)
        printed = emit(rendered.resources)
    except InputError as error:
        return None, f"{error.file}:{error.line}: {error.message}"
    unresolved = [fault.message for fault in rendered.faults if fault.rule == "render/unresolved"]
    return (None, unresolved[0]) if unresolved else (printed, "")


@pytest.fixture(scope="module")
def kustomize(tool: Callable[[str], Path]) -> Path:
    return tool("kustomize")


def test_random_trees(kustomize: Path) -> None:
    built = []

    @SETTINGS
    @given(trees())
    @example(NOTHING)
    def agree(tree: Tree) -> None:
        note(str(tree))
        with TemporaryDirectory() as folder:
            root = Path(folder)
            write(root, tree)
            done = subprocess.run([kustomize, "build", root / tree.folder], capture_output=True, timeout=120, check=False)
            printed, why = ours(root, tree.folder)
        built.append(done.returncode == 0)
        if done.returncode or printed is None:
            assert (done.returncode != 0) == (printed is None), why or done.stderr.decode()
        else:
            assert printed == done.stdout.decode()

    (seed(int(SEED))(agree) if SEED else agree)()
    assert sum(built) > len(built) * 0.4, "too few trees build for the test to say much"
