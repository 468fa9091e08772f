/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One export: what was gathered on the walk through the tree. */
#ifndef EXCHANGE_INNER_H
#define EXCHANGE_INNER_H

#include <efile/export.h>

#include "access/access.h"
#include "archive/archive.h"
#include "base/json.h"
#include "base/sha256.h"
#include "exchange/bagit.h"

/* A file of the package that belongs to a document. */
typedef struct export_file {
	char *path;            /* below data/: documents/... */
	char *media_type;
	char *sha256;
	efile_role role;
	int64_t version;
	int64_t bytes;
} export_file;

typedef struct export_item {
	efile_node *node;
	int depth;
	export_file *files;
	size_t file_count;
	size_t file_capacity;
} export_item;

typedef struct export_work {
	efile_session *session;
	efile_ctx *ctx;
	archive_zip *zip;
	export_item *items;    /* in the order of the tree */
	size_t count;
	size_t capacity;
	archive_names names;   /* in documents/ */
	char *root;            /* name of the bag's folder */
	bagit *bag;            /* its tag files */
	bool left_out;         /* something may be read, but not exported */
	efile_time modified;   /* of all entries: newest of the nodes */
} export_work;

void export_work_clear(export_work *w);

/* walk.c: loads the tree, writes the contents. */
efile_status export_walk(export_work *w, efile_id id);
/* Writes one payload file of the bag and notes its digest; the path is below data/. */
efile_status export_put(export_work *w, const char *path, const char *media_type,
			efile_reader *content, uint64_t length, char **sha256_out);
efile_status export_put_text(export_work *w, const char *path, const char *media_type,
			     const buf *text);
/* Writes any file of the package without noting it; the path is relative to the bag. */
efile_status export_put_entry(export_work *w, const char *path, const char *media_type,
			      efile_reader *content, uint64_t length);

/* describe.c: metadata.json, journal.jsonl. */
efile_status export_metadata(buf *out, const export_work *w);
efile_status export_journal(buf *out, const export_work *w);
/* Whether an entry of the log belongs into the package. */
bool export_tells(const efile_event *e);

/* page.c: index.html. */
efile_status export_page(buf *out, const export_work *w);

#endif
