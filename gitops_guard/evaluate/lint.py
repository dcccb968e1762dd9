"""Syntax trees of policies -> what no engine tells in time: undefined names, calls that engines answer differently, recursion.

regorus notices an unknown function only when it is called, a variable without a value never; OPA refuses both before it
judges anything. What a policy needs from outside (http.send, opa.runtime) would make its verdict depend on the machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ..metadata import nearest
from .builtin_names import ARITIES, REFUSED, WRITERS
from .syntax import (
    COMPREHENSIONS,
    REFERENCES,
    children,
    dotted,
    head,
    imported,
    inner,
    kind_of,
    line_of,
    name_of,
    nodes,
    place,
    references,
    statements,
    text_of,
)
from .world import World

_ROOTS = ("input", "data")


@dataclass(frozen=True)
class Problem:
    """Something that makes a file unfit."""

    message: str
    line: int
    column: int = 1
    remedy: str = ""


def examine(tree: Any, package: str, world: World, *, policy: bool = False) -> list[Problem]:
    """What is wrong with a file; `policy` says that it is one of ours and needs a set `deny`."""
    examiner = _Examiner(tree, package, world)
    problems = list(examiner.problems())
    if policy:
        problems += _without_deny(tree)
    return sorted(problems, key=lambda problem: (problem.line, problem.column, problem.message))


def cycles(trees: Collection[tuple[str, Any]], world: World) -> list[tuple[str, str, int]]:
    """(package, rule, line) of every rule that needs itself, by its first file."""
    edges: dict[tuple[str, str], set[tuple[str, str]]] = {}
    lines: dict[tuple[str, str], int] = {}
    for package, tree in trees:
        examiner = _Examiner(tree, package, world)
        for rule in tree["ast"]["rules"]:
            key = (package, name_of(rule))
            lines.setdefault(key, line_of(rule))
            edges.setdefault(key, set()).update(examiner.used(rule))
    return sorted((*key, lines[key]) for key in edges if _reaches(key, edges))


def _reaches(start: tuple[str, str], edges: dict[tuple[str, str], set[tuple[str, str]]]) -> bool:
    seen: set[tuple[str, str]] = set()
    waiting = list(edges[start])
    while waiting:
        at = waiting.pop()
        if at == start:
            return True
        if at not in seen:
            seen.add(at)
            waiting += edges.get(at, ())
    return False


def _without_deny(tree: Any) -> Iterator[Problem]:
    found = [rule for rule in tree["ast"]["rules"] if name_of(rule) == "deny"]
    if not found:
        yield Problem("there is no rule deny", int(tree["ast"]["package"]["span"]["line"]))
    for rule in found:
        kind, _held, reference = head(rule)
        if kind == "Func" or kind_of(reference) != "Var":
            yield Problem("deny is no set: write deny contains {…} if {…}", line_of(rule))


class _Examiner:
    """One file."""

    def __init__(self, tree: Any, package: str, world: World) -> None:
        self._rules = tree["ast"]["rules"]
        self._source = tree["source"]["contents"].encode("utf-8")
        self._world = world
        self._package = package
        self._own = world.packages.get(package, {})
        self._imports: dict[str, list[str]] = {}
        self._import_nodes: list[tuple[list[str], Any]] = []
        for alias, words, node in imported(tree):
            self._import_nodes.append((words, node))
            if words[0] in _ROOTS:
                self._imports[alias] = words

    def problems(self) -> Iterator[Problem]:
        """All of them, in no order."""
        for words, node in self._import_nodes:
            if words[0] == "data" and self._world.find(words[1:]) is None:
                yield self._problem(node, f"nothing defines {'.'.join(words)}: no package, no data file")
        for rule in self._rules:
            bound = _names_bound(rule, self._source)
            for call in nodes(rule, "Call"):
                yield from self._call(call)
            yield from self._variables(rule, bound)
            for statement in statements(rule):
                drawn = statement["literal"].get("SomeIn")
                if drawn and statement.get("with_mods"):
                    # regorus then judges the rest of the body, and what the rule says, by that input as well.
                    yield Problem("with behind some … in …: the two engines answer it differently", *place({"SomeIn": drawn}),
                                  "Give what it draws from a name first: found := … with input as …; some x in found.")

    def used(self, rule: Any) -> Iterator[tuple[str, str]]:
        """The rules that a rule speaks of."""
        bound = _names_bound(rule, self._source)
        held = inner(rule)
        head_parts = {key: value for key, value in inner(held.get("head")).items() if key != "refr"}
        for node in references([head_parts, held.get("bodies", []), held.get("value")]):
            words = self._resolved(dotted(node)[0])
            if words[0] == "data":
                found = self._world.find(words[1:])
                if found is not None and found[1]:
                    yield found
            elif words[0] in self._own and words[0] not in bound:
                yield self._package, words[0]

    def _resolved(self, words: list[str]) -> list[str]:
        return [*self._imports[words[0]], *words[1:]] if words and words[0] in self._imports else words or [""]

    def _call(self, call: Any) -> Iterator[Problem]:
        words, whole = dotted(call["fcn"])
        name, count = ".".join(words), len(call["params"])
        resolved = self._resolved(words)
        if not whole:
            yield self._problem(call["fcn"], "a function that is computed can't be called")
        elif resolved[0] == "data":
            found = self._world.find(resolved[1:])
            arities = self._world.packages.get(found[0], {}).get(found[1]) if found else None
            if found is None or (found[0] not in self._world.closed and arities is None):
                yield self._problem(call["fcn"], f"no package defines the function {name}")
            elif arities:
                yield from self._count(call, name, arities, count)
        elif len(words) == 1 and name in self._own:
            yield from self._count(call, name, self._own[name], count)
        elif name in REFUSED:
            yield self._problem(call["fcn"], f"{name}: {REFUSED[name]}")
        elif name not in ARITIES:
            known = [*ARITIES, *self._own]
            yield self._problem(call["fcn"], f"no one defines the function {name}; {nearest(name, known)}"[:200])
        elif ARITIES[name] >= 0 and count not in (ARITIES[name], ARITIES[name] + 1):
            yield self._problem(call["fcn"], f"{name} takes {ARITIES[name]} arguments, not {count}")
        elif name in WRITERS:
            for number in nodes(call["params"], "Number"):
                yield from self._spelled(number)

    def _spelled(self, number: Any) -> Iterator[Problem]:
        """A number that is to become text as it is written, which only OPA knows then."""
        written = text_of(number["span"], self._source)
        if set(written) & set(".eE") and written != repr(float(written)).removesuffix(".0"):
            yield Problem(f"{written} becomes text here: the two engines write it differently", *place({"Number": number}),
                          "Write it without a fraction of zeros and without an exponent.")

    def _count(self, call: Any, name: str, arities: set[int | None], count: int) -> Iterator[Problem]:
        wanted = {number for number in arities if number is not None}
        if not wanted:
            yield self._problem(call["fcn"], f"{name} is no function")
        elif count not in wanted and count - 1 not in wanted:
            yield self._problem(call["fcn"], f"{name} takes {min(wanted)} arguments, not {count}")

    def _variables(self, node: Any, bound: Collection[str]) -> Iterator[Problem]:
        kind, held = kind_of(node), inner(node)
        if kind == "Var":
            name = str(held["value"])
            known = name in bound or name in self._own or name in self._imports or name in _ROOTS or name == "_"
            if not known:
                yield self._problem(node, f"no one defines {name}")
        elif kind in REFERENCES:
            yield from self._data(node)
            while kind_of(node) in REFERENCES:
                yield from self._variables(inner(node).get("index"), bound)
                node = inner(node)["refr"]
            yield from self._variables(node, bound)
            return
        for child in held["params"] if kind == "Call" else children(node):
            yield from self._variables(child, bound)

    def _data(self, node: Any) -> Iterator[Problem]:
        words, _whole = dotted(node)
        resolved = self._resolved(words)
        if resolved[0] != "data" or len(resolved) == 1:
            return
        found = self._world.find(resolved[1:])
        # `data.a[x]`: the part that is known must lead somewhere; what comes after is computed.
        if found is None:
            yield self._problem(node, f"nothing defines {'.'.join(resolved)}: no package, no data file")

    @staticmethod
    def _problem(node: Any, message: str) -> Problem:
        return Problem(message, *place(node))


def _names_bound(rule: Any, source: bytes) -> set[str]:
    """Every name that something in a rule can give a value: wherever in the rule, which is more than either engine allows."""
    bound: set[str] = set()
    kind, held, _reference = head(rule)
    if kind in ("Func", "Default"):
        bound |= _pattern(held.get("args", []))
    for declared in nodes(rule, "SomeVars"):
        bound |= {text_of(span, source) for span in declared["vars"]}
    for declared in nodes(rule, "SomeIn"):
        bound |= _pattern(declared.get("key")) | _pattern(declared["value"])
    for declared in nodes(rule, "Every"):
        bound |= {text_of(span, source) for span in (declared.get("key"), declared["value"]) if span}
    for assigned in nodes(rule, "AssignExpr"):
        bound |= _pattern(assigned["lhs"])
        if assigned["op"] == "Eq":
            bound |= _pattern(assigned["rhs"])
    for reference in nodes(inner(rule).get("bodies", []), "RefBrack"):
        bound |= _pattern(reference["index"])
    for comprehension in COMPREHENSIONS:
        for found in nodes(inner(rule).get("head"), comprehension):
            for reference in nodes(found, "RefBrack"):
                bound |= _pattern(reference["index"])
    for call in nodes(rule, "Call"):
        words, _whole = dotted(call["fcn"])
        if call["params"] and ARITIES.get(".".join(words), -2) != len(call["params"]):
            bound |= _pattern(call["params"][-1])
    return bound


def _pattern(node: Any) -> set[str]:
    """The variables of a pattern: a variable, or an array or object of patterns."""
    kind, held = kind_of(node), inner(node)
    if kind == "Var":
        return {str(held["value"])} - set(_ROOTS)
    if kind == "Array" or isinstance(node, list):
        return set[str]().union(*(_pattern(item) for item in (held["items"] if kind else node)))
    if kind == "Object":
        return set[str]().union(*(_pattern(entry[-1]) for entry in held["fields"]))
    return set()
