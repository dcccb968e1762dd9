"""`namespace:`: resources go in, they and what must follow them are moved into the namespace.

Rules: kustomize `builtins.NamespaceTransformer` and `filters/namespace`. Kinds that the embedded OpenAPI knows as cluster-scoped
get none; a core Namespace is renamed; of a binding's subjects, those named `default` move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..origin import Map, Origin, Seq
from .fieldspec import FieldSpec, Place, walk
from .load import fail
from .node import TEXT, name_at
from .resource import Id, ResMap, Resource

DEFAULT_ONLY, ALL_ACCOUNTS, NONE = "defaultOnly", "allServiceAccounts", "none"
_BINDINGS = ("RoleBinding", "ClusterRoleBinding")


def set_namespace(resources: ResMap, namespace: str, specs: Iterable[FieldSpec], origin: Origin, *,
                  unset_only: bool = False, subjects: str = DEFAULT_ONLY) -> None:
    """Move everything into `namespace`; `origin` is where it was written.

    `unset_only` leaves objects that name a namespace alone; `subjects` says which subjects of bindings move: defaultOnly,
    allServiceAccounts or none. Raises RenderError where two objects get the same id.
    """
    if not namespace:
        return
    specs = tuple(spec for spec in specs if spec.path != "metadata/namespace")
    put = _setter(namespace, origin, unset_only=unset_only)
    counts: dict[Id, int] = {}
    for resource in resources:
        counts[resource.id] = counts.get(resource.id, 0) + 1
    for resource in resources:
        if resource.helm:
            continue
        counts[resource.id] -= 1
        resource.remember()
        _move(resource, specs, put, origin, subjects)
        found = resource.id
        counts[found] = counts.get(found, 0) + 1
        if counts[found] > 1:
            raise fail(f"the namespace makes two objects of one: {found}", origin,
                       "rename one of them, or leave one out")
    resources.changed()


def move(resource: Resource, namespace: str, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """Move one resource, without a record of its former id. Raises RenderError where a path leads through a scalar."""
    _move(resource, tuple(specs), _setter(namespace, origin, unset_only=False), origin, DEFAULT_ONLY)


def _setter(namespace: str, origin: Origin, *, unset_only: bool) -> Callable[[Place], None]:
    def put(place: Place) -> None:
        if not (unset_only and place.value not in (None, "")):
            place.write(namespace, TEXT, origin)

    return put


def _move(resource: Resource, specs: tuple[FieldSpec, ...], put: Callable[[Place], None], origin: Origin, subjects: str) -> None:
    if not resource.cluster_scoped:
        walk(resource, _NAMESPACE, put, blank=str, origin=origin)
    binding = resource.kind in _BINDINGS
    if binding:
        _move_subjects(resource.body, put, origin, subjects)
    for spec in specs:
        if spec.path == "metadata/name" and resource.api_version != "v1":
            continue
        if not (binding and spec.gvk.kind in _BINDINGS and spec.path == "subjects/namespace"):
            walk(resource, spec, put, blank=str, origin=origin)


_NAMESPACE = FieldSpec("metadata/namespace", create=True)


def _move_subjects(body: Map, put: Callable[[Place], None], origin: Origin, mode: str) -> None:
    subjects = body.get("subjects")
    if mode == NONE or type(subjects) is not Seq:
        return
    for subject in subjects:
        if type(subject) is Map and _moves(subject, mode):
            if "namespace" not in subject:
                subject.put("namespace", "", origin)
            put(Place(subject, "namespace"))


def _moves(subject: Map, mode: str) -> bool:
    field, wanted = ("kind", "ServiceAccount") if mode == ALL_ACCOUNTS else ("name", "default")
    return name_at(subject, field) == wanted
