"""A Graph -> the text of one format. Every format is a pure function, and a table has them all by name."""

from __future__ import annotations

from collections.abc import Callable

from ...nodes import Graph
from ..options import Options
from . import dot, json_, mermaid, svg, text
from .drawn import Drawn

__all__ = ["FORMATS", "Drawn", "Format"]

Format = Callable[[Graph, Options], Drawn]

FORMATS: dict[str, Format] = {
    "text": text.render,
    "json": json_.render,
    "mermaid": mermaid.render,
    "dot": dot.render,
    "svg": svg.render,
}
