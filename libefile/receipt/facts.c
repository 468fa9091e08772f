/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an invoice means for the office: its kind, whom it is for, what the law makes of it. */
#include <stdlib.h>
#include <string.h>

#include "receipt/receipt.h"

typedef struct work {
	efile_ctx *ctx;
	const efile_invoice *invoice;
	json_writer w;
} work;

/* ---- kinds: UNTDID 1001 as XRechnung allows it ---- */

static const struct {
	const char *code, *kind;
} kinds[] = {
	{ "380", "invoice" },       { "326", "interim" },      { "875", "interim" },
	{ "876", "partial_final" }, { "877", "final" },        { "381", "credit_note" },
	{ "384", "correction" },    { "386", "prepayment" },   { "389", "self_billed" },
	{ "393", "factored" },      { "396", "credit_note" },  { "261", "credit_note" },
	{ "262", "credit_note" },   { "81", "credit_note" },   { "83", "credit_note" },
};

/* A correction that takes everything back is a cancellation (Storno). */
static const char *kind_of(const efile_invoice *invoice)
{
	const char *code = receipt_value(invoice, "BT-3"), *kind = "other";
	efile_decimal gross;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_equal(code, kinds[i].code))
			kind = kinds[i].kind;
	if (strcmp(kind, "other") == 0 &&
	    efile_invoice_format_of(invoice) == EFILE_INVOICE_UBL_CREDIT_NOTE)
		kind = "credit_note";
	receipt_amount(&gross, receipt_value(invoice, "BT-112"));
	if (strcmp(kind, "correction") == 0 && efile_decimal_sign(gross) < 0)
		kind = "cancellation";
	return kind;
}

static void put_term(work *k, const char *key, const char *term)
{
	json_put_text(&k->w, key, receipt_value(k->invoice, term));
}

/* ---- parties and references ---- */

static efile_status put_seller(work *k)
{
	AUTO_PTR(char) key = NULL;
	efile_status status = efile_invoice_duplicate_key(&key, k->invoice);

	if (status != EFILE_OK && status != EFILE_E_NOTFOUND)
		return status;
	error_clear(k->ctx);
	if (key)
		key[strcspn(key, "|")] = '\0';
	json_key(&k->w, "seller");
	json_object(&k->w);
	json_put_text(&k->w, "key", key);
	put_term(k, "name", "BT-27");
	put_term(k, "vat_id", "BT-31");
	put_term(k, "tax_number", "BT-32");
	put_term(k, "country", "BT-40");
	put_term(k, "mail", "BT-43");
	json_end_object(&k->w);
	return EFILE_OK;
}

/* BT-10 of XRechnung is the Leitweg-ID; BT-49 has it as an address of Peppol. */
static void put_leitweg(work *k)
{
	const char *given = receipt_value(k->invoice, "BT-10");
	efile_leitweg id;
	bool valid = false;

	if (!given && str_equal(receipt_value(k->invoice, "BT-49-1"), "0204"))
		given = receipt_value(k->invoice, "BT-49");
	json_key(&k->w, "leitweg");
	json_object(&k->w);
	json_put_text(&k->w, "given", given);
	if (given)
		valid = efile_leitweg_parse(&id, k->ctx, given) == EFILE_OK;
	json_put_bool(&k->w, "valid", valid);
	json_put_text(&k->w, "id", valid ? id.id : NULL);
	json_put_text(&k->w, "coarse", valid ? id.coarse : NULL);
	json_put_text(&k->w, "fine", valid && *id.fine ? id.fine : NULL);
	json_put_text(&k->w, "reason", given && !valid ? efile_error_message(k->ctx) : NULL);
	json_end_object(&k->w);
	error_clear(k->ctx);
}

static void put_preceding(work *k)
{
	const efile_invoice *v = k->invoice;

	json_key(&k->w, "preceding");
	json_array(&k->w);
	for (const efile_invoice_item *g = efile_invoice_first(v, NULL, "BG-3"); g;
	     g = efile_invoice_next(v, g, "BG-3")) {
		json_object(&k->w);
		json_put_text(&k->w, "number", receipt_value_in(v, g, "BT-25"));
		json_put_text(&k->w, "date", receipt_value_in(v, g, "BT-26"));
		json_end_object(&k->w);
	}
	json_end_array(&k->w);
}

/* Each account that the seller names, with the verdict on its check digits. */
static void put_accounts(work *k)
{
	const efile_invoice *v = k->invoice;

	json_key(&k->w, "accounts");
	json_array(&k->w);
	for (const efile_invoice_item *m = efile_invoice_first(v, NULL, "BG-16"); m;
	     m = efile_invoice_next(v, m, "BG-16"))
		for (const efile_invoice_item *g = efile_invoice_first(v, m, "BG-17"); g;
		     g = efile_invoice_next(v, g, "BG-17")) {
			const char *iban = receipt_value_in(v, g, "BT-84");
			AUTO(buf) key = BUF_INIT;

			if (!iban)
				continue;
			receipt_iban_key(&key, iban);
			k->w.out->failed |= key.failed;
			json_object(&k->w);
			json_put_text(&k->w, "iban", buf_text(&key));
			json_put_bool(&k->w, "valid", receipt_iban_valid(iban));
			json_put_text(&k->w, "name", receipt_value_in(v, g, "BT-85"));
			json_end_object(&k->w);
		}
	json_end_array(&k->w);
}

static void put_amounts(work *k)
{
	static const char *const rows[][2] = {
		{ "net", "BT-109" }, { "tax", "BT-110" }, { "gross", "BT-112" },
		{ "paid", "BT-113" }, { "payable", "BT-115" },
	};

	json_key(&k->w, "amounts");
	json_object(&k->w);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		put_term(k, rows[i][0], rows[i][1]);
	json_end_object(&k->w);
}

static void put_taxes(work *k)
{
	static const char *const rows[][2] = {
		{ "category", "BT-118" }, { "rate", "BT-119" }, { "net", "BT-116" }, { "tax", "BT-117" },
	};
	const efile_invoice *v = k->invoice;

	json_key(&k->w, "taxes");
	json_array(&k->w);
	for (const efile_invoice_item *g = efile_invoice_first(v, NULL, "BG-23"); g;
	     g = efile_invoice_next(v, g, "BG-23")) {
		json_object(&k->w);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			json_put_text(&k->w, rows[i][0], receipt_value_in(v, g, rows[i][1]));
		json_end_object(&k->w);
	}
	json_end_array(&k->w);
}

/* ---- signs ---- */

static bool has_tax_category(const efile_invoice *v, const char *category)
{
	for (const efile_invoice_item *g = efile_invoice_first(v, NULL, "BG-23"); g;
	     g = efile_invoice_next(v, g, "BG-23"))
		if (str_equal(receipt_value_in(v, g, "BT-118"), category))
			return true;
	return false;
}

static bool contains_folded(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; text && *text; text++)
		if (str_ascii_ncasecmp(text, word, length) == 0)
			return true;
	return false;
}

/* Whether a word stands in the notes, the terms, or the reason of an allowance. */
static bool says(const efile_invoice *v, const char *word)
{
	static const char *const groups[][2] = {
		{ "BG-1", "BT-22" }, { "BG-20", "BT-97" }, { "BG-21", "BT-104" },
	};

	if (contains_folded(receipt_value(v, "BT-20"), word))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (const efile_invoice_item *g = efile_invoice_first(v, NULL, groups[i][0]); g;
		     g = efile_invoice_next(v, g, groups[i][0]))
			if (contains_folded(receipt_value_in(v, g, groups[i][1]), word))
				return true;
	return false;
}

/* Division 45 of the CPV: construction work. */
static bool line_is_construction(const efile_invoice *v, const efile_invoice_item *line)
{
	const efile_invoice_item *item = efile_invoice_first(v, line, "BG-31");
	const efile_invoice_item *code = item ? efile_invoice_first(v, item, "BT-158") : NULL;
	const efile_invoice_item *list = item ? efile_invoice_first(v, item, "BT-158-1") : NULL;

	for (; code; code = efile_invoice_next(v, code, "BT-158")) {
		if (list && str_equal(efile_invoice_item_value(v, list), "STI") &&
		    str_starts_with(efile_invoice_item_value(v, code), "45"))
			return true;
		list = list ? efile_invoice_next(v, list, "BT-158-1") : NULL;
	}
	return false;
}

static bool is_construction(const efile_invoice *v)
{
	const char *code = receipt_value(v, "BT-3");

	if (str_equal(code, "875") || str_equal(code, "876") || str_equal(code, "877"))
		return true;
	for (const efile_invoice_item *line = efile_invoice_first(v, NULL, "BG-25"); line;
	     line = efile_invoice_next(v, line, "BG-25"))
		if (line_is_construction(v, line))
			return true;
	return says(v, "bauleistung") || says(v, "freistellungsbescheinigung") ||
	       says(v, "§ 48 EStG") || says(v, "§ 48b EStG") || says(v, "§48b EStG");
}

static bool is_reverse_charge(const efile_invoice *v)
{
	return has_tax_category(v, "AE");
}

static bool is_foreign_with_tax(const efile_invoice *v)
{
	const char *country = receipt_value(v, "BT-40");
	efile_decimal tax;

	receipt_amount(&tax, receipt_value(v, "BT-110"));
	return country && strcmp(country, "DE") != 0 && efile_decimal_sign(tax) != 0;
}

static bool is_acquisition(const efile_invoice *v)
{
	return has_tax_category(v, "K");
}

static bool is_interim(const efile_invoice *v)
{
	return strcmp(kind_of(v), "interim") == 0 || strcmp(kind_of(v), "prepayment") == 0;
}

static bool is_final(const efile_invoice *v)
{
	return strcmp(kind_of(v), "final") == 0 || strcmp(kind_of(v), "partial_final") == 0;
}

static bool holds_security(const efile_invoice *v)
{
	return says(v, "sicherheitseinbehalt") || says(v, "gewährleistungseinbehalt");
}

static bool follows_nothing(const efile_invoice *v)
{
	const char *kind = kind_of(v);

	return (strcmp(kind, "correction") == 0 || strcmp(kind, "cancellation") == 0 ||
		strcmp(kind, "credit_note") == 0) && !efile_invoice_first(v, NULL, "BG-3");
}

static bool pays_another(const efile_invoice *v)
{
	return receipt_value(v, "BT-59") || str_equal(receipt_value(v, "BT-3"), "393");
}

static bool is_collected(const efile_invoice *v)
{
	for (const efile_invoice_item *m = efile_invoice_first(v, NULL, "BG-16"); m;
	     m = efile_invoice_next(v, m, "BG-16")) {
		const char *means = receipt_value_in(v, m, "BT-81");

		if (str_equal(means, "49") || str_equal(means, "59"))
			return true;
	}
	return false;
}

static bool is_paid(const efile_invoice *v)
{
	efile_decimal payable;

	return receipt_amount(&payable, receipt_value(v, "BT-115")) &&
	       efile_decimal_sign(payable) == 0;
}

static const struct {
	const char *code, *law;
	bool (*holds)(const efile_invoice *v);
	const char *english;
} flags[] = {
	{ "CONSTRUCTION", "§ 48 EStG", is_construction,
	  "construction work: withhold 15 per cent unless a certificate of exemption is there" },
	{ "REVERSE_CHARGE", "§ 13b UStG", is_reverse_charge,
	  "the seller says that the recipient owes the tax" },
	{ "FOREIGN_TAX", "§ 13b (1), (2) no. 1 UStG", is_foreign_with_tax,
	  "a seller abroad charges tax: check who owes it" },
	{ "ACQUISITION", "§ 1a UStG", is_acquisition,
	  "a supply from within the Union: the recipient owes the tax on the acquisition" },
	{ "INTERIM", "§ 632a BGB, § 16 (1) VOB/B", is_interim,
	  "interim invoice: it stands against the final one" },
	{ "FINAL", "§ 650g (4) BGB, § 16 (3) VOB/B", is_final,
	  "final invoice: compare the payments on account that it names" },
	{ "SECURITY", "§ 17 VOB/B", holds_security, "security is retained: note when it is to be released" },
	{ "NO_PRECEDING", "BG-3", follows_nothing,
	  "a correction or credit note that names no preceding invoice" },
	{ "OTHER_PAYEE", "BG-10", pays_another, "another than the seller is to be paid: check the assignment" },
	{ "COLLECTED", "BT-81", is_collected, "the seller collects the amount: no transfer" },
	{ "NOTHING_TO_PAY", "BT-115", is_paid, "nothing is left to be paid" },
};

static void put_flags(work *k)
{
	json_key(&k->w, "flags");
	json_array(&k->w);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!flags[i].holds(k->invoice))
			continue;
		json_object(&k->w);
		json_put_text(&k->w, "code", flags[i].code);
		json_put_text(&k->w, "law", flags[i].law);
		json_put_text(&k->w, "text",
			      message_translate((int)k->ctx->language, flags[i].english));
		json_end_object(&k->w);
	}
	json_end_array(&k->w);
}

/* § 48 (1), § 48a EStG: 15 % of what is paid, tax included; where the recipient owes the tax it is no
 * part of it. Whether a certificate or the limits of § 48 (2) spare it, the supplier's data tell. */
static efile_status put_withholding(work *k)
{
	const char *term = is_reverse_charge(k->invoice) ? "BT-109" : "BT-115";
	efile_decimal base, amount;

	if (!is_construction(k->invoice) || !receipt_amount(&base, receipt_value(k->invoice, term))) {
		json_put_text(&k->w, "withholding", NULL);
		return EFILE_OK;
	}
	TRY(efile_decimal_multiply(&amount, base, efile_decimal_from_int(15, 2)));
	TRY(efile_decimal_round(&amount, amount, 2, EFILE_ROUND_HALF_UP));
	json_key(&k->w, "withholding");
	json_object(&k->w);
	json_put_text(&k->w, "rate", "15");
	json_key(&k->w, "base");
	json_decimal(&k->w, base);
	json_key(&k->w, "amount");
	json_decimal(&k->w, amount);
	json_end_object(&k->w);
	return EFILE_OK;
}

static void put_identity(work *k)
{
	static const char *const rows[][2] = {
		{ "number", "BT-1" },    { "date", "BT-2" },     { "type", "BT-3" },
		{ "currency", "BT-5" },  { "due", "BT-9" },      { "project", "BT-11" },
		{ "contract", "BT-12" }, { "order", "BT-13" },   { "account", "BT-19" },
		{ "terms", "BT-20" },
	};

	json_put_text(&k->w, "kind", kind_of(k->invoice));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		put_term(k, rows[i][0], rows[i][1]);
}

efile_status efile_receipt_facts(char **out, const efile_invoice *invoice)
{
	AUTO(buf) text = BUF_INIT;
	work k = { .invoice = invoice };

	if (!out || !invoice)
		return EFILE_E_INVALID;
	k.ctx = invoice->ctx;
	error_clear(k.ctx);
	json_begin(&k.w, &text);
	json_object(&k.w);
	json_put_text(&k.w, "schema", "efile.receipt_facts.v1");
	put_identity(&k);
	put_amounts(&k);
	put_taxes(&k);
	TRY(put_seller(&k));
	put_accounts(&k);
	put_leitweg(&k);
	put_preceding(&k);
	TRY(put_withholding(&k));
	put_flags(&k);
	json_end_object(&k.w);
	return buf_take(out, &text, k.ctx);
}
