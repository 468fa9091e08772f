/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "unit/store_damage.h"

static void test_events(void)
{
	test_store t;
	efile_event_cursor *cursor = NULL;
	efile_event e;
	int64_t seen = 0;

	test_store_setup(&t);
	/* only within a transaction that writes */
	TAP_EQUAL_INT(journal_append(t.store, &(journal_entry){ .action = JOURNAL_DOCUMENT_FILED }), EFILE_E_INTERNAL);
	for (int i = 0; i < 150; i++) {
		AUTO(txn) tx = TXN_NONE;
		journal_entry entry = { .action = JOURNAL_DOCUMENT_FILED, .chain = i % 3,
					.body = i % 2 ? "{\"n\":1}" : NULL };

		memset(&entry.actor, 7, sizeof(entry.actor));
		TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
		TAP_EQUAL_INT(journal_append(t.store, &entry), EFILE_OK);
		TAP_EQUAL_INT(entry.rev, i + 2);
		TAP_EQUAL_INT(entry.time, TEST_NOW);
		TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	}
	TAP_EQUAL_INT(journal_events(&cursor, t.store, 0, NULL), EFILE_OK);
	while (efile_event_cursor_next(cursor, &e) == EFILE_OK) {
		seen++;
		TAP_EQUAL_INT(e.position, seen);
		TAP_EQUAL_TEXT(e.action, seen == 1 ? "store.created" : "document.filed");
		TAP_EQUAL_TEXT(e.body, seen > 1 && seen % 2 ? "{\"n\":1}" : "");
		TAP_EQUAL_INT(strlen(e.hash), 64);
	}
	TAP_EQUAL_INT(seen, 151);
	TAP_EQUAL_INT(e.chain, 149 % 3);
	TAP_EQUAL_INT(efile_event_cursor_next(cursor, &e), EFILE_DONE);
	efile_event_cursor_free(cursor);
	cursor = NULL;
	TAP_EQUAL_INT(efile_store_events(&cursor, t.store, 150), EFILE_OK);
	TAP_EQUAL_INT(efile_event_cursor_next(cursor, &e), EFILE_OK);
	TAP_EQUAL_INT(e.position, 151);
	TAP_EQUAL_TEXT(e.body, ""); /* nobody asks */
	TAP_EQUAL_INT(efile_event_cursor_next(cursor, &e), EFILE_DONE);
	efile_event_cursor_free(cursor);
	efile_event_cursor_free(NULL);
	test_store_teardown(&t);
}

/* RFC 6962 2.1 over leaves of one byte each: sizes 1 to 7 against the definition, by recursion. */
static void defined_root(unsigned char *out, efile_ctx *ctx, const unsigned char *leaves, size_t n)
{
	unsigned char node[65] = { 1 }, leaf[33] = { 0 };
	size_t k = 1;

	if (n == 1) {
		memcpy(leaf + 1, leaves, 32);
		sha256(out, ctx, leaf, 33);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	defined_root(node + 1, ctx, leaves, k);
	defined_root(node + 33, ctx, leaves + 32 * k, n - k);
	sha256(out, ctx, node, 65);
}

static void test_merkle(void)
{
	unsigned char leaves[40 * 32], expected[32], found[32];
	test_store t;
	merkle m = { 0 };

	test_store_setup(&t);
	for (size_t i = 0; i < sizeof(leaves); i++)
		leaves[i] = (unsigned char)(i * 13);
	for (size_t n = 1; n <= 40; n++) {
		TAP_EQUAL_INT(merkle_add(&m, t.store, leaves + 32 * (n - 1)), EFILE_OK);
		TAP_EQUAL_INT(merkle_root(found, &m, t.store), EFILE_OK);
		defined_root(expected, t.ctx, leaves, n);
		TAP_OK(memcmp(found, expected, 32) == 0);
	}
	test_store_teardown(&t);
}

/* Follows an audit path from an entry's hash to the root (RFC 6962 2.1.1). */
static bool proof_holds(efile_ctx *ctx, const char *text)
{
	AUTO_PTR(json_document) doc = NULL;
	unsigned char hash[33] = { 0 }, node[65] = { 1 }, root[32], side[32];
	const json_value *object, *step;
	int64_t index, last;

	if (json_parse(&doc, ctx, text, strlen(text)) < 0)
		return false;
	object = json_root(doc);
	json_as_int(&index, json_member(object, "position"));
	json_as_int(&last, json_member(object, "size"));
	index--;
	last--;
	str_unhex(hash + 1, json_member_text(object, "hash"), 32);
	str_unhex(root, json_member_text(object, "root"), 32);
	sha256(hash, ctx, hash, 33);
	for (step = json_member(object, "path")->child; step; step = step->next) {
		str_unhex(side, step->text, 32);
		while (!(index & 1) && index == last) {
			index >>= 1;
			last >>= 1;
		}
		memcpy(node + 1, index & 1 ? side : hash, 32);
		memcpy(node + 33, index & 1 ? hash : side, 32);
		sha256(hash, ctx, node, 65);
		index >>= 1;
		last >>= 1;
	}
	return memcmp(hash, root, 32) == 0;
}

static void test_proofs(void)
{
	test_store t;
	char *text = NULL, *proof = NULL;

	test_store_setup(&t);
	for (int i = 0; i < 12; i++) {
		char title[8] = { (char)('a' + i) };

		thing_put(t.store, title);
	}
	TAP_EQUAL_INT(efile_audit_prove(&proof, t.store, 3), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_audit_anchor(t.store, &text), EFILE_OK);
	TAP_OK(str_starts_with(text, "efile:") && strstr(text, "\n13\n"));
	TAP_OK(strstr(text, "\n2026-03-02T08:00:00Z\n") != NULL);
	efile_free(text);
	for (int64_t i = 1; i <= 13; i++) {
		TAP_EQUAL_INT(efile_audit_prove(&proof, t.store, i), EFILE_OK);
		TAP_OK(proof_holds(t.ctx, proof));
		TAP_OK(strlen(proof) < 2000);
		efile_free(proof);
	}
	TAP_EQUAL_INT(efile_audit_prove(&proof, t.store, 14), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_audit_prove(&proof, t.store, 0), EFILE_E_NOTFOUND);
	test_store_teardown(&t);
}

static efile_status audit_all(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_report) log = NULL;
	efile_event_cursor *cursor = NULL;
	efile_event event;
	char *text = NULL;
	efile_status status;

	TRY(store_open(&store, ctx, arg, NULL, &thing_wiring));
	TRY(efile_store_fsck(&report, store, NULL));
	TAP_EQUAL_INT(efile_report_count(report), 0);
	TRY(efile_audit_verify(&log, store));
	TRY(efile_audit_prove(&text, store, 5));
	efile_free(text);
	TRY(efile_store_events(&cursor, store, 0));
	status = efile_event_cursor_next(cursor, &event);
	efile_event_cursor_free(cursor);
	return status;
}

static void test_without_memory(void)
{
	test_store t;

	test_store_setup(&t);
	test_store_fill(&t);
	efile_store_close(t.store);
	t.store = NULL;
	TAP_OK(fail_each(audit_all, t.path) >= 20);
	test_store_teardown(&t);
}

/* Whether the bytes of a file have a text in them. */
static bool file_has(const test_store *t, const char *name, const char *text)
{
	char *path = test_store_file(t, name);
	FILE *file = fopen(path, "rb");
	size_t length = strlen(text), kept = 0;
	char room[8192];
	bool found = false;

	while (file && !found) {
		size_t n = fread(room + kept, 1, sizeof(room) - kept, file), all = kept + n;

		for (size_t i = 0; !found && i + length <= all; i++)
			found = memcmp(room + i, text, length) == 0;
		kept = all < length ? all : length - 1;
		memmove(room, room + all - kept, kept);
		if (n == 0)
			break;
	}
	if (file)
		fclose(file);
	free(path);
	return found;
}

static void erase_all(test_store *t)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO(journal_revs) revs = JOURNAL_REVS_NONE;
	const journal_entry entry = { .body = "over" };
	size_t erased = 0;

	TAP_EQUAL_INT(txn_begin(&tx, t->store), EFILE_OK);
	for (int64_t rev = 2; rev <= 3; rev++)
		TAP_EQUAL_INT(journal_revs_add(&revs, t->store, rev), EFILE_OK);
	TAP_EQUAL_INT(journal_erase(&erased, t->store, &entry, &revs), EFILE_OK);
	TAP_EQUAL_INT(erased, 2);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
}

static void journal_text(test_store *t, const char *text)
{
	AUTO(txn) tx = TXN_NONE;

	TAP_EQUAL_INT(txn_begin(&tx, t->store), EFILE_OK);
	TAP_EQUAL_INT(thing_journal(t->store, 0, text), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
}

/* A text is gone from every file of the store at once, or as soon as the last reader has looked away. */
static void test_erased(void)
{
	static const char marker[] = "Marke-4711-Erika-Mustermann";
	char text[80];
	test_store t;

	for (int reads = 0; reads < 2; reads++) {
		efile_store *reader = NULL;
		AUTO(txn) read = TXN_NONE;
		int64_t seen = 0;

		tap_case(reads ? "with a reader" : "alone");
		test_store_setup(&t);
		snprintf(text, sizeof(text), "{\"who\":\"%s\"}", marker);
		journal_text(&t, text);
		journal_text(&t, text);
		TAP_OK(file_has(&t, "efile.db-wal", marker));
		if (reads) {
			TAP_EQUAL_INT(store_open(&reader, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
			TAP_EQUAL_INT(txn_begin_read(&read, reader), EFILE_OK);
			TAP_EQUAL_INT(db_int(&seen, reader, "SELECT max(rev) FROM journal"), EFILE_OK);
		}
		erase_all(&t);
		TAP_EQUAL_INT(file_has(&t, "efile.db-wal", marker), reads);
		if (reads) {
			TAP_EQUAL_INT(txn_commit(&read), EFILE_OK);
			thing_put(t.store, "a");
		}
		TAP_OK(!file_has(&t, "efile.db-wal", marker));
		TAP_OK(!file_has(&t, "efile.db", marker));
		efile_store_close(reader);
		test_store_teardown(&t);
	}
}

TAP_SUITE(store_log) = {
	{ "what was erased is in no file", test_erased },
	{ "the change feed", test_events },
	{ "the tree is that of RFC 6962", test_merkle },
	{ "proofs", test_proofs },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
