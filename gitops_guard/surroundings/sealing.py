"""The targets of a side -> what the policies of encrypted Secrets ask: who deploys ciphertext, and what was sealed as what.

SOPS: fluxcd/kustomize-controller `internal/decryptor`. Sealed Secrets: bitnami-labs/sealed-secrets `pkg/crypto` (the label).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import SourceError
from ..evaluate.facts import ciphertext
from ..evaluate.placeholders import in_use
from ..graph.expand import is_controller
from ..grow import node_id
from ..later import holding
from ..model import Resource, ResourceId
from ..origin import Map, Origin, Seq
from ..source import Dialect, Sources, Stream
from ..targets import Built
from ..tree import OutsideError

_MOST = 50
"""Encrypted objects that a message might name."""


def encrypted(built: Iterable[Built]) -> dict[tuple[ResourceId, str | None], list[str]]:
    """(controller object, the target that holds it) -> the objects with SOPS ciphertext that it deploys, as far as known.

    Objects of different clusters may share a name: what is deployed must have grown from the same root as its owner.
    """
    items = list(built)
    cipher: dict[str, list[tuple[frozenset[str], list[str]]]] = {}
    for item in items:
        if item.target.owners:
            names = [str(resource.id) for resource in item.resources if ciphertext(resource.body)]
            for owner in item.target.owners:
                cipher.setdefault(owner.id, []).append((item.scopes, names))
    found: dict[tuple[ResourceId, str | None], list[str]] = {}
    for item in items:
        for resource in holding(item.resources, {"Kustomization"}):
            if is_controller(resource) and resource.id.kind == "Kustomization":
                deployed = [name for scopes, names in cipher.get(node_id(resource.id), ())
                         if not item.scopes or not scopes or item.scopes & scopes for name in names]
                found[resource.id, resource.target] = sorted(set(deployed))[:_MOST]
    return found


def declared_names(sources: Sources, built: Iterable[Built]) -> dict[Origin, dict[str, Any]]:
    """Where a SealedSecret is declared -> its `name` and `namespace` there, and `built`: the namespaces it is built into.

    One that no file declares (a chart's template makes it) is left out.
    """
    places: dict[Origin, set[str]] = {}
    for item in built:
        for resource in holding(item.resources, {"SealedSecret"}):
            if _is_sealed(resource):
                into = resource.id.namespace or item.target.namespace or ""
                places.setdefault(resource.declared, set()).add(into)
    found = {}
    for declared, namespaces in places.items():
        meta = next((meta for place, meta in _metadata(sources, declared.file) if place[:3] == declared[:3]), None)
        if meta is not None:
            found[declared] = {"name": _text(meta, "name"), "namespace": _text(meta, "namespace"), "built": sorted(namespaces)}
    return found


def plugins(texts: Iterable[tuple[str, Stream]]) -> tuple[str, ...]:
    """The plugins that fill in Secrets and that some file shows in use, of those that hold one of MARKS."""
    return ("avp",) if any(in_use(stream.text) for _path, stream in texts) else ()


def _is_sealed(resource: Resource) -> bool:
    return resource.id.kind == "SealedSecret" and resource.id.group == "bitnami.com"


def _metadata(sources: Sources, path: str) -> Iterator[tuple[Origin, Map]]:
    """The place of `kind` and the metadata of each object of a file, those of lists among them."""
    try:
        documents = sources.stream(path).load(Dialect.RESOURCE, duplicates=True, any_key=True)
    except (SourceError, OutsideError, OSError):
        return  # whoever builds it tells of it
    waiting = list(documents)
    while waiting:
        document = waiting.pop()
        if not isinstance(document, Map):
            continue
        meta, items = document.get("metadata"), document.get("items")
        if isinstance(meta, Map) and "kind" in document.at:
            yield document.at["kind"], meta
        waiting.extend(items if isinstance(items, Seq) else ())


def _text(meta: Map, key: str) -> str:
    value = meta.get(key)
    return value if isinstance(value, str) else ""
