/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entering an invoice into the register: who sent it, whether it is there already, until when it is to
 * be paid. */
#include <stdlib.h>
#include <string.h>

#include "receipt/record.h"

/* What one entry carries along; texts are borrowed from the facts. */
typedef struct work {
	efile_session *session;
	efile_ctx *ctx;
	const efile_invoice *invoice;
	const unsigned char *sha256;
	const json_value *facts;
	const json_value *terms;      /* NULL without a Land */
	supplier_record supplier;     /* id 0: not known */
	receipt_record row;
	receipt_record twin;          /* id 0: no duplicate */
	const char *twin_by;          /* "number", "content", "amount" */
	char percent[24], base[48];   /* of the discount; "" if there is none */
	bool interim;                 /* there are payments on account to be compared */
} work;

static void work_clear(work *k)
{
	supplier_record_clear(&k->supplier);
	receipt_record_clear(&k->row);
	receipt_record_clear(&k->twin);
}

/* ---- duplicates ---- */

/* What was sent back, refused or taken back may come again. */
static bool counts(const work *k, const receipt_record *other)
{
	return other->head.id != k->row.head.id && other->state != RECEIPT_DUPLICATE &&
	       other->state != RECEIPT_RETURNED && other->state != RECEIPT_REJECTED &&
	       other->state != RECEIPT_WITHDRAWN;
}

static bool same_amount(const work *k, const receipt_record *other)
{
	efile_decimal here, there;

	return receipt_amount(&here, k->row.payable) && receipt_amount(&there, other->payable) &&
	       efile_decimal_compare(here, there) == 0 && str_equal(other->kind, k->row.kind) &&
	       str_equal(other->currency, k->row.currency);
}

typedef efile_status (*next_fn)(receipt_record *out, const work *k, int64_t after);

static efile_status next_number(receipt_record *out, const work *k, int64_t after)
{
	return receipt_same_number(out, session_store(k->session), k->row.seller, k->row.folded,
				   after);
}

static efile_status next_content(receipt_record *out, const work *k, int64_t after)
{
	return receipt_same_content(out, session_store(k->session), k->sha256, after);
}

static efile_status next_day(receipt_record *out, const work *k, int64_t after)
{
	if (!k->row.day)
		return EFILE_DONE;
	return receipt_same_day(out, session_store(k->session), k->row.seller, k->row.day, after);
}

/* The first entry that next() finds and that counts. */
static efile_status look(work *k, next_fn next, bool amount, const char *by)
{
	int64_t after = 0;

	for (;;) {
		AUTO(receipt_record) other = { .head = { 0, 0 } };
		efile_status status = next(&other, k, after);

		if (status != EFILE_OK)
			return status;
		after = other.head.id;
		if (!counts(k, &other) || (amount && !same_amount(k, &other)))
			continue;
		k->twin = other;
		k->twin_by = by;
		memset(&other, 0, sizeof(other));
		return EFILE_OK;
	}
}

static efile_status find_twin(work *k)
{
	TRY(look(k, next_number, false, "number"));
	if (!k->twin.head.id)
		TRY(look(k, next_content, false, "content"));
	if (!k->twin.head.id)
		TRY(look(k, next_day, true, "amount"));
	return EFILE_OK;
}

/* ---- the row ---- */

static efile_status set(work *k, char **field, const json_value *object, const char *key)
{
	return receipt_set(field, k->ctx, json_member_text(object, key));
}

static efile_status set_folded(work *k)
{
	AUTO(buf) folded = BUF_INIT;

	receipt_fold(&folded, k->row.number);
	TRY(buf_status(&folded, k->ctx));
	return receipt_set(&k->row.folded, k->ctx, buf_text(&folded));
}

/* What a final invoice has to take off of this one. */
static efile_status set_amounts(work *k)
{
	const json_value *taxes = json_member(k->facts, "taxes");
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "gross", json_member_text(json_member(k->facts, "amounts"), "gross"));
	json_key(&w, "taxes");
	json_copy(&w, taxes);
	json_end_object(&w);
	TRY(buf_status(&text, k->ctx));
	return receipt_set(&k->row.amounts, k->ctx, text.data);
}

static efile_status fill_row(work *k)
{
	const json_value *seller = json_member(k->facts, "seller");
	const json_value *accounts = json_member(k->facts, "accounts");
	const char *key = json_member_text(seller, "key");
	const char *number = json_member_text(k->facts, "number");

	TRY(receipt_set(&k->row.seller, k->ctx, key ? key : "?"));
	TRY(receipt_set(&k->row.number, k->ctx, number ? number : "?"));
	TRY(set_folded(k));
	TRY(set(k, &k->row.seller_name, seller, "name"));
	TRY(set(k, &k->row.day, k->facts, "date"));
	TRY(set(k, &k->row.kind, k->facts, "kind"));
	TRY(set(k, &k->row.payable, json_member(k->facts, "amounts"), "payable"));
	TRY(set(k, &k->row.currency, k->facts, "currency"));
	TRY(set(k, &k->row.contract, k->facts, "contract"));
	TRY(set(k, &k->row.order_number, k->facts, "order"));
	TRY(set_amounts(k));
	if (accounts && accounts->child)
		TRY(set(k, &k->row.iban, accounts->child, "iban"));
	if (k->row.sha256.data)
		return EFILE_OK;
	TRY(mem_dup_bytes((char **)&k->row.sha256.data, k->ctx, k->sha256, 32));
	k->row.sha256.length = 32;
	return EFILE_OK;
}

static void keep_text(char *room, size_t size, const json_value *object, const char *key)
{
	const char *text = json_member_text(object, key);

	if (text && strlen(text) < size)
		strcpy(room, text);
}

/* The best line that can still be kept; lines stand in any order. */
static efile_status fill_terms(work *k)
{
	const json_value *lines = json_member(k->terms, "skonto"), *best = NULL;

	for (const json_value *l = lines ? lines->child : NULL; l; l = l->next) {
		const char *date = json_member_text(l, "date");
		efile_decimal percent, most;

		if (!date || strcmp(date, k->row.received) < 0 ||
		    json_as_decimal(&percent, json_member(l, "percent")) != EFILE_OK)
			continue;
		if (!best || (json_as_decimal(&most, json_member(best, "percent")) == EFILE_OK &&
			      efile_decimal_compare(percent, most) > 0))
			best = l;
	}
	k->row.discount_assumed = (opt_int){ false, 0 };
	if (best) {
		const json_value *assumed = json_member(best, "assumed");

		k->row.discount_assumed = (opt_int){ true, assumed && assumed->type == JSON_TRUE };
		keep_text(k->percent, sizeof(k->percent), best, "percent");
		keep_text(k->base, sizeof(k->base), best, "base");
	}
	TRY(receipt_set(&k->row.discount_until, k->ctx, best ? json_member_text(best, "date") : NULL));
	TRY(receipt_set(&k->row.discount, k->ctx, best ? json_member_text(best, "discount") : NULL));
	return receipt_set(&k->row.pay_by, k->ctx,
			   k->terms ? json_member_text(k->terms, "pay_by") : NULL);
}

/* ---- terms ---- */

static efile_status compute_terms(char **out, work *k)
{
	AUTO(setting_record) land = { .head = { 0, 0 } };
	AUTO(setting_record) town = { .head = { 0, 0 } };
	efile_receipt_terms_options o;
	efile_status status = setting_by_name(&land, session_store(k->session), "land");

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	status = setting_by_name(&town, session_store(k->session), "place");
	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	efile_receipt_terms_options_init(&o);
	o.land = land.value;
	o.place = town.value;
	o.received = k->row.received;
	o.skonto_start = k->supplier.skonto_start;
	o.agreed_days = k->supplier.agreed_days.set ? (int32_t)k->supplier.agreed_days.value : 0;
	status = efile_receipt_terms(out, k->invoice, &o);
	if (status != EFILE_E_INVALID)
		return status;
	/* Broken lines of BT-20 are a finding of the check; the register goes without a discount. */
	error_clear(k->ctx);
	return EFILE_OK;
}

/* Days of warning: the morning of the third day before the transfer has to be ordered. */
static void remind_at(char out[EFILE_TIME_TEXT_SIZE], const work *k)
{
	enum { WARNING = 3, FALLBACK = 20 };
	const char *day = k->row.discount_until ? k->row.discount_until : k->row.pay_by;
	efile_date date;
	int64_t days;

	if (!day || efile_date_parse(&date, day) != EFILE_OK) {
		(void)efile_date_parse(&date, k->row.received);
		date = date_from_days(date_to_days(date) + FALLBACK);
	}
	days = date_to_days(date) - WARNING;
	efile_time_format((days * 24 + 7) * INT64_C(3600000000), out);
}

/* ---- the result ---- */

static bool has_flag(const work *k, const char *code)
{
	const json_value *flags = json_member(k->facts, "flags");

	for (const json_value *f = flags ? flags->child : NULL; f; f = f->next)
		if (str_equal(json_member_text(f, "code"), code))
			return true;
	return false;
}

/* An account that no invoice of a known supplier was paid to before. */
static bool iban_changed(const work *k)
{
	return k->supplier.head.id && k->row.iban && *k->supplier.ibans &&
	       !receipt_has_word(k->supplier.ibans, k->row.iban);
}

/* A number for FEEL: exact, since JSON numbers stay text; null if there is none. */
static void put_number(json_writer *w, const char *key, const char *text)
{
	efile_decimal value;

	json_key(w, key);
	if (receipt_amount(&value, text))
		json_raw(w, text);
	else
		json_null(w);
}

/* § 48 (2), § 48b EStG: nothing is withheld while a certificate holds. */
static void put_withholding(json_writer *w, const work *k)
{
	const json_value *withholding = json_member(k->facts, "withholding");
	bool exempt = k->supplier.exempt_until &&
		      strcmp(k->supplier.exempt_until, k->row.received) >= 0;

	put_number(w, "withholding", exempt ? NULL : json_member_text(withholding, "amount"));
	json_put_bool(w, "exempt", exempt);
}

static void put_flags(json_writer *w, const work *k)
{
	const json_value *flags = json_member(k->facts, "flags");

	json_key(w, "flags");
	json_array(w);
	for (const json_value *f = flags ? flags->child : NULL; f; f = f->next)
		json_text(w, json_member_text(f, "code"));
	json_end_array(w);
}

static void put_money(json_writer *w, const work *k)
{
	const json_value *amounts = json_member(k->facts, "amounts");

	put_number(w, "amount", json_member_text(amounts, "payable"));
	put_number(w, "net", json_member_text(amounts, "net"));
	put_number(w, "tax", json_member_text(amounts, "tax"));
	json_put_text(w, "currency", k->row.currency);
	json_put_text(w, "discount_until", k->row.discount_until);
	put_number(w, "discount", k->row.discount);
	put_number(w, "discount_percent", *k->percent ? k->percent : NULL);
	put_number(w, "discount_base", *k->base ? k->base : NULL);
	json_put_text(w, "order_number", json_member_text(k->facts, "order"));
	json_put_text(w, "pay_by", k->row.pay_by);
}

static void put_taxes(json_writer *w, const work *k)
{
	const json_value *taxes = json_member(k->facts, "taxes");

	json_key(w, "taxes");
	if (taxes)
		json_copy(w, taxes);
	else
		json_null(w);
}

static void put_supplier(json_writer *w, const work *k)
{
	json_put_text(w, "seller", k->row.seller_name);
	json_put_bool(w, "supplier_known", k->supplier.head.id != 0);
	json_put_text(w, "iban", k->row.iban);
	json_put_bool(w, "iban_changed", iban_changed(k));
}

static void put_address(json_writer *w, const work *k)
{
	const json_value *leitweg = json_member(k->facts, "leitweg");
	const json_value *valid = json_member(leitweg, "valid");

	json_put_text(w, "leitweg", json_member_text(leitweg, "given"));
	json_put_bool(w, "leitweg_valid", valid && valid->type == JSON_TRUE);
	json_put_text(w, "leitweg_reason", json_member_text(leitweg, "reason"));
	json_put_text(w, "fine", json_member_text(leitweg, "fine"));
}

static efile_status result_of(char **out, const work *k)
{
	char when[EFILE_TIME_TEXT_SIZE];
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	remind_at(when, k);
	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "receipt");
	json_object(&w);
	json_put_id(&w, "id", &k->row.uuid);
	json_put_text(&w, "kind", k->row.kind);
	json_put_text(&w, "number", k->row.number);
	json_put_text(&w, "date", k->row.day);
	json_put_text(&w, "received", k->row.received);
	json_put_bool(&w, "duplicate", k->twin.head.id && strcmp(k->twin_by, "amount") != 0);
	json_put_text(&w, "twin_by", k->twin_by);
	json_put_id(&w, "twin", &k->twin.uuid);
	put_supplier(&w, k);
	put_money(&w, k);
	put_address(&w, k);
	json_put_bool(&w, "construction", has_flag(k, "CONSTRUCTION"));
	put_withholding(&w, k);
	put_flags(&w, k);
	put_taxes(&w, k);
	json_put_bool(&w, "interim", k->interim);
	json_put_text(&w, "remind_at", when);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(out, &text, k->ctx);
}

/* ---- all together ---- */

static efile_status load_row(work *k, const flow_call *call)
{
	char today[EFILE_DATE_TEXT_SIZE];
	efile_status status =
		receipt_by_instance(&k->row, session_store(k->session), &call->instance.id);

	if (status != EFILE_E_NOTFOUND)
		return status;
	receipt_today(today, k->session);
	TRY(id_new(&k->row.uuid, k->ctx));
	k->row.instance = call->instance.id;
	k->row.document = call->document.id;
	k->row.state = RECEIPT_OPEN;
	k->row.registered = ctx_now(k->ctx);
	return receipt_set(&k->row.received, k->ctx, today);
}

/* The rules that the check found broken; the step before has left them in the variables. */
static efile_status set_rules(work *k, const char *variables)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO(buf) rules = BUF_INIT;
	const json_value *findings;

	TRY(json_parse(&document, k->ctx, variables, strlen(variables)));
	findings = json_member(json_member(json_root(document), "check"), "findings");
	for (const json_value *f = findings ? findings->child : NULL; f; f = f->next) {
		const char *rule = json_member_text(f, "rule");

		if (!rule || !str_equal(json_member_text(f, "severity"), "error") ||
		    receipt_has_word(buf_text(&rules), rule))
			continue;
		if (rules.length)
			buf_add_char(&rules, ' ');
		buf_add_text(&rules, rule);
	}
	TRY(buf_status(&rules, k->ctx));
	return receipt_set(&k->row.rules, k->ctx, rules.length ? rules.data : NULL);
}

static efile_status write_row(work *k)
{
	efile_store *store = session_store(k->session);

	if (k->row.head.id)
		TRY(row_update(store, &kind_receipt_invoice, &k->row));
	else
		TRY(row_insert(store, &kind_receipt_invoice, &k->row));
	return receipt_journal(k->session, JOURNAL_INVOICE_REGISTERED, &k->row, NULL);
}

/* A final invoice is compared always, another one if interim invoices of its order are there: who bills
 * without the code of a final invoice may forget what was paid before all the same. */
static efile_status look_for_interim(work *k)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;
	size_t count = 0;

	k->interim = has_flag(k, "FINAL");
	if (k->interim || strcmp(k->row.kind, "invoice") != 0)
		return EFILE_OK;
	json_begin(&w, &text);
	json_object(&w);
	TRY(interim_list(&count, &w, k->session, &k->row, k->invoice));
	k->interim = count > 0;
	return EFILE_OK;
}

static efile_status enter(work *k, const flow_call *call)
{
	AUTO_PTR(char) terms = NULL;
	AUTO_PTR(json_document) document = NULL;
	efile_status status;

	TRY(load_row(k, call));
	TRY(fill_row(k));
	status = supplier_by_seller(&k->supplier, session_store(k->session), k->row.seller);
	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	TRY(compute_terms(&terms, k));
	if (terms)
		TRY(json_parse(&document, k->ctx, terms, strlen(terms)));
	k->terms = document ? json_root(document) : NULL;
	TRY(fill_terms(k));
	k->terms = NULL;
	TRY(set_rules(k, call->variables));
	TRY(find_twin(k));
	TRY(look_for_interim(k));
	return write_row(k);
}

efile_status receipt_register(char **result, efile_session *session, const flow_call *call,
			      const efile_invoice *invoice, const unsigned char sha256[32])
{
	AUTO_PTR(char) facts = NULL;
	AUTO_PTR(json_document) document = NULL;
	AUTO(work) k = { .session = session, .ctx = session_ctx(session), .invoice = invoice,
			 .sha256 = sha256 };

	TRY(efile_receipt_facts(&facts, invoice));
	TRY(json_parse(&document, k.ctx, facts, strlen(facts)));
	k.facts = json_root(document);
	TRY(enter(&k, call));
	return result_of(result, &k);
}
