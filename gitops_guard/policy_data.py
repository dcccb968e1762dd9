"""The JSON and YAML files of a folder of policies -> what `data` holds besides packages, as OPA reads its bundles and `--data`.

A file's mapping stands at the path of its folder; files of one folder are merged, and none may say what another one says:
https://www.openpolicyagent.org/docs/latest/management-bundles/#bundle-file-format
"""

from __future__ import annotations

import math
import posixpath
from collections.abc import Iterator
from typing import Any

from .errors import SourceError
from .origin import Map, Origin, Seq, clone, origin_of
from .source import Dialect, parse

SUFFIXES = (".json", ".yaml", ".yml")
TWIN = ".cel.yaml"
"""Of what says in CEL what a policy says (twin.py)."""
MAX_TOTAL = 10_000_000
_NAMES = frozenset("data" + suffix for suffix in SUFFIXES)
_ROOT = "gitops_guard"


class DataError(Exception):
    """A file can't be data."""

    def __init__(self, message: str, line: int = 1) -> None:
        """`line` is that of the file."""
        super().__init__(message)
        self.message = message
        self.line = line


class PolicyData:
    """What the files read so far come to."""

    def __init__(self) -> None:
        self.tree = Map()
        self._size = 0

    def add(self, text: bytes, name: str, shown: str) -> None:
        """Merge a file; `name` is its path in its folder of policies, `shown` what messages call it.

        Raises DataError, and then nothing of the file is taken.
        """
        self._size += len(text)
        if self._size > MAX_TOTAL:
            raise DataError(f"the data files hold more than {MAX_TOTAL // 1_000_000} MB")
        try:
            documents = parse(text, shown).load(Dialect.MANIFEST)
        except SourceError as error:
            raise DataError(error.message, error.line) from None
        base = posixpath.basename(name)
        if base not in _NAMES and any(_is_manifest(document) for document in documents):
            return  # what a policy is tried on lies beside it, and is nothing that it knows
        if len(documents) != 1 or not isinstance(documents[0], Map):
            raise DataError("a data file is one mapping; the path of its folder says where in `data` it stands")
        document = clone(documents[0])  # a mapping that two aliases share must not be merged into twice
        if base not in _NAMES and _are_examples(document):
            raise DataError(f"examples without their policy: there is no {posixpath.splitext(base)[0]}.rego beside it",
                            _line(document, "examples"))
        number = next(_endless(document), None)
        if number is not None:
            raise DataError("a number that JSON does not have", number)
        folders = [part for part in posixpath.dirname(name).split("/") if part]
        for folder in reversed(folders):
            outer = Map()
            outer.put(folder, document, Origin(shown, 1, 1))
            document = outer
        if _ROOT in document:
            raise DataError(f"data.{_ROOT} is built in; choose another name", _line(document, _ROOT))
        _agree(self.tree, document, "data")
        _merge(self.tree, document)


def _is_manifest(document: Any) -> bool:
    return isinstance(document, Map) and "apiVersion" in document and "kind" in document


def _are_examples(document: Map) -> bool:
    items = document.get("examples")
    return isinstance(items, Seq) and any(isinstance(item, Map) and ("good" in item or "bad" in item) for item in items)


def has_examples(text: bytes, shown: str) -> bool:
    """Whether a file holds examples of a rule."""
    try:
        documents = parse(text, shown).load(Dialect.MANIFEST)
    except SourceError:
        return True  # what reads the examples says what is wrong with it
    return bool(documents) and isinstance(documents[0], Map) and _are_examples(documents[0])


def _endless(node: Map | Seq) -> Iterator[int]:
    """The lines of numbers that are infinite, or none."""
    items: list[tuple[str | int, Any]] = list(node.items() if isinstance(node, Map) else enumerate(node))
    for key, value in items:
        if isinstance(value, Map | Seq):
            yield from _endless(value)
        elif isinstance(value, float) and not math.isfinite(value):
            yield _line(node, key)


def _agree(old: Map, new: Map, path: str) -> None:
    for key in new:
        if key not in old:
            continue
        before, after = old[key], new[key]
        if not isinstance(before, Map) or not isinstance(after, Map):
            origin = origin_of(old, key)
            where = f"{origin.file}:{origin.key_line or origin.line}" if origin is not None else "another file"
            raise DataError(f"{path}.{key} is already in {where}", _line(new, key))
        _agree(before, after, f"{path}.{key}")


def _merge(old: Map, new: Map) -> None:
    for key in new:
        if key in old:
            _merge(old[key], new[key])
        else:
            old.put(key, new[key], origin_of(new, key))


def _line(node: Map | Seq, key: str | int) -> int:
    origin = origin_of(node, key)
    return 1 if origin is None else origin.key_line or origin.line
