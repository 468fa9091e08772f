/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each element of a process by the clause of BPMN 2.0 that says what it does: a model, what
 * happens to it, and what the engine must answer, written down by hand. Flow "n" is written ->n; a
 * wait "node#number"; "!" is cancelled. */
#include <stdio.h>

#include "flow/state.h"
#include "unit/flow_support.h"

#define START(id) "<startEvent id='" id "'/>"
#define END(id) "<endEvent id='" id "'/>"
#define TASK(id) "<userTask id='" id "' name='" id "' e:assignee='x'/>"
#define JOB(id) "<serviceTask id='" id "' e:handler='h'/>"
#define CATCH(id, definition)                                                                      \
	"<intermediateCatchEvent id='" id "'>" definition "</intermediateCatchEvent>"
#define THROW(id, definition)                                                                      \
	"<intermediateThrowEvent id='" id "'>" definition "</intermediateThrowEvent>"
#define BOUNDARY(id, host, interrupts, definition)                                                 \
	"<boundaryEvent id='" id "' attachedToRef='" host "' cancelActivity='" interrupts "'>"     \
	definition "</boundaryEvent>"
#define TIMER "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
#define SIGNAL "<signalEventDefinition signalRef='sig'/>"
#define MESSAGE "<messageEventDefinition messageRef='msg'/>"
#define ROOTS                                                                                      \
	"<signal id='sig' name='S'/><message id='msg' name='M'/><error id='err' errorCode='E1'/>"  \
	"<escalation id='esc' escalationCode='C1'/>"
#define LOOP_TASK(id, loop) "<task id='" id "'>" loop "</task>"

enum { ACTS = 5 };

typedef struct act {
	flow_event_kind kind;   /* the first is the start */
	uint64_t wait;
	const char *code, *variables;
	const char *expected;
} act;

typedef struct element_row {
	const char *clause;
	const char *body;
	act acts[ACTS];
	const char *variables;  /* at the end; NULL: not looked at */
} element_row;

static const element_row rows[] = {
	{ "13.3.3 none and manual task pass at once",
	  START("s") "<task id='t'/><manualTask id='m'/>" END("e") FLOW("1", "s", "t")
	  FLOW("2", "t", "m") FLOW("3", "m", "e"),
	  { { .expected = "->1 ->2 ->3 ended" } }, "{}" },
	{ "13.3.3 user task waits for its completion",
	  START("s") TASK("t") END("e") FLOW("1", "s", "t") FLOW("2", "t", "e"),
	  { { .expected = "->1 task:t#1" },
	    { FLOW_EVENT_COMPLETE_TASK, 1, NULL, "{\"ok\":true}", "task-end:t#1 vars ->2 ended" } },
	  "{\"ok\":true}" },
	{ "13.3.3 service task waits for its service",
	  START("s") JOB("t") END("e") FLOW("1", "s", "t") FLOW("2", "t", "e"),
	  { { .expected = "->1 job:t#1" },
	    { FLOW_EVENT_JOB_DONE, 1, NULL, "{\"n\":1}", "job-end:t#1 vars ->2 ended" } },
	  "{\"n\":1}" },
	{ "13.3.3 script task evaluates its script",
	  START("s") "<scriptTask id='t' scriptFormat='feel' e:resultVariable='y'>"
	  "<script>x * 2</script></scriptTask>" END("e") FLOW("1", "s", "t") FLOW("2", "t", "e"),
	  { { .variables = "{\"x\":21}", .expected = "vars ->1 vars ->2 ended" } },
	  "{\"x\":21,\"y\":42}" },
	{ "13.3.3 receive task waits for its message",
	  START("s") "<receiveTask id='t' messageRef='msg'/>" END("e") FLOW("1", "s", "t")
	  FLOW("2", "t", "e"),
	  { { .expected = "->1 wait:t#2" },
	    { FLOW_EVENT_MESSAGE, 2, NULL, "{\"m\":1}", "vars wait-end:t#2 ->2 ended" } },
	  "{\"m\":1}" },
	{ "13.3.3 send task sends and goes on",
	  START("s") "<sendTask id='t' messageRef='msg'/>" END("e") FLOW("1", "s", "t")
	  FLOW("2", "t", "e"),
	  { { .expected = "->1 message:t#0 ->2 ended" } }, NULL },
	{ "10.2.5 call activity waits for what it calls",
	  START("s") "<callActivity id='t' calledElement='other'/>" END("e") FLOW("1", "s", "t")
	  FLOW("2", "t", "e"),
	  { { .expected = "->1 call:t#1" },
	    { FLOW_EVENT_CALL_DONE, 1, NULL, "{\"r\":1}", "call-end:t#1 vars ->2 ended" } },
	  "{\"r\":1}" },
	{ "13.4.2 exclusive gateway takes the first flow that holds",
	  START("s") "<exclusiveGateway id='g' default='4'/>" END("a") END("b") END("c")
	  FLOW("1", "s", "g") FLOW_IF("2", "g", "a", "n = 1") FLOW_IF("3", "g", "b", "n &lt; 5")
	  FLOW("4", "g", "c"),
	  { { .variables = "{\"n\":3}", .expected = "vars ->1 ->3 ended" } }, NULL },
	{ "13.4.1 parallel gateway takes all flows and waits for all",
	  START("s") "<parallelGateway id='f'/><parallelGateway id='j'/>" TASK("a") TASK("b")
	  END("e") FLOW("1", "s", "f") FLOW("2", "f", "a") FLOW("3", "f", "b") FLOW("4", "a", "j")
	  FLOW("5", "b", "j") FLOW("6", "j", "e"),
	  { { .expected = "->1 ->2 ->3 task:a#1 task:b#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL, "task-end:b#2 ->5" },
	    { FLOW_EVENT_COMPLETE_TASK, 1, NULL, NULL, "task-end:a#1 ->4 ->6 ended" } }, NULL },
	{ "13.4.3 inclusive gateway waits for those flows only that can still bring a token",
	  START("s") "<inclusiveGateway id='f'/><inclusiveGateway id='j'/>" TASK("a") TASK("b")
	  TASK("c") END("e") FLOW("1", "s", "f") FLOW_IF("2", "f", "a", "n &gt; 0")
	  FLOW_IF("3", "f", "b", "n &gt; 1") FLOW_IF("4", "f", "c", "n &gt; 2") FLOW("5", "a", "j")
	  FLOW("6", "b", "j") FLOW("7", "c", "j") FLOW("8", "j", "e"),
	  { { .variables = "{\"n\":2}", .expected = "vars ->1 ->2 ->3 task:a#1 task:b#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 1, NULL, NULL, "task-end:a#1 ->5" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL, "task-end:b#2 ->6 ->8 ended" } }, NULL },
	{ "13.4.4 event-based gateway: the first event wins, the others are forgotten",
	  START("s") "<eventBasedGateway id='g'/>" CATCH("m", MESSAGE) CATCH("t", TIMER) END("a")
	  END("b") FLOW("1", "s", "g") FLOW("2", "g", "m") FLOW("3", "g", "t") FLOW("4", "m", "a")
	  FLOW("5", "t", "b"),
	  { { .expected = "->1 wait:m#2 wait:t#3" },
	    { FLOW_EVENT_TIMER, 3, NULL, NULL, "wait-end:t#3 ->3 wait-end:m#2 ->5 ended" } }, NULL },
	{ "13.4.5 complex gateway fires by its activation condition",
	  START("s") "<parallelGateway id='f'/>" TASK("a") TASK("b") TASK("c")
	  "<complexGateway id='j'><activationCondition>activationCount >= 2</activationCondition>"
	  "</complexGateway>" END("e") FLOW("1", "s", "f") FLOW("2", "f", "a") FLOW("3", "f", "b")
	  FLOW("4", "f", "c") FLOW("5", "a", "j") FLOW("6", "b", "j") FLOW("7", "c", "j")
	  FLOW("8", "j", "e"),
	  { { .expected = "->1 ->2 ->3 ->4 task:a#1 task:b#2 task:c#3" },
	    { FLOW_EVENT_COMPLETE_TASK, 1, NULL, NULL, "task-end:a#1 ->5" },
	    { FLOW_EVENT_COMPLETE_TASK, 3, NULL, NULL, "task-end:c#3 ->7 ->8" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL, "task-end:b#2 ->6 ended" } }, NULL },
	{ "13.5.2 intermediate timer, message and signal are waited for",
	  START("s") CATCH("a", TIMER) CATCH("b", MESSAGE) CATCH("c", SIGNAL) END("e")
	  FLOW("1", "s", "a") FLOW("2", "a", "b") FLOW("3", "b", "c") FLOW("4", "c", "e"),
	  { { .expected = "->1 wait:a#2" },
	    { FLOW_EVENT_TIMER, 2, NULL, NULL, "wait-end:a#2 ->2 wait:b#4" },
	    { FLOW_EVENT_MESSAGE, 4, NULL, NULL, "wait-end:b#4 ->3 wait:c#6" },
	    { FLOW_EVENT_SIGNAL, 0, "other", NULL, "" },
	    { FLOW_EVENT_SIGNAL, 0, "S", NULL, "wait-end:c#6 ->4 ended" } }, NULL },
	{ "10.5.5 conditional event: when a change of the data makes it true",
	  START("s") CATCH("a", "<conditionalEventDefinition><condition>n > 5</condition>"
			   "</conditionalEventDefinition>") END("e")
	  FLOW("1", "s", "a") FLOW("2", "a", "e"),
	  { { .expected = "->1 wait:a#2" },
	    { FLOW_EVENT_VARIABLES, 0, NULL, "{\"n\":5}", "vars" },
	    { FLOW_EVENT_VARIABLES, 0, NULL, "{\"n\":6}", "vars wait-end:a#2 ->2 ended" } }, NULL },
	{ "13.5.3 interrupting boundary event ends the activity",
	  START("s") TASK("t") BOUNDARY("b", "t", "true", TIMER) END("e") END("l")
	  FLOW("1", "s", "t") FLOW("2", "t", "e") FLOW("3", "b", "l"),
	  { { .expected = "->1 task:t#1 wait:b#2" },
	    { FLOW_EVENT_TIMER, 2, NULL, NULL, "wait-end:b#2 task-end:t#1! ->3 ended" } }, NULL },
	{ "13.5.3 non-interrupting boundary event leaves it alone",
	  START("s") TASK("t") BOUNDARY("b", "t", "false", SIGNAL) END("e") END("l")
	  FLOW("1", "s", "t") FLOW("2", "t", "e") FLOW("3", "b", "l"),
	  { { .expected = "->1 task:t#1 wait:b#2" },
	    { FLOW_EVENT_SIGNAL, 0, "S", NULL, "->3" },
	    { FLOW_EVENT_SIGNAL, 0, "S", NULL, "->3" },
	    { FLOW_EVENT_COMPLETE_TASK, 1, NULL, NULL,
	      "task-end:t#1 wait-end:b#2 ->2 ended" } }, NULL },
	{ "13.5.3 boundary event of an activity that ends in time is forgotten",
	  START("s") TASK("t") BOUNDARY("b", "t", "true", TIMER) END("e") END("l")
	  FLOW("1", "s", "t") FLOW("2", "t", "e") FLOW("3", "b", "l"),
	  { { .expected = "->1 task:t#1 wait:b#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 1, NULL, NULL,
	      "task-end:t#1 wait-end:b#2 ->2 ended" } }, NULL },
	{ "13.5.3 error of a service is caught at its task",
	  START("s") JOB("t") BOUNDARY("b", "t", "true", "<errorEventDefinition errorRef='err'/>")
	  END("e") END("l") FLOW("1", "s", "t") FLOW("2", "t", "e") FLOW("3", "b", "l"),
	  { { .expected = "->1 job:t#1" },
	    { FLOW_EVENT_JOB_ERROR, 1, "E1", NULL, "job-end:t#1! ->3 ended" } }, NULL },
	{ "13.5.4 error end event is caught around its sub-process",
	  START("s") "<subProcess id='p1'>" START("s1")
	  "<endEvent id='e1'><errorEventDefinition errorRef='err'/></endEvent>"
	  FLOW("11", "s1", "e1") "</subProcess>"
	  BOUNDARY("b", "p1", "true", "<errorEventDefinition errorRef='err'/>") END("e") END("l")
	  FLOW("1", "s", "p1") FLOW("2", "p1", "e") FLOW("3", "b", "l"),
	  { { .expected = "->1 ->11 ->3 ended" } }, NULL },
	{ "13.5.4 error that nobody catches ends the process",
	  START("s") "<endEvent id='e'><errorEventDefinition errorRef='err'/></endEvent>"
	  FLOW("1", "s", "e"),
	  { { .expected = "->1 ended?E1" } }, NULL },
	{ "13.5.4 escalation goes on behind a catcher that does not interrupt",
	  START("s") "<subProcess id='p1'>" START("s1")
	  THROW("t1", "<escalationEventDefinition escalationRef='esc'/>") TASK("u") END("e1")
	  FLOW("11", "s1", "t1") FLOW("12", "t1", "u") FLOW("13", "u", "e1") "</subProcess>"
	  BOUNDARY("b", "p1", "false", "<escalationEventDefinition escalationRef='esc'/>")
	  END("e") END("l") FLOW("1", "s", "p1") FLOW("2", "p1", "e") FLOW("3", "b", "l"),
	  { { .expected = "->1 ->11 ->12 ->3 task:u#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL, "task-end:u#2 ->13 ->2 ended" } }, NULL },
	{ "13.5.4 terminate end event ends all that is in its scope",
	  START("s") "<parallelGateway id='f'/>" TASK("a") TASK("b")
	  "<endEvent id='e'><terminateEventDefinition/></endEvent>" END("n") FLOW("1", "s", "f")
	  FLOW("2", "f", "a") FLOW("3", "f", "b") FLOW("4", "a", "e") FLOW("5", "b", "n"),
	  { { .expected = "->1 ->2 ->3 task:a#1 task:b#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 1, NULL, NULL,
	      "task-end:a#1 ->4 task-end:b#2! ended" } }, NULL },
	{ "10.5.4 link goes on at the link of its name",
	  START("s") THROW("a", "<linkEventDefinition name='L'/>")
	  CATCH("b", "<linkEventDefinition name='L'/>") END("e") FLOW("1", "s", "a")
	  FLOW("2", "b", "e"),
	  { { .expected = "->1 ->2 ended" } }, NULL },
	{ "13.3.4 sub-process is done when no token is in it",
	  START("s") "<subProcess id='p1'>" START("s1") TASK("u") END("e1") FLOW("11", "s1", "u")
	  FLOW("12", "u", "e1") "</subProcess>" END("e") FLOW("1", "s", "p1") FLOW("2", "p1", "e"),
	  { { .expected = "->1 ->11 task:u#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL, "task-end:u#2 ->12 ->2 ended" } }, NULL },
	{ "13.5.5 interrupting event sub-process ends what is around it",
	  START("s") TASK("u") END("e") FLOW("1", "s", "u") FLOW("2", "u", "e")
	  "<subProcess id='p1' triggeredByEvent='true'><startEvent id='s1'>" SIGNAL "</startEvent>"
	  TASK("v") END("e1") FLOW("11", "s1", "v") FLOW("12", "v", "e1") "</subProcess>",
	  { { .expected = "wait:s1#1 ->1 task:u#2" },
	    { FLOW_EVENT_SIGNAL, 0, "S", NULL, "wait-end:s1#1 task-end:u#2! ->11 task:v#4" },
	    { FLOW_EVENT_COMPLETE_TASK, 4, NULL, NULL, "task-end:v#4 ->12 ended" } }, NULL },
	{ "13.3.6 standard loop asks behind each round",
	  START("s") LOOP_TASK("t", "<standardLoopCharacteristics>"
			       "<loopCondition>loopCounter &lt; 3</loopCondition>"
			       "</standardLoopCharacteristics>")
	  END("e") FLOW("1", "s", "t") FLOW("2", "t", "e"),
	  { { .expected = "->1 done:t done:t done:t ->2 ended" } }, NULL },
	{ "13.3.6 standard loop may do nothing if it asks before",
	  START("s") LOOP_TASK("t", "<standardLoopCharacteristics testBefore='true'>"
			       "<loopCondition>false</loopCondition></standardLoopCharacteristics>")
	  END("e") FLOW("1", "s", "t") FLOW("2", "t", "e"),
	  { { .expected = "->1 ->2 ended" } }, NULL },
	{ "13.3.7 multiple instances one after the other",
	  START("s") "<userTask id='t' name='t' e:assignee='x'><multiInstanceLoopCharacteristics "
	  "isSequential='true'><loopCardinality>2</loopCardinality>"
	  "</multiInstanceLoopCharacteristics></userTask>" END("e") FLOW("1", "s", "t")
	  FLOW("2", "t", "e"),
	  { { .expected = "->1 task:t#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL, "task-end:t#2 task:t#3" },
	    { FLOW_EVENT_COMPLETE_TASK, 3, NULL, NULL, "task-end:t#3 ->2 ended" } }, NULL },
	{ "13.3.7 completion condition cancels the instances that are left",
	  START("s") "<userTask id='t' name='t' e:assignee='x'><multiInstanceLoopCharacteristics>"
	  "<loopCardinality>3</loopCardinality>"
	  "<completionCondition>numberOfCompletedInstances >= 2</completionCondition>"
	  "</multiInstanceLoopCharacteristics></userTask>" END("e") FLOW("1", "s", "t")
	  FLOW("2", "t", "e"),
	  { { .expected = "->1 task:t#2 task:t#3 task:t#4" },
	    { FLOW_EVENT_COMPLETE_TASK, 3, NULL, NULL, "task-end:t#3" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL,
	      "task-end:t#2 task-end:t#4! ->2 ended" } }, NULL },
	{ "10.2.1 completionQuantity sends so many tokens, startQuantity needs so many",
	  START("s") "<task id='a' completionQuantity='3'/><task id='b' startQuantity='3'/>"
	  END("e") FLOW("1", "s", "a") FLOW("2", "a", "b") FLOW("3", "b", "e"),
	  { { .expected = "->1 done:a ->2 ->2 ->2 done:b ->3 ended" } }, NULL },
	{ "13.3.5 sequential ad-hoc sub-process does one after the other",
	  START("s") "<adHocSubProcess id='p1' ordering='Sequential'>" TASK("u") TASK("v")
	  "<completionCondition>ready</completionCondition></adHocSubProcess>" END("e")
	  FLOW("1", "s", "p1") FLOW("2", "p1", "e"),
	  { { .expected = "->1 task:u#2" },
	    { FLOW_EVENT_COMPLETE_TASK, 2, NULL, NULL, "task-end:u#2 task:v#3" },
	    { FLOW_EVENT_COMPLETE_TASK, 3, NULL, "{\"ready\":true}",
	      "task-end:v#3 vars ->2 ended" } }, NULL },
	{ "13.5.5 compensation does the compensating activity of what was done",
	  START("s") "<task id='a'/>"
	  "<boundaryEvent id='b' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
	  "<userTask id='u' name='u' e:assignee='x' isForCompensation='true'/>"
	  "<association id='as' sourceRef='b' targetRef='u' associationDirection='One'/>"
	  "<endEvent id='e'><compensateEventDefinition/></endEvent>" FLOW("1", "s", "a")
	  FLOW("2", "a", "e"),
	  { { .expected = "->1 ->2 task:u#4" },
	    { FLOW_EVENT_COMPLETE_TASK, 4, NULL, NULL, "task-end:u#4 ended" } }, NULL },
	{ "8.3.2 input and output parameters",
	  START("s") "<scriptTask id='t' scriptFormat='feel' e:resultVariable='y'>"
	  "<script>x + 1</script></scriptTask>" TASK("u") END("e") FLOW("1", "s", "t")
	  FLOW("2", "t", "u") FLOW("3", "u", "e"),
	  { { .variables = "{\"x\":1}", .expected = "vars ->1 vars ->2 task:u#1" } },
	  "{\"x\":1,\"y\":2}" },
};

static void describe(buf *out, const flow_definition *d, const flow_effect *e, bool with_done)
{
	static const char *const names[] = { "->", "task", "task-end", "job", "job-end", "incident",
					     "incident-end", "vars", "ended", "done", "wait",
					     "wait-end", "call", "call-end", "message", "signal",
					     "escalation" };
	flow_node n = { .id = "" };

	if (e->kind == FLOW_EFFECT_DONE && !with_done)
		return;
	buf_add_format(out, "%s%s", out->length ? " " : "", names[e->kind]);
	if (e->kind == FLOW_EFFECT_TAKEN) {
		buf_add_text(out, flow_edge_id(d, e->edge));
	} else if (e->kind == FLOW_EFFECT_DONE) {
		flow_node_at(&n, d, e->node);
		buf_add_format(out, ":%s", n.id);
	} else if (e->kind == FLOW_EFFECT_ENDED) {
		buf_add_format(out, "%s%s", e->failed ? "?" : "", e->message ? e->message : "");
	} else if (e->kind != FLOW_EFFECT_VARIABLES) {
		flow_node_at(&n, d, e->node);
		buf_add_format(out, ":%s#%llu", n.id, (unsigned long long)e->wait);
	}
	if (e->cancelled)
		buf_add_text(out, "!");
}

static flow_event event_of(const act *a, bool first)
{
	flow_event event = { .kind = first ? FLOW_EVENT_START : a->kind, .wait = a->wait,
			     .code = a->code, .variables = a->variables, .time = TEST_NOW };

	event.actor.id.bytes[15] = 1;
	return event;
}

static void check_act(buf *state, flow_engine *engine, const flow_definition *d, const act *a,
		      bool first)
{
	const flow_event event = event_of(a, first);
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) text = BUF_INIT;

	TAP_EQUAL_INT(flow_engine_step(state, &effects, engine, d, buf_text(state), state->length,
				       &event), EFILE_OK);
	for (size_t i = 0; i < effects.count; i++)
		describe(&text, d, &effects.items[i], strstr(a->expected, "done:") != NULL);
	TAP_EQUAL_TEXT(buf_text(&text), a->expected);
}

static void check_end(efile_ctx *ctx, const flow_definition *d, const element_row *row,
		      const buf *state)
{
	char variables[200];
	flow_summary s;

	TAP_EQUAL_INT(flow_state_summary(&s, ctx, d, state->data, state->length), EFILE_OK);
	snprintf(variables, sizeof(variables), "%.*s", (int)s.variables_length, s.variables);
	if (row->variables)
		TAP_EQUAL_TEXT(variables, row->variables);
}

static char *model_of(const element_row *row)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_format(&text, "%s%s<process id='p' isExecutable='true'>%s" BPMN_CLOSE, BPMN_HEAD,
		       ROOTS, row->body);
	return text.failed ? NULL : strdup(text.data);
}

/* One engine for all: nothing of a row may show in the next. */
static void test_elements(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(flow_engine) engine = NULL;

	TAP_EQUAL_INT(flow_engine_new(&engine, ctx), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const element_row *row = &rows[i];
		AUTO_PTR(char) text = model_of(row);
		flow_definition d = definition_of(ctx, text);
		AUTO(buf) state = BUF_INIT;

		printf("# %s\n", row->clause);
		for (size_t k = 0; k < ACTS && row->acts[k].expected; k++)
			check_act(&state, engine, &d, &row->acts[k], k == 0);
		check_end(ctx, &d, row, &state);
		flow_definition_clear(&d);
	}
	efile_ctx_free(ctx);
}

static efile_status play_row(efile_ctx *ctx, void *arg)
{
	const element_row *row = arg;
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(flow_engine) engine = NULL;
	AUTO_PTR(char) text = model_of(row);
	flow_definition d = FLOW_DEFINITION_INIT;
	AUTO(buf) state = BUF_INIT;
	efile_status status;

	if (!text)
		return EFILE_E_NOMEM;
	TRY(report_new(&report, ctx));
	TRY(flow_engine_new(&engine, ctx));
	TRY(compile_bytes(&d, report, ctx, text, strlen(text)));
	status = EFILE_OK;
	for (size_t k = 0; k < ACTS && row->acts[k].expected && status == EFILE_OK; k++) {
		const flow_event event = event_of(&row->acts[k], k == 0);
		AUTO(flow_effects) effects = { NULL, 0, 0 };

		status = flow_engine_step(&state, &effects, engine, &d, buf_text(&state),
					  state.length, &event);
	}
	flow_definition_clear(&d);
	return status;
}

static void test_without_memory(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!TAP_OK(fail_each(play_row, (void *)(uintptr_t)&rows[i]) > 30))
			printf("# %s\n", rows[i].clause);
}

/* What would keep a process from being deployed is told when its file is checked. */
static void test_findings(void)
{
	static const struct {
		const char *executable, *script;
		bool found;
	} cases[] = {
		{ "true", "n +", true },
		{ "true", "n + 1", false },
		{ "false", "n +", false }, /* only drawn: words will do */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		AUTO_PTR(efile_reader) reader = NULL;
		AUTO_PTR(efile_report) report = NULL;
		AUTO(buf) text = BUF_INIT;
		bool found = false;

		buf_add_format(&text, BPMN_HEAD "<process id='p' isExecutable='%s'>" START("s")
			       "<scriptTask id='t' scriptFormat='feel'><script>%s</script></scriptTask>"
			       END("e") FLOW("1", "s", "t") FLOW("2", "t", "e") BPMN_CLOSE,
			       cases[i].executable, cases[i].script);
		TAP_EQUAL_INT(efile_reader_from_memory(&reader, ctx, text.data, text.length),
			      EFILE_OK);
		TAP_EQUAL_INT(efile_bpmn_check(&report, ctx, reader), EFILE_OK);
		for (size_t k = 0; report && k < efile_report_count(report); k++)
			found |= !strcmp(efile_report_finding(report, k)->rule, "BPMN-EXPRESSION");
		TAP_EQUAL_INT(found, cases[i].found);
		efile_report_free(report);
		report = NULL;
		efile_ctx_free(ctx);
	}
}

TAP_SUITE(flow_elements) = {
	{ "each element does what its clause says", test_elements },
	{ "each element without memory, from the file to the last step", test_without_memory },
	{ "what compiling finds, checking tells", test_findings },
	TAP_END,
};
