"""Reading policies in CEL; the schema says the same; the built-in ones speak of what their policies have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gitops_guard import data
from gitops_guard.bundle.cel_walk import unrolled
from gitops_guard.errors import UsageError
from gitops_guard.model import Severity
from gitops_guard.policy import PolicyFolder, load
from gitops_guard.policy_data import TWIN
from gitops_guard.source import Dialect, parse
from gitops_guard.twin import MOST_LEVELS, Messages, Seen, Variable, Walk, read_twin

BUILTIN = load([PolicyFolder(data.policies(), builtin=True)])
GOOD = """\
include: [lib/common]
operations: [CREATE]
resources:
  - {group: "", version: v1, resource: pods, kind: Pod}
globs: [allow]
variables:
  - {name: two, expression: variables.one + 1}
  - {name: deep, expression: "[deeper]", walk: {over: "[object]", levels: 2, beyond: child}}
faults:
  - {expression: "['a']"}
  - severity: warning
    expression: "['b']"
"""
COMMON = "resources: [{group: apps, version: v1, resource: deployments, kind: Deployment}]\nvariables: [{name: one, expression: '1'}]\n"


def written(folder: Path, text: str, common: str = COMMON) -> tuple[Path, dict[str, Path]]:
    path, shared = folder / f"rule{TWIN}", folder / f"common{TWIN}"
    path.write_text(text, "utf-8")
    shared.write_text(common, "utf-8")
    return path, {"house/rule": path, "lib/common": shared}


def test_what_is_included_comes_first(tmp_path: Path) -> None:
    twin = read_twin(*written(tmp_path, GOOD))
    assert twin.resources == (Seen("apps", "v1", "deployments", "Deployment"), Seen("", "v1", "pods", "Pod"))
    assert twin.variables == (Variable("one", "1"), Variable("two", "variables.one + 1"), Variable("deep", "[deeper]", Walk("[object]", 2, "child")))
    assert twin.faults == (Messages("['a']"), Messages("['b']", Severity.WARNING))
    assert (twin.operations, twin.globs, twin.asked_for) == (("CREATE",), ("allow",), "")


def test_resources_may_be_a_parameter(tmp_path: Path) -> None:
    twin = read_twin(*written(tmp_path, "resources: kinds\nfaults: [{expression: x}]\n"))
    assert (twin.resources, twin.asked_for, twin.operations) == ((), "kinds", ("CREATE", "UPDATE"))


WRONG = [
    ("globs:", "glob:", 5, "unknown key glob; did you mean globs?"),
    ("[lib/common]", "[lib/comon]", 1, "there is no lib/comon.cel.yaml"),
    ("[lib/common]", "[house/rule]", 1, "house/rule includes itself"),
    ("[CREATE]", "[CREATED]", 2, "unknown operation CREATED; did you mean CREATE?"),
    ("kind: Pod", "kinds: Pod", 4, "unknown key kinds; did you mean kind?"),
    (", kind: Pod", "", 4, "kind is missing, or is no text"),
    ("name: two", "name: Two", 7, "Two is no name of a variable"),
    ("name: two", "name: one", 1, "the variable one is there twice"),
    ("levels: 2", "levels: 33", 8, "levels is a number from 1 to 32"),
    ("levels: 2", "levels: true", 8, "levels is a number from 1 to 32"),
    (", beyond: child", "", 8, "beyond is missing, or is no text"),
    ('walk: {over: "[object]", levels: 2, beyond: child}', "walk: 2", 8, "walk is a mapping"),
    ("severity: warning", "severity: fatal", 11, "severity is none of error, warning, note"),
    ("[allow]", "allow", 5, "globs is a list of texts"),
    ("faults:\n  - {expression: \"['a']\"}\n", "faults:\n  - ['a']\n", 9, "faults is a list of mappings"),
    ("operations", "- operations", 2, ""),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), WRONG)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        read_twin(*written(tmp_path, GOOD.replace(old, new)))
    assert str(caught.value).startswith(f"rule.cel.yaml:{line}: {message}")


def documents(text: str) -> Any:
    return parse(text.encode(), "x").load(Dialect.MANIFEST)[0]


SCHEMA = json.loads((data.schemas() / "policy-cel.json").read_text("utf-8"))


def test_the_schema_and_the_reader_know_the_same_bound() -> None:
    assert SCHEMA["properties"]["variables"]["items"]["properties"]["walk"]["properties"]["levels"]["maximum"] == MOST_LEVELS


@pytest.mark.parametrize("path", sorted(BUILTIN.twins.values()), ids=lambda path: path.name)
def test_the_schema_takes_the_built_in_ones(path: Path) -> None:
    jsonschema.validate(documents(path.read_text("utf-8")), SCHEMA)


# A name that is not there, a circle and a variable that is there twice are more than a schema can see.
@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new, _line, message in WRONG
                                          if message and "there is no" not in message and "itself" not in message and "twice" not in message])
def test_the_schema_and_the_reader_agree(old: str, new: str) -> None:
    jsonschema.validate(documents(GOOD), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(documents(GOOD.replace(old, new)), SCHEMA)


@pytest.mark.parametrize("name", sorted(name for name in BUILTIN.twins if not name.startswith("lib/")))
def test_a_built_in_twin_is_about_its_policy(name: str) -> None:
    described = BUILTIN.described[name.replace("_", "-")]
    twin = read_twin(BUILTIN.twins[name], BUILTIN.twins)
    assert described.in_cluster
    assert twin.faults
    assert set(twin.globs) <= set(described.parameters)
    assert twin.asked_for in {"", *described.parameters}
    assert not {variable.name for variable in twin.variables} & set(described.parameters)


@pytest.mark.parametrize("name", sorted(BUILTIN.twins))
def test_variables_need_those_before_them(name: str) -> None:
    twin = read_twin(BUILTIN.twins[name], BUILTIN.twins)
    described = BUILTIN.described.get(name.replace("_", "-"))
    known = set(described.parameters) if described else set()
    for variable, expression in [*((one.name, unrolled(one)) for one in twin.variables), *(("", one.expression) for one in twin.faults)]:
        assert set(re.findall(r"\bvariables\.(\w+)", expression)) <= known, variable
        known.add(variable)


def test_twins_are_no_data(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "rule.rego").write_text("package house\nx := 1\n", "utf-8")
    written(tmp_path / "house", GOOD)
    found = load([PolicyFolder(tmp_path, display="policies")])
    assert found.faults == ()
    assert set(found.twins) == {"house/rule", "house/common"}
    assert found.data == {}
