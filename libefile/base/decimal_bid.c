/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only user of the Intel decimal library: what does not fit into 128 bits of integer arithmetic
 * is computed there in decimal128, with rounding mode and flags as arguments. */
#include "base/decimal.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

typedef BID_UINT128 (*unary_fn)(BID_UINT128, unsigned, unsigned *);
typedef BID_UINT128 (*binary_fn)(BID_UINT128, BID_UINT128, unsigned, unsigned *);

static const struct {
	unary_fn unary;
	binary_fn binary;
} operations[] = {
	[DECIMAL_ADD] = { NULL, bid128_add },
	[DECIMAL_MULTIPLY] = { NULL, bid128_mul },
	[DECIMAL_DIVIDE] = { NULL, bid128_div },
	[DECIMAL_POWER] = { NULL, bid128_pow },
	[DECIMAL_SQRT] = { bid128_sqrt, NULL },
	[DECIMAL_EXP] = { bid128_exp, NULL },
	[DECIMAL_LOG] = { bid128_log, NULL },
};

/* IEEE 754-2008 3.5.2, binary encoding: sign, 14 bits of biased exponent, 113 bits of digits. */
static BID_UINT128 to_bid(const decimal_parts *p)
{
	BID_UINT128 out;

	out.w[0] = (uint64_t)p->digits;
	out.w[1] = (uint64_t)(p->digits >> 64) |
		   (uint64_t)(p->exponent - DECIMAL_EXPONENT_MIN) << 49 | (uint64_t)p->negative << 63;
	return out;
}

static bool from_bid(decimal_parts *out, BID_UINT128 value)
{
	uint64_t high = value.w[1];

	/* 11 at the top of the exponent: infinity, NaN, or digits that 34 places cannot have */
	if ((high >> 61 & 3) == 3)
		return false;
	out->negative = high >> 63;
	out->exponent = (int)(high >> 49 & 0x3fff) + DECIMAL_EXPONENT_MIN;
	out->digits = (decimal_digits)(high & ((UINT64_C(1) << 49) - 1)) << 64 | value.w[0];
	return true;
}

efile_status decimal_bid(decimal_parts *out, bool *inexact, decimal_operation operation,
			 const decimal_parts *a, const decimal_parts *b)
{
	unsigned flags = 0;
	BID_UINT128 result;
	decimal_parts parts;

	if (operations[operation].binary)
		result = operations[operation].binary(to_bid(a), to_bid(b),
						      BID_ROUNDING_TO_NEAREST, &flags);
	else
		result = operations[operation].unary(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags);
	if (flags & (BID_INVALID_EXCEPTION | BID_ZERO_DIVIDE_EXCEPTION | BID_OVERFLOW_EXCEPTION |
		     BID_UNDERFLOW_EXCEPTION))
		return EFILE_E_LIMIT;
	if (!from_bid(&parts, result))
		return EFILE_E_LIMIT;
	*inexact = flags & BID_INEXACT_EXCEPTION;
	*out = parts;
	return EFILE_OK;
}
