"""`gitops-guard bundle`: the same policies for the cluster."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import UsageError
from ..locate import locate
from ..policy import PolicySet
from ..selection import select
from . import completion
from .help import Command
from .inputs import load_config, load_policies
from .options import configuration_options
from .place import relative, root_of
from .terminal import one_line, today
from .writing import write_folder


@click.command("bundle", cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=completion.files)
@click.option("--target", required=True, type=click.Choice(["gatekeeper", "opa", "vap"]), help="What enforces it.")
@click.option("-o", "--output", required=True, metavar="OUT", shell_complete=completion.files,
              help="The folder to write, for opa the file; an earlier output there is replaced.")
@click.option("--policy", "folders", multiple=True, metavar="DIR", shell_complete=completion.folders,
              help="Also the policies in this folder; can be repeated.")
@click.option("--select", "chosen", multiple=True, metavar="RULE", shell_complete=completion.rules,
              help="Only these rules (globs: 'images/*'); can be repeated.")
@click.option("--ignore", "ignored", multiple=True, metavar="RULE", shell_complete=completion.rules,
              help="Not these rules; can be repeated.")
@configuration_options
@click.option("--signing-key", metavar="FILE", shell_complete=completion.files,
              help="opa: sign the bundle with this private key (PEM; a secret for HS).")
@click.option("--signing-alg", metavar="ALG", default="RS256", show_default=True, help="opa: the algorithm of the signature.")
@click.option("--signing-key-id", metavar="NAME", help="opa: what the signature calls its key.")
@click.option("--install", metavar="DIR", shell_complete=completion.folders,
              help="opa: also write the Kubernetes objects that run it; an earlier set is replaced.")
@click.option("--image", metavar="IMAGE", help="opa: the image of OPA in --install, such as a mirror's with a digest.")
@click.option("--verify", is_flag=True,
              help="Ask the real program (opa; gator; kube-apiserver and etcd) the policies' examples, and what PATHS render, "
                   "and compare with what check says.")
def command(paths: tuple[str, ...], target: str, output: str, folders: tuple[str, ...], chosen: tuple[str, ...],
            ignored: tuple[str, ...], config_file: str | None, root: str | None, allowed: tuple[str, ...],
            signing_key: str | None, signing_alg: str, signing_key_id: str | None, install: str | None, image: str | None,
            verify: bool) -> None:
    """Write the policies that make sense in the cluster as what the cluster enforces them with. PATHS are for --verify.

    opa: a bundle (tar.gz) that OPA serves as an admission webhook and as an API. gatekeeper: ConstraintTemplates, Constraints
    and a suite for `gator verify`. vap: ValidatingAdmissionPolicies, which the API server itself judges by. What is not enforced,
    or otherwise than by check, is said on standard error and, of a folder, in its README.md.

    Exit codes: 0 written, 1 --verify found a disagreement, 2 wrong usage or configuration, or a policy that the target can't
    have, 3 PATHS render nothing, or --verify has nothing to ask about, 4 could not finish.
    """
    from ..bundle import target_gatekeeper, target_vap  # noqa: PLC0415 (start-up)
    from ..bundle.install import IMAGE  # noqa: PLC0415
    from ..bundling import enforceable  # noqa: PLC0415
    from ..trials.samples import samples  # noqa: PLC0415
    from . import bundle_gatekeeper, bundle_opa, bundle_verify  # noqa: PLC0415

    if paths and not verify:
        raise UsageError("PATHS are what --verify asks about; add it")
    if target != "opa" and (signing_key or signing_key_id or install or image):
        raise UsageError("--signing-key, --signing-key-id, --install and --image are for --target opa")
    if image and not install:
        raise UsageError("--image is for --install; add it")
    top = root_of(root, paths)
    config = load_config(top, config_file, paths[0] if paths else ".")
    policies = load_policies(folders, root=top, config=config, allowed=allowed)
    _refuse_broken(policies)
    selection = select(policies.rules, config, chosen=chosen, ignored=ignored, described=policies.described)
    found = enforceable(policies, config, selection, chosen, data_files=target == "opa")
    if target == "opa":
        key = bundle_opa.read_key(signing_key, signing_alg, signing_key_id)
        place = None if install is None else (Path(install), image or IMAGE)
        notes = bundle_opa.write(policies, found, config, key, Path(output), place)
    else:
        made = (target_gatekeeper.made(found, config.admission, samples(policies, found.rules)) if target == "gatekeeper"
                else target_vap.made(found, config.admission, policies.twins, today()))
        write_folder(Path(output), {path: text.encode() for path, text in made.files.items()})
        notes = made.notes
    for note in notes:
        click.echo(one_line(f"gitops-guard: {note}"), err=True)
    if verify:
        objects = bundle_verify.repository(top, config, tuple(relative(top, path) for path in paths), allowed)
        if target == "opa":
            sys.exit(bundle_opa.verify(policies, found, config, key, Path(output), objects, today()))
        if target == "vap":
            from . import bundle_vap  # noqa: PLC0415 (it needs the extra `bundle`)

            sys.exit(bundle_vap.verify(policies, found, config, Path(output), objects, today()))
        sys.exit(bundle_gatekeeper.verify(policies, found, config, Path(output), objects, today()))


def _refuse_broken(policies: PolicySet) -> None:
    """What can't be read would be missing in the cluster."""
    if policies.faults:
        places = [(locate(fault), fault.message) for fault in policies.faults]
        raise UsageError("\n".join(f"{place.file}:{place.line}: {message}" for place, message in places))
