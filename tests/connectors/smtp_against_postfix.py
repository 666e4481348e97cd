#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real postfix takes our mail over STARTTLS and AUTH, and what it refuses is understood.
Usage: smtp_against_postfix.py CONNECTOR_TOOL"""

import email
import email.policy
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from peers import Postfix, Report, send, verdict  # noqa: E402

NAMES = ["Ana Ruiz", "Žofie Nováková", "Юлия", "田中太郎", "O'Neil, \"Nita\" <x>"]
BODY = "Hi {},\n\n.\n..hidden dots\nFrom a line\n" + "a line that is long " * 60 + "\ntrailing blanks  \n€\n"


def job(number):
    name = NAMES[number % len(NAMES)]
    return {"from_name": "Dana Wu", "from": "dana.wu@lonestar.example", "to_name": name, "to": f"person{number}@mail.example",
            "subject": f"Number {number} for {name}", "plain": BODY.format(name), "html": f"<p>Hi {number} €</p>\n",
            "message_id": f"<{number}@lonestar.example>", "unsubscribe_url": "https://talent.example.org/u/x", "date": 1772553600}


def main(tool):
    report = Report()
    with Postfix() as relay:
        config = {"url": f"smtp://localhost:{relay.port}", "user": "nurtured", "password": "opensesame",
                  "ca_file": relay.ca, "connections": 4, "reply_timeout": 60}
        jobs = [job(number) for number in range(1, 41)]
        outcomes = send(tool, config, jobs)
        report.check("every message is accepted", {verdict(o) for o in outcomes.values()}, {"accepted none"})
        report.check("each has postfix's queue id", len({o["remote_id"] for o in outcomes.values() if o["remote_id"]}), 40)
        by_id = {}
        for wire in relay.wait_for(40):
            read = email.message_from_bytes(wire, policy=email.policy.default)
            by_id.setdefault(read["Message-ID"], []).append(read)
        report.check("each arrived once", sorted(len(copies) for copies in by_id.values()), [1] * 40)
        for one in jobs:
            read = by_id[one["message_id"]][0]
            parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in read.walk() if not part.is_multipart()}
            same = (read["Subject"], read["To"].addresses[0].display_name, parts["text/plain"], parts["text/html"]) == (
                one["subject"], one["to_name"], one["plain"], one["html"])
            if not same or "with ESMTPSA" not in str(read["Received"]):
                report.check(f"message {one['message_id']} arrived as it was meant, over TLS and AUTH", read.as_string(), one)
        report.check("nothing of postfix's log is a protocol error",
                     [line for line in (relay.path / "maillog").read_text().splitlines() if "improper" in line or ("lost connection" in line and "after CONNECT" not in line)], [])

        refused = ["unknown", "full", "grey", "policy"]
        outcomes = send(tool, config, [job(1) | {"to": f"{who}@mail.example"} for who in refused] + [job(50)])
        report.check("refusals are understood one by one, and the next message goes through",
                     [verdict(outcomes[i]) for i in range(1, 6)],
                     ["rejected address_dead", "deferred mailbox_full", "deferred rate_or_policy", "rejected rate_or_policy", "accepted none"])

        for sentence, change, wanted, asked in [
            ("implicit TLS works as well", {"url": f"smtps://localhost:{relay.tls_port}"}, "accepted none", True),
            ("a wrong password holds the relay", {"password": "sesame"}, "deferred credentials", False),
            ("a certificate from an unknown authority holds the relay", {"ca_file": ""}, "deferred credentials", False),
            ("a certificate for another name holds the relay", {"url": f"smtp://127.0.0.1:{relay.port}"}, "deferred credentials", False),
            ("without AUTH postfix relays nothing, which is policy and no address's fault", {"user": ""}, "rejected rate_or_policy", False),
        ]:
            outcome = send(tool, config | change, [job(60)])[1]
            report.check(sentence, (verdict(outcome), outcome["asked"]), (wanted, asked))

        before = len(relay.wait_for(42))
        outcome = send(tool, config, [job(70) | {"hold": True}, job(71)])
        report.check("a message that our gate refuses stays here", [verdict(outcome[1]), verdict(outcome[2])], ["refused none", "accepted none"])
        arrived = [email.message_from_bytes(wire)["Message-ID"] for wire in relay.wait_for(before + 1)]
        report.check("and postfix never has it", ("<70@lonestar.example>" in arrived, len(arrived)), (False, before + 1))
    report.end()


main(sys.argv[1])
