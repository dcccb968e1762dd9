from __future__ import annotations

import pytest

from gitops_guard.data import policies
from gitops_guard.evaluate import Subjects, evaluate
from gitops_guard.kinds import cover, filled
from gitops_guard.model import Owner, Resource, Target
from gitops_guard.origin import Map, Origin
from gitops_guard.policy import PolicyFolder, load


@pytest.mark.parametrize(("kinds", "group", "kind", "expected"), [
    (["Secret"], "", "Secret", True),
    (["Secret"], "example.com", "Secret", True),
    (["/Secret"], "example.com", "Secret", False),
    (["/Secret"], "", "Secret", True),
    (["*.*/*"], "apps", "Deployment", False),
    (["*.*/*"], "example.com", "Anything", True),
    (["*", "!apps/*"], "apps", "Deployment", False),
    (["*", "!apps/*"], "batch", "Job", True),
    (["*", "!apps/*", "Deployment"], "apps", "Deployment", True),
    (["!apps/*"], "batch", "Job", False),
    (["{include}"], "batch", "Job", False),
    ([], "batch", "Job", False),
])
def test_the_last_pattern_that_fits_decides(kinds, group, kind, expected):
    assert cover(kinds, group, kind) is expected


@pytest.mark.parametrize(("kinds", "parameters", "expected"), [
    (("Secret",), {"include": ["Namespace"]}, ("Secret",)),
    (("Secret", "{include}"), {"include": ["Namespace", 3]}, ("Secret", "{include}", "Namespace")),
    (("{include}",), {"include": []}, ("{include}",)),
    (("{include}",), {"include": "Namespace"}, ("{include}",)),
    (("{include}",), {}, ("{include}",)),
])
def test_a_parameter_brings_kinds(kinds, parameters, expected):
    assert filled(kinds, parameters) == expected


@pytest.mark.parametrize(("include", "expected"), [([], ["data"]), (["HelmRelease"], ["app", "data"])])
def test_state_without_a_guard_is_asked_of_kinds_that_the_configuration_includes(include, expected):
    def made(api, kind, name):
        return Resource(Map({"apiVersion": api, "kind": kind, "metadata": Map({"name": name})}), "x", Origin("x.yaml", 1, 1))

    owner = Owner("flux", "Kustomization", "flux-system", "x", prune=True, automated=True)
    subjects = Subjects([made("v1", "PersistentVolumeClaim", "data"), made("helm.toolkit.fluxcd.io/v2", "HelmRelease", "app")],
                        {"x": Target("x", "kustomization", "x", owners=(owner,))})
    rule = "prune/unguarded-stateful"
    result = evaluate(load([PolicyFolder(policies(), builtin=True)]), subjects, enabled={rule}, parameters={rule: {"include": include}})
    assert sorted(fault.resource.id.name for fault in result.faults) == expected
