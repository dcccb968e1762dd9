"""The files of a repository and its remotes -> the CI systems that run it, and the file that makes each run gitops-guard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .address import Address

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class System:
    """One CI system."""

    title: str
    kinds: tuple[str, ...]
    """What policies call its files (`input.file.type`)."""
    there: re.Pattern[str]
    """The files by which it is known."""
    host: re.Pattern[str]
    """The remotes by which it is known."""
    template: str
    path: str
    """Where its file goes in a repository that it does not run yet."""
    beside: str | None
    """Where it goes beside what is there; None where nothing can be beside."""
    rest: str
    """What people must do then."""


SYSTEMS = {
    "github": System("GitHub Actions", ("github-workflow", "github-action"), re.compile(r"\.github/workflows/[^/]+\.ya?ml"),
                     re.compile(r"(?:^|@|//)github\.com[:/]"), "github.yaml",
                     ".github/workflows/gitops-guard.yml", ".github/workflows/gitops-guard.yml", ""),
    "gitlab": System("GitLab CI", ("gitlab-ci",), re.compile(r"\.gitlab-ci\.yml"), re.compile(r"(?:^|@|//)(?:[\w-]+\.)*gitlab\."),
                     "gitlab.yaml", ".gitlab-ci.yml", ".gitlab/ci/gitops-guard.yml",
                     "Add to .gitlab-ci.yml:\n  include:\n    - local: .gitlab/ci/gitops-guard.yml"),
    "azure": System("Azure Pipelines", ("azure-pipeline",), re.compile(r"\.?azure-pipelines?\.ya?ml"),
                    re.compile(r"dev\.azure\.com|visualstudio\.com"), "azure.yaml",
                    "azure-pipelines.yml", "azure-pipelines/gitops-guard.yml",
                    "Create a pipeline from azure-pipelines/gitops-guard.yml, and name it in the branch policy."),
    "jenkins": System("Jenkins", ("jenkinsfile",), re.compile(r"Jenkinsfile"), re.compile(r"(?!)"), "Jenkinsfile",
                      "Jenkinsfile", None, "Add this stage to the Jenkinsfile:"),
}


def detected(files: Iterable[str], remotes: Sequence[str]) -> list[str]:
    """The systems that run the repository by its files; else those that its remotes have."""
    there = list(files)
    found = [name for name, system in SYSTEMS.items() if any(system.there.fullmatch(path) for path in there)]
    return found or [name for name, system in SYSTEMS.items() if any(system.host.search(url) for url in remotes)]


def filled(template: str, address: Address, branch: str = "main") -> str:
    """The text of a template, for a repository whose changes go to `branch`."""
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    for mark, value in (("__ADDRESS__", address.url), ("__ACTION__", address.action), ("__REVISION__", address.revision),
                        ("__BRANCH__", json.dumps(branch))):
        text = text.replace(mark, value)
    return text


def stage(text: str) -> str:
    """The stage in a Jenkinsfile's text."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    stage("))
    end = next(number for number, line in enumerate(lines) if number > start and line == "    }")
    return "\n".join(lines[start:end + 1]) + "\n"
