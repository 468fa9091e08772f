/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to be said about a letter. It is kept as number, English text and values, and told in the
 * language of whoever asks: a book is read by others than who wrote it. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/table.h"
#include "intake/inner.h"

static const name_row unread_names[] = {
	{ EFILE_UNREAD_NO_HELPER, "no_helper" }, { EFILE_UNREAD_HELPER_FAILED, "helper_failed" },
	{ EFILE_UNREAD_DAMAGED, "damaged" },     { EFILE_UNREAD_ENCRYPTED, "encrypted" },
	{ EFILE_UNREAD_LIMIT, "limit" },         { EFILE_UNREAD_FAILED, "failed" },
};

const char *efile_intake_unread_name(efile_intake_unread why)
{
	const char *name = TABLE_NAME(unread_names, (int)why);

	return name ? name : "";
}

/* The errors of the helper (libefile/parse); any other means that the helper is not in order. */
static const struct {
	int number;
	efile_intake_unread why;
} causes[] = {
	{ 3400, EFILE_UNREAD_NO_HELPER }, { 3421, EFILE_UNREAD_DAMAGED },
	{ 3422, EFILE_UNREAD_ENCRYPTED }, { 3423, EFILE_UNREAD_DAMAGED },
	{ 3424, EFILE_UNREAD_LIMIT },     { 3425, EFILE_UNREAD_LIMIT },
	{ 3426, EFILE_UNREAD_DAMAGED },   { 3427, EFILE_UNREAD_LIMIT },
	{ 3429, EFILE_UNREAD_FAILED },    { 3430, EFILE_UNREAD_FAILED },
	{ 3432, EFILE_UNREAD_LIMIT },     { 3434, EFILE_UNREAD_LIMIT },
	{ 2609, EFILE_UNREAD_DAMAGED },   { 2612, EFILE_UNREAD_DAMAGED },
};

efile_intake_unread unread_cause(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].number == number)
			return causes[i].why;
	return EFILE_UNREAD_HELPER_FAILED;
}

bool unread_by_surroundings(efile_intake_unread why)
{
	return why == EFILE_UNREAD_NO_HELPER || why == EFILE_UNREAD_HELPER_FAILED;
}

/* ---- a list of them ---- */

static void note_clear(note *n)
{
	free(n->file);
	free(n->english);
	free(n->arguments);
}

void notes_clear(notes *n)
{
	for (size_t i = 0; i < n->count; i++)
		note_clear(&n->rows[i]);
	free(n->rows);
	memset(n, 0, sizeof(*n));
}

static efile_status add(notes *n, efile_ctx *ctx, const char *file, const char *english,
			const char *arguments, note fixed)
{
	note *row;

	TRY(mem_grow(ctx, (void **)&n->rows, &n->capacity, n->count, sizeof(*n->rows)));
	row = &n->rows[n->count++];
	*row = fixed;
	TRY(mem_dup(&row->file, ctx, file && *file ? file : NULL));
	TRY(mem_dup(&row->english, ctx, english));
	return mem_dup(&row->arguments, ctx, arguments);
}

efile_status notes_add(notes *n, efile_ctx *ctx, int number, const char *english)
{
	return add(n, ctx, NULL, english, "", (note){ .number = number });
}

efile_status notes_take_error(notes *n, efile_ctx *ctx, const char *file, efile_intake_unread why)
{
	note fixed = { .number = efile_error_number(ctx), .why = why };
	const char *english, *arguments;
	efile_status status;

	error_parts(ctx, &english, &arguments);
	efile_error_place(ctx, &fixed.line, NULL);
	status = add(n, ctx, file, english, arguments, fixed);
	if (status == EFILE_OK)
		error_clear(ctx);
	return status;
}

/* ---- told ---- */

void note_text(buf *out, int language, const note *n)
{
	if (n->file)
		buf_add_format(out, "%s: ", n->file);
	message_refill(out, language, n->english, n->arguments);
	if (n->line)
		buf_add_format(out, " (%ld)", n->line);
}

/* ---- kept: JSON in the column "reason"; the name of a rule stands there alone ---- */

static void put_arguments(json_writer *w, const char *arguments)
{
	json_key(w, "arguments");
	json_array(w);
	while (*arguments) {
		size_t length = strcspn(arguments, (const char[]){ MESSAGE_SEPARATOR, '\0' });

		json_text_n(w, arguments, length);
		arguments += length + (arguments[length] != '\0');
	}
	json_end_array(w);
}

static void put_note(json_writer *w, const note *n)
{
	json_object(w);
	json_put_int(w, "number", n->number);
	json_put_text(w, "message", n->english);
	put_arguments(w, n->arguments);
	if (n->file)
		json_put_text(w, "file", n->file);
	if (n->line)
		json_put_int(w, "line", n->line);
	if (n->why)
		json_put_text(w, "unread", efile_intake_unread_name(n->why));
	json_end_object(w);
}

static void put_notes(json_writer *w, const notes *n)
{
	json_array(w);
	for (size_t i = 0; i < n->count; i++)
		put_note(w, &n->rows[i]);
	json_end_array(w);
}

efile_status reason_write(char **out, efile_ctx *ctx, const char *rule, const notes *n)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (n->count == 0 && !(rule && rule[0] == '{'))
		return mem_dup(out, ctx, rule);
	json_begin(&w, &text);
	json_object(&w);
	if (rule)
		json_put_text(&w, "rule", rule);
	json_key(&w, "remarks");
	put_notes(&w, n);
	json_end_object(&w);
	return buf_take(out, &text, ctx);
}

static efile_status read_arguments(buf *out, efile_ctx *ctx, const json_value *list)
{
	for (const json_value *v = list ? list->child : NULL; v; v = v->next) {
		buf_add_text(out, v->text ? v->text : "");
		buf_add_char(out, MESSAGE_SEPARATOR);
	}
	return buf_status(out, ctx);
}

static int64_t number_of(const json_value *object, const char *key)
{
	const json_value *value = json_member(object, key);
	int64_t number = 0;

	return value && json_as_int(&number, value) == EFILE_OK ? number : 0;
}

static efile_status read_note(notes *out, efile_ctx *ctx, const json_value *v)
{
	AUTO(buf) arguments = BUF_INIT;
	const char *english = json_member_text(v, "message");
	const char *unread = json_member_text(v, "unread");
	int why = 0;

	if (unread && !TABLE_VALUE(&why, unread_names, unread))
		why = 0;
	TRY(read_arguments(&arguments, ctx, json_member(v, "arguments")));
	return add(out, ctx, json_member_text(v, "file"), english ? english : "",
		   buf_text(&arguments),
		   (note){ .number = (int)number_of(v, "number"), .line = (long)number_of(v, "line"),
			   .why = (efile_intake_unread)why });
}

/* A text that is no JSON of ours is a rule, or what was written before there were remarks. */
efile_status reason_read(char **rule, notes *out, efile_ctx *ctx, const char *text)
{
	AUTO_PTR(json_document) document = NULL;
	const json_value *list = NULL;
	efile_status status;

	if (text && text[0] == '{') {
		status = json_parse(&document, ctx, text, strlen(text));
		if (status == EFILE_E_NOMEM)
			return status;
		error_clear(ctx);
		list = document ? json_member(json_root(document), "remarks") : NULL;
	}
	if (!list || list->type != JSON_ARRAY)
		return mem_dup(rule, ctx, text);
	TRY(mem_dup(rule, ctx, json_member_text(json_root(document), "rule")));
	for (const json_value *v = list->child; v; v = v->next)
		TRY(read_note(out, ctx, v));
	return EFILE_OK;
}

efile_status put_reason(json_writer *w, efile_ctx *ctx, const char *text)
{
	AUTO(notes) remarks = { NULL, 0, 0 };
	AUTO_PTR(char) rule = NULL;
	AUTO(buf) first = BUF_INIT;

	TRY(reason_read(&rule, &remarks, ctx, text));
	if (!rule && remarks.count)
		note_text(&first, EFILE_LANGUAGE_EN, &remarks.rows[0]);
	TRY(buf_status(&first, ctx));
	json_put_text(w, "reason", rule ? rule : first.length ? buf_text(&first) : NULL);
	if (remarks.count) {
		json_key(w, "remarks");
		put_notes(w, &remarks);
	}
	return EFILE_OK;
}
