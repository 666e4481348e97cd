#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What holds messages back, on the built programs: a campaign's breaker, a refused text, a restored store, a STOP file."""
import contextlib
import json
import os
import shutil
import socketserver
import sqlite3
import sys
import threading

from desk import ROOT, Desk, check, finish
from running_daemon import start

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import free_port, wait_until  # noqa: E402

RULES = """\
edition 2026

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "Etc/UTC"
  email requires consent "job news"
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
  enroll at most 100000 per day
  re-enter never

  stop when candidate has replied
  stop when candidate leaves the audience

  step hello: email "Hello"
end

template "Hello" for email
  subject "TEXT for {{first_name or you}}"
  | Hi {{first_name or there}},
  |
  | we wanted to say hello.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
"""


class Relay(socketserver.ThreadingTCPServer):
    """Refuses recipients whose number ends in 0, texts with the word FORBIDDEN, and takes the rest."""
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.port = self.server_address[1]
        self.taken, self.refused = 0, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        with contextlib.suppress(ConnectionError):
            self.say("220 relay.example ESMTP")
            while (line := self.rfile.readline(2048)) and self.command(line.upper()):
                pass

    def command(self, line):
        if line.startswith(b"EHLO"):
            self.say("250-relay.example")
            self.say("250 ENHANCEDSTATUSCODES")
        elif line.startswith(b"RCPT") and b"0@" in line:
            self.server.refused += 1
            self.say("550 5.1.1 no such user")
        elif line.startswith(b"DATA"):
            self.say("354 go on")
            self.message()
        elif line.startswith(b"QUIT"):
            self.say("221 2.0.0 bye")
            return False
        else:
            self.say("250 2.0.0 ok")
        return True

    def message(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionError
            lines.append(line)
        forbidden = any(b"FORBIDDEN" in line for line in lines)
        self.server.taken += not forbidden
        self.say("554 5.6.0 this text is not for us" if forbidden else "250 2.0.0 ok")


def ask(desk, sql):
    with contextlib.closing(sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True, timeout=20)) as store:
        return store.execute(sql).fetchall()


def gates(desk):
    return sorted(f"{kind} {name}" for kind, name in ask(desk, "SELECT kind,name FROM gate"))


def people(desk, first, count):
    path = desk.file("people.csv")
    with open(path, "w") as file:
        file.write("ref,first_name,email,consent:job news\n")
        file.writelines(f"c{n},Ana,ana{n}@d{n % 50}.example,given\n" for n in range(first, first + count))
    desk.run("import", "candidates", path)


def rules(desk, text):
    for name in os.listdir(desk.file("rules")):
        os.remove(desk.file("rules", name)) if name.endswith(".nurture") else None
    with open(desk.file("rules", "hello.nurture"), "w") as file:
        file.write(RULES.replace("TEXT", text))
    desk.apply()


def prepare(desk, relay, count, text="Something"):
    port = free_port()
    desk.set("public_url", f'"http://127.0.0.1:{port}"')
    desk.set("address", f'"127.0.0.1:{port}"')
    desk.set("relay", f'"smtp://127.0.0.1:{relay.port}"')
    desk.set("starttls", '"never"')
    desk.set("mode", '"live"')
    desk.set("canary", '"0%"')
    people(desk, 1, count)
    rules(desk, text)
    return port


def stop(daemon):
    daemon.terminate()
    check("the daemon stops cleanly", daemon.wait() == 0)


def status(desk):
    return desk.run("status").stdout


with Desk() as desk, Relay() as relay:
    port = prepare(desk, relay, 400)
    daemon = start(desk, port)
    wait_until(lambda: "breaker Hello" in gates(desk), "the breaker")
    wait_until(lambda: ask(desk, "SELECT count(*) FROM message WHERE state IN ('READY','INFLIGHT')") == [(0,)], "quiet")
    handed = relay.taken + relay.refused
    check("after a hundred messages with 10 % bounces the campaign is held back", 100 <= handed < 200, str(handed))
    check("and so is the relay", gates(desk) == ["breaker Hello", "hold email"], str(gates(desk)))
    check("status says why, and what to do", "messages bounced (the limit is 5 %)" in status(desk)
          and 'nurture resume "Hello"' in status(desk), status(desk))
    shown = desk.run("preview", "--days", "2").stdout
    check("the preview foresees no message either", "Nothing would happen in these days." in shown, shown)
    waiting = ask(desk, "SELECT c.ref FROM message m JOIN candidate c ON c.id=m.candidate WHERE m.state='HELD' LIMIT 1")
    if check("who was released already waits", bool(waiting)):
        check("why says so", "held back after too many failures" in desk.run("why", waiting[0][0], "Hello").stdout)
    check("dead addresses are suppressed, and no others",
          ask(desk, "SELECT count(*) FROM suppression WHERE reason='hard-bounce'") == [(relay.refused,)])
    check("what is not held cannot go on", "nothing holds Hallo back" in desk.run("resume", "Hallo", expect=1).stderr)
    desk.run("resume", "email")
    check("the breaker stays when the relay goes on", gates(desk) == ["breaker Hello"])
    desk.run("resume", "Hello", "--because", "the list was cleaned")
    wait_until(lambda: relay.taken + relay.refused > handed, "the campaign going on")
    check("the journal knows who let it go on",
          ask(desk, "SELECT count(*) FROM journal WHERE kind='go-on' AND body LIKE '%the list was cleaned%'") == [(1,)])
    stop(daemon)

with Desk() as desk, Relay() as relay:
    port = prepare(desk, relay, 9, "FORBIDDEN")
    daemon = start(desk, port)
    wait_until(lambda: "step Hello/hello" in gates(desk), "the hold of the step")
    wait_until(lambda: ask(desk, "SELECT count(*) FROM message WHERE state IN ('READY','INFLIGHT')") == [(0,)], "quiet")
    people(desk, 11, 9)
    check("status names the step", "Hello/hello: the relay refused its text (554 5.6.0)" in status(desk), status(desk))
    rules(desk, "Something else")
    check("another text lets it go on", gates(desk) == [], str(gates(desk)))
    stop(daemon)

with Desk() as desk, Relay() as relay:
    port = prepare(desk, relay, 9)
    daemon = start(desk, port)
    wait_until(lambda: relay.taken == 9, "the mails")
    stop(daemon)
    with contextlib.closing(sqlite3.connect(desk.file("nurtured.db"))) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(desk.file("nurtured.db"), desk.file("backup.db"))
    people(desk, 11, 9)
    daemon = start(desk, port)
    desk.run("send-test", "Hello", "--to", "dana.wu@lonestar.example")
    wait_until(lambda: relay.taken == 10, "the test mail")
    stop(daemon)
    for end in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(desk.file("nurtured.db" + end))
    with open(desk.file("backup.db"), "rb") as backup, open(desk.file("nurtured.db"), "r+b") as store:
        store.truncate(0)
        store.write(backup.read())
    daemon = start(desk, port)
    desk.run("send-test", "Hello", "--to", "dana.wu@lonestar.example")
    check("a store that was put back is held, and status says why",
          "ON HOLD, nothing leaves: this store is an older copy" in status(desk), status(desk))
    check("resume is not enough", "nurture reconcile" in desk.run("resume", expect=1).stderr)
    check("the journal command sees it too", desk.run("journal", "verify", expect=1).returncode == 1)
    looked = desk.run("reconcile", expect=1).stdout
    check("reconcile says what it found and asks for a reason", "would send again" in looked and "--because" in looked, looked)
    check("nothing went out meanwhile", relay.taken == 10)
    desk.run("reconcile", "--because", "nothing went out since, says the relay's log")
    wait_until(lambda: relay.taken == 11, "the test mail after the reconciliation")
    check("the journal is whole from there", json.loads(desk.run("journal", "verify", "--json").stdout)["ok"])
    stop(daemon)
    daemon = start(desk, port)
    check("and the next start is an ordinary one", "ON HOLD" not in status(desk), status(desk))
    open(desk.file("STOP"), "w").close()
    wait_until(lambda: "STOPPED" in status(desk), "the STOP file")
    stop(daemon)
    shutil.copytree(desk.path, desk.path + "-copy", ignore=shutil.ignore_patterns("*.sock"))
    os.remove(desk.path + "-copy/STOP")
    desk.path += "-copy"
    daemon = start(desk, port)
    check("a copy of the whole directory is held", "another machine or as another file" in status(desk), status(desk))
    stop(daemon)
finish()
