#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""clerk.py SRCDIR BUILDDIR: a registry at work with the command alone. Prints TAP.

What people read is compared with what they need: local time, names, numbers of files; JSON with
docs/json.md.
"""

import getpass
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

SRC, BUILD = (os.path.abspath(p) for p in sys.argv[1:3])
MAILS = os.path.join(SRC, "examples", "mails")
BRIEF = os.path.join(MAILS, "3-brief.eml")
EFILE = os.path.join(BUILD, "efile")
ROOT = tempfile.mkdtemp(prefix="efile-clerk.")
STORE = os.path.join(ROOT, "store")
ME = "os:" + getpass.getuser()
ENV = {"PATH": os.environ["PATH"], "EFILE_STORE": STORE, "EFILE_LANG": "de", "LC_ALL": "C", "TZ": "Asia/Tokyo",
       "EFILE_HELPER": os.environ.get("EFILE_HELPER", os.path.join(BUILD, "tools/parse/efile-parse"))}
ENV.update((k, v) for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_")))
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-")
UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
LOCAL = re.compile(r"\b\d\d\.\d\d\.\d{4} \d\d:\d\d\b")

count = failed = 0
seen = {}


def check(good, name, note=""):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok"), count, "-", name, flush=True)
    if not good and note != "":
        print("#", str(note).replace("\n", "\n# ")[:2000])
    return good


class Run:
    """One call of the command; the keys of its lines of JSON are remembered."""

    def __init__(self, *words, who=None, lang="de", env=None, stdin=b""):
        words = [EFILE, *words] + (["--as", who] if who else [])
        done = subprocess.run(words, input=stdin, capture_output=True,
                              env={**ENV, "EFILE_LANG": lang, **(env or {})})
        self.code, self.bytes = done.returncode, done.stdout
        self.out, self.err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        self.words = " ".join(os.path.basename(w) for w in words)
        self.lines = [json.loads(line) for line in self.out.splitlines()] if "--json" in words else []
        for line in self.lines:
            seen.setdefault(line["schema"], set()).update(line)

    def __str__(self):
        return f"{self.words}\nexit {self.code}\n{self.out}{self.err}"


def good(*words, who="r.sturm", name=None, **more):
    """A call that succeeds."""
    r = Run(*words, who=who, **more)
    check(r.code == 0, name or " ".join(w for w in words[:2]), r)
    return r


def town():
    good("init", "--template", "municipal", "--land", "BW", who=None)
    for name, display, *groups in (("p.klein", "Petra Klein", "poststelle"),
                                   ("m.weber", "Martin Weber", "sachbearbeitung", "bauamt"),
                                   ("r.sturm", "Rolf Sturm", "registratur"), ("a.vogel", "Anna Vogel")):
        words = [w for g in groups for w in ("--in", g)]
        good("actor", "create", "person", name, "--display", display, *words, "--login-of", ME, who="admin",
             name=f"{display} kommt ins Haus")
    r = Run("intake", "mail", *(os.path.join(MAILS, n) for n in sorted(os.listdir(MAILS))), who="p.klein")
    check(r.code == 3, "vier Eingänge", r)


def usage():
    r = Run("case")
    check(r.code == 2 and "case create" in r.err and "case close" in r.err and not r.out,
          "ein Gegenstand allein: seine Verben werden genannt", r)
    r = Run("dossier", "frobnicate")
    check(r.code == 2 and "dossier frobnicate" in r.err and "dossier list" in r.err and "invoice" not in r.err,
          "ein Verb, das es nicht gibt: die Verben des Gegenstands", r)
    r = Run("frobnicate")
    check(r.code == 2 and "efile help" in r.err, "ganz unbekannt: efile help", r)
    r = Run("version", "--lang", "fr")
    check(r.code == 2 and "de|en" in r.err, "--lang fr wird nicht still hingenommen", r)
    check(Run("version", "--color", "bunt").code == 2, "--color bunt auch nicht")


def timeline():
    """Who did what, when, and about what: in local time and by name."""
    for lang, words in (("de", ("Petra Klein", "Vorgang angelegt: 031-0001/001-", "Eingang in Quarantäne")),
                        ("en", ("Petra Klein", "case opened: 031-0001/001-", "letter put in quarantine"))):
        r = good("events", lang=lang, name=f"{lang}: das Protokoll")
        check(all(w in r.out for w in words) and "case.created" not in r.out, f"{lang}: in Worten", r)
        check(not UUID.search(r.out) and not UTC.search(r.out), f"{lang}: ohne Kennungen, ohne UTC", r)
        check("job.done" not in r.out and ("Programmschritt erledigt" not in r.out), f"{lang}: ohne Programmschritte")
    r = good("events", "--all")
    check("Programmschritt erledigt" in r.out and LOCAL.search(r.out), "--all zeigt auch diese", r)
    utc = good("events", "--json", "--limit", "1").lines[0]["time"]
    local = LOCAL.search(good("events", "--limit", "1", "--all").out)[0]
    check(utc.endswith("Z"), "JSON bleibt UTC", utc)
    a, b = int(utc[11:13]), int(local[11:13])
    check((b - a) % 24 in (1, 2) and utc[14:16] == local[14:16], "die Ortszeit ist die des Amts, nicht die der Maschine",
          (utc, local))
    r = Run("events", who="a.vogel")
    check(r.code == 0 and "Rechnung 2026-0417" not in r.out and "Petra Klein" in r.out,
          "wer nicht lesen darf, erfährt nicht woran", r)
    check(not [e for e in good("events", "--json").lines if e["action"] == "access.refused"],
          "und hat auch nichts versucht")
    r = Run("events")
    check(r.code == 0 and "Vorgang angelegt" in r.out and "Klein" not in r.out, "ohne --as: wann und was", r)


def plain_texts():
    """What the library answers as JSON is a list for people without --json."""
    (task,) = [t["id"] for t in Run("task", "list", "--json", "--limit", "1", who="p.klein").lines]
    r = Run("task", "list", who="p.klein")
    check(r.code == 0 and LOCAL.search(r.out) and not UTC.search(r.out), "Fristen in Ortszeit", r)
    instance = Run("task", "show", task, "--json", who="p.klein").lines[0]["instance"]
    r = good("flow", "history", instance)
    check("{" not in r.out and "Petra Klein" in r.out and "Zuständigkeit klären" in r.out and not UTC.search(r.out),
          "der Verlauf eines Prozesses liest sich", r)
    for words in (("task", "form", task), ("task", "reminders", task)):
        r = good(*words, who="p.klein")
        check("{" not in r.out and r.out.strip(), f"{words[1]}: als Liste", r)
    for words, who in ((("type", "show", "invoice"), "admin"), (("invoice", "setting", "list"), "admin"),
                       (("flow", "figures", "receipt"), "admin")):
        r = good(*words, who=who)
        check("{" not in r.out and r.out.strip(), f"{' '.join(words)}: als Liste", r)
    r = good("type", "show", "invoice")
    check("Rechnungsnummer" in r.out, "Felder mit ihren Bezeichnungen", r)
    out = os.path.join(ROOT, "akte.zip")
    good("export", "031-0001", "-o", out)
    with zipfile.ZipFile(out) as z:
        page = z.read(next(n for n in z.namelist() if n.endswith("index.html"))).decode()
    check("Rechnungsnummer" in page and "invoice_number" not in page and "<bdi>Rechnung</bdi>" in page,
          "die Seite der Ausgabe nennt Typ und Felder auf Deutsch")
    check("Vorgang angelegt" in page and LOCAL.search(page) and not UTC.search(page), "mit demselben Verlauf in Ortszeit")


def damage():
    """At the end: rows are changed behind the library's back, and fsck says which."""
    db = sqlite3.connect(os.path.join(STORE, "efile.db"))
    rows = db.execute("SELECT id, uuid, title FROM node WHERE kind = 5 ORDER BY id LIMIT 3").fetchall()
    for row, _, _ in rows:
        db.execute("UPDATE node SET title = title || '!' WHERE id = ?", (row,))
    db.commit()
    db.close()
    r = Run("fsck")
    lines = [line for line in r.out.splitlines() if "FSCK-ROW" in line]
    check(r.code == 7 and len(set(lines)) == len(rows), "fsck: jede beschädigte Zeile steht für sich", r)
    for (row, uuid, title), line in zip(rows, lines):
        text = uuid.hex()
        check(f"node/{row}:" in line and text[:8] in line and re.search(r"\d{3}-\d{4}", line)
              and title not in line, "mit Ort, Kennung und Aktenzeichen, ohne den Titel", line)


def documented():
    with open(os.path.join(SRC, "docs/json.md"), encoding="utf-8") as file:
        text = file.read()
    sections = dict(re.findall(r"^## `(efile\.[a-z_]+\.v1)`\n(.*?)(?=^## |\Z)", text, re.S | re.M))
    check(set(seen) <= set(sections), "docs/json.md nennt jedes Schema", set(seen) - set(sections))
    wrong = [f"{s}: {k}" for s, keys in sorted(seen.items()) if s in sections for k in sorted(keys - {"schema"})
             if f"`{k}`" not in sections[s]]
    check(not wrong, "und jeden Schlüssel", "\n".join(wrong))


def main():
    town()
    usage()
    timeline()
    plain_texts()
    damage()
    documented()


try:
    main()
finally:
    shutil.rmtree(ROOT, ignore_errors=True)
print(f"1..{count}")
sys.exit(failed != 0)
