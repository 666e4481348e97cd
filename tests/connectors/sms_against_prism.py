#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Our requests to Twilio's interface, judged by prism from a description of it. Usage: sms_against_prism.py CONNECTOR_TOOL"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from npm import npm_packages  # noqa: E402
from peers import Directory, Report, free_port, listens, send, verdict, wait_until  # noqa: E402

SPEC = pathlib.Path(__file__).with_name("twilio_messages.json")
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
SMS = {"sender": "+15125550100", "to": "+12145550142", "text": "2 ICU openings near Plano & Frisco: 50%+ more?"}


class Prism(Directory):
    def __init__(self, program):
        super().__init__()
        self.program, self.port = program, free_port()

    def up(self):
        self.start(self.program, "mock", "--errors", "-h", "127.0.0.1", "-p", self.port, SPEC)
        wait_until(lambda: listens(self.port), "prism's start")


def main(tool):
    program = npm_packages(pathlib.Path(__file__).with_name("npm")) / ".bin" / "prism"
    report = Report()
    with Prism(program) as prism:
        config = {"kind": "twilio", "url": f"http://127.0.0.1:{prism.port}", "user": ACCOUNT, "password": "token"}
        outcomes = send(tool, config, [SMS, SMS | {"sender": "MG0123456789abcdef0123456789abcdef"}, SMS | {"text": "Юлия, две вакансии"},
                                       SMS | {"report_url": "https://talent.example.org/r/7-ab"}])
        report.check("every request is as described, and its sid is kept", [(verdict(o), o["remote_id"]) for o in outcomes.values()],
                     [("accepted none", "SM0123456789abcdef0123456789abcdef")] * 4)
        for sentence, job, change in [("a text that is too long", SMS | {"text": "x" * 1700}, {}),
                                      ("an account that is none", SMS, {"user": "XY12"})]:
            got = verdict(send(tool, config | change, [job])[1])
            report.check(f"{sentence} is noticed by prism, so it does look", got == "accepted none", False)
    report.end()


main(sys.argv[1])
