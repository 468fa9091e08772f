/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Merkle tree of RFC 6962 section 2.1 over the entry hashes, in a stack of subtree roots. */
#include <string.h>

#include "store/inner.h"

static efile_status node_hash(unsigned char out[SHA256_SIZE], sha256_ctx *h,
			      const unsigned char *left, const unsigned char *right)
{
	TRY(sha256_start(h, h->ctx));
	TRY(sha256_add(h, "\x01", 1));
	TRY(sha256_add(h, left, SHA256_SIZE));
	TRY(sha256_add(h, right, SHA256_SIZE));
	return sha256_finish(out, h);
}

efile_status merkle_leaf(unsigned char out[SHA256_SIZE], efile_store *store,
			 const unsigned char entry[SHA256_SIZE])
{
	TRY(sha256_start(&store->sha, store->ctx));
	TRY(sha256_add(&store->sha, "\0", 1));
	TRY(sha256_add(&store->sha, entry, SHA256_SIZE));
	return sha256_finish(out, &store->sha);
}

/* Level i of the stack holds the root of a full subtree of 2^i leaves where bit i of the size is
 * set; adding a leaf carries like adding one. */
efile_status merkle_add(merkle *m, efile_store *store, const unsigned char entry[SHA256_SIZE])
{
	unsigned char carry[SHA256_SIZE];
	int level = 0;

	TRY(merkle_leaf(carry, store, entry));
	for (; m->size >> level & 1; level++)
		TRY(node_hash(carry, &store->sha, m->level[level], carry));
	memcpy(m->level[level], carry, SHA256_SIZE);
	m->size++;
	return EFILE_OK;
}

efile_status merkle_root(unsigned char out[SHA256_SIZE], const merkle *m, efile_store *store)
{
	bool begun = false;

	if (m->size == 0)
		return sha256(out, store->ctx, NULL, 0);
	for (int level = 0; level < 64; level++) {
		if (!(m->size >> level & 1))
			continue;
		if (begun)
			TRY(node_hash(out, &store->sha, m->level[level], out));
		else
			memcpy(out, m->level[level], SHA256_SIZE);
		begun = true;
	}
	return EFILE_OK;
}

static const char sql_range[] =
	"SELECT hash FROM journal WHERE rev > ?1 AND rev <= ?2 ORDER BY rev";

efile_status merkle_range(unsigned char out[SHA256_SIZE], efile_store *store, int64_t from,
			  int64_t to)
{
	AUTO(stmt) s = STMT_NONE;
	merkle m = { 0 };
	efile_status status;

	TRY(stmt_take(&s, store, sql_range));
	stmt_bind_int(&s, 1, from);
	stmt_bind_int(&s, 2, to);
	while ((status = stmt_step(&s)) == EFILE_OK) {
		size_t length;
		const void *hash = stmt_blob(&s, 0, &length);

		if (length != SHA256_SIZE)
			break;
		TRY(merkle_add(&m, store, hash));
	}
	TRY(status);
	if ((int64_t)m.size != to - from)
		return FAIL(store->ctx, EFILE_E_DAMAGED, 1150, "the log has a gap or a damaged entry");
	return merkle_root(out, &m, store);
}
