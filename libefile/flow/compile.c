/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A model that passed its checks becomes the bytes of a definition. */
#include <stdlib.h>
#include <string.h>

#include "flow/definition.h"
#include "flow/model.h"

typedef struct compiler {
	efile_ctx *ctx;
	const bpmn_model *m;
	buf nodes, edges, outs, separates, pool, code;
	uint32_t *number;       /* of each element among the nodes or the edges */
	unsigned char *watched; /* by element */
	uint32_t node_count, edge_count, out_count, separate_count;
	uint32_t start;
} compiler;

static void compiler_clear(compiler *c)
{
	buf_clear(&c->nodes);
	buf_clear(&c->edges);
	buf_clear(&c->outs);
	buf_clear(&c->separates);
	buf_clear(&c->pool);
	buf_clear(&c->code);
	free(c->number);
	free(c->watched);
}

/* ---- what belongs to the process ---- */

static bool is_node(const compiler *c, size_t i)
{
	return c->m->elements[i].kind->class == CLASS_NODE &&
		c->m->elements[i].parent == c->m->process;
}

static bool is_edge(const compiler *c, size_t i)
{
	return c->m->elements[i].kind->class == CLASS_FLOW &&
		c->m->elements[i].parent == c->m->process;
}

static efile_status number_elements(compiler *c)
{
	c->number = mem_new(c->ctx, (c->m->elements_count + 1) * sizeof(*c->number));
	c->watched = mem_new(c->ctx, c->m->elements_count + 1);
	if (!c->number || !c->watched)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < c->m->elements_count; i++) {
		if (is_node(c, i))
			c->number[i] = c->node_count++;
		else if (is_edge(c, i))
			c->number[i] = c->edge_count++;
	}
	if (c->node_count > c->ctx->limits.flow_nodes)
		return FAIL(c->ctx, EFILE_E_LIMIT, 2304, "the process has more than %u nodes",
			    c->ctx->limits.flow_nodes);
	return EFILE_OK;
}

/* ---- texts ---- */

static uint32_t add_text(compiler *c, text_ref text)
{
	uint32_t at = (uint32_t)c->pool.length;

	if (!text)
		return 0;
	buf_add_text(&c->pool, bpmn_text(c->m, text));
	buf_add_char(&c->pool, '\0');
	return at;
}

static text_ref groups_of(const compiler *c, const bpmn_element *n)
{
	const bpmn_element *lane = n->lane == NONE ? NULL : &c->m->elements[n->lane];

	if (n->fields[FIELD_GROUPS] || !lane || n->kind->kind != BPMN_USER_TASK ||
	    n->fields[FIELD_USERS] || n->fields[FIELD_ASSIGNEE])
		return n->fields[FIELD_GROUPS];
	return lane->fields[FIELD_GROUPS] ? lane->fields[FIELD_GROUPS] : lane->name;
}

/* ---- nodes ---- */

static const struct kind_map {
	bpmn_kind from;
	flow_node_kind to;
} kind_map[] = {
	{ BPMN_START, FLOW_NODE_START }, { BPMN_END, FLOW_NODE_END },
	{ BPMN_TASK, FLOW_NODE_PASS }, { BPMN_MANUAL_TASK, FLOW_NODE_PASS },
	{ BPMN_USER_TASK, FLOW_NODE_USER_TASK }, { BPMN_SERVICE_TASK, FLOW_NODE_SERVICE_TASK },
	{ BPMN_EXCLUSIVE, FLOW_NODE_EXCLUSIVE }, { BPMN_PARALLEL, FLOW_NODE_PARALLEL },
};

static flow_node_kind node_kind(const bpmn_element *n)
{
	if (n->kind->kind == BPMN_END && (n->events & EVENT_TERMINATE))
		return FLOW_NODE_TERMINATE;
	for (size_t i = 0; i < ARRAY_SIZE(kind_map); i++)
		if (kind_map[i].from == n->kind->kind)
			return kind_map[i].to;
	return FLOW_NODE_PASS; /* the checks let no other kind through */
}

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
		if (element != NONE)
			TRY(fn(c, element));
	}
	return EFILE_OK;
}

static efile_status watch(compiler *c, int element)
{
	c->watched[element] = 1;
	return EFILE_OK;
}

static efile_status add_separate(compiler *c, int element)
{
	buf_add_u32(&c->separates, c->number[element]);
	c->separate_count++;
	return EFILE_OK;
}

static efile_status add_node(compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];
	uint32_t words[NODE_WORDS] = { 0 };

	words[NODE_KIND] = node_kind(n);
	words[NODE_ID] = add_text(c, n->id);
	words[NODE_NAME] = add_text(c, n->name);
	words[NODE_LANE] = n->lane == NONE ? 0 : add_text(c, c->m->elements[n->lane].name);
	words[NODE_GROUPS] = add_text(c, groups_of(c, n));
	words[NODE_USERS] = add_text(c, n->fields[FIELD_USERS]);
	words[NODE_ASSIGNEE] = add_text(c, n->fields[FIELD_ASSIGNEE]);
	words[NODE_DUE_IN] = add_text(c, n->fields[FIELD_DUE_IN]);
	words[NODE_FORM] = add_text(c, n->fields[FIELD_FORM]);
	words[NODE_HANDLER] = add_text(c, n->fields[FIELD_HANDLER]);
	words[NODE_FIRST_OUT] = c->out_count;
	words[NODE_OUT_COUNT] = n->out_count;
	words[NODE_IN_COUNT] = n->in_count;
	words[NODE_DEFAULT] = n->default_flow == NONE ? 0 : c->number[n->default_flow] + 1;
	words[NODE_FIRST_SEPARATE] = c->separate_count;
	words[NODE_WATCHED] = c->watched[i];
	for (uint32_t k = 0; k < n->out_count; k++)
		buf_add_u32(&c->outs, c->number[c->m->outgoing[n->first_out + k]]);
	c->out_count += n->out_count;
	TRY(each_id(c, n->fields[FIELD_SEPARATE], add_separate));
	words[NODE_SEPARATE_COUNT] = c->separate_count - words[NODE_FIRST_SEPARATE];
	if (words[NODE_KIND] == FLOW_NODE_START)
		c->start = c->number[i];
	for (int w = 0; w < NODE_WORDS; w++)
		buf_add_u32(&c->nodes, words[w]);
	return EFILE_OK;
}

/* ---- edges ---- */

static efile_status add_condition(compiler *c, const bpmn_element *n, uint32_t *words)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	const bpmn_element *from = &c->m->elements[n->from];

	if (!n->has_condition || from->kind->kind == BPMN_PARALLEL)
		return EFILE_OK;
	TRY(expr_compile(&program, c->ctx, bpmn_text(c->m, n->condition), NULL));
	words[EDGE_CODE] = (uint32_t)c->code.length;
	words[EDGE_CODE_LENGTH] = (uint32_t)program.length;
	buf_add(&c->code, program.bytes, program.length);
	return EFILE_OK;
}

static efile_status add_edge(compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];
	uint32_t words[EDGE_WORDS] = { 0 };

	words[EDGE_ID] = add_text(c, n->id);
	words[EDGE_NAME] = add_text(c, n->name);
	words[EDGE_SOURCE] = c->number[n->from];
	words[EDGE_TARGET] = c->number[n->to];
	TRY(add_condition(c, n, words));
	for (int w = 0; w < EDGE_WORDS; w++)
		buf_add_u32(&c->edges, words[w]);
	return EFILE_OK;
}

/* ---- all together ---- */

static efile_status add_parts(compiler *c)
{
	const bpmn_model *m = c->m;

	buf_add_char(&c->pool, '\0');
	for (size_t i = 0; i < m->elements_count; i++)
		if (is_node(c, i))
			TRY(each_id(c, m->elements[i].fields[FIELD_SEPARATE], watch));
	for (size_t i = 0; i < m->elements_count; i++) {
		if (is_node(c, i))
			TRY(add_node(c, i));
		else if (is_edge(c, i))
			TRY(add_edge(c, i));
	}
	return EFILE_OK;
}

static void add_head(buf *out, compiler *c)
{
	const bpmn_element *process = &c->m->elements[c->m->process];
	uint32_t words[HEAD_WORDS] = { 0 };

	words[HEAD_ID] = add_text(c, process->id);
	words[HEAD_NAME] = add_text(c, process->name);
	words[HEAD_MAGIC] = DEFINITION_MAGIC;
	words[HEAD_VERSION] = DEFINITION_VERSION;
	words[HEAD_LENGTH] = (uint32_t)(4 * HEAD_WORDS + c->nodes.length + c->edges.length +
		c->outs.length + c->separates.length + c->pool.length + c->code.length);
	words[HEAD_NODES] = c->node_count;
	words[HEAD_EDGES] = c->edge_count;
	words[HEAD_OUTS] = c->out_count;
	words[HEAD_SEPARATES] = c->separate_count;
	words[HEAD_POOL] = (uint32_t)c->pool.length;
	words[HEAD_CODE] = (uint32_t)c->code.length;
	words[HEAD_START] = c->start;
	for (int w = 0; w < HEAD_WORDS; w++)
		buf_add_u32(out, words[w]);
}

static efile_status link_definition(flow_definition *out, compiler *c)
{
	AUTO(buf) all = BUF_INIT;
	const buf *parts[] = { &c->nodes, &c->edges, &c->outs, &c->separates, &c->pool, &c->code };
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

static efile_status compile_model(flow_definition *out, efile_ctx *ctx, const bpmn_model *m)
{
	AUTO(compiler) c = { .ctx = ctx, .m = m };

	TRY(number_elements(&c));
	TRY(add_parts(&c));
	return link_definition(out, &c);
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

efile_status flow_compile(flow_definition *out, efile_report *report, efile_ctx *ctx,
			  efile_reader *reader, const char *name)
{
	AUTO(bpmn_model) m = { 0 };

	TRY(bpmn_read(&m, ctx, reader, name));
	TRY(bpmn_check(&m, report));
	TRY(refuse(ctx, report, name));
	return compile_model(out, ctx, &m);
}
