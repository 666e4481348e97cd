#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No personal data and no credential in what the programs write about themselves. Every field of two people, a colleague,
both passwords and the words of the mails are words that occur nowhere else. The daemon sends to a relay and a gateway that
repeat them in every answer, pages are asked for with them, imports refuse them; then every log line, status, journal row,
file beside the store, argument and child process is searched for each of them."""
import atexit
import base64
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import sqlite3
import sys
import threading
import time

from desk import ROOT, Desk, check, finish
from running_daemon import start

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import FakeRelay, free_port, wait_until  # noqa: E402

PERSONAL = {  # what it is: the word, as it may show up anywhere
    "first name": "Quorlixa", "last name": "Vandermeshk", "address": "zyphrine", "mail domain": "canarybird", "phone": "512555013",
    "city": "Larkspurton", "postal code": "73QX91", "a text field": "Marmotzel", "a list entry": "Gorgonqux",
    "a number": "98765.25", "an event's name": "Wobblefest", "a consent's source": "Tintzelcall", "a note": "Plimsollword",
    "the words of a mail": "Umberquill", "a colleague's name": "Ottoline", "a colleague's address": "ottoline.kest",
    "a colleague's phone": "512555014"}
SECRET = {"the relay's password": "hunterzwei", "the gateway's password": "schluesselblume"}
EVERYTHING = " ".join([*PERSONAL.values(), *SECRET.values()])
NOON = 12 - time.gmtime().tm_hour  # the zone in which it is noon now: text messages may go
PEOPLE = 10

RULES = """edition 2026

fields
  nickname text
  specialty list of text
  salary number
end

events
  attended "came to a hiring event", with name
end

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "Etc/UTC"
  email requires consent "job news"
  sms requires consent "text messages"
end

segment "Everybody"
  email is known
end

campaign "Hello"
  owner "o.kest"
  audience "Everybody"
  from owner
  check every day at 00:00
  send monday to sunday between 00:00 and 24:00
  enroll at most 1000 per day
  re-enter never
  stop when candidate has replied
  stop when candidate leaves the audience

  step hello: email "hello"
  step text: sms "text"
  step call: task for owner "Call {{first_name or them}}, {{nickname or friend}}"
  step again: email "noted" with a personal note by owner within 2 business days, otherwise skip step
end

template "hello" for email
  subject "Umberquill for {{first_name or you}}"
  | Hi {{first_name or there}} {{last_name or so}} of {{city or there}}, {{nickname or friend}}.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end

template "noted" for email
  subject "Umberquill again"
  | {{personal_note}}
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end

template "text" for sms
  | Umberquill, {{first_name or you}}! {{organisation}}. Reply STOP to stop.
end
"""

CONFIG = """[store]
path = "nurtured.db"
[rules]
directory = "rules"
[organisation]
name = "Lone Star Staffing"
public_url = "http://127.0.0.1:{page}"
[email]
relay = "smtp://127.0.0.1:{relay}"
starttls = "never"
user = "nurtured"
password = {{ file = "relay.password" }}
from_domains = ["lonestar.example"]
connections = 2
[sms]
gateway = "kannel"
url = "http://127.0.0.1:{gateway}/cgi-bin/sendsms"
sender = "+15125550100"
user = "nurtured"
password = {{ file = "gateway.password" }}
[delivery]
mode = "live"
[guard]
canary = "0%"
[listen]
address = "127.0.0.1:{page}"
[people]
"o.kest" = {{ name = "Ottoline Kest", email = "ottoline.kest@lonestar.example", phone = "+15125550140" }}
"""


def answers():
    """To a final dot or a request, one after the other; each says everything."""
    mail = [f"{code} {EVERYTHING}\r\n".encode() for code in
            ("250 2.0.0 queued as", "550 5.1.1", "452 4.2.2", "554 5.7.1", "250", "421 4.7.0", "no code but", "250 2.0.0 Ok: queued as")]
    # A text that is refused (400) and a refused password (403) hold all that follows: they come last.
    text = [(202, f"0: Accepted {EVERYTHING}"), (500, EVERYTHING), (202, EVERYTHING), (429, EVERYTHING), (302, EVERYTHING),
            (400, EVERYTHING), (403, EVERYTHING)]
    return mail, text


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        code, words = answers()[1][self.server.asked % 7]
        self.server.asked += 1
        self.send_response(code, "Umberquill")
        self.send_header("X-Trace", EVERYTHING)
        self.send_header("Location", f"http://127.0.0.1:1/{EVERYTHING.replace(' ', '-')}")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_):
        pass


class TalkativeRelay(FakeRelay):
    USUAL = {**FakeRelay.USUAL, "EHLO": b"250-fake\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n"}

    def __init__(self, password_is_right):
        super().__init__(self.reply)
        self.right, self.said, self.logins = password_is_right, 0, 0

    def reply(self, stage, connection):
        if stage == "AUTH":
            return b"334 \r\n"
        if stage not in ("connect", "EHLO", "MAIL", "RCPT", "DATA", ".", "RSET", "NOOP", "QUIT"):  # the login itself
            self.logins += 1
            return b"235 2.7.0 welcome\r\n" if self.right else f"535 5.7.8 {EVERYTHING}\r\n".encode()
        if stage != ".":
            return None
        self.said += 1
        words = answers()[0][(self.said - 1) % 8]
        if not words[:3].isdigit():  # no answer, and gone: in doubt
            connection.sendall(words)
            self.reset(connection)
        return words


def write_files(desk):
    files = {"rules/all.nurture": RULES, "relay.password": SECRET["the relay's password"] + "\n",
             "gateway.password": SECRET["the gateway's password"] + "\n"}
    head = "ref,first_name,last_name,email,phone,city,postal_code,time_zone,nickname,specialty,salary,consent:text messages\n"
    row = "c{0},Quorlixa,Vandermeshk,zyphrine{0}@canarybird.example,+1512555013{1},Larkspurton,73QX91,Etc/GMT{2:+d},Marmotzel,Gorgonqux,98765.25,given\n"
    files["people.csv"] = head + "".join(row.format(n, n % 10, -NOON) for n in range(1, PEOPLE + 1))
    files["bad.csv"] = head + row.format(50, 0, -NOON).replace("98765.25", "Quorlixa") + row.format(51, 0, 99) + \
        row.format(52, 0, -NOON).replace("@", " Vandermeshk ")
    files["events.csv"] = "ref,event,at,detail\nc1,attended,2025-02-22T18:16:31Z,Wobblefest\nc1,Wobblefest,2025-02-22,x\nzyphrine,attended,Marmotzel,x\n"
    files["consents.csv"] = "ref,consent,status,at,source\n" + "".join(
        f"c{n},job news,given,2025-02-27T15:31:53Z,Tintzelcall\n" for n in range(1, PEOPLE + 1)) + "c1,job news,Tintzelcall,Quorlixa,x\n"
    files["replies.csv"] = f"ref,event,at,detail\nc9,replied,{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())},Wobblefest\n"
    for name in os.listdir(desk.file("rules")):
        os.remove(desk.file("rules", name))
    shutil.rmtree(desk.file("sample"))
    for name, text in files.items():
        with open(desk.file(name), "w") as file:
            file.write(text)


class Outputs:
    """Everything that is no answer to a person who asked for a person: {where: text}."""

    def __init__(self, desk):
        self.desk, self.texts = desk, {}

    def run(self, *words, shows_people=False, **how):
        done = self.desk.run(*words, expect=None, **how)
        # What a command prints about a person whom somebody asked for is its purpose; its complaints are not.
        self.add(f"nurture {' '.join(words)}", ("" if shows_people else done.stdout) + (done.stderr if done.returncode == 0 else ""))
        return done

    def add(self, where, text):
        self.texts[where] = self.texts.get(where, "") + text

    def add_files(self):
        inputs = re.compile(r"\.csv$|\.nurture$|\.password$|^nurtured\.(toml|db)")
        for folder, _, names in os.walk(self.desk.path):
            for name in names:
                path = os.path.join(folder, name)
                self.add("names of files", path + "\n")
                if not inputs.search(name) and not os.path.islink(path) and os.path.isfile(path):
                    with open(path, errors="replace") as file:
                        self.add(path, file.read())

    def found(self, words):
        return [f"{what} in {where}: {line.strip()[:200]}" for what, word in words.items() for where, text in self.texts.items()
                for line in text.splitlines() if re.search(re.escape(word), line, re.IGNORECASE)]


def ask_pages(port, outputs):
    """Requests that carry everything, everywhere a request can carry something."""
    for method, path in (("GET", "/u/"), ("POST", "/u/"), ("GET", "/p/1-"), ("POST", "/c/1-"), ("GET", "/"), ("DELETE", "/u/x")):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(method, path + EVERYTHING.replace(" ", "-") + "?email=zyphrine1@canarybird.example", body=EVERYTHING,
                           headers={"User-Agent": EVERYTHING, "Referer": EVERYTHING, "Cookie": EVERYTHING})
        outputs.add("pages", connection.getresponse().read().decode())
        connection.close()


def listen_for_notices(desk, outputs):
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(desk.file("notices"))

    def hear():
        while True:
            outputs.add("what systemd is told", notices.recv(8192).decode() + "\n")

    threading.Thread(target=hear, daemon=True).start()
    os.environ["NOTIFY_SOCKET"] = desk.file("notices")


def states(desk, channel):
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        return [row[0] for row in store.execute("SELECT state FROM message WHERE channel=?", (channel,))]


def start_daemon(desk, page):
    daemon = start(desk, page)
    atexit.register(lambda: daemon.poll() is None and daemon.kill())
    return daemon


def look_at_process(daemon, outputs):
    with open(f"/proc/{daemon.pid}/cmdline") as file:
        outputs.add("its arguments", file.read().replace("\0", " ") + "\n")
    children = "".join(open(f"/proc/{daemon.pid}/task/{task}/children").read() for task in os.listdir(f"/proc/{daemon.pid}/task"))
    check("the daemon starts no other program", children.strip() == "", children)


def configure(desk, **ports):
    with open(desk.file("nurtured.toml"), "w") as file:
        file.write(CONFIG.format(**ports))


def importing(outputs):
    for words in (("candidates", "people.csv"), ("candidates", "bad.csv"), ("events", "events.csv"), ("consents", "consents.csv")):
        outputs.run("import", *words)


def everything_once(desk, outputs, page):
    """A daemon that sends, is answered badly, is asked for pages; and people who type."""
    daemon = start_daemon(desk, page)
    wait_until(lambda: len(states(desk, "email")) >= PEOPLE and not {"INFLIGHT"} & set(states(desk, "email")), "the mails")
    wait_until(lambda: len(states(desk, "sms")) >= 5 and not {"INFLIGHT"} & set(states(desk, "sms")), "the text messages")
    check("mails ended in many ways", len(set(states(desk, "email"))) >= 4, str(states(desk, "email")))
    check("and so did text messages", len(set(states(desk, "sms"))) >= 2, str(states(desk, "sms")))
    ask_pages(page, outputs)
    look_at_process(daemon, outputs)
    outputs.run("import", "events", "replies.csv", "--live")
    for question in desk.json("tasks"):
        outputs.run("note", str(question.get("id", question.get("number", 0))), "--text", "Plimsollword", shows_people=True)
    for words in (["suppress", "c3"], ["suppress", "zyphrine4@canarybird.example"], ["lift", "c3"]):
        outputs.run(*words, "--because", "asked us on the phone", shows_people=True)
    outputs.run("erase", "c5")
    outputs.run("stop", "--because", "fire drill")
    outputs.run("resume")
    for words in (["status"], ["status", "--json"], ["journal", "verify"], ["journal", "export"], ["history"], ["check"]):
        outputs.run(*words)
    for words in (["why", "c1"], ["find", "email is known"], ["preview"], ["export", "c2"], ["tasks"], ["plan"], ["fields"]):
        outputs.run(*words, shows_people=True)
    daemon.terminate()
    check("the daemon stops cleanly", daemon.wait() == 0)


def wrong_password(desk, outputs, page, gateway):
    """The relay refuses the login and repeats it; nothing goes there any more."""
    with TalkativeRelay(False) as relay:
        configure(desk, page=page, relay=relay.port, gateway=gateway)
        daemon = start_daemon(desk, page)
        outputs.run("send-test", "hello", "--to", "ottoline.kest@lonestar.example", shows_people=True)
        wait_until(lambda: relay.logins > 0 and "credentials" in open(desk.file("daemon.log")).read(), "the refused login")
        outputs.run("status")
        daemon.terminate()
        daemon.wait()


with Desk() as desk:
    outputs, page = Outputs(desk), free_port()
    write_files(desk)
    gateway = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    gateway.asked = 0
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    with TalkativeRelay(True) as relay:
        configure(desk, page=page, relay=relay.port, gateway=gateway.server_port)
        importing(outputs)
        plan = json.loads(desk.run("plan", "--json").stdout)
        outputs.run("apply", plan["hash"])
        listen_for_notices(desk, outputs)
        everything_once(desk, outputs, page)
        check("the relay and the gateway were talked to, with the password", relay.said >= PEOPLE and relay.logins > 0 and gateway.asked >= 5)
    wrong_password(desk, outputs, page, gateway.server_port)
    outputs.add_files()
    check("there is something to search", all(part in outputs.texts for part in ("pages", "what systemd is told", desk.file("daemon.log")))
          and outputs.texts["nurture journal export"].count("\n") > 30, str({where: len(text) for where, text in outputs.texts.items()}))
    found = outputs.found(PERSONAL)
    check("personal data are in none of it", not found, "\n    ".join(found[:20]))
    with open(desk.file("nurtured.db"), "rb") as store:
        outputs.add("the store", store.read().decode("latin-1"))
    login = base64.b64encode(f"\0nurtured\0{SECRET['the relay' + chr(39) + 's password']}".encode()).decode()
    found = outputs.found({**SECRET, "the login": login})
    check("credentials are in none of it, and not in the store", not found, "\n    ".join(found[:20]))
finish()
