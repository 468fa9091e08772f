/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A town hall with files: a plan of three units, a dossier and a case in it. */
#ifndef TESTS_UNIT_MODEL_SUPPORT_H
#define TESTS_UNIT_MODEL_SUPPORT_H

#include "model/model.h"
#include "unit/access_support.h"

typedef struct registry {
	town town;
	efile_session *weber;      /* may read and write what the office files */
	efile_session *chief;      /* in the office too, and may grant */
	efile_session *klein;      /* may nothing */
	int64_t list;              /* office: read, write; chief: grant */
	int64_t closed_list;       /* the chief alone */
	efile_plan_id top;         /* "10", 10 years, list */
	efile_plan_id unit;        /* "10.24", pattern */
	efile_plan_id other;       /* "20", no list */
	efile_dossier_id dossier;  /* "10.24-0001" */
	efile_case_id case_id;     /* "10.24-0001/001-2026" */
} registry;

void registry_setup(registry *r);
void registry_teardown(registry *r);

efile_plan_id registry_plan(registry *r, efile_plan_id parent, const char *code,
			    const char *pattern, int64_t list);
efile_dossier_id registry_dossier(registry *r, efile_plan_id plan, const char *title);
efile_case_id registry_case(registry *r, efile_dossier_id dossier, const char *title);
/* A document with the title as content and the text for the search; list 0: inherited. */
efile_document_id registry_document(registry *r, efile_case_id case_id, const char *title,
				    const char *text, int64_t list);
int64_t registry_revision(registry *r, efile_id node);
/* Ends a test: log and derived tables agree with the rows. */
void registry_verify(registry *r);

#endif
