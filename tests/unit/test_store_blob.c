/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/store_support.h"

static void fill(char *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		data[i] = (char)(i * 7 + i / 251);
}

static efile_status put(blob_ref *ref, efile_store *store, const char *data, size_t length,
			bool stream)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(txn_begin(&tx, store));
	TRY(efile_reader_from_memory(&reader, store->ctx, data, length));
	TRY(stream ? blob_put(ref, store, reader) : blob_put_bytes(ref, store, data, length));
	TRY(thing_journal(store, 0, NULL));
	return txn_commit(&tx);
}

static void test_sizes(void)
{
	static const size_t sizes[] = { 0, 1, BLOB_INLINE, BLOB_INLINE + 1, BLOB_BUFFERED,
					BLOB_BUFFERED + 1, 3 * BLOB_BUFFERED };
	char *data = malloc(3 * BLOB_BUFFERED);
	test_store t;

	fill(data, 3 * BLOB_BUFFERED);
	for (int stream = 0; stream < 2; stream++) {
		test_store_setup(&t);
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			AUTO(buf) out = BUF_INIT;
			blob_ref ref, again, found;

			TAP_EQUAL_INT(put(&ref, t.store, data, sizes[i], stream), EFILE_OK);
			TAP_EQUAL_INT(ref.size, sizes[i]);
			TAP_OK(!ref.existed);
			TAP_EQUAL_INT(put(&again, t.store, data, sizes[i], !stream), EFILE_OK);
			TAP_OK(again.existed && again.id == ref.id);
			TAP_EQUAL_INT(blob_find(&found, t.store, ref.sha256), EFILE_OK);
			TAP_EQUAL_INT(found.id, ref.id);
			TAP_EQUAL_INT(blob_stat(&found, t.store, ref.id), EFILE_OK);
			TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, 4 * BLOB_BUFFERED), EFILE_OK);
			TAP_EQUAL_INT(out.length, sizes[i]);
			TAP_OK(memcmp(buf_text(&out), data, sizes[i]) == 0);
		}
		test_store_teardown(&t);
	}
	free(data);
}

TAP_SUITE(store_blob) = {
	{ "all sizes", test_sizes },
	TAP_END,
};
