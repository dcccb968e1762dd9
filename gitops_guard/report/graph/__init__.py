"""A Graph -> the text of one format. Every format is a pure function, and a table has them all by name."""

from __future__ import annotations

from collections.abc import Callable

from ...nodes import Graph
from ..lazy import renderer
from ..options import Options
from .drawn import Drawn

__all__ = ["FORMATS", "Drawn", "Format"]

Format = Callable[[Graph, Options], Drawn]

FORMATS: dict[str, Format] = {name: renderer(__name__, module) for name, module in (
    ("text", "text"), ("json", "json_"), ("mermaid", "mermaid"), ("dot", "dot"), ("svg", "svg"))}
