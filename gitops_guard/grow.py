"""Roots -> every target and the graph: targets are built and the objects in their output expanded, until nothing is new.

A root is what nobody owns. It is built as it lies there; the objects in its output name more targets, which are built as their
owners say, and so on. What an object needs may be rendered later (a source, a ConfigMap), and a folder that looked like a root
may turn out to be owned, so the whole is repeated with what it found out, until it finds the same. Nothing is built twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from .discover import Discovery, Taken
from .graph.assemble import Key, folder_key
from .graph.expand import CONTROLLERS, REFERENCED, expand, is_controller, is_referenced
from .graph.expansion import Deployment, Found
from .graph.world import Objects, World
from .growth import Grown, Pass, Plan, finish
from .later import holding
from .model import ResourceId, Target
from .recipes import Directory, Kustomize, Recipe, same_build
from .targets import Built

MAX_PASSES = 16
MAX_OBJECTS = 50_000
"""Controller objects of one repository: objects that make objects for ever are stopped here."""


class Grower:
    """Grows a repository's targets; what is built is kept from pass to pass."""

    def __init__(self, found: Discovery, build: Callable[[Target, tuple[Recipe, ...]], Built],
                 world: Callable[[Objects, frozenset[str]], World], environment: Callable[[Iterable[str]], str | None],
                 mount_of: Callable[[str], str]) -> None:
        """`build` makes a target, by its own folder where there are no recipes.

        `world` gives expansions the objects that are there, and the URLs that name paths of this tree; `environment` is that of
        a target's names, the most telling first; `mount_of` tells which other tree a path lies in, empty for none.
        """
        self._found = found
        self._build = build
        self._world = world
        self._environment = environment
        self._mount_of = mount_of
        self._done: dict[str, Built] = {}

    def grow(self, named: tuple[str, ...], guess: Taken) -> Grown:
        """All targets, and those that the command line names (`named`).

        `guess` is what controller objects will take, roughly: it saves builds, and only decides who is first in a cycle.
        """
        roots = self._found.targets((), guess)
        before, evidence, shape = Pass(Objects()), frozenset[str](), object()
        seen: set[tuple[tuple[Target, ...], frozenset[str]]] = set()
        for _ in range(MAX_PASSES):
            now = self._pass(roots, before.objects, evidence)
            following = self._next_roots(roots, now)
            settled = following == roots and now.evidence() == evidence and now.shape() == shape
            seen.add((roots, evidence))
            before, evidence, shape = now, now.evidence(), now.shape()
            if settled or (following != roots and (following, evidence) in seen):
                break
            roots = following
        return self._finish(named, before)

    def _pass(self, roots: tuple[Target, ...], known: Objects, evidence: frozenset[str]) -> Pass:
        done = Pass(Objects(fallback=known))
        world = self._world(done.objects, evidence)
        for root in roots:
            done.plans[f"{root.kind} {root.id}"] = Plan(root, (), {root.path}, self._built(root, ()))
        held = (resource for plan in done.plans.values() for resource in holding(plan.built.resources, CONTROLLERS))
        if any(is_controller(resource) for resource in held):
            for plan in list(done.plans.values()):  # else nobody looks anything up
                self._output(plan.built, plan.target.path, folder_key(plan.target), done)
        while done.waiting and len(done.expansions) < MAX_OBJECTS:
            found = done.waiting.popleft()
            expansion = expand(found, world)
            if expansion is None:
                continue
            node = replace(expansion.node, scope=found.scope, generated_by=found.generated_by or expansion.node.generated_by)
            if node.key in done.expansions:
                continue
            done.expansions[node.key] = expansion = replace(expansion, node=node)
            done.expanded[node.key] = found.resource
            uses = frozenset(expansion.uses)
            done.takes[found.scope] = done.takes.get(found.scope, Taken()) | Taken(uses, covered=uses)
            for resource in expansion.generated:
                self._there(Found(resource, found.scope, node.id), node.key, done)
            for deployment in expansion.deployments:
                plan = self._plan(deployment, found, done)
                self._output(plan.built, found.scope, node.key, done)
                done.takes[found.scope] |= self._taken(plan, found.resource.declared.file)
        return done

    def _plan(self, deployment: Deployment, found: Found, done: Pass) -> Plan:
        """The target of a deployment: the folder's where its owner changes nothing, else the owner's own."""
        owner = deployment.owner
        mount = self._mount_of(deployment.path)
        names = [owner.id, f"{owner.id}@{found.scope}"]
        if not deployment.changes and not mount:
            names.insert(0, deployment.path)
        path = deployment.path.removeprefix(mount).lstrip("/") or "."
        for name in names:
            plan = done.plans.get(name)
            if plan is None:
                break
            same_owner = any(known.id == owner.id for known in plan.target.owners)
            if same_build(plan.recipes, deployment.recipes) and (same_owner or not deployment.changes):
                if not same_owner:
                    owners = sorted((*plan.target.owners, owner), key=lambda known: known.id)
                    # What several clusters get is in none of them alone.
                    one = plan.target.cluster if plan.target.cluster == (deployment.cluster or _cluster_of(found)) else None
                    plan.target = replace(plan.target, owners=tuple(owners), cluster=one)
                plan.scopes.add(found.scope)
                return plan
        else:
            name = f"{names[-1]}#{len(done.plans)}"
        target = Target(name, deployment.kind, path, cluster=deployment.cluster or _cluster_of(found), owners=(owner,),
                        namespace=deployment.namespace)
        built = self._built(target, deployment.recipes)
        if deployment.partial and built.status == "rendered":
            built = replace(built, status="partial")
        plan = done.plans[name] = Plan(target, deployment.recipes, {found.scope}, built)
        return plan

    def _output(self, built: Built, scope: str, parent: Key, done: Pass) -> None:
        for resource in holding(built.resources, REFERENCED):
            if is_referenced(resource):
                self._there(Found(resource, scope), parent, done)

    def _there(self, found: Found, parent: Key, done: Pass) -> None:
        done.objects.add(found)
        if is_controller(found.resource):
            done.waiting.append(found)
            done.deploys.add((parent, (node_id(found.resource.id), found.scope)))

    def _built(self, target: Target, recipes: tuple[Recipe, ...]) -> Built:
        key = f"{target.id}\0{target.kind}\0{target.files}\0{recipes!r}"
        known = self._done.get(key)
        if known is None:
            known = self._done[key] = self._build(target, recipes)
        return known

    def _taken(self, plan: Plan, owner: str) -> Taken:
        """What a target takes in; the file of its owner is no part of it."""
        taken = Taken()
        for recipe in plan.recipes:
            if isinstance(recipe, Kustomize):
                made = recipe.folder not in self._found.direct
                covered = frozenset([recipe.folder] if made else [])
                taken |= Taken(plan.built.folders | {recipe.folder}, plan.built.read - {owner}, covered)
            elif isinstance(recipe, Directory):
                taken |= Taken(covered=frozenset([recipe.folder]))
        return taken

    def _next_roots(self, roots: tuple[Target, ...], now: Pass) -> tuple[Target, ...]:
        """The roots that no other root's objects take, and what turned out to be nobody's."""
        takes: dict[str, set[str]] = {}
        for scope, taken in now.takes.items():
            free = {(target.path, target.kind) for target in self._found.targets((), taken)}
            takes[scope] = {root.path for root in roots if (root.path, root.kind) not in free}
        kept = [root for root in roots if not _is_owned(root.path, takes)]
        found = {(target.path, target.kind): target for target in (*kept, *self._found.targets((), now.taken()))}
        return tuple(found[key] for key in sorted(found))

    def _finish(self, named: tuple[str, ...], last: Pass) -> Grown:
        """Without the roots that own themselves, with what the command line names."""
        free = frozenset(self._found.targets((), last.taken()))
        plans = [plan for plan in last.plans.values() if plan.recipes or plan.target in free]
        paths = {plan.target.path for plan in plans}
        plans += [Plan(target, (), {target.path}, self._built(target, ())) for target in self._found.targets(named, last.taken())
                  if target.path in named and target.path not in paths]
        return finish(last, plans, self._world(last.objects, last.evidence()).repositories, self._environment)


def node_id(name: ResourceId) -> str:
    """The id of a controller object's node."""
    system = "argocd" if name.group == "argoproj.io" else "flux"
    return f"{system}/{name.kind}/{name.namespace or 'default'}/{name.name}"


def _cluster_of(found: Found) -> str | None:
    """The folder of a cluster that the object, or the root it grew from, lies in: `clusters/<name>/…`."""
    for path in (found.resource.declared.file, found.scope + "/"):
        match = re.search(r"(?:^|/)clusters?/([^/]+)/", path)
        if match:
            return match.group(1)
    return None


def _is_owned(root: str, takes: Mapping[str, set[str]]) -> bool:
    """Whether what grows from another root takes this one; of roots that take each other the first one stays."""
    ours = _reach(root, takes)
    return any(root in _reach(other, takes) and not (other in ours and root < other) for other in takes if other != root)


def _reach(start: str, takes: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in takes.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
