# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handing over to the finance system: numbered batches of postings."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ._efile import ffi, lib
from ._enums import HandoverFormat
from ._native import Options, chars, path_bytes, taken, text
from .context import Context
from .errors import NotFound
from .report import Report, report_taken
from .streams import Content, Target, Writer, reader

if TYPE_CHECKING:
    from .session import Session

#: What efile_handover_make() answers if nothing waits.
_DONE = 1


def handover_format_name(format: HandoverFormat) -> str:
    """The name of a format.

    >>> import efile
    >>> efile.handover_format_name(efile.HandoverFormat.IDOC)
    'idoc'
    """
    return text(lib.efile_handover_format_name(int(format)))


def handover_format(name: str) -> HandoverFormat:
    """The format of a name.

    >>> import efile
    >>> efile.handover_format("csv") is efile.HandoverFormat.CSV
    True
    """
    out = ffi.new("efile_handover_format *")
    if lib.efile_handover_format_parse(out, chars(name)) != 0:
        raise ValueError(name)
    return HandoverFormat(out[0])


@dataclass(frozen=True)
class Acknowledged:
    """What became of the answers of a file."""

    findings: Report
    lines: int
    accepted: int
    rejected: int
    paid: int
    same: int


class Handover:
    """What leaves for the finance system; `session.handover`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def make(
        self,
        format: HandoverFormat = HandoverFormat.CSV,
        *,
        profile: dict[str, Any] | str | None = None,
        most: int = 0,
    ) -> int | None:
        """The next batch, or one whose file is not yet written; None: nothing waits."""
        given = json.dumps(profile) if isinstance(profile, dict) else profile
        options = Options(
            "efile_handover_options",
            lib.efile_handover_options_init,
            format=int(format),
            profile=given,
            most=most,
        )
        out = ffi.new("int64_t *")
        runtime = self._session._runtime
        status = runtime.check(
            lib.efile_handover_make, out, self._session._ptr, options.ptr
        )
        return None if status == _DONE else int(out[0])

    def write(self, number: int, target: Target) -> None:
        """Writes the file of a batch to a binary file object: each time the same bytes."""
        above = self._session._above
        assert above is not None and isinstance(above._above, Context)
        with Writer(above._above, target) as writer:
            self._session._runtime.check(
                lib.efile_handover_write, self._session._ptr, number, writer._ptr
            )

    def save(self, number: int, path: str | os.PathLike[str]) -> None:
        """Writes the file of a batch, whole or not at all, and notes that it is written."""
        self._session._runtime.check(
            lib.efile_handover_save, self._session._ptr, number, path_bytes(path)
        )

    def run(
        self,
        folder: str | os.PathLike[str],
        format: HandoverFormat = HandoverFormat.CSV,
        *,
        profile: dict[str, Any] | str | None = None,
        most: int = 0,
    ) -> list[pathlib.Path]:
        """Writes all that waits into a folder, batches that a failure left first; the files."""
        files = []
        while (number := self.make(format, profile=profile, most=most)) is not None:
            kind = self.show(number)["format"]
            end = "csv" if kind == "csv" else "xml"
            files.append(pathlib.Path(folder) / f"handover-{number:06}.{end}")
            self.save(number, files[-1])
        return files

    def acknowledge(self, content: Content) -> Acknowledged:
        """Reads what the finance system answers: all of it, or nothing after an error."""
        found = ffi.new("efile_report **")
        counts = ffi.new("efile_handover_counts *")
        runtime = self._session._runtime
        with reader(runtime, content) as source:
            runtime.check(
                lib.efile_handover_acknowledge, found, counts, self._session._ptr, source
            )
        return Acknowledged(
            report_taken(found),
            counts.lines,
            counts.accepted,
            counts.rejected,
            counts.paid,
            counts.same,
        )

    def show(self, number: int) -> dict[str, Any]:
        """A batch with its totals and postings: docs/json.md, efile.handover.v1."""
        out = ffi.new("char **")
        self._session._runtime.check(
            lib.efile_handover_show, out, self._session._ptr, number
        )
        return dict(json.loads(taken(out), parse_float=Decimal))

    def _list(self, before: int, most: int) -> dict[str, Any]:
        out = ffi.new("char **")
        self._session._runtime.check(
            lib.efile_handover_list, out, self._session._ptr, before, most
        )
        return dict(json.loads(taken(out), parse_float=Decimal))

    @property
    def waiting(self) -> int:
        """How many postings wait."""
        out = ffi.new("int64_t *")
        self._session._runtime.check(lib.efile_handover_waiting, out, self._session._ptr)
        return int(out[0])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The batches, newest first."""
        before = 0
        while batches := self._list(before, 100)["batches"]:
            yield from batches
            before = batches[-1]["number"]

    def __getitem__(self, number: int) -> dict[str, Any]:
        """A batch; KeyError if there is none."""
        try:
            return self.show(number)
        except NotFound as error:
            raise KeyError(number) from error
