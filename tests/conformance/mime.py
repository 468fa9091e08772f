#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what libefile sees in mails with what is known of them.

usage: mime.py PROGRAM DIR

PROGRAM is mime_inspect. DIR may hold EXPECTED.jsonl (fields on which two other readers agree),
synthetic-de/TRUTH.jsonl (known by construction), and, beside a mail, the expected tree of stalwart
mail-parser (NAME.json) or of Apache James mime4j (NAME.xml). One line per case, then
"N passed, N failed".
"""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree


def inspect(program, paths):
    """What the program prints for each path, in pieces that fit a command line."""
    seen = []
    for i in range(0, len(paths), 200):
        out = subprocess.run([program] + paths[i:i + 200], stdout=subprocess.PIPE, check=True)
        seen += [json.loads(line) for line in out.stdout.decode("utf-8").splitlines()]
    return seen


def same(a, b):
    """Equal but for runs of blanks, which readers fold differently."""
    if isinstance(a, str) and isinstance(b, str):
        return re.sub(r"\s+", " ", a) == re.sub(r"\s+", " ", b)
    return a == b


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def agreed_faults(expected, seen):
    """Fields of EXPECTED.jsonl that differ. A part lists only the fields that are agreed."""
    faults = []
    for key, value in (expected["agreed"] or {}).items():
        if key != "parts":
            if not same(value, seen.get(key)):
                faults.append("%s: %r, not %r" % (key, seen.get(key), value))
            continue
        found = {part["path"]: part for part in seen.get("parts", [])}
        if [p["path"] for p in value] != list(found):
            faults.append("parts: %s" % list(found))
            continue
        for part in value:
            for field, want in part.items():
                got = found[part["path"]].get(field)
                if not same(want, got):
                    faults.append("%s %s: %r, not %r" % (part["path"], field, got, want))
    return faults


def truth_faults(truth, seen):
    """Fields of TRUTH.jsonl that differ; its parts are the leaves."""
    faults = ["%s: %r, not %r" % (key, seen.get(key), truth[key])
              for key in ("subject", "from", "to", "date", "message_id")
              if truth[key] != seen.get(key)]
    if truth["parts"] is None:
        return faults
    leaves = [part for part in seen.get("parts", []) if "size" in part]
    if len(leaves) != len(truth["parts"]):
        return faults + ["%d leaves, not %d" % (len(leaves), len(truth["parts"]))]
    for want, got in zip(truth["parts"], leaves):
        faults += ["%s %s: %r, not %r" % (got["path"], field, got.get(field), value)
                   for field, value in want.items() if got.get(field) != value]
    return faults


def shape(seen):
    """The tree as nested lists, a leaf as its absence of children."""
    nodes = {part["path"]: [] for part in seen.get("parts", [])}
    for path in nodes:
        if path:
            parent = path.rpartition(".")[0]
            nodes[parent].append(nodes[path])
    return nodes.get("")


def stalwart_shape(message):
    """The same from stalwart's JSON, of the form with a message inside a part and the flat one."""
    parts = message["parts"]

    def node(index):
        part = parts[index]
        if "kind" in part:
            children = list(part.get("children", []))
            children += [m["root"] for m in message["messages"] if m["container"] == part["id"]]
            return [node(child) for child in children]
        body = part["body"]
        if isinstance(body, dict) and "Multipart" in body:
            return [node(child) for child in body["Multipart"]]
        if isinstance(body, dict) and "Message" in body:
            return [stalwart_shape(body["Message"])]
        return []

    return node(0)


def count_leaves(tree):
    return 1 if not tree else sum(count_leaves(child) for child in tree)


def golden_cases(directory):
    for folder, _, names in sorted(os.walk(directory)):
        for name in sorted(names):
            base, extension = os.path.splitext(os.path.join(folder, name))
            if extension in (".eml", ".msg", ".txt"):
                for suffix in (".json", ".xml"):
                    if os.path.exists(base + suffix):
                        yield os.path.join(folder, name), base + suffix


def golden_faults(golden, seen):
    if golden.endswith(".json"):
        with open(golden, encoding="utf-8") as file:
            want = stalwart_shape(json.load(file))
        return [] if shape(seen) == want else ["tree: %s, not %s" % (shape(seen), want)]
    root = ElementTree.parse(golden).getroot()
    want = sum(1 for e in root.iter() if e.tag in ("body", "text-body", "binary-body"))
    got = count_leaves(shape(seen))
    return [] if got == want else ["%d leaves, not %d" % (got, want)]


def cases(directory):
    """Name, path and a function from what was seen to the list of faults."""
    expected = os.path.join(directory, "EXPECTED.jsonl")
    if os.path.exists(expected):
        for row in read_lines(expected):
            yield (row["file"], os.path.join(directory, row["file"]),
                   lambda seen, row=row: agreed_faults(row, seen))
    synthetic = os.path.join(directory, "synthetic-de")
    if os.path.exists(os.path.join(synthetic, "TRUTH.jsonl")):
        for row in read_lines(os.path.join(synthetic, "TRUTH.jsonl")):
            yield (row["file"], os.path.join(synthetic, row["file"]),
                   lambda seen, row=row: truth_faults(row, seen))
    for path, golden in golden_cases(directory):
        yield (os.path.relpath(golden, directory), path,
               lambda seen, golden=golden: golden_faults(golden, seen))


def main(program, directory):
    rows = list(cases(directory))
    failed = 0
    for (name, _, check), seen in zip(rows, inspect(program, [row[1] for row in rows])):
        faults = check(seen)
        failed += bool(faults)
        print("%s %s%s" % ("FAIL" if faults else "ok", name,
                           ": " + "; ".join(faults) if faults else ""))
    print("%d passed, %d failed" % (len(rows) - failed, failed))
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
