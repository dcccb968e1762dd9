"""A Report -> the text of one format. Every format is a pure function, and a table has them all by name."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Report
from . import github, gitlab, html_, json_, junit, markdown, sarif, text
from .options import Options

__all__ = ["FORMATS", "Format", "Options"]

Format = Callable[[Report, Options], str]

FORMATS: dict[str, Format] = {
    "text": text.render,
    "json": json_.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "markdown": markdown.render,
    "html": html_.render,
}
