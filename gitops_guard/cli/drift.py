"""`gitops-guard drift`: compare with live clusters, report."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from .. import __version__
from ..config import Config
from ..drift_pipeline import drift
from ..dump import DumpReader
from ..errors import UsageError
from ..live import Reader
from ..report import LIVE_FORMATS, Options
from ..request import Request
from ..selection import select
from . import completion
from .clusters import Asked, cluster_options, cluster_readers, meant
from .drift_rights import account
from .help import Command
from .inputs import load_baseline, load_config, load_policies, schema_paths
from .options import color_option, jobs_option, place_options, report_options, running_options, selection_options
from .place import relative, root_of
from .progress import progress
from .publish import publish, wishes
from .terminal import today


def _selecting(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(selection_options()):
        command = option(command)
    return command


@click.command("drift", cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=completion.files)
@cluster_options
@click.option("--live", multiple=True, metavar="FILE|DIR", shell_complete=completion.files,
              help="Compare with what `kubectl get -o yaml --show-managed-fields` printed, not with a cluster; can be repeated.")
@click.option("--live-complete", is_flag=True,
              help="With --live: what is not in the dumps is not in the cluster, whatever its kind.")
@click.option("--policy", "policies", multiple=True, metavar="DIR", shell_complete=completion.folders,
              help="Also mask what secrets/* policies in this folder report; can be repeated.")
@click.option("--rbac", is_flag=True,
              help="Print the rights that comparing this repository with its cluster needs, and a CronJob with them; ask no "
                   "cluster.")
@_selecting
@click.option("--show-ignored", is_flag=True, help="List each difference that an option says to ignore; they are always counted.")
@report_options(LIVE_FORMATS)
@jobs_option("Worker processes that look for secrets.")
@place_options
@color_option("Colour the text report.")
@running_options("Print the report only where the run ends with 1, and show no progress.")
def command(paths: tuple[str, ...], context: str | None, kubeconfig: str | None, in_cluster: bool,
            cluster_names: tuple[str, ...], server_side: bool, live: tuple[str, ...], live_complete: bool,
            policies: tuple[str, ...], rbac: bool,
            chosen: tuple[str, ...], ignored: tuple[str, ...], kubernetes_version: str | None, schema_locations: tuple[str, ...],
            show_ignored: bool, format_: str, reports: tuple[str, ...], baseline: str | None, write_baseline: str | None,
            fail_on: str, jobs: int, config_file: str | None, root: str | None, allowed: tuple[str, ...], allow_remote: bool,
            color: str, quiet: bool, verbose: bool) -> None:
    """Compare what Git states with what a cluster runs: what differs, who wrote it, and whether anybody reverts it.

    PATHS narrow it to the targets that they stand for. Default: this folder. Nothing is changed in the cluster.

    Exit codes: 0 no finding at or above --fail-on, 1 findings, 2 wrong usage or configuration, 3 nothing was compared, 4 could
    not finish.
    """
    began = time.monotonic()
    wanted = wishes(LIVE_FORMATS, format_, reports, write_baseline, fail_on, color, quiet=quiet)
    top = root_of(root, paths)
    named = tuple(relative(top, path) for path in paths or (".",) if paths or root is None) or (".",)
    config = load_config(top, config_file, paths[0] if paths else ".")
    known = load_policies(policies, root=top, config=config, allowed=allowed)
    asked = Asked(kubeconfig, context, in_cluster, cluster_names, server_side)
    readers = [] if rbac else _readers(top, config, asked, live, complete=live_complete)
    request = Request(
        root=top, named=named, config=config, policies=known,
        selection=select(known.rules, config, chosen=chosen, ignored=ignored, described=known.described, live=True),
        kubernetes_version=kubernetes_version or config.kubernetes_version,
        schema_locations=schema_paths(top, config, schema_locations, allowed), jobs=jobs, today=today(), version=__version__,
        allow_remote=allow_remote, baseline=None if baseline is None else load_baseline(baseline),
        allowed=tuple(Path(path) for path in allowed),
    )
    if rbac:
        click.echo(account(request, asked), nl=False)
        return
    with progress(quiet=quiet, verbose=verbose) as told:
        report = drift(replace(request, observer=told), readers, everywhere=not live and asked.everywhere(config))
    options = Options(ignored=show_ignored, seconds=time.monotonic() - began, finished=time.time())
    sys.exit(publish(report, request, known, wanted, options))


def _readers(root: Path, config: Config, asked: Asked, live: tuple[str, ...], *, complete: bool) -> Sequence[Reader]:
    if not live:
        return cluster_readers(root, config, asked)
    if asked.context or asked.kubeconfig or asked.in_cluster or asked.server_side:
        raise UsageError("--live stands for a cluster: leave out what says how to reach one")
    if len(asked.names) > 1:
        raise UsageError("the dumps of --live are those of one cluster: give --cluster once")
    if asked.names:
        return [DumpReader(live, cluster=asked.names[0], complete=complete, meant=meant(config, asked.names[0]))]
    return [DumpReader(live, complete=complete)]
