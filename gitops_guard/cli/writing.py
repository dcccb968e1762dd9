"""Files that the commands write: whole or not at all; and where `--report FORMAT=PATH` puts them."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Mapping
from pathlib import Path

from ..errors import GuardError, UsageError
from ..near import nearest

_MARK = ".gitops-guard-output"
"""In a folder that a command wrote, and may write anew."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def parse_reports(given: tuple[str, ...], formats: Collection[str]) -> list[tuple[str, Path]]:
    """The formats and paths of `--report`, each of which can be written; `formats` are those there are.

    Raises UsageError before anything runs.
    """
    found: list[tuple[str, Path]] = []
    for text in given:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(f"--report {text!r}: write FORMAT=PATH, such as sarif=report.sarif")
        if name not in formats:
            close = nearest(name, formats)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(formats)}"
            raise UsageError(f"--report {text!r}: there is no format {name!r}; {hint}")
        if any(Path(path) == other for _name, other in found):
            raise UsageError(f"--report {text!r}: another report goes to the same file")
        must_be_writable(Path(path), f"--report {text!r}")
        found.append((name, Path(path)))
    return found


def must_be_writable(path: Path, option: str) -> None:
    """Try where `write_whole` will write. Raises UsageError: a run that can't keep what it finds out need not begin.

    `option` is how the message speaks of the path. Nothing is left behind.
    """
    if os.path.isdir(path):
        raise UsageError(f"{option}: {str(path)!r} is a folder; name a file in it")
    if _is_stream(path):
        # Opened and closed, a pipe would end for its reader.
        if not os.access(path, os.W_OK):
            raise UsageError(f"{option}: can't write {str(path)!r}: Permission denied")
        return
    folder = path.parent
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not os.path.isdir(folder):
        raise UsageError(f"{option}: {str(folder)!r} is no folder, so nothing can be written below it")
    try:
        scratch = _scratch(folder / path.name)
        os.close(os.open(scratch, _NEW, 0o666))
        os.unlink(scratch)
        longest = os.pathconf(folder, "PC_NAME_MAX")
    except OSError as error:
        raise UsageError(f"{option}: can't write {str(path)!r}: {error.strerror}") from None
    if any(len(os.fsencode(part)) > longest for part in path.parts):
        raise UsageError(f"{option}: can't write {str(path)!r}: a name is longer than {longest} bytes")


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet. Raises GuardError where it is, or where it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, _NEW, 0o666), "wb") as stream:
            stream.write(data)
    except OSError as error:
        raise GuardError(f"can't write {str(path)!r}: {error.strerror}") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a temporary file beside `path` and rename it, so that nobody reads a half. Raises GuardError where that fails.

    What is a device or a pipe, or looks like one (`/dev/stdout`), is written to: another file in its place would be no help.
    """
    scratch = _scratch(path)
    try:
        if _is_stream(path):
            with open(path, "wb") as stream:
                stream.write(data)
            return
        try:
            handle = os.open(scratch, _NEW, 0o666)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(scratch, _NEW, 0o666)
        try:
            with open(handle, "wb") as stream:
                stream.write(data)
            os.replace(scratch, path)
        except OSError:
            os.unlink(scratch)
            raise
    except OSError as error:
        raise GuardError(f"can't write {str(path)!r}: {error.strerror}") from None


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder whole: a temporary one beside it, then renamed. What stands there must be an earlier one, or empty.

    An earlier one holds a file for the mark that it was written by us. Raises UsageError, or GuardError where writing fails.
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise UsageError(f"{str(path)!r} is no folder")
    if path.is_dir() and any(path.iterdir()) and not (path / _MARK).is_file():
        raise UsageError(f"the folder {str(path)!r} holds something else; name an empty or a new one")
    scratch = Path(_scratch(path))
    try:
        try:
            for name, data in {**files, _MARK: b""}.items():
                place = scratch / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            if path.is_dir():
                shutil.rmtree(path)
            os.replace(scratch, path)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise GuardError(f"can't write {str(path)!r}: {error.strerror}") from None


def _scratch(path: Path) -> str:
    return f"{path.parent}{os.sep}.gitops-guard-{os.urandom(8).hex()}"


def _is_stream(path: Path) -> bool:
    """Whether a path is a device or a pipe. Any other link is replaced, whatever it leads to: it may be the repository's."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    if stat.S_ISLNK(mode):
        return path.parent.resolve().is_relative_to("/dev") or path.parent.resolve().is_relative_to("/proc")
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)
