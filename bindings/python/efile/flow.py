# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processes in BPMN 2.0: checking and drawing files. No store is needed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

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


@dataclass(frozen=True)
class BpmnHeat:
    """Figures of a node for a heat map: how often it was passed, and for how long on average."""

    element: str
    visits: int
    mean_time: timedelta | None = None


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
    heat: Iterable[BpmnHeat] = (),
    lay_out: bool = False,
    diagram: int = 0,
    context: Context | None = None,
) -> str:
    """A BPMN file as SVG; with marks, the path taken and where the process waits; a heat map.

    Of several diagrams in the file, ``diagram`` (from 1) names one; 0 is the first with shapes.
    """
    ctx = context or Context()
    given = list(marks)
    array = ffi.new("efile_bpmn_mark[]", max(len(given), 1))
    keep = [ffi.new("char[]", chars(mark.element)) for mark in given]
    for item, mark, element in zip(array, given, keep, strict=False):
        item.element, item.kind, item.count = element, mark.kind, mark.count
    figures = list(heat)
    heats = ffi.new("efile_bpmn_heat[]", max(len(figures), 1))
    keep += [ffi.new("char[]", chars(figure.element)) for figure in figures]
    for row, figure, element in zip(heats, figures, keep[len(given) :], strict=False):
        row.element, row.visits, row.mean_time = element, figure.visits, -1
        if figure.mean_time is not None:
            row.mean_time = figure.mean_time // timedelta(microseconds=1)
    options = Options(
        "efile_bpmn_render_options",
        lib.efile_bpmn_render_options_init,
        marks=array,
        mark_count=len(given),
        lay_out=lay_out,
        diagram=diagram,
        heat=heats,
        heat_count=len(figures),
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
