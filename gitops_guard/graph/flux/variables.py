"""postBuild of a Flux Kustomization -> the variables it substitutes, each with its place, and the objects nobody here knows.

Rules: fluxcd/pkg `kustomize` `LoadVariables`: the objects of `substituteFrom` in order, a later one wins; inline values win over
all; line breaks are taken out. The values of encrypted Secrets are as unknown as objects that are not in the repository.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from ...model import Resource
from ...origin import Map, Origin
from ...recipes import Substitution, Variable
from ...scalars import go_float
from ..expansion import Found
from ..fields import flag, mapping, mappings, text
from ..world import World
from .common import ProblemError

_KINDS = ("ConfigMap", "Secret")
_OLD_DEFAULT = (2, 8)
"""The last version of Flux in which a variable without a value is empty."""


def variables_of(found: Found, world: World) -> tuple[Substitution | None, list[ProblemError]]:
    """The substitution, or None where there is no postBuild; and what is wrong with it."""
    body = found.resource.body
    block = mapping(body, "spec", "postBuild")
    if not block:
        return None, []
    values: dict[str, Variable] = {}
    unknown: list[str] = []
    perhaps: list[str] = []
    problems: list[ProblemError] = []
    configured = {name: Variable(value.replace("\n", ""), _configured(world, name))
                  for name, value in sorted(world.config.flux.variables.items())}
    for index, entry in mappings(block, "substituteFrom"):
        kind, name = text(entry, "kind"), text(entry, "name")
        if kind not in _KINDS or not name:
            problems.append(ProblemError("failed", "substituteFrom names a ConfigMap or a Secret",
                                         ("spec", "postBuild", "substituteFrom", index), "correct kind and name"))
            continue
        known = world.objects.get(found.scope, "", kind, found.resource.id.namespace, name)
        if known is not None:
            values.update(_values(known, unknown))
            continue
        values.update(configured)
        (perhaps if flag(entry, "optional") else unknown).append(f"{kind}/{name}")
    values.update(_inline(mapping(block, "substitute"), found.resource.declared))
    given = Substitution(
        values, tuple(unknown), tuple(perhaps), strict=is_strict(world.config.flux.version),
        always=text(block, "substituteStrategy") == "Always", origin=mapping(body, "spec").at.get("postBuild"),
    )
    return given, problems


def is_strict(version: str | None) -> bool:
    """Whether a variable without a value stops Flux of that version; None is the newest."""
    if version is None:
        return True
    numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
    return tuple([*numbers, 0, 0][:2]) > _OLD_DEFAULT


def _configured(world: World, name: str) -> Origin:
    place = world.config.location("flux", "variables", name)
    return Origin(place.file, place.line, place.column, place.quality == "exact")


def _inline(values: Map, near: Origin) -> Iterator[tuple[str, Variable]]:
    for name, value in values.items():
        written = _scalar(value)
        if written is not None:
            yield name, Variable(written.replace("\n", ""), values.at.get(name, near))


def _scalar(value: object) -> str | None:
    """A value as text: those that are none by mistake are refused by the API server, but what is meant is clear."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return go_float(value)
    return str(value) if isinstance(value, (int, str)) else None


def _values(source: Resource, unknown: list[str]) -> Iterator[tuple[str, Variable]]:
    """The data of a ConfigMap or Secret; one whose values are encrypted is added to `unknown`."""
    kind, body = source.id.kind, source.body
    encrypted = type(body.get("sops")) is Map
    open_ = True
    for field in ("data", "stringData") if kind == "Secret" else ("data",):
        values = mapping(body, field)
        for name, value in values.items():
            written = _scalar(value)
            if written is None:
                continue
            if encrypted and written.startswith("ENC["):
                open_ = False
                continue
            plain = _decoded(written) if field == "data" and kind == "Secret" else written
            if plain is None:
                open_ = False
                continue
            yield name, Variable(plain.replace("\n", ""), values.at.get(name, source.declared))
    if not open_:
        unknown.append(f"{kind}/{source.id.name}")


def _decoded(value: str) -> str | None:
    try:
        return base64.b64decode(re.sub(r"\s", "", value), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
