/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who belongs where, who is away, who may do what. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { ENTRIES_MAX = 1000 };

static const efile_date no_day;

/* A day that an option names; none if it is not given. */
static int day_option(tool *t, const char *name, efile_date *day)
{
	const char *text = tool_value(t, name, 0);

	if (text && efile_date_parse(day, text) != EFILE_OK)
		return usage(t, "not a date: %s", text);
	return EXIT_DONE;
}

/* The end of a command about an actor. */
static int changed_actor(tool *t, const char *schema, efile_status status, const char *name)
{
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		return would(t, "would change: %s", name);
	if (t->json) {
		json_line(t, schema);
		json_string(t, "name", name);
		json_line_end(t);
	} else {
		say(t, "done: %s", name);
	}
	return EXIT_DONE;
}

static efile_status find_two(tool *t, char **names, efile_actor_id ids[2])
{
	efile_status status = try_begin(t);

	for (int i = 0; status == EFILE_OK && i < 2; i++)
		status = efile_actor_find(&ids[i], t->session, names[i]);
	return status;
}

/* ---- actors ---- */

int cmd_actor_change(tool *t, int count, char **arguments)
{
	const char *active = tool_value(t, "active", 0), *level = tool_value(t, "clearance", 0);
	efile_confidentiality clearance;
	efile_actor_options o;
	efile_actor_id id;
	efile_status status;

	(void)count;
	efile_actor_options_init(&o);
	o.display = tool_value(t, "display", 0);
	o.mail = tool_value(t, "mail", 0);
	if (active)
		o.active = strcmp(active, "yes") == 0;
	status = try_begin(t);
	if (status == EFILE_OK && level) {
		status = efile_confidentiality_parse(&clearance, level);
		o.clearance = status == EFILE_OK ? (int)clearance : -1;
	}
	if (status == EFILE_OK)
		status = efile_actor_find(&id, t->session, arguments[0]);
	if (status == EFILE_OK)
		status = efile_actor_update(t->session, id, &o);
	return changed_actor(t, "actor_changed", status, arguments[0]);
}

int cmd_actor_join(tool *t, int count, char **arguments)
{
	efile_date from = no_day, until = no_day;
	efile_actor_id ids[2];
	efile_status status;

	(void)count;
	if (day_option(t, "from", &from) || day_option(t, "until", &until))
		return EXIT_USAGE;
	status = find_two(t, arguments, ids);
	if (status == EFILE_OK)
		status = efile_member_add(t->session, ids[0], ids[1], from, until);
	return changed_actor(t, "actor_changed", status, arguments[0]);
}

int cmd_actor_leave(tool *t, int count, char **arguments)
{
	efile_actor_id ids[2];
	efile_status status = find_two(t, arguments, ids);

	(void)count;
	if (status == EFILE_OK)
		status = efile_member_remove(t->session, ids[0], ids[1]);
	return changed_actor(t, "actor_changed", status, arguments[0]);
}

int cmd_actor_forbid(tool *t, int count, char **arguments)
{
	efile_actor_id id;
	efile_status status = try_begin(t);

	(void)count;
	if (status == EFILE_OK)
		status = efile_actor_find(&id, t->session, arguments[1]);
	if (status == EFILE_OK)
		status = efile_login_revoke(t->session, arguments[0], id);
	return changed_actor(t, "actor_changed", status, arguments[1]);
}

int cmd_actor_undeputy(tool *t, int count, char **arguments)
{
	efile_actor_id ids[2];
	efile_status status = find_two(t, arguments, ids);

	(void)count;
	if (status == EFILE_OK)
		status = efile_deputy_remove(t->session, ids[0], ids[1]);
	return changed_actor(t, "actor_changed", status, arguments[0]);
}

static int absence(tool *t, int count, char **arguments, bool away)
{
	efile_date from = no_day, until = no_day;
	efile_actor_id id;
	efile_status status;

	for (int i = 1; i < count; i++)
		if (efile_date_parse(i == 1 ? &from : &until, arguments[i]) != EFILE_OK)
			return usage(t, "not a date: %s", arguments[i]);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_actor_find(&id, t->session, arguments[0]);
	if (status == EFILE_OK)
		status = away ? efile_absence_set(t->session, id, from, until) :
				efile_absence_remove(t->session, id, from);
	return changed_actor(t, "actor_changed", status, arguments[0]);
}

int cmd_actor_absent(tool *t, int count, char **arguments)
{
	return absence(t, count, arguments, true);
}

int cmd_actor_present(tool *t, int count, char **arguments)
{
	return absence(t, count, arguments, false);
}

/* ---- who belongs where, who substitutes whom ---- */

static void put_period(tool *t, efile_date from, efile_date until)
{
	char a[EFILE_DATE_TEXT_SIZE] = "", b[EFILE_DATE_TEXT_SIZE] = "";

	if (!from.month && !until.month)
		return;
	efile_date_local(a, t->ctx, from);
	efile_date_local(b, t->ctx, until);
	put("  (%s-%s)", a, b);
}

static void json_day(tool *t, const char *key, efile_date day)
{
	char text[EFILE_DATE_TEXT_SIZE];

	json_string(t, key, day.month ? efile_date_format(day, text) : NULL);
}

/* Two persons or units with a period, as a line of text without its end. */
static void put_pair(tool *t, const efile_id *a, const char *mark, const efile_id *b)
{
	char first[300], second[300];

	actor_name(t, a, first, sizeof(first));
	put("%s %s %s", first, mark, actor_name(t, b, second, sizeof(second)));
}

static void show_member(tool *t, const efile_member *m)
{
	if (t->json) {
		json_line(t, "member");
		json_identity(t, "member", &m->member.id);
		json_identity(t, "container", &m->container.id);
		json_day(t, "from", m->from);
		json_day(t, "until", m->until);
		json_line_end(t);
		return;
	}
	put_pair(t, &m->member.id, "->", &m->container.id);
	put_period(t, m->from, m->until);
	putchar('\n');
}

int cmd_actor_members(tool *t, int count, char **arguments)
{
	const char *of = tool_value(t, "of", 0);
	efile_actor_id member = { { { 0 } } }, container = { { { 0 } } };
	efile_member_cursor *cursor = NULL;
	efile_status status = EFILE_OK;
	efile_member m;

	if (count)
		status = efile_actor_find(&container, t->session, arguments[0]);
	if (status == EFILE_OK && of)
		status = efile_actor_find(&member, t->session, of);
	if (status == EFILE_OK)
		status = efile_member_list(&cursor, t->session, member, container);
	while (status == EFILE_OK && (status = efile_member_cursor_next(cursor, &m)) == EFILE_OK)
		show_member(t, &m);
	efile_member_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

static void json_rights(tool *t, const char *key, unsigned rights)
{
	json_open(t, key, '[');
	for (unsigned bit = 1; bit <= EFILE_RIGHT_GRANT; bit <<= 1)
		if (rights & bit)
			json_string(t, NULL, efile_right_name((efile_right)bit));
	json_close(t, ']');
}

static void show_deputy(tool *t, const efile_deputy *d)
{
	if (t->json) {
		json_line(t, "deputy");
		json_identity(t, "principal", &d->principal.id);
		json_identity(t, "deputy", &d->deputy.id);
		json_day(t, "from", d->from);
		json_day(t, "until", d->until);
		json_rights(t, "rights", d->rights);
		json_boolean(t, "only_absent", d->only_absent);
		json_boolean(t, "today", d->today);
		json_line_end(t);
		return;
	}
	put_pair(t, &d->principal.id, "<-", &d->deputy.id);
	put_period(t, d->from, d->until);
	put("%s%s\n", d->only_absent ? tr(t, ", only when absent") : "",
	    d->today ? tr(t, ", today") : "");
}

int cmd_actor_deputies(tool *t, int count, char **arguments)
{
	static const efile_actor_id all;
	efile_actor_id principal = all;
	efile_deputy_cursor *cursor = NULL;
	efile_status status = EFILE_OK;
	efile_deputy d;
	int absent = 0;

	if (count)
		status = efile_actor_find(&principal, t->session, arguments[0]);
	if (status == EFILE_OK && count && !t->json)
		status = efile_absence_today(t->session, principal, &absent);
	if (absent)
		out(t, "%s is absent today", arguments[0]);
	if (status == EFILE_OK)
		status = efile_deputy_list(&cursor, t->session, principal, all);
	while (status == EFILE_OK && (status = efile_deputy_cursor_next(cursor, &d)) == EFILE_OK)
		show_deputy(t, &d);
	efile_deputy_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

/* ---- access lists ---- */

/* What rights are given on: a dossier, case or document, or with --plan a unit of the filing plan. */
typedef struct place {
	efile_node *node;
	efile_plan *plan;
} place;

static void place_free(place *p)
{
	efile_node_free(p->node);
	efile_plan_free(p->plan);
}

static int find_place(tool *t, place *p, const char *name)
{
	*p = (place){ NULL, NULL };
	if (!tool_has(t, "plan"))
		return find_node(t, name, &p->node);
	return efile_plan_by_code(&p->plan, t->session, name) == EFILE_OK ? EXIT_DONE : fail(t);
}

static efile_status list_of_plan(tool *t, int64_t *list, efile_plan_id id)
{
	efile_plan_rules rules;
	efile_status status = efile_plan_effective(&rules, t->session, id);

	*list = status == EFILE_OK ? rules.access_list : 0;
	return status;
}

/* The list that holds: its own, or the next one above. */
static efile_status list_in_force(tool *t, int64_t *list, const place *p)
{
	const efile_node *node = p->node;
	efile_node *above = NULL;
	efile_status status = EFILE_OK;

	if (p->plan)
		return list_of_plan(t, list, efile_plan_unit_id(p->plan));
	while (status == EFILE_OK && !(*list = efile_node_access_list(node))) {
		efile_id parent = efile_node_parent(node);
		efile_node *next = NULL;

		if (efile_node_kind_of(node) == EFILE_NODE_DOSSIER) {
			status = list_of_plan(t, list, efile_node_plan(node));
			break;
		}
		status = efile_node_load(&next, t->session, parent);
		efile_node_free(above);
		node = above = next;
	}
	efile_node_free(above);
	return status;
}

static efile_status read_list(tool *t, efile_access_entry *entries, size_t *count, int64_t list)
{
	efile_access_cursor *cursor = NULL;
	efile_status status = list ? efile_access_list_show(&cursor, t->session, list) : EFILE_DONE;

	*count = 0;
	while (status == EFILE_OK && *count < ENTRIES_MAX &&
	       (status = efile_access_cursor_next(cursor, &entries[*count])) == EFILE_OK)
		++*count;
	efile_access_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static void show_entry(tool *t, int64_t list, const efile_access_entry *e)
{
	char name[300];

	if (t->json) {
		json_line(t, "access");
		json_number(t, "list", list);
		json_identity(t, "subject", &e->subject.id);
		json_string(t, "name", actor_name(t, &e->subject.id, name, sizeof(name)));
		json_rights(t, "rights", e->rights);
		json_boolean(t, "deny", e->deny);
		json_boolean(t, "not_by_deputy", e->not_by_deputy);
		json_line_end(t);
		return;
	}
	put("%-26s %s:", actor_name(t, &e->subject.id, name, sizeof(name)),
	    tr(t, e->deny ? "may not" : "may"));
	for (unsigned bit = 1; bit <= EFILE_RIGHT_GRANT; bit <<= 1)
		if (e->rights & bit)
			put(" %s", tr(t, efile_right_name((efile_right)bit)));
	put("%s\n", e->not_by_deputy ? tr(t, ", no deputies") : "");
}

int cmd_access_show(tool *t, int count, char **arguments)
{
	efile_access_entry *entries = calloc(ENTRIES_MAX, sizeof(*entries));
	efile_status status = EFILE_OK;
	size_t found = 0;
	int64_t list = 0;
	place p;
	int code = entries ? find_place(t, &p, arguments[0]) : EXIT_OUTSIDE;

	(void)count;
	if (code == EXIT_DONE) {
		status = list_in_force(t, &list, &p);
		if (status == EFILE_OK)
			status = read_list(t, entries, &found, list);
		place_free(&p);
	}
	for (size_t i = 0; status == EFILE_OK && i < found; i++)
		show_entry(t, list, &entries[i]);
	if (status == EFILE_OK && code == EXIT_DONE && !found && !t->json)
		out(t, "nobody");
	free(entries);
	return status < 0 ? fail(t) : code;
}

/* The object with another list; all else stays. */
static efile_status use_list(tool *t, const place *p, int64_t list)
{
	efile_plan_options plan;
	efile_node_options node;

	if (p->plan) {
		efile_plan_options_of(p->plan, &plan);
		plan.access_list = list;
		return efile_plan_update(t->session, efile_plan_unit_id(p->plan),
					 efile_plan_revision(p->plan), &plan);
	}
	node_options_of(p->node, &node);
	node.access_list = list;
	return efile_node_update(t->session, efile_node_id(p->node), efile_node_revision(p->node), &node);
}

/* Adds rights to what the list says of an actor; without any, takes out all that it says. */
static efile_status change_list(tool *t, const place *p, const char *actor, efile_access_entry *entries,
				efile_access_entry entry)
{
	size_t count = 0, kept = 0;
	int64_t list = 0;
	efile_status status = efile_actor_find(&entry.subject, t->session, actor);

	if (status == EFILE_OK)
		status = list_in_force(t, &list, p);
	if (status == EFILE_OK)
		status = read_list(t, entries, &count, list);
	if (status != EFILE_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		bool same = memcmp(&entries[i].subject, &entry.subject, sizeof(entry.subject)) == 0;

		if (!same || (entry.rights && entries[i].deny != entry.deny))
			entries[kept++] = entries[i];
		else if (entry.rights)
			entry.rights |= entries[i].rights;
	}
	if (entry.rights && kept < ENTRIES_MAX)
		entries[kept++] = entry;
	status = efile_access_list_make(&list, t->session, entries, kept);
	return status == EFILE_OK ? use_list(t, p, list) : status;
}

static int change_access(tool *t, char **arguments, efile_access_entry entry)
{
	efile_access_entry *entries = calloc(ENTRIES_MAX + 1, sizeof(*entries));
	efile_status status;
	place p;
	int code = entries ? find_place(t, &p, arguments[0]) : EXIT_OUTSIDE;

	if (code == EXIT_DONE) {
		efile_plan_id unit = { { { 0 } } };
		efile_id id = p.node ? efile_node_id(p.node) : unit.id;

		if (p.plan)
			id = efile_plan_unit_id(p.plan).id;
		status = try_begin(t);
		if (status == EFILE_OK)
			status = change_list(t, &p, arguments[1], entries, entry);
		try_end(t);
		place_free(&p);
		code = changed(t, "access_changed", status, &id);
	}
	free(entries);
	return code;
}

int cmd_access_grant(tool *t, int count, char **arguments)
{
	efile_access_entry entry = { .deny = tool_has(t, "deny"),
				     .not_by_deputy = tool_has(t, "not-by-deputy") };

	(void)count;
	if (efile_rights_parse(&entry.rights, arguments[2]) != EFILE_OK)
		return usage(t, "not rights: %s; exists, read, write, sign, dispose, export, grant or all",
			     arguments[2]);
	return change_access(t, arguments, entry);
}

int cmd_access_withdraw(tool *t, int count, char **arguments)
{
	(void)count;
	return change_access(t, arguments, (efile_access_entry){ .rights = 0 });
}
