"""Objects of kinds that Kubernetes does not have -> definitions of them without a schema, so that an API server takes any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..apiserver import Client, until
from ..rights.plurals import Resources, plural

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_PATIENCE = 120.0
_SCHEMA = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}


def definitions(documents: Collection[Mapping[str, Any]], served: Iterable[tuple[str, str]], named: Mapping[tuple[str, str], str],
                ) -> list[dict[str, Any]]:
    """CustomResourceDefinitions of all kinds among the documents that are not served (apiVersion, kind).

    `named` are plurals by group and kind; where it has none, a definition among the documents may have it. A kind belongs to
    namespaces where one of its objects does.
    """
    own = [body for body in documents if body.get("kind") == "CustomResourceDefinition"]
    known = Resources({**named, **Resources.of(own).known})
    kubernetes = {version.rpartition("/")[0] for version, _kind in served}
    versions: dict[tuple[str, str], set[str]] = defaultdict(set)
    namespaced = set()
    for body in documents:
        group, _slash, version = str(body.get("apiVersion", "")).rpartition("/")
        key = group, str(body.get("kind", ""))
        if "." in group and group not in kubernetes and key[1]:
            versions[key].add(version)
            metadata = body.get("metadata")
            if isinstance(metadata, Mapping) and metadata.get("namespace"):
                namespaced.add(key)
    return [_definition(group, kind, known.known.get((group, kind)) or plural(kind), sorted(versions[group, kind]),
                        "Namespaced" if (group, kind) in namespaced else "Cluster") for group, kind in sorted(versions)]


def establish(client: Client, made: Iterable[Mapping[str, Any]]) -> None:
    """Write definitions, and wait until their kinds are served. What the API server does not take has no kind afterwards."""
    taken = []
    for definition in made:
        if client.request("POST", _DEFINITIONS, definition).ok:
            taken.append(definition)
    for definition in taken:
        until(lambda definition=definition: _settled(client, definition), _PATIENCE)  # type: ignore[misc]


def _settled(client: Client, definition: Mapping[str, Any]) -> bool:
    """Whether all of it is served, or never will be, since another kind has the name."""
    spec = definition["spec"]
    if all(client.request("GET", f"/apis/{spec['group']}/{version['name']}/{spec['names']['plural']}", query={"limit": "1"}).ok
           for version in spec["versions"]):
        return True
    status = client.request("GET", f"{_DEFINITIONS}/{definition['metadata']['name']}").body.get("status", {})
    return any(one["type"] == "NamesAccepted" and one["status"] == "False" for one in status.get("conditions") or ())


def _definition(group: str, kind: str, resource: str, versions: Collection[str], scope: str) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{resource}.{group}",
                     # Asked for where a group belongs to Kubernetes; it need not be true.
                     "annotations": {"api-approved.kubernetes.io": "unapproved, without a schema"}},
        "spec": {"group": group, "scope": scope,
                 "names": {"plural": resource, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
                 "versions": [{"name": version, "served": True, "storage": number == 0, "schema": _SCHEMA}
                              for number, version in enumerate(versions)]},
    }
