#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Boots the machine's own systemd as PID 1, in namespaces and over a throw-away overlay of /, installs nurtured there and
# runs systemd_inside.sh in it. Needs root; changes nothing outside. The overlay lives in memory and vanishes with its
# namespace; the only trace is a control group, which is removed at the end.
. "$(dirname "$0")/common.sh"

[ "$(id -u)" -eq 0 ] || skip "booting systemd in namespaces needs root"
[ -x /lib/systemd/systemd ] || skip "systemd is not installed"
unshare --mount --pid --uts --ipc --net --cgroup --fork true 2>/dev/null || skip "this machine allows no namespaces"

groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$groups" ] || skip "no cgroup2 hierarchy is mounted"
group="$groups/nurtured-test-$$"
mkdir "$group" 2>/dev/null || skip "control groups cannot be made here"
cleanup() {
    echo 1 2>/dev/null >"$group/cgroup.kill" || true
    until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null; do sleep 0.05; done
    rm -rf "$work"
}
trap cleanup EXIT

export work root build="$bin/.."
status=0
# The process enters its own group first: the control group namespace starts where it stands.
(
    echo $BASHPID >"$group/cgroup.procs"
    exec unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child --propagation private \
        "$root/tests/functional/systemd_overlay.sh" </dev/null >"$work/boot.log" 2>&1
) || status=$?

if [ ! -s "$work/result" ]; then
    cat "$work/boot.log"
    echo "systemd did not boot as far as the test"
    exit 1
fi
cat "$work/result"
exit "$status"
