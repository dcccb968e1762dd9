"""What a policy's text becomes when its package moves, and in which order files are put."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gitops_guard import data
from gitops_guard.evaluate.engine import Engine
from gitops_guard.evaluate.opa.texts import moved, number_of
from gitops_guard.model import Location
from gitops_guard.needs import ordered
from gitops_guard.policy import PolicyFolder, load
from gitops_guard.rego_file import RegoFile


@pytest.mark.parametrize(("text", "wanted"), [
    ("package a", "package w.p.a"),
    ("  package\ta.b # data.x", "  package\tw.p.a.b # data.x"),
    ('package a["b-c"]', 'package w.p.a["b-c"]'),
    ("package a\nimport data.lib.x as y", "package w.p.a\nimport data.w.p.lib.x as y"),
    ("package a\nimport input.data", "package w.p.a\nimport input.data"),
    ("package a\nx := data.teams[_].data", "package w.p.a\nx := data.w.p.teams[_].data"),
    ('package a\nx := data["teams"]', 'package w.p.a\nx := data.w.p["teams"]'),
    ("package a\nx := input.data.y", "package w.p.a\nx := input.data.y"),
    ("package a\nx := [data.y,data.z]", "package w.p.a\nx := [data.w.p.y,data.w.p.z]"),
    ("package a\nx := f(data.y) with data.z as 1", "package w.p.a\nx := f(data.w.p.y) with data.w.p.z as 1"),
    ('package a\nx := "data.y \\" data.z"', 'package w.p.a\nx := "data.y \\" data.z"'),
    ('package a\nx := `data.y " data.z`', 'package w.p.a\nx := `data.y " data.z`'),
    ('package a\n# data.y "\nx := data.z', 'package w.p.a\n# data.y "\nx := data.w.p.z'),
    ("package a\nx := metadata.y", "package w.p.a\nx := metadata.y"),
    ("package a\nx := data_y", "package w.p.a\nx := data_y"),
    ("package a\nx := input.spec.data\ny := data", "package w.p.a\nx := input.spec.data\ny := data.w.p"),
])
def test_a_text_that_moves(text: str, wanted: str) -> None:
    assert moved(text, 1, "w.p") == wanted


def test_the_package_is_looked_for_on_its_line() -> None:
    assert moved("# package x\n\npackage a\n", 3, "w") == "# package x\n\npackage w.a\n"


def builtin() -> list[RegoFile]:
    known = load([PolicyFolder(data.policies(), builtin=True)])
    return [*known.libraries, *(file for policy in known.policies for file in policy.files)]


def test_what_is_built_in_can_be_moved() -> None:
    engine = Engine()
    for number, file in enumerate(builtin()):
        text = moved(file.text, file.line, "w.p")
        assert text.count("\n") == file.text.count("\n")
        engine.add(str(number), text)
    engine.analyse()


def test_what_others_use_comes_first() -> None:
    files = ordered(builtin())
    assert {file.name for file in files} == {file.name for file in builtin()}
    places = {file.package: at for at, file in enumerate(files)}
    for at, file in enumerate(files):
        for package, other in places.items():
            assert other <= at or f"import data.{package}\n" not in file.text, f"{file.name} comes before {package}"


def test_files_that_use_each_other_come_as_they_are() -> None:
    one = RegoFile("one.rego", None, Location("x", 1, 1), text="package a\nx := data.b.y", package="a")
    two = replace(one, name="two.rego", text="package b\ny := data.a.z", package="b")
    three = replace(one, name="three.rego", text="package c\ny := data.a.z", package="c")
    assert [file.name for file in ordered([three, one, two])] == ["two.rego", "one.rego", "three.rego"]


@pytest.mark.parametrize(("name", "number"), [
    ("root/3.rego", 3), ("policies/12.rego", 12), ("root/ask.rego", None), ("", None), ("a b/../c?x=1#y", None)])
def test_the_number_of_a_file(name: str, number: int | None) -> None:
    assert number_of(name) == number
