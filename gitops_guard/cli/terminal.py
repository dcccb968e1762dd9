"""What the commands need to know of the place they print to."""

from __future__ import annotations

import os
import sys
import unicodedata

import click

from ..errors import ToolError, UsageError

_OFF = ("", "0", "false")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def harmless(text: str) -> str:
    """Text from files, for a terminal: control characters shown as escapes, line ends and tabs kept."""
    return "".join(char if char in "\n\t" or unicodedata.category(char) not in _UNSEEN else f"\\u{ord(char):04x}"
                   for char in text)


def one_line(text: str) -> str:
    """Text from files for a message: a job's log takes `::error::` at the start of a line and `##[` anywhere for commands."""
    return harmless(text).replace("\n", "\\n").replace("##[", "##\\[")


def wants_color(choice: str) -> bool:
    """Whether to colour standard output: the option, then what the environment asks for, then what is there to show it.

    NO_COLOR (no-color.org) goes first, then FORCE_COLOR and CLICOLOR_FORCE, then CLICOLOR=0 (bixense.com/clicolors) and
    TERM=dumb. To force with 0 forces nothing.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "") not in _OFF for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if os.environ.get("CLICOLOR") == "0" or is_dumb():
        return False
    return sys.stdout.isatty() or os.environ.get("GITHUB_ACTIONS") == "true"


def is_dumb() -> bool:
    """Whether the terminal says that it understands no escape sequences."""
    return os.environ.get("TERM") == "dumb"


def width() -> int:
    """Columns of the terminal; 100 where there is none."""
    import shutil  # noqa: PLC0415 (start-up)

    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100


def today() -> str:
    """Today's date in UTC, YYYY-MM-DD; SOURCE_DATE_EPOCH sets it, for runs that must be repeatable. Raises UsageError."""
    import datetime  # noqa: PLC0415 (start-up)

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH must be seconds since 1970, not {epoch!r}") from None


def echo_report(text: str, *, commands: bool = False) -> None:
    """Print a report. In a GitHub job, text from files must not be taken for workflow commands unless it consists of them."""
    if os.environ.get("GITHUB_ACTIONS") == "true" and not commands:
        import secrets  # noqa: PLC0415 (start-up)

        token = secrets.token_hex(16)
        click.echo(f"::stop-commands::{token}")
        _write(text)
        click.echo(f"::{token}::")
    else:
        _write(text)


def _write(text: str) -> None:
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogateescape" if any("\udc80" <= char <= "\udcff" for char in text)
                           else "backslashreplace")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ToolError(f"can't write to standard output: {error.strerror}") from None
