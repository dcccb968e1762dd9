"""An event and a checkout -> the commit that a change is compared with, fetched where the checkout lacks it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .event import Event

NONE = "none"
_TIME = 600
_SAFE = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}",
         "-c", "protocol.ext.allow=never")


class RefusedError(Exception):
    """What is asked for can't be done; the text says what to do."""


@dataclass(frozen=True)
class Checkout:
    """A work tree of git."""

    folder: Path

    def git(self, *args: str) -> str | None:
        """What git answers; None where it fails. Raises RefusedError where it takes too long."""
        env = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        try:
            done = subprocess.run(["git", *_SAFE, *args], cwd=self.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", timeout=_TIME, check=False)
        except subprocess.TimeoutExpired:
            raise RefusedError(f"git {args[0]} gave no answer within {_TIME} s") from None
        return done.stdout.strip() if done.returncode == 0 else None

    def parents(self, commit: str) -> list[str]:
        """The parents that a commit names, also those that a shallow clone has cut off."""
        head = (self.git("cat-file", "commit", commit) or "").partition("\n\n")[0]
        return [line.partition(" ")[2] for line in head.splitlines() if line.startswith("parent ")]

    def has(self, commit: str) -> bool:
        """Whether a commit is here."""
        return self.git("cat-file", "-e", f"{commit}^{{commit}}") is not None

    def shallow(self) -> bool:
        """Whether the history is cut off."""
        return self.git("rev-parse", "--is-shallow-repository") == "true"

    def fetch(self, *args: str) -> None:
        """Fetch from origin, as far as the checkout may; what is missing afterwards is the caller's to see."""
        self.git("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *args)


def base_of(event: Event, asked: str, checkout: Checkout) -> str | None:
    """The revision for `--base`; None where everything is judged. Raises RefusedError where a change can't be compared."""
    if asked:
        return None if asked == NONE else asked
    if not event.base:
        return None
    head = checkout.git("rev-parse", "HEAD")
    if head is None:
        raise RefusedError("there is no checkout here: run actions/checkout before it, or name its folder with working-directory")
    if head == event.base or (event.name == "pull_request_target" and head == event.sha):
        raise RefusedError(f"what is checked out is the base branch, and not the change ({event.name}): use the event "
                           "pull_request, or give actions/checkout a ref of the pull request; base: none judges what is there")
    parents = checkout.parents(head)
    if event.head and len(parents) > 1 and (head == event.sha or event.head in parents[1:]):
        # GitHub's own merge. The base that the event names may be older, and what was merged since is none of this change. A
        # merge queue's commit is left to its event: its first parent may be another change of the same group.
        return _present(checkout, parents[0])
    return _joined(checkout, head, event.base)


def _present(checkout: Checkout, base: str) -> str:
    """A parent of what is checked out, fetched alone where it is missing: it is compared with as it is."""
    if not checkout.has(base):
        checkout.fetch("--depth=1", "origin", base)
        if not checkout.has(base):
            raise _lacking(f"the commit {base} that the change is compared with")
    return base


def _joined(checkout: Checkout, head: str, base: str) -> str:
    """A commit that shares history with what is checked out; all of it is fetched where the checkout has too little."""
    if not checkout.has(base) or (checkout.git("merge-base", base, head) is None and checkout.shallow()):
        checkout.fetch(*(["--unshallow"] if checkout.shallow() else []), "origin", base)
        if not checkout.has(base):
            raise _lacking(f"the commit {base} that the change is compared with")
        if checkout.git("merge-base", base, head) is None:
            raise _lacking(f"the history that the change shares with {base}")
    return base


def _lacking(what: str) -> RefusedError:
    return RefusedError(f"{what} is not in the checkout, and can't be fetched: set fetch-depth: 0 in the step that runs "
                        "actions/checkout")
