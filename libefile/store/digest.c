/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hashed bytes of docs/FORMAT.md sections 2 and 3. */
#include <string.h>

#include "store/inner.h"

efile_status store_random(efile_store *store, void *out, size_t length)
{
	if (length > store->random_left) {
		TRY(ctx_random(store->ctx, store->random, sizeof(store->random)));
		store->random_left = sizeof(store->random);
	}
	memcpy(out, store->random + sizeof(store->random) - store->random_left, length);
	store->random_left -= length;
	return EFILE_OK;
}

efile_status digest_bytes(unsigned char out[SHA256_SIZE], efile_store *store, const buf *data)
{
	TRY(buf_status(data, store->ctx));
	TRY(sha256_start(&store->sha, store->ctx));
	TRY(sha256_add(&store->sha, buf_text(data), data->length));
	return sha256_finish(out, &store->sha);
}

efile_status digest_salt(unsigned char out[SALT_SIZE], efile_store *store,
			 const unsigned char seed[SALT_SIZE], uint32_t at)
{
	unsigned char input[4 + SALT_SIZE + 4] = "EFS1", hash[SHA256_SIZE];

	memcpy(input + 4, seed, SALT_SIZE);
	for (int i = 0; i < 4; i++)
		input[4 + SALT_SIZE + i] = (unsigned char)(at >> (24 - 8 * i));
	TRY(sha256_start(&store->sha, store->ctx));
	TRY(sha256_add(&store->sha, input, sizeof(input)));
	TRY(sha256_finish(hash, &store->sha));
	memcpy(out, hash, SALT_SIZE);
	return EFILE_OK;
}

efile_status digest_body(unsigned char out[SHA256_SIZE], efile_store *store,
			 const unsigned char salt[SALT_SIZE], const void *body, size_t length)
{
	TRY(sha256_start(&store->sha, store->ctx));
	TRY(sha256_add(&store->sha, "EFB1", 4));
	TRY(sha256_add(&store->sha, salt, SALT_SIZE));
	TRY(sha256_add(&store->sha, length ? body : "", length));
	return sha256_finish(out, &store->sha);
}

efile_status digest_chain_start(unsigned char out[SHA256_SIZE], efile_store *store, int64_t chain)
{
	buf *b = &store->scratch;

	buf_reset(b);
	buf_add(b, "EFC1", 4);
	buf_add(b, store->id.bytes, sizeof(store->id.bytes));
	buf_add_u64(b, (uint64_t)chain);
	return digest_bytes(out, store, b);
}

efile_status digest_entry(unsigned char out[SHA256_SIZE], efile_store *store,
			  const entry_bytes *entry, const unsigned char previous[SHA256_SIZE])
{
	buf *b = &store->scratch;

	buf_reset(b);
	buf_add(b, "EFJ1", 4);
	buf_add_u64(b, (uint64_t)entry->chain);
	buf_add_u64(b, (uint64_t)entry->number);
	buf_add_u64(b, (uint64_t)entry->time);
	buf_add(b, entry->actor.bytes, sizeof(entry->actor.bytes));
	buf_add(b, entry->behalf.bytes, sizeof(entry->behalf.bytes));
	buf_add_u32(b, entry->action);
	buf_add_u16(b, entry->object_kind);
	buf_add(b, entry->object.bytes, sizeof(entry->object.bytes));
	buf_add(b, entry->body, SHA256_SIZE);
	buf_add_u32(b, (uint32_t)entry->rows_length);
	buf_add(b, entry->rows, entry->rows_length);
	buf_add(b, previous, SHA256_SIZE);
	return digest_bytes(out, store, b);
}

/* ---- canonical bytes of a row ---- */

void canonical_head(buf *out, unsigned kind, int64_t id)
{
	buf_add_u16(out, (uint16_t)kind);
	buf_add_u64(out, (uint64_t)id);
}

/* Trailing NULLs are left out, so that a column added later changes no old row. */
static void cut(buf *out, size_t length)
{
	if (!out->failed)
		out->length = length;
}

static void add_int(buf *out, int64_t value)
{
	buf_add_char(out, 1);
	buf_add_u64(out, (uint64_t)value);
}

static void add_data(buf *out, char type, const void *data, size_t length)
{
	buf_add_char(out, type);
	buf_add_u32(out, (uint32_t)length);
	buf_add(out, data, length);
}

/* What a field has to say beyond numbers; NULL: nothing, or a number. */
static const void *field_data(size_t *length, const record_field *field, const void *at)
{
	const bytes *blob = at;
	const char *text;

	switch (field->type) {
	case FIELD_TEXT:
		text = *(char *const *)at;
		*length = text ? strlen(text) : 0;
		return text;
	case FIELD_ID:
		*length = sizeof(efile_id);
		return efile_id_is_none(at) ? NULL : at;
	case FIELD_BLOB:
		*length = blob->length;
		return blob->data;
	default:
		*length = 0;
		return NULL;
	}
}

static inline unsigned char *put_u64(unsigned char *to, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		to[i] = (unsigned char)(value >> (56 - 8 * i));
	return to + 8;
}

static inline unsigned char *put_u32(unsigned char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> (24 - 8 * i));
	return to + 4;
}

/* At to there is room for a number, or for the data; answers the end. */
static unsigned char *put_field(unsigned char *to, const record_field *field, const void *at,
				const void *data, size_t length)
{
	const opt_int *number = at;

	if (field->type == FIELD_INT || (field->type == FIELD_OPT_INT && number->set)) {
		*to++ = 1;
		return put_u64(to, (uint64_t)(field->type == FIELD_INT ? *(const int64_t *)at :
							      number->value));
	}
	if (!data) {
		*to++ = 0;
		return to;
	}
	*to++ = field->type == FIELD_TEXT ? 2 : 3;
	to = put_u32(to, (uint32_t)length);
	memcpy(to, data, length);
	return to + length;
}

void canonical_record(buf *out, const record_kind *kind, const void *record)
{
	size_t used;

	canonical_head(out, kind->number, ((const record_head *)record)->id);
	used = out->length;
	for (size_t i = 0; i < kind->field_count; i++) {
		const record_field *field = &kind->fields[i];
		const void *at = (const char *)record + field->offset;
		unsigned char *to, *end;
		size_t length;
		const void *data = field_data(&length, field, at);

		if (!buf_reserve(out, 1 + 8 + length))
			return;
		to = (unsigned char *)out->data + out->length;
		end = put_field(to, field, at, data, length);
		out->length += (size_t)(end - to);
		if (*to)
			used = out->length;
	}
	cut(out, used);
}

void canonical_stmt(buf *out, const record_kind *kind, const stmt *s)
{
	int columns = sqlite3_column_count(s->handle);
	size_t used, length;
	const void *data;

	canonical_head(out, kind->number, stmt_int(s, 0));
	used = out->length;
	for (int i = 2; i < columns; i++) {
		int type = sqlite3_column_type(s->handle, i);

		if (type == SQLITE_NULL) {
			buf_add_char(out, 0);
			continue;
		}
		if (type == SQLITE_INTEGER) {
			add_int(out, stmt_int(s, i));
		} else {
			data = stmt_blob(s, i, &length);
			/* A REAL cannot come from us: its own type byte makes the digest differ. */
			add_data(out, type == SQLITE_TEXT ? 2 : type == SQLITE_BLOB ? 3 : 4, data,
				 length);
		}
		used = out->length;
	}
	cut(out, used);
}
