"""Kustomization folders -> the resources that kustomize would build from them, with the place that wrote each value.

Nothing is executed but helm, where there is one, and nothing is fetched without leave: what would need more is left out and
reported as unresolved.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..model import Fault, Resource
from ..origin import Origin
from ..source import Sources
from .build import Builder
from .emit import emit
from .load import Loader
from .openapi import is_cluster_scoped, schema_of
from .origins import origins
from .resource import Resource as Item

if TYPE_CHECKING:
    from ..fetch import Fetcher
    from ..recipes import Chart, Kustomize
    from .accumulated import Accumulated
    from .owned import Owned
    from .remote import Remote

__all__ = ["Rendered", "Renderer", "emit", "is_cluster_scoped", "origins", "schema_of"]


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
    dropped: Mapping[Origin, Origin]
    """Where resources that the build took out are declared, each with the patch or annotation that does it."""


class Renderer:
    """Builds the kustomizations of one repository; files are parsed and bases gathered once for all of them."""

    def __init__(self, sources: Sources, *, load_restrictor: str = "root", helm: str | Callable[[], str | None] | None = None,
                 fetcher: Fetcher | None = None) -> None:
        """`load_restrictor` is root or none, as kustomize's.

        `helm` is the program that inflates charts, or what finds it when there is one; without it they are unresolved. So is
        all that is remote without `fetcher`.
        """
        self._sources = sources
        self._remote = None if fetcher is None else _remote(fetcher)
        self._loader = Loader(sources, load_restrictor, self._remote)
        self._builder = Builder(self._loader, helm)
        self._helm = helm
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

    def build(self, recipe: Kustomize) -> Rendered:
        """The resources of a kustomization folder as its owner builds it; not kept. Raises RenderError or SourceError.

        A variable without a value is a render/failed or render/unresolved among the faults; the text stays as it is written.
        """
        try:
            done, resources, faults = self._owned.build(recipe)
        except InputError as error:
            raise self._at_home(error) from None
        return self._rendered(done, resources, recipe.folder, faults)

    def chart(self, recipe: Chart) -> Rendered:
        """The resources of a chart as its owner renders it; not kept. Raises RenderError or SourceError."""
        from .accumulated import Accumulated  # noqa: PLC0415 (start-up)
        from .chart import build_chart  # noqa: PLC0415 (start-up)

        done = Accumulated()
        try:
            resources = build_chart(recipe, self._builder, done)
        except InputError as error:
            raise self._at_home(error) from None
        return self._rendered(done, resources, recipe.folder, [])

    def forget(self, folder: str) -> None:
        """Give back the memory of a folder's resources, which are not asked for again."""
        self._done.pop(folder, None)

    def uses(self, folder: str) -> tuple[frozenset[str], frozenset[str]]:
        """The folders and the files that a folder's kustomization names itself. Never raises for missing or broken ones."""
        from .uses import uses  # noqa: PLC0415 (start-up)

        return uses(self._builder, folder)

    def follows(self, folder: str) -> bool:
        """Whether a build of the folder may read files that its kustomization does not name: plugins and charts do."""
        from .uses import follows  # noqa: PLC0415 (start-up)

        return follows(self._builder, folder)

    def resources_at_home(self, rendered: Rendered) -> list[Resource]:
        """The resources with every place in the repository: what a remote base wrote is located at the entry that names it."""
        if self._remote is None:
            return rendered.resources
        from .at_home import resources_at_home  # noqa: PLC0415 (start-up)

        return resources_at_home(rendered.resources, self._remote, rendered.read)

    @property
    def fetches(self) -> bool:
        """Whether a build may have to wait for something remote."""
        return self._remote is not None

    @functools.cached_property
    def _owned(self) -> Owned:
        from .owned import Owned  # noqa: PLC0415 (start-up)

        return Owned(self._sources, self._builder, self._remote, self._helm)

    def _at_home(self, error: InputError) -> InputError:
        place = self._remote.place_of(error.file, None) if self._remote is not None else None
        return error if place is None else self._loader.at_entry(error, place)

    def _build(self, folder: str) -> Rendered:
        done, resources = self._builder.build(folder)
        return self._rendered(done, resources, folder, [])

    def _rendered(self, done: Accumulated, resources: list[Item], target: str, more: list[Fault]) -> Rendered:
        found = [Resource(item.body, target, item.declared) for item in resources]
        faults = [*done.faults, *more]
        if self._remote is None:
            return Rendered(found, _unique(faults), frozenset(done.read), frozenset(done.folders), done.resources.dropped)
        from .at_home import faults_at_home  # noqa: PLC0415 (start-up)

        read = frozenset(path for path in done.read if not self._loader.is_remote(path))
        folders = frozenset(path for path in done.folders if not self._loader.is_remote(path))
        dropped = {declared: place for declared, place in done.resources.dropped.items()
                   if not any(self._loader.is_remote(at.file) for at in (declared, place))}
        return Rendered(found, _unique(faults_at_home(faults, self._remote, read)), read, folders, dropped)


def _remote(fetcher: Fetcher) -> Remote:
    from .remote import Remote  # noqa: PLC0415 (start-up: nothing is fetched without leave)

    return Remote(fetcher)


def _unique(faults: list[Fault]) -> list[Fault]:
    found: dict[tuple[Any, ...], Fault] = {}
    for fault in faults:
        found.setdefault((fault.location, fault.rule, fault.message), fault)
    return [found[key] for key in sorted(found, key=repr)]
