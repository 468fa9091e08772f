/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "invoice/page.h"

#include <stdlib.h>
#include <string.h>

static const char style[] =
	"body{font:1rem/1.5 sans-serif;color:#1a1a1a;background:#fff;max-width:60rem;margin:1rem auto;"
	"padding:0 1rem}h1{font-size:1.6rem}h2{font-size:1.2rem;border-bottom:1px solid #767676;"
	"margin-top:1.6rem}h3{font-size:1rem}dl{display:grid;grid-template-columns:minmax(12rem,20rem) 1fr;"
	"gap:.15rem 1rem;margin:.4rem 0}dt{color:#404040}dd{margin:0;white-space:pre-line;"
	"overflow-wrap:anywhere}.t{font-size:.75rem;color:#595959}table{border-collapse:collapse;width:100%}"
	"caption{text-align:left;font-weight:bold;padding:.3rem 0}th,td{padding:.25rem .5rem;"
	"text-align:left;vertical-align:top;border-bottom:1px solid #c8c8c8;overflow-wrap:anywhere}"
	".n{text-align:right;white-space:nowrap}.due{font-weight:bold}.error{color:#a40000}.warning{color:#7a4a00}"
	"@media print{body{max-width:none;margin:0;font-size:10pt}tr,dl>*{break-inside:avoid}thead{display:table-header-group}}";

/* HTML has no empty-element tags but for a few names: the start tag ends here. */
void page_content(page *p)
{
	if (p->w.open_tag)
		buf_add_char(&p->text, '>');
	p->w.open_tag = false;
}

void page_open(page *p, const char *element, const char *class_name)
{
	xml_writer_start(&p->w, element);
	xml_writer_attribute(&p->w, "class", class_name);
	page_content(p);
}

void page_close(page *p)
{
	xml_writer_close(&p->w);
}

void page_text(page *p, const char *text)
{
	xml_writer_text(&p->w, text);
}

void page_say(page *p, const char *english)
{
	xml_writer_text(&p->w, efile_message(p->ctx, english));
}

void page_element(page *p, const char *element, const char *class_name, const char *text)
{
	page_open(p, element, class_name);
	page_text(p, text);
	page_close(p);
}

void page_heading(page *p, int level, const char *english)
{
	static const char *const names[] = { "h1", "h2", "h3", "h4", "h5", "h6" };

	page_element(p, names[level > 6 ? 5 : level - 1], NULL, efile_message(p->ctx, english));
}

static void meta(page *p, const char *key, const char *value, const char *content)
{
	xml_writer_start(&p->w, "meta");
	xml_writer_attribute(&p->w, key, value);
	xml_writer_attribute(&p->w, "content", content);
	xml_writer_close(&p->w);
}

void page_begin(page *p, efile_ctx *ctx, const char *title)
{
	page_begin_styled(p, ctx, title, "");
}

void page_begin_styled(page *p, efile_ctx *ctx, const char *title, const char *more)
{
	bool failed;

	*p = (page){ .ctx = ctx, .text = BUF_INIT };
	xml_writer_begin(&p->w, ctx, &p->text, NULL, false);
	failed = p->text.failed;
	buf_reset(&p->text); /* not as XML: a page begins otherwise */
	p->text.failed = failed;
	buf_add_text(&p->text, "<!DOCTYPE html>\n");
	xml_writer_start(&p->w, "html");
	xml_writer_attribute(&p->w, "lang", ctx->language == EFILE_LANGUAGE_DE ? "de" : "en");
	page_open(p, "head", NULL);
	meta(p, "charset", "utf-8", NULL);
	meta(p, "name", "viewport", "width=device-width");
	meta(p, "http-equiv", "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
	page_element(p, "title", NULL, title);
	page_open(p, "style", NULL);
	buf_add_text(&p->text, style);
	buf_add_text(&p->text, more); /* raw text in HTML: no character of it is escaped */
	page_close(p);
	page_close(p);
	page_open(p, "body", NULL);
	page_open(p, "main", NULL);
}

efile_status page_end(char **out, page *p)
{
	TRY(xml_writer_end(&p->w));
	buf_add_char(&p->text, '\n');
	return buf_take(out, &p->text, p->ctx);
}

void page_clear(page *p)
{
	xml_writer_clear(&p->w);
	buf_clear(&p->text);
}

/* ---- values ---- */

static void add_number(buf *out, const char *value)
{
	size_t whole = strspn(value, "+-0123456789"), first = strspn(value, "+-");

	for (size_t i = 0; i < whole; i++) {
		if (i > first && (whole - i) % 3 == 0)
			buf_add_char(out, '.');
		buf_add_char(out, value[i]);
	}
	if (value[whole] == '.')
		buf_add_format(out, ",%s", value + whole + 1);
	else
		buf_add_text(out, value + whole);
}

void page_value(buf *out, const efile_ctx *ctx, term_kind kind, const char *value)
{
	if (ctx->language != EFILE_LANGUAGE_DE) {
		buf_add_text(out, value);
	} else if (kind == TERM_DATE && strlen(value) == 10 && value[4] == '-' && value[7] == '-') {
		buf_add_format(out, "%.2s.%.2s.%.4s", value + 8, value + 5, value);
	} else if (kind == TERM_AMOUNT || kind == TERM_UNIT_PRICE || kind == TERM_QUANTITY ||
		   kind == TERM_PERCENT) {
		add_number(out, value);
	} else {
		buf_add_text(out, value);
	}
}

/* Of UNTDID 1001, 4461, 5305, 2005 and UN/ECE Recommendation 20 what occurs every day. */
static const struct { const char *terms, *code, *meaning; } codes[] = {
	{ "BT-3 ", "326", "partial invoice" },
	{ "BT-3 ", "380", "commercial invoice" },
	{ "BT-3 ", "381", "credit note" },
	{ "BT-3 ", "384", "corrected invoice" },
	{ "BT-3 ", "386", "prepayment invoice" },
	{ "BT-3 ", "389", "self-billed invoice" },
	{ "BT-3 ", "875", "partial construction invoice" },
	{ "BT-3 ", "876", "partial final construction invoice" },
	{ "BT-3 ", "877", "final construction invoice" },
	{ "BT-8 ", "3", "invoice date" },
	{ "BT-8 ", "35", "delivery date" },
	{ "BT-8 ", "432", "date of payment" },
	{ "BT-81 ", "10", "cash" },
	{ "BT-81 ", "30", "credit transfer" },
	{ "BT-81 ", "48", "bank card" },
	{ "BT-81 ", "49", "direct debit" },
	{ "BT-81 ", "54", "credit card" },
	{ "BT-81 ", "57", "standing agreement" },
	{ "BT-81 ", "58", "SEPA credit transfer" },
	{ "BT-81 ", "59", "SEPA direct debit" },
	{ "BT-95 BT-102 BT-118 BT-151 ", "AE", "reverse charge" },
	{ "BT-95 BT-102 BT-118 BT-151 ", "E", "exempt" },
	{ "BT-95 BT-102 BT-118 BT-151 ", "G", "export" },
	{ "BT-95 BT-102 BT-118 BT-151 ", "K", "intra-community supply" },
	{ "BT-95 BT-102 BT-118 BT-151 ", "O", "outside the scope of VAT" },
	{ "BT-95 BT-102 BT-118 BT-151 ", "S", "standard rate" },
	{ "BT-95 BT-102 BT-118 BT-151 ", "Z", "zero rate" },
	{ "BT-130 BT-150 ", "C62", "unit" },
	{ "BT-130 BT-150 ", "DAY", "day" },
	{ "BT-130 BT-150 ", "H87", "piece" },
	{ "BT-130 BT-150 ", "HUR", "hour" },
	{ "BT-130 BT-150 ", "KGM", "kilogram" },
	{ "BT-130 BT-150 ", "KWH", "kilowatt hour" },
	{ "BT-130 BT-150 ", "LS", "lump sum" },
	{ "BT-130 BT-150 ", "LTR", "litre" },
	{ "BT-130 BT-150 ", "MON", "month" },
	{ "BT-130 BT-150 ", "MTK", "square metre" },
	{ "BT-130 BT-150 ", "MTQ", "cubic metre" },
	{ "BT-130 BT-150 ", "MTR", "metre" },
	{ "BT-130 BT-150 ", "XPP", "piece" },
};

const char *page_code(const char *term, const char *value)
{
	char wanted[16];
	size_t length = strlen(term);

	if (length > sizeof(wanted) - 2)
		return NULL;
	memcpy(wanted, term, length);
	memcpy(wanted + length, " ", 2);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strcmp(codes[i].code, value) == 0 && strstr(codes[i].terms, wanted))
			return codes[i].meaning;
	return NULL;
}
