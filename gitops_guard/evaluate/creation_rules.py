"""The `.sops.yaml` files of a tree -> what they ask of a file: to be encrypted, and for whom.

Rules: getsops/sops `config/config.go`. The nearest file of exactly that name in a folder above counts, of its `creation_rules`
the first whose `path_regex`, an unanchored search in the path below that folder, matches; one without it matches all.
"""

from __future__ import annotations

import base64
import binascii
import posixpath
from collections.abc import Iterator
from typing import Any

from gitops_guard.errors import SourceError
from gitops_guard.origin import Map, Seq, origin_of
from gitops_guard.source import Dialect, Sources
from gitops_guard.tree import OutsideError, join

from .sops import is_encrypted, leaves, matched, metadata, selected, selectors_of
from .sops_files import encrypted_documents, is_dotenv, is_ini, name_of, named_recipients, place, place_of, recipients_of

NAME = ".sops.yaml"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_OBJECT = ("apiVersion", "kind", "metadata")
_MOST = 200


class CreationRules:
    """What the configuration files of a tree say."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._rules = {posixpath.dirname(path) or ".": self._read(path) for path in sources.tree.files()
                       if posixpath.basename(path) == NAME}
        self._packed: frozenset[str] | None = None

    @property
    def any(self) -> bool:
        """Whether there is a configuration at all."""
        return bool(self._rules)

    def _read(self, path: str) -> list[Map]:
        try:
            documents = self._sources.stream(path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
        except (SourceError, OutsideError, OSError):
            return []  # SOPS can't read it either
        rules = documents[0].get("creation_rules") if documents and isinstance(documents[0], Map) else None
        return [rule for rule in rules if isinstance(rule, Map)] if isinstance(rules, Seq) else []

    def rule_for(self, path: str) -> tuple[Map, str] | None:
        """The rule for a file, and its path below the folder of the configuration; None where there is none."""
        folder = posixpath.dirname(path) or "."
        while folder not in self._rules:
            if folder == ".":
                return None
            folder = posixpath.dirname(folder) or "."
        below = path if folder == "." else path[len(folder) + 1:]
        for rule in self._rules[folder]:
            pattern = rule.get("path_regex")
            if not pattern or (isinstance(pattern, str) and matched(pattern, below)):
                return rule, below
        return None

    def facts(self, path: str, text: str, documents: list[Any] | None) -> dict[str, Any]:
        """What the rule for a file asks of it, and what is so; empty where no rule matches, or where it can't be known.

        `secret` (it declares a Secret), `packed` (a secretGenerator reads it), `named` (the rule singles its name out),
        `encrypted`; where it isn't: `leaves` (`key`, `text`) that the rule's selectors would encrypt; where it is: how many
        recipients are `missing`, and `extra`. `line` and `column` say where the fault would stand.
        """
        found = self.rule_for(path)
        if found is None or posixpath.basename(path) in (NAME, *KUSTOMIZATIONS):
            return {}
        rule, below = found
        selectors = selectors_of(rule)
        secret = any(_is_secret(document) for document in documents or ())
        about = {"secret": secret, "packed": path in self._packed_files(), "named": _singled_out(rule, below),
                 "encrypted": False, "leaves": [], "missing": 0, "extra": 0, "line": 0, "column": 0}
        if selectors is None or not (secret or about["packed"] or about["named"]):
            return {}
        if documents is None:
            return self._text_facts(about, text, selectors)
        if encrypted_documents(documents):
            return {**about, "encrypted": True, **_recipients(rule, documents)}
        plain = [document for document in documents if isinstance(document, Map) and metadata(document) is None]
        chosen = [(document, path, value) for document in plain for path, value in leaves(document)
                  if selected(selectors, path) and not is_encrypted(value) and _counts(document, path)]
        if not chosen:
            return {}
        document, first, _ = chosen[0]
        where = place(document.at.get("kind")) if "kind" in document else place_of(document, first)
        return {**about, **where, "leaves": [{"key": name_of(path), "text": _plain(document, path, value)}
                                             for document, path, value in chosen[:_MOST]]}

    @staticmethod
    def _text_facts(about: dict[str, Any], text: str, selectors: Any) -> dict[str, Any]:
        """Of a dotenv or ini file."""
        if is_dotenv(text) or is_ini(text) or text.lstrip().startswith(("-----BEGIN AGE", "-----BEGIN PGP MESSAGE")):
            return {}
        found = []
        for number, line in enumerate(text.split("\n"), 1):
            key, equals, value = (part.strip() for part in line.partition("="))
            if equals and key and not key.startswith(("#", ";")) and not is_encrypted(value) and selected(selectors, (key,)):
                found.append((number, {"key": key, "text": value}))
        return {**about, "leaves": [leaf for _, leaf in found[:_MOST]], "line": found[0][0], "column": 1} if found else {}

    def _packed_files(self) -> frozenset[str]:
        """The files that secretGenerators read."""
        if self._packed is None:
            self._packed = frozenset(path for file in self._sources.tree.files() if posixpath.basename(file) in KUSTOMIZATIONS
                                     for path in self._read_by(file))
        return self._packed

    def _read_by(self, file: str) -> Iterator[str]:
        try:
            documents = self._sources.stream(file).load(Dialect.RESOURCE, duplicates=True, any_key=True)
        except (SourceError, OutsideError, OSError):
            return
        folder = posixpath.dirname(file) or "."
        for document in documents:
            entries = document.get("secretGenerator") if isinstance(document, Map) else None
            for entry in entries if isinstance(entries, Seq) else ():
                for field in ("env", "envs", "files") if isinstance(entry, Map) else ():
                    value = entry.get(field)
                    for item in [value] if isinstance(value, str) else value if isinstance(value, Seq) else ():
                        if isinstance(item, str):
                            yield join(folder, item.partition("=")[2] or item)


def _is_secret(document: Any) -> bool:
    return isinstance(document, Map) and document.get("kind") == "Secret" and document.get("apiVersion") == "v1"


def _singled_out(rule: Map, below: str) -> bool:
    """Whether a rule means this name, not just any file of its kind in this folder."""
    pattern = rule.get("path_regex")
    if not isinstance(pattern, str) or not pattern:
        return False
    ending = posixpath.splitext(below)[1]
    return not matched(pattern, posixpath.join(posixpath.dirname(below), f"x{ending}"))


def _counts(document: Map, path: tuple[str | int, ...]) -> bool:
    """Whether a leaf holds content: of a Secret its values, of any other object all but what says which one it is."""
    if _is_secret(document):
        return path[0] in ("data", "stringData")
    return not ("apiVersion" in document and "kind" in document and path[0] in _OBJECT)


def _plain(document: Map, path: tuple[str | int, ...], value: Any) -> str:
    if _is_secret(document) and path[0] == "data" and isinstance(value, str):
        try:
            return base64.b64decode("".join(value.split()), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return value
    return str(value)


def _recipients(rule: Map, documents: list[Any]) -> dict[str, Any]:
    """How the recipients of an encrypted file differ from those of its rule, at the first that is too many."""
    wanted = recipients_of(rule)
    for document in documents:
        block = metadata(document)
        if block is None or not wanted:
            continue
        given = list(named_recipients(block))
        extra = [origin for name, origin in given if name not in wanted]
        missing = wanted - {name for name, _ in given}
        if extra or missing:
            origin = extra[0] if extra else origin_of(document, "sops")
            at = place(origin)
            if not extra and origin is not None and origin.key_line:
                at = {"line": origin.key_line, "column": origin.key_column}
            return {"missing": len(missing), "extra": len(extra), **at}
    return {}


