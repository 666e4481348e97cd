#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Text messages through the daemon to a gateway: each campaign's own sender, and a text that is longer than its campaign
allows, which the preview foretells and the gateway never sees."""
import http.server
import os
import shutil
import sqlite3
import sys
import threading
import time
import urllib.parse

from desk import ROOT, Desk, check, finish
from running_daemon import start

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import free_port, wait_until  # noqa: E402

NOON = 12 - time.gmtime().tm_hour  # the zone in which it is noon now: text messages may go
HOUSE, TEAM = "+15125550100", "+15125550111"
SHORT, LONG = "Ana", "Wolfeschlegelsteinhausenbergerdorff"

POLICY = """edition 2026

policy "Lone Star Staffing"
  time zone candidate, otherwise "Etc/UTC"
  sms requires consent "text messages"
end

segment "Everybody"
  phone is known
end

template "text" for sms
  | {{first_name or you}}, the new rates are out for all of our hospitals: nights pay a third more than they did last spring, and whoever begins before the first of June has a month of free lodging. {{preferences_link}} Reply STOP to opt out
end
"""

CAMPAIGN = """
campaign "NAME"
  owner "dana.wu"
  audience "Everybody"
LINES  check every day at 00:00
  send monday to sunday between 00:00 and 24:00
  enroll at most 1000 per day
  re-enter never
  priority PRIORITY
  stop when candidate has replied
  stop when candidate leaves the audience

  step text: sms "text"
end
"""

CONFIG = f"""[store]
path = "nurtured.db"
[rules]
directory = "rules"
[organisation]
name = "Lone Star Staffing"
public_url = "https://careers.lonestar.example"
[email]
relay = "file:outbox"
from_domains = ["lonestar.example"]
[sms]
gateway = "kannel"
url = "http://127.0.0.1:{{gateway}}/cgi-bin/sendsms"
sender = "{HOUSE}"
senders = ["{TEAM}"]
[delivery]
mode = "live"
[guard]
canary = "0%"
[listen]
address = "127.0.0.1:{{page}}"
[people]
"dana.wu" = {{{{ name = "Dana Wu", email = "dana.wu@lonestar.example" }}}}
"""


def rules(sender):
    def campaign(name, lines, priority):
        return CAMPAIGN.replace("NAME", name).replace("LINES", lines).replace("PRIORITY", str(priority))

    return (POLICY + campaign("House", "", 50) +
            campaign("Team", f'  sms from "{sender}"\n  sms of at most 2 segments\n', 51))


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        self.server.seen.append((asked["from"][0], asked["to"][0], asked["text"][0]))
        words = b"0: Accepted for delivery"
        self.send_response(202)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_):
        pass


def write(desk, name, text):
    with open(desk.file(name), "w") as file:
        file.write(text)


def set_up(desk, gateway, page):
    for name in os.listdir(desk.file("rules")):
        os.remove(desk.file("rules", name))
    shutil.rmtree(desk.file("sample"))
    write(desk, "rules/all.nurture", rules(TEAM))
    write(desk, "people.csv", "ref,first_name,phone,time_zone,consent:text messages\n"
          f"short,{SHORT},+15125550131,Etc/GMT{-NOON:+d},given\nlong,{LONG},+15125550132,Etc/GMT{-NOON:+d},given\n")
    write(desk, "nurtured.toml", CONFIG.format(gateway=gateway, page=page))
    desk.run("import", "candidates", "people.csv")


def rows(desk):
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        return {(ref, campaign): (state, reason or "", (text_hash or b"").hex(), end) for ref, campaign, state, reason, text_hash, end in
                store.execute("SELECT c.ref,m.campaign,m.state,m.reason,m.text_hash,e.end_reason FROM message m "
                              "JOIN candidate c ON c.id=m.candidate JOIN enrolment e ON e.id=m.enrolment")}


TOO_LONG = "the text is 3 segments, at most 2 are allowed"
with Desk() as desk:
    gateway = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    gateway.seen = []
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    page = free_port()
    set_up(desk, gateway.server_port, page)
    desk.apply()
    foretold = {(m["candidate"], m["campaign"]): m for m in desk.json("preview", "--days", "2")["messages"]}
    check("the preview says which text is too long, and how many segments the others have",
          foretold["long", "Team"].get("problem") == TOO_LONG and foretold["long", "House"].get("segments") == 3 and
          foretold["short", "Team"].get("segments") == 2, str(foretold))
    desk.run("preview", "--days", "2", "--html", "report.html")
    with open(desk.file("report.html")) as file:
        report = file.read()
    check("the report shows the sender of each text", f"<dd>{TEAM}</dd>" in report and f"<dd>{HOUSE}</dd>" in report)

    daemon = start(desk, page)
    try:
        wait_until(lambda: len(rows(desk)) == 4 and all(row[3] for row in rows(desk).values()), "the end of all four")
    finally:
        daemon.terminate()
        daemon.wait()
    sent = rows(desk)
    came = sorted((sender, to) for sender, to, _ in gateway.seen)
    check("each campaign's texts come from its own sender, and nobody gets one that is too long",
          came == [(HOUSE, "+15125550131"), (HOUSE, "+15125550132"), (TEAM, "+15125550131")], str(came))
    check("what was sent is what was foretold, text by text",
          {key: row[2] for key, row in sent.items() if row[0] == "SENT"} ==
          {key: m["text_hash"] for key, m in foretold.items() if "text_hash" in m} and len(sent) == 4, f"{sent}\n{foretold}")
    check("the text that is too long ends that campaign for that person, with the figures as its reason",
          sent["long", "Team"][:2] == ("FAILED_RENDER", TOO_LONG) and sent["long", "Team"][3] == "first-text-too-long",
          str(sent["long", "Team"]))
    why = desk.run("why", "long", "Team").stdout
    check("`nurture why` says both", TOO_LONG in why and "more segments than the rules allow" in why, why)
    journal = desk.run("journal", "export").stdout
    check("so does the journal", TOO_LONG in journal, journal[-2000:])

    write(desk, "rules/all.nurture", rules("+15125550199"))
    wrong = desk.run("check", expect=None)
    said = wrong.stdout + wrong.stderr
    check("a sender that the sysadmin has not allowed is an error that names those allowed",
          wrong.returncode != 0 and "N0408" in said and f'Allowed:   "{HOUSE}", "{TEAM}"' in said, said)
finish()
