/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step: tokens run from a work list until each of them waits or has ended. Nothing recurses;
 * moves, tokens and the steps of conditions are limited, and a limit makes an incident that holds
 * the tokens back until somebody retries. */
#include <stdlib.h>
#include <string.h>

#include "flow/state.h"

enum { CONDITION_BUDGET = 10 }; /* times efile_limits.expr_steps, for one step of the engine */

typedef struct token {
	uint32_t node;
	uint32_t edge;          /* + 1; 0: it comes from no edge; EDGE_LEAVING */
} token;

typedef struct machine {
	efile_ctx *ctx;
	const flow_definition *d;
	const flow_event *event;
	flow_state s;
	flow_effects effects;
	token *work;
	size_t work_count, work_capacity;
	uint32_t moves;
	uint64_t tokens;        /* all of the instance */
	json_document *json;    /* the variables, for the conditions */
	expr_scope *scope;
	bool stopped;           /* terminated: no token moves any more */
} machine;

static void machine_clear(machine *m)
{
	flow_state_clear(&m->s);
	flow_effects_clear(&m->effects);
	free(m->work);
	expr_scope_free(m->scope);
	json_document_free(m->json);
}

void flow_effects_clear(flow_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++)
		free(effects->items[i].message);
	free(effects->items);
	*effects = (flow_effects){ NULL, 0, 0 };
}

static const char *node_id(const machine *m, uint32_t node)
{
	return definition_text(m->d, node_get(m->d, node, NODE_ID));
}

/* ---- effects, waits, tokens ---- */

static efile_status add_effect(machine *m, flow_effect effect)
{
	void *items = m->effects.items;

	TRY(mem_grow(m->ctx, &items, &m->effects.capacity, m->effects.count, sizeof(effect)));
	m->effects.items = items;
	m->effects.items[m->effects.count++] = effect;
	return EFILE_OK;
}

static efile_status add_wait(machine *m, flow_wait_kind kind, uint32_t node, uint64_t *number)
{
	void *waits = m->s.waits;

	TRY(mem_grow(m->ctx, &waits, &m->s.wait_capacity, m->s.wait_count, sizeof(flow_wait)));
	m->s.waits = waits;
	*number = m->s.next++;
	m->s.waits[m->s.wait_count++] = (flow_wait){ *number, kind, node };
	return EFILE_OK;
}

static efile_status add_token(machine *m, uint32_t node, uint32_t edge)
{
	void *work = m->work;

	TRY(mem_grow(m->ctx, &work, &m->work_capacity, m->work_count, sizeof(token)));
	m->work = work;
	m->work[m->work_count++] = (token){ node, edge };
	m->tokens++;
	return EFILE_OK;
}

static efile_status park(machine *m, uint64_t incident, token t)
{
	void *parked = m->s.parked;

	for (size_t i = 0; i < m->s.parked_count; i++) {
		parked_row *row = &m->s.parked[i];

		if (row->incident == incident && row->node == t.node && row->edge == t.edge) {
			row->count++;
			return EFILE_OK;
		}
	}
	TRY(mem_grow(m->ctx, &parked, &m->s.parked_capacity, m->s.parked_count,
		     sizeof(parked_row)));
	m->s.parked = parked;
	m->s.parked[m->s.parked_count++] = (parked_row){ incident, t.node, t.edge, 1 };
	return EFILE_OK;
}

/* An incident at a node that holds one token back; takes the message over. */
static efile_status add_incident(machine *m, token t, char *message, uint64_t *number)
{
	flow_effect effect = { .kind = FLOW_EFFECT_INCIDENT, .node = t.node, .message = message };
	efile_status status = message ? add_wait(m, FLOW_WAIT_INCIDENT, t.node, &effect.wait) :
					mem_failed(m->ctx);

	if (status >= 0)
		status = park(m, effect.wait, t);
	if (status >= 0)
		status = add_effect(m, effect);
	if (status < 0)
		free(message);
	*number = effect.wait;
	return status;
}

static efile_status incident(machine *m, token t, char *message)
{
	uint64_t number;

	return add_incident(m, t, message, &number);
}

/* A limit is broken: the incident holds all tokens that are on the move. */
static efile_status stop_all(machine *m, token t, char *message)
{
	uint64_t number;

	TRY(add_incident(m, t, message, &number));
	while (m->work_count)
		TRY(park(m, number, m->work[--m->work_count]));
	return EFILE_OK;
}

static efile_status take_edge(machine *m, uint32_t edge)
{
	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_TAKEN, .edge = edge }));
	return add_token(m, edge_get(m->d, edge, EDGE_TARGET), edge + 1);
}

/* ---- conditions ---- */

static efile_status open_scope(machine *m)
{
	if (m->scope)
		return EFILE_OK;
	TRY(json_parse(&m->json, m->ctx, buf_text(&m->s.variables), m->s.variables.length));
	TRY(expr_scope_new(&m->scope, m->ctx));
	expr_scope_set_now(m->scope, m->event->time, 0);
	return expr_scope_set_json(m->scope, json_root(m->json));
}

static void close_scope(machine *m)
{
	expr_scope_free(m->scope);
	json_document_free(m->json);
	m->scope = NULL;
	m->json = NULL;
}

/* Sets *holds; an error that only concerns the expression comes back as LIMIT or DAMAGED. */
static efile_status condition(machine *m, uint32_t edge, bool *holds)
{
	expr_program program;
	expr_value value;
	size_t at = code_at(m->d) + edge_get(m->d, edge, EDGE_CODE);

	TRY(open_scope(m));
	TRY(expr_program_open(&program, m->ctx, m->d->bytes + at,
			      edge_get(m->d, edge, EDGE_CODE_LENGTH)));
	TRY(expr_evaluate(&value, &program, m->scope));
	*holds = expr_is_true(&value);
	if (expr_scope_steps(m->scope) >
	    (uint64_t)m->ctx->limits.expr_steps * CONDITION_BUDGET)
		return FAIL(m->ctx, EFILE_E_LIMIT, 2330, "the conditions of one step take too long");
	return EFILE_OK;
}

static bool has_condition(const machine *m, uint32_t edge)
{
	return edge_get(m->d, edge, EDGE_CODE_LENGTH) != 0;
}

/* ---- leaving a node ---- */

/* The edges that a token takes from a node: the first one that holds, or all that do; else the
 * default; else it is stuck. */
static efile_status choose_edges(machine *m, token t, bool only_first, bool *taken)
{
	uint32_t first = node_get(m->d, t.node, NODE_FIRST_OUT);
	uint32_t count = node_get(m->d, t.node, NODE_OUT_COUNT);
	uint32_t standard = node_get(m->d, t.node, NODE_DEFAULT);

	*taken = false;
	for (uint32_t i = 0; i < count && !(only_first && *taken); i++) {
		uint32_t edge = out_get(m->d, first + i);
		bool holds = true;

		if (edge + 1 == standard)
			continue;
		if (has_condition(m, edge))
			TRY(condition(m, edge, &holds));
		if (!holds)
			continue;
		TRY(take_edge(m, edge));
		*taken = true;
	}
	if (!*taken && standard) {
		*taken = true;
		return take_edge(m, standard - 1);
	}
	return EFILE_OK;
}

static efile_status stuck(machine *m, token t, size_t warned)
{
	AUTO(buf) text = BUF_INIT;
	AUTO_PTR(char) message = NULL;
	const char *warning = m->scope ? expr_scope_warning(m->scope, warned) : NULL;
	char *line;

	message = message_format(m->ctx, "no condition of %s holds", node_id(m, t.node));
	if (!message)
		return mem_failed(m->ctx);
	buf_add_text(&text, message);
	if (warning)
		buf_add_format(&text, ": %s", warning);
	TRY(buf_take(&line, &text, m->ctx));
	return incident(m, (token){ t.node, EDGE_LEAVING }, line);
}

static efile_status leave(machine *m, token t, bool only_first)
{
	size_t effects = m->effects.count, work = m->work_count;
	size_t warned = m->scope ? expr_scope_warning_count(m->scope) : 0;
	uint64_t tokens = m->tokens;
	efile_status status;
	bool taken = true;

	if (!node_get(m->d, t.node, NODE_OUT_COUNT))
		return EFILE_OK; /* the path ends here */
	status = choose_edges(m, t, only_first, &taken);
	if (status == EFILE_E_LIMIT || status == EFILE_E_DAMAGED) {
		char *message = message_format(m->ctx, "%s", efile_error_message(m->ctx));

		m->effects.count = effects; /* edges taken before it are taken back */
		m->work_count = work;
		m->tokens = tokens;
		if (message)
			error_clear(m->ctx);
		return incident(m, (token){ t.node, EDGE_LEAVING }, message);
	}
	TRY(status);
	return taken ? EFILE_OK : stuck(m, t, warned);
}

/* ---- entering a node: one handler per kind ---- */

static efile_status enter_pass(machine *m, token t)
{
	m->tokens--;
	return leave(m, t, false);
}

static efile_status enter_end(machine *m, token t)
{
	(void)t;
	m->tokens--;
	return EFILE_OK;
}

static efile_status end_waits(machine *m)
{
	static const flow_effect_kind ends[] = { FLOW_EFFECT_TASK_END, FLOW_EFFECT_JOB_END,
						 FLOW_EFFECT_INCIDENT_END };

	for (size_t i = 0; i < m->s.wait_count; i++)
		TRY(add_effect(m, (flow_effect){ .kind = ends[m->s.waits[i].kind],
						 .wait = m->s.waits[i].number,
						 .node = m->s.waits[i].node, .cancelled = true }));
	m->s.wait_count = m->s.arrived_count = m->s.parked_count = 0;
	m->work_count = 0;
	m->tokens = 0;
	return EFILE_OK;
}

static efile_status enter_terminate(machine *m, token t)
{
	(void)t;
	return end_waits(m);
}

static efile_status enter_task(machine *m, token t)
{
	flow_effect effect = { .kind = FLOW_EFFECT_TASK_CREATE, .node = t.node };

	TRY(add_wait(m, FLOW_WAIT_TASK, t.node, &effect.wait));
	return add_effect(m, effect);
}

static efile_status enter_service(machine *m, token t)
{
	flow_effect effect = { .kind = FLOW_EFFECT_JOB_CREATE, .node = t.node };

	TRY(add_wait(m, FLOW_WAIT_JOB, t.node, &effect.wait));
	return add_effect(m, effect);
}

static efile_status enter_exclusive(machine *m, token t)
{
	m->tokens--;
	return leave(m, t, true);
}

/* Where the edge is, or belongs, among the arrived ones. */
static size_t arrived_at(const machine *m, uint32_t edge)
{
	size_t i = 0;

	while (i < m->s.arrived_count && m->s.arrived[i].edge < edge)
		i++;
	return i;
}

static efile_status arrive(machine *m, uint32_t edge)
{
	void *arrived = m->s.arrived;
	size_t at = arrived_at(m, edge);

	if (at < m->s.arrived_count && m->s.arrived[at].edge == edge) {
		m->s.arrived[at].count++;
		return EFILE_OK;
	}
	TRY(mem_grow(m->ctx, &arrived, &m->s.arrived_capacity, m->s.arrived_count,
		     sizeof(arrived_row)));
	m->s.arrived = arrived;
	memmove(&m->s.arrived[at + 1], &m->s.arrived[at],
		(m->s.arrived_count - at) * sizeof(arrived_row));
	m->s.arrived[at] = (arrived_row){ edge, 1 };
	m->s.arrived_count++;
	return EFILE_OK;
}

/* Takes one token from each edge of a join. */
static void join(machine *m, uint32_t node)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->s.arrived_count; i++) {
		arrived_row row = m->s.arrived[i];

		if (edge_get(m->d, row.edge, EDGE_TARGET) == node) {
			m->tokens--;
			if (--row.count == 0)
				continue;
		}
		m->s.arrived[kept++] = row;
	}
	m->s.arrived_count = kept;
}

static efile_status enter_parallel(machine *m, token t)
{
	uint32_t here = 0;

	if (t.edge && node_get(m->d, t.node, NODE_IN_COUNT) > 1) {
		TRY(arrive(m, t.edge - 1));
		for (size_t i = 0; i < m->s.arrived_count; i++)
			here += edge_get(m->d, m->s.arrived[i].edge, EDGE_TARGET) == t.node;
		if (here < node_get(m->d, t.node, NODE_IN_COUNT))
			return EFILE_OK;
		join(m, t.node);
	} else {
		m->tokens--;
	}
	return leave(m, t, false);
}

static efile_status (*const enter[FLOW_NODE_KINDS])(machine *m, token t) = {
	[FLOW_NODE_START] = enter_pass,
	[FLOW_NODE_END] = enter_end,
	[FLOW_NODE_TERMINATE] = enter_terminate,
	[FLOW_NODE_PASS] = enter_pass,
	[FLOW_NODE_USER_TASK] = enter_task,
	[FLOW_NODE_SERVICE_TASK] = enter_service,
	[FLOW_NODE_EXCLUSIVE] = enter_exclusive,
	[FLOW_NODE_PARALLEL] = enter_parallel,
};

/* ---- running ---- */

static efile_status run_one(machine *m)
{
	const efile_limits *limits = &m->ctx->limits;
	token t = m->work[--m->work_count];

	if (m->tokens > limits->flow_tokens)
		return stop_all(m, t, message_format(m->ctx, "more than %u tokens at %s",
						     limits->flow_tokens, node_id(m, t.node)));
	if (++m->moves > limits->flow_moves)
		return stop_all(m, t, message_format(m->ctx, "more than %u moves without a wait, at %s",
						     limits->flow_moves, node_id(m, t.node)));
	if (t.edge == EDGE_LEAVING) {
		m->tokens--;
		return leave(m, t, node_get(m->d, t.node, NODE_KIND) == FLOW_NODE_EXCLUSIVE);
	}
	return enter[node_get(m->d, t.node, NODE_KIND)](m, t);
}

/* Nothing moves: has it ended, or do tokens wait at a join that no other can reach? */
static efile_status settle(machine *m)
{
	uint32_t node;

	if (m->s.status != FLOW_RUNNING || m->s.wait_count)
		return EFILE_OK;
	if (m->s.arrived_count) {
		token t;

		node = edge_get(m->d, m->s.arrived[0].edge, EDGE_TARGET);
		t = (token){ node, m->s.arrived[0].edge + 1 };
		if (--m->s.arrived[0].count == 0)
			memmove(m->s.arrived, m->s.arrived + 1,
				--m->s.arrived_count * sizeof(arrived_row));
		return incident(m, t, message_format(m->ctx, "%s waits for tokens that cannot come",
						     node_id(m, node)));
	}
	m->s.status = FLOW_ENDED;
	return add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_ENDED });
}

static efile_status run(machine *m)
{
	while (m->work_count)
		TRY(run_one(m));
	return settle(m);
}

/* ---- events ---- */

static uint64_t count_tokens(const flow_state *s)
{
	uint64_t tokens = s->wait_count;

	for (size_t i = 0; i < s->arrived_count; i++)
		tokens += s->arrived[i].count;
	for (size_t i = 0; i < s->parked_count; i++)
		tokens += s->parked[i].count;
	return tokens;
}

static efile_status merge_variables(machine *m)
{
	bool changed = false;

	TRY(variables_merge(&changed, &m->s.variables, m->ctx, m->event->variables));
	close_scope(m);
	return changed ? add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_VARIABLES }) : EFILE_OK;
}

/* Closes the wait of the event; NOTFOUND if it is not open or of another kind. */
static efile_status close_wait(machine *m, flow_wait_kind kind, flow_wait *out)
{
	for (size_t i = 0; i < m->s.wait_count; i++) {
		if (m->s.waits[i].number != m->event->wait || m->s.waits[i].kind != kind)
			continue;
		*out = m->s.waits[i];
		memmove(&m->s.waits[i], &m->s.waits[i + 1],
			(--m->s.wait_count - i) * sizeof(flow_wait));
		m->tokens--;
		return EFILE_OK;
	}
	return FAIL(m->ctx, EFILE_E_NOTFOUND, 2331, "the process does not wait for number %llu",
		    (unsigned long long)m->event->wait);
}

static efile_status on_start(machine *m)
{
	buf_add_text(&m->s.variables, "{}");
	TRY(buf_status(&m->s.variables, m->ctx));
	m->s.next = 1;
	TRY(merge_variables(m));
	return add_token(m, head(m->d, HEAD_START), 0);
}

static efile_status note_performer(machine *m, uint32_t node)
{
	performer_row row = { node, m->event->actor.id, m->event->on_behalf_of.id };
	void *performers = m->s.performers;

	if (!node_get(m->d, node, NODE_WATCHED))
		return EFILE_OK;
	for (size_t i = 0; i < m->s.performer_count; i++)
		if (m->s.performers[i].node == node &&
		    !id_compare(&m->s.performers[i].actor, &row.actor) &&
		    !id_compare(&m->s.performers[i].on_behalf_of, &row.on_behalf_of))
			return EFILE_OK;
	TRY(mem_grow(m->ctx, &performers, &m->s.performer_capacity, m->s.performer_count,
		     sizeof(row)));
	m->s.performers = performers;
	m->s.performers[m->s.performer_count++] = row;
	return EFILE_OK;
}

static efile_status on_complete(machine *m)
{
	flow_wait wait;

	TRY(close_wait(m, FLOW_WAIT_TASK, &wait));
	TRY(performers_check(m->ctx, m->d, &m->s, wait.node, &m->event->actor.id,
			     &m->event->on_behalf_of.id));
	TRY(note_performer(m, wait.node));
	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_TASK_END, .wait = wait.number,
					 .node = wait.node }));
	TRY(merge_variables(m));
	return leave(m, (token){ wait.node, 0 }, false);
}

static efile_status on_job_done(machine *m)
{
	flow_wait wait;

	TRY(close_wait(m, FLOW_WAIT_JOB, &wait));
	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_JOB_END, .wait = wait.number,
					 .node = wait.node }));
	TRY(merge_variables(m));
	return leave(m, (token){ wait.node, 0 }, false);
}

static efile_status on_job_failed(machine *m)
{
	const char *reason = m->event->message ? m->event->message : "";
	AUTO_PTR(char) message = NULL;
	flow_wait wait;

	TRY(close_wait(m, FLOW_WAIT_JOB, &wait));
	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_JOB_END, .wait = wait.number,
					 .node = wait.node, .cancelled = true }));
	TRY(mem_dup(&message, m->ctx, reason));
	return incident(m, (token){ wait.node, 0 }, STEAL(message));
}

/* The tokens that the incident held back go on; leaving anew where a condition had failed. */
static efile_status on_retry(machine *m)
{
	flow_wait wait;
	size_t kept = 0;

	TRY(close_wait(m, FLOW_WAIT_INCIDENT, &wait));
	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_INCIDENT_END, .wait = wait.number,
					 .node = wait.node }));
	TRY(merge_variables(m));
	for (size_t i = 0; i < m->s.parked_count; i++) {
		parked_row row = m->s.parked[i];

		if (row.incident != wait.number) {
			m->s.parked[kept++] = row;
			continue;
		}
		m->tokens -= row.count;
		for (uint64_t k = 0; k < row.count && k <= m->ctx->limits.flow_tokens; k++)
			TRY(add_token(m, row.node, row.edge));
	}
	m->s.parked_count = kept;
	return EFILE_OK;
}

static efile_status on_cancel(machine *m)
{
	TRY(end_waits(m));
	m->s.status = FLOW_CANCELLED;
	return add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_ENDED, .cancelled = true });
}

static efile_status (*const handlers[])(machine *m) = {
	[FLOW_EVENT_START] = on_start,
	[FLOW_EVENT_COMPLETE_TASK] = on_complete,
	[FLOW_EVENT_JOB_DONE] = on_job_done,
	[FLOW_EVENT_JOB_FAILED] = on_job_failed,
	[FLOW_EVENT_RETRY] = on_retry,
	[FLOW_EVENT_CANCEL] = on_cancel,
};

static efile_status load(machine *m, const void *state, size_t length)
{
	bool start = m->event->kind == FLOW_EVENT_START;

	if ((size_t)m->event->kind >= ARRAY_SIZE(handlers))
		return FAIL(m->ctx, EFILE_E_INVALID, 2332, "an unknown event");
	if (start && length)
		return FAIL(m->ctx, EFILE_E_STATE, 2333, "the process has been started already");
	if (start)
		return EFILE_OK;
	if (!length)
		return FAIL(m->ctx, EFILE_E_STATE, 2334, "the process has not been started");
	TRY(flow_state_decode(&m->s, m->ctx, m->d, state, length));
	m->tokens = count_tokens(&m->s);
	if (m->s.status != FLOW_RUNNING)
		return FAIL(m->ctx, EFILE_E_STATE, 2335, "the process has ended");
	return EFILE_OK;
}

/* Appends the machine's effects to the caller's; on failure none is handed over. */
static efile_status hand_over(flow_effects *out, machine *m)
{
	for (size_t i = 0; i < m->effects.count; i++) {
		void *items = out->items;

		/* As often as needed before the first is moved: nothing fails half-way. */
		if (out->count + m->effects.count <= out->capacity)
			break;
		TRY(mem_grow(m->ctx, &items, &out->capacity, out->capacity, sizeof(*out->items)));
		out->items = items;
	}
	if (m->effects.count)
		memcpy(out->items + out->count, m->effects.items,
		       m->effects.count * sizeof(*out->items));
	out->count += m->effects.count;
	m->effects.count = 0;
	return EFILE_OK;
}

static efile_status step(buf *out, flow_effects *effects, machine *m, const void *state,
			 size_t length)
{
	AUTO(buf) bytes = BUF_INIT;

	TRY(load(m, state, length));
	TRY(handlers[m->event->kind](m));
	TRY(run(m));
	TRY(flow_state_encode(&bytes, m->ctx, &m->s));
	TRY(hand_over(effects, m));
	buf_clear(out);
	*out = bytes;
	bytes = (buf)BUF_INIT;
	return EFILE_OK;
}

efile_status flow_step(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
		       const void *state, size_t length, const flow_event *event)
{
	AUTO(machine) m = { .ctx = ctx, .d = d, .event = event };

	return step(out, effects, &m, state, length);
}

efile_status flow_replay(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
			 const flow_event *events, size_t count)
{
	AUTO(buf) state = BUF_INIT;
	AUTO(buf) next = BUF_INIT;
	AUTO(flow_effects) all = { NULL, 0, 0 };

	for (size_t i = 0; i < count; i++) {
		buf swap;

		TRY(flow_step(&next, effects ? effects : &all, ctx, d, buf_text(&state),
			      state.length, &events[i]));
		swap = state;
		state = next;
		next = swap;
		buf_reset(&next);
		flow_effects_clear(&all);
	}
	buf_clear(out);
	*out = state;
	state = (buf)BUF_INIT;
	return EFILE_OK;
}
