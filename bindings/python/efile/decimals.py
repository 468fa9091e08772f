# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exact arithmetic as the library does it: decimal128, 34 digits, rounding always named.

Python's own Decimal counts exactly too; these functions are for those who need the very results
of the library, for example to check an invoice in the way in which it does.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ._efile import ffi, lib
from ._enums import Rounding
from ._native import decimal_from, decimal_struct
from .errors import BY_STATUS

Number = Decimal | int


def _binary(function: Callable[..., int], a: Number, b: Number) -> Decimal:
    out = ffi.new("efile_decimal *")
    _check(function(out, decimal_struct(a), decimal_struct(b)))
    return decimal_from(out[0])


def _check(status: int) -> None:
    if status < 0:
        raise BY_STATUS[status]("the number has no decimal128 result")


def add(a: Number, b: Number) -> Decimal:
    """The sum.

    >>> from efile import decimals
    >>> decimals.add(Decimal("0.10"), Decimal("0.2"))
    Decimal('0.30')
    """
    return _binary(lib.efile_decimal_add, a, b)


def subtract(a: Number, b: Number) -> Decimal:
    """The difference."""
    return _binary(lib.efile_decimal_subtract, a, b)


def multiply(a: Number, b: Number) -> Decimal:
    """The product."""
    return _binary(lib.efile_decimal_multiply, a, b)


def divide(a: Number, b: Number) -> Decimal:
    """The quotient, exact or rounded half-even to 34 digits; Invalid if the divisor is zero."""
    return _binary(lib.efile_decimal_divide, a, b)


def quantize(value: Number, scale: int, rounding: Rounding) -> Decimal:
    """Rounded to a scale; the result has exactly that scale.

    >>> from efile import Rounding, decimals
    >>> decimals.quantize(Decimal("2.345"), 2, Rounding.HALF_UP)
    Decimal('2.35')
    """
    out = ffi.new("efile_decimal *")
    _check(lib.efile_decimal_round(out, decimal_struct(value), scale, rounding))
    return decimal_from(out[0])


def negate(value: Number) -> Decimal:
    """The negative; zero stays zero."""
    return decimal_from(lib.efile_decimal_negate(decimal_struct(value)))


def compare(a: Number, b: Number) -> int:
    """Below, equal or above zero; by value: 1.10 equals 1.1."""
    return int(lib.efile_decimal_compare(decimal_struct(a), decimal_struct(b)))


def sign(value: Number) -> int:
    """-1, 0 or 1."""
    return int(lib.efile_decimal_sign(decimal_struct(value)))


def scale(value: Number) -> int:
    """Digits behind the point as the number was written; negative for 1E+3."""
    return int(lib.efile_decimal_scale(decimal_struct(value)))


def to_int(value: Number) -> int:
    """The integer that the number is; Invalid if it has a fraction, Limit beyond 64 bits."""
    out = ffi.new("int64_t *")
    _check(lib.efile_decimal_to_int(out, decimal_struct(value)))
    return int(out[0])


def from_int(coefficient: int, scale: int) -> Decimal:
    """A number from its digits and the place of its point.

    >>> from efile import decimals
    >>> decimals.from_int(12345, 2)
    Decimal('123.45')
    """
    if not 0 <= scale <= 18:
        raise BY_STATUS[int(lib.EFILE_E_INVALID)]("the scale of from_int is 0 to 18")
    return decimal_from(lib.efile_decimal_from_int(coefficient, scale))
