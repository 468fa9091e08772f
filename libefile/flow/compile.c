/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A model that passed its checks becomes the bytes of a definition, one for each process. */
#include <stdlib.h>
#include <string.h>

#include "flow/compile.h"

static void compiler_clear(compiler *c)
{
	buf *parts[] = { &c->nodes, &c->edges, &c->triggers, &c->mappings, &c->programs,
			 &c->lists, &c->bits, &c->pool, &c->code };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		buf_clear(parts[i]);
	free(c->texts);
	free(c->inside);
	free(c->number);
	free(c->watched);
	free(c->compensator);
	free(c->undo);
	free(c->keeps);
	compile_names_clear(c);
}

/* ---- what belongs to the process ---- */

static bool is_node(const compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];

	return c->inside[i] && (n->kind->class == CLASS_NODE ||
				((int)i == c->process && n->kind->kind != BPMN_PROCESS));
}

static bool is_edge(const compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];

	return c->inside[i] && n->kind->class == CLASS_FLOW && n->from != NONE && n->to != NONE;
}

static efile_status allocate(compiler *c)
{
	size_t count = c->m->elements_count + 1;

	c->inside = mem_new(c->ctx, count * sizeof(*c->inside));
	c->number = mem_new(c->ctx, count * sizeof(*c->number));
	c->watched = mem_new(c->ctx, count);
	c->compensator = mem_new(c->ctx, count * sizeof(*c->compensator));
	c->undo = mem_new(c->ctx, count * sizeof(*c->undo));
	c->keeps = mem_new(c->ctx, count * sizeof(*c->keeps));
	return c->inside && c->number && c->watched && c->compensator && c->undo && c->keeps ?
		       EFILE_OK : EFILE_E_NOMEM;
}

static bool is_correlation(bpmn_kind kind)
{
	return kind >= BPMN_CORRELATION && kind <= BPMN_BINDING;
}

static efile_status list_correlations(compiler *c)
{
	for (size_t i = 0; i < c->m->elements_count; i++) {
		if (!is_correlation(c->m->elements[i].kind->kind))
			continue;
		if (c->correlation_count == CORRELATIONS_MAX)
			return FAIL(c->ctx, EFILE_E_LIMIT, 2491,
				    "the process has more than %d parts of correlations",
				    CORRELATIONS_MAX);
		c->correlations[c->correlation_count++] = (int)i;
	}
	return EFILE_OK;
}

static efile_status number_elements(compiler *c)
{
	TRY(allocate(c));
	TRY(list_correlations(c));
	for (size_t i = 0; i < c->m->elements_count; i++) {
		const bpmn_element *n = &c->m->elements[i];

		c->compensator[i] = c->undo[i] = NONE;
		c->inside[i] = (int)i == c->process || (n->parent != NONE && c->inside[n->parent]);
		if (is_node(c, i))
			c->number[i] = c->node_count++;
		else if (is_edge(c, i))
			c->number[i] = c->edge_count++;
	}
	if (c->node_count > c->ctx->limits.flow_nodes)
		return FAIL(c->ctx, EFILE_E_LIMIT, 2304, "the process has more than %u nodes",
			    c->ctx->limits.flow_nodes);
	if (c->m->elements[c->process].kind->kind == BPMN_PROCESS)
		c->number[c->process] = c->node_count;
	return EFILE_OK;
}

/* ---- texts ---- */

static size_t text_slot(const compiler *c, const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t at;

	for (const char *p = text; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	for (at = hash & (c->text_room - 1); c->texts[at]; at = (at + 1) & (c->text_room - 1))
		if (!strcmp(c->pool.data + c->texts[at], text))
			break;
	return at;
}

/* Keeps the table at most half full. */
static bool grow_texts(compiler *c)
{
	compiler more = { .pool = c->pool, .text_room = c->text_room ? 2 * c->text_room : 256 };

	if (2 * c->text_count < c->text_room)
		return true;
	more.texts = calloc(more.text_room, sizeof(*more.texts));
	if (!more.texts)
		return false;
	for (size_t i = 0; i < c->text_room; i++)
		if (c->texts[i])
			more.texts[text_slot(&more, c->pool.data + c->texts[i])] = c->texts[i];
	free(c->texts);
	c->texts = more.texts;
	c->text_room = more.text_room;
	return true;
}

/* Each text stands in the pool once. */
uint32_t compile_text(compiler *c, const char *text)
{
	uint32_t at = (uint32_t)c->pool.length;
	size_t slot;

	if (!*text)
		return 0;
	if (c->pool.failed || !grow_texts(c)) {
		c->pool.failed = true;
		return 0;
	}
	slot = text_slot(c, text);
	if (c->texts[slot])
		return c->texts[slot];
	buf_add(&c->pool, text, strlen(text) + 1);
	c->texts[slot] = at;
	c->text_count++;
	return at;
}

uint32_t compile_ref(compiler *c, text_ref text)
{
	return compile_text(c, bpmn_text(c->m, text));
}

/* The formats are the callers' constants. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
efile_status compile_refuse(compiler *c, int element, long line, const char *rule,
			    const char *format, const char *detail)
{
	const bpmn_element *n = &c->m->elements[element];
	const char *id = n->id ? bpmn_text(c->m, n->id) : "?";
	report_place place = { .path = id, .line = line ? line : n->line };

	return report_add(c->report, rule, EFILE_SEVERITY_ERROR, &place, format, id, detail);
}
#pragma GCC diagnostic pop

const char *compile_data_name(const compiler *c, int element)
{
	const bpmn_element *n = &c->m->elements[element];
	int thing = n->fields[FIELD_DATA] ? bpmn_find(c->m, bpmn_text(c->m, n->fields[FIELD_DATA])) :
					    NONE;

	if (thing != NONE && c->m->elements[thing].name)
		return bpmn_text(c->m, c->m->elements[thing].name);
	if (n->name)
		return bpmn_text(c->m, n->name);
	return bpmn_text(c->m, thing != NONE ? c->m->elements[thing].id : n->id);
}

static text_ref groups_of(const compiler *c, const bpmn_element *n)
{
	const bpmn_element *lane = n->lane == NONE ? NULL : &c->m->elements[n->lane];

	if (n->fields[FIELD_GROUPS] || !lane || n->kind->kind != BPMN_USER_TASK ||
	    n->fields[FIELD_USERS] || n->fields[FIELD_ASSIGNEE])
		return n->fields[FIELD_GROUPS];
	return lane->fields[FIELD_GROUPS] ? lane->fields[FIELD_GROUPS] : lane->name;
}

/* ---- kinds ---- */

static const struct kind_map {
	bpmn_kind from;
	flow_node_kind to;
} kind_map[] = {
	{ BPMN_START, FLOW_NODE_START }, { BPMN_END, FLOW_NODE_END },
	{ BPMN_TASK, FLOW_NODE_PASS }, { BPMN_MANUAL_TASK, FLOW_NODE_PASS },
	{ BPMN_USER_TASK, FLOW_NODE_USER_TASK }, { BPMN_SERVICE_TASK, FLOW_NODE_SERVICE_TASK },
	{ BPMN_RULE_TASK, FLOW_NODE_SERVICE_TASK }, { BPMN_SCRIPT_TASK, FLOW_NODE_SCRIPT_TASK },
	{ BPMN_SEND_TASK, FLOW_NODE_SEND_TASK }, { BPMN_RECEIVE_TASK, FLOW_NODE_RECEIVE_TASK },
	{ BPMN_CALL, FLOW_NODE_CALL }, { BPMN_SUBPROCESS, FLOW_NODE_SUBPROCESS },
	{ BPMN_TRANSACTION, FLOW_NODE_TRANSACTION }, { BPMN_AD_HOC, FLOW_NODE_AD_HOC },
	{ BPMN_EXCLUSIVE, FLOW_NODE_EXCLUSIVE }, { BPMN_PARALLEL, FLOW_NODE_PARALLEL },
	{ BPMN_INCLUSIVE, FLOW_NODE_INCLUSIVE }, { BPMN_COMPLEX, FLOW_NODE_COMPLEX },
	{ BPMN_EVENT_BASED, FLOW_NODE_EVENT_GATE }, { BPMN_CATCH, FLOW_NODE_CATCH },
	{ BPMN_THROW, FLOW_NODE_THROW }, { BPMN_BOUNDARY, FLOW_NODE_BOUNDARY },
};

/* FEEL runs in the step; a script in any other language is a job for who understands it. */
static bool is_feel(const compiler *c, const bpmn_element *n)
{
	const char *language = bpmn_text(c->m, n->fields[FIELD_LANGUAGE]);
	size_t length = strlen(language);

	if (length && language[length - 1] == '/')
		length--;
	return !length || (length >= 4 && !strncasecmp(language + length - 4, "feel", 4));
}

static flow_node_kind node_kind(const compiler *c, const bpmn_element *n)
{
	if (n->kind->kind == BPMN_END && (n->events & EVENT_TERMINATE))
		return FLOW_NODE_TERMINATE;
	if (n->kind->kind == BPMN_SUBPROCESS && n->by_event)
		return FLOW_NODE_EVENT_SUBPROCESS;
	if (n->kind->kind == BPMN_SCRIPT_TASK && !is_feel(c, n))
		return FLOW_NODE_SERVICE_TASK;
	if (n->kind->kind == BPMN_SEND_TASK && n->fields[FIELD_HANDLER])
		return FLOW_NODE_SERVICE_TASK;
	for (size_t i = 0; i < ARRAY_SIZE(kind_map); i++)
		if (kind_map[i].from == n->kind->kind)
			return kind_map[i].to;
	return FLOW_NODE_PASS;
}

static uint32_t handler_of(compiler *c, const bpmn_element *n)
{
	AUTO(buf) name = BUF_INIT;
	int operation;

	if (n->kind->kind == BPMN_RULE_TASK && n->fields[FIELD_DECISION])
		buf_add_format(&name, "decision:%s", bpmn_text(c->m, n->fields[FIELD_DECISION]));
	else if (n->kind->kind == BPMN_SCRIPT_TASK && !is_feel(c, n))
		buf_add_format(&name, "script:%s", bpmn_text(c->m, n->fields[FIELD_LANGUAGE]));
	else
		buf_add_text(&name, bpmn_text(c->m, n->fields[FIELD_HANDLER]));
	operation = n->fields[FIELD_OPERATION] ?
		bpmn_find(c->m, bpmn_text(c->m, n->fields[FIELD_OPERATION])) : NONE;
	if (!name.length && operation != NONE)
		buf_add_text(&name, bpmn_text(c->m, c->m->elements[operation].name));
	if (name.failed)
		c->pool.failed = true;
	return compile_text(c, buf_text(&name));
}

static uint32_t binding_of(const compiler *c, const bpmn_element *n)
{
	const char *binding = bpmn_text(c->m, n->fields[FIELD_BINDING]);

	if (!strcmp(binding, "version"))
		return FLOW_BINDING_VERSION;
	if (!strcmp(binding, "deployment"))
		return FLOW_BINDING_DEPLOYMENT;
	return !strcmp(binding, "versionTag") ? FLOW_BINDING_TAG : FLOW_BINDING_LATEST;
}

static uint32_t flags_of(const compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];
	uint32_t flags = 0;

	flags |= n->interrupting ? FLAG_INTERRUPTING : 0;
	flags |= n->parallel_multiple ? FLAG_PARALLEL_MULTIPLE : 0;
	flags |= n->test_before ? FLAG_TEST_BEFORE : 0;
	flags |= n->instantiate ? FLAG_INSTANTIATE : 0;
	flags |= n->parallel_start ? FLAG_PARALLEL_START : 0;
	flags |= n->sequential ? FLAG_SEQUENTIAL : 0;
	flags |= n->cancel_remaining ? FLAG_CANCEL_REMAINING : 0;
	flags |= n->for_compensation ? FLAG_COMPENSATION : 0;
	flags |= c->keeps[i] ? FLAG_KEEPS : 0;
	flags |= n->throws == THROWS_ONE ? FLAG_THROW_ONCE : 0;
	return flags;
}

/* ---- lists ---- */

/* Calls fn for each id of a list separated by commas or blanks. */
static efile_status each_id(compiler *c, text_ref list,
			    efile_status (*fn)(compiler *c, int element))
{
	const char *at = bpmn_text(c->m, list);

	for (size_t length; *(at += strspn(at, ", \t\n")); at += length) {
		AUTO_PTR(char) id = NULL;
		int element;

		length = strcspn(at, ", \t\n");
		TRY(mem_dup_bytes(&id, c->ctx, at, length));
		element = bpmn_find(c->m, id);
		if (element != NONE && is_node(c, (size_t)element))
			TRY(fn(c, element));
	}
	return EFILE_OK;
}

static efile_status watch(compiler *c, int element)
{
	c->watched[element] = 1;
	return EFILE_OK;
}

static efile_status add_item(compiler *c, int element)
{
	buf_add_u32(&c->lists, c->number[element]);
	c->list_count++;
	return EFILE_OK;
}

static void begin_list(const compiler *c, uint32_t *words, node_word first)
{
	words[first] = c->list_count;
}

static void end_list(const compiler *c, uint32_t *words, node_word first)
{
	words[first + 1] = c->list_count - words[first];
}

static bool is_entry(const bpmn_element *n, const bpmn_element *scope)
{
	if (n->kind->class != CLASS_NODE || n->kind->kind == BPMN_BOUNDARY || n->by_event ||
	    n->for_compensation)
		return false;
	if (n->kind->kind == BPMN_START)
		return !n->events || scope->by_event;
	return !scope->has_start && !n->in_count && !n->instantiate &&
		!(n->kind->kind == BPMN_CATCH && (n->events & EVENT_LINK));
}

/* Where tokens begin in a scope. A process that only has starts with triggers begins at the first
 * one if it is started without a trigger. */
static void list_entries(compiler *c, int scope, uint32_t *words)
{
	const bpmn_model *m = c->m;
	int other = NONE;

	begin_list(c, words, NODE_FIRST_ENTRY);
	for (size_t i = (size_t)scope + 1; i < m->elements_count; i++) {
		const bpmn_element *n = &m->elements[i];

		if (n->parent != scope || !is_node(c, i))
			continue;
		if (is_entry(n, &m->elements[scope]))
			add_item(c, (int)i);
		else if (other == NONE && (n->kind->kind == BPMN_START || n->instantiate))
			other = (int)i;
	}
	if (c->list_count == words[NODE_FIRST_ENTRY] && other != NONE)
		add_item(c, other);
	end_list(c, words, NODE_FIRST_ENTRY);
}

/* The start events of the event sub-processes right in a scope, but for compensation. */
static void list_events(compiler *c, int scope, uint32_t *words)
{
	const bpmn_model *m = c->m;

	begin_list(c, words, NODE_FIRST_EVENT);
	for (size_t i = (size_t)scope + 1; i < m->elements_count; i++) {
		const bpmn_element *n = &m->elements[i];

		if (n->kind->kind == BPMN_START && n->parent != NONE && n->events &&
		    m->elements[n->parent].by_event && m->elements[n->parent].parent == scope &&
		    !(n->events & EVENT_COMPENSATE))
			add_item(c, (int)i);
	}
	end_list(c, words, NODE_FIRST_EVENT);
}

static void list_data(compiler *c, int scope, uint32_t *words)
{
	begin_list(c, words, NODE_FIRST_DATA);
	for (size_t i = (size_t)scope + 1; i < c->m->elements_count; i++) {
		const bpmn_element *n = &c->m->elements[i];

		if (n->parent != scope || n->owner != scope || n->kind->kind != BPMN_DATA_OBJECT ||
		    scope == c->process)
			continue;
		buf_add_u32(&c->lists, compile_text(c, compile_data_name(c, (int)i)));
		c->list_count++;
	}
	end_list(c, words, NODE_FIRST_DATA);
}

static void list_scope(compiler *c, int scope, uint32_t *words)
{
	list_entries(c, scope, words);
	list_events(c, scope, words);
	list_data(c, scope, words);
}

static void list_flows(compiler *c, size_t i, uint32_t *words)
{
	const bpmn_element *n = &c->m->elements[i];

	begin_list(c, words, NODE_FIRST_OUT);
	for (uint32_t k = 0; k < n->out_count; k++) {
		int edge = c->m->outgoing[n->first_out + k];

		if (is_edge(c, (size_t)edge))
			add_item(c, edge);
	}
	end_list(c, words, NODE_FIRST_OUT);
}

/* Filled in by one pass over the edges: the place was reserved. */
static void reserve_incoming(compiler *c, size_t i, uint32_t *words)
{
	begin_list(c, words, NODE_FIRST_IN);
	for (uint32_t k = 0; k < c->m->elements[i].in_count; k++) {
		buf_add_u32(&c->lists, 0);
		c->list_count++;
	}
	words[NODE_IN_COUNT] = 0;
}

static void list_boundaries(compiler *c, size_t i, uint32_t *words)
{
	begin_list(c, words, NODE_FIRST_BOUNDARY);
	for (size_t k = 0; k < c->m->elements_count; k++)
		if (c->m->elements[k].attached == (int)i && is_node(c, k))
			add_item(c, (int)k);
	end_list(c, words, NODE_FIRST_BOUNDARY);
}

/* ---- nodes ---- */

text_ref compile_calendar(const compiler *c, int element)
{
	text_ref calendar = 0;

	for (int i = element; i != NONE && !calendar; i = c->m->elements[i].parent)
		calendar = c->m->elements[i].fields[FIELD_CALENDAR];
	return calendar;
}

static bool may_wait_days(bpmn_kind kind)
{
	return kind == BPMN_START || kind == BPMN_CATCH || kind == BPMN_BOUNDARY;
}

/* Rows end with the line: other blanks mean the same to FEEL. */
static void add_line(buf *out, const char *text)
{
	for (; *text; text++)
		buf_add_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
}

/* The key of the form, then the rows of flow/form.h. */
static uint32_t details_of(compiler *c, const bpmn_element *n)
{
	text_ref calendar = compile_calendar(c, (int)(n - c->m->elements));
	AUTO(buf) text = BUF_INIT;

	buf_add_text(&text, bpmn_text(c->m, n->fields[FIELD_FORM]));
	if (calendar)
		buf_add_format(&text, "\nK\t%s", bpmn_text(c->m, calendar));
	if (!strcmp(bpmn_text(c->m, n->fields[FIELD_SEPARATE_DEPUTIES]), "false"))
		buf_add_text(&text, "\nD\t");
	if (n->fields[FIELD_ROUTE]) {
		buf_add_text(&text, "\nR\t");
		add_line(&text, bpmn_text(c->m, n->fields[FIELD_ROUTE]));
	}
	buf_add_text(&text, bpmn_text(c->m, n->fields[FIELD_DETAILS]));
	if (text.failed)
		c->pool.failed = true;
	return compile_text(c, buf_text(&text));
}

static uint32_t retention_of(compiler *c, const bpmn_element *n)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_text(&text, "\nT\t");
	add_line(&text, bpmn_text(c->m, n->fields[FIELD_RETAIN]));
	if (text.failed)
		c->pool.failed = true;
	return compile_text(c, buf_text(&text));
}

static void node_texts(compiler *c, const bpmn_element *n, uint32_t *words)
{
	static const struct {
		node_word word;
		bpmn_field field;
	} rows[] = {
		{ NODE_USERS, FIELD_USERS }, { NODE_ASSIGNEE, FIELD_ASSIGNEE },
		{ NODE_DUE_IN, FIELD_DUE_IN }, { NODE_FORM, FIELD_FORM },
		{ NODE_RESULT, FIELD_RESULT }, { NODE_CALLED, FIELD_CALLED },
		{ NODE_BINDING_VALUE, FIELD_BINDING_VALUE }, { NODE_RETRIES, FIELD_RETRIES },
		{ NODE_PRIORITY, FIELD_PRIORITY }, { NODE_FOLLOW_UP, FIELD_FOLLOW_UP },
		{ NODE_ITEM, FIELD_ITEM }, { NODE_OUT_COLLECTION, FIELD_OUT_COLLECTION },
	};

	words[NODE_ID] = compile_ref(c, n->id);
	words[NODE_NAME] = compile_ref(c, n->name);
	words[NODE_LANE] = n->lane == NONE ? 0 : compile_ref(c, c->m->elements[n->lane].name);
	words[NODE_GROUPS] = compile_ref(c, groups_of(c, n));
	words[NODE_HANDLER] = handler_of(c, n);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		words[rows[i].word] = compile_ref(c, n->fields[rows[i].field]);
	if (n->kind->kind == BPMN_SCRIPT_TASK && !is_feel(c, n))
		words[NODE_FORM] = compile_ref(c, n->fields[FIELD_SCRIPT]);
	if (n->kind->kind == BPMN_USER_TASK ||
	    (may_wait_days(n->kind->kind) && compile_calendar(c, (int)(n - c->m->elements))))
		words[NODE_FORM] = details_of(c, n);
}

static efile_status node_programs(compiler *c, int i, uint32_t *words)
{
	const bpmn_element *n = &c->m->elements[i];
	const struct {
		node_word word;
		text_ref text;
	} rows[] = {
		{ NODE_PROGRAM, words[NODE_KIND] == FLOW_NODE_SCRIPT_TASK ? n->fields[FIELD_SCRIPT] :
								n->fields[FIELD_CONDITION] },
		{ NODE_CARDINALITY, n->fields[FIELD_CARDINALITY] },
		{ NODE_COLLECTION, n->fields[FIELD_COLLECTION] },
		{ NODE_LOOP_CONDITION, n->loop == LOOP_STANDARD ? n->fields[FIELD_LOOP_CONDITION] :
								  n->fields[FIELD_COMPLETION] },
		{ NODE_OUT_ITEM, n->fields[FIELD_OUT_ITEM] },
	};

	for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
		TRY(compile_program(c, &words[rows[k].word], i, rows[k].text));
	return EFILE_OK;
}

static efile_status node_loop_words(compiler *c, size_t i, uint32_t *words)
{
	const bpmn_element *n = &c->m->elements[i];
	static const uint32_t loops[] = {
		[LOOP_NONE] = ONCE, [LOOP_STANDARD] = LOOP_WHILE,
		[LOOP_SEQUENTIAL] = MULTI_SEQUENTIAL, [LOOP_PARALLEL] = MULTI_PARALLEL,
	};

	words[NODE_LOOP] = loops[n->loop];
	if (n->has_loop_maximum && n->loop_maximum < 0)
		return compile_refuse(c, (int)i, 0, "BPMN-LOOP", "%s: the number of loops is negative%s",
				      "");
	words[NODE_LOOP_MAXIMUM] = n->has_loop_maximum ? (uint32_t)n->loop_maximum + 1 : 0;
	if (n->loop > LOOP_STANDARD && !n->fields[FIELD_CARDINALITY] && !n->fields[FIELD_COLLECTION])
		return compile_refuse(c, (int)i, 0, "BPMN-LOOP",
				      "%s: neither a number of instances nor a collection%s", "");
	return EFILE_OK;
}

static void node_links(const compiler *c, size_t i, uint32_t *words)
{
	const bpmn_element *n = &c->m->elements[i];
	const int refs[] = { n->attached, c->compensator[i], c->undo[i] };
	static const node_word at[] = { NODE_HOST, NODE_COMPENSATOR, NODE_UNDO_EVENT };

	for (size_t k = 0; k < ARRAY_SIZE(refs); k++)
		words[at[k]] = refs[k] != NONE && is_node(c, (size_t)refs[k]) ?
			c->number[refs[k]] + 1 : 0;
	words[NODE_DEFAULT] = n->default_flow != NONE && is_edge(c, (size_t)n->default_flow) ?
		c->number[n->default_flow] + 1 : 0;
}

static efile_status check_attributes(compiler *c, int i)
{
	static const bpmn_field fields[] = { FIELD_GROUPS, FIELD_USERS, FIELD_ASSIGNEE, FIELD_DUE_IN,
					     FIELD_FOLLOW_UP, FIELD_PRIORITY, FIELD_ROUTE };
	const bpmn_element *n = &c->m->elements[i];

	for (size_t k = 0; n->kind->kind == BPMN_USER_TASK && k < ARRAY_SIZE(fields); k++)
		TRY(compile_check_attribute(c, i, n->fields[fields[k]]));
	return EFILE_OK;
}

static efile_status add_node(compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];
	uint32_t words[NODE_WORDS] = { 0 };
	bool whole = (int)i == c->process && n->kind->kind == BPMN_PROCESS;

	words[NODE_KIND] = whole ? FLOW_NODE_PROCESS : node_kind(c, n);
	words[NODE_SCOPE] = (int)i == c->process ? c->node_count : c->number[n->parent];
	node_texts(c, n, words);
	if (whole && n->fields[FIELD_RETAIN])
		words[NODE_FORM] = retention_of(c, n);
	words[NODE_FLAGS] = flags_of(c, i);
	words[NODE_BINDING] = binding_of(c, n);
	words[NODE_START_QUANTITY] = n->start_quantity > 0 ? (uint32_t)n->start_quantity : 1;
	words[NODE_COMPLETION_QUANTITY] =
		n->completion_quantity > 0 ? (uint32_t)n->completion_quantity : 1;
	words[NODE_WATCHED] = c->watched[i];
	list_flows(c, i, words);
	reserve_incoming(c, i, words);
	begin_list(c, words, NODE_FIRST_SEPARATE);
	TRY(each_id(c, n->fields[FIELD_SEPARATE], add_item));
	end_list(c, words, NODE_FIRST_SEPARATE);
	if (node_is_activity(words[NODE_KIND]))
		list_boundaries(c, i, words);
	if (whole || node_is_scope(words[NODE_KIND]))
		list_scope(c, (int)i, words);
	node_links(c, i, words);
	TRY(node_programs(c, (int)i, words));
	TRY(node_loop_words(c, i, words));
	TRY(compile_triggers(c, (int)i, words));
	TRY(compile_mappings(c, (int)i, words));
	TRY(check_attributes(c, (int)i));
	for (int w = 0; w < NODE_WORDS; w++)
		buf_add_u32(&c->nodes, words[w]);
	return buf_status(&c->nodes, c->ctx);
}

/* Of a global task: the process that holds nothing else. */
static void add_wrapper(compiler *c)
{
	uint32_t words[NODE_WORDS] = { 0 };

	words[NODE_KIND] = FLOW_NODE_PROCESS;
	words[NODE_SCOPE] = c->node_count;
	words[NODE_START_QUANTITY] = words[NODE_COMPLETION_QUANTITY] = 1;
	begin_list(c, words, NODE_FIRST_ENTRY);
	add_item(c, c->process);
	end_list(c, words, NODE_FIRST_ENTRY);
	for (int w = 0; w < NODE_WORDS; w++)
		buf_add_u32(&c->nodes, words[w]);
}

/* ---- edges ---- */

static void patch(buf *b, size_t at, uint32_t value)
{
	unsigned char word[4] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16),
				  (unsigned char)(value >> 8), (unsigned char)value };

	if (!b->failed && at + 4 <= b->length)
		memcpy(b->data + at, word, 4);
}

static uint32_t peek(const buf *b, size_t at)
{
	const unsigned char *p = (const unsigned char *)b->data + at;

	return b->failed || at + 4 > b->length ? 0 :
		(uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static efile_status add_edge(compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];
	uint32_t words[EDGE_WORDS] = { 0 };
	bpmn_kind from = c->m->elements[n->from].kind->kind;
	size_t target = 4 * (size_t)NODE_WORDS * c->number[n->to];
	uint32_t count = peek(&c->nodes, target + 4 * NODE_IN_COUNT);

	words[EDGE_ID] = compile_ref(c, n->id);
	words[EDGE_NAME] = compile_ref(c, n->name);
	words[EDGE_SOURCE] = c->number[n->from];
	words[EDGE_TARGET] = c->number[n->to];
	if (n->has_condition && from != BPMN_PARALLEL && from != BPMN_EVENT_BASED &&
	    c->m->elements[n->from].default_flow != (int)i)
		TRY(compile_program(c, &words[EDGE_PROGRAM], (int)i, n->condition));
	for (int w = 0; w < EDGE_WORDS; w++)
		buf_add_u32(&c->edges, words[w]);
	patch(&c->lists, 4 * ((size_t)peek(&c->nodes, target + 4 * NODE_FIRST_IN) + count),
	      c->number[i]);
	patch(&c->nodes, target + 4 * NODE_IN_COUNT, count + 1);
	if (from == BPMN_EVENT_BASED)
		patch(&c->nodes, target + 4 * NODE_FLAGS,
		      peek(&c->nodes, target + 4 * NODE_FLAGS) | FLAG_WAITS_FOR);
	return buf_status(&c->edges, c->ctx);
}

/* ---- compensation ---- */

/* The boundary event's association leads to the activity that undoes its host. */
static void find_compensators(compiler *c)
{
	const bpmn_model *m = c->m;

	for (size_t i = 0; i < m->elements_count; i++) {
		const bpmn_element *n = &m->elements[i];
		const bpmn_element *from = n->from == NONE ? NULL : &m->elements[n->from];

		if (n->kind->class == CLASS_LINE && n->to != NONE && from && c->inside[n->from] &&
		    from->kind->kind == BPMN_BOUNDARY && (from->events & EVENT_COMPENSATE) &&
		    from->attached != NONE)
			c->compensator[from->attached] = n->to;
		if (n->kind->kind == BPMN_START && (n->events & EVENT_COMPENSATE) && c->inside[i] &&
		    n->parent != NONE && m->elements[n->parent].by_event &&
		    m->elements[n->parent].parent != NONE)
			c->undo[m->elements[n->parent].parent] = (int)i;
	}
	for (size_t i = m->elements_count; i-- > 0;) { /* children come after their parents */
		int parent = m->elements[i].parent;

		c->keeps[i] |= c->compensator[i] != NONE || c->undo[i] != NONE;
		if (c->keeps[i] && parent != NONE)
			c->keeps[parent] = true;
	}
}

/* ---- all together ---- */

static efile_status add_parts(compiler *c)
{
	const bpmn_model *m = c->m;

	buf_add_char(&c->pool, '\0');
	find_compensators(c);
	for (size_t i = 0; i < m->elements_count; i++)
		if (is_node(c, i))
			TRY(each_id(c, m->elements[i].fields[FIELD_SEPARATE], watch));
	for (size_t i = 0; i < m->elements_count; i++)
		if (is_node(c, i))
			TRY(add_node(c, i));
	if (m->elements[c->process].kind->kind == BPMN_PROCESS)
		TRY(add_node(c, (size_t)c->process));
	else
		add_wrapper(c);
	for (size_t i = 0; i < m->elements_count; i++)
		if (is_edge(c, i))
			TRY(add_edge(c, i));
	return compile_bits(c);
}

static void add_head(buf *out, compiler *c)
{
	const bpmn_element *process = &c->m->elements[c->process];
	const buf *parts[] = { &c->nodes, &c->edges, &c->triggers, &c->mappings, &c->programs,
			       &c->lists, &c->bits, &c->pool, &c->code };
	uint32_t words[HEAD_WORDS] = { 0 };
	size_t length = 4 * HEAD_WORDS;

	words[HEAD_ID] = compile_ref(c, process->id);
	words[HEAD_NAME] = compile_ref(c, process->name);
	words[HEAD_TAG] = compile_ref(c, process->fields[FIELD_VERSION_TAG]);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		length += parts[i]->length;
	words[HEAD_MAGIC] = DEFINITION_MAGIC;
	words[HEAD_VERSION] = DEFINITION_VERSION;
	words[HEAD_LENGTH] = (uint32_t)length;
	words[HEAD_NODES] = c->node_count + 1;
	words[HEAD_EDGES] = c->edge_count;
	words[HEAD_TRIGGERS] = c->trigger_count;
	words[HEAD_MAPPINGS] = c->mapping_count;
	words[HEAD_PROGRAMS] = c->program_count;
	words[HEAD_LISTS] = c->list_count;
	words[HEAD_BITS] = c->bit_words;
	words[HEAD_POOL] = (uint32_t)c->pool.length;
	words[HEAD_CODE] = (uint32_t)c->code.length;
	for (int w = 0; w < HEAD_WORDS; w++)
		buf_add_u32(out, words[w]);
}

static efile_status link_definition(flow_definition *out, compiler *c)
{
	AUTO(buf) all = BUF_INIT;
	const buf *parts[] = { &c->nodes, &c->edges, &c->triggers, &c->mappings, &c->programs,
			       &c->lists, &c->bits, &c->pool, &c->code };
	AUTO_PTR(char) bytes = NULL;
	flow_definition d;
	size_t length;

	add_head(&all, c);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		TRY(buf_status(parts[i], c->ctx));
		if (parts[i]->length)
			buf_add(&all, parts[i]->data, parts[i]->length);
	}
	length = all.length;
	TRY(buf_take(&bytes, &all, c->ctx));
	TRY(flow_definition_open(&d, c->ctx, bytes, length));
	d.owned = STEAL(bytes);
	*out = d;
	return EFILE_OK;
}

static efile_status refuse(efile_ctx *ctx, const efile_report *report, const char *name)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (f->severity != EFILE_SEVERITY_ERROR)
			continue;
		FAIL(ctx, EFILE_E_FORMAT, 2305, "the process is not executable: %s (%s)",
		     f->message, f->rule);
		return error_at(ctx, name, f->line, f->column);
	}
	return EFILE_OK;
}

static efile_status compile_process(flow_definition *out, efile_report *report, efile_ctx *ctx,
				    const bpmn_model *m, int process, const char *name)
{
	AUTO(compiler) c = { .ctx = ctx, .m = m, .report = report, .process = process };

	TRY(number_elements(&c));
	TRY(compile_collect_names(&c));
	TRY(add_parts(&c));
	TRY(refuse(ctx, report, name));
	return link_definition(out, &c);
}

efile_status flow_compile(flow_definition *out, efile_report *report, efile_ctx *ctx,
			  efile_reader *reader, const char *name)
{
	AUTO(bpmn_model) m = { 0 };

	TRY(bpmn_read(&m, ctx, reader, name));
	TRY(bpmn_check(&m, report));
	TRY(refuse(ctx, report, name));
	return compile_process(out, report, ctx, &m, m.process, name);
}

/* Whether something of it can run: an empty pool is only drawn. */
static bool is_runnable(const bpmn_model *m, int process, bool marked)
{
	const bpmn_element *n = &m->elements[process];

	if (n->kind->class != CLASS_PROCESS)
		return false;
	if (n->kind->kind != BPMN_PROCESS || process == m->process)
		return true;
	if (marked && !n->executable)
		return false;
	for (size_t i = 0; i < m->elements_count; i++)
		if (m->elements[i].parent == process && m->elements[i].kind->class == CLASS_NODE)
			return true;
	return false;
}

static efile_status compile_every(flow_definition **all, size_t *count, efile_report *report,
				  efile_ctx *ctx, const bpmn_model *m, const char *name)
{
	bool marked = m->elements[m->process].executable;
	size_t capacity = 0, first = (size_t)m->process;

	for (size_t k = 0; k <= m->elements_count; k++) {
		flow_definition d = FLOW_DEFINITION_INIT;
		void *items = *all;
		size_t i = k ? k - 1 : first; /* the one that is meant if nobody says which */

		if ((k && i == first) || !is_runnable(m, (int)i, marked))
			continue;
		TRY(mem_grow(ctx, &items, &capacity, *count, sizeof(d)));
		*all = items;
		TRY(compile_process(&d, report, ctx, m, (int)i, name));
		(*all)[(*count)++] = d;
	}
	return EFILE_OK;
}

static void clear_all(flow_definition *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		flow_definition_clear(&all[i]);
	free(all);
}

static bool has_error(const efile_report *report)
{
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (efile_report_finding(report, i)->severity == EFILE_SEVERITY_ERROR)
			return true;
	return false;
}

efile_status flow_compile_findings(efile_report *report, efile_ctx *ctx, efile_reader *reader,
				   const char *name)
{
	AUTO_PTR(efile_report) own = NULL;
	AUTO(bpmn_model) m = { 0 };
	flow_definition *all = NULL;
	size_t count = 0;
	efile_status status;

	TRY(bpmn_read(&m, ctx, reader, name));
	TRY(report_new(&own, ctx));
	TRY(bpmn_check(&m, own));
	if (has_error(own) || !m.elements[m.process].executable)
		return EFILE_OK;
	status = compile_every(&all, &count, report, ctx, &m, name);
	clear_all(all, count);
	if (status == EFILE_E_FORMAT) { /* the report says it */
		error_clear(ctx);
		status = EFILE_OK;
	}
	return status;
}

efile_status flow_compile_all(flow_definition **out, size_t *count, efile_report *report,
			      efile_ctx *ctx, efile_reader *reader, const char *name)
{
	AUTO(bpmn_model) m = { 0 };
	flow_definition *all = NULL;
	size_t found = 0;
	efile_status status;

	TRY(bpmn_read(&m, ctx, reader, name));
	TRY(bpmn_check(&m, report));
	TRY(refuse(ctx, report, name));
	status = compile_every(&all, &found, report, ctx, &m, name);
	if (status < 0) {
		clear_all(all, found);
		return status;
	}
	*out = all;
	*count = found;
	return EFILE_OK;
}
