/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are a process file: it is checked, drawn, and run as far as it goes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <efile.h>

#include "flow/flow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(efile_ctx *ctx, const flow_definition *d)
{
	AUTO(buf) state = BUF_INIT;
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	flow_event event = { .kind = FLOW_EVENT_START, .variables = "{\"a\":1}" };

	for (int i = 0; i < 20; i++) {
		flow_wait *waits = NULL;
		size_t count = 0;

		if (flow_step(&state, &effects, ctx, d, buf_text(&state), state.length, &event) < 0)
			return;
		if (flow_state_waits(&waits, &count, ctx, d, state.data, state.length) < 0)
			abort();
		event = (flow_event){ .kind = FLOW_EVENT_CANCEL };
		if (count)
			event = (flow_event){
				.kind = waits[0].kind == FLOW_WAIT_TASK ? FLOW_EVENT_COMPLETE_TASK :
					waits[0].kind == FLOW_WAIT_JOB ? FLOW_EVENT_JOB_DONE :
									 FLOW_EVENT_RETRY,
				.wait = waits[0].number,
			};
		free(waits);
	}
}

static void draw(efile_ctx *ctx, const uint8_t *data, size_t size, int lay_out)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_writer) writer = NULL;
	AUTO(buf) svg = BUF_INIT;
	efile_bpmn_mark mark = { "a", EFILE_BPMN_ACTIVE, 2 };
	efile_bpmn_heat heat = { "a", 3, 1500000 };
	efile_bpmn_render_options options;

	efile_bpmn_render_options_init(&options);
	options.lay_out = lay_out;
	options.marks = &mark;
	options.mark_count = 1;
	options.heat = &heat;
	options.heat_count = 1;
	if (efile_reader_from_memory(&reader, ctx, data, size) == EFILE_OK &&
	    writer_to_buf(&writer, ctx, &svg) == EFILE_OK)
		efile_bpmn_render(ctx, reader, writer, &options);
}

/* By the rules, and there and back: what was written must be read again, and stay the same. */
static void keep(efile_ctx *ctx, const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_reader) again = NULL;
	AUTO_PTR(efile_reader) third = NULL;
	AUTO_PTR(efile_writer) writer = NULL;
	AUTO_PTR(efile_writer) second = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) once = BUF_INIT;
	AUTO(buf) twice = BUF_INIT;

	if (efile_reader_from_memory(&third, ctx, data, size) == EFILE_OK)
		efile_bpmn_check(&report, ctx, third);
	if (efile_reader_from_memory(&reader, ctx, data, size) < 0 ||
	    writer_to_buf(&writer, ctx, &once) < 0 ||
	    efile_bpmn_roundtrip(ctx, reader, writer) < 0)
		return;
	if (efile_reader_from_memory(&again, ctx, once.data, once.length) < 0 ||
	    writer_to_buf(&second, ctx, &twice) < 0)
		return;
	if (efile_bpmn_roundtrip(ctx, again, second) < 0 || once.length != twice.length ||
	    memcmp(once.data, twice.data, once.length))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(flow_definition) d = FLOW_DEFINITION_INIT;
	efile_ctx *ctx = NULL;

	if (efile_ctx_new(&ctx, NULL) != EFILE_OK)
		return 0;
	if (report_new(&report, ctx) == EFILE_OK &&
	    efile_reader_from_memory(&reader, ctx, data, size) == EFILE_OK &&
	    flow_compile(&d, report, ctx, reader, "fuzz") == EFILE_OK)
		run(ctx, &d);
	keep(ctx, data, size);
	draw(ctx, data, size, 0);
	draw(ctx, data, size, 1);
	efile_report_free(STEAL(report));
	efile_reader_free(STEAL(reader));
	efile_ctx_free(ctx);
	return 0;
}
