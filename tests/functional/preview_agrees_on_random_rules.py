#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Preview against rehearsal over rules and people by chance: preview_agrees_on_random_rules.py [SEEDS [FIRST]]

Per seed: random rules over random people, near a change of the clock. The first days are foretold and rehearsed; the
rehearsal is killed (-9) at a random moment, the rest is foretold from the store as the kill left it, and the rehearsal
goes on. Then news comes in, somebody edits the rules and applies them, and the days after that are foretold and
rehearsed as well. Compared are messages (candidate, campaign, step, slot, hash of the text), what was asked of whom on
which day, and who came in on which day. 12 seeds are a quick slice; 300 the whole. What differs is kept and named.
"""
import collections
import contextlib
import datetime
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zoneinfo

from desk import BIN, ROOT, TODAY, Desk, check, finish

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from random_desk import RandomWorld, write_table  # noqa: E402

SEEDS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
FIRST = int(sys.argv[2]) if len(sys.argv) > 2 else 1
KEPT = os.environ.get("NURTURED_KEEP", "/tmp")
SENT = "purpose='campaign' AND message.state IN ('SENT','IN_DOUBT','INFLIGHT')"


class Different(Exception):
    pass


def key(message):
    return (message["candidate"], message["campaign"], message["step"], message["slot"], message["text_hash"])


def text(instant):
    return instant.strftime("%Y-%m-%dT%H:%M")


def read(path, sql, *values):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        return store.execute(sql, values).fetchall()


def compare(what, foretold, done):
    missing, surplus = foretold - done, done - foretold
    if missing or surplus:
        raise Different(f"{what}: {sum(missing.values())} only foretold {sorted(missing)[:3]}, "
                        f"{sum(surplus.values())} only done {sorted(surplus)[:3]}")


class Course:
    """What a forecast says, and what a rehearsal's store says, in the same terms."""

    def __init__(self, messages, asked, entered):
        self.messages = collections.Counter(messages)
        self.asked = collections.Counter(asked)
        self.entered = collections.Counter(entered)

    @staticmethod
    def foretold(preview):
        counted = lambda days, *kinds: {(day["day"], kind): day[kind] for day in days for kind in kinds if day[kind]}  # noqa: E731
        return Course([key(m) for m in preview["messages"] if "problem" not in m],
                      {(owner["owner"], *of): count for owner in preview["owners"]
                       for of, count in counted(owner["days"], "approvals", "notes", "tasks").items()},
                      {(campaign["name"], *of): count for campaign in preview["campaigns"]
                       for of, count in counted(campaign["days"], "entered").items()})

    @staticmethod
    def done(store, since, zone):
        """`since`: what was there before. What was being handed over at a kill counts as done."""
        def day(second):
            return datetime.datetime.fromtimestamp(second, zone).date().isoformat()

        def instant(second):
            return datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

        messages = [(ref, campaign, step, instant(slot), text_hash.hex()) for id, ref, campaign, step, slot, text_hash in read(
            store, "SELECT message.id,ref,campaign,step,slot,text_hash FROM message JOIN candidate ON candidate.id=candidate"
            f" WHERE {SENT}") if id not in since["messages"]]
        asked = [(owner, day(at), kind + "s") for owner, at, kind in read(
            store, "SELECT owner,asked_at,kind FROM human_step WHERE id>?", since["human_step"])]
        entered = [(campaign, day(at), "entered") for campaign, at in read(
            store, "SELECT campaign,entered_at FROM enrolment WHERE phase<>'pending' AND round>0 AND entered_at>=?", since["from"])]
        return Course(messages, asked, entered)


def largest(store, start, zone):
    # By id: a campaign that is renamed takes its messages along.
    return {"human_step": read(store, "SELECT coalesce(max(id),0) FROM human_step")[0][0],
            "messages": {id for id, in read(store, f"SELECT id FROM message WHERE {SENT}")},
            "from": int(start.replace(tzinfo=zone).timestamp())}


class Trial:
    def __init__(self, world, desk, assume):
        self.world, self.desk = world, desk
        self.zone = zoneinfo.ZoneInfo(world.zone)
        self.dice = world.dice("trial")
        self.options = ["--assume", f"approvals={assume}"] + (["--test-mode"] if world.test_mode else [])
        self.messages = self.kills = self.edits = 0

    def write_rules(self, files):
        for name in os.listdir(self.desk.file("rules")):
            if name.endswith(".nurture"):
                os.remove(self.desk.file("rules", name))
        for name, words in files.items():
            with open(self.desk.file("rules", name), "w") as file:
                file.write(words)
        return self.desk.run("check", expect=None).returncode == 0

    def bring_in(self, name, what, rows, *options):
        path = self.desk.file(name)
        write_table(path, rows)
        self.desk.run("import", *what, path, *options, expect=None)

    def people(self):
        for file, rows in self.world.tables().items():
            self.bring_in(file, ["list", "Do not contact"] if file == "list.csv" else [file.split(".")[0]], rows)

    def news(self, now):
        """An import of changes that is news, and answers; as if they had come in just before `now`."""
        before = read(self.desk.file("nurtured.db"), "SELECT coalesce(max(seq),0) FROM inbox")[0][0]
        self.bring_in("changed.csv", ["candidates"], self.world.changed("news"), "--live")
        news = self.world.news("news")
        for row in news:
            row["at"] = text(now - datetime.timedelta(minutes=self.dice.randint(1, 4000))) + ":00Z"
        self.bring_in("more.csv", ["consents"], self.world.consents("more"))
        self.bring_in("news.csv", ["events"], news, "--live")
        with contextlib.closing(sqlite3.connect(self.desk.file("nurtured.db"), isolation_level=None)) as store:
            second = int(now.replace(tzinfo=self.zone).timestamp())
            store.execute("UPDATE inbox SET at=?, happened_at=min(coalesce(happened_at,?),?) WHERE seq>?",
                          (second - 60, second - 60, second - 60, before))

    def foretell(self, start, end, store=None):
        where = ["--store", store] if store else []
        # Whole days only; what comes later is not looked at.
        days = -(-int((end - start).total_seconds()) // 86400)
        preview = self.desk.json(*where, "preview", "--as-of", start.strftime("%Y-%m-%dT%H:%M"), "--days", str(days),
                                 *self.options)
        return Course.foretold(preview)

    def rehearse(self, start, days, into, kill=False):
        """None: killed."""
        words = [os.path.join(BIN, "nurture"), "rehearse", "--from", text(start), "--days", str(days), "--into", into,
                 "--json", *self.options]
        run = subprocess.Popen(words, cwd=self.desk.path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if kill:
            started = time.monotonic()
            while run.poll() is None and time.monotonic() - started < kill:
                time.sleep(0.001)  # a random moment of the run, not a wait for something
            run.send_signal(signal.SIGKILL)
        said = run.communicate()[1].decode()
        if run.returncode not in (0, -signal.SIGKILL):
            raise Different(f"the rehearsal ended with {run.returncode}: {said}")
        return run.returncode == 0

    def days(self, start, days, into, kill_after=0.0):
        store = os.path.join(into, "nurtured.db")
        since = largest(self.desk.file("nurtured.db"), start, self.zone)
        foretold = self.foretell(start, start + datetime.timedelta(days=days))
        middle = None
        while kill_after and not self.rehearse(start, days, into, kill_after):
            self.kills += 1
            if os.path.exists(store) and not middle:
                middle = self.after_the_kill(start, days, into)
            kill_after *= 2
        if not kill_after:
            self.rehearse(start, days, into)
        done = Course.done(store, since, self.zone)
        for what in ("messages", "asked", "entered"):
            compare(f"{os.path.basename(into)}: {what}", getattr(foretold, what), getattr(done, what))
        if middle:
            now, there, rest = middle
            compare(f"foretold at {text(now)}, after the kill: messages", rest.messages, Course.done(store, there, self.zone).messages)
        self.messages += sum(done.messages.values())

    def after_the_kill(self, start, days, into):
        copy = os.path.join(into, "killed")
        shutil.rmtree(copy, ignore_errors=True)
        os.makedirs(copy)
        for name in os.listdir(into):
            if name.startswith("nurtured.db") and not name.endswith((".lock", "-shm")):
                shutil.copy(os.path.join(into, name), copy)
        store = os.path.join(copy, "nurtured.db")
        at = int(read(store, "SELECT value FROM meta WHERE key='rehearsal_at'")[0][0])
        now = datetime.datetime.fromtimestamp(at, self.zone)
        end = start + datetime.timedelta(days=days)
        # In wall-clock days the end may be off by the hour of a change of the clock: only the minutes up to it count.
        until = datetime.datetime.fromtimestamp(int(start.replace(tzinfo=self.zone).timestamp()) + days * 86400, self.zone)
        open_questions = read(store, "SELECT 1 FROM human_step WHERE decided_at IS NULL AND kind IN ('approval','note')")
        if now >= until or (open_questions and self.world.approvals == "next-morning"):
            return None  # a forecast from here assumes that what is open was asked only now
        preview = self.desk.json("--store", store, "preview", "--as-of", now.isoformat(timespec="minutes"), "--days",
                                 str((until - now).days + 1), *self.options)
        limit = until.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        preview["messages"] = [m for m in preview["messages"] if m["slot"] < limit]
        return now, largest(store, start, self.zone), Course.foretold(preview)

    def apply(self, start):
        plan = self.desk.json("plan", "--as-of", text(start))
        return self.desk.run("apply", plan["hash"], expect=None).returncode == 0

    def run(self):
        world, desk = self.world, self.desk
        for name, value in world.settings.items():
            desk.set(name, value)
        if not self.write_rules(world.rules()):
            return False
        self.people()
        if not self.apply(world.start):
            raise Different("the rules cannot be applied")
        if self.dice.random() < 0.6:
            self.news(world.start)
        self.days(world.start, world.days, desk.file("first"), self.dice.uniform(0.02, 0.6))
        self.edit_and_go_on()
        return True

    def edit_and_go_on(self):
        """The rehearsed store becomes the desk's."""
        desk, world = self.desk, self.world
        with contextlib.closing(sqlite3.connect(desk.file("first", "nurtured.db"))) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(desk.file("first", "nurtured.db"), desk.file("nurtured.db"))
        for left_over in ("-wal", "-shm"):
            if os.path.exists(desk.file("nurtured.db" + left_over)):
                os.remove(desk.file("nurtured.db" + left_over))
        start = datetime.datetime.fromtimestamp(
            int(world.start.replace(tzinfo=self.zone).timestamp()) + world.days * 86400, self.zone).replace(tzinfo=None)
        self.news(start)
        if self.write_rules(world.edited()) and self.apply(start):
            self.edits = 1
        else:
            self.write_rules(world.rules())  # an edit that people under way do not allow
        self.days(start, world.days, desk.file("second"))


def trial(seed):
    """Messages, kills and edits; None after a difference."""
    for attempt in range(4):
        with Desk() as desk:
            world = RandomWorld(seed, attempt)
            one = Trial(world, desk, world.approvals)
            try:
                if one.run():
                    return one.messages, one.kills, one.edits
            except (Different, AssertionError, sqlite3.Error) as trouble:
                kept = os.path.join(KEPT, f"nurtured-seed-{seed}")
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(desk.path, kept)
                print(f"seed {seed}: {trouble}\n  kept in {kept}; from {text(world.start)}, {world.days} days, {one.options}")
                return None
    return 0, 0, 0


if __name__ == "__main__":
    results = {seed: trial(seed) for seed in range(FIRST, FIRST + SEEDS)}
    told = [result for result in results.values() if result]
    different = [seed for seed, result in results.items() if result is None]
    messages, kills, edits = (sum(one[i] for one in told) for i in range(3))
    print(f"{SEEDS} seeds, {messages} messages, {kills} kills, {edits} edits applied")
    check("there was something to compare", messages > SEEDS and kills > 0 and edits > 0)
    check("what the preview says is what happens", not different, f"seeds {different}")
    finish()
