"""The embedded engine with the built-in policies: loaded once by the parent, for all workers that fork from it.

A policy of a repository may end the process that loads it, so one of them among the rest leaves the loading to the workers.
"""

from __future__ import annotations

from .engine import Engine, EngineError
from .job import Job
from .prepare import Prepared, prepare
from .twins import groups_of, text_of

_Key = tuple[tuple[str, ...], str]
_last: tuple[_Key, tuple[Engine, Prepared]] | None = None
"""Both sides of a change are judged by the same policies, one after the other."""


def ready(job: Job) -> tuple[Engine, Prepared] | None:
    """The engine of a job, which only a fork may ask. None where it is not safe, or not worth it."""
    global _last  # noqa: PLW0603 (an engine is not changed by what forks ask it)
    if job.coverage or job.out or job.data or job.judge is not None or not all(file.builtin for file in job.files):
        return None
    more = text_of(job.policies, groups_of(job.policies))
    key = (tuple(file.text for file in job.files), more)
    if _last is None or _last[0] != key:
        try:
            _last = (key, prepare(job.files, job.ours, None, {}, lambda _file: None, data={}, more=more))
        except EngineError:
            return None  # the worker will say so
    return _last[1]
