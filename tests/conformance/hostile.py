#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hostile.py DIR [BUILDDIR]: every file of a folder of hostile inputs through the command efile.

DIR/MANIFEST.tsv says of each file what is expected (reject, bounded, sanitize, quarantine, accept, flag).
Each command has 5 s and 256 MiB; it may not die of a signal, the store may not grow by more than 64 MiB and
no file may appear outside of it. Every file goes through twice with the same result, and fsck finds
nothing in the end. One line per case, then "N passed, N failed".
"""

import csv
import getpass
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

DIR = os.path.abspath(sys.argv[1])
BUILD = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else ".")
EFILE = os.path.join(BUILD, "efile")
ROOT = tempfile.mkdtemp(prefix="efile-hostile.")
STORE, WORK = os.path.join(ROOT, "store"), os.path.join(ROOT, "work")
SECONDS = 5 * float(os.environ.get("EFILE_SLOWER", "1"))  # sanitizers and busy machines
KIB = 262144 * int(os.environ.get("EFILE_LARGER", "1"))
WRITTEN = 64 << 20
ROLES = {"intake": "clerk", "dossier": "clerk", "case": "clerk", "search": "clerk"}
ENV = {**os.environ, "EFILE_STORE": STORE, "EFILE_LANG": "en",
       "EFILE_HELPER": os.environ.get("EFILE_HELPER", os.path.join(BUILD, "tools/parse/efile-parse"))}
PASSWORDS = open("/etc/passwd", "rb").readline().strip()
passed = failed = 0


class Fault(Exception):
    pass


def want(good, text):
    if not good:
        raise Fault(text)


def run(*words, stdin=None):
    """Exit code, output and talk of one command, within the limits."""
    with tempfile.TemporaryFile(dir=ROOT) as out, tempfile.TemporaryFile(dir=ROOT) as err, \
            open(stdin or os.devnull, "rb") as source:
        begin = time.monotonic()
        child = subprocess.Popen([EFILE, *words], stdin=source, stdout=out, stderr=err, cwd=WORK,
                                 env={**ENV, "EFILE_AS": ROLES.get(words[0], "admin")})
        pid = 0
        while not pid and time.monotonic() - begin < SECONDS + 1:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            time.sleep(0 if pid else 0.005)
        if not pid:
            child.kill()
            pid, status, usage = os.wait4(child.pid, 0)
            raise Fault(f"efile {words[0]} {words[1]}: longer than {SECONDS:.0f} s")
        child.returncode = 0
        cpu = usage.ru_utime + usage.ru_stime
        out.seek(0), err.seek(0)
        code, text, talk = os.waitstatus_to_exitcode(status), out.read(), err.read().decode("utf-8", "replace")
    name = " ".join(words[:2])
    want(code >= 0, f"{name}: died of signal {-code}")
    want(code not in (7, 70, 75), f"{name}: exit {code}: {talk}")
    want("AddressSanitizer" not in talk and "runtime error" not in talk, f"{name}: {talk[:300]}")
    want(cpu <= SECONDS, f"{name}: {cpu:.1f} s")
    want(usage.ru_maxrss <= KIB, f"{name}: {usage.ru_maxrss} KiB")
    want(PASSWORDS not in text and PASSWORDS.decode() not in talk, f"{name}: read a local file")
    want(not os.listdir(WORK), f"{name}: left {os.listdir(WORK)}")
    return code, text, talk


def typed(talk):
    return re.search(r"error E\d{4}: \S", talk) is not None


def size():
    return sum(os.path.getsize(os.path.join(d, n)) for d, _, names in os.walk(STORE) for n in names)


# ---- the ways in; each answers what must be the same the second time ----

def intake(kind, row, path):
    before = size()
    code, text, talk = run("intake", kind, path, "--json")
    want(code in (0, 3) and text.count(b"\n") == 1, f"exit {code}: {talk}")
    item = json.loads(text)
    want(size() - before <= WRITTEN, f"{size() - before} bytes written")
    want(item["state"] in ("filed", "quarantined", "rejected"), f"state {item['state']}")
    want(item["state"] == "filed" or item["reason"], "not filed, and no reason")
    want(not re.search(r"[\x00-\x1f\x7f]", item["subject"]), "a control character in the subject")
    if item["state"] == "rejected":
        want(row["expect"] in ("reject", "bounded"), f"rejected: {item['reason']}")
    else:
        _, original, _ = run("intake", "original", item["number"])
        want(hashlib.sha256(original).hexdigest() == row["sha256"], "the original does not come back")
    return item["state"], item["number"], item["reason"]


def mail(row, path):
    return intake("mail", row, path)


def single(row, path):
    return intake("file", row, path)


def pdf(row, path):
    outcome = single(row, path)
    code, _, talk = run("invoice", "check", path)
    want(code in (1, 2, 4, 8) and (code == 1 or typed(talk)), f"as an invoice: exit {code}: {talk}")
    return (*outcome, code)


def invoice(row, path):
    code, text, talk = run("invoice", "check", path, "--json")
    want(code in (0, 1, 2) and (text or typed(talk)), f"exit {code}: {talk}")
    if row["expect"] == "reject":
        want(code != 0, "accepted")
    return code, talk if len(talk) < 500 else ""


def numbers(row, path):
    return (*single(row, path), *invoice(row, path))


def process(row, path):
    checked, _, talk = run("bpmn", "check", path)
    want(checked in (0, 1) , f"check: exit {checked}: {talk}")
    deployed, _, talk = run("flow", "deploy", path)
    want(deployed in (0, 1, 2), f"deploy: exit {deployed}: {talk}")
    want(row["expect"] != "reject" or (checked and deployed), "accepted")
    if deployed:
        return checked, deployed
    started, _, talk = run("flow", "start", "p")
    want(started == 0 or typed(talk), f"start: exit {started}: {talk}")
    return checked, deployed, started


def expressions(row, path):
    lines = open(path, "rb").read().splitlines()
    code, text, talk = run("feel", "eval", "-", stdin=path)
    want(code in (0, 1), f"exit {code}: {talk[:300]}")
    answers = text.count(b"\n") + len(re.findall(r"error E\d{4}", talk))
    want(answers == len([l for l in lines if l]), f"{answers} answers for {len(lines)} lines")
    return code, text


def texts(row, path):
    """As the title of a case, and as a question: unchanged, or refused; never another meaning."""
    _, text, talk = run("dossier", "create", "63", "hostile", "--json")
    want(text, talk)
    dossier = json.loads(text)["reference"]
    for line in open(path, encoding="utf-8"):
        value = json.loads(line)
        try:
            value.encode()
        except UnicodeEncodeError:
            continue
        if not value or "\0" in value or len(value.encode()) > 100000:
            continue
        code, text, talk = run("case", "create", "--json", "--", dossier, value)
        want(json.loads(text)["title"] == value if code == 0 else typed(talk), f"title {value[:40]!r}: {talk}")
        code, text, talk = run("search", "--json", "--", value)
        want(code in (0, 1) or typed(talk), f"question {value[:40]!r}: exit {code}: {talk}")
    return ()


WAYS = {"mail": mail, "pdf": pdf, "xml": invoice, "bpmn": process, "archive": single, "image": single,
        "data": single, "bpmn/expressions.txt": expressions, "data/naughty.jsonl": texts,
        "data/invoice-numbers.xml": numbers}


def report(name, fault, note=""):
    global passed, failed
    passed += fault is None
    failed += fault is not None
    print(f"{'not ok' if fault else 'ok'} {passed + failed} - {name}{note}", flush=True)
    if fault:
        print("# " + str(fault).strip().replace("\n", "\n# ")[:1000])


def one(row, first):
    path = os.path.join(DIR, row["path"])
    way = WAYS.get(row["path"]) or WAYS[row["path"].split("/")[0]]
    try:
        outcome = way(row, path)
        want(first is None or outcome == first, f"the second time {outcome}, the first {first}")
        return outcome, None
    except (Fault, ValueError, KeyError) as fault:
        return None, fault


def main():
    os.mkdir(WORK)
    for words in (("init", "--template", "municipal"),
                  ("actor", "create", "person", "clerk", "--in", "poststelle", "--in", "registratur",
                   "--login-of", "os:" + getpass.getuser())):
        code, _, talk = run(*words)
        if code:
            sys.exit(talk)
    with open(os.path.join(DIR, "MANIFEST.tsv"), newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        outcome, fault = one(row, None)
        if not fault and row["path"] != "data/naughty.jsonl":
            _, fault = one(row, outcome)
        word = next((str(o) for o in outcome or () if isinstance(o, str)), "")[:12].strip()
        report(f"{row['path']} ({row['expect']})", fault, f": {word}" if word.isalpha() else "")
    code, text, _ = run("fsck", "--json")
    report("the store is sound afterwards", None if code == 0 else text.decode())
    stray = [n for d, dirs, names in os.walk(ROOT) for n in names + dirs if "slip" in n]
    report("no file outside", None if not stray and os.listdir(ROOT) and
           set(os.listdir(ROOT)) == {"store", "work"} else stray or os.listdir(ROOT))


try:
    main()
finally:
    shutil.rmtree(ROOT, ignore_errors=True)
print(f"1..{passed + failed}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
