"""Formats by name, each imported when it is asked for: a run prints one or two."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def renderer(package: str, module: str) -> Callable[[Any, Any], Any]:
    """The `render` of a module of a package."""
    def render(subject: Any, options: Any) -> Any:
        return importlib.import_module(f".{module}", package).render(subject, options)

    return render
