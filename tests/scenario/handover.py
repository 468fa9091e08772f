#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""handover.py SRCDIR BUILDDIR: two invoices go through the office, leave in batches as CSV and IDocs, are
answered, mended and paid; figures at the end. All by the command efile alone. Prints TAP."""

import getpass
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

SRC, EFILE = os.path.abspath(sys.argv[1]), os.path.join(os.path.abspath(sys.argv[2]), "efile")
ROOT = tempfile.mkdtemp(prefix="efile-handover.")
FINANCE = os.path.join(ROOT, "finance")
ENV = {"PATH": os.environ["PATH"], "EFILE_STORE": os.path.join(ROOT, "store"), "LC_ALL": "C"}
ENV.update((k, v) for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_", "EFILE_HELPER")))
SAMPLE = os.path.join(SRC, "tests/data/receipt/rechnung.xml")
NONE = os.path.join(SRC, "tests/data/receipt/answers.csv")
count = failed = 0


def check(good, name, note=""):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok"), count, "-", name, flush=True)
    if not good and note != "":
        print("#", str(note).replace("\n", "\n# ")[:2000])


class Run:
    """One call of the command."""

    def __init__(self, *words, who="k.kass", lang="en"):
        env = dict(ENV, EFILE_LANG=lang)
        if who:
            env["EFILE_AS"] = who
        done = subprocess.run([EFILE, *words], capture_output=True, env=env, stdin=subprocess.DEVNULL)
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        self.lines = [json.loads(line) for line in self.out.splitlines()] if "--json" in words else []

    def __str__(self):
        return f"exit {self.code}\n{self.out}{self.err}"


def path(name):
    return os.path.join(ROOT, name)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def write(name, text):
    with open(path(name), "w", encoding="utf-8") as file:
        file.write(text)
    return path(name)


def sample(number):
    """tests/data/receipt/rechnung.xml, in which {name=value} stands for a value."""
    text, out = read(SAMPLE).decode(), ""
    while "{" in text:
        before, _, rest = text.partition("{")
        inside, _, text = rest.partition("}")
        name, _, value = inside.partition("=")
        out += before + (number if name == "number" else value)
    return write(number + ".xml", out + text)


def complete(who, node, answer):
    for task in Run("task", "list", "--json", who=who).lines:
        if task.get("node") == node:
            r = Run("task", "complete", task["id"], "--variables", json.dumps(answer), who=who)
            check(r.code == 0, f"{node} by {who}", r)
            return
    check(False, f"{node} is on the desk of {who}")


def set_up():
    me = "os:" + getpass.getuser()
    r = Run("init", "--template", "municipal", "--land", "BW", who=None)
    check(r.code == 0, "a town hall", r)
    for name, group in (("p.klein", "poststelle"), ("m.weber", "sachbearbeitung"), ("h.hans", "haushalt"),
                        ("a.yilmaz", "anordnung"), ("k.kass", "kasse"), ("r.sturm", "registratur")):
        r = Run("actor", "create", "person", name, "--in", group, "--login-of", me, who="admin")
        check(r.code == 0, f"{name} is made", r)


def through_the_office(number):
    r = Run("intake", "file", sample(number), "--json", who="p.klein")
    check(r.code == 0 and r.lines[0]["state"] == "filed", f"{number} comes in", r)
    complete("m.weber", "certify-facts", {"facts": {"outcome": "right"}})
    complete("m.weber", "certify-calculation", {"calculation": {"outcome": "right"}})
    complete("h.hans", "assign-account", {"account": {"outcome": "ok"}})
    complete("a.yilmaz", "authorise", {"order": {"outcome": "ok"}})
    complete("k.kass", "treasury", {"treasury": {"outcome": "ok"}})


def first_batch():
    os.mkdir(FINANCE)
    profile = write("profile.json", '{"decimal":".","encoding":"ISO-8859-1","totals":true,"columns":['
                    '{"name":"Schlüssel","field":"key"},{"name":"Nr","field":"number"},'
                    '{"name":"Betrag","field":"amount"}]}')
    r = Run("invoice", "handover", "write", "--to", FINANCE, "--profile", profile, "--dry-run", "--json")
    check(r.code == 0 and r.lines[0]["postings"] == 2 and r.lines[0]["control"] == "2380.00", "tried", r)
    r = Run("invoice", "handover", "list", "--json")
    check(r.lines[0]["waiting"] == 2 and not r.lines[0]["batches"] and not os.listdir(FINANCE),
          "nothing is left of it", r)
    r = Run("invoice", "handover", "write", "--to", FINANCE, who="a.yilmaz")
    check(r.code == 5, "who authorises may not hand over: exit 5", r)
    check(Run("invoice", "handover", "write").code == 2, "without a place: exit 2")
    r = Run("invoice", "handover", "write", "--to", FINANCE, "--profile", profile, "--json")
    check(r.code == 0 and r.lines[0]["state"] == "written", "a batch", r)
    check(os.listdir(FINANCE) == ["handover-000001.csv"], "is a file", os.listdir(FINANCE))
    data = read(f"{FINANCE}/handover-000001.csv")
    check(hashlib.sha256(data).hexdigest() == r.lines[0]["sha256"], "of the digest that is told")
    check(data.startswith(b"Schl\xfcssel;Nr;Betrag\r\n") and
          data.endswith(b"SUMME;1;2;2380.00;EUR;2380.00\r\n"), "in the form of the profile", data)
    r = Run("invoice", "handover", "write", "--again", "1", "-o", path("again.csv"))
    check(r.code == 0 and read(path("again.csv")) == data, "and can be written again", r)
    r = Run("invoice", "handover", "write", "--to", FINANCE, lang="de")
    check(r.code == 0 and "es wartet nichts" in r.out, "nothing leaves twice", r)
    return [line.split(";")[0] for line in data.decode("latin-1").splitlines()[1:3]]


def answers(keys):
    text = (f"key;state;document;date;amount;reason\n{keys[0]};accepted;5100;;1190,00;\n"
            f"{keys[1]};rejected;;;;gesperrt\n")
    wrong = write("wrong.csv", text + "nobody;paid;;;;\n")
    r = Run("invoice", "handover", "acknowledge", wrong, "--json")
    check(r.code == 1 and r.lines[0]["findings"][0]["rule"] == "ANSWER-KEY" and r.lines[0]["accepted"] == 0,
          "one wrong line, and nothing is taken over: exit 1", r)
    good = write("good.csv", text)
    r = Run("invoice", "handover", "acknowledge", good, "--dry-run", "--json")
    check(r.code == 0 and r.lines[0]["rejected"] == 1, "tried", r)
    for wanted in ((1, 1, 0), (0, 0, 2)):
        r = Run("invoice", "handover", "acknowledge", good, NONE, "--json")
        got = (r.lines[0]["accepted"], r.lines[0]["rejected"], r.lines[0]["same"])
        check(r.code == 0 and got == wanted and r.lines[1]["lines"] == 0, "taken over once", r)
    complete("k.kass", "mend-payment", {"mend": {"outcome": "again"}})


def successor():
    r = Run("invoice", "handover", "write", "-o", path("batch.xml"), "--format", "idoc", "--json")
    check(r.code == 0 and r.lines[0]["number"] == 2 and r.lines[0]["postings"] == 1, "the successor leaves", r)
    root = ET.parse(path("batch.xml")).getroot()
    check(root.tag == "INVOIC02" and len(root.findall("IDOC")) == 1, "as an IDoc")
    sums = {e.findtext("SUMID"): e.findtext("SUMME") for e in root.findall("IDOC/E1EDS01")}
    check(root.findtext("IDOC/E1EDK01/BELNR") == "R-2" and sums["011"] == "1190.00", "of its amount", sums)
    return root.findtext("IDOC/EDI_DC40/ARCKEY")


def paid(keys):
    xml = write("paid.xml", "<answers xmlns='urn:libefile:handover-answers:1'>" + "".join(
        f"<answer key='{key}' state='paid' amount='1166.20'/>" for key in keys) + "</answers>")
    r = Run("invoice", "handover", "acknowledge", xml)
    check(r.code == 0 and "2 paid" in r.out, "both are paid", r)
    flows = Run("flow", "list", "--json").lines
    check(len(flows) == 2 and {f["status"] for f in flows} == {"ended"}, "and through", flows)
    for flow in flows:
        state = Run("case", "show", flow["case"], "--json").lines[0]["state"]
        check(state == "closed", "filed away", state)
    actions = [e.get("action") for e in Run("events", "--json").lines]
    told = [actions.count(a) for a in ("batch.made", "batch.written", "posting.sent", "posting.acknowledged")]
    check(told == [2, 3, 3, 4], "each act stands in the log", told)


def figures():
    r = Run("invoice", "stats", "--json")
    money = r.lines[0]["money"][0]
    check(r.code == 0 and r.lines[0]["states"]["paid"] == 2 and money["paid"]["amount"] == "2332.40" and
          money["discount_won"]["amount"] == "47.60", "figures", r)
    r = Run("invoice", "stats", "--html", "-o", path("figures.html"), lang="de")
    page = read(path("figures.html")).decode()
    check(r.code == 0 and "<svg" in page and "2.332,40" in page and "<script" not in page, "as a page", r)
    r = Run("invoice", "stats", "--to", "2001-01-01", lang="de")
    check(r.code == 0 and "Dauer der Schritte" in r.out, "as text", r)
    check(Run("invoice", "stats", who="p.klein").code == 5, "not for everybody: exit 5")
    check(Run("invoice", "stats", "--from", "gestern").code == 2, "of no day: exit 2")
    r = Run("fsck", "--json", who="admin")
    check(r.code == 0 and not r.lines[0]["findings"], "the store is sound", r)


try:
    set_up()
    for n in ("R-1", "R-2"):
        through_the_office(n)
    postings = first_batch()
    answers(postings)
    paid([postings[0], successor()])
    figures()
finally:
    shutil.rmtree(ROOT, ignore_errors=True)
print(f"1..{count}")
sys.exit(failed > 0)
