#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes libefile/base/unicode_data.c out of Python's unicodedata.

Run: python3 build-aux/unicode-tables.py > libefile/base/unicode_data.c
"""
import sys
import unicodedata

HANGUL = range(0xAC00, 0xAC00 + 11172)  # composed by arithmetic
HEAD = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made by build-aux/unicode-tables.py from Unicode %s; do not edit. It is committed because the
 * build needs no Python, and because the same text must get the same search key on every machine,
 * whatever Unicode version a Python there knows. */
#include "base/unicode_data.h"

#include "base/cleanup.h"
"""


def characters():
    return (c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and c not in HANGUL)


def decompositions():
    """One step: (character, first, second or 0)."""
    rows = []
    for c in characters():
        text = unicodedata.decomposition(chr(c))
        if text and not text.startswith("<"):
            parts = [int(p, 16) for p in text.split()]
            rows.append((c, parts[0], parts[1] if len(parts) > 1 else 0))
    return rows


def compositions(rows):
    """Indexes of the pairs that are put together again, sorted by pair."""
    kept = [i for i, (c, _, second) in enumerate(rows)
            if second and unicodedata.normalize("NFC", chr(c)) == chr(c)]
    return sorted(kept, key=lambda i: rows[i][1:])


def classes():
    rows = []
    for c in characters():
        value = unicodedata.combining(chr(c))
        if value and rows and rows[-1][1:] == [c - 1, value]:
            rows[-1][1] = c
        elif value:
            rows.append([c, c, value])
    return rows


def foldings():
    """Characters that do not decompose: runs (first, last, step, distance), and longer ones."""
    runs, longer = [], []
    for c in characters():
        folded = unicodedata.normalize("NFD", chr(c).casefold())
        if unicodedata.normalize("NFD", chr(c)) != chr(c) or folded == chr(c):
            continue
        if len(folded) > 1:
            longer.append((c, [ord(f) for f in folded]))
            continue
        distance = ord(folded) - c
        last = runs[-1] if runs else None
        if last and last[3] == distance and c - last[1] in (1, 2) and last[2] in (0, c - last[1]):
            last[1], last[2] = c, c - last[1]
        else:
            runs.append([c, c, 0, distance])
    return [(a, b, step or 1, distance) for a, b, step, distance in runs], longer


def table(declaration, rows):
    print("\nconst %s = {" % declaration)
    line = "\t"
    for row in rows:
        text = row + ", "
        if len(line) + 7 + len(text) > 100:
            print(line.rstrip())
            line = "\t"
        line += text
    print(line.rstrip() + "\n};")


def braces(row):
    return "{ %s }" % ", ".join(map(str, row))


def main():
    print(HEAD % unicodedata.unidata_version, end="")
    rows = decompositions()
    pairs = compositions(rows)
    runs, longer = foldings()
    marks = classes()
    table("unicode_decomposition unicode_decompositions[]", map(braces, rows))
    table("uint16_t unicode_compositions[]", map(str, pairs))
    table("unicode_class unicode_classes[]", map(braces, marks))
    table("unicode_fold_run unicode_fold_runs[]", map(braces, runs))
    table("unicode_fold_long unicode_fold_longs[]",
          ("{ %d, { %s } }" % (c, ", ".join(map(str, to))) for c, to in longer))
    print()
    for name in ("decompositions", "compositions", "classes", "fold_runs", "fold_longs"):
        print("const size_t unicode_%s_count = ARRAY_SIZE(unicode_%s);" % (name, name))
    print("%d %d %d %d %d" % tuple(map(len, (rows, pairs, marks, runs, longer))), file=sys.stderr)


main()
