import sys

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
