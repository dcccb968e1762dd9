"""What the policies cost: repositories go in; processor time for each distinct resource, and for each scope, comes out.

    python tools/policy_time.py ROOT... [--rounds 5]

`check` runs once for each repository, and what it hands to the workers is judged again, in this process, as a worker judges it:
the facts of each object, its input, all built-in policies that are asked. Loading the policies is not counted, nor what comes
before or after. Of all rounds the least counts, since whoever else uses the machine only adds; nothing is remembered from one to
the next. `distinct` are the resources that differ, `each` what scope resource costs for one of them.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import io
import sys
import time
from collections import Counter
from pathlib import Path

from gitops_guard import evaluate
from gitops_guard.cli import cli
from gitops_guard.evaluate.job import Job
from gitops_guard.evaluate.pool import Outcome, run
from gitops_guard.evaluate.worker import Judge

_REMEMBERS = type(functools.lru_cache(len))


def caught(root: Path) -> Job:
    """What `check` would have a repository's policies judge."""
    jobs: list[Job] = []

    def catch(job: Job, number: int, *others: object) -> Outcome:
        jobs.append(job)
        return run(job, number, *others)

    evaluate.run = catch
    try:
        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.suppress(SystemExit):
            cli(["check", str(root), "--root", str(root)], standalone_mode=False)
    finally:
        evaluate.run = run
    return jobs[0]


def forget() -> None:
    """Empty what functions remember, so that each round begins as a process does."""
    for thing in gc.get_objects():
        if isinstance(thing, _REMEMBERS) and str(thing.__module__).startswith("gitops_guard"):
            thing.cache_clear()


def one_round(job: Job) -> Counter[str]:
    """Seconds of the processor by scope."""
    forget()
    judge = Judge(job, [0, 0])
    spent: Counter[str] = Counter()
    for number, unit in enumerate(job.units):
        begin = time.process_time_ns()
        judge.units(range(number, number + 1), {}, ())
        spent[job.policies[unit.policies[0]].metadata.scope] += time.process_time_ns() - begin
    return Counter({scope: nanoseconds / 1e9 for scope, nanoseconds in spent.items()})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("roots", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    gc.disable()
    scopes = ("resource", "target", "file", "repository")
    print(f"{'distinct':>8}  {'each':>7}  " + "  ".join(f"{scope:>10}" for scope in scopes) + "  milliseconds")
    total: Counter[str] = Counter()
    for root in args.roots:
        job = caught(root)
        rounds = [one_round(job) for _ in range(args.rounds)]
        least = Counter({scope: min(found[scope] for found in rounds) for scope in scopes})
        least["distinct"] = len({unit.manifest for unit in job.units if unit.manifest})
        total += least
        show(root.name, least, scopes)
        sys.stdout.flush()
    show("all", total, scopes)


def show(name: str, found: Counter[str], scopes: tuple[str, ...]) -> None:
    """One line."""
    number = max(int(found["distinct"]), 1)
    print(f"{number:8}  {1000 * found['resource'] / number:7.3f}  "
          + "  ".join(f"{1000 * found[scope]:10.1f}" for scope in scopes) + f"  {name}")


if __name__ == "__main__":
    main()
