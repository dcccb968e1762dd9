"""Every kustomization of the cases and examples, built by us and by the real kustomize: the same bytes, or both refuse."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitops_guard.errors import InputError
from gitops_guard.render import Renderer, emit
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).resolve().parents[2]
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def repositories() -> Iterator[Path]:
    yield from sorted(path for path in (CHECKOUT / "tests" / "cases").glob("*/repo") if path.is_dir())
    yield from sorted(path for path in (CHECKOUT / "examples").iterdir() if path.is_dir())


def folders() -> list[tuple[Path, str]]:
    found = []
    for repository in repositories():
        for name in NAMES:
            found += [(repository, path.parent.relative_to(repository).as_posix()) for path in repository.rglob(name)]
    return sorted(set(found))


def ours(repository: Path, folder: str) -> tuple[bytes | None, str]:
    """What we print, or None and why not. As the render command: a part of a build is not printed for the whole."""
    try:
        rendered = Renderer(Sources(WorkTree(repository))).render(folder)
    except InputError as error:
        return None, f"{error.file}:{error.line}: {error.message}"
    unresolved = [fault.message for fault in rendered.faults if fault.rule == "render/unresolved"]
    return (None, unresolved[0]) if unresolved else (emit(rendered.resources).encode("utf-8", "surrogateescape"), "")


@pytest.mark.parametrize(("repository", "folder"), [
    pytest.param(repository, folder, id=f"{repository.relative_to(CHECKOUT)}:{folder}") for repository, folder in folders()])
def test_the_same_bytes_or_both_refuse(repository: Path, folder: str, tool: Callable[[str], Path]) -> None:
    done = subprocess.run([tool("kustomize"), "build", repository / folder], capture_output=True, timeout=120, check=False)
    theirs = done.stdout if done.returncode == 0 else None
    built, why = ours(repository, folder)
    if theirs is None or built is None:
        assert (theirs is None) == (built is None), why or done.stderr.decode()
    else:
        assert built.decode() == theirs.decode()


def test_the_version_is_the_one_that_we_render_like(tool: Callable[[str], Path]) -> None:
    assert subprocess.run([tool("kustomize"), "version"], capture_output=True, text=True, check=True).stdout.strip() == "v5.8.1"
