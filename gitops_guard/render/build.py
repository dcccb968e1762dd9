"""The build of one kustomization folder: a folder goes in, its resources after every step come out.

The steps and their order are those of kustomize's `target.KustTarget`: resources, configurations, generators, components, the
transformers, validators; and once, at the very top, hash suffixes, name references, vars and local-config objects. The modules
of fields that most kustomizations do not have are imported when one has them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import InputError, RenderError
from ..origin import Map, Origin
from ..source import Dialect
from ..tree import is_below
from . import configurations, metadata, openapi, plugins, transform
from .accumulated import Accumulated
from .configurations import Config
from .documents import Documents
from .hashes import add_hashes
from .kustomization import Kustomization, find, read
from .load import Loader, UnresolvedError, fail, is_git_url, is_url
from .metadata import Trail
from .order import arrange
from .refs import fix_references
from .resource import IdConflictError, ResMap, Resource, scalar_text
from .scopes import is_known

if TYPE_CHECKING:
    from .helm_run import Helm

MAX_DEPTH = 100
"""Of kustomizations that use each other."""
MAX_STEPS = 20_000
"""Kustomizations that one build may run; each level of components that use components twice doubles them."""
MAX_RESOURCES = 100_000
"""Resources of one build; each level of overlays that use an overlay twice doubles them."""
_LOCAL = "config.kubernetes.io/local-config"


class Builder:
    """Builds the folders of one repository; what one build has read and gathered serves the next."""

    def __init__(self, loader: Loader, program: str | Callable[[], str | None] | None = None) -> None:
        """`program` is helm, or what finds it; without it charts are unresolved."""
        self.loader = loader
        self._program = program
        self.documents = Documents()
        self._kustomizations: dict[str, Kustomization | RenderError] = {}
        self._bases: dict[str, Accumulated] = {}
        self._configs = configurations.Merger()
        self._config_files: dict[str, Config] = {}
        self._steps = 0

    @functools.cached_property
    def helm(self) -> Helm | None:
        """The program that renders charts."""
        from .helm_run import Helm  # noqa: PLC0415 (start-up)

        program = self._program() if callable(self._program) else self._program
        return None if program is None else Helm(program)

    def build(self, folder: str) -> tuple[Accumulated, list[Resource]]:
        """Everything gathered, and the final resources in the order of printing. Raises RenderError or SourceError."""
        return self.build_from(self.kustomization(folder, None))

    def build_from(self, kustomization: Kustomization) -> tuple[Accumulated, list[Resource]]:
        """The same of a kustomization that need not be as its file says. Raises RenderError or SourceError."""
        trail = Trail.of(kustomization)
        openapi.activate(None)
        self._steps = 0
        openapi.note_read(False)
        try:
            return self._finish(kustomization, trail)
        finally:
            openapi.activate(None)

    def _finish(self, kustomization: Kustomization, trail: Trail) -> tuple[Accumulated, list[Resource]]:
        done = self._gather(kustomization, Accumulated(), (), trail)
        add_hashes(done.resources)
        fix_references(done.resources, done.config)
        if done.vars:
            from . import vars as vars_  # noqa: PLC0415 (start-up)

            vars_.resolve(done.resources, done.vars, done.config.var_reference, incomplete=done.incomplete)
        kept = [item for item in done.resources if not _drops_local(item, done.resources)]
        _check_unique(kept)
        resources = arrange(kept, kustomization)
        metadata.finish(resources, trail)
        return done, resources

    def kustomization(self, folder: str, place: Origin | None) -> Kustomization:
        """The kustomization of a folder; `place` is the entry that asks for it. Raises RenderError or SourceError."""
        known = self._kustomizations.get(folder)
        if known is None:
            files = find(self.loader, folder)
            if not files:
                at = place or Origin(f"{folder}/kustomization.yaml".removeprefix("./"), 1, 1)
                raise fail(f"no kustomization.yaml in the folder {folder}", at, "add one, or name a file")
            if len(files) > 1:
                raise RenderError(f"several kustomization files in one folder: {', '.join(files)}", files[1],
                                  remedy="keep one of them")
            try:
                known = read(self.loader.sources, files[0], folder)
            except RenderError as error:
                known = error
            self._kustomizations[folder] = known
        if isinstance(known, RenderError):
            raise known
        return known

    def _gather(self, kustomization: Kustomization, done: Accumulated, chain: tuple[str, ...], trail: Trail) -> Accumulated:
        """Run a kustomization's steps on `done`: an empty one, or for a Component its user's."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise kustomization.fail(f"more than {MAX_STEPS} kustomizations in one build", None, "use fewer components")
        chain = (*chain, kustomization.folder)
        done.read.add(kustomization.file)
        done.folders.add(kustomization.folder)
        done.faults.extend(kustomization.faults)
        self._choose_schemas(kustomization, done)
        self.add_entries(kustomization, kustomization.entries("resources"), done, chain, trail)
        config = self._configured(kustomization, done)
        done.config = self._configs.merge(done.config, config, kustomization.origin("configurations"))
        self._generate(kustomization, done, chain, trail)
        for entry, place in kustomization.entries("components"):
            try:
                self._component(kustomization, entry, place, done, chain, trail)
            except UnresolvedError as error:
                done.note(error)
            except InputError as error:
                raise self.loader.at_entry(error, place) from None
        steps = transform.steps(kustomization, done.config, self, done, trail)
        steps += plugins.transformers(kustomization, "transformers", self, done, chain, trail)
        transform.run(steps, done.resources, done.incomplete)
        plugins.validate(kustomization, self, done, chain, trail)
        if listed := kustomization.entries("vars"):
            from . import vars as vars_  # noqa: PLC0415 (start-up)

            vars_.declare(done.resources, done.vars, listed)
        return done

    def _choose_schemas(self, kustomization: Kustomization, done: Accumulated) -> None:
        """Follow an `openapi:` field; the first one of a build counts."""
        field = kustomization.data.get("openapi") or Map()
        schemas = None
        if "path" in field:
            file = self.loader.file(kustomization.folder, field["path"], field.at["path"], "schema")
            done.read.add(file)
            if openapi.active() is not None:
                return
            if "version" in field:
                raise fail("openapi with a path and a version", field.at["version"], "remove one of them")
            documents = self.loader.sources.stream(file).load(Dialect.MANIFEST, duplicates=True, any_key=True)
            # Those of a file stand beside kustomize's own ones only where it has read them by now.
            schemas = openapi.custom(documents[0] if documents else None, beside=openapi.was_read())
        elif field.get("version") and openapi.active() is None:
            if field["version"] != openapi.VERSION:
                raise fail(f"kustomize has the OpenAPI of Kubernetes {openapi.VERSION} alone", field.at["version"],
                           "name a file with path:")
            schemas = openapi.builtin()
        if schemas is not None:
            openapi.activate(schemas)

    def add_entries(self, kustomization: Kustomization, entries: list[tuple[str, Origin]], done: Accumulated,
                    chain: tuple[str, ...], trail: Trail) -> None:
        """Append what `resources:` entries name; a part that can't be known is noted. Raises RenderError or SourceError."""
        for entry, place in entries:
            try:
                self._entry(kustomization.folder, entry, place, done, chain, trail)
            except UnresolvedError as error:
                done.note(error)
            except InputError as error:
                raise self.loader.at_entry(error, place) from None

    def _entry(self, folder: str, entry: str, place: Origin, done: Accumulated, chain: tuple[str, ...], trail: Trail) -> None:
        if is_url(entry) and self.loader.remote is not None and self._fetched(folder, entry, place, done, trail):
            return
        if not is_url(entry) and self.loader.exists(folder, entry) == "file":
            file = self.loader.file(folder, entry, place)
            done.read.add(file)
            found = self.documents.resources(self.loader.sources.stream(file))
            trail.of_file(found, entry)
            _append(done.resources, found, place)
            return
        inner = self._folder(folder, entry, place, chain)
        base = self._base(inner, place, chain, trail.inside(entry))
        if self.loader.is_remote(inner) and not self.loader.is_remote(folder):
            for resource in base.resources:
                resource.declared = place._replace(exact=False)
        _append(done.resources, base.resources, place)
        done.config = self._configs.merge(done.config, base.config, place)
        if base.vars:
            from . import vars as vars_  # noqa: PLC0415 (start-up)

            vars_.merge(done.vars, base.vars)
        done.take(base)

    def _fetched(self, folder: str, url: str, place: Origin, done: Accumulated, trail: Trail) -> bool:
        """Append the objects of a remote file; False where it may be a git repository instead, as kustomize finds out, too."""
        try:
            found = self.documents.resources(self.loader.sources.stream(self.loader.file(folder, url, place)))
        except (InputError, UnresolvedError):
            if not is_git_url(url):
                raise
            return False
        trail.of_file(found, url)
        _append(done.resources, found, place)
        return True

    def _folder(self, folder: str, entry: str, place: Origin, chain: tuple[str, ...]) -> str:
        """The folder that an entry names, fetched where that is allowed."""
        if self.loader.remote is not None and is_git_url(entry) and self.loader.remote.repeats(entry, chain):
            raise fail(f"a cycle: {entry} uses itself", place, "move what both need into a base of its own")
        return self.loader.folder(folder, entry, place)

    def _base(self, folder: str, place: Origin, chain: tuple[str, ...], trail: Trail) -> Accumulated:
        """What a base gathers, for one user to change."""
        _check_cycle(folder, place, chain)
        kustomization = self.kustomization(folder, place)
        if kustomization.kind == "Component":
            raise fail(f"a Component is listed as a resource: {folder}", place, "list it under components:")
        if trail.records:
            return self._gather(kustomization, Accumulated(), chain, trail)
        if openapi.active() is not None:
            return self._gather(kustomization, Accumulated(), chain, trail)
        known = self._bases.get(folder)
        if known is None or any(_climbs(used, chain) for used in known.folders):
            known = self._gather(kustomization, Accumulated(), chain, trail)
            if openapi.active() is not None or known.inherits:
                return known
            self._bases[folder] = known
        return known.clone()

    def _component(self, user: Kustomization, entry: str, place: Origin, done: Accumulated, chain: tuple[str, ...],
                   trail: Trail) -> None:
        folder = self._folder(user.folder, entry, place, chain)
        _check_cycle(folder, place, chain)
        kustomization = self.kustomization(folder, place)
        if kustomization.kind != "Component":
            raise fail(f"a Kustomization is listed as a component: {folder}", place,
                       "list it under resources:, or write kind: Component")
        self._gather(kustomization, done, chain, trail.inside(entry))
        # Merged into nothing, as kustomize does it, field specs of one place meet each other.
        done.config = self._configs.merge(configurations.EMPTY, done.config, place)
        try:
            ResMap().extend(done.resources)
        except IdConflictError as conflict:
            raise fail(f"the component makes two objects of one: {conflict.resource.id}", place,
                       "give one another name") from None

    def _configured(self, kustomization: Kustomization, done: Accumulated) -> Config:
        """The built-in configuration with the kustomization's own."""
        config = configurations.EMPTY
        for entry, place in kustomization.entries("configurations"):
            file = self.loader.file(kustomization.folder, entry, place, "configuration")
            done.read.add(file)
            if file not in self._config_files:
                self._config_files[file] = self._configs.known(configurations.read(self.loader.sources.stream(file)))
            config = self._configs.merge(config, self._config_files[file], place)
        listed = kustomization.entries("configurations")
        place = listed[-1][1] if listed else kustomization.origin("configurations")
        config = self._configs.merge(configurations.builtin(), config, place)
        for entry, place in kustomization.entries("crds"):
            from . import crds  # noqa: PLC0415 (start-up)

            file = self.loader.file(kustomization.folder, entry, place, "schema")
            done.read.add(file)
            config = self._configs.merge(config, crds.config_of(self.loader.sources.stream(file)), place)
        return config

    def _generate(self, kustomization: Kustomization, done: Accumulated, chain: tuple[str, ...], trail: Trail) -> None:
        options = kustomization.data.get("generatorOptions")
        for kind, name in (("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator")):
            for entry, place in kustomization.entries(name):
                try:
                    self._absorb(kind, entry, place, kustomization, options, done, trail)
                except UnresolvedError as error:
                    done.note(error)
        if kustomization.entries("helmCharts") or kustomization.entries("helmChartInflationGenerator"):
            from . import helm  # noqa: PLC0415 (start-up)

            helm.add_charts(kustomization, self, done, chain, trail)
        plugins.generate(kustomization, self, done, chain, trail)

    def _absorb(self, kind: str, entry: Map, place: Origin, kustomization: Kustomization, options: Map | None,
                done: Accumulated, trail: Trail) -> None:
        from . import generators  # noqa: PLC0415 (start-up)

        made = generators.generate(kind, entry, place, kustomization.folder, self.loader, options, done.read)
        trail.of_generator(made, kustomization, f"{kind}Generator")
        generators.absorb(done.resources, made, made.declared, incomplete=done.incomplete)


def _append(resources: ResMap, found: ResMap | list[Resource], place: Origin) -> None:
    try:
        resources.extend(found)
        if isinstance(found, ResMap):
            resources.dropped |= found.dropped
        if not openapi.was_read() and not all(is_known(item.api_version, item.kind) for item in found):
            openapi.note_read()
    except IdConflictError as conflict:
        raise fail(f"{conflict.resource.id} is there already", place, "list it once, or give one another name") from None
    if len(resources) > MAX_RESOURCES:
        raise fail(f"more than {MAX_RESOURCES} objects in one build", place, "split the kustomization")


def _check_unique(resources: list[Resource]) -> None:
    """Raises RenderError where a step has given two objects the same id, and nothing noticed it so far."""
    try:
        ResMap().extend(resources)
    except IdConflictError as conflict:
        raise fail(f"two objects have become one: {conflict.resource.id}", conflict.resource.declared,
                   "look for the step that gives both the same name") from None


def _climbs(folder: str, chain: tuple[str, ...]) -> bool:
    """Whether a folder is, or lies above, one whose kustomization is being built."""
    return any(is_below(visited, folder) for visited in chain)


def _check_cycle(folder: str, place: Origin, chain: tuple[str, ...]) -> None:
    if _climbs(folder, chain):
        raise fail(f"a cycle: {folder} is, or lies above, a kustomization that uses it", place,
                   "move what both need into a base of its own")
    if len(chain) >= MAX_DEPTH:
        raise fail(f"more than {MAX_DEPTH} kustomizations deep", place, "use fewer levels")


def _drops_local(resource: Resource, resources: ResMap) -> bool:
    """Whether an object is for kustomize alone, and noted as dropped. Raises RenderError where it has lost its kind or name."""
    if not resource.kind or (not resource.name and not resource.kind.endswith("List")):
        raise fail("an object has lost its kind or name in the build", resource.declared, "look for the patch that removes it")
    value = resource.annotations().get(_LOCAL)
    if value is None or scalar_text(value) == "false":
        return False
    resources.dropped[resource.declared] = resource.body["metadata"]["annotations"].at.get(_LOCAL, resource.declared)
    return True
