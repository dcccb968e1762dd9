"""A run's steps -> a line on the terminal that says how far it is, and with --verbose how long each step took."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from .terminal import is_dumb

_PATIENCE = 1.0
"""Seconds before the line appears: what is over sooner needs none."""
_PACE = 0.1
"""Seconds between two changes of the line."""
_BAR = 24
_CLEAR = "\r\x1b[K"


class Progress:
    """An observer with a clock. The line is drawn anew as the run tells something: no thread, which forks would not survive."""

    def __init__(self, out: TextIO, clock: Callable[[], float], *, line: bool, timings: bool, width: int = 80) -> None:
        """`line`: show how far the run is; `timings`: print each step as it ends."""
        self._out = out
        self._clock = clock
        self._line = line
        self._timings = timings
        self._width = width
        self._began = self._since = clock()
        self._drawn_at = self._began + _PATIENCE - _PACE
        self._name = ""
        self._count: tuple[int, int | None] = (0, None)
        self._drawn = False

    def step(self, name: str) -> None:
        """A step begins; the one before it has ended."""
        self._end()
        self._name, self._count = name, (0, None)
        self._draw()

    def done(self, count: int, of: int | None = None) -> None:
        """So many items of the step are done."""
        self._count = (count, of)
        self._draw()

    def finish(self) -> None:
        """The run is over, or has failed: the line goes."""
        self._end()
        self._erase()
        if self._timings:
            self._out.write(f"gitops-guard: {self._clock() - self._began:7.2f} s  in all\n")
        self._out.flush()

    def _end(self) -> None:
        if self._timings and self._name:
            self._erase()
            count, _of = self._count
            items = f" ({count})" if count else ""
            self._out.write(f"gitops-guard: {self._clock() - self._since:7.2f} s  {self._name}{items}\n")
        self._name, self._since = "", self._clock()

    def _draw(self) -> None:
        now = self._clock()
        if not self._line or now - self._drawn_at < _PACE:
            return
        self._drawn_at, self._drawn = now, True
        self._out.write(_CLEAR + self._text()[:self._width - 1])
        self._out.flush()

    def _text(self) -> str:
        count, of = self._count
        if not of:
            return f"{self._name}: {count}" if count else f"{self._name} ..."
        full = _BAR * count // of
        return f"[{'#' * full}{'.' * (_BAR - full)}] {100 * count // of:3} %  {self._name}"

    def _erase(self) -> None:
        if self._drawn:
            self._out.write(_CLEAR)
            self._drawn = False


@contextmanager
def progress(*, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """An observer of a run, which cleans up behind it. The line is for people: standard error is a terminal, and no job's log."""
    line = sys.stderr.isatty() and not quiet and not os.environ.get("CI") and not is_dumb()
    shown = Progress(sys.stderr, time.monotonic, line=line, timings=verbose, width=_width() if line else 80)
    try:
        yield shown
    finally:
        shown.finish()


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80
