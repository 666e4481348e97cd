#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real kannel takes our SMS and hands them to its network, letter by letter. Usage: sms_against_kannel.py CONNECTOR_TOOL"""

import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from peers import Kannel, Report, free_port, send, verdict, wait_until  # noqa: E402

MESSAGE = re.compile(rb"Got message \d+: <10000 \+12145550142 (text|ucs-2|udh \S+ data) (.*)>\n")
TEXTS = [
    "Ana, 2 ICU openings near Plano & Frisco: 50%+ more = yes? Reply STOP to opt out",
    "Grüße, señora: ¿vale? £5 @ {Dallas} ~ €",
    "Юлия, две вакансии рядом",
    "Three hospitals near you have opened permanent nights. " * 6 + "END",
]


def sms(text, **change):
    return {"sender": "10000", "to": "+12145550142", "text": text, "ucs2": "Ю" in text} | change


def arrived(kannel):
    """Texts as a phone would show them; the parts of a long one joined."""
    texts = []
    for kind, data in MESSAGE.findall(kannel.arrived()):
        if kind == b"text":
            texts.append(data.decode())
        elif kind == b"ucs-2":
            texts.append(urllib.parse.unquote_to_bytes(data.replace(b"+", b" ")).decode("utf-16-be"))
        else:
            part = urllib.parse.unquote_plus(data.decode())
            first = kind.split()[1].endswith(b"%01")
            texts[len(texts) if first else -1:] = [part if first else texts[-1] + part]
    return texts


def main(tool):
    report = Report()
    with Kannel() as kannel:
        config = {"kind": "kannel", "url": f"http://127.0.0.1:{kannel.port}/cgi-bin/sendsms", "user": "nurture", "password": "opensesame"}
        outcomes = send(tool, config, [sms(text) for text in TEXTS])
        report.check("every SMS is accepted by kannel's own word", [(verdict(o), o["code"], o["enhanced"]) for o in outcomes.values()],
                     [("accepted none", 202, "0")] * 4)
        wait_until(lambda: b"END" in kannel.arrived(), "the arrival of the last SMS")
        report.check("each arrives once, to its number, from our sender, letter by letter", arrived(kannel), TEXTS)

        outcome = send(tool, config | {"password": "sesame"}, [sms("never")])[1]
        report.check("a wrong password holds the gateway", (verdict(outcome), outcome["code"]), ("deferred credentials", 403))
        outcomes = send(tool, config, [sms("held back", hold=True), sms("let through")])
        report.check("an SMS that our gate refuses stays here", [verdict(o) for o in outcomes.values()], ["refused none", "accepted none"])
        wait_until(lambda: b"let through" in kannel.arrived(), "the arrival of the SMS that was let through")
        report.check("and the network never has it", arrived(kannel)[4:], ["let through"])

        kannel.network.terminate()
        kannel.network.wait()
        wait_until(lambda: send(tool, config, [sms("later")])[1]["enhanced"] == "3", "kannel's noticing that its network is gone")
        report.check("what kannel keeps until its network is back is accepted", verdict(send(tool, config, [sms("later")])[1]), "accepted none")
    outcome = send(tool, config | {"url": f"http://127.0.0.1:{free_port()}/"}, [sms("never")])[1]
    report.check("a gateway that nobody runs has certainly not got the SMS", (verdict(outcome), outcome["asked"]), ("deferred connection", False))
    report.end()


main(sys.argv[1])
