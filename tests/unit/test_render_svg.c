/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pictures of processes: well-formed, accessible, at the places of the file or in a layout of ours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/diagram.h"
#include "unit/support.h"
#include "xml/xml.h"

static efile_status draw(buf *svg, efile_ctx *ctx, const char *text, size_t length,
			 const efile_bpmn_render_options *options)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_writer) writer = NULL;

	TRY(efile_reader_from_memory(&reader, ctx, text, length));
	TRY(writer_to_buf(&writer, ctx, svg));
	return efile_bpmn_render(ctx, reader, writer, options);
}

static efile_status nothing(void *user, xml_element *element)
{
	(void)user;
	(void)element;
	return EFILE_OK;
}

static bool well_formed(efile_ctx *ctx, const buf *svg)
{
	static const xml_handler handler = { .start = nothing };

	return xml_read_bytes(ctx, svg->data, svg->length, "svg", &handler, NULL) == EFILE_OK;
}

static bool has(const buf *svg, const char *part)
{
	return strstr(buf_text(svg), part) != NULL;
}

static void test_own_layout(void)
{
	efile_ctx *ctx = test_ctx_german();
	size_t length = 0;
	char *text = test_own_data("../../schemas/processes/invoice.bpmn", &length);
	AUTO(buf) svg = BUF_INIT;

	TAP_EQUAL_INT(draw(&svg, ctx, text, length, NULL), EFILE_OK);
	TAP_OK(well_formed(ctx, &svg));
	TAP_OK(has(&svg, "role=\"img\""));
	TAP_OK(has(&svg, "lang=\"de\""));
	TAP_OK(has(&svg, "<title id=\"diagram-title\">Eingangsrechnung</title>"));
	TAP_OK(has(&svg, "<desc id=\"diagram-desc\">8 Elemente</desc>"));
	TAP_OK(has(&svg, "<title>Sachliche Feststellung (Benutzeraufgabe)</title>"));
	/* the bounds of the file, for a task and for a line */
	TAP_OK(has(&svg, "x=\"440\" y=\"70\" width=\"110\" height=\"80\""));
	TAP_OK(has(&svg, "d=\"M280 250L205 250L205 150\""));
	TAP_OK(!has(&svg, "visited\""));
	free(text);
	efile_ctx_free(ctx);
}

static void test_marks(void)
{
	static const efile_bpmn_mark marks[] = {
		{ "received", EFILE_BPMN_VISITED, 0 }, { "to-check", EFILE_BPMN_VISITED, 0 },
		{ "check", EFILE_BPMN_VISITED, 2 }, { "authorise", EFILE_BPMN_ACTIVE, 0 },
		{ "unknown", EFILE_BPMN_ACTIVE, 7 }, { NULL, EFILE_BPMN_ACTIVE, 7 },
	};
	efile_ctx *ctx = test_ctx_german();
	size_t length = 0;
	char *text = test_own_data("../../schemas/processes/invoice.bpmn", &length);
	efile_bpmn_render_options options;
	AUTO(buf) svg = BUF_INIT;

	efile_bpmn_render_options_init(&options);
	options.marks = marks;
	options.mark_count = ARRAY_SIZE(marks);
	TAP_EQUAL_INT(draw(&svg, ctx, text, length, &options), EFILE_OK);
	TAP_OK(well_formed(ctx, &svg));
	TAP_OK(has(&svg, "class=\"node visited\" data-id=\"check\""));
	TAP_OK(has(&svg, "class=\"node active\" data-id=\"authorise\""));
	TAP_OK(has(&svg, "<title>Rechnung prüfen (Serviceaufgabe): erledigt, 2</title>"));
	TAP_OK(has(&svg, "<title>durchlaufen</title>"));
	TAP_OK(has(&svg, "2 Schritte erledigt; wartet bei Rechnerische Feststellung und Anordnung"));
	TAP_OK(has(&svg, "durchlaufener Weg"));
	free(text);
	efile_ctx_free(ctx);
}

static const char plain[] =
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p'>"
	"<startEvent id='s' name='&lt;Los&gt; &amp; ab'/><exclusiveGateway id='m'/><task id='a'/>"
	"<task id='b'/><exclusiveGateway id='g'/><endEvent id='e'/>"
	"<sequenceFlow id='1' sourceRef='s' targetRef='m'/>"
	"<sequenceFlow id='2' sourceRef='m' targetRef='a'/>"
	"<sequenceFlow id='3' sourceRef='a' targetRef='g'/>"
	"<sequenceFlow id='4' sourceRef='g' targetRef='b'/>"
	"<sequenceFlow id='5' sourceRef='b' targetRef='m'/>"
	"<sequenceFlow id='6' name='fertig' sourceRef='g' targetRef='e'/>"
	"<sequenceFlow id='7' sourceRef='g' targetRef='nowhere'/></process></definitions>";

static void test_new_layout(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) svg = BUF_INIT;

	TAP_EQUAL_INT(draw(&svg, ctx, plain, sizeof(plain) - 1, NULL), EFILE_OK);
	TAP_OK(well_formed(ctx, &svg));
	TAP_OK(has(&svg, "&lt;Los&gt; &amp; ab"));
	TAP_OK(has(&svg, "fertig"));
	efile_ctx_free(ctx);
}

static diagram_box *box_of(diagram *d, const char *id)
{
	for (size_t i = 0; i < d->box_count; i++)
		if (!strcmp(d->boxes[i].id, id))
			return &d->boxes[i];
	abort();
}

/* No two boxes overlap, and lines lead to the right except the one that closes the circle. */
static void test_layout(void)
{
	static const char *const ids[] = { "s", "a", "b", "c", "j", "x" };
	static const int lines[][2] = { { 0, 1 }, { 1, 2 }, { 1, 3 }, { 2, 4 }, { 3, 4 }, { 4, 1 } };
	efile_ctx *ctx = test_ctx();
	AUTO(diagram) d = { .ctx = ctx, .title = "t" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		TAP_EQUAL_INT(diagram_add_box(&d, &(diagram_box){
			.shape = i ? SHAPE_TASK : SHAPE_START, .id = ids[i], .label = "",
			.host = -1, .scope = -1 }), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		TAP_EQUAL_INT(diagram_add_line(&d, &(diagram_line){
			.id = "", .label = "", .from = lines[i][0], .to = lines[i][1] }), EFILE_OK);
	TAP_EQUAL_INT(diagram_layout(&d), EFILE_OK);
	for (size_t i = 0; i < d.box_count; i++)
		for (size_t k = 0; k < i; k++) {
			const diagram_area *a = &d.boxes[i].area, *b = &d.boxes[k].area;

			TAP_OK(a->x + a->width <= b->x || b->x + b->width <= a->x ||
			       a->y + a->height <= b->y || b->y + b->height <= a->y);
		}
	TAP_OK(box_of(&d, "s")->area.x < box_of(&d, "a")->area.x);
	TAP_OK(box_of(&d, "a")->area.x < box_of(&d, "b")->area.x);
	TAP_EQUAL_INT(box_of(&d, "b")->area.x, box_of(&d, "c")->area.x);
	TAP_OK(box_of(&d, "b")->area.y < box_of(&d, "c")->area.y);
	TAP_OK(box_of(&d, "c")->area.x < box_of(&d, "j")->area.x);
	efile_ctx_free(ctx);
}

static void test_check(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_reader) reader = NULL;

	TAP_EQUAL_INT(efile_reader_from_memory(&reader, ctx, plain, sizeof(plain) - 1), EFILE_OK);
	TAP_EQUAL_INT(efile_bpmn_check(&report, ctx, reader), EFILE_OK);
	TAP_OK(efile_report_count_severity(report, EFILE_SEVERITY_ERROR) > 0);
	TAP_EQUAL_INT(efile_bpmn_check(&report, ctx, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_bpmn_check(&report, NULL, reader), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_bpmn_render(ctx, reader, NULL, NULL), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

/* Every hostile file is drawn or refused; all references of the interchange group are drawn. */
static void test_foreign(void)
{
	static const struct { const char *path; efile_status status; } cases[] = {
		{ "hostile/bpmn/dangling.bpmn", EFILE_OK },
		{ "hostile/bpmn/deep-subprocess.bpmn", EFILE_E_LIMIT },
		{ "hostile/bpmn/livelock.bpmn", EFILE_OK },
		{ "hostile/bpmn/token-bomb.bpmn", EFILE_OK },
		{ "workflow/miwg/Reference/A.1.0.bpmn", EFILE_OK },
		{ "workflow/miwg/Reference/A.4.1.bpmn", EFILE_OK },
		{ "workflow/miwg/Reference/B.2.0.bpmn", EFILE_OK },
		{ "workflow/miwg/Reference/C.6.0.bpmn", EFILE_OK },
		{ "workflow/miwg/Reference/C.9.2.bpmn", EFILE_OK },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t length = 0;
		char *text = test_data(cases[i].path, &length);
		AUTO(buf) svg = BUF_INIT;

		if (!text)
			continue;
		tap_case(cases[i].path);
		TAP_EQUAL_INT(draw(&svg, ctx, text, length, NULL), cases[i].status);
		if (cases[i].status == EFILE_OK)
			TAP_OK(well_formed(ctx, &svg));
		free(text);
	}
	efile_ctx_free(ctx);
}

static efile_status draw_plain(efile_ctx *ctx, void *arg)
{
	AUTO(buf) svg = BUF_INIT;
	static const efile_bpmn_mark marks[] = { { "a", EFILE_BPMN_ACTIVE, 3 },
						 { "3", EFILE_BPMN_VISITED, 0 } };
	efile_bpmn_render_options options;

	(void)arg;
	efile_bpmn_render_options_init(&options);
	options.marks = marks;
	options.mark_count = ARRAY_SIZE(marks);
	return draw(&svg, ctx, plain, sizeof(plain) - 1, &options);
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(draw_plain, NULL) > 20);
}

TAP_SUITE(render_svg) = {
	{ "the file's own layout, titles in German", test_own_layout },
	{ "the path taken and where it waits", test_marks },
	{ "a file without a layout", test_new_layout },
	{ "layers from left to right", test_layout },
	{ "checking through the public call", test_check },
	{ "foreign and hostile files", test_foreign },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
