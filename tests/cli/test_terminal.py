import pytest

from gitops_guard.cli.terminal import echo_report, harmless, one_line, today, wants_color
from gitops_guard.errors import UsageError


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "GITHUB_ACTIONS", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)


def test_harmless():
    assert harmless("a\x1b[31m\tb\n\u202eü") == "a\\u001b[31m\tb\n\\u202eü"


@pytest.mark.parametrize(("choice", "env", "expected"), [
    ("always", {"NO_COLOR": "1"}, True), ("never", {"FORCE_COLOR": "1"}, False), ("auto", {}, False),
    ("auto", {"FORCE_COLOR": "1"}, True), ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ("auto", {"GITHUB_ACTIONS": "true"}, True), ("auto", {"GITHUB_ACTIONS": "true", "TERM": "dumb"}, False),
    ("auto", {"NO_COLOR": ""}, False), ("auto", {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
    ("auto", {"FORCE_COLOR": "0"}, False), ("auto", {"FORCE_COLOR": "0", "GITHUB_ACTIONS": "true"}, True),
    ("auto", {"CLICOLOR_FORCE": "1"}, True), ("auto", {"CLICOLOR_FORCE": "0"}, False), ("auto", {"CLICOLOR_FORCE": ""}, False),
    ("auto", {"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True), ("auto", {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
    ("auto", {"CLICOLOR": "1"}, False), ("auto", {"CLICOLOR": "0", "GITHUB_ACTIONS": "true"}, False),
    ("auto", {"CLICOLOR": "0", "FORCE_COLOR": "3"}, True), ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
])
def test_color(monkeypatch, choice, env, expected):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert wants_color(choice) is expected


def test_today_is_an_input(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795219200")
    assert today() == "2026-11-21"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "tomorrow")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        today()


def test_text_of_files_issues_no_workflow_commands(monkeypatch, capfdbinary):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    echo_report("::error ::x\n")
    out = capfdbinary.readouterr().out.decode().split("\n")
    assert out[0].startswith("::stop-commands::")
    assert out[1:3] == ["::error ::x", f"::{out[0].removeprefix('::stop-commands::')}::"]
    echo_report("::error ::x\n", commands=True)
    assert capfdbinary.readouterr().out == b"::error ::x\n"


def test_a_message_stays_on_its_line():
    assert one_line("unknown key \n::error::x ##[error]") == "unknown key \\n::error::x ##\\[error]"
