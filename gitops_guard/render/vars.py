"""`vars:`: values of fields are put where `$(NAME)` stands, in the fields that the configuration names.

Rules: kustomize `accumulator.ResAccumulator` and `filters/refvar`. Without any var no text is touched; with one, `$$` becomes
`$`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..origin import Map, Origin, Seq, origin_of
from ..scalars import go_float
from . import node, shared
from .fieldpath import PathError, look_up, split
from .fieldspec import FieldSpec, Place, walk
from .load import fail
from .resource import Gvk, Id, ResMap, Resource, effective_namespace, gvk_of, scalar_text


class Var(NamedTuple):
    """A declared variable."""

    name: str
    path: str
    """Of the field that has the value."""
    origin: Origin
    """Where it is declared."""


_WHOLE = re.compile("[-+]?[0-9]{1,18}", re.ASCII)
_REAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)
_Values = dict[str, tuple[Any, Origin | None]]


def declare(resources: ResMap, known: dict[str, Var], entries: Iterable[tuple[Map, Origin]]) -> None:
    """Add the entries of `vars:` to `known`, and mark the object of each. Raises RenderError for a second var of a name."""
    for entry, place in entries:
        name = entry.get("name", "")
        reference = entry.get("objref") or Map()
        matched = resources.by_any_id(_wanted(reference))
        if len(matched) > 1:
            raise fail(f"several objects match the var {name}", entry.at.get("objref", place), "name the namespace")
        for resource in matched:
            resource.var_names.append(name)
        path = (entry.get("fieldref") or Map()).get("fieldPath") or "metadata.name"
        merge(known, {name: Var(name, path, entry.at.get("name", place))})


def merge(known: dict[str, Var], others: dict[str, Var]) -> None:
    """Add the vars of a base. Raises RenderError for a second var of a name."""
    for name, var in others.items():
        if name in known:
            raise fail(f"the var {name} is declared already", var.origin, "give one of them another name")
        known[name] = var


def _wanted(reference: Map) -> Callable[[Id], bool]:
    gvk = Gvk(reference.get("group", ""), reference.get("version", ""), reference.get("kind", ""))
    version = reference.get("apiVersion", "")
    if version.count("/") == 1:
        gvk = gvk_of(version, gvk.kind)
    elif version and "/" not in version:
        gvk = gvk._replace(version=version)
    name, namespace = reference.get("name", ""), reference.get("namespace", "")
    scope = effective_namespace(gvk, namespace)

    def wanted(candidate: Id) -> bool:
        return candidate.name == name and candidate.gvk == gvk and (not namespace or candidate.scope == scope)

    return wanted


def resolve(resources: ResMap, known: dict[str, Var], specs: Iterable[FieldSpec], *, incomplete: bool = False) -> None:
    """Replace the variables in every field that the specs name.

    `incomplete` says that a part of the build is unknown: then a var without its object stays. Raises RenderError.
    """
    values: _Values = {}
    for name in sorted(known):
        found = _value(resources, known[name], incomplete=incomplete)
        if found is not None:
            values[name] = found
    if not values:
        return
    for resource in resources:
        expander = _Expander(values, resource.body)
        for spec in specs:
            walk(resource, spec, expander.put)


def _value(resources: ResMap, var: Var, *, incomplete: bool) -> tuple[Any, Origin | None] | None:
    for resource in resources:
        if var.name in resource.var_names:
            return _field(resource, var)
    if incomplete:
        return None
    raise fail(f"no object for the var {var.name}", var.origin, "correct objref")


def _field(resource: Resource, var: Var) -> tuple[Any, Origin | None]:
    parts: list[str] = []
    for part in split(var.path):
        # ports[0] is short for ports.0
        name, bracket, index = part.removesuffix("]").rpartition("[")
        parts.extend([name, index] if part.endswith("]") and bracket and name else [part])
    try:
        place = look_up(resource.body, parts)
    except PathError as error:
        raise fail(f"the var {var.name}: {error}", var.origin, "correct fieldPath") from None
    if place is None:
        raise fail(f"the var {var.name}: its field is not there", var.origin, "correct fieldPath")
    return _typed(place, var), place.origin


def _typed(place: Place, var: Var) -> Any:
    """The value as Go reads the text of a field that has a tag; anything else is a text."""
    value, tag = place.value, node.tag_of(place.value, place.origin)
    if type(value) is Map or type(value) is Seq or tag == "bool":
        return value
    text = place.text
    try:
        if tag == node.WHOLE:
            return int(text if _WHOLE.fullmatch(text) else "-")
        if tag == "float":
            return float(text if _REAL.fullmatch(text) else "-")
    except ValueError:
        raise fail(f"the var {var.name}: its field has a number that kustomize can't read", var.origin,
                   "write the number in plain digits") from None
    return text


class _Expander:
    """Puts values where variables stand."""

    def __init__(self, values: _Values, body: Map) -> None:
        self._values = values
        self._body = body

    def put(self, place: Place) -> None:
        """Expand one field: a text, the texts of a mapping, or a list of texts."""
        value = place.value
        if type(value) is Map:
            for key, item in value.items():
                if node.is_text(item, value.at.get(key)):
                    shared.write(self._body, value, key, *self._expand(node.text_of(item, value.at.get(key)), value.at.get(key)))
        elif type(value) is Seq:
            for at, item in enumerate(value):
                if not node.is_text(item, value.at[at]):
                    raise fail("variables are looked for in a list that holds something else than texts",
                               origin_of(value, at) or place.origin or Origin("", 1, 1), "put the item in quotes")
                value.put(at, *self._expand(node.text_of(item, value.at[at]), value.at[at]))
        elif node.is_text(value, place.origin):
            place.put(*self._expand(place.text, place.origin))

    def _expand(self, text: str, origin: Origin | None) -> tuple[Any, Origin | None]:
        """A text with its variables replaced; one that is nothing but a variable keeps the value's type and place."""
        if "$" not in text:
            return text, node.spelt(origin, None)
        out: list[str] = []
        at = 0
        while at < len(text):
            following = text[at + 1:at + 2]
            if text[at] != "$" or not following:
                out.append(text[at])
                at += 1
            elif following == "(" and (end := text.find(")", at)) >= 0:
                name = text[at + 2:end]
                known = self._values.get(name)
                if known is None or type(known[0]) is Map or type(known[0]) is Seq:
                    out.append(text[at:end + 1])
                elif text == f"$({name})":
                    return known[0], node.spelt(known[1], None)
                else:
                    out.append(_text(known[0]))
                at = end + 1
            else:
                out.append("$" if following == "$" else "$" + following)
                at += 2
        return "".join(out), node.spelt(origin, None)


def _text(value: Any) -> str:
    return go_float(value) if type(value) is float else scalar_text(value)
