"""action.yml, the hooks and what `gitops-guard init` writes, against the linters that users run: check-jsonschema and zizmor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gitops_guard.starting.address import Address
from gitops_guard.starting.systems import SYSTEMS, filled

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


ADDRESS = Address("https://github.com/acme/gitops-guard", "0123456789abcdef0123456789abcdef01234567", known=True)
SCHEMAS = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci", "azure": "vendor.azure-pipelines"}


@pytest.mark.parametrize("system", SCHEMAS)
@pytest.mark.parametrize("branch", ["main", 'feature/"x"'])
def test_what_init_writes(system, branch, tmp_path):
    path = tmp_path / SYSTEMS[system].path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(filled(SYSTEMS[system].template, ADDRESS, branch))
    assert valid(SCHEMAS[system], path) == ""
    if system == "github":
        assert valid("custom.github-workflows-require-timeout", path) == ""
        assert audited(path) == ""


def test_the_hook_that_init_writes(tmp_path):
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(filled("pre-commit.yaml", ADDRESS))
    done = run("pre-commit", "validate-config", str(path))
    assert done.returncode == 0, done.stdout
    assert audited(path) == ""


def test_they_see_faults(tmp_path):
    path = tmp_path / "action.yml"
    path.write_text((CHECKOUT / "action.yml").read_text().replace('bash "${GITHUB_ACTION_PATH}/action/end.sh"', "echo ${{ inputs.base }}"))
    assert "template-injection" in audited(path)
    path.write_text(path.read_text().replace("shell: bash", ""))
    assert "Schema validation errors" in valid("vendor.github-actions", path)
