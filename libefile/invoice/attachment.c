/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an invoice carries with it (BG-24), decoded when somebody asks, and which attachment of a PDF
 * is the invoice. */
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "invoice/invoice.h"

/* ---- base64 (RFC 4648, section 4), white space between the digits allowed ---- */

enum { PIECE = 24 * 1024 };

typedef struct decoder {
	const efile_invoice *invoice;
	efile_writer *writer;
	unsigned char piece[PIECE];
	size_t filled;
	uint64_t total;
	uint32_t bits;
	unsigned digits, padding;
} decoder;

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static efile_status flush(decoder *d)
{
	efile_ctx *ctx = d->invoice->ctx;

	d->total += d->filled;
	if (d->total > ctx->limits.document_bytes)
		return FAIL(ctx, EFILE_E_LIMIT, 2810, "an attached document is longer than %llu bytes",
			    (unsigned long long)ctx->limits.document_bytes);
	if (d->filled)
		TRY(efile_writer_write(d->writer, d->piece, d->filled));
	d->filled = 0;
	return EFILE_OK;
}

static efile_status not_base64(const decoder *d)
{
	return FAIL(d->invoice->ctx, EFILE_E_FORMAT, 2811, "an attached document is not base64");
}

/* Puts out the bytes of a full group of four digits, "=" included. */
static efile_status group(decoder *d)
{
	for (unsigned i = 0; i < 3 - d->padding; i++)
		d->piece[d->filled++] = (unsigned char)(d->bits >> (16 - 8 * i));
	d->digits = 0;
	d->bits = 0;
	return d->filled > PIECE - 3 ? flush(d) : EFILE_OK;
}

static efile_status digit(decoder *d, char c)
{
	int value = c == '=' ? 0 : digit_value(c);

	if (value < 0 || (c == '=' && d->digits < 2) || (c != '=' && d->padding))
		return not_base64(d);
	d->padding += c == '=';
	d->bits = d->bits << 6 | (uint32_t)value;
	return ++d->digits == 4 ? group(d) : EFILE_OK;
}

static efile_status decode(decoder *d, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!str_ascii_space(text[i]))
			TRY(digit(d, text[i]));
	return d->digits ? not_base64(d) : flush(d);
}

efile_status efile_invoice_attachment(const efile_invoice *invoice, const efile_invoice_item *item,
				      efile_writer *writer)
{
	const tree_row *row;
	efile_status status;
	decoder *d;

	if (!invoice || !item || !writer)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	if (strcmp(efile_invoice_item_term(item), "BG-24") == 0)
		item = efile_invoice_first(invoice, item, "BT-125");
	if (!item || strcmp(efile_invoice_item_term(item), "BT-125") != 0)
		return FAIL(invoice->ctx, EFILE_E_NOTFOUND, 2812, "there is no attached document here");
	d = mem_new(invoice->ctx, sizeof(*d));
	if (!d)
		return EFILE_E_NOMEM;
	d->invoice = invoice;
	d->writer = writer;
	status = decode(d, efile_invoice_item_value(invoice, item), item->text_length);
	free(d);
	row = &invoice->tree.rows[item->at.node];
	return status < 0 ? error_at(invoice->ctx, NULL, row->line, row->column) : EFILE_OK;
}

/* ---- their names ---- */

static const char *given_name(const efile_invoice *invoice, const efile_invoice_item *group)
{
	static const char *const terms[] = { "BT-125-2", "BT-122" };

	for (size_t i = 0; i < ARRAY_SIZE(terms); i++) {
		const efile_invoice_item *item = efile_invoice_first(invoice, group, terms[i]);

		if (item && *efile_invoice_item_value(invoice, item))
			return efile_invoice_item_value(invoice, item);
	}
	return "";
}

efile_status efile_invoice_attachment_name(char **out, const efile_invoice *invoice,
					   const efile_invoice_item *group)
{
	archive_names names = ARCHIVE_NAMES_INIT;
	const efile_invoice_item *at;
	AUTO_PTR(char) name = NULL;
	efile_status status = EFILE_OK;

	if (!out || !invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	if (!group || !efile_invoice_first(invoice, group, "BT-125"))
		return FAIL(invoice->ctx, EFILE_E_NOTFOUND, 2812, "there is no attached document here");
	for (at = efile_invoice_first(invoice, NULL, "BG-24"); at && status == EFILE_OK;
	     at = efile_invoice_next(invoice, at, "BG-24")) {
		if (!efile_invoice_first(invoice, at, "BT-125"))
			continue;
		free(name);
		name = NULL;
		status = archive_safe_name(&name, invoice->ctx, &names, given_name(invoice, at));
		if (at == group)
			break;
	}
	archive_names_clear(&names);
	if (status == EFILE_OK)
		*out = STEAL(name);
	return status;
}

/* ---- which attachment of a PDF is the invoice ---- */

/* File names that Factur-X 1.0, ZUGFeRD 2.x and XRechnung in PDF prescribe, best first. */
static const char *const prescribed[] = {
	"factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml",
};

static size_t name_rank(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(prescribed); i++)
		if (name && str_ascii_casecmp(name, prescribed[i]) == 0)
			return i;
	return ARRAY_SIZE(prescribed);
}

static bool readable(efile_invoice_format format)
{
	return format == EFILE_INVOICE_UBL_INVOICE || format == EFILE_INVOICE_UBL_CREDIT_NOTE ||
		format == EFILE_INVOICE_CII;
}

static efile_status note_odd(efile_report *report, efile_invoice_format format, const char *name)
{
	report_place at = { .path = name, .actual = efile_invoice_format_name(format) };

	if (format == EFILE_INVOICE_ZUGFERD_1)
		return report_add(report, "PDF-ZUGFERD-1", EFILE_SEVERITY_WARNING, &at,
				  "attachment %s is an invoice in ZUGFeRD 1.0, which is no longer read",
				  name);
	if (format == EFILE_INVOICE_ORDER_X)
		return report_add(report, "PDF-ORDER-X", EFILE_SEVERITY_WARNING, &at,
				  "attachment %s is an order (Order-X), not an invoice", name);
	if (!readable(format) && name_rank(name) < ARRAY_SIZE(prescribed))
		return report_add(report, "PDF-NAME", EFILE_SEVERITY_WARNING, &at,
				  "attachment %s has the name of an invoice, but is none", name);
	return EFILE_OK;
}

static efile_status note_second(efile_report *report, const char *kept, const char *other)
{
	report_place at = { .path = other, .expected = kept };

	return report_add(report, "PDF-SEVERAL", EFILE_SEVERITY_ERROR, &at,
			  "the PDF carries several invoices: %s is read, %s is not", kept, other);
}

static efile_status pick(size_t *best, efile_report *report, efile_ctx *ctx,
			 const efile_invoice_candidate *candidates, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const efile_invoice_candidate *c = &candidates[i];
		const char *name = c->name ? c->name : "";
		efile_invoice_format format;

		TRY(efile_invoice_detect(&format, NULL, ctx, c->data, c->length));
		TRY(note_odd(report, format, name));
		if (!readable(format))
			continue;
		if (*best == count) {
			*best = i;
		} else if (name_rank(name) < name_rank(candidates[*best].name)) {
			TRY(note_second(report, name, candidates[*best].name));
			*best = i;
		} else {
			TRY(note_second(report, candidates[*best].name, name));
		}
	}
	return EFILE_OK;
}

efile_status efile_invoice_pick(size_t *index, efile_report **report, efile_ctx *ctx,
				const efile_invoice_candidate *candidates, size_t count)
{
	AUTO_PTR(efile_report) findings = NULL;
	size_t best = count;

	if (!report)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(report_new(&findings, ctx));
	TRY(pick(&best, findings, ctx, candidates, count));
	*report = STEAL(findings);
	if (best == count)
		return FAIL(ctx, EFILE_E_NOTFOUND, 2813, "no attachment is an invoice");
	*index = best;
	return EFILE_OK;
}
