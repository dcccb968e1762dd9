"""One `${…}` of a text, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_DEFAULTS = frozenset(("=", ":=", ":-", ":?", ":+"))


class SubstitutionError(ValueError):
    """An expression that can't be evaluated."""

    def __init__(self, message: str, variable: str = "", at: int = 0, *, unset: bool = False) -> None:
        """`variable` is its name, as far as it could be read; `at` the offset of its `${` in the text."""
        super().__init__(message)
        self.message = message
        self.variable = variable
        self.at = at
        self.unset = unset
        """The variable has no value, and no other fault was found."""


@dataclass(frozen=True)
class Expression:
    """One `${…}` of a text."""

    variable: str
    operator: str
    """Empty for the bare variable."""
    arguments: tuple[str | Expression, ...]
    start: int
    end: int
    """Its offsets in the text, from `$` to behind `}`."""

    @property
    def has_default(self) -> bool:
        """Whether it may do without a value."""
        return self.operator in _DEFAULTS

    def all(self) -> Iterator[Expression]:
        """Itself and what it nests, in the order of evaluation."""
        for argument in self.arguments:
            if isinstance(argument, Expression):
                yield from argument.all()
        yield self


Part = str | Expression
