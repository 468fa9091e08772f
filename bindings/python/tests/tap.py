# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pytest plugin that reports in TAP to descriptor 3, for "make check"."""

from __future__ import annotations

from typing import Any

OUT = open(3, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115


class Count:
    """How many lines were printed."""

    lines = 0


def say(good: bool, name: str, more: str = "", why: str = "") -> None:
    """One line, after what is to be said about it."""
    Count.lines += 1
    for line in why.splitlines():
        print("#", line, file=OUT)
    verdict = "ok" if good else "not ok"
    name = name.replace("#", "\\#")
    print(f"{verdict} {Count.lines} - {name}{more}", file=OUT)


def pytest_runtest_logreport(report: Any) -> None:
    """One line per test; failures before and after it count too."""
    name = report.nodeid.split("/")[-1]
    if hasattr(report, "wasxfail"):
        say(False, name, "", "a test that excuses a failure")
    elif report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "unknown"
        say(True, name, " # SKIP " + reason.removeprefix("Skipped: "))
    elif report.failed:
        say(False, f"{name} ({report.when})", "", report.longreprtext)
    elif report.when == "call":
        say(True, name)


def pytest_collectreport(report: Any) -> None:
    """A file that cannot even be read is a failure."""
    if report.failed:
        say(False, str(report.nodeid), "", report.longreprtext)


def pytest_sessionfinish() -> None:
    """The plan stands at the end."""
    print(f"1..{Count.lines}", file=OUT, flush=True)
