/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filing plan, dossiers, cases, documents. An object is named by its id or reference number. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

/* ---- naming ---- */

int find_node(tool *t, const char *name, efile_node **node)
{
	efile_id id;
	efile_status status = efile_id_parse(&id, name) == EFILE_OK ?
		efile_node_load(node, t->session, id) :
		efile_find_by_reference(node, t->session, name);

	return status == EFILE_OK ? EXIT_DONE : fail(t);
}

static int find_plan(tool *t, const char *code, efile_plan_id *out_id)
{
	efile_plan *plan = NULL;

	if (efile_plan_by_code(&plan, t->session, code) != EFILE_OK)
		return fail(t);
	*out_id = efile_plan_unit_id(plan);
	efile_plan_free(plan);
	return EXIT_DONE;
}

/* ---- showing ---- */

static void node_members(tool *t, const efile_node *n)
{
	efile_id id = efile_node_id(n), parent = efile_node_parent(n);
	char date[EFILE_DATE_TEXT_SIZE];
	efile_date begin = efile_node_begin(n);

	json_identity(t, "id", &id);
	json_string(t, "kind", efile_node_kind_name(efile_node_kind_of(n)));
	json_string(t, "state", efile_node_state_name(efile_node_state_of(n)));
	json_string(t, "reference", *efile_node_reference(n) ? efile_node_reference(n) : NULL);
	json_string(t, "title", efile_node_title(n));
	json_string(t, "type", *efile_node_doctype(n) ? efile_node_doctype(n) : NULL);
	json_string(t, "sender", *efile_node_sender(n) ? efile_node_sender(n) : NULL);
	json_string(t, "date", begin.month ? efile_date_format(begin, date) : NULL);
	json_instant(t, "received", efile_node_received(n));
	json_instant(t, "created", efile_node_created(n));
	json_instant(t, "closed", efile_node_closed(n));
	json_identity(t, "parent", &parent);
	json_number(t, "revision", efile_node_revision(n));
}

void show_node(tool *t, const char *schema, const efile_node *n, int depth)
{
	efile_id id = efile_node_id(n);
	char text[EFILE_ID_TEXT_SIZE];

	if (t->json) {
		json_line(t, schema);
		node_members(t, n);
		json_line_end(t);
		return;
	}
	if (*efile_node_reference(n))
		put("%*s%-11s %-22s %s  [%s]%s%s\n", depth * 2, "",
		    tr(t, efile_node_kind_name(efile_node_kind_of(n))), efile_node_reference(n),
		    efile_node_title(n), tr(t, efile_node_state_name(efile_node_state_of(n))),
		    *efile_node_sender(n) ? "  " : "", efile_node_sender(n));
	else
		put("%*s%-11s %s  [%s]%s%s  (%s)\n", depth * 2, "",
		    tr(t, efile_node_kind_name(efile_node_kind_of(n))), efile_node_title(n),
		    tr(t, efile_node_state_name(efile_node_state_of(n))),
		    *efile_node_sender(n) ? "  " : "", efile_node_sender(n), efile_id_format(&id, text));
}

enum { TREE_DEPTH = 32 };

static efile_status show_tree(tool *t, efile_id parent, int depth)
{
	efile_node_cursor *cursor = NULL;
	efile_node *child = NULL;
	efile_status status = efile_node_children(&cursor, t->session, parent, NULL);

	while (status == EFILE_OK && depth < TREE_DEPTH &&
	       (status = efile_node_cursor_next(cursor, &child)) == EFILE_OK) {
		show_node(t, "node", child, depth);
		status = show_tree(t, efile_node_id(child), depth + 1);
		efile_node_free(child);
		child = NULL;
	}
	efile_node_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static int show_attributes(tool *t, efile_id id)
{
	efile_attribute_cursor *cursor = NULL;
	efile_attribute attribute;
	efile_status status = efile_node_attributes(&cursor, t->session, id);

	while (status == EFILE_OK &&
	       (status = efile_attribute_cursor_next(cursor, &attribute)) == EFILE_OK) {
		if (t->json) {
			json_line(t, "attribute");
			json_string(t, "name", attribute.name);
			json_string(t, "value", attribute.value);
			json_string(t, "datatype", efile_datatype_name(attribute.datatype));
			json_line_end(t);
		} else {
			put("  %s: %s\n", attribute.name, attribute.value);
		}
	}
	efile_attribute_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_node_show(tool *t, int count, char **arguments)
{
	efile_node *node = NULL;
	int code = find_node(t, arguments[0], &node);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	show_node(t, "node", node, 0);
	code = show_attributes(t, efile_node_id(node));
	if (code == EXIT_DONE && show_tree(t, efile_node_id(node), 1) != EFILE_OK)
		code = fail(t);
	efile_node_free(node);
	return code;
}

/* ---- the filing plan ---- */

static efile_status show_plan(tool *t, efile_plan_id parent, int depth)
{
	efile_plan_cursor *cursor = NULL;
	efile_plan *plan = NULL;
	efile_status status = efile_plan_children(&cursor, t->session, parent, NULL);

	while (status == EFILE_OK && depth < TREE_DEPTH &&
	       (status = efile_plan_cursor_next(cursor, &plan)) == EFILE_OK) {
		efile_plan_id id = efile_plan_unit_id(plan);

		if (t->json) {
			json_line(t, "plan");
			json_identity(t, "id", &id.id);
			json_string(t, "code", efile_plan_code(plan));
			json_string(t, "title", efile_plan_title(plan));
			json_number(t, "depth", depth);
			json_line_end(t);
		} else {
			put("%*s%-6s %s\n", depth * 2, "", efile_plan_code(plan),
			       efile_plan_title(plan));
		}
		efile_plan_free(plan);
		plan = NULL;
		status = show_plan(t, id, depth + 1);
	}
	efile_plan_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

int cmd_plan_show(tool *t, int count, char **arguments)
{
	static const efile_plan_id top;

	(void)count;
	(void)arguments;
	return show_plan(t, top, 0) == EFILE_OK ? EXIT_DONE : fail(t);
}

/* ---- dossiers and cases ---- */

int node_created(tool *t, const char *schema, efile_status status, efile_node *node)
{
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		would(t, "would make: %s", efile_node_title(node));
	else
		show_node(t, schema, node, 0);
	efile_node_free(node);
	return EXIT_DONE;
}

int cmd_dossier_create(tool *t, int count, char **arguments)
{
	efile_node_options options;
	efile_node *node = NULL;
	efile_plan_id plan;
	efile_status status;
	int code = find_plan(t, arguments[0], &plan);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	efile_node_options_init(&options);
	options.title = arguments[1];
	options.reference = tool_value(t, "reference", 0);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_dossier_create(&node, t->session, plan, &options);
	return node_created(t, "node", status, node);
}

int cmd_dossier_list(tool *t, int count, char **arguments)
{
	efile_node_cursor *cursor = NULL;
	efile_node *node = NULL;
	efile_plan_id plan;
	efile_status status;
	int code = find_plan(t, arguments[0], &plan);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	status = efile_dossier_list(&cursor, t->session, plan, NULL);
	while (status == EFILE_OK && (status = efile_node_cursor_next(cursor, &node)) == EFILE_OK) {
		show_node(t, "node", node, 0);
		efile_node_free(node);
		node = NULL;
	}
	efile_node_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

static efile_status close_node(tool *t, const efile_node *node)
{
	if (efile_node_kind_of(node) <= EFILE_NODE_SUB_DOSSIER)
		return efile_dossier_close(t->session, efile_dossier_node_id(node),
					   efile_node_revision(node));
	return efile_case_close(t->session, efile_case_node_id(node), efile_node_revision(node));
}

int cmd_node_close(tool *t, int count, char **arguments)
{
	efile_node *node = NULL;
	efile_status status;
	efile_id id;
	int code = find_node(t, arguments[0], &node);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	id = efile_node_id(node);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = close_node(t, node);
	try_end(t);
	efile_node_free(node);
	return changed(t, "node_closed", status, &id);
}

/* Cases, documents and what lies in them go to another node, dossiers to another unit of the plan. */
static efile_status move_node(tool *t, const efile_node *node, const efile_id *to)
{
	const char *reason = tool_value(t, "reason", 0);

	if (efile_node_kind_of(node) == EFILE_NODE_DOSSIER)
		return efile_dossier_refile(t->session, efile_dossier_node_id(node),
					    (efile_plan_id){ *to }, efile_node_revision(node),
					    tool_has(t, "renumber"), reason);
	return efile_node_move(t->session, efile_node_id(node), *to, efile_node_revision(node), reason);
}

static int find_target(tool *t, const efile_node *node, const char *name, efile_id *to)
{
	efile_node *above = NULL;
	efile_plan_id plan;
	int code;

	if (efile_node_kind_of(node) == EFILE_NODE_DOSSIER) {
		code = find_plan(t, name, &plan);
		if (code == EXIT_DONE)
			*to = plan.id;
		return code;
	}
	code = find_node(t, name, &above);
	if (code == EXIT_DONE)
		*to = efile_node_id(above);
	efile_node_free(above);
	return code;
}

int cmd_node_move(tool *t, int count, char **arguments)
{
	efile_node *node = NULL;
	efile_status status;
	efile_id id, to;
	int code = find_node(t, arguments[0], &node);

	(void)count;
	if (code == EXIT_DONE)
		code = find_target(t, node, arguments[1], &to);
	if (code != EXIT_DONE) {
		efile_node_free(node);
		return code;
	}
	id = efile_node_id(node);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = move_node(t, node, &to);
	try_end(t);
	efile_node_free(node);
	return changed(t, "node_moved", status, &id);
}

/* A sub-dossier of a dossier, a sub-case of a case. */
static efile_status add_part(tool *t, efile_node **out, const efile_node *whole,
			     const efile_node_options *options)
{
	if (efile_node_kind_of(whole) <= EFILE_NODE_SUB_DOSSIER)
		return efile_dossier_add_part(out, t->session, efile_dossier_node_id(whole), options);
	return efile_case_add_part(out, t->session, efile_case_node_id(whole), options);
}

int cmd_node_add(tool *t, int count, char **arguments)
{
	efile_node_options options;
	efile_node *whole = NULL, *node = NULL;
	efile_status status;
	int code = find_node(t, arguments[0], &whole);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	efile_node_options_init(&options);
	options.title = arguments[1];
	options.reference = tool_value(t, "reference", 0);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = add_part(t, &node, whole, &options);
	efile_node_free(whole);
	return node_created(t, "node", status, node);
}

int cmd_case_create(tool *t, int count, char **arguments)
{
	efile_node_options options;
	efile_node *dossier = NULL, *node = NULL;
	efile_dossier_id id;
	efile_status status;
	int code = find_node(t, arguments[0], &dossier);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	id = efile_dossier_node_id(dossier);
	efile_node_free(dossier);
	efile_node_options_init(&options);
	options.title = arguments[1];
	options.reference = tool_value(t, "reference", 0);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_case_create(&node, t->session, id, &options);
	return node_created(t, "node", status, node);
}

/* ---- documents ---- */

efile_status open_input(tool *t, const char *path, efile_reader **reader)
{
	return strcmp(path, "-") == 0 ? efile_reader_from_fd(reader, t->ctx, STDIN_FILENO) :
					efile_reader_from_file(reader, t->ctx, path);
}

int cmd_document_add(tool *t, int count, char **arguments)
{
	const char *name = strrchr(arguments[1], '/');
	efile_document_options options;
	efile_node *owner = NULL, *node = NULL;
	efile_reader *reader = NULL;
	efile_status status;
	efile_case_id id;
	int code = find_node(t, arguments[0], &owner);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	id = efile_case_node_id(owner);
	efile_node_free(owner);
	efile_document_options_init(&options);
	options.file_name = name ? name + 1 : arguments[1];
	options.title = tool_has(t, "title") ? tool_value(t, "title", 0) : options.file_name;
	options.media_type = tool_value(t, "media-type", 0);
	options.doctype = tool_value(t, "type", 0);
	options.sender = tool_value(t, "sender", 0);
	options.key = tool_value(t, "key", 0);
	status = open_input(t, arguments[1], &reader);
	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_case_add_document(&node, t->session, id, reader, &options);
	efile_reader_free(reader);
	return node_created(t, "node", status, node);
}

int cmd_document_content(tool *t, int count, char **arguments)
{
	efile_node *node = NULL;
	efile_reader *reader = NULL;
	char bytes[65536];
	efile_role role = tool_has(t, "text") ? EFILE_ROLE_TEXT : EFILE_ROLE_ORIGINAL;
	long version = tool_number(t, "version", 0, 1, 1000000000);
	efile_status status;
	size_t got;
	int code = version < 0 ? EXIT_USAGE : EXIT_DONE;

	(void)count;
	if (code == EXIT_DONE && tool_has(t, "role"))
		code = read_role(t, tool_value(t, "role", 0), &role);
	if (code == EXIT_DONE)
		code = find_node(t, arguments[0], &node);
	if (code != EXIT_DONE)
		return code;
	status = efile_document_open_content(&reader, t->session, efile_document_node_id(node), version,
					     role);
	while (status == EFILE_OK &&
	       (status = efile_reader_read(reader, bytes, sizeof(bytes), &got)) == EFILE_OK)
		fwrite(bytes, 1, got, stdout);
	efile_reader_free(reader);
	efile_node_free(node);
	return status < 0 ? fail(t) : EXIT_DONE;
}
