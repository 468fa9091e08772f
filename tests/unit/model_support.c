/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/model_support.h"

#include <stdio.h>
#include <string.h>

efile_plan_id registry_plan(registry *r, efile_plan_id parent, const char *code,
			    const char *pattern, int64_t list)
{
	AUTO_PTR(efile_plan) plan = NULL;
	efile_plan_options o;

	efile_plan_options_init(&o);
	o.parent = parent;
	o.code = code;
	o.title = code;
	o.pattern = pattern;
	o.access_list = list;
	if (!TAP_EQUAL_INT(efile_plan_create(&plan, r->town.admin, &o), EFILE_OK))
		return (efile_plan_id){ EFILE_ID_NONE };
	return efile_plan_unit_id(plan);
}

efile_dossier_id registry_dossier(registry *r, efile_plan_id plan, const char *title)
{
	AUTO_PTR(efile_dossier) dossier = NULL;
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = title;
	if (!TAP_EQUAL_INT(efile_dossier_create(&dossier, r->weber, plan, &o), EFILE_OK))
		return (efile_dossier_id){ EFILE_ID_NONE };
	return efile_dossier_node_id(dossier);
}

efile_case_id registry_case(registry *r, efile_dossier_id dossier, const char *title)
{
	AUTO_PTR(efile_case) c = NULL;
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = title;
	if (!TAP_EQUAL_INT(efile_case_create(&c, r->weber, dossier, &o), EFILE_OK))
		return (efile_case_id){ EFILE_ID_NONE };
	return efile_case_node_id(c);
}

efile_document_id registry_document(registry *r, efile_case_id case_id, const char *title,
				    const char *text, int64_t list)
{
	AUTO_PTR(efile_document) document = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = title;
	o.text = text;
	o.access_list = list;
	TAP_EQUAL_INT(efile_reader_from_memory(&content, r->town.ctx, title, strlen(title)), EFILE_OK);
	if (!TAP_EQUAL_INT(efile_case_add_document(&document, list ? r->chief : r->weber, case_id,
						   content, &o), EFILE_OK))
		return (efile_document_id){ EFILE_ID_NONE };
	return efile_document_node_id(document);
}

int64_t registry_revision(registry *r, efile_id node)
{
	AUTO_PTR(efile_node) n = NULL;

	if (!TAP_EQUAL_INT(efile_node_load(&n, r->chief, node), EFILE_OK))
		return 0;
	return efile_node_revision(n);
}

static void report_is_clean(efile_report *report)
{
	for (size_t i = 0; report && i < efile_report_count(report); i++)
		if (efile_report_finding(report, i)->severity != EFILE_SEVERITY_INFORMATION)
			TAP_EQUAL_TEXT(efile_report_finding(report, i)->message, "no finding");
}

void registry_verify(registry *r)
{
	AUTO_PTR(efile_report) report = NULL;

	TAP_EQUAL_INT(efile_store_fsck(&report, r->town.store, NULL), EFILE_OK);
	report_is_clean(report);
}

void registry_setup(registry *r)
{
	efile_access_entry entries[2];

	*r = (registry){ .list = 0 };
	town_setup(&r->town);
	entries[0] = (efile_access_entry){ r->town.office,
					   EFILE_RIGHT_EXISTS | EFILE_RIGHT_READ |
						   EFILE_RIGHT_WRITE,
					   0, 0 };
	entries[1] = (efile_access_entry){ r->town.chief, EFILE_RIGHT_ALL, 0, 0 };
	TAP_EQUAL_INT(efile_access_list_make(&r->list, r->town.admin, entries, 2), EFILE_OK);
	TAP_EQUAL_INT(efile_access_list_make(&r->closed_list, r->town.admin, entries + 1, 1),
		      EFILE_OK);
	r->weber = town_session(&r->town, "m.weber", NULL, NULL);
	r->chief = town_session(&r->town, "r.chief", NULL, NULL);
	r->klein = town_session(&r->town, "k.klein", NULL, NULL);
	r->top = registry_plan(r, (efile_plan_id){ EFILE_ID_NONE }, "10", NULL, r->list);
	r->unit = registry_plan(r, r->top, "10.24", "{plan.code}-{dossier:04}/{case:03}-{yyyy}", 0);
	r->other = registry_plan(r, (efile_plan_id){ EFILE_ID_NONE }, "20", NULL, 0);
	r->dossier = registry_dossier(r, r->unit, "Marktplatz 1");
	r->case_id = registry_case(r, r->dossier, "Bauantrag");
}

void registry_teardown(registry *r)
{
	registry_verify(r);
	efile_session_close(r->weber);
	efile_session_close(r->chief);
	efile_session_close(r->klein);
	town_teardown(&r->town);
}
