#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tasks.py BUILDDIR: ein Baugesuch im Bauamt, nur mit dem Befehl efile, auf Deutsch. Gibt TAP aus."""

import getpass
import json
import os
import shutil
import subprocess
import sys
import tempfile

EFILE = os.path.join(os.path.abspath(sys.argv[1]), "efile")
ROOT = tempfile.mkdtemp(prefix="efile-tasks.")
ME = "os:" + getpass.getuser()
ENV = {"PATH": os.environ["PATH"], "EFILE_STORE": os.path.join(ROOT, "store"), "EFILE_LANG": "de",
       "LC_ALL": "C"}
ENV.update((k, v) for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_")))
BAUGESUCH = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:efile="urn:libefile:bpmn:1" id="d" targetNamespace="urn:x">
<process id="baugesuch" name="Baugesuch" isExecutable="true" efile:calendar="DE-BW">
<startEvent id="eingang"/>
<userTask id="pruefen" name="Baugesuch prüfen" efile:dueIn="5 office-days"
 efile:candidateGroups='=if flaeche &gt; 400 then "grossbau" else "kleinbau"'><extensionElements>
 <efile:field id="gebuehr" type="decimal" label="Gebühr" required="true" min="0"/>
 <efile:field id="art" type="enum" label="Art"><efile:value id="neu" name="Neubau"/>
 <efile:value id="um" name="Umbau"/></efile:field></extensionElements></userTask>
<userTask id="zeichnen" name="Bescheid zeichnen" efile:candidateGroups="bauamt" efile:priority="80"
 efile:separateFrom="pruefen"/><endEvent id="ende"/>
<sequenceFlow id="a" sourceRef="eingang" targetRef="pruefen"/>
<sequenceFlow id="b" sourceRef="pruefen" targetRef="zeichnen"/>
<sequenceFlow id="c" sourceRef="zeichnen" targetRef="ende"/></process></definitions>"""

count = failed = 0


def check(good, name, note=""):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok"), count, "-", name, flush=True)
    if not good and note != "":
        print("#", str(note).replace("\n", "\n# ")[:2000])


class Run:
    """Ein Aufruf des Befehls."""

    def __init__(self, *words, who=None):
        done = subprocess.run([EFILE, *words] + (["--as", who] if who else []), capture_output=True, env=ENV)
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        self.lines = [json.loads(line) for line in self.out.splitlines()] if "--json" in words else []

    def __str__(self):
        return f"exit {self.code}\n{self.out}{self.err}"


def liste(who, *more):
    return Run("task", "list", "--json", *more, who=who).lines


def town():
    check(Run("init", "--administrator", "admin").code == 0, "das Rathaus wird eingerichtet")
    for unit in ("bauamt", "kleinbau", "grossbau"):
        check(Run("actor", "create", "unit", unit, who="admin").code == 0, f"Stelle {unit}")
    for name, *units in (("weber", "bauamt", "kleinbau"), ("yilmaz", "bauamt", "kleinbau"),
                         ("koch", "kleinbau"), ("leitung", "bauamt"), ("vogel",)):
        words = [w for u in units for w in ("--in", u)]
        r = Run("actor", "create", "person", name, *words, "--login-of", ME, who="admin")
        check(r.code == 0, f"{name} kommt ins Haus", r)
    check(Run("actor", "deputy", "leitung", "vogel", who="admin").code == 0, "vogel vertritt die Leitung")
    model = os.path.join(ROOT, "baugesuch.bpmn")
    with open(model, "w", encoding="utf-8") as file:
        file.write(BAUGESUCH)
    r = Run("flow", "deploy", model, who="admin")
    check(r.code == 0, "der Prozess wird eingeführt", r)


def start(area):
    r = Run("flow", "start", "baugesuch", "--variables", json.dumps({"flaeche": area}), "--json", who="weber")
    check(r.code == 0, f"ein Baugesuch über {area} m² geht ein", r)
    return r.lines[0]["instance"]


def desks():
    big, small = start(900), start(120)
    check(not liste("koch", "--process", "anders") and len(liste("koch")) == 1,
          "das kleine liegt bei denen vom Kleinbau, das große nicht")
    (task,) = liste("weber")
    check(task["instance"] == small and task["due"] and task["priority"] == 50, "mit Frist in Arbeitstagen", task)
    return big, small, task["id"]


def hands(task):
    check(Run("task", "claim", task, who="weber").code == 0, "weber übernimmt")
    check(not liste("koch"), "damit liegt es bei koch nicht mehr")
    r = Run("task", "claim", task, who="koch")
    check(r.code == 6 and "weber" in r.err, "wer zu spät kommt, erfährt von wem", r)
    check(Run("task", "delegate", task, "yilmaz", who="weber").code == 0, "weber überträgt es yilmaz")
    (mine,) = liste("yilmaz", "--mine")
    check(mine["handed"] == "delegated" and mine["owner"] != mine["assignee"], "es bleibt webers Aufgabe", mine)
    check(Run("task", "delegate", task, "koch", who="yilmaz").code == 0, "yilmaz gibt es an koch weiter")
    check(Run("task", "return", task, who="koch").code == 0 and len(liste("yilmaz", "--mine")) == 1,
          "koch gibt es zurück: es liegt wieder bei yilmaz")
    r = Run("task", "resolve", task, "--variables", '{"hinweis":"Abstand fehlt"}', who="yilmaz")
    check(r.code == 0, "yilmaz meldet es als erledigt", r)
    (mine,) = liste("weber", "--mine")
    check(mine["handed"] == "resolved" and mine["variables"]["hinweis"] == "Abstand fehlt", "weber sieht, was dazu kam")
    check(Run("task", "comment", task, "Rückruf am Montag", who="weber").code == 0
          and "Rückruf am Montag" in Run("task", "comments", task, who="weber").out, "weber merkt etwas an")
    check(Run("task", "update", task, "--follow-up", "2999-01-04", who="weber").code == 0
          and not liste("weber", "--mine") and liste("weber", "--mine", "--later"), "auf Wiedervorlage: weg, und doch da")
    check(Run("task", "update", task, "--follow-up", "", "--due", "2 office-days", "--calendar", "DE-BW",
              who="weber").code == 0 and liste("weber", "--mine"), "die Frist wird neu gesetzt")


def forms(task):
    form = json.loads(Run("task", "form", task, "--json", who="weber").out)
    check(form["required"] == ["gebuehr"] and form["properties"]["art"]["oneOf"][0]["title"] == "Neubau",
          "das Formular beschreibt sich", form)
    r = Run("task", "complete", task, who="weber")
    check(r.code == 1 and "Gebühr" in r.err and "E2435" in r.err, "ohne Gebühr geht es nicht weiter", r)
    r = Run("task", "check", task, "--variables", '{"gebuehr":-1,"art":"ab"}', "--json", who="weber")
    check(r.code == 1 and [f["rule"] for f in r.lines[0]["findings"]] == ["FORM-MINIMUM", "FORM-CHOICE"],
          "beide Fehler auf einmal", r)
    r = Run("task", "complete", task, "--variables", '{"gebuehr":"250.00","art":"neu"}', who="weber")
    check(r.code == 0, "geprüft", r)


def four_eyes():
    (task,) = liste("leitung")
    check(task["node"] == "zeichnen" and task["priority"] == 80, "jetzt ist zu zeichnen", task)
    r = Run("task", "claim", task["id"], who="weber")
    check(r.code == 5, "wer geprüft hat, zeichnet nicht", r)
    check(not liste("vogel") and liste("vogel", "--deputies")[0]["on_behalf_of"], "vogel sieht den Tisch der Leitung")
    r = Run("task", "complete", task["id"], "--on-behalf-of", "leitung", who="vogel")
    check(r.code == 0, "vogel zeichnet in Vertretung", r)


def at_once(big):
    check(Run("task", "list", who="leitung").code == 0 and not liste("leitung"), "nichts mehr zu zeichnen")
    for _ in range(3):
        start(50)
    ids = [t["id"] for t in liste("yilmaz", "--order", "due", "--limit", "3")]
    Run("task", "claim", ids[1], who="koch")
    r = Run("task", "complete", *ids, "--variables", '{"gebuehr":10}', "--json", who="yilmaz")
    check(r.code == 3 and [l["status"] for l in r.lines] == ["OK", "CONFLICT", "OK"],
          "drei auf einmal: zwei erledigt, eine hat koch", r)
    check(Run("task", "escalate", ids[1], "vogel", who="koch").code == 0 and len(liste("vogel")) == 1
          and Run("task", "claim", ids[1], who="vogel").code == 0 and not liste("koch"),
          "koch wird abgelöst: eskaliert an vogel")
    check(Run("flow", "cancel", big, "zurückgezogen", who="weber").code == 0, "das große wird zurückgezogen")


def the_end(instance):
    (flow,) = Run("flow", "show", instance, "--json", who="weber").lines
    check(flow["status"] == "ended" and flow["variables"]["gebuehr"] == "250.00", "der Prozess ist zu Ende", flow)
    check(Run("flow", "replay", instance, who="weber").code == 0, "das Protokoll führt zum selben Stand")
    check(Run("fsck").code == 0 and Run("audit", "verify").code == 0, "und alles ist heil")


try:
    town()
    BIG, SMALL, TASK = desks()
    hands(TASK)
    forms(TASK)
    four_eyes()
    at_once(BIG)
    the_end(SMALL)
finally:
    shutil.rmtree(ROOT, ignore_errors=True)
print(f"1..{count}")
sys.exit(failed > 0)
