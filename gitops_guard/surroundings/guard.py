"""Both sides of a change -> what it does to the repository's own guard: configuration, waivers, policies, workflows."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..config import FILE_NAME, Config, load
from ..discover import environment_of
from ..errors import SourceError, UsageError
from ..evaluate.files import FileInput, read_files
from ..globs import matches
from ..growth import target_environment
from ..manifests import KUSTOMIZATION_FILES
from ..metadata import MetadataError
from ..metadata import read as read_metadata
from ..model import Location, Rule, Severity, Waiver
from ..rego_file import RegoFile, scan
from ..side import Side, is_named
from ..source import Dialect, parse, plain_comments
from ..targets import Built
from ..tree import OutsideError, is_below, join
from ..waive import inline
from .guard_steps import baselines, steps

RULE = "bypass/guard-weakened"
"""What no change can waive, disable or lower for itself."""


@dataclass(frozen=True)
class Standing:
    """How one side guards itself."""

    config: Config
    side: Side
    files: tuple[FileInput, ...]
    waivers: tuple[Waiver, ...]


@dataclass(frozen=True)
class Guard:
    """What a change does to its own guard, and what of it counts for the rule that judges that."""

    document: Mapping[str, Any]
    """`input.guard`, as schemas/input-repository.json has it."""
    waivers: tuple[Waiver, ...]
    """Those of the head side that the base side has, too."""
    before: Config
    """The base side's configuration."""


def compared(config: Config, before: Side, after: Side, rules: Mapping[str, Rule],
             parameters: Mapping[str, Mapping[str, Any]] | None = None) -> Guard:
    """What the head side, whose configuration is `config`, changes; `rules` are all that are known.

    `parameters` are the defaults of each rule that has any.
    """
    old, new = _standing(base_config(config, before), before), _standing(config, after)
    waivers = _waivers(old, new)
    runs = steps(before.sources, old.files, after.sources, new.files)
    document = {
        "waivers": [fact for _waiver, fact in waivers],
        "rules": _rules(old.config, new.config, rules),
        "parameters": _parameters(old.config, new.config, rules, parameters or {}),
        "policies": _policies(old, new),
        "exclude": [{**_at(config, "exclude", index), "pattern": pattern} for index, pattern in enumerate(config.exclude)
                    if pattern not in old.config.exclude],
        "environments": _environments(old.config, new),
        "assume_prune": {**_at(config, "assume-prune"), "before": old.config.assume_prune, "after": config.assume_prune},
        "admission": _admission(old.config, config),
        "baselines": baselines(before.sources, after.sources, _baseline_files(runs)),
        "steps": runs,
    }
    kept = tuple(waiver for waiver, fact in waivers if _stood(fact))
    return Guard(document, kept, old.config)


def _admission(old: Config, new: Config) -> dict[str, Any]:
    """How the cluster enforces its rules, and where it does not."""
    exempt = new.admission.exempt_namespaces
    listed = list((new.document.get("admission") or {}).get("exempt-namespaces") or ())
    return {
        "mode": {**_at(new, "admission", "mode"), "before": old.admission.mode, "after": new.admission.mode},
        "exempt": [{**_at(new, "admission", "exempt-namespaces", *([listed.index(name)] if name in listed else [])),
                    "namespace": name} for name in exempt if name not in old.admission.exempt_namespaces],
    }


def _baseline_files(runs: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The names of the baselines that the steps of either side read."""
    return frozenset(posixpath.basename(file) for run in runs for step in (run["before"], run["after"]) if step is not None
                     for file in step["baseline"])


def base_config(config: Config, before: Side) -> Config:
    """The configuration that the base side has at the same place; one from outside the repository is the same for both."""
    path = config.path or FILE_NAME
    if posixpath.isabs(path) or path.startswith("../"):
        return config
    tree = before.sources.tree
    if tree.kind(path) != "file":
        return Config()
    try:
        return load(tree.read(path), path)
    except (UsageError, SourceError, OutsideError, OSError):
        return config  # what could not be read guarded nothing


def inline_waivers(side: Side, built: Sequence[Built], files: Iterable[FileInput], named: Sequence[str]) -> list[Waiver]:
    """The waivers in the comments of all files that are judged."""
    found: list[Waiver] = []
    parsed = set()
    sources, read = side.sources, {path for item in built for path in item.read}
    for path, stream in side.texts("gitops-guard"):
        parsed.add(path)
        if sources.mount_of(path):
            continue  # what another repository, or another revision, says of itself excuses nothing here
        if "gitops-guard:" in stream.text and (path in read or is_named(path, named)):
            found += inline(path, stream.comments())
    for path in sorted({*(item.path for item in files), *read} - parsed):
        text = sources.text(path) if sources.mentions(path, "gitops-guard") else ""  # a binary file has no comments
        if "gitops-guard:" in text:
            found += inline(path, plain_comments(text))
    return found


def _standing(config: Config, side: Side) -> Standing:
    def speaks(path: str) -> bool:
        return side.sources.mentions(path, "gitops-guard")

    # What waives or runs something here says the name; of the rest, only what may call that is of interest.
    files = tuple(read_files(side.sources, side.sources.tree.files(),
                             lambda path: posixpath.basename(path) not in KUSTOMIZATION_FILES or speaks(path), speaks))
    return Standing(config, side, files, (*config.waivers, *inline_waivers(side, side.built, files, ())))


def _at(config: Config, *keys: str | int) -> dict[str, Any]:
    place = config.location(*keys)
    return {"file": place.file, "line": place.line}


def _waivers(old: Standing, new: Standing) -> list[tuple[Waiver, dict[str, Any]]]:
    """The waivers of the head side, each with the last days of those of the base side that are the same but for their line."""
    left: dict[tuple[Any, ...], list[str | None]] = defaultdict(list)
    for waiver in old.waivers:
        left[_same(waiver)].append(waiver.expires)
    found = []
    for waiver in sorted(new.waivers, key=lambda item: item.location):
        known = left[_same(waiver)]
        before = list(known)
        if waiver.expires in known:
            known.remove(waiver.expires)
        elif known:
            known.pop()
        fact = {"file": waiver.location.file, "line": waiver.location.line, "rules": list(waiver.rules), "reason": waiver.reason,
                "resource": waiver.resource, "expires": waiver.expires, "before": before}
        found.append((waiver, fact))
    return found


def _same(waiver: Waiver) -> tuple[Any, ...]:
    return waiver.location.file, waiver.rules, waiver.reason, waiver.resource, waiver.file


def _stood(fact: Mapping[str, Any]) -> bool:
    return any(last is None or (fact["expires"] is not None and fact["expires"] <= last) for last in fact["before"])


def _rules(old: Config, new: Config, rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """The rules whose settings differ, at the entry that says so now, else at `rules:`."""
    found = []
    for name, rule in sorted(rules.items()):
        before, after = old.settings(name), new.settings(name)
        if (before.enabled, before.severity) != (after.enabled, after.severity):
            place = after.location if new.rules else new.location("rules")
            found.append({"file": place.file, "line": place.line, "rule": name,
                          "before": {"enabled": before.enabled is not False, "severity": (before.severity or rule.severity).word},
                          "after": {"enabled": after.enabled is not False, "severity": (after.severity or rule.severity).word}})
    return found


def _parameters(old: Config, new: Config, rules: Mapping[str, Rule],
                defaults: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parameters that differ, at the entry that says so now, else at `rules:`."""
    found = []
    for rule in sorted(rules):
        before, after = ({**defaults.get(rule, {}), **config.settings(rule).parameters} for config in (old, new))
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                place = next((new.location("rules", pattern, "parameters", name) for pattern, entry in reversed(new.rules)
                              if name in entry.parameters and (pattern == rule or matches(pattern, rule))), new.location("rules"))
                found.append({"file": place.file, "line": place.line, "rule": rule, "name": name,
                              "before": before.get(name), "after": after.get(name)})
    return found


def _policies(old: Standing, new: Standing) -> list[dict[str, Any]]:
    """The repository's own policies that the base side has: what became of each."""
    after = {name: word for _index, name, word in _own(new)}
    where = {folder: index for index, folder in enumerate(new.config.policies)}
    found = []
    for index, name, word in _own(old):
        folder = old.config.policies[index]
        keys = ("policies", where[folder]) if folder in where else ("policies",)
        found.append({**_at(new.config, *keys), "name": name, "before": word, "after": after.get(name)})
    return found


def _own(standing: Standing) -> list[tuple[int, str, str]]:
    """Each policy: which entry of `policies:` reads it, its name in that folder, and how severe it is at worst."""
    tree, found = standing.side.sources.tree, []
    for index, folder in enumerate(standing.config.policies):
        top = join(posixpath.dirname(standing.config.path or ""), folder)
        for path in tree.files():
            if is_below(path, top) and path.endswith(".rego") and not path.endswith("_test.rego"):
                try:
                    file = scan(standing.side.sources.text(path), RegoFile(path, "", Location(path, 1, 1)))
                except (SourceError, OutsideError, OSError):
                    continue  # it is no policy that can be read, which the loading says
                if file.decides:
                    found.append((index, posixpath.relpath(path, top), _severity(file)))
    return found


def _severity(file: RegoFile) -> str:
    if not file.metadata:
        return Severity.ERROR.word
    try:
        documents = parse(file.metadata.encode(), file.name).load(Dialect.MANIFEST)
        return read_metadata(documents[0] if documents else None, "own/policy").rule.severity.word
    except (SourceError, MetadataError):
        return Severity.ERROR.word


def _environments(old: Config, new: Standing) -> list[dict[str, Any]]:
    """The targets that the base side's configuration would put into another environment."""
    found = []
    for item in new.side.built:
        before = target_environment(item.target, lambda names: environment_of(names, old.environments, matches))
        after = item.target.environment
        if before != after and before is not None:
            configured = new.config.environments or {}
            keys = ("environments", before) if before in configured else ("environments",)
            found.append({**_at(new.config, *keys), "target": item.target.id, "before": before, "after": after})
    return found
