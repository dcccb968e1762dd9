#!/usr/bin/env bash
# Installs the gitops-guard of this checkout into an environment of its own, with the dependencies that requirements.txt pins.
# Says where that is as the output `home`. Ends with 4 where it can't: 1 would mean findings.
set -euo pipefail

fail() {
  echo "::error title=gitops-guard::$1"
  exit 4
}

# The job stands in the repository under check, whose files must not be taken for modules of Python.
cd -- "$GITHUB_ACTION_PATH"

[ "${RUNNER_OS:-Linux}" != Windows ] || fail 'it runs on Linux and macOS: choose another runs-on'
python="${GUARD_PYTHON:-python3}"
"$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
  fail 'it needs Python 3.10 or later: run actions/setup-python before it, or name one with the input python'

home="$(mktemp -d "$RUNNER_TEMP/gitops-guard-XXXXXXXX")" || fail 'no folder can be made in RUNNER_TEMP'
pip=("$home/venv/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input)
"$python" -I -m venv "$home/venv" || fail 'no environment can be made: the input python lacks the module venv'
"${pip[@]}" --require-hashes -r action/requirements.txt || fail 'its dependencies can not be installed: pip says why'
"${pip[@]}" --no-index --no-deps --no-build-isolation . || fail 'it can not be installed from its checkout: pip says why'

echo "home=$home" >> "$GITHUB_OUTPUT"
