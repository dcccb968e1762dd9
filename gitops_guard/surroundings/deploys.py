"""A side's controller objects -> what each of them deploys and makes, as far as all of it is known.

Objects of different clusters may share a name: what is deployed must have grown from a root of the object that deploys it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..graph.expand import CONTROLLERS, is_controller
from ..grow import node_id
from ..later import holding
from ..model import Resource, ResourceId
from ..side import Side

Holding = tuple[ResourceId, str | None]
"""A controller object, and the target that holds it."""
_Output = tuple[frozenset[str], Sequence[Resource] | None]
"""The roots that a target grew from, and what it holds; None where not all of that is known."""


def deployed(side: Side) -> dict[Holding, list[Resource]]:
    """What each controller object deploys; of a generator, what all that it makes does.

    Those of which that is not known are left out.
    """
    outputs: dict[str, list[_Output]] = {}
    for item in side.built:
        for owner in item.target.owners:
            outputs.setdefault(owner.id, []).append((item.scopes, item.resources if item.status == "rendered" else None))

    def of(name: str, scopes: frozenset[str]) -> list[Resource] | None:
        near = [output for roots, output in outputs.get(name, ()) if _are_near(roots, scopes)]
        if not near or None in near:
            return None
        return [resource for output in near for resource in output or ()]

    found = {}
    made = _made(side)
    for resource, place, scopes in _controllers(side):
        name = node_id(resource.id)
        parts = [of(name, scopes)] if name in outputs or name not in made else []
        parts += [of(node_id(one.id), frozenset([scope])) for one, scope in made.get(name, ()) if _are_near({scope}, scopes)]
        known = [part for part in parts if part is not None]
        if known and len(known) == len(parts):
            found[place] = [resource for part in known for resource in part]
    return found


def generated(side: Side) -> dict[Holding, list[Resource]]:
    """The objects that each ApplicationSet makes. Those of which it is not known are left out."""
    made = _made(side)
    known = _known_sets(side)
    return {place: [one for one, scope in made.get(node_id(resource.id), ()) if _are_near({scope}, scopes)]
            for resource, place, scopes in _controllers(side)
            if resource.id.kind == "ApplicationSet" and _is_known(known.get(node_id(resource.id), ()), scopes)}


def _known_sets(side: Side) -> dict[str, list[tuple[str, bool]]]:
    """The id of each ApplicationSet: the roots that it grew from, and whether it is known what it makes there."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for node in side.graph.nodes:
        if node.kind == "ApplicationSet":
            found.setdefault(node.id, []).append((node.scope, node.status == "resolved"))
    return found


def _is_known(roots: Iterable[tuple[str, bool]], scopes: frozenset[str]) -> bool:
    near = [known for root, known in roots if not root or _are_near({root}, scopes)]
    return bool(near) and all(near)


def _made(side: Side) -> dict[str, list[tuple[Resource, str]]]:
    """The id of each generator with what it makes, and the root that it grew from."""
    found: dict[str, list[tuple[Resource, str]]] = {}
    for maker, resource, scope in side.generated:
        found.setdefault(maker, []).append((resource, scope))
    return found


def _controllers(side: Side) -> Iterator[tuple[Resource, Holding, frozenset[str]]]:
    for item in side.built:
        for resource in holding(item.resources, CONTROLLERS):
            if is_controller(resource):
                yield resource, (resource.id, resource.target), item.scopes


def _are_near(some: Iterable[str], others: frozenset[str]) -> bool:
    roots = frozenset(some)
    return not roots or not others or bool(roots & others)
