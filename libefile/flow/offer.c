/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* To whom a task is offered and until when, where the definition says so by expressions: asked when
 * the task begins, so that what goes wrong is an incident of the process. */
#include <stdlib.h>
#include <string.h>

#include "flow/form.h"
#include "flow/route.h"
#include "flow/term.h"

static bool is_expression(const char *text)
{
	return *text == '=' || strstr(text, "${") || strstr(text, "#{");
}

static const struct offer_row {
	node_word word;
	const char *key;
	bool term, last;        /* a point of time; of a day its last second */
} rows[] = {
	{ NODE_GROUPS, "groups", false, false },     { NODE_USERS, "users", false, false },
	{ NODE_ASSIGNEE, "assignee", false, false }, { NODE_PRIORITY, "priority", false, false },
	{ NODE_DUE_IN, "due", true, true },          { NODE_FOLLOW_UP, "follow_up", true, false },
};

static bool has_expression(const flow_definition *d, uint32_t node)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_expression(node_text(d, node, rows[i].word)))
			return true;
	return false;
}

/* ---- values as text ---- */

static efile_status add_scalar(buf *out, efile_ctx *ctx, const expr_value *value)
{
	AUTO(buf) json = BUF_INIT;
	AUTO_PTR(json_document) document = NULL;
	json_writer w;

	if (value->kind == EXPR_NULL)
		return EFILE_OK;
	json_begin(&w, &json);
	expr_to_json(&w, value);
	TRY(buf_status(&json, ctx));
	TRY(json_parse(&document, ctx, json.data, json.length));
	if (json_root(document)->type != JSON_STRING && json_root(document)->type != JSON_NUMBER)
		return EFILE_OK;
	if (out->length)
		buf_add_char(out, ',');
	buf_add_text(out, json_root(document)->text);
	return EFILE_OK;
}

static efile_status add_value(buf *out, efile_ctx *ctx, const expr_value *value)
{
	if (value->kind != EXPR_LIST)
		return add_scalar(out, ctx, value);
	for (size_t i = 0; i < value->as.list->count; i++)
		TRY(add_scalar(out, ctx, &value->as.list->items[i]));
	return EFILE_OK;
}

static efile_status add_result(machine *m, buf *out, const char *feel, const frame *f)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	expr_value value;

	TRY(expr_compile(&program, m->ctx, feel, NULL));
	TRY(evaluate_program(m, &value, &program, f));
	return add_value(out, m->ctx, &value);
}

/* ---- texts with expressions ---- */

/* "a, ${b}, c": each part between commas that is one is asked. */
static efile_status add_part(machine *m, buf *out, const char *text, size_t length, const frame *f)
{
	AUTO(buf) feel = BUF_INIT;
	bool fits = false;

	while (length && str_ascii_space(*text))
		text++, length--;
	while (length && str_ascii_space(text[length - 1]))
		length--;
	if (length > 3 && (*text == '$' || *text == '#') && text[1] == '{' && text[length - 1] == '}')
		TRY(expr_from_juel(&fits, &feel, m->ctx, text + 2, length - 3));
	if (fits)
		return add_result(m, out, buf_text(&feel), f);
	if (length && (*text == '$' || *text == '#'))
		return FAIL(m->ctx, EFILE_E_FORMAT, 2442, "%.*s says nothing in FEEL", (int)length, text);
	if (length && out->length)
		buf_add_char(out, ',');
	buf_add(out, text, length);
	return EFILE_OK;
}

static efile_status resolve(machine *m, buf *out, const char *text, const frame *f)
{
	if (*text == '=')
		return add_result(m, out, text + 1, f);
	while (*text) {
		size_t length = 0;
		int depth = 0;

		for (; text[length] && (depth || text[length] != ','); length++)
			depth += (text[length] == '{') - (text[length] == '}');
		TRY(add_part(m, out, text, length, f));
		text += length + (text[length] == ',');
	}
	return EFILE_OK;
}

static efile_status as_time(machine *m, buf *text, uint32_t node, bool last)
{
	size_t length;
	const char *at = form_calendar(&length, node_text(m->d, node, NODE_FORM));
	AUTO_PTR(char) calendar = NULL;
	char formatted[EFILE_TIME_TEXT_SIZE];
	efile_time time;

	if (!text->length)
		return EFILE_OK;
	TRY(mem_dup_bytes(&calendar, m->ctx, at, length));
	TRY(term_compute(&time, m->ctx, text->data, calendar, m->event->time, last));
	buf_reset(text);
	buf_add_text(text, efile_time_format(time, formatted));
	return EFILE_OK;
}

/* ---- reminders ---- */

static bool has_reminders(const flow_definition *d, uint32_t node)
{
	const char *details = node_text(d, node, NODE_FORM);

	return form_row_next(details, NULL, 'M') || form_row_next(details, NULL, 'E');
}

static efile_status add_reminder(machine *m, json_writer *w, const char *row, bool escalates,
				 const frame *f)
{
	AUTO_PTR(char) names = NULL;
	AUTO(buf) to = BUF_INIT;
	size_t length;
	const char *at = row, *column = form_column(&length, &at);

	json_object(w);
	json_key(w, "at");
	json_text_n(w, column, length);
	if (escalates) {
		column = form_column(&length, &at);
		TRY(mem_dup_bytes(&names, m->ctx, column, length));
		TRY(resolve(m, &to, names, f));
		TRY(buf_status(&to, m->ctx));
		json_put_text(w, "to", buf_text(&to));
		column = form_column(&length, &at);
		json_key(w, "priority");
		json_text_n(w, column, length);
	}
	json_end_object(w);
	return EFILE_OK;
}

static efile_status add_reminders(machine *m, json_writer *w, uint32_t node, const frame *f)
{
	const char *details = node_text(m->d, node, NODE_FORM);

	json_key(w, "reminders");
	json_array(w);
	for (int i = 0; i < 2; i++)
		for (const char *row = NULL; (row = form_row_next(details, row, "ME"[i]));)
			TRY(add_reminder(m, w, row, i != 0, f));
	json_end_array(w);
	return EFILE_OK;
}

/* What an entry of a sign-off list says itself; NULL: as the model says. */
static const char *said_by(const route_step *step, node_word word)
{
	if (!step)
		return NULL;
	switch (word) {
	case NODE_USERS:
		return step->to;
	case NODE_GROUPS:
	case NODE_ASSIGNEE:
		return "";
	case NODE_DUE_IN:
		return *step->due ? step->due : NULL;
	default:
		return NULL;
	}
}

efile_status offer_task(machine *m, char **out, uint32_t node, const frame *f,
			const route_step *step)
{
	AUTO(buf) json = BUF_INIT;
	json_writer w;

	*out = NULL;
	if (!step && !has_expression(m->d, node) && !has_reminders(m->d, node))
		return EFILE_OK;
	json_begin(&w, &json);
	json_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *said = said_by(step, rows[i].word);
		AUTO(buf) text = BUF_INIT;

		if (said)
			buf_add_text(&text, said);
		else
			TRY(resolve(m, &text, node_text(m->d, node, rows[i].word), f));
		TRY(buf_status(&text, m->ctx));
		if (rows[i].term)
			TRY(as_time(m, &text, node, rows[i].last));
		json_put_text(&w, rows[i].key, buf_text(&text));
	}
	if (step)
		json_put_text(&w, "instruction", efile_instruction_name(step->instruction));
	if (has_reminders(m->d, node))
		TRY(add_reminders(m, &w, node, f));
	json_end_object(&w);
	return buf_take(out, &json, m->ctx);
}
