/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Postings as XML of our own: schemas/handover/handover.xsd. */
#include <stdio.h>
#include <string.h>

#include "receipt/handover.h"

static efile_status xml_prepare(handover_run *run, const char *profile)
{
	if (profile)
		return FAIL(run->ctx, EFILE_E_INVALID, 2961, "this format has no profile");
	xml_writer_begin(&run->xml, run->ctx, run->out, NULL, true);
	run->has_xml = true;
	return EFILE_OK;
}

static void put_number(xml_writer *w, const char *name, long long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", number);
	xml_writer_attribute(w, name, text);
}

static efile_status xml_begin(handover_run *run)
{
	const handover_totals *totals = &run->batch->totals;
	char id[EFILE_ID_TEXT_SIZE], time[EFILE_TIME_TEXT_SIZE];
	char money[EFILE_DECIMAL_TEXT_SIZE], room[EFILE_DECIMAL_TEXT_SIZE];
	xml_writer *w = &run->xml;

	xml_writer_start(w, "handover");
	xml_writer_attribute(w, "xmlns", "urn:libefile:handover:1");
	put_number(w, "batch", run->batch->number);
	xml_writer_attribute(w, "id", efile_id_format(&run->batch->id, id));
	xml_writer_attribute(w, "created", efile_time_format(run->batch->created, time));
	xml_writer_start(w, "totals");
	put_number(w, "count", totals->count);
	xml_writer_attribute(w, "control",
			     money_text(money, efile_decimal_format(totals->control, room)));
	for (size_t i = 0; i < totals->sum_count; i++) {
		xml_writer_start(w, "sum");
		xml_writer_attribute(w, "currency", totals->sums[i].currency);
		put_number(w, "count", totals->sums[i].count);
		xml_writer_text(w, money_text(money, efile_decimal_format(totals->sums[i].sum, room)));
		xml_writer_close(w);
	}
	xml_writer_close(w);
	return w->status;
}

/* Attributes of an element: its names here and in the data of the posting. */
typedef struct attribute_row {
	const char *name, *from;
} attribute_row;

static const attribute_row invoice_row[] = {
	{ "kind", "kind" },         { "number", "number" },     { "date", "date" },
	{ "received", "received" }, { "order", "order" },       { "contract", "contract" },
	{ "document", "document" }, { "case", "case" },         { "reference", "reference" },
};
static const attribute_row supplier_row[] = {
	{ "name", "seller" }, { "key", "seller_key" }, { "creditor", "creditor" }, { "iban", "iban" },
};
static const attribute_row assignment_row[] = {
	{ "account", "account" }, { "product", "product" }, { "costCentre", "cost_centre" },
};

static void put_row(xml_writer *w, const char *element, const handover_posting *posting,
		    const attribute_row *rows, size_t count)
{
	xml_writer_start(w, element);
	for (size_t i = 0; i < count; i++)
		xml_writer_attribute(w, rows[i].name, posting_text(posting, rows[i].from));
	xml_writer_close(w);
}

static void put_money(xml_writer *w, const char *element, const handover_posting *posting,
		      const char *from)
{
	char room[EFILE_DECIMAL_TEXT_SIZE];

	xml_writer_element(w, element, money_text(room, posting_text(posting, from)));
}

static void put_discount(xml_writer *w, const handover_posting *posting)
{
	const char *until = posting_text(posting, "discount_until");
	const char *discount = posting_text(posting, "discount");
	char room[EFILE_DECIMAL_TEXT_SIZE];

	if (!until || !discount)
		return;
	xml_writer_start(w, "discount");
	xml_writer_attribute(w, "until", until);
	xml_writer_attribute(w, "percent", posting_text(posting, "discount_percent"));
	xml_writer_text(w, money_text(room, discount));
	xml_writer_close(w);
}

static void put_taxes(xml_writer *w, const handover_posting *posting)
{
	static const char *const names[] = { "category", "rate", "net", "tax" };
	const json_value *taxes = json_member(posting->data, "taxes");

	if (!taxes || taxes->type != JSON_ARRAY || !taxes->child)
		return;
	xml_writer_start(w, "taxes");
	for (const json_value *t = taxes->child; t; t = t->next) {
		xml_writer_start(w, "share");
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			xml_writer_attribute(w, names[i], json_member_text(t, names[i]));
		xml_writer_close(w);
	}
	xml_writer_close(w);
}

static efile_status xml_posting(handover_run *run, const handover_posting *posting)
{
	char room[EFILE_DECIMAL_TEXT_SIZE];
	xml_writer *w = &run->xml;

	xml_writer_start(w, "posting");
	xml_writer_attribute(w, "key", posting_text(posting, "id"));
	put_number(w, "position", posting->position);
	put_row(w, "invoice", posting, invoice_row, ARRAY_SIZE(invoice_row));
	put_row(w, "supplier", posting, supplier_row, ARRAY_SIZE(supplier_row));
	xml_writer_start(w, "amount");
	xml_writer_attribute(w, "currency", posting_text(posting, "currency"));
	xml_writer_text(w, money_text(room, posting_text(posting, "amount")));
	xml_writer_close(w);
	put_money(w, "net", posting, "net");
	put_money(w, "tax", posting, "tax");
	put_money(w, "withholding", posting, "withholding");
	put_money(w, "retained", posting, "retained");
	xml_writer_element(w, "payBy", posting_text(posting, "pay_by"));
	put_discount(w, posting);
	put_row(w, "assignment", posting, assignment_row, ARRAY_SIZE(assignment_row));
	put_taxes(w, posting);
	xml_writer_close(w);
	return w->status;
}

static efile_status xml_end(handover_run *run)
{
	return xml_writer_end(&run->xml);
}

const handover_writer handover_xml = { EFILE_HANDOVER_XML, "xml", NULL, xml_prepare, xml_begin,
				       xml_posting, xml_end };
