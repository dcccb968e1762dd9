"""`gitops-guard graph`: who deploys what, as a tree, JSON or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ..errors import NothingToCheckError
from ..nodes import Graph, Node
from ..pipeline import graph_of
from ..report import Options
from ..report.graph import FORMATS
from ..report.graph.links import FOLDERS, Links
from ..request import GraphRequest
from ..tree import is_below
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
    graph = narrow(graph_of(request), named)
    if not graph.nodes:
        raise NothingToCheckError("nothing to show: no object is written in these paths, and none deploys them")
    drawn = FORMATS[format_](graph, Options(color=format_ == "text" and wants_color(color)))
    for note in drawn.notes:
        click.echo(f"gitops-guard: {one_line(note)}", err=True)
    echo_report(drawn.text)


def narrow(graph: Graph, named: Sequence[str]) -> Graph:
    """The nodes that are written in the paths or deploy them, and all that deploy these nodes; of `.`, all of it."""
    if "." in named:
        return graph
    links = Links(graph)
    kept = set(links.above(node.key for node in graph.nodes if any(_is_about(node, path) for path in named)))
    return Graph(tuple(node for node in graph.nodes if node.key in kept),
                 tuple(edge for edge in graph.edges if edge.start in kept and edge.end in kept))


def _is_about(node: Node, path: str) -> bool:
    if node.location is not None and is_below(node.location.file, path):
        return True
    folders = [node.name] if node.system in FOLDERS else [source.path for source in node.sources if source.path is not None]
    # The folder of an unresolved source may lie in another repository: that its path is like this one means nothing.
    return node.status != "unresolved" and any(is_below(folder, path) or is_below(path, folder) for folder in folders)
