"""A kustomization -> the values that its secretGenerator and configMapGenerator entries pack, each at its own place.

Rules: kustomize `api/kv` (literals, env files, `files:` entries). What can't be read is left out here: building the kustomization
reports it.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from gitops_guard.errors import SourceError
from gitops_guard.origin import Map, Origin, Seq, origin_of
from gitops_guard.source import Dialect, Sources, parse
from gitops_guard.tree import OutsideError, join

from .facts import text_of
from .keys import key_pairs
from .pairs import pairs_in
from .sops import ENCRYPTED, metadata
from .sops_files import plain_in_text

_KINDS = {"secretGenerator": "Secret", "configMapGenerator": "ConfigMap"}
_SEALED = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----BEGIN PGP MESSAGE-----", b"age-encryption.org/")


def generator_facts(sources: Sources, kustomization_path: str, document: Map) -> list[dict[str, Any]]:
    """Every generated value of a kustomization, in order.

    Each has `generator` (Secret or ConfigMap), `name`, `type`, `key`, `form` (literal, env, file), `value` or `binary: true`,
    `encrypted` (by SOPS, age or PGP as a whole), `file`, `line`, `column`, and `pairs` (pairs.py) of a packed file, with
    the `file` and `line` in it.
    """
    folder = posixpath.dirname(kustomization_path) or "."
    found: list[dict[str, Any]] = []
    for field, kind in _KINDS.items():
        entries = document.get(field)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, Map):
                about = {"generator": kind, "name": _text(entry.get("name")), "type": _text(entry.get("type")) or "Opaque"}
                found.extend({**about, **value} for value in _values(sources, folder, entry))
    return found


def _values(sources: Sources, folder: str, entry: Map) -> Iterator[dict[str, Any]]:
    envs = [*_items(entry, "envs")]
    if isinstance(entry.get("env"), str):
        envs.append((entry["env"], origin_of(entry, "env")))
    for path, origin in envs:
        yield from _env(sources, join(folder, path), origin)
    for literal, origin in _items(entry, "literals"):
        key, equals, value = literal.partition("=")
        if key and equals and origin is not None:
            content = _content(_unquoted(value).encode("utf-8", "surrogateescape"))
            yield {"key": key, "form": "literal", **content, "encrypted": False, "pairs": [], **_at(origin)}
    for source, origin in _items(entry, "files"):
        key, equals, path = source.partition("=")
        key, path = (key, path) if equals else (posixpath.basename(source.rstrip("/")), source)
        yield from _file(sources, join(folder, path), key, origin)


def _items(entry: Map, field: str) -> list[tuple[str, Origin | None]]:
    items = entry.get(field)
    if not isinstance(items, Seq):
        return []
    return [(item, at) for item, at in zip(items, items.at, strict=True) if isinstance(item, str)]


def _env(sources: Sources, path: str, origin: Origin | None) -> Iterator[dict[str, Any]]:
    data = _read(sources, path)
    if data is None or origin is None:
        return
    encrypted = _is_dotenv_sops(data)
    plain = {leaf["line"] for leaf in plain_in_text(data.decode("utf-8", "replace"))} if encrypted else set()
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        name, _, value = raw.strip(b"\r").lstrip().partition(b"=")
        key = name.decode("utf-8", "replace")
        # kustomize refuses a line without a key; the value behind it is a value all the same.
        if (key or value) and not key.startswith("#") and not (encrypted and key.startswith("sops_")):
            content = _content(value)
            # What the selectors of a SOPS file leave plain is a decision; what they don't is partially encrypted.
            whole = ENCRYPTED.fullmatch(content.get("value", "")) is not None or (encrypted and number not in plain)
            yield {"key": key, "form": "env", **content, "encrypted": whole, "pairs": [],
                   "file": path, "line": number, "column": 1}


def _file(sources: Sources, path: str, key: str, origin: Origin | None) -> Iterator[dict[str, Any]]:
    data = _read(sources, path)
    if data is None or origin is None:
        return
    content = _content(data)
    text = content.get("value", "")
    encrypted = _is_encrypted(data, text, path)
    pairs = [] if encrypted else [{**pair._asdict(), "file": path} for pair in (*pairs_in(text), *key_pairs(text))]
    yield {"key": key, "form": "file", **content, "encrypted": encrypted, "pairs": pairs, **_at(origin)}


def _read(sources: Sources, path: str) -> bytes | None:
    try:
        return sources.tree.read(path)
    except (OSError, OutsideError, SourceError):
        return None


def _is_encrypted(data: bytes, text: str, path: str) -> bool:
    """Whether SOPS (YAML, JSON, binary, dotenv, ini), age or PGP encrypted the file."""
    if data.lstrip()[:40].startswith(_SEALED):
        return True
    if _is_dotenv_sops(data) or ("\n[sops]\n" in text and "\nmac" in text):
        return True
    if "sops" not in text:
        return False
    try:
        documents = parse(data, path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError:
        return _is_json_sops(text)
    kept = [document for document in documents if document is not None]
    return bool(kept) and all(metadata(document) is not None for document in kept)


def _is_json_sops(text: str) -> bool:
    """JSON with tabs is no YAML."""
    try:
        return metadata(json.loads(text)) is not None
    except (ValueError, RecursionError):
        return False


def _is_dotenv_sops(data: bytes) -> bool:
    return b"\nsops_mac=ENC[" in data


def _content(data: bytes) -> dict[str, Any]:
    content = text_of(data)
    return {"value": content["text"]} if "text" in content else content


def _at(origin: Origin) -> Mapping[str, Any]:
    return {"file": origin.file, "line": origin.line, "column": origin.column}


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
