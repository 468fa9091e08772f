/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Worklists: a merge of the desks that a session sees to, each in the order asked for. A desk is read
 * in pages by its index, so that a list costs what it shows, however many tasks there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/runtime.h"

/* A desk is one of many: its first page is small, the next ones grow. */
enum { PAGE_FIRST = 8, PAGE_ROOM = 32, STAGES_MAX = 3 };

/* One desk: the rows of it that come next. */
typedef struct desk {
	int64_t actor;
	int64_t principal;      /* row of who is substituted; 0: the session's own */
	bool held;              /* what a person holds; else what somebody is offered */
	size_t room;            /* of the next page */
	desk_row rows[PAGE_ROOM];
	size_t at, count;
	bool over;              /* of this stage there is no more */
	desk_row last;
} desk;

struct efile_task_cursor {
	efile_session *session;
	efile_id only;
	bool done;
	efile_worklist_options o;
	char *process, *node;   /* what o points to */
	desk *desks;
	size_t desk_count;
	int64_t stamp;          /* of the access tables that the desks were chosen by */
	size_t stage;
	desk_row last;          /* given last */
	bool given;
	task_brief brief;
	definition_ref definition; /* of the task given last */
	uint64_t epoch;         /* of the store, when it was asked for */
	char *variables;
};

static const struct order_row {
	char letter;            /* in the text of a place */
	size_t count;
	desk_stage stages[STAGES_MAX];
} orders[] = {
	[EFILE_TASK_BY_CREATED] = { 'c', 1, { DESK_BY_TASK, DESK_BY_TASK, DESK_BY_TASK } },
	[EFILE_TASK_BY_DUE] = { 'd', 2, { DESK_BY_DUE, DESK_NO_DUE, DESK_NO_DUE } },
	[EFILE_TASK_BY_PRIORITY] = { 'p', 3, { DESK_HIGH, DESK_NORMAL, DESK_LOW } },
};

static const desk_row before_all = { INT64_MIN, 0 };

/* ---- opening ---- */

void efile_worklist_options_init(efile_worklist_options *options)
{
	if (!options)
		return;
	*options = (efile_worklist_options){ .size = sizeof(*options) };
}

/* "d1.1772438400000000.55": order, stage, key, task. */
static efile_status read_place(efile_task_cursor *c, const char *text)
{
	const struct order_row *order = &orders[c->o.order];
	long long key, task;
	unsigned stage;
	char letter, end;

	if (sscanf(text, "%c%1u.%lld.%lld%c", &letter, &stage, &key, &task, &end) != 4 ||
	    letter != order->letter || stage >= order->count || task < 0)
		return FAIL(session_ctx(c->session), EFILE_E_INVALID, 2433,
			    "not a place in such a worklist: %s", text);
	c->stage = stage;
	c->last = (desk_row){ key, task };
	return EFILE_OK;
}

static efile_status new_cursor(efile_task_cursor **out, efile_session *session)
{
	efile_task_cursor *cursor = mem_new(session_ctx(session), sizeof(*cursor));

	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->last = before_all;
	efile_worklist_options_init(&cursor->o);
	*out = cursor;
	return EFILE_OK;
}

DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)

efile_status efile_task_list(efile_task_cursor **out, efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_task_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(new_cursor(&cursor, session));
	cursor->only = task.id;
	cursor->o.variables = 1;
	cursor->o.later = 1;
	*out = cursor;
	return EFILE_OK;
}

efile_status efile_worklist(efile_task_cursor **out, efile_session *session,
			    const efile_worklist_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_ctx *ctx;

	TRY(session_enter(&call, session));
	ctx = session_ctx(session);
	TRY(new_cursor(&cursor, session));
	TRY(options_import(ctx, &cursor->o, sizeof(cursor->o), options));
	if (!out || (unsigned)cursor->o.order >= ARRAY_SIZE(orders) ||
	    (unsigned)cursor->o.hold > EFILE_TASK_FREE)
		return FAIL(ctx, EFILE_E_INVALID, 2434, "no such order or choice of tasks");
	if (cursor->o.after)
		TRY(read_place(cursor, cursor->o.after));
	TRY(mem_dup(&cursor->process, ctx, cursor->o.process));
	TRY(mem_dup(&cursor->node, ctx, cursor->o.node));
	*out = STEAL(cursor);
	return EFILE_OK;
}

void efile_task_cursor_free(efile_task_cursor *cursor)
{
	if (!cursor)
		return;
	task_brief_clear(&cursor->brief);
	definition_ref_clear(&cursor->definition);
	free(cursor->desks);
	free(cursor->process);
	free(cursor->node);
	free(cursor->variables);
	free(cursor);
}

efile_status efile_task_cursor_position(char **out, efile_task_cursor *cursor)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(buf) text = BUF_INIT;
	efile_ctx *ctx;

	TRY(session_enter(&call, cursor ? cursor->session : NULL));
	ctx = session_ctx(cursor->session);
	if (!cursor->given || !out)
		return FAIL(ctx, EFILE_E_STATE, 2426, "the worklist has given no task yet");
	buf_add_format(&text, "%c%zu.%lld.%lld", orders[cursor->o.order].letter, cursor->stage,
		       (long long)cursor->last.key, (long long)cursor->last.task);
	return buf_take(out, &text, ctx);
}

/* ---- the desks ---- */

static void rewind_desks(efile_task_cursor *c)
{
	for (size_t i = 0; i < c->desk_count; i++) {
		c->desks[i].at = c->desks[i].count = 0;
		c->desks[i].room = PAGE_FIRST;
		c->desks[i].over = false;
		c->desks[i].last = c->last;
	}
}

static void add_desk(efile_task_cursor *c, int64_t actor, int64_t principal, bool held)
{
	c->desks[c->desk_count++] = (desk){ .actor = actor, .principal = principal, .held = held };
}

/* Only persons hold something: the session's own, the one it acts for, and those whom it substitutes. */
static void add_desks(efile_task_cursor *c, const int64_t *own, size_t own_count,
		      const access_stand_in *others, size_t other_count)
{
	c->desk_count = 0;
	for (size_t i = 0; i < own_count; i++) {
		add_desk(c, own[i], 0, false);
		if (own[i] == c->session->actor_row || own[i] == c->session->behalf_row)
			add_desk(c, own[i], 0, true);
	}
	for (size_t i = 0; i < other_count; i++) {
		add_desk(c, others[i].actor, others[i].principal, false);
		if (others[i].actor == others[i].principal)
			add_desk(c, others[i].actor, others[i].principal, true);
	}
}

static efile_status choose_desks(efile_task_cursor *c, const int64_t *own, size_t own_count)
{
	access_stand_in *others = NULL;
	size_t other_count = 0;
	desk *desks;

	if (c->o.deputies)
		TRY(access_stand_ins(&others, &other_count, c->session));
	desks = mem_new(session_ctx(c->session), 2 * (own_count + other_count + 1) * sizeof(*desks));
	if (desks) {
		free(c->desks);
		c->desks = desks;
		add_desks(c, own, own_count, others, other_count);
		rewind_desks(c);
	}
	free(others);
	return desks ? EFILE_OK : EFILE_E_NOMEM;
}

/* Who belongs where can change while a list is open. */
static efile_status look_at_desks(efile_task_cursor *c)
{
	const int64_t *own;
	size_t count;

	TRY(access_session_subjects(&own, &count, c->session));
	if (c->desks && c->stamp == c->session->stamp)
		return EFILE_OK;
	TRY(choose_desks(c, own, count));
	c->stamp = c->session->stamp;
	return EFILE_OK;
}

static efile_status fill_desk(efile_task_cursor *c, desk *d)
{
	desk_query q = { .stage = orders[c->o.order].stages[c->stage], .held = d->held,
			 .asleep = c->o.later != 0, .actor = d->actor, .after = d->last,
			 .room = d->room };

	if (d->at < d->count || d->over)
		return EFILE_OK;
	d->at = 0;
	q.now = ctx_now(session_ctx(c->session));
	TRY(desk_page(d->rows, &d->count, c->session->store, &q));
	d->over = d->count < d->room;
	d->room = d->room * 2 < PAGE_ROOM ? d->room * 2 : PAGE_ROOM;
	if (d->count)
		d->last = d->rows[d->count - 1];
	return EFILE_OK;
}

static bool comes_before(const desk_row *a, const desk_row *b)
{
	return a->key < b->key || (a->key == b->key && a->task < b->task);
}

/* The row that comes first on any desk; a task that lies on several is passed on all of them. */
static efile_status next_row(efile_task_cursor *c, desk_row *out, int64_t *principal)
{
	const desk *first = NULL;

	for (size_t i = 0; i < c->desk_count; i++) {
		desk *d = &c->desks[i];

		TRY(fill_desk(c, d));
		if (d->at < d->count && (!first || comes_before(&d->rows[d->at],
								&first->rows[first->at])))
			first = d;
	}
	if (!first)
		return EFILE_DONE;
	*out = first->rows[first->at];
	*principal = first->principal;
	for (size_t i = 0; i < c->desk_count; i++) {
		desk *d = &c->desks[i];

		if (d->at < d->count && d->rows[d->at].task == out->task)
			d->at++;
	}
	return EFILE_OK;
}

static efile_status next_staged(efile_task_cursor *c, int64_t *principal)
{
	while (c->stage < orders[c->o.order].count) {
		desk_row row;
		efile_status status = next_row(c, &row, principal);

		if (status == EFILE_OK)
			c->last = row;
		if (status != EFILE_DONE)
			return status;
		if (c->stage + 1 == orders[c->o.order].count)
			return EFILE_DONE;
		c->stage++;
		c->last = before_all;
		rewind_desks(c);
	}
	return EFILE_DONE;
}

/* ---- what is shown ---- */

static bool id_fits(const efile_id *wanted, const efile_id *given)
{
	return efile_id_is_none(wanted) || id_compare(wanted, given) == 0;
}

static bool fits(const efile_task_cursor *c)
{
	const task_record *task = &c->brief.task;

	if (task->status != TASK_OPEN)
		return false; /* done since its page was read */
	if (c->o.hold && (c->o.hold == EFILE_TASK_HELD) != task->assignee.set)
		return false;
	if (c->o.due_before && (!task->due.set || task->due.value >= c->o.due_before))
		return false;
	if ((c->process && strcmp(c->process, c->definition.row->process) != 0) ||
	    (c->node && strcmp(c->node, task->node) != 0))
		return false;
	return id_fits(&c->o.case_id.id, &c->brief.instance.case_id) &&
		id_fits(&c->o.instance.id, &c->brief.instance.uuid);
}

/* The task, its instance, and the definition, which most often is the one of the task before. */
static efile_status load_brief(efile_task_cursor *c, int64_t row)
{
	task_brief_clear(&c->brief);
	TRY(task_brief_load(&c->brief, c->session->store, row));
	if (c->definition.row && c->epoch == store_epoch(c->session->store) &&
	    c->definition.row->head.id == c->brief.instance.definition)
		return EFILE_OK;
	definition_ref_clear(&c->definition);
	c->epoch = store_epoch(c->session->store);
	return definition_hold(&c->definition, c->session->store, c->brief.instance.definition);
}

static efile_status next_listed(efile_task_cursor *c, int64_t *principal)
{
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin_read(&tx, c->session));
	TRY(look_at_desks(c));
	for (;;) {
		efile_status status = next_staged(c, principal);

		if (status != EFILE_OK)
			return status;
		TRY(load_brief(c, c->last.task));
		if (fits(c)) {
			c->given = true;
			return EFILE_OK;
		}
		if (c->o.order == EFILE_TASK_BY_DUE && c->o.due_before &&
		    (c->stage || c->last.key >= c->o.due_before))
			return EFILE_DONE;
	}
}

static efile_status next_only(efile_task_cursor *c)
{
	AUTO(task_record) row = { .head = { 0, 0 } };
	efile_status status;
	bool mine;

	if (c->done)
		return EFILE_DONE;
	c->done = true;
	status = task_by_uuid(&row, c->session->store, &c->only);
	if (status != EFILE_OK)
		return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
	TRY(task_is_for(&mine, c->session, &row));
	if (!mine || row.status != TASK_OPEN)
		return EFILE_DONE;
	return load_brief(c, row.head.id);
}

/* A candidate who may not read the case does the task without seeing what is in it. */
static efile_status visible_variables(char **out, efile_session *session, const instance_record *in)
{
	AUTO(session_probe) probe = SESSION_PROBE_NONE;
	efile_status status;

	if (efile_id_is_none(&in->case_id))
		return instance_variables(out, session, in);
	session_probe_start(&probe, session);
	status = instance_require(session, in, EFILE_RIGHT_READ);
	if (status == EFILE_OK)
		return instance_variables(out, session, in);
	if (status != EFILE_E_NOTFOUND && status != EFILE_E_DENIED && status != EFILE_E_STATE)
		return status;
	error_clear(session_ctx(session));
	return mem_dup(out, session_ctx(session), "{}");
}

static efile_status load_variables(efile_task_cursor *c)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };

	free(c->variables);
	c->variables = NULL;
	if (!c->o.variables)
		return EFILE_OK;
	TRY(instance_by_row(&instance, c->session->store, c->brief.task.instance));
	return visible_variables(&c->variables, c->session, &instance);
}

static efile_status actor_id(efile_actor_id *out, efile_session *session, opt_int row)
{
	out->id = EFILE_ID_NONE;
	return row.set ? access_actor_of_row(&out->id, NULL, session, row.value) : EFILE_OK;
}

static efile_status show(efile_task *out, efile_task_cursor *c, int64_t principal)
{
	const task_record *task = &c->brief.task;
	const instance_record *in = &c->brief.instance;

	TRY(load_variables(c));
	*out = (efile_task){
		.id = { task->uuid },
		.instance = { in->uuid },
		.process = c->definition.row->process,
		.node = task->node,
		.name = task->name,
		.created = task->created,
		.due = task->due.set ? task->due.value : 0,
		.case_id = { in->case_id },
		.document = { in->document },
		.variables = c->variables,
		.priority = task->priority.set ? (int32_t)task->priority.value : TASK_PRIORITY,
		.follow_up = task->follow_up.set ? task->follow_up.value : 0,
		.handed = task->handed.set ? (efile_task_handed)task->handed.value :
					     EFILE_TASK_NOT_HANDED,
		.instruction = (efile_instruction)task->instruction.value,
	};
	TRY(actor_id(&out->assignee, c->session, task->assignee));
	TRY(actor_id(&out->owner, c->session, task->owner));
	return actor_id(&out->on_behalf_of, c->session, (opt_int){ principal != 0, principal });
}

efile_status efile_task_cursor_next(efile_task_cursor *cursor, efile_task *task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	int64_t principal = 0;
	efile_status status;

	TRY(session_enter(&call, cursor ? cursor->session : NULL));
	if (efile_id_is_none(&cursor->only)) {
		status = next_listed(cursor, &principal);
	} else {
		status = next_only(cursor);
	}
	return status == EFILE_OK ? show(task, cursor, principal) : status;
}
