/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions behind the rules: exact decimals, compared as the official artefacts compare them. A
 * value that is no decimal makes those abort; here it has its own finding (EFILE-DECIMAL), and the
 * rule that needs it stays silent. */
#include "invoice/rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- amounts ---- */

bool amount_parse(efile_decimal *out, const char *text, size_t length)
{
	size_t digits = 0, points = 0;

	text = tree_trim(text, &length);
	for (size_t i = 0; i < length; i++) {
		if (str_ascii_digit(text[i]))
			digits++;
		else if (text[i] == '.')
			points++;
		else if (i > 0 || (text[i] != '-' && text[i] != '+'))
			return false;
	}
	if (!digits || points > 1)
		return false;
	if (length && text[0] == '+') {
		text++;
		length--;
	}
	if (text[length - 1] == '.')
		length--;
	if (text[0] == '.' || (text[0] == '-' && text[1] == '.')) {
		char padded[80];
		int n = snprintf(padded, sizeof(padded), "%s0%.*s", text[0] == '-' ? "-" : "",
				 (int)(length - (text[0] == '-')), text + (text[0] == '-'));

		return n < (int)sizeof(padded) && efile_decimal_parse(out, padded, (size_t)n) == EFILE_OK;
	}
	return efile_decimal_parse(out, text, length) == EFILE_OK;
}

amount_state amount_of_node(efile_decimal *out, const tree *t, uint32_t node)
{
	return amount_parse(out, tree_text(t, node), tree_text_length(t, node)) ? AMOUNT_OK : AMOUNT_BAD;
}

amount_state amount_at(efile_decimal *out, const rule_run *run, int which, uint32_t from)
{
	place at;

	*out = efile_decimal_from_int(0, 0);
	if (!path_first(&at, run->paths[which], run->t, from))
		return AMOUNT_ABSENT;
	return amount_of_node(out, run->t, at.node);
}

amount_state amount_sum(efile_decimal *out, rule_run *run, int which, uint32_t from)
{
	places found = { NULL, 0, 0, false };
	amount_state state = AMOUNT_ABSENT;

	*out = efile_decimal_from_int(0, 0);
	path_collect(&found, run->paths[which], run->t, from);
	run->failed |= found.failed;
	for (size_t i = 0; i < found.count && state != AMOUNT_BAD; i++) {
		efile_decimal value;

		state = amount_of_node(&value, run->t, found.items[i].node);
		if (state == AMOUNT_OK && efile_decimal_add(out, *out, value) < 0)
			state = AMOUNT_BAD;
	}
	places_clear(&found);
	return state;
}

/* xs:decimal has no limit on digits, decimal128 has: what cannot be rounded stays as it is. */
efile_decimal amount_round(efile_decimal value, int scale)
{
	efile_decimal out = value;

	if (efile_decimal_scale(value) > scale)
		efile_decimal_round(&out, value, scale, EFILE_ROUND_HALF_CEILING);
	return out;
}

static efile_decimal plus(efile_decimal a, efile_decimal b)
{
	efile_decimal out = a;

	efile_decimal_add(&out, a, b);
	return out;
}

static efile_decimal minus(efile_decimal a, efile_decimal b)
{
	return plus(a, efile_decimal_negate(b));
}

static efile_decimal absolute(efile_decimal a)
{
	return efile_decimal_sign(a) < 0 ? efile_decimal_negate(a) : a;
}

static bool equal(efile_decimal a, efile_decimal b)
{
	return efile_decimal_compare(a, b) == 0;
}

static void say_expected(rule_run *run, efile_decimal value)
{
	efile_decimal shown = value;

	if (efile_decimal_scale(value) < 2)
		efile_decimal_round(&shown, value, 2, EFILE_ROUND_HALF_CEILING);
	efile_decimal_format(shown, run->expected);
}

/* Points the finding at the node of a path and quotes it. */
static void point_at(rule_run *run, int which)
{
	place at;
	size_t length;
	const char *text;

	if (!path_first(&at, run->paths[which], run->t, run->node))
		return;
	run->place = at.node;
	text = place_text(&length, run->t, at);
	text = tree_trim(text, &length);
	snprintf(run->actual, sizeof(run->actual), "%.*s", (int)(length < 90 ? length : 90), text);
}

/* ---- sums ---- */

/* A total that is absent does not equal anything; one that is no number has been said elsewhere. */
static bool total_is(rule_run *run, int which, efile_decimal expected)
{
	efile_decimal total;
	amount_state state = amount_at(&total, run, which, run->node);

	point_at(run, which);
	say_expected(run, expected);
	return state == AMOUNT_BAD || (state == AMOUNT_OK && equal(total, expected));
}

bool rule_line_sum_ubl(rule_run *run)
{
	efile_decimal sum;

	if (amount_sum(&sum, run, 1, run->node) == AMOUNT_BAD)
		return true;
	return total_is(run, 0, amount_round(sum, 2));
}

bool rule_part_sum_ubl(rule_run *run)
{
	return (!path_exists(run->paths[0], run->t, run->node) &&
		!path_exists(run->paths[2], run->t, run->node)) || rule_line_sum_ubl(run);
}

bool rule_vat_sum_ubl(rule_run *run)
{
	return !path_exists(run->paths[2], run->t, run->node) || rule_line_sum_ubl(run);
}

/* ---- the sums of CII ----
 *
 * There the artefacts add in binary floating point. BR-CO-10 then takes the exact decimal value of the
 * result and rounds that: 62.555 is 62.55499... and gives 62.55. BR-CO-11, -12 and -14 round and
 * compare in binary: 18.465 times 100 is 1846.5 and gives 18.47; -0.005 gives minus zero, which equals
 * no total. To give the same verdict we add in the same way. It is the only place where money is a
 * double, and only to be compared. */

typedef struct binary_sum {
	double value;
	bool begun, bad;
} binary_sum;

/* The nearest double of a decimal's text; strtod() would ask the locale what a point looks like. */
static double to_binary(const char *text, size_t length)
{
	long double value = 0, scale = 1;
	bool negative, behind = false;
	uint64_t digits = 0;
	long exponent = 0;

	text = tree_trim(text, &length);
	negative = length && text[0] == '-';
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '.') {
			behind = true;
		} else if (str_ascii_digit(text[i])) {
			bool room = digits < UINT64_C(1000000000000000000);

			if (room)
				digits = digits * 10 + (uint64_t)(text[i] - '0');
			exponent += behind ? (room ? -1 : 0) : (room ? 0 : 1);
		}
	}
	for (long i = 0; i < labs(exponent); i++)
		scale *= 10;
	value = exponent < 0 ? (long double)digits / scale : (long double)digits * scale;
	return (double)(negative ? -value : value);
}

static void binary_add(binary_sum *sum, const rule_run *run, uint32_t node)
{
	efile_decimal value;
	double binary;

	if (amount_of_node(&value, run->t, node) != AMOUNT_OK) {
		sum->bad = true;
		return;
	}
	binary = to_binary(tree_text(run->t, node), tree_text_length(run->t, node));
	sum->value = sum->begun ? sum->value + binary : binary;
	sum->begun = true;
}

static void binary_add_all(binary_sum *sum, rule_run *run, int which)
{
	places found = { NULL, 0, 0, false };

	path_collect(&found, run->paths[which], run->t, run->node);
	run->failed |= found.failed;
	for (size_t i = 0; i < found.count; i++)
		binary_add(sum, run, found.items[i].node);
	places_clear(&found);
}

/* Whole cents of the exact value of a double, half towards plus infinity: the error of the product is
 * what fma() tells. */
static efile_decimal exact_cents(double value)
{
	double product = value * 100, error = fma(value, 100, -product);
	double whole = floor(product), rest = product - whole;

	if (rest > 0.5 || (rest == 0.5 && error >= 0))
		whole++;
	return efile_decimal_from_int((int64_t)whole, 2);
}

/* round() of XPath on doubles: a half goes up, minus a half becomes minus zero. */
static double rounded(double value)
{
	double product = value * 100;

	if (product == 0 || fabs(product) >= 4503599627370496.0)
		return product / 100; /* there is no fraction to round; minus zero stays */
	return product < 0 && product >= -0.5 ? -0.0 : floor(product + 0.5) / 100;
}

bool rule_line_sum_cii(rule_run *run)
{
	binary_sum sum = { 0, false, false };

	binary_add_all(&sum, run, 1);
	if (sum.bad || fabs(sum.value) > 9e16)
		return true;
	return total_is(run, 0, exact_cents(sum.value));
}

/* Compares total and sum as doubles, in which minus zero is not zero. */
static bool binary_total(rule_run *run, const binary_sum *sum)
{
	double expected = rounded(sum->value), total;
	size_t length;
	const char *text;
	place at;

	if (sum->bad)
		return true;
	point_at(run, 0);
	if (fabs(expected) < 9e16)
		say_expected(run, exact_cents(expected));
	if (!path_first(&at, run->paths[0], run->t, run->node))
		return false;
	text = place_text(&length, run->t, at);
	total = to_binary(text, length);
	return !(total < expected) && !(total > expected) && signbit(total) == signbit(expected);
}

bool rule_vat_sum_cii(rule_run *run)
{
	binary_sum sum = { 0, false, false };

	binary_add_all(&sum, run, 1);
	return binary_total(run, &sum);
}

/* The first amount of each part. */
bool rule_part_sum_cii(rule_run *run)
{
	places parts = { NULL, 0, 0, false };
	binary_sum sum = { 0, false, false };
	bool none;

	path_collect(&parts, run->paths[2], run->t, run->node);
	run->failed |= parts.failed;
	for (size_t i = 0; i < parts.count; i++) {
		place at;

		if (path_first(&at, run->paths[1], run->t, parts.items[i].node))
			binary_add(&sum, run, at.node);
	}
	none = parts.count == 0 && !path_exists(run->paths[0], run->t, run->node);
	places_clear(&parts);
	return none || binary_total(run, &sum);
}

/* Reads the amounts of a sum; false if one is no number. */
static bool take_amounts(efile_decimal *values, amount_state *states, rule_run *run, int from, int to)
{
	for (int i = from; i <= to; i++) {
		states[i] = amount_at(&values[i], run, i, run->node);
		if (states[i] == AMOUNT_BAD)
			return false;
	}
	return true;
}

static bool net_total(rule_run *run, bool round_always)
{
	amount_state states[4];
	efile_decimal v[4], expected;

	if (!take_amounts(v, states, run, 0, 3))
		return true;
	point_at(run, 0);
	expected = plus(minus(v[1], v[2]), v[3]);
	if (round_always || states[2] == AMOUNT_OK || states[3] == AMOUNT_OK)
		expected = amount_round(expected, 2);
	say_expected(run, expected);
	return states[0] == AMOUNT_OK && states[1] == AMOUNT_OK && equal(v[0], expected);
}

bool rule_net_total_ubl(rule_run *run)
{
	return net_total(run, false);
}

bool rule_net_total_cii(rule_run *run)
{
	return net_total(run, true);
}

static bool gross_total(rule_run *run, bool equal_is_enough)
{
	places taxes = { NULL, 0, 0, false };
	amount_state states[4];
	efile_decimal v[4], expected;
	bool one;

	if (!path_exists(run->paths[0], run->t, run->node))
		return true;
	if (!take_amounts(v, states, run, 1, 3))
		return true;
	point_at(run, 3);
	path_collect(&taxes, run->paths[1], run->t, run->node);
	run->failed |= taxes.failed;
	one = taxes.count == 1;
	places_clear(&taxes);
	expected = amount_round(plus(v[2], v[1]), 2);
	say_expected(run, expected);
	if (states[2] != AMOUNT_OK || states[3] != AMOUNT_OK)
		return false;
	return (one && equal(v[3], expected)) || (equal_is_enough && equal(v[3], v[2]));
}

bool rule_gross_total_ubl(rule_run *run)
{
	return gross_total(run, false);
}

bool rule_gross_total_cii(rule_run *run)
{
	return gross_total(run, true);
}

/* UBL rounds only where a prepaid or rounding amount comes in; CII never. */
bool rule_due_ubl(rule_run *run)
{
	amount_state states[4];
	efile_decimal v[4], left, right;
	bool paid, rounded;

	if (!take_amounts(v, states, run, 0, 3))
		return true;
	point_at(run, 0);
	paid = states[2] == AMOUNT_OK;
	rounded = states[3] == AMOUNT_OK;
	right = paid ? amount_round(minus(v[1], v[2]), 2) : v[1];
	left = rounded ? amount_round(minus(v[0], v[3]), 2) : v[0];
	say_expected(run, plus(right, v[3]));
	return states[0] == AMOUNT_OK && states[1] == AMOUNT_OK && equal(left, right);
}

bool rule_due_cii(rule_run *run)
{
	amount_state states[4];
	efile_decimal v[4], expected;

	if (!take_amounts(v, states, run, 0, 3))
		return true;
	point_at(run, 0);
	expected = plus(minus(v[1], v[2]), v[3]);
	say_expected(run, expected);
	return states[0] == AMOUNT_OK && states[1] == AMOUNT_OK && equal(v[0], expected);
}

/* |taxable| x rate / 100, rounded to 2 places. */
static efile_decimal vat_of(efile_decimal taxable, efile_decimal rate)
{
	efile_decimal product = efile_decimal_from_int(0, 0);

	efile_decimal_multiply(&product, absolute(taxable), rate);
	efile_decimal_multiply(&product, product, efile_decimal_from_int(1, 2));
	return amount_round(product, 2);
}

/* BR-CO-17 allows a difference of less than 1 (UBL) or up to 1 (CII); a rate that rounds to 0 needs a
 * tax that rounds to 0. */
static bool vat_amount(rule_run *run, bool inclusive)
{
	efile_decimal v[3], expected, difference;
	amount_state states[3];
	int order;

	if (!take_amounts(v, states, run, 0, 2))
		return true;
	point_at(run, 0);
	if (states[2] == AMOUNT_ABSENT || efile_decimal_sign(amount_round(v[2], 0)) == 0) {
		say_expected(run, efile_decimal_from_int(0, 2));
		return states[0] == AMOUNT_OK && efile_decimal_sign(amount_round(v[0], 0)) == 0;
	}
	expected = vat_of(v[1], v[2]);
	say_expected(run, efile_decimal_sign(v[1]) < 0 ? efile_decimal_negate(expected) : expected);
	difference = absolute(minus(absolute(v[0]), expected));
	order = efile_decimal_compare(difference, efile_decimal_from_int(1, 0));
	return states[0] == AMOUNT_OK && states[1] == AMOUNT_OK && (inclusive ? order <= 0 : order < 0);
}

bool rule_vat_amount_ubl(rule_run *run)
{
	return vat_amount(run, false);
}

bool rule_vat_amount_cii(rule_run *run)
{
	return vat_amount(run, true);
}

/* Minus zero is below zero for the artefacts. */
bool rule_not_negative(rule_run *run)
{
	efile_decimal price;
	amount_state state = amount_at(&price, run, 0, run->node);

	point_at(run, 0);
	return state == AMOUNT_BAD || (state == AMOUNT_OK && run->actual[0] != '-');
}

bool rule_not_negative_if(rule_run *run)
{
	efile_decimal price;

	point_at(run, 0);
	return amount_at(&price, run, 0, run->node) != AMOUNT_OK || efile_decimal_sign(price) >= 0;
}

/* ---- presence ---- */

static bool blank(const tree *t, place at)
{
	size_t length;
	const char *text = place_text(&length, t, at);

	tree_trim(text, &length);
	return length == 0;
}

bool rule_not_both(rule_run *run)
{
	point_at(run, 0);
	return !path_exists(run->paths[0], run->t, run->node) ||
		!path_exists(run->paths[1], run->t, run->node);
}

bool rule_if_then(rule_run *run)
{
	point_at(run, 0);
	return !path_exists(run->paths[0], run->t, run->node) ||
		path_exists(run->paths[1], run->t, run->node);
}

/* Both paths lead by way of the same first element, whose part must say something. */
bool rule_if_not_blank(rule_run *run)
{
	place at;

	if (!path_first(&at, run->paths[0], run->t, run->node))
		return true;
	point_at(run, 0);
	return path_first(&at, run->paths[1], run->t, run->node) && !blank(run->t, at);
}

/* The zone behind an xs:date, in minutes; a day begins earlier in the east. */
static int zone_minutes(const char *date, size_t length)
{
	int minutes;

	if (length != 16)
		return 0;
	minutes = ((date[11] - '0') * 10 + (date[12] - '0')) * 60 + (date[14] - '0') * 10 + (date[15] - '0');
	return date[10] == '-' ? -minutes : minutes;
}

/* Dates of the form YYYY-MM-DD compare as text. */
bool rule_period_ubl(rule_run *run)
{
	place start, end;
	size_t start_length, end_length, least;
	const char *from, *to;
	int order;

	if (!path_first(&start, run->paths[0], run->t, run->node) ||
	    !path_first(&end, run->paths[1], run->t, run->node))
		return true;
	point_at(run, 1);
	from = place_text(&start_length, run->t, start);
	to = place_text(&end_length, run->t, end);
	from = tree_trim(from, &start_length);
	to = tree_trim(to, &end_length);
	least = start_length < end_length ? start_length : end_length;
	order = memcmp(to, from, least < 10 ? least : 10);
	snprintf(run->expected, sizeof(run->expected), ">= %.*s",
		 (int)(start_length < 40 ? start_length : 40), from);
	if (order == 0 && least == 10 && start_length != end_length)
		return zone_minutes(to, end_length) <= zone_minutes(from, start_length);
	return order > 0 || (order == 0 && (end_length >= start_length || least >= 10));
}

/* Texts of format 102 as they stand; a holder without such a text breaks the rule. */
bool rule_period_cii(rule_run *run)
{
	place start, end;
	size_t start_length, end_length;
	const char *from, *to;

	if (!path_exists(run->paths[0], run->t, run->node) ||
	    !path_exists(run->paths[1], run->t, run->node))
		return true;
	point_at(run, 1);
	if (!path_first(&start, run->paths[2], run->t, run->node) ||
	    !path_first(&end, run->paths[3], run->t, run->node))
		return false;
	point_at(run, 3);
	from = place_text(&start_length, run->t, start);
	to = place_text(&end_length, run->t, end);
	snprintf(run->expected, sizeof(run->expected), ">= %.*s",
		 (int)(start_length < 40 ? start_length : 40), from);
	return strcmp(to, from) >= 0;
}

static bool any_equal(rule_run *run, int a, int b)
{
	places left = { NULL, 0, 0, false }, right = { NULL, 0, 0, false };
	bool found = false;

	path_collect(&left, run->paths[a], run->t, run->node);
	path_collect(&right, run->paths[b], run->t, run->node);
	run->failed |= left.failed || right.failed;
	for (size_t i = 0; i < left.count && !found; i++)
		for (size_t k = 0; k < right.count && !found; k++) {
			size_t x_length, y_length;
			const char *x = place_text(&x_length, run->t, left.items[i]);
			const char *y = place_text(&y_length, run->t, right.items[k]);

			found = x_length == y_length && memcmp(x, y, x_length) == 0;
		}
	places_clear(&left);
	places_clear(&right);
	return found;
}

bool rule_payee(rule_run *run)
{
	point_at(run, 0);
	if (!path_exists(run->paths[0], run->t, run->node))
		return false;
	for (int i = 0; i + 1 < RULE_PATHS && run->paths[i]; i += 2)
		if (any_equal(run, i, i + 1))
			return false;
	return true;
}

/* ---- currencies ---- */

static bool text_found(rule_run *run, place wanted, int which)
{
	places found = { NULL, 0, 0, false };
	size_t length, other_length;
	const char *text = place_text(&length, run->t, wanted);
	bool hit = false;

	path_collect(&found, run->paths[which], run->t, run->node);
	run->failed |= found.failed;
	for (size_t i = 0; i < found.count && !hit; i++) {
		const char *other = place_text(&other_length, run->t, found.items[i]);

		hit = length == other_length && memcmp(text, other, length) == 0;
	}
	places_clear(&found);
	return hit;
}

/* Every accounting currency, should there be several, needs its total. */
bool rule_tax_currency_ubl(rule_run *run)
{
	places currencies = { NULL, 0, 0, false };
	bool holds = true;

	point_at(run, 0);
	path_collect(&currencies, run->paths[0], run->t, run->node);
	run->failed |= currencies.failed;
	for (size_t i = 0; i < currencies.count && holds; i++)
		holds = text_found(run, currencies.items[i], 1);
	places_clear(&currencies);
	return holds;
}

bool rule_tax_currency_cii(rule_run *run)
{
	point_at(run, 0);
	return !path_exists(run->paths[0], run->t, run->node) ||
		(any_equal(run, 0, 2) && !any_equal(run, 0, 1));
}

/* One tax total in another currency, or with at most 2 decimals of value, is enough. */
bool rule_tax_decimals_cii(rule_run *run)
{
	uint32_t attribute = tree_name_id(run->t, "@currencyID", 11);
	places totals = { NULL, 0, 0, false };
	size_t currency_length = 0;
	const char *currency;
	bool holds;
	place at;

	if (!path_first(&at, run->paths[1], run->t, run->node))
		return true;
	currency = place_text(&currency_length, run->t, at);
	path_collect(&totals, run->paths[0], run->t, run->node);
	run->failed |= totals.failed;
	holds = totals.count == 0;
	for (size_t i = 0; i < totals.count && !holds; i++) {
		uint32_t node = totals.items[i].node;
		const tree_attribute *a = tree_attribute_of(run->t, node, attribute);
		efile_decimal value;

		if (a && (a->text_length != currency_length ||
			  memcmp(tree_attribute_text(run->t, a), currency, currency_length) != 0))
			holds = strcmp(run->rule->id, "BR-DEC-13") == 0;
		else if (amount_of_node(&value, run->t, node) == AMOUNT_OK)
			holds = equal(value, amount_round(value, 2));
	}
	places_clear(&totals);
	point_at(run, 0);
	return holds;
}

/* ---- country prefixes: ISO 3166-1 alpha-2, EL for Greece, XI and 1A ---- */

static const char countries[] =
	" 1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
	"BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
	"EC EE EG EH EL ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
	"GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ "
	"LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX "
	"MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
	"RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL "
	"TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW ";

static bool prefix_known(const char *text, size_t length, bool whole_word)
{
	char wanted[5] = "";
	size_t n = length < 2 ? length : 2;

	if (whole_word)
		snprintf(wanted, sizeof(wanted), " %.*s ", (int)n, text);
	else
		snprintf(wanted, sizeof(wanted), "%.*s", (int)n, text);
	return strstr(countries, wanted) != NULL;
}

/* UBL looks the first two characters up anywhere in the list, so that an empty identifier passes;
 * CII wants a word of it. */
static bool country_prefix(rule_run *run, bool whole_word)
{
	size_t length;
	const char *text;
	place at;

	if (!path_first(&at, run->paths[0], run->t, run->node))
		return true;
	point_at(run, 0);
	text = place_text(&length, run->t, at);
	return prefix_known(text, length, whole_word);
}

bool rule_country_prefix_ubl(rule_run *run)
{
	return country_prefix(run, false);
}

bool rule_country_prefix_cii(rule_run *run)
{
	return country_prefix(run, true);
}
