"""A run against servers that answer as OPA does, and against such as don't: nothing is lost silently, and nothing is left there."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from judging import DEPLOYMENT, deployments, folder, judge, policy, told

from gitops_guard import tool
from gitops_guard.errors import ToolError
from gitops_guard.evaluate import Opa, opa
from gitops_guard.evaluate.opa import judge as opa_judge
from gitops_guard.policy import POLICY_ERROR

STUB = Path(__file__).with_name("opa_stub.py")
NAMED = policy("named", 'deny contains {"msg": input.object.metadata.name} if input.object.kind == "Deployment"')
OTHER = policy("other", 'deny contains {"msg": input.object.metadata.name} if input.object.kind == "Deployment"')


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a stub answers: a process, since where threads run the engine can't fork its workers."""
    port = tmp_path_factory.mktemp("stub") / "port"
    with tool.serving([sys.executable, str(STUB), str(port)], error=ToolError) as server:
        server.wait_for(port.exists)
        yield f"http://127.0.0.1:{port.read_text()}"


def seen(stub: str, way: str) -> dict[str, Any]:
    """What a stub has seen in one of its ways."""
    with requests.Session() as session:
        session.trust_env = False
        found: dict[str, Any] = session.get(f"{stub}/{way}/seen", timeout=10).json()
    return found


def test_it_is_asked_in_batches_and_left_as_it_was(stub: str, tmp_path: Path) -> None:
    files = {**NAMED, **OTHER, "lists/data.yaml": "teams: [a]\n"}
    with opa(f"{stub}/fine/", token="s3cret") as engine:
        found = judge(folder(tmp_path, files), deployments("a", "b"), engine=engine)
        within = seen(stub, "fine")
        judge(folder(tmp_path, files), deployments("c"), engine=engine)
    after = seen(stub, "fine")
    assert told(found) == [(f"house/{rule}", f"stub {name}") for name in "ab" for rule in ("named", "other")]
    assert after["batches"] == [["named a", "other a", "named b", "other b"], ["named c", "other c"]]
    root = after["data"] or next(iter(within["policies"])).partition("/")[0]
    assert within["data"] == [f"{root}/p"]
    assert all(name.startswith(f"{root}/") for name in within["policies"])
    assert all(f"package {root}." in text for text in within["policies"].values())
    assert (after["policies"], after["data"]) == ({}, [])
    assert len([line for line in after["requests"] if line.startswith("PUT")]) == len(within["policies"]) + 1
    assert after["tokens"] == ["Bearer s3cret"]


def test_who_has_no_token_sends_none(stub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with opa(f"{stub}/bare") as engine:
        judge(folder(tmp_path, NAMED), deployments("a"), engine=engine)
    assert seen(stub, "bare")["tokens"] == [None]


@pytest.mark.parametrize(("way", "message"), [
    ("undefined", "has no value for gitops_guard_[0-9a-f]+/ask/answers"),
    ("short", "did not answer all that it was asked"),
    ("broken", "failed with status 500: no space for …"),
    ("full", "does not answer .status 429.: too many requests"),
    ("page", "is no OPA, or something answers for it: status 502 without JSON"),
    ("other", "is no OPA: its answer .status 404. has another form"),
    ("elsewhere", "sends us elsewhere .status 307."),
    ("unauthorized", "refuses the token .status 401."),
    ("old", "is of version 0.70.0; it must be 1.0 or later"),
    ("liar", "does not answer what it was asked"),
    ("owned", "takes no policies: all paths owned by bundle"),
    ("drops", "can't be reached: the connection broke"),
    ("stalled", "gave no answer within 0.3 s"),
])
def test_a_server_that_can_not_judge_ends_the_run(way: str, message: str, stub: str, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opa_judge, "_PROBE", 0.3)
    with pytest.raises(ToolError, match=message) as caught, opa(f"{stub}/{way}", token="s3cret") as engine:
        judge(folder(tmp_path, NAMED), deployments("a", "b"), engine=engine, timeout=0.3)
    assert "s3cret" not in str(caught.value)
    assert "may still hold" not in str(caught.value)
    assert seen(stub, way)["policies"] == {}
    assert seen(stub, "landed")["requests"] == []


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="can't be reached: Connection refused"), opa("http://127.0.0.1:1") as engine:
        judge(folder(tmp_path, NAMED), deployments("a"), engine=engine)


def test_a_policy_that_fails_is_the_only_one(stub: str, tmp_path: Path) -> None:
    with opa(f"{stub}/fails") as engine:
        found = judge(folder(tmp_path, NAMED), deployments("a", "b", "c"), engine=engine)
    assert told(found) == [
        ("house/named", "stub a"), ("house/named", "stub c"),
        (POLICY_ERROR, "house/named can't judge Deployment/b: `to_number` refuses what it is given")]
    assert found.faults[-1].location is not None
    assert (found.faults[-1].location.file, found.faults[-1].location.line) == ("policies/house/named.rego", 10)
    assert found.checked == {"house/named": 2}


@pytest.mark.parametrize("way", ["slow", "drips"])
def test_a_policy_that_does_not_end_is_taken_out(way: str, stub: str, tmp_path: Path) -> None:
    with opa(f"{stub}/{way}") as engine:
        found = judge(folder(tmp_path, NAMED), deployments("a", "b", "c"), engine=engine, timeout=0.3)
    assert told(found) == [
        ("house/named", "stub a"),
        (POLICY_ERROR, "house/named stopped at Deployment/b: it did not end within 0.3 s; it judged neither this nor what comes after")]
    assert found.checked == {"house/named": 1}


def test_a_policy_that_opa_refuses_is_an_error_at_its_line(stub: str, tmp_path: Path) -> None:
    with opa(f"{stub}/picky") as engine:
        found = judge(folder(tmp_path, {**NAMED, **OTHER}), deployments("a"), engine=engine)
    assert told(found) == [(POLICY_ERROR, "OPA refuses it: startswith: invalid argument(s)"), ("house/other", "stub a")]
    assert found.faults[0].location is not None
    assert (found.faults[0].location.file, found.faults[0].location.line) == ("policies/house/named.rego", 10)
    assert found.checked == {"house/named": 0, "house/other": 1}
    assert seen(stub, "picky")["policies"] == {}


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_whatever_ends_a_run_nothing_is_left(error: type[BaseException], stub: str, tmp_path: Path) -> None:
    def run(engine: Opa) -> None:
        judge(folder(tmp_path, NAMED), deployments("a"), engine=engine)
        assert seen(stub, "ended")["policies"]
        raise error
    with pytest.raises(error), opa(f"{stub}/ended") as engine:
        run(engine)
    assert seen(stub, "ended")["policies"] == {}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_a_run_and_nothing_is_left(number: signal.Signals, stub: str, tmp_path: Path) -> None:
    way = f"slow-{number.name}"
    folder(tmp_path / "policies", NAMED)
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "b.yaml").write_text(DEPLOYMENT.format(name="b"))
    argv = [sys.executable, "-m", "gitops_guard", "check", str(tmp_path / "repo"), "--no-builtin-policies",
            "--policy", str(tmp_path / "policies"), "--engine", "opa", "--opa-url", f"{stub}/{way}"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not seen(stub, way)["batches"]:
            assert process.poll() is None
            time.sleep(0.05)
        assert seen(stub, way)["policies"]
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (128 + number, ""), err
    assert seen(stub, way)["policies"] == {}


def test_what_can_not_be_removed_is_told(stub: str, tmp_path: Path) -> None:
    message = "may still hold policies of this run: if so, remove those whose id begins with gitops_guard_"
    with pytest.raises(ToolError, match=message), opa(f"{stub}/stuck") as engine:
        judge(folder(tmp_path, NAMED), deployments("a"), engine=engine)


@pytest.mark.parametrize("program", [None, "echo 'Version: 0.70.0'", "echo hello"])
def test_an_opa_on_path_that_will_not_do(program: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if program is not None:
        (tmp_path / "opa").write_text(f"#!/bin/sh\n{program}\n")
        (tmp_path / "opa").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"install OPA 1.0 or later .* or judge with --engine embedded"), opa():
        pass


@pytest.mark.parametrize(("program", "message"), [
    ("case $1 in version) echo 'Version: 1.9.0';; check) exit 0;; run) echo 'no such flag' >&2; exit 3;; esac",
     "opa ended at its start with code 3: no such flag"),
    ("case $1 in version) echo 'Version: 1.9.0';; *) echo 'no memory' >&2; exit 2;; esac", "opa check failed: no memory"),
])
def test_an_opa_that_does_not_start(program: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "opa").write_text(f"#!/bin/sh\n{program}\n")
    (tmp_path / "opa").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=message), opa() as engine:
        judge(folder(tmp_path / "p", NAMED), deployments("a"), engine=engine)
