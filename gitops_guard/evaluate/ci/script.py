"""Shell scripts -> what they run."""

from __future__ import annotations

import re

from .log import Log

SUFFIXES = (".sh", ".bash", ".zsh", ".ksh")

_INTERPRETER = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*(?:\w+=\S*\s+)*(?:\S*/)?)?(\S+)")


def is_shell(text: str, *, default: bool) -> bool:
    """Whether the first line names a shell; `default` where it names no program at all."""
    if not text.startswith("#!"):
        return default
    match = _INTERPRETER.match(text)
    return match is not None and match.group(1).rpartition("/")[2] in ("sh", "bash", "zsh", "ksh", "dash", "ash", "nix-shell")


def read(log: Log, text: str) -> None:
    """Collect the commands of a script."""
    if is_shell(text, default=True):
        log.shell(text, range(1, text.count("\n") + 2))
