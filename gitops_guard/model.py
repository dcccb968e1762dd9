"""The values that the steps hand to each other; frozen, standard library only.

A step speaks of a resource and a field path (`Fault`); only `locate.py` makes a file and line of it (`Occurrence`); only
`fold.py` makes the findings that a report shows (`Finding`).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from .origin import Map, Origin

FieldPath = tuple[str | int, ...]
"""The keys and indexes from a resource's root to a field."""


_HASHED = re.compile(r"(.+)-[bcdfghkmt2456789]{10}")
"""kustomize's hash at the end of a generated name: 10 characters of an alphabet without vowels."""


class Severity(enum.IntEnum):
    """How bad a finding is; a higher one compares greater."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """As it stands in reports and configurations."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity:
        """The severity of a word. Raises KeyError."""
        return cls[word.upper()]

    def lower(self) -> Severity:
        """One step lower; a note stays a note."""
        return Severity(max(self - 1, 1))


class ResourceId(NamedTuple):
    """What a Kubernetes object is called."""

    api_version: str
    kind: str
    namespace: str
    """Empty where the object names none."""
    name: str

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def stable_name(self) -> str:
        """The name without the hash that the content of a generated ConfigMap or Secret gives it."""
        hashed = _HASHED.fullmatch(self.name) if self.kind in ("ConfigMap", "Secret") and not self.group else None
        return hashed.group(1) if hashed else self.name

    def __str__(self) -> str:
        """Kind/namespace/name, or Kind/name."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


class Location(NamedTuple):
    """A place in the repository."""

    file: str
    """Relative to the root, POSIX."""
    line: int
    """From 1."""
    column: int
    """From 1, in Unicode code points."""
    quality: str = "exact"
    """exact or nearest"""


DECLARED = "declared here"
"""The message of the place where the object of a finding begins, in another file than what is at fault."""


@dataclass(frozen=True)
class Related:
    """A second place that explains a finding."""

    location: Location
    message: str


@dataclass(frozen=True)
class Owner:
    """A controller object that deploys a target."""

    system: str
    """argocd or flux"""
    kind: str
    namespace: str
    name: str
    automated: bool = False
    prune: bool = False
    self_heal: bool = False
    sync_options: tuple[str, ...] = ()
    """Argo CD's: `Prune=confirm`, `Replace=true` …"""
    cascade: bool | None = None
    """Whether deleting the owner deletes what it deployed; None where that is not known."""
    suspended: bool = False
    allow_empty: bool = False
    force: bool = False

    @property
    def id(self) -> str:
        """As in reports: argocd/Application/argocd/shop."""
        return f"{self.system}/{self.kind}/{self.namespace or 'default'}/{self.name}"


@dataclass(frozen=True)
class Target:
    """What is built and deployed as a unit."""

    id: str
    """Its path, or its owner's id where the owner changes the build."""
    kind: str
    """kustomization or manifests"""
    path: str
    """The folder, relative to the root."""
    environment: str | None = None
    cluster: str | None = None
    owners: tuple[Owner, ...] = ()
    files: tuple[str, ...] = ()
    """Of a folder of plain manifests: its files."""
    namespace: str | None = None
    """Where its owner puts namespaced objects that name none."""
    elsewhere: bool = False
    """Whether what is deployed is another revision of the folder: a change of this tree deploys nothing of it."""


VALUES = "HelmValues"
"""The kind of what is no object of a cluster: Helm values as they lie in a file, which only policies of secrets judge."""


@dataclass
class Resource:
    """One Kubernetes object of a target's output."""

    body: Map
    target: str | None
    """The target's id; None for a document that no target takes in."""
    declared: Origin
    """The `kind` value of the object, in the file that declares it."""

    @property
    def id(self) -> ResourceId:
        """What the object is called."""
        meta = self.body.get("metadata")
        meta = meta if isinstance(meta, dict) else {}
        name = meta.get("name") or meta.get("generateName") or ""
        return ResourceId(str(self.body.get("apiVersion") or ""), str(self.body.get("kind") or ""),
                          str(meta.get("namespace") or ""), str(name))


@dataclass(frozen=True)
class Rule:
    """What is judged."""

    id: str
    title: str
    severity: Severity
    """In production, and where there is no target."""
    elsewhere: Severity
    """In any other environment."""
    description: str = ""
    remedy: str = ""
    security_severity: str | None = None
    """0.1 to 10.0, only where the fault is one of security."""
    references: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    """Findings of these rules at the same position are dropped."""

    def severity_in(self, environment: str | None, has_target: bool = True) -> Severity:
        """The severity of a finding of this rule about a target of that environment."""
        return self.severity if environment == "production" or not has_target else self.elsewhere


@dataclass(frozen=True)
class Deviation:
    """What a cluster holds in place of what Git states; secrets are masked already."""

    git: str | None
    """The value that Git states, as JSON, shortened; None where it states none."""
    live: str | None
    """The value that lives; None where there is none."""
    reverts: bool
    """Whether the controller that deploys the object undoes it by itself."""
    cluster: str | None = None
    manager: str = ""
    """The field manager that wrote the live value; empty where that is not known."""
    time: str = ""
    """RFC 3339: when that manager last changed anything of the object."""


@dataclass(frozen=True)
class Fault:
    """What a step found, before anyone asked where it stands.

    It is about a field of a resource (`resource` and `path`), or about a file (`location`, as the parser gave it).
    """

    rule: str
    message: str
    severity: Severity | None = None
    """None: the rule's own."""
    remedy: str = ""
    resource: Resource | None = None
    path: FieldPath = ()
    line: int = 0
    """The line inside the text at `path`, from 1, where the fault is in a text of several lines; 0: the field itself."""
    target: str | None = None
    """The target's id; None for what no target takes in."""
    location: Location | None = None
    related: tuple[Related, ...] = ()
    deviation: Deviation | None = None
    """Of what differs from a live cluster."""
    name: ResourceId | None = None
    """What the fault is about, where no object of the repository is: an object that only lives."""


@dataclass(frozen=True)
class Waiver:
    """A reasoned exception to rules, as it was written."""

    rules: tuple[str, ...]
    """Ids or globs."""
    reason: str
    expires: str | None
    """A date, YYYY-MM-DD: the last day on which it holds."""
    location: Location
    resource: str | None = None
    """Kind/namespace/name or Kind/name, with `*`."""
    file: str | None = None
    lines: tuple[int, ...] = ()
    """Of an inline waiver: the lines it covers."""


@dataclass(frozen=True)
class Occurrence:
    """A fault in one target, with its place."""

    rule: str
    severity: Severity
    message: str
    remedy: str
    location: Location
    related: tuple[Related, ...]
    resource: ResourceId | None
    path: str
    """An RFC 6901 JSON pointer; empty where the fault is not about a field."""
    target: str | None
    waiver: Waiver | None = None
    known: bool = False
    """Whether the base side has it, too."""
    deviation: Deviation | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it the same one after the file was edited above it, by target: never the line, never the message."""
        resource = self.resource or ResourceId("", "", "", "")
        return (self.rule, self.location.file, resource.group, resource.kind, resource.namespace, resource.stable_name, self.path,
                self.target or "")


@dataclass(frozen=True)
class Finding:
    """One fault at one place of the source, whatever number of targets it reaches."""

    rule: str
    severity: Severity
    message: str
    remedy: str
    location: Location
    related: tuple[Related, ...]
    resource: ResourceId | None
    path: str
    targets: tuple[str, ...]
    fingerprint: str
    status: str = "new"
    """new or known"""
    waiver: Waiver | None = None
    deviation: Deviation | None = None
    """Of what differs from a live cluster."""

    @property
    def counts(self) -> bool:
        """Whether the finding is neither waived nor known."""
        return self.waiver is None and self.status == "new"


def pointer(path: FieldPath) -> str:
    """A field path as an RFC 6901 JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def value_at(body: Any, path: FieldPath) -> Any:
    """The value at a field path, or None where there is none."""
    for part in path:
        if isinstance(body, list) and isinstance(part, int) and 0 <= part < len(body):
            body = body[part]
        elif isinstance(body, dict) and part in body:
            body = body[str(part)]
        else:
            return None
    return body
