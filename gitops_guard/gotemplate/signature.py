"""The types of a function's parameters, and how Go's text/template fits values to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from . import nodes
from .errors import CallError
from .values import MISSING, Int64, NilMap, StringMap, type_name

GO_NAMES = {"any": "interface {}", "map": "map[string]interface {}", "value": "reflect.Value"}
"""How Go calls a type that has a short name here. `value` is a parameter that takes everything, present or not."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Function:
    """A function of templates."""

    fixed: tuple[str, ...]
    more: str
    """Type of the parameters that may follow, "" if none may."""
    run: Callable[..., Any]

    def parameter(self, number: int) -> str:
        """Type of a parameter, from 0."""
        return self.fixed[number] if number < len(self.fixed) else self.more

    def check_count(self, name: str, count: int) -> None:
        """Raises CallError for a wrong number of arguments."""
        if count < len(self.fixed) or (count > len(self.fixed) and not self.more):
            least = "at least " if self.more else ""
            raise CallError(f"wrong number of args for {name}: want {least}{len(self.fixed)} got {count}")


def function(run: Callable[..., Any], types: str) -> Function:
    """`types` is what Go's parameter list says, such as `int, string` or `string, ...any`."""
    names = [name.strip() for name in types.split(",") if name.strip()]
    more = names.pop()[3:] if names and names[-1].startswith("...") else ""
    return Function(tuple(names), more, run)


class Registry(dict[str, Function]):
    """Functions by name, filled by decorators: `@registry("int, string", "repeat")`."""

    def __call__(self, types: str, *names: str) -> Callable[[F], F]:
        """Adds the decorated function under every name."""

        def add(run: F) -> F:
            for name in names:
                self[name] = function(run, types)
            return run

        return add


def fit(value: Any, wanted: str) -> Any:
    """A computed value as an argument of type `wanted`. Raises CallError where Go says `wrong type for value`."""
    if wanted == "value":
        return None if value is MISSING else value
    if value is MISSING:
        if wanted == "any":
            return None
        if wanted == "map":
            return NilMap()
        raise CallError(f"invalid value; expected {GO_NAMES.get(wanted, wanted)}")
    if wanted == "any" or _is(value, wanted):
        return value
    given = "interface {}" if value is None else type_name(value)
    raise CallError(f"wrong type for value; expected {GO_NAMES.get(wanted, wanted)}; got {given}")


def _is(value: Any, wanted: str) -> bool:
    if wanted == "map":
        return isinstance(value, Mapping) and not isinstance(value, StringMap)
    return type_name(value) == wanted and value is not None


def nil(wanted: str) -> Any:
    """The constant `nil` as an argument."""
    if wanted in {"any", "value"}:
        return None
    if wanted == "map":
        return NilMap()
    raise CallError(f"cannot assign nil to {wanted}")


def constant(node: nodes.Node, wanted: str) -> Any:
    """A constant of the template as an argument: a number takes the type that is wanted."""
    if isinstance(node, nodes.Number):
        if wanted in {"any", "value"}:
            return ideal(node)
        if wanted == "float64" and node.real is not None:
            return node.real
        if wanted in {"int", "int64"} and node.integer is not None:
            return Int64(node.integer) if wanted == "int64" else node.integer
    if isinstance(node, nodes.Bool) and wanted in {"any", "value", "bool"}:
        return node.value
    if isinstance(node, nodes.Text) and wanted in {"any", "value", "string"}:
        return node.text
    raise CallError(f"expected {GO_NAMES.get(wanted, wanted)}; found another constant")


def ideal(node: nodes.Number) -> Any:
    """A number where no type is wanted: its spelling decides between int and float64."""
    if node.is_float:
        return node.real
    return node.integer
