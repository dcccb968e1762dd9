"""Both sides of a change -> what the merge does to each target, ready for the policies and located on the head side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import git, manifests
from .change.compare import Rules, compare
from .change.controllers import CONTROLLERS, controller_id, sets, with_losses
from .change.events import Deletion, TargetChange
from .change.place import place_of
from .change.view import Part, View
from .config import Config
from .errors import SourceError, UsageError
from .evaluate import Change, describe
from .grow import node_id
from .later import holding
from .manifests import KUSTOMIZATION_FILES
from .model import Fault, Location, Resource, ResourceId, Severity
from .origin import Map, Origin, clone
from .render import is_cluster_scoped
from .side import Side, is_named
from .source import Dialect
from .targets import Built
from .tree import OutsideError, join

_NEWEST_ARGOCD = (3, 5)


def base_commit(root: Path, base: str) -> str:
    """The merge base of `base` and HEAD. Raises UsageError, with what to fetch where the clone does not have it."""
    if not base:
        raise UsageError("--base is empty: name a revision, such as origin/main")
    head, other = git.resolve(root, "HEAD"), git.resolve(root, base)
    if head is None:
        raise UsageError("--base needs a git repository with a commit")
    if other is None:
        if _begins(root, base) and not git.is_shallow(root):
            raise UsageError(f"--base: there is no revision {base}: the history is not that long; name another one")
        raise UsageError(f"--base: there is no revision {base} in this clone; fetch it: {_fetch(root, base)}")
    found = git.merge_base(root, head, other)
    if found is not None:
        return found
    if git.is_shallow(root):
        # Both commits are here and their history is not: the base itself is the best answer that can be had without fetching.
        return other
    raise UsageError(f"--base: {base} and HEAD have no common ancestor; name a revision that HEAD comes from, or is merged into")


def _begins(root: Path, base: str) -> bool:
    """Whether a revision speaks of the ancestors of one that is there."""
    start = re.split(r"[~^@:]", base)[0]
    return start != base and bool(start) and git.resolve(root, start) is not None


def _fetch(root: Path, base: str) -> str:
    """The command that gets a revision which the clone lacks."""
    if re.search(r"[~^@:]", base):
        return "git fetch --unshallow origin" if git.is_shallow(root) else "git fetch origin"
    if re.fullmatch(r"[0-9a-f]{7,64}", base):
        return f"git fetch origin {base}"
    branch = base.removeprefix("origin/")
    return f"git fetch origin {branch}:refs/remotes/origin/{branch}"


def merged(before: Side, now: Side, config: Config, named: Sequence[str] = ()) -> list[Change]:
    """What the change does, target by target; PATHS (`named`) narrow it to the targets of either side that they stand for."""
    rules = _rules(config)
    base, head = _view(before), _view(now)
    changes = [with_losses(change, base, rules) for change in compare(base, head, rules)]
    found = [_change(change, base, head) for change in [*changes, *sets(base, head, rules)]]
    wanted = {item.target.id for side in (before, now) for item in side.wanted(named)}
    return [change for change in found if change.target in wanted or is_named(change.place.file, named)]


def compared(before: Side, now: Side, config: Config, named: Sequence[str] = ()) -> list[TargetChange]:
    """What differs, target by target, narrowed as in `merged`."""
    wanted = {item.target.id for side in (before, now) for item in side.wanted(named)}
    return [change for change in compare(_view(before), _view(now), _rules(config)) if change.target.id in wanted]


def _rules(config: Config) -> Rules:
    return Rules(is_cluster_scoped, config.assume_prune, _version(config.argocd.version))


def unknown(before: Side, now: Side, named: Sequence[str] = ()) -> list[Fault]:
    """Notes on the targets that did not build before and do now: what the change deletes there nobody can tell."""
    failed = {item.target.id for item in now.built if item.status == "failed"}
    return [_unbuilt(item, now) for item in before.wanted(named) if item.status == "failed" and item.target.id not in failed]


def _unbuilt(item: Built, now: Side) -> Fault:
    places = [fault.location for fault in item.faults if fault.location is not None and _exists(now, fault.location.file)]
    files = [join(item.target.path, name) for name in KUSTOMIZATION_FILES if _exists(now, join(item.target.path, name))]
    file = files[0] if files else places[0].file if places else min(item.read, default=item.target.path)
    message = "before this change the target did not build: what the change deletes here is not known"
    return Fault("render/failed", message, Severity.NOTE,
                 "compare with a revision that builds: --base", target=item.target.id, location=Location(file, 1, 1, "nearest"))


def _version(text: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")) if text else _NEWEST_ARGOCD


def _view(side: Side) -> View:
    statuses: dict[str, dict[str, str]] = {}
    for node in side.graph.nodes:
        statuses.setdefault(node.id, {})[node.scope] = node.status
    objects: dict[str, list[tuple[frozenset[str], Resource]]] = {}
    for roots, resource in controllers(side):
        objects.setdefault(node_id(resource.id), []).append((roots, resource))
    return View(
        parts=[Part(item.target, item.status, item.resources, item.folders, item.scopes, item.dropped) for item in side.built],
        generated=side.generated,
        controllers=statuses,
        objects=objects,
        uses=side.found.direct,
        written=lambda folder, field: written(side, folder, field),
        exists=lambda file: _exists(side, file),
        declares=lambda file, name: _declared(side, file, name),
    )


def controllers(side: Side) -> Iterator[tuple[frozenset[str], Resource]]:
    """The objects of a side that deploy something, rendered or generated, each with the roots that it grew from."""
    for item in side.built:
        for resource in holding(item.resources, CONTROLLERS):
            if controller_id(resource.id) is not None:
                yield item.scopes, resource
    for _maker, resource, scope in side.generated:
        yield frozenset([scope]), resource


def written(side: Side, folder: str, field: str) -> tuple[object, Origin] | None:
    """The value of a field of a folder's kustomization and its place, or None."""
    for name in KUSTOMIZATION_FILES:
        path = join(folder, name)
        if _exists(side, path):
            try:
                documents = side.sources.stream(path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
            except SourceError:
                return None
            document = documents[0] if documents else None
            if isinstance(document, Map) and field in document:
                return document[field], document.at[field]
    return None


def _declared(side: Side, file: str, name: ResourceId) -> Resource | None:
    try:
        found = manifests.read(side.sources, file, None) if _exists(side, file) else []
    except SourceError:
        return None
    wanted = (name.group, name.kind, name.name)
    return next((item for item in found if (item.id.group, item.id.kind, item.id.name) == wanted), None)


def _exists(side: Side, file: str) -> bool:
    try:
        return side.sources.tree.kind(file) == "file"
    except OutsideError:
        return False


def _change(change: TargetChange, base: View, head: View) -> Change:
    places: dict[ResourceId, Location] = {}
    left: dict[ResourceId, Resource] = {}
    resources: dict[ResourceId, Resource] = {}
    for edit in change.changed:
        resources[edit.after.id] = edit.after
    for resource in change.added:
        resources[resource.id] = resource
    for item in change.deleted:
        origin = place_of(item, change, base, head)
        resources[item.resource.id] = item.resource
        still = head.declares(item.resource.declared.file, item.resource.id)
        if still is not None:
            left[item.resource.id] = _as_built(still, item.resource)
        places[item.resource.id] = _location(origin or Origin(item.resource.declared.file, 1, 1, exact=False))
    document = {
        "target": describe(change.target),
        "before": change.before,
        "after": change.after,
        "deleted": [_deletion(item, left.get(item.resource.id)) for item in change.deleted],
        "added": [_identity(resource.id) for resource in change.added],
        "changed": [{"resource": _identity(edit.after.id), "before": edit.before.body, "after": edit.after.body,
                     "reinstalls": list(edit.reinstalls) if edit.reinstalls else None, "recreated_by": edit.replaced}
                    for edit in change.changed],
    }
    place = next(iter(places.values()), Location(change.target.path, 1, 1, "nearest"))
    return Change(change.target.id, document, resources, places, place, left)


def _as_built(resource: Resource, built: Resource) -> Resource:
    """An object of a file under the namespace that it was built with."""
    body = clone(resource.body)
    if built.id.namespace != resource.id.namespace:
        body["metadata"].put("namespace", built.id.namespace, resource.declared)
    return replace(resource, body=body, target=built.target)


def _deletion(item: Deletion, left: Resource | None) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "resource": _identity(item.resource.id),
        "object": item.resource.body,
        "event": item.event,
        "pruned": item.pruned,
        "guarded_by": item.guarded_by,
        "deferred": item.deferred,
        "owner": item.owner.id if item.owner is not None else None,
        "successor": _identity(item.successor.id) if item.successor is not None else None,
        "new_owner": item.new_owner.id if item.new_owner is not None else None,
        "takes": None,
        "along": [_identity(resource.id) for resource in item.along],
        "left": left.body if left is not None else None,
    }
    if item.takes is not None:
        found["takes"] = {"cascades": item.takes.cascades, "known": item.takes.known,
                          "objects": [_identity(resource.id) for resource in item.takes.objects]}
    return found


def _identity(name: ResourceId) -> dict[str, str]:
    return {"apiVersion": name.api_version, "kind": name.kind, "namespace": name.namespace, "name": name.name}


def _location(origin: Origin) -> Location:
    return Location(origin.file, origin.line, origin.column, "exact" if origin.exact else "nearest")
