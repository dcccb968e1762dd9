"""action.yml, step by step as GitHub's runner executes it, for each event: what it compares, what it prints, how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from action_runner import Run, Runner
from remotes import ENV, git, write

from gitops_guard.starting.address import Address
from gitops_guard.starting.systems import filled

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).resolve().parents[2]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'registry.example.com/web:%s'}]}\n"
CLAIM = ("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: box}\nspec:\n  accessModes: [ReadWriteOnce]\n"
         "  resources: {requests: {storage: 1Gi}}\n")
FILES = {"production/kustomization.yaml": "resources: [web.yaml, box.yaml]\n", "production/web.yaml": POD % "1.2.3",
         "production/box.yaml": CLAIM, "old/production/kustomization.yaml": "resources: [web.yaml]\n",
         "old/production/web.yaml": POD % "stable"}
CLEAN = {path: text for path, text in FILES.items() if not path.startswith("old/")}
ANY_COMMIT = ("uploadpack.allowAnySHA1InWant", "true")
"""GitHub gives any commit of a repository to whoever may read it."""


@pytest.fixture(scope="module")
def runner(tmp_path_factory) -> Runner:
    """The action as GitHub downloads it, a folder without git, where paths have spaces."""
    place = tmp_path_factory.mktemp("the actions") / "gitops-guard v1"
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT, check=True,
                            capture_output=True, text=True).stdout
    for path in filter(None, listed.split("\0")):
        if (CHECKOUT / path).exists():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / path, place / path, follow_symlinks=False)
    return Runner(place, tmp_path_factory.mktemp("runner temp"))


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """What a job inherits; nothing of this checkout's own environment."""
    path = os.pathsep.join(part for part in ENV["PATH"].split(os.pathsep) if part != os.path.dirname(sys.executable))
    left_out = ("PYTHON", "VIRTUAL_ENV", "GITHUB_", "GITOPS_GUARD")
    return {**{key: value for key, value in ENV.items() if not key.startswith(left_out)}, "PATH": path,
            "SOURCE_DATE_EPOCH": "1795219200"}


@pytest.fixture(scope="module")
def installed(runner, environment, tmp_path_factory) -> dict[str, dict]:
    """The first step, run once, in a repository whose files would like to be modules."""
    workspace = tmp_path_factory.mktemp("hostile")
    for name in ("venv.py", "pip.py", "json.py", "sitecustomize.py", "hatchling.py", "gitops_guard.py"):
        (workspace / name).write_text("raise SystemExit('a file of the repository ran')\n")
    run = runner.run(workspace, environment, {"python": sys.executable}, done={"check": {"outputs": {"exit-code": "0"}}})
    assert run.code == 0, run.log
    assert "ran" not in run.log
    return {"install": run.steps["install"]}


@dataclass
class Repository:
    """A repository on GitHub with a pull request, and a checkout of it."""

    origin: Path
    place: Path

    def commit(self, files: dict[str, str], *gone: str) -> str:
        write(self.origin, files)
        for path in gone:
            git(self.origin, "rm", "--quiet", path)
        git(self.origin, "add", "--all")
        git(self.origin, "commit", "--quiet", "--allow-empty", "--message", "x")
        return git(self.origin, "rev-parse", "HEAD")

    def pull(self, files: dict[str, str], *gone: str) -> dict[str, str]:
        """A pull request: its last commit, the base when it was opened, and GitHub's merge of it into what the base became."""
        base = git(self.origin, "rev-parse", "main")
        git(self.origin, "checkout", "--quiet", "-b", "change")
        head = self.commit(files, *gone)
        git(self.origin, "checkout", "--quiet", "main")
        self.commit({"elsewhere/production/kustomization.yaml": "resources: [web.yaml]\n", "elsewhere/production/web.yaml": POD % "latest"})
        git(self.origin, "checkout", "--quiet", "--detach", "main")
        git(self.origin, "merge", "--quiet", "--no-ff", "--message", "x", "change")
        merge = git(self.origin, "rev-parse", "HEAD")
        git(self.origin, "update-ref", "refs/pull/1/merge", merge)
        git(self.origin, "checkout", "--quiet", "main")
        return {"base": base, "head": head, "merge": merge}

    def checkout(self, commit: str, *depth: str) -> Path:
        """As actions/checkout: one commit, no branch."""
        self.place.mkdir()
        git(self.place, "init", "--quiet")
        git(self.place, "remote", "add", "origin", f"file://{self.origin}")
        git(self.place, "fetch", "--quiet", "--no-tags", *(depth or ("--depth=1",)), "origin", commit)
        git(self.place, "checkout", "--quiet", "--detach", commit)
        return self.place


@pytest.fixture
def repository(tmp_path) -> Repository:
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "--quiet")
    git(origin, "config", *ANY_COMMIT)
    return Repository(origin, tmp_path / "work space")


@pytest.fixture
def act(runner, environment, installed, tmp_path):
    def run(workspace: Path, event: str, payload: dict, sha: str, inputs: dict[str, str] | None = None,
            refused: frozenset[str] = frozenset()) -> Run:
        path = tmp_path / "event.json"
        path.write_text(json.dumps(payload))
        env = {**environment, "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(path), "GITHUB_SHA": sha}
        return runner.run(workspace, env, inputs or {}, done=installed, refused=refused)
    return run


@pytest.mark.parametrize("more", [False, True], ids=["as it is", "with what is commented out"])
def test_the_workflow_that_init_writes_uses_it(more, act, repository):
    text = filled("github.yaml", Address("https://github.com/acme/gitops-guard", "0123abc", known=True))
    if more:
        text = re.sub(r"^( +)# (with:|  upload-sarif:|security-events:)", r"\1\2", text, flags=re.MULTILINE)
    job = yaml.safe_load(text)["jobs"]["check"]
    (step,) = [step for step in job["steps"] if step["uses"].startswith("acme/")]
    assert (step.get("with", {}), "security-events" in job["permissions"]) == ({"upload-sarif": True} if more else {}, more)
    sha = repository.commit(CLEAN)
    run = act(repository.checkout(sha), "push", {}, sha, {key: str(value).lower() for key, value in step.get("with", {}).items()})
    assert (run.code, len(run.used)) == (0, int(more))


def pull_request(commits: dict[str, str], theirs: str = "acme/shop") -> dict:
    return {"pull_request": {"base": {"sha": commits["base"], "repo": {"full_name": "acme/shop"}},
                             "head": {"sha": commits["head"], "repo": {"full_name": theirs} if theirs else None}}}


def reports(run: Run) -> dict:
    """The report as JSON; the others must be there."""
    assert Path(run.outputs["sarif-file"]).is_file()
    assert Path(run.outputs["junit-file"]).read_text().startswith("<?xml")
    assert Path(run.outputs["markdown-file"]).read_text() == run.summary
    return json.loads(Path(run.outputs["json-file"]).read_text())


def test_a_push_without_findings(act, repository):
    sha = repository.commit(CLEAN)
    run = act(repository.checkout(sha), "push", {}, sha)
    assert run.code == 0, run.log
    assert (run.outputs["exit-code"], run.outputs["errors"], run.used) == ("0", "0", [])
    assert run.summary.startswith("## gitops-guard: ")
    assert "Everything is judged" in run.log
    assert len(reports(run)["findings"]) == int(run.outputs["warnings"]) + int(run.outputs["notes"])


def test_a_push_with_findings_is_uploaded(act, repository):
    sha = repository.commit(FILES)
    run = act(repository.checkout(sha), "push", {}, sha, {"upload-sarif": "true", "category": "shop"})
    assert run.code == 1
    assert run.outputs["errors"] == "1"
    assert "error[images/unpinned-tag]" in run.log
    ((action, given),) = run.used
    assert action.startswith("github/codeql-action/upload-sarif@")
    assert given == {"sarif_file": run.outputs["sarif-file"], "checkout_path": str(repository.place), "category": "shop"}
    (error,) = run.logs["check"].of("error")
    assert "file=old/production/web.yaml,line=4" in error[1]


def test_an_upload_that_is_refused_is_said_and_changes_nothing(act, repository):
    sha = repository.commit(CLEAN)
    run = act(repository.checkout(sha), "push", {}, sha, {"upload-sarif": "true"}, refused=frozenset(["upload"]))
    assert run.code == 0
    ((_name, _given, text),) = run.logs["Result"].of("warning")
    assert "security-events: write" in text


@pytest.mark.parametrize("depth", [("--depth=1",), ("--depth=2",), ()], ids=["one", "two", "all"])
def test_a_pull_request_is_compared_with_what_it_is_merged_into(depth, act, repository):
    """What the base had, also what it got since the pull request was opened, is known; the deletion is new."""
    repository.commit(FILES)
    commits = repository.pull({"production/kustomization.yaml": "resources: [web.yaml]\n"}, "production/box.yaml")
    run = act(repository.checkout(commits["merge"], *depth), "pull_request", pull_request(commits), commits["merge"])
    assert run.code == 1, run.log
    assert run.outputs["errors"] == "1"
    new = [finding for finding in reports(run)["findings"] if finding["status"] == "new" and finding["severity"] == "error"]
    assert [(finding["rule"], finding["location"]["file"]) for finding in new] == [
        ("prune/deletes-stateful", "production/kustomization.yaml")]
    assert int(run.outputs["known"]) >= 2


def test_a_pull_request_without_new_findings(act, repository):
    repository.commit(FILES)
    commits = repository.pull({"production/web.yaml": POD % "1.2.4"})
    run = act(repository.checkout(commits["merge"]), "pull_request", pull_request(commits), commits["merge"])
    assert run.code == 0, run.log


@pytest.mark.parametrize("depth", [("--depth=1",), ()], ids=["one", "all"])
def test_the_last_commit_of_a_pull_request_is_compared_with_where_it_branched_off(depth, act, repository):
    repository.commit(FILES)
    commits = repository.pull({"production/web.yaml": POD % "latest"})
    run = act(repository.checkout(commits["head"], *depth), "pull_request", pull_request(commits), commits["merge"])
    assert run.code == 1, run.log
    assert run.outputs["errors"] == "1"


def test_a_base_that_can_not_be_fetched_is_said(act, repository):
    repository.commit(FILES)
    commits = repository.pull({"production/web.yaml": POD % "latest"})
    place = repository.checkout(commits["merge"])
    git(place, "remote", "set-url", "origin", f"file://{place}/nowhere")
    run = act(place, "pull_request", pull_request(commits), commits["merge"])
    assert run.code == 2
    ((_name, _given, text),) = run.logs["check"].of("error")
    assert "fetch-depth: 0" in text
    assert "could not finish" in run.summary


@pytest.mark.parametrize("theirs", ["someone/shop", ""], ids=["fork", "deleted fork"])
def test_from_a_fork_nothing_is_uploaded(theirs, act, repository):
    repository.commit(FILES)
    commits = repository.pull({"production/web.yaml": POD % "latest"})
    run = act(repository.checkout(commits["merge"]), "pull_request", pull_request(commits, theirs), commits["merge"],
              {"upload-sarif": "true"})
    assert run.code == 1
    assert run.used == []
    assert "comes from a fork" in run.log
    assert run.logs["check"].of("error")
    assert "images/unpinned-tag" in run.summary


def test_a_merge_queue_is_compared_with_the_commit_below_its_group(act, repository):
    first = repository.commit(FILES)
    repository.commit({"production/web.yaml": POD % "latest"})
    sha = repository.commit({"README.md": "x\n"})
    run = act(repository.checkout(sha), "merge_group", {"merge_group": {"base_sha": first, "head_sha": sha}}, sha)
    assert run.code == 1, run.log
    assert run.outputs["errors"] == "1"


def test_the_base_branch_is_not_taken_for_the_change(act, repository):
    sha = repository.commit(FILES)
    commits = repository.pull({"production/web.yaml": POD % "latest"})
    run = act(repository.checkout(sha), "pull_request_target", pull_request(commits), sha)
    assert run.code == 2
    assert "use the event pull_request" in run.log
    again = act(repository.place, "pull_request_target", pull_request(commits), sha, {"base": "none"})
    assert again.code == 1, again.log


def test_nothing_to_check_and_a_wrong_option_end_as_the_tool_does(act, repository):
    sha = repository.commit({"README.md": "x\n"})
    place = repository.checkout(sha)
    run = act(place, "push", {}, sha, {"upload-sarif": "true"})
    assert (run.code, run.outputs["exit-code"], run.outputs["errors"], run.used) == (3, "3", "", [])
    assert "nothing was checked" in run.summary
    assert act(place, "push", {}, sha, {"select": "secrets/plaintxt-secret"}).code == 2
    assert act(place, "push", {}, sha, {"fail-on": "errors"}).code == 2
    assert act(place, "push", {}, sha, {"annotations": "yes"}).code == 2
    assert act(place, "push", {}, sha, {"working-directory": "nowhere"}).code == 2


def test_a_crash_is_no_finding(runner, environment, installed, repository, tmp_path):
    """What is killed ends as a shell says it; what can't be installed or started ends with 4."""
    sha = repository.commit(CLEAN)
    place = repository.checkout(sha)
    program = tmp_path / "venv" / "bin" / "gitops-guard"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    program.chmod(0o755)
    (program.parent / "python").symlink_to(sys.executable)
    home = {"install": {"outputs": {"home": str(tmp_path)}}}
    env = {**environment, "GITHUB_EVENT_NAME": "push"}
    run = runner.run(place, env, {}, done=home)
    assert (run.code, run.outputs["exit-code"], run.outputs["errors"]) == (139, "139", "")
    assert "could not finish" in run.summary
    program.unlink()
    assert runner.run(place, env, {}, done=home).code == 4
    assert runner.run(place, env, {"python": "no-such-python"}).code == 4
    assert runner.run(place, {**env, "PIP_INDEX_URL": "file:///nowhere", "PIP_FIND_LINKS": "", "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"},
                      {"python": sys.executable}).code == 4


def test_text_of_the_repository_and_of_inputs_commands_nothing(act, repository):
    hostile = "x%0A::error::no%0A##[add-mask]y"
    sha = repository.commit({**CLEAN, "a b/production/kustomization.yaml": "resources: [web.yaml]\n",
                             "a b/production/web.yaml": (POD % "latest").replace(
                                 "{name: web}", '{name: web, annotations: {x: "##[error]no\\n::add-mask::no"}}', 1)
                             + "# ::error::no\n# ##[command]no\n",
                             "json.py": "raise SystemExit(7)\n", "action/__main__.py": "raise SystemExit(7)\n"})
    place = repository.checkout(sha)
    run = act(place, "push", {}, sha, {"paths": "a b\nproduction"})
    assert run.code == 1, run.log
    assert {command for log in run.logs.values() for command, _given, _data in log.commands} <= {"error", "warning", "notice"}
    assert [len(run.logs["check"].of(command)) for command in ("error", "warning", "notice")] == [
        int(run.outputs[name]) for name in ("errors", "warnings", "notes")]
    for given in ({"paths": "$(touch x)"}, {"paths": "--fail-on=never"}, {"select": f"--fail-on\n{hostile}"}, {"base": "--staged"},
                  {"base": "$(touch x)`touch x`;touch x"}, {"config": "--no-cache"}, {"policy": "'; touch x #"}):
        run = act(place, "push", {}, sha, given)
        assert run.code == 2, run.log
        assert "Traceback" not in run.log
    assert not (place / "x").exists()


def test_what_is_asked_for_is_done(act, repository):
    sha = repository.commit(FILES)
    place = repository.checkout(sha)
    run = act(place, "push", {}, sha, {"annotations": "false", "summary": "false", "fail-on": "never"})
    assert (run.code, run.outputs["errors"], run.summary) == (0, "1", "")
    assert run.logs["check"].of("error") == []
    run = act(place.parent, "push", {}, sha, {"working-directory": place.name, "ignore": "images/unpinned-tag\nprune/*"})
    assert (run.code, run.outputs["errors"]) == (0, "0"), run.log
