/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public calls: a request each, and what its outcome means. */
#include "parse/parse.h"

#include <signal.h>
#include <stdlib.h>

enum {
	TEXT_BYTES = 64 << 20,
	PREVIEW_BYTES = 64 << 20,
	INFO_BYTES = 16 << 20,
	WIDTH_MOST = 4096
};

efile_status efile_parser_new(efile_parser **out, efile_ctx *ctx)
{
	efile_parser *parser;

	error_clear(ctx);
	if (!out || !ctx)
		return FAIL(ctx, EFILE_E_INVALID, 3420, "a parser needs a context and a place");
	parser = mem_new(ctx, sizeof(*parser));
	if (!parser)
		return EFILE_E_NOMEM;
	parser->ctx = ctx;
	parser->fd = parser->pidfd = -1;
	*out = parser;
	return EFILE_OK;
}

void efile_parser_free(efile_parser *parser)
{
	if (!parser)
		return;
	parse_helper_stop(parser);
	free(parser);
}

/* ---- what outcomes mean ---- */

static efile_status refused(efile_ctx *ctx, unsigned why)
{
	const efile_limits *limits = efile_ctx_limits(ctx);

	switch (why) {
	case PARSE_REFUSED_NOT_PDF:
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 3421, "the document is not a PDF file");
	case PARSE_REFUSED_ENCRYPTED:
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 3422, "the PDF file is encrypted");
	case PARSE_REFUSED_DAMAGED:
		return FAIL(ctx, EFILE_E_FORMAT, 3423, "the PDF file is damaged beyond reading");
	case PARSE_REFUSED_PAGES:
		return FAIL(ctx, EFILE_E_LIMIT, 3424, "the PDF file has more than %u pages",
			    limits->pdf_pages);
	case PARSE_REFUSED_BYTES:
		return FAIL(ctx, EFILE_E_LIMIT, 3425, "more comes out of the PDF file than is allowed");
	case PARSE_REFUSED_NO_PAGE:
		return FAIL(ctx, EFILE_E_NOTFOUND, 3426, "the PDF file has no such page");
	case PARSE_REFUSED_MEMORY:
		return FAIL(ctx, EFILE_E_LIMIT, 3427, "the document needs more than %u MiB to be read",
			    limits->parse_megabytes);
	default:
		return FAIL(ctx, EFILE_E_EXTERNAL, 3428, "efile-parse cannot build its sandbox");
	}
}

static efile_status judge(efile_parser *parser)
{
	const parse_status *status = &parser->status;

	switch (status->outcome) {
	case PARSE_OUTCOME_EXITED:
		if (status->detail == 0)
			return EFILE_OK;
		return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3429,
			    "efile-parse gave up on the document (exit code %u)", status->detail);
	case PARSE_OUTCOME_SIGNAL:
		if (status->detail != SIGXCPU)
			return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3430,
				    "efile-parse crashed over the document (signal %u)",
				    status->detail);
		break;
	case PARSE_OUTCOME_FORK:
		return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3431,
			    "efile-parse cannot start a process");
	case PARSE_OUTCOME_TIMEOUT:
		break;
	}
	return FAIL(parser->ctx, EFILE_E_LIMIT, 3432, "the document takes longer than %u ms to read",
		    efile_ctx_limits(parser->ctx)->parse_milliseconds);
}

efile_status parse_document(efile_parse_result **out, efile_parser *parser,
			    const parse_request *request, const void *data, size_t length)
{
	AUTO_PTR(efile_parse_result) result = NULL;
	AUTO(buf) reply = BUF_INIT;
	unsigned why = 0;
	uint64_t most;

	if (!parser)
		return EFILE_E_INVALID;
	error_clear(parser->ctx);
	if (!out || (!data && length))
		return FAIL(parser->ctx, EFILE_E_INVALID, 3433,
			    "a document and a place for the result are needed");
	most = efile_ctx_limits(parser->ctx)->document_bytes;
	if (length > most)
		return FAIL(parser->ctx, EFILE_E_LIMIT, 3434, "the document is longer than %llu bytes",
			    (unsigned long long)most);
	TRY(parse_helper_request(parser, &reply, request, data, length));
	TRY(judge(parser));
	TRY(parse_reply_read(&result, &why, parser->ctx, reply.data, reply.length));
	if (why)
		return refused(parser->ctx, why);
	*out = STEAL(result);
	return EFILE_OK;
}

/* ---- the calls ---- */

efile_status efile_parse_info(efile_parse_result **out, efile_parser *parser, const void *data,
			      size_t length)
{
	parse_request request = { .operation = PARSE_OP_INFO, .bytes = INFO_BYTES };

	return parse_document(out, parser, &request, data, length);
}

efile_status efile_parse_text(efile_parse_result **out, efile_parser *parser, const void *data,
			      size_t length, uint32_t page, uint32_t count)
{
	parse_request request = { .operation = PARSE_OP_TEXT, .page = page, .count = count,
				  .bytes = TEXT_BYTES };

	return parse_document(out, parser, &request, data, length);
}

efile_status efile_parse_attachments(efile_parse_result **out, efile_parser *parser,
				     const void *data, size_t length)
{
	parse_request request = { .operation = PARSE_OP_ATTACHMENTS };

	if (parser)
		request.bytes = efile_ctx_limits(parser->ctx)->document_bytes;
	return parse_document(out, parser, &request, data, length);
}

efile_status efile_parse_preview(efile_parse_result **out, efile_parser *parser, const void *data,
				 size_t length, uint32_t page, uint32_t width)
{
	parse_request request = { .operation = PARSE_OP_PREVIEW, .page = page, .width = width,
				  .bytes = PREVIEW_BYTES };

	if (parser && (width < 1 || width > WIDTH_MOST)) {
		error_clear(parser->ctx);
		return FAIL(parser->ctx, EFILE_E_INVALID, 3435,
			    "a preview is 1 to %d pixels wide, not %u", WIDTH_MOST, width);
	}
	return parse_document(out, parser, &request, data, length);
}
