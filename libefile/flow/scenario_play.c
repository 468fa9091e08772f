/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of a scenario that do something. What the engine refuses is what the scenario hears. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/scenario.h"
#include "flow/timer.h"

void scenario_world_clear(scenario_world *w)
{
	flow_host_free(w->host);
	free(w->names);
	free(w->files);
	buf_clear(&w->wrong);
	*w = (scenario_world){ .ctx = NULL };
}

efile_status scenario_wrong(scenario_world *w, const char *format, ...)
{
	AUTO_PTR(char) text = NULL;
	va_list args;

	va_start(args, format);
	text = message_vformat(w->ctx, format, args);
	va_end(args);
	if (!text)
		return mem_failed(w->ctx);
	buf_reset(&w->wrong);
	buf_add_text(&w->wrong, text);
	return buf_status(&w->wrong, w->ctx);
}

/* ---- what a step speaks of ---- */

uint64_t scenario_instance(scenario_world *w, const scenario_step *s, uint64_t fallback)
{
	const char *name = step_clause_text(w->text, s, CLAUSE_OF);

	if (!name)
		return fallback;
	for (size_t i = w->name_count; i-- > 0;)
		if (!strcmp(scenario_string(w->text, w->names[i].name), name))
			return w->names[i].instance;
	scenario_wrong(w, "no instance is named %s", name);
	return 0;
}

static efile_status remember(scenario_world *w, uint32_t name, uint64_t instance)
{
	void *names = w->names;

	w->main = instance;
	if (!name)
		return EFILE_OK;
	TRY(mem_grow(w->ctx, &names, &w->name_capacity, w->name_count, sizeof(*w->names)));
	w->names = names;
	w->names[w->name_count++] = (scenario_name){ name, instance };
	return EFILE_OK;
}

/* Kinds as a set of 1 << flow_wait_kind. */
static bool find_open(scenario_world *w, const scenario_step *s, unsigned wanted, flow_open *out)
{
	uint64_t instance = scenario_instance(w, s, 0);
	const char *node = step_word(w->text, s, 0);
	uint32_t left = s->ordinal ? s->ordinal : 1;

	if (w->wrong.length)
		return false;
	for (size_t i = 0; flow_host_open_at(w->host, i, out); i++)
		if ((wanted >> out->kind & 1) && !strcmp(out->node, node) &&
		    (!instance || out->instance == instance) && --left == 0)
			return true;
	scenario_wrong(w, s->ordinal > 1 ? "%s is not open %u times" : "%s is not open", node,
		       s->ordinal);
	return false;
}

static unsigned kind_set(const scenario_step *s, unsigned all)
{
	return s->kind < 0 ? all : 1u << s->kind;
}

/* A refusal of the engine is what the scenario hears; want of memory is an error. */
static efile_status heard(scenario_world *w, efile_status status)
{
	if (status >= 0 || status == EFILE_E_NOMEM || status == EFILE_E_INTERNAL)
		return status;
	buf_reset(&w->wrong);
	buf_add_format(&w->wrong, "E%04d: %s", efile_error_number(w->ctx),
		       efile_error_message(w->ctx));
	error_clear(w->ctx);
	return buf_status(&w->wrong, w->ctx);
}

static efile_status event_at(scenario_world *w, const scenario_step *s, unsigned wanted,
			     flow_event event)
{
	flow_open open;

	if (!find_open(w, s, wanted, &open))
		return EFILE_OK;
	event.wait = open.wait;
	event.variables = step_clause_text(w->text, s, CLAUSE_VARIABLES);
	return heard(w, flow_host_event(w->host, open.instance, event));
}

static efile_status event_of(scenario_world *w, const scenario_step *s, flow_event event)
{
	uint64_t instance = scenario_instance(w, s, w->main);

	if (w->wrong.length)
		return EFILE_OK;
	if (!instance)
		return scenario_wrong(w, "nothing has been started");
	event.variables = step_clause_text(w->text, s, CLAUSE_VARIABLES);
	return heard(w, flow_host_event(w->host, instance, event));
}

/* ---- steps ---- */

static efile_status name_files(scenario_world *w, uint32_t file)
{
	while (w->file_count < flow_host_definition_count(w->host)) {
		void *files = w->files;

		TRY(mem_grow(w->ctx, &files, &w->file_capacity, w->file_count, sizeof(*w->files)));
		w->files = files;
		w->files[w->file_count++] = file;
	}
	return EFILE_OK;
}

/* The findings that keep a model from running, behind the error. */
static efile_status add_findings(scenario_world *w, const efile_report *report)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (f->severity == EFILE_SEVERITY_ERROR)
			buf_add_format(&w->wrong, "; %s %s: %s", f->rule, f->path ? f->path : "",
				       f->message);
	}
	return buf_status(&w->wrong, w->ctx);
}

static efile_status deploy_one(scenario_world *w, const scenario_step *s, uint32_t index)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) path = BUF_INIT;
	efile_status status;

	TRY(report_new(&report, w->ctx));
	status = scenario_open(&reader, &path, w->text, scenario_string(w->text, s->file),
			       step_word(w->text, s, index));
	if (status == EFILE_OK)
		status = flow_host_deploy(w->host, NULL, report, reader, buf_text(&path));
	TRY(heard(w, status));
	if (w->wrong.length)
		return add_findings(w, report);
	return name_files(w, w->text->words[s->first_word + index]);
}

static efile_status do_deploy(scenario_world *w, const scenario_step *s)
{
	for (uint32_t i = 0; i < s->word_count && !w->wrong.length; i++)
		TRY(deploy_one(w, s, i));
	return EFILE_OK;
}

static bool point_of_time(const scenario_world *w, const char *text, efile_time *out)
{
	timer_plan plan;
	bool known = timer_first(&plan, *text == 'P' ? TIME_DURATION : TIME_DATE, text,
				 flow_host_now(w->host));

	*out = plan.due;
	return known;
}

static efile_status do_clock(scenario_world *w, const scenario_step *s)
{
	flow_host *fresh;
	efile_time time;

	if (flow_host_definition_count(w->host))
		return scenario_wrong(w, "the clock is set before anything is deployed");
	if (!point_of_time(w, step_word(w->text, s, 0), &time))
		return scenario_wrong(w, "'%s' is no time", step_word(w->text, s, 0));
	TRY(flow_host_new(&fresh, w->ctx, time));
	flow_host_free(w->host);
	w->host = fresh;
	return EFILE_OK;
}

static efile_status do_stub(scenario_world *w, const scenario_step *s)
{
	for (uint32_t i = 0; i < s->word_count; i++)
		TRY(flow_host_stub(w->host, step_word(w->text, s, i)));
	return EFILE_OK;
}

static efile_status do_start(scenario_world *w, const scenario_step *s)
{
	uint64_t instance = 0;

	TRY(heard(w, flow_host_start(w->host, &instance, step_word(w->text, s, 0),
				     step_clause_text(w->text, s, CLAUSE_VARIABLES))));
	return w->wrong.length ? EFILE_OK : remember(w, s->clauses[CLAUSE_AS], instance);
}

/* "name NAME PROCESS#N": the n-th instance of a process, whoever started it; without N the newest. */
static efile_status do_name(scenario_world *w, const scenario_step *s)
{
	const char *process = step_word(w->text, s, 1);
	uint32_t left = s->ordinal;
	uint64_t found = 0;

	for (uint64_t i = 1; i <= flow_host_instance_count(w->host); i++) {
		if (strcmp(flow_definition_id(flow_host_definition_of(w->host, i)), process) != 0)
			continue;
		if (!s->ordinal || --left == 0)
			found = i;
		if (found && s->ordinal)
			break;
	}
	if (!found)
		return scenario_wrong(w, "there is no such instance of %s", process);
	return remember(w, w->text->words[s->first_word], found);
}

/* Persons are only told apart: an id out of the name. */
static efile_actor_id person(const char *name)
{
	efile_actor_id id = { .id = { { 0 } } };
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; name && *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	if (name)
		memcpy(&id.id, &hash, sizeof(hash));
	return id;
}

/* Who is not named is somebody new each time. */
static efile_actor_id performer(scenario_world *w, const char *name)
{
	char stranger[32];

	snprintf(stranger, sizeof(stranger), "#%u", ++w->strangers);
	return person(name ? name : stranger);
}

static efile_status do_complete(scenario_world *w, const scenario_step *s)
{
	static const flow_event_kind events[] = {
		[FLOW_WAIT_TASK] = FLOW_EVENT_COMPLETE_TASK, [FLOW_WAIT_JOB] = FLOW_EVENT_JOB_DONE,
		[FLOW_WAIT_CALL] = FLOW_EVENT_CALL_DONE,
	};
	unsigned set = 1u << FLOW_WAIT_TASK | 1u << FLOW_WAIT_JOB | 1u << FLOW_WAIT_CALL;
	flow_event event = { .actor = performer(w, step_clause_text(w->text, s, CLAUSE_BY)),
			     .on_behalf_of = person(step_clause_text(w->text, s, CLAUSE_FOR)) };
	flow_open open;

	if (!find_open(w, s, kind_set(s, set), &open))
		return EFILE_OK;
	event.kind = events[open.kind];
	return event_at(w, s, 1u << open.kind, event);
}

static efile_status do_fail(scenario_world *w, const scenario_step *s)
{
	const char *reason = step_word(w->text, s, 1);

	return event_at(w, s, kind_set(s, 1u << FLOW_WAIT_JOB | 1u << FLOW_WAIT_CALL),
			(flow_event){ .kind = FLOW_EVENT_JOB_FAILED,
				      .message = reason ? reason : "" });
}

static efile_status do_error(scenario_world *w, const scenario_step *s)
{
	flow_open open;

	if (!find_open(w, s, kind_set(s, 1u << FLOW_WAIT_JOB | 1u << FLOW_WAIT_CALL), &open))
		return EFILE_OK;
	return event_at(w, s, 1u << open.kind,
			(flow_event){ .kind = open.kind == FLOW_WAIT_JOB ? FLOW_EVENT_JOB_ERROR :
									   FLOW_EVENT_CALL_ERROR,
				      .code = step_word(w->text, s, 1) });
}

static efile_status do_escalate(scenario_world *w, const scenario_step *s)
{
	return event_at(w, s, 1u << FLOW_WAIT_CALL,
			(flow_event){ .kind = FLOW_EVENT_CALL_ESCALATION,
				      .code = step_word(w->text, s, 1) });
}

static efile_status do_retry(scenario_world *w, const scenario_step *s)
{
	return event_at(w, s, 1u << FLOW_WAIT_INCIDENT, (flow_event){ .kind = FLOW_EVENT_RETRY });
}

static efile_status do_message(scenario_world *w, const scenario_step *s)
{
	const char *key = step_clause_text(w->text, s, CLAUSE_KEY);

	return heard(w, flow_host_message(w->host, step_word(w->text, s, 0), key ? key : "",
					  step_clause_text(w->text, s, CLAUSE_VARIABLES)));
}

static efile_status do_signal(scenario_world *w, const scenario_step *s)
{
	return heard(w, flow_host_signal(w->host, step_word(w->text, s, 0),
					 step_clause_text(w->text, s, CLAUSE_VARIABLES)));
}

static efile_status do_observe(scenario_world *w, const scenario_step *s)
{
	return heard(w, flow_host_observe(w->host, step_clause_text(w->text, s, CLAUSE_VARIABLES)));
}

static efile_status do_advance(scenario_world *w, const scenario_step *s)
{
	const char *to = step_clause_text(w->text, s, CLAUSE_TO);
	const char *text = to ? to : step_word(w->text, s, 0);
	efile_time time;

	if (!point_of_time(w, text, &time) || (*text == 'P') == (to != NULL))
		return scenario_wrong(w, to ? "'%s' is no time" : "'%s' is no duration", text);
	return heard(w, flow_host_advance(w->host, time));
}

static efile_status do_set(scenario_world *w, const scenario_step *s)
{
	return event_of(w, s, (flow_event){ .kind = FLOW_EVENT_VARIABLES });
}

/* Whatever waits at a node can be moved or cancelled, but not what only listens at its border. */
static const unsigned movable = 1u << FLOW_WAIT_TASK | 1u << FLOW_WAIT_JOB | 1u << FLOW_WAIT_CALL |
	1u << FLOW_WAIT_INCIDENT | 1u << FLOW_WAIT_MESSAGE | 1u << FLOW_WAIT_SIGNAL |
	1u << FLOW_WAIT_TIMER | 1u << FLOW_WAIT_CONDITION;

static efile_status do_move(scenario_world *w, const scenario_step *s)
{
	return event_at(w, s, movable,
			(flow_event){ .kind = FLOW_EVENT_MOVE,
				      .node = step_clause_text(w->text, s, CLAUSE_TO) });
}

static efile_status do_begin(scenario_world *w, const scenario_step *s)
{
	return event_of(w, s, (flow_event){ .kind = FLOW_EVENT_MOVE,
					    .node = step_word(w->text, s, 0) });
}

static efile_status do_cancel(scenario_world *w, const scenario_step *s)
{
	if (s->word_count)
		return event_at(w, s, movable, (flow_event){ .kind = FLOW_EVENT_MOVE });
	return event_of(w, s, (flow_event){ .kind = FLOW_EVENT_CANCEL });
}

static efile_status do_suspend(scenario_world *w, const scenario_step *s)
{
	return event_of(w, s, (flow_event){ .kind = FLOW_EVENT_SUSPEND });
}

static efile_status do_resume(scenario_world *w, const scenario_step *s)
{
	return event_of(w, s, (flow_event){ .kind = FLOW_EVENT_RESUME });
}

/* ---- sign-off lists ---- */

/* WHERE: the members of the object that the step has, besides what its words say. */
static efile_status put_where(json_writer *w, efile_ctx *ctx, const char *object)
{
	AUTO_PTR(json_document) document = NULL;

	if (!object)
		return EFILE_OK;
	TRY(json_parse(&document, ctx, object, strlen(object)));
	for (const json_value *at = json_root(document)->child; at; at = at->next) {
		json_key(w, at->key);
		json_copy(w, at);
	}
	return EFILE_OK;
}

static void put_words(json_writer *w, const scenario_world *world, const scenario_step *s)
{
	const char *word = step_word(world->text, s, 1), *instruction = step_word(world->text, s, 2);

	if (s->rule->kind == STEP_INSERT) {
		json_put_text(w, "to", word);
		json_put_text(w, "instruction", instruction ? instruction : "none");
	} else if (s->rule->kind == STEP_REMOVE || s->rule->kind == STEP_SHIFT) {
		json_put_int(w, "step", strtol(word, NULL, 10));
	}
}

static efile_status do_route(scenario_world *w, const scenario_step *s)
{
	static const struct { step_kind kind; const char *act; bool reason; } acts[] = {
		{ STEP_INSERT, "insert", false }, { STEP_REMOVE, "remove", false },
		{ STEP_SHIFT, "move", false }, { STEP_SEND_BACK, "back", true },
		{ STEP_DECLINE, "refuse", true },
	};
	flow_event event = { .kind = FLOW_EVENT_ROUTE,
			     .actor = performer(w, step_clause_text(w->text, s, CLAUSE_BY)),
			     .on_behalf_of = person(step_clause_text(w->text, s, CLAUSE_FOR)) };
	AUTO(buf) arguments = BUF_INIT;
	flow_open open;
	json_writer j;

	if (!find_open(w, s, 1u << FLOW_WAIT_TASK, &open))
		return EFILE_OK;
	json_begin(&j, &arguments);
	json_object(&j);
	put_words(&j, w, s);
	TRY(put_where(&j, w->ctx, step_clause_text(w->text, s, CLAUSE_VARIABLES)));
	json_end_object(&j);
	TRY(buf_status(&arguments, w->ctx));
	event.wait = open.wait;
	event.variables = arguments.data;
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (acts[i].kind == s->rule->kind) {
			event.code = acts[i].act;
			event.message = acts[i].reason ? step_word(w->text, s, 1) : NULL;
		}
	return heard(w, flow_host_event(w->host, open.instance, event));
}

/* ---- one step ---- */

/* A step that must be refused, perhaps with this error. */
static efile_status judge_refusal(scenario_world *w, const scenario_step *s)
{
	bool refused = w->wrong.length != 0;
	char number[16];

	snprintf(number, sizeof(number), "E%04ld: ", s->number);
	if (!refused)
		return scenario_wrong(w, "it was not refused");
	if (!s->number || !strncmp(buf_text(&w->wrong), number, strlen(number))) {
		buf_reset(&w->wrong);
		return EFILE_OK;
	}
	{
		AUTO(buf) said = w->wrong;

		w->wrong = (buf)BUF_INIT;
		return scenario_wrong(w, "it was refused for another reason: %s", buf_text(&said));
	}
}

efile_status scenario_do(scenario_world *w, const scenario_step *s)
{
	static efile_status (*const steps[])(scenario_world *w, const scenario_step *s) = {
		[STEP_DEPLOY] = do_deploy, [STEP_CLOCK] = do_clock, [STEP_STUB] = do_stub,
		[STEP_START] = do_start, [STEP_NAME] = do_name, [STEP_COMPLETE] = do_complete,
		[STEP_FAIL] = do_fail, [STEP_ERROR] = do_error, [STEP_ESCALATE] = do_escalate,
		[STEP_RETRY] = do_retry, [STEP_MESSAGE] = do_message, [STEP_SIGNAL] = do_signal,
		[STEP_ADVANCE] = do_advance, [STEP_SET] = do_set, [STEP_MOVE] = do_move,
		[STEP_BEGIN] = do_begin, [STEP_CANCEL] = do_cancel, [STEP_SUSPEND] = do_suspend,
		[STEP_RESUME] = do_resume, [STEP_OBSERVE] = do_observe,
		[STEP_INSERT] = do_route, [STEP_REMOVE] = do_route, [STEP_SHIFT] = do_route,
		[STEP_SEND_BACK] = do_route, [STEP_DECLINE] = do_route,
	};

	buf_reset(&w->wrong);
	if (s->rule->kind >= EXPECT_TASKS)
		return scenario_expect(w, s);
	TRY(steps[s->rule->kind](w, s));
	return s->refused ? judge_refusal(w, s) : EFILE_OK;
}
