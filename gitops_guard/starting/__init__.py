"""A repository -> the files that a start with gitops-guard takes: its configuration, the hook, the workflow.

Nothing that is there is changed: what must be added to a file is advice.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .. import git
from ..config import FILE_NAME
from ..evaluate.files import read_files
from ..request import GraphRequest
from ..side import Side, build_side, clone_of, work_tree
from ..surroundings.guard_steps import HOOKS, steps
from .address import Address
from .configuration import configuration
from .survey import Survey, survey
from .systems import SYSTEMS, detected, filled, stage

__all__ = ["SYSTEMS", "Address", "Beginning", "begin"]


@dataclass(frozen=True)
class Beginning:
    """What to write, and what to tell."""

    found: list[str]
    """What was seen, a line each."""
    files: dict[str, str]
    """Path -> text of files that are not there yet, sorted."""
    advice: list[str]
    """What people have to do themselves."""


def begin(request: GraphRequest, address: Address, systems: Sequence[str] | None = None) -> Beginning:
    """Look at a repository; `systems` are the CI systems to write for, None for those that run it. Raises ToolError."""
    tree = work_tree(request.root, request.config, request.named)
    side = build_side(tree, request.config, request.named, clone_of(request.root, request.config))
    # What git ignores is there all the same.
    own = (FILE_NAME, *HOOKS, *(path for system in SYSTEMS.values() for path in (system.path, system.beside) if path))
    files = {*side.sources.tree.files(), *(path for path in own if os.path.lexists(request.root / path))}
    remotes = git.remotes(request.root)
    chosen = detected(files, remotes) if systems is None else list(systems)
    wanted: dict[str, str] = {}
    advice: list[str] = []
    seen = survey(side)
    _configuration(seen, files, wanted, advice)
    guards = _guards(side)
    _hook(files, guards, address, wanted, advice)
    branch = git.default_branch(request.root) or git.branch(request.root) or "main"
    _pipelines(chosen, files, guards, address, branch, wanted, advice)
    if not address.known and any(address.revision in text for text in (*wanted.values(), *advice)):
        advice.append("Put the address of gitops-guard, and the commit that you trust, where these files say git.example.com, "
                      "OWNER and 000…; or name them with --from URL@COMMIT.")
    elif address.known and not address.on_github and any(path.startswith(".github/") for path in wanted):
        advice.append(f"GitHub runs actions of GitHub alone: put a copy of {address.url} there, and its name for OWNER.")
    return Beginning(_lines(seen, [SYSTEMS[name].title for name in chosen]), dict(sorted(wanted.items())), advice)


def _configuration(seen: Survey, files: Collection[str], wanted: dict[str, str], advice: list[str]) -> None:
    if FILE_NAME in files:
        advice.append(f"{FILE_NAME} is there already, and stays as it is.")
    else:
        wanted[FILE_NAME] = configuration(seen)


def _guards(side: Side) -> dict[str, str]:
    """The files that run gitops-guard already, with what they are; hooks are of no kind."""
    found = read_files(side.sources, side.sources.tree.files())
    kinds = {item.path: item.kind for item in found}
    running = {str(step["file"]) for step in steps(side.sources, found, side.sources, found)}
    return {path: kinds.get(path, "") for path in sorted(running)}


def _hook(files: Collection[str], guards: Mapping[str, str], address: Address, wanted: dict[str, str],
          advice: list[str]) -> None:
    there = next((path for path in HOOKS if path in files), None)
    if there is None:
        wanted[HOOKS[0]] = filled("pre-commit.yaml", address)
    elif there in guards:
        advice.append(f"{there} runs gitops-guard already.")
    else:
        entry = filled("pre-commit.yaml", address).partition("repos:\n")[2]
        advice.append(f"Add to `repos:` in {there}:\n{entry.rstrip()}")


def _pipelines(chosen: Sequence[str], files: Collection[str], guards: Mapping[str, str], address: Address, branch: str,
               wanted: dict[str, str], advice: list[str]) -> None:
    for system in (SYSTEMS[name] for name in chosen):
        running = [path for path, kind in guards.items() if kind in system.kinds]
        text = filled(system.template, address, branch)
        there = any(system.there.fullmatch(path) for path in files)
        path = system.beside if there else system.path
        if running:
            advice.append(f"{system.title}: {', '.join(running)} runs gitops-guard already.")
        elif path is None:
            advice.append(f"{system.rest}\n{stage(text).rstrip()}")
        elif path in files:
            advice.append(f"{system.title}: {path} is there already, and stays as it is.")
        else:
            wanted[path] = text
            advice += [system.rest] if there and system.rest else []
    if not chosen:
        advice.append(f"No CI system was recognised: name one with --ci ({', '.join(SYSTEMS)}).")


def _lines(seen: Survey, systems: Sequence[str]) -> list[str]:
    parts = [f"{len(paths)} {name or 'of no environment'}" for name, paths in seen.environments.items()]
    deployed = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in seen.controllers.items()]
    return [f"targets: {seen.targets}" + (f" (folders: {', '.join(parts)})" if parts else ""),
            f"deployed by: {', '.join(deployed) or 'nothing in this repository'}",
            f"CI: {', '.join(systems) or 'none'}"]
