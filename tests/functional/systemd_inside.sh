#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs inside the systemd that systemd_boot.sh booted, as a service of it: what a system administrator does, and sees.
NURTURED_BIN=/usr/local/bin . /usr/local/sbin/common.sh

unit=nurtured.service
config=/etc/nurtured/nurtured.toml
state() { systemctl show -P "$1" $unit; }
journal() { journalctl --no-pager -q -o cat -u $unit; }
as() { runuser -u "$1" -- "${@:2}"; }

# Waits for what systemd does on its own. The limit is the time-out of this service, at which it gets SIGTERM.
trap 'echo "FAILED: waited in vain after the last line above"; journal; exit 1' TERM
await() { until "$@" >/dev/null 2>&1; do sleep 0.05; done; }
is_active() { [ "$(state ActiveState)" = active ]; }
restarted() { [ "$(state NRestarts)" = "$1" ] && is_active; }
journal_has() { journal | grep -qE -- "$1"; }
refuses() { ! "$@"; }
same() { [ "$1" = "$2" ] || { echo "\`$1\` is not \`$2\`"; return 1; }; }

# --- Installing
systemd-sysusers
systemd-tmpfiles --create nurtured.conf
useradd --no-create-home --groups nurture recruiter
useradd --no-create-home stranger
check "the packaged configuration is in place" cmp $config /usr/local/share/nurtured/nurtured.toml
check "the state belongs to the daemon and its group" \
    same "$(stat -c '%U:%G %a' /var/lib/nurtured)" "nurture:nurture 2770"

cat >/etc/nurtured/rules/hello.nurture <<'RULES'
edition 2026

policy "Lone Star Staffing"
  postal address "Lone Star Staffing, 100 Main Street, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
end

template "hello" for email
  subject "Hello"
  | Hi {{first_name or there}}, are you looking for a new role?
  |
  | {{postal_address}} {{unsubscribe_link}}
end
RULES
# The test waits for restarts and for the watchdog; what the unit says is right for a real machine and long for a test.
mkdir /etc/systemd/system/$unit.d
printf '[Service]\nRestartSec=100ms\nWatchdogSec=2s\n' >/etc/systemd/system/$unit.d/test.conf
install -m 600 -D /dev/stdin /etc/credstore/nurtured.smtp-password <<<"open-sesame"
systemctl daemon-reload

printf 'ref,first_name,email\nc1,Ana,ana@candidates.example\n' >/tmp/candidates.csv
check "a recruiter imports people" as recruiter nurture import candidates /tmp/candidates.csv
hash=$(as recruiter nurture plan --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["hash"])') || hash=none
check "a recruiter applies the plan before the first start" as recruiter nurture apply "$hash"

# --- Starting
check "the daemon starts and reports that it is ready" systemctl start $unit
pid=$(state MainPID)
check "systemd shows what the daemon is doing" has '.' "$(state StatusText)"
check "it runs as its own user" same "$(stat -c %U /proc/"$pid")" nurture
check "it has no capabilities, and system calls are filtered" \
    same "$(awk '/^(CapEff|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s ", $2 }' /proc/"$pid"/status)" \
    "0000000000000000 0000000000000000 1 2 "
check "the password reaches it as a credential" \
    same "$(cat "/proc/$pid/root/run/credentials/$unit/smtp-password")" open-sesame
check "a recruiter may ask for the status" as recruiter nurture status
check "somebody else may not" refuses as stranger nurture status
check "a second daemon refuses and names the holder" \
    has "$pid" "$(! as nurture nurtured 2>&1 || echo 'it started')"

# --- Sending
check "a test message is accepted" as recruiter nurture send-test hello --to dana.wu@lonestar.example
await compgen -G '/var/lib/nurtured/outbox/*.eml'
check "it lies in the drop directory, addressed" \
    has '^To:.*dana\.wu@lonestar\.example' "$(cat /var/lib/nurtured/outbox/*.eml)"

# --- Reloading
sed -i 's/^#per_minute = 600/per_minute = 500/' $config
systemctl reload $unit
await journal_has 'nurtured\.toml.*(read again|reloaded)|(read again|reloaded).*nurtured\.toml'
await is_active
check "a reload keeps the process" same "$(state MainPID)" "$pid"
status_before=$(state StatusText)
sed -i 's/^per_minute = 500/per_minit = 500/' $config
systemctl reload $unit
await journal_has 'per_minit'
await is_active
check "a broken configuration changes nothing" same "$(state MainPID) $(state ActiveState)" "$pid active"
check "and the journal names file, line and the right key" has 'nurtured\.toml:[0-9]+.*per_minit|per_minute' "$(journal)"
check "as an error" has '"PRIORITY":"3"|"PRIORITY" : "3"' "$(journalctl -q -o json -u $unit | grep per_minit)"

# --- Falling over
sed -i 's/^per_minit/per_minute/' $config
systemctl reload $unit
kill -9 "$pid"
await restarted 1
check "after kill -9 systemd starts it again" refuses same "$(state MainPID)" "$pid"
kill -STOP "$(state MainPID)"
await restarted 2
check "a daemon that hangs is replaced by the watchdog" journal_has '[Ww]atchdog timeout'

# --- Stopping
check "it stops cleanly" systemctl stop $unit
check "and systemd agrees" same "$(state Result) $(state ActiveState) $(state ExecMainStatus)" "success inactive 0"
sed -i 's/^per_minute/per_minit/' $config
check "with a broken configuration it does not start" refuses systemctl start $unit
systemctl stop $unit
systemctl reset-failed $unit 2>/dev/null || true  # the five starts of the unit's limit are used up
rm /etc/credstore/nurtured.smtp-password
sed -i 's/^per_minit/per_minute/' $config
check "a password that nobody uses may be missing" systemctl start $unit
systemctl stop $unit

# --- What the journal knows
check "the journal has the message's id" has 'message=[0-9]+' "$(journal)"
check "but no address and no name" has_not '[^ ]@[a-z]|[Dd]ana|\bWu\b' "$(journal)"

[ "$failures" -eq 0 ] || { echo "--- journal"; journal; echo "status before the broken reload: $status_before"; }
finish
