"""`gitops-guard policies`: the rules there are, the page of each, and the making and testing of one's own."""

from __future__ import annotations

from collections.abc import Callable

import click

from ..errors import UsageError
from ..locate import locate
from ..near import nearest
from ..policy import PolicySet
from . import completion, policies_new, policies_test
from .inputs import load_config, load_policies
from .options import configuration_options
from .place import root_of
from .terminal import harmless, one_line


@click.group("policies")
def command() -> None:
    """The rules that check judges by."""


def _where(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say which policies there are."""
    return click.option("--policy", "folders", multiple=True, metavar="DIR", shell_complete=completion.folders,
                        help="Also the policies in this folder; can be repeated.")(configuration_options(function))


@command.command("list")
@_where
def list_rules(folders: tuple[str, ...], config_file: str | None, root: str | None, allowed: tuple[str, ...]) -> None:
    """Print every rule, built in or of the configuration's `policies:`: its id, its severity and what it finds."""
    rules = _known(folders, config_file, root, allowed).rules
    width = max(len(rule) for rule in rules)
    for rule_id, rule in sorted(rules.items()):
        severity = rule.severity.word if rule.severity is rule.elsewhere else f"{rule.severity.word}/{rule.elsewhere.word}"
        click.echo(harmless(f"{rule_id:{width}}  {severity:13}  {rule.title}"))


@command.command("explain")
@click.argument("rule", shell_complete=completion.rules)
@_where
def explain(rule: str, folders: tuple[str, ...], config_file: str | None, root: str | None, allowed: tuple[str, ...]) -> None:
    """Print the page of a RULE: what it finds and why, what to do, its parameters and examples."""
    from ..policy_docs import page  # noqa: PLC0415 (start-up)

    policies = _known(folders, config_file, root, allowed)
    if rule not in policies.rules:
        close = nearest(rule, policies.rules)
        hint = f"; did you mean {close!r}?" if close else "; `gitops-guard policies list` prints the rules"
        raise UsageError(f"there is no rule {rule!r}{hint}")
    click.echo(harmless(page(rule, policies)))


def _known(folders: tuple[str, ...], config_file: str | None, root: str | None, allowed: tuple[str, ...]) -> PolicySet:
    """Every policy that check would judge by; which file can't be used is said on standard error."""
    top = root_of(root, ())
    config = load_config(top, config_file, ".")
    policies = load_policies(folders, root=top, config=config, allowed=allowed)
    for fault in policies.faults:
        place = locate(fault)
        click.echo(one_line(f"gitops-guard: {place.file}:{place.line}: {fault.message}"), err=True)
    return policies


command.add_command(policies_new.command)
command.add_command(policies_test.command)
