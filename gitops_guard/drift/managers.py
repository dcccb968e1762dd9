"""The name of a field manager -> whether a person stands behind it, the controller that deploys the object, or another program.

A client without a name of its own is called by its User-Agent up to the first slash (kube-apiserver, `managerOrUserAgent`), so
browsers and tools have theirs. Any client can choose any name: it is evidence, no proof.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

from ..model import Owner
from .written import Entry


class Role(enum.Enum):
    """Who a manager is for an object."""

    DEPLOYER = "deployer"
    PERSON = "person"
    """A tool that somebody sits at."""
    CLIENT = "client"
    """A program of which the name says nothing: an operator, a script or a pipeline."""
    OTHER = "other"
    """A controller, as far as its name goes."""


_ARGOCD = frozenset({"argocd-controller", "argocd-application-controller"})
_FLUX = {"Kustomization": frozenset({"kustomize-controller", "gotk-kustomize-controller"}),
         "HelmRelease": frozenset({"helm-controller", "gotk-helm-controller"})}
_DEPLOYERS = _ARGOCD | frozenset().union(*_FLUX.values())
_BY_HAND = frozenset({"kubectl-client-side-apply", "kubectl", "kubectl-create", "kubectl-replace", "helm", "before-first-apply"})
"""What deploys where no controller does: kubectl apply, create, replace, and the Helm command line."""
_PERSON = re.compile(
    r"(?i)(kubectl([-_ ].*)?|oc([-_].*)?|mozilla|node-fetch|k9s|lens|openlens|freelens|lens-?desktop|k8slens.*|lens-.*"
    r"|headlamp.*|dashboard([-_].*)?|kubernetes-dashboard.*|kuboard.*|kubesphere.*|octant|aptakube|seabird|monokle"
    r"|argocd-server|flux-client-side-apply|helm|curl|wget|postmanruntime|kubie|kustomize|intellij.*|vscode.*|vs-kubernetes.*"
    r"|podman-desktop.*)")
_CLIENT = re.compile(
    r"(?i)(unknown|openapi-generator|swagger-codegen|go-http-client|okhttp.*|axios|undici|node|python-requests|python-httpx"
    r"|python-urllib.*|java|terraform.*|hashicorp|opentofu.*|pulumi.*|ansible|ansible-playbook)")
"""What libraries are called that operators and scripts are made with alike, and tools that pipelines run."""
_CLIENT_SIDE = "kubectl-client-side-apply"


def managers_of(owners: Iterable[Owner]) -> frozenset[str]:
    """The names under which the owners of a target write; those of a deployment by hand where there are none."""
    found = frozenset[str]()
    for owner in owners:
        found |= _ARGOCD if owner.system == "argocd" else _FLUX.get(owner.kind, frozenset())
    return found or _BY_HAND


def manager_of(owners: Iterable[Owner]) -> str:
    """The name under which a controller applies, for a dry run; empty where no controller does."""
    for owner in owners:
        if owner.system == "argocd":
            return "argocd-controller"
        return "helm-controller" if owner.kind == "HelmRelease" else "kustomize-controller"
    return ""


def role_of(entry: Entry, deployers: frozenset[str]) -> Role:
    """Who wrote an entry. A scale or a patch by the deployer's tool is a person's where the deployer is a person's tool."""
    if entry.manager in deployers and not entry.subresource and not (entry.manager == "kubectl" and entry.operation != "Apply"):
        return Role.DEPLOYER
    if entry.manager in _DEPLOYERS:
        return Role.OTHER
    if _PERSON.fullmatch(entry.manager):
        return Role.PERSON
    return Role.CLIENT if _CLIENT.fullmatch(entry.manager) else Role.OTHER


def is_client_side_apply(entry: Entry) -> bool:
    """Whether the entry is of `kubectl apply` without --server-side, which notes what it applied in an annotation."""
    return entry.manager == _CLIENT_SIDE and entry.operation == "Update"
