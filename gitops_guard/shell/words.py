"""Nodes of a syntax tree -> words: quotes and escapes resolved, known variables replaced, unknown ones left as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .tree import Node, Syntax, every

EXPANSIONS = ("simple_expansion", "expansion")
SUBSTITUTIONS = ("command_substitution", "process_substitution")

_PLACE = re.compile("\ue000(\\d+)(?:\\\\\n)*\ue001")
_CONDITIONS = ("if_statement", "case_item", "while_statement", "list")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "\a", "e": "\x1b", "0": ""}
_EXPANSION = re.compile(r"\$(?:(\w+)|\{(\w+)(?:\[[@*]\])?(?:(:?[-=])(.*))?\})", re.DOTALL)


class Marks:
    """Expressions of a template language, hidden from the shell's parser and put back into the words."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def hide(self, text: str, pattern: re.Pattern[str], resolve: Callable[[re.Match[str]], str | None] | None = None) -> str:
        """The text with each match replaced: by what `resolve` says, else by a mark that stands for it."""

        def replace(match: re.Match[str]) -> str:
            value = resolve(match) if resolve is not None else None
            if value is None:
                self._texts.append(match.group())
                # Lines below must keep their numbers.
                breaks = "\\\n" * match.group().count("\n")
                return f"\ue000{len(self._texts) - 1}{breaks}\ue001"
            return value

        return pattern.sub(replace, text)

    def show(self, word: str) -> str:
        """The word as it was written."""
        return _PLACE.sub(lambda match: self._texts[int(match.group(1))] if int(match.group(1)) < len(self._texts) else "", word)


class Words:
    """Reads the words of one text."""

    def __init__(self, syntax: Syntax, outside: Mapping[str, str]) -> None:
        """`outside` are variables known before the text. One of the text counts where it is assigned a single literal value."""
        self.syntax = syntax
        self.known: dict[str, list[str] | None] = {name: [value] for name, value in outside.items()}

    def assigned(self, root: Node) -> None:
        """Learn the variables that a text assigns."""
        mine: dict[str, list[str] | None] = {}
        for node in every(root, ("variable_assignment", "for_statement")):
            name = node.child_by_field_name("name") or node.child_by_field_name("variable")
            if name is None:
                continue
            key = self.syntax.text(name)
            fixed = node.type == "variable_assignment" and not _is_conditional(node) \
                and self.syntax.between(name.end_byte, name.end_byte + 2) != "+="
            value = self.literal(node.child_by_field_name("value")) if fixed else None
            mine[key] = value if key not in mine or mine[key] == value else None
        self.known.update(mine)

    def literal(self, node: Node | None) -> list[str] | None:
        """The words of a value without anything unknown in it, else None."""
        if node is None:
            return [""]
        if node.type == "array":
            found = [self.literal(child) for child in node.named_children]
            return None if any(one is None for one in found) else [word for one in found if one for word in one]
        if every(node, (*EXPANSIONS, *SUBSTITUTIONS, "arithmetic_expansion")) or _PLACE.search(self.syntax.text(node)):
            return None
        return self.split(node)

    def simple(self) -> dict[str, str]:
        """The variables with one known value."""
        return {name: value[0] for name, value in self.known.items() if value is not None and len(value) == 1}

    def split(self, node: Node) -> list[str]:
        """The words that a node of a command line becomes; several, or none, where an unquoted variable holds so many."""
        if node.type in EXPANSIONS:
            value = self._expanded(node)
            return [self.syntax.text(node).strip()] if value is None else [part for word in value for part in word.split()]
        if node.type == "string":
            inner = [child for child in node.named_children if child.type != "string_content"]
            if len(inner) == 1 and inner[0].type == "expansion" \
                    and self.syntax.text(node).strip('"') == self.syntax.text(inner[0]).strip():
                value = self._expanded(inner[0])
                if value is not None and len(value) != 1:
                    return value
        return [self.word(node)]

    def word(self, node: Node) -> str:
        """One word."""
        kind, text = node.type, self.syntax.text(node)
        if kind == "raw_string":
            return text[1:-1]
        if kind == "ansi_c_string":
            return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group()), text[2:-1], flags=re.DOTALL)
        if kind in EXPANSIONS:
            value = self._expanded(node)
            return text if value is None else text[:len(text) - len(text.lstrip())] + " ".join(value)
        if kind in ("string", "concatenation", "command_name", "translated_string"):
            return self._joined(node)
        if kind in (*SUBSTITUTIONS, "arithmetic_expansion"):
            return text
        return re.sub(r"\\(\n|.)", lambda match: match.group(1).strip("\n"), text, flags=re.DOTALL)

    def _joined(self, node: Node) -> str:
        quoted = node.type == "string"
        parts, at = [], node.start_byte
        for child in node.children:
            # White space between the parts of a string is in no node of the tree.
            parts.append(self.syntax.between(at, child.start_byte))
            at = child.end_byte
            text = self.syntax.text(child)
            if quoted and child.type == '"':
                parts.append(text.replace('"', ""))
            elif quoted and child.type == "string_content":
                parts.append(re.sub(r'\\(\n|["$`\\])', lambda match: match.group(1).strip("\n"), text))
            elif child.type != "$" or quoted:
                parts.append(self.word(child))
        return "".join(parts)

    def _expanded(self, node: Node) -> list[str] | None:
        """The value of an expansion, or None."""
        match = _EXPANSION.fullmatch(self.syntax.text(node).strip())
        if not match:
            return None
        name = match.group(1) or match.group(2)
        if name in self.known:
            value = self.known[name]
            return None if value is None or any(_PLACE.search(word) for word in value) else value
        default = match.group(4)
        # An option by default is one that may as well not be given: `${DRY_RUN:---dry-run=client}`.
        return [default.strip("\"'")] if default and not re.search(r"\A[\"']?-|[$`\ue000]", default) else None


def _is_conditional(node: Node) -> bool:
    """Whether a node is run on a condition only."""
    above = node.parent
    while above is not None and above.type not in _CONDITIONS:
        above = above.parent
    return above is not None
