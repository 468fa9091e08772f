/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values as callers give them: checked at the border, kept as given. */
#include "model/inner.h"

#include <string.h>

#include "base/time.h"

efile_status check_text(efile_ctx *ctx, const char *what, const char *text, bool obligatory)
{
	size_t length = text ? strlen(text) : 0;

	if (length == 0)
		return obligatory ? FAIL(ctx, EFILE_E_INVALID, 2000, "%s is missing", what) :
				    EFILE_OK;
	if (length > TEXT_LIMIT)
		return FAIL(ctx, EFILE_E_LIMIT, 2001, "%s is longer than %d bytes", what,
			    TEXT_LIMIT);
	if (!str_utf8_valid(text, length))
		return FAIL(ctx, EFILE_E_INVALID, 2002, "%s is not valid UTF-8", what);
	return EFILE_OK;
}

efile_status check_level(efile_ctx *ctx, int32_t level)
{
	if (level < EFILE_CONFIDENTIALITY_INHERITED || level > EFILE_CONFIDENTIALITY_TOP_SECRET)
		return FAIL(ctx, EFILE_E_INVALID, 2003, "%d is not a level of confidentiality",
			    (int)level);
	return EFILE_OK;
}

efile_status check_name(efile_ctx *ctx, const char *what, const char *name)
{
	size_t length = name ? strlen(name) : 0;

	for (size_t i = 0; i < length; i++) {
		char c = str_ascii_lower(name[i]);

		if (!str_ascii_digit(c) && !(c >= 'a' && c <= 'z') && !strchr("_-.", c))
			length = 0;
	}
	if (length == 0 || length > 64)
		return FAIL(ctx, EFILE_E_INVALID, 2004,
			    "%s must be 1 to 64 letters, digits, '_', '-' or '.'", what);
	return EFILE_OK;
}

efile_status date_text(char **out, efile_ctx *ctx, efile_date date)
{
	char text[EFILE_DATE_TEXT_SIZE];

	*out = NULL;
	if (date_none(date))
		return EFILE_OK;
	if (!date_valid(date) || date.year < 0 || date.year > 9999)
		return FAIL(ctx, EFILE_E_INVALID, 2005, "not a date of the years 0 to 9999");
	return mem_dup(out, ctx, efile_date_format(date, text));
}

efile_date date_of_text(const char *text)
{
	efile_date date = { 0 };

	if (text)
		efile_date_parse(&date, text);
	return date;
}

efile_status fold_new(char **out, efile_ctx *ctx, const char *text)
{
	AUTO(buf) key = BUF_INIT;

	TRY(str_fold(&key, ctx, text, strlen(text)));
	return buf_take(out, &key, ctx);
}

opt_int optional(bool set, int64_t value)
{
	return (opt_int){ set, set ? value : 0 };
}
