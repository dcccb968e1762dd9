"""Several clusters in one run: each has its own objects, its own dumps of them, and its own findings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from gitops_guard.cli.inputs import load_policies
from gitops_guard.config import Config
from gitops_guard.drift_pipeline import drift
from gitops_guard.live import Extent, Identity, LiveState, Unreadable
from gitops_guard.report import LIVE_FORMATS, Options
from gitops_guard.request import Request
from gitops_guard.selection import select
from tests.drift.world import SETTINGS, live

KEY = Identity("", "ConfigMap", "shop", "settings")
COMPLETE = frozenset({Extent("", "ConfigMap", "shop")})


@dataclass
class Given:
    """A cluster that was read."""

    cluster: str
    state: LiveState

    def takes(self, _target):
        return True

    def read(self, _wants):
        return self.state


def cluster(name, mode=None, **more):
    objects = {KEY: live(data={"mode": mode})} if mode else {}
    return Given(name, LiveState(objects, **{"complete": COMPLETE, "cluster": name, **more}))


@pytest.fixture
def compare(tmp_path: Path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/kustomization.yaml").write_text("resources: [settings.yaml]\n")
    (tmp_path / "shop/settings.yaml").write_text(SETTINGS.lstrip())
    config = Config()
    known = load_policies((), root=tmp_path, config=config, allowed=())
    request = Request(root=tmp_path, named=(".",), config=config, policies=known, selection=select(known.rules, config, live=True, described=known.described),
                      kubernetes_version=None, schema_locations=(), jobs=1, today="2026-03-01", version="0")
    return lambda *readers: drift(request, readers)


def test_each_cluster_has_its_own_findings(compare):
    report = compare(cluster("east", "slow"), cluster("west", "slow"), cluster("north", "fast"), cluster("south"))
    assert [(one.rule, one.deviation.cluster, one.message.split(":")[0]) for one in report.findings] == [
        ("drift/missing", "south", "in the cluster south"),
        ("drift/changed", "east", "in the cluster east"), ("drift/changed", "west", "in the cluster west")]
    assert len({one.fingerprint for one in report.findings}) == len(report.findings)
    assert [(one.cluster, one.outcome) for one in report.drift.compared] == [
        ("east", "compared"), ("north", "compared"), ("south", "missing"), ("west", "compared")]


def test_a_cluster_that_is_down_hides_no_other(compare):
    report = compare(cluster("east", complete=frozenset(), unreadable=(Unreadable("connection refused"),)), cluster("west", "slow"))
    assert [(one.rule, one.deviation.cluster) for one in report.findings] == [("drift/unreadable", "east"), ("drift/changed", "west")]


def test_reports_tell_the_clusters_apart(compare):
    report = compare(cluster("east", "slow"), cluster("west", "fast"))
    options = Options(seconds=1.5, finished=1795219200.0)
    metrics = LIVE_FORMATS["openmetrics"](report, options)
    assert 'gitops_guard_drift_drifted_objects{target="shop",environment="",cluster="east"} 1' in metrics
    assert 'gitops_guard_drift_drifted_objects{target="shop",environment="",cluster="west"} 0' in metrics
    junit = LIVE_FORMATS["junit"](report, options)
    assert junit.count('name="ConfigMap/shop/settings') == 2  # one for the object in each cluster
    assert junit.count("<failure") == 1
    text = LIVE_FORMATS["text"](report, options)
    assert 'in the cluster east: `data.mode` is "slow" in the cluster' in text
    assert "2 objects compared" in text
