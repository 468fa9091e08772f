/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Canonical XML 1.0 (W3C REC-xml-c14n-20010315) without comments, for digests. libxml2 does it on a
 * DOM; so the document goes through the hardened reader first, which is also what makes the DOM
 * safe, and its size is limited. */
#include "xml/xml.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>

#include "base/sha256.h"

enum { CANONICAL_BYTES = 16 * 1024 * 1024 };

static void silent(void *user, xmlErrorPtr error)
{
	(void)user;
	(void)error;
}

/* libxml2 must see the document decoded by us; re-reading keeps one decoder. */
static xmlDocPtr parse(const void *data, size_t length)
{
	xmlParserCtxtPtr parser = xmlNewParserCtxt();
	xmlDocPtr doc;

	if (!parser)
		return NULL;
	parser->sax->serror = silent;
	doc = xmlCtxtReadMemory(parser, data, (int)length, NULL, NULL,
				XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlFreeParserCtxt(parser);
	return doc;
}

/* Never fails towards libxml2, which would print; the buffer remembers. */
static int collect(void *user, const char *data, int length)
{
	buf_add(user, data, (size_t)length);
	return length;
}

static efile_status canonical(buf *out, efile_ctx *ctx, xmlDocPtr doc)
{
	xmlOutputBufferPtr sink = xmlOutputBufferCreateIO(collect, NULL, out, NULL);
	xmlStructuredErrorFunc before = xmlStructuredError; /* of this thread */
	void *before_user = xmlStructuredErrorContext;
	int written;

	if (!sink)
		return mem_failed(ctx);
	xmlSetStructuredErrorFunc(NULL, silent);
	written = xmlC14NExecute(doc, NULL, NULL, XML_C14N_1_0, NULL, 0, sink);
	xmlSetStructuredErrorFunc(before_user, before);
	if (xmlOutputBufferClose(sink) < 0 || written < 0)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 1434,
			    "the XML document cannot be made canonical");
	return buf_status(out, ctx);
}

efile_status xml_canonical(buf *out, efile_ctx *ctx, const void *data, size_t length,
			   const char *name)
{
	efile_status status;
	xmlDocPtr doc;

	if (length > CANONICAL_BYTES)
		return FAIL(ctx, EFILE_E_LIMIT, 1433,
			    "an XML document to be made canonical is longer than %d bytes",
			    CANONICAL_BYTES);
	TRY(xml_read_bytes(ctx, data, length, name, NULL, NULL));
	doc = parse(data, length);
	if (!doc)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 1434,
			    "the XML document cannot be made canonical");
	status = canonical(out, ctx, doc);
	xmlFreeDoc(doc);
	return status;
}

efile_status xml_canonical_sha256(unsigned char out[32], efile_ctx *ctx, const void *data,
				  size_t length, const char *name)
{
	AUTO(buf) bytes = BUF_INIT;

	TRY(xml_canonical(&bytes, ctx, data, length, name));
	return sha256(out, ctx, buf_text(&bytes), bytes.length);
}
