"""A Report -> standard output, files and an exit code, as the options of a command ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..errors import UsageError
from ..model import Severity
from ..outcome import Report
from ..pipeline import recorded
from ..policy import PolicySet
from ..report import Format, Options
from ..request import Request
from .terminal import echo_report, wants_color, width
from .writing import must_be_writable, parse_reports, write_whole

_COMMANDS_FORMAT = "github"


@dataclass(frozen=True)
class Wishes:
    """What the options of `report_options` come to."""

    formats: Mapping[str, Format]
    format: str
    files: tuple[tuple[str, Path], ...]
    record: Path | None
    """Where a baseline is written."""
    threshold: Severity | None
    """The lowest severity that fails; None: nothing does."""
    color: str
    quiet: bool = False
    """Whether nothing is printed unless the command fails."""

    @property
    def names(self) -> frozenset[str]:
        """Every format that is asked for."""
        return frozenset({self.format, *(name for name, _path in self.files)})


def wishes(formats: Mapping[str, Format], format_: str, reports: tuple[str, ...], write_baseline: str | None, fail_on: str,
           color: str, *, quiet: bool = False) -> Wishes:
    """Check what can be checked before anything runs. Raises UsageError."""
    files = parse_reports(reports, formats)
    record = None if write_baseline is None else Path(write_baseline)
    if record is not None:
        must_be_writable(record, f"--write-baseline {write_baseline!r}")
        if any(path == record for _name, path in files):
            raise UsageError(f"--write-baseline {write_baseline!r}: a report goes to the same file")
    return Wishes(formats, format_, tuple(files), record, None if fail_on == "never" else Severity.parse(fail_on), color,
                  quiet)


def publish(report: Report, request: Request, known: PolicySet, wanted: Wishes, options: Options | None = None) -> int:
    """Print and write, and say how the command ends. `options` are wishes beside those of the command line's report options."""
    text = None
    if wanted.record is not None:
        report, text = recorded(request, report)
    plain = replace(options or Options(), fail_on=wanted.threshold, page=partial(_page, known))
    for name, path in wanted.files:
        write_whole(path, wanted.formats[name](report, plain).encode("utf-8", "backslashreplace"))
    if wanted.record is not None and text is not None:
        write_whole(wanted.record, text.encode())
    fails = wanted.threshold is not None and any(
        finding.counts and finding.severity >= wanted.threshold for finding in report.findings)
    if fails or not wanted.quiet:
        looks = replace(plain, color=wants_color(wanted.color) and wanted.format == "text", width=width())
        echo_report(wanted.formats[wanted.format](report, looks), commands=wanted.format == _COMMANDS_FORMAT)
    return 1 if fails else 0


def _page(known: PolicySet, rule: str) -> str:
    """What a format may say of a rule at length."""
    from ..policy_docs import page  # noqa: PLC0415 (start-up)
    from ..report.escape import markdown_words  # noqa: PLC0415

    return page(rule, known, markdown_words)
