# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contexts, errors, callbacks, values."""

from __future__ import annotations

import datetime as dt
import pathlib
import pickle
import sys
from decimal import Decimal

import pytest

import efile
from efile import _native, decimals


def test_version() -> None:
    assert efile.__version__ == efile.version()
    assert efile.exit_code(efile.Status.CANCELLED) == 130


def test_messages_come_in_the_language_of_the_context() -> None:
    texts = []
    for language in ("en", "de"):
        with efile.Context(language=language) as ctx, pytest.raises(efile.Format) as caught:
            efile.feel("1 +", context=ctx)
        texts.append(str(caught.value))
        assert caught.value.line == 1
    assert texts[0] != texts[1]


def test_unknown_limit_is_named() -> None:
    with pytest.raises(TypeError, match="documents"):
        efile.Context(limits={"documents": 1})


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (efile.NotFound, LookupError),
        (efile.Denied, PermissionError),
        (efile.Invalid, ValueError),
        (efile.Exists, FileExistsError),
        (efile.Storage, OSError),
        (efile.InputOutput, OSError),
        (efile.NoMemory, MemoryError),
        (efile.Format, ValueError),
        (efile.Limit, ValueError),
        (efile.Unsupported, NotImplementedError),
        (efile.Busy, TimeoutError),
    ],
)
def test_errors_are_pythons_own_too(kind: type[efile.EfileError], base: type[Exception]) -> None:
    assert issubclass(kind, base)
    error = kind("what", 1234, "file.xml", 3, 7)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind and str(copy) == "what"
    assert (copy.number, copy.place, copy.line, copy.column) == (1234, "file.xml", 3, 7)


def test_every_status_has_its_class() -> None:
    from efile.errors import BY_STATUS

    assert set(BY_STATUS) == {int(s) for s in efile.Status if s < 0}


def test_an_exception_in_the_clock_comes_through(tmp_path: pathlib.Path) -> None:
    class Stopped(Exception):
        pass

    def clock() -> dt.datetime:
        raise Stopped

    with efile.Context(clock=clock) as ctx, pytest.raises(Stopped):
        efile.feel("now()", context=ctx)
        efile.init(tmp_path / "s", context=ctx)


def test_random_and_log_hooks(tmp_path: pathlib.Path) -> None:
    asked = []

    def random(count: int) -> bytes:
        asked.append(count)
        return bytes((7 * i + len(asked)) % 256 for i in range(count))

    lines: list[tuple[efile.LogLevel, str, str]] = []
    with efile.Context(
        random=random,
        log=lambda *line: lines.append(line),  # type: ignore[arg-type]
        log_level=efile.LogLevel.DEBUG,
    ) as ctx:
        efile.init(tmp_path / "s", context=ctx)
        with efile.Store(tmp_path / "s", context=ctx) as store:
            store.bootstrap("admin", login="test")
    assert asked
    assert all(isinstance(level, efile.LogLevel) for level, _, _ in lines)


def test_a_failing_log_does_not_stop_the_work(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: told.append(what.exc_value))

    def log(level: efile.LogLevel, module: str, message: str) -> None:
        raise RuntimeError("no log today")

    with efile.Context(log=log) as ctx:
        efile.init(tmp_path / "s", context=ctx)
        with efile.Store(tmp_path / "s", context=ctx) as store:
            store.bootstrap("admin", login="test")
            with store.session("admin", login="test") as admin:
                admin.create_actor(efile.ActorKind.PERSON, "weber")
                admin.permit_login("test", "weber")
            # Emergency access is written to the log as a warning.
            store.session("weber", login="test", break_glass_reason="Brand").close()
    assert [str(error) for error in told] == ["no log today"]


def test_short_random_is_an_error(tmp_path: pathlib.Path) -> None:
    with efile.Context(random=lambda count: b"") as ctx:
        with pytest.raises(ValueError, match="gave 0 bytes"):
            efile.init(tmp_path / "s", context=ctx)


def test_times_are_exact_and_need_a_zone() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    time = dt.datetime(2026, 7, 1, 10, 0, 0, 250, tzinfo=zone)
    assert _native.moment(_native.microseconds(time)) == time
    assert _native.moment(-1).isoformat() == "1969-12-31T23:59:59.999999+00:00"
    with pytest.raises(efile.Invalid):
        _native.microseconds(dt.datetime(2026, 7, 1))


def test_text_with_nul_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError):
        efile.feel("1\0 + 1")
    with pytest.raises(ValueError):
        efile.init(str(tmp_path) + "/a\0b")


def test_decimals() -> None:
    assert decimals.add(Decimal("1.10"), 2) == Decimal("3.10")
    assert str(decimals.subtract(Decimal("1.10"), Decimal("0.1"))) == "1.00"
    assert decimals.multiply(Decimal("10"), Decimal("1.19")) == Decimal("11.90")
    assert decimals.divide(1, 8) == Decimal("0.125")
    assert decimals.negate(Decimal("1.5")) == Decimal("-1.5")
    assert decimals.compare(Decimal("1.10"), Decimal("1.1")) == 0
    assert decimals.sign(-7) == -1
    assert decimals.scale(Decimal("1.10")) == 2
    assert decimals.to_int(Decimal("7.00")) == 7
    assert decimals.quantize(Decimal("2.5"), 0, efile.Rounding.HALF_EVEN) == 2
    assert decimals.from_int(-5, 1) == Decimal("-0.5")
    with pytest.raises(efile.Invalid):
        decimals.divide(1, 0)
    with pytest.raises(efile.Invalid):
        decimals.to_int(Decimal("0.5"))
    with pytest.raises(efile.Limit):
        decimals.add(Decimal(10**40 + 1), 1)
    with pytest.raises(efile.Invalid):
        decimals.add(Decimal("NaN"), 1)
    with pytest.raises(efile.Invalid):
        decimals.from_int(1, 19)


def test_feel() -> None:
    amount = Decimal("99999999999999999999.01")
    assert efile.feel("a + b", {"a": amount, "b": 1}) == amount + 1
    assert efile.feel('if "x" in list then d else null', {"list": ["x"], "d": dt.date(2026, 3, 2)})
    assert efile.feel("null") is None
    result = efile.evaluate("1 < 2")
    assert (result.type, result.value, result.warnings) == ("boolean", True, ())
    with efile.Feel("due date.x / 0", names=["due date"]) as compiled:
        with pytest.raises(efile.EfileError):
            compiled.value
        assert compiled({"due date": {"x": 1}}) is None
        assert compiled.value is None
        warning = compiled.warnings[0]
        assert (warning.line, warning.column) == (1, 12) and "zero" in warning.message
        assert compiled.evaluate({"due date": {"x": 1}}).warnings == (warning.message,)
    with pytest.raises(efile.EfileError):
        efile.Feel("1 +")
