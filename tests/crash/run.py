#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills the real programs before every one of their system calls, starts them again, and counts broken promises.

    run.py [--points N] [--scenario NAME]... [--jobs N] [--resume FILE] [--json OUT] [--tracer PROGRAM]

A point is one kill: the program dies before its Nth system call. Without --points every call of every scenario is one;
fewer are a sample; with more they are gone through again, which is not the same run twice: threads interleave anew.
After every fourth kill the restart is killed as well, somewhere. With --fault nobody is killed: from the Nth write to a
database file on, all of them fail with that error, as on a full or broken disk. --resume keeps finished points in a file and leaves
them out next time. --plant breaks a promise after every kill, to see that it is found. The programs are those in
$NURTURED_BIN, else build/release/bin; the tracer is tests/crash/strike.cpp, compiled when none is given.
"""
import argparse
import collections
import contextlib
import errno
import glob
import hashlib
import itertools
import json
import multiprocessing
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time

from place import BIN, ROOT
from relay import Relay
from scenarios import COUNT_WRITES, HARMLESS, PLANTS, SCENARIOS, free_port

AGAIN = 4  # every so many kills the restart is killed too
BEYOND = 1.1  # runs differ a little in length: how far a sweep goes beyond the calls of the counted run


def strike(call, fault):
    return call if call is None or fault is None else f"{call}={getattr(errno, fault)}"


class Worker:
    """One of each per process: a relay, a port for the pages, a directory."""

    def __init__(self, top, scenarios, calls, plant, fault):
        self.top = tempfile.mkdtemp(prefix="worker.", dir=top)
        self.scenarios, self.calls, self.plant, self.fault = scenarios, calls, plant, fault
        self.relay, self.listen = Relay(), free_port()

    def play(self, point):
        name, lap, n = point
        scenario, begun = self.scenarios[name], time.monotonic()
        place = scenario.start.copy(os.path.join(self.top, f"{name}-{lap}-{n}"))
        found = {"scenario": name, "lap": lap, "call": n, "kills": 0, "not made": -1}
        try:
            verdict = self.killed_and_continued(scenario, place, found)
        except AssertionError as stuck:
            verdict = collections.Counter({"stuck": 1})
            found["why"] = str(stuck)
            place.clear()
        found["verdict"] = {key: count for key, count in verdict.items() if count}
        found["seconds"] = round(time.monotonic() - begun, 3)
        if set(found["verdict"]) <= HARMLESS:
            place.remove()
        else:
            found["kept"] = place.path
        return found

    def killed_and_continued(self, scenario, place, found):
        scenario.begin(place, self.relay, self.listen)
        chance = random.Random(f"{found}")
        verdict = collections.Counter()
        again = chance.randrange(1, self.calls[found["scenario"]]) if found["call"] % AGAIN == 0 else None
        for call in (found["call"], again, None, None):
            ended = scenario.go(strike(call, self.fault))
            if not ended.struck:
                break
            if found["kills"] == 0:
                found["not made"] = ended.at
            found["kills"] += 1
            verdict["no word about the disk"] += int(self.fault is not None and not scenario.excused(ended))
            if self.plant:
                scenario.spoil(self.plant)
            verdict += scenario.look()
        verdict["ended badly"] += int(ended.code != 0)
        return verdict + scenario.judge(found["kills"])


def begin_worker(*arguments):
    global worker
    worker = Worker(*arguments)


def play(point):
    return worker.play(point)


def call_names():
    """{number: name}, for the report; empty where the headers of the kernel are missing."""
    header = "#include <sys/syscall.h>\n"
    done = subprocess.run(["gcc", "-E", "-dM", "-"], input=header, text=True, capture_output=True)
    words = (line.split() for line in done.stdout.splitlines())
    return {int(w[2]): w[1][5:] for w in words if len(w) == 3 and w[1].startswith("__NR_") and w[2].isdigit()}


def commit():
    def git(*words):
        return subprocess.run(["git", *words], cwd=ROOT, text=True, capture_output=True).stdout.strip()
    return git("rev-parse", "--short=12", "HEAD") + (" and changes" if git("status", "--porcelain", "-uno") else "")


def programs():
    """What is killed, by content: points of other programs are other points."""
    digest = hashlib.sha256()
    for name in ("nurture", "nurtured"):
        with open(os.path.join(BIN, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


def points_of(calls, wanted):
    """(scenario, lap, call) in an order that an early end has seen something of everything in."""
    every_call = [(name, n) for name, count in calls.items() for n in range(1, int(count * BEYOND) + 1)]
    left = len(every_call) if wanted is None else wanted
    for lap in itertools.count():
        for name, n in random.Random(lap).sample(every_call, len(every_call))[:left]:
            yield name, lap, n
        left -= len(every_call)
        if left <= 0:
            return


def summary(results, names):
    by_scenario = {}
    for found in results:
        of = by_scenario.setdefault(found["scenario"], collections.Counter())
        of["points"] += found["kills"] > 0
        of["beyond the last call"] += found["kills"] == 0
        of["kills"] += found["kills"]
        of.update(found["verdict"])
        of["broken promises"] += sum(count for key, count in found["verdict"].items() if key not in HARMLESS)
        of["seconds"] = round(of["seconds"] + found["seconds"], 1)
    calls = collections.Counter(names.get(found["not made"], str(found["not made"])) for found in results if found["kills"])
    return by_scenario, dict(calls.most_common())


def tracer(given, top):
    if given:
        return os.path.abspath(given)
    made = os.path.join(top, "strike")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "strike.cpp")
    subprocess.run(["g++", "-std=c++20", "-O1", "-o", made, source], check=True)
    return made


def can_trace(program, top):
    report = os.path.join(top, "trial")
    subprocess.run([program, "0", report, "true"], capture_output=True)
    with open(report) as file:
        return not file.read().startswith("0 ")


def prepare(names, top, program, fault):
    """Start states and lengths."""
    relay, listen = Relay(), free_port()
    scenarios, calls = {}, {}
    for name in names:
        scenario = scenarios[name] = SCENARIOS[name](os.path.join(top, name), program)
        scenario.prepare(relay, listen)
        scenario.begin(scenario.start.copy(os.path.join(top, name, "count")), relay, listen)
        calls[name] = scenario.go(COUNT_WRITES if fault else 0).calls
    return scenarios, calls


def known_points(path):
    if not path or not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file]


@contextlib.contextmanager
def directory():
    """Stays when a point in it was kept: somebody wants to look."""
    top = tempfile.mkdtemp(prefix="nurtured-crash-")
    yield top
    if not glob.glob(os.path.join(top, "worker.*", "*")):
        shutil.rmtree(top)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int)
    parser.add_argument("--scenario", action="append", choices=SCENARIOS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--resume", metavar="FILE")
    parser.add_argument("--json", metavar="OUT")
    parser.add_argument("--tracer", metavar="PROGRAM")
    parser.add_argument("--plant", choices=PLANTS)
    parser.add_argument("--fault", choices=("ENOSPC", "EIO"))
    parser.add_argument("--expect-broken", action="store_true")
    return parser.parse_args()


def main():
    wanted, begun, now = arguments(), time.monotonic(), programs()
    done = [found for found in known_points(wanted.resume) if found["programs"] == now]
    have = {(found["scenario"], found["lap"], found["call"]) for found in done}
    with directory() as top:
        program = tracer(wanted.tracer, top)
        if not can_trace(program, top):
            print("skipped: run.py: this machine does not let a process trace its child")
            return 125
        scenarios, calls = prepare(wanted.scenario or list(SCENARIOS), top, program, wanted.fault)
        print("system calls:", calls, flush=True)
        todo = [point for point in points_of(calls, wanted.points) if point not in have]
        book = open(wanted.resume or os.devnull, "a")
        with multiprocessing.Pool(wanted.jobs, begin_worker, (top, scenarios, calls, wanted.plant, wanted.fault)) as pool, book:
            for found in pool.imap_unordered(play, todo):
                found["programs"] = now
                book.write(json.dumps(found) + "\n")
                book.flush()
                done.append(found)
                if "kept" in found:
                    print("FAILED:", json.dumps(found), flush=True)
        by_scenario, not_made = summary(done, call_names())
        report = {"commit": commit(), "programs": now, "machine": platform.platform(), "system calls": calls, "fault": wanted.fault, "scenarios": by_scenario,
                  "calls not made": not_made, "seconds": round(time.monotonic() - begun, 1)}
        print(json.dumps(report, indent=1))
        if wanted.json:
            with open(wanted.json, "w") as file:
                json.dump(report, file, indent=1)
        broken = sum(of["broken promises"] for of in by_scenario.values())
        points = sum(of["points"] for of in by_scenario.values())
        good = points > 0 and (broken > 0) == wanted.expect_broken
        print(f"{'ok' if good else 'FAILED'}: {broken} broken promises at {points} points")
        return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
