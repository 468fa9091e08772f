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

/* A field as type and bytes; what is fixed in length is written in one go. */
static void add_number(buf *out, char type, uint64_t value, size_t width)
{
	unsigned char *at;

	if (!buf_reserve(out, 1 + width))
		return;
	at = (unsigned char *)out->data + out->length;
	*at++ = (unsigned char)type;
	for (size_t shift = 8 * width; shift > 0; shift -= 8)
		*at++ = (unsigned char)(value >> (shift - 8));
	out->length += 1 + width;
}

static void add_data(buf *out, char type, const void *data, size_t length)
{
	add_number(out, type, length, 4);
	buf_add(out, data, length);
}

/* Answers whether it is anything but NULL. */
static bool add_field(buf *out, const record_field *field, const void *at)
{
	const bytes *blob = at;
	const opt_int *number = at;
	const char *text;

	switch (field->type) {
	case FIELD_INT:
		add_number(out, 1, (uint64_t)*(const int64_t *)at, 8);
		return true;
	case FIELD_OPT_INT:
		add_number(out, number->set, number->set ? (uint64_t)number->value : 0,
			   number->set ? 8 : 0);
		return number->set;
	case FIELD_TEXT:
		text = *(char *const *)at;
		if (text)
			add_data(out, 2, text, strlen(text));
		else
			add_number(out, 0, 0, 0);
		return text != NULL;
	case FIELD_ID:
		if (efile_id_is_none(at)) {
			add_number(out, 0, 0, 0);
			return false;
		}
		add_data(out, 3, at, sizeof(efile_id));
		return true;
	case FIELD_BLOB:
		if (blob->data)
			add_data(out, 3, blob->data, blob->length);
		else
			add_number(out, 0, 0, 0);
		return blob->data != NULL;
	}
	return false;
}

void canonical_record(buf *out, const record_kind *kind, const void *record)
{
	size_t used;

	canonical_head(out, kind->number, ((const record_head *)record)->id);
	used = out->length;
	for (size_t i = 0; i < kind->field_count; i++)
		if (add_field(out, &kind->fields[i],
			      (const char *)record + kind->fields[i].offset))
			used = out->length;
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
			add_number(out, 0, 0, 0);
			continue;
		}
		if (type == SQLITE_INTEGER) {
			add_number(out, 1, (uint64_t)stmt_int(s, i), 8);
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
