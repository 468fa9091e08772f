/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contents by their SHA-256: content first, row second (docs/FORMAT.md 5). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inner.h"

enum { CHUNK = 65536 };

static const record_field blob_fields[] = {
	RECORD_FIELD(blob_row, sha256, FIELD_BLOB, 0),
	RECORD_FIELD(blob_row, size, FIELD_INT, 0),
	RECORD_FIELD(blob_row, codec, FIELD_INT, 0),
	RECORD_FIELD(blob_row, key, FIELD_OPT_INT, 0),
};

const record_kind blob_kind = { RECORD_BLOB, "blob", sizeof(blob_row), blob_fields,
				ARRAY_SIZE(blob_fields) };

static const char sql_find[] = "SELECT id, size, sha256 FROM blob WHERE sha256 = ?1";
static const char sql_stat[] = "SELECT id, size, sha256 FROM blob WHERE id = ?1";
static const char sql_data[] = "SELECT data FROM blob_data WHERE id = ?1";
static const char sql_put[] = "INSERT INTO blob_data(id, data) VALUES(?1, ?2) "
			      "ON CONFLICT(id) DO UPDATE SET data = excluded.data";

char *blob_name(char out[70], const unsigned char sha256[SHA256_SIZE])
{
	str_hex(out, sha256, 1);
	out[2] = '/';
	str_hex(out + 3, sha256, SHA256_SIZE);
	return out;
}

/* ---- rows ---- */

static efile_status read_ref(blob_ref *out, stmt *s)
{
	efile_status status = stmt_step(s);
	const void *sha;
	size_t length;

	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	TRY(status);
	sha = stmt_blob(s, 2, &length);
	if (length != SHA256_SIZE)
		return FAIL(s->store->ctx, EFILE_E_DAMAGED, 1140, "the row of content %lld is damaged",
			    (long long)stmt_int(s, 0));
	out->id = stmt_int(s, 0);
	out->size = stmt_int(s, 1);
	out->existed = true;
	memcpy(out->sha256, sha, SHA256_SIZE);
	return EFILE_OK;
}

efile_status blob_find(blob_ref *out, efile_store *store, const unsigned char sha256[32])
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_find));
	stmt_bind_blob(&s, 1, sha256, SHA256_SIZE);
	return read_ref(out, &s);
}

efile_status blob_stat(blob_ref *out, efile_store *store, int64_t id)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_stat));
	stmt_bind_int(&s, 1, id);
	return read_ref(out, &s);
}

static efile_status insert_row(blob_ref *out, efile_store *store, const unsigned char *sha256_bytes,
			       int64_t size)
{
	unsigned char sha[SHA256_SIZE];
	blob_row row = { .sha256 = { sha, SHA256_SIZE }, .size = size };

	memcpy(sha, sha256_bytes, SHA256_SIZE);
	TRY(row_insert(store, &blob_kind, &row));
	*out = (blob_ref){ .id = row.head.id, .size = size };
	memcpy(out->sha256, sha, SHA256_SIZE);
	return EFILE_OK;
}

/* ---- small contents, in the database ---- */

static efile_status write_data(efile_store *store, int64_t id, const void *data, size_t length)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_put));
	stmt_bind_int(&s, 1, id);
	stmt_bind_blob(&s, 2, length ? data : "", length);
	return stmt_run(&s);
}

/* A page that the database finds damaged is a content that differs. */
static efile_status is_data(bool *out, efile_store *store, int64_t id, const void *data,
			    size_t length)
{
	AUTO(stmt) s = STMT_NONE;
	const void *found;
	size_t found_length;
	efile_status status;

	*out = false;
	TRY(stmt_take(&s, store, sql_data));
	stmt_bind_int(&s, 1, id);
	status = stmt_step(&s);
	if (status == EFILE_E_DAMAGED)
		error_clear(store->ctx);
	else
		TRY(status);
	if (status != EFILE_OK)
		return EFILE_OK;
	found = stmt_blob(&s, 0, &found_length);
	*out = found_length == length && (length == 0 || memcmp(found, data, length) == 0);
	return EFILE_OK;
}

/* The same content again: what lies there is compared, and mended if it has rotted. */
static efile_status check_data(efile_store *store, int64_t id, const void *data, size_t length)
{
	bool same;

	TRY(is_data(&same, store, id, data, length));
	return same ? EFILE_OK : write_data(store, id, data, length);
}

static efile_status put_inline(blob_ref *out, efile_store *store, const unsigned char *sha,
			       const void *data, size_t length)
{
	efile_status status = blob_find(out, store, sha);

	if (status == EFILE_OK)
		return check_data(store, out->id, data, length);
	if (status != EFILE_E_NOTFOUND)
		return status;
	TRY(insert_row(out, store, sha, (int64_t)length));
	return write_data(store, out->id, data, length);
}

/* ---- staging: outside of any lock ---- */

struct blob_staged {
	efile_store *store;
	buf bytes;                 /* of a small content */
	blob_file file;            /* of a large one */
	unsigned char sha256[SHA256_SIZE];
	int64_t size;
	int64_t known;             /* its row, found whole when it was staged; 0: none */
	bool synced;               /* the file's bytes are on the disk */
};

void blob_staged_free(blob_staged *staged)
{
	if (!staged)
		return;
	buf_clear(&staged->bytes);
	blob_file_clear(&staged->file);
	free(staged);
}

int64_t blob_staged_size(const blob_staged *staged)
{
	return staged->size;
}

static blob_staged *staged_new(efile_store *store)
{
	blob_staged *staged = mem_new(store->ctx, sizeof(*staged));

	if (staged) {
		staged->store = store;
		staged->file = (blob_file)BLOB_FILE_NONE;
	}
	return staged;
}

/* The row of a content that lies there whole; a damaged one is mended by placing this one. */
static efile_status find_whole(blob_staged *staged)
{
	blob_ref there;
	bool match = false;
	efile_status status = blob_find(&there, staged->store, staged->sha256);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	TRY(blob_file_matches(&match, staged->store, staged->sha256));
	staged->known = match ? there.id : 0;
	return EFILE_OK;
}

static efile_status sync_staged(blob_staged *staged)
{
	if (!staged->synced)
		TRY(blob_file_sync(&staged->file));
	staged->synced = true;
	return EFILE_OK;
}

static efile_status end_file(blob_staged *staged)
{
	TRY(blob_file_end(&staged->file));
	staged->size = staged->file.size;
	memcpy(staged->sha256, staged->file.sha256, SHA256_SIZE);
	TRY(find_whole(staged));
	return staged->known ? EFILE_OK : sync_staged(staged);
}

/* The digest of what bytes hold. */
static efile_status end_bytes(blob_staged *staged, const void *data, size_t length)
{
	efile_store *store = staged->store;

	if (length > store->ctx->limits.document_bytes)
		return blob_too_long(store);
	staged->size = (int64_t)length;
	TRY(sha256_start(&store->sha, store->ctx));
	TRY(sha256_add(&store->sha, length ? data : "", length));
	return sha256_finish(staged->sha256, &store->sha);
}

static efile_status stage_stream(blob_staged *staged, efile_reader *content)
{
	buf *begun = &staged->bytes;
	efile_status status;

	TRY(blob_file_begin(&staged->file, staged->store));
	do {
		size_t got;

		TRY(blob_file_add(&staged->file, begun->data, begun->length));
		buf_reset(begun);
		status = efile_reader_read(content, begun->data, CHUNK, &got);
		TRY(status);
		begun->length = got;
	} while (status != EFILE_DONE);
	buf_clear(begun);
	return end_file(staged);
}

static efile_status stage(blob_staged *staged, efile_reader *content)
{
	buf *begun = &staged->bytes;
	efile_status status = EFILE_OK;

	if (!buf_reserve(begun, BLOB_INLINE + 1))
		return buf_status(begun, staged->store->ctx);
	while (status != EFILE_DONE && begun->length <= BLOB_INLINE) {
		size_t got;

		status = efile_reader_read(content, begun->data + begun->length,
					   BLOB_INLINE + 1 - begun->length, &got);
		TRY(status);
		begun->length += got;
	}
	return status == EFILE_DONE ? end_bytes(staged, begun->data, begun->length) :
				      stage_stream(staged, content);
}

efile_status blob_stage(blob_staged **out, efile_store *store, efile_reader *content)
{
	AUTO_PTR(blob_staged) staged = staged_new(store);

	if (!staged)
		return EFILE_E_NOMEM;
	TRY(stage(staged, content));
	*out = STEAL(staged);
	return EFILE_OK;
}

/* A large content that is known is not written again. */
static efile_status stage_large(blob_staged *staged, const void *data, size_t length)
{
	TRY(end_bytes(staged, data, length));
	TRY(find_whole(staged));
	if (staged->known)
		return EFILE_OK;
	TRY(blob_file_begin(&staged->file, staged->store));
	TRY(blob_file_add(&staged->file, data, length));
	TRY(blob_file_end(&staged->file));
	return sync_staged(staged);
}

static efile_status stage_small(blob_staged *staged, const void *data, size_t length)
{
	buf_add(&staged->bytes, data, length);
	TRY(buf_status(&staged->bytes, staged->store->ctx));
	return end_bytes(staged, data, length);
}

efile_status blob_stage_bytes(blob_staged **out, efile_store *store, const void *data, size_t length)
{
	AUTO_PTR(blob_staged) staged = staged_new(store);

	if (!staged)
		return EFILE_E_NOMEM;
	TRY(length <= BLOB_INLINE ? stage_small(staged, data, length) :
				    stage_large(staged, data, length));
	*out = STEAL(staged);
	return EFILE_OK;
}

efile_status blob_stage_known(blob_staged **out, efile_store *store, int64_t id)
{
	AUTO_PTR(blob_staged) staged = staged_new(store);
	blob_ref ref;

	if (!staged)
		return EFILE_E_NOMEM;
	TRY(blob_stat(&ref, store, id));
	staged->size = ref.size;
	staged->known = ref.id;
	memcpy(staged->sha256, ref.sha256, SHA256_SIZE);
	*out = STEAL(staged);
	return EFILE_OK;
}

/* ---- placing: in a transaction ---- */

/* With a row that came after staging, the file may be another's or rotten. */
static efile_status place_over(blob_ref *out, blob_staged *staged)
{
	bool match = false;

	if (staged->known == out->id)
		return EFILE_OK;
	TRY(blob_file_matches(&match, staged->store, staged->sha256));
	return match ? EFILE_OK : blob_file_place(&staged->file, true);
}

static efile_status place_file(blob_ref *out, blob_staged *staged)
{
	efile_status status = blob_find(out, staged->store, staged->sha256);

	if (status == EFILE_OK)
		return place_over(out, staged);
	if (status != EFILE_E_NOTFOUND)
		return status;
	if (staged->file.fd < 0) /* was known, and its row is gone: nobody removes rows of contents */
		return FAIL(staged->store->ctx, EFILE_E_CONFLICT, 1145,
			    "a content was removed while it was filed again");
	TRY(sync_staged(staged));
	TRY(blob_file_place(&staged->file, false));
	return insert_row(out, staged->store, staged->sha256, staged->size);
}

efile_status blob_place(blob_ref *out, blob_staged *staged)
{
	TRY(txn_require_write(staged->store));
	if (staged->known && staged->size <= BLOB_INLINE)
		return blob_stat(out, staged->store, staged->known);
	return staged->size <= BLOB_INLINE ?
		       put_inline(out, staged->store, staged->sha256, staged->bytes.data,
				  staged->bytes.length) :
		       place_file(out, staged);
}

efile_status blob_put(blob_ref *out, efile_store *store, efile_reader *content)
{
	AUTO_PTR(blob_staged) staged = NULL;

	TRY(txn_require_write(store));
	TRY(blob_stage(&staged, store, content));
	return blob_place(out, staged);
}

efile_status blob_put_bytes(blob_ref *out, efile_store *store, const void *data, size_t length)
{
	blob_staged staged = { .store = store, .file = BLOB_FILE_NONE };
	efile_status status;

	TRY(txn_require_write(store));
	if (length <= BLOB_INLINE) {
		TRY(end_bytes(&staged, data, length));
		return put_inline(out, store, staged.sha256, data, length);
	}
	status = stage_large(&staged, data, length);
	if (status == EFILE_OK)
		status = blob_place(out, &staged);
	blob_file_clear(&staged.file);
	return status;
}

/* ---- reading ---- */

typedef struct blob_source {
	efile_store *store;
	blob_ref ref;
	buf bytes;                /* verified content, or empty */
	size_t at;
	int fd;                   /* -1: content is in bytes */
	int64_t seen;
	sha256_ctx sha;
	bool ended;
} blob_source;

static efile_status damaged(efile_store *store, const blob_ref *ref)
{
	char hex[65];

	return FAIL(store->ctx, EFILE_E_DAMAGED, 1141, "content %s does not match its digest",
		    str_hex(hex, ref->sha256, SHA256_SIZE));
}

static efile_status verify_bytes(blob_source *b)
{
	unsigned char sha[SHA256_SIZE];

	TRY(buf_status(&b->bytes, b->store->ctx));
	TRY(sha256_start(&b->store->sha, b->store->ctx));
	TRY(sha256_add(&b->store->sha, buf_text(&b->bytes), b->bytes.length));
	TRY(sha256_finish(sha, &b->store->sha));
	if ((int64_t)b->bytes.length != b->ref.size || memcmp(sha, b->ref.sha256, SHA256_SIZE) != 0)
		return damaged(b->store, &b->ref);
	return EFILE_OK;
}

static efile_status load_inline(blob_source *b)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;
	const void *data;
	size_t length;

	TRY(stmt_take(&s, b->store, sql_data));
	stmt_bind_int(&s, 1, b->ref.id);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return damaged(b->store, &b->ref);
	data = stmt_blob(&s, 0, &length);
	buf_add(&b->bytes, data, length);
	return verify_bytes(b);
}

static efile_status read_some(size_t *got, blob_source *b, void *buffer, size_t length)
{
	ssize_t n;

	do
		n = read(b->fd, buffer, length);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return disk_failed(b->store->ctx, "blobs");
	*got = (size_t)n;
	return EFILE_OK;
}

static efile_status load_file(blob_source *b)
{
	size_t got = 1;

	/* One byte more than the size tells a file that has grown. */
	if (!buf_reserve(&b->bytes, (size_t)b->ref.size + 1))
		return buf_status(&b->bytes, b->store->ctx);
	while (got > 0 && (int64_t)b->bytes.length <= b->ref.size) {
		TRY(read_some(&got, b, b->bytes.data + b->bytes.length,
			      (size_t)b->ref.size + 1 - b->bytes.length));
		b->bytes.length += got;
	}
	handle_clear(&b->fd);
	return verify_bytes(b);
}

static efile_status end_of_stream(blob_source *b)
{
	unsigned char sha[SHA256_SIZE];

	if (b->ended)
		return EFILE_OK;
	TRY(sha256_finish(sha, &b->sha));
	if (b->seen != b->ref.size || memcmp(sha, b->ref.sha256, SHA256_SIZE) != 0)
		return damaged(b->store, &b->ref);
	b->ended = true;
	return EFILE_OK;
}

static efile_status source_read(void *buffer, size_t length, size_t *got, void *user)
{
	blob_source *b = user;

	*got = 0;
	if (b->fd < 0) {
		size_t left = b->bytes.length - b->at;

		*got = length < left ? length : left;
		if (*got)
			memcpy(buffer, b->bytes.data + b->at, *got);
		b->at += *got;
		return EFILE_OK;
	}
	if (b->ended || length == 0)
		return EFILE_OK;
	TRY(read_some(got, b, buffer, length));
	b->seen += (int64_t)*got;
	return *got ? sha256_add(&b->sha, buffer, *got) : end_of_stream(b);
}

static void source_free(void *user)
{
	blob_source *b = user;

	if (!b)
		return;
	buf_clear(&b->bytes);
	sha256_ctx_clear(&b->sha);
	handle_clear(&b->fd);
	free(b);
}

static efile_status open_source(blob_source *b)
{
	char name[70];

	if (b->ref.size <= BLOB_INLINE)
		return load_inline(b);
	b->fd = openat(b->store->blobs, blob_name(name, b->ref.sha256), O_RDONLY | O_CLOEXEC);
	if (b->fd < 0)
		return errno == ENOENT ? damaged(b->store, &b->ref) :
					 disk_failed(b->store->ctx, name);
	if (b->ref.size <= BLOB_BUFFERED)
		return load_file(b);
	return sha256_start(&b->sha, b->store->ctx);
}

efile_status blob_open(efile_reader **out, efile_store *store, int64_t id)
{
	blob_source *b = mem_new(store->ctx, sizeof(*b));
	efile_status status;

	if (!b)
		return EFILE_E_NOMEM;
	b->store = store;
	b->fd = -1;
	status = blob_stat(&b->ref, store, id);
	if (status == EFILE_OK)
		status = open_source(b);
	if (status == EFILE_OK)
		status = efile_reader_from_callback(out, store->ctx, source_read, source_free, b);
	if (status < 0)
		source_free(b);
	return status;
}

efile_status blob_load(buf *out, efile_store *store, int64_t id, uint64_t limit)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(blob_open(&reader, store, id));
	return reader_read_all(out, store->ctx, reader, limit, "a document");
}
