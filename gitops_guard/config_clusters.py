"""`clusters:` of a configuration -> the clusters that what Git says is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from .config_reader import Reader
from .origin import Map


@dataclass(frozen=True)
class LiveCluster:
    """A cluster that what Git says is compared with.

    There is no address here, nor a kubeconfig: a pull request must not choose whom we talk to, nor what logs us in.
    """

    name: str
    """As targets call it: the name or the server of an Argo CD destination, or the folder below `clusters/`."""
    context: str
    """Of the kubeconfig of whoever runs it."""
    targets: tuple[str, ...] = ()
    """Patterns on paths, ids and owners' names of targets that do not say their cluster."""


def live_clusters(read: Reader, document: Map) -> tuple[LiveCluster, ...]:
    """Each entry; its value is the context, or a mapping with it. Raises UsageError."""
    node = read.mapping(document, "clusters", "names and contexts of a kubeconfig")
    found = []
    for name, value in node.items():
        if isinstance(value, Map):
            read.only(value, f"clusters: {name}: ", ("context", "targets"))
            context, targets = read.text(value, "context"), read.texts(value, "targets")
        else:
            context, targets = read.text(node, name), ()
        if not context:
            raise read.at(read.place(node, name), f"clusters: {name} without a context", "name one of your kubeconfig")
        found.append(LiveCluster(name, context, targets))
    return tuple(found)
