"""A folder for Gatekeeper and objects -> what the real `gator` says of each object, and of the folder's own suite."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import tool
from .bundle.canonical import canonical
from .bundle.suite import SUITE
from .bundle.verdict import Verdict
from .errors import ToolError

_HOME = "https://open-policy-agent.github.io/gatekeeper/website/docs/gator"
_TIMEOUT = 600.0
_LIMIT = 500_000_000
_OWN = "gatekeeper.sh"
"""The end of the groups whose objects gator takes for its own: a template among what is judged would judge."""
_VERSIONED = re.compile(r"([^/]+/)?[^/]+")
_TOLD = {"deny": "denied", "warn": "warnings", "dryrun": "warnings"}
_RESULT = re.compile(r"(?P<case> {4})?--- (?P<result>[A-Z]+): (?P<name>[^\t]+)(\t.*)?")


@dataclass(frozen=True)
class Suite:
    """What `gator verify` says."""

    passed: int
    """Cases."""
    failed: tuple[tuple[str, str], ...]
    """(test and case, why) of those that did not pass."""


def program() -> str:
    """The path of gator. Raises ToolError where there is none."""
    return tool.needed("gator", "--verify", f"install it: {_HOME}", ToolError)


def is_own(body: Mapping[str, Any]) -> bool:
    """Whether an object configures Gatekeeper, and is none that gator judges."""
    group = str(body.get("apiVersion", "")).rpartition("/")[0]
    return group == _OWN or group.endswith(f".{_OWN}")


def is_readable(body: Mapping[str, Any]) -> bool:
    """Whether gator takes it for an object: one without a kind or version ends its whole run."""
    version, kind = body.get("apiVersion"), body.get("kind")
    return isinstance(version, str) and isinstance(kind, str) and kind != "" and _VERSIONED.fullmatch(version) is not None


def answers(path: str, folder: Path, objects: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    """What the folder's templates and constraints say of each object, as if somebody created it; what is recorded is a warning.

    Raises ToolError where gator does not take the folder, or says something of an object that it was not asked about.
    """
    if not objects:
        return []  # gator calls that an error
    folder = folder.absolute()
    with tempfile.TemporaryDirectory(prefix="gitops-guard-gator-") as name:
        asked = Path(name, "asked")
        asked.mkdir()
        for number, body in enumerate(objects):
            (asked / f"{number}.json").write_text(json.dumps(body, allow_nan=False), encoding="utf-8")
        done = _run([path, "test", "-f", str(folder / "templates"), "-f", str(folder / "constraints"), "-f", str(asked),
                     "-o", "json"], name)
    keys = [_key(body) for body in objects]
    told: dict[str, dict[str, set[str]]] = {key: defaultdict(set) for key in keys}
    try:
        for result in json.loads(done.out) or []:
            line = f"{result['metadata']['details']['rule']}: {result['msg']}"
            told[_key(result["violatingObject"])][_TOLD[result["enforcementAction"]]].add(line)
    except (ValueError, KeyError, TypeError):
        raise _not_taken(done) from None
    return [Verdict(tuple(sorted(told[key]["denied"])), tuple(sorted(told[key]["warnings"]))) for key in keys]


def suite(path: str, folder: Path) -> Suite:
    """What becomes of the folder's suite. Raises ToolError where gator does not say which of its cases fail."""
    folder = folder.absolute()
    with tempfile.TemporaryDirectory(prefix="gitops-guard-gator-") as name:
        done = _run([path, "verify", "--verbose", str(folder / SUITE)], name)
    passed, failed = _results(done.out.decode("utf-8", "replace"))
    if (done.code == 0) is not (not failed):
        raise _not_taken(done)
    return Suite(passed, tuple((case, " ".join(why)) for case, why in failed))


def _results(text: str) -> tuple[int, list[tuple[str, list[str]]]]:
    """Cases that passed, and those that did not, each with its reasons.

    A test's result comes after those of its cases, and reasons after the result that they are of.
    """
    passed = 0
    failed: list[tuple[str, list[str]]] = []
    cases: list[tuple[str, list[str]]] = []
    why: list[str] = []
    for line in text.splitlines():
        match = _RESULT.fullmatch(line)
        if match is None:
            if line.startswith("  ") and not line.lstrip().startswith("=== RUN"):
                why.append(line.strip())
            continue
        why = []
        good = match["result"] == "PASS"
        if match["case"]:
            passed += good
            cases += [] if good else [(match["name"], why)]
            continue
        failed += [(f"{match['name']}, {case}", reasons) for case, reasons in cases]
        if not good and not cases:  # it could not begin
            failed.append((match["name"], why))
        cases = []
    return passed, failed + cases


def _run(argv: list[str], home: str) -> tool.Done:
    return tool.run(argv, cwd=home, inherit=False, timeout=_TIMEOUT, limit=_LIMIT, env={"PATH": os.defpath, "HOME": home},
                    error=ToolError)


def _not_taken(done: tool.Done) -> ToolError:
    return ToolError(f"gator does not take the folder: {done.err.strip()[:500] or 'it did not say why'}")


def _key(body: Any) -> str:
    """The same for equal objects: gator prints all numbers as floating point has them."""
    return canonical(json.loads(json.dumps(body), parse_int=float))
