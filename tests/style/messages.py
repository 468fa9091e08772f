# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every message has its German text with the same conversions, its own number, in its range (TAP)."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
RANGES = {
    "base": [(1000, 1099), (1600, 1699)], "store": [(1100, 1299)], "access": [(1300, 1399)],
    "xml": [(1400, 1499)], "expr": [(1500, 1599)], "decision": [(1700, 1749)], "mime": [(1750, 1849)],
    "archive": [(1850, 1899)], "period": [(1900, 1949)], "model": [(2000, 2199)],
    "search": [(2200, 2299)], "flow": [(2300, 2499)], "records": [(2500, 2599)],
    "intake": [(2600, 2799)], "receipt": [(2950, 2999), (3130, 3149), (3441, 3449)],
    "invoice": [(2800, 2949)], "signoff": [(3000, 3099)],
    "resolution": [(3100, 3129), (3150, 3199)], "exchange": [(3200, 3399)], "parse": [(3400, 3440)],
    "render": [(3450, 3499)], "api": [(3500, 3599)], "tools": [(3600, 3999)],
}
STRING = r'"(?:[^"\\]|\\.)*"'
STRINGS = STRING + r"(?:\s*" + STRING + r")*"


def joined(literal):
    return "".join(s[1:-1] for s in re.findall(STRING, literal))


def conversions(text):
    return re.findall(r"%(?:\d+\$)?[-+ 0#]*\*?\d*(?:\.(?:\d+|\*))?((?:hh|h|ll|l|z|j)?[a-zA-Z%])", text)


german, bad_po = {}, []
for path in sorted((root / "po").glob("*.de.po")):
    key, value, where = None, None, None
    for line in path.read_text().splitlines() + ["msgid"]:
        if line.startswith("msgid"):
            if key:
                if key in german and german[key] != value:
                    bad_po.append(f"{path.name}: two translations of {key}")
                german[key] = value
            key, where = line[6:].strip()[1:-1], "id"
        elif line.startswith("msgstr"):
            value, where = line[7:].strip()[1:-1], "str"
        elif line.startswith('"'):
            if where == "id":
                key += line.strip()[1:-1]
            else:
                value += line.strip()[1:-1]

numbers, texts, bad_number, used = {}, set(), [], set()
for path in sorted((root / "libefile").rglob("*.c")):
    module, source = path.relative_to(root / "libefile").parts[0], path.read_text()
    for m in re.finditer(r"\bFAIL\s*\(\s*[^,]+,\s*[\w: ?.()>-]+,\s*(\d+),\s*(" + STRINGS + ")", source):
        n, text = int(m[1]), joined(m[2])
        texts.add(text)
        if not any(a <= n <= b for a, b in RANGES.get(module, [])):
            bad_number.append(f"{path.name}: E{n} is outside the range of {module}")
        if numbers.setdefault(n, text) != text:
            bad_number.append(f"{path.name}: E{n} stands for two messages")
    for m in re.finditer(r"\breport_add\s*\([^;]*?EFILE_SEVERITY_\w+,\s*[^,]+,\s*(" + STRINGS + ")", source):
        texts.add(joined(m[1]))
texts.update(re.findall(r'\{ (?:\d+|E[A-Z]+), "([^"]*)" \}', (root / "libefile/base/failure.c").read_text()))
texts.update(re.findall(r'\{ JOURNAL_\w+, "([^"]*)", ', (root / "libefile/store/words.c").read_text()))
for path in sorted((root / "tools").glob("*.c")):
    source = path.read_text()
    for m in re.finditer(r"\b(?:tr|say|out|usage|would)\s*\(\s*t,\s*(" + STRINGS + ")", source):
        texts.add(joined(m[1]))
    for m in re.finditer(r'\{ "[a-z-]+", (?:NULL|' + STRING + r"),\s*(" + STRINGS + r") \}", source):
        texts.add(joined(m[1]))
    for m in re.finditer(r'\{ "[a-z -]+", "[^"]*",\s*(' + STRINGS + r"),\s", source):
        texts.add(joined(m[1]))

number, failed = 0, False


def tap(name, bad):
    global number, failed
    number += 1
    for line in sorted(set(bad)):
        print("#", line)
    print("ok" if not bad else "not ok", number, "-", name)
    failed |= bool(bad)


tap("each message has a number of its module that it shares with no other", bad_number)
tap("each text has its German one", bad_po + [t for t in texts if t not in german])
tap("translations have the same conversions in the same order",
    [k for k, v in german.items() if k and conversions(k) != conversions(v)])
print(f"1..{number}")
print(f"# {len(numbers)} errors, {len(texts)} texts")
sys.exit(failed)
