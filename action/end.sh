#!/usr/bin/env bash
# Ends as the check did, and says where code scanning did not get the report.
set -euo pipefail
if [ "$GUARD_UPLOAD" = failure ]; then
  echo "::warning title=gitops-guard::code scanning did not get the report. The job needs security-events: write, in a private" \
    "repository also actions: read; and code scanning must be on."
fi
exit "$GUARD_EXIT_CODE"
