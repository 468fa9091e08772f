# SPDX-License-Identifier: LGPL-2.1-or-later
"""Public holidays, working days and legal periods; no store is needed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._efile import ffi, lib
from ._enums import DayAnswer, DayKind, PeriodState
from ._native import (
    Handle,
    chars,
    chars_or_null,
    date_struct,
    day_or_none,
    moment_or_none,
    record,
    taken,
    text,
    walk,
)
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


@dataclass(frozen=True)
class PeriodStep:
    """One step of a derivation: a day, a stable code, the clause, and the reason in words."""

    date: dt.date | None
    code: str
    law: str
    text: str


@dataclass(frozen=True)
class PeriodRule:
    """A named rule of periods; `parameters` are name:type[=default], separated by blanks."""

    name: str
    title: str
    land: str
    law: str
    valid_from: str
    valid_to: str
    start: str
    status: str
    parameters: str


class Period(Handle):
    """A computed period with its derivation.

    >>> import efile, datetime
    >>> p = efile.Period("bgb.period", datetime.date(2026, 1, 31), land="BW", unit="M", n=1)
    >>> str(p.date), p.state.name
    ('2026-03-02', 'FINAL')
    >>> [step.code for step in p.steps]
    ['EVENT_187_1', 'MISSING_188_3', 'SAT', 'SUN', 'SHIFTED']
    """

    def __init__(
        self,
        rule: str,
        start: dt.date | dt.datetime | str | None = None,
        *,
        land: str | None = None,
        place: str | None = None,
        context: Context | None = None,
        **parameters: object,
    ) -> None:
        ctx = context or Context()
        out = ffi.new("efile_period **")
        options = ffi.new("efile_period_options *")
        lib.efile_period_options_init(options)
        kept = (
            ffi.NULL if land is None else ffi.new("char[]", chars(land)),
            ffi.NULL if place is None else ffi.new("char[]", chars(place)),
            ffi.new("char[]", chars(_given(parameters))),
        )
        options.land, options.place, options.parameters = kept
        ctx._runtime.check(
            lib.efile_period_compute,
            out,
            ctx._ptr,
            chars(rule),
            chars_or_null(None if start is None else _start(start)),
            options,
        )
        super().__init__(out[0], lib.efile_period_free, ctx, ctx._runtime)

    @property
    def date(self) -> dt.date | None:
        """The last day; None if the period waits for its event."""
        return day_or_none(lib.efile_period_date(self._ptr))

    @property
    def other(self) -> dt.date | None:
        """The day by the other reading, if the state tells of one."""
        return day_or_none(lib.efile_period_other(self._ptr))

    @property
    def end(self) -> dt.datetime | None:
        """The first instant that is too late; with rules of hours the instant itself."""
        return moment_or_none(lib.efile_period_end(self._ptr))

    @property
    def state(self) -> PeriodState:
        """How sure the date is."""
        return PeriodState(lib.efile_period_state_of(self._ptr))

    @property
    def steps(self) -> list[PeriodStep]:
        """The derivation, in the language of the context."""
        found: list[PeriodStep] = []
        while True:
            step = lib.efile_period_step_at(self._ptr, len(found))
            if step == ffi.NULL:
                return found
            found.append(record(PeriodStep, step))

    def json(self) -> dict[str, Any]:
        """All of it: docs/json.md, efile.period.v1."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_period_json, out, self._ptr)
        return dict(json.loads(taken(out)))


def period_rules(*, context: Context | None = None) -> Iterator[PeriodRule]:
    """The rules there are.

    >>> import efile
    >>> next(efile.period_rules()).name
    'bgb.period'
    """
    ctx = context or Context()
    rule = ffi.new("efile_period_rule *")
    index = 0
    while ctx._runtime.check(lib.efile_period_rule_at, rule, ctx._ptr, index) == lib.EFILE_OK:
        yield record(PeriodRule, rule)
        index += 1


def period_state_name(state: PeriodState) -> str:
    """The name of a state in JSON."""
    return text(lib.efile_period_state_name(state))


def _start(start: dt.date | dt.datetime | str) -> str:
    return start if isinstance(start, str) else start.isoformat()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return ",".join(_value(v) for v in value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return str(value)


def _given(parameters: Mapping[str, object]) -> str:
    return ";".join(f"{name}={_value(value)}" for name, value in parameters.items())
