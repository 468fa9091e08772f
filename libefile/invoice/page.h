/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages to read: HTML that is well-formed XML, without scripts and without anything from outside. */
#ifndef INVOICE_PAGE_H
#define INVOICE_PAGE_H

#include "invoice/invoice.h"
#include "xml/xml.h"

typedef struct page {
	efile_ctx *ctx;
	buf text;
	xml_writer w;
} page;

void page_begin(page *p, efile_ctx *ctx, const char *title);
/* The same with more style behind the common one. */
void page_begin_styled(page *p, efile_ctx *ctx, const char *title, const char *more);
efile_status page_end(char **out, page *p);
void page_clear(page *p);

void page_open(page *p, const char *element, const char *class_name);  /* class_name may be NULL */
void page_content(page *p);                                  /* behind the last attribute */
void page_close(page *p);
void page_text(page *p, const char *text);                   /* as it is */
void page_say(page *p, const char *english);                 /* in the reader's language */
void page_element(page *p, const char *element, const char *class_name, const char *text);
void page_heading(page *p, int level, const char *english);

/* A value as the reader's language writes it: 1.234,56 and 02.03.2026 in German. */
void page_value(buf *out, const efile_ctx *ctx, term_kind kind, const char *value);
/* What a code means, in English (the key of its translation); NULL if it is not one that readers need. */
const char *page_code(const char *term, const char *value);

#endif
