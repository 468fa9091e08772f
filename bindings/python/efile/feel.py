# SPDX-License-Identifier: LGPL-2.1-or-later
"""Expressions in FEEL, the language of conditions and decisions (DMN 1.5)."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._efile import ffi, lib
from ._native import chars, chars_or_null, taken
from .context import Context



@dataclass(frozen=True)
class Evaluation:
    """What an expression gave: its FEEL type, its value, and what went wrong on the way."""

    type: str
    value: Any
    warnings: tuple[Any, ...]


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
