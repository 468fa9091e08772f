/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Discount and the three clocks: days computed by hand from the calendar, with their clauses. */
#include "unit/receipt_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static efile_receipt_terms_options options(const char *received)
{
	efile_receipt_terms_options o;

	efile_receipt_terms_options_init(&o);
	o.received = received;
	o.land = "BW";
	return o;
}

static char *terms(efile_ctx *ctx, const char *changes, const efile_receipt_terms_options *o)
{
	efile_invoice *invoice = receipt_invoice(ctx, changes);
	char *json = NULL;

	if (!TAP_EQUAL_INT(efile_receipt_terms(&json, invoice, o), EFILE_OK))
		printf("# %s\n", efile_error_message(ctx));
	efile_invoice_free(invoice);
	return json;
}

/* ---- Skonto ---- */

static void test_skonto_days(void)
{
	/* received; days; last day; the bank day before it */
	static const struct { const char *name, *received, *days, *date, *transfer; } rows[] = {
		{ "plain: Mon + 14 = Mon", "2026-03-02", "14", "2026-03-16", "2026-03-13" },
		{ "end on Ascension Day moves (§ 193 BGB)", "2026-05-04", "10", "2026-05-15", "2026-05-13" },
		{ "end on a Saturday moves to Monday", "2026-03-13", "8", "2026-03-23", "2026-03-20" },
		{ "Easter: Sat 4 April -> Tue 7 April", "2026-03-27", "8", "2026-04-07", "2026-04-02" },
		{ "24 December is no holiday", "2026-12-10", "14", "2026-12-24", "2026-12-23" },
		{ "25 December -> Mon 28", "2026-12-11", "14", "2026-12-28", "2026-12-24" },
		{ "leap day", "2028-02-15", "14", "2028-02-29", "2028-02-28" },
		{ "Epiphany in BW: Wed 6 Jan 2027 -> Thu", "2026-12-23", "14", "2027-01-07", "2027-01-05" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_receipt_terms_options o = options(rows[i].received);
		AUTO_PTR(char) json = NULL;
		char change[80];

		tap_case(rows[i].name);
		snprintf(change, sizeof(change), "terms=#SKONTO#TAGE=%s#PROZENT=2.00#\n", rows[i].days);
		json = terms(ctx, change, &o);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.date"), rows[i].date);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.transfer_by"), rows[i].transfer);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.start"), "receipt");
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.assumed"), "true");
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.steps.0.code"), "SKONTO_START");
	}
	efile_ctx_free(ctx);
}

static void test_skonto_amounts(void)
{
	static const struct { const char *name, *changes, *accepted, *base, *discount, *pay; } rows[] = {
		{ "2 % of BT-115", "terms=#SKONTO#TAGE=14#PROZENT=2.00#\n", NULL, "1190.00", "23.80", "1166.20" },
		{ "half a cent goes up", "payable=100.50|terms=#SKONTO#TAGE=14#PROZENT=3.00#\n", NULL,
		  "100.50", "3.02", "97.48" },      /* 3.015 */
		{ "below half goes down", "payable=100.10|terms=#SKONTO#TAGE=14#PROZENT=2.00#\n", NULL,
		  "100.10", "2.00", "98.10" },      /* 2.002 */
		{ "an own base", "terms=#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=1000.00#\n", NULL,
		  "1000.00", "20.00", "1170.00" },
		{ "the accepted amount", "terms=#SKONTO#TAGE=14#PROZENT=2.00#\n", "900.00", "900.00", "18.00",
		  "882.00" },
		{ "an own base above what was accepted", "terms=#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=1000.00#\n",
		  "900.00", "900.00", "18.00", "882.00" },
		{ "an own base below it", "terms=#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=500.00#\n", "900.00",
		  "500.00", "10.00", "890.00" },
		{ "a credit note's", "payable=-100.50|terms=#SKONTO#TAGE=14#PROZENT=3.00#BASISBETRAG=-100.50#\n",
		  NULL, "-100.50", "-3.02", "-97.48" },
		{ "nothing off", "terms=#SKONTO#TAGE=14#PROZENT=0.00#\n", NULL, "1190.00", "0.00", "1190.00" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_receipt_terms_options o = options("2026-03-02");
		AUTO_PTR(char) json = NULL;

		tap_case(rows[i].name);
		o.accepted = rows[i].accepted;
		json = terms(ctx, rows[i].changes, &o);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.base"), rows[i].base);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.discount"), rows[i].discount);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.pay"), rows[i].pay);
	}
	efile_ctx_free(ctx);
}

static void test_skonto_start(void)
{
	/* Invoice of 27 February, delivered on 25 February 2026; 14 days. */
	static const struct { const char *start, *name, *assumed, *from, *date; } rows[] = {
		{ NULL, "receipt", "true", "2026-03-02", "2026-03-16" },
		{ "receipt", "receipt", "false", "2026-03-02", "2026-03-16" },
		{ "invoice_date", "invoice_date", "false", "2026-02-27", "2026-03-13" },
		{ "performance", "performance", "false", "2026-02-25", "2026-03-11" },
		{ "2026-03-05", "contract", "false", "2026-03-05", "2026-03-19" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_receipt_terms_options o = options("2026-03-02");
		AUTO_PTR(char) json = NULL;

		tap_case(rows[i].name);
		o.skonto_start = rows[i].start;
		json = terms(ctx, "", &o);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.start"), rows[i].name);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.assumed"), rows[i].assumed);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.from"), rows[i].from);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.date"), rows[i].date);
	}
	efile_ctx_free(ctx);
}

static void test_skonto_steps(void)
{
	efile_receipt_terms_options o = options("2026-03-02");
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(char) json = terms(ctx, "terms=#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#\n"
				    "#VERZUG#TAGE=30#PROZENT=9.00#\nBitte Rechnungsnummer angeben", &o);

	TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.date"), "2026-03-09");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.1.date"), "2026-03-16");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.2"), "-");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "interest.0.days"), "30");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "interest.0.percent"), "9.00");
	efile_ctx_free(ctx);
}

/* ---- the clocks ---- */

static void test_statutory(void)
{
	static const struct { const char *name, *received, *due, *corrected, *date, *from; } rows[] = {
		{ "26 Nov + 30 = 26 Dec, a holiday; Sunday; Monday the 28th",
		  "2026-11-26", NULL, NULL, "2026-12-28", "2026-12-29" },
		{ "the later of due date and receipt", "2026-06-03", "2026-06-10", NULL, "2026-07-10", "2026-07-11" },
		{ "due before the receipt", "2026-06-10", "2026-06-03", NULL, "2026-07-10", "2026-07-11" },
		{ "a corrected invoice starts anew", "2026-06-03", NULL, "2026-06-10", "2026-07-10", "2026-07-11" },
		{ "1 May moves to Monday", "2026-04-01", NULL, NULL, "2026-05-04", "2026-05-05" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_receipt_terms_options o = options(rows[i].received);
		AUTO_PTR(char) json = NULL;

		tap_case(rows[i].name);
		o.due = rows[i].due;
		o.corrected = rows[i].corrected;
		json = terms(ctx, "", &o);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "clocks.statutory.date"), rows[i].date);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "clocks.statutory.default_from"), rows[i].from);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "clocks.statutory.law"), "§ 286 (3) BGB");
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "pay_by"), rows[i].date);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "pay_clock"), "statutory");
	}
	efile_ctx_free(ctx);
}

static void test_agreed(void)
{
	efile_receipt_terms_options o = options("2026-03-02");
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(char) day = NULL;
	AUTO_PTR(char) days = NULL;

	o.agreed = "2026-03-14"; /* a Saturday: § 193 BGB, Monday 16 March */
	day = terms(ctx, "", &o);
	TAP_EQUAL_TEXT(receipt_json(ctx, day, "clocks.agreed.date"), "2026-03-16");
	TAP_EQUAL_TEXT(receipt_json(ctx, day, "clocks.agreed.default_from"), "2026-03-17");
	TAP_EQUAL_TEXT(receipt_json(ctx, day, "clocks.agreed.law"), "§ 286 (2) BGB");
	TAP_EQUAL_TEXT(receipt_json(ctx, day, "clocks.statutory.date"), "2026-04-01");
	TAP_EQUAL_TEXT(receipt_json(ctx, day, "pay_by"), "2026-03-16");
	TAP_EQUAL_TEXT(receipt_json(ctx, day, "pay_clock"), "agreed");
	o.agreed = NULL;
	o.agreed_days = 14;
	days = terms(ctx, "", &o);
	TAP_EQUAL_TEXT(receipt_json(ctx, days, "clocks.agreed.date"), "2026-03-16");
	efile_ctx_free(ctx);
}

static void test_wish(void)
{
	efile_receipt_terms_options o = options("2026-03-02");
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(char) json = terms(ctx, "", &o);
	AUTO_PTR(char) none = terms(ctx, "due=", &o);

	TAP_EQUAL_TEXT(receipt_json(ctx, json, "clocks.wish.date"), "2026-03-27");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "clocks.wish.transfer_by"), "2026-03-26");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "clocks.wish.default_from"), "-");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "pay_clock"), "statutory");
	TAP_EQUAL_TEXT(receipt_json(ctx, none, "clocks.wish"), "-");
	efile_ctx_free(ctx);
}

static void test_too_long(void)
{
	static const struct { const char *name, *agreed, *performed; int days; const char *code; } rows[] = {
		{ "30 days", NULL, NULL, 30, "-" }, { "31 days", NULL, NULL, 31, "AGREED_OVER_30" },
		{ "60 days", NULL, NULL, 60, "AGREED_OVER_30" }, { "61 days", NULL, NULL, 61, "AGREED_OVER_60" },
		{ "2 March + 30 = 1 April", "2026-04-01", NULL, 0, "-" },
		{ "2 April", "2026-04-02", NULL, 0, "AGREED_OVER_30" },
		{ "2 May", "2026-05-02", NULL, 0, "AGREED_OVER_60" },
		{ "performance after the invoice: 12 March + 30 = 11 April", "2026-04-11", "2026-03-12", 0, "-" },
		{ "12 April", "2026-04-12", "2026-03-12", 0, "AGREED_OVER_30" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_receipt_terms_options o = options("2026-03-02");
		AUTO_PTR(char) json = NULL;

		tap_case(rows[i].name);
		o.agreed = rows[i].agreed;
		o.performed = rows[i].performed;
		o.agreed_days = rows[i].days;
		json = terms(ctx, "", &o);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "flags.0.code"), rows[i].code);
	}
	efile_ctx_free(ctx);
}

static void test_waits(void)
{
	efile_ctx *ctx = test_ctx();
	efile_receipt_terms_options o = options(NULL);
	AUTO_PTR(char) json = terms(ctx, "", &o);

	TAP_EQUAL_TEXT(receipt_json(ctx, json, "received"), "null");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.date"), "null");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.state"), "waits_for_event");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "clocks.statutory.state"), "waits_for_event");
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "pay_by"), "null");
	efile_ctx_free(ctx);
}

/* 15 August in Bavaria without a place: both days, and the transfer by the earlier one. */
static void test_place(void)
{
	efile_receipt_terms_options o = options("2028-08-01");
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(char) json = NULL;
	AUTO_PTR(char) there = NULL;

	o.land = "BY";
	json = terms(ctx, "", &o);
	TAP_EQUAL_TEXT(receipt_json(ctx, json, "skonto.0.state"), "ask_place");
	o.place = "09162000"; /* München keeps it */
	there = terms(ctx, "", &o);
	TAP_EQUAL_TEXT(receipt_json(ctx, there, "skonto.0.date"), "2028-08-16");
	TAP_EQUAL_TEXT(receipt_json(ctx, there, "skonto.0.transfer_by"), "2028-08-14");
	efile_ctx_free(ctx);
}

static void test_refused(void)
{
	static const struct { const char *name, *changes; int number; size_t field; const char *value; } rows[] = {
		{ "no Land", "", 3137, offsetof(efile_receipt_terms_options, land), NULL },
		{ "a day that is none", "", 3131, offsetof(efile_receipt_terms_options, received), "2026-02-30" },
		{ "another", "", 3131, offsetof(efile_receipt_terms_options, due), "morgen" },
		{ "a start that is none", "", 3131, offsetof(efile_receipt_terms_options, skonto_start), "bald" },
		{ "an amount that is none", "", 3134, offsetof(efile_receipt_terms_options, accepted), "12,00" },
		{ "a broken line", "terms=#SKONTO#TAGE=14#PROZENT=2#\n", 3132, 0, NULL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_receipt_terms_options o = options("2026-03-02");
		efile_invoice *invoice = receipt_invoice(ctx, rows[i].changes);
		char *json = NULL;

		tap_case(rows[i].name);
		if (rows[i].field)
			*(const char **)((char *)&o + rows[i].field) = rows[i].value;
		TAP_EQUAL_INT(efile_receipt_terms(&json, invoice, &o), EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
		TAP_OK(json == NULL);
		o = options("2026-03-02");
		o.agreed_days = -1;
		TAP_EQUAL_INT(efile_receipt_terms(&json, invoice, &o), EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_receipt_terms(NULL, invoice, &o), EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_receipt_terms(&json, NULL, &o), EFILE_E_INVALID);
		efile_invoice_free(invoice);
	}
	efile_ctx_free(ctx);
}

static efile_status compute(efile_ctx *ctx, void *arg)
{
	efile_receipt_terms_options o = options("2026-03-02");
	efile_invoice *invoice = NULL;
	char *json = NULL;
	efile_status status;
	const buf *xml = arg;

	o.agreed = "2026-05-20";
	status = efile_invoice_from_xml(&invoice, ctx, xml->data, xml->length);
	if (status == EFILE_OK)
		status = efile_receipt_terms(&json, invoice, &o);
	efile_free(json);
	efile_invoice_free(invoice);
	return status;
}

static void test_memory(void)
{
	AUTO(buf) xml = BUF_INIT;

	receipt_sample(&xml, "");
	TAP_OK(fail_each(compute, &xml) > 20);
}

TAP_SUITE(receipt_terms) = {
	{ "the last day of a discount", test_skonto_days },
	{ "the amount of a discount", test_skonto_amounts },
	{ "where a discount starts", test_skonto_start },
	{ "several lines, interest, free text", test_skonto_steps },
	{ "30 days after due date and receipt", test_statutory },
	{ "an agreed day", test_agreed },
	{ "the seller's wish", test_wish },
	{ "agreed for too long (§ 271a BGB)", test_too_long },
	{ "not yet received", test_waits },
	{ "the place decides", test_place },
	{ "refused", test_refused },
	{ "out of memory", test_memory },
	TAP_END
};
