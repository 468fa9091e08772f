/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A final invoice (Schlussrechnung) against the interim ones (Abschlagsrechnungen) of its order: what it
 * has to take off (§ 14 (5) sentence 2 UStG; § 632a, § 650g (4) BGB; § 16 (3) VOB/B), and what was
 * retained as security (§ 17 VOB/B).
 *
 * An invoice of EN 16931 takes off in one of two ways: gross, by BT-113, with all the tax in BT-110; or
 * line by line, by lines or allowances that say so and are negative, with their tax. Both count. */
#include <stdlib.h>
#include <string.h>

#include "receipt/receipt.h"

typedef struct part {
	const json_value *row;
	const char *number, *state;
	buf folded;
	efile_decimal authorised; /* what was accepted; of one that is on its way what it asks */
	efile_decimal paid;       /* transferred, withheld as tax (§ 48 EStG) included */
	efile_decimal retained;
	bool named, counts;
} part;

/* Per category and rate. */
typedef struct share {
	const char *category;
	efile_decimal rate, billed, total, off;
} share;

enum { SHARES = 32 };

typedef struct work {
	efile_ctx *ctx;
	const efile_invoice *invoice;
	efile_report *report;
	part *rows;
	size_t count;
	share shares[SHARES];
	size_t share_count;
	efile_decimal authorised, paid, retained, off;
	bool open;               /* one of them is still on its way */
	bool final;
} work;

static void work_clear(work *k)
{
	for (size_t i = 0; i < k->count; i++)
		buf_clear(&k->rows[i].folded);
	free(k->rows);
}

/* ---- reading the list ---- */

/* An amount as text or number; what is missing is 0. */
static efile_status amount_in(efile_decimal *out, const work *k, const json_value *row, const char *key)
{
	const json_value *value = json_member(row, key);

	*out = (efile_decimal){ { 0, 0 } };
	if (!value || value->type == JSON_NULL || json_as_decimal(out, value) == EFILE_OK)
		return EFILE_OK;
	return FAIL(k->ctx, EFILE_E_FORMAT, 3143, "'%s' of an interim invoice is no number", key);
}

static bool is_state(const part *i, const char *state)
{
	return strcmp(i->state, state) == 0;
}

/* What was sent back, refused, withdrawn or replaced is nothing to take off. */
static bool state_counts(const part *i)
{
	return is_state(i, "open") || is_state(i, "handed_over") || is_state(i, "paid");
}

static efile_status take_amounts(part *out, const work *k, const json_value *row)
{
	const json_value *accepted = json_member(row, "accepted");
	efile_decimal withheld;

	TRY(amount_in(&out->authorised, k, row,
		      accepted && accepted->type != JSON_NULL ? "accepted" : "payable"));
	TRY(amount_in(&out->paid, k, row, "paid"));
	TRY(amount_in(&withheld, k, row, "withheld"));
	TRY(amount_in(&out->retained, k, row, "retained"));
	if (is_state(out, "paid"))
		return efile_decimal_add(&out->paid, out->paid, withheld);
	/* Handed over: the payment is on its way. */
	return efile_decimal_subtract(&out->paid, out->authorised, out->retained);
}

static efile_status take_row(part *out, const work *k, const json_value *row)
{
	const char *state = json_member_text(row, "state");

	out->row = row;
	out->number = json_member_text(row, "number");
	out->state = state ? state : "paid";
	if (!out->number)
		return FAIL(k->ctx, EFILE_E_FORMAT, 3144, "an interim invoice has no number");
	receipt_fold(&out->folded, out->number);
	TRY(buf_status(&out->folded, k->ctx));
	out->counts = state_counts(out);
	return take_amounts(out, k, row);
}

static efile_status take_rows(work *k, const json_value *root)
{
	const json_value *list = root->type == JSON_OBJECT ? json_member(root, "invoices") : root;
	size_t count = 0;

	if (!list || list->type != JSON_ARRAY)
		return FAIL(k->ctx, EFILE_E_FORMAT, 3145, "the interim invoices are no JSON list");
	for (const json_value *row = list->child; row; row = row->next)
		count++;
	k->rows = mem_new(k->ctx, (count + 1) * sizeof(*k->rows));
	if (!k->rows)
		return EFILE_E_NOMEM;
	for (const json_value *row = list->child; row; row = row->next) {
		part *i = &k->rows[k->count++];

		i->folded = (buf)BUF_INIT;
		TRY(take_row(i, k, row));
	}
	return EFILE_OK;
}

/* ---- findings ---- */

typedef struct finding {
	const char *rule, *term, *english;
	efile_severity severity;
} finding;

static efile_status say(work *k, const finding *f, const efile_invoice_item *item, const char *actual,
			const char *expected)
{
	report_place where = { .term = f->term, .actual = actual, .expected = expected };

	if (item)
		where.line = efile_invoice_item_line(k->invoice, item, &where.column);
	return report_add(k->report, f->rule, f->severity, &where, "%s",
			  message_translate((int)k->ctx->language, f->english));
}

static efile_status say_amounts(work *k, const finding *f, const char *term, efile_decimal actual,
				efile_decimal expected)
{
	char is[EFILE_DECIMAL_TEXT_SIZE], should[EFILE_DECIMAL_TEXT_SIZE];
	const efile_invoice_item *totals = efile_invoice_first(k->invoice, NULL, "BG-22");

	return say(k, f, totals ? efile_invoice_first(k->invoice, totals, term) : NULL,
		   efile_decimal_format(actual, is), efile_decimal_format(expected, should));
}

/* ---- which it names ---- */

static part *find_row(work *k, const char *folded)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(buf_text(&k->rows[i].folded), folded) == 0)
			return &k->rows[i];
	return NULL;
}

static efile_status check_name(work *k, const efile_invoice_item *group)
{
	static const finding twice = { "INTERIM-TWICE", "BT-25",
		"the invoice takes off an interim invoice twice", EFILE_SEVERITY_ERROR };
	static const finding unknown = { "INTERIM-UNKNOWN", "BT-25",
		"the invoice takes off an interim invoice that is not in the register", EFILE_SEVERITY_ERROR };
	static const finding void_one = { "INTERIM-STATE", "BT-25",
		"the invoice takes off an interim invoice that was not accepted", EFILE_SEVERITY_ERROR };
	static const finding open = { "INTERIM-STATE", "BT-25",
		"the invoice takes off an interim invoice that is not authorised yet", EFILE_SEVERITY_WARNING };
	const efile_invoice_item *item = efile_invoice_first(k->invoice, group, "BT-25");
	const char *number = receipt_value_in(k->invoice, group, "BT-25");
	AUTO(buf) folded = BUF_INIT;
	part *row;

	if (!number)
		return EFILE_OK;
	receipt_fold(&folded, number);
	TRY(buf_status(&folded, k->ctx));
	row = find_row(k, buf_text(&folded));
	if (!row)
		return say(k, &unknown, item, number, "");
	if (row->named)
		return say(k, &twice, item, number, "");
	row->named = true;
	if (!row->counts)
		return say(k, &void_one, item, number, row->state);
	return is_state(row, "open") ? say(k, &open, item, number, row->state) : EFILE_OK;
}

/* One that is on its way is not asked for: nothing has been paid. BG-3 is not obligatory: where the sums
 * agree, and of an invoice that does not say that it is final, it is a warning. */
static efile_status check_missing(work *k)
{
	finding missing = { "INTERIM-MISSING", "BG-3",
		"an interim invoice of the same order is not taken off", EFILE_SEVERITY_ERROR };

	if (!k->final || efile_decimal_compare(k->off, k->paid) >= 0)
		missing.severity = EFILE_SEVERITY_WARNING;
	for (size_t i = 0; i < k->count; i++)
		if (!k->rows[i].named && k->rows[i].counts && !is_state(&k->rows[i], "open"))
			TRY(say(k, &missing, efile_invoice_first(k->invoice, NULL, "BG-3"), "",
				k->rows[i].number));
	return EFILE_OK;
}

static efile_status check_names(work *k)
{
	static const finding currency = { "INTERIM-CURRENCY", "BT-5",
		"an interim invoice is in another currency", EFILE_SEVERITY_ERROR };
	const char *own = receipt_value(k->invoice, "BT-5");

	for (const efile_invoice_item *g = efile_invoice_first(k->invoice, NULL, "BG-3"); g;
	     g = efile_invoice_next(k->invoice, g, "BG-3"))
		TRY(check_name(k, g));
	for (size_t i = 0; i < k->count; i++) {
		const char *other = json_member_text(k->rows[i].row, "currency");

		if (own && other && strcmp(own, other) != 0) {
			TRY(say(k, &currency, NULL, own, other));
			k->rows[i].counts = false;
		}
	}
	return EFILE_OK;
}

/* ---- sums ---- */

static efile_status add_sums(work *k)
{
	for (size_t i = 0; i < k->count; i++) {
		const part *row = &k->rows[i];

		if (!row->counts)
			continue;
		k->open |= is_state(row, "open");
		TRY(efile_decimal_add(&k->retained, k->retained, row->retained));
		TRY(efile_decimal_add(&k->authorised, k->authorised, row->authorised));
		if (!is_state(row, "open"))
			TRY(efile_decimal_add(&k->paid, k->paid, row->paid));
	}
	return EFILE_OK;
}

/* ---- what the invoice takes off by lines and allowances ---- */

static bool contains_folded(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; text && *text; text++)
		if (str_ascii_ncasecmp(text, word, length) == 0)
			return true;
	return false;
}

/* Whether a text speaks of payments on account, or names one of the interim invoices. */
static bool speaks_of_interim(const work *k, const char *text)
{
	static const char *const words[] = { "abschlag", "anzahlung", "vorauszahlung", "teilrechnung",
					     "teilzahlung", "akonto" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (contains_folded(text, words[i]))
			return true;
	for (size_t i = 0; text && i < k->count; i++)
		if (strstr(text, k->rows[i].number))
			return true;
	return false;
}

static share *share_of(work *k, const char *category, efile_decimal rate)
{
	category = category ? category : "";
	for (size_t i = 0; i < k->share_count; i++)
		if (strcmp(k->shares[i].category, category) == 0 &&
		    efile_decimal_compare(k->shares[i].rate, rate) == 0)
			return &k->shares[i];
	if (k->share_count == SHARES)
		return NULL;
	k->shares[k->share_count] = (share){ .category = category, .rate = rate };
	return &k->shares[k->share_count++];
}

static efile_status percent_of(efile_decimal *out, efile_decimal net, efile_decimal rate)
{
	TRY(efile_decimal_multiply(out, net, rate));
	TRY(efile_decimal_multiply(out, *out, efile_decimal_from_int(1, 2)));
	return efile_decimal_round(out, *out, 2, EFILE_ROUND_HALF_UP);
}

/* net is positive: so much less is billed. */
static efile_status take_off(work *k, efile_decimal net, const char *category, efile_decimal rate)
{
	share *s = share_of(k, category, rate);
	efile_decimal tax;

	TRY(percent_of(&tax, net, rate));
	TRY(efile_decimal_add(&k->off, k->off, net));
	TRY(efile_decimal_add(&k->off, k->off, tax));
	return s ? efile_decimal_add(&s->off, s->off, tax) : EFILE_OK;
}

static efile_decimal number_in(const work *k, const efile_invoice_item *group, const char *term)
{
	efile_decimal value = { { 0, 0 } };

	if (group)
		receipt_amount(&value, receipt_value_in(k->invoice, group, term));
	return value;
}

static efile_status take_line(work *k, const efile_invoice_item *line)
{
	const efile_invoice *v = k->invoice;
	const efile_invoice_item *item = efile_invoice_first(v, line, "BG-31");
	const efile_invoice_item *tax = efile_invoice_first(v, line, "BG-30");
	efile_decimal net = number_in(k, line, "BT-131");

	if (efile_decimal_sign(net) >= 0 ||
	    !(speaks_of_interim(k, receipt_value_in(v, line, "BT-127")) ||
	      speaks_of_interim(k, receipt_value_in(v, line, "BT-128")) ||
	      (item && (speaks_of_interim(k, receipt_value_in(v, item, "BT-153")) ||
			speaks_of_interim(k, receipt_value_in(v, item, "BT-154"))))))
		return EFILE_OK;
	return take_off(k, efile_decimal_negate(net), tax ? receipt_value_in(v, tax, "BT-151") : NULL,
			number_in(k, tax, "BT-152"));
}

static efile_status take_all_off(work *k)
{
	const efile_invoice *v = k->invoice;
	efile_decimal before;

	receipt_amount(&before, receipt_value(v, "BT-113"));
	TRY(efile_decimal_add(&k->off, k->off, before));
	for (const efile_invoice_item *l = efile_invoice_first(v, NULL, "BG-25"); l;
	     l = efile_invoice_next(v, l, "BG-25"))
		TRY(take_line(k, l));
	for (const efile_invoice_item *g = efile_invoice_first(v, NULL, "BG-20"); g;
	     g = efile_invoice_next(v, g, "BG-20"))
		if (speaks_of_interim(k, receipt_value_in(v, g, "BT-97")))
			TRY(take_off(k, number_in(k, g, "BT-92"), receipt_value_in(v, g, "BT-95"),
				     number_in(k, g, "BT-96")));
	return EFILE_OK;
}

/* Between what was paid and what was authorised lie discounts and what was retained as security: which
 * of both a seller takes off is agreed otherwise in each contract. */
static efile_status check_paid(work *k)
{
	static const finding less = { "INTERIM-PAID", "BT-113",
		"less is taken off than was paid on account", EFILE_SEVERITY_ERROR };
	static const finding more = { "INTERIM-PAID", "BT-113",
		"more is taken off than was authorised on account", EFILE_SEVERITY_WARNING };
	static const finding other = { "INTERIM-PAID", "BT-113",
		"what is taken off lies between what was paid and what was authorised", EFILE_SEVERITY_INFORMATION };

	if (efile_decimal_compare(k->off, k->paid) < 0)
		return say_amounts(k, &less, "BT-113", k->off, k->paid);
	if (efile_decimal_compare(k->off, k->authorised) > 0)
		return say_amounts(k, &more, "BT-113", k->off, k->authorised);
	if (efile_decimal_compare(k->off, k->paid) > 0 && efile_decimal_compare(k->off, k->authorised) < 0)
		return say_amounts(k, &other, "BT-113", k->off, k->paid);
	return EFILE_OK;
}

/* ---- taxes: § 14 (5) sentence 2 UStG ---- */

/* Interim invoices are often cumulative: all the work so far less what was paid before. Then only its
 * part of the tax is new. */
static efile_status new_part(efile_decimal *tax, const work *k, const part *row)
{
	efile_decimal gross, payable;

	TRY(amount_in(&gross, k, row->row, "gross"));
	TRY(amount_in(&payable, k, row->row, "payable"));
	if (efile_decimal_sign(gross) == 0 || efile_decimal_compare(gross, payable) == 0)
		return EFILE_OK;
	TRY(efile_decimal_multiply(tax, *tax, payable));
	TRY(efile_decimal_divide(tax, *tax, gross));
	return efile_decimal_round(tax, *tax, 2, EFILE_ROUND_HALF_UP);
}

static efile_status take_billed(work *k, const part *row)
{
	const json_value *taxes = json_member(row->row, "taxes");

	for (const json_value *t = taxes && taxes->type == JSON_ARRAY ? taxes->child : NULL; t; t = t->next) {
		efile_decimal rate, tax;
		share *s;

		TRY(amount_in(&rate, k, t, "rate"));
		TRY(amount_in(&tax, k, t, "tax"));
		TRY(new_part(&tax, k, row));
		s = share_of(k, json_member_text(t, "category"), rate);
		if (s)
			TRY(efile_decimal_add(&s->billed, s->billed, tax));
	}
	return EFILE_OK;
}

static efile_status take_taxes(work *k)
{
	const efile_invoice *v = k->invoice;

	for (size_t i = 0; i < k->count; i++)
		if (k->rows[i].counts)
			TRY(take_billed(k, &k->rows[i]));
	for (const efile_invoice_item *g = efile_invoice_first(v, NULL, "BG-23"); g;
	     g = efile_invoice_next(v, g, "BG-23")) {
		share *s = share_of(k, receipt_value_in(v, g, "BT-118"), number_in(k, g, "BT-119"));

		if (s)
			TRY(efile_decimal_add(&s->total, s->total, number_in(k, g, "BT-117")));
	}
	return EFILE_OK;
}

/* An amount as people write it in a note: "1900.00", "1.900,00", "1900,00". */
static bool note_has(const work *k, efile_decimal amount)
{
	char plain[EFILE_DECIMAL_TEXT_SIZE], comma[EFILE_DECIMAL_TEXT_SIZE];
	AUTO(buf) dots = BUF_INIT;
	size_t length, whole;
	bool found = false;

	if (efile_decimal_round(&amount, amount, 2, EFILE_ROUND_HALF_UP) < 0)
		return false;
	efile_decimal_format(amount, plain);
	strcpy(comma, plain);
	length = strcspn(comma, ".");
	whole = length;
	if (comma[length])
		comma[length] = ',';
	for (size_t i = 0; comma[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0)
			buf_add_char(&dots, '.');
		buf_add_char(&dots, comma[i]);
	}
	for (const efile_invoice_item *g = efile_invoice_first(k->invoice, NULL, "BG-1"); g && !found;
	     g = efile_invoice_next(k->invoice, g, "BG-1")) {
		const char *text = receipt_value_in(k->invoice, g, "BT-22");

		found = text && (strstr(text, plain) || strstr(text, comma) || strstr(text, buf_text(&dots)));
	}
	return found;
}

/* Lines take off with their tax; then the total has the rest. By BT-113 alone the tax stands there in
 * full, so that the invoice must say elsewhere how much of it was billed before. */
static efile_status check_share(work *k, const share *s)
{
	static const finding exceeds = { "INTERIM-VAT", "BT-117",
		"the interim invoices had more tax of this rate than the final one has in all", EFILE_SEVERITY_ERROR };
	static const finding differs = { "INTERIM-VAT", "BT-117",
		"the tax that is taken off is not that of the interim invoices", EFILE_SEVERITY_WARNING };
	static const finding silent = { "INTERIM-VAT", "BT-117",
		"the invoice does not say which tax the interim invoices had (§ 14 (5) UStG)", EFILE_SEVERITY_WARNING };
	efile_decimal all;

	if (efile_decimal_sign(s->billed) == 0 && efile_decimal_sign(s->off) == 0)
		return EFILE_OK;
	TRY(efile_decimal_add(&all, s->total, s->off));
	if (efile_decimal_compare(s->billed, all) > 0)
		return say_amounts(k, &exceeds, "BT-110", all, s->billed);
	if (efile_decimal_sign(s->off) != 0)
		return efile_decimal_compare(s->off, s->billed) == 0 ? EFILE_OK :
			say_amounts(k, &differs, "BT-110", s->off, s->billed);
	return note_has(k, s->billed) ? EFILE_OK : say_amounts(k, &silent, "BT-110", s->off, s->billed);
}

static efile_status check_taxes(work *k)
{
	TRY(take_taxes(k));
	for (size_t i = 0; i < k->share_count; i++)
		TRY(check_share(k, &k->shares[i]));
	return EFILE_OK;
}

/* ---- security ---- */

/* § 17 (6) no. 1 VOB/B: at most a tenth of each payment. */
static efile_status check_security(work *k)
{
	static const finding much = { "INTERIM-SECURITY", "BT-113",
		"more than a tenth of a payment was retained as security (§ 17 (6) VOB/B)", EFILE_SEVERITY_WARNING };
	static const finding held = { "INTERIM-SECURITY", "BT-113",
		"so much is retained as security and is to be released (§ 17 (8) VOB/B)", EFILE_SEVERITY_INFORMATION };
	const efile_decimal tenth = efile_decimal_from_int(1, 1), none = { { 0, 0 } };

	for (size_t i = 0; i < k->count; i++) {
		efile_decimal most;

		if (!k->rows[i].counts)
			continue;
		TRY(efile_decimal_multiply(&most, k->rows[i].authorised, tenth));
		if (efile_decimal_compare(k->rows[i].retained, most) > 0)
			TRY(say_amounts(k, &much, "BT-113", k->rows[i].retained, most));
	}
	return efile_decimal_compare(k->retained, none) > 0 ?
		say_amounts(k, &held, "BT-113", k->retained, none) : EFILE_OK;
}

/* ---- all ---- */

/* Without order and contract those that are not named cannot be found. */
static efile_status check_order_named(work *k)
{
	static const finding nothing = { "INTERIM-ORDER", "BT-13",
		"the invoice names neither order nor contract: interim invoices that it does not name cannot be found",
		EFILE_SEVERITY_WARNING };

	return receipt_value(k->invoice, "BT-13") || receipt_value(k->invoice, "BT-12") ? EFILE_OK :
		say(k, &nothing, NULL, "", "");
}

static efile_status compare(work *k)
{
	const char *type = receipt_value(k->invoice, "BT-3");

	k->final = str_equal(type, "876") || str_equal(type, "877");
	if (k->final)
		TRY(check_order_named(k));
	TRY(check_names(k));
	TRY(add_sums(k));
	TRY(take_all_off(k));
	TRY(check_missing(k));
	TRY(check_paid(k));
	TRY(check_taxes(k));
	return check_security(k);
}

efile_status efile_receipt_compare_interim(efile_report **out, const efile_invoice *invoice,
					   const char *interim)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(json_document) parsed = NULL;
	AUTO(work) k = { .invoice = invoice };

	if (!out || !invoice)
		return EFILE_E_INVALID;
	k.ctx = invoice->ctx;
	error_clear(k.ctx);
	if (!interim)
		return FAIL(k.ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(json_parse(&parsed, k.ctx, interim, strlen(interim)));
	TRY(report_new(&report, k.ctx));
	k.report = report;
	TRY(take_rows(&k, json_root(parsed)));
	TRY(compare(&k));
	*out = STEAL(report);
	return EFILE_OK;
}
