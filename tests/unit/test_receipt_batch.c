/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Postings leave in batches: once each, whatever fails in between. */
#include <efile/handover.h>
#include <efile/receipt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/receipt_hall.h"
#include "unit/store_support.h"

/* An invoice that waits to be handed over. */
static efile_instance_id ready(hall *h, const char *changes)
{
	efile_instance_id i = hall_receive(h, changes);

	hall_authorise(h, i);
	TAP_EQUAL_INT(hall_act(h, i, "kasse", "treasury", "{\"treasury\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	return i;
}

static efile_session *kasse(hall *h)
{
	return hall_person(h, "kasse");
}

static int64_t made(hall *h)
{
	int64_t number = 0;
	efile_status status = efile_handover_make(&number, kasse(h), NULL);

	if (status < 0)
		printf("# %s\n", efile_error_message(h->t.ctx));
	return status == EFILE_DONE ? 0 : status == EFILE_OK ? number : -1;
}

static void text_of(buf *out, hall *h, int64_t number)
{
	efile_writer *writer = NULL;

	buf_reset(out);
	TAP_EQUAL_INT(writer_to_buf(&writer, h->t.ctx, out), EFILE_OK);
	TAP_EQUAL_INT(efile_handover_write(kasse(h), number, writer), EFILE_OK);
	efile_writer_free(writer);
}

/* A value of what is told of a batch. */
static const char *told(hall *h, int64_t number, const char *at)
{
	AUTO_PTR(char) json = NULL;

	if (efile_handover_show(&json, kasse(h), number) != EFILE_OK)
		return efile_error_message(h->t.ctx);
	return receipt_json(h->t.ctx, json, at);
}

static void check_file(const char *file, const buf *expected)
{
	AUTO(buf) there = BUF_INIT;
	efile_ctx *ctx = test_ctx();

	TAP_EQUAL_INT(reader_load_file(&there, ctx, file, 1 << 20), EFILE_OK);
	TAP_OK(there.length == expected->length && !memcmp(there.data, expected->data, there.length));
	efile_ctx_free(ctx);
}

static void test_batch(void)
{
	static const char columns[] =
		"{\"header\":false,\"totals\":true,\"columns\":[{\"name\":\"n\",\"field\":\"number\"},{\"name\":\"a\",\"field\":\"amount\"},"
		"{\"name\":\"s\",\"field\":\"reference\"},{\"name\":\"o\",\"field\":\"order\"},{\"name\":\"p\",\"field\":\"discount_percent\"}]}";
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) again = BUF_INIT;
	char file[300];
	efile_instance_id i;
	hall h;

	hall_setup(&h);
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "handover.csv", columns), EFILE_OK);
	TAP_EQUAL_INT(made(&h), 0);
	i = ready(&h, "");
	TAP_EQUAL_INT(made(&h), 1);
	TAP_EQUAL_INT(made(&h), 1); /* its file is not written yet */
	text_of(&text, &h, 1);
	TAP_EQUAL_TEXT(buf_text(&text), "R-2026-100;1190,00;031-0001/001-2026;B-4711;2,00\r\nSUMME;1;1;1190,00;EUR;1190,00\r\n");
	TAP_EQUAL_TEXT(told(&h, 1, "state"), "made");
	TAP_EQUAL_TEXT(told(&h, 1, "items.0.state"), "sent");
	/* What is set anew does not change what was made. */
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "handover.csv",
					"{\"columns\":[{\"name\":\"k\",\"field\":\"key\"}]}"), EFILE_OK);
	snprintf(file, sizeof(file), "%s/batch.csv", h.t.folder);
	TAP_EQUAL_INT(efile_handover_save(kasse(&h), 1, file), EFILE_OK);
	check_file(file, &text);
	TAP_EQUAL_TEXT(told(&h, 1, "state"), "written");
	TAP_EQUAL_INT(made(&h), 0);
	TAP_EQUAL_INT(efile_handover_save(kasse(&h), 1, file), EFILE_OK); /* over the older file */
	check_file(file, &text);
	ready(&h, "number=2|date=2026-02-20");
	TAP_EQUAL_INT(made(&h), 2);
	text_of(&again, &h, 1);
	TAP_EQUAL_TEXT(buf_text(&again), buf_text(&text));
	TAP_EQUAL_TEXT(told(&h, 2, "postings"), "1");
	TAP_EQUAL_TEXT(hall_state(&h, i), "handed_over");
	TAP_EQUAL_INT(hall_act(&h, i, "kasse", "confirm-payment", "{}"), EFILE_OK);
	TAP_EQUAL_TEXT(told(&h, 1, "answers.paid"), "1");
	hall_teardown(&h);
}

/* A failed payment makes a new posting; the old one is void and stays in its batch. */
static void test_successor(void)
{
	efile_instance_id i;
	char key[EFILE_ID_TEXT_SIZE];
	hall h;

	hall_setup(&h);
	i = ready(&h, "");
	TAP_EQUAL_INT(made(&h), 1);
	snprintf(key, sizeof(key), "%s", hall_value(&h, i, "receipt.id"));
	TAP_EQUAL_INT(efile_flow_message(NULL, h.t.admin, "receipt.payment_failed", key,
					 "{\"failure\":{\"reason\":\"Konto erloschen\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(told(&h, 1, "items.0.state"), "void");
	TAP_EQUAL_TEXT(told(&h, 1, "items.0.reason"), "Konto erloschen");
	TAP_EQUAL_INT(hall_act(&h, i, "kasse", "mend-payment", "{}"), EFILE_OK);
	TAP_EQUAL_TEXT(told(&h, 1, "postings"), "1");
	{
		char file[300];

		snprintf(file, sizeof(file), "%s/batch.csv", h.t.folder);
		TAP_EQUAL_INT(efile_handover_save(kasse(&h), 1, file), EFILE_OK);
	}
	TAP_EQUAL_INT(made(&h), 2);
	TAP_EQUAL_TEXT(told(&h, 2, "items.0.state"), "sent");
	hall_teardown(&h);
}

/* An invoice that goes back before it was handed over leaves no posting behind. */
static void test_rejected_later(void)
{
	efile_instance_id i;
	char key[EFILE_ID_TEXT_SIZE];
	hall h;

	hall_setup(&h);
	i = ready(&h, "");
	snprintf(key, sizeof(key), "%s", hall_value(&h, i, "receipt.id"));
	TAP_EQUAL_INT(efile_flow_message(NULL, h.t.admin, "receipt.payment_failed", key, NULL), EFILE_OK);
	TAP_EQUAL_INT(made(&h), 0);
	TAP_EQUAL_INT(hall_act(&h, i, "kasse", "mend-payment", "{\"mend\":{\"outcome\":\"back\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "sachbearbeitung", "certify-facts", "{\"facts\":{\"outcome\":\"reject\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_state(&h, i), "rejected");
	TAP_EQUAL_INT(made(&h), 0);
	hall_teardown(&h);
}

static void test_partly(void)
{
	AUTO(buf) text = BUF_INIT;
	efile_instance_id i;
	hall h;

	hall_setup(&h);
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "handover.csv",
		"{\"header\":false,\"columns\":[{\"name\":\"a\",\"field\":\"amount\"},{\"name\":\"d\",\"field\":\"discount\"},"
		"{\"name\":\"w\",\"field\":\"withholding\"},{\"name\":\"t\",\"field\":\"tax1_tax\"}]}"), EFILE_OK);
	i = hall_receive(&h, "type=875");
	TAP_EQUAL_INT(hall_act(&h, i, "sachbearbeitung", "certify-facts",
			       "{\"facts\":{\"outcome\":\"partly\",\"accepted\":\"595.00\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "fachtechnik", "certify-technical", "{\"technical\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "sachbearbeitung", "certify-calculation",
			       "{\"calculation\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "haushalt", "assign-account", "{\"account\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "anordnung", "authorise", "{\"order\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "kasse", "treasury", "{\"treasury\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_INT(made(&h), 1);
	text_of(&text, &h, 1);
	/* 2 % of 595.00; 15 % of it (§ 48 EStG) */
	TAP_EQUAL_TEXT(buf_text(&text), "595,00;11,90;89,25;\r\n");
	hall_teardown(&h);
}

static void test_refused(void)
{
	efile_handover_batch batch;
	efile_handover_options o;
	AUTO_PTR(char) json = NULL;
	int64_t number = 0, entries;
	char file[300];
	hall h;

	hall_setup(&h);
	ready(&h, "");
	TAP_EQUAL_INT(efile_handover_make(&number, hall_person(&h, "sachbearbeitung"), NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_error_number(h.t.ctx), 1327);
	TAP_EQUAL_INT(efile_handover_make(&number, h.t.admin, NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_handover_make(NULL, kasse(&h), NULL), EFILE_E_INVALID);
	entries = desk_entries(h.t.store);
	efile_handover_options_init(&o);
	o.most = 100001;
	TAP_EQUAL_INT(efile_handover_make(&number, kasse(&h), &o), EFILE_E_INVALID);
	o.most = 0;
	o.format = (efile_handover_format)99;
	TAP_EQUAL_INT(efile_handover_make(&number, kasse(&h), &o), EFILE_E_INVALID);
	o.format = EFILE_HANDOVER_CSV;
	o.profile = "{}";
	TAP_EQUAL_INT(efile_handover_make(&number, kasse(&h), &o), EFILE_E_FORMAT);
	/* What cannot be written changes nothing. */
	o.profile = "{\"encoding\":\"ISO-8859-1\",\"columns\":[{\"name\":\"€\",\"field\":\"key\"}]}";
	TAP_EQUAL_INT(efile_handover_make(&number, kasse(&h), &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(desk_entries(h.t.store), entries);
	TAP_EQUAL_INT(efile_handover_show(&json, kasse(&h), 1), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_handover_show(NULL, kasse(&h), 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_write(kasse(&h), 1, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_list(&json, hall_person(&h, "leitung"), 0, 0), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_handover_list(&json, kasse(&h), 0, -1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_find(&batch, kasse(&h), 1), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_handover_find(NULL, kasse(&h), 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_find(&batch, hall_person(&h, "leitung"), 1), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_handover_next(&batch, kasse(&h), 0), EFILE_DONE);
	TAP_EQUAL_INT(efile_handover_next(NULL, kasse(&h), 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_next(&batch, hall_person(&h, "leitung"), 0), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_handover_waiting(&number, kasse(&h)), EFILE_OK);
	TAP_EQUAL_INT(number, 1);
	TAP_EQUAL_INT(efile_handover_waiting(NULL, kasse(&h)), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_waiting(&number, hall_person(&h, "leitung")), EFILE_E_DENIED);
	TAP_EQUAL_INT(made(&h), 1);
	snprintf(file, sizeof(file), "%s/none/batch.csv", h.t.folder);
	TAP_EQUAL_INT(efile_handover_save(kasse(&h), 1, file), EFILE_E_IO);
	TAP_EQUAL_INT(efile_handover_save(kasse(&h), 1, ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_batch_begin(h.t.store), EFILE_OK);
	snprintf(file, sizeof(file), "%s/batch.csv", h.t.folder);
	TAP_EQUAL_INT(efile_handover_save(kasse(&h), 1, file), EFILE_E_STATE);
	efile_batch_abort(h.t.store);
	TAP_OK(access(file, F_OK) != 0);
	TAP_EQUAL_TEXT(told(&h, 1, "state"), "made");
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "handover.csv", "{\"columns\":1}"), EFILE_E_FORMAT);
	hall_teardown(&h);
}

/* No more than asked for; the list shows the newest first. */
static void test_pieces(void)
{
	efile_handover_options o;
	AUTO_PTR(char) json = NULL;
	efile_handover_batch batch;
	int64_t number = 0;
	char file[300], sum[EFILE_DECIMAL_TEXT_SIZE];
	hall h;

	hall_setup(&h);
	for (int n = 0; n < 3; n++) {
		char changes[60];

		snprintf(changes, sizeof(changes), "number=P-%d|date=2026-02-1%d", n, n);
		ready(&h, changes);
	}
	efile_handover_options_init(&o);
	o.most = 2;
	TAP_EQUAL_INT(efile_handover_make(&number, kasse(&h), &o), EFILE_OK);
	snprintf(file, sizeof(file), "%s/1.csv", h.t.folder);
	TAP_EQUAL_INT(efile_handover_save(kasse(&h), 1, file), EFILE_OK);
	TAP_EQUAL_INT(efile_handover_make(&number, kasse(&h), &o), EFILE_OK);
	TAP_EQUAL_INT(number, 2);
	TAP_EQUAL_INT(efile_handover_list(&json, kasse(&h), 0, 0), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "waiting"), "0");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "batches.0.number"), "2");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "batches.1.totals.0.sum"), "2380.00");
	efile_free(json);
	json = NULL;
	TAP_EQUAL_INT(efile_handover_list(&json, kasse(&h), 2, 1), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "batches.0.number"), "1");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "batches.1.number"), "-");
	TAP_EQUAL_INT(efile_handover_next(&batch, kasse(&h), 0), EFILE_OK);
	TAP_EQUAL_INT(batch.number, 2);
	TAP_EQUAL_INT(batch.written, 0);
	TAP_EQUAL_INT(efile_handover_next(&batch, kasse(&h), batch.number), EFILE_OK);
	TAP_EQUAL_INT(batch.number, 1);
	TAP_EQUAL_INT(efile_handover_next(&batch, kasse(&h), batch.number), EFILE_DONE);
	TAP_EQUAL_INT(efile_handover_find(&batch, kasse(&h), 1), EFILE_OK);
	TAP_EQUAL_INT(batch.written, 1);
	TAP_EQUAL_INT(batch.format, EFILE_HANDOVER_CSV);
	TAP_EQUAL_INT(batch.postings, 2);
	TAP_EQUAL_INT(batch.sum_count, 1);
	TAP_EQUAL_TEXT(batch.sums[0].currency, "EUR");
	TAP_EQUAL_INT(batch.sums[0].count, 2);
	TAP_EQUAL_TEXT(efile_decimal_format(batch.sums[0].sum, sum), "2380.00");
	TAP_EQUAL_TEXT(efile_decimal_format(batch.control, sum), "2380.00");
	hall_teardown(&h);
}

static efile_status make_once(efile_ctx *ctx, void *arg)
{
	hall *h = arg;
	AUTO_PTR(char) json = NULL;
	int64_t number;

	(void)ctx;
	TRY(efile_batch_begin(h->t.store));
	efile_status status = efile_handover_make(&number, kasse(h), NULL);
	if (status == EFILE_OK)
		status = efile_handover_show(&json, kasse(h), number);
	efile_batch_abort(h->t.store);
	return status;
}

static void test_memory(void)
{
	hall h;

	hall_setup(&h);
	ready(&h, "");
	TAP_OK(fail_each(make_once, &h) > 10);
	TAP_EQUAL_INT(made(&h), 1);
	hall_teardown(&h);
}

/* The example of docs/RECEIPT.md, as it stands there. */
#include "tests/unit/receipt_example.inc"

static void test_example(void)
{
	AUTO(buf) text = BUF_INIT;
	char folder[400];
	hall h;

	hall_setup(&h);
	ready(&h, "");
	TAP_EQUAL_INT(hand_over(kasse(&h), h.t.folder), EFILE_OK);
	text_of(&text, &h, 1);
	snprintf(folder, sizeof(folder), "%s/handover-000001.csv", h.t.folder);
	check_file(folder, &text);
	TAP_EQUAL_TEXT(told(&h, 1, "state"), "written");
	TAP_EQUAL_INT(hand_over(kasse(&h), h.t.folder), EFILE_OK); /* nothing waits any more */
	TAP_EQUAL_INT(made(&h), 0);
	ready(&h, "number=2|date=2026-02-20");
	snprintf(folder, sizeof(folder), "%s/none", h.t.folder);
	TAP_EQUAL_INT(hand_over(kasse(&h), folder), EFILE_E_IO);
	TAP_EQUAL_TEXT(told(&h, 2, "state"), "made");
	TAP_EQUAL_INT(hand_over(kasse(&h), h.t.folder), EFILE_OK); /* the next run writes it first */
	TAP_EQUAL_TEXT(told(&h, 2, "state"), "written");
	hall_teardown(&h);
}

TAP_SUITE(receipt_batch) = {
	{ "a batch is made once and written as often as need be", test_batch },
	{ "a failed payment has a successor", test_successor },
	{ "what is rejected later is not paid", test_rejected_later },
	{ "what is accepted in part", test_partly },
	{ "what is refused changes nothing", test_refused },
	{ "in pieces", test_pieces },
	{ "want of memory", test_memory },
	{ "the example of the documentation", test_example },
	TAP_END
};
