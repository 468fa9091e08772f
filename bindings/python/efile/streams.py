# SPDX-License-Identifier: LGPL-2.1-or-later
"""Content: from bytes, files and file objects into the library, and out of it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from typing import Any, Protocol, Union

from ._efile import ffi, lib
from ._native import Handle, Runtime, callback, path_bytes


class Readable(Protocol):
    """A binary file object."""

    def read(self, size: int, /) -> bytes | None: ...


class Writable(Protocol):
    """A binary file object that is written to."""

    def write(self, data: Any, /) -> Any: ...


Target = Union[Writable, int, "os.PathLike[str]"]
"""A file object, an open descriptor, or a path, whose file is there whole or not at all."""

Content = Union[bytes, bytearray, memoryview, "os.PathLike[str]", Readable]
"""Bytes and buffers are read in place, paths are opened, file objects are read to their end."""


class _Stream:
    """What stands behind the `user` pointer of a callback stream."""

    def __init__(self, file: Any, runtime: Runtime) -> None:
        self.file = file
        self.runtime = runtime
        self.into = getattr(file, "readinto", None)


@callback
def efile_py_read(buffer: Any, length: int, got: Any, user: Any) -> int:
    stream = ffi.from_handle(user)
    try:
        got[0] = _read(stream, buffer, length)
        return int(lib.EFILE_OK)
    except BaseException as error:
        stream.runtime.raised = error
        return int(lib.EFILE_E_IO)


def _read(stream: _Stream, buffer: Any, length: int) -> int:
    if stream.into is not None:
        count = stream.into(ffi.buffer(buffer, length))
    else:
        data = stream.file.read(length)
        count = None if data is None else len(data)
        if count is not None and count > length:
            raise ValueError(f"read({length}) gave {count} bytes")
        ffi.memmove(buffer, data or b"", count or 0)
    if count is None:
        raise BlockingIOError("the file object is in non-blocking mode and has no data")
    return int(count)


@callback
def efile_py_write(data: Any, length: int, user: Any) -> int:
    stream = ffi.from_handle(user)
    try:
        rest = memoryview(ffi.buffer(data, length))
        while len(rest):
            written = stream.file.write(bytes(rest))
            rest = rest[len(rest) if written is None else written :]
        return int(lib.EFILE_OK)
    except BaseException as error:
        stream.runtime.raised = error
        return int(lib.EFILE_E_IO)


@callback
def efile_py_release(user: Any) -> None:
    ffi.from_handle(user).file = None


@contextlib.contextmanager
def reader(runtime: Runtime, content: Content | None) -> Iterator[Any]:
    """A C reader over content, for the time of one call; NULL for None."""
    if content is None:
        yield ffi.NULL
        return
    out = ffi.new("efile_reader **")
    with runtime.lock:
        keep = _open(out, runtime, content)
        try:
            yield out[0]
        finally:
            lib.efile_reader_free(out[0])
            del keep


def _open(out: Any, runtime: Runtime, content: Any) -> object:
    """Makes the reader; what is returned must outlive it."""
    ctx = runtime.ctx
    if isinstance(content, str):
        raise TypeError("content is bytes, a pathlib.Path or a binary file object; encode() text")
    if isinstance(content, os.PathLike):
        runtime.check(lib.efile_reader_from_file, out, ctx, path_bytes(content))
        return None
    if isinstance(content, int):
        runtime.check(lib.efile_reader_from_fd, out, ctx, content)
        return None
    if hasattr(content, "read"):
        if isinstance(content, io.TextIOBase):
            raise TypeError("the file object is in text mode; open it with mode 'rb'")
        user = ffi.new_handle(_Stream(content, runtime))
        runtime.check(
            lib.efile_reader_from_callback, out, ctx, lib.efile_py_read, lib.efile_py_release, user
        )
        return user
    data = ffi.from_buffer(content)
    runtime.check(lib.efile_reader_from_memory, out, ctx, data, len(data))
    return data


class ContentReader(io.RawIOBase):
    """Content that is read from the library as it comes: a raw binary stream.

    What is stored is verified while it is read: a content that does not match its digest raises
    Damaged at its end.
    """

    def __init__(self, ptr: Any, above: Handle) -> None:
        super().__init__()
        self._handle = Handle(ptr, lib.efile_reader_free, above, above._runtime)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Reads into a buffer, without a copy; 0 at the end."""
        got = ffi.new("size_t *")
        room = ffi.from_buffer(buffer, require_writable=True)
        if not len(room):
            return 0
        handle = self._handle
        status = handle._runtime.check(lib.efile_reader_read, handle._ptr, room, len(room), got)
        return 0 if status == lib.EFILE_DONE else int(got[0])

    def close(self) -> None:
        """Frees it."""
        if not self.closed:
            self._handle.close()
        super().close()


def opened(ptr: Any, above: Handle) -> io.BufferedReader:
    """A buffered file object over a C reader."""
    return io.BufferedReader(ContentReader(ptr, above), 65536)


class Writer(Handle):
    """A C writer into a binary file object, a descriptor, or the file of a path.

    The file of a path is there whole or not at all: it appears when the block ends, on the disk, in
    place of an older one; an exception in the block leaves nothing behind.

    >>> import efile, io
    >>> target = io.BytesIO()
    >>> with efile.Context() as ctx, efile.Writer(ctx, target) as out:
    ...     out.write(b"an e-file")
    >>> target.getvalue()
    b'an e-file'
    """

    def __init__(
        self, context: Handle, target: Target, mode: int = 0o666
    ) -> None:
        runtime = context._runtime
        out = ffi.new("efile_writer **")
        keep: object = None
        if isinstance(target, int):
            runtime.check(lib.efile_writer_to_fd, out, context._ptr, target)
        elif isinstance(target, os.PathLike):
            path = path_bytes(target)
            runtime.check(lib.efile_writer_to_file, out, context._ptr, path, mode)
        else:
            keep = user = ffi.new_handle(_Stream(target, runtime))
            runtime.check(
                lib.efile_writer_to_callback,
                out,
                context._ptr,
                lib.efile_py_write,
                lib.efile_py_release,
                user,
            )
        super().__init__(out[0], lib.efile_writer_free, context, runtime, keep)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self.close()

    def finish(self) -> None:
        """All has been written: the file of a path gets its name, as at the end of a block."""
        self._runtime.check(lib.efile_writer_finish, self._ptr)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Writes all bytes."""
        given = ffi.from_buffer(data)
        self._runtime.check(lib.efile_writer_write, self._ptr, given, len(given))
