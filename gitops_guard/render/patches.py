"""patches, patchesStrategicMerge and patchesJson6902: entries of a kustomization go in, steps that change resources come out.

Rules: kustomize `builtins.PatchTransformer`, `PatchStrategicMergeTransformer` and `PatchJson6902Transformer`. A patch text is a
strategic merge patch where it reads as Kubernetes objects, else a JSON patch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..errors import InputError, RenderError, SourceError
from ..origin import Map, Origin, Seq
from ..source import Dialect, Stream, parse_embedded
from . import first, json6902, node, notes, rawjson, smp
from .documents import Documents
from .fieldspec import Place
from .load import Loader, fail
from .resource import Id, IdConflictError, ResMap, Resource
from .selecting import select

Step = Callable[[ResMap, bool], None]
"""Changes resources in place; with True a part of the build is unresolved, and a target that is not there may be in it."""
_Text = tuple[Stream, Origin, SourceError | None, str]
"""What can be read of a patch, where it is named, why it can't be read as a whole, and its text."""


class Patches:
    """Reads patch entries of one folder."""

    def __init__(self, loader: Loader, documents: Documents, folder: str, read: set[str]) -> None:
        """Files that entries name are looked up from `folder` and added to `read`."""
        self._loader = loader
        self._documents = documents
        self._folder = folder
        self._read = read

    def entry(self, entry: Map, place: Origin) -> Step:
        """A step for an entry of `patches:`. Raises RenderError at the entry, or SourceError."""
        stream, source, broken, text = self._text(entry, "patch", place, trim=True)
        objects, as_objects = self._objects(stream) if broken is None else (None, broken)
        operations, as_operations = _operations(stream, text)
        if objects and operations:
            raise fail("a patch that reads as strategic merge patch and as JSON patch", source, "write one or the other")
        target = entry.get("target")
        at = entry.at.get("target", place)
        if objects is not None:
            options = entry.get("options") or Map()
            rename, rekind = bool(options.get("allowNameChange")), bool(options.get("allowKindChange"))
            return _strategic(objects, target, at, source, rename, rekind)
        if operations is None:
            written = stream.load(Dialect.RESOURCE)
            error = as_operations if written and type(written[0]) is Seq else as_objects
            raise error or fail("neither a strategic merge patch nor a JSON patch", source, "correct the patch")
        if target is None:
            raise fail("a JSON patch needs a target", source, "add target:")
        return _json(operations, target, at, remember=True)

    def strategic(self, entries: Iterable[tuple[str, Origin]], place: Origin) -> Step:
        """One step for all entries of `patchesStrategicMerge:`, each a path or a text. Raises RenderError or SourceError."""
        patches: list[tuple[Map, Origin]] = []
        for text, at in entries:
            objects = None
            try:
                objects = self._documents.of(_embedded(text, at))
            except InputError:
                objects = self._documents.of(self._loader.sources.stream(self._file(text, at)))
            patches.extend((body, at) for body, _ in objects)
        if not patches:
            raise fail("no patch in it", place, "name a file with a patch, or remove the entry")

        def step(resources: ResMap, incomplete: bool) -> None:
            for body, at in patches:
                target = _target_of(body, at, resources, incomplete=incomplete)
                if target is not None:
                    _apply_to([target], body, resources, at, False, False)

        return step

    def json(self, entry: Map, place: Origin, field: str = "patch") -> Step:
        """A step for an entry of `patchesJson6902:`. Raises RenderError at the entry, or SourceError."""
        target = entry.get("target")
        if target is None or not target.get("name"):
            raise fail("a JSON patch needs the name of its target", entry.at.get("target", place), "add target: with name:")
        stream, source, _, text = self._text(entry, field, place)
        operations, error = _operations(stream, text)
        if not operations:
            raise error or fail("the patch is empty", source, "remove the entry")
        return _json(operations, target, entry.at["target"], remember=False)

    def _text(self, entry: Map, field: str, place: Origin, *, trim: bool = False) -> _Text:
        """The patch as it is written; trimmed, a block at its end loses its last line break."""
        text, path = entry.get(field, ""), entry.get("path", "")
        if bool(text.strip()) == bool(path):
            what = "both a patch and a path" if path else "neither a patch nor a path"
            raise fail(f"a patch entry with {what}", place, f"write one of {field}: and path:")
        if path:
            file = self._file(path, entry.at["path"])
            stream, broken = first.stream_of(self._loader.sources, file)
            return stream, entry.at["path"], broken, self._loader.sources.text(file)
        at, text = entry.at[field], text.rstrip() if trim else text
        stream, broken = first.of_text(text, lambda part: _embedded(part, at))
        return stream, at, broken, text

    def _file(self, path: str, origin: Origin) -> str:
        file = self._loader.file(self._folder, path, origin, "patch")
        self._read.add(file)
        return file

    def _objects(self, stream: Stream) -> tuple[list[Map] | None, InputError | None]:
        try:
            return [body for body, _ in self._documents.of(stream)], None
        except InputError as error:
            return None, error


def _embedded(text: str, origin: Origin) -> Stream:
    # kustomize trims the text; blanks before its first line would otherwise be indentation.
    if text[:1] in " \t":
        return parse_embedded(text.strip(), origin._replace(block=0))
    return parse_embedded(text, origin)


def _operations(stream: Stream, text: str) -> tuple[list[Map] | None, InputError | None]:
    """The operations of a JSON patch, or why it is none; an empty document has none."""
    try:
        documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
        places = stream.origins()
        value: Any = documents[0] if documents else None
        if value is None:
            return [], None
        if type(value) is not Seq or not all(type(item) is Map for item in value):
            raise fail("a JSON patch is a list of operations", places[0], "begin each operation with `- op:`")
        if text.lstrip().startswith("["):
            value = rawjson.spell(value, text)
    except InputError as error:
        return None, error
    except ValueError:
        return None, RenderError("a patch that begins like JSON and is none", stream.file, stream.origins()[0].line, 1,
                                 "write it as YAML, or correct the JSON")
    return list(value), None


def _strategic(patches: list[Map], target: Map | None, at: Origin, source: Origin, rename: bool, rekind: bool) -> Step:
    if target is not None and len(patches) > 1:
        raise fail("several patches in an entry with a target", source, "split them into entries")
    options = [name for name, given in ((notes.RENAME, rename), (notes.REKIND, rekind)) if given]
    if options:
        patches = [notes.allow(patch, options) for patch in patches]

    def step(resources: ResMap, incomplete: bool) -> None:
        for patch in patches:
            if target is not None:
                _apply_to(select(resources, target, at), patch, resources, source, rename, rekind)
                continue
            found = _target_of(patch, source, resources, incomplete=incomplete)
            if found is not None:
                _merge(found, patch, resources, source, rename, rekind)
        resources.items = [item for item in resources if item.body]
        resources.changed()

    return step


def _target_of(patch: Map, source: Origin, resources: ResMap, *, incomplete: bool) -> Resource | None:
    """The one resource that a patch names by its own kind and name."""
    wanted = Resource(patch, source).id
    matches = [item for item in resources.by_any_id(lambda found: found == wanted) if item.body]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise fail(f"several objects match the patch of {wanted}", source, "name the namespace, or use a target")
    if incomplete:
        return None
    raise fail(f"no object matches the patch of {wanted}", source, "correct apiVersion, kind, name or namespace in the patch")


def _apply_to(targets: list[Resource], patch: Map, resources: ResMap, source: Origin, rename: bool, rekind: bool) -> None:
    """The patch on several resources, as a patch of their own version; no two may have the same id afterwards."""
    chosen: set[Id] = {target.id for target in targets}
    kept = ResMap()
    patch = _with_texts(patch)
    for item in resources:
        if item.id in chosen:
            own = Map(patch, patch.at.copy())
            versioned = "apiVersion" in item.body
            own.put("apiVersion", item.body.get("apiVersion"), item.body.at.get("apiVersion"))
            _merge(item, own, resources, source, rename, rekind)
            if item.body and not versioned:
                item.body.put("apiVersion", None, source)  # kustomize writes an empty one
        if item.body:
            try:
                kept.append(item)
            except IdConflictError:
                raise fail(f"the patch makes two objects of one: {item.id}", source, "let it change one of them only") from None
    resources.items = kept.items
    resources.changed()


def _with_texts(patch: Map) -> Map:
    """A patch whose labels and annotations are texts, as kustomize makes them here: a null becomes `null` and deletes nothing."""
    meta = patch.get("metadata")
    if type(meta) is not Map:
        return patch
    fresh = Map(meta, meta.at.copy())
    for field in ("labels", "annotations"):
        values = meta.get(field)
        if type(values) is Map and values:
            fresh.put(field, notes.as_texts(values), meta.at.get(field))
        elif field in meta:
            fresh.drop(field)
    found = Map(patch, patch.at.copy())
    found.put("metadata", fresh, patch.at.get("metadata"))
    return found


def _merge(target: Resource, patch: Map, resources: ResMap, source: Origin, rename: bool, rekind: bool) -> None:
    """The patch on one of the resources; what names it stays. A deleted one has an empty body afterwards."""
    if rename or rekind:
        target.remember()
    body = target.body
    kind, version = _kept(body, "kind"), _kept(body, "apiVersion")
    meta = body.get("metadata")
    name, namespace = (_kept(meta, "name"), _kept(meta, "namespace")) if type(meta) is Map else (None, None)
    notes.put(target)
    place = patch.at.get(smp.DIRECTIVE, source)
    merged = smp.merge(body, patch, source)
    if merged is None:
        resources.dropped[target.declared] = place
        target.body = Map()
        return
    target.body = merged
    allowed = notes.take_allowed(target)
    if not notes.take(target):
        target.forget()
    if allowed:
        target.allowed, target.touched = allowed, True
    if not rekind or (kind and merged.get("kind") == kind[0]):
        _restore(merged, "kind", kind)
    if version and merged.get("apiVersion") == version[0]:
        merged.put("apiVersion", *version)
    meta = merged.get("metadata")
    if type(meta) is not Map:
        meta = Map()
        merged.put("metadata", meta, target.declared)
    if not rename or (name and meta.get("name") == name[0]):
        _restore(meta, "name", name)
    _restore(meta, "namespace", namespace)


def _kept(holder: Map, key: str) -> tuple[Any, Origin | None] | None:
    return (holder[key], holder.at.get(key)) if key in holder else None


def _restore(holder: Map, key: str, kept: tuple[Any, Origin | None] | None) -> None:
    if kept is None or (key == "namespace" and kept[0] in (None, "")):
        holder.drop(key)
    elif key in holder:
        # As kustomize does: the text alone, in the style that the patch has left.
        Place(holder, key).write(node.text_of(*kept), node.LOOSE, kept[1])
    else:
        holder.put(key, *node.loose(node.text_of(*kept), kept[1]))


def _json(operations: list[Map], target: Map, at: Origin, *, remember: bool) -> Step:
    def step(resources: ResMap, incomplete: bool) -> None:
        del incomplete
        for item in select(resources, target, at):
            if remember:
                item.remember()
            notes.put(item)
            item.body = json6902.apply(item.body, operations)
            item.texts_only(drop=not remember and not item.touched)
            item.rewritten += 1
            if not notes.take(item):
                # Here kustomize saves its notes about names, but not those about origins.
                item.made_by, item.changed_by = "", []
        resources.items = [item for item in resources if item.body]
        resources.changed()

    return step
