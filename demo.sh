#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From a bare Debian 12 to the program at work: packages, the release build, and a tour. Takes no arguments.
set -euo pipefail
program=./demo.sh
root=$(cd "$(dirname "$0")" && pwd)
cd "$root"
. cmake/setup.sh
trap summary EXIT

export PATH="$root/build/release/bin:$PATH"

demo() {
    nurture --help
}

part "packages" setup_packages build
part "build" build release
part "demo" demo
