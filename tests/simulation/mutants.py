#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plants one mistake at a time in the program and sees whether the simulation notices. Usage:

    mutants.py BUILD [--seeds N] [--seconds S] [--only NAME …] [--jobs N] [--json FILE]
    mutants.py       sees only whether the table fits the sources

BUILD is a configured build directory in which `simulation` is built (preset bench: a thousand worlds take minutes). Each
mistake is one text of the sources or several, each of which stands in exactly one place, and what stands there instead; a
text that is found in no place or in two is an error, so that the table follows the code. Where the program looks twice,
both looks go: one alone is no mistake that anybody could notice. The changed files (in a unity build: the changed batches)
are compiled beside the others and linked before the libraries, so that nothing else is built again. Exit codes: 0 all were
noticed, 1 one was not, 2 the table does not fit the sources.
"""

import argparse
import concurrent.futures
import json
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

# name, the promises one of which should be seen broken, then pairs: text, what stands there instead
MUTANTS = [
    # --- T2: the last look
    ("suppression is not looked at", "3", "if (suppression(database, request.addr_key, m.channel, now)) {", "if (false) {"),
    ("consent is not looked at", "3", "campaign && !m.consent.empty() && consent_status(", "false && consent_status("),
    ("never-contact is not looked at", "3", "if (campaign && never_contact(database, m, policy, now)) {", "if (false) {"),
    ("the kill switch is not looked at", "8", "if (policy.stop_file || moment.stopped) {", "if (false) {"),
    ("the end of the window is not looked at", "4", "if (now >= m.closes) {", "if (false) {"),
    ("the slot is not waited for", "4, 12", "|| now < m.not_before || now < m.slot) {", ") {"),
    ("a clock that went back is no matter", "20",
     "return now + k_clock_slack < clock_max(database).value_or(now);", "return false;"),
    ("the approved text is not compared", "7",
     "return !m.shown || m.shown == text_hash ? Refusal::none", "return true ? Refusal::none"),
    # T2 looks, and so does whoever writes the letter.
    ("the allow-list is looked at only at the entry", "7",
     "if (message.recipient.empty() && allowed_ && !allowed_(letter.to_address))", "if (false)",
     "if (campaign && policy.reachable && !policy.reachable(request.recipient)) {", "if (false) {"),
    # --- the hand-over
    ("released before T2 is committed", "3, 5, 8",
     "const auto verdicts = store::commit_batch(database_, outcomes_, requests, policy, now);",
     "for (const auto id : requests_) ways_.at(jobs_.at(id).channel).connector->release(id, true);\n"
     "    const auto verdicts = store::commit_batch(database_, outcomes_, requests, policy, now);"),
    ("released whatever T2 says", "3, 5, 8", "job.let_go = verdicts[i].go();", "job.let_go = true;"),
    ("what was in flight is sent again after a crash", "1",
     'settle(database, m, MessageState::in_doubt, "the program ended before the answer"',
     'settle(database, m, MessageState::ready, "the program ended before the answer"'),
    ("a lost answer is a refusal", "5",
     "settle(database, *m, MessageState::in_doubt, code, m->slot, std::nullopt, now);", "try_later(database, *m, t3, now);"),
    ("a dead address is not suppressed", "3, 15", 'record.suppress = "hard-bounce";', ""),
    ("a number that opted out upstream is not suppressed", "3, 15", 'record.suppress = "opted-out-upstream";', ""),
    ("what was in flight stays so after a crash", "5",
     "    for (const auto& m : inflight) {\n", "    for (const auto& m : std::vector<Message>{}) {\n"),
    ("the engine does not hear of what was sent", "21",
     "    tell_engine(database, m, state, reason, now);\n}", "    if (state != MessageState::sent) tell_engine(database, m, state, reason, now);\n}"),
    ("the address stands in the journal", "17", '.add("key", request.addr_key)', '.add("key", request.recipient)'),
    ("the Message-ID is of the attempt", "1",
     "+ std::to_string(message.round) + '\\n'", "+ std::to_string(message.round + message.tries) + '\\n'"),
    # --- the store
    ("commits are not flushed", "1, 14, 15", "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL"),
    ("an erasure does not suppress", "3, 15",
     'suppress(database, *person->email_key, Channel::email, "erased", at);', ""),
    ("an erasure keeps the phone open", "3, 15",
     'suppress(database, *person->phone_key, Channel::sms, "erased", at);', ""),
    # --- opt-outs
    ("an opt-out is answered and not committed", "3, 15",
     'reason == "unsubscribed" ? "unsubscribed" : "suppressed", message.id, message.enrolment, "{}"});\n'
     "    transaction.commit();",
     'reason == "unsubscribed" ? "unsubscribed" : "suppressed", message.id, message.enrolment, "{}"});'),
    ("an opt-out suppresses the other channel", "3, 15",
     "if (!store::suppress(database, message.addr_key, message.channel, reason, now))",
     "if (!store::suppress(database, message.addr_key, store::Channel::sms, reason, now))"),
    ("an opt-out is taken as often as it comes", "22",
     "if (!store::suppress(database, message.addr_key, message.channel, reason, now))\n        return false;",
     "store::suppress(database, message.addr_key, message.channel, reason, now);"),
    # --- T0
    ("the cursor is one ahead", "11, 21",
     "store::set_inbox_cursor(database_, d.seq);", "store::set_inbox_cursor(database_, d.seq + 1);"),
    ("the enrol quota is not charged", "9",
     "++entered_[{d.enrolment.steps->campaign, base::to_day_number(*d.counts_on)}];", ";"),
    ("the canary is not counted", "7", "if (d.canary)\n", "if (false)\n"),
    ("T0 is not committed", "5, 21", "    chunk.finish();\n    transaction.commit();", "    chunk.finish();"),
    # --- the engine
    ("re-entry is not looked at", "2",
     "return !campaign.re_enter_after || draft.today() < dsl::add(draft.times().day(last), *campaign.re_enter_after);",
     "return false;"),
    ("waits are not kept", "10", "            return until(alone);", "            return until(at_);"),
    ("rules that cannot be used decide", "19", 'the old ones go on");\n            return nullptr;',
     'the old ones go on");\n            committer.emplace(database, state->rules, store::live_rule_set(database)->id,\n'
     "                              state->settings, persist::Committer::Texts{});\n            return nullptr;"),
    ("growth is not looked at", "7",
     "if (bound && static_cast<std::int64_t>(draft.members().count(campaign.audience)) > *bound)", "if (false)"),
    ("the canary is not waited for", "7",
     "return canary && canary->left == 0 && canary->until ? *canary->until : Minute{};", "return Minute{};"),
    # The engine gives no place, and T2 counts again.
    ("caps are not kept", "9", "if (sent_before.size() < allowed)", "if (true)",
     "return campaign && cap_full(database, m, policy, now) ? Refusal::cap_full : Refusal::none;", "return Refusal::none;"),
    ("the day's cap is not kept", "9", "if (from < tomorrow && used >= cap.count)", "if (false)"),
    ("quiet hours are not kept", "4", "if (policy.quiet_hours)", "if (false)"),
    ("SMS go at any hour", "4", "rules.sms_hours = channel == dsl::Channel::sms;", ""),
    ("quiet days are not kept", "4", "rules.quiet_days = policy.quiet_days;", ""),
    ("a reply does not stop", "11", "    e.muted = true;", ""),
    ("messages never become too old", "12",
     "k_email_expires{24}, k_sms_expires{2}", "k_email_expires{24 * 365}, k_sms_expires{24 * 365}"),
    ("mail has no way out", "16", "    out += list_headers(m.unsubscribe_url, unsubscribe);\n", ""),
    ("a thread is no thread", "16", "    if (!m.in_reply_to.empty())\n", "    if (false)\n"),
    ("a mail answers itself", "16", '"In-Reply-To: " + m.in_reply_to', '"In-Reply-To: " + m.message_id'),
    ("a preview writes", "18", "people_(inputs.store) {}",
     'people_(inputs.store) {\n        store::Statement(inputs.store, "INSERT INTO meta VALUES(?,1) ON CONFLICT DO UPDATE SET value=value+1", "previews").run();\n    }',
     '#include "daemon/forecast/people.hpp"\n#include "daemon/forecast/tally.hpp"\n\n#include <algorithm>\n\n'
     "namespace nurture::forecast {\nnamespace {\n\nusing engine::ReasonCode;",
     '#include "daemon/forecast/people.hpp"\n#include "daemon/forecast/tally.hpp"\n#include "daemon/store/statement.hpp"\n\n'
     "#include <algorithm>\n\nnamespace nurture::forecast {\nnamespace {\n\nusing engine::ReasonCode;"),
    ("a person who was erased meanwhile stays inside", "21",
     "for (store::Enrolment& row : store::live_enrolments_of_erased(database)) {",
     "for (store::Enrolment& row : std::vector<store::Enrolment>{}) {"),
]


def edits_of(mutant):
    return list(zip(mutant[2::2], mutant[3::2]))


def place_of(text):
    """The one file in which the text stands exactly once."""
    found = [path for folder in ("daemon", "connectors") for path in sorted((ROOT / folder).rglob("*.cpp"))
             for _ in range(path.read_text().count(text))]
    return found[0] if len(found) == 1 else None


class Build:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.compilations = json.loads(self.ninja("-t", "compdb"))
        self.link = self.ninja("-t", "commands", "-s", "tests/simulation/simulation").strip().splitlines()[-1]

    def ninja(self, *arguments):
        return subprocess.run(["ninja", *arguments], cwd=self.directory, check=True, capture_output=True, text=True).stdout

    def source_of(self, path):
        """The source by which the file is compiled (itself, or a batch that includes it), and the command."""
        batch = f'"{path}"'
        for unit in self.compilations:
            source = pathlib.Path(unit["directory"], unit["file"])
            alone = source == path and "-c" in unit["command"]
            if alone or (source.name.startswith("unity_") and source.suffix == ".cxx" and batch in source.read_text()):
                return source, unit["command"]
        raise LookupError(f"nothing compiles {path}")

    def compile(self, command, changed, output):
        words = shlex.split(command)
        for flag, value in (("-o", str(output)), ("-c", str(changed)), ("-MF", f"{output}.d"), ("-MT", str(output))):
            if flag in words:
                words[words.index(flag) + 1] = value
        return run([*words, "-O0", "-w"], self.directory)

    def link_with(self, extra, output):
        command = re.sub(r"^: && | && :$", "", self.link)
        words = shlex.split(command)
        words[words.index("-o") + 1] = str(output)
        first = next(i for i, word in enumerate(words) if word.endswith(".o"))
        return run([*words[:first], *map(str, extra), *words[first:]], self.directory)


def limit_memory():
    """A program that decides the same for ever would take the machine with it."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def run(words, directory):
    done = subprocess.run(words, cwd=directory, capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr[-2000:]


def plant(build, mutant, here):
    """The simulation with the mistake in it; or what went wrong."""
    changed = {}
    for text, instead in edits_of(mutant):
        path = place_of(text)
        changed[path] = changed.get(path, path.read_text()).replace(text, instead)
    batches = {}
    for path, text in changed.items():
        source, command = build.source_of(path)
        copy = here / path.name
        copy.write_text(text)
        if source == path:
            batches[source] = (command, None)
        else:
            known = batches.get(source, (command, source.read_text()))[1]
            batches[source] = (command, known.replace(f'"{path}"', f'"{copy}"'))
    objects = []
    for number, (source, (command, batch)) in enumerate(batches.items()):
        copy = here / source.name
        if batch is not None:
            copy = here / f"{number}_{source.name}"
            copy.write_text(batch)
        objects.append(here / f"mutant_{number}.o")
        if trouble := build.compile(command, copy, objects[-1]):
            return trouble
    return build.link_with(objects, here / "simulation")


def hunt(build, mutant, workshop, arguments):
    """Whether it was noticed, by which seed, what was said, and how long it took."""
    here = workshop / re.sub(r"\W+", "_", mutant[0])
    here.mkdir()
    found = {"mistake": mutant[0], "expected": mutant[1], "noticed": False, "seed": None, "said": "", "seconds": 0}
    if trouble := plant(build, mutant, here):
        return {**found, "said": f"does not compile: {trouble}"}
    begin = time.monotonic()
    try:
        done = subprocess.run([str(here / "simulation"), "--seeds", f"1..{arguments.seeds}"], capture_output=True, text=True,
                              timeout=arguments.seconds, errors="replace", preexec_fn=limit_memory)
    except subprocess.TimeoutExpired:
        return {**found, "said": f"not noticed in {arguments.seconds:.0f} s", "seconds": arguments.seconds}
    finally:
        (here / "simulation").unlink()
    found["seconds"] = round(time.monotonic() - begin, 1)
    if done.returncode == 0:
        return {**found, "said": f"not noticed in {arguments.seeds} worlds"}
    said = next((line for line in done.stdout.splitlines() if line.startswith("seed ")), "")
    if not said:  # an exception, or a signal: somebody would look
        errors = done.stderr.strip().splitlines()
        return {**found, "noticed": True, "said": "the program could not go on: " + (errors[-1][:160] if errors else "")}
    return {**found, "noticed": True, "seed": int(said.split()[1].rstrip(":")), "said": said}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", nargs="?")
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=3600, help="at most, for each")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    lost = [mutant[0] for mutant in MUTANTS if any(place_of(text) is None for text, _ in edits_of(mutant))]
    if lost:
        print("not found in exactly one place: " + ", ".join(lost))
        return 2
    if not arguments.build:
        return 0
    wanted = [m for m in MUTANTS if not arguments.only or any(part in m[0] for part in arguments.only)]
    build = Build(arguments.build)
    results = []
    with tempfile.TemporaryDirectory(prefix="nurtured-mutants-") as workshop, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for hunted in [pool.submit(hunt, build, m, pathlib.Path(workshop), arguments) for m in wanted]:
            results.append(hunted.result())
            if arguments.json:
                arguments.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
            one = results[-1]
            print(f"{one['mistake']}\n    {'' if one['noticed'] else 'SURVIVED: '}{one['said']} ({one['seconds']} s)",
                  flush=True)
    survivors = sum(not one["noticed"] for one in results)
    print(f"{len(wanted)} mistakes planted, {survivors} not noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
