"""What the GitHub Action runs: events, inputs, the commit to compare with, and what GitHub is told."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from remotes import ENV, committed, git, write

from action.__main__ import main
from action.base import Checkout, RefusedError, base_of
from action.event import Event, read_event
from action.inputs import read_inputs
from action.outcome import error, unfinished, write_outputs, write_summary
from gitops_guard.source import Dialect, parse

CHECKOUT = Path(__file__).resolve().parents[1]
DEFAULTS = {"GUARD_ALLOW_REMOTE": "false", "GUARD_ANNOTATIONS": "true", "GUARD_SUMMARY": "true", "GUARD_UPLOAD_SARIF": "false"}


def pull(theirs: str | None = "acme/shop") -> dict:
    return {"pull_request": {"base": {"sha": "b" * 40, "repo": {"full_name": "acme/shop"}},
                             "head": {"sha": "a" * 40, "repo": theirs and {"full_name": theirs}}}}


@pytest.mark.parametrize(("name", "payload", "expected"), [
    ("push", {"before": "0" * 40}, Event("push", "s")),
    ("schedule", {}, Event("schedule", "s")),
    ("pull_request", pull(), Event("pull_request", "s", "b" * 40, "a" * 40)),
    ("pull_request", pull("other/shop"), Event("pull_request", "s", "b" * 40, "a" * 40, fork=True)),
    ("pull_request", pull(None), Event("pull_request", "s", "b" * 40, "a" * 40, fork=True)),
    ("merge_group", {"merge_group": {"base_sha": "c" * 40, "head_sha": "s"}}, Event("merge_group", "s", "c" * 40)),
])
def test_events(name, payload, expected, tmp_path):
    (tmp_path / "event.json").write_text(json.dumps(payload))
    assert read_event({"GITHUB_EVENT_NAME": name, "GITHUB_SHA": "s", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}) == expected


def test_without_an_event_there_is_nothing_to_compare():
    assert read_event({}) == Event("", "")


def test_every_value_is_one_word_with_its_option(tmp_path):
    found = read_inputs({**DEFAULTS, "GUARD_WORKSPACE": str(tmp_path), "GUARD_SELECT": " secrets/*\n\n--ignore\n", "GUARD_FAIL_ON": "warning",
                         "GUARD_PATHS": "a b\n--staged\n", "GUARD_ALLOW_REMOTE": "TRUE", "GUARD_KUBERNETES_VERSION": "1.34"})
    assert found.options == ("--kubernetes-version=1.34", "--fail-on=warning", "--select=secrets/*", "--select=--ignore", "--allow-remote")
    assert found.paths == ("a b", "--staged")
    assert (found.folder, found.annotations, found.upload) == (tmp_path, True, False)


@pytest.mark.parametrize(("name", "value", "message"), [
    ("SUMMARY", "yes", "summary is true or false"), ("UPLOAD_SARIF", "", "upload-sarif is true or false"),
    ("WORKING_DIRECTORY", "nowhere", "no folder 'nowhere'")])
def test_inputs_that_are_not_understood(name, value, message, tmp_path):
    with pytest.raises(RefusedError, match=message):
        read_inputs({**DEFAULTS, "GUARD_WORKSPACE": str(tmp_path), f"GUARD_{name}": value})


def test_action_yml_and_the_environment_agree():
    """Each input is handed on under its name, and what is read is handed on."""
    (metadata,) = parse((CHECKOUT / "action.yml").read_bytes(), "action.yml").load(Dialect.MANIFEST)
    steps = {step["name"]: step for step in metadata["runs"]["steps"]}
    given = {key: value for step in steps.values() for key, value in step.get("env", {}).items() if "inputs." in value}
    assert given == {f"GUARD_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}" for name in metadata["inputs"] if name != "category"}
    assert not any("${{" in step.get("run", "") for step in steps.values())
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps.values() if "uses" in step)


@pytest.fixture
def merged(tmp_path):
    """A branch that is merged into what the base became: (checkout, base when it began, head, base, merge)."""
    place = committed(tmp_path / "repo", {"a": "1"})
    old = git(place, "rev-parse", "HEAD")
    git(place, "checkout", "--quiet", "-b", "change")
    head = commit(place, "b")
    git(place, "checkout", "--quiet", "main")
    base = commit(place, "c")
    git(place, "checkout", "--quiet", "--detach")
    git(place, "merge", "--quiet", "--no-ff", "--message", "x", "change")
    return Checkout(place), old, head, base, git(place, "rev-parse", "HEAD")


def commit(place: Path, name: str) -> str:
    write(place, {name: name})
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", name)
    return git(place, "rev-parse", "HEAD")


def test_a_merge_is_compared_with_its_first_parent(merged):
    checkout, old, head, base, merge = merged
    assert base_of(Event("pull_request", merge, old, head), "", checkout) == base
    assert base_of(Event("pull_request", "f" * 40, old, head), "", checkout) == base
    assert base_of(Event("merge_group", merge, old), "", checkout) == old


def test_a_branch_is_compared_with_the_base_of_its_event(merged):
    checkout, old, head, base, merge = merged
    git(checkout.folder, "checkout", "--quiet", head)
    assert base_of(Event("pull_request", merge, base, head), "", checkout) == base
    git(checkout.folder, "checkout", "--quiet", merge)
    assert base_of(Event("pull_request", "f" * 40, old, "e" * 40), "", checkout) == old


def test_what_is_asked_for_comes_first(merged):
    checkout, old, head, _base, merge = merged
    event = Event("pull_request", merge, old, head)
    assert base_of(event, "none", checkout) is None
    assert base_of(event, "v1", checkout) == "v1"
    assert base_of(Event("push", merge), "", checkout) is None


def test_a_change_that_is_not_there_is_refused(merged, tmp_path):
    checkout, old, head, base, _merge = merged
    git(checkout.folder, "checkout", "--quiet", "main")
    for event in (Event("pull_request", "f" * 40, base, head), Event("pull_request_target", base, old, head)):
        with pytest.raises(RefusedError, match="is the base branch, and not the change"):
            base_of(event, "", checkout)
    with pytest.raises(RefusedError, match="fetch-depth: 0"):
        base_of(Event("pull_request", "f" * 40, "d" * 40, head), "", checkout)
    with pytest.raises(RefusedError, match="no checkout"):
        base_of(Event("pull_request", "f" * 40, old, head), "", Checkout(tmp_path))


def test_outputs_and_summaries_hold_any_text(tmp_path):
    output, summary = tmp_path / "output", tmp_path / "summary"
    write_outputs({"GITHUB_OUTPUT": str(output)}, {"a": "x\nb=y", "c": "end"})
    first, mark, rest = re.fullmatch(r"(a<<)(\w+)\n(.*)", output.read_text(), re.DOTALL).groups()
    assert (first, rest.startswith(f"x\nb=y\n{mark}\nc<<")) == ("a<<", True)
    env = {"GITHUB_STEP_SUMMARY": str(summary)}
    assert write_summary(env, "x" * 1024 * 1023)
    assert not write_summary(env, "y" * 2048)
    assert write_summary(env, "z" * 1024)
    assert summary.stat().st_size == 1024 * 1024
    assert not write_summary({}, "x")
    assert error("a%\n::b") == "::error title=gitops-guard::a%25%0A::b"
    assert "Exit code 137" in unfinished(137)


@pytest.fixture
def job(tmp_path):
    """A job's environment, with this gitops-guard as the one that is installed."""
    program = tmp_path / "home" / "venv" / "bin" / "gitops-guard"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gitops_guard "$@"\n')
    program.chmod(0o755)
    temp = tmp_path / "temp dir"
    temp.mkdir()
    return {**ENV, **DEFAULTS, "GUARD_HOME": str(tmp_path / "home"), "RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GUARD_WORKSPACE": str(tmp_path / "work")}


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'registry.example.com/web:latest'}]}\n"


def test_a_check_and_what_github_is_told(job, tmp_path, capfd):
    committed(tmp_path / "work", {"production/kustomization.yaml": "resources: [web.yaml]\n", "production/web.yaml": POD})
    main({**job, "GUARD_UPLOAD_SARIF": "true"})
    assert "::error file=production/web.yaml,line=4" in capfd.readouterr().out
    said = (tmp_path / "output").read_text()
    found = dict(re.findall(r"^([\w-]+)<<(?:\w+)\n(.*)$", said, re.MULTILINE))
    assert {name: found[name] for name in ("exit-code", "errors", "upload", "root")} == {
        "exit-code": "1", "errors": "1", "upload": "true", "root": str(tmp_path / "work")}
    assert (tmp_path / "summary").read_text() == Path(found["markdown-file"]).read_text()


def test_a_check_that_can_not_finish_says_so(job, tmp_path, capfd):
    committed(tmp_path / "work", {"README.md": "x\n"})
    main(job)
    main({**job, "GUARD_SUMMARY": "maybe"})
    out = capfd.readouterr().out
    assert "::error title=gitops-guard::the check could not finish: exit code 3" in out
    assert "::error title=gitops-guard::summary is true or false, not 'maybe'" in out
    assert re.findall(r"<<\w+\n(\d)\n", (tmp_path / "output").read_text()) == ["3", "2"]
    assert (tmp_path / "summary").read_text().count("could not finish") == 2


def test_what_is_pinned_is_what_the_package_needs():
    """`make lock` writes the pins; a dependency that is none of them would be refused by pip."""
    text = (CHECKOUT / "pyproject.toml").read_text()
    declared = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    build = (CHECKOUT / "action" / "build.in").read_text()
    wanted = [*re.findall(r'^ +"([^"]+)"', declared[1], re.MULTILINE), *re.findall(r"^(?!#)(.+)$", build, re.MULTILINE)]
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (CHECKOUT / "action" / "requirements.txt").read_text(), re.MULTILINE))
    assert len(wanted) > 5
    for text in wanted:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[requirement.name.lower()]), text
