"""An AdmissionReview -> the request by which an API server comes to ask just that, and what has to be there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from ..apiserver.client import Served, place
from ..origin import Map, Origin
from ..verifying import Case, as_review, mapping

_METHODS = {"CREATE": "POST", "UPDATE": "PUT", "DELETE": "DELETE"}
_WHOLE = ("", "status", "ephemeralcontainers")
"""The subresources with which the object itself is written."""
_OWN = ("uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "managedFields", "deletionTimestamp")
"""What the API server writes into the metadata of an object that is made."""
_EVERYBODY = "system:authenticated"

Kinds = Mapping[tuple[str, str], Served]
"""apiVersion and kind -> what they are called."""


class UnaskableError(Exception):
    """The reason why no request to a bare API server leads to such a question."""


@dataclass(frozen=True)
class Call:
    """A request."""

    method: str
    collection: str
    """The address of the objects of that kind."""
    name: str
    """Empty where the object has none yet."""
    subresource: str
    body: Mapping[str, Any] | None
    dry: bool
    login: tuple[tuple[str, str], ...]
    """Headers that say who asks."""
    before: Mapping[str, Any] | None = None
    """What is changed, or deleted."""

    @property
    def place(self) -> str:
        """The address of the object."""
        return f"{self.collection}/{quote(self.name, safe=':')}"


def as_sent(case: Case, kinds: Kinds) -> Case:
    """The creation of an object, as the API server will see it; a request is one already.

    It is a dry run, so that objects do not get into each other's way. Raises UnaskableError.
    """
    body = case.review["request"].get("object")
    if not case.creates or not isinstance(body, Map):
        return case
    version, kind = str(body.get("apiVersion", "")), str(body.get("kind", ""))
    if (version, kind) not in kinds:
        raise UnaskableError("the API server serves no such kind")
    served = kinds[version, kind]
    metadata = body.get("metadata")
    inside = (metadata.get("namespace") or "default") if served.namespaced and isinstance(metadata, Map) else ""
    origin = Origin(case.name, 1, 1)
    group, _slash, plain = version.rpartition("/")
    resource = mapping(origin, group=group, version=plain, resource=served.resource)
    request = mapping(origin, **{**case.review["request"], "namespace": inside, "dryRun": True, "resource": resource})
    return replace(case, review=as_review(request, origin))


def call_of(request: Mapping[str, Any], kinds: Kinds) -> Call:
    """The request that leads to a question. Raises UnaskableError."""
    operation, subresource = request.get("operation"), request.get("subResource") or ""
    resource = request.get("resource") or {}
    version = "/".join(part for part in (resource.get("group") or "", str(resource.get("version", ""))) if part)
    namespaced = {(at, served.resource): served.namespaced for (at, _kind), served in kinds.items()}
    if (version, resource.get("resource")) not in namespaced:
        raise UnaskableError("the API server serves no such kind")
    if operation not in _METHODS or subresource not in (*_WHOLE, "scale") or (operation == "CREATE" and subresource):
        called = "/".join(part for part in (resource["resource"], subresource) if part)
        raise UnaskableError(f"{operation} of {called} is answered by more than an API server")
    inside = namespaced[version, resource["resource"]]
    new, old = (request.get(key) if isinstance(request.get(key), Mapping) else None for key in ("object", "oldObject"))
    if (new is None and operation != "DELETE") or (inside and not request.get("namespace")):
        raise UnaskableError("it has no object, or no namespace")
    named = [str(one) for one in (request.get("name"), *(_metadata(side).get("name") for side in (new, old))) if one]
    if operation != "CREATE" and not named:
        raise UnaskableError("it has no name")
    collection = place(version, resource["resource"], str(request["namespace"]) if inside else "")
    call = Call(_METHODS[operation], collection, named[0] if named else "", subresource, None if operation == "DELETE" else new,
                bool(request.get("dryRun")), _login(request.get("userInfo") or {}))
    if operation == "CREATE":
        return call
    before = old or new
    if before is None:
        raise UnaskableError("it has neither an object nor an old one")
    if before.get("kind") == "Scale":
        before = _scaled(version, resource["resource"], kinds, before)
    return replace(call, before=fresh(before, call.name))


def fresh(body: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """An object as one that is not there yet."""
    kept = {key: value for key, value in _metadata(body).items() if key not in _OWN}
    return {**body, "metadata": {**kept, **({"name": name} if name else {})}}


def _scaled(version: str, resource: str, kinds: Kinds, scale: Mapping[str, Any]) -> dict[str, Any]:
    """Some workload that a scale is of."""
    kind = next(kind for (at, kind), served in kinds.items() if (at, served.resource) == (version, resource))
    labels = {"app": "scaled"}
    container = {"name": "scaled", "image": "registry.example/scaled@sha256:" + "0" * 64}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": _metadata(scale).get("name")}, "spec": {
        "replicas": (scale.get("spec") or {}).get("replicas", 1), "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}}


def _metadata(body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    found = (body or {}).get("metadata")
    return found if isinstance(found, Mapping) else {}


def _login(user: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """A user by impersonation."""
    name, groups, extra = user.get("username"), user.get("groups") or (), user.get("extra") or {}
    if not name:
        raise UnaskableError("it has no user")
    found = [("Impersonate-User", str(name)), *(("Impersonate-Group", str(group)) for group in groups if group != _EVERYBODY)]
    found += [("Impersonate-Uid", str(user["uid"]))] if user.get("uid") else []
    found += [(f"Impersonate-Extra-{quote(key, safe='')}", str(value)) for key, values in extra.items() for value in values]
    if not all(value.isascii() and value.isprintable() for _name, value in found):
        raise UnaskableError("its user has a name that no header takes")
    return tuple(found)
