"""What shells complete."""

from __future__ import annotations

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from remotes import write

from gitops_guard import cli


def completed(*args: str) -> list[tuple[str, str]]:
    return [(item.type, item.value) for item in ShellComplete(cli.cli, {}, "gitops-guard", "_X").get_completions(list(args[:-1]), args[-1])]


@pytest.mark.parametrize(("args", "expected"), [
    (("check", "--select", "secrets/plaintext"), ["secrets/plaintext-generator", "secrets/plaintext-secret"]),
    (("check", "--select", "secrets/*", "--ignore", "waiver/"), ["waiver/expired", "waiver/no-reason", "waiver/unused"]),
    (("policies", "explain", "images/missing"), ["images/missing-digest"]),
    (("check", "--select", "nothing"), []),
    (("check", "--format", "j"), ["json", "junit"]),
    (("diff", "--format", ""), ["text", "markdown", "json"]),
    (("graph", "--format", "s"), ["svg"]),
    (("gr",), ["graph"]),
    (("check", "--fail-on", "n"), ["note", "never"]),
])
def test_words(args, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert completed(*args) == [("plain", value) for value in expected]


def test_rules_of_ones_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli.cli, ["policies", "new", "house/owner-label", "--dir", "house"]).exit_code == 0
    assert completed("check", "--policy", "house", "--select", "ho") == [("plain", "house/owner-label")]
    write(tmp_path, {".gitops-guard.yaml": "policies: [house]\n"})
    assert completed("policies", "explain", "ho") == [("plain", "house/owner-label")]


def test_a_configuration_that_can_not_be_read_hides_no_rule(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {".gitops-guard.yaml": "policies: [missing]\n"})
    assert completed("policies", "explain", "images/missing") == [("plain", "images/missing-digest")]
    assert capfd.readouterr() == ("", "")


def test_every_path_is_completed_by_the_shell():
    context = click.Context(cli.cli)
    missing = []
    for name in cli.cli.list_commands(context):
        command = cli.cli.get_command(context, name)
        for one in command.commands.values() if isinstance(command, click.Group) else [command]:
            for param in one.params:
                if (param.metavar or "").strip("[].") in ("DIR", "FILE", "OUT", "PATHS"):
                    found = param.shell_complete(click.Context(one), "x")
                    if [item.type for item in found] not in (["dir"], ["file"]):
                        missing.append((name, one.name, param.name))
    assert missing == []
