"""What is known of a repository as a whole, as the policies of scope repository see it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import Resource


@dataclass(frozen=True)
class Repository:
    """The members of the input but for its objects, which each policy gets by its kinds; schemas/input-repository.json."""

    targets: Sequence[Mapping[str, Any]] = ()
    graph: Mapping[str, Any] = field(default_factory=dict)
    codeowners: Mapping[str, Any] | None = None
    tracked: Mapping[str, Any] = field(default_factory=lambda: {"branches": ["main", "master"], "repositories": []})
    """The branches of this repository that are deployed, and its addresses."""
    files: Sequence[Mapping[str, Any]] = ()
    """What CI files and scripts do with git."""
    guard: Mapping[str, Any] | None = None
    """How both sides of a change guard themselves; None where nothing is compared."""
    references: Mapping[str, Any] = field(default_factory=dict)
    """What is read from elsewhere."""
    history: Mapping[str, Any] | None = None
    """What staging and production have in common; None where no policy asks."""
    named: Sequence[Resource] = ()
    """The objects that the history names."""
    generated: Sequence[Resource] = ()
    """The objects that generators make."""

    @property
    def document(self) -> dict[str, Any]:
        """The members that lines stand in."""
        return {"targets": list(self.targets), "graph": self.graph, "codeowners": self.codeowners, "tracked": self.tracked,
                "files": list(self.files), "guard": self.guard, "references": self.references, "history": self.history}

    def members(self, objects: Iterable[tuple[str, str]]) -> str:
        """The JSON text of the members of an input; an object is its target's id and its own JSON text."""
        listed = ",".join(f'{{"target":{json.dumps(target)},"object":{text}}}' for target, text in objects)
        return f'{json.dumps(self.document, allow_nan=False)[1:-1]},"objects":[{listed}]'
