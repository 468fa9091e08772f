# SPDX-License-Identifier: LGPL-2.1-or-later
"""Expressions in FEEL, the language of conditions and decisions (DMN 1.5)."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ._efile import ffi, lib
from ._native import Handle, chars, chars_or_null, taken, text
from .context import Context



@dataclass(frozen=True)
class Evaluation:
    """What an expression gave: its FEEL type, its value, and what went wrong on the way."""

    type: str
    value: Any
    warnings: tuple[Any, ...]


class FeelWarning(NamedTuple):
    """What went wrong, and where in the expression; 0 if that is not known."""

    message: str
    line: int
    column: int


def feel(
    expression: str, variables: Mapping[str, Any] | None = None, *, context: Context | None = None
) -> Any:
    """The value of a FEEL expression; numbers come and go as exact decimals.

    >>> import efile
    >>> from decimal import Decimal
    >>> efile.feel("price * 1.19", {"price": Decimal("10.00")})
    Decimal('11.9000')
    """
    return evaluate(expression, variables, context=context).value


def evaluate(
    expression: str, variables: Mapping[str, Any] | None = None, *, context: Context | None = None
) -> Evaluation:
    """The value of a FEEL expression with its type and the warnings.

    >>> import efile
    >>> result = efile.evaluate("1 / 0")
    >>> result.value is None, len(result.warnings)
    (True, 1)
    """
    given = None if variables is None else to_json(variables)
    own = context or Context()
    out = ffi.new("char **")
    try:
        own._runtime.check(
            lib.efile_feel_eval, out, own._ptr, chars(expression), chars_or_null(given)
        )
        found = json.loads(taken(out), parse_float=decimal.Decimal, parse_int=decimal.Decimal)
    finally:
        if context is None:
            own.close()
    kind = found["type"]
    return Evaluation(kind, found["value"], tuple(found["warnings"]))


class Feel(Handle):
    """A FEEL expression compiled once, to be evaluated many times.

    Names with blanks are read as one where they are known: from names.

    >>> import efile
    >>> rule = efile.Feel("net amount * 1.19 > limit", names=["net amount"])
    >>> rule({"net amount": 100, "limit": 118}), rule({"net amount": 10, "limit": 118})
    (True, False)
    >>> efile.Feel("[1..3], > 10", tests=True)({"?": 11})
    True
    """

    def __init__(
        self,
        expression: str,
        *,
        names: Iterable[str] | None = None,
        tests: bool = False,
        context: Context | None = None,
    ) -> None:
        ctx = context or Context()
        out = ffi.new("efile_feel **")
        known = None if names is None else json.dumps(list(names))
        kind = lib.EFILE_FEEL_TESTS if tests else lib.EFILE_FEEL_EXPRESSION
        ctx._runtime.check(
            lib.efile_feel_compile, out, ctx._ptr, kind, chars(expression), chars_or_null(known)
        )
        super().__init__(out[0], lib.efile_feel_free, ctx, ctx._runtime)

    def __enter__(self) -> Feel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, variables: Mapping[str, Any] | None = None) -> Any:
        """The value with these variables; the input of unary tests is "?"."""
        return self.evaluate(variables).value

    def evaluate(self, variables: Mapping[str, Any] | None = None) -> Evaluation:
        """The value with its type and the warnings."""
        given = None if variables is None else to_json(variables)
        out = ffi.new("char **")
        self._runtime.check(lib.efile_feel_evaluate, out, self._ptr, chars_or_null(given))
        found = json.loads(taken(out), parse_float=decimal.Decimal, parse_int=decimal.Decimal)
        return Evaluation(found["type"], found["value"], tuple(found["warnings"]))

    @property
    def value(self) -> Any:
        """The value of the last evaluation."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_feel_value, out, self._ptr)
        return json.loads(taken(out), parse_float=decimal.Decimal, parse_int=decimal.Decimal)

    @property
    def warnings(self) -> list[FeelWarning]:
        """The warnings of the last evaluation with their places."""
        line, column = ffi.new("long *"), ffi.new("long *")
        found = []
        for index in range(lib.efile_feel_warning_count(self._ptr)):
            message = text(lib.efile_feel_warning(self._ptr, index, line, column))
            found.append(FeelWarning(message, line[0], column[0]))
        return found


def to_json(value: Any) -> str:
    """JSON with exact numbers: a Decimal is written as a number, digit for digit."""
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(str(k))}:{to_json(v)}" for k, v in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(to_json(v) for v in value) + "]"
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, (dt.date, dt.datetime)):
        return json.dumps(value.isoformat())
    if isinstance(value, uuid.UUID):
        return json.dumps(str(value))
    return json.dumps(value)
