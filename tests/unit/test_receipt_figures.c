/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Figures of the receipt: counted by hand, and the page that shows them. */
#include <efile/receipt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/receipt_hall.h"
#include "xml/xml.h"

enum { MINUTE = 60000000 };

/* An invoice whose facts are certified so many minutes after it came. */
static efile_instance_id after(hall *h, int minutes, const char *facts)
{
	efile_instance_id i;
	char changes[60];

	snprintf(changes, sizeof(changes), "number=F-%d|date=2026-02-%02d", minutes, minutes);
	i = hall_receive(h, changes);
	test_tick((efile_time)minutes * MINUTE);
	if (facts)
		TAP_EQUAL_INT(hall_act(h, i, "sachbearbeitung", "certify-facts", facts), EFILE_OK);
	else
		hall_authorise(h, i);
	return i;
}

/* Thirteen invoices of 1,190.00 with 23.80 of discount until 16 March: one paid with it, one without, nine
 * that are open, one returned, one rejected. */
static void fill(hall *h)
{
	static const char right[] = "{\"facts\":{\"outcome\":\"right\"}}";
	efile_instance_id i;

	hall_setup(h);
	hall_finish(h, after(h, 1, NULL), "{\"payment\":{\"date\":\"2026-03-13\",\"amount\":\"1166.20\"}}");
	hall_finish(h, after(h, 2, NULL), "{\"payment\":{\"date\":\"2026-03-17\",\"amount\":\"1190.00\"}}");
	for (int n = 3; n <= 11; n++)
		after(h, n, right);
	after(h, 12, "{\"facts\":{\"outcome\":\"reject\",\"reason\":\"nicht bestellt\"}}");
	i = hall_receive(h, "number=X|gross=1191.00|date=2026-02-13");
	TAP_EQUAL_INT(hall_act(h, i, "poststelle", "clearing", "{\"clearing\":{\"outcome\":\"return\"}}"), EFILE_OK);
}

static void check_all(hall *h, const char *const (*rows)[2], size_t count)
{
	AUTO_PTR(char) json = NULL;

	if (!TAP_EQUAL_INT(efile_receipt_figures(&json, hall_person(h, "kasse"), NULL), EFILE_OK))
		printf("# %s\n", efile_error_message(h->t.ctx));
	for (size_t i = 0; i < count; i++) {
		tap_case(rows[i][0]);
		TAP_EQUAL_TEXT(receipt_json(h->t.ctx, json, rows[i][0]), rows[i][1]);
	}
}

static void test_figures(void)
{
	static const char *const now[][2] = {
		{ "received", "13" }, { "states.open", "9" }, { "states.paid", "2" }, { "states.returned", "1" },
		{ "states.rejected", "1" }, { "states.duplicate", "0" }, { "months.0.month", "2026-03" },
		{ "months.0.received", "13" }, { "months.0.open", "9" }, { "months.0.paid", "2" },
		{ "months.0.refused", "2" }, { "months.0.other", "0" }, { "months.1.month", "-" },
		{ "money.0.currency", "EUR" }, { "money.0.received.amount", "15470.00" },
		{ "money.0.open.count", "9" }, { "money.0.open.amount", "10710.00" }, { "money.0.overdue.count", "0" },
		{ "money.0.paid.amount", "2356.20" }, { "money.0.discount_won.count", "1" },
		{ "money.0.discount_won.amount", "23.80" }, { "money.0.discount_lost.count", "1" },
		{ "money.0.discount_possible.count", "9" }, { "money.0.discount_possible.amount", "214.20" },
		{ "money.0.discount_assumed.count", "11" }, { "rules.0.rule", "BR-CO-15" }, { "rules.0.invoices", "1" },
		{ "suppliers.0.seller", "Lampen Licht GmbH" }, { "suppliers.0.received", "13" },
		{ "suppliers.0.returned", "1" }, { "suppliers.0.rejected", "1" }, { "suppliers.1.seller", "-" },
	};
	/* Two months on, the discounts are lost and nine invoices overdue since 2 April. */
	static const char *const later[][2] = {
		{ "money.0.overdue.count", "9" }, { "money.0.overdue.amount", "10710.00" },
		{ "money.0.discount_won.count", "1" }, { "money.0.discount_lost.count", "10" },
		{ "money.0.discount_possible.count", "0" }, { "today", "2026-05-01" },
	};
	hall h;

	fill(&h);
	check_all(&h, now, ARRAY_SIZE(now));
	test_tick(INT64_C(86400000000) * 60);
	check_all(&h, later, ARRAY_SIZE(later));
	hall_teardown(&h);
}

/* Certified after 1 to 12 minutes: of twelve, the sixth and the eleventh. Fewer than ten are not told. */
static void test_times(void)
{
	AUTO_PTR(char) json = NULL;
	AUTO_PTR(json_document) document = NULL;
	const json_value *steps;
	int told = 0;
	hall h;

	fill(&h);
	TAP_EQUAL_INT(efile_receipt_figures(&json, hall_person(&h, "kasse"), NULL), EFILE_OK);
	TAP_EQUAL_INT(json_parse(&document, h.t.ctx, json, strlen(json)), EFILE_OK);
	steps = json_member(json_root(document), "steps");
	for (const json_value *s = steps ? steps->child : NULL; s; s = s->next) {
		const char *node = json_member_text(s, "node");

		told += json_member(s, "median")->type == JSON_NUMBER;
		if (strcmp(node, "certify-facts") == 0) {
			TAP_EQUAL_TEXT(json_member(s, "median")->text, "360");
			TAP_EQUAL_TEXT(json_member(s, "p90")->text, "660");
			TAP_EQUAL_TEXT(json_member(s, "ended")->text, "12");
			TAP_EQUAL_TEXT(json_member_text(s, "name"), "Sachliche Feststellung");
		} else if (strcmp(node, "certify-calculation") == 0) {
			TAP_EQUAL_TEXT(json_member(s, "open")->text, "9");
			TAP_EQUAL_TEXT(json_member(s, "ended")->text, "2");
		}
	}
	TAP_EQUAL_INT(told, 1);
	hall_teardown(&h);
}

static void test_period(void)
{
	static const struct { const char *from, *to, *received, *steps; } rows[] = {
		{ "2026-03-02", "2026-03-02", "13", "..." }, { "2026-03-03", NULL, "0", "..." },
		{ NULL, "2026-03-01", "0", "..." }, { "2026-01-01", "2026-12-31", "13", "..." },
	};
	efile_receipt_figures_options o;
	AUTO_PTR(char) json = NULL;
	hall h;

	fill(&h);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_receipt_figures_options_init(&o);
		o.from = rows[i].from;
		o.to = rows[i].to;
		TAP_EQUAL_INT(efile_receipt_figures(&json, hall_person(&h, "leitung"), &o), EFILE_OK);
		TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "received"), rows[i].received);
		TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "from"), rows[i].from ? rows[i].from : "null");
		efile_free(json);
		json = NULL;
	}
	o.from = "gestern";
	TAP_EQUAL_INT(efile_receipt_figures(&json, hall_person(&h, "leitung"), &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_figures(NULL, hall_person(&h, "leitung"), NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_figures(&json, hall_person(&h, "poststelle"), NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_receipt_figures(&json, h.t.admin, NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "figures", "nobody x.poststelle"), EFILE_OK);
	TAP_EQUAL_INT(efile_receipt_figures(&json, hall_person(&h, "poststelle"), NULL), EFILE_OK);
	hall_teardown(&h);
}

/* ---- the page ---- */

static const char sample[] =
	"{\"schema\":\"efile.receipt_figures.v1\",\"from\":\"2026-01-01\",\"to\":null,\"today\":\"2026-03-31\",\"received\":7,"
	"\"states\":{},\"months\":[{\"month\":\"2026-02\",\"received\":4,\"open\":1,\"paid\":2,\"refused\":1,\"other\":0},"
	"{\"month\":\"2026-03\",\"received\":3,\"open\":3,\"paid\":0,\"refused\":0,\"other\":0}],"
	"\"money\":[{\"currency\":\"EUR\",\"received\":{\"count\":7,\"amount\":\"12345.6\"},\"paid\":{\"count\":0,\"amount\":\"0\"},"
	"\"open\":{\"count\":1,\"amount\":\"-59.50\"},\"overdue\":{\"count\":0,\"amount\":\"0\"},\"discount_won\":{\"count\":2,\"amount\":\"47.60\"},"
	"\"discount_lost\":{\"count\":1,\"amount\":\"23.80\"},\"discount_possible\":{\"count\":0,\"amount\":\"0\"},"
	"\"discount_assumed\":{\"count\":3,\"amount\":\"71.40\"}}],"
	"\"steps\":[{\"node\":\"a\",\"name\":\"Prüfen & <zeichnen>\",\"open\":1,\"ended\":12,\"median\":93600,\"p90\":12000},"
	"{\"node\":\"b\",\"name\":\"\",\"open\":0,\"ended\":3,\"median\":null,\"p90\":null}],"
	"\"rules\":[{\"rule\":\"BR-DE-15\",\"invoices\":3}],\"suppliers\":[{\"seller\":\"Łódź GmbH\",\"received\":5,\"returned\":2,\"rejected\":1}]}";

static void test_page(void)
{
	static const char *const english[] = {
		"<html lang=\"en\">", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 52\" role=\"img\" aria-labelledby=\"months-title months-description\">",
		"<title id=\"months-title\">", "<desc id=\"months-description\">", "width=\"380\"", "width=\"285\"", "12345.60", "1 d 2 h", "3 h 20 min",
		"Prüfen &amp; &lt;zeichnen&gt;", "<td class=\"n\">–</td>", "BR-DE-15", "Łódź GmbH", "prefers-color-scheme:dark", "default-src 'none'",
	};
	static const char *const german[] = { "<html lang=\"de\">", "12.345,60", "1 T 2 Std", "31.03.2026", "Skonto", "Zahlen" };
	static const xml_handler nothing = { .start = NULL };
	efile_ctx *ctxs[] = { test_ctx(), test_ctx_german() };

	for (int n = 0; n < 2; n++) {
		AUTO_PTR(char) html = NULL;
		const char *const *wanted = n ? german : english;

		TAP_EQUAL_INT(efile_receipt_figures_write(&html, ctxs[n], sample, EFILE_RECEIPT_FIGURES_HTML), EFILE_OK);
		for (size_t i = 0; html && i < (n ? ARRAY_SIZE(german) : ARRAY_SIZE(english)); i++) {
			tap_case(wanted[i]);
			TAP_OK(strstr(html, wanted[i]) != NULL);
		}
		TAP_OK(html && !strstr(html, "<script") && !strstr(html, "http://www.w3.org/1999") &&
		       !strstr(html, "src=") && !strstr(html, "href="));
		/* Well-formed behind its first line. */
		if (html)
			TAP_EQUAL_INT(xml_read_bytes(ctxs[n], strchr(html, '\n'), strlen(strchr(html, '\n')), "page", &nothing, NULL), EFILE_OK);
		efile_ctx_free(ctxs[n]);
	}
}

static void test_text(void)
{
	AUTO_PTR(char) text = NULL;
	efile_ctx *ctx = test_ctx();

	TAP_EQUAL_INT(efile_receipt_figures_write(&text, ctx, sample, EFILE_RECEIPT_FIGURES_TEXT), EFILE_OK);
	TAP_OK(text && strstr(text, "  2026-02                                   4        1        2        1\n"));
	TAP_OK(text && strstr(text, "  discount won                              2              47.60\n"));
	TAP_OK(text && strstr(text, "  Łódź GmbH                                 5        2        1\n"));
	efile_ctx_free(ctx);
}

static void test_no_figures(void)
{
	static const char *const broken[] = {
		"{", "[]", "{\"schema\":\"efile.receipt_figures.v2\",\"today\":\"2026-03-31\"}", "{\"schema\":\"efile.receipt_figures.v1\"}",
		"{\"schema\":\"efile.receipt_figures.v1\",\"today\":\"2026-03-31\",\"months\":[1]}",
		"{\"schema\":\"efile.receipt_figures.v1\",\"today\":\"2026-03-31\",\"steps\":[{\"node\":\"a\"}]}",
	};
	AUTO_PTR(char) text = NULL;
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		tap_case(broken[i]);
		TAP_EQUAL_INT(efile_receipt_figures_write(&text, ctx, broken[i], EFILE_RECEIPT_FIGURES_HTML), EFILE_E_FORMAT);
	}
	TAP_EQUAL_INT(efile_receipt_figures_write(&text, ctx, sample, (efile_receipt_figures_form)9), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_figures_write(&text, ctx, NULL, EFILE_RECEIPT_FIGURES_TEXT), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_figures_write(NULL, ctx, sample, EFILE_RECEIPT_FIGURES_TEXT), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

static efile_status write_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(char) text = NULL;

	return efile_receipt_figures_write(&text, ctx, sample, *(efile_receipt_figures_form *)arg);
}

static efile_status tell_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(char) text = NULL;

	(void)ctx;
	return efile_receipt_figures(&text, hall_person(arg, "kasse"), NULL);
}

static void test_memory(void)
{
	efile_receipt_figures_form html = EFILE_RECEIPT_FIGURES_HTML, text = EFILE_RECEIPT_FIGURES_TEXT;
	hall h;

	TAP_OK(fail_each(write_once, &html) > 5);
	TAP_OK(fail_each(write_once, &text) > 3);
	hall_setup(&h);
	hall_finish(&h, after(&h, 1, NULL), "{}");
	hall_receive(&h, "number=X|gross=1191.00");
	TAP_OK(fail_each(tell_once, &h) > 5);
	hall_teardown(&h);
}

TAP_SUITE(receipt_figures) = {
	{ "counts, amounts, discounts, reasons", test_figures },
	{ "times of the steps", test_times },
	{ "a period, and who may see it", test_period },
	{ "the page", test_page },
	{ "lines of text", test_text },
	{ "what are no figures", test_no_figures },
	{ "want of memory", test_memory },
	TAP_END
};
