# SPDX-License-Identifier: LGPL-2.1-or-later
"""Between Python and C: lifetimes, errors, values. Nothing here is part of the interface."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from . import _enums
from ._efile import ffi, lib
from .errors import BY_STATUS, EfileError, Internal, Invalid, Limit

T = TypeVar("T")

Function = TypeVar("Function", bound=Callable[..., Any])

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
MICROSECOND = dt.timedelta(microseconds=1)
NIL = uuid.UUID(int=0)


# ---------------------------------------------------------------- lifetimes


class Cell:
    """One C object with the cells made from it; closing it closes those first.

    Cells hold each other strongly downwards, handles hold cells: whichever handle the garbage
    collector takes first, C objects are freed children before parents, and each once.
    """

    __slots__ = ("ptr", "free", "above", "below", "keep", "pid", "__weakref__")

    def __init__(
        self, ptr: Any, free: Callable[[Any], object], above: Cell | None, keep: object = None
    ) -> None:
        self.ptr = ptr
        self.free = free
        self.above = above
        self.below: dict[Cell, None] = {}
        self.keep = keep
        self.pid = os.getpid()
        if above is not None:
            above.below[self] = None

    def close(self) -> None:
        """Frees the C object; in a forked child nothing is freed, since it is the parent's."""
        while self.below:
            self.below.popitem()[0].close()
        ptr, self.ptr = self.ptr, None
        if ptr is not None and self.pid == os.getpid():
            self.free(ptr)
        if self.above is not None:
            self.above.below.pop(self, None)
        self.above = self.keep = None


class Runtime:
    """What everything opened from one context shares: its C context, a lock, a raised exception.

    A context belongs to one thread at a time; the lock makes Python threads take turns.
    """

    def __init__(self) -> None:
        self.ctx: Any = ffi.NULL
        self.lock = threading.RLock()
        self.pid = os.getpid()
        self.raised: BaseException | None = None
        self.clock: Callable[[], dt.datetime] | None = None
        self.random: Callable[[int], bytes] | None = None
        self.log: Callable[[_enums.LogLevel, str, str], object] | None = None

    def here(self) -> None:
        """C objects do not survive fork()."""
        if self.pid != os.getpid():
            raise Invalid("opened before fork(): open it again in the child process")

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Calls C under the lock; an exception of a callback goes on from here."""
        self.here()
        with self.lock:
            result = function(*arguments)
            self.reraise()
            return result

    def check(self, function: Callable[..., int], *arguments: Any) -> int:
        """Calls C under the lock; a negative status becomes an exception."""
        self.here()
        with self.lock:
            status = function(*arguments)
            self.reraise()
            if status < 0:
                raise self.error(status)
            return status

    def reraise(self) -> None:
        raised, self.raised = self.raised, None
        if raised is not None:
            raise raised

    def error(self, status: int) -> EfileError:
        """The error that stands on the context."""
        kind = BY_STATUS.get(status, Internal)
        if self.ctx == ffi.NULL or lib.efile_error_status(self.ctx) != status:
            return kind(text(lib.efile_status_name(status)))
        line = ffi.new("long *")
        column = ffi.new("long *")
        place = text(lib.efile_error_place(self.ctx, line, column))
        message = text(lib.efile_error_message(self.ctx))
        return kind(message, lib.efile_error_number(self.ctx), place, line[0], column[0])


class Handle:
    """A Python object that stands for a C object. Closing it twice is fine."""

    def __init__(
        self,
        ptr: Any,
        free: Callable[[Any], object],
        above: Handle | None,
        runtime: Runtime,
        keep: object = None,
    ) -> None:
        self._above = above
        self._runtime = runtime
        self._cell: Cell = Cell(ptr, free, above._cell if above is not None else None, keep)

    @property
    def _ptr(self) -> Any:
        ptr = self._cell.ptr
        if ptr is None:
            raise Invalid(f"{type(self).__name__} is closed")
        self._runtime.here()
        return ptr

    @property
    def closed(self) -> bool:
        """Whether it was closed, by itself or with what it was made from."""
        return self._cell.ptr is None

    def close(self) -> None:
        """Frees it with all that was made from it."""
        if self._runtime.pid != os.getpid():
            self._cell.close()
            return
        with self._runtime.lock:
            self._cell.close()

    def __del__(self) -> None:
        if "_cell" in self.__dict__:  # else it failed to open
            self.close()


def walk(
    above: Handle, cursor: Any, free: Any, following: Any, take: Callable[[], T]
) -> Iterator[T]:
    """The elements of a C cursor; the cursor is freed at the end, or when the iterator goes.

    `following` moves the cursor, with the cursor as its argument; `take` makes the element.
    """
    return _walk(Handle(cursor, free, above, above._runtime), following, take)


def _walk(handle: Handle, following: Any, take: Callable[[], T]) -> Iterator[T]:
    try:
        while handle._runtime.check(following, handle._ptr) == lib.EFILE_OK:
            yield take()
    finally:
        handle.close()


def callback(function: Function) -> Function:
    """Puts a Python function behind the C function of the same name, declared for callbacks."""
    ffi.def_extern()(function)
    return function


# ---------------------------------------------------------------- values from C


def text(given: Any) -> str:
    """A borrowed text; NULL is the empty one."""
    return "" if given == ffi.NULL else str(ffi.string(given).decode("utf-8", "replace"))


def text_or_none(given: Any) -> str | None:
    """A borrowed text; NULL and the empty one are none."""
    return text(given) or None


def taken(pointer: Any) -> str:
    """A text that the caller owns, behind a char**; it is freed."""
    try:
        return text(pointer[0])
    finally:
        lib.efile_free(pointer[0])


def identity(given: Any) -> uuid.UUID:
    """An id of any kind."""
    inner = given if hasattr(given, "bytes") else given.id
    return uuid.UUID(bytes=bytes(inner.bytes))


def identity_or_none(given: Any) -> uuid.UUID | None:
    """An id of any kind; the nil id is none."""
    found = identity(given)
    return None if found == NIL else found


def moment(given: int) -> dt.datetime:
    """A point in time, with zone UTC."""
    try:
        return EPOCH + given * MICROSECOND
    except OverflowError:
        raise Limit("a time outside the years 1 to 9999") from None


def moment_or_none(given: int) -> dt.datetime | None:
    """A point in time; 0 is none."""
    return moment(given) if given else None


def day_or_none(given: Any) -> dt.date | None:
    """A civil date; nil is none."""
    if (given.year, given.month, given.day) == (0, 0, 0):
        return None
    try:
        return dt.date(given.year, given.month, given.day)
    except ValueError:
        raise Limit("a date outside the years 1 to 9999") from None


def decimal_from(given: Any) -> decimal.Decimal:
    """An exact number; the scale is kept."""
    room = ffi.new("char[]", lib.EFILE_DECIMAL_TEXT_SIZE)
    return decimal.Decimal(text(lib.efile_decimal_format(given, room)))


def json_object(given: Any) -> dict[str, Any]:
    """A JSON object in a borrowed text; numbers with a point are exact. The empty text is {}."""
    return dict(json.loads(text(given) or "{}", parse_float=decimal.Decimal))


# What the annotation of a field says about its C value.
FROM_C: dict[str, Callable[[Any], Any]] = {
    "str": text,
    "str | None": text_or_none,
    "bool": bool,
    "int": int,
    "bytes": bytes,
    "uuid.UUID": identity,
    "uuid.UUID | None": identity_or_none,
    "dt.datetime": moment,
    "dt.datetime | None": moment_or_none,
    "dt.date | None": day_or_none,
    "decimal.Decimal": decimal_from,
    "dict[str, Any]": json_object,
}


def from_c(annotation: str) -> Callable[[Any], Any]:
    """The way from a C value to what an annotation promises."""
    known: Callable[[Any], Any] = FROM_C.get(annotation) or getattr(_enums, annotation)
    return known


def record(kind: type[T], struct: Any, **names: str) -> T:
    """A dataclass filled from the C struct with fields of the same names, or those of `names`."""
    found = {}
    for name, annotation in kind.__annotations__.items():
        found[name] = from_c(annotation)(getattr(struct, names.get(name, name)))
    return kind(**found)


# ---------------------------------------------------------------- values to C


def chars(given: str) -> bytes:
    """Text as C wants it."""
    data = given.encode("utf-8", "strict")
    if b"\0" in data:
        raise Invalid("text must not hold a NUL character")
    return data


def chars_or_null(given: str | None) -> Any:
    """Text, or NULL for none."""
    return ffi.NULL if given is None else chars(given)


def path_bytes(given: str | os.PathLike[str]) -> bytes:
    """A path as the operating system spells it."""
    data = os.fsencode(given)
    if b"\0" in data:
        raise Invalid("a path must not hold a NUL character")
    return data


def microseconds(given: dt.datetime) -> int:
    """A point in time."""
    if given.tzinfo is None:
        raise Invalid("a time needs a time zone; datetime.now(timezone.utc) has one")
    return (given - EPOCH) // MICROSECOND


def micros_or_zero(given: dt.datetime | None) -> int:
    """A point in time, 0 for none."""
    return 0 if given is None else microseconds(given)


def id_struct(kind: str, given: uuid.UUID | None) -> Any:
    """An id of the C type named; None is the nil id."""
    out = ffi.new(f"{kind} *")
    (out if kind in ("efile_id", "struct efile_id") else out.id).bytes = (given or NIL).bytes
    return out[0]


def date_struct(given: dt.date | None) -> Any:
    """A civil date; None is nil."""
    out = ffi.new("efile_date *")
    if given is not None:
        if isinstance(given, dt.datetime):
            raise Invalid("a date is wanted, not a time: use its date()")
        out.year, out.month, out.day = given.year, given.month, given.day
    return out[0]


def decimal_struct(given: decimal.Decimal | int) -> Any:
    """An exact number."""
    out = ffi.new("efile_decimal *")
    status = lib.efile_decimal_parse(out, str(given).encode("ascii"), ffi.cast("size_t", -1))
    if status < 0:
        raise BY_STATUS[status](f"not a number that decimal128 can hold: {given}")
    return out[0]


class Options:
    """An options struct, filled with its defaults and then with what is given; None leaves one."""

    def __init__(self, kind: str, init: Callable[[Any], object], /, **given: Any) -> None:
        self.ptr = ffi.new(f"{kind} *")
        self._keep: list[Any] = []
        init(self.ptr)
        for name, value in given.items():
            if value is not None:
                self.set(name, value)

    def set(self, name: str, value: Any) -> None:
        """Sets one field."""
        setattr(self.ptr, name, self._to_c(name, value))

    def _to_c(self, name: str, value: Any) -> Any:
        if isinstance(value, (str, os.PathLike)):
            data = chars(value) if isinstance(value, str) else path_bytes(value)
            self._keep.append(ffi.new("char[]", data))
            return self._keep[-1]
        if isinstance(value, uuid.UUID):
            return id_struct(ffi.typeof(getattr(self.ptr, name)).cname, value)
        if isinstance(value, dt.datetime):
            return microseconds(value)
        if isinstance(value, dt.date):
            return date_struct(value)
        if isinstance(value, int):
            return int(value)
        self._keep.append(value)
        return value



