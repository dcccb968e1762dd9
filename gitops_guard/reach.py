"""Two sides and the files that differ -> what a check of the change must judge: targets, and the files beside them.

A target is reached by a file that either side's build of it reads, and by whatever makes its output differ. What tells of more
than one target (schemas, generators, encryption) reaches all. What is judged too much costs time only: the base has it as well.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import manifests
from .config import FILE_NAME, Config
from .evaluate.placeholders import MARKS as PLUGINS
from .graph.expand import CONTROLLERS
from .grow import node_id
from .later import holding
from .model import Fault
from .policy import PolicySet
from .side import Side, is_named
from .surroundings.handed import handed
from .surroundings.promotion import Words, is_chart, pairs
from .surroundings.sealing import declared_names, plugins
from .targets import Built
from .tree import is_below

_OF_ALL = (FILE_NAME, ".sops.yaml", ".gitattributes", ".gitmodules", "CODEOWNERS")
"""Names of files that say how others are judged."""


@dataclass(frozen=True)
class Reach:
    """What a change reaches."""

    paths: tuple[str, ...]
    """Of the files that are judged themselves."""
    targets: frozenset[str] | None = None
    """Ids; None: all that the paths stand for."""


def governs(path: str, config: Config, policies: PolicySet) -> bool:
    """Whether a file says how all others are judged: the configuration, policies and their data, schemas."""
    folders = {file.folder for policy in policies.policies for file in policy.files if file.folder is not None}
    folders |= {config.resolve(folder.partition("{{")[0].rpartition("/")[0] or "." if "{{" in folder else folder)
               for folder in (*config.policies, *config.schema_locations)}
    return posixpath.basename(path) in _OF_ALL or path.endswith(".rego") or any(is_below(path, folder) for folder in folders)


def reached(before: Side, now: Side, changed: frozenset[str], named: Sequence[str], config: Config) -> Reach:
    """What to judge, of what PATHS (`named`) take in; all of that where a change reaches everything."""
    if _shared(before) != _shared(now):
        return Reach(tuple(named))
    ids = _differing(before, now, changed) | _newly_faulty(before, now) | _sealed(before, now)
    ids |= _holders(before, ids) | _holders(now, ids)
    ids |= _paired(before, ids, config) | _paired(now, ids, config)
    ids &= {item.target.id for side in (before, now) for item in side.wanted(named)}
    paths = set(changed | (_loose(now) - _loose(before)) | _new_places(before, now))
    paths.update(path for side in (before, now) for item in side.built if item.target.id in ids for path in _places(item))
    return Reach(tuple(sorted(path for path in paths if is_named(path, named))) or tuple(named), frozenset(ids))


def _shared(side: Side) -> list[object]:
    """What one target's rules know of all the others."""
    return [list(side.crds()), [(maker, made.id, made.body, scope) for maker, made, scope in side.generated],
            handed(side.graph, side.built), plugins(side.texts(*PLUGINS))]


def _differing(before: Side, now: Side, changed: frozenset[str]) -> set[str]:
    """The targets that a file reaches, or that come out otherwise."""
    old, new = _by_id(before), _by_id(now)
    found = {item.target.id for side in (before, now) for item in side.built if item.read & changed or _beside(item, changed)}
    return found | {name for name in old.keys() | new.keys() if not _alike(old.get(name, ()), new.get(name, ()))}


def _by_id(side: Side) -> dict[str, list[Built]]:
    found: dict[str, list[Built]] = {}
    for item in side.built:
        found.setdefault(item.target.id, []).append(item)
    return found


def _alike(ones: Sequence[Built], others: Sequence[Built]) -> bool:
    return len(ones) == len(others) and all(
        one.target == other.target and one.status == other.status
        and (one.resources is other.resources or _bodies(one) == _bodies(other))
        and (one.faults is other.faults or _said(one) == _said(other))
        for one, other in zip(ones, others, strict=True))


def _bodies(item: Built) -> list[object]:
    return [(resource.id, resource.body) for resource in item.resources]


def _said(item: Built) -> list[object]:
    return [(fault.rule, fault.message) for fault in item.faults]


def _beside(item: Built, changed: frozenset[str]) -> bool:
    """Whether a kustomization file came to a folder of the build, or went: two are one too many, and none too few."""
    return any(posixpath.basename(path) in manifests.KUSTOMIZATION_FILES and (posixpath.dirname(path) or ".") in item.folders
               for path in changed)


def _sealed(before: Side, now: Side) -> set[str]:
    """The targets with a SealedSecret that goes by another name in its file now, or into other namespaces, whatever target."""
    old, new = (declared_names(side.sources, side.built) for side in (before, now))
    places = {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}
    return {item.target.id for side in (before, now) for item in side.built
            if any(resource.declared in places for resource in (holding(item.resources, {"SealedSecret"}) if places else ()))}


def _holders(side: Side, ids: set[str]) -> set[str]:
    """The targets with the controller objects that deploy a target: rules about those look at what they deploy."""
    owners = {owner.id for item in side.built if item.target.id in ids for owner in item.target.owners}
    return {item.target.id for item in side.with_generated(side.built)
            if any(node_id(resource.id) in owners for resource in holding(item.resources, CONTROLLERS))}


def _paired(side: Side, ids: set[str], config: Config) -> set[str]:
    """The targets that are one application with others in another environment: rules compare them."""
    found = pairs(side.with_generated(side.built), Words(config.environments), is_chart)
    both = [{pair.staging.target.id, pair.production.target.id} for pair in found]
    return {name for names in both if names & ids for name in names}


def _newly_faulty(before: Side, now: Side) -> set[str]:
    return {fault.target for fault in _new_faults(before, now) if fault.target is not None}


def _new_places(before: Side, now: Side) -> set[str]:
    """The files of controller objects that something is wrong with now: what they name may have gone."""
    return {fault.resource.declared.file for fault in _new_faults(before, now) if fault.resource is not None}


def _new_faults(before: Side, now: Side) -> Iterator[Fault]:
    known = {_words(fault) for fault in before.faults}
    return (fault for fault in now.faults if _words(fault) not in known)


def _words(fault: Fault) -> tuple[object, ...]:
    return fault.rule, fault.message, fault.target, fault.path, fault.resource and fault.resource.id


def _loose(side: Side) -> set[str]:
    """The files with objects that no target takes in."""
    return set(side.found.manifests) - set[str]().union(*(item.read for item in side.built))


def _places(item: Built) -> list[str]:
    """The files that tell how a target is made: its kustomizations, else the first one of its folder."""
    found = [path for path in item.read if posixpath.basename(path) in manifests.KUSTOMIZATION_FILES]
    return found or sorted(path for path in item.read if (posixpath.dirname(path) or ".") == item.target.path)[:1]
