/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done with any dossier, case or document: values, relations, locks, the trash, and what is
 * filed below it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

void node_options_of(const efile_node *n, efile_node_options *o)
{
	efile_node_options_init(o);
	o->title = efile_node_title(n);
	o->begin = efile_node_begin(n);
	o->end = efile_node_end(n);
	o->unit = efile_node_unit(n);
	o->medium = efile_node_medium(n);
	o->confidentiality = efile_node_confidentiality(n);
	o->access_list = efile_node_access_list(n);
	o->marked = efile_node_marked(n);
	o->doctype = *efile_node_doctype(n) ? efile_node_doctype(n) : NULL;
}

/* Does something to the object that the first argument names, and says so. */
typedef efile_status (*node_fn)(tool *t, const efile_node *node, char **arguments);

static int act_on(tool *t, char **arguments, const char *schema, node_fn fn)
{
	efile_node *node = NULL;
	efile_status status;
	efile_id id;
	int code = find_node(t, arguments[0], &node);

	if (code != EXIT_DONE)
		return code;
	id = efile_node_id(node);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = fn(t, node, arguments);
	try_end(t);
	efile_node_free(node);
	return changed(t, schema, status, &id);
}

/* ---- values ---- */

static efile_status read_medium(efile_medium *out, const char *name)
{
	static const char *const names[] = { "electronic", "paper", "hybrid" };

	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], name) == 0) {
			*out = (efile_medium)(i + 1);
			return EFILE_OK;
		}
	return EFILE_E_INVALID;
}

static efile_status read_level(efile_node_options *o, const char *name)
{
	efile_confidentiality level;
	efile_status status = efile_confidentiality_parse(&level, name);

	if (strcmp(name, "inherited") == 0)
		o->confidentiality = EFILE_CONFIDENTIALITY_INHERITED;
	else if (status == EFILE_OK)
		o->confidentiality = (int32_t)level;
	else
		return status;
	return EFILE_OK;
}

static efile_status change_node(tool *t, const efile_node *node, char **arguments)
{
	const char *unit = tool_value(t, "unit", 0), *level = tool_value(t, "confidentiality", 0);
	const char *medium = tool_value(t, "medium", 0), *marked = tool_value(t, "marked", 0);
	const char *begin = tool_value(t, "begin", 0), *end = tool_value(t, "end", 0);
	efile_status status = EFILE_OK;
	efile_node_options o;
	efile_actor_id actor;

	(void)arguments;
	node_options_of(node, &o);
	if (tool_has(t, "title"))
		o.title = tool_value(t, "title", 0);
	if (tool_has(t, "type"))
		o.doctype = *tool_value(t, "type", 0) ? tool_value(t, "type", 0) : NULL;
	o.reference = tool_value(t, "reference", 0);
	if (marked)
		o.marked = strcmp(marked, "yes") == 0;
	if (medium)
		status = read_medium(&o.medium, medium);
	if (status == EFILE_OK && level)
		status = read_level(&o, level);
	if (status == EFILE_OK && begin)
		status = efile_date_parse(&o.begin, begin);
	if (status == EFILE_OK && end)
		status = efile_date_parse(&o.end, end);
	if (status == EFILE_OK && unit) {
		status = efile_actor_find(&actor, t->session, unit);
		o.unit = actor.id;
	}
	if (status != EFILE_OK)
		return status;
	return efile_node_update(t->session, efile_node_id(node), efile_node_revision(node), &o);
}

int cmd_object_change(tool *t, int count, char **arguments)
{
	const char *medium = tool_value(t, "medium", 0), *level = tool_value(t, "confidentiality", 0);
	efile_node_options o;
	efile_medium m;
	efile_date day;

	(void)count;
	if (medium && read_medium(&m, medium) != EFILE_OK)
		return usage(t, "not a medium: %s", medium);
	if (level && read_level(&o, level) != EFILE_OK)
		return usage(t, "not a level: %s", level);
	for (int i = 0; i < 2; i++) {
		const char *text = tool_value(t, i ? "end" : "begin", 0);

		if (text && efile_date_parse(&day, text) != EFILE_OK)
			return usage(t, "not a date: %s", text);
	}
	return act_on(t, arguments, "node_changed", change_node);
}

enum { ATTRIBUTES_MAX = 1000 };

/* Whether one of the arguments NAME=VALUE sets the field. */
static bool is_given(char **arguments, const char *name)
{
	size_t length = strlen(name);

	for (; *arguments; arguments++)
		if (strncmp(*arguments, name, length) == 0 && (*arguments)[length] == '=')
			return true;
	return false;
}

typedef struct values {
	efile_attribute rows[ATTRIBUTES_MAX];
	char *texts[2 * ATTRIBUTES_MAX];
	size_t count, owned;
} values;

static void add_value(values *v, const char *name, size_t length, const char *value)
{
	char *a = strndup(name, length), *b = strdup(value);

	if (v->count == ATTRIBUTES_MAX || !a || !b) {
		free(a);
		free(b);
		return;
	}
	v->texts[v->owned++] = a;
	v->texts[v->owned++] = b;
	v->rows[v->count++] = (efile_attribute){ a, b, EFILE_DATATYPE_TEXT };
}

/* What is not named stays; NAME= takes the field's values out. */
static efile_status set_values(tool *t, const efile_node *node, char **arguments)
{
	efile_attribute_cursor *cursor = NULL;
	efile_attribute a;
	efile_status status = efile_node_attributes(&cursor, t->session, efile_node_id(node));
	values *v = calloc(1, sizeof(*v));

	while (v && status == EFILE_OK && (status = efile_attribute_cursor_next(cursor, &a)) == EFILE_OK)
		if (!is_given(arguments + 1, a.name))
			add_value(v, a.name, strlen(a.name), a.value);
	efile_attribute_cursor_free(cursor);
	for (char **w = arguments + 1; v && *w; w++)
		if (strchr(*w, '=')[1])
			add_value(v, *w, strcspn(*w, "="), strchr(*w, '=') + 1);
	if (v && status >= 0)
		status = efile_node_set_attributes(t->session, efile_node_id(node),
						   efile_node_revision(node), v->rows, v->count);
	for (size_t i = 0; v && i < v->owned; i++)
		free(v->texts[i]);
	free(v);
	return status;
}

int cmd_object_set(tool *t, int count, char **arguments)
{
	for (int i = 1; i < count; i++)
		if (!strchr(arguments[i], '='))
			return usage(t, "not NAME=VALUE: %s", arguments[i]);
	return act_on(t, arguments, "node_changed", set_values);
}

int cmd_object_find(tool *t, int count, char **arguments)
{
	efile_node_cursor *cursor = NULL;
	efile_node *node = NULL;
	efile_status status = efile_find_by_attribute(&cursor, t->session, arguments[0], arguments[1], NULL);

	(void)count;
	while (status == EFILE_OK && (status = efile_node_cursor_next(cursor, &node)) == EFILE_OK) {
		show_node(t, "node", node, 0);
		efile_node_free(node);
	}
	efile_node_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_object_count(tool *t, int count, char **arguments)
{
	efile_node_counts n;
	efile_node *node = NULL;
	efile_id id;
	int code = find_node(t, arguments[0], &node);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	id = efile_node_id(node);
	efile_node_free(node);
	if (efile_node_count(&n, t->session, id) != EFILE_OK)
		return fail(t);
	if (t->json) {
		json_line(t, "node_counts");
		json_identity(t, "id", &id);
		json_number(t, "sub_dossiers", n.sub_dossiers);
		json_number(t, "cases", n.cases);
		json_number(t, "open_cases", n.open_cases);
		json_number(t, "documents", n.documents);
		json_line_end(t);
	} else {
		out(t, "%d sub-dossiers, %d cases (%d open), %d documents", n.sub_dossiers, n.cases,
		    n.open_cases, n.documents);
	}
	return EXIT_DONE;
}

/* ---- locks, trash, opening again ---- */

static efile_status lock_node(tool *t, const efile_node *node, char **arguments)
{
	(void)arguments;
	return efile_node_lock(t->session, efile_node_id(node), tool_value(t, "remark", 0));
}

static efile_status unlock_node(tool *t, const efile_node *node, char **arguments)
{
	(void)arguments;
	return efile_node_unlock(t->session, efile_node_id(node));
}

static efile_status trash_node(tool *t, const efile_node *node, char **arguments)
{
	return efile_node_trash(t->session, efile_node_id(node), efile_node_revision(node), arguments[1]);
}

static efile_status restore_node(tool *t, const efile_node *node, char **arguments)
{
	(void)arguments;
	return efile_node_restore(t->session, efile_node_id(node), efile_node_revision(node));
}

static efile_status reopen_node(tool *t, const efile_node *node, char **arguments)
{
	if (efile_node_kind_of(node) <= EFILE_NODE_SUB_DOSSIER)
		return efile_dossier_reopen(t->session, efile_dossier_node_id(node),
					    efile_node_revision(node), arguments[1]);
	return efile_case_reopen(t->session, efile_case_node_id(node), efile_node_revision(node),
				 arguments[1]);
}

int cmd_object_lock(tool *t, int count, char **arguments)
{
	(void)count;
	return act_on(t, arguments, "node_locked", lock_node);
}

int cmd_object_unlock(tool *t, int count, char **arguments)
{
	(void)count;
	return act_on(t, arguments, "node_unlocked", unlock_node);
}

int cmd_object_trash(tool *t, int count, char **arguments)
{
	(void)count;
	return act_on(t, arguments, "node_trashed", trash_node);
}

int cmd_object_restore(tool *t, int count, char **arguments)
{
	(void)count;
	return act_on(t, arguments, "node_restored", restore_node);
}

int cmd_node_reopen(tool *t, int count, char **arguments)
{
	(void)count;
	return act_on(t, arguments, "node_reopened", reopen_node);
}

/* ---- relations ---- */

int cmd_object_relate(tool *t, int count, char **arguments)
{
	efile_node *from = NULL, *to = NULL;
	efile_status status;
	efile_id id;
	int code = find_node(t, arguments[0], &from);

	(void)count;
	if (code == EXIT_DONE)
		code = find_node(t, arguments[1], &to);
	if (code == EXIT_DONE) {
		status = try_begin(t);
		if (status == EFILE_OK)
			status = efile_relation_add(&id, t->session, efile_node_id(from), efile_node_id(to),
						    arguments[2], tool_value(t, "remark", 0));
		try_end(t);
		code = changed(t, "relation_added", status, &id);
	}
	efile_node_free(from);
	efile_node_free(to);
	return code;
}

static efile_status unrelate(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_relation_remove(t->session, id);
}

int cmd_object_unrelate(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "relation_removed", unrelate);
}

static efile_status show_relation(tool *t, const efile_relation *r, const efile_id *self)
{
	bool outwards = memcmp(&r->from, self, sizeof(*self)) == 0;
	char id[EFILE_ID_TEXT_SIZE];
	efile_node *other = NULL;
	efile_status status;

	if (t->json) {
		json_line(t, "relation");
		json_identity(t, "id", &r->id);
		json_identity(t, "from", &r->from);
		json_identity(t, "to", &r->to);
		json_string(t, "kind", r->kind);
		json_string(t, "remark", r->remark && *r->remark ? r->remark : NULL);
		json_line_end(t);
		return EFILE_OK;
	}
	status = efile_node_load(&other, t->session, outwards ? r->to : r->from);
	if (status != EFILE_OK)
		return status;
	put("%s %s %s %s%s%s  (%s)\n", outwards ? "->" : "<-", r->kind, efile_node_reference(other),
	    efile_node_title(other), r->remark && *r->remark ? ": " : "", r->remark ? r->remark : "",
	    efile_id_format(&r->id, id));
	efile_node_free(other);
	return EFILE_OK;
}

int cmd_object_relations(tool *t, int count, char **arguments)
{
	efile_relation_cursor *cursor = NULL;
	efile_node *node = NULL;
	efile_relation r;
	efile_status status;
	efile_id id;
	int code = find_node(t, arguments[0], &node);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	id = efile_node_id(node);
	efile_node_free(node);
	status = efile_node_relations(&cursor, t->session, id);
	while (status == EFILE_OK && (status = efile_relation_cursor_next(cursor, &r)) == EFILE_OK)
		status = show_relation(t, &r, &id);
	efile_relation_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

/* ---- what lies below ---- */

static int list_below(tool *t, const char *name, unsigned kinds)
{
	efile_node_cursor *cursor = NULL;
	efile_list_options o;
	efile_node *node = NULL;
	efile_status status;
	int code = find_node(t, name, &node);

	if (code != EXIT_DONE)
		return code;
	efile_list_options_init(&o);
	o.trashed = tool_has(t, "trash");
	status = efile_node_children(&cursor, t->session, efile_node_id(node), &o);
	efile_node_free(node);
	while (status == EFILE_OK && (status = efile_node_cursor_next(cursor, &node)) == EFILE_OK) {
		if (kinds & 1u << efile_node_kind_of(node))
			show_node(t, "node", node, 0);
		efile_node_free(node);
	}
	efile_node_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_case_list(tool *t, int count, char **arguments)
{
	(void)count;
	return list_below(t, arguments[0], 1u << EFILE_NODE_CASE | 1u << EFILE_NODE_SUB_CASE |
						   1u << EFILE_NODE_SUB_DOSSIER);
}

int cmd_document_list(tool *t, int count, char **arguments)
{
	(void)count;
	return list_below(t, arguments[0], 1u << EFILE_NODE_DOCUMENT | 1u << EFILE_NODE_ATTACHMENT);
}

/* ---- versions and renditions ---- */

static int find_document(tool *t, const char *name, efile_document_id *id)
{
	efile_node *node = NULL;
	int code = find_node(t, name, &node);

	if (code == EXIT_DONE)
		*id = efile_document_node_id(node);
	efile_node_free(node);
	return code;
}

int read_role(tool *t, const char *name, efile_role *role)
{
	for (int i = EFILE_ROLE_ORIGINAL; i <= EFILE_ROLE_SIGNATURE; i++)
		if (strcmp(efile_role_name((efile_role)i), name) == 0) {
			*role = (efile_role)i;
			return EXIT_DONE;
		}
	return usage(t, "not a rendition: %s; original, text, preview, pdfa or signature", name);
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Number of the newest version. */
static efile_status newest_version(tool *t, efile_document_id id, long *number)
{
	efile_version_cursor *cursor = NULL;
	efile_document_version v;
	efile_status status = efile_document_versions(&cursor, t->session, id, 0);

	while (status == EFILE_OK && (status = efile_version_cursor_next(cursor, &v)) == EFILE_OK)
		*number = (long)v.number;
	efile_version_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

int cmd_document_version(tool *t, int count, char **arguments)
{
	long seen = tool_number(t, "seen", 0, 1, 1000000000);
	efile_version_options o;
	efile_reader *reader = NULL;
	efile_document_id id;
	efile_status status;
	int64_t number = 0;
	int code = seen < 0 ? EXIT_USAGE : find_document(t, arguments[0], &id);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	efile_version_options_init(&o);
	o.file_name = file_name(arguments[1]);
	o.media_type = tool_value(t, "media-type", 0);
	o.label = tool_value(t, "label", 0);
	o.remark = tool_value(t, "remark", 0);
	status = open_input(t, arguments[1], &reader);
	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK && !seen)
		status = newest_version(t, id, &seen);
	if (status == EFILE_OK)
		status = efile_document_add_version(&number, t->session, id, seen, reader, &o);
	try_end(t);
	efile_reader_free(reader);
	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		return would(t, "would change: %s", arguments[0]);
	if (t->json) {
		json_line(t, "version_added");
		json_identity(t, "id", &id.id);
		json_number(t, "version", number);
		json_line_end(t);
	} else {
		out(t, "version %lld", (long long)number);
	}
	return EXIT_DONE;
}

int cmd_document_attach(tool *t, int count, char **arguments)
{
	efile_document_options o;
	efile_reader *reader = NULL;
	efile_node *node = NULL;
	efile_document_id id;
	efile_status status;
	int code = find_document(t, arguments[0], &id);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	efile_document_options_init(&o);
	o.file_name = file_name(arguments[1]);
	o.title = tool_has(t, "title") ? tool_value(t, "title", 0) : o.file_name;
	o.media_type = tool_value(t, "media-type", 0);
	status = open_input(t, arguments[1], &reader);
	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_document_add_attachment(&node, t->session, id, reader, &o);
	efile_reader_free(reader);
	return node_created(t, "node", status, node);
}

int cmd_document_rendition(tool *t, int count, char **arguments)
{
	long version = tool_number(t, "version", 0, 1, 1000000000);
	efile_reader *reader = NULL;
	efile_document_id id;
	efile_status status;
	efile_role role = EFILE_ROLE_ORIGINAL;
	int code = version < 0 ? EXIT_USAGE : read_role(t, arguments[2], &role);

	(void)count;
	if (code == EXIT_DONE)
		code = find_document(t, arguments[0], &id);
	if (code != EXIT_DONE)
		return code;
	status = open_input(t, arguments[1], &reader);
	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_document_add_rendition(t->session, id, version, role, reader,
						      tool_value(t, "media-type", 0),
						      file_name(arguments[1]));
	try_end(t);
	efile_reader_free(reader);
	return changed(t, "rendition_added", status, &id.id);
}

static void show_version(tool *t, const efile_document_version *v)
{
	char time[EFILE_TIME_TEXT_SIZE], who[300];

	if (t->json) {
		json_line(t, "version_of");
		json_identity(t, "id", &v->id.id);
		json_number(t, "version", v->number);
		json_instant(t, "created", v->created);
		json_identity(t, "author", &v->author);
		json_string(t, "label", v->label && *v->label ? v->label : NULL);
		json_string(t, "remark", v->remark && *v->remark ? v->remark : NULL);
		json_line_end(t);
		return;
	}
	put("%4lld  %s  %s  %s%s%s\n", (long long)v->number, local_time(t, v->created, time),
	    actor_name(t, &v->author, who, sizeof(who)), v->label ? v->label : "",
	    v->remark && *v->remark ? "  " : "", v->remark ? v->remark : "");
}

int cmd_document_versions(tool *t, int count, char **arguments)
{
	efile_version_cursor *cursor = NULL;
	efile_document_version v;
	efile_document_id id;
	efile_status status;
	int code = find_document(t, arguments[0], &id);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	status = efile_document_versions(&cursor, t->session, id, 0);
	while (status == EFILE_OK && (status = efile_version_cursor_next(cursor, &v)) == EFILE_OK)
		show_version(t, &v);
	efile_version_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

static void show_rendition(tool *t, const efile_rendition *r)
{
	char hex[65];

	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", r->sha256[i]);
	if (t->json) {
		json_line(t, "rendition");
		json_number(t, "version", r->version);
		json_string(t, "role", efile_role_name(r->role));
		json_string(t, "media_type", r->media_type);
		json_string(t, "file_name", r->file_name && *r->file_name ? r->file_name : NULL);
		json_number(t, "bytes", r->bytes);
		json_string(t, "sha256", hex);
		json_line_end(t);
		return;
	}
	put("%4lld  %-10s %-26s %10lld  %s\n", (long long)r->version, tr(t, efile_role_name(r->role)),
	    r->media_type, (long long)r->bytes, r->file_name ? r->file_name : "");
}

int cmd_document_renditions(tool *t, int count, char **arguments)
{
	long version = tool_number(t, "version", 0, 1, 1000000000);
	efile_rendition_cursor *cursor = NULL;
	efile_rendition r;
	efile_document_id id;
	efile_status status;
	int code = version < 0 ? EXIT_USAGE : find_document(t, arguments[0], &id);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	status = efile_document_renditions(&cursor, t->session, id, version);
	while (status == EFILE_OK && (status = efile_rendition_cursor_next(cursor, &r)) == EFILE_OK)
		show_rendition(t, &r);
	efile_rendition_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}
