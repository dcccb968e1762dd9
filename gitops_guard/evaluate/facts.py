"""One resource -> the facts that Rego can't well find out itself; what they mean is decided there (policies/lib/secrets.rego).

They are the decoded data of a Secret, SOPS' own verdict on each leaf, the structure of a SealedSecret's ciphertext, and the
pairs of key and value, in fields and inside texts, that may be credentials. Nothing here raises on odd input.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitops_guard.origin import Map, Origin, origin_of

from .containers import commands
from .keys import key_pairs
from .pairs import SHORT, Pair, argument_pairs, dull, is_picture, names, pairs_in, scalar_pairs, tokenish
from .placeholders import ANNOTATION, placeholders
from .sops import metadata, plain_leaves

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_RSA_BYTES = (256, 384, 512, 1024)
_GCM_TAG = 16
_TAIL = 4

Path = tuple[str | int, ...]
_SKIPPED = {"SealedSecret": (["metadata", "managedFields"], ["spec", "encryptedData"])}
"""What is no configuration, by kind; managedFields of all."""


def facts_for(body: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about one manifest: `decoded`, `sops`, `sealed`, `embedded`, `commands`, where there are any `references`.

    `embedded` lists `path`, `line` (inside the text at that path, from 1; 0 where no line of it can be named), `key`, `value`
    and `form` of each pair that passed the sieve of pairs.py; `references` the same with `text`.
    """
    decoded = _decoded(body)
    found = _embedded(body, decoded)
    references = [fact for fact in found if "text" in fact]
    lengthened, unwritten = _lengthened(body), _unwritten(body)
    return {
        "decoded": decoded,
        "sops": _sops(body),
        "sealed": _sealed(body),
        "embedded": [fact for fact in found if "text" not in fact] if references else found,
        "commands": list(commands(body)),
        **({"references": references} if references else {}),
        **({"unwritten": unwritten} if unwritten else {}),
        **({"lengthened": lengthened} if lengthened is not None else {}),
    }


def _sops(body: Mapping[str, Any]) -> dict[str, Any]:
    if "sops" not in body:
        return {"document": False, "plain": []}
    return {"document": metadata(body) is not None, "plain": [list(path) for path in plain_leaves(body)]}


def text_of(data: bytes) -> dict[str, Any]:
    """`{"text": …}`, or `{"binary": true}` where the bytes are no text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return {"binary": True}
    return {"binary": True} if _CONTROL.search(text) else {"text": text}


def _decoded(body: Mapping[str, Any]) -> dict[str, Any]:
    data = body.get("data")
    if body.get("kind") != "Secret" or not isinstance(data, Mapping):
        return {}
    return {key: _plain(value) for key, value in data.items()}


def _unwritten(body: Mapping[str, Any]) -> list[list[str]]:
    """The entries of a Secret that a chart's template made up: helm rendered the object, and they stand nowhere."""
    if body.get("kind") != "Secret":
        return []
    kind = origin_of(body, "kind")
    if kind is None or kind.exact:
        return []
    return [[field, key] for field in ("data", "stringData") if type(values := body.get(field)) is Map
            for key in values if key not in values.at]


def _plain(value: Any) -> dict[str, Any]:
    """A value of `data`, decoded; as it is written where it is no base64 (a reference, ciphertext, a mistake)."""
    if not isinstance(value, str):
        return {"text": "" if value is None else str(value)}
    try:
        return text_of(base64.b64decode("".join(value.split()), validate=True))
    except (binascii.Error, ValueError):
        return {"text": value}


def ciphertext(body: Mapping[str, Any]) -> bool:
    """Whether an object holds what only SOPS can read: it is a SOPS document, or a Secret with one packed into its data."""
    if metadata(body) is not None:
        return True
    strings = body.get("stringData")
    values = [entry.get("text", "") for entry in _decoded(body).values()]
    values += strings.values() if body.get("kind") == "Secret" and isinstance(strings, Mapping) else ()
    return any(isinstance(value, str) and "ENC[AES256_GCM," in value for value in values)


def _sealed(body: Mapping[str, Any]) -> dict[str, bool]:
    """Whether each value of a SealedSecret has the structure that `kubeseal` makes (sealed-secrets `pkg/crypto`)."""
    spec = body.get("spec")
    values = spec.get("encryptedData") if body.get("kind") == "SealedSecret" and isinstance(spec, Mapping) else None
    return {key: is_sealed(value) for key, value in values.items()} if isinstance(values, Mapping) else {}


def _lengthened(body: Mapping[str, Any]) -> list[str] | None:
    """Of a SealedSecret: which of a kustomization's fields lengthened its name."""
    if body.get("kind") != "SealedSecret":
        return None
    meta = body.get("metadata")
    gone = meta.gone if type(meta) is Map else None
    return [field for field in ("namePrefix", "nameSuffix") if gone and field in gone]


def is_sealed(value: Any) -> bool:
    """A big-endian length, that many bytes of RSA-OAEP, then AES-GCM with its tag, all in base64."""
    if not isinstance(value, str):
        return False
    try:
        data = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    length = int.from_bytes(data[:2], "big")
    return length in _RSA_BYTES and len(data) >= 2 + length + _GCM_TAG


def _embedded(body: Mapping[str, Any], decoded: Mapping[str, Any]) -> list[dict[str, Any]]:
    kind = body.get("kind")
    if kind == "CustomResourceDefinition":
        return []  # a schema speaks of passwords all the time, and holds none
    walk = _Walk(kind)
    for field, value in body.items():
        if field == "sops" or (kind == "Secret" and field in ("data", "stringData")):
            continue
        if kind == "ConfigMap" and field == "binaryData":
            walk.found += _binary(value)
            continue
        walk.child(value, field, body)
    if kind == "Secret":
        walk.found += _entries(body, decoded)
    return walk.found


def _is_dull(key: str, value: Any) -> bool:
    """Whether what stands under a key is a scalar that no fact is about."""
    kind = type(value)
    if kind is str:
        return len(value) <= SHORT and dull(key, value)
    return kind is bool or value is None or (kind is int and dull(key, str(value)))


class _Walk:
    """Goes through an object; the way there is one list for all, since few scalars are worth a copy of it."""

    def __init__(self, kind: Any) -> None:
        self.found: list[dict[str, Any]] = []
        self._path: list[str | int] = []
        self._keys: list[str] = []
        self._kind = kind

    def child(self, value: Any, key: str, parent: Any) -> None:
        """What stands under a key."""
        if _is_dull(key, value):
            return
        self._path.append(key)
        self._keys.append(key)
        if isinstance(value, (dict, list)):
            self._node(value)
        else:
            self._scalar(str(value), key, parent)
        self._keys.pop()
        self._path.pop()

    def _node(self, value: Any) -> None:
        if isinstance(value, list):
            self._list(value)
            return
        if len(self._path) == 2 and self._path in _SKIPPED.get(self._kind, (["metadata", "managedFields"],)):
            return
        named = "value" in value and isinstance(value.get("name"), str) and isinstance(value["value"], (str, int, float))
        for key, item in value.items():
            if named and key == "value":
                self._named(item, value)
            elif not _is_dull(key, item):
                self.child(item, key, value)
        if len(self._path) > 2 and self._path[-2] == "metadata":
            self.found += [_reference((*self._path, key), 0, "annotation", key) for key in value if key[:18] == ANNOTATION]

    def _list(self, value: list[Any]) -> None:
        if self._path == ["metadata", "managedFields"]:
            return
        if value and isinstance(value[0], str):
            self.found += _arguments(value, tuple(self._path))
        key = self._keys[-1]
        for index, item in enumerate(value):
            if _is_dull(key, item):
                continue
            self._path.append(index)
            if isinstance(item, (dict, list)):
                self._node(item)
            else:
                self._scalar(str(item), key, value)
            self._path.pop()

    def _named(self, item: Any, parent: Any) -> None:
        """The `value` of a pair of name and value: its key is the name."""
        before, keys = len(self.found), self._keys
        self._path.append("value")
        self._keys = [str(parent["name"])]
        if type(item) is not bool:
            self._scalar(str(item), self._keys[0], parent)
        self._keys = keys
        self._path.pop()
        for found in self.found[before:]:
            if found["form"] == "scalar":
                found["form"] = "named"

    def _scalar(self, text: str, key: str, parent: Any) -> None:
        """The pairs of one scalar; in a text of several lines (or JSON in one), those inside it."""
        stripped = text.strip()
        if "<" in stripped:
            self.found += _placeholders(text, tuple(self._path), origin_of(parent, self._path[-1]))
        if "\n" not in stripped and stripped[:1] not in ("{", "["):
            if names(key, stripped) or (("=" in stripped or tokenish(stripped)) and not is_picture(stripped)):
                self.found += [_fact(self._path, pair, 0) for pair in scalar_pairs(self._label(), stripped)]
            return
        origin = origin_of(parent, self._path[-1])
        known = origin is None or origin.block or origin.packed
        self.found += [_fact(self._path, pair, pair.line if known else 0) for pair in pairs_in(text)]

    def _label(self) -> str:
        """The last keys of the way: enough to judge by, bounded for deep documents."""
        above = ".".join(self._keys[:-1])
        return f"{'.'.join(above.split('.')[-_TAIL:])[-200:]}.{self._keys[-1]}" if above else self._keys[-1]


def _placeholders(text: str, path: Path, origin: Origin | None, *, packed: bool = False) -> Iterator[dict[str, Any]]:
    inner = origin is not None and bool(origin.packed or (origin.block and not packed))
    for line, found in placeholders(text):
        yield _reference(path, line if inner else 0, "placeholder", found)


def _arguments(items: list[Any], path: Path) -> Iterator[dict[str, Any]]:
    if all(isinstance(item, str) for item in items) and any(word[:1] == "-" for word in items):
        for index, pair in argument_pairs(list(enumerate(items))):
            yield _fact((*path, index), pair, 0)


def _binary(values: Any) -> Iterator[dict[str, Any]]:
    for key, value in values.items() if isinstance(values, Mapping) else ():
        text = _plain(value).get("text")
        for pair in pairs_in(text) if text else ():
            yield _fact(("binaryData", key), pair, pair.line * _packed(values, key))


def _entries(body: Mapping[str, Any], decoded: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The pairs inside a Secret's values. Its keys are judged as wholes, so what stands alone under a key is left out."""
    data = body.get("data")
    for key, entry in decoded.items():
        if "<" in entry.get("text", ""):
            yield from _placeholders(entry["text"], ("data", key), origin_of(data, key), packed=True)
        text, packed = entry.get("text", ""), _packed(data, key)
        for pair in (*pairs_in(text), *(key_pairs(text) if packed else ())):
            yield _fact(("data", key), pair, pair.line * packed)
    strings = body.get("stringData")
    for key, value in strings.items() if isinstance(strings, Mapping) else ():
        if isinstance(value, str):
            origin = origin_of(strings, key)
            if "<" in value:
                yield from _placeholders(value, ("stringData", key), origin)
            known = origin is None or origin.block
            for pair in pairs_in(value):
                yield _fact(("stringData", key), pair, pair.line if known else 0)


def _packed(values: Any, key: str) -> int:
    """1 where the value is a file that a generator packed, so that its lines are that file's; else 0."""
    origin = origin_of(values, key)
    return 1 if origin is not None and origin.packed else 0


def _fact(path: Sequence[str | int], pair: Pair, line: int) -> dict[str, Any]:
    return {"path": list(path), "line": line, "key": pair.key, "value": pair.value, "form": pair.form}


def _reference(path: Path, line: int, form: str, text: str) -> dict[str, Any]:
    return {"path": list(path), "line": line, "form": form, "text": text}
