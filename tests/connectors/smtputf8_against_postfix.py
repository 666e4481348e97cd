#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Addresses with letters of the whole world before the @: a real postfix with SMTPUTF8 takes them letter by letter; one without it is told
nothing of them, and goes on with the others. Usage: smtputf8_against_postfix.py CONNECTOR_TOOL"""

import email
import email.policy
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from peers import Postfix, Report, send, verdict  # noqa: E402

PEOPLE = ["josé@mail.example", "юлия@mail.example", "田中@mail.example", "अनु.शर्मा+jobs@mail.example", "jose\u0301@mail.example"]


def job(number, to, **change):
    return {"from_name": "Dana Wu", "from": "dana.wu@lonestar.example", "to_name": "Žofie", "to": to, "subject": f"Grüße {number}",
            "plain": "Hi €\n", "html": "<p>Hi €</p>\n", "message_id": f"<{number}@lonestar.example>", "date": 1772553600} | change


def jobs():
    return [job(number, to) for number, to in enumerate(PEOPLE, 1)] + [job(90, "ana@mail.example")]


def config(relay):
    return {"url": f"smtp://localhost:{relay.port}", "user": "nurtured", "password": "opensesame", "ca_file": relay.ca, "connections": 1,
            "reply_timeout": 60}


def protocol_errors(relay):
    return [line for line in (relay.path / "maillog").read_text().splitlines() if "improper" in line or "warning: Illegal" in line]


def main(tool):
    report = Report()
    with Postfix() as relay:
        outcomes = send(tool, config(relay), jobs())
        report.check("a relay with SMTPUTF8 takes all of them", {verdict(o) for o in outcomes.values()}, {"accepted none"})
        wires = relay.wait_for(len(PEOPLE) + 1)
        to = {}
        for wire in wires:
            read = email.message_from_bytes(wire, policy=email.policy.default)
            header = next(line for line in wire.split(b"\n\n")[0].split(b"\n") if line.startswith(b"To:") or line.startswith(b" <"))
            to[read["Message-ID"]] = (header.decode().rsplit(" ", 1)[1], read["Subject"], read.get_body(("plain",)).get_content().strip())
        wanted = {one["message_id"]: (f"<{one['to']}>", one["subject"], "Hi €") for one in jobs()}
        report.check("and each arrives with its address as it was typed", to, wanted)
        report.check("by SMTPUTF8 where it is needed, and only there", sorted(wire.count(b"with UTF8SMTPSA") for wire in wires), [0] + [1] * len(PEOPLE))
        report.check("without a word that postfix minds", protocol_errors(relay), [])
        outcome = send(tool, config(relay), [job(95, "ana@mail.example", **{"from": "josé@lonestar.example"})])[1]
        report.check("a sender may have such an address too", verdict(outcome), "accepted none")

    with Postfix(smtputf8=False) as relay:
        outcomes = send(tool, config(relay), jobs())
        report.check("a relay without SMTPUTF8 gets none of them, and the others all the same", [verdict(o) for o in outcomes.values()],
                     ["rejected no_smtputf8"] * len(PEOPLE) + ["accepted none"])
        report.check("the outbox was not even asked", [o["asked"] for o in outcomes.values()], [False] * len(PEOPLE) + [True])
        report.check("one arrives", len(relay.wait_for(1)), 1)
        log = (relay.path / "maillog").read_text()
        report.check("on one connection", (log.count(": connect from"), protocol_errors(relay)), (1, []))
    report.end()


main(sys.argv[1])
