#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Somebody whose address has letters outside a-z before the @: imported as typed, written to by a relay with SMTPUTF8, and by none without."""
from desk import Desk, check, finish
from one_step import ask, people, prepare
from peers import FakeRelay, wait_until
from running_daemon import start

STATES = "SELECT state, count(*) FROM message GROUP BY state ORDER BY state"


def world(stage, connection):
    return b"250-fake\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n" if stage == "EHLO" else None


def campaign(desk, *relays):
    port = prepare(desk, "email")
    desk.set("relay", f'"smtp://127.0.0.1:{relays[0].port}"')
    with open(desk.file("nurtured.toml"), "a") as file:
        file.writelines(f'\n[[relay]]\nurl = "smtp://127.0.0.1:{relay.port}"\nstarttls = "never"\n' for relay in relays[1:])
    people(desk, 2, email="josé{n}@mail.example")
    desk.apply()
    return start(desk, port)


def stop(daemon):
    daemon.terminate()
    check("the daemon stops cleanly", daemon.wait() == 0)


with Desk() as desk, FakeRelay() as plain, FakeRelay(world) as other:
    daemon = campaign(desk, plain, other)
    wait_until(lambda: ask(desk, STATES) == [("SENT", 2)], "both mails")
    check("the relay with SMTPUTF8 has them, whichever was asked first", (len(plain.bodies), len(other.bodies)) == (0, 2))
    check("with the address as it was imported", all("<josé".encode() in body.split(b"\r\n\r\n")[0] for body in other.bodies), other.bodies)
    stop(daemon)
    with open(desk.file("daemon.log")) as log:
        check("and the log has nobody's address", "josé" not in log.read())

with Desk() as desk, FakeRelay() as plain:
    daemon = campaign(desk, plain)
    wait_until(lambda: ask(desk, STATES) == [("REJECTED", 2)], "the rejections")
    check("a relay without SMTPUTF8 gets nothing", plain.bodies == [])
    why = desk.run("why", "c1", "Hello").stdout
    check("why says so in words", "no relay of ours takes such addresses (SMTPUTF8)" in " ".join(why.split()), why)
    status = desk.run("status").stdout
    check("and so does status", "2 in 24 hours: the address has letters outside a-z" in status, status)
    check("nobody is suppressed for it", ask(desk, "SELECT count(*) FROM suppression") == [(0,)])
    stop(daemon)
finish()
