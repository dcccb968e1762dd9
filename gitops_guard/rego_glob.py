r"""A glob as Rego's glob.match reads it -> the regular expression that matches the same texts, for RE2 and for Python.

The syntax is that of github.com/gobwas/glob (syntax/lexer, syntax/ast), which OPA uses: `*` and `?` stop at separators, `**`
does not, `[abc]`, `[!abc]`, `[a-z]` and `[!a-z]` are one character, `{one,two}` is either, `\` the next character as it is.
"""

from __future__ import annotations

import re

from .re2 import quoted

_TOKEN = re.compile(
    r"(?P<anything>\*{2,})|[*?{},]"
    r"|\[(?P<class>!?(?:[^\]\\]-[^\]\\]|[^\]\\](?:[^\]\\-][^\]\\]*)?))\]"
    r"|\\(?P<escaped>.)"
    r"|(?P<text>[^*?{}\[\\,]+)", re.DOTALL)


def as_regex(glob: str, separators: str) -> str:
    """The expression, anchored at both ends; each character of `separators` is one. Raises ValueError for what is no glob."""
    other = f"[^{''.join(map(_quoted_in_class, separators))}]" if separators else "."
    simple = {"*": f"{other}*", "?": other}
    out: list[str] = []
    depth = at = 0
    while at < len(glob):
        token = _TOKEN.match(glob, at)
        if token is None:
            raise ValueError(f"no glob that can be read: {glob}")
        at = token.end()
        text = token.group()
        if token["anything"]:
            out.append(".*")
        elif text in simple:
            out.append(simple[text])
        elif text == "{":
            depth += 1
            out.append("(?:")
        elif text == "}" and depth:
            depth -= 1
            out.append(")")
        elif text == "," and depth:
            out.append("|")
        elif token["class"] is not None:
            out.append(_class(token["class"]))
        else:
            out.append(quoted(token["escaped"] or text))
    if depth:
        raise ValueError(f"a brace without its other half: {glob}")
    return f"(?s)^{''.join(out)}$"


def _class(text: str) -> str:
    negated = text.startswith("!")
    body = text[negated:]
    if not body:
        raise ValueError("no glob that can be read: [!]")
    if len(body) == 3 and body[1] == "-":
        if body[0] > body[2]:
            raise ValueError(f"a range that ends before it begins: [{text}]")
        inside = f"{_quoted_in_class(body[0])}-{_quoted_in_class(body[2])}"
    else:
        inside = "".join(map(_quoted_in_class, body))
    return f"[{'^' if negated else ''}{inside}]"


def _quoted_in_class(char: str) -> str:
    return f"\\{char}" if char in "\\]^-[&|~" else char
