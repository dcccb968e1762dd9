"""A Delta -> the text of one format."""

from __future__ import annotations

from collections.abc import Callable

from ...delta import Delta
from ..options import Options
from . import json_, markdown, text

FORMATS: dict[str, Callable[[Delta, Options], str]] = {"text": text.render, "markdown": markdown.render, "json": json_.render}
