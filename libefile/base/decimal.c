/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bits of efile_decimal (docs/ABI.md section 3)
 *
 * Fast form: opaque[1] is the scale, 0 to 18; opaque[0] is the coefficient as int64_t in two's
 * complement. All zero bytes are 0.
 * Wide form: a finite decimal128 in the binary encoding (BID), its high word in opaque[1] with bits
 * 62 and 61 inverted. A finite number never has both set, so after the inversion they are never
 * both clear: that tells the forms apart.
 * A number that the fast form can hold is always in it, and zero has no sign: equal value and equal
 * scale mean equal bytes.
 */
#include "base/decimal.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

#define TAG (UINT64_C(3) << 61)

enum {
	FAST_SCALE_MAX = 18,
	PLAIN_TEXT_MAX = 40,
	POWER_MAX = 38,   /* 10^38 is the last power of ten in 128 bits */
	BEYOND = 100000   /* an exponent out of range for good */
};

__extension__ typedef __int128 wide;

/* 10^0 to 10^38, all that 128 bits can hold. */
static decimal_digits power_of_ten(int n)
{
	static const uint64_t small[] = {
		UINT64_C(1), UINT64_C(10), UINT64_C(100), UINT64_C(1000), UINT64_C(10000),
		UINT64_C(100000), UINT64_C(1000000), UINT64_C(10000000), UINT64_C(100000000),
		UINT64_C(1000000000), UINT64_C(10000000000), UINT64_C(100000000000),
		UINT64_C(1000000000000), UINT64_C(10000000000000), UINT64_C(100000000000000),
		UINT64_C(1000000000000000), UINT64_C(10000000000000000),
		UINT64_C(100000000000000000), UINT64_C(1000000000000000000),
		UINT64_C(10000000000000000000),
	};

	return n < 20 ? small[n] : (decimal_digits)small[19] * small[n - 19];
}

static bool fits(decimal_digits digits)
{
	return digits < power_of_ten(DECIMAL_PRECISION);
}

static int count_digits(decimal_digits digits)
{
	int n = 0;

	while (n <= POWER_MAX && digits >= power_of_ten(n))
		n++;
	return n;
}

static bool is_fast(efile_decimal d)
{
	return d.opaque[1] <= FAST_SCALE_MAX;
}

static int64_t coefficient(efile_decimal d)
{
	return (int64_t)d.opaque[0];
}

static efile_decimal make_fast(int64_t value, int scale)
{
	efile_decimal d;

	d.opaque[0] = (uint64_t)value;
	d.opaque[1] = (uint64_t)scale;
	return d;
}

static decimal_parts unpack(efile_decimal d)
{
	decimal_parts p;
	uint64_t high = d.opaque[1] ^ TAG;

	if (is_fast(d)) {
		p.negative = coefficient(d) < 0;
		p.digits = p.negative ? -d.opaque[0] : d.opaque[0];
		p.exponent = -(int)d.opaque[1];
		return p;
	}
	p.negative = high >> 63;
	p.exponent = (int)(high >> 49 & 0x3fff) + DECIMAL_EXPONENT_MIN;
	p.digits = (decimal_digits)(high & ((UINT64_C(1) << 49) - 1)) << 64 | d.opaque[0];
	return p;
}

static efile_decimal pack(decimal_parts p)
{
	efile_decimal d;

	if (p.digits == 0)
		p.negative = false;
	if (p.exponent <= 0 && p.exponent >= -FAST_SCALE_MAX &&
	    p.digits <= (uint64_t)INT64_MAX + p.negative) {
		uint64_t low = (uint64_t)p.digits;

		return make_fast((int64_t)(p.negative ? -low : low), -p.exponent);
	}
	d.opaque[0] = (uint64_t)p.digits;
	d.opaque[1] = ((uint64_t)(p.digits >> 64) |
		       (uint64_t)(p.exponent - DECIMAL_EXPONENT_MIN) << 49 |
		       (uint64_t)p.negative << 63) ^ TAG;
	return d;
}

/* Brings any exponent into range where only zeros are lost or won. */
static efile_status pack_exact(efile_decimal *out, decimal_parts p)
{
	if (p.digits == 0 && p.exponent > DECIMAL_EXPONENT_MAX)
		p.exponent = DECIMAL_EXPONENT_MAX;
	if (p.digits == 0 && p.exponent < DECIMAL_EXPONENT_MIN)
		p.exponent = DECIMAL_EXPONENT_MIN;
	for (; p.exponent > DECIMAL_EXPONENT_MAX && fits(p.digits * 10); p.exponent--)
		p.digits *= 10;
	for (; (!fits(p.digits) || p.exponent < DECIMAL_EXPONENT_MIN) && p.digits % 10 == 0;
	     p.exponent++)
		p.digits /= 10;
	if (!fits(p.digits) || p.exponent > DECIMAL_EXPONENT_MAX ||
	    p.exponent < DECIMAL_EXPONENT_MIN)
		return EFILE_E_LIMIT;
	*out = pack(p);
	return EFILE_OK;
}

/* An integer result of the fast form's arithmetic; false if it needs more than 34 digits. */
static bool pack_wide(efile_decimal *out, wide value, int scale)
{
	decimal_parts p = { .negative = value < 0, .exponent = -scale };

	if (value >= INT64_MIN && value <= INT64_MAX && scale <= FAST_SCALE_MAX) {
		*out = make_fast((int64_t)value, scale);
		return true;
	}
	p.digits = p.negative ? -(decimal_digits)value : (decimal_digits)value;
	if (!fits(p.digits))
		return false;
	*out = pack(p);
	return true;
}

static efile_status compute(efile_decimal *out, bool *inexact, decimal_operation operation,
			    efile_decimal a, efile_decimal b)
{
	decimal_parts left = unpack(a), right = unpack(b), result;

	TRY(decimal_bid(&result, inexact, operation, &left, &right));
	*out = pack(result);
	return EFILE_OK;
}

/* ---- making, reading, writing ---- */

efile_decimal efile_decimal_from_int(int64_t value, int scale)
{
	if (scale < 0)
		scale = 0;
	if (scale > FAST_SCALE_MAX)
		scale = FAST_SCALE_MAX;
	return make_fast(value, scale);
}

/* What the text of a number says; zeros behind the 34th digit are not kept. */
typedef struct scanner {
	const char *at, *end;
	decimal_digits digits;
	int64_t exponent;
	bool any;          /* a digit was there */
	bool too_long;
} scanner;

static void scan_digit(scanner *s, int digit, bool fraction)
{
	s->any = true;
	if (fits(s->digits * 10)) {
		s->digits = s->digits * 10 + (unsigned)digit;
		s->exponent -= fraction;
		return;
	}
	if (digit)
		s->too_long = true;
	s->exponent += !fraction;
}

static void scan_digits(scanner *s, bool fraction)
{
	for (; s->at < s->end && str_ascii_digit(*s->at); s->at++)
		scan_digit(s, *s->at - '0', fraction);
}

static bool scan_sign(scanner *s)
{
	if (s->at < s->end && (*s->at == '-' || *s->at == '+'))
		return *s->at++ == '-';
	return false;
}

/* The digits behind E; huge ones stick at a bound that is out of range anyway. */
static bool scan_exponent(scanner *s, int64_t *out)
{
	int64_t value = 0;
	bool negative, any = false;

	s->at++;
	negative = scan_sign(s);
	for (; s->at < s->end && str_ascii_digit(*s->at); s->at++) {
		any = true;
		if (value < 100000000000)
			value = value * 10 + (*s->at - '0');
	}
	*out = negative ? -value : value;
	return any;
}

/* The grammar; false if the text is no number. */
static bool scan_number(scanner *s, bool *negative)
{
	int64_t exponent = 0;

	*negative = scan_sign(s);
	scan_digits(s, false);
	if (s->at < s->end && *s->at == '.') {
		s->at++;
		scan_digits(s, true);
	}
	if (!s->any)
		return false;
	if (s->at < s->end && str_ascii_lower(*s->at) == 'e' && !scan_exponent(s, &exponent))
		return false;
	s->exponent += exponent;
	return s->at == s->end;
}

efile_status efile_decimal_parse(efile_decimal *out, const char *text, size_t length)
{
	scanner s = { .at = text };
	decimal_parts p = { 0 };

	if (!out || !text)
		return EFILE_E_INVALID;
	s.end = text + (length == (size_t)-1 ? strlen(text) : length);
	if (!scan_number(&s, &p.negative))
		return EFILE_E_INVALID;
	p.digits = s.digits;
	p.exponent = s.exponent > BEYOND ? BEYOND : s.exponent < -BEYOND ? -BEYOND : (int)s.exponent;
	return s.too_long ? EFILE_E_LIMIT : pack_exact(out, p);
}

/* The digits, at least one; answers their number. */
static int write_digits(char *out, decimal_digits digits)
{
	char reversed[40];
	int n = 0;

	do {
		reversed[n++] = (char)('0' + (int)(digits % 10));
		digits /= 10;
	} while (digits);
	for (int i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	return n;
}

static char *write_scientific(char *out, const char *digits, int n, int exponent)
{
	int adjusted = exponent + n - 1;

	*out++ = digits[0];
	if (n > 1) {
		*out++ = '.';
		memcpy(out, digits + 1, (size_t)n - 1);
		out += n - 1;
	}
	*out++ = 'E';
	*out++ = adjusted < 0 ? '-' : '+';
	return out + write_digits(out, (decimal_digits)(adjusted < 0 ? -adjusted : adjusted));
}

static char *write_plain(char *out, const char *digits, int n, int exponent)
{
	int whole = n + exponent; /* digits before the point */

	if (exponent >= 0) {
		memcpy(out, digits, (size_t)n);
		memset(out + n, '0', (size_t)exponent);
		return out + n + exponent;
	}
	if (whole <= 0) {
		*out++ = '0';
		*out++ = '.';
		memset(out, '0', (size_t)-whole);
		out += -whole;
		memcpy(out, digits, (size_t)n);
		return out + n;
	}
	memcpy(out, digits, (size_t)whole);
	out[whole] = '.';
	memcpy(out + whole + 1, digits + whole, (size_t)(n - whole));
	return out + n + 1;
}

static int plain_length(int n, int exponent)
{
	if (exponent >= 0)
		return n + exponent;
	return n + exponent > 0 ? n + 1 : 2 - exponent;
}

char *efile_decimal_format(efile_decimal value, char *out)
{
	decimal_parts p = unpack(value);
	char digits[40], *at = out;
	int n = write_digits(digits, p.digits);

	if (p.digits == 0 && p.exponent > 0)
		p.exponent = 0; /* 0E+3 is written 0 */
	if (p.negative)
		*at++ = '-';
	if (p.negative + plain_length(n, p.exponent) <= PLAIN_TEXT_MAX)
		at = write_plain(at, digits, n, p.exponent);
	else
		at = write_scientific(at, digits, n, p.exponent);
	*at = '\0';
	return out;
}

/* ---- looking ---- */

int efile_decimal_sign(efile_decimal value)
{
	decimal_parts p = unpack(value);

	return p.digits == 0 ? 0 : p.negative ? -1 : 1;
}

int efile_decimal_scale(efile_decimal value)
{
	return -unpack(value).exponent;
}

/* Both without sign and not zero: first by the place of the leading digit, then digit by digit. */
static int compare_magnitude(const decimal_parts *a, const decimal_parts *b)
{
	int a_top = count_digits(a->digits) + a->exponent;
	int b_top = count_digits(b->digits) + b->exponent;
	decimal_digits x = a->digits, y = b->digits;

	if (a_top != b_top)
		return a_top < b_top ? -1 : 1;
	/* same place of the leading digit, so the exponents are at most 33 apart */
	if (a->exponent > b->exponent)
		x *= power_of_ten(a->exponent - b->exponent);
	else
		y *= power_of_ten(b->exponent - a->exponent);
	return x < y ? -1 : x > y;
}

int efile_decimal_compare(efile_decimal a, efile_decimal b)
{
	int a_sign, b_sign;
	decimal_parts x, y;

	if (is_fast(a) && a.opaque[1] == b.opaque[1])
		return coefficient(a) < coefficient(b) ? -1 : coefficient(a) > coefficient(b);
	a_sign = efile_decimal_sign(a);
	b_sign = efile_decimal_sign(b);
	if (a_sign != b_sign)
		return a_sign < b_sign ? -1 : 1;
	if (a_sign == 0)
		return 0;
	x = unpack(a);
	y = unpack(b);
	return a_sign * compare_magnitude(&x, &y);
}

bool decimal_is_integer(efile_decimal value)
{
	decimal_parts p = unpack(value);

	if (p.exponent >= 0 || p.digits == 0)
		return true;
	return p.exponent >= -POWER_MAX && p.digits % power_of_ten(-p.exponent) == 0;
}

uint64_t decimal_hash(efile_decimal value)
{
	decimal_parts p = unpack(value);
	uint64_t hash;

	while (p.digits != 0 && p.digits % 10 == 0) {
		p.digits /= 10;
		p.exponent++;
	}
	if (p.digits == 0)
		p.exponent = 0;
	hash = (uint64_t)p.digits ^ (uint64_t)(p.digits >> 64) * UINT64_C(0x9e3779b97f4a7c15);
	hash ^= ((uint64_t)(p.exponent - DECIMAL_EXPONENT_MIN) << 1 | p.negative) << 48;
	/* the finaliser of splitmix64 spreads the bits */
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}

efile_status efile_decimal_to_int(int64_t *out, efile_decimal value)
{
	decimal_parts p = unpack(value);

	if (!out || !decimal_is_integer(value))
		return EFILE_E_INVALID;
	if (p.digits == 0)
		p.exponent = 0;
	if (p.exponent > FAST_SCALE_MAX)
		return EFILE_E_LIMIT;
	if (p.exponent < 0)
		p.digits /= power_of_ten(-p.exponent);
	else if (p.digits > (uint64_t)INT64_MAX + 1)
		return EFILE_E_LIMIT;
	else
		p.digits *= power_of_ten(p.exponent);
	if (p.digits > (uint64_t)INT64_MAX + p.negative)
		return EFILE_E_LIMIT;
	*out = (int64_t)(p.negative ? -(uint64_t)p.digits : (uint64_t)p.digits);
	return EFILE_OK;
}

/* ---- computing ---- */

efile_decimal efile_decimal_negate(efile_decimal value)
{
	decimal_parts p = unpack(value);

	p.negative = !p.negative;
	return pack(p);
}

efile_decimal decimal_abs(efile_decimal value)
{
	decimal_parts p = unpack(value);

	p.negative = false;
	return pack(p);
}

efile_status efile_decimal_add(efile_decimal *out, efile_decimal a, efile_decimal b)
{
	bool inexact;

	if (!out)
		return EFILE_E_INVALID;
	if (is_fast(a) && is_fast(b)) {
		int a_scale = (int)a.opaque[1], b_scale = (int)b.opaque[1];
		int scale = a_scale > b_scale ? a_scale : b_scale;
		wide sum = coefficient(a) * (wide)power_of_ten(scale - a_scale) +
			   coefficient(b) * (wide)power_of_ten(scale - b_scale);

		if (pack_wide(out, sum, scale))
			return EFILE_OK;
	}
	return compute(out, &inexact, DECIMAL_ADD, a, b);
}

efile_status efile_decimal_subtract(efile_decimal *out, efile_decimal a, efile_decimal b)
{
	return efile_decimal_add(out, a, efile_decimal_negate(b));
}

static efile_status multiply(efile_decimal *out, bool *inexact, efile_decimal a, efile_decimal b)
{
	*inexact = false;
	if (is_fast(a) && is_fast(b) && pack_wide(out, (wide)coefficient(a) * coefficient(b),
						  (int)(a.opaque[1] + b.opaque[1])))
		return EFILE_OK;
	return compute(out, inexact, DECIMAL_MULTIPLY, a, b);
}

efile_status efile_decimal_multiply(efile_decimal *out, efile_decimal a, efile_decimal b)
{
	bool inexact;

	return out ? multiply(out, &inexact, a, b) : EFILE_E_INVALID;
}

static bool is_power_of_ten(int64_t value)
{
	while (value > 1 && value % 10 == 0)
		value /= 10;
	return value == 1;
}

/* Integers that divide without remainder, the scale of the dividend not below the divisor's; by a
 * power of ten the point moves, as far as it must. */
static bool divide_fast(efile_decimal *out, efile_decimal a, efile_decimal b)
{
	int scale = (int)a.opaque[1] - (int)b.opaque[1];
	wide dividend = coefficient(a);

	if (scale < 0) {
		dividend *= (wide)power_of_ten(-scale);
		scale = 0;
	} else if (is_power_of_ten(coefficient(b))) { /* at most 10^18 of them: 37 digits */
		for (; dividend % coefficient(b) != 0; scale++)
			dividend *= 10;
	}
	if (dividend % coefficient(b) != 0)
		return false;
	return pack_wide(out, dividend / coefficient(b), scale);
}

efile_status efile_decimal_divide(efile_decimal *out, efile_decimal a, efile_decimal b)
{
	decimal_parts left = unpack(a), right = unpack(b), result;
	bool inexact;

	if (!out || right.digits == 0)
		return EFILE_E_INVALID;
	if (is_fast(a) && is_fast(b) && divide_fast(out, a, b))
		return EFILE_OK;
	TRY(decimal_bid(&result, &inexact, DECIMAL_DIVIDE, &left, &right));
	/* decimal128 answers 1E+4 for 100 / 0.01; a whole quotient has scale 0, if it has room */
	if (result.digits == 0 && result.exponent > 0)
		result.exponent = 0;
	if (result.exponent > 0 && count_digits(result.digits) + result.exponent <= DECIMAL_PRECISION) {
		result.digits *= power_of_ten(result.exponent);
		result.exponent = 0;
	}
	*out = pack(result);
	return EFILE_OK;
}

/* Whether to step away from zero: rest of unit was cut off, quotient is what stays. */
static bool rounds_up(const decimal_parts *p, decimal_digits quotient, decimal_digits rest,
		      decimal_digits unit, efile_rounding rounding)
{
	decimal_digits half = unit / 2;

	if (rest == 0)
		return false;
	switch (rounding) {
	case EFILE_ROUND_UP:
		return true;
	case EFILE_ROUND_DOWN:
		return false;
	case EFILE_ROUND_CEILING:
		return !p->negative;
	case EFILE_ROUND_FLOOR:
		return p->negative;
	case EFILE_ROUND_HALF_EVEN:
		return rest > half || (rest == half && quotient % 2 == 1);
	case EFILE_ROUND_HALF_UP:
		return rest >= half;
	case EFILE_ROUND_HALF_DOWN:
		return rest > half;
	case EFILE_ROUND_HALF_CEILING:
		return rest > half || (rest == half && !p->negative);
	}
	return false;
}

static void cut_digits(decimal_parts *p, int count, efile_rounding rounding)
{
	/* digits are below 10^34: cutting more than 35 leaves the same rest, less than half */
	decimal_digits unit = power_of_ten(count > 36 ? 36 : count);
	decimal_digits quotient = p->digits / unit, rest = p->digits % unit;

	p->digits = quotient + rounds_up(p, quotient, rest, unit, rounding);
}

efile_status efile_decimal_round(efile_decimal *out, efile_decimal value, int scale,
				 efile_rounding rounding)
{
	decimal_parts p = unpack(value);
	int64_t missing = (int64_t)scale + p.exponent; /* zeros to append; below zero: to cut off */

	if (!out || rounding < EFILE_ROUND_HALF_EVEN || rounding > EFILE_ROUND_HALF_CEILING)
		return EFILE_E_INVALID;
	if (scale < -DECIMAL_EXPONENT_MAX || scale > -DECIMAL_EXPONENT_MIN)
		return EFILE_E_LIMIT;
	if (missing < 0) {
		cut_digits(&p, (int)-missing, rounding);
	} else if (p.digits != 0) {
		if (missing >= DECIMAL_PRECISION ||
		    p.digits >= power_of_ten(DECIMAL_PRECISION - (int)missing))
			return EFILE_E_LIMIT;
		p.digits *= power_of_ten((int)missing);
	}
	p.exponent = -scale;
	if (!fits(p.digits))
		return EFILE_E_LIMIT;
	*out = pack(p);
	return EFILE_OK;
}

/* The rest of |a| / |b| with the sign of a; exact, for it is below both. */
static decimal_parts remainder_of(decimal_parts a, const decimal_parts *b)
{
	int gap = a.exponent - b->exponent;

	if (gap >= 0) {
		a.digits %= b->digits;
		for (; gap > 0 && a.digits != 0; gap--)
			a.digits = a.digits * 10 % b->digits;
		a.exponent = b->exponent;
		return a;
	}
	gap = -gap;
	/* beyond that |b| is larger than any 34 digits */
	if (gap < DECIMAL_PRECISION && b->digits < power_of_ten(DECIMAL_PRECISION - gap))
		a.digits %= b->digits * power_of_ten(gap);
	return a;
}

efile_status decimal_modulo(efile_decimal *out, efile_decimal dividend, efile_decimal divisor)
{
	decimal_parts b = unpack(divisor), rest;

	if (b.digits == 0)
		return EFILE_E_INVALID;
	rest = remainder_of(unpack(dividend), &b);
	if (rest.digits == 0 || rest.negative == b.negative) {
		*out = pack(rest);
		return EFILE_OK;
	}
	return efile_decimal_add(out, pack(rest), divisor);
}

/* base^n by squaring; *inexact as soon as a product had to be rounded. */
static efile_status power_integer(efile_decimal *out, bool *inexact, efile_decimal base, uint64_t n)
{
	efile_decimal result = make_fast(1, 0);

	*inexact = false;
	for (;;) {
		if (n & 1)
			TRY(multiply(&result, inexact, result, base));
		n >>= 1;
		if (n == 0 || *inexact)
			break;
		TRY(multiply(&base, inexact, base, base));
		if (*inexact)
			break;
	}
	*out = result;
	return EFILE_OK;
}

static efile_status power_exact(efile_decimal *out, bool *inexact, efile_decimal base, int64_t n)
{
	efile_decimal result;

	TRY(power_integer(&result, inexact, base, n < 0 ? -(uint64_t)n : (uint64_t)n));
	if (*inexact)
		return EFILE_OK;
	if (n < 0)
		return efile_decimal_divide(out, make_fast(1, 0), result);
	*out = result;
	return EFILE_OK;
}

efile_status decimal_power(efile_decimal *out, efile_decimal base, efile_decimal exponent)
{
	int sign = efile_decimal_sign(base);
	efile_decimal result;
	bool inexact = true;
	int64_t n;

	if (sign == 0 && efile_decimal_sign(exponent) < 0)
		return EFILE_E_INVALID;
	if (sign < 0 && !decimal_is_integer(exponent))
		return EFILE_E_INVALID;
	if (efile_decimal_to_int(&n, exponent) == EFILE_OK &&
	    power_exact(&result, &inexact, base, n) == EFILE_OK && !inexact) {
		*out = result;
		return EFILE_OK;
	}
	return compute(out, &inexact, DECIMAL_POWER, base, exponent);
}

efile_status decimal_sqrt(efile_decimal *out, efile_decimal value)
{
	bool inexact;

	if (efile_decimal_sign(value) < 0)
		return EFILE_E_INVALID;
	return compute(out, &inexact, DECIMAL_SQRT, value, value);
}

efile_status decimal_exp(efile_decimal *out, efile_decimal value)
{
	bool inexact;

	if (efile_decimal_sign(value) == 0) {
		*out = make_fast(1, 0);
		return EFILE_OK;
	}
	return compute(out, &inexact, DECIMAL_EXP, value, value);
}

efile_status decimal_log(efile_decimal *out, efile_decimal value)
{
	bool inexact;

	if (efile_decimal_sign(value) <= 0)
		return EFILE_E_INVALID;
	if (efile_decimal_compare(value, make_fast(1, 0)) == 0) {
		*out = make_fast(0, 0);
		return EFILE_OK;
	}
	return compute(out, &inexact, DECIMAL_LOG, value, value);
}
