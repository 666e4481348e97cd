#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From a bare Debian 12 to the program at work: packages, the release build, and a tour with 12,000 invented people.
# Nothing leaves this machine: mail becomes files, the one relay is a small sink on 127.0.0.1. Takes no arguments.
set -euo pipefail
program=./demo.sh
root=$(cd "$(dirname "$0")" && pwd)
cd "$root"
. cmake/setup.sh
children=()
trap 'for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done; summary' EXIT

export PATH="$root/build/release/bin:$PATH"
desk=$root/build/demo
days=30

say() { printf '\n%s\n' "$*"; }

# Shows a command as one would type it, then runs it.
try() {
    local word shown=
    for word in "$@"; do
        case $word in *" "*) word="\"$word\"" ;; esac
        shown+=" $word"
    done
    printf '\n$%s\n' "$shown"
    "$@"
}

# setting KEY VALUE: a line of nurtured.toml, commented out or not.
setting() {
    sed -i -E "s|^#?$1 = .*|$1 = $2|" nurtured.toml
    grep -q "^$1 = $2" nurtured.toml
}

# wait_for FILE TEXT: until the file has a line with that text.
wait_for() {
    local turns=0
    until grep -q "$2" "$1" 2>/dev/null; do
        turns=$((turns + 1))
        [ "$turns" -lt 300 ] || { echo "gave up waiting for '$2' in $1:"; cat "$1"; return 1; }
        sleep 0.1
    done
}

a_desk() {
    say "A working directory: configuration, rules to start from, and invented people."
    rm -rf "$desk"
    try nurture init "$desk"
    cd "$desk"
    setting canary '"0%"'
    echo "For this demo [guard] canary is 0%: a changed campaign would otherwise send its first messages, wait 30 minutes, and go on."
}

people() {
    say "The people come in as CSV, as an ATS exports them. What cannot be read would be set aside with its reason."
    try nurture import candidates sample/candidates.csv
    try nurture import events sample/events.csv
    try nurture import consents sample/consents.csv
    try nurture import list "Do not contact" sample/do-not-contact.csv
    say "The rules are plain text. Here is who counts as a dormant ICU nurse:"
    sed -n '/^segment "Dormant ICU nurses"/,/^end/p' rules/dormant-icu-nurses.nurture
    say "Every mistake in them is found before anything happens:"
    try nurture check
}

the_plan() {
    say "What would these rules do? The plan walks through every segment line by line. Nothing is sent."
    nurture plan >plan.txt
    printf '\n$ nurture plan\n'
    sed -n '1,70p' plan.txt
    echo "  … ($(wc -l <plan.txt) lines in all, in $desk/plan.txt)"
    tail -n 3 plan.txt
    hash=$(sed -nE 's/^Plan ([0-9a-f]+).*/\1/p' plan.txt)
    say "Somebody has read it and agrees. Exactly this goes live, or the command refuses and says what is different by now."
    try nurture apply "$hash"
}

the_rehearsal() {
    say "A dress rehearsal: the daemon's own path over a copy of the store, $days days on a stepped clock, messages as files."
    try nurture rehearse --from "$(date -d tomorrow +%F)T00:00" --days "$days" --into rehearsal
    say "The first mail, as its reader sees it:"
    first=$(find rehearsal/messages -name '*.eml' | sort -V | sed -n 1p)
    python3 "$root/tests/support/show_mail.py" "$first"
    say "Why did that person get it, and what else? ('-' reads the address from standard input, so it is in no process list.)"
    printf '\n$ nurture --store rehearsal/nurtured.db why -\n'
    python3 "$root/tests/support/show_mail.py" --recipient "$first" | nurture --store rehearsal/nurtured.db why - >why.txt
    sed -n '1,28p' why.txt
    echo "  … ($(wc -l <why.txt) lines in all, in $desk/why.txt: every other campaign, and the line that leaves the person out)"
}

the_daemon() {
    say "Now the real daemon, in test mode: only addresses on the allow-list can be reached. A sink on 127.0.0.1 plays the relay."
    python3 "$root/tests/support/smtp_sink.py" 0 sink >sink.txt &
    children+=($!)
    wait_for sink.txt .
    setting relay "\"smtp://127.0.0.1:$(head -n 1 sink.txt)\""
    setting starttls '"never"'
    python3 "$root/tests/support/notify_listener.py" notify.sock >systemd.txt &
    children+=($!)
    until [ -S notify.sock ]; do sleep 0.1; done
    NOTIFY_SOCKET=$desk/notify.sock nurtured 2>daemon.txt &
    daemon=$!
    children+=("$daemon")
    wait_for systemd.txt READY=1
    echo "systemd is told: $(head -n 2 systemd.txt | paste -sd ' ')"
    try nurture status
    say "One test message to a colleague, through the same gates as every other:"
    try nurture send-test icu-hello --to dana.wu@lonestar.example
    wait_for sink.txt '<'
    echo "The relay has it: Message-ID $(tail -n 1 sink.txt)"
    a_broken_reload
    say "A clean stop:"
    kill -TERM "$daemon"
    wait "$daemon"
    wait_for systemd.txt STOPPING=1
    echo "nurtured ended with exit code 0. Its journal holds ids and codes, no names and no addresses:"
    sed 's/^/  /' daemon.txt
}

a_broken_reload() {
    say "A reload with a mistake in nurtured.toml changes nothing:"
    cp nurtured.toml nurtured.toml.good
    sed -i 's/^from_domains/from_domain/' nurtured.toml
    printf '\n$ kill -HUP nurtured\n'
    kill -HUP "$daemon"
    wait_for daemon.txt 'has a mistake'
    grep 'has a mistake' daemon.txt | sed 's/^<[0-9]>//'
    mv nurtured.toml.good nurtured.toml
    echo "It still runs: $(nurture status | head -n 1)"
}

demo() {
    a_desk
    people
    the_plan
    the_rehearsal
    the_daemon
    cd "$root"
    say "All of this is in $desk. Next: README.md has a five-minute tour for a recruiter and one for a sysadmin."
}

part "packages" setup_packages build
part "build" build release
part "demo" demo
