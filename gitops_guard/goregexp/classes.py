r"""Sets of characters in Go's regular expressions; `\d` and such are ASCII alone."""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
PERL: dict[str, Ranges] = {
    "d": ((48, 57),), "s": ((9, 10), (12, 13), (32, 32)), "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
}
POSIX: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)), "alpha": ((65, 90), (97, 122)), "ascii": ((0, 127),), "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)), "digit": ((48, 57),), "graph": ((33, 126),), "lower": ((97, 122),), "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)), "space": ((9, 13), (32, 32)), "upper": ((65, 90),),
    "word": PERL["w"], "xdigit": ((48, 57), (65, 70), (97, 102)),
}
CATEGORIES = frozenset({
    "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd",
    "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
})
"""General categories of Unicode; Go knows them by these names (package unicode)."""

_VARIANTS = ("\u017f\u212a\u212b\u01c5\u01c8\u01cb\u01f2\u0345\u1fbe\u03d1\u03f4\u03d0\u03f5\u03f0\u00b5\u03d6\u03f1\u03c2\u03d5"
             "\u2126\u1e9b\u1e9e\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87\u1c88")
"""Characters that are one letter with another in lower or upper case, and are not what that letter's case leads to."""


@dataclass(frozen=True)
class Class:
    """A set of characters: those in the ranges, of the categories (True: their complement) and in the other classes."""

    ranges: Ranges = ()
    categories: tuple[tuple[str, bool], ...] = ()
    others: tuple[Class, ...] = ()
    negated: bool = False
    fold: bool = False
    """Case counts for nothing."""

    def has(self, char: str) -> bool:
        """Whether a character is in it."""
        forms = _cases(char) if self.fold else (char,)
        return any(map(self._holds, forms)) is not self.negated

    def _holds(self, char: str) -> bool:
        code = ord(char)
        return (any(low <= code <= high for low, high in self.ranges) or any(other.has(char) for other in self.others)
                or any(unicodedata.category(char).startswith(name) is not complement for name, complement in self.categories))


@functools.lru_cache(maxsize=4096)
def _cases(char: str) -> frozenset[str]:
    """The character in all its cases (unicode.SimpleFold goes round the same ones)."""
    found = _plain_cases(char)
    return found.union(*(_plain_cases(other) for other in _VARIANTS if not found.isdisjoint(_plain_cases(other))))


@functools.cache
def _plain_cases(char: str) -> frozenset[str]:
    low, high = char.lower(), char.upper()
    return frozenset(form for form in (char, low, high, low.upper(), high.lower()) if len(form) == 1)
