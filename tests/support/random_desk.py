# SPDX-License-Identifier: MIT
"""Rules and people by chance, for tests that compare two ways to the same result. The same seed gives the same files.

    world = RandomWorld(seed)
    world.rules()           {file name: text}, valid rules that use as much of the language as chance allows
    world.edited()          the same rules with other words, windows, caps and further steps, as somebody edits them
    world.tables()          {file name: rows}, for `nurture import`
    world.news(now)         what happens to these people around an instant, as rows of events.csv
"""
import csv
import datetime
import random

ZONES = ("America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles Pacific/Honolulu America/St_Johns "
         "America/Sao_Paulo Europe/London Europe/Dublin Europe/Berlin Africa/Casablanca Asia/Kolkata Asia/Kathmandu Asia/Tokyo "
         "Australia/Lord_Howe Australia/Sydney Pacific/Auckland Pacific/Apia Pacific/Kiritimati Atlantic/Azores").split()
HOUSE_ZONES = "America/Chicago America/New_York Europe/London Europe/Berlin Australia/Sydney Australia/Lord_Howe".split()
# Days before both changes of the clock on both sides of the earth, a leap day's neighbour, a turn of the year.
BEGINNINGS = "2026-03-05 2026-03-26 2026-04-02 2026-10-01 2026-10-22 2026-10-29 2025-10-23 2025-12-28 2024-02-26".split()
OWNERS = "dana.wu lee.ortiz priya.nair".split()
PROFESSIONS = ("Registered Nurse", "Pharmacist", "Physician", "Medical Assistant")
STAGES = ("Available", "Interviewing", "On assignment", "Retired")
UNITS = ("ICU", "ER", "OR", "NICU")
CERTIFICATES = ("CCRN", "BLS", "ACLS")
EVENTS = ("applied", "worked", "referred", "attended")
FAIRS = ("Spring Fair", "Autumn Fair")
LISTS = ("Do not contact", "Parked", "Warm")
FIRST = ("Ana", "Bo", "Chloë", "", "Dmitri", "Éva", "Fatima", "נועה", "<script>", "Wolfeschlegelsteinhausenbergerdorff", "O'Neil")
LAST = ("Ruiz", "Li", "", "Österreicher", "van der Berg", "Nguyen", "Smith & Sons")
CITIES = (("Dallas", "TX"), ("Chicago", "IL"), ("El Paso", "TX"), ("Boise", "ID"), ("Miami", "FL"), ("", ""), ("Berlin", ""))
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
AREAS = "212 312 415 512 617 713 808 214".split()


def indented(lines):
    return ["  " + line for line in lines]


def units(number, unit):
    return f"{number} {unit if number == 1 else unit + 's'}"


class RandomWorld:
    def __init__(self, seed, attempt=0):
        self.seed = f"{seed}/{attempt}"
        dice = self.dice("world")
        self.zone = dice.choice(HOUSE_ZONES)
        day = datetime.datetime.fromisoformat(dice.choice(BEGINNINGS)) + datetime.timedelta(days=dice.randint(-2, 2))
        self.start = day + datetime.timedelta(minutes=dice.choice((0, 6 * 60, dice.randint(0, 1439))))
        self.days = dice.randint(8, 30)
        self.people = dice.randint(15, 90)
        self.settings = {"per_minute": str(dice.choice((1, 2, 7, 600))), "canary": dice.choice(('"0%"', '"0%"', '"10%"')),
                         "growth_people": str(dice.choice((50, 1000)))}
        self.approvals = dice.choice(("next-morning", "next-morning", "at-once", "never"))
        self.test_mode = dice.random() < 0.15
        self.newcomers = dice.randint(0, 4)

    def dice(self, of):
        return random.Random(f"{self.seed}/{of}")

    def rules(self):
        return {"random.nurture": Rules(self.dice("rules"), self.zone).text()}

    def edited(self):
        return {"random.nurture": Rules(self.dice("rules"), self.zone, self.dice("edit")).text()}

    # --- people ----------------------------------------------------------------------------------------------------

    def date(self, dice, low, high, blank=0.2):
        return "" if dice.random() < blank else (self.start.date() + datetime.timedelta(days=dice.randint(low, high))).isoformat()

    def person(self, dice, number):
        city, state = dice.choice(CITIES)
        mailbox = dice.randint(0, number) if dice.random() < 0.06 else number
        phone = dice.randint(0, number) if dice.random() < 0.06 else number
        return {
            "ref": f"r{number:03d}", "first_name": dice.choice(FIRST), "last_name": dice.choice(LAST),
            "email": "" if dice.random() < 0.08 else
                     f"p{mailbox}@{dice.choice(('candidates', 'candidates', 'lonestar'))}.example",
            "phone": "" if dice.random() < 0.2 else f"+1{AREAS[phone % len(AREAS)]}55501{phone // len(AREAS):02d}",
            "city": city, "state": state, "time_zone": "" if dice.random() < 0.15 else dice.choice(ZONES),
            "language": dice.choice(("", "en", "es", "es-MX")), "owner": dice.choice(("", *OWNERS)),
            "profession": dice.choice(PROFESSIONS + ("",)), "stage": dice.choice(STAGES + ("",)),
            "specialty": ";".join(dice.sample(UNITS, dice.randint(0, 3))),
            "certifications": ";".join(dice.sample(CERTIFICATES, dice.randint(0, 2))),
            "years": dice.choice(("", "0", "1", "3", "12.5")), "license_expires": self.date(dice, -30, 120),
            "hired_on": self.date(dice, -800, 0, 0.4), "last_conversation": self.date(dice, -400, 0),
            "travels": dice.choice(("yes", "no", ""))}

    def tables(self):
        dice = self.dice("people")
        people = [self.person(dice, number) for number in range(self.people)]
        events = [self.event(dice, -500, -1) for _ in range(self.people * 2)]
        held_off = [{"ref": person["ref"]} for person in people if dice.random() < 0.05]
        consents = [{"ref": person["ref"], "consent": name, "status": dice.choices(("given", "withdrawn"), (9, 1))[0],
                     "at": self.instant(dice, -300, -1)}
                    for person in people for name in ("job news", "text messages") if dice.random() < 0.9]
        return {"candidates.csv": people, "events.csv": events, "consents.csv": consents,
                "list.csv": held_off or [{"ref": "r000"}]}

    def instant(self, dice, first_day, last_day):
        at = self.start + datetime.timedelta(days=dice.randint(first_day, last_day), minutes=dice.randint(0, 1439))
        return at.strftime("%Y-%m-%dT%H:%M:00Z")

    def event(self, dice, first_day, last_day, kinds=EVENTS):
        kind = dice.choice(kinds)
        return {"ref": f"r{dice.randrange(self.people):03d}", "event": kind, "at": self.instant(dice, first_day, last_day),
                "detail": dice.choice(FAIRS) if kind in ("attended", "applied") else ""}

    def changed(self, name):
        """The people, some with other values: what an import with --live brings."""
        dice = self.dice(name)
        people = self.tables()["candidates.csv"]
        for person in people:
            if dice.random() < 0.4:
                fresh = self.person(dice, int(person["ref"][1:]))
                for field in dice.sample(("stage", "certifications", "license_expires", "hired_on", "specialty", "city",
                                          "time_zone", "first_name", "owner", "email"), dice.randint(1, 3)):
                    person[field] = fresh[field]
        return people + [self.person(dice, self.people + number) for number in range(self.newcomers)]

    def consents(self, name):
        """Of newcomers, and of people who think again."""
        dice = self.dice(name)
        of = [(self.people + number, "given") for number in range(self.newcomers)]
        of += [(dice.randrange(self.people), dice.choice(("given", "withdrawn"))) for _ in range(self.people // 10 + 1)]
        return [{"ref": f"r{number:03d}", "consent": dice.choice(("job news", "text messages")), "status": status,
                 "at": self.instant(dice, -3, -1)} for number, status in of]

    def news(self, name):
        dice = self.dice(name)
        return [self.event(dice, -2, -1, EVENTS + ("replied", "auto_replied")) for _ in range(self.people // 4 + 1)]


def write_table(path, rows):
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)


class Rules:
    """One set of rules. With `edit`, the same one after somebody has changed this and that."""

    def __init__(self, dice, zone, edit=None):
        self.dice = dice
        self.zone = zone
        self.edit = edit
        self.segments = []
        self.campaigns = [f"Campaign {letter}" for letter in "ABCD"[: dice.randint(1, 4)]]
        self.templates = {"email": [], "sms": []}
        self.blocks = []

    # --- chance ----------------------------------------------------------------------------------------------------

    def chance(self, share):
        return self.dice.random() < share

    def edits(self, share):
        return self.edit is not None and self.edit.random() < share

    def number(self, low, high):
        """Some numbers are other ones after an edit."""
        drawn = self.dice.randint(low, high)
        return self.edit.randint(low, high) if self.edits(0.15) else drawn

    def some(self, values, most=2):
        return ", ".join(f'"{value}"' for value in self.dice.sample(values, self.dice.randint(1, most)))

    # --- the whole -------------------------------------------------------------------------------------------------

    def text(self):
        self.make_templates()
        blocks = [self.declarations(), self.policy()]
        for number in range(self.dice.randint(1, 3)):
            self.segments.append(f"Segment {number + 1}")
            blocks.append([f'segment "{self.segments[-1]}"', *indented(self.segment_lines()), "end"])
        for name in self.campaigns:
            block = self.campaign(name)
            if len(self.campaigns) > 1 and self.edits(0.12):
                end = self.edit.choice((": finish", ": stop now", " to"))
                if end == " to":
                    block[0] = f'campaign "New {name}"'
                    blocks.append([f'renamed campaign "{name}" to "New {name}"'])
                else:
                    block = [f'retired campaign "{name}"{end}']
            blocks.append(block)
        blocks.extend(self.blocks)
        return "\n".join(["edition 2026", ""] + [line for block in blocks for line in [*block, ""]])

    def declarations(self):
        return """fields
  profession         text
  stage              text, say unknown
  specialty          list of text
  certifications     list of text
  years              number
  license_expires    date
  hired_on           date
  last_conversation  date
  travels            yes or no
end

events
  applied   "applied to a job", with name
  worked    "worked an assignment with us"
  referred  "referred somebody"
  attended  "came to a hiring event", with name
end""".split("\n")

    def policy(self):
        lines = ['postal address "500 Main St, Dallas, TX 75201"', f'time zone candidate, otherwise "{self.zone}"',
                 'holidays from "us-federal.ics"', 'email requires consent "job news"', 'sms requires consent "text messages"',
                 'never contact list "Do not contact"']
        if self.chance(0.7):
            lines.append(f"quiet hours {self.number(19, 22)}:00 to 0{self.number(6, 9)}:30")
        if self.chance(0.6):
            lines.append("quiet days " + self.dice.choice(("sunday", "saturday, sunday")))
        for cap in ("message per candidate in 24 hours", "message per candidate in 3 days", "sms per candidate in 7 days",
                    "email per candidate in 30 hours", '"pitch" per candidate in 10 days'):
            if self.chance(0.3):
                lines.append(f"at most {self.cap(cap)}")
        if self.chance(0.4):
            lines.append(f"at most {self.number(3, 15)} messages per day")
        if self.chance(0.3):
            lines.append(f"at most {self.number(2, 8)} messages per sender per day")
        if self.chance(0.4):
            lines.append('hold segment "Held"')
            self.blocks.append(['segment "Held"', '  stage is "Interviewing", if known', "end"])
        return ['policy "Lone Star Staffing"', *indented(lines), "end"]

    def cap(self, of):
        count = self.number(1, 2)
        return f"{count} " + (of.replace("message ", "messages ") if count > 1 else of)

    # --- who -------------------------------------------------------------------------------------------------------

    def segment_lines(self):
        lines = [line for _ in range(self.dice.randint(1, 3)) for line in self.condition(2)]
        return lines

    def condition(self, depth):
        if depth > 0 and self.chance(0.3):
            group = self.dice.choice(("any of", "none of", "all of"))
            inner = [line for _ in range(self.dice.randint(2, 3)) for line in self.condition(depth - 1)]
            return [group, *indented(inner), "end"]
        return [self.dice.choice((self.on_text, self.on_list, self.on_date, self.on_history, self.on_others))()]

    def unknown(self):
        return self.dice.choice((", or is unknown", ", if known"))

    def on_text(self):
        return self.dice.choice((
            f"profession is any of {self.some(PROFESSIONS, 3)}", f"profession is not {self.some(PROFESSIONS, 1)}",
            f"stage is any of {self.some(STAGES, 3)}{self.unknown()}", f"stage is not {self.some(STAGES, 1)}{self.unknown()}",
            f"years is at least {self.dice.randint(1, 4)}, or is unknown", "travels is yes, or is unknown",
            'state is any of "TX", "IL", or is unknown'))

    def on_list(self):
        return self.dice.choice((
            f"specialty includes any of {self.some(UNITS, 3)}", f"specialty includes none of {self.some(UNITS, 1)}",
            f"certifications includes none of {self.some(CERTIFICATES, 1)}", "certifications is known"))

    def on_date(self):
        return self.dice.choice((
            f"license_expires is more than {self.dice.randint(1, 30)} days away, or is unknown",
            f"license_expires is between 1 and {self.dice.randint(40, 90)} days away, or is unknown",
            f"last_conversation is more than {self.dice.randint(3, 90)} days ago, or is unknown",
            f"hired_on is more than {self.dice.randint(2, 12)} months ago, or is unknown", "hired_on is unknown"))

    def on_history(self):
        event = self.dice.choice(("applied", "worked", "referred", "attended"))
        return self.dice.choice((
            f"has not {event} in the last {self.dice.randint(2, 100)} days", f"has {event} in the last {self.dice.randint(100, 400)} days",
            "has not received in the last 3 days", f'has not received email "{self.dice.choice(self.templates["email"])}"',
            "has not replied in the last 20 days"))

    def on_others(self):
        others = [f'is not in list "{self.dice.choice(LISTS[1:])}"', 'consent "job news" is given',
                  'consent "text messages" is given']
        others += [f'is not in segment "{name}"' for name in self.segments[:-1]]
        return self.dice.choice(others)

    # --- campaigns -------------------------------------------------------------------------------------------------

    def campaign(self, name):
        self.own, self.step, self.messages = name, 0, []
        steps = self.steps(self.dice.randint(2, 5), 2)
        if self.edits(0.4):
            self.step = 90
            steps += ["wait 1 day", self.task()]
        lines = [self.dice.choice(('owner "dana.wu"', 'owner from candidate, otherwise "lee.ortiz"')),
                 f'audience "{self.dice.choice(self.segments)}"', "from owner", *self.starts(),
                 f"enroll at most {self.number(2, 30)} per day",
                 self.dice.choice(("re-enter never", f"re-enter after {units(self.number(1, 12), 'day')}")),
                 f"priority {self.number(1, 99)}", f"send {self.days()} between {self.hours()}"]
        if self.chance(0.15):
            lines.append(f"expires on 2026-{self.number(4, 12):02d}-15")
        lines.append("stop when candidate has replied")
        if self.chance(0.4):
            lines.append(f"stop when {self.change()}")
        if self.chance(0.4):
            lines.append(f"pause {units(self.number(1, 6), 'day')} when {self.change()}")
        lines.append(self.dice.choice(("stop when candidate leaves the audience", "keep candidates who leave the audience")))
        return [f'campaign "{name}"', *indented(lines), "", *indented(steps), "end"]

    def starts(self):
        kind = self.dice.random()
        if kind < 0.55:
            at = f"at {self.number(0, 23):02d}:{self.dice.choice(('00', '30', '17'))}"
            return ["check " + self.dice.choice((f"every day {at}", f"every weekday {at}", f"every monday, thursday {at}",
                                                 "every hour"))]
        if kind < 0.8:
            return [f"start when {self.change()}", f"ignore events older than {self.number(3, 20)} days"]
        return ["start " + self.dice.choice((f"{units(self.number(1, 40), 'day')} before license_expires",
                                             f"{units(self.number(1, 9), 'month')} after hired_on", "on the anniversary of hired_on"))]

    def change(self):
        return self.dice.choice((
            'stage becomes any of "On assignment", "Retired"', f"certifications gains any of {self.some(CERTIFICATES)}",
            "candidate has applied", "candidate has worked", "candidate has referred", "candidate has auto_replied",
            "stage changes", 'candidate has joined list "Warm"',
            *(f'candidate has entered campaign "{name}"' for name in self.campaigns if name != self.own)))

    def days(self):
        first = self.dice.randint(0, 3)
        return f"{WEEKDAYS[first]} to {WEEKDAYS[self.dice.randint(first + 1, 6)]}"

    def hours(self):
        first = self.number(8, 15)
        last = first + 2 + int(self.dice.random() * (18 - first))  # one draw, whatever the first is
        return f"{first:02d}:{self.dice.choice(('00', '45'))} and {last:02d}:30"

    # --- steps -----------------------------------------------------------------------------------------------------

    def name(self):
        self.step += 1
        return f"s{self.step}"

    def steps(self, count, depth):
        lines = []
        for _ in range(count):
            lines += self.dice.choice((self.message, self.message, self.message, self.human, self.acts, self.branch))(depth)
            if self.chance(0.75):
                lines.append(self.wait())
        return lines

    def message(self, depth):
        name = self.name()
        email, sms = self.dice.choice(self.templates["email"]), self.dice.choice(self.templates["sms"])
        text = self.dice.choice((
            f'email "{email}"', f'email "{email}"', f'sms "{sms}"', f'sms "{sms}", otherwise email "{email}"',
            f'email "{email}", otherwise stop', f"email next unsent of {self.some(self.templates['email'], 3)}",
            f'email "noted" with a personal note by owner within {self.within()}, otherwise {self.dice.choice(("skip step", "stop"))}'))
        if self.messages and text == f'email "{email}"' and self.chance(0.5):
            text += f" in the thread of {self.dice.choice(self.messages)}"
        elif "note" not in text and "otherwise" not in text and self.chance(0.2):
            text += f" within {units(self.number(2, 60), 'hour')}, otherwise {self.dice.choice(('skip step', 'stop'))}"
        if depth == 2 and text.startswith(f'email "{email}"') and "otherwise" not in text:
            self.messages.append(name)
        return [f"step {name}: {text}"]

    def within(self):
        return self.dice.choice((units(self.number(1, 3), "business day"), units(self.number(3, 30), "hour")))

    def human(self, depth):
        if self.chance(0.5):
            return [self.task()]
        return [f"step {self.name()}: approval by {self.dice.choice(('owner', chr(34) + 'priya.nair' + chr(34)))} within {self.within()}, "
                f"otherwise {self.dice.choice(('stop', 'skip step'))}", *self.message(1)]

    def task(self):
        who = self.dice.choice(("owner", '"sam.okafor"'))
        return f'step {self.name()}: task for {who} "Call {{{{first_name or them}}}} ({{{{event_value or nothing}}}})"'

    def acts(self, _):
        what = self.dice.choice(('add to list "Parked" for 5 days', 'add to list "Warm"', 'add to list "Parked" for 10 days',
                                 'remove from list "Warm"', 'withdraw consent "text messages"'))
        return [f"step {self.name()}: {what}"]

    def wait(self):
        kinds = [f"wait {units(self.number(1, 5), 'day')}", f"wait {units(self.number(1, 4), 'business day')}",
                 f"wait {units(self.number(1, 50), 'hour')}", "wait 1 week",
                 f"wait until {self.dice.choice(WEEKDAYS[:5])} at {self.number(0, 23):02d}:30",
                 f"wait until {units(self.number(1, 20), 'day')} before license_expires"]
        if self.messages:
            kinds.append(f"wait up to {units(self.number(1, 5), 'day')} until {self.dice.choice(self.messages)} is clicked")
        return self.dice.choice(kinds)

    def branch(self, depth):
        if depth < 2:
            return self.message(depth)
        if self.chance(0.3):
            first, second = self.dice.sample(self.templates["email"], 2)
            return [f"step {self.name()}: split", f'  45 percent: email "{first}"', f'  35 percent: email "{second}"',
                    "  20 percent: nothing", "end"]
        test = self.condition(0)[0]
        if self.messages and self.chance(0.5):
            test = f"{self.dice.choice(self.messages)} was {self.dice.choice(('clicked', 'sent', 'replied to'))}"
        return [f"if {test}", *indented(self.steps(self.dice.randint(1, 2), 1)), "otherwise",
                *indented(self.steps(self.dice.randint(1, 2), 1)), "end"]

    # --- words -----------------------------------------------------------------------------------------------------

    def make_templates(self):
        for number in range(self.dice.randint(3, 5)):
            self.email(f"mail-{number}")
        for number in range(2):
            name = f"text-{number}"
            self.templates["sms"].append(name)
            self.blocks.append([f'template "{name}" for sms', f"  | {{{{first_name or Hi}}}}, {self.words()} from {{{{owner_name}}}}.",
                                "  | Reply STOP to opt out", "end"])
        self.email("noted", "{{personal_note}}")
        self.templates["email"].remove("noted")

    def words(self):
        fills = ("news {{city or nearby}}", "{{years_since hired_on or some}} years", "until {{license_expires or then}}",
                 "{{event_value or hello}}", "{{specialty or any unit}}", "since {{event_date or long ago}}")
        words = self.dice.choice(fills)
        return words + " again" if self.edits(0.25) else words

    def email(self, name, extra="see [this](https://lonestar.example/a)"):
        self.templates["email"].append(name)
        for language in ("", ' in "es"') if self.chance(0.3) else ("",):
            kind = ', kind "pitch"' if self.chance(0.4) and not language else ""
            self.blocks.append([f'template "{name}" for email{language}{kind}',
                                f'  subject "{{{{first_name or Hello}}}}: {self.words()}"', f"  | {self.words()}, {extra}", "  |",
                                "  | {{owner_name}}, {{postal_address}} {{unsubscribe_link}} {{preferences_link}}", "end"])
