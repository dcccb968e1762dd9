import os
import sys
import time
from pathlib import Path

import pytest

from gitops_guard import tool
from gitops_guard.errors import ToolError


def test_any_exit_code_is_an_answer():
    done = tool.run([sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"], error=ToolError)
    assert (done.code, done.out.strip(), done.err.strip()) == (3, b"out", "err")


def test_there_is_no_standard_input():
    assert tool.run([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"], error=ToolError).out.strip() == b"''"


@pytest.mark.parametrize(("argv", "timeout", "message"), [
    (["/nowhere/no-such-program"], 5, "can't be started"),
    ([sys.executable, "-c", "import time; time.sleep(60)"], 0.2, "no answer within 0.2 s"),
])
def test_what_does_not_run(argv, timeout, message):
    with pytest.raises(ToolError, match=message):
        tool.run(argv, timeout=timeout, error=ToolError)


ECHO = "import sys\nfor line in sys.stdin.buffer:\n    sys.stdout.buffer.write(line.upper() * 2)\n    sys.stdout.buffer.flush()\n"


def dialogue(program=ECHO, timeout=30.0):
    return tool.Dialogue([sys.executable, "-u", "-c", program], timeout=timeout, error=ToolError)


def test_a_dialogue():
    talk = dialogue()
    for word in (b"one", b"two"):
        with talk.asked(word + b"\n"):
            assert talk.line() == word.upper()
            assert talk.take(2) == word.upper()[:2]
            talk.skip(2)
    with talk.asked(b"xyz\n"):
        talk.skip(8)
    talk.close()
    talk.close()
    assert not talk.ours


@pytest.mark.parametrize(("program", "timeout", "message"), [
    ("import time; time.sleep(60)", 0.2, "no answer within 0.2 s"),
    ("input()", 30.0, "has stopped"),
    ("", 30.0, "has stopped"),
])
def test_a_dialogue_that_ends(program, timeout, message):
    talk = dialogue(program, timeout)
    with pytest.raises(ToolError, match=message), talk.asked(b"x\n"):
        talk.line()
    assert not talk.ours


def test_an_answer_that_was_not_read_ends_the_dialogue():
    talk = dialogue()
    with pytest.raises(KeyError), talk.asked(b"x\n"):
        raise KeyError
    assert not talk.ours


def test_a_dialogue_with_nobody():
    with pytest.raises(ToolError, match="can't be started"):
        tool.Dialogue(["/nowhere/no-such-program"], error=ToolError)


SLEEP = "import time; time.sleep(60)"


def test_a_server_lives_as_long_as_its_block():
    with tool.serving([sys.executable, "-u", "-c", f"print('up'); {SLEEP}"], error=ToolError) as server:
        server.wait_for(lambda: server.said() == "up")
        assert server.alive
        process = server.pid
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_what_a_server_started_is_gone_with_it():
    def interrupted(server):
        server.wait_for(lambda: server.said().isdigit())
        children.append(server.said())
        raise KeyboardInterrupt
    children = []
    program = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); print(p.pid, flush=True); {SLEEP}"
    with pytest.raises(KeyboardInterrupt), tool.serving([sys.executable, "-c", program], error=ToolError) as server:
        interrupted(server)
    until = time.monotonic() + 30
    while runs(children[0]):
        assert time.monotonic() < until
        time.sleep(0.01)


def runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("program", "timeout", "message"), [
    ("import sys; sys.exit('no luck')", 30, "ended at its start with code 1: no luck"),
    (SLEEP, 0.2, "was not ready within 0.2 s"),
])
def test_a_server_that_does_not_get_ready(program, timeout, message):
    with pytest.raises(ToolError, match=message), tool.serving([sys.executable, "-c", program], error=ToolError) as server:
        server.wait_for(lambda: False, timeout)


def test_only_the_last_words_of_a_server_are_read():
    with tool.serving([sys.executable, "-c", f"print('x' * 100_000 + 'end', flush=True); {SLEEP}"], error=ToolError) as server:
        server.wait_for(lambda: server.said().endswith("end"))
        assert len(server.said()) < 10_000


def test_a_server_may_end_in_peace(tmp_path):
    done = tmp_path / "done"
    program = f"""
import signal, sys, time
def end(*_): open({str(done)!r}, 'w').close(); sys.exit()
signal.signal(signal.SIGTERM, end)
print('up', flush=True); time.sleep(60)
"""
    with tool.serving([sys.executable, "-c", program], grace=10, error=ToolError) as server:
        server.wait_for(lambda: server.said() == "up")
    assert done.exists()


def test_a_server_that_is_not_there():
    with pytest.raises(ToolError, match="can't be started"), tool.serving(["/nowhere/no-such-program"], error=ToolError):
        pass
