/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that asks Poppler. */
#include <cairo.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

#include "parse/document.h"

#include "parse/protocol.h"

enum {
	HEADER_WITHIN = 1024,        /* where readers accept the header (ISO 32000-1, annex H) */
	PREVIEW_PIXELS = 16 << 20,   /* 64 MiB of ARGB */
	PREVIEW_SIDE = 16384
};

bool pdf_recognise(const document *d)
{
	size_t length = d->length < HEADER_WITHIN ? d->length : HEADER_WITHIN;

	return length >= 5 && memmem(d->data, length, "%PDF-", 5) != NULL;
}

/* ---- opening ---- */

static PopplerDocument *open_document(const document *d, int *error_code)
{
	GBytes *bytes = g_bytes_new_static(d->data, d->length);
	GError *error = NULL;
	PopplerDocument *pdf = poppler_document_new_from_bytes(bytes, NULL, &error);

	g_bytes_unref(bytes);
	*error_code = !error ? -1 : error->domain == POPPLER_ERROR ? error->code : POPPLER_ERROR_INVALID;
	g_clear_error(&error);
	return pdf;
}

/* Poppler mends what it can and only says so in its log. */
static bool complained;

static void take_log(const char *domain, GLogLevelFlags level, const char *text, gpointer user)
{
	(void)domain;
	(void)level;
	(void)user;
	if (strncmp(text, "Syntax error", 12) == 0 || strncmp(text, "Internal error", 14) == 0)
		complained = true;
}

/* The document for an operation that needs one, or a refusal. */
static PopplerDocument *need_document(reply *out, const document *d, const request *r, int *pages)
{
	PopplerDocument *pdf;
	int error;

	if (!pdf_recognise(d)) {
		reply_refuse(out, PARSE_REFUSED_NOT_PDF);
		return NULL;
	}
	pdf = open_document(d, &error);
	if (!pdf) {
		reply_refuse(out, error == POPPLER_ERROR_ENCRYPTED ? PARSE_REFUSED_ENCRYPTED :
								     PARSE_REFUSED_DAMAGED);
		return NULL;
	}
	*pages = poppler_document_get_n_pages(pdf);
	if (*pages < 0)
		*pages = 0;
	if ((uint32_t)*pages > r->pages) {
		reply_refuse(out, PARSE_REFUSED_PAGES);
		g_clear_object(&pdf);
	}
	return pdf;
}

/* ---- info ---- */

static void send_metadata(reply *out, const char *key, const char *value)
{
	char both[PARSE_CHUNK_BYTES];
	size_t k = strlen(key), v = value ? strlen(value) : 0;

	if (!v)
		return;
	if (v > sizeof(both) - k - 1)
		v = sizeof(both) - k - 1;
	memcpy(both, key, k + 1);
	memcpy(both + k + 1, value, v);
	reply_record(out, PARSE_TAG_METADATA, both, k + 1 + v);
}

static void send_date(reply *out, const char *key, GDateTime *date)
{
	GDateTime *utc = date ? g_date_time_to_utc(date) : NULL;
	char *text = utc ? g_date_time_format(utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;

	send_metadata(out, key, text);
	g_free(text);
	if (utc)
		g_date_time_unref(utc);
	if (date)
		g_date_time_unref(date);
}

static void send_all_metadata(reply *out, PopplerDocument *pdf)
{
	static const struct {
		const char *key;
		char *(*read)(PopplerDocument *);
	} rows[] = {
		{ "title", poppler_document_get_title },
		{ "author", poppler_document_get_author },
		{ "subject", poppler_document_get_subject },
		{ "keywords", poppler_document_get_keywords },
		{ "creator", poppler_document_get_creator },
		{ "producer", poppler_document_get_producer },
	};
	unsigned major = 0, minor = 0;
	char version[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *value = rows[i].read(pdf);

		send_metadata(out, rows[i].key, value);
		g_free(value);
	}
	send_date(out, "created", poppler_document_get_creation_date_time(pdf));
	send_date(out, "modified", poppler_document_get_modification_date_time(pdf));
	poppler_document_get_pdf_version(pdf, &major, &minor);
	g_snprintf(version, sizeof(version), "%u.%u", major, minor);
	send_metadata(out, "version", version);
}

/* Thousandths of a point; nonsense becomes 0. */
static uint32_t thousandths(double points)
{
	return points > 0 && points < 4000000 ? (uint32_t)lround(points * 1000) : 0;
}

static void send_page_sizes(reply *out, PopplerDocument *pdf, int pages)
{
	for (int i = 0; i < pages; i++) {
		PopplerPage *page = poppler_document_get_page(pdf, i);
		double width = 0, height = 0;
		uint32_t numbers[3];

		if (page)
			poppler_page_get_size(page, &width, &height);
		g_clear_object(&page);
		numbers[0] = (uint32_t)i;
		numbers[1] = thousandths(width);
		numbers[2] = thousandths(height);
		reply_numbers(out, PARSE_TAG_PAGE_SIZE, numbers, 3);
	}
}

static void describe(reply *out, uint32_t *flags, PopplerDocument *pdf, const request *r)
{
	int pages = poppler_document_get_n_pages(pdf);
	uint32_t count = pages > 0 ? (uint32_t)pages : 0;
	char *xmp;

	if (count > r->pages) {
		reply_refuse(out, PARSE_REFUSED_PAGES);
		return;
	}
	if (count == 0)
		*flags |= FLAG_DAMAGED;
	reply_numbers(out, PARSE_TAG_PAGES, &count, 1);
	send_page_sizes(out, pdf, (int)count);
	send_all_metadata(out, pdf);
	xmp = poppler_document_get_metadata(pdf);
	if (xmp)
		reply_content(out, PARSE_TAG_XMP, xmp, strlen(xmp));
	g_free(xmp);
}

void pdf_info(reply *out, const document *d, const request *r)
{
	uint32_t flags = FLAG_PDF | scan_flags(d);
	PopplerDocument *pdf;
	int error;

	reply_text(out, PARSE_TAG_MEDIA_TYPE, "application/pdf");
	pdf = open_document(d, &error);
	if (pdf) {
		if (poppler_document_has_javascript(pdf))
			flags |= FLAG_ACTIVE;
		describe(out, &flags, pdf, r);
	} else {
		flags |= FLAG_UNREADABLE;
		if (error == POPPLER_ERROR_ENCRYPTED)
			flags |= FLAG_ENCRYPTED;
		if (!(flags & FLAG_ENCRYPTED))
			flags |= FLAG_DAMAGED;
	}
	/* An encryption that Poppler does not know is a broken file to it, but not to us. */
	if (complained && !(flags & FLAG_UNREADABLE))
		flags |= FLAG_DAMAGED;
	reply_numbers(out, PARSE_TAG_FLAGS, &flags, 1);
	g_clear_object(&pdf);
}

/* ---- text ---- */

void pdf_text(reply *out, const document *d, const request *r)
{
	int pages;
	PopplerDocument *pdf = need_document(out, d, r, &pages);
	uint32_t end;

	if (!pdf)
		return;
	end = r->count && r->count < (uint32_t)pages ? r->page + r->count : (uint32_t)pages;
	if (r->page >= (uint32_t)pages)
		reply_refuse(out, PARSE_REFUSED_NO_PAGE);
	for (uint32_t i = r->page; i < end && i < (uint32_t)pages && !out->refused; i++) {
		PopplerPage *page = poppler_document_get_page(pdf, (int)i);
		char *text = page ? poppler_page_get_text(page) : NULL;

		reply_numbers(out, PARSE_TAG_PAGE, &i, 1);
		if (text)
			reply_content(out, PARSE_TAG_TEXT, text, strlen(text));
		g_free(text);
		g_clear_object(&page);
	}
	g_object_unref(pdf);
}

/* ---- attachments ---- */

typedef struct content {
	GByteArray *bytes;
	uint64_t left;
	bool over;
} content;

/* Counted as it comes; the size that the PDF declares is not even looked at. */
static gboolean take_content(const char *data, gsize length, gpointer user, GError **error)
{
	content *c = user;

	(void)error;
	if (length > c->left) {
		c->over = true;
		return FALSE;
	}
	c->left -= length;
	g_byte_array_append(c->bytes, (const guint8 *)data, (guint)length);
	return TRUE;
}

static void send_attachment(reply *out, PopplerAttachment *attachment)
{
	content c = { g_byte_array_new(), out->left, false };
	const char *name = poppler_attachment_get_name(attachment);
	GError *error = NULL;

	poppler_attachment_save_to_callback(attachment, take_content, &c, &error);
	g_clear_error(&error);
	if (c.over) {
		reply_refuse(out, PARSE_REFUSED_BYTES);
	} else {
		reply_text(out, PARSE_TAG_ATTACHMENT, name ? name : "");
		reply_content(out, PARSE_TAG_CONTENT, c.bytes->data, c.bytes->len);
		reply_text(out, PARSE_TAG_CONTENT_TYPE, media_type(c.bytes->data, c.bytes->len));
	}
	g_byte_array_unref(c.bytes);
}

void pdf_attachments(reply *out, const document *d, const request *r)
{
	int pages;
	PopplerDocument *pdf = need_document(out, d, r, &pages);
	GList *list, *at;

	if (!pdf)
		return;
	list = poppler_document_get_attachments(pdf);
	if (!scan_references(d)) { /* what was at the end, such as the embedded files, may be gone */
		uint32_t flags = FLAG_PDF | FLAG_DAMAGED;

		reply_numbers(out, PARSE_TAG_FLAGS, &flags, 1);
	}
	for (at = list; at && !out->refused; at = at->next)
		send_attachment(out, at->data);
	g_list_free_full(list, g_object_unref);
	g_object_unref(pdf);
}

/* ---- preview ---- */

typedef struct raster {
	int width;
	int height;
	double scale;
} raster;

/* The asked width, or less if the page is so tall that it would cost too many pixels. */
static bool plan_raster(raster *out, double width, double height, uint32_t wanted)
{
	double scale, x, y;

	if (!(width > 0 && height > 0 && isfinite(width) && isfinite(height)))
		return false;
	scale = wanted / width;
	if (scale * height > PREVIEW_SIDE)
		scale = PREVIEW_SIDE / height;
	if (scale * width * scale * height > PREVIEW_PIXELS)
		scale = sqrt(PREVIEW_PIXELS / (width * height));
	x = floor(scale * width + 0.5);
	y = floor(scale * height + 0.5);
	*out = (raster){ x < 1 ? 1 : (int)x, y < 1 ? 1 : (int)y, scale };
	return true;
}

static cairo_status_t take_png(void *user, const unsigned char *data, unsigned length)
{
	return reply_content(user, PARSE_TAG_PREVIEW, data, length) ? CAIRO_STATUS_SUCCESS :
								     CAIRO_STATUS_WRITE_ERROR;
}

static void draw(reply *out, PopplerPage *page, const raster *size)
{
	cairo_surface_t *surface =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, size->width, size->height);
	cairo_t *cairo = cairo_create(surface);

	cairo_set_source_rgb(cairo, 1, 1, 1);
	cairo_paint(cairo);
	cairo_scale(cairo, size->scale, size->scale);
	poppler_page_render(page, cairo);
	cairo_destroy(cairo);
	if (cairo_surface_write_to_png_stream(surface, take_png, out) != CAIRO_STATUS_SUCCESS)
		reply_refuse(out, PARSE_REFUSED_MEMORY);
	cairo_surface_destroy(surface);
}

void pdf_preview(reply *out, const document *d, const request *r)
{
	int pages;
	PopplerDocument *pdf = need_document(out, d, r, &pages);
	PopplerPage *page;
	double width = 0, height = 0;
	raster size;

	if (!pdf)
		return;
	page = r->page < (uint32_t)pages ? poppler_document_get_page(pdf, (int)r->page) : NULL;
	if (page)
		poppler_page_get_size(page, &width, &height);
	if (!page)
		reply_refuse(out, PARSE_REFUSED_NO_PAGE);
	else if (!plan_raster(&size, width, height, r->width))
		reply_refuse(out, PARSE_REFUSED_DAMAGED);
	else
		draw(out, page, &size);
	g_clear_object(&page);
	g_object_unref(pdf);
}

/* ---- warming up ---- */

/* The C library keeps its converters in modules, which a sandboxed child could neither find nor load;
 * those that are in use stay loaded. Without them names and titles come out empty. */
static void load_converters(void)
{
	static const char *const charsets[] = { "UTF-16BE", "UTF-16LE", "ISO-8859-1" };

	for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++) {
		g_iconv_open("UTF-8", charsets[i]);
		g_iconv_open(charsets[i], "UTF-8");
	}
}

/* One page with a font that is not embedded: Poppler finds it, fontconfig reads its caches, and
 * each later child inherits the result. It has no cross reference table; Poppler does without. */
void pdf_warm_up(void)
{
	static const char page[] =
		"%PDF-1.4\n"
		"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
		"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<<"
		"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
		"4 0 obj<</Length 27>>stream\nBT /F 9 Tf 9 9 Td(ab)Tj ET\nendstream endobj\n"
		"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n";
	const document d = { (const unsigned char *)page, sizeof(page) - 1 };
	static PopplerDocument *kept; /* keeps Poppler's tables alive */
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 32, 32);
	cairo_t *cairo = cairo_create(surface);
	PopplerPage *first;
	int error;

	load_converters();
	kept = open_document(&d, &error);
	g_log_set_default_handler(take_log, NULL);
	first = kept ? poppler_document_get_page(kept, 0) : NULL;
	if (first) {
		g_free(poppler_page_get_text(first));
		poppler_page_render(first, cairo);
		g_object_unref(first);
	}
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
}
