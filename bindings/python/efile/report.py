# SPDX-License-Identifier: LGPL-2.1-or-later
"""Findings: what a check says. A finding is not an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from ._efile import ffi, lib
from ._enums import Severity
from ._native import record, text


@dataclass(frozen=True)
class Finding:
    """One finding; "" and 0 where something is not known."""

    rule: str
    severity: Severity
    term: str
    path: str
    line: int
    column: int
    actual: str
    expected: str
    message: str


class Report(Sequence[Finding]):
    """The findings of a check, in their order; a sequence."""

    def __init__(self, findings: Sequence[Finding], counts: dict[Severity, int]) -> None:
        self._findings = tuple(findings)
        self._counts = counts

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...

    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {severity_name(s)}" for s, n in self._counts.items() if n)
        return f"<Report: {counts or 'no findings'}>"

    def count(self, value: Any) -> int:
        """How many findings of a severity there are (or how often a finding occurs)."""
        if isinstance(value, Severity):
            return self._counts[value]
        return self._findings.count(value)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong: no warning and no error."""
        return not self._counts[Severity.WARNING] and not self._counts[Severity.ERROR]


def severity_name(severity: Severity) -> str:
    """The name of a severity as it stands in JSON.

    >>> import efile
    >>> efile.severity_name(efile.Severity.WARNING)
    'warning'
    """
    return text(lib.efile_severity_name(severity))


def report(ptr: Any) -> Report:
    """The findings of a borrowed C report."""
    found = [
        record(Finding, lib.efile_report_finding(ptr, index))
        for index in range(lib.efile_report_count(ptr))
    ]
    return Report(found, {s: lib.efile_report_count_severity(ptr, s) for s in Severity})


def report_taken(out: Any) -> Report:
    """The findings of a C report that the caller owns, behind a pointer; it is freed."""
    try:
        return report(out[0])
    finally:
        lib.efile_report_free(out[0])
        out[0] = ffi.NULL
