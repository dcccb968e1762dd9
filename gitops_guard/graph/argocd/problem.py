"""Why a source of an Application can't be followed."""

from __future__ import annotations

from ...model import Fault, FieldPath, Location, Resource
from ...origin import Origin


class ProblemError(Exception):
    """One source can't be followed; `status` is failed (known to be wrong) or unresolved (it can't be known from here)."""

    def __init__(self, status: str, message: str, path: FieldPath, remedy: str = "", *, origin: Origin | None = None,
                 rule: str = "", uses: tuple[str, ...] = ()) -> None:
        """`path` is the field at fault; `origin` its place, where it was not written in the object itself.

        `uses` are folders of the tree that the source names all the same.
        """
        super().__init__(message)
        self.status = status
        self.message = message
        self.path = path
        self.remedy = remedy
        self.origin = origin
        self.rule = rule or f"render/{status}"
        self.uses = uses
        self.tool: str | None = None
        """The tool that renders the source, where that is known all the same."""

    def fault(self, resource: Resource) -> Fault:
        """The finding."""
        place = None
        if self.origin is not None:
            quality = "exact" if self.origin.exact else "nearest"
            place = Location(self.origin.file, self.origin.line, self.origin.column, quality)
        return Fault(self.rule, self.message, remedy=self.remedy, resource=resource, path=self.path, location=place)
