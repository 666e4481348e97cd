#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The commands on the sample people, from an empty directory to a question about one person, without a daemon."""
import csv
import glob
import hashlib
import io
import json
import os
import sqlite3
import subprocess

from desk import BIN, TODAY, Desk, check, finish

NOW = f"{TODAY}T07:00"
SEGMENT = "Past applicants"
PERSON = "c100664"


def bytes_of_the_store(desk):
    names = [name for name in (desk.file("nurtured.db"), desk.file("nurtured.db-wal")) if os.path.exists(name)]
    return [hashlib.sha256(open(name, "rb").read()).hexdigest() for name in names]


def importing(desk):
    desk.import_sample()
    again = desk.run("import", "candidates", "sample/candidates.csv").stdout
    check("importing the same file again changes nothing", "0 new, 0 changed, 2,000 as before, 0 rejected" in again, again)
    tried = desk.run("import", "candidates", "sample/candidates.csv", "--dry-run").stdout
    check("an import can be tried without writing", "Nothing was written" in tried, tried)


def rules(desk):
    done = desk.run("check")
    check("the sample rules have no mistake", done.stdout.startswith("0 errors, "), done.stdout)
    check("what is said about them as one document is about the people of today",
          {one["code"] for one in desk.json("check")} <= {"N0222", "N0223", "N0224"})
    check("the sample rules are in the one layout", desk.run("fmt", "--check").stdout == "")
    name = desk.file("rules", "physicians.nurture")
    before = open(name).read()
    with open(name, "w") as file:
        file.write(before.replace("  profession is", " profession   IS", 1))
    done = desk.run("fmt", "--check", expect=1)
    check("fmt --check names the file that is not", done.stdout.strip().endswith("physicians.nurture"), done.stdout)
    desk.run("fmt")
    check("fmt puts it right", open(name).read() == before)
    check("fields tells what rules can ask", any(f["name"] == "license_expires" for f in desk.json("fields")["fields"]))


def finding(desk):
    count = int(desk.run("find", "--segment", SEGMENT, "--count", "--as-of", NOW).stdout)
    rows = list(csv.DictReader(io.StringIO(
        desk.run("find", "--segment", SEGMENT, "--format", "csv", "--as-of", NOW).stdout)))
    found = json.loads(desk.run("find", "--segment", SEGMENT, "--format", "json", "--as-of", NOW).stdout)
    every = json.loads(desk.run("find", "--all-segments", "--format", "json", "--as-of", NOW).stdout)
    by_name = {segment["name"]: segment["count"] for segment in every["segments"]}
    check("there is somebody to find", count > 20, str(count))
    check("count, CSV, JSON and the table of all segments agree",
          count == len(rows) == found["count"] == len(found["people"]) == by_name[SEGMENT],
          f"{count} {len(rows)} {found['count']} {by_name[SEGMENT]}")
    check("CSV and JSON name the same people", [r["ref"] for r in rows] == [p["ref"] for p in found["people"]])
    check("the lines of a segment lead from everybody to those who are in it",
          found["lines"][0]["before"] == 2000 and found["lines"][-1]["after"] == count
          and all(a["after"] == b["before"] for a, b in zip(found["lines"], found["lines"][1:])), str(found["lines"]))
    check("the time that it took is told", all(
        every["timings"][what][of] > 0 for what in ("load", "evaluate") for of in ("cpu", "wall")), str(every["timings"]))
    lines = 'profession is "Registered Nurse"', "years_in_specialty is at least 5"
    both = int(desk.run("find", *lines, "--count").stdout)
    first = int(desk.run("find", lines[0], "--count").stdout)
    check("conditions can be typed, and all lines must hold", 0 < both < first, f"{both} {first}")
    wrong = desk.run("find", 'profesion is "x"', expect=1)
    check("a mistake in them is explained", "find:1:1: error N0201" in wrong.stderr and wrong.stdout == "", wrong.stderr)


def planning(desk):
    text = desk.run("plan", "--as-of", NOW).stdout
    check("a plan says how to apply it", text.startswith("Plan ") and "Apply with: nurture apply" in text, text[-200:])
    plan = desk.json("plan", "--as-of", NOW)
    check("the same plan again has the same hash", plan["hash"].startswith(text.split()[1]))
    check("it is kept for apply", os.path.exists(desk.file("plans", plan["hash"] + ".json")))
    desk.run("plan", "--as-of", NOW, "--detailed-exit-code", expect=4)
    done = desk.run("apply", plan["hash"][:6])
    check("apply says what is live now", done.stdout.startswith("Live now: 20 campaigns"), done.stdout)
    desk.run("plan", "--as-of", NOW, "--detailed-exit-code")
    history = desk.json("history")
    check("the history has it", len(history) == 1 and history[0]["live"] and history[0]["plan"] == plan["hash"])
    status = desk.run("status").stdout
    check("status says that no daemon runs, and what is live", "not running" in status and "20 campaigns" in status, status)


def what_if(desk):
    """The options of preview: each changes what is shown, none what is there."""
    name = "dormant-icu-nurses.nurture"
    with open(desk.file("rules", name)) as file:
        live = file.read()
    os.makedirs(desk.file("edited"))
    with open(desk.file("edited", name), "w") as file:
        file.write(live.replace("enroll at most 40 per day", "enroll at most 5 per day"))
    campaign = ("preview", "ICU re-engagement", "--as-of", NOW, "--days", "2")
    before = desk.run(*campaign).stdout
    edited = desk.run(*campaign, "--with", f"edited/{name}").stdout
    check("a preview with an edited file is that of the edit", "10 people enter" in edited, edited)
    check("and says which file stands in", f"With: {name} as it stands in edited/{name}" in " ".join(edited.split()), edited)
    check("the rules are as they were", desk.run(*campaign).stdout == before != edited and open(desk.file("rules", name)).read() == live)
    with open(desk.file("edited", "new.nurture"), "w") as file:
        file.write("segment \"New\"\n  email is knwn\nend\n")
    wrong = desk.run("preview", "--with", "edited/new.nurture", expect=1)
    check("a file that is added is checked like any other", "new.nurture:2" in wrong.stderr, wrong.stderr)
    later = desk.json("preview", "--as-of", NOW, "--from", "2026-03-16", "--days", "7")
    whole = desk.json("preview", "--as-of", NOW, "--days", "21")
    tail = [m for m in whole["messages"] if later["from"] <= m["slot"] < later["until"]]
    check("a preview from a later day is that part of the whole", len(tail) > 50 and tail == later["messages"],
          f"{len(tail)} {len(later['messages'])}")
    person = desk.json("preview", "--as-of", NOW, "--days", "21", "--person", whole["messages"][0]["candidate"])["person"]
    check("one person's days have that person's messages", whole["messages"][0]["slot"] in [line["at"] for line in person["timeline"]],
          str(person))
    for words, sentence in ((["--from", "2026-03-01"], "has passed"), (["--with", "sample/candidates.csv"], "end in .nurture"),
                            (["--assume", "replies=lots"], "replies=5%"), (["--person", "c1", "--html", "x.html"], "everybody")):
        wrong = desk.run("preview", "--as-of", NOW, *words, expect=2)
        check(f"`preview {' '.join(words)}` is refused with what to write", sentence in wrong.stderr, wrong.stderr)


def looking_ahead(desk):
    preview = desk.json("preview", "--as-of", NOW, "--days", "7")
    check("the preview has messages", len(preview["messages"]) > 10, str(len(preview["messages"])))
    check("nothing is said to be held, since nothing is", preview["held"] == [], str(preview["held"]))
    one = desk.run("preview", "ICU re-engagement", "--as-of", NOW, "--days", "7").stdout
    check("the preview of one campaign is about that campaign", 'campaign "ICU re-engagement"' in one
          and 'campaign "Nurses, keep in touch"' not in one, one)
    wrong = desk.run("preview", "ICU re-engagment", expect=2)
    check("a campaign that does not exist is refused with the nearest one",
          wrong.stderr == 'nurture: there is no campaign "ICU re-engagment", did you mean `ICU re-engagement`?\n', wrong.stderr)
    wrong = desk.run("preview", "--as-of", "next monday", expect=2)
    check("an instant that is none is refused with an example", "2026-03-02T07:00" in wrong.stderr, wrong.stderr)
    what_if(desk)
    check("nothing waits for anybody before the daemon ran", desk.json("tasks") == [])


def one_person(desk):
    people = list(csv.DictReader(open(desk.file("sample", "candidates.csv"))))
    person = next(p for p in people if p["ref"] == PERSON)
    by_ref = desk.run("why", PERSON, "--as-of", NOW).stdout
    check("why tells about a person by ref", PERSON in by_ref.splitlines()[0] and "ICU re-engagement" in by_ref, by_ref)
    check("and by address", desk.run("why", person["email"].upper(), "--as-of", NOW).stdout == by_ref)
    piped = subprocess.run([os.path.join(BIN, "nurture"), "why", "-", "--as-of", NOW], cwd=desk.path, text=True,
                           input=PERSON + "\n", capture_output=True)
    check("and from standard input", piped.stdout == by_ref, piped.stderr)
    wrong = desk.run("why", "c1006645", expect=1)
    check("somebody who does not exist is refused with refs that begin alike", "c100" in wrong.stderr, wrong.stderr)

    desk.run("suppress", PERSON, "--because", "asked us on the phone")
    check("a suppression shows in why", "by-hand" in desk.run("why", PERSON, "--as-of", NOW).stdout
          or "suppressed" in desk.run("why", PERSON, "--as-of", NOW).stdout)
    desk.run("import", "candidates", "sample/candidates.csv")
    check("an import lifts no suppression", "as before" in desk.run("suppress", PERSON, "--because", "again").stdout)
    desk.run("lift", PERSON, "--because", "asked to hear from us again")
    check("lift takes it back", desk.run("why", PERSON, "--as-of", NOW).stdout == by_ref)

    told = json.loads(desk.run("export", PERSON).stdout)
    check("export hands over what is known", told["fields"]["email"] == person["email"] and len(told["events"]) > 0)
    check("and who heard of it", len(told["suppressions"]) >= 1)
    desk.run("erase", PERSON)
    check("an erased person is not found any more", desk.run("why", PERSON, expect=1).returncode == 1)
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        dump = "\n".join(store.iterdump())
    check("and nothing of the name is left in the store", person["email"] not in dump and person["phone"] not in dump)


def the_record(desk):
    check("the journal is whole", desk.json("journal", "verify")["ok"])
    rows = [json.loads(line) for line in desk.run("journal", "export").stdout.splitlines()]
    check("it has every act in order", [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
          and {"applied", "suppressed", "lifted", "erased"} <= {row["kind"] for row in rows}, str({r["kind"] for r in rows}))
    check("and neither names nor addresses", "@" not in json.dumps(rows))
    with sqlite3.connect(desk.file("nurtured.db")) as store:
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='journal'").fetchall():
            store.execute(f'DROP TRIGGER "{name}"')
        store.execute("UPDATE journal SET body='{}' WHERE seq=2")
    done = desk.run("journal", "verify", expect=1)
    check("a row that was changed by hand is found", "row 2 was changed" in done.stdout, done.stdout)


def reading_only(desk):
    before = bytes_of_the_store(desk)
    for words in (["status"], ["plan", "--as-of", NOW], ["preview", "--as-of", NOW, "--days", "3"], ["tasks"], ["history"],
                  ["find", "--all-segments"], ["why", PERSON], ["export", PERSON], ["journal", "verify"],
                  ["import", "candidates", "sample/candidates.csv", "--dry-run"]):
        desk.run(*words)
        check(f"`nurture {' '.join(words[:2])}` leaves every byte of the store as it was", bytes_of_the_store(desk) == before)


with Desk(people=2000) as desk:
    check("init makes a configuration in test mode", 'mode = "test"' in open(desk.file("nurtured.toml")).read())
    check("and puts the sample people beside it", len(glob.glob(desk.file("sample", "*.csv"))) == 4)
    for part in (importing, rules, finding, planning, looking_ahead, reading_only, one_person, the_record):
        part(desk)
finish()
