/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Desks: what a worklist shows and in which order, pages of it, desks of those who are away; and how
 * a task goes from hand to hand and back. */
#include "flow/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "store/inner.h"
#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)

static const char one_task[] = DESK_HEAD
	"<process id='one' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='a' name='Prüfen' e:candidateGroups='amt10'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "e") DESK_CLOSE;

static const char other_task[] = DESK_HEAD
	"<process id='other' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='b' name='Lesen' e:candidateGroups='amt10,sg102' e:dueIn='P1D'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "b") DESK_FLOW("f2", "b", "e") DESK_CLOSE;

enum { DAY = 86400 };
#define DAYS(n) (TEST_NOW + (n) * INT64_C(86400000000))

typedef struct desk {
	registry r;
	efile_actor_id adler;
	efile_session *second;  /* "a.adler", in the office */
} desk;

static void desk_setup(desk *d)
{
	registry_setup(&d->r);
	d->adler = town_person(&d->r.town, "a.adler", EFILE_CONFIDENTIALITY_OPEN);
	town_join(&d->r.town, d->adler, d->r.town.office);
	d->second = town_session(&d->r.town, "a.adler", NULL, NULL);
	TAP_EQUAL_INT(desk_deploy(d->r.town.admin, one_task), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(d->r.town.admin, other_task), EFILE_OK);
}

static void desk_teardown(desk *d)
{
	desk_fsck(d->r.town.store);
	efile_session_close(d->second);
	registry_teardown(&d->r);
}

static efile_instance_id start(efile_session *session, const char *process, const char *variables)
{
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options o;

	efile_flow_start_options_init(&o);
	o.variables = variables;
	TAP_EQUAL_INT(efile_flow_start(&id, session, process, &o), EFILE_OK);
	return id;
}

/* Letters of the tasks in a worklist, by what their variables call them: "bca". */
static const char *letters(efile_session *session, const efile_worklist_options *options)
{
	static char text[64];
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_worklist_options o = *options;
	efile_task task;
	size_t count = 0;

	o.variables = 1;
	TAP_EQUAL_INT(efile_worklist(&cursor, session, &o), EFILE_OK);
	while (count < sizeof(text) - 1 && efile_task_cursor_next(cursor, &task) == EFILE_OK) {
		const char *at = task.variables ? strstr(task.variables, "\"n\":\"") : NULL;

		text[count++] = at ? at[5] : '?';
	}
	text[count] = '\0';
	return text;
}

static efile_task_id task_called(efile_session *session, char letter)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task_id id = { EFILE_ID_NONE };
	efile_task task;

	TAP_EQUAL_INT(efile_task_list(&cursor, session, id), EFILE_OK);
	while (efile_task_cursor_next(cursor, &task) == EFILE_OK)
		if (strstr(task.variables, "\"n\":\"") &&
		    strstr(task.variables, "\"n\":\"")[5] == letter)
			id = task.id;
	return id;
}

static efile_task shown(efile_session *session, efile_task_id id)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task = { .id = { EFILE_ID_NONE } };

	TAP_EQUAL_INT(efile_task_list(&cursor, session, id), EFILE_OK);
	efile_task_cursor_next(cursor, &task);
	task.variables = task.process = task.node = task.name = NULL;
	return task;
}

static const char *instant(efile_time time)
{
	static char text[EFILE_TIME_TEXT_SIZE];

	return time ? efile_time_format(time, text) : "";
}

static void set_due(efile_session *session, efile_task_id id, efile_time due)
{
	efile_task_changes c;

	efile_task_changes_init(&c);
	c.due = instant(due);
	TAP_EQUAL_INT(efile_task_update(session, id, &c), EFILE_OK);
}

static void set_priority(efile_session *session, efile_task_id id, int priority)
{
	efile_task_changes c;

	efile_task_changes_init(&c);
	c.priority = priority;
	TAP_EQUAL_INT(efile_task_update(session, id, &c), EFILE_OK);
}

static void set_follow_up(efile_session *session, efile_task_id id, efile_time follow_up)
{
	efile_task_changes c;

	efile_task_changes_init(&c);
	c.follow_up = instant(follow_up);
	TAP_EQUAL_INT(efile_task_update(session, id, &c), EFILE_OK);
}

static void start_some(desk *d)
{
	static const char *const names[] = { "{\"n\":\"a\"}", "{\"n\":\"b\"}", "{\"n\":\"c\"}",
					     "{\"n\":\"d\"}", "{\"n\":\"e\"}" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		start(d->r.weber, i == 3 ? "other" : "one", names[i]);
}

/* ---- order ---- */

static void test_order(void)
{
	efile_worklist_options o;
	desk d;

	desk_setup(&d);
	efile_worklist_options_init(&o);
	start_some(&d);
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "abcde");
	set_due(d.r.weber, task_called(d.r.weber, 'c'), DAYS(3));
	set_due(d.r.weber, task_called(d.r.weber, 'e'), DAYS(2));
	o.order = EFILE_TASK_BY_DUE; /* d is due in a day by its definition */
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "decab");
	o.due_before = DAYS(3);
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "de");
	o.due_before = 0;
	set_due(d.r.weber, task_called(d.r.weber, 'e'), 0);
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "dcabe");
	o.order = EFILE_TASK_BY_PRIORITY;
	set_priority(d.r.weber, task_called(d.r.weber, 'e'), 90);
	set_priority(d.r.weber, task_called(d.r.weber, 'a'), 10);
	set_priority(d.r.weber, task_called(d.r.weber, 'd'), 90);
	set_priority(d.r.weber, task_called(d.r.weber, 'c'), 51);
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "decba");
	TAP_EQUAL_INT(shown(d.r.weber, task_called(d.r.weber, 'e')).priority, 90);
	TAP_EQUAL_INT(shown(d.r.weber, task_called(d.r.weber, 'b')).priority, 50);
	set_priority(d.r.weber, task_called(d.r.weber, 'e'), 50);
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "dcbea");
	desk_teardown(&d);
}

/* Every order in pages of two is the list at once. */
static void test_pages(void)
{
	desk d;

	desk_setup(&d);
	for (int i = 0; i < 12; i++) {
		efile_task_id id;
		char name[32];

		snprintf(name, sizeof(name), "{\"n\":\"%c\"}", 'a' + i);
		start(d.r.weber, "one", name);
		id = task_called(d.r.weber, (char)('a' + i));
		if (i % 2)
			set_due(d.r.weber, id, DAYS((i * 5) % 7));
		if (i % 3)
			set_priority(d.r.weber, id, (i * 31) % 101);
	}
	for (int order = 0; order <= EFILE_TASK_BY_PRIORITY; order++) {
		char whole[64], pages[64] = "", *place = NULL;
		efile_worklist_options o;
		size_t got = 0;

		efile_worklist_options_init(&o);
		o.order = (efile_task_order)order;
		strcpy(whole, letters(d.r.weber, &o));
		TAP_EQUAL_INT(strlen(whole), 12);
		for (int page = 0; page < 8; page++) {
			AUTO_PTR(efile_task_cursor) cursor = NULL;
			efile_task task;

			o.after = place;
			o.variables = 1;
			TAP_EQUAL_INT(efile_worklist(&cursor, d.r.weber, &o), EFILE_OK);
			free(place);
			place = NULL;
			TAP_EQUAL_INT(efile_task_cursor_position(&place, cursor), EFILE_E_STATE);
			for (int i = 0; i < 2 && efile_task_cursor_next(cursor, &task) == EFILE_OK; i++)
				pages[got++] = strstr(task.variables, "\"n\":\"")[5];
			pages[got] = '\0';
			if (efile_task_cursor_position(&place, cursor) < 0)
				break;
		}
		TAP_EQUAL_TEXT(pages, whole);
		free(place);
	}
	desk_teardown(&d);
}

/* What is claimed is found by the task itself, what is offered by a table: the list is the same. */
static void test_claimed(void)
{
	static const char *const claims[] = { "c", "ad", "be" };
	char orders[3][16];
	efile_worklist_options o;
	desk d;

	desk_setup(&d);
	efile_worklist_options_init(&o);
	start_some(&d);
	set_due(d.r.weber, task_called(d.r.weber, 'c'), DAYS(3));
	set_due(d.r.weber, task_called(d.r.weber, 'e'), DAYS(2));
	set_due(d.r.weber, task_called(d.r.weber, 'a'), DAYS(3));
	set_priority(d.r.weber, task_called(d.r.weber, 'e'), 90);
	set_priority(d.r.weber, task_called(d.r.weber, 'a'), 10);
	set_priority(d.r.weber, task_called(d.r.weber, 'd'), 90);
	set_priority(d.r.weber, task_called(d.r.weber, 'b'), 10);
	for (int i = 0; i < 3; i++) {
		o.order = (efile_task_order)i;
		strcpy(orders[i], letters(d.r.weber, &o));
		TAP_EQUAL_INT(strlen(orders[i]), 5);
	}
	TAP_EQUAL_TEXT(orders[EFILE_TASK_BY_DUE], "deacb");
	TAP_EQUAL_TEXT(orders[EFILE_TASK_BY_PRIORITY], "decab");
	for (size_t c = 0; c < ARRAY_SIZE(claims); c++) {
		for (const char *letter = claims[c]; *letter; letter++)
			TAP_EQUAL_INT(efile_task_claim(d.r.weber, task_called(d.r.weber, *letter)),
				      EFILE_OK);
		for (int i = 0; i < 3; i++) {
			o.order = (efile_task_order)i;
			TAP_EQUAL_TEXT(letters(d.r.weber, &o), orders[i]);
		}
	}
	TAP_EQUAL_TEXT(letters(d.second, &o), "");
	o.order = EFILE_TASK_BY_CREATED;
	set_follow_up(d.r.weber, task_called(d.r.weber, 'b'), DAYS(1));
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "acde");
	TAP_EQUAL_INT(efile_task_unclaim(d.r.weber, task_called(d.r.weber, 'd')), EFILE_OK);
	TAP_EQUAL_TEXT(letters(d.second, &o), "d");
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "acde");
	desk_teardown(&d);
}

static const char own_task[] = DESK_HEAD
	"<process id='own' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='a' name='Prüfen' e:assignee='m.weber'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "e") DESK_CLOSE;

/* A task that one person has and nobody else is offered, until it is escalated. */
static void test_alone(void)
{
	efile_worklist_options o;
	efile_task_id a;
	desk d;

	desk_setup(&d);
	efile_worklist_options_init(&o);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, own_task), EFILE_OK);
	start(d.r.weber, "own", "{\"n\":\"a\"}");
	start(d.r.weber, "own", "{\"n\":\"b\"}");
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "ab");
	TAP_EQUAL_TEXT(letters(d.second, &o), "");
	a = task_called(d.r.weber, 'a');
	TAP_EQUAL_INT(efile_task_escalate(d.r.weber, a, d.adler), EFILE_OK);
	TAP_EQUAL_TEXT(letters(d.second, &o), "a");
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "ab");
	desk_fsck(d.r.town.store);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, a, NULL), EFILE_OK);
	TAP_EQUAL_TEXT(letters(d.second, &o), "");
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "b");
	desk_teardown(&d);
}

/* Each page of a desk is read along one index, and from that alone. */
static void test_plans(void)
{
	desk d;

	desk_setup(&d);
	for (int stage = DESK_BY_TASK; stage <= DESK_LOW; stage++)
		for (int held = 0; held < 2; held++) {
			char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s",
						    desk_page_sql((desk_stage)stage, held));
			sqlite3_stmt *s = NULL;

			TAP_EQUAL_INT(sqlite3_prepare_v2(d.r.town.store->db, sql, -1, &s, NULL), SQLITE_OK);
			for (int rows = 0; sqlite3_step(s) == SQLITE_ROW; rows++) {
				const char *detail = (const char *)sqlite3_column_text(s, 3);

				tap_case(detail);
				TAP_OK(strncmp(detail, "SEARCH", 6) == 0);
				TAP_OK(strstr(detail, "COVERING INDEX") || strstr(detail, "PRIMARY KEY"));
				TAP_EQUAL_INT(rows, 0);
			}
			sqlite3_finalize(s);
			sqlite3_free(sql);
		}
	desk_teardown(&d);
}

static void test_places(void)
{
	static const char *const wrong[] = { "", "x", "c0.0.0.", "d0.1.2", "c1.1.2", "c0.1.-2", "c0.1" };
	efile_task_cursor *cursor = NULL;
	efile_worklist_options o;
	desk d;

	desk_setup(&d);
	efile_worklist_options_init(&o);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		o.after = wrong[i];
		TAP_EQUAL_INT(efile_worklist(&cursor, d.r.weber, &o), EFILE_E_INVALID);
	}
	o.after = NULL;
	o.order = (efile_task_order)3;
	TAP_EQUAL_INT(efile_worklist(&cursor, d.r.weber, &o), EFILE_E_INVALID);
	o.order = EFILE_TASK_BY_DUE;
	o.hold = (efile_task_hold)3;
	TAP_EQUAL_INT(efile_worklist(&cursor, d.r.weber, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_worklist(NULL, d.r.weber, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_task_cursor_position(NULL, NULL), EFILE_E_INVALID);
	desk_teardown(&d);
}

/* ---- filters ---- */

static void test_filters(void)
{
	efile_worklist_options o;
	efile_instance_id id;
	efile_task_id b;
	desk d;

	desk_setup(&d);
	efile_worklist_options_init(&o);
	start_some(&d);
	o.process = "other";
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "d");
	o.process = "none";
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "");
	o.process = NULL;
	o.node = "a";
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "abce");
	o.node = NULL;
	b = task_called(d.r.weber, 'b');
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, b), EFILE_OK);
	o.hold = EFILE_TASK_HELD;
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "b");
	TAP_EQUAL_TEXT(letters(d.second, &o), "");
	o.hold = EFILE_TASK_FREE;
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "acde");
	TAP_EQUAL_TEXT(letters(d.second, &o), "acde");
	o.hold = EFILE_TASK_ANY_HOLD;
	o.instance = shown(d.r.weber, b).instance;
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "b");
	o.instance.id = EFILE_ID_NONE;
	o.case_id = d.r.case_id;
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "");
	{
		efile_flow_start_options s;

		efile_flow_start_options_init(&s);
		s.case_id = d.r.case_id;
		s.variables = "{\"n\":\"z\"}";
		TAP_EQUAL_INT(efile_flow_start(&id, d.r.weber, "one", &s), EFILE_OK);
	}
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "z");
	desk_teardown(&d);
}

/* Wiedervorlage: off the list until its day. */
static void test_follow_up(void)
{
	efile_worklist_options o;
	desk d;

	desk_setup(&d);
	start_some(&d);
	efile_worklist_options_init(&o);
	set_follow_up(d.r.weber, task_called(d.r.weber, 'b'), DAYS(2));
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "acde");
	TAP_EQUAL_INT(desk_tasks(d.r.weber, NULL), 5);
	o.later = 1;
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "abcde");
	o.later = 0;
	test_tick(2 * DAY * INT64_C(1000000));
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "abcde");
	TAP_EQUAL_INT(shown(d.r.weber, task_called(d.r.weber, 'b')).follow_up == DAYS(2), 1);
	set_follow_up(d.r.weber, task_called(d.r.weber, 'b'), 0);
	TAP_EQUAL_INT(shown(d.r.weber, task_called(d.r.weber, 'b')).follow_up, 0);
	test_clock_reset();
	desk_teardown(&d);
}

/* ---- desks of others ---- */

static void test_deputies(void)
{
	efile_deputy_options when;
	efile_worklist_options o;
	efile_session *stand_in;
	efile_task_id b;
	desk d;

	desk_setup(&d);
	start_some(&d);
	efile_worklist_options_init(&o);
	b = task_called(d.r.weber, 'b');
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, b), EFILE_OK);
	o.deputies = 1;
	TAP_EQUAL_TEXT(letters(d.r.klein, &o), "");
	efile_deputy_options_init(&when);
	when.only_absent = 1;
	TAP_EQUAL_INT(efile_deputy_add(d.r.town.admin, d.r.town.weber, d.r.town.klein, &when), EFILE_OK);
	TAP_EQUAL_TEXT(letters(d.r.klein, &o), "");
	TAP_EQUAL_INT(efile_absence_set(d.r.town.admin, d.r.town.weber, town_day(2026, 3, 1), town_ever),
		      EFILE_OK);
	TAP_EQUAL_TEXT(letters(d.r.klein, &o), "abcde"); /* weber's desk and weber's groups */
	{
		AUTO_PTR(efile_task_cursor) cursor = NULL;
		efile_task task;

		TAP_EQUAL_INT(efile_worklist(&cursor, d.r.klein, &o), EFILE_OK);
		TAP_EQUAL_INT(efile_task_cursor_next(cursor, &task), EFILE_OK);
		TAP_EQUAL_INT(id_compare(&task.on_behalf_of.id, &d.r.town.weber.id), 0);
		TAP_OK(task.variables == NULL);
	}
	/* looking is one thing; acting is done on behalf of the person */
	TAP_EQUAL_INT(efile_task_complete(d.r.klein, b, NULL), EFILE_E_NOTFOUND);
	o.deputies = 0;
	TAP_EQUAL_TEXT(letters(d.r.klein, &o), "");
	stand_in = town_session(&d.r.town, "k.klein", "m.weber", NULL);
	TAP_EQUAL_TEXT(letters(stand_in, &o), "abcde");
	o.deputies = 1; /* substitutions do not chain */
	TAP_EQUAL_TEXT(letters(stand_in, &o), "abcde");
	TAP_EQUAL_INT(efile_task_complete(stand_in, b, NULL), EFILE_OK);
	TAP_EQUAL_TEXT(letters(d.r.klein, &o), "acde");
	/* weber sees the own desk once, whatever the others */
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "acde");
	efile_session_close(stand_in);
	desk_teardown(&d);
}

/* A membership that begins while a list is open counts for its next task. */
static void test_membership(void)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task;
	desk d;

	desk_setup(&d);
	start_some(&d);
	TAP_EQUAL_INT(efile_worklist(&cursor, d.r.klein, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_task_cursor_next(cursor, &task), EFILE_DONE);
	town_join(&d.r.town, d.r.town.klein, d.r.town.office);
	TAP_EQUAL_INT(efile_task_cursor_next(cursor, &task), EFILE_OK);
	desk_teardown(&d);
}

/* ---- hands ---- */

static void test_unclaim(void)
{
	efile_task_id a;
	desk d;

	desk_setup(&d);
	start(d.r.weber, "one", "{\"n\":\"a\"}");
	a = task_called(d.r.weber, 'a');
	TAP_EQUAL_INT(efile_task_unclaim(d.r.weber, a), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(efile_task_unclaim(d.second, a), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_unclaim(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(d.second, NULL), 1);
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_OK);
	TAP_EQUAL_INT(efile_task_unclaim(d.r.klein, a), EFILE_E_STATE);
	TAP_EQUAL_INT(town_logged(&d.r.town, "task.unclaimed", NULL), 1);
	desk_teardown(&d);
}

static int is_holder(efile_session *session, efile_task_id id, efile_actor_id assignee,
		     efile_actor_id owner, efile_task_handed handed)
{
	efile_task task = shown(session, id);

	return id_compare(&task.assignee.id, &assignee.id) == 0 &&
		id_compare(&task.owner.id, &owner.id) == 0 && task.handed == handed;
}

static const efile_actor_id nobody;

/* The owner stays, however often it is handed on; each return goes one step back. */
static void test_trail(void)
{
	efile_task_id a;
	desk d;

	desk_setup(&d);
	start(d.r.weber, "one", "{\"n\":\"a\"}");
	a = task_called(d.r.weber, 'a');
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_OK);
	TAP_EQUAL_INT(efile_task_delegate(d.r.klein, a, d.adler), EFILE_OK);
	TAP_OK(is_holder(d.second, a, d.adler, d.r.town.weber, EFILE_TASK_DELEGATED));
	TAP_EQUAL_INT(efile_task_return(d.second, a), EFILE_OK);
	TAP_OK(is_holder(d.r.klein, a, d.r.town.klein, d.r.town.weber, EFILE_TASK_DELEGATED));
	TAP_EQUAL_INT(efile_task_return(d.r.klein, a), EFILE_OK);
	TAP_OK(is_holder(d.r.weber, a, d.r.town.weber, nobody, EFILE_TASK_NOT_HANDED));
	TAP_EQUAL_INT(efile_task_return(d.r.weber, a), EFILE_OK);
	TAP_OK(is_holder(d.r.weber, a, nobody, nobody, EFILE_TASK_NOT_HANDED));
	desk_teardown(&d);
}

static void test_trail_end(void)
{
	efile_status status = EFILE_OK;
	efile_task_id a;
	int handed = 0;
	desk d;

	desk_setup(&d);
	start(d.r.weber, "one", "{\"n\":\"a\"}");
	a = task_called(d.r.weber, 'a');
	for (; status == EFILE_OK && handed < 1000; handed++)
		status = efile_task_delegate(handed % 2 ? d.second : d.r.weber, a,
					     handed % 2 ? d.r.town.weber : d.adler);
	TAP_EQUAL_INT(status, EFILE_E_LIMIT);
	TAP_OK(handed > 64);
	desk_teardown(&d);
}

static void test_resolve(void)
{
	efile_instance_id id;
	efile_task_id a;
	desk d;

	desk_setup(&d);
	id = start(d.r.weber, "one", "{\"n\":\"a\"}");
	a = task_called(d.r.weber, 'a');
	TAP_EQUAL_INT(efile_task_resolve(d.r.weber, a, NULL), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(efile_task_resolve(d.r.weber, a, NULL), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_OK);
	TAP_EQUAL_INT(efile_task_delegate(d.r.klein, a, d.adler), EFILE_OK);
	TAP_EQUAL_INT(efile_task_resolve(d.r.klein, a, NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_resolve(d.second, a, "[]"), EFILE_E_FORMAT);
	TAP_OK(is_holder(d.second, a, d.adler, d.r.town.weber, EFILE_TASK_DELEGATED));
	TAP_EQUAL_INT(efile_task_resolve(d.second, a, "{\"opinion\":\"ja\"}"), EFILE_OK);
	TAP_OK(is_holder(d.r.weber, a, d.r.town.weber, d.r.town.weber, EFILE_TASK_RESOLVED));
	{
		AUTO_PTR(efile_task_cursor) cursor = NULL;
		efile_task task;

		TAP_EQUAL_INT(efile_task_list(&cursor, d.r.weber, a), EFILE_OK);
		TAP_EQUAL_INT(efile_task_cursor_next(cursor, &task), EFILE_OK);
		TAP_EQUAL_TEXT(task.variables, "{\"n\":\"a\",\"opinion\":\"ja\"}");
	}
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	/* and can be asked for again */
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_OK);
	TAP_OK(is_holder(d.r.klein, a, d.r.town.klein, d.r.town.weber, EFILE_TASK_DELEGATED));
	TAP_EQUAL_INT(efile_task_claim(d.second, a), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, a), EFILE_OK); /* called back */
	TAP_OK(is_holder(d.r.weber, a, d.r.town.weber, nobody, EFILE_TASK_NOT_HANDED));
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, a, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	desk_teardown(&d);
}

static void test_update(void)
{
	efile_task_changes c;
	efile_task_id a;
	char *body = NULL;
	desk d;

	desk_setup(&d);
	start(d.r.weber, "one", "{\"n\":\"a\"}");
	a = task_called(d.r.weber, 'a');
	efile_task_changes_init(&c);
	c.priority = 101;
	TAP_EQUAL_INT(efile_task_update(d.r.weber, a, &c), EFILE_E_INVALID);
	c.priority = -2;
	TAP_EQUAL_INT(efile_task_update(d.r.weber, a, &c), EFILE_E_INVALID);
	c.priority = 80;
	TAP_EQUAL_INT(efile_task_update(d.r.klein, a, &c), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_claim(d.second, a), EFILE_OK);
	TAP_EQUAL_INT(efile_task_update(d.r.weber, a, &c), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_task_update(d.second, a, &c), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&d.r.town, "task.changed", &body), 1);
	TAP_OK(body && strstr(body, "\"priority\":80"));
	TAP_OK(body && strstr(body, "\"assignee\":\""));
	free(body);
	desk_teardown(&d);
}

/* Times as tasks spell them; expected values by the calendar on the wall. */
static void test_times(void)
{
	static const struct {
		const char *name, *text, *calendar;
		int last;
		const char *expected; /* NULL: refused */
		efile_status status;
	} rows[] = {
		{ "a day ends", "2026-05-04", NULL, 1, "2026-05-04T21:59:59Z", EFILE_OK },
		{ "a day begins", "2026-05-04", NULL, 0, "2026-05-03T22:00:00Z", EFILE_OK },
		{ "winter", "2026-01-15", NULL, 0, "2026-01-14T23:00:00Z", EFILE_OK },
		{ "an instant here", "2026-05-04T12:00", NULL, 1, "2026-05-04T10:00:00Z", EFILE_OK },
		{ "an instant there", "2026-05-04T12:00:00Z", NULL, 1, "2026-05-04T12:00:00Z", EFILE_OK },
		{ "a duration", "PT4H", NULL, 1, "2026-03-02T12:00:00Z", EFILE_OK },
		{ "a month", "P1M", NULL, 1, "2026-04-02T07:00:00Z", EFILE_OK }, /* clocks forward */
		/* Monday 2 March 2026 */
		{ "a week of the office", "5 office-days", "DE-BW", 1, "2026-03-09T22:59:59Z", EFILE_OK },
		{ "with Saturdays", "5 werktage", "DE-BW", 1, "2026-03-07T22:59:59Z", EFILE_OK },
		{ "one", "1 office-day", "DE-HE", 0, "2026-03-02T23:00:00Z", EFILE_OK },
		/* Good Friday 3 April, Easter Monday 6 April */
		{ "over Easter", "26 office-days", "DE-BW", 1, "2026-04-09T21:59:59Z", EFILE_OK },
		{ "no calendar", "5 office-days", NULL, 1, NULL, EFILE_E_INVALID },
		{ "no such Land", "5 office-days", "DE-XX", 1, NULL, EFILE_E_INVALID },
		{ "no such days", "5 days", "DE-BW", 1, NULL, EFILE_E_FORMAT },
		{ "too many", "10001 werktage", "DE-BW", 1, NULL, EFILE_E_FORMAT },
		{ "no date", "2026-02-30", NULL, 1, NULL, EFILE_E_FORMAT },
		{ "no duration", "P", NULL, 1, NULL, EFILE_E_FORMAT },
		{ "nothing", "", NULL, 1, NULL, EFILE_E_FORMAT },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[EFILE_TIME_TEXT_SIZE];
		efile_time time = 7;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_task_time_compute(&time, ctx, rows[i].text, rows[i].calendar, TEST_NOW,
						      rows[i].last), rows[i].status);
		if (!rows[i].expected)
			TAP_EQUAL_INT(time, 7);
		else
			TAP_EQUAL_TEXT(efile_time_format(time, text), rows[i].expected);
	}
	TAP_EQUAL_INT(efile_task_time_compute(NULL, ctx, "P1D", NULL, 0, 0), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

/* ---- the derived table ---- */

static int rules(efile_store *store, int repair)
{
	AUTO_PTR(efile_report) report = NULL;
	efile_fsck_options o;
	int count = 0;

	efile_fsck_options_init(&o);
	o.repair = repair;
	TAP_EQUAL_INT(efile_store_fsck(&report, store, &o), EFILE_OK);
	for (size_t i = 0; i < efile_report_count(report); i++)
		count += strcmp(efile_report_finding(report, i)->rule, "FSCK-DERIVED") == 0;
	return count;
}

static void test_derived(void)
{
	task_record gone = { .head = { 1, 0 } };
	efile_worklist_options o;
	desk d;

	desk_setup(&d);
	efile_worklist_options_init(&o);
	start_some(&d);
	{
		AUTO(txn) tx = TXN_NONE;

		TAP_EQUAL_INT(txn_begin(&tx, d.r.town.store), EFILE_OK);
		TAP_EQUAL_INT(desk_remove(d.r.town.store, &gone), EFILE_OK);
		TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	}
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "bcde");
	TAP_EQUAL_INT(rules(d.r.town.store, 0), 1);
	rules(d.r.town.store, 1);
	TAP_EQUAL_INT(rules(d.r.town.store, 0), 0);
	TAP_EQUAL_TEXT(letters(d.r.weber, &o), "abcde");
	desk_teardown(&d);
}

/* ---- without memory ---- */

typedef struct memory_case {
	desk d;
	efile_task_id task;
	int step;
} memory_case;

static efile_status list_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	AUTO_PTR(char) place = NULL;
	memory_case *m = arg;
	efile_worklist_options o;
	efile_task task;

	(void)ctx;
	efile_worklist_options_init(&o);
	o.order = EFILE_TASK_BY_PRIORITY;
	o.deputies = o.variables = 1;
	o.process = "one";
	o.node = "a";
	TRY(efile_worklist(&cursor, m->d.r.klein, &o));
	for (int i = 0; i < 3; i++)
		TRY(efile_task_cursor_next(cursor, &task));
	return efile_task_cursor_position(&place, cursor);
}

static efile_status hand_on_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;

	(void)ctx;
	return efile_task_delegate(m->d.r.weber, m->task, m->d.r.town.klein);
}

static efile_status resolve_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;

	(void)ctx;
	return efile_task_resolve(m->d.r.klein, m->task, "{\"ok\":true}");
}

static void test_memory(void)
{
	memory_case m;

	desk_setup(&m.d);
	start_some(&m.d);
	m.task = task_called(m.d.r.weber, 'a');
	TAP_EQUAL_INT(efile_deputy_add(m.d.r.town.admin, m.d.r.town.weber, m.d.r.town.klein, NULL),
		      EFILE_OK);
	TAP_OK(fail_each(list_once, &m) > 10);
	TAP_OK(fail_each(hand_on_once, &m) > 10);
	TAP_OK(fail_each(resolve_once, &m) > 10);
	TAP_EQUAL_INT(town_logged(&m.d.r.town, "task.resolved", NULL), 1);
	desk_teardown(&m.d);
}

TAP_SUITE(flow_desk) = {
	{ "order", test_order },
	{ "pages", test_pages },
	{ "claimed", test_claimed },
	{ "nobody else", test_alone },
	{ "plans", test_plans },
	{ "places", test_places },
	{ "filters", test_filters },
	{ "follow-up", test_follow_up },
	{ "desks of others", test_deputies },
	{ "membership", test_membership },
	{ "letting go", test_unclaim },
	{ "from hand to hand", test_trail },
	{ "not from hand to hand for ever", test_trail_end },
	{ "resolving", test_resolve },
	{ "dates and priority", test_update },
	{ "times", test_times },
	{ "the table is derived", test_derived },
	{ "out of memory", test_memory },
	TAP_END,
};
