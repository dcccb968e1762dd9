"""The `gitops-guard` program."""

from __future__ import annotations

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line and exit."""
    from .cli import cli  # noqa: PLC0415 (start-up: the package is importable without click)

    # A run builds millions of containers that live to its end, and hardly a cycle: looking for those took half of the time.
    gc.disable()
    try:
        cli(prog_name="gitops-guard")
    except SystemExit as end:
        _leave(end.code)
        raise


def _leave(code: object) -> None:
    """End the process without freeing all those containers one by one; returns where Python's own end has something to say."""
    atexit._run_exitfuncs()  # noqa: SLF001 (what else there is to do at the end)
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # it was closed before we began
                stream.flush()
    except (OSError, ValueError):
        return  # the reader has gone
    if code is None or isinstance(code, int):
        os._exit(code or 0)


if __name__ == "__main__":
    main()
