# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes docs/RULES.md from what `efile invoice rules --json` lists and the documents of the test data
that fire a rule and that nearly do (rules-dev.tsv).

rules.py EFILE RULES.tsv > docs/RULES.md
"""
import json
import subprocess
import sys

HEAD = """# Rules for invoices

Made by `make rules-table` from the library's own tables and the verdicts of the official artefacts; do not edit.
Per rule and syntax: its severity before a scenario changes it, the elements that it is tried on, and of the
documents made for the rules (test data, `rules-dev.tar.xz`) one in which it fires and one that comes near
without it: made for it, breaking another rule about the same elements, or made of the same complete invoice (`g-`). "-" under *fires* means that no document can make it fire alone: the test of the artefact is always
true, or the artefact stops before.
"""


def documents(table):
    """Per syntax and rule: a document that fires it and one that was meant to stay silent; and what each
    document fires."""
    fires, near, fired_by = {}, {}, {"ubl": [], "cii": []}
    for line in open(table, encoding="utf-8"):
        if line.startswith("#"):
            continue
        name, _, target, mutation, _, cen, xr = line.rstrip("\n").split("\t")
        syntax = "cii" if name.startswith("cii") else "ubl"
        fired = {entry.split(":")[0] for entry in f"{cen} {xr}".split() if ":" in entry}
        if "error" not in (cen, xr):
            fired_by[syntax].append((name, fired))
        for rule in fired:
            known = fires.get((syntax, rule))
            if known is None or (target == rule and known[1] != rule):
                fires[syntax, rule] = (name, target)
        if target not in fired and "error" not in (cen, xr):
            known = near.get((syntax, target))
            if known is None or ("near miss" in mutation and "near miss" not in known[1]):
                near[syntax, target] = (name, mutation)
    return fires, near, fired_by


def sibling(rule, rules, fired_by, firing):
    """A document that breaks another rule about the same elements, but not this one; else one that is
    made of the same complete invoice as the one that does."""
    others = {r["rule"] for r in rules if r["syntax"] == rule["syntax"] and r["layer"] == rule["layer"]
              and r["context"] == rule["context"]} - {rule["rule"]}
    for name, fired in fired_by[rule["syntax"]]:
        if rule["rule"] not in fired and others & fired:
            return name
    family = firing[:firing.rfind("-") + 1]
    for name, fired in fired_by[rule["syntax"]]:
        if "/g-" in family and name.startswith(family) and rule["rule"] not in fired:
            return name
    return "-"


def cell(text):
    return text.replace("|", "\\|")


def main():
    efile, table = sys.argv[1:3]
    listed = subprocess.run([efile, "--lang", "en", "--json", "invoice", "rules"], check=True,
                            capture_output=True, text=True).stdout
    fires, near, fired_by = documents(table)
    rules = [json.loads(line) for line in listed.splitlines()]
    print(HEAD)
    before = None
    for rule in rules:
        section = (rule["syntax"].upper(), rule["layer"], rule["version"])
        if section != before:
            print(f"\n## {section[1]} {section[2]}, {section[0]}\n\n{rule['source']}\n")
            print("| rule | severity | terms | tried on | fires | nearly fires |")
            print("| --- | --- | --- | --- | --- | --- |")
            before = section
        key = (rule["syntax"], rule["rule"])
        print(f"| {rule['rule']} | {rule['severity']} | {rule['terms'] or '-'} | `{cell(rule['context'])}` | "
              f"{fires.get(key, ('-',))[0]} | {near[key][0] if key in near else sibling(rule, rules, fired_by, fires.get(key, ('-',))[0])} |")


main()
