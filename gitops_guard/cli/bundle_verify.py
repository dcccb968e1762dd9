"""`gitops-guard bundle --verify`: what is asked about, and how the answers of two engines are told, whatever the target."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..bundle.verdict import Verdict
from ..config import Admission as Settings
from ..config import Config
from ..errors import NothingToCheckError
from ..origin import Map
from ..verifying import Case, Disagreement, case_of, creation, of_repository
from .terminal import harmless

SHOWN = 20
"""Disagreements; nobody reads more before the first are mended."""


def repository(root: Path, config: Config, named: Sequence[str], allowed: Sequence[str]) -> list[tuple[str, Map]]:
    """What PATHS render; nothing without PATHS. Raises NothingToCheckError where there are some and they render nothing."""
    if not named:
        return []
    found = of_repository(root, config, named, [Path(path) for path in allowed])
    if not found:
        raise NothingToCheckError("--verify: PATHS render no object")
    return found


def asked(examples: Sequence[tuple[str, Map]], objects: Sequence[tuple[str, Map]]) -> list[Case]:
    """The cases of examples and of a repository's objects. Only an example is a request: what is deployed is an object."""
    cases = [case_of(name, document, number) for number, (name, document) in enumerate(examples)]
    return cases + [creation(name, body, number) for number, (name, body) in enumerate(objects, len(examples))]


def is_json(document: Mapping[str, Any]) -> bool:
    """Whether an API server could be sent it: JSON knows neither .nan nor .inf, UTF-8 no half of a character."""
    try:
        json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def shown(settings: Settings) -> tuple[Settings, str]:
    """The settings to compare with, and what becomes of what is not refused: what is only recorded must be right as well."""
    recorded = settings.mode == "dryrun"
    return (replace(settings, mode="warn"), "recorded") if recorded else (settings, "warned")


def tell(engine: str, apart: Sequence[Disagreement]) -> None:
    """Print the first disagreements."""
    for one in apart[:SHOWN]:
        show(one.case.name, {"check": _words(one.embedded), engine: _words(one.other)})


def show(name: str, said: Mapping[str, str]) -> None:
    """Print a disagreement: what it is about, and who says what."""
    width = max(map(len, said)) + 1
    click.echo(harmless("\n".join([name, *(f"  {f'{who}:':{width}} {words}" for who, words in said.items())])))


def counts(verdicts: Sequence[Verdict | None], told: str) -> dict[str, int]:
    """The rows about verdicts; `told` is what becomes of what is not refused."""
    return {"denied": sum(1 for one in verdicts if one and one.denied),
            told: sum(1 for one in verdicts if one and one.warnings and not one.denied)}


def table(rows: Mapping[str, int]) -> None:
    """Print the counts."""
    for name, count in rows.items():
        click.echo(f"{name:28}{count:>8}")


def _words(verdict: Verdict | None) -> str:
    if verdict is None:
        return "fails"
    told = [*(f"denied: {text}" for text in verdict.denied), *(f"warned: {text}" for text in verdict.warnings)]
    return "; ".join(told) or "nothing"
