#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a bad CSV gets: each row that cannot be read is set aside with its reason, the rest is imported; nothing half."""
import csv
import os
import re
import signal
import sqlite3
import subprocess

from desk import BIN, Desk, check, finish

HEADER = b"ref,first_name,last_name,email,license_expires,years_in_specialty\r\n"
MANY = 250_000  # three batches
ROWS = [  # the row, and a word of the reason; none: it is good
    (b"x1,Ann,Good,ann@care.example,2027-01-31,3", None),
    (b",No,Ref,noref@care.example,2027-01-31,3", "blank"),
    (b"x2,Bob,First,bob@care.example,2027-01-31,3", None),
    (b"x2,Bob,Again,bob2@care.example,2027-01-31,4", "earlier row"),
    (b"x3,Caf\xe9,Latin,cafe@care.example,2027-01-31,3", "not UTF-8"),
    (b'x4,"Dan\r\nBcc: all@care.example",Header,dan@care.example,2027-01-31,3', "line break"),
    (b"x5,Eve\0Null,Zero,eve@care.example,2027-01-31,3", "NUL"),
    (b"x6," + b"F" * 1_000_000 + b",Long,fay@care.example,2027-01-31,3", "longer than"),
    (b"x7,Gus,Never,gus@care.example,2027-02-30,3", "no such day"),
    (b"x8,Hal,Number,hal@care.example,2027-01-31,many", "not a number"),
    (b"x9,Ida,Short", "fewer cells"),
    (b"x10,Joe,Good,joe@care.example,2027-01-31,3", None),
]
WHOLE_FILES = {
    "semicolons": (b"ref;first_name\nx1;Ann\n", "commas"),
    "no ref": (b"id,first_name\nx1,Ann\n", "no column `ref`"),
    "nothing": (b"", "empty"),
    "UTF-16": ("ref,first_name\nx1,Ann\n".encode("utf-16"), "UTF-16"),
}


def people(desk):
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        return dict(store.execute("SELECT ref, first_name FROM candidate ORDER BY id"))


def bad_rows(desk):
    with open(desk.file("bad.csv"), "wb") as file:
        file.write(HEADER + b"\r\n".join(row for row, _ in ROWS) + b"\r\n")
    done = desk.run("import", "candidates", "bad.csv", expect=1)
    check("the summary says both numbers", "12 rows: 3 new, 0 changed, 0 as before, 9 rejected" in done.stdout, done.stdout)
    for _, reason in ROWS:
        if reason:
            check(f"a reason is {reason}", reason in done.stdout, done.stdout)
    check("the good rows are in the store, and only they", people(desk) == {"x1": "Ann", "x2": "Bob", "x10": "Joe"})
    csv.field_size_limit(2_000_000)
    text = open(desk.file("bad.csv.rejected.csv"), newline="", encoding="utf-8", errors="replace").read()
    rejected = list(csv.reader(text.replace("\0", "").splitlines(keepends=True)))
    check("the reject file has each bad row once, with line and reason",
          rejected[0][:2] == ["line", "reason"] and len(rejected) == 10 and all(row[0].isdigit() for row in rejected[1:]))
    check("no row's own values stand in the summary", "@" not in done.stdout and "Gus" not in done.stdout)
    mended = [row for row, reason in ROWS if reason is None]
    with open(desk.file("bad.csv"), "wb") as file:
        file.write(HEADER + b"\r\n".join(mended) + b"\r\n")
    done = desk.run("import", "candidates", "bad.csv")
    check("the mended file changes nothing that was good", "0 new, 0 changed, 3 as before, 0 rejected" in done.stdout, done.stdout)
    check("and the old reject file is gone", not os.path.exists(desk.file("bad.csv.rejected.csv")))


def bad_files(desk):
    for name, (content, sentence) in WHOLE_FILES.items():
        with open(desk.file("whole.csv"), "wb") as file:
            file.write(content)
        done = desk.run("import", "candidates", "whole.csv", expect=1)
        check(f"a file with {name} is refused, and says what to do", sentence in done.stderr and done.stdout == "", done.stderr)
    check("nothing of them is in the store", len(people(desk)) == 3)


def histories(desk):
    with open(desk.file("events.csv"), "w") as file:
        file.write("ref,event,at\nx1,interviewed,2026-01-31T14:05:00Z\nnobody,interviewed,2026-01-31T14:05:00Z\n"
                   "x1,interviewd,2026-01-31T14:05:00Z\nx1,interviewed,yesterday\n")
    done = desk.run("import", "events", "events.csv", expect=1)
    check("events of nobody, of no known kind and of no instant are set aside", "1 new" in done.stdout
          and "3 rejected" in done.stdout, done.stdout)
    with open(desk.file("consents.csv"), "w") as file:
        file.write("ref,consent,status,at\nx1,job news,given,2026-01-31T14:05:00Z\nx1,job news,maybe,2026-01-31T14:05:00Z\n")
    done = desk.run("import", "consents", "consents.csv", expect=1)
    check("a consent that is neither given nor withdrawn is set aside", "1 new" in done.stdout and "1 rejected" in done.stdout,
          done.stdout)


def killed(desk):
    """A kill in the middle leaves whole people: each with all items of its lists and its address key."""
    with open(desk.file("many.csv"), "w") as file:
        file.write("ref,first_name,email,specialty\n")
        for i in range(MANY):
            file.write(f"m{i},Ann,ann{i}@care.example,ICU;CVICU;PICU\n")
    process = subprocess.Popen([os.path.join(BIN, "nurture"), "import", "candidates", "many.csv"], cwd=desk.path,
                               stdout=subprocess.DEVNULL)
    count = 0
    while count <= 3 and process.poll() is None:  # until the first batch is committed
        with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True, timeout=30) as store:
            count = store.execute("SELECT count(*) FROM candidate").fetchone()[0]
    process.send_signal(signal.SIGKILL)
    process.wait()
    with sqlite3.connect(desk.file("nurtured.db"), timeout=30) as store:
        some, = store.execute("SELECT count(*) FROM candidate WHERE ref LIKE 'm%'").fetchone()
        whole, = store.execute("SELECT count(*) FROM candidate WHERE ref LIKE 'm%' AND email_key IS NOT NULL AND"
                               " (SELECT count(*) FROM candidate_item i WHERE i.candidate=candidate.id)=3").fetchone()
        sound, = store.execute("PRAGMA integrity_check").fetchone()
    check("the kill came in the middle", 0 < some < MANY, str(some))
    check(f"all {some} people who came in are whole", some == whole and sound == "ok", f"{whole} {sound}")
    done = desk.run("import", "candidates", "many.csv")
    new = int(re.search(r"([\d,]+) new", done.stdout)[1].replace(",", ""))
    check("the same command again brings the rest", new == MANY - some, done.stdout)


with Desk() as desk:
    bad_rows(desk)
    bad_files(desk)
    histories(desk)
    killed(desk)
finish()
