# SPDX-License-Identifier: LGPL-2.1-or-later
"""Public holidays and working days of the 16 Länder; no store is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ._efile import ffi, lib
from ._enums import DayAnswer, DayKind
from ._native import chars, date_struct, day_or_none, record, walk
from .context import Context


@dataclass(frozen=True)
class Holiday:
    """A public holiday, with the act that makes it one."""

    date: dt.date | None
    answer: DayAnswer
    code: str
    name: str
    law: str


def holidays(calendar: str, year: int, *, context: Context | None = None) -> Iterator[Holiday]:
    """The public holidays of a year, in a Land ("DE-BW") or place ("DE-BY/09162000").

    >>> import efile
    >>> [str(day.date) for day in efile.holidays("DE-BW", 2026)][:2]
    ['2026-01-01', '2026-01-06']
    """
    ctx = context or Context()
    out = ffi.new("efile_holiday_cursor **")
    item = ffi.new("efile_holiday *")
    ctx._runtime.check(lib.efile_holidays, out, ctx._ptr, chars(calendar), year)
    return walk(
        ctx,
        out[0],
        lib.efile_holiday_cursor_free,
        lambda cursor: lib.efile_holiday_cursor_next(cursor, item),
        lambda: record(Holiday, item),
    )


def holiday(calendar: str, date: dt.date, *, context: Context | None = None) -> Holiday | None:
    """The holiday that a day is; its `answer` is ASK if the place decides; None for other days.

    >>> import efile, datetime
    >>> efile.holiday("DE-BW", datetime.date(2026, 12, 25)).answer.name
    'YES'
    """
    ctx = context or Context()
    answer = ffi.new("efile_day_answer *")
    found = ffi.new("efile_holiday *")
    ctx._runtime.check(
        lib.efile_is_holiday, answer, found, ctx._ptr, chars(calendar), date_struct(date)
    )
    return None if answer[0] == DayAnswer.NO else record(Holiday, found)


def is_working_day(
    calendar: str,
    date: dt.date,
    kind: DayKind = DayKind.OFFICE_DAY,
    *,
    context: Context | None = None,
) -> DayAnswer:
    """Whether a day is a working day; ASK if the place decides."""
    ctx = context or Context()
    out = ffi.new("efile_day_answer *")
    ctx._runtime.check(
        lib.efile_is_working_day, out, ctx._ptr, chars(calendar), date_struct(date), kind
    )
    return DayAnswer(out[0])


def add_working_days(
    calendar: str,
    date: dt.date,
    days: int,
    kind: DayKind = DayKind.OFFICE_DAY,
    *,
    context: Context | None = None,
) -> dt.date:
    """The n-th working day after (or, below 0, before) a day; Invalid if the place decides.

    >>> import efile, datetime
    >>> efile.add_working_days("DE-BW", datetime.date(2026, 4, 2), 1)
    datetime.date(2026, 4, 7)
    """
    return _add(calendar, date, days, kind, context, ffi.NULL)[0]


def add_working_days_between(
    calendar: str,
    date: dt.date,
    days: int,
    kind: DayKind = DayKind.OFFICE_DAY,
    *,
    context: Context | None = None,
) -> tuple[dt.date, dt.date]:
    """As add_working_days(), but where the place decides the nearer and the farther day."""
    return _add(calendar, date, days, kind, context, ffi.new("efile_date *"))


def _add(
    calendar: str, date: dt.date, days: int, kind: DayKind, context: Context | None, other: Any
) -> tuple[dt.date, dt.date]:
    ctx = context or Context()
    out = ffi.new("efile_date *")
    ctx._runtime.check(
        lib.efile_working_days_add,
        out,
        other,
        ctx._ptr,
        chars(calendar),
        date_struct(date),
        days,
        kind,
    )
    near = day_or_none(out[0])
    far = near if other == ffi.NULL else day_or_none(other[0])
    assert near is not None and far is not None
    return near, far
