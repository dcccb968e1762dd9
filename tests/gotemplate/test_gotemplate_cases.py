"""What Go made of each template: the tables in cases/ were written by text/template and Sprig themselves."""

import json
from pathlib import Path

import pytest

from gitops_guard.gotemplate import TemplateError, fast, render

TABLES = sorted((Path(__file__).parent / "cases").glob("*.json"))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_renders_what_go_renders(path):
    wrong = []
    count = 0
    for group in json.loads(path.read_text(encoding="utf-8"), parse_int=float):
        for template, expected, *missing_key in group["cases"]:
            count += 1
            got = rendered(template, group["params"], *missing_key, plain=path.stem == "fast")
            if got != expected:
                wrong.append((template, expected, got))
    assert count > 10
    assert wrong == []


def rendered(template, params, missing_key="default", *, plain):
    """The text, or None where the template is refused, as in the tables."""
    try:
        return fast.render(template, params) if plain else render(template, params, missing_key=missing_key)
    except TemplateError:
        return None
