# SPDX-License-Identifier: LGPL-2.1-or-later
"""Letters coming in, templates to start with, packages going out."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ._efile import ffi, lib
from ._enums import ExportFormat, IntakeChannel, IntakeState, IntakeUnread
from ._native import (
    Handle,
    Options,
    chars,
    chars_or_null,
    id_struct,
    identity,
    identity_or_none,
    moment,
    taken,
    text,
    text_or_none,
    walk,
)
from .context import Context
from .errors import Invalid
from .jobs import Jobs
from .model import NodeLike, node_id
from .streams import Content, Writable, Writer, opened, reader


def intake_state_name(state: IntakeState) -> str:
    """The name of a state.

    >>> import efile
    >>> efile.intake_state_name(efile.IntakeState.QUARANTINED)
    'quarantined'
    """
    return text(lib.efile_intake_state_name(state))


def intake_channel_name(channel: IntakeChannel) -> str:
    """The name of a channel.

    >>> import efile
    >>> efile.intake_channel_name(efile.IntakeChannel.MAIL)
    'mail'
    """
    return text(lib.efile_intake_channel_name(channel))


@dataclass(frozen=True)
class IntakeRemark:
    """What is to be said about a letter: why it waits, which file could not be looked into."""

    number: int
    """E-number of the message; 0 if it has none."""
    file: str | None
    """Which file of the letter; None: the whole letter."""
    text: str
    """The message in the language of the context."""
    unread: IntakeUnread
    """Why the file could not be looked into."""
    retry: bool
    """The cause lies outside of the letter: another try may succeed."""


def intake_unread_name(why: IntakeUnread) -> str:
    """The name of a cause in the facts that the rules see.

    >>> import efile
    >>> efile.intake_unread_name(efile.IntakeUnread.DAMAGED)
    'damaged'
    """
    return text(lib.efile_intake_unread_name(why))


class IntakeItem(Handle):
    """A letter in the intake journal."""

    def __init__(self, ptr: Any, session: Intake) -> None:
        self._session = session
        super().__init__(ptr, lib.efile_intake_item_free, session, session._runtime)

    def __repr__(self) -> str:
        if self.closed:
            return "<IntakeItem closed>"
        return f"<IntakeItem {self.number} {intake_state_name(self.state)}>"

    @property
    def id(self) -> uuid.UUID:
        """Its id."""
        return identity(lib.efile_intake_item_id(self._ptr))

    @property
    def number(self) -> str:
        """Its number in the journal, such as "2026/000017"."""
        return text(lib.efile_intake_item_number(self._ptr))

    @property
    def office(self) -> str:
        """The office whose journal numbers it; empty for the common one."""
        return text(lib.efile_intake_item_office(self._ptr))

    @property
    def state(self) -> IntakeState:
        """How far it has come."""
        return IntakeState(lib.efile_intake_item_state(self._ptr))

    @property
    def is_duplicate(self) -> bool:
        """Whether it had been received before."""
        return bool(lib.efile_intake_item_is_duplicate(self._ptr))

    @property
    def channel(self) -> IntakeChannel:
        """Where it came in."""
        return IntakeChannel(lib.efile_intake_item_channel(self._ptr))

    @property
    def received(self) -> dt.datetime:
        """When it was received, by our clock."""
        return moment(lib.efile_intake_item_received(self._ptr))

    @property
    def sha256(self) -> str | None:
        """SHA-256 of its raw bytes as 64 hex digits; None if rejected."""
        return text_or_none(lib.efile_intake_item_sha256(self._ptr))

    @property
    def sender(self) -> str | None:
        """Who sent it, as far as known."""
        return text_or_none(lib.efile_intake_item_sender(self._ptr))

    @property
    def subject(self) -> str | None:
        """Its subject or file name."""
        return text_or_none(lib.efile_intake_item_subject(self._ptr))

    @property
    def reason(self) -> str | None:
        """Why it lies where it lies: the rule that filed it, or what is wrong."""
        return text_or_none(lib.efile_intake_item_reason(self._ptr))

    @property
    def document(self) -> uuid.UUID | None:
        """The document that it became."""
        return identity_or_none(lib.efile_intake_item_document(self._ptr))

    @property
    def case(self) -> uuid.UUID | None:
        """The case that it was filed in."""
        return identity_or_none(lib.efile_intake_item_case(self._ptr))

    @property
    def instance(self) -> uuid.UUID | None:
        """The process that was started."""
        return identity_or_none(lib.efile_intake_item_instance(self._ptr))

    @property
    def remarks(self) -> tuple[IntakeRemark, ...]:
        """Why it was not filed, or which of its files could not be looked into."""
        found = []
        for index in range(lib.efile_intake_item_remark_count(self._ptr)):
            row = lib.efile_intake_item_remark(self._ptr, index)
            found.append(
                IntakeRemark(
                    row.number,
                    text_or_none(row.file),
                    text(row.text),
                    IntakeUnread(row.unread),
                    bool(row.retry),
                )
            )
        return tuple(found)

    def process(self) -> IntakeState:
        """Analyses, classifies, files it and starts its process; what became of it."""
        self._runtime.check(lib.efile_intake_process, self._ptr, self._session._ptr)
        return self.state

    def open(self) -> io.BufferedReader:
        """Its raw bytes as a binary file object, verified while they are read."""
        out = ffi.new("efile_reader **")
        self._runtime.check(
            lib.efile_intake_open_original, out, self._ptr, self._session._ptr
        )
        return opened(out[0], self)

    def read(self) -> bytes:
        """Its raw bytes."""
        with self.open() as content:
            return content.read()

    def explain(self) -> dict[str, Any]:
        """The facts that the rules of classification see; nothing is changed."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_intake_explain, out, self._ptr, self._session._ptr)
        return dict(json.loads(taken(out), parse_float=Decimal))


class Intake(Jobs):
    """What a session can do about letters, templates and packages."""

    def receive(
        self,
        content: Content,
        *,
        channel: IntakeChannel | None = None,
        name: str | os.PathLike[str] | None = None,
        office: str | None = None,
    ) -> IntakeItem:
        """Receives a letter: its bytes, number and time of receipt are durable then."""
        options = Options(
            "efile_intake_options",
            lib.efile_intake_options_init,
            channel=channel,
            name=None if name is None else os.fspath(name),
            office=office,
        )
        out = ffi.new("efile_intake_item **")
        with reader(self._runtime, content) as source:
            self._runtime.check(lib.efile_intake_receive, out, self._ptr, source, options.ptr)
        return IntakeItem(out[0], self)

    def letter(self, letter: str | uuid.UUID, *, office: str | None = None) -> IntakeItem:
        """The letter with an id, or a number such as "2026/000017" in an office's journal."""
        out = ffi.new("efile_intake_item **")
        if isinstance(letter, str):
            self._runtime.check(
                lib.efile_intake_of_office, out, self._ptr, chars_or_null(office), chars(letter)
            )
        else:
            key = id_struct("efile_intake_id", letter)
            self._runtime.check(lib.efile_intake_load, out, self._ptr, key)
        return IntakeItem(out[0], self)

    def letters(self, state: IntakeState | None = None) -> Iterator[IntakeItem]:
        """The intake journal in the order of receipt."""
        out = ffi.new("efile_intake_cursor **")
        item = ffi.new("efile_intake_item **")
        self._runtime.check(lib.efile_intake_list, out, self._ptr, state or 0)
        return walk(
            self,
            out[0],
            lib.efile_intake_cursor_free,
            lambda cursor: lib.efile_intake_cursor_next(cursor, item),
            lambda: IntakeItem(item[0], self),
        )

    def set_intake_rule(
        self,
        name: str,
        *,
        condition: str,
        plan: str,
        title: str,
        order: int | None = None,
        doctype: str | None = None,
        process: str | None = None,
    ) -> None:
        """Sets a rule of classification; condition and title are FEEL."""
        rule = Options(
            "efile_intake_rule",
            lib.efile_intake_rule_init,
            name=name,
            order=order,
            condition=condition,
            plan=plan,
            title=title,
            doctype=doctype,
            process=process,
        )
        self._runtime.check(lib.efile_intake_rule_set, self._ptr, rule.ptr)

    def apply_template(self, name: str = "municipal", land: str = "BW") -> None:
        """Brings actors, access lists, types, filing plan and processes to start with."""
        self._runtime.check(lib.efile_template_apply, self._ptr, chars(name), chars(land))

    def export(
        self,
        node: NodeLike,
        target: Writable | os.PathLike[str],
        *,
        format: ExportFormat | None = None,
    ) -> None:
        """Writes a package of a node with all in it to a path or a binary file object.

        A path must not exist; after an error nothing is left there.
        """
        if isinstance(target, os.PathLike):
            with open(target, "xb") as file:
                try:
                    self.export(node, file, format=format)
                except BaseException:
                    os.unlink(target)
                    raise
            return
        options = Options(
            "efile_export_options", lib.efile_export_options_init, format=format
        )
        above = self._above
        if above is None or not isinstance(above._above, Context):
            raise Invalid("the session is closed")
        with Writer(above._above, target) as writer:
            self._runtime.check(
                lib.efile_export_write,
                self._ptr,
                id_struct("efile_id", node_id(node)),
                writer._ptr,
                options.ptr,
            )
