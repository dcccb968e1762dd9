"""How targets are built: what the graph hands to whoever renders; frozen, standard library only.

Paths are those of the tree that is checked; other trees (another revision, a mapped repository) lie in it under a mount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .origin import Map, Origin


@dataclass(frozen=True)
class Variable:
    """A variable of Flux's substitution."""

    value: str
    origin: Origin
    """Where the value is written: a `substitute:` line, or the key of a ConfigMap or Secret."""


@dataclass(frozen=True)
class Substitution:
    """Flux's postBuild."""

    variables: Mapping[str, Variable]
    """Inline ones have replaced those of `substituteFrom` already."""
    unknown: tuple[str, ...] = ()
    """The objects that more variables come from, and that are not in the repository: `ConfigMap/cluster-settings`."""
    perhaps: tuple[str, ...] = ()
    """Optional ones that are not in the repository: where there is a default, it counts."""
    strict: bool = True
    """Whether a variable without value and default is an error (Flux 2.9 and later), or empty."""
    always: bool = False
    """Whether defaults count although there is no variable at all."""
    origin: Origin | None = None
    """Of the `postBuild` field."""


@dataclass(frozen=True)
class Kustomize:
    """A kustomization folder, with what its owner changes."""

    folder: str
    system: str = ""
    """argocd or flux: whose rules `changes` follow; empty where there is no owner."""
    changes: Map = field(default_factory=Map)
    """argocd: `spec.source.kustomize`; flux: the Kustomization's `spec` (its fields that change the build)."""
    place: Origin | None = None
    """Of the owner's field that names the folder."""
    restrictor: str = "root"
    """root or none"""
    generate: bool = False
    """Whether a kustomization is made of all manifests, where the folder has none (Flux)."""
    ignore: str | None = None
    """The source's own list of ignored files (gitignore syntax), where it has one."""
    root: str = "."
    """The folder of the source's artifact: `.sourceignore` files count from there."""
    substitution: Substitution | None = None


@dataclass(frozen=True)
class Directory:
    """Plain manifests, listed."""

    folder: str
    files: tuple[str, ...]
    place: Origin | None = None
    """Of the owner's field that names the folder."""


@dataclass(frozen=True)
class Values:
    """One layer of a chart's values: a file of the tree, or a mapping written in the owner."""

    file: str | None = None
    inline: Map | None = None
    origin: Origin | None = None
    """Of the entry that names the file, or of the field that holds the mapping."""
    target_path: str | None = None
    """Where in the values a single value goes (Flux's targetPath, `--set`); then `text` is that value."""
    text: str | None = None
    literal: bool = False
    """Of a value with a target path: whether `text` is the value as it is (`--set-literal`, Flux's literal)."""
    as_string: bool = False
    """Of a value with a target path: whether it stays a string, though escapes and lists are read (`--set-string`).

    With a target path and a file, the file's text is the value (`--set-file`).
    """


@dataclass(frozen=True)
class Chart:
    """A Helm chart of the tree."""

    folder: str
    release: str
    namespace: str
    values: tuple[Values, ...] = ()
    """The weakest first; the chart's own are below all."""
    flags: tuple[str, ...] = ()
    """More of helm template's flags: `--include-crds`, `--skip-tests`, `--kube-version=1.30` …"""
    post_renderers: tuple[Map, ...] = ()
    """Flux's: `kustomize` mappings with patches and images, in order."""
    place: Origin | None = None
    """Of the owner's field that names the chart."""
    own_values: bool = True
    """Whether the chart's own values.yaml counts; Flux's `valuesFiles` stand in for it."""


Recipe = Kustomize | Directory | Chart


def same_build(some: Sequence[Recipe], others: Sequence[Recipe]) -> bool:
    """Whether two owners build the same, whoever says so where."""
    return [replace(recipe, place=None) for recipe in some] == [replace(recipe, place=None) for recipe in others]
