"""An AppProject -> its node: it deploys nothing itself."""

from __future__ import annotations

from ...model import Location
from ...nodes import Node
from ..expansion import Expansion, Found
from ..world import World


def expand_project(found: Found, world: World) -> Expansion:
    """The node of an AppProject. Never raises."""
    del world
    name, at = found.resource.id, found.resource.declared
    return Expansion(Node(
        f"argocd/AppProject/{name.namespace or 'default'}/{name.name}", "argocd", "AppProject", name.namespace or None, name.name,
        Location(at.file, at.line, at.column), scope=found.scope, generated_by=found.generated_by))
