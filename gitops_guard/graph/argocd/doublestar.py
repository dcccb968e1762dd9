"""A pattern for values files and a tree -> the paths that fit, in the order in which Argo CD gives them to helm.

Rules: github.com/bmatcuk/doublestar v4's `FilepathGlob`: `*` and `?` stay inside a segment, `**` as a whole segment stands for
any folders, links to folders not followed; `[a-z]`, `[^a]` and `{one,two}` as usual. Per folder the names are in lexical order.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ...tree import Tree, join

MAX_FOUND = 10_000
MAX_STEPS = 100_000
_MAX_PATTERN = 1_000
_MAX_STARS = 4
_MAX_CHOICES = 256


def expand(tree: Tree, pattern: str, root: str, kinds: tuple[str, ...] = ("file",)) -> list[str] | None:
    """What fits, below `root`; None for a pattern that is none. Raises OutsideError for a link that leaves the tree."""
    prefix = "" if root == "." else f"{root}/"
    rest = pattern.removeprefix(prefix)
    alternatives = _alternatives(rest)
    if alternatives is None or len(pattern) > _MAX_PATTERN:
        return None
    steps = [0]
    found: dict[str, None] = {}
    for one in alternatives:
        segments = [segment for segment in one.split("/") if segment]
        tests = [None if segment == "**" else _test(segment) for segment in segments]
        if any(segment != "**" and test is None for segment, test in zip(segments, tests, strict=True)):
            return None
        for path in _walk(tree, root, segments, tests, steps):
            found.setdefault(path)
            if len(found) > MAX_FOUND:
                return None
    return [path for path in found if tree.kind(path) in kinds]


def _walk(tree: Tree, folder: str, segments: list[str], tests: list[re.Pattern[str] | None], steps: list[int]) -> Iterator[str]:
    steps[0] += 1
    if steps[0] > MAX_STEPS or not segments:
        return
    segment, test = segments[0], tests[0]
    if test is None:
        if segments[1:]:
            yield from _walk(tree, folder, segments[1:], tests[1:], steps)
        else:
            yield folder
        for name in tree.names(folder):
            path = join(folder, name)
            if name == ".git":
                continue
            if tree.kind(path) == "dir" and tree.real(path) == join(tree.real(folder), name):
                yield from _walk(tree, path, segments, tests, steps)
            elif not segments[1:]:
                yield path
        return
    names = [name for name in tree.names(folder) if test.fullmatch(name)] if re.search(r"[*?\[{\\]", segment) else [segment]
    for name in names:
        path = join(folder, name)
        kind = tree.kind(path)
        if not segments[1:] and kind is not None:
            yield path
        elif segments[1:] and kind == "dir":
            yield from _walk(tree, path, segments[1:], tests[1:], steps)


def _alternatives(pattern: str) -> list[str] | None:
    """The pattern with every choice that holds a slash written out; None where braces do not close, or there are too many."""
    waiting = [pattern]
    done: list[str] = []
    while waiting:
        one = waiting.pop(0)
        braces = _slashed(one)
        if braces is None:
            return None
        if braces == (0, 0):
            done.append(one)
        else:
            begin, end = braces
            waiting = [one[:begin] + choice + one[end:] for choice in _choices(one[begin + 1:end - 1])] + waiting
        if len(waiting) + len(done) > _MAX_CHOICES:
            return None
    return done


def _slashed(pattern: str) -> tuple[int, int] | None:
    """Where the first outermost braces that hold a slash begin and end; zeros where there are none."""
    depth, begin = 0, 0
    for at, one in enumerate(pattern):
        if one not in "{}" or pattern[at - 1:at] == "\\":
            continue
        depth += 1 if one == "{" else -1
        if depth < 0:
            return None
        if one == "{" and depth == 1:
            begin = at
        if depth == 0 and "/" in pattern[begin:at]:
            return begin, at + 1
    return None if depth else (0, 0)


def _choices(inner: str) -> list[str]:
    found, depth = [""], 0
    for one in inner:
        depth += (one == "{") - (one == "}")
        if one == "," and not depth:
            found.append("")
        else:
            found[-1] += one
    return found


@functools.lru_cache(maxsize=512)
def _test(segment: str) -> re.Pattern[str] | None:
    """The test for the names that one segment fits."""
    if segment.count("*") > _MAX_STARS:
        return None
    out, at, depth = "", 0, 0
    while at < len(segment):
        one = segment[at]
        at += 1
        if one == "*":
            out += "" if out.endswith("[^/]*") else "[^/]*"
        elif one == "?":
            out += "[^/]"
        elif one == "{":
            depth += 1
            out += "(?:"
        elif one in ",}" and depth:
            depth -= one == "}"
            out += "|" if one == "," else ")"
        elif one == "\\":
            out += re.escape(segment[at:at + 1])
            at += 1
        elif one == "[":
            close = segment.find("]", at + 1)
            if close < 0:
                return None
            inner = segment[at:close]
            negated = inner[:1] in {"!", "^"}
            body = re.sub(r"([\\\[\]^&|~])", r"\\\1", inner[1:] if negated else inner)
            out += f"[{'^/' if negated else ''}{body}]"
            at = close + 1
        else:
            out += re.escape(one)
    try:
        return re.compile(out, re.DOTALL)
    except re.error:
        return None
