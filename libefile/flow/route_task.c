/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people do with sign-off lists: who has an entry looks at the list, changes what comes behind,
 * sends it back or refuses. Each is a step of the process, so that a replay goes the same way. */
#include <string.h>

#include "base/json.h"
#include "flow/runtime.h"

/* The process behind a task that the session has, or may take. */
typedef struct route_hold {
	task_record task;
	instance_record instance;
	definition_ref definition;
} route_hold;

static void route_hold_clear(route_hold *h)
{
	definition_ref_clear(&h->definition);
	instance_record_clear(&h->instance);
	task_record_clear(&h->task);
}

static efile_status hold_route(route_hold *h, efile_session *session, efile_task_id task)
{
	TRY(task_load(&h->task, session, task));
	TRY(instance_by_row(&h->instance, session->store, h->task.instance));
	return definition_hold(&h->definition, session->store, h->instance.definition);
}

/* ---- looking ---- */

efile_status efile_task_route(char **out, efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(route_hold) h = { .definition = DEFINITION_REF_NONE };
	AUTO(buf) steps = BUF_INIT;
	AUTO(buf) json = BUF_INIT;
	int64_t step = 0;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2480, "no place for the sign-off list");
	TRY(hold_route(&h, session, task));
	TRY(flow_state_route(&steps, &step, session_ctx(session), h.definition.opened,
			     h.instance.state.data, h.instance.state.length, (uint64_t)h.task.wait));
	json_begin(&w, &json);
	json_object(&w);
	json_put_text(&w, "schema", "efile.route.v1");
	json_put_id(&w, "task", &h.task.uuid);
	json_put_text(&w, "name", h.task.name);
	json_put_int(&w, "step", step);
	json_key(&w, "steps");
	json_raw(&w, buf_text(&steps));
	json_end_object(&w);
	return buf_take(out, &json, session_ctx(session));
}

/* ---- changing ---- */

static efile_status apply_route(efile_session *session, efile_task_id task, const char *act,
				const char *arguments, const char *reason)
{
	AUTO(route_hold) h = { .definition = DEFINITION_REF_NONE };
	AUTO(txn) tx = TXN_NONE;
	flow_event event = { .kind = FLOW_EVENT_ROUTE, .code = act, .variables = arguments,
			     .message = reason };

	TRY(session_begin(&tx, session));
	TRY(hold_route(&h, session, task));
	TRY(task_require_hold(session, &h.task));
	if (reason) /* a decision on the matter, as completing is */
		TRY(task_require_separate(session, &h.instance, h.definition.opened, &h.task,
					  session->actor, session->behalf));
	event.wait = (uint64_t)h.task.wait;
	TRY(flow_apply(session, &h.instance, h.definition.opened, &event, JOURNAL_FLOW_ROUTED));
	return txn_commit(&tx);
}

void efile_route_change_init(efile_route_change *change)
{
	if (!change)
		return;
	*change = (efile_route_change){ .size = sizeof(*change) };
}

/* Everybody named is there today: a list must not stop at somebody whom nobody knows. */
static efile_status check_names(efile_session *session, const char *names)
{
	const access_actor *actor;

	for (size_t length; *(names += strspn(names, ", ")); names += length) {
		size_t end = length = strcspn(names, ",");

		while (end && str_ascii_space(names[end - 1]))
			end--;
		TRY(access_actor_named(&actor, session, names, end));
	}
	return EFILE_OK;
}

static void put_if(json_writer *w, const char *key, int64_t number)
{
	if (number)
		json_put_int(w, key, number);
}

static efile_status arguments_of(buf *out, efile_ctx *ctx, const efile_route_change *c)
{
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	put_if(&w, "step", c->step);
	put_if(&w, "behind", c->behind);
	put_if(&w, "beside", c->beside);
	if (c->act == EFILE_ROUTE_INSERT) {
		json_put_text(&w, "to", c->to ? c->to : "");
		json_put_text(&w, "instruction", efile_instruction_name(c->instruction));
		json_put_bool(&w, "required", c->required != 0);
		if (c->due)
			json_put_text(&w, "due", c->due);
		if (c->note)
			json_put_text(&w, "note", c->note);
	}
	json_end_object(&w);
	return buf_status(out, ctx);
}

efile_status efile_task_route_change(efile_session *session, efile_task_id task,
				     const efile_route_change *change)
{
	static const name_row acts[] = {
		{ EFILE_ROUTE_INSERT, "insert" },
		{ EFILE_ROUTE_REMOVE, "remove" },
		{ EFILE_ROUTE_MOVE, "move" },
	};
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(buf) arguments = BUF_INIT;
	efile_route_change c;

	TRY(session_enter(&call, session));
	efile_route_change_init(&c);
	TRY(options_import(session_ctx(session), &c, sizeof(c), change));
	if (!TABLE_NAME(acts, (int)c.act) || !*efile_instruction_name(c.instruction) ||
	    c.step < 0 || c.behind < 0 || c.beside < 0)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2481,
			    "a sign-off list is changed by inserting, removing or moving an entry");
	if (c.act == EFILE_ROUTE_INSERT && c.to)
		TRY(check_names(session, c.to));
	TRY(arguments_of(&arguments, session_ctx(session), &c));
	return apply_route(session, task, TABLE_NAME(acts, (int)c.act), arguments.data, NULL);
}

/* ---- deciding against ---- */

static efile_status require_reason(efile_ctx *ctx, const char *reason)
{
	if (!reason || !*reason)
		return FAIL(ctx, EFILE_E_INVALID, 2482, "sending back or refusing needs a reason");
	return EFILE_OK;
}

efile_status efile_task_send_back(efile_session *session, efile_task_id task, int64_t step,
				  int direct, const char *reason)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(buf) arguments = BUF_INIT;
	json_writer w;

	TRY(session_enter(&call, session));
	TRY(require_reason(session_ctx(session), reason));
	json_begin(&w, &arguments);
	json_object(&w);
	put_if(&w, "step", step);
	json_put_bool(&w, "direct", direct != 0);
	json_end_object(&w);
	TRY(buf_status(&arguments, session_ctx(session)));
	return apply_route(session, task, "back", arguments.data, reason);
}

efile_status efile_task_refuse(efile_session *session, efile_task_id task, const char *reason)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	TRY(session_enter(&call, session));
	TRY(require_reason(session_ctx(session), reason));
	return apply_route(session, task, "refuse", NULL, reason);
}
