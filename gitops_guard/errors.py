"""Every exception that gitops-guard raises on purpose, by what it means for the run.

Bad *input* never stops a run: a step catches `SourceError` and `RenderError` and reports them as findings.
The others end it, in the one handler of the command line.
"""

from __future__ import annotations

from typing import ClassVar


class GuardError(Exception):
    """The base of all of them. `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 4


class UsageError(GuardError):
    """The command line or the configuration is wrong; the message names the remedy."""

    exit_code = 2


class NothingToCheckError(GuardError):
    """No target and no file of a known type was found."""

    exit_code = 3


class ToolError(GuardError):
    """An engine or an external program can't do its work at all."""


class InputError(GuardError):
    """A fault in the repository under check, at a place of it."""

    def __init__(self, message: str, file: str, line: int = 1, column: int = 1, remedy: str = "") -> None:
        """`file` is relative to the repository's root, POSIX; `line` and `column` count from 1."""
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.remedy = remedy
        self.settled = True
        """Whether the same files always come to it: not where time or memory ran out."""


class SourceError(InputError):
    """A file can't be read as what it should be; `rule` is the `source/*` rule that reports it."""

    def __init__(self, rule: str, message: str, file: str, line: int = 1, column: int = 1, remedy: str = "") -> None:
        """See `InputError`; `rule` is one of source/invalid-yaml, source/duplicate-key, source/hostile-input."""
        super().__init__(message, file, line, column, remedy)
        self.rule = rule


class RenderError(InputError):
    """A target can't be built, as kustomize can't build it: `render/failed`."""
