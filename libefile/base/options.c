/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/options.h"

#include <string.h>

#include "base/error.h"

efile_status options_import(efile_ctx *ctx, void *out, size_t size, const void *given)
{
	const unsigned char *bytes = given;
	size_t given_size;

	if (!given)
		return EFILE_OK;
	memcpy(&given_size, given, sizeof(given_size));
	if (given_size < sizeof(given_size))
		return FAIL(ctx, EFILE_E_INVALID, 1002, "options without size: use the init function");
	for (size_t i = size; i < given_size; i++)
		if (bytes[i])
			return FAIL(ctx, EFILE_E_INVALID, 1003,
				    "options of a newer library with a setting unknown here");
	memcpy(out, given, given_size < size ? given_size : size);
	memcpy(out, &size, sizeof(size));
	return EFILE_OK;
}
