/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The diagram of a BPMN file: its own (BPMN DI, chapter 12) if it has one, ours if not, with marks on
 * top. All kinds of diagrams: processes, collaborations, choreographies, conversations. */
#include "flow/picture.h"

#include <stdlib.h>
#include <string.h>

#define NS_BIOC "http://bpmn.io/schema/bpmn/biocolor/1.0"
#define NS_COLOUR "http://www.omg.org/spec/BPMN/non-normative/color/1.0"

enum { COORD_MAX = 20000000, BOXES_MAX = 100000, FAR = 30000 };

static const struct picture_row {
	bpmn_tag tag;
	diagram_shape shape;
	diagram_marker marker;
	diagram_border border;
} rows[] = {
	{ TAG_startEvent, SHAPE_START, MARK_NONE, BORDER_PLAIN },
	{ TAG_endEvent, SHAPE_END, MARK_NONE, BORDER_PLAIN },
	{ TAG_intermediateCatchEvent, SHAPE_MIDDLE, MARK_NONE, BORDER_PLAIN },
	{ TAG_intermediateThrowEvent, SHAPE_MIDDLE, MARK_NONE, BORDER_PLAIN },
	{ TAG_boundaryEvent, SHAPE_MIDDLE, MARK_NONE, BORDER_PLAIN },
	{ TAG_task, SHAPE_TASK, MARK_NONE, BORDER_PLAIN },
	{ TAG_userTask, SHAPE_TASK, MARK_USER, BORDER_PLAIN },
	{ TAG_serviceTask, SHAPE_TASK, MARK_SERVICE, BORDER_PLAIN },
	{ TAG_manualTask, SHAPE_TASK, MARK_MANUAL, BORDER_PLAIN },
	{ TAG_scriptTask, SHAPE_TASK, MARK_SCRIPT, BORDER_PLAIN },
	{ TAG_sendTask, SHAPE_TASK, MARK_SEND, BORDER_PLAIN },
	{ TAG_receiveTask, SHAPE_TASK, MARK_RECEIVE, BORDER_PLAIN },
	{ TAG_businessRuleTask, SHAPE_TASK, MARK_RULE, BORDER_PLAIN },
	{ TAG_callActivity, SHAPE_TASK, MARK_CALL, BORDER_THICK },
	{ TAG_subProcess, SHAPE_TASK, MARK_SUB_PROCESS, BORDER_PLAIN },
	{ TAG_transaction, SHAPE_TASK, MARK_TRANSACTION, BORDER_DOUBLE },
	{ TAG_adHocSubProcess, SHAPE_TASK, MARK_AD_HOC, BORDER_PLAIN },
	{ TAG_exclusiveGateway, SHAPE_GATEWAY, MARK_EXCLUSIVE, BORDER_PLAIN },
	{ TAG_parallelGateway, SHAPE_GATEWAY, MARK_PARALLEL, BORDER_PLAIN },
	{ TAG_inclusiveGateway, SHAPE_GATEWAY, MARK_INCLUSIVE, BORDER_PLAIN },
	{ TAG_complexGateway, SHAPE_GATEWAY, MARK_COMPLEX, BORDER_PLAIN },
	{ TAG_eventBasedGateway, SHAPE_GATEWAY, MARK_EVENT_BASED, BORDER_PLAIN },
	{ TAG_lane, SHAPE_LANE, MARK_NONE, BORDER_PLAIN },
	{ TAG_participant, SHAPE_POOL, MARK_NONE, BORDER_PLAIN },
	{ TAG_process, SHAPE_POOL, MARK_NONE, BORDER_PLAIN },
	{ TAG_dataObject, SHAPE_DATA, MARK_NONE, BORDER_PLAIN },
	{ TAG_dataObjectReference, SHAPE_DATA, MARK_NONE, BORDER_PLAIN },
	{ TAG_dataInput, SHAPE_DATA, MARK_INPUT, BORDER_PLAIN },
	{ TAG_dataOutput, SHAPE_DATA, MARK_OUTPUT, BORDER_PLAIN },
	{ TAG_dataStore, SHAPE_STORE, MARK_NONE, BORDER_PLAIN },
	{ TAG_dataStoreReference, SHAPE_STORE, MARK_NONE, BORDER_PLAIN },
	{ TAG_textAnnotation, SHAPE_NOTE, MARK_NONE, BORDER_PLAIN },
	{ TAG_group, SHAPE_GROUP, MARK_NONE, BORDER_PLAIN },
	{ TAG_message, SHAPE_MESSAGE, MARK_NONE, BORDER_PLAIN },
	{ TAG_choreographyTask, SHAPE_CHOREOGRAPHY, MARK_CHOREOGRAPHY, BORDER_PLAIN },
	{ TAG_subChoreography, SHAPE_CHOREOGRAPHY, MARK_CHOREOGRAPHY, BORDER_PLAIN },
	{ TAG_callChoreography, SHAPE_CHOREOGRAPHY, MARK_CHOREOGRAPHY, BORDER_THICK },
	{ TAG_conversation, SHAPE_CONVERSATION, MARK_CONVERSATION, BORDER_PLAIN },
	{ TAG_subConversation, SHAPE_CONVERSATION, MARK_CONVERSATION, BORDER_PLAIN },
	{ TAG_callConversation, SHAPE_CONVERSATION, MARK_CONVERSATION, BORDER_THICK },
};

static const struct trigger_row {
	bpmn_tag tag;
	diagram_marker marker;
} triggers[] = {
	{ TAG_messageEventDefinition, MARK_MESSAGE }, { TAG_timerEventDefinition, MARK_TIMER },
	{ TAG_signalEventDefinition, MARK_SIGNAL }, { TAG_errorEventDefinition, MARK_ERROR },
	{ TAG_escalationEventDefinition, MARK_ESCALATION }, { TAG_cancelEventDefinition, MARK_CANCEL },
	{ TAG_compensateEventDefinition, MARK_COMPENSATION },
	{ TAG_conditionalEventDefinition, MARK_CONDITION }, { TAG_linkEventDefinition, MARK_LINK },
	{ TAG_terminateEventDefinition, MARK_TERMINATE },
};

typedef struct picture {
	const document *f;
	diagram *d;
	int *boxes;             /* of each node of the tree, -1 */
	diagram_point *points;  /* of edges */
	size_t point_count, point_capacity;
} picture;

/* ---- what an element looks like ---- */

static const struct picture_row *row_of(bpmn_tag tag)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].tag == tag)
			return &rows[i];
	return NULL;
}

static const char *name_of(const document *f, xml_node_ref n)
{
	const char *name = document_attribute(f, n, "name");

	return name ? name : "";
}

static diagram_marker marker_of_trigger(bpmn_tag tag)
{
	for (size_t i = 0; i < ARRAY_SIZE(triggers); i++)
		if (triggers[i].tag == tag)
			return triggers[i].marker;
	return MARK_NONE;
}

static diagram_marker event_marker(const document *f, xml_node_ref n)
{
	size_t own = document_count_in(f, n, IS_DEFINITION), count;
	const document_ref *refs = document_refs(f, n, &count);
	xml_node_ref one = own ? document_child_in(f, n, IS_DEFINITION, 0) : 0;

	for (size_t i = 0; i < count; i++)
		if (refs[i].row->role == ROLE_DEFINITION) {
			own++;
			one = one ? one : refs[i].to;
		}
	if (own > 1)
		return document_flag(f, n, "parallelMultiple", false) ? MARK_PARALLEL_MULTIPLE :
									 MARK_MULTIPLE;
	return one ? marker_of_trigger(document_tag(f, one)) : MARK_NONE;
}

static void dress_event(const document *f, xml_node_ref n, diagram_box *b)
{
	b->marker = event_marker(f, n);
	b->thrown = document_is(f, n, IS_THROW);
	if ((document_tag(f, n) == TAG_boundaryEvent && !document_flag(f, n, "cancelActivity", true)) ||
	    (document_tag(f, n) == TAG_startEvent && !document_flag(f, n, "isInterrupting", true)))
		b->border = BORDER_DASHED;
}

static unsigned loop_sign(const document *f, xml_node_ref n)
{
	xml_node_ref loop = document_child(f, n, TAG_multiInstanceLoopCharacteristics, 0);

	if (document_child(f, n, TAG_standardLoopCharacteristics, 0))
		return SIGN_LOOP;
	if (!loop)
		return 0;
	return document_flag(f, loop, "isSequential", false) ? SIGN_SEQUENTIAL : SIGN_PARALLEL;
}

static void dress_activity(const document *f, xml_node_ref n, diagram_box *b)
{
	bpmn_tag tag = document_tag(f, n);
	xml_node_ref called;

	b->signs |= loop_sign(f, n);
	if (document_flag(f, n, "isForCompensation", false))
		b->signs |= SIGN_COMPENSATION;
	if (tag == TAG_adHocSubProcess)
		b->signs |= SIGN_AD_HOC;
	if (tag == TAG_receiveTask && document_flag(f, n, "instantiate", false))
		b->marker = MARK_RECEIVE_START;
	if (tag == TAG_callActivity) {
		called = document_target(f, n, ROLE_CALLED);
		if (!called || document_tag(f, called) == TAG_process)
			b->signs |= SIGN_COLLAPSED;
	}
	if (tag == TAG_subProcess && document_flag(f, n, "triggeredByEvent", false)) {
		b->border = BORDER_DOTTED;
		b->marker = MARK_EVENT_SUB_PROCESS;
	}
}

static void dress_gateway(const document *f, xml_node_ref n, diagram_box *b)
{
	const char *type = document_attribute(f, n, "eventGatewayType");

	if (document_tag(f, n) == TAG_eventBasedGateway && document_flag(f, n, "instantiate", false))
		b->marker = type && !strcmp(type, "Parallel") ? MARK_PARALLEL_START : MARK_EVENT_START;
}

static void dress_choreography(const document *f, xml_node_ref n, diagram_box *b)
{
	static const struct { const char *type; unsigned sign; } loops[] = {
		{ "Standard", SIGN_LOOP }, { "MultiInstanceSequential", SIGN_SEQUENTIAL },
		{ "MultiInstanceParallel", SIGN_PARALLEL },
	};
	const char *type = document_attribute(f, n, "loopType");

	for (size_t i = 0; type && i < ARRAY_SIZE(loops); i++)
		if (!strcmp(type, loops[i].type))
			b->signs |= loops[i].sign;
	if (document_tag(f, n) == TAG_subConversation)
		b->signs |= SIGN_COLLAPSED;
}

/* The name of a reference with its state; the name of what it refers to if it has none. */
static efile_status data_label(picture *p, xml_node_ref n, diagram_box *b)
{
	const document *f = p->f;
	xml_node_ref state = document_child(f, n, TAG_dataState, 0);
	xml_node_ref behind = document_target(f, n, ROLE_DATA_OBJECT);
	AUTO(buf) text = BUF_INIT;

	if (!behind)
		behind = document_target(f, n, ROLE_DATA_STORE);
	if (!*b->label && behind)
		b->label = name_of(f, behind);
	if (document_flag(f, behind ? behind : n, "isCollection", false) ||
	    document_flag(f, n, "isCollection", false))
		b->signs |= SIGN_COLLECTION;
	if (!state || !*name_of(f, state) || strchr(b->label, '['))
		return EFILE_OK;
	buf_add_format(&text, "%s%s[%s]", b->label, *b->label ? "\n" : "", name_of(f, state));
	return diagram_text(&b->label, p->d, &text);
}

static efile_status note_label(picture *p, xml_node_ref n, diagram_box *b)
{
	AUTO(buf) text = BUF_INIT;
	xml_node_ref inside = document_child(p->f, n, TAG_text, 0);

	if (!inside)
		return EFILE_OK;
	xml_tree_content(&text, &p->f->tree, inside);
	buf_add_char(&text, '\n');
	return diagram_text(&b->label, p->d, &text);
}

static void pool_label(const document *f, xml_node_ref n, diagram_box *b)
{
	xml_node_ref process = document_target(f, n, ROLE_PROCESS);
	xml_node_ref many = document_child(f, n, TAG_participantMultiplicity, 0);
	const char *maximum = many ? document_attribute(f, many, "maximum") : NULL;

	if (many && (!maximum || strcmp(maximum, "1")))
		b->signs |= SIGN_PARALLEL;
	b->empty = !process && document_tag(f, n) == TAG_participant;
	if (!*b->label && process)
		b->label = name_of(f, process);
}

static void group_label(const document *f, xml_node_ref n, diagram_box *b)
{
	size_t count;
	const document_ref *refs = document_refs(f, n, &count);
	const char *value = count && refs[0].to ? document_attribute(f, refs[0].to, "value") : NULL;

	if (value && !*b->label)
		b->label = value;
}

static efile_status dress(picture *p, xml_node_ref n, diagram_box *b)
{
	const document *f = p->f;

	if (document_is(f, n, IS_EVENT))
		dress_event(f, n, b);
	else if (document_is(f, n, IS_ACTIVITY))
		dress_activity(f, n, b);
	else if (document_is(f, n, IS_GATEWAY))
		dress_gateway(f, n, b);
	else if (document_is(f, n, IS_CHOREOGRAPHY | IS_CONVERSATION))
		dress_choreography(f, n, b);
	else if (b->shape == SHAPE_POOL)
		pool_label(f, n, b);
	else if (b->shape == SHAPE_GROUP)
		group_label(f, n, b);
	else if (b->shape == SHAPE_NOTE)
		return note_label(p, n, b);
	else if (b->shape == SHAPE_DATA || b->shape == SHAPE_STORE)
		return data_label(p, n, b);
	return EFILE_OK;
}

/* ---- the diagram of the file ---- */

static bool is_element(const document *f, xml_node_ref n, const char *uri, const char *name)
{
	const xml_node *node = &f->tree.nodes[n];

	return node->kind == XML_NODE_ELEMENT && !strcmp(xml_tree_text(&f->tree, node->name), name) &&
		!strcmp(xml_tree_text(&f->tree, node->uri), uri);
}

static xml_node_ref di_child(const document *f, xml_node_ref n, const char *uri, const char *name)
{
	for (xml_node_ref at = f->tree.nodes[n].first; at; at = f->tree.nodes[at].next)
		if (is_element(f, at, uri, name))
			return at;
	return 0;
}

/* A number as XML writes it, in hundredths, rounded; what is none counts as 0. */
static int32_t coordinate(const document *f, xml_node_ref n, const char *name)
{
	const char *at = document_attribute(f, n, name);
	int64_t value = 0;
	int places = -1, shift;
	bool negative = false, small = false;

	if (!at)
		return 0;
	while (str_ascii_space(*at))
		at++;
	negative = *at == '-';
	for (at += *at == '-' || *at == '+'; str_ascii_digit(*at) || (*at == '.' && places < 0); at++) {
		if (*at == '.')
			places = 0;
		else if (places < 4 && value < 100000000000)
			value = value * 10 + (*at - '0'), places += places >= 0;
	}
	places = places < 0 ? 0 : places;
	if (*at == 'e' || *at == 'E') {
		small = *++at == '-';
		for (shift = 0, at += *at == '-' || *at == '+'; str_ascii_digit(*at) && shift < 100; at++)
			shift = shift * 10 + (*at - '0');
		places += small ? shift : -shift;
	}
	for (; places > 2 && value; places--)
		value = (value + (places == 3 ? 5 : 0)) / 10;
	for (; places < 2 && value && value < COORD_MAX; places++)
		value *= 10;
	value = value > COORD_MAX ? COORD_MAX : value;
	return (int32_t)(negative ? -value : value);
}

static diagram_area area_of(const document *f, xml_node_ref bounds)
{
	if (!bounds)
		return (diagram_area){ 0, 0, 0, 0 };
	return (diagram_area){ coordinate(f, bounds, "x"), coordinate(f, bounds, "y"),
			       abs(coordinate(f, bounds, "width")), abs(coordinate(f, bounds, "height")) };
}

/* Only what CSS takes for a colour, since it goes into a style. */
static const char *colour(const document *f, xml_node_ref n, const char *uri, const char *name)
{
	const char *value = n ? xml_tree_attribute_of(&f->tree, n, uri, name) : NULL;
	size_t length = value ? strlen(value) : 0;

	if (!length || length > 40)
		return NULL;
	return strspn(value, "#0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ(),.% ") == length ?
		value : NULL;
}

static diagram_colours colours_of(const document *f, xml_node_ref n)
{
	xml_node_ref label = di_child(f, n, BPMN_NS_DI, "BPMNLabel");
	diagram_colours c = { colour(f, n, NS_COLOUR, "background-color"),
			      colour(f, n, NS_COLOUR, "border-color"), colour(f, label, NS_COLOUR, "color") };

	c.fill = c.fill ? c.fill : colour(f, n, NS_BIOC, "fill");
	c.stroke = c.stroke ? c.stroke : colour(f, n, NS_BIOC, "stroke");
	if (!c.text && (c.fill || c.stroke))
		c.text = c.stroke ? c.stroke : "#1b1d21";
	return c;
}

/* Some tools write label bounds that have nothing to do with the shape. */
static diagram_area label_of(const document *f, xml_node_ref n, const diagram_area *shape)
{
	xml_node_ref label = di_child(f, n, BPMN_NS_DI, "BPMNLabel");
	diagram_area a = area_of(f, label ? di_child(f, label, BPMN_NS_DC, "Bounds") : 0);
	int64_t x = (int64_t)a.x + a.width / 2, y = (int64_t)a.y + a.height / 2;

	if (x < shape->x - FAR || x > (int64_t)shape->x + shape->width + FAR || y < shape->y - FAR ||
	    y > (int64_t)shape->y + shape->height + FAR)
		return (diagram_area){ 0, 0, 0, 0 };
	return a;
}

/* Without word from the file a sub-process is open if it has room for something. */
static bool is_expanded(const document *f, xml_node_ref shape, xml_node_ref n, const diagram_area *a)
{
	if (document_attribute(f, shape, "isExpanded"))
		return document_flag(f, shape, "isExpanded", false);
	return a->width >= 16000 && a->height >= 12000 &&
		document_child_in(f, n, IS_NODE | IS_CHOREOGRAPHY, 0);
}

static bool is_band(const document *f, xml_node_ref shape)
{
	return document_attribute(f, shape, "participantBandKind") ||
		document_attribute(f, shape, "choreographyActivityShape");
}

static void dress_band(const document *f, xml_node_ref shape, diagram_box *b)
{
	const char *kind = document_attribute(f, shape, "participantBandKind");

	b->shape = SHAPE_BAND;
	b->shaded = kind && strstr(kind, "non_initiating");
}

static void dress_by_shape(const document *f, xml_node_ref shape, xml_node_ref n, diagram_box *b)
{
	if (b->shape == SHAPE_POOL && is_band(f, shape)) {
		dress_band(f, shape, b);
		return;
	}
	if (document_is(f, n, IS_SUB_PROCESS) || document_tag(f, n) == TAG_subChoreography) {
		b->container = is_expanded(f, shape, n, &b->area);
		b->signs |= b->container ? 0 : SIGN_COLLAPSED;
	}
	if (document_tag(f, n) == TAG_callActivity && document_flag(f, shape, "isExpanded", false) &&
	    b->area.width >= 16000 && b->area.height >= 12000) {
		b->container = true;
		b->signs &= ~(unsigned)SIGN_COLLAPSED;
	}
	if (b->shape == SHAPE_POOL && !document_flag(f, shape, "isExpanded", true))
		b->empty = true;
	if ((b->shape == SHAPE_POOL || b->shape == SHAPE_LANE))
		b->vertical = !document_flag(f, shape, "isHorizontal", true);
	if (b->marker == MARK_EXCLUSIVE && !document_flag(f, shape, "isMarkerVisible", true))
		b->marker = MARK_EXCLUSIVE_PLAIN;
}

static xml_node_ref shown_by(const document *f, xml_node_ref n)
{
	const char *id = document_attribute(f, n, "bpmnElement");
	const char *colon = id ? strrchr(id, ':') : NULL;
	xml_node_ref found = id ? document_find(f, id) : 0;

	return !found && colon ? document_find(f, colon + 1) : found;
}

/* The id as the file gives it, though the element be missing. */
static const char *shown_id(const document *f, xml_node_ref n)
{
	const char *id = document_attribute(f, n, "bpmnElement");
	const char *colon = id ? strrchr(id, ':') : NULL;

	return colon ? colon + 1 : id ? id : "";
}

static efile_status add_box(picture *p, const diagram_box *b, xml_node_ref n)
{
	if (p->d->box_count >= BOXES_MAX)
		return FAIL(p->f->ctx, EFILE_E_LIMIT, 2341, "the diagram has more than %d shapes",
			    (int)BOXES_MAX);
	if (n && b->shape != SHAPE_BAND)
		p->boxes[n] = (int)p->d->box_count;
	return diagram_add_box(p->d, b);
}

static efile_status add_shape(picture *p, xml_node_ref shape)
{
	const document *f = p->f;
	xml_node_ref n = shown_by(f, shape), bounds = di_child(f, shape, BPMN_NS_DC, "Bounds");
	const struct picture_row *row = n ? row_of(document_tag(f, n)) : NULL;
	diagram_box b = { .shape = SHAPE_TASK, .border = BORDER_DASHED, .id = shown_id(f, shape), .label = "",
			  .host = -1, .scope = -1 };

	if (!bounds)
		return EFILE_OK;
	b.area = area_of(f, bounds);
	b.colours = colours_of(f, shape);
	if (n)
		b.label = name_of(f, n);
	if (row) {
		b.shape = row->shape;
		b.marker = row->marker;
		b.border = row->border;
		b.label_area = label_of(f, shape, &b.area);
		TRY(dress(p, n, &b));
		dress_by_shape(f, shape, n, &b);
	}
	return add_box(p, &b, n);
}

/* ---- lines ---- */

static const struct arrow_row {
	bpmn_tag tag;
	diagram_arrow arrow;
} arrows[] = {
	{ TAG_sequenceFlow, ARROW_SEQUENCE }, { TAG_messageFlow, ARROW_MESSAGE },
	{ TAG_association, ARROW_ASSOCIATION }, { TAG_dataInputAssociation, ARROW_DATA },
	{ TAG_dataOutputAssociation, ARROW_DATA }, { TAG_conversationLink, ARROW_CONVERSATION },
};

static bool dress_line(picture *p, xml_node_ref n, diagram_line *line)
{
	const document *f = p->f;
	xml_node_ref from = document_target(f, n, ROLE_SOURCE), to = document_target(f, n, ROLE_TARGET);
	const char *direction = document_attribute(f, n, "associationDirection");
	size_t i = 0;

	while (i < ARRAY_SIZE(arrows) && arrows[i].tag != document_tag(f, n))
		i++;
	if (i == ARRAY_SIZE(arrows))
		return false;
	line->arrow = arrows[i].arrow;
	line->id = document_id(f, n);
	line->label = name_of(f, n);
	line->from = from ? p->boxes[from] : -1;
	line->to = to ? p->boxes[to] : -1;
	line->conditional = from && document_is(f, from, IS_ACTIVITY) &&
		document_child(f, n, TAG_conditionExpression, 0);
	line->standard = from && document_refers(f, from, ROLE_DEFAULT, n);
	line->arrow_at_end = direction && (!strcmp(direction, "One") || !strcmp(direction, "Both"));
	line->arrow_at_start = direction && !strcmp(direction, "Both");
	return true;
}

static efile_status add_waypoints(picture *p, xml_node_ref edge, size_t *count)
{
	const document *f = p->f;

	*count = 0;
	for (xml_node_ref at = f->tree.nodes[edge].first; at; at = f->tree.nodes[at].next) {
		void *points = p->points;

		if (!is_element(f, at, BPMN_NS_DD, "waypoint"))
			continue;
		TRY(mem_grow(f->ctx, &points, &p->point_capacity, p->point_count, sizeof(*p->points)));
		p->points = points;
		p->points[p->point_count++] =
			(diagram_point){ coordinate(f, at, "x"), coordinate(f, at, "y") };
		(*count)++;
	}
	return EFILE_OK;
}

static efile_status add_edge(picture *p, xml_node_ref edge)
{
	const document *f = p->f;
	xml_node_ref n = shown_by(f, edge), label = di_child(f, edge, BPMN_NS_DI, "BPMNLabel");
	diagram_line line = { .arrow = ARROW_ASSOCIATION, .id = shown_id(f, edge), .label = "", .from = -1,
			      .to = -1 };

	if (n && !dress_line(p, n, &line))
		line.id = document_id(f, n);
	TRY(add_waypoints(p, edge, &line.point_count));
	line.carries = document_attribute(f, edge, "messageVisibleKind");
	line.colours = colours_of(f, edge);
	if (label)
		line.label_area = area_of(f, di_child(f, label, BPMN_NS_DC, "Bounds"));
	return diagram_add_line(p->d, &line);
}

/* The points have moved while they were gathered. */
static void point_lines(picture *p)
{
	size_t at = 0;

	p->d->laid = STEAL(p->points);
	for (size_t i = 0; i < p->d->line_count; i++) {
		diagram_line *line = &p->d->lines[i];

		line->points = p->d->laid ? p->d->laid + at : NULL; /* no line has points */
		at += line->point_count;
		if (line->label_area.width > 0 && line->point_count &&
		    (labs((long)line->label_area.x - line->points[0].x) > 400000 ||
		     labs((long)line->label_area.y - line->points[0].y) > 400000))
			line->label_area = (diagram_area){ 0, 0, 0, 0 };
	}
}

static efile_status add_plane(picture *p, xml_node_ref plane)
{
	const document *f = p->f;

	for (xml_node_ref at = f->tree.nodes[plane].first; at; at = f->tree.nodes[at].next)
		if (is_element(f, at, BPMN_NS_DI, "BPMNShape"))
			TRY(add_shape(p, at));
	for (xml_node_ref at = f->tree.nodes[plane].first; at; at = f->tree.nodes[at].next)
		if (is_element(f, at, BPMN_NS_DI, "BPMNEdge"))
			TRY(add_edge(p, at));
	return EFILE_OK;
}

/* The diagram of that number, or the first with a shape. */
static efile_status own_layout(picture *p, uint32_t number)
{
	const document *f = p->f;
	uint32_t count = 0;

	for (xml_node_ref at = f->tree.nodes[f->definitions].first; at; at = f->tree.nodes[at].next) {
		xml_node_ref plane;

		if (!is_element(f, at, BPMN_NS_DI, "BPMNDiagram"))
			continue;
		plane = di_child(f, at, BPMN_NS_DI, "BPMNPlane");
		if (!plane || (number && ++count != number))
			continue;
		TRY(add_plane(p, plane));
		if (number || p->d->box_count)
			break;
	}
	point_lines(p);
	if (number && !p->d->box_count)
		return FAIL(f->ctx, EFILE_E_NOTFOUND, 2342, "the file has no diagram number %u with shapes",
			    (unsigned)number);
	return EFILE_OK;
}

/* ---- a layout of ours ---- */

static bool laid_out(const document *f, xml_node_ref n)
{
	return document_is(f, n, IS_NODE | IS_CHOREOGRAPHY | IS_CONVERSATION) &&
		document_tag(f, n) != TAG_implicitThrowEvent;
}

/* Each process is a pool if there are several, or if a participant stands for it. */
static size_t process_count(const document *f)
{
	size_t count = 0;

	for (xml_node_ref at = f->tree.nodes[f->definitions].first; at; at = f->tree.nodes[at].next)
		count += document_tag(f, at) == TAG_process && document_child_in(f, at, IS_NODE, 0);
	return count;
}

static efile_status add_pool(picture *p, xml_node_ref n)
{
	diagram_box b = { .shape = SHAPE_POOL, .id = document_id(p->f, n), .label = name_of(p->f, n),
			  .host = -1, .scope = -1 };
	xml_node_ref process = document_target(p->f, n, ROLE_PROCESS);

	pool_label(p->f, n, &b);
	TRY(add_box(p, &b, n));
	if (process)
		p->boxes[process] = p->boxes[n];
	return EFILE_OK;
}

static efile_status add_pools(picture *p)
{
	const document *f = p->f;
	bool many = process_count(f) > 1;

	for (size_t i = 1; i < f->tree.node_count; i++)
		if (f->tags[i] == TAG_participant &&
		    document_tag(f, document_parent(f, (xml_node_ref)i)) == TAG_collaboration)
			TRY(add_pool(p, (xml_node_ref)i));
	for (xml_node_ref at = f->tree.nodes[f->definitions].first; at; at = f->tree.nodes[at].next)
		if (document_tag(f, at) == TAG_process && p->boxes[at] < 0 && (many || p->d->box_count) &&
		    document_child_in(f, at, IS_NODE, 0))
			TRY(add_pool(p, at));
	return EFILE_OK;
}

static efile_status add_node(picture *p, xml_node_ref n)
{
	const document *f = p->f;
	const struct picture_row *row = row_of(document_tag(f, n));
	xml_node_ref host = document_target(f, n, ROLE_ATTACHED);
	diagram_box b = { .id = document_id(f, n), .label = name_of(f, n), .host = -1 };

	if (!row)
		return EFILE_OK;
	b.shape = row->shape;
	b.marker = row->marker;
	b.border = row->border;
	b.scope = p->boxes[document_parent(f, n)];
	TRY(dress(p, n, &b));
	if (document_is(f, n, IS_SUB_PROCESS) || document_tag(f, n) == TAG_subChoreography) {
		b.container = document_child_in(f, n, IS_NODE | IS_CHOREOGRAPHY, 0);
		b.signs |= b.container ? 0 : SIGN_COLLAPSED;
	}
	/* A host in another scope is none. */
	if (host && host != n && document_parent(f, host) == document_parent(f, n) &&
	    document_tag(f, n) == TAG_boundaryEvent)
		b.host = p->boxes[host];
	return add_box(p, &b, n);
}

static efile_status add_nodes(picture *p, bool boundary)
{
	const document *f = p->f;

	for (size_t i = 1; i < f->tree.node_count; i++)
		if (f->tags[i] && laid_out(f, (xml_node_ref)i) &&
		    boundary == (f->tags[i] == TAG_boundaryEvent))
			TRY(add_node(p, (xml_node_ref)i));
	return EFILE_OK;
}

static efile_status new_layout(picture *p)
{
	const document *f = p->f;

	TRY(add_pools(p));
	TRY(add_nodes(p, false));
	TRY(add_nodes(p, true));
	for (size_t i = 1; i < f->tree.node_count; i++) {
		diagram_line line = { .from = -1, .to = -1 };

		if ((f->tags[i] == TAG_sequenceFlow || f->tags[i] == TAG_messageFlow) &&
		    dress_line(p, (xml_node_ref)i, &line))
			TRY(diagram_add_line(p->d, &line));
	}
	return diagram_layout(p->d);
}

/* ---- the whole ---- */

static efile_status find_boxes(picture *p)
{
	size_t count = p->f->tree.node_count + 1;

	p->boxes = mem_new(p->f->ctx, count * sizeof(int));
	if (!p->boxes)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < count; i++)
		p->boxes[i] = -1;
	return EFILE_OK;
}

/* The name of the executable process, else of the first, else of the file. */
static const char *title_of(const document *f)
{
	xml_node_ref best = 0;
	const char *name;

	for (xml_node_ref at = f->tree.nodes[f->definitions].first; at; at = f->tree.nodes[at].next)
		if (document_tag(f, at) == TAG_process &&
		    (!best || (document_flag(f, at, "isExecutable", false) &&
			       !document_flag(f, best, "isExecutable", false))))
			best = at;
	if (best && *name_of(f, best))
		return name_of(f, best);
	name = name_of(f, f->definitions);
	if (!*name && best)
		name = document_id(f, best);
	return *name ? name : message_translate((int)f->ctx->language, "process diagram");
}

efile_status picture_of(diagram *d, const document *file, const picture_options *options)
{
	picture p = { .f = file, .d = d };
	efile_status status;

	d->ctx = file->ctx;
	d->title = title_of(file);
	status = find_boxes(&p);
	if (status == EFILE_OK && !options->lay_out)
		status = own_layout(&p, options->diagram);
	if (status == EFILE_OK && !d->box_count) {
		d->line_count = 0;
		status = new_layout(&p);
	}
	free(p.boxes);
	free(p.points);
	return status;
}

void picture_mark(diagram *d, const char *id, picture_state state, uint32_t count)
{
	d->overlay = true;
	for (size_t i = 0; i < d->box_count; i++) {
		diagram_box *b = &d->boxes[i];

		if (strcmp(b->id, id) != 0)
			continue;
		b->visited = true;
		b->active |= state == PICTURE_ACTIVE;
		b->incident |= state == PICTURE_INCIDENT;
		b->count = count ? count : b->count;
	}
	for (size_t i = 0; i < d->line_count; i++)
		if (!strcmp(d->lines[i].id, id))
			d->lines[i].visited = true;
}

/* "1,250 × 2.5 h": the number and the largest fitting unit with one decimal. */
static void heat_words(buf *out, efile_ctx *ctx, uint64_t visits, int64_t mean)
{
	static const struct { int64_t microseconds; const char *unit; } units[] = {
		{ INT64_C(86400000000), "d" }, { INT64_C(3600000000), "h" }, { 60000000, "min" },
		{ 1000000, "s" }, { 1000, "ms" },
	};
	bool german = ctx->language == EFILE_LANGUAGE_DE;

	buf_add_format(out, "%llu\xc3\x97", (unsigned long long)visits);
	if (mean < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		int64_t tenths = mean / (units[i].microseconds / 10);

		if (tenths < 10 && i + 1 < ARRAY_SIZE(units))
			continue;
		buf_add_format(out, " \xc3\xb8 %lld%c%lld %s", (long long)(tenths / 10), german ? ',' : '.',
			       (long long)(tenths % 10), german && i == 0 ? "T" : units[i].unit);
		return;
	}
}

efile_status picture_heat(diagram *d, const char *id, uint64_t visits, uint64_t most, int64_t mean)
{
	d->heat = true;
	for (size_t i = 0; i < d->box_count; i++) {
		diagram_box *b = &d->boxes[i];
		AUTO(buf) text = BUF_INIT;

		if (strcmp(b->id, id) != 0)
			continue;
		b->heat = visits && most ? (uint8_t)(1 + (visits >= most ? 4 : visits * 5 / most)) : 0;
		heat_words(&text, d->ctx, visits, mean);
		TRY(diagram_text(&b->heat_text, d, &text));
	}
	return EFILE_OK;
}
