"""Sprig's functions on semantic versions: `semver` and `semverCompare`, by the rules of Masterminds/semver 3.4."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from .errors import CallError, UnknownError
from .signature import Registry
from .values import Object, Uint64

FUNCTIONS = Registry()

MAX_LENGTH = 256

_EXTRA = r"(?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?"
_VERSION = re.compile(r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?" + _EXTRA)
_PART = r"[0-9|xX*]+"
_LOOSE = rf"v?({_PART})(?:\.({_PART}))?(?:\.({_PART}))?" + _EXTRA
_LOOSE_PLAIN = re.sub(r"\((?!\?)", "(?:", _LOOSE)
_OPERATORS = r"!=|>=|=>|<=|=<|~>|=|>|<|~|\^|"
_ONE = re.compile(rf"\s*({_OPERATORS})\s*{_LOOSE}\s*")
_FIND = re.compile(rf"(?:{_OPERATORS})\s*{_LOOSE_PLAIN}")
_ALL = re.compile(rf"\s*(?:{_OPERATORS})\s*{_LOOSE_PLAIN}\s*(?:(?:\s+|,\s*)(?:{_OPERATORS})\s*{_LOOSE_PLAIN}\s*)*")
_RANGE = re.compile(rf"\s*({_LOOSE_PLAIN})\s+-\s+({_LOOSE_PLAIN})\s*")
_WILD = frozenset({"x", "X", "*", None})


@dataclass(frozen=True)
class Version(Object):
    """A version; its parts can be asked for in a template: `(semver "1.2.3").Major`."""

    major: int
    minor: int
    patch: int
    prerelease: str
    metadata: str
    original: str

    go_type: ClassVar[str] = "*semver.Version"  # type: ignore[misc]
    methods: ClassVar[dict[str, tuple[str, Callable[..., Any]]]] = {}  # type: ignore[misc]

    def __str__(self) -> str:
        extra = (f"-{self.prerelease}" if self.prerelease else "") + (f"+{self.metadata}" if self.metadata else "")
        return f"{self.major}.{self.minor}.{self.patch}{extra}"

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Major, minor and patch."""
        return self.major, self.minor, self.patch


_UNKNOWN_METHODS = ("IncMajor", "IncMinor", "IncPatch", "SetPrerelease", "SetMetadata", "Value")


def _raise(name: str) -> Callable[..., Any]:
    def run(*_values: Any) -> Any:
        raise UnknownError(f"the method {name} of a version is not known here")

    return run


def _compared(one: Version, two: Version) -> int:
    return compare(one, two)


Version.methods.update(
    {
        "Major": ("", lambda version: Uint64(version.major)),
        "Minor": ("", lambda version: Uint64(version.minor)),
        "Patch": ("", lambda version: Uint64(version.patch)),
        "Prerelease": ("", lambda version: version.prerelease),
        "Metadata": ("", lambda version: version.metadata),
        "Original": ("", lambda version: version.original),
        "String": ("", str),
        "Compare": ("*semver.Version", _compared),
        "Equal": ("*semver.Version", lambda version, other: compare(version, other) == 0),
        "LessThan": ("*semver.Version", lambda version, other: compare(version, other) < 0),
        "LessThanEqual": ("*semver.Version", lambda version, other: compare(version, other) <= 0),
        "GreaterThan": ("*semver.Version", lambda version, other: compare(version, other) > 0),
        "GreaterThanEqual": ("*semver.Version", lambda version, other: compare(version, other) >= 0),
        **{name: ("...any", _raise(name)) for name in _UNKNOWN_METHODS},
    },
)


def _number(text: str | None) -> int:
    number = int(text or "0") if len(text or "") < 30 else 2**64
    if number >= 2**64:
        raise CallError("error parsing version segment: value out of range")
    return number


def version(text: str) -> Version:
    """A version with or without `v`, minor and patch. Raises CallError for what is none."""
    found = _VERSION.fullmatch(text)
    if not found or len(text) > MAX_LENGTH:
        raise CallError("invalid semantic version")
    prerelease = found.group(4) or ""
    if any(re.fullmatch(r"0\d+", part) for part in prerelease.split(".")):
        raise CallError("version segment starts with 0")
    major, minor, patch = (_number(found.group(number)) for number in (1, 2, 3))
    return Version(major, minor, patch, prerelease, found.group(5) or "", text)


def compare(first: Version, second: Version) -> int:
    """-1, 0 or 1. A prerelease comes before its release; metadata don't count."""
    if first.numbers != second.numbers:
        return -1 if first.numbers < second.numbers else 1
    if not first.prerelease or not second.prerelease:
        return bool(second.prerelease) - bool(first.prerelease)
    one, two = first.prerelease.split("."), second.prerelease.split(".")
    for number in range(max(len(one), len(two))):
        ordered = _compare_part((one[number:] or [""])[0], (two[number:] or [""])[0])
        if ordered:
            return ordered
    return 0


def _compare_part(one: str, two: str) -> int:
    if one == two:
        return 0
    if not one or not two:
        return 1 if one else -1
    if one.isdigit() and two.isdigit():
        return 1 if int(one) > int(two) else -1
    if one.isdigit() or two.isdigit():
        return -1 if one.isdigit() else 1
    return 1 if one > two else -1


@dataclass(frozen=True)
class _Constraint:
    operator: str
    version: Version
    parts: int
    """How many of the three numbers are given."""

    def allows(self, other: Version) -> bool:
        mine = self.version
        operator = {"": "=", "=>": ">=", "=<": "<=", "~>": "~"}.get(self.operator, self.operator)
        if operator == "=":
            return self.tilde(other) if self.parts < 3 else compare(other, mine) == 0
        if operator == "!=":
            return self.differs(other)
        if operator == ">":
            return self.greater(other)
        if operator == "<=":
            return self.at_most(other)
        if operator == "<":
            return compare(other, mine) < 0
        if operator == ">=":
            return compare(other, mine) >= 0
        return self.tilde(other) if operator == "~" else self.caret(other)

    def differs(self, other: Version) -> bool:
        if self.parts == 3:
            return compare(other, self.version) != 0
        if self.version.major != other.major:
            return True
        if self.parts == 1:
            return False
        if self.version.minor != other.minor:
            return True
        if self.parts == 0:
            return self.version.patch != other.patch or compare(other, self.version) != 0
        return bool(other.prerelease or self.version.prerelease) and other.prerelease != self.version.prerelease

    def greater(self, other: Version) -> bool:
        if self.parts in {1, 2} and other.major == self.version.major:
            return self.parts == 2 and other.minor > self.version.minor
        return compare(other, self.version) > 0 if self.parts in {0, 3} else other.major > self.version.major

    def at_most(self, other: Version) -> bool:
        if self.parts == 3:
            return compare(other, self.version) <= 0
        if other.major != self.version.major:
            return other.major < self.version.major
        return self.parts == 1 or other.minor <= self.version.minor

    def tilde(self, other: Version) -> bool:
        if compare(other, self.version) < 0:
            return False
        if self.version.numbers == (0, 0, 0) and self.parts in {0, 3}:
            return True
        return other.major == self.version.major and (self.parts == 1 or other.minor == self.version.minor)

    def caret(self, other: Version) -> bool:
        mine = self.version
        if compare(other, mine) < 0:
            return False
        if mine.major > 0 or self.parts == 1:
            return other.major == mine.major
        if other.major > 0:
            return False
        if mine.minor > 0 or self.parts == 2:
            return other.minor == mine.minor
        return other.minor == 0 and other.patch == mine.patch


def _constraint(text: str) -> _Constraint:
    if not text:
        return _Constraint("", version("0.0.0"), 0)
    found = _ONE.fullmatch(text)
    if not found:
        raise CallError("improper constraint")
    operator, major, minor, patch, prerelease, _ = found.groups()
    parts = 0 if major in _WILD else 1 if minor in _WILD else 2 if patch in _WILD else 3
    numbers = ".".join([*(major, minor, patch)[:parts], "0", "0", "0"][:3])
    return _Constraint(operator, version(numbers + (f"-{prerelease}" if prerelease else "")), parts)


@lru_cache(maxsize=256)
def _constraints(text: str) -> tuple[tuple[_Constraint, ...], ...]:
    """Alternatives of constraints that all must hold."""
    if len(text) > MAX_LENGTH:
        raise UnknownError("a version constraint is too long")
    rewritten = text
    for found in _RANGE.finditer(text):
        rewritten = rewritten.replace(found.group(0), f">= {found.group(1)}, <= {found.group(2)} ", 1)
    alternatives = []
    for part in rewritten.split("||"):
        if not _ALL.fullmatch(part):
            raise CallError("improper constraint")
        alternatives.append(tuple(_constraint(one) for one in _FIND.findall(part) or [part]))
    return tuple(alternatives)


@FUNCTIONS("string, string", "semverCompare")
def _semver_compare(constraint: str, text: str) -> bool:
    alternatives = _constraints(constraint)
    given = version(text)
    return any(_all_allow(together, given) for together in alternatives)


def _all_allow(together: tuple[_Constraint, ...], given: Version) -> bool:
    """A prerelease is allowed only if one of the constraints that must hold together names one."""
    if given.prerelease and not any(one.version.prerelease for one in together):
        return False
    return all(one.allows(given) for one in together)


FUNCTIONS("string", "semver")(version)
