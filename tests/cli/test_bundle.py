"""`bundle`: what it takes, writes, prints and ends with."""

import json
import os
import sys
import tarfile

import jwt
import pytest
from click.testing import CliRunner

from gitops_guard.bundle.verdict import Verdict
from gitops_guard.cli import bundle_vap, cli
from gitops_guard.vap_program import Asked

HOUSE = """# METADATA
# title: t
# description: d
# custom:
#   scope: resource
#   severity: error
#   remedy: r
#   admission: true
package gitops_guard.house.rule

deny contains {"msg": "x"} if EXPRESSION
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    repo = tmp_path / "repo"
    repo.mkdir()
    monkeypatch.chdir(repo)
    return lambda *args: CliRunner().invoke(cli, ["bundle", *args])


def house(path, expression="input.object"):
    (path / "policies" / "house").mkdir(parents=True)
    (path / "policies" / "house" / "rule.rego").write_text(HOUSE.replace("EXPRESSION", expression))


@pytest.mark.parametrize(("target", "files"), [
    ("vap", {"README.md", "bypass-drift-tolerated.yaml", "bypass-reconcile-suspended.yaml", "images-missing-digest.yaml", "images-unpinned-tag.yaml"}),
    ("gatekeeper", {"README.md", "suite.yaml", "templates", "constraints", "samples"}),
])
def test_it_writes_a_folder_and_says_what_is_left_out(run, tmp_path, target, files):
    done = run("--target", target, "-o", "out/cluster")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "gitops-guard: admission/manual-deploy: it needs the parameter identities" in done.stderr
    folder = tmp_path / "repo" / "out" / "cluster"
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == files
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "old.yaml").write_text("x")
    assert run("--target", target, "-o", "out/cluster").exit_code == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert os.listdir(folder.parent) == ["cluster"]


def test_a_folder_with_something_else_is_left_alone(run, tmp_path):
    (tmp_path / "repo" / "out").mkdir()
    (tmp_path / "repo" / "out" / "mine.yaml").write_text("x")
    done = run("--target", "vap", "-o", "out")
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (2, "gitops-guard: the folder 'out' holds something else; name an empty or a new one")
    (tmp_path / "repo" / "link").symlink_to("out")
    assert "is no folder" in run("--target", "vap", "-o", "link").stderr
    assert "is no folder" in run("--target", "vap", "-o", "out/mine.yaml").stderr
    assert os.listdir(tmp_path / "repo" / "out") == ["mine.yaml"]


@pytest.mark.parametrize(("expression", "message"), [
    ("input.facts.sops", "policies/house/rule.rego:11: input.facts: facts are empty in the cluster"),
    ("data.house.names", "data.house.names"),
    ("}", "policies/house/rule.rego:11:"),
])
def test_what_a_target_can_not_have_is_refused(run, tmp_path, expression, message):
    house(tmp_path / "repo", expression)
    for target in ("vap", "gatekeeper"):
        done = run("--target", target, "-o", "out", "--policy", "policies")
        assert done.exit_code == 2
        assert message in done.stderr
    assert not (tmp_path / "repo" / "out").exists()


def test_a_broken_file_is_not_left_out(run, tmp_path):
    house(tmp_path / "repo")
    (tmp_path / "repo" / "policies" / "house" / "other.rego").write_text("nothing")
    done = run("--target", "vap", "-o", "out", "--policy", "policies")
    assert (done.exit_code, done.stderr) == (2, "gitops-guard: policies/house/other.rego:1: the file does not begin with a package\n")


def test_a_policy_of_the_house(run, tmp_path):
    house(tmp_path / "repo")
    done = run("--target", "vap", "-o", "out", "--policy", "policies", "--select", "house/*")
    assert done.exit_code == 0
    assert done.stderr == "gitops-guard: house/rule: it has no twin in CEL (house/rule.cel.yaml beside the policy)\n"
    assert run("--target", "gatekeeper", "-o", "out", "--policy", "policies", "--select", "house/*").exit_code == 0
    assert (tmp_path / "repo" / "out" / "constraints" / "house-rule.yaml").is_file()


def test_rules_are_chosen(run, tmp_path):
    assert run("--target", "vap", "-o", "out", "--select", "images/*", "--ignore", "images/missing-digest").exit_code == 0
    assert {path.name for path in (tmp_path / "repo" / "out").glob("*.yaml")} == {"images-unpinned-tag.yaml"}
    done = run("--target", "vap", "-o", "out", "--select", "secrets/plaintext-secret")
    assert done.exit_code == 2
    assert "secrets/plaintext-secret can't be enforced in the cluster" in done.stderr


IDENTITIES = "rules: {admission/manual-deploy: {parameters: {identities: ['system:serviceaccount:argocd:argocd-application-controller']}}}\n"


def test_an_archive_for_opa(run, tmp_path):
    repo = tmp_path / "repo"
    assert run("--target", "opa", "-o", "out/a.tar.gz").exit_code == 0
    with tarfile.open(repo / "out" / "a.tar.gz") as archive:
        assert "gitops_guard/admission/manual_deploy.rego" not in archive.getnames()
    (repo / ".gitops-guard.yaml").write_text(IDENTITIES)
    done = run("--target", "opa", "-o", "out/a.tar.gz")
    assert (done.exit_code, done.output) == (0, "")
    with tarfile.open(repo / "out" / "a.tar.gz") as archive:
        assert "gitops_guard/admission/manual_deploy.rego" in archive.getnames()
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.yaml").write_text(IDENTITIES)
    assert run("--target", "opa", "-o", str(other / "b.tgz"), "--root", str(other), "--config", str(other / "config.yaml")).exit_code == 0
    assert (other / "b.tgz").read_bytes() == (repo / "out" / "a.tar.gz").read_bytes()


def test_a_signature(run, tmp_path):
    (tmp_path / "key").write_text("a secret of thirty-two characters!\n")
    done = run("--target", "opa", "-o", "a.tar.gz", "--signing-key", str(tmp_path / "key"), "--signing-alg", "HS256")
    assert (done.exit_code, done.stdout) == (0, "")
    with tarfile.open("a.tar.gz") as archive:
        token = json.load(archive.extractfile(".signatures.json"))["signatures"][0]
        names = set(archive.getnames())
    assert {entry["name"] for entry in jwt.decode(token, "a secret of thirty-two characters!", ["HS256"])["files"]} == names - {".signatures.json"}


@pytest.mark.parametrize(("args", "message"), [
    (("--target", "opa", "--signing-key", "none"), "--signing-key 'none' can't be read: No such file or directory"),
    (("--target", "opa", "--signing-key", "key"), "--signing-key: this is no key for RS256"),
    (("--target", "opa", "--signing-key", "key", "--signing-alg", "none"), "--signing-alg 'none': there are ES256"),
    (("--target", "opa", "--signing-key-id", "x"), "--signing-key-id is a name for --signing-key; add it"),
    (("--target", "opa", "."), "PATHS are what --verify asks about; add it"),
    (("--target", "opa", "--image", "x"), "--image is for --install; add it"),
    (("--target", "opa", "--install", "dir", "--signing-key", "key", "--signing-alg", "HS256"), "--install: HS256 is verified by the secret itself"),
    (("--target", "vap", "--install", "dir"), "are for --target opa"),
    (("--target", "gatekeeper", "--image", "x"), "are for --target opa"),
    (("--target", "vap", "--signing-key", "key"), "are for --target opa"),
    (("--target", "opa", "--verify", "nowhere"), "there is no file or folder 'nowhere'"),
])
def test_wrong_usage(run, tmp_path, args, message):
    (tmp_path / "repo" / "key").write_text("hunter2 hunter2 hunter2 hunter2 hunter2")
    done = run(*args, "-o", "out")
    assert done.exit_code == 2
    assert message in done.stderr
    assert "hunter2" not in done.output
    assert not (tmp_path / "repo" / "out").exists()


@pytest.mark.parametrize(("target", "program"), [("opa", "opa"), ("gatekeeper", "gator"), ("vap", "etcd")])
def test_verify_needs_the_program(run, monkeypatch, tmp_path, target, program):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("--target", target, "-o", "out", "--verify")
    assert done.exit_code == 4
    assert f"--verify: there is no {program} on PATH; install it: https://" in done.stderr


FAKE = """#!{python}
import json, pathlib, sys
folder = pathlib.Path(sys.argv[-1])
answers = []
for path in sorted(folder.iterdir()):
    request = json.loads(path.read_text())["request"]
    answers.append({{"path": str(path), {answer}}})
print(json.dumps({{"result": answers}}))
"""
ALLOWS = '"result": {"apiVersion": "v", "kind": "AdmissionReview", "response": {"uid": request["uid"], "allowed": True}}'


def stand_in(monkeypatch, tmp_path, name, text):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / name).write_text(text)
    (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(("answer", "code", "said"), [
    (ALLOWS, 1, "images/unpinned-tag, bad example 1: tags that move\n  check: denied: images/unpinned-tag: container agent: "),
    ('"error": {"message": "x"}', 1, "  opa:   fails\n"),
    ('"result": {"response": {"uid": "other", "allowed": True}}', 4, ""),
    ('"result": {"response": {"uid": request["uid"], "allowed": False}}', 4, ""),
    ('"result": True', 4, ""),
])
def test_what_disagrees_is_shown(run, monkeypatch, tmp_path, answer, code, said):
    stand_in(monkeypatch, tmp_path, "opa", FAKE.format(python=sys.executable, answer=answer))
    done = run("--target", "opa", "-o", "a.tar.gz", "--select", "images/unpinned-tag", "--verify")
    assert done.exit_code == code
    assert said in done.stdout
    assert ("\n  opa:   nothing\n" in done.stdout) is (answer == ALLOWS)
    assert ("opa does not take the bundle" in done.stderr) is (code == 4)


def recording(fault):
    response = f'{{"uid": request["uid"], "allowed": True, "auditAnnotations": {{"faults": "{fault}"}}}}'
    return f'"result": {{"apiVersion": "v", "kind": "AdmissionReview", "response": {response}}}'


@pytest.mark.parametrize(("answer", "said"), [
    (ALLOWS, "  opa:   nothing\n"),
    (recording("recorded images/unpinned-tag: m\\nrecorded images/unpinned-tag: n\\nrecorded images/unpinned-tag: m"),
     "  opa:   warned: images/unpinned-tag: m; warned: images/unpinned-tag: n\n"),
    (recording("waived images/unpinned-tag: m"), "  opa:   nothing\n"),
])
def test_what_is_only_recorded_is_compared(run, monkeypatch, tmp_path, answer, said):
    (tmp_path / "repo" / ".gitops-guard.yaml").write_text("admission: {mode: dryrun}\n")
    stand_in(monkeypatch, tmp_path, "opa", FAKE.format(python=sys.executable, answer=answer))
    done = run("--target", "opa", "-o", "a.tar.gz", "--select", "images/unpinned-tag", "--verify")
    assert done.exit_code == 1
    assert "images/unpinned-tag, bad example 1: tags that move\n  check: warned: images/unpinned-tag: container agent: " in done.stdout
    assert said in done.stdout
    assert "\nrecorded  " in done.stdout


def test_paths_that_render_nothing(run, monkeypatch, tmp_path):
    (tmp_path / "repo" / "empty").mkdir()
    done = run("--target", "opa", "-o", "a.tar.gz", "--verify", "empty")
    assert done.exit_code == 3
    assert "--verify: PATHS render no object" in done.stderr


GATOR = """#!{python}
import json, pathlib, sys
if sys.argv[1] == "verify":
    print({verify!r})
    sys.exit({code})
objects = [json.loads(path.read_text()) for path in pathlib.Path(sys.argv[7]).iterdir()]
def result(body, action="deny", rule="images/unpinned-tag"):
    return {{"msg": "m", "metadata": {{"details": {{"rule": rule}}}}, "enforcementAction": action, "violatingObject": body}}
{test}
"""
GOOD = "    --- PASS: bad-1\t(0.1s)\n--- PASS: images-1\t(0.1s)\nPASS"
CHECK = "images/unpinned-tag, bad example 1: tags that move\n  check: denied: images/unpinned-tag: container agent: "


def gator(run, monkeypatch, tmp_path, test="print('null')", verify=GOOD, code=0, *more):
    stand_in(monkeypatch, tmp_path, "gator", GATOR.format(python=sys.executable, test=test, verify=verify, code=code))
    return run("--target", "gatekeeper", "-o", "out", "--select", "images/unpinned-tag", "--verify", *more)


@pytest.mark.parametrize(("test", "said"), [
    ("print('null')", "  gator: nothing\n"),
    ("print(json.dumps([result(body) for body in objects]))", "  gator: denied: images/unpinned-tag: m\n"),
    ("print(json.dumps([result(body, 'warn') for body in objects]))", "  gator: warned: images/unpinned-tag: m\n"),
])
def test_what_gator_judges_otherwise_is_shown(run, monkeypatch, tmp_path, test, said):
    done = gator(run, monkeypatch, tmp_path, test)
    assert done.exit_code == 1
    assert CHECK in done.stdout
    assert said in done.stdout
    rows = {line[:28].strip(): line[28:].strip() for line in done.stdout.splitlines()[-9:]}
    assert rows["cases of the suite"] == "1"
    assert 0 < int(rows["disagreements"]) <= int(rows["examples"])


@pytest.mark.parametrize("test", [
    "sys.exit('no template')",
    "print('nonsense')",
    "print('[1]')",
    "print(json.dumps([result({'kind': 'Other'})]))",
    "print(json.dumps([result(objects[0], 'scoped')]))",
])
def test_a_gator_that_does_not_judge(run, monkeypatch, tmp_path, test):
    done = gator(run, monkeypatch, tmp_path, test)
    assert (done.exit_code, done.stdout) == (4, "")
    assert "gator does not take the folder: " + ("no template" if "exit" in test else "it did not say why") in done.stderr


FAILS = """=== RUN   images-1
    === RUN   bad-1
    --- FAIL: bad-1\t(0.1s)
        got 0
        but want 1
    === RUN   bad-2
    --- PASS: bad-2\t(0.1s)
--- FAIL: images-1\t(0.1s)
=== RUN   images-2
--- FAIL: images-2\t(0.1s)
  adding template: no
FAIL\tsuite.yaml\t0.1s
FAIL"""


def test_a_suite_that_fails(run, monkeypatch, tmp_path):
    done = gator(run, monkeypatch, tmp_path, verify=FAILS, code=1)
    assert done.exit_code == 1
    assert "suite.yaml, images-1, bad-1\n  gator: got 0 but want 1\nsuite.yaml, images-2\n  gator: adding template: no\n" in done.stdout
    assert "\ncases of the suite                 3\n" in done.stdout


@pytest.mark.parametrize(("verify", "code"), [(GOOD, 1), (FAILS, 0), ("", 1)])
def test_a_suite_whose_end_is_unclear(run, monkeypatch, tmp_path, verify, code):
    done = gator(run, monkeypatch, tmp_path, verify=verify, code=code)
    assert done.exit_code == 4
    assert "gator does not take the folder" in done.stderr


def test_requests_that_gator_does_not_judge(run, monkeypatch, tmp_path):
    (tmp_path / "repo" / ".gitops-guard.yaml").write_text(IDENTITIES)
    done = gator(run, monkeypatch, tmp_path, "print('null')", "PASS", 0, "--select", "admission/manual-deploy")
    assert (done.exit_code, done.stdout) == (4, "")
    assert "gator verify did not say what it ran" in done.stderr


OBJECTS = """apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: gitopsguardimagesunpinnedtag}
---
apiVersion: v1
kind: Infinite
metadata: {name: many}
spec: {most: .inf}
---
apiVersion: admission.k8s.io/v1
kind: AdmissionReview
metadata: {name: no-request}
"""


def test_what_gator_can_not_be_asked(run, monkeypatch, tmp_path):
    (tmp_path / "repo" / "app").mkdir()
    (tmp_path / "repo" / "app" / "all.yaml").write_text(OBJECTS)
    done = gator(run, monkeypatch, tmp_path, "sys.exit(str({body['kind'] for body in objects}))", GOOD, 0, "app")
    assert done.exit_code == 4
    assert "'AdmissionReview'" in done.stderr
    assert not [kind for kind in ("ConstraintTemplate", "Infinite") if kind in done.stderr]


@pytest.mark.parametrize(("config", "message"), [
    ("", "the rules have no examples, so there is nothing to ask about; name PATHS"),
    ("rules: {house/rule: {severity: note}}\n", "the cluster enforces no rule, so there is nothing to verify"),
])
def test_nothing_to_verify(run, monkeypatch, tmp_path, config, message):
    house(tmp_path / "repo")
    (tmp_path / "repo" / ".gitops-guard.yaml").write_text(config)
    stand_in(monkeypatch, tmp_path, "gator", "")
    done = run("--target", "gatekeeper", "-o", "out", "--policy", "policies", "--select", "house/*", "--verify")
    assert done.exit_code == 3
    assert message in done.stderr


NO_DIGEST = "images/missing-digest: container web: image nginx:1.27.3 must carry a digest"
POD = """apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: "nginx:1.27.3"}]}
"""
INFINITE = """apiVersion: example.com/v1
kind: Infinite
metadata: {name: many}
spec: {most: .inf}
"""


def vap(run, monkeypatch, tmp_path, text, verdict, *more):
    """`bundle --target vap --verify` of an object alone, to which an API server says this."""
    repo = tmp_path / "repo"
    (repo / "app").mkdir()
    (repo / "app" / "web.yaml").write_text(text)
    (repo / ".gitops-guard.yaml").write_text("admission: {mode: warn}\nrules: {images/missing-digest: {parameters: {require_digest: ['**']}}}\n")
    monkeypatch.setattr(bundle_vap, "programs", lambda: None)
    monkeypatch.setattr(bundle_vap, "documents", lambda *_given: ())
    monkeypatch.setattr(bundle_vap, "answers", lambda _paths, _written, _rules, cases, _plurals: [verdict(case) for case in cases])
    done = run("--target", "vap", "-o", "out", "--select", "images/missing-digest", "--verify", "app", *more)
    return done, {line[:28].strip(): line[28:].strip() for line in done.stdout.splitlines()[-8:]}


@pytest.mark.parametrize(("verdict", "code", "said"), [
    (lambda case: Asked(case, Verdict((), (NO_DIGEST,))), 0, ""),
    (lambda case: Asked(case, Verdict((), (NO_DIGEST[:60],)), frozenset({NO_DIGEST[:60]})), 0, ""),
    (lambda case: Asked(case, Verdict()), 1, "  kube-apiserver: nothing\n"),
    (lambda case: Asked(case, Verdict((NO_DIGEST,))), 1, f"  kube-apiserver: denied: {NO_DIGEST}\n"),
    (lambda case: Asked(case, Verdict((), (f"{NO_DIGEST}; and more",))), 1, f"  kube-apiserver: warned: {NO_DIGEST}; and more\n"),
    (lambda case: Asked(case, Verdict((), ("images/missing-digest: container other",)), frozenset({"images/missing-digest: container other"})), 1, "container other\n"),
])
def test_what_an_api_server_judges_otherwise_is_shown(run, monkeypatch, tmp_path, verdict, code, said):
    done, rows = vap(run, monkeypatch, tmp_path, POD, verdict)
    assert (done.exit_code, rows["disagreements"]) == (code, str(code)), done.output
    assert (f"  check:          warned: {NO_DIGEST}\n" in done.stdout) is bool(code)
    assert said in done.stdout


@pytest.mark.parametrize(("text", "verdict", "row", "said"), [
    (POD, lambda case: Asked(case, why="refused before any policy is asked: Invalid"), "not judged (refused before)", "Pod/web: refused before any policy is asked: Invalid"),
    (INFINITE, None, "not judged (no JSON)", "Infinite/many: an API server can't be sent it"),
])
def test_what_is_not_judged_is_named(run, monkeypatch, tmp_path, text, verdict, row, said):
    done, rows = vap(run, monkeypatch, tmp_path, text, verdict)
    assert (done.exit_code, rows[row], rows["disagreements"]) == (3, "1", "0"), done.output
    assert "--verify: nothing of this could be judged" in done.stderr
    assert f"not judged: app: {said}\n" in done.stdout


def test_nothing_to_ask_an_api_server(run, monkeypatch, tmp_path):
    monkeypatch.setattr(bundle_vap, "programs", lambda: None)
    monkeypatch.setattr(bundle_vap, "documents", lambda *_given: ())
    done = run("--target", "vap", "-o", "out", "--select", "images/*", "--verify")
    assert done.exit_code == 3
    assert "so there is nothing to ask about; name PATHS" in done.stderr
    house(tmp_path / "repo")
    done = run("--target", "vap", "-o", "out", "--policy", "policies", "--select", "house/*", "--verify")
    assert done.exit_code == 3
    assert "the cluster enforces no rule" in done.stderr
