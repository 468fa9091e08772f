/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/route.h"

#include <stdlib.h>
#include <string.h>

void flow_state_clear(flow_state *s)
{
	free(s->rows);
	free(s->arrived);
	free(s->parked);
	free(s->performers);
	buf_clear(&s->texts);
	buf_clear(&s->code);
	buf_clear(&s->variables);
	*s = (flow_state){ 0 };
}

void flow_state_reset(flow_state *s)
{
	s->status = FLOW_RUNNING;
	s->next = 0;
	s->row_count = s->arrived_count = s->parked_count = s->performer_count = 0;
	buf_reset(&s->texts);
	buf_reset(&s->code);
	buf_reset(&s->variables);
}

flow_row *state_find(const flow_state *s, uint64_t number)
{
	size_t low = 0, high = s->row_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->rows[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == s->row_count || s->rows[low].number != number || s->rows[low].dead)
		return NULL;
	return &s->rows[low];
}

/* ---- writing ---- */

static void put(buf *out, uint64_t value)
{
	if (!buf_reserve(out, 10))
		return;
	for (; value > 127; value >>= 7)
		out->data[out->length++] = (char)(unsigned char)(value | 128);
	out->data[out->length++] = (char)value;
}

typedef enum field_bit {
	BIT_SCOPE = 1, BIT_OWNER = 2, BIT_TRIGGER = 4, BIT_LOOP = 8, BIT_DONE = 16, BIT_FLAGS = 32,
	BIT_DUE = 64, BIT_DATA = 128
} field_bit;

static unsigned fields_of(const flow_row *r)
{
	return (r->scope ? BIT_SCOPE : 0) | (r->owner ? BIT_OWNER : 0) |
		(r->trigger ? BIT_TRIGGER : 0) | (r->index || r->total ? BIT_LOOP : 0) |
		(r->done ? BIT_DONE : 0) | (r->flags ? BIT_FLAGS : 0) | (r->due ? BIT_DUE : 0) |
		(r->length ? BIT_DATA : 0);
}

static void put_row(buf *out, const flow_state *s, const flow_row *r, uint64_t before)
{
	unsigned fields = fields_of(r);

	buf_add_char(out, (char)r->kind);
	buf_add_char(out, (char)fields);
	put(out, r->number - before);
	put(out, r->node);
	if (fields & BIT_SCOPE)
		put(out, r->scope);
	if (fields & BIT_OWNER)
		put(out, r->owner);
	if (fields & BIT_TRIGGER)
		put(out, r->trigger);
	if (fields & BIT_LOOP) {
		put(out, r->index);
		put(out, r->total);
	}
	if (fields & BIT_DONE)
		put(out, r->done);
	if (fields & BIT_FLAGS)
		put(out, r->flags);
	if (fields & BIT_DUE)
		put(out, (uint64_t)r->due);
	if (fields & BIT_DATA) {
		put(out, r->length);
		buf_add(out, s->texts.data + r->data, r->length);
	}
}

static void put_rows(buf *out, const flow_state *s)
{
	uint64_t before = 0;
	size_t count = 0;

	for (size_t i = 0; i < s->row_count; i++)
		count += !s->rows[i].dead;
	put(out, count);
	for (size_t i = 0; i < s->row_count; i++) {
		if (s->rows[i].dead)
			continue;
		put_row(out, s, &s->rows[i], before);
		before = s->rows[i].number;
	}
}

/* The oldest version that can say it: what an earlier release wrote keeps its bytes. */
static char version_of(const flow_state *s)
{
	for (size_t i = 0; i < s->row_count; i++)
		if (!s->rows[i].dead &&
		    (s->rows[i].kind == ROW_ROUTE || row_listens(&s->rows[i])))
			return STATE_VERSION;
	return 1;
}

efile_status flow_state_encode(buf *out, efile_ctx *ctx, const flow_state *s)
{
	buf_add_char(out, version_of(s));
	put(out, s->status);
	put(out, s->next);
	put_rows(out, s);
	put(out, s->arrived_count);
	for (size_t i = 0; i < s->arrived_count; i++) {
		put(out, s->arrived[i].scope);
		put(out, s->arrived[i].edge);
		put(out, s->arrived[i].count);
	}
	put(out, s->parked_count);
	for (size_t i = 0; i < s->parked_count; i++) {
		put(out, s->parked[i].incident);
		put(out, s->parked[i].scope);
		put(out, s->parked[i].node);
		put(out, s->parked[i].edge);
		put(out, s->parked[i].index);
		put(out, s->parked[i].count);
	}
	put(out, s->performer_count);
	for (size_t i = 0; i < s->performer_count; i++) {
		put(out, s->performers[i].node);
		buf_add(out, s->performers[i].actor.bytes, 16);
		buf_add(out, s->performers[i].on_behalf_of.bytes, 16);
	}
	put(out, s->code.length);
	buf_add(out, buf_text(&s->code), s->code.length);
	put(out, s->variables.length);
	buf_add(out, buf_text(&s->variables), s->variables.length);
	return buf_status(out, ctx);
}

/* ---- reading ---- */

typedef struct cursor {
	const unsigned char *at, *end;
	bool bad;
} cursor;

static uint64_t get(cursor *c)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		if (c->at == c->end)
			break;
		byte = *c->at++;
		value |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			return value;
	}
	c->bad = true;
	return 0;
}

static unsigned char get_byte(cursor *c)
{
	if (c->at == c->end) {
		c->bad = true;
		return 0;
	}
	return *c->at++;
}

/* A number below a bound. */
static uint32_t get_below(cursor *c, uint64_t bound)
{
	uint64_t value = get(c);

	if (value >= bound)
		c->bad = true;
	return c->bad ? 0 : (uint32_t)value;
}

/* How many rows follow, each of at least so many bytes. */
static size_t get_count(cursor *c, size_t least)
{
	uint64_t value = get(c);

	if (value > (uint64_t)(c->end - c->at) / least)
		c->bad = true;
	return c->bad ? 0 : (size_t)value;
}

static void get_id(efile_id *id, cursor *c)
{
	if (c->end - c->at < 16) {
		c->bad = true;
		return;
	}
	memcpy(id->bytes, c->at, 16);
	c->at += 16;
}

/* Room for a list that is read; capacity grows only. */
static efile_status room(void **items, size_t *capacity, efile_ctx *ctx, size_t count, size_t size)
{
	void *more;

	if (count <= *capacity && *items)
		return EFILE_OK;
	more = realloc(*items, (count + 8) * size);
	if (!more)
		return mem_failed(ctx);
	*items = more;
	*capacity = count + 8;
	return EFILE_OK;
}

/* Whether a row may be where it says that it is: nobody follows a wrong number later. */
static bool row_sound(const flow_definition *d, const flow_row *r)
{
	uint32_t kind = node_get(d, r->node, NODE_KIND);
	bool subscribes = r->kind >= ROW_MESSAGE && r->kind <= ROW_CONDITION;

	if (r->scope >= r->number || r->owner >= r->number + (r->kind == ROW_DONE ? UINT32_MAX : 0))
		return false;
	if (subscribes || row_listens(r))
		return r->trigger < head(d, HEAD_TRIGGERS);
	if (r->kind == ROW_TASK || r->kind == ROW_ROUTE)
		return kind == FLOW_NODE_USER_TASK;
	if (r->kind == ROW_JOB)
		return kind == FLOW_NODE_SERVICE_TASK;
	if (r->kind == ROW_CALL)
		return kind == FLOW_NODE_CALL;
	if (r->kind == ROW_SCOPE)
		return node_is_scope(kind);
	return true;
}

static efile_status get_data(flow_state *s, efile_ctx *ctx, flow_row *r, cursor *c)
{
	r->length = get_count(c, 1);
	r->data = s->texts.length;
	if (c->bad)
		return EFILE_OK;
	buf_add(&s->texts, c->at, r->length);
	c->at += r->length;
	return buf_status(&s->texts, ctx);
}

static efile_status get_row(flow_state *s, efile_ctx *ctx, const flow_definition *d, flow_row *r,
			    uint64_t before, cursor *c)
{
	unsigned fields;

	*r = (flow_row){ .kind = get_below(c, ROW_KINDS) };
	fields = (unsigned)get_byte(c);
	r->number = before + get(c);
	r->node = get_below(c, head(d, HEAD_NODES));
	r->scope = fields & BIT_SCOPE ? get(c) : 0;
	r->owner = fields & BIT_OWNER ? get(c) : 0;
	r->trigger = fields & BIT_TRIGGER ? get_below(c, UINT32_MAX) : 0;
	r->index = fields & BIT_LOOP ? get_below(c, UINT32_MAX) : 0;
	r->total = fields & BIT_LOOP ? get_below(c, (uint64_t)UINT32_MAX + 1) : 0;
	r->done = fields & BIT_DONE ? get_below(c, (uint64_t)UINT32_MAX + 1) : 0;
	r->flags = fields & BIT_FLAGS ? get_below(c, 64) : 0;
	r->due = fields & BIT_DUE ? (int64_t)get(c) : 0;
	if (fields & BIT_DATA)
		TRY(get_data(s, ctx, r, c));
	if (c->bad || r->number <= before || r->number >= s->next || !row_sound(d, r))
		c->bad = true;
	return EFILE_OK;
}

static efile_status get_rows(flow_state *s, efile_ctx *ctx, const flow_definition *d, cursor *c)
{
	size_t count = get_count(c, 4);
	uint64_t before = 0;
	void *items = s->rows;

	if (c->bad)
		return EFILE_OK;
	TRY(room(&items, &s->row_capacity, ctx, count, sizeof(flow_row)));
	s->rows = items;
	for (size_t i = 0; i < count && !c->bad; i++) {
		TRY(get_row(s, ctx, d, &s->rows[i], before, c));
		before = s->rows[i].number;
		s->row_count = i + 1;
	}
	return EFILE_OK;
}

static efile_status get_arrived(flow_state *s, efile_ctx *ctx, const flow_definition *d, cursor *c)
{
	size_t count = get_count(c, 3);
	void *items = s->arrived;

	if (c->bad)
		return EFILE_OK;
	TRY(room(&items, &s->arrived_capacity, ctx, count, sizeof(arrived_row)));
	s->arrived = items;
	for (size_t i = 0; i < count && !c->bad; i++) {
		arrived_row *row = &s->arrived[s->arrived_count++];

		row->scope = get(c);
		row->edge = get_below(c, head(d, HEAD_EDGES));
		row->count = get(c);
		if (!row->count || row->count > UINT32_MAX || row->scope >= s->next)
			c->bad = true;
	}
	return EFILE_OK;
}

static bool parked_sound(const flow_definition *d, const parked_row *row)
{
	if (!row->count || row->count > UINT32_MAX)
		return false;
	if (row->edge == EDGE_NONE || row->edge >= EDGE_LAST)
		return true;
	return row->edge <= head(d, HEAD_EDGES) &&
		edge_get(d, row->edge - 1, EDGE_TARGET) == row->node;
}

static efile_status get_parked(flow_state *s, efile_ctx *ctx, const flow_definition *d, cursor *c)
{
	size_t count = get_count(c, 6);
	void *items = s->parked;

	if (c->bad)
		return EFILE_OK;
	TRY(room(&items, &s->parked_capacity, ctx, count, sizeof(parked_row)));
	s->parked = items;
	for (size_t i = 0; i < count && !c->bad; i++) {
		parked_row *row = &s->parked[s->parked_count++];

		row->incident = get(c);
		row->scope = get(c);
		row->node = get_below(c, head(d, HEAD_NODES));
		row->edge = get_below(c, (uint64_t)UINT32_MAX + 1);
		row->index = get_below(c, UINT32_MAX);
		row->count = get(c);
		if (c->bad || !parked_sound(d, row))
			c->bad = true;
	}
	return EFILE_OK;
}

static efile_status get_performers(flow_state *s, efile_ctx *ctx, const flow_definition *d,
				   cursor *c)
{
	size_t count = get_count(c, 33);
	void *items = s->performers;

	if (c->bad)
		return EFILE_OK;
	TRY(room(&items, &s->performer_capacity, ctx, count, sizeof(performer_row)));
	s->performers = items;
	for (size_t i = 0; i < count && !c->bad; i++) {
		performer_row *row = &s->performers[s->performer_count++];

		row->node = get_below(c, head(d, HEAD_NODES));
		get_id(&row->actor, c);
		get_id(&row->on_behalf_of, c);
	}
	return EFILE_OK;
}

static efile_status get_texts(flow_state *s, efile_ctx *ctx, cursor *c)
{
	size_t length = get_count(c, 1);

	if (c->bad)
		return EFILE_OK;
	buf_add(&s->code, c->at, length);
	c->at += length;
	length = get_count(c, 1);
	if (c->bad || length != (size_t)(c->end - c->at) || length < 2) {
		c->bad = true;
		return EFILE_OK;
	}
	buf_add(&s->variables, c->at, length);
	TRY(buf_status(&s->code, ctx));
	return buf_status(&s->variables, ctx);
}

efile_status flow_state_decode(flow_state *s, efile_ctx *ctx, const flow_definition *d,
			       const void *bytes, size_t length)
{
	cursor c = { bytes, (const unsigned char *)bytes + length, length < 1 };
	int version = get_byte(&c);

	if (!c.bad && (version < 1 || version > STATE_VERSION))
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 2320, "a process state of version %d", version);
	if (!c.bad) {
		s->status = (flow_status)get_below(&c, FLOW_STATUSES);
		s->next = get(&c);
		TRY(get_rows(s, ctx, d, &c));
		TRY(get_arrived(s, ctx, d, &c));
		TRY(get_parked(s, ctx, d, &c));
		TRY(get_performers(s, ctx, d, &c));
		TRY(get_texts(s, ctx, &c));
	}
	if (c.bad)
		return FAIL(ctx, EFILE_E_DAMAGED, 2321, "the stored process state is damaged");
	return EFILE_OK;
}

/* ---- variables ---- */

static efile_status check_object(efile_ctx *ctx, const json_value *v)
{
	if (v->type != JSON_OBJECT)
		return FAIL(ctx, EFILE_E_FORMAT, 2322, "the variables of a process are a JSON object");
	return EFILE_OK;
}

static void put_merged(json_writer *w, const json_value *old, const json_value *more)
{
	json_object(w);
	for (const json_value *at = old->child; at; at = at->next) {
		const json_value *newer = json_member(more, at->key);

		json_key(w, at->key);
		json_copy(w, newer ? newer : at);
	}
	for (const json_value *at = more->child; at; at = at->next)
		if (!json_member(old, at->key)) {
			json_key(w, at->key);
			json_copy(w, at);
		}
	json_end_object(w);
}

efile_status variables_merge(bool *changed, buf *variables, efile_ctx *ctx, const char *more,
			     size_t length)
{
	AUTO_PTR(json_document) before = NULL;
	AUTO_PTR(json_document) after = NULL;
	static const json_value nothing = { .type = JSON_OBJECT };
	AUTO(buf) merged = BUF_INIT;
	bool empty = variables->length == 2; /* "{}" */
	buf swap;
	json_writer w;

	if (!more)
		return EFILE_OK;
	if (length > VARIABLES_MAX)
		return FAIL(ctx, EFILE_E_LIMIT, 2323, "the variables of a process are longer than %d bytes",
			    VARIABLES_MAX);
	if (!empty) {
		TRY(json_parse(&before, ctx, buf_text(variables), variables->length));
		TRY(check_object(ctx, json_root(before)));
	}
	TRY(json_parse(&after, ctx, more, length));
	TRY(check_object(ctx, json_root(after)));
	json_begin(&w, &merged);
	put_merged(&w, empty ? &nothing : json_root(before), json_root(after));
	TRY(buf_status(&merged, ctx));
	if (merged.length > VARIABLES_MAX)
		return FAIL(ctx, EFILE_E_LIMIT, 2323, "the variables of a process are longer than %d bytes",
			    VARIABLES_MAX);
	if (strcmp(buf_text(&merged), buf_text(variables)) != 0)
		*changed = true;
	swap = *variables;
	*variables = merged;
	merged = swap;
	return EFILE_OK;
}

/* ---- separation of duty ---- */

static bool same_person(const efile_id *a, const efile_id *b)
{
	return !efile_id_is_none(a) && id_compare(a, b) == 0;
}

static bool involved(const performer_row *row, const efile_id *person)
{
	return same_person(person, &row->actor) || same_person(person, &row->on_behalf_of);
}

const flow_row *state_route(const flow_state *s, const flow_row *task)
{
	const flow_row *around = state_row(s, task->scope);

	return around && around->kind == ROW_ROUTE && around->node == task->node ? around : NULL;
}

/* A list that is separated from itself: nobody has two of its entries, but for one that comes again. */
static efile_status route_separate(efile_ctx *ctx, const flow_state *s, const flow_row *around,
				   const flow_row *task, const efile_id *actor,
				   const efile_id *on_behalf_of)
{
	AUTO(route) r = { .steps = NULL };

	TRY(route_read(&r, ctx, s->texts.data + around->data, around->length));
	return route_check_persons(&r, ctx, task->index, actor, on_behalf_of);
}

efile_status performers_check(efile_ctx *ctx, const flow_definition *d, const flow_state *s,
			      const flow_row *task, const efile_id *actor,
			      const efile_id *on_behalf_of)
{
	uint32_t node = task->node;
	uint32_t first = node_get(d, node, NODE_FIRST_SEPARATE);
	uint32_t count = node_get(d, node, NODE_SEPARATE_COUNT);
	const flow_row *around = count ? state_route(s, task) : NULL;

	if ((count || node_get(d, node, NODE_WATCHED)) && efile_id_is_none(actor))
		return FAIL(ctx, EFILE_E_INVALID, 2324, "task %s needs an actor: it is under separation of duty",
			    definition_text(d, node_get(d, node, NODE_ID)));
	for (uint32_t i = 0; i < count; i++) {
		if (around && list_get(d, first + i) == node) {
			TRY(route_separate(ctx, s, around, task, actor, on_behalf_of));
			continue;
		}
		for (size_t k = 0; k < s->performer_count; k++) {
			const performer_row *row = &s->performers[k];

			if (row->node == list_get(d, first + i) &&
			    (involved(row, actor) || involved(row, on_behalf_of)))
				return FAIL(ctx, EFILE_E_DENIED, 2325,
					    "whoever performed %s may not perform %s",
					    definition_text(d, node_get(d, row->node, NODE_ID)),
					    definition_text(d, node_get(d, node, NODE_ID)));
		}
	}
	return EFILE_OK;
}

/* ---- for readers of a state ---- */

static bool is_wait(const flow_row *r)
{
	return r->kind <= ROW_CONDITION;
}

efile_status flow_state_summary(flow_summary *out, efile_ctx *ctx, const flow_definition *d,
				const void *state, size_t length)
{
	AUTO(flow_state) s = { 0 };
	flow_summary summary;

	TRY(flow_state_decode(&s, ctx, d, state, length));
	summary = (flow_summary){ .status = s.status, .variables_length = s.variables.length };
	for (size_t i = 0; i < s.row_count; i++) {
		summary.wait_count += is_wait(&s.rows[i]);
		summary.incident_count += s.rows[i].kind == ROW_INCIDENT;
	}
	summary.variables = (const char *)state + length - s.variables.length; /* they come last */
	*out = summary;
	return EFILE_OK;
}

/* Outermost first; rows are older than what is in them, so the way up ends. */
static efile_status merge_scopes(buf *out, efile_ctx *ctx, const flow_state *s, const flow_row *row)
{
	const flow_row *path[64];
	size_t depth = 0;
	bool changed;

	for (; row && depth < ARRAY_SIZE(path); row = state_row(s, row->scope))
		if (row_has_variables(row) && row->kind != ROW_DONE)
			path[depth++] = row;
	while (depth--)
		TRY(variables_merge(&changed, out, ctx, s->texts.data + path[depth]->data,
				    path[depth]->length));
	return EFILE_OK;
}

efile_status flow_state_variables(buf *out, efile_ctx *ctx, const flow_definition *d,
				  const void *state, size_t length, uint64_t wait)
{
	AUTO(flow_state) s = { 0 };

	TRY(flow_state_decode(&s, ctx, d, state, length));
	buf_add(out, s.variables.data, s.variables.length);
	TRY(buf_status(out, ctx));
	return merge_scopes(out, ctx, &s, state_row(&s, wait));
}

efile_status flow_state_strip(buf *out, efile_ctx *ctx, const flow_definition *d, const void *state,
			      size_t length)
{
	AUTO(flow_state) s = { 0 };

	TRY(flow_state_decode(&s, ctx, d, state, length));
	s.performer_count = 0;
	buf_reset(&s.variables);
	buf_add_text(&s.variables, "{}");
	TRY(buf_status(&s.variables, ctx));
	return flow_state_encode(out, ctx, &s);
}

efile_status flow_state_waits(flow_wait **out, size_t *count, efile_ctx *ctx,
			      const flow_definition *d, const void *state, size_t length)
{
	AUTO(flow_state) s = { 0 };
	flow_wait *waits;

	TRY(flow_state_decode(&s, ctx, d, state, length));
	waits = mem_new(ctx, (s.row_count + 1) * sizeof(*waits));
	if (!waits)
		return EFILE_E_NOMEM;
	*count = 0;
	for (size_t i = 0; i < s.row_count; i++)
		if (is_wait(&s.rows[i]))
			waits[(*count)++] = (flow_wait){ s.rows[i].number,
							 (flow_wait_kind)s.rows[i].kind,
							 s.rows[i].node, s.rows[i].due };
	*out = waits;
	return EFILE_OK;
}

efile_status flow_may_perform(efile_ctx *ctx, const flow_definition *d, const void *state,
			      size_t length, uint64_t wait, efile_actor_id actor,
			      efile_actor_id on_behalf_of)
{
	AUTO(flow_state) s = { 0 };
	const flow_row *row;

	TRY(flow_state_decode(&s, ctx, d, state, length));
	row = state_row(&s, wait);
	if (!row || row->kind != ROW_TASK)
		return FAIL(ctx, EFILE_E_NOTFOUND, 2326, "the process waits for no task %llu",
			    (unsigned long long)wait);
	return performers_check(ctx, d, &s, row, &actor.id, &on_behalf_of.id);
}

/* ---- who is shut out ---- */

static efile_status add_person(flow_ids *out, efile_ctx *ctx, const efile_id *person)
{
	void *items = out->items;

	if (efile_id_is_none(person))
		return EFILE_OK;
	for (size_t i = 0; i < out->count; i++)
		if (id_compare(&out->items[i], person) == 0)
			return EFILE_OK;
	TRY(mem_grow(ctx, &items, &out->capacity, out->count, sizeof(*person)));
	out->items = items;
	out->items[out->count++] = *person;
	return EFILE_OK;
}

static efile_status add_route_persons(flow_ids *out, efile_ctx *ctx, const flow_state *s,
				      const flow_row *around, int64_t entry)
{
	AUTO(route) r = { .steps = NULL };
	const route_step *own;

	TRY(route_read(&r, ctx, s->texts.data + around->data, around->length));
	own = route_find(&r, entry);
	for (size_t i = 0; i < r.count; i++) {
		if (own && r.steps[i].origin == own->origin)
			continue;
		TRY(add_person(out, ctx, &r.steps[i].by));
		TRY(add_person(out, ctx, &r.steps[i].behalf));
	}
	return EFILE_OK;
}

static efile_status add_performers(flow_ids *out, efile_ctx *ctx, const flow_definition *d,
				   const flow_state *s, const flow_row *row)
{
	uint32_t first = node_get(d, row->node, NODE_FIRST_SEPARATE);
	const flow_row *around = state_route(s, row);

	for (uint32_t i = 0; i < node_get(d, row->node, NODE_SEPARATE_COUNT); i++) {
		uint32_t node = list_get(d, first + i);

		if (around && node == row->node) {
			TRY(add_route_persons(out, ctx, s, around, row->index));
			continue;
		}
		for (size_t k = 0; k < s->performer_count; k++) {
			if (s->performers[k].node != node)
				continue;
			TRY(add_person(out, ctx, &s->performers[k].actor));
			TRY(add_person(out, ctx, &s->performers[k].on_behalf_of));
		}
	}
	return EFILE_OK;
}

void flow_ids_clear(flow_ids *p)
{
	free(p->items);
	*p = (flow_ids){ NULL, 0, 0 };
}

efile_status flow_shut_out(flow_ids *out, efile_ctx *ctx, const flow_definition *d,
			   const void *state, size_t length, uint64_t wait)
{
	AUTO(flow_state) s = { 0 };
	const flow_row *row;

	TRY(flow_state_decode(&s, ctx, d, state, length));
	row = state_row(&s, wait);
	return row && row->kind == ROW_TASK ? add_performers(out, ctx, d, &s, row) : EFILE_OK;
}

bool flow_is_separated(const flow_definition *d, uint32_t node)
{
	return node_get(d, node, NODE_SEPARATE_COUNT) != 0;
}

efile_status flow_state_route(buf *out, int64_t *step, efile_ctx *ctx, const flow_definition *d,
			      const void *state, size_t length, uint64_t wait)
{
	AUTO(flow_state) s = { 0 };
	AUTO(route) r = { .steps = NULL };
	const flow_row *row, *around;
	json_writer w;

	TRY(flow_state_decode(&s, ctx, d, state, length));
	row = state_row(&s, wait);
	around = row && row->kind == ROW_TASK ? state_route(&s, row) : NULL;
	if (!around)
		return FAIL(ctx, EFILE_E_STATE, 2479, "the task has no sign-off list");
	TRY(route_read(&r, ctx, s.texts.data + around->data, around->length));
	json_begin(&w, out);
	route_put(&w, &r);
	*step = row->index;
	return buf_status(out, ctx);
}
