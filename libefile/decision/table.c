/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiles a decision table: each cell to its cheapest test, outputs to constants where they are. */
#include <string.h>

#include "decision/model.h"

static efile_status compile_cell(cell *c, compiling *by)
{
	TRY(dmn_cell_parse(c, &by->set->pool, c->text));
	if (c->kind == CELL_ANY)
		return EFILE_OK;
	return dmn_compile_text(&c->program, by, c->text, TEXT_TESTS, c->line, c->column);
}

/* A typed input whose values are not said has those of its type. */
static efile_status inherit_values(cell **out, const char *type_ref, compiling *c, long line, long column)
{
	const dmn_item *item = dmn_item_find(c->model, type_ref);

	if (*out || !item || item->collection || !*item->all_allowed)
		return EFILE_OK;
	*out = dmn_pool_new(&c->set->pool, sizeof(**out));
	if (!*out)
		return EFILE_E_NOMEM;
	(*out)->text = item->all_allowed;
	(*out)->line = line;
	(*out)->column = column;
	return EFILE_OK;
}

static efile_status compile_input(table_input *in, compiling *c)
{
	if (in->expression) {
		TRY(dmn_compile_logic(in->expression, c));
		if (dmn_is_plain_name(in->expression->text) && !in->expression->foreign)
			in->name = in->expression->text;
		in->domain = in->values;
		TRY(inherit_values(&in->domain, in->expression->type_ref, c, in->expression->line,
				   in->expression->column));
	}
	if (in->domain && in->domain != in->values)
		TRY(compile_cell(in->domain, c));
	return in->values ? compile_cell(in->values, c) : EFILE_OK;
}

/* The output values as a list, best first. */
static efile_status compile_order(table_output *out, const char *values, compiling *c)
{
	AUTO(buf) text = BUF_INIT;
	logic *l = dmn_pool_new(&c->set->pool, sizeof(*l));

	if (!l)
		return EFILE_E_NOMEM;
	buf_add_format(&text, "[%s\n]", values);
	TRY(buf_status(&text, c->set->ctx));
	l->id = "";
	l->line = out->line;
	l->column = out->column;
	TRY(dmn_pool_text(&l->text, &c->set->pool, buf_text(&text), text.length));
	TRY(dmn_compile_text(&l->program, c, l->text, TEXT_EXPRESSION, l->line, l->column));
	out->order = l;
	return EFILE_OK;
}

static bool by_priority(const table *t)
{
	return t->policy == POLICY_PRIORITY || t->policy == POLICY_OUTPUT_ORDER;
}

static efile_status no_order(const table_output *out, compiling *c)
{
	report_place place = { .term = c->id, .path = c->model->source, .line = out->line,
			       .column = out->column };

	return report_add(c->set->report, "DMN-TABLE-VALUES", EFILE_SEVERITY_WARNING, &place,
			  "the hit policy goes by priority, but the output has no list of values");
}

/* Single outputs have the type of the decision if they do not say their own. */
static const char *output_type(const table *t, const table_output *out, const compiling *c)
{
	if (out->type_ref || t->output_count != 1 || !c->node)
		return out->type_ref;
	return c->node->kind == DECISION_DECISION ? c->node->type_ref : NULL;
}

static efile_status compile_output(table_output *out, const table *t, compiling *c)
{
	const char *type_ref = output_type(t, out, c);
	const dmn_item *item = dmn_item_find(c->model, type_ref);
	const char *order = out->values_text;

	TRY(dmn_type_check(&out->type, c->model, out->type_ref, c->id, out->line, out->column));
	if (!*order && item)
		order = item->all_allowed;
	if (by_priority(t))
		TRY(*order ? compile_order(out, order, c) : no_order(out, c));
	if (out->values)
		TRY(compile_cell(out->values, c));
	return dmn_compile_logic(out->fallback, c);
}

static efile_status compile_rule(table_rule *rule, const table *t, compiling *c)
{
	efile_status status;

	for (size_t i = 0; i < t->input_count; i++)
		TRY(compile_cell(&rule->cells[i], c));
	for (size_t i = 0; i < t->output_count; i++) {
		rule_output *out = &rule->outputs[i];

		if (!out->expression)
			continue;
		TRY(dmn_compile_logic(out->expression, c));
		out->is_constant = !out->expression->foreign &&
			dmn_constant_parse(&out->constant, &c->set->pool, out->expression->text, &status);
		if (!out->is_constant)
			TRY(status);
	}
	return EFILE_OK;
}

static efile_status check_table(const table *t, const logic *l, compiling *c)
{
	report_place place = { .term = c->id, .path = c->model->source, .line = l->line,
			       .column = l->column };

	if (!t->output_count)
		return report_add(c->set->report, "DMN-TABLE-OUTPUT", EFILE_SEVERITY_ERROR, &place,
				  "the table has no output");
	if (t->output_count > 1 && t->policy >= POLICY_SUM && t->policy <= POLICY_MAX)
		return report_add(c->set->report, "DMN-TABLE-AGGREGATION", EFILE_SEVERITY_ERROR, &place,
				  "several outputs have no sum, least or greatest");
	for (size_t i = 0; i < t->output_count; i++)
		if (t->output_count > 1 && (!t->outputs[i].name || !*t->outputs[i].name))
			return report_add(c->set->report, "DMN-TABLE-OUTPUT", EFILE_SEVERITY_ERROR,
					  &place, "one of several outputs has no name");
	return EFILE_OK;
}

efile_status dmn_compile_table(logic *l, compiling *c)
{
	table *t = l->table;

	TRY(check_table(t, l, c));
	for (size_t i = 0; i < t->input_count; i++)
		TRY(compile_input(&t->inputs[i], c));
	for (size_t i = 0; i < t->output_count; i++) {
		if (!t->outputs[i].name)
			t->outputs[i].name = "";
		TRY(compile_output(&t->outputs[i], t, c));
	}
	for (size_t i = 0; i < t->rule_count; i++)
		TRY(compile_rule(&t->rules[i], t, c));
	return dmn_table_index(t, &c->set->pool);
}
