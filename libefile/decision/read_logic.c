/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads boxed expressions and decision tables. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"

typedef efile_status (*logic_reader)(logic *out, reading *r, xml_node_ref node);

efile_status dmn_logic_new(logic **out, reading *r, xml_node_ref node, logic_kind kind)
{
	logic *l = dmn_pool_new(r->pool, sizeof(*l));

	if (!l)
		return EFILE_E_NOMEM;
	l->kind = kind;
	l->text = "";
	dmn_read_place(r, node, &l->line, &l->column);
	TRY(dmn_read_attribute(&l->id, r, node, "id"));
	TRY(dmn_read_type(&l->type_ref, r, node));
	if (!l->id)
		l->id = "";
	*out = l;
	return EFILE_OK;
}

static efile_status parts_new(logic *l, reading *r, size_t count)
{
	l->parts = dmn_pool_new(r->pool, (count + 1) * sizeof(*l->parts));
	return l->parts ? EFILE_OK : EFILE_E_NOMEM;
}

static efile_status columns_new(logic *l, reading *r, size_t count)
{
	l->columns = dmn_pool_new(r->pool, (count + 1) * sizeof(*l->columns));
	return l->columns ? EFILE_OK : EFILE_E_NOMEM;
}

/* Name and type of a parameter, column or variable. */
static efile_status read_named(logic_part *out, reading *r, xml_node_ref node)
{
	TRY(dmn_read_attribute(&out->name, r, node, "name"));
	TRY(dmn_read_type(&out->type_ref, r, node));
	if (!out->name)
		out->name = "";
	return EFILE_OK;
}

static efile_status read_named_list(logic *l, reading *r, xml_node_ref node, const char *name)
{
	TRY(columns_new(l, r, dmn_child_count(r, node, name)));
	for (xml_node_ref at = dmn_child_of(r, node, name); at; at = dmn_child_next(r, at, name))
		TRY(read_named(&l->columns[l->column_count++], r, at));
	return EFILE_OK;
}

/* ---- one kind each ---- */

static bool is_foreign_language(const reading *r, xml_node_ref node)
{
	const char *language = xml_tree_attribute_of(&r->tree, node, "", "expressionLanguage");

	if (!language || !*language)
		return r->model->foreign;
	return !strstr(language, "FEEL") && !strstr(language, "feel");
}

static efile_status read_literal(logic *l, reading *r, xml_node_ref node)
{
	xml_node_ref text = dmn_child_of(r, node, "text");

	l->foreign = is_foreign_language(r, node);
	if (!text)
		return EFILE_OK;
	dmn_read_place(r, text, &l->line, &l->column);
	return dmn_read_text(&l->text, r, node);
}

static efile_status read_context(logic *l, reading *r, xml_node_ref node)
{
	TRY(parts_new(l, r, dmn_child_count(r, node, "contextEntry")));
	for (xml_node_ref at = dmn_child_of(r, node, "contextEntry"); at;
	     at = dmn_child_next(r, at, "contextEntry")) {
		xml_node_ref variable = dmn_child_of(r, at, "variable");
		logic_part *part = &l->parts[l->count++];

		if (variable)
			TRY(read_named(part, r, variable));
		TRY(dmn_read_logic_below(&part->logic, r, at));
	}
	return EFILE_OK;
}

static efile_status read_invocation(logic *l, reading *r, xml_node_ref node)
{
	TRY(parts_new(l, r, dmn_child_count(r, node, "binding") + 1));
	TRY(dmn_read_logic_below(&l->parts[l->count++].logic, r, node));
	for (xml_node_ref at = dmn_child_of(r, node, "binding"); at; at = dmn_child_next(r, at, "binding")) {
		xml_node_ref parameter = dmn_child_of(r, at, "parameter");
		logic_part *part = &l->parts[l->count++];

		part->name = "";
		if (parameter)
			TRY(read_named(part, r, parameter));
		TRY(dmn_read_logic_below(&part->logic, r, at));
	}
	return EFILE_OK;
}

static efile_status read_function(logic *l, reading *r, xml_node_ref node)
{
	const char *kind = xml_tree_attribute_of(&r->tree, node, "", "kind");

	if (kind && (str_equal(kind, "Java") || str_equal(kind, "J")))
		l->function = BODY_JAVA;
	else if (kind && (str_equal(kind, "PMML") || str_equal(kind, "P")))
		l->function = BODY_PMML;
	TRY(read_named_list(l, r, node, "formalParameter"));
	TRY(parts_new(l, r, 1));
	l->count = 1;
	return dmn_read_logic_below(&l->parts[0].logic, r, node);
}

static efile_status read_items_of(logic *l, reading *r, xml_node_ref node)
{
	for (xml_node_ref at = dmn_child_of(r, node, NULL); at; at = dmn_child_next(r, at, NULL))
		if (dmn_logic_element(r, at))
			TRY(dmn_read_logic(&l->parts[l->count++].logic, r, at));
	return EFILE_OK;
}

static efile_status read_list(logic *l, reading *r, xml_node_ref node)
{
	TRY(parts_new(l, r, dmn_child_count(r, node, NULL)));
	return read_items_of(l, r, node);
}

static efile_status read_relation(logic *l, reading *r, xml_node_ref node)
{
	size_t cells = 0;

	TRY(read_named_list(l, r, node, "column"));
	for (xml_node_ref at = dmn_child_of(r, node, "row"); at; at = dmn_child_next(r, at, "row"))
		cells += dmn_child_count(r, at, NULL) + l->column_count;
	TRY(parts_new(l, r, cells));
	for (xml_node_ref at = dmn_child_of(r, node, "row"); at; at = dmn_child_next(r, at, "row")) {
		size_t before = l->count;

		TRY(read_items_of(l, r, at));
		l->count = before + l->column_count; /* a short row ends empty, a long one is cut */
		for (size_t i = 0; i < l->column_count; i++) {
			l->parts[before + i].name = l->columns[i].name;
			l->parts[before + i].type_ref = l->columns[i].type_ref;
		}
	}
	return EFILE_OK;
}

/* An expression inside an element of its own: <if>, <in>, <match>. */
static efile_status read_branch(logic *l, reading *r, xml_node_ref node, const char *name)
{
	xml_node_ref at = dmn_child_of(r, node, name);
	logic_part *part = &l->parts[l->count++];

	if (!at)
		return EFILE_OK;
	TRY(dmn_read_type(&part->type_ref, r, at));
	return dmn_read_logic_below(&part->logic, r, at);
}

static efile_status read_conditional(logic *l, reading *r, xml_node_ref node)
{
	TRY(parts_new(l, r, 3));
	TRY(read_branch(l, r, node, "if"));
	TRY(read_branch(l, r, node, "then"));
	return read_branch(l, r, node, "else");
}

static efile_status read_filter(logic *l, reading *r, xml_node_ref node)
{
	TRY(parts_new(l, r, 2));
	TRY(read_branch(l, r, node, "in"));
	return read_branch(l, r, node, "match");
}

static efile_status read_iterator(logic *l, reading *r, xml_node_ref node)
{
	TRY(dmn_read_attribute(&l->variable, r, node, "iteratorVariable"));
	if (!l->variable)
		l->variable = "";
	TRY(parts_new(l, r, 2));
	TRY(read_branch(l, r, node, "in"));
	return read_branch(l, r, node, l->kind == LOGIC_FOR ? "return" : "satisfies");
}

static const struct logic_row {
	const char *element;
	logic_kind kind;
	logic_reader read;
} logic_rows[] = {
	{ "literalExpression", LOGIC_LITERAL, read_literal },
	{ "context", LOGIC_CONTEXT, read_context },
	{ "invocation", LOGIC_INVOCATION, read_invocation },
	{ "functionDefinition", LOGIC_FUNCTION, read_function },
	{ "encapsulatedLogic", LOGIC_FUNCTION, read_function },
	{ "list", LOGIC_LIST, read_list },
	{ "relation", LOGIC_RELATION, read_relation },
	{ "conditional", LOGIC_CONDITIONAL, read_conditional },
	{ "filter", LOGIC_FILTER, read_filter },
	{ "for", LOGIC_FOR, read_iterator },
	{ "some", LOGIC_SOME, read_iterator },
	{ "every", LOGIC_EVERY, read_iterator },
	{ "decisionTable", LOGIC_TABLE, dmn_read_table },
};

static const struct logic_row *logic_row_of(const reading *r, xml_node_ref node)
{
	for (size_t i = 0; i < ARRAY_SIZE(logic_rows); i++)
		if (str_equal(dmn_element_name(r, node), logic_rows[i].element))
			return &logic_rows[i];
	return NULL;
}

bool dmn_logic_element(const reading *r, xml_node_ref node)
{
	return logic_row_of(r, node) != NULL;
}

efile_status dmn_read_logic(logic **out, reading *r, xml_node_ref node)
{
	const struct logic_row *row = logic_row_of(r, node);
	logic *l;

	TRY(dmn_logic_new(&l, r, node, row->kind));
	TRY(row->read(l, r, node));
	*out = l;
	return EFILE_OK;
}

efile_status dmn_read_logic_below(logic **out, reading *r, xml_node_ref node)
{
	for (xml_node_ref at = dmn_child_of(r, node, NULL); at; at = dmn_child_next(r, at, NULL))
		if (dmn_logic_element(r, at))
			return dmn_read_logic(out, r, at);
	*out = NULL;
	return EFILE_OK;
}

/* ---- tables ---- */

static const struct policy_row {
	const char *name, *letter, *aggregation;
	table_policy policy;
} policies[] = {
	{ "UNIQUE", "U", NULL, POLICY_UNIQUE },
	{ "ANY", "A", NULL, POLICY_ANY },
	{ "PRIORITY", "P", NULL, POLICY_PRIORITY },
	{ "FIRST", "F", NULL, POLICY_FIRST },
	{ "RULE ORDER", "R", NULL, POLICY_RULE_ORDER },
	{ "OUTPUT ORDER", "O", NULL, POLICY_OUTPUT_ORDER },
	{ "COLLECT", "C", "SUM", POLICY_SUM },
	{ "COLLECT", "C", "MIN", POLICY_MIN },
	{ "COLLECT", "C", "MAX", POLICY_MAX },
	{ "COLLECT", "C", "COUNT", POLICY_COUNT },
	{ "COLLECT", "C", NULL, POLICY_COLLECT },
};

/* "C+" and its like are what people write on paper; some tools put them into the file. */
static const struct paper_row {
	const char *name;
	table_policy policy;
} paper[] = {
	{ "C+", POLICY_SUM }, { "C<", POLICY_MIN }, { "C>", POLICY_MAX }, { "C#", POLICY_COUNT },
};

static bool policy_of(table_policy *out, const char *name, const char *aggregation)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		if ((str_equal(name, policies[i].name) || str_equal(name, policies[i].letter)) &&
		    (!policies[i].aggregation ? !aggregation || policies[i].policy != POLICY_COLLECT :
						str_equal(aggregation, policies[i].aggregation))) {
			*out = policies[i].policy;
			return true;
		}
	for (size_t i = 0; i < ARRAY_SIZE(paper); i++)
		if (str_equal(name, paper[i].name)) {
			*out = paper[i].policy;
			return true;
		}
	return false;
}

static efile_status read_policy(const logic *l, reading *r, xml_node_ref node)
{
	const char *name, *aggregation;
	report_place place = { .term = l->id, .path = r->model->source, .line = l->line,
			       .column = l->column };

	TRY(dmn_read_attribute(&name, r, node, "hitPolicy"));
	TRY(dmn_read_attribute(&aggregation, r, node, "aggregation"));
	if (!name)
		name = "UNIQUE";
	if (aggregation && !*aggregation)
		aggregation = NULL;
	if (policy_of(&l->table->policy, name, aggregation))
		return EFILE_OK;
	place.actual = name;
	return report_add(r->model->set->report, "DMN-TABLE-POLICY", EFILE_SEVERITY_ERROR, &place,
			  "no such hit policy: %s %s", name, aggregation ? aggregation : "");
}

/* A literal made of an element's text, whatever the element is called. */
static efile_status read_entry(logic **out, reading *r, xml_node_ref node)
{
	TRY(dmn_logic_new(out, r, node, LOGIC_LITERAL));
	return read_literal(*out, r, node);
}

static efile_status read_cell(cell *out, reading *r, xml_node_ref node)
{
	xml_node_ref text = dmn_child_of(r, node, "text");

	dmn_read_place(r, text ? text : node, &out->line, &out->column);
	return dmn_read_text(&out->text, r, node);
}

/* Allowed values of a clause; NULL if there are none. */
static efile_status read_values(cell **out, const char **text, reading *r, xml_node_ref node,
				const char *name)
{
	xml_node_ref at = dmn_child_of(r, node, name);

	*text = "";
	if (!at)
		return EFILE_OK;
	TRY(dmn_read_text(text, r, at));
	if (!**text)
		return EFILE_OK;
	*out = dmn_pool_new(r->pool, sizeof(**out));
	return *out ? read_cell(*out, r, at) : EFILE_E_NOMEM;
}

static efile_status read_input(table_input *out, reading *r, xml_node_ref node)
{
	xml_node_ref expression = dmn_child_of(r, node, "inputExpression");
	const char *unused;

	TRY(dmn_read_attribute(&out->label, r, node, "label"));
	TRY(read_values(&out->values, &unused, r, node, "inputValues"));
	if (!expression)
		return EFILE_OK;
	return read_entry(&out->expression, r, expression);
}

static efile_status read_output(table_output *out, reading *r, xml_node_ref node)
{
	xml_node_ref fallback = dmn_child_of(r, node, "defaultOutputEntry");

	dmn_read_place(r, node, &out->line, &out->column);
	TRY(dmn_read_attribute(&out->name, r, node, "name"));
	TRY(dmn_read_type(&out->type_ref, r, node));
	TRY(read_values(&out->values, &out->values_text, r, node, "outputValues"));
	return fallback ? read_entry(&out->fallback, r, fallback) : EFILE_OK;
}

static efile_status read_rule(table_rule *out, table *t, reading *r, xml_node_ref node)
{
	xml_node_ref annotation = dmn_child_of(r, node, "annotationEntry"), at;

	dmn_read_place(r, node, &out->line, &out->column);
	TRY(dmn_read_attribute(&out->id, r, node, "id"));
	TRY(dmn_read_text(&out->annotation, r,
		      annotation ? annotation : dmn_child_of(r, node, "description")));
	if (!out->id)
		out->id = "";
	out->cells = dmn_pool_new(r->pool, (t->input_count + 1) * sizeof(*out->cells));
	out->outputs = dmn_pool_new(r->pool, (t->output_count + 1) * sizeof(*out->outputs));
	if (!out->cells || !out->outputs)
		return EFILE_E_NOMEM;
	at = dmn_child_of(r, node, "inputEntry");
	for (size_t i = 0; i < t->input_count; i++) {
		out->cells[i].text = "-";
		if (at)
			TRY(read_cell(&out->cells[i], r, at));
		at = at ? dmn_child_next(r, at, "inputEntry") : at;
	}
	at = dmn_child_of(r, node, "outputEntry");
	for (size_t i = 0; i < t->output_count && at; i++) {
		TRY(read_entry(&out->outputs[i].expression, r, at));
		at = dmn_child_next(r, at, "outputEntry");
	}
	return EFILE_OK;
}

static efile_status check_width(const table *t, const logic *l, size_t rule, reading *r,
				xml_node_ref node)
{
	size_t inputs = dmn_child_count(r, node, "inputEntry");
	size_t outputs = dmn_child_count(r, node, "outputEntry");
	report_place place = { .term = l->id, .path = r->model->source };

	if (inputs == t->input_count && outputs == t->output_count)
		return EFILE_OK;
	dmn_read_place(r, node, &place.line, &place.column);
	return report_add(r->model->set->report, "DMN-TABLE-WIDTH", EFILE_SEVERITY_ERROR, &place,
			  "rule %zu has %zu input and %zu output entries, the table %zu and %zu", rule,
			  inputs, outputs, t->input_count, t->output_count);
}

static efile_status read_clauses(table *t, reading *r, xml_node_ref node)
{
	t->input_count = dmn_child_count(r, node, "input");
	t->output_count = dmn_child_count(r, node, "output");
	t->rule_count = dmn_child_count(r, node, "rule");
	t->inputs = dmn_pool_new(r->pool, (t->input_count + 1) * sizeof(*t->inputs));
	t->outputs = dmn_pool_new(r->pool, (t->output_count + 1) * sizeof(*t->outputs));
	t->rules = dmn_pool_new(r->pool, (t->rule_count + 1) * sizeof(*t->rules));
	if (!t->inputs || !t->outputs || !t->rules)
		return EFILE_E_NOMEM;
	t->input_count = t->output_count = 0;
	for (xml_node_ref at = dmn_child_of(r, node, "input"); at; at = dmn_child_next(r, at, "input"))
		TRY(read_input(&t->inputs[t->input_count++], r, at));
	for (xml_node_ref at = dmn_child_of(r, node, "output"); at; at = dmn_child_next(r, at, "output"))
		TRY(read_output(&t->outputs[t->output_count++], r, at));
	return EFILE_OK;
}

efile_status dmn_read_table(logic *l, reading *r, xml_node_ref node)
{
	size_t count = 0;

	l->table = dmn_pool_new(r->pool, sizeof(*l->table));
	if (!l->table)
		return EFILE_E_NOMEM;
	TRY(read_policy(l, r, node));
	TRY(read_clauses(l->table, r, node));
	for (xml_node_ref at = dmn_child_of(r, node, "rule"); at; at = dmn_child_next(r, at, "rule")) {
		TRY(read_rule(&l->table->rules[count], l->table, r, at));
		TRY(check_width(l->table, l, ++count, r, at));
	}
	return EFILE_OK;
}
