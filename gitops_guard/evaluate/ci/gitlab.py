"""`.gitlab-ci.yml` and what it includes from the repository -> what its jobs run.

Syntax: docs.gitlab.com, "CI/CD YAML syntax reference". A job that extends another one runs what it inherits; that is judged
where it is written. Which job inherits it decides whether a throw-away cluster excuses it, so scripts are taken in job by job.
"""

from __future__ import annotations

from typing import Any

from gitops_guard.origin import Map, Seq

from .log import Log, literals, mapping, scripts

_PARTS = ("before_script", "script", "after_script")
_GLOBAL = frozenset({"default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache", *_PARTS})
_MAX_EXTENDS = 11


def read(log: Log, documents: list[Any]) -> None:
    """Collect the scripts of every job, hidden ones included."""
    document = Map()
    for one in documents:
        if isinstance(one, Map):
            document = one if "spec" not in one or len(documents) == 1 else document
    _includes(log, document.get("include"))
    shared = mapping(document.get("default"))
    for holder in (document, shared):
        for part in _PARTS:
            _add(log, holder, part, "default", literals(document.get("variables")))
    for name, job in document.items():
        if isinstance(job, Map) and name not in _GLOBAL:
            inherited = [ancestor.get("variables") for ancestor in _ancestors(document, job)]
            variables = literals(document.get("variables"), *inherited, job.get("variables"))
            log.when = _when(document, job)
            for part in _PARTS:
                _add(log, job, part, name, variables)
            log.needs[name] = ["default", *_parents(job)]


def _when(document: Map, job: Map) -> str:
    """What the rules of a job ask for: any of them starts it. A branch of `only:` is written as the rule it is short for."""
    texts: list[str] = []
    for holder in (job, *reversed(_ancestors(document, job))):
        rules, only = holder.get("rules"), holder.get("only")
        if isinstance(rules, Seq):
            texts = [str(rule["if"]) for rule in rules if isinstance(rule, Map) and "if" in rule and rule.get("when") != "never"]
            break
        if only is not None:
            named = only.get("refs") if isinstance(only, Map) else only
            refs = named if isinstance(named, Seq) else [named]
            texts = [f'$CI_COMMIT_BRANCH == "{ref}"' for ref in refs if isinstance(ref, str)]
            break
    return " || ".join(f"({text})" for text in texts)


def _add(log: Log, holder: Map, part: str, job: str, variables: dict[str, str]) -> None:
    for text, lines in scripts(holder, part):
        log.shell(text, lines, job=job, step=part, env=variables)


def _parents(job: Map) -> list[str]:
    extends = job.get("extends")
    names = extends if isinstance(extends, Seq) else [extends]
    return [name for name in names if isinstance(name, str)]


def _ancestors(document: Map, job: Map) -> list[Map]:
    """The jobs that a job extends, the farthest first."""
    found: list[Map] = []
    waiting = [(name, 0) for name in _parents(job)]
    while waiting and len(found) < 100:
        name, depth = waiting.pop(0)
        parent = mapping(document.get(name))
        found.insert(0, parent)
        if depth < _MAX_EXTENDS:
            waiting += [(upper, depth + 1) for upper in _parents(parent)]
    return found


def _includes(log: Log, include: Any) -> None:
    for entry in include if isinstance(include, Seq) else [include]:
        local = entry.get("local") if isinstance(entry, Map) else entry
        for path in local if isinstance(local, Seq) else [local]:
            if isinstance(path, str) and "://" not in path and "$" not in path:
                log.includes.append(path.lstrip("/"))
