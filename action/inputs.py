"""The action's inputs, from the environment -> what is asked for, and the options of `gitops-guard check` that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .base import RefusedError

_TEXTS = ("config", "baseline", "kubernetes-version", "fail-on")
_LISTS = ("select", "ignore", "policy", "schema-location")


@dataclass(frozen=True)
class Inputs:
    """What the workflow asks for."""

    folder: Path
    """Where the check runs."""
    base: str
    options: tuple[str, ...]
    """Of `gitops-guard check`, each one word, so that no value is taken for an option."""
    paths: tuple[str, ...]
    annotations: bool
    summary: bool
    upload: bool


def read_inputs(env: Mapping[str, str]) -> Inputs:
    """The inputs in GUARD_…; lists have one entry a line. Raises RefusedError where one can't be understood."""
    options = [f"--{name}={value}" for name in _TEXTS if (value := _value(env, name))]
    options += [f"--{name}={value}" for name in _LISTS for value in _lines(env, name)]
    if _flag(env, "allow-remote"):
        options.append("--allow-remote")
    folder = Path(env.get("GUARD_WORKSPACE", "."), _value(env, "working-directory") or ".")
    if not folder.is_dir():
        raise RefusedError(f"working-directory: there is no folder {_value(env, 'working-directory')!r}")
    return Inputs(folder, _value(env, "base"), tuple(options), tuple(_lines(env, "paths")), _flag(env, "annotations"),
                  _flag(env, "summary"), _flag(env, "upload-sarif"))


def _value(env: Mapping[str, str], name: str) -> str:
    return env.get("GUARD_" + name.upper().replace("-", "_"), "").strip()


def _lines(env: Mapping[str, str], name: str) -> list[str]:
    return [line.strip() for line in _value(env, name).splitlines() if line.strip()]


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = _value(env, name).lower()
    if value not in ("true", "false"):
        raise RefusedError(f"{name} is true or false, not {value!r}")
    return value == "true"
