"""The patterns of Go's path.Match on one text: a pattern and a text go in, how they fit comes out.

`*` is any run of characters, `?` any one, `[a-z]` and `[^a]` are classes, a backslash takes the next character as it is. A slash
is nothing special here: whoever matches paths takes them apart first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

_SPECIAL = frozenset("*?[\\")


def fits(pattern: str, text: str) -> bool:
    """Whether a pattern fits the whole of a text; a broken pattern fits nothing."""
    plain, suffix = _plain(pattern)
    if plain:
        return text == pattern
    if suffix is not None:
        return text.endswith(suffix)
    if not text:
        steps = _steps(pattern)
        return steps is not None and not any(steps)
    return lengths(pattern, text)[-1:] == [len(text)]


@functools.lru_cache(maxsize=256)
def _plain(pattern: str) -> tuple[bool, str | None]:
    """Whether a pattern is a text, and for `*text` that text: most patterns are one of the two, and need no steps."""
    if not _SPECIAL.intersection(pattern):
        return True, None
    rest = pattern[1:]
    return False, rest if pattern[0] == "*" and not _SPECIAL.intersection(rest) else None


def lengths(pattern: str, text: str) -> list[int]:
    """The lengths, from 1 and rising, of the beginnings of a text that a pattern fits."""
    steps = _steps(pattern)
    if steps is None:
        return []
    # Which steps may come next; one bit for each, so that no pattern takes longer than its length times the value's.
    alive, last = _skip_stars(1, steps), 1 << len(steps)
    found = []
    for at, c in enumerate(text):
        following = 0
        for index, step in enumerate(steps):
            if alive >> index & 1:
                if step is None:
                    following |= 1 << index
                elif step(c):
                    following |= 1 << (index + 1)
        alive = _skip_stars(following, steps)
        if alive & last:
            found.append(at + 1)
        if not alive:
            break
    return found


_Step = Callable[[str], bool] | None
"""One character of a pattern; None for a star."""


def _skip_stars(alive: int, steps: tuple[_Step, ...]) -> int:
    for index, step in enumerate(steps):
        if step is None and alive >> index & 1:
            alive |= 1 << (index + 1)
    return alive


@functools.lru_cache(maxsize=256)
def _steps(pattern: str) -> tuple[_Step, ...] | None:
    r"""A pattern of `*`, `?`, `[a-z]`, `[^a]` and `\`; None for a broken one, which fits nothing."""
    steps: list[_Step] = []
    at = 0
    while at < len(pattern):
        c = pattern[at]
        at += 1
        if c == "*":
            steps.append(None)
        elif c == "?":
            steps.append(lambda _c: True)
        elif c == "[":
            found = _character_class(pattern, at)
            if found is None:
                return None
            step, at = found
            steps.append(step)
        elif c == "\\":
            if at == len(pattern):
                return None
            steps.append(functools.partial(str.__eq__, pattern[at]))
            at += 1
        else:
            steps.append(functools.partial(str.__eq__, c))
    return tuple(steps)


def _character_class(pattern: str, at: int) -> tuple[Callable[[str], bool], int] | None:
    negated = pattern.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while not (pattern.startswith("]", at) and ranges):
        low = _class_member(pattern, at)
        if low is None:
            return None
        high, at = low
        begin = high
        if pattern.startswith("-", at):
            end = _class_member(pattern, at + 1)
            if end is None:
                return None
            high, at = end
        ranges.append((begin, high))
    wanted = tuple(ranges)
    return (lambda c: any(low <= c <= high for low, high in wanted) is not negated), at + 1


def _class_member(pattern: str, at: int) -> tuple[str, int] | None:
    if pattern[at:at + 1] in ("", "-", "]"):
        return None
    at += pattern[at] == "\\"
    return (pattern[at], at + 1) if at + 1 < len(pattern) else None
