"""`.argocd-source.yaml` and `.argocd-source-<app>.yaml`: a source and its folder go in, the source with what they say comes out.

Rules: `mergeSourceParameters` of Argo CD's repo-server. Each file is a JSON merge patch (RFC 7396), the general one first. Its
result is decoded over the source as it was, so that what a patch deletes is still there afterwards, except inside of
`valuesObject`; the items of a list are decoded over the old items in the same places.
"""

from __future__ import annotations

from typing import Any

from ...errors import SourceError
from ...model import FieldPath
from ...origin import Map, Origin, Seq, clone
from ...source import Dialect, Sources
from ...tree import OutsideError, join
from .problem import ProblemError

_KEPT = ("chart", "path", "repoURL", "targetRevision")
_RAW = ("valuesObject",)


def file_names(namespace: str, name: str, control: str | None, present: set[str]) -> tuple[str, ...]:
    """The files that Argo CD reads for an Application, in order; the names that are `present` decide where nothing else does.

    Applications outside of the namespace of Argo CD itself (`control`; None where it is not known) have theirs under
    `<namespace>_<name>`.
    """
    plain, long = f".argocd-source-{name}.yaml", f".argocd-source-{namespace}_{name}.yaml"
    if not namespace or namespace == (control or "argocd"):
        own = plain
    elif control is not None:
        own = long
    else:
        own = long if long in present else plain
    return ".argocd-source.yaml", own


def merged(source: Map, files: tuple[str, ...], sources: Sources, path: FieldPath) -> tuple[Map, frozenset[str]]:
    """The source as the files leave it, and those of them that are there. Raises ProblemError for one that can't be used."""
    found: Map = source
    used: set[str] = set()
    for file in files:
        patch = _read(file, sources, path)
        if patch is None:
            continue
        used.add(file)
        found = _decoded(found, _merge(clone(found), patch))
    if used:
        for field in _KEPT:
            if field in source:
                found.put(field, source[field], source.at.get(field))
            else:
                found.drop(field)
    return found, frozenset(used)


def at(folder: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of files in a folder."""
    return tuple(join(folder, name) for name in names)


def _read(file: str, sources: Sources, path: FieldPath) -> Map | None:
    """The patch in a file; None where there is no file, or nothing in it."""
    try:
        if sources.tree.kind(file) != "file":
            return None
        stream = sources.stream(file)
        documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
        start = stream.origins()[0] if documents else Origin(file, 1, 1)
    except SourceError as error:
        place = Origin(error.file, error.line, error.column)
        raise ProblemError("failed", error.message, path, error.remedy, origin=place, rule=error.rule) from None
    except OutsideError:
        raise ProblemError("failed", f"the link {file} leaves the repository", path, "put the file itself there",
                           origin=Origin(file, 1, 1, exact=False), rule="source/hostile-input") from None
    except OSError:
        return None
    value = documents[0] if documents else None
    if value is None:
        return None
    if type(value) is not Map:
        raise ProblemError("failed", "the file holds no mapping, so Argo CD can't merge it into the source", path,
                           "write fields of the source, such as kustomize: or helm:", origin=start)
    return value


def _merge(target: Any, patch: Any) -> Any:
    """RFC 7396; values bring the places where the patch has them."""
    if type(patch) is not Map:
        return clone(patch)
    found = target if type(target) is Map else Map()
    for key, value in patch.items():
        place = patch.at.get(key)
        if value is None:
            found.drop(key, place)
        else:
            found.put(key, _merge(found.get(key), value), place)
    return found


def _decoded(old: Any, new: Any) -> Any:
    """What Go's decoder makes of `new` where `old` was: fields that are not written stay as they were."""
    if type(old) is Map and type(new) is Map:
        found: Map = clone(old)
        for key, value in new.items():
            inner = clone(value) if key in _RAW else _decoded(found.get(key), value)
            found.put(key, inner, new.at.get(key))
        return found
    if type(old) is Seq and type(new) is Seq:
        items = Seq()
        for index, (item, place) in enumerate(zip(new, new.at, strict=True)):
            items.add(_decoded(old[index], item) if index < len(old) else clone(item), place)
        return items
    return clone(new)
