/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/start.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* ---- asking ---- */

static efile_status ask(expr_value *out, efile_ctx *ctx, const flow_definition *d, uint32_t program,
			expr_scope *scope, const char *variables, efile_time now)
{
	AUTO_PTR(json_document) document = NULL;
	expr_program opened;

	expr_scope_set_now(scope, now, 0);
	if (variables) {
		TRY(json_parse(&document, ctx, variables, strlen(variables)));
		if (json_root(document)->type != JSON_OBJECT)
			return FAIL(ctx, EFILE_E_FORMAT, 2322,
				    "the variables of a process are a JSON object");
		TRY(expr_scope_set_json(scope, json_root(document)));
	}
	TRY(expr_program_open(&opened, ctx, d->bytes + d->code + program_get(d, program, PROGRAM_CODE),
			      program_get(d, program, PROGRAM_LENGTH)));
	return expr_evaluate(out, &opened, scope);
}

/* What cannot be computed says nothing. */
static efile_status unsaid(efile_ctx *ctx, efile_status status)
{
	if (status != EFILE_E_LIMIT && status != EFILE_E_DAMAGED)
		return status;
	error_clear(ctx);
	return EFILE_DONE;
}

efile_status start_holds(int *out, efile_ctx *ctx, const flow_definition *d, const flow_start *start,
			 const char *variables, efile_time now)
{
	AUTO_PTR(expr_scope) scope = NULL;
	uint32_t program = trigger_get(d, start->trigger, TRIGGER_PROGRAM);
	expr_value value = { .kind = EXPR_NULL };
	efile_status status;

	*out = -1;
	if (!program)
		return EFILE_OK;
	TRY(expr_scope_new(&scope, ctx));
	status = unsaid(ctx, ask(&value, ctx, d, program - 1, scope, variables, now));
	TRY(status);
	if (status == EFILE_OK && value.kind == EXPR_BOOLEAN)
		*out = value.as.boolean;
	return EFILE_OK;
}

efile_status start_time(buf *out, efile_ctx *ctx, const flow_definition *d, const flow_start *start,
			efile_time now)
{
	AUTO_PTR(expr_scope) scope = NULL;
	uint32_t program = trigger_get(d, start->trigger, TRIGGER_PROGRAM);
	expr_value value = { .kind = EXPR_NULL };
	efile_status status;

	if (!program) {
		buf_add_text(out, start->name);
		return buf_status(out, ctx);
	}
	TRY(expr_scope_new(&scope, ctx));
	status = unsaid(ctx, ask(&value, ctx, d, program - 1, scope, NULL, now));
	TRY(status);
	if (status == EFILE_OK && value.kind != EXPR_NULL)
		expr_to_text(out, &value);
	return buf_status(out, ctx);
}

/* ---- keys of messages ---- */

static efile_status ask_key(buf *out, efile_ctx *ctx, const flow_definition *d, uint32_t trigger,
			    const char *variables, efile_time now)
{
	AUTO_PTR(expr_scope) scope = NULL;
	uint32_t program = trigger_get(d, trigger, TRIGGER_KEY);
	expr_value value = { .kind = EXPR_NULL };
	efile_status status;

	if (!program)
		return EFILE_OK;
	TRY(expr_scope_new(&scope, ctx));
	status = unsaid(ctx, ask(&value, ctx, d, program - 1, scope, variables, now));
	TRY(status);
	if (status == EFILE_OK && value.kind != EXPR_NULL)
		expr_to_text(out, &value);
	return buf_status(out, ctx);
}

efile_status start_message_key(buf *out, efile_ctx *ctx, const flow_definition *d, const char *name,
			       const char *variables, efile_time now)
{
	uint32_t first = node_get(d, process_node(d), NODE_FIRST_TRIGGER);

	for (uint32_t i = 0; i < node_get(d, process_node(d), NODE_TRIGGER_COUNT); i++)
		if (trigger_get(d, first + i, TRIGGER_KIND) == TRIGGER_CORRELATION &&
		    !strcmp(definition_text(d, trigger_get(d, first + i, TRIGGER_NAME)), name))
			return ask_key(out, ctx, d, first + i, variables, now);
	return EFILE_DONE;
}

/* ---- all of several ---- */

bool start_is_joint(const flow_definition *d, uint32_t node)
{
	return node_get(d, node, NODE_KIND) == FLOW_NODE_START &&
		node_flag_set(d, node, FLAG_PARALLEL_MULTIPLE) &&
		node_get(d, node, NODE_TRIGGER_COUNT) > 1;
}

/* No name of a message begins with a tab. */
efile_status start_kept_prefix(buf *out, efile_ctx *ctx, const char *process)
{
	buf_add_format(out, "\t%s\t", process);
	return buf_status(out, ctx);
}

static efile_status kept_name(buf *out, efile_ctx *ctx, const flow_definition *d, uint32_t trigger)
{
	const char *name = definition_text(d, trigger_get(d, trigger, TRIGGER_NAME));
	uint32_t kind = trigger_get(d, trigger, TRIGGER_KIND), node = trigger_get(d, trigger, TRIGGER_NODE);
	uint32_t number = trigger - node_get(d, node, NODE_FIRST_TRIGGER);

	if (kind == TRIGGER_MESSAGE) {
		buf_add_text(out, name);
		return buf_status(out, ctx);
	}
	TRY(start_kept_prefix(out, ctx, flow_definition_id(d)));
	buf_add_format(out, "%s\t%u\t%s", node_text(d, node, NODE_ID), number, name);
	return buf_status(out, ctx);
}

efile_status start_kept_name(buf *out, efile_ctx *ctx, const flow_definition *d, const flow_start *start)
{
	return kept_name(out, ctx, d, start->trigger);
}

typedef struct collecting {
	efile_ctx *ctx;
	const flow_definition *d;
	const start_pool *pool;
	uint32_t first, count;  /* event definitions */
	int64_t *numbers;       /* by event definition */
} collecting;

/* Others, such as errors, start no process; another engine's model may have them beside. */
static bool is_awaited(const collecting *c, uint32_t i)
{
	return trigger_get(c->d, c->first + i, TRIGGER_KIND) <= TRIGGER_CONDITION;
}

static bool has_key(const collecting *c, uint32_t i)
{
	return trigger_get(c->d, c->first + i, TRIGGER_KIND) == TRIGGER_MESSAGE &&
		trigger_get(c->d, c->first + i, TRIGGER_KEY);
}

/* The same message twice means two of them. */
static int64_t taken_before(const collecting *c, uint32_t i)
{
	uint32_t name = trigger_get(c->d, c->first + i, TRIGGER_NAME);
	int64_t after = 0;

	for (uint32_t k = 0; k < i; k++)
		if (trigger_get(c->d, c->first + k, TRIGGER_KIND) == TRIGGER_MESSAGE &&
		    trigger_get(c->d, c->first + i, TRIGGER_KIND) == TRIGGER_MESSAGE &&
		    trigger_get(c->d, c->first + k, TRIGGER_NAME) == name && c->numbers[k] > after)
			after = c->numbers[k];
	return after;
}

static efile_status collect_key(bool *whole, collecting *c, const char *key)
{
	*whole = true;
	for (uint32_t i = 0; i < c->count && *whole; i++) {
		AUTO(buf) name = BUF_INIT;

		c->numbers[i] = 0;
		if (!is_awaited(c, i))
			continue;
		TRY(kept_name(&name, c->ctx, c->d, c->first + i));
		TRY(c->pool->find(c->pool->user, &c->numbers[i], buf_text(&name),
				  has_key(c, i) ? key : NULL, taken_before(c, i)));
		*whole = c->numbers[i] != 0;
	}
	return EFILE_OK;
}

/* Each key that a message of the first event definition with keys was sent with. */
static efile_status collect_any(bool *whole, collecting *c)
{
	AUTO(buf) last = BUF_INIT;
	uint32_t keyed = 0;
	const char *name;

	while (keyed < c->count && !has_key(c, keyed))
		keyed++;
	if (keyed == c->count)
		return collect_key(whole, c, NULL);
	name = definition_text(c->d, trigger_get(c->d, c->first + keyed, TRIGGER_NAME));
	for (bool begun = false; !*whole; begun = true) {
		AUTO(buf) key = BUF_INIT;
		efile_status status = c->pool->next_key(c->pool->user, &key, name,
							begun ? buf_text(&last) : NULL);

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		TRY(collect_key(whole, c, buf_text(&key)));
		buf_reset(&last);
		buf_add_text(&last, buf_text(&key));
		TRY(buf_status(&last, c->ctx));
	}
	return EFILE_OK;
}

static int by_age(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* Without those that are not awaited, the oldest first. */
static size_t pack(int64_t *numbers, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (numbers[i])
			numbers[kept++] = numbers[i];
	qsort(numbers, kept, sizeof(*numbers), by_age);
	return kept;
}

efile_status start_collect(int64_t **numbers, size_t *count, efile_ctx *ctx, const flow_definition *d,
			   uint32_t node, const char *key, const start_pool *pool)
{
	collecting c = { .ctx = ctx, .d = d, .pool = pool,
			 .first = node_get(d, node, NODE_FIRST_TRIGGER),
			 .count = node_get(d, node, NODE_TRIGGER_COUNT) };
	bool whole = false;
	efile_status status;

	*count = 0;
	c.numbers = mem_new(ctx, (c.count + 1) * sizeof(*c.numbers));
	if (!c.numbers)
		return EFILE_E_NOMEM;
	status = key ? collect_key(&whole, &c, key) : collect_any(&whole, &c);
	if (status == EFILE_OK && whole)
		*count = pack(c.numbers, c.count);
	if (status < 0 || !*count) {
		free(c.numbers);
		return status;
	}
	*numbers = c.numbers;
	return EFILE_OK;
}
