#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The link in a mail, from the daemon's own page to the disk: a button, one POST, nothing after that, also after kill -9."""
import email
import email.policy
import glob
import os
import re
import signal
import sqlite3
import sys

from desk import ROOT, Desk, check, finish
from running_daemon import start, status

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import free_port  # noqa: E402

COLLEAGUE = "dana.wu@lonestar.example"


def suppressions(desk):
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        return store.execute("SELECT count(*) FROM suppression WHERE reason='unsubscribed'").fetchone()[0]


with Desk(people=300) as desk:
    port = free_port()
    desk.set("public_url", f'"http://127.0.0.1:{port}"')
    desk.set("address", f'"127.0.0.1:{port}"')
    desk.live_sample()
    daemon = start(desk, port)
    desk.run("send-test", "icu-hello", "--to", COLLEAGUE)
    with open(glob.glob(desk.file("outbox", "*.eml"))[0], "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    link = re.search(r"<(http[^>]+)>", mail["List-Unsubscribe"]).group(1)

    check("the link opens a page", status(link) == 200)
    check("opening it changes nothing", suppressions(desk) == 0)
    check("a forged link leads nowhere", status(link[:-1] + ("0" if link[-1] != "0" else "1"), b"") == 404)
    check("the button answers 200", status(link, b"List-Unsubscribe=One-Click") == 200)
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    check("and by then the opt-out is on the disk, kill -9 or not", suppressions(desk) == 1)

    daemon = start(desk, port)
    check("pressing it again is answered the same", status(link, b"") == 200 and suppressions(desk) == 1)
    before = len(glob.glob(desk.file("outbox", "*.eml")))
    refused = desk.run("send-test", "icu-hello", "--to", COLLEAGUE, expect=None)
    check("nothing goes to that address any more", len(glob.glob(desk.file("outbox", "*.eml"))) == before,
          refused.stdout + refused.stderr)
    daemon.terminate()
    check("the daemon stops cleanly", daemon.wait() == 0)
    with open(desk.file("daemon.log")) as log:
        text = log.read()
    check("its log has neither name nor address", not re.search(r"dana|Dana|@lonestar|@candidates", text), text)
finish()
