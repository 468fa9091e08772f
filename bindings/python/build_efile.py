#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes what the Python package takes from the C headers.

The public headers go through the C preprocessor with EFILE_CDEF; what comes out is the only source
of declarations. Steps, each a rule in Makefile-files:

    build_efile.py cdef HEADER-FOLDER OUT   the declarations as text
    build_efile.py enums CDEF OUT           the C enums as Python enums
    build_efile.py c CDEF OUT               the C source of the module efile._efile

The compiler's name comes from $CC.
"""

from __future__ import annotations

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

# Enums whose values are bits to be combined.
FLAGS = {"efile_right", "efile_parse_flag"}

# What C offers besides our headers: cffi knows these types without being told.
SYSTEM_HEADERS = ("stddef.h", "stdint.h", "stdbool.h", "inttypes.h")

CALLBACK = re.compile(r"typedef\s+([\w\s*]+?)\s*\(\s*\*\s*(efile_\w+)_fn\s*\)\s*(\([^;]*\))\s*;")
ENUM = re.compile(r"typedef\s+enum\s+(efile_\w+)\s*\{(.*?)\}\s*\1\s*;", re.S)


def preprocess(headers: pathlib.Path) -> str:
    """Runs the preprocessor over efile.h, with empty system headers in the place of real ones."""
    with tempfile.TemporaryDirectory() as fake:
        for name in SYSTEM_HEADERS:
            (pathlib.Path(fake) / name).touch()
        compiler = shlex.split(os.environ.get("CC", "cc"))
        flags = ["-E", "-P", "-DEFILE_CDEF", "-nostdinc", f"-I{fake}", f"-I{headers}"]
        text = subprocess.run(
            [*compiler, *flags, str(headers / "efile.h")],
            check=True, stdout=subprocess.PIPE, text=True,
        ).stdout
    return "\n".join(line for line in text.splitlines() if line.strip()) + "\n"


def callbacks(cdef: str) -> str:
    """For each callback type efile_x_fn a function efile_py_x that Python code stands behind."""
    return "".join(
        f'extern "Python" {result} {name.replace("efile_", "efile_py_", 1)}{arguments};\n'
        for result, name, arguments in CALLBACK.findall(cdef)
    )


def class_name(name: str) -> str:
    """efile_node_kind -> NodeKind"""
    return "".join(word.capitalize() for word in name.split("_")[1:])


def members(body: str) -> list[tuple[str, str]]:
    """The members of an enum, without the prefix that they share."""
    pairs = []
    for entry in filter(None, (part.strip() for part in body.split(","))):
        name, _, value = (part.strip() for part in entry.partition("="))
        if not re.fullmatch(r"-?\d+", value):
            raise SystemExit(f"{name}: an enum of the interface needs a number for each member")
        pairs.append((name, value))
    prefix = os.path.commonprefix([name for name, _ in pairs])
    prefix = prefix[: prefix.rfind("_") + 1]
    return [(name[len(prefix) :].removeprefix("E_"), value) for name, value in pairs]


def enums(cdef: str) -> str:
    """The source of efile/_enums.py."""
    lines = [
        '"""The enums of the C interface; made by build_efile.py from the headers."""',
        "",
        "from enum import IntEnum, IntFlag",
        "",
    ]
    names = []
    for name, body in ENUM.findall(cdef):
        names.append(class_name(name))
        base = "IntFlag" if name in FLAGS else "IntEnum"
        lines += ["", f"class {names[-1]}({base}):", f'    """C: {name}."""', ""]
        lines += [f"    {member} = {value}" for member, value in members(body)]
        lines += [""]
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in names), "]"]
    return "\n".join(lines) + "\n"


def source(cdef: str, out: str) -> None:
    """The C source of the extension module."""
    import cffi  # only this step needs it

    ffi = cffi.FFI()
    ffi.cdef(cdef + callbacks(cdef))
    ffi.set_source("efile._efile", "#include <efile.h>")
    ffi.emit_c_code(out)


def main(arguments: list[str]) -> int:
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    step, given, out = arguments
    if step == "c":
        source(pathlib.Path(given).read_text(), out)
    elif step == "enums":
        pathlib.Path(out).write_text(enums(pathlib.Path(given).read_text()))
    elif step == "cdef":
        pathlib.Path(out).write_text(preprocess(pathlib.Path(given)))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
