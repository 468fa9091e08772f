/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures of a store: each module counts what is its own, all in one snapshot. */
#include <efile/figures.h>

#include "flow/runtime.h"
#include "intake/intake.h"
#include "model/model.h"

static efile_status (*const parts[])(efile_figures *figures, efile_store *store) = {
	store_figures,
	model_figures,
	flow_figures,
	intake_figures,
};

efile_status efile_store_figures(efile_figures **out, efile_store *store)
{
	AUTO_PTR(efile_figures) figures = NULL;
	AUTO(txn) tx = TXN_NONE;

	if (!out || !store)
		return EFILE_E_INVALID;
	TRY(store_enter(store));
	TRY(figures_new(&figures, store_ctx(store)));
	TRY(txn_begin_read(&tx, store));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		TRY(parts[i](figures, store));
	*out = STEAL(figures);
	return EFILE_OK;
}
