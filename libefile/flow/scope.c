/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and tokens: what is alive, what belongs to what, and what ends with what. */
#include <stdlib.h>
#include <string.h>

#include "flow/machine.h"

/* ---- effects ---- */

efile_status grow_effects(machine *m)
{
	void *items = m->effects.items;

	TRY(mem_grow(m->ctx, &items, &m->effects.capacity, m->effects.count,
		     sizeof(*m->effects.items)));
	m->effects.items = items;
	return EFILE_OK;
}

efile_status add_effect_texts(machine *m, flow_effect effect)
{
	efile_status status = add_effect(m, effect);

	if (status < 0) {
		free(effect.message);
		free(effect.key);
		free(effect.variables);
	}
	return status;
}

/* ---- tokens ---- */

/* What keeps the scope around it alive. */
static bool holds_token(const flow_row *row)
{
	return !(row->kind >= ROW_MESSAGE && row->kind <= ROW_CONDITION) &&
		row->kind != ROW_DONE && row->kind != ROW_RESET && !row_listens(row);
}

static void finished(machine *m, uint64_t scope)
{
	void *items = m->finished;

	if (m->finished_count && m->finished[m->finished_count - 1] == scope)
		return;
	if (mem_grow(m->ctx, &items, &m->finished_capacity, m->finished_count,
		     sizeof(*m->finished)) < 0) {
		m->failed = true;
		return;
	}
	m->finished = items;
	m->finished[m->finished_count++] = scope;
}

void count_token(machine *m, uint64_t scope, int64_t more)
{
	flow_row *row = scope ? state_row(&m->s, scope) : NULL;
	uint64_t *tokens = scope ? (row ? &row->tokens : NULL) : &m->root_tokens;

	m->tokens += (uint64_t)more;
	if (!tokens)
		return;
	*tokens += (uint64_t)more;
	if (*tokens == 0)
		finished(m, scope);
}

efile_status add_token(machine *m, token t)
{
	token_list *list = &m->work;
	void *items = list->items;

	if (list->first == list->count)
		list->first = list->count = 0;
	if (list->count == list->capacity) {
		TRY(mem_grow(m->ctx, &items, &list->capacity, list->count, sizeof(t)));
		list->items = items;
	}
	list->items[list->count++] = t;
	count_token(m, t.scope, 1);
	return EFILE_OK;
}

static bool counts_here(const machine *m, uint64_t scope)
{
	return !scope || state_row(&m->s, scope);
}

static void count_again(machine *m, uint64_t scope, uint64_t count)
{
	flow_row *row = scope ? state_row(&m->s, scope) : NULL;

	m->tokens += count;
	if (row)
		row->tokens += count;
	else if (!scope)
		m->root_tokens += count;
}

static void keep_living(machine *m, token_list *list)
{
	size_t kept = 0;

	for (size_t i = list->first; i < list->count; i++) {
		if (!counts_here(m, list->items[i].scope))
			continue;
		count_again(m, list->items[i].scope, 1);
		list->items[kept++] = list->items[i];
	}
	list->first = 0;
	list->count = kept;
}

void recount_tokens(machine *m)
{
	size_t kept = 0;

	m->tokens = m->root_tokens = 0;
	for (size_t i = 0; i < m->s.row_count; i++)
		m->s.rows[i].tokens = 0;
	for (size_t i = 0; i < m->s.row_count; i++)
		if (!m->s.rows[i].dead && holds_token(&m->s.rows[i]))
			count_again(m, m->s.rows[i].scope, 1);
	for (size_t i = 0; i < m->s.arrived_count; i++) {
		if (!counts_here(m, m->s.arrived[i].scope))
			continue;
		count_again(m, m->s.arrived[i].scope, m->s.arrived[i].count);
		m->s.arrived[kept++] = m->s.arrived[i];
	}
	m->s.arrived_count = kept;
	kept = 0;
	for (size_t i = 0; i < m->s.parked_count; i++) {
		if (m->s.parked[i].incident == PARKED_SUSPENDED ?
			    !counts_here(m, m->s.parked[i].scope) :
			    !state_row(&m->s, m->s.parked[i].incident))
			continue;
		count_again(m, m->s.parked[i].scope, m->s.parked[i].count);
		m->s.parked[kept++] = m->s.parked[i];
	}
	m->s.parked_count = kept;
	keep_living(m, &m->work);
	keep_living(m, &m->later);
	if (m->has_current)
		count_again(m, m->current.scope, 1);
}

bool scope_alive(const machine *m, uint64_t scope)
{
	return !m->ended && counts_here(m, scope);
}

/* ---- rows ---- */

efile_status add_row(machine *m, flow_row row, uint64_t *number)
{
	void *rows = m->s.rows;

	TRY(mem_grow(m->ctx, &rows, &m->s.row_capacity, m->s.row_count, sizeof(row)));
	m->s.rows = rows;
	row.number = m->s.next++;
	m->s.rows[m->s.row_count++] = row;
	if (holds_token(&row))
		count_token(m, row.scope, 1);
	*number = row.number;
	return EFILE_OK;
}

void row_data(machine *m, flow_row *row, const char *text, size_t length)
{
	row->data = m->s.texts.length;
	row->length = length;
	buf_add(&m->s.texts, text, length);
}

static efile_status end_effect(machine *m, const flow_row *row, bool cancelled)
{
	static const int kinds[ROW_KINDS] = {
		[ROW_TASK] = FLOW_EFFECT_TASK_END, [ROW_JOB] = FLOW_EFFECT_JOB_END,
		[ROW_INCIDENT] = FLOW_EFFECT_INCIDENT_END, [ROW_CALL] = FLOW_EFFECT_CALL_END,
		[ROW_MESSAGE] = FLOW_EFFECT_UNSUBSCRIBE, [ROW_SIGNAL] = FLOW_EFFECT_UNSUBSCRIBE,
		[ROW_TIMER] = FLOW_EFFECT_UNSUBSCRIBE, [ROW_CONDITION] = FLOW_EFFECT_UNSUBSCRIBE,
	};
	flow_effect effect = { .wait = row->number, .node = row->node, .cancelled = cancelled };

	if (row->kind > ROW_CONDITION)
		return EFILE_OK;
	effect.kind = (flow_effect_kind)kinds[row->kind];
	effect.what = (flow_wait_kind)row->kind;
	return add_effect(m, effect);
}

efile_status end_subscriptions(machine *m, uint64_t owner, bool cancelled)
{
	for (size_t i = m->s.row_count; i-- > 0 && m->s.rows[i].number > owner;) {
		flow_row *row = &m->s.rows[i];

		if (row->dead || row->owner != owner ||
		    ((row->kind < ROW_MESSAGE || row->kind > ROW_CONDITION) && !row_listens(row)))
			continue;
		TRY(end_effect(m, row, cancelled));
		row->dead = true;
	}
	return EFILE_OK;
}

efile_status end_row(machine *m, uint64_t number, bool cancelled)
{
	flow_row *row = state_row(&m->s, number);
	uint64_t scope;

	if (!row)
		return EFILE_OK;
	scope = row->scope;
	TRY(end_effect(m, row, cancelled));
	TRY(end_subscriptions(m, number, cancelled));
	row->dead = true;
	if (holds_token(row))
		count_token(m, scope, -1);
	return EFILE_OK;
}

/* ---- ending what is inside ---- */

static const flow_row *any_row(const machine *m, uint64_t number)
{
	size_t low = 0, high = m->s.row_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (m->s.rows[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->s.row_count && m->s.rows[low].number == number ? &m->s.rows[low] : NULL;
}

static bool is_dead(const machine *m, uint64_t number)
{
	const flow_row *row = number ? any_row(m, number) : NULL;

	return row && row->dead;
}

/* Whether a row goes with the contents of a scope: rows come after those that they belong to. */
static bool goes_with(const machine *m, const flow_row *row, uint64_t scope, bool keep)
{
	bool subscription = (row->kind >= ROW_MESSAGE && row->kind <= ROW_CONDITION) ||
		row_listens(row);

	if (keep && row->kind == ROW_DONE && !is_dead(m, row->scope))
		return false;
	if (row->scope && is_dead(m, row->scope))
		return true;
	if (subscription)
		return is_dead(m, row->owner) ||
			(row->owner == scope &&
			 node_get(m->d, row->node, NODE_KIND) == FLOW_NODE_START);
	return row->scope == scope;
}

efile_status cancel_contents(machine *m, uint64_t scope, bool keep)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->s.row_count; i++) {
		flow_row *row = &m->s.rows[i];

		if (row->dead || row->number <= scope || !goes_with(m, row, scope, keep))
			continue;
		TRY(end_effect(m, row, true));
		row->dead = true;
	}
	for (size_t i = 0; i < m->s.arrived_count; i++)
		if (m->s.arrived[i].scope != scope)
			m->s.arrived[kept++] = m->s.arrived[i];
	m->s.arrived_count = kept;
	for (int which = 0; which < 2; which++) {
		token_list *list = which ? &m->later : &m->work;

		kept = list->first;
		for (size_t i = list->first; i < list->count; i++)
			if (list->items[i].scope != scope)
				list->items[kept++] = list->items[i];
		list->count = kept;
	}
	for (size_t i = 0; i < m->s.parked_count; i++)
		if (m->s.parked[i].scope == scope)
			m->s.parked[i].incident = 0;
	if (m->has_current && (m->current.scope == scope || !counts_here(m, m->current.scope))) {
		m->has_current = false;
		m->interrupted = true;
	}
	recount_tokens(m);
	finished(m, scope);
	return EFILE_OK;
}

efile_status cancel_activity(machine *m, uint64_t number)
{
	flow_row *row = state_row(&m->s, number);

	if (!row)
		return EFILE_OK;
	if (row->kind == ROW_SCOPE || row->kind == ROW_LOOP || row->kind == ROW_ROUTE)
		TRY(cancel_contents(m, number, false));
	return end_row(m, number, true);
}

efile_status end_instance(machine *m, flow_status status, const char *code)
{
	flow_effect effect = { .kind = FLOW_EFFECT_ENDED, .cancelled = status == FLOW_CANCELLED,
			       .failed = status == FLOW_FAILED };

	m->ended = m->interrupted = true;
	m->has_current = false;
	for (size_t i = 0; i < m->s.row_count; i++) {
		if (m->s.rows[i].dead)
			continue;
		TRY(end_effect(m, &m->s.rows[i], true));
		m->s.rows[i].dead = true;
	}
	m->s.arrived_count = m->s.parked_count = 0;
	m->work.first = m->work.count = m->later.first = m->later.count = 0;
	m->finished_count = 0;
	m->tokens = m->root_tokens = 0;
	m->s.status = status;
	buf_reset(&m->s.code);
	if (code) {
		buf_add_text(&m->s.code, code);
		TRY(buf_status(&m->s.code, m->ctx));
		TRY(mem_dup(&effect.message, m->ctx, code));
	}
	return add_effect_texts(m, effect);
}

/* ---- scopes ---- */

static efile_status begin_events(machine *m, uint32_t node, uint64_t scope)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_EVENT);
	uint32_t count = node_get(m->d, node, NODE_EVENT_COUNT);

	for (uint32_t i = 0; i < count; i++)
		TRY(subscribe_node(m, list_get(m->d, first + i), scope, scope));
	return EFILE_OK;
}

/* Its data objects begin as null, unless a parameter fills them. */
static efile_status begin_data(machine *m, buf *out, uint32_t node)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_DATA);
	uint32_t count = node_get(m->d, node, NODE_DATA_COUNT);
	AUTO(buf) own = BUF_INIT;
	AUTO(buf) swap = BUF_INIT;
	bool changed = false;

	if (!count)
		return EFILE_OK;
	buf_add_text(&own, "{}");
	for (uint32_t i = 0; i < count; i++) {
		AUTO(buf) one = BUF_INIT;
		json_writer w;

		json_begin(&w, &one);
		json_object(&w);
		json_key(&w, definition_text(m->d, list_get(m->d, first + i)));
		json_null(&w);
		json_end_object(&w);
		TRY(buf_status(&one, m->ctx));
		TRY(variables_merge(&changed, &own, m->ctx, one.data, one.length));
	}
	if (out->length)
		TRY(variables_merge(&changed, &own, m->ctx, out->data, out->length));
	swap = *out;
	*out = own;
	own = swap;
	swap = (buf)BUF_INIT;
	return EFILE_OK;
}

efile_status start_scope(machine *m, uint32_t node, uint64_t scope, uint32_t index,
			 const char *locals, size_t length, uint64_t *number)
{
	flow_row row = { .kind = ROW_SCOPE, .node = node, .scope = scope, .index = index };
	AUTO(buf) data = BUF_INIT;

	if (length)
		buf_add(&data, locals, length);
	TRY(buf_status(&data, m->ctx));
	TRY(begin_data(m, &data, node));
	if (data.length)
		row_data(m, &row, data.data, data.length);
	TRY(buf_status(&m->s.texts, m->ctx));
	TRY(add_row(m, row, number));
	if (data.length)
		forget_variables(m);
	return begin_events(m, node, *number);
}

/* Whether something inside it, or the activity itself, can be compensated later. */
static bool keeps(const machine *m, const flow_row *row)
{
	if (!node_flag_set(m->d, row->node, FLAG_KEEPS))
		return false;
	if (node_get(m->d, row->node, NODE_COMPENSATOR) || node_get(m->d, row->node, NODE_UNDO_EVENT))
		return true;
	for (size_t i = m->s.row_count; i-- > 0 && m->s.rows[i].number > row->number;)
		if (!m->s.rows[i].dead && m->s.rows[i].kind == ROW_DONE &&
		    m->s.rows[i].scope == row->number)
			return true;
	return false;
}

/* A scope that is done leaves a snapshot behind, in the scope of the whole activity. */
static efile_status keep_scope(machine *m, uint64_t number)
{
	flow_row *row = state_row(&m->s, number);
	const flow_row *loop = state_row(&m->s, row->scope);
	uint64_t scope = row->scope;

	TRY(end_subscriptions(m, number, false));
	row = state_row(&m->s, number);
	row->kind = ROW_DONE;
	row->due = (int64_t)m->s.next++;
	row->flags = 0;
	row->total = row->done = 0;
	if (loop && loop->kind == ROW_LOOP && loop->node == row->node)
		row->scope = loop->scope;
	count_token(m, scope, -1);
	return EFILE_OK;
}

static efile_status drop_contents(machine *m, uint64_t number)
{
	for (size_t i = 0; i < m->s.row_count; i++) {
		flow_row *row = &m->s.rows[i];

		if (!row->dead && (row->kind == ROW_DONE || row->kind == ROW_RESET) &&
		    (row->scope == number || is_dead(m, row->scope)) && row->scope)
			row->dead = true;
	}
	return end_row(m, number, false);
}

static efile_status complete_scope(machine *m, uint64_t number)
{
	flow_row row = *state_row(&m->s, number);
	AUTO(buf) locals = BUF_INIT;

	if (row.length)
		buf_add(&locals, m->s.texts.data + row.data, row.length);
	TRY(buf_status(&locals, m->ctx));
	TRY(map_outputs(m, row.node, row.scope, row.index, locals.data, locals.length));
	if (keeps(m, &row))
		TRY(keep_scope(m, number));
	else
		TRY(drop_contents(m, number));
	forget_variables(m);
	TRY(activity_done(m, row.node, row.scope, row.index));
	return EFILE_OK;
}

/* Ad-hoc sub-processes say themselves when they are done. */
static efile_status complete_ad_hoc(machine *m, uint64_t number, bool *done)
{
	flow_row *row = state_row(&m->s, number);
	uint32_t program = node_get(m->d, row->node, NODE_PROGRAM);
	const frame f = { number, row->index, NULL, 0 };
	uint32_t first = node_get(m->d, row->node, NODE_FIRST_ENTRY);
	token stay = { row->node, EDGE_LEAVING, number, 0 };
	uint64_t incident;

	*done = row->total >= node_get(m->d, row->node, NODE_ENTRY_COUNT);
	if (program)
		TRY(condition(m, done, program - 1, &f));
	if (*done)
		return EFILE_OK;
	row = state_row(&m->s, number);
	if (row->total < node_get(m->d, row->node, NODE_ENTRY_COUNT))
		return add_token(m, (token){ list_get(m->d, first + row->total++), EDGE_NONE,
					     number, 0 });
	return add_incident(m, stay, message_format(m->ctx, "nothing is left to do in %s, but its completion condition does not hold",
						    node_text(m->d, row->node, NODE_ID)), &incident);
}

static efile_status finish_scope(machine *m, uint64_t number)
{
	const flow_row *row = number ? state_row(&m->s, number) : NULL;
	bool done = true;

	if (!number)
		return m->root_tokens ? EFILE_OK : end_instance(m, FLOW_ENDED, NULL);
	if (!row || row->tokens || row->kind != ROW_SCOPE)
		return EFILE_OK;
	if (node_get(m->d, row->node, NODE_KIND) == FLOW_NODE_AD_HOC) {
		uint32_t node = row->node;
		efile_status status = complete_ad_hoc(m, number, &done);

		if (status < 0)
			return incident_of(m, (token){ node, EDGE_LEAVING, number, 0 }, status);
	}
	return done ? complete_scope(m, number) : EFILE_OK;
}

efile_status finish_all(machine *m)
{
	while (m->finished_count && !m->ended) {
		uint64_t scope = m->finished[--m->finished_count];

		TRY(finish_scope(m, scope));
	}
	m->finished_count = 0;
	return EFILE_OK;
}
