# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks an e-invoice, without any store: check_invoice.py FILE (as examples/c/check_invoice.c)."""

import pathlib
import sys

import efile.invoice


def main(path: str) -> int:
    """Prints the findings; 1 if there is an error among them."""
    report = efile.invoice.check(pathlib.Path(path).read_bytes())
    for f in report:
        print(f"{efile.severity_name(f.severity)} {f.rule} {f.line}:{f.column} {f.message}")
    return int(any(f.severity is efile.Severity.ERROR for f in report))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
