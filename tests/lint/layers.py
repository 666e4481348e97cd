#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Include direction and third-party headers, from the table in layers.txt. Usage: layers.py [ROOT]"""

import fnmatch
import pathlib
import sys

import tree

STANDARD_C = {"assert.h", "errno.h", "stdio.h", "stdlib.h", "string.h", "stdint.h", "time.h", "math.h", "ctype.h"}


def read_table():
    table = {"folder": {}, "library": {}, "system": []}
    for line in (pathlib.Path(__file__).parent / "layers.txt").read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind in ("system", "container"):
            table["system"] += rest.split()
        elif kind in ("folder", "library"):
            name, _, allowed = rest.partition(":")
            table[kind][name.strip()] = allowed.split()
        elif line and not line.startswith("#"):
            sys.exit(f"layers.txt: cannot read `{line}`")
    return table


TABLE = read_table()


def folder_of(path):
    """The longest folder of the table that holds path."""
    fits = [folder for folder in TABLE["folder"] if path.startswith(folder + "/")]
    return max(fits, key=len, default=None)


def library_of(path):
    return next((prefix for prefix in TABLE["library"] if path.startswith(prefix)), None)


def is_foreign(path):
    standard = "/" not in path and (not path.endswith(".h") or path in STANDARD_C)
    return not standard and not any(path.startswith(prefix) for prefix in TABLE["system"])


def may_include(folder, header):
    allowed = [folder] + TABLE["folder"][folder]
    stem = header.rsplit(".", 1)[0]
    return any(header.startswith(entry + "/") or stem == entry for entry in allowed)


def check_project_include(name, folder, header, sources):
    if header not in sources:
        return f'"{header}" is not a file of the project: write project headers from the root, others in <…>'
    if folder_of(header) is None:
        return f'"{header}" lies outside dsl, connectors and daemon: code of the product must not need it'
    if not may_include(folder, header):
        return f'{folder} must not include "{header}" (allowed: {" ".join(TABLE["folder"][folder]) or "itself only"})'
    return None


def check_foreign_include(name, header):
    library = library_of(header)
    if library is None:
        return f"<{header}> is in no line of layers.txt: ask before adding a library"
    if not any(fnmatch.fnmatch(name, pattern) for pattern in TABLE["library"][library]):
        return f"<{header}> may appear only in {' '.join(TABLE['library'][library])}"
    return None


def reached_library(header, sources, seen):
    """The first third-party header that `header` pulls in, with the way there."""
    if header in seen or header not in sources:
        return None
    seen.add(header)
    for _, bracket, path in tree.includes(sources[header]):
        if bracket == "<" and is_foreign(path):
            return f"{header} includes <{path}>"
        found = reached_library(path, sources, seen) if bracket == '"' else None
        if found:
            return found
    return None


def check(root):
    sources = dict(tree.files(root, {".hpp", ".cpp", ".h"}, tree.CODE_FOLDERS))
    problems = []
    for name, text in sources.items():
        folder = folder_of(name)
        if folder is None:
            problems.append(f"{name}:1: this folder is in no line of layers.txt")
            continue
        for line, bracket, header in tree.includes(text):
            if bracket == '"':
                problem = check_project_include(name, folder, header, sources)
                leak = folder_of(header) != folder and reached_library(header, sources, set())
                if leak and not problem:
                    problem = f"a header that crosses folders must not bring a library along: {leak}"
            else:
                problem = check_foreign_include(name, header) if is_foreign(header) else None
            if problem:
                problems.append(f"{name}:{line}: {problem}")
    return problems


if __name__ == "__main__":
    sys.exit(tree.report(check(tree.root_argument(sys.argv))))
