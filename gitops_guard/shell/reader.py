"""A syntax tree -> commands, pipes and what is fed to shells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import prefixes
from .tree import Node, Syntax, broken_parts, every, outermost
from .words import SUBSTITUTIONS, Marks, Words

MAX_DEPTH = 150
MAX_COMMANDS = 5_000
_MAX_NESTED = 6
_MAX_WORD = 4_000
_TEMPLATE = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_PASS_ON = ("cat", "tee", "envsubst")
_HERE = ("heredoc_redirect", "herestring_redirect")


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


@dataclass
class _Draft:
    argv: list[str]
    line: int
    pipeline: int
    writes_to: int | None = None
    stdin: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    through: tuple[str, ...] = ()


def parse(text: str, lines: Sequence[int] = (), *, marks: Marks | None = None,
          variables: Mapping[str, str] | None = None) -> Script:
    """The commands of a text. Never raises.

    `lines` holds the file's line of each line of the text (further lines are the last one's; empty: they count from 1).
    `variables` are values known from outside the text.
    """
    reader = _Reader(text, list(lines) or list(range(1, text.count("\n") + 2)), marks or Marks(), variables or {}, {}, 0)
    reader.read()
    return Script(tuple(Command(tuple(draft.argv), draft.line, draft.pipeline, draft.writes_to, draft.stdin, draft.env,
                                draft.through) for draft in reader.drafts), tuple(reader.errors))


class _Reader:
    """Walks one syntax tree, and those of the texts that its commands run."""

    def __init__(self, text: str, lines: list[int], marks: Marks, variables: Mapping[str, str], exported: Mapping[str, str],
                 nesting: int) -> None:
        self.syntax = Syntax(text)
        self.words = Words(self.syntax, variables)
        self.lines = lines
        self.marks = marks
        self.exported = dict(exported)
        self.nesting = nesting
        self.drafts: list[_Draft] = []
        self.errors: list[Unreadable] = []
        self.runners: set[str] = set()
        """Functions of the text that run the words they are given."""
        self.fed: list[tuple[int, str, int]] = []
        """(command, text, row) of what stands on a command's standard input."""
        self.full = False

    def read(self) -> None:
        root = self.syntax.root
        if root is None:
            self.fail(0, self.syntax.between(0, 20_000))
            return
        self.words.assigned(root)
        for function in every(root, ("function_definition",)):
            name = function.child_by_field_name("name")
            called = {self.syntax.text(found).strip('"') for found in every(function, ("command_name",))}
            if name is not None and called & {"$@", "$*", "${@}"}:
                self.runners.add(self.syntax.text(name).lower())
        for broken in broken_parts(root):
            self.fail(broken.start_point[0], self.syntax.text(broken))
        self.visit(root, 0)
        self.feed()

    def line(self, row: int) -> int:
        return self.lines[min(row, len(self.lines) - 1)]

    def fail(self, row: int, text: str) -> None:
        self.errors.append(Unreadable(self.line(row), self.marks.show(text)[:20_000]))

    def visit(self, node: Node, depth: int) -> None:
        """Add the commands of a node, in order."""
        kind = node.type
        if len(self.drafts) >= MAX_COMMANDS or depth > MAX_DEPTH:
            if not self.full:
                self.fail(node.start_point[0], self.syntax.between(node.start_byte, node.start_byte + 20_000))
            self.full = True
            return
        if kind == "command":
            self.command(node, depth)
        elif kind == "pipeline":
            self.pipeline(node.named_children, len(self.drafts), depth)
        elif kind == "redirected_statement":
            self.redirected(node, depth)
        elif kind == "declaration_command":
            self.declaration(node, depth)
        elif kind not in ("comment", "raw_string", "word", "heredoc_start", "heredoc_end"):
            for child in node.children:
                self.visit(child, depth + 1)

    def declaration(self, node: Node, depth: int) -> None:
        exports = node.children[0].type in ("export", "declare", "typeset")
        for child in node.named_children:
            self.visit(child, depth + 1)
            name = child.child_by_field_name("name")
            if exports and child.type == "variable_assignment" and name is not None:
                self.exported[self.syntax.text(name)] = self.value(child)

    def value(self, assignment: Node) -> str:
        node = assignment.child_by_field_name("value")
        return "" if node is None else self.marks.show(" ".join(self.words.split(node)))[:_MAX_WORD]

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
            writer = self.writer(stage, start)
            for draft in self.drafts[start:]:
                draft.pipeline = min(draft.pipeline, first)

    def writer(self, stage: Node, start: int) -> int:
        """The command of a stage that writes into the pipe: its last one. What its own words substitute comes after it."""
        if stage.type == "redirected_statement":
            body = stage.child_by_field_name("body")
            return start if body is not None and body.type == "command" else len(self.drafts) - 1
        return start if stage.type == "command" else len(self.drafts) - 1

    def redirected(self, node: Node, depth: int) -> None:
        """A statement with redirections; the rest of a line behind `<<EOF` hangs below the redirection."""
        start = len(self.drafts)
        body = node.child_by_field_name("body")
        reader = None
        if body is not None:
            stages = body.named_children if body.type == "pipeline" else [body]
            if len(stages) > 1:
                self.pipeline(stages[:-1], start, depth)
                open_ends = [at for at in range(start, len(self.drafts)) if self.drafts[at].writes_to is None]
                before = self.writer(stages[-2], open_ends[0]) if open_ends else None
                last = len(self.drafts)
                self.pipeline(stages[-1:], start, depth, before)
            else:
                last = start
                self.visit(body, depth + 1)
            reader = last if len(self.drafts) > last else None
        for child in node.children:
            if child.type in _HERE:
                self.here(child, reader, start, depth)
            elif child.type == "file_redirect":
                if reader is not None and self.syntax.text(child).lstrip("0").startswith("<"):
                    self.drafts[reader].stdin = "file"
                self.visit(child, depth + 1)
        heredoc = next((child for child in node.children if child.type in _HERE), None)
        if reader is not None and body is not None and heredoc is not None and heredoc.start_byte > body.end_byte:
            # The grammar drops a lone `-` before `<<`.
            gap = self.syntax.between(body.end_byte, heredoc.start_byte).split()
            self.drafts[reader].argv += ["-"] if gap[:1] == ["-"] else []

    def here(self, node: Node, reader: int | None, start: int, depth: int) -> None:
        for child in node.named_children:
            if child.type == "pipeline":
                first = self.drafts[reader].pipeline if reader is not None else start
                stages = child.named_children
                # `| a && b` is one list there, of which only `a` reads the pipe.
                rest = stages[-1].named_children[1:] if stages and stages[-1].type == "list" else []
                self.pipeline([*stages[:-1], stages[-1].named_children[0]] if rest else stages, first, depth, reader)
                for after in rest:
                    self.visit(after, depth + 1)
            elif child.type == "heredoc_body":
                if reader is not None:
                    self.fed.append((reader, self.syntax.text(child), child.start_point[0]))
                for found in child.named_children:
                    self.visit(found, depth + 1)
            elif child.type not in ("heredoc_start", "heredoc_end"):
                self.visit(child, depth + 1)
        if reader is not None:
            self.drafts[reader].stdin = "heredoc"
            if node.type == "herestring_redirect" and node.named_children:
                self.fed.append((reader, " ".join(self.words.split(node.named_children[-1])), node.start_point[0]))

    def command(self, node: Node, depth: int) -> None:
        env: dict[str, str] = {}
        argv: list[str] = []
        rows: list[int] = []
        row = node.start_point[0]
        for child in node.named_children:
            if child.type == "variable_assignment":
                name = child.child_by_field_name("name")
                if name is not None:
                    env[self.syntax.text(name)] = self.value(child)
            elif child.type not in ("herestring_redirect", "file_redirect", "comment"):
                if not argv and env and child.start_point[0] > row:
                    # Assignments on a line of their own; the grammar takes them for the next command's.
                    row, env = child.start_point[0], {}
                named = child.type == "command_name" and child.named_children
                words = self.words.split(child.named_children[0] if named else child)
                argv += words
                rows += [child.start_point[0]] * len(words)
        at = len(self.drafts)
        if argv:
            self.add(argv, rows, row, env)
        for child in node.named_children:
            if child.type == "herestring_redirect" and argv:
                self.here(child, at, at, depth)
            else:
                for found in outermost(child, SUBSTITUTIONS):
                    self.visit(found, depth + 1)

    def add(self, argv: list[str], rows: list[int], row: int, env: dict[str, str]) -> None:
        shown = [self.marks.show(word)[:_MAX_WORD] for word in argv]
        inner = prefixes.unwrap(shown, self.runners)
        own = {**self.exported, **env}
        # A program that runs one text stays as a command of its own: what is piped into it is still seen.
        words = list(inner.argv) or shown
        self.drafts.append(_Draft(words, self.line(row), len(self.drafts), env=own, through=inner.through))
        for text in inner.texts:
            place = next((index for index, word in enumerate(shown) if word == text), None)
            self.nested(text, row if place is None else rows[place], own)

    def nested(self, text: str, row: int, env: Mapping[str, str]) -> None:
        """The commands of a text that a command runs, on the lines where it stands."""
        if self.nesting >= _MAX_NESTED:
            self.fail(row, text)
            return
        marks = Marks()
        lines = [self.line(row + index) for index in range(text.count("\n") + 1)]
        reader = _Reader(marks.hide(text, _TEMPLATE), lines, marks, self.words.simple(), env, self.nesting + 1)
        reader.read()
        base = len(self.drafts)
        for draft in reader.drafts:
            draft.pipeline += base
            draft.writes_to = None if draft.writes_to is None else draft.writes_to + base
        self.drafts += reader.drafts
        self.errors += reader.errors

    def feed(self) -> None:
        """Run what is fed to a shell: a heredoc, or text that echo and printf write into its pipe."""
        for draft in list(self.drafts):
            if draft.argv[0] in ("echo", "printf") and draft.writes_to is not None:
                words = [word for word in draft.argv[1:] if not re.fullmatch(r"-[neE]+", word)]
                row = self.lines.index(draft.line) if draft.line in self.lines else 0
                self.fed.append((draft.writes_to, " ".join(words).replace("\\n", "\n"), row))
        for at, text, row in self.fed:
            reader, hops = self.drafts[at], 0
            while reader.writes_to is not None and hops < 10 and reader.argv[0] in _PASS_ON:
                reader, hops = self.drafts[reader.writes_to], hops + 1
            if prefixes.reads_program(reader.argv):
                self.nested(text, row, reader.env)
