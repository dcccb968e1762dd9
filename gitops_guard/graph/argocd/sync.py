"""An Application's sync policy and finalizers -> the owner of what it deploys.

Rules: `SyncPolicy.IsAutomatedSyncEnabled` and `Application.CascadedDeletion` of Argo CD: `automated: {}` is on, `enabled: false`
is off whatever stands beside it; one of three finalizers takes the resources along.
"""

from __future__ import annotations

from ...model import Owner, Resource
from ..fields import flag, has, items, text
from . import versions

_FINALIZER = "resources-finalizer.argocd.argoproj.io"
CASCADES = frozenset({_FINALIZER, f"{_FINALIZER}/foreground", f"{_FINALIZER}/background"})
_SKIP = "argocd.argoproj.io/skip-reconcile"


def owner_of(resource: Resource, version: str | None = None) -> Owner:
    """The Application as an owner, with effective values; `version` is that of Argo CD."""
    body, name = resource.body, resource.id
    policy = ("spec", "syncPolicy")
    automated = has(body, *policy, "automated")
    if versions.has(version, "3.1"):
        automated = automated and flag(body, *policy, "automated", "enabled", default=True)
    options = tuple(option for option in items(body, *policy, "syncOptions") if isinstance(option, str))
    return Owner(
        "argocd", "Application", name.namespace, name.name,
        automated=automated,
        prune=automated and flag(body, *policy, "automated", "prune"),
        self_heal=automated and flag(body, *policy, "automated", "selfHeal"),
        sync_options=options,
        cascade=any(isinstance(finalizer, str) and finalizer in CASCADES for finalizer in items(body, "metadata", "finalizers")),
        suspended=text(body, "metadata", "annotations", _SKIP) == "true",
        allow_empty=automated and flag(body, *policy, "automated", "allowEmpty"),
        force="Force=true" in options,
    )
