"""The options of the engine: what is refused before anything is asked, and an engine that is not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitops_guard.cli import cli

OPA = ["--engine", "opa"]


@pytest.fixture(autouse=True)
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "object.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITOPS_GUARD_OPA_TOKEN", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


@pytest.mark.parametrize(("args", "token", "message"), [
    (["--opa-url", "http://localhost:8181"], "", "--opa-url needs --engine opa"),
    (["--opa-ca-file", "ca.pem"], "", "--opa-ca-file needs --engine opa"),
    ([*OPA, "--opa-ca-file", "ca.pem"], "", "--opa-ca-file needs --opa-url"),
    ([*OPA, "--opa-url", "https://opa", "--opa-ca-file", "ca.pem"], "", "--opa-ca-file 'ca.pem' is no file"),
    ([*OPA, "--opa-url", "opa:8181"], "", "--opa-url must be an address such as https://opa.example.com:8181"),
    ([*OPA, "--opa-url", "ftp://opa"], "", "--opa-url must be an address such as https://opa.example.com:8181"),
    ([*OPA, "--opa-url", "https://opa/?x=1"], "", "--opa-url must be an address such as https://opa.example.com:8181"),
    ([*OPA, "--opa-url", "https://opa:none"], "", "--opa-url is no address, such as https://opa.example.com:8181"),
    ([*OPA, "--opa-url", "https://me:hunter2@opa"], "", "--opa-url holds credentials; set $GITOPS_GUARD_OPA_TOKEN instead"),
    ([*OPA, "--opa-url", "http://opa:8181"], "hunter2", ("--opa-url http://opa:8181: $GITOPS_GUARD_OPA_TOKEN would go over the network in "
                                                         "clear; use https")),
    ([*OPA, "--opa-url", "https://opa"], "a\nb", "$GITOPS_GUARD_OPA_TOKEN is no token: it holds a space, or what is no plain text"),
])
def test_what_is_wrong_usage(args: list[str], token: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITOPS_GUARD_OPA_TOKEN", token)
    done = CliRunner().invoke(cli, ["check", *args])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"gitops-guard: {message}\n"
    assert "hunter2" not in done.stderr


def test_without_opa_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(cli, ["check", *OPA])
    assert (done.exit_code, done.stdout) == (4, "")
    assert "there is no opa on PATH; install OPA 1.0 or later" in done.stderr


def test_the_embedded_engine_brings_nothing_of_the_other() -> None:
    program = ("import sys; from gitops_guard.cli import check; "
               "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('requests', 'opa_client', 'aiohttp')))")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
