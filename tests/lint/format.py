#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Formatted as .clang-format says, by clang-format 14; long files are named. Usage: format.py [ROOT]

Another version formats a little differently, so only 14, the one of Debian 12, is asked.
"""

import pathlib
import shutil
import subprocess
import sys

import tree

LONG = 400  # lines; longer files hide more than one idea. Advice, not an error.


def check(root):
    tool = shutil.which("clang-format-14")
    if tool is None:
        sys.exit("clang-format-14 is missing: apt-get install clang-format-14")
    style = pathlib.Path(__file__).parents[2] / ".clang-format"
    sources = dict(tree.files(root, {".hpp", ".cpp"}, (*tree.CODE_FOLDERS, "tests")))
    for name, text in sources.items():
        if text.count("\n") > LONG:
            print(f"advice: {name} has {text.count(chr(10))} lines, more than {LONG}: split it?", file=sys.stderr)
    done = subprocess.run([tool, f"--style=file:{style}", "--dry-run", "-Werror", "--ferror-limit=1", *sources],
                          capture_output=True, text=True, cwd=root) if sources else None
    wrong = {line.split(":", 1)[0] for line in done.stderr.splitlines() if "error:" in line} if done else set()
    return [f"{name}:1: not formatted: clang-format-14 -i {name}" for name in wrong]


if __name__ == "__main__":
    sys.exit(tree.report(check(tree.root_argument(sys.argv))))
