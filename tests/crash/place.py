# SPDX-License-Identifier: MIT
"""Small installations for the kills: made once, copied for every point, looked into from outside."""
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("NURTURED_BIN", os.path.join(ROOT, "build/release/bin"))
PATIENCE = 120  # seconds until something that does not happen is a failure; loaded machines are slow

TOML = """\
[store]
path = "nurtured.db"
[rules]
directory = "rules"
[organisation]
name = "Lone Star Staffing"
public_url = "http://127.0.0.1:{listen}"
[email]
relay = "smtp://127.0.0.1:{relay}"
starttls = "never"
from_domains = ["lonestar.example"]
connections = {connections}
[sms]
gateway = "{gateway}"
url = "{sms_url}"
sender = "+15125550100"
[delivery]
mode = "live"
[guard]
canary = "0%"
[listen]
address = "127.0.0.1:{listen}"
[people]
"dana.wu" = {{ name = "Dana Wu", email = "dana.wu@lonestar.example", phone = "+15125550101" }}
"""

HOUSE = """\
edition 2026

fields
  specialty list of text
end

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "Etc/UTC"
  email requires consent "job news"
  sms requires consent "text messages"
end

segment "Everybody"
  email is known
end
"""

# Day and night: a kill at any hour has something to hit.
CAMPAIGN = """\
edition 2026

campaign "{name}"
  owner "dana.wu"
  audience "Everybody"
  from owner
  check every day at 00:00
  send monday to sunday between 00:00 and 24:00
  enroll at most 1000 per day
  re-enter never

  stop when candidate has replied
  stop when candidate leaves the audience

  step hello: email "{name}"
end

template "{name}" for email
  subject "{name} for {{{{first_name or you}}}}"
  | Hi {{{{first_name or there}}}},
  |
  | we wanted to say hello.
  |
  | {{{{owner_name}}}}, {{{{postal_address}}}}
  | Stop these emails: {{{{unsubscribe_link}}}}
end
"""


# The same as CAMPAIGN, by SMS; whoever is written to lives where it is morning.
TEXTS = CAMPAIGN[:CAMPAIGN.index('  step hello')] + """\
  step hello: sms "{name}"
end

template "{name}" for sms
  | {name} for {{{{first_name or you}}}}: we wanted to say hello. Reply STOP to opt out
end
"""


def morning():
    """A zone in which text messages may go for the next hours."""
    west = (time.gmtime().tm_hour - 9 + 11) % 24 - 11  # hours; in these names + is west
    return f"Etc/GMT{west:+d}" if west else "Etc/GMT"


def phones_csv(count):
    rows = (f"c{n},Ana,+1512555{n:04d},{morning()},given" for n in range(1, 1 + count))
    return "\n".join(["ref,first_name,phone,time_zone,consent:text messages", *rows, ""])


def people_csv(count, first=1, specialties="ICU;CVICU"):
    rows = (f"c{n},Ana,ana{n}@candidates.example,{specialties},given" for n in range(first, first + count))
    return "\n".join(["ref,first_name,email,specialty,consent:job news", *rows, ""])


class Place:
    """A directory with nurtured.toml, rules and, mostly, a store."""

    def __init__(self, path):
        self.path = path
        self.processes = []  # all that were started here

    def file(self, *parts):
        return os.path.join(self.path, *parts)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w") as file:
            file.write(text)

    def copy(self, path):
        shutil.copytree(self.path, path, ignore=shutil.ignore_patterns("*.sock"))
        return Place(path)

    def clear(self):
        """Ends what still runs: it would keep the port."""
        for process in self.processes:
            process.end()

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def configure(self, relay, listen, connections, gateway=None):
        sms = ("kannel", f"http://127.0.0.1:{gateway}/cgi-bin/sendsms") if gateway else ("file", "outbox")
        self.write("nurtured.toml", TOML.format(relay=relay, listen=listen, connections=connections, gateway=sms[0], sms_url=sms[1]))

    def run(self, *words):
        done = subprocess.run([os.path.join(BIN, "nurture"), *words], cwd=self.path, text=True, capture_output=True)
        if done.returncode != 0:
            raise AssertionError(f"nurture {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, sql, *values):
        """Rows of the store, which a daemon may be writing; none while there is no table to ask."""
        try:
            uri = f"file:{self.file('nurtured.db')}?mode=ro"
            with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=10)) as store:
                return store.execute(sql, values).fetchall()
        except sqlite3.OperationalError:
            return []


class Process:
    """A program of ours; with a `strike`, one that dies before that system call, or for which the disk fails from that
    one on (0: they are only counted; what `strike.cpp` takes). `later`: they are counted from count_from_here() on."""

    def __init__(self, place, tracer, strike, program, *words, later=False):
        self.report = place.file("calls")
        command = [os.path.join(BIN, program), *words]
        if strike is not None:
            command = [tracer, f"{'+' if later else ''}{strike}", self.report, *command]
        self.traced = strike is not None
        with open(place.file("log"), "ab") as log:
            self.process = subprocess.Popen(command, cwd=place.path, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.calls, self.at, self.code = 0, -1, None
        place.processes.append(self)

    def over(self):
        return self.process.poll() is not None

    def count_from_here(self):
        if self.traced and not self.over():
            self.process.send_signal(signal.SIGUSR1)

    def end(self):
        """The program, before its tracer: which lets go of it when it dies itself."""
        if not self.over():
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
                for child in children.read().split() if self.traced else []:
                    os.kill(int(child), signal.SIGKILL)
            self.process.kill()
            self.process.wait()

    def signal(self, which):
        if not self.over():
            self.process.send_signal(which)

    def wait(self):
        """Fills calls, at (which one was struck; -1: none was) and code."""
        try:
            self.code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            doing = self.doing(self.process.pid)
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the program does not end; its threads wait in {doing}") from None
        if self.traced:
            with open(self.report) as report:
                self.calls, self.at, self.code = map(int, report.read().split())
        return self

    def doing(self, pid):
        """System call and place in the kernel of each thread, of the children as well."""
        found = []
        for task in os.listdir(f"/proc/{pid}/task"):
            where = f"/proc/{pid}/task/{task}"
            found.append(" ".join(open(f"{where}/{name}").read().strip() for name in ("comm", "wchan", "syscall")))
            found += [line for child in open(f"{where}/children").read().split() for line in self.doing(child)]
        return found

    @property
    def struck(self):
        return self.at >= 0


def wait_until(true, what, process=None):
    """False when the process ended before it came true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if process is not None and process.over():
            return False
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {PATIENCE} s")
        time.sleep(0.003)
    return True
