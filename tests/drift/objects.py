"""Small objects to compare, and the type of their kinds."""

from __future__ import annotations

import copy
import functools

from gitops_guard.drift.managers import managers_of
from gitops_guard.drift.object_ import diverging
from gitops_guard.model import Owner, pointer
from gitops_guard.origin import Map, Seq
from gitops_guard.schema import Schemas

ARGOCD = Owner("argocd", "Application", "argocd", "shop", automated=True, prune=True, self_heal=True)
FLUX = Owner("flux", "Kustomization", "flux-system", "shop", automated=True, prune=True, self_heal=True)
RELEASE = Owner("flux", "HelmRelease", "flux-system", "shop", automated=True, prune=True, self_heal=False)


@functools.cache
def schemas():
    return Schemas()


def tree(value):
    if isinstance(value, dict):
        return Map({key: tree(item) for key, item in value.items()})
    return Seq([tree(item) for item in value]) if isinstance(value, list) else value


def deployment(**spec):
    """A Deployment as a person writes it."""
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}},
                     "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                         "containers": [{"name": "web", "image": "web:1", "args": ["-a", "-b"], "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                                         "ports": [{"containerPort": 80}, {"containerPort": 81, "protocol": "UDP"}],
                                         "resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}}}]}}, **spec}}
    return copy.deepcopy(body)


def entry(manager, fields, operation="Update", subresource=None, time="2026-03-01T09:30:00Z"):
    made = {"manager": manager, "operation": operation, "apiVersion": "v1", "time": time, "fieldsType": "FieldsV1", "fieldsV1": fields}
    return {**made, "subresource": subresource} if subresource else made


def owned(body, *entries):
    found = copy.deepcopy(body)
    found["metadata"]["managedFields"] = list(entries)
    return found


def container(body):
    return body["spec"]["template"]["spec"]["containers"][0]


def pod(body):
    return body["spec"]["template"]["spec"]


def compared(git, live, owners=(ARGOCD,), **options):
    """What differs: (what, pointer, pointer where it lives, manager)."""
    group, _, version = git["apiVersion"].rpartition("/")
    found = diverging(tree(git), live, schemas().type_of(group, version, git["kind"]), managers_of(owners), **options)
    return [(one.what, pointer(one.path), pointer(one.live_path), one.entry.manager if one.entry else "") for one in found]


def paths(git, live, owners=(ARGOCD,), **options):
    return [path for _what, path, _live, _manager in compared(git, live, owners, **options)]
