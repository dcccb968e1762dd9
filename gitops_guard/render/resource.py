"""The resource as the renderer sees it: a body with origins, every name it had on its way, and the map that holds resources.

The rules of identity are those of kustomize's `resource`, `resid` and `resmap` packages: an object without a namespace is in
`default`, a kind that the embedded OpenAPI knows as cluster-scoped is in none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..origin import Map, Origin, clone
from . import openapi
from .node import fresh, name_at, text_at, text_of

NO_NAMESPACE = "_non_namespaceable_"
"""The effective namespace of a cluster-scoped object."""


class Gvk(NamedTuple):
    """Group, version and kind; as a selector an empty part matches everything."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """group/version, or the version alone for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def selected_by(self, selector: Gvk) -> bool:
        """Whether this matches a selector."""
        return ((not selector.group or selector.group == self.group)
                and (not selector.version or selector.version == self.version)
                and (not selector.kind or selector.kind == self.kind))


class Id(NamedTuple):
    """What identifies a resource; two ids with the same `gvk`, `name` and `scope` are the same resource."""

    gvk: Gvk
    name: str
    scope: str
    """The effective namespace: `default` for none, NO_NAMESPACE for a cluster-scoped kind."""

    def __str__(self) -> str:
        where = "" if self.scope == NO_NAMESPACE else f" in namespace {self.scope}"
        return f"{self.gvk.kind} {self.name}{where}"


@functools.lru_cache(maxsize=4096)
def gvk_of(api_version: str, kind: str) -> Gvk:
    """The parts of an apiVersion and a kind; the group ends at the first slash."""
    group, slash, version = api_version.partition("/")
    return Gvk(group, version, kind) if slash else Gvk("", api_version, kind)


def effective_namespace(gvk: Gvk, namespace: str) -> str:
    """Where an object lives for the purpose of identity."""
    if openapi.is_cluster_scoped(gvk.api_version, gvk.kind):
        return NO_NAMESPACE
    return namespace or "default"


def scalar_text(value: Any) -> str:
    """A scalar as the text that kustomize takes names, kinds and namespaces from; empty for anything else."""
    if type(value) is str:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else ""


class Resource:
    """One object on its way through the build. The body is changed in place; `clone` before a second user gets it."""

    __slots__ = ("allowed", "behavior", "body", "changed_by", "declared", "helm", "made_by", "needs_hash", "prefixes", "previous",
                 "rewritten", "suffixes", "touched", "var_names")

    def __init__(self, body: Map, declared: Origin) -> None:
        """`declared` is the place of the object's `kind` (or of what generates it)."""
        self.body = body
        self.declared = declared
        self.previous: list[Id] = []
        """The ids it had before, oldest first; the group and version are looked up when asked for."""
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []
        self.needs_hash = False
        self.behavior = ""
        """Of a generated one: create, merge or replace; else empty."""
        self.var_names: list[str] = []
        """The vars that take their value from it."""
        self.made_by = ""
        """Where it came from, in the words of kustomize's origin annotation; only recorded with `buildMetadata`."""
        self.changed_by: list[str] = []
        """What changed it, in the same words."""
        self.helm = False
        """helm rendered it: `namespace:` leaves it alone."""
        self.allowed: tuple[str, ...] = ()
        """Options of patches that changed it; kustomize keeps them among its own notes."""
        self.rewritten = 0
        """How many JSON patches have written it anew."""
        self.touched = False
        """kustomize keeps its own notes in annotations while it builds: then `metadata.annotations` exists, and an empty
        one vanishes at the end."""

    @property
    def api_version(self) -> str:
        """As the body says now."""
        return text_at(self.body, "apiVersion")

    @property
    def kind(self) -> str:
        """As the body says now."""
        return text_at(self.body, "kind")

    @property
    def name(self) -> str:
        """As the body says now; empty where there is none."""
        meta = self.body.get("metadata")
        return name_at(meta, "name") if type(meta) is Map else ""

    @property
    def namespace(self) -> str:
        """As the body says now; empty where there is none."""
        meta = self.body.get("metadata")
        return name_at(meta, "namespace") if type(meta) is Map else ""

    @property
    def gvk(self) -> Gvk:
        """As the body says now."""
        body = self.body
        return gvk_of(text_at(body, "apiVersion"), text_at(body, "kind"))

    @property
    def id(self) -> Id:
        """What it is called now."""
        gvk = self.gvk
        return Id(gvk, self.name, effective_namespace(gvk, self.namespace))

    @property
    def original(self) -> Id:
        """What it was called where it was declared (with today's group and version)."""
        return self.previous_ids()[0] if self.previous else self.id

    @property
    def cluster_scoped(self) -> bool:
        """Whether its kind is known to have no namespace."""
        return openapi.is_cluster_scoped(self.api_version, self.kind)

    def previous_ids(self) -> list[Id]:
        """Every id it had, oldest first. Group and version are today's: kustomize records names, namespaces and kinds only."""
        if not self.previous:
            return []
        gvk = self.gvk
        return [Id(Gvk(gvk.group, gvk.version, old.gvk.kind), old.name, old.scope) for old in self.previous]

    def ids(self) -> list[Id]:
        """Every id it had and has, oldest first."""
        return [*self.previous_ids(), self.id]

    def remember(self) -> None:
        """Record the present id among the previous ones; to be called before a name, namespace or kind changes."""
        self.previous.append(self.id)
        self.touch()

    def touch(self) -> None:
        """Note that kustomize would have written an annotation of its own by now."""
        self.touched = True
        meta = self.body.get("metadata")
        if type(meta) is Map and type(meta.get("annotations")) is not Map:
            meta.put("annotations", Map(), self.declared)

    def texts_only(self, *, drop: bool = False) -> None:
        """Turn all annotations into texts, as kustomize does whenever it writes all of them; with `drop`, none is none."""
        meta = self.body.get("metadata")
        annotations = meta.get("annotations") if type(meta) is Map else None
        if type(annotations) is Map:
            annotations.shared = None
            for key, value in annotations.items():
                text = text_of(value, annotations.at.get(key))
                annotations.put(key, text, fresh(text, annotations.at.get(key)))
        if drop and not annotations and type(meta) is Map:
            meta.drop("annotations")

    def forget(self) -> None:
        """Lose all that kustomize keeps in annotations of its own: former names, affixes, behaviour and origin."""
        self.previous, self.prefixes, self.suffixes = [], [], []
        self.needs_hash, self.behavior = False, ""
        self.made_by, self.changed_by, self.touched = "", [], False
        self.helm, self.allowed = False, ()

    def labels(self) -> dict[str, str]:
        """metadata.labels as text."""
        return self._texts("labels")

    def annotations(self) -> dict[str, str]:
        """metadata.annotations as text."""
        return self._texts("annotations")

    def _texts(self, field: str) -> dict[str, str]:
        meta = self.body.get("metadata")
        found = meta.get(field) if type(meta) is Map else None
        return {key: text_of(value, found.at.get(key)) for key, value in found.items()} if type(found) is Map else {}

    def clone(self) -> Resource:
        """A copy that shares nothing mutable."""
        copy = Resource(clone(self.body), self.declared)
        copy.previous = self.previous.copy()
        copy.prefixes = self.prefixes.copy()
        copy.suffixes = self.suffixes.copy()
        copy.needs_hash = self.needs_hash
        copy.behavior = self.behavior
        copy.var_names = self.var_names.copy()
        copy.made_by = self.made_by
        copy.changed_by = self.changed_by.copy()
        copy.helm, copy.allowed = self.helm, self.allowed
        copy.rewritten = self.rewritten
        copy.touched = self.touched
        return copy


class IdConflictError(Exception):
    """A second resource has the id of one that is there."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(str(resource.id))
        self.resource = resource


class ResMap:
    """Resources in the order they were loaded; no two have the same current id."""

    __slots__ = ("_ids", "dropped", "items")

    def __init__(self, items: Iterable[Resource] = ()) -> None:
        """`items` are taken as they are, without a check."""
        self.items: list[Resource] = list(items)
        self.dropped: dict[Origin, Origin] = {}
        """Where resources that a step has taken out were declared, each with what took it out."""
        self._ids: set[Id] | None = None

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def changed(self) -> None:
        """Forget the index of ids; to be called after a step that may have changed names, namespaces or kinds."""
        self._ids = None

    def append(self, resource: Resource) -> None:
        """Add one. Raises IdConflictError."""
        if self._ids is None:
            self._ids = {item.id for item in self.items}
        found = resource.id
        if found in self._ids:
            raise IdConflictError(resource)
        self._ids.add(found)
        self.items.append(resource)

    def extend(self, resources: Iterable[Resource]) -> None:
        """Add several. Raises IdConflictError."""
        for resource in resources:
            self.append(resource)

    def by_any_id(self, wanted: Callable[[Id], bool]) -> list[Resource]:
        """The resources that have, or once had, an id that is wanted."""
        return [item for item in self.items if any(wanted(found) for found in item.ids())]

    def replace(self, old: Resource, new: Resource) -> None:
        """Put `new` where `old` (the same object) stands."""
        index = next(at for at, item in enumerate(self.items) if item is old)
        self.items[index] = new
        self.changed()

    def clone(self) -> ResMap:
        """A copy whose resources share nothing with these."""
        copy = ResMap(item.clone() for item in self.items)
        copy.dropped = self.dropped.copy()
        return copy
