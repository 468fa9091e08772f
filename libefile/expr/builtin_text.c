/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on strings. Positions count characters from 1. */
#include <stdlib.h>
#include <string.h>

#include "expr/functions.h"
#include "expr/letter_case.h"

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

efile_status fn_substring(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	size_t length = characters(&args[0]), start, from, to;
	efile_decimal whole;
	int64_t wanted = (int64_t)length;

	if (!list_position(&start, &args[1], length)) {
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

static efile_status recase(expr_value *out, expr_scope *s, const expr_value *v, bool up)
{
	AUTO(buf) text = BUF_INIT;
	size_t at = 0, n;
	uint32_t c;

	while ((n = str_utf8_next(&c, v->as.string.text + at, v->as.string.length - at)) > 0) {
		(up ? letter_add_upper : letter_add_lower)(&text, c);
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
			TRY(buf_status(&text, s->ctx));
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

static const char *flags_of(const expr_value *args, size_t count, size_t index)
{
	return count > index && args[index].kind == EXPR_STRING ? args[index].as.string.text : "";
}

efile_status fn_matches(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	AUTO_PTR(regex) r = NULL;
	bool found;

	TRY(regex_new(&r, s, "matches", &args[1], flags_of(args, count, 2)));
	if (!r)
		return EFILE_OK;
	TRY(regex_match(&found, r, &args[0], 0));
	if (!regex_gave_up(r))
		*out = value_boolean(found);
	return EFILE_OK;
}

/* "$1" is a group, "\\$" and "\\\\" stand for themselves; false if it is anything else. As many digits
 * belong to the number as there are groups for. */
static bool add_replacement(buf *out, const regex *r, const char *text, const char *with)
{
	for (; *with; with++) {
		uint32_t group;
		size_t start, end;

		if (*with == '\\' && (with[1] == '\\' || with[1] == '$')) {
			buf_add_char(out, *++with);
			continue;
		}
		if (*with == '\\' || (*with == '$' && !str_ascii_digit(with[1])))
			return false;
		if (*with != '$') {
			buf_add_char(out, *with);
			continue;
		}
		group = (uint32_t)(*++with - '0');
		while (str_ascii_digit(with[1]) &&
		       group * 10 + (uint32_t)(with[1] - '0') <= regex_groups(r))
			group = group * 10 + (uint32_t)(*++with - '0');
		if (regex_group(r, group, &start, &end))
			buf_add(out, text + start, end - start);
	}
	return true;
}

/* A pattern that the empty text matches is an error in XPath (FORX0003). */
static efile_status matches_nothing(bool *does, regex *r, expr_scope *s, const char *function)
{
	expr_value empty = value_borrow("", 0);

	TRY(regex_match(does, r, &empty, 0));
	if (*does)
		scope_warn(s, "%s: the pattern matches the empty text", function);
	return EFILE_OK;
}

efile_status fn_replace(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	AUTO_PTR(regex) r = NULL;
	AUTO(buf) text = BUF_INIT;
	const char *from = args[0].as.string.text;
	size_t at = 0, start, end;
	bool found;

	TRY(regex_new(&r, s, "replace", &args[1], flags_of(args, count, 3)));
	if (!r)
		return EFILE_OK;
	TRY(matches_nothing(&found, r, s, "replace"));
	if (found)
		return EFILE_OK;
	for (;;) {
		TRY(regex_match(&found, r, &args[0], at));
		if (!found || !regex_group(r, 0, &start, &end) || end == at)
			break;
		buf_add(&text, from + at, start - at);
		if (!add_replacement(&text, r, from, args[2].as.string.text)) {
			TRY(buf_status(&text, s->ctx));
			scope_warn(s, "replace: the replacement is wrong: %s",
				   args[2].as.string.text);
			return EFILE_OK;
		}
		at = end;
		TRY(buf_status(&text, s->ctx));
	}
	if (regex_gave_up(r))
		return EFILE_OK;
	buf_add(&text, from + at, args[0].as.string.length - at);
	return value_from_buf(out, s, &text);
}

static efile_status add_part(expr_value *list, expr_scope *s, const char *from, size_t start,
			     size_t end)
{
	expr_value part;

	TRY(value_string(&part, s, from + start, end - start));
	return list_append(s, list->as.list, part);
}

efile_status fn_split(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	AUTO_PTR(regex) r = NULL;
	expr_value list;
	size_t at = 0, start, end;
	bool found;

	(void)count;
	TRY(regex_new(&r, s, "split", &args[1], ""));
	if (!r)
		return EFILE_OK;
	TRY(matches_nothing(&found, r, s, "split"));
	if (found)
		return EFILE_OK;
	TRY(value_list(&list, s));
	for (;;) {
		TRY(regex_match(&found, r, &args[0], at));
		if (!found || !regex_group(r, 0, &start, &end) || end == at)
			break;
		TRY(add_part(&list, s, args[0].as.string.text, at, start));
		at = end;
	}
	if (regex_gave_up(r))
		return EFILE_OK;
	TRY(add_part(&list, s, args[0].as.string.text, at, args[0].as.string.length));
	*out = list;
	return EFILE_OK;
}
