# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is who, and who may do what: actors, memberships, deputies, access lists."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, Union

from ._efile import ffi, lib
from ._enums import ActorKind, Confidentiality, Right
from ._native import (
    Handle,
    Options,
    chars,
    date_struct,
    id_struct,
    identity,
    record,
    text,
    walk,
)
from .errors import Invalid


@dataclass(frozen=True)
class Actor:
    """A person, unit, position, role or group."""

    id: uuid.UUID
    kind: ActorKind
    name: str
    display: str
    mail: str | None
    active: bool
    clearance: Confidentiality


@dataclass(frozen=True)
class Member:
    """A membership; a missing day means since ever, or without end."""

    member: uuid.UUID
    container: uuid.UUID
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True)
class Deputy:
    """A substitution; a missing day means since ever, or without end."""

    principal: uuid.UUID
    deputy: uuid.UUID
    since: dt.date | None
    until: dt.date | None
    rights: Right
    only_absent: bool
    today: bool


@dataclass(frozen=True)
class AccessEntry:
    """One line of an access list; a denial wins.

    >>> import efile, uuid
    >>> efile.AccessEntry(uuid.uuid4(), efile.Right.READ | efile.Right.WRITE).deny
    False
    """

    subject: uuid.UUID
    rights: Right
    deny: bool = False
    not_by_deputy: bool = False


T = TypeVar("T")

ActorLike = Union[str, uuid.UUID, Actor]
"""An actor, its id or its name."""


def rights(names: str) -> Right:
    """The rights that a list names.

    >>> import efile
    >>> efile.rights("read,write") == efile.Right.READ | efile.Right.WRITE
    True
    """
    out = ffi.new("unsigned *")
    if lib.efile_rights_parse(out, chars(names)) < 0:
        raise Invalid(f"not a list of rights: {names!r}")
    return Right(out[0])


def right_name(right: Right) -> str:
    """The name of one right.

    >>> import efile
    >>> efile.right_name(efile.Right.GRANT)
    'grant'
    """
    return _name(lib.efile_right_name(right), right)


def actor_kind(name: str) -> ActorKind:
    """The kind of actor that a name stands for."""
    out = ffi.new("efile_actor_kind *")
    if lib.efile_actor_kind_parse(out, chars(name)) < 0:
        raise Invalid(f"not a kind of actor: {name!r}")
    return ActorKind(out[0])


def actor_kind_name(kind: ActorKind) -> str:
    """The name of a kind of actor.

    >>> import efile
    >>> efile.actor_kind(efile.actor_kind_name(efile.ActorKind.UNIT)).name
    'UNIT'
    """
    return _name(lib.efile_actor_kind_name(kind), kind)


def confidentiality(name: str) -> Confidentiality:
    """The confidentiality level that a name stands for."""
    out = ffi.new("efile_confidentiality *")
    if lib.efile_confidentiality_parse(out, chars(name)) < 0:
        raise Invalid(f"not a level of confidentiality: {name!r}")
    return Confidentiality(out[0])


def confidentiality_name(level: Confidentiality) -> str:
    """The name of a confidentiality level.

    >>> import efile
    >>> efile.confidentiality_name(efile.Confidentiality.TOP_SECRET)
    'top_secret'
    """
    return _name(lib.efile_confidentiality_name(level), level)


def _name(given: Any, value: int) -> str:
    if given == ffi.NULL:
        raise Invalid(f"no name for {value!r}")
    return text(given)


class Access(Handle):
    """What a session can do about actors and access lists."""

    def _actor(self, actor: ActorLike | None) -> Any:
        """The C id of an actor; nil for None."""
        if isinstance(actor, Actor):
            actor = actor.id
        if isinstance(actor, str):
            actor = self.find_actor(actor)
        return id_struct("efile_actor_id", actor)

    def create_actor(
        self,
        kind: ActorKind,
        name: str,
        *,
        display: str | None = None,
        mail: str | None = None,
        active: bool | None = None,
        clearance: Confidentiality | None = None,
    ) -> uuid.UUID:
        """Creates a person, unit, position, role or group."""
        options = Options(
            "efile_actor_options",
            lib.efile_actor_options_init,
            display=display,
            mail=mail,
            active=active,
            clearance=clearance,
        )
        out = ffi.new("efile_actor_id *")
        self._runtime.check(
            lib.efile_actor_create, out, self._ptr, kind, chars(name), options.ptr
        )
        return identity(out[0])

    def update_actor(
        self,
        actor: ActorLike,
        *,
        display: str | None = None,
        mail: str | None = None,
        active: bool | None = None,
        clearance: Confidentiality | None = None,
    ) -> None:
        """Changes what is given; mail "" removes the address."""
        options = Options(
            "efile_actor_options",
            lib.efile_actor_options_init,
            display=display,
            mail=mail,
            active=active,
            clearance=clearance,
        )
        self._runtime.check(
            lib.efile_actor_update, self._ptr, self._actor(actor), options.ptr
        )

    def find_actor(self, name: str) -> uuid.UUID:
        """The id of the actor with a name."""
        out = ffi.new("efile_actor_id *")
        self._runtime.check(lib.efile_actor_find, out, self._ptr, chars(name))
        return identity(out[0])

    def actor_of(self, actor: ActorLike) -> Actor:
        """All about one actor."""
        struct = self._actor(actor)
        for found in self._actors(actor=identity(struct)):
            return found
        raise Invalid(f"not an actor: {actor}")

    def actors(
        self,
        kind: ActorKind | None = None,
        *,
        only_active: bool = False,
        after: str | None = None,
    ) -> Iterator[Actor]:
        """The actors by name, those behind the name `after`."""
        return self._actors(kind=kind, only_active=only_active, after=after)

    def _actors(self, **given: Any) -> Iterator[Actor]:
        options = Options("efile_actor_filter", lib.efile_actor_filter_init, **given)
        out = ffi.new("efile_actor_cursor **")
        item = ffi.new("efile_actor *")
        self._runtime.check(lib.efile_actor_list, out, self._ptr, options.ptr)
        return walk(
            self,
            out[0],
            lib.efile_actor_cursor_free,
            lambda cursor: lib.efile_actor_cursor_next(cursor, item),
            lambda: record(Actor, item),
        )

    def add_member(
        self,
        member: ActorLike,
        container: ActorLike,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> None:
        """Makes an actor a member of a unit, position, role or group, for a period."""
        self._runtime.check(
            lib.efile_member_add,
            self._ptr,
            self._actor(member),
            self._actor(container),
            date_struct(since),
            date_struct(until),
        )

    def remove_member(self, member: ActorLike, container: ActorLike) -> None:
        """Ends a membership at once."""
        self._runtime.check(
            lib.efile_member_remove, self._ptr, self._actor(member), self._actor(container)
        )

    def members(
        self, *, member: ActorLike | None = None, container: ActorLike | None = None
    ) -> Iterator[Member]:
        """Direct memberships, past and future ones too."""
        item = ffi.new("efile_member *")
        return self._pairs(
            "member", lambda: record(Member, item, since="from"), item, member, container
        )

    def _pairs(
        self,
        what: str,
        value: Callable[[], T],
        item: Any,
        first: ActorLike | None,
        second: ActorLike | None,
    ) -> Iterator[T]:
        """A list of rows that join two actors, narrowed to either or both."""
        out = ffi.new(f"efile_{what}_cursor **")
        listing, following, free = {
            "member": (
                lib.efile_member_list,
                lib.efile_member_cursor_next,
                lib.efile_member_cursor_free,
            ),
            "deputy": (
                lib.efile_deputy_list,
                lib.efile_deputy_cursor_next,
                lib.efile_deputy_cursor_free,
            ),
        }[what]
        self._runtime.check(listing, out, self._ptr, self._actor(first), self._actor(second))
        return walk(self, out[0], free, lambda cursor: following(cursor, item), value)

    def add_deputy(
        self,
        principal: ActorLike,
        deputy: ActorLike,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
        rights: Right | None = None,
        only_absent: bool | None = None,
    ) -> None:
        """Names a deputy; naming the same one again changes period and scope."""
        options = Options(
            "efile_deputy_options",
            lib.efile_deputy_options_init,
            until=until,
            rights=rights,
            only_absent=only_absent,
        )
        if since is not None:
            options.set("from", since)
        self._runtime.check(
            lib.efile_deputy_add,
            self._ptr,
            self._actor(principal),
            self._actor(deputy),
            options.ptr,
        )

    def remove_deputy(self, principal: ActorLike, deputy: ActorLike) -> None:
        """Ends a substitution at once."""
        self._runtime.check(
            lib.efile_deputy_remove, self._ptr, self._actor(principal), self._actor(deputy)
        )

    def deputies(
        self, *, principal: ActorLike | None = None, deputy: ActorLike | None = None
    ) -> Iterator[Deputy]:
        """Substitutions, past and future ones too."""
        item = ffi.new("efile_deputy *")
        return self._pairs(
            "deputy", lambda: record(Deputy, item, since="from"), item, principal, deputy
        )

    def set_absence(
        self, person: ActorLike, since: dt.date, until: dt.date | None = None
    ) -> None:
        """Notes that a person is absent; the same first day again changes the last."""
        self._runtime.check(
            lib.efile_absence_set,
            self._ptr,
            self._actor(person),
            date_struct(since),
            date_struct(until),
        )

    def remove_absence(self, person: ActorLike, since: dt.date) -> None:
        """Takes an absence back."""
        self._runtime.check(
            lib.efile_absence_remove, self._ptr, self._actor(person), date_struct(since)
        )

    def is_absent(self, person: ActorLike) -> bool:
        """Whether a person is absent today."""
        out = ffi.new("int *")
        self._runtime.check(lib.efile_absence_today, self._ptr, self._actor(person), out)
        return bool(out[0])

    def permit_login(self, login: str, person: ActorLike) -> None:
        """Permits a login to act as a person."""
        self._runtime.check(
            lib.efile_login_permit, self._ptr, chars(login), self._actor(person)
        )

    def revoke_login(self, login: str, person: ActorLike) -> None:
        """Takes the permission back; open sessions of that login end with it."""
        self._runtime.check(
            lib.efile_login_revoke, self._ptr, chars(login), self._actor(person)
        )

    def access_list(self, entries: Iterable[AccessEntry]) -> int:
        """The number of the access list with exactly these entries; equal ones share it."""
        given = list(entries)
        array = ffi.new("efile_access_entry[]", max(len(given), 1))
        for item, entry in zip(array, given, strict=False):
            item.subject = self._actor(entry.subject)
            item.rights = int(entry.rights)
            item.deny = entry.deny
            item.not_by_deputy = entry.not_by_deputy
        out = ffi.new("int64_t *")
        self._runtime.check(lib.efile_access_list_make, out, self._ptr, array, len(given))
        return int(out[0])

    def access_entries(self, number: int) -> Iterator[AccessEntry]:
        """The entries of an access list."""
        out = ffi.new("efile_access_cursor **")
        item = ffi.new("efile_access_entry *")
        self._runtime.check(lib.efile_access_list_show, out, self._ptr, number)
        return walk(
            self,
            out[0],
            lib.efile_access_cursor_free,
            lambda cursor: lib.efile_access_cursor_next(cursor, item),
            lambda: record(AccessEntry, item),
        )
