/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The query language: parsed here, written anew for FTS5 out of folded words and fixed parts only,
 * so that no character of a query can change what is asked. */
#include "search/search.h"

#include <libstemmer.h>
#include <string.h>

#include "base/time.h"

enum { QUERY_BYTES = 1000, QUERY_TERMS = 50 };

static const char all_columns[] = "{title text sender reference meta}";

static const struct query_field {
	const char *name;
	const char *columns;   /* NULL: a date */
} query_fields[] = {
	{ "title", "{title}" },     { "text", "{text}" }, { "sender", "{sender}" },
	{ "type", "{type}" },       { "reference", "{reference}" },
	{ "date", NULL },
};

typedef struct query_term {
	const struct query_field *field;  /* NULL: none named */
	const char *text;
	size_t length;
	bool exclude, phrase, prefix;
} query_term;

typedef struct query {
	efile_ctx *ctx;
	stemmers stemmers;
	const char *at;
	int terms;
	buf wanted;        /* groups joined by AND */
	buf group;         /* terms joined by OR */
	buf excluded;      /* terms joined by OR */
	bool or_next;      /* OR stands before the next term */
} query;

static void query_clear(query *q)
{
	stemmers_clear(&q->stemmers);
	buf_clear(&q->wanted);
	buf_clear(&q->group);
	buf_clear(&q->excluded);
}

/* ---- reading terms ---- */

static const struct query_field *field_at(const char **at)
{
	for (size_t i = 0; i < ARRAY_SIZE(query_fields); i++) {
		size_t n = strlen(query_fields[i].name);

		if (str_ascii_ncasecmp(*at, query_fields[i].name, n) == 0 && (*at)[n] == ':') {
			*at += n + 1;
			return &query_fields[i];
		}
	}
	return NULL;
}

static void read_phrase(query_term *term, const char **at)
{
	const char *end = strchr(++*at, '"');

	term->phrase = true;
	term->text = *at;
	term->length = end ? (size_t)(end - *at) : strlen(*at);
	*at += term->length + (end != NULL);
}

static void read_word(query_term *term, const char **at)
{
	term->text = *at;
	while (**at && !str_ascii_space(**at) && **at != '"')
		(*at)++;
	term->length = (size_t)(*at - term->text);
	term->prefix = term->length > 1 && term->text[term->length - 1] == '*';
}

static bool read_term(query_term *term, query *q)
{
	while (str_ascii_space(*q->at))
		q->at++;
	if (!*q->at)
		return false;
	*term = (query_term){ .field = NULL };
	if (*q->at == '-' && q->at[1] && !str_ascii_space(q->at[1])) {
		term->exclude = true;
		q->at++;
	}
	term->field = field_at(&q->at);
	if (*q->at == '"')
		read_phrase(term, &q->at);
	else
		read_word(term, &q->at);
	return true;
}

/* ---- writing words ---- */

typedef struct spellings {
	char words[8][TOKEN_SIZE + 8];
	size_t count;
} spellings;

static void add_spelling(spellings *s, const char *word, size_t length)
{
	if (length == 0 || length > TOKEN_SIZE || s->count == ARRAY_SIZE(s->words))
		return;
	for (size_t i = 0; i < s->count; i++)
		if (strlen(s->words[i]) == length && memcmp(s->words[i], word, length) == 0)
			return;
	memcpy(s->words[s->count], word, length);
	s->words[s->count++][length] = '\0';
}

static efile_status add_stem(spellings *s, query *q, struct sb_stemmer *stemmer, const char *word)
{
	const sb_symbol *stem =
		sb_stemmer_stem(stemmer, (const sb_symbol *)word, (int)strlen(word));

	if (!stem)
		return mem_failed(q->ctx);
	add_spelling(s, (const char *)stem, (size_t)sb_stemmer_length(stemmer));
	return EFILE_OK;
}

/* Who has no umlauts on the keyboard writes Mueller: found as the folded Müller is, muller. */
static void without_e(char *out, const char *word)
{
	for (; *word; word++) {
		*out++ = *word;
		if (strchr("aou", *word) && word[1] == 'e')
			word++;
	}
	*out = '\0';
}

static efile_status spell(spellings *s, query *q, const char *word)
{
	char plain[TOKEN_SIZE + 8];

	s->count = 0;
	add_spelling(s, word, strlen(word));
	if (strpbrk(word, "0123456789"))
		return EFILE_OK;
	TRY(add_stem(s, q, q->stemmers.german, word));
	TRY(add_stem(s, q, q->stemmers.english, word));
	without_e(plain, word);
	if (strcmp(plain, word) == 0)
		return EFILE_OK;
	add_spelling(s, plain, strlen(plain));
	return add_stem(s, q, q->stemmers.german, plain);
}

static efile_status write_spellings(buf *out, query *q, const char *word)
{
	spellings s;

	TRY(spell(&s, q, word));
	buf_add_char(out, '(');
	for (size_t i = 0; i < s.count; i++)
		buf_add_format(out, "%s\"%s\"", i ? " OR " : "", s.words[i]);
	buf_add_char(out, ')');
	return EFILE_OK;
}

/* The folded words of a term, one blank between them; answers their number. */
static efile_status term_words(buf *out, size_t *count, query *q, const query_term *term)
{
	size_t begin = 0, end = 0;

	*count = 0;
	while (word_next(&begin, &end, term->text, term->length, end)) {
		size_t before = out->length;

		if (*count)
			buf_add_char(out, ' ');
		TRY(word_fold(out, q->ctx, term->text + begin, end - begin));
		if (out->length <= before + (*count > 0)) {
			out->length = before; /* marks alone */
			continue;
		}
		++*count;
	}
	return buf_status(out, q->ctx);
}

static efile_status write_words(buf *out, query *q, const query_term *term, bool *any)
{
	AUTO(buf) words = BUF_INIT;
	size_t count;

	TRY(term_words(&words, &count, q, term));
	*any = count > 0;
	if (count == 0)
		return EFILE_OK;
	buf_add_format(out, "(%s : ", term->field ? term->field->columns : all_columns);
	if (count > 1 || term->phrase || term->prefix)
		buf_add_format(out, "\"%s\"%s", words.data, term->prefix ? " *" : "");
	else
		TRY(write_spellings(out, q, words.data));
	buf_add_char(out, ')');
	return EFILE_OK;
}

/* ---- dates ---- */

void day_tokens(buf *out, efile_date date)
{
	buf_add_format(out, "d%02d d%03d d%04d d%04d%02d d%04d%02d%02d", date.year / 100,
		       date.year / 10, date.year, date.year, date.month, date.year, date.month,
		       date.day);
}

/* Reads 2026, 2026-01 or 2026-01-15 as its first and last day. */
static bool read_day(efile_date *first, efile_date *last, const char *text, size_t length)
{
	char day[] = "0000-01-01";
	int days;

	if (length != 4 && length != 7 && length != 10)
		return false;
	memcpy(day, text, length);
	if (efile_date_parse(first, day) < 0 || first->year < 1)
		return false;
	*last = *first;
	if (length == 4)
		last->month = 12;
	days = date_days_in_month(last->year, last->month);
	if (length < 10)
		last->day = (int8_t)days;
	return true;
}

static const char *find_dots(const char *text, size_t length)
{
	for (size_t i = 0; i + 1 < length; i++)
		if (text[i] == '.' && text[i + 1] == '.')
			return text + i;
	return NULL;
}

static bool read_range(efile_date *from, efile_date *to, const char *text, size_t length)
{
	const char *dots = find_dots(text, length);
	size_t left = dots ? (size_t)(dots - text) : length;
	size_t right = dots ? length - left - 2 : 0;
	efile_date unused;

	*from = (efile_date){ 1, 1, 1, 0 };
	*to = (efile_date){ 9999, 12, 31, 0 };
	if (!dots)
		return read_day(from, to, text, length);
	if (left + right == 0)
		return false;
	if (left && !read_day(from, &unused, text, left))
		return false;
	if (right && !read_day(&unused, to, dots + 2, right))
		return false;
	return date_compare(*from, *to) <= 0;
}

/* The longest of century, decade, year, month, day that begins at a day and ends in the range. */
static efile_date widest(buf *out, efile_date at, efile_date to)
{
	bool first_of_year = at.month == 1 && at.day == 1;
	efile_date end = { at.year, 12, 31, 0 };

	end.year = at.year / 100 * 100 + 99;
	if (first_of_year && at.year % 100 == 0 && date_compare(end, to) <= 0) {
		buf_add_format(out, "\"d%02d\"", at.year / 100);
		return end;
	}
	end.year = at.year / 10 * 10 + 9;
	if (first_of_year && at.year % 10 == 0 && date_compare(end, to) <= 0) {
		buf_add_format(out, "\"d%03d\"", at.year / 10);
		return end;
	}
	end.year = at.year;
	if (first_of_year && date_compare(end, to) <= 0) {
		buf_add_format(out, "\"d%04d\"", at.year);
		return end;
	}
	end.month = at.month;
	end.day = (int8_t)date_days_in_month(at.year, at.month);
	if (at.day == 1 && date_compare(end, to) <= 0) {
		buf_add_format(out, "\"d%04d%02d\"", at.year, at.month);
		return end;
	}
	buf_add_format(out, "\"d%04d%02d%02d\"", at.year, at.month, at.day);
	return at;
}

static efile_status write_date(buf *out, query *q, const query_term *term)
{
	efile_date at, to;

	if (!read_range(&at, &to, term->text, term->length))
		return FAIL(q->ctx, EFILE_E_INVALID, 2202, "not a date or range of dates: %.*s",
			    (int)term->length, term->text);
	buf_add_text(out, "({day} : (");
	for (bool first = true; date_compare(at, to) <= 0; first = false) {
		if (!first)
			buf_add_text(out, " OR ");
		at = date_from_days(date_to_days(widest(out, at, to)) + 1);
	}
	buf_add_text(out, "))");
	return EFILE_OK;
}

/* ---- putting together ---- */

static void end_group(query *q)
{
	if (q->group.length == 0)
		return;
	buf_add_format(&q->wanted, "%s(%s)", q->wanted.length ? " AND " : "", q->group.data);
	buf_reset(&q->group);
}

static efile_status add_term(query *q, const query_term *term)
{
	AUTO(buf) text = BUF_INIT;
	buf *to = term->exclude ? &q->excluded : &q->group;
	bool any = true;

	if (term->field && !term->field->columns)
		TRY(write_date(&text, q, term));
	else
		TRY(write_words(&text, q, term, &any));
	TRY(buf_status(&text, q->ctx));
	if (!any)
		return EFILE_OK;
	if (!term->exclude && !q->or_next)
		end_group(q);
	q->or_next = false;
	buf_add_format(to, "%s%s", to->length ? " OR " : "", text.data);
	return buf_status(to, q->ctx);
}

static bool is_or(const query_term *term)
{
	return !term->phrase && !term->field && !term->exclude && term->length == 2 &&
	       memcmp(term->text, "OR", 2) == 0;
}

static efile_status read_terms(query *q)
{
	query_term term;

	while (read_term(&term, q)) {
		if (++q->terms > QUERY_TERMS)
			return FAIL(q->ctx, EFILE_E_LIMIT, 2203, "a search takes at most %d words",
				    QUERY_TERMS);
		if (is_or(&term))
			q->or_next = q->group.length > 0;
		else
			TRY(add_term(q, &term));
	}
	end_group(q);
	return buf_status(&q->wanted, q->ctx);
}

efile_status query_parse(buf *out, efile_ctx *ctx, const char *text)
{
	AUTO(query) q = { .ctx = ctx, .at = text };
	size_t length = text ? strlen(text) : 0;

	if (length > QUERY_BYTES)
		return FAIL(ctx, EFILE_E_LIMIT, 2200, "a search is longer than %d bytes",
			    QUERY_BYTES);
	if (length > 0 && !str_utf8_valid(text, length))
		return FAIL(ctx, EFILE_E_INVALID, 2201, "the search is not valid UTF-8");
	if (length > 0) {
		TRY(stemmers_init(&q.stemmers, ctx));
		TRY(read_terms(&q));
	}
	if (q.wanted.length == 0)
		return FAIL(ctx, EFILE_E_INVALID, 2204, "the search has no word to look for");
	buf_add_format(out, "(%s)", q.wanted.data);
	if (q.excluded.length)
		buf_add_format(out, " NOT (%s)", q.excluded.data);
	return buf_status(out, ctx);
}
