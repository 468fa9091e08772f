/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving: every letter once, with a number without gaps, its bytes kept, or its line alone. */
#include <stdlib.h>
#include <string.h>

#include "unit/intake_support.h"

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" /* FIPS 180-4 */
#define YEAR (INT64_C(366) * 86400 * 1000000)

static efile_status receive(efile_intake_item **out, mailroom *m, const char *text)
{
	return mailroom_receive(out, m->r.weber, EFILE_CHANNEL_MAIL, text, strlen(text));
}

/* ---- numbers ---- */

static void expect_number(mailroom *m, const char *text, const char *number)
{
	AUTO_PTR(efile_intake_item) item = NULL;

	if (TAP_EQUAL_INT(receive(&item, m, text), EFILE_OK))
		TAP_EQUAL_TEXT(efile_intake_item_number(item), number);
}

static void test_numbers(void)
{
	mailroom m;

	mailroom_setup(&m);
	expect_number(&m, "a", "2026/000001");
	expect_number(&m, "b", "2026/000002");
	expect_number(&m, "a", "2026/000001");
	expect_number(&m, "c", "2026/000003");
	test_tick(YEAR);
	expect_number(&m, "d", "2027/000001");
	expect_number(&m, "e", "2027/000002");
	mailroom_teardown(&m);
}

/* Each office counts for itself; the same letter is still the same. */
static void test_offices(void)
{
	static const struct {
		const char *office, *text, *number;
	} rows[] = {
		{ NULL, "a", "2026/000001" },     { "bauamt", "b", "2026/000001" },
		{ "bauamt", "c", "2026/000002" }, { "kasse", "d", "2026/000001" },
		{ "", "e", "2026/000002" },       { "kasse", "a", "2026/000001" },
	};
	mailroom m;

	mailroom_setup(&m);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		AUTO_PTR(efile_reader) reader = NULL;
		efile_intake_options o;

		tap_case(rows[i].text);
		efile_intake_options_init(&o);
		o.office = rows[i].office;
		TAP_EQUAL_INT(efile_reader_from_memory(&reader, m.r.town.ctx, rows[i].text, 1), EFILE_OK);
		TAP_EQUAL_INT(efile_intake_receive(&item, m.r.weber, reader, &o), EFILE_OK);
		TAP_EQUAL_TEXT(efile_intake_item_number(item), rows[i].number);
	}
	mailroom_teardown(&m);
}

/* ---- what is known of a letter ---- */

static void test_handle(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_intake_item) same = NULL;
	efile_intake_id id;
	efile_id none;
	mailroom m;

	mailroom_setup(&m);
	TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_FILE, "abc", 3), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_RECEIVED);
	TAP_EQUAL_INT(efile_intake_item_channel(item), EFILE_CHANNEL_FILE);
	TAP_EQUAL_INT(efile_intake_item_received(item), TEST_NOW);
	TAP_EQUAL_TEXT(efile_intake_item_sha256(item), ABC);
	TAP_EQUAL_TEXT(efile_intake_item_sender(item), "");
	TAP_EQUAL_TEXT(efile_intake_item_subject(item), "letter");
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "");
	TAP_EQUAL_INT(efile_intake_item_is_duplicate(item), 0);
	none = efile_intake_item_document(item).id;
	TAP_OK(efile_id_is_none(&none));
	none = efile_intake_item_case(item).id;
	TAP_OK(efile_id_is_none(&none));
	none = efile_intake_item_instance(item).id;
	TAP_OK(efile_id_is_none(&none));
	id = efile_intake_item_id(item);
	TAP_EQUAL_INT(efile_intake_load(&same, m.r.chief, id), EFILE_OK);
	TAP_EQUAL_TEXT(efile_intake_item_number(same), "2026/000001");
	TAP_EQUAL_INT(efile_intake_item_received(same), TEST_NOW);
	mailroom_teardown(&m);
}

static void test_original(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) back = BUF_INIT;
	char *large = test_room(200000);
	mailroom m;

	mailroom_setup(&m);
	memset(large, 'x', 200000);
	TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_SCAN, large, 200000), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_open_original(&reader, item, m.r.weber), EFILE_OK);
	TAP_EQUAL_INT(reader_read_all(&back, m.r.town.ctx, reader, 1 << 20, "x"), EFILE_OK);
	TAP_OK(back.length == 200000 && memcmp(back.data, large, 200000) == 0);
	free(large);
	efile_reader_free(reader);
	reader = NULL;
	TAP_EQUAL_INT(efile_intake_open_original(&reader, item, m.r.klein), EFILE_E_NOTFOUND);
	mailroom_teardown(&m);
}

/* A name is whatever the disk says: what is no UTF-8 becomes U+FFFD. */
static void test_name(void)
{
	static const struct {
		const char *name, *shown;
	} rows[] = {
		{ "Brief Müller.pdf", "Brief Müller.pdf" },
		{ "M\xfcller.pdf", "M\xef\xbf\xbdller.pdf" },
		{ NULL, "" },
	};
	mailroom m;

	mailroom_setup(&m);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[2] = { (char)('a' + i), 0 };
		AUTO_PTR(efile_intake_item) item =
			desk_receive(m.r.weber, EFILE_CHANNEL_FILE, rows[i].name, text);

		TAP_EQUAL_TEXT(item ? efile_intake_item_subject(item) : NULL, rows[i].shown);
	}
	mailroom_teardown(&m);
}

/* ---- duplicates ---- */

static void test_duplicate(void)
{
	AUTO_PTR(efile_intake_item) first = NULL;
	AUTO_PTR(efile_intake_item) again = NULL;
	AUTO_PTR(efile_intake_item) third = NULL;
	AUTO_PTR(efile_intake_item) other = NULL;
	mailroom m;

	mailroom_setup(&m);
	TAP_EQUAL_INT(receive(&first, &m, "Subject: x\r\n\r\n"), EFILE_OK);
	TAP_EQUAL_INT(receive(&again, &m, "Subject: x\r\n\r\n"), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_is_duplicate(again), 0); /* the first was cut off before it was processed */
	TAP_EQUAL_INT(efile_intake_process(again, m.r.weber), EFILE_OK);
	TAP_EQUAL_INT(receive(&third, &m, "Subject: x\r\n\r\n"), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_is_duplicate(third), 1);
	TAP_EQUAL_INT(efile_intake_item_state(third), EFILE_INTAKE_FILED);
	TAP_EQUAL_TEXT(efile_intake_item_number(third), efile_intake_item_number(first));
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.received", NULL), 1);
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.duplicate", NULL), 2);
	/* by another way in it is another letter */
	TAP_EQUAL_INT(mailroom_receive(&other, m.r.weber, EFILE_CHANNEL_FILE, "Subject: x\r\n\r\n", 14),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_is_duplicate(other), 0);
	TAP_EQUAL_TEXT(efile_intake_item_number(other), "2026/000002");
	mailroom_teardown(&m);
}

/* ---- rejected: a line in the book, and nothing to keep ---- */

static void test_rejected(void)
{
	static const struct {
		const char *name, *text, *reason;
	} rows[] = {
		{ "no byte", "", "the letter has no content" },
		{ "too long", "0123456789", "the content is longer than 9 bytes" },
	};
	mailroom m;

	mailroom_setup(&m);
	m.r.town.ctx->limits.document_bytes = 9;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		AUTO_PTR(efile_intake_item) again = NULL;
		AUTO_PTR(efile_reader) reader = NULL;
		AUTO_PTR(char) facts = NULL;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(receive(&item, &m, rows[i].text), EFILE_OK);
		TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_REJECTED);
		TAP_EQUAL_TEXT(efile_intake_item_reason(item), rows[i].reason);
		TAP_EQUAL_TEXT(efile_intake_item_sha256(item), "");
		TAP_EQUAL_TEXT(efile_error_message(m.r.town.ctx), "");
		TAP_EQUAL_INT(efile_intake_open_original(&reader, item, m.r.weber), EFILE_E_NOTFOUND);
		TAP_EQUAL_INT(efile_intake_explain(&facts, item, m.r.weber), EFILE_E_NOTFOUND);
		TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
		TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_REJECTED);
		TAP_EQUAL_INT(receive(&again, &m, rows[i].text), EFILE_OK);
		TAP_EQUAL_INT(efile_intake_item_is_duplicate(again), 1);
	}
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.rejected", NULL), 2);
	expect_number(&m, "012345678", "2026/000003"); /* at the limit */
	mailroom_teardown(&m);
}

/* ---- refusals: nothing is received ---- */

static efile_status break_off(void *buffer, size_t length, size_t *got, void *user)
{
	size_t *left = user;

	if (*left == 0)
		return EFILE_E_IO;
	*got = length < *left ? length : *left;
	*left -= *got;
	memset(buffer, 'x', *got);
	return EFILE_OK;
}

static void test_broken_reader(void)
{
	static const size_t lengths[] = { 0, 100, 70000, 300000 }; /* the last one is over the limit, too */
	mailroom m;
	int64_t before;

	mailroom_setup(&m);
	m.r.town.ctx->limits.document_bytes = 200000;
	before = desk_entries(m.r.town.store);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		AUTO_PTR(efile_reader) reader = NULL;
		size_t left = lengths[i];

		TAP_EQUAL_INT(efile_reader_from_callback(&reader, m.r.town.ctx, break_off, NULL, &left),
			      EFILE_OK);
		TAP_EQUAL_INT(efile_intake_receive(&item, m.r.weber, reader, NULL), EFILE_E_IO);
		TAP_OK(item == NULL);
	}
	TAP_EQUAL_INT(desk_entries(m.r.town.store), before);
	expect_number(&m, "a", "2026/000001");
	mailroom_teardown(&m);
}

static void test_refusals(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	efile_intake_options o;
	mailroom m;

	mailroom_setup(&m);
	efile_intake_options_init(&o);
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, m.r.town.ctx, "x", 1), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_receive(NULL, m.r.weber, reader, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_intake_receive(&item, m.r.weber, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_intake_receive(&item, NULL, reader, NULL), EFILE_E_INVALID);
	o.channel = (efile_intake_channel)9;
	TAP_EQUAL_INT(efile_intake_receive(&item, m.r.weber, reader, &o), EFILE_E_INVALID);
	o.size = 1;
	TAP_EQUAL_INT(efile_intake_receive(&item, m.r.weber, reader, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_intake_receive(&item, m.r.klein, reader, NULL), EFILE_E_NOTFOUND);
	TAP_OK(item == NULL);
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.received", NULL), 0);
	TAP_EQUAL_INT(town_logged(&m.r.town, "access.refused", NULL), 1);
	mailroom_teardown(&m);
}

/* Without rules, and while the last rule names no unit, it is an administrator's matter. */
static void test_without_rules(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(mailroom_receive(&item, r.weber, EFILE_CHANNEL_MAIL, "x", 1), EFILE_E_DENIED);
	TAP_EQUAL_INT(mailroom_receive(&item, r.town.admin, EFILE_CHANNEL_MAIL, "x", 1), EFILE_OK);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

static void test_unit_unknown(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	efile_intake_rule rule;
	mailroom m;

	mailroom_setup(&m);
	efile_intake_rule_init(&rule);
	rule.name = "zz";
	rule.order = 999;
	rule.condition = "true";
	rule.plan = "99.99";
	rule.title = "\"x\"";
	TAP_EQUAL_INT(efile_intake_rule_set(m.r.town.admin, &rule), EFILE_OK);
	TAP_EQUAL_INT(receive(&item, &m, "x"), EFILE_E_DENIED);
	TAP_EQUAL_INT(mailroom_receive(&item, m.r.town.admin, EFILE_CHANNEL_MAIL, "x", 1), EFILE_OK);
	mailroom_teardown(&m);
}

/* ---- lists and names ---- */

static int count(efile_session *session, int state)
{
	AUTO_PTR(efile_intake_cursor) cursor = NULL;
	efile_intake_item *item = NULL;
	efile_status status;
	int n = 0;

	TAP_EQUAL_INT(efile_intake_list(&cursor, session, state), EFILE_OK);
	while ((status = efile_intake_cursor_next(cursor, &item)) == EFILE_OK) {
		n++;
		TAP_EQUAL_INT(atoi(efile_intake_item_number(item) + 5) > 0, 1);
		efile_intake_item_free(item);
	}
	TAP_EQUAL_INT(status, EFILE_DONE);
	return n;
}

static void test_list(void)
{
	AUTO_PTR(efile_intake_item) filed = NULL;
	AUTO_PTR(efile_intake_cursor) cursor = NULL;
	efile_intake_item *none = NULL;
	mailroom m;

	mailroom_setup(&m);
	TAP_EQUAL_INT(count(m.r.weber, 0), 0);
	expect_number(&m, "a", "2026/000001");
	expect_number(&m, "", "2026/000002");
	filed = mailroom_take(m.r.weber, "Subject: x\r\n\r\n");
	TAP_EQUAL_INT(count(m.r.weber, 0), 3);
	TAP_EQUAL_INT(count(m.r.weber, EFILE_INTAKE_RECEIVED), 1);
	TAP_EQUAL_INT(count(m.r.weber, EFILE_INTAKE_FILED), 1);
	TAP_EQUAL_INT(count(m.r.weber, EFILE_INTAKE_QUARANTINED), 0);
	TAP_EQUAL_INT(count(m.r.weber, EFILE_INTAKE_REJECTED), 1);
	TAP_EQUAL_INT(efile_intake_list(&cursor, m.r.klein, 0), EFILE_E_NOTFOUND);
	/* a right that goes while the list is read */
	TAP_EQUAL_INT(efile_intake_list(&cursor, m.r.weber, 0), EFILE_OK);
	TAP_EQUAL_INT(efile_member_remove(m.r.town.admin, m.r.town.section, m.r.town.office), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_cursor_next(cursor, &none), EFILE_E_NOTFOUND);
	efile_intake_cursor_free(NULL);
	efile_intake_item_free(NULL);
	mailroom_teardown(&m);
}

static void test_by_number(void)
{
	static const struct {
		const char *number;
		efile_status status;
	} rows[] = {
		{ "2026/000001", EFILE_OK },          { "2026/1", EFILE_OK },
		{ "2026/000002", EFILE_E_NOTFOUND },  { "2025/000001", EFILE_E_NOTFOUND },
		{ "2026/000001x", EFILE_E_NOTFOUND }, { "2026", EFILE_E_NOTFOUND },
		{ "", EFILE_E_NOTFOUND },             { NULL, EFILE_E_NOTFOUND },
	};
	AUTO_PTR(efile_intake_item) item = NULL;
	mailroom m;

	mailroom_setup(&m);
	expect_number(&m, "a", "2026/000001");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_intake_item) found = NULL;

		tap_case(rows[i].number);
		TAP_EQUAL_INT(efile_intake_by_number(&found, m.r.weber, rows[i].number), rows[i].status);
	}
	TAP_EQUAL_INT(efile_intake_by_number(&item, m.r.klein, "2026/1"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_intake_load(&item, m.r.klein, (efile_intake_id){ EFILE_ID_NONE }),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_intake_load(&item, m.r.weber, (efile_intake_id){ EFILE_ID_NONE }),
		      EFILE_E_NOTFOUND);
	mailroom_teardown(&m);
}

static void test_words(void)
{
	static const char *const states[] = { "", "received", "filed", "quarantined", "rejected", "" };
	static const char *const channels[] = { "", "mail", "file", "scan", "" };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		TAP_EQUAL_TEXT(efile_intake_state_name((efile_intake_state)i), states[i]);
	for (size_t i = 0; i < ARRAY_SIZE(channels); i++)
		TAP_EQUAL_TEXT(efile_intake_channel_name((efile_intake_channel)i), channels[i]);
}

/* ---- broken weather ---- */

static efile_status receive_new(efile_ctx *ctx, void *arg)
{
	mailroom *m = arg;
	AUTO_PTR(efile_intake_item) item = NULL;

	(void)ctx;
	return receive(&item, m, "the same bytes each time");
}

static void test_memory(void)
{
	mailroom m;

	mailroom_setup(&m);
	TAP_OK(fail_each(receive_new, &m) > 30);
	expect_number(&m, "the next", "2026/000002");
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.received", NULL), 2);
	mailroom_teardown(&m);
}

TAP_SUITE(intake_receive) = {
	{ "numbers without gaps, from 1 each year", test_numbers },
	{ "each office has its book", test_offices },
	{ "what is known of a letter", test_handle },
	{ "the original comes back", test_original },
	{ "the name of a file", test_name },
	{ "a letter that comes again", test_duplicate },
	{ "rejected letters have their line", test_rejected },
	{ "a reader that breaks off", test_broken_reader },
	{ "refusals receive nothing", test_refusals },
	{ "without rules", test_without_rules },
	{ "a last rule without a unit", test_unit_unknown },
	{ "the journal", test_list },
	{ "by number", test_by_number },
	{ "names of states and channels", test_words },
	{ "out of memory", test_memory },
	TAP_END,
};
