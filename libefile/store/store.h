/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store as the modules above see it: transactions, recorded rows, blobs, the log. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>

#include <efile/figures.h>
#include <efile/store.h>

#include "base/base.h"

/* ------------------------------------------------------------------ numbers of docs/ABI.md 7 */

typedef enum record_number {
#define RECORD_KIND(number, name) RECORD_##name = number,
#include "store/kinds.def"
#undef RECORD_KIND
} record_number;

typedef enum journal_action {
#define JOURNAL_ACTION(number, name, text) JOURNAL_##name = number,
#include "store/kinds.def"
#undef JOURNAL_ACTION
} journal_action;

/* ------------------------------------------------------------------ what a module brings along */

typedef struct journal_entry journal_entry;

/* Called inside the transaction, right after an entry of the action was appended. An error rolls
 * the whole call back. */
typedef efile_status (*store_listener_fn)(efile_store *store, const journal_entry *entry);

typedef struct store_listener {
	journal_action action;
	store_listener_fn call;
} store_listener;

/* One step of a module's schema; steps run format by format, within one in the order of the table
 * that api/wiring.c hands over. What a released format says is never edited: docs/FORMAT.md 8. */
typedef struct store_migration {
	int format;        /* format version that this step leads to, from 1 */
	const char *sql;   /* constant text; NULL: none */
	/* After the sql; rows that it writes by row_insert() and row_update() belong to the entry
	 * store.migrated. Also called for a new store, which has no rows then. NULL: none. */
	efile_status (*run)(efile_store *store);
} store_migration;

/* A derived table: checked against what it is made from, and made anew if rebuild is set (then
 * inside a transaction). Differences are findings FSCK-DERIVED with the table as path. */
typedef struct store_derived {
	const char *table;
	efile_status (*check)(efile_store *store, efile_report *report, bool rebuild);
} store_derived;

typedef struct store_wiring {
	const store_migration *migrations;
	size_t migration_count;
	const struct record_kind *const *kinds; /* all recorded tables, for fsck */
	size_t kind_count;
	const store_listener *listeners;
	size_t listener_count;
	const store_derived *derived;           /* for fsck */
	size_t derived_count;
} store_wiring;

/* Opening is in <efile/store.h> (implemented in api/, which adds the wiring to these). */
efile_status store_init(efile_ctx *ctx, const char *path, const store_wiring *wiring);
efile_status store_open(efile_store **out, efile_ctx *ctx, const char *path,
			const efile_store_options *options, const store_wiring *wiring);

efile_status store_restore(efile_ctx *ctx, const char *backup, const char *path,
			   const store_wiring *wiring);

DEFINE_AUTO_PTR(efile_store, efile_store_close)

efile_ctx *store_ctx(const efile_store *store);
const char *store_path(const efile_store *store);
const efile_id *store_id(const efile_store *store);
bool store_is_read_only(const efile_store *store);
bool store_is_writing(const efile_store *store); /* a batch or a transaction to write is open */

/* For what a module keeps of the tables: while a transaction to write is open, what was read from
 * them holds as long as this number is the same. It grows when another connection has written, when
 * something is rolled back, and with store_new_epoch(): what is kept is changed by its owner. */
uint64_t store_epoch(const efile_store *store);
void store_new_epoch(efile_store *store);

/* The number of the snapshot that is open to read: nothing changes as long as it is the same. 0: none. */
uint64_t store_snapshot(const efile_store *store);

/* Every public call starts with it: clears the last error, refuses a store that came through
 * fork(), and one whose connection has failed for good (docs/RELIABILITY.md). */
efile_status store_enter(efile_store *store);

/* A module's own data that lives with the open store (caches, clients); freed at close. */
void *store_slot(const efile_store *store, int module); /* 0 to 15: access 0, search 1, parse 2, flow 3 */
void store_set_slot(efile_store *store, int module, void *data, void (*release)(void *));

/* ------------------------------------------------------------------ figures */

/* Each module adds its own; area and unit are constant, name and state are copied. A figure that is
 * among the last ones already is summed up. */
enum { FIGURES_NEAR = 256 };
efile_status figures_new(efile_figures **out, efile_ctx *ctx);
efile_status figures_add(efile_figures *figures, const efile_figure *figure);
efile_status store_figures(efile_figures *figures, efile_store *store);

DEFINE_AUTO_PTR(efile_figures, efile_figures_free)

/* ------------------------------------------------------------------ transactions */

/* AUTO(txn) tx = TXN_NONE; leaving the scope without txn_commit() rolls back. Nested ones are
 * savepoints. A writer holds the lock file's byte 0 from begin to the end of the outermost. */
typedef struct txn {
	efile_store *store;
	int level;      /* 0: not begun; 1: outermost */
	bool write;
} txn;

#define TXN_NONE { NULL, 0, false }

efile_status txn_begin(txn *tx, efile_store *store);      /* to write: BUSY after limits.busy_milliseconds */
efile_status txn_begin_read(txn *tx, efile_store *store); /* a snapshot; inside a writer a no-op */
efile_status txn_commit(txn *tx);
void txn_clear(txn *tx);

/* ------------------------------------------------------------------ statements (only in <module>_db.c) */

/* A cached prepared statement of the store's connection; sql is constant text, and its address is
 * the key of the cache. It is reset and unbound when taken; stmt_clear() gives it back. */
typedef struct stmt {
	struct sqlite3_stmt *handle;
	efile_store *store;
	struct stmt_slot *slot;
} stmt;

#define STMT_NONE { NULL, NULL, NULL }

efile_status stmt_take(stmt *s, efile_store *store, const char *sql);
void stmt_clear(stmt *s);
void stmt_bind_int(stmt *s, int at, int64_t value);
void stmt_bind_text(stmt *s, int at, const char *text);             /* NULL binds NULL; text must outlive the step */
void stmt_bind_blob(stmt *s, int at, const void *data, size_t length);
void stmt_bind_id(stmt *s, int at, const efile_id *id);             /* the nil id binds NULL */
void stmt_bind_null(stmt *s, int at);
efile_status stmt_step(stmt *s);                                    /* OK a row, DONE the end */
efile_status stmt_run(stmt *s);                                     /* to the end, rows ignored */
int64_t stmt_changes(const stmt *s);                                /* rows changed by it */
int64_t stmt_int(const stmt *s, int column);
bool stmt_is_null(const stmt *s, int column);
const char *stmt_text(const stmt *s, int column);                   /* NULL for NULL; valid until the next step */
const void *stmt_blob(const stmt *s, int column, size_t *length);
void stmt_id(efile_id *out, const stmt *s, int column);

/* ------------------------------------------------------------------ recorded rows */

typedef enum field_type {
	FIELD_INT,      /* int64_t; NOT NULL */
	FIELD_OPT_INT,  /* opt_int; NULL if not set */
	FIELD_TEXT,     /* char *, malloc'd; NULL is NULL */
	FIELD_ID,       /* efile_id; nil is NULL */
	FIELD_BLOB      /* bytes, malloc'd; data NULL is NULL */
} field_type;

typedef struct opt_int {
	bool set;
	int64_t value;
} opt_int;

typedef struct bytes {
	unsigned char *data;
	size_t length;
} bytes;

enum {
	FIELD_PERSONAL = 1, /* sealed with a sealed dossier; erasable */
	FIELD_FIXED = 2,    /* set when the row is made: updates leave it and its indexes alone */
	FIELD_MOVED = 4,    /* the same, but that row_rewrite() sets it */
};

typedef struct record_field {
	const char *name;     /* the column */
	field_type type;
	size_t offset;        /* in the struct */
	unsigned flags;
} record_field;

#define RECORD_FIELD(type, member, kind, flags) { #member, kind, offsetof(type, member), flags }

/* Every record struct starts with these two: struct node_record { record_head head; ... }; */
typedef struct record_head {
	int64_t id;
	int64_t rev;
} record_head;

/* One field table per kind drives binding, canonical bytes, JSON and fsck. The fields stand in the
 * order of the columns after id and rev. */
typedef struct record_kind {
	record_number number;
	const char *table;
	size_t size;                 /* of the struct */
	const record_field *fields;
	size_t field_count;
} record_kind;

efile_status record_new(void **out, efile_ctx *ctx, const record_kind *kind);
void record_clear(const record_kind *kind, void *record);   /* frees texts and blobs inside, zeroes */
efile_status record_copy(void *out, efile_ctx *ctx, const record_kind *kind, const void *record);

/* Writers must be inside txn_begin(). Each row written goes into the next entry of the log; a
 * transaction that ends with rows in no entry answers INTERNAL and rolls back. */
efile_status row_insert(efile_store *store, const record_kind *kind, void *record); /* sets id (if 0) and rev */
efile_status row_update(efile_store *store, const record_kind *kind, void *record); /* rev = the one seen; CONFLICT; sets rev */
efile_status row_rewrite(efile_store *store, const record_kind *kind, void *record); /* with FIELD_MOVED ones */
efile_status row_delete(efile_store *store, const record_kind *kind, const void *record); /* CONFLICT */
efile_status row_load(efile_store *store, const record_kind *kind, void *record, int64_t id); /* NOTFOUND without message */
/* Reads the columns id, rev and the fields, in order, from a statement: SELECT with ROW_COLUMNS. */
efile_status row_read(const stmt *s, int first_column, const record_kind *kind, void *record, efile_ctx *ctx);
/* Steps once and reads the row of a row_select(); NOTFOUND without message if there is none. */
efile_status row_one(stmt *s, const record_kind *kind, void *record);
/* "SELECT id, rev, a, b, c FROM t WHERE <tail>": constant per kind and tail, made once and cached. */
efile_status row_select(stmt *s, efile_store *store, const record_kind *kind, const char *tail);

/* ------------------------------------------------------------------ the log */

struct journal_entry {
	int64_t chain;             /* dossier's row id, or 0 */
	journal_action action;
	efile_id actor;
	efile_id behalf;
	record_number object_kind; /* 0: none */
	efile_id object;
	const char *body;          /* JSON object text, or NULL */
	int64_t rev;               /* out: set by journal_append() */
	efile_time time;           /* out: by the ctx clock */
	void *session;             /* passed through to listeners: the acting efile_session */
};

/* What an entry is about, for who decides about its body. */
typedef struct journal_about {
	const char *action;
	efile_id actor;
	record_number kind;        /* of the object; 0: none */
	efile_id object;
} journal_about;

/* Decides whether the reader of a feed may read a body; what it answers but OK is the answer of
 * efile_event_cursor_next(), which may then be called again. */
typedef struct journal_reader {
	efile_status (*may_read)(bool *out, void *user, const journal_about *about);
	void *user;
} journal_reader;

/* The log behind a position, with the bodies that the reader may read; NULL: with all of them. */
efile_status journal_events(efile_event_cursor **out, efile_store *store, int64_t since,
			    const journal_reader *reader);

/* The entries about one object, in their order; freed with efile_event_cursor_free(). */
efile_status journal_events_of(efile_event_cursor **out, efile_store *store, const efile_id *object);

/* Appends an entry that takes all rows written since the last one, then calls the listeners. */
efile_status journal_append(efile_store *store, journal_entry *entry);

/* Entries whose bodies are to be erased; AUTO(journal_revs) revs = JOURNAL_REVS_NONE; */
typedef struct journal_revs {
	int64_t *items;
	size_t count, capacity;
} journal_revs;

#define JOURNAL_REVS_NONE { NULL, 0, 0 }

void journal_revs_clear(journal_revs *r);
/* Adds the entries about an object whose action lies between two. */
efile_status journal_find(journal_revs *out, efile_store *store, const efile_id *object,
			  journal_action first, journal_action last);
/* Adds the entries about objects of a kind in a part of a chain whose body has a text in it. */
efile_status journal_find_naming(journal_revs *out, efile_store *store, record_number kind,
				 int64_t chain, int64_t from, int64_t to, const char *text);
/* Erases the bodies of the entries, with the salts of all that has changed since, and appends an entry
 * that names them (its body: the reason in words; its action is set here). What is erased already,
 * and entries of erasures and checkpoints, are passed over. The write-ahead log is cut with the commit,
 * or with the first one after it of this handle that no reader is in the way of. */
efile_status journal_erase(size_t *erased, efile_store *store, const journal_entry *entry,
			   const journal_revs *revs);

const char *journal_action_name(journal_action action); /* such as "document.filed"; "unknown" */
/* What people call it, in English for the tables of messages, and whether it is a step of the machinery;
 * the name itself if nobody has said. */
const char *journal_words(bool *machine, const char *action);

/* ------------------------------------------------------------------ blobs */

typedef struct blob_ref {
	int64_t id;                /* row of blob */
	int64_t size;
	unsigned char sha256[32];
	bool existed;              /* the content was there already */
} blob_ref;

/* Content on its way into the store (docs/FORMAT.md 5). Staging reads it to its end, hashes it and, if
 * it is long, writes and syncs it as a file without a name: for that no lock is held, since the source
 * may be slow. Placing gives it its name and its row in the present transaction. What is not placed
 * leaves nothing. At most limits.document_bytes. */
typedef struct blob_staged blob_staged;
efile_status blob_stage(blob_staged **out, efile_store *store, efile_reader *content);
efile_status blob_stage_bytes(blob_staged **out, efile_store *store, const void *data, size_t length);
/* Content that the store has, and that was read and found whole just now. */
efile_status blob_stage_known(blob_staged **out, efile_store *store, int64_t id);
int64_t blob_staged_size(const blob_staged *staged);
efile_status blob_place(blob_ref *out, blob_staged *staged);
void blob_staged_free(blob_staged *staged);
DEFINE_AUTO_PTR(blob_staged, blob_staged_free)

/* Both at once, for a transaction that is under way and bytes that are at hand. */
efile_status blob_put(blob_ref *out, efile_store *store, efile_reader *content);
efile_status blob_put_bytes(blob_ref *out, efile_store *store, const void *data, size_t length);
efile_status blob_find(blob_ref *out, efile_store *store, const unsigned char sha256[32]); /* NOTFOUND */
efile_status blob_stat(blob_ref *out, efile_store *store, int64_t id);
/* A stream that verifies the digest: the read that reaches the end answers DAMAGED instead of DONE
 * if the bytes do not match; contents up to 1 MiB are verified before the first byte is handed out. */
efile_status blob_open(efile_reader **out, efile_store *store, int64_t id);
efile_status blob_load(buf *out, efile_store *store, int64_t id, uint64_t limit);

#endif
