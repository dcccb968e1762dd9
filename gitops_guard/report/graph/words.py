"""A node -> the words that every format for people uses: what it is, what it reads, where it deploys to, how it is synced."""

from __future__ import annotations

import re

from ...nodes import Destination, Node, Source
from ..escape import visible
from .links import FOLDERS

_KINDS = {"kustomize": "kustomization folder", "helm": "chart folder", "manifests": "manifest folder"}
_HERE = "https://kubernetes.default.svc"
_SOURCES = 3
# Who logs in to a URL: a token stands there as often as a password does. `git@` is everybody's.
_LOGIN = re.compile(r"://(?!git@)[^\s/@]+@")


def safe(text: str) -> str:
    """Text from a repository, for one line: no control characters, no passwords of URLs."""
    return visible(without_login(text))


def without_login(text: str) -> str:
    """A text without the user and password of the URLs in it."""
    return _LOGIN.sub("://***@", text)


def kind(node: Node) -> str:
    """What a node is; a folder is called one, since Flux has Kustomizations, too."""
    return _KINDS.get(node.system) or safe(node.kind)


def name(node: Node) -> str:
    """Namespace and name, or a folder's path."""
    return safe(f"{node.namespace}/{node.name}" if node.namespace and node.system not in FOLDERS else node.name)


def sources(node: Node, *, where: bool = True) -> str:
    """All that an object reads; empty for a folder, whose name says it. `where`: which repository, for what is elsewhere."""
    if node.system in FOLDERS:
        return ""
    where = where and node.status == "unresolved"
    tool = "kustomize" if node.system == "flux" and node.kind == "Kustomization" else None
    found = list(dict.fromkeys(_source(source, tool, where=where) for source in node.sources))
    rest = len(found) - _SOURCES
    return safe(" + ".join(part for part in found[:_SOURCES] if part) + (f" + {rest} more" if rest > 0 else ""))


def _source(source: Source, known: str | None, *, where: bool) -> str:
    repository = source.repository or ""
    tool = f" ({source.tool})" if source.tool and source.tool != known else ""
    if source.chart:
        text = f"chart {source.chart}" + (f" {source.revision}" if source.revision else "")
    elif source.path:
        text = source.path + (f"@{source.revision}" if source.revision else "") + tool
    else:
        return repository + (f"@{source.revision}" if source.revision else "")
    return f"{text} of {repository}" if where and repository else text


def destination(node: Node) -> str:
    """`→ namespace on cluster`, as far as they are known and not the controller's own."""
    place = node.destination or Destination()
    cluster = place.name if place.name != "in-cluster" else None
    cluster = cluster or (place.server if place.server and place.server.rstrip("/") != _HERE else None)
    if not place.namespace:
        return safe(f"→ cluster {cluster}") if cluster else ""
    return safe(f"→ {place.namespace}" + (f" on {cluster}" if cluster else ""))


def sync(node: Node) -> str:
    """The effective settings that are on; what says nothing here is off."""
    if node.automated is None:
        return ""
    first = "auto" if node.automated else "manual" if node.system == "argocd" else "suspended"
    return ", ".join([first, *(["prune"] if node.prune else []), *(["self-heal"] if node.self_heal else [])])


def environment(node: Node) -> str:
    """The environment's name, or nothing."""
    return safe(node.environment or "")


def state(node: Node) -> str:
    """`unresolved: why` or `failed: why`; nothing for what is resolved."""
    if node.status == "resolved":
        return ""
    return safe(f"{node.status}: {why}" if (why := node.why) else node.status)


def plural(count: int, word: str) -> str:
    """A count and its noun."""
    if count == 1:
        return f"{count} {word}"
    return f"{count} {word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{count} {word}s"
