#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The exported journal can be verified without nurtured, as docs/gates.md says, and holds nobody's name or address."""
import datetime
import hashlib
import json

from desk import TODAY, Desk, check, finish


def hash_of(prev, row):
    at = int(datetime.datetime.fromisoformat(row["at"].replace("Z", "+00:00")).timestamp())
    kind, body = row["kind"].encode(), row["body"].encode()
    text = f"{row['seq']}\n{at}\n{row.get('message', 0)}\n{row.get('enrolment', 0)}\n{len(kind)}:".encode() + kind
    return hashlib.sha256(prev + text + f"\n{len(body)}:".encode() + body).digest()


def broken(rows):
    """The first row that does not follow from the ones before; none: the chain holds."""
    prev = bytes(32)
    for number, row in enumerate(rows, 1):
        if row["seq"] != number or bytes.fromhex(row["prev"]) != prev or bytes.fromhex(row["hash"]) != hash_of(prev, row):
            return number
        prev = bytes.fromhex(row["hash"])
    return None


with Desk(people=300) as desk:
    desk.live_sample()
    desk.run("rehearse", "--from", f"{TODAY}T06:00", "--days", "5", "--into", "rehearsal")
    text = desk.run("journal", "export", "--store", desk.file("rehearsal", "nurtured.db")).stdout
    rows = [json.loads(line) for line in text.splitlines()]
    kinds = {row["kind"] for row in rows}
    check("there is a journal to look at", {"enrol", "release", "handover", "outcome"} <= kinds, str(sorted(kinds)))
    check("each row follows from the one before, by twenty lines of Python", broken(rows) is None, str(broken(rows)))
    for what, change in (("body", lambda row: {**row, "body": row["body"].replace("}", " }")}),
                         ("instant", lambda row: {**row, "at": row["at"].replace("T", "T").replace("2026", "2025")}),
                         ("message", lambda row: {**row, "message": 1 + row.get("message", 0)})):
        check(f"a changed {what} is found", broken(rows[:9] + [change(rows[9])] + rows[10:]) == 10)
    check("a missing row is found", broken(rows[:9] + rows[10:]) == 10)
    with open(desk.file("sample", "candidates.csv")) as file:
        lines = file.read().splitlines()
    columns = lines[0].split(",")
    private = set()
    for line in lines[1:]:
        cells = dict(zip(columns, line.split(",")))
        private |= {cells.get(name) for name in ("email", "phone", "last_name")} - {"", None}
    words = set(text.replace('"', " ").replace("\\", " ").replace(",", " ").split())
    check("nobody's address, phone number or last name stands in it", not (private & words), str(private & words)[:200])
    check("no address at all stands in it", "@" not in text)
finish()
