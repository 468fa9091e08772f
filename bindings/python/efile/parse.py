# SPDX-License-Identifier: LGPL-2.1-or-later
"""Looking into PDF files and images, in a helper process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._efile import ffi, lib
from ._enums import ParseFlag
from ._native import Handle, text
from .context import Context
from .mail import Bytes, data_of

METADATA = (
    "title",
    "author",
    "subject",
    "keywords",
    "creator",
    "producer",
    "created",
    "modified",
    "version",
)


@dataclass(frozen=True)
class FileInfo:
    """What a file is.

    Sizes of pages are in thousandths of a point (1/72 inch), that of an image in pixels.
    """

    media_type: str
    flags: ParseFlag
    page_count: int
    page_sizes: tuple[tuple[int, int], ...]
    image_size: tuple[int, int] | None
    metadata: dict[str, str]
    xmp: str | None


@dataclass(frozen=True)
class Embedded:
    """A file embedded in a PDF; its name is data, never a path."""

    name: str
    media_type: str
    data: bytes


class _Result(Handle):
    """What a call found out."""

    def __init__(self, ptr: Any, parser: Parser) -> None:
        super().__init__(ptr, lib.efile_parse_result_free, parser, parser._runtime)


class Parser(Handle):
    """A connection to one warm helper process, started by the first request.

    Without the helper every call raises Unsupported, and the rest of the library works on.
    """

    def __init__(self, *, context: Context | None = None) -> None:
        ctx = context or Context()
        out = ffi.new("efile_parser **")
        ctx._runtime.check(lib.efile_parser_new, out, ctx._ptr)
        super().__init__(out[0], lib.efile_parser_free, ctx, ctx._runtime)

    def __enter__(self) -> Parser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, function: Any, data: Bytes, *arguments: int) -> _Result:
        given = ffi.from_buffer(data_of(data))
        out = ffi.new("efile_parse_result **")
        self._runtime.check(function, out, self._ptr, given, len(given), *arguments)
        return _Result(out[0], self)

    def info(self, data: Bytes) -> FileInfo:
        """What a file is; a damaged or encrypted PDF is not an error here: the flags say so."""
        result = self._ask(lib.efile_parse_info, data)
        ptr = result._ptr
        length = ffi.new("size_t *")
        pages = lib.efile_parse_result_page_count(ptr)
        sizes = (_size(lib.efile_parse_result_page_size, ptr, page) for page in range(pages))
        about = ((key, lib.efile_parse_result_metadata(ptr, key.encode())) for key in METADATA)
        given = lib.efile_parse_result_xmp(ptr, length)
        xmp = None if given == ffi.NULL else bytes(ffi.buffer(given, length[0]))
        info = FileInfo(
            text(lib.efile_parse_result_media_type(ptr)),
            ParseFlag(lib.efile_parse_result_flags(ptr)),
            pages,
            tuple(size for size in sizes if size is not None),
            _size(lib.efile_parse_result_image_size, ptr),
            {key: text(value) for key, value in about if value != ffi.NULL},
            None if xmp is None else xmp.decode("utf-8", "replace"),
        )
        result.close()
        return info

    def text(self, data: Bytes, page: int = 0, count: int = 0) -> list[str]:
        """The text of some pages of a PDF, one string per page; count 0: all that follow."""
        result = self._ask(lib.efile_parse_text, data, page, count)
        pages: list[str] = []
        while (found := lib.efile_parse_result_text(result._ptr, page + len(pages))) != ffi.NULL:
            pages.append(text(found))
        result.close()
        return pages

    def attachments(self, data: Bytes) -> list[Embedded]:
        """The files embedded in a PDF."""
        result = self._ask(lib.efile_parse_attachments, data)
        count = lib.efile_parse_result_attachment_count(result._ptr)
        found = [_embedded(result, index) for index in range(count)]
        result.close()
        return found

    def preview(self, data: Bytes, page: int = 0, width: int = 800) -> bytes:
        """A page of a PDF as a PNG image."""
        result = self._ask(lib.efile_parse_preview, data, page, width)
        length = ffi.new("size_t *")
        image = bytes(ffi.buffer(lib.efile_parse_result_preview(result._ptr, length), length[0]))
        result.close()
        return image


def _size(function: Any, ptr: Any, *arguments: int) -> tuple[int, int] | None:
    out = ffi.new("uint32_t[2]")
    if function(ptr, *arguments, out, out + 1) < 0:
        return None
    return int(out[0]), int(out[1])


def _embedded(result: _Result, index: int) -> Embedded:
    found = lib.efile_parse_result_attachment(result._ptr, index)
    data = bytes(ffi.buffer(found.data, found.length))
    return Embedded(text(found.name), text(found.media_type), data)
