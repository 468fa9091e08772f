/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bringing a database to the present format, in one transaction. */
#include <string.h>

#include "store/inner.h"

static const char schema[] =
#include "libefile/store/schema.sql.inc"
	;

const store_migration store_own_migration = { 1, schema, NULL };

static const char sql_kind[] = "INSERT OR IGNORE INTO record_kind(number, name) VALUES(?1, ?2)";

int migrate_format(const store_wiring *wiring)
{
	int format = store_own_migration.format;

	for (size_t i = 0; i < wiring->migration_count; i++)
		if (wiring->migrations[i].format > format)
			format = wiring->migrations[i].format;
	return format;
}

static efile_status name_kind(efile_store *store, const record_kind *kind)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_kind));
	stmt_bind_int(&s, 1, kind->number);
	stmt_bind_text(&s, 2, kind->table);
	return stmt_run(&s);
}

static efile_status run_step(efile_store *store, const store_migration *step, int format)
{
	if (step->format != format)
		return EFILE_OK;
	if (step->sql)
		TRY(db_exec(store, step->sql));
	return step->run ? step->run(store) : EFILE_OK;
}

efile_status migrate_run(efile_store *store, int from)
{
	const store_wiring *w = &store->wiring;
	int to = migrate_format(w);

	if (from == 0)
		TRY(db_exec(store, "PRAGMA application_id = 0x6566696C"));
	for (int format = from + 1; format <= to; format++) {
		TRY(run_step(store, &store_own_migration, format));
		for (size_t i = 0; i < w->migration_count; i++)
			TRY(run_step(store, &w->migrations[i], format));
	}
	TRY(name_kind(store, &blob_kind));
	for (size_t i = 0; i < w->kind_count; i++)
		TRY(name_kind(store, w->kinds[i]));
	return db_set_version(store, to);
}
