/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nested transactions against a model in memory: whatever is begun, written, committed and rolled back
 * in whatever order, the table holds what the model holds. */
#include <stdlib.h>
#include <string.h>

#include "unit/store_damage.h"

enum { ROWS = 40, DEPTH = 5, ROUNDS = 60, STEPS = 400 };

typedef struct model_row {
	bool there;
	int64_t id, rev, amount;
} model_row;

typedef struct model {
	model_row rows[ROWS];
} model;

typedef struct game {
	test_store t;
	model levels[DEPTH + 1]; /* [0]: committed; [n]: as level n sees it */
	txn open[DEPTH + 1];
	int depth;
	unsigned dice;
	long rolled_back;
} game;

static unsigned roll(game *g, unsigned below)
{
	g->dice = g->dice * 1664525u + 1013904223u;
	return (g->dice >> 8) % below;
}

/* ---- moves ---- */

static void begin(game *g)
{
	if (g->depth == DEPTH)
		return;
	g->depth++;
	g->open[g->depth] = (txn)TXN_NONE;
	TAP_EQUAL_INT(txn_begin(&g->open[g->depth], g->t.store), EFILE_OK);
	g->levels[g->depth] = g->levels[g->depth - 1];
}

static void commit(game *g)
{
	if (!g->depth)
		return;
	if (g->depth == 1)
		TAP_EQUAL_INT(thing_journal(g->t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&g->open[g->depth]), EFILE_OK);
	g->levels[g->depth - 1] = g->levels[g->depth];
	g->depth--;
}

static void roll_back(game *g)
{
	if (!g->depth)
		return;
	txn_clear(&g->open[g->depth]);
	g->depth--;
	g->rolled_back++;
}

static void load(game *g, thing_record *row, int64_t id)
{
	TAP_EQUAL_INT(row_load(g->t.store, &thing_kind, row, id), EFILE_OK);
}

static void change(game *g, model_row *m)
{
	AUTO(thing_record) row = { .head = { 0, 0 } };

	load(g, &row, m->id);
	row.amount = m->amount = roll(g, 1000000);
	row.due = (opt_int){ roll(g, 2), 7 };
	TAP_EQUAL_INT(row_update(g->t.store, &thing_kind, &row), EFILE_OK);
}

static void put(game *g, model_row *m, size_t data)
{
	char title[32];
	thing_record row = { .title = title, .amount = roll(g, 1000000) };

	snprintf(title, sizeof(title), "%u", roll(g, UINT32_MAX));
	TAP_EQUAL_INT(id_new(&row.uuid, g->t.ctx), EFILE_OK);
	row.data = (bytes){ calloc(1, data + 1), data };
	if (!row.data.data)
		abort();
	TAP_EQUAL_INT(row_insert(g->t.store, &thing_kind, &row), EFILE_OK);
	free(row.data.data);
	*m = (model_row){ .there = true, .id = row.head.id, .amount = row.amount };
}

static void take(game *g, model_row *m)
{
	AUTO(thing_record) row = { .head = { 0, 0 } };

	load(g, &row, m->id);
	TAP_EQUAL_INT(row_delete(g->t.store, &thing_kind, &row), EFILE_OK);
	m->there = false;
}

static void write_row(game *g)
{
	model_row *m = &g->levels[g->depth].rows[roll(g, ROWS)];

	if (!g->depth)
		return;
	if (!m->there)
		put(g, m, roll(g, 50) ? roll(g, 200) : 3000000);
	else if (roll(g, 4))
		change(g, m);
	else
		take(g, m);
}

/* A write that breaks a rule changes nothing, and the level goes on. */
static void break_rule(game *g)
{
	AUTO(thing_record) row = { .head = { 0, 0 } };

	for (int i = 0; i < ROWS && g->depth; i++) {
		const model_row *m = &g->levels[g->depth].rows[i];

		if (!m->there)
			continue;
		load(g, &row, m->id);
		row.head.id = 0; /* the same uuid once more */
		TAP_EQUAL_INT(row_insert(g->t.store, &thing_kind, &row), EFILE_E_EXISTS);
		return;
	}
}

/* What is written past the cache of statements is not remembered. */
static void write_past(game *g)
{
	if (g->depth)
		TAP_EQUAL_INT(db_exec(g->t.store, "UPDATE meta SET value = value WHERE key = 'clean'"),
			      EFILE_OK);
}

/* ---- judging ---- */

static void compare(game *g)
{
	const model *m = &g->levels[g->depth];
	int64_t count = 0, found;
	static const char sql[] = "SELECT count(*) FROM thing";

	for (int i = 0; i < ROWS; i++) {
		AUTO(thing_record) row = { .head = { 0, 0 } };

		if (!m->rows[i].there)
			continue;
		count++;
		load(g, &row, m->rows[i].id);
		TAP_EQUAL_INT(row.amount, m->rows[i].amount);
	}
	TAP_EQUAL_INT(db_int(&found, g->t.store, sql), EFILE_OK);
	TAP_EQUAL_INT(found, count);
}

static void sound(const game *g)
{
	AUTO_PTR(efile_report) report = NULL;

	TAP_EQUAL_INT(efile_store_fsck(&report, g->t.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
}

static void move(game *g)
{
	unsigned chance = roll(g, 100);

	if (chance < 55)
		write_row(g);
	else if (chance < 75)
		begin(g);
	else if (chance < 87)
		commit(g);
	else if (chance < 94)
		roll_back(g);
	else if (chance < 97)
		break_rule(g);
	else if (chance < 98)
		write_past(g);
	else
		compare(g);
}

static void test_random(void)
{
	game g = { .dice = 11 };

	test_store_setup(&g.t);
	for (int round = 0; round < ROUNDS; round++) {
		for (int step = 0; step < STEPS; step++)
			move(&g);
		while (g.depth > 1)
			roll(&g, 2) ? commit(&g) : roll_back(&g);
		compare(&g);
		commit(&g);
		compare(&g);
	}
	TAP_OK(g.rolled_back > 1000);
	sound(&g);
	test_store_reopen(&g.t);
	compare(&g);
	test_store_teardown(&g.t);
}

/* ---- a batch of many calls of which some fail ---- */

static int64_t count_things(efile_store *store)
{
	int64_t n = -1;
	static const char sql[] = "SELECT count(*) FROM thing";

	TAP_EQUAL_INT(db_int(&n, store, sql), EFILE_OK);
	return n;
}

static void fail_call(efile_store *store, const char *title)
{
	AUTO(txn) tx = TXN_NONE;

	TAP_EQUAL_INT(txn_begin(&tx, store), EFILE_OK);
	thing_put(store, title);
	thing_put(store, "another");
}

static void test_calls(void)
{
	test_store t;
	int64_t kept = 0;
	char title[16];

	test_store_setup(&t);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
	for (int i = 0; i < 300; i++) {
		snprintf(title, sizeof(title), "%d", i);
		if (i % 7 == 3) {
			fail_call(t.store, title);
			continue;
		}
		TAP_EQUAL_INT(thing_put(t.store, title), ++kept);
	}
	TAP_EQUAL_INT(efile_batch_commit(t.store), EFILE_OK);
	TAP_EQUAL_INT(count_things(t.store), kept);
	test_store_teardown(&t);
}

/* A call of many megabytes gets savepoints of its own; the next ones share one again. */
static void test_large(void)
{
	game g = { .dice = 3 };
	model_row m;

	test_store_setup(&g.t);
	begin(&g);
	for (int i = 0; i < 3; i++) {
		begin(&g);
		put(&g, &m, 100);
		commit(&g);
	}
	TAP_OK(g.t.store->redo.open && g.t.store->redo.log.length > 300);
	begin(&g);
	put(&g, &m, 100);
	begin(&g);
	for (int i = 0; i < 3; i++)
		put(&g, &m, 2000000);
	TAP_OK(g.t.store->redo.plain);
	TAP_EQUAL_INT(count_things(g.t.store), 7);
	roll_back(&g);
	TAP_EQUAL_INT(count_things(g.t.store), 4);
	TAP_OK(g.t.store->redo.plain);
	roll_back(&g);
	TAP_EQUAL_INT(count_things(g.t.store), 3);
	TAP_OK(!g.t.store->redo.plain);
	begin(&g);
	put(&g, &m, 100);
	TAP_OK(g.t.store->redo.open);
	commit(&g);
	commit(&g);
	TAP_EQUAL_INT(count_things(g.t.store), 4);
	sound(&g);
	test_store_teardown(&g.t);
}

/* A statement that was taken before the level began, or read from while it is rolled back. */
static void test_statements(void)
{
	static const char sql[] = "UPDATE thing SET remark = ?1 WHERE id = 1";
	static const char read_sql[] = "SELECT id FROM thing ORDER BY id";
	test_store t;
	AUTO(txn) outer = TXN_NONE;

	test_store_setup(&t);
	thing_put(t.store, "a");
	thing_put(t.store, "b");
	TAP_EQUAL_INT(txn_begin(&outer, t.store), EFILE_OK);
	{
		AUTO(stmt) early = STMT_NONE;
		AUTO(stmt) reading = STMT_NONE;

		TAP_EQUAL_INT(stmt_take(&early, t.store, sql), EFILE_OK);
		stmt_bind_text(&early, 1, "x");
		TAP_EQUAL_INT(stmt_take(&reading, t.store, read_sql), EFILE_OK);
		TAP_EQUAL_INT(stmt_step(&reading), EFILE_OK);
		{
			AUTO(txn) inner = TXN_NONE;

			TAP_EQUAL_INT(txn_begin(&inner, t.store), EFILE_OK);
			thing_put(t.store, "c");
			TAP_EQUAL_INT(stmt_run(&early), EFILE_OK);
			TAP_OK(t.store->redo.plain);
		}
		TAP_EQUAL_INT(stmt_step(&reading), EFILE_OK);
		TAP_EQUAL_INT(stmt_int(&reading, 0), 2);
		TAP_EQUAL_INT(stmt_step(&reading), EFILE_DONE);
	}
	TAP_EQUAL_INT(txn_commit(&outer), EFILE_OK);
	TAP_EQUAL_INT(count_things(t.store), 2);
	{
		AUTO_PTR(efile_report) report = NULL;

		TAP_EQUAL_INT(efile_store_fsck(&report, t.store, NULL), EFILE_OK);
		TAP_EQUAL_INT(efile_report_count(report), 0);
	}
	test_store_teardown(&t);
}

/* ---- without memory ---- */

typedef struct memory_case {
	test_store t;
	char title[16];
	int n;
} memory_case;

static efile_status nested_once(efile_store *store, const char *title)
{
	AUTO(txn) inner = TXN_NONE;
	int64_t id;

	TRY(txn_begin(&inner, store));
	TRY(thing_try(&id, store, title));
	return txn_commit(&inner);
}

/* A call that is rolled back inside another one; its rows never come back. */
static efile_status play(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	AUTO(txn) outer = TXN_NONE;

	(void)ctx;
	snprintf(m->title, sizeof(m->title), "%d", m->n++);
	TRY(txn_begin(&outer, m->t.store));
	TRY(nested_once(m->t.store, m->title));
	{
		AUTO(txn) inner = TXN_NONE;

		TRY(txn_begin(&inner, m->t.store));
		TRY(nested_once(m->t.store, "rolled back"));
	}
	if (m->t.store->lost) { /* rolling back had no memory: nothing of all this may be committed */
		TAP_EQUAL_INT(txn_commit(&outer), EFILE_E_STORAGE);
		return EFILE_E_NOMEM;
	}
	TRY(nested_once(m->t.store, "behind"));
	return txn_commit(&outer);
}

static void test_memory(void)
{
	memory_case m = { .n = 0 };
	int64_t wrong;
	static const char sql[] = "SELECT count(*) FROM thing WHERE title = 'rolled back'";

	test_store_setup(&m.t);
	TAP_OK(fail_each(play, &m) > 5);
	TAP_EQUAL_INT(count_things(m.t.store), 2);
	TAP_EQUAL_INT(db_int(&wrong, m.t.store, sql), EFILE_OK);
	TAP_EQUAL_INT(wrong, 0);
	test_store_teardown(&m.t);
}

TAP_SUITE(store_redo) = {
	{ "whatever is rolled back", test_random },
	{ "calls of a batch that fail", test_calls },
	{ "a large call", test_large },
	{ "statements across a level", test_statements },
	{ "out of memory", test_memory },
	TAP_END,
};
