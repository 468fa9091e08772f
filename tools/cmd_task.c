/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tasks of people. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* ---- listing ---- */

static const char *handed_name(efile_task_handed handed)
{
	static const char *const names[] = { NULL, "delegated", "resolved" };

	return (size_t)handed < sizeof(names) / sizeof(*names) ? names[handed] : NULL;
}

static void show_task_json(tool *t, const efile_task *task)
{
	json_line(t, "task");
	json_identity(t, "id", &task->id.id);
	json_identity(t, "instance", &task->instance.id);
	json_string(t, "process", task->process);
	json_string(t, "node", task->node);
	json_string(t, "name", task->name);
	json_string(t, "instruction", efile_instruction_name(task->instruction));
	json_identity(t, "assignee", &task->assignee.id);
	json_identity(t, "owner", &task->owner.id);
	json_string(t, "handed", handed_name(task->handed));
	json_identity(t, "on_behalf_of", &task->on_behalf_of.id);
	json_number(t, "priority", task->priority);
	json_instant(t, "created", task->created);
	json_instant(t, "due", task->due);
	json_instant(t, "follow_up", task->follow_up);
	json_identity(t, "case", &task->case_id.id);
	json_identity(t, "document", &task->document.id);
	json_ready(t, "variables", task->variables);
	json_line_end(t);
}

/* What a clerk reads; the names of JSON are never translated. */
static const char *const instruction_texts[] = {
	"", "for information", "for comment", "to co-sign", "to sign", "for final sign-off",
};

static void show_task(tool *t, const efile_task *task)
{
	char id[EFILE_ID_TEXT_SIZE], due[EFILE_TIME_TEXT_SIZE];

	if (t->json)
		show_task_json(t, task);
	else
		put("%s  %-44s %s%s%s%s\n", efile_id_format(&task->id.id, id), task->name,
		    task->instruction ? tr(t, instruction_texts[task->instruction]) : "",
		    task->instruction && task->due ? ", " : "",
		    task->due ? tr(t, "due ") : "",
		    task->due ? local_time(t, task->due, due) : "");
}

/* Shows so many tasks; the place behind them is told if that may not be all. */
static int show_tasks(tool *t, efile_task_cursor *cursor, long limit, int *shown)
{
	efile_status status = EFILE_OK;
	efile_task task;
	char *place = NULL;

	while (status == EFILE_OK && (limit < 0 || *shown < limit) &&
	       (status = efile_task_cursor_next(cursor, &task)) == EFILE_OK) {
		show_task(t, &task);
		++*shown;
	}
	if (status == EFILE_OK && *shown && efile_task_cursor_position(&place, cursor) == EFILE_OK)
		say(t, "go on with --after %s", place);
	efile_free(place);
	efile_task_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

static int read_order(tool *t, efile_task_order *order)
{
	static const struct {
		efile_task_order order;
		const char *name;
	} names[] = {
		{ EFILE_TASK_BY_CREATED, "created" },
		{ EFILE_TASK_BY_DUE, "due" },
		{ EFILE_TASK_BY_PRIORITY, "priority" },
	};
	const char *given = tool_value(t, "order", 0);

	for (size_t i = 0; given && i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i].name, given)) {
			*order = names[i].order;
			return EXIT_DONE;
		}
	return given ? usage(t, "no such order: %s", given) : EXIT_DONE;
}

static int read_choice(tool *t, efile_worklist_options *o)
{
	int code = read_order(t, &o->order);

	o->process = tool_value(t, "process", 0);
	o->node = tool_value(t, "node", 0);
	o->after = tool_value(t, "after", 0);
	o->hold = tool_has(t, "mine") ? EFILE_TASK_HELD :
		tool_has(t, "free") ? EFILE_TASK_FREE : EFILE_TASK_ANY_HOLD;
	o->later = tool_has(t, "later");
	o->deputies = tool_has(t, "deputies");
	o->variables = 1;
	if (code == EXIT_DONE && tool_has(t, "due-before") &&
	    efile_task_time_compute(&o->due_before, t->ctx, tool_value(t, "due-before", 0), NULL, 0,
				    0) < 0)
		code = fail(t);
	if (code == EXIT_DONE && tool_has(t, "case")) {
		efile_node *node = NULL;

		code = find_node(t, tool_value(t, "case", 0), &node);
		if (code == EXIT_DONE)
			o->case_id = efile_case_node_id(node);
		efile_node_free(node);
	}
	return code;
}

int cmd_task_list(tool *t, int count, char **arguments)
{
	efile_worklist_options o;
	efile_task_cursor *cursor = NULL;
	long limit = tool_has(t, "limit") ? tool_number(t, "limit", 1, 1, 1000000) : -1;
	int code, shown = 0;

	(void)count;
	(void)arguments;
	efile_worklist_options_init(&o);
	if (tool_has(t, "limit") && limit < 0)
		return EXIT_USAGE;
	code = read_choice(t, &o);
	if (code == EXIT_DONE && efile_worklist(&cursor, t->session, &o) < 0)
		code = fail(t);
	return code == EXIT_DONE ? show_tasks(t, cursor, limit, &shown) : code;
}

int cmd_task_show(tool *t, int count, char **arguments)
{
	efile_task_cursor *cursor = NULL;
	efile_task_id id;
	int shown = 0, code;

	(void)count;
	if (parse_id(t, arguments[0], &id.id))
		return EXIT_USAGE;
	if (efile_task_list(&cursor, t->session, id) < 0)
		return fail(t);
	code = show_tasks(t, cursor, -1, &shown);
	return code == EXIT_DONE && !shown ? EXIT_NOT_FOUND : code;
}

/* ---- changing hands ---- */

static efile_status task_claim(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_task_claim(t->session, (efile_task_id){ id });
}

int cmd_task_claim(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_claimed", task_claim);
}

static efile_status task_unclaim(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_task_unclaim(t->session, (efile_task_id){ id });
}

int cmd_task_unclaim(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_unclaimed", task_unclaim);
}

static efile_status task_complete(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_task_complete(t->session, (efile_task_id){ id },
				   tool_value(t, "variables", 0));
}

static void show_result(tool *t, const efile_task_result *r)
{
	char id[EFILE_ID_TEXT_SIZE];

	if (t->json) {
		json_line(t, "task_result");
		json_identity(t, "id", &r->task.id);
		json_string(t, "status", efile_status_name(r->status));
		json_number(t, "number", r->number);
		json_string(t, "message", r->message);
		json_line_end(t);
	} else {
		put("%s  %s\n", efile_id_format(&r->task.id, id),
		    r->status == EFILE_OK ? tr(t, "done") : r->message);
	}
}

/* Several tasks, each by itself. */
static int complete_all(tool *t, int count, char **arguments)
{
	efile_task_result *results = calloc((size_t)count, sizeof(*results));
	efile_status status = results ? try_begin(t) : EFILE_E_NOMEM;
	int64_t failed = 0;

	for (int i = 0; results && i < count; i++)
		if (parse_id(t, arguments[i], &results[i].task.id)) {
			try_end(t);
			free(results);
			return EXIT_USAGE;
		}
	if (status == EFILE_OK)
		status = efile_task_complete_all(&failed, t->session, results, (size_t)count,
						 tool_value(t, "variables", 0));
	try_end(t);
	for (int i = 0; status == EFILE_OK && i < count; i++)
		show_result(t, &results[i]);
	free(results);
	if (status < 0)
		return fail(t);
	return failed ? EXIT_PARTLY : EXIT_DONE;
}

int cmd_task_complete(tool *t, int count, char **arguments)
{
	if (count > 1)
		return complete_all(t, count, arguments);
	return act(t, arguments, "task_completed", task_complete);
}

/* ---- forms ---- */

int cmd_task_form(tool *t, int count, char **arguments)
{
	efile_task_id id;
	char *json = NULL;

	(void)count;
	if (parse_id(t, arguments[0], &id.id))
		return EXIT_USAGE;
	return show_json(t, NULL, efile_task_form(&json, t->session, id), &json);
}

int cmd_task_check(tool *t, int count, char **arguments)
{
	efile_report *report = NULL;
	efile_task_id id;
	int code;

	(void)count;
	if (parse_id(t, arguments[0], &id.id))
		return EXIT_USAGE;
	if (efile_task_check(&report, t->session, id, tool_value(t, "variables", 0)) < 0)
		return fail(t);
	code = efile_report_count(report) ? EXIT_FINDINGS : EXIT_DONE;
	if (t->json) {
		json_line(t, "task_checked");
		json_identity(t, "id", &id.id);
		json_report(t, "findings", report);
		json_line_end(t);
	} else {
		print_report(t, arguments[0], report);
	}
	efile_report_free(report);
	return code;
}

/* ---- comments ---- */

static efile_status task_comment(tool *t, efile_id id, char **arguments)
{
	return efile_task_comment(t->session, (efile_task_id){ id }, arguments[1]);
}

int cmd_task_comment(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_commented", task_comment);
}

static efile_status flow_comment(tool *t, efile_id id, char **arguments)
{
	return efile_flow_comment(t->session, (efile_instance_id){ id }, arguments[1]);
}

int cmd_flow_comment(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "flow_commented", flow_comment);
}

static void show_comment(tool *t, const efile_comment *c)
{
	char time[EFILE_TIME_TEXT_SIZE], who[300];

	if (t->json) {
		json_line(t, "comment");
		json_identity(t, "id", &c->id);
		json_identity(t, "instance", &c->instance.id);
		json_identity(t, "task", &c->task.id);
		json_identity(t, "author", &c->author.id);
		json_identity(t, "on_behalf_of", &c->on_behalf_of.id);
		json_instant(t, "created", c->created);
		json_string(t, "text", c->text);
		json_line_end(t);
	} else {
		put("%s  %s: %s\n", local_time(t, c->created, time),
		    actor_name(t, &c->author.id, who, sizeof(who)), c->text);
	}
}

static int list_comments(tool *t, efile_instance_id instance, efile_task_id task)
{
	efile_comment_cursor *cursor = NULL;
	efile_comment comment;
	efile_status status = efile_comment_list(&cursor, t->session, instance, task);

	while (status == EFILE_OK && (status = efile_comment_cursor_next(cursor, &comment)) == EFILE_OK)
		show_comment(t, &comment);
	efile_comment_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_task_comments(tool *t, int count, char **arguments)
{
	static const efile_instance_id none;
	efile_task_id id;

	(void)count;
	return parse_id(t, arguments[0], &id.id) ? EXIT_USAGE : list_comments(t, none, id);
}

int cmd_flow_comments(tool *t, int count, char **arguments)
{
	static const efile_task_id none;
	efile_instance_id id;

	(void)count;
	return parse_id(t, arguments[0], &id.id) ? EXIT_USAGE : list_comments(t, id, none);
}

static efile_status task_return(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_task_return(t->session, (efile_task_id){ id });
}

int cmd_task_return(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_returned", task_return);
}

static efile_status task_resolve(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_task_resolve(t->session, (efile_task_id){ id }, tool_value(t, "variables", 0));
}

int cmd_task_resolve(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_resolved", task_resolve);
}

static efile_status task_delegate(tool *t, efile_id id, char **arguments)
{
	efile_actor_id to;
	efile_status status = efile_actor_find(&to, t->session, arguments[1]);

	return status < 0 ? status : efile_task_delegate(t->session, (efile_task_id){ id }, to);
}

int cmd_task_delegate(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_delegated", task_delegate);
}

static efile_status task_escalate(tool *t, efile_id id, char **arguments)
{
	efile_actor_id to;
	efile_status status = efile_actor_find(&to, t->session, arguments[1]);

	return status < 0 ? status : efile_task_escalate(t->session, (efile_task_id){ id }, to);
}

int cmd_task_escalate(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_escalated", task_escalate);
}

/* ---- dates and priority ---- */

int cmd_task_update(tool *t, int count, char **arguments)
{
	efile_task_changes c;
	efile_status status;
	efile_id id;
	int code = parse_id(t, arguments[0], &id);
	long priority = tool_has(t, "priority") ? tool_number(t, "priority", 0, 0, 100) : -1;

	(void)count;
	if (tool_has(t, "priority") && priority < 0)
		return EXIT_USAGE;
	efile_task_changes_init(&c);
	c.priority = (int32_t)priority;
	c.due = tool_value(t, "due", 0);
	c.follow_up = tool_value(t, "follow-up", 0);
	c.calendar = tool_value(t, "calendar", 0);
	if (code)
		return code;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_task_update(t->session, (efile_task_id){ id }, &c);
	try_end(t);
	return changed(t, "task_changed", status, &id);
}

/* ---- sign-off lists ---- */

int cmd_task_route(tool *t, int count, char **arguments)
{
	efile_task_id id;
	char *json = NULL;

	(void)count;
	if (parse_id(t, arguments[0], &id.id))
		return EXIT_USAGE;
	return show_json(t, NULL, efile_task_route(&json, t->session, id), &json);
}

/* A number of an entry: an option, 0 if it is not given; -1 after a usage error. */
static int64_t entry(tool *t, const char *option)
{
	return tool_has(t, option) ? tool_number(t, option, 0, 1, 1000000000) : 0;
}

static int entry_argument(tool *t, const char *text, int64_t *out)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (*end || end == text || number < 1)
		return usage(t, "not the number of an entry: %s", text);
	*out = number;
	return EXIT_DONE;
}

static int change_route(tool *t, const char *task, efile_route_change *c)
{
	efile_status status;
	efile_id id;
	int code = parse_id(t, task, &id);

	c->behind = entry(t, "behind");
	c->beside = c->behind < 0 ? -1 : entry(t, "beside");
	if (code || c->behind < 0 || c->beside < 0)
		return EXIT_USAGE;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_task_route_change(t->session, (efile_task_id){ id }, c);
	try_end(t);
	return changed(t, "route_changed", status, &id);
}

int cmd_task_route_insert(tool *t, int count, char **arguments)
{
	const char *instruction = tool_value(t, "instruction", 0);
	efile_route_change c;

	(void)count;
	efile_route_change_init(&c);
	c.act = EFILE_ROUTE_INSERT;
	c.to = arguments[1];
	c.due = tool_value(t, "due", 0);
	c.note = tool_value(t, "note", 0);
	c.required = tool_has(t, "required");
	if (instruction && efile_instruction_parse(&c.instruction, instruction) < 0)
		return usage(t, "no such instruction: %s", instruction);
	return change_route(t, arguments[0], &c);
}

int cmd_task_route_remove(tool *t, int count, char **arguments)
{
	efile_route_change c;
	int code;

	(void)count;
	efile_route_change_init(&c);
	c.act = EFILE_ROUTE_REMOVE;
	code = entry_argument(t, arguments[1], &c.step);
	return code ? code : change_route(t, arguments[0], &c);
}

int cmd_task_route_move(tool *t, int count, char **arguments)
{
	efile_route_change c;
	int code;

	(void)count;
	efile_route_change_init(&c);
	c.act = EFILE_ROUTE_MOVE;
	code = entry_argument(t, arguments[1], &c.step);
	return code ? code : change_route(t, arguments[0], &c);
}

static efile_status task_send_back(tool *t, efile_id id, char **arguments)
{
	return efile_task_send_back(t->session, (efile_task_id){ id }, entry(t, "to"),
				    tool_has(t, "direct"), arguments[1]);
}

int cmd_task_send_back(tool *t, int count, char **arguments)
{
	(void)count;
	if (entry(t, "to") < 0)
		return EXIT_USAGE;
	return act(t, arguments, "task_sent_back", task_send_back);
}

static efile_status task_refuse(tool *t, efile_id id, char **arguments)
{
	return efile_task_refuse(t->session, (efile_task_id){ id }, arguments[1]);
}

int cmd_task_refuse(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "task_refused", task_refuse);
}

/* ---- reminders ---- */

int cmd_task_reminders(tool *t, int count, char **arguments)
{
	efile_task_id id;
	char *json = NULL;

	(void)count;
	if (parse_id(t, arguments[0], &id.id))
		return EXIT_USAGE;
	return show_json(t, NULL, efile_task_reminders(&json, t->session, id), &json);
}

int cmd_task_remind(tool *t, int count, char **arguments)
{
	long priority = tool_has(t, "priority") ? tool_number(t, "priority", 0, 0, 100) : -1;
	efile_reminder r;
	efile_status status;
	efile_id id;

	(void)count;
	efile_reminder_init(&r);
	r.at = arguments[1];
	r.calendar = tool_value(t, "calendar", 0);
	r.to = tool_value(t, "to", 0);
	r.priority = (int32_t)priority;
	if (parse_id(t, arguments[0], &id) || (tool_has(t, "priority") && priority < 0))
		return EXIT_USAGE;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_task_remind(NULL, t->session, (efile_task_id){ id }, &r);
	try_end(t);
	return changed(t, "reminder_set", status, &id);
}

int cmd_task_unremind(tool *t, int count, char **arguments)
{
	efile_status status;
	int64_t number = 0;
	efile_id id;
	int code = parse_id(t, arguments[0], &id);

	(void)count;
	if (!code)
		code = entry_argument(t, arguments[1], &number);
	if (code)
		return code;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_task_unremind(t->session, (efile_task_id){ id }, number);
	try_end(t);
	return changed(t, "reminder_removed", status, &id);
}
