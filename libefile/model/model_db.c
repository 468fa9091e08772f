/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All SQL of the model. Statements read by row or by the leading columns of an index; lists go on
 * behind a key, never by offset. */
#include "model/inner.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"

/* ---- one record ---- */

static efile_status read_one(stmt *s, const record_kind *kind, void *out, efile_store *store)
{
	efile_status status = stmt_step(s);

	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	return row_read(s, 0, kind, out, store_ctx(store));
}

static efile_status find_by_id(const record_kind *kind, void *out, efile_store *store,
			       const efile_id *id)
{
	static const char tail[] = "uuid = ?1";
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, kind, tail));
	stmt_bind_id(&s, 1, id);
	return read_one(&s, kind, out, store);
}

static efile_status find_by_text(const record_kind *kind, const char *tail, void *out,
				 efile_store *store, const char *text)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, kind, tail));
	stmt_bind_text(&s, 1, text);
	return read_one(&s, kind, out, store);
}

static efile_status find_by_int(const record_kind *kind, const char *tail, void *out,
				efile_store *store, int64_t value)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, kind, tail));
	stmt_bind_int(&s, 1, value);
	return read_one(&s, kind, out, store);
}

static efile_status find_by_ints(const record_kind *kind, const char *tail, void *out,
				 efile_store *store, int64_t first, int64_t second)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, kind, tail));
	stmt_bind_int(&s, 1, first);
	stmt_bind_int(&s, 2, second);
	return read_one(&s, kind, out, store);
}

efile_status plan_find(plan_record *out, efile_store *store, const efile_id *id)
{
	return find_by_id(&kind_plan, out, store, id);
}

efile_status plan_find_code(plan_record *out, efile_store *store, const char *code)
{
	static const char tail[] = "code = ?1";

	return find_by_text(&kind_plan, tail, out, store, code);
}

efile_status plan_find_row(plan_record *out, efile_store *store, int64_t row)
{
	return row_load(store, &kind_plan, out, row);
}

efile_status node_find(node_record *out, efile_store *store, const efile_id *id)
{
	return find_by_id(&kind_node, out, store, id);
}

efile_status node_record_load(node_record *out, efile_store *store, int64_t row)
{
	return row_load(store, &kind_node, out, row);
}

efile_status node_by_filing_key(node_record *out, efile_store *store, int64_t dossier,
				const char *key)
{
	static const char tail[] = "dossier = ?1 AND filing_key = ?2 ORDER BY id LIMIT 1";
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_node, tail));
	stmt_bind_int(&s, 1, dossier);
	stmt_bind_text(&s, 2, key);
	return row_one(&s, &kind_node, out);
}

efile_status counter_find(counter_record *out, efile_store *store, const char *scope)
{
	static const char tail[] = "scope = ?1";

	return find_by_text(&kind_counter, tail, out, store, scope);
}

efile_status reference_find(reference_record *out, efile_store *store, const char *key)
{
	static const char tail[] = "reference_key = ?1";

	return find_by_text(&kind_reference, tail, out, store, key);
}

efile_status lock_find(lock_record *out, efile_store *store, int64_t node)
{
	static const char tail[] = "node = ?1";

	return find_by_int(&kind_node_lock, tail, out, store, node);
}

efile_status version_find(version_record *out, efile_store *store, int64_t node, int64_t number)
{
	static const char newest[] = "node = ?1 ORDER BY number DESC LIMIT 1";
	static const char numbered[] = "node = ?1 AND number = ?2";

	return number == 0 ? find_by_int(&kind_version, newest, out, store, node) :
			     find_by_ints(&kind_version, numbered, out, store, node, number);
}

efile_status rendition_find(rendition_record *out, efile_store *store, int64_t version,
			    int64_t role)
{
	static const char tail[] = "version = ?1 AND role = ?2 ORDER BY id LIMIT 1";

	return find_by_ints(&kind_rendition, tail, out, store, version, role);
}

efile_status doctype_find(doctype_record *out, efile_store *store, const char *name)
{
	static const char tail[] = "name = ?1";

	return find_by_text(&kind_doctype, tail, out, store, name);
}

efile_status relation_find(relation_record *out, efile_store *store, const efile_id *id)
{
	return find_by_id(&kind_relation, out, store, id);
}

/* ---- ids and rows ---- */

static efile_status int_by_id(int64_t *out, efile_store *store, const char *sql,
			      const efile_id *id)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_id(&s, 1, id);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	*out = stmt_int(&s, 0);
	return EFILE_OK;
}

static efile_status id_by_int(efile_id *out, efile_store *store, const char *sql, int64_t row)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, row);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	stmt_id(out, &s, 0);
	return EFILE_OK;
}

efile_status node_row_of(int64_t *out, efile_store *store, const efile_id *id)
{
	static const char sql[] = "SELECT id FROM node WHERE uuid = ?1";

	return int_by_id(out, store, sql, id);
}

efile_status node_id_of(efile_id *out, efile_store *store, int64_t row)
{
	static const char sql[] = "SELECT uuid FROM node WHERE id = ?1";

	return id_by_int(out, store, sql, row);
}

efile_status plan_id_of(efile_id *out, efile_store *store, int64_t row)
{
	static const char sql[] = "SELECT uuid FROM plan WHERE id = ?1";

	return id_by_int(out, store, sql, row);
}

static efile_status one_int(int64_t *out, efile_store *store, const char *sql, int64_t value)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, value);
	status = stmt_step(&s);
	TRY(status);
	*out = status == EFILE_DONE ? 0 : stmt_int(&s, 0);
	return EFILE_OK;
}

efile_status node_next_order(int64_t *out, efile_store *store, int64_t parent)
{
	static const char sql[] =
		"SELECT ord FROM node WHERE parent = ?1 ORDER BY ord DESC LIMIT 1";

	TRY(one_int(out, store, sql, parent));
	(*out)++;
	return EFILE_OK;
}

/* ---- standing ---- */

static void take_optional(opt_int *out, const stmt *s, int column)
{
	out->set = !stmt_is_null(s, column);
	out->value = out->set ? stmt_int(s, column) : 0;
}

efile_status node_step_load(node_step *out, efile_store *store, int64_t row)
{
	static const char sql[] = "SELECT parent, plan, access_list, confidentiality, marked, "
				  "trashed IS NOT NULL, state FROM node WHERE id = ?1";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, row);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	take_optional(&out->parent, &s, 0);
	take_optional(&out->plan, &s, 1);
	take_optional(&out->list, &s, 2);
	take_optional(&out->level, &s, 3);
	out->marked = stmt_int(&s, 4) != 0;
	out->trashed = stmt_int(&s, 5) != 0;
	out->state = stmt_int(&s, 6);
	return EFILE_OK;
}

efile_status plan_step_load(node_step *out, efile_store *store, int64_t row)
{
	static const char sql[] =
		"SELECT parent, access_list, confidentiality FROM plan WHERE id = ?1";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, row);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	*out = (node_step){ .state = EFILE_STATE_OPEN };
	take_optional(&out->parent, &s, 0);
	take_optional(&out->list, &s, 1);
	take_optional(&out->level, &s, 2);
	return EFILE_OK;
}

efile_status plan_pattern_step(char out[PATTERN_SIZE], opt_int *parent, efile_store *store,
			       int64_t row)
{
	static const char sql[] = "SELECT parent, pattern FROM plan WHERE id = ?1";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, row);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	take_optional(parent, &s, 0);
	snprintf(out, PATTERN_SIZE, "%s", stmt_is_null(&s, 1) ? "" : stmt_text(&s, 1));
	return EFILE_OK;
}

/* ---- pages ---- */

static efile_status fill_rows(int64_t *rows, size_t *count, size_t limit, stmt *s)
{
	efile_status status;

	*count = 0;
	while (*count < limit && (status = stmt_step(s)) != EFILE_DONE) {
		TRY(status);
		rows[(*count)++] = stmt_int(s, 0);
	}
	return EFILE_OK;
}

efile_status plan_page(row_page *out, efile_store *store, int64_t parent, const char *after)
{
	static const char top[] = "SELECT id FROM plan WHERE parent IS NULL AND code > ?2 "
				  "AND ?1 = 0 ORDER BY code LIMIT 100";
	static const char below[] = "SELECT id FROM plan WHERE parent = ?1 AND code > ?2 "
				    "ORDER BY code LIMIT 100";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, parent ? below : top));
	stmt_bind_int(&s, 1, parent);
	stmt_bind_text(&s, 2, after ? after : "");
	return fill_rows(out->rows, &out->count, ARRAY_SIZE(out->rows), &s);
}

static efile_status fill_keys(key_page *out, stmt *s)
{
	efile_status status;

	out->count = 0;
	while (out->count < ARRAY_SIZE(out->keys) && (status = stmt_step(s)) != EFILE_DONE) {
		TRY(status);
		out->keys[out->count].row = stmt_int(s, 0);
		out->keys[out->count++].key = stmt_int(s, 1);
	}
	return EFILE_OK;
}

efile_status node_page_load(key_page *out, efile_store *store, list_source source, int64_t of,
			    int64_t after, bool trashed)
{
	static const char *const sql[2][2] = {
		{ "SELECT id, ord FROM node WHERE parent = ?1 AND ord > ?2 "
		  "AND trashed IS NULL ORDER BY ord LIMIT 100",
		  "SELECT id, ord FROM node WHERE parent = ?1 AND ord > ?2 "
		  "AND trashed IS NOT NULL ORDER BY ord LIMIT 100" },
		{ "SELECT id, id FROM node WHERE plan = ?1 AND id > ?2 "
		  "AND trashed IS NULL ORDER BY id LIMIT 100",
		  "SELECT id, id FROM node WHERE plan = ?1 AND id > ?2 "
		  "AND trashed IS NOT NULL ORDER BY id LIMIT 100" },
	};
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql[source][trashed]));
	stmt_bind_int(&s, 1, of);
	stmt_bind_int(&s, 2, after);
	return fill_keys(out, &s);
}

efile_status attribute_page(key_page *out, efile_store *store, const char *name, const char *key,
			    int64_t after)
{
	static const char sql[] = "SELECT DISTINCT node, node FROM attribute WHERE name = ?1 "
				  "AND value_key = ?2 AND node > ?3 ORDER BY node LIMIT 100";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_text(&s, 1, name);
	stmt_bind_text(&s, 2, key);
	stmt_bind_int(&s, 3, after);
	return fill_keys(out, &s);
}

static efile_status rows_behind(row_page *out, efile_store *store, const char *sql, int64_t of,
				int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, of);
	stmt_bind_int(&s, 2, after);
	return fill_rows(out->rows, &out->count, ARRAY_SIZE(out->rows), &s);
}

efile_status version_page(row_page *out, efile_store *store, int64_t node, int64_t after)
{
	static const char sql[] = "SELECT id FROM version WHERE node = ?1 AND number > ?2 "
				  "ORDER BY number LIMIT 100";

	return rows_behind(out, store, sql, node, after);
}

efile_status rendition_page(row_page *out, efile_store *store, int64_t version, int64_t after)
{
	static const char sql[] = "SELECT id FROM rendition WHERE version = ?1 AND id > ?2 "
				  "ORDER BY id LIMIT 100";

	return rows_behind(out, store, sql, version, after);
}

efile_status attribute_rows(row_page *out, efile_store *store, int64_t node, int64_t after)
{
	static const char sql[] = "SELECT id FROM attribute WHERE node = ?1 AND id > ?2 "
				  "ORDER BY id LIMIT 100";

	return rows_behind(out, store, sql, node, after);
}

efile_status relation_page(row_page *out, efile_store *store, int64_t node, int64_t after)
{
	static const char sql[] =
		"SELECT id FROM relation WHERE source = ?1 AND id > ?2 "
		"UNION SELECT id FROM relation WHERE target = ?1 AND id > ?2 ORDER BY 1 LIMIT 100";

	return rows_behind(out, store, sql, node, after);
}

static efile_status subtree_rows(node_page *out, stmt *s)
{
	return fill_rows(out->rows, &out->count, ARRAY_SIZE(out->rows), s);
}

efile_status node_subtree(node_page *out, efile_store *store, int64_t root, int64_t after)
{
	static const char sql[] =
		"SELECT n.id FROM node AS r JOIN node AS n ON n.dossier = r.dossier "
		"WHERE r.id = ?1 AND n.id > ?2 AND (n.id = r.id OR "
		"(n.path >= r.path || r.id || '/' AND n.path < r.path || r.id || '0')) "
		"ORDER BY n.id LIMIT 256";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, root);
	stmt_bind_int(&s, 2, after);
	return subtree_rows(out, &s);
}

efile_status node_of_plan(node_page *out, efile_store *store, int64_t plan, int64_t after)
{
	static const char sql[] = "SELECT id FROM node WHERE plan = ?1 AND id > ?2 "
				  "ORDER BY id LIMIT 256";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, plan);
	stmt_bind_int(&s, 2, after);
	return subtree_rows(out, &s);
}

/* ---- questions ---- */

static efile_status any_row(bool *out, stmt *s)
{
	efile_status status = stmt_step(s);

	TRY(status);
	*out = status == EFILE_OK;
	return EFILE_OK;
}

/* Asks of the subtree below a node: ?1 its dossier, ?2 its path, ?3 its row. */
static efile_status any_below(bool *out, stmt *s, const node_record *node)
{
	stmt_bind_int(s, 1, node->dossier);
	stmt_bind_text(s, 2, node->path);
	stmt_bind_int(s, 3, node->head.id);
	return any_row(out, s);
}

efile_status relation_exists(bool *out, efile_store *store, int64_t source, int64_t target,
			     const char *kind)
{
	static const char sql[] =
		"SELECT 1 FROM relation WHERE source = ?1 AND target = ?2 AND kind = ?3";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, source);
	stmt_bind_int(&s, 2, target);
	stmt_bind_text(&s, 3, kind);
	return any_row(out, &s);
}

efile_status lock_below(bool *out, efile_store *store, const node_record *node)
{
	static const char sql[] =
		"SELECT 1 FROM node_lock AS l JOIN node AS n ON n.id = l.node "
		"WHERE l.dossier = ?1 AND n.path >= ?2 || ?3 || '/' AND n.path < ?2 || ?3 || '0' "
		"LIMIT 1";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	return any_below(out, &s, node);
}

efile_status closed_below(bool *out, efile_store *store, const node_record *node)
{
	static const char sql[] =
		"SELECT 1 FROM node WHERE dossier = ?1 AND path >= ?2 || ?3 || '/' "
		"AND path < ?2 || ?3 || '0' AND state <> 1 LIMIT 1";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	return any_below(out, &s, node);
}

/* ---- for the index: no record is built for a single column ---- */

efile_status node_attribute_text(buf *out, efile_store *store, int64_t node)
{
	static const char sql[] = "SELECT value FROM attribute WHERE node = ?1 ORDER BY name, ordinal";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, node);
	while ((status = stmt_step(&s)) == EFILE_OK) {
		buf_add_text(out, stmt_text(&s, 0));
		buf_add_char(out, ' ');
	}
	TRY(status);
	return buf_status(out, store_ctx(store));
}

efile_status text_blob_of(int64_t *out, efile_store *store, int64_t node)
{
	static const char sql[] =
		"SELECT blob FROM rendition WHERE role = 2 AND version = "
		"(SELECT id FROM version WHERE node = ?1 ORDER BY number DESC LIMIT 1) "
		"ORDER BY id LIMIT 1";

	return one_int(out, store, sql, node);
}

/* ---- derived counters ---- */

efile_status count_change(efile_store *store, int64_t parent, int64_t kind, int total, int open,
			  int own_access)
{
	static const char sql[] =
		"INSERT INTO child_count(parent, kind, total, open, own_access) "
		"VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(parent, kind) DO UPDATE SET "
		"total = child_count.total + excluded.total, "
		"open = child_count.open + excluded.open, "
		"own_access = child_count.own_access + excluded.own_access";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, parent);
	stmt_bind_int(&s, 2, kind);
	stmt_bind_int(&s, 3, total);
	stmt_bind_int(&s, 4, open);
	stmt_bind_int(&s, 5, own_access);
	return stmt_run(&s);
}

efile_status count_load(child_count *out, efile_store *store, int64_t parent, int64_t kind)
{
	static const char sql[] = "SELECT total, open, own_access FROM child_count "
				  "WHERE parent = ?1 AND kind = ?2";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, parent);
	stmt_bind_int(&s, 2, kind);
	status = stmt_step(&s);
	TRY(status);
	*out = (child_count){ 0, 0, 0 };
	if (status == EFILE_OK)
		*out = (child_count){ stmt_int(&s, 0), stmt_int(&s, 1), stmt_int(&s, 2) };
	return EFILE_OK;
}

/* What child_count must hold, computed from the rows. */
#define COUNTED                                                                                    \
	"SELECT parent, kind, count(*) AS total, "                                                 \
	"sum(CASE WHEN state = 1 THEN 1 ELSE 0 END) AS open, "                                     \
	"sum(CASE WHEN access_list IS NOT NULL OR confidentiality IS NOT NULL THEN 1 ELSE 0 END) " \
	"AS own_access FROM node WHERE parent IS NOT NULL AND trashed IS NULL GROUP BY parent, kind"

static efile_status compare_counts(efile_store *store, efile_report *report)
{
	static const char sql[] =
		"SELECT parent, kind FROM (" COUNTED ") "
		"EXCEPT SELECT parent, kind FROM child_count "
		"UNION SELECT c.parent, c.kind FROM child_count AS c LEFT JOIN (" COUNTED ") AS n "
		"ON n.parent = c.parent AND n.kind = c.kind WHERE c.total <> coalesce(n.total, 0) "
		"OR c.open <> coalesce(n.open, 0) OR c.own_access <> coalesce(n.own_access, 0)";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		char path[64];

		snprintf(path, sizeof(path), "child_count/%lld/%lld", (long long)stmt_int(&s, 0),
			 (long long)stmt_int(&s, 1));
		TRY(report_add(report, "FSCK-DERIVED", EFILE_SEVERITY_ERROR,
			       &(report_place){ .path = path },
			       "the counter of children differs from the rows"));
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status rebuild_counts(efile_store *store)
{
	static const char remove[] = "DELETE FROM child_count";
	static const char fill[] =
		"INSERT INTO child_count(parent, kind, total, open, own_access) " COUNTED;
	AUTO(stmt) old = STMT_NONE;
	AUTO(stmt) made = STMT_NONE;

	TRY(stmt_take(&old, store, remove));
	TRY(stmt_run(&old));
	TRY(stmt_take(&made, store, fill));
	return stmt_run(&made);
}

efile_status model_check_derived(efile_store *store, efile_report *report, bool rebuild)
{
	return rebuild ? rebuild_counts(store) : compare_counts(store, report);
}

/* ---- moving to another dossier ---- */

/* Tables that carry the dossier of the node that they belong to. */
static const struct belonging {
	const record_kind *kind;
	const char *tail;
	size_t dossier;
} belongings[] = {
	{ &kind_reference, "node = ?1 ORDER BY id", offsetof(reference_record, dossier) },
	{ &kind_version, "node = ?1 ORDER BY id", offsetof(version_record, dossier) },
	{ &kind_rendition,
	  "version IN (SELECT id FROM version WHERE node = ?1) ORDER BY id",
	  offsetof(rendition_record, dossier) },
	{ &kind_attribute, "node = ?1 ORDER BY id", offsetof(attribute_record, dossier) },
	{ &kind_relation, "source = ?1 ORDER BY id", offsetof(relation_record, dossier) },
	{ &kind_node_lock, "node = ?1 ORDER BY id", offsetof(lock_record, dossier) },
};

typedef union any_record {
	reference_record reference;
	version_record version;
	rendition_record rendition;
	attribute_record attribute;
	relation_record relation;
	lock_record lock;
} any_record;

static efile_status set_dossier(efile_store *store, const struct belonging *b, stmt *s,
				int64_t dossier)
{
	efile_status status;

	while ((status = stmt_step(s)) == EFILE_OK) {
		any_record record = { 0 };

		status = row_read(s, 0, b->kind, &record, store_ctx(store));
		if (status == EFILE_OK) {
			memcpy((char *)&record + b->dossier, &dossier, sizeof(dossier));
			status = row_update(store, b->kind, &record);
		}
		record_clear(b->kind, &record);
		TRY(status);
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status content_set_dossier(efile_store *store, int64_t node, int64_t dossier)
{
	for (size_t i = 0; i < ARRAY_SIZE(belongings); i++) {
		AUTO(stmt) s = STMT_NONE;

		TRY(row_select(&s, store, belongings[i].kind, belongings[i].tail));
		stmt_bind_int(&s, 1, node);
		TRY(set_dossier(store, &belongings[i], &s, dossier));
	}
	return EFILE_OK;
}

/* ---- types, by name ---- */

efile_status doctype_next(doctype_record *out, efile_store *store, const char *after)
{
	static const char tail[] = "name > ?1 ORDER BY name LIMIT 1";
	efile_status status = find_by_text(&kind_doctype, tail, out, store, after);

	return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
}

/* ---- figures ---- */

static const char sql_states[] =
	"SELECT kind, state, count(*), sum(CASE WHEN trashed IS NULL THEN 0 ELSE 1 END) FROM node "
	"GROUP BY kind, state ORDER BY kind, state";
static const char sql_days[] =
	"SELECT d.name, n.created / 86400000000, count(*) FROM node AS n "
	"LEFT JOIN doctype AS d ON d.id = n.doctype WHERE n.kind = ?1 GROUP BY 1, 2 ORDER BY 1, 2";
static const char sql_units[] = "SELECT count(*) FROM plan";

static efile_status add_nodes(efile_figures *figures, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_states));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		efile_figure figure = { .area = "nodes", .unit = "count" };

		figure.name = efile_node_kind_name((efile_node_kind)stmt_int(&s, 0));
		figure.state = efile_node_state_name((efile_node_state)stmt_int(&s, 1));
		figure.value = stmt_int(&s, 2);
		TRY(figures_add(figures, &figure));
		figure.state = "in_trash";
		figure.value = stmt_int(&s, 3);
		if (figure.value)
			TRY(figures_add(figures, &figure));
	}
	return status < 0 ? status : EFILE_OK;
}

static efile_status add_documents(efile_figures *figures, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_days));
	stmt_bind_int(&s, 1, EFILE_NODE_DOCUMENT);
	while ((status = stmt_step(&s)) == EFILE_OK) {
		efile_figure figure = { .area = "documents", .unit = "count" };

		figure.name = stmt_text(&s, 0);
		figure.year = date_from_days(stmt_int(&s, 1)).year;
		figure.value = stmt_int(&s, 2);
		TRY(figures_add(figures, &figure));
	}
	return status < 0 ? status : EFILE_OK;
}

efile_status model_figures(efile_figures *figures, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_figure units = { .area = "nodes", .name = "plan_unit", .unit = "count" };

	TRY(stmt_take(&s, store, sql_units));
	TRY(stmt_step(&s));
	units.value = stmt_int(&s, 0);
	TRY(figures_add(figures, &units));
	TRY(add_nodes(figures, store));
	return add_documents(figures, store);
}
