"""Text of a configuration -> the key and value pairs in it that may be credentials, with their lines.

Properties, env, ini, YAML, JSON, XML, command lines and program text are read; which pair *is* a credential is decided in Rego
(policies/lib/secrets.rego). Here stands only the sieve before it, which must let through more than the policies report: a key
that speaks of secrets, or a value with the beginning of a known token or the form of a URL with a password.
"""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from gitops_guard.errors import SourceError
from gitops_guard.origin import Map, Origin, Seq
from gitops_guard.source import Dialect, parse_embedded

MAX_PARSED = 2_000_000
"""Characters; a longer text is read line by line, not as YAML."""
_MAX_DEPTH = 3
_MAX_VALUE = 8_000
_SHORTEST = 8
SHORT = 100
"""Characters; keys and values that are no longer come again and again."""
MAX_PAIRS = 10_000
"""Of one text; beyond them the text is not judged, which the last pair (`overflow`) says."""


class Pair(NamedTuple):
    """A value that may be a credential."""

    key: str
    """What names it: the last keys on the way to it, joined by dots; empty where only its form speaks."""
    value: str
    line: int
    """Inside the text, from 1."""
    form: str
    """`scalar` of YAML or JSON, `line` (key=value), `code` (quoted in a program), `part` of a connection string, `flag` of a
    command, `token` (found by its form alone), `comment` (the same in a comment), `overflow` (more than can be judged),
    `key` (where a private key begins)."""


# A look for plain words is quicker than a regular expression, and most texts have none of them.
_KEY_MARKS = ("pass", "pwd", "secret", "token", "cred", "key", "auth", "bearer", "pw", "sas")
# What tokens begin with, in lower case; the expression where that word alone says too little.
_TOKENS = {
    **dict.fromkeys((
        "akia", "asia", "aiza", "eyj", "sg.", "gocspx-", "pmak-", "hf_", "hvs.", "hvb.", "ya29.", "dckr_", "dapi", "lin_api_",
        "pul-", "nrak-", "atatt", "xkeysib-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xapp-", "hooks.slack",
        "webhook.office", "whsec_", "sk-", "npm_", "pypi-", ".atlasv1."), ""),
    "@": r"://[^\s/?#@:]{0,200}:[^\s/@]{1,500}@",
    "shp": r"shp(?:at|ss|ca|pa)_",
    "gl": r"gl[a-z]{2,6}-|gls?[ac]_",
    "xox": r"xox[a-z]-",
    "discord": r"discord(?:app)?\.com/api/webhooks",
    "k_live_": r"[srp]k_live_",
    "k_test_": r"[srp]k_test_",
    "_v1_": r"do[opr]_v1_",
    "dp.": r"dp\.[a-z]{2}\.",
    ":aa": r":aa[a-z0-9_-]{30}",
    "basic": r"basic\s+[a-z0-9+/_.=-]{12}",
    "bearer": r"bearer\s+[a-z0-9+/_.=-]{12}",
    "key=": r"(?:account|access)_?key=",
    "sig=": r"[?&]sig=",
}
_MARKS = (*_KEY_MARKS, *(mark for mark in _TOKENS if mark not in ("bearer", "key=")), " -p")
_KEY = re.compile(r"pass|pwd|secret|token|cred|[a-z][-_. ]?key|key_?data|auth|bearer|pw\b|\bsas\b", re.IGNORECASE)
# How a key ends that names a credential; what it is the default or the test of, or its number, may follow.
_ENDS = re.compile(
    r"(?:pass|passwd|passwort|password|phrase|pwd|pw|auth|authorization|secret|token|key|hash|data|credentials?|bearer|sas)"
    r"(?:[^A-Za-z0-9]|[0-9]|value|base|plain|default|prod|production|dev|staging|test)*", re.IGNORECASE)
_LAST = re.compile(r"(?=pass|phrase|pw|auth|secret|token|key|hash|data|cred|bearer|sas)", re.IGNORECASE)
# What `random` in policies/lib/secrets.rego takes for no machine's work. A secretKey (in each entry of an
# ExternalSecret, the name of a key) is a credential there only if a machine made it.
_NO_MACHINE = re.compile(r"(?![a-f]{20,}$)[A-Za-z_.-]*")
_SWITCHES = frozenset(("true", "false", "yes", "no", "on", "off", "null", "none", "enabled", "disabled"))
# A tag of the program that reads the text names where the value comes from: `!secret smtp_password`, `!Env [TOKEN]`.
_TAGGED = re.compile(r"[:-]\s+![A-Za-z]")
_TOKEN = re.compile("|".join(form or re.escape(mark) for mark, form in _TOKENS.items()), re.IGNORECASE)
_PICTURE = re.compile(r"data:[a-z0-9.+/-]{1,100};base64,[A-Za-z0-9+/=]*")
_REFERENCE = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]{0,100}|\{[A-Za-z_][A-Za-z0-9_.]{0,100}\}|\([A-Za-z_][A-Za-z0-9_.]{0,100}\))")
_DELIMITERS = frozenset(" \t\r\n\"'`<>|,")
_COMMENT = re.compile(r"\s*(?:#|;|//|--\s|<!--|%)")
_LINE = re.compile(r"(?:export\s+|set\s+|ENV\s+|ARG\s+|-\s+)?[\"']?([A-Za-z_][\w.\-/]{0,200})[\"']?\s*(?:=>|:=|=|:)(?!=)")
_QUOTED = re.compile(r"(?<![\w.\-])([A-Za-z_][\w.\-]{0,100})[\"']?\]?\s{0,9}(?:=>|:=|=|:)\s{0,9}([\"'])([^\"'\n]{1,1000})\2")
_FLAG = re.compile(r"(?<![\w-])--?([A-Za-z][\w\-.]{2,100})(?:=|\s+)"
                   r"([^\s\"'-][^\s\"']{0,1000}|\"[^\"\n]{1,999}\"|'[^'\n]{1,999}')")
# The password glued to its flag, as mysql and its like have it: `-phunter2`.
_GLUED = re.compile(r"(?<![\w-])-p(?!ass(?:word|wd|phrase)?\b|wd?\b)([\"']?)([^\s\"'=-][^\s\"'=]{2,500})\1(?=$|[\s\"'])")
_GLUES = re.compile(r"mysql|mariadb|sshpass")
_ASSIGNED = re.compile(r"(?<![\w.\-$])([A-Za-z_]\w{0,100})=([^\s\"';&|<>()]{1,1000})")
_ELEMENT = re.compile(r"<([A-Za-z][\w.:\-]{0,100})(?:\s[^<>]{0,300})?>([^<>]{1,1000})</")
_NAMED = re.compile(r"(?:name|key)=\"([^\"\n]{1,200})\"\s+value=\"([^\"\n]{1,1000})\"")
_PART = re.compile(r"(?<![\w\-])([\w.]{0,40}(?:password|passwd|pwd|secret|account_?key|access_?key|api_?key|token|sig))"
                   r"\s?=\s?([^;&\s\"'<>,]{1,2000})", re.IGNORECASE)


def speaks(key: str) -> bool:
    """Whether a key (or a text with keys) may name a credential."""
    return _speaks(key) if len(key) <= SHORT else _speaks.__wrapped__(key)


@functools.lru_cache(maxsize=8192)
def _speaks(key: str) -> bool:
    low = key.lower()
    return _has_one(low, _KEY_MARKS) and _KEY.search(key) is not None


def names(key: str, value: str) -> bool:
    """Whether a key of structured text may name a credential, and the value may be one."""
    return len(value) > 2 and speaks(key) and value.lower() not in _SWITCHES and _names(key[-SHORT:])


@functools.lru_cache(maxsize=8192)
def _names(key: str) -> bool:
    return key != "topologyKey" and any(_ENDS.fullmatch(key, match.start()) for match in _LAST.finditer(key))


def tokenish(value: str) -> bool:
    """Whether a value may be a credential by its form."""
    if len(value) < _SHORTEST:
        return False
    return _tokenish(value) if len(value) <= SHORT else _tokenish.__wrapped__(value)


@functools.lru_cache(maxsize=8192)
def _tokenish(value: str) -> bool:
    if is_picture(value):
        return False
    low = value.lower()
    return any(mark in low and (not form or re.search(form, low)) for mark, form in _TOKENS.items())


def is_picture(value: str) -> bool:
    """Whether a value is a file as URL: base64 may read like anything."""
    return value[:5] == "data:" and _PICTURE.fullmatch(value) is not None


@functools.lru_cache(maxsize=16384)
def dull(key: str, value: str) -> bool:
    """Whether a scalar under a key is neither a pair nor a text that holds one, nor anything that looks like a placeholder."""
    text = value.strip()
    named = names(key, text) and not (key == "secretKey" and _NO_MACHINE.fullmatch(text))
    return not ("\n" in text or "<" in text or text[:1] in ("{", "[") or named or tokenish(text)
                or ("=" in text and speaks(text)))


def _refers(value: str) -> bool:
    """Whether a value is nothing but the name of a variable: `$NAME`, `${NAME}`, `$(NAME)`."""
    return value[:1] == "$" and _REFERENCE.fullmatch(value) is not None and not tokenish(value)


def _has_one(text: str, marks: tuple[str, ...]) -> bool:
    for mark in marks:  # noqa: SIM110 (twice as quick as any())
        if mark in text:
            return True
    return False


def _glues(text: str) -> bool:
    return " -p" in text and _GLUES.search(text) is not None


def pairs_in(text: str) -> Sequence[Pair]:
    """Every pair of a text that passes the sieve, by line. Never raises; takes time in proportion to the text."""
    if "\n" not in text and not speaks(text) and not tokenish(text) and not _glues(text):
        return ()
    return _pairs_in(text)


@functools.lru_cache(maxsize=1024)
def _pairs_in(text: str) -> tuple[Pair, ...]:
    """A script or a file comes in several objects, and in an object of each environment."""
    found = set(itertools.islice(_text(text, 1, 0), MAX_PAIRS + 1))
    if len(found) > MAX_PAIRS:
        return (Pair("", "", 1, "overflow"),)
    return tuple(sorted((pair for pair in found if not _refers(pair.value)),
                        key=lambda pair: (pair.line, pair.form, pair.key, pair.value)))


def scalar_pairs(key: str, value: str) -> list[Pair]:
    """The pairs of one value that stands on its own under a key; all at line 1."""
    found = []
    if (names(key.rpartition(".")[2], value) and not _refers(value)) or tokenish(value):
        found.append(Pair(key, value[:_MAX_VALUE], 1, "scalar"))
    found.extend(_parts(value, 1))
    return found


def argument_pairs(words: list[tuple[int, str]]) -> list[tuple[int, Pair]]:
    """The flags of a command's words (index, text) with their values: `--key=value`, or `--key` and the next word."""
    found = [(index, Pair("password", glued.group(2), 1, "glued")) for index, word in words
             if (glued := _GLUED.match(word)) and _GLUES.search(" ".join(word for _, word in words))]
    for (index, word), (after, following) in zip(words, [*words[1:], (0, "-")], strict=True):
        name, equals, value = word.partition("=")
        if not name.startswith("-") or not speaks(name) or " " in name:
            continue
        if _GLUED.match(name):
            continue  # the value of mysql's -p, not a flag's name
        if equals:
            found.append((index, Pair(name.lstrip("-"), value[:_MAX_VALUE], 1, "flag")))
        elif not following.startswith("-"):
            found.append((after, Pair(name.lstrip("-"), following[:_MAX_VALUE], 1, "flag")))
    return [(index, pair) for index, pair in found if not _refers(pair.value)]


def _text(text: str, first: int, depth: int) -> Iterator[Pair]:
    lines = text.split("\n")
    asked = _worth_a_look(text, lines)
    if not asked:
        return
    structure = _structure(text) if len(text) <= MAX_PARSED else None
    if structure is not None:
        for document in structure:
            for pair in _node(document, "", first, first, depth):
                if not (pair.form == "scalar" and _TAGGED.search(lines[min(pair.line - first, len(lines) - 1)])):
                    yield pair
    for index in asked:
        number, line = index + first, lines[index]
        if tokenish(line):
            yield from _tokens(line, number)
        if _COMMENT.match(line):
            continue
        if structure is None and _glues(line):
            for match in _GLUED.finditer(line):
                yield Pair("password", match.group(2), number, "glued")
        if not speaks(line):
            continue
        yield from _parts(line, number)
        if structure is None:
            yield from _assignments(line, number)


def _worth_a_look(text: str, lines: list[str]) -> list[int]:
    """The lines that pass the sieve, from 0. Words are looked for in the whole text: that is much quicker than line by line."""
    low = text.lower()
    starts, at = [], 0
    for line in low.split("\n"):
        starts.append(at)
        at += len(line) + 1
    found = set[int]()
    for mark in _MARKS:
        at = low.find(mark)
        while at >= 0:
            number = bisect_right(starts, at) - 1
            found.add(number)
            at = low.find(mark, starts[number + 1]) if number + 1 < len(starts) else -1
    return [number for number in sorted(found) if speaks(lines[number]) or tokenish(lines[number]) or _glues(lines[number])]


def _structure(text: str) -> list[Any] | None:
    """The documents of a text that is YAML or JSON with containers; None where it is something else."""
    if "{" not in text and ":" not in text:
        return None
    try:
        stream = parse_embedded(text, Origin("", 0, 1, block=1))
        documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError:
        return None
    kept = [document for document in documents if type(document) is Map or type(document) is Seq]
    return kept if kept and len(kept) == sum(document is not None for document in documents) else None


def _node(node: Any, key: str, line: int, first: int, depth: int) -> Iterator[Pair]:
    """The pairs of parsed text; `line` is where the node stands, `first` the line of the text's first line."""
    if type(node) is Map:
        name, value = node.get("name"), node.get("value")
        named = isinstance(name, str) and isinstance(value, str)
        for child, item in node.items():
            origin = node.at.get(child)
            place = origin.line + first - 1 if origin else line
            label = str(name) if named and child == "value" else f"{_tail(key)}.{child}" if key else child
            yield from _leaf(item, label, place, origin, first, depth)
    elif type(node) is Seq:
        for item, origin in zip(node, node.at, strict=True):
            yield from _leaf(item, key, origin.line + first - 1 if origin else line, origin, first, depth)


def _leaf(item: Any, key: str, line: int, origin: Origin | None, first: int, depth: int) -> Iterator[Pair]:
    if type(item) is Map or type(item) is Seq:
        yield from _node(item, key, line, first, depth)
    elif isinstance(item, str) and "\n" in item.strip() and depth < _MAX_DEPTH:
        inner = line + 1 if origin is not None and origin.block else line
        for pair in _text(item, inner, depth + 1):
            yield pair if origin is not None and origin.block else pair._replace(line=line)
    elif item is not None and type(item) is not bool:
        for pair in scalar_pairs(key, str(item)):
            yield pair._replace(line=line)


def _tail(key: str) -> str:
    """The last keys of a path: enough to judge by, bounded for deep documents."""
    return ".".join(key.split(".")[-4:])[-200:]


def _tokens(line: str, number: int) -> Iterator[Pair]:
    """The words around what looks like a token; cut only far from it, so that nothing looks like its border."""
    form = "comment" if _COMMENT.match(line) else "token"
    done = 0
    while match := _TOKEN.search(line, done):
        begin, end = match.span()
        while begin > max(done, match.start() - 300) and line[begin - 1] not in _DELIMITERS:
            begin -= 1
        while end < min(len(line), match.end() + 2_000) and line[end] not in _DELIMITERS:
            end += 1
        yield Pair("", line[begin:end], number, form)
        done = end


def _parts(value: str, number: int) -> Iterator[Pair]:
    """`Password=…` inside a connection string or a URL's query."""
    if "=" not in value or not speaks(value):
        return
    for match in _PART.finditer(value):
        yield Pair(match.group(1), match.group(2), number, "part")


def _assignments(line: str, number: int) -> Iterator[Pair]:
    bare = line.strip()
    whole = _LINE.match(bare) if len(bare) <= _MAX_VALUE else None
    if whole and speaks(whole.group(1)):
        value = _unquoted(bare[whole.end():])
        if value:
            yield Pair(whole.group(1), value, number, "line")
        return
    for match in _QUOTED.finditer(line):
        if speaks(match.group(1)):
            yield Pair(match.group(1), match.group(3), number, "code")
    for pattern, form in ((_FLAG, "flag"), (_ASSIGNED, "code"), (_ELEMENT, "line"), (_NAMED, "line")):
        for match in pattern.finditer(line):
            if speaks(match.group(1)) and not (form == "flag" and _GLUED.match(line, match.start())):
                yield Pair(match.group(1), _unquoted(match.group(2)), number, form)


def _unquoted(value: str) -> str:
    """A value without its quotes, and without what ends a statement after it."""
    text = value.strip().rstrip(",;").strip()
    if len(text) > 1 and text[0] in "\"'" and text[0] in text[1:]:
        return text[1:text.index(text[0], 1)]
    return text
