"""What becomes of unit tests and examples, whatever is wrong with them."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from gitops_guard import data, skeleton
from gitops_guard.errors import UsageError
from gitops_guard.evaluate import unit_tests
from gitops_guard.policy import PolicyFolder, PolicySet, load
from gitops_guard.trials import Trials, run_trials

RULE = "house/owner-label"
STEM = "house/owner_label"


def written(folder: Path, files: dict[str, str]) -> PolicySet:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return load([PolicyFolder(data.policies(), builtin=True), PolicyFolder(folder, display="policies")])


def tried(folder: Path, changes: dict[str, str] | None = None, **options: object) -> Trials:
    """The policy that `policies new` writes, with some files changed."""
    return run_trials(written(folder, {**skeleton.files(RULE, "resource"), **(changes or {})}), **options)  # type: ignore[arg-type]


def told(trials: Trials) -> list[tuple[str, str, str, int, str]]:
    """What did not pass: subject, name, outcome, and the first line and message."""
    return [(subject.id, trial.name, trial.outcome, trial.problems[0].line, trial.problems[0].message)
            for subject in trials.subjects for trial in subject.trials if trial.problems]


@pytest.mark.parametrize("scope", skeleton.SCOPES)
def test_a_new_policy_holds_and_is_covered(tmp_path: Path, scope: str) -> None:
    trials = run_trials(written(tmp_path, dict(skeleton.files("house/x", scope))))
    assert told(trials) == []
    (subject,) = trials.subjects
    assert (subject.id, trials.ok, trials.lines and trials.lines.percent) == ("house/x", True, 100)
    assert trials.count(kind="test") == 2
    assert trials.count(kind="example") == 2
    assert subject.lacks == ()


@pytest.mark.parametrize("kinds", [["batch/CronJob"], ["argoproj.io/Rollout"], ["Secret", "ConfigMap"], ["Ingress"]])
def test_a_new_policy_for_kinds_holds(tmp_path: Path, kinds: list[str]) -> None:
    assert told(run_trials(written(tmp_path, dict(skeleton.files("house/x", "resource", kinds))))) == []


TEST = """package gitops_guard.house.owner_label_test
import data.gitops_guard.house.owner_label
found := faults if {
	faults := owner_label.deny with input as {"object": {"kind": "Deployment"}, "parameters": {"label": "x"}}
}
test_a if count(found) == 1
"""


@pytest.mark.parametrize(("more", "problem"), [
    ("test_b if count(found) == 2", ("test_b", "failed", 7, "it is undefined: not all of it is true")),
    ("test_b if {\n  x := 1\n  count(found) == x\n  x == 2\n  x == 1\n}", ("test_b", "failed", 10, "it is undefined: not all of it is true")),
    ("test_b if {\n  every x in [1, 2] {\n    x > 0\n    x < 2\n  }\n}", ("test_b", "failed", 10, "it is undefined: not all of it is true")),
    ("test_b if {\n  found ==\n    1\n}", ("test_b", "failed", 8, "it is undefined: not all of it is true")),
    ("test_b := false", ("test_b", "failed", 7, "it is false, not true")),
    ('test_b := {"case": true}', ("test_b", "failed", 7, "it is an object, not true")),
    ('test_b if to_number("x") == 1', ("test_b", "error", 7, "to_number: expects a text that is a number")),
    ("test_b if nothing == 1", ("policies/house/owner_label_test.rego", "error", 7, "use of undefined variable `nothing` is unsafe")),
    ("test_b if not owner_label.denny",
     ("policies/house/owner_label_test.rego", "error", 7, "nothing defines data.gitops_guard.house.owner_label.denny")),
    ("test_b if {", ("policies/house/owner_label_test.rego", "error", 7, "expecting expression")),
])
def test_a_unit_test_that_does_not_hold(tmp_path: Path, more: str, problem: tuple[str, str, int, str]) -> None:
    trials = tried(tmp_path, {f"{STEM}_test.rego": TEST + more})
    (found,) = told(trials)
    assert found[0] == RULE
    assert (found[1], found[2], found[4][: len(problem[3])]) == (problem[0], problem[1], problem[3])
    assert found[3] == problem[2]
    assert not trials.ok


def test_a_test_that_never_ends_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit_tests, "SECONDS", 0.5)
    slow = "test_b if count([1 | numbers.range(1, 100000)[_]; numbers.range(1, 100000)[_]]) == 1\ntest_c if 1 == 2\ntest_d if true\n"
    trials = tried(tmp_path, {f"{STEM}_test.rego": TEST + slow}, pattern=re.compile("test_"))
    assert told(trials) == [(RULE, "test_b", "error", 7, "it did not end within 0.5 s"),
                            (RULE, "test_c", "failed", 8, "it is undefined: not all of it is true")]
    assert trials.count("passed") == 2


def test_a_test_that_ends_the_engine_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = unit_tests._verdict

    def fatal(engine: Any, rule: str, *rest: Any) -> Any:
        return os.kill(os.getpid(), signal.SIGKILL) if rule.endswith("test_b") else verdict(engine, rule, *rest)

    monkeypatch.setattr(unit_tests, "_verdict", fatal)
    trials = tried(tmp_path, {f"{STEM}_test.rego": TEST + "test_b if true\ntest_c if true\n"}, pattern=re.compile("test_"))
    assert told(trials) == [(RULE, "test_b", "error", 7, "it crashed the engine")]
    assert trials.count("passed") == 2


def test_tests_to_be_written_are_skipped_and_prints_are_kept(tmp_path: Path) -> None:
    trials = tried(tmp_path, {f"{STEM}_test.rego": TEST + 'todo_test_b if false\ntest_c if {\n  print("the", found)\n  false\n}\n'})
    by_name = {trial.name: trial for trial in trials.subjects[0].trials}
    assert by_name["todo_test_b"].outcome == "skipped"
    (printed,) = by_name["test_c"].printed
    assert printed.startswith("policies/house/owner_label_test.rego:9: the ")
    assert by_name["test_c"].problems[0].text == "  false"


def test_tests_may_use_each_others_helpers_and_the_package_of_what_they_test(tmp_path: Path) -> None:
    trials = run_trials(written(tmp_path, {
        "main.rego": 'package main\nimport data.kinds\ndeny contains "no" if kinds.bad(input.kind)\n',
        "more.rego": 'package main\nwarn contains "hm" if helper\nhelper if input.kind == "B"\n',
        "kinds.rego": 'package kinds\nbad(kind) if kind == "A"\n',
        "main_test.rego": 'package main\nimport data.fixtures_test\ntest_a if deny.no with input as fixtures_test.a\ntest_b if "hm" in warn with input as {"kind": "B"}\n',
        "fixtures_test.rego": 'package fixtures_test\na := {"kind": "A"}\n',
    }))
    assert told(trials) == [("policies/fixtures_test.rego", "policies/fixtures_test.rego", "failed", 1, "it has no rule test_*")]
    assert [(subject.id, subject.count("passed"), subject.lacks) for subject in trials.subjects] == [
        ("conftest/main", 2, ()), ("kinds", 0, ()), ("policies/fixtures_test.rego", 0, ())]


FOUND = "this was found here: the label example.com/owner is missing"


@pytest.mark.parametrize(("example", "problems"), [
    (["bad: |-", "  apiVersion: apps/v1", "  kind: Deployment", "  metadata: {name: web} # <- here"],
     [("failed", 5, "marked, and nothing was found here"), ("failed", 4, f"not marked, and {FOUND}")]),
    (["good: |-", "  apiVersion: apps/v1", "  kind: Deployment", "  metadata: {name: web}"], [("failed", 4, f"the example is good, and {FOUND}")]),
    (["bad: |-", "  apiVersion: batch/v1", "  kind: Job # <- here", "  metadata: {name: web}"],
     [("failed", 2, "nothing of it is sent to the policy: see its scope and kinds")]),
    (["severity: note", "bad: |-", "  apiVersion: apps/v1", "  kind: Deployment # <- here", "  metadata: {name: web}"],
     [("failed", 5, "the finding is of severity error, not note")]),
    (["environment: staging", "severity: warning", "bad: |-", "  apiVersion: apps/v1", "  kind: Deployment # <- here", "  metadata: {name: web}"], []),
    (["parameters: {labels: x}", "good: |-", "  apiVersion: apps/v1", "  kind: Deployment", "  metadata: {name: web}"],
     [("error", 2, "house/owner-label has no parameter labels; did you mean label?")]),
    (["good: |-", "  apiVersion: apps/v1", "  kind: Deployment", "  metadata: [}"], [("error", 5, "did not find expected node content (while parsing a flow node)")]),
    (["bad: {}"], [("error", 2, "an example is a text, or a mapping of paths to texts")]),
    (["bda: x"], [("error", 2, "an example is a mapping with either good or bad")]),
    (["bad: x"], [("error", 2, "a bad example marks its lines with # <- here")]),
    (["good:", '  a.yaml: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}"'], [("failed", 2, f"a.yaml:1: the example is good, and {FOUND}")]),
])
def test_an_example_that_does_not_hold(tmp_path: Path, example: list[str], problems: list[tuple[str, int, str]]) -> None:
    text = "examples:\n  - " + "\n    ".join(example) + "\n"
    trials = tried(tmp_path, {f"{STEM}.yaml": text})
    found = [(trial.outcome, problem.line, problem.message) for trial in trials.subjects[0].trials for problem in trial.problems]
    assert found == problems
    assert trials.ok is not bool(problems)


def test_broken_policies_are_errors_and_hide_nothing(tmp_path: Path) -> None:
    trials = tried(tmp_path, {
        "house/unsafe.rego": skeleton.files("house/unsafe", "resource")["house/unsafe.rego"].replace("not labelled(manifest)", "not labeled(manifest)"),
        "house/unsafe.yaml": "examples: []",
        "house/typo.rego": "# METADATA\n# custom:\n#   scope: resurce\npackage gitops_guard.house.typo\n",
    })
    assert [(subject, name, outcome, line) for subject, name, outcome, line, _message in told(trials)] == [
        ("house/unsafe", "policies/house/unsafe.rego", "error", 16), ("policies/house/typo.rego", "policies/house/typo.rego", "error", 1)]
    assert "labeled" in told(trials)[0][4]
    assert trials.count("passed") == 4


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    files = skeleton.files(RULE, "resource")
    trials = run_trials(written(tmp_path, {f"{STEM}.rego": files[f"{STEM}.rego"], "main.rego": "package main\ndeny contains 1 if input.x\n",
                                           "lib.rego": "package gitops_guard.lib.house\n\nx(y) := z if {\n\tz := y\n}\n"}))
    assert [(subject.id, subject.lacks) for subject in trials.subjects] == [
        ("conftest/main", ("unit tests",)), (RULE, ("unit tests", "examples")), ("lib/house", ())]
    assert {subject.id: [lines.percent for _file, lines in subject.lines] for subject in trials.subjects} == {
        "conftest/main": [0], RULE: [0], "lib/house": [0]}
    assert trials.ok
    assert not trials.count()


def test_coverage_is_that_of_tests_and_examples_together(tmp_path: Path) -> None:
    policy = skeleton.files(RULE, "resource")[f"{STEM}.rego"]
    more = 'deny contains result.violation(["kind"], "never") if {\n\tinput.object.kind == "Never"\n\tinput.object.x\n}\n'
    trials = tried(tmp_path, {f"{STEM}.rego": f"{policy}\n{more}"})
    ((file, lines),) = trials.subjects[0].lines
    first = policy.count("\n") + 2
    assert (file, sorted(lines.missed)) == (f"policies/{STEM}.rego", [first, first + 2])
    assert lines.percent == 100 * len(lines.covered) // (len(lines.covered) + 2)


def test_some_can_be_chosen(tmp_path: Path) -> None:
    files = {**skeleton.files("house/other", "target"), **skeleton.files("shop/x", "file")}
    assert {subject.id for subject in tried(tmp_path, files, chosen=["house/*"]).subjects} == {RULE, "house/other"}
    narrowed = tried(tmp_path, files, pattern=re.compile("owner-label (test_without|good)"))
    assert [(trial.name) for subject in narrowed.subjects for trial in subject.trials] == ["test_without_the_label", "good example 2: an owner"]
    assert (narrowed.lines, narrowed.subjects[0].lacks) == (None, ())
    with pytest.raises(UsageError, match="there is no rule 'house/ownerlabel' here; did you mean 'house/owner-label'"):
        tried(tmp_path, files, chosen=["house/ownerlabel"])


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    files = {**skeleton.files("house/other", "target"), f"{STEM}_test.rego": TEST + "test_b if false\n"}
    assert tried(tmp_path, files, jobs=1) == tried(tmp_path, files, jobs=3)


def test_a_house_policy_is_tested_in_the_meaning_that_check_gives_it(tmp_path: Path) -> None:
    # `not f(<undefined>)` is undefined for OPA, and so for check; the engine alone calls it true.
    files = {"main.rego": "package main\ndeny contains 1 if not f(input.x)\nf(x) if x == 1\n",
             "main_test.rego": "package main\ntest_a if count(deny) == 0 with input as {}\ntest_b if not f(input.x) with input as {}\n"}
    assert [(name, outcome) for _subject, name, outcome, _line, _message in told(run_trials(written(tmp_path, files)))] == [("test_b", "failed")]
