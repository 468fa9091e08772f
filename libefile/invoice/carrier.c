/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An invoice inside a PDF (Factur-X 1.0, ZUGFeRD 2.x): whether what the PDF says about it, in its XMP
 * and to its readers, agrees with what the XML says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invoice/invoice.h"
#include "xml/xml.h"

/* ---- XMP ---- */

enum { VALUE = 160 };

typedef struct metadata {
	char level[VALUE], file[VALUE], type[VALUE];
	char *open;              /* the value being read */
} metadata;

/* urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0# and its forerunners. */
static char *field(metadata *m, const char *uri, const char *name)
{
	if (!strstr(uri, ":CrossIndustryDocument:") && !strstr(uri, ":pdfa:"))
		return NULL;
	if (strcmp(name, "ConformanceLevel") == 0)
		return m->level;
	if (strcmp(name, "DocumentFileName") == 0)
		return m->file;
	return strcmp(name, "DocumentType") == 0 ? m->type : NULL;
}

static void take(char *to, const char *text, size_t length)
{
	size_t have = strlen(to);

	snprintf(to + have, VALUE - have, "%.*s", (int)(length < VALUE ? length : VALUE - 1), text);
}

/* As an element or as an attribute of rdf:Description. */
static efile_status on_start(void *user, xml_element *e)
{
	metadata *m = user;

	m->open = field(m, e->uri, e->name);
	for (size_t i = 0; i < e->attribute_count; i++) {
		char *to = field(m, e->attributes[i].uri, e->attributes[i].name);

		if (to && !*to)
			take(to, e->attributes[i].value, e->attributes[i].length);
	}
	return EFILE_OK;
}

static efile_status on_end(void *user, const xml_element *e)
{
	(void)e;
	((metadata *)user)->open = NULL;
	return EFILE_OK;
}

static efile_status on_text(void *user, const char *text, size_t length)
{
	metadata *m = user;

	if (m->open)
		take(m->open, text, length);
	return EFILE_OK;
}

/* Broken XMP is no XMP; what came before the break counts. */
static efile_status read_xmp(metadata *m, efile_ctx *ctx, const char *xmp, size_t length)
{
	static const xml_handler handler = { .start = on_start, .end = on_end, .text = on_text };
	AUTO_PTR(efile_reader) reader = NULL;
	efile_status status;

	if (!xmp || !length)
		return EFILE_OK;
	TRY(efile_reader_from_memory(&reader, ctx, xmp, length));
	status = xml_read(ctx, reader, "XMP", &handler, m);
	error_clear(ctx);
	return status == EFILE_E_NOMEM ? mem_failed(ctx) : EFILE_OK;
}

/* ---- profiles ---- */

/* What a specification identifier (BT-24) contains, most telling first, and its conformance level. */
static const struct { const char *part, *level; } profiles[] = {
	{ "xrechnung", "XRECHNUNG" },
	{ ":minimum", "MINIMUM" },
	{ ":basicwl", "BASIC WL" },
	{ ":basic", "BASIC" },
	{ ":extended", "EXTENDED" },
	{ ":en16931:2017", "EN 16931" },
	{ ":comfort", "COMFORT" },
};

static const char *level_of(const char *profile)
{
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		if (strstr(profile, profiles[i].part))
			return profiles[i].level;
	return NULL;
}

/* "EN16931" is "EN 16931". */
static bool same_level(const char *a, const char *b)
{
	while (*a || *b) {
		a += strspn(a, " \t\r\n");
		b += strspn(b, " \t\r\n");
		if (str_ascii_lower(*a) != str_ascii_lower(*b))
			return false;
		a += *a != '\0';
		b += *b != '\0';
	}
	return true;
}

static efile_status compare_xmp(efile_report *report, const efile_invoice *invoice, const metadata *m,
				const char *name)
{
	const char *profile = efile_invoice_profile(invoice), *level = level_of(profile);
	report_place spot = { .path = "XMP" };

	if (!*m->level && !*m->file && !*m->type)
		return report_add(report, "PDF-XMP", EFILE_SEVERITY_WARNING, &spot,
				  "the PDF does not say in its metadata (XMP) that it carries an invoice");
	spot.actual = m->level;
	spot.expected = level;
	if (*m->level && level && !same_level(m->level, level))
		TRY(report_add(report, "PDF-XMP-PROFILE", EFILE_SEVERITY_WARNING, &spot,
			       "the PDF names the profile %s, the invoice %s", m->level, profile));
	spot.actual = m->file;
	spot.expected = name;
	if (*m->file && name && strcmp(m->file, name) != 0)
		TRY(report_add(report, "PDF-XMP-NAME", EFILE_SEVERITY_WARNING, &spot,
			       "the PDF names the file %s, the invoice is in %s", m->file, name));
	spot.actual = m->type;
	spot.expected = "INVOICE";
	if (*m->type && strcmp(m->type, "INVOICE") != 0)
		TRY(report_add(report, "PDF-XMP-TYPE", EFILE_SEVERITY_WARNING, &spot,
			       "the PDF calls its document %s, not INVOICE", m->type));
	return EFILE_OK;
}

/* ---- what people see ---- */

/* Letters and digits as they follow each other, whatever the layout puts between them. */
static efile_status squeeze(buf *out, efile_ctx *ctx, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)text[0] == 0xc2 && (unsigned char)text[1] == 0xa0)
			text++; /* a no-break space */
		else if (!str_ascii_space(*text))
			buf_add_char(out, str_ascii_lower(*text));
	}
	return buf_status(out, ctx);
}

static bool has(const char *text, const char *wanted)
{
	return *wanted && strstr(text, wanted);
}

static bool shows_date(const char *text, const char *date)
{
	static const char *const months[] = {
		"januar", "februar", "m\xc3\xa4rz", "april", "mai", "juni", "juli", "august", "september",
		"oktober", "november", "dezember" };
	int year, month, day;
	char form[64];

	if (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) != 3 || month < 1 || month > 12)
		return has(text, date);
	for (int i = 0; i < 7; i++) {
		switch (i) {
		case 0: snprintf(form, sizeof(form), "%02d.%02d.%04d", day, month, year); break;
		case 1: snprintf(form, sizeof(form), "%d.%d.%04d", day, month, year); break;
		case 2: snprintf(form, sizeof(form), "%04d-%02d-%02d", year, month, day); break;
		case 3: snprintf(form, sizeof(form), "%02d/%02d/%04d", day, month, year); break;
		case 4: snprintf(form, sizeof(form), "%d.%s%04d", day, months[month - 1], year); break;
		case 5: snprintf(form, sizeof(form), "%02d.%02d.%02d", day, month, year % 100); break;
		default: snprintf(form, sizeof(form), "%04d%02d%02d", year, month, day); break;
		}
		if (has(text, form))
			return true;
	}
	return false;
}

/* 1234.5 as 1.234,50, 1234,50, 1,234.50, 1'234.50 and 1234.50; blanks have been taken out. */
static bool shows_amount(const char *text, const char *amount)
{
	static const struct { char group, point; } forms[] = {
		{ '.', ',' }, { 0, ',' }, { ',', '.' }, { 0, '.' }, { '\'', '.' },
	};
	efile_decimal value;
	char plain[EFILE_DECIMAL_TEXT_SIZE], form[EFILE_DECIMAL_TEXT_SIZE * 2];

	if (efile_decimal_parse(&value, amount, (size_t)-1) < 0 ||
	    efile_decimal_round(&value, value, 2, EFILE_ROUND_HALF_UP) < 0)
		return has(text, amount);
	efile_decimal_format(value, plain);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t whole = strcspn(plain, "."), from = plain[0] == '-', n = 0;

		for (size_t k = from; k < whole; k++) {
			if (k > from && (whole - k) % 3 == 0 && forms[i].group)
				form[n++] = forms[i].group;
			form[n++] = plain[k];
		}
		snprintf(form + n, sizeof(form) - n, "%c%s", forms[i].point, plain[whole] ? plain + whole + 1 : "00");
		if (has(text, form))
			return true;
	}
	return false;
}

typedef bool (*shows_fn)(const char *text, const char *value);

static bool shows_text(const char *text, const char *value)
{
	char squeezed[VALUE];
	size_t n = 0;

	for (; *value && n + 1 < sizeof(squeezed); value++)
		if (!str_ascii_space(*value))
			squeezed[n++] = str_ascii_lower(*value);
	squeezed[n] = '\0';
	return has(text, squeezed);
}

static efile_status compare_text(efile_report *report, const efile_invoice *invoice, const char *text)
{
	static const struct { const char *term, *other, *rule; shows_fn shows; } rows[] = {
		{ "BT-1", NULL, "PDF-TEXT-NUMBER", shows_text },
		{ "BT-2", NULL, "PDF-TEXT-DATE", shows_date },
		{ "BT-115", "BT-112", "PDF-TEXT-TOTAL", shows_amount },
	};
	AUTO(buf) plain = BUF_INIT;

	if (!text)
		return EFILE_OK;
	TRY(squeeze(&plain, invoice->ctx, text));
	if (!plain.length)
		return report_add(report, "PDF-TEXT", EFILE_SEVERITY_INFORMATION, NULL,
				  "the PDF has no text to compare with the invoice");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *value = efile_invoice_value(invoice, rows[i].term);
		const char *other = rows[i].other ? efile_invoice_value(invoice, rows[i].other) : NULL;
		report_place spot = { .term = rows[i].term, .expected = value };

		if (!value || rows[i].shows(plain.data, value) ||
		    (other && rows[i].shows(plain.data, other)))
			continue;
		TRY(report_add(report, rows[i].rule, EFILE_SEVERITY_WARNING, &spot,
			       "%s (%s) is not found in the text of the PDF",
			       efile_message(invoice->ctx, term_at(term_find(rows[i].term))->name),
			       rows[i].term));
	}
	return EFILE_OK;
}

efile_status efile_invoice_compare_pdf(efile_report **out, const efile_invoice *invoice,
				       const efile_invoice_pdf *pdf)
{
	AUTO_PTR(efile_report) report = NULL;
	metadata m = { .level = "" };

	if (!out || !invoice || !pdf)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	TRY(report_new(&report, invoice->ctx));
	TRY(read_xmp(&m, invoice->ctx, pdf->xmp, pdf->xmp_length));
	TRY(compare_xmp(report, invoice, &m, pdf->name));
	TRY(compare_text(report, invoice, pdf->text));
	*out = STEAL(report);
	return EFILE_OK;
}
