"""An OPA in place of the embedded engine: the same checks at load, the same questions, hence the same verdicts.

A server is started, or filled, when something is to be judged, and kept for what is judged by the same policies afterwards.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ...errors import ToolError
from ...interrupt import undoing
from ..job import Job
from ..pool import Outcome, run
from ..prepare import Prepared, Rejected

if TYPE_CHECKING:  # start-up: the embedded engine does without what these bring
    from .client import Link, RefusedError
    from .texts import Texts

__all__ = ["Opa", "opa"]


@contextlib.contextmanager
def opa(url: str | None = None, *, token: str = "", ca_file: str = "") -> Iterator[Opa]:
    """The engine, for as long as the block lasts; afterwards no server runs and no policy is left, whatever ended the block.

    Without `url`, `opa` from PATH is started. Raises ToolError where there is none that can be used.
    """
    from . import local  # noqa: PLC0415 (start-up)
    from .client import Link  # noqa: PLC0415

    link = local.program() if url is None else Link(url, token, ca_file)
    with undoing(), contextlib.ExitStack() as holding:
        yield Opa(link, holding)


class Opa:
    """What judges in place of the embedded engine; `opa` makes it."""

    def __init__(self, where: Link | str, holding: contextlib.ExitStack) -> None:
        """`where` is a server, or the path of the program; `holding` ends what holds policies."""
        self._where = where
        self._holding = holding
        self._held: tuple[object, Link, Texts] | None = None

    def run(self, job: Job, jobs: int) -> Outcome:
        """Judge all units, with so many requests at once. Raises ToolError where OPA can't work, or stops doing so."""
        from .client import RefusedError  # noqa: PLC0415 (start-up)
        from .judge import OpaJudge  # noqa: PLC0415

        while True:
            prepared = _prepared(job)
            try:
                link, texts = self._holder(job, prepared)
                break
            except RefusedError as error:
                job = replace(job, out={**job.out, **_refused(job, error)})
        return run(replace(job, prepared=prepared, judge=partial(OpaJudge, link, texts)), jobs)

    def _holder(self, job: Job, prepared: Prepared) -> tuple[Link, Texts]:
        """An OPA that holds what a job is judged by. Raises RefusedError and ToolError."""
        from . import local, remote  # noqa: PLC0415 (start-up)
        from .texts import texts_of  # noqa: PLC0415

        key = (list(job.files), prepared, [policy.package for policy in job.policies], job.data)
        if self._held is None or self._held[0] != key:
            self._held = None
            self._holding.close()
            texts = texts_of(job, prepared)
            holder = local.started(self._where, texts) if isinstance(self._where, str) else remote.loaded(self._where, texts)
            self._held = (key, self._holding.enter_context(holder), texts)
        return self._held[1], self._held[2]


def _prepared(job: Job) -> Prepared:
    """What the checks at load say, which are those of the embedded engine. Built-in files are taken as they are."""
    if all(file.builtin for file in job.files):
        return Prepared()
    return run(Job(job.files, job.ours, [], [], [], job.timeout, data=job.data, out=job.out), 1).prepared


def _refused(job: Job, error: RefusedError) -> dict[int, Rejected]:
    """The files that OPA does not take. Raises ToolError where that is none of the user's."""
    from .texts import number_of  # noqa: PLC0415 (start-up)

    found: dict[int, Rejected] = {}
    for place in error.places:
        number = number_of(place.policy)
        if number is None or job.files[number].builtin:
            raise ToolError(f"OPA does not take the policies: {place.message}")
        found.setdefault(number, Rejected(number, f"OPA refuses it: {place.message}", place.line or job.files[number].line))
    return found
