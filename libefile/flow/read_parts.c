/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands inside the elements of a BPMN file: event definitions, loops, parameters, scripts;
 * and the notations of other engines for them. Rows of tables say which text is which field. */
#include "flow/read.h"

#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"
#include "flow/term.h"

#define NS_EFILE "urn:libefile:bpmn:1"
#define NS_ZEEBE "http://camunda.org/schema/zeebe/1.0"

/* TERM: a point of time in another engine's spelling; left out where it says nothing to us. */
typedef enum text_kind { TEXT, REFERENCE, EXPRESSION, TERM } text_kind;

typedef struct field_row {
	const char *name;
	bpmn_field field;
	text_kind kind;
} field_row;

/* ---- rows: attributes and parts ---- */

static const field_row bpmn_fields[] = {
	{ "scriptFormat", FIELD_LANGUAGE, TEXT }, { "calledElement", FIELD_CALLED, REFERENCE },
	{ "messageRef", FIELD_MESSAGE, REFERENCE }, { "operationRef", FIELD_OPERATION, REFERENCE },
	{ "attachedToRef", FIELD_ATTACHED, REFERENCE }, { "errorCode", FIELD_CODE, TEXT },
	{ "escalationCode", FIELD_CODE, TEXT }, { "processRef", FIELD_PROCESS, REFERENCE },
	{ "dataObjectRef", FIELD_DATA, REFERENCE }, { "dataStoreRef", FIELD_DATA, REFERENCE },
	{ "correlationKeyRef", FIELD_DATA, REFERENCE },
	{ "correlationPropertyRef", FIELD_DATA, REFERENCE },
};

static const field_row own_fields[] = {
	{ "candidateGroups", FIELD_GROUPS, TEXT }, { "candidateUsers", FIELD_USERS, TEXT },
	{ "assignee", FIELD_ASSIGNEE, TEXT }, { "dueIn", FIELD_DUE_IN, TEXT },
	{ "separateFrom", FIELD_SEPARATE, TEXT }, { "form", FIELD_FORM, TEXT },
	{ "handler", FIELD_HANDLER, TEXT }, { "priority", FIELD_PRIORITY, TEXT },
	{ "followUp", FIELD_FOLLOW_UP, TEXT }, { "resultVariable", FIELD_RESULT, TEXT },
	{ "calendar", FIELD_CALENDAR, TEXT }, { "dueDate", FIELD_DUE_IN, TEXT },
	{ "separateDeputies", FIELD_SEPARATE_DEPUTIES, TEXT },
	{ "variables", FIELD_VARIABLES, TEXT },
	{ "route", FIELD_ROUTE, TEXT }, { "retainDays", FIELD_RETAIN, TEXT },
	{ "decision", FIELD_DECISION, TEXT }, { "correlationKey", FIELD_CORRELATION, EXPRESSION },
	{ "retries", FIELD_RETRIES, TEXT }, { "versionTag", FIELD_VERSION_TAG, TEXT },
	{ "calledBinding", FIELD_BINDING, TEXT }, { "calledVersion", FIELD_BINDING_VALUE, TEXT },
	{ "calledVersionTag", FIELD_BINDING_VALUE, TEXT },
	{ "decisionBinding", FIELD_BINDING, TEXT }, { "decisionVersion", FIELD_BINDING_VALUE, TEXT },
	{ "decisionVersionTag", FIELD_BINDING_VALUE, TEXT },
	{ "collection", FIELD_COLLECTION, EXPRESSION }, { "elementVariable", FIELD_ITEM, TEXT },
	{ "outputCollection", FIELD_OUT_COLLECTION, TEXT },
	{ "outputElement", FIELD_OUT_ITEM, EXPRESSION },
};

/* Camunda's, and those of its forks. */
static const field_row camunda_fields[] = {
	{ "candidateGroups", FIELD_GROUPS, TEXT }, { "candidateUsers", FIELD_USERS, TEXT },
	{ "assignee", FIELD_ASSIGNEE, TEXT }, { "formKey", FIELD_FORM, TEXT },
	{ "topic", FIELD_HANDLER, TEXT }, { "class", FIELD_HANDLER, TEXT },
	{ "delegateExpression", FIELD_HANDLER, TEXT }, { "expression", FIELD_HANDLER, TEXT },
	{ "priority", FIELD_PRIORITY, TEXT }, { "followUpDate", FIELD_FOLLOW_UP, TERM },
	{ "dueDate", FIELD_DUE_IN, TERM },
	{ "resultVariable", FIELD_RESULT, TEXT }, { "decisionRef", FIELD_DECISION, TEXT },
	{ "versionTag", FIELD_VERSION_TAG, TEXT },
	{ "calledElementBinding", FIELD_BINDING, TEXT },
	{ "calledElementVersion", FIELD_BINDING_VALUE, TEXT },
	{ "calledElementVersionTag", FIELD_BINDING_VALUE, TEXT },
	{ "decisionRefBinding", FIELD_BINDING, TEXT },
	{ "decisionRefVersion", FIELD_BINDING_VALUE, TEXT },
	{ "decisionRefVersionTag", FIELD_BINDING_VALUE, TEXT },
	{ "collection", FIELD_COLLECTION, EXPRESSION }, { "elementVariable", FIELD_ITEM, TEXT },
};

/* Of elements in zeebe's namespace; the first column of the other table names them. */
static const field_row zeebe_fields[] = {
	{ "candidateGroups", FIELD_GROUPS, TEXT }, { "candidateUsers", FIELD_USERS, TEXT },
	{ "assignee", FIELD_ASSIGNEE, TEXT }, { "formId", FIELD_FORM, TEXT },
	{ "formKey", FIELD_FORM, TEXT }, { "type", FIELD_HANDLER, TEXT },
	{ "retries", FIELD_RETRIES, TEXT }, { "processId", FIELD_CALLED, TEXT },
	{ "bindingType", FIELD_BINDING, TEXT }, { "versionTag", FIELD_BINDING_VALUE, TEXT },
	{ "decisionId", FIELD_DECISION, TEXT }, { "resultVariable", FIELD_RESULT, TEXT },
	{ "correlationKey", FIELD_CORRELATION, EXPRESSION },
	{ "expression", FIELD_SCRIPT, EXPRESSION }, { "priority", FIELD_PRIORITY, TEXT },
	{ "inputCollection", FIELD_COLLECTION, EXPRESSION }, { "inputElement", FIELD_ITEM, TEXT },
	{ "outputCollection", FIELD_OUT_COLLECTION, TEXT },
	{ "outputElement", FIELD_OUT_ITEM, EXPRESSION },
	{ "dueDate", FIELD_DUE_IN, TERM }, { "followUpDate", FIELD_FOLLOW_UP, TERM },
};

static const char *const zeebe_elements[] = {
	"taskDefinition", "assignmentDefinition", "formDefinition", "calledElement",
	"calledDecision", "subscription", "script", "loopCharacteristics", "priorityDefinition",
	"taskSchedule",
};

static const char *const camunda_uris[] = {
	"http://camunda.org/schema/1.0/bpmn", "http://operaton.org/schema/1.0/bpmn",
	"http://flowable.org/bpmn", "http://activiti.org/bpmn",
};

/* Elements whose text is a field of the element around them. */
static const struct text_part {
	const char *name;
	bpmn_field field;
	capture_kind capture;
} text_parts[] = {
	{ "script", FIELD_SCRIPT, CAPTURE_EXPRESSION },
	{ "activationCondition", FIELD_CONDITION, CAPTURE_EXPRESSION },
	{ "loopCardinality", FIELD_CARDINALITY, CAPTURE_EXPRESSION },
	{ "loopCondition", FIELD_LOOP_CONDITION, CAPTURE_EXPRESSION },
	{ "loopDataInputRef", FIELD_COLLECTION, CAPTURE_FIELD_REF },
	{ "loopDataOutputRef", FIELD_OUT_COLLECTION, CAPTURE_FIELD_REF },
	{ "inMessageRef", FIELD_MESSAGE, CAPTURE_FIELD_REF },
	{ "messagePath", FIELD_CORRELATION, CAPTURE_EXPRESSION },
	{ "dataPath", FIELD_CORRELATION, CAPTURE_EXPRESSION },
	{ "conditionExpression", FIELD_COUNT, CAPTURE_CONDITION },
	{ "flowNodeRef", FIELD_COUNT, CAPTURE_NODE_REF },
	{ "text", FIELD_COUNT, CAPTURE_TEXT },
	{ "sourceRef", FIELD_COUNT, CAPTURE_SOURCE },
	{ "targetRef", FIELD_COUNT, CAPTURE_TARGET },
};

static const struct event_row {
	const char *name;
	bpmn_event kind;
	const char *reference;  /* the attribute that names an item */
} events[] = {
	{ "terminateEventDefinition", EVENT_TERMINATE, "" },
	{ "messageEventDefinition", EVENT_MESSAGE, "messageRef" },
	{ "timerEventDefinition", EVENT_TIMER, "" },
	{ "signalEventDefinition", EVENT_SIGNAL, "signalRef" },
	{ "errorEventDefinition", EVENT_ERROR, "errorRef" },
	{ "escalationEventDefinition", EVENT_ESCALATION, "escalationRef" },
	{ "cancelEventDefinition", EVENT_CANCEL, "" },
	{ "compensateEventDefinition", EVENT_COMPENSATE, "activityRef" },
	{ "conditionalEventDefinition", EVENT_CONDITIONAL, "" },
	{ "linkEventDefinition", EVENT_LINK, "" },
};

static const struct timer_row {
	const char *name;
	bpmn_timer timer;
} timers[] = {
	{ "timeDate", TIMER_DATE }, { "timeDuration", TIMER_DURATION },
	{ "timeCycle", TIMER_CYCLE },
};

/* ---- texts ---- */

static void trim(const char **text, size_t *length)
{
	while (*length && str_ascii_space(**text))
		(*text)++, (*length)--;
	while (*length && str_ascii_space((*text)[*length - 1]))
		(*length)--;
}

/* "${a == 'x' && !b}" becomes FEEL; what has no counterpart stays as it is and is found later. */
static efile_status keep_foreign(bpmn_reader *r, text_ref *out, const char *text, size_t length)
{
	AUTO(buf) feel = BUF_INIT;
	bool fits;

	trim(&text, &length);
	TRY(expr_from_juel(&fits, &feel, r->ctx, text, length));
	if (fits)
		return read_keep(r, out, buf_text(&feel), feel.length);
	return read_keep(r, out, text, length);
}

efile_status read_keep_expression(bpmn_reader *r, text_ref *out, const char *text, size_t length)
{
	trim(&text, &length);
	if (length > 3 && (*text == '$' || *text == '#') && text[1] == '{' &&
	    text[length - 1] == '}')
		return keep_foreign(r, out, text + 2, length - 3);
	if (length && *text == '=')
		text++, length--;
	trim(&text, &length);
	return read_keep(r, out, text, length);
}

/* "${a}" of other engines becomes "=a" in FEEL. */
static efile_status keep_term(bpmn_reader *r, text_ref *out, const xml_attribute *a)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) feel = BUF_INIT;
	bool fits = false;

	if (a->length > 3 && (*a->value == '$' || *a->value == '#') && a->value[1] == '{' &&
	    a->value[a->length - 1] == '}')
		TRY(expr_from_juel(&fits, &feel, r->ctx, a->value + 2, a->length - 3));
	if (fits)
		buf_add_format(&text, "=%s", buf_text(&feel));
	else
		buf_add(&text, a->value, a->length);
	TRY(buf_status(&text, r->ctx));
	if (!fits && *buf_text(&text) != '=' && !term_valid(buf_text(&text)))
		return EFILE_OK;
	return read_keep(r, out, buf_text(&text), text.length);
}

static efile_status keep_as(bpmn_reader *r, int element, const field_row *row,
			    const xml_attribute *a)
{
	text_ref text = 0;

	if (row->kind == REFERENCE)
		TRY(read_keep_ref(r, &text, a->value, a->length));
	else if (row->kind == EXPRESSION)
		TRY(read_keep_expression(r, &text, a->value, a->length));
	else if (row->kind == TERM)
		TRY(keep_term(r, &text, a));
	else
		TRY(read_keep(r, &text, a->value, a->length));
	r->m->elements[element].fields[row->field] = text;
	return EFILE_OK;
}

static efile_status keep_field(bpmn_reader *r, int element, const field_row *rows, size_t count,
			       const xml_attribute *a)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i].name, a->name))
			return keep_as(r, element, &rows[i], a);
	return EFILE_OK;
}

static bool one_of(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* ---- attributes of elements ---- */

static long number_of(const xml_element *e, const char *name, long otherwise)
{
	const xml_attribute *a = read_attribute(e, name);
	long value = 0;
	size_t i = 0;
	bool negative = a && a->length && *a->value == '-';

	if (!a || !a->length)
		return otherwise;
	for (i = negative; i < a->length && str_ascii_digit(a->value[i]) && value < 100000000; i++)
		value = value * 10 + (a->value[i] - '0');
	return negative ? -value : value;
}

efile_status read_own_attributes(bpmn_reader *r, int element, const xml_element *e)
{
	bpmn_element *n = &r->m->elements[element];

	n->executable = read_attribute_is(e, "isExecutable", "true");
	n->by_event = read_attribute_is(e, "triggeredByEvent", "true");
	n->interrupting = !read_attribute_is(e, "isInterrupting", "false") &&
		!read_attribute_is(e, "cancelActivity", "false");
	n->parallel_multiple = read_attribute_is(e, "parallelMultiple", "true");
	n->instantiate = read_attribute_is(e, "instantiate", "true");
	n->parallel_start = read_attribute_is(e, "eventGatewayType", "Parallel");
	n->for_compensation = read_attribute_is(e, "isForCompensation", "true");
	n->sequential = read_attribute_is(e, "ordering", "Sequential");
	n->cancel_remaining = !read_attribute_is(e, "cancelRemainingInstances", "false");
	n->collection = read_attribute_is(e, "isCollection", "true");
	n->start_quantity = number_of(e, "startQuantity", 1);
	n->completion_quantity = number_of(e, "completionQuantity", 1);
	for (size_t i = 0; i < e->attribute_count; i++) {
		const xml_attribute *a = &e->attributes[i];

		if (!*a->uri)
			TRY(keep_field(r, element, bpmn_fields, ARRAY_SIZE(bpmn_fields), a));
		else
			TRY(read_engine_attribute(r, element, a));
	}
	return EFILE_OK;
}

efile_status read_engine_attribute(bpmn_reader *r, int element, const xml_attribute *a)
{
	if (!strcmp(a->uri, NS_EFILE))
		return keep_field(r, element, own_fields, ARRAY_SIZE(own_fields), a);
	if (one_of(camunda_uris, ARRAY_SIZE(camunda_uris), a->uri))
		return keep_field(r, element, camunda_fields, ARRAY_SIZE(camunda_fields), a);
	return EFILE_OK;
}

/* ---- event definitions ---- */

static efile_status add_trigger(bpmn_reader *r, const xml_element *e, const xml_frame *f,
				const struct event_row *row)
{
	bpmn_model *m = r->m;
	void *triggers = m->triggers;
	bpmn_trigger t = { .kind = row->kind, .owner = f->element, .behaviour = f->behaviour,
			   .item = NONE, .line = e->line };
	const xml_attribute *id = read_attribute(e, "id");
	const xml_attribute *ref = read_attribute(e, row->reference);
	const xml_attribute *link = row->kind == EVENT_LINK ? read_attribute(e, "name") : NULL;

	t.waits = !read_attribute_is(e, "waitForCompletion", "false");
	if (id)
		TRY(read_keep(r, &t.id, id->value, id->length));
	if (ref)
		TRY(read_keep_ref(r, &t.ref, ref->value, ref->length));
	if (link)
		TRY(read_keep(r, &t.text, link->value, link->length));
	TRY(mem_grow(r->ctx, &triggers, &m->triggers_capacity, m->triggers_count, sizeof(t)));
	m->triggers = triggers;
	m->triggers[m->triggers_count++] = t;
	return EFILE_OK;
}

static efile_status engine_trigger_attributes(bpmn_reader *r, const xml_element *e)
{
	bpmn_trigger *t = &r->m->triggers[r->m->triggers_count - 1];

	for (size_t i = 0; i < e->attribute_count; i++) {
		const xml_attribute *a = &e->attributes[i];

		if (!*a->uri)
			continue;
		if (!strcmp(a->name, "errorCodeVariable") || !strcmp(a->name, "escalationCodeVariable"))
			TRY(read_keep(r, &t->code_variable, a->value, a->length));
		else if (!strcmp(a->name, "errorMessageVariable"))
			TRY(read_keep(r, &t->message_variable, a->value, a->length));
		else if (t->owner != NONE)
			TRY(read_engine_attribute(r, t->owner, a));
	}
	return EFILE_OK;
}

/* A definition that stands elsewhere, named by the text. */
static efile_status add_reference(bpmn_reader *r, const xml_element *e, const xml_frame *f)
{
	static const struct event_row row = { "eventDefinitionRef", EVENT_REFERENCE, "" };

	TRY(add_trigger(r, e, f, &row));
	read_capture(r, CAPTURE_TRIGGER_REF, 0, e);
	return EFILE_OK;
}

static efile_status read_event(bpmn_reader *r, const xml_element *e, xml_frame *f, bool *known)
{
	*known = true;
	if (!strcmp(e->name, "eventDefinitionRef"))
		return add_reference(r, e, f);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (!strcmp(events[i].name, e->name)) {
			f->trigger = true;
			TRY(add_trigger(r, e, f, &events[i]));
			return engine_trigger_attributes(r, e);
		}
	*known = false;
	return EFILE_OK;
}

/* The time or the condition of the event definition around it. */
static void read_trigger_part(bpmn_reader *r, const xml_element *e)
{
	if (!strcmp(e->name, "condition"))
		read_capture(r, CAPTURE_TRIGGER, 0, e);
	if (!strcmp(e->name, "target") && r->m->triggers[r->m->triggers_count - 1].kind == EVENT_LINK)
		read_capture(r, CAPTURE_TRIGGER_REF, 0, e);
	for (size_t i = 0; i < ARRAY_SIZE(timers); i++)
		if (!strcmp(timers[i].name, e->name)) {
			r->m->triggers[r->m->triggers_count - 1].timer = timers[i].timer;
			read_capture(r, CAPTURE_TRIGGER, 0, e);
		}
}

/* ---- loops ---- */

static bpmn_throws throws_of(const xml_element *e)
{
	if (read_attribute_is(e, "behavior", "None"))
		return THROWS_NONE;
	if (read_attribute_is(e, "behavior", "One"))
		return THROWS_ONE;
	return read_attribute_is(e, "behavior", "Complex") ? THROWS_COMPLEX : THROWS_ALL;
}

static efile_status read_multiple(bpmn_reader *r, const xml_element *e, bpmn_element *n)
{
	const char *event;
	const xml_attribute *a;

	n->loop = read_attribute_is(e, "isSequential", "true") ? LOOP_SEQUENTIAL : LOOP_PARALLEL;
	n->throws = throws_of(e);
	event = n->throws == THROWS_ONE ? "oneBehaviorEventRef" : "noneBehaviorEventRef";
	a = read_attribute(e, event);
	if (a)
		TRY(read_keep_ref(r, &n->fields[FIELD_BEHAVIOUR_EVENT], a->value, a->length));
	return EFILE_OK;
}

static efile_status read_loop(bpmn_reader *r, const xml_element *e, xml_frame *f)
{
	bpmn_element *n = &r->m->elements[f->element];
	int element = f->element;

	f->loop = true;
	if (!strcmp(e->name, "multiInstanceLoopCharacteristics")) {
		TRY(read_multiple(r, e, n));
	} else {
		n->loop = LOOP_STANDARD;
		n->test_before = read_attribute_is(e, "testBefore", "true");
		n->has_loop_maximum = read_attribute(e, "loopMaximum") != NULL;
		n->loop_maximum = number_of(e, "loopMaximum", 0);
	}
	for (size_t i = 0; i < e->attribute_count; i++)
		if (*e->attributes[i].uri)
			TRY(read_engine_attribute(r, element, &e->attributes[i]));
	return EFILE_OK;
}

static efile_status add_behaviour(bpmn_reader *r, const xml_element *e, xml_frame *f)
{
	bpmn_model *m = r->m;
	void *behaviours = m->behaviours;
	bpmn_behaviour b = { .owner = f->element, .line = e->line };

	TRY(mem_grow(r->ctx, &behaviours, &m->behaviours_capacity, m->behaviours_count, sizeof(b)));
	m->behaviours = behaviours;
	f->behaviour = (int)m->behaviours_count;
	m->behaviours[m->behaviours_count++] = b;
	return EFILE_OK;
}

/* The variable of one item: <inputDataItem name="..."/>. */
static efile_status read_item(bpmn_reader *r, const xml_element *e, int element, bpmn_field field)
{
	const xml_attribute *a = read_attribute(e, "name");

	if (!a || !a->length)
		a = read_attribute(e, "id");
	return a ? read_keep(r, &r->m->elements[element].fields[field], a->value, a->length) :
		   EFILE_OK;
}

static efile_status read_loop_part(bpmn_reader *r, const xml_element *e, xml_frame *f)
{
	if (!strcmp(e->name, "completionCondition"))
		read_capture(r, CAPTURE_EXPRESSION, FIELD_COMPLETION, e);
	else if (!strcmp(e->name, "inputDataItem"))
		return read_item(r, e, f->element, FIELD_ITEM);
	else if (!strcmp(e->name, "outputDataItem"))
		return read_item(r, e, f->element, FIELD_OUT_ITEM);
	else if (!strcmp(e->name, "complexBehaviorDefinition"))
		return add_behaviour(r, e, f);
	else if (!strcmp(e->name, "condition") && f->behaviour != NONE && !f->trigger)
		read_capture(r, CAPTURE_BEHAVIOUR, 0, e);
	return EFILE_OK;
}

/* ---- parameters ---- */

static efile_status add_mapping(bpmn_reader *r, bpmn_mapping mapping)
{
	bpmn_model *m = r->m;
	void *mappings = m->mappings;

	TRY(mem_grow(r->ctx, &mappings, &m->mappings_capacity, m->mappings_count, sizeof(mapping)));
	m->mappings = mappings;
	m->mappings[m->mappings_count++] = mapping;
	return EFILE_OK;
}

/* "${a}" and "=a" are expressions, anything else a text. */
static efile_status keep_source(bpmn_reader *r, bpmn_mapping *m, const char *text, size_t length)
{
	bool expression = length && (*text == '=' || (length > 3 && (*text == '$' || *text == '#') &&
						      text[1] == '{' && text[length - 1] == '}'));

	m->kind = expression ? MAPPING_EXPRESSION : MAPPING_TEXT;
	return expression ? read_keep_expression(r, &m->source, text, length) :
			    read_keep(r, &m->source, text, length);
}

static efile_status mapping_attributes(bpmn_reader *r, bpmn_mapping *m, const xml_element *e)
{
	for (size_t i = 0; i < e->attribute_count; i++) {
		const xml_attribute *a = &e->attributes[i];

		if (!strcmp(a->name, "target") || !strcmp(a->name, "name"))
			TRY(read_keep(r, &m->target, a->value, a->length));
		else if (!strcmp(a->name, "sourceExpression"))
			TRY(read_keep_expression(r, &m->source, a->value, a->length));
		else if (!strcmp(a->name, "source") && m->kind == MAPPING_NAME)
			TRY(read_keep(r, &m->source, a->value, a->length));
		else if (!strcmp(a->name, "source"))
			TRY(read_keep_expression(r, &m->source, a->value, a->length));
		if (!strcmp(a->name, "sourceExpression"))
			m->kind = MAPPING_EXPRESSION;
		if (!strcmp(a->name, "variables"))
			m->kind = MAPPING_ALL;
	}
	return EFILE_OK;
}

/* <zeebe:input source target>, <camunda:in source target>, <camunda:inputParameter name>text. */
static efile_status engine_mapping(bpmn_reader *r, const xml_element *e, const xml_frame *f)
{
	static const struct {
		const char *name;
		bool zeebe, output, text;
	} rows[] = {
		{ "input", true, false, false }, { "output", true, true, false },
		{ "in", false, false, false }, { "out", false, true, false },
		{ "inputParameter", false, false, true }, { "outputParameter", false, true, true },
	};
	bool zeebe = !strcmp(e->uri, NS_ZEEBE);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bpmn_mapping m = { .owner = f->element, .output = rows[i].output, .line = e->line };

		if (strcmp(rows[i].name, e->name) || rows[i].zeebe != zeebe)
			continue;
		if (!zeebe && !rows[i].text)
			m.kind = MAPPING_NAME;
		TRY(mapping_attributes(r, &m, e));
		if (!zeebe && !rows[i].text && m.kind == MAPPING_NAME && !m.source)
			return EFILE_OK; /* a business key and the like */
		if (rows[i].text)
			read_capture(r, CAPTURE_MAPPING, 0, e);
		return add_mapping(r, m);
	}
	return EFILE_OK;
}

/* <zeebe:versionTag value="..."/> of a process. */
static efile_status keep_tag(bpmn_reader *r, const xml_element *e, int element)
{
	const xml_attribute *a = read_attribute(e, "value");

	return a ? read_keep(r, &r->m->elements[element].fields[FIELD_VERSION_TAG], a->value, a->length) :
		   EFILE_OK;
}

efile_status read_engine_part(bpmn_reader *r, const xml_element *e, xml_frame *f)
{
	bool zeebe = !strcmp(e->uri, NS_ZEEBE);

	if (f->element == NONE || r->capture != CAPTURE_NOTHING)
		return EFILE_OK;
	if (!strcmp(e->uri, NS_EFILE))
		return read_form_part(r, e, f->element);
	if (!zeebe && !one_of(camunda_uris, ARRAY_SIZE(camunda_uris), e->uri))
		return EFILE_OK;
	if (!zeebe)
		TRY(read_form_part(r, e, f->element));
	if (zeebe && !strcmp(e->name, "versionTag"))
		return keep_tag(r, e, f->element);
	if (zeebe && one_of(zeebe_elements, ARRAY_SIZE(zeebe_elements), e->name)) {
		for (size_t i = 0; i < e->attribute_count; i++)
			TRY(keep_field(r, f->element, zeebe_fields, ARRAY_SIZE(zeebe_fields),
				       &e->attributes[i]));
		return EFILE_OK;
	}
	return engine_mapping(r, e, f);
}

/* ---- parts ---- */

/* Which of the texts the element around may have. */
static bool fits(const bpmn_element *n, const struct text_part *part)
{
	switch (part->capture) {
	case CAPTURE_CONDITION:
		return n->kind->class == CLASS_FLOW;
	case CAPTURE_NODE_REF:
		return n->kind->class == CLASS_LANE;
	case CAPTURE_TEXT:
		return n->kind->kind == BPMN_ANNOTATION;
	case CAPTURE_SOURCE:
	case CAPTURE_TARGET:
		return n->kind->class == CLASS_LINE;
	default:
		return true;
	}
}

static efile_status association_part(bpmn_reader *r, const xml_element *e, const xml_frame *f)
{
	bpmn_mapping m = { .owner = f->element, .line = e->line };

	if (!strcmp(e->name, "assignment"))
		return add_mapping(r, m);
	if (!strcmp(e->name, "transformation")) {
		TRY(add_mapping(r, m));
		read_capture(r, CAPTURE_MAPPING, 2, e);
	} else if (r->m->mappings_count && !strcmp(e->name, "from")) {
		read_capture(r, CAPTURE_MAPPING, 2, e);
	} else if (r->m->mappings_count && !strcmp(e->name, "to")) {
		read_capture(r, CAPTURE_MAPPING, 1, e);
	}
	return EFILE_OK;
}

efile_status read_part(bpmn_reader *r, const xml_element *e, xml_frame *f)
{
	const bpmn_element *n = f->element == NONE ? NULL : &r->m->elements[f->element];
	bool known;

	if (r->capture != CAPTURE_NOTHING)
		return EFILE_OK;
	TRY(read_event(r, e, f, &known));
	if (known)
		return EFILE_OK;
	if (f->trigger) {
		read_trigger_part(r, e);
		return EFILE_OK;
	}
	if (!n)
		return EFILE_OK;
	if (f->loop)
		TRY(read_loop_part(r, e, f));
	else if (!strcmp(e->name, "standardLoopCharacteristics") ||
		 !strcmp(e->name, "multiInstanceLoopCharacteristics"))
		return read_loop(r, e, f);
	else if (!strcmp(e->name, "completionCondition"))
		read_capture(r, CAPTURE_EXPRESSION, FIELD_CONDITION, e);
	if (n->kind->class == CLASS_LINE)
		TRY(association_part(r, e, f));
	for (size_t i = 0; i < ARRAY_SIZE(text_parts) && r->capture == CAPTURE_NOTHING; i++)
		if (!strcmp(text_parts[i].name, e->name) && fits(n, &text_parts[i]))
			read_capture(r, text_parts[i].capture, (int)text_parts[i].field, e);
	return EFILE_OK;
}

static efile_status mapping_text(bpmn_reader *r, const char *text, size_t length, int which)
{
	bpmn_mapping *m = &r->m->mappings[r->m->mappings_count - 1];

	trim(&text, &length);
	if (which == 0)
		return keep_source(r, m, text, length);
	return read_keep_expression(r, which == 1 ? &m->target : &m->source, text, length);
}

efile_status read_part_text(bpmn_reader *r, int element)
{
	const char *text = buf_text(&r->text);
	size_t length = r->text.length;
	bpmn_model *m = r->m;
	capture_kind what = r->capture;

	r->capture = CAPTURE_NOTHING;
	switch (what) {
	case CAPTURE_FIELD_REF:
		return read_keep_ref(r, &m->elements[element].fields[r->capture_index], text,
				     length);
	case CAPTURE_EXPRESSION:
		return read_keep_expression(r, &m->elements[element].fields[r->capture_index],
					    text, length);
	case CAPTURE_TRIGGER:
		return read_keep_expression(r, &m->triggers[m->triggers_count - 1].text, text,
					    length);
	case CAPTURE_TRIGGER_REF:
		return read_keep_ref(r, &m->triggers[m->triggers_count - 1].ref, text, length);
	case CAPTURE_BEHAVIOUR:
		return read_keep_expression(r, &m->behaviours[m->behaviours_count - 1].condition,
					    text, length);
	case CAPTURE_MAPPING:
		return mapping_text(r, text, length, r->capture_index);
	default:
		return EFILE_OK;
	}
}

/* ---- resolving ---- */

static int by_trigger_id(const void *a, const void *b, void *user)
{
	const bpmn_model *m = user;
	int left = *(const int *)a, right = *(const int *)b;
	int order = strcmp(bpmn_text(m, m->triggers[left].id), bpmn_text(m, m->triggers[right].id));

	return order ? order : (left > right) - (left < right);
}

/* The definition that an event names by its id; sorted: those that have one. */
static const bpmn_trigger *definition_named(const bpmn_model *m, const int *sorted, size_t count,
					    text_ref id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(bpmn_text(m, m->triggers[sorted[middle]].id), bpmn_text(m, id)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || !id || strcmp(bpmn_text(m, m->triggers[sorted[low]].id), bpmn_text(m, id)))
		return NULL;
	return &m->triggers[sorted[low]];
}

/* What a reference takes over from the definition that it names. */
static void take_over(bpmn_trigger *t, const bpmn_trigger *from)
{
	t->kind = from->kind;
	t->ref = from->ref;
	t->text = from->text;
	t->timer = from->timer;
	t->waits = from->waits;
}

efile_status read_resolve_references(bpmn_model *m)
{
	int *sorted = mem_new(m->ctx, (m->triggers_count + 1) * sizeof(int));
	size_t count = 0;

	if (!sorted)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < m->triggers_count; i++)
		if (m->triggers[i].id && m->triggers[i].kind != EVENT_REFERENCE)
			sorted[count++] = (int)i;
	qsort_r(sorted, count, sizeof(int), by_trigger_id, m);
	for (size_t i = 0; i < m->triggers_count; i++) {
		const bpmn_trigger *from = NULL;

		if (m->triggers[i].kind == EVENT_REFERENCE)
			from = definition_named(m, sorted, count, m->triggers[i].ref);
		if (from)
			take_over(&m->triggers[i], from);
	}
	free(sorted);
	return EFILE_OK;
}

static bool link_leads(const bpmn_model *m, const bpmn_trigger *t, const bpmn_trigger *to)
{
	if (to->kind != EVENT_LINK || to->owner == NONE ||
	    m->elements[to->owner].kind->kind != BPMN_CATCH ||
	    m->elements[to->owner].parent != m->elements[t->owner].parent)
		return false;
	if (t->ref)
		return to->id && !strcmp(bpmn_text(m, to->id), bpmn_text(m, t->ref));
	return !strcmp(bpmn_text(m, to->text), bpmn_text(m, t->text));
}

size_t bpmn_link_targets(const bpmn_model *m, const bpmn_trigger *t, int *first)
{
	size_t count = 0;

	for (size_t i = 0; i < m->triggers_count; i++) {
		if (!link_leads(m, t, &m->triggers[i]))
			continue;
		if (first && !count)
			*first = m->triggers[i].owner;
		count++;
	}
	return count;
}

void read_resolve_parts(bpmn_model *m)
{
	for (size_t i = 0; i < m->elements_count; i++) {
		bpmn_element *n = &m->elements[i];
		text_ref host = n->fields[FIELD_ATTACHED];

		if (n->kind->kind == BPMN_START && n->parent != NONE)
			m->elements[n->parent].has_start = true;
		if (n->kind->kind == BPMN_BOUNDARY && host)
			n->attached = bpmn_find(m, bpmn_text(m, host));
	}
	for (size_t i = 0; i < m->triggers_count; i++) {
		bpmn_trigger *t = &m->triggers[i];

		t->item = t->ref ? bpmn_find(m, bpmn_text(m, t->ref)) : NONE;
		if (t->owner != NONE && t->behaviour == NONE)
			m->elements[t->owner].events |= t->kind;
	}
}
