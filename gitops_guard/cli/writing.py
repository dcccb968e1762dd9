"""Files that the commands write: whole or not at all; and where `--report FORMAT=PATH` puts them."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import GuardError, UsageError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def parse_reports(given: tuple[str, ...]) -> list[tuple[str, Path]]:
    """The formats and paths of `--report`. Raises UsageError before anything runs."""
    import difflib  # noqa: PLC0415 (start-up: `render` writes files too, and no report)

    from ..report import FORMATS  # noqa: PLC0415

    found: list[tuple[str, Path]] = []
    for text in given:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(f"--report {text!r}: write FORMAT=PATH, such as sarif=report.sarif")
        if name not in FORMATS:
            near = difflib.get_close_matches(name, FORMATS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(FORMATS)}"
            raise UsageError(f"--report {text!r}: there is no format {name!r}; {hint}")
        if any(Path(path) == other for _name, other in found):
            raise UsageError(f"--report {text!r}: another report goes to the same file")
        found.append((name, Path(path)))
    return found


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet. Raises GuardError where it is, or where it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, _NEW, 0o666), "wb") as stream:
            stream.write(data)
    except OSError as error:
        raise GuardError(f"can't write {str(path)!r}: {error.strerror}") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a temporary file beside `path` and rename it, so that nobody reads a half. Raises GuardError where that fails."""
    scratch = f"{path.parent}{os.sep}.gitops-guard-{os.urandom(8).hex()}"
    try:
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
