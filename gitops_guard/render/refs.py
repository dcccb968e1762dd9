"""Name references: once all names are final, fields that named an object by a former name get its new one.

Rules: kustomize `filters/nameref`. Which fields refer to which kinds is the configuration's `nameReference`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..origin import Map, Seq
from .configurations import Config, builtin
from .fieldspec import FieldSpec, Place, walk_value
from .load import fail
from .node import LOOSE, loose, tag_of, text_at
from .resource import NO_NAMESPACE, Gvk, Id, ResMap, Resource


class _Candidate(NamedTuple):
    """A resource that had other names; its present ones don't change while references are fixed."""

    resource: Resource
    previous: tuple[Id, ...]
    id: Id
    name: str
    namespace: str


class _Table:
    """What can be referred to, by every name it once had."""

    def __init__(self, resources: ResMap) -> None:
        self.by_name: dict[str, list[_Candidate]] = {}
        self.origins: dict[str, set[tuple[str, str]]] = {}
        """Original namespace -> (present effective, present written) namespaces of what came from there."""
        kinds: set[tuple[Gvk, ...]] = set()
        for resource in resources:
            previous = tuple(resource.previous_ids())
            now = resource.id
            self.origins.setdefault(previous[0].scope if previous else now.scope, set()).add((now.scope, resource.namespace))
            if not previous:
                continue
            candidate = _Candidate(resource, previous, now, now.name, resource.namespace)
            kinds.add(tuple(found.gvk for found in previous))
            for name in dict.fromkeys(found.name for found in previous):
                self.by_name.setdefault(name, []).append(candidate)
        self._kinds = {gvk for found in kinds for gvk in found}
        self._has: dict[Gvk, bool] = {}

    def has(self, gvk: Gvk) -> bool:
        """Whether anything of a kind changed its name."""
        known = self._has.get(gvk)
        if known is None:
            known = self._has[gvk] = any(found.selected_by(gvk) for found in self._kinds)
        return known


def fix_references(resources: ResMap, config: Config) -> None:
    """Write the new names, and of maps (a binding's subjects, a webhook's service) the new namespaces too.

    Raises RenderError where a reference could mean several objects.
    """
    table = _Table(resources)
    own = config is not builtin()
    for resource in resources:
        referrer = None
        for target, spec in config.references_of(resource.original.gvk):
            # Without an object that had another name only an error can come of it: a map without `name` at the path's end.
            if table.has(target) or own or spec.path.endswith(("subjects", "clientConfig/service")):
                referrer = referrer or _Referrer(resource, table)
                referrer.fix(target, spec)
    resources.changed()


class _Referrer:
    """One resource whose references are fixed."""

    def __init__(self, resource: Resource, table: _Table) -> None:
        self._resource = resource
        self._table = table
        self._id = resource.id
        self._cluster = self._id.scope == NO_NAMESPACE
        self._account_namespaces = set() if self._cluster else _account_namespaces(resource)
        self._target = Gvk("", "", "")
        self._spec = FieldSpec("")

    def fix(self, target: Gvk, spec: FieldSpec) -> None:
        """Fix what `spec` leads to; it refers to objects that `target` selects."""
        self._target, self._spec = target, spec
        walk_value(self._resource.body, spec, self._put, origin=self._resource.declared)

    def _put(self, place: Place) -> None:
        value = place.value
        if type(value) is Seq:
            for index, item in enumerate(list(value)):
                if type(item) is Seq:
                    raise fail("a list where a name is needed", value.at[index] or self._resource.declared)
                self._put_one(Place(value, index))
        else:
            self._put_one(place)

    def _put_one(self, place: Place) -> None:
        value = place.value
        if value is None:
            return
        if type(value) is not Map:
            found = self._select(place.text, None, lambda one: one.name)
            if found is not None and found.name != place.text:
                place.write(found.name, LOOSE, place.origin)
            return
        if "name" not in value:
            raise fail(f"no name in what {self._spec.path} names", place.origin or self._resource.declared, "add name:")
        old = text_at(value, "name")
        found = self._select(old, value, lambda one: (one.name, one.namespace))
        if found is None:
            return
        if found.name != old:
            Place(value, "name").write(found.name, LOOSE, value.at.get("name"))
        if found.namespace and found.namespace != value.get("namespace"):
            at = found.resource.body["metadata"].at.get("namespace")
            if "namespace" in value:
                Place(value, "namespace").write(found.namespace, LOOSE, at)
            else:
                value.put("namespace", *loose(found.namespace, at))

    def _select(self, name: str, place: Map | None, identity: Callable[[_Candidate], Any]) -> _Candidate | None:
        """The one object that a name means; `place` is the map it stands in, if it stands in one with a namespace."""
        candidates = [one for one in self._table.by_name.get(name, ()) if self._reachable(one.id.scope, one.namespace)]
        if not candidates:
            return None
        if place is not None and "namespace" in place:
            candidates = self._in_namespace(candidates, text_at(place, "namespace"))
        candidates = [one for one in candidates if any(old.gvk.selected_by(self._target) for old in one.previous)]
        role = self._role()
        if role is not None:
            candidates = [one for one in candidates if any(old.gvk.selected_by(role) for old in one.previous)]
        candidates = [one for one in candidates if self._same_namespace(one)]
        if len(candidates) > 1:
            candidates = [one for one in candidates if _same_affixes(self._resource, one.resource, allow_empty=True)]
        elif candidates:
            return candidates[0]
        if len(candidates) > 1:
            candidates = [one for one in candidates if _same_affixes(self._resource, one.resource, allow_empty=False)]
        if not candidates:
            return None
        if len({identity(one) for one in candidates}) > 1:
            place_of = self._resource.declared
            names = ", ".join(sorted({str(one.id) for one in candidates}))
            raise fail(f"{self._spec.path} of {self._id} could mean several objects: {names}", place_of,
                       "give them different names, or the same prefix as the referrer")
        return candidates[0]

    def _reachable(self, scope: str, namespace: str) -> bool:
        return self._cluster or scope in (NO_NAMESPACE, self._id.scope) or namespace in self._account_namespaces

    def _in_namespace(self, candidates: list[_Candidate], namespace: str) -> list[_Candidate]:
        if namespace == NO_NAMESPACE:
            return []
        # Whether anything reachable was declared in the namespace decides, not only what has the name.
        if any(self._reachable(scope, written) for scope, written in self._table.origins.get(namespace, ())):
            return [one for one in candidates if one.previous[0].scope == namespace]
        return [one for one in candidates if one.id.scope == namespace]

    def _role(self) -> Gvk | None:
        if not self._spec.path.endswith("roleRef/name"):
            return None
        role = self._resource.body.get("roleRef")
        if type(role) is not Map or role.get("apiGroup") is None or role.get("kind") is None:
            return None
        return Gvk(text_at(role, "apiGroup"), "", text_at(role, "kind"))

    def _same_namespace(self, one: _Candidate) -> bool:
        return (self._cluster or one.id.scope == NO_NAMESPACE or one.id.gvk.kind == "ServiceAccount"
                or one.id.scope == self._id.scope)


def _same_affixes(one: Resource, other: Resource, *, allow_empty: bool) -> bool:
    return (_same_end(one.prefixes, other.prefixes, allow_empty=allow_empty)
            and _same_end(one.suffixes, other.suffixes, allow_empty=allow_empty))


def _same_end(one: list[str], other: list[str], *, allow_empty: bool) -> bool:
    if not one or not other:
        return allow_empty or len(one) == len(other)
    shared = min(len(one), len(other))
    return one[-shared:] == other[-shared:]


def _account_namespaces(resource: Resource) -> set[str]:
    """The namespaces of the ServiceAccounts that a RoleBinding binds. Raises RenderError where kustomize panics, too."""
    found: set[str] = set()
    subjects = resource.body.get("subjects") if resource.kind == "RoleBinding" else None
    if type(subjects) is not Seq:
        return found
    for index, subject in enumerate(subjects):
        if type(subject) is not Map:
            raise fail("a subject is no mapping", subjects.at[index] or resource.declared)
        if "namespace" not in subject or "kind" not in subject:
            continue
        if not _is_string(subject, "kind"):
            raise fail("the kind of a subject is no string", subject.at.get("kind") or subjects.at[index] or resource.declared)
        if subject["kind"] == "ServiceAccount":
            if not _is_string(subject, "namespace"):
                place = subject.at.get("namespace") or subjects.at[index] or resource.declared
                raise fail("the namespace of a subject is no string", place, "name the ServiceAccount's namespace")
            found.add(subject["namespace"])
    return found


def _is_string(holder: Map, key: str) -> bool:
    return type(holder[key]) is str and tag_of(holder[key], holder.at.get(key)) not in ("null", "time")
