# SPDX-License-Identifier: MIT
"""What the Python functional tests share: a desk (a directory that `nurture init` made) with the sample people on it."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("NURTURED_BIN", os.path.join(ROOT, "build/release/bin"))
TODAY = "2026-03-02"  # what the sample people are made for

failures = []


def check(sentence, truth, detail=""):
    print(("ok: " if truth else "FAILED: ") + sentence)
    if not truth:
        failures.append(sentence)
        if detail:
            print("   ", detail)
    return truth


def finish():
    sys.exit(1 if failures else 0)


def skip(reason):
    print(f"skipped: {os.path.basename(sys.argv[0])}: {reason}")
    sys.exit(125)


class Desk:
    """A working directory in a temporary place; removed by close()."""

    def __init__(self, people=None):
        self.top = tempfile.mkdtemp(prefix="nurtured-desk-")
        self.path = os.path.join(self.top, "desk")
        self.run("init", self.path, "--as-of", TODAY, cwd=self.top)
        self.people = people

    def close(self):
        shutil.rmtree(self.top, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def file(self, *parts):
        return os.path.join(self.path, *parts)

    def run(self, *words, expect=0, cwd=None, env=None):
        done = subprocess.run([os.path.join(BIN, "nurture"), *words], cwd=cwd or self.path, text=True,
                              capture_output=True, env={**os.environ, **(env or {})})
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"nurture {' '.join(words)} ended with {done.returncode}, not {expect}:\n"
                                 f"{done.stdout}\n{done.stderr}")
        return done

    def json(self, *words):
        return json.loads(self.run(*words, "--json").stdout)

    def set(self, key, value):
        """A key of nurtured.toml, commented out or not."""
        with open(self.file("nurtured.toml")) as file:
            text = file.read()
        changed, count = re.subn(rf"(?m)^#?{key} = .*$", lambda _: f"{key} = {value}", text, count=1)
        if count != 1:
            raise AssertionError(f"no key {key} in nurtured.toml")
        with open(self.file("nurtured.toml"), "w") as file:
            file.write(changed)

    def cut_sample(self):
        """Only the first so many people of each sample file, for tests that need few."""
        for name in ("candidates", "events", "consents", "do-not-contact"):
            with open(self.file("sample", name + ".csv")) as file:
                lines = file.readlines()
            if name == "candidates":
                lines = lines[: self.people + 1]
                refs = {line.split(",", 1)[0] for line in lines}
            else:
                lines = lines[:1] + [line for line in lines[1:] if line.split(",", 1)[0].strip() in refs]
            with open(self.file("sample", name + ".csv"), "w") as file:
                file.writelines(lines)

    def import_sample(self):
        if self.people:
            self.cut_sample()
        for what in ("candidates", "events", "consents"):
            self.run("import", what, f"sample/{what}.csv")
        self.run("import", "list", "Do not contact", "sample/do-not-contact.csv")

    def apply(self):
        plan = self.json("plan")
        self.run("apply", plan["hash"])
        return plan

    def live_sample(self):
        """Imported, canary off (a rehearsal of days should not stop for 30 minutes), applied."""
        self.set("canary", '"0%"')
        self.import_sample()
        return self.apply()
