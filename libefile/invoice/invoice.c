/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "invoice/invoice.h"

#include <stdlib.h>
#include <string.h>

#include "xml/xml.h"

static const name_row format_names[] = {
	{ EFILE_INVOICE_NOT_XML, "not-xml" },
	{ EFILE_INVOICE_PDF, "pdf" },
	{ EFILE_INVOICE_OTHER_XML, "other-xml" },
	{ EFILE_INVOICE_UBL_INVOICE, "ubl-invoice" },
	{ EFILE_INVOICE_UBL_CREDIT_NOTE, "ubl-credit-note" },
	{ EFILE_INVOICE_CII, "cii" },
	{ EFILE_INVOICE_ZUGFERD_1, "zugferd-1" },
	{ EFILE_INVOICE_ORDER_X, "order-x" },
	{ EFILE_INVOICE_DRAFT, "draft" },
};

static const struct { const char *uri, *name; efile_invoice_format format; } roots[] = {
	{ "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "Invoice",
	  EFILE_INVOICE_UBL_INVOICE },
	{ "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "CreditNote",
	  EFILE_INVOICE_UBL_CREDIT_NOTE },
	{ "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "CrossIndustryInvoice",
	  EFILE_INVOICE_CII },
	{ "urn:ferd:CrossIndustryDocument:invoice:1p0", "CrossIndustryDocument",
	  EFILE_INVOICE_ZUGFERD_1 },
	{ "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
	  "SCRDMCCBDACIOMessageStructure", EFILE_INVOICE_ORDER_X },
};

const char *efile_invoice_format_name(efile_invoice_format format)
{
	const char *name = TABLE_NAME(format_names, (int)format);

	return name ? name : "unknown";
}

efile_invoice_format invoice_format_of_root(const char *uri, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		if (strcmp(uri, roots[i].uri) == 0 && strcmp(name, roots[i].name) == 0)
			return roots[i].format;
	return EFILE_INVOICE_OTHER_XML;
}

/* ---- detecting ---- */

/* ISO 32000-1, 7.5.2; readers accept the header within the first 1,024 bytes. */
static bool is_pdf(const void *data, size_t length)
{
	return length >= 5 && memmem(data, length < 1024 ? length : 1024, "%PDF-", 5);
}

static efile_status root_text(char **out, efile_ctx *ctx, const xml_root *root)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_format(&text, root->uri[0] ? "{%s}%s" : "%s%s", root->uri, root->name);
	return buf_take(out, &text, ctx);
}

efile_status efile_invoice_detect(efile_invoice_format *out, char **root, efile_ctx *ctx,
				  const void *data, size_t length)
{
	xml_root found = XML_ROOT_NONE;
	efile_status status;
	char *text = NULL;

	if (!out)
		return EFILE_E_INVALID;
	error_clear(ctx);
	status = xml_root_of(&found, ctx, data, length);
	if (status == EFILE_E_NOMEM)
		return status;
	error_clear(ctx);
	if (status == EFILE_OK && root)
		status = root_text(&text, ctx, &found);
	if (status == EFILE_E_NOMEM) {
		xml_root_clear(&found);
		return status;
	}
	*out = found.name ? invoice_format_of_root(found.uri, found.name) :
		is_pdf(data, length) ? EFILE_INVOICE_PDF : EFILE_INVOICE_NOT_XML;
	if (root)
		*root = text;
	xml_root_clear(&found);
	return EFILE_OK;
}

/* ---- reading ---- */

static efile_status require_invoice(efile_invoice *invoice)
{
	invoice->format = invoice_format_of_root(invoice->tree.root_uri, invoice->tree.root_name);
	switch (invoice->format) {
	case EFILE_INVOICE_UBL_INVOICE:
	case EFILE_INVOICE_UBL_CREDIT_NOTE:
	case EFILE_INVOICE_CII:
		return EFILE_OK;
	case EFILE_INVOICE_ZUGFERD_1:
		return FAIL(invoice->ctx, EFILE_E_UNSUPPORTED, 2805,
			    "an invoice in ZUGFeRD 1.0, which is no longer read");
	case EFILE_INVOICE_ORDER_X:
		return FAIL(invoice->ctx, EFILE_E_UNSUPPORTED, 2806,
			    "an order (Order-X), not an invoice");
	default:
		return FAIL(invoice->ctx, EFILE_E_UNSUPPORTED, 2807,
			    "the root element %s is not that of an invoice",
			    invoice->tree.root_name);
	}
}

efile_status efile_invoice_read(efile_invoice **out, efile_ctx *ctx, efile_reader *reader)
{
	AUTO_PTR(efile_invoice) invoice = NULL;

	error_clear(ctx);
	if (!out || !ctx || !reader)
		return FAIL(ctx, EFILE_E_INVALID, 2808, "reading an invoice needs a reader");
	invoice = mem_new(ctx, sizeof(*invoice));
	if (!invoice)
		return EFILE_E_NOMEM;
	invoice->ctx = ctx;
	TRY(tree_read(&invoice->tree, ctx, reader, NULL));
	TRY(require_invoice(invoice));
	TRY(model_build(invoice));
	*out = STEAL(invoice);
	return EFILE_OK;
}

efile_status efile_invoice_from_xml(efile_invoice **out, efile_ctx *ctx, const void *data,
				    size_t length)
{
	AUTO_PTR(efile_reader) reader = NULL;

	error_clear(ctx);
	TRY(efile_reader_from_memory(&reader, ctx, data, length));
	return efile_invoice_read(out, ctx, reader);
}

void efile_invoice_free(efile_invoice *invoice)
{
	if (!invoice)
		return;
	tree_clear(&invoice->tree);
	free(invoice->items);
	free(invoice->scenario);
	free(invoice);
}

/* ---- asking ---- */

efile_invoice_format efile_invoice_format_of(const efile_invoice *invoice)
{
	return invoice->format;
}

const char *efile_invoice_profile(const efile_invoice *invoice)
{
	const char *profile = efile_invoice_value(invoice, "BT-24");

	return profile ? profile : "";
}

static const efile_invoice_item *item_or_null(const efile_invoice *invoice, uint32_t id)
{
	return id ? &invoice->items[id] : NULL;
}

static const efile_invoice_item *search(const efile_invoice *invoice, uint32_t id,
					const char *term)
{
	while (id && term && strcmp(term_at(invoice->items[id].term)->id, term) != 0)
		id = invoice->items[id].next;
	return item_or_null(invoice, id);
}

const efile_invoice_item *efile_invoice_first(const efile_invoice *invoice,
					      const efile_invoice_item *group, const char *term)
{
	return search(invoice, (group ? group : invoice->items)->child, term);
}

const efile_invoice_item *efile_invoice_next(const efile_invoice *invoice,
					     const efile_invoice_item *item, const char *term)
{
	return search(invoice, item->next, term);
}

/* Items stand in the order in which the document's groups were walked, so the first is the first. */
const char *efile_invoice_value(const efile_invoice *invoice, const char *term)
{
	size_t index = term_find(term);

	for (size_t i = 1; index != TERM_NONE && i < invoice->count; i++)
		if (invoice->items[i].term == index)
			return efile_invoice_item_value(invoice, &invoice->items[i]);
	return NULL;
}

const char *efile_invoice_item_term(const efile_invoice_item *item)
{
	return term_at(item->term)->id;
}

const char *efile_invoice_item_name(const efile_invoice *invoice, const efile_invoice_item *item)
{
	return efile_message(invoice->ctx, term_at(item->term)->name);
}

const char *efile_invoice_item_value(const efile_invoice *invoice, const efile_invoice_item *item)
{
	return invoice->tree.texts.data + item->text;
}

long efile_invoice_item_line(const efile_invoice *invoice, const efile_invoice_item *item,
			     long *column)
{
	const tree_row *row = &invoice->tree.rows[item->at.node];

	if (column)
		*column = row->column;
	return row->line;
}

efile_status efile_invoice_item_path(char **out, const efile_invoice *invoice,
				     const efile_invoice_item *item)
{
	AUTO(buf) text = BUF_INIT;

	if (!out || !invoice || !item)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	if (invoice->format != EFILE_INVOICE_DRAFT)
		tree_path(&text, &invoice->tree, item->at.node);
	if (item->at.attribute)
		buf_add_format(&text, "/%s",
			       tree_name_text(&invoice->tree,
					      invoice->tree.attributes[item->at.attribute - 1].name));
	return buf_take(out, &text, invoice->ctx);
}
