"""A cluster generator -> parameter sets: one for each cluster that the configuration or the repository shows.

Rules: Argo CD's `applicationset/generators/cluster.go`. A cluster is a Secret with the label
`argocd.argoproj.io/secret-type: cluster`; the controller's own has none, mostly, so that a selector leaves it out.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ....model import FieldPath, Resource
from ....origin import Map
from ...fields import flag, has, mapping, text
from .context import Context, Produced
from .params import Texts, Words
from .problem import SetError
from .selectors import read
from .values import add_values, normalized

IN_CLUSTER = "https://kubernetes.default.svc"
_TYPE = "argocd.argoproj.io/secret-type"
_HIDDEN = frozenset(["argocd.argoproj.io/refresh", "argocd.argoproj.io/hydrate", "argocd.argoproj.io/tracking-id",
                     "argocd.argoproj.io/installation-id", "kubectl.kubernetes.io/last-applied-configuration"])
"""Annotations that are no parameters."""
_REMEDY = "list the clusters under argocd: clusters: in .gitops-guard.yaml"
_TEMPLATES = (
    ("bitnami.com", "SealedSecret", ("spec", "template")),
    ("external-secrets.io", "ExternalSecret", ("spec", "target", "template")),
)
"""What makes Secrets: group, kind, and where the Secret's metadata stand."""


@dataclass(frozen=True)
class _Cluster:
    name: str
    server: str
    project: str
    labels: Map
    annotations: Map
    plain: bool = True
    """Whether name and server can be read."""


def generate(node: Map, path: FieldPath, context: Context) -> Produced:
    """The parameter sets of a `clusters:` generator at `path`. Raises SetError."""
    selector = read(node.get("selector"), (*path, "selector"), strict_values=True)
    known = _inventory(context)
    if not known:
        return Produced(unknown=[SetError("unresolved", "which clusters exist is not known from this repository", path, _REMEDY)])
    produced = Produced()
    chosen = [one for one in known if selector.fits(one.labels)]
    if any(not one.plain for one in chosen):
        produced.note([SetError("unresolved", "the Secret of a cluster is encrypted; its name is not known", path, _REMEDY)])
    sets = [_params(one, context) for one in _by_name(chosen)]
    if not selector.requirements and not any(one.server == IN_CLUSTER for one in chosen):
        sets.append(Map({"name": "in-cluster", "nameNormalized": "in-cluster", "server": IN_CLUSTER, "project": ""}))
    for params in sets:
        add_values(params, node, path, context)
    produced.sets = [Map({"clusters": Words(list(sets), "map[string]interface {}")})] if flag(node, "flatList") else sets
    return produced


def _by_name(clusters: list[_Cluster]) -> list[_Cluster]:
    """One for each name, sorted."""
    names = {one.name: one for one in clusters if one.plain}
    return [names[name] for name in sorted(names)]


def _inventory(context: Context) -> list[_Cluster]:
    """Every cluster: the Secrets that are there, and over them those of the configuration."""
    found = [_from_secret(one) for one in _secrets(context)]
    found += [_sealed(one, where) for group, kind, where in _TEMPLATES for one in context.world.objects.all(group, kind)
              if text(one.body, *where, "metadata", "labels", _TYPE) == "cluster"]
    for one in context.world.config.argocd.clusters:
        labels = Texts({**one.labels, _TYPE: "cluster"})
        found.append(_Cluster(one.name, one.server, one.project, labels, Texts(dict(one.annotations))))
    configured = bool(context.world.config.argocd.clusters)
    return [one for one in found if one.plain or not configured]


def _secrets(context: Context) -> list[Resource]:
    """The cluster Secrets of the ApplicationSet's root and namespace; where it has none, any."""
    objects = context.world.objects
    for found in (objects.all("", "Secret", context.found.scope), objects.all("", "Secret")):
        every = [one for one in found if text(one.body, "metadata", "labels", _TYPE) == "cluster"]
        near = [one for one in every if one.id.namespace in ("", context.id.namespace)]
        if near or every:
            return near or every
    return []


def _from_secret(secret: Resource) -> _Cluster:
    body = secret.body
    readable = {key: _value(body, key) for key in ("name", "server", "project")}
    plain = not has(body, "sops") and readable["name"] is not None and readable["server"] is not None
    return _Cluster(readable["name"] or "", readable["server"] or "", readable["project"] or "", _texts(body, "labels"),
                    _texts(body, "annotations"), plain)


def _sealed(resource: Resource, where: tuple[str, ...]) -> _Cluster:
    template = mapping(resource.body, *where)
    return _Cluster("", "", "", _texts(template, "labels"), _texts(template, "annotations"), plain=False)


def _value(body: Map, key: str) -> str | None:
    """What a key of a Secret holds: empty where it is missing, None where it can't be read."""
    if has(body, "stringData", key):
        return text(body, "stringData", key)
    written = text(body, "data", key)
    try:
        return base64.b64decode(written, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _texts(body: Map, field: str) -> Map:
    return Texts({key: value for key, value in mapping(body, "metadata", field).items() if isinstance(value, str)})


def _params(one: _Cluster, context: Context) -> Map:
    params = Map({"name": one.name, "nameNormalized": normalized(one.name), "server": one.server, "project": one.project})
    annotations = Texts({key: value for key, value in one.annotations.items() if key not in _HIDDEN})
    if context.templating.go:
        meta = Map()
        if one.annotations:
            meta["annotations"] = annotations
        if one.labels:
            meta["labels"] = one.labels
        params["metadata"] = meta
        return params
    params.update({f"metadata.annotations.{key}": value for key, value in annotations.items()})
    params.update({f"metadata.labels.{key}": value for key, value in one.labels.items()})
    return params
