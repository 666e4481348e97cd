#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A reload beside messages under way: it waits for no relay, whose last answer is recorded all the same; a channel whose
gateway is taken away holds what is due on it, and goes on when it has one again."""
import re
import threading

from desk import Desk, check, finish
from one_step import ask, people, prepare, reload
from peers import FakeRelay, wait_until
from running_daemon import start


def a_relay_that_thinks():
    thought = threading.Event()
    slow = lambda stage, connection: (thought.wait(60), None)[1] if stage == "." else None
    with Desk() as desk, FakeRelay(slow) as old, FakeRelay() as new:
        port = prepare(desk, "email")
        desk.set("relay", f'"smtp://127.0.0.1:{old.port}"')
        people(desk, 3)
        desk.apply()
        daemon = start(desk, port)
        wait_until(lambda: len(old.bodies) == 3, "three mails whose relay thinks")
        desk.set("relay", f'"smtp://127.0.0.1:{new.port}"')
        reload(desk, daemon)
        done = desk.run("send-test", "hello", "--to", "dana.wu@lonestar.example", expect=None)
        check("while the old relay thinks, mail goes by the new one", "Accepted" in done.stdout and len(new.bodies) == 1, done.stdout + done.stderr)
        check("and what it has is not sent again", (len(old.bodies), ask(desk, "SELECT count(*) FROM message WHERE state='INFLIGHT'")) == (3, [(3,)]))
        thought.set()
        sent = f"SELECT count(*) FROM message m JOIN attempt a ON a.message=m.id WHERE m.state='SENT' AND a.relay='smtp://127.0.0.1:{old.port}'"
        wait_until(lambda: ask(desk, sent) == [(3,)], "the answers of the old relay")
        daemon.terminate()
        check("the daemon stops cleanly", daemon.wait() == 0)
        check("each person got one mail", (len(old.bodies), len(new.bodies)) == (3, 1))


def a_gateway_taken_away():
    with Desk() as desk:
        port = prepare(desk, "sms")
        with open(desk.file("nurtured.toml")) as file:
            whole = file.read()
        without = re.sub(r"(?ms)^\[sms\]\n.*?(?=^\[)", "", whole)
        daemon = start(desk, port)
        with open(desk.file("nurtured.toml"), "w") as file:
            file.write(without)
        reload(desk, daemon)
        people(desk, 2)
        desk.apply()
        states = "SELECT state, count(*) FROM message GROUP BY state"
        wait_until(lambda: ask(desk, states) == [("HELD", 2)], "two text messages without a way out")
        shown = desk.run("status").stdout
        check("status says what to do", "sms: nurtured.toml names no gateway for it: write a section [sms], then reload" in shown, shown)
        why = desk.run("why", "c1", "Hello").stdout
        check("why says what the message waits for", "the channel has no gateway" in why, why)
        check("the preview foresees no text message", "Nothing would happen in these days." in desk.run("preview", "--days", "2").stdout)
        with open(desk.file("nurtured.toml"), "w") as file:
            file.write(whole)
        reload(desk, daemon)
        wait_until(lambda: ask(desk, states) == [("SENT", 2)], "the text messages, when there is a gateway again")
        check("nothing is held any more", ask(desk, "SELECT * FROM gate") == [], ask(desk, "SELECT * FROM gate"))
        daemon.terminate()
        check("the daemon stops cleanly", daemon.wait() == 0)


a_relay_that_thinks()
a_gateway_taken_away()
finish()
