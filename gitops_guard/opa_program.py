"""A bundle and requests -> what the real `opa` answers to each of them, in one run of it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import tool
from .bundle.verdict import Verdict
from .errors import ToolError

_TIMEOUT = 600.0
_LIMIT = 500_000_000
_KEY = "bundle"
_RECORDED = "recorded "


def program() -> str:
    """The path of opa. Raises ToolError where there is none."""
    return tool.needed("opa", "--verify", "install it: https://www.openpolicyagent.org/docs#running-opa", ToolError)


def answers(path: str, bundle: bytes, reviews: Sequence[Mapping[str, Any]], key: tuple[str, str] | None = None,
            ) -> list[Verdict | None]:
    """The webhook's answer to each AdmissionReview; None where opa fails on it. What is recorded is a warning.

    `key` is (algorithm, key) of a signed bundle.

    Raises ToolError where opa does not take the bundle, or answers something else than an AdmissionReview.
    """
    with tempfile.TemporaryDirectory(prefix="gitops-guard-opa-") as name:
        folder = Path(name)
        (folder / "bundle.tar.gz").write_bytes(bundle)
        (folder / "config.json").write_text(json.dumps(_configuration(folder, key)), encoding="utf-8")
        (folder / "in").mkdir()
        for number, review in enumerate(reviews):
            (folder / "in" / f"{number}.json").write_text(json.dumps(review, allow_nan=False), encoding="utf-8")
        done = tool.run([path, "exec", "--decision", "system/main", "--config-file", str(folder / "config.json"),
                         "--log-level", "error", str(folder / "in")], cwd=folder, inherit=False, timeout=_TIMEOUT, limit=_LIMIT,
                        env={"PATH": os.defpath, "HOME": name}, error=ToolError)
    try:
        results = {Path(entry["path"]).stem: entry for entry in json.loads(done.out)["result"]}
        return [_verdict(results[str(number)], review["request"]["uid"]) for number, review in enumerate(reviews)]
    except (ValueError, KeyError, TypeError):
        raise ToolError(f"opa does not take the bundle: {done.err.strip()[:500] or 'it did not say why'}") from None


def _configuration(folder: Path, key: tuple[str, str] | None) -> dict[str, Any]:
    source: dict[str, Any] = {"resource": (folder / "bundle.tar.gz").as_uri()}
    if key is None:
        return {"bundles": {_KEY: source}}
    return {"bundles": {_KEY: {**source, "signing": {"keyid": _KEY}}},
            "keys": {_KEY: {"algorithm": key[0], "key": key[1]}}}


def _verdict(entry: Mapping[str, Any], uid: str) -> Verdict | None:
    if "result" not in entry:
        return None
    response = entry["result"]["response"]
    denied = tuple(response["status"]["message"].split("\n")) if "status" in response else ()
    if response["uid"] != uid or response["allowed"] is not (not denied):
        raise ValueError
    return Verdict(denied, tuple(response.get("warnings", ())) or _recorded(response))


def _recorded(response: Mapping[str, Any]) -> tuple[str, ...]:
    """What the audit log gets in mode dryrun, in which nothing is told."""
    lines = response.get("auditAnnotations", {}).get("faults", "").split("\n")
    return tuple(sorted({line.removeprefix(_RECORDED) for line in lines if line.startswith(_RECORDED)}))
