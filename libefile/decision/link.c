/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ties requirements to what they name, in this model and the imported ones; finds what is doubled,
 * dangling, of the wrong kind, or in a circle. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"

dmn_model *dmn_set_model(const decision_set *set, const char *namespace)
{
	for (size_t i = 0; i < set->model_count; i++)
		if (str_equal(set->models[i].namespace, namespace))
			return &set->models[i];
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(dmn_node *const *)a)->id, (*(dmn_node *const *)b)->id);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(dmn_node *const *)a)->name, (*(dmn_node *const *)b)->name);
}

static int to_id(const void *id, const void *node)
{
	return strcmp(id, (*(dmn_node *const *)node)->id);
}

dmn_node *dmn_node_by_id(const dmn_model *m, const char *id)
{
	dmn_node **found = m->node_count ? bsearch(id, m->sorted, m->node_count, sizeof(*m->sorted),
						   to_id) :
					   NULL;

	return found ? *found : NULL;
}

static report_place place_of(const dmn_model *m, const char *id, long line, long column)
{
	return (report_place){ .term = id, .path = m->source, .line = line, .column = column };
}

/* ---- imports ---- */

static efile_status link_import(dmn_import *import, dmn_model *m)
{
	report_place place = place_of(m, import->name, import->line, import->column);

	import->model = dmn_set_model(m->set, import->namespace);
	if (import->model)
		return EFILE_OK;
	return report_add(m->set->report, "DMN-IMPORT", EFILE_SEVERITY_ERROR, &place,
			  "the imported model %s was not given: %s", import->name, import->namespace);
}

/* ---- references ---- */

/* Which kinds a reference may name. */
static bool kind_fits(reference_kind by, decision_kind kind)
{
	switch (by) {
	case REFERENCE_INPUT:
	case REFERENCE_INPUT_DATA:
		return kind == DECISION_INPUT;
	case REFERENCE_KNOWLEDGE:
		return kind == DECISION_BKM || kind == DECISION_SERVICE;
	default:
		return kind == DECISION_DECISION;
	}
}

static const dmn_import *import_of(const dmn_model *m, const dmn_model *other)
{
	for (size_t i = 0; i < m->import_count; i++)
		if (m->imports[i].model == other)
			return &m->imports[i];
	return NULL;
}

/* "#id", "namespace#id". */
static void find_target(reference *ref, const dmn_model *m)
{
	const char *hash = strrchr(ref->href, '#');
	const char *id = hash ? hash + 1 : ref->href;

	if (!hash || hash == ref->href) {
		ref->target = dmn_node_by_id(m, id);
		return;
	}
	for (size_t i = 0; i < m->set->model_count && !ref->target; i++) {
		const dmn_model *other = &m->set->models[i];
		size_t length = strlen(other->namespace);
		const dmn_import *import = other == m ? NULL : import_of(m, other);

		if (length != (size_t)(hash - ref->href) || memcmp(other->namespace, ref->href, length))
			continue;
		ref->target = dmn_node_by_id(other, id);
		if (import && *import->name)
			ref->import = import->name;
	}
}

static efile_status link_reference(reference *ref, const dmn_node *node)
{
	dmn_model *m = node->model;
	report_place place = place_of(m, node->id, ref->line, ref->column);

	find_target(ref, m);
	place.actual = ref->href;
	if (!ref->target)
		return report_add(m->set->report, "DMN-REF", EFILE_SEVERITY_ERROR, &place,
				  "%s requires what is not there: %s", node->name, ref->href);
	if (!kind_fits(ref->kind, ref->target->kind)) {
		TRY(report_add(m->set->report, "DMN-REF-KIND", EFILE_SEVERITY_ERROR, &place,
			       "%s requires %s, which is of another kind", node->name,
			       ref->target->name));
		ref->target = NULL;
	}
	return EFILE_OK;
}

/* ---- names ---- */

static efile_status check_name(const dmn_node *node, const dmn_node *before)
{
	efile_report *report = node->model->set->report;
	report_place place = place_of(node->model, node->id, node->line, node->column);

	if (!*node->name)
		return report_add(report, "DMN-NAME", EFILE_SEVERITY_ERROR, &place,
				  "an element has no name");
	if (before && str_equal(node->name, before->name))
		return report_add(report, "DMN-NAME", EFILE_SEVERITY_ERROR, &place,
				  "the name %s is given twice", node->name);
	return EFILE_OK;
}

static efile_status check_id(const dmn_node *node, const dmn_node *before)
{
	report_place place = place_of(node->model, node->id, node->line, node->column);

	if (!before || !*node->id || !str_equal(node->id, before->id))
		return EFILE_OK;
	return report_add(node->model->set->report, "DMN-ID", EFILE_SEVERITY_ERROR, &place,
			  "the id %s is given twice", node->id);
}

/* Leaves the nodes sorted by id, to be looked up. */
static efile_status check_names(dmn_model *m)
{
	size_t size = sizeof(*m->sorted);

	m->sorted = dmn_pool_new(&m->set->pool, (m->node_count + 1) * size);
	if (!m->sorted)
		return EFILE_E_NOMEM;
	memcpy(m->sorted, m->nodes, m->node_count * size);
	qsort(m->sorted, m->node_count, size, by_name);
	for (size_t i = 0; i < m->node_count; i++)
		TRY(check_name(m->sorted[i], i ? m->sorted[i - 1] : NULL));
	qsort(m->sorted, m->node_count, size, by_id);
	for (size_t i = 0; i < m->node_count; i++)
		TRY(check_id(m->sorted[i], i ? m->sorted[i - 1] : NULL));
	return EFILE_OK;
}

/* ---- circles ---- */

enum { MARK_NEW, MARK_OPEN, MARK_DONE };

typedef struct frame {
	dmn_node *node;
	size_t next;
} frame;

static bool required(const reference *ref)
{
	return ref->target && (ref->kind == REFERENCE_DECISION || ref->kind == REFERENCE_INPUT);
}

static efile_status report_circle(dmn_node *node)
{
	report_place place = place_of(node->model, node->id, node->line, node->column);

	node->cyclic = true;
	return report_add(node->model->set->report, "DMN-CYCLE", EFILE_SEVERITY_ERROR, &place,
			  "%s requires itself, perhaps by way of others", node->name);
}

/* Depth first over decisions, with a stack of its own: a model may be a long chain. Knowledge may name
 * itself: a function may call itself. */
static efile_status find_circles(decision_set *set, dmn_node *from, frame *stack)
{
	size_t depth = 0;

	if (from->mark != MARK_NEW)
		return EFILE_OK;
	from->mark = MARK_OPEN;
	stack[depth++] = (frame){ from, 0 };
	while (depth) {
		frame *top = &stack[depth - 1];
		const reference *ref;

		if (top->next == top->node->reference_count) {
			top->node->mark = MARK_DONE;
			depth--;
			continue;
		}
		ref = &top->node->references[top->next++];
		if (!required(ref))
			continue;
		if (ref->target->mark == MARK_OPEN) {
			TRY(report_circle(ref->target));
		} else if (ref->target->mark == MARK_NEW && depth < set->node_count) {
			ref->target->mark = MARK_OPEN;
			stack[depth++] = (frame){ ref->target, 0 };
		}
	}
	return EFILE_OK;
}

static efile_status number_nodes(decision_set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < set->model_count; i++)
		count += set->models[i].node_count;
	set->nodes = dmn_pool_new(&set->pool, (count + 1) * sizeof(*set->nodes));
	if (!set->nodes)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < set->model_count; i++)
		for (size_t k = 0; k < set->models[i].node_count; k++) {
			dmn_node *node = set->models[i].nodes[k];

			node->index = set->node_count;
			set->nodes[set->node_count++] = node;
		}
	return EFILE_OK;
}

efile_status dmn_set_link(decision_set *set)
{
	frame *stack;

	TRY(number_nodes(set));
	for (size_t i = 0; i < set->model_count; i++) {
		for (size_t k = 0; k < set->models[i].import_count; k++)
			TRY(link_import(&set->models[i].imports[k], &set->models[i]));
		TRY(check_names(&set->models[i]));
	}
	for (size_t i = 0; i < set->node_count; i++)
		for (size_t k = 0; k < set->nodes[i]->reference_count; k++)
			TRY(link_reference(&set->nodes[i]->references[k], set->nodes[i]));
	stack = dmn_pool_new(&set->pool, (set->node_count + 1) * sizeof(*stack));
	if (!stack)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < set->node_count; i++)
		TRY(find_circles(set, set->nodes[i], stack));
	return EFILE_OK;
}
