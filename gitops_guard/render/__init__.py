"""Kustomization folders -> the resources that kustomize would build from them, with the place that wrote each value.

Nothing is executed and nothing is fetched: what would need that is left out and reported as unresolved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..model import Fault, Resource
from ..source import Sources
from .build import Builder
from .emit import emit
from .load import Loader
from .origins import origins
from .uses import uses

__all__ = ["Rendered", "Renderer", "emit", "origins"]


@dataclass(frozen=True)
class Rendered:
    """What a kustomization folder builds to."""

    resources: list[Resource]
    """In the order in which kustomize prints them."""
    faults: list[Fault]
    """render/unresolved and render/deprecated-field, with their locations."""
    read: frozenset[str]
    """Every file that was read for it."""
    folders: frozenset[str]
    """Every kustomization folder that is part of it, itself included."""


class Renderer:
    """Builds the kustomizations of one repository; files are parsed and bases gathered once for all of them."""

    def __init__(self, sources: Sources, *, load_restrictor: str = "root", helm: Any = None) -> None:
        """`load_restrictor` is root or none, as kustomize's; `helm` is not used: charts are unresolved."""
        del helm
        self._loader = Loader(sources, load_restrictor)
        self._builder = Builder(self._loader)
        self._done: dict[str, Rendered | InputError] = {}

    def render(self, folder: str) -> Rendered:
        """The folder's resources. Raises RenderError or SourceError where kustomize would fail; the same one at each call."""
        known = self._done.get(folder)
        if known is None:
            try:
                known = self._build(folder)
            except InputError as error:
                known = error
            self._done[folder] = known
        if isinstance(known, InputError):
            raise known
        return known

    def uses(self, folder: str) -> tuple[frozenset[str], frozenset[str]]:
        """The folders and the files that a folder's kustomization names itself. Never raises for missing or broken ones."""
        return uses(self._builder, folder)

    def _build(self, folder: str) -> Rendered:
        done, resources = self._builder.build(folder)
        found = [Resource(item.body, folder, item.declared) for item in resources]
        return Rendered(found, _unique(done.faults), frozenset(done.read),
                        frozenset(done.folders))


def _unique(faults: list[Fault]) -> list[Fault]:
    found: dict[tuple[Any, ...], Fault] = {}
    for fault in faults:
        found.setdefault((fault.location, fault.rule, fault.message), fault)
    return [found[key] for key in sorted(found, key=repr)]
