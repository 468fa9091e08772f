/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A compiled schema as loading and validating share it. */
#ifndef XML_SCHEMA_H
#define XML_SCHEMA_H

#include <libxml/xmlschemas.h>

#include "xml/xml.h"

struct xml_schema {
	xmlSchemaPtr compiled;
};

/* Whether matching a pattern could cost time exponential in the text. */
bool xml_pattern_explodes(const char *pattern, size_t length);

/* What libxml2 says about a document, in our words. */
efile_status xml_schema_finding(efile_report *report, efile_ctx *ctx, const xmlError *error,
				const report_place *where);
/* A pattern on which the matcher gave up is a limit, not a wrong value. */
bool xml_schema_gave_up(const xmlError *error);

#endif
