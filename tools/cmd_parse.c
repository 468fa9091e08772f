/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the helper sees of a PDF or picture; needs no store. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

static const struct {
	int flag;
	const char *name;
} flags[] = {
	{ EFILE_PARSE_PDF, "pdf" },         { EFILE_PARSE_ENCRYPTED, "encrypted" },
	{ EFILE_PARSE_DAMAGED, "damaged" }, { EFILE_PARSE_UNREADABLE, "unreadable" },
	{ EFILE_PARSE_ACTIVE, "active" },   { EFILE_PARSE_IMAGE, "image" },
};

static void show_info(tool *t, const char *path, const efile_parse_result *r)
{
	uint32_t width = 0, height = 0;
	const char *title = efile_parse_result_metadata(r, "title");
	bool sized = efile_parse_result_page_size(r, 0, &width, &height) == EFILE_OK;

	if (!sized && efile_parse_result_image_size(r, &width, &height) != EFILE_OK)
		width = height = 0;
	if (!t->json) {
		put("%s: %s", path, efile_parse_result_media_type(r));
		if (efile_parse_result_page_count(r))
			put(tr(t, ", %u pages"), efile_parse_result_page_count(r));
		if (width && sized)
			put(", %u x %u mm", (unsigned)(width * 254ull / 720000), (unsigned)(height * 254ull / 720000));
		else if (width)
			put(", %u x %u", width, height);
		for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
			if (i && efile_parse_result_flags(r) & flags[i].flag)
				put(", %s", tr(t, flags[i].name));
		put("%s%s\n", title ? ", " : "", title ? title : "");
		return;
	}
	json_line(t, "parse_info");
	json_string(t, "file", path);
	json_string(t, "media_type", efile_parse_result_media_type(r));
	json_number(t, "pages", efile_parse_result_page_count(r));
	json_number(t, "width", width);
	json_number(t, "height", height);
	json_string(t, "title", title);
	json_open(t, "flags", '[');
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (efile_parse_result_flags(r) & flags[i].flag)
			json_string(t, NULL, flags[i].name);
	json_close(t, ']');
	json_line_end(t);
}

int cmd_parse_info(tool *t, int count, char **arguments)
{
	efile_parser *parser = NULL;
	int code = EXIT_DONE;

	if (efile_parser_new(&parser, t->ctx) != EFILE_OK)
		return fail(t);
	for (int i = 0; i < count && !stop_between(t, i, count); i++) {
		efile_parse_result *r = NULL;
		char *data = NULL;
		size_t length;
		int one = read_input(t, arguments[i], &data, &length);

		if (one == EXIT_DONE && efile_parse_info(&r, parser, data, length) != EFILE_OK)
			one = fail_at(t, arguments[i]);
		if (one == EXIT_DONE)
			show_info(t, arguments[i], r);
		efile_parse_result_free(r);
		free(data);
		code = worse(code, one);
	}
	efile_parser_free(parser);
	return code;
}

static efile_status write_preview(tool *t, efile_writer *writer, const char *data, size_t length,
				  uint32_t page, uint32_t width)
{
	efile_parser *parser = NULL;
	efile_parse_result *r = NULL;
	efile_status status = efile_parser_new(&parser, t->ctx);
	const void *image;
	size_t bytes;

	if (status == EFILE_OK)
		status = efile_parse_preview(&r, parser, data, length, page, width);
	if (status == EFILE_OK && (image = efile_parse_result_preview(r, &bytes)))
		status = efile_writer_write(writer, image, bytes);
	efile_parse_result_free(r);
	efile_parser_free(parser);
	return status;
}

int cmd_parse_preview(tool *t, int count, char **arguments)
{
	long page = tool_number(t, "page", 1, 1, 100000), width = tool_number(t, "width", 800, 16, 4000);
	char *data = NULL;
	size_t length;
	out_file file;
	int code;

	(void)count;
	if (page < 0 || width < 0)
		return EXIT_USAGE;
	code = read_input(t, arguments[0], &data, &length);
	if (code == EXIT_DONE && !open_out(t, &file, tool_value(t, "output", 0)))
		code = EXIT_OUTSIDE;
	else if (code == EXIT_DONE)
		code = close_out(t, &file, write_preview(t, file.writer, data, length, (uint32_t)page - 1,
							 (uint32_t)width));
	free(data);
	return code;
}
