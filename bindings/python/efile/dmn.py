# SPDX-License-Identifier: LGPL-2.1-or-later
"""Decisions by model (DMN 1.1 to 1.5). No store is needed."""

from __future__ import annotations

import decimal
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ._efile import ffi, lib
from ._native import Handle, chars, chars_or_null, taken
from .context import Context
from .feel import to_json
from .mail import Bytes, data_of
from .report import Report, report_taken


@dataclass(frozen=True)
class DecisionMessage:
    """What went wrong on the way: in which decision, in which rule of its table (from 1)."""

    decision: str
    rule: int | None
    text: str


@dataclass(frozen=True)
class DecisionResult:
    """What a decision gave: its FEEL type, its value, and what went wrong on the way."""

    type: str
    value: Any
    messages: tuple[DecisionMessage, ...]


class Dmn(Handle):
    """A decision model, compiled once and evaluated often.

    >>> import efile
    >>> model = efile.Dmn(b'''<definitions name="m" namespace="urn:m"
    ...     xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/">
    ...   <inputData name="net" id="n"/><decision name="gross" id="g">
    ...   <informationRequirement><requiredInput href="#n"/></informationRequirement>
    ...   <literalExpression><text>net * 1.19</text></literalExpression></decision>
    ... </definitions>''')
    >>> model.evaluate("gross", {"net": 100}).value
    Decimal('119.00')
    """

    def __init__(
        self,
        model: Bytes,
        imports: Iterable[Bytes] = (),
        *,
        name: str = "",
        context: Context | None = None,
    ) -> None:
        ctx = context or Context()
        contents = [ffi.from_buffer(data_of(one)) for one in (model, *imports)]
        sources = ffi.new("efile_dmn_source[]", len(contents))
        given = ffi.new("char[]", chars(name))
        for source, content in zip(sources, contents, strict=False):
            source.data, source.length = content, len(content)
        sources[0].name = given
        out = ffi.new("efile_dmn **")
        ctx._runtime.check(lib.efile_dmn_parse, out, ctx._ptr, sources, len(contents))
        super().__init__(out[0], lib.efile_dmn_free, ctx, ctx._runtime)

    def __enter__(self) -> Dmn:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self) -> Report:
        """What is wrong with the model; rules that overlap and gaps in tables included."""
        out = ffi.new("efile_report **")
        self._runtime.check(lib.efile_dmn_check, out, self._ptr)
        return report_taken(out)

    def describe(self) -> dict[str, Any]:
        """What the model holds: docs/json.md, efile.dmn_model.v1."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_dmn_json, out, self._ptr)
        return dict(json.loads(taken(out)))

    def evaluate(
        self, decision: str | None = None, inputs: Mapping[str, Any] | None = None
    ) -> DecisionResult:
        """The value of a decision, service or function; without a name those of all decisions."""
        given = None if inputs is None else to_json(inputs)
        out = ffi.new("char **")
        self._runtime.check(
            lib.efile_dmn_evaluate, out, self._ptr, chars_or_null(decision), chars_or_null(given)
        )
        found = json.loads(taken(out), parse_float=decimal.Decimal, parse_int=decimal.Decimal)
        messages = (
            DecisionMessage(m["decision"], None if m["rule"] is None else int(m["rule"]), m["text"])
            for m in found["messages"]
        )
        return DecisionResult(found["type"], found["value"], tuple(messages))
