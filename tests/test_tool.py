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
