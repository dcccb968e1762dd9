"""Both engines, the embedded one and the real OPA, judge the same: findings, failures, what was checked and what passed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from remotes import repository_of

from gitops_guard import data, manifests
from gitops_guard import tool as tools
from gitops_guard.cli import cli
from gitops_guard.cli.inputs import load_policies
from gitops_guard.errors import InputError, ToolError
from gitops_guard.evaluate import Evaluation, Opa, Subjects, evaluate, opa
from gitops_guard.examples import Example, read_examples
from gitops_guard.model import Fault, Resource, Target
from gitops_guard.policy import POLICY_ERROR, PolicyFolder, PolicySet, load
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree
from gitops_guard.trials.subjects import subjects_of

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).resolve().parents[2]
CORPUS = CHECKOUT.parent / "shared" / "corpus"
POLICIES = load_policies(())
LEAST = 2_000
"""So many distinct resources of real repositories are judged by both."""


@pytest.fixture(scope="module", autouse=True)
def on_path(tool: Callable[[str], Path]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tool('opa').parent}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture(scope="module")
def engine(on_path: None) -> Iterator[Opa]:
    """One OPA for all tests with the built-in policies."""
    with opa() as found:
        yield found


def shown(found: Evaluation) -> list[Any]:
    """All that an evaluation says, in the order in which it is said; why a policy fails, each engine says in its own words."""
    faults = [(fault.rule, _words(fault), fault.severity, fault.location, fault.path, fault.line, fault.target, fault.related,
               None if fault.resource is None else fault.resource.id) for fault in found.faults]
    return [faults, found.checked, found.passed]


def _words(fault: Fault) -> str:
    policy, fails, rest = fault.message.partition(" can't judge ")
    return f"{policy}{fails}{rest.partition(': ')[0]}" if fault.rule == POLICY_ERROR else fault.message


def both(policies: PolicySet, subjects: Subjects, engine: Opa, **options: Any) -> Evaluation:
    """What the embedded engine says; OPA must say the same."""
    found = evaluate(policies, subjects, **options)
    assert shown(evaluate(policies, subjects, engine=engine, **options)) == shown(found)
    return found


def examples() -> Iterator[Any]:
    for rule, path in POLICIES.examples.items():
        for example in read_examples(path):
            yield pytest.param(rule, example, id=f"{rule} {example.number}")


@pytest.mark.parametrize(("rule", "example"), list(examples()))
def test_every_example_of_every_policy(rule: str, example: Example, engine: Opa) -> None:
    """All policies are asked about it, not only its own."""
    try:
        subjects = subjects_of(example, POLICIES.rules)
    except InputError:
        assert rule.startswith(("render/", "source/"))  # that is what it shows, and no engine is asked
        return
    both(POLICIES, subjects, engine, parameters={rule: example.parameters} if example.parameters else None)


def needs_corpus() -> None:
    if not CORPUS.is_dir():
        pytest.skip("there is no corpus of real repositories beside this checkout")


def repositories() -> list[Path]:
    return sorted((CORPUS / "repos").iterdir()) if CORPUS.is_dir() else []


def check(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gitops_guard", "check", *arguments], capture_output=True, text=True, timeout=600,
                          check=False, env={**os.environ, **(env or {})})


def test_there_is_a_corpus() -> None:
    needs_corpus()
    assert repositories()


@pytest.mark.parametrize("repository", [pytest.param(path, id=path.name) for path in repositories()])
def test_all_of_a_repository(repository: Path, engine: Opa, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a check asks is asked of both; the rest of a check is the same code, and runs once."""
    judged: list[Evaluation] = []

    def asked(policies: PolicySet, subjects: Subjects, **options: Any) -> Evaluation:
        judged.append(both(policies, subjects, options.pop("engine") or engine, **options))
        return judged[-1]
    monkeypatch.setattr("gitops_guard.judge.evaluate", asked)
    done = CliRunner().invoke(cli, ["check", str(repository), "--root", str(repository), "--format", "json"])
    assert done.exit_code in (0, 1), done.output
    assert len(judged) == 1
    assert judged[0].checked


def test_a_report_is_the_same_to_the_byte() -> None:
    needs_corpus()
    repository = CORPUS / "repos" / "fluxcd+flux2-kustomize-helm-example"
    one, other = (check(str(repository), "--root", str(repository), "--format", "json", "--engine", name)
                  for name in ("embedded", "opa"))
    assert one.returncode in (0, 1), one.stderr
    assert (other.returncode, other.stderr) == (one.returncode, one.stderr)
    assert other.stdout == one.stdout


def test_the_resources_of_the_corpus(engine: Opa) -> None:
    needs_corpus()
    found: dict[str, Resource] = {}
    sources = Sources(WorkTree(CORPUS / "golden"))
    for path in sources.tree.files():
        for resource in manifests.read(sources, path, "corpus") if path.endswith(".yaml") else ():
            found.setdefault(json.dumps(resource.body, sort_keys=True, default=str), resource)
    judged = list(found.values())[::2]  # every other of each repository: enough, in half the time
    assert len(judged) >= LEAST
    subjects = Subjects(judged, {"corpus": Target("corpus", "manifests", ".", "production")})
    both(POLICIES, subjects, engine, jobs=2)


def test_the_page_shows_what_works(tmp_path: Path) -> None:
    """Its first command, in the repository that the page names."""
    page = (CHECKOUT / "docs" / "opa.md").read_text()
    found = re.search(r"<!-- check: (.+?) -->\n```console\n\$ gitops-guard check (.+)\n```", page)
    assert found is not None
    repository = repository_of(CHECKOUT / found[1], tmp_path / "repository")
    one, other = (subprocess.run([sys.executable, "-m", "gitops_guard", "check", *options], cwd=repository, capture_output=True,
                                 text=True, timeout=120, check=False) for options in ([], found[2].split()))
    assert (other.stdout, other.stderr, other.returncode) == (one.stdout, one.stderr, 1)


HOUSE = {
    "house/team.rego": """
        # METADATA
        # title: A team owns it
        # description: Someone must answer for it.
        # custom:
        #   scope: resource
        #   severity: error
        #   remedy: Name the team.
        #   kinds: [Deployment]
        package gitops_guard.house.team

        import data.lists.teams

        deny contains {"msg": sprintf("%s is no team of %d", [owner, count(teams)]), "path": ["metadata", "labels"]} if {
          owner := object.get(input.object.metadata.labels, "team", "nobody")
          not owner in teams
        }
    """,
    "lists/data.yaml": "teams: [shop, pay]\n",
    "conftest/main.rego": """
        package main

        import data.helpers

        deny contains msg if {
          helpers.is_workload
          not input.spec.replicas > 1
          msg := sprintf("%s has one replica", [input.metadata.name])
        }
        deny_latest contains {"msg": "latest", "why": 1} if endswith(input.spec.template.spec.containers[_].image, ":latest")
        warn_named contains "a warning" if input.metadata.name == "b"
        violation contains {"msg": "never"} if input.nothing
        exception contains ["latest"] if input.metadata.name == "a"
    """,
    "conftest/helpers.rego": 'package helpers\nis_workload if input.kind in {"Deployment", "StatefulSet"}\n',
}
WORKLOAD = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, labels: {{team: {team}}}}}
spec: {{replicas: {replicas}, template: {{spec: {{containers: [{{name: c, image: "nginx:latest"}}]}}}}}}
"""


def house(folder: Path, files: Mapping[str, str]) -> PolicySet:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return load([PolicyFolder(data.policies(), builtin=True, rego=False), PolicyFolder(folder, display="policies")])


def workloads(folder: Path) -> Subjects:
    folder.mkdir()
    for name, team, replicas in (("a", "shop", 1), ("b", "nobody", 1), ("c", "pay", 3)):
        (folder / f"{name}.yaml").write_text(WORKLOAD.format(name=name, team=team, replicas=replicas))
    sources = Sources(WorkTree(folder))
    return Subjects([resource for path in sources.tree.files() for resource in manifests.read(sources, path, "t")],
                    {"t": Target("t", "manifests", ".", "production")})


def test_policies_of_ones_own_with_data_and_conftest(tmp_path: Path) -> None:
    with opa() as engine:
        found = both(house(tmp_path / "p", HOUSE), workloads(tmp_path / "w"), engine)
    assert sorted({(fault.rule, fault.message) for fault in found.faults}) == [
        ("conftest/main", "a has one replica"), ("conftest/main", "a warning"), ("conftest/main", "b has one replica"),
        ("conftest/main", "latest"), ("house/team", "nobody is no team of 2")]


FAILURES = {
    "another type": ('object.get(input.object.metadata.name, "x", 1) == 1', None),
    "no number": ("to_number(input.object.metadata.name) > 1", None),
    "division": ("1 / (count(input.object.metadata.name) - 1) > 1", "divide by zero"),
    "remainder": ("count(input.object.metadata.name) % 0 == 1", "modulo by zero"),
    "a conflict": ("twice == 1", "rules must not produce multiple outputs"),
    "a conflict of keys": ('{k: v | k := "a"; some v in [1, 2]}["a"] == 1', "object keys must be unique"),
}
FAILING = """
    # METADATA
    # title: It fails
    # description: A policy must not.
    # custom: {{scope: resource, severity: error, remedy: Correct it.}}
    package gitops_guard.house.{name}

    deny contains {{"msg": "found"}} if {{
      {condition}
    }}

    twice := 1 if input.object.metadata.name
    twice := 2 if input.object.metadata.name
"""


@pytest.mark.parametrize(("condition", "message"), FAILURES.values(), ids=FAILURES)
def test_what_fails_fails_in_both(condition: str, message: str | None, tmp_path: Path) -> None:
    """At the same line for the same inputs; the words are those of the engine where each has its own."""
    files = {f"house/{name}.rego": FAILING.format(name=name, condition=text)
             for name, text in (("bad", condition), ("good", 'input.object.metadata.name == "b"'))}
    policies, subjects = house(tmp_path / "p", files), workloads(tmp_path / "w")
    one = evaluate(policies, subjects)
    with opa() as engine:
        other = evaluate(policies, subjects, engine=engine)
    assert (other.checked, other.passed) == (one.checked, one.passed)
    assert [(fault.rule, fault.location) for fault in other.faults] == [(fault.rule, fault.location) for fault in one.faults]
    assert {"engine/policy-error", "house/good"} == {fault.rule for fault in other.faults}
    if message is not None:
        assert [fault.message for fault in other.faults] == [fault.message for fault in one.faults]
        assert all(message in fault.message for fault in one.faults if fault.rule == "engine/policy-error")


def test_what_does_not_end_is_taken_out_by_both(tmp_path: Path) -> None:
    files = {"house/bad.rego": FAILING.format(name="bad", condition=LOOP),
             "house/good.rego": FAILING.format(name="good", condition='input.object.metadata.name == "b"')}
    with opa() as engine:
        found = both(house(tmp_path / "p", files), workloads(tmp_path / "w"), engine, timeout=0.5)
    assert [fault.rule for fault in found.faults] == ["house/good", "engine/policy-error"]
    assert "it did not end within 0.5 s" in found.faults[1].message


def test_what_only_the_compiler_of_opa_sees_is_an_error_at_its_line(tmp_path: Path) -> None:
    files = {"house/bad.rego": FAILING.format(name="bad", condition='startswith(1, "a")'),
             "house/user.rego": FAILING.format(name="user", condition="data.gitops_guard.house.bad.twice == 1"),
             "house/good.rego": FAILING.format(name="good", condition='input.object.metadata.name == "b"')}
    with opa() as engine:
        found = evaluate(house(tmp_path / "p", files), workloads(tmp_path / "w"), engine=engine)
    assert [(fault.rule, fault.message) for fault in found.faults] == [
        ("engine/policy-error", "OPA refuses it: startswith: invalid argument(s)"),
        ("engine/policy-error", "nothing defines data.gitops_guard.house.bad.twice: no package, no data file"),
        ("house/good", "found")]
    assert [fault.location.line for fault in found.faults[:2] if fault.location] == [8, 8]


def test_an_opa_that_dies_ends_the_run(tmp_path: Path) -> None:
    policies, subjects = house(tmp_path / "p", HOUSE), workloads(tmp_path / "w")

    def killed(engine: Opa) -> None:
        evaluate(policies, subjects, engine=engine)
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        evaluate(policies, subjects, engine=engine)
    with pytest.raises(ToolError, match="the opa of this run has ended"), opa() as engine:
        killed(engine)
    assert not children()


LOOP = "some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j == -1; input.object.metadata.name"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_opa_with_the_run(number: signal.Signals, tmp_path: Path) -> None:
    house(tmp_path / "p", {"house/bad.rego": FAILING.format(name="bad", condition=LOOP)})
    workloads(tmp_path / "w")
    (tmp_path / "t").mkdir()
    argv = [sys.executable, "-m", "gitops_guard", "check", str(tmp_path / "w"), "--no-builtin-policies",
            "--policy", str(tmp_path / "p"), "--engine", "opa"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path / "t")}) as process:
        until = time.monotonic() + 60
        while not (running := [pid for pid in children(process.pid) if b"--server" in Path(f"/proc/{pid}/cmdline").read_bytes()]):
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(number)
        assert process.communicate(timeout=30)[0] == b""
    assert process.returncode == 128 + number
    assert not any(Path(f"/proc/{pid}").exists() for pid in running)
    assert list((tmp_path / "t").iterdir()) == []


def children(of: int | None = None) -> list[int]:
    """The processes that one started, this one if none is named, and that run still."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if parent == str(of or os.getpid()) and state != "Z":
                found.append(int(path.parent.name))
    return found


AUTHZ = """package system.authz

default allow := false

allow if input.identity == "right"

allow if input.path == ["health"]
"""


@pytest.fixture(scope="module")
def remote(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of an OPA with TLS and a token, and the certificate to trust."""
    folder = tmp_path_factory.mktemp("remote")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True)
    (folder / "authz.rego").write_text(AUTHZ)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [str(tool("opa")), "run", "--server", "--addr", f"127.0.0.1:{port}", "--tls-cert-file", "cert.pem",
            "--tls-private-key-file", "key.pem", "--authentication=token", "--authorization=basic", "--log-level=error",
            "--skip-version-check", "authz.rego"]
    with tools.serving(argv, cwd=folder, error=ToolError) as server:
        server.wait_for(lambda: answers(port))
        yield f"https://localhost:{port}", folder / "cert.pem"


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def held(url: str, authority: Path) -> tuple[list[str], Any]:
    """The ids of the policies that an OPA has, and its data."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = "Bearer right"
        session.verify = str(authority)
        policies = session.get(f"{url}/v1/policies").json()["result"]
        return [policy["id"] for policy in policies], session.get(f"{url}/v1/data").json()["result"]


def test_an_opa_elsewhere_with_tls_and_a_token(remote: tuple[str, Path], tmp_path: Path) -> None:
    url, authority = remote
    before = held(url, authority)
    with opa(url, token="right", ca_file=str(authority)) as engine:
        both(house(tmp_path / "p", HOUSE), workloads(tmp_path / "w"), engine)
        within = held(url, authority)
    assert len(within[0]) == len(before[0]) + 5
    assert within[1] != before[1]
    assert held(url, authority) == before


@pytest.mark.parametrize(("token", "trusted", "message"), [
    ("wrong", True, "refuses the token .status 401."),
    ("", True, "refuses who has no token: set GITOPS_GUARD_OPA_TOKEN .status 401."),
    ("right", False, "can't be trusted: self-signed certificate; name its authority with --opa-ca-file"),
])
def test_who_may_not_ask(token: str, trusted: bool, message: str, remote: tuple[str, Path], tmp_path: Path) -> None:
    url, authority = remote
    with pytest.raises(ToolError, match=message), opa(url, token=token, ca_file=str(authority) if trusted else "") as engine:
        evaluate(house(tmp_path / "p", HOUSE), workloads(tmp_path / "w"), engine=engine)


def test_the_command_line_asks_an_opa_elsewhere(remote: tuple[str, Path], tmp_path: Path) -> None:
    url, authority = remote
    house(tmp_path / "p", HOUSE)
    workloads(tmp_path / "w")
    options = [str(tmp_path / "w"), "--no-builtin-policies", "--policy", str(tmp_path / "p"), "--format", "json"]
    one = check(*options)
    other = check(*options, "--engine", "opa", "--opa-url", url, env={"GITOPS_GUARD_OPA_TOKEN": "right", "SSL_CERT_FILE": str(authority)})
    assert (other.stdout, other.stderr, other.returncode) == (one.stdout, "", 1)
    wrong = check(*options, "--engine", "opa", "--opa-url", url, "--opa-ca-file", str(authority), env={"GITOPS_GUARD_OPA_TOKEN": "wr0ng"})
    assert (wrong.stdout, wrong.returncode) == ("", 4)
    assert "refuses the token" in wrong.stderr
    assert "wr0ng" not in wrong.stderr
