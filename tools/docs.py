#!/usr/bin/env python3
"""Write docs/policies.md, the page that is made from the policies; with --check only say whether it is up to date."""

import argparse
import difflib
import pathlib
import sys

from gitops_guard import data
from gitops_guard.policy import PolicyFolder, load
from gitops_guard.policy_docs import all_pages

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "policies.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    wanted = all_pages(load([PolicyFolder(data.policies(), builtin=True)]))
    if not options.check:
        PAGE.write_text(wanted)
        return
    there = PAGE.read_text() if PAGE.is_file() else ""
    if there != wanted:
        sys.stdout.writelines(difflib.unified_diff(there.splitlines(keepends=True), wanted.splitlines(keepends=True),
                                                   "docs/policies.md", "made from the policies"))
        sys.exit("docs/policies.md is old: run make docs")


if __name__ == "__main__":
    main()
