"""YAML and JSON text -> plain data with the place of every value; the only package that knows PyYAML.

A file is read into parser events once. Its scalars are resolved later, by the dialect of whoever reads it: kustomize reads
resources with yaml.v3 (`yes` is a string) and its own files, like kubectl its manifests, with YAML 1.1 (`yes` is a boolean).
The rules are those of go.yaml.in/yaml v2 and v3 `resolve.go`; tests/real compares them with the real programs.
"""

from __future__ import annotations

from ..scalars import Dialect
from .comments import Comment
from .events import MAX_DEPTH, MAX_NODES
from .notes import UNKNOWN, Keeps, Notes, Words
from .sources import Sources
from .stream import Stream, decode, parse, parse_embedded, plain_comments

__all__ = [
    "MAX_DEPTH", "MAX_NODES", "UNKNOWN", "Comment", "Dialect", "Keeps", "Notes", "Sources", "Stream", "Words", "decode", "parse",
    "parse_embedded", "plain_comments",
]
