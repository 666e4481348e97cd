#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A rule file with ten different mistakes: ten diagnostics with place, caret and what to write; exit 1; nothing applied."""
import json
import re
import sqlite3

from desk import TODAY, Desk, check, finish

FILE = """edition 2026

segment "Ten mistakes"
  profesion is "Registered Nurse"
  specialty includes any "ICU"
  last_conversation is more than 270 days
  years_in_specialty is "many"
  license_expires is more than 60 day away
  years_in_specialty is at least 5
  years_in_specialty is less than 3
  stage is "Available"
  any of
    state is "TX"
end

campaign "Ten mistakes"
  owner "dana.wu"
  audience "Ten mistakes"
  from owner
  check every weekday at 25:00
  enroll at most 20 per day
  re-enter never
  stop when candidate has replied
  stop when candidate leaves the audience
  step hello: email "no-such-template"
end
"""
# Line, column, code, and what the author is told to write or look at.
EXPECTED = [
    (4, 3, "N0201", "did you mean `profession`?"),
    (5, 13, "N0202", 'Write:   specialty includes any of "ICU"'),
    (6, 42, "N0203", "Write:   last_conversation is more than 270 days ago"),
    (7, 25, "N0204", "a number stands without quotes"),
    (8, 35, "N0106", "Write:   license_expires is more than 60 days away"),
    (10, 3, "N0220", "says less than 3"),
    (11, 3, "N0226", 'Write:   stage is "Available", or is unknown'),
    (12, 3, "N0110", "`end` is probably missing before this line"),
    (20, 26, "N0104", "a time such as 18:30"),
    (25, 21, "N0205", 'template "no-such-template" for email'),
]
HEAD = re.compile(r"^ten\.nurture:(\d+):(\d+): (error|warning) (N\d{4}): (.+)$", re.M)


def blocks(text):
    """Each diagnostic: place and code, and its own lines."""
    heads = list(HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [((int(head[1]), int(head[2]), head[4]), text[head.start():end]) for head, end in zip(heads, ends)]


def live_rule_sets(desk):
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        return store.execute("SELECT hash FROM rule_set WHERE live=1").fetchall()


with Desk(people=300) as desk:
    desk.import_sample()
    plan = desk.json("plan", "--as-of", f"{TODAY}T07:00")
    with open(desk.file("rules", "ten.nurture"), "w") as file:
        file.write(FILE)

    done = desk.run("check", expect=1)
    found = blocks(done.stderr)
    check("ten mistakes are ten diagnostics, in the order of the file",
          [place for place, _ in found] == [(line, column, code) for line, column, code, _ in EXPECTED], done.stderr)
    source = FILE.splitlines()
    for (line, column, code, what), (_, text) in zip(EXPECTED, found):
        shown = f"{line:>4} | {source[line - 1]}"
        caret = next((l for l in text.splitlines() if l.lstrip(" |").startswith("^")), "")
        check(f"{code} shows the author's line, with a caret under the place",
              shown in text and caret.find("^") == shown.index("|") + 1 + column, text)
        check(f"{code} says what to write instead", what in text, text)
    check("the last line counts them", "10 errors, 0 warnings in 14 rule files" in done.stdout, done.stdout)
    check("as JSON they are the same ten",
          [(d["labels"][0]["line"], d["labels"][0]["column"], d["code"])
           for d in json.loads(desk.run("check", "--json", expect=1).stdout)]
          == [(line, column, code) for line, column, code, _ in EXPECTED])
    short = desk.run("check", "--short", expect=1).stderr.splitlines()
    check("in short they are one line each", len(short) == 10 and all(HEAD.fullmatch(line) for line in short), "\n".join(short))

    done = desk.run("plan", expect=1)
    check("there is no plan of rules with mistakes", len(blocks(done.stderr)) == 10 and done.stdout == "", done.stdout)
    done = desk.run("apply", plan["hash"], expect=1)
    check("an earlier plan cannot be applied over them", len(blocks(done.stderr)) == 10, done.stderr)
    check("nothing was applied", live_rule_sets(desk) == [])

    done = desk.run("check", "--fix", expect=1)
    left = [code for (_, _, code), _ in blocks(done.stderr)]
    check("--fix accepts what has one answer, and leaves the rest to the author",
          "Accepted" in done.stdout and "N0201" not in left and "N0204" in left, done.stdout + str(left))
    check("and writes it into the file", 'profession is "Registered Nurse"' in open(desk.file("rules", "ten.nurture")).read())
finish()
