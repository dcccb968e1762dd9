"""Reads one expression: a text and the offset of its `${` go in, the expression comes out."""

from __future__ import annotations

from .expression import Expression, SubstitutionError

MAX_NESTING = 100


class Reader:
    """Reads one expression, from its `${` on."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at

    def expression(self, depth: int) -> Expression:
        """The expression that begins here."""
        start = self.at
        self.at += 2
        name = ""
        if depth > MAX_NESTING:
            raise SubstitutionError(f"expressions nested deeper than {MAX_NESTING} levels", name, start)
        try:
            if self._peek() == "#":
                self.at += 1
                name = self._name()
                operator, arguments = "#", list[str | Expression]()
            else:
                name = self._name()
                operator, arguments = self._operation(depth) if name else ("", [])
            self._close(name)
        except _BadError as bad:
            raise SubstitutionError(str(bad), name, start) from None
        return Expression(name, operator, tuple(arguments), start, self.at)

    def _close(self, name: str) -> None:
        if not name:
            raise _BadError("no variable name behind ${")
        if self._peek() != "}":
            raise _BadError("the closing brace is missing, or something stands before it that Flux does not know")
        self.at += 1

    def _operation(self, depth: int) -> tuple[str, list[str | Expression]]:
        first, second = self._peek(), self.text[self.at + 1:self.at + 2]
        if first == "=" or (first == ":" and second and second in "=-?+"):
            operator = "=" if first == "=" else first + second
            self.at += len(operator)
            return operator, self._default(depth)
        if first == ":":
            if second > "\x7f":
                raise _BadError("bad substitution")  # Flux loses its place behind a character of several bytes
            self.at += 1
            return ":", self._range(depth)
        if first and first in ",^":
            operator = self._run(",^", 2)
            return operator, []
        if first and first in "#%":
            operator = self._run(first, 2)
            return operator, [self._argument("}", depth)]
        if first == "/":
            operator = first + (second if second and second in "/#%" else "")
            self.at += len(operator)
            return operator, self._replacement(depth)
        return "", []

    def _default(self, depth: int) -> list[str | Expression]:
        found = []
        while self._peek() != "}":
            found.append(self._argument("}", depth))
        return found

    def _range(self, depth: int) -> list[str | Expression]:
        found = [self._argument(":}", depth)]
        if self._peek() == ":":
            self._run(":", len(self.text))
            found.append(self._argument("}", depth))
        return found

    def _replacement(self, depth: int) -> list[str | Expression]:
        found = [self._argument("/", depth, escapes=True)]
        if not self._run("/", len(self.text)):
            raise _BadError("a replacement without its second /")
        if self._peek() != "}":
            found.append(self._argument("}", depth, escapes=True))
        return found

    def _argument(self, stops: str, depth: int, *, escapes: bool = False) -> str | Expression:
        """One nested expression, or a text (never an empty one) up to a character of `stops` or the next expression."""
        text = self.text
        if text.startswith("${", self.at):
            return self.expression(depth + 1)
        out: list[str] = []
        while self.at < len(text) and text[self.at] not in stops:
            pair = text[self.at:self.at + 2]
            if pair == "${":
                break
            if escapes and pair in ("$$", "\\/", "\\\\"):
                out.append(pair[1])
                self.at += 2
                continue
            out.append(text[self.at])
            self.at += 1
        if not out:
            raise _BadError("an argument is missing")
        return "".join(out)

    def _name(self) -> str:
        start = self.at
        while (c := self._peek()) and (c == "_" or c.isalpha() or c.isdecimal()):
            self.at += 1
        return self.text[start:self.at]

    def _run(self, characters: str, most: int) -> str:
        start = self.at
        while self.at - start < most and (c := self._peek()) and c in characters:
            self.at += 1
        return self.text[start:self.at]

    def _peek(self) -> str:
        return self.text[self.at:self.at + 1]


class _BadError(Exception):
    """Why an expression can't be read; its place is added outside."""
