"""What Flux and Argo CD call a target of their ignore rules -> whether an object is one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..gopattern import fits
from ..goregexp import PatternError, Regexp, UnknownPatternError, compiled
from ..live import Identity

_REQUIREMENT = re.compile(r"\s*(?:(?P<set>[\w./-]+)\s+(?P<word>in|notin)\s*\((?P<values>[^()]*)\)"
                          r"|(?P<key>[\w./-]+)\s*(?P<sign>==|=|!=)\s*(?P<value>[\w.-]*)|(?P<no>!?)\s*(?P<has>[\w./-]+))\s*(?:,|$)")


class UnreadableSelector(ValueError):  # noqa: N818 (a property of what is written, not a fault of the program)
    """A selector that can't be followed."""


def suits_flux(selector: Any, key: Identity, version: str, live: Mapping[str, Any]) -> bool:
    """Whether an object is the `target` of a rule of Flux: regular expressions over the whole of each name, and two selectors.

    No selector is every object (fluxcd/pkg, ssa/jsondiff). Raises UnreadableSelector.
    """
    if not isinstance(selector, dict):
        return True
    names = {"group": key.group, "version": version, "kind": key.kind, "namespace": key.namespace, "name": key.name}
    for field, value in names.items():
        pattern = selector.get(field)
        if isinstance(pattern, str) and pattern and not _anchored(pattern).occurs(value):
            return False
    metadata = live.get("metadata")
    held = metadata if isinstance(metadata, dict) else {}
    return (_meets(selector.get("labelSelector"), held.get("labels"))
            and _meets(selector.get("annotationSelector"), held.get("annotations")))


def suits_argocd(rule: Mapping[str, Any], key: Identity) -> bool:
    """Whether an object is meant by an entry of `ignoreDifferences`: globs for group and kind, exact name and namespace."""
    group, kind = str(rule.get("group") or ""), str(rule.get("kind") or "")
    return (fits(group, key.group) and fits(kind, key.kind)
            and rule.get("name") in (None, "", key.name) and rule.get("namespace") in (None, "", key.namespace))


@lru_cache(maxsize=1_024)
def _anchored(pattern: str) -> Regexp:
    try:
        return compiled(f"^(?:{pattern})$")
    except (PatternError, UnknownPatternError):
        raise UnreadableSelector("a regular expression that is not understood") from None


def _meets(selector: Any, values: Any) -> bool:
    if not isinstance(selector, str) or not selector.strip():
        return True
    have = {str(key): str(value) for key, value in values.items()} if isinstance(values, dict) else {}
    at = 0
    while at < len(selector):
        match = _REQUIREMENT.match(selector, at)
        if match is None or match.end() == at:
            raise UnreadableSelector("a selector that is not understood")
        if not _requirement(match, have):
            return False
        at = match.end()
    return True


def _requirement(match: re.Match[str], have: Mapping[str, str]) -> bool:
    if match["set"] is not None:
        listed = {value.strip() for value in match["values"].split(",")}
        inside = have.get(match["set"]) in listed if match["set"] in have else False
        return inside is (match["word"] == "in")
    if match["key"] is not None:
        return (have.get(match["key"]) == match["value"]) is (match["sign"] != "!=")
    return (match["has"] in have) is not bool(match["no"])
