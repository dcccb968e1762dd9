"""What a kustomization gathers while it is built, on its way up to the one that uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..model import Fault
from .configurations import EMPTY, Config
from .load import UnresolvedError
from .resource import ResMap

if TYPE_CHECKING:
    from .vars import Var


@dataclass
class Accumulated:
    """What a kustomization has gathered: resources and the rules that go up with them."""

    resources: ResMap = field(default_factory=ResMap)
    config: Config = EMPTY
    vars: dict[str, Var] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    incomplete: bool = False
    """A part of it is unresolved: what seems to be missing may be there."""
    inherits: bool = False
    """A chart in it is installed into the namespace of whoever uses it."""

    def clone(self) -> Accumulated:
        """A copy for another user."""
        return Accumulated(self.resources.clone(), self.config, self.vars.copy(), self.faults.copy(), self.read.copy(),
                           self.folders.copy(), self.incomplete, self.inherits)

    def take(self, other: Accumulated) -> None:
        """Add what another one has read and noted; its resources and rules are the caller's business."""
        self.faults.extend(other.faults)
        self.read |= other.read
        self.folders |= other.folders
        self.incomplete = self.incomplete or other.incomplete
        self.inherits = self.inherits or other.inherits

    def note(self, error: UnresolvedError) -> None:
        """Remember a part that can't be known."""
        self.faults.append(error.fault)
        self.incomplete = True
