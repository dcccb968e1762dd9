"""A scope -> the texts of a policy that shows what such a policy sees; `@PACKAGE@`, `@NAME@` and `@TITLE@` are its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

SCOPES = ("resource", "target", "file", "change", "repository", "admission")

_API_VERSIONS = {
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"), "apps/v1"),
    **dict.fromkeys(("Job", "CronJob"), "batch/v1"),
    **dict.fromkeys(("Ingress", "NetworkPolicy"), "networking.k8s.io/v1"),
    **dict.fromkeys(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"), "rbac.authorization.k8s.io/v1"),
    "HorizontalPodAutoscaler": "autoscaling/v2", "PodDisruptionBudget": "policy/v1",
}

_TEMPLATES = Path(__file__).parent / "templates"
_SUFFIXES = (".rego", "_test.rego", ".yaml")


def texts(scope: str, kinds: Sequence[str] = ()) -> Mapping[str, str]:
    """What a file's name ends in -> its text; `kinds` are those of scope resource, Deployment where there is none."""
    listed = list(kinds) or ["Deployment"]
    group, slash, kind = listed[0].rpartition("/")
    version = _version(group, kind) if slash else _API_VERSIONS.get(kind, "v1")
    found = {suffix: (_TEMPLATES / f"{scope}{suffix}").read_text(encoding="utf-8") for suffix in _SUFFIXES}
    return {suffix: text.replace("@KINDS@", ", ".join(listed)).replace("@VERSION@", version).replace("@KIND@", kind)
            for suffix, text in found.items()}


def _version(group: str, kind: str) -> str:
    known = _API_VERSIONS.get(kind, "")
    return known if known.startswith(group + "/") else f"{group}/v1" if group else "v1"
