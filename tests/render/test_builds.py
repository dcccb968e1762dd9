"""Whole builds of small trees; what they print was printed by kustomize v5.8.1."""

from __future__ import annotations

import builds
import pytest

ALL = [case for path in sorted(builds.CASES.glob("*.txt")) for case in builds.load(path)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_build(case):
    verb, argument, output = builds.run(case)
    assert (verb, argument) == (case.verb, case.argument)
    assert output == case.output
