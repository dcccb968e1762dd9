"""An ApplicationSet, as it is there -> the Applications that it generates.

An error in any generator or template and Argo CD generates (and deletes) nothing; what asks a server leaves the rest as it is.
Applications with one name are all left out. Rules: Argo CD's `applicationset/controllers` (`GenerateApplications`,
`validateGeneratedApplications`). A rolling sync changes nothing here: it works only where the controller has that flag.
"""

from __future__ import annotations

from collections import Counter

from ....model import Location, Resource, value_at
from ....nodes import Node
from ....origin import Map
from ....tree import OutsideError
from ...expansion import Expansion, Found
from ...fields import items, mapping, mappings, text
from ...world import World
from .context import Context
from .generators import generate
from .problem import MAX_SETS, Budget, SetError
from .template import Template, check
from .templating import Templating


def expand_set(found: Found, world: World) -> Expansion:
    """What an ApplicationSet means. Never raises."""
    problems: list[SetError] = []
    generated: list[Resource] = []
    evidence: set[str] = set()
    budget = Budget()
    try:
        context = Context(found, world, Templating(found.resource.body, budget), budget, evidence)
        made = _generate(context, problems)
        if not any(problem.status == "failed" for problem in problems):
            generated = _valid(made, found, problems)
    except SetError as problem:
        problems.append(problem)
    evidence |= _template_evidence(found.resource.body, world)
    unique = {problem.key: problem for problem in problems}
    return Expansion(
        _node(found, problems),
        generated=tuple(generated),
        faults=tuple(problem.fault(found.resource) for problem in unique.values()),
        evidence=tuple(sorted(evidence)),
    )


def _generate(context: Context, problems: list[SetError]) -> list[tuple[Map, Template]]:
    """Every Application, valid or not. Raises SetError where Argo CD generates nothing."""
    body = context.found.resource.body
    if not isinstance(value_at(body, ("spec", "generators")), list):
        raise SetError("failed", "an ApplicationSet without a list of generators", ("spec", "generators"), "add generators:")
    made: list[tuple[Map, Template]] = []
    for index, entry in enumerate(items(body, "spec", "generators")):
        path = ("spec", "generators", index)
        for kind, produced in generate(entry, path, context):
            problems += produced.unknown
            context.budget.count(len(made) + len(produced.sets), path)
            template = Template(entry, kind, path, context)
            for params in produced.sets:
                try:
                    made.append((template.application(params), template))
                except SetError as problem:
                    if problem.status == "failed" or len(problems) > MAX_SETS:
                        raise
                    problems.append(problem)
    return made


def _valid(made: list[tuple[Map, Template]], found: Found, problems: list[SetError]) -> list[Resource]:
    """Those that Argo CD creates, sorted by name."""
    names = Counter(text(body, "metadata", "name") for body, _template in made)
    good: dict[str, Map] = {}
    for body, template in made:
        name = text(body, "metadata", "name")
        try:
            check(body, template, names[name])
        except SetError as problem:
            problems.append(problem)
            continue
        good[name] = body
    resource = found.resource
    return [Resource(good[name], resource.target, resource.declared) for name in sorted(good)]


def _template_evidence(body: Map, world: World) -> set[str]:
    """The URLs of the template's own sources whose path is here, tags or not: also a set that can't be expanded names them."""
    spec = mapping(body, "spec", "template", "spec")
    found = set()
    for source in [mapping(spec, "source"), *(one for _index, one in mappings(spec, "sources"))]:
        url, path = text(source, "repoURL"), text(source, "path").strip("/")
        if url and path not in ("", ".") and "{{" not in url + path and not text(source, "chart") and _exists(path, world):
            found.add(url)
    return found


def _exists(path: str, world: World) -> bool:
    try:
        return world.sources.tree.kind(path) is not None
    except (OutsideError, OSError):
        return False


def _node(found: Found, problems: list[SetError]) -> Node:
    name, at = found.resource.id, found.resource.declared
    worst = next((one for one in problems if one.status == "failed"), next(iter(problems), None))
    return Node(
        f"argocd/ApplicationSet/{name.namespace or 'default'}/{name.name}", "argocd", "ApplicationSet", name.namespace or None,
        name.name, Location(at.file, at.line, at.column),
        status=worst.status if worst else "resolved",
        reason=worst.message if worst else None,
        generated_by=found.generated_by,
        scope=found.scope,
    )
