/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells of a table that can be judged without FEEL: numbers and intervals of them, texts, booleans, all
 * perhaps negated. Everything else stays a program. */
#include <string.h>

#include "decision/model.h"

enum { CELL_TESTS = 64 };

typedef struct scanner {
	const char *at;
	pool *pool;
	interval intervals[CELL_TESTS];
	const char *texts[CELL_TESTS];
	size_t count;
	cell_kind kind;         /* CELL_ANY: none yet */
	bool boolean;
} scanner;

static void skip_blanks(scanner *s)
{
	while (str_ascii_space(*s->at))
		s->at++;
}

static bool take(scanner *s, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(s);
	if (strncmp(s->at, word, length) != 0)
		return false;
	s->at += length;
	return true;
}

/* Digits, a point and digits, with a sign; a point that begins ".." is none of it. */
static size_t number_length(const char *text)
{
	size_t n = text[0] == '-';
	size_t digits = n;

	while (str_ascii_digit(text[n]))
		n++;
	if (n == digits)
		return 0;
	if (text[n] == '.' && str_ascii_digit(text[n + 1]))
		for (n++; str_ascii_digit(text[n]); n++)
			;
	return n;
}

static bool number(efile_decimal *out, scanner *s)
{
	size_t length;

	skip_blanks(s);
	length = number_length(s->at);
	if (!length || efile_decimal_parse(out, s->at, length) != EFILE_OK)
		return false;
	s->at += length;
	return true;
}

static bool same_kind(scanner *s, cell_kind kind)
{
	if (s->kind != CELL_ANY && s->kind != kind)
		return false;
	s->kind = kind;
	return s->count < CELL_TESTS;
}

static const struct comparison {
	const char *sign;
	bool low, high, in;
} comparisons[] = {
	{ "<=", false, true, true }, { ">=", true, false, true },
	{ "<", false, true, false }, { ">", true, false, false }, { "=", true, true, true },
};

static bool comparison(scanner *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++) {
		const struct comparison *c = &comparisons[i];
		interval *out = &s->intervals[s->count];
		efile_decimal n;

		if (!take(s, c->sign))
			continue;
		if (!number(&n, s) || !same_kind(s, CELL_NUMBERS))
			return false;
		*out = (interval){ n, n, c->low, c->high, c->in, c->in };
		s->count++;
		return true;
	}
	return false;
}

static bool range(scanner *s)
{
	interval *out = &s->intervals[s->count < CELL_TESTS ? s->count : 0];
	bool low_in;

	skip_blanks(s);
	low_in = *s->at == '[';
	if (!*s->at || !strchr("[(]", *s->at))
		return false;
	s->at++;
	*out = (interval){ .has_low = true, .has_high = true, .low_in = low_in };
	if (!number(&out->low, s) || !take(s, "..") || !number(&out->high, s))
		return false;
	skip_blanks(s);
	if (!*s->at || !strchr("])[", *s->at))
		return false;
	out->high_in = *s->at++ == ']';
	if (efile_decimal_compare(out->low, out->high) > 0 || !same_kind(s, CELL_NUMBERS))
		return false;
	s->count++;
	return true;
}

static bool plain_number(scanner *s)
{
	efile_decimal n;

	if (!number(&n, s) || !same_kind(s, CELL_NUMBERS))
		return false;
	s->intervals[s->count++] = (interval){ n, n, true, true, true, true };
	return true;
}

/* A text without escapes. */
static bool text(scanner *s, efile_status *status)
{
	size_t length;

	if (!take(s, "\""))
		return false;
	length = strcspn(s->at, "\"\\");
	if (s->at[length] != '"' || !same_kind(s, CELL_TEXTS))
		return false;
	*status = dmn_pool_text(&s->texts[s->count], s->pool, s->at, length);
	s->count++;
	s->at += length + 1;
	return *status == EFILE_OK;
}

static bool boolean(scanner *s)
{
	bool value = strncmp(s->at, "true", 4) == 0;

	if (!take(s, value ? "true" : "false") || s->count || !same_kind(s, CELL_BOOLEAN))
		return false;
	s->boolean = value;
	s->count = 1;
	return true;
}

static bool test(scanner *s, efile_status *status)
{
	skip_blanks(s);
	if (*s->at == '"')
		return text(s, status);
	if (*s->at == 't' || *s->at == 'f')
		return boolean(s);
	if (*s->at == '[' || *s->at == '(' || *s->at == ']')
		return range(s);
	return *s->at == '-' || str_ascii_digit(*s->at) ? plain_number(s) : comparison(s);
}

static bool tests(scanner *s, efile_status *status)
{
	do
		if (!test(s, status))
			return false;
	while (take(s, ","));
	skip_blanks(s);
	return true;
}

static efile_status keep_tests(cell *out, const scanner *s)
{
	size_t size = s->kind == CELL_NUMBERS ? sizeof(*out->intervals) : sizeof(*out->texts);
	void *copy = dmn_pool_new(s->pool, s->count * size);

	if (!copy)
		return EFILE_E_NOMEM;
	memcpy(copy, s->kind == CELL_NUMBERS ? (const void *)s->intervals : (const void *)s->texts,
	       s->count * size);
	out->kind = s->kind;
	out->count = s->count;
	out->boolean = s->boolean;
	out->intervals = s->kind == CELL_NUMBERS ? copy : NULL;
	out->texts = s->kind == CELL_TEXTS ? copy : NULL;
	return EFILE_OK;
}

efile_status dmn_cell_parse(cell *out, pool *p, const char *text)
{
	scanner s = { .at = text, .pool = p };
	efile_status status = EFILE_OK;
	bool negated;

	out->kind = CELL_PROGRAM;
	skip_blanks(&s);
	if (!*s.at || (s.at[0] == '-' && !s.at[1])) {
		out->kind = CELL_ANY;
		return EFILE_OK;
	}
	negated = take(&s, "not(") || take(&s, "not (");
	if (!tests(&s, &status) || (negated && !take(&s, ")")))
		return status;
	skip_blanks(&s);
	if (*s.at)
		return EFILE_OK;
	out->negated = negated;
	return keep_tests(out, &s);
}

/* ---- judging ---- */

bool dmn_interval_holds(const interval *i, efile_decimal n)
{
	if (i->has_low) {
		int order = efile_decimal_compare(n, i->low);

		if (order < 0 || (order == 0 && !i->low_in))
			return false;
	}
	if (i->has_high) {
		int order = efile_decimal_compare(n, i->high);

		if (order > 0 || (order == 0 && !i->high_in))
			return false;
	}
	return true;
}

static bool test_number(const cell *c, efile_decimal n)
{
	for (size_t i = 0; i < c->count; i++)
		if (dmn_interval_holds(&c->intervals[i], n))
			return true;
	return false;
}

static bool test_text(const cell *c, const char *value)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->texts[i], value) == 0)
			return true;
	return false;
}

int dmn_cell_test(const cell *c, const expr_value *value)
{
	if (c->kind == CELL_ANY)
		return 1;
	if (c->kind == CELL_NUMBERS && value->kind == EXPR_NUMBER)
		return test_number(c, value->as.number) != c->negated;
	if (c->kind == CELL_TEXTS && value->kind == EXPR_STRING)
		return test_text(c, value->as.string.text) != c->negated;
	if (c->kind == CELL_BOOLEAN && value->kind == EXPR_BOOLEAN)
		return (value->as.boolean == c->boolean) != c->negated;
	return -1;
}

/* ---- constants of output entries ---- */

static const struct constant_word {
	const char *word;
	expr_kind kind;
	bool boolean;
} constant_words[] = {
	{ "true", EXPR_BOOLEAN, true }, { "false", EXPR_BOOLEAN, false }, { "null", EXPR_NULL, false },
};

bool dmn_constant_parse(expr_value *out, pool *p, const char *source, efile_status *status)
{
	scanner s = { .at = source, .pool = p };

	*status = EFILE_OK;
	*out = (expr_value){ .kind = EXPR_NULL };
	for (size_t i = 0; i < ARRAY_SIZE(constant_words); i++)
		if (str_equal(source, constant_words[i].word)) {
			out->kind = constant_words[i].kind;
			out->as.boolean = constant_words[i].boolean;
			return true;
		}
	if (*source == '"') {
		if (!text(&s, status) || *s.at)
			return false;
		out->kind = EXPR_STRING;
		out->as.string.text = s.texts[0];
		out->as.string.length = strlen(s.texts[0]);
		return true;
	}
	if (!number(&out->as.number, &s) || *s.at)
		return false;
	out->kind = EXPR_NUMBER;
	return true;
}
