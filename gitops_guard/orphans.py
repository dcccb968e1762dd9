"""A program that this process starts -> one that the kernel ends with it, even where this process is killed."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before a fork, not after


def ended_with_us() -> Callable[[], None] | None:
    """What a new process calls before it begins; None where the system has no such thing."""
    return None if _LIBC is None else _ask


def _ask() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
