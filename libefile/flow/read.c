/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BPMN 2.0 XML (OMG formal/2011-01-03) into a model; own, Camunda's and Zeebe's task attributes. */
#include <stdlib.h>
#include <string.h>

#include "flow/read.h"

#define NS_MODEL "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define NS_DI "http://www.omg.org/spec/BPMN/20100524/DI"
#define NS_DC "http://www.omg.org/spec/DD/20100524/DC"
#define NS_DD "http://www.omg.org/spec/DD/20100524/DI"

static const bpmn_kind_row kinds[] = {
	{ "process", BPMN_PROCESS, CLASS_PROCESS, true, true },
	{ "startEvent", BPMN_START, CLASS_NODE, true, false },
	{ "endEvent", BPMN_END, CLASS_NODE, true, false },
	{ "task", BPMN_TASK, CLASS_NODE, true, false },
	{ "userTask", BPMN_USER_TASK, CLASS_NODE, true, false },
	{ "serviceTask", BPMN_SERVICE_TASK, CLASS_NODE, true, false },
	{ "manualTask", BPMN_MANUAL_TASK, CLASS_NODE, true, false },
	{ "scriptTask", BPMN_SCRIPT_TASK, CLASS_NODE, true, false },
	{ "sendTask", BPMN_SEND_TASK, CLASS_NODE, true, false },
	{ "receiveTask", BPMN_RECEIVE_TASK, CLASS_NODE, true, false },
	{ "businessRuleTask", BPMN_RULE_TASK, CLASS_NODE, true, false },
	{ "callActivity", BPMN_CALL, CLASS_NODE, true, false },
	{ "subProcess", BPMN_SUBPROCESS, CLASS_NODE, true, true },
	{ "transaction", BPMN_TRANSACTION, CLASS_NODE, true, true },
	{ "adHocSubProcess", BPMN_AD_HOC, CLASS_NODE, true, true },
	{ "exclusiveGateway", BPMN_EXCLUSIVE, CLASS_NODE, true, false },
	{ "parallelGateway", BPMN_PARALLEL, CLASS_NODE, true, false },
	{ "inclusiveGateway", BPMN_INCLUSIVE, CLASS_NODE, true, false },
	{ "complexGateway", BPMN_COMPLEX, CLASS_NODE, true, false },
	{ "eventBasedGateway", BPMN_EVENT_BASED, CLASS_NODE, true, false },
	{ "intermediateCatchEvent", BPMN_CATCH, CLASS_NODE, true, false },
	{ "intermediateThrowEvent", BPMN_THROW, CLASS_NODE, true, false },
	{ "boundaryEvent", BPMN_BOUNDARY, CLASS_NODE, true, false },
	{ "sequenceFlow", BPMN_SEQUENCE_FLOW, CLASS_FLOW, true, false },
	{ "lane", BPMN_LANE, CLASS_LANE, true, false },
	{ "participant", BPMN_PARTICIPANT, CLASS_ARTIFACT, true, false },
	{ "messageFlow", BPMN_MESSAGE_FLOW, CLASS_LINE, true, false },
	{ "association", BPMN_ASSOCIATION, CLASS_LINE, true, false },
	{ "dataInputAssociation", BPMN_ASSOCIATION, CLASS_LINE, true, false },
	{ "dataOutputAssociation", BPMN_ASSOCIATION, CLASS_LINE, true, false },
	{ "dataObject", BPMN_OTHER, CLASS_ARTIFACT, true, false },
	{ "dataObjectReference", BPMN_DATA_OBJECT, CLASS_ARTIFACT, true, false },
	{ "dataInput", BPMN_DATA_OBJECT, CLASS_ARTIFACT, true, false },
	{ "dataOutput", BPMN_DATA_OBJECT, CLASS_ARTIFACT, true, false },
	{ "dataStoreReference", BPMN_DATA_STORE, CLASS_ARTIFACT, true, false },
	{ "textAnnotation", BPMN_ANNOTATION, CLASS_ARTIFACT, true, false },
	{ "group", BPMN_GROUP, CLASS_ARTIFACT, true, false },
	{ "message", BPMN_MESSAGE, CLASS_ITEM, true, false },
	{ "signal", BPMN_SIGNAL, CLASS_ITEM, true, false },
	{ "error", BPMN_ERROR, CLASS_ITEM, true, false },
	{ "escalation", BPMN_ESCALATION, CLASS_ITEM, true, false },
	{ "operation", BPMN_OPERATION, CLASS_ITEM, true, false },
	{ "correlationPropertyRetrievalExpression", BPMN_CORRELATION, CLASS_ITEM, true, false },
	{ "correlationProperty", BPMN_PROPERTY, CLASS_ITEM, true, false },
	{ "correlationKey", BPMN_KEY, CLASS_ITEM, true, false },
	{ "correlationPropertyRef", BPMN_KEY_PART, CLASS_ITEM, true, false },
	{ "correlationSubscription", BPMN_SUBSCRIPTION, CLASS_ITEM, true, false },
	{ "correlationPropertyBinding", BPMN_BINDING, CLASS_ITEM, true, false },
	{ "globalTask", BPMN_TASK, CLASS_PROCESS, true, false },
	{ "globalUserTask", BPMN_USER_TASK, CLASS_PROCESS, true, false },
	{ "globalManualTask", BPMN_MANUAL_TASK, CLASS_PROCESS, true, false },
	{ "globalScriptTask", BPMN_SCRIPT_TASK, CLASS_PROCESS, true, false },
	{ "globalBusinessRuleTask", BPMN_RULE_TASK, CLASS_PROCESS, true, false },
	{ "choreographyTask", BPMN_TASK, CLASS_ARTIFACT, true, false },
	{ "subChoreography", BPMN_TASK, CLASS_ARTIFACT, true, false },
	{ "conversation", BPMN_OTHER, CLASS_ARTIFACT, true, false },
	{ "subConversation", BPMN_OTHER, CLASS_ARTIFACT, true, false },
	{ "conversationLink", BPMN_ASSOCIATION, CLASS_LINE, true, false },
};

/* ---- texts ---- */

const char *bpmn_text(const bpmn_model *m, text_ref at)
{
	return at && m->pool.data ? m->pool.data + at : "";
}

efile_status read_keep(bpmn_reader *r, text_ref *out, const char *text, size_t length)
{
	bpmn_model *m = r->m;

	if (!m->pool.length)
		buf_add_char(&m->pool, '\0');
	if (m->pool.length + length + 1 > UINT32_MAX / 2)
		return FAIL(r->ctx, EFILE_E_LIMIT, 2301, "the process definition has too much text");
	*out = length ? (text_ref)m->pool.length : 0;
	if (length) {
		buf_add(&m->pool, text, length);
		buf_add_char(&m->pool, '\0');
	}
	return buf_status(&m->pool, r->ctx);
}

const xml_attribute *read_attribute(const xml_element *e, const char *name)
{
	for (size_t i = 0; i < e->attribute_count; i++)
		if (!*e->attributes[i].uri && !strcmp(e->attributes[i].name, name))
			return &e->attributes[i];
	return NULL;
}

static efile_status keep_attribute(bpmn_reader *r, text_ref *out, const xml_element *e,
				   const char *name)
{
	const xml_attribute *a = read_attribute(e, name);

	return a ? read_keep(r, out, a->value, a->length) : EFILE_OK;
}

bool read_attribute_is(const xml_element *e, const char *name, const char *value)
{
	const xml_attribute *a = read_attribute(e, name);

	return a && a->length == strlen(value) && !memcmp(a->value, value, a->length);
}

enum { COORD_MAX = 20000000 };

/* Hundredths of a pixel; what is no number counts as 0, what is too large is cut off. */
static coord read_coord(const xml_element *e, const char *name)
{
	const xml_attribute *a = read_attribute(e, name);
	int64_t value = 0;
	bool negative = false;
	int places = -1;

	for (size_t i = 0; a && i < a->length; i++) {
		char c = a->value[i];

		if (c == '-' && i == 0)
			negative = true;
		else if (c == '.' && places < 0)
			places = 0;
		else if (str_ascii_digit(c) && places < 2 && value < 1000000)
			value = value * 10 + (c - '0'), places += places >= 0;
		else if (!str_ascii_digit(c))
			break;
	}
	for (places = places < 0 ? 0 : places; places < 2; places++)
		value *= 10;
	if (value > COORD_MAX)
		value = COORD_MAX;
	return (coord)(negative ? -value : value);
}

/* A reference may carry a prefix: "tns:task1". */
efile_status read_keep_ref(bpmn_reader *r, text_ref *out, const char *text, size_t length)
{
	const char *colon;

	while (length && str_ascii_space(*text))
		text++, length--;
	while (length && str_ascii_space(text[length - 1]))
		length--;
	colon = length ? memchr(text, ':', length) : NULL;
	if (colon) {
		length -= (size_t)(colon + 1 - text);
		text = colon + 1;
	}
	return read_keep(r, out, text, length);
}

static efile_status keep_ref_attribute(bpmn_reader *r, text_ref *out, const xml_element *e,
				       const char *name)
{
	const xml_attribute *a = read_attribute(e, name);

	return a ? read_keep_ref(r, out, a->value, a->length) : EFILE_OK;
}

/* ---- elements ---- */

static const bpmn_kind_row *kind_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* The process or sub-process around an element. */
static int scope_around(const bpmn_model *m, int element)
{
	while (element != NONE && !m->elements[element].kind->scope)
		element = m->elements[element].parent;
	return element;
}

static efile_status add_element(bpmn_reader *r, const bpmn_kind_row *kind, const xml_element *e,
				int parent)
{
	bpmn_model *m = r->m;
	bpmn_element *n;
	void *elements = m->elements;

	if (m->elements_count > (size_t)r->ctx->limits.flow_nodes * 4)
		return FAIL(r->ctx, EFILE_E_LIMIT, 2302, "the process has more than %u elements",
			    r->ctx->limits.flow_nodes * 4);
	TRY(mem_grow(r->ctx, &elements, &m->elements_capacity, m->elements_count, sizeof(*n)));
	m->elements = elements;
	n = &m->elements[m->elements_count];
	*n = (bpmn_element){ .kind = kind, .line = e->line, .column = e->column, .lane = NONE,
			     .parent = scope_around(m, parent), .owner = parent, .from = NONE,
			     .to = NONE, .default_flow = NONE, .attached = NONE };
	m->elements_count++;
	TRY(keep_attribute(r, &n->id, e, "id"));
	TRY(keep_attribute(r, &n->name, e, "name"));
	TRY(keep_ref_attribute(r, &n->source, e, "sourceRef"));
	TRY(keep_ref_attribute(r, &n->target, e, "targetRef"));
	TRY(keep_ref_attribute(r, &n->default_ref, e, "default"));
	return read_own_attributes(r, (int)m->elements_count - 1, e);
}

void read_capture(bpmn_reader *r, capture_kind what, int index, const xml_element *e)
{
	r->capture = what;
	r->capture_index = index;
	r->capture_depth = r->frame_count;
	r->capture_line = e->line;
	buf_reset(&r->text);
}

static efile_status model_element(bpmn_reader *r, xml_element *e, xml_frame *f)
{
	const bpmn_kind_row *kind = kind_of(e->name);

	if (!kind)
		return read_part(r, e, f);
	TRY(add_element(r, kind, e, f->element));
	f->element = (int)r->m->elements_count - 1;
	f->loop = f->trigger = false;
	f->behaviour = NONE;
	if (kind->kind == BPMN_KEY_PART)
		read_capture(r, CAPTURE_FIELD_REF, FIELD_DATA, e);
	return EFILE_OK;
}

/* ---- the diagram ---- */

static efile_status diagram_element(bpmn_reader *r, xml_element *e, xml_frame *f)
{
	bpmn_model *m = r->m;
	void *shapes = m->shapes, *edges = m->edges;

	if (!strcmp(e->name, "BPMNShape")) {
		bpmn_shape shape = { .line = e->line };

		shape.collapsed = read_attribute_is(e, "isExpanded", "false");
		shape.vertical = read_attribute_is(e, "isHorizontal", "false");
		TRY(keep_ref_attribute(r, &shape.element, e, "bpmnElement"));
		TRY(mem_grow(r->ctx, &shapes, &m->shapes_capacity, m->shapes_count, sizeof(shape)));
		m->shapes = shapes;
		m->shapes[m->shapes_count++] = shape;
		f->shape = true;
	} else if (!strcmp(e->name, "BPMNEdge")) {
		bpmn_edge edge = { .line = e->line, .first_point = (uint32_t)m->points_count };

		TRY(keep_ref_attribute(r, &edge.element, e, "bpmnElement"));
		TRY(mem_grow(r->ctx, &edges, &m->edges_capacity, m->edges_count, sizeof(edge)));
		m->edges = edges;
		m->edges[m->edges_count++] = edge;
		f->edge = true;
	} else if (!strcmp(e->name, "BPMNLabel")) {
		f->label = true;
	}
	return EFILE_OK;
}

static void read_bounds(bpmn_reader *r, const xml_element *e, const xml_frame *f)
{
	coord x = read_coord(e, "x"), y = read_coord(e, "y");
	coord width = read_coord(e, "width"), height = read_coord(e, "height");

	if (f->shape && !f->label) {
		bpmn_shape *s = &r->m->shapes[r->m->shapes_count - 1];

		s->x = x, s->y = y, s->width = width, s->height = height;
	} else if (f->shape) {
		bpmn_shape *s = &r->m->shapes[r->m->shapes_count - 1];

		s->label_x = x, s->label_y = y, s->label_width = width, s->label_height = height;
		s->has_label = true;
	} else if (f->edge && f->label) {
		bpmn_edge *s = &r->m->edges[r->m->edges_count - 1];

		s->label_x = x, s->label_y = y, s->label_width = width, s->label_height = height;
		s->has_label = true;
	}
}

static efile_status read_waypoint(bpmn_reader *r, const xml_element *e)
{
	bpmn_model *m = r->m;
	void *points = m->points;

	TRY(mem_grow(r->ctx, &points, &m->points_capacity, m->points_count, sizeof(*m->points)));
	m->points = points;
	m->points[m->points_count++] = (bpmn_point){ read_coord(e, "x"), read_coord(e, "y") };
	m->edges[m->edges_count - 1].point_count++;
	return EFILE_OK;
}

/* ---- the handler ---- */

static efile_status element_by_namespace(bpmn_reader *r, xml_element *e, xml_frame *f)
{
	if (!strcmp(e->uri, NS_MODEL))
		return model_element(r, e, f);
	if (!strcmp(e->uri, NS_DI))
		return diagram_element(r, e, f);
	if (!strcmp(e->uri, NS_DC) && !strcmp(e->name, "Bounds"))
		read_bounds(r, e, f);
	if (!strcmp(e->uri, NS_DD) && !strcmp(e->name, "waypoint") && f->edge)
		return read_waypoint(r, e);
	return read_engine_part(r, e, f);
}

static efile_status on_start(void *user, xml_element *e)
{
	bpmn_reader *r = user;
	void *frames = r->frames;
	xml_frame f = { .element = NONE, .behaviour = NONE };

	if (!r->root_seen && (strcmp(e->uri, NS_MODEL) || strcmp(e->name, "definitions")))
		return FAIL(r->ctx, EFILE_E_FORMAT, 2303, "this is no BPMN 2.0 file, but <%s>",
			    e->name);
	r->root_seen = true;
	if (r->frame_count)
		f = r->frames[r->frame_count - 1];
	TRY(element_by_namespace(r, e, &f));
	TRY(mem_grow(r->ctx, &frames, &r->frame_capacity, r->frame_count, sizeof(f)));
	r->frames = frames;
	r->frames[r->frame_count++] = f;
	return EFILE_OK;
}

static efile_status on_text(void *user, const char *text, size_t length)
{
	bpmn_reader *r = user;

	if (r->capture == CAPTURE_NOTHING)
		return EFILE_OK;
	buf_add(&r->text, text, length);
	return buf_status(&r->text, r->ctx);
}

static efile_status keep_lane_ref(bpmn_reader *r, int lane)
{
	bpmn_model *m = r->m;
	bpmn_lane_ref ref = { lane, 0, r->capture_line };
	void *refs = m->lane_refs;

	TRY(read_keep_ref(r, &ref.node, buf_text(&r->text), r->text.length));
	TRY(mem_grow(r->ctx, &refs, &m->lane_refs_capacity, m->lane_refs_count, sizeof(ref)));
	m->lane_refs = refs;
	m->lane_refs[m->lane_refs_count++] = ref;
	return EFILE_OK;
}

static efile_status end_capture(bpmn_reader *r, int element)
{
	bpmn_element *n = &r->m->elements[element];
	capture_kind what = r->capture;

	r->capture = CAPTURE_NOTHING;
	switch (what) {
	case CAPTURE_CONDITION:
		n->has_condition = true;
		n->condition_line = r->capture_line;
		return read_keep_expression(r, &n->condition, buf_text(&r->text), r->text.length);
	case CAPTURE_NODE_REF:
		return keep_lane_ref(r, element);
	case CAPTURE_TEXT:
		return read_keep(r, &n->name, buf_text(&r->text), r->text.length);
	case CAPTURE_SOURCE:
		return read_keep_ref(r, &n->source, buf_text(&r->text), r->text.length);
	case CAPTURE_TARGET:
		return read_keep_ref(r, &n->target, buf_text(&r->text), r->text.length);
	default:
		r->capture = what;
		return read_part_text(r, element);
	}
}

static efile_status on_end(void *user, const xml_element *e)
{
	bpmn_reader *r = user;
	xml_frame f = r->frames[--r->frame_count];

	(void)e;
	if (r->capture == CAPTURE_NOTHING || r->frame_count > r->capture_depth)
		return EFILE_OK;
	if (f.element != NONE)
		return end_capture(r, f.element);
	if (r->capture == CAPTURE_TRIGGER || r->capture == CAPTURE_TRIGGER_REF)
		return read_part_text(r, NONE);
	r->capture = CAPTURE_NOTHING;
	return EFILE_OK;
}

/* ---- resolving references ---- */

static int by_id_order(const void *a, const void *b, void *user)
{
	const bpmn_model *m = user;
	int left = *(const int *)a, right = *(const int *)b;
	int order = strcmp(bpmn_text(m, m->elements[left].id), bpmn_text(m, m->elements[right].id));

	return order ? order : (left > right) - (left < right);
}

static efile_status index_ids(bpmn_model *m)
{
	m->by_id = mem_new(m->ctx, (m->elements_count + 1) * sizeof(int));
	if (!m->by_id)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < m->elements_count; i++)
		if (m->elements[i].id)
			m->by_id[m->by_id_count++] = (int)i;
	qsort_r(m->by_id, m->by_id_count, sizeof(int), by_id_order, m);
	return EFILE_OK;
}

int bpmn_find(const bpmn_model *m, const char *id)
{
	size_t low = 0, high = m->by_id_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(bpmn_text(m, m->elements[m->by_id[middle]].id), id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < m->by_id_count && !strcmp(bpmn_text(m, m->elements[m->by_id[low]].id), id))
		return m->by_id[low];
	return NONE;
}

static int find_class(const bpmn_model *m, text_ref id, bpmn_class class)
{
	int found = id ? bpmn_find(m, bpmn_text(m, id)) : NONE;

	return found != NONE && m->elements[found].kind->class == class ? found : NONE;
}

static void resolve_flows(bpmn_model *m)
{
	for (size_t i = 0; i < m->elements_count; i++) {
		bpmn_element *n = &m->elements[i];

		if (n->kind->class == CLASS_FLOW) {
			n->from = find_class(m, n->source, CLASS_NODE);
			n->to = find_class(m, n->target, CLASS_NODE);
			if (n->from != NONE)
				m->elements[n->from].out_count++;
			if (n->to != NONE)
				m->elements[n->to].in_count++;
		} else if (n->kind->class == CLASS_LINE) {
			n->from = n->source ? bpmn_find(m, bpmn_text(m, n->source)) : NONE;
			n->to = n->target ? bpmn_find(m, bpmn_text(m, n->target)) : NONE;
		}
		n->default_flow = find_class(m, n->default_ref, CLASS_FLOW);
	}
	for (size_t i = 0; i < m->lane_refs_count; i++) {
		int node = find_class(m, m->lane_refs[i].node, CLASS_NODE);

		if (node != NONE)
			m->elements[node].lane = m->lane_refs[i].lane;
	}
}

static efile_status index_outgoing(bpmn_model *m)
{
	uint32_t next = 0;

	m->outgoing = mem_new(m->ctx, (m->elements_count + 1) * sizeof(int));
	if (!m->outgoing)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < m->elements_count; i++) {
		m->elements[i].first_out = next;
		next += m->elements[i].out_count;
		m->elements[i].out_count = 0;
	}
	for (size_t i = 0; i < m->elements_count; i++) {
		bpmn_element *n = &m->elements[i];

		if (n->kind->class == CLASS_FLOW && n->from != NONE) {
			bpmn_element *from = &m->elements[n->from];

			m->outgoing[from->first_out + from->out_count++] = (int)i;
		}
	}
	return EFILE_OK;
}

/* The first executable process, else the first one. */
static void choose_process(bpmn_model *m)
{
	m->process = NONE;
	for (size_t i = 0; i < m->elements_count; i++) {
		const bpmn_element *n = &m->elements[i];

		if (n->kind->kind != BPMN_PROCESS)
			continue;
		if (m->process == NONE || (n->executable && !m->elements[m->process].executable))
			m->process = (int)i;
	}
}

/* Where tokens begin that come from no flow: without a start event, at all that no flow leads to
 * (10.5.2). */
static bool is_entry(const bpmn_model *m, const bpmn_element *n)
{
	if (n->kind->class != CLASS_NODE)
		return false;
	if (n->kind->kind == BPMN_START || n->kind->kind == BPMN_BOUNDARY || n->for_compensation ||
	    n->by_event)
		return true;
	if (n->in_count)
		return false;
	return n->instantiate || (n->kind->kind == BPMN_CATCH && (n->events & EVENT_LINK)) ||
		n->parent == NONE || !m->elements[n->parent].has_start;
}

/* Everything that a token can reach from the entries of each scope. */
static efile_status mark_reached(bpmn_model *m)
{
	int *work = mem_new(m->ctx, (m->elements_count + 1) * sizeof(int));
	size_t count = 0;

	if (!work)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < m->elements_count; i++) {
		bpmn_element *n = &m->elements[i];

		n->reached = is_entry(m, n);
		if (n->reached)
			work[count++] = (int)i;
	}
	while (count) {
		const bpmn_element *n = &m->elements[work[--count]];

		for (uint32_t i = 0; i < n->out_count; i++) {
			int to = m->elements[m->outgoing[n->first_out + i]].to;

			if (to != NONE && !m->elements[to].reached) {
				m->elements[to].reached = true;
				work[count++] = to;
			}
		}
	}
	free(work);
	return EFILE_OK;
}

static efile_status resolve(bpmn_model *m)
{
	TRY(index_ids(m));
	TRY(read_resolve_references(m));
	resolve_flows(m);
	read_resolve_parts(m);
	TRY(index_outgoing(m));
	choose_process(m);
	return mark_reached(m);
}

void bpmn_model_clear(bpmn_model *m)
{
	buf_clear(&m->pool);
	free(m->elements);
	free(m->lane_refs);
	free(m->triggers);
	free(m->behaviours);
	free(m->mappings);
	free(m->shapes);
	free(m->edges);
	free(m->points);
	free(m->by_id);
	free(m->outgoing);
	*m = (bpmn_model){ 0 };
}

efile_status bpmn_read(bpmn_model *m, efile_ctx *ctx, efile_reader *reader, const char *name)
{
	static const xml_handler handler = { .start = on_start, .end = on_end, .text = on_text };
	bpmn_reader r = { .m = m, .ctx = ctx };
	efile_status status;

	*m = (bpmn_model){ .ctx = ctx, .process = NONE };
	status = xml_read(ctx, reader, name, &handler, &r);
	free(r.frames);
	buf_clear(&r.text);
	if (status >= 0)
		status = resolve(m);
	return status;
}
