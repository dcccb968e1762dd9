"""One side, built -> what is known of the repository as a whole: its targets, who owns their files, and what CI does with git."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .. import codeowners
from ..errors import SourceError
from ..evaluate import Repository, describe
from ..evaluate.files import FileInput
from ..graph.repositories import normal
from ..manifests import KUSTOMIZATION_FILES, SUFFIXES
from ..model import Resource, Target
from ..nodes import Graph, Node
from ..origin import Map, origin_of
from ..source import Dialect, Sources
from ..targets import Built
from ..tree import OutsideError, is_below
from .promotion import Promotion
from .references import references

_GIT = frozenset({"git", "gh", "glab", "hub", "tea", "jx"})
_ANY: Mapping[str, Any] = {"branches": None, "ignored": [], "tags": False}
_DEFAULT_BRANCHES = ("main", "master")
_SHOWN = 5
"""Files without an owner that a message may name."""


def surroundings(sources: Sources, built: Sequence[Built], all_built: Sequence[Built], graph: Graph, files: Iterable[FileInput],
                 guard: Mapping[str, Any] | None = None, *, is_home: Callable[[str], bool] = lambda _url: False,
                 history: Promotion | None = None, generated: Sequence[Resource] = ()) -> Repository:
    """What the policies of scope repository judge. `built` are the targets that count, `all_built` all there are.

    `is_home` says of a URL that it names this repository; `generated` are the objects that generators in `built` make.
    """
    owners = _read(sources)
    paths = sources.tree.files()
    inside: dict[str, list[str]] = {}
    for path in sorted(paths):
        inside.setdefault(posixpath.dirname(path) or ".", []).append(path)
    targets = [{
        **describe(item.target),
        "namespaces": sorted({resource.id.namespace for resource in item.resources if resource.id.namespace}
                             | ({item.target.namespace} if item.target.namespace else set())),
        "shared": _is_shared(item, all_built),
        "place": _place(sources, item.target, inside.get(item.target.path, ())),
        "unowned": _unowned(owners, item, all_built, paths) if item.target.environment == "production" else [],
    } for item in built]
    return Repository(
        targets=targets,
        graph={"nodes": [_node(node) for node in graph.nodes]},
        codeowners=None if owners is None else {"file": owners[0], "line": 1},
        tracked=_tracked(sources, graph, is_home),
        files=[fact for item in files if (fact := _file(item))],
        guard=guard,
        references=references(sources, built, is_home, generated),
        history=history.document if history is not None else None,
        named=history.named if history is not None else (),
        generated=generated,
    )


def _read(sources: Sources) -> tuple[str, list[codeowners.Entry]] | None:
    """The CODEOWNERS file that the forge reads: GitLab's where the repository shows that it lies there."""
    paths = frozenset(sources.tree.files())
    gitlab = not any(path.startswith(".github/") for path in paths) and (
        any(path.startswith(".gitlab/") for path in paths) or ".gitlab-ci.yml" in paths)
    for path in codeowners.GITLAB_PLACES if gitlab else codeowners.GITHUB_PLACES:
        if path in paths:
            try:
                text = sources.text(path)
            except (SourceError, OutsideError, OSError):
                return path, []
            too_large = not gitlab and len(text.encode("utf-8", "surrogatepass")) > codeowners.MAX_BYTES
            return path, [] if too_large else codeowners.read(text, gitlab=gitlab)
    return None


def _is_shared(item: Built, built: Iterable[Built]) -> bool:
    """Whether a target of another environment uses the folder as well."""
    return any(other.target.id != item.target.id and other.target.environment != item.target.environment
               and (other.target.path == item.target.path or item.target.path in other.folders) for other in built)


def _unowned(owners: tuple[str, list[codeowners.Entry]] | None, item: Built, built: Sequence[Built],
             paths: Iterable[str]) -> list[dict[str, Any]]:
    """The files of a target's folder that nobody owns, by the line that decides it.

    Only the target's own files: not those of targets of other environments that lie below it.
    """
    others = [other.target.path for other in built
              if other.target.environment != item.target.environment and other.target.path != item.target.path
              and is_below(other.target.path, item.target.path)]
    found: dict[int | None, list[str]] = {}
    for path in paths:
        if is_below(path, item.target.path) and not any(is_below(path, other) for other in others):
            said = codeowners.verdict(owners[1], path) if owners is not None else codeowners.Verdict(False, None)
            if not said.owned:
                found.setdefault(said.line, []).append(path)
    name = {} if owners is None else {"file": owners[0]}
    return [{**name, "line": line, "count": len(files), "paths": files[:_SHOWN]}
            for line, files in sorted(found.items(), key=lambda entry: (entry[0] is None, entry[0]))]


def _place(sources: Sources, target: Target, inside: Sequence[str]) -> dict[str, Any] | None:
    """What stands for a target in its folder's files: its kustomization's kind, its first manifest, else its first file.

    Without a manifest are folders that only a plugin of Argo CD, or its Jsonnet, can render. None: nothing lies below the folder.
    """
    names = [posixpath.normpath(posixpath.join(target.path, name)) for name in (*KUSTOMIZATION_FILES, "Chart.yaml")]
    below = (path for path in inside if path.endswith(SUFFIXES))
    for path in (*(name for name in names if name in inside), *target.files[:1], *below):
        return {"file": path, "line": _kind_line(sources, path)}
    rest = (*inside, *sorted(path for path in sources.tree.files() if is_below(path, target.path)))
    return {"file": rest[0], "line": 1} if rest else None


def _kind_line(sources: Sources, path: str) -> int:
    try:
        documents = sources.stream(path).load(Dialect.RESOURCE, duplicates=True, any_key=True)
    except (SourceError, OutsideError, OSError):
        return 1
    first = documents[0] if documents else None
    if not isinstance(first, Map) or not first:
        return 1
    origin = origin_of(first, "kind" if "kind" in first else next(iter(first)))
    return origin.key_line or origin.line if origin is not None else 1


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node.id, "system": node.system, "kind": node.kind, "namespace": node.namespace, "name": node.name,
        "status": node.status, "generated_by": node.generated_by,
        "sources": [{"repository": source.repository, "path": source.path, "revision": source.revision, "chart": source.chart}
                    for source in node.sources],
    }


def _file(item: FileInput) -> dict[str, Any] | None:
    """What a CI file or script does with git; None where it does nothing."""
    document = item.document
    commands = [{"argv": command["argv"], "program": command["program"], "line": command["line"], "job": command["job"],
                 "when": command["when"], "env": {key: value for key, value in command["env"].items() if isinstance(value, str)}}
                for command in document["commands"] if command["program"] in _GIT]
    if not commands and not document["uses"]:
        return None
    uses = [{"action": use["action"],
             "inputs": {key: value for key, value in use["inputs"].items() if isinstance(value, str | bool)},
             "line": use["line"], "job": use["job"], "when": use["when"]} for use in document["uses"]]
    return {"file": item.path, "type": item.kind, "commands": commands, "uses": uses, "events": _events(item)}


def _events(item: FileInput) -> dict[str, Any] | None:
    """What starts a GitHub workflow, and on which branches (null: on any)."""
    document = item.document["documents"][0] if item.kind == "github-workflow" and item.document["documents"] else None
    started = document.get("on", document.get(True)) if isinstance(document, Map) else None  # type: ignore[call-overload]
    if isinstance(started, str):
        return {started: _ANY}
    if isinstance(started, list):
        return {str(name): _ANY for name in started}
    if not isinstance(started, Map):
        return None
    found = {}
    for name, filters in started.items():
        given = filters if isinstance(filters, Map) else Map()
        found[str(name)] = {
            "branches": _texts(given.get("branches")),
            "ignored": _texts(given.get("branches-ignore")) or [],
            "tags": ("tags" in given or "tags-ignore" in given) and "branches" not in given and "branches-ignore" not in given,
        }
    return found


def _texts(value: Any) -> list[str] | None:
    """A list of texts, or one of them alone; None where there is neither."""
    listed = [value] if isinstance(value, str) else value
    return [str(item) for item in listed] if isinstance(listed, list) else None


def _tracked(sources: Sources, graph: Graph, is_home: Callable[[str], bool]) -> dict[str, list[str]]:
    """What of this repository is deployed: the branches that objects read it at, and the addresses that they give it.

    A branch that this clone lacks is deployed all the same. Where no address is known to be its own, what exists here at the
    paths that objects name is taken for it.
    """
    named = [(node, source) for node in graph.nodes for source in node.sources if source.repository and source.path is not None]
    home = [source for _node, source in named if is_home(source.repository or "")]
    used = home or [source for node, source in named if node.status == "resolved"
                    and (source.path == "." or sources.tree.kind(source.path or "") is not None)]
    revisions = {(source.revision or "HEAD").removeprefix("refs/heads/") for source in used} or {"HEAD"}
    default = set(_DEFAULT_BRANCHES) if "HEAD" in revisions else set()
    return {"branches": sorted(revisions - {"HEAD"} | default),
            "repositories": sorted({normal(source.repository) for source in used if source.repository} - {""})}
