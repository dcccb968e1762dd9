"""Eighty things happen to a shop that a real API server runs: `gitops-guard drift` tells which of them are drift, and why.

The same shop is deployed by Argo CD as it does by default (kubectl's three-way merge), by Argo CD with server-side apply, and by
Flux. `docs/drift-compared.md` shows what is found, beside `kubectl diff`; `--update-goldens` writes it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cluster import Cluster
from drift_app import DEPLOYERS, Deployer, body_of, line_of, write_repository
from drift_changes import CHANGES, Change

pytestmark = pytest.mark.real

PAGE = Path(__file__).parents[2] / "docs/drift-compared.md"
MODES = {"read-only": (), "server-side": ("--server-side",)}
KUBECTL = {"kubectl diff": (), "kubectl diff --server-side": ("--server-side", "--force-conflicts")}
Finding = dict[str, Any]


@dataclass
class Shop:
    """What was found in each namespace, by mode, before and after what happened to it."""

    deployer: Deployer
    before: dict[str, list[Finding]] = field(default_factory=dict)
    after: dict[str, dict[str, list[Finding]]] = field(default_factory=dict)
    diff: dict[str, dict[str, bool]] = field(default_factory=dict)
    compared: int = 0

    def space(self, change: Change) -> str:
        return f"{self.deployer.name}-{change.name}"


def drift(cluster: Cluster, root: Path, *more: str) -> dict[str, Any]:
    """The report of the command, which has to finish."""
    done = subprocess.run([sys.executable, "-m", "gitops_guard", "drift", str(root / "apps"), "--root", str(root), "--format", "json",
                           "--kubeconfig", str(cluster.kubeconfig("alice")), *more], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == int(any(one["severity"] == "error" for one in report["findings"]))
    return report


def by_space(findings: list[Finding]) -> dict[str, list[Finding]]:
    found = defaultdict(list)
    for one in findings:
        found[one["resource"]["namespace"] or one["resource"]["name"]].append(one)
    return found


def differs(cluster: Cluster, shop: Shop, change: Change, *more: str) -> bool:
    """Whether kubectl diff says that applying the objects, as the controller has them, would change anything."""
    space = shop.space(change)
    bodies = [shop.deployer.marked(body_of(name, space), space) for name in change.on]
    done = cluster.kubectl("alice", "diff", *more, f"--field-manager={shop.deployer.manager}", "-f", "-", check=False,
                           given=json.dumps({"apiVersion": "v1", "kind": "List", "items": bodies}))
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 1


@pytest.fixture(scope="module", params=DEPLOYERS, ids=lambda deployer: deployer.name)
def shop(request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(request.param)
    root = tmp_path_factory.mktemp("repository") / "shop"
    write_repository(root, made.deployer, {made.space(change): change.on for change in CHANGES})
    for change in CHANGES:
        space = made.space(change)
        cluster.namespace(space)
        for name in change.on:
            made.deployer.apply(cluster, made.deployer.marked(body_of(name, space), space))
    for mode, options in MODES.items():
        report = drift(cluster, root, *options)
        made.before[mode] = report["findings"]
        made.compared = sum(one["outcome"] == "compared" for one in report["drift"]["compared"])
    for change in CHANGES:
        change.do(cluster, made.deployer, made.space(change))
    for mode, options in MODES.items():
        made.after[mode] = by_space(drift(cluster, root, *options)["findings"])
    for name, options in KUBECTL.items() if made.deployer.name != "flux" else ():
        made.diff[name] = {change.name: differs(cluster, made, change, *options) for change in CHANGES}
    yield made
    for change in CHANGES:  # webhooks would be asked for objects of other tests
        if "hook" in change.on:
            cluster.delete("root", body_of("hook", made.space(change)))


@pytest.mark.parametrize("mode", MODES)
def test_what_was_just_deployed_is_in_sync(shop: Shop, mode: str) -> None:
    assert shop.compared == sum(len(change.on) for change in CHANGES)
    assert shop.before[mode] == []


def right(change: Change, path: str) -> bool:
    return any(path == field or path.startswith(f"{field}/") for field in change.fields)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
@pytest.mark.parametrize("mode", MODES)
def test_what_happened_is_told(shop: Shop, mode: str, change: Change) -> None:
    found = shop.after[mode].get(shop.space(change), [])
    told = [(one["rule"], one["path"], one["message"]) for one in found]
    if not change.seen_of(shop.deployer):
        assert told == []
        return
    assert [one for one in told if not right(change, one[1])] == [], "another field"
    for where in change.fields:
        assert any(one["path"] == where or one["path"].startswith(f"{where}/") for one in found), (where, told)
    assert change.rule in {one["rule"] for one in found}
    if change.manager:
        assert change.manager in {one["drift"]["manager"] for one in found}, told
        assert "drift/manual-change" in {one["rule"] for one in found}
    name = change.resource or "/".join(body_of(change.on[0], "x")[key] if key == "kind" else body_of(change.on[0], "x")["metadata"]["name"]
                                       for key in ("kind", "name"))
    assert {f"{one['resource']['kind']}/{one['resource']['name']}" for one in found} == {name}
    if change.line:
        expected = (f"apps/{shop.space(change)}/{change.on[0]}.yaml", line_of(change.on[0], change.line))
        places = {(one["location"]["file"], one["location"]["line"]) for one in found if one["path"].startswith(change.fields[0])}
        assert places == {expected}


def test_secrets_are_never_told(shop: Shop) -> None:
    text = json.dumps([shop.before, shop.after])
    assert [value for value in ("from-git-4711", "by-hand-0815", "bW9yZQ==") if value in text] == []


def row(shop: Shop, change: Change) -> str:
    """A line of the table: seen, not seen, or seen though it is harmless."""
    real = bool(change.fields)
    columns = [bool(shop.after[mode].get(shop.space(change))) for mode in MODES]
    columns += [shop.diff[name][change.name] for name in KUBECTL]
    words = {(True, True): "found", (True, False): "**missed**", (False, True): "**false alarm**", (False, False): "silent"}
    return f"| {change.what} | {' | '.join(words[real, one] for one in columns)} |"


def test_the_page_says_what_is_seen(shop: Shop, update_goldens: bool) -> None:
    if not shop.diff:
        return
    rows = [row(shop, change) for change in CHANGES]
    real = [change for change in CHANGES if change.fields]
    counts = [sum(bool(shop.after[mode].get(shop.space(change))) for change in real) for mode in MODES]
    counts += [sum(shop.diff[name][change.name] for change in real) for name in KUBECTL]
    alarms = [sum(bool(shop.after[mode].get(shop.space(change))) for change in CHANGES if not change.fields) for mode in MODES]
    alarms += [sum(shop.diff[name][change.name] for change in CHANGES if not change.fields) for name in KUBECTL]
    rows.append(f"| **found, of {len(real)}** | {' | '.join(map(str, counts))} |")
    rows.append(f"| **false alarms, of {len(CHANGES) - len(real)}** | {' | '.join(map(str, alarms))} |")
    head = "| what happened | `drift` | `drift --server-side` | `kubectl diff` | `kubectl diff --server-side` |\n|---|---|---|---|---|"
    table = "\n".join([head, *rows])
    begin, end = f"<!-- {shop.deployer.name} -->\n", f"\n<!-- end of {shop.deployer.name} -->"
    text = PAGE.read_text()
    start, stop = text.index(begin) + len(begin), text.index(end)
    if update_goldens:
        PAGE.write_text(text[:start] + table + text[stop:])
    else:
        assert text[start:stop] == table
