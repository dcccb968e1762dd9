"""`gitops-guard graph`: who deploys what, as a tree, JSON or a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from ..errors import NothingToCheckError
from ..narrowed import narrowed
from ..pipeline import graph_of
from ..report import Options
from ..report.graph import FORMATS
from ..request import GraphRequest
from . import completion
from .help import Command
from .inputs import load_config
from .options import color_option, place_options, verbose_option
from .place import relative, root_of
from .progress import progress
from .terminal import echo_report, one_line, wants_color


@click.command("graph", cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=completion.files)
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="What to print on standard output.")
@place_options
@color_option("Colour the tree.")
@verbose_option
def command(paths: tuple[str, ...], format_: str, config_file: str | None, root: str | None, allowed: tuple[str, ...],
            allow_remote: bool, color: str, verbose: bool) -> None:
    """Print who deploys what: Argo CD's and Flux's objects, their sources, and the folders they build.

    The whole repository is read. PATHS narrow what is shown to what is written there or deploys it, and to what deploys that.
    Default: this folder.

    Exit codes: 0 the graph is printed, 2 wrong usage or configuration, 3 there is nothing to show, 4 could not finish.
    """
    base = root_of(root, paths)
    named = tuple(relative(base, path) for path in paths or (".",) if paths or root is None) or (".",)
    config = load_config(base, config_file, paths[0] if paths else ".")
    request = GraphRequest(base, named, config, allow_remote=allow_remote, allowed=tuple(Path(path) for path in allowed))
    with progress(quiet=False, verbose=verbose) as told:
        graph = narrowed(graph_of(replace(request, observer=told)), named)
    if not graph.nodes:
        raise NothingToCheckError("nothing to show: no object is written in these paths, and none deploys them")
    drawn = FORMATS[format_](graph, Options(color=format_ == "text" and wants_color(color)))
    for note in drawn.notes:
        click.echo(f"gitops-guard: {one_line(note)}", err=True)
    echo_report(drawn.text)
