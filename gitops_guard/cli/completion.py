"""What a shell may complete a word of the command line with: rules, files and folders. Formats and commands, click knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import GuardError
from .terminal import one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def rules(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The ids of rules, those of one's own policies too."""
    from .inputs import load_config, load_policies  # noqa: PLC0415 (start-up)
    from .place import root_of  # noqa: PLC0415

    given = ctx.params
    try:
        top = root_of(given.get("root"), ())
        config = load_config(top, given.get("config_file"), ".")
        more = (*(given.get("policies") or ()), *(given.get("folders") or ()))
        known = load_policies(more, root=top, config=config, allowed=given.get("allowed") or ()).rules
    except GuardError:
        # Nobody can be told while a word is typed; the command says it when it runs.
        known = load_policies(()).rules
    return [_item(rule, help=one_line(found.title)) for rule, found in sorted(known.items()) if rule.startswith(typed)]


def files(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Any path: the shell knows them."""
    return [_item(typed, type="file")]


def folders(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """A folder: the shell knows them."""
    return [_item(typed, type="dir")]


def _item(value: str, type: str = "plain", help: str | None = None) -> CompletionItem:  # noqa: A002 (click's names)
    from click.shell_completion import CompletionItem  # noqa: PLC0415 (start-up)

    return CompletionItem(value, type, help)
