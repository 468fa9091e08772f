/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was odd about a message, as findings: each rule stands in docs/MIME.md. */
#include "mime/mime.h"

typedef struct note_row {
	unsigned note;
	const char *rule;
	efile_severity severity;
	const char *text;
} note_row;

static const note_row rows[] = {
	{ NOTE_DEPTH, "MIME-DEPTH", EFILE_SEVERITY_ERROR,
	  "nested too deeply: kept as one part" },
	{ NOTE_PARTS, "MIME-PARTS", EFILE_SEVERITY_ERROR,
	  "too many parts: the rest is kept as one part" },
	{ NOTE_EXPANSION, "MIME-EXPANSION", EFILE_SEVERITY_ERROR,
	  "encoded messages inside one another are too large: kept as one part" },
	{ NOTE_HEADER, "MIME-HEADER", EFILE_SEVERITY_ERROR,
	  "the header is too long: only its beginning was read" },
	{ NOTE_FIELD, "MIME-FIELD", EFILE_SEVERITY_ERROR,
	  "a header field is too long: only its beginning was read" },
	{ NOTE_PARAMETERS, "MIME-PARAMETERS", EFILE_SEVERITY_ERROR,
	  "a header field has too many parameters: the rest was left out" },
	{ NOTE_LINE, "MIME-LINE", EFILE_SEVERITY_WARNING,
	  "a line in the header is not a field: passed over" },
	{ NOTE_BOUNDARY, "MIME-BOUNDARY", EFILE_SEVERITY_WARNING,
	  "a multipart names no boundary: kept as one part" },
	{ NOTE_DELIMITER, "MIME-DELIMITER", EFILE_SEVERITY_WARNING,
	  "the boundary of a multipart does not occur" },
	{ NOTE_END, "MIME-END", EFILE_SEVERITY_WARNING,
	  "a multipart lacks its closing boundary" },
	{ NOTE_EPILOGUE, "MIME-EPILOGUE", EFILE_SEVERITY_WARNING,
	  "parts follow the closing boundary: not shown" },
	{ NOTE_ENCODING, "MIME-ENCODING", EFILE_SEVERITY_WARNING,
	  "unknown transfer encoding: content left as it is" },
	{ NOTE_TYPE, "MIME-TYPE", EFILE_SEVERITY_WARNING,
	  "the media type cannot be read" },
	{ NOTE_DUPLICATE, "MIME-DUPLICATE", EFILE_SEVERITY_WARNING,
	  "a header field stands twice: the first counts" },
	{ NOTE_DATE, "MIME-DATE", EFILE_SEVERITY_WARNING,
	  "the date cannot be read" },
	{ NOTE_CHARSET, "MIME-CHARSET", EFILE_SEVERITY_WARNING,
	  "unknown charset: read as UTF-8 or Windows-1252" },
	{ NOTE_MISLABELLED, "MIME-MISLABELLED", EFILE_SEVERITY_INFORMATION,
	  "text does not fit its charset: repaired" },
	{ NOTE_RAW, "MIME-RAW", EFILE_SEVERITY_INFORMATION,
	  "raw 8-bit text in the header: read as UTF-8 or Windows-1252" },
};

/* More findings than this say nothing new about a hostile message. */
enum { MAX_FINDINGS = 1000 };

efile_status mime_report_node(const efile_mail *mail, const mime_node *node, unsigned notes)
{
	report_place place = { .path = node->part.path };
	size_t count = efile_report_count(mail->report);

	for (size_t i = 0; i < ARRAY_SIZE(rows) && count <= MAX_FINDINGS; i++) {
		if (!(notes & rows[i].note))
			continue;
		if (count++ == MAX_FINDINGS)
			return report_add(mail->report, "MIME-FINDINGS", EFILE_SEVERITY_WARNING,
					  &place, "further findings are left out");
		TRY(report_add(mail->report, rows[i].rule, rows[i].severity, &place, "%s",
			       message_translate(mail->ctx->language, rows[i].text)));
	}
	return EFILE_OK;
}

efile_status mime_report(efile_mail *mail)
{
	for (size_t i = 0; i < mail->node_count; i++) {
		const mime_node *node = &mail->nodes[mail->order[i]];

		TRY(mime_report_node(mail, node, node->notes));
	}
	return EFILE_OK;
}
