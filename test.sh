#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Everything from a bare Debian 12 to green: packages, the product, the tests under sanitizers, the threads under TSan,
# and the built programs against real peers (postfix, kannel, systemd). Takes no arguments.
set -euo pipefail
program=./test.sh
root=$(cd "$(dirname "$0")" && pwd)
cd "$root"
. cmake/setup.sh
trap summary EXIT

export NURTURED_BIN="$root/build/release/bin"

# GCC 12's TSan cannot live with the wide address randomisation of newer kernels.
fixed_addresses() {
    if setarch -R true 2>/dev/null; then
        setarch -R "$@"
    else
        "$@"
    fi
}

unit_tests() { ctest --preset ci -j "$jobs"; }

thread_tests() {
    fixed_addresses bash -euc '. cmake/setup.sh; root=$PWD; build tsan thread_tests'
    fixed_addresses ctest --preset tsan -j "$jobs" -R '^(connectors|outbox):' --progress
}

real_peers() {
    local log=build/ci/Testing/Temporary/LastTest.log reason
    # They wait for one another's peers more than they compute.
    ctest --test-dir build/ci -L functional -j "$((jobs + 1))" --output-on-failure --no-tests=error
    while read -r reason; do
        skipped+=("${reason#skipped: }")
    done < <(grep '^skipped: ' "$log" || true)
}

part "packages" setup_packages build test
part "product (release)" build release
part "tests (ASan, UBSan)" build ci
part "ctest" unit_tests
part "threads (TSan)" thread_tests
part "real peers" real_peers
