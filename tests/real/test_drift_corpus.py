"""What was just applied is in sync: every object of whole repositories that the API server takes, however it is applied.

GITOPS_GUARD_REPOSITORIES lists folders of repositories (as PATH lists folders); without it the examples of this one are compared.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from cluster import Cluster
from drift_world import IN_BETWEEN, STAY, World, key_of, side_of, told

from gitops_guard.live import Want
from gitops_guard.model import Fault

pytestmark = pytest.mark.real

EXAMPLES = Path(__file__).parents[2] / "examples"
GIVEN = [Path(path) for path in os.environ.get("GITOPS_GUARD_REPOSITORIES", "").split(os.pathsep) if path]
FOLDERS = GIVEN or [EXAMPLES / "shop", EXAMPLES / "first"]


def in_order(wants: Iterable[Want]) -> list[Want]:
    """Namespaces and kinds before what is in them, and what stands between the API server and other objects last."""
    order = ("Namespace", "CustomResourceDefinition")
    return sorted(wants, key=lambda want: (want.kind in IN_BETWEEN, order.index(want.kind) if want.kind in STAY else len(order)))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_was_just_applied_is_in_sync(cluster: Cluster, tool: Callable[[str], Path], folder: Path, monkeypatch: pytest.MonkeyPatch,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", f"{tool('helm').parent}{os.pathsep}{os.environ['PATH']}")
    world = World(cluster, side_of(folder))
    world.establish()
    counts = dict.fromkeys(("server-side", "server-side, twice", "client-side", "client-side, twice"), 0)
    wrong: list[str] = []

    def look(how: str, faults: list[Fault]) -> None:
        counts[how] += world.compared
        wrong.extend(f"{how}: {line}" for line in told(faults))

    for batch in world.batches():
        wants = in_order(world.wants(batch.built))
        others = [want for want in wants if want.kind not in IN_BETWEEN]
        between = [want for want in wants if want.kind in IN_BETWEEN]
        with world.without(between):
            for how in ("server-side", "server-side, twice"):
                for want in others:
                    world.apply(want)
                look(how, world.differences(batch.built))
            wrong.extend(f"--server-side: {line}" for line in told(world.differences(batch.built, server_side=True)))
            world.forget(others)
            for how in ("client-side", "client-side, twice"):
                world.apply_client_side(others)
                look(how, world.differences(batch.built))
            world.forget(others)
        for want in between:
            world.apply(want)
        if between:
            kept = {key_of(want) for want in between}
            wrong.extend(told(fault for fault in world.differences(batch.built) if world.key(fault) in kept))
            world.forget(between)
    with capsys.disabled():
        sys.stdout.write(f"\n{folder.name}: {counts['server-side']} objects, {len(world.refused)} that the API server refuses\n")
    assert wrong == [], world.said
    assert len(set(counts.values())) == 1
    assert counts["client-side"] > 0
