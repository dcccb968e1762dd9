"""An API server's answer -> which of its policies had something to say of the request, and what.

Forms: k8s.io/apiserver, plugin/policy/validating/dispatcher.go, endpoints/filters/warning.go; RFC 7234 of the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..apiserver import Answer

_DENIED = re.compile(r"ValidatingAdmissionPolicy '([^']+)'(?: with binding '[^']+')? denied request: (.*)", re.DOTALL)
_WARNED = re.compile(r'299 - "(Validation failed for ValidatingAdmissionPolicy '
                     r"'([^']+)' with binding '[^']+': (.*))\"", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CUT = 256
"""Characters that are left of each warning where there are too many in all."""


class Message(NamedTuple):
    """What a policy says."""

    policy: str
    text: str
    cut: bool = False
    """Whether more of it was said."""


def denial(answer: Answer) -> Message | None:
    """The message of the policy that refuses the request, one of them where several do."""
    match = None if answer.ok else _DENIED.search(answer.message)
    return None if match is None else Message(match[1], _plain(match[2]))


def warnings(answer: Answer) -> Iterator[Message]:
    """Those of all policies that warn."""
    for match in filter(None, map(_WARNED.fullmatch, answer.warnings)):
        text = _ESCAPED.sub(r"\1", match[1])
        said = _ESCAPED.sub(r"\1", match[3])
        yield Message(match[2], _plain(said), cut=len(text) == _CUT)


def _plain(text: str) -> str:
    return " ".join(text.split())
