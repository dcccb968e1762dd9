"""The `gitops-guard` program."""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit."""
    from .cli import cli  # noqa: PLC0415 (start-up: the package is importable without click)

    cli(prog_name="gitops-guard")


if __name__ == "__main__":
    main()
