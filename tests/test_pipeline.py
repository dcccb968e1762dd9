"""What is known and what a change does, end to end: a revision against another, the index against HEAD, a baseline."""

from __future__ import annotations

import json
import os

import jsonschema
import pytest
from click.testing import CliRunner
from remotes import git, write

from gitops_guard import cli, data

REPORT = json.loads((data.schemas() / "report.json").read_text())
BASELINE = json.loads((data.schemas() / "baseline.json").read_text())


def deployment(name="web", image="registry.example.com/web:latest"):
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop}}
spec:
  template:
    spec:
      containers: [{{name: c, image: "{image}"}}]
"""


def kustomization(*resources):
    return "resources: [" + ", ".join(resources) + "]\n"


FILES = {"prod/kustomization.yaml": kustomization("web.yaml"), "prod/web.yaml": deployment()}


@pytest.fixture
def root(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet")
    monkeypatch.chdir(folder)
    return folder


def commit(root, files, *gone):
    write(root, files)
    for path in gone:
        (root / path).unlink()
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "x")


def check(*args, exit_code=None, rule="images/unpinned-tag"):
    done = CliRunner().invoke(cli.cli, ["check", "--jobs", "1", "--select", rule, "--format", "json", *args])
    if exit_code is not None:
        assert done.exit_code == exit_code, done.output
    if done.exit_code > 1:
        return done.stderr
    report = json.loads(done.stdout)
    jsonschema.Draft202012Validator(REPORT).validate(report)
    return report


def statuses(report):
    return [(finding["location"]["file"], finding["status"]) for finding in report["findings"]]


def test_only_new_findings_gate(root):
    commit(root, FILES)
    assert check(exit_code=1)["summary"]["known"] == 0
    assert "changes" not in check()
    commit(root, {"prod/kustomization.yaml": kustomization("api.yaml", "web.yaml"), "prod/api.yaml": deployment("api", "api:1.2.3"),
                  "prod/web.yaml": "# a line above\n" + deployment()})
    report = check("--base", "HEAD~1", exit_code=0)
    assert statuses(report) == [("prod/web.yaml", "known")]
    assert report["summary"]["known"] == 1
    assert report["summary"]["findings"]["error"] == 0
    commit(root, {"prod/api.yaml": deployment("api", "api:latest")})
    assert statuses(check("--base", "HEAD~2", exit_code=1)) == [("prod/api.yaml", "new"), ("prod/web.yaml", "known")]


def test_a_known_fault_in_one_more_target_is_new(root):
    commit(root, {**FILES, "live/kustomization.yaml": kustomization("../prod")})
    commit(root, {"x.txt": "x"})
    assert statuses(check("--base", "HEAD~1", exit_code=0)) == [("prod/web.yaml", "known")]
    commit(root, {"prd/kustomization.yaml": kustomization("../prod")})
    assert statuses(check("--base", "HEAD~1", exit_code=1)) == [("prod/web.yaml", "new")]
    commit(root, {}, "live/kustomization.yaml")
    assert statuses(check("--base", "HEAD~1", exit_code=0)) == [("prod/web.yaml", "known")]


def test_what_the_change_does(root):
    commit(root, {**FILES, "prod/kustomization.yaml": kustomization("web.yaml", "api.yaml", "data.yaml"),
                  "prod/api.yaml": deployment("api", "api:1.2.3"), "stage/kustomization.yaml": kustomization("web.yaml"),
                  "stage/web.yaml": deployment("staged"),
                  "prod/data.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: data\n  annotations:\n"
                                    "    argocd.argoproj.io/sync-options: Prune=false\n"})
    commit(root, {"prod/kustomization.yaml": kustomization("web.yaml", "job.yaml"), "prod/job.yaml": deployment("job", "job:1.2.3"),
                  "prod/web.yaml": deployment(image="web:1.2.3")})
    report = check("--base", "HEAD~1", exit_code=0)
    assert [change["target"] for change in report["changes"]] == ["prod"], report["changes"]
    (change,) = report["changes"]
    assert (change["target"], change["before"], change["after"]) == ("prod", 3, 2)
    assert [name["name"] for name in change["created"]] == ["job"]
    assert [name["name"] for name in change["changed"]] == ["web"]
    assert [(loss["resource"]["name"], loss["outcome"], loss["guarded_by"]) for loss in change["deleted"]] == [
        ("api", "deleted", None), ("data", "kept", "argocd.argoproj.io/sync-options: Prune=false")]
    assert check("--base", "HEAD~1", "stage")["changes"] == [], "PATHS narrow what is judged"
    assert check("--base", "HEAD")["changes"] == []


def test_the_index_and_not_the_work_tree(root):
    commit(root, {**FILES, "prod/web.yaml": deployment(image="web:1.2.3")})
    write(root, FILES)
    assert statuses(check("--staged", exit_code=0)) == [], "nothing is staged"
    git(root, "add", "--all")
    write(root, {"prod/web.yaml": "broken: [\n"})
    report = check("--staged", exit_code=1)
    assert statuses(report) == [("prod/web.yaml", "new")]
    assert [[name["name"] for name in change["changed"]] for change in report["changes"]] == [["web"]]
    assert statuses(check("--staged", "prod", exit_code=1)) == [("prod/web.yaml", "new")]


def test_what_was_there_in_head_is_known_to_the_index(root):
    commit(root, FILES)
    write(root, {"prod/web.yaml": "# edited\n" + deployment()})
    git(root, "add", "--all")
    assert statuses(check("--staged", exit_code=0)) == [("prod/web.yaml", "known")]
    commit(root, {"prod/web.yaml": deployment(image="web:1.2.3")})
    write(root, FILES)
    git(root, "add", "--all")
    assert statuses(check("--staged", exit_code=1)) == [("prod/web.yaml", "new")]
    assert statuses(check("--staged", "--base", "HEAD~1", exit_code=0)) == [], "that is what the base has"


def test_a_deletion_is_staged(root):
    commit(root, {**FILES, "prod/kustomization.yaml": kustomization("web.yaml", "db.yaml"),
                  "prod/db.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: data}\n"})
    write(root, {"prod/kustomization.yaml": kustomization("web.yaml")})
    git(root, "rm", "--quiet", "--cached", "prod/db.yaml")
    git(root, "add", "prod/kustomization.yaml")
    report = check("--staged", exit_code=1, rule="prune/*")
    assert [finding["rule"] for finding in report["findings"]] == ["prune/deletes-stateful"]
    assert (root / "prod" / "db.yaml").exists(), "it is gone from the index alone"


def test_before_the_first_commit_everything_is_new(root):
    write(root, FILES)
    git(root, "add", "--all")
    report = check("--staged", exit_code=1)
    assert statuses(report) == [("prod/web.yaml", "new")]
    assert [name["name"] for name in report["changes"][0]["created"]] == ["web"]
    assert "needs a git repository with a commit" in check("--staged", "--base", "HEAD", exit_code=2)


def test_an_empty_index_is_no_fault(root):
    report = check("--staged", exit_code=0)
    assert (report["targets"], report["findings"], report["changes"]) == ([], [], [])


def test_the_announced_and_the_excluded_are_not_staged(root):
    commit(root, {"x/web.yaml": deployment()})
    write(root, {"new.yaml": deployment("new")})
    git(root, "add", "--intent-to-add", "new.yaml")
    assert [change["target"] for change in check("--staged", exit_code=0)["changes"]] == []


def test_the_configuration_is_the_staged_one(root):
    commit(root, {**FILES, ".gitops-guard.yaml": "rules: {images/unpinned-tag: {severity: note}}\n",
                  "prod/.gitops-guard.yaml": "rules: {images/unpinned-tag: {severity: warning}}\n"})
    write(root, {".gitops-guard.yaml": "rules: {images/unpinned-tag: {severity: error}}\n", "prod/web.yaml": deployment("other")})
    git(root, "add", "prod")
    assert [finding["severity"] for finding in check("--staged")["findings"]] == ["note"]
    assert [finding["severity"] for finding in check("--staged", "prod")["findings"]] == ["warning"]
    assert [finding["severity"] for finding in check("--staged", "--config", ".gitops-guard.yaml")["findings"]] == ["error"]
    write(root, {".gitops-guard.yaml": "rulez: {}\n"})
    git(root, "add", "--all")
    assert ".gitops-guard.yaml:1" in check("--staged", exit_code=2)


def test_conflicts_are_no_silence(root):
    commit(root, FILES)
    git(root, "checkout", "--quiet", "-b", "other")
    commit(root, {"prod/web.yaml": deployment(image="web:1")})
    git(root, "checkout", "--quiet", "main")
    commit(root, {"prod/web.yaml": deployment(image="web:2")})
    with pytest.raises(Exception, match="merge"):
        git(root, "merge", "other")
    assert "prod/web.yaml has a merge conflict in git's index; resolve it first" in check("--staged", exit_code=4)


def test_nothing_of_the_repository_runs(root, tmp_path):
    proof = tmp_path / "ran"
    commit(root, {**FILES, ".gitattributes": "* filter=evil diff=evil\n"})
    hook = root / ".git" / "hooks" / "post-index-change"
    hook.write_text(f"#!/bin/sh\ntouch {proof}\n")
    hook.chmod(0o755)
    write(root, {"prod/web.yaml": deployment("other")})
    git(root, "-c", f"core.hooksPath={os.devnull}", "add", "--all")
    for kind in ("smudge", "clean", "process"):
        git(root, "config", f"filter.evil.{kind}", f"touch {proof}")
    git(root, "config", "core.fsmonitor", f"touch {proof}")
    check("--staged", exit_code=1)
    assert not proof.exists()


def test_outside_of_git(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, FILES)
    assert "--staged needs a git repository" in check("--staged", exit_code=2)


def test_what_a_baseline_lists_is_known(root):
    commit(root, FILES)
    report = check("--write-baseline", "known.json", exit_code=0)
    assert statuses(report) == [("prod/web.yaml", "known")]
    written = (root / "known.json").read_text()
    jsonschema.Draft202012Validator(BASELINE).validate(json.loads(written))
    assert check("--baseline", "known.json", exit_code=0)["summary"]["known"] == 1
    commit(root, {"prod/kustomization.yaml": kustomization("api.yaml", "web.yaml"), "prod/api.yaml": deployment("api")})
    assert statuses(check("--baseline", "known.json", exit_code=1)) == [("prod/api.yaml", "new"), ("prod/web.yaml", "known")]
    check("--baseline", "known.json", "--write-baseline", "known.json", exit_code=0)
    assert json.loads((root / "known.json").read_text())["findings"][0]["file"] == "prod/api.yaml"


def test_known_if_either_the_base_or_the_baseline_has_it(root):
    commit(root, FILES)
    commit(root, {"prod/kustomization.yaml": kustomization("api.yaml", "web.yaml"), "prod/api.yaml": deployment("api")})
    check("--write-baseline", "../known.json")
    git(root, "checkout", "--quiet", "HEAD~1")
    check("--write-baseline", "../web.json")
    git(root, "checkout", "--quiet", "main")
    assert statuses(check("--baseline", "../web.json", exit_code=1)) == [("prod/api.yaml", "new"), ("prod/web.yaml", "known")]
    assert {status for _file, status in statuses(check("--baseline", "../known.json", "--base", "HEAD~1", exit_code=0))} == {"known"}
    listed = json.loads((root.parent / "known.json").read_text())
    listed["findings"] = [entry for entry in listed["findings"] if entry["file"] == "prod/api.yaml"]
    (root.parent / "known.json").write_text(json.dumps(listed))
    assert {status for _file, status in statuses(check("--baseline", "../known.json", "--base", "HEAD~1", exit_code=0))} == {"known"}


def test_what_a_change_does_is_never_known(root):
    commit(root, {"prod/ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: data}\n", **FILES})
    commit(root, {"prod/kustomization.yaml": kustomization("ns.yaml", "web.yaml")})
    commit(root, {"prod/kustomization.yaml": kustomization("web.yaml")})
    report = check("--base", "HEAD~1", "--write-baseline", "known.json", exit_code=1, rule="prune/deletes-stateful")
    assert [finding["status"] for finding in report["findings"]] == ["new"]
    assert json.loads((root / "known.json").read_text())["findings"] == []


@pytest.mark.parametrize(("text", "message"), [
    (None, "there is no such file; write it with --write-baseline known.json"),
    ("{", "known.json:1:2: no JSON"),
    ('{"version": "2", "findings": []}', "known.json:1: the version of a baseline"),
    (b"\xff", "not UTF-8"),
    ("folder", "is no file"),
])
def test_a_baseline_that_is_none(root, text, message):
    commit(root, FILES)
    if text == "folder":
        (root / "known.json").mkdir()
    elif isinstance(text, bytes):
        (root / "known.json").write_bytes(text)
    elif text is not None:
        (root / "known.json").write_text(text)
    assert message in check("--baseline", "known.json", exit_code=2)


def test_nothing_is_written_where_nothing_was_checked(root):
    (root / "known.json").write_text("as it was")
    check("--write-baseline", "known.json", exit_code=3)
    assert (root / "known.json").read_text() == "as it was"


def test_nothing_on_either_side(root):
    commit(root, {"x.txt": "x"})
    commit(root, {"x.txt": "y"})
    check("--base", "HEAD~1", exit_code=3)
    commit(root, FILES)
    commit(root, {}, *FILES)
    report = check("--base", "HEAD~1", exit_code=0)
    assert [[loss["resource"]["name"] for loss in change["deleted"]] for change in report["changes"]] == [["web"]]
