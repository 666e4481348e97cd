#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The sample people are the same on every run, belong to nobody, fit the fields of the rules, and have gaps."""
import csv
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

RULES = pathlib.Path(__file__).resolve().parents[2] / "rules"
FILES = ("candidates.csv", "events.csv", "consents.csv", "do-not-contact.csv")
BUILT_IN = {"ref", "first_name", "last_name", "email", "phone", "city", "state", "postal_code", "time_zone", "language",
            "owner", "created"}
BUILT_IN_EVENTS = {"replied", "auto_replied", "bounced"}
NEVER_BLANK = {"ref", "created"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
AS_OF = "2026-03-02"

failures = []


def expect(true, sentence):
    if not true:
        failures.append(sentence)


def generate(folder, *options):
    subprocess.run([sys.executable, RULES / "sample" / "generate.py", "--out", folder, *options], check=True)
    return {name: (folder / name).read_bytes() for name in FILES}


def rows(contents, name):
    return list(csv.DictReader(contents[name].decode("utf-8").splitlines()))


def declared(block):
    """The names that the `fields` or `events` blocks of all rule files declare."""
    names = set()
    for path in RULES.glob("*.nurture"):
        for body in re.findall(rf"^{block}\n(.*?)^end", path.read_text("utf-8"), re.M | re.S):
            names.update(line.split()[0] for line in body.splitlines() if line.strip())
    return names


def check_people(people):
    expect(len(people) == 12000, f"12,000 people, not {len(people)}")
    expect(len({p["ref"] for p in people}) == len(people), "no ref occurs twice")
    columns = set(people[0])
    expect(columns == BUILT_IN | declared("fields"),
           f"the columns are the fields of the rules; they differ in {sorted(columns ^ (BUILT_IN | declared('fields')))}")
    for column in sorted(columns - NEVER_BLANK):
        blank = sum(not p[column] for p in people)
        expect(len(people) // 100 < blank < len(people), f"{column} is missing for some, known for others, not blank for {blank}")
    emails = [p["email"].lower() for p in people if p["email"]]
    phones = [p["phone"] for p in people if p["phone"]]
    expect(all(re.fullmatch(r"[a-z0-9'_-]+(\.[a-z0-9'_-]+)*@[a-z.-]+\.example", e) for e in emails), "every address ends in .example")
    expect(all(re.fullmatch(r"\+1[2-9]\d\d55501\d\d", p) for p in phones), "every telephone number is a 555-01xx number")
    for what, values in (("mailbox", emails), ("phone", phones)):
        shared = len(values) - len(set(values))
        expect(0 < shared < len(values) // 50, f"a few people share a {what}, not {shared}")
    owners = {p["owner"] for p in people} - {""}
    named = set(re.findall(r'owner (?:from candidate, otherwise )?"([^"]+)"', "".join(
        path.read_text("utf-8") for path in RULES.glob("*.nurture"))))
    expect(owners <= named, f"every owner is named in the rules; these are not: {sorted(owners - named)}")
    expired = sum("" < p["license_expires"] < AS_OF for p in people)
    expect(100 < expired < 3000, f"some licenses have run out, not {expired}")
    expect(len({p["time_zone"] for p in people}) > 20, "they live in many zones")


def check_histories(people, events, consents, listed):
    refs = {p["ref"] for p in people}
    for name, found in (("events", events), ("consents", consents), ("do-not-contact", listed)):
        expect({row["ref"] for row in found} <= refs, f"{name}: every ref is a candidate")
    instants = [row["at"] for row in events + consents]
    expect(all(INSTANT.fullmatch(at) and at < AS_OF for at in instants), "every instant is UTC and before their today")
    expect({row["event"] for row in events} == declared("events") | BUILT_IN_EVENTS, "every event of the rules happened")
    expect({(c["consent"], c["status"]) for c in consents} == {(name, status) for name in ("job news", "text messages")
                                                              for status in ("given", "withdrawn")}, "both consents, given and withdrawn")
    asked = {c["ref"] for c in consents}
    expect(0 < len(asked) < len(refs), "some people were never asked for consent")
    expect(0 < len(listed) < 500, "a few people must not be contacted")


with tempfile.TemporaryDirectory() as scratch:
    first, second = (generate(pathlib.Path(scratch) / run) for run in ("first", "second"))
    for name in FILES:
        print(f"{hashlib.sha256(first[name]).hexdigest()}  {name}")
        expect(first[name] == second[name], f"{name} is the same on both runs")
        expect(b"\r" not in first[name] and b"\0" not in first[name], f"{name} has plain lines")
    other = generate(pathlib.Path(scratch) / "other", "--seed", "7", "--people", "300")
    expect(other["candidates.csv"] != first["candidates.csv"], "another seed gives other people")
    expect(not list(RULES.rglob("__pycache__")), "the source tree stays clean")
    people = rows(first, "candidates.csv")
    check_people(people)
    check_histories(people, rows(first, "events.csv"), rows(first, "consents.csv"), rows(first, "do-not-contact.csv"))

for sentence in failures:
    print(f"not so: {sentence}", file=sys.stderr)
sys.exit(1 if failures else 0)
