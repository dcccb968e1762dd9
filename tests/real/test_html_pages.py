"""Sessions of the pages that ask a real program print what is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from remotes import repository_of
from test_readme import CHECKOUT, Block, of, session

pytestmark = pytest.mark.real


@of("real")
def test_sessions_are_shown_as_they_are(block: Block, tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_goldens: bool) -> None:
    monkeypatch.setenv("PATH", f"{tool('opa').parent}{os.pathsep}{os.environ['PATH']}")
    commands = [line.removeprefix("$ ") for line in block.body.splitlines() if line.startswith("$ ")]
    got = session(commands, repository_of(CHECKOUT / block.value, tmp_path / "repository"))
    if update_goldens:
        page = CHECKOUT / block.page
        page.write_text(page.read_text().replace(block.body, got))
    else:
        assert got == block.body
