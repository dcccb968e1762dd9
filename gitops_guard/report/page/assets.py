"""The style and the script of the page, from the files beside this one."""

from __future__ import annotations

from pathlib import Path

from ..graph.svg import STYLE as GRAPH

_HERE = Path(__file__).parent

STYLE = (_HERE / "page.css").read_text(encoding="utf-8") + GRAPH
SCRIPT = (_HERE / "page.js").read_text(encoding="utf-8")
