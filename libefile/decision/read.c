/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the definitions of a DMN file: imports, types, input data, decisions, knowledge, services. */
#include <string.h>

#include "decision/model.h"

/* Of OMG's versions 1.1 to 1.6, and what tools wrote before 1.1 was final. */
static const char *const namespaces[] = {
	"http://www.omg.org/spec/DMN/20151101/dmn.xsd",
	"http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
	"http://www.omg.org/spec/DMN/20151130",
	"http://www.omg.org/spec/DMN/20180521/MODEL/",
	"https://www.omg.org/spec/DMN/20191111/MODEL/",
	"https://www.omg.org/spec/DMN/20211108/MODEL/",
	"https://www.omg.org/spec/DMN/20230324/MODEL/",
	"https://www.omg.org/spec/DMN/20240513/MODEL/",
};

static bool known_namespace(const char *uri)
{
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		if (str_equal(uri, namespaces[i]))
			return true;
	return false;
}

/* ---- walking ---- */

static const xml_node *node_at(const reading *r, xml_node_ref node)
{
	return &r->tree.nodes[node];
}

const char *dmn_element_name(const reading *r, xml_node_ref node)
{
	return xml_tree_text(&r->tree, node_at(r, node)->name);
}

bool dmn_is_element(const reading *r, xml_node_ref node)
{
	return node_at(r, node)->kind == XML_NODE_ELEMENT &&
		str_equal(xml_tree_text(&r->tree, node_at(r, node)->uri), r->uri);
}

static xml_node_ref first_named(const reading *r, xml_node_ref at, const char *name)
{
	for (; at; at = node_at(r, at)->next)
		if (dmn_is_element(r, at) && (!name || str_equal(dmn_element_name(r, at), name)))
			return at;
	return XML_NO_NODE;
}

xml_node_ref dmn_child_of(const reading *r, xml_node_ref node, const char *name)
{
	return first_named(r, node_at(r, node)->first, name);
}

xml_node_ref dmn_child_next(const reading *r, xml_node_ref at, const char *name)
{
	return first_named(r, node_at(r, at)->next, name);
}

size_t dmn_child_count(const reading *r, xml_node_ref node, const char *name)
{
	size_t count = 0;

	for (xml_node_ref at = dmn_child_of(r, node, name); at; at = dmn_child_next(r, at, name))
		count++;
	return count;
}

void dmn_read_place(const reading *r, xml_node_ref node, long *line, long *column)
{
	*line = node_at(r, node)->line;
	*column = node_at(r, node)->column;
}

/* ---- values ---- */

/* White space at both ends is that of the file, not of the name. */
static efile_status keep(const char **out, reading *r, const char *text)
{
	size_t length;

	while (str_ascii_space(*text))
		text++;
	length = strlen(text);
	while (length && str_ascii_space(text[length - 1]))
		length--;
	return dmn_pool_text(out, r->pool, text, length);
}

efile_status dmn_read_attribute(const char **out, reading *r, xml_node_ref node, const char *name)
{
	const char *value = xml_tree_attribute_of(&r->tree, node, "", name);

	*out = NULL;
	return value ? keep(out, r, value) : EFILE_OK;
}

efile_status dmn_read_text(const char **out, reading *r, xml_node_ref node)
{
	xml_node_ref text = node ? dmn_child_of(r, node, "text") : XML_NO_NODE;

	*out = "";
	if (!node)
		return EFILE_OK;
	buf_reset(&r->text);
	xml_tree_content(&r->text, &r->tree, text ? text : node);
	TRY(buf_status(&r->text, r->pool->ctx));
	return keep(out, r, buf_text(&r->text));
}

efile_status dmn_read_type(const char **out, reading *r, xml_node_ref node)
{
	xml_node_ref child = dmn_child_of(r, node, "typeRef");

	TRY(dmn_read_attribute(out, r, node, "typeRef"));
	if (!*out && child)
		TRY(dmn_read_text(out, r, child));
	if (*out && !**out)
		*out = NULL;
	return EFILE_OK;
}

/* ---- types ---- */

static efile_status read_item(dmn_item *out, reading *r, xml_node_ref node);

static efile_status read_items(dmn_item **out, size_t *count, reading *r, xml_node_ref node,
			       const char *name)
{
	*count = dmn_child_count(r, node, name);
	*out = dmn_pool_new(r->pool, (*count + 1) * sizeof(**out));
	if (!*out)
		return EFILE_E_NOMEM;
	*count = 0;
	for (xml_node_ref at = dmn_child_of(r, node, name); at; at = dmn_child_next(r, at, name))
		TRY(read_item(&(*out)[(*count)++], r, at));
	return EFILE_OK;
}

static efile_status read_item(dmn_item *out, reading *r, xml_node_ref node)
{
	const char *collection = xml_tree_attribute_of(&r->tree, node, "", "isCollection");
	xml_node_ref function = dmn_child_of(r, node, "functionItem");

	dmn_read_place(r, node, &out->line, &out->column);
	TRY(dmn_read_attribute(&out->name, r, node, "name"));
	TRY(dmn_read_attribute(&out->id, r, node, "id"));
	TRY(dmn_read_type(&out->type_ref, r, node));
	TRY(dmn_read_text(&out->allowed, r, dmn_child_of(r, node, "allowedValues")));
	TRY(dmn_read_text(&out->constraint, r, dmn_child_of(r, node, "typeConstraint")));
	out->collection = collection && str_equal(collection, "true");
	out->function = function != XML_NO_NODE;
	if (!out->name)
		out->name = "";
	if (function) {
		TRY(dmn_read_attribute(&out->type_ref, r, function, "outputTypeRef"));
		return read_items(&out->parts, &out->count, r, function, "parameters");
	}
	return read_items(&out->parts, &out->count, r, node, "itemComponent");
}

/* ---- requirements ---- */

/* The element that holds the href, by the name of the parent: "" if it is the element itself. */
static const struct reference_row {
	const char *element, *child;
	reference_kind kind;
} reference_rows[] = {
	{ "informationRequirement", "requiredDecision", REFERENCE_DECISION },
	{ "informationRequirement", "requiredInput", REFERENCE_INPUT },
	{ "knowledgeRequirement", "requiredKnowledge", REFERENCE_KNOWLEDGE },
	{ "outputDecision", NULL, REFERENCE_OUTPUT },
	{ "encapsulatedDecision", NULL, REFERENCE_ENCAPSULATED },
	{ "inputDecision", NULL, REFERENCE_INPUT_DECISION },
	{ "inputData", NULL, REFERENCE_INPUT_DATA },
};

static efile_status add_reference(dmn_node *out, reading *r, xml_node_ref at,
				  const struct reference_row *row)
{
	xml_node_ref holder = row->child ? dmn_child_of(r, at, row->child) : at;
	reference *ref;

	if (!holder || !str_equal(dmn_element_name(r, at), row->element))
		return EFILE_OK;
	ref = &out->references[out->reference_count++];
	ref->kind = row->kind;
	dmn_read_place(r, holder, &ref->line, &ref->column);
	TRY(dmn_read_attribute(&ref->href, r, holder, "href"));
	if (!ref->href)
		ref->href = "";
	return EFILE_OK;
}

static efile_status read_references(dmn_node *out, reading *r, xml_node_ref node)
{
	out->references = dmn_pool_new(r->pool, (dmn_child_count(r, node, NULL) * 2 + 1) *
						    sizeof(*out->references));
	if (!out->references)
		return EFILE_E_NOMEM;
	for (xml_node_ref at = dmn_child_of(r, node, NULL); at; at = dmn_child_next(r, at, NULL))
		for (size_t i = 0; i < ARRAY_SIZE(reference_rows); i++)
			TRY(add_reference(out, r, at, &reference_rows[i]));
	return EFILE_OK;
}

/* ---- nodes ---- */

static const struct node_row {
	const char *element;
	decision_kind kind;
} node_rows[] = {
	{ "inputData", DECISION_INPUT },
	{ "decision", DECISION_DECISION },
	{ "businessKnowledgeModel", DECISION_BKM },
	{ "decisionService", DECISION_SERVICE },
};

static const struct node_row *node_row_of(const reading *r, xml_node_ref node)
{
	for (size_t i = 0; i < ARRAY_SIZE(node_rows); i++)
		if (str_equal(dmn_element_name(r, node), node_rows[i].element))
			return &node_rows[i];
	return NULL;
}

static efile_status read_variable(dmn_node *out, reading *r, xml_node_ref node)
{
	xml_node_ref variable = dmn_child_of(r, node, "variable");

	if (variable) {
		TRY(dmn_read_attribute(&out->variable, r, variable, "name"));
		TRY(dmn_read_type(&out->type_ref, r, variable));
	}
	if (!out->variable || !*out->variable)
		out->variable = out->name;
	return EFILE_OK;
}

/* The version tag of an element: in our namespace, or as other engines write it. */
static const char *tag_of(const reading *r, xml_node_ref node)
{
	static const char *const uris[] = {
		"urn:libefile:bpmn:1", "http://camunda.org/schema/1.0/dmn",
		"http://operaton.org/schema/1.0/dmn",
	};
	xml_node_ref more = dmn_child_of(r, node, "extensionElements");
	const char *tag = NULL;

	for (size_t i = 0; !tag && i < ARRAY_SIZE(uris); i++)
		tag = xml_tree_attribute_of(&r->tree, node, uris[i], "versionTag");
	for (xml_node_ref at = more ? node_at(r, more)->first : XML_NO_NODE; !tag && at;
	     at = node_at(r, at)->next)
		if (node_at(r, at)->kind == XML_NODE_ELEMENT &&
		    str_equal(dmn_element_name(r, at), "versionTag"))
			tag = xml_tree_attribute_of(&r->tree, at, "", "value");
	return tag;
}

/* Its own, else that of the whole file. */
static efile_status read_tag(dmn_node *out, reading *r, xml_node_ref node)
{
	const char *tag = tag_of(r, node);

	if (!tag)
		tag = tag_of(r, xml_tree_root(&r->tree));
	return keep(&out->tag, r, tag ? tag : "");
}

static efile_status read_node(dmn_node *out, reading *r, xml_node_ref node, decision_kind kind)
{
	xml_node_ref body = dmn_child_of(r, node, "encapsulatedLogic");

	out->kind = kind;
	out->model = r->model;
	dmn_read_place(r, node, &out->line, &out->column);
	TRY(dmn_read_attribute(&out->id, r, node, "id"));
	TRY(dmn_read_attribute(&out->name, r, node, "name"));
	if (!out->id)
		out->id = "";
	if (!out->name || !*out->name)
		out->name = out->id;
	TRY(read_tag(out, r, node));
	TRY(read_variable(out, r, node));
	TRY(read_references(out, r, node));
	if (kind == DECISION_DECISION)
		return dmn_read_logic_below(&out->logic, r, node);
	if (kind == DECISION_BKM && body)
		return dmn_read_logic(&out->logic, r, body);
	return EFILE_OK;
}

static efile_status read_nodes(dmn_model *m, reading *r, xml_node_ref root)
{
	size_t count = dmn_child_count(r, root, NULL);

	m->nodes = dmn_pool_new(r->pool, (count + 1) * sizeof(*m->nodes));
	if (!m->nodes)
		return EFILE_E_NOMEM;
	for (xml_node_ref at = dmn_child_of(r, root, NULL); at; at = dmn_child_next(r, at, NULL)) {
		const struct node_row *row = node_row_of(r, at);
		dmn_node *node;

		if (!row)
			continue;
		node = dmn_pool_new(r->pool, sizeof(*node));
		if (!node)
			return EFILE_E_NOMEM;
		m->nodes[m->node_count++] = node;
		TRY(read_node(node, r, at, row->kind));
	}
	return EFILE_OK;
}

/* ---- the whole ---- */

static efile_status read_imports(dmn_model *m, reading *r, xml_node_ref root)
{
	m->imports = dmn_pool_new(r->pool, (dmn_child_count(r, root, "import") + 1) * sizeof(*m->imports));
	if (!m->imports)
		return EFILE_E_NOMEM;
	for (xml_node_ref at = dmn_child_of(r, root, "import"); at; at = dmn_child_next(r, at, "import")) {
		dmn_import *import = &m->imports[m->import_count++];

		dmn_read_place(r, at, &import->line, &import->column);
		TRY(dmn_read_attribute(&import->name, r, at, "name"));
		TRY(dmn_read_attribute(&import->namespace, r, at, "namespace"));
		if (!import->name)
			import->name = "";
		if (!import->namespace)
			import->namespace = "";
	}
	return EFILE_OK;
}

static efile_status read_prefixes(dmn_model *m, reading *r, xml_node_ref root)
{
	const xml_node *node = node_at(r, root);

	m->prefixes = dmn_pool_new(r->pool, (node->namespace_count + 1) * sizeof(*m->prefixes));
	if (!m->prefixes)
		return EFILE_E_NOMEM;
	for (uint32_t i = 0; i < node->namespace_count; i++) {
		const xml_tree_namespace *ns = &r->tree.namespaces[node->namespace + i];
		dmn_prefix *p = &m->prefixes[m->prefix_count++];

		TRY(keep(&p->prefix, r, xml_tree_text(&r->tree, ns->prefix)));
		TRY(keep(&p->uri, r, xml_tree_text(&r->tree, ns->uri)));
	}
	return EFILE_OK;
}

/* FEEL by any of its names; other languages are not run. */
static bool is_foreign(const reading *r, xml_node_ref root)
{
	const char *language = xml_tree_attribute_of(&r->tree, root, "", "expressionLanguage");

	return language && *language && !strstr(language, "FEEL") && !strstr(language, "feel");
}

static efile_status read_definitions(dmn_model *m, reading *r)
{
	xml_node_ref root = xml_tree_root(&r->tree);

	if (!root || !str_equal(dmn_element_name(r, root), "definitions") ||
	    !known_namespace(xml_tree_text(&r->tree, node_at(r, root)->uri))) {
		FAIL(r->pool->ctx, EFILE_E_FORMAT, 1700, "not a decision model: the root is %.100s",
		     root ? dmn_element_name(r, root) : "");
		return error_at(r->pool->ctx, m->source, 1, 1);
	}
	r->uri = xml_tree_text(&r->tree, node_at(r, root)->uri);
	TRY(dmn_read_attribute(&m->namespace, r, root, "namespace"));
	TRY(dmn_read_attribute(&m->name, r, root, "name"));
	if (!m->namespace)
		m->namespace = "";
	if (!m->name)
		m->name = "";
	m->foreign = is_foreign(r, root);
	m->open = !dmn_child_of(r, root, "inputData");
	TRY(read_prefixes(m, r, root));
	TRY(read_imports(m, r, root));
	TRY(read_items(&m->items, &m->item_count, r, root, "itemDefinition"));
	return read_nodes(m, r, root);
}

efile_status dmn_read(dmn_model *out, const decision_source *source)
{
	reading r = { .model = out, .pool = &out->set->pool, .text = BUF_INIT };
	AUTO_PTR(efile_reader) reader = NULL;
	efile_status status;

	TRY(dmn_pool_text(&out->source, r.pool, source->name ? source->name : "",
		      source->name ? strlen(source->name) : 0));
	TRY(efile_reader_from_memory(&reader, out->set->ctx, source->data, source->length));
	status = xml_tree_read(&r.tree, out->set->ctx, reader, out->source);
	if (status == EFILE_OK)
		status = read_definitions(out, &r);
	xml_tree_clear(&r.tree);
	buf_clear(&r.text);
	return status;
}
