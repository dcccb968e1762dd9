"""A baseline file <-> the findings that it declares known: read for `--baseline`, printed for `--write-baseline`.

`schemas/baseline.json` describes the file. It holds no message and no line: nothing in it is secret, and editing above a fault
changes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from .errors import SourceError, UsageError
from .model import Finding, Severity
from .origin import origin_of
from .source import Dialect, parse

VERSION = "1"
_KEYS = ("fingerprint", "rule", "file", "severity", "targets")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One finding of a baseline, as far as it decides what is known."""

    severity: Severity
    targets: frozenset[str]


@dataclass(frozen=True)
class Baseline:
    """The findings that are known, by fingerprint."""

    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    def knows(self, finding: Finding) -> bool:
        """Whether the finding was there before: no less severe, and in every target that it has now."""
        return any(finding.severity <= entry.severity and entry.targets.issuperset(finding.targets)
                   for entry in self.entries.get(finding.fingerprint, ()))


def load(text: str, shown: str) -> Baseline:
    """The baseline that a file holds; `shown` names the file in messages.

    Raises UsageError, with the line, where it is no JSON, of another version or of another shape.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{shown}:{error.lineno}:{error.colno}: no JSON: {error.msg}; {_remedy(shown)}") from None
    except RecursionError:
        raise UsageError(f"{shown}: nested too deeply for a baseline; {_remedy(shown)}") from None
    reader = _Reader(text, shown)
    reader.object(document, (), "a baseline is an object", ("version", "findings"))
    if document["version"] != VERSION:
        reader.fail(("version",), f'the version of a baseline is "{VERSION}", and this one has another')
    if not isinstance(document["findings"], list):
        reader.fail(("findings",), "findings must be a list")
    entries: dict[str, tuple[Entry, ...]] = {}
    for index, item in enumerate(document["findings"]):
        fingerprint, entry = reader.entry(item, index)
        entries[fingerprint] = (*entries.get(fingerprint, ()), entry)
    return Baseline(entries)


def dump(findings: Iterable[Finding]) -> str:
    """The text of a baseline file with these findings: sorted, one finding a line, so that a diff shows what came and went."""
    rows = sorted({(finding.location.file, finding.rule, finding.fingerprint, finding.severity, finding.targets)
                   for finding in findings})
    lines = [json.dumps({"fingerprint": fingerprint, "rule": rule, "file": file, "severity": severity.word, "targets": targets})
             for file, rule, fingerprint, severity, targets in rows]
    listed = "[\n" + ",\n".join(f"    {line}" for line in lines) + "\n  ]" if lines else "[]"
    return f'{{\n  "version": "{VERSION}",\n  "findings": {listed}\n}}\n'


def _remedy(shown: str) -> str:
    return f"write it anew with --write-baseline {shown}"


class _Reader:
    """Checks the shape of a document, and finds the line of what is wrong with it."""

    def __init__(self, text: str, shown: str) -> None:
        self._text = text
        self._shown = shown

    def object(self, node: Any, path: tuple[str | int, ...], what: str, keys: tuple[str, ...]) -> None:
        """Refuse what is no object with exactly these keys."""
        if not isinstance(node, dict):
            self.fail(path, what)
        for key in keys:
            if key not in node:
                self.fail(path, f'"{key}" is missing')
        for key in node:
            if key not in keys:
                self.fail((*path, key), f"a key that no baseline has; known: {', '.join(keys)}")

    def entry(self, node: Any, index: int) -> tuple[str, Entry]:
        """The fingerprint and the rest of one finding."""
        at = ("findings", index)
        self.object(node, at, "a finding is an object", _KEYS)
        for key in ("fingerprint", "rule", "file", "severity"):
            if not isinstance(node[key], str):
                self.fail((*at, key), f"{key} must be a text")
        if not _FINGERPRINT.fullmatch(node["fingerprint"]):
            self.fail((*at, "fingerprint"), "a fingerprint has 64 hexadecimal digits")
        if node["severity"] not in {severity.word for severity in Severity}:
            self.fail((*at, "severity"), "severity is error, warning or note")
        if not isinstance(node["targets"], list) or not all(isinstance(target, str) for target in node["targets"]):
            self.fail((*at, "targets"), "targets is a list of texts")
        return node["fingerprint"], Entry(Severity.parse(node["severity"]), frozenset(node["targets"]))

    def fail(self, path: tuple[str | int, ...], message: str) -> NoReturn:
        """Raise a UsageError at what lies at a path."""
        raise UsageError(f"{self._shown}{self._line(path)}: {message}; {_remedy(self._shown)}")

    def _line(self, path: tuple[str | int, ...]) -> str:
        """Where the value is, for a message: JSON is YAML, whose reader knows lines."""
        try:
            stream = parse(self._text.encode("utf-8", "surrogatepass"), self._shown)
            (node,) = stream.load(Dialect.RESOURCE, duplicates=True, any_key=True)
        except (SourceError, ValueError):
            return ""
        line = 1
        for part in path:
            origin = origin_of(node, part)
            if origin is None:
                break
            line = origin.key_line or origin.line
            node = node[part]
        return f":{line}"
