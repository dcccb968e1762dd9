"""One file of the repository -> the facts about secrets in it, for the policies of category secrets with scope file.

Every file that is text is read: a key is as public in a script or a document as in a manifest.
"""

from __future__ import annotations

import posixpath
from typing import Any

from gitops_guard.errors import SourceError
from gitops_guard.source import Dialect, Sources
from gitops_guard.tree import OutsideError

from .creation_rules import CreationRules
from .facts import is_sealed
from .keys import keys_in
from .sops_files import plain_in_documents, plain_in_text, unsealed

_LARGEST = 5_000_000
"""Bytes; what is larger was not written by hand."""
_PROBE = 8_000
_STRUCTURED = (".yaml", ".yml", ".json")
_MARKS = (b"PRIVATE KEY", b"AGE-SECRET-KEY-", b"LS0tLS1CRUdJTi", b"Config", b"Secret", b"sops", b"binaryData")


class SecretFiles:
    """Reads the files of a tree."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._rules = CreationRules(sources)

    def facts(self, path: str) -> dict[str, Any]:
        """`keys`, `plain`, `unsealed`, `rule`, each only where there is something; see schemas/input-file.json."""
        try:
            data = self._sources.tree.read(path)
        except (SourceError, OutsideError, OSError):
            return {}  # whoever needs the file tells of it
        asked = self._rules.any and self._rules.rule_for(path) is not None
        if len(data) > _LARGEST or not (asked or any(mark in data for mark in _MARKS)) or b"\0" in data[:_PROBE]:
            return {}
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        structured = path.endswith(_STRUCTURED)
        found: dict[str, Any] = {}
        keys = keys_in(text, encoded=structured and ("Secret" in text or "binaryData" in text))
        if keys:
            found["keys"] = [key._asdict() for key in keys]
        documents = self._documents(path, text) if structured and (asked or "SealedSecret" in text or "sops" in text) else None
        plain = plain_in_text(text) if documents is None else plain_in_documents(documents)
        sealed = [] if documents is None else unsealed(documents, is_sealed)
        rule = self._rules.facts(path, text, documents) if asked and (documents is not None or not structured) else {}
        return {**found, **{name: value for name, value in (("plain", plain), ("unsealed", sealed), ("rule", rule)) if value}}

    def _documents(self, path: str, text: str) -> list[Any] | None:
        """The documents of a file; None where it is a template, or broken."""
        if "{{" in text and posixpath.basename(posixpath.dirname(path)) == "templates":
            return None
        try:
            return self._sources.stream(path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
        except (SourceError, OutsideError, OSError):
            return None
