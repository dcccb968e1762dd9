"""Options of the command line and `clusters:` of the configuration -> a reader for each cluster that is asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..cluster import Access, ClusterReader
from ..config import Config
from ..config_clusters import LiveCluster
from ..errors import UsageError
from ..live import Meant
from ..near import nearest
from . import completion


@dataclass(frozen=True)
class Asked:
    """The options, as given."""

    kubeconfig: str | None = None
    context: str | None = None
    in_cluster: bool = False
    names: tuple[str, ...] = ()
    server_side: bool = False

    def everywhere(self, config: Config) -> bool:
        """Whether all clusters of the configuration are meant."""
        return bool(config.clusters) and not (self.context or self.in_cluster or self.names)


_OPTIONS = (
    click.option("--context", metavar="NAME", help="The context of the kubeconfig (default: those of clusters: in the "
                                                   "configuration, else the current one)."),
    click.option("--kubeconfig", metavar="FILE", shell_complete=completion.files,
                 help="The kubeconfig (default: KUBECONFIG, else ~/.kube/config)."),
    click.option("--in-cluster", is_flag=True, help="Log in with the service account of the pod that this runs in."),
    click.option("--cluster", "cluster_names", multiple=True, metavar="NAME",
                 help="Only this cluster of the configuration; beside --context or --in-cluster, the name of that one: only its "
                      "targets are compared."),
    click.option("--server-side", is_flag=True,
                 help="Have the API server try each apply (a dry run under the controller's own name), beside reading. Needs the "
                      "right to patch."),
)


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name clusters: context, kubeconfig, in_cluster, cluster_names, server_side."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def cluster_readers(root: Path, config: Config, asked: Asked) -> tuple[ClusterReader, ...]:
    """A reader for each cluster, in the order of the configuration. Raises UsageError; no cluster is talked to."""
    if asked.in_cluster and (asked.context or asked.kubeconfig):
        raise UsageError("--in-cluster is a way to log in of its own; leave --context and --kubeconfig out")
    if asked.in_cluster or asked.context is not None:
        access = Access() if asked.in_cluster else Access(_kubeconfig(asked), asked.context)
        return (_one(access.outside(root), config, asked),)
    chosen = _chosen(config, asked.names)
    if chosen:
        files = _kubeconfig(asked)
        return tuple(ClusterReader(Access(files, entry.context).outside(root), entry.name, meant(config, entry.name),
                                   asked.server_side) for entry in chosen)
    return (_one(_default(asked).outside(root), config, asked),)


def _one(access: Access, config: Config, asked: Asked) -> ClusterReader:
    """The one cluster that the command line means; its name is what tells which targets are its own."""
    if len(asked.names) > 1:
        raise UsageError("one context is one cluster: give --cluster once")
    same = [entry.name for entry in config.clusters if entry.context == access.context and access.context is not None]
    name = next(iter((*asked.names, *same)), None)
    if name is None:
        return ClusterReader(access, server_side=asked.server_side)
    return ClusterReader(access, name, meant(config, name), asked.server_side)


def cluster_of_rights(config: Config, asked: Asked) -> ClusterReader:
    """The one cluster that rights are printed for; nobody logs in. Raises UsageError."""
    names = asked.names or tuple(entry.name for entry in config.clusters)
    if len(names) > 1:
        raise UsageError(f"--rbac prints the rights for one cluster: say which with --cluster ({', '.join(names)})")
    return ClusterReader(Access(), names[0], meant(config, names[0])) if names else ClusterReader(Access())


def _chosen(config: Config, names: tuple[str, ...]) -> tuple[LiveCluster, ...]:
    known = {entry.name: entry for entry in config.clusters}
    for name in names if known else ():
        if name not in known:
            close = nearest(name, known)
            raise UsageError(f"--cluster {name!r}: the configuration has no such cluster; " + (
                f"did you mean {close!r}?" if close else f"known: {', '.join(known)}"))
    return tuple(entry for entry in config.clusters if not names or entry.name in names)


def meant(config: Config, name: str) -> Meant:
    """The targets of a cluster: Argo CD's destinations name it or give its address; the configuration has patterns for others."""
    servers = (one.server.rstrip("/") for one in config.argocd.clusters if one.name == name)
    patterns = (pattern for entry in config.clusters if entry.name == name for pattern in entry.targets)
    return Meant(frozenset({name, *servers}), tuple(patterns))


def _kubeconfig(asked: Asked) -> tuple[str, ...]:
    """As kubectl finds it."""
    if asked.kubeconfig is not None:
        if not os.path.isfile(asked.kubeconfig):
            raise UsageError(f"--kubeconfig {asked.kubeconfig!r} is no file")
        return (asked.kubeconfig,)
    given = [path for path in os.environ.get("KUBECONFIG", "").split(os.pathsep) if path]
    return tuple(given) if given else (os.path.expanduser("~/.kube/config"),)


def _default(asked: Asked) -> Access:
    files = _kubeconfig(asked)
    if any(os.path.isfile(path) for path in files):
        return Access(files)
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        return Access()
    raise UsageError("there is no cluster to compare with: name one with --context or --kubeconfig, list them under clusters: in "
                     "the configuration, or give a dump of it with --live")
