"""The text of `.gitops-guard.yaml` -> a Config; whatever is wrong in it is a UsageError with its line and the remedy.

`schemas/config.json` says the same to editors. A key without a value is a key that isn't there.
"""

from __future__ import annotations

import datetime
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import globs
from .config_clusters import LiveCluster, live_clusters
from .config_reader import Reader
from .errors import SourceError, UsageError
from .model import Location, Severity, Waiver
from .origin import Map, origin_of
from .source import Dialect, parse

FILE_NAME = ".gitops-guard.yaml"

_KEYS = ("kubernetes-version", "environments", "exclude", "assume-prune", "policies", "schema-locations", "rules", "waivers",
         "argocd", "flux", "admission", "repositories", "clusters")
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+(\.[0-9]+)?")
_MODES = ("deny", "warn", "dryrun")
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class RuleSettings:
    """What one entry of `rules:` says; None and empty where it says nothing."""

    location: Location
    enabled: bool | None = None
    severity: Severity | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cluster:
    """A cluster that ApplicationSets' cluster generators see."""

    name: str
    server: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    project: str = ""


@dataclass(frozen=True)
class ArgoCD:
    """The installation of Argo CD that deploys the repository."""

    version: str | None = None
    kustomize_build_options: str = ""
    clusters: tuple[Cluster, ...] = ()


@dataclass(frozen=True)
class Flux:
    """The installation of Flux that deploys the repository."""

    version: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values of ConfigMaps and Secrets that aren't in the repository, for substitutions."""


@dataclass(frozen=True)
class Admission:
    """How the cluster enforces the rules that it can."""

    mode: str = "deny"
    """deny, or for the rollout: warn (what would be denied is told), dryrun (it is recorded only)."""
    exempt_namespaces: tuple[str, ...] = ("kube-node-lease", "kube-public", "kube-system")
    """In which nothing is judged, so that the cluster can mend itself."""


@dataclass(frozen=True)
class Config:
    """A configuration, as written; no key is looked up anywhere else."""

    path: str | None = None
    """The file, as it was given to `load`; None where there is none."""
    kubernetes_version: str | None = None
    environments: Mapping[str, tuple[str, ...]] | None = None
    """Name -> patterns, in order; None: the built-in ones count."""
    exclude: tuple[str, ...] = ()
    assume_prune: bool = True
    policies: tuple[str, ...] = ()
    schema_locations: tuple[str, ...] = ()
    rules: tuple[tuple[str, RuleSettings], ...] = ()
    """(rule id or glob, settings), in order."""
    waivers: tuple[Waiver, ...] = ()
    argocd: ArgoCD = ArgoCD()
    flux: Flux = Flux()
    admission: Admission = Admission()
    repositories: Mapping[str, str] = field(default_factory=dict)
    """URL -> local path, as written: relative to the configuration file."""
    clusters: tuple[LiveCluster, ...] = ()
    document: Map = field(default_factory=Map, repr=False, compare=False)

    def location(self, *keys: str | int) -> Location:
        """The place of a key (`"policies"`, 0), of its value where it has no key; of the nearest one above that is there."""
        found = Location(self.path or FILE_NAME, 1, 1, "nearest")
        node: Any = self.document
        for key in keys:
            origin = origin_of(node, key)
            if origin is None:
                return found._replace(quality="nearest")
            found = Location(found.file, origin.key_line or origin.line, origin.key_column or origin.column)
            node = node[key]
        return found

    def resolve(self, path: str) -> str:
        """A path that stands in the configuration, as seen from where the configuration's own path is."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path or ""), path))

    def excludes(self, path: str) -> bool:
        """Whether `exclude:` leaves a file out: a pattern fits it, or names a folder above it."""
        return any(globs.matches(pattern, path) or (not globs.is_glob(pattern) and path.startswith(pattern.rstrip("/") + "/"))
                   for pattern in self.exclude)

    def settings(self, rule: str) -> RuleSettings:
        """All that `rules:` says of one rule: exact ids beat globs, later lines earlier ones, each key by itself."""
        found = RuleSettings(self.location("rules"))
        parameters: dict[str, Any] = {}
        for exact in (False, True):
            for pattern, entry in self.rules:
                if (pattern == rule) is exact and (exact or globs.matches(pattern, rule)):
                    parameters.update(entry.parameters)
                    found = RuleSettings(
                        entry.location,
                        found.enabled if entry.enabled is None else entry.enabled,
                        found.severity if entry.severity is None else entry.severity,
                        parameters,
                    )
        return found


def load(text: str | bytes, path: str = FILE_NAME) -> Config:
    """The configuration in `text`; `path` names it in messages and locations. Raises UsageError."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    try:
        stream = parse(data, path)
        documents = stream.load(Dialect.MANIFEST)
    except SourceError as error:
        starred = "alias" in error.message and "aliases are expanded" not in error.message
        remedy = "; put a pattern that begins with * in quotes" if starred else ""
        raise UsageError(f"{path}:{error.line}:{error.column}: {error.message}{remedy}") from None
    if len(documents) > 1:
        raise UsageError(f"{path}:{stream.origins()[1].line}:1: a second document; a configuration is one")
    document = documents[0] if documents and documents[0] is not None else Map()
    if not isinstance(document, Map):
        raise UsageError(f"{path}:1:1: a configuration is a mapping of keys; known keys: {', '.join(_KEYS)}")
    read = Reader(path, stream.text)
    read.only(document, "", _KEYS)
    return Config(
        path=path,
        kubernetes_version=_version(read, document, "kubernetes-version"),
        environments=_environments(read, document),
        exclude=read.texts(document, "exclude"),
        assume_prune=read.flag(document, "assume-prune", default=True),
        policies=read.texts(document, "policies"),
        schema_locations=read.texts(document, "schema-locations"),
        rules=_rules(read, document),
        waivers=_waivers(read, document),
        argocd=_argocd(read, document),
        flux=_flux(read, document),
        admission=_admission(read, document),
        repositories=read.pairs(document, "repositories", "a URL and a local path"),
        clusters=live_clusters(read, document),
        document=document,
    )


def _version(read: Reader, node: Map, key: str) -> str | None:
    """A version such as "1.34"; unquoted, YAML reads 1.30 as the number 1.3."""
    value = node.get(key)
    if value is None:
        return None
    written = read.written(node, key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise read.wrong(node, key, f"{key} is read as a number", f'put it in quotes: "{written}"')
    if not isinstance(value, str) or not _VERSION.fullmatch(value):
        raise read.wrong(node, key, f"{key} is no version", 'write one such as "1.34"')
    return value.removeprefix("v")


def _environments(read: Reader, document: Map) -> Mapping[str, tuple[str, ...]] | None:
    if document.get("environments") is None:
        return None
    node = read.mapping(document, "environments", "names and lists of patterns")
    return {name: read.texts(node, name) for name in node}


def _rules(read: Reader, document: Map) -> tuple[tuple[str, RuleSettings], ...]:
    node = read.mapping(document, "rules", "rule ids (or globs) and their settings")
    found = []
    for rule in node:
        entry = read.mapping(node, rule, "settings, such as {severity: warning}", required=True)
        read.only(entry, f"rules: {rule}: ", ("enabled", "severity", "parameters"))
        enabled = read.flag(entry, "enabled", default=True) if entry.get("enabled") is not None else None
        parameters = read.mapping(entry, "parameters", "names and values")
        found.append((rule, RuleSettings(read.place(node, rule), enabled, _severity(read, entry), parameters)))
    return tuple(found)


def _severity(read: Reader, entry: Map) -> Severity | None:
    value = entry.get("severity")
    if value is None:
        return None
    words = [severity.word for severity in sorted(Severity, reverse=True)]
    if value not in words:
        if value in (False, "off", "none", "never", "ignore", "disabled"):
            raise read.wrong(entry, "severity", "a severity can't switch a rule off", "write enabled: false")
        raise read.wrong(entry, "severity", "no severity", read.nearest(str(value), words))
    return Severity.parse(value)


def _waivers(read: Reader, document: Map) -> tuple[Waiver, ...]:
    found = []
    for entry, place in read.items(document, "waivers", "waivers, each with rule and reason"):
        read.only(entry, "waivers: ", ("rule", "resource", "file", "reason", "expires"))
        rule = read.text(entry, "rule")
        if rule is None:
            raise read.at(place, "a waiver without a rule", "add rule: with an id or a glob")
        resource = read.text(entry, "resource")
        if resource is not None and not 1 <= resource.count("/") <= 2:
            raise read.wrong(entry, "resource", "no name of a resource", "write Kind/namespace/name or Kind/name; * fits any")
        # Without a reason it waives nothing, and waiver/no-reason says so: a finding, not the end of the run.
        reason = (read.text(entry, "reason") or "").strip()
        waiver = Waiver((rule,), reason, _date(read, entry), place, resource, read.text(entry, "file"))
        if waiver.resource is None and waiver.file is None:
            raise read.at(place, "a waiver without resource or file",
                          "add one; `enabled: false` under rules: switches a rule off")
        found.append(waiver)
    return tuple(found)


def _date(read: Reader, entry: Map) -> str | None:
    value = entry.get("expires")
    if value is None or (isinstance(value, str) and is_date(value)):
        return value
    raise read.wrong(entry, "expires", "no date", "write the last day on which the waiver holds as YYYY-MM-DD")


def is_date(text: str) -> bool:
    """Whether the text is a day of the calendar, as YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _argocd(read: Reader, document: Map) -> ArgoCD:
    node = read.mapping(document, "argocd", "settings")
    read.only(node, "argocd: ", ("version", "kustomize-build-options", "clusters"))
    clusters = []
    for entry, place in read.items(node, "clusters", "clusters, each with name and server"):
        read.only(entry, "argocd: clusters: ", ("name", "server", "labels", "annotations", "project"))
        name, server = read.text(entry, "name"), read.text(entry, "server")
        if name is None or server is None:
            missing = "name" if name is None else "server"
            raise read.at(place, f"a cluster without {missing}", "add it, as in Argo CD's cluster Secret")
        labels, annotations = (read.pairs(entry, key, "names and texts") for key in ("labels", "annotations"))
        clusters.append(Cluster(name, server, labels, annotations, read.text(entry, "project") or ""))
    return ArgoCD(_version(read, node, "version"), read.text(node, "kustomize-build-options") or "", tuple(clusters))


def _flux(read: Reader, document: Map) -> Flux:
    node = read.mapping(document, "flux", "settings")
    read.only(node, "flux: ", ("version", "variables"))
    return Flux(_version(read, node, "version"), read.pairs(node, "variables", "names and texts"))


def _admission(read: Reader, document: Map) -> Admission:
    node = read.mapping(document, "admission", "settings")
    read.only(node, "admission: ", ("mode", "exempt-namespaces"))
    mode = read.text(node, "mode") or "deny"
    if mode not in _MODES:
        raise read.wrong(node, "mode", "no mode of enforcement", read.nearest(mode, _MODES))
    exempt = read.texts(node, "exempt-namespaces")
    for index, name in enumerate(exempt):
        if not _NAMESPACE.fullmatch(name):
            raise read.wrong(node["exempt-namespaces"], index, "no name of a namespace", "write each one, without wildcards")
    given = node.get("exempt-namespaces") is not None
    return Admission(mode, tuple(sorted(set(exempt))) if given else Admission.exempt_namespaces)
