/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running rule sets over an invoice: one walk through all elements. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invoice/rules.h"

/* A rule or context with its paths, compiled for the document at hand. */
typedef struct ready_rule {
	const rule_row *row;
	path *paths[RULE_PATHS];
} ready_rule;

typedef struct ready_context {
	path *pattern;           /* NULL: the document element */
	ready_rule *rules;
	size_t count;
} ready_context;

typedef struct checker {
	const efile_invoice *invoice;
	efile_ctx *ctx;
	efile_report *report;
	ready_context *contexts;
	size_t count;
	uint32_t *by_name;       /* per name: index + 1 of the first link */
	struct { uint32_t context, next; } *links;
	size_t link_count, link_capacity;
} checker;

/* ---- getting ready ---- */

static efile_status ready_rules(ready_context *to, checker *c, const rule_context *from)
{
	if (!from->count)
		return EFILE_OK;
	to->rules = mem_new(c->ctx, from->count * sizeof(*to->rules));
	if (!to->rules)
		return EFILE_E_NOMEM;
	to->count = from->count;
	for (size_t i = 0; i < from->count; i++) {
		to->rules[i].row = &from->rules[i];
		for (size_t k = 0; k < RULE_PATHS && from->rules[i].paths[k]; k++)
			TRY(path_compile(&to->rules[i].paths[k], c->ctx, &c->invoice->tree,
					 from->rules[i].paths[k]));
	}
	return EFILE_OK;
}

static efile_status link_name(checker *c, uint32_t name, uint32_t context)
{
	uint32_t *at = &c->by_name[name];

	TRY(mem_grow(c->ctx, (void **)&c->links, &c->link_capacity, c->link_count, sizeof(*c->links)));
	while (*at) {
		if (c->links[*at - 1].context == context)
			return EFILE_OK;
		at = &c->links[*at - 1].next;
	}
	c->links[c->link_count].context = context;
	c->links[c->link_count].next = 0;
	*at = (uint32_t)++c->link_count;
	return EFILE_OK;
}

/* Links a context to the names of the elements that it can match. */
static efile_status link_context(checker *c, const ready_context *context, uint32_t index)
{
	if (!context->pattern)
		return link_name(c, c->invoice->tree.rows[TREE_ROOT].name, index);
	for (const path *p = context->pattern; p; p = path_alternative(p))
		if (path_last_name(p))
			TRY(link_name(c, path_last_name(p), index));
	return EFILE_OK;
}

static efile_status get_ready(checker *c, const rule_set *set)
{
	c->contexts = mem_new(c->ctx, set->count * sizeof(*c->contexts));
	c->by_name = mem_new(c->ctx, c->invoice->tree.name_count * sizeof(*c->by_name));
	if (!c->contexts || !c->by_name)
		return EFILE_E_NOMEM;
	c->count = set->count;
	for (size_t i = 0; i < set->count; i++) {
		if (set->contexts[i].pattern)
			TRY(path_compile(&c->contexts[i].pattern, c->ctx, &c->invoice->tree,
					 set->contexts[i].pattern));
		TRY(ready_rules(&c->contexts[i], c, &set->contexts[i]));
		TRY(link_context(c, &c->contexts[i], (uint32_t)i));
	}
	return EFILE_OK;
}

static void checker_clear(checker *c)
{
	for (size_t i = 0; c->contexts && i < c->count; i++) {
		ready_context *context = &c->contexts[i];

		for (size_t k = 0; k < context->count; k++)
			for (size_t n = 0; n < RULE_PATHS; n++)
				path_free(context->rules[k].paths[n]);
		free(context->rules);
		path_free(context->pattern);
	}
	free(c->contexts);
	free(c->by_name);
	free(c->links);
}

/* ---- findings ---- */

static const char *first_term(char out[16], const char *terms)
{
	snprintf(out, 16, "%.*s", (int)strcspn(terms, " "), terms);
	return out;
}

static const char *term_name(const checker *c, const char *term)
{
	size_t index = term_find(term);

	return index == TERM_NONE ? "" : efile_message(c->ctx, term_at(index)->name);
}

static efile_status say(checker *c, const rule_row *row, const report_place *spot)
{
	const char *term = spot->term, *name = term_name(c, term);

	if (row->message)
		return report_add(c->report, row->id, row->severity, spot, "%s",
				  efile_message(c->ctx, row->message));
	switch (row->kind) {
	case RULE_EXISTS:
		return report_add(c->report, row->id, row->severity, spot, "%s (%s) is missing",
				  name, term);
	case RULE_NOT_BLANK:
		return report_add(c->report, row->id, row->severity, spot,
				  "%s (%s) is missing or empty", name, term);
	case RULE_TWO_DECIMALS:
		return report_add(c->report, row->id, row->severity, spot,
				  "%s (%s) has more than 2 decimals", name, term);
	default:
		return report_add(c->report, row->id, row->severity, spot,
				  "%s (%s) shows more than 10 characters", name, term);
	}
}

static efile_status add_finding(checker *c, const rule_row *row, const rule_run *run)
{
	const tree_row *at = &c->invoice->tree.rows[run->place];
	AUTO(buf) where = BUF_INIT;
	char term[16];
	report_place spot = { .line = at->line, .column = at->column, .actual = run->actual,
			       .expected = run->expected };

	tree_path(&where, &c->invoice->tree, run->place);
	TRY(buf_status(&where, c->ctx));
	spot.path = buf_text(&where);
	spot.term = first_term(term, row->terms);
	return say(c, row, &spot);
}

/* ---- kinds ---- */

static void quote(rule_run *run, place at)
{
	size_t length;
	const char *text = place_text(&length, run->t, at);

	text = tree_trim(text, &length);
	snprintf(run->actual, sizeof(run->actual), "%.*s", (int)(length < 90 ? length : 90), text);
	run->place = at.node;
}

static bool not_blank(rule_run *run)
{
	place at;
	size_t length;
	const char *text;

	if (!path_first(&at, run->paths[0], run->t, run->node))
		return false;
	run->place = at.node;
	text = place_text(&length, run->t, at);
	tree_trim(text, &length);
	return length > 0;
}

/* The artefacts count the characters behind the first point of the text as it is written. */
static bool two_decimals(rule_run *run)
{
	size_t length;
	const char *text, *point;
	place at;

	if (!path_first(&at, run->paths[0], run->t, run->node))
		return true;
	text = place_text(&length, run->t, at);
	point = memchr(text, '.', length);
	if (!point || length - (size_t)(point + 1 - text) <= 2)
		return true;
	quote(run, at);
	return false;
}

/* BR-51 counts characters after white space inside has shrunk to single blanks. */
static bool ten_characters(rule_run *run)
{
	size_t length, count = 0;
	const char *text;
	bool gap = false;
	place at;

	if (!path_first(&at, run->paths[0], run->t, run->node))
		return true;
	text = place_text(&length, run->t, at);
	text = tree_trim(text, &length);
	for (size_t i = 0; i < length; i++) {
		bool space = str_ascii_space(text[i]);

		count += (space ? !gap : ((unsigned char)text[i] & 0xc0) != 0x80);
		gap = space;
	}
	run->place = at.node;
	return count <= 10;
}

static bool obeyed(rule_run *run)
{
	switch (run->rule->kind) {
	case RULE_EXISTS:
		return path_exists(run->paths[0], run->t, run->node);
	case RULE_NOT_BLANK:
		return not_blank(run);
	case RULE_TWO_DECIMALS:
		return two_decimals(run);
	case RULE_TEN_CHARACTERS:
		return ten_characters(run);
	default:
		return run->rule->function(run);
	}
}

/* ---- the walk ---- */

static efile_status try_rules(checker *c, const ready_context *context, uint32_t node)
{
	for (size_t i = 0; i < context->count; i++) {
		const ready_rule *rule = &context->rules[i];
		rule_run run = { .invoice = c->invoice, .t = &c->invoice->tree, .rule = rule->row,
				 .node = node, .paths = rule->paths, .place = node };
		bool holds = obeyed(&run);

		if (run.failed)
			return mem_failed(c->ctx);
		if (!holds)
			TRY(add_finding(c, rule->row, &run));
	}
	return EFILE_OK;
}

static bool context_matches(const ready_context *context, const tree *t, uint32_t node)
{
	return context->pattern ? path_matches(context->pattern, t, node) : node == TREE_ROOT;
}

static efile_status judge(checker *c, uint32_t node)
{
	const tree *t = &c->invoice->tree;
	uint32_t link = c->by_name[t->rows[node].name];

	for (; link; link = c->links[link - 1].next) {
		const ready_context *context = &c->contexts[c->links[link - 1].context];

		if (context_matches(context, t, node))
			return try_rules(c, context, node);
	}
	return EFILE_OK;
}

static efile_status run_set(efile_report *report, const efile_invoice *invoice, const rule_set *set)
{
	checker c = { .invoice = invoice, .ctx = invoice->ctx, .report = report };
	efile_status status = get_ready(&c, set);

	for (uint32_t node = TREE_ROOT; node < invoice->tree.count && status >= 0; node++)
		status = judge(&c, node);
	checker_clear(&c);
	return status;
}

efile_status efile_invoice_check(efile_report **out, const efile_invoice *invoice)
{
	AUTO_PTR(efile_report) report = NULL;

	error_clear(invoice->ctx);
	TRY(report_new(&report, invoice->ctx));
	if (invoice_is_ubl(invoice))
		TRY(invoice_judge(report, invoice, "ubl"));
	else
		TRY(run_set(report, invoice, &rules_en16931_cii));
	*out = STEAL(report);
	return EFILE_OK;
}
