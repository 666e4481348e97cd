# SPDX-License-Identifier: MIT
"""What a program is doing when it is struck, how a person goes on after that, and what must be true in the end.

Every scenario has a start state, made once. A point copies it, runs go() with the kill (or with a disk that fails),
look()s at what is left, runs go() again without one until it comes to its end, and judge()s from outside: the relay's
log, the answers of the pages, the store as SQLite sees it. A verdict is a Counter; every key but those of HARMLESS means that a promise was broken.
"""
import collections
import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import urllib.error
import urllib.request

from gateway import Gateway
from place import BIN, CAMPAIGN, HOUSE, TEXTS, Place, Process, people_csv, phones_csv, wait_until

HARMLESS = {"accepted", "in doubt", "in doubt and accepted", "opt-outs answered"}
# Broken promises to order: after every kill this is done to the store, and the judge has to see it.
PLANTS = {
    "in flight is sent again": "DROP TRIGGER IF EXISTS message_edge; UPDATE message SET state='READY' WHERE state='INFLIGHT'",
    "opt-outs are forgotten": "UPDATE suppression SET lifted_at=at,lifted_by='nobody',why='planted'",
    "what is ready is dropped": "UPDATE message SET state='CANCELLED' WHERE state='READY'",
    "half a person is stored": "DELETE FROM candidate_item WHERE candidate=(SELECT max(id) FROM candidate)",
}
COUNT_WRITES = "0=5"
# What says to a sysadmin that it is the disk: of the store, or of a file beside it.
DISK_TROUBLE = (b"the disk is full", b"is it full (`df`), or broken (`dmesg`)?", b"No space left on device", b"Input/output error")
PEOPLE = 12
CONNECTIONS = 4


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make(path, campaigns, people=PEOPLE):
    """Rules, and people in a new store; nothing applied."""
    place = Place(path)
    place.write("rules/house.nurture", HOUSE)
    for name in campaigns:
        place.write(f"rules/{name}.nurture", CAMPAIGN.format(name=name))
    place.configure(relay=1, listen=free_port(), connections=CONNECTIONS)
    if people:
        place.write("people.csv", people_csv(people))
        place.run("import", "candidates", "people.csv")
    return place


def plan(place):
    return json.loads(place.run("plan", "--json"))["hash"]


class Scenario:
    def __init__(self, top, tracer):
        self.top, self.tracer = top, tracer
        self.start = None  # a Place

    def begin(self, place, relay, listen):
        """Before the first go() on a copy."""
        self.place, self.relay, self.listen = place, relay, listen
        relay.doors.set()
        relay.new_log()
        place.configure(relay=relay.port, listen=listen, connections=CONNECTIONS)
        if place.ask("SELECT 1 FROM meta WHERE key='instance'"):  # a daemon ran on the original: a copy is not trusted
            place.run("reconcile", "--because", "copied for a test")

    def process(self, strike, program, *words, later=False):
        return Process(self.place, self.tracer, strike, program, *words, later=later)

    def excused(self, ended):
        """After a failure of the disk: either it made no difference, or the program says what it was and leaves."""
        with open(self.place.file("log"), "rb") as log:
            said = log.read()
        return ended.code == 0 or (ended.code == 1 and any(words in said for words in DISK_TROUBLE))

    def look(self):
        """Right after a kill."""
        return self.whole()

    def spoil(self, plant):
        """Does to the store what a broken program would have done."""
        with contextlib.closing(sqlite3.connect(self.place.file("nurtured.db"))) as store:
            store.executescript(PLANTS[plant])

    def whole(self):
        try:
            found = self.place.ask("PRAGMA integrity_check") + self.place.ask("PRAGMA foreign_key_check")
        except sqlite3.DatabaseError as trouble:
            found = [(str(trouble),)]
        return collections.Counter({"store not whole": int(found not in ([("ok",)], []))})

    def journal_holds(self):
        done = subprocess.run([os.path.join(BIN, "nurture"), "journal", "verify"], cwd=self.place.path, capture_output=True)
        return collections.Counter({"journal broken": int(done.returncode != 0)})


class Mailing(Scenario):
    """What the scenarios with a daemon have in common."""

    campaigns = ("Hello",)
    column, address = "email", "ana{}@candidates.example"
    peer = property(lambda self: self.relay)  # that takes the messages
    connections = CONNECTIONS

    def messages(self):
        """{(address, campaign): state}"""
        rows = self.place.ask(f"SELECT c.{self.column},m.campaign,m.state FROM message m JOIN candidate c ON c.id=m.candidate")
        return {row[:2]: row[2] for row in rows}

    def settled(self):
        states = self.messages().values()
        return len(states) == PEOPLE * len(self.campaigns) and not {"READY", "INFLIGHT"} & set(states)

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.listen)) == 0

    def finish(self, daemon):
        # Before its page is there a SIGTERM ends it as it ends any program: nothing has begun.
        wait_until(lambda: self.settled() and self.listens(), "the sending of everything due", daemon)
        daemon.signal(signal.SIGTERM)
        return daemon.wait()

    def judge(self, kills, opted_out=()):
        self.peer.quiet()
        accepted = collections.Counter((message.to, message.subject.split()[0]) for message in self.peer.log)
        ids = collections.Counter(message.id for message in self.peer.log)
        states = self.messages()
        verdict = self.whole() + self.journal_holds()
        for n in range(1, PEOPLE + 1):
            for campaign in self.campaigns:
                key = (self.address.format(n), campaign)
                verdict += self.judge_one(states.get(key), accepted.pop(key, 0), key[0] in opted_out)
        verdict["strange"] += len(accepted)
        verdict["one id twice"] += sum(count - 1 for count in ids.values())
        verdict["too many in doubt"] += max(0, verdict["in doubt"] - kills * self.connections)
        return verdict

    @staticmethod
    def judge_one(state, times, opted_out):
        verdict = collections.Counter({"accepted": times, "twice": max(0, times - 1)})
        if opted_out:
            verdict["after an opt-out"] += times
            verdict["opt-out without an end"] += int(state != "SUPPRESSED")
        elif state == "IN_DOUBT":
            verdict["in doubt"] += 1
            verdict["in doubt and accepted"] += times
        elif state == "SENT":
            verdict["sent and not accepted"] += int(times == 0)
        else:
            verdict["lost"] += 1
        return verdict


class Send(Mailing):
    """A daemon starts, decides who is due, hands everything over, stops."""

    def prepare(self, relay, listen):
        self.start = make(os.path.join(self.top, "start"), self.campaigns)
        self.start.run("apply", plan(self.start))

    def go(self, strike):
        return self.finish(self.process(strike, "nurtured"))


class Texts(Send):
    """As Send, by a gateway that knows no key: what it was asked it sends."""

    column, address = "phone", "+1512555{:04d}"
    gateways = {}  # one for each process of ours, as of relays
    peer = property(lambda self: Texts.gateways[os.getpid()])

    def prepare(self, relay, listen):
        self.start = make(os.path.join(self.top, "start"), [], people=0)
        self.start.write("rules/house.nurture", HOUSE.replace("email is known", "phone is known"))
        self.start.write("rules/Hello.nurture", TEXTS.format(name="Hello"))
        self.start.write("people.csv", phones_csv(PEOPLE))
        self.start.run("import", "candidates", "people.csv")
        self.start.run("apply", plan(self.start))

    def begin(self, place, relay, listen):
        super().begin(place, relay, listen)
        if os.getpid() not in Texts.gateways:
            Texts.gateways[os.getpid()] = Gateway()
        self.peer.new_log()
        place.configure(relay.port, listen, CONNECTIONS, gateway=self.peer.port)


class Reload(Mailing):
    """A daemon runs; another rule set is applied and nurtured.toml read again. It is the daemon that dies."""

    campaigns = ("Hello", "News")

    def prepare(self, relay, listen):
        self.start = make(os.path.join(self.top, "start"), ["Hello"])
        self.start.run("apply", plan(self.start))
        self.start.write("rules/News.nurture", CAMPAIGN.format(name="News"))
        self.plan = plan(self.start)

    def live(self):
        """The paths of the rule set that is live."""
        rows = self.place.ask("SELECT files FROM rule_set WHERE live=1")
        return sorted(file["path"] for file in json.loads(rows[0][0])) if len(rows) == 1 else []

    def is_applied(self):
        return "News.nurture" in self.live()

    def look(self):
        known = [["Hello.nurture", "house.nurture"], ["Hello.nurture", "News.nurture", "house.nurture"]]
        return self.whole() + collections.Counter({"half a rule set": int(self.live() not in known)})

    def apply(self):
        if not self.is_applied():
            self.place.run("apply", self.plan)

    def go(self, strike):
        daemon = self.process(strike, "nurtured", later=True)
        first = [f"ana{n}@candidates.example" for n in range(1, PEOPLE + 1)]

        def said_hello():
            states = self.messages()
            hello = [states.get((address, "Hello")) for address in first]
            return not {None, "READY", "INFLIGHT"} & set(hello) and self.listens()

        # A SIGHUP before its page is there would end it, as it ends any program.
        if wait_until(said_hello, "the first campaign", daemon):
            daemon.count_from_here()
            self.apply()
            self.place.configure(self.relay.port, self.listen, CONNECTIONS // 2)
            daemon.signal(signal.SIGHUP)
        return self.finish(daemon)


class Apply(Reload):
    """`nurture apply` dies, without a daemon; later the daemon sends what is live, which is all of it or nothing."""

    def go(self, strike):
        if self.is_applied():
            return self.finish(self.process(None, "nurtured"))
        command = self.process(strike, "nurture", "apply", self.plan).wait()
        return command if command.struck or strike in (0, COUNT_WRITES) else self.go(None)


class Unsubscribe(Mailing):
    """Everything is due; before the relay greets anybody, some people press the button. The daemon dies. Whose button
    was not answered presses it again after the restart."""

    leaving = ("ana2@candidates.example", "ana5@candidates.example", "ana11@candidates.example")

    def prepare(self, relay, listen):
        """A store whose messages are released and not handed over, and the links that will stand in them."""
        self.start = make(os.path.join(self.top, "start"), self.campaigns)
        self.start.run("apply", plan(self.start))
        self.begin(self.start, relay, listen)
        relay.doors.clear()
        daemon = self.process(None, "nurtured")
        wait_until(lambda: len(self.messages()) == PEOPLE, "the release of the messages")
        daemon.signal(signal.SIGKILL)
        daemon.process.wait()
        self.begin(self.start.copy(os.path.join(self.top, "links")), relay, listen)
        self.finish(self.process(None, "nurtured"))
        self.links = {mail.to: mail.unsubscribe.split("/u/")[1].rstrip(">") for mail in relay.log}
        self.place.remove()

    def begin(self, place, relay, listen):
        super().begin(place, relay, listen)
        self.answered = set()  # whose button was answered with 200

    def press(self, address):
        request = urllib.request.Request(f"http://127.0.0.1:{self.listen}/u/{self.links[address]}", data=b"")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                if answer.status == 200:
                    self.answered.add(address)
        except (urllib.error.URLError, OSError):
            pass

    def go(self, strike):
        self.relay.doors.clear()
        daemon = self.process(strike, "nurtured")
        if wait_until(self.listens, "the daemon's page", daemon):
            pressed = [threading.Thread(target=self.press, args=(who,)) for who in set(self.leaving) - self.answered]
            for button in pressed:
                button.start()
            for button in pressed:
                button.join()
        self.relay.doors.set()
        return self.finish(daemon)

    def look(self):
        suppressed = self.place.ask("SELECT count(*) FROM suppression WHERE reason='unsubscribed'")[0][0]
        return self.whole() + collections.Counter({"opt-out forgotten": max(0, len(self.answered) - suppressed)})

    def judge(self, kills):
        verdict = super().judge(kills, opted_out=self.answered)
        return verdict + collections.Counter({"opt-outs answered": len(self.answered)})


class Import(Scenario):
    """`nurture import candidates` dies, while a daemon seems to live: small batches. It is started again."""

    people, old = 4500, 300
    words = ("import", "candidates", "people.csv")

    def prepare(self, relay, listen):
        self.start = make(os.path.join(self.top, "start"), [], people=self.old)
        self.start.write("people.csv", people_csv(self.people, specialties="ICU;Trauma;Burn ICU"))

    def begin(self, place, relay, listen):
        super().begin(place, relay, listen)
        self.stand_in = socket.socket(socket.AF_UNIX)
        here = os.open(place.path, os.O_PATH)
        self.stand_in.bind(f"/proc/self/fd/{here}/control.sock")
        os.close(here)
        self.stand_in.listen()
        threading.Thread(target=self.answer, args=(self.stand_in,), daemon=True).start()

    @staticmethod
    def answer(server):
        while True:
            try:
                asked, _ = server.accept()
            except OSError:
                return
            with asked, contextlib.suppress(OSError):  # who asked may be dead
                asked.recv(100)
                asked.sendall(b"ok\n")

    def go(self, strike):
        return self.process(strike, "nurture", *self.words).wait()

    def persons(self):
        """{ref: what is known of it}"""
        rows = self.place.ask(
            "SELECT c.id,c.ref,c.first_name,c.email,hex(c.email_key),"
            "(SELECT group_concat(value,';') FROM (SELECT value FROM candidate_item WHERE candidate=c.id ORDER BY pos)),"
            "(SELECT group_concat(name||status) FROM consent WHERE candidate=c.id) FROM candidate c")
        return {row[1]: row for row in rows}

    def look(self):
        """Every person as before or as in the file, and whoever is new was told to the engine."""
        as_before, as_in_file = ("ICU;CVICU", "job newsgiven"), ("ICU;Trauma;Burn ICU", "job newsgiven")
        told = self.place.ask("SELECT first,last FROM inbox WHERE kind='changed'")
        verdict = self.whole()
        for row in self.persons().values():
            old = int(row[1][1:]) <= self.old
            verdict["half a person"] += int(row[5:] != as_in_file and not (old and row[5:] == as_before))
            verdict["not told to the engine"] += int(not any(first <= row[0] <= last for first, last in told))
        return verdict

    def judge(self, kills):
        verdict = self.look() + self.journal_holds()
        verdict["lost"] += self.people - len(self.persons())
        verdict["not as in the file"] += sum(row[5] != "ICU;Trauma;Burn ICU" for row in self.persons().values())
        self.stand_in.shutdown(socket.SHUT_RDWR)  # ends its thread
        self.stand_in.close()
        return verdict


class Create(Scenario):
    """The first command in a directory makes the store, all of its schema or nothing; the next one goes on from there."""

    def prepare(self, relay, listen):
        self.start = make(os.path.join(self.top, "start"), [], people=0)
        self.start.write("people.csv", people_csv(PEOPLE))
        self.old_store()
        self.before = self.tables(self.start)[:3]
        whole = self.start.copy(os.path.join(self.top, "whole"))
        whole.run("import", "candidates", "people.csv")
        self.after = self.tables(whole)

    def old_store(self):
        pass

    @staticmethod
    def tables(place):
        return [place.ask("SELECT type,name,sql FROM sqlite_master ORDER BY name"), place.ask("PRAGMA user_version"),
                place.ask("PRAGMA application_id"), place.ask("SELECT key,length(value) FROM meta ORDER BY key")]

    def go(self, strike):
        return self.process(strike, "nurture", "import", "candidates", "people.csv").wait()

    def look(self):
        if not os.path.exists(self.place.file("nurtured.db")):
            return collections.Counter()
        now = self.tables(self.place)[:3]
        nothing_yet = now[0] == [] if self.before[0] == [] else now == self.before
        return self.whole() + collections.Counter({"half a schema": int(not nothing_yet and now != self.after[:3])})

    def judge(self, kills):
        verdict = self.whole() + self.journal_holds()
        verdict["another schema"] += int(self.tables(self.place) != self.after)
        verdict["lost"] += PEOPLE - self.place.ask("SELECT count(*) FROM candidate")[0][0]
        return verdict


class Migrate(Create):
    """As Create, where an older program made the store, by the first schema: what it had tried is still known."""

    TRIED = [(1, "north", "deferred", 451), (1, "south", "accepted", 250), (2, "south", "", 0)]  # message, relay, outcome, code

    def old_store(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "schema-1.sql")) as file:
            dump = file.read()
        with contextlib.closing(sqlite3.connect(self.start.file("nurtured.db"))) as store:
            store.executescript("PRAGMA journal_mode=WAL;" + dump)
            store.executemany("INSERT INTO message(id,purpose,channel,addr_key,template,owner,recipient,slot,closes,expires,not_before,"
                              "state,reason) VALUES(?,'test','email',zeroblob(32),'','','',1,2,3,1,'READY','')", [(1,), (2,)])
            store.executemany("INSERT INTO attempt VALUES(randomblob(16),?,?,5,NULL,?,?,'','')", self.TRIED)
            store.commit()

    def judge(self, kills):
        verdict = super().judge(kills)
        tried = self.place.ask("SELECT message,relay,outcome,code FROM attempt ORDER BY message,relay")
        verdict["forgotten attempts"] += int([tuple(row) for row in tried] != self.TRIED)
        return verdict


SCENARIOS = {"send": Send, "import": Import, "apply": Apply, "reload": Reload, "create": Create, "migrate": Migrate, "unsubscribe": Unsubscribe,
             "texts": Texts}
