"""Every format of Trials by name; each is a pure function."""

from __future__ import annotations

from collections.abc import Callable

from ..report.options import Options
from . import json_, junit, text
from .model import Trials

FORMATS: dict[str, Callable[[Trials, Options], str]] = {"text": text.render, "json": json_.render, "junit": junit.render}
