"""What a rule must say of an object or a request: the examples of its policy as a cluster may be asked them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model import FieldPath, Severity
from ..origin import Map


@dataclass(frozen=True)
class Found:
    """One thing that the rule finds."""

    message: str
    severity: Severity
    path: FieldPath = ()


@dataclass(frozen=True)
class Sample:
    """One document of an example."""

    rule: str
    name: str
    """Of a file: `bad-1`, `good-2-3`."""
    title: str
    document: Map
    """The object, or the AdmissionReview."""
    parameters: Mapping[str, Any]
    """All of the rule's: its defaults, and what the example sets."""
    found: tuple[Found, ...]
    """Sorted by message."""
