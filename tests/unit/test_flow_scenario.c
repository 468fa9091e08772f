/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenario files: each kind of step, what is said when one does not hold, lines that are none. */
#include "unit/flow_support.h"

#define CONDITION(text) "<conditionExpression>" text "</conditionExpression>"

/* A task that a timer and a message go with, a job, a call, a gateway. */
static const char model[] = BPMN_HEAD
	"<message id='m' name='paid'><extensionElements/></message><signal id='s' name='closed'/>"
	"<error id='x' name='X' errorCode='X1'/><escalation id='c' name='C' escalationCode='C1'/>"
	"<process id='p' isExecutable='true'>"
	"<startEvent id='b'/><userTask id='t' e:candidateGroups='g' name='T'/><exclusiveGateway id='g' default='f4'/>"
	"<serviceTask id='j' e:handler='h'/><callActivity id='k' calledElement='q'/>"
	"<intermediateCatchEvent id='w'><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>"
	"<intermediateCatchEvent id='r'><messageEventDefinition messageRef='m'/></intermediateCatchEvent>"
	"<boundaryEvent id='n' attachedToRef='k'><escalationEventDefinition escalationRef='c'/></boundaryEvent>"
	"<userTask id='u' e:separateFrom='t' e:candidateGroups='g' name='U'/><endEvent id='z'/><endEvent id='y'/>"
	FLOW("f1", "b", "t") FLOW("f2", "t", "g")
	FLOW_IF("f3", "g", "j", "n = 1") FLOW("f4", "g", "k")
	FLOW("f5", "j", "w") FLOW("f6", "w", "r") FLOW("f7", "r", "z") FLOW("f8", "k", "u")
	FLOW("f9", "u", "z") FLOW("f10", "n", "y")
	"</process><process id='q' isExecutable='true'><startEvent id='qb'/><userTask id='qt' e:candidateGroups='g' name='Q'/>"
	"<endEvent id='qz'><errorEventDefinition errorRef='x'/></endEvent>"
	FLOW("q1", "qb", "qt") FLOW("q2", "qt", "qz") "</process></definitions>";

static const char late[] = BPMN_OPEN "<startEvent id='s'/><intermediateCatchEvent id='w'>"
	"<timerEventDefinition><timeDuration>${pause}</timeDuration></timerEventDefinition>"
	"</intermediateCatchEvent><endEvent id='e'/>" FLOW("f", "s", "w") FLOW("g", "w", "e") BPMN_CLOSE;

static const char listed[] = BPMN_OPEN "<startEvent id='s'/><userTask id='t' name='T'><extensionElements>"
	"<e:step to='a'/><e:step to='b'/></extensionElements></userTask><endEvent id='e'/>"
	FLOW("f", "s", "t") FLOW("g", "t", "e") BPMN_CLOSE;

static efile_status open_named(efile_reader **out, efile_ctx *ctx, const char *path, void *user)
{
	(void)user;
	if (!strcmp(path, "dir/model"))
		return efile_reader_from_memory(out, ctx, model, sizeof(model) - 1);
	if (!strcmp(path, "dir/late"))
		return efile_reader_from_memory(out, ctx, late, sizeof(late) - 1);
	if (!strcmp(path, "dir/listed"))
		return efile_reader_from_memory(out, ctx, listed, sizeof(listed) - 1);
	if (!strcmp(path, "dir/more"))
		return efile_reader_from_memory(out, ctx, "complete t\nexpect jobs none\n", 28);
	if (!strcmp(path, "dir/itself"))
		return efile_reader_from_memory(out, ctx, "include itself\n", 15);
	if (!strcmp(path, "dir/broken"))
		return efile_reader_from_memory(out, ctx, "<x/>", 4);
	return FAIL(ctx, EFILE_E_NOTFOUND, 1, "no file %s", path);
}

static efile_status run(efile_scenario_run **out, efile_ctx *ctx, const char *text)
{
	AUTO_PTR(efile_reader) reader = NULL;
	efile_scenario_options options;

	efile_scenario_options_init(&options);
	options.path = "dir/a.scenario";
	options.open = open_named;
	TRY(efile_reader_from_memory(&reader, ctx, text, strlen(text)));
	return efile_scenario_test(out, ctx, reader, &options);
}

#define BEGIN "deploy model\nstart p\n"

/* A scenario, and what is said where it fails: "LINE: MESSAGE"; "" if it passes. */
static const struct { const char *text, *said; } cases[] = {
	/* tasks, jobs, timers, messages */
	{ BEGIN "expect tasks t\ncomplete t {\"n\":1}\nexpect jobs j\nexpect tasks none\ncomplete job j {\"a\":2.50}\n"
	  "expect timers w\nexpect due w PT1H\nexpect due w 2026-03-02T09:00:00Z\nadvance PT59M\nexpect timers w\nadvance PT1M\nexpect messages paid\n"
	  "message paid key 7 {\"b\":\"x\"}\nexpect ended\nexpect vars n=1, a=2.5 b=\"x\" c=null\n"
	  "expect vars {\"n\":1}\nexpect that a + n = 3.5 and b = \"x\"\nexpect trace t j\nexpect done j t\n"
	  "expect passed b g j w r z\nexpect missed k u qt\nexpect instances 1\nexpect kept 0\n", "" },
	/* calls, errors, names of instances */
	{ BEGIN "complete t\nexpect calls k\nexpect instances 2\nname child q#1\nexpect running of child\n"
	  "expect tasks qt of child\ncomplete qt of child\nexpect failed X1 of child\nexpect error X1 of child\n"
	  "name first p\nexpect incident k X1 of first\nexpect running of first\nretry k\nexpect instances 2 q\n", "" },
	{ "deploy model\nstub q\nstart p as one\ncomplete t of one\nexpect instances 1\nescalate call k C1\nexpect ended\n", "" },
	{ "deploy model\nstub q\nstart p\ncomplete t by anna\ncomplete call k {\"v\":[1,{\"w\":true}]}\n"
	  "expect vars v=[1, {\"w\": true}]\nrefuse complete u by anna\nrefuse E2325 complete u by bert for anna\n"
	  "complete u by bert\nexpect ended\n", "" },
	{ "deploy model\nstub q\nstart p\ncomplete t\nerror k NO\nexpect incidents k\nretry k\nfail k \"why not\"\nexpect incident k why\n", "" },
	/* steering */
	{ BEGIN "move t to j {\"x\":1}\nexpect jobs j\nset {\"y\":2}\nexpect vars x=1 y=2\nbegin u\nexpect tasks u\n"
	  "cancel u\nexpect tasks none\nexpect incidents none\nsuspend\nexpect suspended\nrefuse complete j\nresume\ncancel\nexpect cancelled\n", "" },
	{ "clock 2026-12-24T23:00:00Z\n" BEGIN "complete t {\"n\":1}\ncomplete j\nadvance to 2026-12-25T00:00:00Z\nexpect waits r\n", "" },
	{ BEGIN "start p\nstart p\nexpect tasks t,t,t\ncomplete t#2 {\"n\":1}\nexpect tasks t t\nexpect jobs j\n", "" },
	{ "deploy model\nmessage paid\nexpect kept 1\nstart p {\"n\":1}\ncomplete t\ncomplete j\nadvance PT2H\nexpect ended\n", "" },
	{ "deploy model\nmessage key key of {\"n\":1}\nsignal to\nexpect kept 1\n", "" },
	{ "deploy model\nsignal closed\nexpect instances 0\n", "" },
	{ BEGIN "include more\n", "" },
	/* a timer that had no time is set by a retry, it does not fire at once */
	{ "deploy late\nstart p\nexpect waits w\nexpect incident w \"no time\"\nretry w {\"pause\":\"PT5M\"}\n"
	  "expect incidents none\nexpect due w PT5M\nadvance PT4M\nexpect running\nadvance PT1M\nexpect ended\n", "" },
	{ "refuse deploy broken\nrefuse start p\nrefuse deploy nowhere\n", "" },
	/* a scenario that does not hold says where and why */
	{ BEGIN "expect tasks u # wrong\n", "3: expected u, but there is t" },
	{ BEGIN "expect route t a:open\n", "3: t has no sign-off list" },
	{ BEGIN "remove t 1\n", "3: E2479: the task has no sign-off list" },
	{ BEGIN "insert u a\n", "3: u is not open" },
	{ "deploy listed\nstart p\nexpect route t a:open, b:waiting\ninsert t c sign {\"behind\":1}\n"
	  "expect route t a:open c:waiting b:waiting\n", "" },
	{ "deploy listed\nstart p\nexpect route t a:open\n", "3: expected a:open, but there is a:open, b:waiting" },
	{ "deploy listed\nstart p\ncomplete t\nsendback t why {\"step\":1}\ndecline t no\nexpect ended\n", "" },
	{ BEGIN "expect ended\n", "3: it has not ended" },
	{ BEGIN "complete task\n", "3: task is not open" },
	{ BEGIN "complete task call {}\n", "3: call is not open" },
	{ BEGIN "complete x\n", "3: x is not open" },
	{ BEGIN "complete t#2\n", "3: t is not open 2 times" },
	{ BEGIN "refuse complete t\n", "3: it was not refused" },
	{ BEGIN "refuse E9999 complete x\n", "3: it was refused for another reason: x is not open" },
	{ BEGIN "expect vars a=1\n", "3: expected a = 1, but it is null" },
	{ BEGIN "expect vars a\n", "3: variables are a JSON object" },
	{ BEGIN "expect that 1 = 2\n", "3: 1 = 2 is not true, but false" },
	{ BEGIN "expect running of x\n", "3: no instance is named x" },
	{ BEGIN "expect passed x\n", "3: no process has a node x" },
	{ BEGIN "expect passed u\n", "3: nothing has come to u" },
	{ BEGIN "expect missed t\n", "3: something has come to t" },
	{ BEGIN "expect instances two\n", "3: 'two' is no number" },
	{ BEGIN "advance 5\n", "3: '5' is no duration" },
	{ BEGIN "clock 2026-01-01T00:00:00Z\n", "3: the clock is set before anything is deployed" },
	{ "expect ended\n", "1: nothing has been started" },
	{ "start p\n", "1: E2371: no process p" },
	{ "deploy nowhere\n", "1: E0001: no file dir/nowhere" },
	/* a line that is no step is an error of the file */
	{ "# a\ndance\n", "error 2461 2" },
	{ "expect dance\n", "error 2461 1" },
	{ "complete\n", "error 2462 1" },
	{ "set\n", "error 2462 1" },
	{ "advance PT1H to 2026-01-01\n", "error 2462 1" },
	{ "insert t\n", "error 2462 1" },
	{ "sendback t\n", "error 2462 1" },
	{ "remove t 1 {}\n", "error 2462 1" },
	{ "observe\n", "error 2462 1" },
	{ "complete a for b\n", "error 2462 1" },
	{ "start \"p\n", "error 2464 1" },
	{ "\nstart p {\"a\":}\n", "error 1611 2" },
	{ "refuse expect ended\n", "error 2466 1" },
	{ "include itself\n", "error 2467 1" },
	{ "start \xff\n", "error 2469 0" },
};

static void describe(buf *out, efile_ctx *ctx, efile_status status, const efile_scenario_run *r)
{
	const efile_scenario_result *result = efile_scenario_at(r, 0);

	if (status < 0)
		buf_add_format(out, "error %d %ld", efile_error_number(ctx), ctx->error.line);
	else if (!result->passed)
		buf_add_format(out, "%ld: %s", result->failed_line, result->message);
}

static void test_steps(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		efile_scenario_run *r = NULL;
		AUTO(buf) said = BUF_INIT;
		efile_status status = run(&r, ctx, cases[i].text);

		describe(&said, ctx, status, r);
		if (!TAP_EQUAL_TEXT(buf_text(&said), cases[i].said))
			printf("# %s\n", cases[i].text);
		efile_scenario_run_free(r);
		efile_ctx_free(ctx);
	}
}

/* What stands before the first title is done in each; coverage adds up; a failure stays alone. */
static void test_several(void)
{
	static const char text[] = "deploy model\nscenario one\nstart p\nexpect ended\nscenario two, really  \n"
		"start p {\"n\": 1}\ncomplete t\nscenario three\nexpect instances 0\n";
	efile_ctx *ctx = test_ctx();
	efile_scenario_run *r = NULL;
	const efile_scenario_model *m;

	TAP_EQUAL_INT(run(&r, ctx, text), EFILE_OK);
	TAP_EQUAL_INT(efile_scenario_count(r), 3);
	TAP_EQUAL_TEXT(efile_scenario_at(r, 0)->name, "one");
	TAP_EQUAL_INT(efile_scenario_at(r, 0)->passed, 0);
	TAP_EQUAL_INT(efile_scenario_at(r, 0)->failed_line, 4);
	TAP_EQUAL_INT(efile_scenario_at(r, 0)->steps, 3);
	TAP_EQUAL_TEXT(efile_scenario_at(r, 0)->file, "dir/a.scenario");
	TAP_EQUAL_TEXT(efile_scenario_at(r, 1)->name, "two, really");
	TAP_EQUAL_INT(efile_scenario_at(r, 1)->passed, 1);
	TAP_EQUAL_INT(efile_scenario_at(r, 1)->line, 5);
	TAP_OK(!efile_scenario_at(r, 3));
	TAP_EQUAL_INT(efile_scenario_model_count(r), 2);
	m = efile_scenario_model_at(r, 0);
	TAP_EQUAL_TEXT(m->file, "model");
	TAP_EQUAL_TEXT(m->process, "p");
	TAP_EQUAL_INT(m->nodes, 11);
	TAP_EQUAL_INT(m->visited, 4);
	TAP_EQUAL_INT(efile_scenario_model_at(r, 1)->visited, 0);
	TAP_EQUAL_TEXT(efile_scenario_node_at(r, 0, 1)->id, "t");
	TAP_EQUAL_INT((int)efile_scenario_node_at(r, 0, 1)->visits, 2);
	TAP_OK(!efile_scenario_node_at(r, 0, 11));
	TAP_OK(!efile_scenario_node_at(r, 2, 0));
	efile_scenario_run_free(r);
	efile_scenario_run_free(NULL);
	efile_ctx_free(ctx);
}

static void test_german(void)
{
	efile_ctx *ctx = test_ctx_german();
	efile_scenario_run *r = NULL;

	TAP_EQUAL_INT(run(&r, ctx, BEGIN "expect ended\n"), EFILE_OK);
	TAP_EQUAL_TEXT(efile_scenario_at(r, 0)->message, "er ist nicht beendet");
	efile_scenario_run_free(r);
	efile_ctx_free(ctx);
}

static void test_arguments(void)
{
	efile_ctx *ctx = test_ctx();
	efile_scenario_run *r = NULL;

	TAP_EQUAL_INT(efile_scenario_test(&r, NULL, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_scenario_test(&r, ctx, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_scenario_count(NULL), 0);
	TAP_EQUAL_INT(efile_scenario_model_count(NULL), 0);
	efile_ctx_free(ctx);
}

static efile_status run_all(efile_ctx *ctx, void *arg)
{
	efile_scenario_run *r = NULL;
	efile_status status = run(&r, ctx, arg);

	if (status == EFILE_OK && !efile_scenario_at(r, 0)->passed)
		status = EFILE_E_STATE;
	efile_scenario_run_free(r);
	return status;
}

static void test_no_memory(void)
{
	TAP_OK(fail_each(run_all, (void *)(uintptr_t)cases[0].text) > 50);
	TAP_OK(fail_each(run_all, (void *)(uintptr_t)cases[1].text) > 50);
	TAP_OK(fail_each(run_all, (void *)(uintptr_t)cases[3].text) > 50);
}

TAP_SUITE(flow_scenario) = {
	{ "steps, failures and lines that are none", test_steps },
	{ "several in a file, coverage", test_several },
	{ "German", test_german },
	{ "arguments", test_arguments },
	{ "missing memory", test_no_memory },
	TAP_END
};
