"""What data files hold is known to policies, their unit tests and their examples; what is nowhere is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from judging import deployments, folder, judge, policy

from gitops_guard.policy import POLICY_ERROR
from gitops_guard.trials import run_trials

RULE = """
deny contains {"msg": sprintf("%s is no team", [name])} if {
    name := input.object.metadata.name
    not name in TEAMS
}
"""
TEST = """package gitops_guard.house.team_test
import data.gitops_guard.house.team

test_known if count(team.deny) == 0 with input as {"object": {"metadata": {"name": "shop"}}}

test_unknown if {
	count(team.deny) == 1 with input as {"object": {"metadata": {"name": "shop"}}}
		with data.house.teams as ["other"]
}
"""
EXAMPLES = """examples:
  - good: |-
      apiVersion: v1
      kind: Pod
      metadata: {name: shop}
  - bad: |-
      apiVersion: v1
      kind: Pod # <- here
      metadata: {name: shoop}
"""
DATA = {"house/data.yaml": "teams: [shop, billing]\n"}


def team(teams: str) -> dict[str, str]:
    return policy("team", RULE.replace("TEAMS", teams))


@pytest.mark.parametrize("teams", ["data.house.teams", 'data.house["teams"]', 'data[concat("", ["ho", "use"])].teams'])
def test_policies_know_it(tmp_path: Path, teams: str) -> None:
    found = judge(folder(tmp_path, {**team(teams), **DATA}), deployments("shop", "shoop"))
    assert [(fault.rule, fault.message) for fault in found.faults] == [("house/team", "shoop is no team")]


def test_libraries_and_conftest_policies_know_it(tmp_path: Path) -> None:
    files = {"lib/teams.rego": "package lib.teams\nimport data.house.teams\nknown(name) if name in teams\n",
             "main.rego": 'package main\nimport data.lib.teams\ndeny contains "no team" if not teams.known(input.metadata.name)\n', **DATA}
    found = judge(folder(tmp_path, files), deployments("shop", "shoop"))
    assert [(fault.rule, fault.message) for fault in found.faults] == [("conftest/main", "no team")]


@pytest.mark.parametrize(("body", "message"), [
    ("data.house.temas", "nothing defines data.house.temas"), ("data.teams", "nothing defines data.teams"),
    ("data.house.teams.x.y", ""),
])
def test_what_is_nowhere_is_refused(tmp_path: Path, body: str, message: str) -> None:
    found = judge(folder(tmp_path, {**team(body), **DATA}), deployments("shop"))
    refused = [fault.message for fault in found.faults if fault.rule == POLICY_ERROR]
    assert bool(refused) is bool(message)
    assert all(message in text for text in refused)


def test_a_rule_and_a_value_of_the_same_name_are_refused(tmp_path: Path) -> None:
    files = {"main.rego": 'package house\n\nteams := ["x"]\ndeny contains "no" if input.x\n', **DATA}
    (fault,) = judge(folder(tmp_path, files), deployments("shop")).faults
    assert (fault.rule, fault.location and fault.location.line) == (POLICY_ERROR, 3)
    assert "the data files have a value for data.house.teams, too" in fault.message


def test_unit_tests_and_examples_know_it(tmp_path: Path) -> None:
    files = {**team("data.house.teams"), "house/team_test.rego": TEST, "house/team.yaml": EXAMPLES, **DATA}
    trials = run_trials(folder(tmp_path, files))
    assert [(trial.name, trial.problems) for subject in trials.subjects for trial in subject.trials if trial.problems] == []
    assert trials.count() == 4
