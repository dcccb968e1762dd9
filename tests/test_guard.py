"""What a change does to its own guard: the facts of both sides, and that the change can't excuse itself."""

import json

import pytest
from click.testing import CliRunner
from remotes import git, write
from trees import MemoryTree

from gitops_guard import cli
from gitops_guard.config import Config, load
from gitops_guard.guard import compared
from gitops_guard.side import Clone, build_side

CONFIG = ".gitops-guard.yaml"
WORKFLOW = ".github/workflows/guard.yaml"
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\n"
WEB = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
FILES = {"prod/kustomization.yaml": KUSTOMIZATION, "prod/web.yaml": WEB}
WAIVER = "# gitops-guard: ignore[images/*] rebuilt nightly (until 2027-01-31)\n"


def facts(before, after):
    old, new = ({**FILES, **files} for files in (before, after))
    config = load(new[CONFIG]) if CONFIG in new else Config()
    sides = [build_side(MemoryTree(files), load(files.get(CONFIG, "")), (), Clone()) for files in (old, new)]
    return compared(config, *sides, {}).document


def new_waivers(before, after):
    return [(waiver["file"], waiver["line"], waiver["before"]) for waiver in facts(before, after)["waivers"]]


def test_waivers_in_comments():
    assert new_waivers({}, {"prod/web.yaml": WEB + WAIVER}) == [("prod/web.yaml", 4, [])]
    moved = new_waivers({"prod/web.yaml": WEB + WAIVER}, {"prod/web.yaml": WAIVER + WEB})
    assert moved == [("prod/web.yaml", 1, ["2027-01-31"])]


def test_a_second_waiver_of_the_same_text_is_new():
    twice = new_waivers({"prod/web.yaml": WEB + WAIVER}, {"prod/web.yaml": WAIVER + WEB + WAIVER})
    assert twice == [("prod/web.yaml", 1, ["2027-01-31"]), ("prod/web.yaml", 5, [])]


def test_waivers_in_the_configuration():
    entry = "waivers: [{rule: images/*, resource: 'ConfigMap/*/web', reason: r}]\n"
    assert new_waivers({CONFIG: entry}, {CONFIG: "assume-prune: true\n" + entry}) == [(CONFIG, 2, [None])]
    wider = entry.replace("ConfigMap/*/web", "ConfigMap/*/*")
    assert new_waivers({CONFIG: entry}, {CONFIG: wider}) == [(CONFIG, 1, [])]


def test_environments_that_lose_a_target():
    found = facts({}, {CONFIG: "environments:\n  staging: [prod]\n"})["environments"]
    assert found == [{"file": CONFIG, "line": 1, "target": "prod", "before": "production", "after": "staging"}]
    assert facts({}, {CONFIG: "environments:\n  production: ['prod*']\n"})["environments"] == []


@pytest.mark.parametrize(("before", "after", "expected"), [
    ({"policies/a.rego": "package a\ndeny contains 1 if true\n"}, {}, [("a.rego", "error", None)]),
    ({"policies/a.rego": "package a\ndeny contains 1 if true\n"}, {"policies/a.rego": "package a\n"}, [("a.rego", "error", None)]),
    ({"policies/a.rego": "package a\ndeny contains 1 if true\n"}, {"policies/a.rego": "package a\ndeny contains 2 if true\n"},
     [("a.rego", "error", "error")]),
    ({"policies/a_test.rego": "package a_test\ndeny contains 1 if true\n"}, {}, []),
    ({"policies/lib.rego": "package lib\nhelp := 1\n"}, {}, []),
])
def test_policies(before, after, expected):
    config = {CONFIG: "policies: [policies]\n"}
    found = facts({**config, **before}, {**config, **after})["policies"]
    assert [(policy["name"], policy["before"], policy["after"]) for policy in found] == expected
    assert {(policy["file"], policy["line"]) for policy in found} <= {(CONFIG, 1)}


def workflow(step, more="", top="on: pull_request"):
    return f"{top}\njobs:\n  check:\n    runs-on: ubuntu-24.04\n{more}    steps:\n      - {step}\n"


GUARDED = workflow("run: gitops-guard check --base origin/main")


@pytest.mark.parametrize("after", [
    workflow("run: gitops-guard check --base origin/main || true"),
    workflow("run: |\n          gitops-guard check \\\n            --base origin/main || exit 0"),
    workflow("run: |\n          set +e\n          gitops-guard check\n          echo done"),
    workflow("{run: gitops-guard check, continue-on-error: true}"),
    workflow("run: gitops-guard check", "    continue-on-error: true\n"),
    workflow("{run: gitops-guard check, if: false}"),
    workflow("{run: gitops-guard check, if: '${{ false }}'}"),
])
def test_steps_that_no_longer_fail(after):
    [step] = facts({WORKFLOW: GUARDED}, {WORKFLOW: after})["steps"]
    assert step["before"]["fails"]
    assert not step["after"]["fails"]


@pytest.mark.parametrize("after", [
    workflow("run: uvx gitops-guard==1.2 check --fail-on note"),
    workflow("run: |\n          set +e\n          gitops-guard check\n          rc=$?\n          exit $rc"),
    workflow("{uses: acme/gitops-guard@v1, with: {base: origin/main}}"),
])
def test_steps_that_still_fail(after):
    [step] = facts({WORKFLOW: GUARDED}, {WORKFLOW: after})["steps"]
    assert step["after"]["fails"]


def test_steps_that_are_gone_or_renamed():
    [gone] = facts({WORKFLOW: GUARDED}, {})["steps"]
    assert (gone["file"], gone["line"], gone["gone"], gone["after"]) == (WORKFLOW, 1, True, None)
    [renamed] = facts({WORKFLOW: GUARDED}, {".github/workflows/other.yaml": GUARDED})["steps"]
    assert renamed["after"]["file"] == ".github/workflows/other.yaml"


def test_gitlab_jobs():
    job = "guard:\n  script: [gitops-guard check]\n"
    [step] = facts({".gitlab-ci.yml": job}, {".gitlab-ci.yml": job + "  allow_failure: true\n"})["steps"]
    assert (step["before"]["fails"], step["after"]["fails"]) == (True, False)


def test_installing_the_tool_is_no_check():
    assert facts({WORKFLOW: workflow("run: pipx install gitops-guard")}, {})["steps"] == []


def test_baselines():
    before = json.dumps({"version": "1", "findings": [{"fingerprint": "aa"}]})
    after = json.dumps({"version": "1", "findings": [{"fingerprint": "aa"}, {"fingerprint": "bb"}]}, indent=1)
    assert facts({"baseline.json": before}, {"baseline.json": after})["baselines"] == [{"file": "baseline.json", "line": 8, "added": 1}]
    assert facts({"baseline.json": after}, {"baseline.json": before})["baselines"] == []
    assert facts({}, {"baseline.json": "[1]"})["baselines"] == []


@pytest.mark.parametrize("excuse", [
    "rules: {bypass/guard-weakened: {enabled: false}}\n",
    "rules: {'bypass/*': {enabled: false}}\n",
    "rules: {bypass/guard-weakened: {severity: note}}\n",
    "waivers: [{rule: 'bypass/*', file: '**', reason: r}]\n",
    "# gitops-guard: ignore[bypass/guard-weakened] r\nassume-prune: false\n",
])
def test_a_change_can_not_excuse_itself(tmp_path, excuse):
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    write(tmp_path, FILES)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    write(tmp_path, {CONFIG: excuse})
    result = CliRunner().invoke(cli.cli, ["check", str(tmp_path), "--root", str(tmp_path), "--base", "HEAD", "--format", "json"])
    found = [finding for finding in json.loads(result.stdout)["findings"] if finding["rule"] == "bypass/guard-weakened"]
    assert found
    assert {(finding["severity"], finding["waiver"], finding["status"]) for finding in found} == {("warning", None, "new")}


def test_what_the_base_side_waives_stays_waived(tmp_path):
    waived = "waivers: [{rule: bypass/guard-weakened, file: .gitops-guard.yaml, reason: r}]\n"
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    write(tmp_path, {**FILES, CONFIG: waived})
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    write(tmp_path, {CONFIG: waived + "assume-prune: false\n"})
    result = CliRunner().invoke(cli.cli, ["check", str(tmp_path), "--root", str(tmp_path), "--base", "HEAD", "--format", "json"])
    found = json.loads(result.stdout)["findings"]
    assert [finding["waiver"]["reason"] for finding in found if finding["rule"] == "bypass/guard-weakened"] == ["r"]
    assert not [finding for finding in found if finding["rule"] == "waiver/unused"]
