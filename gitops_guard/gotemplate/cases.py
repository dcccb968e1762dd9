"""Upper, lower and title case, one character for one character, as Go maps them; and names in other cases."""

from __future__ import annotations

import unicodedata

SPACES = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))
"""What Go's unicode.IsSpace is true for."""


def upper(text: str) -> str:
    """Upper case. A character that would become two, such as ß, stays."""
    return "".join(map(_upper, text))


def lower(text: str) -> str:
    """Lower case."""
    return "".join(map(_lower, text))


def title(char: str) -> str:
    """Title case of one character."""
    made = char.title()
    return made if len(made) == 1 else char


def _upper(char: str) -> str:
    made = char.upper()
    return made if len(made) == 1 else title(char)


def _lower(char: str) -> str:
    return "i" if char == "\u0130" else char.lower()


def trim(text: str) -> str:
    """The text without Go's spaces at both ends."""
    return text.strip("".join(sorted(SPACES)))


def is_connector(char: str) -> bool:
    """Whether it parts two words of a name."""
    return char in "-_" or char in SPACES


def pascal(text: str) -> str:
    """`camelcase`: `http_server` is `HttpServer`; connectors at the start stay."""
    start = 0
    while start < len(text) and is_connector(text[start]):
        start += 1
    if start == len(text):
        # A name of connectors alone ends in one more of them.
        return text + text[-1:]
    out = [text[:start]]
    previous = _upper(text[start])
    first_is_upper = _is_upper(text[start])
    for raw in text[start + 1 :]:
        char = raw
        if is_connector(char) and is_connector(previous):
            out.append(previous)
            previous = char
            continue
        if is_connector(previous):
            first_is_upper = _is_upper(char)
            char = _upper(char)
        else:
            if first_is_upper and _is_upper(char):
                char = _lower(char)
            else:
                first_is_upper = False
            out.append(previous)
        previous = char
    return "".join(out) + previous


def _is_upper(char: str) -> bool:
    return unicodedata.category(char) == "Lu"


def _class(char: str) -> str:
    category = unicodedata.category(char)
    if is_connector(char):
        return "connector"
    if category[0] == "P":
        return "punct"
    if category == "Lu":
        return "upper"
    if _is_alphabet(char):
        return "alphabet"
    return "number" if category[0] == "N" else "other"


def _is_alphabet(char: str) -> bool:
    """A letter, but no Chinese character."""
    if not unicodedata.category(char).startswith("L"):
        return False
    return not ("\u3400" <= char <= "\u4d85" or "\u4e00" <= char <= "\u9fcc" or "\U00020000" <= char <= "\U0002b81d")


def words(text: str) -> list[tuple[str, str]]:
    """The text cut into runs of one class each; `HTTPServer` is `HTTP` and `Server`."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        name = _class(text[at])
        end = at + 1
        if name == "upper":
            end = _upper_end(text, end)
        elif name == "alphabet":
            while end < len(text) and _class(text[end]) == "alphabet":
                end += 1
        elif name == "punct":
            # Connectors are punctuation, too.
            while end < len(text) and unicodedata.category(text[end]).startswith("P"):
                end += 1
        else:
            while end < len(text) and _class(text[end]) == name:
                end += 1
        found.append((name, text[at:end]))
        at = end
    return found


def _upper_end(text: str, end: int) -> int:
    if end < len(text) and _is_upper(text[end]):
        while end < len(text) and _is_upper(text[end]):
            end += 1
        # The last capital begins the next word, as the S of HTTPStatus.
        return end - 1 if end < len(text) and _class(text[end]) == "alphabet" else end
    while end < len(text) and _class(text[end]) == "alphabet":
        end += 1
    return end


def separated(text: str, connector: str) -> str:
    """`snakecase` and `kebabcase`: words in lower case with `connector` between them."""
    parts = [*words(text), ("", "")]
    out: list[str] = []

    def put(name: str, word: str) -> None:
        if name in {"upper", "connector"}:
            word = "".join(connector if is_connector(char) else _lower(char) for char in word)
        out.append(word)

    def put_joined(at: int) -> int:
        while parts[at][0] in {"alphabet", "number"}:
            put(*parts[at])
            at += 1
        return at

    at = 0
    while at + 1 < len(parts) - 1:
        name, word = parts[at]
        if name != "connector":
            put(name, word)
        at += 1
        following = parts[at][0]
        if name == "number":
            at = put_joined(at)
            if parts[at][0] not in {"", "punct", "connector"}:
                out.append(connector)
        elif name == "connector":
            put(name, word)
        elif name != "punct" and following != "number":
            if following not in {"connector", "punct"}:
                out.append(connector)
        elif name != "punct" and at + 1 < len(parts) - 1:
            number = parts[at]
            at += 1
            if parts[at][0] != "alphabet":
                put(*number)
                if parts[at][0] not in {"connector", "punct"}:
                    out.append(connector)
                continue
            out.append(connector)
            put(*number)
            at = put_joined(at)
            if parts[at][0] not in {"", "connector", "punct"}:
                out.append(connector)
    put(*parts[at])
    return "".join(out)
