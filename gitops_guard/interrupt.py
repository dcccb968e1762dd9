"""Signals that end a program -> an exception, as Ctrl-C is one, so that what was begun is undone."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = tuple(number for number in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")) if number is not None)


@contextmanager
def undoing() -> Iterator[None]:
    """A signal to end raises SystemExit inside the block, with the code that shells give it; further ones are ignored.

    Signals that somebody handles already are left to them, and another thread than the main one can't handle any.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]

    def end(number: int, _frame: FrameType | None) -> None:
        for other in ours:
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
