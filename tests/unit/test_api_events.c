/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log as a person may read it. */
#include <efile/events.h>

#include <string.h>

#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_event_cursor, efile_event_cursor_free)

/* Bodies of entries with an action, out of a feed; entries counts them all. */
static int bodies(efile_event_cursor *cursor, const char *action, int *entries)
{
	efile_event event;
	int count = 0;

	*entries = 0;
	while (cursor && efile_event_cursor_next(cursor, &event) == EFILE_OK) {
		++*entries;
		count += strcmp(event.action, action) == 0 && *event.body;
	}
	return count;
}

static int bodies_of(efile_session *session, const char *action)
{
	AUTO_PTR(efile_event_cursor) cursor = NULL;
	int all, entries = (int)desk_entries(session_store(session)), count;

	TAP_EQUAL_INT(efile_session_events(&cursor, session, 0), EFILE_OK);
	count = bodies(cursor, action, &all);
	TAP_EQUAL_INT(all, entries);
	return count;
}

/* Symptom: whoever could open the store read in the log what people had written. */
static void test_no_body_without_a_session(void)
{
	registry r;
	AUTO_PTR(efile_event_cursor) cursor = NULL;
	int entries;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_store_events(&cursor, r.town.store, 0), EFILE_OK);
	TAP_EQUAL_INT(bodies(cursor, "case.created", &entries), 0);
	TAP_OK(entries > 10);
	registry_teardown(&r);
}

static void test_body_for_whom_the_object_is_visible(void)
{
	registry r;

	registry_setup(&r);
	registry_document(&r, r.case_id, "Vermerk", NULL, r.closed_list);
	TAP_EQUAL_INT(bodies_of(r.weber, "case.created"), 1);
	TAP_EQUAL_INT(bodies_of(r.weber, "document.filed"), 0);
	TAP_EQUAL_INT(bodies_of(r.chief, "document.filed"), 1);
	TAP_EQUAL_INT(bodies_of(r.klein, "case.created"), 0);
	TAP_EQUAL_INT(bodies_of(r.town.admin, "case.created"), 0);
	TAP_OK(bodies_of(r.klein, "actor.created") > 0);
	TAP_EQUAL_INT(town_logged(&r.town, "access.refused", NULL), 0);
	registry_teardown(&r);
}

static void test_who_looked_is_for_administrators(void)
{
	registry r;
	AUTO_PTR(efile_case) hidden = NULL;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_case_load(&hidden, r.klein, r.case_id), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(bodies_of(r.town.admin, "access.refused"), 1);
	TAP_EQUAL_INT(bodies_of(r.klein, "access.refused"), 1);
	TAP_EQUAL_INT(bodies_of(r.weber, "access.refused"), 0);
	registry_teardown(&r);
}

/* Processes and their tasks go with the case, letters with the intake journal. */
static const char one_task[] = DESK_HEAD
	"<process id='one' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='a' name='Prüfen' e:candidateGroups='amt10'/><endEvent id='e'/>"
	DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "e") DESK_CLOSE;

static void test_processes_and_letters(void)
{
	registry r;
	efile_flow_start_options o;
	efile_instance_id id;
	efile_task_id task;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, one_task), EFILE_OK);
	efile_flow_start_options_init(&o);
	o.case_id = r.case_id;
	TAP_EQUAL_INT(efile_flow_start(&id, r.weber, "one", &o), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(r.weber, &task), 1);
	TAP_EQUAL_INT(efile_task_claim(r.weber, task), EFILE_OK);
	TAP_EQUAL_INT(bodies_of(r.weber, "flow.started"), 1);
	TAP_EQUAL_INT(bodies_of(r.weber, "task.claimed"), 1);
	TAP_EQUAL_INT(bodies_of(r.klein, "flow.started"), 0);
	TAP_EQUAL_INT(bodies_of(r.klein, "task.claimed"), 0);
	efile_intake_item_free(desk_receive(r.town.admin, EFILE_CHANNEL_MAIL, "a.eml",
					    "From: a@b.de\r\nSubject: Frage\r\n\r\nText\r\n"));
	TAP_EQUAL_INT(bodies_of(r.town.admin, "intake.received"), 1);
	TAP_EQUAL_INT(bodies_of(r.weber, "intake.received"), 0);
	registry_teardown(&r);
}

static void test_needs_a_session(void)
{
	town t;
	AUTO_PTR(efile_event_cursor) cursor = NULL;
	efile_session *klein;
	efile_actor_options o;

	town_setup(&t);
	TAP_EQUAL_INT(efile_session_events(&cursor, NULL, 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_session_events(NULL, t.admin, 0), EFILE_E_INVALID);
	klein = town_session(&t, "k.klein", NULL, NULL);
	efile_actor_options_init(&o);
	o.active = 0;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.klein, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_session_events(&cursor, klein, 0), EFILE_E_DENIED);
	efile_session_close(klein);
	town_teardown(&t);
}

/* Every action of the log has words of its own; a new one needs a row in store/words.c. */
static void test_actions_have_words(void)
{
	static const char *const names[] = {
#define JOURNAL_ACTION(number, name, text) text,
#include "store/kinds.def"
#undef JOURNAL_ACTION
	};
	efile_ctx *english = test_ctx(), *german = test_ctx_german();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *words = efile_action_words(english, names[i]);

		if (!TAP_OK(strcmp(words, names[i]) != 0 &&
			    strcmp(words, efile_action_words(german, names[i])) != 0))
			printf("# %s\n", names[i]);
	}
	TAP_EQUAL_TEXT(efile_action_words(english, "no.action"), "no.action");
	TAP_EQUAL_TEXT(efile_action_words(NULL, "case.created"), "");
	TAP_EQUAL_TEXT(efile_action_words(german, "case.created"), "Vorgang angelegt");
	efile_ctx_free(english);
	efile_ctx_free(german);
}

/* The newest entry with an action, in words. */
static efile_event_words said(efile_session *session, const char *action)
{
	AUTO_PTR(efile_event_cursor) cursor = NULL;
	efile_event_words words = { .what = "none" };
	efile_event event;

	TAP_EQUAL_INT(efile_session_events(&cursor, session, 0), EFILE_OK);
	while (efile_event_cursor_next(cursor, &event) == EFILE_OK)
		if (strcmp(event.action, action) == 0)
			TAP_EQUAL_INT(efile_event_say(&words, session, &event), EFILE_OK);
	return words;
}

static void test_entries_in_words(void)
{
	registry r;
	efile_event_words w;

	registry_setup(&r);
	registry_document(&r, r.case_id, "Vermerk", NULL, r.closed_list);
	w = said(r.weber, "case.created");
	TAP_EQUAL_TEXT(w.what, "case opened");
	TAP_EQUAL_TEXT(w.about, "10.24-0001/001-2026 Bauantrag");
	TAP_OK(*w.who != '\0' && !w.machine);
	/* The title is for whom the document is shown; nobody is said to have tried. */
	TAP_EQUAL_TEXT(said(r.weber, "document.filed").about, "");
	TAP_EQUAL_TEXT(said(r.chief, "document.filed").about, "Vermerk (10.24-0001/001-2026)");
	TAP_EQUAL_TEXT(said(r.klein, "case.created").about, "");
	TAP_EQUAL_TEXT(said(r.klein, "plan.created").about, "20 20");
	TAP_EQUAL_TEXT(said(r.klein, "store.created").who, "");
	TAP_EQUAL_INT(town_logged(&r.town, "access.refused", NULL), 0);
	TAP_EQUAL_INT(efile_event_say(NULL, r.weber, &(efile_event){ .action = "x" }), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_event_say(&w, NULL, &(efile_event){ .action = "x" }), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_event_say(&w, r.weber, NULL), EFILE_E_INVALID);
	registry_teardown(&r);
}

TAP_SUITE(api_events) = {
	{ "each action has words", test_actions_have_words },
	{ "entries in words", test_entries_in_words },
	{ "the feed without a session has no body", test_no_body_without_a_session },
	{ "a body is for whom its object is visible", test_body_for_whom_the_object_is_visible },
	{ "who looked is for administrators", test_who_looked_is_for_administrators },
	{ "processes go with the case, letters with the journal", test_processes_and_letters },
	{ "needs a session", test_needs_a_session },
	TAP_END,
};
