/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expressions of other engines, "${a == 'x' && !done}" (JSR 341), in the words of FEEL. */
#include <string.h>

#include "expr/expr.h"

enum { JUEL_DEPTH = 100 };

typedef struct translator {
	const char *at, *end;
	buf *out;
	unsigned depth;
} translator;

static bool expression(translator *t);

static void blanks(translator *t)
{
	while (t->at < t->end && str_ascii_space(*t->at))
		t->at++;
}

static bool name_char(char c)
{
	return str_ascii_digit(c) || c == '_' || (unsigned char)c >= 0x80 ||
		(str_ascii_lower(c) >= 'a' && str_ascii_lower(c) <= 'z');
}

static bool take(translator *t, const char *sign)
{
	size_t length = strlen(sign);

	blanks(t);
	if ((size_t)(t->end - t->at) < length || memcmp(t->at, sign, length) != 0)
		return false;
	if (name_char(*sign) && t->at + length < t->end && name_char(t->at[length]))
		return false; /* a longer word */
	t->at += length;
	return true;
}

/* Puts text in front of what was written since start. */
static void insert(translator *t, size_t start, const char *text)
{
	size_t length = strlen(text), tail = t->out->length - start;

	if (!buf_reserve(t->out, length))
		return;
	memmove(t->out->data + start + length, t->out->data + start, tail);
	memcpy(t->out->data + start, text, length);
	t->out->length += length;
}

/* ---- operators of one rank, from left to right ---- */

typedef struct operator_row {
	int rank;
	const char *sign;
	const char *feel;       /* NULL: modulo(a, b) */
} operator_row;

enum { RANK_OR, RANK_AND, RANK_EQUAL, RANK_ORDER, RANK_SUM, RANK_PRODUCT, RANK_UNARY };

static const operator_row operators[] = { /* longer signs first */
	{ RANK_OR, "||", " or " }, { RANK_OR, "or", " or " },
	{ RANK_AND, "&&", " and " }, { RANK_AND, "and", " and " },
	{ RANK_EQUAL, "==", " = " }, { RANK_EQUAL, "eq", " = " },
	{ RANK_EQUAL, "!=", " != " }, { RANK_EQUAL, "ne", " != " },
	{ RANK_ORDER, "<=", " <= " }, { RANK_ORDER, ">=", " >= " }, { RANK_ORDER, "<", " < " },
	{ RANK_ORDER, ">", " > " }, { RANK_ORDER, "le", " <= " }, { RANK_ORDER, "ge", " >= " },
	{ RANK_ORDER, "lt", " < " }, { RANK_ORDER, "gt", " > " },
	{ RANK_SUM, "+", " + " }, { RANK_SUM, "-", " - " },
	{ RANK_PRODUCT, "*", " * " }, { RANK_PRODUCT, "/", " / " }, { RANK_PRODUCT, "div", " / " },
	{ RANK_PRODUCT, "%", NULL }, { RANK_PRODUCT, "mod", NULL },
};

static const operator_row *take_operator(translator *t, int rank)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (operators[i].rank == rank && take(t, operators[i].sign))
			return &operators[i];
	return NULL;
}

static bool unary(translator *t);

static bool ranked(translator *t, int rank)
{
	size_t start = t->out->length;
	const operator_row *row;

	if (rank == RANK_UNARY)
		return unary(t);
	if (!ranked(t, rank + 1))
		return false;
	while ((row = take_operator(t, rank))) {
		if (!row->feel)
			insert(t, start, "modulo(");
		buf_add_text(t->out, row->feel ? row->feel : ", ");
		if (!ranked(t, rank + 1))
			return false;
		buf_add_text(t->out, row->feel ? "" : ")");
	}
	return true;
}

/* ---- values ---- */

static bool quoted(translator *t)
{
	char quote = *t->at++;

	buf_add_char(t->out, '"');
	while (t->at < t->end && *t->at != quote) {
		if (*t->at == '\\' && t->at + 1 < t->end)
			t->at++;
		if (*t->at == '"' || *t->at == '\\')
			buf_add_char(t->out, '\\');
		buf_add_char(t->out, *t->at++);
	}
	buf_add_char(t->out, '"');
	return t->at++ < t->end;
}

static bool number(translator *t)
{
	while (t->at < t->end && (str_ascii_digit(*t->at) || *t->at == '.'))
		buf_add_char(t->out, *t->at++);
	return t->at == t->end || !name_char(*t->at);
}

/* Where engines keep their variables; what stands behind it is one. */
static const char *const homes[] = { "environment.variables.", "execution.variables." };

/* "execution.getVariable('x')" is the variable x. */
static bool get_variable(translator *t, bool *is)
{
	const char *start = t->at;
	char quote;

	*is = take(t, "execution.getVariable") && take(t, "(");
	if (!*is) {
		t->at = start;
		return true;
	}
	blanks(t);
	if (t->at == t->end || !strchr("'\"", *t->at))
		return false;
	quote = *t->at++;
	for (start = t->at; t->at < t->end && name_char(*t->at);)
		buf_add_char(t->out, *t->at++);
	return t->at > start && t->at < t->end && *t->at++ == quote && take(t, ")");
}

static bool name(translator *t)
{
	bool is;

	if (!get_variable(t, &is) || is)
		return is;
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		size_t length = strlen(homes[i]);

		if ((size_t)(t->end - t->at) > length && !memcmp(t->at, homes[i], length))
			t->at += length;
	}
	while (t->at < t->end && name_char(*t->at))
		buf_add_char(t->out, *t->at++);
	return true;
}

static bool primary(translator *t)
{
	blanks(t);
	if (t->at == t->end)
		return false;
	if (*t->at == '\'' || *t->at == '"')
		return quoted(t);
	if (str_ascii_digit(*t->at))
		return number(t);
	if (take(t, "(")) {
		buf_add_char(t->out, '(');
		if (!expression(t) || !take(t, ")"))
			return false;
		buf_add_char(t->out, ')');
		return true;
	}
	return name_char(*t->at) && name(t);
}

/* Members; of methods only those that ask how many there are. */
static bool member(translator *t, size_t start)
{
	static const char *const counts[] = { "size()", "length" };

	blanks(t);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (take(t, counts[i])) {
			insert(t, start, "count(");
			buf_add_char(t->out, ')');
			return t->at == t->end || *t->at != '(';
		}
	buf_add_char(t->out, '.');
	if (t->at == t->end || !name_char(*t->at))
		return false;
	while (t->at < t->end && name_char(*t->at))
		buf_add_char(t->out, *t->at++);
	return true;
}

static bool postfix(translator *t)
{
	size_t start = t->out->length;

	if (!primary(t))
		return false;
	while (take(t, "."))
		if (!member(t, start))
			return false;
	blanks(t); /* calls and indexes, which count from 0 or are keys, have no counterpart */
	return t->at == t->end || !strchr("([{", *t->at);
}

static bool wrapped(translator *t, const char *before, const char *after)
{
	buf_add_text(t->out, before);
	if (!unary(t))
		return false;
	buf_add_text(t->out, after);
	return true;
}

static bool unary(translator *t)
{
	bool fits;

	if (++t->depth > JUEL_DEPTH)
		return false;
	if (take(t, "not") || (!take(t, "!=") && take(t, "!")))
		fits = wrapped(t, "not(", ")");
	else if (take(t, "empty"))
		fits = wrapped(t, "(", " in (null, \"\", []))");
	else if (take(t, "-"))
		fits = wrapped(t, "-", "");
	else
		fits = postfix(t);
	t->depth--;
	return fits;
}

/* "a ? b : c" */
static bool expression(translator *t)
{
	size_t start = t->out->length;

	if (++t->depth > JUEL_DEPTH || !ranked(t, RANK_OR))
		return false;
	if (take(t, "?")) {
		insert(t, start, "(if ");
		buf_add_text(t->out, " then ");
		if (!expression(t) || !take(t, ":"))
			return false;
		buf_add_text(t->out, " else ");
		if (!expression(t))
			return false;
		buf_add_char(t->out, ')');
	}
	t->depth--;
	return true;
}

efile_status expr_from_juel(bool *fits, buf *out, efile_ctx *ctx, const char *text, size_t length)
{
	translator t = { text, text + length, out, 0 };
	size_t before = out->length;

	*fits = expression(&t);
	blanks(&t);
	*fits = *fits && t.at == t.end;
	TRY(buf_status(out, ctx));
	if (!*fits)
		out->length = before;
	return EFILE_OK;
}
