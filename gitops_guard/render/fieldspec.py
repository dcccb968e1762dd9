"""Walking an object by a field spec: a body and a path go in, a setter is called for each place that the path leads to.

The rules are those of kustomize's `filters/fieldspec`: lists on the way are entered by themselves, a missing field is created
only where the spec says so, and a null on the way ends the walk.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from ..origin import Map, Origin, Seq, origin_of
from . import node
from .load import fail
from .resource import Gvk, Resource


class FieldSpec(NamedTuple):
    """One line of a transformer's configuration."""

    path: str
    gvk: Gvk = Gvk("", "", "")
    """Which objects it is about; an empty part matches all."""
    create: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's fields, as `split_path` gives them."""
        return split_path(self.path)


class Place(NamedTuple):
    """A value in its container, to be read and replaced."""

    holder: Any
    """A Map or Seq."""
    key: Any
    """A field name or an index."""

    @property
    def value(self) -> Any:
        """What stands there."""
        return self.holder[self.key]

    @property
    def origin(self) -> Origin | None:
        """Where it was written."""
        return origin_of(self.holder, self.key)

    @property
    def text(self) -> str:
        """The text of the scalar that stands there."""
        return node.text_of(self.value, self.origin)

    def put(self, value: Any, origin: Origin | None) -> None:
        """Replace it."""
        self.holder.put(self.key, value, origin)

    def write(self, text: str, tag: str, origin: Origin | None) -> None:
        """Write a text with a tag (see `node`) over the scalar, whose style stays. Raises RenderError."""
        try:
            self.put(*node.made(text, tag, node.style_of(self.origin), origin))
        except node.TagError:
            raise fail("a text over a value of another type", origin or self.origin or Origin("", 1, 1),
                       "put the value it writes over in quotes") from None


@functools.lru_cache(maxsize=4096)
def split_path(path: str, delimiter: str = "/") -> tuple[str, ...]:
    """A path's parts; a backslash before the delimiter keeps it in the part, a leading delimiter counts for nothing."""
    pieces = path.split(delimiter)
    if len(pieces) > 1 and not pieces[0]:
        pieces = pieces[1:]
    parts = [pieces[0]]
    for piece in pieces[1:]:
        if parts[-1].endswith("\\"):
            parts[-1] = parts[-1][:-1] + delimiter + piece
        else:
            parts.append(piece)
    return tuple(parts)


def walk(resource: Resource, spec: FieldSpec, setter: Callable[[Place], None], *,
         blank: Callable[[], Any] | None = None, origin: Origin | None = None) -> None:
    """Call `setter` for each place that `spec` leads to in a resource that it is about.

    `blank` makes the value of a last field that is missing, where the spec creates (`origin` is then its place); without it
    nothing is created. Raises RenderError where a scalar stands in the way.
    """
    if spec.gvk == _ANY or resource.gvk.selected_by(spec.gvk):
        walk_value(resource.body, spec, setter, blank=blank, origin=origin or resource.declared)


_ANY = Gvk("", "", "")


def walk_value(body: Map, spec: FieldSpec, setter: Callable[[Place], None], *,
               blank: Callable[[], Any] | None = None, origin: Origin) -> None:
    """`walk` for a body, whatever object it is."""
    parts = spec.parts
    if type(body) is Map and parts[0] not in body and not spec.create and parts[0] and not parts[0].endswith("[]"):
        return  # by far the commonest end of a walk
    _Walk(spec, setter, blank, origin).enter(body, parts, origin)


class _Walk:
    """One walk; the path's last part is handed to the setter."""

    def __init__(self, spec: FieldSpec, setter: Callable[[Place], None], blank: Callable[[], Any] | None,
                 origin: Origin) -> None:
        self._spec = spec
        self._setter = setter
        self._blank = blank
        self._origin = origin

    def enter(self, value: Any, parts: tuple[str, ...], place: Origin) -> None:
        if value is None:
            return
        if type(value) is Seq:
            for item, at in zip(list(value), list(value.at), strict=True):
                self.enter(item, parts, at or place)
        elif type(value) is Map:
            self._field(value, parts, place)
        else:
            raise fail(f"the path {self._spec.path} leads through a scalar", place,
                       "correct the field, or the field spec that names it")

    def _field(self, holder: Map, parts: tuple[str, ...], place: Origin) -> None:
        name, last = parts[0], len(parts) == 1
        is_list = name.endswith("[]")
        name = name[:-2] if is_list else name
        if not name:
            raise fail(f"the path {self._spec.path} has an empty field", place, "correct the field spec")
        creates = self._spec.create and self._blank is not None and not is_list
        if name not in holder:
            if not creates:
                return
            holder.put(name, self._new(last), self._origin)
        elif holder[name] is None and (creates or is_list):
            holder.put(name, Seq() if is_list else self._new(last), self._origin)
        if last:
            self._setter(Place(holder, name))
        else:
            self.enter(holder[name], parts[1:], holder.at.get(name) or place)

    def _new(self, last: bool) -> Any:
        return self._blank() if last and self._blank is not None else Map()
