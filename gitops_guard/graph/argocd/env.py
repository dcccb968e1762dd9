"""Argo CD's build variables in a text (`$ARGOCD_APP_NAME`): text and variables go in, the text with their values comes out.

Rules: Go's `os.Expand`, which Argo CD uses (`Env.Envsubst`): `$$` is a dollar sign, and a variable that nobody knows is empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

REVISION = frozenset({"ARGOCD_APP_REVISION", "ARGOCD_APP_REVISION_SHORT", "ARGOCD_APP_REVISION_SHORT_8"})
"""Those whose value is the commit that is deployed: it can't be known from here."""
_USE = re.compile(r"\$(?:\{([*#$@!?\-0-9])\}|\{([^}]+)\}|(\{\}|\{)|([*#$@!?\-0-9])|([A-Za-z_][A-Za-z0-9_]*))")


def names(text: str) -> frozenset[str]:
    """The variables that a text uses."""
    return frozenset(_name(match) for match in _USE.finditer(text))


def expand(text: str, variables: Mapping[str, str]) -> str:
    """The text with the values of the variables; those of REVISION stay as they are written."""

    def value(match: re.Match[str]) -> str:
        name = _name(match)
        if name in REVISION:
            return match.group()
        return "$" if name == "$" else variables.get(name, "")

    return _USE.sub(value, text)


def _name(match: re.Match[str]) -> str:
    """The name in one use; empty for braces that hold none or never end, which `os.Expand` drops."""
    special, braced, _nothing, short, plain = match.groups()
    return str(special or braced or short or plain or "")
