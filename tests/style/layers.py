# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares libefile/LAYERS with the #include lines and the tables named in SQL (TAP)."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1]) / "libefile"
allowed, tables, twice = {}, {}, []
for line in (root / "LAYERS").read_text().splitlines():
    line = line.split("#")[0].strip()
    if not line:
        continue
    left, right = line.split(":", 1)
    if left.startswith("tables "):
        twice += [f"{name}: named twice" for name in right.split() if name in tables]
        tables.update({name: left.split()[1] for name in right.split()})
    else:
        allowed[left] = set(right.split())

order = list(allowed)
number = 0
failed = False


def tap(name, bad):
    global number, failed
    number += 1
    for line in bad:
        print("#", line)
    print("ok" if not bad else "not ok", number, "-", name)
    failed |= bool(bad)


# The house has no cycle: following allowed arrows never leads back.
def reach(start):
    seen, todo = set(), [start]
    while todo:
        for next_module in allowed[todo.pop()]:
            if next_module not in seen:
                seen.add(next_module)
                todo.append(next_module)
    return seen


tap("no cycle among the layers", [m for m in order if m in reach(m)])

# Public headers are named after their topics; most topics are modules of that name.
topics = {"ctx": "base", "decimal": "base", "error": "base", "macros": "base", "reader": "base",
          "report": "base", "types": "base", "figures": "store", "session": "access", "plan": "model",
          "dossier": "model", "document": "model", "feel": "expr", "mail": "mime", "task": "flow", "work": "flow",
          "export": "exchange", "template": "api", "events": "api", "handover": "receipt"}


def included(line):
    """The module whose header a line includes; None if it includes none of ours."""
    m = re.match(r'\s*#\s*include\s+(?:"([a-z]+)/|<efile/([a-z]+)\.h>)', line)
    if not m:
        return None
    name = m[1] or topics.get(m[2], m[2])
    return name if name in allowed else None


used = {}
for module in sorted(p.name for p in root.iterdir() if p.is_dir() and p.name != "include"):
    bad = []
    used[module] = {module}
    for path in sorted((root / module).rglob("*.[ch]")):
        for number_of_line, line in enumerate(path.read_text().splitlines(), 1):
            other = included(line)
            used[module].add(other)
            if other and other != module and other not in allowed.get(module, set()):
                bad.append(f"{path.relative_to(root)}:{number_of_line}: {module} must not know {other}")
    tap(f"{module} includes only what LAYERS allows", bad)

# An arrow that nobody walks is a door left open.
tap("LAYERS names no module that is not there", [m for m in order if m not in used])
tap("LAYERS allows no edge that nobody uses",
    [f"{m}: {o}" for m in order if any((root / m).rglob("*.c"))
     for o in sorted(allowed[m] - used[m])])

bad = []
sql = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE(?: IF NOT EXISTS)?)\s+([a-z_]+)")
for path in sorted(root.rglob("*.c")):
    module = path.relative_to(root).parts[0]
    for text in re.findall(r'"((?:[^"\\]|\\.)*)"', path.read_text()):
        for table in sql.findall(text):
            owner = tables.get(table)
            if owner and owner != module:
                bad.append(f"{path.relative_to(root)}: table {table} belongs to {owner}")
tap("SQL names only the module's own tables", bad)

bad = twice
for path in sorted(root.rglob("*.sql")):
    module = path.relative_to(root).parts[0]
    for table in re.findall(r"^\s*(?:CREATE (?:VIRTUAL )?TABLE(?: IF NOT EXISTS)?|ALTER TABLE) ([a-z_]+)", path.read_text(), re.M):
        if tables.get(table) != module:
            bad.append(f"{path.relative_to(root)}: LAYERS gives the table {table} to {tables.get(table, 'nobody')}")
tap("each table of a schema is its module's, and named once", bad)

bad = []
for path in sorted(root.rglob("*.c")):
    module = path.relative_to(root).parts[0]
    if module in ("store", "search") or path.name == f"{module}_db.c":
        continue
    for text in re.findall(r'"((?:SELECT|INSERT|UPDATE|DELETE|CREATE) (?:[^"\\]|\\.)*)"', path.read_text()):
        bad.append(f"{path.relative_to(root)}: SQL outside {module}_db.c: {text[:50]}")
tap("SQL stays in <module>_db.c", bad)

bad = []
for path in sorted(root.rglob("*.[ch]")):
    module = path.relative_to(root).parts[0]
    text = path.read_text()
    for header, owner in (("libxml/", "xml"), ("archive.h", "archive"), ("sqlite3.h", "store search")):
        if re.search(r"#\s*include\s+<" + re.escape(header), text) and module not in owner.split():
            bad.append(f"{path.relative_to(root)}: only {owner} may include {header}")
    for call in re.findall(r"\b(setlocale|getenv|exit|abort|printf|puts|time|gmtime|localtime|mktime|strtod|atof|system|popen)\s*\(", re.sub(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|//[^\n]*', "", text, flags=re.S)):
        bad.append(f"{path.relative_to(root)}: the library never calls {call}()")
tap("foreign libraries stay with their module; no process-wide calls", bad)
print(f"1..{number}")
sys.exit(failed)
