"""`gitops-guard policies`: the rules there are, the page of each, and the making and testing of one's own."""

from __future__ import annotations

import difflib

import click

from ..errors import UsageError
from . import policies_new, policies_test
from .inputs import load_policies
from .terminal import harmless


@click.group("policies")
def command() -> None:
    """The rules that check judges by."""


@command.command("list")
@click.option("--policy", "folders", multiple=True, metavar="DIR", help="Also the policies in this folder; can be repeated.")
def list_rules(folders: tuple[str, ...]) -> None:
    """Print every rule: its id, its severity and what it finds."""
    rules = load_policies(folders).rules
    width = max(len(rule) for rule in rules)
    for rule_id, rule in sorted(rules.items()):
        severity = rule.severity.word if rule.severity is rule.elsewhere else f"{rule.severity.word}/{rule.elsewhere.word}"
        click.echo(harmless(f"{rule_id:{width}}  {severity:13}  {rule.title}"))


@command.command("explain")
@click.argument("rule")
@click.option("--policy", "folders", multiple=True, metavar="DIR", help="Also the policies in this folder; can be repeated.")
def explain(rule: str, folders: tuple[str, ...]) -> None:
    """Print the page of a RULE: what it finds and why, what to do, its parameters and examples."""
    from ..policy_docs import page  # noqa: PLC0415 (start-up)

    policies = load_policies(folders)
    if rule not in policies.rules:
        near = difflib.get_close_matches(rule, policies.rules, 1)
        hint = f"; did you mean {near[0]!r}?" if near else "; `gitops-guard policies list` prints the rules"
        raise UsageError(f"there is no rule {rule!r}{hint}")
    click.echo(harmless(page(rule, policies)))


command.add_command(policies_new.command)
command.add_command(policies_test.command)
