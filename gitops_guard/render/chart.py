"""A chart of the tree that Argo CD or Flux deploys: its recipe goes in, the objects that helm renders of it come out.

Only helm renders it; what helm is given, the recipe says. Every value has the nearest place: a line of the values that count, or
of the template. Flux's post-renderers are kustomize's patches and images over what helm printed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .. import manifests
from ..errors import InputError, SourceError
from ..origin import Map, Origin, clone
from ..recipes import Chart, Values
from ..source import Dialect, Stream
from ..tree import OutsideError, Tree, join
from . import configurations, fields, metadata, transform
from .accumulated import Accumulated
from .helm_dependencies import local_charts
from .helm_origins import Finder, Value, values_of
from .helm_run import HelmError, MissingChartsError, chart_files, streams
from .helm_values import as_file
from .kustomization import Kustomization
from .load import UnresolvedError, fail
from .metadata import Trail
from .resource import IdConflictError, ResMap
from .resource import Resource as Item

if TYPE_CHECKING:
    from .build import Builder

_POST = fields.Fields({"patches": fields.Items(fields.PATCH), "images": fields.Items(fields.IMAGE)}, strict=False)
_OWN_VALUES = "values.yaml"
_HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")


def build_chart(recipe: Chart, builder: Builder, done: Accumulated) -> list[Item]:
    """The objects of a chart; what was read, and what is not known from here, is added to `done`.

    Raises RenderError or SourceError where helm, or who calls it, would fail.
    """
    place = recipe.place or Origin(join(recipe.folder, "Chart.yaml"), 1, 1, exact=False)
    name = posixpath.basename(recipe.folder)
    try:
        return _built(recipe, name, place, builder, done)
    except UnresolvedError as error:
        done.note(error)
    except MissingChartsError as error:
        done.note(UnresolvedError(f"the chart {name} is not rendered: {error}", place, "vendor them with helm dependency build"))
    except HelmError as error:
        raise fail(f"helm can't render the chart {name}: {error}", place, "correct the chart or its values") from None
    except OutsideError:
        raise SourceError("source/hostile-input", f"a link in the chart {name} leaves the repository", place.file, place.line,
                          place.column, "put the file itself into the repository") from None
    return []


def _built(recipe: Chart, name: str, place: Origin, builder: Builder, done: Accumulated) -> list[Item]:
    sources = builder.loader.sources
    more = local_charts(sources, recipe.folder)
    own = [join(recipe.folder, file) for file in sorted(chart_files(sources.tree, recipe.folder))]
    own += sorted(set(more.values()) - set(own))
    done.read.update(own)
    if not recipe.own_values:
        own = [file for file in own if file != join(recipe.folder, _OWN_VALUES)]
    done.read.update(layer.file for layer in recipe.values if layer.file is not None)
    if builder.helm is None or not builder.helm.fits:
        raise UnresolvedError(f"the chart {name} is not rendered: there is no helm 3 or 4 on the PATH", place, "install helm")
    if recipe.release.startswith("-"):
        raise fail("the name of a release begins with a dash", place, "correct it")
    layers = [(layer, _mapping(layer, builder)) for layer in recipe.values]
    flags, given, texts = _arguments(recipe, layers, place, sources.tree)
    without = frozenset[str]() if recipe.own_values else frozenset({_OWN_VALUES})
    text = builder.helm.template(sources.tree, recipe.folder, recipe.release, flags, given, texts, more, without)
    finder = Finder(sources, recipe.folder, text, _known_values(layers, own, builder), place, more)
    items = _items(text, name, place, builder, posted=bool(recipe.post_renderers))
    for item in items:
        finder.settle(item)
    return _unique(_posted(items, recipe, place, builder, done))


def _arguments(recipe: Chart, layers: list[tuple[Values, Map | None]], place: Origin,
               tree: Tree) -> tuple[list[str], list[bytes], list[tuple[str, bytes]]]:
    """Helm's flags, values files, and texts to be set, in order. Raises RenderError.

    helm sets single values last, so those that a later layer replaces are left out.
    """
    flags = list(recipe.flags)
    if recipe.namespace:
        flags.append(f"--namespace={recipe.namespace}")
    given: list[bytes] = []
    texts: list[tuple[str, bytes]] = []
    for index, (layer, _) in enumerate(layers):
        at = layer.origin or place
        if layer.target_path is None:
            given.append(as_file(layer.inline, at) if layer.inline is not None else _bytes(tree, layer.file or "", at))
        elif any(_covers(later, _keys(layer.target_path)) for _, later in layers[index + 1:]):
            continue
        elif layer.file is None:
            flags.append(f"--{_flag(layer)}={layer.target_path}={layer.text or ''}")
        elif "=" in layer.target_path or "," in layer.target_path:
            # helm would read a file of its own choice: what stands before the `=` is its key, what stands behind it a path.
            raise fail("a value is set to a file at a path that is none", at, "correct the name")
        else:
            texts.append((layer.target_path, _bytes(tree, layer.file, at)))
    return flags, given, texts


def _bytes(tree: Tree, file: str, place: Origin) -> bytes:
    try:
        return tree.read(file)
    except OSError:
        raise fail(f"there is no file {file}", place, "correct the path") from None


def _flag(layer: Values) -> str:
    return "set-literal" if layer.literal else "set-string" if layer.as_string else "set"


def _items(text: str, name: str, place: Origin, builder: Builder, *, posted: bool) -> list[Item]:
    """The objects in what helm printed, as kubectl reads them; behind a post-renderer as kustomize does. Raises RenderError."""
    last = ""
    for stream in streams(text, name):
        try:
            return builder.documents.resources(stream()) if posted else list(_objects(stream(), place))
        except InputError as error:
            last = error.message
    raise fail(f"what helm renders of the chart {name} is no list of objects: {last}", place, "correct the templates") from None


def _objects(stream: Stream, place: Origin) -> Iterator[Item]:
    for document in stream.load(Dialect.MANIFEST, duplicates=True, any_key=True):
        if document is not None and (type(document) is not Map or not document.get("kind")):
            raise fail("a document without kind", place)
    for found in manifests.objects(stream, None):
        yield Item(clone(found.body), found.declared)


def _unique(items: list[Item]) -> list[Item]:
    """Of two equal objects the later; hooks have a life of their own and stay."""
    last = {item.id: item for item in items}
    return [item for item in items if last[item.id] is item or any(item.annotations().get(hook) for hook in _HOOKS)]


def _posted(items: list[Item], recipe: Chart, place: Origin, builder: Builder, done: Accumulated) -> list[Item]:
    """What Flux's post-renderers make of the objects. Raises RenderError."""
    for renderer in recipe.post_renderers:
        near = next(iter(renderer.at.values()), place)
        data = _POST.read(renderer, near)
        kustomization = Kustomization(near.file, recipe.folder, data, ())
        resources = ResMap()
        for item in items:
            try:
                resources.append(item)
            except IdConflictError:
                raise fail(f"the chart renders {item.id} twice; its post-renderer refuses that", near, "rename one") from None
        steps = transform.steps(kustomization, configurations.builtin(), builder, done, Trail())
        transform.run(steps, resources, incomplete=False)
        items = resources.items
        metadata.finish(items, Trail())
    return items


def _mapping(layer: Values, builder: Builder) -> Map | None:
    """The values of a file or of the owner; None where it is none, or helm reads it more generously."""
    if layer.inline is not None:
        return layer.inline
    if layer.file is None or layer.target_path is not None:
        return None
    return _document(layer.file, builder)


def _document(file: str, builder: Builder) -> Map | None:
    try:
        documents = builder.loader.sources.stream(file).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except (SourceError, OutsideError, OSError):
        return None  # then the places are those of the templates, and helm says what it thinks of the file
    value = documents[0] if documents else None
    return value if type(value) is Map else None


def _keys(path: str) -> list[str]:
    """The keys of a `--set` path up to the first index; a backslash makes a dot a part of a key."""
    keys, key, escaped = [], "", False
    for one in path:
        if escaped:
            key, escaped = key + one, False
        elif one == "\\":
            escaped = True
        elif one == ".":
            keys.append(key)
            key = ""
        elif one == "[":
            break
        else:
            key += one
    return [*keys, key]


def _covers(values: Map | None, keys: list[str]) -> bool:
    """Whether values that are merged later replace what was set at a path."""
    node: Any = values
    for key in keys:
        if type(node) is not Map:
            return node is not None
        if key not in node:
            return False
        node = node[key]
    return True


def _known_values(layers: list[tuple[Values, Map | None]], own: list[str], builder: Builder) -> Iterator[Value]:
    """What the templates were given, the strongest first."""
    merged = Map()
    charts = [file for file in own if posixpath.basename(file) == "values.yaml"]
    for file in charts[:1]:
        _merge(merged, _document(file, builder) or Map())
    for layer, values in layers:
        _merge(merged, values or Map())
        if layer.target_path is not None and layer.text is not None and layer.origin is not None:
            yield Value(_keys(layer.target_path)[-1], layer.text.replace("\\,", ","), layer.origin._replace(block=0))
    yield from values_of(merged)
    for file in charts[1:]:
        yield from values_of(_document(file, builder))


def _merge(into: Map, winner: Map) -> None:
    """As helm merges values: mappings by key, all else as a whole; a null takes the value away."""
    for key, value in winner.items():
        known = into.get(key)
        if type(known) is Map and type(value) is Map:
            fresh: Map = Map(known, known.at.copy())
            _merge(fresh, value)
            into.put(key, fresh, into.at.get(key))
        elif value is None:
            into.drop(key)
        else:
            into.put(key, value, winner.at.get(key))
