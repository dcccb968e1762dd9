"""The reports of a check and its exit code -> the action's outputs, the job's summary and the annotations."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

FILES = {"sarif": "gitops-guard.sarif", "junit": "gitops-guard.xml", "json": "gitops-guard.json", "markdown": "gitops-guard.md",
         "github": "annotations.txt"}
"""Format -> the name of its file."""
_SUMMARY = 1024 * 1024
"""GitHub drops a step's summary that is larger, as a whole."""
_ENDS = {2: "wrong usage or configuration", 3: "nothing was checked: there is no target and no file of a known type"}
DONE = (0, 1)


def outputs(folder: Path, code: int) -> dict[str, str]:
    """The outputs of a check whose reports are in `folder`; counts and paths only where it could finish."""
    found = {"exit-code": str(code)}
    if code not in DONE:
        return found
    summary = json.loads((folder / FILES["json"]).read_bytes())["summary"]
    for severity, count in summary["findings"].items():
        found[f"{severity}s"] = str(count)
    found.update({name: str(summary[name]) for name in ("known", "waived")})
    found.update({f"{name}-file": str(folder / FILES[name]) for name in ("sarif", "junit", "json", "markdown")})
    return found


def write_outputs(env: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Append outputs to the file GITHUB_OUTPUT; values of any text, since the mark of their end can't be guessed."""
    with Path(env["GITHUB_OUTPUT"]).open("a", encoding="utf-8", errors="surrogateescape") as stream:
        for name, value in found.items():
            mark = f"end_{secrets.token_hex(16)}"
            stream.write(f"{name}<<{mark}\n{value}\n{mark}\n")


def write_summary(env: Mapping[str, str], text: str) -> bool:
    """Append to the file GITHUB_STEP_SUMMARY; whether there is one, and it holds so much."""
    path = env.get("GITHUB_STEP_SUMMARY")
    if not path:
        return False
    data = text.encode("utf-8", "backslashreplace")
    there = os.path.getsize(path) if os.path.exists(path) else 0
    if there + len(data) > _SUMMARY:
        return False
    with Path(path).open("ab") as stream:
        stream.write(data)
    return True


def unfinished(code: int) -> str:
    """The summary of a check that could not finish."""
    return f"## gitops-guard: could not finish\n\nExit code {code}: {_ENDS.get(code, 'it could not finish')}. The log says why.\n"


def error(text: str) -> str:
    """An annotation without a place, as a workflow command (actions/toolkit, packages/core/src/command.ts)."""
    data = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error title=gitops-guard::{data}"
