/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine: scenarios step by step, limits, replay, damaged states. */
#include <stdio.h>

#include "flow/state.h"
#include "unit/flow_support.h"

typedef struct play {
	efile_ctx *ctx;
	flow_definition d;
	buf state;
	efile_status status;    /* of the last step */
	flow_event events[400];
	size_t count;
} play;

static const char *const effect_names[] = { "->", "task", "task-end", "job", "job-end", "incident",
					    "incident-end", "vars", "ended", "done", "wait",
					    "wait-end", "call", "call-end", "message", "signal",
					    "escalation" };

static void play_open(play *p, const char *text)
{
	*p = (play){ .ctx = test_ctx() };
	p->d = definition_of(p->ctx, text);
}

static void play_close(play *p)
{
	flow_definition_clear(&p->d);
	buf_clear(&p->state);
	efile_ctx_free(p->ctx);
}

static void describe(buf *out, const play *p, const flow_effect *e)
{
	flow_node n = { .id = "" };

	if (e->kind == FLOW_EFFECT_DONE)
		return;
	if (e->kind != FLOW_EFFECT_TAKEN && e->kind != FLOW_EFFECT_VARIABLES &&
	    e->kind != FLOW_EFFECT_ENDED)
		flow_node_at(&n, &p->d, e->node);
	buf_add_format(out, "%s%s", out->length ? " " : "", effect_names[e->kind]);
	if (e->kind == FLOW_EFFECT_TAKEN)
		buf_add_format(out, "%s", flow_edge_id(&p->d, e->edge));
	else if (*n.id)
		buf_add_format(out, ":%s#%llu", n.id, (unsigned long long)e->wait);
	if (e->cancelled)
		buf_add_text(out, "!");
}

/* Does one step and tells its effects, or "error STATUS". */
static const char *step(play *p, flow_event event)
{
	static char text[4096];
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) out = BUF_INIT;

	event.time = TEST_NOW;
	p->status = flow_step(&p->state, &effects, p->ctx, &p->d, buf_text(&p->state),
			      p->state.length, &event);
	if (p->status < 0)
		buf_add_format(&out, "error %s", efile_status_name(p->status));
	else if (p->count < ARRAY_SIZE(p->events))
		p->events[p->count++] = event;
	for (size_t i = 0; i < effects.count; i++)
		describe(&out, p, &effects.items[i]);
	snprintf(text, sizeof(text), "%s", buf_text(&out));
	return text;
}

static const char *start(play *p, const char *variables)
{
	return step(p, (flow_event){ .kind = FLOW_EVENT_START, .variables = variables });
}

static efile_actor_id person(unsigned char number)
{
	efile_actor_id id = { { { 0 } } };

	id.id.bytes[15] = number;
	return id;
}

static const char *complete(play *p, uint64_t wait, const char *variables, unsigned char who)
{
	return step(p, (flow_event){ .kind = FLOW_EVENT_COMPLETE_TASK, .wait = wait,
				     .variables = variables, .actor = person(who) });
}

static const char *job_done(play *p, uint64_t wait, const char *variables)
{
	return step(p, (flow_event){ .kind = FLOW_EVENT_JOB_DONE, .wait = wait,
				     .variables = variables });
}

static const char *variables_of(play *p)
{
	static char text[1000];
	flow_summary s;

	if (flow_state_summary(&s, p->ctx, &p->d, p->state.data, p->state.length) < 0)
		return "?";
	snprintf(text, sizeof(text), "%.*s", (int)s.variables_length, s.variables);
	return text;
}

static void check_replay(play *p)
{
	AUTO(buf) again = BUF_INIT;

	TAP_EQUAL_INT(flow_replay(&again, NULL, p->ctx, &p->d, p->events, p->count), EFILE_OK);
	TAP_EQUAL_INT(again.length, p->state.length);
	TAP_OK(again.length == p->state.length &&
	       !memcmp(buf_text(&again), buf_text(&p->state), again.length));
}

/* ---- scenarios ---- */

static void test_sequence(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><userTask id='t' name='T' e:assignee='x'/>"
		  "<serviceTask id='j' e:handler='h'/><endEvent id='e'/>" FLOW("1", "s", "t")
		  FLOW("2", "t", "j") FLOW("3", "j", "e") BPMN_CLOSE);
	TAP_EQUAL_TEXT(start(&p, "{\"a\":1}"), "vars ->1 task:t#1");
	TAP_OK(p.state.length < 40);
	TAP_EQUAL_TEXT(start(&p, NULL), "error STATE");
	TAP_EQUAL_TEXT(complete(&p, 7, NULL, 1), "error NOTFOUND");
	TAP_EQUAL_TEXT(job_done(&p, 1, NULL), "error NOTFOUND");
	TAP_EQUAL_TEXT(complete(&p, 1, "[]", 1), "error FORMAT");
	TAP_EQUAL_TEXT(complete(&p, 1, "{", 1), "error FORMAT");
	TAP_EQUAL_TEXT(complete(&p, 1, "{\"b\":[1.50,\"x\"],\"a\":2}", 1),
		       "task-end:t#1 vars ->2 job:j#2");
	TAP_EQUAL_TEXT(variables_of(&p), "{\"a\":2,\"b\":[1.50,\"x\"]}");
	TAP_EQUAL_TEXT(job_done(&p, 2, NULL), "job-end:j#2 ->3 ended");
	TAP_EQUAL_TEXT(job_done(&p, 2, NULL), "error STATE");
	check_replay(&p);
	play_close(&p);
}

static void test_exclusive(void)
{
	play p;
	static const struct { const char *variables, *effects; } cases[] = {
		{ "{\"n\":10}", "vars ->1 ->2 ended" },
		{ "{\"n\":5}", "vars ->1 ->3 ended" },
		{ "{\"n\":1}", "vars ->1 ->4 ended" },
		{ "{\"n\":\"x\"}", "vars ->1 ->4 ended" },
		{ NULL, "->1 ->4 ended" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		play_open(&p, BPMN_OPEN "<startEvent id='s'/><exclusiveGateway id='g' default='4'/>"
			  "<endEvent id='a'/><endEvent id='b'/><endEvent id='c'/>" FLOW("1", "s", "g")
			  FLOW_IF("2", "g", "a", "n > 7") FLOW_IF("3", "g", "b", "n > 3")
			  FLOW("4", "g", "c") BPMN_CLOSE);
		TAP_EQUAL_TEXT(start(&p, cases[i].variables), cases[i].effects);
		play_close(&p);
	}
}

static void test_stuck(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><userTask id='t' name='T' e:assignee='x'/>"
		  "<exclusiveGateway id='g'/><endEvent id='a'/><endEvent id='b'/>" FLOW("0", "s", "t")
		  FLOW("1", "t", "g") FLOW_IF("2", "g", "a", "n > 7") FLOW_IF("3", "g", "b", "n > 3")
		  BPMN_CLOSE);
	start(&p, NULL);
	TAP_EQUAL_TEXT(complete(&p, 1, NULL, 1), "task-end:t#1 ->1 incident:g#2");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 2 }),
		       "incident-end:g#2 incident:g#3");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 3,
					      .variables = "{\"n\":4}" }),
		       "incident-end:g#3 vars ->3 ended");
	check_replay(&p);
	play_close(&p);
}

static const char forked[] =
	BPMN_OPEN "<startEvent id='s'/><parallelGateway id='f'/><parallelGateway id='j'/>"
	"<userTask id='a' name='A' e:assignee='x'/><userTask id='b' name='B' e:assignee='x'/>"
	"<endEvent id='e'/>" FLOW("1", "s", "f") FLOW("2", "f", "a") FLOW("3", "f", "b")
	FLOW("4", "a", "j") FLOW("5", "b", "j") FLOW("6", "j", "e") BPMN_CLOSE;

static void test_parallel(void)
{
	play p;

	play_open(&p, forked);
	TAP_EQUAL_TEXT(start(&p, NULL), "->1 ->2 ->3 task:a#1 task:b#2");
	TAP_EQUAL_TEXT(complete(&p, 1, NULL, 1), "task-end:a#1 ->4");
	TAP_EQUAL_TEXT(complete(&p, 2, NULL, 1), "task-end:b#2 ->5 ->6 ended");
	check_replay(&p);
	play_close(&p);
}

static void test_cancel(void)
{
	play p;

	play_open(&p, forked);
	start(&p, NULL);
	complete(&p, 2, NULL, 1);
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_CANCEL, .message = "Irrtum" }),
		       "task-end:a#1! ended!");
	TAP_EQUAL_TEXT(complete(&p, 1, NULL, 1), "error STATE");
	check_replay(&p);
	play_close(&p);
}

static void test_terminate(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><parallelGateway id='f'/>"
		  "<userTask id='a' name='A' e:assignee='x'/><userTask id='b' name='B' e:assignee='x'/>"
		  "<endEvent id='e'><terminateEventDefinition/></endEvent><endEvent id='n'/>"
		  FLOW("1", "s", "f") FLOW("2", "f", "a") FLOW("3", "f", "b") FLOW("4", "a", "e")
		  FLOW("5", "b", "n") BPMN_CLOSE);
	start(&p, NULL);
	TAP_EQUAL_TEXT(complete(&p, 1, NULL, 1), "task-end:a#1 ->4 task-end:b#2! ended");
	play_close(&p);
}

/* A task with several flows forks; with conditions it takes all that hold. */
static void test_implicit_split(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><task id='t' default='4'/><endEvent id='a'/>"
		  "<endEvent id='b'/><endEvent id='c'/>" FLOW("1", "s", "t")
		  FLOW_IF("2", "t", "a", "n > 1") FLOW_IF("3", "t", "b", "n > 2") FLOW("4", "t", "c")
		  BPMN_CLOSE);
	TAP_EQUAL_TEXT(start(&p, "{\"n\":3}"), "vars ->1 ->2 ->3 ended");
	play_close(&p);
}

static void test_failed_job(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><serviceTask id='j' e:handler='h'/>"
		  "<endEvent id='e'/>" FLOW("1", "s", "j") FLOW("2", "j", "e") BPMN_CLOSE);
	start(&p, NULL);
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_JOB_FAILED, .wait = 1,
					      .message = "SAP antwortet nicht" }),
		       "job-end:j#1! incident:j#2");
	TAP_EQUAL_TEXT(job_done(&p, 1, NULL), "error NOTFOUND");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 2 }),
		       "incident-end:j#2 job:j#3");
	TAP_EQUAL_TEXT(job_done(&p, 3, NULL), "job-end:j#3 ->2 ended");
	check_replay(&p);
	play_close(&p);
}

/* A join that one branch never reaches is noticed, not waited for in silence. */
static void test_dead_join(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><exclusiveGateway id='x' default='2'/>"
		  "<parallelGateway id='j'/><endEvent id='e'/>" FLOW("1", "s", "x")
		  FLOW("2", "x", "j") FLOW_IF("3", "x", "j", "false") FLOW("4", "j", "e") BPMN_CLOSE);
	TAP_EQUAL_TEXT(start(&p, NULL), "->1 ->2 incident:j#1");
	play_close(&p);
}

static const char four_eyes[] =
	BPMN_OPEN "<startEvent id='s'/><userTask id='a' name='A' e:assignee='x'/>"
	"<userTask id='b' name='B' e:assignee='x' e:separateFrom='a'/><endEvent id='e'/>"
	FLOW("1", "s", "a") FLOW("2", "a", "b") FLOW("3", "b", "e") BPMN_CLOSE;

/* Nobody approves what they certified, neither themselves nor through or for a deputy. */
static void test_four_eyes(void)
{
	play p;
	flow_event deputy = { .kind = FLOW_EVENT_COMPLETE_TASK, .wait = 2, .actor = person(3),
			      .on_behalf_of = person(1) };

	play_open(&p, four_eyes);
	start(&p, NULL);
	TAP_EQUAL_TEXT(complete(&p, 1, NULL, 0), "error INVALID");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_COMPLETE_TASK, .wait = 1,
					      .actor = person(1), .on_behalf_of = person(2) }),
		       "task-end:a#1 ->2 task:b#2");
	TAP_EQUAL_TEXT(complete(&p, 2, NULL, 1), "error DENIED");
	TAP_EQUAL_TEXT(efile_error_message(p.ctx), "whoever performed a may not perform b");
	TAP_EQUAL_TEXT(complete(&p, 2, NULL, 2), "error DENIED");
	TAP_EQUAL_TEXT(step(&p, deputy), "error DENIED");
	TAP_EQUAL_INT(flow_may_perform(p.ctx, &p.d, p.state.data, p.state.length, 2, person(1),
				       person(0)), EFILE_E_DENIED);
	TAP_EQUAL_INT(flow_may_perform(p.ctx, &p.d, p.state.data, p.state.length, 2, person(3),
				       person(0)), EFILE_OK);
	TAP_EQUAL_INT(flow_may_perform(p.ctx, &p.d, p.state.data, p.state.length, 9, person(3),
				       person(0)), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(complete(&p, 2, NULL, 3), "task-end:b#2 ->3 ended");
	check_replay(&p);
	play_close(&p);
}

static void test_invoice(void)
{
	char *text = test_own_data("../../schemas/processes/invoice.bpmn", NULL);
	play p;

	play_open(&p, text);
	TAP_EQUAL_TEXT(start(&p, "{\"document\":\"x\"}"), "vars ->to-check job:check#1");
	TAP_EQUAL_TEXT(job_done(&p, 1, "{\"check\":{\"accepted\":false}}"),
		       "job-end:check#1 vars ->checked ->incorrect task:clearing#2");
	TAP_EQUAL_TEXT(complete(&p, 2, NULL, 9), "task-end:clearing#2 ->check-again job:check#3");
	TAP_EQUAL_TEXT(job_done(&p, 3, "{\"check\":{\"accepted\":true}}"),
		       "job-end:check#3 vars ->checked ->correct task:certify-facts#4");
	TAP_EQUAL_TEXT(complete(&p, 4, NULL, 1), "task-end:certify-facts#4 ->certified task:authorise#5");
	TAP_EQUAL_TEXT(complete(&p, 5, NULL, 1), "error DENIED");
	TAP_EQUAL_TEXT(complete(&p, 5, NULL, 2),
		       "task-end:authorise#5 ->authorised job:file-and-close#6");
	TAP_EQUAL_TEXT(job_done(&p, 6, NULL), "job-end:file-and-close#6 ->filed ended");
	check_replay(&p);
	play_close(&p);
	free(text);
}

/* ---- limits ---- */

static void test_hostile(void)
{
	static const struct { const char *path; const char *last; } cases[] = {
		{ "hostile/bpmn/livelock.bpmn", "incident" },
		{ "hostile/bpmn/token-bomb.bpmn", "incident" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = test_data(cases[i].path, NULL);
		AUTO(flow_effects) effects = { NULL, 0, 0 };
		flow_event event = { .kind = FLOW_EVENT_START };
		flow_summary s;
		play p;

		if (!text)
			continue;
		tap_case(cases[i].path);
		play_open(&p, text);
		TAP_EQUAL_INT(flow_step(&p.state, &effects, p.ctx, &p.d, "", 0, &event), EFILE_OK);
		TAP_EQUAL_TEXT(effect_names[effects.items[effects.count - 1].kind], cases[i].last);
		TAP_EQUAL_INT(flow_state_summary(&s, p.ctx, &p.d, p.state.data, p.state.length),
			      EFILE_OK);
		TAP_EQUAL_INT(s.incident_count, 1);
		TAP_OK(p.state.length < 100000);
		play_close(&p);
		free(text);
	}
}

/* A loop whose conditions are expensive ends in an incident, not in minutes. */
static void test_costly_conditions(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><exclusiveGateway id='g' default='3'/>"
		  "<exclusiveGateway id='m'/><endEvent id='e'/>" FLOW("1", "s", "m")
		  FLOW("0", "m", "g") FLOW_IF("2", "g", "e", "count(for x in 1..100000 return x) = 1")
		  FLOW("3", "g", "m") BPMN_CLOSE);
	start(&p, NULL);
	TAP_EQUAL_INT(p.status, EFILE_OK);
	play_close(&p);
}

/* ---- replay, damage, memory ---- */

static void random_event(play *p, unsigned *seed)
{
	flow_wait *waits = NULL;
	size_t count = 0;
	flow_event e = { .kind = FLOW_EVENT_CANCEL };
	static const flow_event_kind by_wait[] = { FLOW_EVENT_COMPLETE_TASK, FLOW_EVENT_JOB_DONE,
						   FLOW_EVENT_RETRY };
	static const char *const variables[] = { NULL, "{\"n\":1}", "{\"n\":9}", "{\"m\":null}" };

	*seed = *seed * 1103515245u + 12345u;
	flow_state_waits(&waits, &count, p->ctx, &p->d, p->state.data, p->state.length);
	if (count) {
		const flow_wait *w = &waits[(*seed >> 16) % count];

		e = (flow_event){ .kind = by_wait[w->kind], .wait = w->number,
				  .variables = variables[*seed >> 30],
				  .actor = person((unsigned char)(1 + (*seed >> 8) % 5)) };
		if (w->kind == FLOW_WAIT_JOB && (*seed >> 12) % 8 == 0)
			e.kind = FLOW_EVENT_JOB_FAILED;
	}
	free(waits);
	step(p, e);
}

/* The state after any walk is the one that replaying its events gives. */
static void test_random_walks(void)
{
	static const char text[] =
		BPMN_OPEN "<startEvent id='s'/><parallelGateway id='f'/><parallelGateway id='j'/>"
		"<userTask id='a' name='A' e:assignee='x'/><serviceTask id='b' e:handler='h'/>"
		"<userTask id='c' name='C' e:assignee='x' e:separateFrom='a'/>"
		"<exclusiveGateway id='g' default='8'/><exclusiveGateway id='m'/><endEvent id='e'/>"
		FLOW("0", "s", "m") FLOW("1", "m", "f") FLOW("2", "f", "a") FLOW("3", "f", "b")
		FLOW("4", "a", "j") FLOW("5", "b", "j") FLOW("6", "j", "c") FLOW("7", "c", "g")
		FLOW("8", "g", "m") FLOW_IF("9", "g", "e", "n > 5") BPMN_CLOSE;

	for (unsigned walk = 1; walk <= 40; walk++) {
		unsigned seed = walk * 7919;
		play p;

		play_open(&p, text);
		start(&p, NULL);
		for (int i = 0; i < 60; i++)
			random_event(&p, &seed);
		check_replay(&p);
		play_close(&p);
	}
}

static void test_damaged(void)
{
	play p;
	unsigned char *copy;
	unsigned seed = 3;

	play_open(&p, four_eyes);
	start(&p, "{\"a\":1}");
	complete(&p, 1, NULL, 1);
	copy = test_room(p.state.length);
	for (size_t length = 1; length < p.state.length; length++) {
		flow_summary s;

		TAP_OK(flow_state_summary(&s, p.ctx, &p.d, p.state.data, length) < 0);
	}
	for (int i = 0; i < 3000; i++) {
		AUTO(flow_effects) effects = { NULL, 0, 0 };
		AUTO(buf) out = BUF_INIT;
		flow_event e = { .kind = FLOW_EVENT_COMPLETE_TASK, .wait = 2, .actor = person(2),
				 .variables = "{\"b\":2}" };

		memcpy(copy, p.state.data, p.state.length);
		seed = seed * 1103515245u + 12345u;
		copy[(seed >> 8) % p.state.length] = (unsigned char)(seed >> 24);
		flow_step(&out, &effects, p.ctx, &p.d, copy, p.state.length, &e);
	}
	free(copy);
	play_close(&p);
}

static void test_events(void)
{
	static const flow_event events[] = {
		{ .kind = FLOW_EVENT_START, .variables = "{\"a\":1.50}", .time = TEST_NOW },
		{ .kind = FLOW_EVENT_JOB_FAILED, .wait = 3, .message = "a \",\"variables\": b" },
		{ .kind = FLOW_EVENT_CANCEL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		AUTO(buf) json = BUF_INIT;
		AUTO(buf) again = BUF_INIT;
		AUTO(flow_event) event = { .kind = FLOW_EVENT_START };

		TAP_EQUAL_INT(flow_event_write(&json, ctx, &events[i]), EFILE_OK);
		TAP_EQUAL_INT(flow_event_read(&event, ctx, json.data, json.length), EFILE_OK);
		TAP_EQUAL_INT(flow_event_write(&again, ctx, &event), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&again), buf_text(&json));
	}
	{
		AUTO(buf) json = BUF_INIT;
		flow_event e = { .kind = FLOW_EVENT_COMPLETE_TASK, .wait = 2, .actor = person(1),
				 .time = TEST_NOW, .variables = "{}" };

		TAP_EQUAL_INT(flow_event_write(&json, ctx, &e), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&json),
			       "{\"event\":\"complete_task\",\"time\":\"2026-03-02T08:00:00Z\","
			       "\"wait\":2,\"actor\":\"00000000-0000-0000-0000-000000000001\","
			       "\"variables\":{}}");
		TAP_EQUAL_INT(flow_event_read(&e, ctx, "{\"event\":\"x\"}", 13), EFILE_E_FORMAT);
	}
	efile_ctx_free(ctx);
}

static efile_status play_all(efile_ctx *ctx, void *arg)
{
	const flow_definition *d = arg;
	flow_event events[] = {
		{ .kind = FLOW_EVENT_START, .variables = "{\"n\":1}" },
		{ .kind = FLOW_EVENT_COMPLETE_TASK, .wait = 1, .variables = "{\"n\":2}" },
		{ .kind = FLOW_EVENT_JOB_FAILED, .wait = 2, .message = "x" },
		{ .kind = FLOW_EVENT_RETRY, .wait = 3 },
		{ .kind = FLOW_EVENT_JOB_DONE, .wait = 4 },
	};
	AUTO(buf) out = BUF_INIT;

	return flow_replay(&out, NULL, ctx, d, events, ARRAY_SIZE(events));
}

static void test_without_memory(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><userTask id='t' name='T' e:assignee='x'/>"
		  "<serviceTask id='j' e:handler='h'/><exclusiveGateway id='g'/><endEvent id='e'/>"
		  "<endEvent id='f'/>" FLOW("1", "s", "t") FLOW("2", "t", "j") FLOW("3", "j", "g")
		  FLOW_IF("4", "g", "e", "n > 5") FLOW_IF("5", "g", "f", "n = \"x\"") BPMN_CLOSE);
	TAP_OK(fail_each(play_all, &p.d) > 20);
	play_close(&p);
}

/* ---- events that can't be listened to ---- */

/* The incident stands beside the tokens; a retry listens anew, and nothing has fired meanwhile. */
static void test_deaf_boundary(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><userTask id='t' e:assignee='x'/>"
		  "<boundaryEvent id='b' attachedToRef='t'><timerEventDefinition>"
		  "<timeDuration>=wait</timeDuration></timerEventDefinition></boundaryEvent>"
		  "<endEvent id='e'/><endEvent id='late'/>" FLOW("1", "s", "t") FLOW("2", "t", "e")
		  FLOW("3", "b", "late") BPMN_CLOSE);
	TAP_EQUAL_TEXT(start(&p, "{\"wait\":\"soon\"}"), "vars ->1 task:t#1 incident:b#2");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 2 }),
		       "incident-end:b#2 incident:b#3");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 3,
					      .variables = "{\"wait\":\"PT1H\"}" }),
		       "incident-end:b#3 vars wait:b#4");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_TIMER, .wait = 4 }),
		       "wait-end:b#4 task-end:t#1! ->3 ended");
	check_replay(&p);
	play_close(&p);
}

/* The activity that is done takes the incident of its event with it. */
static void test_deaf_and_done(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><userTask id='t' e:assignee='x'/>"
		  "<boundaryEvent id='b' attachedToRef='t'><timerEventDefinition>"
		  "<timeDuration>=wait</timeDuration></timerEventDefinition></boundaryEvent>"
		  "<endEvent id='e'/><endEvent id='late'/>" FLOW("1", "s", "t") FLOW("2", "t", "e")
		  FLOW("3", "b", "late") BPMN_CLOSE);
	start(&p, "{\"wait\":\"soon\"}");
	TAP_EQUAL_TEXT(complete(&p, 1, NULL, 1), "task-end:t#1 incident-end:b#2 ->2 ended");
	check_replay(&p);
	play_close(&p);
}

static void test_deaf_gateway(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><eventBasedGateway id='g'/>"
		  "<intermediateCatchEvent id='c'><timerEventDefinition><timeDuration>=wait</timeDuration>"
		  "</timerEventDefinition></intermediateCatchEvent>"
		  "<intermediateCatchEvent id='m'><signalEventDefinition signalRef='x'/>"
		  "</intermediateCatchEvent><endEvent id='e'/>" FLOW("1", "s", "g") FLOW("2", "g", "c")
		  FLOW("3", "g", "m") FLOW("4", "c", "e") FLOW("5", "m", "e")
		  "</process><signal id='x' name='X'/></definitions>");
	TAP_EQUAL_TEXT(start(&p, "{\"wait\":\"soon\"}"), "vars ->1 incident:c#2 wait:m#3");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 2,
					      .variables = "{\"wait\":\"PT1H\"}" }),
		       "incident-end:c#2 vars wait:c#4");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_SIGNAL, .code = "X" }),
		       "wait-end:m#3 ->3 wait-end:c#4 ->5 ended");
	check_replay(&p);
	play_close(&p);
}

static void test_deaf_event_subprocess(void)
{
	play p;

	play_open(&p, BPMN_OPEN "<startEvent id='s'/><userTask id='t' e:assignee='x'/><endEvent id='e'/>"
		  FLOW("1", "s", "t") FLOW("2", "t", "e")
		  "<subProcess id='x' triggeredByEvent='true'><startEvent id='b' isInterrupting='false'>"
		  "<timerEventDefinition><timeDuration>=wait</timeDuration></timerEventDefinition>"
		  "</startEvent><userTask id='u' e:assignee='x'/><endEvent id='z'/>" FLOW("3", "b", "u")
		  FLOW("4", "u", "z") "</subProcess>" BPMN_CLOSE);
	TAP_EQUAL_TEXT(start(&p, "{\"wait\":\"soon\"}"), "vars incident:b#1 ->1 task:t#2");
	TAP_EQUAL_TEXT(step(&p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 1,
					      .variables = "{\"wait\":\"PT1H\"}" }),
		       "incident-end:b#1 vars wait:b#3");
	TAP_EQUAL_TEXT(complete(&p, 2, NULL, 1), "task-end:t#2 ->2 wait-end:b#3! ended");
	check_replay(&p);
	play_close(&p);
}

TAP_SUITE(flow_step) = {
	{ "a boundary event that can't be listened to", test_deaf_boundary },
	{ "a deaf event ends with its activity", test_deaf_and_done },
	{ "a deaf event behind a gateway", test_deaf_gateway },
	{ "a deaf event sub-process", test_deaf_event_subprocess },
	{ "tasks and jobs in sequence", test_sequence },
	{ "exclusive gateway", test_exclusive },
	{ "no condition holds: incident and retry", test_stuck },
	{ "fork and join", test_parallel },
	{ "cancel", test_cancel },
	{ "terminate end event", test_terminate },
	{ "several flows from a task", test_implicit_split },
	{ "failed job", test_failed_job },
	{ "a join that waits for nothing", test_dead_join },
	{ "four eyes, deputies included", test_four_eyes },
	{ "the shipped invoice process", test_invoice },
	{ "livelock and token bomb", test_hostile },
	{ "costly conditions", test_costly_conditions },
	{ "random walks replay to the same state", test_random_walks },
	{ "damaged states do no harm", test_damaged },
	{ "events as JSON", test_events },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
