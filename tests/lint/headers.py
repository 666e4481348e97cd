#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every header compiles alone. Usage: headers.py [ROOT]

A header whose own .cpp includes it first is proven by the build itself; the others are compiled here. dsl/x3 is built with
precompiled headers, which would hide a missing include, so all of its headers are compiled here too. Of the tests only what
all of them share is looked at.
"""

import concurrent.futures
import os
import subprocess
import sys

import tree

PRECOMPILED = ("dsl/x3/", "tests/support/")


def proven_by_build(name, sources):
    source = sources.get(name[: -len(".hpp")] + ".cpp")
    if source is None or name.startswith(PRECOMPILED):
        return False
    first = next(tree.includes(source), None)
    return first is not None and first[2] == name


def compile_alone(root, name):
    compiler = os.environ.get("CXX", "c++")
    command = [compiler, "-std=c++20", "-fsyntax-only", "-w", f"-I{root}", f'-DNURTURED_SOURCE_DIR="{root}"',
               "-include", name, "-x", "c++", "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    first = next((line for line in done.stderr.splitlines() if "error:" in line), done.stderr[:200])
    return f"{name}:1: does not compile alone: {first.split('error: ')[-1]}" if done.returncode else None


def check(root):
    sources = dict(tree.files(root, {".hpp", ".cpp"}, (*tree.CODE_FOLDERS, "tests/support")))
    names = [name for name in sources if name.endswith(".hpp") and not proven_by_build(name, sources)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [problem for problem in pool.map(lambda name: compile_alone(root, name), names) if problem]


if __name__ == "__main__":
    sys.exit(tree.report(check(tree.root_argument(sys.argv))))
