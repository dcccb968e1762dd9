"""The engine's syntax tree of a Rego file, as Python sees it: nodes are mappings with one key, the name of their kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

REFERENCES = ("RefDot", "RefBrack")
COMPREHENSIONS = ("ArrayCompr", "SetCompr", "ObjectCompr")


def children(node: Any) -> Iterator[Any]:
    """The parts of a node that may hold nodes."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key not in ("span", "eidx"))
    elif isinstance(node, list):
        yield from node


def nodes(node: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Every node of a kind, at any depth, outermost first."""
    if isinstance(node, dict) and isinstance(node.get(kind), dict):
        yield node[kind]
    for child in children(node):
        yield from nodes(child, kind)


def queries(node: Any) -> Iterator[dict[str, Any]]:
    """Every body in a node, at any depth, outermost first: what holds `stmts`."""
    if isinstance(node, dict) and isinstance(node.get("stmts"), list):
        yield node
    for child in children(node):
        yield from queries(child)


def statements(node: Any) -> Iterator[dict[str, Any]]:
    """Every statement of every body in a node."""
    for query in queries(node):
        yield from query["stmts"]


def kind_of(node: Any) -> str:
    """The name of a node's kind."""
    return next(iter(node)) if isinstance(node, dict) and len(node) == 1 else ""


def inner(node: Any) -> dict[str, Any]:
    """What a node holds."""
    value = next(iter(node.values())) if isinstance(node, dict) and len(node) == 1 else None
    return value if isinstance(value, dict) else {}


def place(node: Any) -> tuple[int, int]:
    """Line and column of a node."""
    span = inner(node).get("span") or {}
    return int(span.get("line", 1)), int(span.get("col", 1))


def text_of(span: dict[str, Any], source: bytes) -> str:
    """What stands at a span; offsets are bytes."""
    return source[span["start"]:span["end"]].decode("utf-8", "replace")


def dotted(node: Any) -> tuple[list[str], bool]:
    """The words of a reference from its root, and whether that is all of it: `input.a[i].b` -> ([input, a], False)."""
    kind, held = kind_of(node), inner(node)
    if kind == "Var":
        return [str(held["value"])], True
    if kind == "RefDot":
        words, whole = dotted(held["refr"])
        return ([*words, str(held["field"][1])], True) if whole else (words, False)
    if kind == "RefBrack":
        words, whole = dotted(held["refr"])
        index = held["index"]
        if whole and words and kind_of(index) == "String":
            return [*words, str(inner(index)["value"])], True
        return words, False
    return [], False


def head(rule: Any) -> tuple[str, dict[str, Any], Any]:
    """Of a rule: the kind of its head (Compr, Set, Func, Default), what the head holds, and its reference."""
    if "Default" in rule:
        held = rule["Default"]
        return "Default", held, held["refr"]
    node = rule["Spec"]["head"]
    return kind_of(node), inner(node), inner(node)["refr"]


def name_of(rule: Any) -> str:
    """The first word of a rule's name."""
    words, _whole = dotted(head(rule)[2])
    return words[0] if words else ""


def line_of(rule: Any) -> int:
    """Where a rule begins."""
    return place(rule)[0]


def references(node: Any) -> Iterator[Any]:
    """The outermost references and variables."""
    kind = kind_of(node)
    if kind == "Var" or kind in REFERENCES:
        yield node
        while kind_of(node) in REFERENCES:
            yield from references(inner(node).get("index"))
            node = inner(node)["refr"]
        return
    for child in children(node):
        yield from references(child)


def imported(tree: Any) -> Iterator[tuple[str, list[str], Any]]:
    """Of every import: the name that it gives, the words of what is imported, and its node."""
    source = tree["source"]["contents"].encode("utf-8")
    for entry in tree["ast"]["imports"]:
        words, _whole = dotted(entry["refr"])
        yield text_of(entry["as"], source) if entry.get("as") else words[-1], words, entry["refr"]
