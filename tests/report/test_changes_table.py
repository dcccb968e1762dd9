"""What a change does, in the formats that show it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard import data
from gitops_guard.model import ResourceId
from gitops_guard.outcome import ChangeReport, LossReport
from gitops_guard.report import FORMATS, Options
from gitops_guard.report.changes import losses, story

from . import sample

SCHEMA = json.loads((data.schemas() / "report.json").read_text())
APP = "argocd/Application/argocd/shop"


def name(kind, text):
    return ResourceId("v1", kind, "shop", text)


DB = name("StatefulSet", "db")
CLAIMS = tuple(name("PersistentVolumeClaim", f"data-{number}") for number in range(5))
CHANGES = (
    ChangeReport("apps/a", 1, 2, created=(name("ConfigMap", "new"),)),
    ChangeReport("apps/b", 12, 9, changed=(name("Deployment", "web"), name("Service", "web")), lost=(
        LossReport(DB, "removed", "deleted", APP),
        LossReport(name("Namespace", "old"), "removed", "deleted", None, along=CLAIMS, complete=False),
        LossReport(name("Job", "x"), "moved", "moved", APP, new_owner="flux/Kustomization/flux-system/shop"),
        LossReport(CLAIMS[0], "removed", "kept", APP, guarded_by="argocd.argoproj.io/sync-options: Prune=false"),
        LossReport(CLAIMS[1], "removed", "kept", APP, guarded_by="argocd.argoproj.io/sync-options: Prune=false"),
    )),
)
REPORT = replace(sample.CLEAN, changes=CHANGES)
EMPTY = replace(sample.CLEAN, changes=())


def test_the_text():
    assert FORMATS["text"](REPORT, Options()) == f"""\
This change: 2 deleted, 1 moved, 2 left in the cluster, 1 created, 2 changed in 2 targets
  in apps/b: 2 deleted, 1 moved, 2 left in the cluster, 2 changed (12 -> 9 objects)
    - StatefulSet/shop/db: {APP} deletes it
    - Namespace/shop/old: deleted, if its folder is pruned (no owner is known), and with it 5 objects: \
PersistentVolumeClaim/shop/data-0, PersistentVolumeClaim/shop/data-1, PersistentVolumeClaim/shop/data-2 and 2 more, and what else it deployed
    - Job/shop/x: moves to flux/Kustomization/flux-system/shop
    - PersistentVolumeClaim/shop/data-0, PersistentVolumeClaim/shop/data-1: stays in the cluster: argocd.argoproj.io/sync-options: Prune=false
    ~ Deployment/shop/web
    ~ Service/shop/web
  in apps/a: 1 created (1 -> 2 objects)
    + ConfigMap/shop/new

0 errors, 0 warnings, 0 notes in 1 target, 3 resources, 0 unresolved parts, 6 rules
"""


def test_markdown():
    assert FORMATS["markdown"](REPORT, Options()).endswith(f"""
### This change: 2 deleted, 1 moved, 2 left in the cluster, 1 created, 2 changed in 2 targets

- **apps/b**: 2 deleted, 1 moved, 2 left in the cluster, 2 changed (12 -&gt; 9 objects)
  - StatefulSet/shop/db: {APP} deletes it
  - Namespace/shop/old: deleted, if its folder is pruned (no owner is known), and with it 5 objects: \
PersistentVolumeClaim/shop/data-0, PersistentVolumeClaim/shop/data-1, PersistentVolumeClaim/shop/data-2 and 2 more, and what else it deployed
  - Job/shop/x: moves to flux/Kustomization/flux-system/shop
  - PersistentVolumeClaim/shop/data-0, PersistentVolumeClaim/shop/data-1: stays in the cluster: argocd.argoproj.io/sync-options: Prune=false
  - changed Deployment/shop/web, Service/shop/web
- **apps/a**: 1 created (1 -&gt; 2 objects)
  - created ConfigMap/shop/new
""")


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_json(report):
    found = json.loads(FORMATS["json"](report, Options()))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert list(found)[-1] == "changes"
    assert len(found["changes"]) == len(report.changes)
    for entry in found["changes"]:
        assert sorted(entry) == ["after", "before", "changed", "created", "deleted", "target"]


def test_html():
    page = FORMATS["html"](REPORT, Options())
    assert page.index("apps/b") < page.index("apps/a"), "what loses something comes first"
    assert re.findall('<details class="change"(.*?)><summary>(apps/.)', page) == [(" open", "apps/b"), ("", "apps/a")]
    text = html.unescape(re.sub("<[^>]*>", " ", page))
    for word in ("StatefulSet/shop/db", f"{APP} deletes it", "PersistentVolumeClaim/shop/data-1", "ConfigMap/shop/new"):
        assert word in text


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_nothing_changed_and_nothing_compared(format_):
    assert "This change does nothing to any object" in FORMATS[format_](EMPTY, Options())
    assert "his change" not in FORMATS[format_](sample.CLEAN, Options())


@pytest.mark.parametrize("format_", ["github", "junit", "sarif", "gitlab"])
def test_what_machines_take_for_findings_stays_as_it_was(format_):
    assert FORMATS[format_](REPORT, Options()) == FORMATS[format_](sample.CLEAN, Options())


@pytest.mark.parametrize(("loss", "text"), [
    (LossReport(DB, "removed", "deleted", APP, deferred=True), f"{APP} deletes it once it is resumed"),
    (LossReport(DB, "renamed", "deleted", APP, successor=name("StatefulSet", "db2")),
     f"renamed to StatefulSet/shop/db2; {APP} deletes it"),
    (LossReport(DB, "renamed", "kept", None, successor=name("StatefulSet", "db2")),
     "renamed to StatefulSet/shop/db2; stays in the cluster: nothing prunes it"),
    (LossReport(DB, "removed", "kept", APP), f"stays in the cluster: {APP} does not prune"),
    (LossReport(DB, "owner-removed", "kept", APP), f"stays in the cluster: {APP} leaves it behind"),
    (LossReport(DB, "owner-removed", "deleted", APP), f"goes with {APP}"),
    (LossReport(DB, "owner-removed", "unknown", APP), f"stays or goes with {APP}"),
])
def test_stories(loss, text):
    assert story(loss) == text


def many(count):
    return tuple(ChangeReport(f"apps/{number:03}", count, 0,
                              created=tuple(name("A", f"a{other}") for other in range(count)),
                              changed=tuple(name("B", f"b{other}") for other in range(count)),
                              lost=tuple(LossReport(name("C", f"c{other}"), "removed", "deleted", APP) for other in range(count)))
                 for number in range(count))


@pytest.mark.parametrize(("format_", "lines"), [("text", 600), ("markdown", 1400)])
def test_it_is_short(format_, lines):
    text = FORMATS[format_](replace(REPORT, changes=many(200)), Options())
    assert text.count("\n") < lines
    assert "This change: 40000 deleted, 40000 created, 40000 changed in 200 targets" in text
    assert re.search(r"and 1[89]\d more", text)
    assert re.search(r"and 1\d\d more targets", text)


def test_a_name_as_long_as_a_file_is_cut():
    long = replace(REPORT, changes=(ChangeReport("one", 1, 1, lost=(
        LossReport(name("A", "x" * 100_000), "removed", "kept", "y" * 100_000, guarded_by="z" * 100_000),)),))
    for format_ in ("text", "markdown"):
        assert len(FORMATS[format_](long, Options())) < 2_000


@given(st.lists(st.sampled_from(CHANGES[1].lost), max_size=8), st.integers(1, 5))
def test_every_object_is_shown_or_counted(lost, most):
    shown = losses(ChangeReport("x", 0, 0, lost=tuple(lost)), most)
    counted = sum(int(match) for names, _story, _outcome in shown for match in re.findall(r"and (\d+) more", names))
    named = sum(len([one for one in names.split(" and ")[0].split(", ") if "/" in one]) for names, _story, _outcome in shown)
    assert named + counted == len(lost)
