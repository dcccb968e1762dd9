"""Sides of a change, made by hand."""

from gitops_guard.change.compare import Rules
from gitops_guard.change.view import Part, View
from gitops_guard.model import Owner, Resource, Target
from gitops_guard.origin import Origin
from gitops_guard.render import is_cluster_scoped
from gitops_guard.source import Dialect, parse

RULES = Rules(is_cluster_scoped)
APP = Owner("argocd", "Application", "argocd", "shop", automated=True, prune=True, cascade=True)
FLUX = Owner("flux", "Kustomization", "flux-system", "shop", automated=True, prune=True, cascade=True)


def thing(kind, name, namespace="shop", *, version="v1", file="shop/all.yaml", line=1, meta="", more=""):
    """One object; `meta` and `more` are members of its metadata and of itself, as YAML in one line."""
    text = (f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{f', namespace: {namespace}' if namespace else ''}"
            f"{f', {meta}' if meta else ''}}}\n{more}\n")
    body = parse(text.encode(), file).load(Dialect.MANIFEST)[0]
    return Resource(body, "shop", Origin(file, line, 7))


def claim(name="box", namespace="shop", **more):
    return thing("PersistentVolumeClaim", name, namespace, **more)


def config(name="web", namespace="shop", **more):
    return thing("ConfigMap", name, namespace, **more)


def application(name="shop", **more):
    return thing("Application", name, "argocd", version="argoproj.io/v1alpha1", **more)


def part(*resources, path="shop", owners=(), scopes=("root",), status="rendered", **target):
    return Part(Target(path, "kustomization", path, owners=tuple(owners), **target), status, resources, frozenset([path]), frozenset(scopes))


def view(*parts, resolved=None, **more):
    """A side in which the owners of its parts are there and known, but for what `resolved` says."""
    controllers = {owner.id: dict.fromkeys(one.scopes or [""], "resolved") for one in parts for owner in one.target.owners}
    return View(parts, controllers={**controllers, **(resolved or {})}, **more)
