#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The whole program with raw relays behind it: an address that tries to say more never gets there, another relay takes
over when one cannot be reached, and the return address of a mail names the message alone."""
import os
import re
import signal
import sqlite3
import sys

from desk import ROOT, TODAY, Desk, check, finish
from running_daemon import start

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import FakeRelay, free_port  # noqa: E402

COLLEAGUES = ["dana.wu@lonestar.example", "lee.ortiz@lonestar.example"]
HOSTILE = ["ana@mail.example>\r\nRCPT TO:<eve@mail.example", "ana@mail.example\nDATA", "ana@mail.example\x00", "ana mail@mail.example",
           "<ana@mail.example> BODY=8BITMIME"]


class RawRelay(FakeRelay):
    """Keeps every line that it reads outside of messages, and who was written to."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def serve(self, connection):
        relay = self

        class Noting:
            def __getattr__(self, name):
                return getattr(connection, name)

            def makefile(self, mode):
                def lines():
                    inside = False
                    for line in connection.makefile(mode):
                        if not inside:
                            relay.lines.append(line)
                        inside = line == b"DATA\r\n" or (inside and line != b".\r\n")
                        yield line
                return lines()

        super().serve(Noting())


def hostile_addresses():
    with Desk(people=2000) as desk, RawRelay() as relay:
        with open(desk.file("hostile.csv"), "w", newline="") as file:
            file.write("ref,first_name,email\r\n" + "".join(f'h{i},Eve,"{bad}"\r\n' for i, bad in enumerate(HOSTILE)))
        desk.live_sample()
        done = desk.run("import", "candidates", "hostile.csv", expect=None)
        store = sqlite3.connect(desk.file("nurtured.db"))
        kept = [email for (email,) in store.execute("SELECT email FROM candidate WHERE ref LIKE 'h_'") if email]
        check("an import keeps none of the addresses that hold more than an address", kept == [], f"{kept} {done.stdout}{done.stderr}")
        # Past the import: somebody with sqlite3 in his hand.
        people = [ref for (ref,) in store.execute("SELECT ref FROM candidate WHERE email IS NOT NULL ORDER BY id")]
        for i, ref in enumerate(people):
            if i % 2:
                store.execute("UPDATE candidate SET email = ? WHERE ref = ?", (HOSTILE[i % len(HOSTILE)], ref))
        store.commit()
        store.close()
        desk.set("starttls", '"never"')
        sent = desk.json("rehearse", "--from", f"{TODAY}T06:00", "--days", "7", "--into", desk.file("rehearsal"), "--relay",
                         f"smtp://127.0.0.1:{relay.port}")["messages"]
        arrived = len(relay.bodies)
        check("the others get their mail", arrived > 20 and arrived == sum(m["state"] == "SENT" and m["channel"] == "email" for m in sent), arrived)
        ordinary = re.compile(rb"(EHLO \S+|MAIL FROM:<[!-~]+@[a-z0-9.-]+>|RCPT TO:<[^\s<>]+@[a-z0-9.-]+>|DATA|RSET|QUIT|\.)\r\n")
        odd = [line for line in relay.lines if not ordinary.fullmatch(line) or b"<eve@" in line]
        check("and no line on the wire says more than it should", odd == [], odd[:5])


def two_relays(first, does):
    with Desk(people=300) as desk, RawRelay() as relay:
        desk.import_sample()
        desk.apply()
        port = free_port()
        desk.set("address", f'"127.0.0.1:{port}"')
        desk.set("public_url", f'"http://127.0.0.1:{port}"')
        desk.set("relay", f'"smtp://127.0.0.1:{first}"')
        desk.set("starttls", '"never"')
        desk.set("bounce_mailbox", '"bounces@lonestar.example"')
        with open(desk.file("nurtured.toml"), "a") as file:
            file.write(f'\n[[relay]]\nurl = "smtp://127.0.0.1:{relay.port}"\nstarttls = "never"\n')
        daemon = start(desk, port)
        try:
            for to in COLLEAGUES:
                done = desk.run("send-test", "icu-hello", "--to", to, expect=None)
                check(f"a test to {to} is accepted although the first relay {does}", done.stdout.count("Accepted") == 1,
                      done.stdout + done.stderr)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
        check("each arrived once", len(relay.bodies) == len(COLLEAGUES), len(relay.bodies))
        store = sqlite3.connect(desk.file("nurtured.db"))
        ways = [relay for (relay,) in store.execute("SELECT relay FROM attempt")]
        check("the store says which relay took it", ways == [f"smtp://127.0.0.1:{relay.port}"] * len(COLLEAGUES), ways)
        froms = [line for line in relay.lines if line.startswith(b"MAIL FROM")]
        shape = re.compile(rb"MAIL FROM:<bounces\+\d+-[0-9a-f]{32}@lonestar\.example>\r\n")
        check("the return address names the message, and nobody", len(set(froms)) == len(COLLEAGUES) and all(map(shape.fullmatch, froms)), froms)
        status = desk.run("status", expect=None).stdout
        check("status names both relays", str(first) in status and str(relay.port) in status, status)
        with open(desk.file("daemon.log")) as log:
            text = log.read()
        check("and the log nobody's address", "@lonestar.example" not in text and "icu" not in text.lower(), text[-600:])


def refuses(words, *stages):
    return FakeRelay(lambda stage, connection: words if stage in stages else None)


hostile_addresses()
two_relays(free_port(), "does not answer")
with refuses(b"554 5.7.1 your network is not welcome\r\n", "connect") as relay:
    two_relays(relay.port, "refuses us at its banner")
with refuses(b"421 4.7.0 too many connections\r\n", "EHLO", "HELO") as relay:
    two_relays(relay.port, "refuses our EHLO")
finish()
