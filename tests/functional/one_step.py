# SPDX-License-Identifier: MIT
"""A campaign of one step, for everybody and at once, on a desk whose daemon is live."""
import contextlib
import datetime
import glob
import os
import signal
import sqlite3
import sys

from desk import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import free_port, wait_until  # noqa: E402

RULES = """\
edition 2026

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "ZONE"
  email requires consent "job news"
  sms requires consent "text messages"
end

segment "Everybody"
  email is known
end

campaign "Hello"
  owner "dana.wu"
  audience "Everybody"
  from owner
  check every day at 00:00
  send monday to sunday between 00:00 and 24:00
  enroll at most 100 per day
  re-enter never

  stop when candidate has replied
  stop when candidate leaves the audience

  step hello: CHANNEL "hello"
end

template "hello" for email
  subject "For {{first_name or you}}"
  | Hi {{first_name or there}},
  |
  | we wanted to say hello.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
"""
TEXT = """
template "hello" for sms
  | Hi {{first_name or there}}, we wanted to say hello. {{owner_name}}, Lone Star. Reply STOP to opt out.
end
"""


def midday():
    """A zone in which it is about noon now: text messages go between 08:00 and 21:00 only."""
    hours = 12 - datetime.datetime.now(datetime.timezone.utc).hour
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC"


def prepare(desk, channel):
    """Rules and nurtured.toml; the port of the page."""
    port = free_port()
    desk.set("public_url", f'"http://127.0.0.1:{port}"')
    desk.set("address", f'"127.0.0.1:{port}"')
    desk.set("starttls", '"never"')
    desk.set("mode", '"live"')
    desk.set("canary", '"0%"')
    for path in glob.glob(desk.file("rules", "*.nurture")):
        os.remove(path)
    rules = RULES.replace("ZONE", midday()).replace("CHANNEL", channel)
    with open(desk.file("rules", "hello.nurture"), "w") as file:
        file.write(rules + (TEXT if channel == "sms" else ""))
    return port


def people(desk, count, email="ana{n}@d{n}.example"):
    """c0, c1, …; each with a telephone and both consents."""
    with open(desk.file("people.csv"), "w") as file:
        file.write("ref,first_name,email,phone,consent:job news,consent:text messages\n")
        file.writelines(f"c{n},Ana,{email.format(n=n)},+1214555014{n},given,given\n" for n in range(count))
    desk.run("import", "candidates", "people.csv")


def ask(desk, sql):
    with contextlib.closing(sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True, timeout=20)) as store:
        return store.execute(sql).fetchall()


def reload(desk, daemon):
    def times():
        with open(desk.file("daemon.log")) as log:
            return log.read().count("nurtured.toml read again")

    before = times()
    daemon.send_signal(signal.SIGHUP)
    wait_until(lambda: times() > before, "the reload")
