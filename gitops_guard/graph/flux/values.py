"""The values of a HelmRelease -> layers, the weakest first, each with its place.

Rules: fluxcd/pkg `chartutil` `ChartValuesFromReferences`: `valuesFrom` in order, then `values`, then what entries with a
`targetPath` set, as far as it survives (see `precedence`).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from ...errors import SourceError
from ...model import FieldPath
from ...origin import Map, Origin
from ...recipes import Values
from ...source import Dialect, Stream, parse, parse_embedded
from ..expansion import Found
from ..fields import flag, mapping, mappings, text
from ..world import World
from .common import ProblemError
from .precedence import survivors

_KINDS = ("ConfigMap", "Secret")
_QUOTES = "'\""


def values_of(found: Found, world: World, folder: str) -> list[Values]:
    """The layers above the chart's own values. Raises ProblemError where one is wrong or not known; `folder` is the chart's."""
    body = found.resource.body
    inline = mapping(body, "spec", "values")
    layers: list[Values] = []
    for index, entry in mappings(body, "spec", "valuesFrom"):
        at: FieldPath = ("spec", "valuesFrom", index)
        value = _referenced(found, world, entry, at, folder)
        if value is None:
            continue
        written, origin = value
        target = text(entry, "targetPath")
        if target:
            layers.append(_set(target, written, origin, literal=flag(entry, "literal")))
        else:
            layers.append(Values(inline=_parsed(written, origin, at, folder), origin=origin))
    if not inline:
        return layers
    own = Values(inline=inline, origin=mapping(body, "spec").at.get("values"))
    late = survivors(inline, [(layer.target_path or "", layer.inline or Map()) for layer in layers])
    early = [layer for index, layer in enumerate(layers) if index not in late]
    return [*early, own, *(layer for index, layer in enumerate(layers) if index in late)]


def _referenced(found: Found, world: World, entry: Map, at: FieldPath, folder: str) -> tuple[str, Origin] | None:
    """The text that an entry of valuesFrom stands for, and its place; None for an optional one that is not there."""
    kind, name = text(entry, "kind"), text(entry, "name")
    key, optional = text(entry, "valuesKey") or "values.yaml", flag(entry, "optional")
    if kind not in _KINDS or not name:
        raise ProblemError("failed", "valuesFrom names a ConfigMap or a Secret", at, "correct kind and name", uses=(folder,))
    source = world.objects.get(found.scope, "", kind, found.resource.id.namespace, name)
    if source is None:
        if optional:
            return None
        raise ProblemError("unresolved", f"values come from {kind}/{name}, which is not in this repository", at, uses=(folder,))
    for field in ("stringData", "data") if kind == "Secret" else ("data",):
        values = mapping(source.body, field)
        if not isinstance(values.get(key), str):
            continue
        written, origin = values[key], values.at.get(key, source.declared)
        if type(source.body.get("sops")) is Map and written.startswith("ENC["):
            raise ProblemError("unresolved", f"values come from {kind}/{name}, which is encrypted", at, uses=(folder,))
        if field == "stringData" or kind == "ConfigMap":
            return written, origin
        plain = _decoded(written)
        if plain is None:
            raise ProblemError("failed", f"the key {key} of {kind}/{name} is no base64 text", at, "encode it", uses=(folder,))
        return plain, origin._replace(block=0, packed="", exact=False)
    if optional:
        return None
    raise ProblemError("failed", f"{kind}/{name} has no key {key}", (*at, "valuesKey") if "valuesKey" in entry else at,
                       "correct valuesKey, or add the key", uses=(folder,))


def _set(target: str, written: str, origin: Origin, *, literal: bool) -> Values:
    """A single value; in quotes it stays a text."""
    quoted = len(written) > 0 and any(written.startswith(quote) and written.endswith(quote) for quote in _QUOTES)
    if quoted and not literal:
        return Values(origin=origin, target_path=target, text=written.strip(_QUOTES), as_string=True)
    return Values(origin=origin, target_path=target, text=written, literal=literal)


def _parsed(written: str, origin: Origin, at: FieldPath, folder: str) -> Map:
    try:
        documents = _stream(written, origin).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError as error:
        raise ProblemError("failed", f"the values are no YAML: {error.message}", at, "correct them", uses=(folder,)) from None
    value: Any = documents[0] if documents else None
    if value is not None and type(value) is not Map:
        raise ProblemError("failed", "the values are no mapping", at, "write `key: value` lines", uses=(folder,))
    return Map() if value is None else value


def _stream(written: str, origin: Origin) -> Stream:
    if origin.packed:
        return parse(written.encode("utf-8", "surrogateescape"), origin.packed)
    return parse_embedded(written, origin)


def _decoded(value: str) -> str | None:
    try:
        return base64.b64decode(re.sub(r"\s", "", value), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
