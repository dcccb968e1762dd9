"""A policy's text -> the same text for regorus, where calls of builtins that it answers otherwise than OPA ask ours instead.

A builtin of builtins.py takes the place of one of regorus' altogether, where handing its arguments to Python is quick and loses
nothing. Here stand those that take large values, or do the work well but for one argument: that is checked or translated on its
way. Only names and brackets are added, on the same line. Built-in policies are taken as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from .builtin_checks import integer_of, text_of
from .builtin_format import requoted, sprintf
from .builtin_json import escaped, options_of
from .builtin_names import ARITIES
from .builtin_regex import pattern_of
from .syntax import dotted, inner, kind_of, nodes, place, statements

PREFIX = "gitops_guard_builtin."
"""Before the names of ours that stand in such a text."""
PACKAGE = "gitops_guard_builtins"
"""That of LIBRARY."""

LIBRARY = f"""package {PACKAGE}

size(x) := count(split(x, "")) if is_string(x)
else := count(x) if type_name(x) in {{"array", "object", "set"}}
else := null

parts(xs) := [shown(x) | some x in xs] if is_array(xs)
else := xs

shown(x) := x if is_string(x)
else := x if is_number(x)
else := "set()" if x == set()
else := {PREFIX}sprintf.requoted(sprintf("%v", [x]))

pieces(pattern, text) := [""] if {{ text == ""; pattern != "" }}
else := [text] if count(regex.find_n(pattern, text, 1)) == 0
else := array.slice(all, edge(all[0], found[0]), count(all) - edge(all[count(all) - 1], found[count(found) - 1])) if {{
	all := regex.split(pattern, text)
	found := regex.find_n(pattern, text, -1)
}}

edge(piece, match) := 1 if {{ piece == ""; match == "" }}
else := 0
"""
"""What such a text asks besides. Nothing in it fails: an error has the place of the call that names it."""


def asks_library(texts: Iterable[str]) -> bool:
    """Whether one of the texts that an engine is given asks LIBRARY."""
    return any(PACKAGE in text for text in texts)


_ARGUMENTS = {
    "array.slice": {1: "integer", 2: "integer"},
    "json.marshal_with_options": {1: "options"},
    "regex.find_all_string_submatch_n": {0: "pattern", 2: "integer"},
    "regex.find_n": {0: "pattern", 2: "integer"},
    "regex.match": {0: "pattern"},
    "regex.replace": {1: "pattern"},
    "regex.split": {0: "pattern", 1: "text"},
}
"""Builtin -> which of its arguments go through which of ours."""
_CALLS = {
    "count": (f"{PREFIX}count.counted(data.{PACKAGE}.size", ")"),
    "json.marshal": (f"{PREFIX}json.marshal.escaped(json.marshal", ")"),
    "json.marshal_with_options": (f"{PREFIX}json.marshal_with_options.escaped(json.marshal_with_options", ")"),
    "regex.split": (f"data.{PACKAGE}.pieces", ""),
    "sprintf": (f"{PREFIX}sprintf.put", ""),
}
"""Builtin -> what is asked in its place, and what stands behind the call."""


class RewriteError(Exception):
    """A call that can't be put so that it has OPA's answer."""

    def __init__(self, message: str, line: int, column: int) -> None:
        """`line` and `column` are those of the call."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


def faithful(text: str, tree: Any, own: Collection[str]) -> str:
    """The text for regorus; `own` are the names that the package itself defines. Raises RewriteError."""
    for statement in statements(tree["ast"]["rules"]):
        for modifier in statement.get("with_mods", []):
            name = ".".join(dotted(modifier["refr"])[0])
            if name in _CALLS and name not in own:
                raise RewriteError(f"with {name} as …: nothing can stand in for this builtin", *place(modifier["refr"]))
    edits = [edit for call in nodes(tree["ast"]["rules"], "Call") for edit in _edits(call, own)]
    source = text.encode("utf-8")
    for start, end, new in sorted(edits, reverse=True):
        source = source[:start] + new.encode() + source[end:]
    return source.decode("utf-8")


def _edits(call: dict[str, Any], own: Collection[str]) -> Iterator[tuple[int, int, str]]:
    words, whole = dotted(call["fcn"])
    name = ".".join(words)
    if not whole or words[0] in own or (name not in _ARGUMENTS and name not in _CALLS):
        return
    where = inner(call["fcn"])["span"]
    if len(call["params"]) > ARITIES[name] and name in _CALLS:
        raise RewriteError(f"give what {name} returns a name in front of it: x := {name}(…)", *place(call["fcn"]))
    before, behind = _CALLS.get(name, ("", ""))
    if before:
        yield where["start"], where["end"], before
    if behind:
        yield call["span"]["end"], call["span"]["end"], behind
    for index, ours in _ARGUMENTS.get(name, {}).items():
        yield from _wrapped(call["params"][index], f"{PREFIX}{name}.{ours}")
    if name == "sprintf":
        yield from _wrapped(call["params"][1], f"data.{PACKAGE}.parts")


def _wrapped(node: Any, function: str) -> Iterator[tuple[int, int, str]]:
    span = inner(node)["span"]
    quote = kind_of(node) in ("String", "RawString")
    start, end = span["start"] - quote, span["end"] + quote
    yield start, start, f"{function}("
    yield end, end, ")"


def _counted(size: Any) -> int:
    if size is None:
        raise TypeError("expects array, object, set or string argument")
    return integer_of(size)


_CHECKS: dict[str, Callable[..., Any]] = {"integer": integer_of, "options": options_of, "pattern": pattern_of, "text": text_of}
HELPERS: dict[str, tuple[int, Callable[..., Any]]] = {
    f"{PREFIX}count.counted": (1, _counted),
    f"{PREFIX}json.marshal.escaped": (1, escaped),
    f"{PREFIX}json.marshal_with_options.escaped": (1, escaped),
    f"{PREFIX}sprintf.put": (2, sprintf),
    f"{PREFIX}sprintf.requoted": (1, requoted),
    **{f"{PREFIX}{name}.{ours}": (1, _CHECKS[ours]) for name, arguments in _ARGUMENTS.items() for ours in arguments.values()},
}
"""Ours -> number of arguments, and what it does: the name is that of the builtin and of what is done for it."""
