/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document kept whole: elements, attributes and namespaces with their prefixes and order, text,
 * CDATA, comments, instructions. For formats whose files are read, worked on and written back
 * without loss (BPMN, DMN); what is only read goes through xml_read(). Compact: arrays of nodes and
 * attributes, texts in one pool, names interned. */
#ifndef XML_TREE_H
#define XML_TREE_H

#include "xml/xml.h"

typedef uint32_t xml_text_ref;  /* of the pool; 0 is "" */
typedef uint32_t xml_node_ref;  /* 0 is the document, and "none" wherever a node is looked for */

enum { XML_DOCUMENT = 0, XML_NO_NODE = 0, XML_TREE_NODES = 4000000 };

typedef enum xml_node_kind {
	XML_NODE_DOCUMENT, XML_NODE_ELEMENT, XML_NODE_TEXT, XML_NODE_CDATA, XML_NODE_COMMENT,
	XML_NODE_INSTRUCTION
} xml_node_kind;

typedef struct xml_node {
	xml_node_kind kind;
	xml_text_ref uri, prefix, name; /* of an element; name: the target of an instruction */
	xml_text_ref text;              /* of all others */
	xml_node_ref parent, next, first, last;
	uint32_t attribute, attribute_count;
	uint32_t namespace, namespace_count;
	uint32_t line, column;          /* of an element, from 1 */
} xml_node;

typedef struct xml_tree_attribute {
	xml_text_ref uri, prefix, name, value;
} xml_tree_attribute;

typedef struct xml_tree_namespace {
	xml_text_ref prefix, uri;
} xml_tree_namespace;

typedef struct xml_tree {
	efile_ctx *ctx;
	buf pool;
	xml_node *nodes;
	size_t node_count, node_capacity;
	xml_tree_attribute *attributes;
	size_t attribute_count, attribute_capacity;
	xml_tree_namespace *namespaces;
	size_t namespace_count, namespace_capacity;
	xml_text_ref *interned;         /* a hash table while reading */
	size_t interned_count, interned_size;
} xml_tree;

/* Reads a document; errors as of xml_read(), and LIMIT past XML_TREE_NODES nodes. */
efile_status xml_tree_read(xml_tree *t, efile_ctx *ctx, efile_reader *reader, const char *name);
void xml_tree_clear(xml_tree *t);

const char *xml_tree_text(const xml_tree *t, xml_text_ref at);
xml_node_ref xml_tree_root(const xml_tree *t);
/* The next node in document order inside top (top itself first), 0 at the end. */
xml_node_ref xml_tree_next(const xml_tree *t, xml_node_ref top, xml_node_ref at);
/* The value of an attribute, uri "" for none; NULL if absent. Borrowed from the tree. */
const char *xml_tree_attribute_of(const xml_tree *t, xml_node_ref node, const char *uri,
				  const char *name);
/* The text and CDATA directly below an element, appended; missing memory sticks to out. */
void xml_tree_content(buf *out, const xml_tree *t, xml_node_ref node);

/* Writes the document in UTF-8: the same nodes in the same order, prefixes and all. */
efile_status xml_tree_write(const xml_tree *t, efile_writer *writer);

#endif
