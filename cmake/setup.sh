# SPDX-License-Identifier: MIT
# Sourced by demo.sh and test.sh: installs what is missing on a Debian 12 machine, times the parts of a run, and
# prints the table at the end. Needs bash; $root is the top of the source tree.

jobs=$(nproc)
parts=()   # "seconds name", in order
skipped=() # reasons

# part NAME COMMAND…: runs a part of the script and notes its seconds. A part that fails ends the script.
part() {
    local name=$1 start=$SECONDS status=0
    shift
    printf '\n== %s\n' "$name"
    running=$name running_since=$start
    "$@"
    parts+=("$((SECONDS - start)) $name")
    running=
}

# The table, also when something failed half-way: which part took how long, and what was left out.
summary() {
    local status=$?
    if [ -n "${running:-}" ]; then
        parts+=("$((SECONDS - running_since)) $running (failed)")
    fi
    printf '\n%8s  %s\n' seconds part
    local entry
    for entry in "${parts[@]}"; do
        printf '%8s  %s\n' "${entry%% *}" "${entry#* }"
    done
    printf '%8s  %s\n' "$SECONDS" total
    if [ ${#skipped[@]} -gt 0 ]; then
        printf '\n%s skipped:\n' "${#skipped[@]}"
        printf '  %s\n' "${skipped[@]}"
    fi
    if [ "$status" -eq 0 ]; then
        printf '\n%s: passed\n' "$program"
    else
        printf '\n%s: FAILED\n' "$program"
    fi
    exit "$status"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# setup_packages GROUP…: installs the packages of these groups of debian-packages.txt that are not there yet.
setup_packages() {
    local missing=() group package purpose
    while read -r group package purpose; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing+=("$package")
            printf '  %-28s %s\n' "$package" "$purpose"
        fi
    done < <(grep -v '^#' "$root/cmake/debian-packages.txt")
    if [ ${#missing[@]} -eq 0 ]; then
        echo "All packages are there."
        return
    fi
    echo "Installing these ${#missing[@]} packages with apt-get; nothing they contain is started."
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "This needs root, and there is no sudo. Run this as root, then try again:"
        echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
        return 1
    fi
    install_packages "${missing[@]}"
}

install_packages() {
    local log policy=/usr/sbin/policy-rc.d ours= status=0
    log=$(mktemp)
    # dpkg starts the services of new packages unless this file says no. We leave one that is already there alone.
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        ours=1
    fi
    {
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
        if command -v debconf-set-selections >/dev/null; then
            echo "postfix postfix/main_mailer_type select No configuration" | as_root debconf-set-selections
        fi
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    } >"$log" 2>&1 </dev/null || status=$?
    if [ -n "$ours" ]; then
        as_root rm -f "$policy"
    fi
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$log"
        echo "apt-get failed; its whole output is in $log"
        return 1
    fi
    rm -f "$log"
}

# build PRESET [TARGET…]: configures and builds; the output of a quiet success is one line.
build() {
    local preset=$1 log
    shift
    mkdir -p "$root/build"
    log="$root/build/$preset.log"
    if ! { cmake --preset "$preset" && cmake --build --preset "$preset" -j "$jobs" ${*:+--target "$@"}; } >"$log" 2>&1; then
        grep -E -A 20 'error|warning|FAILED|CMake Error' "$log" | head -n 100 || tail -n 60 "$log"
        echo "The build failed; all of its output is in build/$preset.log"
        return 1
    fi
    echo "Built in build/$preset."
}
