"""`gitops-guard graph`: who deploys what, as a tree, JSON or a picture."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import NothingToCheckError
from ..narrowed import narrowed
from ..pipeline import graph_of
from ..report import Options
from ..report.graph import FORMATS
from ..request import GraphRequest
from .inputs import load_config
from .place import relative, root_of
from .terminal import echo_report, one_line, wants_color


@click.command("graph")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="What to print on standard output.")
@click.option("--config", "config_file", metavar="FILE", help="Read this file instead of .gitops-guard.yaml.")
@click.option("--root", metavar="DIR", help="The repository's root (default: git's top level).")
@click.option("--allow-path", "allowed", multiple=True, metavar="DIR",
              help="Let the configuration name this folder outside the repository; can be repeated.")
@click.option("--allow-remote", is_flag=True, help="Fetch remote bases, files and charts that kustomizations name.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
              help="Colour the tree.")
def command(paths: tuple[str, ...], format_: str, config_file: str | None, root: str | None, allowed: tuple[str, ...],
            allow_remote: bool, color: str) -> None:
    """Print who deploys what: Argo CD's and Flux's objects, their sources, and the folders they build.

    The whole repository is read. PATHS narrow what is shown to what is written there or deploys it, and to what deploys that.
    Default: this folder.

    Exit codes: 0 the graph is printed, 2 wrong usage or configuration, 3 there is nothing to show, 4 could not finish.
    """
    base = root_of(root, paths)
    named = tuple(relative(base, path) for path in paths or (".",) if paths or root is None) or (".",)
    config = load_config(base, config_file, paths[0] if paths else ".")
    request = GraphRequest(base, named, config, allow_remote=allow_remote, allowed=tuple(Path(path) for path in allowed))
    graph = narrowed(graph_of(request), named)
    if not graph.nodes:
        raise NothingToCheckError("nothing to show: no object is written in these paths, and none deploys them")
    drawn = FORMATS[format_](graph, Options(color=format_ == "text" and wants_color(color)))
    for note in drawn.notes:
        click.echo(f"gitops-guard: {one_line(note)}", err=True)
    echo_report(drawn.text)
