"""Kustomizations as their owners build them: a recipe goes in, what the changed kustomization gathers comes out."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import RenderError
from ..model import Fault
from ..origin import Origin
from ..recipes import Kustomize
from ..source import Sources
from ..tree import OutsideError
from . import argocd_changes, flux_changes, generated
from .accumulated import Accumulated
from .artifact import Artifact
from .build import Builder
from .kustomization import Kustomization, find, read_as_flux
from .load import Loader, fail
from .remote import Remote
from .resource import Resource
from .substitution import substitute


class Owned:
    """Builds recipes; what one restrictor has gathered never serves another, nor what one artifact holds."""

    def __init__(self, sources: Sources, plain: Builder, remote: Remote | None,
                 helm: str | Callable[[], str | None] | None) -> None:
        """`plain` builds kustomizations that nobody owns."""
        self._sources = sources
        self._remote = remote
        self._helm = helm
        self._builders: dict[tuple[object, ...], Builder] = {}
        if plain.loader.restricted:
            self._builders["root", False] = plain

    def build(self, recipe: Kustomize) -> tuple[Accumulated, list[Resource], list[Fault]]:
        """Everything gathered, the final resources in the order of printing, and what its variables leave open.

        Raises RenderError or SourceError, each at a place of the repository.
        """
        builder = self._builder(recipe)
        place = recipe.place or Origin(f"{recipe.folder}/kustomization.yaml".removeprefix("./"), 1, 1, exact=False)
        kustomization = self._kustomization(builder, recipe, place)
        done, resources = builder.build_from(kustomization)
        faults = [] if recipe.substitution is None else substitute(resources, recipe.substitution)
        if recipe.system == "flux":
            flux_changes.set_common_metadata([item.body for item in resources], recipe.changes, place)
        return done, resources, faults

    def _builder(self, recipe: Kustomize) -> Builder:
        flux = recipe.system == "flux"
        key = (recipe.restrictor, flux, recipe.root, recipe.ignore) if flux else (recipe.restrictor, flux)
        known = self._builders.get(key)
        if known is None:
            sources = Artifact(self._sources, recipe.root, recipe.ignore) if flux else self._sources
            # Flux has no plugins, so no charts either.
            program = None if flux else self._helm
            known = self._builders[key] = Builder(Loader(sources, recipe.restrictor, self._remote), program)
        return known

    def _kustomization(self, builder: Builder, recipe: Kustomize, place: Origin) -> Kustomization:
        loader, folder = builder.loader, recipe.folder
        try:
            if loader.tree.kind(folder) != "dir":
                raise fail(f"the path is no folder: {folder}", place, "create it, or correct the path")
        except OutsideError:
            raise fail(f"the path leaves the repository: {folder}", place, "put the folder itself into the repository") from None
        files = find(loader, folder)
        if recipe.system != "flux":
            found = builder.kustomization(folder, place)
            return argocd_changes.changed(found, recipe.changes) if recipe.system == "argocd" else found
        if len(files) > 1:
            raise RenderError(f"several kustomization files in one folder: {', '.join(files)}", files[1],
                              remedy="keep one of them")
        if files:
            found = read_as_flux(loader.sources, files[0], folder)
        else:
            found = generated.generate(loader, folder, place)
        return flux_changes.changed(found, recipe.changes, place, lambda entry: loader.exists(folder, entry) is not None,
                                    made=not files)
