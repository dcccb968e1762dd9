"""Rules and samples -> the folder for Gatekeeper: templates, Constraints, and a suite for `gator verify`."""

from __future__ import annotations

from collections.abc import Sequence

from ..config import Admission as Settings
from . import gatekeeper, names
from .gatekeeper_rego import may_find
from .made import README, Made, as_text, readme
from .modes import in_words
from .rules import Admission
from .sample import Sample
from .suite import suite

_USAGE = (
    "Apply the templates first; Gatekeeper makes the kinds of the Constraints from them:",
    "", "    kubectl apply -f templates", "    kubectl apply -f constraints", "",
    "`gator verify ./...` runs the examples of the policies, `gator test -f templates -f constraints -f FILE` judges manifests.",
)


def made(admission: Admission, settings: Settings, samples: Sequence[Sample]) -> Made:
    """All files. Raises UsageError for what Gatekeeper can't have."""
    files, enforced, notes = {}, [], [f"{rule}: {why}" for rule, why in admission.left_out.items()]
    rules = []
    for rule in admission.rules:
        constraints = gatekeeper.constraints(rule, settings)
        if not constraints:
            notes.append(f"{rule.id}: all that it finds are notes, which are for reviews alone")
            continue
        rules.append(rule)
        files[gatekeeper.template_path(rule)] = as_text(gatekeeper.template(rule))
        for constraint in constraints:
            files[f"constraints/{constraint['metadata']['name']}.yaml"] = as_text(constraint)
        enforced.append((rule.id, in_words(settings.mode, may_find(rule)), ", ".join(f"`{kind}`" for kind in rule.kinds)))
        if rule.of_requests:
            notes.append(f"{rule.id}: Gatekeeper's webhook asks about DELETE only where it is installed with "
                         f"enableDeleteOperations, and its audit knows no user, so it finds nothing of {names.kind_of(rule)}")
    files.update({path: as_text(document) for path, document in suite(rules, samples).items()})
    files[README] = readme("gatekeeper", _USAGE, enforced, notes)
    return Made(dict(sorted(files.items())), tuple(notes))

