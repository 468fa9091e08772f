/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What FEEL and the invoice rules need beyond efile/decimal.h. Outputs stay untouched on failure. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>

#include <efile/decimal.h>

efile_decimal decimal_abs(efile_decimal value);
bool decimal_is_integer(efile_decimal value);    /* 1.00 and 1E+3 are integers */

/* Equal values have equal hashes, whatever their scale. */
uint64_t decimal_hash(efile_decimal value);

/* FEEL's modulo: dividend - divisor * floor(dividend / divisor), so it has the divisor's sign;
 * INVALID if that is zero. */
efile_status decimal_modulo(efile_decimal *out, efile_decimal dividend, efile_decimal divisor);

/* Exact where 34 digits can hold the result, else rounded. INVALID: no real number (a negative base
 * with a fractional exponent, zero with a negative one); LIMIT: out of range. */
efile_status decimal_power(efile_decimal *out, efile_decimal base, efile_decimal exponent);
efile_status decimal_sqrt(efile_decimal *out, efile_decimal value); /* INVALID if negative */
efile_status decimal_exp(efile_decimal *out, efile_decimal value);  /* LIMIT */
efile_status decimal_log(efile_decimal *out, efile_decimal value);  /* natural; INVALID if <= 0 */

/* ---- between decimal.c and decimal_bid.c ---- */

__extension__ typedef unsigned __int128 decimal_digits;

enum {
	DECIMAL_PRECISION = 34,
	DECIMAL_EXPONENT_MIN = -6176,
	DECIMAL_EXPONENT_MAX = 6111
};

/* (-1)^negative * digits * 10^exponent; digits below 10^34, exponent within the two bounds. */
typedef struct decimal_parts {
	decimal_digits digits;
	int exponent;
	bool negative;
} decimal_parts;

typedef enum decimal_operation {
	DECIMAL_ADD, DECIMAL_MULTIPLY, DECIMAL_DIVIDE, DECIMAL_POWER,
	DECIMAL_SQRT, DECIMAL_EXP, DECIMAL_LOG /* these three look at a only */
} decimal_operation;

/* IEEE 754-2008 decimal128, rounding half-even; LIMIT for overflow, underflow and what is no number. */
efile_status decimal_bid(decimal_parts *out, bool *inexact, decimal_operation operation,
			 const decimal_parts *a, const decimal_parts *b);

#endif
