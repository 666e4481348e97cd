# SPDX-License-Identifier: MIT
# Sourced by the functional tests (bash). $bin has the programs; $work is a directory of this run, removed at the end.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$(cd "${NURTURED_BIN:-$root/build/release/bin}" && pwd)
work=$(mktemp -d)
failures=0

# skip REASON: this machine cannot run the test; ctest shows it as skipped and test.sh counts it.
skip() {
    echo "skipped: $(basename "$0"): $*"
    exit 125
}

# check "SENTENCE" COMMAND…: the sentence is true if the command succeeds. Goes on after a failure, to report all of them.
check() {
    local sentence=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok: $sentence"
    else
        failures=$((failures + 1))
        printf 'FAILED: %s\n  %s\n' "$sentence" "$*"
        sed 's/^/    /' <<<"$output"
    fi
}

# finish: the exit code of the test.
finish() { [ "$failures" -eq 0 ]; }

has() { grep -qE -- "$1" <<<"$2" || { echo "no /$1/ in: $2"; return 1; }; }
has_not() { ! grep -E -- "$1" <<<"$2"; }
