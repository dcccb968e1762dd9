"""One check: inputs and event -> `gitops-guard check` -> its report on GitHub.

Ends with 0, and says the exit code as an output.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .base import Checkout, RefusedError, base_of
from .event import Event, read_event
from .inputs import Inputs, read_inputs
from .outcome import DONE, FILES, error, outputs, unfinished, write_outputs, write_summary

_USAGE = 2


def main(env: Mapping[str, str]) -> None:
    """Check what the workflow asks for."""
    folder = Path(tempfile.mkdtemp(prefix="gitops-guard-", dir=env["RUNNER_TEMP"]))
    try:
        event, inputs = read_event(env), read_inputs(env)
        code = _check(env, event, inputs, folder)
    except RefusedError as refused:
        _say(error(str(refused)))
        write_summary(env, unfinished(_USAGE))
        write_outputs(env, outputs(folder, _USAGE))
        return
    found = outputs(folder, code)
    if code in DONE:
        found["root"] = Checkout(inputs.folder).git("rev-parse", "--show-toplevel") or str(inputs.folder)
        found["upload"] = str(inputs.upload and not event.fork).lower()
        if inputs.upload and event.fork:
            _say("The report is not uploaded to code scanning: this pull request comes from a fork, whose runs have no right to.")
        if inputs.annotations:
            sys.stdout.buffer.write((folder / FILES["github"]).read_bytes())
    else:
        _say(error(f"the check could not finish: exit code {code}; the log says why"))
    if inputs.summary:
        text = (folder / FILES["markdown"]).read_text(encoding="utf-8") if code in DONE else unfinished(code)
        if not write_summary(env, text):
            _say("The job's summary is left out: it would be larger than GitHub takes, or there is no file for it.")
    write_outputs(env, found)


def _check(env: Mapping[str, str], event: Event, inputs: Inputs, folder: Path) -> int:
    """Run the check; its report as text is this step's log, the others are files in `folder`. Gives its exit code."""
    base = base_of(event, inputs.base, Checkout(inputs.folder))
    _say("Everything is judged: there is no change to compare." if base is None else f"The change is compared with {base}.")
    argv = [f"{env['GUARD_HOME']}/venv/bin/gitops-guard", "check", *inputs.options,
            *(f"--report={name}={folder / file}" for name, file in FILES.items()),
            *([] if base is None else [f"--base={base}"]), "--", *inputs.paths]
    done = subprocess.run(argv, cwd=inputs.folder, stdin=subprocess.DEVNULL, check=False)
    # What a signal ended has its number, negative; a shell would say 128 more.
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main(os.environ)
