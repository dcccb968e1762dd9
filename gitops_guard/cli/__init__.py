"""The command line: parses, calls one function, prints, exits. One file for each command, imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, NoReturn

import click

from .. import __version__, near
from ..errors import GuardError

_COMMANDS = {
    "bundle": "write the same policies for the cluster",
    "check": "judge what a merge would deploy",
    "diff": "print what a change does to what is rendered",
    "drift": "compare with what a cluster runs",
    "graph": "print who deploys what",
    "init": "write a configuration, the hook and the workflow",
    "policies": "list and explain the rules; begin and test your own",
    "render": "print what kustomize build prints",
}


class _Commands(click.Group):
    """The commands by name; importing one costs more than all of `--version`, so each is imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"gitops_guard.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        """Write the list of commands; none of them is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the nearest command where there is none of that name."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            close = near.nearest(args[0], _COMMANDS)
            hint = f" Did you mean {close!r}?" if close else f" Commands: {', '.join(sorted(_COMMANDS))}."
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what gitops-guard raises on purpose becomes one line and its exit code."""
        try:
            return super().invoke(ctx)
        except GuardError as error:
            _stop(str(error), error.exit_code)
        except RecursionError:
            _stop("the input is nested too deeply", 4)
        except KeyboardInterrupt:
            _stop("interrupted", 130)
        except BrokenPipeError:
            # The reader of our output has gone (`| head`): nobody is left to tell.
            sys.stderr.close()
            sys.exit(4)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception as error:  # noqa: BLE001 (the last handler: a mistake of ours must not look like findings)
            _stop(_mistake(error), 4)


def _mistake(error: Exception) -> str:
    """What to say of an exception that nobody expected. Its text may hold what it choked on, so only its place is told."""
    import traceback  # noqa: PLC0415 (start-up)

    if os.environ.get("GITOPS_GUARD_DEBUG"):
        return "".join(traceback.format_exception(error))
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"
    return (f"this is a fault of gitops-guard, not of the repository: {type(error).__name__} at {where}; "
            "please report it, with what GITOPS_GUARD_DEBUG=1 prints if that holds nothing secret")


def _stop(message: str, code: int) -> NoReturn:
    from .terminal import harmless, one_line  # noqa: PLC0415 (start-up)

    click.echo(f"gitops-guard: {(harmless if os.environ.get('GITOPS_GUARD_DEBUG') else one_line)(message)}", err=True)
    sys.exit(code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="gitops-guard")
def cli() -> None:
    """Check GitOps configuration repositories: what a merge would deploy, and where each fault in it was written."""
