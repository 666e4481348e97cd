#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the lints over the project: all of them, or those named. `run.sh proof NAME…` runs each over its bad fixture
# instead and compares what it finds with fixtures/NAME.expected, so that a lint that went blind is noticed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
all="layers determinism words headers format"

proof=
if [ "${1:-}" = proof ]; then
    proof=1
    shift
fi

failed=0
for lint in ${*:-$all}; do
    if [ -z "$proof" ]; then
        python3 -B "$here/$lint.py" || { echo "lint $lint: failed"; failed=1; }
        continue
    fi
    found=$(python3 -B "$here/$lint.py" "$here/fixtures/$lint") && { echo "lint $lint: passed its bad fixture"; failed=1; }
    printf '%s\n' "$found" | diff -u "$here/fixtures/$lint.expected" - || { echo "lint $lint: findings differ"; failed=1; }
done
exit $failed
