"""An object -> the images that its containers run, and the chart or artifact version that it deploys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ...model import FieldPath, Resource, value_at

_PODS: tuple[FieldPath, ...] = (
    ("spec", "template", "spec"), ("spec", "jobTemplate", "spec", "template", "spec"), ("template", "spec"),
)
CONTAINERS = ("initContainers", "containers")
CHARTS = frozenset({("argoproj.io", "Application"), ("helm.toolkit.fluxcd.io", "HelmRelease"),
                     ("source.toolkit.fluxcd.io", "OCIRepository")})


class Version(NamedTuple):
    """What one container or object runs."""

    part: str
    """The container's or the chart's name: what it is paired by."""
    kind: str
    """image, chart or artifact"""
    name: str
    """Of a chart, its repository; of an artifact, its address; empty for an image."""
    text: str
    """The image reference, version or digest, as it is."""
    path: FieldPath

    @property
    def token(self) -> str:
        """What a difference must hold where this version came in: the digest, else the tag or version."""
        if self.kind != "image":
            return self.text
        reference, _at, digest = self.text.partition("@")
        if digest:
            return digest.rpartition(":")[2]
        tag = reference.rpartition("/")[2].partition(":")[2]
        return tag or reference


def is_chart(resource: Resource) -> bool:
    """Whether an object deploys a chart or artifact by its version."""
    return (resource.id.group, resource.id.kind) in CHARTS and any(True for _version in _of_object(resource))


def pod_spec(resource: Resource) -> FieldPath | None:
    """Where an object has its pod's spec; None where it makes no pods."""
    for path in (("spec",), *_PODS) if resource.id.kind == "Pod" else _PODS:
        spec = value_at(resource.body, path)
        if isinstance(spec, Mapping) and isinstance(spec.get("containers"), list):
            return path
    return None


def containers(resource: Resource) -> Iterator[tuple[str, FieldPath, Mapping[str, Any]]]:
    """Each container: the list it is in, its path, and itself."""
    base = pod_spec(resource)
    for field in CONTAINERS if base is not None else ():
        items = value_at(resource.body, (*(base or ()), field))
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, Mapping) and isinstance(item.get("name"), str):
                yield field, (*(base or ()), field, index), item


def versions(resource: Resource) -> Iterator[Version]:
    """All that an object runs."""
    for _field, path, item in containers(resource):
        image = item.get("image")
        if isinstance(image, str) and image:
            yield Version(item["name"], "image", "", image, (*path, "image"))
    if (resource.id.group, resource.id.kind) in CHARTS:
        yield from _of_object(resource)


def _of_object(resource: Resource) -> Iterator[Version]:
    spec, kind = resource.body.get("spec"), resource.id.kind
    if not isinstance(spec, Mapping):
        return
    if kind == "HelmRelease":
        chart = value_at(spec, ("chart", "spec"))
        yield from _chart(chart, "chart", "", "version", ("spec", "chart", "spec"))
    elif kind == "OCIRepository":
        ref = spec.get("ref")
        field = next((name for name in ("digest", "semver", "tag") if isinstance(ref, Mapping) and ref.get(name)), None)
        if field in ("digest", "tag") and isinstance(ref, Mapping):
            yield Version("", "artifact", str(spec.get("url") or ""), str(ref[field]), ("spec", "ref", field))
    else:
        sources = spec.get("sources")
        if isinstance(sources, list) and sources:
            for index, source in enumerate(sources):
                yield from _chart(source, "chart", "repoURL", "targetRevision", ("spec", "sources", index))
        else:
            yield from _chart(spec.get("source"), "chart", "repoURL", "targetRevision", ("spec", "source"))


def _chart(source: Any, name: str, repository: str, version: str, path: FieldPath) -> Iterator[Version]:
    if isinstance(source, Mapping) and isinstance(source.get(name), str) and isinstance(source.get(version), str):
        address = source.get(repository) if repository else ""
        yield Version(source[name], "chart", address if isinstance(address, str) else "", source[version], (*path, version))
