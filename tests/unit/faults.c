/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that fail on command: the linker routes them here (unit_wrap in Makefile-files), so that the
 * library needs no hook. Other libraries say "no memory" in their own ways; theirs count as well. */
#include "unit/support.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <openssl/evp.h>
#include <poll.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "decision/model.h"
#include "expr/value.h"
#include "unit/memory.h"

typedef enum weather {
	WEATHER_MEMORY, /* the n-th allocation, ours or another library's */
	WEATHER_CALLS,  /* the n-th call of the disk, the database or the cryptographic library */
	WEATHER_SIGNALS /* the n-th call that a signal can interrupt */
} weather;

static weather present;
static long fail_at;    /* 0: never */
static long calls;

/* What fail_each() answers under --once: more than any test asks for. */
enum { TRIES = 1000000 };

/* ---- the watch from outside: a whole test while one allocation fails (memory.c) ---- */

static memory_watch *watch;
static int is_copy; /* has had its failure (memory_split) */

void faults_watch(memory_watch *w)
{
	watch = w;
}

/* FNV-1a over the nearest return addresses: loops, and tests that begin alike, ask again from the same
 * place. */
static uint64_t call_stack(void)
{
	enum { DEPTH = 11 };
	void *frames[DEPTH];
	int count = backtrace(frames, DEPTH);
	uint64_t hash = UINT64_C(14695981039346656037);

	for (int i = 2; i < count; i++)
		hash = (hash ^ (uint64_t)(uintptr_t)frames[i]) * UINT64_C(1099511628211);
	return hash;
}

static int fails_from_outside(void)
{
	memory_watch *w = watch;
	long n;

	if (!w)
		return 0;
	n = is_copy ? 0 : ++w->allocations;
	if (w->split) {
		if (is_copy || !memory_split(w, n))
			return 0;
		is_copy = 1;
	} else if (n != w->fail_at) {
		watch = NULL; /* backtrace() may ask too */
		if (!w->fail_at && n < MEMORY_PLACES)
			w->places[n] = call_stack();
		watch = w;
		return 0;
	}
	watch = NULL;
	w->failed++;
	w->depth = backtrace(w->frames, MEMORY_FRAMES);
	watch = w;
	return 1;
}

#pragma GCC visibility push(default)
const char *__real_message_translate(int language, const char *english);
const char *__wrap_message_translate(int language, const char *english);
const char *__wrap_message_translate(int language, const char *english)
{
	if (watch && watch->failed && strcmp(english, "out of memory") == 0)
		watch->said++;
	return __real_message_translate(language, english);
}
#pragma GCC visibility pop

static int fails(weather kind)
{
	if (kind == WEATHER_MEMORY && fails_from_outside())
		return 1;
	return fail_at && kind == present && ++calls == fail_at;
}

/* The linker sees the wrapped names in shared libraries too. */
#pragma GCC visibility push(default)

/* A function that is called through, or answers `bad` when its turn has come. */
#define WRAP(kind, type, name, parameters, arguments, bad)                                         \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return fails(kind) ? (bad) : __real_##name arguments;                              \
	}

/* The same for system calls, which also say why. */
#define WRAP_DISK(type, name, parameters, arguments)                                               \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		if (!fails(WEATHER_CALLS))                                                         \
			return __real_##name arguments;                                            \
		errno = EIO;                                                                       \
		return -1;                                                                         \
	}

/* ---- memory ---- */

WRAP(WEATHER_MEMORY, void *, malloc, (size_t size), (size), NULL)
WRAP(WEATHER_MEMORY, void *, calloc, (size_t count, size_t size), (count, size), NULL)
WRAP(WEATHER_MEMORY, void *, realloc, (void *old, size_t size), (old, size), NULL)
WRAP(WEATHER_MEMORY, EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), NULL)
WRAP(WEATHER_MEMORY, int, inflateInit2_, (z_streamp z, int bits, const char *version, int size),
     (z, bits, version, size), Z_MEM_ERROR)
WRAP(WEATHER_MEMORY, int, deflateInit2_,
     (z_streamp z, int level, int method, int bits, int memory, int strategy, const char *version, int size),
     (z, level, method, bits, memory, strategy, version, size), Z_MEM_ERROR)
WRAP(WEATHER_MEMORY, xmlParserCtxtPtr, xmlCreatePushParserCtxt,
     (xmlSAXHandlerPtr sax, void *user, const char *chunk, int size, const char *name),
     (sax, user, chunk, size, name), NULL)
WRAP(WEATHER_MEMORY, xmlSchemaValidCtxtPtr, xmlSchemaNewValidCtxt, (xmlSchemaPtr schema), (schema), NULL)

/* ---- disk ---- */

/* The same where a signal may come in between. */
#define WRAP_SLOW(type, name, parameters, arguments)                                               \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		int error = fails(WEATHER_CALLS) ? EIO : fails(WEATHER_SIGNALS) ? EINTR : 0;       \
											   \
		if (!error)                                                                        \
			return __real_##name arguments;                                            \
		errno = error;                                                                     \
		return -1;                                                                         \
	}

WRAP_SLOW(ssize_t, read, (int fd, void *data, size_t size), (fd, data, size))
WRAP_SLOW(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP_DISK(int, fsync, (int fd), (fd))
WRAP_DISK(int, fstat, (int fd, struct stat *info), (fd, info))
WRAP_DISK(int, linkat, (int from, const char *old, int to, const char *new, int flags),
	  (from, old, to, new, flags))
WRAP_DISK(int, rename, (const char *old, const char *new), (old, new))
WRAP_DISK(int, renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
WRAP_DISK(int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP_DISK(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
WRAP_DISK(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))

WRAP(WEATHER_CALLS, DIR *, opendir, (const char *path), (path), (errno = EIO, NULL))
WRAP(WEATHER_CALLS, DIR *, fdopendir, (int fd), (fd), (errno = EIO, NULL))
WRAP(WEATHER_CALLS, struct dirent *, readdir, (DIR *list), (list), (errno = EIO, NULL))

/* ---- a process that is started and talked to ---- */

WRAP_SLOW(int, poll, (struct pollfd *fds, nfds_t count, int timeout), (fds, count, timeout))
WRAP_SLOW(ssize_t, recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
WRAP_SLOW(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
WRAP_DISK(int, socketpair, (int domain, int type, int protocol, int *fds), (domain, type, protocol, fds))
WRAP_DISK(int, pipe2, (int *fds, int flags), (fds, flags))
WRAP_DISK(int, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP_DISK(int, pidfd_open, (pid_t pid, unsigned flags), (pid, flags))

static int starts(void)
{
	if (watch)
		watch->started = 1;
	return fails(WEATHER_CALLS);
}

#define WRAP_SPAWN(name, parameters, arguments)                                                    \
	int __real_##name parameters;                                                              \
	int __wrap_##name parameters;                                                              \
	int __wrap_##name parameters                                                               \
	{                                                                                          \
		return starts() ? EAGAIN : __real_##name arguments;                                \
	}
WRAP_SPAWN(posix_spawn, (pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
			 const posix_spawnattr_t *attributes, char *const argv[], char *const environment[]),
	   (pid, path, actions, attributes, argv, environment))
WRAP_SPAWN(posix_spawn_file_actions_init, (posix_spawn_file_actions_t *a), (a))
WRAP_SPAWN(posix_spawn_file_actions_addopen,
	   (posix_spawn_file_actions_t *a, int fd, const char *path, int flags, mode_t mode),
	   (a, fd, path, flags, mode))
WRAP_SPAWN(posix_spawn_file_actions_adddup2, (posix_spawn_file_actions_t *a, int fd, int to), (a, fd, to))
WRAP_SPAWN(posix_spawn_file_actions_addclosefrom_np, (posix_spawn_file_actions_t *a, int from), (a, from))
WRAP_SPAWN(posix_spawnattr_init, (posix_spawnattr_t *a), (a))
WRAP_SPAWN(posix_spawnattr_setsigmask, (posix_spawnattr_t *a, const sigset_t *set), (a, set))
WRAP_SPAWN(posix_spawnattr_setsigdefault, (posix_spawnattr_t *a, const sigset_t *set), (a, set))
WRAP_SPAWN(posix_spawnattr_setflags, (posix_spawnattr_t *a, short flags), (a, flags))

static mode_t mode_of(int flags, va_list rest)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = mode_of(flags, rest);
	va_end(rest);
	if (!fails(WEATHER_CALLS))
		return __real_open(path, flags, mode);
	errno = EIO;
	return -1;
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = mode_of(flags, rest);
	va_end(rest);
	if (!fails(WEATHER_CALLS))
		return __real_openat(folder, path, flags, mode);
	errno = EIO;
	return -1;
}

/* ---- database: out of memory in one weather, a failing disk in the other ---- */

static int database_fails(void)
{
	if (!fail_at || present == WEATHER_SIGNALS)
		return SQLITE_OK;
	if (++calls != fail_at)
		return SQLITE_OK;
	return present == WEATHER_MEMORY ? SQLITE_NOMEM : SQLITE_IOERR;
}

/* SQLite has what it needs to roll back and commit: a commit that fails is the disk's doing. The mark
 * of a closing store (a transaction in one text) is a hint that may be missing. */
static int is_end(const char *sql)
{
	return strncmp(sql, "ROLLBACK", 8) == 0 || strncmp(sql, "BEGIN IMMEDIATE;", 16) == 0 ||
	       (present == WEATHER_MEMORY && strcmp(sql, "COMMIT") == 0);
}

int __real_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_step(sqlite3_stmt *s)
{
	/* Not from row to row: a store that grows with each run would never be through. */
	int code = sqlite3_stmt_busy(s) || is_end(sqlite3_sql(s)) ? SQLITE_OK : database_fails();

	return code ? code : __real_sqlite3_step(s);
}

int __real_sqlite3_exec(sqlite3 *db, const char *sql, int (*call)(void *, int, char **, char **),
			void *user, char **error);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*call)(void *, int, char **, char **),
			void *user, char **error);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*call)(void *, int, char **, char **),
			void *user, char **error)
{
	int code = is_end(sql) ? SQLITE_OK : database_fails();

	return code ? code : __real_sqlite3_exec(db, sql, call, user, error);
}

int __real_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **out,
			      const char **tail);
int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **out,
			      const char **tail);
int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **out,
			      const char **tail)
{
	int code = database_fails();

	*out = NULL;
	return code ? code : __real_sqlite3_prepare_v2(db, sql, length, out, tail);
}

int __real_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags,
			      sqlite3_stmt **out, const char **tail);
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags,
			      sqlite3_stmt **out, const char **tail);
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags,
			      sqlite3_stmt **out, const char **tail)
{
	int code = is_end(sql) ? SQLITE_OK : database_fails();

	*out = NULL;
	return code ? code : __real_sqlite3_prepare_v3(db, sql, length, flags, out, tail);
}

/* ---- cryptographic library ---- */

WRAP(WEATHER_CALLS, int, EVP_DigestInit_ex, (EVP_MD_CTX *c, const EVP_MD *type, ENGINE *engine),
     (c, type, engine), 0)
WRAP(WEATHER_CALLS, int, EVP_DigestUpdate, (EVP_MD_CTX *c, const void *data, size_t size),
     (c, data, size), 0)
WRAP(WEATHER_CALLS, int, EVP_DigestFinal_ex, (EVP_MD_CTX *c, unsigned char *out, unsigned *size),
     (c, out, size), 0)

#pragma GCC visibility pop

/* ---- memory taken in chunks: any piece may be the one that needs a new chunk ---- */

void *__real_scope_alloc(expr_scope *scope, size_t size);
void *__wrap_scope_alloc(expr_scope *scope, size_t size);
void *__wrap_scope_alloc(expr_scope *scope, size_t size)
{
	if (!fails(WEATHER_MEMORY))
		return __real_scope_alloc(scope, size);
	mem_failed(scope->ctx);
	return NULL;
}

void *__real_dmn_pool_new(pool *p, size_t size);
void *__wrap_dmn_pool_new(pool *p, size_t size);
void *__wrap_dmn_pool_new(pool *p, size_t size)
{
	if (!fails(WEATHER_MEMORY))
		return __real_dmn_pool_new(p, size);
	mem_failed(p->ctx);
	return NULL;
}

efile_status __real_dmn_pool_text(const char **out, pool *p, const char *text, size_t length);
efile_status __wrap_dmn_pool_text(const char **out, pool *p, const char *text, size_t length);
efile_status __wrap_dmn_pool_text(const char **out, pool *p, const char *text, size_t length)
{
	return fails(WEATHER_MEMORY) ? mem_failed(p->ctx) : __real_dmn_pool_text(out, p, text, length);
}

/* ---- running through all n ---- */

enum { N_MAX = 100000 };

/* One run; reached tells whether there was an n-th call at all. */
static efile_status run_once(int *reached, weather kind, long n, fail_fn fn, void *arg)
{
	efile_ctx *ctx = test_ctx();
	efile_status status;

	present = kind;
	calls = 0;
	fail_at = n;
	status = fn(ctx, arg);
	*reached = calls >= n;
	fail_at = 0;
	if (status < 0 && kind == WEATHER_CALLS) /* what follows a failure must not speak over it */
		TAP_EQUAL_INT(efile_error_status(ctx), status);
	efile_ctx_free(ctx);
	return status;
}

static int only_once(fail_fn fn, void *arg)
{
	int reached;

	TAP_OK(run_once(&reached, WEATHER_MEMORY, 0, fn, arg) >= 0);
	return TRIES;
}

int fail_each(fail_fn fn, void *arg)
{
	if (tap_once)
		return only_once(fn, arg);
	for (long n = 1; n < N_MAX; n++) {
		int reached;
		efile_status status = run_once(&reached, WEATHER_MEMORY, n, fn, arg);

		if (!reached) {
			TAP_OK(status >= 0);
			return (int)n - 1;
		}
		if (!TAP_EQUAL_INT(status, EFILE_E_NOMEM)) {
			printf("# at the %ld. allocation\n", n);
			return -1;
		}
	}
	TAP_OK(!"fail_each does not end");
	return -1;
}

int fail_each_call(fail_fn fn, int (*holds)(efile_status status, void *arg), void *arg, int stride)
{
	int runs = 0;

	if (tap_once)
		return only_once(fn, arg);
	for (long n = 1; n < N_MAX; n += stride, runs++) {
		int reached;
		efile_status status = run_once(&reached, WEATHER_CALLS, n, fn, arg);

		if (!holds(status, arg)) {
			printf("# at the %ld. call, status %d\n", n, (int)status);
			TAP_OK(!"what must hold after each run");
			return -1;
		}
		if (!reached) {
			TAP_OK(status >= 0);
			return runs;
		}
	}
	TAP_OK(!"fail_each_call does not end");
	return -1;
}

int interrupt_each(fail_fn fn, void *arg)
{
	if (tap_once)
		return only_once(fn, arg);
	for (long n = 1; n < N_MAX; n++) {
		int reached;
		efile_status status = run_once(&reached, WEATHER_SIGNALS, n, fn, arg);

		if (!TAP_OK(status >= 0)) {
			printf("# at the %ld. call\n", n);
			return -1;
		}
		if (!reached)
			return (int)n - 1;
	}
	TAP_OK(!"interrupt_each does not end");
	return -1;
}
