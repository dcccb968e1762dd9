"""An ExternalArtifact that an ArtifactGenerator of this repository makes -> the git folder that it is a copy of.

Rules: Flux's source-watcher copies `@alias/folder/**` to `@artifact/folder/`. What comes of that is one folder of the repository
where all copies are from one source and shift every path by the same folder; else it can't be known from here.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ...model import Resource
from ...origin import Map
from ..expansion import GENERATOR, Found
from ..fields import has, mappings, text
from ..world import World

_ALL = "/**"


@dataclass(frozen=True)
class Copied:
    """Where an artifact is from."""

    kind: str
    namespace: str
    name: str
    """Of the source."""
    folder: str
    """The artifact's root, as a folder of the source."""


def copied(found: Found, world: World, namespace: str, name: str) -> Copied | None:
    """What the artifact of that name is a copy of; None where no generator makes it, or not so simply."""
    for generator in world.objects.near(found.scope, *GENERATOR):
        if generator.id.namespace != namespace:
            continue
        for _, artifact in mappings(generator.body, "spec", "artifacts"):
            if text(artifact, "name") == name:
                return _origin(generator, artifact)
    return None


def _origin(generator: Resource, artifact: Map) -> Copied | None:
    shifts = {_shift(copy) for _, copy in mappings(artifact, "copy")}
    if len(shifts) != 1 or (shift := shifts.pop()) is None:
        return None
    alias, folder = shift
    for _, source in mappings(generator.body, "spec", "sources"):
        if text(source, "alias") == alias:
            return Copied(text(source, "kind"), text(source, "namespace") or generator.id.namespace, text(source, "name"), folder)
    return None


def _shift(copy: Map) -> tuple[str, str] | None:
    """The alias, and the folder that all paths of one copy lose."""
    start, target = text(copy, "from"), text(copy, "to")
    if not start.startswith("@") or not start.endswith(_ALL) or not target.startswith("@artifact/") or has(copy, "exclude"):
        return None
    alias, _slash, inner = start[1:].removesuffix(_ALL).partition("/")
    before = posixpath.normpath("/" + inner).strip("/")
    after = posixpath.normpath("/" + target.removeprefix("@artifact/")).strip("/")
    if any(character in before for character in "*?[{"):
        return None
    if not after:
        return alias, before or "."
    if before == after:
        return alias, "."
    return (alias, before.removesuffix("/" + after)) if before.endswith("/" + after) else None
