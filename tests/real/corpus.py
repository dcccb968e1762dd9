"""Many objects to judge: those of GITOPS_GUARD_CORPUS, a folder of rendered manifests, of every policy's examples, and random ones."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import random_bypass
import random_images

from gitops_guard import data
from gitops_guard.errors import SourceError
from gitops_guard.examples import read_examples
from gitops_guard.model import Resource
from gitops_guard.origin import Map, Origin
from gitops_guard.policy import PolicyFolder, PolicySet, load
from gitops_guard.source import Dialect, parse

RANDOM = 800
RANDOM_IMAGES = 480

LEAST = 2_000
"""How many distinct objects a corpus must have, where one is named."""


@cache
def builtin() -> PolicySet:
    return load([PolicyFolder(data.policies(), builtin=True)])


@cache
def objects() -> tuple[Map, ...]:
    """Distinct objects, in a fixed order."""
    found: dict[str, Map] = {}
    folder = os.environ.get("GITOPS_GUARD_CORPUS")
    paths = sorted(Path(folder).rglob("*.yaml")) if folder else []
    for path in paths:
        for document in _documents(path.read_bytes(), path.name):
            found.setdefault(key(document), document)
    assert not folder or len(found) >= LEAST, f"only {len(found)} objects in GITOPS_GUARD_CORPUS={folder}"
    # What more there is says little more, and each object is asked of three programs; GITOPS_GUARD_OBJECTS=9999 takes all.
    wanted = int(os.environ.get("GITOPS_GUARD_OBJECTS", LEAST + 100))
    found = dict(list(found.items())[::max(1, len(found) // wanted)][:wanted])
    for path in builtin().examples.values():
        for example in read_examples(path):
            for name, text in example.files.items():
                if name.endswith((".yaml", ".yml")):
                    for document in _documents(text.encode(), name):
                        found.setdefault(key(document), document)
    for made in [*random_bypass.objects(RANDOM), *random_images.objects(RANDOM_IMAGES)]:
        for document in _documents(json.dumps(made).encode(), "random.yaml"):
            found.setdefault(key(document), document)
    return tuple(found.values())


def resources(found: tuple[Map, ...]) -> list[Resource]:
    """Each on a target of its own: in a cluster nothing is known of the others."""
    return [Resource(document, str(number), Origin("corpus.yaml", 1, 1)) for number, document in enumerate(found)]


def key(document: Any) -> str:
    """The same for equal objects, whoever read and printed them: 1.0 is 1 in JSON's eyes."""
    return json.dumps(_plain(document), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def tell(text: str) -> None:
    """What a run has shown, for its record (pytest -s)."""
    sys.stdout.write(f"\n{text}\n")


def _documents(text: bytes, name: str) -> Iterator[Map]:
    """What Kubernetes could take: broken files are the business of other tests."""
    try:
        documents = parse(text, name).load(Dialect.MANIFEST)
    except SourceError:
        return
    for document in documents:
        meta = document.get("metadata") if isinstance(document, Map) else None
        if isinstance(meta, Map) and isinstance(document.get("kind"), str) and isinstance(document.get("apiVersion"), str) and meta.get("name"):
            yield document
