#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A disk that is really full, a little later each time: programs say so and leave, and once there is room again everything
that is due goes out, once. (tests/crash/run.py --fault has the same with failing writes, at every single one.)"""
import collections
import os
import signal
import subprocess
import sys
import tempfile

from desk import ROOT, check, finish, skip

sys.path.insert(0, os.path.join(ROOT, "tests/crash"))
from place import Place, Process, people_csv, wait_until  # noqa: E402
from relay import Relay  # noqa: E402
from scenarios import CONNECTIONS, PEOPLE, free_port, make, plan  # noqa: E402

ROOM = (0, 8, 24, 48, 64, 96, 128, 192, 256, 512)  # KB that are left
SENTENCES = "the disk is full", "is it full (`df`), or broken (`dmesg`)?", "No space left on device"


class SmallDisk:
    def __init__(self, path):
        self.path = path
        os.mkdir(path)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path], capture_output=True).returncode != 0:
            skip("this machine does not let us mount a small file system")

    def fill(self, leave):
        room = os.statvfs(self.path)
        with open(os.path.join(self.path, "ballast"), "wb") as file:
            file.write(b"x" * (room.f_bavail * room.f_frsize - leave * 1024))

    def empty(self):
        os.remove(os.path.join(self.path, "ballast"))

    def grow(self):
        subprocess.run(["mount", "-o", "remount,size=64m", self.path], check=True)

    def close(self):
        subprocess.run(["umount", "-l", self.path], check=True)


def log(place):
    with open(place.file("log"), errors="replace") as file:
        return file.read()


def settled(place):
    states = [row[0] for row in place.ask("SELECT state FROM message")]
    return len(states) == PEOPLE and not {"READY", "INFLIGHT"} & set(states)


def send(place, top):
    """Until everything is sent, or the program has left. Its log is on another disk."""
    daemon = Process(Place(top), None, None, "nurtured", "--config", place.file("nurtured.toml"))
    if wait_until(lambda: settled(place), "an end", daemon):
        daemon.signal(signal.SIGTERM)
    return daemon.wait().code


def sending(top, disk, start):
    relay, ends = Relay(), collections.Counter()
    for leave in ROOM:
        relay.new_log()
        place = start.copy(os.path.join(disk.path, "desk"))
        place.configure(relay.port, free_port(), CONNECTIONS)
        disk.fill(leave)
        before = len(log(Place(top))) if os.path.exists(os.path.join(top, "log")) else 0
        code = send(place, top)
        said = log(Place(top))[before:]
        ends[code] += 1
        check(f"with {leave} KB left the daemon does its work, or says that the disk is full and leaves",
              code in (0, -signal.SIGTERM) and settled(place) or code == 1 and any(sentence in said for sentence in SENTENCES), f"{code}: {said}")
        disk.empty()
        check("with room again it comes to its end", send(place, top) in (0, -signal.SIGTERM))
        relay.quiet()
        got = collections.Counter(mail.to for mail in relay.log)
        doubts = place.ask("SELECT count(*) FROM message WHERE state='IN_DOUBT'")[0][0]
        check("and everybody has got one mail, but for what is in doubt", max(got.values()) == 1
              and len(got) >= PEOPLE - doubts and doubts <= CONNECTIONS, f"{got} {doubts}")
        place.remove()
    check("the disk was full for some", ends[1] >= 3, str(ends))


def importing(top, disk, start):
    place = start.copy(os.path.join(disk.path, "desk"))
    place.write("more.csv", people_csv(4500))
    disk.fill(600)
    done = Process(place, None, None, "nurture", "import", "candidates", "more.csv").wait()
    check("an import says that the disk is full", done.code == 1 and SENTENCES[0] in log(place), log(place))
    check("and leaves a sound store", place.ask("PRAGMA integrity_check") == [("ok",)])
    disk.empty()
    disk.grow()
    place.run("import", "candidates", "more.csv")
    check("with room again it brings everybody", place.ask("SELECT count(*) FROM candidate") == [(4500,)])
    place.remove()


with tempfile.TemporaryDirectory(prefix="nurtured-full-") as top:
    start = make(os.path.join(top, "start"), ["Hello"])
    start.run("apply", plan(start))
    disk = SmallDisk(os.path.join(top, "disk"))
    try:
        sending(top, disk, start)
        importing(top, disk, start)
    finally:
        disk.close()
finish()
