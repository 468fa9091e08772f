/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small process files, written by the tests themselves. */
#ifndef TESTS_UNIT_FLOW_SUPPORT_H
#define TESTS_UNIT_FLOW_SUPPORT_H

#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "unit/support.h"

#define BPMN_HEAD                                                                                  \
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                        \
	"xmlns:e='urn:libefile:bpmn:1' id='d' targetNamespace='urn:test'>"
#define BPMN_OPEN BPMN_HEAD "<process id='p' isExecutable='true'>"
#define BPMN_CLOSE "</process></definitions>"
#define FLOW(id, from, to) "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define FLOW_IF(id, from, to, condition)                                                           \
	"<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'>"                       \
	"<conditionExpression>" condition "</conditionExpression></sequenceFlow>"

static inline efile_status compile_bytes(flow_definition *out, efile_report *report,
					 efile_ctx *ctx, const char *data, size_t length)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(efile_reader_from_memory(&reader, ctx, data, length));
	return flow_compile(out, report, ctx, reader, "test.bpmn");
}

/* Compiles what must be right. */
static inline flow_definition definition_of(efile_ctx *ctx, const char *text)
{
	AUTO_PTR(efile_report) report = NULL;
	flow_definition d = FLOW_DEFINITION_INIT;

	if (!text || report_new(&report, ctx) < 0 ||
	    !TAP_EQUAL_INT(compile_bytes(&d, report, ctx, text, strlen(text)), EFILE_OK)) {
		printf("# %s\n", efile_error_message(ctx));
		exit(1);
	}
	return d;
}

#endif
