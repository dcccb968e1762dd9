"""`gitops-guard render`: what kustomize build prints."""

from __future__ import annotations

import os
import posixpath
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError, RenderError, UsageError
from ..manifests import KUSTOMIZATION_FILES
from ..model import Fault
from ..parallel import each
from ..render import Rendered, Renderer, emit, origins
from ..render.in_time import in_time
from ..source import Sources
from ..tree import OutsideError, WorkTree, is_below
from . import completion
from .options import jobs_option, remote_option, root_option
from .place import relative, root_of
from .terminal import harmless
from .writing import write_whole

if TYPE_CHECKING:
    from ..fetch import Fetcher


@click.command("render")
@click.argument("folder", metavar="DIR", default=".", shell_complete=completion.folders)
@click.option("--output-dir", metavar="OUT", shell_complete=completion.folders,
              help="Render every kustomization folder below DIR to OUT/<folder>/manifests.yaml.")
@click.option("--load-restrictor", type=click.Choice(["root", "none"]), default="root", show_default=True,
              help="Whether files may lie outside the kustomization's folder; none opens the repository, not the machine.")
@root_option
@remote_option
@jobs_option("Processes that render, with --output-dir.")
@click.option("--origins", "show_origins", is_flag=True, help="Print, as JSON, the file and line that wrote each field.")
def command(folder: str, output_dir: str | None, load_restrictor: str, root: str | None, allow_remote: bool,
            jobs: int, show_origins: bool) -> None:
    """Print what `kustomize build DIR` prints, byte for byte; of all programs only helm is run, for charts.

    Secrets are printed as they are, as kustomize does.
    """
    if not os.path.isdir(folder):
        raise UsageError(f"there is no folder {folder!r}")
    base = root_of(root, (folder,))
    tree = WorkTree(base, _listing(base) if output_dir is not None and root is None else None)
    renderer = Renderer(Sources(tree), load_restrictor=load_restrictor, helm=_helm, fetcher=_fetcher() if allow_remote else None)
    start = relative(base, folder)
    if output_dir is not None:
        if show_origins:
            raise UsageError("--origins prints to standard output; leave --output-dir out")
        # What is fetched is fetched once, for all folders.
        sys.exit(1 if _render_all(renderer, tree, start, Path(output_dir), 1 if renderer.fetches else jobs) else 0)
    try:
        rendered = _complete(renderer.render(start))
    except InputError as error:
        click.echo(_words(error), err=True)
        sys.exit(1)
    for fault in rendered.faults:
        _warn(fault)
    text = _as_json(origins(rendered.resources)) if show_origins else emit(rendered.resources)
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


# What a common build does without is imported by those that need it: start-up is much of a small one.


def _listing(base: Path) -> list[str] | None:
    from .. import git  # noqa: PLC0415

    return git.listing(base)


def _helm() -> str | None:
    from .. import tool  # noqa: PLC0415

    return tool.find("helm")


def _fetcher() -> Fetcher:
    from ..fetch import Fetcher  # noqa: PLC0415

    return Fetcher()


def _as_json(value: object) -> str:
    import json  # noqa: PLC0415

    return json.dumps(value, indent=1) + "\n"


def _complete(rendered: Rendered) -> Rendered:
    """The build, if all of it is known from here: a part of a deployment must not be taken for the whole."""
    for fault in rendered.faults:
        if fault.rule == "render/unresolved" and fault.location is not None:
            raise RenderError(fault.message, fault.location.file, fault.location.line, fault.location.column, fault.remedy)
    return rendered


def _render_all(renderer: Renderer, tree: WorkTree, start: str, out: Path, jobs: int) -> int:
    folders = sorted({posixpath.dirname(path) or "." for path in tree.files()
                      if posixpath.basename(path) in KUSTOMIZATION_FILES and is_below(path, start)})
    failed = 0
    for complaint in each(folders, lambda folder: _render_to(renderer, folder, out / posixpath.relpath(folder, start)), jobs):
        if complaint is not None:
            failed += 1
            click.echo(complaint, err=True)
    click.echo(f"{len(folders) - failed} of {len(folders)} folders rendered", err=True)
    return failed


def _render_to(renderer: Renderer, folder: str, out: Path) -> str | None:
    """Write a folder's output; or say why there is none."""
    try:
        text = emit(_complete(in_time(lambda: renderer.render(folder), folder, fetches=renderer.fetches)).resources)
    except InputError as error:
        return _words(error)
    except OutsideError:
        return f"{harmless(folder)}: a symbolic link that leaves the repository"
    finally:
        renderer.forget(folder)
    write_whole(out / "manifests.yaml", text.encode("utf-8", "surrogateescape"))
    return None


def _words(error: InputError) -> str:
    remedy = f" ({error.remedy})" if error.remedy else ""
    return harmless(f"{error.file}:{error.line}:{error.column}: {error.message}{remedy}")


def _warn(fault: Fault) -> None:
    if fault.location is not None:
        place = fault.location
        click.echo(harmless(f"{place.file}:{place.line}:{place.column}: warning: {fault.message}"), err=True)
