/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of rules: what XPath 2.0 makes of the text of a document. Decimals are exact; doubles come
 * up where untyped text meets a number, and only to give the verdict that the artefacts give. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invoice/rule_run.h"

bool rule_fail(rule_run *run, rule_fault fault, const rule_item *item)
{
	run->fault = fault;
	run->fault_node = item && item->type == RULE_NODE ? item->as.at.node : 0;
	return false;
}

/* ---- texts ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void append(char *to, size_t *at, const char *text, size_t length)
{
	if (to)
		memcpy(to + *at, text, length);
	*at += length;
}

/* All text below an element in document order; to may be NULL, to measure it. */
static size_t gather(char *to, const tree *t, uint32_t node)
{
	uint32_t end = tree_end(t, node);
	size_t at = 0, tail = 0;

	for (uint32_t i = node; i < end; i++) {
		append(to, &at, tree_text(t, i), t->rows[i].text_length);
		if (t->rows[i].blank)
			append(to, &at, "\n", 1);
		while (tail < t->tail_count && t->tails[tail].before <= i)
			tail++;
		for (; tail < t->tail_count && t->tails[tail].before == i + 1; tail++)
			if (t->tails[tail].owner >= node && t->tails[tail].owner < end)
				append(to, &at, t->texts.data + t->tails[tail].text,
				       t->tails[tail].text_length);
	}
	return at;
}

/* The text of an element with children: that of all below it. */
static bool deep_text(rule_text *out, rule_run *run, uint32_t node)
{
	size_t length = gather(NULL, run->t, node);
	char *to = rule_text_new(run, length);

	if (!to)
		return false;
	gather(to, run->t, node);
	*out = (rule_text){ to, length };
	return true;
}

bool rule_string(rule_text *out, rule_run *run, const rule_item *item)
{
	switch (item->type) {
	case RULE_NODE:
		if (!item->as.at.attribute && run->t->rows[item->as.at.node].child)
			return deep_text(out, run, item->as.at.node);
		out->at = place_text(&out->length, run->t, item->as.at);
		return true;
	case RULE_UNTYPED:
	case RULE_STRING:
		*out = (rule_text){ item->as.string.text, item->as.string.length };
		return true;
	default:
		return rule_fail(run, RULE_WRONG_TYPE, item);
	}
}

/* Blanks cut off at both ends and each run of them inside made one; a no-break space is not one. */
rule_text rule_normalize(rule_run *run, rule_text text)
{
	bool clean = true;
	size_t n = 0;
	char *to;

	while (text.length && is_space(text.at[text.length - 1]))
		text.length--;
	while (text.length && is_space(*text.at)) {
		text.at++;
		text.length--;
	}
	for (size_t i = 0; i + 1 < text.length && clean; i++)
		clean = !is_space(text.at[i]) || (text.at[i] == ' ' && !is_space(text.at[i + 1]));
	if (clean)
		return text;
	to = rule_text_new(run, text.length);
	if (!to)
		return (rule_text){ NULL, 0 };
	for (size_t i = 0; i < text.length; i++)
		if (!is_space(text.at[i]))
			to[n++] = text.at[i];
		else if (!is_space(text.at[i - 1]))
			to[n++] = ' ';
	return (rule_text){ to, n };
}

static rule_text trimmed(rule_text text)
{
	while (text.length && is_space(text.at[text.length - 1]))
		text.length--;
	while (text.length && is_space(*text.at)) {
		text.at++;
		text.length--;
	}
	return text;
}

/* ---- numbers from text ---- */

/* The parts of "-12.50e3": sign, digits without the point, power of ten. */
typedef struct numeral {
	bool negative;
	rule_text whole, fraction;
	long exponent;
	bool has_exponent;
} numeral;

static rule_text take_digits(rule_text *from)
{
	rule_text out = { from->at, 0 };

	while (out.length < from->length && str_ascii_digit(from->at[out.length]))
		out.length++;
	from->at += out.length;
	from->length -= out.length;
	return out;
}

static bool take_sign(rule_text *from)
{
	bool negative = from->length && *from->at == '-';

	if (from->length && (*from->at == '-' || *from->at == '+')) {
		from->at++;
		from->length--;
	}
	return negative;
}

static bool take_exponent(numeral *out, rule_text *from)
{
	rule_text digits;
	bool negative;

	from->at++;
	from->length--;
	negative = take_sign(from);
	digits = take_digits(from);
	if (!digits.length)
		return false;
	for (size_t i = 0; i < digits.length && out->exponent < 100000; i++)
		out->exponent = out->exponent * 10 + (digits.at[i] - '0');
	if (negative)
		out->exponent = -out->exponent;
	out->has_exponent = true;
	return true;
}

static bool read_numeral(numeral *out, rule_text from)
{
	memset(out, 0, sizeof(*out));
	out->negative = take_sign(&from);
	out->whole = take_digits(&from);
	if (from.length && *from.at == '.') {
		from.at++;
		from.length--;
		out->fraction = take_digits(&from);
	}
	if (!out->whole.length && !out->fraction.length)
		return false;
	if (from.length && (*from.at == 'e' || *from.at == 'E') && !take_exponent(out, &from))
		return false;
	return from.length == 0;
}

/* Up to 18 digits are a number and a scale. */
static efile_decimal short_decimal(const numeral *n)
{
	int64_t value = 0;

	for (size_t i = 0; i < n->whole.length; i++)
		value = value * 10 + (n->whole.at[i] - '0');
	for (size_t i = 0; i < n->fraction.length; i++)
		value = value * 10 + (n->fraction.at[i] - '0');
	return efile_decimal_from_int(n->negative ? -value : value, (int)n->fraction.length);
}

static bool text_to_decimal(efile_decimal *out, rule_text text)
{
	char short_text[256];
	numeral n;
	size_t length = 0;

	if (!read_numeral(&n, trimmed(text)) || n.has_exponent)
		return false;
	while (n.whole.length > 1 && *n.whole.at == '0') {
		n.whole.at++;
		n.whole.length--;
	}
	while (n.fraction.length > 1 && n.fraction.at[n.fraction.length - 1] == '0')
		n.fraction.length--;
	if (n.whole.length + n.fraction.length <= 18) {
		*out = short_decimal(&n);
		return true;
	}
	if (n.whole.length + n.fraction.length + 3 > sizeof(short_text))
		return false;
	if (n.negative)
		short_text[length++] = '-';
	if (!n.whole.length)
		short_text[length++] = '0';
	if (n.whole.length)
		memcpy(short_text + length, n.whole.at, n.whole.length);
	length += n.whole.length;
	if (n.fraction.length) {
		short_text[length++] = '.';
		memcpy(short_text + length, n.fraction.at, n.fraction.length);
		length += n.fraction.length;
	}
	return efile_decimal_parse(out, short_text, length) == EFILE_OK;
}

static bool text_is(rule_text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.at, word, text.length) == 0;
}

/* Few digits and a small power of ten divide or multiply without a rounding error of their own. */
static bool quick_double(double *out, const numeral *n)
{
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
				       1e12, 1e13, 1e14, 1e15 };
	double value = 0;

	if (n->whole.length + n->fraction.length > 15 || n->has_exponent)
		return false;
	for (size_t i = 0; i < n->whole.length; i++)
		value = value * 10 + (n->whole.at[i] - '0');
	for (size_t i = 0; i < n->fraction.length; i++)
		value = value * 10 + (n->fraction.at[i] - '0');
	value /= tens[n->fraction.length];
	*out = n->negative ? -value : value;
	return true;
}

/* More digits than a double has, or an exponent: in 64 bits of mantissa and rounded once more, which
 * may be off by the last bit. (strtod asks the locale what a point looks like.) */
static double slow_double(const numeral *n)
{
	long exponent = n->exponent;
	long double value = 0, scale = 1;
	uint64_t digits = 0;

	for (size_t i = 0; i < n->whole.length + n->fraction.length; i++) {
		bool behind = i >= n->whole.length;
		char c = behind ? n->fraction.at[i - n->whole.length] : n->whole.at[i];
		bool room = digits < UINT64_C(1000000000000000000);

		if (room)
			digits = digits * 10 + (uint64_t)(c - '0');
		exponent += (behind && room ? -1 : 0) + (!behind && !room ? 1 : 0);
	}
	for (long i = labs(exponent); i > 0 && i < 5000; i--)
		scale *= 10;
	if (labs(exponent) >= 5000)
		scale = (long double)INFINITY;
	value = exponent < 0 ? (long double)digits / scale : digits ? (long double)digits * scale : 0;
	return (double)(n->negative ? -value : value);
}

static bool text_to_double(double *out, rule_run *run, rule_text text, const rule_item *item)
{
	numeral n;

	text = trimmed(text);
	if (read_numeral(&n, text)) {
		if (!quick_double(out, &n))
			*out = slow_double(&n);
	} else if (text_is(text, "NaN"))
		*out = (double)NAN;
	else if (text_is(text, "INF"))
		*out = (double)INFINITY;
	else if (text_is(text, "-INF"))
		*out = -(double)INFINITY;
	else
		return rule_fail(run, RULE_NO_NUMBER, item);
	return true;
}

/* The value of a double as a decimal: mantissa and halves, to the 34 digits that a decimal has. */
efile_decimal rule_exact(double value)
{
	efile_decimal out = efile_decimal_from_int(0, 0), factor;
	int exponent;
	double mantissa = frexp(value, &exponent);

	if (!isfinite(value) || value == 0)
		return out;
	out = efile_decimal_from_int((int64_t)ldexp(mantissa, 53), 0);
	exponent -= 53;
	factor = exponent < 0 ? efile_decimal_from_int(5, 1) : efile_decimal_from_int(2, 0);
	for (int i = abs(exponent); i > 0 && i < 400; i--)
		if (efile_decimal_multiply(&out, out, factor) < 0)
			break;
	return out;
}

static double decimal_to_double(efile_decimal value)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];
	double out = 0;
	numeral n;

	efile_decimal_format(value, text);
	if (read_numeral(&n, (rule_text){ text, strlen(text) }) && !quick_double(&out, &n))
		out = slow_double(&n);
	return out;
}

bool rule_is_number(const rule_item *item)
{
	return item->type == RULE_INTEGER || item->type == RULE_DECIMAL || item->type == RULE_DOUBLE;
}

static bool is_exact(const rule_item *item)
{
	return item->type == RULE_INTEGER || item->type == RULE_DECIMAL;
}

static bool is_untyped(const rule_item *item)
{
	return item->type == RULE_NODE || item->type == RULE_UNTYPED;
}

static bool is_textual(const rule_item *item)
{
	return is_untyped(item) || item->type == RULE_STRING;
}

bool rule_to_decimal(efile_decimal *out, rule_run *run, const rule_item *item)
{
	rule_text text;

	if (is_exact(item)) {
		*out = item->as.decimal;
		return true;
	}
	if (item->type == RULE_DOUBLE && isfinite(item->as.binary)) {
		*out = rule_exact(item->as.binary);
		return true;
	}
	if (!is_textual(item))
		return rule_fail(run, RULE_NO_DECIMAL, item);
	if (!rule_string(&text, run, item))
		return false;
	return text_to_decimal(out, text) || rule_fail(run, RULE_NO_DECIMAL, item);
}

bool rule_to_double(double *out, rule_run *run, const rule_item *item)
{
	rule_text text;

	if (item->type == RULE_DOUBLE)
		*out = item->as.binary;
	else if (is_exact(item))
		*out = decimal_to_double(item->as.decimal);
	else if (!is_textual(item))
		return rule_fail(run, RULE_WRONG_TYPE, item);
	else
		return rule_string(&text, run, item) && text_to_double(out, run, text, item);
	return true;
}

/* ---- dates ---- */

static bool two_digits(int *out, const char *at)
{
	if (!str_ascii_digit(at[0]) || !str_ascii_digit(at[1]))
		return false;
	*out = (at[0] - '0') * 10 + (at[1] - '0');
	return true;
}

static bool read_zone(long *minutes, rule_text text)
{
	int hour, minute;

	*minutes = 0;
	if (text.length == 0 || text_is(text, "Z"))
		return true;
	if (text.length != 6 || (text.at[0] != '+' && text.at[0] != '-') || text.at[3] != ':' ||
	    !two_digits(&hour, text.at + 1) || !two_digits(&minute, text.at + 4) || hour > 14 ||
	    minute > 59 || (hour == 14 && minute))
		return false;
	*minutes = (text.at[0] == '-' ? -1 : 1) * (hour * 60 + minute);
	return true;
}

/* Days of the Gregorian calendar since the year 0, extended backwards. */
static long day_number(long year, int month, int day)
{
	long y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int m = month > 2 ? month - 3 : month + 9;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1;
}

static bool read_date(long *out, rule_text text)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool negative = text.length && *text.at == '-', leap;
	int month, day;
	long year = 0, offset;
	rule_text digits;

	text.at += negative;
	text.length -= negative;
	digits = take_digits(&text);
	if (digits.length < 4 || digits.length > 9 || text.length < 6 || text.at[0] != '-' ||
	    text.at[3] != '-' || !two_digits(&month, text.at + 1) || !two_digits(&day, text.at + 4) ||
	    !read_zone(&offset, (rule_text){ text.at + 6, text.length - 6 }))
		return false;
	for (size_t i = 0; i < digits.length; i++)
		year = year * 10 + (digits.at[i] - '0');
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if ((digits.length > 4 && digits.at[0] == '0') || year == 0 || month < 1 || month > 12 ||
	    day < 1 || day > days[month - 1] + (month == 2 && leap))
		return false;
	*out = day_number(negative ? -year : year, month, day) * 1440 - offset;
	return true;
}

bool rule_to_date(long *out, rule_run *run, const rule_item *item)
{
	rule_text text;

	if (item->type == RULE_DATE) {
		*out = item->as.date;
		return true;
	}
	if (!is_textual(item))
		return rule_fail(run, RULE_WRONG_TYPE, item);
	if (!rule_string(&text, run, item))
		return false;
	return read_date(out, trimmed(text)) || rule_fail(run, RULE_NO_DATE, item);
}

static bool to_boolean(bool *out, rule_run *run, const rule_item *item)
{
	rule_text text;

	if (item->type == RULE_BOOLEAN) {
		*out = item->as.truth;
		return true;
	}
	if (!is_untyped(item))
		return rule_fail(run, RULE_WRONG_TYPE, item);
	if (!rule_string(&text, run, item))
		return false;
	text = trimmed(text);
	*out = text_is(text, "true") || text_is(text, "1");
	return *out || text_is(text, "false") || text_is(text, "0") ||
		rule_fail(run, RULE_NO_BOOLEAN, item);
}

/* ---- comparing ---- */

static bool by_order(int order, rule_comparison how)
{
	switch (how) {
	case RULE_EQUAL:
		return order == 0;
	case RULE_UNEQUAL:
		return order != 0;
	case RULE_LESS:
		return order < 0;
	case RULE_LESS_EQUAL:
		return order <= 0;
	case RULE_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

static bool compare_texts(bool *out, rule_run *run, const rule_item *a, const rule_item *b,
			  rule_comparison how)
{
	rule_text left, right;
	int order;

	if (!rule_string(&left, run, a) || !rule_string(&right, run, b))
		return false;
	order = memcmp(left.at, right.at, left.length < right.length ? left.length : right.length);
	if (order == 0)
		order = (left.length > right.length) - (left.length < right.length);
	*out = by_order(order, how);
	return true;
}

/* Doubles in a total order: minus zero lies before zero, as where untyped text meets a number. */
static int total_order(double a, double b)
{
	if (a < b)
		return -1;
	if (a > b)
		return 1;
	if (isnan(a) || isnan(b))
		return (isnan(a) != 0) - (isnan(b) != 0);
	return (signbit(b) != 0) - (signbit(a) != 0);
}

/* Untyped text without a point against an integer is compared as integers: -0 is 0 there. */
static bool whole_number(int64_t *out, rule_text text)
{
	int64_t value = 0;
	bool negative;
	size_t n = 0;

	text = trimmed(text);
	negative = text.length && *text.at == '-';
	for (size_t i = negative; i < text.length; i++, n++) {
		if (!str_ascii_digit(text.at[i]) || n == 15)
			return false;
		value = value * 10 + (text.at[i] - '0');
	}
	*out = negative ? -value : value;
	return n > 0;
}

static bool order_with_number(int *order, rule_run *run, const rule_item *text_item,
			      const rule_item *number)
{
	double left, right;
	int64_t a, b;
	rule_text text;

	if (number->type == RULE_INTEGER && rule_string(&text, run, text_item) &&
	    whole_number(&a, text) && efile_decimal_to_int(&b, number->as.decimal) == EFILE_OK) {
		*order = (a > b) - (a < b);
		return true;
	}
	if (!rule_to_double(&left, run, text_item) || !rule_to_double(&right, run, number))
		return false;
	*order = total_order(left, right);
	return true;
}

static bool compare_untyped(bool *out, rule_run *run, const rule_item *a, const rule_item *b,
			    rule_comparison how)
{
	int order;

	if (is_untyped(a)) {
		if (!order_with_number(&order, run, a, b))
			return false;
	} else {
		if (!order_with_number(&order, run, b, a))
			return false;
		order = -order;
	}
	*out = by_order(order, how);
	return true;
}

/* A double against an exact number: by the exact value of the double, 167.35 is less than 167.35. */
static int exact_order(const rule_item *a, const rule_item *b)
{
	if (a->type == RULE_DOUBLE)
		return efile_decimal_compare(rule_exact(a->as.binary), b->as.decimal);
	return efile_decimal_compare(a->as.decimal, rule_exact(b->as.binary));
}

static bool compare_numbers(bool *out, rule_run *run, const rule_item *a, const rule_item *b,
			    rule_comparison how)
{
	double left, right;

	if (is_exact(a) && is_exact(b)) {
		*out = by_order(efile_decimal_compare(a->as.decimal, b->as.decimal), how);
		return true;
	}
	if (!rule_to_double(&left, run, a) || !rule_to_double(&right, run, b))
		return false;
	if (is_exact(a) != is_exact(b) && isfinite(left) && isfinite(right)) {
		*out = by_order(exact_order(a, b), how);
		return true;
	}
	*out = isnan(left) || isnan(right) ? how == RULE_UNEQUAL :
		by_order((left > right) - (left < right), how);
	return true;
}

bool rule_compare(bool *out, rule_run *run, const rule_item *a, const rule_item *b,
		  rule_comparison how)
{
	if (is_textual(a) && is_textual(b))
		return compare_texts(out, run, a, b, how);
	if (rule_is_number(a) && rule_is_number(b))
		return compare_numbers(out, run, a, b, how);
	if ((is_untyped(a) && rule_is_number(b)) || (is_untyped(b) && rule_is_number(a)))
		return compare_untyped(out, run, a, b, how);
	if (a->type == RULE_DATE || b->type == RULE_DATE) {
		long left, right;

		if (!rule_to_date(&left, run, a) || !rule_to_date(&right, run, b))
			return false;
		*out = by_order((left > right) - (left < right), how);
		return true;
	}
	if (a->type == RULE_BOOLEAN || b->type == RULE_BOOLEAN) {
		bool left, right;

		if (!to_boolean(&left, run, a) || !to_boolean(&right, run, b))
			return false;
		*out = by_order((int)left - (int)right, how);
		return true;
	}
	return rule_fail(run, RULE_WRONG_TYPE, is_textual(a) ? a : b);
}

/* ---- computing ---- */

static bool compute_double(rule_run *run, rule_op op, const rule_item *a, const rule_item *b)
{
	double left, right;

	if (!rule_to_double(&left, run, a) || !rule_to_double(&right, run, b))
		return false;
	switch (op) {
	case RULE_ADD:
		return rule_push_double(run, left + right);
	case RULE_SUBTRACT:
		return rule_push_double(run, left - right);
	case RULE_MULTIPLY:
		return rule_push_double(run, left * right);
	default:
		return rule_push_double(run, left / right);
	}
}

static bool compute_decimal(rule_run *run, rule_op op, const rule_item *a, const rule_item *b)
{
	bool whole = a->type == RULE_INTEGER && b->type == RULE_INTEGER && op != RULE_DIVIDE;
	efile_decimal out;
	efile_status status;

	if (op == RULE_DIVIDE && efile_decimal_sign(b->as.decimal) == 0)
		return rule_fail(run, RULE_BY_ZERO, NULL);
	if (op == RULE_ADD)
		status = efile_decimal_add(&out, a->as.decimal, b->as.decimal);
	else if (op == RULE_SUBTRACT)
		status = efile_decimal_subtract(&out, a->as.decimal, b->as.decimal);
	else if (op == RULE_MULTIPLY)
		status = efile_decimal_multiply(&out, a->as.decimal, b->as.decimal);
	else
		status = efile_decimal_divide(&out, a->as.decimal, b->as.decimal);
	if (status < 0)
		return rule_fail(run, RULE_NO_DECIMAL, NULL);
	return rule_push(run, (rule_item){ whole ? RULE_INTEGER : RULE_DECIMAL, { .decimal = out } });
}

bool rule_arithmetic(rule_run *run, rule_op op, const rule_item *a, const rule_item *b)
{
	if (is_exact(a) && is_exact(b))
		return compute_decimal(run, op, a, b);
	if (a->type == RULE_STRING || b->type == RULE_STRING)
		return rule_fail(run, RULE_WRONG_TYPE, NULL);
	return compute_double(run, op, a, b);
}

bool rule_negate(rule_run *run, const rule_item *a)
{
	double value;

	if (is_exact(a))
		return rule_push(run, (rule_item){ a->type,
			{ .decimal = efile_decimal_negate(a->as.decimal) } });
	return rule_to_double(&value, run, a) && rule_push_double(run, -value);
}

static double round_double(double value)
{
	double whole = floor(value);

	if (isnan(value) || isinf(value) || value == 0 || fabs(value) >= 4503599627370496.0)
		return value;
	if (value < 0 && value >= -0.5)
		return -0.0;
	return value - whole >= 0.5 ? whole + 1 : whole;
}

bool rule_round(rule_run *run, const rule_item *a, bool down)
{
	double value;

	if (is_exact(a)) {
		efile_decimal out = a->as.decimal;

		if (efile_decimal_scale(out) > 0)
			efile_decimal_round(&out, out, 0, down ? EFILE_ROUND_FLOOR :
					    EFILE_ROUND_HALF_CEILING);
		return rule_push(run, (rule_item){ a->type, { .decimal = out } });
	}
	return rule_to_double(&value, run, a) &&
		rule_push_double(run, down ? floor(value) : round_double(value));
}

bool rule_absolute(rule_run *run, const rule_item *a)
{
	double value;

	if (is_exact(a))
		return rule_push(run, (rule_item){ a->type, { .decimal =
			efile_decimal_sign(a->as.decimal) < 0 ? efile_decimal_negate(a->as.decimal) :
			a->as.decimal } });
	return rule_to_double(&value, run, a) && rule_push_double(run, fabs(value));
}

/* ---- showing ---- */

void rule_show(char *out, size_t size, rule_run *run, const rule_item *item)
{
	efile_decimal value;
	rule_text text;

	out[0] = '\0';
	if (item->type == RULE_BOOLEAN) {
		snprintf(out, size, "%s", item->as.truth ? "true" : "false");
	} else if (rule_is_number(item) && rule_to_decimal(&value, run, item)) {
		char digits[EFILE_DECIMAL_TEXT_SIZE];

		if (item->type != RULE_INTEGER && (efile_decimal_scale(value) < 2 ||
						   item->type == RULE_DOUBLE))
			efile_decimal_round(&value, value, 2, EFILE_ROUND_HALF_CEILING);
		snprintf(out, size, "%s", efile_decimal_format(value, digits));
	} else if (is_textual(item) && rule_string(&text, run, item)) {
		text = trimmed(text);
		if (text.length >= size)
			text.length = size - 1;
		while (text.length && ((unsigned char)text.at[text.length - 1] & 0x80) &&
		       text.length == size - 1)
			text.length--; /* do not cut a character */
		memcpy(out, text.at, text.length);
		out[text.length] = '\0';
	}
}
