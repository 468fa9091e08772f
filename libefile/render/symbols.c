/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signs of BPMN 2.0 (tables 7.2, 10.1 and following), drawn for this library in 20 by 20. */
#include "render/paint.h"

#define ENVELOPE "M2 4.5h16v11H2zM2 4.5l8 6 8-6"
#define ENVELOPE_DARK "M1.5 5.6v9.9h17V5.6l-8.5 6.2zM1.9 4.2L10 10.1l8.1-5.9z"
#define PENTAGON "M10 2.5l7.6 5.6-2.9 9H5.3l-2.9-9z"
#define REWIND "M9.5 4.5v11L2 10zM17.5 4.5v11L10 10z"
#define PLUS "M10 2.5v15M2.5 10h15"

static const symbol symbols[MARK_COUNT] = {
	[MARK_USER] = { "M10 10.2a4 4 0 1 0-.01 0zM2.6 18.5c.3-5 2.6-7.4 5-8.2 1.3 1.5 3.5 1.5 4.8 0 2.4.8 4.7 "
			"3.2 5 8.2z", NULL, "user task" },
	[MARK_SERVICE] = { "M10 7a3 3 0 1 0 .01 0zM8.6 1.8h2.8l.5 2.3 1.7.7 2-1.3 2 2-1.3 2 .7 1.7 2.3.5v2.8l-2.3.5"
			   "-.7 1.7 1.3 2-2 2-2-1.3-1.7.7-.5 2.3H8.6l-.5-2.3-1.7-.7-2 1.3-2-2 1.3-2-.7-1.7-2.3-.5V9.7l"
			   "2.3-.5.7-1.7-1.3-2 2-2 2 1.3 1.7-.7z", NULL, "service task" },
	[MARK_MANUAL] = { "M3 8.5C5 6 7 4 9 3.4c1.3-.3 1.6 1 .8 1.7L8 7h9c1.3 0 1.3 1.9 0 1.9h-5 6c1.3 0 1.3 2 0 2"
			  "h-6 5.2c1.3 0 1.2 2-.1 2H12h4c1.2 0 1.1 1.9-.1 1.9H6.5C4.5 14.8 3 13.5 3 12z", NULL,
			  "manual task" },
	[MARK_SCRIPT] = { "M6 1.8h10.5c-5 4 3.6 11.5-2.2 16.4H3.6c5.6-5-2.8-12.2 2.4-16.4zM5.6 5.6h6.6M6 8.6h7.2M7.6 "
			  "11.6h7M7.4 14.6h6.8", NULL, "script task" },
	[MARK_SEND] = { "", ENVELOPE_DARK, "send task" },
	[MARK_RECEIVE] = { ENVELOPE, NULL, "receive task" },
	[MARK_RECEIVE_START] = { "M10 .8a9.2 9.2 0 1 0 .01 0zM5 7h10v6.6H5zM5 7l5 3.7L15 7", NULL,
				 "receive task" },
	[MARK_RULE] = { "M2 4h16v12.5H2zM2 8h16M2 12.2h16M7 8v8.5", "M2 4h16v4H2z", "business rule task" },
	[MARK_CALL] = { NULL, NULL, "call activity" },
	[MARK_SUB_PROCESS] = { NULL, NULL, "sub-process" },
	[MARK_EVENT_SUB_PROCESS] = { NULL, NULL, "event sub-process" },
	[MARK_TRANSACTION] = { NULL, NULL, "transaction" },
	[MARK_AD_HOC] = { NULL, NULL, "ad-hoc sub-process" },
	[MARK_CHOREOGRAPHY] = { NULL, NULL, "choreography activity" },
	[MARK_MESSAGE] = { ENVELOPE, ENVELOPE_DARK, "message" },
	[MARK_TIMER] = { "M10 1.5a8.5 8.5 0 1 0 .01 0zM10 5v5l3.6 2.4M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4"
			 "M14.6 14.6L16 16M16 4l-1.4 1.4M5.4 14.6L4 16", NULL, "timer" },
	[MARK_SIGNAL] = { "M10 2.8l8 13.6H2z", "M10 2.8l8 13.6H2z", "signal" },
	[MARK_ERROR] = { "M2.8 17.2L6.9 4.4l5.2 7.2 5-8.8-4.6 13.4-5.3-7.4z",
			 "M2.8 17.2L6.9 4.4l5.2 7.2 5-8.8-4.6 13.4-5.3-7.4z", "error" },
	[MARK_ESCALATION] = { "M10 2l5.6 15.2L10 11.6l-5.6 5.6z", "M10 2l5.6 15.2L10 11.6l-5.6 5.6z", "escalation" },
	[MARK_CANCEL] = { "M4.6 2.4L10 7.8l5.4-5.4 2.2 2.2L12.2 10l5.4 5.4-2.2 2.2L10 12.2l-5.4 5.4-2.2-2.2L7.8 10 "
			  "2.4 4.6z", "M4.6 2.4L10 7.8l5.4-5.4 2.2 2.2L12.2 10l5.4 5.4-2.2 2.2L10 12.2l-5.4 5.4-2.2-2.2"
			  "L7.8 10 2.4 4.6z", "cancel" },
	[MARK_COMPENSATION] = { REWIND, REWIND, "compensation" },
	[MARK_CONDITION] = { "M4 2.5h12v15H4zM6 5.5h8M6 8.5h8M6 11.5h8M6 14.5h8", NULL, "condition" },
	[MARK_LINK] = { "M11.5 3.6L18 10l-6.5 6.4v-3.7H2.4V7.3h9.1z", "M11.5 3.6L18 10l-6.5 6.4v-3.7H2.4V7.3h9.1z",
			"link" },
	[MARK_TERMINATE] = { "", "M10 0a10 10 0 1 0 .01 0z", "terminate" },
	[MARK_MULTIPLE] = { PENTAGON, PENTAGON, "multiple" },
	[MARK_PARALLEL_MULTIPLE] = { "M7.8 2h4.4v5.8H18v4.4h-5.8V18H7.8v-5.8H2V7.8h5.8z", NULL, "parallel multiple" },
	[MARK_EXCLUSIVE] = { "", "M3.6 3h3.3L10 7.4 13.1 3h3.3l-4.8 7 4.8 7h-3.3L10 12.6 6.9 17H3.6l4.8-7z",
			     "exclusive gateway" },
	[MARK_EXCLUSIVE_PLAIN] = { NULL, NULL, "exclusive gateway" },
	[MARK_PARALLEL] = { "", "M8.8 2h2.4v6.8H18v2.4h-6.8V18H8.8v-6.8H2V8.8h6.8z", "parallel gateway" },
	[MARK_INCLUSIVE] = { "M10 2.6a7.4 7.4 0 1 0 .01 0z", NULL, "inclusive gateway" },
	[MARK_COMPLEX] = { "", "M9 2h2v5.6L15 3.6 16.4 5l-4 4H18v2h-5.6l4 4-1.4 1.4-4-4V18H9v-5.6l-4 4L3.6 15l4-4H2V9h5.6"
			   "l-4-4L5 3.6l4 4z", "complex gateway" },
	[MARK_EVENT_BASED] = { "M10 .8a9.2 9.2 0 1 0 .01 0zM10 2.6a7.4 7.4 0 1 0 .01 0zM10 5.2l4.8 3.5-1.8 5.6H7L5.2 8.7z",
			       NULL, "event-based gateway" },
	[MARK_EVENT_START] = { "M10 .8a9.2 9.2 0 1 0 .01 0zM10 4.4l5.4 3.9-2 6.3H6.6l-2-6.3z", NULL,
			       "event-based gateway" },
	[MARK_PARALLEL_START] = { "M10 .8a9.2 9.2 0 1 0 .01 0zM8.6 4.4h2.8v4.2h4.2v2.8h-4.2v4.2H8.6v-4.2H4.4V8.6h4.2z",
				  NULL, "event-based gateway" },
	[MARK_INPUT] = { "M2 7.5h8.6V4L18 10l-7.4 6v-3.5H2z", NULL, "data input" },
	[MARK_OUTPUT] = { "M2 7.5h8.6V4L18 10l-7.4 6v-3.5H2z", "M2 7.5h8.6V4L18 10l-7.4 6v-3.5H2z", "data output" },
	[MARK_CONVERSATION] = { NULL, NULL, "conversation" },
};

static const struct { unsigned sign; const char *path; } signs[] = {
	{ SIGN_LOOP, "M6.2 17.2A7.6 7.6 0 1 1 12.6 17.6M2.6 17.6h4.2v-4.2" },
	{ SIGN_PARALLEL, "M5 2.5v15M10 2.5v15M15 2.5v15" },
	{ SIGN_SEQUENTIAL, "M2.5 5h15M2.5 10h15M2.5 15h15" },
	{ SIGN_AD_HOC, "M2.5 12c2.5-6.5 5.5-5 7.5-2.5s5 4 7.5-2.5" },
	{ SIGN_COMPENSATION, REWIND },
	{ SIGN_COLLAPSED, "M1 1h18v18H1zM10 4.5v11M4.5 10h11" },
	{ SIGN_COLLECTION, "M5 4v13M10 4v13M15 4v13" },
};

const symbol *symbol_of(diagram_marker marker)
{
	return &symbols[marker];
}

const char *symbol_sign(unsigned sign)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (signs[i].sign == sign)
			return signs[i].path;
	return "";
}
