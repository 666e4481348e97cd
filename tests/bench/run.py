#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every benchmark beside its floor and writes docs/benchmarks.md: run.py PROGRAMS DATA [--people N …] [--out FILE]

PROGRAMS is the directory of the built benchmarks (build/bench/tests), DATA the one for the invented stores, of 100,000, a
million and three million people unless told. They are made when they are missing or others would be made today: half a
minute and 700 MB per million. All the rest takes about ten minutes, half of which is SQLite's; --peer-up-to N: the largest
store that it is asked about. Whether goals are met is said at the end; the exit code is 0 even if some are
not, as figures are noisy, and 1 if answers differ.
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
import sqlite3
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

# key: (what, what stands beside it, kind of figure, bound, goal). ratio: ours / theirs; share: theirs / ours. Without a
# bound there is no goal.
GOALS = {
    "evaluate": ("full evaluation, 100 segments", "hand-written columns", "ratio", "at most", 2),
    "evaluate-sqlite": ("full evaluation, 100 segments", "SQLite, the better of IN and EXISTS", "share", "at least", 100),
    "memory": ("memory beside the database, bytes per person", "", "value", "at most", 150),
    "load": ("start: store to columns", "one bare `SELECT` per table", "ratio", "at most", 1.5),
    "restart": ("start amid a campaign of everybody: enrolments and messages too", "one bare `SELECT` per table", "ratio", None, None),
    "change-told": ("1,000 changed people: read and evaluated", "bare prepared `SELECT`s of as many", "ratio", "at most", 3),
    "change": ("1,000 changed people: evaluating alone", "the same rows gathered by hand", "ratio", "at most", 3),
    "change-cold": ("1,000 changed people: evaluating alone, caches emptied", "the same rows gathered by hand", "ratio", "at most", 3),
    "idle": ("idle minute, µs", "", "value", "at most", 10),
    "forecast": ("90 days of 20 campaigns, s", "", "value", "at most", 10),
    "send": ("sending, processor time per message", "a plain loop over libcurl, nothing kept", "share", "at least", 0.8),
    "send-clock": ("sending, by the clock per message", "a plain loop over libcurl, nothing kept", "share", None, None),
    "send-nodemailer": ("sending, processor time per message", "nodemailer, pooled", "share", "at least", 5),
    "fsync": ("fsyncs per message, 64 connections", "", "value", "at most", 0.05),
    "render": ("rendering an email", "compiled list and hash", "ratio", "at most", 2),
    "import": ("import of candidates", "bare prepared loop", "share", "at least", 0.8),
    "check": ("parsing and checking 1,000 files, s", "", "value", "at most", 0.5),
}
MESSAGES, CONNECTIONS = 5_000, 64
# Rows of which the goal speaks of a million people, and of no other number.
AT_A_MILLION = {"forecast"}
LINEAR = 6  # four times as many cost less than this: caches are left behind on the way, squares would cost 16
GROWTH_GOALS = {"change-told": 1.5, "change": 1.5, "change-cold": 1.5}  # three million over a hundred thousand
GROWTH_FROM, GROWTH_TO = 100_000, 3_000_000


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
        make_data(options.programs, options.data / str(people), people)
    os.sync()  # nothing of it is still on its way to the disk while something is measured
    for people in options.people:
        data = options.data / str(people)
        peer = ["--peer"] if people <= options.peer_up_to else []
        rows += run(options.programs / "engine_bench", data, *peer)
        rows += run(options.programs / "forecast_bench", data)
    for program in ("render_bench", "import_bench", "check_bench", "enrolments_bench"):
        rows += run(options.programs / program)
    rows += run(options.programs / "restart_bench", options.data)
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


def has_goal(row):
    return GOALS[row["row"]][3] is not None and (row["row"] not in AT_A_MILLION or row["people"] == 1_000_000)


def is_met(row):
    _, _, _, bound, goal = GOALS[row["row"]]
    return figure(row) <= goal if bound == "at most" else figure(row) >= goal


def short(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def yes_or_no(met):
    return "yes" if met else "**no**"


def table(rows):
    lines = ["| what | beside it | people | ours | theirs | figure | goal | met |", "|---|---|---|---|---|---|---|---|"]
    for key, (what, beside, _, bound, goal) in GOALS.items():
        aim = f"{bound} {goal}" if bound else "-"
        for row in (row for row in rows if row.get("row") == key):
            if "skipped" in row:
                lines.append(f"| {what} | {beside} | - | - | - | - | {aim} | skipped: {row['skipped']} |")
                continue
            unit = "" if row["unit"] not in ("s", "us") else " " + row["unit"].replace("us", "µs")
            floor = short(row["floor"]) + unit if "floor" in row else "-"
            people = f"{row['people']:,}" if row["people"] and key != "check" else "-"
            met = yes_or_no(is_met(row)) if has_goal(row) else "-"
            lines.append(f"| {what} | {beside or '-'} | {people} | {short(row['ours'])}{unit} | {floor} |"
                         f" {short(figure(row))} | {aim if has_goal(row) else '-'} | {met} |")
    return "\n".join(lines)


def store_sizes(rows):
    return sorted({row["people"] for row in rows if row.get("row") == "evaluate"})


def grown(rows):
    """What, by size its cost per person over that of the smallest store, or of what should not grow the cost; goal."""
    sizes = store_sizes(rows)
    by_hand = "change by hand"
    others = {"evaluate-sqlite": "SQLite, the same segments", by_hand: "the same rows gathered by hand"}
    for key in ("load", "evaluate", "evaluate-sqlite", "forecast", "memory", "change-told", "change", by_hand, "change-cold", "idle"):
        of = {row["people"]: row for row in rows if row.get("row") == key.removesuffix(" by hand")}
        if sizes[0] not in of:
            continue
        constant = key in ("change-told", "change", by_hand, "change-cold", "idle", "memory")
        which = "floor" if key in others else "ours"
        ratios = {size: row[which] / of[sizes[0]][which] for size, row in of.items()}
        if not constant:
            ratios = {size: ratio * sizes[0] / size for size, ratio in ratios.items()}
        yield (others.get(key) or name(key)) + ("" if constant else ", per person"), ratios, GROWTH_GOALS.get(key)


def judged(ratios):
    """Whether the goal of growth speaks of these sizes."""
    return min(ratios) == GROWTH_FROM and max(ratios) == GROWTH_TO


def growth(rows):
    sizes = store_sizes(rows)
    if len(sizes) < 2:
        return ""
    lines = ["| what | " + " | ".join(f"{size:,}" for size in sizes) + " | goal | met |", "|---" * (len(sizes) + 3) + "|"]
    for what, ratios, goal in grown(rows):
        cells = [f"{ratios[size]:.2f}" if size in ratios else "-" for size in sizes]
        met = yes_or_no(ratios[sizes[-1]] <= goal) if goal and judged(ratios) else "-"
        lines.append(f"| {what} | " + " | ".join(cells) + f" | {f'at most {goal}' if goal else '-'} | {met} |")
    return "\n".join(lines)


def is_linear(edge):
    return edge["seconds"][2] / edge["seconds"][0] < LINEAR


def edges(rows):
    """Cost at three sizes, the next twice the one before."""
    lines = ["| what | how many | cost | twice as many | four times as many | linear |", "|---|---|---|---|---|---|"]
    for row in rows:
        if "edge" not in row:
            continue
        sizes, seconds = row["sizes"], row["seconds"]
        each = f", {row['bytes'][-1] / sizes[-1]:,.0f} bytes each" if "bytes" in row else ""
        lines.append(f"| {row['edge']} | {sizes[0]:,} | {seconds[0] * 1000:.3g} ms | {seconds[1] / seconds[0]:.1f} times |"
                     f" {seconds[2] / seconds[0]:.1f} times{each} | {yes_or_no(is_linear(row))} |")
    return "\n".join(lines)


def name(key):
    """What is measured, without its unit."""
    return GOALS[key][0].removesuffix(", µs").removesuffix(", s")


def missed(rows):
    """One line for each goal that is not met, or was not measured."""
    for row in rows:
        if "skipped" in row:
            yield f"{GOALS[row['row']][0]}, beside {GOALS[row['row']][1]}: not measured, {row['skipped']}"
        elif row.get("row") in GOALS and has_goal(row) and not is_met(row):
            what, beside, _, bound, goal = GOALS[row["row"]]
            people = f", {row['people']:,} people" if row["people"] and row["row"] != "check" else ""
            yield f"{what}{f', beside {beside}' if beside else ''}{people}: {short(figure(row))}, the goal is {bound} {goal}"
    for what, ratios, goal in grown(rows):
        if goal and judged(ratios) and ratios[GROWTH_TO] > goal:
            yield f"{what}: {ratios[GROWTH_TO]:.2f} times the cost in the large store, the goal is at most {goal}"
    for row in rows:
        if "edge" in row and not is_linear(row):
            yield f"{row['edge']}: more than {LINEAR} times the cost of a quarter"


def verdict(rows):
    lines = list(missed(rows))
    return "Goals that are not met:\n" + "\n".join(f"- {line}" for line in lines) if lines else "All goals are met."


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


def invented(rows, data):
    """What there is of it, as the smallest store and the rules say."""
    people = min(store_sizes(rows))
    store = sqlite3.connect(f"file:{data / str(people) / 'nurtured.db'}?mode=ro", uri=True)
    each = [store.execute(query).fetchone()[0] / people
            for query in ("SELECT count(*) FROM candidate_item WHERE field='tags'",
                          "SELECT count(*) FROM candidate_item WHERE field='certifications'",
                          "SELECT count(*) FROM event")]
    store.close()
    rules = next(row for row in rows if "conditions" in row)
    return (f"per person {each[0]:.1f} tags, {each[1]:.1f} certifications and {each[2]:.1f} events; {rules['segments']}\n"
            f"segments from 12 templates with {rules['conditions']} conditions, {rules['distinct']} of them distinct")


def noise(rows):
    """Our own evaluation is timed twice, for two rows."""
    both = {}
    for row in rows:
        if row.get("row") in ("evaluate", "evaluate-sqlite"):
            both.setdefault(row["people"], []).append(row["ours"])
    apart = [max(two) / min(two) - 1 for two in both.values() if len(two) == 2]
    return f"in this run the two differ by up to {max(apart):.0%}" if apart else "the two have differed by a fifth"


def not_asked(rows):
    asked = [row["people"] for row in rows if row.get("row") == "evaluate-sqlite"]
    beyond = [f"{size:,}" for size in store_sizes(rows) if size not in asked]
    return f" In this run it was not asked about {' and '.join(beyond)} people." if beyond else ""


def page(rows, data):
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    return f"""# Benchmarks

This page is written by `ninja -C build/bench bench` (after `cmake --preset bench`). What stands beside a row is a floor, run
in the same process and over the same data: what somebody would write by hand for exactly that task, and nothing more. Two
are no floors, but others who do the same: SQLite, in the same process, and nodemailer, in one of its own. Memory, the idle
minute, the forecast, fsyncs and checking have nothing beside them, and a plain number for a goal.

Times are processor seconds (but for the row by the clock), medians of 3 to 51 runs. Run once: the forecast and the loading
before it, each of the two forms of SQL, nodemailer, and the import of the same file again; the idle minute is the mean of a
night's. **Only the ratios are claims**, and bytes and fsyncs, which are counted. Seconds, also where the goal is in seconds,
are those of one machine on one day, and it is a noisy one: our evaluation is timed for two rows, and {noise(rows)}.

Before anything is timed, engine and hand-written columns must agree about every person in every segment. What SQLite answers
while it is timed must be the same, or nothing is written.{not_asked(rows)}

Last run: {datetime.date.today()}, commit {commit}; {machine()}.

The data are invented and the same for the same seed: {invented(rows, data)};
20 campaigns of three to five messages over them.

## Goals

{table(rows)}

`people` is the size of the store, or of the file that is imported. The figure is what the goal is about: ours over theirs
where the goal says "at most", so that less is better; theirs over ours where it says "at least", so that more is better; ours
alone where there are no theirs. A "-" under goal and met: there is none, or none for that size.

Columns are one part of a start, and the part that has a goal: enrolments and messages of a campaign that everybody is in are
more than that, because each is kept with what finds it again (by person, by address, by when it is due).

The goal of the forecast speaks of a million people, and of the forecast alone: `nurture preview` loads the store before,
which is a row of its own. The goal of sending is about the processor. By the clock there is none: the plain loop has a thread
for each of its {CONNECTIONS} connections and waits for no disk, while we have [one thread](decisions/0011-one-thread-per-relay.md)
and send nothing before its claim is on the disk.

## How cost grows

{growth(rows) or "One size was measured."}

1.00 everywhere means: twice the people, twice the cost; in rows without "per person", the same cost whatever the size. The
goals are about {GROWTH_TO:,} people over {GROWTH_FROM:,}, and other sizes are not judged.

In a loop over changes the processor's caches hold a small store and not a large one, so that a change of the large one costs
more, by hand as well as by us. A daemon is told of changes now and then, and does other things in between: the row with
caches emptied. The forecast makes as many messages per person of each store; what grows is the memory that they are spread
over.

## At the edges

What nobody has, and somebody will. Linear cost is 2 times and 4 times as much. "Yes" under linear is less than {LINEAR} times for
four times as many, which leaves room for noise and for caches that become too small on the way; squares would be 16 times.
Rule sets are evaluated over {min(store_sizes(rows)):,} people. People enter in memory that the process has had before: how long a
system takes to hand out new memory is another matter.

{edges(rows)}

- **A million who enter at one check** are decided about in one go and written in batches; until they are, the decisions take
  about 3 GB. `enroll at most` says how many a day brings. Later, a minute costs what is due in it, however many wait.
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

The answers depend on none of this. Whoever is to enter must have entered, and in each minute as many must go as may. Before
segments are timed, everybody at once and everybody row by row must give the same members; rule sets must agree with the
hand-written columns about everybody; words of one's own, for 200 people and those whom a rule names, and long histories must
agree with the evaluator that the tests have for reference, which knows no columns.

## Beside the figures

{notes(rows)}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000, 3_000_000])
    parser.add_argument("--peer-up-to", type=int, default=3_000_000)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/benchmarks.md")
    options = parser.parse_args()
    rows = collect(options)
    options.out.write_text(page(rows, options.data))
    print(table(rows), growth(rows), edges(rows), verdict(rows), sep="\n\n")


if __name__ == "__main__":
    main()
