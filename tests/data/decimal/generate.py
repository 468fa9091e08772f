#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes cases.tsv: what Python's decimal module (an independent implementation) answers.

Columns: operation, operands, expected text, expected scale; a status name instead of the two where
the operation is refused. Operations with ~ may differ by one unit in the 34th digit.
Run: python3 generate.py > cases.tsv
"""
import decimal
import random
from decimal import Decimal as D

rnd = random.Random(20261122)
ctx = decimal.Context(prec=34, Emin=-6143, Emax=6144, clamp=1, rounding=decimal.ROUND_HALF_EVEN,
                      traps=[])
big = decimal.Context(prec=500, Emin=-99999, Emax=99999, traps=[])
ROUNDINGS = [decimal.ROUND_HALF_EVEN, decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN,
             decimal.ROUND_UP, decimal.ROUND_DOWN, decimal.ROUND_CEILING, decimal.ROUND_FLOOR, None]

EDGES = [ctx.plus(D(t)) for t in """0 0.00 1 -1 1.00 0.1 0.2 0.3 10 1.19 0.07 119.00 100 -2.5 2.5 3.5 0.5 -0.5
9223372036854775807 -9223372036854775808 9223372036854775808 922337203685477580.7 -92233720368547758.08
0.000000000000000001 0.0000000000000000001 9.223372036854775807 9.223372036854775808
9999999999999999999999999999999999 -9999999999999999999999999999999999
0.9999999999999999999999999999999999 1.000000000000000000000000000000001
1E+3 1E+33 1E+34 1E+40 1E-33 1E-40 1E+6000 1E-6000 9.999E+6144 1E-6176 1E+6144 -1E+6111
5E-19 4999999999999999999 3037000500 3037000499 4294967296 18446744073709551616""".split()]


def number():
    kind = rnd.randrange(10)
    if kind < 4:    # money and quantities
        return D(rnd.randrange(-10**7, 10**7)).scaleb(-rnd.choice([0, 1, 2, 2, 2, 3, 4]))
    if kind < 5:    # around the fast form's limit
        return D(rnd.randrange(-2**65, 2**65)).scaleb(-rnd.randrange(0, 21))
    if kind < 6:    # halves
        return (D(rnd.randrange(-999, 999)) * 10 + 5).scaleb(-rnd.randrange(1, 20))
    if kind < 7:    # all 34 digits
        return D(rnd.randrange(-10**34 + 1, 10**34)).scaleb(-rnd.randrange(0, 40), context=big)
    if kind < 8:    # far out
        return ctx.plus(D(rnd.randrange(-10**9, 10**9)).scaleb(rnd.randrange(-6150, 6120), context=big))
    if kind < 9:    # few digits, some exponent
        return D(rnd.randrange(-99, 100)).scaleb(rnd.randrange(-25, 25))
    return rnd.choice(EDGES)


def spell(d):
    """As exact input text, exponent kept; zero has no sign."""
    sign, digits, exponent = d.as_tuple()
    text = "".join(map(str, digits))
    if d == 0:
        sign = 0
    if exponent == 0:
        return "-" * sign + text
    return "-" * sign + text + "E%+d" % exponent


def plain(d):
    """The house notation: plain up to 40 characters, else scientific."""
    sign, digits, exponent = d.as_tuple()
    digits = "".join(map(str, digits)).lstrip("0") or "0"
    if d == 0:
        sign = 0
        exponent = min(exponent, 0)
    if exponent >= 0:
        text = digits + "0" * exponent
    else:
        padded = digits.rjust(-exponent + 1, "0")
        text = padded[:exponent] + "." + padded[exponent:]
    text = "-" * sign + text
    if len(text) <= 40:
        return text
    text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return "-" * sign + text + "E%+d" % (exponent + len(digits) - 1)


def row(operation, *operands, result=None, status=None):
    texts = [spell(o) if isinstance(o, D) else str(o) for o in operands]
    if status is None:
        tail = [plain(result), str(-result.as_tuple().exponent)]
    else:
        tail = [status, "0"]
    print("\t".join([operation, *(texts + [""] * (2 - len(texts))), *tail]))


def computed(operation, fn, *operands):
    ctx.clear_flags()
    result = fn(*operands)
    if (not result.is_finite() or ctx.flags[decimal.Overflow] or ctx.flags[decimal.Underflow]):
        row(operation, *operands, status="LIMIT")
    else:
        row(operation, *operands, result=result)


def divide(a, b):
    q = ctx.divide(a, b)
    if q.is_finite() and q.as_tuple().exponent > 0 and abs(q) < D(10)**34:
        q = big.quantize(q, D(1))   # a whole quotient has scale 0
    return q


def floor_modulo(a, b):
    exact = decimal.Context(prec=13000, Emin=-99999, Emax=99999)
    q = exact.divide_int(a, b)
    rest = exact.subtract(a, exact.multiply(b, q))
    if rest != 0 and (rest < 0) != (b < 0):
        rest = exact.add(rest, b)
    return ctx.plus(rest)


def rounded(value, scale, mode):
    unit = D((0, (1,), -scale))
    if mode is not None:
        return big.copy().__class__(prec=7000, Emin=-99999, Emax=99999, rounding=mode,
                                    traps=[]).quantize(value, unit)
    mode = decimal.ROUND_HALF_UP if value > 0 else decimal.ROUND_HALF_DOWN
    return rounded(value, scale, mode)


def main():
    pairs = [(a, b) for a in EDGES for b in rnd.sample(EDGES, 3)]
    for name, fn, count in [("add", ctx.add, 260), ("subtract", ctx.subtract, 160),
                            ("multiply", ctx.multiply, 260), ("divide", divide, 330)]:
        for a, b in pairs + [(number(), number()) for _ in range(count)]:
            if name == "divide" and b == 0:
                row(name, a, b, status="INVALID")
            else:
                computed(name, fn, a, b)
    for a, b in pairs + [(number(), number()) for _ in range(150)]:
        print("\t".join(["compare", spell(a), spell(b), str(int(a.compare(b))), "0"]))
    for index, mode in enumerate(ROUNDINGS):
        for _ in range(90):
            value = number()
            near = -value.as_tuple().exponent
            scale = max(-6111, min(6176, near - rnd.choice([-40, -3, 0, 1, 1, 1, 2, 2, 3, 19, 35, 50])))
            result = rounded(value, scale, mode)
            if len(result.as_tuple().digits) > 34:
                row("round%d" % index, value, scale, status="LIMIT")
            else:
                row("round%d" % index, value, scale, result=result)
    for value in EDGES + [number() for _ in range(150)]:
        row("parse", value, result=ctx.plus(value))
    for a, b in pairs[:60] + [(number(), number()) for _ in range(120)]:
        if b == 0:
            row("modulo", a, b, status="INVALID")
        else:
            row("modulo", a, b, result=floor_modulo(a, b))
    for _ in range(60):
        value, n = number(), D(rnd.randrange(0, 8))
        ctx.clear_flags()
        result = ctx.power(value, n)
        if result.is_finite() and not ctx.flags[decimal.Inexact] and value != 0:
            row("power", value, n, result=result)
    for _ in range(40):
        a = abs(D(rnd.randrange(1, 10**6)).scaleb(-rnd.randrange(0, 6)))
        b = D(rnd.randrange(-2000, 2000)).scaleb(-rnd.randrange(1, 3))
        row("power~", a, b, result=ctx.power(a, b))
        value = D(rnd.randrange(-10**6, 10**6)).scaleb(-rnd.randrange(3, 7))
        row("exp~", value, result=ctx.exp(value))
        value = abs(number())
        if value != 0:
            row("log~", value, result=ctx.ln(value))
    for _ in range(80):
        value = abs(number())
        row("sqrt", value, result=ctx.sqrt(value))


main()
