#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A message in a thread answers the one before it as that one went out, also when a person approves it first."""
import email
import email.policy
import glob
import os
import shutil

from desk import TODAY, Desk, check, finish

RULES = """edition 2026

segment "Everybody"
  first_name is known
end

campaign "Two letters"
  owner "dana.wu"
  audience "Everybody"
  from owner
  check every day at 07:00
  enroll at most 100 per day
  re-enter never
  stop when candidate has replied
  keep candidates who leave the audience

  step hello: email "hello"
  wait 3 days
  step review: approval by owner within 5 business days, otherwise stop
  step again: email "again" in the thread of hello
end

template "hello" for email
  subject "%s, {{first_name or there}}?"
  | Hi {{first_name or there}}.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end

template "again" for email
  subject "Once more"
  | It is me again.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
"""


def write_rules(desk, words):
    with open(desk.file("rules", "two-letters.nurture"), "w") as file:
        file.write(RULES % words)


def mails(desk):
    for path in glob.glob(desk.file("rehearsal", "messages", "*.eml")):
        with open(path, "rb") as file:
            yield email.message_from_binary_file(file, policy=email.policy.default)


with Desk(people=40) as desk:
    for path in glob.glob(desk.file("rules", "*.nurture")):
        if os.path.basename(path) != "house-rules.nurture":
            os.remove(path)
    write_rules(desk, "Still nursing")
    desk.live_sample()
    desk.run("rehearse", "--from", f"{TODAY}T06:00", "--days", "12", "--into", "rehearsal")
    by_id = {mail["Message-ID"]: mail for mail in mails(desk)}
    answers = [mail for mail in by_id.values() if mail["In-Reply-To"]]
    check("there are answers to look at", len(answers) > 10, str(len(answers)))
    check("each answers a mail that went out, and has its subject with Re:",
          all(mail["Subject"] == "Re: " + by_id[mail["In-Reply-To"]]["Subject"] for mail in answers))
    check("nobody was asked twice for one mail", len(by_id) == 2 * len(answers), f"{len(by_id)} mails")

    # The first letter is on its way when somebody edits its subject.
    shutil.rmtree(desk.file("rehearsal"))
    desk.run("rehearse", "--from", f"{TODAY}T06:00", "--days", "2", "--into", "rehearsal")
    before = {mail["Message-ID"]: mail for mail in mails(desk)}
    shutil.copy(desk.file("rehearsal", "nurtured.db"), desk.file("nurtured.db"))
    shutil.rmtree(desk.file("rehearsal"))
    write_rules(desk, "Quite another subject")
    desk.run("apply", desk.json("plan", "--as-of", "2026-03-04T06:00")["hash"])
    desk.run("rehearse", "--from", "2026-03-04T06:00", "--days", "10", "--into", "rehearsal")
    answers = [mail for mail in mails(desk) if mail["In-Reply-To"] in before]
    check("a thread keeps its first subject when the template is edited",
          len(answers) > 10 and all(mail["Subject"] == "Re: " + before[mail["In-Reply-To"]]["Subject"] for mail in answers),
          str([mail["Subject"] for mail in answers][:3]))
finish()
