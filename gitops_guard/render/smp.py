"""Strategic merge: a resource's body and a patch go in, the body comes out merged, or not at all where the patch deletes it.

This is what kyaml's `merge2` and `walk` packages do, which is less than the API server does: `$patch` is the only directive, and
only kinds of the embedded OpenAPI have lists that are merged. Every field of the resource is visited, patched or not: a null
that no text stands for vanishes, and an item of a merged list that repeats another's keys goes.
"""

from __future__ import annotations

from typing import Any

from ..errors import RenderError
from ..origin import Map, Origin, Seq, clone
from . import merged_list, node, shared
from .merged_list import Value
from .node import text_at
from .openapi import Node, Schemas, active, builtin, note_read

DIRECTIVE = "$patch"
_DELETE, _REPLACE, _MERGE = "delete", "replace", "merge"
_KEPT_NULL = object()
"""A null that was written as one stays; any other null deletes its field."""


def merge(body: Map, patch: Map, origin: Origin, schemas: Schemas | None = None) -> Map | None:
    """The body, changed in place, with the patch merged in; None where the patch deletes the resource.

    `origin` is where the patch is written; `patch` stays as it is. Raises RenderError where the patch has a value of another
    kind than the resource, or an unknown `$patch`.
    """
    note_read()
    found = _Merge(body, schemas or active() or builtin(), origin).walk((body, None), (clone(patch), origin), None)
    if found is None or type(found[0]) is not Map:
        return None
    # kustomize takes no notice of what a merge makes of the whole object, unless nothing is left.
    return body if text_at(patch, DIRECTIVE) == _REPLACE else found[0]


class _Merge:
    """One merge. A value is a pair of itself and its origin; None stands for a value that is not there."""

    def __init__(self, body: Map, schemas: Schemas, origin: Origin) -> None:
        self._body = body
        self._schemas = schemas
        self._origin = origin

    def walk(self, dest: Value | None, patch: Value | None, schema: Node | None) -> Value | None:
        schema = schema or self._own_schema(dest) or self._own_schema(patch)
        lead = next((value[0] for value in (dest, patch) if value is not None and value[0] is not None), None)
        for value in (dest, patch):
            if value is not None and value[0] is not None and _shape(value[0]) != _shape(lead):
                place = (patch[1] if patch else None) or self._origin
                theirs = _shape(patch[0] if patch else None)
                raise RenderError(f"the patch has a {theirs} where the resource has a {_shape(lead)}",
                                  place.file, place.line, place.column, "give the field the shape that the resource has")
        if lead is None or type(lead) is Map:
            return self._map(dest, patch, schema)
        if type(lead) is Seq and schema is not None and schema.merges:
            return self._merged_list(dest, patch, schema)
        return dest if patch is None else patch

    def _own_schema(self, value: Value | None) -> Node | None:
        """The schema of an object that says what it is, wherever it stands."""
        if value is None or type(value[0]) is not Map:
            return None
        version, kind = value[0].get("apiVersion"), value[0].get("kind")
        return self._schemas.of(text_at(value[0], "apiVersion"), text_at(value[0], "kind")) if version and kind else None

    def _map(self, dest: Value | None, patch: Value | None, schema: Node | None) -> Value | None:
        target = self._target(dest, patch)
        if target is None or type(target[0]) is not Map:
            return target
        fields = target[0]
        others = patch[0] if patch is not None and type(patch[0]) is Map else Map()
        for key in sorted({*fields, *others}):
            theirs = _field(others, key)
            ours = _field(fields, key)
            place = theirs[1] if theirs else None
            if theirs and type(theirs[0]) is Map and DIRECTIVE in theirs[0]:
                place = theirs[0].at.get(DIRECTIVE) or place
            found = self.walk(ours, theirs, schema.field(key) if schema else None)
            if found is None or found[0] is None:
                fields.drop(key, place if ours is not None else None)
            elif found[0] is _KEPT_NULL:
                fields.put(key, None, found[1])
            else:
                self._put(fields, key, found, ours)
        return target

    def _put(self, fields: Map, key: str, found: Value, ours: Value | None) -> None:
        """Set a field, a scalar in the style of the one that stands there."""
        value, place = found
        if ours is not None and ours[0] is not None:
            try:
                value, place = node.kept(value, place, ours[1])
            except node.TagError:
                at = place or self._origin
                raise RenderError("the patch has a value that its quotes make another one", at.file, at.line, at.column,
                                  "write it as the resource does") from None
        place = node.secured(value, place)
        if fields.shared and key in fields.shared:
            shared.write(self._body, fields, key, value, place)
        else:
            fields.put(key, value, place)

    def _target(self, dest: Value | None, patch: Value | None) -> Value | None:
        """The mapping that the merge goes on with."""
        if dest is None or dest[0] is None:
            directive = self._map_directive(patch[0], lenient=True) if patch and type(patch[0]) is Map else _MERGE
            if directive == _DELETE:
                return None
            if patch is None and dest is not None and not (dest[1] and dest[1].absent):
                return (_KEPT_NULL, dest[1])
            return patch
        if patch is None:
            return dest
        if patch[0] is None:
            return None
        directive = self._map_directive(patch[0])
        return None if directive == _DELETE else patch if directive == _REPLACE else dest

    def _map_directive(self, patch: Map, *, lenient: bool = False) -> str:
        if DIRECTIVE not in patch:
            return _MERGE
        found = text_at(patch, DIRECTIVE)
        if found in (_DELETE, _REPLACE, _MERGE):
            patch.drop(DIRECTIVE)
            return found
        if lenient:
            return _MERGE
        raise self._unknown(patch.at.get(DIRECTIVE))

    def _unknown(self, place: Origin | None) -> RenderError:
        place = place or self._origin
        return RenderError("an unknown $patch directive", place.file, place.line, place.column, "write delete, replace or merge")

    def _merged_list(self, dest: Value | None, patch: Value | None, schema: Node) -> Value | None:
        items = _items(patch)
        target = dest
        if dest is None or dest[0] is None:
            target = patch
        elif patch is not None:
            if patch[0] is None:
                return None
            directive = self._list_directive(items)
            if directive == _DELETE:
                return None
            target = patch if directive == _REPLACE else dest
        if target is None:
            return None
        # What stands for both sides is one list, and has to stay one.
        ours = items if patch is not None and target[0] is patch[0] else _items(target)
        elements = schema.elements()

        def walk(one: Value | None, other: Value | None) -> Value | None:
            found = self.walk(one, other, elements)
            return None if found is None or found[0] is _KEPT_NULL else found

        made = Seq()
        made.gone = dest[0].gone if dest is not None and type(dest[0]) is Seq else None
        theirs = items if patch is not None else None
        for value, origin in merged_list.merge(ours, theirs, schema.keys, walk, self._origin, made.lose):
            made.add(value, origin)
        return made, target[1]

    def _list_directive(self, items: list[Value]) -> str:
        for value, _ in items:
            if type(value) is Map and DIRECTIVE in value:
                if len(value) > 1:
                    return _MERGE
                directive = text_at(value, DIRECTIVE)
                if directive not in (_DELETE, _REPLACE, _MERGE):
                    raise self._unknown(value.at.get(DIRECTIVE))
                merged_list.put(items, [DIRECTIVE], [directive], None, self._origin)
                return directive
        return _MERGE


def _field(holder: Map, key: str) -> Value | None:
    if key not in holder:
        return None
    value, place = holder[key], holder.at.get(key)
    if place is not None and node.is_empty_null(value, place):
        return None, place._replace(absent=True, spelling=None)
    return value, place


def _items(value: Value | None) -> list[Value]:
    if value is None or type(value[0]) is not Seq:
        return []
    return list(zip(value[0], value[0].at, strict=True))


def _shape(value: Any) -> str:
    return "mapping" if type(value) is Map else "list" if type(value) is Seq else "scalar"
