"""A text of a manifest -> the placeholders in it that argocd-vault-plugin might fill; which it can't is decided in Rego.

Rules: argocd-vault-plugin `pkg/kube/util.go`: `<path:where#key>` anywhere; a bare `<key>` only on objects with a path annotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ANNOTATION = "avp.kubernetes.io/"
_NAME = "argocd-vault-plugin"
MARKS = (ANNOTATION, _NAME, "<path:")
"""What shows the plugin in use holds one of these."""
_WITH_PATH = re.compile(r"<path:[^<>\n]{1,500}>")
_KEYED = re.compile(r"<path:[^<>#\n]+#")
_BARE = re.compile(r"<[A-Za-z][A-Za-z0-9_.-]{0,100}(?:\s*\|[^<>\n]{0,200})?>")
_MOST = 50
"""Of one text."""


def placeholders(text: str) -> Iterator[tuple[int, str]]:
    """Line (from 1) and text of each placeholder; a bare one counts only where it is the whole value."""
    if "<path:" in text:
        for number, match in enumerate(_WITH_PATH.finditer(text)):
            if number == _MOST:
                return
            yield text.count("\n", 0, match.start()) + 1, match.group()
    elif _BARE.fullmatch(text.strip()):
        yield 1, text.strip()


def in_use(text: str) -> bool:
    """Whether a file shows that the plugin is used."""
    return ANNOTATION in text or _NAME in text or ("<path:" in text and _KEYED.search(text) is not None)
