#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""When messages go, in every time zone there is, against Python's zoneinfo: windows_in_all_zones.py [--full]

One person per zone goes through campaigns of hundreds of steps, 17 hours apart. The preview says when each message goes
(a daemon sends at the same minutes, as preview_agrees_with_rehearsal.py shows). Python works out by itself, for every
message, the first minute from which on it is due that lies in the campaign's window, in no quiet hour, and for text
messages between 08:00 and 21:00, by the clock on that person's wall. --full: all zones over three years, and the day that
Apia left out; else the zones with the odd clocks, over one year.
"""
import bisect
import csv
import datetime
import json
import os
import re
import sys
import zoneinfo

from desk import Desk, check, finish

FULL = "--full" in sys.argv
ODD = ("America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns",
       "America/Havana", "Africa/Cairo", "Asia/Beirut", "America/Nuuk", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC",
       "Europe/London", "Pacific/Chatham", "America/Santiago", "Antarctica/Troll", "America/Chicago")
UTC, HOUR, DAY = datetime.timezone.utc, 60, 24 * 60
EVERY_DAY = range(7)
SPANS = [(datetime.datetime(2011, 12, 20, tzinfo=UTC), 30), (datetime.datetime(2026, 1, 1, tzinfo=UTC), 366)]
if FULL:
    SPANS += [(datetime.datetime(2025, 1, 1, tzinfo=UTC), 366), (datetime.datetime(2027, 1, 1, tzinfo=UTC), 366)]
STEPS, WAIT = 560, 17 * HOUR

# name: channel, window as written, the same as (weekdays, from, to) in minutes of the wall clock
CAMPAIGNS = {
    "Office": ("email", "monday to friday between 09:00 and 17:00", (range(5), 9 * HOUR, 17 * HOUR)),
    "Night": ("email", "monday to sunday between 01:30 and 03:30", (EVERY_DAY, HOUR + 30, 3 * HOUR + 30)),
    "Weekend": ("email", "friday to saturday between 22:30 and 01:15", ((4, 5), 22 * HOUR + 30, DAY + HOUR + 15)),
    "Text": ("sms", "monday to sunday between 00:00 and 24:00", (EVERY_DAY, 0, DAY)),
}
QUIET = "23:45 to 00:20", (23 * HOUR + 45, DAY + 20)
SMS = 8 * HOUR, 21 * HOUR

HOUSE = f"""\
edition 2026

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "Etc/UTC"
  quiet hours {QUIET[0]}
  email requires consent "job news"
  sms requires consent "text messages"
end

segment "Everybody"
  email is known
end

template "mail" for email
  subject "Hello"
  | Hi,
  |
  | {{{{owner_name}}}}, {{{{postal_address}}}}
  | Stop these emails: {{{{unsubscribe_link}}}}
end

template "text" for sms
  | Hi from {{{{organisation}}}}. Reply STOP to stop.
end
"""


def rules():
    for name, (channel, window, _) in CAMPAIGNS.items():
        text = "mail" if channel == "email" else "text"
        steps = f"\n  wait {WAIT // HOUR} hours\n".join(f'  step s{n}: {channel} "{text}"' for n in range(STEPS))
        yield name, (f'edition 2026\n\ncampaign "{name}"\n  owner "dana.wu"\n  audience "Everybody"\n  from owner\n'
                     f"  check every day at 00:00\n  send {window}\n  enroll at most 1000 per day\n  re-enter never\n\n"
                     f"  stop when candidate has replied\n  stop when candidate leaves the audience\n\n{steps}\nend\n")


def zones():
    known = sorted(zone for zone in zoneinfo.available_timezones() if zone not in ("Factory", "localtime"))
    return known if FULL else [zone for zone in known if zone in ODD]


def offsets(zone, begin, end):
    """[(first minute, offset)] between two minutes, by looking every six hours and halving where they differ."""
    info = zoneinfo.ZoneInfo(zone)

    def offset(minute):
        moment = datetime.datetime.fromtimestamp(minute * 60, info)
        return int(moment.utcoffset().total_seconds()) // 60

    found = [(begin, offset(begin))]
    for low in range(begin, end, 6 * HOUR):
        high = low + 6 * HOUR
        if offset(high) == offset(low):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        found.append((high, offset(high)))
    return found


def stretches(day, weekdays, begin, end):
    """Parts of a local day (in minutes since 1970 by the wall clock) that belong to a window; it may run past midnight."""
    weekday = (day // DAY + 3) % 7  # 1970 began with a Thursday
    if weekday in weekdays:
        yield day + begin, day + min(end, DAY)
    if end > DAY and (weekday - 1) % 7 in weekdays:
        yield day, day + end - DAY


def without(parts, begin, end):
    for low, high in parts:
        yield from ((a, b) for a, b in ((low, min(high, begin)), (max(low, end), high)) if a < b)


def open_minutes(zone, campaign, begin, end):
    """Sorted, apart: [(first, first not any more)], in minutes of UTC."""
    channel, _, window = CAMPAIGNS[campaign]
    changes = offsets(zone, begin, end) + [(end, 0)]
    found = []
    for (since, offset), (until, _) in zip(changes, changes[1:]):
        low, high = since + offset, until + offset
        for day in range(low // DAY * DAY, high, DAY):
            parts = list(stretches(day, *window))
            for quiet in list(stretches(day, EVERY_DAY, *QUIET[1])):
                parts = without(parts, *quiet)
            if channel == "sms":
                parts = [(max(a, day + SMS[0]), min(b, day + SMS[1])) for a, b in parts]
            found += [(max(a, low) - offset, min(b, high) - offset) for a, b in parts if max(a, low) < min(b, high)]
    return sorted(found)


def minute_of(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) // 60


def wrong(slots, opening, begin):
    """What is not at the first open minute from which on it is due."""
    starts = [first for first, _ in opening]
    due = begin
    for slot in slots:
        i = bisect.bisect_right(starts, due) - 1
        expected = due if i >= 0 and due < opening[i][1] else starts[i + 1]
        if slot != expected:
            yield slot, expected
        due = slot + WAIT


def judge(desk, campaign, start, days, people):
    printed = desk.run("preview", campaign, "--as-of", start.isoformat(), "--days", str(days), "--json").stdout
    begin, slots = int(start.timestamp()) // 60, {zone: [] for zone in people.values()}
    for message in json.loads(printed)["messages"]:
        slots[people[message["candidate"]]].append(minute_of(message["slot"]))
    bad = []
    for zone, found in slots.items():
        opening = open_minutes(zone, campaign, begin, begin + (days + 8) * DAY)
        bad += [f"{zone}: {datetime.datetime.fromtimestamp(a * 60, UTC)} instead of {datetime.datetime.fromtimestamp(b * 60, UTC)}"
                for a, b in wrong(sorted(found), opening, begin)]
    count = sum(map(len, slots.values()))
    least = min(map(len, slots.values()))
    check(f"{campaign} from {start.date()}: {count} messages in {len(slots)} zones each go at their first open minute",
          not bad and least >= days * len(CAMPAIGNS[campaign][2][0]) // 7 - 8, f"{bad[:10]} least {least}")


with Desk() as desk:
    for name in os.listdir(desk.file("rules")):
        os.remove(desk.file("rules", name))
    for name, text in [("house", HOUSE), *rules()]:
        with open(desk.file("rules", name + ".nurture"), "w") as file:
            file.write(text)
    desk.set("mode", '"live"')
    with open(desk.file("nurtured.toml")) as file:
        text = file.read()
    with open(desk.file("nurtured.toml"), "w") as file:  # of mail and of text messages: nobody waits for the pace
        file.write(re.sub(r"(?m)^#per_minute = .*$", "per_minute = 10000", text))
    people = {f"c{n}": zone for n, zone in enumerate(zones(), 1)}
    with open(desk.file("people.csv"), "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["ref", "email", "phone", "time_zone", "consent:job news", "consent:text messages"])
        for ref, zone in people.items():
            table.writerow([ref, f"{ref}@candidates.example", f"+1212555{int(ref[1:]):04}", zone, "given", "given"])
    imported = desk.run("import", "candidates", "people.csv").stdout
    check("every zone of Python's list is one of ours", " 0 rejected" in imported, imported)
    for campaign in CAMPAIGNS:
        for start, days in SPANS:
            judge(desk, campaign, start, days, people)
finish()
