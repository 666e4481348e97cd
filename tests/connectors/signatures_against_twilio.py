#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The signatures that we expect under Twilio's delivery reports, against those that Twilio's own library makes.
Usage: signatures_against_twilio.py CONNECTOR_TOOL"""

import json
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from npm import npm_packages  # noqa: E402
from peers import Report  # noqa: E402

THEIRS = """
const { getExpectedTwilioSignature } = require("twilio/lib/webhooks/webhooks");
for (const line of require("fs").readFileSync(0, "utf8").trim().split("\\n")) {
    const { token, url, fields } = JSON.parse(line);
    console.log(getExpectedTwilioSignature(token, url, fields));
}
"""
NAMES = ["MessageSid", "MessageStatus", "From", "To", "ErrorCode", "Body", "body", "AccountSid", "a", "A", "z_1", "Ä"]
VALUES = ["delivered", "+12145550142", "", " ", "a+b&c=d%20", "Юлия, две вакансии", "❤ 1/2", "line\nbreak", "30007", "SM0123456789abcdef0123456789abcdef"]


def calls(seed, count):
    chance = random.Random(seed)
    for number in range(count):
        query = chance.choice(["", "?a=1", "?b=2&a=%C3%A9", "?"])
        host = chance.choice(["talent.example.org", "talent.example.org:8443", "127.0.0.1:8466"])
        names = chance.sample(NAMES, chance.randrange(len(NAMES) + 1))
        yield {"token": f"token{chance.randrange(10**9)}", "url": f"https://{host}/r/{number}-ab{query}", "fields": {name: chance.choice(VALUES) for name in names}}


def main(tool):
    modules = npm_packages(pathlib.Path(__file__).with_name("npm"))
    made = list(calls(1, 500))
    lines = "".join(json.dumps(call) + "\n" for call in made)
    theirs = subprocess.run(["node", "-e", THEIRS], cwd=modules, input=lines, capture_output=True, text=True, check=True).stdout.split()
    ours = subprocess.run([tool, "sign"], input=lines, capture_output=True, text=True, check=True).stdout.split()
    report = Report()
    report.check("Twilio's library signed each of 500 calls, no two alike", len(set(theirs)), 500)
    report.check("each signature is the one that we expect", [call for call, a, b in zip(made, ours, theirs, strict=True) if a != b], [])
    report.end()


main(sys.argv[1])
