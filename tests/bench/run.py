#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every benchmark beside its floor and writes docs/benchmarks.md: run.py PROGRAMS DATA [--people N …] [--out FILE]

PROGRAMS is the directory of the built benchmarks (build/bench/tests), DATA the one for the invented stores, of 100,000, a
million and three million people unless told. They are made when they are missing or others would be made today: half a
minute and 700 MB per million. All the rest takes about six minutes. --peer-up-to N: the largest store that SQLite is
asked about as well, a million unless told.
"""
import argparse
import base64
import datetime
import hashlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile

# The peer of the outbox, as npm would install it: one package without dependencies.
NODEMAILER = "10.6.0"
NODEMAILER_SHA512 = "jWanL7D9GD3jvUDYKmoC5rWTiG8MnBgnN2yV68bgMKip1zUJhiSTyz7Eg+18y8sk5OvdVDzws5nZK5arSI4f5Q=="

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What the invented stores and their rules are made of.
GENERATOR = [f"tests/bench/{file}" for file in ("bench_data.cpp", "campaigns.cpp", "population.cpp", "population.hpp",
                                                "segments.cpp", "segments.hpp", "vocabulary.hpp")]
GENERATOR.append("daemon/store/schema.cpp")

# key: (what, what stands beside it, kind of figure, bound, goal). ratio: ours / floor; share: floor / ours.
GOALS = {
    "evaluate": ("full evaluation, 100 segments", "hand-written columns", "ratio", "at most", 2),
    "evaluate-sqlite": ("full evaluation, 100 segments", "SQLite, the better of IN and EXISTS", "share", "at least", 100),
    "memory": ("memory beside the database, bytes per person", "", "value", "at most", 150),
    "load": ("start: store to columns", "one bare `SELECT` per table", "ratio", "at most", 1.5),
    "change-told": ("1,000 changed people: read and evaluated", "bare prepared `SELECT`s of as many", "ratio", "at most", 3),
    "change": ("1,000 changed people: evaluating alone", "the same rows gathered by hand", "ratio", "at most", 3),
    "change-cold": ("1,000 changed people: evaluating alone, caches emptied", "the same rows gathered by hand", "ratio", "at most", 3),
    "idle": ("idle minute, µs", "", "value", "at most", 10),
    "forecast": ("90 days of 20 campaigns, s", "", "value", "at most", 10),
    "send": ("sending, processor time per message", "a plain loop over libcurl, nothing kept", "share", "at least", 0.8),
    "send-nodemailer": ("sending, processor time per message", "nodemailer, pooled", "share", "at least", 5),
    "fsync": ("fsyncs per message, 64 connections", "", "value", "at most", 0.05),
    "render": ("rendering an email", "compiled list and hash", "ratio", "at most", 2),
    "import": ("import of candidates", "bare prepared loop", "share", "at least", 0.8),
    "check": ("parsing and checking 1,000 files, s", "", "value", "at most", 0.5),
}
MESSAGES, CONNECTIONS = 5_000, 64
# Rows of which the goal speaks of a million people, or that are about no number of people.
AT_A_MILLION = {"forecast"}
LINEAR = 6  # four times as many cost less than this: caches are left behind on the way, squares would cost 16
GROWTH_GOALS = {"change-told": 1.5, "change": 1.5, "change-cold": 1.5}  # the largest store over the smallest


def run(*command):
    """Lines of JSON from a benchmark; what it says to people goes to our standard error."""
    print("$", *command, file=sys.stderr, flush=True)
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: exit code {done.returncode}. Nothing was written.")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def nodemailer(data):
    """The directory that has node_modules/nodemailer, or why there is none."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None, "node and npm are not installed"
    modules = data / "nodemailer" / "node_modules"
    if not (modules / "nodemailer").exists():
        modules.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", f"nodemailer@{NODEMAILER}"], cwd=modules, text=True,
                                capture_output=True)
        if packed.returncode != 0:
            return None, "nodemailer cannot be downloaded"
        archive = modules / packed.stdout.split()[-1]
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != NODEMAILER_SHA512:
            sys.exit("nodemailer is not the one that this was written with")
        with tarfile.open(archive) as content:
            content.extractall(modules)
        (modules / "package").rename(modules / "nodemailer")
    return modules.parent.resolve(), None


def generation():
    """What the marker of complete data says: data of another generation are made anew."""
    digest = hashlib.sha256()
    for file in GENERATOR:
        digest.update((ROOT / file).read_bytes())
    return digest.hexdigest()[:16]


def make_data(programs, data, people):
    marker = data / "complete"
    if marker.exists() and marker.read_text().strip() == generation():
        return
    data.mkdir(parents=True, exist_ok=True)
    marker.unlink(missing_ok=True)
    run(programs / "bench_data", data, people)
    marker.write_text(generation() + "\n")


def collect(options):
    rows = []
    for people in options.people:
        data = options.data / str(people)
        make_data(options.programs, data, people)
        peer = ["--peer"] if people <= options.peer_up_to else []
        rows += run(options.programs / "engine_bench", data, *peer)
        rows += run(options.programs / "forecast_bench", data)
    for program in ("render_bench", "import_bench", "check_bench"):
        rows += run(options.programs / program)
    rows += run(options.programs / "edges_bench", options.data / str(min(options.people)))
    peer, why_not = nodemailer(options.data)
    rows += run(options.programs / "send_bench", MESSAGES, CONNECTIONS, *([peer] if peer else []))
    if why_not:
        rows.append({"row": "send-nodemailer", "skipped": why_not})
    return rows


def figure(row):
    kind = GOALS[row["row"]][2]
    if kind == "value":
        return row["ours"]
    return row["ours"] / row["floor"] if kind == "ratio" else row["floor"] / row["ours"]


def is_met(row):
    _, _, _, bound, goal = GOALS[row["row"]]
    return figure(row) <= goal if bound == "at most" else figure(row) >= goal


def short(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def verdict(row):
    if row["row"] in AT_A_MILLION and row["people"] != 1_000_000:
        return "-"
    return "yes" if is_met(row) else "**no**"


def table(rows):
    lines = ["| what | beside it | people | ours | beside | figure | goal | met |", "|---|---|---|---|---|---|---|---|"]
    for key, (what, beside, _, bound, goal) in GOALS.items():
        for row in (row for row in rows if row.get("row") == key):
            if "skipped" in row:
                lines.append(f"| {what} | {beside} | - | - | - | - | {bound} {goal} | skipped: {row['skipped']} |")
                continue
            unit = "" if row["unit"] not in ("s", "us") else " " + row["unit"].replace("us", "µs")
            floor = short(row["floor"]) + unit if "floor" in row else "-"
            people = f"{row['people']:,}" if row["people"] and key != "check" else "-"
            lines.append(f"| {what} | {beside or '-'} | {people} | {short(row['ours'])}{unit} | {floor} |"
                         f" {short(figure(row))} | {bound} {goal} | {verdict(row)} |")
    return "\n".join(lines)


def growth(rows):
    """Cost per person at each size, over the cost per person of the smallest; of what should not grow, the cost."""
    sizes = sorted({row["people"] for row in rows if row.get("row") == "evaluate"})
    if len(sizes) < 2:
        return ""
    lines = ["| what | " + " | ".join(f"{size:,}" for size in sizes) + " |", "|---" * (len(sizes) + 1) + "|"]
    by_hand = "change by hand"
    for key in ("load", "evaluate", "evaluate-sqlite", "forecast", "memory", "change-told", "change", by_hand, "change-cold", "idle"):
        of = {row["people"]: row for row in rows if row.get("row") == key.removesuffix(" by hand")}
        if sizes[0] not in of:
            continue
        constant = key in ("change-told", "change", by_hand, "change-cold", "idle", "memory")
        which = "floor" if key in ("evaluate-sqlite", by_hand) else "ours"
        cells = []
        for size in sizes:
            if size in of:
                ratio = of[size][which] / of[sizes[0]][which]
                cells.append(f"{ratio if constant else ratio * sizes[0] / size:.2f}")
            else:
                cells.append("-")
        others = {"evaluate-sqlite": "SQLite, the same segments", by_hand: "the same rows gathered by hand"}
        what = others.get(key) or name(key)
        goal = f" (goal at most {GROWTH_GOALS[key]})" if key in GROWTH_GOALS else ""
        lines.append(f"| {what}{'' if constant else ', per person'}{goal} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def edges(rows):
    """Cost at three sizes, the next twice the one before."""
    lines = ["| what | how many | cost | twice as many | four times as many | linear |", "|---|---|---|---|---|---|"]
    for row in rows:
        if "edge" not in row:
            continue
        sizes, seconds = row["sizes"], row["seconds"]
        each = f", {row['bytes'][-1] / sizes[-1]:,.0f} bytes each" if "bytes" in row else ""
        linear = "yes" if seconds[2] / seconds[0] < LINEAR else "**no**"
        lines.append(f"| {row['edge']} | {sizes[0]:,} | {seconds[0] * 1000:.3g} ms | {seconds[1] / seconds[0]:.1f} times |"
                     f" {seconds[2] / seconds[0]:.1f} times{each} | {linear} |")
    return "\n".join(lines)


def name(key):
    """What is measured, without its unit."""
    return GOALS[key][0].removesuffix(", µs").removesuffix(", s")


def notes(rows):
    lines = []
    for row in rows:
        if row.get("note"):
            people = f", {row['people']:,} people" if row["people"] and row["row"] != "check" else ""
            lines.append(f"- {name(row['row'])}{people}: {row['note']}.")
    return "\n".join(lines)


def machine():
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    cores = len(os.sched_getaffinity(0))
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return f"{cores} cores ({platform.machine()}), {round(memory / 1024 / 1024)} GiB, {compiler}, shared with others"


def page(rows):
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    grown = growth(rows)
    return f"""# Benchmarks

This page is written by `ninja -C build/bench bench` (after `cmake --preset bench`). Every row runs beside its floor, in
the same process and over the same data: what somebody would write by hand for exactly that task, and nothing more.
Times are processor seconds, medians of several runs. **Only the ratios are claims**: the seconds are those of one
machine on one day. Before anything is timed, engine, floor and SQLite must agree about every person in every segment.

Last run: {datetime.date.today()}, commit {commit}; {machine()}.

The data are invented and the same for the same seed: per person 1.9 tags, 1.4 certifications and 5.3 events; 100
segments from 12 templates with 404 conditions, 180 of them distinct; 20 campaigns of three to five messages over them.

## Goals

{table(rows)}

`people` is the size of the store. A figure is ours over what stands beside it where the goal says "at most", and the other way
round where it says "at least". The goal of the forecast speaks of a million people, and of the
forecast alone: `nurture preview` loads the store before, which is the row above.

## How cost grows

{grown or "One size was measured."}

1.00 everywhere means: twice the people, twice the cost; in rows without "per person", the same cost whatever the size.
In a loop over changes the processor's caches hold a small store and not a large one, so that a change of the large one costs more, by
hand as well as by us. A daemon is told of changes now and then, and does other things in between: the row with caches emptied.

## At the edges

What nobody has, and somebody will. Linear cost is 2 times and 4 times as much.

{edges(rows)}

- **A column in which everybody has a word of their own** (a reference number, say) costs its words, which are kept beside
  the columns. What rules ask of it costs no more than of any other column.
- **A person with ten thousand events** is read and evaluated like everybody else; the rows about one person say what the
  events cost.
- **A segment that refers to hundreds of others** reuses their answers. In a chain, at most 64 may stand one in the other: a
  deeper one is refused when the rules are checked (N0130).
- **Two thousand segments** are answered in one pass; a condition that several of them share is evaluated once. Each keeps
  one bit per person: two thousand over a million people are 250 MB, a hundred are 12.5 MB.
- **Out of memory**: a command says so and ends with exit code 1, the daemon logs it and ends, and systemd starts it again. What
  was being written is rolled back, as when the power fails: nothing is sent whose claim is not on the disk, and nothing is
  sent twice.

The answers depend on none of this: they are compared before anything is timed.

## Beside the figures

{notes(rows)}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000, 3_000_000])
    parser.add_argument("--peer-up-to", type=int, default=1_000_000)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/benchmarks.md")
    options = parser.parse_args()
    rows = collect(options)
    text = page(rows)
    print(table(rows), growth(rows), sep="\n\n")
    options.out.write_text(text)


if __name__ == "__main__":
    main()
