"""What a cluster holds -> the mask knows what of it must not be shown, and the findings about it are worded after that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .drift.find import Found
from .drift.view import View
from .live import Identity, LiveState
from .mask import Mask
from .model import Fault, Resource
from .origin import Map, Origin, Seq


@dataclass(frozen=True)
class Reported:
    """What rules about secrets say. One that could not be judged is no word of theirs, but a fault of another category."""

    ask: Callable[[Sequence[Resource]], Sequence[Fault]]
    """Of objects of a cluster."""
    of_git: Sequence[Fault]
    """Of what Git states."""


def hide(state: LiveState, mask: Mask) -> None:
    """Take into the mask the values of the Secrets that live."""
    for key, live in state.objects.items():
        if (key.group, key.kind) == ("", "Secret"):
            body = _tree(live)
            mask.secret(Resource(body, None, Origin("", 1, 1)))


def told(found: Found, view: View, state: LiveState, mask: Mask, reported: Reported) -> list[Fault]:
    """What there is to report, and which rules could not say whether it holds secrets; then no value is shown at all."""
    unjudged = {(fault.message, fault.target): fault for fault in reported.of_git if not fault.rule.startswith("secrets/")}
    for fault in reported.ask([live for key in sorted(found.differing) for live in _forms(key, state)]):
        if fault.rule.startswith("secrets/"):
            mask.fault(fault)
        elif fault.resource is None:
            unjudged.setdefault((fault.message, fault.target), fault)
        else:
            unjudged[fault.message, fault.target] = replace(
                fault, resource=None, name=fault.resource.id, location=view.parts[0].place)
    return [*unjudged.values(), *found.tell.faults(lambda text: bool(unjudged) or mask.text(text) != text)]


def _forms(key: Identity, state: LiveState) -> Iterator[Resource]:
    """An object as it lives, and as a dry run predicts it."""
    predicted = state.predictions.get(key)
    for body in (state.objects[key], predicted.body if predicted is not None else None):
        if body is not None:
            yield Resource(_tree(body), None, Origin("", 1, 1))


def _tree(value: Any) -> Any:
    """A plain value with containers that could have origins."""
    if isinstance(value, dict):
        return Map({key: _tree(item) for key, item in value.items()})
    if isinstance(value, list):
        return Seq([_tree(item) for item in value])
    return value

