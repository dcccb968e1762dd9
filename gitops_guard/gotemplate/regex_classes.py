r"""Classes of characters in regular expressions, as Go has them: `\d` and such are ASCII alone."""

from __future__ import annotations

from collections.abc import Callable

Test = Callable[[str], bool]

CLASSES: dict[str, Test] = {
    "d": lambda char: "0" <= char <= "9",
    "s": lambda char: char in "\t\n\f\r ",
    "w": lambda char: char == "_" or (char.isascii() and char.isalnum()),
}
POSIX: dict[str, Test] = {
    "alnum": lambda char: char.isascii() and char.isalnum(),
    "alpha": lambda char: char.isascii() and char.isalpha(),
    "ascii": lambda char: char.isascii(),
    "blank": lambda char: char in "\t ",
    "cntrl": lambda char: char < " " or char == "\x7f",
    "digit": CLASSES["d"],
    "graph": lambda char: "!" <= char <= "~",
    "lower": lambda char: "a" <= char <= "z",
    "print": lambda char: " " <= char <= "~",
    "punct": lambda char: "!" <= char <= "~" and not char.isalnum(),
    "space": lambda char: char in "\t\n\v\f\r ",
    "upper": lambda char: "A" <= char <= "Z",
    "word": CLASSES["w"],
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
}

def folded(char: str) -> frozenset[str]:
    """The character in all its cases."""
    found = {char, char.lower(), char.upper(), char.lower().upper(), char.upper().lower()}
    # The two letters outside of ASCII that fold to letters inside.
    found.update({"k": "K\u212a", "s": "S\u017f"}.get(char.lower(), ""))
    return frozenset(other for other in found if len(other) == 1)


def negated(test: Test) -> Test:
    """The opposite of a test."""
    return lambda char: not test(char)


def any_of(tests: list[Test]) -> Test:
    """True if one of the tests is."""
    return lambda char: any(test(char) for test in tests)


def between(low: str, high: str, *, fold: bool) -> Test:
    """A range of characters, with `fold` in any case."""
    if fold:
        return lambda char: any(low <= other <= high for other in folded(char))
    return lambda char: low <= char <= high


CATEGORIES = frozenset(
    {"L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf"}
    | {"Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp"},
)
r"""General categories of Unicode that `\p{…}` may name."""
