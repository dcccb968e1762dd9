r"""A regular expression as Go reads it -> the one that means the same to regorus' engine, or an error where Go has none.

Go's `regexp/syntax` is RE2; Rust's regex crate reads much the same language otherwise: `\d`, `\w`, `\s` and `\b` are of Unicode
there, classes nest and have operators, `{,3}` is no text, `\<` is the border of a word, and some of Go's escapes are unknown.
"""

from __future__ import annotations

import functools
import re

from .builtin_checks import refused, text_of

_SHORT = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\x0c\r "}
_POSIX = frozenset((
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit"))
_COUNTED = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:(-)([imsU]+))?([:)])")
_NAMED = re.compile(r"\(\?P?<([0-9A-Za-z_]+)>")
_PROPERTY = re.compile(r"([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
_CATEGORIES = frozenset((
    "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu",
    "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe",
    "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs"))
_SCRIPTS = frozenset((
    "Arabic", "Armenian", "Bengali", "Cherokee", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati",
    "Gurmukhi", "Han", "Hangul", "Hebrew", "Hiragana", "Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam",
    "Mongolian", "Myanmar", "Sinhala", "Tamil", "Telugu", "Thai", "Tibetan"))
"""Those of both engines that come to mind; the others are refused."""
_CODE = re.compile(r"x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))|([1-7][0-7]{1,2}|0[0-7]{0,2})")
_SIGNS = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_MEANINGLESS = "_ /:,;=@%!\"'"
_MOST = 1000
_DEEPEST = 200


@functools.lru_cache(maxsize=4096)
def _translated(pattern: str) -> str:
    return _Reader(pattern).read()


def pattern_of(value: object) -> str:
    """The expression for regorus. Raises TypeError, and ValueError where Go has none or it is not to be had here."""
    return _translated(text_of(value))


def is_pattern(value: object) -> bool:
    """Whether Go takes a value for an expression. Raises ValueError where that is not to be told here."""
    try:
        pattern_of(value)
    except TypeError:
        return False
    except ValueError as error:
        if error.args == (_NONE,):
            return False
        raise
    return True


_NONE = "expects a regular expression"


def _none() -> ValueError:
    """There is no such expression; it may be part of the input, and is not shown."""
    return ValueError(_NONE)


class _Reader:
    """One expression from its beginning to its end."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._counts = [1]
        """How often a part of each open group may come at most, the innermost last."""
        self._count = 1
        """That of what stands before."""
        self._names: set[str] = set()
        self._repeatable = self._repeated = False
        """Whether something stands before, and whether it is a repetition already."""

    def read(self) -> str:
        """All of it."""
        out: list[str] = []
        while self._at < len(self._text):
            out.append(self._next())
        if len(self._counts) > 1:
            raise _none()
        return "".join(out)

    def _next(self) -> str:
        character = self._text[self._at]
        if character in "*+?":
            self._at += 1
            return self._repetition(character, 0)
        if character == "{":
            counted = _COUNTED.match(self._text, self._at)
            if counted:
                return self._counted(counted)
        if character == "(":
            return self._group()
        self._at += 1
        if character in ")|":
            if character == ")":
                self._close()
            self._repeatable, self._repeated = character == ")", False
            return character
        self._repeatable, self._repeated, self._count = True, False, 1
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        return character if character in "^$." else _plain(character)

    def _close(self) -> None:
        self._count = self._counts.pop()
        if not self._counts:
            raise _none()
        self._counts[-1] = max(self._counts[-1], self._count)

    def _counted(self, counted: re.Match[str]) -> str:
        least, comma, most = int(counted[1]), counted[2], counted[3]
        if least > _MOST or (most and (int(most) > _MOST or int(most) < least)):
            raise _none()
        self._at = counted.end()
        if (len(counted[1]) > 1 and counted[1][0] == "0") or (most and len(most) > 1 and most[0] == "0"):
            raise refused("a count that begins with 0")
        return self._repetition(f"{{{least}{',' if comma else ''}{most or ''}}}", max(least, int(most or 0)))

    def _repetition(self, sign: str, count: int) -> str:
        if not self._repeatable or self._repeated:
            raise _none()
        self._repeated = True
        self._count *= max(count, 1)
        if self._count > _MOST:
            raise _none()
        self._counts[-1] = max(self._counts[-1], self._count)
        if self._text[self._at:self._at + 1] == "?":
            self._at += 1
            sign += "?"
        return sign

    def _group(self) -> str:
        self._counts.append(1)
        if len(self._counts) > _DEEPEST:
            raise refused("so deep a regular expression")
        self._repeatable = self._repeated = False
        named, flags = _NAMED.match(self._text, self._at), _FLAGS.match(self._text, self._at)
        if not self._text.startswith("(?", self._at):
            self._at += 1
            return "("
        if named:
            self._at = named.end()
            if named[1] in self._names:
                raise refused("a group with the name of another")
            self._names.add(named[1])
            if named[1][0].isdigit():
                raise refused("a group whose name begins with a digit")
            return f"(?P<{named[1]}>"
        if flags is None:
            raise _none()
        self._at = flags.end()
        if flags[4] == ")":
            self._counts.pop()
            self._repeatable = False
            if not flags[1] and not flags[2]:
                raise refused("a group of no flags")
        return f"(?{flags[1]}{flags[2] or ''}{flags[3] or ''}{flags[4]}"

    def _escape(self) -> str:
        text = self._text
        if self._at >= len(text):
            raise _none()
        letter = text[self._at]
        if letter == "Q":
            end = text.find("\\E", self._at)
            literal = text[self._at + 1:end if end >= 0 else len(text)]
            self._at = end + 2 if end >= 0 else len(text)
            self._repeatable = bool(literal)
            return "".join(map(_plain, literal))
        if letter in "AzbB":
            self._at += 1
            return f"(?-u:\\{letter})" if letter in "bB" else f"\\{letter}"
        return self._set_or_character()

    def _set_or_character(self) -> str:
        """What an escape stands for, behind its backslash: a set of characters or one."""
        letter = self._text[self._at:self._at + 1]
        if letter.lower() in _SHORT:
            self._at += 1
            body = _SHORT[letter.lower()]
            return f"[^{body}]" if letter.isupper() else f"[{body}]"
        found = _PROPERTY.match(self._text, self._at)
        if found:
            self._at = found.end()
            name = found[3] or found[4]
            if name == "Any":
                return "[^\\x{0}-\\x{10FFFF}]" if (found[1] == "P") != bool(found[2]) else "[\\x{0}-\\x{10FFFF}]"
            if name not in _CATEGORIES and name not in _SCRIPTS:
                raise refused("a property of characters that is seldom used")
            return f"\\{'P' if (found[1] == 'P') != bool(found[2]) else 'p'}{{{name}}}"
        return _plain(self._character())

    def _character(self) -> str:
        letter = self._text[self._at:self._at + 1]
        code = _CODE.match(self._text, self._at)
        if code:
            self._at = code.end()
            number = int(code[1] or code[2], 16) if code[1] or code[2] else int(code[3], 8)
            if number > 0x10FFFF:
                raise _none()
            if 0xD800 <= number <= 0xDFFF:
                raise refused("half a surrogate pair")
            return chr(number)
        self._at += 1
        if letter in _SIGNS and letter:
            return chr(_SIGNS[letter])
        if not letter or not letter.isascii() or letter.isalnum():
            raise _none()
        return letter

    def _class(self) -> str:
        out = ["["]
        text = self._text
        if text[self._at:self._at + 1] == "^":
            out.append("^")
            self._at += 1
        first = True
        while first or text[self._at:self._at + 1] != "]":
            if self._at >= len(text):
                raise _none()
            first = False
            out.append(self._member())
        self._at += 1
        return "".join([*out, "]"])

    def _member(self) -> str:
        text = self._text
        if text.startswith("[:", self._at):
            end = text.find(":]", self._at + 2)
            if end >= 0:
                name = text[self._at + 2:end]
                if name.removeprefix("^") not in _POSIX:
                    raise _none()
                self._at = end + 2
                return f"[:{name}:]"
        if text[self._at] == "\\":
            following = text[self._at + 1:self._at + 2]
            if following.lower() in _SHORT or following in ("p", "P"):
                self._at += 1
                return self._set_or_character()
        low = self._one()
        if text[self._at:self._at + 1] != "-" or text[self._at + 1:self._at + 2] in ("]", ""):
            return _plain(low)
        self._at += 1
        high = self._one()
        if high < low:
            raise _none()
        return f"{_plain(low)}-{_plain(high)}"

    def _one(self) -> str:
        character = self._text[self._at:self._at + 1]
        if not character:
            raise _none()
        self._at += 1
        return self._character() if character == "\\" else character


def _plain(character: str) -> str:
    """A character that means itself, in a class and outside."""
    known = character.isalnum() or not character.isascii() or character in _MEANINGLESS
    return character if known else f"\\x{{{ord(character):x}}}"
