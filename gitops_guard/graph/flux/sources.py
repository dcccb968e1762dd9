"""Flux's sources and image automation -> their nodes: they deploy nothing themselves, and read what others deploy.

Rules: source-controller, image-reflector-controller and image-automation-controller.
"""

from __future__ import annotations

from ...nodes import Source
from ..expansion import Expansion, Found
from ..fields import mappings, text
from ..world import World
from .common import make_node, node_id, normal, reference, revision_of, url_of

_SOURCE_KINDS = ("GitRepository", "OCIRepository", "HelmRepository", "Bucket", "ExternalArtifact")


def expand_source(found: Found, world: World) -> Expansion:
    """What a source, a chart or an object of the image automation means. Never raises."""
    del world
    body, name = found.resource.body, found.resource.id
    edges: set[tuple[str, str]] = set()
    source: Source | None = None
    if name.kind in _SOURCE_KINDS:
        has_revision = name.kind not in ("HelmRepository", "Bucket")
        source = Source(url_of(found.resource), revision=revision_of(found.resource) if has_revision else None)
        for _, entry in mappings(body, "spec", "include"):
            if text(entry, "repository", "name"):
                edges.add(("sources", node_id("GitRepository", name.namespace, text(entry, "repository", "name"))))
    elif name.kind == "HelmChart":
        source = Source(chart=text(body, "spec", "chart") or None, revision=text(body, "spec", "version") or "*", tool="helm")
        edges |= _edge(found, "sourceRef")
    elif name.kind == "ImageRepository":
        source = Source(text(body, "spec", "image") or None)
    elif name.kind == "ImagePolicy":
        edges |= _edge(found, "imageRepositoryRef", kind="ImageRepository")
    else:
        source = Source(path=normal(text(body, "spec", "update", "path")))
        edges |= _edge(found, "sourceRef")
    return Expansion(make_node(found, [], source=source), edges=tuple(sorted(edges)))


def _edge(found: Found, field: str, kind: str = "") -> set[tuple[str, str]]:
    named, namespace, name = reference(found.resource.body, "spec", field, namespace=found.resource.id.namespace)
    return {("sources", node_id(kind or named, namespace, name))} if name and (kind or named) else set()
