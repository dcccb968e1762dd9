"""OPA serves what `bundle --target opa` writes: with the verdicts and messages of the embedded engine, as webhook and as API."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import manual_deploys
import pytest
from admission_requests import MALFORMED, REQUESTS, TODAY, Asked, bundled, by_config, thing, write_house
from click.testing import CliRunner
from cluster import STRATEGIC_PATCH
from corpus import builtin, objects
from cryptography.hazmat.primitives import serialization
from opa_webhook import NotStartedError, Webhook, webhook

from gitops_guard import bundling
from gitops_guard.bundle import archive
from gitops_guard.bundle.install import IMAGE, install_set
from gitops_guard.certificates import Authority
from gitops_guard.cli import bundle_opa, cli
from gitops_guard.examples import read_examples
from gitops_guard.source import Dialect, parse
from gitops_guard.trials.samples import documents
from gitops_guard.verifying import Case, case_of, creation, embedded

pytestmark = pytest.mark.real

CONFIG = """\
admission: {exempt-namespaces: [nowhere]}
rules:
  admission/manual-deploy:
    parameters:
      identities: ["system:serviceaccount:argocd:argocd-application-controller"]
      break_glass_groups: [oncall]
  images/missing-digest: {parameters: {require_digest: ["**/pay*", "docker.io/library/*"]}}
"""


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("opa-certificates"))


@pytest.fixture
def served(tool, tmp_path, authority):
    """`served(files)` is a running webhook with those files for a bundle, until the test ends."""
    def start(files: dict[str, str], *more: str) -> object:
        bundle = tmp_path / "bundle.tar.gz"
        bundle.write_bytes(archive.packed({path: text.encode() for path, text in files.items()}))
        return webhook(tool("opa"), tmp_path, bundle, authority, authority.pair("webhook"), more)
    return start


def bundle(folder: Path, *args: str) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(CONFIG)
    done = CliRunner().invoke(cli, ["bundle", "--target", "opa", "-o", str(folder / "b.tar.gz"), "--root", str(folder), "--config", str(folder / "config.yaml"), *args])
    assert done.exit_code == 0, done.output
    return (folder / "b.tar.gz").read_bytes()


def test_the_same_bytes_wherever_it_is_built(tool, tmp_path):
    one, other = bundle(tmp_path / "one"), bundle(tmp_path / "deep" / "other")
    assert one == other
    built = subprocess.run([tool("opa"), "build", "-b", tmp_path / "one" / "b.tar.gz", "-o", tmp_path / "built.tar.gz"], capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")


@pytest.mark.parametrize("mode", ["deny", "warn", "dryrun"])
def test_verify_agrees(tool, tmp_path, monkeypatch, mode):
    monkeypatch.setenv("PATH", str(tool("opa").parent), prepend=":")
    code, rows = verified(tmp_path, mode)
    assert (code, rows["disagreements"]) == (0, 0)
    assert rows["denied"] + rows["recorded" if mode == "dryrun" else "warned"] > 10
    monkeypatch.setattr(bundle_opa, "for_opa", spoilt)
    code, rows = verified(tmp_path, mode)
    assert code == 1
    assert rows["disagreements"] > 10


def spoilt(policies, found, config):
    """A bundle that words every fault otherwise."""
    made = bundling.for_opa(policies, found, config)
    path = "gitops_guard/bundle/review.rego"
    assert "line(fault) := trim_space(" in made.files[path]
    return replace(made, files={**made.files, path: made.files[path].replace("line(fault) := trim_space(", "line(fault) := upper(")})


def verified(folder: Path, mode: str) -> tuple[int, dict[str, int]]:
    """`bundle --verify`: its exit code, and its table."""
    (folder / "config.yaml").write_text(CONFIG.replace("{exempt", f"{{mode: {mode}, exempt"))
    done = CliRunner().invoke(cli, ["bundle", "--target", "opa", "-o", str(folder / "b.tar.gz"), "--root", str(folder), "--config", str(folder / "config.yaml"), "--verify"])
    rows = [line.rsplit(maxsplit=1) for line in done.stdout.splitlines()]
    return done.exit_code, {row[0]: int(row[1]) for row in rows if row and row[-1].isdigit()}


def keys(folder: Path, authority: Authority) -> tuple[Path, Path]:
    pair = authority.pair("signer")
    private = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    public = folder / "public.pem"
    public.write_bytes(private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return pair.key, public


def test_signatures_are_verified(tool, tmp_path, authority):
    private, public = keys(tmp_path, authority)
    algorithm = "ES256"
    signed, plain = (tmp_path / name for name in ("signed.tar.gz", "plain.tar.gz"))
    signed.write_bytes(bundle(tmp_path / "signed", "--signing-key", str(private), "--signing-alg", algorithm))
    plain.write_bytes(bundle(tmp_path / "plain"))
    more = (f"--verification-key={public}", f"--signing-alg={algorithm}")
    with webhook(tool("opa"), tmp_path, signed, authority, authority.pair("webhook"), more) as running:
        assert running.review(creation("", objects()[0], 0).review) is not None
    for name, path in {"tampered": tampered(signed, tmp_path), "plain": plain}.items():
        with pytest.raises(NotStartedError, match=r"digest mismatch|missing \.signatures\.json"), \
                webhook(tool("opa"), tmp_path / name, path, authority, authority.pair("webhook"), more):
            pass


def tampered(signed: Path, folder: Path) -> Path:
    with tarfile.open(signed) as given:
        files = {member.name: given.extractfile(member).read() for member in given}
    files["data.json"] = files["data.json"].replace(b"oncall", b"people")
    path = folder / "tampered.tar.gz"
    path.write_bytes(archive.packed(files))
    return path


def test_every_answer_of_the_table(tmp_path, served):
    """Modes, waivers, exemptions, what was wrong before, builtins that refuse: as the reference says."""
    house = write_house(tmp_path / "policies")
    wrong = []
    for text, asked in by_config(REQUESTS).items():
        with served(bundled(house, text)[2].files) as running:
            for one in asked:
                answers = (running.review(one.review), running.decide(one.review))
                wrong += [(one.name, answers)] if answers != (one.verdict, one.verdict) else []
    assert wrong == []


def test_what_is_no_fault_is_refused(tmp_path, served):
    house = write_house(tmp_path / "policies")
    with served(bundled(house)[2].files) as running:
        answers = {one.name: running.review(one.review) for one in MALFORMED}
        assert {name for name, answer in answers.items() if answer is None or not answer.denied} == set()
        broken = Asked("", {"object": thing(list=3)}).review
        assert running.post("/", broken)[0] == 500
        assert running.post("/v1/data/gitops_guard/decision", {"input": broken})[0] == 500
        for given in ({}, {"kind": "AdmissionReview"}, {"kind": "AdmissionReview", "request": None}, {"kind": "Pod", "request": {"uid": "1"}}):
            assert running.post("/", given)[0] == 404


def test_nobody_changes_a_policy(tmp_path, served):
    with served(bundled(write_house(tmp_path / "policies"))[2].files) as running:
        asked = {("PUT", "/v1/policies/x"): "package x", ("PUT", "/v1/data/x"): "{}", ("PATCH", "/v1/data/gitops_guard/bundle/settings"): "[]", ("GET", "/v1/data"): None,
                 ("GET", "/v1/policies"): None, ("DELETE", "/v1/policies/system/main.rego"): None, ("POST", "/v1/query"): '{"query": "x = data"}', ("POST", "/v1/data/system"): "{}",
                 ("POST", "/v0/data/gitops_guard/bundle/settings"): "{}"}
        assert {what: running.request(*what, body) for what, body in asked.items()} == dict.fromkeys(asked, 401)
        assert running.request("GET", "/health?bundles") == 200


def agree(running: Webhook, cases: list[Case], expected: list[object]) -> list[tuple[str, object, object]]:
    """The cases of which webhook, API and embedded engine do not say the same."""
    with ThreadPoolExecutor(8) as pool:
        reviews, decisions = (list(pool.map(ask, (case.review for case in cases))) for ask in (running.review, running.decide))
    return [(case.name, one, answers) for case, one, *answers in zip(cases, expected, reviews, decisions, strict=True) if answers != [one, one]]


def test_every_example_with_its_own_parameters(served):
    policies = builtin()
    judged = 0
    for rule in bundled(policies, CONFIG)[0].rules:
        for given in {json.dumps(dict(example.parameters), sort_keys=True): example.parameters for example in read_examples(policies.examples[rule.id])}:
            needed = {"identities": ["system:serviceaccount:argocd:argocd-application-controller"]} if rule.of_requests else {}
            text = f"admission: {{exempt-namespaces: [nowhere]}}\nrules: {{{rule.id}: {{parameters: {json.dumps({**needed, **json.loads(given)})}}}}}\n"
            found, config, made = bundled(policies, text)
            cases = [case_of(name, document, number) for number, (name, document) in enumerate(documents(policies, [rule]))]
            with served(made.files) as running:
                assert agree(running, cases, embedded(policies, found, config.admission, cases, TODAY)) == []
            judged += len(cases)
    assert judged > 30


def test_many_objects(served):
    """The objects of GITOPS_GUARD_CORPUS, and of all examples of all policies."""
    policies = builtin()
    found, config, made = bundled(policies, CONFIG)
    cases = [creation(str(number), document, number) for number, document in enumerate(objects())]
    expected = embedded(policies, found, config.admission, cases, TODAY)
    assert sum(1 for one in expected if one and one.denied) > 50
    assert sum(1 for one in expected if one and one.warnings) > 5
    assert None not in expected
    with served(made.files) as running:
        assert agree(running, cases, expected) == []


@pytest.fixture
def enforced(tool, tmp_path, cluster):
    """`enforced(configuration)`: the API server asks a webhook with that bundle until the test ends."""
    @contextlib.contextmanager
    def start(text: str, namespaces: list[str]) -> Iterator[Webhook]:
        found, config, made = bundled(builtin(), text)
        files = made.files
        bundle = tmp_path / "bundle.tar.gz"
        bundle.write_bytes(archive.packed({path: text.encode() for path, text in files.items()}))
        with webhook(tool("opa"), tmp_path, bundle, cluster.authority, cluster.serving("opa")) as running:
            sent = install_set(found, config.admission, b"", made, IMAGE, None)
            asked = configuration(sent, running.url, cluster.authority.bundle, namespaces)
            assert cluster.create("root", asked).ok
            try:
                yield running
            finally:
                cluster.delete("root", asked)
    return start


def configuration(files: dict[str, str], url: str, authority: str, namespaces: list[str]) -> dict[str, Any]:
    """The webhook configuration of the install set, which asks a server on loopback about these namespaces alone."""
    made = parse(files["webhook/webhook.yaml"].encode(), "webhook.yaml").load(Dialect.MANIFEST)[0]
    made["metadata"]["name"] = "opa-tests"
    webhook = made["webhooks"][0]
    webhook["clientConfig"] = {"url": f"{url}/", "caBundle": authority}
    webhook["namespaceSelector"] = {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": namespaces}]}
    return json.loads(json.dumps(made))


def test_the_install_set_is_taken(cluster):
    """By the API server: field by field, as it would be stored."""
    found, config, made = bundled(builtin(), manual_deploys.CONFIG)
    files = install_set(found, config.admission, archive.packed({path: text.encode() for path, text in made.files.items()}), made, IMAGE, ("ES256", "key"))
    cluster.namespace("gitops-guard")
    taken = []
    made_of_it = [one for path, text in files.items() if path.endswith(".yaml") and "kustomization" not in path
                  for one in parse(text.encode(), path).load(Dialect.MANIFEST) if one["apiVersion"] != "cert-manager.io/v1"]
    for one in made_of_it:
        answer = cluster.request("root", "POST", cluster.path(one, collection=True), one, query={"dryRun": "All", "fieldValidation": "Strict"})
        assert answer.ok or answer.status == 409, (one["kind"], answer.message)
        taken.append(one["kind"])
    assert sorted(taken) == ["ConfigMap", "Deployment", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount", "ValidatingWebhookConfiguration"]


def test_manual_deploys(cluster, enforced):
    """The table, by a real API server: create, update, patches, apply, scale, deletions and dry runs, as everybody."""
    manual_deploys.prepare(cluster)
    with enforced(manual_deploys.CONFIG, [manual_deploys.PRODUCTION, manual_deploys.DEVELOPMENT]):
        cluster.until(lambda: "commit the change there" in cluster.create("root", probe(), dry_run=False).message)
        wrong = [manual_deploys.differs(*manual_deploys.attempt(cluster, number)) for number in range(len(manual_deploys.ATTEMPTS))]
    assert [text for text in wrong if text] == []
    assert len(wrong) >= 40


def probe() -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "probe-", "namespace": manual_deploys.PRODUCTION, "name": ""}}


def test_rules_about_objects(cluster, enforced):
    """Errors are refused, what was there before is told, and what can't be asked is refused."""
    manual_deploys.prepare(cluster)
    moving = manual_deploys.deployment()
    moving["metadata"] = {"name": "moving", "namespace": manual_deploys.PRODUCTION}
    moving["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example/web:latest"
    said = "images/unpinned-tag: container web: image registry.example/web:latest has the moving tag latest"
    assert cluster.create("alice", moving).ok
    other = {**moving, "metadata": {**moving["metadata"], "name": "other"}}
    with enforced("", [manual_deploys.PRODUCTION]):
        cluster.until(lambda: not cluster.create("alice", other, dry_run=True).ok)
        refused = cluster.create("alice", other)
        assert (refused.status, refused.message) == (403, f'admission webhook "opa.gitops-guard.dev" denied the request: {said}')
        kept = cluster.patch("alice", moving, {"metadata": {"labels": {"a": "b"}}})
        assert (kept.ok, kept.warnings) == (True, (f'299 - "{said}"',))
        mended = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "registry.example/web:1.2.3"}]}}}}
        done = cluster.patch("alice", moving, mended, content_type=STRATEGIC_PATCH)
        assert (done.ok, done.warnings) == (True, ())
        assert said in cluster.patch("alice", moving, {"spec": moving["spec"]}).message
        assert cluster.patch("alice", moving, {"status": {"observedGeneration": 1}}, subresource="status").ok
        assert cluster.delete("alice", moving).ok


def test_nothing_is_let_through_without_an_answer(cluster, tool, tmp_path):
    """A webhook that is gone, and a bundle that never was there."""
    manual_deploys.prepare(cluster)
    found, config, made = bundled(builtin())
    made = configuration(install_set(found, config.admission, b"", made, IMAGE, None), "https://127.0.0.1:9", cluster.authority.bundle, [manual_deploys.DEVELOPMENT])
    assert cluster.create("root", made).ok
    try:
        thing = {**manual_deploys.CONFIG_MAP, "metadata": {"name": "unasked", "namespace": manual_deploys.DEVELOPMENT}}
        cluster.until(lambda: "failed calling webhook" in cluster.create("alice", thing, dry_run=True).message)
        assert cluster.create("alice", thing).status == 500
    finally:
        cluster.delete("root", made)
