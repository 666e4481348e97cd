#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the preview says is what the daemon's own path does: candidate, campaign, step, slot and hash of the text."""
import sys

from desk import TODAY, Desk, check, finish

DAYS = 180  # across the change of the clock, and every campaign to its end


def key(message):
    return (message["candidate"], message["campaign"], message["step"], message["slot"], message["text_hash"])


def agree(desk, name, *assumed):
    start = f"{TODAY}T06:00"
    preview = desk.json("preview", "--as-of", start, "--days", str(DAYS), *assumed)
    done = desk.json("rehearse", "--from", start, "--days", str(DAYS), "--into", desk.file(name), *assumed)["messages"]
    foretold = preview["messages"]
    check("there is something to compare", len(foretold) > 300, str(len(foretold)))
    sent = {key(m) for m in done if m["state"] == "SENT"}
    said = {key(m) for m in foretold}
    check("no message is foretold twice", len(said) == len(foretold))
    check(f"all {len(said)} foretold messages were sent, at that minute and with that text", said <= sent,
          str(sorted(said - sent)[:5]))
    check("nothing was sent that was not foretold", sent <= said, str(sorted(sent - said)[:5]))
    # A message that goes to nobody any more, because the person replied, is there and was not sent.
    check("every other message of the rehearsal was cancelled", all(m["state"] in ("SENT", "CANCELLED") for m in done),
          str([m for m in done if m["state"] not in ("SENT", "CANCELLED")][:3]))
    return preview


with Desk() as desk:
    desk.live_sample()
    quiet = agree(desk, "rehearsal")
    check("nobody replies unless that is assumed", quiet["replies"] == 0)
    lively = agree(desk, "with-replies", "--assume", "replies=20%", "--assume", "approvals=at-once")
    check("a fifth of the messages is answered", 0.1 < lively["replies"] / len(lively["messages"]) < 0.3,
          f'{lively["replies"]} of {len(lively["messages"])}')
finish()
