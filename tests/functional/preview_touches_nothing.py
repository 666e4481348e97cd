#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What only looks opens no connection and writes nothing to the store, judged by the kernel's own record of its calls."""
import hashlib
import os
import re
import shutil
import subprocess

from desk import BIN, TODAY, Desk, check, finish, skip

if shutil.which("strace") is None or subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode != 0:
    skip("strace is not installed, or may not be used here")

WRITING = re.compile(r'open(?:at)?\([^"]*"([^"]+)", [A-Z_|]*(?:O_WRONLY|O_RDWR|O_CREAT)')
# The name of the user who types is asked of the system, which may have a cache for it.
OUR_USER = "/var/run/nscd/socket"


def store(desk):
    """The store, byte by byte. SQLite makes an empty log and its index for whoever reads; neither holds anything."""
    contents = {name: open(desk.file(name), "rb").read() for name in ("nurtured.db", "nurtured.db-wal")
                if os.path.exists(desk.file(name))}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items() if content}


def calls(desk, *words):
    record = desk.file("calls")
    subprocess.run(["strace", "-f", "-qq", "-e", "trace=%network,open,openat,creat,rename,renameat2,unlink,truncate", "-o", record,
                    os.path.join(BIN, "nurture"), *words], cwd=desk.path, check=True, capture_output=True)
    with open(record) as file:
        return file.read()


with Desk(people=400) as desk:
    desk.live_sample()
    before = store(desk)
    at = f"{TODAY}T06:00"
    for words, writes in ((["preview", "--as-of", at, "--days", "60"], ()),
                          (["preview", "--as-of", at, "--days", "20", "--json", "--people"], ()),
                          (["preview", "--as-of", at, "--days", "20", "--html", "out.html"], ("out.html",)),
                          (["why", "c100001", "--as-of", at], ()),
                          (["plan", "--as-of", at], ("plans/",))):
        what = "nurture " + " ".join(words[:1] + [word for word in words if word.startswith("--")])
        seen = calls(desk, *words)
        reached = [line for line in seen.splitlines() if re.search(r"\b(connect|sendto|sendmsg|bind|listen)\(", line)
                   and OUR_USER not in line]
        check(f"{what}: no connection", not reached, "\n".join(reached[:3]))
        opened = {path for path in WRITING.findall(seen)
                  if not path.startswith("/dev/") and not path.endswith(("-shm", "-wal")) and not any(w in path for w in writes)}
        check(f"{what}: no file is opened for writing but what was asked for", not opened, str(sorted(opened)[:5]))
        check(f"{what}: the store is the same, byte by byte", store(desk) == before,
              f"{before} {store(desk)}")
finish()
