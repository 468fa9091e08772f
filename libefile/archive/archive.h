/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives: reading ZIP and tar within limits, writing ZIP, names that are safe on every disk.
 * Nothing is ever written to a path: entries are handed over as streams, names are data. */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include "base/base.h"

/* ---- source.c: bytes that can be read at any place ---- */

typedef efile_status (*archive_read_at_fn)(void *buffer, size_t length, uint64_t offset,
					   void *user);

typedef struct archive_source {
	efile_ctx *ctx;
	uint64_t length;
	archive_read_at_fn read_at; /* all of length, which lies within the source, or an error */
	void *user;
} archive_source;

typedef struct archive_span { /* for archive_from_memory(); stays with the caller */
	const void *data;
	size_t length;
} archive_span;

archive_source archive_from_memory(efile_ctx *ctx, const archive_span *span);
efile_status archive_from_fd(archive_source *out, efile_ctx *ctx, const int *fd);

/* ---- read.c ---- */

typedef enum archive_kind {
	ARCHIVE_FILE,
	ARCHIVE_FOLDER,
	ARCHIVE_LINK,    /* symbolic or hard: reported, never followed */
	ARCHIVE_SPECIAL  /* device, FIFO, socket: reported */
} archive_kind;

typedef struct archive_item {
	const char *name;     /* UTF-8, as given: data, never a path */
	bool name_recoded;    /* was no UTF-8 and is read as CP437 */
	archive_kind kind;
	const char *target;   /* of a link, as given; "" otherwise */
	size_t index;         /* from 0, in the archive's order */
} archive_item;

/* Sees one entry. content is NULL unless the entry is a file; it may be read in part or not at all,
 * and is gone after the call. A negative status ends the reading with that status. */
typedef efile_status (*archive_item_fn)(const archive_item *item, efile_reader *content, void *user);

/* Reads a whole ZIP, tar or tar.gz. Every content is checked to its end, read or not. What was
 * handed over before an error must not be kept. Answers FORMAT (broken, incomplete, overlapping),
 * LIMIT (entries, bytes, ratio, all counted on what was really expanded), UNSUPPORTED (encrypted,
 * or a compression that we do not do). */
efile_status archive_read(efile_ctx *ctx, const archive_source *source, archive_item_fn each,
			  void *user);

/* ---- inside: meter, names, formats ---- */

/* Counts what comes out. Ratios below a megabyte do not matter. */
typedef struct archive_meter {
	efile_ctx *ctx;
	uint64_t out;      /* of the whole archive */
	size_t items;
} archive_meter;

efile_status archive_meter_item(archive_meter *meter);
efile_status archive_meter_add(archive_meter *meter, uint64_t more, uint64_t entry_out,
			       uint64_t entry_in);

/* Appends a name as UTF-8; true if it had to be read as CP437. */
bool archive_name_decode(buf *out, const char *bytes, size_t length);

/* Hands an entry over and reads what the callback left. */
efile_status archive_hand_over(const archive_item *item, efile_reader *content,
			       archive_item_fn each, void *user);

efile_status zip_read(const archive_source *source, archive_item_fn each, void *user);
efile_status tar_read(const archive_source *source, archive_item_fn each, void *user);

/* ---- zip_write.c ---- */

typedef struct archive_zip archive_zip;

typedef struct archive_zip_entry {
	const char *name;       /* relative, '/' between parts, UTF-8 */
	const char *media_type; /* decides with a probe whether to deflate; may be NULL */
	uint64_t length;        /* if known, else ARCHIVE_LENGTH_UNKNOWN */
	efile_time modified;    /* written as UTC, from 1980 to 2107 */
} archive_zip_entry;

#define ARCHIVE_LENGTH_UNKNOWN UINT64_MAX

/* Writes to target, which stays the caller's, from its present place on. The same entries give the
 * same bytes (with the same zlib). */
efile_status archive_zip_new(archive_zip **out, efile_ctx *ctx, efile_writer *target);
efile_status archive_zip_add(archive_zip *zip, const archive_zip_entry *entry,
			     efile_reader *content);
efile_status archive_zip_finish(archive_zip *zip);
void archive_zip_free(archive_zip *zip);
DEFINE_AUTO_PTR(archive_zip, archive_zip_free)

/* ---- name.c ---- */

/* The names given out in one folder of an export: a hash table of folded names. */
typedef struct archive_names {
	struct archive_name_slot {
		char *key;
		unsigned next; /* the suffix to try when the name is wanted again */
	} *slots;
	size_t count, size;
} archive_names;

#define ARCHIVE_NAMES_INIT { NULL, 0, 0 }

void archive_names_clear(archive_names *names);

/* A file name that every common file system takes, made of any text; unlike all that were given out
 * before, also for disks that do not tell cases apart. */
efile_status archive_safe_name(char **out, efile_ctx *ctx, archive_names *names, const char *given);

#endif
