#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes libefile/search/words.inc: which characters belong to words.

Run by hand when the Unicode version changes; the result is kept in git, so that building needs no
Python. Source: Unicode Character Database, as Python's unicodedata has it.
"""
import sys
import unicodedata as ucd


def word_ranges():
    start = None
    for code in range(0x80, 0x110001):
        inside = code <= 0x10FFFF and ucd.category(chr(code))[0] in "LN" or \
            code <= 0x10FFFF and ucd.category(chr(code)) in ("Mn", "Mc", "Co")
        if inside and start is None:
            start = code
        if not inside and start is not None:
            yield start, code - 1
            start = None


out = sys.stdout
out.write("/* SPDX-License-Identifier: LGPL-2.1-or-later */\n")
out.write("/* Made by build-aux/words.py from Unicode %s; kept in git so that building needs no Python. */\n" % ucd.unidata_version)
out.write("static const struct word_range {\n\tuint32_t first, last;\n} word_ranges[] = {\n")
for first, last in word_ranges():
    out.write("\t{ 0x%x, 0x%x },\n" % (first, last))
out.write("};\n")
