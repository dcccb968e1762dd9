"""A written folder that is not what it should be: what --verify is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_guard.cli import bundle


def spoil(monkeypatch: pytest.MonkeyPatch, name: str, was: str, now: str) -> None:
    """Until the test ends, `bundle` writes a file of its folder with other words."""
    wrote = bundle.write_folder

    def spoilt(path: Path, files: dict[str, bytes]) -> None:
        assert was.encode() in files[name]
        wrote(path, {**files, name: files[name].replace(was.encode(), now.encode())})

    monkeypatch.setattr(bundle, "write_folder", spoilt)
