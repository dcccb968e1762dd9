"""Where the built-in policies and schemas are: in the wheel beside the package, in a checkout beside it."""

from __future__ import annotations

import functools
from pathlib import Path

from .errors import ToolError

_PACKAGE = Path(__file__).resolve().parent


@functools.cache
def _folder(name: str) -> Path:
    # A wheel holds `_data`; an editable install has none of it (hatchling maps only the package), but its checkout lies above.
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir() and (candidate.parent != _PACKAGE.parent or (_PACKAGE.parent / "pyproject.toml").is_file()):
            return candidate
    raise ToolError(f"the built-in {name} are missing from this installation; install gitops-guard again")


def policies() -> Path:
    """The folder with the built-in policies. Raises ToolError where the installation is broken."""
    return _folder("policies")


def schemas() -> Path:
    """The folder with the built-in schemas. Raises ToolError where the installation is broken."""
    return _folder("schemas")
