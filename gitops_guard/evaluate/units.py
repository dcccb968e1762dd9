"""Resources, targets and files -> the inputs that policies judge, each once, with the policies that are asked about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..kinds import cover
from ..model import Fault, Location, Resource, ResourceId, Target
from ..origin import Map, Origin
from ..policy import POLICY_ERROR, Policy
from .files import FileInput
from .repository import Repository

_OBJECT = '"object":'
_LOOSE = "secrets/"
"""The category that also judges what no target takes in."""


@dataclass(frozen=True)
class Change:
    """What a change does to one target, ready to be judged."""

    target: str
    """Its id."""
    document: Mapping[str, Any]
    """`input.change`, as schemas/input-change.json has it."""
    resources: Mapping[ResourceId, Resource]
    """All objects that the input names."""
    places: Mapping[ResourceId, Location]
    """Those that are gone: where they were lost."""
    place: Location
    """What stands for the target as a whole."""
    left: Mapping[ResourceId, Resource] = field(default_factory=dict)
    """Those that are gone and still in their file: as the head side's file has them."""


@dataclass
class Subjects:
    """What is judged."""

    resources: Sequence[Resource] = ()
    """Of all targets, and those of none."""
    targets: Mapping[str, Target] = field(default_factory=dict)
    files: Sequence[FileInput] = ()
    changes: Sequence[Change] = ()
    requests: Sequence[Resource] = ()
    """AdmissionReviews: what a cluster asks. Only examples and tests have any."""
    deploys: Mapping[tuple[ResourceId, str | None], Sequence[Resource]] = field(default_factory=dict)
    """What each controller object, as a target holds it, deploys; those of which that is not known are left out."""
    generates: Mapping[tuple[ResourceId, str | None], Sequence[Resource]] = field(default_factory=dict)
    """The objects that each generator, as a target holds it, makes; those of which that is not known are left out."""
    encrypted: Mapping[tuple[ResourceId, str | None], Sequence[str]] = field(default_factory=dict)
    """Of a controller object, as a target holds it: what it deploys that SOPS encrypted."""
    declared: Mapping[Origin, Mapping[str, Any]] = field(default_factory=dict)
    """What an object is called where it is declared (declared.py), by its `declared`."""
    plugins: Sequence[str] = ()
    """The Secret plugins that the repository shows in use: `avp`."""
    handed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """kind -> the fields of spec that patches write in objects of targets that nobody is known to deploy (handed.py)."""
    repository: Repository | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of the controllers (argocd, flux), as far as they are configured."""


@dataclass
class Unit:
    """One input, but for its parameters."""

    policies: tuple[int, ...]
    """The numbers of those asked, so that equal parameters follow each other."""
    members: str
    """The JSON text of the input's members, without facts and parameters."""
    manifest: str = ""
    """The JSON text of the object, which is the whole input of a Conftest policy."""
    body: Map | None = None
    """The object, where its facts belong into the input."""
    resources: tuple[Resource, ...] = ()
    """Where the object occurs; of a target, all it holds."""
    target: str | None = None
    """Of what is judged for one target: its id."""
    file: FileInput | None = None
    change: Change | None = None
    repository: Repository | None = None
    known: str = ""
    """What else `input.facts` says: the JSON text of the members deploys, generates and versions that are known."""

    @property
    def name(self) -> str:
        """For messages."""
        if self.file is not None:
            return self.file.path
        if self.repository is not None:
            return "the repository"
        if self.body is None and not self.manifest:
            return f"{'the change of ' if self.change is not None else ''}target {self.target}"
        return str(self.resources[0].id)

    def input(self, parameters: str | None, facts: str) -> str:
        """The input as JSON; without parameters, that of a Conftest policy."""
        if parameters is None:
            return self.manifest
        if self.body is not None:
            facts = f"{facts[:-1]},{self.known}}}" if self.known else facts
            return f'{{{self.members},"facts":{facts},"parameters":{parameters}}}'
        return f'{{{self.members},"parameters":{parameters}}}'

    @property
    def beside(self) -> str:
        """What the input holds beside the object and its facts, which are the same for all targets."""
        return f"{self.members[len(_OBJECT) + len(self.manifest):]}{self.known}"

    def reaches(self, policy: Policy) -> Iterable[Resource]:
        """The occurrences that a finding of the policy is about."""
        return [resource for resource in self.resources if resource.target is not None or policy.id.startswith(_LOOSE)]


def units(policies: Sequence[Policy], order: Sequence[int], subjects: Subjects) -> tuple[list[Unit], list[Fault]]:
    """The inputs in the order of the subjects; `order` sorts the policies by their parameters.

    An object that JSON has no form for is a fault.
    """
    maker = _Maker(policies, order, subjects)
    found = [*maker.objects(), *maker.of_targets(), *maker.of_files(), *maker.of_changes(), *maker.of_requests(),
             *maker.of_repository()]
    return found, maker.faults


class _Maker:
    """Makes the units."""

    def __init__(self, policies: Sequence[Policy], order: Sequence[int], subjects: Subjects) -> None:
        self._policies = policies
        self._order = order
        self._subjects = subjects
        self._by_kind: dict[tuple[str, str], tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._texts: list[str | None] = []
        self._described: dict[str, str] = {}
        self.faults: list[Fault] = []
        for item in subjects.resources:
            self._texts.append(self._text(item))
        self._everywhere = self._of_all()
        """What `input.facts` says of every object."""
        self._text_of = {id(item): text for item, text in zip(subjects.resources, self._texts, strict=True)}

    def _text(self, item: Resource) -> str | None:
        try:
            return _compact(item.body)
        except (ValueError, RecursionError):
            message = "a number or a nesting that JSON has no form for: no policy judged this object"
            remedy = "write the value as a text"
            self.faults.append(Fault(POLICY_ERROR, message, resource=item, target=item.target, remedy=remedy))
            return None

    def objects(self) -> list[Unit]:
        """Scope resource, and Conftest: each distinct object once; once for each target where a policy needs it.

        Equal objects of which different things are known are distinct.
        """
        places: dict[tuple[str, str], list[Resource]] = {}
        for item, text in zip(self._subjects.resources, self._texts, strict=True):
            if text is not None:
                places.setdefault((text, self._known(item)), []).append(item)
        found = []
        for (text, known), items in places.items():
            plain, needy = self._asked(items[0])
            if all(item.target is None for item in items):
                plain, needy = self._loose(plain), self._loose(needy)
            member = f"{_OBJECT}{text}"
            if plain:
                found.append(Unit(plain, member, text, items[0].body, tuple(items), known=known))
            by_target: dict[str | None, list[Resource]] = {}
            for item in items if needy else ():
                by_target.setdefault(item.target, []).append(item)
            for target, here in by_target.items():
                asked = needy if target is not None else self._loose(needy)
                if asked:
                    members = f'{member},"target":{self._target(target)}'
                    found.append(Unit(asked, members, text, items[0].body, tuple(here), target, known=known))
        return found

    def _known(self, item: Resource) -> str:
        """What else `input.facts` says of an object: the JSON text of its members."""
        key = (item.id, item.target)
        found = [self._everywhere] if self._everywhere else []
        for name, facts in (("deploys", self._subjects.deploys), ("generates", self._subjects.generates)):
            if key in facts:
                texts = [self._text_of[id(other)] if id(other) in self._text_of else self._text(other) for other in facts[key]]
                if None not in texts:
                    found.append(f'"{name}":[{",".join(text or "" for text in texts)}]')
        encrypted = self._subjects.encrypted.get(key)
        if encrypted is not None:
            found.append(f'"encrypted":{json.dumps(list(encrypted))}')
        declared = self._subjects.declared.get(item.declared)
        if declared is not None:
            found.append(f'"declared":{json.dumps(declared)}')
        if item.id.kind in self._subjects.handed and self._is_unowned(item.target):
            found.append(f'"handed":{json.dumps(list(self._subjects.handed[item.id.kind]))}')
        return ",".join(found)

    def _of_all(self) -> str:
        found = [f'"versions":{json.dumps(self._subjects.versions, sort_keys=True)}'] if self._subjects.versions else []
        found += [f'"plugins":{json.dumps(list(self._subjects.plugins))}'] if self._subjects.plugins else []
        return ",".join(found)

    def _is_unowned(self, target: str | None) -> bool:
        known = self._subjects.targets.get(target) if target is not None else None
        return known is not None and not known.owners

    def of_targets(self) -> list[Unit]:
        """Scope target."""
        asked = self._scope("target")
        inside: dict[str, list[tuple[Resource, str]]] = {target: [] for target in self._subjects.targets} if asked else {}
        for item, text in zip(self._subjects.resources, self._texts, strict=True) if asked else ():
            if item.target in inside and text is not None:
                inside[item.target].append((item, text))
        return [Unit(asked, f'"target":{self._target(target)},"resources":[{",".join(text for _item, text in items)}]',
                     resources=tuple(item for item, _text in items), target=target)
                for target, items in inside.items()]

    def of_files(self) -> list[Unit]:
        """Scope file."""
        asked = self._scope("file")
        found = []
        for item in self._subjects.files if asked else ():
            try:
                text = json.dumps({**item.document, "path": item.path, "type": item.kind}, allow_nan=False)
            except (ValueError, RecursionError):
                self.faults.append(_unreadable(item))
                continue
            found.append(Unit(asked, f'"file":{text}', file=item))
        return found

    def of_changes(self) -> list[Unit]:
        """Scope change."""
        asked = self._scope("change")
        found = []
        for item in self._subjects.changes if asked else ():
            try:
                text = json.dumps(item.document, allow_nan=False)
            except (ValueError, RecursionError):
                message = "a number or a nesting that JSON has no form for: no policy judged this change"
                self.faults.append(Fault(POLICY_ERROR, message, target=item.target, location=item.place,
                                         remedy="write the value as a text"))
                continue
            found.append(Unit(asked, f'"change":{text}', target=item.target, change=item))
        return found

    def of_requests(self) -> list[Unit]:
        """Scope admission."""
        asked = self._scope("admission")
        texts = [(item, self._text(item)) for item in self._subjects.requests] if asked else []
        return [Unit(asked, f'"request":{_compact(item.body.get("request"))}', text, resources=(item,))
                for item, text in texts if text is not None]

    def of_repository(self) -> list[Unit]:
        """Scope repository: one input for each policy, with the objects of its kinds."""
        repository = self._subjects.repository
        if repository is None:
            return []
        found = []
        objects = [*zip(self._subjects.resources, self._texts, strict=True),
                   *((item, self._text(item)) for item in repository.generated)]
        for number in self._scope("repository"):
            kinds = self._policies[number].metadata.kinds
            inside = [(item, text) for item, text in objects if item.target is not None and text is not None
                      and cover(kinds, item.id.group, item.id.kind)]
            members = repository.members((str(item.target), text) for item, text in inside)
            found.append(Unit((number,), members, resources=tuple(item for item, _text in inside), repository=repository))
        return found

    def _scope(self, scope: str) -> tuple[int, ...]:
        return tuple(number for number in self._order if self._policies[number].metadata.scope == scope
                     or (scope == "change" and self._policies[number].metadata.changes))

    def _asked(self, item: Resource) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The policies for an object: those that need no target, and those that do."""
        key = (item.id.group, item.id.kind)
        if key not in self._by_kind:
            fit = [number for number in self._order if _fits(self._policies[number], *key)]
            self._by_kind[key] = (tuple(number for number in fit if not self._policies[number].metadata.needs_target),
                                  tuple(number for number in fit if self._policies[number].metadata.needs_target))
        return self._by_kind[key]

    def _loose(self, asked: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(number for number in asked if self._policies[number].id.startswith(_LOOSE))

    def _target(self, target: str | None) -> str:
        if target is None:
            return "null"
        if target not in self._described:
            self._described[target] = _compact(describe(self._subjects.targets[target]))
        return self._described[target]


def _compact(value: Any) -> str:
    """JSON without white space: that is what the `mentions` of policies are looked for in."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def describe(target: Target) -> dict[str, Any]:
    """`input.target`."""
    return {
        "id": target.id, "kind": target.kind, "path": target.path, "environment": target.environment, "cluster": target.cluster,
        "owners": [{**asdict(owner), "sync_options": list(owner.sync_options)} for owner in target.owners],
    }


def _fits(policy: Policy, group: str, kind: str) -> bool:
    if policy.metadata.scope == "conftest":
        return True
    if policy.metadata.scope != "resource":
        return False
    return not policy.metadata.kinds or cover(policy.metadata.kinds, group, kind)


def _unreadable(item: FileInput) -> Fault:
    return Fault(POLICY_ERROR, "a number or a nesting that JSON has no form for: no policy judged this file",
                 remedy="write the value as a text", location=Location(item.path, 1, 1, "nearest"))
