"""configMapGenerator and secretGenerator: entries of a kustomization go in, ConfigMaps and Secrets come out or are merged.

Rules: kustomize `internal/generators`, `kv` and `resmap.AbsorbAll`. Each value keeps the place it came from: the literal, the
line of an env file, or the `files:` entry of a packed file.
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..origin import Map, Origin, clone
from .load import Loader, fail
from .resource import IdConflictError, ResMap, Resource, scalar_text

_LINE = 70
_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Go's unicode.IsSpace takes for white space."""
_MAX_ENV_LINE = 65_536
"""Go's scanner stops reading, silently, at a longer line."""


class Pair(NamedTuple):
    """One generated value."""

    key: str
    value: bytes
    origin: Origin


def generate(kind: str, entry: Map, place: Origin, folder: str, loader: Loader, options: Map | None,
             read: set[str]) -> Resource:
    """The ConfigMap or Secret that a generator entry makes.

    `options` are the kustomization's generatorOptions; files it reads are added to `read`. Raises RenderError at the entry,
    SourceError, or UnresolvedError for a remote file.
    """
    name = entry.get("name", "")
    if not name:
        raise fail("a generator without a name", place, "add name:")
    declared = entry.at["name"]
    near = declared._replace(exact=False)
    meta = Map()
    meta.put("name", name, declared)
    if entry.get("namespace"):
        meta.put("namespace", entry["namespace"], entry.at["namespace"])
    body = Map()
    body.put("apiVersion", "v1", near)
    body.put("kind", kind, near)
    body.put("metadata", meta, near)
    pairs = _unique(_pairs(entry, folder, loader, read), name)
    if kind == "Secret":
        body.put("type", entry.get("type") or "Opaque", entry.at["type"] if entry.get("type") else near)
        body.put("data", Map(), near)
    for pair in sorted(pairs):
        _put(body, kind, pair, near)
    merged = _options(entry.get("options"), options)
    for field in ("labels", "annotations"):
        if merged.get(field):
            meta.put(field, clone(merged[field]), merged.at.get(field))
    if merged.get("immutable"):
        body.put("immutable", True, merged.at.get("immutable"))
    resource = Resource(body, declared)
    resource.needs_hash = not merged.get("disableNameSuffixHash", False)
    behavior = entry.get("behavior", "")
    resource.behavior = behavior if behavior in ("create", "merge", "replace") else "unspecified"
    resource.touch()
    return resource


def _put(body: Map, kind: str, pair: Pair, near: Origin) -> None:
    field = "data"
    if kind == "Secret":
        value = encode(pair.value)
    else:
        try:
            value = pair.value.decode("utf-8")
        except UnicodeDecodeError:
            field, value = "binaryData", encode(pair.value)
    if field not in body:
        body.put(field, Map(), near)
    body[field].put(pair.key, value, pair.origin)


def encode(data: bytes) -> str:
    """base64, in lines of 70 once it fills one."""
    text = base64.b64encode(data).decode("ascii")
    if len(text) < _LINE:
        return text
    return "".join(text[at:at + _LINE] + "\n" for at in range(0, len(text), _LINE))


def _options(own: Map | None, common: Map | None) -> Map:
    """An entry's options over the kustomization's; a boolean is true where either says so."""
    merged: Map = clone(own) if own is not None else Map()
    if common is None:
        return merged
    for field in ("labels", "annotations"):
        if field in common:
            if field not in merged:
                merged.put(field, Map(), common.at.get(field))
            for key, value in common[field].items():
                if key not in merged[field]:
                    merged[field].put(key, value, common[field].at.get(key))
    for field in ("disableNameSuffixHash", "immutable"):
        if common.get(field):
            merged.put(field, True, common.at.get(field))
    return merged


def _unique(pairs: Iterable[Pair], name: str) -> list[Pair]:
    found: dict[str, Pair] = {}
    for pair in pairs:
        if pair.key in found:
            raise fail(f"the generator {name} has the key {pair.key} twice", pair.origin, "remove one of them")
        found[pair.key] = pair
    return list(found.values())


def _pairs(entry: Map, folder: str, loader: Loader, read: set[str]) -> Iterator[Pair]:
    for path, at in _items(entry, "envs"):
        file = loader.file(folder, path, at, "env file")
        read.add(file)
        yield from _env_file(loader.tree.read(file), file)
    for literal, at in _items(entry, "literals"):
        key, equals, value = literal.partition("=")
        if not key or not equals:
            raise fail("a literal that is no key=value", at, "write key=value")
        yield Pair(key, _unquote(value).encode("utf-8", "surrogateescape"), at)
    for source, at in _items(entry, "files"):
        key, path = _file_source(source, at)
        file = loader.file(folder, path, at)
        read.add(file)
        yield Pair(key, loader.tree.read(file), at._replace(exact=False, packed=file))


def _items(entry: Map, field: str) -> list[tuple[str, Origin]]:
    items = entry.get(field)
    return list(zip(items, items.at, strict=True)) if items else []


def _file_source(source: str, origin: Origin) -> tuple[str, str]:
    count = source.count("=")
    key, equals, path = source.partition("=")
    if not equals:
        return posixpath.basename(source.rstrip("/")), source
    if count > 1:
        raise fail("a file source with more than one =", origin, "write key=path")
    if not key or not path:
        raise fail("a file source without a key or a path", origin, "write key=path, or the path alone")
    return key, path


def _unquote(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" else text


def _env_file(data: bytes, file: str) -> Iterator[Pair]:
    for number, raw in enumerate(data.split(b"\n"), 1):
        if len(raw) >= _MAX_ENV_LINE:
            return
        line = raw.removesuffix(b"\r")
        at = Origin(file, number, 1)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            raise fail("an env file that is not UTF-8", at, "save it as UTF-8") from None
        if number == 1:
            text = text.removeprefix("\ufeff")
        text = text.lstrip(_BLANKS)
        if not text or text.startswith("#"):
            continue
        key, _, value = text.partition("=")
        if key:
            yield Pair(key, value.encode("utf-8"), at)


def absorb(resources: ResMap, new: Resource, place: Origin, *, incomplete: bool = False) -> None:
    """Add a generated resource, or merge it into (or replace by it) the one with its id, as its behavior says.

    With `incomplete` the one to merge with may lie in an unresolved part, and the new one stands alone. Raises RenderError.
    """
    wanted = new.id
    matches = resources.by_any_id(lambda found: found == wanted)
    if len(matches) > 1:
        raise fail(f"several objects could be merged with {wanted}", place, "give the generator the namespace it means")
    if not matches:
        if new.behavior in ("merge", "replace") and not incomplete:
            raise fail(f"{wanted} does not exist; nothing to {new.behavior}", place, "remove behavior:, or correct the name")
        try:
            resources.append(new)
        except IdConflictError:
            raise fail(f"{wanted} is there already", place, "use behavior: merge or replace, or another name") from None
        return
    old = matches[0]
    if new.behavior not in ("merge", "replace"):
        raise fail(f"{wanted} is there already", place, "use behavior: merge or replace, or another name")
    merge = new.behavior == "merge"
    _take_over(new, old)
    if merge:
        new.declared = old.declared
        new.made_by = old.made_by or new.made_by
        for field in ("data", "binaryData"):
            _merge_texts(new.body, old.body, field, keep_empty=False)
    resources.replace(old, new)


def _take_over(new: Resource, old: Resource) -> None:
    """The new one gets the old one's name and history, and those labels and annotations that it has not itself."""
    meta, former = new.body["metadata"], old.body.get("metadata")
    former = former if type(former) is Map else Map()
    for field in ("labels", "annotations"):
        _merge_texts(meta, former, field, keep_empty=field == "annotations")
    for field in ("name", "namespace"):
        if former.get(field):
            meta.put(field, former[field], former.at.get(field))
        else:
            meta.drop(field)
    new.previous = old.previous.copy()
    new.prefixes, new.suffixes = old.prefixes.copy(), old.suffixes.copy()
    new.var_names = old.var_names.copy()
    new.changed_by = new.changed_by or old.changed_by.copy()
    new.needs_hash = new.needs_hash and old.needs_hash
    new.behavior = old.behavior


def _merge_texts(body: Map, former: Map, field: str, *, keep_empty: bool) -> None:
    mine, theirs = body.get(field), former.get(field)
    merged = Map()
    for source in (theirs, mine):
        if type(source) is Map:
            for key, value in source.items():
                merged.put(key, _text(value), source.at.get(key))
    at = body.at.get(field) or former.at.get(field)
    body.drop(field)
    if merged or keep_empty:
        body.put(field, merged, at)


def _text(value: Any) -> str:
    return scalar_text(value)
