"""Evaluates the pipelines of a template on data, as Go's text/template does, and counts what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from . import nodes
from .budget import spend
from .errors import CallError, LimitError, TemplateError, UnknownError, UnsupportedError
from .signature import Function, constant, fit, function, ideal, nil
from .values import MAX_SIZE, MISSING, Object, StringMap, Unordered, truth, type_name, weigh

MAX_STEPS = 100_000
ORDERLESS = frozenset(
    {"sortAlpha", "len", "has", "mustHas", "empty", "default", "ternary", "coalesce", "not", "and", "or", "kindOf", "typeOf"},
)
"""What may be asked of `keys` and `values`, whose order is random in Go."""
UNORDERED = "the order of keys or values is random; sortAlpha gives one"

Words = list[nodes.Node]
Piped = tuple[Any, ...]
"""What comes through a pipe: one value, or none for the first command."""


class Evaluation:
    """One execution. `missing_key` is Go's option: default (or invalid), zero or error."""

    def __init__(self, trees: Mapping[str, nodes.Block], functions: Mapping[str, Function], missing_key: str) -> None:
        self.trees = trees
        self.functions = functions
        self.missing_key = missing_key
        self.out: list[str] = []
        self.size = self.steps = self.depth = 0
        self.variables: list[tuple[str, Any]] = []

    def step(self, line: int) -> None:
        """Counts a step. Raises UnsupportedError beyond the bound, as all that follow."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            self.limit(f"the template takes more than {MAX_STEPS:,} steps", line)

    def limit(self, message: str, line: int) -> NoReturn:
        """Ends the execution: a bound is passed."""
        raise UnsupportedError(message, "limit", line)

    def charge(self, value: Any, line: int) -> None:
        """Counts the size of what is worked on."""
        try:
            spend(weigh(value))
        except LimitError as error:
            self.limit(str(error), line)

    def ordered(self, value: Any, line: int) -> None:
        """Refuses to show the order of `keys` and `values`."""
        if isinstance(value, Unordered) and len(value) > 1:
            raise UnsupportedError(UNORDERED, "keys", line)

    def write(self, text: str, line: int) -> None:
        """Adds to the output."""
        self.size += len(text)
        if self.size > MAX_SIZE:
            self.limit("the output is larger than 1 MB", line)
        self.out.append(text)

    def assign(self, name: str, value: Any) -> None:
        """`$x = …`: sets the innermost variable of that name."""
        for number in range(len(self.variables) - 1, -1, -1):
            if self.variables[number][0] == name:
                self.variables[number] = (name, value)
                return

    def variable(self, node: nodes.Variable) -> Any:
        """The innermost variable's value."""
        for name, value in reversed(self.variables):
            if name == node.name:
                return value
        raise TemplateError(f"undefined variable: {node.name}", node.line)

    def pipe(self, pipe: nodes.Pipe, dot: Any) -> Any:
        """The value of a pipeline; a nil in the data is then nothing at all, as in Go."""
        value: Any = None
        piped: Piped = ()
        for command in pipe.commands:
            self.step(command.line)
            value = self.command(command, dot, piped)
            if value is None:
                value = MISSING
            piped = (value,)
        for name in pipe.variables:
            if pipe.assigns:
                self.assign(name, value)
            else:
                self.variables.append((name, value))
        return value

    def command(self, command: nodes.Command, dot: Any, piped: Piped) -> Any:
        """The value of one stage of a pipeline."""
        word, arguments = command.words[0], command.words[1:]
        if isinstance(word, nodes.Name):
            return self.call(word, arguments, dot, piped)
        if isinstance(word, nodes.Field | nodes.Chain) or (isinstance(word, nodes.Variable) and word.names):
            base = self.base(word, dot)
            return self.fields(base, word.names, word.line, arguments, dot, piped)
        if arguments or piped:
            raise TemplateError("can't give argument to non-function", word.line)
        if isinstance(word, nodes.Nil):
            raise TemplateError("nil is not a command", word.line)
        return self.operand(word, dot)

    def base(self, node: nodes.Node, dot: Any) -> Any:
        """What a chain of fields starts from."""
        if isinstance(node, nodes.Chain):
            if isinstance(node.base, nodes.Nil):
                raise TemplateError("indirection through explicit nil", node.line)
            return self.operand(node.base, dot)
        return self.variable(node) if isinstance(node, nodes.Variable) else dot

    def operand(self, node: nodes.Node, dot: Any) -> Any:
        """The value of one word where no type is wanted."""
        if isinstance(node, nodes.Dot):
            return dot
        if isinstance(node, nodes.Pipe):
            return self.pipe(node, dot)
        if isinstance(node, nodes.Name):
            return self.call(node, [], dot, ())
        if isinstance(node, nodes.Field | nodes.Chain | nodes.Variable):
            return self.fields(self.base(node, dot), node.names, node.line, [], dot, ())
        if isinstance(node, nodes.Number):
            return ideal(node)
        return constant(node, "any")

    def fields(self, value: Any, names: list[str], line: int, arguments: Words, dot: Any, piped: Piped) -> Any:
        """A chain of fields; arguments are for the last."""
        for number, name in enumerate(names, 1):
            last = number == len(names)
            value = self.field(value, name, line, arguments if last else [], dot, piped if last else ())
        return value

    def field(self, value: Any, name: str, line: int, arguments: Words, dot: Any, piped: Piped) -> Any:
        """One field of a map, or a method of an object."""
        if value is MISSING:
            if self.missing_key == "error":
                raise TemplateError(f'nil data; no entry for key "{name}"', line)
            return MISSING
        if value is None:
            raise TemplateError(f"nil pointer evaluating interface {{}}.{name}", line)
        if isinstance(value, Object) and name in value.methods:
            types, run = value.methods[name]
            return self.apply(name, function(lambda *given: run(value, *given), types), arguments, dot, piped, line)
        if isinstance(value, Mapping):
            if arguments or piped:
                raise TemplateError(f"{name} is not a method but has arguments", line)
            if name in value:
                return value[name]
            if self.missing_key == "error":
                raise TemplateError(f'map has no entry for key "{name}"', line)
            if self.missing_key == "zero":
                return "" if isinstance(value, StringMap) else None
            return MISSING
        raise TemplateError(f"can't evaluate field {name} in type {type_name(value)}", line)

    def call(self, word: nodes.Name, arguments: Words, dot: Any, piped: Piped) -> Any:
        """Calls a function by its name."""
        return self.apply(word.name, self.functions[word.name], arguments, dot, piped, word.line)

    def apply(self, name: str, called: Function, arguments: Words, dot: Any, piped: Piped, line: int) -> Any:
        """Calls a function or method with arguments and what was piped in."""
        self.step(line)
        try:
            called.check_count(name, len(arguments) + len(piped))
            if name in {"and", "or"}:
                return self.logic(name, arguments, dot, piped)
            given = [self.argument(node, called.parameter(number), dot, name) for number, node in enumerate(arguments)]
            given.extend(fit(value, called.parameter(len(arguments))) for value in piped)
            for value in given:
                if name not in ORDERLESS:
                    self.ordered(value, line)
                if value is not None and not isinstance(value, int | float):
                    self.charge(value, line)
            return called.run(*given)
        except CallError as error:
            raise TemplateError(f"error calling {name}: {error}", line) from None
        except UnknownError as error:
            raise UnsupportedError(str(error), name, line) from None
        except LimitError as error:
            self.limit(str(error), line)

    def logic(self, name: str, arguments: Words, dot: Any, piped: Piped) -> Any:
        """`and` and `or`, which stop at the first argument that decides."""
        value: Any = None
        for node in arguments:
            value = self.argument(node, "value", dot, name)
            if truth(value) == (name == "or"):
                return value
        return fit(piped[0], "value") if piped else value

    def argument(self, node: nodes.Node, wanted: str, dot: Any, name: str) -> Any:
        """An argument, of the type that the function wants."""
        self.step(node.line)
        try:
            if isinstance(node, nodes.Nil):
                return nil(wanted)
            if isinstance(node, nodes.Number | nodes.Bool | nodes.Text):
                return constant(node, wanted)
            return fit(self.operand(node, dot), wanted)
        except CallError as error:
            raise TemplateError(f"error calling {name}: {error}", node.line) from None
