/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a store with everything that the modules bring to it. */
#include <string.h>

#include "api/wiring.h"

void efile_store_options_init(efile_store_options *options)
{
	if (!options)
		return;
	memset(options, 0, sizeof(*options));
	options->size = sizeof(*options);
}

efile_status efile_store_init(efile_ctx *ctx, const char *path)
{
	if (!ctx)
		return EFILE_E_INVALID;
	return store_init(ctx, path, &api_wiring);
}

efile_status efile_store_open(efile_store **out, efile_ctx *ctx, const char *path,
			      const efile_store_options *options)
{
	AUTO_PTR(efile_store) store = NULL;

	if (!out || !ctx)
		return FAIL(ctx, EFILE_E_INVALID, 3500, "opening a store needs a context");
	TRY(store_open(&store, ctx, path, options, &api_wiring));
	TRY(api_set_handlers(store));
	*out = STEAL(store);
	return EFILE_OK;
}

efile_status efile_store_restore(efile_ctx *ctx, const char *backup, const char *path)
{
	return store_restore(ctx, backup, path, &api_wiring);
}
