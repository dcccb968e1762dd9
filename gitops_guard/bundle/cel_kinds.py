"""The kinds of a policy -> a condition in CEL that an API server asks before it works out anything else."""

from __future__ import annotations

from collections.abc import Sequence

from ..kinds import OUT
from . import cel
from .gatekeeper_rego import kind_patterns


def condition(kinds: Sequence[str]) -> str:
    """Whether the object of the request is of one of the kinds. As kinds.py has it, the last pattern that fits decides."""
    found = ""
    for pattern in kinds:
        (wanted,) = kind_patterns([pattern.removeprefix(OUT)])
        fits = f"(request.kind.group + '/' + request.kind.kind).matches({cel.literal(wanted)})"
        if pattern.startswith(OUT):
            found = f"({found or 'false'}) && !{fits}"
        else:
            found = f"{found} || {fits}" if found else fits
    return found
