"""`gitops-guard init`: what a start with gitops-guard takes in this repository, shown or written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from ..errors import UsageError
from ..request import GraphRequest
from ..starting import SYSTEMS, begin
from ..starting.address import installed, parse
from .inputs import load_config
from .options import root_option
from .place import root_of
from .terminal import harmless
from .writing import write_new


@click.command("init")
@click.option("--write", is_flag=True, help="Write the files; without it they are shown.")
@click.option("--ci", "systems", type=click.Choice([*SYSTEMS, "none"]), multiple=True,
              help="The CI system to write for (default: what the repository shows); can be repeated.")
@click.option("--from", "given", metavar="URL@COMMIT",
              help="Where the files install gitops-guard from (default: where this one came from, if that is known).")
@root_option
def command(write: bool, systems: tuple[str, ...], given: str | None, root: str | None) -> None:
    """Write a configuration with reasons, the hook for pre-commit and the workflow, after looking at the repository.

    Shows them as a patch, unless --write is given. Nothing that is there is changed: what has to be added to a file of yours
    is printed.

    Exit codes: 0 shown or written, 2 wrong usage, 4 could not finish.
    """
    top = root_of(root, ())
    address = installed() if given is None else parse(given)
    chosen = [name for name in systems if name != "none"] if systems else None
    beginning = begin(GraphRequest(root=top, named=(".",), config=load_config(top, None, str(top))), address, chosen)
    for line in beginning.found:
        click.echo(harmless(line), err=True)
    if write:
        for path in beginning.files:
            if not Path(top, path).parent.resolve().is_relative_to(top):
                raise UsageError(f"{path}: a symbolic link that leaves the repository")
        for path, text in beginning.files.items():
            write_new(Path(top, path), text.encode())
            click.echo(harmless(f"wrote {path}"))
    else:
        click.echo(harmless(patch(beginning.files)), nl=False)
    for text in beginning.advice:
        click.echo(harmless(f"\n{text}"))
    if beginning.files and not write:
        click.echo("\nNothing was written: `gitops-guard init --write` does it.", err=True)


def patch(files: Mapping[str, str]) -> str:
    """New files as a patch that `git apply` takes."""
    parts = []
    for path, text in files.items():
        lines = text.splitlines()
        parts += [f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n", *(f"+{line}\n" for line in lines)]
    return "".join(parts)
