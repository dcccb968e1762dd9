"""What `--help` prints."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner

from gitops_guard import cli


def commands():
    context = click.Context(cli.cli)
    for name in cli.cli.list_commands(context):
        command = cli.cli.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ([name, inner] for inner in command.commands)
        else:
            yield [name]


@pytest.mark.parametrize("args", list(commands()), ids=" ".join)
def test_each_option_is_explained_once(args):
    shown = CliRunner().invoke(cli.cli, [*args, "--help"], env={"COLUMNS": "100"}).output
    command = cli.cli
    for name in args:
        command = command.get_command(click.Context(command), name)
    names = [option for param in command.get_params(click.Context(command)) if isinstance(param, click.Option) for option in param.opts if option.startswith("--")]
    found = re.findall(r"^  (?:-\w, )?(--[\w-]+)", shown, re.MULTILINE)
    assert sorted(found) == sorted(names)


def test_many_options_stand_together_in_one_column():
    shown = CliRunner().invoke(cli.cli, ["check", "--help"]).output
    headings = re.findall(r"^(\S.*):$", shown, re.MULTILINE)
    assert headings == ["What is compared", "Rules", "What is reported", "The repository", "The run"]
    of_rules = shown.partition("\nRules:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  (--[\w-]+)", of_rules, re.MULTILINE)[:4] == ["--policy", "--no-builtin-policies", "--select", "--ignore"]
    assert {match.start(1) for line in shown.splitlines() if (match := re.match(r"  -\S.*?  +(\S)", line)) and len(line) > 34} == {34}


def test_the_list_of_commands_needs_none_of_them():
    shown = CliRunner().invoke(cli.cli, ["--help"]).output
    assert "  check     judge what a merge would deploy\n" in shown
    assert "..." not in shown.partition("Commands:")[2]
