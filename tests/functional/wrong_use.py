#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What wrong use gets: one sentence that says what to do, the right exit code, and nothing changed."""
import os
import pty
import re
import subprocess

from desk import BIN, TODAY, Desk, check, finish

NOW = f"{TODAY}T07:00"


def edit(name, old, new):
    text = open(name).read()
    assert old in text, (name, old)
    with open(name, "w") as file:
        file.write(text.replace(old, new, 1))


def the_command_line(desk):
    for words, sentence in (
            (["chek"], "did you mean `nurture check`?"),
            (["aply", "7f3a91"], "did you mean `nurture apply`?"),
            (["plan", "--jsn"], "did you mean `--json`?"),
            (["lsp"], "`nurture lsp` is not in this version yet"),
            (["doctor"], "`nurture doctor` is not in this version yet"),
            (["import", "candidate", "x.csv"], "nurture import"),
            (["apply", "../../etc/passwd"], "is not the hash of a plan"),
            (["find"], "--segment"),
            (["suppress", "c100664"], "--because"),
            ([], "nurture --help")):
        done = desk.run(*words, expect=2)
        check(f"`nurture {' '.join(words)}` gets one sentence that helps",
              sentence in done.stderr and done.stderr.count("\n") == 1 and done.stdout == "", done.stderr)
    check("the help does not speak of what is not there", not re.search(r"^\s+(lsp|doctor)\s",
                                                                        desk.run("--help").stdout, re.M))


def the_configuration(desk):
    name = desk.file("nurtured.toml")
    good = open(name).read()
    edit(name, "from_domains", "from_domain")
    edit(name, "[delivery]\n", "[delivery]\nmod = 1\n")
    done = desk.run("status", expect=1)
    check("an unknown key is an error with place and suggestion",
          re.search(r"nurtured\.toml:\d+:\d+: error .*from_domain", done.stderr) and "`from_domains`" in done.stderr, done.stderr)
    check("and so is every other mistake, in the same run", "mod" in done.stderr and "`mode`" in done.stderr, done.stderr)
    with open(name, "w") as file:
        file.write(good)
    done = desk.run("status", "--config", "nowhere.toml", expect=1)
    check("a configuration that is not there is said to be missing", "there is no configuration at nowhere.toml" in done.stderr,
          done.stderr)


def before_there_is_a_store(desk):
    for words in (["status"], ["find", "--all-segments"], ["why", "c1"], ["tasks"], ["suppress", "c1", "--because", "x"]):
        done = desk.run(*words, expect=1)
        check(f"`nurture {words[0]}` without a store says how to get one", "nurture import candidates" in done.stderr, done.stderr)
    check("and makes none", not os.path.exists(desk.file("nurtured.db")))
    plan = desk.run("plan", "--as-of", NOW)
    check("rules can be planned before there are people", "Apply with" in plan.stdout, plan.stdout[-300:])


def a_stale_plan(desk):
    plan = desk.json("plan", "--as-of", NOW)
    name = desk.file("rules", "past-applicants.nurture")
    good = open(name).read()
    edit(name, "enroll at most", "enroll at most 1 per day\n  #")
    done = desk.run("apply", plan["hash"][:6], expect=1)
    check("a plan of other rules is stale, and the reason is said", "is stale: nothing was applied" in done.stderr
          and "nurture plan" in done.stderr and "rule" in done.stderr, done.stderr)
    check("nothing is live", desk.json("history") == [])
    with open(name, "w") as file:
        file.write(good)

    with open(desk.file("more.csv"), "w") as file:
        file.write("ref,first_name,email,profession,specialty,board_certified,license_state,stage,last_conversation\n")
        for i in range(400):
            file.write(f"p{i},Ann,p{i}@care.example,Physician,Psychiatry,yes,TX,Available,2024-01-01\n")
    desk.run("import", "candidates", "more.csv")
    done = desk.run("apply", plan["hash"], expect=1)
    check("a plan whose audience has grown since is stale, with both numbers",
          "is stale: nothing was applied" in done.stderr and len(re.findall(r"\d+", done.stderr)) >= 3, done.stderr)
    check("and still nothing is live", desk.json("history") == [])

    first = desk.json("plan", "--as-of", NOW)
    desk.run("apply", first["hash"])
    edit(name, "enroll at most", "enroll at most 1 per day\n  #")
    desk.run("apply", desk.json("plan", "--as-of", NOW)["hash"])
    before = desk.json("history")
    check("history tells both, and which is live", [s["live"] for s in sorted(before, key=lambda s: s["live"])] == [False, True])
    old = next(s["rules"] for s in before if not s["live"])
    done = desk.run("apply", "--back-to", old[:6])
    check("an earlier rule set can come back", next(s["live"] for s in desk.json("history") if s["rules"] == old), done.stdout)
    done = desk.run("apply", "--back-to", "0000000", expect=1)
    check("one that never was cannot", "nurture history" in done.stderr, done.stderr)


def stopping(desk):
    desk.run("stop", "--because", "fire drill")
    status = desk.json("status")
    check("stop is in the status", status["stopped"] and "fire drill" in desk.run("status").stdout)
    check("and in a file, for when the store is down", os.path.exists(desk.file("STOP")))
    os.remove(desk.file("STOP"))
    check("removing the file does not lift it", desk.json("status")["stopped"])
    desk.run("resume", "--because", "drill is over")
    check("resume does", not desk.json("status")["stopped"])
    open(desk.file("STOP"), "w").close()
    check("touching the file stops too", desk.json("status")["stopped"])
    desk.run("resume")
    check("and resume removes it", not os.path.exists(desk.file("STOP")))


def sending_tests(desk):
    done = desk.run("send-test", "icu-hello", "--to", "ana@care.example", expect=1)
    check("a test to a stranger is refused", "tests go to colleagues only" in done.stderr, done.stderr)
    done = desk.run("send-test", "icu-helo", "--to", "dana.wu@lonestar.example", expect=1)
    check("a template that is not there is refused with the nearest", "did you mean `icu-hello`?" in done.stderr, done.stderr)
    done = desk.run("send-test", "icu-hello", "--to", "dana.wu@lonestar.example")
    check("without a daemon a test waits for one", "No daemon is running" in done.stdout, done.stdout)


def on_a_terminal(desk):
    """Through a pseudo terminal: colours and a progress bar; none of it when piped or with NO_COLOR."""
    def shown(words, env):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([os.path.join(BIN, "nurture"), *words], cwd=desk.path, stdin=theirs, stdout=theirs,
                                   stderr=theirs, env={**os.environ, "TERM": "xterm", **env})
        os.close(theirs)
        text = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
        process.wait()
        os.close(ours)
        return text.decode()

    with open(desk.file("rules", "wrong.nurture"), "w") as file:
        file.write("edition 2026\nsegment \"x\"\n  profesion is \"y\"\nend\n")
    clean = {key: "" for key in ("NO_COLOR",)}
    check("mistakes are coloured on a terminal", "\x1b[" in shown(["check"], clean))
    check("but not with NO_COLOR", "\x1b[" not in shown(["check"], {"NO_COLOR": "1"}))
    check("and not when piped", "\x1b[" not in desk.run("check", expect=1).stderr)
    os.remove(desk.file("rules", "wrong.nurture"))
    check("an import shows its progress on a terminal", "importing [" in shown(["import", "candidates", "sample/candidates.csv"], clean))
    done = desk.run("import", "candidates", "sample/candidates.csv")
    check("and nothing of it when piped", done.stderr == "", done.stderr)


with Desk(people=600) as desk:
    the_command_line(desk)
    the_configuration(desk)
    before_there_is_a_store(desk)
    desk.import_sample()
    a_stale_plan(desk)
    stopping(desk)
    sending_tests(desk)
    on_a_terminal(desk)
    done = desk.run("init", desk.path, expect=1)
    check("init writes over nothing", "not an empty directory" in done.stderr, done.stderr)
finish()
