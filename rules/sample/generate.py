#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the sample people: candidates.csv, events.csv, consents.csv and do-not-contact.csv.

The same arguments give the same bytes, on every run and every Python from 3.9 on: only `Random.random()` is used (its
sequence is promised to stay), and arithmetic is on whole numbers where a rounding could differ. Every address ends in
`.example`, every telephone number is one of the 555-01xx numbers that are never given out. All instants are UTC.

    generate.py --out DIR [--as-of 2026-03-02] [--people 12000] [--seed 2026]
"""
import argparse
import csv
import datetime
import pathlib
import random
import sys
import unicodedata

sys.dont_write_bytecode = True
import raw_material as raw  # noqa: E402  (after the line that keeps the source tree clean)

COLUMNS = (
    "ref first_name last_name email phone city state postal_code time_zone language owner created profession specialty "
    "therapeutic_area certifications years_in_specialty license_state license_expires last_conversation hired_on left_on "
    "eligible_for_rehire stage source home country interviewer_score outcome outcome_date furthest_stage last_role travels "
    "board_certified").split()
HISTORY_DAYS = 2200  # the oldest record is about six years old

# kind of history: (weight, fewest days since they came into the store)
KINDS = {"lead": (11, 0), "applicant": (41, 0), "interviewed": (14, 40), "worker": (13, 260), "assigned": (7, 20),
         "referral": (6, 0), "attendee": (8, 0)}
SPECIAL_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Þ": "Th",
                                 "þ": "th", "ð": "d", "ı": "i", "ʻ": ""})


class Dice:
    """Everything that is decided by chance, from one sequence."""

    def __init__(self, seed):
        self.roll = random.Random(seed).random

    def chance(self, percent):
        return self.roll() * 100 < percent

    def between(self, low, high):
        return low + int(self.roll() * (high - low + 1)) if high > low else low

    def pick(self, items):
        return items[int(self.roll() * len(items))]

    def weighted(self, pairs):
        mark = self.roll() * sum(weight for weight, _ in pairs)
        for weight, item in pairs:
            mark -= weight
            if mark < 0:
                return item
        return pairs[-1][1]

    def some(self, items, most):
        """One to `most` different items, in the order in which they were drawn."""
        return list(dict.fromkeys(self.pick(items) for _ in range(self.between(1, most)))) if items else []


def words(text):
    return [word.replace("_", " ") for word in text.split()]


def latin(name):
    flat = unicodedata.normalize("NFKD", name.translate(SPECIAL_LETTERS))
    kept = "".join(c for c in flat if c.isascii() and (c.isalnum() or c in "-' "))
    return kept.strip().replace(" ", "-").lower()


class Phones:
    """555-01xx numbers: of the person's own city while there are any, then of any other place."""

    def __init__(self, dice):
        self.dice = dice
        self.used = {}

    def take(self, local):
        codes = [code for code in local if self.used.get(code, 0) < 100]
        if not codes or self.dice.chance(15):
            codes = [code for code in raw.OTHER_AREA_CODES if self.used.get(code, 0) < 100] or list(raw.OTHER_AREA_CODES)
        code = self.dice.pick(codes)
        number = self.used.get(code, 0) % 100
        self.used[code] = number + 1
        return f"+1{code}55501{number:02d}"


class Sample:
    def __init__(self, dice, as_of, people):
        self.dice = dice
        self.as_of = as_of
        self.people = people
        self.phones = Phones(dice)
        self.addresses = {}
        self.candidates, self.events, self.consents, self.do_not_contact = [], [], [], []
        self.cultures = [(weight, (self.halves(first), self.halves(last))) for weight, first, last in raw.NAMES.values()]
        self.cities = [(city[0], city) for city in raw.CITIES]
        self.professions = [(entry[0], (name,) + tuple(entry[1:])) for name, entry in raw.PROFESSIONS.items()]

    @staticmethod
    def halves(text):
        return [tuple(word.split("|")) if "|" in word else (word, word) for word in words(text)]

    # --- dates: "days ago" is the currency of this file ------------------------------------------------------------

    def date(self, days_ago):
        return (self.as_of - datetime.timedelta(days=days_ago)).isoformat()

    def instant(self, days_ago):
        """During a working day of America, and always before the reference date begins there."""
        minute = self.dice.between(13 * 60, 23 * 60 + 59)
        return f"{self.date(max(days_ago, 1))}T{minute // 60:02d}:{minute % 60:02d}:{self.dice.between(0, 59):02d}Z"

    def event(self, person, kind, days_ago, detail=""):
        self.events.append((person["ref"], kind, self.instant(days_ago), detail))

    # --- one person ------------------------------------------------------------------------------------------------

    def person(self, index):
        dice = self.dice
        known_for = max(1, HISTORY_DAYS * (self.people - index) // self.people - dice.between(0, 2))
        person = dict.fromkeys(COLUMNS, "")
        person["ref"] = f"c{100001 + index}"
        person["created"] = self.date(known_for)
        kind = dice.weighted([(weight, name) for name, (weight, needs) in KINDS.items() if known_for >= needs])
        icu_drive = known_for > 500 and dice.chance(11)  # for years this firm hired ICU nurses around Dallas
        if icu_drive:
            kind = dice.pick(("interviewed", "worker"))
        city = self.place(person, self.cities[:8] if icu_drive else self.cities)
        self.name_and_addresses(person, city)
        self.work(person, icu_drive)
        getattr(self, kind)(person, known_for)
        if person["profession"] and not dice.chance(8):
            person["years_in_specialty"] = str(dice.weighted([(16, 0), (20, 1), (64, dice.between(2, 32))]))
        if dice.chance(9):
            person["travels"] = ""
        self.replies_and_bounces(person, known_for)
        self.consent(person, kind, known_for)
        if dice.chance(0.9):
            self.do_not_contact.append((person["ref"],))
        self.candidates.append(person)

    def place(self, person, cities):
        dice = self.dice
        city = dice.weighted(cities)
        _, name, state, postal_code, latitude, longitude, zone, _, country = city
        person["language"] = "" if dice.chance(42) else dice.weighted(
            [(88, "en"), (9, "es"), (2, "vi"), (1, "tl")] if name != "Montréal" else [(70, "fr"), (30, "en")])
        if dice.chance(2.5):  # a business card: nobody knows where they live
            return city
        person["country"] = "" if dice.chance(3) else country
        person["city"] = "" if dice.chance(4) else name
        person["state"] = "" if dice.chance(4) else state
        person["postal_code"] = "" if dice.chance(15) else postal_code
        person["time_zone"] = "" if dice.chance(27) else zone
        if not dice.chance(11):
            latitude, longitude = latitude + dice.between(-14, 14), longitude + dice.between(-14, 14)
            person["home"] = f"{self.hundredths(latitude)},{self.hundredths(longitude)}"
        return city

    @staticmethod
    def hundredths(value):
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"

    def name_and_addresses(self, person, city):
        dice = self.dice
        first_names, last_names = dice.weighted(self.cultures)
        if dice.chance(7):  # families mix
            last_names = dice.weighted(self.cultures)[1]
        first, last = dice.pick(first_names), dice.pick(last_names)
        written = dice.weighted([(955, str), (20, str.upper), (15, str.lower), (10, lambda name: latin(name).title())])
        person["first_name"] = "" if dice.chance(3) else written(first[0])
        person["last_name"] = "" if dice.chance(1.5) else written(last[0])
        if dice.chance(0.4) and person["first_name"]:
            person["first_name"] += f' "{dice.pick(("Bee", "J. R.", "Skip, Jr.", "Lou"))}"'
        household = dice.chance(1.2) and self.candidates and self.candidates[-1]  # two people, one mailbox
        if household:
            person["email"], person["phone"] = household["email"], household["phone"] if dice.chance(50) else ""
        else:
            if not dice.chance(7):
                person["email"] = self.address(latin(first[1]), latin(last[1]))
            if not dice.chance(13):
                person["phone"] = self.phones.take(city[7])

    def address(self, first, last):
        local = self.dice.weighted([(50, f"{first}.{last}"), (20, f"{first[:1]}{last}"), (15, f"{last}.{first}"),
                                    (15, f"{first}_{last}")]).replace("'", "" if self.dice.chance(90) else "'")[:52]
        address = f"{local}@{self.dice.pick(raw.MAILBOXES)}"
        seen = self.addresses[address] = self.addresses.get(address, 0) + 1
        if seen > 1:
            address = address.replace("@", f"{seen}@")
        return address.upper() if self.dice.chance(0.5) else address

    def work(self, person, icu_drive):
        dice = self.dice
        profession, owner, licensed, specialties, certifications = (
            self.professions[0][1] if icu_drive else dice.weighted(self.professions))
        if icu_drive:
            specialties = "ICU ICU CVICU Neuro_ICU Burn_ICU"
        person["profession"] = "" if dice.chance(5) else profession
        person["owner"] = "" if dice.chance(22) else owner if dice.chance(88) else dice.pick(raw.OWNERS)
        if not dice.chance(8):
            person["specialty"] = ";".join(dice.some(words(specialties), 2))
        if not dice.chance(22):
            person["certifications"] = ";".join(dice.some(words(certifications), 3))
        if profession == "Clinical Research Associate" and not dice.chance(9):
            person["therapeutic_area"] = ";".join(dice.some(words(raw.THERAPEUTIC_AREAS), 3))
        if profession == "Physician" and not dice.chance(12):
            person["board_certified"] = "yes" if dice.chance(78) else "no"
        if licensed and not dice.chance(8):
            person["license_state"] = person["state"] if dice.chance(86) else dice.pick(("TX", "OK", "NM", "LA", "CA", "FL"))
            if not dice.chance(9):  # two-year licenses; some ran out long ago
                person["license_expires"] = self.date(dice.between(1, 1100) if dice.chance(10) else -dice.between(0, 730))
        person["travels"] = dice.weighted([(32, "yes"), (46, "no"), (22, "")])
        person["source"] = dice.weighted([(34, "Job board"), (26, "Career site"), (14, "Sourced"), (8, "Old system"), (9, "")])

    # --- their history with us -------------------------------------------------------------------------------------

    def talked(self, person, known_for, blank_percent):
        """The last conversation: people are forgotten, so most of them are long ago."""
        if not self.dice.chance(blank_percent):
            person["last_conversation"] = self.date(self.dice.between(1, known_for))

    def applies(self, person, known_for, times):
        title = f"{person['profession'] or 'Clinical staff'}, {self.dice.pick(raw.SHIFTS)}"
        self.event(person, "applied", known_for, title)
        for _ in range(times - 1):
            self.event(person, "applied", self.dice.between(1, known_for), title)

    def role(self, person):
        what = person["specialty"].split(";")[0] or person["profession"] or "clinical"
        what = " ".join(word if word.isupper() else word.lower() for word in what.split())
        if not self.dice.chance(18):
            person["last_role"] = f"the {what} position at {self.dice.pick(raw.FACILITIES)}"

    def lead(self, person, known_for):
        self.talked(person, known_for, 55)
        person["stage"] = self.dice.weighted([(40, "New"), (30, "Available"), (8, "Not looking"), (3, "Retired"), (19, "")])

    def applicant(self, person, known_for):
        dice = self.dice
        self.applies(person, known_for, dice.weighted([(62, 1), (24, 2), (10, 3), (4, dice.between(4, 9))]))
        self.talked(person, known_for, 46)
        person["stage"] = dice.weighted([(22, "New"), (50, "Available"), (4, "Interviewing"), (8, "Not looking"),
                                         (2, "Retired"), (1, "Offer out"), (13, "")])
        person["furthest_stage"] = dice.weighted([(60, "Applied"), (24, "Phone screen"), (8, "Submitted"), (8, "")])

    def interviewed(self, person, known_for):
        dice = self.dice
        self.applies(person, known_for, dice.between(1, 3))
        met = dice.between(20, known_for)
        self.event(person, "interviewed", met)
        if dice.chance(40):
            self.event(person, "interviewed", dice.between(max(met - 30, 3), met))
        self.talked(person, met, 4)
        self.role(person)
        person["stage"] = dice.weighted([(62, "Available"), (10, "Interviewing"), (3, "Offer out"), (12, "Not looking"),
                                         (2, "Retired"), (11, "")])
        person["furthest_stage"] = dice.weighted([(46, "First interview"), (38, "Final interview"),
                                                  (11, "Offer declined by client"), (5, "")])
        if not dice.chance(10):
            person["outcome"] = dice.weighted([(64, "Not selected"), (18, "Withdrew"), (10, "Declined our offer"),
                                               (8, "Position closed")])
            person["outcome_date"] = "" if dice.chance(6) else self.date(max(1, met - dice.between(2, 19)))
        if not dice.chance(18):
            person["interviewer_score"] = str(dice.weighted([(4, 1), (12, 2), (30, 3), (36, 4), (18, 5)]))

    def worker(self, person, known_for):
        dice = self.dice
        self.applies(person, known_for, 1)
        started = dice.between(200, max(known_for - 20, 200))
        left = dice.between(10, started - 60)
        self.event(person, "interviewed", min(known_for, started + dice.between(7, 30)))
        for _ in range(dice.between(1, 4)):
            self.event(person, "worked", dice.between(left, started))
        person["hired_on"] = "" if dice.chance(5) else self.date(started)
        person["left_on"] = "" if dice.chance(9) else self.date(left)
        person["eligible_for_rehire"] = dice.weighted([(73, "yes"), (11, "no"), (16, "")])
        self.talked(person, started, 3)
        self.role(person)
        person["stage"] = dice.weighted([(62, "Available"), (14, "Not looking"), (6, "Retired"), (3, "Interviewing"),
                                         (1, "Offer out"), (14, "")])
        person["furthest_stage"] = "" if dice.chance(10) else "Placed"
        if dice.chance(9):
            self.event(person, "referred", dice.between(1, started))

    def assigned(self, person, known_for):
        dice = self.dice
        started = dice.between(5, min(known_for, 700))
        self.applies(person, known_for, 1)
        self.event(person, "interviewed", min(known_for, started + dice.between(5, 20)))
        self.event(person, "worked", dice.between(1, started))
        person["hired_on"] = "" if dice.chance(4) else self.date(started)
        person["stage"], person["furthest_stage"] = "On assignment", "Placed"
        self.talked(person, min(known_for, 120), 2)
        self.role(person)
        if dice.chance(22):
            self.event(person, "referred", dice.between(1, started))

    def referral(self, person, known_for):
        dice = self.dice
        person["source"] = "Employee referral"
        self.talked(person, known_for, 64)
        person["stage"] = dice.weighted([(60, "New"), (22, "Available"), (5, "Not looking"), (13, "")])
        if dice.chance(30):
            self.applies(person, known_for, 1)
            person["furthest_stage"] = "Applied"
        if dice.chance(12):
            self.event(person, "interviewed", dice.between(1, known_for))
            person["furthest_stage"] = "First interview"

    def attendee(self, person, known_for):
        dice = self.dice
        person["source"] = "Career fair"
        self.talked(person, known_for, 72)
        person["stage"] = dice.weighted([(48, "New"), (36, "Available"), (6, "Not looking"), (10, "")])
        recent = [(60 if ago < 40 else 25, (ago, name)) for ago, name in raw.HIRING_EVENTS]
        for ago, name in dict.fromkeys(dice.weighted(recent) for _ in range(dice.between(1, 2))):
            self.event(person, "attended", ago, name)
        if dice.chance(20):
            self.applies(person, dice.between(1, known_for), 1)
            person["furthest_stage"] = "Applied"

    def replies_and_bounces(self, person, known_for):
        dice = self.dice
        if not person["email"]:
            return
        if dice.chance(7):
            self.event(person, "replied", dice.between(1, known_for))
        if dice.chance(1.2):
            self.event(person, "auto_replied", dice.between(1, known_for))
        if dice.chance(2):
            self.event(person, "bounced", dice.between(1, known_for))

    # --- what they allowed us to do --------------------------------------------------------------------------------

    def consent(self, person, kind, known_for):
        """Newest word counts: given, withdrawn, and sometimes given again; for many nobody ever asked."""
        likes_us = kind in ("worker", "assigned", "attendee", "referral")
        self.history(person, "job news", 82 if likes_us else 64, 13, known_for)
        if person["phone"]:
            self.history(person, "text messages", 55 if likes_us else 36, 9, known_for)

    def history(self, person, consent, given_percent, withdrawn_percent, known_for):
        dice = self.dice

        def say(status, days_ago, sources):
            self.consents.append((person["ref"], consent, status, self.instant(days_ago), dice.pick(sources)))

        if dice.chance(given_percent):
            asked = max(1, known_for - dice.between(0, 10))
            say("given", asked, ("career site", "career site", "sign-up sheet", "call with a recruiter", "old system"))
            if asked > 30 and dice.chance(withdrawn_percent):
                ended = dice.between(12, asked - 5)
                say("withdrawn", ended, ("unsubscribe link", "unsubscribe link", "reply", "call with a recruiter"))
                if dice.chance(9):
                    say("given", dice.between(1, ended - 5), ("career site", "call with a recruiter"))
        elif dice.chance(6):
            say("withdrawn", dice.between(1, known_for), ("reply", "call with a recruiter", "old system"))

    # --- all of them -----------------------------------------------------------------------------------------------

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.file(folder / "candidates.csv", COLUMNS, [[person[c] for c in COLUMNS] for person in self.candidates])
        self.file(folder / "events.csv", ("ref", "event", "at", "detail"), sorted(set(self.events)))
        self.file(folder / "consents.csv", ("ref", "consent", "status", "at", "source"), sorted(self.consents))
        self.file(folder / "do-not-contact.csv", ("ref",), self.do_not_contact)

    @staticmethod
    def file(path, header, rows):
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)


def main():
    arguments = argparse.ArgumentParser(description="Writes sample people for nurtured, the same ones every time.")
    arguments.add_argument("--out", required=True, type=pathlib.Path, help="folder for the four files")
    arguments.add_argument("--as-of", default="2026-03-02", type=datetime.date.fromisoformat, help="their today")
    arguments.add_argument("--people", default=12000, type=int)
    arguments.add_argument("--seed", default=2026, type=int)
    options = arguments.parse_args()
    sample = Sample(Dice(options.seed), options.as_of, options.people)
    for index in range(options.people):
        sample.person(index)
    sample.write(options.out)


if __name__ == "__main__":
    main()
