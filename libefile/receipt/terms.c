/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Discount (Skonto) and the three clocks of an invoice. Every day is computed by period/, which hands
 * over the derivation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <efile/period.h>

#include "receipt/receipt.h"

DEFINE_AUTO_PTR(efile_period, efile_period_free)

enum {
	SKONTO_LINES = 32,
	STATUTORY_DAYS = 30, /* § 286 (3) BGB */
	PUBLIC_DAYS = 30,    /* § 271a (2) no. 1 BGB */
	PUBLIC_MOST = 60     /* § 271a (2) no. 2 BGB */
};

void efile_receipt_terms_options_init(efile_receipt_terms_options *options)
{
	if (!options)
		return;
	memset(options, 0, sizeof(*options));
	options->size = sizeof(*options);
}

/* What one computation carries along. */
typedef struct work {
	efile_ctx *ctx;
	const efile_invoice *invoice;
	efile_receipt_terms_options o;
	efile_decimal amount;     /* to be paid: accepted, else BT-115 */
	json_writer w;
	efile_date pay_by;        /* the first of the binding days */
	const char *pay_clock;
} work;

/* ---- days ---- */

static efile_status check_day(efile_ctx *ctx, const char *text)
{
	efile_date day;

	if (text && efile_date_parse(&day, text) != EFILE_OK)
		return FAIL(ctx, EFILE_E_INVALID, 3131, "not a day: '%.40s'", text);
	return EFILE_OK;
}

/* A day from the document; what is none counts as missing. */
static const char *day_of(const efile_invoice *invoice, const char *term)
{
	const char *text = receipt_value(invoice, term);
	efile_date day;

	return text && efile_date_parse(&day, text) == EFILE_OK ? text : NULL;
}

static efile_date parsed(const char *text)
{
	efile_date day = { 0, 0, 0, 0 };

	if (text)
		(void)efile_date_parse(&day, text);
	return day;
}

/* The receipt that counts: a corrected invoice's begins anew (§ 286 (3) BGB). */
static const char *receipt_day(const work *k)
{
	return k->o.corrected ? k->o.corrected : k->o.received;
}

/* What counts is the credit on the creditor's account (ECJ C-306/06): the order has to be given on the
 * bank day before. Where the place decides, the earlier one. */
static efile_status put_transfer_by(work *k, efile_date date)
{
	const char *land = k->o.land, *town = k->o.place;
	char calendar[24];
	efile_date day, other;

	if (date_none(date))
		return EFILE_OK;
	snprintf(calendar, sizeof(calendar), "%s%.5s%s%.8s", str_starts_with(land, "DE-") ? "" : "DE-",
		 land, town ? "/" : "", town ? town : "");
	TRY(efile_working_days_add(&day, &other, k->ctx, calendar, date, -1, EFILE_OFFICE_DAY));
	json_put_date(&k->w, "transfer_by", date_compare(day, other) < 0 ? day : other);
	return EFILE_OK;
}

static void put_steps(work *k, efile_period *p)
{
	const efile_period_step *step;

	json_key(&k->w, "steps");
	json_array(&k->w);
	for (size_t i = 0; (step = efile_period_step_at(p, i)) != NULL; i++) {
		json_object(&k->w);
		json_put_date(&k->w, "date", step->date);
		json_put_text(&k->w, "code", step->code);
		json_put_text(&k->w, "law", step->law);
		json_put_text(&k->w, "text", step->text);
		json_end_object(&k->w);
	}
	json_end_array(&k->w);
}

/* Computes a day and writes it with its derivation into the object that is open. */
static efile_status put_period(efile_date *out, work *k, const char *rule, const char *from,
			       const char *parameters)
{
	efile_period_options o = EFILE_PERIOD_OPTIONS_INIT;
	AUTO_PTR(efile_period) p = NULL;

	o.land = k->o.land;
	o.place = k->o.place;
	o.parameters = parameters;
	TRY(efile_period_compute(&p, k->ctx, rule, from, &o));
	*out = efile_period_date(p);
	json_put_date(&k->w, "date", *out);
	json_put_text(&k->w, "state", efile_period_state_name(efile_period_state_of(p)));
	json_put_date(&k->w, "other", efile_period_other(p));
	TRY(put_transfer_by(k, *out));
	put_steps(k, p);
	return EFILE_OK;
}

/* ---- Skonto ---- */

typedef struct skonto_from {
	const char *name;        /* of the event */
	const char *day;
	bool assumed;
} skonto_from;

/* BR-DE-18 names no start: contract or supplier do, else the receipt is assumed. */
static efile_status skonto_start(skonto_from *out, const work *k)
{
	const char *start = k->o.skonto_start;

	*out = (skonto_from){ "receipt", receipt_day(k), !start };
	if (!start || strcmp(start, "receipt") == 0)
		return EFILE_OK;
	if (strcmp(start, "invoice_date") == 0)
		*out = (skonto_from){ start, day_of(k->invoice, "BT-2"), false };
	else if (strcmp(start, "performance") == 0)
		*out = (skonto_from){ start, k->o.performed ? k->o.performed :
							      day_of(k->invoice, "BT-72"), false };
	else
		*out = (skonto_from){ "contract", start, false };
	return check_day(k->ctx, out->day);
}

/* The base of a line: BASISBETRAG, but not more than what was accepted; else the amount to be paid. */
static efile_decimal skonto_base(const work *k, const efile_skonto *line)
{
	if (!line->has_base)
		return k->amount;
	if (k->o.accepted && efile_decimal_compare(line->base, k->amount) > 0)
		return k->amount;
	return line->base;
}

static efile_status put_discount(work *k, const efile_skonto *line)
{
	efile_decimal base = skonto_base(k, line), discount, pay;

	TRY(efile_decimal_multiply(&discount, base, line->percent));
	TRY(efile_decimal_multiply(&discount, discount, efile_decimal_from_int(1, 2)));
	TRY(efile_decimal_round(&discount, discount, 2, EFILE_ROUND_HALF_UP));
	TRY(efile_decimal_subtract(&pay, k->amount, discount));
	json_key(&k->w, "base");
	json_decimal(&k->w, base);
	json_key(&k->w, "discount");
	json_decimal(&k->w, discount);
	json_key(&k->w, "pay");
	json_decimal(&k->w, pay);
	return EFILE_OK;
}

static efile_status put_skonto(work *k, const efile_skonto *line)
{
	char parameters[32];
	efile_date date;
	skonto_from from;

	TRY(skonto_start(&from, k));
	snprintf(parameters, sizeof(parameters), "n=%d", line->days);
	json_object(&k->w);
	json_put_int(&k->w, "days", line->days);
	json_key(&k->w, "percent");
	json_decimal(&k->w, line->percent);
	TRY(put_discount(k, line));
	json_put_text(&k->w, "start", from.name);
	json_put_bool(&k->w, "assumed", from.assumed);
	json_put_text(&k->w, "from", from.day);
	TRY(put_period(&date, k, "skonto", from.day, parameters));
	json_end_object(&k->w);
	return EFILE_OK;
}

static void put_interest(work *k, const efile_skonto *line)
{
	json_object(&k->w);
	json_put_int(&k->w, "days", line->days);
	json_key(&k->w, "percent");
	json_decimal(&k->w, line->percent);
	json_end_object(&k->w);
}

static efile_status put_lines(work *k)
{
	const char *terms = receipt_value(k->invoice, "BT-20");
	efile_skonto lines[SKONTO_LINES];
	size_t count = 0;

	if (terms && efile_skonto_parse(lines, SKONTO_LINES, &count, terms) != EFILE_OK)
		return FAIL(k->ctx, EFILE_E_INVALID, 3132,
			    "a line of the payment terms begins with # but breaks the form of BR-DE-18");
	if (count > SKONTO_LINES)
		count = SKONTO_LINES;
	json_key(&k->w, "skonto");
	json_array(&k->w);
	for (size_t i = 0; i < count; i++)
		if (!lines[i].late)
			TRY(put_skonto(k, &lines[i]));
	json_end_array(&k->w);
	json_key(&k->w, "interest");
	json_array(&k->w);
	for (size_t i = 0; i < count; i++)
		if (lines[i].late)
			put_interest(k, &lines[i]);
	json_end_array(&k->w);
	return EFILE_OK;
}

/* ---- the clocks ---- */

/* The debtor is in default from the day after (§ 286 BGB). */
static void put_default(work *k, efile_date date)
{
	if (!date_none(date))
		json_put_date(&k->w, "default_from", date_from_days(date_to_days(date) + 1));
}

static void binding_day(work *k, efile_date date, const char *clock)
{
	if (date_none(date) || (k->pay_clock && date_compare(date, k->pay_by) >= 0))
		return;
	k->pay_by = date;
	k->pay_clock = clock;
}

static efile_status put_agreed(work *k)
{
	char parameters[40];
	efile_date date;

	if (!k->o.agreed && k->o.agreed_days <= 0)
		return EFILE_OK;
	json_key(&k->w, "agreed");
	json_object(&k->w);
	json_put_text(&k->w, "law", "§ 286 (2) BGB");
	snprintf(parameters, sizeof(parameters), "unit=D;n=%ld", (long)k->o.agreed_days);
	if (k->o.agreed)
		TRY(put_period(&date, k, "bgb286.date", k->o.agreed, NULL));
	else
		TRY(put_period(&date, k, "bgb.period", receipt_day(k), parameters));
	put_default(k, date);
	binding_day(k, date, "agreed");
	json_end_object(&k->w);
	return EFILE_OK;
}

static efile_status put_statutory(work *k)
{
	char parameters[48] = "";
	efile_date date;

	json_key(&k->w, "statutory");
	json_object(&k->w);
	json_put_text(&k->w, "law", "§ 286 (3) BGB");
	if (k->o.due)
		snprintf(parameters, sizeof(parameters), "due=%s", k->o.due);
	TRY(put_period(&date, k, "bgb286.invoice", receipt_day(k), k->o.due ? parameters : NULL));
	put_default(k, date);
	binding_day(k, date, "statutory");
	json_end_object(&k->w);
	return EFILE_OK;
}

/* BT-9 binds nobody by itself: one party alone cannot set a date of performance. */
static efile_status put_wish(work *k)
{
	const char *day = day_of(k->invoice, "BT-9");

	if (!day)
		return EFILE_OK;
	json_key(&k->w, "wish");
	json_object(&k->w);
	json_put_text(&k->w, "term", "BT-9");
	json_put_text(&k->w, "date", day);
	TRY(put_transfer_by(k, parsed(day)));
	json_end_object(&k->w);
	return EFILE_OK;
}

/* ---- § 271a BGB ---- */

static void put_flag(work *k, const char *code, const char *law, const char *english)
{
	json_object(&k->w);
	json_put_text(&k->w, "code", code);
	json_put_text(&k->w, "law", law);
	json_put_text(&k->w, "text", message_translate((int)k->ctx->language, english));
	json_end_object(&k->w);
}

/* Days agreed beyond the receipt of the performance, or of the invoice if that came later. */
static int64_t agreed_length(const work *k)
{
	const char *performed = k->o.performed ? k->o.performed : day_of(k->invoice, "BT-72");
	efile_date from = parsed(receipt_day(k)), done = parsed(performed);

	if (!k->o.agreed)
		return k->o.agreed_days;
	if (date_none(from) || (!date_none(done) && date_compare(done, from) > 0))
		from = done;
	return date_none(from) ? 0 : date_to_days(parsed(k->o.agreed)) - date_to_days(from);
}

static void put_flags(work *k)
{
	int64_t days = agreed_length(k);

	json_key(&k->w, "flags");
	json_array(&k->w);
	if (days > PUBLIC_MOST)
		put_flag(k, "AGREED_OVER_60", "§ 271a (2) no. 2 BGB",
			 "a public client cannot agree on more than 60 days: the agreement is void");
	else if (days > PUBLIC_DAYS)
		put_flag(k, "AGREED_OVER_30", "§ 271a (2) no. 1 BGB",
			 "more than 30 days bind only if agreed expressly and objectively justified");
	json_end_array(&k->w);
}

/* ---- all together ---- */

static efile_status take_options(work *k, const efile_receipt_terms_options *given)
{
	efile_receipt_terms_options_init(&k->o);
	TRY(options_import(k->ctx, &k->o, sizeof(k->o), given));
	if (!k->o.land)
		return FAIL(k->ctx, EFILE_E_INVALID, 3137, "the Land whose holidays count is missing");
	TRY(check_day(k->ctx, k->o.received));
	TRY(check_day(k->ctx, k->o.corrected));
	TRY(check_day(k->ctx, k->o.due));
	TRY(check_day(k->ctx, k->o.performed));
	TRY(check_day(k->ctx, k->o.agreed));
	if (k->o.agreed_days < 0)
		return FAIL(k->ctx, EFILE_E_INVALID, 3133, "agreed days cannot be negative");
	if (!receipt_amount(&k->amount, k->o.accepted ? k->o.accepted :
						       receipt_value(k->invoice, "BT-115")) &&
	    k->o.accepted)
		return FAIL(k->ctx, EFILE_E_INVALID, 3134, "not an amount: '%.40s'", k->o.accepted);
	return EFILE_OK;
}

static efile_status put_all(work *k)
{
	json_object(&k->w);
	json_put_text(&k->w, "schema", "efile.receipt_terms.v1");
	json_put_text(&k->w, "received", receipt_day(k));
	json_put_text(&k->w, "currency", receipt_value(k->invoice, "BT-5"));
	json_key(&k->w, "amount");
	json_decimal(&k->w, k->amount);
	TRY(put_lines(k));
	json_key(&k->w, "clocks");
	json_object(&k->w);
	TRY(put_agreed(k));
	TRY(put_statutory(k));
	TRY(put_wish(k));
	json_end_object(&k->w);
	put_flags(k);
	json_put_date(&k->w, "pay_by", k->pay_by);
	json_put_text(&k->w, "pay_clock", k->pay_clock);
	json_end_object(&k->w);
	return EFILE_OK;
}

efile_status efile_receipt_terms(char **out, const efile_invoice *invoice,
				 const efile_receipt_terms_options *options)
{
	AUTO(buf) text = BUF_INIT;
	work k = { .invoice = invoice };

	if (!out || !invoice)
		return EFILE_E_INVALID;
	k.ctx = invoice->ctx;
	error_clear(k.ctx);
	TRY(take_options(&k, options));
	json_begin(&k.w, &text);
	TRY(put_all(&k));
	return buf_take(out, &text, k.ctx);
}
