/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Full text: what its files share, and what the modules above need beyond <efile/search.h>. */
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include <sqlite3.h>

#include <efile/search.h>

#include "base/time.h"
#include "model/model.h"

/* ------------------------------------------------------------------ for the modules above */

/* Brings the index up to the log. After an erasure (records) full: the index is merged wholly, so
 * that no term of an erased text is left in the file; only then may the erasure be reported done. */
efile_status search_catch_up(efile_store *store, bool full);

/* ------------------------------------------------------------------ inside */

enum {
	SEARCH_SLOT = 1,           /* of store_slot() */
	SEARCH_VERSION = 1,        /* another one in search.db: it is made anew */
	SEARCH_BATCH = 4000,       /* entries of the log per transaction: few segments to merge */
	SEARCH_TEXT = 4 << 20,     /* bytes of a text that are indexed */
	SEARCH_NEWEST = 20000,     /* hits that are looked at */
	TOKEN_SIZE = 120           /* bytes of a word that count */
};

/* ---- tokenizer.c: words, folded, with their stems ---- */

/* The words of one text in the index: each as it stands, folded; and its stem beside it. */
typedef struct stemmers {
	struct sb_stemmer *german;
	struct sb_stemmer *english;
} stemmers;

efile_status stemmers_init(stemmers *s, efile_ctx *ctx);
void stemmers_clear(stemmers *s);

/* The next word of a text from *at on: its bytes [begin, end). False at the end. */
bool word_next(size_t *begin, size_t *end, const char *text, size_t length, size_t at);
/* Appends the folded word, cut to TOKEN_SIZE. */
efile_status word_fold(buf *out, efile_ctx *ctx, const char *word, size_t length);

int tokenizer_register(sqlite3 *db, efile_ctx *ctx);

/* ---- query.c: the query language ---- */

/* The query as an expression of FTS5, without access. */
efile_status query_parse(buf *out, efile_ctx *ctx, const char *query);
/* The tokens that stand for a date in the index, and those that cover a range. */
void day_tokens(buf *out, efile_date date);

/* ---- search_db.c: search.db ---- */

typedef struct search_db {
	efile_store *store;
	efile_ctx *ctx;
	char *path;
	sqlite3 *db;
	int lock;                  /* the store's lock file, byte 3 */
	int64_t inode;
	bool read_only;
	bool merged;               /* in this transaction: the write-ahead log must go */
	int64_t position;          /* of the log that the index has reached */
	sqlite3_stmt *statements[24];
	zone *berlin;              /* the authority's days */
	bool standings_fresh;      /* of the plan units below */
	struct unit_standing *units;
	size_t unit_count, unit_room;
} search_db;

/* The open index of a store; made if need be. */
efile_status search_open(search_db **out, efile_store *store);
/* Closes it and removes the file, so that the next search_open() makes it anew. */
void search_discard(efile_store *store, bool remove);

/* A transaction that only one process writes; end commits or rolls back. */
efile_status search_begin(search_db *s);
efile_status search_end(search_db *s, bool commit);

typedef struct search_page {       /* one node as it is indexed; texts borrowed */
	int64_t row;
	efile_id id;
	const char *title, *text, *sender, *type, *reference, *meta, *day;
	int64_t access;            /* class */
} search_page;

efile_status page_put(search_db *s, const search_page *page);
efile_status page_remove(search_db *s, int64_t row);
efile_status page_row(int64_t *out, search_db *s, const efile_id *id); /* NOTFOUND without message */
efile_status position_set(search_db *s, int64_t position, const char *hash);
efile_status position_hash(char out[65], search_db *s);
efile_status index_merge(search_db *s);

/* What decides who sees a page. CLASS_OF_UNITS: whatever its units say today (unit_class; list and
 * level are what they said when the class was made). Else what a node names itself; what it does not
 * name is taken from its unit. */
enum { CLASS_OF_UNITS = -1 };

typedef struct access_class {
	int64_t id;
	int64_t unit;
	int64_t list;              /* 0: the unit's */
	int64_t level;             /* -1: the unit's */
} access_class;

efile_status class_find(int64_t *out, search_db *s, int64_t unit, int64_t list, int64_t level);
typedef struct class_list {
	access_class *items;
	size_t count, room;
} class_list;
#define CLASS_LIST_NONE { NULL, 0, 0 }
efile_status class_load(class_list *out, search_db *s);
efile_status class_load_units(class_list *out, search_db *s); /* id: the class of unit */
void class_list_clear(class_list *list);
efile_status class_of_unit(int64_t *out, search_db *s, int64_t unit); /* NOTFOUND without message */
efile_status class_set_unit(search_db *s, int64_t unit, int64_t class_id);

/* Rows that match, newest first, below a row. */
typedef struct hit_row {
	int64_t row;
	char *snippet;             /* malloc'd */
} hit_row;
typedef struct hit_page {
	hit_row hits[50];
	size_t count;
} hit_page;
void hit_page_clear(hit_page *page);
efile_status match_newest(hit_page *out, search_db *s, const char *match, int64_t below,
			  bool snippets);
efile_status match_relevant(int64_t *rows, size_t *count, size_t room, search_db *s,
			    const char *match);
efile_status match_snippet(char **out, search_db *s, const char *match, int64_t row);

/* ---- follow.c ---- */

/* Reads the log from the index's position on. DAMAGED also if the index is of another history. */
efile_status follow(search_db *s);
efile_status unit_standing_of(plan_standing *out, search_db *s, int64_t unit);

#endif
