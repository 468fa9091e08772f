/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vectors of docs/FORMAT.md section 7. */
#include <stdlib.h>
#include <string.h>

#include "unit/store_support.h"

static efile_store *bare_store(efile_ctx *ctx)
{
	efile_store *store = mem_new(ctx, sizeof(*store));

	if (!store)
		exit(1);
	store->ctx = ctx;
	store->dir = store->lock = store->blobs = -1;
	for (int i = 0; i < 16; i++)
		store->id.bytes[i] = (unsigned char)i;
	return store;
}

static void check_hex(const char *what, const void *data, size_t length, const char *expected)
{
	char hex[200];

	tap_case(what);
	TAP_EQUAL_TEXT(str_hex(hex, data, length), expected);
	tap_case(NULL);
}

/* columns: text "a", NULL, integer -1, NULL */
typedef struct vector_row {
	record_head head;
	char *a;
	char *b;
	int64_t c;
	char *d;
} vector_row;

static const record_field vector_fields[] = {
	RECORD_FIELD(vector_row, a, FIELD_TEXT, 0),
	RECORD_FIELD(vector_row, b, FIELD_TEXT, 0),
	RECORD_FIELD(vector_row, c, FIELD_INT, 0),
	RECORD_FIELD(vector_row, d, FIELD_TEXT, 0),
};

static const record_kind vector_kind = { (record_number)1, "vector", sizeof(vector_row),
					 vector_fields, 4 };

static void test_vectors(void)
{
	efile_ctx *ctx = test_ctx();
	efile_store *store = bare_store(ctx);
	unsigned char seed[16], salt[16], digest[32], start[32], hash[32], rows[DIGEST_ROW];
	char text[] = "a";
	vector_row row = { { 7, 0 }, text, NULL, -1, NULL };
	AUTO(buf) b = BUF_INIT;
	entry_bytes e = { .number = 1, .time = INT64_C(1772438400000000), .action = 1,
			  .rows = rows, .rows_length = sizeof(rows) };

	memset(seed, 0x22, sizeof(seed));
	memset(&e.actor, 0x11, sizeof(e.actor));
	digest_salt(salt, store, seed, 0);
	check_hex("salt 0", salt, 16, "e90b7a42449f5a58c9b3fdc08e2c02c6");
	digest_body(e.body, store, salt, "{}", 2);
	check_hex("body", e.body, 32,
		  "1a7d67fa3dab87c2f305302a77ebc1a19bf9d0cdc160487027216c7692e2ed5e");
	digest_salt(salt, store, seed, 1);
	check_hex("salt 1", salt, 16, "3a4a690c190aa51e56bfd3f9a959f963");
	canonical_record(&b, &vector_kind, &row);
	check_hex("canonical", b.data, b.length,
		  "000100000000000000070200000001610001ffffffffffffffff");
	buf_reset(&b);
	buf_add(&b, "EFR1", 4);
	buf_add(&b, salt, 16);
	canonical_record(&b, &vector_kind, &row);
	digest_bytes(digest, store, &b);
	check_hex("row", digest, 32,
		  "944dd5f6ad3eb05e5f03eb982366b69ae494dee87ce9a5fc4a318c68531cc123");
	memset(rows, 0, sizeof(rows));
	rows[1] = 1;
	rows[9] = 7;
	memcpy(rows + 10, digest, 32);
	digest_chain_start(start, store, 0);
	check_hex("start", start, 32,
		  "fdc7b76e65b3eec6e2fefc208d662b915a44523c2dfd30e38acc00af20ad1901");
	digest_entry(hash, store, &e, start);
	check_hex("entry", hash, 32,
		  "c3e046f7b8b4f812e79708540e157d4a0de712a1c4c99c8c1d14ed65918c943d");
	store->pid = 0; /* nothing to close */
	efile_store_close(store);
	efile_ctx_free(ctx);
}

TAP_SUITE(store_format) = {
	{ "test vectors of docs/FORMAT.md", test_vectors },
	TAP_END,
};
