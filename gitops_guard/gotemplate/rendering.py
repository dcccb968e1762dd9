"""One call from template to text: parse, take the functions, execute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from . import nodes
from .errors import CallError
from .execute import run
from .functions import FUNCTIONS, YAML
from .parse import parse
from .signature import Function, function

MISSING_KEYS = frozenset({"default", "invalid", "zero", "error"})


def render(
    text: str,
    params: Mapping[str, Any],
    *,
    missing_key: str = "default",
    functions: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
) -> str:
    """The text that Argo CD makes of the template `text` and `params`; neither is changed.

    `missing_key` is Go's option `missingkey`. `functions` brings what needs a YAML library: `toYaml` (value -> str),
    `fromYaml` (str -> dict) and `fromYamlArray` (str -> list), which raise ValueError for what they refuse; one that isn't
    brought can't be known when it is called. Numbers of JSON or YAML must be floats, as Argo CD has them: an int is Go's int.

    Raises TemplateError (message, line) where Go refuses to parse or to execute, UnsupportedError (name) where the result
    can't be known: a random value, a clock, a bound.
    """
    if missing_key not in MISSING_KEYS:
        raise ValueError(f"missing_key is {missing_key}, which Go doesn't have")
    if not functions.keys() <= YAML.keys():
        raise ValueError("only toYaml, fromYaml and fromYamlArray can be brought")
    trees, mutates = _parsed(text)
    if trees is None:
        return text
    table: Mapping[str, Function] = FUNCTIONS
    if functions:
        table = {**FUNCTIONS, **{name: function(_guarded(functions[name]), YAML[name]) for name in functions}}
    return _whole(run(trees, table, _copy(params) if mutates else params, missing_key))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[dict[str, nodes.Block] | None, bool]:
    """The tree, None for a plain text, and whether a function that changes maps is named."""
    if "{{" not in text:
        return None, False
    return parse(text, FUNCTIONS), any(name in text for name in ("set", "merge", "Merge"))


def _guarded(called: Callable[..., Any]) -> Callable[..., Any]:
    def call(value: Any) -> Any:
        try:
            return called(value)
        except ValueError as error:
            raise CallError(str(error)) from None

    return call


def _copy(value: Any) -> Any:
    """A copy that functions such as `set` may change: the caller's data stay as they are."""
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(item) for item in value]
    return value


def _whole(text: str) -> str:
    """Characters that were cut apart and joined again are whole; what stays broken is U+FFFD, as Kubernetes reads it."""
    if text.isascii():
        return text
    data = text.encode("utf-8", "surrogateescape")
    return "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in data.decode("utf-8", "surrogateescape"))
