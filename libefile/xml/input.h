/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands between the bytes of a document and libxml2: decoding and the tag scanner. */
#ifndef XML_INPUT_H
#define XML_INPUT_H

#include "xml/xml.h"

/* ---- bytes to UTF-8 ---- */
typedef enum xml_encoding {
	XML_ENCODING_UNKNOWN, XML_ENCODING_UTF8, XML_ENCODING_UTF16LE, XML_ENCODING_UTF16BE,
	XML_ENCODING_ASCII, XML_ENCODING_LATIN1, XML_ENCODING_LATIN9, XML_ENCODING_CP1252
} xml_encoding;

typedef struct xml_decoder {
	xml_encoding encoding;
	buf head;                /* until the encoding is known */
	unsigned char cut[4];    /* a sequence that the chunk's end has cut */
	size_t cut_length;
	uint32_t high;           /* first half of a surrogate pair */
} xml_decoder;

#define XML_DECODER_INIT { XML_ENCODING_UNKNOWN, BUF_INIT, { 0 }, 0, 0 }
void xml_decoder_clear(xml_decoder *d);

typedef enum xml_decoded {
	XML_DECODED, XML_DECODED_BAD_BYTE, XML_DECODED_NUL, XML_DECODED_ENCODING
} xml_decoded;

/* Appends what data mean; stops before the first bad byte. */
xml_decoded xml_decode(buf *out, xml_decoder *d, const char *data, size_t length, bool last);

/* ---- the tag scanner: where tags begin, how many attributes they have ---- */
typedef struct xml_position {
	long line;
	long column;
} xml_position;

typedef struct xml_scanner {
	int state;
	long line, column;
	uint32_t attributes;
	size_t tag_bytes;
	uint32_t attribute_limit;
	size_t tag_limit;
	xml_position tag;        /* where the construct being scanned begins */
	char match[8];           /* how far "[CDATA[" has come */
	size_t matched;
	xml_position *starts;    /* of start tags, not yet taken */
	size_t first, count, capacity;
} xml_scanner;

typedef enum xml_scanned {
	XML_SCANNED, XML_SCANNED_ATTRIBUTES, XML_SCANNED_TAG, XML_SCANNED_DOCTYPE,
	XML_SCANNED_NOMEM
} xml_scanned;

void xml_scanner_init(xml_scanner *s, const efile_limits *limits);
void xml_scanner_clear(xml_scanner *s);
xml_scanned xml_scan(xml_scanner *s, efile_ctx *ctx, const char *text, size_t length);
bool xml_scanner_take(xml_scanner *s, xml_position *out); /* the next start tag */

#endif
