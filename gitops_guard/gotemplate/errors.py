"""What can go wrong with a template: it is refused, or its result can't be known from here."""

from __future__ import annotations


class GoTemplateError(Exception):
    """The base of both. `message` never holds a value of the data; `line` counts from 1 inside the template."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class TemplateError(GoTemplateError):
    """Go refuses the template, when it reads it or when it executes it."""


class UnsupportedError(GoTemplateError):
    """Argo CD may render it, but the result can't be known here: random, dependent on a clock, or beyond a bound.

    `name` is the function at fault, or `limit` for a bound.
    """

    def __init__(self, message: str, name: str, line: int = 1) -> None:
        super().__init__(message, line)
        self.name = name


class CallError(Exception):
    """A function refuses its arguments; the executor makes it a `TemplateError` with the line of the call."""


class UnknownError(Exception):
    """A function's result can't be known; the executor makes it an `UnsupportedError` with its name and line."""


class LimitError(Exception):
    """A bound is passed; the executor makes it an `UnsupportedError` named `limit`."""
