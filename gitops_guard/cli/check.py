"""`gitops-guard check`: render, validate, judge, report."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from .. import __version__
from ..errors import UsageError
from ..git_program import one_look
from ..globs import matches
from ..pipeline import check
from ..policy import PolicySet
from ..report import FORMATS
from ..request import Request
from ..selection import select
from . import completion
from .engine import chosen_engine
from .help import Command
from .inputs import load_baseline, load_config, load_policies, schema_paths
from .options import color_option, engine_options, jobs_option, place_options, policy_options, report_options, running_options
from .place import relative, root_of
from .progress import progress
from .publish import publish, wishes
from .terminal import today

_WITH_FIELDS = ("html", "markdown")


@click.command("check", cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=completion.files)
@click.option("--base", metavar="REF",
              help="Compare with the merge base of REF: deletions are judged, and only new findings gate.")
@click.option("--staged", is_flag=True,
              help="Judge what is in git's index, for a pre-commit hook; compared with HEAD unless --base is given.")
@policy_options
@engine_options
@report_options(FORMATS)
@jobs_option("Worker processes that evaluate policies.")
@click.option("--no-cache", is_flag=True,
              help="Use no cache on disk. --staged keeps one below XDG_CACHE_HOME: which files each folder is built from, and "
                   "the kinds of objects in it. Findings are the same without.")
@place_options
@color_option("Colour the text report.")
@running_options("Print the report only where the run ends with 1, and show no progress.")
@one_look()
def command(paths: tuple[str, ...], base: str | None, staged: bool, policies: tuple[str, ...], no_builtin_policies: bool,
            chosen: tuple[str, ...], ignored: tuple[str, ...], kubernetes_version: str | None,
            schema_locations: tuple[str, ...], format_: str, reports: tuple[str, ...], baseline: str | None,
            write_baseline: str | None, fail_on: str, jobs: int, config_file: str | None, root: str | None,
            allowed: tuple[str, ...], allow_remote: bool, no_cache: bool, color: str, engine: str, opa_url: str | None,
            opa_ca_file: str | None, quiet: bool, verbose: bool) -> None:
    """Check what a merge would deploy. PATHS narrow what is judged; the whole repository is read. Default: this folder.

    Exit codes: 0 no finding at or above --fail-on, 1 findings, 2 wrong usage or configuration, 3 nothing was checked,
    4 could not finish.
    """
    wanted = wishes(FORMATS, format_, reports, write_baseline, fail_on, color, quiet=quiet)
    top = root_of(root, paths)
    named = tuple(relative(top, path) for path in paths or (".",) if paths or root is None) or (".",)
    config = load_config(top, config_file, paths[0] if paths else ".", staged=staged)
    known = load_policies(policies, root=top, config=config, allowed=allowed, builtin=not no_builtin_policies)
    _refuse_requests(chosen, known)
    request = Request(
        root=top,
        named=named,
        config=config,
        policies=known,
        selection=select(known.rules, config, chosen=chosen, ignored=ignored, described=known.described),
        kubernetes_version=kubernetes_version or config.kubernetes_version,
        schema_locations=schema_paths(top, config, schema_locations, allowed),
        jobs=jobs,
        today=today(),
        version=__version__,
        allow_remote=allow_remote,
        base=base,
        staged=staged,
        cache=not no_cache,
        baseline=None if baseline is None else load_baseline(baseline),
        allowed=tuple(Path(path) for path in allowed),
        # What is secret in a field, the built-in policies know.
        fields=not no_builtin_policies and not wanted.names.isdisjoint(_WITH_FIELDS),
    )
    with chosen_engine(engine, opa_url, opa_ca_file) as judging, progress(quiet=quiet, verbose=verbose) as told:
        report = check(replace(request, engine=judging, observer=told))
    sys.exit(publish(report, request, known, wanted))


def _refuse_requests(chosen: tuple[str, ...], known: PolicySet) -> None:
    """Rules that judge what a cluster is asked find nothing here, which must not look as if there were nothing."""
    for pattern in chosen:
        meant = [rule for rule in known.rules if matches(pattern, rule)]
        if meant and all(rule in known.described and known.described[rule].scope == "admission" for rule in meant):
            raise UsageError(f"--select {pattern}: {meant[0]} judges requests to a cluster, of which check sees none; "
                             "`gitops-guard bundle` has the cluster enforce it")
