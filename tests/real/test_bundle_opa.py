"""OPA serves what `bundle --target opa` writes: with the verdicts and messages of the embedded engine, as webhook and as API."""

from __future__ import annotations

import json
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from admission_requests import MALFORMED, REQUESTS, TODAY, Asked, bundled, by_config, thing, write_house
from certificates import Authority
from click.testing import CliRunner
from corpus import builtin, objects
from cryptography.hazmat.primitives import serialization
from opa_webhook import Webhook, webhook
from servers import NotStartedError

from gitops_guard.bundle import archive
from gitops_guard.cli import cli
from gitops_guard.examples import read_examples
from gitops_guard.trials.samples import documents
from gitops_guard.verifying import Case, case_of, creation, embedded

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
