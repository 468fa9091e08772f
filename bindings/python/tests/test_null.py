# SPDX-License-Identifier: LGPL-2.1-or-later
"""What C programs get wrong first: a NULL. Whatever answers a status, makes or frees, survives it.

Called through the raw declarations, since the package itself never passes one. What only reads a
value out of an object (a getter) must be given the object.
"""

from __future__ import annotations

import os
import pathlib
import signal
from collections.abc import Iterator
from typing import Any

import pytest

import efile
from efile._efile import ffi, lib

INVALID = lib.EFILE_E_INVALID
# What they make may be unwanted: their first argument may be NULL.
NOT_WANTED = {
    "efile_audit_anchor",
    "efile_case_add_document",
    "efile_case_add_part",
    "efile_case_create",
    "efile_document_add_attachment",
    "efile_dossier_add_part",
    "efile_dossier_create",
    "efile_flow_retain",
    "efile_handover_acknowledge",
    "efile_plan_create",
    "efile_supplier_import",
}
MAIL = b"From: a@example.org\r\nSubject: x\r\n\r\nText\r\n"
INVOICE = (
    b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
    b' xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
    b"<b:ID>1</b:ID></Invoice>"
)


def functions() -> Iterator[tuple[str, Any]]:
    """Name and type of each function that answers a status or nothing."""
    for name in dir(lib):
        if not name.startswith("efile_") or name.startswith("efile_py_"):
            continue
        try:
            kind = ffi.typeof(getattr(lib, name))
        except TypeError:
            continue  # a constant
        if kind.result.cname in ("enum efile_status", "void"):
            yield name, kind


class World:
    """Valid arguments for a call, made in the process that makes the call."""

    def __init__(self, path: pathlib.Path) -> None:
        self.keep: list[Any] = []
        self.made: dict[str, Any] = {}
        ctx = self.out("efile_ctx", lib.efile_ctx_new, ffi.NULL)
        store = self.out("efile_store", lib.efile_store_open, ctx, bytes(path), ffi.NULL)
        self.out("efile_session", lib.efile_session_open, store, b"admin", ffi.NULL)
        self.out("efile_reader", lib.efile_reader_from_memory, ctx, MAIL, len(MAIL))
        mail = self.out("efile_mail", lib.efile_mail_parse, ctx, MAIL, len(MAIL))
        self.out("efile_invoice", lib.efile_invoice_from_xml, ctx, INVOICE, len(INVOICE))
        self.made["efile_report"] = lib.efile_mail_report(mail)

    def out(self, kind: str, make: Any, *arguments: Any) -> Any:
        """Makes an object, remembers it as the valid one of its kind."""
        cell = ffi.new(f"{kind} **")
        assert make(cell, *arguments) == 0, kind
        self.made[kind] = cell[0]
        return cell[0]

    def value(self, kind: Any) -> Any:
        """A valid argument of a C type, as far as one can be had without knowing the function."""
        if kind.kind == "function":
            return ffi.NULL
        if kind.kind == "struct":
            return ffi.new(f"{kind.cname} *")[0]
        if kind.kind != "pointer":
            return 0
        item = kind.item
        name = item.cname.removeprefix("struct ").removesuffix(" const").removeprefix("const ")
        if name in self.made:
            return self.made[name]
        if item.kind == "void" or item.kind == "function":
            return ffi.NULL
        if name == "char":
            self.keep.append(ffi.new("char[]", b"x"))
            return self.keep[-1]
        if item.kind == "struct" and item.fields is None:
            return ffi.NULL  # an object that nobody made here
        if item.kind == "struct" and "options" in name:
            return ffi.NULL
        self.keep.append(ffi.new(f"{item.cname} *"))
        return self.keep[-1]


def attempts(kind: Any) -> list[int]:
    """Which argument is NULL: each pointer once; -1 stands for all."""
    return [-1, *(i for i, a in enumerate(kind.args) if a.kind == "pointer")]


def call(name: str, kind: Any, null: int, path: pathlib.Path) -> int | None:
    """What the function answers when one argument is NULL and the others are as valid as can be."""
    world = World(path)
    arguments = [
        ffi.NULL if a.kind in ("pointer", "function") and null in (-1, i) else world.value(a)
        for i, a in enumerate(kind.args)
    ]
    answer = getattr(lib, name)(*arguments)
    return int(answer) if kind.result.cname == "enum efile_status" else None


def in_a_child(name: str, kind: Any, nulls: list[int], path: pathlib.Path) -> list[str]:
    """The answers, one for each NULL, up to the one that kills the process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        for null in nulls:
            try:
                answer = str(call(name, kind, null, path))
            except BaseException as error:  # noqa: BLE001
                answer = repr(error).replace("\n", " ")
            os.write(writing, answer.encode() + b"\n")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answers = pipe.read().decode().splitlines()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        answers.append(f"killed by {signal.Signals(os.WTERMSIG(status)).name}")
    return answers


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A store that the operating-system user may administer."""
    path = tmp_path_factory.mktemp("null") / "town"
    efile.init(path)
    with efile.Store(path) as store:
        store.bootstrap("admin", "The Administrator")
    return path


def test_null_kills_nobody(town: pathlib.Path) -> None:
    bad = []
    for name, kind in functions():
        nulls = attempts(kind)
        while nulls:
            for answer in in_a_child(name, kind, nulls, town):
                null = nulls.pop(0)
                first = kind.args[0]
                made = null == 0 and first.item.kind == "pointer" and kind.result.cname != "void"
                if made and name not in NOT_WANTED:
                    fine = answer == str(INVALID)
                else:
                    fine = answer.lstrip("-").isdigit() or answer == "None"
                if not fine:
                    bad.append(f"{name}, argument {'all' if null < 0 else null + 1}: {answer}")
    assert not bad, "\n".join(bad)
