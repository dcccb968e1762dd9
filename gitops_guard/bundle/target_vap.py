"""Rules and their twins in CEL -> the folder with ValidatingAdmissionPolicies: one file for each rule that has a twin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ..config import Admission as Settings
from ..twin import Twin, read_twin
from . import names, vap
from .made import README, Made, as_text, readme
from .modes import in_words
from .rules import Admission, AdmissionRule

_USAGE = (
    "Kubernetes 1.30 or later judges by it without any other program:", "", "    kubectl apply -f .", "",
    "Where several policies refuse a request, the API server tells the message of one of them.",
)


def made(admission: Admission, settings: Settings, twins: Mapping[str, Path], today: str) -> Made:
    """All files; `twins` are those of the PolicySet, `today` is YYYY-MM-DD: an API server does not know the date.

    Raises UsageError for a twin that can't be read, and for parameters that CEL can't have.
    """
    files, enforced, notes = {}, [], [f"{rule}: {why}" for rule, why in admission.left_out.items()]
    for rule in admission.rules:
        key = rule.id.replace("-", "_")
        if key not in twins:
            notes.append(f"{rule.id}: it has no twin in CEL ({key}.cel.yaml beside the policy)")
            continue
        twin = read_twin(twins[key], twins)
        notes += list(_waivers(rule, today))
        current = replace(rule, waivers=tuple(one for one in rule.waivers if one.expires is None or one.expires >= today))
        documents = vap.policies(current, twin, settings)
        if not documents:
            notes.append(f"{rule.id}: all that it finds are notes, which are for reviews alone")
            continue
        files[f"{names.dashed(rule.id)}.yaml"] = as_text(*documents)
        happens = in_words(settings.mode, vap.may_find(rule, twin))
        enforced.append((rule.id, happens, ", ".join(f"`{kind}`" for kind in _judged(rule, twin))))
        missing = uncovered(rule, twin)
        if missing:
            notes.append(f"{rule.id}: of the kinds {', '.join(f'`{kind}`' for kind in missing)} only those above are judged")
    files[README] = readme("vap", _USAGE, enforced, notes)
    return Made(dict(sorted(files.items())), tuple(notes))


def uncovered(rule: AdmissionRule, twin: Twin) -> list[str]:
    """The kinds of the policy that the twin judges in part, or not at all."""
    if twin.asked_for or twin.is_of_all_kinds:
        return []
    known = {seen.kind for seen in twin.resources} | {f"{seen.group}/{seen.kind}" for seen in twin.resources}
    return [kind for kind in rule.kinds if kind not in known]


def _judged(rule: AdmissionRule, twin: Twin) -> list[str]:
    if twin.asked_for:
        return list(rule.parameters[twin.asked_for])
    return list(rule.kinds) if twin.is_of_all_kinds else sorted({seen.kind for seen in twin.resources})


def _waivers(rule: AdmissionRule, today: str) -> Iterator[str]:
    for waiver in rule.waivers:
        if waiver.expires is not None and waiver.expires >= today:
            yield (f"{rule.id}: the waiver of {waiver.resource} ends on {waiver.expires}; an API server does not know the date, "
                   "so make this again then")
