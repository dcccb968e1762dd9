"""`gitops-guard bundle`: the same policies for the cluster."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import UsageError
from ..locate import locate
from ..policy import PolicySet
from ..selection import select
from .inputs import load_config, load_policies
from .place import root_of
from .terminal import one_line, today
from .writing import write_folder


@click.command("bundle")
@click.option("--target", required=True, type=click.Choice(["gatekeeper", "vap"]), help="What enforces it.")
@click.option("-o", "--output", required=True, metavar="OUT", help="The folder to write; an earlier output there is replaced.")
@click.option("--policy", "folders", multiple=True, metavar="DIR", help="Also the policies in this folder; can be repeated.")
@click.option("--select", "chosen", multiple=True, metavar="RULE", help="Only these rules (globs: 'images/*'); can be repeated.")
@click.option("--ignore", "ignored", multiple=True, metavar="RULE", help="Not these rules; can be repeated.")
@click.option("--config", "config_file", metavar="FILE", help="Read this file instead of .gitops-guard.yaml.")
@click.option("--root", metavar="DIR", help="The repository's root (default: git's top level).")
@click.option("--allow-path", "allowed", multiple=True, metavar="DIR",
              help="Let the configuration name this folder outside the repository; can be repeated.")
def command(target: str, output: str, folders: tuple[str, ...], chosen: tuple[str, ...], ignored: tuple[str, ...],
            config_file: str | None, root: str | None, allowed: tuple[str, ...]) -> None:
    """Write the policies that make sense in the cluster as what the cluster enforces them with.

    gatekeeper: ConstraintTemplates, Constraints and a suite for `gator verify`. vap: ValidatingAdmissionPolicies, which the API
    server itself judges by. What is not enforced, or otherwise than by check, is said on standard error and in README.md.

    Exit codes: 0 written, 2 wrong usage or configuration, or a policy that the target can't have, 4 could not finish.
    """
    from ..bundle import target_gatekeeper, target_vap  # noqa: PLC0415 (start-up)
    from ..bundling import enforceable  # noqa: PLC0415
    from ..trials.samples import samples  # noqa: PLC0415

    top = root_of(root, ())
    config = load_config(top, config_file, ".")
    policies = load_policies(folders, root=top, config=config, allowed=allowed)
    _refuse_broken(policies)
    selection = select(policies.rules, config, chosen=chosen, ignored=ignored, described=policies.described)
    found = enforceable(policies, config, selection, chosen, data_files=False)
    if target == "gatekeeper":
        made = target_gatekeeper.made(found, config.admission, samples(policies, found.rules))
    else:
        made = target_vap.made(found, config.admission, policies.twins, today())
    write_folder(Path(output), {path: text.encode() for path, text in made.files.items()})
    for note in made.notes:
        click.echo(one_line(f"gitops-guard: {note}"), err=True)


def _refuse_broken(policies: PolicySet) -> None:
    """What can't be read would be missing in the cluster."""
    if policies.faults:
        places = [(locate(fault), fault.message) for fault in policies.faults]
        raise UsageError("\n".join(f"{place.file}:{place.line}: {message}" for place, message in places))
