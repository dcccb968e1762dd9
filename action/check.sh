#!/usr/bin/env bash
# Runs action/__main__.py with the installed environment, from this checkout: the job stands in the repository under check,
# whose files must not be taken for modules of Python. Ends with 4 where that can't say how the check ended: 1 would mean findings.
set -euo pipefail
export GUARD_WORKSPACE="$PWD"
cd -- "$GITHUB_ACTION_PATH"
"$GUARD_HOME/venv/bin/python" -E -s -B -m action || exit 4
