"""templatePatch: its rendered text -> a strategic merge into an Application, each value with the line of the patch that wrote it.

Rules: apimachinery's strategicpatch with Argo CD's types: of all lists only `finalizers` and `ownerReferences` merge, the others
are replaced; null deletes; `$patch`, `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys` are directives.
"""

from __future__ import annotations

import re
from typing import Any

from ....errors import SourceError
from ....model import FieldPath
from ....origin import Map, Origin, Seq
from ....scalars import Dialect
from ....source import parse
from .problem import SetError

_FLAGS = frozenset(["prune", "selfHeal", "allowEmpty", "enabled", "recurse", "skipCrds", "skipTests", "skipSchemaValidation",
                    "ignoreMissingValueFiles", "passCredentials", "forceString", "forceCommonLabels", "forceCommonAnnotations",
                    "commonAnnotationsEnvsubst", "labelWithoutSelector", "labelIncludeTemplates", "ignoreMissingComponents"])
_TEXTS = frozenset(["repoURL", "path", "targetRevision", "chart", "ref", "server", "namespace", "releaseName", "values",
                    "namePrefix", "nameSuffix", "project"])
_MERGED = (("metadata", "finalizers"),)
_MAX_DEPTH = 100
_MAX_PAIRS, _MAX_LINE = 10_000, 300
"""Of lines that are compared, and the characters of one; beyond that the patch as a whole is the place."""
_REMEDY = "correct the patch; nothing is generated while it fails"


def read_patch(rendered: str, template: str, origin: Origin | None, path: FieldPath) -> Map:
    """The patch in a rendered text, with places in the template. Raises SetError where it is no mapping of YAML or JSON."""
    try:
        documents = parse(rendered.encode("utf-8", "surrogateescape"), "templatePatch").load(
            Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError as error:
        raise SetError("failed", f"templatePatch is no YAML once it is rendered: {error.message}", path, _REMEDY) from None
    patch = documents[0] if documents else None
    if patch is not None and type(patch) is not Map:
        raise SetError("failed", "templatePatch must be a mapping once it is rendered", path, _REMEDY)
    placed: Map = _Placer(rendered, template, origin).of(Map() if patch is None else patch)
    return placed


class _Placer:
    """Puts the places of a rendered text where the template has them."""

    def __init__(self, rendered: str, template: str, origin: Origin | None) -> None:
        self._origin = origin
        self._lines = _counterparts(rendered, template) if origin is not None and origin.block else {}

    def of(self, value: Any) -> Any:
        """A copy with those places."""
        if type(value) is Map:
            return Map([(key, self.of(item)) for key, item in value.items()],
                       {key: at for key in value if (at := self._at(value.at.get(key))) is not None})
        if type(value) is Seq:
            return Seq([self.of(item) for item in value], [self._at(at) for at in value.at])
        return value

    def _at(self, at: Origin | None) -> Origin | None:
        origin = self._origin
        if at is None or origin is None:
            return origin
        line = self._lines.get(at.line)
        key_line = self._lines.get(at.key_line)
        if line is None:
            return Origin(origin.file, origin.key_line or origin.line, origin.key_column or origin.column, False)
        shift = origin.block - 1
        return Origin(origin.file, origin.line + line, at.column + shift, False,
                      origin.line + key_line if key_line is not None else 0, at.key_column + shift if key_line is not None else 0)


def _counterparts(rendered: str, template: str) -> dict[int, int]:
    """Line of the rendered text -> the one line of the template that can have made it, from 1."""
    tests = []
    for number, line in enumerate(template.split("\n"), 1):
        parts = re.split(r"\{\{.*?\}\}", line.strip())
        # More gaps than two would make the test slow.
        if len(parts) <= 3 and any(part.strip() for part in parts):
            tests.append((number, re.compile(r"\s*" + ".*".join(map(re.escape, parts)) + r"\s*")))
    lines = rendered.split("\n")
    found: dict[int, int] = {}
    if len(tests) * len(lines) > _MAX_PAIRS:
        return found
    for number, line in enumerate(lines, 1):
        if line.strip() and len(line) < _MAX_LINE:
            fitting = [at for at, test in tests if test.fullmatch(line)]
            if len(fitting) == 1:
                found[number] = fitting[0]
    return found


def apply(base: Map, patch: Map, where: FieldPath, path: FieldPath = ()) -> None:
    """Merge a patch into an object, or a mapping of it at `path`. Raises SetError for what Argo CD refuses."""
    if len(path) > _MAX_DEPTH:
        raise SetError("failed", "templatePatch is nested too deeply", where, _REMEDY)
    directive = patch.get("$patch")
    if directive in ("replace", "delete"):
        for key in list(base):
            base.drop(key, patch.at.get("$patch"))
    elif directive not in (None, "merge"):
        raise SetError("failed", "templatePatch has a $patch that is none of merge, replace and delete", where, _REMEDY)
    if directive == "delete":
        return
    _delete_items(base, patch)
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        here = (*path, key)
        if value is None:
            base.drop(key, patch.at.get(key))
            continue
        _check(key, value, here, where)
        old = base.get(key)
        if type(value) is Map and type(old) is Map:
            if "valuesObject" in path:
                raise SetError("failed", "templatePatch can't merge into a mapping inside valuesObject", where,
                               "let the template leave that mapping out, or use helm parameters")
            apply(old, value, where, here)
        elif here in _MERGED and type(value) is Seq and type(old) is Seq:
            for item, at in zip(value, value.at, strict=True):
                if item not in old:
                    old.add(item, at)
        elif type(value) is Map:
            base.put(key, _bare(value, here, where), patch.at.get(key))
        else:
            base.put(key, value, patch.at.get(key))


def _delete_items(base: Map, patch: Map) -> None:
    for key, value in patch.items():
        name = key.removeprefix("$deleteFromPrimitiveList/")
        old = base.get(name)
        if name != key and type(value) is Seq and type(old) is Seq:
            for index in reversed(range(len(old))):
                if old[index] in value:
                    old.remove_at(index)


def _bare(value: Map, path: FieldPath, where: FieldPath) -> Map:
    """A mapping that is new: nulls and directives in it have nothing to act on."""
    made = Map()
    for key, item in value.items():
        if item is not None and not key.startswith("$"):
            _check(key, item, (*path, key), where)
            made.put(key, _bare(item, (*path, key), where) if type(item) is Map else item, value.at.get(key))
    return made


def _check(key: str, value: Any, path: FieldPath, where: FieldPath) -> None:
    """Raises SetError for a value of a type that the field can't have."""
    known = path[0] == "spec" and "valuesObject" not in path and "plugin" not in path
    if known and ((key in _FLAGS and not isinstance(value, bool)) or (key in _TEXTS and not isinstance(value, str))):
        kind = "true or false" if key in _FLAGS else "text"
        raise SetError("failed", f"templatePatch gives {'.'.join(map(str, path))} a value that is not {kind}", where, _REMEDY)
