# SPDX-License-Identifier: LGPL-2.1-or-later
"""Content going in and out: bytes, paths, file objects, and what goes wrong with them."""

from __future__ import annotations

import io
import os
import pathlib
from typing import Any

import pytest

import efile
from efile import streams
from efile._efile import ffi, lib


def read_all(context: efile.Context, content: Any) -> bytes:
    """What C reads from content."""
    with streams.reader(context._runtime, content) as reader:
        room = ffi.new("char[]", 7)
        got = ffi.new("size_t *")
        found = b""
        while context._runtime.check(lib.efile_reader_read, reader, room, 7, got) == lib.EFILE_OK:
            found += bytes(ffi.buffer(room, got[0]))
        return found


class OnlyRead:
    """A file object without readinto()."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int) -> bytes:
        out, self.data = self.data[:size], self.data[size:]
        return out


@pytest.mark.parametrize(
    "data", [b"", b"a letter", bytes(range(256)) * 100], ids=["empty", "short", "long"]
)
def test_each_kind_of_content(context: efile.Context, data: bytes, tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_bytes(data)
    with open(tmp_path / "file", "rb") as file:
        kinds: list[Any] = [data, bytearray(data), memoryview(data), tmp_path / "file"]
        kinds += [file, io.BytesIO(data), OnlyRead(data)]
        for kind in kinds:
            assert read_all(context, kind) == data, kind


def test_text_is_refused(context: efile.Context) -> None:
    for wrong in ("text", io.StringIO("text"), 1.5):
        with pytest.raises(TypeError):
            read_all(context, wrong)


def test_missing_file(context: efile.Context, tmp_path: pathlib.Path) -> None:
    with pytest.raises(efile.NotFound, match="nothing"):
        read_all(context, tmp_path / "nothing")


def test_exceptions_of_file_objects_come_through(context: efile.Context) -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise KeyboardInterrupt

    class Greedy:
        def read(self, size: int) -> bytes:
            return b"x" * (size + 1)

    class Empty:
        def read(self, size: int) -> bytes | None:
            return None

    with pytest.raises(KeyboardInterrupt):
        read_all(context, Broken())
    with pytest.raises(ValueError):
        read_all(context, Greedy())
    with pytest.raises(BlockingIOError):
        read_all(context, Empty())
    assert read_all(context, b"still works") == b"still works"


def test_writer(context: efile.Context, tmp_path: pathlib.Path) -> None:
    with open(tmp_path / "out", "wb") as file, efile.Writer(context, file.fileno()) as out:
        out.write(memoryview(b"written"))
    assert (tmp_path / "out").read_bytes() == b"written"

    class Full:
        def write(self, data: bytes) -> int:
            raise OSError(28, os.strerror(28))

    path = tmp_path / "whole"
    with efile.Writer(context, path) as out:
        out.write(b"one")
        assert not path.exists()
    assert path.read_bytes() == b"one"
    with pytest.raises(KeyboardInterrupt), efile.Writer(context, path, 0o600) as out:
        out.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"one"
    with efile.Writer(context, path, 0o600) as out:
        out.write(b"two")
    assert path.read_bytes() == b"two" and path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(efile.InputOutput):
        efile.Writer(context, tmp_path / "none" / "file")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "whole"]

    with efile.Writer(context, Full()) as out, pytest.raises(OSError, match="space"):
        out.write(b"x")
    with pytest.raises(efile.Invalid):
        out.write(b"x")
