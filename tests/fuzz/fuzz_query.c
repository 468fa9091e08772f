/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text is a question to the search: the expression made of it must be one that FTS5 takes, so
 * that no text of a user is ever read as its syntax. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "search/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One table for all runs, with the columns of the index. */
static sqlite3 *index_of(void)
{
	static sqlite3 *db;
	static efile_ctx *own;

	if (!db && sqlite3_open(":memory:", &db) == SQLITE_OK && efile_ctx_new(&own, NULL) == EFILE_OK &&
	    tokenizer_register(db, own) == SQLITE_OK)
		sqlite3_exec(db, "CREATE VIRTUAL TABLE page USING fts5(title, text, sender, type, reference, "
				 "meta, day, access, tokenize = 'efile')", NULL, NULL, NULL);
	return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO(buf) out = BUF_INIT;
	char *text = malloc(size + 1);
	sqlite3_stmt *s = NULL;
	sqlite3 *db;

	if (!text || efile_ctx_new(&ctx, NULL) < 0) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	db = index_of();
	if (query_parse(&out, ctx, text) == EFILE_OK && out.length > 0 &&
	    sqlite3_prepare_v2(db, "SELECT rowid FROM page(?1)", -1, &s, NULL) == SQLITE_OK) {
		sqlite3_bind_text(s, 1, out.data, (int)out.length, SQLITE_STATIC);
		if (sqlite3_step(s) != SQLITE_DONE)
			abort();
	}
	sqlite3_finalize(s);
	free(text);
	return 0;
}
