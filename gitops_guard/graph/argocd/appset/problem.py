"""Why an ApplicationSet, or a part of it, does not generate Applications; and how much work one may make."""

from __future__ import annotations

import time

from ....model import Fault, FieldPath, Resource

MAX_SETS = 10_000
MAX_WORK = 50_000_000
MAX_SECONDS = 60.0


class SetError(Exception):
    """`status` is failed (Argo CD refuses it) or unresolved (it can't be known from here)."""

    def __init__(self, status: str, message: str, path: FieldPath, remedy: str = "", line: int = 0) -> None:
        """`path` is the field at fault in the ApplicationSet; `line` the one inside its text, from 1."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.path = path
        self.remedy = remedy
        self.line = line

    @property
    def key(self) -> tuple[str, str, FieldPath]:
        """Equal problems are one."""
        return self.status, self.message, self.path

    def fault(self, resource: Resource) -> Fault:
        """The finding."""
        return Fault(f"render/{self.status}", self.message, remedy=self.remedy, resource=resource, path=self.path, line=self.line)


class Budget:
    """What one ApplicationSet may still cost: an untrusted one can ask for any amount."""

    def __init__(self) -> None:
        self._work = 0
        self._end = time.monotonic() + MAX_SECONDS

    def spend(self, work: int, path: FieldPath) -> None:
        """Count work: characters and comparisons. Raises SetError when there was too much."""
        self._work += work
        if self._work > MAX_WORK:
            raise SetError("unresolved", "the ApplicationSet takes more work than gitops-guard does for one", path,
                           "split it into several")
        if time.monotonic() > self._end:
            raise SetError("unresolved", f"the ApplicationSet takes more than {MAX_SECONDS:.0f} s", path, "split it into several")

    def count(self, sets: int, path: FieldPath) -> None:
        """Raises SetError for more parameter sets than there may be."""
        if sets > MAX_SETS:
            raise SetError("unresolved", f"there are more than {MAX_SETS:,} parameter sets", path, "split it into several")
