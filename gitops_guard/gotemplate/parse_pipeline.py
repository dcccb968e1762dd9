"""Reads the pipelines of a template: commands, operands, constants, and the variables that they set."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from . import lex, nodes, numbers
from .errors import TemplateError, UnsupportedError
from .lex import Token

MAX_NESTING = 60
"""Parentheses and blocks inside each other. Go allows more; nobody writes them."""

_OPERANDS = frozenset({"bool", "rune", "dot", "field", "identifier", "number", "nil", "string", "variable", "lparen"})


@dataclass
class Scope:
    """What one definition knows while it is read."""

    variables: list[str] = field(default_factory=lambda: ["$"])
    ranges: int = 0


class Pipelines:
    """Tokens that can be given back, and what is made of those inside of an action."""

    def __init__(self, text: str, functions: Container[str]) -> None:
        self.source = lex.tokens(text)
        self.pushed: list[Token] = []
        self.functions = functions
        self.scope = Scope()
        self.nesting = 0
        self.last = Token("eof", "EOF", 1)

    # Tokens.

    def next(self) -> Token:
        """Takes the next token."""
        self.last = self.pushed.pop() if self.pushed else next(self.source)
        return self.last

    def peek(self) -> Token:
        """Looks at the next token."""
        if not self.pushed:
            self.pushed.append(next(self.source))
        return self.pushed[-1]

    def next_word(self) -> Token:
        """Takes the next token that is no space."""
        token = self.next()
        while token.kind == "space":
            token = self.next()
        return token

    def peek_word(self) -> Token:
        """Looks at it; spaces before it are gone."""
        token = self.next_word()
        self.pushed.append(token)
        return token

    def refuse(self, message: str, line: int | None = None) -> TemplateError:
        """The error at the last token."""
        return TemplateError(message, self.last.line if line is None else line)

    def unexpected(self, token: Token, context: str) -> TemplateError:
        """The error for a token that can't stand here."""
        # A constant may be a secret: only its kind is named.
        shown = token.kind if token.kind in {"string", "rune", "number", "text"} else f"`{token.text.strip()}`"
        return TemplateError(f"unexpected {shown} in {context}", token.line)

    def unquoted(self, token: Token) -> str:
        """A quoted string's value."""
        value = numbers.unquote(token.text)
        if value is None:
            raise TemplateError("invalid syntax in a quoted string", token.line)
        return value

    def deeper(self) -> None:
        """Counts nesting."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise UnsupportedError(f"the template nests more than {MAX_NESTING} blocks or parentheses", "limit", self.last.line)

    def pipeline(self, context: str, end: str) -> nodes.Pipe:
        """Everything up to `end`, which is taken."""
        pipe = nodes.Pipe(self.peek_word().line)
        while self.declares(pipe, context):
            pass
        while True:
            token = self.next_word()
            if token.kind == end:
                break
            if token.kind not in _OPERANDS:
                raise self.unexpected(token, context)
            self.pushed.append(token)
            pipe.commands.append(self.command())
        if not pipe.commands:
            raise self.refuse(f"missing value for {context}")
        for number, command in enumerate(pipe.commands[1:], 2):
            if isinstance(command.words[0], nodes.Bool | nodes.Dot | nodes.Nil | nodes.Number | nodes.Text):
                raise self.refuse(f"non executable command in pipeline stage {number}")
        return pipe

    def declares(self, pipe: nodes.Pipe, context: str) -> bool:
        """Takes `$x :=`, `$x =` or `$x,`; True if another variable may follow."""
        variable = self.peek_word()
        if variable.kind != "variable":
            return False
        self.next()
        after = self.peek()
        following = self.peek_word()
        if following.kind in {"assign", "declare"}:
            pipe.assigns = following.kind == "assign"
        elif following.kind != "char" or following.text != ",":
            if after.kind == "space":
                self.pushed.append(after)
            self.pushed.append(variable)
            return False
        self.next_word()
        pipe.variables.append(variable.text)
        self.scope.variables.append(variable.text)
        if following.kind != "char":
            return False
        if context != "range" or len(pipe.variables) > 1:
            raise self.refuse(f"too many declarations in {context}")
        if self.peek_word().kind not in {"variable", "right", "rparen"}:
            raise self.refuse("range can only initialize variables")
        return True

    def command(self) -> nodes.Command:
        """Words up to a pipe or the end of the pipeline."""
        command = nodes.Command(self.peek_word().line)
        while True:
            self.peek_word()
            operand = self.operand()
            if operand is not None:
                command.words.append(operand)
            token = self.next()
            if token.kind == "space":
                continue
            if token.kind in {"right", "rparen"}:
                self.pushed.append(token)
            elif token.kind != "pipe":
                raise self.unexpected(token, "operand")
            break
        if not command.words:
            raise self.refuse("empty command")
        return command

    def operand(self) -> nodes.Node | None:
        """One word with the fields after it."""
        node = self.term()
        if node is None or self.peek().kind != "field":
            return node
        names = []
        while self.peek().kind == "field":
            names.append(self.next().text[1:])
        if isinstance(node, nodes.Field | nodes.Variable):
            node.names.extend(names)
            return node
        if isinstance(node, nodes.Bool | nodes.Text | nodes.Number | nodes.Nil | nodes.Dot):
            raise self.refuse("unexpected . after a constant", node.line)
        return nodes.Chain(node.line, node, names)

    def term(self) -> nodes.Node | None:
        """One word; None if the next token is none."""
        token = self.next_word()
        kind, line = token.kind, token.line
        if kind == "identifier":
            if token.text not in self.functions:
                raise TemplateError(f'function "{token.text}" not defined', line)
            return nodes.Name(line, token.text)
        if kind == "dot":
            return nodes.Dot(line)
        if kind == "nil":
            return nodes.Nil(line)
        if kind == "variable":
            if token.text not in self.scope.variables:
                raise TemplateError(f'undefined variable "{token.text}"', line)
            return nodes.Variable(line, token.text, [])
        if kind == "field":
            return nodes.Field(line, [token.text[1:]])
        if kind == "bool":
            return nodes.Bool(line, token.text == "true")
        if kind in {"number", "rune"}:
            return number(token)
        if kind == "lparen":
            self.deeper()
            pipe = self.pipeline("parenthesized pipeline", "rparen")
            self.nesting -= 1
            return pipe
        if kind == "string":
            return nodes.Text(line, self.unquoted(token))
        self.pushed.append(token)
        return None


def number(token: Token) -> nodes.Number:
    """The constant of a number's or a character's token. Raises TemplateError if Go can't read it."""
    text, line = token.text, token.line
    if token.kind == "rune":
        code = numbers.unquote_rune(text)
        if code is None:
            raise TemplateError("malformed character constant", line)
        return nodes.Number(line, text, code, float(code))
    if text.endswith("i"):
        raise UnsupportedError("complex numbers are not known here", "complex", line)
    integer = numbers.parse_int(text)
    if integer is not None:
        if not numbers.MIN_INT64 <= integer <= numbers.MAX_INT64:
            raise TemplateError("a number overflows int", line)
        return nodes.Number(line, text, integer, float(integer))
    real = numbers.parse_go_float(text)
    if real is None:
        raise TemplateError("bad number syntax", line)
    if not set(".eEpP") & set(text):
        raise TemplateError("a number overflows int", line)
    whole = int(real) if real == int(real) and abs(real) < numbers.MAX_INT64 else None
    return nodes.Number(line, text, whole, real)
