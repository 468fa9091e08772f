/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures of a store, against what was put into it. */
#include <efile/figures.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/intake_support.h"

/* The value; -1 if there is no such figure. */
static int64_t figure(const efile_figures *figures, const char *area, const char *name,
		      const char *state, int year)
{
	for (size_t i = 0; i < efile_figures_count(figures); i++) {
		const efile_figure *f = efile_figures_at(figures, i);

		if (!strcmp(f->area, area) && !strcmp(f->name, name) && !strcmp(f->state, state) &&
		    f->year == year)
			return f->value;
	}
	return -1;
}

static void add_type(mailroom *m, const char *title, const char *type)
{
	AUTO_PTR(efile_reader) reader = NULL;
	efile_document *document = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = title;
	o.doctype = type;
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, m->r.town.ctx, title, strlen(title)), EFILE_OK);
	TAP_EQUAL_INT(efile_case_add_document(&document, m->r.weber, m->r.case_id, reader, &o), EFILE_OK);
	efile_node_free(document);
}

static void test_figures(void)
{
	AUTO_PTR(efile_figures) f = NULL;
	AUTO_PTR(efile_intake_item) item = NULL;
	char *backup = NULL;
	mailroom m;

	mailroom_setup(&m);
	TAP_EQUAL_INT(efile_doctype_define(m.r.town.admin, "letter", "Brief", NULL), EFILE_OK);
	add_type(&m, "A", "letter");
	add_type(&m, "B", NULL);
	test_tick((efile_time)400 * 86400 * 1000000); /* 2027-04-06 */
	add_type(&m, "C", "letter");
	item = desk_receive(m.r.weber, EFILE_CHANNEL_MAIL, "x.eml", "From: a@b.example\nSubject: x\n\nx");
	TAP_EQUAL_INT(efile_store_figures(&f, m.r.town.store), EFILE_OK);
	TAP_EQUAL_INT(figure(f, "nodes", "plan_unit", "", 0), 3);
	TAP_EQUAL_INT(figure(f, "nodes", "dossier", "open", 0), 1);
	TAP_EQUAL_INT(figure(f, "nodes", "case", "open", 0), 1);
	TAP_EQUAL_INT(figure(f, "nodes", "document", "open", 0), 3);
	TAP_EQUAL_INT(figure(f, "documents", "letter", "", 2026), 1);
	TAP_EQUAL_INT(figure(f, "documents", "letter", "", 2027), 1);
	TAP_EQUAL_INT(figure(f, "documents", "", "", 2026), 1);
	TAP_EQUAL_INT(figure(f, "intake", "mail", "received", 2027), 1);
	TAP_EQUAL_INT(figure(f, "log", "document.filed", "", 0), 3);
	TAP_EQUAL_INT(figure(f, "log", "entries", "", 0), desk_entries(m.r.town.store));
	TAP_OK(figure(f, "contents", "in_database", "", 0) >= 4);
	TAP_EQUAL_INT(figure(f, "contents", "in_files", "", 0), 0);
	TAP_OK(figure(f, "store", "database", "", 0) >= 4096);
	TAP_EQUAL_INT(figure(f, "store", "last_backup", "", 0), -1);
	TAP_EQUAL_INT(figure(f, "store", "last_checkpoint", "", 0), -1);
	TAP_OK(efile_figures_at(f, efile_figures_count(f)) == NULL);
	efile_figures_free(STEAL(f));

	if (asprintf(&backup, "%s/backup", m.r.town.folder) < 0)
		exit(1);
	TAP_EQUAL_INT(efile_store_backup(m.r.town.store, backup), EFILE_OK);
	TAP_EQUAL_INT(efile_audit_anchor(m.r.town.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_store_figures(&f, m.r.town.store), EFILE_OK);
	TAP_OK(figure(f, "store", "last_backup", "", 0) > TEST_NOW);
	TAP_OK(figure(f, "store", "last_checkpoint", "", 0) > TEST_NOW);
	free(backup);
	mailroom_teardown(&m);
}

static void test_tasks(void)
{
	static const char bpmn[] = DESK_HEAD
		"<process id='p' name='P' isExecutable='true'><startEvent id='s'/>"
		"<userTask id='t' name='T'><potentialOwner><resourceAssignmentExpression>"
		"<formalExpression>\"m.weber\"</formalExpression></resourceAssignmentExpression>"
		"</potentialOwner></userTask><endEvent id='e'/>"
		DESK_FLOW("a", "s", "t") DESK_FLOW("b", "t", "e") DESK_CLOSE;
	AUTO_PTR(efile_figures) f = NULL;
	efile_instance_id instance;
	registry r;

	registry_setup(&r);
	if (!TAP_EQUAL_INT(desk_deploy(r.town.admin, bpmn), EFILE_OK))
		printf("# %s\n", efile_error_message(r.town.ctx));
	for (int i = 0; i < 3; i++)
		TAP_EQUAL_INT(efile_flow_start(&instance, r.town.admin, "p", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_cancel(r.town.admin, instance, "x"), EFILE_OK);
	TAP_EQUAL_INT(efile_store_figures(&f, r.town.store), EFILE_OK);
	TAP_EQUAL_INT(figure(f, "processes", "p", "running", 0), 2);
	TAP_EQUAL_INT(figure(f, "processes", "p", "cancelled", 0), 1);
	TAP_EQUAL_INT(figure(f, "tasks", "", "open", 0), 2);
	TAP_EQUAL_INT(figure(f, "tasks", "", "cancelled", 0), 1);
	registry_teardown(&r);
}

static efile_status count_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_figures) f = NULL;

	(void)ctx;
	return efile_store_figures(&f, arg);
}

static void test_refusals(void)
{
	efile_figures *f = NULL;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_store_figures(&f, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_store_figures(NULL, r.town.store), EFILE_E_INVALID);
	TAP_OK(fail_each(count_once, r.town.store) > 20);
	efile_figures_free(NULL);
	registry_teardown(&r);
}

const tap_test suite_api_figures[] = {
	{ "nodes, documents, intake, log, copies", test_figures },
	{ "processes and tasks", test_tasks },
	{ "refusals, missing memory", test_refusals },
	{ NULL, NULL },
};
