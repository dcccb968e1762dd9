"""Jenkinsfiles -> what their `sh` steps run.

Groovy is read as tokens: comments, strings of every quoting, words and signs (groovy-lang.org, "Syntax"). A step's script is the
string behind `sh`; a variable counts where the file assigns it one string. Strings that nothing runs are no commands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitops_guard import shell

from .log import Log

_TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<long>\"\"\"(?:\\.|(?!\"\"\").)*\"\"\"|'''(?:\\.|(?!''').)*''')
  | (?P<short>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<dollar>\$/.*?/\$)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign>[^\s\w])
  | (?P<number>\d\w*)
""", re.VERBOSE | re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_CODE = re.compile(r"\$\{[^{}]*[.(\[][^{}]*\}|\$\w+(?:\.\w+)+")
# Steps of plug-ins that write to a cluster without a shell.
_STEPS = frozenset({"kubernetesDeploy", "kubernetesApply", "openshiftDeploy", "openshiftScale", "openshiftTag",
                    "openshiftCreateResource", "openshiftDeleteResourceByKey", "helmInstall", "helmUpgrade"})
MAX_TOKENS = 200_000


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def read(log: Log, text: str) -> None:
    """Collect the scripts of `sh` and `bash` steps, and steps of deploy plug-ins."""
    tokens = _tokens(text)
    if len(tokens) > MAX_TOKENS:
        log.fail(1, "")
        return
    known = _strings(tokens)
    stage: str | None = None
    for at, token in enumerate(tokens[:-1]):
        if token.kind != "word" or (at and tokens[at - 1].text in (".", "def", "$")):
            continue
        after = tokens[at + 1]
        if token.text == "stage":
            stage = next((_resolved(one)[0] for one in tokens[at + 1:at + 3] if one.kind == "string"), stage)
        elif token.text in ("sh", "bash") and (after.kind in ("string", "word") or after.text == "("):
            for script, lines in _scripts(tokens, at + 1, known):
                marks = shell.Marks()
                log.shell(marks.hide(script, _CODE), lines, step=stage, marks=marks)
        elif token.text in _STEPS and (after.text == "(" or after.kind == "word"):
            log.use(token.text, {}, token.line, step=stage)


def _tokens(text: str) -> list[_Token]:
    found = []
    line, last = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        kind = match.lastgroup or ""
        if kind in ("long", "short", "dollar"):
            kind = "string"
        if kind != "comment":
            found.append(_Token(kind, match.group(), line))
        if len(found) > MAX_TOKENS:
            break
    return found


def _resolved(token: _Token) -> tuple[str, list[int]]:
    """The text of a string, and the file's line of each of its lines."""
    text = token.text
    if text.startswith("$/"):
        body = text[2:-2]
        return body, [token.line + index for index in range(body.count("\n") + 1)]
    body = text[3:-3] if text[:3] in ('"""', "'''") else text[1:-1]
    out: list[str] = []
    lines = [token.line]
    at, line = 0, token.line
    while at < len(body):
        char = body[at]
        if char == "\\" and at + 1 < len(body):
            follow = body[at + 1]
            at += 2
            if follow == "\n":
                line += 1
                continue
            out.append(_ESCAPES.get(follow, "\\$" if follow == "$" else follow))
            if follow == "n":
                lines.append(line)
            continue
        out.append(char)
        if char == "\n":
            line += 1
            lines.append(line)
        at += 1
    return "".join(out), lines


def _strings(tokens: list[_Token]) -> dict[str, _Token | None]:
    """Variables that are assigned one string, and no other."""
    found: dict[str, _Token | None] = {}
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.text == "=" and before.kind == "word" and after.text != "=":
            found[before.text] = after if after.kind == "string" and before.text not in found else None
    return found


def _scripts(tokens: list[_Token], at: int, known: dict[str, _Token | None]) -> list[tuple[str, list[int]]]:
    """The script behind `sh`: its string, the one named `script:`, or a variable's; pieces joined with `+` are one text."""
    limit = min(at + 60, len(tokens))
    depth, named = 0, None
    for index in range(at, limit):
        text = tokens[index].text
        depth += {"(": 1, ")": -1}.get(text, 0)
        if text == "script" and index + 1 < limit and tokens[index + 1].text == ":":
            named = index + 2
            break
        if (depth <= 0 and index > at and text == ")") or text in ("{", "}", ";"):
            break
    start = named if named is not None else at + (tokens[at].text == "(")
    if named is None and start + 1 < len(tokens) and tokens[start + 1].text == ":":
        return []
    pieces: list[str] = []
    lines: list[int] = []
    while start < len(tokens):
        token = tokens[start]
        source: _Token | None = token if token.kind == "string" else known.get(token.text) if token.kind == "word" else None
        text, own = _resolved(source) if source is not None else ("${" + re.sub(r"\W", "_", token.text) + "}", [token.line])
        if token.kind not in ("string", "word"):
            break
        lines = own if not pieces else [*lines, *own[1:]]
        pieces.append(text)
        if start + 1 >= len(tokens) or tokens[start + 1].text != "+":
            break
        start += 2
    return [("".join(pieces), lines)] if pieces else []
