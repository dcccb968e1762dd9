"""Kustomization folders -> the resources that kustomize would build from them, with the place that wrote each value.

Nothing is executed but helm, where there is one, and nothing is fetched without leave: what would need more is left out and
reported as unresolved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..fetch import Fetcher
from ..model import Fault, Resource
from ..source import Sources
from .at_home import faults_at_home, resources_at_home
from .build import Builder
from .emit import emit
from .load import Loader
from .origins import origins
from .remote import Remote
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
    """Every file of the repository that was read for it."""
    folders: frozenset[str]
    """Every kustomization folder of the repository that is part of it, itself included."""


class Renderer:
    """Builds the kustomizations of one repository; files are parsed and bases gathered once for all of them."""

    def __init__(self, sources: Sources, *, load_restrictor: str = "root", helm: str | None = None,
                 fetcher: Fetcher | None = None) -> None:
        """`load_restrictor` is root or none, as kustomize's.

        `helm` is the program that inflates charts; without it they are unresolved. So is all that is remote without `fetcher`.
        """
        self._remote = None if fetcher is None else Remote(fetcher)
        self._loader = Loader(sources, load_restrictor, self._remote)
        self._builder = Builder(self._loader, helm)
        self._done: dict[str, Rendered | InputError] = {}

    def render(self, folder: str) -> Rendered:
        """The folder's resources. Raises RenderError or SourceError where kustomize would fail; the same one at each call."""
        known = self._done.get(folder)
        if known is None:
            try:
                known = self._build(folder)
            except InputError as error:
                known = self._at_home(error)
            self._done[folder] = known
        if isinstance(known, InputError):
            raise known
        return known

    def forget(self, folder: str) -> None:
        """Give back the memory of a folder's resources, which are not asked for again."""
        self._done.pop(folder, None)

    def uses(self, folder: str) -> tuple[frozenset[str], frozenset[str]]:
        """The folders and the files that a folder's kustomization names itself. Never raises for missing or broken ones."""
        return uses(self._builder, folder)

    def resources_at_home(self, rendered: Rendered) -> list[Resource]:
        """The resources with every place in the repository: what a remote base wrote is located at the entry that names it."""
        if self._remote is None:
            return rendered.resources
        return resources_at_home(rendered.resources, self._remote, rendered.read)

    @property
    def fetches(self) -> bool:
        """Whether a build may have to wait for something remote."""
        return self._remote is not None

    def _at_home(self, error: InputError) -> InputError:
        place = self._remote.place_of(error.file, None) if self._remote is not None else None
        return error if place is None else self._loader.at_entry(error, place)

    def _build(self, folder: str) -> Rendered:
        done, resources = self._builder.build(folder)
        found = [Resource(item.body, folder, item.declared) for item in resources]
        if self._remote is None:
            return Rendered(found, _unique(done.faults), frozenset(done.read), frozenset(done.folders))
        read = frozenset(path for path in done.read if not self._loader.is_remote(path))
        folders = frozenset(path for path in done.folders if not self._loader.is_remote(path))
        return Rendered(found, _unique(faults_at_home(done.faults, self._remote, read)), read, folders)


def _unique(faults: list[Fault]) -> list[Fault]:
    found: dict[tuple[Any, ...], Fault] = {}
    for fault in faults:
        found.setdefault((fault.location, fault.rule, fault.message), fault)
    return [found[key] for key in sorted(found, key=repr)]
