# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes one operator at a time and looks whether a test notices: mutate.py BUILD MODULE... [--sample N] [--seed N]

Run from the top of the source tree; BUILD is a configured build folder (sources are restored at the
end). A mutant that does not compile, or compiles to the same object, does not count.
"""
import argparse
import hashlib
import pathlib
import random
import re
import subprocess
import sys

RULES = [
    (r"(?<![<>=!-])<(?![<=])(?=\s)", "<="), (r"<=", "<"), (r"(?<![-<>=])>(?![>=])(?=\s)", ">="), (r">=", ">"),
    (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"), (r"(?<=\s)\+(?=\s)", "-"),
    (r"(?<=\s)-(?=\s)", "+"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\breturn EFILE_OK;", "return EFILE_E_INTERNAL;"), (r"\bif \((?!\()", "if (!("), (r"(?<=[\s(\[])0(?=[;,)\]])", "1"),
    (r"(?<=\s)\|(?=\s)", "&"), (r"(?<=\s)&(?=\s)", "|"), (r"^\tTRY\((.*)\);$", r"\t(void)(\1);"),
]


def mutants(path):
    lines = path.read_text().splitlines()
    comment = False
    for i, line in enumerate(lines):
        if comment or line.lstrip().startswith(("/*", "*", "#", "//")):
            comment = ("/*" in line or comment) and "*/" not in line
            continue
        code = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: "~" * len(m[0]), line)
        for pattern, put in RULES:
            for m in re.finditer(pattern, code):
                if put == "if (!(":
                    end = line.rstrip()
                    if not end.endswith((")", ") {")) or end.count("(") != end.count(")"):
                        continue
                    close = end.rindex(")")
                    new = end[: m.start()] + "if (!(" + end[m.end() : close] + "))" + end[close + 1 :]
                else:
                    new = line[: m.start()] + m.expand(put) + line[m.end() :]
                yield i, line, new


def run(command, seconds):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds).returncode
    except subprocess.TimeoutExpired:
        return 124


parser = argparse.ArgumentParser()
parser.add_argument("build")
parser.add_argument("modules", nargs="+")
parser.add_argument("--sample", type=int, default=150)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--minimum", type=float, default=85.0)
arguments = parser.parse_args()
build = pathlib.Path(arguments.build)
make = ["make", "-s", "-C", str(build), "tests/unit/unit.tap"]
total = killed = 0
for module in arguments.modules:
    every = [(p, *m) for p in sorted(pathlib.Path("libefile", module).glob("*.c")) for m in mutants(p)]
    chosen = random.Random(arguments.seed).sample(every, min(arguments.sample, len(every)))
    counted = caught = 0
    for path, number, old, new in chosen:
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        lines[number] = new + "\n"
        target = build / "libefile" / module / (path.stem + ".o")
        if run(make, 300):
            sys.exit("the unmutated tree does not build")
        before = hashlib.sha256(target.read_bytes()).digest() if target.exists() else b""
        try:
            path.write_text("".join(lines))
            if run(make, 300):
                continue
            if target.exists() and hashlib.sha256(target.read_bytes()).digest() == before:
                continue
            counted += 1
            suites = [module] + ([] if module not in ("store", "access") else ["access", "model"])
            if run(["env", f"srcdir={pathlib.Path.cwd()}", str(build / "tests/unit/unit.tap"), *suites], 120):
                caught += 1
            else:
                print(f"survived: {path}:{number + 1}: {old.strip()}  ->  {new.strip()}", flush=True)
        finally:
            path.write_text(text)
    print(f"{module}: {caught} of {counted} mutants killed ({100 * caught / max(counted, 1):.1f} %), {len(every)} possible", flush=True)
    total += counted
    killed += caught
run(make, 300)
share = 100 * killed / max(total, 1)
print(f"{killed} of {total} killed: {share:.1f} %")
sys.exit(share < arguments.minimum)
