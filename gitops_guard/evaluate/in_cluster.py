"""Policies that a cluster is to enforce -> what it can't do for them, each at its line.

The cluster knows the object or the request, and the parameters. What `check` knows besides (facts, the target, a change) is
absent there, and a policy that asks for it would be silent: so it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..needs import only
from ..policy import Policy, PolicySet
from ..rego_file import RegoFile
from .builtin_names import ARITIES
from .engine import Engine
from .syntax import dotted, imported, nodes, place, references
from .unit_tests import examine

_MEMBERS = {"resource": ("object", "parameters"), "admission": ("request", "parameters")}
_FACTS = 'facts are empty in the cluster; ask with object.get(input, ["facts", …], …), and say nothing where they are absent'
_ABSENT = "the cluster shows {} and parameters alone"

_OPERATORS = {"Add": "plus", "Sub": "minus", "Mul": "mul", "Div": "div", "Mod": "rem", "Union": "or", "Intersection": "and"}
"""What the syntax tree calls an operator -> OPA's name of the builtin."""


class Refusal(NamedTuple):
    """What a target can't do."""

    file: RegoFile
    line: int
    message: str


def refusals(policies: PolicySet, wanted: Sequence[Policy], *, data_files: bool) -> list[Refusal]:
    """What is wrong with the files that the policies need, for any engine or in the cluster; by file and line.

    `data_files` says whether the target can hold what the data files say. Raises ToolError where the engine can't work at all.
    """
    files = [file for policy in wanted for file in policy.files]
    needed = only(policies, files)
    examined = examine(needed)
    found = [Refusal(file, line, message) for file, message, line in examined.rejected]
    packages = {file.package for file in needed.libraries} | {policy.package for policy in needed.policies}
    broken = {id(file) for file, _message, _line in examined.rejected}
    for policy in wanted:
        for file in policy.files:
            if id(file) not in broken:
                found += _unfit(file, policy, packages, data_files)
    for file in needed.libraries:
        if id(file) not in broken and not data_files and not file.builtin:
            found += _data(file, _tree(file), packages)
    return sorted(found, key=lambda refusal: (refusal.file.shown, refusal.line, refusal.message))


def called(policies: PolicySet, wanted: Sequence[Policy]) -> dict[str, int]:
    """The builtins, operators among them, that the policies and all that they need call, with their numbers of arguments."""
    kept = only(policies, [file for policy in wanted for file in policy.files])
    found: dict[str, int] = {}
    for file in (*kept.libraries, *(file for policy in kept.policies for file in policy.files)):
        tree = _tree(file)["ast"]["rules"]
        for call in nodes(tree, "Call"):
            name = ".".join(dotted(call["fcn"])[0])
            if ARITIES.get(name, -1) >= 0:
                found[name] = ARITIES[name]
        found.update((_OPERATORS[held["op"]], 2) for kind in ("ArithExpr", "BinExpr") for held in nodes(tree, kind))
    return dict(sorted(found.items()))


def _unfit(file: RegoFile, policy: Policy, packages: set[str], data_files: bool) -> Iterator[Refusal]:
    tree = _tree(file)
    known = _MEMBERS[policy.metadata.scope]
    for words, line in _asked(tree):
        if words[0] == "input" and len(words) > 1 and words[1] not in known:
            why = _FACTS if words[1] == "facts" else _ABSENT.format(known[0])
            yield Refusal(file, line, f"input.{words[1]}: {why}")
    if not data_files:
        yield from _data(file, tree, packages)


def _data(file: RegoFile, tree: Any, packages: set[str]) -> Iterator[Refusal]:
    """What a file asks of data that is no package."""
    for words, line in _asked(tree):
        path = ".".join(words[1:])
        if words[0] == "data" and not any(path == package or path.startswith(package + ".") for package in packages):
            yield Refusal(file, line, f"data.{path}: there are no data files in this target; make it a parameter")


def _tree(file: RegoFile) -> Any:
    """Of a file that the engine has parsed before, in a process of its own."""
    engine = Engine()
    engine.add(file.name, file.text)
    return engine.trees()[0]


def _asked(tree: Any) -> Iterator[tuple[list[str], int]]:
    """The words of every reference, as far as they are written out, imports resolved; and its line."""
    imports = {}
    for name, words, node in imported(tree):
        imports[name] = words
        yield words, place(node)[0]
    for node in references(tree["ast"]["rules"]):
        words, _whole = dotted(node)
        yield [*imports[words[0]], *words[1:]] if words and words[0] in imports else words or [""], place(node)[0]
