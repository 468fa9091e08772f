/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new store, a dossier, a case, a document; found again and exported: dossier FOLDER
 *
 * cc dossier.c $(pkg-config --cflags --libs libefile)
 *
 * What a specialist application does with the library in its first minute. Everything between
 * efile_batch_begin() and efile_batch_commit() is there together or not at all.
 */
#include <stdio.h>
#include <string.h>

#include <efile.h>

static const char letter[] = "Dear Sir or Madam, the lamp in front of number 7 is dark.\n";

/* The first person administers; an administrator reads no files, so a clerk is made, too. */
static efile_status make_office(efile_store *store)
{
	efile_access_entry all = { .rights = EFILE_RIGHT_ALL };
	efile_session_options as;
	efile_plan_options unit;
	efile_session *admin = NULL;
	efile_actor_id id;
	efile_status status = efile_access_bootstrap(&id, store, "example:admin", "admin", NULL);

	efile_session_options_init(&as);
	as.login = "example:admin";
	efile_plan_options_init(&unit);
	unit.code = "66";
	unit.title = "Roads";
	unit.pattern = "{plan.code}-{dossier:04}";
	if (status == EFILE_OK)
		status = efile_session_open(&admin, store, "admin", &as);
	if (status == EFILE_OK)
		status = efile_actor_create(&all.subject, admin, EFILE_ACTOR_PERSON, "clerk", NULL);
	if (status == EFILE_OK)
		status = efile_login_permit(admin, "example:clerk", all.subject);
	if (status == EFILE_OK)
		status = efile_access_list_make(&unit.access_list, admin, &all, 1);
	if (status == EFILE_OK)
		status = efile_plan_create(NULL, admin, &unit);
	efile_session_close(admin);
	return status;
}

static efile_status file_letter(efile_session *clerk, efile_ctx *ctx, efile_plan_id plan)
{
	efile_node_options matter;
	efile_document_options about;
	efile_reader *content = NULL;
	efile_node *dossier = NULL, *c = NULL;
	efile_status status;

	efile_node_options_init(&matter);
	efile_document_options_init(&about);
	matter.title = "Street lamp";
	about.title = "Lamp out of order";
	about.media_type = "text/plain";
	status = efile_dossier_create(&dossier, clerk, plan, &matter);
	matter.title = "Elm street";
	if (status == EFILE_OK)
		status = efile_case_create(&c, clerk, efile_dossier_node_id(dossier), &matter);
	if (status == EFILE_OK)
		status = efile_reader_from_memory(&content, ctx, letter, strlen(letter));
	if (status == EFILE_OK)
		status = efile_case_add_document(NULL, clerk, efile_case_node_id(c), content, &about);
	efile_reader_free(content);
	efile_node_free(c);
	efile_node_free(dossier);
	return status;
}

static efile_status find_letter(efile_session *clerk)
{
	efile_search_cursor *hits = NULL;
	efile_hit hit;
	efile_status status = efile_search(&hits, clerk, "lamp", NULL);

	while (status == EFILE_OK && (status = efile_search_cursor_next(hits, &hit)) == EFILE_OK)
		printf("%s  %s  %s\n", hit.reference, efile_node_kind_name(hit.kind), hit.title);
	efile_search_cursor_free(hits);
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status work(efile_store *store, efile_ctx *ctx)
{
	efile_session_options as;
	efile_session *clerk = NULL;
	efile_plan *unit = NULL;
	efile_status status = make_office(store);

	efile_session_options_init(&as);
	as.login = "example:clerk";
	if (status == EFILE_OK)
		status = efile_session_open(&clerk, store, "clerk", &as);
	if (status == EFILE_OK)
		status = efile_plan_by_code(&unit, clerk, "66");
	if (status == EFILE_OK)
		status = efile_batch_begin(store);
	if (status == EFILE_OK)
		status = file_letter(clerk, ctx, efile_plan_unit_id(unit));
	if (status == EFILE_OK)
		status = efile_batch_commit(store);
	if (status == EFILE_OK)
		status = find_letter(clerk);
	efile_plan_free(unit);
	efile_session_close(clerk);
	return status;
}

int main(int argc, char **argv)
{
	efile_ctx *ctx = NULL;
	efile_store *store = NULL;
	efile_status status;

	if (argc != 2 || efile_ctx_new(&ctx, NULL) != EFILE_OK)
		return 2;
	status = efile_store_init(ctx, argv[1]);
	if (status == EFILE_OK)
		status = efile_store_open(&store, ctx, argv[1], NULL);
	if (status == EFILE_OK)
		status = work(store, ctx);
	if (status < 0)
		fprintf(stderr, "%s\n", efile_error_message(ctx));
	efile_store_close(store);
	efile_ctx_free(ctx);
	return status < 0;
}
