#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The unit as it gets installed: no mistake in it, and a sandbox worth the name.
. "$(dirname "$0")/common.sh"
trap 'rm -rf "$work"' EXIT

command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"

DESTDIR="$work" cmake --install "$bin/.." >/dev/null
installed=$(find "$work" -name nurtured.service)
# The programs are not in their final place here, and verify looks for them.
sed "s|=.*/bin/nurtured|=$bin/nurtured|" "$installed" >"$work/nurtured.service"

# Without --recursive-errors a mistake is only printed and the exit code is 0.
check "systemd finds no mistake in the unit" \
    systemd-analyze verify --man=no --recursive-errors=no "$work/nurtured.service"
check "the exposure of the service is at most 2.0 of 10" \
    systemd-analyze security --offline=true --threshold=20 "$work/nurtured.service"

sed 's/^WatchdogSec=/WatchdogSeconds=/' "$work/nurtured.service" >"$work/misspelt.service"
check "a misspelt setting would have been found" \
    bash -c "! systemd-analyze verify --man=no --recursive-errors=no '$work/misspelt.service'"
finish
