# SPDX-License-Identifier: MIT
"""What the lints share: which files there are, and reading them."""

import pathlib
import re

CODE_FOLDERS = ("dsl", "connectors", "daemon")
SKIPPED = {"build", ".git", ".cache", "__pycache__"}
FIXTURES = "tests/lint/fixtures/"


def files(root, suffixes=None, folders=None):
    """Files below root as (path relative to root, text); fixtures of the lints are left out."""
    for path in sorted(walk(root, folders)):
        name = path.relative_to(root).as_posix()
        if name.startswith(FIXTURES) or (suffixes and path.suffix not in suffixes):
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # samples of broken encodings are data, not text
            continue


def walk(root, folders):
    for start in [root / folder for folder in folders] if folders else [root]:
        for path in start.rglob("*"):
            if path.is_file() and not SKIPPED.intersection(path.relative_to(root).parts):
                yield path


def without_comments(text):
    """C++ with comments blanked out; strings and line numbers stay."""
    pattern = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/', re.S)

    def blank(match):
        found = match.group(0)
        return re.sub(r"[^\n]", " ", found) if found.startswith("/") else found

    return pattern.sub(blank, text)


def includes(text):
    """(line number, '"' or '<', path) of every include."""
    for number, line in enumerate(without_comments(text).split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)


def report(problems):
    """Prints all problems; the exit code."""
    def place(problem):
        name, line, _ = problem.split(":", 2)
        return name, int(line), problem

    for problem in sorted(problems, key=place):
        print(problem)
    return 1 if problems else 0


def root_argument(argv):
    return pathlib.Path(argv[1] if len(argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
