/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiles every expression of the models, once, with the names that it can see. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"

/* ---- programs ---- */

static efile_status keep_program(decision_set *set, expr_program *program)
{
	TRY(mem_grow(set->ctx, (void **)&set->programs, &set->program_capacity, set->program_count,
		     sizeof(*set->programs)));
	set->programs[set->program_count++] = program;
	return EFILE_OK;
}

efile_status dmn_compile_text(expr_program *out, const compiling *c, const char *text, text_kind kind,
			  long line, long column)
{
	efile_ctx *ctx = c->set->ctx;
	report_place place = { .term = c->id, .path = c->model->source, .line = line,
			       .column = column, .actual = text };
	efile_status status;

	TRY(keep_program(c->set, out));
	status = kind == TEXT_TESTS ? expr_compile_tests(out, ctx, text, c->names) :
				      expr_compile(out, ctx, text, c->names);
	if (status != EFILE_E_FORMAT && status != EFILE_E_LIMIT)
		return status;
	*out = (expr_program)EXPR_PROGRAM_INIT;
	TRY(report_add(c->set->report, "DMN-FEEL", EFILE_SEVERITY_ERROR, &place, "not FEEL: %s",
		       efile_error_message(ctx)));
	error_clear(ctx);
	return EFILE_OK;
}

/* ---- names ---- */

bool dmn_is_plain_name(const char *text)
{
	bool plain = *text && !str_ascii_digit(*text);

	for (; *text; text++)
		plain = plain && ((unsigned char)*text >= 0x80 || *text == '_' || str_ascii_digit(*text) ||
				  (str_ascii_lower(*text) >= 'a' && str_ascii_lower(*text) <= 'z'));
	return plain;
}

static efile_status add_name(dmn_model *m, const char *name)
{
	if (!name || !*name || dmn_is_plain_name(name))
		return EFILE_OK;
	TRY(mem_grow(m->set->ctx, (void **)&m->names, &m->name_capacity, m->name_count + 1,
		     sizeof(*m->names)));
	m->names[m->name_count++] = name;
	m->names[m->name_count] = NULL;
	return EFILE_OK;
}

static efile_status add_item_names(dmn_model *m, const dmn_item *item)
{
	TRY(add_name(m, item->name));
	for (size_t i = 0; i < item->count; i++)
		TRY(add_item_names(m, &item->parts[i]));
	return EFILE_OK;
}

/* A parameter with a point looks like a path to who does not know it: only its body knows it. */
static efile_status add_parameter(dmn_model *m, const char *name)
{
	return name && strchr(name, '.') ? EFILE_OK : add_name(m, name);
}

static efile_status add_logic_names(dmn_model *m, const logic *l)
{
	if (!l)
		return EFILE_OK;
	for (size_t i = 0; i < l->column_count; i++)
		TRY(add_parameter(m, l->columns[i].name));
	for (size_t i = 0; i < l->count; i++) {
		if (l->kind == LOGIC_CONTEXT)
			TRY(add_name(m, l->parts[i].name));
		TRY(add_logic_names(m, l->parts[i].logic));
	}
	for (size_t i = 0; l->table && i < l->table->output_count; i++)
		TRY(add_name(m, l->table->outputs[i].name));
	return EFILE_OK;
}

/* Members, parameters and types of a model: seen by its expressions and by who imports it. */
static efile_status add_model_names(dmn_model *to, const dmn_model *from)
{
	for (size_t i = 0; i < from->item_count; i++)
		TRY(add_item_names(to, &from->items[i]));
	for (size_t i = 0; i < from->node_count; i++)
		TRY(add_logic_names(to, from->nodes[i]->logic));
	return EFILE_OK;
}

static int text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void unique_names(dmn_model *m)
{
	size_t used = 0;

	if (!m->name_count)
		return;
	qsort(m->names, m->name_count, sizeof(*m->names), text_order);
	for (size_t i = 1; i < m->name_count; i++)
		if (!str_equal(m->names[i], m->names[used]))
			m->names[++used] = m->names[i];
	m->name_count = used + 1;
	m->names[m->name_count] = NULL;
}

static efile_status collect_names(dmn_model *m)
{
	TRY(add_model_names(m, m));
	for (size_t i = 0; i < m->import_count; i++) {
		const dmn_model *other = m->imports[i].model;

		TRY(add_name(m, m->imports[i].name));
		if (!other || other == m)
			continue;
		TRY(add_model_names(m, other));
		for (size_t k = 0; k < other->node_count; k++)
			TRY(add_name(m, other->nodes[k]->variable));
	}
	unique_names(m);
	return EFILE_OK;
}

/* The names of the model and of what the node requires. */
static efile_status names_of_node(const char ***out, const dmn_node *node)
{
	const dmn_model *m = node->model;
	size_t count = m->name_count;
	const char **names = dmn_pool_new(&m->set->pool, (count + node->reference_count + 1) * sizeof(*names));

	if (!names)
		return EFILE_E_NOMEM;
	if (count)
		memcpy(names, m->names, count * sizeof(*names));
	for (size_t i = 0; i < node->reference_count; i++) {
		const dmn_node *target = node->references[i].target;

		if (target && !dmn_is_plain_name(target->variable) && *target->variable)
			names[count++] = target->variable;
	}
	*out = names;
	return EFILE_OK;
}

/* ---- expressions ---- */

static efile_status compile_literal(logic *l, compiling *c)
{
	report_place place = { .term = c->id, .path = c->model->source, .line = l->line,
			       .column = l->column };

	if (l->foreign)
		return report_add(c->set->report, "DMN-LANGUAGE", EFILE_SEVERITY_ERROR, &place,
				  "an expression is not in FEEL");
	if (!*l->text)
		return EFILE_OK;
	return dmn_compile_text(&l->program, c, l->text, TEXT_EXPRESSION, l->line, l->column);
}

static efile_status function_members(expr_type *out, const logic *l, decision_set *set)
{
	expr_member_type *members = dmn_pool_new(&set->pool, (l->column_count + 1) * sizeof(*members));

	if (!members)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < l->column_count; i++) {
		members[i].name = l->columns[i].name;
		members[i].type = l->columns[i].type;
	}
	out->kind = EXPR_TYPE_FUNCTION;
	out->members = members;
	out->member_count = l->column_count;
	return EFILE_OK;
}

static efile_status compile_function(logic *l, compiling *c)
{
	l->function_type = dmn_pool_new(&c->set->pool, sizeof(*l->function_type));
	if (!l->function_type)
		return EFILE_E_NOMEM;
	TRY(function_members(l->function_type, l, c->set));
	if (l->type && l->type->kind == EXPR_TYPE_FUNCTION)
		l->function_type->element = l->type->element;
	l->type = NULL; /* what is said of a function is not said of a value */
	return EFILE_OK;
}

static bool plain_literal(const logic_part *part)
{
	return part->logic && part->logic->kind == LOGIC_LITERAL && !part->logic->foreign &&
		!part->logic->type && !part->type && *part->logic->text && part->logic->program.bytes;
}

/* A filter or loop whose parts are literal is what FEEL says in one expression; a line break behind
 * each part ends a comment there. */
static efile_status spell(logic *l, compiling *c)
{
	const char *in = l->parts[0].logic->text, *body = l->parts[1].logic->text;
	AUTO(buf) text = BUF_INIT;

	if (l->kind == LOGIC_FILTER)
		buf_add_format(&text, "(%s\n)[%s\n]", in, body);
	else
		buf_add_format(&text, "for %s in (%s\n) return (%s\n)", l->variable, in, body);
	TRY(buf_status(&text, c->set->ctx));
	return dmn_compile_text(&l->program, c, buf_text(&text), TEXT_EXPRESSION, l->line, l->column);
}

static efile_status compile_iterator(logic *l, compiling *c)
{
	if (l->kind != LOGIC_FILTER && !*l->variable) {
		report_place place = { .term = c->id, .path = c->model->source, .line = l->line,
				       .column = l->column };

		return report_add(c->set->report, "DMN-ITERATOR", EFILE_SEVERITY_ERROR, &place,
				  "an iterator has no variable");
	}
	if (l->kind == LOGIC_SOME || l->kind == LOGIC_EVERY)
		return EFILE_OK; /* where boxed, each result must be a boolean */
	return plain_literal(&l->parts[0]) && plain_literal(&l->parts[1]) ? spell(l, c) : EFILE_OK;
}

static const struct compiler {
	logic_kind kind;
	efile_status (*compile)(logic *l, compiling *c);
} compilers[] = {
	{ LOGIC_LITERAL, compile_literal }, { LOGIC_FUNCTION, compile_function },
	{ LOGIC_FILTER, compile_iterator }, { LOGIC_FOR, compile_iterator },
	{ LOGIC_SOME, compile_iterator },   { LOGIC_EVERY, compile_iterator },
	{ LOGIC_TABLE, dmn_compile_table },
};

static efile_status part_types(logic_part *parts, size_t count, const logic *l, compiling *c)
{
	for (size_t i = 0; i < count; i++)
		TRY(dmn_type_check(&parts[i].type, c->model, parts[i].type_ref, c->id, l->line, l->column));
	return EFILE_OK;
}

static efile_status names_with(const char ***out, const compiling *c, const logic *l)
{
	size_t count = 0, used = 0;
	const char **names;

	while (c->names[count])
		count++;
	names = dmn_pool_new(&c->set->pool, (count + l->column_count + 2) * sizeof(*names));
	if (!names)
		return EFILE_E_NOMEM;
	memcpy(names, c->names, count * sizeof(*names));
	used = count;
	for (size_t i = 0; l->kind == LOGIC_FUNCTION && i < l->column_count; i++)
		if (*l->columns[i].name && !dmn_is_plain_name(l->columns[i].name))
			names[used++] = l->columns[i].name;
	if (l->variable && *l->variable && !dmn_is_plain_name(l->variable))
		names[used++] = l->variable;
	*out = used > count ? names : (const char **)c->names;
	return EFILE_OK;
}

/* The parts of a function or iterator see its parameters. */
static efile_status compile_parts(logic *l, compiling *c)
{
	const char *const *outer = c->names;
	const char **inner;

	if (l->kind == LOGIC_FUNCTION || l->variable) {
		TRY(names_with(&inner, c, l));
		c->names = inner;
	}
	for (size_t i = 0; i < l->count; i++)
		TRY(dmn_compile_logic(l->parts[i].logic, c));
	if (!l->variable)
		c->names = outer;
	for (size_t i = 0; i < ARRAY_SIZE(compilers); i++)
		if (compilers[i].kind == l->kind)
			TRY(compilers[i].compile(l, c));
	c->names = outer;
	return EFILE_OK;
}

efile_status dmn_compile_logic(logic *l, compiling *c)
{
	const char *outer = c->id;

	if (!l)
		return EFILE_OK;
	if (*l->id)
		c->id = l->id;
	TRY(dmn_type_check(&l->type, c->model, l->type_ref, c->id, l->line, l->column));
	TRY(part_types(l->parts, l->count, l, c));
	TRY(part_types(l->columns, l->column_count, l, c));
	TRY(compile_parts(l, c));
	c->id = outer;
	return EFILE_OK;
}

/* ---- nodes ---- */

/* Input data, then input decisions: the parameters of a service (10.4). */
static efile_status service_type(dmn_node *node, decision_set *set)
{
	static const reference_kind order[] = { REFERENCE_INPUT_DATA, REFERENCE_INPUT_DECISION };
	expr_member_type *members =
		dmn_pool_new(&set->pool, (node->reference_count + 1) * sizeof(*members));
	expr_type *type = dmn_pool_new(&set->pool, sizeof(*type));

	if (!members || !type)
		return EFILE_E_NOMEM;
	type->kind = EXPR_TYPE_FUNCTION;
	for (size_t k = 0; k < ARRAY_SIZE(order); k++)
		for (size_t i = 0; i < node->reference_count; i++) {
			const reference *ref = &node->references[i];

			if (ref->kind != order[k] || !ref->target)
				continue;
			members[type->member_count].name = ref->target->variable;
			members[type->member_count++].type =
				dmn_type_find(ref->target->model, ref->target->type_ref);
		}
	type->members = members;
	node->function_type = type;
	return EFILE_OK;
}

/* The type of the variable is that of the function, or, as many write it, of its result. */
static void result_type(dmn_node *node)
{
	if (!node->type || !node->function_type)
		return;
	node->function_type->element =
		node->type->kind == EXPR_TYPE_FUNCTION ? node->type->element : node->type;
}

static efile_status check_logic(const dmn_node *node)
{
	report_place place = { .term = node->id, .path = node->model->source, .line = node->line,
			       .column = node->column };

	if (node->logic || (node->kind != DECISION_DECISION && node->kind != DECISION_BKM))
		return EFILE_OK;
	return report_add(node->model->set->report, "DMN-LOGIC", EFILE_SEVERITY_INFORMATION, &place,
			  "%s has no logic: it answers null", node->name);
}

static efile_status compile_node(dmn_node *node)
{
	compiling c = { node->model->set, node->model, node, *node->id ? node->id : node->name, NULL };
	const char **names;

	TRY(dmn_type_check(&node->type, node->model, node->type_ref, c.id, node->line, node->column));
	TRY(check_logic(node));
	TRY(names_of_node(&names, node));
	c.names = names;
	TRY(dmn_compile_logic(node->logic, &c));
	if (node->kind == DECISION_SERVICE)
		TRY(service_type(node, c.set));
	if (node->kind == DECISION_BKM && node->logic)
		node->function_type = node->logic->function_type;
	result_type(node);
	return EFILE_OK;
}

efile_status dmn_set_compile(decision_set *set)
{
	for (size_t i = 0; i < set->node_count; i++)
		TRY(compile_node(set->nodes[i]));
	return EFILE_OK;
}

/* ---- the set ---- */

static efile_status read_models(decision_set *set, const decision_source *sources, size_t count)
{
	set->models = dmn_pool_new(&set->pool, count * sizeof(*set->models));
	if (!set->models)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < count; i++) {
		set->models[i].set = set;
		TRY(dmn_read(&set->models[i], &sources[i]));
		set->model_count++;
	}
	return EFILE_OK;
}

efile_status decision_compile(decision_set **out, efile_ctx *ctx, const decision_source *sources,
			      size_t count)
{
	AUTO_PTR(decision_set) set = mem_new(ctx, sizeof(*set));

	if (!set)
		return EFILE_E_NOMEM;
	set->ctx = ctx;
	set->pool.ctx = ctx;
	TRY(report_new(&set->report, ctx));
	TRY(read_models(set, sources, count));
	TRY(dmn_set_link(set));
	for (size_t i = 0; i < set->model_count; i++)
		TRY(collect_names(&set->models[i]));
	TRY(dmn_set_types(set));
	TRY(dmn_set_compile(set));
	*out = STEAL(set);
	return EFILE_OK;
}

void decision_free(decision_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->program_count; i++)
		expr_program_clear(set->programs[i]);
	free(set->programs);
	for (size_t i = 0; i < set->model_count; i++)
		free(set->models[i].names);
	efile_report_free(set->report);
	dmn_pool_clear(&set->pool);
	free(set);
}

const efile_report *decision_findings(const decision_set *set)
{
	return set->report;
}
