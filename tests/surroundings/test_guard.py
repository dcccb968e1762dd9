"""What a change does to its own guard: the facts of both sides, and that the change can't excuse itself."""

import json

import pytest
from click.testing import CliRunner
from remotes import git, write
from trees import MemoryTree

from gitops_guard import cli
from gitops_guard.config import Config, load
from gitops_guard.model import Rule, Severity
from gitops_guard.side import Clone, build_side
from gitops_guard.surroundings.guard import compared

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


def test_the_inputs_of_the_action():
    """Lists have one entry a line; what is no option of check is no path either."""
    step = """uses: acme/gitops-guard@v1
        with:
          fail-on: never
          ignore: |
            images/unpinned-tag
            prune/*
          upload-sarif: true
          category: shop
          working-directory: shop
          paths: |
            overlays/production
            a b"""
    [found] = facts({WORKFLOW: GUARDED}, {WORKFLOW: workflow(step)})["steps"]
    after = found["after"]
    assert (after["fail_on"], after["ignored"], after["baseline"]) == ("never", ["images/unpinned-tag", "prune/*"], [])
    assert after["paths"] == ["a b", "overlays/production", "shop"]


def test_steps_that_are_gone_or_renamed():
    [gone] = facts({WORKFLOW: GUARDED}, {})["steps"]
    assert (gone["file"], gone["line"], gone["gone"], gone["after"]) == (WORKFLOW, 1, True, None)
    [renamed] = facts({WORKFLOW: GUARDED}, {".github/workflows/other.yaml": GUARDED})["steps"]
    assert renamed["after"]["file"] == ".github/workflows/other.yaml"


def test_gitlab_jobs():
    job = "guard:\n  script: [gitops-guard check]\n"
    [step] = facts({".gitlab-ci.yml": job}, {".gitlab-ci.yml": job + "  allow_failure: true\n"})["steps"]
    assert (step["before"]["fails"], step["after"]["fails"]) == (True, False)


@pytest.mark.parametrize(("path", "before", "after"), [
    ("azure-pipelines.yml", "steps:\n- script: gitops-guard check\n  displayName: x\n", "  continueOnError: true\n"),
    ("azure-pipelines.yml", "steps:\n- script: gitops-guard check\n", "  condition: false\n"),
    (".circleci/config.yml", "jobs:\n  a:\n    steps:\n    - run:\n        command: gitops-guard check\n", "        when: on_fail\n"),
    ("Taskfile.yml", "tasks:\n  a:\n    cmds:\n    - cmd: gitops-guard check\n", "      ignore_error: true\n"),
    ("task.yaml", "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: a}\nspec:\n  steps:\n  - script: gitops-guard check\n",
     "    onError: continue\n"),
    ("Makefile", "a:\n\tgitops-guard check\n", ("\tg", "\t-g")),
    ("Makefile", "a:\n\t@gitops-guard check\n", ("check", "check || true")),
    ("Jenkinsfile", "stage('a') {\n  sh 'gitops-guard check'\n}\n", ("sh 'gitops-guard check'", "sh(script: 'gitops-guard check', returnStatus: true)")),
    ("Jenkinsfile", "stage('a') {\n  sh 'gitops-guard check'\n}\n", ("stage('a') {", "stage('a') { warnError('x') {")),
    ("Jenkinsfile", "stage('a') {\n  sh 'gitops-guard check'\n}\n", ("stage('a') {", "stage('a') { catchError(buildResult: 'SUCCESS') {")),
    (".pre-commit-config.yaml", "repos:\n- repo: local\n  hooks:\n  - id: gitops-guard\n    entry: gitops-guard check --staged\n",
     "    stages: [manual]\n"),
])
def test_other_systems(path, before, after):
    changed = before.replace(*after) if isinstance(after, tuple) else before + after
    [step] = facts({path: before}, {path: changed})["steps"]
    assert (step["before"]["fails"], step["after"]["fails"]) == (True, False)


def test_blocks_that_fail_all_the_same():
    text = "stage('a') {\n  catchError { }\n  catchError(stageResult: 'FAILURE') {\n  sh 'gitops-guard check'\n}}\n"
    [step] = facts({"Jenkinsfile": text}, {"Jenkinsfile": text})["steps"]
    assert step["after"]["fails"]


HOOKS = "repos:\n- repo: local\n  hooks:\n  - id: fmt\n    entry: fmt\n  - id: gitops-guard\n    entry: gitops-guard check --staged\n"


@pytest.mark.parametrize(("more", "key", "expected"), [
    ("    args: [--fail-on, never]\n", "fail_on", "never"),
    ("    args: ['--ignore=images/*']\n", "ignored", ["images/*"]),
    ("    files: ^apps/\n", "filters", [{"event": "pre-commit", "only": {"files": ["^apps/"]}, "without": {}}]),
    ("    exclude: ^prod/\n", "filters", [{"event": "pre-commit", "only": {}, "without": {"files": ["^prod/"]}}]),
    ("    stages: [push]\n", "events", ["pre-push"]),
    ("    pass_filenames: false\n", "paths", [])])
def test_hooks(more, key, expected):
    path = ".pre-commit-config.yaml"
    [step] = facts({path: HOOKS}, {path: HOOKS + more})["steps"]
    assert (step["before"]["events"], step["before"]["line"], step["after"][key]) == (["pre-commit"], 6, expected)
    [gone] = facts({path: HOOKS}, {path: HOOKS.replace("id: gitops-guard", "id: x").replace("entry: gitops-guard", "entry: y")})["steps"]
    assert gone["after"] is None


def test_what_starts_a_workflow():
    text = GUARDED.replace("on: pull_request", "on: {pull_request: {paths: [apps/**], branches-ignore: main}, push: {}}")
    [step] = facts({WORKFLOW: GUARDED}, {WORKFLOW: text})["steps"]
    assert step["after"]["filters"] == [
        {"event": "pull_request", "only": {"paths": ["apps/**"]}, "without": {"branches": ["main"]}},
        {"event": "push", "only": {}, "without": {}}]


def test_a_workflow_that_is_called_starts_with_its_caller():
    called = GUARDED.replace("on: pull_request", "on: workflow_call")
    caller = "on: pull_request\njobs: {a: {uses: ./.github/workflows/guard.yaml}}\n"
    other = ".github/workflows/pull.yaml"
    [step] = facts({WORKFLOW: called, other: caller}, {WORKFLOW: called})["steps"]
    assert (step["before"]["events"], step["after"]["events"]) == (["pull_request"], [])


def test_paths_that_are_judged():
    text = GUARDED.replace("gitops-guard check", "gitops-guard check --format json overlays/staging > report.json")
    [step] = facts({WORKFLOW: GUARDED}, {WORKFLOW: text})["steps"]
    assert (step["before"]["paths"], step["after"]["paths"]) == ([], ["overlays/staging"])


def test_parameters():
    config = "rules:\n  images/unpinned-tag:\n    parameters:\n      allow: [a/*]\n"
    sides = [build_side(MemoryTree({**FILES, CONFIG: text}), load(text), (), Clone()) for text in ("", config)]
    rule = Rule("images/unpinned-tag", "t", Severity.ERROR, Severity.WARNING)
    found = compared(load(config), *sides, {rule.id: rule}, {"images/unpinned-tag": {"allow": []}}).document["parameters"]
    assert found == [{"file": CONFIG, "line": 4, "rule": "images/unpinned-tag", "name": "allow", "before": [], "after": ["a/*"]}]


def test_admission():
    config = "admission:\n  mode: warn\n  exempt-namespaces: [kube-system, shop]\n"
    sides = [build_side(MemoryTree({**FILES, CONFIG: text}), load(text), (), Clone()) for text in ("", config)]
    assert compared(load(config), *sides, {}).document["admission"] == {
        "mode": {"file": CONFIG, "line": 2, "before": "deny", "after": "warn"}, "exempt": [{"file": CONFIG, "line": 3, "namespace": "shop"}]}


def test_installing_the_tool_is_no_check():
    assert facts({WORKFLOW: workflow("run: pipx install gitops-guard")}, {})["steps"] == []


def test_baselines():
    before = json.dumps({"version": "1", "findings": [{"fingerprint": "aa"}]})
    after = json.dumps({"version": "1", "findings": [{"fingerprint": "aa"}, {"fingerprint": "bb"}]}, indent=1)
    assert facts({"baseline.json": before}, {"baseline.json": after})["baselines"] == [{"file": "baseline.json", "line": 8, "added": 1}]
    assert facts({"baseline.json": after}, {"baseline.json": before})["baselines"] == []
    assert facts({}, {"baseline.json": "[1]"})["baselines"] == []


def test_a_baseline_by_the_name_that_ci_gives_it():
    entry = json.dumps({"version": "1", "findings": [{"fingerprint": "aa"}]})
    job = {".gitlab-ci.yml": "guard:\n  script: [cd ops && gitops-guard check --baseline accepted]\n"}
    assert facts(job, {**job, "ops/accepted": entry, "ops/other": entry})["baselines"] == [{"file": "ops/accepted", "line": 1, "added": 1}]


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
