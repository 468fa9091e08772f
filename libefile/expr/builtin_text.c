/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on strings. Positions count characters from 1. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "expr/functions.h"

enum { MATCH_LIMIT = 1000000, MATCH_DEPTH = 10000, MATCH_HEAP_KIB = 20000, PATTERN_MAX = 10000 };

static size_t characters(const expr_value *v)
{
	size_t count = 0;

	for (size_t i = 0; i < v->as.string.length; i++)
		count += ((unsigned char)v->as.string.text[i] & 0xC0) != 0x80;
	return count;
}

/* The byte at which character number index (from 0) begins. */
static size_t byte_at(const expr_value *v, size_t index)
{
	size_t at = 0;

	while (at < v->as.string.length) {
		if (((unsigned char)v->as.string.text[at] & 0xC0) != 0x80 && index-- == 0)
			return at;
		at++;
	}
	return at;
}

efile_status fn_string_length(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	*out = value_int((int64_t)characters(&args[0]));
	return EFILE_OK;
}

/* The given start as an index from 0; false if it lies outside. */
static bool start_index(size_t *out, const expr_value *position, size_t length)
{
	int64_t start;

	if (efile_decimal_to_int(&start, position->as.number) < 0 || start == 0)
		return false;
	if (start < 0)
		start += (int64_t)length + 1;
	if (start < 1 || start > (int64_t)length)
		return false;
	*out = (size_t)start - 1;
	return true;
}

efile_status fn_substring(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	size_t length = characters(&args[0]), start, from, to;
	efile_decimal whole;
	int64_t wanted = (int64_t)length;

	if (!start_index(&start, &args[1], length)) {
		scope_warn(s, "%s: there is no such position", "substring");
		return EFILE_OK;
	}
	if (count > 2 && args[2].kind == EXPR_NUMBER &&
	    (efile_decimal_round(&whole, args[2].as.number, 0, EFILE_ROUND_DOWN) < 0 ||
	     efile_decimal_to_int(&wanted, whole) < 0 || wanted < 1)) {
		scope_warn(s, "%s: the length must be 1 or more", "substring");
		return EFILE_OK;
	}
	from = byte_at(&args[0], start);
	to = wanted >= (int64_t)(length - start) ? args[0].as.string.length :
						   byte_at(&args[0], start + (size_t)wanted);
	return value_string(out, s, args[0].as.string.text + from, to - from);
}

static const char *find(const expr_value *text, const expr_value *part)
{
	return strstr(text->as.string.text, part->as.string.text);
}

efile_status fn_contains(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	*out = value_boolean(find(&args[0], &args[1]) != NULL);
	return EFILE_OK;
}

efile_status fn_starts_with(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	*out = value_boolean(str_starts_with(args[0].as.string.text, args[1].as.string.text));
	return EFILE_OK;
}

efile_status fn_ends_with(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	size_t all = args[0].as.string.length, part = args[1].as.string.length;

	(void)s;
	(void)count;
	*out = value_boolean(part <= all && !memcmp(args[0].as.string.text + all - part,
						    args[1].as.string.text, part));
	return EFILE_OK;
}

efile_status fn_substring_before(expr_value *out, expr_scope *s, const expr_value *args,
				 size_t count)
{
	const char *at = find(&args[0], &args[1]);

	(void)count;
	return value_string(out, s, args[0].as.string.text,
			    at ? (size_t)(at - args[0].as.string.text) : 0);
}

efile_status fn_substring_after(expr_value *out, expr_scope *s, const expr_value *args,
				size_t count)
{
	const char *at = find(&args[0], &args[1]);

	(void)count;
	at = at ? at + args[1].as.string.length : "";
	return value_string(out, s, at, strlen(at));
}

/* Simple case pairs of Latin, Greek and Cyrillic; other letters have none in German files. */
static const struct case_range {
	uint32_t first, last;   /* upper case */
	uint32_t distance;      /* 1: upper and lower alternate, the upper one being even or odd */
} case_ranges[] = {
	{ 'A', 'Z', 32 }, { 0xC0, 0xD6, 32 }, { 0xD8, 0xDE, 32 }, { 0x100, 0x12F, 1 },
	{ 0x132, 0x137, 1 }, { 0x139, 0x148, 1 }, { 0x14A, 0x177, 1 }, { 0x179, 0x17E, 1 },
	{ 0x391, 0x3A1, 32 }, { 0x3A3, 0x3AB, 32 }, { 0x400, 0x40F, 80 }, { 0x410, 0x42F, 32 },
	{ 0x1E00, 0x1E95, 1 }, { 0x1EA0, 0x1EFF, 1 },
};

static uint32_t change_case(uint32_t c, bool up)
{
	for (size_t i = 0; i < ARRAY_SIZE(case_ranges); i++) {
		const struct case_range *r = &case_ranges[i];

		if (r->distance == 1 && c >= r->first && c <= r->last)
			return up ? c - ((c - r->first) & 1) : c + !((c - r->first) & 1);
		if (r->distance > 1 && !up && c >= r->first && c <= r->last)
			return c + r->distance;
		if (r->distance > 1 && up && c >= r->first + r->distance &&
		    c <= r->last + r->distance)
			return c - r->distance;
	}
	return c;
}

static efile_status recase(expr_value *out, expr_scope *s, const expr_value *v, bool up)
{
	AUTO(buf) text = BUF_INIT;
	size_t at = 0, n;
	uint32_t c;

	while ((n = str_utf8_next(&c, v->as.string.text + at, v->as.string.length - at)) > 0) {
		if (up && c == 0xDF)
			buf_add_text(&text, "SS");
		else
			str_utf8_add(&text, change_case(c, up));
		at += n;
	}
	TRY(buf_status(&text, s->ctx));
	return value_string(out, s, buf_text(&text), text.length);
}

efile_status fn_upper_case(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)count;
	return recase(out, s, &args[0], true);
}

efile_status fn_lower_case(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)count;
	return recase(out, s, &args[0], false);
}

efile_status fn_string(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	AUTO(buf) text = BUF_INIT;

	(void)count;
	if (args[0].kind == EXPR_NULL)
		return EFILE_OK;
	expr_to_text(&text, &args[0]);
	TRY(buf_status(&text, s->ctx));
	return value_string(out, s, buf_text(&text), text.length);
}

efile_status fn_string_join(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	const char *between = count > 1 && args[1].kind == EXPR_STRING ?
		args[1].as.string.text : "";
	AUTO(buf) text = BUF_INIT;
	bool first = true;

	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].kind == EXPR_NULL)
			continue;
		if (list->items[i].kind != EXPR_STRING) {
			scope_warn(s, "%s: argument %d must be a %s", "string join", 1,
				   "list of strings");
			return EFILE_OK;
		}
		buf_add_text(&text, first ? "" : between);
		buf_add(&text, list->items[i].as.string.text, list->items[i].as.string.length);
		first = false;
	}
	TRY(buf_status(&text, s->ctx));
	return value_string(out, s, buf_text(&text), text.length);
}

/* ---- regular expressions ---- */

static void *regex_alloc(PCRE2_SIZE size, void *user)
{
	(void)user;
	return malloc(size);
}

static void regex_free(void *at, void *user)
{
	(void)user;
	free(at);
}

typedef struct regex {
	pcre2_general_context *memory;
	pcre2_compile_context *options;
	pcre2_code *code;
	pcre2_match_context *limits;
	pcre2_match_data *data;
} regex;

static void regex_clear(regex *r)
{
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	pcre2_code_free(r->code);
	pcre2_compile_context_free(r->options);
	pcre2_general_context_free(r->memory);
}

static bool regex_flags(uint32_t *out, const char *flags)
{
	static const struct { char letter; uint32_t bit; } rows[] = {
		{ 's', PCRE2_DOTALL }, { 'm', PCRE2_MULTILINE }, { 'i', PCRE2_CASELESS },
		{ 'x', PCRE2_EXTENDED },
	};

	*out = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
	for (; *flags; flags++) {
		size_t i = 0;

		while (i < ARRAY_SIZE(rows) && rows[i].letter != *flags)
			i++;
		if (i == ARRAY_SIZE(rows))
			return false;
		*out |= rows[i].bit;
	}
	return true;
}

static efile_status regex_open(regex *r, expr_scope *s)
{
	r->memory = pcre2_general_context_create(regex_alloc, regex_free, NULL);
	r->options = r->memory ? pcre2_compile_context_create(r->memory) : NULL;
	r->limits = r->options ? pcre2_match_context_create(r->memory) : NULL;
	if (!r->limits)
		return mem_failed(s->ctx);
	pcre2_set_max_pattern_length(r->options, PATTERN_MAX);
	pcre2_set_parens_nest_limit(r->options, 100);
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, MATCH_DEPTH);
	pcre2_set_heap_limit(r->limits, MATCH_HEAP_KIB);
	return EFILE_OK;
}

static efile_status regex_match(expr_value *out, expr_scope *s, regex *r, const expr_value *args,
				uint32_t flags)
{
	PCRE2_SIZE offset;
	int error, found;

	TRY(regex_open(r, s));
	r->code = pcre2_compile((PCRE2_SPTR)args[1].as.string.text, args[1].as.string.length, flags,
				&error, &offset, r->options);
	if (!r->code && error == PCRE2_ERROR_HEAP_FAILED)
		return mem_failed(s->ctx);
	if (!r->code) {
		scope_warn(s, "matches: the pattern is wrong at character %zu", (size_t)offset + 1);
		return EFILE_OK;
	}
	r->data = pcre2_match_data_create(1, r->memory);
	if (!r->data)
		return mem_failed(s->ctx);
	found = pcre2_match(r->code, (PCRE2_SPTR)args[0].as.string.text, args[0].as.string.length,
			    0, 0, r->data, r->limits);
	if (found == PCRE2_ERROR_NOMEMORY)
		return mem_failed(s->ctx);
	if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
		scope_warn(s, "matches: the pattern takes too long");
		return EFILE_OK;
	}
	*out = value_boolean(found >= 0);
	return EFILE_OK;
}

efile_status fn_matches(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const char *letters = count > 2 && args[2].kind == EXPR_STRING ?
		args[2].as.string.text : "";
	regex r = { NULL, NULL, NULL, NULL, NULL };
	uint32_t flags;
	efile_status status;

	if (!regex_flags(&flags, letters)) {
		scope_warn(s, "matches: unknown flags %s", letters);
		return EFILE_OK;
	}
	status = regex_match(out, s, &r, args, flags);
	regex_clear(&r);
	return status;
}
