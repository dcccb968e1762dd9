"""A HelmRelease on both sides -> the field that makes it another release, which Flux uninstalls and installs anew.

Rules: helm-controller's documentation, "Release name": the release is known by its name and its storage and target namespaces;
and its handling of another chart name, which `chartNameChangeStrategy: InPlaceUpdate` allows.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from ..model import Resource
from .view import value_at

_CHART = ("spec", "chart", "spec", "chart")
_IN_FILES = ("GitRepository", "Bucket")
"""Sources where a chart is named by its folder."""


def reinstalled(before: Resource, after: Resource) -> tuple[str, ...] | None:
    """The path of the field; None where the release stays what it is, or the objects are no HelmRelease."""
    if before.id.kind != "HelmRelease" or before.id.group != "helm.toolkit.fluxcd.io":
        return None
    for field, value in (("targetNamespace", _target), ("releaseName", _name), ("storageNamespace", _storage)):
        if value(before) != value(after):
            return "spec", field
    old, new = _chart(before.body), _chart(after.body)
    in_place = value_at(after.body, ("spec", "upgrade", "chartNameChangeStrategy")) == "InPlaceUpdate"
    return _CHART if old is not None and new is not None and old != new and not in_place else None


def _target(release: Resource) -> object:
    return value_at(release.body, ("spec", "targetNamespace")) or release.id.namespace


def _storage(release: Resource) -> object:
    return value_at(release.body, ("spec", "storageNamespace")) or release.id.namespace


def _name(release: Resource) -> object:
    target = value_at(release.body, ("spec", "targetNamespace"))
    return value_at(release.body, ("spec", "releaseName")) or (f"{target}-{release.id.name}" if target else release.id.name)


def _chart(body: Mapping[str, Any]) -> str | None:
    """The name of the chart, as far as the release says it; a folder may move and hold the same chart."""
    name = value_at(body, _CHART)
    if not isinstance(name, str):
        return None
    kind = value_at(body, ("spec", "chart", "spec", "sourceRef", "kind"))
    return posixpath.basename(posixpath.normpath(name)) if kind in _IN_FILES else name
