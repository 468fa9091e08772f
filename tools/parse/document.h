/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The document at hand, and what the parts of the helper do with it. */
#ifndef TOOLS_PARSE_DOCUMENT_H
#define TOOLS_PARSE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse/reply.h"

typedef struct request {
	unsigned operation;
	uint32_t id;
	uint32_t page;
	uint32_t count;
	uint32_t width;
	uint32_t milliseconds;
	uint32_t megabytes;
	uint32_t pages;
	uint64_t bytes;
} request;

typedef struct document {
	const unsigned char *data;
	size_t length;
} document;

/* The flags of efile/parse.h; a test compares the numbers. */
enum {
	FLAG_PDF = 1,
	FLAG_ENCRYPTED = 2,
	FLAG_DAMAGED = 4,
	FLAG_UNREADABLE = 8,
	FLAG_ACTIVE = 16,
	FLAG_IMAGE = 32
};

/* ---- media.c ---- */
bool media_load(void);
const char *media_type(const void *data, size_t length);

/* ---- pdf.c ---- */
void pdf_warm_up(void);
bool pdf_recognise(const document *d);
void pdf_info(reply *out, const document *d, const request *r);
void pdf_text(reply *out, const document *d, const request *r);
void pdf_attachments(reply *out, const document *d, const request *r);
void pdf_preview(reply *out, const document *d, const request *r);

/* ---- scan.c: what Poppler does not tell ---- */
bool scan_references(const document *d); /* the table of objects is where the end says */
uint32_t scan_flags(const document *d); /* FLAG_ENCRYPTED, FLAG_ACTIVE, FLAG_DAMAGED */

/* ---- image.c ---- */
typedef struct image_size {
	uint32_t width;
	uint32_t height;
	uint32_t pages;
	bool damaged;
} image_size;

bool image_measure(image_size *out, const unsigned char *data, size_t length);

/* ---- probe.c, in the test build only ---- */
void probe(reply *out);

#endif
