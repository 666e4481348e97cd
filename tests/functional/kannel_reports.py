#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Text messages of the whole program through a real kannel, whose delivery reports come back to the daemon's page. The network behind it
(fakesmsc) reports every text as delivered; what it cannot report is tested with made-up calls (tests/connectors/gateway_test.cpp)."""
from desk import Desk, check, finish
from one_step import ask, people, prepare
from peers import Kannel, wait_until
from running_daemon import start

with Desk() as desk, Kannel() as kannel:
    port = prepare(desk, "sms")
    desk.set("gateway", '"kannel"')
    desk.set("url", f'"http://127.0.0.1:{kannel.port}/cgi-bin/sendsms"')
    with open(desk.file("nurtured.toml")) as file:
        text = file.read()
    with open(desk.file("gateway.password"), "w") as file:
        file.write("opensesame\n")
    with open(desk.file("nurtured.toml"), "w") as file:
        file.write(text.replace("[sms]\n", '[sms]\nuser = "nurture"\npassword = { file = "gateway.password" }\n', 1))
    people(desk, 3)
    desk.apply()
    daemon = start(desk, port)
    wait_until(lambda: ask(desk, "SELECT state, count(*) FROM message GROUP BY state") == [("SENT", 3)], "three text messages")
    wait_until(lambda: ask(desk, "SELECT kind, count(DISTINCT message) FROM feedback GROUP BY kind") == [("delivered", 3)], "three delivery reports")
    check("each text arrived once", kannel.arrived().count(b"we wanted to say hello") == 3, kannel.arrived())
    daemon.terminate()
    check("the daemon stops cleanly", daemon.wait() == 0)
    with open(desk.file("daemon.log")) as log:
        check("the log has nobody's number", "+1214555" not in log.read())
finish()
