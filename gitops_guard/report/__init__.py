"""A Report -> the text of one format. Every format is a pure function, and a table has them all by name."""

from __future__ import annotations

from collections.abc import Callable

from ..outcome import Report
from .lazy import renderer
from .options import Options

__all__ = ["FORMATS", "LIVE_FORMATS", "Format", "Options"]

Format = Callable[[Report, Options], str]


FORMATS: dict[str, Format] = {
    "text": renderer(__name__, "text"),
    "json": renderer(__name__, "json_"),
    "sarif": renderer(__name__, "sarif"),
    "junit": renderer(__name__, "junit"),
    "github": renderer(__name__, "github"),
    "gitlab": renderer(__name__, "gitlab"),
    "markdown": renderer(__name__, "markdown"),
    "html": renderer(__name__, "page"),
}
LIVE_FORMATS = {**FORMATS, "openmetrics": renderer(__name__, "openmetrics")}
"""Of a comparison with a cluster: the same, and numbers for a monitoring system."""
