"""What a CI file runs, collected while its reader walks through it: commands, actions, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitops_guard import shell
from gitops_guard.origin import Map, Seq, origin_of

MAX_COMMANDS = 20_000
_MOST_TEXT = 20_000

GITHUB_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


class Log:
    """The commands, uses and errors of one file, in the shape of `input.file`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.commands: list[dict[str, Any]] = []
        self.uses: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []
        self.includes: list[str] = []
        """Files of the repository that belong to this one and are of its kind."""
        self.needs: dict[str, list[str]] = {}
        """job -> jobs that run before it on the same machine (the prerequisites of a recipe)"""
        self.when = ""
        """On what condition the steps that are read now run, as it is written."""

    def shell(self, text: Any, lines: Sequence[int], *, job: str = "", step: str | None = None,
              env: Mapping[str, str] | None = None, marks: shell.Marks | None = None) -> None:
        """Add the commands of a shell text whose lines are these lines of the file."""
        if not isinstance(text, str) or not text.strip():
            return
        script = shell.parse(text, lines, marks=marks, variables=env)
        base = len(self.commands)
        if base + len(script.commands) > MAX_COMMANDS:
            self.fail(lines[0], "")
            return
        for command in script.commands:
            self.commands.append({
                "argv": list(command.argv), "program": shell.program(command.argv[0]), "line": command.line, "job": job,
                "step": step, "pipeline": base + command.pipeline,
                "writes_to": None if command.writes_to is None else base + command.writes_to, "stdin": command.stdin,
                "env": {**(env or {}), **command.env}, "through": list(command.through), "cluster": None, "providers": [],
                "when": self.when,
            })
        for error in script.errors:
            self.fail(error.line, error.text)

    def words(self, argv: Iterable[Any], line: int, *, job: str = "", step: str | None = None) -> None:
        """Add a command that is written as a list of words."""
        text = " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in argv)
        self.shell(text, [line] * (text.count("\n") + 1), job=job, step=step)

    def use(self, action: str, inputs: Any, line: int, *, job: str = "", step: str | None = None) -> None:
        """Add an action, task, orb command or plugin step, with the inputs that are written beside it."""
        given = {str(key): value for key, value in inputs.items()} if isinstance(inputs, Mapping) else {}
        self.uses.append({"action": action, "inputs": given, "line": line, "job": job, "step": step, "cluster": None,
                          "when": self.when})

    def unread(self, text: str, lines: Sequence[int]) -> None:
        """Note a script in a language that is not read: PowerShell, Python."""
        if text.strip():
            self.fail(lines[0], text[:_MOST_TEXT])

    def fail(self, line: int, text: str) -> None:
        """Note a part that could not be read."""
        self.errors.append({"line": line, "text": text})


def lines_of(container: Any, key: str | int) -> list[int]:
    """The file's lines of the text at a key: of a literal block its inner lines, of any other style the line where it begins."""
    origin = origin_of(container, key)
    value = container[key]
    count = value.count("\n") + 1 if isinstance(value, str) else 1
    if origin is None:
        return [1] * count
    return [origin.line + 1 + index for index in range(count)] if origin.block else [origin.line] * count


def line_at(container: Any, key: str | int) -> int:
    """The line of the value at a key."""
    origin = origin_of(container, key)
    return origin.line if origin is not None else 1


def scripts(container: Any, key: Any) -> list[tuple[str, list[int]]]:
    """The shell texts at a key: one text, or a list of them (lists in it count too, as GitLab's references bring them)."""
    value = container[key] if isinstance(container, Seq) or (isinstance(container, Map) and key in container) else None
    if isinstance(value, str):
        return [(value, lines_of(container, key))]
    return [found for index in range(len(value)) for found in scripts(value, index)] if isinstance(value, Seq) else []


def mapping(value: Any) -> Map:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Map) else Map()


def items(value: Any) -> list[Map]:
    """The mappings of a list."""
    return [item for item in value if isinstance(item, Map)] if isinstance(value, Seq) else []


def literals(*maps: Any) -> dict[str, str]:
    """The scalars of environment mappings without a template in them; later ones win, and what they make unknown is."""
    known: dict[str, str] = {}
    for one in maps:
        for key, value in mapping(one).items():
            plain = isinstance(value, str | int | float) and not isinstance(value, bool)
            if plain and not re.search(r"\$|\{\{|<<", str(value)):
                known[str(key)] = str(value)
            else:
                known.pop(str(key), None)
    return known


def name_of(step: Mapping[str, Any]) -> str | None:
    """The name of a step, as it is written."""
    for key in ("name", "displayName", "id"):
        if isinstance(step.get(key), str):
            return str(step[key])
    return None
