/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public calls that need no store. */
#include <efile/flow.h>

#include "flow/flow.h"
#include "flow/model.h"
#include "flow/picture.h"
#include "flow/rules.h"

void efile_bpmn_render_options_init(efile_bpmn_render_options *options)
{
	if (!options)
		return;
	*options = (efile_bpmn_render_options){ .size = sizeof(*options) };
}

/* By the rules of the specification, on the file itself. */
static efile_status check_file(efile_report *report, efile_ctx *ctx, const buf *bytes)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(document) d = { .ctx = ctx };

	TRY(efile_reader_from_memory(&reader, ctx, buf_text(bytes), bytes->length));
	TRY(document_read(&d, ctx, reader));
	return rules_check(&d, report);
}

/* By what the engine needs, on the model that it runs. */
static efile_status check_run(efile_report *report, efile_ctx *ctx, const buf *bytes)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(bpmn_model) m = { 0 };

	TRY(efile_reader_from_memory(&reader, ctx, buf_text(bytes), bytes->length));
	TRY(bpmn_read(&m, ctx, reader, "BPMN"));
	return bpmn_check_run(&m, report);
}

/* By what only shows when it is compiled: expressions, numbers of loops, times. */
static efile_status check_compiled(efile_report *report, efile_ctx *ctx, const buf *bytes)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(efile_reader_from_memory(&reader, ctx, buf_text(bytes), bytes->length));
	return flow_compile_findings(report, ctx, reader, "BPMN");
}

static efile_status check(efile_report **out, efile_ctx *ctx, efile_reader *reader)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) bytes = BUF_INIT;

	TRY(report_new(&report, ctx));
	TRY(reader_read_all(&bytes, ctx, reader, ctx->limits.xml_bytes, "BPMN"));
	TRY(check_file(report, ctx, &bytes));
	TRY(check_run(report, ctx, &bytes));
	TRY(check_compiled(report, ctx, &bytes));
	*out = STEAL(report);
	return EFILE_OK;
}

efile_status efile_bpmn_check(efile_report **out, efile_ctx *ctx, efile_reader *reader)
{
	if (!ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!out || !reader)
		return FAIL(ctx, EFILE_E_INVALID, 2340, "a BPMN file is needed");
	return check(out, ctx, reader);
}

static void mark_all(diagram *d, const efile_bpmn_render_options *o)
{
	static const picture_state states[] = { [EFILE_BPMN_VISITED] = PICTURE_VISITED,
						[EFILE_BPMN_ACTIVE] = PICTURE_ACTIVE,
						[EFILE_BPMN_INCIDENT] = PICTURE_INCIDENT };

	for (size_t i = 0; i < o->mark_count; i++) {
		const efile_bpmn_mark *mark = &o->marks[i];

		if (mark->element && (size_t)mark->kind < ARRAY_SIZE(states))
			picture_mark(d, mark->element, states[mark->kind], mark->count);
	}
}

static efile_status heat_all(diagram *d, const efile_bpmn_render_options *o)
{
	uint64_t most = 0;

	for (size_t i = 0; i < o->heat_count; i++)
		if (o->heat[i].visits > most)
			most = o->heat[i].visits;
	for (size_t i = 0; i < o->heat_count; i++)
		if (o->heat[i].element)
			TRY(picture_heat(d, o->heat[i].element, o->heat[i].visits, most,
					 o->heat[i].mean_time));
	return EFILE_OK;
}

static efile_status render(efile_ctx *ctx, efile_reader *reader, efile_writer *writer,
			   const efile_bpmn_render_options *o)
{
	AUTO(document) file = { .ctx = ctx };
	AUTO(diagram) d = { 0 };
	AUTO(buf) svg = BUF_INIT;
	const picture_options options = { .lay_out = o->lay_out != 0, .diagram = o->diagram };

	TRY(document_read(&file, ctx, reader));
	TRY(picture_of(&d, &file, &options));
	mark_all(&d, o);
	TRY(heat_all(&d, o));
	TRY(diagram_write_svg(&svg, &d));
	return efile_writer_write(writer, buf_text(&svg), svg.length);
}

efile_status efile_bpmn_render(efile_ctx *ctx, efile_reader *reader, efile_writer *writer,
			       const efile_bpmn_render_options *options)
{
	efile_bpmn_render_options o;

	if (!ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!reader || !writer)
		return FAIL(ctx, EFILE_E_INVALID, 2340, "a BPMN file is needed");
	efile_bpmn_render_options_init(&o);
	TRY(options_import(ctx, &o, sizeof(o), options));
	return render(ctx, reader, writer, &o);
}

static efile_status rewrite(efile_ctx *ctx, efile_reader *reader, efile_writer *writer)
{
	AUTO(document) d = { .ctx = ctx };

	TRY(document_read(&d, ctx, reader));
	return xml_tree_write(&d.tree, writer);
}

efile_status efile_bpmn_roundtrip(efile_ctx *ctx, efile_reader *reader, efile_writer *writer)
{
	if (!ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!reader || !writer)
		return FAIL(ctx, EFILE_E_INVALID, 2340, "a BPMN file is needed");
	return rewrite(ctx, reader, writer);
}
