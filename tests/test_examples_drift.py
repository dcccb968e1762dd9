"""The files of examples/drift are what the program prints, and name the numbers that it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitops_guard.cli import cli
from gitops_guard.scalars import Dialect
from gitops_guard.source import parse

EXAMPLES = Path(__file__).parents[1] / "examples"
FOLDER = EXAMPLES / "drift"
NUMBER = re.compile(r"gitops_guard_drift_\w+")
LABELS = {"target", "environment", "cluster", "rule", "severity"}
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {mode: fast}\n"


@pytest.fixture
def numbers(tmp_path: Path) -> set[str]:
    """The names of all samples of a run."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/settings.yaml").write_text(SETTINGS)
    (tmp_path / "live.yaml").write_text(SETTINGS.replace("fast", "slow"))
    done = CliRunner().invoke(cli, ["drift", str(tmp_path / "shop"), "--root", str(tmp_path), "--live", str(tmp_path / "live.yaml"), "--jobs", "1",
                                    "--report", f"openmetrics={tmp_path / 'numbers'}"])
    assert done.exit_code == 1, done.output
    return set(re.findall(r"(?m)^# TYPE (\w+) ", (tmp_path / "numbers").read_text()))


def test_alerts_name_numbers_that_are_written(numbers):
    rule = parse((FOLDER / "alerts.yaml").read_bytes(), "alerts.yaml").load(Dialect.MANIFEST)[0]
    alerts = [alert for group in rule["spec"]["groups"] for alert in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts)
    for alert in alerts:
        assert set(NUMBER.findall(alert["expr"])) <= numbers
        by = re.search(r"by \(([^)]*)\)", alert["expr"])
        given = set(by[1].split(", ")) if by else set()
        assert given <= LABELS
        assert {"summary"} <= set(alert["annotations"])
        assert set(re.findall(r"\$labels\.(\w+)", " ".join(alert["annotations"].values()))) <= given
        assert alert["labels"]["severity"] in ("critical", "warning", "info")
        assert re.fullmatch(r"\d+[mhd]", alert["for"])


def test_the_dashboard_shows_numbers_that_are_written(numbers):
    board = json.loads((FOLDER / "dashboard.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [variable["query"]["query"] for variable in board["templating"]["list"] if variable["type"] == "query"]
    assert {name for text in asked for name in NUMBER.findall(text)} <= numbers
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    cells = [(x, y) for panel in board["panels"] for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
             for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])]
    assert len(cells) == len(set(cells)), "panels lie over each other"
    assert max(x for x, _y in cells) < 24
    variables = {variable["name"] for variable in board["templating"]["list"]}
    assert {name for text in asked for name in re.findall(r"\$(\w+)", text)} <= variables


def test_the_account_is_what_the_shop_needs(update_goldens, monkeypatch):
    monkeypatch.setattr("gitops_guard.git.remotes", lambda _root: [])
    done = CliRunner().invoke(cli, ["drift", "--rbac", "--root", str(EXAMPLES / "shop"), str(EXAMPLES / "shop")])
    assert done.exit_code == 0, done.output
    path = FOLDER / "account.yaml"
    if update_goldens:
        path.write_text(done.output)
    assert done.output == path.read_text()
