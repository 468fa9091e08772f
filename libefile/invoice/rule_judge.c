/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judging a document by a rule set: one pass over its elements. Which contexts an element can match
 * is found out once per kind of place; only their tests are left for the element itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invoice/rule_run.h"

typedef struct judge {
	rule_run run;
	const rules *r;
	efile_ctx *ctx;
	const tree *t;
	efile_report *report;
	uint32_t *names;         /* of the rules: those of the document */
	uint32_t *known;         /* of the document: those of the rules */
	rule_places places;      /* which contexts its elements can match */
	uint32_t *active;        /* rules that this document could break, by context */
	uint32_t *active_first;  /* per context its first, and one behind the last context */
	bool off[RULE_LAYERS];
	struct { rule_fault fault; uint32_t node; } told[256]; /* faults: each once per place */
	size_t told_count;
} judge;

char *rule_text_new(rule_run *run, size_t length)
{
	char *text = rules_chunk_alloc(run->keep ? &run->kept : &run->texts, run->ctx, length + 1);

	if (!text) {
		rule_fail(run, RULE_NO_MEMORY, NULL);
		return NULL;
	}
	text[length] = '\0';
	return text;
}

/* ---- getting ready ---- */

static efile_status map_names(judge *j)
{
	j->names = mem_new(j->ctx, (rules_name_count(j->r) + 1) * sizeof(*j->names));
	j->known = mem_new(j->ctx, j->t->name_count * sizeof(*j->known));
	if (!j->names || !j->known)
		return EFILE_E_NOMEM;
	for (uint32_t name = 1; name < j->t->name_count; name++) {
		uint32_t known = rules_name_id(j->r, tree_name_text(j->t, name));

		j->known[name] = known;
		if (known)
			j->names[known] = name;
	}
	return EFILE_OK;
}

/* Most rules say that there must be no such element, and most documents have none of that name. */
static efile_status find_active(judge *j)
{
	size_t contexts = rules_context_count(j->r), count = 0;

	j->active = mem_new(j->ctx, (rules_count(j->r) + 1) * sizeof(*j->active));
	j->active_first = mem_new(j->ctx, (contexts + 1) * sizeof(*j->active_first));
	if (!j->active || !j->active_first)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < contexts; i++) {
		const rule_context *c = rules_context(j->r, i);

		j->active_first[i] = (uint32_t)count;
		for (uint32_t k = c->rule; k < c->rule + c->rule_count && !j->off[c->layer]; k++)
			if (!j->r->needs[k] || j->names[j->r->needs[k]])
				j->active[count++] = k;
	}
	j->active_first[contexts] = (uint32_t)count;
	return EFILE_OK;
}

static efile_status get_ready(judge *j)
{
	size_t globals = rules_global_count(j->r);

	TRY(map_names(j));
	j->run.r = j->r;
	j->run.ctx = j->ctx;
	j->run.t = j->t;
	j->run.names = j->names;
	j->run.step_limit = UINT64_C(4000000) + UINT64_C(3000) * j->t->count;
	j->run.globals = mem_new(j->ctx, (globals + 1) * sizeof(*j->run.globals));
	if (!j->run.globals)
		return EFILE_E_NOMEM;
	/* Never without a place: expressions point at where their items begin, also if there are none. */
	return mem_grow(j->ctx, (void **)&j->run.stack, &j->run.capacity, 0, sizeof(*j->run.stack));
}

static void judge_clear(judge *j)
{
	for (size_t i = 0; j->run.globals && i < rules_global_count(j->r); i++)
		free(j->run.globals[i].items);
	free(j->run.globals);
	free(j->run.stack);
	rules_chunks_free(j->run.texts);
	rules_chunks_free(j->run.kept);
	free(j->names);
	free(j->known);
	free(j->active);
	free(j->active_first);
	rule_places_clear(&j->places);
}

/* ---- findings ---- */

typedef struct shown {
	uint32_t node;
	char actual[160], expected[160];
} shown;

static void show_first(char *out, size_t size, rule_run *run, const rule_expr *e)
{
	size_t base = run->top;

	if (rule_eval(run, e) && run->top > base) {
		rule_item item = run->stack[base];

		rule_show(out, size, run, &item);
	}
	run->top = base;
	run->fault = RULE_FINE;
}

/* The place of the first node (or the one behind skip nodes) that an expression reaches. */
static bool point_at(shown *out, rule_run *run, const rule_expr *e, size_t skip)
{
	size_t base = run->top;
	bool found = false;

	if (rule_eval(run, e) && run->top > base + skip && run->stack[base + skip].type == RULE_NODE) {
		out->node = run->stack[base + skip].as.at.node;
		if (!out->actual[0])
			rule_show(out->actual, sizeof(out->actual), run, &run->stack[base + skip]);
		found = true;
	}
	run->top = base;
	run->fault = RULE_FINE;
	return found;
}

/* The part of a structural rule that says where it is broken: the node that is too much. */
static void show_structure(shown *out, rule_run *run, const rule_row *row)
{
	int64_t allowed = row->kind == RULE_KIND_ONE;

	if (row->kind == RULE_KIND_MOST)
		efile_decimal_to_int(&allowed, row->test->parts[1]->number);
	point_at(out, run, row->test->parts[row->kind == RULE_KIND_CODE], (size_t)allowed);
}

/* What has no clause follows from the test: of "a = b", a is what stands there and b what should. */
static void show(shown *out, judge *j, const rule_row *row)
{
	const rule_expr *e = row->test;
	rule_run *run = &j->run;

	if (row->actual)
		show_first(out->actual, sizeof(out->actual), run, row->actual);
	if (row->at)
		point_at(out, run, row->at, 0);
	if (row->expected)
		show_first(out->expected, sizeof(out->expected), run, row->expected);
	else if (e->op == RULE_COMPARE && e->comparison == RULE_EQUAL)
		show_first(out->expected, sizeof(out->expected), run, e->parts[1]);
	if (row->at)
		return;
	if (row->kind != RULE_KIND_SEMANTIC && row->kind != RULE_KIND_REQUIRED)
		show_structure(out, run, row);
	else if (e->op == RULE_COMPARE && !point_at(out, run, e->parts[0], 0) && !out->actual[0])
		show_first(out->actual, sizeof(out->actual), run, e->parts[0]);
}

static efile_status say(judge *j, const rule_row *row, const report_place *spot)
{
	char *message = rule_message(j->ctx, row);
	efile_status status;

	if (!message)
		return mem_failed(j->ctx);
	status = report_add(j->report, row->id, row->severity, spot, "%s", message);
	free(message);
	return status;
}

static efile_status set_place(buf *where, report_place *spot, const judge *j, uint32_t node)
{
	const tree_row *at = &j->t->rows[node];

	tree_path(where, j->t, node);
	TRY(buf_status(where, j->ctx));
	spot->path = buf_text(where);
	spot->line = at->line;
	spot->column = at->column;
	return EFILE_OK;
}

static efile_status add_finding(judge *j, const rule_row *row, uint32_t node)
{
	AUTO(buf) where = BUF_INIT;
	shown s = { node, "", "" };
	report_place spot = { .term = "" };
	char term[16];

	show(&s, j, row);
	snprintf(term, sizeof(term), "%.*s", (int)strcspn(rule_terms(row->id), " "), rule_terms(row->id));
	spot.term = term;
	TRY(set_place(&where, &spot, j, s.node));
	spot.actual = s.actual;
	spot.expected = s.expected;
	return say(j, row, &spot);
}

/* ---- faults ---- */

static const struct {
	rule_fault fault;
	const char *rule, *message;
} faults[] = {
	{ RULE_TOO_MANY, "EFILE-NODES", "there are several where it takes one" },
	{ RULE_NO_DECIMAL, "EFILE-DECIMAL", "this is no decimal number" },
	{ RULE_NO_NUMBER, "EFILE-DECIMAL", "this is no number" },
	{ RULE_NO_BOOLEAN, "EFILE-BOOLEAN", "this is neither true nor false" },
	{ RULE_NO_DATE, "EFILE-DATE", "this is no date" },
	{ RULE_WRONG_TYPE, "EFILE-TYPE", "the values cannot be compared" },
	{ RULE_BY_ZERO, "EFILE-ZERO", "it would divide by zero" },
	{ RULE_TOO_LONG, "EFILE-LIMIT", "too much to compute" },
};

static const char *fault_rule(rule_fault fault)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(faults) && faults[i].fault != fault)
		i++;
	return faults[i].rule;
}

static bool told_before(judge *j, uint32_t node)
{
	for (size_t i = 0; i < j->told_count; i++)
		if (strcmp(fault_rule(j->told[i].fault), fault_rule(j->run.fault)) == 0 &&
		    j->told[i].node == node)
			return true;
	if (j->told_count == ARRAY_SIZE(j->told))
		return true; /* enough to see what is wrong */
	j->told[j->told_count].fault = j->run.fault;
	j->told[j->told_count++].node = node;
	return false;
}

static efile_status add_fault(judge *j, const char *rule, uint32_t node)
{
	AUTO(buf) where = BUF_INIT;
	report_place spot = { .term = "" };
	char actual[160] = "";
	size_t i = 0;

	if (j->run.fault == RULE_NO_MEMORY)
		return mem_failed(j->ctx);
	if (j->run.fault_node) {
		rule_item item = { RULE_NODE, { .at = { j->run.fault_node, 0 } } };

		node = j->run.fault_node;
		if (!j->t->rows[node].child)
			rule_show(actual, sizeof(actual), &j->run, &item);
	}
	if (!told_before(j, node)) {
		while (i + 1 < ARRAY_SIZE(faults) && faults[i].fault != j->run.fault)
			i++;
		TRY(set_place(&where, &spot, j, node));
		spot.actual = actual;
		TRY(report_add(j->report, faults[i].rule, EFILE_SEVERITY_ERROR, &spot,
			       "%s cannot be evaluated: %s", rule,
			       efile_message(j->ctx, faults[i].message)));
	}
	j->run.fault = RULE_FINE;
	j->run.top = 0;
	return EFILE_OK;
}

/* ---- the pass ---- */

static efile_status try_rules(judge *j, uint32_t context, uint32_t node)
{
	const uint32_t *rule = j->active + j->active_first[context];
	const uint32_t *end = j->active + j->active_first[context + 1];

	for (; rule < end; rule++) {
		const rule_row *row = rules_row(j->r, *rule);
		bool obeyed;

		j->run.here = (rule_item){ RULE_NODE, { .at = { node, 0 } } };
		j->run.steps = 0;
		if (!rule_truth(&obeyed, &j->run, row->test))
			TRY(add_fault(j, row->id, node));
		else if (!obeyed)
			TRY(add_finding(j, row, node));
		j->run.top = 0;
		rules_chunks_reset(&j->run.texts);
	}
	return EFILE_OK;
}

static efile_status judge_node(judge *j, uint32_t node)
{
	uint32_t done = UINT32_MAX, count;
	const rule_candidate *c = rule_places_at(&j->places, j->t->rows[node].kind, &count);

	for (uint32_t i = 0; i < count; i++, c++) {
		const rule_context *context = rules_context(j->r, c->context);
		bool matches = true;

		if (context->pattern == done || j->off[context->layer])
			continue;
		if (c->alternative->tests && !rule_matches(&matches, &j->run, c->alternative, node)) {
			if (j->run.fault == RULE_NO_MEMORY)
				return mem_failed(j->ctx);
			j->run.fault = RULE_FINE; /* XSLT 2.0, 5.5.4: then a pattern does not match */
			j->run.top = 0;
			matches = false;
		}
		if (!matches)
			continue;
		done = context->pattern;
		TRY(try_rules(j, c->context, node));
	}
	return EFILE_OK;
}

static efile_status choose_layers(judge *j, const efile_invoice *invoice)
{
	for (uint32_t i = 0; i < j->r->layer_count; i++) {
		const rule_layer *layer = rules_layer(j->r, i);
		bool applies = true;

		j->run.here = (rule_item){ RULE_NODE, { .at = { TREE_ROOT, 0 } } };
		if (layer->when && !rule_truth(&applies, &j->run, layer->when)) {
			applies = false;
			if (j->run.fault == RULE_NO_MEMORY)
				return mem_failed(j->ctx);
			j->run.fault = RULE_FINE;
		}
		TRY(scenario_layer(&applies, invoice, layer->name));
		j->off[i] = !applies;
	}
	return EFILE_OK;
}

/* A rule stops at the first value that is no number; the others are named too. */
static efile_status name_numbers(judge *j, const efile_invoice *invoice)
{
	bool stopped = false;

	for (size_t i = 0; i < j->told_count; i++)
		stopped |= j->told[i].fault == RULE_NO_DECIMAL || j->told[i].fault == RULE_NO_NUMBER;
	for (size_t i = 1; i < invoice->count && stopped; i++) {
		const efile_invoice_item *item = &invoice->items[i];
		term_kind kind = term_at(item->term)->kind;
		rule_item value = { RULE_NODE, { .at = item->at } };
		efile_decimal number;

		if (kind != TERM_AMOUNT && kind != TERM_UNIT_PRICE && kind != TERM_QUANTITY &&
		    kind != TERM_PERCENT)
			continue;
		if (!rule_to_decimal(&number, &j->run, &value))
			TRY(add_fault(j, term_at(item->term)->id, item->at.node));
	}
	return EFILE_OK;
}

static efile_status judge_all(judge *j, const efile_invoice *invoice)
{
	TRY(get_ready(j));
	TRY(choose_layers(j, invoice));
	TRY(find_active(j));
	TRY(rule_places_find(&j->places, (rules *)j->r, &j->run, j->known)); /* keeps what it finds out */
	for (uint32_t node = TREE_ROOT; node < j->t->count; node++)
		TRY(judge_node(j, node));
	return name_numbers(j, invoice);
}

efile_status rules_judge(efile_report *report, const rules *r, const efile_invoice *invoice)
{
	judge j = { .r = r, .ctx = invoice->ctx, .t = &invoice->tree, .report = report };
	efile_status status = judge_all(&j, invoice);

	judge_clear(&j);
	return status;
}

efile_status invoice_judge(efile_report *report, const efile_invoice *invoice, const char *syntax)
{
	const rules *r;

	TRY(rules_for(&r, invoice->ctx, syntax));
	return rules_judge(report, r, invoice);
}
