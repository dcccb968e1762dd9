"""A repository and a dump, compared end to end."""

from __future__ import annotations

import json
import textwrap

import pytest
import yaml
from click.testing import CliRunner

from gitops_guard.cli import cli
from tests.drift.world import SETTINGS


@pytest.fixture
def drift(tmp_path):
    def run(files, dump, *args, settings=SETTINGS):
        root = tmp_path / "repo"
        for name, text in {"shop/kustomization.yaml": "resources:\n  - settings.yaml\n", "shop/settings.yaml": settings, **files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(textwrap.dedent(text).lstrip())
        (tmp_path / "live.yaml").write_text(dump if isinstance(dump, str) else yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": dump}))
        done = CliRunner().invoke(cli, ["drift", str(root / "shop"), "--root", str(root), "--live", str(tmp_path / "live.yaml"), "--format", "json", "--jobs", "1", *args])
        assert done.exit_code in (0, 1), done.output
        return json.loads(done.stdout)

    return run
