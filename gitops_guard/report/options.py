"""What a reader wishes of a report, beside its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..model import Severity


@dataclass(frozen=True)
class Options:
    """Wishes that change how a report looks, never what was found."""

    color: bool = False
    """text: use ANSI colours."""
    width: int = 100
    """text: the columns that lines of source are cut to."""
    fail_on: Severity | None = Severity.ERROR
    """junit: the lowest severity that is a failure; None: nothing is."""
    everything: bool = False
    """text, markdown, sarif: show waived findings, too, and text and markdown also those that are known."""
    ignored: bool = False
    """text: list each difference with a cluster that is ignored."""
    seconds: float | None = None
    """openmetrics: how long the run took; None where nobody asks the clock."""
    finished: float | None = None
    """openmetrics: when it ended, in seconds since 1970."""
    page: Callable[[str], str] | None = None
    """sarif: rule id -> its page in markdown, which is then the rule's help."""
