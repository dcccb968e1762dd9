"""The page for users lists every function once, in the right half."""

import re
from pathlib import Path

from gitops_guard.gotemplate import known
from gitops_guard.gotemplate.functions import FUNCTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "applicationsets.md").read_text(encoding="utf-8")


def listed(heading):
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return sorted(name for row in section.splitlines() if row.startswith("| ") for name in re.findall(r"`(\w+)`", row))


def test_the_page_lists_what_is_rendered():
    assert listed("Functions that are rendered") == known()


def test_the_page_lists_what_stays_unresolved():
    assert listed("Functions that stay unresolved") == sorted(set(FUNCTIONS) - set(known()))
