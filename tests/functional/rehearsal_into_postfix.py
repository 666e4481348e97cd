#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A rehearsed fortnight of the sample rules, handed over to a real postfix with STARTTLS and AUTH."""
import csv
import email
import email.policy
import os
import sys

from desk import ROOT, TODAY, Desk, check, finish

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import Postfix  # noqa: E402

with Desk(people=3000) as desk:
    desk.live_sample()
    with open(desk.file("sample/candidates.csv"), newline="") as file:
        domains = sorted({row["email"].rpartition("@")[2].lower() for row in csv.DictReader(file)} - {""})
    with Postfix(domains=" ".join(domains)) as relay:
        with open(desk.file("password"), "w") as file:
            file.write("opensesame\n")
        desk.set("ca_file", f'"{relay.ca}"')
        desk.set("user", '"nurtured"')
        desk.set("password", f'{{ file = "{desk.file("password")}" }}')
        done = desk.json("rehearse", "--from", f"{TODAY}T06:00", "--days", "14", "--into", desk.file("rehearsal"),
                         "--relay", f"smtp://localhost:{relay.port}")["messages"]
        mails = [message for message in done if message["channel"] == "email"]
        sent = [message for message in mails if message["state"] == "SENT"]
        check("there is a campaign to receive", len(sent) > 50, str(len(sent)))
        check("postfix took every mail", len(sent) == len(mails), str([m for m in mails if m not in sent][:3]))
        arrived = [email.message_from_bytes(raw, policy=email.policy.default) for raw in relay.wait_for(len(sent))]
        ids = {message["Message-ID"] for message in arrived}
        check(f"all {len(sent)} arrived, each once", len(arrived) == len(ids) == len(sent), f"{len(arrived)} {len(ids)}")
        check("all of them came over TLS and AUTH", all("with ESMTPSA" in str(m["Received"]) for m in arrived))
finish()
