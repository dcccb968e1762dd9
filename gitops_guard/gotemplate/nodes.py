"""The parts of a parsed template: what `parse` makes and `execute` walks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Node:
    """Any part; `line` is where it starts in the template."""

    line: int


@dataclass
class Number(Node):
    """A number or character constant with every reading that its spelling allows."""

    text: str
    integer: int | None = None
    real: float | None = None

    @property
    def is_float(self) -> bool:
        """Whether the constant alone, without a wanted type, is a float64."""
        text = self.text
        hexadecimal = text[:2] in {"0x", "0X"} and not set("pP") & set(text)
        return self.real is not None and not hexadecimal and text[0] != "'" and bool(set(".eEpP") & set(text))


@dataclass
class Text(Node):
    """Text between actions, or a string constant."""

    text: str


@dataclass
class Bool(Node):
    """`true` or `false`."""

    value: bool


@dataclass
class Dot(Node):
    """`.`."""


@dataclass
class Nil(Node):
    """`nil`."""


@dataclass
class Name(Node):
    """A function's name."""

    name: str


@dataclass
class Field(Node):
    """`.a.b`."""

    names: list[str]


@dataclass
class Variable(Node):
    """`$x.a.b`."""

    name: str
    names: list[str]


@dataclass
class Chain(Node):
    """`(…).a.b`, or a function's result with fields."""

    base: Node
    names: list[str]


@dataclass
class Command(Node):
    """One stage of a pipeline: a word and its arguments."""

    words: list[Node] = field(default_factory=list)


@dataclass
class Pipe(Node):
    """Commands joined by `|`, with the variables that they set."""

    commands: list[Command] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    assigns: bool = False


@dataclass
class Block(Node):
    """Nodes in a row."""

    nodes: list[Node] = field(default_factory=list)


@dataclass
class Action(Node):
    """`{{ pipeline }}`."""

    pipe: Pipe


@dataclass
class Branch(Node):
    """`if`, `with` or `range`, by `word`."""

    word: str
    pipe: Pipe
    body: Block
    otherwise: Block | None


@dataclass
class Jump(Node):
    """`break` or `continue`."""

    word: str


@dataclass
class Call(Node):
    """`{{template "name" pipeline}}`."""

    name: str
    pipe: Pipe | None


def is_empty(block: Block) -> bool:
    """Whether a definition has nothing but spaces, so that another of the same name replaces it."""
    return all(isinstance(node, Text) and not node.text.strip() for node in block.nodes)
