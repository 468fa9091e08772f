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
import signal
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


def file_of_clerk():
    """A dossier with all that can be done in it."""
    dossier = good("dossier", "create", "63", "Mühlgasse", "--json").lines[0]["reference"]
    good("dossier", "add", dossier, "Gutachten", "--json")
    case = good("case", "create", dossier, "Laternen", "--json").lines[0]["reference"]
    part = good("case", "add", case, "Nachbarn", "--json").lines[0]
    check(part["kind"] == "sub_case", "ein Teilvorgang", part)
    r = good("case", "list", dossier)
    check("Laternen" in r.out and "Gutachten" in r.out, "die Vorgänge der Akte", r)
    r = good("object", "count", dossier)
    check("1 Teilakten, 1 Vorgänge (1 offen)" in r.out, "gezählt", r)
    document = good("document", "add", case, BRIEF, "--title", "Brief", "--type", "letter", "--json").lines[0]["id"]
    r = good("document", "attach", document, BRIEF, "--title", "Anlage", "--json")
    check(r.lines[0]["kind"] == "attachment", "eine Anlage", r)
    r = good("document", "list", case)
    check("Brief" in r.out, "die Dokumente des Vorgangs", r)
    two = os.path.join(ROOT, "zwei.txt")
    with open(two, "w", encoding="utf-8") as file:
        file.write("zweite Fassung")
    r = good("document", "version", document, two, "--seen", "1", "--label", "Entwurf", "--json")
    check(r.lines[0]["version"] == 2, "eine zweite Fassung", r)
    check(Run("document", "version", document, two, "--seen", "1", who="r.sturm").code == 6,
          "wer die zweite nicht gesehen hat, überschreibt sie nicht")
    r = good("document", "versions", document)
    check("Entwurf" in r.out and "Rolf Sturm" in r.out and LOCAL.search(r.out), "die Fassungen, mit Namen und Ortszeit", r)
    good("document", "rendition", document, two, "pdfa", "--media-type", "application/pdf", "--json")
    r = good("document", "renditions", document, "--json")
    check({"original", "pdfa"} <= {l["role"] for l in r.lines}, "die Wiedergaben", r)
    check(good("document", "content", document, "--version", "1").bytes == open(BRIEF, "rb").read()
          and good("document", "content", document, "--role", "pdfa").out == "zweite Fassung", "jede Fassung lässt sich lesen")
    good("document", "versions", document, "--json")
    return dossier, case, document


def values(dossier, case, document):
    fields = os.path.join(ROOT, "fields.json")
    with open(fields, "w", encoding="utf-8") as file:
        file.write('{"fields":[{"name":"strasse","title":"Straße"},{"name":"masten","datatype":"integer"}]}')
    good("type", "add", "laterne", "Laternenmeldung", "--fields", fields, who="admin")
    good("object", "change", document, "--type", "laterne", "--title", "Brief von Frau Köhler", "--json")
    good("object", "set", document, "strasse=Mühlgasse", "masten=3", "--json")
    check(Run("object", "set", document, "masten=drei", who="r.sturm").code == 2, "drei ist keine Zahl")
    good("object", "set", document, "masten=4")
    r = good("document", "show", document)
    check("Mühlgasse" in r.out and "4" in r.out and "Brief von Frau Köhler" in r.out, "Metadaten stehen da", r)
    r = good("object", "find", "strasse", "mühlgasse", "--json")
    check([l["id"] for l in r.lines] == [document], "und werden gefunden", r)
    good("object", "set", document, "masten=")
    check(not good("object", "find", "masten", "4", "--json").lines, "und herausgenommen")
    relation = good("object", "relate", document, case, "see", "--remark", "siehe dort", "--json").lines[0]["id"]
    r = good("object", "relations", document)
    check("see" in r.out and "Laternen" in r.out and "siehe dort" in r.out, "ein Verweis", r)
    good("object", "relations", case, "--json")
    good("object", "unrelate", relation, "--json")
    check(not good("object", "relations", document).out, "und keiner mehr")
    good("object", "lock", document, "--remark", "in Arbeit", "--json")
    r = Run("object", "change", document, "--title", "X", who="m.weber")
    check(r.code in (4, 5, 6), "was gesperrt ist, ändert sonst niemand", r)
    good("object", "unlock", document, "--json")
    good("object", "trash", document, "doppelt", "--json")
    check("Brief von" not in good("document", "list", case).out
          and "Brief von" in good("document", "list", case, "--trash").out, "im Papierkorb, und nur dort")
    good("object", "restore", document, "--json")
    check(Run("object", "change", case, "--medium", "stein", who="r.sturm").code == 2, "Stein ist kein Medium")


def rights(case):
    """Rights are given, seen and withdrawn from the shell."""
    check(Run("case", "show", case, who="a.vogel").code == 4, "Frau Vogel weiß von nichts")
    r = good("access", "show", case)
    check("Registratur" in r.out and "darf:" in r.out, "wer was darf", r)
    who = "r.sturm"
    check(Run("access", "grant", case, "a.vogel", "read", who=who).code == 5, "Rechte vergibt nicht, wer nur schreiben darf")
    good("access", "grant", "63", "registratur", "grant", "--plan", "--json", who="admin")
    before = good("access", "show", case, "--json").lines
    good("access", "grant", case, "a.vogel", "read", "--json", who=who)
    check(Run("case", "show", case, who="a.vogel").code == 0, "Frau Vogel darf lesen")
    check(Run("object", "change", case, "--title", "X", who="a.vogel").code == 5, "aber nicht schreiben")
    good("access", "grant", case, "a.vogel", "read", "--deny", who=who)
    check(Run("case", "show", case, who="a.vogel").code in (4, 5), "ein Verbot geht vor")
    good("access", "withdraw", case, "a.vogel", "--json", who=who)
    check(Run("case", "show", case, who="a.vogel").code == 4, "und alles wieder entzogen")
    after = good("access", "show", case, "--json").lines
    check([(l["subject"], l["rights"]) for l in before] == [(l["subject"], l["rights"]) for l in after],
          "die anderen haben, was sie hatten", (before, after))
    check(Run("access", "grant", case, "a.vogel", "tanzen", who=who).code == 2, "tanzen ist kein Recht")
    good("access", "show", "63", "--plan", "--json")


def people():
    good("actor", "join", "a.vogel", "bauamt", "--until", "2999-12-31", "--json", who="admin")
    r = good("actor", "members", "bauamt")
    check("Anna Vogel ->" in r.out and "31.12.2999" in r.out, "Mitglieder mit Namen und Zeitraum", r)
    good("actor", "members", "--of", "a.vogel", "--json")
    good("actor", "leave", "a.vogel", "bauamt", "--json", who="admin")
    check("Vogel" not in good("actor", "members", "bauamt").out, "und nicht mehr")
    good("actor", "deputy", "m.weber", "a.vogel", "--only-absent", who="admin")
    good("actor", "absent", "m.weber", "2020-01-01", "--json", who="admin")
    r = good("actor", "deputies", "m.weber")
    check("ist heute abwesend" in r.out and "Martin Weber <- Anna Vogel" in r.out and "heute" in r.out,
          "wer wen vertritt, und ob heute", r)
    good("actor", "present", "m.weber", "2020-01-01", "--json", who="admin")
    check(good("actor", "deputies", "m.weber", "--json").lines[0]["today"] is False, "er ist wieder da")
    good("actor", "undeputy", "m.weber", "a.vogel", "--json", who="admin")
    check(not good("actor", "deputies").out, "keine Vertretung mehr")
    good("actor", "change", "a.vogel", "--display", "Anna Vogel-Roth", "--json", who="admin")
    good("actor", "forbid", ME, "a.vogel", "--json", who="admin")
    check(Run("task", "list", who="a.vogel").code == 5, "die Anmeldung ist entzogen")
    check(Run("actor", "change", "a.vogel", "--active", "vielleicht", who="admin").code == 2, "vielleicht gibt es nicht")


def registry():
    good("plan", "add", "63.1", "Radwege", "--parent", "63", "--retention", "15", "--disposal", "B", "--json", who="admin")
    r = good("plan", "rules", "63.1")
    check("15  (63.1)" in r.out, "die Regeln mit ihrer Herkunft", r)
    good("plan", "change", "63.1", "--retention", "unlimited", "--title", "Rad- und Gehwege", "--json", who="admin")
    r = good("plan", "rules", "63.1", "--json")
    check({l["name"]: l["value"] for l in r.lines}["retention"] == "unlimited", "geändert", r)
    good("intake", "rule", "radweg", "--condition", 'contains(subject, "Radweg")', "--plan", "63.1",
         "--title", '"Radweg"', "--order", "1", "--json", who="admin")
    good("index", "rebuild", "--json", who="admin")
    check(int(good("search", "laternen", "--count").out) >= 1 and good("search", "laternen", "--count", "--json").lines[0]["count"] >= 1,
          "Treffer werden gezählt")


def pictures():
    pdf = next(l["id"] for l in good("dossier", "show", "031-0001", "--json").lines
               if l.get("title", "").endswith(".pdf"))
    path = os.path.join(ROOT, "anlage.pdf")
    with open(path, "wb") as file:
        file.write(good("document", "content", pdf).bytes)
    pdf = path
    r = good("parse", "info", pdf, "--json", who=None)
    check(r.lines[0]["media_type"] == "application/pdf", "was ein PDF ist", r)
    png = os.path.join(ROOT, "p.png")
    r = Run("parse", "preview", pdf, "-o", png)
    check(r.code == 0 and open(png, "rb").read(8) == b"\x89PNG\r\n\x1a\n", "seine erste Seite als Bild", r)


def doctor():
    r = Run("doctor")
    check(r.code in (0, 1) and "Hilfsprogramm für PDF und Bilder: antwortet" in r.out and "Zeitzonendaten: vorhanden" in r.out
          and "MiB" in r.out and "Landlock" in r.out, "doctor sieht auch die Umgebung", r)
    r = Run("doctor", "--json")
    check({l["name"] for l in r.lines[1:]} >= {"free disk space", "file system", "time zone data"}, "auch als JSON", r)
    r = Run("doctor", env={"EFILE_HELPER": "/nirgends"})
    check(r.code == 1 and "(!)" in r.out and "antwortet nicht" in r.out, "ein fehlendes Hilfsprogramm ist ein Befund", r)


def interruption():
    """Ctrl-C: the letter in hand is finished, and the same command does the rest."""
    paths = []
    with open(BRIEF, "rb") as file:
        letter = file.read()
    for n in range(60):
        paths.append(os.path.join(ROOT, f"brief-{n}.eml"))
        with open(paths[-1], "wb") as file:
            file.write(letter + b"%d\r\n" % n)
    p = subprocess.Popen([EFILE, "intake", "mail", *paths, "--as", "p.klein"], env=ENV, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, bufsize=0)
    first = p.stdout.readline()
    p.send_signal(signal.SIGINT)
    out, err = p.communicate()
    done = (first + out).decode().count("abgelegt in")
    check(p.returncode == 130 and 0 < done < 60 and f": {done} von 60" in err.decode(),
          "unterbrochen: Ende 130, der angefangene Brief ist erledigt", (p.returncode, done, err.decode()))
    r = Run("intake", "mail", *paths, "--json", who="p.klein")
    check(r.code == 0 and sum(l["duplicate"] for l in r.lines) == done and len({l["number"] for l in r.lines}) == 60,
          "derselbe Befehl erledigt den Rest, und nichts doppelt",
          (done, [(l["number"], l["duplicate"], l["state"]) for l in r.lines]))


# What no command reaches, and why.
EXCEPTIONS = {
    "efile_decimal_.*|efile_mail_.*|efile_reader_.*|efile_time_parse|efile_ctx_.*|efile_limits_init|.*_init":
        "values, options and streams of a program; the shell has text and files",
    "efile_(case|dossier|document|intake|plan)_load|efile_dossier_by_reference|efile_intake_by_number":
        "the commands name objects by id or number, whatever their kind",
    "efile_node_(order|dossier|trashed|locked_by)|efile_plan_parent|efile_role_name|efile_scenario_count":
        "a getter beside others that are shown",
    "efile_session_(actor|actor_name|behalf|store|is_administrator)": "who calls the command knows who he is",
    "efile_invoice_(add|detect|duplicate_key|item_.*|new|read|value)":
        "the semantic model, which invoice show and convert give and take as JSON",
    "efile_is_holiday|efile_is_working_day|efile_working_days_add|efile_period_(end|state_name)":
        "parts of what period computes and derives",
    "efile_feel_(eval|warning_count)|efile_leitweg_id_valid|efile_skonto_parse":
        "shorter forms of what feel eval, invoice leitweg and invoice terms call",
    "efile_job_(complete|fail)": "without a lease: flow work leases, and completes or fails the job with its token",
    "efile_parse_result_xmp": "only shown to programs",
    "efile_task_time_compute": "the options that take a time call it",
}


def reached():
    """Anything a Python user can do, the command can do (docs/json.md, man efile)."""
    with open(os.path.join(SRC, "libefile/libefile.map"), encoding="utf-8") as file:
        names = re.findall(r"\befile_\w+", file.read().split("local:")[0])
    folder = os.path.join(SRC, "tools")
    text = " ".join(open(os.path.join(folder, n), encoding="utf-8").read() for n in os.listdir(folder) if n.endswith(".c"))
    called = set(re.findall(r"\befile_\w+", text))
    left = [n for n in names if n not in called and not any(re.fullmatch(p, n) for p in EXCEPTIONS)]
    check(not left, "jeden Aufruf der Bibliothek erreicht ein Befehl, oder die Ausnahme ist begründet", left)
    idle = [p for p in EXCEPTIONS for q in p.split("|") if not any(re.fullmatch(p, n) for n in names)]
    check(not idle, "und keine Ausnahme ist überflüssig", idle)


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
    dossier, case, document = file_of_clerk()
    values(dossier, case, document)
    rights(case)
    people()
    registry()
    pictures()
    doctor()
    interruption()
    reached()
    damage()
    documented()


try:
    main()
finally:
    shutil.rmtree(ROOT, ignore_errors=True)
print(f"1..{count}")
sys.exit(failed != 0)
