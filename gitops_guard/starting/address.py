"""Where this gitops-guard came from -> the address and the commit that files which install it name."""

from __future__ import annotations

import importlib.metadata
import json
import re
from dataclasses import dataclass

from ..errors import UsageError

_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")
_ADDRESS = re.compile(r"[a-z+]+://[^\s@'\"$`\\]+(?:@[^\s@'\"$`\\/]+/[^\s@'\"$`\\]+)?")
_REVISION = re.compile(r"(?!-)[\w./+-]+")


@dataclass(frozen=True)
class Address:
    """A repository of gitops-guard, and a revision of it."""

    url: str = "https://git.example.com/gitops-guard.git"
    revision: str = "0" * 40
    known: bool = False
    """Whether it is one; else the files must be edited before they work."""

    @property
    def action(self) -> str:
        """What `uses:` calls it; GitHub runs only what lies on GitHub."""
        match = _GITHUB.fullmatch(self.url)
        return match[1] if match else "OWNER/gitops-guard"

    @property
    def on_github(self) -> bool:
        """Whether `action` is one."""
        return _GITHUB.fullmatch(self.url) is not None


def parse(text: str) -> Address:
    """`URL@REVISION`. Raises UsageError."""
    url, _at, revision = text.removeprefix("git+").rpartition("@")
    if not _ADDRESS.fullmatch(url) or not _REVISION.fullmatch(revision):
        raise UsageError(f"--from {text!r}: write URL@COMMIT, such as https://git.example.com/gitops-guard.git@0123abc")
    return Address(url, revision, known=True)


def installed() -> Address:
    """What pip installed, where that was a revision of a repository (PEP 610)."""
    try:
        text = importlib.metadata.distribution("gitops-guard").read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        return Address()
    origin = json.loads(text) if text else {}
    revision = origin.get("vcs_info", {}).get("commit_id")
    if not revision or not _ADDRESS.fullmatch(origin["url"]) or "@" in origin["url"]:
        return Address()
    return Address(origin["url"], revision, known=True)
