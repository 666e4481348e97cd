#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTML report in a real browser: names that try to be markup stay names, nothing is loaded, it can be used."""
import base64
import csv
import glob
import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.request

from desk import ROOT, Desk, check, finish, skip

# playwright-core, as npm would install it: one package without dependencies.
VERSION = "1.64.1"
SHA512 = "BC4s8y6SEVA6Q1rSxZTto8hI1KUI3xXlHGZgvGqP4IqPdI/a6FX9H29IDNz7vKo9l21b6LfYosScPL6M3xxyDQ=="
CACHE = os.path.join(ROOT, "build", "browser-test")

RULES = """edition 2026

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  email requires consent "job news"
  sms requires consent "text messages"
  at most 1 message per candidate in 24 hours
end

segment "Everybody"
  email is known
  city is "Dallas", or is unknown
end

campaign "Hello <b>all</b>"
  owner "dana.wu"
  audience "Everybody"
  from owner
  check every day at 07:00
  enroll at most 3 per day
  re-enter never
  stop when candidate has replied
  keep candidates who leave the audience

  step hello: email "hello"
  wait 2 days
  if hello was clicked
    step call: task for owner "Call {{first_name or them}}"
  otherwise
    step again: email "again" in the thread of hello
  end
end

campaign "Short hello"
  owner "dana.wu"
  audience "Everybody"
  from owner
  check every weekday at 07:30
  enroll at most 100 per day
  re-enter never
  keep candidates who leave the audience
  priority 90

  step ask: approval by owner within 3 business days, otherwise stop
  step short: sms "short"
end

template "short" for sms
  | {{first_name or there}}, Lone Star Staffing here. Reply STOP to end these messages.
end

template "hello" for email
  subject "Hello {{first_name or there}}"
  | Hi {{first_name or there}}, still in {{city or town}}?
  |
  | [Look](https://lonestar.example/look) {{postal_address}} {{unsubscribe_link}}
end

template "again" for email
  subject "never shown"
  | Once more, {{first_name or friend}}. {{postal_address}} {{unsubscribe_link}}
end
"""
PEOPLE = """ref,first_name,last_name,email,phone,city,consent:job news,consent:text messages
a1,Ana,Ruiz,ana@candidates.example,+12145550101,Dallas,given,given
a2,Bo,King,bo@candidates.example,+12145550102,Dallas,given,given
x1,"<script>document.title='owned'</script>",x,x1@candidates.example,,Dallas,given,
x2,"""+'"""><img src=x onerror=document.title=1>"'+""",Roe,x2@candidates.example,,Dallas,given,
x3,,,x3@candidates.example,,Dallas,given,
x4,محمد,خوري,x4@candidates.example,+12145550104,Dallas,given,given
x5,Maximiliana-Alexandra,Featherstonehaugh-Wolfeschlegelstein,x5@candidates.example,,Dallas,given,
x6,Bea,Long,x6@candidates.example,,,given,
n1,Nobody,Here,,,Dallas,given,
"""
SECRETS = ("Ruiz", "+1214555", "dana.wu", "Dana Wu", "Featherstonehaugh", "candidates.example", "محمد", "owned")


def playwright():
    """The folder that has node_modules/playwright-core."""
    target = os.path.join(CACHE, "node_modules", "playwright-core")
    if not os.path.exists(os.path.join(target, "package.json")):
        url = f"https://registry.npmjs.org/playwright-core/-/playwright-core-{VERSION}.tgz"
        try:
            with urllib.request.urlopen(url, timeout=120) as answer:
                packed = answer.read()
        except urllib.error.URLError as trouble:
            skip(f"playwright-core cannot be downloaded: {trouble.reason}")
        if base64.b64encode(hashlib.sha512(packed).digest()).decode() != SHA512:
            raise AssertionError("playwright-core is not the one that this test was written with")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        unpacked = target + ".new"
        shutil.rmtree(unpacked, ignore_errors=True)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(unpacked)
        os.rename(os.path.join(unpacked, "package"), target)
    return CACHE


for program in ("node", "chromium"):
    if shutil.which(program) is None:
        skip(f"{program} is not installed")

def write(desk, name, text):
    with open(desk.file(name), "w") as file:
        file.write(text)


def read(desk, name):
    with open(desk.file(name)) as file:
        return file.read()


def personal(desk):
    """Whatever a sample person or a colleague could be known by, as long as it is no word of the rules."""
    rules = " ".join(read(desk, os.path.relpath(name, desk.path)) for name in glob.glob(desk.file("rules", "*.nurture")))
    known = set(re.findall(r"\w+", rules.lower()))
    words = set()
    for person in csv.DictReader(io.StringIO(read(desk, "sample/candidates.csv"))):
        words |= {person["ref"], person["email"], person["phone"], f"{person['first_name']} {person['last_name']}"}
        words |= {name for name in (person["first_name"], person["last_name"]) if len(name) > 4 and name.lower() not in known}
    words |= set(re.findall(r'[\w.]+@lonestar\.example|"[a-z]+\.[a-z]+"', read(desk, "nurtured.toml")))
    return {word.strip('" ') for word in words if word.strip('" ')} - {"lonestar.example"}


with Desk(people=3000) as desk:
    desk.import_sample()
    desk.run("preview", "--html", "nobody.html", "--anonymous", "--as-of", "2026-03-02T06:00", "--days", "60")
    page = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", read(desk, "nobody.html"), flags=re.S)
    words = personal(desk)
    check("there are people who could be named", len(words) > 5000, str(len(words)))
    found = sorted(word for word in set(re.findall(r"[^\W\d_][\w'’-]*|\+?\d{5,}|\S+@\S+", page)) if word in words)
    found += [word for word in words if (" " in word or "@" in word or "." in word) and word in page]
    check("a report that names nobody holds no name, address, number or colleague", not found, str(found[:20]))
    check("and shows the texts all the same", "[first_name]" in page and "colleague 1" in page)

with Desk() as desk:
    for name in glob.glob(desk.file("rules", "*.nurture")):
        os.remove(name)
    desk.set("canary", '"0%"')
    desk.set("price_per_segment", '"0.0079"')
    write(desk, "rules/hello.nurture", RULES)
    write(desk, "people.csv", PEOPLE)
    desk.run("import", "candidates", "people.csv")
    desk.apply()
    os.makedirs(desk.file("edited"))
    write(desk, "edited/hello.nurture", RULES.replace("wait 2 days", "wait 3 days").replace("Hello {{", "Good day {{"))
    asked = ("preview", "--with", "edited/hello.nurture", "--as-of", "2026-03-02T06:00", "--days", "14")
    before = hashlib.sha256(open(desk.file("nurtured.db"), "rb").read()).hexdigest()
    said = desk.run(*asked, "--html", "report.html").stdout
    check("the program says what it wrote, and that it is personal", "report.html" in said and "personal data" in said, said)
    check("only its owner may read it", os.stat(desk.file("report.html")).st_mode & 0o077 == 0)
    check("the store is as it was", hashlib.sha256(open(desk.file("nurtured.db"), "rb").read()).hexdigest() == before)
    check("so are the rules", read(desk, "rules/hello.nurture") == RULES)
    desk.run(*asked, "--html", "nobody.html", "--anonymous")
    nobody = read(desk, "nobody.html")
    check("an anonymous report names nobody", not [word for word in SECRETS if word in nobody],
          [word for word in SECRETS if word in nobody])
    html = read(desk, "report.html")
    check("nothing in it leads out to load something", not re.search(r"<(?:link|img|script)[^>]+(?:src|href)=", html))

    folder = playwright()
    script = os.path.join(folder, "report_in_chromium.mjs")
    shutil.copy(os.path.join(ROOT, "tests/functional/report_in_chromium.mjs"), script)
    pictures = os.environ.get("NURTURED_PICTURES", "")
    done = subprocess.run(["node", script, desk.file("report.html"), pictures], text=True, capture_output=True, timeout=300)
    print(done.stdout, end="")
    check("the browser's part ran to its end", done.returncode == 0, done.stderr[-2000:])
finish()
