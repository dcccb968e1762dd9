"""action.yml and the hooks against the linters that their users run: check-jsonschema and zizmor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).resolve().parents[2]


def run(*argv: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / argv[0]
    return subprocess.run([str(program), *argv[1:]], capture_output=True, text=True, timeout=120, check=False)


def valid(schema: str, path: Path) -> str:
    """What check-jsonschema has against a file; empty where nothing."""
    done = run("check-jsonschema", "--builtin-schema", schema, str(path))
    return done.stdout if done.returncode else ""


def audited(*paths: Path) -> str:
    """What zizmor has against files, down to matters of taste; empty where nothing."""
    done = run("zizmor", "--offline", "--pedantic", "--strict-collection", "--no-progress", "--color=never", *map(str, paths))
    return done.stdout if done.returncode else ""


def test_the_action():
    assert valid("vendor.github-actions", CHECKOUT / "action.yml") == ""
    assert audited(CHECKOUT / "action.yml") == ""


def test_the_hooks():
    assert audited(CHECKOUT / ".pre-commit-hooks.yaml") == ""


def test_they_see_faults(tmp_path):
    path = tmp_path / "action.yml"
    path.write_text((CHECKOUT / "action.yml").read_text().replace('bash "${GITHUB_ACTION_PATH}/action/end.sh"', "echo ${{ inputs.base }}"))
    assert "template-injection" in audited(path)
    path.write_text(path.read_text().replace("shell: bash", ""))
    assert "Schema validation errors" in valid("vendor.github-actions", path)
