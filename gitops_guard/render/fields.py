"""Checking a parsed kustomization file (or plugin configuration) against the fields that kustomize knows.

In goes a parsed value and a type; out comes the same data with the fields' canonical names, without nulls. The rules are
those of Go's encoding/json with unknown fields refused: names match without regard to case, null leaves a field unset, and no
scalar is turned into one of another type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import RenderError
from ..origin import Map, Origin, Seq


class Type:
    """What a value has to be."""

    word = "anything"

    def zero(self) -> Any:
        """What an unset item of a list is."""
        return None

    def read(self, value: Any, origin: Origin) -> Any:
        """The value, checked. Raises RenderError."""
        del origin
        return value


class Scalar(Type):
    """A string, boolean or whole number."""

    def __init__(self, kind: type, word: str, zero: Any) -> None:
        """`kind` is the Python type, `zero` what an unset item of a list is."""
        self.kind = kind
        self.word = word
        self._zero = zero

    def zero(self) -> Any:
        """See `Type.zero`."""
        return self._zero

    def read(self, value: Any, origin: Origin) -> Any:
        """See `Type.read`."""
        if type(value) is self.kind:
            return value
        if self.kind is int and type(value) is float and value.is_integer() and abs(value) < 2**53:
            return int(value)
        hint = "put it in quotes" if self.kind is str and not isinstance(value, (dict, list)) else f"write {self.word}"
        raise _wrong(self.word, value, origin, hint)


class Items(Type):
    """A list."""

    def __init__(self, item: Type) -> None:
        self.item = item
        self.word = f"a list of {item.word}"

    def zero(self) -> Any:
        """See `Type.zero`."""
        return Seq()

    def read(self, value: Any, origin: Origin) -> Any:
        """See `Type.read`."""
        if type(value) is not Seq:
            raise _wrong("a list", value, origin, "begin each entry with `- `")
        found = Seq()
        for item, at in zip(value, value.at, strict=True):
            found.add(self.item.zero() if item is None else self.item.read(item, at or origin), at or origin)
        return found


class Table(Type):
    """A mapping with free keys."""

    word = "a mapping"

    def __init__(self, item: Type) -> None:
        self.item = item

    def zero(self) -> Any:
        """See `Type.zero`."""
        return Map()

    def read(self, value: Any, origin: Origin) -> Any:
        """See `Type.read`."""
        if type(value) is not Map:
            raise _wrong("a mapping", value, origin, "write `key: value` lines")
        found = Map()
        for key, item in value.items():
            at = value.at.get(key, origin)
            found.put(key, self.item.zero() if item is None else self.item.read(item, at), at)
        return found


class Fields(Type):
    """A mapping with known fields only."""

    word = "a mapping"

    def __init__(self, fields: Mapping[str, Type], *, strict: bool = True) -> None:
        """Without `strict` unknown fields are left out instead of refused."""
        self.fields = fields
        self._strict = strict
        self._folded = {name.lower(): name for name in fields}

    def zero(self) -> Any:
        """See `Type.zero`."""
        return Map()

    def name_of(self, key: str) -> str | None:
        """The field that a key means."""
        return key if key in self.fields else self._folded.get(key.lower())

    def read(self, value: Any, origin: Origin) -> Any:
        """See `Type.read`."""
        if type(value) is not Map:
            raise _wrong("a mapping", value, origin, "write `key: value` lines")
        found = Map()
        # kustomize goes through JSON with sorted keys; that decides which of two spellings of a field comes last.
        for key in sorted(value):
            at = value.at.get(key, origin)
            name = self.name_of(key)
            if name is None:
                if self._strict:
                    raise RenderError(f'unknown field "{key}"', at.file, at.key_line or at.line, at.key_column or at.column,
                                      remedy=self._remedy(key))
                continue
            if value[key] is not None:
                found.put(name, self.fields[name].read(value[key], at), at)
        return found

    def _remedy(self, key: str) -> str:
        near = sorted(self.fields, key=lambda name: (_distance(name.lower(), key.lower()), name))[0]
        return f"did you mean {near}?" if _distance(near.lower(), key.lower()) <= 2 else "remove it; kustomize refuses it"


def loosened(kind: Type) -> Type:
    """The same type, which leaves unknown fields out at every depth instead of refusing them."""
    if isinstance(kind, Fields):
        return Fields({name: loosened(inner) for name, inner in kind.fields.items()}, strict=False)
    if isinstance(kind, Items):
        return Items(loosened(kind.item))
    return Table(loosened(kind.item)) if isinstance(kind, Table) else kind


def _wrong(word: str, value: Any, origin: Origin, remedy: str) -> RenderError:
    name = {Map: "a mapping", Seq: "a list", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return RenderError(f"expected {word}, found {name.get(type(value), 'something else')}", origin.file, origin.line,
                       origin.column, remedy=remedy)


def _distance(one: str, two: str) -> int:
    """Levenshtein's edit distance, cut off at 3."""
    if abs(len(one) - len(two)) > 2 or len(two) > 64:
        return 3
    row = list(range(len(two) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(two, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


TEXT = Scalar(str, "a string", "")
FLAG = Scalar(bool, "true or false", False)
NUMBER = Scalar(int, "a whole number", 0)
TEXTS = Items(TEXT)
TEXT_TABLE = Table(TEXT)
ANY_TABLE = Table(Type())

META = Fields({"name": TEXT, "namespace": TEXT, "labels": TEXT_TABLE, "annotations": TEXT_TABLE})
_GVK: dict[str, Type] = {"group": TEXT, "version": TEXT, "kind": TEXT}
_ID: dict[str, Type] = {**_GVK, "name": TEXT, "namespace": TEXT}
FIELD_SPEC = Fields({**_GVK, "path": TEXT, "create": FLAG})
SELECTOR = Fields({**_ID, "annotationSelector": TEXT, "labelSelector": TEXT})
PATCH = Fields({"path": TEXT, "patch": TEXT, "target": SELECTOR,
                "options": Fields({"allowNameChange": FLAG, "allowKindChange": FLAG})})
IMAGE = Fields({"name": TEXT, "newName": TEXT, "tagSuffix": TEXT, "newTag": TEXT, "digest": TEXT})
REPLICA = Fields({"name": TEXT, "count": NUMBER})
_OPTIONS = Fields({"delimiter": TEXT, "index": NUMBER, "encoding": TEXT, "create": FLAG})
REPLACEMENT = Fields({
    "source": Fields({**_ID, "fieldPath": TEXT, "options": _OPTIONS}),
    "targets": Items(Fields({"select": SELECTOR, "reject": Items(SELECTOR), "fieldPaths": TEXTS, "options": _OPTIONS})),
    "sourceValue": TEXT,
    "path": TEXT,
})
VAR = Fields({
    "name": TEXT,
    "objref": Fields({"apiVersion": TEXT, **_ID}),
    "fieldref": Fields({"fieldPath": TEXT}),
})
SORT = Fields({"order": TEXT, "legacySortOptions": Fields({"orderFirst": TEXTS, "orderLast": TEXTS})})
LABEL = Fields({"pairs": TEXT_TABLE, "includeSelectors": FLAG, "includeTemplates": FLAG, "fields": Items(FIELD_SPEC)})
GENERATOR_OPTIONS = Fields({"labels": TEXT_TABLE, "annotations": TEXT_TABLE, "disableNameSuffixHash": FLAG, "immutable": FLAG})
GENERATOR: dict[str, Type] = {
    "namespace": TEXT, "name": TEXT, "behavior": TEXT, "literals": TEXTS, "files": TEXTS, "envs": TEXTS, "env": TEXT,
    "options": GENERATOR_OPTIONS,
}
HELM_GLOBALS = Fields({"chartHome": TEXT, "configHome": TEXT})
HELM_CHART: dict[str, Type] = {
    "name": TEXT, "version": TEXT, "repo": TEXT, "releaseName": TEXT, "namespace": TEXT, "additionalValuesFiles": TEXTS,
    "valuesFile": TEXT, "valuesInline": ANY_TABLE, "valuesMerge": TEXT, "includeCRDs": FLAG, "skipHooks": FLAG,
    "apiVersions": TEXTS, "kubeVersion": TEXT, "nameTemplate": TEXT, "skipTests": FLAG, "debug": FLAG, "devel": FLAG,
}
_HELM_ARGS: dict[str, Type] = {
    "chartName": TEXT, "chartVersion": TEXT, "chartRepoUrl": TEXT, "chartHome": TEXT, "chartRepoName": TEXT, "helmBin": TEXT,
    "helmHome": TEXT, "values": TEXT, "valuesLocal": ANY_TABLE, "valuesMerge": TEXT, "releaseName": TEXT,
    "releaseNamespace": TEXT, "extraArgs": TEXTS,
}
KUSTOMIZATION = Fields({
    "apiVersion": TEXT, "kind": TEXT, "metadata": META, "openapi": TEXT_TABLE, "namePrefix": TEXT, "nameSuffix": TEXT,
    "namespace": TEXT, "commonLabels": TEXT_TABLE, "labels": Items(LABEL), "commonAnnotations": TEXT_TABLE,
    "patchesStrategicMerge": TEXTS, "patchesJson6902": Items(PATCH), "patches": Items(PATCH), "images": Items(IMAGE),
    "imageTags": Items(IMAGE), "replacements": Items(REPLACEMENT), "replicas": Items(REPLICA), "vars": Items(VAR),
    "sortOptions": SORT, "resources": TEXTS, "components": TEXTS, "crds": TEXTS, "bases": TEXTS,
    "configMapGenerator": Items(Fields(GENERATOR)), "secretGenerator": Items(Fields({**GENERATOR, "type": TEXT})),
    "helmGlobals": HELM_GLOBALS, "helmCharts": Items(Fields(HELM_CHART)),
    "helmChartInflationGenerator": Items(Fields(_HELM_ARGS)), "generatorOptions": GENERATOR_OPTIONS, "configurations": TEXTS,
    "generators": TEXTS, "transformers": TEXTS, "validators": TEXTS, "buildMetadata": TEXTS,
})
"""Every field of a kustomization file (kustomize `api/types`, v5.8)."""
