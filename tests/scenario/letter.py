#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""letter.py SRCDIR BUILDDIR: four letters from the mailbox to the export, by the command alone.

What comes out is compared with what the letters say and with docs/json.md, never with an earlier
run. Prints TAP.
"""

import getpass
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

SRC, BUILD = (os.path.abspath(p) for p in sys.argv[1:3])
MAILS = os.path.join(SRC, "examples", "mails")
XRECHNUNG, FACTURX, BRIEF, DEFECT = (os.path.join(MAILS, n) for n in (
    "1-xrechnung.eml", "2-facturx.eml", "3-brief.eml", "4-defekt.eml"))
EFILE = os.path.join(BUILD, "efile")
ROOT = tempfile.mkdtemp(prefix="efile-letter.")
LARGE = os.path.join(ROOT, "large.txt")
with open(LARGE, "wb") as _large:
    _large.write(b"".join(b"%07d\n" % n for n in range(20000)))
STORE = os.path.join(ROOT, "store")
ME = "os:" + getpass.getuser()
ENV = {"PATH": os.environ["PATH"], "EFILE_STORE": STORE, "EFILE_LANG": "en", "LC_ALL": "C",
       "EFILE_HELPER": os.environ.get("EFILE_HELPER", os.path.join(BUILD, "tools/parse/efile-parse"))}
ENV.update((k, v) for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_")))

count = failed = 0
seen = {}       # schema -> keys of the lines seen
faults = []     # lines that are no JSON object with a schema


def check(good, name, note=""):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok"), count, "-", name, flush=True)
    if not good and note != "":
        print("#", str(note).replace("\n", "\n# ")[:2000])
    return good


class Run:
    """One call of the command; its lines of JSON are remembered for the check of docs/json.md."""

    def __init__(self, *words, who=None, stdin=b"", env=None):
        words = [EFILE, *words] + (["--as", who] if who else [])
        done = subprocess.run(words, input=stdin, capture_output=True, env={**ENV, **(env or {})})
        self.code, self.bytes = done.returncode, done.stdout
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")
        self.words = " ".join(os.path.basename(w) for w in words)
        self.lines = [self.line(text) for text in self.out.splitlines()] if "--json" in words else []

    def line(self, text):
        try:
            value = json.loads(text)
            seen.setdefault(value["schema"], set()).update(value)
            return value
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"{self.words}: {error!r}: {text[:200]}")
            return {}

    def __str__(self):
        return f"{self.words}\nexit {self.code}\n{self.out}{self.err}"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def positions():
    return [e.get("position") for e in Run("events", "--json").lines]


def tasks(who, node, **more):
    return [t for t in Run("task", "list", "--json", who=who, **more).lines if t.get("node") == node]


# ---- the town hall ----

def set_up():
    r = Run("init", "--template", "municipal", "--land", "BW", "--json")
    check(r.code == 0 and r.lines[0]["template"] == "municipal", "init makes the town hall", r)
    persons = (("p.klein", ["poststelle"]), ("m.weber", ["sachbearbeitung", "anordnung"]),
               ("a.yilmaz", ["anordnung", "haushalt"]), ("d.koch", ["anordnung"]),
               ("k.kass", ["kasse"]), ("r.sturm", ["registratur"]))
    for name, groups in persons:
        words = [w for g in groups for w in ("--in", g)]
        r = Run("actor", "create", "person", name, *words, "--login-of", ME, "--json", who="admin")
        check(r.code == 0, f"{name} is made", r)
    r = Run("actor", "deputy", "m.weber", "d.koch", "--json", who="admin")
    check(r.code == 0, "d.koch substitutes m.weber", r)
    check(Run("init").code == 6, "init again is refused: there is a store")


# ---- the letters ----

def take_in():
    r = Run("intake", "mail", XRECHNUNG, FACTURX, BRIEF, DEFECT, "--json", who="p.klein")
    check(r.code == 3, "four letters, one into quarantine: exit 3", r)
    states = [line.get("state") for line in r.lines]
    check(states == ["filed", "filed", "filed", "quarantined"], "filed thrice, quarantined once", r)
    for line, path in zip(r.lines, (XRECHNUNG, FACTURX, BRIEF, DEFECT)):
        check(line["sha256"] == sha256(read(path)), f"{os.path.basename(path)}: the digest is its own")
    check(all(bool(l["instance"]) == (i < 2) for i, l in enumerate(r.lines)),
          "only the invoices start a process", r)
    again = Run("intake", "mail", XRECHNUNG, "--json", who="p.klein")
    check(again.code == 0 and again.lines[0]["duplicate"] is True
          and again.lines[0]["number"] == r.lines[0]["number"], "the same letter again: duplicate", again)
    empty = os.path.join(ROOT, "empty.eml")
    open(empty, "wb").close()
    none = Run("intake", "mail", empty, "--json", who="p.klein")
    check(none.code == 3 and none.lines[0]["state"] == "rejected", "no bytes: rejected, exit 3", none)
    gone = Run("intake", "mail", os.path.join(ROOT, "gone.eml"), "--json", who="p.klein")
    check(gone.code == 4 and not gone.lines, "no such file: exit 4", gone)
    return r.lines


def pipe():
    """The contract with the mail server: any code but 0 and 75 would bounce a letter."""
    broken = read(DEFECT).replace(b"77", b"78")
    r = Run("intake", "mail", "-", "--json", who="p.klein", stdin=broken)
    check(r.code == 0 and r.lines[0]["state"] == "quarantined", "by pipe, quarantined: exit 0", r)
    r = Run("intake", "mail", "-", "--json", who="p.klein", stdin=broken)
    check(r.code == 0 and r.lines[0]["duplicate"], "by pipe, known: exit 0", r)
    r = Run("intake", "mail", "-", who="p.klein", stdin=broken, env={"EFILE_STORE": ROOT + "/none"})
    check(r.code == 75, "by pipe, no store: exit 75", r)
    r = Run("intake", "mail", "-", who="nobody", stdin=broken)
    check(r.code == 75, "by pipe, not permitted: exit 75", r)
    r = Run("intake", "mail", "-", stdin=broken)
    check(r.code == 75, "by pipe, nobody named: exit 75", r)


def book():
    r = Run("intake", "journal", "--json", who="p.klein")
    numbers = [line["number"] for line in r.lines]
    year = numbers[0][:4]
    check(numbers == [f"{year}/{n:06}" for n in range(1, 7)], "the book has no gap", numbers)
    held = Run("intake", "quarantine", "--json", who="p.klein").lines
    check([h["number"][5:] for h in held] == ["000004", "000006"], "quarantine shows what it holds", held)
    for line, path in zip(r.lines, (XRECHNUNG, FACTURX, BRIEF, DEFECT)):
        o = Run("intake", "original", line["number"], who="p.klein")
        check(o.code == 0 and o.bytes == read(path), f"{line['number']}: the original comes back", o.err)
    r = Run("intake", "retry", f"{year}/000004", "--json", who="p.klein")
    check(r.code == 3 and r.lines[0]["state"] == "quarantined", "retry of what is still broken: 3", r)
    r = Run("intake", "explain", f"{year}/000001", "--json", who="p.klein")
    check(r.code == 0 and r.lines[0]["facts"]["invoice"]["number"] == "2026-0417",
          "explain shows the facts", r)
    r = Run("intake", "original", f"{year}/000099", who="p.klein")
    check(r.code == 4 and not r.bytes, "a number that was never issued: exit 4", r)


# ---- the invoices ----

CERTIFY = ("--variables", '{"facts":{"outcome":"right"}}', "--json")
AUTHORISE = ("--variables", '{"order":{"outcome":"ok"}}', "--json")


def pass_on(who, node, variables):
    """What is open at a node is done."""
    todo = tasks(who, node)
    check(len(todo) == 2, f"{node}: both invoices wait for {who}", todo)
    for task in todo:
        r = Run("task", "complete", task["id"], "--variables", variables, "--json", who=who)
        check(r.code == 0, f"{node}: {who} is done with it", r)


def refused(name, task, who, *more):
    before = positions()
    r = Run("task", "complete", task, *AUTHORISE, *more, who=who)
    check(r.code == 5 and not r.lines, name, r)
    new = Run("events", "--json", "--since", str(before[-1])).lines
    check(not [e for e in new if e["action"] == "task.completed"], name + ": nothing moved", new)


def four_eyes(letters):
    first, second = (letter["instance"] for letter in letters[:2])
    pass_on("p.klein", "assign-office", '{"route":{"office":"bauamt","technical":false}}')
    todo = {t["instance"]: t["id"] for t in tasks("m.weber", "certify-facts")}
    check(set(todo) == {first, second}, "both invoices wait for m.weber", todo)
    check(Run("task", "complete", todo[first], *CERTIFY, who="p.klein").code == 4,
          "whom a task is not for does not find it: exit 4")
    r = Run("task", "claim", todo[first], "--json", who="m.weber")
    check(r.code == 0, "m.weber claims the first", r)
    check(Run("task", "complete", todo[first], *CERTIFY, who="m.weber").code == 0,
          "m.weber certifies the first")
    r = Run("task", "complete", todo[second], *CERTIFY, "--on-behalf-of", "m.weber", who="d.koch")
    check(r.code == 0, "d.koch certifies the second for m.weber", r)
    pass_on("m.weber", "certify-calculation", '{"calculation":{"outcome":"right"}}')
    pass_on("a.yilmaz", "assign-account", '{"account":{"outcome":"ok"}}')
    todo = {t["instance"]: t["id"] for t in tasks("a.yilmaz", "authorise")}
    check(set(todo) == {first, second}, "both invoices wait for a.yilmaz", todo)
    refused("who certified does not authorise", todo[first], "m.weber")
    refused("nor does a deputy for who certified", todo[first], "d.koch", "--on-behalf-of", "m.weber")
    refused("nor the person for whom a deputy certified", todo[second], "m.weber")
    refused("nor the deputy who certified", todo[second], "d.koch")
    refused("nor that deputy on behalf", todo[second], "d.koch", "--on-behalf-of", "m.weber")
    for task in todo.values():
        r = Run("task", "complete", task, *AUTHORISE, who="a.yilmaz")
        check(r.code == 0 and r.lines[0]["id"] == task, "a.yilmaz authorises", r)
    check(Run("task", "complete", todo[first], *AUTHORISE, who="a.yilmaz").code == 4,
          "what is done is no task any more: exit 4")
    pass_on("k.kass", "treasury", '{"treasury":{"outcome":"ok"}}')
    pass_on("k.kass", "confirm-payment", '{"payment":{"date":"2026-03-20"}}')
    flows = Run("flow", "list", "--json", who="r.sturm").lines
    check([f["status"] for f in flows] == ["ended", "ended"], "both processes have ended", flows)
    for instance, number in ((first, "2026-0417"), (second, "RE-88213")):
        r = Run("flow", "replay", instance, "--json", who="r.sturm")
        check(r.code == 0 and r.lines[0]["same"] is True, "replay gives the same state", r)
        r = Run("flow", "show", instance, "--json", who="r.sturm")
        check(r.lines[0]["variables"]["invoice"]["number"] == number, f"{number} went this way", r)
    r = Run("flow", "history", first, "--json", who="r.sturm")
    check(r.code == 0 and r.lines[0]["schema"] == "efile.flow_history.v1" and "confirm-payment" in r.out,
          "its history is told", r)
    r = Run("flow", "figures", "receipt", "--json", who="admin")
    check(r.code == 0 and r.lines[0]["instances"] == 2, "figures of all that went", r)
    r = Run("flow", "heat", "receipt", "-o", STORE + "-heat.svg", who="admin")
    with open(STORE + "-heat.svg", encoding="utf-8") as file:
        check(r.code == 0 and "2×" in file.read(), "a picture of where they were", r)


# ---- the dossier, and what leaves the house ----

def lines_of(manifest):
    return [line.split("  ", 1) for line in manifest.decode().splitlines()]


def bag_is_sound(path):
    with zipfile.ZipFile(path) as z:
        names = z.namelist()
        root = names[0].split("/")[0] + "/"
        files = {n[len(root):]: z.read(n) for n in names}
    check(all(n.startswith(root) and ".." not in n.split("/") for n in names), "one folder, no way out")
    check(len(names) == len(set(names)), "no name twice")
    # RFC 8493: the manifest names every file below data/ once; the tag manifest all other tag files
    for manifest, wanted in (("manifest-sha256.txt", {n for n in files if n.startswith("data/")}),
                             ("tagmanifest-sha256.txt",
                              {n for n in files if not n.startswith(("data/", "tagmanifest"))})):
        rows = lines_of(files[manifest])
        unescaped = [(d, n.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"))
                     for d, n in rows]
        check({n for _, n in unescaped} == wanted and len(rows) == len(wanted), f"{manifest} is complete",
              rows)
        check(all(sha256(files[n]) == d for d, n in unescaped), f"{manifest}: every digest is right")
    check(files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
          "bagit.txt says what RFC 8493 wants", files["bagit.txt"])
    oxum = re.search(rb"Payload-Oxum: (\d+)\.(\d+)", files["bag-info.txt"])
    payload = [v for n, v in files.items() if n.startswith("data/")]
    check((int(oxum[1]), int(oxum[2])) == (sum(map(len, payload)), len(payload)), "the sum is right")
    return files


def export():
    dossiers = Run("dossier", "list", "031", "--json", who="r.sturm").lines
    reference = dossiers[0]["reference"]
    tree = Run("dossier", "show", reference, "--json", who="r.sturm").lines
    cases = [n for n in tree if n.get("kind") == "case"]
    check([c["state"] for c in cases] == ["closed", "closed"], "both cases are filed away", cases)
    a, b = os.path.join(ROOT, "a.zip"), os.path.join(ROOT, "b.zip")
    for path in (a, b):
        r = Run("export", reference, "--format", "zip", "-o", path, who="r.sturm")
        check(r.code == 0 and os.path.exists(path), "the dossier is exported", r)
    check(read(a) == read(b), "twice the same export gives the same bytes")
    files = bag_is_sound(a)
    digests = {sha256(v) for v in files.values()}
    check({sha256(read(XRECHNUNG)), sha256(read(FACTURX))} <= digests, "the letters lie in it as they came")
    json.loads(files["data/metadata.json"])
    for text in files["data/journal.jsonl"].decode().splitlines():
        Run.line(Run, text)
    r = Run("export", "999-0001", "-o", os.path.join(ROOT, "c.zip"), who="r.sturm")
    check(r.code == 4 and not os.path.exists(os.path.join(ROOT, "c.zip")), "no dossier, no file: exit 4", r)
    return reference


def files_of_clerk():
    """A dossier by hand; shows the commands that the letters did not need."""
    r = Run("dossier", "create", "63", "Mühlgasse", "--json", who="r.sturm")
    check(r.code == 0 and r.lines[0]["kind"] == "dossier", "a dossier by hand", r)
    dossier = r.lines[0]["reference"]
    r = Run("case", "create", dossier, "Laternen", "--json", who="r.sturm")
    check(r.code == 0 and r.lines[0]["kind"] == "case", "a case in it", r)
    case = r.lines[0]["reference"]
    r = Run("document", "add", case, BRIEF, "--title", "Brief", "--json", who="r.sturm")
    check(r.code == 0 and r.lines[0]["kind"] == "document", "a document in it", r)
    document = r.lines[0]["id"]
    r = Run("document", "content", document, who="r.sturm")
    check(r.bytes == read(BRIEF), "its bytes come back")
    other = Run("dossier", "create", "63", "Lange Gasse", "--json", who="r.sturm").lines[0]["reference"]
    second = Run("case", "create", other, "Masten", "--json", who="r.sturm").lines[0]["reference"]
    for words in (("case", "move", second, dossier, "--reason", "gehört zusammen"), ("dossier", "move", other, "63"),
                  ("document", "move", document, second), ("document", "move", document, case)):
        r = Run(*words, "--json", who="r.sturm")
        check(r.code == 0 and r.lines[0]["schema"] == "efile.node_moved.v1", " ".join(words[:2]), r)
    check(Run("document", "move", document, dossier, who="r.sturm").code in (2, 4), "no document right in a dossier")
    check(Run("case", "close", second, who="r.sturm").code == 0, "the second case is done")
    for words in (("document", "show", document), ("case", "show", case), ("plan", "show"),
                  ("actor", "list")):
        r = Run(*words, "--json", who="r.sturm")
        check(r.code == 0 and r.lines, " ".join(words[:2]), r)
    r = Run("search", "laternen", "--json", who="r.sturm")
    check(r.code == 0 and {line.get("title") for line in r.lines} >= {"Laternen"}, "search finds it", r)
    return dossier, case


def registry():
    """The filing plan by a table, document types, figures."""
    table = os.path.join(ROOT, "plan.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("Kennzeichen;Titel;Aufbewahrung;Aussonderung\n631;Radwege;15;B\n6310;\"Radwege; Nord\";;\n")
    r = Run("plan", "import", table, "--dry-run", "--json", who="admin")
    check(r.code == 0 and r.lines[0]["created"] == 2, "a plan tried: two units", r)
    r = Run("plan", "import", table, "--json", who="admin")
    check(r.code == 0 and (r.lines[0]["created"], r.lines[0]["same"]) == (2, 0), "and made", r)
    r = Run("plan", "import", "-", "--json", who="admin", stdin=read(table))
    check(r.code == 0 and (r.lines[0]["created"], r.lines[0]["same"]) == (0, 2), "twice is once", r)
    r = Run("plan", "import", "-", who="admin", stdin=b"code,title,retention\n7,T,long\n")
    check(r.code == 1 and "-:2:" in r.out + r.err, "a bad cell is named by its line: exit 1", r)
    check(Run("plan", "import", table, who="p.klein").code == 5, "who administers, imports: exit 5")
    fields = os.path.join(ROOT, "fields.json")
    with open(fields, "w", encoding="utf-8") as file:
        file.write('{"fields":[{"name":"street","min":1}]}')
    r = Run("type", "add", "permit", "Genehmigung", "--fields", fields, "--json", who="admin")
    check(r.code == 0, "a document type", r)
    xsd = os.path.join(ROOT, "fee.xsd")
    with open(xsd, "w", encoding="utf-8") as file:
        file.write('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="fee">'
                   "<xs:complexType><xs:sequence>\n\t<xs:element name='amount' type='xs:decimal'/>"
                   "</xs:sequence></xs:complexType></xs:element></xs:schema>")
    r = Run("type", "add", "fee", "Gebühr", "--xsd", xsd, "--json", who="admin")
    check(r.code == 0, "one by an XML schema", r)
    r = Run("type", "show", "fee", "--json", who="admin")
    check([f["name"] for f in r.lines[0]["fields"]] == ["amount"] and r.lines[0]["xsd"] == read(xsd).decode(),
          "with its fields and its schema", r)
    r = Run("type", "list", "--json", who="p.klein")
    check({"permit", "fee", "invoice"} <= {l["name"] for l in r.lines}, "types are listed", r)
    check(Run("type", "add", "x", "X", "--fields", table, who="admin").code == 1, "no JSON: exit 1")
    r = Run("stats", "--json")
    found = {(f["area"], f["name"], f["state"]): f.get("value") for f in r.lines}
    check(r.code == 0 and found.get(("intake", "mail", "filed")) == 3, "figures of intake", r)
    check(found.get(("processes", "receipt", "ended")) == 2 and found.get(("tasks", None, "completed")) == 14,
          "of processes and tasks", found)
    check(found.get(("log", "entries", None)) == positions()[-1], "of the log")


# ---- the store as a whole ----

def health():
    for words in (("fsck",), ("doctor",), ("audit", "verify")):
        r = Run(*words, "--json")
        check(r.code == 0 and r.lines[0]["sound"] is True, " ".join(words) + " finds nothing", r)
    events = Run("events", "--json").lines
    check([e["position"] for e in events] == list(range(1, len(events) + 1)), "the log has no gap")
    chains = {}
    for e in events:
        chains.setdefault(e["chain"], []).append(e["number"])
    check(all(n == list(range(1, len(n) + 1)) for n in chains.values()), "no chain has one", chains)
    r = Run("audit", "anchor", "--json")
    check(r.code == 0 and r.lines[0]["text"], "a checkpoint", r)
    r = Run("audit", "prove", "17", "--json")
    check(r.code == 0 and r.lines[0]["position"] == 17, "a proof", r)
    backup, copy = os.path.join(ROOT, "backup"), os.path.join(ROOT, "copy")
    check(Run("backup", backup, "--json").code == 0, "a backup")
    check(Run("restore", backup, copy, "--json").code == 0, "a store out of it")
    check(any(f["name"] == "last_backup" for f in Run("stats", "--json").lines), "which the figures know of")
    check(Run("fsck", "--store", copy, "--json").lines[0].get("sound") is True, "which is sound")


def without_store():
    invoice = os.path.join(ROOT, "invoice.xml")
    with zipfile.ZipFile(os.path.join(ROOT, "a.zip")) as z:
        name = next(n for n in z.namelist() if n.endswith("rechnung-2026-0417.xml"))
        with open(invoice, "wb") as file:
            file.write(z.read(name))
    bpmn = os.path.join(SRC, "schemas/processes/invoice.bpmn")
    dmn = os.path.join(SRC, "tests/data/fuzz/dmn/all.dmn")
    for words in (("invoice", "check", invoice), ("invoice", "show", invoice), ("bpmn", "check", bpmn),
                  ("feel", "eval", "0.1 + 0.2"), ("period", "bgb.date", "2026-10-03", "--land", "BW"),
                  ("dmn", "check", dmn), ("dmn", "show", dmn), ("dmn", "eval", dmn, "--decision", "s", "--input", '{"a": 4, "b": "y"}'), ("intake", "inspect", XRECHNUNG), ("version",)):
        r = Run(*words, "--json", env={"EFILE_STORE": ""})
        check(r.code == 0 and len(r.lines) == 1, " ".join(words[:2]) + " needs no store", r)
    r = Run("version", "--features", "--json")
    check(r.code == 0 and r.lines[0]["helper"] is True and r.lines[0]["invoice_rules_ubl"] > 500, "features", r)
    r = Run("feel", "eval", "0.1 + 0.2", "--json")
    check('"value":0.3,' in r.out.replace(" ", ""), "0.1 + 0.2 is 0.3", r)
    r = Run("period", "bgb.date", "2028-08-15", "--land", "BY", "--json")
    check(r.code == 1 and r.lines[0]["state"] == "ask_place", "where the place decides it asks", r)
    r = Run("period", "skonto", "2026-05-04", "--days", "10", "--land", "BW")
    check(r.out.startswith("2026-05-15\n"), "a period in days", r)
    check(len(Run("period", "--list", "--json").lines) > 30, "the rules of periods")
    check(Run("period", "holidays", "BW", "2026", "--json").lines[1]["code"] == "DREIKOENIG", "holidays")
    r = Run("flow", "deploy", bpmn, "--json", who="admin")
    check(r.code == 0, "the shipped process can be deployed", r)


def language():
    for lang, word, wrong in (("de", "Doppel von 2", "Fehler E"), ("en", "duplicate of 2", "error E")):
        r = Run("intake", "mail", XRECHNUNG, who="p.klein", env={"EFILE_LANG": lang})
        check(word in r.out, f"{lang}: {word}", r)
        r = Run("dossier", "show", "999-0001", who="p.klein", env={"EFILE_LANG": "", "LC_ALL": lang})
        check(r.code == 4 and wrong in r.err and not r.out, f"{lang}: {wrong}, on the error channel", r)
    a = Run("intake", "journal", "--json", who="p.klein", env={"EFILE_LANG": "de"})
    b = Run("intake", "journal", "--json", who="p.klein")
    check([l["state"] for l in a.lines] == [l["state"] for l in b.lines], "JSON is in no language")


# ---- every command ----

def dry_runs(dossier, case):
    """Arguments for each command that writes; a new one must be added here."""
    task = "01900000-0000-7000-8000-000000000000"
    there = os.path.join(ROOT, "dry")
    document = Run("case", "show", case, "--json", who="r.sturm").lines[1]["id"]
    arguments = {
        "init": [there], "actor create": ["person", "x.y"], "actor permit": [ME, "r.sturm"],
        "actor deputy": ["a.yilmaz", "r.sturm"], "plan import": [os.path.join(ROOT, "plan.csv")],
        "type add": ["fee", "Gebühren"], "dossier create": ["63", "T"],
        "dossier move": [dossier, "031"], "case move": [case, dossier],
        "document move": [Run("case", "show", case, "--json", who="r.sturm").lines[1]["id"], case],
        "dossier close": [dossier], "case create": [dossier, "T"], "case close": [case],
        "document add": [case, LARGE], "intake mail": [BRIEF, LARGE], "intake file": [LARGE],
        "intake retry": [Run("intake", "journal", "--json", who="p.klein").lines[3]["number"]],
        "flow deploy": [os.path.join(SRC, "schemas/processes/invoice.bpmn")],
        "flow start": ["invoice"], "flow cancel": [task, "why"], "task claim": [task],
        "flow message": ["m"], "flow signal": ["s"], "flow observe": ["{}"], "flow run-due": [], "flow retry": [task],
        "flow run": ["--watch"], "flow retain": ["--days", "1"], "flow migrate": ["invoice"], "flow work": ["sap.post", "true"],
        "flow suspend": [task], "flow resume": [task], "flow move": [task, "a", "b"],
        "task complete": [task], "task delegate": [task, "r.sturm"], "task return": [task],
        "task unclaim": [task], "task escalate": [task, "r.sturm"], "task comment": [task, "T"],
        "task route-insert": [task, "r.sturm"], "task route-remove": [task, "2"],
        "task route-move": [task, "2"], "task send-back": [task, "T"], "task refuse": [task, "T"],
        "task remind": [task, "P1D"], "task unremind": [task, "1"],
        "flow comment": [task, "T"], "task resolve": [task], "task update": [task, "--priority", "80"],
        "export": [dossier, "-o", there], "audit anchor": [], "fsck": ["--repair"],
        "invoice handover write": ["-o", there], "invoice supplier add": ["DE1", "Eins"],
        "invoice supplier import": [os.path.join(SRC, "tests/data/receipt/suppliers.csv")],
        "invoice setting set": ["place", "08111000"],
        "invoice handover acknowledge": [os.path.join(SRC, "tests/data/receipt/answers.csv")],
        "actor undeputy": ["m.weber", "d.koch"], "actor absent": ["m.weber", "2026-08-01"],
        "actor present": ["a.yilmaz", "2026-08-01"], "actor change": ["d.koch", "--active", "no"],
        "actor join": ["d.koch", "kasse"], "actor leave": ["r.sturm", "registratur"],
        "actor forbid": [ME, "d.koch"], "access grant": [case, "d.koch", "read"],
        "access withdraw": [case, "d.koch"], "plan add": ["63.9", "T"], "plan change": ["63", "--title", "T"],
        "dossier add": [dossier, "T"], "dossier reopen": [dossier, "T"], "case add": [case, "T"],
        "case reopen": [case, "T"], "document attach": [document, LARGE],
        "document version": [document, LARGE], "document rendition": [document, LARGE, "pdfa"],
        "object change": [case, "--title", "T"], "object set": [document, "x=1"],
        "object relate": [document, case, "see"], "object unrelate": [task],
        "object lock": [document], "object unlock": [document], "object trash": [document, "T"],
        "object restore": [document], "index rebuild": [],
        "intake rule": ["x", "--condition", "true", "--plan", "63", "--title", '"T"'],
        "backup": [there], "restore": [os.path.join(ROOT, "backup"), there],
    }
    help_all = Run("help", "--all", "--json")
    writing = [c for c in help_all.lines if c["writes"]]
    check(help_all.code == 0 and len(help_all.lines) > 40, "help --all --json lists all commands")
    check({c["name"] for c in writing} == set(arguments), "each that writes is tried here",
          {c["name"] for c in writing} ^ set(arguments))
    before = positions()
    for c in writing:
        words = c["name"].split() + arguments.get(c["name"], [])
        who = {"actor": "admin", "plan": "admin", "type": "admin", "intake": "p.klein", "flow": "admin",
               "invoice": "k.kass" if words[1] == "handover" else "admin",
               "access": "admin", "index": "admin"}.get(words[0], "r.sturm")
        who = "admin" if c["name"] == "intake rule" else who
        r = Run(*words, "--dry-run", "--json", who=who)
        # What is tried is checked: there is no such task, and the dossier has an open case.
        wanted = {"dossier close": (5,), "flow cancel": (4,),
                  "flow retry": (4,), "flow suspend": (4,), "flow resume": (4,),
                  "flow move": (4,), "flow comment": (4,), "actor present": (4,),
                  "dossier reopen": (5,), "case reopen": (5,), "object set": (2,), "object unrelate": (4,),
                  "object unlock": (5, 4), "object restore": (5,),
                  "access grant": (4,), "access withdraw": (4,)}.get(c["name"], (0, 3))
        wanted = (4,) if c["name"].startswith("task ") else wanted
        good = r.code in wanted and not os.path.exists(there)
        check(good, f"{c['name']} --dry-run", r)
    left = [e["action"] for e in Run("events", "--json", "--since", str(before[-1])).lines]
    check(set(left) <= {"access.refused"}, "and nothing but refusals is left of them", left)
    r = Run("fsck", "--json")
    check(r.code == 0 and not r.lines[0]["findings"], "no content either", r)
    tried = os.path.join(ROOT, "tried.eml")
    with open(tried, "wb") as file:
        file.write(read(DEFECT).replace(b"77", b"79"))
    r = Run("intake", "mail", tried, "--dry-run", "--json", who="p.klein")
    check(r.code == 3, "what would lie in quarantine: exit 3", r)
    r = Run("flow", "deploy", BRIEF, "--dry-run", "--json", who="admin")
    check(r.code == 1, "no process: exit 1, tried as done", r)
    r = Run("flow", "deploy", arguments["flow deploy"][0], "--dry-run", "--json", who="p.klein")
    check(r.code == 5, "who may not deploy, may not try: exit 5", r)
    r = Run("export", dossier, "--dry-run", "--json", who="p.klein")
    check(r.code in (4, 5), "nor export", r)
    refused_ = [c["name"] for c in help_all.lines if not c["writes"] and c["store"]]
    check(all(Run(*n.split(), "x", "--dry-run", who="admin").code == 2 for n in refused_[:3]),
          "what changes nothing has no --dry-run")
    return help_all.lines


def manuals(lines):
    for folder, word in (("man1", b".SH EXIT CODES"), ("de/man1", b".SH ")):
        base = os.path.join(BUILD, "tools/man", folder)
        names = ["efile"] + ["efile-" + c["name"].replace(" ", "-") for c in lines]
        missing = [n for n in names if not os.path.exists(f"{base}/{n}.1")]
        check(not missing, f"{folder}: each command has its page", missing)
        bad = [n for n in names if n not in missing and
               (word not in read(f"{base}/{n}.1") or not read(f"{base}/{n}.1").startswith(b".TH "))]
        check(not bad, f"{folder}: each has head and sections", bad)
    topics = [n[:-2] for n in sorted(os.listdir(os.path.join(SRC, "libefile/include/efile"))) if n != "macros.h"]
    pages = {n: read(os.path.join(BUILD, "tools/man/man3", f"efile_{n}.3")).decode() for n in topics}
    bad = [n for n, p in pages.items() if not p.startswith(".TH ") or ".SH SYNOPSIS" not in p]
    check(not bad, "man3: each header has its page", bad)
    text = "".join(read(os.path.join(SRC, "libefile/libefile.map")).decode().split("local:")[0])
    missing = [f for f in re.findall(r"efile_\w+", text) if not any(f"{f}()" in p for p in pages.values())]
    check(not missing, "and each function stands in one", missing)
    for name in ("efile-store.5", "efile-config.5", "libefile.7"):
        for folder in ("", "de/"):
            page = read(os.path.join(BUILD, f"tools/man/{folder}man{name[-1]}", name))
            check(b".SH NAME" in page, f"{folder}{name} is there")


def settings():
    """Option, environment, the user's file: the first that says something, and where it stood."""
    folder = os.path.join(ROOT, "xdg", "efile")
    os.makedirs(folder)
    file = os.path.join(folder, "config")
    with open(file, "w", encoding="utf-8") as out:
        out.write("# of the test\nprogress = json\nas=m.weber\n\nstore = /nowhere\n")
    env = {"XDG_CONFIG_HOME": os.path.dirname(folder), "EFILE_AS": "r.sturm"}
    r = Run("config", "explain", "--json", "--color", "never", env=env)
    found = {line["name"]: (line["value"], line["origin"]) for line in r.lines}
    check(r.code == 0 and found.get("progress") == ("json", f"{file}:2"), "a setting of the file", r)
    check(found.get("as") == ("r.sturm", "EFILE_AS"), "the environment comes before it", r)
    check(found.get("color") == ("never", "--color"), "and the option first", r)
    check(found.get("store", ("", ""))[1] == "EFILE_STORE", "the store of the test", r)
    r = Run("config", "explain", env={**env, "EFILE_AS": ""})
    check("m.weber" in r.out and f"{file}:3" in r.out, "empty in the environment is not set", r)
    with open(file, "a", encoding="utf-8") as out:
        out.write("colour = red\n")
    r = Run("config", "explain", env=env)
    check(r.code == 1 and f"{file}:6: colour" in r.err, "a name that is no setting is named", r)


def documented():
    text = read(os.path.join(SRC, "docs/json.md")).decode()
    sections = dict(re.findall(r"^## `(efile\.[a-z_]+\.v1)`\n(.*?)(?=^## |\Z)", text, re.S | re.M))
    check(not faults, "each line of --json is an object with a schema", "\n".join(faults))
    check(set(seen) <= set(sections), "docs/json.md names every schema", set(seen) - set(sections))
    wrong = [f"{s}: {k}" for s, keys in sorted(seen.items()) if s in sections for k in sorted(keys - {"schema"})
             if f"`{k}`" not in sections[s]]
    check(not wrong, "and every key of it", "\n".join(wrong))


def main():
    set_up()
    letters = take_in()
    pipe()
    book()
    four_eyes(letters)
    export()
    dossier, case = files_of_clerk()
    registry()
    health()
    without_store()
    language()
    lines = dry_runs(dossier, case)
    for words in (("case", "close", case), ("dossier", "close", dossier)):
        r = Run(*words, "--json", who="r.sturm")
        check(r.code == 0, " ".join(words[:2]), r)
    r = Run("document", "add", case, BRIEF, who="r.sturm")
    check(r.code == 5, "a case that is filed away takes nothing more: exit 5", r)
    manuals(lines)
    settings()
    documented()
    r = Run("fsck", "--json")
    check(r.code == 0, "the store is sound at the end", r)


try:
    main()
finally:
    shutil.rmtree(ROOT, ignore_errors=True)
print(f"1..{count}")
sys.exit(failed != 0)
