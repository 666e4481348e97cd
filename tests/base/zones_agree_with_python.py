#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Wall-clock times of all zones against Python's zoneinfo. Usage: zones_agree_with_python.py PROBE

Every half hour of the years in which the odd zones changed their clocks, and some days of every other zone: PEP 495 with
fold=0 is the rule that calendar.hpp promises (the offset before a gap, the first of two).
"""

import datetime
import random
import subprocess
import sys
import zoneinfo

THOROUGH = {"America/New_York": (2025, 2026), "Europe/Dublin": (2025, 2026), "Australia/Lord_Howe": (2025, 2026),
            "Africa/Casablanca": (2024, 2025), "Pacific/Apia": (2011,), "America/Havana": (2025,), "America/St_Johns": (2006,)}


def questions():
    for zone, years in THOROUGH.items():
        for year in years:
            start = datetime.date(year, 1, 1)
            for day in range(365):
                for minute in range(0, 24 * 60, 30):
                    yield zone, start + datetime.timedelta(day), minute
    chance = random.Random(7)
    for zone in sorted(zoneinfo.available_timezones()):
        if zone in ("Factory", "localtime") or zone.startswith(("posix", "right")):
            continue
        for _ in range(200):
            yield zone, datetime.date(1985, 1, 1) + datetime.timedelta(chance.randrange(52 * 365)), chance.randrange(24 * 60)


def expected(zone, day, minute):
    info = zoneinfo.ZoneInfo(zone)
    wall = datetime.datetime.combine(day, datetime.time(minute // 60, minute % 60), info)
    instant = int(wall.timestamp())
    # An offset with seconds (Liberia before 1972) does not occur in these years: the answer is a whole minute.
    back = datetime.datetime.fromtimestamp(instant, info)
    return f"{instant} {back.date()} {back.hour * 60 + back.minute}"


def main():
    asked = list(questions())
    lines = "".join(f"{zone} {day} {minute}\n" for zone, day, minute in asked)
    answers = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = 0
    for question, answer in zip(asked, answers, strict=True):
        if answer != expected(*question):
            wrong += 1
            if wrong <= 20:
                print(*question, "is", answer, "and should be", expected(*question))
    print(f"{len(asked)} wall-clock times in {len({zone for zone, _, _ in asked})} zones, {wrong} wrong")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
