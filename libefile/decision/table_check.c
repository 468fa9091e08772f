/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be said of a table before it runs: rules that overlap where only one may hit, combinations
 * that no rule covers, rules that are never reached. Cells that only FEEL can judge are left out. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"

enum { CHECK_RULES = 1000, CHECK_COLUMNS = 64, CHECK_FINDINGS = 20, CHECK_STEPS = 200000 };

typedef struct column_check {
	column_index index;
	bool *inside;           /* per segment: allowed by the domain */
	size_t count;           /* segments; 1 where nothing is told apart */
} column_check;

typedef struct checking {
	const table *table;
	const logic *logic;
	const dmn_node *owner;
	efile_report *report;
	pool pool;
	column_check *columns;
	bool *loose;            /* per rule: some cell is FEEL's */
	size_t *path;           /* the segment per column of what is looked at */
	size_t findings, steps;
} checking;

static bool bit(const uint64_t *bits, size_t at)
{
	return bits[at / 64] >> (at % 64) & 1;
}

static void checking_clear(checking *c)
{
	dmn_pool_clear(&c->pool);
}

/* ---- columns ---- */

static efile_status prepare_column(checking *c, size_t column)
{
	const cell *domain = c->table->inputs[column].domain;
	column_check *out = &c->columns[column];

	if (domain && domain->kind != CELL_NUMBERS && domain->kind != CELL_TEXTS &&
	    domain->kind != CELL_BOOLEAN)
		domain = NULL;
	TRY(dmn_index_column(&out->index, c->table, column, domain, &c->pool));
	out->count = out->index.kind == CELL_ANY ? 1 : dmn_index_segments(&out->index);
	out->inside = dmn_pool_new(&c->pool, out->count);
	if (!out->inside)
		return EFILE_E_NOMEM;
	if (domain && domain->kind == out->index.kind)
		dmn_index_mark(out->inside, &out->index, domain);
	else
		memset(out->inside, true, out->count);
	return EFILE_OK;
}

static efile_status prepare(checking *c)
{
	const table *t = c->table;

	c->columns = dmn_pool_new(&c->pool, (t->input_count + 1) * sizeof(*c->columns));
	c->loose = dmn_pool_new(&c->pool, t->rule_count + 1);
	c->path = dmn_pool_new(&c->pool, (t->input_count + 1) * sizeof(*c->path));
	if (!c->columns || !c->loose || !c->path)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < t->input_count; i++)
		TRY(prepare_column(c, i));
	for (size_t i = 0; i < t->rule_count; i++)
		for (size_t k = 0; k < t->input_count; k++) {
			const cell *one = &t->rules[i].cells[k];

			if (one->kind != CELL_ANY && one->kind != c->columns[k].index.kind)
				c->loose[i] = true;
		}
	return EFILE_OK;
}

static bool covers(const checking *c, size_t column, size_t segment, size_t rule)
{
	const column_check *k = &c->columns[column];

	return k->index.kind == CELL_ANY || bit(k->index.bits + segment * c->table->words, rule);
}

/* ---- words ---- */

static void add_number(buf *out, efile_decimal n)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];

	buf_add_text(out, efile_decimal_format(n, text));
}

static void add_segment(buf *out, const column_index *i, size_t segment)
{
	size_t point = segment / 2;

	if (i->kind == CELL_ANY) {
		buf_add_char(out, '-');
	} else if (i->kind == CELL_BOOLEAN) {
		buf_add_text(out, segment ? "true" : "false");
	} else if (i->kind == CELL_TEXTS) {
		if (segment == i->count)
			buf_add_text(out, "…");
		else
			buf_add_format(out, "\"%s\"", i->texts[segment]);
	} else if (segment % 2) {
		add_number(out, i->points[point]);
	} else if (!i->count) {
		buf_add_char(out, '-');
	} else if (!segment || point == i->count) {
		buf_add_text(out, segment ? "> " : "< ");
		add_number(out, i->points[segment ? point - 1 : 0]);
	} else {
		buf_add_char(out, '(');
		add_number(out, i->points[point - 1]);
		buf_add_text(out, "..");
		add_number(out, i->points[point]);
		buf_add_char(out, ')');
	}
}

static const char *input_name(const table_input *in)
{
	if (in->label && *in->label)
		return in->label;
	return in->expression ? in->expression->text : "";
}

/* "Age = (18..20), Status = -", up to a column. */
static void add_path(buf *out, const checking *c, size_t columns)
{
	for (size_t i = 0; i < c->table->input_count; i++) {
		buf_add_format(out, "%s%.60s = ", i ? ", " : "", input_name(&c->table->inputs[i]));
		if (i < columns)
			add_segment(out, &c->columns[i].index, c->path[i]);
		else
			buf_add_char(out, '-');
	}
}

static report_place place_of(const checking *c, const table_rule *rule)
{
	return (report_place){ .term = *c->logic->id ? c->logic->id : c->owner->id,
			       .path = c->owner->model->source,
			       .line = rule ? rule->line : c->logic->line,
			       .column = rule ? rule->column : c->logic->column };
}

/* ---- overlap ---- */

/* A segment that both rules cover; false if there is none, or only FEEL could tell. */
static bool meet_in(checking *c, size_t column, size_t a, size_t b)
{
	const column_check *k = &c->columns[column];

	for (size_t s = 0; s < k->count; s++)
		if (k->inside[s] && covers(c, column, s, a) && covers(c, column, s, b)) {
			c->path[column] = s;
			return true;
		}
	return false;
}

static bool same_unknown(const cell *a, const cell *b)
{
	if (a->kind == CELL_ANY || b->kind == CELL_ANY)
		return true;
	return a->kind == CELL_PROGRAM && b->kind == CELL_PROGRAM && str_equal(a->text, b->text);
}

static bool overlap(checking *c, size_t a, size_t b)
{
	const table *t = c->table;

	for (size_t i = 0; i < t->input_count; i++) {
		const cell *x = &t->rules[a].cells[i], *y = &t->rules[b].cells[i];
		cell_kind kind = c->columns[i].index.kind;
		bool known = (x->kind == CELL_ANY || x->kind == kind) &&
			(y->kind == CELL_ANY || y->kind == kind);

		if (!known && !same_unknown(x, y))
			return false;
		if (!meet_in(c, i, a, b))
			return false;
	}
	return true;
}

static bool same_outputs(const table *t, size_t a, size_t b)
{
	for (size_t i = 0; i < t->output_count; i++) {
		const rule_output *x = &t->rules[a].outputs[i], *y = &t->rules[b].outputs[i];

		if (!x->expression || !y->expression || !x->is_constant || !y->is_constant)
			continue; /* only running tells */
		if (!str_equal(x->expression->text, y->expression->text))
			return false;
	}
	return true;
}

static efile_status report_overlap(checking *c, size_t a, size_t b)
{
	report_place place = place_of(c, &c->table->rules[b]);
	AUTO(buf) path = BUF_INIT;

	add_path(&path, c, c->table->input_count);
	TRY(buf_status(&path, c->pool.ctx));
	place.actual = buf_text(&path);
	if (c->table->policy == POLICY_ANY)
		return report_add(c->report, "DMN-TABLE-CONFLICT", EFILE_SEVERITY_ERROR, &place,
				  "%s: rules %zu and %zu overlap and say different things: %s",
				  c->owner->name, a + 1, b + 1, buf_text(&path));
	return report_add(c->report, "DMN-TABLE-OVERLAP", EFILE_SEVERITY_ERROR, &place,
			  "%s: rules %zu and %zu overlap, but only one may hit: %s", c->owner->name,
			  a + 1, b + 1, buf_text(&path));
}

static efile_status check_overlaps(checking *c)
{
	const table *t = c->table;

	if (t->policy != POLICY_UNIQUE && t->policy != POLICY_ANY)
		return EFILE_OK;
	for (size_t b = 1; b < t->rule_count; b++)
		for (size_t a = 0; a < b && c->findings < CHECK_FINDINGS; a++) {
			if (t->policy == POLICY_ANY && same_outputs(t, a, b))
				continue;
			if (!overlap(c, a, b))
				continue;
			c->findings++;
			TRY(report_overlap(c, a, b));
		}
	return EFILE_OK;
}

/* ---- rules that are never reached ---- */

static bool inside_of(const checking *c, size_t inner, size_t outer)
{
	for (size_t i = 0; i < c->table->input_count; i++)
		for (size_t s = 0; s < c->columns[i].count; s++)
			if (c->columns[i].inside[s] && covers(c, i, s, inner) && !covers(c, i, s, outer))
				return false;
	return true;
}

static efile_status check_masked(checking *c)
{
	const table *t = c->table;

	if (t->policy != POLICY_FIRST)
		return EFILE_OK;
	for (size_t b = 1; b < t->rule_count && c->findings < CHECK_FINDINGS; b++)
		for (size_t a = 0; a < b; a++) {
			report_place place = place_of(c, &t->rules[b]);

			if (c->loose[a] || !inside_of(c, b, a))
				continue;
			c->findings++;
			TRY(report_add(c->report, "DMN-TABLE-MASKED", EFILE_SEVERITY_WARNING, &place,
				       "%s: rule %zu is never reached: rule %zu hits before it",
				       c->owner->name, b + 1, a + 1));
			break;
		}
	return EFILE_OK;
}

/* ---- gaps ---- */

static efile_status report_gap(checking *c, size_t columns)
{
	report_place place = place_of(c, NULL);
	AUTO(buf) path = BUF_INIT;

	c->findings++;
	add_path(&path, c, columns);
	TRY(buf_status(&path, c->pool.ctx));
	place.actual = buf_text(&path);
	return report_add(c->report, "DMN-TABLE-GAP",
			  c->table->policy >= POLICY_RULE_ORDER ? EFILE_SEVERITY_INFORMATION :
								   EFILE_SEVERITY_WARNING,
			  &place, "%s: no rule covers %s", c->owner->name, buf_text(&path));
}

static bool is_empty(const uint64_t *bits, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (bits[i])
			return false;
	return true;
}

/* Whether some rule that is left has only dashes from a column on. */
static bool settled(const checking *c, const uint64_t *bits, size_t column)
{
	const table *t = c->table;

	for (size_t rule = 0; rule < t->rule_count; rule++) {
		size_t i = column;

		if (!bit(bits, rule))
			continue;
		while (i < t->input_count && t->rules[rule].cells[i].kind == CELL_ANY)
			i++;
		if (i == t->input_count)
			return true;
	}
	return false;
}

static void left_over(uint64_t *out, const checking *c, const uint64_t *bits, size_t column,
		      size_t segment)
{
	const column_check *k = &c->columns[column];
	size_t words = c->table->words;

	for (size_t i = 0; i < words; i++)
		out[i] = k->index.kind == CELL_ANY ? bits[i] :
						     bits[i] & k->index.bits[segment * words + i];
}

/* Column by column, segment by segment: where no rule is left, there is a gap. At most CHECK_COLUMNS
 * deep; segments that leave the same rules as the one before are the same case. sets: one per column. */
static efile_status find_gaps(checking *c, uint64_t *sets, size_t column)
{
	size_t words = c->table->words;
	uint64_t *bits = sets + column * words, *next = bits + words, *before = NULL;
	uint64_t *kept = sets + (c->table->input_count + 1 + column) * words;

	if (is_empty(bits, words))
		return report_gap(c, column);
	if (column == c->table->input_count || settled(c, bits, column))
		return EFILE_OK;
	for (size_t s = 0; s < c->columns[column].count; s++) {
		if (!c->columns[column].inside[s])
			continue;
		if (c->findings >= CHECK_FINDINGS || ++c->steps > CHECK_STEPS)
			return EFILE_OK;
		left_over(next, c, bits, column, s);
		if (before && !memcmp(next, before, words * sizeof(*next)))
			continue;
		memcpy(kept, next, words * sizeof(*next));
		before = kept;
		c->path[column] = s;
		TRY(find_gaps(c, sets, column + 1));
	}
	return EFILE_OK;
}

static efile_status check_gaps(checking *c)
{
	const table *t = c->table;
	uint64_t *sets = dmn_pool_new(&c->pool, (2 * t->input_count + 3) * t->words * sizeof(*sets));

	if (!sets)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < t->output_count; i++)
		if (t->outputs[i].fallback)
			return EFILE_OK; /* the default covers the rest */
	for (size_t rule = 0; rule < t->rule_count; rule++)
		sets[rule / 64] |= UINT64_C(1) << (rule % 64);
	return find_gaps(c, sets, 0);
}

efile_status dmn_table_check(const logic *l, const dmn_node *owner, efile_report *report)
{
	AUTO(checking) c = { .table = l->table, .logic = l, .owner = owner, .report = report };

	c.pool.ctx = owner->model->set->ctx;
	if (!l->table->rule_count || l->table->rule_count > CHECK_RULES ||
	    l->table->input_count > CHECK_COLUMNS)
		return EFILE_OK;
	TRY(prepare(&c));
	TRY(check_overlaps(&c));
	TRY(check_masked(&c));
	c.findings = 0;
	return check_gaps(&c);
}
