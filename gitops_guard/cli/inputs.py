"""Options and the configuration file -> what the steps are given: the Config, the policies, the places of schemas."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from .. import data
from ..baseline import Baseline
from ..baseline import load as parse_baseline
from ..config import FILE_NAME, Config, load
from ..errors import SourceError, UsageError
from ..model import Location
from ..policy import ELSEWHERE, PolicyFolder, PolicySet
from ..policy import load as load_folders
from ..tree import MAX_FILE_BYTES, OutsideError, join

_TOO_LARGE = 1_000_000


def load_config(root: Path, given: str | None, start: str, *, staged: bool = False) -> Config:
    """The configuration: the file of --config, else the nearest `.gitops-guard.yaml` from `start` up to the root, else none.

    With `staged` the index of git is looked at, as for everything else. Raises UsageError.
    """
    if staged and given is None:
        return _staged(root, Path(os.path.realpath(start)))
    if given is not None:
        path = Path(os.path.realpath(given))
        if not path.is_file():
            raise UsageError(f"--config {given!r} is no file")
        return _read(path, path.relative_to(root).as_posix() if path.is_relative_to(root) else given)
    folder = Path(os.path.realpath(start))
    folder = folder if folder.is_dir() else folder.parent
    if not folder.is_relative_to(root):
        folder = root  # the command was called from elsewhere, with --root alone
    while folder.is_relative_to(root):
        path = folder / FILE_NAME
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            raise UsageError(f"{path.relative_to(root).as_posix()}: a symbolic link that leaves the repository")
        if os.path.lexists(path) and not path.is_file():
            raise UsageError(f"{path.relative_to(root).as_posix()}: no plain file, so it can't be the configuration")
        if path.is_file():
            return _read(path, path.relative_to(root).as_posix())
        folder = folder.parent
        if folder == folder.parent:
            break
    return Config()


def _staged(root: Path, start: Path) -> Config:
    """The configuration that git's index has."""
    from .. import git  # noqa: PLC0415 (start-up: it brings what runs programs)
    from ..revisions import IndexTree  # noqa: PLC0415

    if git.top_level(root) is None:
        raise UsageError("--staged needs a git repository")
    tree = IndexTree(root)
    folder = start.relative_to(root).as_posix() if start.is_relative_to(root) else "."
    try:
        while True:
            path = join(folder, FILE_NAME)
            if tree.kind(path) == "file":
                return _load(tree.read(path), path)
            if folder == ".":
                return Config()
            folder = posixpath.dirname(folder) or "."
    except OutsideError:
        raise UsageError(f"{path}: a symbolic link that leaves the repository") from None
    except SourceError as error:
        raise UsageError(f"{path}: {error.message}") from None
    finally:
        tree.close()


def _load(data: bytes, shown: str) -> Config:
    if len(data) > _TOO_LARGE:
        raise UsageError(f"{shown}: larger than {_TOO_LARGE // 1_000_000} MB")
    return load(data, shown)


def _read(path: Path, shown: str) -> Config:
    try:
        if path.stat().st_size > _TOO_LARGE:
            raise UsageError(f"{shown}: larger than {_TOO_LARGE // 1_000_000} MB")
        return _load(path.read_bytes(), shown)
    except OSError as error:
        raise UsageError(f"{shown}: can't be read: {error.strerror}") from None


def load_baseline(given: str) -> Baseline:
    """The baseline of --baseline. Raises UsageError."""
    path = Path(given)
    if not path.exists():
        raise UsageError(f"--baseline {given!r}: there is no such file; write it with --write-baseline {given}")
    if not path.is_file():
        raise UsageError(f"--baseline {given!r} is no file")
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UsageError(f"--baseline {given!r}: larger than {MAX_FILE_BYTES // 1_000_000} MB")
        return parse_baseline(path.read_text(encoding="utf-8"), given)
    except OSError as error:
        raise UsageError(f"--baseline {given!r} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--baseline {given!r}: not UTF-8; write it anew with --write-baseline {given}") from None


def load_policies(folders: tuple[str, ...], *, root: Path | None = None, config: Config | None = None,
                  allowed: tuple[str, ...] = (), builtin: bool = True, option: str = "--policy") -> PolicySet:
    """The built-in policies, those of the configuration and those of --policy, or what `option` says it is.

    Raises UsageError where a folder is missing or has no policy, or where the configuration names one outside the repository
    that --allow-path doesn't.
    """
    found = [PolicyFolder(data.policies(), builtin=True, rego=builtin)]
    for index, path in enumerate(config.policies if config is not None else ()):
        if root is None or config is None:
            break
        place = config.location("policies", index)
        full = _inside(root, config, path, allowed, place)
        checked = _folder(full, f"{place.file}:{place.line}: policies")
        found.append(PolicyFolder(checked, display=_display(root, full), location=place))
    for name in folders:
        full = Path(os.path.realpath(name))
        display = _display(root, full) if root is not None else posixpath.normpath(name)
        location = config.location("policies") if config is not None and config.policies else ELSEWHERE
        found.append(PolicyFolder(_folder(full, f"{option} {name!r}"), display=display, location=location))
    return load_folders(found)


def _folder(path: Path, where: str) -> Path:
    if not path.is_dir():
        raise UsageError(f"{where}: there is no folder {path.name!r}; `gitops-guard policies new RULE --dir DIR` begins one")
    if not any(name.endswith(".rego") for _base, _inner, names in os.walk(path) for name in names):
        raise UsageError(f"{where}: no policy (*.rego) in the folder {path.name!r}; "
                         "`gitops-guard policies new RULE --dir DIR` writes one")
    return path


def _display(root: Path | None, full: Path) -> str | None:
    if root is None or not full.is_relative_to(root):
        return None
    return full.relative_to(root).as_posix()


def _inside(root: Path, config: Config, path: str, allowed: tuple[str, ...], place: Location) -> Path:
    """A path of the configuration, on disk. Raises UsageError where it leaves the repository.

    The configuration is part of the repository under check, so it can't open the machine: what lies outside must be named on
    the command line as well.
    """
    full = Path(os.path.realpath(root / config.resolve(path)))
    if full.is_relative_to(root) or any(full.is_relative_to(os.path.realpath(name)) for name in allowed):
        return full
    raise UsageError(f"{place.file}:{place.line}: {path!r} lies outside the repository; allow it with --allow-path")


def schema_paths(root: Path, config: Config, given: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Folders and templates of schemas on disk, those of the command line first. Raises UsageError."""
    found = []
    for path in (*given, *config.schema_locations):
        if "://" in path:
            raise UsageError(f"schema location {path!r}: only local folders and templates are read; download the schemas first")
    for path in given:
        if "{{" not in path and not os.path.isdir(path):
            raise UsageError(f"--schema-location {path!r} is no folder")
        found.append(os.path.abspath(path))
    for index, path in enumerate(config.schema_locations):
        place = config.location("schema-locations", index)
        if "{{" not in path:
            full = _inside(root, config, path, allowed, place)
            if not full.is_dir():
                raise UsageError(f"{place.file}:{place.line}: schema-locations: there is no folder {path!r}")
            found.append(str(full))
            continue
        # A template's variables fill in below its fixed part, which must not leave the repository.
        fixed = path.partition("{{")[0].rpartition("/")[0] or "."
        base = _inside(root, config, fixed, allowed, place)
        found.append(str(base) + "/" + path[len(fixed) + 1:] if fixed != "." else f"{base}/{path}")
    return tuple(found)
