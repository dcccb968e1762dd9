"""`gitops-guard check`: render, validate, judge, report."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from .. import __version__
from ..errors import UsageError
from ..model import Severity
from ..outcome import Report
from ..pipeline import check, recorded
from ..policy_docs import page
from ..report import FORMATS, Options
from ..report.escape import markdown_words
from ..request import Request
from ..selection import select
from .inputs import load_baseline, load_config, load_policies, schema_paths
from .place import relative, root_of
from .terminal import echo_report, today, wants_color, width
from .writing import must_be_writable, parse_reports, write_whole

_COMMANDS_FORMAT = "github"
_WITH_FIELDS = ("html", "markdown")


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--base", metavar="REF",
              help="Compare with the merge base of REF: deletions are judged, and only new findings gate.")
@click.option("--staged", is_flag=True,
              help="Judge what is in git's index, for a pre-commit hook; compared with HEAD unless --base is given.")
@click.option("--policy", "policies", multiple=True, metavar="DIR",
              help="Also judge by the policies in this folder; can be repeated.")
@click.option("--no-builtin-policies", is_flag=True, help="Judge by the policies of --policy and the configuration alone.")
@click.option("--select", "chosen", multiple=True, metavar="RULE", help="Only these rules (globs: 'secrets/*'); can be repeated.")
@click.option("--ignore", "ignored", multiple=True, metavar="RULE", help="Not these rules; can be repeated.")
@click.option("--kubernetes-version", metavar="X.Y", help="Validate for this version (default: the newest known).")
@click.option("--schema-location", "schema_locations", multiple=True, metavar="DIR|TEMPLATE",
              help="Also look for schemas here; can be repeated.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="What to print on standard output.")
@click.option("--report", "reports", multiple=True, metavar="FORMAT=PATH", help="Also write a report to a file; can be repeated.")
@click.option("--baseline", metavar="FILE", help="Findings that are listed there are known: only others gate.")
@click.option("--write-baseline", metavar="FILE",
              help="List all findings of this run there. They are known from now on, so this run ends with 0.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "note", "never"]), default="error", show_default=True,
              help="End with 1 if there is a finding at least this severe.")
@click.option("--jobs", type=click.IntRange(1, 64), default=lambda: min(os.cpu_count() or 1, 8),
              show_default="one for each processor",
              help="Worker processes that evaluate policies.")
@click.option("--no-cache", is_flag=True, expose_value=False,
              help="Use no cache on disk. There is none yet: every run judges everything.")
@click.option("--config", "config_file", metavar="FILE", help="Read this file instead of .gitops-guard.yaml.")
@click.option("--root", metavar="DIR", help="The repository's root (default: git's top level).")
@click.option("--allow-path", "allowed", multiple=True, metavar="DIR",
              help="Let the configuration name this folder outside the repository; can be repeated.")
@click.option("--allow-remote", is_flag=True, help="Fetch remote bases, files and charts that kustomizations name.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
              help="Colour the text report.")
def command(paths: tuple[str, ...], base: str | None, staged: bool, policies: tuple[str, ...], no_builtin_policies: bool,
            chosen: tuple[str, ...], ignored: tuple[str, ...], kubernetes_version: str | None,
            schema_locations: tuple[str, ...], format_: str, reports: tuple[str, ...], baseline: str | None,
            write_baseline: str | None, fail_on: str, jobs: int, config_file: str | None, root: str | None,
            allowed: tuple[str, ...], allow_remote: bool, color: str) -> None:
    """Check what a merge would deploy. PATHS narrow what is judged; the whole repository is read. Default: this folder.

    Exit codes: 0 no finding at or above --fail-on, 1 findings, 2 wrong usage or configuration, 3 nothing was checked,
    4 could not finish.
    """
    files = parse_reports(reports)
    if write_baseline is not None:
        must_be_writable(Path(write_baseline), f"--write-baseline {write_baseline!r}")
        if any(path == Path(write_baseline) for _name, path in files):
            raise UsageError(f"--write-baseline {write_baseline!r}: a report goes to the same file")
    top = root_of(root, paths)
    named = tuple(relative(top, path) for path in paths or (".",) if paths or root is None) or (".",)
    config = load_config(top, config_file, paths[0] if paths else ".", staged=staged)
    known = load_policies(policies, root=top, config=config, allowed=allowed, builtin=not no_builtin_policies)
    request = Request(
        root=top,
        named=named,
        config=config,
        policies=known,
        selection=select(known.rules, config, chosen=chosen, ignored=ignored, described=known.described),
        kubernetes_version=kubernetes_version or config.kubernetes_version,
        schema_locations=schema_paths(top, config, schema_locations, allowed),
        jobs=jobs,
        today=today(),
        version=__version__,
        allow_remote=allow_remote,
        base=base,
        staged=staged,
        baseline=None if baseline is None else load_baseline(baseline),
        allowed=tuple(Path(path) for path in allowed),
        # What is secret in a field, the built-in policies know.
        fields=not no_builtin_policies and any(name in _WITH_FIELDS for name in (format_, *(name for name, _path in files))),
    )
    report = check(request)
    record = None
    if write_baseline is not None:
        report, record = recorded(request, report)
    threshold = None if fail_on == "never" else Severity.parse(fail_on)
    plain = Options(fail_on=threshold, page=lambda rule: page(rule, known, markdown_words))
    for format_name, path in files:
        write_whole(path, FORMATS[format_name](report, plain).encode("utf-8", "backslashreplace"))
    if write_baseline is not None and record is not None:
        write_whole(Path(write_baseline), record.encode())
    shown = FORMATS[format_](report, replace(plain, color=wants_color(color) and format_ == "text", width=width()))
    echo_report(shown, commands=format_ == _COMMANDS_FORMAT)
    sys.exit(1 if _fails(report, threshold) else 0)


def _fails(report: Report, threshold: Severity | None) -> bool:
    return threshold is not None and any(finding.counts and finding.severity >= threshold for finding in report.findings)
