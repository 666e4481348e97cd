#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Python's email package reads what our MIME writer wrote: exactly the intended headers and texts, over generated
messages. Usage: mime_against_python.py CONNECTOR_TOOL [COUNT [SEED]]; the long run is a COUNT of 100000."""

import email
import email.header
import email.policy
import email.utils
import json
import random
import re
import subprocess
import sys

BATCH = 1000  # messages in memory at once
SCRIPTS = [
    "Ana Ruiz", "Zoë Brontë", "Łukasz Żółć", "Žluťoučký Kůň", "Şükrü Çağlar", "Ærøskøbing", "Юлия Щербакова",
    "Αλέξανδρος", "עדי כהן", "محمد عبد الله", "علی رضایی", "राजेश कुमार", "தமிழ்ச்செல்வி", "తెలుగు", "ಕನ್ನಡ",
    "മലയാളം", "বাংলা", "ગુજરાતી", "ਪੰਜਾਬੀ", "สมชาย ใจดี", "ລາວ", "မြန်မာ", "ខ្មែរ", "አማርኛ", "Հայկ", "გიორგი",
    "田中太郎", "김민수", "王小明", "Nguyễn Thị Ánh", "🏥👩‍⚕️", "ᏣᎳᎩ", "O'Neil \"Nita\" \\ Jr., MD", "a@b.example <x>",
    "=?utf-8?q?trap?=", "(comment)", "", "x" * 120, "Dr. med. univ. " * 9,
]
WORDS = SCRIPTS + ["Still looking", "at ICU work?", "  double  blanks  ", ".", "..", "From here", "=", "=3D", "tab\there",
                   "€", "long" * 300, " ", "https://lonestar.example/guides/icu?a=1&b=2", "-- ", "\u00a0", "\u200d"]


def text(rng, words, separator):
    return separator.join(rng.choice(words) for _ in range(rng.randint(0, 9)))


def message(rng, number):
    header_words = [word.replace("\t", " ") for word in WORDS]
    body = lambda: "\n".join(text(rng, WORDS, " ") for _ in range(rng.randint(0, 12)))
    made = {
        "from_name": rng.choice(SCRIPTS), "from": "dana.wu@lonestar.example",
        "to_name": text(rng, SCRIPTS, " ") if rng.random() < 0.3 else rng.choice(SCRIPTS),
        "to": rng.choice(["ana.ruiz@mail.example", "o'neil+jobs@mail.example", "a" * 64 + "@" + "b" * 60 + ".example"]),
        "subject": text(rng, header_words, rng.choice([" ", "", "  "])),
        "plain": body(), "html": rng.choice(["", "<p>" + body() + "</p>\n"]),
        "message_id": f"<{number}.{rng.getrandbits(64):x}@lonestar.example>",
        "references": [f"<{i}.{number}@lonestar.example>" for i in range(rng.randint(0, 15))],
        "unsubscribe_url": rng.choice(["", "https://talent.example.org/u/" + "t" * rng.randint(1, 700)]),
        "unsubscribe_mailto": rng.choice(["", "unsubscribe+x@lonestar.example"]),
        "date": rng.randint(0, 4102444800),
    }
    if made["references"]:
        made["in_reply_to"] = made["references"][-1]
    return made


def same_text(ours, theirs):
    """Line ends of a whole text: one is added where there is none."""
    return theirs == (ours if ours.endswith("\n") else ours + "\n")


def display_name(wire, key):
    """By the older API: the newer one leaves the blank between two encoded words of a name in place (RFC 2047 6.2)."""
    raw = email.message_from_string(wire)[key].replace("\r\n", "")
    return str(email.header.make_header(email.header.decode_header(email.utils.parseaddr(raw)[0])))


def problems(made, wire):
    lines = wire.split("\r\n")
    yield "a line of more than 998 octets", any(len(line) > 998 for line in lines)
    yield "a bare CR or LF", any("\r" in line or "\n" in line for line in lines)
    yield "not seven bits", not wire.isascii()
    yield "no line end at the end", not wire.endswith("\r\n")
    yield "a line that starts with a dot", any(line.startswith(".") for line in lines)
    head = wire.split("\r\n\r\n", 1)[0]
    yield "an encoded word of more than 75", any(len(word) > 75 for word in re.findall(r"=\?utf-8\?[qb]\?[^?]*\?=", head))
    yield "a line with an encoded word of more than 76", any(len(line) > 76 for line in head.split("\r\n") if "=?utf-8?" in line)
    read = email.message_from_bytes(wire.encode("ascii"), policy=email.policy.default)
    for key, name, address in (("From", "from_name", "from"), ("To", "to_name", "to")):
        boxes = read[key].addresses
        yield f"{key}: not one mailbox", len(boxes) != 1
        yield f"{key}: {display_name(wire, key)!r}", display_name(wire, key) != made[name]
        yield f"{key}: {boxes[0].addr_spec!r}", boxes[0].addr_spec != made[address]
    yield f"Subject: {read['Subject']!r}", str(read["Subject"]) != made["subject"]
    yield "Date", int(read["Date"].datetime.timestamp()) != made["date"]
    yield "Message-ID", str(read["Message-ID"]) != made["message_id"]
    yield "In-Reply-To", read.get("In-Reply-To", "") != made.get("in_reply_to", "")
    yield "References", read.get("References", "").split() != made["references"]
    links = [f"<{made['unsubscribe_url']}>"] if made["unsubscribe_url"] else []
    links += [f"<mailto:{made['unsubscribe_mailto']}?subject=unsubscribe>"] if made["unsubscribe_mailto"] else []
    yield "List-Unsubscribe", read.get("List-Unsubscribe", "").split(", ") != (links or [""])
    yield "List-Unsubscribe-Post", ("List-Unsubscribe-Post" in read) != bool(made["unsubscribe_url"])
    wanted = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}
    wanted |= {"In-Reply-To", "References"} if made["references"] else set()
    wanted |= {"List-Unsubscribe"} if links else set()
    wanted |= {"List-Unsubscribe-Post"} if made["unsubscribe_url"] else set()
    wanted |= set() if made["html"] else {"Content-Transfer-Encoding"}
    yield f"headers {sorted(read.keys())}", sorted(read.keys()) != sorted(wanted)
    parts = [part for part in read.walk() if not part.is_multipart()]
    yield "defects " + str(read.defects), bool(read.defects) or any(part.defects for part in parts)
    yield "parts", [p.get_content_type() for p in parts] != ["text/plain"] + (["text/html"] if made["html"] else [])
    for part, ours in zip(parts, (made["plain"], made["html"])):
        yield f"{part.get_content_type()} differs", not same_text(ours, part.get_content().replace("\r\n", "\n"))


def wire_forms(tool, made):
    done = subprocess.run([tool, "mime"], input="".join(json.dumps(m) + "\n" for m in made), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"connector_tool failed: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    tool, count, seed = sys.argv[1], int((sys.argv[2:] or ["1000"])[0]), int((sys.argv[3:] or ["1"])[0])
    rng = random.Random(seed)
    wrong = 0
    for first in range(0, count, BATCH):
        made = [message(rng, number) for number in range(first, min(first + BATCH, count))]
        for one, answer in zip(made, wire_forms(tool, made), strict=True):
            found = [f"refused: {answer['refused']}"] if "refused" in answer else [p for p, is_so in problems(one, answer["wire"]) if is_so]
            if found and (wrong := wrong + 1) <= 5:
                print(f"{one['message_id']}: {'; '.join(found)}\n  {json.dumps(one, ensure_ascii=False)[:600]}")
    print(f"{count} messages, {wrong} read differently")
    sys.exit(1 if wrong else 0)


main()
