from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gitops_guard.delta import HEAD, Delta, FieldDelta, ObjectDelta, Place, TargetDelta, Unsure
from gitops_guard.model import Location, ResourceId
from gitops_guard.outcome import ChangeReport, LossReport
from gitops_guard.report import FORMATS, Options

from . import sample

MARKDOWN = FORMATS["markdown"]


def test_rows_are_worst_first():
    rows = [line for line in MARKDOWN(sample.REPORT, Options()).splitlines() if line.startswith("| ")][1:]
    assert [row.split()[2] for row in rows] == ["error"] * 3 + ["warning"] * 3 + ["note"]
    assert all(row.replace(r"\|", "").count("|") == 5 for row in rows)


def test_it_stays_below_githubs_limit_and_says_what_is_missing():
    many = tuple(replace(sample.FINDINGS[2], message="\u5e97|" * 500) for _ in range(2000))
    text = MARKDOWN(replace(sample.REPORT, findings=many), Options())
    assert 60_000 < len(text) <= 65_536
    shown = sum(line.startswith("| \u26a0") for line in text.splitlines())
    assert f"\n{2000 - shown} more findings not shown here.\n" in text
    assert "- overlays/broken: failed\n" in text


WEB = ResourceId("apps/v1", "Deployment", "shop", "web")
PLACE = Place(Location("web.yaml", 6, 3), HEAD)


def changed(targets, fields):
    """A change of so many targets, in each an object with so many fields; the last one loses an object, too."""
    names = [f"clusters/c{number:04}" for number in range(targets)]
    gone = LossReport(ResourceId("v1", "PersistentVolumeClaim", "shop", "db"), "removed", "deleted", "argocd/Application/argocd/shop")
    delta = tuple(FieldDelta(f"/spec/f{number}", ("spec", f"f{number}"), 1, 2, PLACE) for number in range(fields))
    return (tuple(ChangeReport(name, 2, 1, changed=(WEB,), lost=(gone,) if name == names[-1] else ()) for name in names),
            Delta("0.1.0", tuple(TargetDelta(name, (
                ObjectDelta("changed", WEB, PLACE, None, delta), *([ObjectDelta("deleted", gone.resource, PLACE)] if name == names[-1] else []),
            )) for name in names), (Unsure("clusters/x", "head", "partial"),)))


def test_what_a_merge_does_is_told_and_its_fields_are_folded_by_target():
    changes, delta = changed(2, 1)
    text = MARKDOWN(replace(sample.CLEAN, changes=changes, delta=delta), Options())
    assert text[text.index("###"):].startswith("### This change: 1 deleted, 2 changed in 2 targets\n\n- **clusters/c0001**: 1 deleted, 1 changed (2 -&gt; 1 object)\n"
                           "  - PersistentVolumeClaim/shop/db: argocd/Application/argocd/shop deletes it\n")
    folds = re.findall(r"<summary>(.*?)</summary>\n\n```diff\n(.*?)```\n", text, re.DOTALL)
    assert [title for title, _ in folds] == ["clusters/c0001: 2 objects", "clusters/c0000: 1 object"], "what loses something comes first"
    assert folds[1][1] == "! Deployment/shop/web changed  web.yaml:6\n    spec.f0  web.yaml:6\n-       1\n+       2\n"
    assert "\nMore may differ in 1 target that could not be rendered as a whole.\n" in text


@pytest.mark.parametrize(("findings", "targets", "fields"), [(2000, 2000, 5), (0, 2000, 5), (2000, 1, 1), (3, 3, 5000), (0, 40, 150)])
def test_every_part_says_what_it_left_out(findings, targets, fields):
    changes, delta = changed(targets, fields)
    found = tuple(replace(sample.FINDINGS[number % 4], message=f"the finding {number} " + "x" * 400) for number in range(findings))
    text = MARKDOWN(replace(sample.REPORT, findings=found, changes=changes, delta=delta), Options())
    assert len(text) <= 65_536
    parts = re.split("\n### ", text)
    rows = re.findall(r"^\| \S+ (error|warning|note) \|", parts[0], re.MULTILINE)
    assert rows == sorted(rows, key=["error", "warning", "note"].index)
    assert len(rows) + told("finding", parts[0]) == findings
    assert "PersistentVolumeClaim/shop/db: " in parts[1], "what is lost is never cut before what is not"
    assert parts[1].count("- **clusters/") + told("target", parts[1]) == targets
    assert parts[2].count("<details>") + told("target", parts[2]) == targets
    assert parts[2].count("<details>") == parts[2].count("</details>") == parts[2].count("```diff")


def told(what, part):
    """How many a part says it does not show."""
    found = re.search(rf"(?:^|and )(\d+) more {what}", part, re.MULTILINE)
    return int(found.group(1)) if found else 0


@pytest.mark.parametrize(("report", "title"), [
    (sample.REPORT, "7 findings"), (sample.CLEAN, "nothing found"), (sample.NOTHING, "nothing checked"),
    (replace(sample.REPORT, findings=tuple(replace(one, status="known") for one in sample.FINDINGS)), "nothing new"),
])
def test_the_title(report, title):
    assert MARKDOWN(report, Options()).startswith(f"## gitops-guard: {title}\n")


def test_everything():
    text = MARKDOWN(sample.REPORT, Options(everything=True))
    assert "waived: mirrored tonight" in text
    assert "<br>known |" in text
