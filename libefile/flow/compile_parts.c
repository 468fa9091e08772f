/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What belongs to nodes: expressions, event definitions, parameters, and for joins who can reach
 * them. */
#include <stdlib.h>
#include <string.h>

#include "flow/compile.h"
#include "flow/term.h"
#include "flow/timer.h"

enum { BIT_WORDS_MAX = 4 * 1024 * 1024 };

/* ---- programs ---- */

static const struct test_row {
	const char *sign;
	program_test test;
} test_rows[] = {
	{ "!=", TEST_UNEQUAL }, { "<=", TEST_LESS_EQUAL }, { ">=", TEST_GREATER_EQUAL },
	{ "=", TEST_EQUAL }, { "<", TEST_LESS }, { ">", TEST_GREATER },
};

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		(!first && str_ascii_digit(c));
}

static const char *skip_blanks(const char *at)
{
	while (*at == ' ')
		at++;
	return at;
}

/* "n >= 12": one variable against a small integer. */
static efile_status simple_test(compiler *c, const char *text, uint32_t *words)
{
	const char *at = skip_blanks(text), *name = at;
	size_t length, row = 0;
	AUTO_PTR(char) variable = NULL;
	uint32_t number = 0;

	while (is_name_char(*at, at == name))
		at++;
	length = (size_t)(at - name);
	at = skip_blanks(at);
	while (row < ARRAY_SIZE(test_rows) &&
	       strncmp(at, test_rows[row].sign, strlen(test_rows[row].sign)))
		row++;
	if (!length || row == ARRAY_SIZE(test_rows))
		return EFILE_OK;
	at = skip_blanks(at + strlen(test_rows[row].sign));
	name = str_ascii_digit(*at) ? name : NULL;
	for (; str_ascii_digit(*at) && number < 100000000; at++)
		number = number * 10 + (uint32_t)(*at - '0');
	if (!name || *skip_blanks(at))
		return EFILE_OK;
	TRY(mem_dup_bytes(&variable, c->ctx, name, length));
	words[PROGRAM_TEST] = test_rows[row].test;
	words[PROGRAM_VARIABLE] = compile_text(c, variable);
	words[PROGRAM_NUMBER] = number;
	return EFILE_OK;
}

efile_status compile_source(compiler *c, uint32_t *number, int element, const char *text)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	uint32_t words[PROGRAM_WORDS] = { 0 };
	efile_status status = expr_compile(&program, c->ctx, text, NULL);

	*number = 0;
	if (status == EFILE_E_FORMAT || status == EFILE_E_LIMIT) {
		status = compile_refuse(c, element, 0, "BPMN-EXPRESSION",
					"%s: no FEEL expression: %s", efile_error_message(c->ctx));
		error_clear(c->ctx);
		return status;
	}
	TRY(status);
	words[PROGRAM_CODE] = (uint32_t)c->code.length;
	words[PROGRAM_LENGTH] = (uint32_t)program.length;
	buf_add(&c->code, program.bytes, program.length);
	TRY(simple_test(c, text, words));
	for (int w = 0; w < PROGRAM_WORDS; w++)
		buf_add_u32(&c->programs, words[w]);
	*number = ++c->program_count;
	return EFILE_OK;
}

efile_status compile_program(compiler *c, uint32_t *number, int element, text_ref text)
{
	*number = 0;
	if (!text)
		return EFILE_OK;
	TRY(compile_source(c, number, element, bpmn_text(c->m, text)));
	return *number ? compile_check_names(c, element, bpmn_text(c->m, text)) : EFILE_OK;
}

/* ---- names of messages ---- */

const char *compile_message_name(const compiler *c, int item)
{
	const bpmn_element *n = &c->m->elements[item];

	return bpmn_text(c->m, n->name ? n->name : n->id);
}

static int message_by_ref(const compiler *c, int element)
{
	const bpmn_element *n = &c->m->elements[element];
	int found = n->fields[FIELD_MESSAGE] ?
		bpmn_find(c->m, bpmn_text(c->m, n->fields[FIELD_MESSAGE])) : NONE;
	int operation;

	if (found != NONE || !n->fields[FIELD_OPERATION])
		return found;
	operation = bpmn_find(c->m, bpmn_text(c->m, n->fields[FIELD_OPERATION]));
	return operation == NONE || !c->m->elements[operation].fields[FIELD_MESSAGE] ? NONE :
		bpmn_find(c->m, bpmn_text(c->m, c->m->elements[operation].fields[FIELD_MESSAGE]));
}

/* The message of an event or task: named by itself, by its message flow, or by the other end. */
int compile_message_of(const compiler *c, int element)
{
	const bpmn_model *m = c->m;
	int found = message_by_ref(c, element);

	for (size_t i = 0; found == NONE && i < m->triggers_count; i++)
		if (m->triggers[i].owner == element && m->triggers[i].kind == EVENT_MESSAGE)
			found = m->triggers[i].item;
	return found;
}

static const char *message_name(const compiler *c, int element, int item)
{
	const bpmn_model *m = c->m;

	if (item == NONE)
		item = compile_message_of(c, element);
	for (size_t i = 0; item == NONE && i < m->elements_count; i++) {
		const bpmn_element *flow = &m->elements[i];
		int other;

		if (flow->kind->kind != BPMN_MESSAGE_FLOW || flow->from == NONE || flow->to == NONE ||
		    (flow->from != element && flow->to != element))
			continue;
		item = message_by_ref(c, (int)i);
		other = flow->from == element ? flow->to : flow->from;
		if (item == NONE)
			item = compile_message_of(c, other);
		if (item == NONE)
			return bpmn_text(m, flow->name ? flow->name : flow->id);
	}
	return item == NONE ? bpmn_text(m, m->elements[element].id) : compile_message_name(c, item);
}

/* ---- triggers ---- */

static const struct trigger_map {
	bpmn_event from;
	trigger_kind to;
} trigger_map[] = {
	{ EVENT_MESSAGE, TRIGGER_MESSAGE }, { EVENT_SIGNAL, TRIGGER_SIGNAL },
	{ EVENT_TIMER, TRIGGER_TIMER }, { EVENT_CONDITIONAL, TRIGGER_CONDITION },
	{ EVENT_ERROR, TRIGGER_ERROR }, { EVENT_ESCALATION, TRIGGER_ESCALATION },
	{ EVENT_COMPENSATE, TRIGGER_COMPENSATION }, { EVENT_CANCEL, TRIGGER_CANCEL },
	{ EVENT_LINK, TRIGGER_LINK }, { EVENT_TERMINATE, TRIGGER_TERMINATE },
};

void compile_put_trigger(compiler *c, const uint32_t *words)
{
	for (int w = 0; w < TRIGGER_WORDS; w++)
		buf_add_u32(&c->triggers, words[w]);
	c->trigger_count++;
}

/* Its timer is set by a deployment, outside of any instance. */
static bool starts_process(const compiler *c, int element)
{
	const bpmn_element *n = &c->m->elements[element];

	return n->kind->kind == BPMN_START && n->parent == c->process;
}

static efile_status timer_words(compiler *c, const bpmn_trigger *t, int element, uint32_t *words)
{
	const char *text = bpmn_text(c->m, t->text);
	bool days = t->timer == TIMER_DURATION && term_needs_calendar(text) &&
		!starts_process(c, element);

	if (t->timer == TIMER_NONE || !*text)
		return compile_refuse(c, element, t->line, "BPMN-TIMER",
				      "%s: the timer has no time%s", "");
	words[TRIGGER_TIME] = (uint32_t)t->timer - TIMER_DATE;
	if (days && !compile_calendar(c, element))
		return compile_refuse(c, element, t->line, "BPMN-TIMER",
				      "%s: working days need a calendar: %s", text);
	if (!days && !timer_is_literal((trigger_timer)words[TRIGGER_TIME], text))
		return compile_program(c, &words[TRIGGER_PROGRAM], element, t->text);
	words[TRIGGER_TEXT] = compile_text(c, text);
	return EFILE_OK;
}

static uint32_t link_target(const compiler *c, const bpmn_trigger *t)
{
	int target;

	if (t->owner == NONE || !bpmn_link_targets(c->m, t, &target))
		return 0;
	return c->number[target] + 1;
}

static bool throws_messages(bpmn_kind kind)
{
	return kind == BPMN_END || kind == BPMN_THROW || kind == BPMN_SEND_TASK;
}

static efile_status trigger_words(compiler *c, const bpmn_trigger *t, int element, uint32_t *words)
{
	const bpmn_model *m = c->m;

	words[TRIGGER_CODE_VARIABLE] = compile_ref(c, t->code_variable);
	words[TRIGGER_MESSAGE_VARIABLE] = compile_ref(c, t->message_variable);
	words[TRIGGER_WAITS] = t->waits;
	switch (t->kind) {
	case EVENT_MESSAGE:
		words[TRIGGER_NAME] = compile_text(c, message_name(c, element, t->item));
		return compile_key(c, &words[TRIGGER_KEY], &words[TRIGGER_TARGET], element,
				   t->item != NONE ? t->item : compile_message_of(c, element),
				   throws_messages(m->elements[element].kind->kind));
	case EVENT_SIGNAL:
		words[TRIGGER_NAME] = t->item == NONE ? compile_ref(c, t->ref) :
							compile_text(c, compile_message_name(c, t->item));
		return EFILE_OK;
	case EVENT_ERROR:
	case EVENT_ESCALATION:
		if (t->item != NONE && m->elements[t->item].fields[FIELD_CODE])
			words[TRIGGER_NAME] = compile_ref(c, m->elements[t->item].fields[FIELD_CODE]);
		else
			words[TRIGGER_NAME] = compile_ref(c, t->ref);
		return EFILE_OK;
	case EVENT_TIMER:
		return timer_words(c, t, element, words);
	case EVENT_CONDITIONAL:
		if (!t->text)
			return compile_refuse(c, element, t->line, "BPMN-CONDITIONAL",
					      "%s: the event has no condition%s", "");
		return compile_program(c, &words[TRIGGER_PROGRAM], element, t->text);
	case EVENT_COMPENSATE:
		words[TRIGGER_TARGET] = t->item != NONE && c->inside[t->item] ?
			c->number[t->item] + 1 : 0;
		return EFILE_OK;
	case EVENT_LINK:
		words[TRIGGER_NAME] = compile_ref(c, t->text);
		words[TRIGGER_TARGET] = link_target(c, t);
		return EFILE_OK;
	default:
		return EFILE_OK;
	}
}

static efile_status add_trigger(compiler *c, const bpmn_trigger *t, int element)
{
	uint32_t words[TRIGGER_WORDS] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(trigger_map); i++)
		if (trigger_map[i].from == t->kind)
			words[TRIGGER_KIND] = trigger_map[i].to;
	words[TRIGGER_NODE] = c->number[element];
	TRY(trigger_words(c, t, element, words));
	compile_put_trigger(c, words);
	return EFILE_OK;
}

/* A receive or send task is an event with a message. */
static efile_status message_task(compiler *c, int element)
{
	bpmn_trigger t = { .kind = EVENT_MESSAGE, .owner = element, .behaviour = NONE };

	t.item = message_by_ref(c, element);
	return add_trigger(c, &t, element);
}

/* What the behaviour "None" or "One" throws: a signal event, found by its id. */
static efile_status named_behaviour(compiler *c, int element)
{
	const bpmn_model *m = c->m;
	text_ref ref = m->elements[element].fields[FIELD_BEHAVIOUR_EVENT];

	for (size_t i = 0; ref && i < m->triggers_count; i++)
		if (m->triggers[i].id &&
		    !strcmp(bpmn_text(m, m->triggers[i].id), bpmn_text(m, ref)))
			return add_trigger(c, &m->triggers[i], element);
	return EFILE_OK;
}

static efile_status behaviours(compiler *c, int element)
{
	const bpmn_model *m = c->m;

	for (size_t i = 0; i < m->triggers_count; i++) {
		const bpmn_trigger *t = &m->triggers[i];
		uint32_t words[TRIGGER_WORDS] = { 0 }, program;

		if (t->owner != element || t->behaviour == NONE)
			continue;
		TRY(compile_program(c, &program, element, m->behaviours[t->behaviour].condition));
		for (size_t k = 0; k < ARRAY_SIZE(trigger_map); k++)
			if (trigger_map[k].from == t->kind)
				words[TRIGGER_KIND] = trigger_map[k].to;
		words[TRIGGER_NODE] = c->number[element];
		TRY(trigger_words(c, t, element, words));
		words[TRIGGER_PROGRAM] = program;
		compile_put_trigger(c, words);
	}
	return named_behaviour(c, element);
}

efile_status compile_triggers(compiler *c, int element, uint32_t *words)
{
	const bpmn_model *m = c->m;
	uint32_t kind = words[NODE_KIND];

	words[NODE_FIRST_TRIGGER] = c->trigger_count;
	if (kind == FLOW_NODE_PROCESS)
		TRY(compile_correlations(c, element));
	else if (kind == FLOW_NODE_RECEIVE_TASK || kind == FLOW_NODE_SEND_TASK)
		TRY(message_task(c, element));
	else if (m->elements[element].events)
		for (size_t i = 0; i < m->triggers_count; i++)
			if (m->triggers[i].owner == element && m->triggers[i].behaviour == NONE)
				TRY(add_trigger(c, &m->triggers[i], element));
	words[NODE_TRIGGER_COUNT] = c->trigger_count - words[NODE_FIRST_TRIGGER];
	words[NODE_FIRST_BEHAVIOUR] = c->trigger_count;
	if (m->elements[element].loop > LOOP_STANDARD)
		TRY(behaviours(c, element));
	words[NODE_BEHAVIOUR_COUNT] = c->trigger_count - words[NODE_FIRST_BEHAVIOUR];
	return buf_status(&c->triggers, c->ctx);
}

/* ---- parameters ---- */

/* A data input, output, object or reference: the variable that it stands for. */
static const char *data_named(const compiler *c, text_ref ref)
{
	int found = ref ? bpmn_find(c->m, bpmn_text(c->m, ref)) : NONE;

	return found == NONE ? bpmn_text(c->m, ref) : compile_data_name(c, found);
}

static efile_status put_mapping(compiler *c, int element, bpmn_mapping_kind kind,
				const char *source, const char *target, text_ref expression)
{
	uint32_t words[MAPPING_WORDS] = { 0 };

	words[MAPPING_KIND] = kind;
	words[MAPPING_SOURCE] = compile_text(c, source);
	words[MAPPING_TARGET] = compile_text(c, target);
	TRY(compile_program(c, &words[MAPPING_PROGRAM], element, expression));
	for (int w = 0; w < MAPPING_WORDS; w++)
		buf_add_u32(&c->mappings, words[w]);
	c->mapping_count++;
	return EFILE_OK;
}

/* <dataInputAssociation>: assignments and a transformation, else the source as it is. */
static efile_status association(compiler *c, int element, int line)
{
	const bpmn_model *m = c->m;
	const bpmn_element *n = &m->elements[line];
	const char *target = data_named(c, n->target);
	bool any = false;

	for (size_t i = 0; i < m->mappings_count; i++) {
		const bpmn_mapping *map = &m->mappings[i];

		if (map->owner != line)
			continue;
		any = true;
		TRY(put_mapping(c, element, MAPPING_EXPRESSION, "",
				map->target ? data_named(c, map->target) : target, map->source));
	}
	if (any || !n->source || !*target)
		return EFILE_OK;
	return put_mapping(c, element, MAPPING_NAME, data_named(c, n->source), target, 0);
}

static efile_status mappings(compiler *c, int element, bool output)
{
	const bpmn_model *m = c->m;
	const char *kind = output ? "dataOutputAssociation" : "dataInputAssociation";

	for (size_t i = 0; i < m->mappings_count; i++) {
		const bpmn_mapping *map = &m->mappings[i];

		if (map->owner != element || map->output != output)
			continue;
		TRY(put_mapping(c, element, map->kind, bpmn_text(m, map->source),
				bpmn_text(m, map->target),
				map->kind == MAPPING_EXPRESSION ? map->source : 0));
	}
	for (size_t i = (size_t)element + 1; i < m->elements_count; i++)
		if (m->elements[i].owner == element && !strcmp(m->elements[i].kind->name, kind))
			TRY(association(c, element, (int)i));
	return EFILE_OK;
}

efile_status compile_mappings(compiler *c, int element, uint32_t *words)
{
	words[NODE_FIRST_INPUT] = c->mapping_count;
	TRY(mappings(c, element, false));
	words[NODE_INPUT_COUNT] = c->mapping_count - words[NODE_FIRST_INPUT];
	words[NODE_FIRST_OUTPUT] = c->mapping_count;
	TRY(mappings(c, element, true));
	words[NODE_OUTPUT_COUNT] = c->mapping_count - words[NODE_FIRST_OUTPUT];
	return buf_status(&c->mappings, c->ctx);
}

/* ---- who can reach a join ---- */

static uint32_t word_at(const buf *b, size_t index)
{
	const unsigned char *p = (const unsigned char *)b->data + 4 * index;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t node_word_at(const compiler *c, uint32_t node, node_word word)
{
	return word_at(&c->nodes, (size_t)node * NODE_WORDS + word);
}

typedef struct search {
	compiler *c;
	uint32_t join;
	uint32_t *bits;
	uint32_t *work;
	size_t count;
} search;

static void visit(search *s, uint32_t node)
{
	if (node == s->join || (s->bits[node / 32] >> (node % 32) & 1))
		return;
	s->bits[node / 32] |= 1u << (node % 32);
	s->work[s->count++] = node;
}

/* Those that throw a link to this node. */
static void visit_links(search *s, uint32_t node)
{
	const compiler *c = s->c;

	for (uint32_t i = 0; i < c->trigger_count; i++) {
		size_t at = (size_t)i * TRIGGER_WORDS;

		if (word_at(&c->triggers, at + TRIGGER_KIND) == TRIGGER_LINK &&
		    word_at(&c->triggers, at + TRIGGER_TARGET) == node + 1)
			visit(s, word_at(&c->triggers, at + TRIGGER_NODE));
	}
}

/* Everything before a node: over flows, links, and from an activity to its boundary events. */
static void visit_before(search *s, uint32_t node)
{
	const compiler *c = s->c;
	uint32_t first = node_word_at(c, node, NODE_FIRST_IN);
	uint32_t count = node_word_at(c, node, NODE_IN_COUNT);

	for (uint32_t i = 0; i < count; i++)
		visit(s, word_at(&c->edges, (size_t)word_at(&c->lists, first + i) * EDGE_WORDS +
					    EDGE_SOURCE));
	if (node_word_at(c, node, NODE_HOST))
		visit(s, node_word_at(c, node, NODE_HOST) - 1);
	if (node_word_at(c, node, NODE_KIND) == FLOW_NODE_CATCH)
		visit_links(s, node);
}

static efile_status join_bits(compiler *c, uint32_t node, uint32_t *bits, uint32_t *work)
{
	uint32_t row = (c->node_count + 1 + 31) / 32;
	uint32_t first = node_word_at(c, node, NODE_FIRST_IN);
	uint32_t count = node_word_at(c, node, NODE_IN_COUNT);

	if ((uint64_t)c->bit_words + (uint64_t)row * count > BIT_WORDS_MAX)
		return FAIL(c->ctx, EFILE_E_LIMIT, 2360, "the process has too many joins");
	for (uint32_t i = 0; i < count; i++) {
		search s = { c, node, bits, work, 0 };

		memset(bits, 0, 4 * (size_t)row);
		visit(&s, word_at(&c->edges, (size_t)word_at(&c->lists, first + i) * EDGE_WORDS +
					     EDGE_SOURCE));
		while (s.count)
			visit_before(&s, work[--s.count]);
		for (uint32_t w = 0; w < row; w++)
			buf_add_u32(&c->bits, bits[w]);
	}
	c->bit_words += row * count;
	return buf_status(&c->bits, c->ctx);
}

efile_status compile_bits(compiler *c)
{
	uint32_t row = (c->node_count + 1 + 31) / 32;
	AUTO_PTR(char) bits = mem_new(c->ctx, 4 * (size_t)row);
	AUTO_PTR(char) work = mem_new(c->ctx, 4 * ((size_t)c->node_count + 2));

	if (!bits || !work)
		return EFILE_E_NOMEM;
	TRY(buf_status(&c->nodes, c->ctx));
	TRY(buf_status(&c->edges, c->ctx));
	TRY(buf_status(&c->lists, c->ctx));
	TRY(buf_status(&c->triggers, c->ctx));
	for (uint32_t node = 0; node < c->node_count; node++) {
		size_t at = 4 * ((size_t)node * NODE_WORDS + NODE_BITS);
		uint32_t value = c->bit_words + 1;
		unsigned char bytes[4] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16),
					   (unsigned char)(value >> 8), (unsigned char)value };

		if (!node_is_join(node_word_at(c, node, NODE_KIND)) ||
		    node_word_at(c, node, NODE_IN_COUNT) < 2)
			continue;
		memcpy(c->nodes.data + at, bytes, 4);
		TRY(join_bits(c, node, (uint32_t *)(void *)bits, (uint32_t *)(void *)work));
	}
	return EFILE_OK;
}
