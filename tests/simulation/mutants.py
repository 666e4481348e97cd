#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plants one mistake at a time in the program and sees whether the simulation notices. Usage:

    mutants.py BUILD [--seeds N] [--seconds S] [--only NAME …] [--jobs N]

BUILD is a configured build directory in which `simulation` is built (preset bench: 2,000 worlds take minutes). Each mistake
is a text of the sources that stands in exactly one place, and what stands there instead; a text that is found in no
place or in several is an error, so that the table follows the code. The changed file (in a unity build: the changed
batch) is compiled beside the others and linked before the libraries, so that nothing else is built again. Exit codes:
0 all were noticed, 1 one was not, 2 the table does not fit the sources.
"""

import argparse
import concurrent.futures
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# name, text, what stands there instead, which promise should be broken
MUTANTS = [
    # --- T2: the last look
    ("suppression is not looked at", "if (suppression(database, request.addr_key, m.channel, now)) {", "if (false) {", "3"),
    ("consent is not looked at", "!m.consent.empty() && consent_status(", "false && consent_status(", "3"),
    ("never-contact is not looked at", "if (campaign && never_contact(database, m, policy, now)) {", "if (false) {", "3"),
    ("the kill switch is not looked at", ["if (policy.stop_file || stopped(database)) {",
                                          "if (policy.stop_file || moment.stopped) {"], "if (false) {", "8"),
    ("the end of the window is not looked at", "if (now >= m.closes) {", "if (false) {", "4"),
    ("a clock that went back is no matter", "if (now + k_clock_slack < clock_max(database).value_or(now)) {", "if (false) {", "20"),
    ("the approved text is not compared", "return !m.shown || m.shown == text_hash ? Refusal::none", "return true ? Refusal::none", "7"),
    # --- the hand-over
    ("released before T2 is committed", "const auto verdicts = store::commit_batch(database_, outcomes_, requests, policy, now);",
     "for (const auto id : requests_) ways_.at(jobs_.at(id).channel).connector->release(id, true);\n"
     "    const auto verdicts = store::commit_batch(database_, outcomes_, requests, policy, now);", "3, 5, 8"),
    ("released whatever T2 says", "job.let_go = verdicts[i].go();", "job.let_go = true;", "3, 5, 8"),
    ("what was in flight is sent again after a crash", 'settle(database, m, MessageState::in_doubt, "the program ended before the answer"',
     'settle(database, m, MessageState::ready, "the program ended before the answer"', "1"),
    ("a lost answer is a refusal", "settle(database, *m, MessageState::in_doubt, code, m->slot, std::nullopt, now);",
     "try_later(database, *m, t3, now);", "5"),
    ("a dead address is not suppressed", 'record.suppress = "hard-bounce";', "", "3, 15"),
    ("a number that opted out upstream is not suppressed", 'record.suppress = "opted-out-upstream";', "", "3, 15"),
    ("the Message-ID is of the attempt", "+ std::to_string(message.round) + '\\n'",
     "+ std::to_string(message.round + message.tries) + '\\n'", "1"),
    ("the allow-list is looked at only at the entry", "if (message.recipient.empty() && allowed_ && !allowed_(letter.to_address))",
     "if (false)", "7"),
    # --- the store
    ("commits are not flushed", "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL", "1, 14, 15"),
    ("an erasure does not suppress", 'suppress(database, *person->email_key, Channel::email, "erased", at);', "", "3, 15"),
    ("an erasure keeps the phone open", 'suppress(database, *person->phone_key, Channel::sms, "erased", at);', "", "3, 15"),
    # --- opt-outs
    ("an opt-out is answered and not committed", 'append(database, {now, "unsubscribed", id, message->enrolment, "{}"});\n    }\n    transaction.commit();',
     'append(database, {now, "unsubscribed", id, message->enrolment, "{}"});\n    }', "3, 15"),
    ("an opt-out suppresses the other channel", 'store::suppress(database, message->addr_key, message->channel, "unsubscribed", now)',
     'store::suppress(database, message->addr_key, store::Channel::sms, "unsubscribed", now)', "3, 15"),
    # --- T0
    ("the cursor is one ahead", "store::set_inbox_cursor(database_, d.seq);", "store::set_inbox_cursor(database_, d.seq + 1);", "11, 21"),
    ("the enrol quota is not charged", "++entered_[{d.enrolment.steps->campaign, base::to_day_number(*d.counts_on)}];", ";", "9"),
    ("the canary is not counted", "if (d.canary)\n", "if (false)\n", "7"),
    ("T0 is not committed", "    chunk.finish();\n    transaction.commit();", "    chunk.finish();", "5, 21"),
    # --- the engine
    ("re-entry is not looked at",
     "return !campaign.re_enter_after || draft.today() < dsl::add(draft.times().day(last), *campaign.re_enter_after);", "return false;", "2"),
    ("growth is not looked at", "if (bound && static_cast<std::int64_t>(draft.members(campaign.audience).count()) > *bound)",
     "if (false)", "7"),
    ("the canary is not waited for", "return canary && canary->left == 0 && canary->until ? *canary->until : Minute{};", "return Minute{};", "7"),
    ("quiet hours are not kept", "if (policy.quiet_hours)", "if (false)", "4"),
    ("SMS go at any hour", "rules.sms_hours = channel == dsl::Channel::sms;", "", "4"),
    ("quiet days are not kept", "rules.quiet_days = policy.quiet_days;", "", "4"),
    ("a reply does not stop", "    e.muted = true;", "", "11"),
    ("messages never become too old", "k_email_expires{24}, k_sms_expires{2}", "k_email_expires{24 * 365}, k_sms_expires{24 * 365}", "12"),
    ("a person who was erased meanwhile stays inside", "for (store::Enrolment& row : store::live_enrolments_of_erased(database)) {",
     "for (store::Enrolment& row : std::vector<store::Enrolment>{}) {", "21"),
]

def place_of(texts):
    """The one file in which the one of the texts stands exactly once."""
    found = []
    for folder in ("daemon", "connectors"):
        for path in sorted((ROOT / folder).rglob("*.cpp")):
            source = path.read_text()
            found += [(path, text) for text in texts for _ in range(source.count(text))]
    return found[0] if len(found) == 1 else None


class Build:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.compilations = json.loads(self.ninja("-t", "compdb"))
        self.link = self.ninja("-t", "commands", "-s", "tests/simulation/simulation").strip().splitlines()[-1]

    def ninja(self, *arguments):
        return subprocess.run(["ninja", *arguments], cwd=self.directory, check=True, capture_output=True, text=True).stdout

    def unit_of(self, path):
        """The compilation in which the file takes part, and the source that it compiles."""
        for unit in self.compilations:
            source = pathlib.Path(unit["directory"], unit["file"])
            if source == path and "-c" in unit["command"]:
                return unit, source
        for unit in self.compilations:
            source = pathlib.Path(unit["directory"], unit["file"])
            if source.name.startswith("unity_") and source.suffix == ".cxx" and f'"{path}"' in source.read_text():
                return unit, source
        return None

    def compile(self, unit, source, changed, output):
        words = shlex.split(unit["command"])
        for flag, value in (("-o", str(output)), ("-c", str(changed)), ("-MF", f"{output}.d"), ("-MT", str(output))):
            if flag in words:
                words[words.index(flag) + 1] = value
        return run([*words, "-O0", "-w"], self.directory)

    def link_with(self, extra, output):
        command = re.sub(r"^: && | && :$", "", self.link)
        words = shlex.split(command)
        words[words.index("-o") + 1] = str(output)
        first = next(i for i, word in enumerate(words) if word.endswith(".o"))
        return run([*words[:first], str(extra), *words[first:]], self.directory)


def run(words, directory):
    done = subprocess.run(words, cwd=directory, capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr[-2000:]


def hunt(build, mutant, path, text, workshop, arguments):
    """What the simulation said, or None if it noticed nothing."""
    name, _, instead, _ = mutant
    here = workshop / re.sub(r"\W+", "_", name)
    here.mkdir()
    changed = here / path.name
    changed.write_text(path.read_text().replace(text, instead))
    unit, source = build.unit_of(path)
    if source != path:
        batch = here / source.name
        batch.write_text(source.read_text().replace(f'"{path}"', f'"{changed}"'))
        changed = batch
    trouble = build.compile(unit, source, changed, here / "mutant.o") or build.link_with(here / "mutant.o", here / "simulation")
    if trouble:
        return f"does not compile: {trouble}"
    words = [str(here / "simulation"), "--seeds", f"1..{arguments.seeds}"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=arguments.seconds, errors="replace")
    except subprocess.TimeoutExpired:
        return None
    finally:
        (here / "simulation").unlink()
    if done.returncode == 0:
        return None
    said = next((line for line in done.stdout.splitlines() if line.startswith("seed ")), "")
    return said or "the program could not go on: " + done.stderr.strip().splitlines()[-1][:120]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=3600, help="at most, for each")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    places = {mutant[0]: place_of(mutant[1] if isinstance(mutant[1], list) else [mutant[1]]) for mutant in MUTANTS}
    lost = [name for name, place in places.items() if place is None]
    if lost:
        print("not found in exactly one place: " + ", ".join(lost))
        return 2
    wanted = [m for m in MUTANTS if not arguments.only or any(part in m[0] for part in arguments.only)]
    build = Build(arguments.build)
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="nurtured-mutants-") as workshop, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        hunts = [(m, pool.submit(hunt, build, m, *places[m[0]], pathlib.Path(workshop), arguments)) for m in wanted]
        for mutant, hunted in hunts:
            said = hunted.result()
            survivors += said is None or said.startswith("does not compile")
            print(f"{mutant[0]}\n    {said or 'SURVIVED'}", flush=True)
    print(f"{len(wanted)} mistakes planted, {survivors} not noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
