/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/ctx.h"

/* One row per status: docs/ABI.md sections 4 and 5. */
static const struct status_row {
	efile_status status;
	const char *name;
	int exit_code;
} status_rows[] = {
	{ EFILE_OK, "OK", 0 },
	{ EFILE_DONE, "DONE", 0 },
	{ EFILE_E_INVALID, "INVALID", 2 },
	{ EFILE_E_NOTFOUND, "NOTFOUND", 4 },
	{ EFILE_E_EXISTS, "EXISTS", 6 },
	{ EFILE_E_STATE, "STATE", 5 },
	{ EFILE_E_DENIED, "DENIED", 5 },
	{ EFILE_E_CONFLICT, "CONFLICT", 6 },
	{ EFILE_E_BUSY, "BUSY", 6 },
	{ EFILE_E_LIMIT, "LIMIT", 1 },
	{ EFILE_E_FORMAT, "FORMAT", 1 },
	{ EFILE_E_UNSUPPORTED, "UNSUPPORTED", 2 },
	{ EFILE_E_DAMAGED, "DAMAGED", 7 },
	{ EFILE_E_STORAGE, "STORAGE", 8 },
	{ EFILE_E_IO, "IO", 8 },
	{ EFILE_E_EXTERNAL, "EXTERNAL", 8 },
	{ EFILE_E_CANCELLED, "CANCELLED", 130 },
	{ EFILE_E_NOMEM, "NOMEM", 8 },
	{ EFILE_E_INTERNAL, "INTERNAL", 70 },
};

static const struct status_row *status_row(efile_status status)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_rows); i++)
		if (status_rows[i].status == status)
			return &status_rows[i];
	return NULL;
}

const char *efile_status_name(efile_status status)
{
	const struct status_row *row = status_row(status);

	return row ? row->name : "UNKNOWN";
}

int efile_status_exit_code(efile_status status)
{
	const struct status_row *row = status_row(status);

	return row ? row->exit_code : 70;
}

/* The format comes from our own tables; a test compares its conversions with the English ones. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
char *message_vformat(const efile_ctx *ctx, const char *english, va_list args)
{
	buf text = BUF_INIT;

	buf_add_vformat(&text, message_translate((int)ctx->language, english), args);
	if (text.failed)
		buf_clear(&text);
	return text.data;
}

static void set_message(efile_ctx *ctx, const char *format, va_list args)
{
	vsnprintf(ctx->error.message, sizeof(ctx->error.message),
		  message_translate((int)ctx->language, format), args);
}

/* The length of the conversion that starts at a per cent sign. */
static size_t conversion_length(const char *at)
{
	size_t n = 1 + strspn(at + 1, "-+ #0123456789.*hlzjtL");

	return at[n] ? n + 1 : n;
}

/* The conversions alone, each with the separator behind it, take their values from the arguments. */
static void set_arguments(efile_ctx *ctx, const char *format, va_list args)
{
	char conversions[128];
	size_t used = 0;

	for (const char *at = strchr(format, '%'); at; at = strchr(at, '%')) {
		size_t length = conversion_length(at);

		if (at[length - 1] != '%' && used + length + 2 < sizeof(conversions)) {
			memcpy(conversions + used, at, length);
			used += length;
			conversions[used++] = MESSAGE_SEPARATOR;
		}
		at += length;
	}
	conversions[used] = '\0';
	if (used)
		vsnprintf(ctx->error.arguments, sizeof(ctx->error.arguments), conversions, args);
}
#pragma GCC diagnostic pop

void error_parts(const efile_ctx *ctx, const char **english, const char **arguments)
{
	*english = ctx->error.format ? ctx->error.format : "";
	*arguments = ctx->error.arguments;
}

void message_refill(buf *out, int language, const char *english, const char *arguments)
{
	const char *format = message_translate(language, english), *value = arguments;

	while (*format) {
		size_t plain = strcspn(format, "%"), length;

		buf_add(out, format, plain);
		format += plain;
		if (!*format)
			return;
		length = conversion_length(format);
		if (format[length - 1] == '%') {
			buf_add(out, "%", 1);
		} else {
			size_t end = strcspn(value, (const char[]){ MESSAGE_SEPARATOR, '\0' });

			buf_add(out, value, end);
			value += value[end] ? end + 1 : end;
		}
		format += length;
	}
}

char *message_format(const efile_ctx *ctx, const char *english, ...)
{
	va_list args;
	char *text;

	va_start(args, english);
	text = message_vformat(ctx, english, args);
	va_end(args);
	return text;
}

/* Foreign text may stand in a message: one line, no control characters, no cut UTF-8 sequence. */
static void tidy(char *text, char keep)
{
	size_t length = strlen(text);

	for (char *c = text; *c; c++)
		if (((unsigned char)*c < 0x20 && *c != keep) || *c == 0x7f)
			*c = ' ';
	while (length > 0 && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
		length--;
	if (length > 0 && ((unsigned char)text[length - 1] & 0xc0) == 0xc0) {
		unsigned char lead = (unsigned char)text[length - 1];
		size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

		if (strlen(text) - (length - 1) < wanted)
			text[length - 1] = '\0';
	}
}

efile_status error_set(efile_ctx *ctx, efile_status status, int number, const char *format, ...)
{
	va_list args;

	if (!ctx)
		return status;
	error_clear(ctx);
	ctx->error.status = status;
	ctx->error.number = number;
	ctx->error.format = format;
	va_start(args, format);
	set_message(ctx, format, args);
	va_end(args);
	tidy(ctx->error.message, 0);
	va_start(args, format);
	set_arguments(ctx, format, args);
	va_end(args);
	tidy(ctx->error.arguments, MESSAGE_SEPARATOR);
	return status;
}

efile_status error_at(efile_ctx *ctx, const char *place, long line, long column)
{
	if (!ctx->error.place[0] && place) {
		snprintf(ctx->error.place, sizeof(ctx->error.place), "%s", place);
		tidy(ctx->error.place, 0);
	}
	if (!ctx->error.line) {
		ctx->error.line = line;
		ctx->error.column = column;
	}
	return ctx->error.status;
}

void error_clear(efile_ctx *ctx)
{
	if (!ctx)
		return;
	ctx->error.status = EFILE_OK;
	ctx->error.number = 0;
	ctx->error.message[0] = '\0';
	ctx->error.format = NULL;
	ctx->error.arguments[0] = '\0';
	ctx->error.place[0] = '\0';
	ctx->error.line = 0;
	ctx->error.column = 0;
}

const char *efile_error_message(const efile_ctx *ctx)
{
	return ctx->error.message;
}

int efile_error_number(const efile_ctx *ctx)
{
	return ctx->error.number;
}

efile_status efile_error_status(const efile_ctx *ctx)
{
	if (!ctx)
		return EFILE_E_INVALID;
	return ctx->error.status;
}

const char *efile_error_place(const efile_ctx *ctx, long *line, long *column)
{
	if (line)
		*line = ctx->error.line;
	if (column)
		*column = ctx->error.column;
	return ctx->error.place;
}
