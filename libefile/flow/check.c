/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The static rules of a process: one table row each. Names of rules are stable. */
#include <string.h>

#include "expr/expr.h"
#include "flow/form.h"
#include "flow/model.h"
#include "flow/route.h"
#include "flow/term.h"

typedef struct checker {
	const bpmn_model *m;
	efile_report *report;
	const struct rule *rule;
	int at;                 /* the element being judged */
	bool by_file;           /* rules.c has judged the file: leave out what it says as well */
} checker;

/* How a rule judges one element; true: broken. detail may be set to what the message names. */
typedef bool (*judge_fn)(const checker *c, const bpmn_element *n, const char **detail);

typedef struct rule {
	const char *id;
	efile_severity severity;
	bpmn_class class;
	bool runs_only;         /* only in the process that runs */
	judge_fn broken;
	const char *message;    /* %s: the element */
	const char *with_detail;/* %s: the element, %s: the detail; NULL: no detail */
} rule;

/* ---- questions about elements ---- */

static bool has(const bpmn_element *n, bpmn_field field)
{
	return n->fields[field] != 0;
}

/* The process around an element, through all sub-processes. */
static int process_of(const bpmn_model *m, int element)
{
	while (element != NONE && m->elements[element].kind->class != CLASS_PROCESS)
		element = m->elements[element].parent;
	return element;
}

/* ---- the rules ---- */

static bool no_id(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return !n->id;
}

static bool id_twice(const checker *c, const bpmn_element *n, const char **detail)
{
	int first = n->id ? bpmn_find(c->m, bpmn_text(c->m, n->id)) : NONE;

	(void)detail;
	return first != NONE && first != c->at;
}

static bool source_missing(const checker *c, const bpmn_element *n, const char **detail)
{
	*detail = bpmn_text(c->m, n->source);
	return n->from == NONE;
}

static bool target_missing(const checker *c, const bpmn_element *n, const char **detail)
{
	*detail = bpmn_text(c->m, n->target);
	return n->to == NONE;
}

static bool default_missing(const checker *c, const bpmn_element *n, const char **detail)
{
	*detail = bpmn_text(c->m, n->default_ref);
	if (!n->default_ref)
		return false;
	return n->default_flow == NONE || c->m->elements[n->default_flow].from != c->at;
}

static bool crosses_scope(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)detail;
	return n->from != NONE && n->to != NONE &&
		c->m->elements[n->from].parent != c->m->elements[n->to].parent;
}

static bool no_start(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)n;
	(void)detail;
	for (size_t i = 0; i < c->m->elements_count; i++)
		if (c->m->elements[i].kind->kind == BPMN_START && c->m->elements[i].parent == c->at)
			return false;
	return true;
}

static bool many_starts(const checker *c, const bpmn_element *n, const char **detail)
{
	int count = 0;

	(void)n;
	(void)detail;
	for (size_t i = 0; i < c->m->elements_count; i++)
		count += c->m->elements[i].kind->kind == BPMN_START &&
			c->m->elements[i].parent == c->at && !c->m->elements[i].events;
	return count > 1;
}

static bool not_executable(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	*detail = n->kind->name;
	return !n->kind->runs;
}

static bool start_with_incoming(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind == BPMN_START && n->in_count;
}

static bool end_with_outgoing(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind == BPMN_END && n->out_count;
}

static bool unreachable(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return !n->reached;
}

static bool dead_end(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind != BPMN_END && !n->out_count;
}

static bool is_split(const bpmn_element *n)
{
	return n->kind->kind == BPMN_EXCLUSIVE && n->out_count > 1;
}

static bool missing_condition(const checker *c, const bpmn_element *n, const char **detail)
{
	if (n->from == NONE || n->has_condition)
		return false;
	*detail = bpmn_text(c->m, c->m->elements[n->from].id);
	return is_split(&c->m->elements[n->from]) &&
		c->m->elements[n->from].default_flow != c->at;
}

static bool no_default(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return is_split(n) && n->default_flow == NONE;
}

static bool condition_unused(const checker *c, const bpmn_element *n, const char **detail)
{
	const bpmn_element *from = n->from == NONE ? NULL : &c->m->elements[n->from];

	if (!from || !n->has_condition)
		return false;
	*detail = bpmn_text(c->m, from->id);
	return from->kind->kind == BPMN_PARALLEL || from->default_flow == c->at;
}

static bool condition_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	expr_program program = EXPR_PROGRAM_INIT;
	efile_status status;

	if (!n->has_condition)
		return false;
	status = expr_compile(&program, c->m->ctx, bpmn_text(c->m, n->condition), NULL);
	expr_program_clear(&program);
	*detail = efile_error_message(c->m->ctx);
	return status < 0;
}

static bool useless_gateway(const checker *c, const bpmn_element *n, const char **detail)
{
	bpmn_kind kind = n->kind->kind;

	(void)c;
	(void)detail;
	return (kind == BPMN_EXCLUSIVE || kind == BPMN_PARALLEL) && n->in_count == 1 &&
		n->out_count == 1;
}

static bool no_handler(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind == BPMN_SERVICE_TASK && !has(n, FIELD_HANDLER);
}

static bool has_route(const checker *c, const bpmn_element *n)
{
	return has(n, FIELD_ROUTE) || route_is(bpmn_text(c->m, n->fields[FIELD_DETAILS]));
}

static bool nobody_does(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind == BPMN_USER_TASK && !has(n, FIELD_GROUPS) && !has(n, FIELD_USERS) &&
		!has(n, FIELD_ASSIGNEE) && n->lane == NONE && !has_route(c, n);
}

static bool has_calendar(const checker *c, const bpmn_element *n)
{
	int i = n->parent;

	if (has(n, FIELD_CALENDAR))
		return true;
	while (i != NONE && !has(&c->m->elements[i], FIELD_CALENDAR))
		i = c->m->elements[i].parent;
	return i != NONE;
}

/* What an expression will say is seen when the task is made. */
static bool term_wrong(const checker *c, const bpmn_element *n, bpmn_field field, const char **detail)
{
	const char *text = bpmn_text(c->m, n->fields[field]);

	*detail = text;
	if (n->kind->kind != BPMN_USER_TASK || !*text || *text == '=' || strstr(text, "${"))
		return false;
	return !term_valid(text) || (term_needs_calendar(text) && !has_calendar(c, n));
}

static bool due_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	return term_wrong(c, n, FIELD_DUE_IN, detail);
}

static bool follow_up_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	return term_wrong(c, n, FIELD_FOLLOW_UP, detail);
}

/* Whether one id of a list separated by commas or blanks names no user task. */
static bool separation_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	const char *at = bpmn_text(c->m, n->fields[FIELD_SEPARATE]);
	char id[256];

	*detail = at;
	for (size_t length; *(at += strspn(at, ", \t\n")); at += length) {
		int found;

		length = strcspn(at, ", \t\n");
		if (length >= sizeof(id))
			return true;
		memcpy(id, at, length);
		id[length] = '\0';
		found = bpmn_find(c->m, id);
		if (found == NONE || c->m->elements[found].kind->kind != BPMN_USER_TASK)
			return true;
	}
	return false;
}

/* The entries that the model names, or the expression that will. */
static bool route_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	AUTO(buf) text = BUF_INIT;
	efile_status status;

	if (n->kind->kind != BPMN_USER_TASK || !has_route(c, n))
		return false;
	if (has(n, FIELD_ROUTE))
		buf_add_format(&text, "\nR\t%s", bpmn_text(c->m, n->fields[FIELD_ROUTE]));
	else
		buf_add_text(&text, bpmn_text(c->m, n->fields[FIELD_DETAILS]));
	status = buf_status(&text, c->m->ctx);
	if (status == EFILE_OK)
		status = route_check(c->m->ctx, text.data, has_calendar(c, n));
	*detail = efile_error_message(c->m->ctx);
	return status < 0;
}

/* A reminder whose time is none, or an escalation to nobody. */
static bool reminder_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	const char *details = bpmn_text(c->m, n->fields[FIELD_DETAILS]);

	(void)detail;
	for (int i = 0; n->kind->kind == BPMN_USER_TASK && i < 2; i++)
		for (const char *row = NULL; (row = form_row_next(details, row, "ME"[i]));) {
			const char *at = row;
			AUTO_PTR(char) text = NULL;
			size_t length, to;
			const char *column = form_column(&length, &at);

			if (mem_dup_bytes(&text, c->m->ctx, column, length) < 0)
				return false;
			form_column(&to, &at);
			if ((i && !to) || !term_relative_valid(text) ||
			    (term_relative_needs_calendar(text) && !has_calendar(c, n)))
				return true;
		}
	return false;
}

static bool retention_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	const char *text = bpmn_text(c->m, n->fields[FIELD_RETAIN]);
	size_t digits = strspn(text, "0123456789");

	*detail = text;
	return n->fields[FIELD_RETAIN] && (!digits || digits > 5 || text[digits]);
}

static bool not_marked_executable(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return !n->executable;
}

static bool no_name(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind == BPMN_USER_TASK && !n->name;
}

/* Events of other engines whose triggers stand in extensions must not be passed by in silence. */
static bool never_triggered(const checker *c, const bpmn_element *n, const char **detail)
{
	unsigned caught = EVENT_MESSAGE | EVENT_TIMER | EVENT_SIGNAL | EVENT_CONDITIONAL |
		EVENT_ESCALATION | EVENT_ERROR | EVENT_COMPENSATE | EVENT_CANCEL | EVENT_LINK;
	bpmn_kind kind = n->kind->kind;
	bool inner = kind == BPMN_START && n->parent != NONE && c->m->elements[n->parent].by_event;

	(void)detail;
	if (kind != BPMN_CATCH && kind != BPMN_BOUNDARY && !inner)
		return false;
	if (inner)
		caught &= ~(unsigned)(EVENT_CANCEL | EVENT_LINK);
	for (size_t i = 0; i < c->m->triggers_count; i++)
		if (c->m->triggers[i].owner == c->at &&
		    ((unsigned)c->m->triggers[i].kind & caught || c->m->triggers[i].ref))
			return false;
	return true;
}

/* Where links lead is decided by name within a level, or by the target that the source names. */
static bool link_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	const bpmn_model *m = c->m;

	for (size_t i = 0; n->kind->kind == BPMN_THROW && i < m->triggers_count; i++) {
		const bpmn_trigger *t = &m->triggers[i];

		if (t->owner != c->at || t->kind != EVENT_LINK)
			continue;
		*detail = bpmn_text(m, t->text);
		return bpmn_link_targets(m, t, NULL) != 1;
	}
	return false;
}

static bool is_activity(const bpmn_element *n)
{
	return n->kind->kind >= BPMN_TASK && n->kind->kind <= BPMN_AD_HOC;
}

static bool attached_wrong(const checker *c, const bpmn_element *n, const char **detail)
{
	const bpmn_element *to = n->attached == NONE ? NULL : &c->m->elements[n->attached];

	*detail = bpmn_text(c->m, n->fields[FIELD_ATTACHED]);
	return n->kind->kind == BPMN_BOUNDARY && (!to || !is_activity(to) || to->parent != n->parent);
}

static bool calls_nothing(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind == BPMN_CALL && !has(n, FIELD_CALLED);
}

static bool no_decision(const checker *c, const bpmn_element *n, const char **detail)
{
	(void)c;
	(void)detail;
	return n->kind->kind == BPMN_RULE_TASK && !has(n, FIELD_DECISION) && !has(n, FIELD_HANDLER) &&
		!has(n, FIELD_OPERATION);
}

static const rule rules[] = {
	{ "BPMN-NO-ID", EFILE_SEVERITY_ERROR, CLASS_NODE, false, no_id,
	  "a node has no id", NULL },
	{ "BPMN-ID-TWICE", EFILE_SEVERITY_ERROR, CLASS_NODE, false, id_twice,
	  "the id %s is given twice", NULL },
	{ "BPMN-ID-TWICE", EFILE_SEVERITY_ERROR, CLASS_FLOW, false, id_twice,
	  "the id %s is given twice", NULL },
	{ "BPMN-ID-TWICE", EFILE_SEVERITY_ERROR, CLASS_PROCESS, false, id_twice,
	  "the id %s is given twice", NULL },
	{ "BPMN-SOURCE", EFILE_SEVERITY_ERROR, CLASS_FLOW, false, source_missing,
	  NULL, "sequence flow %s comes from '%s', which does not exist" },
	{ "BPMN-TARGET", EFILE_SEVERITY_ERROR, CLASS_FLOW, false, target_missing,
	  NULL, "sequence flow %s leads to '%s', which does not exist" },
	{ "BPMN-DEFAULT", EFILE_SEVERITY_ERROR, CLASS_NODE, false, default_missing,
	  NULL, "the default flow of %s, '%s', is none of its flows" },
	{ "BPMN-SCOPE", EFILE_SEVERITY_ERROR, CLASS_FLOW, false, crosses_scope,
	  "sequence flow %s crosses the border of a sub-process", NULL },
	{ "BPMN-NO-START", EFILE_SEVERITY_WARNING, CLASS_PROCESS, true, no_start,
	  "process %s has no start event", NULL },
	{ "BPMN-STARTS", EFILE_SEVERITY_ERROR, CLASS_PROCESS, true, many_starts,
	  "process %s has more than one start event without a trigger", NULL },
	{ "BPMN-EXECUTABLE", EFILE_SEVERITY_INFORMATION, CLASS_PROCESS, true, not_marked_executable,
	  "process %s is not marked as executable", NULL },
	{ "BPMN-NOT-HERE", EFILE_SEVERITY_ERROR, CLASS_NODE, true, not_executable,
	  NULL, "%s: elements of the kind %s are not executable here" },
	{ "BPMN-START-IN", EFILE_SEVERITY_ERROR, CLASS_NODE, false, start_with_incoming,
	  "start event %s must not be the target of a flow", NULL },
	{ "BPMN-END-OUT", EFILE_SEVERITY_ERROR, CLASS_NODE, false, end_with_outgoing,
	  "end event %s must not be the source of a flow", NULL },
	{ "BPMN-NO-TRIGGER", EFILE_SEVERITY_ERROR, CLASS_NODE, true, never_triggered,
	  "event %s has no trigger that can be caught there", NULL },
	{ "BPMN-UNREACHED", EFILE_SEVERITY_WARNING, CLASS_NODE, true, unreachable,
	  "%s cannot be reached from a start event", NULL },
	{ "BPMN-DEAD-END", EFILE_SEVERITY_WARNING, CLASS_NODE, true, dead_end,
	  "%s leads nowhere: the path ends without an end event", NULL },
	{ "BPMN-NO-CONDITION", EFILE_SEVERITY_ERROR, CLASS_FLOW, true, missing_condition,
	  NULL, "sequence flow %s needs a condition, since gateway %s decides by it" },
	{ "BPMN-NO-DEFAULT", EFILE_SEVERITY_WARNING, CLASS_NODE, true, no_default,
	  "gateway %s has no default flow: the process stops if no condition holds", NULL },
	{ "BPMN-CONDITION-UNUSED", EFILE_SEVERITY_WARNING, CLASS_FLOW, true, condition_unused,
	  NULL, "the condition of %s is never asked at %s" },
	{ "BPMN-CONDITION", EFILE_SEVERITY_ERROR, CLASS_FLOW, true, condition_wrong,
	  NULL, "the condition of %s is no FEEL expression: %s" },
	{ "BPMN-GATEWAY", EFILE_SEVERITY_INFORMATION, CLASS_NODE, true, useless_gateway,
	  "gateway %s neither splits nor joins", NULL },
	{ "BPMN-HANDLER", EFILE_SEVERITY_ERROR, CLASS_NODE, true, no_handler,
	  "service task %s names no handler", NULL },
	{ "BPMN-DECISION", EFILE_SEVERITY_WARNING, CLASS_NODE, true, no_decision,
	  "business rule task %s names no decision", NULL },
	{ "BPMN-CALLED", EFILE_SEVERITY_WARNING, CLASS_NODE, true, calls_nothing,
	  "call activity %s names no process", NULL },
	{ "BPMN-LINK", EFILE_SEVERITY_ERROR, CLASS_NODE, true, link_wrong,
	  NULL, "link event %s needs exactly one target '%s' on its level" },
	{ "BPMN-ATTACHED", EFILE_SEVERITY_ERROR, CLASS_NODE, true, attached_wrong,
	  NULL, "boundary event %s is attached to '%s', which is no activity beside it" },
	{ "BPMN-NOBODY", EFILE_SEVERITY_WARNING, CLASS_NODE, true, nobody_does,
	  "user task %s has neither candidates nor assignee nor lane", NULL },
	{ "BPMN-NO-NAME", EFILE_SEVERITY_WARNING, CLASS_NODE, true, no_name,
	  "user task %s has no name for the worklist", NULL },
	{ "BPMN-DUE", EFILE_SEVERITY_ERROR, CLASS_NODE, true, due_wrong,
	  NULL, "the due time of %s, '%s', is no point of time, duration or number of working days with a calendar" },
	{ "BPMN-FOLLOW-UP", EFILE_SEVERITY_ERROR, CLASS_NODE, true, follow_up_wrong,
	  NULL, "the follow-up date of %s, '%s', is no point of time, duration or number of working days with a calendar" },
	{ "BPMN-SEPARATE", EFILE_SEVERITY_ERROR, CLASS_NODE, true, separation_wrong,
	  NULL, "%s is separated from '%s', which are not all user tasks" },
	{ "BPMN-RETAIN", EFILE_SEVERITY_ERROR, CLASS_PROCESS, true, retention_wrong,
	  NULL, "process %s is kept for '%s' days, which is no number of days" },
	{ "BPMN-REMIND", EFILE_SEVERITY_ERROR, CLASS_NODE, true, reminder_wrong,
	  "%s has a reminder without a point of time or working days without a calendar, or an escalation to nobody", NULL },
	{ "BPMN-ROUTE", EFILE_SEVERITY_ERROR, CLASS_NODE, true, route_wrong,
	  NULL, "the sign-off list of %s is not sound: %s" },
};

/* ---- running them ---- */

/* What an engine would miss is no fault of a process that is not meant to run. */
static efile_severity severity_of(const checker *c)
{
	if (c->by_file && c->rule->runs_only && c->rule->severity != EFILE_SEVERITY_INFORMATION &&
	    c->m->process != NONE && !c->m->elements[c->m->process].executable)
		return EFILE_SEVERITY_INFORMATION;
	return c->rule->severity;
}

/* The formats come from the table above; each takes the id and, if it names it, the detail. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static efile_status add_finding(const checker *c, const bpmn_element *n, const char *detail)
{
	const rule *r = c->rule;
	const char *id = n->id ? bpmn_text(c->m, n->id) : "?";
	report_place place = { .path = id, .line = n->line, .column = n->column };

	return report_add(c->report, r->id, severity_of(c), &place,
			  r->with_detail ? r->with_detail : r->message, id, detail);
}
#pragma GCC diagnostic pop

static efile_status judge(checker *c, const bpmn_element *n)
{
	const char *detail = "";
	bool broken = c->rule->broken(c, n, &detail);

	if (efile_error_status(c->m->ctx) == EFILE_E_NOMEM)
		return EFILE_E_NOMEM;
	if (broken)
		TRY(add_finding(c, n, detail));
	error_clear(c->m->ctx);
	return EFILE_OK;
}

/* What the rules of the specification say under a name of their own. */
static const char *const said_of_file[] = {
	"BPMN-NO-ID", "BPMN-ID-TWICE", "BPMN-SOURCE", "BPMN-TARGET", "BPMN-DEFAULT", "BPMN-SCOPE",
	"BPMN-START-IN", "BPMN-END-OUT", "BPMN-GATEWAY", "BPMN-NO-TRIGGER", "BPMN-LINK", "BPMN-ATTACHED",
};

static bool left_out(const checker *c)
{
	for (size_t i = 0; c->by_file && i < ARRAY_SIZE(said_of_file); i++)
		if (!strcmp(said_of_file[i], c->rule->id))
			return true;
	return false;
}

static efile_status check_element(checker *c)
{
	const bpmn_element *n = &c->m->elements[c->at];
	bool runs = process_of(c->m, c->at) == c->m->process;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		c->rule = &rules[i];
		if (c->rule->class == n->kind->class && (runs || !c->rule->runs_only) &&
		    !left_out(c))
			TRY(judge(c, n));
	}
	return EFILE_OK;
}

static efile_status check_lanes(const checker *c)
{
	for (size_t i = 0; i < c->m->lane_refs_count; i++) {
		const bpmn_lane_ref *ref = &c->m->lane_refs[i];
		const char *lane = bpmn_text(c->m, c->m->elements[ref->lane].id);
		report_place place = { .path = lane, .line = ref->line };

		if (bpmn_find(c->m, bpmn_text(c->m, ref->node)) == NONE)
			TRY(report_add(c->report, "BPMN-LANE", EFILE_SEVERITY_ERROR, &place,
				       "lane %s names '%s', which does not exist", lane,
				       bpmn_text(c->m, ref->node)));
	}
	return EFILE_OK;
}

static efile_status check_picture_ref(const checker *c, text_ref element, long line)
{
	const char *id = bpmn_text(c->m, element);
	report_place place = { .path = id, .line = line };

	if (!element || bpmn_find(c->m, id) != NONE)
		return EFILE_OK;
	return report_add(c->report, "BPMN-DI", EFILE_SEVERITY_WARNING, &place,
			  "the diagram shows '%s', which does not exist", id);
}

static efile_status check_diagram(const checker *c)
{
	for (size_t i = 0; i < c->m->shapes_count; i++)
		TRY(check_picture_ref(c, c->m->shapes[i].element, c->m->shapes[i].line));
	for (size_t i = 0; i < c->m->edges_count; i++)
		TRY(check_picture_ref(c, c->m->edges[i].element, c->m->edges[i].line));
	return EFILE_OK;
}

static efile_status check_all(const bpmn_model *m, efile_report *report, bool by_file)
{
	checker c = { .m = m, .report = report, .by_file = by_file };

	if (m->process == NONE)
		TRY(report_add(report, "BPMN-NO-PROCESS", EFILE_SEVERITY_ERROR, NULL,
			       "the file holds no process"));
	for (size_t i = 0; i < m->elements_count; i++) {
		c.at = (int)i;
		TRY(check_element(&c));
	}
	if (!by_file)
		TRY(check_lanes(&c));
	return check_diagram(&c);
}

efile_status bpmn_check(const bpmn_model *m, efile_report *report)
{
	return check_all(m, report, false);
}

efile_status bpmn_check_run(const bpmn_model *m, efile_report *report)
{
	return check_all(m, report, true);
}
