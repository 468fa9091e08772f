/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/state.h"

#include <stdlib.h>
#include <string.h>

void flow_state_clear(flow_state *s)
{
	free(s->arrived);
	free(s->waits);
	free(s->parked);
	free(s->performers);
	buf_clear(&s->variables);
	*s = (flow_state){ 0 };
}

/* ---- writing ---- */

static void put(buf *out, uint64_t value)
{
	while (value > 127) {
		buf_add_char(out, (char)(value | 128));
		value >>= 7;
	}
	buf_add_char(out, (char)value);
}

efile_status flow_state_encode(buf *out, efile_ctx *ctx, const flow_state *s)
{
	buf_add_char(out, STATE_VERSION);
	put(out, s->status);
	put(out, s->next);
	put(out, s->arrived_count);
	for (size_t i = 0; i < s->arrived_count; i++) {
		put(out, s->arrived[i].edge);
		put(out, s->arrived[i].count);
	}
	put(out, s->wait_count);
	for (size_t i = 0; i < s->wait_count; i++) {
		put(out, s->waits[i].number);
		put(out, s->waits[i].kind);
		put(out, s->waits[i].node);
	}
	put(out, s->parked_count);
	for (size_t i = 0; i < s->parked_count; i++) {
		put(out, s->parked[i].incident);
		put(out, s->parked[i].node);
		put(out, s->parked[i].edge);
		put(out, s->parked[i].count);
	}
	put(out, s->performer_count);
	for (size_t i = 0; i < s->performer_count; i++) {
		put(out, s->performers[i].node);
		buf_add(out, s->performers[i].actor.bytes, 16);
		buf_add(out, s->performers[i].on_behalf_of.bytes, 16);
	}
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

static void *rows(efile_ctx *ctx, size_t count, size_t size)
{
	return mem_new(ctx, (count + 1) * size);
}

static efile_status get_arrived(flow_state *s, efile_ctx *ctx, const flow_definition *d, cursor *c)
{
	size_t count = get_count(c, 2);

	s->arrived = rows(ctx, count, sizeof(*s->arrived));
	if (!s->arrived)
		return EFILE_E_NOMEM;
	s->arrived_capacity = count + 1;
	for (size_t i = 0; i < count; i++) {
		arrived_row *row = &s->arrived[s->arrived_count++];

		row->edge = get_below(c, head(d, HEAD_EDGES));
		row->count = get(c);
		if (c->bad || !row->count || (i && row[-1].edge >= row->edge) ||
		    node_get(d, edge_get(d, row->edge, EDGE_TARGET), NODE_KIND) !=
			    FLOW_NODE_PARALLEL)
			c->bad = true;
		if (c->bad)
			break;
	}
	return EFILE_OK;
}

static bool wait_sound(const flow_definition *d, const flow_wait *w)
{
	uint32_t kind = node_get(d, w->node, NODE_KIND);

	return w->kind == FLOW_WAIT_INCIDENT ||
		(w->kind == FLOW_WAIT_TASK && kind == FLOW_NODE_USER_TASK) ||
		(w->kind == FLOW_WAIT_JOB && kind == FLOW_NODE_SERVICE_TASK);
}

static efile_status get_waits(flow_state *s, efile_ctx *ctx, const flow_definition *d, cursor *c)
{
	size_t count = get_count(c, 3);

	s->waits = rows(ctx, count, sizeof(*s->waits));
	if (!s->waits)
		return EFILE_E_NOMEM;
	s->wait_capacity = count + 1;
	for (size_t i = 0; i < count && !c->bad; i++) {
		flow_wait *row = &s->waits[s->wait_count++];

		row->number = get(c);
		row->kind = (flow_wait_kind)get_below(c, FLOW_WAIT_INCIDENT + 1);
		row->node = get_below(c, head(d, HEAD_NODES));
		if (c->bad || row->number >= s->next || (i && row[-1].number >= row->number) ||
		    !wait_sound(d, row))
			c->bad = true;
	}
	return EFILE_OK;
}

static efile_status get_parked(flow_state *s, efile_ctx *ctx, const flow_definition *d, cursor *c)
{
	size_t count = get_count(c, 4);

	s->parked = rows(ctx, count, sizeof(*s->parked));
	if (!s->parked)
		return EFILE_E_NOMEM;
	s->parked_capacity = count + 1;
	for (size_t i = 0; i < count && !c->bad; i++) {
		parked_row *row = &s->parked[s->parked_count++];

		row->incident = get(c);
		row->node = get_below(c, head(d, HEAD_NODES));
		row->edge = get_below(c, (uint64_t)UINT32_MAX + 1);
		row->count = get(c);
		if (c->bad || !row->count || row->count > UINT32_MAX ||
		    (row->edge > head(d, HEAD_EDGES) && row->edge != EDGE_LEAVING))
			c->bad = true;
		if (!c->bad && row->edge && row->edge != EDGE_LEAVING &&
		    edge_get(d, row->edge - 1, EDGE_TARGET) != row->node)
			c->bad = true;
	}
	return EFILE_OK;
}

static efile_status get_performers(flow_state *s, efile_ctx *ctx, const flow_definition *d,
				   cursor *c)
{
	size_t count = get_count(c, 33);

	s->performers = rows(ctx, count, sizeof(*s->performers));
	if (!s->performers)
		return EFILE_E_NOMEM;
	s->performer_capacity = count + 1;
	for (size_t i = 0; i < count && !c->bad; i++) {
		performer_row *row = &s->performers[s->performer_count++];

		row->node = get_below(c, head(d, HEAD_NODES));
		get_id(&row->actor, c);
		get_id(&row->on_behalf_of, c);
	}
	return EFILE_OK;
}

static efile_status get_variables(flow_state *s, efile_ctx *ctx, cursor *c)
{
	size_t length = get_count(c, 1);

	if (c->bad || length != (size_t)(c->end - c->at) || length < 2) {
		c->bad = true;
		return EFILE_OK;
	}
	buf_add(&s->variables, c->at, length);
	return buf_status(&s->variables, ctx);
}

efile_status flow_state_decode(flow_state *s, efile_ctx *ctx, const flow_definition *d,
			       const void *bytes, size_t length)
{
	cursor c = { bytes, (const unsigned char *)bytes + length, length < 1 };

	if (!c.bad && *c.at++ != STATE_VERSION)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 2320, "a process state of version %d",
			    c.at[-1]);
	if (!c.bad) {
		s->status = (flow_status)get_below(&c, FLOW_CANCELLED + 1);
		s->next = get(&c);
		TRY(get_arrived(s, ctx, d, &c));
		TRY(get_waits(s, ctx, d, &c));
		TRY(get_parked(s, ctx, d, &c));
		TRY(get_performers(s, ctx, d, &c));
		TRY(get_variables(s, ctx, &c));
	}
	if (c.bad)
		return FAIL(ctx, EFILE_E_DAMAGED, 2321, "the stored process state is damaged");
	return EFILE_OK;
}

/* ---- variables ---- */

/* As deep as the reader lets JSON nest. */
static void put_json(json_writer *w, const json_value *v)
{
	switch (v->type) {
	case JSON_OBJECT:
		json_object(w);
		for (const json_value *at = v->child; at; at = at->next) {
			json_key(w, at->key);
			put_json(w, at);
		}
		json_end_object(w);
		break;
	case JSON_ARRAY:
		json_array(w);
		for (const json_value *at = v->child; at; at = at->next)
			put_json(w, at);
		json_end_array(w);
		break;
	case JSON_STRING:
		json_text_n(w, v->text, v->length);
		break;
	case JSON_NUMBER:
		json_raw(w, v->text);
		break;
	case JSON_NULL:
		json_null(w);
		break;
	default:
		json_bool(w, v->type == JSON_TRUE);
	}
}

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
		put_json(w, newer ? newer : at);
	}
	for (const json_value *at = more->child; at; at = at->next)
		if (!json_member(old, at->key)) {
			json_key(w, at->key);
			put_json(w, at);
		}
	json_end_object(w);
}

efile_status variables_merge(bool *changed, buf *variables, efile_ctx *ctx, const char *more)
{
	AUTO_PTR(json_document) before = NULL;
	AUTO_PTR(json_document) after = NULL;
	AUTO(buf) merged = BUF_INIT;
	buf swap;
	json_writer w;

	if (!more)
		return EFILE_OK;
	if (strlen(more) > VARIABLES_MAX)
		return FAIL(ctx, EFILE_E_LIMIT, 2323, "the variables of a process are longer than %d bytes",
			    VARIABLES_MAX);
	TRY(json_parse(&before, ctx, buf_text(variables), variables->length));
	TRY(json_parse(&after, ctx, more, strlen(more)));
	TRY(check_object(ctx, json_root(before)));
	TRY(check_object(ctx, json_root(after)));
	json_begin(&w, &merged);
	put_merged(&w, json_root(before), json_root(after));
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

efile_status performers_check(efile_ctx *ctx, const flow_definition *d, const flow_state *s,
			      uint32_t node, const efile_id *actor, const efile_id *on_behalf_of)
{
	uint32_t first = node_get(d, node, NODE_FIRST_SEPARATE);
	uint32_t count = node_get(d, node, NODE_SEPARATE_COUNT);

	if ((count || node_get(d, node, NODE_WATCHED)) && efile_id_is_none(actor))
		return FAIL(ctx, EFILE_E_INVALID, 2324, "task %s needs an actor: it is under separation of duty",
			    definition_text(d, node_get(d, node, NODE_ID)));
	for (uint32_t i = 0; i < count; i++)
		for (size_t k = 0; k < s->performer_count; k++) {
			const performer_row *row = &s->performers[k];

			if (row->node == separate_get(d, first + i) &&
			    (involved(row, actor) || involved(row, on_behalf_of)))
				return FAIL(ctx, EFILE_E_DENIED, 2325,
					    "whoever performed %s may not perform %s",
					    definition_text(d, node_get(d, row->node, NODE_ID)),
					    definition_text(d, node_get(d, node, NODE_ID)));
		}
	return EFILE_OK;
}

/* ---- for readers of a state ---- */

efile_status flow_state_summary(flow_summary *out, efile_ctx *ctx, const flow_definition *d,
				const void *state, size_t length)
{
	AUTO(flow_state) s = { 0 };
	flow_summary summary;

	TRY(flow_state_decode(&s, ctx, d, state, length));
	summary = (flow_summary){ .status = s.status, .wait_count = s.wait_count,
				  .variables_length = s.variables.length };
	for (size_t i = 0; i < s.wait_count; i++)
		summary.incident_count += s.waits[i].kind == FLOW_WAIT_INCIDENT;
	summary.variables = (const char *)state + length - s.variables.length; /* they come last */
	*out = summary;
	return EFILE_OK;
}

efile_status flow_state_waits(flow_wait **out, size_t *count, efile_ctx *ctx,
			      const flow_definition *d, const void *state, size_t length)
{
	AUTO(flow_state) s = { 0 };

	TRY(flow_state_decode(&s, ctx, d, state, length));
	*count = s.wait_count;
	*out = STEAL(s.waits);
	return EFILE_OK;
}

efile_status flow_may_perform(efile_ctx *ctx, const flow_definition *d, const void *state,
			      size_t length, uint64_t wait, efile_actor_id actor,
			      efile_actor_id on_behalf_of)
{
	AUTO(flow_state) s = { 0 };

	TRY(flow_state_decode(&s, ctx, d, state, length));
	for (size_t i = 0; i < s.wait_count; i++)
		if (s.waits[i].number == wait && s.waits[i].kind == FLOW_WAIT_TASK)
			return performers_check(ctx, d, &s, s.waits[i].node, &actor.id,
						&on_behalf_of.id);
	return FAIL(ctx, EFILE_E_NOTFOUND, 2326, "the process waits for no task %llu",
		    (unsigned long long)wait);
}
