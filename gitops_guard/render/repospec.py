"""Telling git URLs from paths: an entry of a kustomization goes in, the parts that git and the loader need come out.

The rules are those of kustomize's `git.NewRepoSpecFromURL` (v5.8.1), its quirks included: github.com needs no scheme, `git::` is
dropped, and without `//`, `.git` or `_git/` the repository is the first two segments of the path.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

SECONDS = 27.0
"""How long kustomize lets each git command run."""
_SCHEMES = ("ssh://", "https://", "http://", "file://")
_USER = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*@")
_ESCAPE = r"%(?![0-9a-fA-F]{2})"
_DURATION = r"(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+"
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_BOOLEANS = {**dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
             **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False)}


class RepoSpec(NamedTuple):
    """A git repository, a revision of it and a folder in it."""

    host: str
    """Scheme, user and host, with the separator that ends them."""
    repository: str
    folder: str
    """As written, without a leading slash; empty for the repository's root."""
    ref: str
    """Empty for the repository's HEAD."""
    seconds: float
    submodules: bool

    @property
    def url(self) -> str:
        """What `git clone` takes."""
        return self.host + self.repository


def parse(entry: str) -> RepoSpec | None:
    """The parts of a git URL; None where kustomize takes the entry for a path."""
    if entry.startswith("/"):
        return None
    rest, _, query = entry.partition("?")
    ref, seconds, submodules = _query(query)
    found = _host(rest)
    if found is None:
        return None
    host, path = found
    parts = _split(path, whole=host.startswith("file://"))
    if parts is None or not parts[0]:
        return None
    repository, folder = parts
    cleaned = posixpath.normpath(folder.removeprefix("/") or ".")
    if cleaned.split("/")[0] == "..":
        return None
    return RepoSpec(host, repository, folder.removeprefix("/"), ref, seconds, submodules)


def _host(text: str) -> tuple[str, str] | None:
    """The host with what stands before it, and the rest."""
    if text[:5].lower() == "git::":
        text = text[5:]
    scheme = next((name for name in _SCHEMES if text[:len(name)].lower() == name), "")
    text = text[len(scheme):]
    match = _USER.match(text)
    user = match.group() if match else ""
    text = text[len(user):]
    github = text[:11].lower() in ("github.com/", "github.com:")
    short = not scheme and bool(user or github)
    if not scheme and not short:
        return None
    if scheme == "file://":
        return scheme, user + text
    cut, colon = text.find("/"), text.find(":")
    if short and (cut < 0 or 0 < colon < cut):
        cut = colon
    host, rest = (text[:cut + 1], text[cut + 1:]) if cut >= 0 else (text, "")
    if github:
        over_ssh = scheme == "ssh://" or bool(user)
        scheme, host = ("", "github.com:") if over_ssh else ("https://", "github.com/")
        user = user if over_ssh else ""
    return (scheme + user + host, rest) if host else None


def _split(path: str, *, whole: bool) -> tuple[str, str] | None:
    """The repository and the folder in it; without a mark, all of a local path is the repository."""
    if "_git/" in path:
        head, _, tail = path.partition("_git/")
        name, _, folder = tail.partition("/")
        return f"{head}_git/{name}", folder
    if "//" in path:
        repository, _, folder = path.partition("//")
        return repository, folder
    if ".git" in path:
        head, _, folder = path.partition(".git")
        return f"{head}.git", folder
    if whole:
        return path, ""
    parts = path.split("/")
    return ("/".join(parts[:2]), "/".join(parts[2:])) if len(parts) >= 2 else None


def _query(query: str) -> tuple[str, float, bool]:
    """Ref (or version), timeout and submodules; the defaults where it is no query."""
    from urllib.parse import unquote_plus  # noqa: PLC0415 (start-up: few entries are addresses)

    values: dict[str, str] = {}
    for part in query.split("&"):
        if ";" in part or re.search(_ESCAPE, part):
            return "", SECONDS, True
        key, _, value = part.partition("=")
        values.setdefault(unquote_plus(key), unquote_plus(value))
    ref = values.get("ref") or values.get("version", "")
    return ref, _seconds(values.get("timeout", "")), _BOOLEANS.get(values.get("submodules", ""), True)


def _seconds(text: str) -> float:
    if re.fullmatch(r"\+?\d+", text) and int(text) > 0:
        return float(int(text))
    text = text.removeprefix("+")
    if re.fullmatch(_DURATION, text):
        found = sum(float(number) * _UNITS[unit]
                    for number, unit in re.findall(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", text))
        if found > 0:
            return found
    return SECONDS
