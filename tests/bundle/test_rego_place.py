from __future__ import annotations

import pytest

from gitops_guard import data
from gitops_guard.bundle.rego_place import below_lib
from gitops_guard.evaluate.engine import Engine
from gitops_guard.policy import PolicyFolder, load

FILES = load([PolicyFolder(data.policies(), builtin=True)])


@pytest.mark.parametrize(("text", "wanted"), [
    ("package gitops_guard.a", "package lib.gitops_guard.a"),
    ("import data.gitops_guard.lib.images as i", "import data.lib.gitops_guard.lib.images as i"),
    ('x := data["gitops_guard"].lib', 'x := data.lib["gitops_guard"].lib'),
    ("x := input.data.z", "x := input.data.z"),
    ('x := "data.q"; y := `data.w`; z := data.v # data.u', 'x := "data.q"; y := `data.w`; z := data.lib.v # data.u'),
    (r'x := "\"data.q"', r'x := "\"data.q"'),
    ("import rego.v1\nimport data.a", "import data.lib.a"),
    ("metadata := {1}\nmydata.x\ndatas.x", "metadata := {1}\nmydata.x\ndatas.x"),
    ("x if {\n\tdata.a\n}", "x if {\n    data.lib.a\n}"),
    ("x := `\tdata.a`", "x := `\tdata.a`"),
])
def test_names_move_and_nothing_else(text: str, wanted: str) -> None:
    assert below_lib(text) == wanted


def test_the_built_in_policies_are_still_rego() -> None:
    engine = Engine()
    for number, file in enumerate([*FILES.libraries, *(file for policy in FILES.policies for file in policy.files)]):
        engine.add(str(number), below_lib(file.text))
    engine.analyse()
