/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The push reader: chunks are decoded, looked through by the scanner and handed to libxml2, whose
 * SAX2 events reach the handler with places. */
#include "xml/parser.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/SAX2.h>

enum { CHUNK = 32 * 1024 };

/* libxml2 works with int; the namespaces in scope are searched one after the other, so they are
 * bounded by the attribute limit as well. */
static bool too_many_namespaces(const xml_parser *p)
{
	return p->libxml->nsNr / 2 > (long long)p->ctx->limits.xml_attributes;
}

/* Notes an outcome and stops libxml2, which then would still report success. Stopping frees the
 * input, into which the attributes and the text of this event point: a validator that hears the event
 * after us must not find that gone, so with one the stop waits for the next end tag or chunk. */
static void finish(xml_parser *p, efile_status status)
{
	if (status >= 0 || p->status < 0)
		return;
	p->status = status;
	if (!p->attach)
		xmlStopParser(p->libxml);
}

static efile_status fail_here(xml_parser *p, efile_status status, const xml_position *at)
{
	if (status < 0)
		error_at(p->ctx, p->name, at->line, at->column);
	return status;
}

/* ---- the stack of open elements ---- */

/* The schema validator hears of an end after us and asks where it is, so that the innermost element
 * leaves only at the next event. */
static void settle(xml_parser *p)
{
	if (!p->leaving)
		return;
	p->leaving = false;
	p->depth--;
	if (p->path)
		xml_path_pop(p->path);
}

static efile_status enter(xml_parser *p, const xml_element *e)
{
	if (p->depth >= p->ctx->limits.xml_depth)
		return FAIL(p->ctx, EFILE_E_LIMIT, 1401,
			    "XML elements are nested deeper than %u levels",
			    (unsigned)p->ctx->limits.xml_depth);
	if (too_many_namespaces(p))
		return FAIL(p->ctx, EFILE_E_LIMIT, 1402,
			    "more than %u XML namespaces are declared at the same time",
			    (unsigned)p->ctx->limits.xml_attributes);
	TRY(mem_grow(p->ctx, (void **)&p->open, &p->open_capacity, p->depth, sizeof(*p->open)));
	p->open[p->depth++] = (xml_open){ e->line, e->column, false };
	if (p->path)
		TRY(xml_path_push(p->path, e->uri, e->prefix, e->name));
	return EFILE_OK;
}

/* ---- attributes ---- */

static const char *or_empty(const xmlChar *text)
{
	return text ? (const char *)text : "";
}

/* libxml2 hands "&" in attribute values on as "&#38;" for a second pass that only its own DOM
 * builder makes. */
static void unescape(buf *out, const char *value, size_t length)
{
	while (length > 0) {
		const char *mark = memmem(value, length, "&#38;", 5);
		size_t plain = mark ? (size_t)(mark - value) : length;

		buf_add(out, value, plain);
		if (!mark)
			return;
		buf_add_char(out, '&');
		value = mark + 5;
		length -= plain + 5;
	}
}

/* The same happens to namespace names; they live as long as libxml2's own do. */
static efile_status escaped_uri(const char **out, xml_parser *p)
{
	AUTO(buf) plain = BUF_INIT;

	unescape(&plain, *out, strlen(*out));
	TRY(buf_status(&plain, p->ctx));
	*out = (const char *)xmlDictLookup(p->libxml->dict, BAD_CAST buf_text(&plain),
					   (int)plain.length);
	return *out ? EFILE_OK : mem_failed(p->ctx);
}

static efile_status plain_uri(const char **out, xml_parser *p, const xmlChar *uri)
{
	*out = or_empty(uri);
	if (uri == p->plain_uri)
		return EFILE_OK;
	if (strchr(*out, '&'))
		return escaped_uri(out, p);
	p->plain_uri = uri;
	return EFILE_OK;
}

static efile_status collect(xml_parser *p, int count, const xmlChar **given)
{
	size_t offset = 0;

	p->attribute_count = 0;
	buf_reset(&p->values);
	for (int i = 0; i < count; i++) {
		const xmlChar **row = given + 5 * i;
		size_t length = (size_t)(row[4] - row[3]), before = p->values.length;
		xml_attribute *a;

		TRY(mem_grow(p->ctx, (void **)&p->attributes, &p->attribute_capacity,
			     p->attribute_count, sizeof(*p->attributes)));
		a = &p->attributes[p->attribute_count++];
		*a = (xml_attribute){ NULL, or_empty(row[1]), (const char *)row[0],
				      (const char *)row[3], length };
		TRY(plain_uri(&a->uri, p, row[2]));
		if (!memchr(row[3], '&', length))
			continue;
		unescape(&p->values, (const char *)row[3], length);
		a->value = NULL;
		a->length = p->values.length - before;
	}
	TRY(buf_status(&p->values, p->ctx));
	for (size_t i = 0; i < p->attribute_count; i++)
		if (!p->attributes[i].value) {
			p->attributes[i].value = buf_text(&p->values) + offset;
			offset += p->attributes[i].length;
		}
	return EFILE_OK;
}

/* ---- events ---- */

static efile_status tell_namespaces(xml_parser *p, int count, const xmlChar **given)
{
	if (!p->handler || !p->handler->namespace)
		return EFILE_OK;
	for (int i = 0; i < count; i++) {
		const char *uri;

		TRY(plain_uri(&uri, p, given[2 * i + 1]));
		TRY(p->handler->namespace(p->user, or_empty(given[2 * i]), uri));
	}
	return EFILE_OK;
}

static efile_status start(xml_parser *p, xml_element *e, const xmlChar *uri, int namespaces,
			  const xmlChar **ns, int attributes, const xmlChar **values)
{
	TRY(plain_uri(&e->uri, p, uri));
	TRY(enter(p, e));
	e->depth = p->depth;
	TRY(tell_namespaces(p, namespaces, ns));
	if (!p->handler || !p->handler->start)
		return EFILE_OK;
	TRY(collect(p, attributes, values));
	e->attributes = p->attributes;
	e->attribute_count = p->attribute_count;
	TRY(p->handler->start(p->user, e));
	p->open[p->depth - 1].large_text = e->large_text;
	return EFILE_OK;
}

/* A namespace name that is no URI is no error of Namespaces in XML 1.0 (its section 2.2 asks of
 * processors only to compare), but libxml2 counts it as one. It does so before it tells of the
 * element, and a real error of the element comes behind it. */
static void forgive_uri(xml_parser *p)
{
	const xmlError *error = xmlCtxtGetLastError(p->libxml);

	if (p->libxml->nsWellFormed)
		return;
	if (p->bad_namespace || !error || error->code != XML_WAR_NS_URI) {
		p->bad_namespace = true;
		return;
	}
	p->libxml->nsWellFormed = 1;
	p->libxml->errNo = XML_ERR_OK;
	xmlCtxtResetLastError(p->libxml);
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int namespaces, const xmlChar **ns, int attributes, int defaulted,
		     const xmlChar **values)
{
	xml_parser *p = user;
	xml_element e = { .prefix = or_empty(prefix), .name = (const char *)name };
	xml_position at = { 0, 0 };

	(void)defaulted; /* without a DTD there are none */
	if (p->status < 0)
		return;
	forgive_uri(p);
	settle(p);
	xml_scanner_take(&p->scanner, &at);
	e.line = at.line;
	e.column = at.column;
	p->begun = true;
	p->text_bytes = 0;
	finish(p, fail_here(p, start(p, &e, uri, namespaces, ns, attributes, values), &at));
}

static efile_status end(xml_parser *p, xml_element *e, const xmlChar *uri)
{
	TRY(plain_uri(&e->uri, p, uri));
	return p->handler->end(p->user, e);
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	xml_parser *p = user;
	const xml_open *open;
	xml_element e = { .prefix = or_empty(prefix), .name = (const char *)name };

	if (p->status < 0) {
		xmlStopParser(p->libxml);
		return;
	}
	settle(p);
	p->text_bytes = 0;
	p->leaving = true;
	open = &p->open[p->depth - 1];
	e.depth = p->depth;
	e.line = open->line;
	e.column = open->column;
	if (p->handler && p->handler->end)
		finish(p, fail_here(p, end(p, &e, uri), &(xml_position){ e.line, e.column }));
}

typedef efile_status (*text_fn)(void *user, const char *text, size_t length);

static efile_status text(xml_parser *p, text_fn tell, const xmlChar *data, size_t length)
{
	const xml_open *open = &p->open[p->depth - 1];

	p->text_bytes += length;
	if (!open->large_text && p->text_bytes > p->ctx->limits.xml_text_bytes) {
		FAIL(p->ctx, EFILE_E_LIMIT, 1403, "an XML text is longer than %u bytes",
		     (unsigned)p->ctx->limits.xml_text_bytes);
		return error_at(p->ctx, p->name, open->line, open->column);
	}
	if (!tell)
		return EFILE_OK;
	return fail_here(p, tell(p->user, (const char *)data, length),
			 &(xml_position){ open->line, open->column });
}

static void hear_text(xml_parser *p, text_fn tell, const xmlChar *data, int length)
{
	if (p->status < 0 || length <= 0)
		return;
	settle(p);
	if (p->depth)
		finish(p, text(p, tell, data, (size_t)length));
}

static void on_text(void *user, const xmlChar *data, int length)
{
	xml_parser *p = user;

	hear_text(p, p->handler ? p->handler->text : NULL, data, length);
}

static void on_cdata(void *user, const xmlChar *data, int length)
{
	xml_parser *p = user;
	const xml_handler *h = p->handler;

	hear_text(p, !h ? NULL : h->cdata ? h->cdata : h->text, data, length);
}

static void on_comment(void *user, const xmlChar *data)
{
	xml_parser *p = user;

	if (p->status < 0 || !p->handler || !p->handler->comment)
		return;
	settle(p);
	finish(p, p->handler->comment(p->user, or_empty(data)));
}

static void on_instruction(void *user, const xmlChar *target, const xmlChar *data)
{
	xml_parser *p = user;

	if (p->status < 0 || !p->handler || !p->handler->instruction)
		return;
	settle(p);
	finish(p, p->handler->instruction(p->user, (const char *)target, or_empty(data)));
}

static efile_status refuse_doctype(xml_parser *p, const xml_position *at)
{
	FAIL(p->ctx, EFILE_E_FORMAT, 1404, "a document type declaration (DOCTYPE) is not allowed");
	return error_at(p->ctx, p->name, at->line, at->column);
}

/* The scanner has refused it before; this is the second lock on the door. */
static void on_doctype(void *user, const xmlChar *name, const xmlChar *public_id,
		       const xmlChar *system_id)
{
	xml_parser *p = user;

	(void)name;
	(void)public_id;
	(void)system_id;
	if (p->status >= 0)
		finish(p, refuse_doctype(p, &p->scanner.tag));
}

static xmlEntityPtr on_entity(void *user, const xmlChar *name)
{
	(void)user;
	(void)name;
	return NULL;
}

/* libxml2 would print without one; what is wrong is read from its last error. */
static void on_message(void *user, const char *format, ...)
{
	(void)user;
	(void)format;
}

static void on_error(void *user, xmlErrorPtr error)
{
	(void)user;
	(void)error;
}

static void fill_sax(xmlSAXHandler *sax)
{
	memset(sax, 0, sizeof(*sax));
	sax->initialized = XML_SAX2_MAGIC;
	sax->internalSubset = on_doctype;
	sax->getEntity = on_entity;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->characters = on_text;
	sax->ignorableWhitespace = on_text;
	sax->cdataBlock = on_cdata;
	sax->comment = on_comment;
	sax->processingInstruction = on_instruction;
	sax->warning = on_message;
	sax->error = on_message;
	sax->fatalError = on_message;
	sax->serror = on_error;
}

/* ---- errors of libxml2 in our words ---- */

static const struct { int code; int number; const char *text; } syntax_errors[] = {
	{ XML_ERR_DOCUMENT_EMPTY, 1410, "not XML: there is no element" },
	{ XML_ERR_DOCUMENT_END, 1411, "not well-formed XML: content after the root element" },
	{ XML_ERR_TAG_NAME_MISMATCH, 1412, "not well-formed XML: an end tag does not match its start tag" },
	{ XML_ERR_TAG_NOT_FINISHED, 1413, "not well-formed XML: the document ends inside an element" },
	{ XML_ERR_GT_REQUIRED, 1414, "not well-formed XML: a tag has no end" },
	{ XML_ERR_ATTRIBUTE_REDEFINED, 1415, "not well-formed XML: an attribute stands twice in a tag" },
	{ XML_ERR_UNDECLARED_ENTITY, 1416, "not well-formed XML: an entity is used that XML does not know" },
	{ XML_ERR_INVALID_CHAR, 1417, "not well-formed XML: a character that XML does not allow" },
	{ XML_NS_ERR_UNDEFINED_NAMESPACE, 1419, "not well-formed XML: a namespace prefix is not declared" },
	{ XML_NS_ERR_ATTRIBUTE_REDEFINED, 1415, "not well-formed XML: an attribute stands twice in a tag" },
};

static efile_status report_syntax(xml_parser *p)
{
	const xmlError *error = xmlCtxtGetLastError(p->libxml);
	int code = error ? error->code : 0;
	long line = error ? error->line : p->scanner.line;
	long column = error ? error->int2 : p->scanner.column;

	if (code == XML_ERR_NO_MEMORY || code == 0)
		return mem_failed(p->ctx);
	if (code == XML_ERR_DOCUMENT_END && !p->begun)
		code = XML_ERR_DOCUMENT_EMPTY;
	else if (code == XML_ERR_DOCUMENT_END && p->depth > p->leaving)
		code = XML_ERR_TAG_NOT_FINISHED;
	for (size_t i = 0; i < ARRAY_SIZE(syntax_errors); i++)
		if (syntax_errors[i].code == code) {
			FAIL(p->ctx, EFILE_E_FORMAT, syntax_errors[i].number, "%s",
			     message_translate((int)p->ctx->language, syntax_errors[i].text));
			return error_at(p->ctx, p->name, line, column);
		}
	FAIL(p->ctx, EFILE_E_FORMAT, 1420, "not well-formed XML (reason %d)", code);
	return error_at(p->ctx, p->name, line, column);
}

/* ---- chunks ---- */

static efile_status report_decoding(xml_parser *p, xml_decoded result)
{
	if (result == XML_DECODED_NUL)
		FAIL(p->ctx, EFILE_E_FORMAT, 1405, "a NUL byte inside XML");
	else if (result == XML_DECODED_BAD_BYTE)
		FAIL(p->ctx, EFILE_E_FORMAT, 1406, "a byte that is not valid in the encoding of the XML document");
	else
		FAIL(p->ctx, EFILE_E_FORMAT, 1407, "the encoding of the XML document is not supported");
	return error_at(p->ctx, p->name, p->scanner.line, p->scanner.column);
}

static efile_status report_scan(xml_parser *p, xml_scanned result)
{
	const xml_position *at = &p->scanner.tag;

	if (result == XML_SCANNED_NOMEM)
		return EFILE_E_NOMEM;
	if (result == XML_SCANNED_DOCTYPE)
		return refuse_doctype(p, at);
	if (result == XML_SCANNED_ATTRIBUTES)
		FAIL(p->ctx, EFILE_E_LIMIT, 1408, "an XML element has more than %u attributes",
		     (unsigned)p->ctx->limits.xml_attributes);
	else
		FAIL(p->ctx, EFILE_E_LIMIT, 1409, "an XML tag is longer than %zu bytes",
		     p->scanner.tag_limit);
	return error_at(p->ctx, p->name, at->line, at->column);
}

static efile_status push(xml_parser *p, const char *data, size_t length, bool last)
{
	int code = xmlParseChunk(p->libxml, data, (int)length, last);

	if (p->status < 0)
		return p->status;
	if (code != XML_ERR_OK || !p->libxml->wellFormed || !p->libxml->nsWellFormed)
		return report_syntax(p);
	return EFILE_OK;
}

static efile_status feed(xml_parser *p, const char *data, size_t length, bool last)
{
	xml_decoded decoded;
	xml_scanned scanned;

	buf_reset(&p->text);
	decoded = xml_decode(&p->text, &p->decoder, data, length, last);
	TRY(buf_status(&p->text, p->ctx));
	scanned = xml_scan(&p->scanner, p->ctx, buf_text(&p->text), p->text.length);
	if (scanned != XML_SCANNED)
		return report_scan(p, scanned);
	if (decoded != XML_DECODED)
		return report_decoding(p, decoded);
	if (p->text.length || last)
		return push(p, buf_text(&p->text), p->text.length, last);
	return EFILE_OK;
}

static efile_status feed_all(xml_parser *p, efile_reader *reader)
{
	AUTO(buf) chunk = BUF_INIT;
	uint64_t total = 0;

	if (!buf_reserve(&chunk, CHUNK))
		return buf_status(&chunk, p->ctx);
	for (;;) {
		size_t got;
		efile_status status = efile_reader_read(reader, chunk.data, CHUNK, &got);

		TRY(status);
		total += got;
		if (total > p->ctx->limits.xml_bytes) {
			FAIL(p->ctx, EFILE_E_LIMIT, 1421, "an XML document is longer than %llu bytes",
			     (unsigned long long)p->ctx->limits.xml_bytes);
			return error_at(p->ctx, p->name, 0, 0);
		}
		TRY(feed(p, chunk.data, got, status == EFILE_DONE));
		if (status == EFILE_DONE)
			return EFILE_OK;
	}
}

/* ---- life of a parser ---- */

static efile_status parser_init(xml_parser *p)
{
	xmlSAXHandler sax;

	xml_scanner_init(&p->scanner, &p->ctx->limits);
	xmlInitParser();
	fill_sax(&sax);
	p->libxml = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);
	if (!p->libxml)
		return mem_failed(p->ctx);
	/* Already UTF-8, whatever the declaration says. Nothing else is switched on: no entities,
	 * no DTD, no XInclude, no network, and libxml2's own limits stay. */
	xmlCtxtUseOptions(p->libxml, XML_PARSE_IGNORE_ENC | XML_PARSE_NONET);
	return EFILE_OK;
}

static void parser_clear(xml_parser *p)
{
	if (p->libxml) {
		if (p->libxml->myDoc)
			xmlFreeDoc(p->libxml->myDoc);
		xmlFreeParserCtxt(p->libxml);
	}
	xml_path_free(p->path);
	xml_decoder_clear(&p->decoder);
	xml_scanner_clear(&p->scanner);
	buf_clear(&p->text);
	buf_clear(&p->values);
	free(p->attributes);
	free(p->open);
}

efile_status xml_parser_run(xml_parser *p, efile_reader *reader)
{
	efile_status status = parser_init(p);

	if (status == EFILE_OK && p->attach)
		status = p->attach(p);
	if (status == EFILE_OK)
		status = feed_all(p, reader);
	if (p->detach)
		p->detach(p);
	parser_clear(p);
	return status;
}

efile_status xml_read(efile_ctx *ctx, efile_reader *reader, const char *name,
		      const xml_handler *handler, void *user)
{
	xml_parser p = { .ctx = ctx, .name = name, .handler = handler, .user = user,
			 .decoder = XML_DECODER_INIT };

	return xml_parser_run(&p, reader);
}

efile_status xml_read_bytes(efile_ctx *ctx, const void *data, size_t length, const char *name,
			    const xml_handler *handler, void *user)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(efile_reader_from_memory(&reader, ctx, data, length));
	return xml_read(ctx, reader, name, handler, user);
}

const char *xml_attribute_value(buf *scratch, const xml_element *element, const char *uri,
				const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const xml_attribute *a = &element->attributes[i];

		if (strcmp(a->name, name) != 0 || strcmp(a->uri, uri) != 0)
			continue;
		buf_reset(scratch);
		buf_add(scratch, a->value, a->length);
		return scratch->failed ? NULL : buf_text(scratch);
	}
	return NULL;
}

/* ---- the root only ---- */

static efile_status take_root(void *user, xml_element *element)
{
	struct { xml_root root; efile_ctx *ctx; } *want = user;

	TRY(mem_dup(&want->root.uri, want->ctx, element->uri));
	TRY(mem_dup(&want->root.name, want->ctx, element->name));
	want->root.line = element->line;
	return EFILE_E_CANCELLED;
}

efile_status xml_root_of(xml_root *out, efile_ctx *ctx, const void *data, size_t length)
{
	static const xml_handler handler = { .start = take_root };
	struct { xml_root root; efile_ctx *ctx; } want = { XML_ROOT_NONE, ctx };
	efile_status status = xml_read_bytes(ctx, data, length, NULL, &handler, &want);

	if (status == EFILE_E_CANCELLED && want.root.name) {
		error_clear(ctx);
		*out = want.root;
		return EFILE_OK;
	}
	xml_root_clear(&want.root);
	return status;
}

void xml_root_clear(xml_root *root)
{
	free(root->uri);
	free(root->name);
	*root = (xml_root)XML_ROOT_NONE;
}
