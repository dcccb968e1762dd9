"""`gitops-guard drift --rbac`: the manifests of an account that may compare this repository with its cluster."""

from __future__ import annotations

import re

from .. import git
from ..drift_pipeline import needed
from ..request import Request
from ..rights import Job, manifests
from .clusters import Asked, cluster_of_rights

_ANY = "https://git.example.com/repository.git"


def account(request: Request, asked: Asked) -> str:
    """YAML to apply. Raises NothingToCheckError, UsageError or ToolError."""
    reader = cluster_of_rights(request.config, asked)
    found = needed(request, reader, server_side=asked.server_side)
    arguments = ([f"--cluster={reader.cluster}"] if reader.cluster is not None else []) + (
        ["--server-side"] if asked.server_side else [])
    return manifests(found, Job(request.version, _repository(request), tuple(arguments), request.named))


def _repository(request: Request) -> str:
    """Where the repository is cloned from: the first remote, without a password that its address may hold."""
    url = next(iter(git.remotes(request.root)), _ANY)
    return re.sub(r"^(https?://)[^/@]*@", r"\1", url)
