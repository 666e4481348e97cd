#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every message of a rehearsal, read by a parser that is not ours: Python's email package with its strict policy."""
import email
import email.policy
import glob
import html.parser
import os
import re
import urllib.parse

from desk import TODAY, Desk, check, finish


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.targets = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.targets.append(dict(attributes).get("href"))


def wrong(raw):
    """What a mail program could stumble over, as sentences."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "a bare CR or LF"
    if max(map(len, raw.split(b"\r\n"))) > 998:
        yield "a line of more than 998 octets"
    if any(byte > 126 or byte == 0 for byte in raw):
        yield "an octet that is not 7-bit"
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(message.walk())
    if any(part.defects for part in parts):
        yield f"defects: {[part.defects for part in parts]}"
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post"):
        if len(message.get_all(name, [])) != 1:
            yield f"{name} is not there exactly once"
    if [part.get_content_type() for part in parts] != ["multipart/alternative", "text/plain", "text/html"]:
        yield "not plain text and HTML"
        return
    plain, markup = parts[1].get_content(), parts[2].get_content()
    link = message["List-Unsubscribe"].split(",")[0].strip(" <>")
    if message["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
        yield "no one-click unsubscribe (RFC 8058)"
    if not urllib.parse.urlparse(link).path.startswith("/u/"):
        yield f"the unsubscribe header leads to {link}"
    if link not in plain or link not in Links(markup).targets:
        yield "the unsubscribe link of the header is not in both bodies"
    for text in (message["Subject"], plain, markup):
        if "{{" in text or "}}" in text:
            yield "a merge field was left over"
    if "500 Main St" not in plain or "500 Main St" not in markup:
        yield "no postal address"
    if message["To"].addresses[0].domain.split(".")[-1] != "example":
        yield "an address outside .example"
    if len(plain.strip()) < 80:
        yield "an empty plain part"


with Desk() as desk:
    desk.set("public_url", '"https://talent.example.org"')  # one-click unsubscribe is for https alone
    desk.live_sample()
    desk.run("rehearse", "--from", f"{TODAY}T06:00", "--days", "30", "--into", desk.file("rehearsal"))
    files = glob.glob(desk.file("rehearsal", "messages", "*.eml"))
    check("there are messages to read", len(files) > 300, str(len(files)))
    problems, ids, threads, subjects = {}, [], 0, {}
    for name in files:
        with open(name, "rb") as file:
            raw = file.read()
        for problem in wrong(raw):
            problems.setdefault(problem, os.path.basename(name))
        message = email.message_from_bytes(raw, policy=email.policy.default)
        ids.append(message["Message-ID"])
        subjects[message["Message-ID"]] = message["Subject"]
        threads += message["In-Reply-To"] is not None
    check(f"all {len(files)} messages are what a mail program expects", not problems, str(problems))
    check("no Message-ID occurs twice", len(set(ids)) == len(ids))
    answers = 0
    for name in files:
        message = email.message_from_file(open(name), policy=email.policy.default)
        first = message["In-Reply-To"]
        if first is None:
            continue
        if message["Subject"] == "Re: " + subjects.get(first, "") and first in message["References"]:
            answers += 1
    check(f"all {threads} answers stand in the thread of the message they follow", threads > 0 and answers == threads,
          f"{answers} of {threads}")
    texts = glob.glob(desk.file("rehearsal", "messages", "*.sms.txt"))
    check("text messages say how to opt out", all("STOP" in open(name).read() for name in texts))
finish()
