"""A kind without a schema -> why: its API was removed, it is misspelt, of another group or version, or unknown here."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import NamedTuple

from ..near import nearest
from . import bundled
from .bundled import GVK, Bundle
from .removed import BEFORE_BUNDLED, FLUX, NO_SUCCESSOR

_LIKENESS = 0.8
_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")


class Absent(NamedTuple):
    """What is to be said about it."""

    rule: str
    message: str
    remedy: str
    certain: bool
    """The object is wrong wherever it is applied; else it only can't be checked here."""
    field: str
    """apiVersion or kind: what is to be changed."""


class Known:
    """Every kind that has a schema."""

    def __init__(self, bundle: Bundle, version: str) -> None:
        """Kubernetes' own kinds of one version; `add` brings the others."""
        self.version = version
        self.own_groups = bundle.groups
        self.kinds: dict[tuple[str, str], set[str]] = {}
        for group, api, kind in bundle.kinds:
            self.kinds.setdefault((group, kind), set()).add(api)

    def add(self, group: str, kind: str, versions: Iterable[str]) -> None:
        """Versions of a kind that a definition or a file of ours describes."""
        self.kinds.setdefault((group, kind), set()).update(versions)

    def is_own(self, group: str) -> bool:
        """Whether a group is Kubernetes' own; a definition's group always has a dot, so one without is no other's."""
        return "." not in group or group in self.own_groups or group in _past_groups()

    def best(self, group: str, kind: str) -> str:
        """The apiVersion of a kind that one should write."""
        version = max(self.kinds[group, kind], key=_stability, default="")
        return f"{group}/{version}" if group else version


def explain(gvk: GVK, known: Known) -> Absent:
    """Why no schema was found."""
    group, version, _ = gvk
    api_version = f"{group}/{version}" if group else version
    return (_removed(gvk, api_version, known)
            or retired(gvk)
            or _other_version(gvk, api_version, known)
            or _misspelt(gvk, api_version, known)
            or _other_group(gvk, api_version, known)
            or _unknown(gvk, api_version, known))


def retired(gvk: GVK) -> Absent | None:
    """What is to be said about a version that Flux' controllers no longer serve. A cluster may have older ones: not certain."""
    group, version, kind = gvk
    entry = FLUX.get((f"{group}/{version}", kind))
    if entry is None:
        return None
    since, successor = entry
    return Absent("schema/removed-api", f"{group}/{version} {kind} is gone since {since}", f"write apiVersion: {successor}",
                  False, "apiVersion")


def _removed(gvk: GVK, api_version: str, known: Known) -> Absent | None:
    group, _, kind = gvk
    since = BEFORE_BUNDLED.get((api_version, kind))
    if since is None and known.is_own(group):
        versions = bundled.versions()
        chosen = versions.index(known.version)
        before = [index for index in range(chosen) if gvk in bundled.bundle(versions[index]).kinds]
        if before:
            since = f"Kubernetes {versions[before[-1] + 1]}"
        else:
            later = next((one for one in versions[chosen + 1:] if gvk in bundled.bundle(one).kinds), None)
            if later is not None:
                message = f"{api_version} {kind} is known since Kubernetes {later}, not in {known.version}"
                return Absent("schema/unknown-kind", message,
                              _instead(group, kind, known) or f"set kubernetes-version to {later} or newer", True, "apiVersion")
    if since is None:
        return None
    return Absent("schema/removed-api", f"{api_version} {kind} is gone since {since}", _instead(group, kind, known), True,
                  "apiVersion")


def _instead(group: str, kind: str, known: Known) -> str:
    """What to write for a kind that is no longer in its group."""
    if kind in NO_SUCCESSOR:
        return NO_SUCCESSOR[kind]
    groups = [group] if (group, kind) in known.kinds else sorted(
        other for other, name in known.kinds if name == kind and other in known.own_groups)
    # Of several groups the core one is the oldest (Event), and sorts first.
    return f"write apiVersion: {known.best(groups[-1], kind)}, and check the fields that changed with it" if groups else ""


def _other_version(gvk: GVK, api_version: str, known: Known) -> Absent | None:
    group, version, kind = gvk
    served = known.kinds.get((group, kind))
    if served is None:
        return None
    if not served:
        return Absent("schema/unknown-kind", f"the definition of {kind} in {group} serves no version", "serve one", True,
                      "apiVersion")
    names = ", ".join(sorted(served, key=_stability, reverse=True))
    return Absent("schema/unknown-kind", f"{kind} of {group or 'the core group'} is served as {names}, not as {version}",
                  f"write apiVersion: {known.best(group, kind)} instead of {api_version}", True, "apiVersion")


def _misspelt(gvk: GVK, api_version: str, known: Known) -> Absent | None:
    group, _, kind = gvk
    names = sorted({name for other, name in known.kinds if other == group})
    close = next((name for name in names if name.casefold() == kind.casefold()), None) or nearest(kind, names, _LIKENESS)
    if close is None:
        return None
    return Absent("schema/unknown-kind", f"{api_version} has no kind {kind}", f"did you mean {close}?", True, "kind")


def _other_group(gvk: GVK, api_version: str, known: Known) -> Absent | None:
    """A known kind under a group that can't be meant: Kubernetes' own, which has no such kind, or one that looks misspelt."""
    group, _, kind = gvk
    groups = sorted({other for other, name in known.kinds if name == kind})
    if not groups:
        return None
    close = nearest(group, groups, _LIKENESS)
    if close is None and not known.is_own(group):
        return None
    own = [other for other in groups if other in known.own_groups]
    right = known.best(close or (own[::-1] or groups)[0], kind)
    return Absent("schema/unknown-kind", f"there is no kind {kind} in {api_version}", f"write apiVersion: {right}", True,
                  "apiVersion")


def _unknown(gvk: GVK, api_version: str, known: Known) -> Absent:
    group, _, kind = gvk
    if known.is_own(group):
        return Absent("schema/unknown-kind", f"Kubernetes {known.version} has no kind {kind} in {api_version}",
                      "correct apiVersion and kind", True, "kind")
    return Absent("schema/unknown-kind", f"no schema of {kind} in {api_version} is known, so its fields were not checked",
                  "commit its CustomResourceDefinition, or name a folder of schemas with --schema-location", False, "kind")


def _stability(version: str) -> tuple[int, int, int, str]:
    """Kubernetes' order of versions: v2, v1, v1beta2, v1alpha1, others."""
    match = _VERSION.fullmatch(version)
    if not match:
        return 0, 0, 0, version
    major, stage, minor = match.groups()
    return {None: 3, "beta": 2, "alpha": 1}[stage], int(major), int(minor or 0), version


@functools.cache
def _past_groups() -> frozenset[str]:
    return frozenset(api_version.rpartition("/")[0] for api_version, _ in BEFORE_BUNDLED)
