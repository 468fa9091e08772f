/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the store share with each other; modules above see store.h only. */
#ifndef STORE_INNER_H
#define STORE_INNER_H

#include <dirent.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "store/store.h"

enum {
	STORE_APPLICATION = 0x6566696C, /* "efil" */
	BLOB_INLINE = 65536,            /* contents up to here lie in the database */
	BLOB_BUFFERED = 1 << 20,        /* contents up to here are verified before they are handed out */
	WAL_PAGES = 2000,               /* a longer write-ahead log is checkpointed */
	WAL_KEEP = 4 * WAL_PAGES,       /* the file of a longer one is cut, too */
	STMT_BUCKETS = 256,
	HEAD_CACHE = 64,
	KIND_MAX = 256,
	STORE_SLOTS = 16,
	DIGEST_ROW = 2 + 8 + 32,        /* bytes of a row in an entry */
	SALT_SIZE = 16
};

/* Byte ranges of the lock file (docs/FORMAT.md 1). */
typedef enum lock_byte {
	BYTE_WRITE = 0,
	BYTE_BLOBS = 1,
	BYTE_OPEN = 2
} lock_byte;

typedef struct stmt_slot {
	const char *sql;          /* its address is the key */
	sqlite3_stmt *handle;
	struct stmt_slot *next;
	int bind_error;
	bool busy;
	bool writes;
	bool remembered;          /* its values are, for redo.c */
	buf values;
} stmt_slot;

/* SQL made once per kind from its constant field table. */
typedef struct kind_sql {
	char *columns;
	char *insert;
	char *update;
	char *rewrite;            /* with the fields that a migration sets */
	char *remove;
	char *load;
	char *all;                /* SELECT * by id, for fsck */
	char *max_id;
	int64_t last_id;
	uint64_t epoch;           /* last_id holds while it equals the store's */
} kind_sql;

typedef struct select_sql {
	const record_kind *kind;
	const char *tail;
	char *sql;
	struct select_sql *next;
} select_sql;

typedef struct pending_row {
	uint16_t kind;
	int64_t id;
	unsigned char digest[SHA256_SIZE];
} pending_row;

/* Rows written since the last entry of the log; they go into the next one. */
typedef struct pending {
	unsigned char seed[SALT_SIZE];
	bool seeded;
	pending_row *rows;
	size_t count, capacity;
	uint32_t *index;          /* open addressing over (kind, id), made when the list gets long */
	size_t index_size;
} pending;

/* A nested transaction: where it began (redo.c), and what it must bring back besides the rows of the
 * database. */
typedef struct level_state {
	int64_t next_rev;
	pending rows;
	size_t mark;              /* in the log of statements */
	bool plain;               /* it is a savepoint of SQLite */
} level_state;

/* What was written since the base, a savepoint of SQLite that many levels share. */
typedef struct redo {
	buf log;
	bool base;                /* there is such a savepoint */
	bool open;                /* what is written is remembered */
	bool plain;               /* for the present call levels are savepoints of SQLite */
	int calls;                /* that began since the base */
} redo;

typedef struct chain_head {
	int64_t chain;
	int64_t number;
	unsigned char hash[SHA256_SIZE];
	uint64_t epoch;
} chain_head;

struct efile_store {
	efile_ctx *ctx;
	char *path;
	sqlite3 *db;
	int dir, lock, blobs;     /* descriptors */
	pid_t pid;
	bool read_only;
	bool failed;              /* fsync, close or COMMIT failed: nothing works any more */
	bool lost;                /* SQLite rolled the transaction back by itself */
	bool reading;             /* a snapshot is open */
	uint64_t snapshot;        /* its number, from 1 */
	bool blobs_locked;
	unsigned char (*linked)[SHA256_SIZE]; /* files that this outermost transaction put there */
	size_t linked_count, linked_capacity;
	bool names_synced;        /* the write-ahead log that we commit to has its name on the disk */
	bool unchecked;           /* found in use by nobody: the last writer died */
	efile_id id;
	char *pristine;
	store_wiring wiring;

	stmt_slot *statements[STMT_BUCKETS];
	kind_sql *kinds[KIND_MAX];
	select_sql *selects;

	int level;
	txn batch;
	level_state *saved;       /* of the levels from 2 on */
	size_t saved_capacity;
	redo redo;
	uint64_t epoch;           /* grows when anything kept in memory may be stale */
	int64_t data_version;
	int64_t next_rev;
	pending pending;
	chain_head heads[HEAD_CACHE];

	sha256_ctx sha;
	buf scratch;
	buf rows;
	unsigned char random[256];
	size_t random_left;

	int wal_pages, wal_next, wal_keep;
	bool wal_cut;           /* there may be in it what was erased: cut it as soon as may be */
	struct {
		void *data;
		void (*release)(void *);
	} slots[STORE_SLOTS];
};

/* disk.c: names and bytes that must stay */
efile_status disk_failed(efile_ctx *ctx, const char *what);  /* STORAGE or DENIED with errno's text */
efile_status disk_sync(efile_ctx *ctx, int fd, const char *what);
efile_status disk_sync_at(efile_ctx *ctx, int dir, const char *name);
efile_status disk_sync_parent(efile_ctx *ctx, const char *path);
efile_status disk_write(efile_ctx *ctx, int fd, const void *data, size_t length);
efile_status disk_join(char **out, efile_ctx *ctx, const char *folder, const char *name);
/* The next name of a folder, without those that begin with a point: OK, DONE, or STORAGE. */
efile_status disk_next(const char **out, efile_ctx *ctx, DIR *list, const char *what);
void disk_remove_tree(const char *path);
void disk_remove_content(const char *path);
void handle_clear(int *fd);
typedef int handle; /* a file descriptor that closes itself: AUTO(handle) */
#define HANDLE_NONE (-1)

/* A folder that is built under another name beside its place and renamed when it is whole. */
typedef struct build {
	efile_ctx *ctx;
	char *path;               /* the place */
	char *temporary;
	int fd;                   /* the temporary folder, locked */
} build;

#define BUILD_NONE { NULL, NULL, NULL, -1 }

/* build.c */
efile_status build_begin(build *b, efile_ctx *ctx, const char *path); /* EXISTS, BUSY, STORAGE */
efile_status build_tree(build *b);                      /* blobs/00 to ff, keys, lock */
efile_status build_finish(build *b);                    /* syncs, renames, syncs the parent */
void build_clear(build *b);                             /* removes what is not finished */

/* guard.c */
efile_status guard_path(char **out, efile_ctx *ctx, const char *path); /* without slashes at the end */
efile_status guard_file_system(efile_ctx *ctx, int fd, const char *path);
const char *guard_network_name(unsigned long magic);    /* NULL: a local file system */

/* lock.c: open-file-description locks on the lock file */
efile_status lock_take(efile_store *store, lock_byte at, bool exclusive); /* BUSY after limits.busy_milliseconds */
bool lock_try(efile_store *store, lock_byte at, bool exclusive);
void lock_release(efile_store *store, lock_byte at);

/* db.c */
efile_status db_open(efile_store *store, const char *path, bool create);
/* An empty file that only its owner may read: SQLite would ask the umask, and gives its log and its
 * shared memory the mode of the database. */
efile_status db_make_private(efile_ctx *ctx, const char *path);
void db_forget(efile_store *store); /* the cached statements; none may be in use */
void db_close(efile_store *store);
efile_status db_exec(efile_store *store, const char *sql);
efile_status db_error(efile_store *store, int code);    /* sets and answers the error of an SQLite code */
efile_status db_int(int64_t *out, efile_store *store, const char *sql); /* first column of the first row */
efile_status db_set_version(efile_store *store, int format);
efile_status db_final(efile_store *store, int code);    /* an error after which nothing works any more */

/* checkpoint.c */
void checkpoint_after_commit(efile_store *store);       /* inside the write lock */
efile_status checkpoint_now(efile_store *store);        /* readers in the way are no error */

/* migrate.c */
extern const store_migration store_own_migration;
int migrate_format(const store_wiring *wiring);
efile_status migrate_run(efile_store *store, int from);

/* UNSUPPORTED if a newer release has migrated the store that we have open. */
efile_status store_check_format(efile_store *store);

/* For reading a copy as it lies there, in an older format too: what it lacks is NULL or missing. */
efile_status store_open_as_is(efile_store **out, efile_ctx *ctx, const char *path,
			      const store_wiring *wiring);

/* store.c */
/* A database with the tables of another store's wiring and its id, without a folder around it:
 * in memory (path NULL) or in a file that must not exist. */
efile_status store_bare(efile_store **out, const efile_store *like, const char *path);

/* txn.c */
efile_status txn_require_write(efile_store *store);
efile_status txn_begin_empty(txn *tx, efile_store *store); /* a database without tables */
void txn_abandon(efile_store *store);                   /* rolls everything back, at close */

/* redo.c: nested transactions */
efile_status redo_begin(level_state *level, efile_store *store);     /* before the level is counted */
efile_status redo_commit(const level_state *level, efile_store *store);
bool redo_roll_back(const level_state *level, efile_store *store);   /* false: everything is lost */
efile_status redo_settle(efile_store *store);   /* something is written that is not remembered */
void redo_forget(efile_store *store);           /* the outermost transaction has ended */
void redo_keep_int(stmt_slot *slot, int at, int64_t number);
void redo_keep_bytes(stmt_slot *slot, int at, int type, const void *data, size_t length); /* NULL */
efile_status redo_make_room(stmt *s);           /* before a statement writes */
void redo_add(const stmt *s);                   /* it has written */

/* row.c */
efile_status kind_get(kind_sql **out, efile_store *store, const record_kind *kind);
void kind_free(kind_sql *sql);
efile_status kind_last_id(int64_t *out, efile_store *store, const record_kind *kind);

/* pending.c */
/* The place of a row in the next entry; known: it may stand there already. */
efile_status pending_row_get(pending_row **out, efile_store *store, unsigned kind, int64_t id,
			     bool known);
efile_status pending_place(pending_row **out, pending *p, efile_ctx *ctx, unsigned kind, int64_t id,
			   bool known);
void pending_reset(pending *p);
void pending_free(pending *p);
efile_status pending_copy(pending *out, efile_ctx *ctx, const pending *p);

/* digest.c: the hashed bytes of docs/FORMAT.md */
typedef struct entry_bytes {
	int64_t chain, number;
	efile_time time;
	efile_id actor, behalf, object;
	uint32_t action;
	uint16_t object_kind;
	unsigned char body[SHA256_SIZE];
	const void *rows;
	size_t rows_length;
} entry_bytes;

efile_status store_random(efile_store *store, void *out, size_t length);
efile_status digest_bytes(unsigned char out[SHA256_SIZE], efile_store *store, const buf *data);
efile_status digest_salt(unsigned char out[SALT_SIZE], efile_store *store,
			 const unsigned char seed[SALT_SIZE], uint32_t at);
efile_status digest_body(unsigned char out[SHA256_SIZE], efile_store *store,
			 const unsigned char salt[SALT_SIZE], const void *body, size_t length);
efile_status digest_chain_start(unsigned char out[SHA256_SIZE], efile_store *store, int64_t chain);
efile_status digest_entry(unsigned char out[SHA256_SIZE], efile_store *store,
			  const entry_bytes *entry, const unsigned char previous[SHA256_SIZE]);
void canonical_head(buf *out, unsigned kind, int64_t id);
void canonical_record(buf *out, const record_kind *kind, const void *record);
void canonical_stmt(buf *out, const record_kind *kind, const stmt *s); /* SELECT *: id, rev, columns */

/* journal.c */
efile_status journal_load_rev(efile_store *store);

/* merkle.c */
typedef struct merkle {
	uint64_t size;
	unsigned char level[64][SHA256_SIZE];
} merkle;

efile_status merkle_leaf(unsigned char out[SHA256_SIZE], efile_store *store,
			 const unsigned char entry[SHA256_SIZE]);
efile_status merkle_add(merkle *m, efile_store *store, const unsigned char entry[SHA256_SIZE]);
efile_status merkle_root(unsigned char out[SHA256_SIZE], const merkle *m, efile_store *store);
/* The root over the entries with from < rev <= to. */
efile_status merkle_range(unsigned char out[SHA256_SIZE], efile_store *store, int64_t from,
			  int64_t to);

/* erase.c */
efile_status journal_revs_add(journal_revs *r, efile_store *store, int64_t rev);

/* log.c */
typedef struct log_entry {
	int64_t rev;
	entry_bytes bytes;
	unsigned char hash[SHA256_SIZE];
	size_t row_count;
	bool whole;               /* all columns have their type and length */
	bool has_body, sealed;
	int64_t codec;
	const void *salt;         /* borrowed from the statement, as the rest; NULL: forgotten */
	size_t salt_length;
	const char *text;         /* NULL: erased */
	size_t text_length;
} log_entry;

typedef struct log_head {
	int64_t chain, number, rev;
	unsigned char hash[SHA256_SIZE];
} log_head;

typedef struct chain_map {
	log_head *heads;
	size_t size, used;
} chain_map;

typedef struct log_check {
	efile_store *store;
	efile_report *report;
	int64_t last;             /* rev of the entry before */
	int64_t checkpoints;
	journal_revs erased;      /* entries whose body is gone */
	journal_revs named;       /* those of which an entry says that it was erased */
	chain_map chains;
	merkle tree;
} log_check;

extern const char log_columns_sql[]; /* entries and bodies from rev ?1 on */
void log_read(log_entry *e, const stmt *s);
void log_row(pending_row *out, const log_entry *e, size_t at);
bool log_is_deletion(const pending_row *row);
efile_status log_salt(bool *known, unsigned char out[SALT_SIZE], efile_store *store,
		      const log_entry *e, size_t at);
efile_status log_fits(bool *out, log_check *c, const log_entry *e);  /* next in its chain, hash right */
efile_status log_follow(log_check *c, const log_entry *e);           /* takes it as it is */
efile_status log_body_matches(bool *out, efile_store *store, const log_entry *e,
			      const unsigned char commitment[SHA256_SIZE]);
efile_status log_check_entry(log_check *c, const log_entry *e);
efile_status log_check_end(log_check *c);
void log_check_clear(log_check *c);
void chain_map_clear(chain_map *m);

/* fsck.c */
bool is_damage(efile_status status);
efile_status report_unreadable(efile_report *report, efile_store *store, const char *what);
efile_status fsck_run(efile_report *report, efile_store *store, bool blobs);
/* Whether the row that stands in the statement (SELECT *) has the digest of its entry. */
efile_status fsck_row_matches(bool *out, efile_store *store, const record_kind *kind,
			      const stmt *row, const log_entry *e, size_t at,
			      const unsigned char digest[SHA256_SIZE]);
const record_kind *store_kind(const efile_store *store, unsigned number); /* NULL: unknown */
efile_status kind_insert_sql(const char **out, efile_store *store, const record_kind *kind);
/* name.c: what people call a row, or the document of a content; nothing where there is no name. */
efile_status row_name(buf *out, efile_store *store, const record_kind *kind, int64_t id);
efile_status content_name(buf *out, efile_store *store, int64_t blob);
efile_status kind_row_sql(const char **out, efile_store *store, const record_kind *kind);

/* repair.c */
efile_status repair_run(efile_report *report, efile_store *store, const char *second);

/* blob.c */
extern const record_kind blob_kind;

typedef struct blob_row {
	record_head head;
	bytes sha256;
	int64_t size;
	int64_t codec;
	opt_int key;
} blob_row;

efile_status blob_too_long(efile_store *store);

/* blob_file.c: a content on its way to its place in blobs/ */
typedef struct blob_file {
	efile_store *store;
	int fd;
	char name[24];            /* "" while it has none (O_TMPFILE) */
	sha256_ctx sha;
	unsigned char sha256[SHA256_SIZE];
	int64_t size;
} blob_file;

#define BLOB_FILE_NONE { NULL, -1, "", SHA256_CTX_INIT, { 0 }, 0 }

efile_status blob_file_begin(blob_file *f, efile_store *store);
efile_status blob_file_add(blob_file *f, const void *data, size_t length);
efile_status blob_file_end(blob_file *f);                    /* sha256 and size are set */
efile_status blob_file_sync(blob_file *f);
efile_status blob_file_link(blob_file *f);                   /* under its name */
efile_status blob_file_place(blob_file *f, bool replace);    /* under its name, folder synced */
efile_status blob_file_matches(bool *out, efile_store *store, const unsigned char *sha256);
efile_status blob_file_reader(efile_reader **out, efile_store *store, const unsigned char *sha256);
void blob_file_clear(blob_file *f);
typedef efile_status (*blob_orphan_fn)(efile_store *store, int folder, const char *name, void *user);
efile_status blob_each_orphan(efile_store *store, blob_orphan_fn call, void *user);
void blob_remove_temporary(efile_store *store);         /* left-overs of dead processes */
efile_status blob_sweep(int64_t *removed, efile_store *store); /* files without a row */
void blob_forget_linked(efile_store *store);
char *blob_name(char out[70], const unsigned char sha256[SHA256_SIZE]); /* "ab/<hex>" */

#endif
