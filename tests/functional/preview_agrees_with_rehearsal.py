#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the preview says is what the daemon's own path does: candidate, campaign, step, slot and hash of the text."""
import sys

from desk import TODAY, Desk, check, finish

DAYS = 180  # across the change of the clock, and every campaign to its end


def key(message):
    return (message["candidate"], message["campaign"], message["step"], message["slot"], message["text_hash"])


with Desk() as desk:
    desk.live_sample()
    start = f"{TODAY}T06:00"
    foretold = desk.json("preview", "--as-of", start, "--days", str(DAYS))["messages"]
    done = desk.json("rehearse", "--from", start, "--days", str(DAYS), "--into", desk.file("rehearsal"))["messages"]

    check("there is something to compare", len(foretold) > 300, str(len(foretold)))
    sent = {key(m) for m in done if m["state"] == "SENT"}
    said = {key(m) for m in foretold}
    check("no message is foretold twice", len(said) == len(foretold))
    check(f"all {len(said)} foretold messages were sent, at that minute and with that text", said <= sent,
          str(sorted(said - sent)[:5]))
    check("nothing was sent that was not foretold", sent <= said, str(sorted(sent - said)[:5]))
    check("every message of the rehearsal was sent", all(m["state"] == "SENT" for m in done),
          str([m for m in done if m["state"] != "SENT"][:3]))
finish()
