"""A build goes in, what it builds to comes out, unless it takes too long or nests too deeply."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..deadline import within
from ..errors import RenderError, SourceError

if TYPE_CHECKING:
    from . import Rendered

SECONDS = 60.0
FETCHING = 600.0
"""More, where a build may wait for the network."""


def in_time(build: Callable[[], Rendered], folder: str, *, fetches: bool = False) -> Rendered:
    """What a folder builds to. Raises RenderError or SourceError, also where it takes too long or nests too deeply."""
    here = f"{folder}/kustomization.yaml" if folder != "." else "kustomization.yaml"
    seconds = SECONDS + (FETCHING if fetches else 0)
    late = RenderError(f"the build took longer than {seconds:g} s", here, remedy="split the kustomization")
    late.settled = False
    try:
        with within(seconds, late):
            return build()
    except RecursionError:
        deep = SourceError("source/hostile-input", "the build nests too deeply", here)
        deep.settled = False
        raise deep from None
