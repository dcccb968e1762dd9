"""What is installed is what was tested: the built-in data in the wheel and the sdist, and a check by an installed wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


def build(kind: str, out: Path) -> Path:
    """With the hatchling that is installed: no isolation, so no network."""
    done = subprocess.run([sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(out)], cwd=CHECKOUT,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def data_files() -> set[str]:
    return {path.relative_to(CHECKOUT).as_posix() for folder in ("policies", "schemas") for path in (CHECKOUT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts}


def test_the_wheel_holds_the_package_and_all_of_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert "gitops_guard/py.typed" in names
    assert {name.removeprefix("gitops_guard/_data/") for name in names if name.startswith("gitops_guard/_data/")} == data_files()
    assert {name for name in names if not name.startswith("gitops_guard")} == set()
    assert "gitops-guard = gitops_guard.__main__:main" in entry


def test_a_wheel_can_be_built_from_the_sdist(tmp_path: Path) -> None:
    made = build("sdist", tmp_path)
    with tarfile.open(made) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "LICENSE", "README.md", "gitops_guard/__main__.py", "examples/shop/.gitops-guard.yaml"}
    assert wanted | data_files() <= names


def test_an_installed_wheel_checks_the_example(wheel: Path, tmp_path: Path) -> None:
    """In a fresh place, where the checkout can't be found: an editable install would hide data that the wheel lacks."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")  # noqa: S202 (we made it)
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    where = subprocess.run([sys.executable, "-c", "import gitops_guard.data as data; print(data.policies(), data.schemas())"],
                           cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True).stdout
    site = os.path.realpath(tmp_path / "site")
    assert where.split() == [f"{site}/gitops_guard/_data/policies", f"{site}/gitops_guard/_data/schemas"]
    shop = CHECKOUT / "examples" / "shop"
    done = subprocess.run([sys.executable, "-m", "gitops_guard", "check", str(shop), "--root", str(shop)], cwd=tmp_path, env=env,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    assert "error[secrets/plaintext-secret]" in done.stdout
