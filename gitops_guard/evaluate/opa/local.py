"""An OPA of our own: `opa` from PATH, started with the texts of a run on a port of this machine, gone when the run ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ... import tool
from ...errors import ToolError
from ...loopback import listening
from .client import Client, LateError, Link, Place, RefusedError, worded
from .texts import Texts

_OLDEST = 1
_VERSION = re.compile(r"^Version:\s*v?([0-9]+)\.([0-9]+)", re.MULTILINE)
_REMEDY = "install OPA 1.0 or later (https://www.openpolicyagent.org/docs#running-opa), or judge with --engine embedded"
_START, _ANSWER, _CHECK = 30.0, 2.0, 120.0
_AUTHZ = """package system.authz

default allow := false

allow if input.identity == {token}
"""


def program() -> str:
    """The path of opa. Raises ToolError, with the remedy, where there is none that we can judge with."""
    path = tool.needed("opa", "--engine opa", _REMEDY, ToolError)
    done = tool.run([path, "version"], env=_environment(None), inherit=False, limit=100_000, error=ToolError)
    known = _VERSION.search(done.out.decode("utf-8", "replace"))
    if known is None:
        raise ToolError(f"--engine opa: the opa on PATH does not say its version; {_REMEDY}")
    if int(known[1]) < _OLDEST:
        raise ToolError(f"--engine opa: the opa on PATH is {known[1]}.{known[2]}, which reads Rego otherwise; {_REMEDY}")
    return path


@contextlib.contextmanager
def started(path: str, texts: Texts) -> Iterator[Link]:
    """An OPA that holds the texts and answers whoever has its token: this process and its workers.

    Raises RefusedError where the compiler does not take the policies, and ToolError.
    """
    with tempfile.TemporaryDirectory(prefix="gitops-guard-opa-") as folder:
        _write(Path(folder), texts)
        token = secrets.token_urlsafe(32)
        (Path(folder) / "authz.rego").write_text(_AUTHZ.format(token=json.dumps(token)), encoding="utf-8")

        def link(port: int) -> Link:
            return Link(f"http://127.0.0.1:{port}", token)

        try:
            with listening(lambda port: _command(path, link(port)), lambda port: _answers(link(port), texts), cwd=folder,
                           env=_environment(folder), patience=_START, error=_StartError) as (port, server):
                try:
                    yield link(port)
                except ToolError:
                    if server.alive:
                        raise
                    raise ToolError(f"the opa of this run has ended: {server.said() or 'it did not say why'}") from None
        except _StartError as error:
            _compiled(path, folder)
            raise ToolError(str(error)) from None


class _StartError(Exception):
    """OPA did not start."""


def _command(path: str, link: Link) -> list[str]:
    return [path, "run", "--server", "--addr", link.url.removeprefix("http://"), "--authentication=token",
            "--authorization=basic", "--log-level=error", "--log-format=text", "--skip-version-check",
            "authz.rego", "policies", "data.json"]


def _environment(folder: str | None) -> dict[str, str | None]:
    """Nothing of ours: OPA takes options from variables, and shows all of them to policies."""
    return {"PATH": os.defpath, "HOME": folder or tempfile.gettempdir()}


def _write(folder: Path, texts: Texts) -> None:
    (folder / "policies").mkdir()
    for number, text in texts.files.items():
        (folder / "policies" / f"{number}.rego").write_text(text, encoding="utf-8")
    (folder / "policies" / "about.rego").write_text(texts.about, encoding="utf-8")
    (folder / "policies" / "ask.rego").write_text(texts.ask, encoding="utf-8")
    (folder / "data.json").write_text(json.dumps({texts.root: {"p": texts.data}} if texts.data else {}), encoding="utf-8")


def _compiled(path: str, folder: str) -> None:
    """Ask OPA's compiler, which says more than a server that does not start. Raises RefusedError if it was the policies."""
    done = tool.run([path, "check", "--format=json", "--max-errors=0", "policies"], cwd=folder, env=_environment(folder),
                    inherit=False, timeout=_CHECK, limit=10_000_000, error=ToolError)
    if done.code == 0:
        return
    try:
        errors = json.loads(done.out or done.err)["errors"]
        places = [Place(worded(str(entry.get("code")), str(entry["message"])), str(entry["location"]["file"]),
                        int(entry["location"]["row"])) for entry in errors]
    except (ValueError, KeyError, TypeError):
        raise ToolError(f"opa check failed: {done.err.strip()[:500]}") from None
    raise RefusedError(places)


def _answers(link: Link, texts: Texts) -> bool:
    """Whether our OPA listens there: nobody else knows the proof."""
    client = Client(link, _ANSWER, retries=0)
    try:
        about = client.ask(texts.about_path, "{}")
    except (ToolError, LateError):
        return False
    finally:
        client.close_connection()
    return isinstance(about, dict) and about.get("proof") == texts.proof
