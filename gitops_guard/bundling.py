"""What was asked of `bundle` -> the rules that a cluster enforces, after a look at what its target can't do."""

from __future__ import annotations

from collections.abc import Sequence

from .bundle import Admission, admission_rules, target_opa
from .bundle.made import Made
from .config import Config
from .errors import UsageError
from .evaluate.in_cluster import called, refusals
from .policy import PolicySet
from .selection import Selection


def enforceable(policies: PolicySet, config: Config, selection: Selection, chosen: Sequence[str] = (), *,
                data_files: bool) -> Admission:
    """The rules for a target; `data_files` says whether it can hold what the policies' data files say.

    Raises UsageError with the line and the reason of everything that the target can't do: nothing is left out silently.
    """
    found = admission_rules(policies, config, selection, chosen)
    refused = refusals(policies, [rule.policy for rule in found.rules], data_files=data_files)
    if refused:
        raise UsageError("\n".join(f"{one.file.shown}:{one.line}: {one.message}" for one in refused))
    return found


def for_opa(policies: PolicySet, found: Admission, config: Config) -> Made:
    """The files of an OPA bundle. Raises UsageError where a policy is in the way of the bundle's own packages."""
    return target_opa.made(found, config.admission, called(policies, [rule.policy for rule in found.rules]))
