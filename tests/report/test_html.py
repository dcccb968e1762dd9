from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gitops_guard.delta import ABSENT, HEAD, Delta, FieldDelta, ObjectDelta, Place, TargetDelta
from gitops_guard.model import Location, ResourceId
from gitops_guard.outcome import ChangeReport, LossReport, Report
from gitops_guard.report import FORMATS, Options
from gitops_guard.report.page import findings as findings_module

from . import graphs, sample

WEB = ResourceId("apps/v1", "Deployment", "shop", "web")
PLACE = Place(Location("web.yaml", 6, 3), HEAD)
DELTA = Delta("0.1.0", (TargetDelta("shop", (
    ObjectDelta("changed", WEB, PLACE, None, (FieldDelta("/spec/replicas", ("spec", "replicas"), 1, 2, PLACE),
                                               FieldDelta("/spec/x", ("spec", "x"), ABSENT, "y", PLACE))),)),))
CHANGES = (ChangeReport("calm", 1, 1, changed=(WEB,)), ChangeReport("shop", 2, 1, changed=(WEB,), lost=(
    LossReport(ResourceId("v1", "PersistentVolumeClaim", "shop", "db"), "removed", "deleted", "argocd/Application/argocd/shop"),)))
FULL = replace(sample.REPORT, graph=graphs.EVERYTHING, changes=CHANGES, delta=DELTA)


class Reader(HTMLParser):
    """The elements of a page in order, each with the text that follows it."""

    def __init__(self, report: Report = FULL) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.page = FORMATS["html"](report, Options())
        self.feed(self.page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_data(self, data):
        if self.texts:  # not between the document's type and its root
            self.texts[-1] += data

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, tag: str) -> Iterator[tuple[dict[str, str | None], str]]:
        return ((attributes, text) for (name, attributes), text in zip(self.tags, self.texts, strict=True) if name == tag)


def test_it_needs_nothing_else_and_runs_only_its_own_script():
    reader = Reader()
    used = {value for _, attributes in reader.tags for name, value in attributes.items() if name in ("src", "href", "onclick", "style")}
    assert used == {"data:,", "#findings", "#change", "#graph", "#targets", "#rules"}
    assert "default-src 'none'" in reader.page
    for name in ("script", "style"):
        body, = re.findall(f"<{name}>(.*?)</{name}>", reader.page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in reader.page


def test_text_from_files_is_text():
    reader = Reader()
    assert "<b>\\x1b[31m</b>" in reader.text
    assert "img" not in {tag for tag, _ in reader.tags}


def test_what_does_not_count_is_hidden_at_first():
    rows = [attributes for attributes, _ in Reader().all("article")]
    assert len(rows) == len(sample.FINDINGS)
    assert sorted(row["data-status"] or "" for row in rows if "hidden" in row) == ["known", "waived"]


def test_rules_come_severest_first_and_what_counts_before_what_does_not():
    groups = [(attributes["data-rule"], "hidden" in attributes) for attributes, _ in Reader().all("details") if "data-rule" in attributes]
    assert groups == [("secrets/plaintext-secret", False), ("render/failed", False), ("images/unpinned-tag", False),
                      ("schema/unknown-field", False), ("render/unresolved", False), ("images/missing-digest", True)]


def test_findings_name_their_targets_by_the_place_in_the_choice():
    reader = Reader()
    options = {attributes["value"]: text for attributes, text in reader.all("option")}
    wide = next(attributes["data-targets"] for attributes, _ in reader.all("article") if attributes["data-severity"] == "error")
    assert [options[value].partition(" ")[0] for value in (wide or "").split()] == [f"clusters/c{number}/overlay" for number in range(12)]


def test_every_control_has_a_name():
    reader = Reader()
    buttons = [attributes.get("aria-label") or text for attributes, text in reader.all("button")]
    assert all(buttons)
    assert len(buttons) > 3
    assert all("aria-label" in attributes for attributes, _ in reader.all("div") if attributes.get("tabindex") == "0")
    inside = re.findall(r"<label[^>]*>(?:(?!</label>).)*<(?:input|select)", reader.page, re.DOTALL)
    assert len(inside) == len(re.findall(r"<(?:input|select)[ >]", reader.page))


def test_targets_and_rules_are_listed_with_what_was_found():
    text = Reader().text
    assert "Targets (17)" in text
    assert "6 rules ran" in text
    row = re.search(r"<tr><td>overlays/production<td>production<td>([^<]+)<td>12<td><span[^>]+>rendered</span><td>(\d+)<", Reader().page)
    assert row is not None
    assert row.groups() == ("argocd/Application/argocd/shop-production", "1")


def test_the_graph_is_a_picture_and_a_text():
    reader = Reader()
    assert sum(tag == "svg" for tag, _ in reader.tags) == 1
    assert "argocd/shop-production" in "".join(text for _, text in reader.all("text"))
    assert "└─ " in "".join(text for attributes, text in reader.all("pre") if attributes.get("class") == "tree")
    assert "<svg" not in Reader(sample.REPORT).page


def test_a_large_graph_is_an_overview_and_a_picture_for_each_root():
    apps = [graphs.app(f"app-{number}", f"apps/{number}") for number in range(90)]
    roots = [graphs.app(f"root-{number}", f"roots/{number}", tool="directory") for number in range(3)]
    large = graphs.graph([*roots, *apps], [graphs.edge(roots[number % 3], app) for number, app in enumerate(apps)])
    page = Reader(replace(sample.REPORT, graph=large)).page
    assert "90 nodes of 93 are only counted here" in page
    assert page.count("<svg") == 4
    assert all(page.count(f">argocd/app-{number}<") == 1 for number in range(90))


def test_the_change_tells_what_goes_and_which_fields_differ():
    reader = Reader()
    folds = [("open" in attributes, text) for attributes, text in reader.all("details") if attributes.get("class") == "change"]
    assert [is_open for is_open, _ in folds] == [True, False]
    assert [text.strip() for _, text in reader.all("del")] == ["- 1"]
    assert [text.strip() for _, text in reader.all("ins")] == ["+ 2", "+ y"]
    assert "argocd/Application/argocd/shop deletes it" in reader.text


def test_nothing_is_said_of_a_change_where_nothing_was_compared():
    assert "What the merge does" not in Reader(sample.REPORT).text


@pytest.mark.parametrize("most", [1, 4])
def test_the_severest_are_kept_and_the_rest_is_told(most, monkeypatch):
    monkeypatch.setattr(findings_module, "_MOST", most)
    reader = Reader()
    assert [attributes["data-severity"] for attributes, _ in reader.all("article")] == ["error", "error", "error", "warning"][:most]
    assert f"{len(sample.FINDINGS) - most} more findings not shown here" in reader.text
