#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long a hand-over waits for its commit while people are imported beside the running daemon.

    tests/bench/import_beside.py [PEOPLE]

Seen from the relay: between its 354 and the first byte of the message lies the commit that allows it, and nothing else. 600
messages go out while PEOPLE (100,000) new candidates are imported; programs as for the functional tests ($NURTURED_BIN).
"""
import contextlib
import os
import socketserver
import statistics
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/functional"))
from desk import BIN, Desk, check, finish  # noqa: E402
from running_daemon import start  # noqa: E402

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import free_port, wait_until  # noqa: E402

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
MESSAGES = 600
GOAL = 0.2  # seconds, the median

RULES = """\
edition 2026

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "Etc/UTC"
  email requires consent "job news"
end

segment "Nurses"
  specialty is "ICU"
end

fields
  specialty text
end

campaign "Hello"
  owner "dana.wu"
  audience "Nurses"
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
  subject "Something for {{first_name or you}}"
  | Hi {{first_name or there}},
  |
  | we wanted to say hello.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
"""


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def handle(self):
        with contextlib.suppress(ConnectionError):
            self.say(b"220 relay.example ESMTP")
            while line := self.rfile.readline(2048):
                if line.upper().startswith(b"DATA"):
                    self.say(b"354 go on")
                    self.message(time.monotonic())
                elif line.upper().startswith(b"QUIT"):
                    return self.say(b"221 2.0.0 bye")
                else:
                    self.say(b"250 2.0.0 ok")

    def message(self, asked):
        line = self.rfile.readline()
        if line:
            self.server.waits.append((asked, time.monotonic() - asked))
        while line and line != b".\r\n":
            line = self.rfile.readline()
        time.sleep(0.05)  # a relay that is not on this machine: the 600 last as long as the import
        self.say(b"250 2.0.0 ok")


class Relay(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.waits = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


def write_people(path, first, count, specialty):
    with open(path, "w") as file:
        file.write("ref,first_name,email,specialty,consent:job news\n")
        file.writelines(f"c{n},Ana,ana{n}@d{n % 97}.example,{specialty},given\n" for n in range(first, first + count))


with Desk() as desk, Relay() as relay:
    port = free_port()
    for key, value in (("public_url", f'"http://127.0.0.1:{port}"'), ("address", f'"127.0.0.1:{port}"'),
                       ("relay", f'"smtp://127.0.0.1:{relay.server_address[1]}"'), ("starttls", '"never"'),
                       ("mode", '"live"'), ("canary", '"0%"')):
        desk.set(key, value)
    for name in os.listdir(desk.file("rules")):
        if name.endswith(".nurture"):
            os.remove(desk.file("rules", name))
    with open(desk.file("rules", "hello.nurture"), "w") as file:
        file.write(RULES)
    write_people(desk.file("nurses.csv"), 1, MESSAGES, "ICU")
    write_people(desk.file("others.csv"), 1_000_000, PEOPLE, "Dialysis")
    desk.run("import", "candidates", "nurses.csv")
    desk.apply()
    daemon = start(desk, port)
    wait_until(lambda: len(relay.waits) > 8, "the first hand-overs")
    began = time.monotonic()
    done = subprocess.run([os.path.join(BIN, "nurture"), "import", "candidates", "others.csv"], cwd=desk.path,
                          capture_output=True, text=True)
    ended = time.monotonic()
    check("the import is whole", done.returncode == 0, done.stderr)
    wait_until(lambda: len(relay.waits) >= MESSAGES, "the rest of the hand-overs")
    beside = sorted(wait for asked, wait in relay.waits if began <= asked <= ended)
    alone = sorted(wait for asked, wait in relay.waits if asked > ended or asked < began)
    print(f"{PEOPLE} people imported in {ended - began:.1f} s; {len(beside)} hand-overs began meanwhile")
    if check("hand-overs went on during the import", len(beside) >= 5):
        print(f"waited for the commit: median {statistics.median(beside) * 1000:.0f} ms, "
              f"worst {beside[-1] * 1000:.0f} ms" + (f"; without the import {statistics.median(alone) * 1000:.0f} ms" if alone else ""))
        check("the median is at most 200 ms", statistics.median(beside) <= GOAL)
    daemon.terminate()
    check("the daemon stops cleanly", daemon.wait() == 0)
finish()
