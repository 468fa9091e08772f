/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all modules bring to a store: schemas, recorded tables, listeners. */
#ifndef API_WIRING_H
#define API_WIRING_H

#include "access/access.h"
#include "store/store.h"

extern const store_wiring api_wiring;

/* handlers.c: makes the handlers of service tasks known to an open store. */
efile_status api_set_handlers(efile_store *store);

/* template.c: applies a template whose texts are handed in; the caller has asked for the right. */
efile_status template_apply_texts(efile_session *session, const char *common_text,
				  const char *land_text);

#endif
