"""`gitops-guard diff`: what a change does to what is rendered."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from .. import __version__
from ..git_program import one_look
from ..pipeline import difference
from ..report import Options
from ..report.delta import FORMATS
from ..request import Request
from ..selection import select
from . import completion
from .help import Command
from .inputs import load_config, load_policies
from .options import color_option, jobs_option, place_options, running_options
from .place import relative, root_of
from .progress import progress
from .terminal import echo_report, today, wants_color, width


@click.command("diff", cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=completion.files)
@click.option("--base", metavar="REF", help="Compare with the merge base of REF.")
@click.option("--staged", is_flag=True, help="Compare what is in git's index, with HEAD unless --base is given.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="What to print on standard output.")
@click.option("--exit-code", is_flag=True, help="End with 1 if there is a difference.")
@click.option("--policy", "policies", multiple=True, metavar="DIR", shell_complete=completion.folders,
              help="Also mask what secrets/* policies in this folder report; can be repeated.")
@jobs_option("Worker processes that look for secrets.")
@place_options
@color_option("Colour the text.")
@running_options("Print nothing: the exit code says it, as with --exit-code.")
@one_look()
def command(paths: tuple[str, ...], base: str | None, staged: bool, format_: str, exit_code: bool, policies: tuple[str, ...],
            jobs: int, config_file: str | None, root: str | None, allowed: tuple[str, ...], allow_remote: bool,
            color: str, quiet: bool, verbose: bool) -> None:
    """Print what a change does to what is rendered: by target and object, field by field, with the line that wrote each value.

    Values of secrets are not shown; that one changed is. PATHS narrow it to the targets that they stand for. Default: this
    folder.

    Exit codes: 0 the difference is printed, 1 there is one and --exit-code is given, 2 wrong usage or configuration, 4 could not
    finish.
    """
    top = root_of(root, paths)
    named = tuple(relative(top, path) for path in paths or (".",) if paths or root is None) or (".",)
    config = load_config(top, config_file, paths[0] if paths else ".", staged=staged)
    known = load_policies(policies, root=top, config=config, allowed=allowed)
    request = Request(
        root=top, named=named, config=config, policies=known,
        selection=select(known.rules, config, chosen=("secrets/*",), described=known.described),
        kubernetes_version=config.kubernetes_version, schema_locations=(), jobs=jobs, today=today(), version=__version__,
        allow_remote=allow_remote, base=base, staged=staged, allowed=tuple(Path(path) for path in allowed),
    )
    with progress(quiet=quiet, verbose=verbose) as told:
        delta = difference(replace(request, observer=told))
    if not quiet:
        echo_report(FORMATS[format_](delta, Options(color=wants_color(color) and format_ == "text", width=width())))
    sys.exit(1 if (exit_code or quiet) and delta.targets else 0)
