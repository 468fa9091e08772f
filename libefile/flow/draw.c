/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An instance as a picture: the path by the log, the waits by the state. */
#include <stdlib.h>
#include <string.h>

#include <efile/flow.h>

#include "flow/runtime.h"

typedef struct marks {
	efile_bpmn_mark *items;
	size_t count;
	size_t capacity;
} marks;

static void marks_clear(marks *m)
{
	free(m->items);
}

/* Passing twice is one mark with a count; processes have few elements. */
static efile_status mark(marks *m, efile_ctx *ctx, const char *element, efile_bpmn_mark_kind kind)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->items[i].kind == kind && strcmp(m->items[i].element, element) == 0) {
			m->items[i].count++;
			return EFILE_OK;
		}
	}
	TRY(mem_grow(ctx, (void **)&m->items, &m->capacity, m->count, sizeof(*m->items)));
	m->items[m->count++] = (efile_bpmn_mark){ element, kind, 1 };
	return EFILE_OK;
}

static efile_status mark_path(marks *m, efile_ctx *ctx, const flow_definition *d,
			      const flow_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		const flow_effect *e = &effects->items[i];
		flow_node node;

		if (e->kind == FLOW_EFFECT_TAKEN) {
			TRY(mark(m, ctx, flow_edge_id(d, e->edge), EFILE_BPMN_VISITED));
		} else if ((e->kind == FLOW_EFFECT_TASK_END || e->kind == FLOW_EFFECT_JOB_END) &&
			   !e->cancelled) {
			flow_node_at(&node, d, e->node);
			TRY(mark(m, ctx, node.id, EFILE_BPMN_VISITED));
		}
	}
	return EFILE_OK;
}

static efile_status mark_waits(marks *m, efile_ctx *ctx, const flow_definition *d,
			       const instance_record *row)
{
	flow_wait *waits = NULL;
	size_t count = 0;
	efile_status status = flow_state_waits(&waits, &count, ctx, d, row->state.data,
					       row->state.length);

	for (size_t i = 0; i < count && status == EFILE_OK; i++) {
		flow_node node;

		flow_node_at(&node, d, waits[i].node);
		status = mark(m, ctx, node.id, waits[i].kind == FLOW_WAIT_INCIDENT ?
			      EFILE_BPMN_INCIDENT : EFILE_BPMN_ACTIVE);
	}
	free(waits);
	return status;
}

/* A count of one says nothing that the mark does not. */
static void tidy_counts(marks *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->items[i].count == 1)
			m->items[i].count = 0;
}

static efile_status draw(efile_session *session, const definition_record *definition,
			 marks *m, efile_writer *writer)
{
	efile_bpmn_render_options options;
	AUTO_PTR(efile_reader) source = NULL;

	tidy_counts(m);
	efile_bpmn_render_options_init(&options);
	options.marks = m->items;
	options.mark_count = m->count;
	TRY(blob_open(&source, session->store, definition->source));
	return efile_bpmn_render(session_ctx(session), source, writer, &options);
}

efile_status efile_flow_render(efile_session *session, efile_instance_id instance,
			       efile_writer *writer)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(marks) m = { NULL, 0, 0 };
	AUTO(buf) state = BUF_INIT;
	flow_effects effects = { NULL, 0, 0 };
	size_t steps;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(instance_load(&row, session, instance, EFILE_RIGHT_READ));
	TRY(definition_hold(&definition, session->store, row.definition));
	status = instance_replay(&state, &effects, &steps, session, &row);
	if (status == EFILE_OK)
		status = mark_path(&m, session_ctx(session), definition.opened, &effects);
	if (status == EFILE_OK)
		status = mark_waits(&m, session_ctx(session), definition.opened, &row);
	flow_effects_clear(&effects);
	TRY(status);
	return draw(session, definition.row, &m, writer);
}
