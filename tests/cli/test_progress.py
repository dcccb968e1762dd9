"""How a run tells how far it is."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from remotes import git, write

from gitops_guard import cli
from gitops_guard.cli.progress import Progress

BAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2-long}\n"
GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n"


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def run(clock, events, **options):
    """What is printed when each event comes so many seconds after the last one."""
    out = io.StringIO()
    progress = Progress(out, clock, **{"line": True, "timings": False, **options})
    for after, event, *args in events:
        clock.now += after
        getattr(progress, event)(*args)
    return out.getvalue()


def test_a_short_run_shows_nothing(clock):
    assert run(clock, [(0, "step", "reading"), (0.3, "done", 1, 2), (0.3, "done", 2, 2), (0.3, "finish")]) == ""


def test_the_line_appears_after_a_second_and_goes(clock):
    events = [(0, "step", "building"), (0.9, "done", 3), (0.2, "done", 4), (0.01, "done", 5), (0.2, "step", "asking"), (0.2, "done", 3, 12), (0, "finish")]
    assert run(clock, events) == ("\r\x1b[Kbuilding: 4\r\x1b[Kasking ...\r\x1b[K[######..................]  25 %  asking\r\x1b[K")


def test_it_stays_within_one_line_of_the_terminal(clock):
    assert run(clock, [(2, "step", "a" * 100)], width=20) == "\r\x1b[K" + "a" * 19


def test_timings(clock):
    events = [(1, "step", "building"), (0.25, "done", 4), (0.25, "step", "asking"), (2, "finish")]
    assert run(clock, events, line=False, timings=True).splitlines() == [
        "gitops-guard:    0.50 s  building (4)", "gitops-guard:    2.00 s  asking", "gitops-guard:    3.50 s  in all"]


def test_timings_do_not_mix_with_the_line(clock):
    shown = run(clock, [(2, "step", "building"), (1, "step", "asking"), (1, "finish")], timings=True)
    assert shown.split("\r\x1b[K") == ["", "building ...", "gitops-guard:    1.00 s  building\n", "asking ...",
                                       "gitops-guard:    1.00 s  asking\ngitops-guard:    4.00 s  in all\n"]


@pytest.fixture
def root(tmp_path):
    git(tmp_path, "init", "--quiet")
    write(tmp_path, {"app/c.yaml": GOOD})
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    return tmp_path


def steps(args):
    result = CliRunner().invoke(cli.cli, [*args, "--verbose"])
    return result.exit_code, [line.split(" s  ")[1].split(" (")[0] for line in result.stderr.splitlines() if " s  " in line]


def test_each_step_is_timed(root):
    _code, told = steps(["check", str(root), "--jobs", "1"])
    assert told == ["reading files", "building targets", "looking through the history", "reading other files", "asking the policies",
                    "validating against schemas", "placing findings", "in all"]
    _code, told = steps(["check", str(root), "--jobs", "1", "--base", "HEAD"])
    assert [name for name in told if name.startswith("base: ")] == [
        "base: reading files", "base: building targets", "base: reading other files", "base: asking the policies",
        "base: validating against schemas", "base: placing findings"]
    assert steps(["graph", str(root)])[1][:2] == ["reading files", "building targets"]
    assert "comparing fields" in steps(["diff", str(root), "--base", "HEAD", "--jobs", "1"])[1]


def test_timings_of_a_run_that_fails(root):
    assert steps(["check", str(root), "--base", "no-such-revision"]) == (2, ["in all"])


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github"])
def test_quiet_prints_what_fails(root, format_):
    args = ["check", str(root), "--jobs", "1", "--format", format_, "--quiet"]
    assert (CliRunner().invoke(cli.cli, args).exit_code, CliRunner().invoke(cli.cli, args).output) == (0, "")
    write(root, {"app/c.yaml": BAD})
    loud, quiet = (CliRunner().invoke(cli.cli, args[:count]) for count in (-1, len(args)))
    assert (quiet.exit_code, quiet.output) == (1, loud.output)


def test_quiet_writes_reports(root):
    result = CliRunner().invoke(cli.cli, ["check", str(root), "--jobs", "1", "-q", "--report", f"json={root}/r.json"])
    assert (result.output, json.loads((root / "r.json").read_text())["findings"]) == ("", [])


def on_a_terminal(root: Path, code: str, **env: str) -> str:
    """What a program prints on standard error, where that is a terminal."""
    master, slave = pty.openpty()
    names = {name: value for name, value in os.environ.items() if name not in ("CI", "TERM")}
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stderr=slave, stdout=subprocess.DEVNULL, env={**names, **env}) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:  # Linux says so when nobody has the other end any more
                break
            if not part:
                break
            shown += part
    os.close(master)
    assert process.returncode in (0, 1)
    return shown.decode()


@pytest.mark.parametrize(("env", "args", "seen"), [
    ({"TERM": "xterm"}, [], True), ({"TERM": "dumb"}, [], False), ({"TERM": "xterm", "CI": "true"}, [], False), ({"TERM": "xterm"}, ["-q"], False),
])
def test_a_terminal_sees_it_unless_it_is_a_log(root, env, args, seen):
    code = f"import gitops_guard.cli.progress as p; p._PATIENCE = p._PACE = 0; from gitops_guard.cli import cli; cli(['check', '--jobs', '1', *{args!r}])"
    shown = on_a_terminal(root, code, **env)
    assert ("asking the policies" in shown) is seen
    assert (shown == "" or shown.endswith("\r\x1b[K")) is True


def test_a_pipe_sees_nothing(root):
    result = CliRunner().invoke(cli.cli, ["check", str(root), "--jobs", "1"])
    assert result.stderr == ""
