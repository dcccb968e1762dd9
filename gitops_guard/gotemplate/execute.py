"""Executes a parsed template on data, as Go's text/template does, within bounds: leaves the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import budget, nodes
from .errors import TemplateError, UnsupportedError
from .evaluate import Evaluation
from .printing import shown
from .signature import Function
from .values import MISSING, is_list, ordered, truth, type_name

MAX_DEPTH = 100
"""Templates that call each other."""


class _BreakError(Exception):
    pass


class _ContinueError(Exception):
    pass


class Run(Evaluation):
    """The walk through the blocks."""

    def render(self, data: Any) -> str:
        """The text. Raises TemplateError where Go fails, UnsupportedError where the result can't be known."""
        self.variables = [("$", data)]
        self.walk(self.trees[""], data)
        return "".join(self.out)

    def walk(self, node: nodes.Node, dot: Any) -> None:
        """Executes a node."""
        self.step(node.line)
        if isinstance(node, nodes.Block):
            for part in node.nodes:
                self.walk(part, dot)
        elif isinstance(node, nodes.Text):
            self.write(node.text, node.line)
        elif isinstance(node, nodes.Action):
            value = self.pipe(node.pipe, dot)
            if not node.pipe.variables:
                if isinstance(value, Mapping) or is_list(value):
                    self.ordered(value, node.line)
                    self.charge(value, node.line)
                self.write(shown(value), node.line)
        elif isinstance(node, nodes.Branch):
            self.branch(node, dot)
        elif isinstance(node, nodes.Call):
            self.template(node, dot)
        elif isinstance(node, nodes.Jump):
            raise _BreakError if node.word == "break" else _ContinueError

    def branch(self, node: nodes.Branch, dot: Any) -> None:
        """`if`, `with` and `range`, with variables of their own."""
        known = len(self.variables)
        try:
            if node.word == "range":
                self.iterate(node, dot)
                return
            value = self.pipe(node.pipe, dot)
            if truth(value):
                self.walk(node.body, value if node.word == "with" else dot)
            elif node.otherwise:
                self.walk(node.otherwise, dot)
        finally:
            del self.variables[known:]

    def iterate(self, node: nodes.Branch, dot: Any) -> None:
        """`range`."""
        value = self.pipe(node.pipe, dot)
        self.ordered(value, node.line)
        names = node.pipe.variables
        known = len(self.variables)
        empty = True
        for key, item in self.items(value, node):
            empty = False
            self.step(node.line)
            pairs = list(zip(names, (key, item) if len(names) > 1 else (item,), strict=True)) if names else []
            if node.pipe.assigns:
                for name, part in pairs:
                    self.assign(name, part)
            elif pairs:
                self.variables[known - len(pairs) : known] = pairs
            try:
                self.walk(node.body, item)
            except _ContinueError:
                continue
            except _BreakError:
                break
            finally:
                del self.variables[known:]
        if empty and node.otherwise:
            self.walk(node.otherwise, dot)

    def items(self, value: Any, node: nodes.Branch) -> Any:
        """What a range goes through: pairs of key and value."""
        if value is None or value is MISSING:
            return ()
        if isinstance(value, Mapping):
            return [(key, value[key]) for key in ordered(value)]
        if is_list(value):
            return list(enumerate(value))
        if isinstance(value, int) and not isinstance(value, bool):
            if len(node.pipe.variables) > 1:
                raise TemplateError("can't use a number to iterate over more than one variable", node.line)
            kind = type(value)
            return ((MISSING, kind(number)) for number in range(value))
        raise TemplateError(f"range can't iterate over a {type_name(value)}", node.line)

    def template(self, node: nodes.Call, dot: Any) -> None:
        """`template`: sees no variable from outside."""
        tree = self.trees.get(node.name)
        if tree is None:
            raise TemplateError(f"template {node.name!r} not defined", node.line)
        if self.depth >= MAX_DEPTH:
            self.limit(f"more than {MAX_DEPTH} templates call each other", node.line)
        value = self.pipe(node.pipe, dot) if node.pipe else MISSING
        outer, self.variables = self.variables, [("$", value)]
        self.depth += 1
        self.walk(tree, value)
        self.depth -= 1
        self.variables = outer


def run(trees: Mapping[str, nodes.Block], functions: Mapping[str, Function], data: Any, missing_key: str) -> str:
    """See `Run.render`; nesting that Python can't follow is UnsupportedError, too."""
    budget.start()
    try:
        return Run(trees, functions, missing_key).render(data)
    except RecursionError:
        raise UnsupportedError("the template or its data nests too deeply", "limit") from None
