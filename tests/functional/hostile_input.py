#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a daemon and its directory meet sooner or later: a second daemon, rule files that are half written, empty or nested
without end, a cell of a gigabyte, links that are pressed by everybody at once or made up."""
import glob
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading

from desk import BIN, ROOT, Desk, check, finish
from running_daemon import start, status

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import free_port, wait_until  # noqa: E402

GIGABYTE, CHUNK = 1 << 30, b"x" * (1 << 20)
ENOUGH = 256 << 10  # KB of memory for any file


def ask(desk, sql):
    with sqlite3.connect(f"file:{desk.file('nurtured.db')}?mode=ro", uri=True) as store:
        return store.execute(sql).fetchall()


def run_daemon(place, *words):
    return subprocess.run([os.path.join(BIN, "nurtured"), *words], cwd=place, text=True, capture_output=True, timeout=60)


def two_daemons(desk, port, daemon):
    second = run_daemon(desk.path)
    check("a second daemon leaves, and names the first", second.returncode == 1 and f"pid {daemon.pid} " in second.stderr, second.stderr)
    other = desk.file("..", "other")
    os.mkdir(other)
    os.symlink(desk.file("nurtured.db"), os.path.join(other, "nurtured.db"))
    shutil.copytree(desk.file("rules"), os.path.join(other, "rules"))
    with open(desk.file("nurtured.toml")) as file:
        text = file.read().replace(f":{port}", f":{free_port()}")
    with open(os.path.join(other, "nurtured.toml"), "w") as file:
        file.write(text)
    second = run_daemon(other)
    check("and so does one that comes to the same store by another name", second.returncode == 1
          and f"pid {daemon.pid} " in second.stderr, second.stderr)
    check("the first goes on", status(f"http://127.0.0.1:{port}/healthz") == 200)


def replace_rules(desk, files):
    shutil.rmtree(desk.file("rules"))
    os.mkdir(desk.file("rules"))
    for name, content in files.items():
        with open(desk.file("rules", name), "wb") as file:
            file.write(content)


def broken_rules(desk, port, daemon, plan):
    """Nothing of them is ever applied; what is live stays live, in the daemon and over a restart."""
    whole = {os.path.basename(name): open(name, "rb").read() for name in glob.glob(desk.file("rules", "*"))}
    half = {name: content[: len(content) // 2] for name, content in whole.items()}
    deep = {**whole, "deep.nurture": b'edition 2026\nsegment "x"\n' + b"any of\n" * 100_000}
    noise = {**whole, "noise.nurture": os.urandom(100_000)}
    empty = {name: b"" for name in whole}
    live = ask(desk, "SELECT hex(hash) FROM rule_set WHERE live=1")
    for what, files in (("half written", half), ("empty", empty), ("not there", {}), ("nested 100,000 deep", deep), ("noise", noise)):
        replace_rules(desk, files)
        for words in (("plan",), ("apply", plan)):
            done = desk.run(*words, expect=None)
            check(f"rules that are {what}: `nurture {words[0]}` refuses in a few words",
                  done.returncode not in (0, None) and done.returncode > 0 and 0 < len(done.stderr) < 100_000, f"{done.returncode} {done.stderr[:500]}")
        daemon.send_signal(signal.SIGHUP)
        wait_until(lambda: desk.json("status")["rules"] is not None, "an answer")
        check("the daemon goes on with what is live", ask(desk, "SELECT hex(hash) FROM rule_set WHERE live=1") == live
              and status(f"http://127.0.0.1:{port}/healthz") == 200)
    daemon.terminate()
    daemon.wait()
    daemon = start(desk, port)
    check("also when it is started anew", ask(desk, "SELECT hex(hash) FROM rule_set WHERE live=1") == live)
    replace_rules(desk, whole)
    return daemon


def a_gigabyte(desk):
    """Comes through a pipe: one cell, in a row between two good ones."""
    pipe = desk.file("huge.csv")
    os.mkfifo(pipe)
    process = subprocess.Popen([os.path.join(BIN, "nurture"), "import", "candidates", "huge.csv"], cwd=desk.path, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        with open(pipe, "wb", buffering=0) as file:
            file.write(b"ref,first_name\r\nh1,Ann\r\nh2,\"")
            for _ in range(GIGABYTE // len(CHUNK)):
                file.write(CHUNK)
            file.write(b"\"\r\nh3,Joe\r\n")
    except BrokenPipeError:
        pass
    out, err = process.communicate(timeout=300)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    known = {ref for (ref,) in ask(desk, "SELECT ref FROM candidate WHERE ref LIKE 'h%'")}
    check("a cell of a gigabyte is set aside with its reason, and its neighbours come in",
          process.returncode == 1 and known == {"h1", "h3"} and "longer than" in out, f"{process.returncode} {known} {out[-600:]} {err[-600:]}")
    check("and takes no memory", used < ENOUGH, f"{used} KB")


def links(desk, port):
    """All at once, twice, and made up."""
    desk.run("send-test", "icu-hello", "--to", "dana.wu@lonestar.example")
    wait_until(lambda: glob.glob(desk.file("outbox", "*.eml")), "the mail")
    with open(glob.glob(desk.file("outbox", "*.eml"))[0]) as file:
        mail = file.read()
    link = mail.split("<http", 1)[1].split(">", 1)[0].replace("=\n", "").replace("\n", "")
    link = "http" + link
    base, token = link.rsplit("/", 1)
    number, proof = token.split("-")
    forged = {"another message": f"{int(number) + 1}-{proof}", "a longer number": f"0{token}", "capitals": f"{number}-{proof.upper()}",
              "no proof": f"{number}-", "half a proof": token[:-16], "no number": f"-{proof}", "more": token + "0", "a path": "../" + token,
              "a long one": "1-" + "0" * 20_000}
    for what, made_up in forged.items():
        answer = status(f"{base}/{made_up}", b"")
        check(f"a made-up link ({what}) leads nowhere", 400 <= answer < 500, str(answer))
    check("none of them opted anybody out", ask(desk, "SELECT count(*) FROM suppression") == [(0,)])
    answers = []
    presses = [threading.Thread(target=lambda: answers.append(status(link, b"List-Unsubscribe=One-Click"))) for _ in range(40)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    check("forty at once are all answered with 200", answers == [200] * 40, str(answers))
    check("and are one opt-out", ask(desk, "SELECT count(*) FROM suppression") == [(1,)])


with Desk(people=300) as desk:
    port = free_port()
    desk.set("public_url", f'"http://127.0.0.1:{port}"')
    desk.set("address", f'"127.0.0.1:{port}"')
    plan = desk.live_sample()["hash"]
    daemon = start(desk, port)
    try:
        links(desk, port)
        two_daemons(desk, port, daemon)
        daemon = broken_rules(desk, port, daemon, plan)
        a_gigabyte(desk)
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
        daemon = start(desk, port)
        check("after kill -9 the next daemon starts at once", status(f"http://127.0.0.1:{port}/healthz") == 200)
    finally:
        daemon.kill()
        daemon.wait()
finish()
