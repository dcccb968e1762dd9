"""GitHub's event -> what a change is compared with, and whether it comes from a fork."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Event:
    """What a run was started by (docs.github.com, "Webhook events and payloads")."""

    name: str
    sha: str
    """GITHUB_SHA: of a pull request the commit that merges it, under pull_request_target the last one of the base branch."""
    base: str = ""
    """The commit that is merged into, as far as the event knows; empty where nothing is merged."""
    head: str = ""
    """The last commit of the pull request."""
    fork: bool = False
    """Whether the change comes from another repository: its runs may read, and not write."""


def read_event(env: Mapping[str, str]) -> Event:
    """The event of GITHUB_EVENT_NAME and the file GITHUB_EVENT_PATH. Raises OSError or ValueError where that can't be read."""
    name, sha = env.get("GITHUB_EVENT_NAME", ""), env.get("GITHUB_SHA", "")
    path = env.get("GITHUB_EVENT_PATH")
    payload = _map(json.loads(Path(path).read_bytes()) if path else None)
    pull = _map(payload.get("pull_request"))
    if pull:
        base, head = _map(pull.get("base")), _map(pull.get("head"))
        # The repository of a fork that has been deleted is null.
        ours, theirs = _map(base.get("repo")).get("full_name"), _map(head.get("repo")).get("full_name")
        return Event(name, sha, str(base.get("sha") or ""), str(head.get("sha") or ""), fork=ours != theirs)
    return Event(name, sha, str(_map(payload.get("merge_group")).get("base_sha") or ""))


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
