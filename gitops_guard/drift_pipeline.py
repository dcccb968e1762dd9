"""What `drift` does, in order: the repository is built, clusters are read and compared; what is left is a Report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from .drifting import drifted, stated
from .errors import NothingToCheckError
from .judge import Beside, evaluated, judge
from .live import Reader
from .outcome import Report
from .pipeline import head_side, report_of
from .request import Request
from .rights import Resources, Rights, rights
from .schema import Schemas
from .selection import select
from .side import Side
from .unshown import Reported


def drift(request: Request, readers: Sequence[Reader], *, everywhere: bool = False) -> Report:
    """Compare a repository with live clusters. Raises NothingToCheckError, UsageError or ToolError.

    A cluster that can't be read is in the report, and so is a target that can't be built. Rules about secrets are asked what
    must not be shown, and report nothing themselves. `everywhere` says that these are all clusters there are.
    """
    side = head_side(request)
    secrets = select(request.policies.rules, request.config, chosen=("secrets/*",), described=request.policies.described)
    asked = replace(request, selection=secrets)
    first = judge(asked, side, Beside())
    request.observer.step("comparing with the cluster")
    live = drifted(side, request.named, _schemas(request, side), readers, first.mask,
                   Reported(partial(evaluated, asked), first.judged.faults), everywhere=everywhere)
    found = judge(request, side, Beside(faults=live.faults, hidden=first.mask))
    if not (live.compared or live.faults or found.findings):
        raise NothingToCheckError("nothing was compared: no target states anything for a cluster that was named")
    return report_of(request, side, found, live.report())


def needed(request: Request, reader: Reader, *, server_side: bool) -> Rights:
    """The rights that comparing with a cluster needs; none is asked. Raises NothingToCheckError, UsageError or ToolError."""
    side = head_side(request)
    asked = stated(side, request.named, _schemas(request, side), reader)
    if not asked:
        raise NothingToCheckError("there are no rights to give: no target states anything for this cluster")
    return rights(asked, Resources.of(side.crds()), server_side=server_side)


def _schemas(request: Request, side: Side) -> Schemas:
    return Schemas(request.kubernetes_version, request.schema_locations, side.crds())
