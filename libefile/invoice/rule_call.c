/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions that rules may call: those of XPath 2.0 under short names, and a few of our own for
 * what the artefacts do with regular expressions. */
#include <stdlib.h>
#include <string.h>

#include "invoice/rule_run.h"

bool rule_text_of(rule_text *out, rule_run *run, const rule_expr *e)
{
	rule_item item;
	bool is;

	*out = (rule_text){ "", 0 };
	return rule_one(&is, &item, run, e) && (!is || rule_string(out, run, &item));
}

static bool two_texts(rule_text *a, rule_text *b, rule_run *run, const rule_expr *e)
{
	return rule_text_of(a, run, e->parts[0]) && rule_text_of(b, run, e->parts[1]);
}

static const char *find(rule_text in, rule_text what)
{
	return what.length ? memmem(in.at, in.length, what.at, what.length) : in.at;
}

/* What a condition answers. */
static bool tell(bool *out, bool truth)
{
	*out = truth;
	return true;
}

/* ---- sequences ---- */

static bool call_exists(bool *out, rule_run *run, const rule_expr *e)
{
	return rule_any(out, run, e->parts[0]);
}

static bool call_empty(bool *out, rule_run *run, const rule_expr *e)
{
	bool any;

	return rule_any(&any, run, e->parts[0]) && tell(out, !any);
}

static bool call_not(bool *out, rule_run *run, const rule_expr *e)
{
	bool truth;

	return rule_truth(&truth, run, e->parts[0]) && tell(out, !truth);
}

static bool call_true(bool *out, rule_run *run, const rule_expr *e)
{
	(void)run, (void)e;
	return tell(out, true);
}

static bool call_false(bool *out, rule_run *run, const rule_expr *e)
{
	(void)run, (void)e;
	return tell(out, false);
}

static bool count_of(int64_t *out, rule_run *run, const rule_expr *e)
{
	size_t base = run->top;

	if (!rule_eval(run, e))
		return false;
	*out = (int64_t)(run->top - base);
	run->top = base;
	return true;
}

static bool call_count(rule_run *run, const rule_expr *e)
{
	int64_t count;

	return count_of(&count, run, e->parts[0]) && rule_push_integer(run, count);
}

/* most(path, n): at most n nodes. */
static bool call_most(bool *out, rule_run *run, const rule_expr *e)
{
	int64_t count, limit = 0;

	efile_decimal_to_int(&limit, e->parts[1]->number);
	return count_of(&count, run, e->parts[0]) && tell(out, count <= limit);
}

static bool call_single(bool *out, rule_run *run, const rule_expr *e)
{
	int64_t count;

	return count_of(&count, run, e->parts[0]) && tell(out, count == 1);
}

/* sum(): untyped text counts as double; of nothing 0. */
static bool call_sum(rule_run *run, const rule_expr *e)
{
	size_t base = run->top, end;
	rule_item sum = { RULE_INTEGER, { .decimal = efile_decimal_from_int(0, 0) } };

	if (!rule_eval(run, e->parts[0]))
		return false;
	end = run->top;
	for (size_t i = base; i < end; i++) {
		rule_item item = run->stack[i];

		if (!rule_is_number(&item)) {
			double value;

			if (!rule_to_double(&value, run, &item))
				return false;
			item = (rule_item){ RULE_DOUBLE, { .binary = value } };
		}
		if (i == base) {
			sum = item;
			continue;
		}
		if (!rule_arithmetic(run, RULE_ADD, &sum, &item))
			return false;
		sum = run->stack[--run->top];
	}
	run->top = base;
	return rule_push(run, sum);
}

static bool seen_before(bool *seen, rule_run *run, size_t from, size_t to, const rule_item *item)
{
	for (*seen = false; from < to && !*seen; from++)
		if (!rule_compare(seen, run, &run->stack[from], item, RULE_EQUAL))
			return false;
	run->steps += to - from;
	return true;
}

static bool call_distinct(rule_run *run, const rule_expr *e)
{
	size_t base = run->top, to = base, end;

	if (!rule_eval(run, e->parts[0]))
		return false;
	end = run->top;
	for (size_t i = base; i < end; i++) {
		rule_item item = run->stack[i];
		rule_text text;
		bool seen;

		if (item.type == RULE_NODE) {
			if (!rule_string(&text, run, &item))
				return false;
			item = (rule_item){ RULE_UNTYPED, { .string = { text.at, text.length } } };
		}
		if (!seen_before(&seen, run, base, to, &item))
			return false;
		if (!seen)
			run->stack[to++] = item;
		if (run->steps > run->step_limit)
			return rule_fail(run, RULE_TOO_LONG, NULL);
	}
	run->top = to;
	return true;
}

/* pieces(path): text() of nodes, which a comment in the middle makes two. */
static bool call_pieces(rule_run *run, const rule_expr *e)
{
	size_t base = run->top;

	if (!rule_eval(run, e->parts[0]))
		return false;
	for (size_t i = base; i < run->top; i++) {
		const rule_item *item = &run->stack[i];

		if (item->type == RULE_NODE && !item->as.at.attribute &&
		    run->t->rows[item->as.at.node].split)
			return rule_fail(run, RULE_TOO_MANY, item);
	}
	return true;
}

/* ---- text ---- */

static bool call_normalize(rule_run *run, const rule_expr *e)
{
	rule_text text;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	text = rule_normalize(run, text);
	return text.at && rule_push_string(run, text.at, text.length);
}

static bool call_filled(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	text = rule_normalize(run, text);
	return text.at && tell(out, text.length > 0);
}

static bool call_string(rule_run *run, const rule_expr *e)
{
	rule_text text;

	return rule_text_of(&text, run, e->parts[0]) && rule_push_string(run, text.at, text.length);
}

static int64_t characters(rule_text text)
{
	int64_t count = 0;

	for (size_t i = 0; i < text.length; i++)
		count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return count;
}

static bool call_length(rule_run *run, const rule_expr *e)
{
	rule_text text;

	return rule_text_of(&text, run, e->parts[0]) && rule_push_integer(run, characters(text));
}

static bool call_upper(rule_run *run, const rule_expr *e)
{
	rule_text text;
	char *to;

	size_t small = 0;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	while (small < text.length && (text.at[small] < 'a' || text.at[small] > 'z'))
		small++;
	if (small == text.length)
		return rule_push_string(run, text.at, text.length);
	to = rule_text_new(run, text.length);
	if (!to)
		return false;
	for (size_t i = 0; i < text.length; i++)
		to[i] = (char)(text.at[i] >= 'a' && text.at[i] <= 'z' ? text.at[i] - 32 : text.at[i]);
	return rule_push_string(run, to, text.length);
}

static bool call_contains(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text a, b;

	return two_texts(&a, &b, run, e) && tell(out, find(a, b) != NULL);
}

static bool call_starts(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text a, b;

	return two_texts(&a, &b, run, e) &&
		tell(out, a.length >= b.length && memcmp(a.at, b.at, b.length) == 0);
}

static bool call_after(rule_run *run, const rule_expr *e)
{
	rule_text a, b;
	const char *at;

	if (!two_texts(&a, &b, run, e))
		return false;
	at = find(a, b);
	return at ? rule_push_string(run, at + b.length, a.length - (size_t)(at - a.at) - b.length) :
		rule_push_string(run, "", 0);
}

static bool call_before(rule_run *run, const rule_expr *e)
{
	rule_text a, b;
	const char *at;

	if (!two_texts(&a, &b, run, e))
		return false;
	at = find(a, b);
	return rule_push_string(run, a.at, at ? (size_t)(at - a.at) : 0);
}

/* left(text, n): the first n characters. */
static bool call_left(rule_run *run, const rule_expr *e)
{
	int64_t wanted = 0;
	rule_text text;
	size_t n = 0;

	efile_decimal_to_int(&wanted, e->parts[1]->number);
	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	for (; n < text.length; n++)
		if (((unsigned char)text.at[n] & 0xc0) != 0x80 && wanted-- == 0)
			break;
	return rule_push_string(run, text.at, n);
}

static bool call_concat(rule_run *run, const rule_expr *e)
{
	rule_text parts[8];
	size_t length = 0;
	char *to;

	for (size_t i = 0; i < e->count && i < ARRAY_SIZE(parts); i++) {
		if (!rule_text_of(&parts[i], run, e->parts[i]))
			return false;
		length += parts[i].length;
	}
	to = rule_text_new(run, length);
	if (!to)
		return false;
	length = 0;
	for (size_t i = 0; i < e->count && i < ARRAY_SIZE(parts); i++) {
		memcpy(to + length, parts[i].at, parts[i].length);
		length += parts[i].length;
	}
	return rule_push_string(run, to, length);
}

static bool call_name(rule_run *run, const rule_expr *e)
{
	rule_item item;
	const char *name;
	bool is;

	if (!rule_one(&is, &item, run, e->parts[0]))
		return false;
	if (!is || item.type != RULE_NODE)
		return rule_push_string(run, "", 0);
	name = item.as.at.attribute ?
		tree_name_text(run->t, run->t->attributes[item.as.at.attribute - 1].name) :
		tree_name_text(run->t, run->t->rows[item.as.at.node].name);
	return rule_push_string(run, name, strlen(name));
}

/* prefix(element): as the document writes it, which name() of XPath begins with. */
static bool call_prefix(rule_run *run, const rule_expr *e)
{
	rule_item item;
	const char *prefix = "";
	bool is;

	if (!rule_one(&is, &item, run, e->parts[0]))
		return false;
	if (is && item.type == RULE_NODE && !item.as.at.attribute)
		prefix = tree_name_prefix(run->t, run->t->rows[item.as.at.node].name);
	return rule_push_string(run, prefix, strlen(prefix));
}

/* leaf(): the node has no child elements. */
static bool call_leaf(bool *out, rule_run *run, const rule_expr *e)
{
	(void)e;
	return tell(out, run->here.type == RULE_NODE &&
			       !run->t->rows[run->here.as.at.node].child);
}

/* blank(): a node without child elements and without text but white space. */
static bool call_blank(bool *out, rule_run *run, const rule_expr *e)
{
	const tree_row *row = &run->t->rows[run->here.as.at.node];
	size_t length = row->text_length;
	rule_text text;

	(void)e;
	if (row->child)
		return tell(out, false);
	text = rule_normalize(run, (rule_text){ tree_text(run->t, run->here.as.at.node), length });
	return text.at && tell(out, text.length == 0);
}

/* cents(path): at most 2 characters behind the first point of the text as it is written. */
static bool call_cents(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text, behind = { "", 0 };
	const char *point;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	point = memchr(text.at, '.', text.length);
	if (point)
		behind = (rule_text){ point + 1, text.length - (size_t)(point + 1 - text.at) };
	return tell(out, characters(behind) <= 2);
}

/* code('list', value): the trimmed value is in a list; one with blanks inside never is. */
static bool call_code(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;

	if (!rule_text_of(&text, run, e->parts[1]))
		return false;
	text = rule_normalize(run, text);
	return text.at && tell(out, codelist_has(e->codes, text.at, text.length));
}

/* exact('list', value): to the byte. */
static bool call_exact(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;

	return rule_text_of(&text, run, e->parts[1]) &&
		tell(out, codelist_has(e->codes, text.at, text.length));
}

/* within('list', value): a piece of the codes joined by blanks, as the artefacts look for it: "A " is
 * the end of one code and the gap behind it. */
static bool call_within(bool *out, rule_run *run, const rule_expr *e)
{
	AUTO(buf) joined = BUF_INIT;
	rule_text text;
	const char *found;

	if (!rule_text_of(&text, run, e->parts[1]))
		return false;
	if (codelist_has(e->codes, text.at, text.length) || !text.length)
		return tell(out, true);
	buf_add_char(&joined, ' ');
	for (size_t i = 0; i < e->codes->count; i++)
		buf_add_format(&joined, "%s ", e->codes->text + e->codes->at[i]);
	if (joined.failed)
		return rule_fail(run, RULE_NO_MEMORY, NULL);
	found = memmem(joined.data, joined.length, text.at, text.length);
	return tell(out, found != NULL);
}

/* ---- what XRechnung has regular expressions for ---- */

static bool call_digits(rule_run *run, const rule_expr *e)
{
	rule_text text;
	int64_t count = 0;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	for (size_t i = 0; i < text.length; i++)
		count += str_ascii_digit(text.at[i]);
	return rule_push_integer(run, count);
}

/* One @ with text around it, a dot inside the domain, no blanks. */
static bool is_email(rule_text text)
{
	const char *at = memchr(text.at, '@', text.length), *domain, *end = text.at + text.length;
	size_t label = 0;
	bool dot = false;

	if (!at || at == text.at || memchr(text.at, ' ', text.length) ||
	    memchr(at + 1, '@', (size_t)(end - at - 1)))
		return false;
	for (domain = at + 1; domain < end; domain++) {
		if (*domain == '.' && label == 0)
			return false;
		dot |= *domain == '.';
		label = *domain == '.' ? 0 : label + 1;
	}
	return dot && label > 0;
}

static bool call_email(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	text = rule_normalize(run, text);
	return text.at && tell(out, is_email(text));
}

/* A scheme of two or more characters (RFC 3986) and a colon. */
static bool call_url(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;
	size_t n = 0;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	while (n < text.length && (str_ascii_digit(text.at[n]) || strchr("+.-", text.at[n]) ||
				   (str_ascii_lower(text.at[n]) >= 'a' && str_ascii_lower(text.at[n]) <= 'z')))
		n++;
	return tell(out, n >= 2 && n < text.length && text.at[n] == ':' &&
			       str_ascii_lower(text.at[0]) >= 'a' && str_ascii_lower(text.at[0]) <= 'z');
}

/* ISO 13616: country letters, check digits, then letters and digits; MOD 97-10 of the rearranged
 * text is 1. Blanks are taken out; lower case is not an IBAN. */
static bool is_iban(rule_text text)
{
	char clean[40];
	size_t n = 0;
	unsigned rest = 0;

	for (size_t i = 0; i < text.length; i++) {
		if (strchr(" \t\r\n", text.at[i]))
			continue;
		if (n == 35)
			return false;
		clean[n++] = text.at[i];
	}
	if (n < 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = clean[(i + 4) % n];
		bool country = (i + 4) % n < 2;

		if (str_ascii_digit(c) && !country)
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
		else if (c >= 'A' && c <= 'Z' && ((i + 4) % n < 2 || (i + 4) % n > 3))
			rest = (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
		else
			return false;
	}
	return rest == 1;
}

static bool call_iban(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;

	return rule_text_of(&text, run, e->parts[0]) && tell(out, is_iban(text));
}

static bool take_word(rule_text *from, const char *word)
{
	size_t length = strlen(word);

	if (from->length < length || memcmp(from->at, word, length) != 0)
		return false;
	from->at += length;
	from->length -= length;
	return true;
}

static size_t take_digits(rule_text *from)
{
	size_t n = 0;

	while (n < from->length && str_ascii_digit(from->at[n]))
		n++;
	from->at += n;
	from->length -= n;
	return n;
}

static bool take_cents(rule_text *from)
{
	return take_digits(from) && take_word(from, ".") && take_digits(from) == 2;
}

/* #SKONTO#TAGE=n#PROZENT=n.nn#, optionally BASISBETRAG=n.nn#. */
static bool is_skonto(rule_text line)
{
	if (!take_word(&line, "#SKONTO#TAGE=") || !take_digits(&line) ||
	    !take_word(&line, "#PROZENT=") || !take_cents(&line) || !take_word(&line, "#"))
		return false;
	if (line.length == 0)
		return true;
	if (!take_word(&line, "BASISBETRAG="))
		return false;
	take_word(&line, "-");
	return take_cents(&line) && take_word(&line, "#") && line.length == 0;
}

/* A line ends behind the last "#...#" of a line, with nothing but white space before its end. */
static bool ends_line(rule_text text)
{
	const char *end = text.at + text.length, *rest = text.at;

	for (const char *at = text.at; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const char *last = stop ? stop : end, *first = memchr(at, '#', (size_t)(last - at));

		for (const char *p = last; first && p > first + 2; p--)
			if (p[-1] == '#') {
				rest = p;
				break;
			}
		at = stop ? stop + 1 : end;
	}
	while (rest < end && strchr(" \t\r", *rest))
		rest++;
	return rest < end && *rest == '\n';
}

/* Every line that begins with # has the form. */
static bool terms_fit(rule_run *run, rule_text text)
{
	const char *end = text.at + text.length;

	for (const char *at = text.at; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		rule_text line = { at, (size_t)((stop ? stop : end) - at) };

		line = rule_normalize(run, line);
		if (!line.at)
			return false;
		if (line.length && *line.at == '#' && !(is_skonto(line) && ends_line(text)))
			return false;
		at = stop ? stop + 1 : end;
	}
	return true;
}

static bool call_skonto(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;
	bool fits;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	fits = terms_fit(run, text);
	return run->fault == RULE_FINE && tell(out, fits);
}

/* ---- numbers ---- */

static bool call_decimal(rule_run *run, const rule_expr *e)
{
	efile_decimal value;
	rule_item item;
	bool is;

	if (!rule_one(&is, &item, run, e->parts[0]) || !is)
		return run->fault == RULE_FINE;
	return rule_to_decimal(&value, run, &item) && rule_push_decimal(run, value);
}

static bool call_date(rule_run *run, const rule_expr *e)
{
	rule_item item;
	long date;
	bool is;

	if (!rule_one(&is, &item, run, e->parts[0]) || !is)
		return run->fault == RULE_FINE;
	return rule_to_date(&date, run, &item) && rule_push(run, (rule_item){ RULE_DATE, { .date = date } });
}

static bool call_round(rule_run *run, const rule_expr *e)
{
	rule_item item;
	bool is;

	return rule_one(&is, &item, run, e->parts[0]) && (!is || rule_round(run, &item, false));
}

static bool call_floor(rule_run *run, const rule_expr *e)
{
	rule_item item;
	bool is;

	return rule_one(&is, &item, run, e->parts[0]) && (!is || rule_round(run, &item, true));
}

static bool call_abs(rule_run *run, const rule_expr *e)
{
	rule_item item;
	bool is;

	return rule_one(&is, &item, run, e->parts[0]) && (!is || rule_absolute(run, &item));
}

/* flag(x): cast as xs:boolean, which needs a value. */
static bool call_flag(bool *out, rule_run *run, const rule_expr *e)
{
	const rule_item yes = { RULE_BOOLEAN, { .truth = true } };
	rule_item item;
	bool is, truth;

	if (!rule_one(&is, &item, run, e->parts[0]))
		return false;
	if (!is)
		return rule_fail(run, RULE_NO_BOOLEAN, NULL);
	return rule_compare(&truth, run, &item, &yes, RULE_EQUAL) && tell(out, truth);
}

/* format102(text): YYYYMMDD with blanks around; months have up to 31 days. */
static bool call_format102(bool *out, rule_run *run, const rule_expr *e)
{
	rule_text text;
	int month, day;
	bool good;

	if (!rule_text_of(&text, run, e->parts[0]))
		return false;
	text = rule_normalize(run, text);
	if (!text.at)
		return false;
	good = text.length == 8;
	for (size_t i = 0; i < 8 && good; i++)
		good = str_ascii_digit(text.at[i]);
	if (!good)
		return tell(out, false);
	month = (text.at[4] - '0') * 10 + text.at[5] - '0';
	day = (text.at[6] - '0') * 10 + text.at[7] - '0';
	return tell(out, month >= 1 && month <= 12 && day >= 1 && day <= 31);
}

static const struct {
	const char *name;
	rule_function function;
	rule_condition condition;
	size_t least, most;
} calls[] = {
	{ "abs", call_abs, NULL, 1, 1 },
	{ "absent", NULL, call_empty, 1, 1 },
	{ "blank", NULL, call_blank, 0, 0 },
	{ "cents", NULL, call_cents, 1, 1 },
	{ "code", NULL, call_code, 2, 2 },
	{ "concat", call_concat, NULL, 2, 8 },
	{ "contains", NULL, call_contains, 2, 2 },
	{ "count", call_count, NULL, 1, 1 },
	{ "date", call_date, NULL, 1, 1 },
	{ "decimal", call_decimal, NULL, 1, 1 },
	{ "distinct", call_distinct, NULL, 1, 1 },
	{ "exists", NULL, call_exists, 1, 1 },
	{ "false", NULL, call_false, 0, 0 },
	{ "filled", NULL, call_filled, 1, 1 },
	{ "flag", NULL, call_flag, 1, 1 },
	{ "floor", call_floor, NULL, 1, 1 },
	{ "format102", NULL, call_format102, 1, 1 },
	{ "leaf", NULL, call_leaf, 0, 0 },
	{ "left", call_left, NULL, 2, 2 },
	{ "length", call_length, NULL, 1, 1 },
	{ "most", NULL, call_most, 2, 2 },
	{ "name", call_name, NULL, 1, 1 },
	{ "normalize", call_normalize, NULL, 1, 1 },
	{ "not", NULL, call_not, 1, 1 },
	{ "pieces", call_pieces, NULL, 1, 1 },
	{ "prefix", call_prefix, NULL, 1, 1 },
	{ "required", NULL, call_exists, 1, 1 },
	{ "round", call_round, NULL, 1, 1 },
	{ "single", NULL, call_single, 1, 1 },
	{ "starts", NULL, call_starts, 2, 2 },
	{ "string", call_string, NULL, 1, 1 },
	{ "sum", call_sum, NULL, 1, 1 },
	{ "text-after", call_after, NULL, 2, 2 },
	{ "text-before", call_before, NULL, 2, 2 },
	{ "exact", NULL, call_exact, 2, 2 },
	{ "within", NULL, call_within, 2, 2 },
	{ "digits", call_digits, NULL, 1, 1 },
	{ "email", NULL, call_email, 1, 1 },
	{ "url", NULL, call_url, 1, 1 },
	{ "iban", NULL, call_iban, 1, 1 },
	{ "skonto", NULL, call_skonto, 1, 1 },
	{ "true", NULL, call_true, 0, 0 },
	{ "upper", call_upper, NULL, 1, 1 },
};

bool rule_call_is_upper(const rule_expr *call)
{
	return call->function == call_upper;
}

bool rule_call_find(rule_expr *out, const char *name, size_t length)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(calls) &&
	       (strlen(calls[i].name) != length || memcmp(calls[i].name, name, length) != 0))
		i++;
	if (i == ARRAY_SIZE(calls) || out->count < calls[i].least || out->count > calls[i].most)
		return false;
	out->function = calls[i].function;
	out->condition = calls[i].condition;
	return true;
}
