"""Flux's postBuild: built objects and variables go in, the objects as Flux applies them come out, and what is wrong with them.

Rules: fluxcd/pkg `kustomize` `SubstituteVariables`. Each object is printed as YAML, the expressions in the text are replaced, and
the text is read again: a value may change the type of a field, or even the structure. Origins are then given back: what is as
before keeps its place, what a variable has changed gets that of the variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .. import envsubst
from ..envsubst import Expression, SubstitutionError
from ..errors import InputError
from ..model import Fault, Location
from ..origin import Map, Origin, Seq
from ..recipes import Substitution
from ..source import Dialect, parse
from .emit import document, sorted_keys
from .load import fail
from .resource import Resource

_SWITCH = "kustomize.toolkit.fluxcd.io/substitute"
_KEEP = "write $${ where no variable is meant"
_DEFINE = "define it under postBuild.substitute, give it a default (${NAME:=value}), or write $${NAME} to keep the text"


class _Leaf(NamedTuple):
    """A text of an object in which something is to be replaced: a value, or a key."""

    text: str
    origin: Origin | None
    is_key: bool


def substitute(resources: Iterable[Resource], given: Substitution) -> list[Fault]:
    """Replace the variables in every object that allows it, in place.

    Returns a render/failed for each expression that stops Flux, and a render/unresolved for each whose variable may come from an
    object that is not in the repository; both leave the text as it is written. Raises RenderError where no object can be
    applied.
    """
    if not (given.variables or given.unknown or given.perhaps or given.always):
        return []
    faults: list[Fault] = []
    allowed = [item for item in resources if not _is_off(item)]
    if allowed:
        _check_names(given)
    for item in allowed:
        if not _may_change(item.body):
            continue
        found = [fault for leaf in _leaves(item.body) for fault in _faults_in(leaf, given, item)]
        faults += found
        if not any(fault.rule == "render/failed" for fault in found):
            item.body = _replaced(item, given)
    return faults


def _may_change(value: Any) -> bool:
    """Whether there is a dollar in a text or key: most objects have none, and are left alone."""
    if type(value) is str:
        return "$" in value
    if type(value) is Map:
        return any(map(_may_change, value.values())) or any("$" in key for key in value)
    return type(value) is Seq and any(map(_may_change, value))


def _is_off(item: Resource) -> bool:
    return item.labels().get(_SWITCH) == "disabled" or item.annotations().get(_SWITCH) == "disabled"


def _check_names(given: Substitution) -> None:
    for name, variable in given.variables.items():
        if not envsubst.is_name(name):
            raise fail(f"{name} is no name for a variable, so that Flux substitutes nothing and fails", variable.origin,
                       "use letters, digits and underscores alone")


def _leaves(value: Any, origin: Origin | None = None) -> Iterator[_Leaf]:
    if type(value) is str:
        if "$" in value:
            yield _Leaf(value, origin, is_key=False)
    elif type(value) is Map:
        for key in sorted_keys(value):
            at = value.at.get(key)
            if "$" in key:
                yield _Leaf(key, at, is_key=True)
            yield from _leaves(value[key], at or origin)
    elif type(value) is Seq:
        for item, at in zip(value, value.at, strict=True):
            yield from _leaves(item, at or origin)


def _faults_in(leaf: _Leaf, given: Substitution, item: Resource) -> Iterator[Fault]:
    try:
        found = envsubst.expressions(leaf.text)
    except SubstitutionError as error:
        if _is_readable(document(item.body)):
            return  # a later text ends what this one begins
        yield _fault("render/failed", f"an expression in {item.id} that Flux can't read: {error.message}", leaf, error.at, item,
                     _KEEP)
        return
    for expression in (inner for outer in found for inner in outer.all()):
        if expression.variable in given.variables:
            continue
        if _is_unknown(expression, given):
            sources = ", ".join((*given.unknown, *given.perhaps))
            yield _fault("render/unresolved", f"the value of {expression.variable} in {item.id} is not known: it may come from"
                         f" {sources}", leaf, expression.start, item, "name its value under flux.variables in .gitops-guard.yaml")
        elif given.strict and not expression.has_default:
            yield _fault("render/failed", f"the variable {expression.variable} in {item.id} has no value", leaf,
                         expression.start, item, _DEFINE)
    try:
        envsubst.substitute(leaf.text, lambda name: _value(given, name), strict=False,
                            keep=lambda part: _is_unknown(part, given))
    except SubstitutionError as error:
        yield _fault("render/failed", f"an expression in {item.id} that Flux can't evaluate: {error.message}", leaf, error.at,
                     item, "correct the expression")


def _is_readable(text: str) -> bool:
    try:
        envsubst.parse(text)
    except SubstitutionError:
        return False
    return True


def _is_unknown(expression: Expression, given: Substitution) -> bool:
    if expression.variable in given.variables:
        return False
    return bool(given.unknown) or (bool(given.perhaps) and not expression.has_default)


def _value(given: Substitution, name: str) -> str | None:
    variable = given.variables.get(name)
    return None if variable is None else variable.value


def _fault(rule: str, message: str, leaf: _Leaf, offset: int, item: Resource, remedy: str) -> Fault:
    return Fault(rule, message, remedy=remedy, location=_place(leaf, offset, item.declared))


def _place(leaf: _Leaf, offset: int, declared: Origin) -> Location:
    """The line of an expression: in a block of text the inner one."""
    origin = leaf.origin or declared._replace(exact=False)
    inner = leaf.text.count("\n", 0, offset)
    if leaf.is_key:
        return Location(origin.file, origin.key_line or origin.line, origin.key_column or origin.column)
    if origin.packed:
        return Location(origin.packed, inner + 1, 1)
    if origin.block:
        return Location(origin.file, origin.line + inner + 1, origin.block, "nearest")
    return Location(origin.file, origin.line, origin.column, "exact" if origin.exact else "nearest")


def _replaced(item: Resource, given: Substitution) -> Map:
    """The object as Flux reads it after the replacement. Raises RenderError."""
    before = document(item.body)
    try:
        after = envsubst.substitute(before, lambda name: _value(given, name), strict=given.strict,
                                    keep=lambda part: _is_unknown(part, given))
    except SubstitutionError as error:
        raise fail(f"an expression in {item.id} that Flux can't read: {error.message}", item.declared, _KEEP) from None
    if after == before:
        return item.body
    try:
        documents = parse(after.encode("utf-8", "surrogateescape"), item.declared.file).load(
            Dialect.MANIFEST, duplicates=True, any_key=True)
    except InputError as error:
        raise _unreadable(item, given, error.message) from None
    found = documents[0] if len(documents) == 1 else None
    meta = found.get("metadata") if type(found) is Map else None
    if type(found) is not Map or not found.get("kind") or type(meta) is not Map or not meta.get("name"):
        raise _unreadable(item, given, "it has no kind and name any more")
    body: Map = _Graft(given, is_secret=item.kind == "Secret").map(found, item.body, item.declared)
    return body


def _unreadable(item: Resource, given: Substitution, why: str) -> InputError:
    """The error at the first variable whose value YAML takes for something else than a text."""
    for leaf in _leaves(item.body):
        for expression in envsubst.expressions(leaf.text):
            variable = given.variables.get(expression.variable)
            if variable is not None and _breaks(variable.value):
                return fail(f"with the value of {expression.variable}, {item.id} is no YAML any more: {why}", variable.origin,
                            "put the value in quotes inside the quotes, or choose another one")
    return fail(f"with its variables replaced, {item.id} is no YAML any more: {why}", item.declared,
                "put the expressions in quotes")


def _breaks(value: str) -> bool:
    try:
        documents = parse(f"v: {value}\n".encode("utf-8", "surrogateescape"), "value").load(Dialect.MANIFEST, any_key=True)
    except InputError:
        return True
    return len(documents) != 1 or type(documents[0]) is not Map or type(documents[0].get("v")) in (Map, Seq)


class _Graft:
    """Gives what was read from a text the places of what the text was written from."""

    def __init__(self, given: Substitution, *, is_secret: bool) -> None:
        self._given = given
        self._is_secret = is_secret

    def map(self, new: Map, old: Map, near: Origin) -> Map:
        """A mapping, with the places of the one it was printed from."""
        keys = sorted_keys(old)
        pairs = dict(zip(new, keys, strict=True)) if len(new) == len(keys) else {key: key for key in new if key in old}
        out = Map()
        for key, value in new.items():
            was = pairs.get(key)
            if was is None:
                out.put(key, _all_at(value, near), near._replace(exact=False))
            else:
                out.put(key, *self._value(value, old[was], old.at.get(was), near, key))
        out.gone = old.gone
        return out

    def _value(self, new: Any, old: Any, at: Origin | None, near: Origin, key: str = "") -> tuple[Any, Origin | None]:
        inner = at or near
        if type(new) is Map and type(old) is Map:
            return self.map(new, old, inner), at
        if type(new) is Seq and type(old) is Seq and len(new) == len(old):
            out = Seq()
            for value, before, place in zip(new, old, old.at, strict=True):
                out.add(*self._value(value, before, place, inner))
            out.gone = old.gone
            return out, at
        if type(new) is type(old) and new == old:
            return new, at
        if isinstance(new, (int, float)) and isinstance(old, (int, float)) and new == old:
            return new, at
        place = self._changed(old, inner, key)
        return _all_at(new, place), place

    def _changed(self, old: Any, at: Origin, key: str) -> Origin:
        """The place of the variable that stands last in a text.

        A text of several lines keeps its own, unless it is secret, and so does an image whose tag is written out.
        """
        if type(old) is not str or ("\n" in old and not self._is_secret):
            return at
        try:
            found = envsubst.expressions(old)
        except SubstitutionError:
            return at
        if key == "image" and found and ":" in old[found[-1].end:]:
            return at._replace(spelling=None)
        for expression in reversed([inner for outer in found for inner in outer.all()]):
            variable = self._given.variables.get(expression.variable)
            if variable is not None and variable.value:
                return variable.origin._replace(block=0, packed="", absent=False, spelling=None)
        return at._replace(spelling=None)


def _all_at(value: Any, place: Origin) -> Any:
    """A value whose every part stands at one place."""
    near = place._replace(exact=False)
    if type(value) is Map:
        return Map({key: _all_at(item, place) for key, item in value.items()}, dict.fromkeys(value, near))
    if type(value) is Seq:
        return Seq([_all_at(item, place) for item in value], [near] * len(value))
    return value
