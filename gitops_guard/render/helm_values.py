"""The values of a chart: a values file and `valuesInline` go in, the one file comes out that helm is given in their place.

Rules: kustomize's `HelmChartInflationGenerator` and kyaml's `merge2`: a null of the winner removes a key, lists are replaced.
"""

from __future__ import annotations

import json
from typing import Any

from ..origin import Map, Origin, Seq, clone
from ..source import Dialect, Stream
from .load import fail


def as_file(values: Map, place: Origin) -> bytes:
    """Values as a file for helm; JSON is YAML. Raises RenderError."""
    try:
        return json.dumps(values, allow_nan=False).encode("utf-8")
    except ValueError:
        raise fail("values with a number that is none (NaN, infinity)", place, "write a number") from None


def merged(stream: Stream, inline: Map, option: str, place: Origin) -> Map:
    """A values file with the inline values over it (`override`) or below it (`merge`). Raises RenderError or SourceError."""
    documents = stream.load(Dialect.RESOURCE)
    own = documents[0] if documents else None
    if type(own) is not Map:
        raise fail(f"the values file holds no mapping: {stream.file}", place, "write values into it, or use valuesMerge: replace")
    winner, loser = (inline, own) if option == "override" else (own, inline)
    found: Map = clone(loser)
    _merge(found, winner, place)
    return found


def _merge(into: Map, winner: Map, place: Origin) -> None:
    for key in [key for key, value in into.items() if value is None and (at := into.at.get(key)) is not None and at.absent]:
        into.drop(key)
    for key, value in winner.items():
        origin = winner.at.get(key)
        known = into.get(key)
        if value is None:
            into.drop(key)
        elif known is None:
            into.put(key, clone(value), origin)
        elif _shape(known) is not _shape(value):
            raise fail(f"the values of the chart disagree whether {key} is a mapping, a list or a scalar", origin or place,
                       "write it as the values file does")
        elif type(known) is Map:
            _merge(known, value, place)
        else:
            into.put(key, clone(value), origin)


def _shape(value: Any) -> type:
    return type(value) if type(value) in (Map, Seq) else str
