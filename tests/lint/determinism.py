#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No wall clock, no chance and no hash order in what decides. Usage: determinism.py [ROOT]

`now` is a parameter everywhere; only daemon/base/clock.* asks the machine. The monotonic clock is left to the edges
(time-outs, progress, the watchdog); the folders below CALM may not even see that one.
"""

import re
import sys

import tree

CLOCK = "daemon/base/clock."
CALM = ("dsl/", "daemon/store/", "daemon/roster/", "daemon/engine/", "daemon/compose/", "daemon/forecast/")

WALL_CLOCK = [
    (r"\b(system_clock|utc_clock|tai_clock|gps_clock|file_clock|high_resolution_clock)\s*::\s*now\b", "{0}"),
    (r"(?<![\w.>:])(?:std\s*::\s*|::\s*)?(time|gettimeofday|clock_gettime|timespec_get|ftime)\s*\(\s*(?:nullptr|NULL|0|&|CLOCK_)", "{0}()"),
    (r"(?<![\w.>:])(?:std\s*::\s*)?(localtime(?:_r)?|mktime|current_zone)\s*\(", "{0}()"),
]
SQL_CLOCK = [
    (r"\b(CURRENT_TIMESTAMP|CURRENT_TIME|CURRENT_DATE)\b", "{0} in SQL"),
    (r"\b((?:datetime|date|time|julianday|unixepoch|strftime)\s*\([^)]*'now')", "{0} in SQL"),
    (r"\b((?:datetime|julianday|unixepoch)\s*\(\s*\))(?=[^\n]*\")", "{0} in SQL"),
]
MONOTONIC = [(r"\b(steady_clock)\s*::\s*now\b", "{0}")]
CHANCE = [
    (r"(?<![\w.>:])(?:std\s*::\s*)?(s?rand|random|drand48)\s*\(\s*\)", "{0}()"),
    (r"\b(random_device|mt19937(?:_64)?|default_random_engine|random_shuffle)\b", "{0}"),
    (r"\b(RANDOM\s*\(\s*\))", "{0} in SQL"),
]


def hits(patterns, code, reason):
    for pattern, label in patterns:
        for match in re.finditer(pattern, code):
            yield code.count("\n", 0, match.start()) + 1, f"{label.format(match.group(1))}: {reason}"


def hash_order(code, declared):
    """Loops over containers that are declared as unordered in this file or its header."""
    for name in declared:
        for match in re.finditer(rf"for\s*\([^;()]*:\s*(?:[\w.]|->)*\b{re.escape(name)}\s*\)|\b{re.escape(name)}\.c?begin\s*\(", code):
            line = code.count("\n", 0, match.start()) + 1
            yield line, f"loops over the unordered container `{name}`: its order differs between runs, sort or use std::map"


def unordered_names(code):
    return set(re.findall(r"\bunordered_(?:map|set|multimap|multiset)<[^;{}()]*>\s*&?\s*(\w+)\s*[;={(,)]", code))


def check(root):
    sources = {name: tree.without_comments(text)
               for name, text in tree.files(root, {".hpp", ".cpp", ".sql"}, tree.CODE_FOLDERS)}
    problems = []
    for name, code in sources.items():
        found = []
        if not name.startswith(CLOCK):
            found += hits(WALL_CLOCK + SQL_CLOCK, code, "only daemon/base/clock may ask for the time, take `now` as a parameter")
        if name.startswith(CALM):
            found += hits(MONOTONIC, code, "this folder decides, and what decides sees no clock")
            found += hits(CHANCE, code, "this folder decides, and nothing here is left to chance")
        declared = unordered_names(code) | unordered_names(sources.get(name.rsplit(".", 1)[0] + ".hpp", ""))
        found += hash_order(code, declared)
        problems += [f"{name}:{line}: {problem}" for line, problem in found]
    return problems


if __name__ == "__main__":
    sys.exit(tree.report(check(tree.root_argument(sys.argv))))
