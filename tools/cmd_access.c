/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making a store; who may act in it. */
#include <string.h>

#include "commands.h"

/* ---- init ---- */

static int set_up(tool *t, const char *path)
{
	const char *template = tool_value(t, "template", 0), *land = tool_value(t, "land", 0);
	const char *name = tool_value(t, "administrator", 0);

	if (efile_store_open(&t->store, t->ctx, path, NULL) != EFILE_OK)
		return fail(t);
	if (!name)
		name = "admin";
	if (efile_access_bootstrap(NULL, t->store, t->login, name, NULL) != EFILE_OK &&
	    efile_error_status(t->ctx) != EFILE_E_EXISTS)
		return fail(t);
	if (!template)
		return EXIT_DONE;
	t->as = name;
	if (open_session(t) != EXIT_DONE)
		return efile_status_exit_code(efile_error_status(t->ctx));
	if (efile_template_apply(t->session, template, land ? land : "BW") != EFILE_OK)
		return fail(t);
	return EXIT_DONE;
}

int cmd_init(tool *t, int count, char **arguments)
{
	const char *path = count ? arguments[0] : t->store_path;
	int code;

	if (!path)
		return usage(t, "which store? give --store DIR or set EFILE_STORE");
	if (tool_has(t, "land") && !tool_has(t, "template"))
		return usage(t, "--land belongs to --template");
	if (t->dry_run)
		return would(t, "would make a store: %s", path);
	/* A repeated command after a crash goes on where the first one was. */
	if (efile_store_init(t->ctx, path) != EFILE_OK &&
	    !(tool_has(t, "template") && efile_error_status(t->ctx) == EFILE_E_EXISTS))
		return fail(t);
	code = set_up(t, path);
	if (code != EXIT_DONE)
		return code;
	if (t->json) {
		json_line(t, "init");
		json_string(t, "path", path);
		json_string(t, "template", tool_value(t, "template", 0));
		json_line_end(t);
	} else {
		out(t, "store made: %s", path);
	}
	return EXIT_DONE;
}

/* ---- actors ---- */

static void show_actor(tool *t, const efile_actor *a)
{
	if (t->json) {
		json_line(t, "actor");
		json_identity(t, "id", &a->id.id);
		json_string(t, "kind", efile_actor_kind_name(a->kind));
		json_string(t, "name", a->name);
		json_string(t, "display", a->display);
		json_string(t, "mail", a->mail);
		json_boolean(t, "active", a->active);
		json_string(t, "clearance", efile_confidentiality_name(a->clearance));
		json_line_end(t);
	} else {
		put("%-10s %-18s %s%s\n", efile_actor_kind_name(a->kind), a->name, a->display,
		       a->active ? "" : tr(t, " (not active)"));
	}
}

int cmd_actor_list(tool *t, int count, char **arguments)
{
	efile_actor_cursor *cursor = NULL;
	efile_actor actor;
	efile_status status;

	(void)count;
	(void)arguments;
	status = efile_actor_list(&cursor, t->session, NULL);
	while (status == EFILE_OK && (status = efile_actor_cursor_next(cursor, &actor)) == EFILE_OK)
		show_actor(t, &actor);
	efile_actor_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

static int done(tool *t, const char *schema, const char *name)
{
	if (t->json) {
		json_line(t, schema);
		json_string(t, "name", name);
		json_line_end(t);
	} else {
		say(t, "done: %s", name);
	}
	return EXIT_DONE;
}

/* Memberships asked for with --in, each an actor's name. */
static efile_status join(tool *t, efile_actor_id member)
{
	static const efile_date none;
	const char *name;

	for (int i = 0; (name = tool_value(t, "in", i)); i++) {
		efile_actor_id container;
		efile_status status = efile_actor_find(&container, t->session, name);

		if (status == EFILE_OK)
			status = efile_member_add(t->session, member, container, none, none);
		if (status != EFILE_OK)
			return status;
	}
	return EFILE_OK;
}

static efile_status create_actor(tool *t, const char *kind_name, const char *name)
{
	const char *login = tool_value(t, "login-of", 0);
	efile_actor_options options;
	efile_confidentiality level;
	efile_actor_kind kind;
	efile_actor_id id;
	efile_status status = efile_actor_kind_parse(&kind, kind_name);

	efile_actor_options_init(&options);
	options.display = tool_value(t, "display", 0);
	options.mail = tool_value(t, "mail", 0);
	if (status == EFILE_OK && tool_has(t, "clearance")) {
		status = efile_confidentiality_parse(&level, tool_value(t, "clearance", 0));
		options.clearance = (int)level;
	}
	if (status == EFILE_OK)
		status = efile_actor_create(&id, t->session, kind, name, &options);
	if (status == EFILE_OK)
		status = join(t, id);
	if (status == EFILE_OK && login)
		status = efile_login_permit(t->session, login, id);
	return status;
}

int cmd_actor_create(tool *t, int count, char **arguments)
{
	(void)count;
	if (efile_batch_begin(t->store) != EFILE_OK)
		return fail(t);
	if (create_actor(t, arguments[0], arguments[1]) != EFILE_OK) {
		int code = fail(t);

		efile_batch_abort(t->store);
		return code;
	}
	if (t->dry_run) {
		efile_batch_abort(t->store);
		return would(t, "would make: %s", arguments[1]);
	}
	return efile_batch_commit(t->store) == EFILE_OK ? done(t, "actor_created", arguments[1]) : fail(t);
}

int cmd_actor_permit(tool *t, int count, char **arguments)
{
	efile_actor_id id;
	efile_status status;

	(void)count;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_actor_find(&id, t->session, arguments[1]);
	if (status == EFILE_OK)
		status = efile_login_permit(t->session, arguments[0], id);
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	return t->dry_run ? would(t, "would permit: %s", arguments[0]) : done(t, "login_permitted", arguments[0]);
}

int cmd_actor_deputy(tool *t, int count, char **arguments)
{
	efile_deputy_options options;
	efile_actor_id principal, deputy;
	efile_status status;
	const char *from = tool_value(t, "from", 0), *until = tool_value(t, "until", 0);

	(void)count;
	efile_deputy_options_init(&options);
	if (from && efile_date_parse(&options.from, from) != EFILE_OK)
		return usage(t, "not a date: %s", from);
	if (until && efile_date_parse(&options.until, until) != EFILE_OK)
		return usage(t, "not a date: %s", until);
	options.only_absent = tool_has(t, "only-absent");
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_actor_find(&principal, t->session, arguments[0]);
	if (status == EFILE_OK)
		status = efile_actor_find(&deputy, t->session, arguments[1]);
	if (status == EFILE_OK)
		status = efile_deputy_add(t->session, principal, deputy, &options);
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	return t->dry_run ? would(t, "would make: %s", arguments[1]) : done(t, "deputy_added", arguments[1]);
}
