/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of a scenario that expect something. */
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"
#include "flow/scenario.h"
#include "flow/state.h"
#include "flow/timer.h"

/* ---- lists of names ---- */

typedef struct name_list {
	const char **items;
	size_t count, capacity;
} name_list;

static void name_list_clear(name_list *l)
{
	free(l->items);
}

static efile_status add_name(name_list *l, efile_ctx *ctx, const char *name)
{
	void *items = l->items;

	TRY(mem_grow(ctx, &items, &l->capacity, l->count, sizeof(*l->items)));
	l->items = items;
	l->items[l->count++] = name;
	return EFILE_OK;
}

/* "none" alone is the empty list. */
static efile_status wanted_names(name_list *out, const scenario_world *w, const scenario_step *s)
{
	if (s->word_count == 1 && !strcmp(step_word(w->text, s, 0), "none"))
		return EFILE_OK;
	for (uint32_t i = 0; i < s->word_count; i++)
		TRY(add_name(out, w->ctx, step_word(w->text, s, i)));
	return EFILE_OK;
}

static void write_names(buf *out, const name_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		buf_add_format(out, "%s%s", i ? ", " : "", l->items[i]);
	if (!l->count)
		buf_add_text(out, "none");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_names(name_list *l)
{
	if (l->count)
		qsort(l->items, l->count, sizeof(*l->items), by_name);
}

static bool same_names(const name_list *a, const name_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static efile_status compare_names(scenario_world *w, const name_list *wanted, const name_list *got)
{
	AUTO(buf) first = BUF_INIT;
	AUTO(buf) second = BUF_INIT;

	if (same_names(wanted, got))
		return EFILE_OK;
	write_names(&first, wanted);
	write_names(&second, got);
	TRY(buf_status(&first, w->ctx));
	TRY(buf_status(&second, w->ctx));
	return scenario_wrong(w, "expected %s, but there is %s", buf_text(&first), buf_text(&second));
}

/* ---- what is open ---- */

static efile_status expect_open(scenario_world *w, const scenario_step *s)
{
	static const struct { unsigned kinds; bool named; } rows[] = {
		[EXPECT_TASKS - EXPECT_TASKS] = { 1u << FLOW_WAIT_TASK, false },
		[EXPECT_JOBS - EXPECT_TASKS] = { 1u << FLOW_WAIT_JOB, false },
		[EXPECT_CALLS - EXPECT_TASKS] = { 1u << FLOW_WAIT_CALL, false },
		[EXPECT_MESSAGES - EXPECT_TASKS] = { 1u << FLOW_WAIT_MESSAGE, true },
		[EXPECT_SIGNALS - EXPECT_TASKS] = { 1u << FLOW_WAIT_SIGNAL, true },
		[EXPECT_TIMERS - EXPECT_TASKS] = { 1u << FLOW_WAIT_TIMER, false },
		[EXPECT_CONDITIONS - EXPECT_TASKS] = { 1u << FLOW_WAIT_CONDITION, false },
		[EXPECT_INCIDENTS - EXPECT_TASKS] = { 1u << FLOW_WAIT_INCIDENT, false },
		[EXPECT_WAITS - EXPECT_TASKS] = { ~0u, false },
	};
	uint64_t instance = scenario_instance(w, s, 0);
	unsigned kinds = rows[s->rule->kind - EXPECT_TASKS].kinds;
	AUTO(name_list) wanted = { NULL, 0, 0 };
	AUTO(name_list) got = { NULL, 0, 0 };
	flow_open open;

	if (w->wrong.length)
		return EFILE_OK;
	TRY(wanted_names(&wanted, w, s));
	for (size_t i = 0; flow_host_open_at(w->host, i, &open); i++)
		if ((kinds >> open.kind & 1) && (!instance || open.instance == instance))
			TRY(add_name(&got, w->ctx,
				     rows[s->rule->kind - EXPECT_TASKS].named ? open.name : open.node));
	sort_names(&wanted);
	sort_names(&got);
	return compare_names(w, &wanted, &got);
}

static bool open_at_node(scenario_world *w, const scenario_step *s, unsigned kinds, flow_open *out)
{
	uint64_t instance = scenario_instance(w, s, 0);
	uint32_t left = s->ordinal ? s->ordinal : 1;

	if (w->wrong.length)
		return false;
	for (size_t i = 0; flow_host_open_at(w->host, i, out); i++)
		if ((kinds >> out->kind & 1) && !strcmp(out->node, step_word(w->text, s, 0)) &&
		    (!instance || instance == out->instance) && --left == 0)
			return true;
	scenario_wrong(w, "%s is not open", step_word(w->text, s, 0));
	return false;
}

static efile_status expect_incident(scenario_world *w, const scenario_step *s)
{
	const char *part = step_word(w->text, s, 1);
	flow_open open;

	if (!open_at_node(w, s, 1u << FLOW_WAIT_INCIDENT, &open) || !part)
		return EFILE_OK;
	if (open.name && strstr(open.name, part))
		return EFILE_OK;
	return scenario_wrong(w, "expected %s, but there is %s", part, open.name ? open.name : "");
}

static efile_status expect_due(scenario_world *w, const scenario_step *s)
{
	const char *text = step_word(w->text, s, 1);
	char got[EFILE_TIME_TEXT_SIZE], wanted[EFILE_TIME_TEXT_SIZE];
	timer_plan plan;
	flow_open open;

	if (!open_at_node(w, s, 1u << FLOW_WAIT_TIMER, &open))
		return EFILE_OK;
	if (!timer_first(&plan, *text == 'P' ? TIME_DURATION : TIME_DATE, text,
			 flow_host_now(w->host)))
		return scenario_wrong(w, "'%s' is no time", text);
	if (plan.due == open.due)
		return EFILE_OK;
	return scenario_wrong(w, "expected %s, but there is %s", efile_time_format(plan.due, wanted),
			      efile_time_format(open.due, got));
}

/* ---- variables ---- */

static bool same_json(const json_value *a, const json_value *b);

static bool same_number(const json_value *a, const json_value *b)
{
	efile_decimal x, y;

	return efile_decimal_parse(&x, a->text, a->length) == EFILE_OK &&
		efile_decimal_parse(&y, b->text, b->length) == EFILE_OK &&
		efile_decimal_compare(x, y) == 0;
}

static bool same_members(const json_value *a, const json_value *b)
{
	size_t count = 0, others = 0;

	for (const json_value *v = b->child; v; v = v->next)
		others++;
	for (const json_value *v = a->child; v; v = v->next, count++) {
		const json_value *other = json_member(b, v->key);

		if (!other || !same_json(v, other))
			return false;
	}
	return count == others;
}

/* The depth is that of json_parse(). */
static bool same_json(const json_value *a, const json_value *b)
{
	const json_value *x, *y;

	if (a->type != b->type)
		return false;
	switch (a->type) {
	case JSON_NUMBER:
		return same_number(a, b);
	case JSON_STRING:
		return a->length == b->length && !memcmp(a->text, b->text, a->length);
	case JSON_OBJECT:
		return same_members(a, b);
	case JSON_ARRAY:
		for (x = a->child, y = b->child; x && y; x = x->next, y = y->next)
			if (!same_json(x, y))
				return false;
		return !x && !y;
	default:
		return true;
	}
}

static void write_json(json_writer *w, const json_value *v)
{
	if (v)
		json_copy(w, v);
	else
		json_null(w);
}

static efile_status compare_member(scenario_world *w, const json_value *all, const char *name,
				   const json_value *wanted)
{
	const json_value *got = json_member(all, name);
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) expected = BUF_INIT;
	json_writer out;

	if (got ? same_json(got, wanted) : wanted->type == JSON_NULL)
		return EFILE_OK;
	json_begin(&out, &text);
	write_json(&out, got);
	json_begin(&out, &expected);
	write_json(&out, wanted);
	TRY(buf_status(&text, w->ctx));
	TRY(buf_status(&expected, w->ctx));
	return scenario_wrong(w, "expected %s = %s, but it is %s", name, buf_text(&expected),
			      buf_text(&text));
}

static efile_status compare_object(scenario_world *w, const json_value *all, const char *json,
				   size_t length)
{
	AUTO_PTR(json_document) document = NULL;
	efile_status status = json_parse(&document, w->ctx, json, length);

	if (status == EFILE_E_NOMEM)
		return status;
	if (status < 0 || json_root(document)->type != JSON_OBJECT) {
		error_clear(w->ctx);
		return scenario_wrong(w, "variables are a JSON object");
	}
	for (const json_value *v = json_root(document)->child; v && !w->wrong.length; v = v->next)
		TRY(compare_member(w, all, v->key, v));
	return EFILE_OK;
}

/* The end of a value that stands in a list: at a blank or comma outside of quotes and brackets. */
static const char *value_end(const char *at)
{
	size_t depth = 0;
	bool in_text = false;

	for (; *at && (in_text || depth || (*at != ' ' && *at != '\t' && *at != ',')); at++) {
		if (in_text && *at == '\\' && at[1])
			at++;
		else if (*at == '"')
			in_text = !in_text;
		else if (!in_text && (*at == '{' || *at == '['))
			depth++;
		else if (!in_text && depth && (*at == '}' || *at == ']'))
			depth--;
	}
	return at;
}

/* "a=1 b="x"" as a JSON object. */
static efile_status pairs_to_json(buf *out, efile_ctx *ctx, const char *at, bool *fits)
{
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	for (*fits = true; *at;) {
		AUTO_PTR(char) name = NULL;
		AUTO_PTR(char) value = NULL;
		const char *equal = at + strcspn(at, "="), *end;
		size_t length = (size_t)(equal - at);

		*fits = *equal == '=' && length;
		if (!*fits)
			return EFILE_OK;
		while (length && at[length - 1] == ' ')
			length--;
		for (equal++; *equal == ' ';)
			equal++;
		end = value_end(equal);
		TRY(mem_dup_bytes(&name, ctx, at, length));
		TRY(mem_dup_bytes(&value, ctx, equal, (size_t)(end - equal)));
		json_key(&w, name);
		json_raw(&w, value);
		for (at = end; *at == ' ' || *at == '\t' || *at == ',';)
			at++;
	}
	json_end_object(&w);
	return buf_status(out, ctx);
}

/* The variables of the instance, as a document. */
static efile_status read_variables(scenario_world *w, const scenario_step *s, json_document **out)
{
	uint64_t instance = scenario_instance(w, s, w->main);
	const char *json;
	size_t length;

	if (w->wrong.length)
		return EFILE_OK;
	if (!instance)
		return scenario_wrong(w, "nothing has been started");
	TRY(flow_host_variables(w->host, instance, &json, &length));
	return json_parse(out, w->ctx, json, length);
}

static efile_status expect_vars(scenario_world *w, const scenario_step *s)
{
	const char *wanted = step_clause_text(w->text, s, CLAUSE_REST);
	AUTO_PTR(json_document) all = NULL;
	AUTO(buf) object = BUF_INIT;
	bool fits = true;

	TRY(read_variables(w, s, &all));
	if (!all)
		return EFILE_OK;
	if (*wanted == '{')
		return compare_object(w, json_root(all), wanted, strlen(wanted));
	TRY(pairs_to_json(&object, w->ctx, wanted, &fits));
	if (!fits)
		return scenario_wrong(w, "variables are a JSON object");
	return compare_object(w, json_root(all), buf_text(&object), object.length);
}

/* ---- expressions ---- */

static efile_status judge(scenario_world *w, const char *text, const json_value *variables)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(buf) shown = BUF_INIT;
	json_writer out;
	expr_value value;

	TRY(expr_compile(&program, w->ctx, text, NULL));
	TRY(expr_scope_new(&scope, w->ctx));
	expr_scope_set_now(scope, flow_host_now(w->host), 0);
	TRY(expr_scope_set_json(scope, variables));
	TRY(expr_evaluate(&value, &program, scope));
	if (value.kind == EXPR_BOOLEAN && value.as.boolean)
		return EFILE_OK;
	json_begin(&out, &shown);
	expr_to_json(&out, &value);
	TRY(buf_status(&shown, w->ctx));
	return scenario_wrong(w, "%s is not true, but %s", text, buf_text(&shown));
}

static efile_status expect_that(scenario_world *w, const scenario_step *s)
{
	AUTO_PTR(json_document) all = NULL;
	efile_status status;

	TRY(read_variables(w, s, &all));
	if (!all)
		return EFILE_OK;
	status = judge(w, step_clause_text(w->text, s, CLAUSE_REST), json_root(all));
	if (status >= 0 || status == EFILE_E_NOMEM)
		return status;
	TRY(scenario_wrong(w, "%s", efile_error_message(w->ctx)));
	error_clear(w->ctx);
	return EFILE_OK;
}

/* ---- what was done ---- */

static efile_status expect_trace(scenario_world *w, const scenario_step *s)
{
	uint64_t instance = scenario_instance(w, s, 0);
	AUTO(name_list) wanted = { NULL, 0, 0 };
	AUTO(name_list) got = { NULL, 0, 0 };

	if (w->wrong.length)
		return EFILE_OK;
	TRY(wanted_names(&wanted, w, s));
	for (size_t i = 0; i < flow_host_done_count(w->host); i++) {
		flow_done done = flow_host_done_at(w->host, i);

		if (!instance || done.instance == instance)
			TRY(add_name(&got, w->ctx, done.node));
	}
	if (s->rule->kind == EXPECT_DONE) {
		sort_names(&wanted);
		sort_names(&got);
	}
	return compare_names(w, &wanted, &got);
}

/* How often tokens came to the node, in whatever process; false if no process has it. */
static bool visits(const scenario_world *w, const char *node, uint64_t *count)
{
	bool known = false;

	*count = 0;
	for (size_t i = 0; i < flow_host_definition_count(w->host); i++) {
		int64_t at = flow_node_find(flow_host_definition(w->host, i), node);

		if (at < 0)
			continue;
		known = true;
		*count += flow_host_visits(w->host, i, (uint32_t)at);
	}
	return known;
}

static efile_status expect_visits(scenario_world *w, const scenario_step *s)
{
	bool wanted = s->rule->kind == EXPECT_PASSED;

	for (uint32_t i = 0; i < s->word_count; i++) {
		const char *node = step_word(w->text, s, i);
		uint64_t count;

		if (!visits(w, node, &count))
			return scenario_wrong(w, "no process has a node %s", node);
		if (wanted != (count > 0))
			return scenario_wrong(w, wanted ? "nothing has come to %s" :
							  "something has come to %s", node);
	}
	return EFILE_OK;
}

/* ---- how an instance stands ---- */

static efile_status expect_status(scenario_world *w, const scenario_step *s)
{
	static const struct { step_kind step; flow_status status; const char *wrong; } rows[] = {
		{ EXPECT_ENDED, FLOW_ENDED, "it has not ended" },
		{ EXPECT_RUNNING, FLOW_RUNNING, "it is not running" },
		{ EXPECT_CANCELLED, FLOW_CANCELLED, "it was not cancelled" },
		{ EXPECT_SUSPENDED, FLOW_SUSPENDED, "it is not suspended" },
		{ EXPECT_FAILED, FLOW_FAILED, "it has not ended by an error" },
	};
	uint64_t instance = scenario_instance(w, s, w->main);
	const char *code = step_word(w->text, s, 0);

	if (w->wrong.length)
		return EFILE_OK;
	if (!instance)
		return scenario_wrong(w, "nothing has been started");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (s->rule->kind == rows[i].step && flow_host_status(w->host, instance) != rows[i].status)
			return scenario_wrong(w, "%s", message_translate(w->ctx->language, rows[i].wrong));
	if (code && strcmp(flow_host_code(w->host, instance), code) != 0)
		return scenario_wrong(w, "expected %s, but there is %s", code,
				      flow_host_code(w->host, instance));
	return EFILE_OK;
}

static efile_status compare_count(scenario_world *w, const char *wanted, size_t got)
{
	char *end;
	unsigned long number = strtoul(wanted, &end, 10);

	if (*end || end == wanted)
		return scenario_wrong(w, "'%s' is no number", wanted);
	return number == got ? EFILE_OK :
			       scenario_wrong(w, "expected %lu, but there are %zu", number, got);
}

static efile_status expect_instances(scenario_world *w, const scenario_step *s)
{
	const char *process = step_word(w->text, s, 1);
	size_t count = 0;

	for (uint64_t i = 1; i <= flow_host_instance_count(w->host); i++)
		if (!process ||
		    !strcmp(flow_definition_id(flow_host_definition_of(w->host, i)), process))
			count++;
	return compare_count(w, step_word(w->text, s, 0), count);
}

static efile_status expect_kept(scenario_world *w, const scenario_step *s)
{
	return compare_count(w, step_word(w->text, s, 0), flow_host_buffered(w->host));
}

/* The entries of a sign-off list in their order, each as WHO:STATE. */
static efile_status list_entries(buf *out, scenario_world *w, const flow_open *open)
{
	const buf *state = flow_host_state(w->host, open->instance);
	AUTO_PTR(json_document) document = NULL;
	AUTO(buf) json = BUF_INIT;
	int64_t step;

	TRY(flow_state_route(&json, &step, w->ctx, flow_host_definition_of(w->host, open->instance),
			     state->data, state->length, open->wait));
	TRY(json_parse(&document, w->ctx, buf_text(&json), json.length));
	for (const json_value *at = json_root(document)->child; at; at = at->next)
		buf_add_format(out, "%s%s:%s", out->length ? ", " : "", json_member_text(at, "to"),
			       json_member_text(at, "state"));
	return buf_status(out, w->ctx);
}

static efile_status expect_route(scenario_world *w, const scenario_step *s)
{
	AUTO(buf) wanted = BUF_INIT;
	AUTO(buf) got = BUF_INIT;
	efile_status status;
	flow_open open;

	if (!open_at_node(w, s, 1u << FLOW_WAIT_TASK, &open))
		return EFILE_OK;
	status = list_entries(&got, w, &open);
	if (status == EFILE_E_STATE) {
		error_clear(w->ctx);
		return scenario_wrong(w, "%s has no sign-off list", open.node);
	}
	TRY(status);
	for (uint32_t i = 1; i < s->word_count; i++)
		buf_add_format(&wanted, "%s%s", i > 1 ? ", " : "", step_word(w->text, s, i));
	TRY(buf_status(&wanted, w->ctx));
	if (!strcmp(buf_text(&wanted), buf_text(&got)))
		return EFILE_OK;
	return scenario_wrong(w, "expected %s, but there is %s", buf_text(&wanted), buf_text(&got));
}

efile_status scenario_expect(scenario_world *w, const scenario_step *s)
{
	switch (s->rule->kind) {
	case EXPECT_INCIDENT:
		return expect_incident(w, s);
	case EXPECT_DUE:
		return expect_due(w, s);
	case EXPECT_VARS:
		return expect_vars(w, s);
	case EXPECT_THAT:
		return expect_that(w, s);
	case EXPECT_TRACE:
	case EXPECT_DONE:
		return expect_trace(w, s);
	case EXPECT_PASSED:
	case EXPECT_MISSED:
		return expect_visits(w, s);
	case EXPECT_INSTANCES:
		return expect_instances(w, s);
	case EXPECT_KEPT:
		return expect_kept(w, s);
	case EXPECT_ROUTE:
		return expect_route(w, s);
	default:
		return s->rule->kind <= EXPECT_WAITS ? expect_open(w, s) : expect_status(w, s);
	}
}
