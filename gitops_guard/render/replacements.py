"""`replacements:`: the value of one field is written to fields of selected objects.

Rules: kustomize `filters/replacement`. A scalar that is written over keeps its type, so that the text "80" over a number is a
number; a field inside of JSON or YAML text is written in that text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..origin import Map, Origin, Seq, clone
from . import node, shared, structured
from .fieldpath import CREATED, PathError, find, look_up, split
from .fieldspec import Place
from .load import fail
from .resource import NO_NAMESPACE, Gvk, Id, ResMap, Resource
from .selecting import Selector

_Value = tuple[Any, Origin | None]
_DEFAULT_PATH = "metadata.name"


def replace(resources: ResMap, entry: Map, origin: Origin, *, incomplete: bool = False) -> None:
    """Apply one replacement (a checked `fields.REPLACEMENT`).

    `incomplete` says that a part of the build is unknown: a source that is not there may be in it. Raises RenderError.
    """
    if (entry.get("source") is None and entry.get("sourceValue") is None) or entry.get("targets") is None:
        raise fail("a replacement needs a source and a target", origin, "add source: and targets:")
    source = _source(resources, entry, origin, incomplete=incomplete)
    if source is None:
        return
    targets = entry["targets"]
    for target, at in zip(targets, targets.at, strict=True):
        _Target(target, at or origin).write(resources, source)
    resources.changed()


def _source(resources: ResMap, entry: Map, origin: Origin, *, incomplete: bool) -> Place | None:
    """Where the value stands. It is read anew for each target: one of them may be the source itself."""
    source, at = entry.get("source") or Map(), entry.at.get("source", origin)
    if entry.get("sourceValue") is not None:
        if entry.get("source") is not None:
            raise fail("a replacement with a source and a sourceValue", at, "keep one of them")
        return _place_of(*node.made(entry["sourceValue"], node.LOOSE, "", entry.at["sourceValue"]))
    gvk = Gvk(source.get("group", ""), source.get("version", ""), source.get("kind", ""))
    name, namespace = source.get("name", ""), source.get("namespace", "")
    # Without regard to scope: for a replacement a cluster-scoped object is one without a namespace.
    matched = [resource for resource in resources if any(
        (not name or found.name == name) and (not namespace or found.scope == namespace) and found.gvk.selected_by(gvk)
        for found in _sources(resource, origin))]
    if len(matched) > 1:
        raise fail("a replacement whose source matches several objects", at, "name kind, name and namespace")
    if not matched:
        if incomplete:
            return None
        raise fail("a replacement whose source matches no object", at, "correct kind, name or namespace")
    path = source.get("fieldPath") or _DEFAULT_PATH
    path_at = source.at.get("fieldPath", at)
    try:
        place = look_up(matched[0].body, split(path))
    except PathError as error:
        raise fail(f"the source of the replacement: {error}", path_at, "correct fieldPath") from None
    if place is None or place.value is None or place.value == {} or place.value == [] or node.is_empty_null(*_pair(place)):
        raise fail(f"the source of the replacement has no {path}", path_at, "correct fieldPath")
    return _refined(place, source.get("options") or Map(), path_at)


def _refined(source: Place, options: Map, at: Origin) -> Place:
    delimiter = options.get("delimiter", "")
    if not delimiter:
        return source
    if _is_container(source.value):
        raise fail("a delimiter is for texts only", at, "name a scalar field")
    parts, index = source.text.split(delimiter), options.get("index", 0)
    if not 0 <= index < len(parts):
        raise fail("the index is beyond the parts of the source", options.at.get("index", at), "correct index or delimiter")
    try:
        return _place_of(*node.made(parts[index], node.tag_of(*_pair(source)), node.style_of(source.origin), source.origin))
    except node.TagError:
        return _place_of(*node.made(parts[index], node.LOOSE, "", source.origin))


class _Target:
    """One entry of `targets:`."""

    def __init__(self, target: Map, origin: Origin) -> None:
        self._origin = origin
        selector = target.get("select")
        if selector is None:
            raise fail("a target of a replacement without select", origin, "add select:")
        self._select = Selector(selector, target.at["select"])
        rejects = target.get("reject") or Seq()
        self._rejects = [(Selector(row, at or origin), bool(row.get("labelSelector") or row.get("annotationSelector")))
                         for row, at in zip(rejects, rejects.at, strict=True)]
        paths = target.get("fieldPaths") or Seq([_DEFAULT_PATH], [origin])
        self._paths = [(path, at or origin) for path, at in zip(paths, paths.at, strict=True)]
        options = target.get("options") or Map()
        self._delimiter, self._index = options.get("delimiter", ""), options.get("index", 0)
        self._creates = bool(options.get("create"))

    def write(self, resources: ResMap, source: Place) -> None:
        for resource in resources:
            if self._means(resource):
                for path, at in self._paths:
                    self._write(resource, path, at, source)

    def _means(self, resource: Resource) -> bool:
        ids = _ids(resource, self._origin)
        if not self._select.suits(resource):
            return False
        for reject, by_labels in self._rejects:
            if (by_labels and reject.suits(resource)) or (not reject.empty and any(_selects(reject, found) for found in ids)):
                return False
        return any(_selects(self._select, found) for found in ids)

    def _write(self, resource: Resource, path: str, at: Origin, source: Place) -> None:
        parts, value = split(path), _pair(source)
        create = self._blank(value) if self._creates else None
        origin = value[1] or at
        if structured.write(resource.body, parts, value, create, at):
            return
        try:
            places = find(resource.body, parts, create, origin)
        except PathError as error:
            raise fail(f"the replacement can't write {path}: {error}", at, "correct the path") from None
        if not places:
            raise fail(f"the replacement finds no {path} in {resource.id}", at, "correct the path, or set options.create")
        for place in places:
            self._put(resource.body, place, _pair(source), at)

    def _blank(self, value: _Value) -> Callable[[], Any]:
        kind = type(value[0])
        return kind if kind is Map or kind is Seq else lambda: CREATED

    def _put(self, body: Map, place: Place, value: _Value, at: Origin) -> None:
        old = place.value
        text = node.text_of(*value)
        if self._delimiter:
            if _is_container(old):
                raise fail("a delimiter is for texts only", at, "name a scalar field")
            parts = ("" if old is CREATED else place.text).split(self._delimiter)
            part = "" if value[0] is None else text
            if self._index < 0:
                parts.insert(0, part)
            elif self._index >= len(parts):
                parts.append(part)
            else:
                parts[self._index] = part
            text = self._delimiter.join(parts)
        new = written_over(place, value, text, at)
        if type(place.holder) is Map:
            shared.write(body, place.holder, place.key, *new)
        else:
            place.put(*new)


def written_over(place: Place, value: _Value, text: str, at: Origin) -> _Value:
    """What a value becomes when its text is written over another: that one's tag and style stay. Raises RenderError."""
    old = place.value
    if _is_container(old) or (old is CREATED and _is_container(value[0])):
        return clone(value[0]), value[1]
    tag, style = (node.LOOSE, "") if old is CREATED else (node.tag_of(old, place.origin), node.style_of(place.origin))
    try:
        return node.made(text, tag, style, value[1])
    except node.TagError:
        raise fail("the replacement writes a text over a value of another type", at,
                   "put the value it writes over in quotes") from None


def _place_of(value: Any, origin: Origin | None) -> Place:
    """A place for a value that stands nowhere else."""
    return Place(Seq([value], [origin]), 0)


def _pair(place: Place) -> _Value:
    return place.value, place.origin


def _is_container(value: Any) -> bool:
    return type(value) is Map or type(value) is Seq


def _sources(resource: Resource, origin: Origin) -> list[Id]:
    """Every id it has or had, as the source of a replacement is found by. Raises RenderError."""
    _ids(resource, origin)
    return [Id(resource.gvk, resource.name, resource.namespace or "default"), *resource.previous_ids()]


_RawId = tuple[Gvk, str, str]


def _ids(resource: Resource, origin: Origin) -> list[_RawId]:
    """Group, version and kind, name and namespace (as written) of every id it has or had. Raises RenderError."""
    now = resource.namespace
    found = [(resource.gvk, resource.name, now)]
    for old in resource.previous_ids():
        if not old.name:
            raise fail(f"a {resource.kind} had no name for a while, which kustomize can't keep apart", origin,
                       "correct the replacement that empties the name")
        unnamed = old.scope == NO_NAMESPACE or (old.scope == "default" and now != "default")
        found.append((old.gvk, old.name, "" if unnamed else old.scope))
    return found


def _selects(selector: Selector, found: _RawId) -> bool:
    gvk, name, namespace = found
    return selector.names_gvk(gvk) and selector.names(name) and selector.names_namespace(namespace)
