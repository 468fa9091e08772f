/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of figures, and those of the store itself. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/inner.h"

struct efile_figures {
	efile_ctx *ctx;
	efile_figure *rows;
	size_t count, capacity;
};

efile_status figures_new(efile_figures **out, efile_ctx *ctx)
{
	efile_figures *figures = mem_new(ctx, sizeof(*figures));

	if (!figures)
		return EFILE_E_NOMEM;
	figures->ctx = ctx;
	*out = figures;
	return EFILE_OK;
}

static void row_clear(efile_figure *row)
{
	free((char *)row->name);
	free((char *)row->state);
}

void efile_figures_free(efile_figures *figures)
{
	if (!figures)
		return;
	for (size_t i = 0; i < figures->count; i++)
		row_clear(&figures->rows[i]);
	free(figures->rows);
	free(figures);
}

size_t efile_figures_count(const efile_figures *figures)
{
	return figures->count;
}

const efile_figure *efile_figures_at(const efile_figures *figures, size_t index)
{
	return index < figures->count ? &figures->rows[index] : NULL;
}

static bool same(const efile_figure *a, const efile_figure *b)
{
	return a->year == b->year && !strcmp(a->area, b->area) && !strcmp(a->name, b->name) &&
	       !strcmp(a->state, b->state);
}

efile_status figures_add(efile_figures *figures, const efile_figure *figure)
{
	efile_figure row = *figure;
	char *name = NULL, *state = NULL;

	row.name = row.name ? row.name : "";
	row.state = row.state ? row.state : "";
	for (size_t i = figures->count; i > 0 && figures->count - i < FIGURES_NEAR; i--)
		if (same(&figures->rows[i - 1], &row)) {
			figures->rows[i - 1].value += row.value;
			return EFILE_OK;
		}
	TRY(mem_grow(figures->ctx, (void **)&figures->rows, &figures->capacity, figures->count,
		     sizeof(*figures->rows)));
	TRY(mem_dup(&name, figures->ctx, row.name));
	if (mem_dup(&state, figures->ctx, row.state) < 0) {
		free(name);
		return EFILE_E_NOMEM;
	}
	row.name = name;
	row.state = state;
	figures->rows[figures->count++] = row;
	return EFILE_OK;
}

/* ---- of the store itself ---- */

static const char sql_format[] = "PRAGMA user_version";
static const char sql_created[] = "SELECT value FROM meta WHERE key = 'created'";
static const char sql_backup[] = "SELECT max(time) FROM journal WHERE action = 5"; /* BACKED_UP */
static const char sql_checkpoint[] = "SELECT max(time) FROM checkpoint";
static const char sql_entries[] = "SELECT coalesce(max(rev), 0) FROM journal";
static const char sql_short[] = "SELECT count(*) FROM blob WHERE size <= 65536";
static const char sql_short_bytes[] = "SELECT coalesce(sum(size), 0) FROM blob WHERE size <= 65536";
static const char sql_long[] = "SELECT count(*) FROM blob WHERE size > 65536";
static const char sql_long_bytes[] = "SELECT coalesce(sum(size), 0) FROM blob WHERE size > 65536";
static const char sql_actions[] = "SELECT action, count(*) FROM journal GROUP BY action ORDER BY action";

static efile_status add_asked(efile_figures *figures, efile_store *store)
{
	static const struct {
		efile_figure figure;
		const char *sql;
		bool if_any;
	} rows[] = {
		{ { .area = "store", .name = "format", .unit = "number" }, sql_format, false },
		{ { .area = "store", .name = "created", .unit = "time" }, sql_created, false },
		{ { .area = "store", .name = "last_backup", .unit = "time" }, sql_backup, true },
		{ { .area = "store", .name = "last_checkpoint", .unit = "time" }, sql_checkpoint, true },
		{ { .area = "contents", .name = "in_database", .unit = "count" }, sql_short, false },
		{ { .area = "contents", .name = "in_database", .state = "stored", .unit = "bytes" },
		  sql_short_bytes, false },
		{ { .area = "contents", .name = "in_files", .unit = "count" }, sql_long, false },
		{ { .area = "contents", .name = "in_files", .state = "stored", .unit = "bytes" },
		  sql_long_bytes, false },
		{ { .area = "log", .name = "entries", .unit = "count" }, sql_entries, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_figure figure = rows[i].figure;

		TRY(db_int(&figure.value, store, rows[i].sql));
		if (figure.value || !rows[i].if_any)
			TRY(figures_add(figures, &figure));
	}
	return EFILE_OK;
}

static efile_status add_files(efile_figures *figures, efile_store *store)
{
	static const char *const files[][2] = {
		{ "efile.db", "database" },
		{ "efile.db-wal", "write_ahead_log" },
		{ "search.db", "search_index" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		efile_figure figure = { .area = "store", .name = files[i][1], .unit = "bytes" };
		struct stat info;

		if (fstatat(store->dir, files[i][0], &info, 0) != 0)
			continue; /* the second and third come and go */
		figure.value = info.st_size;
		TRY(figures_add(figures, &figure));
	}
	return EFILE_OK;
}

static efile_status add_actions(efile_figures *figures, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_actions));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(figures_add(figures,
				&(efile_figure){ .area = "log", .unit = "count",
						 .name = journal_action_name((journal_action)stmt_int(&s, 0)),
						 .value = stmt_int(&s, 1) }));
	return status < 0 ? status : EFILE_OK;
}

efile_status store_figures(efile_figures *figures, efile_store *store)
{
	TRY(add_files(figures, store));
	TRY(add_asked(figures, store));
	return add_actions(figures, store);
}
