/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine at work: the pure step of flow.h inside transactions of the store. */
#ifndef FLOW_RUNTIME_H
#define FLOW_RUNTIME_H

#include <efile/task.h>

#include "access/access.h"
#include "base/json.h"
#include "flow/flow.h"

/* ------------------------------------------------------------------ for api/ */

extern const char flow_schema[], flow_schema_2[], flow_schema_3[], flow_schema_4[]; /* by format */
efile_status flow_figures(efile_figures *figures, efile_store *store);
/* The derived table of worklists, for fsck. */
efile_status flow_check_desk(efile_store *store, efile_report *report, bool rebuild);

/* What a service task hands to its handler. */
typedef struct flow_call {
	efile_instance_id instance;
	efile_case_id case_id;
	efile_document_id document;
	const char *variables;   /* JSON object */
} flow_call;

/* Does the work of a service task inside the transaction of the step. result (NULL, or a malloc'd
 * JSON object) is merged into the variables. What the caller cannot mend at once (FORMAT, STATE,
 * DENIED, ...) becomes an incident, and what the handler wrote is undone; trouble of the store is
 * the answer of the whole call. */
typedef efile_status (*flow_handler_fn)(char **result, efile_session *session,
					const flow_call *call);

typedef struct flow_handler {
	const char *name;
	flow_handler_fn call;
} flow_handler;

/* Called once after opening; a service task with another name becomes a job for outside workers. */
efile_status flow_set_handlers(efile_store *store, const flow_handler *handlers, size_t count);
flow_handler_fn handler_named(const efile_store *store, const char *name); /* NULL: none */

/* The actions of this module in the log (docs/ABI.md section 7). */
#define FLOW_FIRST_ACTION ((journal_action)300)
#define FLOW_LAST_ACTION ((journal_action)399)

/* ------------------------------------------------------------------ rows */

typedef struct definition_record {
	record_head head;
	efile_id uuid;
	char *process;
	int64_t version;
	char *name;
	int64_t source;
	bytes arena;
	int64_t created;
} definition_record;

typedef struct instance_record {
	record_head head;
	efile_id uuid;
	int64_t definition;
	int64_t dossier;
	int64_t status;
	bytes state;
	efile_id case_id;
	efile_id document;
	efile_id starter;
	int64_t started;
	opt_int ended;
	opt_int parent;         /* row of the instance that called it */
	opt_int parent_wait;
	opt_int erased;         /* when its retention was over: variables, persons, log bodies are gone */
	char *figures;          /* of its nodes then, JSON */
} instance_record;

enum { TASK_OPEN = 1, TASK_COMPLETED = 2, TASK_CANCELLED = 3 };
enum { TASK_PRIORITY = 50 }; /* unless something else is said */

typedef struct task_record {
	record_head head;
	efile_id uuid;
	int64_t instance;
	int64_t wait;
	char *node;
	char *name;
	int64_t status;
	opt_int assignee;
	opt_int owner;
	opt_int due;
	int64_t created;
	opt_int ended;
	efile_id performer;
	efile_id behalf;
	opt_int follow_up;
	opt_int priority;
	opt_int handed;         /* efile_task_handed */
	char *trail;            /* rows of earlier holders: "3,17" */
	opt_int instruction;    /* efile_instruction, of an entry of a sign-off list */
	opt_int reminders;      /* the highest number of its reminders */
	opt_int alone;          /* 1: it has no candidates; not set: it may have */
} task_record;

typedef struct candidate_record {
	record_head head;
	int64_t task;
	int64_t actor;
	opt_int takes;          /* 1: also what somebody else has claimed */
} candidate_record;

typedef struct reminder_record {
	record_head head;
	int64_t task;
	int64_t number;
	char *moment;           /* as it was said (term.h) */
	char *calendar;
	opt_int due;            /* not set: it counts from a due date that there is not */
	opt_int fired;
	char *names;            /* to whom it escalates; NULL: a reminder */
	opt_int priority;
} reminder_record;

typedef struct comment_record {
	record_head head;
	efile_id uuid;
	int64_t instance;
	opt_int task;           /* on the process, if not set */
	efile_id author;
	efile_id behalf;
	int64_t created;
	char *text;
} comment_record;

typedef struct job_record {
	record_head head;
	efile_id uuid;
	int64_t instance;
	int64_t wait;
	char *node;
	char *handler;
	int64_t created;
	opt_int ready;          /* not before: waits for another try, or is leased until then */
	opt_int failures;
	opt_int priority;       /* higher goes first; not set: 0 */
	opt_int fence;          /* the token of the newest lease */
	char *worker;           /* who has leased it; NULL: nobody */
} job_record;

/* What holds a process back, for lists; the state says the same. */
typedef struct incident_record {
	record_head head;
	int64_t instance;
	int64_t wait;
	char *node;
	char *message;
	int64_t created;
	char *handler;          /* of the job that has failed; NULL: another reason */
} incident_record;

typedef struct wait_record {
	record_head head;
	int64_t instance;       /* 0: a start of the definition */
	int64_t definition;     /* 0: of an instance */
	int64_t wait;
	int64_t kind;           /* flow_wait_kind */
	char *node;
	char *name;
	char *key;
	opt_int due;
	opt_int remaining;      /* of a start that a timer repeats */
} wait_record;

typedef struct message_record {
	record_head head;
	efile_id uuid;
	char *name;
	char *key;
	char *variables;
	int64_t created;
} message_record;

typedef struct decision_record {
	record_head head;
	efile_id uuid;
	char *decision;         /* id in its model */
	int64_t version;
	char *name;
	int64_t source;
	int64_t created;
} decision_record;

extern const record_kind kind_reminder, kind_comment, kind_decision, kind_definition, kind_instance, kind_task, kind_candidate,
	kind_job,
	kind_wait, kind_message, kind_incident;

#define ROW_CLEAR(type, kind)                                                                      \
	static inline void type##_clear(type *r)                                                   \
	{                                                                                          \
		record_clear(&kind, r);                                                            \
	}
ROW_CLEAR(definition_record, kind_definition)
ROW_CLEAR(instance_record, kind_instance)
ROW_CLEAR(task_record, kind_task)
ROW_CLEAR(reminder_record, kind_reminder)
ROW_CLEAR(comment_record, kind_comment)
ROW_CLEAR(job_record, kind_job)
ROW_CLEAR(wait_record, kind_wait)
ROW_CLEAR(message_record, kind_message)
ROW_CLEAR(incident_record, kind_incident)
ROW_CLEAR(decision_record, kind_decision)

/* flow_db.c; NOTFOUND without message where there is no row */
efile_status definition_newest(definition_record *out, efile_store *store, const char *process);
efile_status definition_newest_row(int64_t *out, efile_store *store, const char *process);
/* The row behind another one; DONE. */
efile_status definition_next(int64_t *out, efile_store *store, int64_t after);
efile_status definition_is(bool *out, efile_store *store, int64_t row, const efile_id *uuid);
efile_status definition_by_row(definition_record *out, efile_store *store, int64_t row);
efile_status instance_by_uuid(instance_record *out, efile_store *store, const efile_id *id);
efile_status instance_by_row(instance_record *out, efile_store *store, int64_t row);
efile_status instance_next(instance_record *out, efile_store *store, int64_t after); /* DONE */
/* The next one that has ended and is not erased yet; DONE. */
efile_status instance_ended(instance_record *out, efile_store *store, efile_time until,
			    int64_t after);
/* The tasks of an instance by row; DONE. */
efile_status task_of_instance(task_record *out, efile_store *store, int64_t instance, int64_t after);
efile_status task_by_uuid(task_record *out, efile_store *store, const efile_id *id);
/* The newest task at a node of an instance that somebody completed. */
efile_status task_last_done(task_record *out, efile_store *store, int64_t instance,
			    const char *node);
/* Each task of a process that is open, or has ended from a time on and before another one. */
typedef efile_status (*task_time_fn)(void *user, const char *node, const char *name, bool ended,
				     efile_time took);
efile_status task_each_time(efile_store *store, const char *process, efile_time from,
			    efile_time before, task_time_fn fn, void *user);
efile_status task_by_wait(task_record *out, efile_store *store, int64_t instance, uint64_t wait);

/* A task as a list shows it, with what it takes from its instance. */
typedef struct task_brief {
	task_record task;
	instance_record instance;  /* uuid, case, document and definition only */
} task_brief;

void task_brief_clear(task_brief *brief);
efile_status task_brief_load(task_brief *out, efile_store *store, int64_t row);

/* What lies on a desk, in one of the orders; rows without date (or of priority 50) are a stage of
 * their own, asked for when the rows before them are through. */
typedef struct desk_row {
	int64_t key;            /* what the order is by; 0 in stages without */
	int64_t task;
} desk_row;

typedef enum desk_stage {
	DESK_BY_TASK, DESK_BY_DUE, DESK_NO_DUE, DESK_HIGH, DESK_NORMAL, DESK_LOW
} desk_stage;

typedef struct desk_query {
	desk_stage stage;
	bool held;              /* what the actor holds; else what the actor is offered */
	bool asleep;            /* those with a later follow-up date, too */
	int64_t actor;
	desk_row after;
	size_t room;
	efile_time now;
} desk_query;

/* Up to room rows of a desk behind a place. */
efile_status desk_page(desk_row *rows, size_t *count, efile_store *store, const desk_query *q);
const char *desk_page_sql(desk_stage stage, bool held); /* for the test of its plan */
/* Takes a task off the desks of its candidates, and puts it on those where it belongs; around every
 * change of it. Whoever holds it has it by the task itself. */
efile_status desk_remove(efile_store *store, const task_record *task);
efile_status desk_insert(efile_store *store, const task_record *task);
/* One desk only: where a new task goes. */
efile_status desk_put(efile_store *store, const task_record *task, int64_t actor);
/* takes (may be NULL): by escalation. */
efile_status candidate_is(bool *out, bool *takes, efile_store *store, int64_t task, int64_t actor);
efile_status candidate_find(candidate_record *out, efile_store *store, int64_t task, int64_t actor);
/* Takes the task off their desks, too. */
efile_status candidates_remove(efile_store *store, int64_t task);
/* The reminders of a task by number; DONE. */
efile_status reminder_next(reminder_record *out, efile_store *store, int64_t task, int64_t after);
/* Those whose time has come, by that time; DONE. */
efile_status reminder_due(reminder_record *out, efile_store *store, efile_time until,
			  efile_time after_due, int64_t after);
efile_status comment_next(comment_record *out, efile_store *store, int64_t instance,
			  int64_t after); /* DONE */
efile_status job_by_uuid(job_record *out, efile_store *store, const efile_id *id);
efile_status job_by_wait(job_record *out, efile_store *store, int64_t instance, uint64_t wait);
efile_status job_next(job_record *out, efile_store *store, int64_t after, const char *handler);
/* The job of a topic whose turn it is: by priority, then by age, behind another one (NULL: all); DONE. */
efile_status job_turn(job_record *out, efile_store *store, const char *handler, efile_time now,
		      const job_record *behind);
/* Jobs that wait for a time, by that time; DONE. */
efile_status job_due(job_record *out, efile_store *store, efile_time until, efile_time after_ready,
		     int64_t after);
efile_status incident_by_wait(incident_record *out, efile_store *store, int64_t instance,
			      uint64_t wait);
efile_status incident_next(incident_record *out, efile_store *store, int64_t after); /* DONE */
/* The first time after another at which a timer or job is due; DONE. */
efile_status next_due(efile_time *out, efile_store *store, efile_time after);

efile_status definition_by_version(definition_record *out, efile_store *store, const char *process,
				   int64_t version);
/* The newest version from that file; the newest one made until a time. */
efile_status definition_with(int64_t *row, efile_store *store, const char *process, int64_t source);
efile_status definition_until(int64_t *row, efile_store *store, const char *process, efile_time until);
efile_status decision_until(decision_record *out, efile_store *store, const char *decision,
			    efile_time until);
/* version 0: the newest */
efile_status decision_by_version(decision_record *out, efile_store *store, const char *decision,
				 int64_t version);
efile_status definition_row_of(int64_t *out, efile_store *store, const efile_id *uuid);
/* The next one of a definition; DONE. */
efile_status instance_of(instance_record *out, efile_store *store, int64_t definition,
			 int64_t after);
/* The next one of a definition that has not ended; DONE. */
efile_status instance_running(instance_record *out, efile_store *store, int64_t definition,
			      int64_t after);
efile_status instance_called(instance_record *out, efile_store *store, int64_t parent,
			     uint64_t wait);
efile_status wait_find(wait_record *out, efile_store *store, int64_t instance, uint64_t wait);
/* The next row of an instance with that name, kind and key behind one; DONE. */
efile_status wait_keyed(wait_record *out, efile_store *store, flow_wait_kind kind,
			const char *name, const char *key, int64_t after);
/* The next start of that name and kind behind one; DONE. */
efile_status wait_start(wait_record *out, efile_store *store, flow_wait_kind kind,
			const char *name, int64_t after);
efile_status wait_due(wait_record *out, efile_store *store, efile_time until, efile_time after_due,
		      int64_t after); /* DONE */
/* The rows of an instance by their number; DONE. */
efile_status wait_of_instance(wait_record *out, efile_store *store, int64_t instance, int64_t after);
efile_status wait_of_process(wait_record *out, efile_store *store, const char *process); /* DONE */
/* The oldest one that is kept, of that key; "": of any key. DONE. */
efile_status message_oldest(message_record *out, efile_store *store, const char *name,
			    const char *key);
/* The row of the oldest one behind another one, of exactly that key (NULL: of any); DONE. */
efile_status message_behind(int64_t *row, efile_store *store, const char *name, const char *key,
			    int64_t after);
/* The smallest key of a name behind another one (NULL: from the beginning); DONE. */
efile_status message_next_key(buf *out, efile_store *store, const char *name, const char *after);
/* The first one, by name, whose name lies between two texts, behind another name; DONE. */
efile_status message_between(message_record *out, efile_store *store, const char *from,
			     const char *to);

/* times.c: how long the tasks at a node took, over all instances of a process. */
typedef struct flow_step_time {
	char *node, *name;
	int64_t open, ended;
	efile_time median, p90; /* nearest rank; 0 if none has ended */
} flow_step_time;

typedef efile_status (*flow_step_time_fn)(void *user, const flow_step_time *step);
/* Tasks that ended from a time on and before another one, by node in the order of the ids. */
efile_status flow_step_times(efile_store *store, const char *process, efile_time from,
			     efile_time before, flow_step_time_fn fn, void *user);

/* ------------------------------------------------------------------ inside */

/* deliver.c: what instances tell each other within one transaction, one after the other. */
typedef struct flow_post {
	int kind;
	int64_t instance;       /* row; of a signal: who has had it */
	flow_event_kind event;
	uint64_t wait;
	journal_action action;
	int64_t definition;     /* of a start */
	int64_t parent;         /* of a start: who called, 0 nobody */
	char *name, *key, *variables, *node;
} flow_post;

typedef struct flow_posts {
	flow_post *items;
	size_t first, count, capacity;
	int64_t met;            /* messages and signals that somebody waited for */
} flow_posts;

void flow_posts_clear(flow_posts *posts);
/* Notes what an effect has to tell to other instances. */
efile_status post_effect(flow_posts *posts, efile_session *session, const instance_record *from,
			 const flow_definition *definition, const flow_effect *effect);
efile_status post_message(flow_posts *posts, efile_ctx *ctx, const char *name, const char *key,
			  const char *variables);
efile_status post_signal(flow_posts *posts, efile_ctx *ctx, const char *name,
			 const char *variables);
efile_status deliver_posts(flow_posts *posts, efile_session *session);
/* A message that was kept finds who has begun to wait. */
efile_status post_kept(flow_posts *posts, efile_session *session, const wait_record *waiting);
/* The same for all that an instance waits for: it was suspended when they came. */
efile_status post_kept_for(flow_posts *posts, efile_session *session, int64_t instance);
/* One of the events has happened that can start a definition; the row of the start. */
efile_status post_start(flow_posts *posts, efile_ctx *ctx, const wait_record *at,
			const char *variables);
/* A new instance: of a definition, by a node, for a parent. */
efile_status deliver_start(flow_posts *posts, efile_session *session, const flow_post *post);

/* begin.c: what starts processes besides calls and people.
 * Rows for what can start the newest version of a process; a finding for a time that none is. */
efile_status replace_starts(efile_report *report, efile_session *session,
			    const definition_record *row, const flow_definition *d);
/* A message for start events: *awaited if there is one; DONE if it starts nothing by itself. */
efile_status begin_by_message(bool *awaited, flow_posts *posts, efile_session *session,
			      const flow_post *post);
/* The correlation key that a message carries, for one that is sent without: of the processes that know
 * how to read it the first for which somebody waits, else the first; NULL: none. For free(). */
efile_status read_message_key(char **key, efile_session *session, const char *name,
			      const char *variables);
/* It is kept now: a start event that needed all of several may have it all. */
efile_status begin_by_kept(flow_posts *posts, efile_session *session, const flow_post *post);
/* An event other than a message: of the definition, the node and the start's number (wait). */
efile_status begin_by_event(flow_posts *posts, efile_session *session, const flow_post *post);
/* Conditions that depend on nothing but the time. */
efile_status conditions_run(int64_t *count, efile_session *session, efile_time now);

/* One instance only: its step and its handlers; the rest is posted. */
efile_status flow_apply_one(efile_session *session, instance_record *instance,
			    const flow_definition *definition, flow_event *event,
			    journal_action action, flow_posts *posts);

/* A definition that is kept open with the store, as long as it is held:
 * AUTO(definition_ref) definition = DEFINITION_REF_NONE; */
typedef struct definition_entry definition_entry;

typedef struct definition_ref {
	definition_entry *entry;
	const definition_record *row;
	const flow_definition *opened;
} definition_ref;

#define DEFINITION_REF_NONE { NULL, NULL, NULL }

efile_status definition_hold(definition_ref *ref, efile_store *store, int64_t row); /* DAMAGED */
efile_status definition_hold_newest(definition_ref *ref, efile_store *store,
				    const char *process); /* NOTFOUND without message */
void definition_ref_clear(definition_ref *ref);
/* The engine of an open store. */
efile_status engine_of(flow_engine **out, efile_store *store);

/* The same with a step that was made already: its state and effects. */
efile_status flow_apply_made(efile_session *session, instance_record *instance,
			     const flow_definition *definition, flow_event *event,
			     journal_action action, buf *state, flow_effects *effects);

/* Applies an event to an instance inside a transaction: step, rows of the effects, log entry; then
 * the handlers of the service tasks that were reached, each with a step of its own. */
efile_status flow_apply(efile_session *session, instance_record *instance,
			const flow_definition *definition, flow_event *event,
			journal_action action);

/* decide.c: decisions in the store. */
bool is_decision_model(const buf *source);
efile_status deploy_decisions(int64_t *version, efile_report **findings, efile_session *session,
			      const buf *source);
/* A warning for each business rule task whose decision is not there. */
efile_status check_decisions(efile_report *report, efile_session *session, const flow_definition *d);
/* The decision that a handler names; NULL: it is none. */
const char *decision_of_handler(const char *handler);
/* Asks the decision of a node of that definition; named: its answer goes to a variable as it is. */
efile_status flow_decide(char **result, efile_session *session, int64_t definition,
			 const flow_node *node, bool named, const char *variables);

/* An event of the instance that a job belongs to, in the transaction that is open. */
efile_status job_event(efile_session *session, const job_record *job, flow_event *event,
		       journal_action action);
/* A job has failed: it waits for another try, or its instance has an incident. */
efile_status job_try_again(efile_session *session, job_record *job, const char *message);
/* The same with the wait and number of failures known; a job without a row gets one. */
efile_status job_wait_again(efile_session *session, job_record *job, efile_time wait,
			    const char *message);
/* runtime.c: does a job of a handler inside that waited for its time; *known: there is one. */
efile_status job_run_inside(bool *known, efile_session *session, job_record *job);

/* The same when a task is completed, whose row is at hand; it is written. */
efile_status flow_apply_task(efile_session *session, instance_record *instance,
			     const flow_definition *definition, flow_event *event,
			     task_record *task);

/* Microseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds; false if it is
 * none. */
bool flow_duration(efile_time *out, const char *text);

/* NOTFOUND unless the session may see the instance: by its case, else its starter and
 * administrators. right is asked for on the case. */
efile_status instance_require(efile_session *session, const instance_record *instance,
			      efile_right right);

/* remind.c: the reminders that the offer of a new task names (JSON array, or NULL); its row is
 * written already, task->reminders is set. */
efile_status reminders_create(efile_session *session, task_record *task, const json_value *said,
			      const char *calendar);
size_t reminders_said(const json_value *said);
/* They go with the task. */
efile_status reminders_remove(efile_store *store, const task_record *task);
/* The due date of the task has changed: those that count from it follow. */
efile_status reminders_move(efile_session *session, const task_record *task);
/* Fires all that are due. */
efile_status reminders_run(int64_t *count, efile_session *session, efile_time now);
/* control.c: rows whose time has come, one after the other, each in a transaction of its own: one that
 * cannot go on keeps no other from its time. */
typedef struct due_row {
	int64_t id, rev;
	efile_time due;
} due_row;

/* The next one behind another by its time and row; DONE. */
typedef efile_status (*due_next_fn)(due_row *out, efile_store *store, efile_time until,
				    efile_time after_due, int64_t after);
typedef efile_status (*due_fire_fn)(bool *fired, efile_session *session, const due_row *seen);
efile_status run_rows(int64_t *count, efile_session *session, efile_time now, due_next_fn next,
		     due_fire_fn fire);
/* The row once more, under the lock of the writer: DONE if another process has changed it meanwhile. */
efile_status due_load(void *out, efile_session *session, const record_kind *kind, const due_row *seen);
/* worklist.c: DENIED if somebody who is shut out may be substituted by one of the two, or the other way
 * round. */
efile_status task_require_separate(efile_session *session, const instance_record *instance,
				   const flow_definition *d, const task_record *task, efile_id actor,
				   efile_id behalf);
/* worklist.c: an actor sees the task, whoever has it, and may take it over. */
efile_status task_offer_to(efile_session *session, const task_record *task, int64_t actor);

/* worklist.c: whether an open task is for the session: claimed, handed over, or a candidate's. */
efile_status task_is_for(bool *out, efile_session *session, const task_record *task);
/* An open task that is for the session: what is not there and what is not for it answer alike. */
efile_status task_load(task_record *out, efile_session *session, efile_task_id id);
/* Whether it is claimed by the acting person, or by the person that it substitutes. */
bool task_is_mine(const efile_session *session, const task_record *task);
/* CONFLICT if somebody else has claimed it. */
efile_status task_require_hold(efile_session *session, const task_record *task);
/* Writes a changed task that desk_remove() took off the desks. */
efile_status task_put(efile_session *session, task_record *task);
efile_status task_journal(efile_session *session, journal_action action, const task_record *task,
			  const efile_id *to);

/* instance.c: an instance by its id, if the session has the right; NOTFOUND. */
efile_status instance_load(instance_record *out, efile_session *session, efile_instance_id id,
			   efile_right right);
/* replay.c: each step of the log anew: what followed from it, in the numbers of the definition; plan:
 * it changed to that definition. */
struct flow_plan;
typedef efile_status (*walk_fn)(void *user, const flow_definition *d, const flow_event *event,
				flow_effects *effects, const struct flow_plan *plan);
efile_status instance_walk(buf *state, size_t *steps, efile_session *session,
			   const instance_record *row, walk_fn fn, void *user);
efile_status plan_of_event(struct flow_plan *out, efile_ctx *ctx, const flow_definition *from,
			   const flow_definition *to, const flow_event *event);
/* history.c: the figures of an instance's nodes as JSON. */
efile_status instance_figures(buf *out, efile_session *session, const instance_record *row);
/* replay_desk.c: what the steps of the log say of tasks. */
typedef struct desk_task {
	uint64_t wait;
	int64_t status;
	efile_id performer, behalf;
} desk_task;

typedef struct desk_log {
	desk_task *items;
	size_t count, capacity;
} desk_log;

void desk_log_clear(desk_log *log);
efile_status desk_log_step(desk_log *log, efile_ctx *ctx, const flow_event *event,
			   const flow_effects *effects);
/* DAMAGED where tasks or comments of the instance are not what the log gives. */
efile_status desk_log_compare(efile_session *session, const desk_log *log,
			      const instance_record *instance);
/* replay.c: the state by the log; effects (may be NULL) tell the path. */
efile_status instance_replay(buf *state, flow_effects *effects, size_t *steps,
			     efile_session *session, const instance_record *row);

/* The instance's variables as malloc'd JSON. */
efile_status instance_variables(char **out, efile_session *session,
				const instance_record *instance);
/* What a task or job of it sees: also what is its own, and its sub-process's. */
efile_status instance_wait_variables(char **out, efile_session *session,
				     const instance_record *instance, uint64_t wait);

#endif
