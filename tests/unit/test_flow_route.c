/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sign-off lists: in order and beside each other, changed while they run, sent back, refused; the same
 * list by its log, by random changes and a reference of groups, and on the desks of a town hall. */
#include <stdio.h>

#include "flow/migrate.h"
#include "flow/route.h"
#include "flow/runtime.h"
#include "unit/desk_support.h"
#include "unit/flow_support.h"

typedef struct run {
	efile_ctx *ctx;
	flow_definition d;
	buf state;
	efile_status status;
	flow_event events[2000];
	size_t count;
	char kept[2000][3][160]; /* the texts of the events: code, arguments, reason */
} run;

#define ROUTE_MODEL(attributes, steps)                                                             \
	BPMN_OPEN "<startEvent id='s'/><userTask id='t' name='Zeichnen' e:resultVariable='r' " attributes \
	"><extensionElements>" steps "</extensionElements></userTask><endEvent id='e'/>"           \
	FLOW("1", "s", "t") FLOW("2", "t", "e") BPMN_CLOSE

static run the_run; /* too large for a stack */

static run *run_open(const char *text)
{
	run *p = &the_run;

	*p = (run){ .ctx = test_ctx() };
	p->d = definition_of(p->ctx, text);
	return p;
}

static efile_status step_by(run *p, flow_event event, unsigned char who)
{
	AUTO(flow_effects) effects = { NULL, 0, 0 };

	event.time = TEST_NOW;
	event.actor.id.bytes[15] = who;
	p->status = flow_step(&p->state, &effects, p->ctx, &p->d, buf_text(&p->state),
			      p->state.length, &event);
	if (p->status == EFILE_OK && p->count < ARRAY_SIZE(p->events)) {
		const char **texts[] = { &event.code, &event.variables, &event.message };

		for (size_t i = 0; i < 3; i++)
			if (*texts[i]) {
				snprintf(p->kept[p->count][i], sizeof(p->kept[0][i]), "%s", *texts[i]);
				*texts[i] = p->kept[p->count][i];
			}
		p->events[p->count++] = event;
	}
	return p->status;
}

static efile_status start(run *p, const char *variables)
{
	return step_by(p, (flow_event){ .kind = FLOW_EVENT_START, .variables = variables }, 1);
}

static efile_status complete(run *p, uint64_t wait, unsigned char who)
{
	return step_by(p, (flow_event){ .kind = FLOW_EVENT_COMPLETE_TASK, .wait = wait }, who);
}

static efile_status act(run *p, uint64_t wait, const char *code, const char *arguments)
{
	return step_by(p, (flow_event){ .kind = FLOW_EVENT_ROUTE, .wait = wait, .code = code,
					.variables = arguments, .message = "why" }, 1);
}

/* The number of the task of an entry that is open; 0: none. */
static uint64_t task_of(const run *p, uint32_t entry)
{
	AUTO(flow_state) s = { 0 };

	if (flow_state_decode(&s, p->ctx, &p->d, p->state.data, p->state.length) < 0)
		return 0;
	for (size_t i = 0; i < s.row_count; i++)
		if (s.rows[i].kind == ROW_TASK && s.rows[i].index == entry)
			return s.rows[i].number;
	return 0;
}

/* "1:a+ 2:b* | 3:c" : number, who, + done, * open, < returned, - withdrawn; | between groups. */
static const char *list_of(const run *p)
{
	static const char marks[] = { [ROUTE_WAITING] = '\0', [ROUTE_OPEN] = '*', [ROUTE_DONE] = '+',
				      [ROUTE_RETURNED] = '<', [ROUTE_WITHDRAWN] = '-',
				      [ROUTE_REFUSED] = '!', [ROUTE_SKIPPED] = '~' };
	static char text[4000];
	AUTO(flow_state) s = { 0 };
	AUTO(buf) out = BUF_INIT;

	if (flow_state_decode(&s, p->ctx, &p->d, p->state.data, p->state.length) < 0)
		return "?";
	for (size_t i = 0; i < s.row_count; i++) {
		AUTO(route) r = { .steps = NULL };

		if (s.rows[i].kind != ROW_ROUTE ||
		    route_read(&r, p->ctx, s.texts.data + s.rows[i].data, s.rows[i].length) < 0)
			continue;
		for (size_t k = 0; k < r.count; k++)
			buf_add_format(&out, "%s%lld:%s%.1s", !k ? "" :
				       r.steps[k].group == r.steps[k - 1].group ? " " : " | ",
				       (long long)r.steps[k].id, r.steps[k].to,
				       &marks[r.steps[k].state]);
	}
	snprintf(text, sizeof(text), "%s", buf_text(&out));
	return text;
}

static const char *variables_of(run *p)
{
	static char text[4000];
	flow_summary s;

	if (flow_state_summary(&s, p->ctx, &p->d, p->state.data, p->state.length) < 0)
		return "?";
	snprintf(text, sizeof(text), "%.*s", (int)s.variables_length, s.variables);
	return text;
}

static bool ended(run *p)
{
	flow_summary s;

	return flow_state_summary(&s, p->ctx, &p->d, p->state.data, p->state.length) == EFILE_OK &&
		s.status == FLOW_ENDED;
}

/* The log gives the very bytes, also event by event through its text. */
static void run_close(run *p)
{
	AUTO(buf) again = BUF_INIT;

	TAP_EQUAL_INT(flow_replay(&again, NULL, p->ctx, &p->d, p->events, p->count), EFILE_OK);
	TAP_OK(again.length == p->state.length &&
	       !memcmp(buf_text(&again), buf_text(&p->state), again.length));
	flow_definition_clear(&p->d);
	buf_clear(&p->state);
	efile_ctx_free(p->ctx);
}

/* ---- in order ---- */

static void test_order(void)
{
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a' instruction='co-sign'/>"
				      "<e:step to='b' group='x'/><e:step to='c' group='x'/>"
				      "<e:step to='d' instruction='final-sign' required='true'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a* | 2:b 3:c | 4:d");
	TAP_EQUAL_INT(p->state.data[0], 2);
	TAP_EQUAL_INT(complete(p, task_of(p, 1), 1), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b* 3:c* | 4:d");
	TAP_EQUAL_INT(complete(p, task_of(p, 3), 2), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b* 3:c+ | 4:d");
	TAP_EQUAL_INT(complete(p, task_of(p, 2), 3), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b+ 3:c+ | 4:d*");
	TAP_EQUAL_INT(complete(p, task_of(p, 4), 4), EFILE_OK);
	TAP_OK(ended(p));
	TAP_EQUAL_INT(p->state.data[0], 1); /* no list any more: as before there were any */
	TAP_OK(strstr(variables_of(p), "{\"r\":{\"outcome\":\"done\",\"steps\":[{\"id\":1,\"group\":1,"
				       "\"to\":\"a\",\"instruction\":\"co-sign\",") != NULL);
	TAP_OK(strstr(variables_of(p), "\"by\":\"00000000-0000-0000-0000-000000000004\"") != NULL);
	run_close(p);
}

static const char *begun(const char *feel, const char *variables)
{
	static char text[200];
	char model[1200];
	run *p;

	snprintf(model, sizeof(model), ROUTE_MODEL("e:route=\"%s\"", ""), feel);
	p = run_open(model);
	if (start(p, variables) < 0)
		snprintf(text, sizeof(text), "error");
	else
		snprintf(text, sizeof(text), "%s%s", list_of(p), ended(p) ? "ended" : "");
	run_close(p);
	return text;
}

static void test_expressions(void)
{
	TAP_EQUAL_TEXT(begun("=[&quot;a&quot;,&quot;b&quot;]", NULL), "1:a* | 2:b");
	TAP_EQUAL_TEXT(begun("[[&quot;a&quot;,&quot;b&quot;],&quot;c&quot;]", NULL), "1:a* 2:b* | 3:c");
	TAP_EQUAL_TEXT(begun("=list", "{\"list\":[{\"to\":[\"a\",\"b\"]},{\"to\":\"c\",\"group\":7},"
				      "{\"to\":\"d\",\"group\":7},{\"to\":\"e\"}]}"),
		       "1:a,b* | 2:c 3:d | 4:e");
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":\"a\"}"), "1:a*");
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":null}"), "ended");
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":[]}"), "ended");
	/* What is no list is an incident, which a retry with other variables mends. */
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":5}"), "");
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":[{\"to\":\"\"}]}"), "");
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":[{\"to\":\"a\",\"instruction\":\"dance\"}]}"), "");
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":[{\"to\":\"a\",\"due\":\"soon\"}]}"), "");
	TAP_EQUAL_TEXT(begun("=one", "{\"one\":[{\"to\":\"a\",\"due\":\"3 office-days\"}]}"), "");
}

static void test_retry(void)
{
	run *p = run_open(ROUTE_MODEL("e:route='=one'", ""));

	TAP_EQUAL_INT(start(p, "{\"one\":5}"), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "");
	TAP_EQUAL_INT(step_by(p, (flow_event){ .kind = FLOW_EVENT_RETRY, .wait = 1,
					       .variables = "{\"one\":[\"a\"]}" }, 1), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a*");
	run_close(p);
}

/* ---- changes ---- */

static void test_changes(void)
{
	static const struct {
		const char *name, *act, *arguments, *list;
		efile_status status;
	} rows[] = {
		{ "next", "insert", "{\"to\":\"x\"}", "1:a* | 5:x | 2:b 3:c | 4:d", EFILE_OK },
		{ "behind a group", "insert", "{\"to\":\"y\",\"behind\":2}",
		  "1:a* | 5:x | 2:b 3:c | 6:y | 4:d", EFILE_OK },
		{ "beside", "insert", "{\"to\":\"z\",\"beside\":5}",
		  "1:a* | 5:x 7:z | 2:b 3:c | 6:y | 4:d", EFILE_OK },
		{ "behind what is open", "insert", "{\"to\":\"n\",\"behind\":1}",
		  "1:a* | 8:n | 5:x 7:z | 2:b 3:c | 6:y | 4:d", EFILE_OK },
		{ "removed", "remove", "{\"step\":8}", "1:a* | 5:x 7:z | 2:b 3:c | 6:y | 4:d", EFILE_OK },
		{ "the first of a group goes", "remove", "{\"step\":5}",
		  "1:a* | 7:z | 2:b 3:c | 6:y | 4:d", EFILE_OK },
		{ "moved to the end", "move", "{\"step\":2,\"behind\":4}",
		  "1:a* | 7:z | 3:c | 6:y | 4:d | 2:b", EFILE_OK },
		{ "moved beside an obligatory one", "move", "{\"step\":7,\"beside\":4}",
		  "1:a* | 3:c | 6:y | 4:d 7:z | 2:b", EFILE_OK },
		{ "moved out again", "move", "{\"step\":7}", "1:a* | 7:z | 3:c | 6:y | 4:d | 2:b", EFILE_OK },
		{ "obligatory", "remove", "{\"step\":4}", NULL, EFILE_E_DENIED },
		{ "obligatory ones stay", "move", "{\"step\":4}", NULL, EFILE_E_DENIED },
		{ "begun", "remove", "{\"step\":1}", NULL, EFILE_E_STATE },
		{ "beside one that has begun", "insert", "{\"to\":\"x\",\"beside\":1}", NULL, EFILE_E_STATE },
		{ "no such entry", "remove", "{\"step\":9}", NULL, EFILE_E_NOTFOUND },
		{ "behind none", "insert", "{\"to\":\"x\",\"behind\":99}", NULL, EFILE_E_NOTFOUND },
		{ "behind itself", "move", "{\"step\":7,\"behind\":7}", NULL, EFILE_E_INVALID },
		{ "nobody", "insert", "{\"to\":\" , \"}", NULL, EFILE_E_FORMAT },
		{ "no instruction", "insert", "{\"to\":\"x\",\"instruction\":\"dance\"}", NULL, EFILE_E_FORMAT },
		{ "no calendar", "insert", "{\"to\":\"x\",\"due\":\"2 werktage\"}", NULL, EFILE_E_INVALID },
		{ "no such act", "shuffle", "{}", NULL, EFILE_E_INVALID },
		{ "nobody before", "back", "{}", NULL, EFILE_E_STATE },
	};
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a'/><e:step to='b' group='1'/>"
				      "<e:step to='c' group='1'/><e:step to='d' required='true'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char before[300];

		snprintf(before, sizeof(before), "%s", list_of(p));
		if (!TAP_EQUAL_INT(act(p, task_of(p, 1), rows[i].act, rows[i].arguments), rows[i].status))
			printf("# %s: %s\n", rows[i].name, efile_error_message(p->ctx));
		if (!TAP_EQUAL_TEXT(list_of(p), rows[i].list ? rows[i].list : before))
			printf("# %s\n", rows[i].name);
	}
	run_close(p);
}

static void test_send_back(void)
{
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a'/><e:step to='b' group='1'/>"
				      "<e:step to='c' group='1'/><e:step to='d'/><e:step to='e'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	complete(p, task_of(p, 1), 1);
	complete(p, task_of(p, 2), 2);
	TAP_EQUAL_INT(act(p, task_of(p, 3), "back", "{}"), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b+ 3:c< | 6:a* | 7:b 8:c | 4:d | 5:e");
	complete(p, task_of(p, 6), 1);
	complete(p, task_of(p, 7), 2);
	complete(p, task_of(p, 8), 3);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b+ 3:c< | 6:a+ | 7:b+ 8:c+ | 4:d* | 5:e");
	/* To one of a group, and from there straight here; the old number means the same entry. */
	TAP_EQUAL_INT(act(p, task_of(p, 4), "back", "{\"step\":2,\"direct\":true}"), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b+ 3:c< | 6:a+ | 7:b+ 8:c+ | 4:d< | 9:b* | 10:d | 5:e");
	complete(p, task_of(p, 9), 2);
	TAP_EQUAL_INT(act(p, task_of(p, 10), "back", "{\"step\":1}"), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b+ 3:c< | 6:a+ | 7:b+ 8:c+ | 4:d< | 9:b+ | 10:d< | "
				   "11:a* | 12:c | 13:b | 14:d | 5:e");
	TAP_EQUAL_INT(act(p, task_of(p, 11), "back", "{\"step\":5}"), EFILE_E_STATE);
	TAP_EQUAL_INT(act(p, task_of(p, 11), "back", "{\"step\":1}"), EFILE_E_STATE);
	run_close(p);
}

static void test_withdrawn(void)
{
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a'/><e:step to='b' group='1'/>"
				      "<e:step to='c' group='1'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	complete(p, task_of(p, 1), 1);
	TAP_EQUAL_INT(act(p, task_of(p, 3), "back", "{}"), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:b- 3:c< | 4:a* | 5:b 6:c");
	TAP_EQUAL_INT(task_of(p, 2), 0);
	run_close(p);
}

static void test_refuse(void)
{
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a' group='1'/><e:step to='b' group='1'/>"
				      "<e:step to='c' required='true'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	TAP_EQUAL_INT(act(p, task_of(p, 2), "refuse", NULL), EFILE_OK);
	TAP_OK(ended(p));
	TAP_OK(strstr(variables_of(p), "\"outcome\":\"refused\"") != NULL);
	TAP_OK(strstr(variables_of(p), "\"state\":\"withdrawn\"") != NULL);
	TAP_OK(strstr(variables_of(p), "\"reason\":\"why\"") != NULL);
	TAP_OK(strstr(variables_of(p), "\"state\":\"skipped\"") != NULL);
	run_close(p);
}

/* Whoever had one entry has no other, but its own when it comes again. */
static void test_separation(void)
{
	run *p = run_open(ROUTE_MODEL("e:separateFrom='t'", "<e:step to='a'/><e:step to='b'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	TAP_EQUAL_INT(complete(p, task_of(p, 1), 7), EFILE_OK);
	TAP_EQUAL_INT(complete(p, task_of(p, 2), 7), EFILE_E_DENIED);
	TAP_EQUAL_INT(step_by(p, (flow_event){ .kind = FLOW_EVENT_ROUTE, .wait = task_of(p, 2),
					       .code = "back" }, 7), EFILE_E_DENIED);
	TAP_EQUAL_INT(act(p, task_of(p, 2), "back", "{}"), EFILE_OK); /* by 1 */
	TAP_EQUAL_INT(complete(p, task_of(p, 3), 7), EFILE_OK);
	TAP_EQUAL_INT(complete(p, task_of(p, 4), 7), EFILE_E_DENIED);
	TAP_EQUAL_INT(complete(p, task_of(p, 4), 1), EFILE_OK);
	TAP_OK(ended(p));
	run_close(p);
}

/* ---- with what stands around ---- */

static void test_boundary(void)
{
	run *p = run_open(BPMN_OPEN "<startEvent id='s'/><userTask id='t' e:resultVariable='r'>"
			  "<extensionElements><e:step to='a' group='1'/><e:step to='b' group='1'/>"
			  "</extensionElements></userTask><boundaryEvent id='b' attachedToRef='t'>"
			  "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
			  "</boundaryEvent><endEvent id='e'/><endEvent id='late'/>" FLOW("1", "s", "t")
			  FLOW("2", "t", "e") FLOW("3", "b", "late") BPMN_CLOSE);
	uint64_t first;

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	first = task_of(p, 1);
	TAP_OK(first && task_of(p, 2));
	TAP_EQUAL_INT(step_by(p, (flow_event){ .kind = FLOW_EVENT_TIMER, .wait = first - 1 }, 1),
		      EFILE_OK); /* the subscription came before the entries */
	TAP_OK(ended(p));
	TAP_EQUAL_TEXT(variables_of(p), "{}");
	run_close(p);
}

static void test_loop(void)
{
	run *p = run_open(BPMN_OPEN "<startEvent id='s'/><userTask id='t' e:route='=[x,&quot;z&quot;]'>"
			  "<multiInstanceLoopCharacteristics e:collection='=list' e:elementVariable='x'/>"
			  "</userTask><endEvent id='e'/>" FLOW("1", "s", "t") FLOW("2", "t", "e")
			  BPMN_CLOSE);

	TAP_EQUAL_INT(start(p, "{\"list\":[\"a\",\"b\"]}"), EFILE_OK);
	TAP_EQUAL_TEXT(list_of(p), "1:a* | 2:z1:b* | 2:z");
	complete(p, task_of(p, 1), 1);
	complete(p, task_of(p, 1), 1);
	TAP_EQUAL_TEXT(list_of(p), "1:a+ | 2:z*1:b+ | 2:z*");
	complete(p, task_of(p, 2), 1);
	TAP_OK(!ended(p));
	complete(p, task_of(p, 2), 1);
	TAP_OK(ended(p));
	run_close(p);
}

/* Inputs and outputs see the entry. */
static void test_parameters(void)
{
	run *p = run_open(BPMN_HEAD
			  "<process id='p' isExecutable='true'><startEvent id='s'/><userTask id='t'>"
			  "<extensionElements><e:step to='a'/><e:step to='b' note='n'/>"
			  "<z:ioMapping xmlns:z='http://camunda.org/schema/zeebe/1.0'>"
			  "<z:input source='=step.to' target='who'/>"
			  "<z:output source='=who' target='last'/></z:ioMapping>"
			  "</extensionElements></userTask><endEvent id='e'/>" FLOW("1", "s", "t")
			  FLOW("2", "t", "e") BPMN_CLOSE);

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	complete(p, task_of(p, 1), 1);
	TAP_EQUAL_TEXT(variables_of(p), "{\"last\":\"a\"}");
	complete(p, task_of(p, 2), 1);
	TAP_EQUAL_TEXT(variables_of(p), "{\"last\":\"b\"}");
	TAP_OK(ended(p));
	run_close(p);
}

/* An administrator who moves an entry moves the whole task. */
static void test_move(void)
{
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a' group='1'/><e:step to='b' group='1'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	TAP_EQUAL_INT(step_by(p, (flow_event){ .kind = FLOW_EVENT_MOVE, .wait = task_of(p, 2),
					       .node = "e" }, 1), EFILE_OK);
	TAP_OK(ended(p));
	run_close(p);
}

static void test_findings(void)
{
	static const struct {
		const char *attributes, *steps;
		bool fine;
	} rows[] = {
		{ "", "<e:step to='a' instruction='sign' due='P3D' note='x'/>", true },
		{ "e:route='=a b c'", "", false },
		{ "e:route='=[1,'", "", false },
		{ "", "<e:step to='a' instruction='dance'/>", false },
		{ "", "<e:step to='a' due='soon'/>", false },
		{ "", "<e:step to='a' due='3 werktage'/>", false },
		{ "e:calendar='DE-BW'", "<e:step to='a' due='3 werktage'/>", true },
		{ "", "<e:step to=' '/>", false },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_report) report = NULL;
		flow_definition d = FLOW_DEFINITION_INIT;
		char text[1200];
		bool found = false;

		snprintf(text, sizeof(text), ROUTE_MODEL("%s", "%s"), rows[i].attributes, rows[i].steps);
		TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
		TAP_EQUAL_INT(compile_bytes(&d, report, ctx, text, strlen(text)),
			      rows[i].fine ? EFILE_OK : EFILE_E_FORMAT);
		for (size_t k = 0; k < efile_report_count(report); k++)
			found |= !strcmp(efile_report_finding(report, k)->rule, "BPMN-ROUTE");
		TAP_EQUAL_INT(found, !rows[i].fine);
		flow_definition_clear(&d);
	}
	efile_ctx_free(ctx);
}

static void test_limit(void)
{
	run *p = run_open(ROUTE_MODEL("e:route='=for i in 1..n return &quot;a&quot;'", ""));

	TAP_EQUAL_INT(start(p, "{\"n\":200}"), EFILE_OK);
	TAP_OK(task_of(p, 1) != 0);
	TAP_EQUAL_INT(act(p, task_of(p, 1), "insert", "{\"to\":\"b\"}"), EFILE_E_LIMIT);
	run_close(p);
	p = run_open(ROUTE_MODEL("e:route='=for i in 1..n return &quot;a&quot;'", ""));
	TAP_EQUAL_INT(start(p, "{\"n\":201}"), EFILE_OK);
	TAP_EQUAL_INT(task_of(p, 1), 0); /* an incident */
	run_close(p);
}

/* ---- damaged states answer so ---- */

static void test_damage(void)
{
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a'/><e:step to='b'/>"));
	AUTO(buf) state = BUF_INIT;
	size_t bad = 0;

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	for (size_t i = 0; i < p->state.length; i++)
		for (int bit = 0; bit < 8; bit++) {
			AUTO(flow_effects) effects = { NULL, 0, 0 };
			flow_event event = { .kind = FLOW_EVENT_COMPLETE_TASK, .wait = task_of(p, 1),
					     .time = TEST_NOW };

			buf_reset(&state);
			buf_add(&state, p->state.data, p->state.length);
			state.data[i] = (char)(state.data[i] ^ (1 << bit));
			bad += flow_step(&state, &effects, p->ctx, &p->d, state.data, state.length,
					 &event) < 0;
		}
	TAP_OK(bad > 100);
	run_close(p);
}

/* ---- another version ---- */

static efile_status migrate_to(run *p, const char *text)
{
	AUTO(flow_definition) next = definition_of(p->ctx, text);
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(flow_plan) plan = { .nodes = NULL };
	AUTO(buf) state = BUF_INIT;
	flow_event event = { .kind = FLOW_EVENT_MIGRATE, .time = TEST_NOW };

	TRY(flow_plan_make(&plan, p->ctx, &p->d, &next, NULL, 0));
	return flow_migrate(&state, &effects, NULL, NULL, p->ctx, &plan, p->state.data, p->state.length,
			    &event);
}

static void test_migrate(void)
{
	run *p = run_open(ROUTE_MODEL("", "<e:step to='a'/><e:step to='b'/>"));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	TAP_EQUAL_INT(migrate_to(p, ROUTE_MODEL("e:route='=null'", "")), EFILE_OK);
	TAP_EQUAL_INT(migrate_to(p, ROUTE_MODEL("e:assignee='x'", "")), EFILE_DONE);
	run_close(p);
}

/* ---- random changes against a reference of groups of numbers ---- */

typedef struct groups {
	int items[300][12], counts[300], count, next;
} groups;

static void groups_text(char *out, size_t room, const groups *g)
{
	size_t at = 0;

	*out = '\0';
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->counts[i] && at < room - 20; k++)
			at += (size_t)snprintf(out + at, room - at, "%s%d", k ? " " : i ? " | " : "",
					       g->items[i][k]);
}

static bool groups_find(const groups *g, int id, int *group, int *place)
{
	for (*group = 0; *group < g->count; ++*group)
		for (*place = 0; *place < g->counts[*group]; ++*place)
			if (g->items[*group][*place] == id)
				return true;
	return false;
}

static void groups_take(groups *g, int id)
{
	int i, k;

	if (!groups_find(g, id, &i, &k))
		return;
	memmove(&g->items[i][k], &g->items[i][k + 1], (size_t)(g->counts[i] - k - 1) * sizeof(int));
	if (--g->counts[i])
		return;
	memmove(g->items[i], g->items[i + 1], (size_t)(g->count - i - 1) * sizeof(g->items[0]));
	memmove(&g->counts[i], &g->counts[i + 1], (size_t)(g->count - i - 1) * sizeof(int));
	g->count--;
}

static void groups_put(groups *g, int id, int behind, int beside)
{
	int i = 0, k;

	if (beside && groups_find(g, beside, &i, &k)) {
		memmove(&g->items[i][k + 2], &g->items[i][k + 1],
			(size_t)(g->counts[i] - k - 1) * sizeof(int));
		g->items[i][k + 1] = id;
		g->counts[i]++;
		return;
	}
	if (behind && groups_find(g, behind, &i, &k))
		i++;
	memmove(g->items[i + 1], g->items[i], (size_t)(g->count - i) * sizeof(g->items[0]));
	memmove(&g->counts[i + 1], &g->counts[i], (size_t)(g->count - i) * sizeof(int));
	g->items[i][0] = id;
	g->counts[i] = 1;
	g->count++;
}

/* The list as numbers only, without the entry that is open. */
static void plain(char *out, size_t room, const char *list)
{
	size_t at = 0;

	list = strstr(list, " | ");
	for (list = list ? list + 3 : ""; *list && at < room - 1; list++) {
		if (*list == ':')
			while (list[1] && list[1] != ' ')
				list++;
		else
			out[at++] = *list;
	}
	out[at] = '\0';
}

static void test_random(void)
{
	uint32_t seed = 20261122;
	run *p = run_open(ROUTE_MODEL("e:route='=[&quot;a&quot;]'", ""));
	groups g = { .next = 2 };
	int differences = 0, done = 0;

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	for (int i = 0; i < 1500; i++) {
		char arguments[100], mine[4000], theirs[4000];
		int group, place, id, other, kind;

		seed = seed * 1664525u + 1013904223u;
		kind = (int)(seed >> 28);
		id = 2 + (int)(seed >> 8) % g.next;
		other = 2 + (int)(seed >> 16) % g.next;
		if (kind < 7 && g.count < 60) {
			bool beside = kind < 3 && groups_find(&g, other, &group, &place) &&
				g.counts[group] < 11;
			bool behind = !beside && kind < 5 && groups_find(&g, other, &group, &place);

			snprintf(arguments, sizeof(arguments), "{\"to\":\"x\",\"%s\":%d}",
				 beside ? "beside" : behind ? "behind" : "none", other);
			if (act(p, task_of(p, 1), "insert", arguments) == EFILE_OK)
				groups_put(&g, g.next++, behind ? other : 0, beside ? other : 0);
		} else if (kind < 10) {
			snprintf(arguments, sizeof(arguments), "{\"step\":%d}", id);
			if (act(p, task_of(p, 1), "remove", arguments) == EFILE_OK)
				groups_take(&g, id);
		} else {
			bool beside = kind < 13 && groups_find(&g, other, &group, &place) &&
				g.counts[group] < 11;

			snprintf(arguments, sizeof(arguments), "{\"step\":%d,\"%s\":%d}", id,
				 beside ? "beside" : "behind", other);
			if (act(p, task_of(p, 1), "move", arguments) == EFILE_OK) {
				groups_take(&g, id);
				groups_put(&g, id, beside ? 0 : other, beside ? other : 0);
			}
		}
		done += p->status == EFILE_OK;
		groups_text(mine, sizeof(mine), &g);
		plain(theirs, sizeof(theirs), list_of(p));
		differences += strcmp(mine, theirs) != 0;
	}
	TAP_EQUAL_INT(differences, 0);
	TAP_OK(done > 400);
	run_close(p);
}

/* ---- memory ---- */

static uint64_t second; /* number of the task of the second entry */

static efile_status change_once(efile_ctx *ctx, void *arg)
{
	run *p = arg;
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) out = BUF_INIT;
	flow_event event = { .kind = FLOW_EVENT_ROUTE, .code = "back", .message = "why",
			     .wait = second, .time = TEST_NOW };

	TRY(flow_step(&out, &effects, ctx, &p->d, p->state.data, p->state.length, &event));
	event.code = "insert";
	event.variables = "{\"to\":\"x\",\"due\":\"P1D\"}";
	return flow_step(&out, &effects, ctx, &p->d, p->state.data, p->state.length, &event);
}

static efile_status begin_once(efile_ctx *ctx, void *arg)
{
	run *p = arg;
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) out = BUF_INIT;
	flow_event event = { .kind = FLOW_EVENT_START, .time = TEST_NOW };

	return flow_step(&out, &effects, ctx, &p->d, NULL, 0, &event);
}

static void test_memory(void)
{
	run *p = run_open(ROUTE_MODEL("e:route='=[&quot;a&quot;,{to:&quot;b&quot;,due:&quot;P1D&quot;}]'", ""));

	TAP_EQUAL_INT(start(p, NULL), EFILE_OK);
	complete(p, task_of(p, 1), 1);
	second = task_of(p, 2);
	TAP_OK(fail_each(begin_once, p) > 10);
	TAP_OK(fail_each(change_once, p) > 10);
	run_close(p);
}

/* ---- in a town hall ---- */

static const char circuit[] = DESK_HEAD
	"<process id='circuit' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='t' name='Zeichnen' e:separateFrom='t' e:resultVariable='r' e:calendar='DE-BW'>"
	"<extensionElements>"
	"<e:step to='m.weber' instruction='co-sign' due='2 office-days'/>"
	"<e:step to='k.klein' instruction='sign'/>"
	"<e:step to='r.chief' instruction='final-sign' required='true'/>"
	"</extensionElements></userTask>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "t") DESK_FLOW("f2", "t", "e") DESK_CLOSE;

static efile_task first_task(efile_session *session)
{
	efile_task_cursor *cursor = NULL;
	efile_task task = { .id = { EFILE_ID_NONE } };

	TAP_EQUAL_INT(efile_task_list(&cursor, session, task.id), EFILE_OK);
	efile_task_cursor_next(cursor, &task);
	efile_task_cursor_free(cursor);
	task.variables = task.process = task.node = task.name = NULL;
	return task;
}

static efile_instance_id begin_circuit(registry *r)
{
	efile_instance_id id = { EFILE_ID_NONE };

	registry_setup(r);
	TAP_EQUAL_INT(desk_deploy(r->town.admin, circuit), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_start(&id, r->weber, "circuit", NULL), EFILE_OK);
	return id;
}

static void test_desks(void)
{
	efile_route_change c;
	efile_instance_id id;
	efile_task task;
	int64_t steps;
	char *json = NULL;
	registry r;

	id = begin_circuit(&r);
	task = first_task(r.weber);
	TAP_EQUAL_INT(task.instruction, EFILE_INSTRUCTION_CO_SIGN);
	TAP_OK(task.due > TEST_NOW);
	TAP_EQUAL_INT(desk_tasks(r.klein, NULL), 0);
	TAP_EQUAL_INT(efile_task_route(&json, r.klein, task.id), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_route(&json, r.weber, task.id), EFILE_OK);
	TAP_OK(json && strstr(json, "\"schema\":\"efile.route.v1\"") && strstr(json, "\"step\":1,") &&
	       strstr(json, "\"to\":\"r.chief\",\"instruction\":\"final-sign\",\"required\":true"));
	efile_free(json);

	efile_route_change_init(&c);
	c.act = EFILE_ROUTE_INSERT;
	c.to = "nobody.here";
	TAP_EQUAL_INT(efile_task_route_change(r.weber, task.id, &c), EFILE_E_NOTFOUND);
	c.to = "amt10, k.klein";
	c.instruction = EFILE_INSTRUCTION_COMMENT;
	TAP_EQUAL_INT(efile_task_route_change(r.klein, task.id, &c), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_route_change(r.weber, task.id, &c), EFILE_OK);
	efile_route_change_init(&c);
	c.act = EFILE_ROUTE_REMOVE;
	c.step = 3;
	TAP_EQUAL_INT(efile_task_route_change(r.weber, task.id, &c), EFILE_E_DENIED);
	c.act = (efile_route_act)9;
	TAP_EQUAL_INT(efile_task_route_change(r.weber, task.id, &c), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_task_send_back(r.weber, task.id, 0, 0, "why"), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_task_refuse(r.weber, task.id, ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_task_complete(r.weber, task.id, NULL), EFILE_OK);

	/* The comment is for the office, too; but Weber has had an entry. */
	task = first_task(r.klein);
	TAP_EQUAL_INT(task.instruction, EFILE_INSTRUCTION_COMMENT);
	TAP_EQUAL_INT(efile_task_claim(r.weber, task.id), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_task_complete(r.klein, task.id, NULL), EFILE_OK);
	task = first_task(r.chief);
	TAP_EQUAL_INT(desk_tasks(r.chief, NULL), 0);
	TAP_EQUAL_INT(efile_task_send_back(r.klein, first_task(r.klein).id, 0, 0, "x"), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_flow_replay(r.town.admin, id, &steps), EFILE_OK);
	TAP_EQUAL_INT(steps, 4);
	TAP_EQUAL_INT(town_logged(&r.town, "flow.routed", NULL), 1);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

static void test_back_and_refused(void)
{
	efile_route_change c;
	efile_instance_id id;
	efile_flow_cursor *cursor = NULL;
	efile_flow_instance instance;
	int64_t steps;
	registry r;

	id = begin_circuit(&r);
	TAP_EQUAL_INT(efile_task_complete(r.weber, first_task(r.weber).id, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_task_send_back(r.klein, first_task(r.klein).id, 1, 1, "Anlage fehlt"), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(r.klein, NULL), 0);
	efile_route_change_init(&c);
	c.act = EFILE_ROUTE_MOVE;
	c.step = 5;
	c.behind = 3;
	TAP_EQUAL_INT(efile_task_route_change(r.weber, first_task(r.weber).id, &c), EFILE_OK);
	TAP_EQUAL_INT(efile_task_complete(r.weber, first_task(r.weber).id, NULL), EFILE_OK);
	TAP_EQUAL_INT(first_task(r.chief).instruction, EFILE_INSTRUCTION_FINAL_SIGN);
	TAP_EQUAL_INT(efile_task_refuse(r.chief, first_task(r.chief).id, "nein"), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(r.klein, NULL), 0);
	TAP_EQUAL_INT(efile_flow_list(&cursor, r.town.admin, id), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_cursor_next(cursor, &instance), EFILE_OK);
	TAP_EQUAL_INT(instance.status, EFILE_FLOW_ENDED);
	TAP_OK(strstr(instance.variables, "\"outcome\":\"refused\"") != NULL);
	TAP_OK(strstr(instance.variables, "\"reason\":\"Anlage fehlt\"") != NULL);
	efile_flow_cursor_free(cursor);
	TAP_EQUAL_INT(efile_flow_replay(r.town.admin, id, &steps), EFILE_OK);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

/* A deputy acts for who is away, and both count. */
static void test_deputy(void)
{
	efile_session *deputy;
	efile_task task;
	registry r;

	begin_circuit(&r);
	TAP_EQUAL_INT(efile_deputy_add(r.town.admin, r.town.weber, r.town.klein, NULL), EFILE_OK);
	deputy = town_session(&r.town, "k.klein", "m.weber", NULL);
	task = first_task(deputy);
	TAP_EQUAL_INT(efile_task_complete(deputy, task.id, NULL), EFILE_OK);
	task = first_task(r.klein);
	TAP_EQUAL_INT(efile_task_complete(r.klein, task.id, NULL), EFILE_E_DENIED);
	efile_session_close(deputy);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

typedef struct store_case {
	registry r;
	efile_task_id task;
} store_case;

/* Registered deputies and their deputies, in both directions and in their own name. */
static void test_looking_for_each_other(void)
{
	static const char model[] = DESK_HEAD
		"<process id='two' isExecutable='true'><startEvent id='s'/>"
		"<userTask id='a' name='A' e:candidateUsers='m.weber,k.klein'/>"
		"<userTask id='b' name='B' e:candidateUsers='m.weber,k.klein,r.chief' e:separateFrom='a' %s/>"
		"<endEvent id='e'/>" DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "b")
		DESK_FLOW("f3", "b", "e") DESK_CLOSE;
	static const struct {
		const char *attribute;
		int links;              /* 1: chief for adler, 2: adler for weber, 4: chief for weber; 8: turned */
		efile_status status;
	} rows[] = {
		{ "", 0, EFILE_OK }, { "", 4, EFILE_E_DENIED }, { "", 4 | 8, EFILE_E_DENIED },
		{ "", 1 | 2, EFILE_E_DENIED }, { "", 1 | 2 | 8, EFILE_E_DENIED }, { "", 1, EFILE_OK },
		{ "e:separateDeputies='false'", 4, EFILE_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_instance_id id;
		efile_task task;
		char text[2000];
		registry r;
		efile_actor_id from[3], to[3], adler;

		registry_setup(&r);
		adler = town_person(&r.town, "a.adler", EFILE_CONFIDENTIALITY_OPEN);
		from[0] = adler, to[0] = r.town.chief;
		from[1] = r.town.weber, to[1] = adler;
		from[2] = r.town.weber, to[2] = r.town.chief;
		for (int k = 0; k < 3; k++)
			if (rows[i].links & (1 << k))
				TAP_EQUAL_INT(efile_deputy_add(r.town.admin,
							       rows[i].links & 8 ? to[k] : from[k],
							       rows[i].links & 8 ? from[k] : to[k],
							       NULL), EFILE_OK);
		snprintf(text, sizeof(text), model, rows[i].attribute);
		TAP_EQUAL_INT(desk_deploy(r.town.admin, text), EFILE_OK);
		TAP_EQUAL_INT(efile_flow_start(&id, r.weber, "two", NULL), EFILE_OK);
		TAP_EQUAL_INT(efile_task_complete(r.weber, first_task(r.weber).id, NULL), EFILE_OK);
		task = first_task(r.chief);
		TAP_EQUAL_INT(efile_task_claim(r.chief, task.id), rows[i].status);
		TAP_EQUAL_INT(efile_task_complete(r.chief, task.id, NULL), rows[i].status);
		desk_fsck(r.town.store);
		registry_teardown(&r);
	}
}

static efile_status store_once(efile_ctx *ctx, void *arg)
{
	store_case *m = arg;
	AUTO_PTR(char) json = NULL;
	efile_route_change c;

	(void)ctx;
	efile_route_change_init(&c);
	c.act = EFILE_ROUTE_INSERT;
	c.to = "amt10";
	TRY(efile_task_route(&json, m->r.klein, m->task));
	TRY(efile_task_route_change(m->r.klein, m->task, &c));
	return efile_task_send_back(m->r.klein, m->task, 1, 0, "why");
}

static void test_store_memory(void)
{
	store_case m;

	begin_circuit(&m.r);
	TAP_EQUAL_INT(efile_task_complete(m.r.weber, first_task(m.r.weber).id, NULL), EFILE_OK);
	m.task = first_task(m.r.klein).id;
	TAP_OK(fail_each(store_once, &m) > 10);
	desk_fsck(m.r.town.store);
	registry_teardown(&m.r);
}

static void test_names(void)
{
	efile_instruction value = EFILE_INSTRUCTION_NONE;

	for (int i = 0; i <= EFILE_INSTRUCTION_FINAL_SIGN; i++) {
		TAP_EQUAL_INT(efile_instruction_parse(&value, efile_instruction_name((efile_instruction)i)),
			      EFILE_OK);
		TAP_EQUAL_INT(value, i);
	}
	TAP_EQUAL_TEXT(efile_instruction_name((efile_instruction)99), "");
	TAP_EQUAL_INT(efile_instruction_parse(&value, "dance"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_instruction_parse(&value, NULL), EFILE_E_INVALID);
}

TAP_SUITE(flow_route) = {
	{ "in order and beside each other", test_order },
	{ "lists by expressions", test_expressions },
	{ "a list that is none can be mended", test_retry },
	{ "changes behind the place", test_changes },
	{ "sent back", test_send_back },
	{ "withdrawn", test_withdrawn },
	{ "refused", test_refuse },
	{ "nobody twice", test_separation },
	{ "boundary events", test_boundary },
	{ "in a loop", test_loop },
	{ "parameters", test_parameters },
	{ "moved as a whole", test_move },
	{ "findings", test_findings },
	{ "limit", test_limit },
	{ "damage", test_damage },
	{ "another version", test_migrate },
	{ "random changes", test_random },
	{ "out of memory", test_memory },
	{ "on desks", test_desks },
	{ "back and refused", test_back_and_refused },
	{ "deputies", test_deputy },
	{ "who look for each other", test_looking_for_each_other },
	{ "out of memory in a store", test_store_memory },
	{ "names", test_names },
	TAP_END,
};
