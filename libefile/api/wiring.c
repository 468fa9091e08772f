/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One row per module that brings something along; the order is that of the layers. */
#include "api/wiring.h"

#include "access/record.h"
#include "flow/runtime.h"
#include "intake/intake.h"
#include "model/model.h"
#include "receipt/record.h"

/* The store's own tables come first by themselves. */
static const store_migration migrations[] = {
	{ 1, access_schema },
	{ 1, model_schema },
	{ 1, flow_schema },
	{ 1, intake_schema },
	{ 2, flow_schema_2, NULL },
	{ 2, receipt_schema_2, NULL },
	{ 3, flow_schema_3, NULL },
	{ 3, receipt_schema_3, NULL },
	{ 4, flow_schema_4, NULL },
	{ 4, receipt_schema_4, NULL },
	{ 0, NULL },
};

static const record_kind *const kinds[] = {
	&actor_kind,
	&membership_kind,
	&deputy_kind,
	&access_list_kind,
	&access_entry_kind,
	&absence_kind,
	&login_kind,
	&kind_plan,
	&kind_node,
	&kind_version,
	&kind_rendition,
	&kind_doctype,
	&kind_attribute,
	&kind_relation,
	&kind_reference,
	&kind_counter,
	&kind_node_lock,
	&kind_definition,
	&kind_instance,
	&kind_task,
	&kind_candidate,
	&kind_job,
	&kind_wait,
	&kind_message,
	&kind_comment,
	&kind_reminder,
	&kind_incident,
	&kind_decision,
	&kind_intake_item,
	&kind_intake_number,
	&kind_intake_rule,
	&kind_receipt_setting,
	&kind_receipt_supplier,
	&kind_receipt_invoice,
	&kind_receipt_posting,
	&kind_receipt_batch,
	NULL,
};

static const store_listener listeners[] = {
	{ (journal_action)0, NULL },
};

static const store_derived derived[] = {
	{ "child_count", model_check_derived },
	{ "flow_desk", flow_check_desk },
	{ NULL, NULL },
};

/* Each table ends in an empty row, so that it may have no other. */
const store_wiring api_wiring = {
	.migrations = migrations,
	.migration_count = ARRAY_SIZE(migrations) - 1,
	.kinds = kinds,
	.kind_count = ARRAY_SIZE(kinds) - 1,
	.listeners = listeners,
	.listener_count = ARRAY_SIZE(listeners) - 1,
	.derived = derived,
	.derived_count = ARRAY_SIZE(derived) - 1,
};
