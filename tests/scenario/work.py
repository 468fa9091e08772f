#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""work.py SRCDIR BUILDDIR: workers, the service for what is due, another version of a process, and the commands
for e-invoices, all by the command efile alone. Prints TAP."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SRC, EFILE = os.path.abspath(sys.argv[1]), os.path.join(os.path.abspath(sys.argv[2]), "efile")
ROOT = tempfile.mkdtemp(prefix="efile-work.")
ENV = {"PATH": os.environ["PATH"], "EFILE_STORE": os.path.join(ROOT, "store"), "EFILE_LANG": "en",
       "LC_ALL": "C", "EFILE_AS": "admin"}
ENV.update((k, v) for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_")))
UBL = os.path.join(SRC, "tests/data/fuzz/invoice/ubl.xml")
HEAD = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:efile="urn:libefile:bpmn:1" id="d" targetNamespace="urn:x">"""
POST = HEAD + """<process id="post" isExecutable="true"><startEvent id="s"/>
<serviceTask id="book" efile:handler="sap.post" efile:retries="R1/PT1H"/><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="book"/><sequenceFlow id="b" sourceRef="book" targetRef="e"/>
</process></definitions>"""
WAIT = HEAD + """<process id="wait" isExecutable="true"><startEvent id="s"/>
<intermediateCatchEvent id="soon"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>
</intermediateCatchEvent><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="soon"/><sequenceFlow id="b" sourceRef="soon" targetRef="e"/>
</process></definitions>"""
CHECK = HEAD + """<process id="check" isExecutable="true"><startEvent id="s"/>
<userTask id="%s" name="%s" efile:candidateGroups="admin"/><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="%s"/><sequenceFlow id="b" sourceRef="%s" targetRef="e"/>
</process></definitions>"""

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

    def __init__(self, *words):
        done = subprocess.run([EFILE, *words], capture_output=True, env=ENV, stdin=subprocess.DEVNULL)
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        self.lines = [json.loads(line) for line in self.out.splitlines()] if "--json" in words else []

    def __str__(self):
        return f"exit {self.code}\n{self.out}{self.err}"


def deploy(name, text):
    path = os.path.join(ROOT, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    r = Run("flow", "deploy", path, "--json")
    check(r.code == 0, f"{name} is deployed", r)


def start(process, variables="{}"):
    return Run("flow", "start", process, "--variables", variables, "--json").lines[0]["instance"]


def status(instance):
    return Run("flow", "show", instance, "--json").lines[0]


def worker(text, *more):
    return Run("flow", "work", "sap.post", *more, "--", "sh", "-c", text)


def workers():
    deploy("post.bpmn", POST)
    first = start("post", '{\n"amount":12.50\n}')
    r = Run("flow", "jobs", "sap.post", "--json")
    check(r.code == 0 and [j["node"] for j in r.lines] == ["book"], "its job is listed", r)
    r = worker('read -r all; echo "{\\"seen\\":$all,\\"key\\":\\"$EFILE_JOB\\"}"')
    seen = status(first)
    check(r.code == 0 and seen["status"] == "ended" and seen["variables"]["seen"] == {"amount": 12.50},
          "a worker reads the variables and answers", (r, seen))
    check(Run("flow", "jobs", "--json").lines == [], "the job is gone")
    check(worker("exit 0").code == 0, "nothing to do is done")

    second = start("post")
    r = worker("exit 75")
    check(status(second)["status"] == "running" and not Run("flow", "incidents", "--json").lines,
          "not now is no failure", r)
    r = worker("echo no connection >&2; exit 1")
    check(r.code == 3, "a failed try: exit 3", r)
    r = Run("flow", "jobs", "--json")
    check(len(r.lines) == 1 and r.lines[0]["failures"] == 1, "it waits for another", r)
    check(worker("exit 0").code == 0 and status(second)["status"] == "running", "an hour long nobody gets it")
    replays(first, second)


def dead_letters():
    deploy("once.bpmn", POST.replace('"post"', '"once"').replace("R1/PT1H", "1"))
    instance = start("once")
    worker("echo account unknown >&2; exit 1")
    r = Run("flow", "incidents", "--json")
    check([i["message"] for i in r.lines] == ["account unknown"], "what failed for good is listed", r)
    check(Run("flow", "retry", instance).code == 0, "it can be retried")
    check(worker("exit 0").code == 0 and status(instance)["status"] == "ended", "and then succeeds")
    check(Run("flow", "incidents", "--json").lines == [], "no incident is left")
    replays(instance)


def two_at_once():
    """Each job is done by one of two: the marks that the commands leave are all different."""
    marks = os.path.join(ROOT, "marks")
    os.mkdir(marks)
    instances = [start("once") for _ in range(8)]
    command = [EFILE, "flow", "work", "sap.post", "--", "sh", "-c", f'mkdir "{marks}/$EFILE_JOB"']
    both = [subprocess.Popen(command, env=ENV, stdin=subprocess.DEVNULL) for _ in range(2)]
    check([p.wait() for p in both] == [0, 0], "two workers share the jobs")
    check(len(os.listdir(marks)) == 8, "each job was done once", os.listdir(marks))
    check({status(i)["status"] for i in instances} == {"ended"}, "all processes went on")


def service():
    deploy("wait.bpmn", WAIT)
    watching = [subprocess.Popen([EFILE, "flow", "run", "--watch", "--interval", "1"], env=ENV,
                                 stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL) for _ in range(2)]
    instance = start("wait")
    for _ in range(100):
        if status(instance)["status"] == "ended":
            break
        time.sleep(0.1)
    check(status(instance)["status"] == "ended", "the service lets a timer fire", status(instance))
    for process, sign in zip(watching, (signal.SIGTERM, signal.SIGINT)):
        process.send_signal(sign)
    check([p.wait(20) for p in watching] == [0, 130], "SIGTERM ends it with 0, SIGINT with 130")
    events = [e for e in Run("events", "--json").lines if e["action"] == "flow.timer"]
    check(len(events) == 1, "of two, one fired it", events)
    replays(instance)


def versions():
    deploy("check-1.bpmn", CHECK % ("old", "Alt", "old", "old"))
    instance = start("check")
    deploy("check-2.bpmn", CHECK % ("new", "Neu", "new", "new"))
    r = Run("flow", "migrate", "check", "--json")
    check(r.code == 3 and "FLOW-MIGRATE-NODE" in r.out, "without a plan it stays, and the reason is named", r)
    r = Run("flow", "migrate", "check", "--map", "old=new", "--dry-run", "--json")
    check(r.code == 0 and not Run("flow", "history", instance).out.count("flow.migrated"), "tried only", r)
    r = Run("flow", "migrate", "check", "--map", "old=new", "--json")
    check(r.code == 0, "it goes on by the new version", r)
    r = Run("flow", "list", "--json")
    check(status(instance)["status"] == "running", "and still waits", r)
    replays(instance)


def replays(*instances):
    good = all(Run("flow", "replay", i, "--json").lines[0]["same"] is True for i in instances)
    check(good, "the log gives the same state")
    check(Run("fsck").code == 0, "the store is sound")


def invoices():
    r = Run("invoice", "render", UBL)
    check(r.code == 0 and r.out.startswith("<!DOCTYPE html>") and "<script" not in r.out, "a page to read", r)
    for syntax in ("cii", "ubl"):
        path = os.path.join(ROOT, syntax + ".xml")
        r = Run("invoice", "convert", UBL, "--to", syntax, "-o", path)
        check(r.code in (0, 1) and os.path.getsize(path) > 0, f"written as {syntax}", r)
    shown = [json.loads(Run("invoice", "show", p).out) for p in (UBL, os.path.join(ROOT, "cii.xml"))]
    check([i["invoice"]["BT-1"] for i in shown] == ["1", "1"], "with the same number", shown)
    folder = os.path.join(ROOT, "carried")
    os.mkdir(folder)
    r = Run("invoice", "attachments", UBL, "-o", folder)
    inside = [open(os.path.join(folder, n), "rb").read() for n in os.listdir(folder)]
    check(r.code == 0 and inside == [b"foo"], "what it carries is written", (r, inside))
    for command in ("terms", "facts"):
        r = Run("invoice", command, UBL, *(["--land", "BW", "--json"] if command == "terms" else ["--json"]))
        check(r.code == 0 and json.loads(r.out)["schema"].startswith("efile."), f"invoice {command}", r)
    r = Run("invoice", "recalculate", UBL, "--json")
    check(r.code in (0, 1), "recalculated", r)
    check(Run("invoice", "render", __file__).code == 1, "what is no invoice is a finding")


def main():
    check(Run("init", "--administrator", "admin").code == 0, "a store")
    for part in (workers, dead_letters, two_at_once, service, versions, invoices):
        part()
    print(f"1..{count}")
    shutil.rmtree(ROOT, ignore_errors=True)
    sys.exit(failed != 0)


main()
