from __future__ import annotations

import pytest

from gitops_guard.model import Location
from gitops_guard.needs import needed
from gitops_guard.rego_file import RegoFile

FILES = {"a": "import data.b", "b": "x := data.c.y", "b2": "# package b", "c": "x", "deep": "import data.gitops_guard.lib", "whole": "x := data[input.y]",
         "none": "metadata := 1\nx := input.data1",
         "silent": '# data\nx := "data"\ny := `data.c`\nz := input.object.data', "gitops_guard.lib.one": "", "gitops_guard.lib.two": "data.c.y", "gitops_guard.libs": ""}


def files() -> dict[str, RegoFile]:
    return {name: RegoFile(name, None, Location("x", 1, 1), text=text, package="b" if name == "b2" else name) for name, text in FILES.items()}


@pytest.mark.parametrize(("start", "names"), [
    ("a", ["a", "b", "b2", "c"]), ("b2", ["b", "b2", "c"]), ("c", ["c"]), ("none", ["none"]), ("silent", ["silent"]), ("whole", list(FILES)),
    ("deep", ["c", "deep", "gitops_guard.lib.one", "gitops_guard.lib.two"]),
])
def test_what_a_file_needs(start: str, names: list[str]) -> None:
    there = files()
    assert [file.name for file in needed(list(there.values()), [there[start]])] == names
