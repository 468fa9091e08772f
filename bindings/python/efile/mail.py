# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading e-mail: a message as it came, taken apart without losing a byte."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from dataclasses import dataclass
from typing import Any, Union

from ._efile import ffi, lib
from ._enums import MailEncoding, MailField
from ._native import Handle, chars, moment, record, taken, text_or_none
from .context import Context
from .report import Report, report
from .streams import opened

Buffer = Union[bytes, bytearray, memoryview]
Bytes = Union[Buffer, "os.PathLike[str]"]
"""Bytes or a buffer, read in place; or the path of a file."""


def data_of(given: Bytes) -> Buffer:
    """The bytes that are meant."""
    if isinstance(given, os.PathLike):
        with open(given, "rb") as file:
            return file.read()
    if isinstance(given, str):
        raise TypeError("bytes or a pathlib.Path are wanted; encode() text")
    return given


@dataclass(frozen=True)
class MailAddress:
    """One address: display name, the address as given, the group that it stands in."""

    name: str | None
    address: str
    group: str | None


@dataclass(frozen=True)
class MailPart:
    """One part; None where the message says nothing. The file name is data, never a path."""

    path: str
    type: str
    disposition: str | None
    filename: str | None
    charset: str | None
    content_id: str | None
    encoding: MailEncoding
    is_container: bool
    container: int
    header_offset: int
    header_length: int
    body_offset: int
    body_length: int


class Mail(Handle):
    """A message taken apart; what is broken is repaired and noted in the report.

    >>> import efile
    >>> mail = efile.Mail(b"From: Weber <w@stadt.example>\\r\\nSubject: Gru=?utf-8?q?=C3=9F?=\\r\\n"
    ...                   b"\\r\\nGuten Tag")
    >>> mail.addresses(efile.MailField.FROM)[0].address
    'w@stadt.example'
    >>> mail.text(0)
    'Guten Tag'
    """

    def __init__(self, data: Bytes, *, context: Context | None = None) -> None:
        ctx = context or Context()
        given = ffi.from_buffer(data_of(data))
        out = ffi.new("efile_mail **")
        ctx._runtime.check(lib.efile_mail_parse, out, ctx._ptr, given, len(given))
        super().__init__(out[0], lib.efile_mail_free, ctx, ctx._runtime, keep=given)

    def __enter__(self) -> Mail:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def subject(self) -> str | None:
        """The subject, decoded."""
        return text_or_none(lib.efile_mail_subject(self._ptr))

    @property
    def message_id(self) -> str | None:
        """The Message-ID without angle brackets."""
        return text_or_none(lib.efile_mail_message_id(self._ptr))

    @property
    def in_reply_to(self) -> str | None:
        """The first id in In-Reply-To."""
        return text_or_none(lib.efile_mail_in_reply_to(self._ptr))

    @property
    def references(self) -> list[str]:
        """The ids in References, oldest first."""
        ptr = self._ptr
        count = lib.efile_mail_reference_count(ptr)
        return [text_or_none(lib.efile_mail_reference(ptr, i)) or "" for i in range(count)]

    @property
    def date(self) -> dt.datetime | None:
        """The time that the sender claims."""
        out = ffi.new("efile_time *")
        return moment(out[0]) if lib.efile_mail_date(out, self._ptr) else None

    def addresses(self, field: MailField) -> list[MailAddress]:
        """The addresses of a field."""
        ptr = self._ptr
        count = lib.efile_mail_address_count(ptr, field)
        return [record(MailAddress, lib.efile_mail_address_at(ptr, field, i)) for i in range(count)]

    def header(self, name: str, *, part: int = 0, index: int = 0) -> str:
        """The value of a header field, decoded; NotFound if there is none."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_mail_header, out, self._ptr, part, chars(name), index)
        return taken(out)

    def header_raw(self, name: str, *, part: int = 0, index: int = 0) -> bytes:
        """The value of a header field as it came: bytes with folds."""
        out = ffi.new("const void **")
        length = ffi.new("size_t *")
        self._runtime.check(
            lib.efile_mail_header_raw, out, length, self._ptr, part, chars(name), index
        )
        return bytes(ffi.buffer(out[0], length[0]))

    @property
    def parts(self) -> list[MailPart]:
        """The parts in the order of the message; the first is the message itself."""
        ptr = self._ptr
        count = lib.efile_mail_part_count(ptr)
        return [record(MailPart, lib.efile_mail_part_at(ptr, i)) for i in range(count)]

    def open(self, index: int) -> io.BufferedReader:
        """The content of a part with the transport encoding taken off, as a file object."""
        out = ffi.new("efile_reader **")
        self._runtime.check(lib.efile_mail_part_open, out, self._ptr, index)
        return opened(out[0], self)

    def read(self, index: int) -> bytes:
        """The whole content of a part."""
        with self.open(index) as content:
            return content.read()

    def text(self, index: int) -> str:
        """The content of a part as text, whatever its charset."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_mail_part_text, out, self._ptr, index)
        return taken(out)

    def json(self) -> dict[str, Any]:
        """The message in the shape efile.mail.v1."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_mail_json, out, self._ptr)
        return dict(json.loads(taken(out)))

    @property
    def report(self) -> Report:
        """What was odd: limits reached and repairs made."""
        return report(lib.efile_mail_report(self._ptr))


def mail_address_key(address: str, *, context: Context | None = None) -> str:
    """The key by which two addresses are the same.

    >>> import efile
    >>> efile.mail_address_key("Max.Muster@Stadt.example")
    'max.muster@stadt.example'
    """
    ctx = context or Context()
    out = ffi.new("char **")
    ctx._runtime.check(lib.efile_mail_address_key, out, ctx._ptr, chars(address))
    return taken(out)


