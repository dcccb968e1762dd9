"""Who chooses what a random tree has in it, and how a value is written as YAML: quotes, flow and block, notes, anchors and merge keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

Integer = Callable[[int, int], int]
_PLAIN = re.compile(r"[A-Za-z][\w./-]*")
_AMBIGUOUS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class Raw(str):
    """A scalar that is written as it stands."""

    __slots__ = ()


class Hand:
    """Who chooses; everything random comes from one function that gives whole numbers, both ends included."""

    def __init__(self, integer: Integer) -> None:
        self.integer = integer

    def chance(self, percent: int) -> bool:
        """0 means no: what is left out makes the smaller tree."""
        return self.integer(0, 99) >= 100 - percent

    def of(self, options: Sequence[Any]) -> Any:
        return options[self.integer(0, len(options) - 1)]

    def some(self, options: Sequence[Any], least: int, most: int) -> list[Any]:
        left, found = list(options), []
        for _ in range(min(self.integer(least, most), len(left))):
            found.append(left.pop(self.integer(0, len(left) - 1)))
        return found


def yaml(value: Any, hand: Hand) -> str:
    """A document's text, in block style with some flow."""
    if isinstance(value, (dict, list)) and value:
        return "\n".join(_Writer(hand).block(value, 0)) + "\n"
    return _flow(value, hand) + "\n"


def _quoted(value: str, hand: Hand) -> str:
    if isinstance(value, Raw):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _AMBIGUOUS:
        return value
    if "\n" not in value and "\r" not in value and "'" not in value and "\t" not in value and hand.chance(50):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _flow(value: Any, hand: Hand) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key, hand)}: {_flow(item, hand)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item, hand) for item in value) + "]"
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return "~" if value == "" and isinstance(value, Raw) else _quoted(value, hand)


class _Writer:
    """Writes one document; in a few of them equal values are anchors and aliases, and mappings take in others."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._anchors: dict[str, tuple[str, Any]] | None = {} if hand.chance(8) else None
        self._count = 0

    def block(self, value: Any, indent: int, merged: str = "") -> list[str]:
        """The lines of a mapping or a list; `merged` is the anchor of a mapping that it takes in."""
        hand, pad = self._hand, " " * indent
        lines = [f"{pad}<<: *{merged}"] if merged else []
        pairs = [(_quoted(key, hand) + ":", item) for key, item in value.items()] if isinstance(value, dict) else [("-", item) for item in value]
        for head, item in pairs:
            known, anchor = self._anchor(item)
            if known:
                lines.append(f"{pad}{head} *{known}")
                continue
            mark = f" &{anchor}" if anchor else ""
            if isinstance(item, (dict, list)) and item and not hand.chance(6):
                merging = self._merging(item)
                inner = self.block(item, indent + (0 if isinstance(item, list) and isinstance(value, dict) and hand.chance(30) else 2), merging)
                if head == "-" and not mark:
                    inner[0] = f"{pad}- {inner[0].lstrip()}"
                    lines += inner
                else:
                    lines += [pad + head + mark, *inner]
            elif isinstance(item, str) and not isinstance(item, Raw) and re.fullmatch(r"(\S[^\r\t]*\S\n)+", item) and " \n" not in item and "\x00" not in item:
                lines += [f"{pad}{head}{mark} |", *(f"{pad}  {line}".rstrip() for line in item.split("\n")[:-1])]
            else:
                line, noted = f"{pad}{head}{mark} {_flow(item, hand)}".rstrip(), hand.chance(2)
                # No note behind a flow collection: kustomize's merge moves it to the collection that stays, and go-yaml then writes it
                # behind the next key, where a list that the patch has emptied breaks the object that kustomize reads again.
                lines.append(line + " # note" if noted and not isinstance(item, (dict, list)) else line)
            if anchor and self._anchors is not None:
                self._anchors[_same(item)] = (anchor, item)
        return lines

    def _anchor(self, item: Any) -> tuple[str, str]:
        """The anchor of an equal value further up, or one for this value."""
        if self._anchors is None or (isinstance(item, Raw) and self._hand.chance(50)):
            return "", ""
        known = self._anchors.get(_same(item))
        if known and self._hand.chance(60):
            return known[0], ""
        if known or not self._hand.chance(20):
            return "", ""
        self._count += 1
        return "", f"a{self._count}"

    def _merging(self, item: Any) -> str:
        if not self._anchors or not isinstance(item, dict) or not self._hand.chance(15):
            return ""
        mappings = [name for name, known in self._anchors.values() if isinstance(known, dict)]
        return str(self._hand.of(mappings)) if mappings else ""


def _same(value: Any) -> str:
    return json.dumps(value) + str(isinstance(value, Raw))
