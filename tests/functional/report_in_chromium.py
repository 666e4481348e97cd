#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTML report in a real browser: names that try to be markup stay names, nothing is loaded, it can be used."""
import base64
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
end

segment "Everybody"
  email is known
  city is "Dallas", if known
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
PEOPLE = """ref,first_name,last_name,email,city,consent:job news
a1,Ana,Ruiz,ana@candidates.example,Dallas,given
a2,Bo,King,bo@candidates.example,Dallas,given
x1,"<script>document.title='owned'</script>",x,x1@candidates.example,Dallas,given
x2,"""+'"""><img src=x onerror=document.title=1>"'+""",Roe,x2@candidates.example,Dallas,given
x3,,,x3@candidates.example,Dallas,given
x4,محمد,خوري,x4@candidates.example,Dallas,given
x5,Maximiliana-Alexandra,Featherstonehaugh-Wolfeschlegelstein,x5@candidates.example,Dallas,given
n1,Nobody,Here,,Dallas,given
"""
SECRETS = ("Ana", "Ruiz", "Featherstonehaugh", "candidates.example", "محمد", "owned")


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

with Desk() as desk:
    for name in glob.glob(desk.file("rules", "*.nurture")):
        os.remove(name)
    for name, text in (("rules/hello.nurture", RULES), ("people.csv", PEOPLE)):
        with open(desk.file(name), "w") as file:
            file.write(text)
    desk.run("import", "candidates", "people.csv")
    said = desk.run("preview", "--html", "report.html", "--as-of", "2026-03-02T06:00", "--days", "14").stdout
    check("the program says what it wrote, and that it is personal", "report.html" in said and "personal data" in said, said)
    check("only its owner may read it", os.stat(desk.file("report.html")).st_mode & 0o077 == 0)
    desk.run("preview", "--html", "nobody.html", "--anonymous", "--as-of", "2026-03-02T06:00", "--days", "14")
    with open(desk.file("nobody.html")) as file:
        nobody = file.read()
    check("an anonymous report names nobody", not [word for word in SECRETS if word in nobody],
          [word for word in SECRETS if word in nobody])
    with open(desk.file("report.html")) as file:
        html = file.read()
    check("nothing in it leads out to load something", not re.search(r"<(?:link|img|script)[^>]+(?:src|href)=", html))

    folder = playwright()
    script = os.path.join(folder, "report_in_chromium.mjs")
    shutil.copy(os.path.join(ROOT, "tests/functional/report_in_chromium.mjs"), script)
    pictures = os.environ.get("NURTURED_PICTURES", "")
    done = subprocess.run(["node", script, desk.file("report.html"), pictures], text=True, capture_output=True, timeout=300)
    print(done.stdout, end="")
    check("the browser's part ran to its end", done.returncode == 0, done.stderr[-2000:])
finish()
