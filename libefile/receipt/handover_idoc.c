/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Postings as SAP IDocs of the basic type INVOIC02, message INVOIC, in the XML of a file port: one IDoc for
 * each posting.
 *
 * Segments, their order and the order and length of their fields are those of the basic type (segment
 * documentation of SAP, transaction WE60; the field lists at beyondse16.com, "Complete segment and field
 * list of SAP IDoc INVOIC02"). Qualifiers: SAP Library, INVOIC inbound (help.sap.com). What is longer than
 * its field is cut for names and texts, and refused for keys and numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/handover.h"
#include "receipt/receipt.h"

/* ---- the profile ---- */

typedef struct idoc_setting {
	const char *name;         /* in the profile */
	const char *segment_field;
	size_t most;
	const char *fallback;     /* "": left out */
} idoc_setting;

/* Partners and ports are agreed with who runs the SAP system (transactions WE20, WE21). */
static const idoc_setting settings[IDOC_SETTINGS] = {
	[IDOC_CLIENT] = { "client", "MANDT", 3, "" },
	[IDOC_MESSAGE_CODE] = { "message_code", "MESCOD", 3, "" },
	[IDOC_MESSAGE_FUNCTION] = { "message_function", "MESFCT", 3, "" },
	[IDOC_SENDER_PORT] = { "sender_port", "SNDPOR", 10, "LIBEFILE" },
	[IDOC_SENDER_TYPE] = { "sender_type", "SNDPRT", 2, "LS" },
	[IDOC_SENDER] = { "sender", "SNDPRN", 10, "LIBEFILE" },
	[IDOC_RECEIVER_PORT] = { "receiver_port", "RCVPOR", 10, "SAP" },
	[IDOC_RECEIVER_TYPE] = { "receiver_type", "RCVPRT", 2, "LS" },
	[IDOC_RECEIVER] = { "receiver", "RCVPRN", 10, "SAP" },
	[IDOC_COMPANY_CODE] = { "company_code", "ORGID", 35, "" },
	[IDOC_BILL_TO] = { "bill_to", "PARTN", 17, "" },
};

static efile_status bad(efile_ctx *ctx, const char *member)
{
	return FAIL(ctx, EFILE_E_FORMAT, 2952, "the profile of the hand-over is wrong at '%.60s'", member);
}

static efile_status take_setting(handover_run *run, const json_value *member)
{
	for (size_t i = 0; i < IDOC_SETTINGS; i++) {
		if (strcmp(settings[i].name, member->key) != 0)
			continue;
		if (member->type != JSON_STRING || strlen(member->text) > settings[i].most)
			return bad(run->ctx, member->key);
		run->idoc.values[i] = member->text;
		return EFILE_OK;
	}
	return bad(run->ctx, member->key);
}

/* "tax_codes": {"S 19": "V1"}: category and rate of EN 16931 -> the tax code of the SAP system. */
static efile_status take_codes(handover_run *run, const json_value *codes)
{
	if (codes->type != JSON_OBJECT)
		return bad(run->ctx, "tax_codes");
	for (const json_value *c = codes->child; c; c = c->next)
		if (c->type != JSON_STRING || strlen(c->text) > 7)
			return bad(run->ctx, c->key);
	run->idoc.tax_codes = codes;
	return EFILE_OK;
}

static efile_status idoc_prepare(handover_run *run, const char *profile)
{
	const json_value *root = NULL;

	for (size_t i = 0; i < IDOC_SETTINGS; i++)
		run->idoc.values[i] = settings[i].fallback;
	if (profile) {
		TRY(json_parse(&run->idoc.document, run->ctx, profile, strlen(profile)));
		root = json_root(run->idoc.document);
		if (root->type != JSON_OBJECT)
			return bad(run->ctx, "{");
	}
	for (const json_value *m = root ? root->child : NULL; m; m = m->next)
		TRY(strcmp(m->key, "tax_codes") == 0 ? take_codes(run, m) : take_setting(run, m));
	xml_writer_begin(&run->xml, run->ctx, run->out, NULL, true);
	run->has_xml = true;
	return EFILE_OK;
}

/* ---- fields ---- */

/* The first characters of a text; a character counts as one, as in SAP. */
static size_t bytes_of(const char *text, size_t characters)
{
	size_t length = strlen(text), at = 0;
	uint32_t c;

	while (at < length && characters-- > 0)
		at += str_utf8_next(&c, text + at, length - at);
	return at;
}

static void start(handover_run *run, const char *segment)
{
	xml_writer_start(&run->xml, segment);
	xml_writer_attribute(&run->xml, "SEGMENT", "1");
}

/* Left out if there is nothing to say. */
static void put(handover_run *run, const char *field, const char *text)
{
	if (text && *text)
		xml_writer_element(&run->xml, field, text);
}

static void put_cut(handover_run *run, const char *field, const char *text, size_t most)
{
	if (!text || !*text)
		return;
	xml_writer_start(&run->xml, field);
	xml_writer_text_n(&run->xml, text, bytes_of(text, most));
	xml_writer_close(&run->xml);
}

/* A key that would be cut is another key. */
static efile_status put_key(handover_run *run, const char *field, const char *text, size_t most)
{
	if (text && bytes_of(text, most) != strlen(text))
		return FAIL(run->ctx, EFILE_E_INVALID, 2962,
			    "too long for the field %s of an IDoc (%d characters): '%.80s'", field,
			    (int)most, text);
	put(run, field, text);
	return EFILE_OK;
}

static void put_setting(handover_run *run, idoc_setting_name name)
{
	put(run, settings[name].segment_field, run->idoc.values[name]);
}

/* Amounts without a sign: the kind of document says which way they go. */
static void put_amount(handover_run *run, const char *field, const char *amount)
{
	char room[EFILE_DECIMAL_TEXT_SIZE], plain[EFILE_DECIMAL_TEXT_SIZE];
	efile_decimal value;

	if (receipt_amount(&value, amount))
		put(run, field,
		    money_text(room, efile_decimal_format(decimal_abs(value), plain)));
}

static void put_day(handover_run *run, const char *qualifier, const char *day)
{
	char room[EFILE_DATE_TEXT_SIZE];

	if (!day)
		return;
	start(run, "E1EDK03");
	put(run, "IDDAT", qualifier);
	put(run, "DATUM", day_form(room, day, "YYYYMMDD"));
	xml_writer_close(&run->xml);
}

/* ---- the control record ---- */

static void put_control(handover_run *run, const handover_posting *posting)
{
	char number[32], stamp[EFILE_TIME_TEXT_SIZE], day[EFILE_DATE_TEXT_SIZE], time[8];

	efile_time_format(run->batch->created, stamp);
	snprintf(day, sizeof(day), "%.4s%.2s%.2s", stamp, stamp + 5, stamp + 8);
	snprintf(time, sizeof(time), "%.2s%.2s%.2s", stamp + 11, stamp + 14, stamp + 17);
	snprintf(number, sizeof(number), "%010lld%06lld", (long long)run->batch->number,
		 (long long)posting->position);
	start(run, "EDI_DC40");
	put(run, "TABNAM", "EDI_DC40");
	put_setting(run, IDOC_CLIENT);
	put(run, "DOCNUM", number);
	put(run, "DIRECT", "2"); /* inbound */
	put(run, "IDOCTYP", "INVOIC02");
	put(run, "MESTYP", "INVOIC");
	for (idoc_setting_name n = IDOC_MESSAGE_CODE; n <= IDOC_RECEIVER; n++)
		put_setting(run, n);
	put(run, "CREDAT", day);
	put(run, "CRETIM", time);
	put(run, "ARCKEY", posting_text(posting, "id"));
	xml_writer_close(&run->xml);
}

/* ---- the header ---- */

static bool is_credit(const handover_posting *posting)
{
	efile_decimal amount;

	return receipt_amount(&amount, posting_text(posting, "amount")) &&
	       efile_decimal_sign(amount) < 0;
}

static efile_status put_general(handover_run *run, const handover_posting *posting)
{
	start(run, "E1EDK01");
	TRY(put_key(run, "CURCY", posting_text(posting, "currency"), 3));
	put(run, "BSART", is_credit(posting) ? "CRME" : "INVO");
	TRY(put_key(run, "BELNR", posting_text(posting, "number"), 35));
	xml_writer_close(&run->xml);
	return EFILE_OK;
}

/* LF: supplier; RE: who is billed. */
static efile_status put_partners(handover_run *run, const handover_posting *posting)
{
	const char *seller = posting_text(posting, "seller");

	start(run, "E1EDKA1");
	put(run, "PARVW", "LF");
	TRY(put_key(run, "PARTN", posting_text(posting, "creditor"), 17));
	put_cut(run, "NAME1", seller, 35);
	if (seller)
		put_cut(run, "NAME2", seller + bytes_of(seller, 35), 35);
	xml_writer_close(&run->xml);
	if (!*run->idoc.values[IDOC_BILL_TO])
		return EFILE_OK;
	start(run, "E1EDKA1");
	put(run, "PARVW", "RE");
	put_setting(run, IDOC_BILL_TO);
	xml_writer_close(&run->xml);
	return EFILE_OK;
}

/* 009: invoice; 001: the customer's order */
static efile_status put_references(handover_run *run, const handover_posting *posting)
{
	char room[EFILE_DATE_TEXT_SIZE];
	const char *order = posting_text(posting, "order");

	start(run, "E1EDK02");
	put(run, "QUALF", "009");
	TRY(put_key(run, "BELNR", posting_text(posting, "number"), 35));
	put(run, "DATUM", day_form(room, posting_text(posting, "date"), "YYYYMMDD"));
	xml_writer_close(&run->xml);
	if (!order)
		return EFILE_OK;
	start(run, "E1EDK02");
	put(run, "QUALF", "001");
	TRY(put_key(run, "BELNR", order, 35));
	xml_writer_close(&run->xml);
	return EFILE_OK;
}

/* A deduction of the header: construction work, § 48 EStG. */
static void put_withholding(handover_run *run, const handover_posting *posting)
{
	const char *amount = posting_text(posting, "withholding");

	if (!amount)
		return;
	start(run, "E1EDK05");
	put(run, "ALCKZ", "-");
	put(run, "KOTXT", "Bauabzugsteuer (§ 48 EStG)");
	put_amount(run, "BETRG", amount);
	xml_writer_close(&run->xml);
}

/* Tax code of the profile: "S 19" stands for 19, 19.0 and 19.00. */
static const char *code_of(const handover_run *run, const char *category, const char *rate)
{
	efile_decimal wanted, given;

	receipt_amount(&wanted, rate);
	for (const json_value *c = run->idoc.tax_codes ? run->idoc.tax_codes->child : NULL; c; c = c->next) {
		const char *blank = strchr(c->key, ' ');

		if (blank && category && strlen(category) == (size_t)(blank - c->key) &&
		    strncmp(c->key, category, strlen(category)) == 0 &&
		    receipt_amount(&given, blank + 1) && efile_decimal_compare(given, wanted) == 0)
			return c->text;
	}
	return NULL;
}

static efile_status put_tax(handover_run *run, const char *segment, const json_value *tax)
{
	const char *rate = json_member_text(tax, "rate");

	start(run, segment);
	put(run, "MWSKZ", code_of(run, json_member_text(tax, "category"), rate));
	TRY(put_key(run, "MSATZ", rate, 17));
	put_amount(run, "MWSBT", json_member_text(tax, "tax"));
	xml_writer_close(&run->xml);
	return EFILE_OK;
}

static const json_value *taxes_of(const handover_posting *posting)
{
	const json_value *taxes = json_member(posting->data, "taxes");

	return taxes && taxes->type == JSON_ARRAY ? taxes->child : NULL;
}

/* Days from the invoice's date; NULL if there is no such day. */
static const char *days_to(char room[16], const handover_posting *posting, const char *field)
{
	const char *from = posting_text(posting, "date"), *to = posting_text(posting, field);
	efile_date first, last;

	if (!from || !to || efile_date_parse(&first, from) != EFILE_OK ||
	    efile_date_parse(&last, to) != EFILE_OK)
		return NULL;
	snprintf(room, 16, "%lld", (long long)(date_to_days(last) - date_to_days(first)));
	return room;
}

/* 001 to 003: the conditions in their order, here the discount and the net term. */
static efile_status put_terms(handover_run *run, const handover_posting *posting)
{
	char discount[16], net[16];
	const char *first = days_to(discount, posting, "discount_until");
	const char *last = days_to(net, posting, "pay_by");

	if (first && posting_text(posting, "discount_percent")) {
		start(run, "E1EDK18");
		put(run, "QUALF", "001");
		put(run, "TAGE", first);
		TRY(put_key(run, "PRZNT", posting_text(posting, "discount_percent"), 8));
		xml_writer_close(&run->xml);
	} else {
		first = NULL;
	}
	if (!last)
		return EFILE_OK;
	start(run, "E1EDK18");
	put(run, "QUALF", first ? "002" : "001");
	put(run, "TAGE", last);
	xml_writer_close(&run->xml);
	return EFILE_OK;
}

static efile_status put_bank(handover_run *run, const handover_posting *posting)
{
	const char *iban = posting_text(posting, "iban");

	if (!iban)
		return EFILE_OK;
	start(run, "E1EDK28");
	put_cut(run, "BCOUN", iban, 2);
	TRY(put_key(run, "ACNUM", iban, 34));
	put_cut(run, "ACNAM", posting_text(posting, "seller"), 35);
	xml_writer_close(&run->xml);
	return EFILE_OK;
}

/* Where the invoice lies, for who looks at the booking. */
static void put_link(handover_run *run, const handover_posting *posting)
{
	const char *reference = posting_text(posting, "reference");

	if (!reference)
		return;
	start(run, "E1EDKT1");
	put(run, "TDID", "0001");
	put(run, "TSSPRAS", "DE");
	start(run, "E1EDKT2");
	put_cut(run, "TDLINE", reference, 70);
	xml_writer_close(&run->xml);
	xml_writer_close(&run->xml);
}

/* 011: company code */
static void put_organisation(handover_run *run)
{
	if (!*run->idoc.values[IDOC_COMPANY_CODE])
		return;
	start(run, "E1EDK14");
	put(run, "QUALF", "011");
	put_setting(run, IDOC_COMPANY_CODE);
	xml_writer_close(&run->xml);
}

/* ---- items: one for each share of the taxes ---- */

static efile_status put_item(handover_run *run, const handover_posting *posting, int number,
			     const char *amount, const json_value *tax)
{
	char position[16];
	AUTO(buf) assignment = BUF_INIT;
	const char *account = posting_text(posting, "account");
	const char *product = posting_text(posting, "product");
	const char *centre = posting_text(posting, "cost_centre");

	snprintf(position, sizeof(position), "%06d", number * 10);
	buf_add_format(&assignment, "%s%s%s", product ? product : "", product && centre ? " " : "",
		       centre ? centre : "");
	TRY(buf_status(&assignment, run->ctx));
	start(run, "E1EDP01");
	put(run, "POSEX", position);
	put(run, "MENGE", "1.000");
	put(run, "MENEE", "C62");
	if (account || assignment.length) {
		start(run, "E1EDP19"); /* 002: what the supplier calls it; stands for the account */
		put(run, "QUALF", "002");
		TRY(put_key(run, "IDTNR", account, 35));
		put_cut(run, "KTEXT", buf_text(&assignment), 70);
		xml_writer_close(&run->xml);
	}
	start(run, "E1EDP26"); /* 003: net value of the item */
	put(run, "QUALF", "003");
	put_amount(run, "BETRG", amount);
	xml_writer_close(&run->xml);
	if (tax)
		TRY(put_tax(run, "E1EDP04", tax));
	xml_writer_close(&run->xml);
	return EFILE_OK;
}

static efile_status put_items(handover_run *run, const handover_posting *posting, int *count)
{
	for (const json_value *t = taxes_of(posting); t; t = t->next)
		TRY(put_item(run, posting, ++*count, json_member_text(t, "net"), t));
	if (*count)
		return EFILE_OK;
	return put_item(run, posting, ++*count, posting_text(posting, "amount"), NULL);
}

/* 001: number of items; 005: tax; 010: net; 011: what is billed; 012: what a discount is of */
static void put_summary(handover_run *run, const handover_posting *posting, int count)
{
	static const struct { const char *qualifier, *field; } rows[] = {
		{ "005", "tax" }, { "010", "net" }, { "011", "amount" }, { "012", "amount" },
	};
	char number[16];

	snprintf(number, sizeof(number), "%d", count);
	start(run, "E1EDS01");
	put(run, "SUMID", "001");
	put(run, "SUMME", number);
	xml_writer_close(&run->xml);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *amount = posting_text(posting, rows[i].field);

		if (!amount)
			continue;
		start(run, "E1EDS01");
		put(run, "SUMID", rows[i].qualifier);
		put_amount(run, "SUMME", amount);
		put(run, "WAERQ", posting_text(posting, "currency"));
		xml_writer_close(&run->xml);
	}
}

/* ---- the whole ---- */

static efile_status idoc_begin(handover_run *run)
{
	xml_writer_start(&run->xml, "INVOIC02");
	return run->xml.status;
}

static efile_status idoc_posting(handover_run *run, const handover_posting *posting)
{
	int count = 0;

	xml_writer_start(&run->xml, "IDOC");
	xml_writer_attribute(&run->xml, "BEGIN", "1");
	put_control(run, posting);
	TRY(put_general(run, posting));
	TRY(put_partners(run, posting));
	TRY(put_references(run, posting));
	put_day(run, "012", posting_text(posting, "date")); /* date of the document */
	put_day(run, "026", posting_text(posting, "date")); /* date of billing */
	put_withholding(run, posting);
	for (const json_value *t = taxes_of(posting); t; t = t->next)
		TRY(put_tax(run, "E1EDK04", t));
	TRY(put_terms(run, posting));
	TRY(put_bank(run, posting));
	put_link(run, posting);
	put_organisation(run);
	TRY(put_items(run, posting, &count));
	put_summary(run, posting, count);
	xml_writer_close(&run->xml);
	return run->xml.status;
}

static efile_status idoc_end(handover_run *run)
{
	return xml_writer_end(&run->xml);
}

const handover_writer handover_idoc = { EFILE_HANDOVER_IDOC, "idoc", "handover.idoc", idoc_prepare,
					idoc_begin, idoc_posting, idoc_end };
