#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Too little memory: a command says so in a sentence and gives no half answer, and an import leaves the store whole."""
import os
import resource
import shutil
import sqlite3
import subprocess

from desk import BIN, TODAY, Desk, check, finish

STEP = 1 << 19
SENTENCE = "there is not enough memory for this"


def run_within(desk, limit, *words):
    return subprocess.run([os.path.join(BIN, "nurture"), *words], cwd=desk.path, text=True, capture_output=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))


def least(desk):
    """The memory that the program needs to be started at all."""
    too_little, enough = 0, 1 << 30
    while enough - too_little > STEP:
        middle = (too_little + enough) // 2
        started = run_within(desk, middle, "--version").returncode == 0
        too_little, enough = (too_little, middle) if started else (middle, enough)
    return enough


def squeeze(desk, words, before=lambda: None):
    """A little more memory each time, until it is enough. Below the margin libraries give up in ways of their own."""
    limit = least(desk) + (2 << 20)
    while True:
        before()
        done = run_within(desk, limit, *words)
        yield done
        if done.returncode == 0:
            return
        limit += STEP


def finding(desk):
    words = ("find", "--segment", "Dormant nurses", "--format", "csv", "--as-of", f"{TODAY}T07:00")
    whole = desk.run(*words).stdout
    runs = list(squeeze(desk, words))
    failed = [done for done in runs if done.returncode != 0]
    check("no run is ended by a signal", all(done.returncode in (0, 1) for done in runs),
          str([done.returncode for done in runs]))
    check("an answer is the whole answer", all(done.stdout == whole for done in runs if done.returncode == 0))
    check("who gives up says that it is the memory", any(SENTENCE in done.stderr for done in failed),
          str([done.stderr for done in failed][:3]))
    check("and prints nothing that could be taken for an answer", all(done.stdout == "" for done in failed))


def importing(desk):
    store, clean = desk.file("nurtured.db"), desk.file("clean.db")
    shutil.copy(store, clean)
    with open(desk.file("sample", "candidates.csv")) as file, open(desk.file("others.csv"), "w") as others:
        others.writelines(line if n == 0 else "other-" + line for n, line in enumerate(file))
    words = ("import", "candidates", "others.csv")
    runs = list(squeeze(desk, words, lambda: shutil.copy(clean, store)))
    failed = [done for done in runs if done.returncode != 0]
    check("an import without memory fails", len(failed) > 0 and all(done.returncode == 1 for done in failed),
          str([done.returncode for done in failed]))
    with sqlite3.connect(store) as db:
        check("and leaves the store whole", db.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    desk.run(*words)


with Desk() as desk:
    desk.import_sample()
    finding(desk)
    importing(desk)

finish()
