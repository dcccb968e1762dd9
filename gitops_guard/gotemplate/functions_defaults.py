"""Sprig's functions that choose among values, name their types, or give up: `default`, `ternary`, `kindOf`, `fail`."""

from __future__ import annotations

from typing import Any

from .casts import is_empty
from .errors import CallError
from .signature import Registry
from .values import deep_equal, kind_name, type_name

FUNCTIONS = Registry()


@FUNCTIONS("any, ...any", "default")
def _default(default: Any, *given: Any) -> Any:
    return default if not given or is_empty(given[0]) else given[0]


FUNCTIONS("any", "empty")(is_empty)
FUNCTIONS("any", "typeOf")(type_name)
FUNCTIONS("any", "kindOf")(kind_name)
FUNCTIONS("any, any", "deepEqual")(deep_equal)


@FUNCTIONS("...any", "coalesce")
def _coalesce(*values: Any) -> Any:
    return next((value for value in values if not is_empty(value)), None)


@FUNCTIONS("...any", "all")
def _all(*values: Any) -> bool:
    return not any(map(is_empty, values))


@FUNCTIONS("...any", "any")
def _any(*values: Any) -> bool:
    return not all(map(is_empty, values))


@FUNCTIONS("any, any, bool", "ternary")
def _ternary(yes: Any, no: Any, test: bool) -> Any:
    return yes if test else no


@FUNCTIONS("string, any", "typeIs")
def _type_is(name: str, value: Any) -> bool:
    return name == type_name(value)


@FUNCTIONS("string, any", "typeIsLike")
def _type_is_like(name: str, value: Any) -> bool:
    return type_name(value) in {name, "*" + name}


@FUNCTIONS("string, any", "kindIs")
def _kind_is(name: str, value: Any) -> bool:
    return name == kind_name(value)


@FUNCTIONS("string", "fail")
def _fail(message: str) -> None:
    del message  # it may hold values of the data
    raise CallError("the template calls fail")
