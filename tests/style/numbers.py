# SPDX-License-Identifier: LGPL-2.1-or-later
"""The numbers that lie in stores and stand in docs/ABI.md are those of the code.

numbers.py SOURCE [--print]

Whoever reads a store with docs/FORMAT.md alone has only these lists to tell what a number means. The page is
compared, TAP on stdout; --print writes the part of the page anew (between the two marks).
"""
import pathlib
import re
import sys

BEGIN, END = "<!-- numbers: tests/style/numbers.py -->", "<!-- end of the numbers -->"
# Columns that hold an enumeration, and the header that declares it. "+": bits.
COLUMNS = [
    ("actor.kind", "efile_actor_kind"),
    ("actor.clearance, plan.confidentiality, node.confidentiality", "efile_confidentiality"),
    ("access_entry.rights, deputy.rights (bits)", "efile_right"),
    ("plan.retention_start", "efile_retention_start"),
    ("plan.disposal", "efile_disposal"),
    ("node.kind", "efile_node_kind"),
    ("node.state", "efile_node_state"),
    ("node.medium", "efile_medium"),
    ("rendition.role", "efile_role"),
    ("attribute.datatype", "efile_datatype"),
    ("flow_instance.status", "efile_flow_status"),
    ("flow_task.handed", "efile_task_handed"),
    ("flow_task.instruction", "efile_instruction"),
    ("flow_wait.kind", "flow_wait_kind"),
    ("intake_item.state", "efile_intake_state"),
    ("intake_item.channel", "efile_intake_channel"),
    ("receipt_invoice.state", "receipt_state"),
    ("receipt_posting.state", "posting_state"),
    ("receipt_batch.state", "batch_state"),
]


def values(text):
    """(name, number) of the members of an enum's body."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    number = -1
    for member in filter(None, (m.strip() for m in text.split(","))):
        name, _, value = (part.strip() for part in member.partition("="))
        number = eval(value, {}, {}) if value else number + 1  # noqa: S307 (sums and shifts of our own headers)
        yield name, number


def enums(source):
    """Every enum of the headers, by its name."""
    found = {}
    for path in [*source.glob("libefile/include/efile/*.h"), *source.glob("libefile/*/*.h")]:
        for m in re.finditer(r"typedef enum (\w+) \{(.*?)\}", path.read_text(), re.S):
            found[m[1]] = m[2]
    return found


def shared_beginning(names):
    """How many characters all names begin with, up to an underscore."""
    common = names[0]
    for name in names[1:]:
        while not name.startswith(common):
            common = common[: common.rstrip("_").rfind("_") + 1]
    return 0 if len(names) == 1 else len(common)


def page(source):
    """The lines between the marks."""
    defined = (source / "libefile/store/kinds.def").read_text()
    every = enums(source)
    yield "| record kind | number |"
    yield "|---|---|"
    for number, name in re.findall(r"^RECORD_KIND\((\d+), (\w+)\)", defined, re.M):
        yield f"| {name.lower()} | {number} |"
    yield ""
    yield "| action (`journal_action`) | number |"
    yield "|---|---|"
    for number, name in re.findall(r'^JOURNAL_ACTION\((\d+), \w+, "([^"]+)"\)', defined, re.M):
        yield f"| {name} | {number} |"
    yield ""
    yield "| column | enumeration | values |"
    yield "|---|---|---|"
    for column, name in COLUMNS:
        rows = list(values(every[name]))
        cut = shared_beginning([n for n, _ in rows])
        yield f"| {column} | `{name}` | {', '.join(f'{number} {n[cut:].lower()}' for n, number in rows)} |"
    yield "| flow_task.status | — | 1 open, 2 completed, 3 cancelled |"


def main():
    source = pathlib.Path(sys.argv[1])
    path = source / "docs/ABI.md"
    text = path.read_text()
    before, _, rest = text.partition(BEGIN)
    there, _, after = rest.partition(END)
    wanted = "\n" + "\n".join(page(source)) + "\n"
    if "--print" in sys.argv:
        path.write_text(before + BEGIN + wanted + END + after)
        return
    print("1..1")
    print(f"{'ok' if there == wanted else 'not ok'} 1 - the numbers of docs/ABI.md are those of the code")
    if there != wanted:
        print("# run tests/style/numbers.py . --print; a number that was in use never changes its meaning")


main()
