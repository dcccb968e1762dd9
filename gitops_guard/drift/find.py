"""The targets of one cluster and what it holds -> the faults, what was compared, and what is left alone on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import jqpath
from ..live import Identity, LiveState, Unreadable
from ..model import Resource, ResourceId, pointer
from ..outcome import ComparedReport, IgnoredReport
from . import ignore
from .ignore import Ignores, Unhonoured, UnreadableSelector
from .known import known_reason, scaled
from .managers import Role, managers_of
from .normal import RESTARTED
from .object_ import Divergence, diverging
from .owned import extras, inventory, is_extraneous, kept_by
from .revert import ADDED
from .set_aside import Hidden, counts_webhooks, ignored_by
from .telling import Teller
from .view import Part, View, identity
from .want import compared, namespaced
from .written import Entry, shares


@dataclass
class Found:
    """What a cluster's comparison came to."""

    tell: Teller
    compared: list[ComparedReport] = field(default_factory=list)
    ignored: list[IgnoredReport] = field(default_factory=list)
    anonymous: int = 0
    """Objects without managedFields."""
    differing: set[Identity] = field(default_factory=set)
    """The objects of which values would be shown."""


def find(view: View, state: LiveState) -> Found:
    """Compare. What there is to report is worded by `Found.tell`, when it is known what must not be shown."""
    run = _Run(view, state)
    for part in view.parts:
        run.part(part)
    run.rest()
    return run.found


class _Run:
    def __init__(self, view: View, state: LiveState) -> None:
        self._view = view
        self._state = state
        self.tell = Teller(state.cluster)
        self.found = Found(self.tell)
        self._keys: dict[int, Identity] = {}
        for part in view.parts:
            for resource in part.resources:
                self._keys[id(resource)] = self._key(resource, part)
        self._scaled = scaled([resource.body for part in view.parts for resource in part.resources], state)
        self._told: set[Unreadable] = set()

    def _key(self, resource: Resource, part: Part) -> Identity:
        known = namespaced(self._view, resource, self._state)
        key = identity(resource.id, part.target, known)
        if known is None and key not in self._state.objects:
            # Nobody says whether the kind has a namespace; what lives does.
            for namespace in ("", "default"):
                other = key._replace(namespace=namespace)
                if other in self._state.objects:
                    return other
        return key

    def part(self, part: Part) -> None:
        """One target."""
        rules, problems = self._rules(part)
        for problem in problems:
            self.tell.unhonoured(part, problem)
        unread: dict[tuple[str, str, str, str], list[Resource]] = {}
        # Of two that are stated under one name the later one is applied last.
        for resource in {self._keys[id(one)]: one for one in compared(part)}.values():
            self._one(part, resource, rules, unread)
        for (reason, remedy, _group, _kind), hit in sorted(unread.items()):
            self.tell.unreadable(part, self._keys[id(hit[0])], hit, reason, remedy)
        self._extras(part)

    def _rules(self, part: Part) -> tuple[list[Ignores], list[Unhonoured]]:
        rules: list[Ignores] = []
        problems: list[Unhonoured] = []
        argocd = any(one.owner.system == "argocd" for one in part.owners)
        system = (ignore.of_system(*one) for one in self._view.system_ignores) if argocd else ()
        for found, wrong in (*(ignore.of_owner(one) for one in part.owners), *system):
            rules += found
            problems += wrong
        return rules, problems

    def _one(self, part: Part, resource: Resource, rules: Sequence[Ignores],
             unread: dict[tuple[str, str, str, str], list[Resource]]) -> None:
        key = self._keys[id(resource)]
        live = self._state.objects.get(key)
        switched = ignore.whole(live, resource.body, part.owners)
        if switched is not None and (live is not None or "ifnotpresent" not in switched.lower()):
            self._ignore(part, resource.id, "", switched)
            self._note(part, resource.id, "ignored")
            return
        problem = self._problem(key, resource, live)
        if problem is not None:
            self._told.update(item for item in self._state.unreadable if item.covers(key))
            unread.setdefault((problem.reason, problem.remedy, key.group, key.kind), []).append(resource)
            self._note(part, resource.id, "unreadable")
            if live is None or problem.name == key.name:
                return
        if live is None:
            self._note(part, resource.id, "missing")
            self.tell.missing(part, resource, key)
            return
        self._note(part, resource.id, "compared")
        self._compare(part, resource, key, live, rules)

    def _problem(self, key: Identity, resource: Resource, live: Mapping[str, Any] | None) -> Unreadable | None:
        """Why an object can't be compared; None where it can."""
        state, version = self._state, resource.id.api_version
        if live is None:
            if state.served is not None and (key.group, key.kind) not in state.served:
                where = key.group or "the core group"
                return state.unread(key) or Unreadable(f"the cluster does not serve {key.kind} of {where}",
                                                       "install its CustomResourceDefinition, or apply what brings it first")
            if not state.was_read(key):
                return state.unread(key) or Unreadable(
                    f"nothing that was read says whether there is this {key.kind}", "read all of them, in this namespace")
            return None
        if str(live.get("apiVersion")) != version:
            kind = f"{key.kind.lower()}.{version.rpartition('/')[2]}.{key.group}".rstrip(".")
            return Unreadable(f"it lives as {live.get('apiVersion')} and is stated as {version}, whose fields are others",
                              f"read it in the version that is stated: kubectl get {kind}", name=key.name)
        prediction = state.predictions.get(key)
        return Unreadable(f"the API server refuses the dry run: {prediction.error}") \
            if prediction is not None and prediction.body is None else None

    def _compare(self, part: Part, resource: Resource, key: Identity, live: Mapping[str, Any], rules: Sequence[Ignores]) -> None:
        if not shares(live):
            self.found.anonymous += 1
        group, _, version = resource.id.api_version.rpartition("/")
        owners = [one.owner for one in part.owners]
        merged = ignore.switched_to(live, resource.body, "ssa", "merge")
        tracking = self._view.tracking.label if any(owner.system == "argocd" for owner in owners) else ""
        found = diverging(resource.body, live, self._view.typed(group, version, resource.id.kind), managers_of(owners),
                          own_label=tracking, prediction=self._state.predictions.get(key), with_webhooks=counts_webhooks(part))
        hidden = self._hidden(part, resource, key, version, live, rules) if found else []
        people: dict[Entry, list[Divergence]] = {}
        for one in found:
            reason = known_reason(one, key, resource.body, live, self._scaled) or ignored_by(one, hidden)
            if reason:
                self._ignore(part, resource.id, pointer(one.path), reason)
                continue
            if one.role in (Role.PERSON, Role.CLIENT) and one.entry is not None:
                people.setdefault(one.entry, []).append(one)
            # Operators keep notes in annotations, labels and finalizers of what they work on.
            notes = one.role is Role.CLIENT and one.what == ADDED and one.live_path[:1] == ("metadata",)
            if RESTARTED not in one.live_path and not notes:
                self.found.differing.add(key)
                self.tell.changed(part, resource, live, one, merged=merged)
        for entry, changes in sorted(people.items(), key=lambda item: (item[0].time, item[0].manager)):
            self.tell.by_hand(part, resource, live, entry, changes, merged=merged)

    def _hidden(self, part: Part, resource: Resource, key: Identity, version: str, live: Mapping[str, Any],
                rules: Sequence[Ignores]) -> list[Hidden]:
        """The rules about an object, each with the paths that it hides in either form of it."""
        found = []
        for rule in rules:
            try:
                if rule.suits(key, version, live):
                    found.append(Hidden(rule, [*rule.paths(resource.body), *rule.paths(live)]))
            except (UnreadableSelector, jqpath.Unsupported) as error:
                self.tell.unhonoured(part, Unhonoured(resource, (), f"{rule.by} can't be followed: {error}"))
        return found

    def _extras(self, part: Part) -> None:
        """What the owners of a target made and it no longer renders; of one that is not known as a whole nothing is said."""
        for view in part.owners:
            mine = [other for other in self._view.parts if view.owner.id in {one.owner.id for one in other.owners}]
            if mine[0] is not part or any(other.status != "rendered" for other in mine):
                continue
            for key in extras(view, self._state, frozenset(self._keys.values()), self._view.tracking):
                live = self._state.objects[key]
                name = ResourceId(str(live.get("apiVersion") or ""), key.kind, key.namespace, key.name)
                if view.owner.system == "argocd" and is_extraneous(live):
                    self._ignore(part, name, "", "compare-options: IgnoreExtraneous")
                    continue
                kept = kept_by(view.owner, live)
                if kept:
                    self._ignore(part, name, "", kept)
                    continue
                self.tell.left_over(part, view, key, name)
            for key, api_version in inventory(view, self._state, frozenset(self._keys.values())):
                name = ResourceId(api_version, key.kind, key.namespace, key.name)
                self.tell.left_over(part, view, key, name, listed=True)

    def rest(self) -> None:
        """What could not be read and no stated object is part of."""
        for item in self._state.unreadable if self._view.parts else ():
            if item not in self._told:
                self.tell.unread(self._view.parts[0], item)

    def _ignore(self, part: Part, name: ResourceId, path: str, by: str) -> None:
        self.found.ignored.append(IgnoredReport(part.target.id, name, path, by, self._state.cluster))

    def _note(self, part: Part, name: ResourceId, outcome: str) -> None:
        self.found.compared.append(ComparedReport(part.target.id, name, outcome, self._state.cluster))

