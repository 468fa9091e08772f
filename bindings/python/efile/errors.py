# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors: one class per status of the C interface, each also Python's own where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._enums import Status

if TYPE_CHECKING:
    from .report import Report


class EfileError(Exception):
    """What went wrong, in the language of the context.

    >>> import efile
    >>> try:
    ...     efile.feel("1 +")
    ... except efile.Format as error:
    ...     print(error.status.name, error.number > 1500)
    FORMAT True
    """

    status: Status = Status.INTERNAL
    """The status that C answered; each subclass stands for one."""

    def __init__(
        self, message: str = "", number: int = 0, place: str = "", line: int = 0, column: int = 0
    ) -> None:
        super().__init__(message)
        self.message = message
        self.number = number
        """Stable number of the message: docs/ABI.md section 5."""
        self.place = place
        """The file, message part or row that is named; "" if unknown."""
        self.line = line
        """From 1; 0 if unknown."""
        self.column = column
        """In bytes from 1; 0 if unknown."""

    report: Report | None = None
    """The findings that led to it, where there are some."""

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self.message, self.number, self.place, self.line, self.column)
        return (type(self), given)


class Invalid(EfileError, ValueError):
    """The arguments or their combination are wrong, or the object is closed."""

    status = Status.INVALID


class NotFound(EfileError, LookupError):
    """No such object, or not visible to the actor."""

    status = Status.NOTFOUND


class Exists(EfileError, FileExistsError):
    """There is one already."""

    status = Status.EXISTS


class State(EfileError):
    """The object's state does not allow it."""

    status = Status.STATE


class Denied(EfileError, PermissionError):
    """The actor lacks the right."""

    status = Status.DENIED


class Conflict(EfileError):
    """Somebody else changed it in between: load again."""

    status = Status.CONFLICT


class Busy(EfileError, TimeoutError):
    """Locked by another process: try again."""

    status = Status.BUSY


class Limit(EfileError, ValueError):
    """A limit of the context is exceeded."""

    status = Status.LIMIT


class Format(EfileError, ValueError):
    """Foreign data are malformed."""

    status = Status.FORMAT


class Unsupported(EfileError, NotImplementedError):
    """Well-formed, but not something this build does."""

    status = Status.UNSUPPORTED


class Damaged(EfileError):
    """The store's own data do not match their digests."""

    status = Status.DAMAGED


class Storage(EfileError, OSError):
    """Database or disk failed."""

    status = Status.STORAGE


class InputOutput(EfileError, OSError):
    """Reading or writing a foreign file or stream failed."""

    status = Status.IO


class External(EfileError):
    """A helper process or outside service failed."""

    status = Status.EXTERNAL


class Cancelled(EfileError):
    """A callback asked to stop."""

    status = Status.CANCELLED


class NoMemory(EfileError, MemoryError):
    """Out of memory."""

    status = Status.NOMEM


class Internal(EfileError, RuntimeError):
    """A defect of the library."""

    status = Status.INTERNAL


BY_STATUS: dict[int, type[EfileError]] = {
    int(kind.status): kind for kind in EfileError.__subclasses__()
}
