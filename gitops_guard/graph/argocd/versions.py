"""Which version of Argo CD deploys the repository: the configured one, else the newest that is known."""

from __future__ import annotations

import re


def has(version: str | None, needed: str) -> bool:
    """Whether an Argo CD of a version (`3.4` or `3.4.1`) has what came with another."""
    return version is None or _parts(version) >= _parts(needed)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
