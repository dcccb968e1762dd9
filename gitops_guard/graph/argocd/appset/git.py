"""A git generator -> parameter sets: one for each folder that fits, or for each object in the files that fit.

Rules: Argo CD's `applicationset/generators/git.go`, `reposerver/repository` (`GetGitFiles`, `GetGitDirectories`) and
`util/git/client.go` (`LsFiles`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from ....errors import SourceError
from ....model import FieldPath
from ....origin import Map, Seq
from ....scalars import Dialect
from ....tree import OutsideError, join
from ...fields import flag, text
from ...world import Place, Unknown
from .context import Context, Produced, listed
from .globbing import Doublestar, Pathspec, PatternError, path_match
from .params import Words, data, flat
from .problem import SetError
from .values import add_values, normalized

_GLOBBING = "applicationsetcontroller.enable.new.git.file.globbing"
_HIDDEN = "reposerver.include.hidden.directories"


def generate(node: Map, path: FieldPath, context: Context) -> Produced:
    """The parameter sets of a `git:` generator at `path`. Raises SetError."""
    kind = next((key for key in ("directories", "files") if listed(node, key, path)), None)
    if kind is None:
        raise SetError("failed", "a git generator needs directories or files", path, "add one of them, with a path each")
    entries = enumerate(listed(node, kind, path))
    wanted = [(_pattern(item, (*path, kind, index)), flag(item, "exclude")) for index, item in entries]
    choose = _directories if kind == "directories" else _files
    place = _place(node, path, context)
    if isinstance(place, Unknown) or place.home:
        _testify(node, choose, wanted, path, context)
    if isinstance(place, Unknown):
        return Produced(unknown=[SetError("unresolved", f"the generator can't be followed: {place.reason}", (*path, "repoURL"),
                                          "map the repository to a local path with repositories: in .gitops-guard.yaml")])
    chosen = choose(wanted, place.prefix, (*path, kind), context)
    context.budget.count(len(chosen), path)
    if kind == "directories":
        return Produced([_of_folder(one, node, path, context) for one in chosen])
    sets: list[Map] = []
    for one in chosen:
        sets += _of_file(one, place, node, path, context)
        context.budget.count(len(sets), path)
    return Produced(sets)


def _pattern(item: Any, path: FieldPath) -> str:
    value = item.get("path") if type(item) is Map else None
    if not isinstance(value, str):
        raise SetError("failed", "an entry of a git generator needs a path", path, "write - path: with a pattern")
    return value


def _place(node: Map, path: FieldPath, context: Context) -> Place | Unknown:
    url, revision = text(node, "repoURL"), text(node, "revision")
    if not url:
        raise SetError("failed", "a git generator needs a repoURL", path, "add repoURL:")
    return context.world.repositories.place(url, None if revision in ("", "HEAD") else revision)


_Wanted = list[tuple[str, bool]]
"""(pattern, whether it excludes), in order"""


def _testify(node: Map, choose: Callable[[_Wanted, str, FieldPath, Context], list[str]], wanted: _Wanted, path: FieldPath,
             context: Context) -> None:
    """Note the URL if what it is asked for is here; patterns that fit in any repository (`*`) say nothing."""
    telling = [(one, out) for one, out in wanted if out or not re.match(r"[*?\[{:.]", one)]
    try:
        if telling and choose(telling, ".", path, context):
            context.evidence.add(text(node, "repoURL"))
    except SetError:
        return  # it is reported where the pattern counts


def _directories(wanted: _Wanted, prefix: str, path: FieldPath, context: Context) -> list[str]:
    """The folders that fit one pattern and no excluding one; hidden ones and what is below them don't count."""
    hidden = context.setting(_HIDDEN)
    folders = context.listing(prefix)[1]
    context.spend(sum(map(len, folders)) * len(wanted), path)
    found = []
    for folder in folders:
        if not hidden and (folder.startswith(".") or "/." in folder):
            continue
        hits = {out for pattern, out in wanted if path_match(pattern, folder)}
        if hits == {False}:
            found.append(folder)
    return found


def _files(wanted: _Wanted, prefix: str, path: FieldPath, context: Context) -> list[str]:
    """The files that fit one pattern and no excluding one, sorted."""
    doublestar = context.setting(_GLOBBING)
    files, folders = context.listing(prefix)
    found: set[str] = set()
    for index, (pattern, out) in sorted(enumerate(wanted), key=lambda one: one[1][1]):
        where = (*path, index, "path")
        context.spend(sum(map(len, files)), path)
        try:
            test = (Doublestar if doublestar else Pathspec)(pattern).fits
        except PatternError:
            raise SetError("failed", "the pattern is one that git refuses, or not known here", where,
                           "write a path below the repository's root") from None
        if doublestar and any(map(test, folders)):
            raise SetError("failed", "the pattern fits a folder, which Argo CD then fails to read as a file", where,
                           "let the pattern end in the files' name")
        hits = filter(test, files)
        found = found.difference(hits) if out else found.union(hits)
    return sorted(found)


def _of_folder(folder: str, node: Map, path: FieldPath, context: Context) -> Map:
    params = Map()
    _add_path(params, folder, None, text(node, "pathParamPrefix"), context)
    add_values(params, node, path, context)
    return params


def _of_file(file: str, place: Place, node: Map, path: FieldPath, context: Context) -> list[Map]:
    found = []
    for item in _objects(join(place.prefix, file), path, context):
        params = _nowhere(item) if not place.home else item
        if not context.templating.go:
            params = flat(params)
        context.spend(len(params) * 20, path)
        _add_path(params, posixpath.dirname(file) or ".", posixpath.basename(file), text(node, "pathParamPrefix"), context)
        add_values(params, node, path, context)
        found.append(params)
    return found


def _objects(file: str, path: FieldPath, context: Context) -> list[Map]:
    """The mapping in a file, or those in its list; an empty mapping for an empty file. Raises SetError."""
    try:
        documents = context.world.sources.stream(file).load(Dialect.MANIFEST, duplicates=True, any_key=True)
        value = data(documents[0]) if documents else None
    except SourceError as error:
        raise _broken(file, f"line {error.line}: {error.message}", path) from None
    except ValueError as error:
        raise _broken(file, str(error), path) from None
    except (OutsideError, OSError):
        raise _broken(file, "it is no file of the repository", path) from None
    listed = list(value) if type(value) is Seq else [value]
    if any(item is not None and type(item) is not Map for item in listed):
        raise _broken(file, "it is neither a mapping nor a list of mappings", path)
    return [Map() if item is None else item for item in listed]


def _broken(file: str, why: str, path: FieldPath) -> SetError:
    return SetError("failed", f"the generator can't read {file}: {why}", (*path, "files"), "correct the file, or exclude it")


def _nowhere(value: Any) -> Any:
    """A copy without places: those of another repository are none of this one."""
    if isinstance(value, Map):
        return Map([(key, _nowhere(item)) for key, item in value.items()])
    return Seq([_nowhere(item) for item in value]) if type(value) is Seq else value


def _add_path(params: Map, folder: str, file: str | None, prefix: str, context: Context) -> None:
    """Add `path` and its parts."""
    name = posixpath.basename(folder) or folder
    parts = {"basename": name, "basenameNormalized": normalized(name)}
    if file is not None:
        parts |= {"filename": file, "filenameNormalized": normalized(file)}
    segments = folder.split("/")
    if context.templating.go:
        inner = Map({"path": folder, **parts, "segments": Words(segments, "string")})
        params.put(prefix or "path", Map({"path": inner}) if prefix else inner, None)
        return
    head = f"{prefix}.path" if prefix else "path"
    params.put(head, folder, None)
    for key, value in parts.items():
        params.put(f"{head}.{key}", value, None)
    for index, segment in enumerate(segments):
        if segment:
            params.put(f"{head}[{index}]", segment, None)
