"""What rules are called in a cluster: objects by dashes, kinds in camel case; and the marks that all objects bear."""

from __future__ import annotations

import re

from .rules import AdmissionRule

LABELS = {"app.kubernetes.io/managed-by": "gitops-guard"}
RULE = "gitops-guard/rule"
REMEDY = "gitops-guard/remedy"
"""Annotations."""

_PART = re.compile(r"[A-Za-z0-9]+")


def dashed(rule_id: str) -> str:
    """`images/unpinned-tag` -> images-unpinned-tag, a name that every Kubernetes object may have."""
    return "-".join(_PART.findall(rule_id)).lower()


def kind_of(rule: AdmissionRule) -> str:
    """The kind of a rule's Constraints: as METADATA says, else `images/unpinned-tag` -> GitOpsGuardImagesUnpinnedTag."""
    made = "".join(part[0].upper() + part[1:] for part in _PART.findall(rule.id))
    return rule.policy.metadata.constraint or f"GitOpsGuard{made}"
