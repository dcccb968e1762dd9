"""What a run is asked for; the command line makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .baseline import Baseline
from .config import Config
from .evaluate import Opa
from .observer import UNOBSERVED, Observer
from .policy import PolicySet
from .selection import Selection


@dataclass(frozen=True)
class GraphRequest:
    """Which repository is read, and how."""

    root: Path
    named: tuple[str, ...]
    """The paths of the command line, relative to the root; `.` is all of it."""
    config: Config
    allow_remote: bool = field(default=False, kw_only=True)
    """Whether remote bases, files and charts are fetched."""
    allowed: tuple[Path, ...] = field(default=(), kw_only=True)
    """Folders outside the repository that `repositories:` may name."""
    base: str | None = field(default=None, kw_only=True)
    """What git calls the revision that a change is compared with."""
    staged: bool = field(default=False, kw_only=True)
    """Whether git's index is read in place of the work tree."""
    observer: Observer = field(default=UNOBSERVED, kw_only=True, compare=False, repr=False)
    """Who is told of the steps."""


@dataclass(frozen=True)
class Request(GraphRequest):
    """What a check is asked for."""

    policies: PolicySet
    selection: Selection
    kubernetes_version: str | None
    schema_locations: tuple[str, ...]
    jobs: int
    today: str
    """YYYY-MM-DD, for waivers."""
    version: str
    """Of the tool."""
    baseline: Baseline | None = field(default=None, kw_only=True)
    """Findings that are known."""
    fields: bool = field(default=False, kw_only=True)
    """Whether the report says what differs field by field, where something is compared."""
    engine: Opa | None = field(default=None, kw_only=True)
    """What judges in place of the embedded engine."""
    cache: bool = field(default=False, kw_only=True)
    """Whether what is known of targets is kept on disk from run to run."""
