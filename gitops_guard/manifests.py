"""A YAML or JSON file outside any kustomization -> the Kubernetes objects in it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from .errors import SourceError
from .model import Resource
from .origin import Map, Origin, Seq, clone
from .source import Dialect, Sources, Stream

SUFFIXES = (".yaml", ".yml", ".json")
KUSTOMIZATION_FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")

# Files of tools that look like objects and are never sent to an API server.
_FOREIGN_GROUPS = frozenset({
    "kustomize.config.k8s.io", "kind.x-k8s.io", "k3d.io", "kubeadm.k8s.io", "kubelet.config.k8s.io", "kubeproxy.config.k8s.io",
    "kubescheduler.config.k8s.io", "apiserver.config.k8s.io", "audit.k8s.io", "client.authentication.k8s.io", "skaffold",
    "backstage.io", "ctlptl.dev", "viaduct.ai", "goreleaser.com", "imageset.openshift.io", "mirror.openshift.io",
})


def is_manifest(document: Any) -> bool:
    """Whether a document is an object for the API server: apiVersion, kind and a name, or a List."""
    if not isinstance(document, dict):
        return False
    version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or not version or not kind:
        return False
    if version.partition("/")[0] in _FOREIGN_GROUPS or (version == "v1" and kind == "Config"):
        return False
    if kind.endswith("List") and isinstance(document.get("items"), list):
        return True
    meta = document.get("metadata")
    return isinstance(meta, dict) and isinstance(meta.get("name") or meta.get("generateName"), str)


def looks_like_manifest(text: str) -> bool:
    """Whether a file that can't be parsed was meant to be one: then its fault is worth a finding."""
    return all(_has_key(text, key) for key in ("apiVersion", "kind", "metadata"))


def _has_key(text: str, key: str) -> bool:
    return text.startswith((key + ":", '"' + key + '"')) or f"\n{key}:" in text or f'"{key}"' in text


def read(sources: Sources, path: str, target: str | None) -> list[Resource]:
    """The objects of a file, Lists flattened, in order; documents that are none are left out.

    Read as kubectl reads them (YAML 1.1). Raises SourceError where the file can't be read.
    """
    return objects(sources.stream(path), target)


def objects(stream: Stream, target: str | None) -> list[Resource]:
    """The objects of a stream, read as `read` does. Raises SourceError."""
    found: list[Resource] = []
    documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    for document, origin in zip(documents, stream.origins(), strict=True):
        if is_manifest(document):
            found.extend(_flatten(document, origin, target))
    return found


def reviews(stream: Stream, target: str | None) -> list[Resource]:
    """The AdmissionReviews of a stream: what an API server asks, and no object of its own. Raises SourceError."""
    documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    return [Resource(document, target, document.at["kind"] or origin)
            for document, origin in zip(documents, stream.origins(), strict=True)
            if isinstance(document, Map) and document.get("kind") == "AdmissionReview" and type(document.get("request")) is Map]


def _flatten(document: Map, origin: Origin, target: str | None) -> Iterator[Resource]:
    items = document.get("items")
    if str(document["kind"]).endswith("List") and type(items) is Seq:
        for item, at in zip(items, items.at, strict=True):
            whole = _typed(item, document)
            if is_manifest(whole):
                yield from _flatten(whole, at or origin, target)
        return
    yield Resource(document, target, document.at.get("kind", origin))


def _typed(item: Any, parent: Map) -> Any:
    """An item of a `SecretList` that has no type of its own, with that of its list: so kubectl reads it."""
    kind = str(parent["kind"]).removesuffix("List")
    if not kind or type(item) is not Map or item.get("kind") or item.get("apiVersion"):
        return item
    typed: Map = clone(item)
    typed.put("apiVersion", parent["apiVersion"], parent.at["apiVersion"])
    typed.put("kind", kind, parent.at["kind"])
    return typed


def strays(sources: Sources, path: str) -> Iterator[SourceError]:
    """Items of Lists that are no objects: kubectl refuses the whole List. Raises SourceError where the file can't be read."""
    for document in sources.stream(path).load(Dialect.MANIFEST, duplicates=True, any_key=True):
        items = document.get("items") if is_manifest(document) and str(document["kind"]).endswith("List") else None
        if type(items) is not Seq:
            continue
        for number, (item, origin) in enumerate(zip(items, items.at, strict=True), 1):
            if not is_manifest(_typed(item, document)):
                line, column = (origin.line, origin.column) if origin is not None else (1, 1)
                message = f"item {number} of the {document['kind']} is no object with apiVersion, kind and a name"
                yield SourceError("source/invalid-yaml", message, path, line, column, remedy="complete the item, or remove it")


def duplicates(sources: Sources, path: str) -> list[SourceError]:
    """Keys that a file's mappings hold twice. Raises SourceError where the file can't be read."""
    stream = sources.stream(path)
    stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    return stream.duplicates


def chart_folders(files: tuple[str, ...]) -> frozenset[str]:
    """The folders that hold a Helm chart; what lies in them is text for templates."""
    return frozenset(posixpath.dirname(path) or "." for path in files if posixpath.basename(path) == "Chart.yaml")


def in_chart(path: str, charts: frozenset[str]) -> bool:
    """Whether a file lies in a chart's folder, at any depth."""
    folder = posixpath.dirname(path) or "."
    while True:
        if folder in charts:
            return True
        if folder == ".":
            return False
        folder = posixpath.dirname(folder) or "."
