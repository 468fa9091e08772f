/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on ranges (DMN 1.5, 10.3.4.7): a point counts as the range from itself to itself. */
#include <string.h>

#include "expr/functions.h"

enum { POINT = 1, RANGE = 2, BOTH = 3 };

/* Where one end lies against another: -2 not comparable, else the sign. An end that a comparison
 * leaves open lies beyond all others. */
static int ends_order(const expr_range *a, bool a_high, const expr_range *b, bool b_high)
{
	const expr_value *left = a_high ? &a->high : &a->low;
	const expr_value *right = b_high ? &b->high : &b->low;
	int left_beyond = left->kind != EXPR_NULL ? 0 : a_high ? 1 : -1;
	int right_beyond = right->kind != EXPR_NULL ? 0 : b_high ? 1 : -1;
	int order;

	if (left_beyond || right_beyond)
		return (left_beyond > right_beyond) - (left_beyond < right_beyond);
	if (!expr_order(&order, left, right))
		return -2;
	return (order > 0) - (order < 0);
}

/* How the ends of two ranges lie. */
typedef struct pair {
	const expr_range *a, *b;
	int lows, highs;        /* a's against b's */
	int high_low, low_high; /* a's high against b's low, a's low against b's high */
} pair;

static bool before(const pair *p)
{
	return p->high_low < 0 || (p->high_low == 0 && !(p->a->high_in && p->b->low_in));
}

static bool after(const pair *p)
{
	return p->low_high > 0 || (p->low_high == 0 && !(p->a->low_in && p->b->high_in));
}

static bool meets(const pair *p)
{
	return p->high_low == 0 && p->a->high_in && p->b->low_in;
}

static bool met_by(const pair *p)
{
	return p->low_high == 0 && p->a->low_in && p->b->high_in;
}

static bool overlaps(const pair *p)
{
	return !before(p) && !after(p);
}

/* a begins before b does / ends before b does; with "or equal" they may do so together. */
static bool begins_before(const pair *p, bool or_equal)
{
	bool together = or_equal ? p->a->low_in || !p->b->low_in : p->a->low_in && !p->b->low_in;

	return p->lows < 0 || (p->lows == 0 && together);
}

static bool begins_after(const pair *p, bool or_equal)
{
	bool together = or_equal ? p->b->low_in || !p->a->low_in : p->b->low_in && !p->a->low_in;

	return p->lows > 0 || (p->lows == 0 && together);
}

static bool ends_before(const pair *p)
{
	return p->highs < 0 || (p->highs == 0 && (!p->a->high_in || p->b->high_in));
}

static bool ends_after(const pair *p)
{
	return p->highs > 0 || (p->highs == 0 && (!p->b->high_in || p->a->high_in));
}

static bool overlaps_before(const pair *p)
{
	return begins_before(p, false) && !before(p) && ends_before(p);
}

static bool overlaps_after(const pair *p)
{
	return begins_after(p, false) && !after(p) && ends_after(p);
}

static bool same_ends(const pair *p)
{
	return p->highs == 0 && p->a->high_in == p->b->high_in;
}

static bool same_begins(const pair *p)
{
	return p->lows == 0 && p->a->low_in == p->b->low_in;
}

static bool finishes(const pair *p)
{
	return same_ends(p) && begins_after(p, true);
}

static bool finished_by(const pair *p)
{
	return same_ends(p) && begins_before(p, true);
}

static bool includes(const pair *p)
{
	return begins_before(p, true) && ends_after(p);
}

static bool during(const pair *p)
{
	return begins_after(p, true) && ends_before(p);
}

static bool starts(const pair *p)
{
	return same_begins(p) && ends_before(p);
}

static bool started_by(const pair *p)
{
	return same_begins(p) && ends_after(p);
}

static bool coincides(const pair *p)
{
	return same_begins(p) && same_ends(p);
}

static bool as_range(expr_range *out, const expr_value *v, unsigned allowed)
{
	bool open;

	if (v->kind != EXPR_RANGE) {
		*out = (expr_range){ *v, *v, true, true, false, false };
		return (allowed & POINT) && v->kind != EXPR_NULL;
	}
	*out = *v->as.range;
	open = out->low.kind == EXPR_NULL || out->high.kind == EXPR_NULL;
	return (allowed & RANGE) && !out->negated && (!open || out->comparison);
}

static efile_status compare(expr_value *out, expr_scope *s, const expr_value *args,
			    unsigned first, unsigned second, const char *function,
			    bool (*holds)(const pair *p))
{
	expr_range a, b;
	pair p = { &a, &b, 0, 0, 0, 0 };

	if (as_range(&a, &args[0], first) && as_range(&b, &args[1], second)) {
		p.lows = ends_order(&a, false, &b, false);
		p.highs = ends_order(&a, true, &b, true);
		p.high_low = ends_order(&a, true, &b, false);
		p.low_high = ends_order(&a, false, &b, true);
		if (p.lows > -2 && p.highs > -2 && p.high_low > -2 && p.low_high > -2) {
			*out = value_boolean(holds(&p));
			return EFILE_OK;
		}
	}
	scope_warn(s, "%s cannot compare %s and %s", function, expr_kind_name(args[0].kind),
		   expr_kind_name(args[1].kind));
	return EFILE_OK;
}

#define RANGE_FUNCTION(rule, name, first, second)                                                  \
	efile_status fn_##rule(expr_value *out, expr_scope *s, const expr_value *args, size_t count) \
	{                                                                                          \
		(void)count;                                                                       \
		return compare(out, s, args, first, second, name, rule);                           \
	}

RANGE_FUNCTION(before, "before", BOTH, BOTH)
RANGE_FUNCTION(after, "after", BOTH, BOTH)
RANGE_FUNCTION(meets, "meets", RANGE, RANGE)
RANGE_FUNCTION(met_by, "met by", RANGE, RANGE)
RANGE_FUNCTION(overlaps, "overlaps", RANGE, RANGE)
RANGE_FUNCTION(overlaps_before, "overlaps before", RANGE, RANGE)
RANGE_FUNCTION(overlaps_after, "overlaps after", RANGE, RANGE)
RANGE_FUNCTION(finishes, "finishes", BOTH, RANGE)
RANGE_FUNCTION(finished_by, "finished by", RANGE, BOTH)
RANGE_FUNCTION(includes, "includes", RANGE, BOTH)
RANGE_FUNCTION(during, "during", BOTH, RANGE)
RANGE_FUNCTION(starts, "starts", BOTH, RANGE)
RANGE_FUNCTION(started_by, "started by", RANGE, BOTH)
RANGE_FUNCTION(coincides, "coincides", BOTH, BOTH)

/* ---- range("[1..5)") ---- */

static efile_status no_range(expr_scope *s, const char *text)
{
	scope_warn(s, "%s is no %s", text, "range");
	return EFILE_OK;
}

static const struct {
	const char *function;
	expr_kind kind;
} endpoint_functions[] = {
	{ "date and time", EXPR_DATE_TIME }, { "date", EXPR_DATE }, { "time", EXPR_TIME },
	{ "duration", EXPR_NULL }, { "@", EXPR_NULL },
};

/* A literal: number, "string", @"..." or the like, date("..."). */
static efile_status endpoint(bool *fits, expr_value *out, expr_scope *s, const char *text)
{
	const char *quote = strchr(text, '"'), *end = quote ? strrchr(text, '"') : NULL;
	efile_decimal number;
	expr_value inner;

	*fits = true;
	*out = VALUE_NULL;
	if (!*text || !strcmp(text, "null"))
		return EFILE_OK;
	if (!quote) {
		*fits = efile_decimal_parse(&number, text, (size_t)-1) == EFILE_OK;
		*out = value_number(number);
		return EFILE_OK;
	}
	*fits = end > quote;
	if (!*fits)
		return EFILE_OK;
	TRY(value_string(&inner, s, quote + 1, (size_t)(end - quote - 1)));
	if (quote == text && !end[1]) {
		*out = inner;
		return EFILE_OK;
	}
	*fits = false;
	for (size_t i = 0; i < ARRAY_SIZE(endpoint_functions); i++) {
		size_t length = strlen(endpoint_functions[i].function);

		if (strncmp(text, endpoint_functions[i].function, length) != 0)
			continue;
		if (endpoint_functions[i].kind == EXPR_NULL)
			return temporal_parse(fits, out, s, inner.as.string.text);
		return temporal_parse_kind(fits, out, s, endpoint_functions[i].kind,
					   inner.as.string.text);
	}
	return EFILE_OK;
}

static char *trim(char *text)
{
	size_t length;

	while (str_ascii_space(*text))
		text++;
	for (length = strlen(text); length && str_ascii_space(text[length - 1]); length--)
		text[length - 1] = '\0';
	return text;
}

/* The two dots outside of quotes. */
static char *find_dots(char *text)
{
	bool quoted = false;

	for (; *text; text++) {
		quoted = quoted != (*text == '"');
		if (!quoted && text[0] == '.' && text[1] == '.')
			return text;
	}
	return NULL;
}

/* Both ends of one kind, the lower one first; an end that is left out is open. */
static bool ends_fit(expr_range *r)
{
	int order;

	if (r->low.kind == EXPR_NULL && r->high.kind == EXPR_NULL)
		return false;
	if ((r->low.kind == EXPR_NULL && r->low_in) || (r->high.kind == EXPR_NULL && r->high_in))
		return false;
	if (r->low.kind == EXPR_NULL || r->high.kind == EXPR_NULL)
		return true;
	return expr_order(&order, &r->low, &r->high) && order <= 0;
}

static efile_status read_range(bool *fits, expr_range *r, expr_scope *s, char *text)
{
	size_t length = strlen(text);
	char *dots = length > 2 ? find_dots(text + 1) : NULL;

	*fits = dots && strchr("[(]", text[0]) && strchr("])[", text[length - 1]);
	if (!*fits)
		return EFILE_OK;
	r->low_in = text[0] == '[';
	r->high_in = text[length - 1] == ']';
	text[length - 1] = *dots = '\0';
	TRY(endpoint(fits, &r->low, s, trim(text + 1)));
	if (*fits)
		TRY(endpoint(fits, &r->high, s, trim(dots + 2)));
	*fits = *fits && ends_fit(r);
	return EFILE_OK;
}

efile_status fn_range(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_range r = { VALUE_NULL, VALUE_NULL, false, false, false, false };
	expr_value copy;
	bool fits;

	(void)count;
	TRY(value_string(&copy, s, args[0].as.string.text, args[0].as.string.length));
	TRY(read_range(&fits, &r, s, trim((char *)copy.as.string.text)));
	return fits ? value_range(out, s, &r) : no_range(s, args[0].as.string.text);
}
