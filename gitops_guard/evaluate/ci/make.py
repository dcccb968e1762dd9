"""Makefiles -> what their recipes run.

Syntax: GNU make manual, "Writing recipes" and "How to use variables". Every recipe line is a shell of its own; `@`, `-` and `+`
before it are make's. A variable counts where all its assignments in the file agree; functions stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gitops_guard import shell

from .log import Log

_ASSIGN = re.compile(r"(?:export\s+|override\s+)*([\w.-]+)\s*(\?=|:::?=|::=|:=|\+=|!=|=)[ \t]*(.*)", re.DOTALL)
_RULE = re.compile(r"([^\t#:=][^:=#]*?)\s*(?:&?::?)(?![=])\s*([^;#]*)(?:;(.*))?")
_DEFINE = re.compile(r"(?:override\s+|export\s+)*define\s+([\w.-]+)")
_CALL = re.compile(r"\$[({](?:call\s+)?([\w.-]+)((?:,[^()]*)?)[)}]\s*")
_SHELL_FUNCTION = re.compile(r"\$\(shell\s+")
_MAX_EXPANSIONS = 20
_MAX_VALUE = 2_000
_MAX_DEFINE_LINES = 500


def read(log: Log, text: str) -> None:
    """Collect the commands of every recipe, and of `$(shell …)` in assignments."""
    _Reader(log).read(text)


class _Reader:
    def __init__(self, log: Log) -> None:
        self.log = log
        self.variables: dict[str, str | None] = {}
        self.defines: dict[str, list[tuple[int, str]]] = {}
        self.recipes: list[tuple[str, list[tuple[int, str]]]] = []
        self.prefix = "\t"
        self.conditions = 0

    def read(self, text: str) -> None:
        lines = _logical(text.split("\n"), self.log)
        targets: list[str] = []
        define: list[tuple[int, str]] | None = None
        for number, line in lines:
            if define is not None:
                if line.strip() == "endef":
                    define = None
                elif len(define) < _MAX_DEFINE_LINES:
                    define.append((number, line))
            elif (found := _DEFINE.match(line)) is not None:
                define = self.defines.setdefault(found.group(1), [])
            elif line.startswith(self.prefix) and targets:
                self.recipes.append((targets[0], [(number, line[1:])]))
            elif line.strip() and not line.lstrip().startswith("#"):
                targets = self.statement(number, line.strip(), targets)
        for target, recipe in self.recipes:
            for number, line in recipe:
                self.recipe(target, number, line, 0)

    def statement(self, number: int, line: str, targets: list[str]) -> list[str]:
        """An assignment, a conditional or a rule; the targets that recipe lines below belong to."""
        assigned = _ASSIGN.fullmatch(line)
        if assigned is not None:
            self.assign(number, *assigned.groups())
            return targets
        directive = re.match(r"(ifn?eq|ifn?def|else|endif|-?include|sinclude|export|unexport|vpath|undefine)\b", line)
        if directive is not None:
            self.conditions += 1 if directive.group(1).startswith("if") else -1 if directive.group(1) == "endif" else 0
            return targets
        rule = _RULE.match(line)
        if rule is None:
            return targets
        own = self.expand(rule.group(1), {}).split()
        specific = _ASSIGN.fullmatch(line[rule.end(1):].lstrip(" :"))
        if not own or (specific is not None and specific.group(2) != "="):
            return targets
        for target in own:
            self.log.needs.setdefault(target, []).extend(self.expand(rule.group(2), {}).replace("|", " ").split())
        if rule.group(3):
            self.recipes.append((own[0], [(number, rule.group(3))]))
        # Several targets share one recipe; the first one speaks for it, the others need it.
        for target in own[1:]:
            self.log.needs[target].append(own[0])
        return own

    def assign(self, number: int, name: str, sign: str, value: str) -> None:
        value = re.sub(r"\s+#.*\Z", "", value, flags=re.DOTALL).strip()
        if name == ".RECIPEPREFIX":
            self.prefix = value[:1] or "\t"
        for command in _shell_calls(value) if sign != "!=" else [value]:
            self.run("", number, command)
        fixed = self.conditions == 0 and sign not in ("+=", "!=") and len(value) <= _MAX_VALUE \
            and self.variables.get(name, value) == value
        self.variables[name] = value if fixed else None

    def recipe(self, target: str, number: int, line: str, depth: int) -> None:
        stripped = line.lstrip(" \t@-+")
        called = _CALL.match(stripped)
        if called is not None and called.group(1) in self.defines and depth < 5:
            arguments = [part.strip() for part in called.group(2).lstrip(",").split(",")] if called.group(2) else []
            for _, inner in self.defines[called.group(1)]:
                for index, argument in enumerate(arguments, 1):
                    inner = inner.replace(f"$({index})", argument).replace(f"${{{index}}}", argument)  # noqa: PLW2901
                self.recipe(target, number, inner, depth + 1)
            return
        self.run(target, number, stripped)

    def run(self, target: str, number: int, line: str) -> None:
        text = line.replace("\n\t", "\n")
        if text.lstrip().startswith("#"):
            return
        marks = shell.Marks()
        expanded = self.expand(text, {})
        expanded = _hide_functions(expanded, marks)
        # `$$` is the shell's `$`; a single one in front of a name of one letter or a sign is make's.
        expanded = marks.hide(expanded, re.compile(r"(?<!\$)\$(?![$({])."))
        expanded = expanded.replace("$$", "$")
        count = expanded.count("\n") + 1
        self.log.shell(expanded, range(number, number + count), job=target, marks=marks)

    def expand(self, text: str, seen: Mapping[str, bool], depth: int = 0) -> str:
        """The text with known variables put in; an unknown one becomes the shell's `$${NAME}`, which stays a word."""

        def replace(match: re.Match[str]) -> str:
            name = match.group(1)
            value = self.variables.get(name)
            if value is None or name in seen or depth > _MAX_EXPANSIONS or "$(shell" in value:
                return "$${" + name + "}" if re.fullmatch(r"\w+", name) else "$${_}"
            return self.expand(value, {**seen, name: True}, depth + 1)[:_MAX_VALUE * 4]

        return re.sub(r"(?<!\$)\$[({]([\w.-]+)[)}]", replace, text)


def _logical(lines: list[str], log: Log) -> list[tuple[int, str]]:
    """Lines with their numbers; continued ones joined, with the line breaks kept (the shell reads them the same way)."""
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        start, parts = at, [lines[at].rstrip("\r")]
        while parts[-1].endswith("\\") and not parts[-1].endswith("\\\\") and at + 1 < len(lines):
            at += 1
            parts.append(lines[at].rstrip("\r"))
        if len(parts) > 5_000:
            log.fail(start + 1, "\n".join(parts)[:400])
            parts = parts[:1]
        recipe = parts[0].startswith("\t")
        found.append((start + 1, "\n".join(parts) if recipe else " ".join(part.rstrip("\\").strip() for part in parts)
                      if len(parts) > 1 else parts[0]))
        at += 1
    return found


def _hide_functions(text: str, marks: shell.Marks) -> str:
    """Make's own functions (`$(if …)`, `$(wildcard …)`) as one unknown word each; `$(shell …)` is what the shell does."""
    text = re.sub(r"(?<!\$)\$\(shell\s", "$$(", text)
    for _ in range(_MAX_EXPANSIONS):
        hidden = marks.hide(text, re.compile(r"(?<!\$)\$\([^()]*\)|(?<!\$)\$\{[^{}]*\}"))
        if hidden == text:
            break
        text = hidden
    return text


def _shell_calls(value: str) -> list[str]:
    """The texts that `$(shell …)` runs, whatever stands around them."""
    found = []
    for match in _SHELL_FUNCTION.finditer(value):
        depth, at = 1, match.end()
        while at < len(value) and depth:
            depth += {"(": 1, ")": -1}.get(value[at], 0)
            at += 1
        found.append(value[match.end():at - 1])
    return found
