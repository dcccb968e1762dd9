"""Schemas in files: our own, and those of `--schema-location` -> the schema of a kind, its references put in place.

Local files alone; what is looked up comes from the repository under check, so a group or kind that is no plain name finds
no file, and neither a link nor a reference leads out of the folder that was named.
"""

from __future__ import annotations

import functools
import json
import os
import posixpath
import re
import stat
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import SourceError, UsageError
from ..source import Dialect, parse
from .bundled import GVK

_NAME = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
_VARIABLE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_VARIABLES = (".NormalizedKubernetesVersion", ".StrictSuffix", ".ResourceKind", ".ResourceAPIVersion", ".Group", ".KindSuffix")
_IN_FOLDER = (
    "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json",
    "{{.ResourceKind}}{{.KindSuffix}}.json",
    "{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json",
)
MAX_BYTES = 20_000_000


class Location:
    """A folder, or a template of paths, where schemas lie."""

    def __init__(self, text: str, version: str) -> None:
        """`text` is a folder or a template in kubeconform's style. Raises UsageError where it can be neither."""
        if re.match(r"[a-z][a-z0-9+.-]*://", text):
            raise UsageError(f"--schema-location {text}: only local folders and templates are read; download the schemas first")
        for variable in _VARIABLE.findall(text):
            if variable not in _VARIABLES:
                raise UsageError(f"--schema-location {text}: unknown variable {variable}; known are {', '.join(_VARIABLES)}")
        self.text = text
        self._version = version
        self._is_template = "{{" in text
        fixed = text.partition("{{")[0].rpartition("/")[0] or "." if self._is_template else text
        self._home = os.path.realpath(fixed)
        if not self._is_template and not os.path.isdir(text):
            raise UsageError(f"--schema-location {text}: there is no such folder")

    def find(self, gvk: GVK) -> tuple[str, dict[str, Any]] | None:
        """The file that has the schema of a kind, and the schema. Raises UsageError where the file can't be used."""
        group, version, kind = gvk
        if not all(_NAME.fullmatch(part) for part in (version, kind)) or (group and not _NAME.fullmatch(group)):
            return None
        values = {
            ".Group": group, ".ResourceKind": kind.lower(), ".ResourceAPIVersion": version,
            ".KindSuffix": "-" + "-".join(part.lower() for part in (group.partition(".")[0], version) if part),
            ".NormalizedKubernetesVersion": f"v{self._version}.0", ".StrictSuffix": "-strict",
        }
        templates = [self.text] if self._is_template else [posixpath.join(self.text, name) for name in _IN_FOLDER]
        for template in templates:
            path = _VARIABLE.sub(lambda match: values[match.group(1)], template)
            schema = _load(path, self._home)
            if isinstance(schema, dict) and _is_of(schema, gvk):
                return path, inline(schema, path, self._home)
        return None

    @functools.cached_property
    def crds(self) -> list[dict[str, Any]]:
        """CustomResourceDefinitions in YAML files of the folder. Raises UsageError where one can't be read."""
        found: list[dict[str, Any]] = []
        if self._is_template:
            return found
        for folder, inner, names in os.walk(self.text):
            inner.sort()
            for name in sorted(names):
                if name.endswith((".yaml", ".yml")):
                    found += _definitions(os.path.join(folder, name), self._home)
        return found

    def kinds(self) -> Iterator[GVK]:
        """The kinds of a folder that is laid out like ours; the kind as the schema itself names it."""
        for path in sorted(self._paths()):
            marks = (_load(path, self._home) or {}).get("x-kubernetes-group-version-kind", ())
            for mark in marks:
                yield mark["group"], mark["version"], mark["kind"]

    def _paths(self) -> Iterator[str]:
        for folder, inner, names in os.walk(self.text):
            inner.sort()
            yield from (os.path.join(folder, name) for name in names if name.endswith(".json"))


def _is_of(schema: dict[str, Any], gvk: GVK) -> bool:
    """Whether a file's schema is that of the kind, where it says so: the name of a file may leave out half of the group."""
    marks = schema.get("x-kubernetes-group-version-kind")
    if not isinstance(marks, list) or not marks:
        return True
    return any(isinstance(mark, dict) and (mark.get("group"), mark.get("version"), mark.get("kind")) == gvk for mark in marks)


def _bytes(path: str, home: str) -> bytes | None:
    """What a file below `home` holds, or None where there is none. Raises UsageError where it lies elsewhere."""
    full = os.path.realpath(path)
    try:
        mode = os.stat(full).st_mode
        if stat.S_ISDIR(mode):
            return None
        if full != home and not full.startswith(home.rstrip("/") + "/"):
            raise UsageError(f"the schema {path} lies outside the folder of schemas; only what is in it is read")
        if not stat.S_ISREG(mode):
            raise UsageError(f"the schema {path} is no plain file")
        with open(full, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"the schema {path} can't be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"the schema {path} is larger than {MAX_BYTES // 1_000_000} MB")
    return data


@functools.lru_cache(maxsize=256)
def _load(path: str, home: str) -> Any:
    """The JSON of a file, or None where there is none."""
    data = _bytes(path, home)
    if data is None:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise UsageError(f"the schema {path} is no JSON") from None


def _definitions(path: str, home: str) -> Iterator[dict[str, Any]]:
    try:
        documents = parse(_bytes(path, home) or b"", path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError as error:
        raise UsageError(f"the schema {path} can't be read: line {error.line}: {error.message}") from None
    for document in documents:
        if isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition":
            yield document


def inline(schema: dict[str, Any], path: str, home: str) -> dict[str, Any]:
    """A schema whose references to other files below `home` are references to its own `$defs`.

    Raises UsageError where one leads nowhere, or elsewhere.
    """
    defs: dict[str, Any] = {}
    out = _rewritten(schema, (path, home), "", defs)
    if defs:
        out["$defs"] = {**out.get("$defs", {}), **defs}
    return dict(out)


def _rewritten(node: Any, place: tuple[str, str], prefix: str, defs: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_rewritten(item, place, prefix, defs) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _rewritten(value, place, prefix, defs) for key, value in node.items() if key not in ("$id", "$schema")}
    reference = node.get("$ref")
    if isinstance(reference, str):
        out["$ref"] = _local(reference, place, prefix, defs)
    return out


def _local(reference: str, where: tuple[str, str], prefix: str, defs: dict[str, Any]) -> str:
    path, home = where
    file, _, fragment = reference.partition("#")
    if not file:
        return f"#{prefix}{fragment}"
    if "://" in file:
        raise UsageError(f"the schema {path} refers to {file}; only local files are read")
    other = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
    name = posixpath.basename(other)
    place = f"/$defs/{name}"
    if name not in defs:
        loaded = _load(other, home)
        if not isinstance(loaded, Mapping):
            raise UsageError(f"the schema {path} refers to {file}, which is not there")
        defs[name] = {}  # a file that refers back to this one ends here
        defs[name] = _rewritten(dict(loaded), (other, home), place, defs)
    return f"#{place}{fragment}"
