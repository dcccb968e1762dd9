from __future__ import annotations

import pytest

from gitops_guard.kinds import cover, filled


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
