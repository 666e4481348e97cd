#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Words that must not be in the project, and people who must not be real. Usage: words.py [ROOT]"""

import re
import sys

import tree

ITSELF = "tests/lint/words.py"
CODE = {".cpp", ".hpp", ".py", ".sh", ".sql", ".cmake"}

WORDS = [
    (r"\bdry_run\b", "a preview is the same path with other parts plugged in, never a flag in the middle"),
    (r"\b(?:TODO|FIXME|XXX|HACK)\b", "write an issue, or do it"),
    (r"(?<![\w.-])/(?:home|root|workspace|work)/[\w.]", "a path of somebody's machine"),
]
CODE_WORDS = [
    (r"(?i)\bsimplified for now\b|\bfor now\b.*\bstub\b", "finish it, or refuse with a clear error"),
    (r"\benrollment", "one spelling for one thing: enrolment"),
]
# RFC 2606 and RFC 6761: names that can never belong to anybody.
RESERVED = re.compile(r"(?i)(?:^|\.)(?:example|test|invalid|localhost)$|(?:^|\.)example\.(?:com|net|org)$")
ADDRESS = re.compile(r"(?<![\w.+/-])[\w.+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b(?!\()")
UNIT_SUFFIXES = ("service", "conf", "timer", "socket", "target", "d", "hpp", "cpp")
PHONE = re.compile(r"(?<![\w+])\+1[ .-]?\(?(\d{3})\)?[ .-]?(\d{3})[ .-]?\d{4}\b")
SPDX = {".cpp": "// ", ".hpp": "// ", ".cmake": "# "}


def check_line(line, is_code):
    for pattern, reason in WORDS + (CODE_WORDS if is_code else []):
        match = re.search(pattern, line)
        if match:
            yield f"`{match.group(0)}`: {reason}"
    for match in ADDRESS.finditer(line):
        domain = match.group(1)
        if not RESERVED.search(domain) and domain.rsplit(".", 1)[1] not in UNIT_SUFFIXES:
            yield f"`{match.group(0)}`: addresses in the project live at .example"
    for match in PHONE.finditer(line):
        if "555" not in match.groups():
            yield f"`{match.group(0)}`: telephone numbers in the project have 555 in them"


def check(root):
    problems = []
    for name, text in tree.files(root):
        if name == ITSELF:
            continue
        suffix = "." + name.rsplit(".", 1)[-1]
        if suffix in SPDX and not text.startswith(SPDX[suffix] + "SPDX-License-Identifier: MIT\n"):
            problems.append(f"{name}:1: the first line must be `{SPDX[suffix]}SPDX-License-Identifier: MIT`")
        if suffix == ".hpp" and "\n#pragma once\n" not in text:
            problems.append(f"{name}:1: a header needs #pragma once")
        for number, line in enumerate(text.split("\n"), 1):
            problems += [f"{name}:{number}: {problem}" for problem in check_line(line, suffix in CODE)]
    return problems


if __name__ == "__main__":
    sys.exit(tree.report(check(tree.root_argument(sys.argv))))
