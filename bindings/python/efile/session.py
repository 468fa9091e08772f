# SPDX-License-Identifier: LGPL-2.1-or-later
"""A session: an open store with an acting person. No act without an actor."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager

from ._efile import ffi, lib
from ._native import Options, chars, id_struct, identity, identity_or_none, microseconds, text
from .context import Context
from .handover import Handover
from .intake import Intake
from .store import Event, EventWords, Store, walk_events


class Session(Intake):
    """A store in which a person acts; everything on e-files starts here."""

    def __init__(
        self,
        store: Store,
        actor: str | uuid.UUID,
        *,
        login: str | None = None,
        on_behalf_of: str | uuid.UUID | None = None,
        purpose: str | None = None,
        break_glass_reason: str | None = None,
    ) -> None:
        options = Options(
            "efile_session_options",
            lib.efile_session_options_init,
            login=login,
            on_behalf_of=None if on_behalf_of is None else str(on_behalf_of),
            purpose=purpose,
            break_glass_reason=break_glass_reason,
        )
        out = ffi.new("efile_session **")
        store._runtime.check(
            lib.efile_session_open, out, store._ptr, chars(str(actor)), options.ptr
        )
        self._own_store: Store | None = None
        super().__init__(out[0], lib.efile_session_close, store, store._runtime)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes it, and store and context too if it came from efile.open()."""
        super().close()
        own = getattr(self, "_own_store", None)
        if own is not None:
            own.close()

    @property
    def store(self) -> Store:
        """The store of this session."""
        assert isinstance(self._above, Store)
        return self._above

    @property
    def actor(self) -> uuid.UUID:
        """The person who acts."""
        return identity(self._runtime.call(lib.efile_session_actor, self._ptr))

    @property
    def actor_name(self) -> str:
        """The name of the person who acts."""
        return text(self._runtime.call(lib.efile_session_actor_name, self._ptr))

    @property
    def behalf(self) -> uuid.UUID | None:
        """The person who is substituted, if any."""
        return identity_or_none(self._runtime.call(lib.efile_session_behalf, self._ptr))

    @property
    def is_administrator(self) -> bool:
        """Whether the actor holds the role "administrator" today."""
        out = ffi.new("int *")
        self._runtime.check(lib.efile_session_is_administrator, self._ptr, out)
        return bool(out[0])

    def events(self, since: int = 0) -> Iterator[Event]:
        """The log behind a position, with the bodies that the actor may read.

        >>> import efile
        >>> efile.init(tmp / "events")
        >>> with efile.Store(tmp / "events") as store:
        ...     _ = store.bootstrap("m.weber", login="app:demo")
        ...     with store.session("m.weber", login="app:demo") as s:
        ...         [e.data["name"] for e in s.events() if e.action == "actor.created"]
        ['m.weber']
        """
        return walk_events(self, lib.efile_session_events, since)

    def say(self, event: Event) -> EventWords:
        """An entry of the log in words: who, what, and about what.

        >>> import efile
        >>> efile.init(tmp / "said")
        >>> with efile.Store(tmp / "said") as store:
        ...     _ = store.bootstrap("m.weber", login="app:demo", display="Martin Weber")
        ...     with store.session("m.weber", login="app:demo") as s:
        ...         [s.say(e).about for e in s.events() if e.action == "actor.created"][0]
        'Martin Weber'
        """
        entry = ffi.new("efile_event *")
        action = ffi.new("char[]", event.action.encode())
        body = ffi.new("char[]", event.body.encode())
        entry.action, entry.body, entry.time = action, body, microseconds(event.time)
        entry.actor = id_struct("efile_id", event.actor)
        entry.behalf = id_struct("efile_id", event.behalf)
        entry.object = id_struct("efile_id", event.object)
        out = ffi.new("efile_event_words *")
        self._runtime.check(lib.efile_event_say, out, self._ptr, entry)
        return EventWords(text(out.what), bool(out.machine), text(out.who), text(out.about))

    @property
    def handover(self) -> Handover:
        """What leaves for the finance system, and what it answers."""
        self._ptr  # noqa: B018 - a closed session raises
        return Handover(self)

    def transaction(self) -> AbstractContextManager[None]:
        """All calls inside become durable together, or none of them if an exception leaves it."""
        self._ptr  # noqa: B018 - a closed session raises
        return self.store.transaction()


def open(
    path: str | os.PathLike[str],
    *,
    actor: str | uuid.UUID,
    login: str | None = None,
    on_behalf_of: str | uuid.UUID | None = None,
    purpose: str | None = None,
    break_glass_reason: str | None = None,
    read_only: bool = False,
    context: Context | None = None,
) -> Session:
    """Opens a store and a session in it; closing the session closes all.

    >>> import efile
    >>> efile.init(tmp / "open")
    >>> with efile.Store(tmp / "open") as store:
    ...     _ = store.bootstrap("m.weber", login="app:demo")
    >>> with efile.open(tmp / "open", actor="m.weber", login="app:demo") as s:
    ...     print(s.actor_name, s.is_administrator)
    m.weber True
    """
    store = Store(path, read_only=read_only, context=context)
    try:
        session = store.session(
            actor,
            login=login,
            on_behalf_of=on_behalf_of,
            purpose=purpose,
            break_glass_reason=break_glass_reason,
        )
    except BaseException:
        store.close()
        raise
    session._own_store = store
    return session
