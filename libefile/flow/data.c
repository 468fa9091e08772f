/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Variables: those of the process, those of sub-processes and tasks, those of loops. Nothing is
 * parsed before an expression asks for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/machine.h"
#include "flow/route.h"
#include "flow/model.h"

enum { CONDITION_BUDGET = 10, DEPTH_MAX = 1000 }; /* times efile_limits.expr_steps, for one step */

void forget_variables(machine *m)
{
	for (size_t i = 0; i < m->document_count; i++)
		json_document_free(m->documents[i]);
	m->document_count = 0;
	m->scope_filled = false;
	for (size_t i = 0; i < ARRAY_SIZE(m->plain); i++)
		m->plain[i].name = 0;
}

/* ---- filling the scope of expressions ---- */

static efile_status add_document(machine *m, const char *text, size_t length, const json_value **root)
{
	void *documents = m->documents;
	json_document *document;

	TRY(mem_grow(m->ctx, &documents, &m->document_capacity, m->document_count,
		     sizeof(*m->documents)));
	m->documents = documents;
	TRY(json_parse(&document, m->ctx, text, length));
	m->documents[m->document_count++] = document;
	*root = json_root(document);
	return EFILE_OK;
}

static efile_status set_object(machine *m, const char *text, size_t length)
{
	const json_value *root;

	TRY(add_document(m, text, length, &root));
	if (root->type != JSON_OBJECT)
		return EFILE_OK;
	return expr_scope_set_json(m->scope, root);
}

static efile_status set_number(machine *m, const char *name, uint64_t number)
{
	char text[24];
	const json_value *root;
	expr_value value;
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)number);

	TRY(add_document(m, text, (size_t)length, &root));
	TRY(expr_from_json(&value, m->scope, root));
	return expr_scope_set(m->scope, name, value);
}

static efile_status set_item(machine *m, const flow_row *loop, uint32_t index)
{
	const char *name = node_text(m->d, loop->node, NODE_ITEM);
	const json_value *root, *item;
	expr_value value;

	if (!loop->length || !*name || !index)
		return EFILE_OK;
	TRY(add_document(m, m->s.texts.data + loop->data, loop->length, &root));
	item = root->type == JSON_ARRAY ? root->child : NULL;
	for (uint32_t i = 1; item && i < index; i++)
		item = item->next;
	if (!item)
		return EFILE_OK;
	TRY(expr_from_json(&value, m->scope, item));
	return expr_scope_set(m->scope, name, value);
}

/* The names of BPMN (10.2.8) and those that other engines made common. */
static efile_status set_counters(machine *m, const flow_row *loop, uint32_t index)
{
	uint64_t active = loop->index > loop->done ? loop->index - loop->done : 0;
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "loopCounter", index }, { "numberOfInstances", loop->total },
		{ "nrOfInstances", loop->total }, { "numberOfCompletedInstances", loop->done },
		{ "nrOfCompletedInstances", loop->done }, { "numberOfActiveInstances", active },
		{ "nrOfActiveInstances", active },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		TRY(set_number(m, rows[i].name, rows[i].value));
	return set_item(m, loop, index);
}

/* The entry of the list that a task stands for. */
static efile_status set_route(machine *m, const flow_row *row, uint32_t index)
{
	AUTO(route) r = { .steps = NULL };
	AUTO(buf) text = BUF_INIT;
	const route_step *step;
	const json_value *root;
	expr_value value;
	json_writer w;

	TRY(route_read(&r, m->ctx, m->s.texts.data + row->data, row->length));
	step = route_find(&r, index);
	if (!step)
		return EFILE_OK;
	json_begin(&w, &text);
	route_put_step(&w, step);
	TRY(buf_status(&text, m->ctx));
	TRY(add_document(m, text.data, text.length, &root));
	TRY(expr_from_json(&value, m->scope, root));
	return expr_scope_set(m->scope, "step", value);
}

static efile_status set_row(machine *m, const flow_row *row, uint32_t index)
{
	if (row->kind == ROW_LOOP)
		return set_counters(m, row, index);
	if (row->kind == ROW_ROUTE)
		return set_route(m, row, index);
	if (row->length && row->kind != ROW_MESSAGE)
		return set_object(m, m->s.texts.data + row->data, row->length);
	return EFILE_OK;
}

/* From the outermost to the innermost, so that the nearest one counts. */
static efile_status fill_chain(machine *m, uint64_t scope, uint32_t index)
{
	uint64_t chain[DEPTH_MAX];
	uint32_t indexes[DEPTH_MAX];
	size_t depth = 0;

	while (scope && depth < DEPTH_MAX) {
		const flow_row *row = state_row(&m->s, scope);

		if (!row)
			break;
		chain[depth] = scope;
		indexes[depth++] = index;
		index = row->index;
		scope = row->scope;
	}
	while (depth--)
		TRY(set_row(m, state_row(&m->s, chain[depth]), indexes[depth]));
	return EFILE_OK;
}

static efile_status fill_scope(machine *m, const frame *f)
{
	if (m->scope_filled && m->scope_at == f->scope && m->scope_index == f->index && !f->locals)
		return EFILE_OK;
	forget_variables(m);
	if (m->scope) {
		m->scope_steps += expr_scope_steps(m->scope);
		expr_scope_reset(m->scope);
	} else {
		TRY(expr_scope_new(&m->scope, m->ctx));
	}
	expr_scope_set_now(m->scope, m->event->time, 0);
	TRY(set_object(m, buf_text(&m->s.variables), m->s.variables.length));
	TRY(fill_chain(m, f->scope, f->index));
	if (f->locals)
		return set_object(m, f->locals, f->length);
	m->scope_at = f->scope;
	m->scope_index = f->index;
	m->scope_filled = true;
	return EFILE_OK;
}

/* ---- asking ---- */

efile_status evaluate(machine *m, expr_value *out, uint32_t program, const frame *f)
{
	expr_program opened;
	size_t at = m->d->code + program_get(m->d, program, PROGRAM_CODE);

	TRY(expr_program_open(&opened, m->ctx, m->d->bytes + at,
			      program_get(m->d, program, PROGRAM_LENGTH)));
	return evaluate_program(m, out, &opened, f);
}

efile_status evaluate_program(machine *m, expr_value *out, const expr_program *program,
			      const frame *f)
{
	TRY(fill_scope(m, f));
	TRY(expr_evaluate(out, program, m->scope));
	if (m->scope_steps + expr_scope_steps(m->scope) >
	    (uint64_t)m->ctx->limits.expr_steps * CONDITION_BUDGET)
		return FAIL(m->ctx, EFILE_E_LIMIT, 2330, "the conditions of one step take too long");
	return EFILE_OK;
}

/* An integer member of the process's variables, read where it stands: {"n":5,...}. */
static bool plain_integer(int64_t *out, const buf *variables, const char *name)
{
	size_t length = strlen(name);
	const char *at = buf_text(variables), *end = at + variables->length;
	bool negative, digits = false;

	for (;; at += length) {
		at = memmem(at, (size_t)(end - at), name, length);
		if (!at)
			return false;
		if (at[-1] == '"' && at[length] == '"' && at[length + 1] == ':' &&
		    (at[-2] == '{' || at[-2] == ','))
			break;
	}
	for (const char *p = buf_text(variables) + 1; p < at; p++)
		if (*p == '{' || *p == '[' || *p == '\\')
			return false; /* perhaps not of the outermost object */
	at += length + 2;
	negative = *at == '-';
	at += negative;
	for (*out = 0; str_ascii_digit(*at) && *out < 1000000000000; at++, digits = true)
		*out = *out * 10 + (*at - '0');
	if (negative)
		*out = -*out;
	return digits && (*at == ',' || *at == '}');
}

/* The same, kept while the variables stay: a gateway asks for one variable again and again. */
static const plain_variable *plain_of(machine *m, uint32_t name)
{
	plain_variable *p = &m->plain[name % ARRAY_SIZE(m->plain)];

	if (p->name != name + 1) {
		p->known = plain_integer(&p->value, &m->s.variables, definition_text(m->d, name));
		p->name = name + 1;
	}
	return p;
}

/* A comparison with an integer, without interpreter; false if it needs one. */
static bool plain_condition(machine *m, bool *holds, uint32_t program)
{
	int64_t value, number = program_get(m->d, program, PROGRAM_NUMBER);
	uint32_t test = program_get(m->d, program, PROGRAM_TEST);
	const plain_variable *variable;

	if (test == TEST_NONE)
		return false;
	variable = plain_of(m, program_get(m->d, program, PROGRAM_VARIABLE));
	if (!variable->known)
		return false;
	value = variable->value;
	switch (test) {
	case TEST_EQUAL:
		*holds = value == number;
		break;
	case TEST_UNEQUAL:
		*holds = value != number;
		break;
	case TEST_LESS:
		*holds = value < number;
		break;
	case TEST_LESS_EQUAL:
		*holds = value <= number;
		break;
	case TEST_GREATER:
		*holds = value > number;
		break;
	default:
		*holds = value >= number;
	}
	return true;
}

efile_status condition(machine *m, bool *holds, uint32_t program, const frame *f)
{
	expr_value value;

	if (!f->scope && !f->locals && plain_condition(m, holds, program))
		return EFILE_OK;
	TRY(evaluate(m, &value, program, f));
	*holds = expr_is_true(&value);
	return EFILE_OK;
}

size_t warning_count(const machine *m)
{
	return m->scope ? expr_scope_warning_count(m->scope) : 0;
}

const char *last_warning(const machine *m, size_t from)
{
	return m->scope && from < expr_scope_warning_count(m->scope) ?
		       expr_scope_warning(m->scope, from) : NULL;
}

/* ---- setting ---- */

static efile_status changed_variables(machine *m, bool changed)
{
	forget_variables(m);
	if (!changed)
		return EFILE_OK;
	m->changed = true;
	return add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_VARIABLES });
}

/* Merges into the own variables of a row. */
static efile_status merge_row(machine *m, uint64_t number, const char *json, size_t length)
{
	flow_row *row = state_row(&m->s, number);
	AUTO(buf) merged = BUF_INIT;
	bool changed = false;

	buf_add(&merged, m->s.texts.data + row->data, row->length);
	TRY(buf_status(&merged, m->ctx));
	TRY(variables_merge(&changed, &merged, m->ctx, json, length));
	row_data(m, row, buf_text(&merged), merged.length);
	TRY(buf_status(&m->s.texts, m->ctx));
	return changed_variables(m, changed);
}

static efile_status has_member(bool *found, machine *m, const flow_row *row, const char *name)
{
	AUTO_PTR(json_document) document = NULL;
	efile_status status;

	*found = false;
	if (!row_has_variables(row))
		return EFILE_OK;
	status = json_parse(&document, m->ctx, m->s.texts.data + row->data, row->length);
	if (status == EFILE_E_NOMEM)
		return status;
	if (status < 0) {
		error_clear(m->ctx); /* a damaged state has no variables there */
		return EFILE_OK;
	}
	*found = json_member(json_root(document), name) != NULL;
	return EFILE_OK;
}

/* The scope that has the variable: 0 is the process. */
static efile_status home_of(uint64_t *home, machine *m, uint64_t scope, const char *name)
{
	const flow_row *row;

	for (*home = 0; (row = state_row(&m->s, scope)); scope = row->scope) {
		bool found;

		TRY(has_member(&found, m, row, name));
		if (found) {
			*home = scope;
			return EFILE_OK;
		}
	}
	return EFILE_OK;
}

static bool has_own_variables(const machine *m, uint64_t scope)
{
	const flow_row *row;

	for (; (row = state_row(&m->s, scope)); scope = row->scope)
		if (row_has_variables(row))
			return true;
	return false;
}

static efile_status merge_at(machine *m, uint64_t home, const char *json, size_t length)
{
	bool changed = false;

	if (home)
		return merge_row(m, home, json, length);
	TRY(variables_merge(&changed, &m->s.variables, m->ctx, json, length));
	return changed_variables(m, changed);
}

efile_status assign(machine *m, uint64_t scope, const char *name, const char *json, size_t length)
{
	AUTO(buf) object = BUF_INIT;
	AUTO_PTR(char) value = NULL;
	uint64_t home;
	json_writer w;

	TRY(mem_dup_bytes(&value, m->ctx, json, length));
	json_begin(&w, &object);
	json_object(&w);
	json_key(&w, name);
	json_raw(&w, value);
	json_end_object(&w);
	TRY(buf_status(&object, m->ctx));
	TRY(home_of(&home, m, scope, name));
	return merge_at(m, home, object.data, object.length);
}

efile_status assign_value(machine *m, uint64_t scope, const char *name, const expr_value *value)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	expr_to_json(&w, value);
	TRY(buf_status(&text, m->ctx));
	return assign(m, scope, name, text.data, text.length);
}

efile_status assign_text(machine *m, uint64_t scope, const char *name, const char *text)
{
	AUTO(buf) json = BUF_INIT;
	json_writer w;

	json_begin(&w, &json);
	json_text(&w, text);
	TRY(buf_status(&json, m->ctx));
	return assign(m, scope, name, json.data, json.length);
}

static efile_status assign_members(machine *m, uint64_t scope, const json_value *object)
{
	for (const json_value *at = object->child; at; at = at->next) {
		AUTO(buf) text = BUF_INIT;
		json_writer w;

		json_begin(&w, &text);
		json_copy(&w, at);
		TRY(buf_status(&text, m->ctx));
		TRY(assign(m, scope, at->key, text.data, text.length));
	}
	return EFILE_OK;
}

efile_status assign_all(machine *m, uint64_t scope, const char *json)
{
	AUTO_PTR(json_document) document = NULL;

	if (!json)
		return EFILE_OK;
	if (!has_own_variables(m, scope))
		return merge_at(m, 0, json, strlen(json));
	TRY(json_parse(&document, m->ctx, json, strlen(json)));
	if (json_root(document)->type != JSON_OBJECT)
		return FAIL(m->ctx, EFILE_E_FORMAT, 2322, "the variables of a process are a JSON object");
	return assign_members(m, scope, json_root(document));
}

/* ---- parameters ---- */

/* The variable of a plain name: the innermost one. */
static const expr_value *named_variable(machine *m, const char *name, expr_value *out)
{
	for (size_t i = m->document_count; i-- > 0;) {
		const json_value *root = json_root(m->documents[i]);
		const json_value *found = root->type == JSON_OBJECT ? json_member(root, name) : NULL;

		if (found && expr_from_json(out, m->scope, found) >= 0)
			return out;
	}
	return NULL;
}

static efile_status mapping_value(machine *m, json_writer *w, uint32_t mapping, const frame *f)
{
	const char *source = definition_text(m->d, mapping_get(m->d, mapping, MAPPING_SOURCE));
	uint32_t program = mapping_get(m->d, mapping, MAPPING_PROGRAM);
	expr_value value = { .kind = EXPR_NULL };

	if (program) {
		TRY(evaluate(m, &value, program - 1, f));
	} else if (mapping_get(m->d, mapping, MAPPING_KIND) == MAPPING_NAME) {
		TRY(fill_scope(m, f));
		named_variable(m, source, &value);
	} else {
		json_text(w, source);
		return EFILE_OK;
	}
	expr_to_json(w, &value);
	return EFILE_OK;
}

static efile_status put_all(machine *m, json_writer *w, const frame *f)
{
	AUTO(buf) all = BUF_INIT;
	AUTO_PTR(json_document) document = NULL;

	TRY(all_variables(m, &all, f));
	TRY(json_parse(&document, m->ctx, all.data, all.length));
	for (const json_value *at = json_root(document)->child; at; at = at->next) {
		json_key(w, at->key);
		json_copy(w, at);
	}
	return EFILE_OK;
}

static bool repeated(const machine *m, uint32_t first, uint32_t at)
{
	const char *target = definition_text(m->d, mapping_get(m->d, at, MAPPING_TARGET));

	for (uint32_t i = first; i < at; i++)
		if (!strcmp(definition_text(m->d, mapping_get(m->d, i, MAPPING_TARGET)), target))
			return true;
	return !*target;
}

static efile_status map_object(machine *m, buf *out, uint32_t first, uint32_t count, const frame *f)
{
	json_writer w;
	bool all = false;

	json_begin(&w, out);
	json_object(&w);
	for (uint32_t i = first; i < first + count && !all; i++)
		all = mapping_get(m->d, i, MAPPING_KIND) == MAPPING_ALL;
	if (all)
		TRY(put_all(m, &w, f));
	for (uint32_t i = first; i < first + count; i++) {
		if (mapping_get(m->d, i, MAPPING_KIND) == MAPPING_ALL || repeated(m, first, i))
			continue;
		json_key(&w, definition_text(m->d, mapping_get(m->d, i, MAPPING_TARGET)));
		TRY(mapping_value(m, &w, i, f));
	}
	json_end_object(&w);
	return buf_status(out, m->ctx);
}

efile_status map_inputs(machine *m, buf *out, uint32_t node, uint64_t scope, uint32_t index)
{
	uint32_t count = node_get(m->d, node, NODE_INPUT_COUNT);
	const frame f = { scope, index, NULL, 0 };

	return count ? map_object(m, out, node_get(m->d, node, NODE_FIRST_INPUT), count, &f) :
		       EFILE_OK;
}

efile_status map_outputs(machine *m, uint32_t node, uint64_t scope, uint32_t index,
			 const char *locals, size_t length)
{
	uint32_t count = node_get(m->d, node, NODE_OUTPUT_COUNT);
	const frame f = { scope, index, length ? locals : NULL, length };
	AUTO(buf) object = BUF_INIT;

	if (!count)
		return EFILE_OK;
	TRY(map_object(m, &object, node_get(m->d, node, NODE_FIRST_OUTPUT), count, &f));
	return assign_all(m, scope, object.data);
}

/* ---- copies ---- */

efile_status all_variables(machine *m, buf *out, const frame *f)
{
	AUTO(buf) all = BUF_INIT;
	bool changed = false;

	buf_add(&all, buf_text(&m->s.variables), m->s.variables.length);
	TRY(buf_status(&all, m->ctx));
	TRY(fill_scope(m, f));
	for (size_t i = 1; i < m->document_count; i++) {
		const json_value *root = json_root(m->documents[i]);
		AUTO(buf) text = BUF_INIT;
		json_writer w;

		if (root->type != JSON_OBJECT)
			continue;
		json_begin(&w, &text);
		json_copy(&w, root);
		TRY(buf_status(&text, m->ctx));
		TRY(variables_merge(&changed, &all, m->ctx, text.data, text.length));
	}
	buf_add(out, all.data, all.length);
	return buf_status(out, m->ctx);
}

static void put_list(json_writer *w, const json_value *old, uint32_t at, uint32_t count,
		     const expr_value *value)
{
	const json_value *item = old && old->type == JSON_ARRAY ? old->child : NULL;

	json_array(w);
	for (uint32_t i = 1; i <= count; i++) {
		if (i == at)
			expr_to_json(w, value);
		else if (item)
			json_copy(w, item);
		else
			json_null(w);
		item = item ? item->next : NULL;
	}
	json_end_array(w);
}

efile_status list_set(machine *m, uint64_t scope, const char *name, uint32_t at, uint32_t count,
		      const expr_value *value)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO(buf) all = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) copy = BUF_INIT;
	const frame f = { scope, 0, NULL, 0 };
	json_writer w;

	json_begin(&w, &copy); /* the value lives in the scope that is filled anew */
	expr_to_json(&w, value);
	TRY(buf_status(&copy, m->ctx));
	TRY(all_variables(m, &all, &f));
	TRY(json_parse(&document, m->ctx, all.data, all.length));
	json_begin(&w, &text);
	{
		AUTO_PTR(json_document) item = NULL;
		expr_value again;

		TRY(json_parse(&item, m->ctx, copy.data, copy.length));
		TRY(expr_from_json(&again, m->scope, json_root(item)));
		put_list(&w, json_member(json_root(document), name), at, count, &again);
		TRY(buf_status(&text, m->ctx));
	}
	return assign(m, scope, name, text.data, text.length);
}
