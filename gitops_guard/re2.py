"""Texts and simple patterns -> regular expressions of RE2; Python's own `re.escape` writes escapes that RE2 does not know."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_WILDCARD = re.compile(r"\*{2,}|\*|\?|[^*?]+")


def quoted(text: str) -> str:
    """What matches the text alone."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def wildcards(pattern: str) -> str:
    """What matches what the pattern fits, as globs.py reads it: `*` and `?` are no slash, `**` is anything."""
    known = {"*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(token, ".*" if "*" in token else quoted(token)) for token in _WILDCARD.findall(pattern))
