"""`gitops-guard policies test`: run the unit tests and the examples of policies."""

from __future__ import annotations

import os
import re
import sys

import click

from .. import data
from ..errors import NothingToCheckError, UsageError
from ..policy import PolicySet
from . import completion
from .help import Command
from .inputs import load_config, load_policies
from .options import color_option, configuration_options, jobs_option
from .place import root_of
from .terminal import echo_report, one_line, wants_color, width


@click.command("test", cls=Command)
@click.argument("folders", nargs=-1, metavar="[DIR]...", shell_complete=completion.folders)
@click.option("--select", "chosen", multiple=True, metavar="RULE", shell_complete=completion.rules,
              help="Only these rules and libraries (globs: 'house/*'); can be repeated.")
@click.option("-k", "--run", "pattern", metavar="REGEX",
              help="Only tests and examples whose name, such as 'house/owner-label test_none', holds this; without coverage.")
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="PERCENT", help="End with 1 if the coverage is below this.")
@click.option("--format", "format_", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True,
              help="What to print on standard output.")
@jobs_option("Worker processes.")
@configuration_options
@color_option("Colour the text.")
def command(folders: tuple[str, ...], chosen: tuple[str, ...], pattern: str | None, fail_under: int | None, format_: str,
            jobs: int, config_file: str | None, root: str | None, allowed: tuple[str, ...], color: str) -> None:
    """Run the unit tests (`test_*` in *_test.rego) and the examples of the policies in DIR, and say what they cover.

    Default: the folders that `policies:` of the configuration names, else the built-in policies.

    Exit codes: 0 all of it holds, 1 something doesn't, 2 wrong usage: a folder without policies, an unknown rule,
    3 there is neither a test nor an example, 4 could not finish.
    """
    from ..report import Options  # noqa: PLC0415 (start-up: `policies list` needs none of it)
    from ..trials import run_trials  # noqa: PLC0415
    from ..trials.formats import FORMATS  # noqa: PLC0415

    if pattern is not None and fail_under is not None:
        raise UsageError("--fail-under with --run: only all tests together say what is covered")
    policies, builtin = _policies(folders, config_file, root, allowed)
    trials = run_trials(policies, builtin=builtin, chosen=chosen, pattern=_compiled(pattern), jobs=jobs)
    if not trials.count():
        if pattern is not None:
            raise UsageError(f"--run {pattern!r} is found in no test's or example's name")
        raise NothingToCheckError("nothing was tested: there is neither a unit test (*_test.rego) nor an example; "
                                  "`gitops-guard policies new RULE` shows how they look")
    echo_report(FORMATS[format_](trials, Options(color=wants_color(color) and format_ == "text", width=width())))
    covered = trials.lines.percent if trials.lines is not None else 100
    if fail_under is not None and covered < fail_under:
        click.echo(f"gitops-guard: the coverage of {covered} % is below {fail_under} %", err=True)
        sys.exit(1)
    sys.exit(0 if trials.ok else 1)


def _policies(folders: tuple[str, ...], config_file: str | None, root: str | None,
              allowed: tuple[str, ...]) -> tuple[PolicySet, bool]:
    """What is tested, and whether that is built in."""
    if any(os.path.realpath(folder) == str(data.policies()) for folder in folders):
        if len(folders) > 1:
            raise UsageError("the built-in policies are tested alone")
        return load_policies(()), True
    if folders:
        return load_policies(folders, option="DIR"), False
    top = root_of(root, ())
    config = load_config(top, config_file, ".")
    if config.policies:
        return load_policies((), root=top, config=config, allowed=allowed), False
    where = f"{one_line(config.path)} names no policies" if config.path is not None else "there is no configuration"
    click.echo(f"gitops-guard: {where}: testing the built-in ones; to test your own, name their folder", err=True)
    return load_policies(()), True


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(f"--run {pattern!r} is no regular expression: {error}") from None
