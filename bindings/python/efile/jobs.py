# SPDX-License-Identifier: LGPL-2.1-or-later
"""Work for programs outside: leased jobs, what stands still, what is due (docs/WORK.md)."""

from __future__ import annotations

import datetime as dt
import io
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from ._efile import ffi, lib
from ._native import (
    Options,
    chars,
    chars_or_null,
    id_struct,
    moment,
    moment_or_none,
    record,
    taken,
    walk,
)
from .context import Context
from .errors import Conflict, NotFound
from .report import Report, report_taken
from .streams import Writer
from .work import Instance, InstanceLike, Variables, Work, _variables


@dataclass(frozen=True)
class Incident:
    """What holds a process back until it is retried."""

    instance: uuid.UUID
    process: str
    node: str
    message: str
    topic: str
    created: dt.datetime


@dataclass(frozen=True)
class Migrated:
    """What a change of version has done: how many, how many not, and why not."""

    migrated: int
    refused: int
    report: Report


@dataclass(frozen=True)
class _Leased:
    """A leased job as C has it."""

    id: uuid.UUID
    token: int
    until: dt.datetime
    instance: uuid.UUID
    case: uuid.UUID | None
    document: uuid.UUID | None
    process: str
    topic: str
    node: str
    failures: int
    priority: int
    variables: dict[str, Any]


@dataclass
class LeasedJob:
    """A job that this worker has for a while.

    As a context manager it is completed with `result` at the end of the block; an exception in the
    block is a failed try (and goes on), unless the job was reported in the block.
    """

    session: Jobs = field(repr=False)
    id: uuid.UUID
    token: int
    until: dt.datetime
    instance: uuid.UUID
    case: uuid.UUID | None
    document: uuid.UUID | None
    process: str
    topic: str
    node: str
    failures: int
    priority: int
    variables: dict[str, Any]
    result: dict[str, Any] = field(default_factory=dict)
    reported: bool = False

    def _key(self) -> tuple[Any, int]:
        return id_struct("efile_id", self.id), self.token

    def complete(self, variables: Variables | None = None) -> None:
        """Done: the process goes on. Raises Conflict if the lease has run out."""
        self.session._runtime.check(
            lib.efile_work_complete, self.session._ptr, *self._key(), _variables(variables)
        )
        self.reported = True

    def fail(self, message: str) -> dt.datetime | None:
        """A failed try: when it may be leased again; None: never, there is an incident."""
        again = ffi.new("efile_time *")
        self.session._runtime.check(
            lib.efile_work_fail, again, self.session._ptr, *self._key(), chars(message)
        )
        self.reported = True
        return moment_or_none(again[0])

    def error(
        self, code: str, message: str | None = None, variables: Variables | None = None
    ) -> None:
        """Raises a BPMN error in the process."""
        self.session._runtime.check(
            lib.efile_work_error,
            self.session._ptr,
            *self._key(),
            chars(code),
            chars_or_null(message),
            _variables(variables),
        )
        self.reported = True

    def release(self) -> None:
        """Gives it back: this was no failure, anybody may lease it at once."""
        self.session._runtime.check(lib.efile_work_release, self.session._ptr, *self._key())
        self.reported = True

    def extend(self, seconds: int) -> dt.datetime:
        """Keeps it for so long from now; until when."""
        until = ffi.new("efile_time *")
        self.session._runtime.check(
            lib.efile_work_extend, until, self.session._ptr, *self._key(), seconds
        )
        self.until = moment(until[0])
        return self.until

    def __enter__(self) -> LeasedJob:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.reported:
            return
        if error is None:
            self.complete(self.result)
            return
        try:
            self.fail(f"{type(error).__name__}: {error}")
        except (Conflict, NotFound):
            pass  # somebody else has it: the error of the block is what counts


class Jobs(Work):
    """What a session can do for programs outside."""

    def lease(
        self, topic: str, *, worker: str = "python", seconds: int = 60, count: int = 1
    ) -> list[LeasedJob]:
        """Leases jobs of a topic: urgent before old, old before young; perhaps none."""
        options = Options(
            "efile_work_options",
            lib.efile_work_options_init,
            worker=worker,
            seconds=seconds,
            count=count,
        )
        out = ffi.new("efile_work_cursor **")
        item = ffi.new("efile_work *")
        self._runtime.check(lib.efile_work_lease, out, self._ptr, chars(topic), options.ptr)
        found = walk(
            self,
            out[0],
            lib.efile_work_cursor_free,
            lambda cursor: lib.efile_work_cursor_next(cursor, item),
            lambda: record(_Leased, item, case="case_id"),
        )
        return [LeasedJob(session=self, **vars(job)) for job in found]

    def work(
        self,
        topic: str,
        *,
        worker: str = "python",
        seconds: int = 60,
        wait: float | None = None,
    ) -> Iterator[LeasedJob]:
        """One leased job after the other, until there is none; with `wait` it looks again after so
        many seconds, without end::

            for job in session.work("sap.post", wait=5):
                with job:
                    job.result = {"number": post(job.variables, key=job.id)}
        """
        while True:
            jobs = self.lease(topic, worker=worker, seconds=seconds)
            yield from jobs
            if jobs:
                continue
            if wait is None:
                return
            time.sleep(wait)

    def incidents(self) -> Iterator[Incident]:
        """What holds processes back, oldest first: also jobs that failed for good."""
        out = ffi.new("efile_incident_cursor **")
        item = ffi.new("efile_incident *")
        self._runtime.check(lib.efile_incident_list, out, self._ptr)
        return walk(
            self,
            out[0],
            lib.efile_incident_cursor_free,
            lambda cursor: lib.efile_incident_cursor_next(cursor, item),
            lambda: record(Incident, item),
        )

    def next_due(self) -> dt.datetime | None:
        """When `run_due()` will next have something to do; None: nothing waits for a time."""
        out = ffi.new("efile_time *")
        status = self._runtime.check(lib.efile_flow_next_due, out, self._ptr)
        return moment(out[0]) if status == lib.EFILE_OK else None

    def migrate(
        self,
        process: str,
        mapping: Mapping[str, str] | None = None,
        *,
        from_version: int = 0,
        to_version: int = 0,
        instance: InstanceLike | None = None,
        dry_run: bool = False,
        most: int = 0,
    ) -> Migrated:
        """Lets running instances go on by another version of their process, by default the newest.

        `mapping` names nodes that have another id there. What does not fit stays as it is.
        """
        pairs = [(chars(old), chars(new)) for old, new in (mapping or {}).items()]
        keep = [ffi.new("char[]", text) for pair in pairs for text in pair]
        rows = ffi.new("efile_flow_mapping[]", max(len(pairs), 1))
        for number in range(len(pairs)):
            setattr(rows[number], "from", keep[2 * number])  # a word of Python's own
            rows[number].to = keep[2 * number + 1]
        key = instance.id if isinstance(instance, Instance) else instance
        options = Options(
            "efile_flow_migration",
            lib.efile_flow_migration_init,
            from_version=from_version,
            to_version=to_version,
            instance=key,
            mappings=rows,
            mapping_count=len(pairs),
            dry_run=dry_run,
            most=most,
        )
        done = ffi.new("efile_flow_migrated *")
        findings = ffi.new("efile_report **")
        self._runtime.check(
            lib.efile_flow_migrate, done, findings, self._ptr, chars(process), options.ptr
        )
        return Migrated(int(done.migrated), int(done.refused), report_taken(findings))

    def history(self, instance: InstanceLike) -> dict[str, Any]:
        """What happened to an instance, told from the log (docs/json.md, efile.flow_history.v1)."""
        out = ffi.new("char **")
        key = instance.id if isinstance(instance, Instance) else instance
        self._runtime.check(
            lib.efile_flow_history, out, self._ptr, id_struct("efile_instance_id", key)
        )
        return dict(json.loads(taken(out)))

    def figures(self, process: str, version: int = 0) -> dict[str, Any]:
        """Visits and cycle times of each node (docs/json.md, efile.flow_figures.v1)."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_flow_figures, out, self._ptr, chars(process), version)
        return dict(json.loads(taken(out)))

    def heat(self, process: str, version: int = 0) -> str:
        """A process as SVG with these figures as a heat map."""
        above = self._above
        assert above is not None and isinstance(above._above, Context)
        target = io.BytesIO()
        with Writer(above._above, target) as writer:
            self._runtime.check(
                lib.efile_flow_heat, self._ptr, chars(process), version, writer._ptr
            )
        return target.getvalue().decode("utf-8")
