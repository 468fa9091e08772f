# SPDX-License-Identifier: LGPL-2.1-or-later
"""The context: clock, randomness, language, limits, log hook."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ._efile import ffi, lib
from ._enums import Language, LogLevel
from ._native import (
    EPOCH, Handle, Options, Runtime, callback, date_struct, microseconds, text,
)

Clock = Callable[[], dt.datetime]
Random = Callable[[int], bytes]
Log = Callable[[LogLevel, str, str], object]


@callback
def efile_py_clock(user: Any) -> int:
    runtime = ffi.from_handle(user)
    try:
        return microseconds(runtime.clock())
    except BaseException as error:
        runtime.raised = error
        return (dt.datetime.now(dt.timezone.utc) - EPOCH) // dt.timedelta(microseconds=1)


@callback
def efile_py_random(buffer: Any, length: int, user: Any) -> int:
    runtime = ffi.from_handle(user)
    try:
        data = runtime.random(length)
        if len(data) != length:
            raise ValueError(f"random({length}) gave {len(data)} bytes")
        ffi.memmove(buffer, data, length)
        return 0
    except BaseException as error:
        runtime.raised = error
        return -1


@callback
def efile_py_log(level: int, module: Any, message: Any, user: Any) -> None:
    runtime = ffi.from_handle(user)
    try:
        runtime.log(LogLevel(level), text(module), text(message))
    except BaseException as error:
        # A log that fails must not stop the work; Python tells of it like of a failing __del__.
        told: Any = _Unraisable(type(error), error, error.__traceback__, "efile: log", runtime.log)
        sys.unraisablehook(told)


class _Unraisable(NamedTuple):
    """What sys.unraisablehook wants to see; its own type cannot be made from Python."""

    exc_type: type[BaseException]
    exc_value: BaseException
    exc_traceback: Any
    err_msg: str
    object: Any


class Context(Handle):
    """Clock, random source, language of messages, limits and log hook.

    A context and all that is opened from it serve one thread at a time: threads take turns. Where
    they shall work at once, give each thread a context of its own.

    >>> import efile
    >>> with efile.Context(language="de", limits={"mime_parts": 50}) as ctx:
    ...     print(ctx.language.name, ctx.limits["mime_parts"], ctx.limits["mime_depth"])
    DE 50 100
    """

    def __init__(
        self,
        *,
        language: Language | str | None = None,
        limits: Mapping[str, int] | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
        log: Log | None = None,
        log_level: LogLevel | None = None,
        helper_path: str | os.PathLike[str] | None = None,
        schema_path: str | os.PathLike[str] | None = None,
    ) -> None:
        runtime = Runtime()
        runtime.clock, runtime.random, runtime.log = clock, random, log
        user = ffi.new_handle(runtime)
        if isinstance(language, str):
            language = Language[language.upper()]
        given = _limits(limits)
        options = Options(
            "efile_ctx_options",
            lib.efile_ctx_options_init,
            language=language,
            limits=given.ptr,
            clock=lib.efile_py_clock if clock else None,
            random=lib.efile_py_random if random else None,
            log=lib.efile_py_log if log else None,
            log_level=log_level,
            helper_path=None if helper_path is None else os.fspath(helper_path),
            schema_path=None if schema_path is None else os.fspath(schema_path),
            user=user,
        )
        out = ffi.new("efile_ctx **")
        runtime.check(lib.efile_ctx_new, out, options.ptr)
        runtime.ctx = out[0]
        super().__init__(out[0], lib.efile_ctx_free, None, runtime, keep=(user, options, given))

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes what was opened from it, and the context."""
        super().close()
        if self._cell.ptr is None:
            self._runtime.ctx = ffi.NULL

    @property
    def language(self) -> Language:
        """The language of messages."""
        return Language(lib.efile_ctx_language(self._ptr))

    @property
    def limits(self) -> dict[str, int]:
        """The limits in force, by name."""
        limits = lib.efile_ctx_limits(self._ptr)
        return {name: int(getattr(limits, name)) for name in _limit_names()}

    def local(self, when: dt.datetime | dt.date) -> str:
        """A date, or a time to the minute in the office's zone, as people read it.

        >>> import datetime as dt
        >>> import efile
        >>> context = efile.Context(language=efile.Language.DE)
        >>> context.local(dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.timezone.utc))
        '02.07.2026 00:30'
        >>> context.local(dt.date(2026, 7, 1))
        '01.07.2026'
        """
        out = ffi.new("char[]", 64)
        if isinstance(when, dt.datetime):
            self._runtime.check(lib.efile_time_local, out, self._ptr, microseconds(when))
        else:
            self._runtime.check(lib.efile_date_local, out, self._ptr, date_struct(when))
        return text(out)

    def system_message(self, error: int) -> str:
        """What an error number of the operating system means, in the language of the context."""
        return text(lib.efile_system_message(self._ptr, error))

    def action_words(self, action: str) -> str:
        """What an action of the log says to people, such as "case.created"."""
        return text(lib.efile_action_words(self._ptr, action.encode()))

    def message(self, english: str) -> str:
        """A text of the library in the language of the context."""
        return text(lib.efile_message(self._ptr, english.encode()))


def _limit_names() -> list[str]:
    return [name for name, _ in ffi.typeof("efile_limits").fields if name != "size"]


def _limits(given: Mapping[str, int] | None) -> Options:
    names = _limit_names()
    for name in given or {}:
        if name not in names:
            raise TypeError(f"there is no limit {name!r}; known are {', '.join(names)}")
    return Options("efile_limits", lib.efile_limits_init, **(given or {}))


def version() -> str:
    """The version of the library.

    >>> import efile
    >>> efile.version().count(".")
    2
    """
    return text(lib.efile_version())


def exit_code(status: int) -> int:
    """The exit code of the command line tools for a status: docs/ABI.md section 4.

    >>> import efile
    >>> efile.exit_code(efile.Status.NOTFOUND)
    4
    """
    return int(lib.efile_status_exit_code(status))
