#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The morning mail to colleagues: once per business day, to whom something waits for, also through kill -9."""
import email
import email.policy
import glob
import os
import pathlib
import shutil
import signal
import subprocess
import sys

from desk import BIN, ROOT, Desk, check, finish, skip

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import Postfix, free_port, wait_until  # noqa: E402

if shutil.which("faketime") is None:
    skip("faketime is not installed")

RULES = """edition 2026

segment "Everybody"
  first_name is known
end

campaign "Two letters"
  owner "dana.wu"
  audience "Everybody"
  from owner
  check every tuesday at 07:00
  enroll at most 30 per day
  re-enter never
  stop when candidate has replied
  keep candidates who leave the audience

  step call: task for "lee.ortiz" "Call {{first_name or them}}"
  step review: approval by owner within 10 business days, otherwise stop
  step hello: email "hello"
end

template "hello" for email
  subject "Hello {{first_name or there}}"
  | {{owner_name}}, {{postal_address}} {{unsubscribe_link}}
end
"""


class Daemon:
    """nurtured as if it were `utc`, from then on at the speed of every clock."""

    def __init__(self, desk, utc):
        environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.desk = desk
        self.log = desk.file("daemon.log")
        self.begins = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        # The machine was up all the time and its clock is another: that is what the clock guard is for. Not here.
        pathlib.Path(desk.file("high-water")).unlink(missing_ok=True)
        self.process = subprocess.Popen(["faketime", "-f", "@" + utc, os.path.join(BIN, "nurtured")], cwd=desk.path,
                                        env=environment, stderr=open(self.log, "ab"), start_new_session=True)
        try:
            wait_until(lambda: "ready" in self.said(), "the daemon is ready")
        except AssertionError as late:
            raise AssertionError(f"{late}; it said:\n{self.said()}") from None

    def said(self):
        with open(self.log, "rb") as file:
            file.seek(self.begins)
            return file.read().decode()

    def settled(self):
        """It has gone round once after it was ready: what was due then is done."""
        status = subprocess.run([os.path.join(BIN, "nurture"), "status", "--json"], cwd=self.desk.path, capture_output=True)
        return status.returncode == 0

    def end(self, with_signal):
        wait_until(self.settled, "the daemon answers")
        os.killpg(self.process.pid, with_signal)
        self.process.wait()
        wait_until(self.gone, "the daemon, which faketime started, is gone")

    def gone(self):
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False


def digests(desk):
    found = []
    for path in sorted(glob.glob(desk.file("outbox", "*.eml"))):
        with open(path, "rb") as file:
            mail = email.message_from_binary_file(file, policy=email.policy.default)
        if mail["Subject"].startswith("Waiting for you"):
            found.append(mail)
    return found


def to(desk):
    return sorted(mail["To"].addresses[0].addr_spec for mail in digests(desk))


with Desk(people=5) as desk:
    for path in glob.glob(desk.file("rules", "*.nurture")):
        if os.path.basename(path) != "house-rules.nurture":
            os.remove(path)
    with open(desk.file("rules", "two-letters.nurture"), "w") as file:
        file.write(RULES)
    desk.set("mode", '"live"')
    desk.set("address", f'"127.0.0.1:{free_port()}"')
    desk.live_sample()

    daemon = Daemon(desk, "2027-03-02 13:30:00")  # a Tuesday, 07:30 in Chicago
    wait_until(lambda: len(desk.json("tasks")) == 6, "three people are in, each with a call and an approval")
    daemon.end(signal.SIGKILL)
    check("nobody gets a mail before the morning", not digests(desk), str(to(desk)))

    daemon = Daemon(desk, "2027-03-02 13:59:57")
    wait_until(lambda: len(digests(desk)) == 2, "the morning mails")
    daemon.end(signal.SIGKILL)
    check("at eight each who has something to do gets one", to(desk) == ["dana.wu@lonestar.example", "lee.ortiz@lonestar.example"])
    dana = next(mail for mail in digests(desk) if mail["To"].addresses[0].addr_spec.startswith("dana"))
    words = dana.get_content()
    check("it says what waits, until when, and what to type",
          dana["Subject"] == "Waiting for you on Tue 2 Mar 2027: 3 approvals"
          and "until Tue 16 Mar 2027 07:30 CDT" in words
          and "nurture tasks --owner dana.wu" in words, dana["Subject"] + "\n" + words)
    with open(desk.file("sample", "candidates.csv")) as file:
        names = {name for line in file.readlines()[1:] for name in line.split(",")[1:4] if len(name) > 3}
    check("and names nobody but by ref", not [name for name in names if name in words])

    for hour in ("14:00:10", "15:30:00", "20:00:00"):
        Daemon(desk, "2027-03-02 " + hour).end(signal.SIGKILL)
    check("three more starts on that day bring no other", len(digests(desk)) == 2, str(to(desk)))

    desk.run("done", "--all", "--owner", "lee.ortiz")
    daemon = Daemon(desk, "2027-03-03 15:00:00")
    wait_until(lambda: len(digests(desk)) == 3, "the mail of the next morning")
    daemon.end(signal.SIGTERM)
    check("the next day who was down at eight still hears, and whose work is done does not",
          to(desk).count("dana.wu@lonestar.example") == 2, str(to(desk)))
    daemon = Daemon(desk, "2027-03-06 15:00:00")
    daemon.end(signal.SIGTERM)
    check("on a Saturday nobody does", len(digests(desk)) == 3)
    check("no two have the same Message-ID", len({mail["Message-ID"] for mail in digests(desk)}) == 3)

    desk.set("mode", '"test"')
    desk.set("allow", '["dana.wu@lonestar.example"]')
    daemon = Daemon(desk, "2027-03-08 15:00:00")
    wait_until(lambda: len(digests(desk)) == 4, "the mail on Monday")
    daemon.end(signal.SIGTERM)
    check("in test mode only who is on the allow-list", len(digests(desk)) == 4)

    with Postfix(domains="lonestar.example") as relay:
        with open(desk.file("password"), "w") as file:
            file.write("opensesame\n")
        desk.set("relay", f'"smtp://localhost:{relay.port}"')
        desk.set("ca_file", f'"{relay.ca}"')
        desk.set("user", '"nurtured"')
        desk.set("password", f'{{ file = "{desk.file("password")}" }}')
        daemon = Daemon(desk, "2027-03-09 15:00:00")
        arrived = [email.message_from_bytes(raw, policy=email.policy.default) for raw in relay.wait_for(1)]
        daemon.end(signal.SIGTERM)
        check("the next one goes through a real relay, over TLS and AUTH", len(arrived) == 1
              and arrived[0]["Subject"].startswith("Waiting for you on Tue 9 Mar 2027")
              and "with ESMTPSA" in str(arrived[0]["Received"]), str(arrived))
    with open(daemon.log) as log:
        text = log.read()
    check("the log names nobody", "dana" not in text and "lonestar" not in text, text[:400])
finish()
