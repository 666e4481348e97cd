#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kill -9 in the middle of a rehearsal that hands over to smtp-sink: kill_sweep.py [POINTS [SEED]]

The rehearsal is killed at a random moment and started again on the same directory, until it is through; then the next one
begins, until there were POINTS kills. Judged from what the sink accepted: nothing twice, nothing lost but what the
store calls in doubt, and of those at most one per connection and kill. 20 points are a quick slice; 200 the whole.
"""
import collections
import email
import glob
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from desk import BIN, TODAY, Desk, check, finish, skip

POINTS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
CONNECTIONS = 8
DAYS = 14

if shutil.which("smtp-sink") is None:
    skip("smtp-sink (package postfix) is not installed")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    """smtp-sink, keeping each message it accepts as a file."""

    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        os.chmod(directory, 0o777)
        self.port = free_port()
        user = ["-u", "postfix"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(["smtp-sink", *user, "-d", os.path.join(directory, "%M."),
                                         f"127.0.0.1:{self.port}", "100"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    raise AssertionError("smtp-sink does not start")

    def close(self):
        self.process.terminate()
        self.process.wait()

    def accepted(self):
        """Message-IDs of whole messages: a file that a dead sender left half written has no closing boundary."""
        found = collections.Counter()
        for name in glob.glob(os.path.join(self.directory, "*")):
            with open(name, "rb") as file:
                raw = file.read()
            boundary = re.search(rb'boundary="?([^"\s;]+)', raw)
            if boundary and b"--" + boundary.group(1) + b"--" in raw:
                found[email.message_from_bytes(raw)["Message-ID"]] += 1
        return found


def start(desk, into, port):
    return subprocess.Popen([os.path.join(BIN, "nurture"), "rehearse", "--from", f"{TODAY}T06:00", "--days", str(DAYS),
                             "--into", into, "--relay", f"smtp://127.0.0.1:{port}", "--json"], cwd=desk.path,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def states(into):
    with sqlite3.connect(f"file:{into}/nurtured.db?mode=ro", uri=True) as store:
        return dict(store.execute("SELECT state, count(*) FROM message WHERE channel='email' GROUP BY state"))


def sweep(desk, chance):
    """Rehearsals with kills in them; one finding per rehearsal."""
    whole = rehearse_once(desk, "baseline")
    check("there is something to lose", len(whole["ids"]) > 100, str(len(whole["ids"])))
    done, number = 0, 0
    while done < POINTS:
        number += 1
        into, sink = desk.file(f"r{number}"), Sink(desk.file(f"sink{number}"))
        kills = 0
        while True:
            process = start(desk, into, sink.port)
            try:
                process.wait(timeout=chance.uniform(0.05, whole["seconds"]) if done < POINTS else None)
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills, done = kills + 1, done + 1
        sink.close()
        yield whole, sink.accepted(), states(into), kills, process.returncode
        shutil.rmtree(into)


def rehearse_once(desk, name):
    sink = Sink(desk.file(name))
    begin = time.monotonic()
    process = start(desk, desk.file(name + "-run"), sink.port)
    if process.wait() != 0:
        raise AssertionError("the rehearsal without a kill failed")
    sink.close()
    return {"ids": set(sink.accepted()), "seconds": time.monotonic() - begin}


with Desk(people=4000) as desk:
    os.chmod(desk.top, 0o755)  # smtp-sink runs as postfix
    os.chmod(desk.path, 0o755)
    desk.live_sample()
    desk.set("connections", str(CONNECTIONS))
    desk.set("starttls", '"never"')  # smtp-sink has no TLS
    total = collections.Counter()
    for whole, accepted, by_state, kills, code in sweep(desk, random.Random(SEED)):
        doubts = by_state.get("IN_DOUBT", 0)
        lost = whole["ids"] - set(accepted)
        total["kills"] += kills
        total["accepted"] += len(accepted)
        total["twice"] += sum(count - 1 for count in accepted.values())
        total["strange"] += len(set(accepted) - whole["ids"])
        total["in doubt"] += doubts
        total["lost"] += max(0, len(lost) - doubts)
        total["too many doubts"] += max(0, doubts - kills * CONNECTIONS)
        total["failed"] += code != 0
        total["unsent"] += by_state.get("READY", 0) + by_state.get("INFLIGHT", 0)
    print(dict(total))
    check(f"after {total['kills']} kills every rehearsal came to its end", total["failed"] == 0 and total["unsent"] == 0)
    check(f"none of {total['accepted']} messages was accepted twice", total["twice"] == 0)
    check("nothing was sent that would not have been sent without a kill", total["strange"] == 0)
    check("nothing was lost but what is in doubt", total["lost"] == 0)
    check("in doubt is at most one message per connection and kill", total["too many doubts"] == 0)
finish()
