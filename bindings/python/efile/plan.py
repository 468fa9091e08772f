# SPDX-License-Identifier: LGPL-2.1-or-later
"""The filing plan: a tree of units that hand their rules down."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from ._efile import ffi, lib
from ._enums import Disposal, RetentionStart
from ._native import (
    Handle,
    Options,
    chars,
    chars_or_null,
    id_struct,
    identity,
    record,
    text,
    walk,
)

from .report import Report, report_taken
from .streams import Content, reader

if TYPE_CHECKING:
    from .model import Dossier, Files

RETENTION_INHERITED: int = lib.EFILE_RETENTION_INHERITED
RETENTION_UNLIMITED: int = lib.EFILE_RETENTION_UNLIMITED
CONFIDENTIALITY_INHERITED: int = lib.EFILE_CONFIDENTIALITY_INHERITED


@dataclass(frozen=True)
class PlanValues:
    """What a unit itself says, nothing inherited."""

    parent: uuid.UUID | None
    code: str
    title: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    retention_years: int
    retention_start: RetentionStart
    disposal: Disposal
    confidentiality: int
    access_list: int
    pattern: str | None


@dataclass(frozen=True)
class PlanRules:
    """The rules in force at a unit, each with the unit that says so (None: nobody does)."""

    retention_years: int
    retention_years_from: uuid.UUID | None
    retention_start: RetentionStart
    retention_start_from: uuid.UUID | None
    disposal: Disposal
    disposal_from: uuid.UUID | None
    confidentiality: int
    confidentiality_from: uuid.UUID | None
    access_list: int
    access_list_from: uuid.UUID | None
    pattern: str
    pattern_from: uuid.UUID | None


@dataclass(frozen=True)
class PlanImport:
    """What an import of a filing plan found and did."""

    report: Report
    created: int
    changed: int
    same: int


class Plan:
    """A unit of the filing plan, as it was when it was loaded."""

    def __init__(self, session: Files, ptr: Any) -> None:
        self._session = session
        try:
            self._read(ptr)
        finally:
            lib.efile_plan_free(ptr)

    def _read(self, ptr: Any) -> None:
        self.id = identity(lib.efile_plan_unit_id(ptr))
        self.code = text(lib.efile_plan_code(ptr))
        self.title = text(lib.efile_plan_title(ptr))
        self.revision = int(lib.efile_plan_revision(ptr))
        options = ffi.new("efile_plan_options *")
        lib.efile_plan_options_of(ptr, options)
        self.values = record(PlanValues, options)
        above = identity(lib.efile_plan_parent(ptr))
        self.parent = above if above.int else None

    def __repr__(self) -> str:
        return f"<Plan {self.code} {self.title!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def children(self, *, after: str | None = None) -> Iterator[Plan]:
        """The units right below, by code, those behind the code `after`."""
        return self._session.plans(self, after=after)

    def rules(self) -> PlanRules:
        """The rules in force here."""
        out = ffi.new("efile_plan_rules *")
        session = self._session
        session._runtime.check(
            lib.efile_plan_effective, out, session._ptr, id_struct("efile_plan_id", self.id)
        )
        return record(PlanRules, out)

    def update(self, **changes: Any) -> None:
        """Changes what the unit says: the fields of PlanValues but for the parent.

        Raises Conflict if somebody else changed it since it was loaded. None takes a text or date
        away.
        """
        known = {**vars(self.values), **changes}
        unknown = set(known) - set(vars(self.values)) | {"parent"} & set(changes)
        if unknown:
            raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
        session = self._session
        options = Options("efile_plan_options", lib.efile_plan_options_init, **known)
        unit = id_struct("efile_plan_id", self.id)
        session._runtime.check(
            lib.efile_plan_update, session._ptr, unit, self.revision, options.ptr
        )
        self.reload()

    def reload(self) -> None:
        """Loads it again."""
        ptr = self._session._plan(self.id)
        try:
            self._read(ptr)
        finally:
            lib.efile_plan_free(ptr)

    def dossiers(self, *, after: Any = None, trashed: bool = False) -> Iterator[Dossier]:
        """Its dossiers, oldest first, those behind the dossier `after`."""
        return self._session.dossiers(self, after=after, trashed=trashed)

    def create_dossier(self, title: str, **values: Any) -> Dossier:
        """Opens a dossier here; values as of Session.create_dossier()."""
        return self._session.create_dossier(self, title, **values)


PlanLike = Union[str, uuid.UUID, Plan]
"""A unit of the filing plan, its id or its code."""


class Plans(Handle):
    """What a session can do about the filing plan."""

    def _plan(self, plan: str | uuid.UUID) -> Any:
        out = ffi.new("efile_plan **")
        if isinstance(plan, str):
            self._runtime.check(lib.efile_plan_by_code, out, self._ptr, chars(plan))
        else:
            unit = id_struct("efile_plan_id", plan)
            self._runtime.check(lib.efile_plan_load, out, self._ptr, unit)
        return out[0]

    def _plan_id(self, plan: PlanLike | None) -> Any:
        if isinstance(plan, str):
            plan = self.plan(plan)
        return id_struct("efile_plan_id", plan.id if isinstance(plan, Plan) else plan)

    def plan(self, plan: str | uuid.UUID) -> Plan:
        """The unit with a code or an id."""
        return Plan(self, self._plan(plan))  # type: ignore[arg-type]

    def plans(self, parent: PlanLike | None = None, *, after: str | None = None) -> Iterator[Plan]:
        """The units right below one, by code, or the top units."""
        out = ffi.new("efile_plan_cursor **")
        item = ffi.new("efile_plan **")
        self._runtime.check(
            lib.efile_plan_children,
            out,
            self._ptr,
            self._plan_id(parent),
            chars_or_null(after),
        )
        return walk(
            self,
            out[0],
            lib.efile_plan_cursor_free,
            lambda cursor: lib.efile_plan_cursor_next(cursor, item),
            lambda: Plan(self, item[0]),  # type: ignore[arg-type]
        )

    def import_plan(self, table: Content) -> PlanImport:
        """Makes or updates units by a table (CSV); nothing is written if the report has an error.

        The table's first row names the columns: docs in <efile/plan.h>, efile_plan_import().
        """
        out = ffi.new("efile_report **")
        counts = ffi.new("efile_plan_import_counts *")
        with reader(self._runtime, table) as source:
            self._runtime.check(lib.efile_plan_import, out, counts, self._ptr, source)
        return PlanImport(
            report_taken(out), int(counts.created), int(counts.changed), int(counts.same)
        )

    def create_plan(
        self,
        code: str,
        title: str,
        *,
        parent: PlanLike | None = None,
        valid_from: dt.date | None = None,
        valid_to: dt.date | None = None,
        retention_years: int | None = None,
        retention_start: RetentionStart | None = None,
        disposal: Disposal | None = None,
        confidentiality: int | None = None,
        access_list: int | None = None,
        pattern: str | None = None,
    ) -> Plan:
        """Creates a unit of the filing plan; what is not given is inherited."""
        options = Options(
            "efile_plan_options",
            lib.efile_plan_options_init,
            code=code,
            title=title,
            valid_from=valid_from,
            valid_to=valid_to,
            retention_years=retention_years,
            retention_start=retention_start,
            disposal=disposal,
            confidentiality=confidentiality,
            access_list=access_list,
            pattern=pattern,
        )
        options.ptr.parent = self._plan_id(parent)
        out = ffi.new("efile_plan **")
        self._runtime.check(lib.efile_plan_create, out, self._ptr, options.ptr)
        return Plan(self, out[0])  # type: ignore[arg-type]
