"""What Argo CD does to a kustomization before the build: it and an Application's options go in, the edited one comes out.

Rules: `kustomize.Build` of Argo CD, which runs `kustomize edit` for each option in this order and appends patches itself; and
kustomize v5.8.1's `edit set` and `edit add`. What an option writes has its place in the Application.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import RenderError
from ..origin import Map, Origin, Seq, clone
from . import fields
from .images import split_image
from .kustomization import Kustomization
from .load import fail

_KEEP = "*"
_SELECTOR = fields.Fields(fields.SELECTOR.fields, strict=False)
_PATCH = fields.Fields({**fields.PATCH.fields, "target": _SELECTOR}, strict=False)
"""The API server drops what it does not know."""


def changed(kustomization: Kustomization, changes: Map) -> Kustomization:
    """The kustomization with `spec.source.kustomize` of an Application, whose variables are filled in. Raises RenderError."""
    if not changes:
        return kustomization
    data: Map = clone(kustomization.data)
    near = _near(kustomization, changes)
    for field in ("namePrefix", "nameSuffix"):
        _set(data, changes, field, near)
    _images(data, _list(changes, "images", near), near)
    _replicas(data, _list(changes, "replicas", near), near)
    _labels(data, changes, near)
    annotations = _table(changes, "commonAnnotations", near)
    if annotations:
        _add(_made(data, "commonAnnotations", near), annotations, "annotation", near,
             force=changes.get("forceCommonAnnotations") is True)
    _set(data, changes, "namespace", near)
    for patch, place in _list(changes, "patches", near):
        _made_list(data, "patches", near).add(_PATCH.read(patch, place), place)
    _components(data, _list(changes, "components", near), near)
    return Kustomization(kustomization.file, kustomization.folder, data, kustomization.faults)


def _near(kustomization: Kustomization, changes: Map) -> Origin:
    """Where something stands that has no place of its own."""
    known = next(iter(changes.at.values()), None)
    return (known or Origin(kustomization.file, 1, 1))._replace(exact=False)


def _set(data: Map, changes: Map, field: str, near: Origin) -> None:
    value = changes.get(field)
    if value:
        place = changes.at.get(field, near)
        data.put(field, fields.TEXT.read(value, place), place)


def _list(changes: Map, field: str, near: Origin) -> list[tuple[Any, Origin]]:
    value = changes.get(field)
    if value is None:
        return []
    if type(value) is not Seq:
        raise fail(f"kustomize.{field} is no list", changes.at.get(field, near), "begin each entry with `- `")
    return [(item, at or changes.at.get(field, near)) for item, at in zip(value, value.at, strict=True)]


def _table(changes: Map, field: str, near: Origin) -> Map:
    value = changes.get(field)
    if value is None:
        return Map()
    found: Map = fields.TEXT_TABLE.read(value, changes.at.get(field, near))
    # On the way through the command line a value loses the quotes around it.
    for key, item in found.items():
        if len(item) > 1 and item[0] == item[-1] == '"':
            found[key] = item[1:-1]
    return found


def _made(data: Map, field: str, near: Origin) -> Map:
    if type(data.get(field)) is not Map:
        data.put(field, Map(), near)
    found: Map = data[field]
    return found


def _made_list(data: Map, field: str, near: Origin) -> Seq:
    if type(data.get(field)) is not Seq:
        data.put(field, Seq(), near)
    found: Seq = data[field]
    return found


def _images(data: Map, entries: list[tuple[Any, Origin]], near: Origin) -> None:
    """`edit set image`: an entry of a name replaces the file's, `*` keeps a part of it, all are sorted by name."""
    if not entries:
        return
    known: dict[str, tuple[Map, Origin]] = {}
    for text, place in entries:
        image = _image(fields.TEXT.read(text, place), place)
        known[image["name"]] = (image, place)
    before = data.get("images")
    seen: set[str] = set()
    for image, at in zip(before, before.at, strict=True) if type(before) is Seq else ():
        name = image.get("name", "")
        if name in known and name not in seen:
            known[name] = (_kept(known[name][0], image), known[name][1])
        known.setdefault(name, (image, at or near))
        seen.add(name)
    found = Seq()
    for _, (image, place) in sorted(known.items()):
        found.add(_kept(image, Map()), place)
    data.put("images", found, data.at.get("images", near))


def _image(text: str, place: Origin) -> Map:
    """`[name=]newName[:tag][@digest]` as an entry of `images:`; every part has the place of the whole."""
    key, equals, value = text.partition("=")
    name, tag, digest = split_image(value if equals else text)
    if name == text:
        raise fail(f"kustomize edit set image refuses {text}: it changes nothing", place,
                   "write name=newName, name:tag or name@digest")
    found = Map()
    found.put("name", key if equals else name, place)
    for field, part in (("newName", name if equals else ""), ("newTag", tag), ("digest", digest)):
        if part:
            found.put(field, part, place)
    return found


def _kept(image: Map, before: Map) -> Map:
    """An image whose parts that are `*` are those of the entry before it."""
    if _KEEP not in (image.get("newName"), image.get("newTag"), image.get("digest")):
        return image
    found: Map = clone(image)
    for field in ("newName", "newTag", "digest"):
        if found.get(field) == _KEEP:
            found.drop(field)
            if before.get(field):
                found.put(field, before[field], before.at.get(field))
    return found


def _replicas(data: Map, entries: list[tuple[Any, Origin]], near: Origin) -> None:
    """`edit set replicas`: an entry of a name replaces the file's, all are sorted by name."""
    if not entries:
        return
    known: dict[str, tuple[Map, Origin]] = {}
    for entry, place in entries:
        name, count = (entry.get("name"), entry.get("count")) if type(entry) is Map else (None, None)
        if isinstance(count, str) and re.fullmatch(r"[+-]?\d{1,18}", count):
            count = int(count)
        if not isinstance(name, str) or type(count) is not int or "=" in name:
            raise fail("an entry of replicas without name and count", place, "write both")
        known[name] = (Map({"name": name, "count": count},
                           {field: entry.at.get(field, place) for field in ("name", "count")}), place)
    before = data.get("replicas")
    for entry, at in zip(before, before.at, strict=True) if type(before) is Seq else ():
        known.setdefault(entry.get("name", ""), (entry, at or near))
    data.put("replicas", Seq(), data.at.get("replicas", near))
    for _, (entry, place) in sorted(known.items()):
        data["replicas"].add(entry, place)


def _labels(data: Map, changes: Map, near: Origin) -> None:
    """`edit add label`: into commonLabels, or into the first entry of `labels:` with the same switches."""
    pairs = _table(changes, "commonLabels", near)
    if not pairs:
        return
    force, templates = changes.get("forceCommonLabels") is True, changes.get("labelIncludeTemplates") is True
    if changes.get("labelWithoutSelector") is not True:
        if templates:
            raise fail("labelIncludeTemplates without labelWithoutSelector", changes.at.get("labelIncludeTemplates", near),
                       "set both")
        _add(_made(data, "commonLabels", near), pairs, "label", near, force=force)
        return
    listed = _made_list(data, "labels", near)
    alike = next((entry for entry in listed
                  if not entry.get("includeSelectors") and bool(entry.get("includeTemplates")) is templates), None)
    if alike is None:
        alike = Map({"includeTemplates": templates}, {"includeTemplates": near})
        listed.add(alike, changes.at.get("commonLabels", near))
    _add(_made(alike, "pairs", near), pairs, "label", near, force=force)


def _add(into: Map, pairs: Map, what: str, near: Origin, *, force: bool) -> None:
    for key, value in pairs.items():
        place = pairs.at.get(key, near)
        if key in into and not force:
            option = "forceCommonLabels" if what == "label" else "forceCommonAnnotations"
            raise _taken(f"the {what} {key} is in the kustomization already; kustomize edit refuses to replace it", place, option)
        into.put(key, value, place)


def _taken(message: str, place: Origin, option: str) -> RenderError:
    return fail(message, place, f"remove one of them, or set {option}")


def _components(data: Map, entries: list[tuple[Any, Origin]], near: Origin) -> None:
    """`edit add component`: what is listed already is not listed again."""
    for entry, place in entries:
        listed = _made_list(data, "components", near)
        text = fields.TEXT.read(entry, place)
        if text not in listed:
            listed.add(text, place)
