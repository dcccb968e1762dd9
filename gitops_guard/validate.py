"""Resources -> schema faults: invalid values, unknown fields, unknown kinds and removed APIs, each at its own field path.

No message holds a value of a resource: names of fields and words of a schema are all it takes to say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from .model import Fault, FieldPath, Resource, Severity, value_at
from .origin import Map
from .schema import Absent, Explained, Repeat, Schemas, explain

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LATER = re.compile(r"\{\{.*\}\}|\$\{[^}]+\}|ENC\[AES256_GCM,|<path:[^>]+>")
_PLUGIN = "avp.kubernetes.io/path"
_FREE_NAMES = frozenset(("rbac.authorization.k8s.io", "authorization.k8s.io", "authentication.k8s.io"))


def validate(resource: Resource, schemas: Schemas, granted: Collection[str] = ()) -> list[Fault]:
    """Every fault of a resource against its schema; the members of a List are judged one by one.

    `granted` are fields of its spec that somebody else writes before the API server sees it: they are not missing.
    Values that are put in later (SOPS ciphertext, `${…}` of Flux, placeholders of argocd-vault-plugin) may be anything.
    Raises UsageError where a schema file can't be used.
    """
    return list(_judge(resource.body, (), resource, schemas, granted))


def _judge(body: Any, at: FieldPath, resource: Resource, schemas: Schemas, granted: Collection[str]) -> Iterator[Fault]:
    def fault(rule: str, message: str, path: FieldPath, remedy: str = "", severity: Severity | None = None) -> Fault:
        return Fault(rule, message, severity, remedy, resource, (*at, *path), target=resource.target)

    if not isinstance(body, dict):
        yield fault("schema/invalid", "a member of a List must be an object", ())
        return
    for key in ("apiVersion", "kind"):
        value = body.get(key)
        if not isinstance(value, str) or not value or value.count("/") > (key == "apiVersion"):
            missing = key not in body
            yield fault("schema/invalid", f"`{key}` is missing" if missing else f"`{key}` is none", () if missing else (key,),
                        f"write the {key} of the object as a string")
            return
    group, _, version = body["apiVersion"].rpartition("/")
    kind = body["kind"]
    if group == "kustomize.config.k8s.io":
        return
    judge = schemas.find(group, version, kind)
    items = body.get("items")
    if judge is None and kind.endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from _judge(item, (*at, "items", index), resource, schemas, granted)
        return
    absent = schemas.absent(group, version, kind) if judge is None else judge.retired
    if absent is not None:
        yield fault(absent.rule, absent.message, (absent.field,), absent.remedy, _severity(absent))
    if judge is None:
        return
    verdict = judge.judge(body)
    if not kind.endswith(("List", "Review")):
        yield from (fault("schema/invalid", *found) for found in _name(body, group))
    if verdict is not None:
        told = [found for found in explain(verdict.problems, body, _Later(body)) if _counts(found, body)]
        yield from (fault(found.rule, found.message, _place(found, body), found.remedy) for found in told
                    if found.path != ("spec",) or found.lacks not in granted)
        yield from (fault("schema/invalid", *_repeat(found)) for found in verdict.repeats)


def _place(found: Explained, body: dict[str, Any]) -> FieldPath:
    """The field to look at: one that a patch deleted is that field, not the mapping that lacks it."""
    holder = value_at(body, found.path) if found.lacks else None
    return (*found.path, found.lacks) if type(holder) is Map and holder.gone and found.lacks in holder.gone else found.path


def _severity(absent: Absent) -> Severity | None:
    """A kind that is wrong everywhere is an error; a removed version may still be served by what the cluster runs."""
    if absent.rule == "schema/unknown-kind":
        return Severity.ERROR if absent.certain else None
    return None if absent.certain else Severity.WARNING


class _Later:
    """Says of a value whether something else is put in its place before the API server sees it."""

    def __init__(self, body: dict[str, Any]) -> None:
        annotations = value_at(body, ("metadata", "annotations"))
        self._plugin = isinstance(annotations, dict) and _PLUGIN in annotations

    def __call__(self, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        return bool(_LATER.search(value)) or (self._plugin and "<" in value and ">" in value)


def _counts(found: Explained, body: dict[str, Any]) -> bool:
    """Whether the API server would mind: what a status lacks is dropped on write, and SOPS' own block at decryption."""
    if found.path[:1] == ("status",):
        return found.keyword in ("unknown", "type") and (found.keyword == "unknown" or value_at(body, found.path) is not None)
    sops = body.get("sops")
    return not (found.path == ("sops",) and isinstance(sops, dict) and "mac" in sops)


def _name(body: dict[str, Any], group: str) -> Iterator[tuple[str, FieldPath, str]]:
    """metadata.name is required and, but for RBAC, a DNS subdomain: "Object Names and IDs" in the Kubernetes documentation."""
    metadata = body.get("metadata")
    if metadata is None:
        yield "`metadata.name` is missing", ("metadata",) if "metadata" in body else (), "give the object a name"
        return
    if not isinstance(metadata, dict):
        return  # the schema says so
    name = metadata.get("name")
    if name is None or name == "":
        if not metadata.get("generateName"):
            path: FieldPath = ("metadata", "name") if "name" in metadata else ("metadata",)
            yield "`metadata.name` is missing", path, "give the object a name"
    elif isinstance(name, str) and group not in _FREE_NAMES and not _Later(body)(name):
        if not _NAME.fullmatch(name) or len(name) > 253:
            yield ("`metadata.name` is no name that Kubernetes takes", ("metadata", "name"),
                   "use lower-case letters, digits, `-` and `.`, at most 253, with a letter or digit at both ends")


def _repeat(found: Repeat) -> tuple[str, FieldPath, str]:
    keys = " and ".join(f"`{key}`" for key in found.keys)
    same = f"has the same {keys} as item {found.first + 1}" if found.keys else f"repeats item {found.first + 1}"
    indexes = [part for part in found.path if isinstance(part, int)]
    lists = [part for index, part in enumerate(found.path) if isinstance(part, str) and index + 1 < len(found.path)
             and isinstance(found.path[index + 1], int)]
    message = f"item {indexes[-1] + 1} of `{lists[-1]}` {same}"
    return message, found.path, f"give each item its own {keys}" if keys else "remove one"
