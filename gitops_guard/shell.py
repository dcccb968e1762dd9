"""Shell text -> the commands it would run, with their words, lines and pipes; the only module that knows tree-sitter.

Text that is only printed, quoted, commented or fed to other programs is no command; a heredoc, a string or a pipe that a
shell executes is. Nothing is run. What the parser can't read is in `Script.errors`, never left out silently.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from . import prefixes

MAX_CHARACTERS = 250_000
MAX_SECONDS = 2.0
MAX_DEPTH = 150
MAX_COMMANDS = 5_000
_MAX_NESTED = 6
_MAX_WORD = 4_000

_BASH = Language(tree_sitter_bash.language())
_PLACE = re.compile("\ue000(\\d+)\ue001")
_EXPANSIONS = ("simple_expansion", "expansion")
_SUBSTITUTIONS = ("command_substitution", "process_substitution")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "\a", "e": "\x1b", "0": ""}
_PRINTERS = ("cat", "tee", "envsubst")


@dataclass(frozen=True)
class Command:
    """One simple command."""

    argv: tuple[str, ...]
    """Quotes and escapes resolved; what can't be known stays as it was written: `$VAR`, `$(…)`, `${{ … }}`."""
    line: int
    """Where it begins, in the file."""
    pipeline: int
    """The index of the first command of its pipeline (its own where it stands alone)."""
    writes_to: int | None = None
    """The index of the command that reads its output through a pipe."""
    stdin: str | None = None
    """pipe, heredoc or file"""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables set for it: before it, or exported earlier in the text."""
    through: tuple[str, ...] = ()
    """Programs that run it: sudo, xargs, ssh …"""


@dataclass(frozen=True)
class Unreadable:
    """A part of the text that the parser could not read."""

    line: int
    text: str
    """What stands there, cut short."""


@dataclass(frozen=True)
class Script:
    """What a text runs."""

    commands: tuple[Command, ...]
    errors: tuple[Unreadable, ...]
    functions: frozenset[str] = frozenset()
    """The names that it defines."""


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
                value = f"\ue000{len(self._texts) - 1}\ue001"
            # Lines below must keep their numbers.
            return value + "\\\n" * (match.group().count("\n") - value.count("\n"))

        return pattern.sub(replace, text)

    def show(self, word: str) -> str:
        """The word as it was written."""
        return _PLACE.sub(lambda match: self._texts[int(match.group(1))] if int(match.group(1)) < len(self._texts) else "", word)


def parse(text: str, lines: Sequence[int] = (), *, marks: Marks | None = None, variables: Mapping[str, str] | None = None) -> Script:
    """The commands of a text.

    `lines` holds the file's line of each line of the text (further lines are the last one's; empty: they count from 1).
    `variables` are values known from outside the text.
    """
    reader = _Reader(list(lines) or list(range(1, text.count("\n") + 2)), marks or Marks(), variables or {})
    reader.read(text, 0)
    commands = [Command(tuple(draft.argv), draft.line, draft.pipeline, draft.writes_to, draft.stdin, draft.env, draft.through)
                for draft in reader.drafts]
    return Script(tuple(commands), tuple(reader.errors), frozenset(reader.functions))


@dataclass
class _Draft:
    argv: list[str]
    rows: list[int]
    """Of each word: its first row in the text."""
    line: int
    pipeline: int
    writes_to: int | None = None
    stdin: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    through: tuple[str, ...] = ()


class _Reader:
    """Walks one syntax tree, and those of the texts that its commands run."""

    def __init__(self, lines: list[int], marks: Marks, variables: Mapping[str, str], depth: int = 0,
                 exported: Mapping[str, str] | None = None) -> None:
        self.lines = lines
        self.marks = marks
        self.variables: dict[str, list[str] | None] = {name: [value] for name, value in variables.items()}
        self.exported = dict(exported or {})
        self.depth = depth
        self.drafts: list[_Draft] = []
        self.errors: list[Unreadable] = []
        self.functions: set[str] = set()
        self.runners: set[str] = set()
        self.fed: list[tuple[int, str, int]] = []
        """(command, text, row) of what stands on a command's standard input."""
        self.source = b""

    def line(self, row: int) -> int:
        return self.lines[min(row, len(self.lines) - 1)]

    def fail(self, row: int, text: str) -> None:
        self.errors.append(Unreadable(self.line(row), self.marks.show(text)[:400]))

    def read(self, text: str, row: int) -> None:
        if len(text) > MAX_CHARACTERS:
            self.fail(row, text[:400])
            return
        self.source = text.encode("utf-8", "replace")
        root = _tree(self.source)
        if root is None:
            self.fail(row, text[:400])
            return
        self.collect(root, 0)
        self.visit(root, 0)
        self.feed()

    def text(self, node: Node) -> str:
        return self.source[node.start_byte:node.end_byte].decode("utf-8", "replace")

    def collect(self, root: Node, depth: int) -> None:
        """Values of variables that are assigned once, and functions that run their arguments: known before the walk."""
        for node in _all(root, ("variable_assignment", "function_definition", "for_statement")):
            name = node.child_by_field_name("name") or node.child_by_field_name("variable")
            if name is None:
                continue
            if node.type == "function_definition":
                self.functions.add(self.text(name))
                if any(self.text(found).strip('"') in ("$@", "$*", "${@}") for found in _all(node, ("command_name",))):
                    self.runners.add(self.text(name).lower())
                continue
            value = None if node.type == "for_statement" or b"+=" in self.source[name.end_byte:name.end_byte + 2] \
                else self.literal(node.child_by_field_name("value"))
            key = self.text(name)
            self.variables[key] = value if key not in self.variables or self.variables[key] == value else None

    def literal(self, node: Node | None) -> list[str] | None:
        """The words of a value without anything unknown in it, else None."""
        if node is None:
            return [""]
        if node.type == "array":
            found = [self.literal(child) for child in node.named_children]
            return None if any(one is None for one in found) else [word for one in found if one for word in one]
        if any(_all(node, (*_EXPANSIONS, *_SUBSTITUTIONS, "arithmetic_expansion"))) or _PLACE.search(self.text(node)):
            return None
        return self.words(node)

    def visit(self, node: Node, depth: int) -> None:
        """Add the commands of a node, in order."""
        kind = node.type
        if len(self.drafts) >= MAX_COMMANDS or depth > MAX_DEPTH:
            if not self.errors or self.errors[-1].text:
                self.fail(node.start_point[0], "")
            return
        if node.is_error or node.is_missing:
            self.fail(node.start_point[0], self.text(node))
        if kind == "command":
            self.command(node, depth)
        elif kind == "pipeline":
            self.pipeline(node.named_children, len(self.drafts), depth)
        elif kind == "redirected_statement":
            self.redirected(node, depth)
        elif kind == "declaration_command":
            self.declare(node, depth)
        elif kind not in ("comment", "raw_string", "word", "heredoc_start", "heredoc_end"):
            for child in node.children:
                self.visit(child, depth + 1)

    def declare(self, node: Node, depth: int) -> None:
        exports = node.children[0].type in ("export", "declare", "typeset")
        for child in node.named_children:
            self.visit(child, depth + 1)
            name = child.child_by_field_name("name")
            if exports and child.type == "variable_assignment" and name is not None:
                self.exported[self.text(name)] = " ".join(self.value(child.child_by_field_name("value")))

    def pipeline(self, stages: Sequence[Node], first: int, depth: int, before: int | None = None) -> None:
        """Commands joined by pipes; `before` is a command that already writes into the first stage."""
        writer = before
        for stage in stages:
            start = len(self.drafts)
            self.visit(stage, depth + 1)
            if start == len(self.drafts):
                continue
            if writer is not None:
                self.drafts[writer].writes_to = start
                self.drafts[start].stdin = self.drafts[start].stdin or "pipe"
            # Substitutions in the stage's own words come after it; a compound stage writes with its last command.
            writer = start if stage.type == "command" else self.last(start, stage)
            for draft in self.drafts[start:]:
                draft.pipeline = min(draft.pipeline, first)

    def last(self, start: int, stage: Node) -> int:
        if stage.type == "redirected_statement" and (body := stage.child_by_field_name("body")) is not None \
                and body.type == "command":
            return start
        return len(self.drafts) - 1

    def redirected(self, node: Node, depth: int) -> None:
        """A statement with redirections; the rest of a line behind `<<EOF` hangs below the redirection."""
        start = len(self.drafts)
        body = node.child_by_field_name("body")
        if body is not None:
            self.visit(body, depth + 1)
        writer = None
        if len(self.drafts) > start and body is not None:
            stages = body.named_children if body.type == "pipeline" else []
            writer = start if body.type == "command" else len(self.drafts) - 1
            if stages and stages[-1].type == "command":
                row = stages[-1].start_point[0]
                writer = next((at for at in range(len(self.drafts) - 1, start - 1, -1)
                               if self.drafts[at].line == self.line(row) and self.drafts[at].writes_to is None), writer)
        for child in node.children:
            if child.type in ("heredoc_redirect", "herestring_redirect"):
                self.heredoc(child, writer, start, depth)
            elif child.type == "file_redirect":
                if writer is not None and self.text(child).lstrip("0").startswith("<"):
                    self.drafts[writer].stdin = "file"
                self.visit(child, depth + 1)

    def heredoc(self, node: Node, writer: int | None, start: int, depth: int) -> None:
        for child in node.named_children:
            if child.type == "pipeline":
                first = self.drafts[writer].pipeline if writer is not None else start
                self.pipeline(self.spread(child), first, depth, writer)
            elif child.type == "heredoc_body":
                if writer is not None:
                    self.fed.append((writer, self.text(child), child.start_point[0]))
                for found in child.named_children:
                    self.visit(found, depth + 1)
            elif child.type not in ("heredoc_start", "heredoc_end"):
                self.visit(child, depth + 1)
        if writer is not None:
            self.drafts[writer].stdin = "heredoc"
            if node.type == "herestring_redirect" and node.named_children:
                words = self.words(node.named_children[-1])
                self.fed.append((writer, " ".join(words), node.start_point[0]))

    def spread(self, pipe: Node) -> list[Node]:
        """The stages of a pipe below a heredoc: `| a && b` is one list there, of which only `a` reads the pipe."""
        return [stage for child in pipe.named_children
                for stage in (child.named_children[:1] if child.type == "list" else [child])] + [
                    rest for child in pipe.named_children if child.type == "list" for rest in child.named_children[1:]]

    def command(self, node: Node, depth: int) -> None:
        env: dict[str, str] = {}
        argv: list[str] = []
        rows: list[int] = []
        row = node.start_point[0]
        inner: list[Node] = []
        for child in node.named_children:
            if child.type == "variable_assignment":
                name = child.child_by_field_name("name")
                if name is not None:
                    env[self.text(name)] = " ".join(self.value(child.child_by_field_name("value")))
                inner.append(child)
            elif child.type in ("herestring_redirect", "file_redirect"):
                inner.append(child)
            elif child.type != "comment":
                if not argv and child.start_point[0] > row and env:
                    # Assignments on a line of their own; the grammar takes them for the next command's.
                    row, env = child.start_point[0], {}
                words = self.words(child.named_children[0] if child.type == "command_name" and child.named_children else child)
                argv += words
                rows += [child.start_point[0]] * len(words)
                inner.append(child)
        if argv:
            self.add(argv, rows, row, env)
        at = len(self.drafts) - 1
        for child in inner:
            if child.type == "herestring_redirect" and argv:
                self.heredoc(child, at, at, depth)
            else:
                for found in _outermost(child, _SUBSTITUTIONS):
                    self.visit(found, depth + 1)

    def add(self, argv: list[str], rows: list[int], row: int, env: dict[str, str]) -> None:
        shown = [self.marks.show(word)[:_MAX_WORD] for word in argv]
        inner = prefixes.unwrap(shown, self.runners)
        own = {**self.exported, **env}
        # A wrapper that runs one text stays as a command of its own: what is piped into it is still seen.
        words = list(inner.argv) or shown
        self.drafts.append(_Draft(words, rows, self.line(row), len(self.drafts), env=own, through=inner.through))
        for index, text in inner.texts:
            offset = rows[index + len(shown) - len(words)] if index is not None and index + len(shown) - len(words) < len(rows) \
                else row
            self.nested(text, offset, own)

    def nested(self, text: str, row: int, env: Mapping[str, str]) -> None:
        """The commands of a text that a command runs, on the lines where it stands."""
        if self.depth >= _MAX_NESTED:
            self.fail(row, text)
            return
        marks = Marks()
        lines = [self.line(row + index) for index in range(text.count("\n") + 1)]
        known = {name: value[0] for name, value in self.variables.items() if value is not None and len(value) == 1}
        reader = _Reader(lines, marks, known, self.depth + 1, env)
        reader.read(marks.hide(text, _TEMPLATE), 0)
        base = len(self.drafts)
        for draft in reader.drafts:
            draft.pipeline += base
            draft.writes_to = None if draft.writes_to is None else draft.writes_to + base
        self.drafts += reader.drafts
        self.errors += reader.errors

    def feed(self) -> None:
        """Run what is fed to a shell: a heredoc, or text that echo and printf write into its pipe."""
        for at, draft in enumerate(list(self.drafts)):
            if draft.argv[0] in ("echo", "printf") and draft.writes_to is not None:
                words = [word for word in draft.argv[1:] if not re.fullmatch(r"-[neE]+", word)]
                self.fed.append((at, " ".join(words).replace("\\n", "\n"), -1))
        for at, text, row in self.fed:
            reader, hops = self.drafts[at], 0
            printed = row < 0
            while reader.writes_to is not None and hops < 10 and (printed or reader.argv[0] in _PRINTERS):
                reader, hops, printed = self.drafts[reader.writes_to], hops + 1, False
            if (hops or row >= 0) and prefixes.reads_program(reader.argv):
                line = self.lines.index(self.drafts[at].line) if row < 0 and self.drafts[at].line in self.lines else max(row, 0)
                self.nested(text, line, reader.env)

    def value(self, node: Node | None) -> list[str]:
        return [self.marks.show(word) for word in self.words(node)] if node is not None else [""]

    def words(self, node: Node) -> list[str]:
        """The words that a node of a command line becomes; several where an unquoted variable holds several."""
        if node.type in _EXPANSIONS:
            known = self.known(node)
            return [part for word in known for part in word.split()] if known is not None else [self.text(node).strip()]
        if node.type == "string":
            inner = [child for child in node.named_children if child.type != "string_content"]
            if len(inner) == 1 and inner[0].type == "expansion" and self.text(node).strip('"') == self.text(inner[0]).strip():
                known = self.known(inner[0])
                if known is not None and len(known) != 1:
                    return known
        return [_word(self, node)]

    def known(self, node: Node) -> list[str] | None:
        """The value of an expansion, or None."""
        text = self.text(node).strip()
        match = re.fullmatch(r"\$(?:(\w+)|\{(\w+)(?:\[[@*]\])?(?:(:?[-=])(.*))?\})", text, re.DOTALL)
        if not match:
            return None
        name = match.group(1) or match.group(2)
        if name in self.variables:
            value = self.variables[name]
            return None if value is None or any(_PLACE.search(word) for word in value) else value
        default = match.group(4)
        return [default.strip("\"'")] if default and not re.search(r"[$`\ue000]", default) else None


_TEMPLATE = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def _word(reader: _Reader, node: Node) -> str:
    """One word, quotes and escapes resolved."""
    kind, text = node.type, reader.text(node)
    if kind == "raw_string":
        return text[1:-1]
    if kind == "ansi_c_string":
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group()), text[2:-1], flags=re.DOTALL)
    if kind in _EXPANSIONS:
        known = reader.known(node)
        return text if known is None else text[:len(text) - len(text.lstrip())] + " ".join(known)
    if kind in ("string", "concatenation", "command_name", "translated_string"):
        quoted = kind == "string"
        parts, at = [], node.start_byte
        for child in node.children:
            # White space between the parts of a string is in no node of the tree.
            parts.append(reader.source[at:child.start_byte].decode("utf-8", "replace"))
            at = child.end_byte
            if quoted and child.type == '"':
                parts.append(reader.text(child).replace('"', ""))
            elif quoted and child.type == "string_content":
                parts.append(re.sub(r'\\(\n|["$`\\])', lambda match: match.group(1).strip("\n"), reader.text(child)))
            elif child.type != "$":
                parts.append(_word(reader, child))
        return "".join(parts)
    if kind in (*_SUBSTITUTIONS, "arithmetic_expansion", "heredoc_body"):
        return text
    return re.sub(r"\\(\n|.)", lambda match: match.group(1).strip("\n"), text, flags=re.DOTALL)


def _tree(source: bytes) -> Node | None:
    """The syntax tree, or None where the parser needs too long: some hostile texts take time and memory of a higher power."""
    deadline = time.monotonic() + MAX_SECONDS
    try:
        return Parser(_BASH).parse(lambda at, _point: source[at:at + 65_536],
                                   progress_callback=lambda _at, _error: time.monotonic() > deadline).root_node
    except ValueError:
        return None


def _all(root: Node, kinds: Sequence[str]) -> list[Node]:
    """Every node of these kinds at or below `root`, in order."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node.type in kinds:
            found.append(node)
        waiting.extend(reversed(node.named_children))
    return found


def _outermost(root: Node, kinds: Sequence[str]) -> list[Node]:
    """Like `_all`, but not what lies inside a found one."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node.type in kinds:
            found.append(node)
        else:
            waiting.extend(reversed(node.named_children))
    return found
