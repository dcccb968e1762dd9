"""Selectors: a `target:` (or `select:`) goes in, the resources it means come out.

Group, version, kind, name and namespace are anchored regular expressions; labels and annotations are Kubernetes label
selectors (kustomize `types.SelectorRegex` and `resmap.Select`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping

from ..origin import Map, Origin
from .load import fail
from .pattern import Matcher, compile_pattern
from .resource import Gvk, ResMap, Resource

_KEY = re.compile(r"[^\s,=!<>()]+")


class Selector:
    """A checked selector, ready to match."""

    def __init__(self, selector: Map, origin: Origin) -> None:
        """`selector` is a checked `fields.SELECTOR`. Raises RenderError where a pattern can't be compiled."""
        self._parts = {field: _pattern(selector[field], selector.at.get(field, origin))
                       for field in ("group", "version", "kind", "name", "namespace") if selector.get(field)}
        self._labels = _requirements(selector, "labelSelector", origin)
        self._annotations = _requirements(selector, "annotationSelector", origin)

    def names_gvk(self, gvk: Gvk) -> bool:
        """Whether group, version and kind match."""
        return self._match("group", gvk.group) and self._match("version", gvk.version) and self._match("kind", gvk.kind)

    def names(self, name: str) -> bool:
        """Whether a name matches."""
        return self._match("name", name)

    def names_namespace(self, namespace: str) -> bool:
        """Whether a namespace matches."""
        return self._match("namespace", namespace)

    def suits(self, resource: Resource) -> bool:
        """Whether labels and annotations match."""
        return ((not self._labels or _meets(self._labels, resource.labels()))
                and (not self._annotations or _meets(self._annotations, resource.annotations())))

    def _match(self, field: str, value: str) -> bool:
        pattern = self._parts.get(field)
        return pattern is None or pattern.search(value)

    @property
    def empty(self) -> bool:
        """Whether it has no group, version, kind, name and namespace."""
        return not self._parts


def select(resources: ResMap, selector: Map, origin: Origin) -> list[Resource]:
    """The resources that a selector means, by their original or present name and namespace. Raises RenderError."""
    wanted = Selector(selector, origin)
    return [resource for resource in resources if _selected(wanted, resource)]


def _selected(wanted: Selector, resource: Resource) -> bool:
    now = resource.id
    if not wanted.names_gvk(now.gvk):
        return False
    first = resource.original
    return ((wanted.names_namespace(first.scope) or wanted.names_namespace(now.scope))
            and (wanted.names(first.name) or wanted.names(now.name)) and wanted.suits(resource))


def _pattern(text: str, origin: Origin) -> Matcher:
    found = compile_pattern(f"^(?:{text})$")
    if found is None:
        raise fail("a pattern that can't be used as a regular expression", origin, "write a plain name, or a simpler pattern")
    return found


_Requirement = Callable[[Mapping[str, str]], bool]


def _requirements(selector: Map, field: str, origin: Origin) -> tuple[_Requirement, ...]:
    text = selector.get(field)
    if not text:
        return ()
    found = _parse(text)
    if found is None:
        raise fail(f"a {field} that can't be read", selector.at.get(field, origin), "write key=value, key!=value or key in (a,b)")
    return found


def _meets(requirements: tuple[_Requirement, ...], values: Mapping[str, str]) -> bool:
    return all(requirement(values) for requirement in requirements)


@functools.lru_cache(maxsize=1024)
def _parse(text: str) -> tuple[_Requirement, ...] | None:
    """A Kubernetes label selector, or None where it is none. Every requirement must be met."""
    found: list[_Requirement] = []
    rest = text.strip()
    while rest:
        parsed = _requirement(rest)
        if parsed is None:
            return None
        requirement, rest = parsed
        found.append(requirement)
        rest = rest.lstrip()
        if rest:
            if not rest.startswith(",") or not rest[1:].strip():
                return None
            rest = rest[1:].lstrip()
    return tuple(found)


def _requirement(text: str) -> tuple[_Requirement, str] | None:
    if text.startswith("!"):
        absent = _KEY.match(text[1:].lstrip())
        return (_Absent(absent.group()), text[1:].lstrip()[absent.end():]) if absent else None
    key = _KEY.match(text)
    if key is None:
        return None
    name, rest = key.group(), text[key.end():].lstrip()
    for word in ("notin", "in"):
        if re.match(rf"{word}\b", rest):
            inner = re.match(rf"{word}\s*\(([^()]*)\)", rest)
            if inner is None:
                return None
            values = frozenset(value.strip() for value in inner.group(1).split(","))
            return _Among(name, values, wanted=word == "in"), rest[inner.end():]
    for sign in ("==", "!=", "=", ">", "<"):
        if rest.startswith(sign):
            value = re.match(r"\s*([^\s,=!<>()]*)", rest[len(sign):])
            if value is None:
                return None
            after = rest[len(sign) + value.end():]
            if sign in "<>":
                return (_Compared(name, int(value[1]), sign), after) if re.fullmatch(r"-?\d{1,18}", value[1]) else None
            return _Among(name, frozenset([value[1]]), wanted=sign != "!="), after
    return _Present(name), rest


class _Present:
    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, values: Mapping[str, str]) -> bool:
        return self._key in values


class _Absent(_Present):
    def __call__(self, values: Mapping[str, str]) -> bool:
        return self._key not in values


class _Among:
    """The value is, or is not, one of several; a missing key is not."""

    def __init__(self, key: str, among: frozenset[str], *, wanted: bool) -> None:
        self._key, self._among, self._wanted = key, among, wanted

    def __call__(self, values: Mapping[str, str]) -> bool:
        return (self._key in values and values[self._key] in self._among) is self._wanted


class _Compared:
    """The value is a whole number above or below one."""

    def __init__(self, key: str, bound: int, sign: str) -> None:
        self._key, self._bound, self._sign = key, bound, sign

    def __call__(self, values: Mapping[str, str]) -> bool:
        value = values.get(self._key, "")
        if not re.fullmatch(r"[-+]?\d{1,18}", value):
            return False
        return int(value) > self._bound if self._sign == ">" else int(value) < self._bound
