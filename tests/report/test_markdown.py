from __future__ import annotations

from dataclasses import replace

import pytest

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
    assert 800 * 1024 < len(text.encode()) <= 900 * 1024
    shown = sum(line.startswith("| \u26a0") for line in text.splitlines())
    assert f"\n{2000 - shown} more findings not shown here.\n" in text
    assert "- overlays/broken: failed\n" in text


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
