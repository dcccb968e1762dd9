"""Files with what `kubectl get -o yaml` or `-o json` printed -> what the cluster held then, and what the files can't tell."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import SourceError, UsageError
from .live import Extent, Identity, LiveState, Meant, Unreadable, Want
from .model import Target
from .source import Dialect, decode, parse

_SUFFIXES = (".yaml", ".yml", ".json")
_MAX_BYTES = 100_000_000
_MAX_FILES = 10_000
_ITEM = re.compile(r"(?m)^- |^---\s*$")
_AGAIN = "write the dump anew: kubectl get … -o json --show-managed-fields"
_NOT_ASKED = "add it to the dump (kubectl get {}, --all-namespaces), or say --live-complete if the dump holds all there is"


@dataclass
class _Content:
    """What one file holds."""

    objects: list[Mapping[str, Any]] = field(default_factory=list)
    problem: str = ""
    """Why that is not all of it; empty where it is."""


class DumpReader:
    """Dumps that stand for one cluster."""

    def __init__(self, paths: Sequence[str], *, cluster: str | None = None, complete: bool = False,
                 meant: Meant = Meant()) -> None:  # noqa: B008 (frozen)
        """`complete` says that what is not in the dumps is not in the cluster. Raises UsageError where a path is not there."""
        self._files = [file for path in paths for file in _files(path)]
        self._complete = complete
        self._cluster = cluster
        self._meant = meant
        if not self._files:
            raise UsageError(f"--live {paths[0]!r}: the folder holds no .yaml or .json file")

    @property
    def cluster(self) -> str | None:
        """The name of the cluster in reports."""
        return self._cluster

    def takes(self, target: Target) -> bool:
        """Whether the target is deployed to the cluster that the dumps are of."""
        return self._meant.takes(target)

    def read(self, wants: Sequence[Want]) -> LiveState:
        """What the dumps hold, and for which kinds and namespaces they seem to hold everything."""
        objects: dict[Identity, Mapping[str, Any]] = {}
        unreadable: list[Unreadable] = []
        cut: set[tuple[str, str]] = set()
        for file in self._files:
            content = _read(file)
            name = os.path.basename(file)
            found = {_identity(body): body for body in content.objects}
            objects.update(found)
            if content.problem:
                unreadable.append(Unreadable(f"the dump {name} {content.problem}", _AGAIN))
                cut |= {(key.group, key.kind) for key in found}
        if self._complete:
            extents = {Extent(want.group, want.kind) for want in wants}
        else:
            extents = _extents(objects, wants)
            unreadable += _not_asked(wants, objects)
        whole = frozenset() if unreadable and self._complete else frozenset(
            extent for extent in extents if (extent.group, extent.kind) not in cut)
        return LiveState(objects, whole, tuple(unreadable), self._cluster)


def _extents(objects: Mapping[Identity, Mapping[str, Any]], wants: Sequence[Want]) -> set[Extent]:
    """What a dump holds in full: a kind that is in it, in each namespace that is in it.

    Whoever dumps a kind dumps all of it, in one namespace or in all; a kind that is not in it may not have been asked for.
    """
    kinds: dict[tuple[str, str], set[str]] = {}
    for key in objects:
        kinds.setdefault((key.group, key.kind), set()).add(key.namespace)
    seen = {key.namespace for key in objects}
    found = {Extent(*kind, namespace) for kind in kinds for namespace in seen}
    everywhere = {kind for kind, namespaces in kinds.items() if len(namespaces) > 1}
    return found | {Extent(want.group, want.kind) for want in wants if (want.group, want.kind) in everywhere}


def _not_asked(wants: Sequence[Want], objects: Mapping[Identity, Mapping[str, Any]]) -> Iterator[Unreadable]:
    """The kinds that are stated and of which the dumps hold nothing."""
    kinds = {(key.group, key.kind) for key in objects}
    for group, kind in sorted({(want.group, want.kind) for want in wants} - kinds):
        word = f"{kind.lower()}.{group}" if group else kind.lower()
        yield Unreadable(f"the dump holds no {kind} at all: either there is none, or it was not asked for",
                         _NOT_ASKED.format(word), group, kind)


def _files(path: str) -> list[str]:
    if os.path.isfile(path):
        return [path]
    if not os.path.isdir(path):
        raise UsageError(f"--live {path!r}: there is no such file or folder")
    found = []
    for base, inner, names in os.walk(path):
        inner.sort()
        found += [os.path.join(base, name) for name in sorted(names) if name.endswith(_SUFFIXES)]
        if len(found) > _MAX_FILES:
            raise UsageError(f"--live {path!r}: more than {_MAX_FILES} files")
    return found


def _read(file: str) -> _Content:
    try:
        if os.path.getsize(file) > _MAX_BYTES:
            return _Content(problem=f"is larger than {_MAX_BYTES // 1_000_000} MB")
        with open(file, "rb") as stream:
            text = decode(stream.read(), os.path.basename(file))
    except OSError as error:
        return _Content(problem=f"can't be read: {error.strerror}")
    except SourceError as error:
        return _Content(problem=f"can't be read: {error.message}")
    if text.lstrip().startswith("{"):
        return _json(text)
    return _yaml(text)


def _json(text: str) -> _Content:
    try:
        return _flat([json.loads(text)])
    except (ValueError, RecursionError):
        pass
    # Several documents one after the other, or a list that ends too early: each object that is whole counts.
    decoder, found = json.JSONDecoder(), list[Any]()
    start = text.find('"items"')
    at = text.find("[", start) + 1 if start >= 0 else 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text) and start < 0:
            return _flat(found)
        try:
            body, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return _Content(_flat(found).objects, f"is cut off or no JSON after {len(found)} objects")
        found.append(body)


def _yaml(text: str) -> _Content:
    try:
        documents = _parsed(text)
    except SourceError as error:
        reason = f"is cut off or no YAML: line {error.line}"
        return _Content(_before_the_last(text), reason)
    listed = [one for one in documents if isinstance(one, dict) and isinstance(one.get("items"), list)]
    if any(not one.get("kind") for one in listed):
        # kubectl prints `kind: List` below the items.
        return _Content(_before_the_last(text), "is cut off: its list has no end")
    return _flat(documents)


def _before_the_last(text: str) -> list[Mapping[str, Any]]:
    """The objects of a dump but for the last one, which may be half."""
    starts = [match.start() for match in _ITEM.finditer(text)]
    while starts:
        try:
            return _flat(_parsed(text[:starts.pop()])).objects
        except SourceError:
            continue
    return []


def _parsed(text: str) -> list[Any]:
    return list(parse(text.encode("utf-8", "surrogateescape"), "dump").load(Dialect.MANIFEST, duplicates=True, any_key=True))


def _flat(documents: Sequence[Any]) -> _Content:
    """Objects, those of Lists one by one; what is none makes the dump incomplete."""
    content = _Content()
    pending = [(one, "", "") for one in reversed(documents)]
    while pending:
        body, version, kind = pending.pop()
        if body is None:
            continue
        if not isinstance(body, dict):
            content.problem = "holds something that is no object"
            continue
        items = body.get("items")
        if isinstance(items, list) and str(body.get("kind") or "List").endswith("List"):
            word = str(body.get("kind") or "").removesuffix("List")
            pending += [(item, str(body.get("apiVersion") or ""), word) for item in reversed(items)]
            continue
        if kind and "kind" not in body:
            body = {"apiVersion": version, "kind": kind, **body}
        metadata = body.get("metadata")
        if isinstance(body.get("kind"), str) and isinstance(body.get("apiVersion"), str) and isinstance(metadata, dict) \
                and isinstance(metadata.get("name"), str):
            content.objects.append(body)
        else:
            content.problem = "is cut off, or holds something that is no object with apiVersion, kind and a name"
    return content


def _identity(body: Mapping[str, Any]) -> Identity:
    metadata = body["metadata"]
    return Identity(str(body["apiVersion"]).rpartition("/")[0], str(body["kind"]), str(metadata.get("namespace") or ""),
                    str(metadata["name"]))
