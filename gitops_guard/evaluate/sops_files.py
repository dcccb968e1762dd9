"""A file that SOPS encrypted -> its leaves that should be encrypted and aren't; for whom it is encrypted.

YAML, JSON, dotenv and ini, as getsops/sops `stores/` writes them. A SealedSecret's values are judged here, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitops_guard.origin import Map, Origin, origin_of

from .sops import Path, is_encrypted, metadata, plain_leaves, selected, selectors_of

_INI_SECTION = re.compile(r"\s*\[([^\]]*)\]\s*")
_MOST = 500
"""Leaves of one file."""
_IDS = {"age": "recipient", "pgp": "fp", "kms": "arn", "gcp_kms": "resource_id"}
"""Kinds of keys whose names a creation rule and a file can be compared by, and the field that holds the name."""


def place(origin: Origin | None) -> dict[str, int]:
    """Line and column of a value; line 0 where it has no place of its own."""
    return {"line": origin.line if origin else 0, "column": origin.column if origin else 0}


def place_of(document: Any, path: Path) -> dict[str, int]:
    """Where the value at a path stands."""
    node = document
    for key in path[:-1]:
        node = node[key]
    return place(origin_of(node, path[-1])) if path else place(None)


def name_of(path: Path) -> str:
    """What a message calls a leaf."""
    return ".".join(str(part) for part in path if isinstance(part, str))[-200:]


def plain_in_documents(documents: list[Any]) -> list[dict[str, Any]]:
    """The leaves of YAML or JSON documents that SOPS should have encrypted: `key`, `line`, `column`."""
    found = []
    for document in documents:
        for path in plain_leaves(document) if isinstance(document, Map) else ():
            found.append({"key": name_of(path), **place_of(document, path)})
    return found[:_MOST]


def is_dotenv(text: str) -> bool:
    """Whether SOPS wrote this env file."""
    return "\nsops_mac=" in text or text.startswith("sops_mac=")


def is_ini(text: str) -> bool:
    """Whether SOPS wrote this ini file."""
    return "\n[sops]\n" in text and re.search(r"^mac\s*=", text, re.MULTILINE) is not None


def plain_in_text(text: str) -> list[dict[str, Any]]:
    """The same of a dotenv or ini file; none where it is neither."""
    if is_dotenv(text):
        block = {path[0].removeprefix("sops_"): value for _, path, value in _dotenv(text) if path[0].startswith("sops_")}
        leaves = [leaf for leaf in _dotenv(text) if not leaf[1][0].startswith("sops_")]
    elif is_ini(text):
        block = {path[-1]: value for _, path, value in _ini(text) if path[0] == "sops"}
        leaves = [leaf for leaf in _ini(text) if leaf[1][0] != "sops"]
    else:
        return []
    selectors = selectors_of(block)
    if selectors is None:
        return []
    return [{"key": ".".join(path), "line": line, "column": 1} for line, path, value in leaves
            if not is_encrypted(value) and selected(selectors, path)][:_MOST]


def _dotenv(text: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    for number, line in enumerate(text.split("\n"), 1):
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            yield number, (key,), value


def _ini(text: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    section = "DEFAULT"
    for number, line in enumerate(text.split("\n"), 1):
        head = _INI_SECTION.fullmatch(line)
        if head:
            section = head.group(1)
            continue
        key, equals, value = line.partition("=")
        if equals and not key.lstrip().startswith((";", "#")):
            yield number, (section, key.strip()), value.strip()


def recipients_of(node: Any) -> set[str]:
    """Whom a `sops` block, or a creation rule, names: `age:…`, `pgp:…` and so on; kinds that can't be compared are left out."""
    return {name for name, _ in named_recipients(node)}


def named_recipients(node: Any) -> Iterator[tuple[str, Origin | None]]:
    """The same with their places."""
    if not isinstance(node, Mapping):
        return
    for kind, field in _IDS.items():
        value = node.get(kind)
        items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
        for index, item in enumerate(items):
            if isinstance(item, Mapping):
                text, origin = item.get(field), origin_of(item, field)
            else:
                text, origin = item, origin_of(node, kind) if isinstance(value, str) else origin_of(value, index)
            if isinstance(text, str) and text.strip():
                yield f"{kind}:{_plain(kind, text)}", origin
    groups = node.get("key_groups")
    for group in groups if isinstance(groups, list) else ():
        yield from named_recipients(group)


def _plain(kind: str, text: str) -> str:
    """A name as it can be compared: a fingerprint's end, an ARN without its role, an SSH key without its comment."""
    words = text.split()
    if kind == "pgp":
        return "".join(words).upper()[-16:]
    return words[0].partition("+")[0] if kind == "kms" else " ".join(words[:2])


def unsealed(documents: list[Any], is_sealed: Any) -> list[dict[str, Any]]:
    """The values of SealedSecrets that kubeseal did not make: `key`, `text`, `line`, `column`."""
    found = []
    for document in documents:
        spec = document.get("spec") if isinstance(document, Map) and document.get("kind") == "SealedSecret" else None
        values = spec.get("encryptedData") if isinstance(spec, Map) else None
        if not isinstance(values, Map):
            continue
        for key, value in values.items():
            if not is_sealed(value):
                found.append({"key": key, "text": "" if value is None else str(value), **place(values.at.get(key))})
    return found[:_MOST]


def encrypted_documents(documents: list[Any]) -> bool:
    """Whether SOPS encrypted every document of a file."""
    kept = [document for document in documents if document is not None]
    return bool(kept) and all(metadata(document) is not None for document in kept)
