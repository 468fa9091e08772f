/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

static efile_decimal dec(const char *text)
{
	efile_decimal d = efile_decimal_from_int(-777, 0);

	if (efile_decimal_parse(&d, text, (size_t)-1) != EFILE_OK)
		TAP_EQUAL_TEXT(text, "a number");
	return d;
}

static const char *show(efile_decimal d)
{
	static char text[EFILE_DECIMAL_TEXT_SIZE];

	return efile_decimal_format(d, text);
}

/* ---- the table that tests/data/decimal/generate.py makes with Python's decimal ---- */

enum { OPERATION, LEFT, RIGHT, EXPECTED, SCALE, COLUMNS };

typedef efile_status (*binary_fn)(efile_decimal *, efile_decimal, efile_decimal);
typedef efile_status (*unary_fn)(efile_decimal *, efile_decimal);

static const struct {
	const char *name;
	binary_fn binary;
	unary_fn unary;
} operations[] = {
	{ "add", efile_decimal_add, NULL }, { "subtract", efile_decimal_subtract, NULL },
	{ "multiply", efile_decimal_multiply, NULL }, { "divide", efile_decimal_divide, NULL },
	{ "modulo", decimal_modulo, NULL }, { "power", decimal_power, NULL },
	{ "power~", decimal_power, NULL }, { "sqrt", NULL, decimal_sqrt },
	{ "exp~", NULL, decimal_exp }, { "log~", NULL, decimal_log },
};

static efile_status run(efile_decimal *out, char **column)
{
	efile_decimal a = dec(column[LEFT]);

	if (strncmp(column[OPERATION], "round", 5) == 0)
		return efile_decimal_round(out, a, atoi(column[RIGHT]),
					   (efile_rounding)atoi(column[OPERATION] + 5));
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
		if (strcmp(operations[i].name, column[OPERATION]) != 0)
			continue;
		if (operations[i].binary)
			return operations[i].binary(out, a, dec(column[RIGHT]));
		return operations[i].unary(out, a);
	}
	*out = a; /* parse */
	return EFILE_OK;
}

/* One unit in the 34th digit: the two differ by at most 10^-33 of the expected value. */
static int nearly(efile_decimal got, const char *expected)
{
	efile_decimal want = dec(expected), gap, bound;

	efile_decimal_subtract(&gap, got, want);
	efile_decimal_multiply(&bound, decimal_abs(want), dec("1E-33"));
	return efile_decimal_compare(decimal_abs(gap), bound) <= 0;
}

static void check_row(char **column)
{
	efile_decimal got = dec("0"), again;
	efile_status status;

	if (strcmp(column[OPERATION], "compare") == 0) {
		int order = efile_decimal_compare(dec(column[LEFT]), dec(column[RIGHT]));

		TAP_EQUAL_INT((order > 0) - (order < 0), atoi(column[EXPECTED]));
		TAP_OK((order == 0) == (decimal_hash(dec(column[LEFT])) ==
					decimal_hash(dec(column[RIGHT]))));
		return;
	}
	status = run(&got, column);
	if (status != EFILE_OK) {
		TAP_EQUAL_TEXT(efile_status_name(status), column[EXPECTED]);
		return;
	}
	if (strchr(column[OPERATION], '~')) {
		TAP_OK(nearly(got, column[EXPECTED]));
		return;
	}
	TAP_EQUAL_TEXT(show(got), column[EXPECTED]);
	TAP_EQUAL_INT(efile_decimal_scale(got), atoi(column[SCALE]));
	/* one number has one form: what is brought back to the same scale has the same bytes */
	if (efile_decimal_round(&again, dec(column[EXPECTED]), atoi(column[SCALE]),
				EFILE_ROUND_DOWN) == EFILE_OK)
		TAP_OK(memcmp(&again, &got, sizeof(got)) == 0);
}

static void test_oracle(void)
{
	char *table = test_own_data("decimal/cases.tsv", NULL), *rest = table, *line;
	int rows = 0;

	TAP_OK(table != NULL);
	while (table && (line = strsep(&rest, "\n")) && *line) {
		char *column[COLUMNS], *cells = line, name[160];

		snprintf(name, sizeof(name), "%s", line);
		tap_case(name);
		for (int i = 0; i < COLUMNS; i++)
			column[i] = strsep(&cells, "\t");
		if (!TAP_OK(column[SCALE] != NULL))
			break;
		check_row(column);
		rows++;
	}
	TAP_OK(rows > 3000);
	free(table);
}

/* ---- by hand ---- */

static void test_exact(void)
{
	efile_decimal d;

	/* what binary floating point gets wrong */
	TAP_EQUAL_INT(efile_decimal_multiply(&d, dec("10"), dec("1.19")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "11.90");
	TAP_EQUAL_INT(efile_decimal_add(&d, dec("0.1"), dec("0.2")), EFILE_OK);
	TAP_EQUAL_INT(efile_decimal_compare(d, dec("0.3")), 0);
	TAP_EQUAL_TEXT(show(d), "0.3");
	TAP_EQUAL_INT(efile_decimal_divide(&d, dec("119"), dec("1.19")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "100");
	TAP_EQUAL_INT(efile_decimal_divide(&d, dec("1"), dec("3")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "0.3333333333333333333333333333333333");
	TAP_EQUAL_INT(efile_decimal_compare(dec("1.10"), dec("1.1")), 0);
	TAP_OK(decimal_hash(dec("1.10")) == decimal_hash(dec("1.1")));
	TAP_OK(decimal_hash(dec("1000")) == decimal_hash(dec("1E+3")));
	TAP_EQUAL_INT(efile_decimal_divide(&d, dec("1"), dec("0.00")), EFILE_E_INVALID);
}

static void test_rounding(void)
{
	/* columns in the order of efile_rounding; the table of IEEE 754 and Java's RoundingMode */
	static const struct {
		const char *value;
		const char *rounded[8];
	} cases[] = {
		{ "5.5", { "6", "6", "5", "6", "5", "6", "5", "6" } },
		{ "2.5", { "2", "3", "2", "3", "2", "3", "2", "3" } },
		{ "1.6", { "2", "2", "2", "2", "1", "2", "1", "2" } },
		{ "1.1", { "1", "1", "1", "2", "1", "2", "1", "1" } },
		{ "1.0", { "1", "1", "1", "1", "1", "1", "1", "1" } },
		{ "-1.1", { "-1", "-1", "-1", "-2", "-1", "-1", "-2", "-1" } },
		{ "-1.6", { "-2", "-2", "-2", "-2", "-1", "-1", "-2", "-2" } },
		{ "-2.5", { "-2", "-3", "-2", "-3", "-2", "-2", "-3", "-2" } },
		{ "-5.5", { "-6", "-6", "-5", "-6", "-5", "-5", "-6", "-5" } },
		{ "0.4", { "0", "0", "0", "1", "0", "1", "0", "0" } },
		{ "-0.5", { "0", "-1", "0", "-1", "0", "0", "-1", "0" } },
	};
	efile_decimal d = dec("0");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int mode = 0; mode < 8; mode++) {
			tap_case(cases[i].value);
			efile_decimal_round(&d, dec(cases[i].value), 0, (efile_rounding)mode);
			TAP_EQUAL_TEXT(show(d), cases[i].rounded[mode]);
		}
	}
	TAP_EQUAL_INT(efile_decimal_round(&d, dec("2.5"), 2, EFILE_ROUND_DOWN), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "2.50");
	TAP_EQUAL_INT(efile_decimal_round(&d, dec("1"), 33, EFILE_ROUND_DOWN), EFILE_OK);
	TAP_EQUAL_INT(efile_decimal_round(&d, dec("1"), 34, EFILE_ROUND_DOWN), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_decimal_round(&d, dec("0"), 6177, EFILE_ROUND_DOWN), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_decimal_round(&d, dec("0"), INT_MIN, EFILE_ROUND_DOWN), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_decimal_round(&d, dec("0"), 1, (efile_rounding)8), EFILE_E_INVALID);
}

static void test_parse(void)
{
	static const struct {
		const char *text;
		efile_status status;
		const char *formatted;
	} cases[] = {
		{ "0", EFILE_OK, "0" }, { "-0", EFILE_OK, "0" }, { "-0.00", EFILE_OK, "0.00" },
		{ "119.00", EFILE_OK, "119.00" }, { "+7", EFILE_OK, "7" }, { ".5", EFILE_OK, "0.5" },
		{ "5.", EFILE_OK, "5" }, { "007", EFILE_OK, "7" }, { "1E3", EFILE_OK, "1000" },
		{ "1.5e-3", EFILE_OK, "0.0015" }, { "0E+3", EFILE_OK, "0" },
		{ "1E+39", EFILE_OK, "1000000000000000000000000000000000000000" },
		{ "1E+40", EFILE_OK, "1E+40" }, { "-1E+39", EFILE_OK, "-1E+39" },
		{ "1E-38", EFILE_OK, "0.00000000000000000000000000000000000001" },
		{ "1.2E-38", EFILE_OK, "1.2E-38" },
		{ "9223372036854775807", EFILE_OK, "9223372036854775807" },
		{ "-9223372036854775808", EFILE_OK, "-9223372036854775808" },
		{ "9223372036854775808", EFILE_OK, "9223372036854775808" },
		{ "9999999999999999999999999999999999", EFILE_OK,
		  "9999999999999999999999999999999999" },
		{ "10000000000000000000000000000000000", EFILE_OK,
		  "10000000000000000000000000000000000" },
		{ "10000000000000000000000000000000001", EFILE_E_LIMIT, NULL },
		{ "0.00000000000000000000000000000000000000000000001", EFILE_OK, "1E-47" },
		{ "1.0000000000000000000000000000000000000000", EFILE_OK,
		  "1.000000000000000000000000000000000" },
		{ "9.999E+6144", EFILE_OK, "9.999000000000000000000000000000000E+6144" },
		{ "1E+6145", EFILE_E_LIMIT, NULL }, { "1E-6176", EFILE_OK, "1E-6176" },
		{ "1E-6177", EFILE_E_LIMIT, NULL }, { "10E-6177", EFILE_OK, "1E-6176" },
		{ "0E+999999999999999999999999", EFILE_OK, "0" },
		{ "1E99999999999999999999999999", EFILE_E_LIMIT, NULL },
		{ "1E-99999999999999999999999999", EFILE_E_LIMIT, NULL },
		{ "", EFILE_E_INVALID, NULL }, { "-", EFILE_E_INVALID, NULL },
		{ ".", EFILE_E_INVALID, NULL }, { " 1", EFILE_E_INVALID, NULL },
		{ "1 ", EFILE_E_INVALID, NULL }, { "1,5", EFILE_E_INVALID, NULL },
		{ "1.000,00", EFILE_E_INVALID, NULL }, { "NaN", EFILE_E_INVALID, NULL },
		{ "Infinity", EFILE_E_INVALID, NULL }, { "1E", EFILE_E_INVALID, NULL },
		{ "1E+", EFILE_E_INVALID, NULL }, { "--1", EFILE_E_INVALID, NULL },
		{ "0x10", EFILE_E_INVALID, NULL }, { "1.2.3", EFILE_E_INVALID, NULL },
		{ "\xd9\xa3", EFILE_E_INVALID, NULL },
	};
	efile_decimal d;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		d = efile_decimal_from_int(42, 0);
		tap_case(cases[i].text);
		TAP_EQUAL_INT(efile_decimal_parse(&d, cases[i].text, (size_t)-1), cases[i].status);
		TAP_EQUAL_TEXT(show(d), cases[i].formatted ? cases[i].formatted : "42");
	}
	TAP_EQUAL_INT(efile_decimal_parse(&d, "12x", 2), EFILE_OK);
	TAP_EQUAL_INT(efile_decimal_parse(&d, "1\0002", 3), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_decimal_parse(&d, NULL, 0), EFILE_E_INVALID);
}

/* docs/ABI.md section 3 */
static void test_bytes(void)
{
	static const efile_decimal none;
	efile_decimal d = efile_decimal_from_int(12345, 2), sum;

	TAP_EQUAL_TEXT(show(none), "0");
	TAP_EQUAL_TEXT(show(d), "123.45");
	TAP_OK(d.opaque[0] == 12345 && d.opaque[1] == 2);
	d = dec("-1");
	TAP_OK(d.opaque[0] == UINT64_MAX && d.opaque[1] == 0);
	d = dec("1E+3"); /* biased exponent 6179 in bits 49 to 62, bits 61 and 62 inverted */
	TAP_OK(d.opaque[0] == 1 && d.opaque[1] == (UINT64_C(6179) << 49 ^ UINT64_C(3) << 61));
	/* out of the fast form and back again */
	efile_decimal_add(&sum, dec("9223372036854775807"), dec("1"));
	TAP_EQUAL_TEXT(show(sum), "9223372036854775808");
	TAP_OK(sum.opaque[1] > 18);
	efile_decimal_subtract(&sum, sum, dec("1"));
	d = efile_decimal_from_int(INT64_MAX, 0);
	TAP_OK(memcmp(&sum, &d, sizeof(d)) == 0);
	d = efile_decimal_negate(dec("-9223372036854775808"));
	TAP_EQUAL_TEXT(show(d), "9223372036854775808");
	d = efile_decimal_negate(d);
	TAP_OK(d.opaque[0] == (uint64_t)INT64_MIN && d.opaque[1] == 0);
	d = efile_decimal_negate(dec("0.00"));
	TAP_OK(d.opaque[0] == 0 && d.opaque[1] == 2);
}

static void test_to_int(void)
{
	static const struct {
		const char *text;
		efile_status status;
		int64_t value;
	} cases[] = {
		{ "0", EFILE_OK, 0 }, { "0.00", EFILE_OK, 0 }, { "12.00", EFILE_OK, 12 },
		{ "1E+3", EFILE_OK, 1000 }, { "0E+6000", EFILE_OK, 0 }, { "-7", EFILE_OK, -7 },
		{ "9223372036854775807", EFILE_OK, INT64_MAX },
		{ "-9223372036854775808", EFILE_OK, INT64_MIN },
		{ "9223372036854775807.00000", EFILE_OK, INT64_MAX },
		{ "9223372036854775808", EFILE_E_LIMIT, 0 }, { "1E+19", EFILE_E_LIMIT, 0 },
		{ "9E+18", EFILE_OK, INT64_C(9000000000000000000) }, { "1E+6000", EFILE_E_LIMIT, 0 },
		{ "1.5", EFILE_E_INVALID, 0 }, { "1E-6000", EFILE_E_INVALID, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t value = 0;

		tap_case(cases[i].text);
		TAP_EQUAL_INT(efile_decimal_to_int(&value, dec(cases[i].text)), cases[i].status);
		TAP_EQUAL_INT(value, cases[i].value);
	}
	TAP_OK(decimal_is_integer(dec("3.00")) && !decimal_is_integer(dec("3.01")));
	TAP_EQUAL_INT(efile_decimal_sign(dec("-0.01")), -1);
	TAP_EQUAL_INT(efile_decimal_sign(dec("0.00")), 0);
	TAP_EQUAL_TEXT(show(decimal_abs(dec("-9223372036854775808"))), "9223372036854775808");
}

/* DMN 1.5 table 75: modulo; table 52: exponentiation */
static void test_feel(void)
{
	static const struct {
		const char *name;
		binary_fn fn;
		const char *a, *b, *result; /* NULL: INVALID, "": LIMIT */
	} cases[] = {
		{ "modulo", decimal_modulo, "12", "5", "2" },
		{ "modulo", decimal_modulo, "-12", "5", "3" },
		{ "modulo", decimal_modulo, "12", "-5", "-3" },
		{ "modulo", decimal_modulo, "-12", "-5", "-2" },
		{ "modulo", decimal_modulo, "10.1", "4.5", "1.1" },
		{ "modulo", decimal_modulo, "-10.1", "4.5", "3.4" },
		{ "modulo", decimal_modulo, "10.1", "-4.5", "-3.4" },
		{ "modulo", decimal_modulo, "-10.1", "-4.5", "-1.1" },
		{ "modulo", decimal_modulo, "1", "0.0", NULL },
		{ "modulo", decimal_modulo, "1E+6000", "7", "1" }, /* 10^6 is 1 modulo 7 */
		{ "power", decimal_power, "2", "10", "1024" },
		{ "power", decimal_power, "0", "0", "1" },
		{ "power", decimal_power, "2", "-2", "0.25" },
		{ "power", decimal_power, "-3", "3", "-27" },
		{ "power", decimal_power, "1.1", "2", "1.21" },
		{ "power", decimal_power, "10", "6145", "" },
		{ "power", decimal_power, "0", "-1", NULL },
		{ "power", decimal_power, "-8", "0.5", NULL },
		{ "power", decimal_power, "1", "9000000000000000000", "1" },
		{ "power", decimal_power, "-1", "9000000000000000001", "-1" },
		{ "power", decimal_power, "2", "9000000000000000000", "" },
		{ "add", efile_decimal_add, "9.999999999999999999999999999999999E+6144",
		  "9E+6144", "" },
		{ "multiply", efile_decimal_multiply, "1E-6000", "1E-6000", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *want = cases[i].result;
		efile_decimal d = dec("42");
		efile_status status = cases[i].fn(&d, dec(cases[i].a), dec(cases[i].b));

		tap_case(cases[i].name);
		TAP_EQUAL_INT(status, !want ? EFILE_E_INVALID : *want ? EFILE_OK : EFILE_E_LIMIT);
		TAP_EQUAL_TEXT(show(d), want && *want ? want : "42");
	}
}

static void test_functions(void)
{
	efile_decimal d = dec("42");

	TAP_EQUAL_INT(decimal_sqrt(&d, dec("-1")), EFILE_E_INVALID);
	TAP_EQUAL_INT(decimal_log(&d, dec("0")), EFILE_E_INVALID);
	TAP_EQUAL_INT(decimal_log(&d, dec("-1")), EFILE_E_INVALID);
	TAP_EQUAL_INT(decimal_exp(&d, dec("20000")), EFILE_E_LIMIT);
	TAP_EQUAL_INT(decimal_exp(&d, dec("-20000")), EFILE_E_LIMIT);
	TAP_EQUAL_TEXT(show(d), "42");
	TAP_EQUAL_INT(decimal_sqrt(&d, dec("16")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "4");
	TAP_EQUAL_INT(decimal_exp(&d, dec("1")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "2.718281828459045235360287471352662");
	TAP_EQUAL_INT(decimal_log(&d, dec("10")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "2.302585092994045684017991454684364");
	TAP_EQUAL_INT(decimal_exp(&d, dec("0.0")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "1");
	TAP_EQUAL_INT(decimal_log(&d, dec("1.0")), EFILE_OK);
	TAP_EQUAL_TEXT(show(d), "0");
}

TAP_SUITE(base_decimal) = {
	{ "as Python's decimal module", test_oracle },
	{ "exact by hand", test_exact },
	{ "eight ways to round", test_rounding },
	{ "reading and writing", test_parse },
	{ "one number has one form", test_bytes },
	{ "as integer", test_to_int },
	{ "FEEL's modulo and power", test_feel },
	{ "roots, powers, logarithms", test_functions },
	TAP_END,
};
