# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processes in BPMN 2.0: checking and drawing files. No store is needed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from ._efile import ffi, lib
from ._enums import BpmnMarkKind
from ._native import Options, chars
from .context import Context
from .report import Report, report_taken
from .streams import Content, Writer, reader


@dataclass(frozen=True)
class BpmnMark:
    """A mark on a node or sequence flow: passed or waiting, with a number to show (0: none)."""

    element: str
    kind: BpmnMarkKind
    count: int = 0


def bpmn_check(content: Content, *, context: Context | None = None) -> Report:
    """Whether a BPMN file is sound and can be executed here: if no finding is an error.

    >>> import efile
    >>> try:
    ...     efile.bpmn_check(b"<x/>")
    ... except efile.Format:
    ...     print("no BPMN")
    no BPMN
    """
    ctx = context or Context()
    out = ffi.new("efile_report **")
    with reader(ctx._runtime, content) as source:
        ctx._runtime.check(lib.efile_bpmn_check, out, ctx._ptr, source)
    return report_taken(out)


def bpmn_render(
    content: Content,
    *,
    marks: Iterable[BpmnMark] = (),
    lay_out: bool = False,
    context: Context | None = None,
) -> str:
    """A BPMN file as SVG; with marks, the path taken and where the process waits."""
    ctx = context or Context()
    given = list(marks)
    array = ffi.new("efile_bpmn_mark[]", max(len(given), 1))
    keep = [ffi.new("char[]", chars(mark.element)) for mark in given]
    for item, mark, element in zip(array, given, keep, strict=False):
        item.element, item.kind, item.count = element, mark.kind, mark.count
    options = Options(
        "efile_bpmn_render_options",
        lib.efile_bpmn_render_options_init,
        marks=array,
        mark_count=len(given),
        lay_out=lay_out,
    )
    target = io.BytesIO()
    with reader(ctx._runtime, content) as source, Writer(ctx, target) as writer:
        ctx._runtime.check(lib.efile_bpmn_render, ctx._ptr, source, writer._ptr, options.ptr)
    return target.getvalue().decode("utf-8")


def bpmn_roundtrip(content: Content, *, context: Context | None = None) -> bytes:
    """A BPMN file read whole and written back, in UTF-8: nothing of it is lost."""
    ctx = context or Context()
    target = io.BytesIO()
    with reader(ctx._runtime, content) as source, Writer(ctx, target) as writer:
        ctx._runtime.check(lib.efile_bpmn_roundtrip, ctx._ptr, source, writer._ptr)
    return target.getvalue()
