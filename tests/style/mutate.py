# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes one operator at a time and looks whether a test notices.

mutate.py SOURCE BUILD MODULE... [--sample N] [--seed N] [--minimum PERCENT]

SOURCE is the top of the tree, BUILD a folder in which tests/unit/unit.tap was built. Neither is touched: a
changed file is compiled in a folder of its own and linked in front of the library, so that its functions
take the place of the original's. Only the suites of SUITES run, the module's own first, and stop at the
first failed check. A mutant counts as killed if a suite fails, dies or uses three times the processor time
that it uses otherwise; one that only waits is not killed: nobody may say whether it or the machine is slow.
One that does not compile, or that the optimiser makes the original of, does not count. An interrupt
(SIGINT) ends a module and tells what was tried. Environment: MUTATE_CC compiles,
MUTATE_OBJECTS and MUTATE_LIBS are linked (the Makefile knows them).
"""
import argparse
import collections
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile

RULES = [
    (r"(?<![<>=!-])<(?![<=])(?=\s)", "<="), (r"<=", "<"), (r"(?<![-<>=])>(?![>=])(?=\s)", ">="), (r">=", ">"),
    (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"), (r"(?<=\s)\+(?=\s)", "-"),
    (r"(?<=\s)-(?=\s)", "+"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\breturn EFILE_OK;", "return EFILE_E_INTERNAL;"), (r"\bif \((?!\()", "if (!("), (r"(?<=[\s(\[])0(?=[;,)\]])", "1"),
    (r"(?<=\s)\|(?=\s)", "&"), (r"(?<=\s)&(?=\s)", "|"), (r"^\t+TRY\((.*)\);$", r"\t(void)(\1);"),
]
# Who stands on a module knows when it errs: these suites run for its mutants, in this order.
SUITES = {
    "base": ["base", "mime", "store_row", "access"],
    "store": ["store_txn", "store_row", "store_blob", "store_open", "store_log", "store_format", "store_backup",
              "store_redo", "flow_retain", "access_admin", "api_figures", "model", "store_fsck", "store_weather"],
    "access": ["access", "model", "flow_runtime", "intake"],
    "model": ["model", "api_figures", "access_edges", "search_find", "search_edges", "intake", "exchange"],
}
WAIT = 600  # seconds by the clock on the wall, which ends what waits for ever
WAITED = 124
LINKER = ["-fuse-ld=" + name for name in ("mold", "gold") if shutil.which(name)][:1]


def mutants(path):
    """(line number, line, changed line) of every change."""
    comment = False
    for i, line in enumerate(path.read_text().splitlines()):
        if comment or line.lstrip().startswith(("/*", "*", "#", "//")):
            comment = ("/*" in line or comment) and "*/" not in line
            continue
        code = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: "~" * len(m[0]), line)
        for pattern, put in RULES:
            for m in re.finditer(pattern, code):
                if put == "1" and re.search(r"= \{[\s{.\w=]*$", code[: m.start()]):
                    continue  # "= { 0 }" says that all of it is zero: its first number means nothing
                if put == "1" and ("_FIELD(" in line or "ITEM(" in line):
                    continue  # FIELD_PERSONAL, which nothing reads before dossiers are sealed
                if put == "if (!(":
                    end = line.rstrip()
                    if not end.endswith((")", ") {")) or end.count("(") != end.count(")"):
                        continue
                    close = end.rindex(")")
                    new = end[: m.start()] + "if (!(" + end[m.end() : close] + "))" + end[close + 1 :]
                else:
                    new = line[: m.start()] + m.expand(put) + line[m.end() :]
                yield i, line, new


def run(command, seconds=WAIT, **more):
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=seconds, **more).returncode
    except subprocess.TimeoutExpired:
        return WAITED


class Bench:
    """A folder in which one changed file after the other is compiled, linked and tried."""

    def __init__(self, source, build, folder):
        self.source, self.build, self.folder = source, build, pathlib.Path(folder)
        self.cc = shlex.split(os.environ["MUTATE_CC"]) + ["-w"]
        self.objects = shlex.split(os.environ["MUTATE_OBJECTS"])
        self.libs = shlex.split(os.environ["MUTATE_LIBS"])
        self.program = self.folder / "unit.tap"
        self.environment = {**os.environ, "srcdir": str(source), "builddir": str(build), "TMPDIR": str(folder),
                            "EFILE_HELPER": str(build / "tools/parse/efile-parse")}

    def compile(self, path, text, level, out):
        (self.folder / path.name).write_text(text)
        more = ["-I" + str(path.parent), "-c", str(self.folder / path.name), "-o", str(out)]
        return run([*self.cc, level, "-g0", *more], cwd=self.build) == 0

    def link(self, changed=()):
        return run([*self.cc, *LINKER, "-o", str(self.program), *map(str, changed), *self.objects, *self.libs],
                   cwd=self.build) == 0

    def tries(self, suites, seconds=WAIT):
        """What the suites end with."""
        def limit():  # on a busy machine the clock on the wall says nothing
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

        return run([str(self.program), "--stop", *suites], WAIT, cwd=self.build, env=self.environment,
                   preexec_fn=limit)

    def seconds(self, suites):
        """Three times what they take without a mutant."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not self.link() or self.tries(suites) != 0:
            sys.exit("the suites fail without a mutant")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return 5 + 3 * int(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    def is_the_same(self, path, changed):
        """Whether the optimiser sees no difference; asked for survivors only."""
        objects = [self.folder / "a.o", self.folder / "b.o"]
        for text, out in zip((path.read_text(), changed), objects):
            if not self.compile(path, text, "-O2", out):
                return False
        return objects[0].read_bytes() == objects[1].read_bytes()


def change(path, number, new):
    lines = path.read_text().splitlines(keepends=True)
    lines[number] = new + "\n"
    return "".join(lines)


def try_one(bench, suites, seconds, path, number, new):
    """"killed", "survived", "waits", or "" for a mutant that does not count."""
    changed, out = change(path, number, new), bench.folder / "changed.o"
    if not bench.compile(path, changed, "-O0", out) or not bench.link([out]):
        return ""
    end = bench.tries(suites, seconds)
    if end:
        return "waits" if end == WAITED else "killed"
    return "" if bench.is_the_same(path, changed) else "survived"


def try_module(bench, module, arguments, say):
    every = [(p, *m) for p in sorted((bench.source / "libefile" / module).glob("*.c")) for m in mutants(p)]
    size = min(arguments.sample or len(every), len(every))
    chosen = random.Random(arguments.seed).sample(every, size)  # in any order: what is tried so far is a sample, too
    counts = collections.Counter()
    suites = SUITES.get(module, [module])
    seconds = bench.seconds(suites)
    try:
        for path, number, old, new in chosen:
            outcome = try_one(bench, suites, seconds, path, number, new)
            counts[outcome] += 1
            if outcome in ("survived", "waits"):
                say(f"{outcome}: {path.relative_to(bench.source)}:{number + 1}: {old.strip()}  ->  {new.strip()}")
    except KeyboardInterrupt:
        size = counts.total()
    counted = counts["killed"] + counts["survived"] + counts["waits"]
    say(f"{module}: {counts['killed']} of {counted} mutants killed ({100 * counts['killed'] / max(counted, 1):.1f} %), "
        f"{size} tried of {len(every)} possible")
    return counts["killed"], counted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("modules", nargs="+")
    parser.add_argument("--sample", type=int, default=0, help="mutants per module; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minimum", type=float, default=85.0)
    arguments = parser.parse_args()
    killed = counted = 0
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="efile-mutate.", dir=memory) as folder:
        bench = Bench(arguments.source.resolve(), arguments.build.resolve(), folder)
        for module in arguments.modules:
            k, c = try_module(bench, module, arguments, lambda text: print(text, flush=True))
            killed, counted = killed + k, counted + c
    share = 100 * killed / max(counted, 1)
    print(f"{killed} of {counted} killed: {share:.1f} %")
    sys.exit(share < arguments.minimum)


main()
