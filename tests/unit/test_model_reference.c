/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "unit/model_support.h"

static void number_is(registry *r, efile_id node, const char *expected)
{
	AUTO_PTR(efile_node) n = NULL;

	if (TAP_EQUAL_INT(efile_node_load(&n, r->chief, node), EFILE_OK))
		TAP_EQUAL_TEXT(efile_node_reference(n), expected);
}

static efile_status open_dossier(registry *r, const char *reference, efile_dossier_id *id)
{
	AUTO_PTR(efile_dossier) d = NULL;
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = "x";
	o.reference = reference;
	TRY(efile_dossier_create(&d, r->weber, r->unit, &o));
	if (id)
		*id = efile_dossier_node_id(d);
	return EFILE_OK;
}

static void test_gapless(void)
{
	registry r;
	efile_dossier_id by_hand;

	registry_setup(&r);
	number_is(&r, r.dossier.id, "10.24-0001");
	number_is(&r, r.case_id.id, "10.24-0001/001-2026");
	number_is(&r, registry_case(&r, r.dossier, "zwei").id, "10.24-0001/002-2026");
	/* Refused: the number is not used up. */
	TAP_EQUAL_INT(efile_dossier_create(NULL, r.weber, r.unit, NULL), EFILE_E_INVALID);
	number_is(&r, registry_dossier(&r, r.unit, "B").id, "10.24-0002");
	/* Given by hand, ahead of the counter: it is passed over. */
	TAP_EQUAL_INT(open_dossier(&r, "10.24-0003", NULL), EFILE_OK);
	TAP_EQUAL_INT(open_dossier(&r, " 10.24-0003 ", NULL), EFILE_E_EXISTS);
	TAP_EQUAL_INT(open_dossier(&r, " ", NULL), EFILE_E_INVALID);
	number_is(&r, registry_dossier(&r, r.unit, "D").id, "10.24-0004");
	/* A dossier numbered by hand passes its number on. */
	TAP_EQUAL_INT(open_dossier(&r, "ALT 77", &by_hand), EFILE_OK);
	number_is(&r, registry_case(&r, by_hand, "alt").id, "ALT 77/001-2026");
	/* The next year starts a new scope: the case's number ends in the year. */
	test_tick(INT64_C(366) * 86400 * 1000000);
	number_is(&r, registry_case(&r, r.dossier, "drei").id, "10.24-0001/001-2027");
	registry_teardown(&r);
}

static void test_rollback(void)
{
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_batch_begin(r.town.store), EFILE_OK);
	number_is(&r, registry_dossier(&r, r.unit, "fort").id, "10.24-0002");
	efile_batch_abort(r.town.store);
	number_is(&r, registry_dossier(&r, r.unit, "da").id, "10.24-0002");
	registry_teardown(&r);
}

static void found(registry *r, const char *reference, efile_id expected)
{
	AUTO_PTR(efile_node) n = NULL;
	efile_id id;

	tap_case(reference);
	if (!TAP_EQUAL_INT(efile_find_by_reference(&n, r->weber, reference), EFILE_OK))
		return;
	id = efile_node_id(n);
	TAP_EQUAL_INT(id_compare(&id, &expected), 0);
}

static void test_aliases(void)
{
	registry r;
	efile_plan_id unit;
	efile_node_options o;
	AUTO_PTR(efile_dossier) d = NULL;
	efile_node *n = NULL;

	registry_setup(&r);
	unit = registry_plan(&r, r.top, "10.30", "{plan.code}/{dossier}.{case}", 0);
	TAP_EQUAL_INT(efile_dossier_refile(r.weber, r.dossier, unit, 0, 1, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_dossier_refile(r.weber, r.dossier, unit,
					   registry_revision(&r, r.dossier.id), 1, "falsch abgelegt"),
		      EFILE_OK);
	number_is(&r, r.dossier.id, "10.30/1");
	number_is(&r, r.case_id.id, "10.30/1.1");
	found(&r, "10.24-0001", r.dossier.id);
	found(&r, "10.30/1", r.dossier.id);
	found(&r, "10.24-0001/001-2026", r.case_id.id);
	TAP_EQUAL_INT(open_dossier(&r, "10.24-0001", NULL), EFILE_E_EXISTS);

	/* By hand, and back to the old number. */
	efile_node_options_init(&o);
	o.title = "Marktplatz 1";
	o.reference = "M 1";
	TAP_EQUAL_INT(efile_node_update(r.weber, r.dossier.id, registry_revision(&r, r.dossier.id), &o),
		      EFILE_OK);
	found(&r, "m1", r.dossier.id);
	o.reference = "10.24-0001";
	TAP_EQUAL_INT(efile_node_update(r.weber, r.dossier.id, registry_revision(&r, r.dossier.id), &o),
		      EFILE_OK);
	number_is(&r, r.dossier.id, "10.24-0001");
	found(&r, "M 1", r.dossier.id);
	TAP_EQUAL_INT(town_logged(&r.town, "node.renumbered", NULL), 2);
	TAP_EQUAL_INT(efile_dossier_by_reference(&d, r.weber, "10.24-0001"), EFILE_OK);
	TAP_EQUAL_INT(efile_dossier_by_reference(&d, r.weber, "10.30/1.1"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_find_by_reference(&n, r.weber, "gibt es nicht"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_find_by_reference(&n, r.weber, ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_find_by_reference(&n, r.klein, "10.24-0001"), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(r.town.ctx), "not found: 10.24-0001");
	registry_teardown(&r);
}

static void test_naughty(void)
{
	registry r;
	char *lines = test_data("hostile/data/naughty.jsonl", NULL);

	if (!lines)
		return;
	registry_setup(&r);
	for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) {
		AUTO_PTR(json_document) json = NULL;
		efile_dossier_id id;
		efile_status status;
		const char *text;

		if (json_parse(&json, r.town.ctx, line, strlen(line)) < 0)
			continue;
		text = json_root(json)->text;
		tap_case(text);
		status = open_dossier(&r, text, &id);
		if (status == EFILE_OK)
			number_is(&r, id.id, text);
		else
			TAP_OK(status == EFILE_E_INVALID || status == EFILE_E_LIMIT ||
			       status == EFILE_E_EXISTS);
	}
	free(lines);
	registry_teardown(&r);
}

TAP_SUITE(model_reference) = {
	{ "numbers have no gaps", test_gapless },
	{ "a number that was given back is issued again", test_rollback },
	{ "old numbers go on being found", test_aliases },
	{ "naughty strings as numbers", test_naughty },
	TAP_END,
};
