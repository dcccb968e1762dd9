"""`gitops-guard policies new`: write the files that a policy of one's own begins with."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from .. import skeleton
from ..errors import UsageError
from . import completion
from .inputs import load_config, load_policies
from .place import root_of
from .terminal import harmless
from .writing import write_new


@click.command("new")
@click.argument("rule")
@click.option("--dir", "folder", metavar="DIR", shell_complete=completion.folders,
              help="The folder of policies (default: the first of the configuration, else policies).")
@click.option("--scope", type=click.Choice(skeleton.SCOPES), default="resource", show_default=True, help="What the policy sees.")
@click.option("--kinds", multiple=True, metavar="KIND[,KIND]",
              help="Scope resource: the kinds that are sent to it (default: Deployment); can be repeated.")
def command(rule: str, folder: str | None, scope: str, kinds: tuple[str, ...]) -> None:
    """Write a policy for RULE, such as house/owner-label, with a unit test and examples that hold: a beginning to change.

    Exit codes: 0 the files are written, 2 wrong usage: no id of a rule, or one that there is, 4 could not write.
    """
    files = skeleton.files(rule, scope, [kind.strip() for given in kinds for kind in given.split(",")])
    top = root_of(None, ())
    config = load_config(top, None, ".")
    named = folder is None and bool(config.policies)
    where = folder if folder is not None else os.path.relpath(top / config.resolve(config.policies[0])) if named else "policies"
    if rule in load_policies(()).rules:
        raise UsageError(f"the rule {rule} is built in, and a policy of that id would replace it; choose another one")
    there = [path for path in files if os.path.lexists(os.path.join(where, path))]
    if there:
        raise UsageError(f"{os.path.join(where, there[0])} is there already; choose another id, or remove it first")
    for path, text in files.items():
        target = Path(where, path)
        write_new(target, text.encode("utf-8"))
        click.echo(harmless(f"wrote {target}"))
    shown = shlex.quote(where)
    click.echo(harmless(f"\nIt holds already: change all three, and try them with\n  gitops-guard policies test {shown}"))
    if not named:
        click.echo(harmless(f"check judges by it with `policies: [{where}]` in .gitops-guard.yaml, or with\n"
                            f"  gitops-guard check --policy {shown}"))
