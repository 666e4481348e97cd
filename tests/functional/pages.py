#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A personal note by its owner, and the pages behind the two other links of a mail: what somebody agreed to, taken back
and given again; on the disk before the page says so."""
import email
import email.policy
import glob
import json
import os
import re
import signal
import sqlite3
import sys
import time
import urllib.parse
import urllib.request

from desk import ROOT, Desk, check, finish
from running_daemon import start, status

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import free_port, wait_until  # noqa: E402

RULES = """edition 2026

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  email requires consent "job news"
end

segment "Everybody"
  email is known
end

campaign "Hello"
  owner "dana.wu"
  audience "Everybody"
  from owner
  start when candidate has joined list "Write now"
  ignore events older than 14 days
  enroll at most 5 per day
  re-enter never
  send monday to sunday between 00:00 and 24:00
  stop when candidate has replied
  keep candidates who leave the audience

  step hello: email "hello" with a personal note by owner within 2 business days, otherwise skip step
end

template "hello" for email
  subject "Hello"
  | {{personal_note}}
  |
  | What you agreed to: {{preferences_link}}
  | Yes, go on: {{renew_consent_link}}
  | {{postal_address}} {{unsubscribe_link}}
end
"""
PEOPLE = "ref,first_name,email,consent:job news\nme,Xiomara,xiomara@lonestar.example,given\n"
NOTE = "I still remember your question about nights."


def page(url, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=20) as answer:
        return answer.read().decode()


def consent(desk):
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        # Within one second taking back counts.
        return store.execute("SELECT status FROM consent ORDER BY at DESC, status DESC LIMIT 1").fetchone()[0]


def the_mail(desk):
    wait_until(lambda: glob.glob(desk.file("outbox", "*.eml")), "the mail")
    with open(glob.glob(desk.file("outbox", "*.eml"))[0], "rb") as file:
        return email.message_from_binary_file(file, policy=email.policy.default)


with Desk() as desk:
    port = free_port()
    desk.set("public_url", f'"http://127.0.0.1:{port}"')
    desk.set("address", f'"127.0.0.1:{port}"')
    for name in glob.glob(desk.file("rules", "*.nurture")):
        os.remove(name)
    for name, text in (("rules/hello.nurture", RULES), ("people.csv", PEOPLE), ("now.csv", "ref\nme\n")):
        with open(desk.file(name), "w") as file:
            file.write(text)
    desk.run("import", "candidates", "people.csv")
    desk.run("apply", desk.json("plan")["hash"][:6])
    daemon = start(desk, port)
    desk.run("import", "list", "Write now", "now.csv", "--live")

    wait_until(lambda: desk.json("tasks"), "the question for the note")
    shown = desk.run("tasks").stdout
    question = re.search(r"(?m)^\s+(\d+)\s+(?:personal )?note", shown)
    check("the owner is asked for the note, and sees the message around it",
          question and "What you agreed to" in shown, shown)
    check("yes without words is no note", desk.run("approve", question.group(1), expect=None).returncode != 0)
    desk.run("note", question.group(1), "--text", NOTE)
    mail = the_mail(desk)
    text = mail.get_body(("plain",)).get_content()
    check("the mail has the note", NOTE in text, text)

    preferences, renewal = (re.search(rf"http\S+/{kind}/[A-Za-z0-9_-]+", text).group(0) for kind in "pc")
    check("the preferences page names what was agreed to", "job news" in page(preferences))
    check("opening it changes nothing", consent(desk) == "given")
    check("a forged link leads nowhere", status(preferences[:-1] + ("0" if preferences[-1] != "0" else "1")) == 404)
    check("and neither does the token of one page under another", status(preferences.replace("/p/", "/c/")) == 404)
    page(preferences, consent="job news")
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    check("what is taken back is on the disk when the page says so, kill -9 or not", consent(desk) == "withdrawn")

    over = time.time() + 1
    daemon = start(desk, port)
    wait_until(lambda: time.time() > over, "the second in which it was taken back is over")
    check("the page knows it", "job news" in page(preferences))
    check("the renewal page asks before anything is given", page(renewal) and consent(desk) == "withdrawn")
    page(renewal, yes="1")
    check("its button gives the consent again", consent(desk) == "given")
    exported = json.loads(desk.run("export", "me").stdout)
    check("with the words that the person agreed to", "job news" in json.dumps(exported["consents"]), exported["consents"])
    daemon.terminate()
    check("the daemon stops cleanly", daemon.wait() == 0)
    with open(desk.file("daemon.log")) as log:
        text = log.read()
    check("its log has neither name, address nor note", not re.search(r"(?i)xiomara|@lonestar|nights", text), text)
finish()
