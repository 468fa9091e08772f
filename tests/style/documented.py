# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every public function is documented whole: brief, each parameter, return values, since (TAP)."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1]) / "libefile/include/efile"
number, failed, total = 0, False, 0
for path in sorted(root.glob("*.h")):
    text, bad = path.read_text(), []
    if "@file" not in text or "@brief" not in text:
        bad.append("no @file or @brief of the header")
    for m in re.finditer(r"(/\*\*(?:(?!\*/).)*\*/)?\s*(?:^|\n)EFILE_API ([^;]*);", text, re.S):
        comment, declaration = m[1] or "", m[2]
        name = re.search(r"(efile_\w+)\s*\(", declaration)[1]
        inside = declaration[declaration.index("(") + 1 : declaration.rindex(")")]
        total += 1
        lacks = [word for word in ("@brief", "@since") if word not in comment]
        for parameter in [] if inside.strip() == "void" else re.split(r",(?![^(]*\))", inside):
            parameter = re.search(r"(\w+)\s*(?:\[\w*\])?\s*$", parameter.strip())[1]
            if not re.search(r"@param(?:\[[a-z,]+\])?\s+" + parameter + r"\b", comment):
                lacks.append("@param " + parameter)
        returns = declaration[: declaration.index("efile_" if declaration.startswith("void") else name)]
        if "efile_status" in returns and name not in ("efile_error_status",) and "@retval" not in comment:
            lacks.append("@retval")
        elif not declaration.startswith("void ") and "@ret" not in comment:
            lacks.append("@return")
        if lacks:
            bad.append(f"{name}: lacks {', '.join(lacks)}")
    for m in re.finditer(r"(\*/)?\n(?:typedef (?:struct|enum) (\w+)(?: \{| \w+;)|typedef [^;{]*\(\*(\w+)\))", text):
        if not m[1]:
            bad.append(f"type {m[2] or m[3]} has no comment")
    number += 1
    for line in bad:
        print("#", line)
    print("ok" if not bad else "not ok", number, "-", path.name)
    failed |= bool(bad)
print(f"1..{number}")
print(f"# {total} public functions")
sys.exit(failed)
