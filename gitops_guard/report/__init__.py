"""A Report -> the text of one format. Every format is a pure function, and a table has them all by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from ..outcome import Report
from .options import Options

__all__ = ["FORMATS", "Format", "Options"]

Format = Callable[[Report, Options], str]


def _format(module: str) -> Format:
    """What a module of this package makes of a report; it is imported when it is asked for, since a run prints one or two."""
    def render(report: Report, options: Options) -> str:
        text: str = importlib.import_module(f".{module}", __name__).render(report, options)
        return text

    return render


FORMATS = {
    "text": _format("text"),
    "json": _format("json_"),
    "sarif": _format("sarif"),
    "junit": _format("junit"),
    "github": _format("github"),
    "gitlab": _format("gitlab"),
    "markdown": _format("markdown"),
    "html": _format("page"),
}
