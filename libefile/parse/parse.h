/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client of efile-parse: process, protocol, reply. */
#ifndef PARSE_PARSE_H
#define PARSE_PARSE_H

#include <sys/types.h>

#include <efile/parse.h>

#include "base/base.h"
#include "parse/protocol.h"

/* ---- helper.c: one warm process and one request at a time ---- */

typedef struct parse_request {
	enum parse_operation operation;
	uint32_t page;
	uint32_t count;
	uint32_t width;
	uint64_t bytes; /* content that may come back */
} parse_request;

typedef struct parse_status {
	enum parse_outcome outcome;
	unsigned detail;        /* exit code or signal */
	uint32_t wall_ms;
	uint32_t cpu_ms;
	uint32_t peak_kib;      /* resident memory */
} parse_status;

struct efile_parser {
	efile_ctx *ctx;
	pid_t pid;              /* 0: not running */
	pid_t owner;            /* the process that started it */
	int pidfd;              /* names the process even if somebody else has reaped it */
	int fd;                 /* control socket */
	uint32_t request_id;
	unsigned landlock;      /* what the helper says of its sandbox */
	parse_status status;    /* of the last request */
};

/* Sends a document and collects the reply; starts the process if need be, and stops it if it does
 * not keep to the protocol. */
efile_status parse_helper_request(efile_parser *parser, buf *reply, const parse_request *request,
				  const void *data, size_t length);
void parse_helper_stop(efile_parser *parser);

/* ---- reply.c: the reply, read defensively ---- */

/* Reads a whole reply. refused receives 0 or enum parse_refusal. */
efile_status parse_reply_read(efile_parse_result **out, unsigned *refused, efile_ctx *ctx,
			      const void *data, size_t length);

/* ---- parser.c ---- */

efile_status parse_document(efile_parse_result **out, efile_parser *parser,
			    const parse_request *request, const void *data, size_t length);

DEFINE_AUTO_PTR(efile_parser, efile_parser_free)
DEFINE_AUTO_PTR(efile_parse_result, efile_parse_result_free)

#endif
