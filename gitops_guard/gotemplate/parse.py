"""Makes a tree of a template, by the grammar of Go's text/template: enters a text, leaves its definitions by name."""

from __future__ import annotations

from collections.abc import Container

from . import nodes
from .lex import Token
from .parse_pipeline import Pipelines, Scope


def parse(text: str, functions: Container[str]) -> dict[str, nodes.Block]:
    """Every definition in `text` by its name; the template itself has the name "".

    Raises TemplateError for what Go refuses to parse; `functions` are the names that may be called.
    """
    return _Parser(text, functions).run()


class _Parser(Pipelines):
    """Blocks and definitions."""

    def __init__(self, text: str, functions: Container[str]) -> None:
        super().__init__(text, functions)
        self.trees: dict[str, nodes.Block] = {}

    def run(self) -> dict[str, nodes.Block]:
        root = nodes.Block(1)
        while self.peek().kind != "eof":
            token = self.next()
            if token.kind == "left" and self.peek_word().kind == "define":
                self.next_word()
                self.definition()
                continue
            self.pushed.append(token)
            node, word = self.text_or_action()
            if node is None:
                raise self.refuse(f"unexpected {{{{{word}}}}}")
            root.nodes.append(node)
        self.add("", root)
        return self.trees

    def add(self, name: str, block: nodes.Block) -> None:
        before = self.trees.get(name)
        if before is None or nodes.is_empty(before):
            self.trees[name] = block
        elif not nodes.is_empty(block):
            raise self.refuse(f"multiple definition of template {name!r}")

    def definition(self) -> None:
        name = self.template_name(self.next_word(), "define clause")
        token = self.next_word()
        if token.kind != "right":
            raise self.unexpected(token, "define clause")
        self.add(name, self.apart("define clause"))

    def apart(self, context: str) -> nodes.Block:
        """The body of a definition: it sees no variable from outside."""
        outer, self.scope = self.scope, Scope()
        block, word = self.block()
        if word != "end":
            raise self.refuse(f"unexpected {{{{{word}}}}} in {context}")
        self.scope = outer
        return block

    def template_name(self, token: Token, context: str) -> str:
        if token.kind != "string":
            raise self.unexpected(token, context)
        return self.unquoted(token)

    def block(self) -> tuple[nodes.Block, str]:
        """Nodes up to `end` or `else`, and which of the two it was (`else if`, `else with` if more follows)."""
        self.deeper()
        block = nodes.Block(self.peek_word().line)
        while self.peek_word().kind != "eof":
            node, word = self.text_or_action()
            if node is None:
                self.nesting -= 1
                return block, word
            block.nodes.append(node)
        raise self.refuse("unexpected EOF", self.peek_word().line)

    def text_or_action(self) -> tuple[nodes.Node | None, str]:
        token = self.next_word()
        if token.kind == "text":
            return nodes.Text(token.line, token.text), ""
        if token.kind == "left":
            return self.action()
        raise self.unexpected(token, "input")

    def action(self) -> tuple[nodes.Node | None, str]:
        token = self.next_word()
        kind = token.kind
        if kind in {"if", "with", "range"}:
            return self.branch(kind, token.line), ""
        if kind == "else":
            following = self.peek_word()
            if following.kind in {"if", "with"}:
                return None, f"else {following.kind}"
            self.close("else")
            return None, "else"
        if kind == "end":
            self.close("end")
            return None, "end"
        if kind in {"break", "continue"}:
            self.close(f"{{{{{kind}}}}}")
            if not self.scope.ranges:
                raise self.refuse(f"{{{{{kind}}}}} outside {{{{range}}}}")
            return nodes.Jump(token.line, kind), ""
        if kind == "template":
            name = self.template_name(self.next_word(), "template clause")
            if self.peek_word().kind == "right":
                self.next_word()
                return nodes.Call(token.line, name, None), ""
            return nodes.Call(token.line, name, self.pipeline("template clause", "right")), ""
        if kind == "block":
            name = self.template_name(self.next_word(), "block clause")
            pipe = self.pipeline("block clause", "right")
            self.add(name, self.apart("block clause"))
            return nodes.Call(token.line, name, pipe), ""
        self.pushed.append(token)
        return nodes.Action(token.line, self.pipeline("command", "right")), ""

    def close(self, context: str) -> None:
        token = self.next_word()
        if token.kind != "right":
            raise self.unexpected(token, context)

    def branch(self, word: str, line: int) -> nodes.Branch:
        self.deeper()
        known = len(self.scope.variables)
        pipe = self.pipeline(word, "right")
        self.scope.ranges += word == "range"
        body, ending = self.block()
        self.scope.ranges -= word == "range"
        otherwise = None
        if ending == f"else {word}" and word != "range":
            following = self.next_word()
            otherwise = nodes.Block(following.line, [self.branch(word, following.line)])
        elif ending != "end":
            otherwise, ending = self.block()
            if ending != "end":
                raise self.refuse(f"expected end; found {{{{{ending}}}}}")
        del self.scope.variables[known:]
        self.nesting -= 1
        return nodes.Branch(line, word, pipe, body, otherwise)
