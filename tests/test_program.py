import os
import subprocess
import sys

import pytest

from gitops_guard import __version__

START = [sys.executable, "-m", "gitops_guard"]


@pytest.mark.parametrize(("args", "code"), [(["--version"], 0), (["render", "nowhere"], 2)])
def test_the_exit_code_and_all_that_was_printed(args, code):
    done = subprocess.run([*START, *args], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert (__version__ in done.stdout) if code == 0 else done.stderr.startswith("gitops-guard: there is no folder")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_what_cannot_be_printed_is_no_success():
    with open("/dev/full", "wb") as full:
        assert subprocess.run([*START, "render", "--help"], stdout=full, stderr=subprocess.DEVNULL, check=False).returncode != 0


def test_without_standard_output():
    assert subprocess.run([*START, "--version"], preexec_fn=lambda: os.close(1), check=False).returncode == 0
