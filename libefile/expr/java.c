/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions of java.lang that models of other engines call most (DMN 1.5, table 77 maps the
 * types). Nothing of Java runs here: each is done with the same result. */
#include "expr/java.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 2 };

typedef double (*real_one)(double a);
typedef double (*real_two)(double a, double b);

typedef efile_status (*special_fn)(expr_value *out, expr_scope *s, const struct java_row *row,
				   const expr_value *args);

struct java_row {
	const char *class_name;
	const char *signature;  /* without blanks */
	real_one one;
	real_two two;
	special_fn special;
};

/* ---- numbers of Java ---- */

/* In the plain locale that java_call() has set for this thread. */
static double read_double(const char *text)
{
	return strtod_l(text, NULL, uselocale((locale_t)0));
}

static double to_double(const expr_value *v)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];

	return read_double(efile_decimal_format(v->as.number, text));
}

/* The shortest digits that mean the same double, or the same float. */
static bool shortest(efile_decimal *out, double value, bool single)
{
	char text[64];

	if (!isfinite(value))
		return false;
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*e", digits - 1, value);
		if (single ? (float)read_double(text) == (float)value : read_double(text) == value)
			break;
	}
	return efile_decimal_parse(out, text, (size_t)-1) == EFILE_OK;
}

static efile_status no_result(expr_scope *s, const struct java_row *row)
{
	scope_warn(s, "%s has no result for these arguments", row->signature);
	return EFILE_OK;
}

static efile_status number_result(expr_value *out, expr_scope *s, const struct java_row *row,
				  double value, bool single)
{
	efile_decimal number;

	if (!shortest(&number, value, single))
		return no_result(s, row);
	*out = value_number(number);
	return EFILE_OK;
}

/* ---- single functions ---- */

static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }
static double radians(double a) { return a / 180.0 * 3.14159265358979323846; }
static double degrees(double a) { return a * 180.0 / 3.14159265358979323846; }
static double sign(double a) { return (a > 0) - (a < 0); }
static double half_up(double a) { return floor(a + 0.5); }

/* An argument becomes itself, as far as its type holds it: byte, short, int, long. */
static efile_status whole(expr_value *out, expr_scope *s, const struct java_row *row,
			  const expr_value *args)
{
	static const struct { const char *class_name; int64_t least, most; } rows[] = {
		{ "java.lang.Byte", -128, 127 },
		{ "java.lang.Short", -32768, 32767 },
		{ "java.lang.Integer", -2147483647 - 1, 2147483647 },
		{ "java.lang.Long", INT64_MIN, INT64_MAX },
	};
	efile_decimal number;
	int64_t value;

	if (args[0].kind == EXPR_NUMBER)
		number = args[0].as.number;
	else if (efile_decimal_parse(&number, args[0].as.string.text, (size_t)-1) < 0)
		return no_result(s, row);
	if (efile_decimal_to_int(&value, number) < 0)
		return no_result(s, row);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].class_name, row->class_name) &&
		    (value < rows[i].least || value > rows[i].most))
			return no_result(s, row);
	*out = value_int(value);
	return EFILE_OK;
}

static efile_status real(expr_value *out, expr_scope *s, const struct java_row *row,
			 const expr_value *args)
{
	bool single = !strcmp(row->class_name, "java.lang.Float");
	efile_decimal number;

	if (args[0].kind == EXPR_NUMBER)
		number = args[0].as.number;
	else if (efile_decimal_parse(&number, args[0].as.string.text, (size_t)-1) < 0)
		return no_result(s, row);
	*out = value_number(number);
	return number_result(out, s, row, to_double(out), single);
}

static double as_single(double a) { return (double)(float)a; }

static efile_status float_two(expr_value *out, expr_scope *s, const struct java_row *row,
			      const expr_value *args)
{
	return number_result(out, s, row, row->two(as_single(to_double(&args[0])),
						   as_single(to_double(&args[1]))), true);
}

static efile_status int_two(expr_value *out, expr_scope *s, const struct java_row *row,
			    const expr_value *args)
{
	int64_t a, b;
	efile_decimal left, right;

	if (efile_decimal_round(&left, args[0].as.number, 0, EFILE_ROUND_DOWN) < 0 ||
	    efile_decimal_round(&right, args[1].as.number, 0, EFILE_ROUND_DOWN) < 0 ||
	    efile_decimal_to_int(&a, left) < 0 || efile_decimal_to_int(&b, right) < 0)
		return no_result(s, row);
	*out = value_int(row->two == larger ? (a > b ? a : b) : a < b ? a : b);
	return EFILE_OK;
}

static efile_status text(expr_value *out, expr_scope *s, const struct java_row *row,
			 const expr_value *args)
{
	AUTO(buf) written = BUF_INIT;
	uint32_t c;

	/* a char is a string of one character */
	if (strstr(row->signature, "(char)") &&
	    (args[0].kind != EXPR_STRING ||
	     str_utf8_next(&c, args[0].as.string.text, args[0].as.string.length) !=
		     args[0].as.string.length || c > 0xFFFF))
		return no_result(s, row);
	expr_to_text(&written, &args[0]);
	return value_from_buf(out, s, &written);
}

/* String.format with %s, %d, %f, %% and %n: what models use. */
static efile_status format(expr_value *out, expr_scope *s, const struct java_row *row,
			   const expr_value *args)
{
	const expr_list *list = args[1].as.list;
	AUTO(buf) written = BUF_INIT;
	size_t next = 0;

	for (const char *at = args[0].as.string.text; *at; at++) {
		if (*at != '%') {
			buf_add_char(&written, *at);
			continue;
		}
		at++;
		if (*at == '%' || *at == 'n') {
			buf_add_char(&written, *at == 'n' ? '\n' : '%');
			continue;
		}
		if (!*at || !strchr("sdf", *at) || next == list->count ||
		    (*at != 's' && list->items[next].kind != EXPR_NUMBER))
			return no_result(s, row);
		expr_to_text(&written, &list->items[next++]);
	}
	return value_from_buf(out, s, &written);
}

/* ---- the table ---- */

#define MATH "java.lang.Math"

static const struct java_row rows[] = {
	{ MATH, "abs(double)", fabs, NULL, NULL },
	{ MATH, "acos(double)", acos, NULL, NULL },
	{ MATH, "asin(double)", asin, NULL, NULL },
	{ MATH, "atan(double)", atan, NULL, NULL },
	{ MATH, "atan2(double,double)", NULL, atan2, NULL },
	{ MATH, "cbrt(double)", cbrt, NULL, NULL },
	{ MATH, "ceil(double)", ceil, NULL, NULL },
	{ MATH, "cos(double)", cos, NULL, NULL },
	{ MATH, "cosh(double)", cosh, NULL, NULL },
	{ MATH, "exp(double)", exp, NULL, NULL },
	{ MATH, "floor(double)", floor, NULL, NULL },
	{ MATH, "hypot(double,double)", NULL, hypot, NULL },
	{ MATH, "log(double)", log, NULL, NULL },
	{ MATH, "log10(double)", log10, NULL, NULL },
	{ MATH, "max(double,double)", NULL, larger, NULL },
	{ MATH, "max(float,float)", NULL, larger, float_two },
	{ MATH, "max(int,int)", NULL, larger, int_two },
	{ MATH, "max(long,long)", NULL, larger, int_two },
	{ MATH, "min(double,double)", NULL, smaller, NULL },
	{ MATH, "min(float,float)", NULL, smaller, float_two },
	{ MATH, "min(int,int)", NULL, smaller, int_two },
	{ MATH, "min(long,long)", NULL, smaller, int_two },
	{ MATH, "pow(double,double)", NULL, pow, NULL },
	{ MATH, "rint(double)", nearbyint, NULL, NULL },
	{ MATH, "round(double)", half_up, NULL, NULL },
	{ MATH, "signum(double)", sign, NULL, NULL },
	{ MATH, "sin(double)", sin, NULL, NULL },
	{ MATH, "sinh(double)", sinh, NULL, NULL },
	{ MATH, "sqrt(double)", sqrt, NULL, NULL },
	{ MATH, "tan(double)", tan, NULL, NULL },
	{ MATH, "tanh(double)", tanh, NULL, NULL },
	{ MATH, "toDegrees(double)", degrees, NULL, NULL },
	{ MATH, "toRadians(double)", radians, NULL, NULL },
	{ "java.lang.Byte", "valueOf(byte)", NULL, NULL, whole },
	{ "java.lang.Byte", "valueOf(java.lang.String)", NULL, NULL, whole },
	{ "java.lang.Double", "valueOf(double)", NULL, NULL, real },
	{ "java.lang.Double", "valueOf(java.lang.String)", NULL, NULL, real },
	{ "java.lang.Double", "parseDouble(java.lang.String)", NULL, NULL, real },
	{ "java.lang.Float", "valueOf(float)", NULL, NULL, real },
	{ "java.lang.Float", "valueOf(java.lang.String)", NULL, NULL, real },
	{ "java.lang.Integer", "parseInt(java.lang.String)", NULL, NULL, whole },
	{ "java.lang.Integer", "valueOf(int)", NULL, NULL, whole },
	{ "java.lang.Integer", "valueOf(java.lang.String)", NULL, NULL, whole },
	{ "java.lang.Long", "parseLong(java.lang.String)", NULL, NULL, whole },
	{ "java.lang.Long", "valueOf(long)", NULL, NULL, whole },
	{ "java.lang.Long", "valueOf(java.lang.String)", NULL, NULL, whole },
	{ "java.lang.Short", "valueOf(java.lang.String)", NULL, NULL, whole },
	{ "java.lang.Short", "valueOf(short)", NULL, NULL, whole },
	{ "java.lang.String", "format(java.lang.String,[Ljava.lang.Object;)", NULL, NULL, format },
	{ "java.lang.String", "valueOf(boolean)", NULL, NULL, text },
	{ "java.lang.String", "valueOf(char)", NULL, NULL, text },
	{ "java.lang.String", "valueOf(double)", NULL, NULL, text },
	{ "java.lang.String", "valueOf(int)", NULL, NULL, text },
	{ "java.lang.String", "valueOf(java.lang.Object)", NULL, NULL, text },
	{ "java.lang.String", "valueOf(long)", NULL, NULL, text },
};

/* Equal but for blanks in the second. */
static bool same_signature(const char *row, const char *given)
{
	for (; *given; given++) {
		if (str_ascii_space(*given))
			continue;
		if (*row++ != *given)
			return false;
	}
	return !*row;
}

const struct java_row *java_find(const char *class_name, const char *signature)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].class_name, class_name) &&
		    same_signature(rows[i].signature, signature))
			return &rows[i];
	return NULL;
}

/* ---- calling ---- */

static const struct {
	const char *name;
	expr_kind kind;
} types[] = {
	{ "byte", EXPR_NUMBER }, { "short", EXPR_NUMBER }, { "int", EXPR_NUMBER },
	{ "long", EXPR_NUMBER }, { "float", EXPR_NUMBER }, { "double", EXPR_NUMBER },
	{ "char", EXPR_STRING }, { "boolean", EXPR_BOOLEAN }, { "java.lang.String", EXPR_STRING },
	{ "[Ljava.lang.Object;", EXPR_LIST },
};

static bool type_fits(const char *name, size_t length, expr_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strlen(types[i].name) == length && !memcmp(types[i].name, name, length))
			return types[i].kind == kind;
	return true;
}

/* Each argument is of its parameter's type; what is left over goes into the list at the end. */
static efile_status take_arguments(bool *fits, expr_value *taken, expr_scope *s,
				   const struct java_row *row, const expr_value *args, size_t count)
{
	const char *at = strchr(row->signature, '(') + 1;
	size_t used = 0, n = 0;

	*fits = true;
	while (*fits && *at && *at != ')') {
		size_t length = strcspn(at, ",)");

		if (*at == '[' && (used >= count || args[used].kind != EXPR_LIST)) {
			TRY(value_list(&taken[n], s));
			for (; used < count; used++)
				TRY(list_append(s, taken[n].as.list, args[used]));
			used = count;
		} else if (used < count) {
			taken[n] = args[used++];
		} else {
			*fits = false;
		}
		*fits = *fits && type_fits(at, length, taken[n].kind) && ++n <= PARAMETERS_MAX;
		at += length + (at[length] == ',');
	}
	*fits = *fits && used == count;
	return EFILE_OK;
}

static efile_status call(expr_value *out, expr_scope *s, const struct java_row *row,
			 const expr_value *args, size_t count)
{
	expr_value taken[PARAMETERS_MAX + 1] = { VALUE_NULL };
	bool fits;

	TRY(take_arguments(&fits, taken, s, row, args, count));
	if (!fits)
		return no_result(s, row);
	if (row->special)
		return row->special(out, s, row, taken);
	return number_result(out, s, row, row->one ? row->one(to_double(&taken[0])) :
				     row->two(to_double(&taken[0]), to_double(&taken[1])), false);
}

/* The texts of doubles are read and written with a point, whatever the host's locale. */
efile_status java_call(expr_value *out, expr_scope *s, const struct java_row *row,
		       const expr_value *args, size_t count)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), host;
	efile_status status;

	if (!plain)
		return mem_failed(s->ctx);
	host = uselocale(plain);
	status = call(out, s, row, args, count);
	uselocale(host);
	freelocale(plain);
	return status;
}
