"""One side, built -> what a first configuration says of it: environments, controllers, how secrets are kept."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..codeowners import GITHUB_PLACES, GITLAB_PLACES
from ..errors import SourceError
from ..manifests import KUSTOMIZATION_FILES
from ..model import Resource
from ..origin import Map, Seq, origin_of
from ..side import Side
from ..source import Dialect
from ..tree import OutsideError

_ARGOCD_IMAGE = re.compile(r"(?:.*/)?argoproj/argocd:v?([0-9]+\.[0-9]+\.[0-9]+)(?:@.*)?")
_ARGOCD_REMOTE = re.compile(r".*argoproj/argo-cd(?:\.git)?(?:/v|//?.*[?&](?:ref|version)=v?)([0-9]+\.[0-9]+\.[0-9]+)(?:[/&].*)?")
_VERSION = re.compile(r"v?([0-9]+\.[0-9]+(?:\.[0-9]+)?)")
_CONTROLLERS = {
    ("argocd", "Application"): "Argo CD Application", ("argocd", "ApplicationSet"): "Argo CD ApplicationSet",
    ("flux", "Kustomization"): "Flux Kustomization", ("flux", "HelmRelease"): "Flux HelmRelease",
}
_KEPT = {
    "bitnami.com": ("SealedSecret", "secrets/partially-encrypted and secrets/sealed-secret-renamed judge them"),
    "external-secrets.io": ("ExternalSecret", "secrets/ineffective-reference judges them"),
}


@dataclass(frozen=True, order=True)
class Told:
    """A value, and the place in the repository that says it."""

    value: str
    file: str
    line: int


@dataclass(frozen=True)
class Survey:
    """What was seen; all of it sorted."""

    environments: dict[str, list[str]]
    """Environment -> the paths of targets that count as it; the empty name has those of none."""
    targets: int
    controllers: dict[str, int]
    """What the objects are that deploy targets, and how many there are."""
    argocd: list[Told]
    """The versions of Argo CD that the repository installs."""
    options: list[Told]
    """The build options that it gives Argo CD's kustomize."""
    flux: list[Told]
    unknown: int
    """Parts that can't be known from here."""
    foreign: list[str]
    """The URLs of git repositories that are read and are not this one."""
    secrets: list[str]
    """How secrets are kept here, and what judges that."""
    codeowners: str | None
    policies: list[str]
    """Folders with Rego files."""


def survey(side: Side) -> Survey:
    """Look at a side."""
    environments: dict[str, list[str]] = {}
    for item in side.built:
        environments.setdefault(item.target.environment or "", []).append(item.target.path)
    kinds = [name for node in side.graph.nodes if (name := _CONTROLLERS.get((node.system, node.kind)))]
    resources = [resource for item in side.built for resource in item.resources]
    files = side.sources.tree.files()
    return Survey(
        environments={name: sorted(set(environments[name])) for name in sorted(environments)},
        targets=len(side.built),
        controllers={name: kinds.count(name) for name in sorted(set(kinds))},
        argocd=sorted({*_argocd(resources), *_remote_argocd(side, files)}),
        options=sorted(set(_options(resources))),
        flux=sorted(set(_flux(resources))),
        unknown=sum(1 for item in side.built for fault in item.faults if fault.rule == "render/unresolved"),
        foreign=sorted(_foreign(side)),
        secrets=list(_secrets(resources, files)),
        codeowners=next((path for path in (*GITHUB_PLACES, *GITLAB_PLACES) if path in files), None),
        policies=sorted({posixpath.dirname(path) or "." for path in files if path.endswith(".rego")}),
    )


def _told(value: str, holder: Map | Seq, key: Any) -> Told | None:
    origin = origin_of(holder, key)
    return None if origin is None else Told(value, origin.file, origin.line)


def _argocd(resources: Iterable[Resource]) -> Iterator[Told]:
    """By the images of the workloads that run it."""
    for resource in resources:
        if resource.id.kind not in ("Deployment", "StatefulSet"):
            continue
        for container in _seq(_map(_map(_map(resource.body.get("spec")).get("template")).get("spec")).get("containers")):
            match = _ARGOCD_IMAGE.fullmatch(str(_map(container).get("image")))
            if match and (told := _told(match[1], container, "image")):
                yield told


def _remote_argocd(side: Side, files: Iterable[str]) -> Iterator[Told]:
    """By the remote manifests that kustomizations name."""
    for path in files:
        if posixpath.basename(path) not in KUSTOMIZATION_FILES:
            continue
        try:
            documents = side.sources.stream(path).load(Dialect.RESOURCE, duplicates=True, any_key=True)
        except (SourceError, OutsideError, OSError):
            continue  # `check` tells of it
        for document in documents:
            entries = _seq(_map(document).get("resources"))
            for index, entry in enumerate(entries):
                match = _ARGOCD_REMOTE.fullmatch(entry) if isinstance(entry, str) else None
                if match and (told := _told(match[1], entries, index)):
                    yield told


def _options(resources: Iterable[Resource]) -> Iterator[Told]:
    for resource in resources:
        data = _map(resource.body.get("data"))
        text = data.get("kustomize.buildOptions")
        if resource.id.kind == "ConfigMap" and resource.id.name == "argocd-cm" and isinstance(text, str) and text.strip():
            if told := _told(text.strip(), data, "kustomize.buildOptions"):
                yield told


def _flux(resources: Iterable[Resource]) -> Iterator[Told]:
    """By the labels that `flux install` writes, and by the Flux Operator's FluxInstance."""
    for resource in resources:
        labels = _map(_map(resource.body.get("metadata")).get("labels"))
        holder, key = labels, "app.kubernetes.io/version"
        if resource.id.kind == "FluxInstance":
            holder, key = _map(_map(resource.body.get("spec")).get("distribution")), "version"
        elif resource.id.kind != "Namespace" or labels.get("app.kubernetes.io/part-of") != "flux":
            continue
        match = _VERSION.fullmatch(str(holder.get(key)))
        if match and (told := _told(match[1], holder, key)):
            yield told


def _foreign(side: Side) -> set[str]:
    return {source.repository for node in side.graph.nodes for source in node.sources
            if source.repository and source.path is not None and source.chart is None and not side.is_home(source.repository)
            and "{{" not in source.repository and not source.repository.startswith("oci://")}


def _secrets(resources: Iterable[Resource], files: Iterable[str]) -> Iterator[str]:
    rules = [path for path in files if posixpath.basename(path) == ".sops.yaml"]
    if rules:
        yield f"SOPS, by {rules[0]}: secrets/encryption-rule-missed and secrets/partially-encrypted judge what it covers"
    groups = [resource.id.group for resource in resources]
    for group, (kind, judged) in _KEPT.items():
        if count := groups.count(group):
            yield f"{count} {'objects' if count > 1 else 'object'} of {group} ({kind}): {judged}"


def _map(value: Any) -> Map:
    return value if isinstance(value, Map) else Map()


def _seq(value: Any) -> Seq:
    return value if isinstance(value, Seq) else Seq()
