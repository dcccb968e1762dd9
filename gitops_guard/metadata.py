"""The METADATA of a rule, parsed YAML -> model.Rule and what evaluation needs to know; faults are told with their line.

`schemas/policy-metadata.json` says the same to editors; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import near
from .model import Rule, Severity
from .origin import Map, Origin, Seq, origin_of

SCOPES = ("resource", "target", "change", "file", "repository", "admission")
TOP = ("title", "description", "related_resources", "custom", "scope", "authors", "organizations", "entrypoint", "schemas")
CUSTOM = ("scope", "severity", "remedy", "security_severity", "kinds", "parameters", "replaces", "needs", "admission", "mentions",
          "changes", "required", "constraint")
_ONLY_FOR = {"kinds": ("resource", "repository"), "needs": ("resource",), "admission": ("resource",),
             "mentions": ("resource",), "changes": ("resource",), "required": ("admission",)}
RULE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[A-Za-z0-9_.-]+")
_KIND = re.compile(r"!?([a-z0-9.*-]*/)?[A-Za-z0-9*]+|\{[a-z][a-z0-9_]*\}")
_MENTION = re.compile(r"[ -\[\]-~]{2,100}")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")
_CONSTRAINT = re.compile(r"[A-Z][A-Za-z0-9]{1,62}")
_SCORE = re.compile(r"(10\.0|[0-9]\.[0-9])")


@dataclass(frozen=True)
class Metadata:
    """A rule as its author describes it."""

    rule: Rule
    scope: str
    kinds: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Names and defaults."""
    needs_target: bool = False
    admission: bool = False
    mentions: tuple[str, ...] = ()
    """Where none of these texts is in the input, the policy finds nothing, and isn't asked."""
    changes: bool = False
    """Of scope resource: also judges what a change does, as scope change."""
    required: tuple[str, ...] = ()
    """Of scope admission: parameters without which the rule says nothing; the configuration must give them."""
    constraint: str = ""
    """The kind of its Constraints in Gatekeeper; empty: made from the id."""

    @property
    def in_cluster(self) -> bool:
        """Whether the rule can be enforced in the cluster."""
        return self.admission or self.scope == "admission"


class MetadataError(Exception):
    """METADATA that breaks its rules."""

    def __init__(self, message: str, origin: Origin | None) -> None:
        """`origin` is the place of what is wrong."""
        super().__init__(message)
        self.message = message
        self.origin = origin


def has_scope(document: Any) -> bool:
    """Whether this METADATA makes its file one of our policies; any other METADATA is OPA's own."""
    return isinstance(document, Map) and isinstance(document.get("custom"), Map) and "scope" in document["custom"]


def read(document: Any, rule_id: str, root: Origin | None = None) -> Metadata:
    """The metadata of a rule; `root` is where it begins. Raises MetadataError."""
    top = _mapping(document, "METADATA", root)
    _only(top, TOP)
    custom = _mapping(top.get("custom"), "custom", origin_of(top, "custom") or root)
    _only(custom, CUSTOM)
    title = _text(top, "title", root)
    description = _text(top, "description", root)
    scope = _word(custom, "scope", SCOPES, root)
    severity, elsewhere = _severity(custom, root)
    kinds = tuple(_texts(custom, "kinds", _KIND, "Kind, group/Kind, !group/Kind or {parameter}"))
    needs = tuple(_texts(custom, "needs", re.compile("target"), "target"))
    admission = _flag(custom, "admission")
    for key, scopes in _ONLY_FOR.items():
        if scope not in scopes and custom.get(key):
            raise MetadataError(f"custom.{key} is for scope {' and '.join(scopes)} alone", _key(custom, key))
    if admission and needs:
        raise MetadataError("admission: true excludes needs: the cluster knows no target", _key(custom, "needs"))
    parameters = _parameters(custom)
    for index, kind in enumerate(kinds):
        if admission and kind[:1] in ("!", "{"):
            raise MetadataError(f"custom.kinds: {kind} is nothing that a cluster knows; admission: true takes Kind or group/Kind",
                                custom["kinds"].at[index])
        if kind[:1] == "{" and kind[1:-1] not in parameters:
            raise MetadataError(f"custom.kinds names {kind[1:-1]}, which is no parameter", custom["kinds"].at[index])
    required = tuple(_texts(custom, "required", _PARAMETER, "the name of a parameter"))
    for index, name in enumerate(required):
        if name not in parameters:
            raise MetadataError(f"METADATA: custom.required names {name}, which is no parameter", custom["required"].at[index])
    rule = Rule(
        id=rule_id,
        title=title,
        severity=severity,
        elsewhere=elsewhere,
        description=description,
        remedy=_text(custom, "remedy", root),
        security_severity=_score(custom),
        references=tuple(_references(top)),
        replaces=tuple(_texts(custom, "replaces", RULE_ID, "the id of a rule")),
    )
    mentions = tuple(_texts(custom, "mentions", _MENTION, "a text of printable ASCII without backslashes"))
    return Metadata(rule, scope, kinds, parameters, bool(needs), admission, mentions, _flag(custom, "changes"), required,
                    _constraint(custom))


def _constraint(custom: Map) -> str:
    value = custom.get("constraint", "")
    if value != "" and not (isinstance(value, str) and _CONSTRAINT.fullmatch(value)):
        message = "METADATA: custom.constraint is no kind: letters and figures, a capital first"
        raise MetadataError(message, custom.at.get("constraint"))
    return str(value)


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """What to say after an unknown word: the nearest known one, else all of them."""
    close = near.nearest(word, known)
    return f"did you mean {close}?" if close else "known: " + ", ".join(known) if known else "there is none"


def _key(node: Map, key: str) -> Origin | None:
    origin = node.at.get(key)
    if origin is None or not origin.key_line:
        return origin
    return Origin(origin.file, origin.key_line, origin.key_column)


def _mapping(value: Any, name: str, origin: Origin | None) -> Map:
    if not isinstance(value, Map):
        raise MetadataError(f"{name} is no mapping", origin)
    return value


def _only(node: Map, known: tuple[str, ...]) -> None:
    for key in node:
        if key not in known:
            raise MetadataError(f"unknown key {key} in METADATA; {nearest(key, known)}", _key(node, key))


def _text(node: Map, key: str, root: Origin | None) -> str:
    value = node.get(key)
    if not isinstance(value, str) or not value.strip():
        problem = "is no text" if key in node else "is missing"
        raise MetadataError(f"METADATA: {key} {problem}", node.at.get(key, root))
    return value.strip()


def _word(node: Map, key: str, words: tuple[str, ...], root: Origin | None) -> str:
    value = node.get(key)
    if value not in words:
        raise MetadataError(f"METADATA: custom.{key} is one of {', '.join(words)}", node.at.get(key, root))
    return str(value)


def _severity(custom: Map, root: Origin | None) -> tuple[Severity, Severity]:
    """In production (and without a target), and elsewhere."""
    words = tuple(severity.word for severity in sorted(Severity, reverse=True))
    value = custom.get("severity")
    if isinstance(value, Map):
        _only(value, ("production", "else"))
        here = _word(value, "production", words, custom.at.get("severity"))
        there = _word(value, "else", words, custom.at.get("severity"))
        return Severity.parse(here), Severity.parse(there)
    word = Severity.parse(_word(custom, "severity", words, root))
    return word, word


def _flag(custom: Map, key: str) -> bool:
    value = custom.get(key, False)
    if type(value) is not bool:
        raise MetadataError(f"METADATA: custom.{key} is true or false", custom.at.get(key))
    return value


def _score(custom: Map) -> str | None:
    if "security_severity" not in custom:
        return None
    value = custom["security_severity"]
    if not isinstance(value, str) or not _SCORE.fullmatch(value) or value == "0.0":
        raise MetadataError('METADATA: custom.security_severity is a text from "0.1" to "10.0"',
                            custom.at.get("security_severity"))
    return value


def _texts(node: Map, key: str, shape: re.Pattern[str], what: str) -> Iterator[str]:
    value = node.get(key, Seq())
    if not isinstance(value, Seq):
        raise MetadataError(f"METADATA: custom.{key} is a list", node.at.get(key))
    for index, item in enumerate(value):
        if not isinstance(item, str) or not shape.fullmatch(item):
            raise MetadataError(f"METADATA: an item of custom.{key} is not {what}", value.at[index])
        yield item


def _parameters(custom: Map) -> Mapping[str, Any]:
    value = custom.get("parameters", Map())
    if not isinstance(value, Map):
        raise MetadataError("METADATA: custom.parameters is a mapping of names and defaults", custom.at.get("parameters"))
    for name in value:
        if not _PARAMETER.fullmatch(name):
            raise MetadataError(f"METADATA: the parameter {name} is not in lower case with _", _key(value, name))
        if value[name] is None:
            raise MetadataError(f"METADATA: the parameter {name} has no default, which says what type a value must have",
                                _key(value, name))
    return value


def _references(top: Map) -> Iterator[str]:
    value = top.get("related_resources", Seq())
    if not isinstance(value, Seq):
        raise MetadataError("METADATA: related_resources is a list", top.at.get("related_resources"))
    for index, item in enumerate(value):
        ref = item.get("ref") if isinstance(item, Map) else item
        if not isinstance(ref, str) or not ref.startswith(("https://", "http://")):
            raise MetadataError('METADATA: an item of related_resources is {ref: "https://…", description?: …}', value.at[index])
        if isinstance(item, Map):
            _only(item, ("ref", "description"))
        yield ref
