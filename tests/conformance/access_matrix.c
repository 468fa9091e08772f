/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Generates a town hall and questions about it, and prints them with libefile's answers, in the
 * format of docs/ACCESS.md section 9. The answers come through a real store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <efile.h>

#include "access/decide.h"

enum { PERSONS = 48, CONTAINERS = 28, ACTORS = PERSONS + CONTAINERS, LISTS = 60, SESSIONS = 120,
       PAIRS = 60, PHASES = 12, DOSSIERS = 40, NODES = 200 };

#define HOUR (INT64_C(3600) * 1000000)

typedef struct actor {
	char name[24];
	int kind;
	int active;
	int clearance;
	efile_actor_id id;
} actor;

typedef struct pair {
	int a;
	int b;
	efile_date from;
} pair;

typedef struct pairs {
	pair items[PAIRS];
	int count;
} pairs;

typedef struct open_session {
	int number;
	efile_session *session;
} open_session;

/* A dossier or a case of one, each with a list and a level of its own. */
typedef struct filed {
	efile_id id;
	int parent;              /* number of the dossier, 0: none */
} filed;

static struct {
	uint64_t random;
	efile_time now;
	bool blank;
	efile_ctx *ctx;
	efile_store *store;
	efile_session *admin;
	actor actors[ACTORS];    /* persons first */
	actor administrator;     /* the role */
	actor root;              /* the first person */
	pairs members, deputies, absences, logins;
	int administrators[PERSONS]; /* actors put into the role, by place */
	int administrator_count;
	int64_t lists[LISTS];
	int list_count;
	filed nodes[NODES];      /* numbered from 1 */
	int node_count;
	open_session open[SESSIONS];
	int open_count;
	int session_count;
	long answers[5][3];      /* by status and trace */
} w;

static const char *const answer_names[] = { "OK", "INVALID", "DENIED", "NOTFOUND", "STATE" };
static const efile_status answer_codes[] = { EFILE_OK, EFILE_E_INVALID, EFILE_E_DENIED,
					     EFILE_E_NOTFOUND, EFILE_E_STATE };
static const char *const trace_names[] = { "none", "read", "emergency" };

/* ------------------------------------------------------------------ helpers */

static void must(efile_status status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "access_matrix: %s: %s\n", what, efile_error_message(w.ctx));
	exit(70);
}

/* splitmix64 */
static uint64_t next_random(void)
{
	uint64_t z = w.random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int below(int limit)
{
	return (int)(next_random() % (uint64_t)limit);
}

static bool chance(int percent)
{
	return below(100) < percent;
}

static efile_time fixed_clock(void *user)
{
	(void)user;
	return w.now;
}

/* A day around today (within three weeks), or none. */
static efile_date some_day(int percent_none)
{
	efile_date day = { 0, 0, 0, 0 };

	if (!chance(percent_none)) {
		day.year = 2026;
		day.month = (int8_t)(3 + below(2));
		day.day = (int8_t)(1 + below(30));
	}
	return day;
}

static bool later(efile_date a, efile_date b)
{
	return a.year > b.year || (a.year == b.year && (a.month > b.month ||
	       (a.month == b.month && a.day > b.day)));
}

static void some_period(efile_date *from, efile_date *until)
{
	*from = some_day(40);
	*until = some_day(40);
	if (from->year && until->year && later(*from, *until)) {
		efile_date swap = *from;

		*from = *until;
		*until = swap;
	}
}

static efile_right some_right(void)
{
	return chance(30) ? EFILE_RIGHT_READ : (efile_right)(1 << below(7));
}

static unsigned some_rights(void)
{
	unsigned mask = (unsigned)next_random() & (unsigned)next_random() & EFILE_RIGHT_ALL;

	if (chance(50))
		mask |= EFILE_RIGHT_READ;
	return mask ? mask : 1u << below(7);
}

static void print_day(efile_date day)
{
	char text[EFILE_DATE_TEXT_SIZE];

	printf("\t%s", day.year ? efile_date_format(day, text) : "");
}

static const char *answer_name(efile_status status)
{
	for (size_t i = 0; i < ARRAY_SIZE(answer_codes); i++)
		if (answer_codes[i] == status)
			return w.blank ? "" : answer_names[i];
	must(status, "an unexpected answer");
	return "";
}

/* ------------------------------------------------------------------ the town hall */

static void say_actor(const actor *a)
{
	printf("actor\t%s\t%d\t%d\t%d\n", a->name, a->kind, a->active, a->clearance);
}

static void make_actor(actor *a, int index)
{
	efile_actor_options o;

	efile_actor_options_init(&o);
	a->kind = index < PERSONS ? EFILE_ACTOR_PERSON : 2 + index % 4;
	a->active = !chance(8);
	a->clearance = chance(40) ? 0 : below(5);
	snprintf(a->name, sizeof(a->name), "%s%d",
		 efile_actor_kind_name((efile_actor_kind)a->kind), index);
	o.active = a->active;
	o.clearance = a->clearance;
	must(efile_actor_create(&a->id, w.admin, (efile_actor_kind)a->kind, a->name, &o), "actor");
	say_actor(a);
}

/* Remembers what was declared, so that it can be used and taken back. */
static void remember(pairs *list, int a, int b, efile_date from)
{
	int at = list->count < PAIRS ? list->count++ : below(PAIRS);

	list->items[at] = (pair){ a, b, from };
}

static void make_member(int member, int container)
{
	efile_date from, until;

	some_period(&from, &until);
	if (chance(50))
		from = until = (efile_date){ 0, 0, 0, 0 };
	must(efile_member_add(w.admin, w.actors[member].id, w.actors[container].id, from, until),
	     "member");
	printf("member\t%s\t%s", w.actors[member].name, w.actors[container].name);
	print_day(from);
	print_day(until);
	putchar('\n');
	remember(&w.members, member, container, from);
}

static void make_some_member(void)
{
	int member = chance(75) ? below(PERSONS) : PERSONS + below(CONTAINERS);
	int container = PERSONS + below(CONTAINERS);

	if (member != container)
		make_member(member, container);
}

static void make_deputy(void)
{
	int principal = below(PERSONS), deputy = below(PERSONS);
	efile_deputy_options o;

	if (principal == deputy)
		return;
	efile_deputy_options_init(&o);
	some_period(&o.from, &o.until);
	o.rights = chance(50) ? EFILE_RIGHT_ALL : some_rights();
	o.only_absent = chance(35);
	must(efile_deputy_add(w.admin, w.actors[principal].id, w.actors[deputy].id, &o), "deputy");
	printf("deputy\t%s\t%s", w.actors[principal].name, w.actors[deputy].name);
	print_day(o.from);
	print_day(o.until);
	printf("\t%u\t%d\n", o.rights, o.only_absent);
	remember(&w.deputies, principal, deputy, o.from);
}

static void make_absence(void)
{
	int person = below(PERSONS);
	efile_date from, until;

	some_period(&from, &until);
	if (!from.year)
		from = (efile_date){ 2026, 3, 1, 0 };
	must(efile_absence_set(w.admin, w.actors[person].id, from, until), "absence");
	printf("absence\t%s", w.actors[person].name);
	print_day(from);
	print_day(until);
	putchar('\n');
	remember(&w.absences, person, 0, from);
}

/* The login of person a may act as person b. */
static void make_login(int a, int b)
{
	char login[40];

	snprintf(login, sizeof(login), "os:%s", w.actors[a].name);
	must(efile_login_permit(w.admin, login, w.actors[b].id), "login");
	printf("login\t%s\t%s\n", login, w.actors[b].name);
	remember(&w.logins, a, b, (efile_date){ 0, 0, 0, 0 });
}

static bool known_list(int64_t list)
{
	for (int i = 0; i < w.list_count; i++)
		if (w.lists[i] == list)
			return true;
	return false;
}

static void make_list(void)
{
	efile_access_entry entries[8];
	const char *names[8];
	int count = below(8);
	int64_t list;

	if (w.list_count == LISTS)
		return;
	for (int i = 0; i < count; i++) {
		bool role = chance(8);
		const actor *a = role ? &w.administrator :
				 chance(35) ? &w.actors[below(PERSONS)] :
					      &w.actors[PERSONS + below(CONTAINERS)];

		names[i] = a->name;
		entries[i] = (efile_access_entry){ a->id, some_rights(), chance(20), 0 };
		entries[i].not_by_deputy = !entries[i].deny && chance(25);
	}
	must(efile_access_list_make(&list, w.admin, entries, (size_t)count), "list");
	if (known_list(list))
		return;
	w.lists[w.list_count++] = list;
	printf("list\t%lld\n", (long long)list);
	for (int i = 0; i < count; i++)
		printf("entry\t%lld\t%s\t%d\t%u\t%d\n", (long long)list, names[i], entries[i].deny,
		       entries[i].rights, entries[i].not_by_deputy);
}

static void say_today(void)
{
	efile_date today;

	must(access_today(&today, w.store), "today");
	printf("today");
	print_day(today);
	putchar('\n');
}

static const efile_date ever = { 0, 0, 0, 0 };

static void administrator_too(int who)
{
	if (w.administrator_count == PERSONS)
		return;
	w.administrators[w.administrator_count++] = who;
	must(efile_member_add(w.admin, w.actors[who].id, w.administrator.id, ever, ever),
	     "administrator");
	printf("member\t%s\tadministrator\t\t\n", w.actors[who].name);
}

/* ------------------------------------------------------------------ files */

static void say_list(int64_t list, const actor *subject)
{
	w.lists[w.list_count++] = list;
	printf("list\t%lld\nentry\t%lld\t%s\t0\t%d\t0\n", (long long)list, (long long)list, subject->name,
	       EFILE_RIGHT_ALL);
}

/* Who files: a person for whom alone the unit of the filing plan is open. */
static efile_session *make_registrar(efile_plan_id *plan)
{
	static actor registrar = { .name = "registrar", .kind = EFILE_ACTOR_PERSON, .active = 1, .clearance = 4 };
	efile_access_entry all = { .rights = EFILE_RIGHT_ALL };
	efile_session_options so;
	efile_plan_options po;
	efile_actor_options o;
	efile_session *session;
	efile_plan *unit;

	efile_actor_options_init(&o);
	o.clearance = registrar.clearance;
	must(efile_actor_create(&registrar.id, w.admin, EFILE_ACTOR_PERSON, registrar.name, &o), "registrar");
	say_actor(&registrar);
	must(efile_login_permit(w.admin, "os:registrar", registrar.id), "login");
	puts("login\tos:registrar\tregistrar");
	efile_plan_options_init(&po);
	po.code = "1";
	po.title = "Matters";
	all.subject = registrar.id;
	must(efile_access_list_make(&po.access_list, w.admin, &all, 1), "list");
	say_list(po.access_list, &registrar);
	must(efile_plan_create(&unit, w.admin, &po), "plan");
	*plan = efile_plan_unit_id(unit);
	efile_plan_free(unit);
	efile_session_options_init(&so);
	so.login = "os:registrar";
	must(efile_session_open(&session, w.store, registrar.name, &so), "session");
	return session;
}

static void some_protection(efile_node_options *o)
{
	o->access_list = w.lists[below(w.list_count)];
	o->confidentiality = chance(60) ? 0 : below(5);
}

/* Answers its number. */
static int remember_node(efile_node *node, int parent)
{
	w.nodes[w.node_count++] = (filed){ efile_node_id(node), parent };
	return w.node_count;
}

static void say_node(int number, const efile_node_options *o)
{
	printf("node\t%d\t%d\t%lld\t%d\n", number, w.nodes[number - 1].parent, (long long)o->access_list,
	       (int)o->confidentiality);
}

static void file_case(efile_session *session, int dossier)
{
	efile_node_options o;
	efile_case *c;

	efile_node_options_init(&o);
	o.title = "A case of the matter";
	some_protection(&o);
	must(efile_case_create(&c, session, (efile_dossier_id){ w.nodes[dossier - 1].id }, &o), "case");
	say_node(remember_node(c, dossier), &o);
	efile_node_free(c);
}

/* Cases are added by who may grant in the dossier: it gets its list when it is full. */
static void file_dossier(efile_session *session, efile_plan_id plan)
{
	efile_node_options o;
	efile_dossier *dossier;
	int number, cases = below(6);

	efile_node_options_init(&o);
	o.title = "A matter";
	must(efile_dossier_create(&dossier, session, plan, &o), "dossier");
	number = remember_node(dossier, 0);
	while (cases--)
		file_case(session, number);
	o.reference = efile_node_reference(dossier);
	some_protection(&o);
	must(efile_node_update(session, efile_node_id(dossier), efile_node_revision(dossier), &o), "update");
	say_node(number, &o);
	efile_node_free(dossier);
}

static void make_files(void)
{
	efile_plan_id plan;
	efile_session *session = make_registrar(&plan);

	for (int i = 0; i < DOSSIERS; i++)
		file_dossier(session, plan);
	efile_session_close(session);
}

static void make_town(void)
{
	say_today();
	w.administrator = (actor){ .name = "administrator", .kind = EFILE_ACTOR_ROLE, .active = 1 };
	must(efile_actor_find(&w.administrator.id, w.admin, "administrator"), "role");
	say_actor(&w.administrator);
	say_actor(&w.root);
	puts("member\troot\tadministrator\t\t\nlogin\tos:root\troot");
	for (int i = 0; i < ACTORS; i++)
		make_actor(&w.actors[i], i);
	for (int i = 0; i < 90; i++)
		make_some_member();
	for (int i = 0; i < 4; i++)
		administrator_too(below(PERSONS));
	administrator_too(PERSONS); /* a group whose members administer by way of it */
	for (int i = 0; i < 50; i++)
		make_deputy();
	for (int i = 0; i < 30; i++)
		make_absence();
	for (int i = 0; i < PERSONS; i++)
		if (chance(92))
			make_login(i, i);
	for (int i = 0; i < 8; i++)
		make_login(below(PERSONS), below(PERSONS));
	for (int i = 0; i < 40; i++)
		make_list();
	make_files();
}

/* ------------------------------------------------------------------ changes */

static void toggle_actor(void)
{
	actor *a = &w.actors[below(ACTORS)];
	efile_actor_options o;

	efile_actor_options_init(&o);
	a->active = !a->active;
	a->clearance = below(5);
	o.active = a->active;
	o.clearance = a->clearance;
	must(efile_actor_update(w.admin, a->id, &o), "update");
	say_actor(a);
}

static bool take(pair *out, pairs *list)
{
	int at;

	if (!list->count)
		return false;
	at = below(list->count);
	*out = list->items[at];
	list->items[at] = list->items[--list->count];
	return true;
}

/* What was declared again with another key may be gone already: then nothing is said. */
static void remove_something(void)
{
	char login[40], day[EFILE_DATE_TEXT_SIZE];
	pair p;

	if (take(&p, &w.members) &&
	    efile_member_remove(w.admin, w.actors[p.a].id, w.actors[p.b].id) == EFILE_OK)
		printf("gone\tmember\t%s\t%s\n", w.actors[p.a].name, w.actors[p.b].name);
	if (take(&p, &w.deputies) &&
	    efile_deputy_remove(w.admin, w.actors[p.a].id, w.actors[p.b].id) == EFILE_OK)
		printf("gone\tdeputy\t%s\t%s\n", w.actors[p.a].name, w.actors[p.b].name);
	if (take(&p, &w.absences) &&
	    efile_absence_remove(w.admin, w.actors[p.a].id, p.from) == EFILE_OK)
		printf("gone\tabsence\t%s\t%s\n", w.actors[p.a].name, efile_date_format(p.from, day));
	if (!chance(50) || !take(&p, &w.logins))
		return;
	snprintf(login, sizeof(login), "os:%s", w.actors[p.a].name);
	if (efile_login_revoke(w.admin, login, w.actors[p.b].id) == EFILE_OK)
		printf("gone\tlogin\t%s\t%s\n", login, w.actors[p.b].name);
}

static void change_town(void)
{
	w.now += (1 + below(5)) * 24 * HOUR + below(24) * HOUR;
	say_today();
	for (int i = 0; i < 3; i++)
		toggle_actor();
	for (int i = 0; i < 12; i++)
		make_some_member();
	for (int i = 0; i < 6; i++)
		make_deputy();
	for (int i = 0; i < 3; i++)
		make_absence();
	for (int i = 0; i < 2; i++)
		make_login(below(PERSONS), below(PERSONS));
	for (int i = 0; i < 3; i++)
		remove_something();
	/* Whoever holds a session open may become an administrator in it, an emergency one too. */
	administrator_too(below(PERSONS));
	make_list();
	make_list();
}

/* ------------------------------------------------------------------ sessions */

typedef struct asked_session {
	char login[40];
	const char *actor;   /* "": none */
	const char *behalf;  /* "": none */
	const char *reason;  /* NULL: none */
} asked_session;

static void choose_session(asked_session *s)
{
	int person = below(PERSONS), login;

	s->behalf = "";
	if (chance(45)) {
		pair p;

		/* A pair that is on file, so that many substitutions hold. */
		if (w.deputies.count) {
			p = w.deputies.items[below(w.deputies.count)];
			person = p.b;
			s->behalf = w.actors[p.a].name;
		}
	} else if (chance(6)) {
		s->behalf = chance(30) ? "nobody" : w.actors[below(ACTORS)].name;
	}
	login = chance(8) ? below(PERSONS) : person;
	snprintf(s->login, sizeof(s->login), "os:%s", w.actors[login].name);
	s->actor = w.actors[person].name;
	if (chance(3))
		s->actor = chance(50) ? "" : w.actors[PERSONS + below(CONTAINERS)].name;
	s->reason = NULL;
	if (chance(*s->behalf ? 4 : 30))
		s->reason = chance(6) ? "" : "fire";
}

static void close_one(void)
{
	int at = below(w.open_count);

	efile_session_close(w.open[at].session);
	w.open[at] = w.open[--w.open_count];
}

static void open_one(void)
{
	efile_session_options o;
	efile_session *session = NULL;
	asked_session s;
	efile_status status;

	choose_session(&s);
	efile_session_options_init(&o);
	o.login = s.login;
	o.on_behalf_of = *s.behalf ? s.behalf : NULL;
	o.break_glass_reason = s.reason;
	status = efile_session_open(&session, w.store, *s.actor ? s.actor : NULL, &o);
	w.session_count++;
	printf("session\t%d\t%s\t%s\t%s\t%s\t%s\n", w.session_count, s.login, s.actor, s.behalf,
	       s.reason ? s.reason : "-", answer_name(status));
	if (!session)
		return;
	if (w.open_count == SESSIONS)
		close_one();
	w.open[w.open_count++] = (open_session){ w.session_count, session };
}

/* ------------------------------------------------------------------ questions */

static void choose_object(access_object *o)
{
	static const int others[] = { 20, 21, 22, 23, 24, 25, 26, 40, 44, 48, 70, 102,
				      42, 43, 45, 46, 47, 49, 71, 72, 100, 101 };

	*o = (access_object){ .kind = RECORD_NODE };
	if (chance(20))
		o->kind = (record_number)others[below((int)ARRAY_SIZE(others))];
	if (!chance(4))
		o->list = chance(2) ? 999999 : w.lists[below(w.list_count)];
	o->level = chance(60) ? 0 : below(5);
	if (chance(40))
		o->state = (unsigned)below(8);
	o->marked = chance(50);
	o->content = chance(50);
}

static void count(efile_status status, access_trace trace)
{
	for (size_t i = 0; i < ARRAY_SIZE(answer_codes); i++)
		if (answer_codes[i] == status)
			w.answers[i][trace]++;
}

static void ask_one(void)
{
	const open_session *s = &w.open[below(w.open_count)];
	efile_right right = some_right();
	access_verdict verdict;
	access_object o;

	choose_object(&o);
	must(access_judge(&verdict, s->session, right, &o), "question");
	count(verdict.status, verdict.trace);
	printf("case\t%d\t%d\t%d\t%lld\t%d\t%s%s%s\t%d\t%d\t%s\t%s\n", s->number, (int)right,
	       (int)o.kind, (long long)o.list, o.level, o.state & ACCESS_CLOSED ? "c" : "",
	       o.state & ACCESS_HELD ? "h" : "", o.state & ACCESS_DISPOSED ? "d" : "", o.marked,
	       o.content, answer_name(verdict.status), w.blank ? "" : trace_names[verdict.trace]);
}

static void ask_visible(void)
{
	const open_session *s = &w.open[below(w.open_count)];
	efile_right right = some_right();
	access_list_set set;

	must(access_visible_lists(&set, s->session, right), "visible lists");
	printf("visible\t%d\t%d\t", s->number, (int)right);
	for (size_t i = 0; i < set.count && !w.blank; i++)
		printf("%s%lld", i ? "," : "", (long long)set.ids[i]);
	putchar('\n');
}

/* ------------------------------------------------------------------ search and counts */

static void find_all(bool found[NODES], efile_session *session)
{
	efile_search_cursor *cursor = NULL;
	efile_search_options o;
	efile_status status;
	efile_hit hit;

	efile_search_options_init(&o);
	o.limit = EFILE_SEARCH_LIMIT;
	status = efile_search(&cursor, session, "matter", &o);
	if (status == EFILE_E_DENIED)
		return; /* a session that would no longer be opened */
	must(status, "search");
	while ((status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK)
		for (int i = 0; i < w.node_count; i++)
			if (memcmp(&hit.id, &w.nodes[i].id, sizeof(hit.id)) == 0)
				found[i] = true;
	must(status, "hits");
	efile_search_cursor_free(cursor);
}

/* The hits, and how many the library says there are. */
static void ask_search(const open_session *s)
{
	bool found[NODES] = { false };
	int32_t number = 0;
	bool first = true;
	efile_status status;

	find_all(found, s->session);
	status = efile_search_count(&number, s->session, "matter");
	if (status != EFILE_E_DENIED)
		must(status, "count of hits");
	printf("search\t%d\t", s->number);
	for (int i = 0; i < w.node_count && !w.blank; i++)
		if (found[i]) {
			printf("%s%d", first ? "" : ",", i + 1);
			first = false;
		}
	printf("\t%d\n", w.blank ? 0 : (int)number);
}

static void ask_count(const open_session *s)
{
	int number = 1 + below(w.node_count);
	efile_node_counts counts = { 0 };
	efile_status status = efile_node_count(&counts, s->session, w.nodes[number - 1].id);

	printf("count\t%d\t%d\t%s\t%d\n", s->number, number, answer_name(status), w.blank ? 0 : (int)counts.cases);
}

/* Only what is committed can be found. */
static void ask_files(void)
{
	must(efile_batch_commit(w.store), "batch");
	for (int i = 0; i < w.open_count; i++) {
		ask_search(&w.open[i]);
		for (int k = 0; k < 8; k++)
			ask_count(&w.open[i]);
	}
	must(efile_batch_begin(w.store), "batch");
}

/* ------------------------------------------------------------------ changes as questions */

static const actor *some_actor(void)
{
	return chance(6) ? &w.administrator : chance(6) ? &w.root : &w.actors[below(ACTORS)];
}

static void say_change(int session, const char *what)
{
	printf("change\t%d\t%s", session, what);
}

static void say_change_answer(efile_status status)
{
	count(status, TRACE_NONE);
	printf("\t%s\n", answer_name(status));
}

static efile_status try_member(const open_session *s, const actor *a, const actor *b, bool gone)
{
	say_change(s->number, gone ? "gone\tmember" : "member");
	printf("\t%s\t%s%s", a->name, b->name, gone ? "" : "\t\t");
	return gone ? efile_member_remove(s->session, a->id, b->id) :
		      efile_member_add(s->session, a->id, b->id, ever, ever);
}

static efile_status try_login(const open_session *s, const actor *a, const actor *b, bool gone)
{
	char login[40];

	snprintf(login, sizeof(login), "os:%s", a->name);
	say_change(s->number, gone ? "gone\tlogin" : "login");
	printf("\t%s\t%s", login, b->name);
	return gone ? efile_login_revoke(s->session, login, b->id) :
		      efile_login_permit(s->session, login, b->id);
}

static efile_status try_deputy(const open_session *s, const actor *a, const actor *b, bool gone)
{
	efile_deputy_options o;

	efile_deputy_options_init(&o);
	o.rights = some_rights();
	say_change(s->number, gone ? "gone\tdeputy" : "deputy");
	printf("\t%s\t%s", a->name, b->name);
	if (gone)
		return efile_deputy_remove(s->session, a->id, b->id);
	printf("\t\t\t%u\t0", o.rights);
	return efile_deputy_add(s->session, a->id, b->id, &o);
}

static efile_status try_absence(const open_session *s, const actor *a, const actor *b, bool gone)
{
	static const efile_date first = { 2026, 3, 1, 0 };

	(void)b;
	say_change(s->number, gone ? "gone\tabsence" : "absence");
	printf("\t%s\t2026-03-01%s", a->name, gone ? "" : "\t");
	return gone ? efile_absence_remove(s->session, a->id, first) :
		      efile_absence_set(s->session, a->id, first, ever);
}

/* What would take root away is asked at the end, when nobody else administers. */
static void ask_change(void)
{
	static efile_status (*const tries[])(const open_session *, const actor *, const actor *,
					     bool) = { try_member, try_login, try_deputy,
						       try_absence };
	const open_session *s = &w.open[below(w.open_count)];
	const actor *a = some_actor(), *b = some_actor();
	bool gone = chance(30);

	if (chance(40)) /* the own matter, if the session is in the own name */
		for (int i = 0; i < ACTORS; i++)
			if (strcmp(w.actors[i].name, efile_session_actor_name(s->session)) == 0)
				a = &w.actors[i];
	if (a == &w.root || a == b || (gone && b == &w.root))
		return;
	say_change_answer(tries[below((int)ARRAY_SIZE(tries))](s, a, b, gone));
}

static efile_status try_inactive(const open_session *s, const actor *a)
{
	efile_actor_options o;

	efile_actor_options_init(&o);
	o.active = 0;
	say_change(s->number, "actor");
	printf("\t%s\t%d\t0\t%d", a->name, a->kind, a->clearance);
	return efile_actor_update(s->session, a->id, &o);
}

/* The others leave the role one by one; then nothing may take it from the last one. */
static void ask_last_administrator(void)
{
	static const efile_date last = { 2030, 1, 1, 0 };
	open_session root = { ++w.session_count, w.admin };

	printf("session\t%d\tos:root\troot\t\t-\t%s\n", root.number, answer_name(EFILE_OK));
	for (int i = 0; i < ACTORS; i++)
		say_change_answer(try_member(&root, &w.actors[i], &w.administrator, true));
	for (int i = 0; i < ACTORS; i++)
		say_change_answer(try_member(&root, &w.root, &w.actors[i], true));
	say_change_answer(try_member(&root, &w.root, &w.administrator, true));
	say_change_answer(try_login(&root, &w.root, &w.root, true));
	say_change_answer(try_inactive(&root, &w.root));
	say_change_answer(try_inactive(&root, &w.administrator));
	say_change(root.number, "member\troot\tadministrator\t\t2030-01-01");
	say_change_answer(efile_member_add(w.admin, w.root.id, w.administrator.id, ever, last));
	/* A second one without a login is nobody who could; with one the first may go. */
	say_change_answer(try_member(&root, &w.actors[0], &w.administrator, false));
	for (int i = 0; i < PERSONS; i++)
		say_change_answer(try_login(&root, &w.actors[i], &w.actors[0], true));
	say_change_answer(try_login(&root, &w.root, &w.root, true));
	say_change_answer(try_login(&root, &w.actors[1], &w.actors[0], false));
	say_change_answer(try_login(&root, &w.root, &w.root, true));
}

static void ask_many(long cases)
{
	for (int i = 0; i < SESSIONS; i++)
		open_one();
	for (long i = 0; i < cases; i++) {
		if (i % 250 == 0)
			ask_visible();
		ask_one();
		if (i % 40 == 0)
			ask_change();
	}
	ask_files();
}

/* ------------------------------------------------------------------ the whole */

static void open_town(const char *folder)
{
	efile_ctx_options o;
	efile_session_options s;
	char path[256];

	efile_ctx_options_init(&o);
	o.clock = fixed_clock;
	must(efile_ctx_new(&w.ctx, &o), "context");
	snprintf(path, sizeof(path), "%s/store", folder);
	must(efile_store_init(w.ctx, path), "store");
	must(efile_store_open(&w.store, w.ctx, path, NULL), "store");
	w.root = (actor){ .name = "root", .kind = EFILE_ACTOR_PERSON, .active = 1 };
	must(efile_access_bootstrap(&w.root.id, w.store, "os:root", "root", NULL), "first actor");
	efile_session_options_init(&s);
	s.login = "os:root";
	must(efile_session_open(&w.admin, w.store, "root", &s), "session");
}

static void close_town(const char *folder)
{
	char command[300];

	while (w.open_count)
		close_one();
	efile_session_close(w.admin);
	efile_batch_abort(w.store);
	efile_store_close(w.store);
	efile_ctx_free(w.ctx);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		fprintf(stderr, "access_matrix: %s was not removed\n", folder);
}

static void say_statistics(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(answer_names); i++)
		for (size_t k = 0; k < ARRAY_SIZE(trace_names); k++)
			if (w.answers[i][k])
				fprintf(stderr, "access_matrix: %s, trace %s: %ld\n", answer_names[i],
					trace_names[k], w.answers[i][k]);
}

static long argument(int argc, char **argv, const char *name, long otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return strtol(argv[i + 1], NULL, 10);
	return otherwise;
}

int main(int argc, char **argv)
{
	long cases = argument(argc, argv, "--cases", 120000);
	const char *base = getenv("TMPDIR");
	char folder[200];

	w.random = (uint64_t)argument(argc, argv, "--seed", 1);
	w.now = INT64_C(1772438400000000) + below(24) * HOUR; /* 2 March 2026 */
	for (int i = 1; i < argc; i++)
		w.blank = w.blank || strcmp(argv[i], "--blank") == 0;
	snprintf(folder, sizeof(folder), "%.150s/access-matrix-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(folder))
		return 8;
	open_town(folder);
	must(efile_batch_begin(w.store), "batch");
	make_town();
	for (int i = 0; i < PHASES; i++) {
		if (i)
			change_town();
		ask_many((cases + PHASES - 1) / PHASES);
	}
	ask_last_administrator();
	say_statistics();
	close_town(folder);
	return 0;
}
