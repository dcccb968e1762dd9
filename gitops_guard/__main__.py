"""The `gitops-guard` program."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line and exit."""
    from .cli import cli  # noqa: PLC0415 (start-up: the package is importable without click)

    # A run builds millions of containers that live to its end, and hardly a cycle: looking for those took half of the time.
    gc.disable()
    cli(prog_name="gitops-guard")


if __name__ == "__main__":
    main()
