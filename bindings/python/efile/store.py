# SPDX-License-Identifier: LGPL-2.1-or-later
"""A store: one folder that holds e-files, their log and their processes."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._efile import ffi, lib
from ._native import (
    Handle,
    Options,
    chars,
    chars_or_null,
    identity,
    path_bytes,
    record,
    taken,
    walk,
)
from .context import Context
from .report import Report, report_taken

if TYPE_CHECKING:
    from .session import Session

Path = str | os.PathLike[str]


@dataclass(frozen=True)
class Event:
    """One entry of the log."""

    position: int
    chain: int
    number: int
    time: dt.datetime
    actor: uuid.UUID | None
    behalf: uuid.UUID | None
    action: str
    object: uuid.UUID | None
    body: str
    hash: str

    @property
    def data(self) -> Any:
        """The body as Python objects; None if there is none or it was erased."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class EventWords:
    """An entry of the log as people read it; machine: a step that a timeline leaves out."""

    what: str
    machine: bool
    who: str
    about: str


@dataclass(frozen=True)
class Figure:
    """One figure of a store; year 0: all years; a value of the unit "time" is in microseconds."""

    area: str
    name: str
    state: str
    unit: str
    year: int
    value: int


def walk_events(of: Handle, call: Any, since: int) -> Iterator[Event]:
    """The log behind a position, opened by a function of the store or of a session."""
    out = ffi.new("efile_event_cursor **")
    event = ffi.new("efile_event *")
    of._runtime.check(call, out, of._ptr, since)

    def following(cursor: Any) -> int:
        return int(lib.efile_event_cursor_next(cursor, event))

    return walk(of, out[0], lib.efile_event_cursor_free, following, lambda: record(Event, event))


@contextlib.contextmanager
def _context(given: Context | None) -> Iterator[Context]:
    if given is not None:
        yield given
        return
    with Context() as own:
        yield own


def init(path: Path, *, context: Context | None = None) -> None:
    """Makes a new, empty store: the folder is there whole or not at all."""
    with _context(context) as ctx:
        ctx._runtime.check(lib.efile_store_init, ctx._ptr, path_bytes(path))


def restore(backup: Path, path: Path, *, context: Context | None = None) -> None:
    """Makes a store out of a backup, which is checked while it is copied."""
    with _context(context) as ctx:
        ctx._runtime.check(
            lib.efile_store_restore, ctx._ptr, path_bytes(backup), path_bytes(path)
        )


class Store(Handle):
    """An open store. Persons act in sessions: see session().

    >>> import efile
    >>> efile.init(tmp / "store")
    >>> with efile.Store(tmp / "store") as store:
    ...     weber = store.bootstrap("m.weber", "Maria Weber", login="app:demo")
    ...     print(store.audit_verify().clean)
    True
    """

    def __init__(
        self,
        path: Path,
        *,
        context: Context | None = None,
        read_only: bool = False,
        pristine: Path | None = None,
    ) -> None:
        ctx = context or Context()
        options = Options(
            "efile_store_options",
            lib.efile_store_options_init,
            read_only=read_only,
            pristine=None if pristine is None else os.fspath(pristine),
        )
        out = ffi.new("efile_store **")
        try:
            ctx._runtime.check(
                lib.efile_store_open, out, ctx._ptr, path_bytes(path), options.ptr
            )
        except BaseException:
            if context is None:
                ctx.close()
            raise
        self._own_context = ctx if context is None else None
        super().__init__(out[0], lib.efile_store_close, ctx, ctx._runtime)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes it with all its sessions, and the context if it was made for this store."""
        super().close()
        own = getattr(self, "_own_context", None)
        if own is not None:
            own.close()

    @property
    def context(self) -> Context:
        """The context that it was opened from."""
        assert isinstance(self._above, Context)
        return self._above

    @property
    def checked(self) -> bool:
        """Whether the last close was orderly."""
        return bool(self._runtime.call(lib.efile_store_is_checked, self._ptr))

    def session(
        self,
        actor: str | uuid.UUID,
        *,
        login: str | None = None,
        on_behalf_of: str | uuid.UUID | None = None,
        purpose: str | None = None,
        break_glass_reason: str | None = None,
    ) -> Session:
        """Opens a session in which a person acts."""
        from .session import Session

        return Session(
            self,
            actor,
            login=login,
            on_behalf_of=on_behalf_of,
            purpose=purpose,
            break_glass_reason=break_glass_reason,
        )

    def bootstrap(
        self, name: str, display: str | None = None, *, login: str | None = None
    ) -> uuid.UUID:
        """Creates the first person, an administrator, in a store without actors."""
        out = ffi.new("efile_actor_id *")
        self._runtime.check(
            lib.efile_access_bootstrap,
            out,
            self._ptr,
            chars_or_null(login),
            chars(name),
            chars_or_null(display),
        )
        return identity(out[0])

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All calls inside become durable together, or none of them if an exception leaves it."""
        self._runtime.check(lib.efile_batch_begin, self._ptr)
        try:
            yield
        except BaseException:
            self._abort()
            raise
        try:
            self._runtime.check(lib.efile_batch_commit, self._ptr)
        except BaseException:
            self._abort()
            raise

    def _abort(self) -> None:
        if not self.closed:
            self._runtime.call(lib.efile_batch_abort, self._ptr)

    def fsck(
        self, *, repair: bool = False, second: Path | None = None, skip_blobs: bool = False
    ) -> Report:
        """Checks every row, content and log entry against its digest; can repair from a copy."""
        options = Options(
            "efile_fsck_options",
            lib.efile_fsck_options_init,
            repair=repair,
            second=None if second is None else os.fspath(second),
            skip_blobs=skip_blobs,
        )
        out = ffi.new("efile_report **")
        self._runtime.check(lib.efile_store_fsck, out, self._ptr, options.ptr)
        return report_taken(out)

    def figures(self) -> list[Figure]:
        """How much there is of what: nodes, documents, tasks, intake, log, contents, sizes."""
        out = ffi.new("efile_figures **")
        self._runtime.check(lib.efile_store_figures, out, self._ptr)
        try:
            count = lib.efile_figures_count(out[0])
            return [record(Figure, lib.efile_figures_at(out[0], i)) for i in range(count)]
        finally:
            lib.efile_figures_free(out[0])

    def backup(self, path: Path) -> None:
        """Writes a consistent copy while the store stays in use."""
        self._runtime.check(lib.efile_store_backup, self._ptr, path_bytes(path))

    def events(self, since: int = 0) -> Iterator[Event]:
        """The log behind a position: the change feed for integrators, without bodies.

        What was written is for persons: Session.events().
        """
        return walk_events(self, lib.efile_store_events, since)

    def audit_verify(self) -> Report:
        """Verifies the log alone: every chain, body, number and checkpoint."""
        out = ffi.new("efile_report **")
        self._runtime.check(lib.efile_audit_verify, out, self._ptr)
        return report_taken(out)

    def audit_anchor(self) -> str:
        """Writes a checkpoint over the whole log; it comes as text of four lines."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_audit_anchor, self._ptr, out)
        return taken(out)

    def audit_prove(self, position: int) -> dict[str, Any]:
        """The proof that an entry is in the log under a checkpoint (RFC 6962 audit path)."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_audit_prove, out, self._ptr, position)
        return dict(json.loads(taken(out)))
