"""The scripts in tools/: what they read out of the suites' output, and that every program is pinned and built only once."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[1] / "tools"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tools_{name}", TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = load("build")
on_311 = pytest.mark.skipif(sys.version_info < (3, 11), reason="tools/conformance.py needs tomllib")


@on_311
@pytest.mark.parametrize(("output", "figures"), [
    ("repos: 1433 of 1466 (97.75 %) in 9.1 s {'byte': 1400}", {"repos": 1433}),
    ("FAIL robust/cycle\nrobust: 7 of 9 cases; findings right 7, missed 1, wrong 0\nlocate: 2 of 3 cases\ncases: 9 of 12",
     {"robust": 7, "locate": 2, "cases": 9}),
    ("provenance: 900 leaves, coverage 100.00 %, exact 97.20 %, mutation 99.50 % of 400 (refused 3, folders without origins 2)",
     {"coverage": 100, "exact": 97.2, "mutation": 99.5, "without origins": -2}),
    ("Traceback (most recent call last):", {}),
])
def test_figures(output: str, figures: dict[str, float]) -> None:
    assert load("conformance").figures(output) == figures


SUITE = """import sys
print("robust: 7 of 9 cases")
sys.exit(1)
"""


@on_311
@pytest.mark.parametrize(("bars", "code", "says"), [
    ("robust = 7", 0, ["robust           least 7, reached 7", "1 passed, 0 failed"]),
    ("robust = 6", 0, ["reached 7  raise the bar to this", "1 passed, 0 failed"]),
    ("", 1, ["robust           no bar,  reached 7", "0 passed, 0 failed"]),
    ("robust = 8", 1, ["reached 7  BELOW THE BAR", "    | robust: 7 of 9 cases", "0 passed, 1 failed"]),
    ("robust = 7, locate = 0", 1, ["locate           least 0, reached NOT PRINTED", "1 passed, 1 failed"]),
])
def test_the_ratchet(bars: str, code: int, says: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                     capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "suite.py").write_text(SUITE)
    (tmp_path / "bars.toml").write_text(f'[cases]\nrun = ["suite.py"]\nleast = {{ {bars} }}\n')
    conformance = load("conformance")
    monkeypatch.setattr(conformance, "BARS", tmp_path / "bars.toml")
    monkeypatch.setattr(sys, "argv", ["conformance.py", str(tmp_path)])
    with pytest.raises(SystemExit) as end:
        conformance.main()
    assert end.value.code == code
    printed = capsys.readouterr().out
    for line in says:
        assert line in printed


@pytest.mark.parametrize("name", [*build.EVERYDAY, *build.CLUSTER])
def test_a_program_is_pinned(name: str) -> None:
    assert (TOOLS / name / "go.sum").is_file()
    *_, package = build.recipe(name)
    assert package in (TOOLS / name / "go.mod").read_text()


def test_npm_packages_are_pinned_by_digest() -> None:
    lock = json.loads((TOOLS / "npm" / "package-lock.json").read_text())
    packages = {path: entry for path, entry in lock["packages"].items() if path}
    assert packages
    assert all(entry["integrity"] and "resolved" not in entry for entry in packages.values())


def test_a_changed_pin_is_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build.digest("kustomize"), build.digest("opa")
    for name in ("kustomize", "opa"):
        (tmp_path / name).mkdir()
        for pin in ("go.mod", "go.sum"):
            (tmp_path / name / pin).write_bytes((TOOLS / name / pin).read_bytes())
    monkeypatch.setattr(build, "HERE", tmp_path)
    assert (build.digest("kustomize"), build.digest("opa")) == before
    with (tmp_path / "opa" / "go.sum").open("a") as pins:
        pins.write("\n")
    assert build.digest("kustomize") == before[0]
    assert build.digest("opa") != before[1]


def test_the_cache_is_where_the_machine_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert build.where().parent == tmp_path / "gitops-guard" / "tools"
