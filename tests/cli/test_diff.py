"""`gitops-guard diff` in real repositories."""

from __future__ import annotations

import json

import jsonschema
import pytest
from click.testing import CliRunner
from remotes import git, write

from gitops_guard import cli, data, diffing

SCHEMA = json.loads((data.schemas() / "diff.json").read_text())
KUSTOMIZATION = """\
resources: [web.yaml]
configMapGenerator:
- {name: settings, literals: [a=1]}
secretGenerator:
- {name: creds, literals: [password=hunter2-first, same=never-changed]}
images:
- {name: nginx, newTag: "1.27.0"}
"""
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx
        envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: creds}}]
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"


@pytest.fixture
def root(tmp_path):
    git(tmp_path, "init", "--quiet")
    write(tmp_path, {"app/kustomization.yaml": KUSTOMIZATION, "app/web.yaml": WEB})
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    return tmp_path


def run(root, *args, base="HEAD"):
    return CliRunner().invoke(cli.cli, ["diff", str(root), "--jobs", "1", *(["--base", base] if base else []), *args])


def delta(root, *args):
    result = run(root, "--format", "json", *args)
    found = json.loads(result.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def fields(found):
    return [(one["action"], one["resource"]["kind"], field["label"], field.get("before", "-"), field.get("after", "-"),
             f"{field['location']['file']}:{field['location']['line']}:{field['location']['side']}")
            for target in found["targets"] for one in target["objects"] for field in one["fields"]]


@pytest.mark.parametrize(("change", "expected"), [
    ({}, []),
    ({"app/web.yaml": "# a comment\n" + WEB}, []),
    ({"app/kustomization.yaml": KUSTOMIZATION.replace("1.27.0", "1.28.0")},
     [("changed", "Deployment", "spec.template.spec.containers[web].image", "nginx:1.27.0", "nginx:1.28.0", "app/kustomization.yaml:7:head")]),
    ({"app/kustomization.yaml": KUSTOMIZATION.replace("a=1", "a=2")},
     [("changed", "ConfigMap", "data.a", "1", "2", "app/kustomization.yaml:3:head")]),
    ({"app/kustomization.yaml": KUSTOMIZATION.replace("hunter2-first", "hunter2-second")},
     [("changed", "Secret", "data.password", "***", "***", "app/kustomization.yaml:5:head")]),
    ({"app/web.yaml": WEB.replace("        image: nginx\n", "")},
     [("changed", "Deployment", "spec.template.spec.containers[web].image", "nginx:1.27.0", "-", "app/kustomization.yaml:7:base")]),
])
def test_each_field_has_its_line(root, change, expected):
    write(root, change)
    assert fields(delta(root)) == expected


def objects(found):
    return [(target["target"], one["action"], one["resource"]["kind"], one["previous"] and one["previous"]["name"], one["location"]["side"])
            for target in found["targets"] for one in target["objects"]]


def test_objects_that_come_go_and_are_renamed(root):
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("[web.yaml]", "[web.yaml, service.yaml]"), "app/service.yaml": SERVICE})
    assert objects(delta(root)) == [("app", "created", "Service", None, "head")]
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "y")
    write(root, {"app/service.yaml": SERVICE.replace("name: web", "name: website")})
    found = delta(root)
    assert objects(found) == [("app", "renamed", "Service", "web", "head")]
    assert fields(found) == [("renamed", "Service", "metadata.name", "web", "website", "app/service.yaml:3:head")]
    write(root, {"app/kustomization.yaml": KUSTOMIZATION})
    assert objects(delta(root)) == [("app", "deleted", "Service", None, "base")]


NEW = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: reap, annotations: {a/b: c}}
spec:
  schedule: "* * * * *"
  jobTemplate: {spec: {template: {spec: {containers: [{name: reap, image: "reap:1", env: [{name: LEVEL, value: debug}, {name: EMPTY}]}]}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: script}
data: {run.sh: "one\\ntwo\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: fresh}
stringData: {password: hunter2-fresh}
"""
SHOWN = """\
app
  + CronJob/reap created  app/new.yaml:2
      + spec:
      +   jobTemplate.spec.template.spec.containers[reap]:
      +     env:
      +       [LEVEL].value: debug
      +       [EMPTY].name: EMPTY
      +     image: reap:1
      +   schedule: * * * * *
      + metadata.annotations.a/b: c
  + ConfigMap/script created  app/new.yaml:9
      + data.run.sh: |
      +   one
      +   two
  + Secret/fresh created  app/new.yaml:14
      + stringData.password: ***

3 created in 1 target
"""


def test_what_is_new_is_shown_and_what_is_gone_is_named(root):
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("[web.yaml]", "[web.yaml, new.yaml]"), "app/new.yaml": NEW})
    assert run(root).stdout == SHOWN
    assert "+   spec:\n" in run(root, "--format", "markdown").stdout
    created = {one["resource"]["kind"]: one for one in delta(root)["targets"][0]["objects"]}
    assert [(field["path"], field["label"], field["after"], field["hidden"]) for field in created["Secret"]["fields"]] == [
        ("/stringData/password", "stringData.password", "***", True)]
    assert created["CronJob"]["fields"][-1]["path"] == "/metadata/annotations/a~1b"
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "y")
    write(root, {"app/kustomization.yaml": KUSTOMIZATION})
    assert run(root).stdout.splitlines()[1:4] == ["  - CronJob/reap deleted  app/new.yaml:2 (base)", "  - ConfigMap/script deleted  app/new.yaml:9 (base)",
                                                  "  - Secret/fresh deleted  app/new.yaml:14 (base)"]
    gone = {one["resource"]["kind"]: one for one in delta(root)["targets"][0]["objects"]}
    assert [(field["label"], field["before"], "after" in field, field["location"]["side"]) for field in gone["ConfigMap"]["fields"]] == [
        ("data.run.sh", "one\ntwo\n", False, "base")]


def test_a_large_object_is_cut_and_counted(root):
    config = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {f"key{number}": "x" for number in range(600)}})
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("[web.yaml]", "[web.yaml, c.yaml]"), "app/c.yaml": config})
    found = delta(root)["targets"][0]["objects"][0]
    assert (len(found["fields"]), found["omitted"]) == (500, 100)
    shown = run(root).stdout
    assert "        and 580 more fields\n" in shown
    assert shown.count("key") == 20
    assert "and 560 more fields" in run(root, "--format", "markdown").stdout


def test_fields_that_are_too_many_are_counted(root, monkeypatch):
    monkeypatch.setattr(diffing, "_MOST_FIELDS", 1)
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("1.27.0", "1.28.0").replace("a=1", "a=2").replace("hunter2-first", "x")})
    found = delta(root)["targets"][0]["objects"]
    assert sorted((len(one["fields"]), one["omitted"]) for one in found) == [(0, 1), (0, 1), (1, 0)]
    assert run(root).stdout.count("      and 1 more field\n") == 2


def test_quiet_is_the_exit_code_alone(root):
    assert (run(root, "--quiet").exit_code, run(root, "--quiet").output) == (0, "")
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("1.27.0", "1.28.0")})
    assert (run(root, "--quiet").exit_code, run(root, "--quiet").output) == (1, "")


@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
def test_secrets_are_not_shown_in_any_format(root, format_):
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("hunter2-first", "hunter2-second"),
                 "app/web.yaml": WEB + "        args: [--password=hunter2-second, --was=hunter2-first]\n"})
    result = run(root, "--format", format_)
    assert result.exit_code == 0
    assert "hunter2" not in result.stdout
    assert "aHVudGVyMi" not in result.stdout
    assert "never-changed" not in result.stdout


@pytest.mark.parametrize(("content", "args", "code"), [
    (WEB, [], 0), (WEB, ["--exit-code"], 0), (WEB.replace("web}", "site}"), [], 0), (WEB.replace("web}", "site}"), ["--exit-code"], 1),
])
def test_the_exit_code(root, content, args, code):
    write(root, {"app/web.yaml": content})
    assert run(root, *args).exit_code == code


def test_what_is_staged(root):
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("1.27.0", "1.28.0")})
    git(root, "add", "--all")
    write(root, {"app/kustomization.yaml": KUSTOMIZATION})
    assert "nginx:1.28.0" in run(root, "--staged", base=None).stdout
    assert "nginx:1.28.0" not in run(root).stdout


def test_a_base_is_needed(root):
    result = run(root, base=None)
    assert (result.exit_code, "--base REF" in result.stderr) == (2, True)


def test_paths_narrow_it(root):
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("1.27.0", "1.28.0"), "other/kustomization.yaml": "resources: [s.yaml]\n",
                 "other/s.yaml": SERVICE})
    found = json.loads(CliRunner().invoke(cli.cli, ["diff", str(root / "other"), "--base", "HEAD", "--format", "json"]).stdout)
    assert [target["target"] for target in found["targets"]] == ["other"]


def test_what_could_not_be_built_is_said(root):
    write(root, {"app/kustomization.yaml": "resources: [missing.yaml]\n"})
    assert delta(root)["incomplete"] == [{"target": "app", "side": "head", "status": "failed"}]
    assert "app was not rendered as a whole on the head side (failed): more may differ\nNo difference in what could" in run(root).stdout


def test_what_could_not_be_built_on_either_side_is_said_once(root):
    write(root, {"app/kustomization.yaml": "resources: [missing.yaml]\n"})
    git(root, "commit", "--quiet", "--all", "--message", "y")
    for args in ([], ["--format", "markdown"]):
        assert run(root, *args).stdout.count("app was not rendered as a whole on either side (failed): more may differ") == 1
    assert len(delta(root)["incomplete"]) == 2


def test_a_text_of_several_lines_is_compared_by_line(root):
    text = KUSTOMIZATION + "- {name: unused, newTag: x}\n"
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  file: |\n    one\n    two\n    three\n"
    write(root, {"app/kustomization.yaml": text.replace("[web.yaml]", "[web.yaml, c.yaml]"), "app/c.yaml": config})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "y")
    write(root, {"app/c.yaml": config.replace("two", "2 `x` ::error::y \u202e")})
    shown = run(root).stdout
    assert "        - two\n        + 2 `x` ::error::y" in shown
    assert "one" not in shown
    assert "\u202e" not in shown
    assert "`x`" not in run(root, "--format", "markdown").stdout


def test_colours(root):
    write(root, {"app/kustomization.yaml": KUSTOMIZATION.replace("1.27.0", "1.28.0")})
    assert "\x1b[32m        + nginx:1.28.0\x1b[0m" in run(root, "--color", "always").stdout
