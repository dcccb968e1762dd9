"""Options that several commands have, each written once: decorators that give a command a group of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import click

from . import completion

_Command = Callable[..., Any]

OPA_TOKEN = "GITOPS_GUARD_OPA_TOKEN"  # noqa: S105 (the name of a variable)
OPA_AUTHORITIES = "SSL_CERT_FILE"


def policy_options(command: _Command) -> _Command:
    """Which rules count: policies, no_builtin_policies, chosen, ignored, kubernetes_version, schema_locations."""
    return _with(command, (
        click.option("--policy", "policies", multiple=True, metavar="DIR", shell_complete=completion.folders,
                     help="Also judge by the policies in this folder; can be repeated."),
        click.option("--no-builtin-policies", is_flag=True,
                     help="Judge by the policies of --policy and the configuration alone."),
        *selection_options()))


def selection_options() -> tuple[Callable[[_Command], _Command], ...]:
    """The rules to run, and what is known of kinds: chosen, ignored, kubernetes_version, schema_locations."""
    return (
        click.option("--select", "chosen", multiple=True, metavar="RULE", shell_complete=completion.rules,
                     help="Only these rules (globs: 'secrets/*'); can be repeated."),
        click.option("--ignore", "ignored", multiple=True, metavar="RULE", shell_complete=completion.rules,
                     help="Not these rules; can be repeated."),
        click.option("--kubernetes-version", metavar="X.Y", help="Validate for this version (default: the newest known)."),
        click.option("--schema-location", "schema_locations", multiple=True, metavar="DIR|TEMPLATE",
                     shell_complete=completion.folders, help="Also look for schemas here; can be repeated."))


def engine_options(command: _Command) -> _Command:
    """What evaluates policies: engine, opa_url, opa_ca_file."""
    return _with(command, (
        click.option("--engine", type=click.Choice(["embedded", "opa"]), default="embedded", show_default=True,
                     help="What evaluates policies; opa is started from PATH, or asked where --opa-url says."),
        click.option("--opa-url", metavar="URL",
                     help=f"With --engine opa: ask the OPA that answers there. ${OPA_TOKEN} is its bearer token."),
        click.option("--opa-ca-file", metavar="FILE", shell_complete=completion.files,
                     help=f"What --opa-url is trusted by (default: ${OPA_AUTHORITIES}).")))


def report_options(formats: Iterable[str]) -> Callable[[_Command], _Command]:
    """What is printed and written: format_, reports, baseline, write_baseline, fail_on."""
    return lambda command: _with(command, (
        click.option("--format", "format_", type=click.Choice(list(formats)), default="text", show_default=True,
                     help="What to print on standard output."),
        click.option("--report", "reports", multiple=True, metavar="FORMAT=PATH",
                     help="Also write a report to a file; can be repeated."),
        click.option("--baseline", metavar="FILE", shell_complete=completion.files,
                     help="Findings that are listed there are known: only others gate."),
        click.option("--write-baseline", metavar="FILE", shell_complete=completion.files,
                     help="List all findings of this run there. They are known from now on, so this run ends with 0."),
        click.option("--fail-on", type=click.Choice(["error", "warning", "note", "never"]), default="error", show_default=True,
                     help="End with 1 if there is a finding at least this severe.")))


def place_options(command: _Command) -> _Command:
    """Which repository, and how it is read: config_file, root, allowed, allow_remote."""
    return _with(command, (configuration_options, remote_option))


def configuration_options(command: _Command) -> _Command:
    """Which repository, and what it may name: config_file, root, allowed."""
    return _with(command, (
        click.option("--config", "config_file", metavar="FILE", shell_complete=completion.files,
                     help="Read this file instead of .gitops-guard.yaml."),
        root_option,
        click.option("--allow-path", "allowed", multiple=True, metavar="DIR", shell_complete=completion.folders,
                     help="Let the configuration name this folder outside the repository; can be repeated.")))


def root_option(command: _Command) -> _Command:
    """Which repository: root."""
    return click.option("--root", metavar="DIR", shell_complete=completion.folders,
                        help="The repository's root (default: git's top level).")(command)


def remote_option(command: _Command) -> _Command:
    """Whether what lies elsewhere is fetched: allow_remote."""
    return click.option("--allow-remote", is_flag=True,
                        help="Fetch remote bases, files and charts that kustomizations name.")(command)


def jobs_option(what: str) -> Callable[[_Command], _Command]:
    """How many processes: jobs."""
    return click.option("--jobs", type=click.IntRange(1, 64), metavar="N", default=lambda: min(os.cpu_count() or 1, 8),
                        show_default="one for each processor", help=what)


def running_options(quiet: str) -> Callable[[_Command], _Command]:
    """What is told of the run itself: quiet, which `quiet` explains, and verbose."""
    return lambda command: _with(command, (
        click.option("--quiet", "-q", is_flag=True, help=quiet), verbose_option))


def verbose_option(command: _Command) -> _Command:
    """Whether the steps are told: verbose."""
    return click.option("--verbose", "-v", is_flag=True, help="Print on standard error how long each step took.")(command)


def color_option(what: str) -> Callable[[_Command], _Command]:
    """Colours: color."""
    return click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help=what)


def _with(command: _Command, options: tuple[Callable[[_Command], _Command], ...]) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command
