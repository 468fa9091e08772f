/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What starts processes besides people, in a store: all of several events, conditions, computed times;
 * what was kept survives a new version and a lack of memory. */
#include "flow/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)

enum { HOUR_SECONDS = 3600 };
#define HOUR (INT64_C(1000000) * HOUR_SECONDS)

#define END(task)                                                                                  \
	"<userTask id='t' name='T' e:candidateGroups='amt10'/><endEvent id='e'/>"                  \
	DESK_FLOW("f1", "s", "t") DESK_FLOW("f2", "t", "e") DESK_CLOSE
#define JOINT(triggers)                                                                            \
	DESK_HEAD "<message id='M1' name='application'/><message id='M2' name='certificate'/>"     \
	"<signal id='S1' name='open'/>"                                                            \
	"<process id='both' isExecutable='true'><startEvent id='s' parallelMultiple='true'>"       \
	triggers "</startEvent>" END("t")
#define MESSAGES                                                                                   \
	"<messageEventDefinition messageRef='M1' e:correlationKey='k'/>"                           \
	"<messageEventDefinition messageRef='M2' e:correlationKey='k'/>"

static const char keyed[] = JOINT(MESSAGES);
static const char with_signal[] = JOINT(MESSAGES "<signalEventDefinition signalRef='S1'/>");
static const char watched[] =
	DESK_HEAD "<process id='watched' isExecutable='true'><startEvent id='s'>"
	"<conditionalEventDefinition><condition>level &gt; 3</condition></conditionalEventDefinition>"
	"</startEvent>" END("t");
static const char timely[] =
	DESK_HEAD "<process id='timely' isExecutable='true'><startEvent id='s'>"
	"<conditionalEventDefinition><condition>now() &gt; @\"2026-03-03T10:00:00Z\"</condition>"
	"</conditionalEventDefinition></startEvent>" END("t");

/* Instances of a process, and the variables of the newest. */
static int instances(efile_session *session, const char *process, char **variables)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_instance_id all = { EFILE_ID_NONE };
	efile_flow_instance row;
	int count = 0;

	TAP_EQUAL_INT(efile_flow_list(&cursor, session, all), EFILE_OK);
	while (efile_flow_cursor_next(cursor, &row) == EFILE_OK) {
		if (strcmp(row.process, process) != 0)
			continue;
		count++;
		if (variables) {
			free(*variables);
			*variables = strdup(row.variables);
		}
		TAP_EQUAL_INT(efile_flow_replay(session, row.id, NULL), EFILE_OK);
	}
	return count;
}

static int64_t message(efile_session *admin, const char *name, const char *key, const char *variables)
{
	int64_t met = -1;

	TAP_EQUAL_INT(efile_flow_message(&met, admin, name, key, variables), EFILE_OK);
	return met;
}

static int64_t observed(efile_session *admin, const char *variables)
{
	int64_t met = -1;

	TAP_EQUAL_INT(efile_flow_observe(&met, admin, variables), EFILE_OK);
	return met;
}

static void test_messages(void)
{
	char *variables = NULL;
	efile_session *admin;
	registry r;

	registry_setup(&r);
	admin = r.town.admin;
	TAP_EQUAL_INT(message(admin, "application", "0", NULL), 0); /* before anybody waits */
	TAP_EQUAL_INT(desk_deploy(admin, keyed), EFILE_OK);
	TAP_EQUAL_INT(message(admin, "application", "7", "{\"a\":1,\"b\":1}"), 1);
	TAP_EQUAL_INT(message(admin, "certificate", "8", "{\"b\":8}"), 1);
	TAP_EQUAL_INT(instances(admin, "both", NULL), 0);
	TAP_EQUAL_INT(message(admin, "certificate", "7", "{\"b\":2}"), 1);
	TAP_EQUAL_INT(instances(admin, "both", &variables), 1);
	TAP_EQUAL_TEXT(variables, "{\"a\":1,\"b\":2}"); /* in the order in which they came */
	TAP_EQUAL_INT(message(admin, "certificate", "0", NULL), 1);
	TAP_EQUAL_INT(instances(admin, "both", NULL), 2); /* with the one from before */
	TAP_EQUAL_INT(message(admin, "application", "8", NULL), 1);
	TAP_EQUAL_INT(instances(admin, "both", NULL), 3);
	TAP_EQUAL_INT(message(admin, "application", "8", NULL), 1);
	TAP_EQUAL_INT(instances(admin, "both", NULL), 3);
	TAP_EQUAL_INT(efile_flow_message(NULL, admin, "\tboth\t", NULL, NULL), EFILE_E_INVALID);
	desk_fsck(r.town.store);
	free(variables);
	registry_teardown(&r);
}

/* A signal counts once, for whichever key is whole first; a new version keeps what it knows. */
static void test_signal(void)
{
	char *variables = NULL;
	efile_session *admin;
	registry r;

	registry_setup(&r);
	admin = r.town.admin;
	TAP_EQUAL_INT(desk_deploy(admin, with_signal), EFILE_OK);
	message(admin, "application", "7", NULL);
	message(admin, "application", "8", NULL);
	message(admin, "certificate", "8", "{\"k\":\"8\"}");
	TAP_EQUAL_INT(instances(admin, "both", NULL), 0);
	TAP_EQUAL_INT(efile_flow_signal(NULL, admin, "open", "{\"n\":1}"), EFILE_OK);
	TAP_EQUAL_INT(instances(admin, "both", &variables), 1);
	TAP_EQUAL_TEXT(variables, "{\"k\":\"8\",\"n\":1}");
	TAP_EQUAL_INT(efile_flow_signal(NULL, admin, "open", "{\"n\":2}"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_signal(NULL, admin, "open", "{\"n\":3}"), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(admin, JOINT(MESSAGES "<signalEventDefinition signalRef='S1'/>"
						"<documentation>second</documentation>")), EFILE_OK);
	message(admin, "certificate", "7", NULL);
	TAP_EQUAL_INT(instances(admin, "both", &variables), 2);
	TAP_EQUAL_TEXT(variables, "{\"n\":3}");
	TAP_EQUAL_INT(efile_flow_signal(NULL, admin, "open", "{\"n\":4}"), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(admin, keyed), EFILE_OK); /* has no such event: forgotten */
	TAP_EQUAL_INT(desk_deploy(admin, with_signal), EFILE_OK);
	message(admin, "application", "9", NULL);
	message(admin, "certificate", "9", NULL);
	TAP_EQUAL_INT(instances(admin, "both", NULL), 2);
	desk_fsck(r.town.store);
	free(variables);
	registry_teardown(&r);
}

static void test_conditions(void)
{
	char *variables = NULL;
	efile_session *admin;
	int64_t met = -1;
	registry r;

	registry_setup(&r);
	admin = r.town.admin;
	TAP_EQUAL_INT(desk_deploy(admin, watched), EFILE_OK);
	TAP_EQUAL_INT(observed(admin, "{\"level\":3}"), 0);
	TAP_EQUAL_INT(observed(admin, "{\"level\":4}"), 1);
	TAP_EQUAL_INT(instances(admin, "watched", &variables), 1);
	TAP_EQUAL_TEXT(variables, "{\"level\":4}");
	TAP_EQUAL_INT(observed(admin, "{\"level\":5}"), 0);
	TAP_EQUAL_INT(observed(admin, "{\"other\":1}"), 0);
	TAP_EQUAL_INT(observed(admin, NULL), 0);
	TAP_EQUAL_INT(efile_flow_run_due(&met, admin), EFILE_OK);
	TAP_EQUAL_INT(met, 0);
	TAP_EQUAL_INT(observed(admin, "{\"level\":5}"), 0);
	TAP_EQUAL_INT(observed(admin, "{\"level\":1}"), 0);
	TAP_EQUAL_INT(observed(admin, "{\"level\":5}"), 1);
	TAP_EQUAL_INT(efile_flow_observe(&met, admin, "[1]"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_flow_observe(&met, admin, "{"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_flow_observe(&met, r.weber, "{}"), EFILE_E_DENIED);
	TAP_EQUAL_INT(instances(admin, "watched", NULL), 2);
	desk_fsck(r.town.store);
	free(variables);
	registry_teardown(&r);
}

/* A new version takes over whether the condition held. */
static void test_conditions_of_versions(void)
{
	efile_session *admin;
	registry r;

	registry_setup(&r);
	admin = r.town.admin;
	TAP_EQUAL_INT(desk_deploy(admin, watched), EFILE_OK);
	TAP_EQUAL_INT(observed(admin, "{\"level\":4}"), 1);
	TAP_EQUAL_INT(desk_deploy(admin, DESK_HEAD
				  "<process id='watched' isExecutable='true'><startEvent id='s'>"
				  "<conditionalEventDefinition><condition>level &gt; 2</condition></conditionalEventDefinition>"
				  "</startEvent>" END("t")), EFILE_OK);
	TAP_EQUAL_INT(observed(admin, "{\"level\":4}"), 0);
	TAP_EQUAL_INT(observed(admin, "{\"level\":2}"), 0);
	TAP_EQUAL_INT(observed(admin, "{\"level\":3}"), 1);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

static void test_time(void)
{
	static const char computed[] =
		DESK_HEAD "<process id='computed' isExecutable='true'><startEvent id='s'>"
		"<timerEventDefinition><timeDuration>duration(\"P\" + string(1 + 1) + \"D\")</timeDuration>"
		"</timerEventDefinition></startEvent>" END("t");
	static const char never[] =
		DESK_HEAD "<process id='never' isExecutable='true'><startEvent id='s'>"
		"<timerEventDefinition><timeDate>deadline</timeDate>"
		"</timerEventDefinition></startEvent>" END("t");
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	efile_session *admin;
	int64_t fired = -1;
	registry r;
	bool said = false;

	registry_setup(&r);
	admin = r.town.admin;
	test_clock_reset();
	TAP_EQUAL_INT(desk_deploy(admin, timely), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(admin, computed), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_run_due(&fired, admin), EFILE_OK);
	TAP_EQUAL_INT(fired, 0);
	test_tick(36 * HOUR);
	TAP_EQUAL_INT(efile_flow_run_due(&fired, admin), EFILE_OK);
	TAP_EQUAL_INT(fired, 1);
	TAP_EQUAL_INT(instances(admin, "timely", NULL), 1);
	test_tick(12 * HOUR);
	TAP_EQUAL_INT(efile_flow_run_due(&fired, admin), EFILE_OK);
	TAP_EQUAL_INT(fired, 1);
	TAP_EQUAL_INT(instances(admin, "timely", NULL), 1);
	TAP_EQUAL_INT(instances(admin, "computed", NULL), 1);
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, r.town.ctx, never, sizeof(never) - 1), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_deploy(NULL, &report, admin, reader), EFILE_OK);
	for (size_t i = 0; i < efile_report_count(report); i++)
		said |= !strcmp(efile_report_finding(report, i)->rule, "FLOW-START");
	TAP_OK(said); /* it starts nothing, and that is said */
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

/* Keys that the model says, of messages from outside. */
static void test_correlation(void)
{
	static const char model[] =
		DESK_HEAD "<message id='M1' name='order'/><message id='M2' name='bill'/>"
		"<correlationProperty id='P'><correlationPropertyRetrievalExpression messageRef='M1'><messagePath>order</messagePath>"
		"</correlationPropertyRetrievalExpression><correlationPropertyRetrievalExpression messageRef='M2'>"
		"<messagePath>about</messagePath></correlationPropertyRetrievalExpression></correlationProperty>"
		"<collaboration id='c'><correlationKey id='K'><correlationPropertyRef>P</correlationPropertyRef></correlationKey></collaboration>"
		"<process id='orders' isExecutable='true'><startEvent id='s'><messageEventDefinition messageRef='M1'/></startEvent>"
		"<intermediateCatchEvent id='w'><messageEventDefinition messageRef='M2'/></intermediateCatchEvent><endEvent id='e'/>"
		DESK_FLOW("f1", "s", "w") DESK_FLOW("f2", "w", "e") "</process>"
		"<process id='follows' isExecutable='true'><correlationSubscription id='su' correlationKeyRef='K'>"
		"<correlationPropertyBinding correlationPropertyRef='P'><dataPath>mine</dataPath></correlationPropertyBinding>"
		"</correlationSubscription><startEvent id='s2'/><userTask id='t2' name='T'/>"
		"<boundaryEvent id='b2' attachedToRef='t2' cancelActivity='false'><messageEventDefinition messageRef='M2'/></boundaryEvent>"
		"<endEvent id='e2'/><endEvent id='e3'/>" DESK_FLOW("f3", "s2", "t2") DESK_FLOW("f4", "t2", "e2")
		DESK_FLOW("f5", "b2", "e3") DESK_CLOSE;
	efile_flow_start_options o;
	efile_instance_id id;
	char *variables = NULL;
	efile_session *admin;
	registry r;

	registry_setup(&r);
	admin = r.town.admin;
	TAP_EQUAL_INT(desk_deploy(admin, model), EFILE_OK);
	TAP_EQUAL_INT(message(admin, "bill", NULL, "{\"about\":9,\"n\":0}"), 0); /* kept by its key */
	TAP_EQUAL_INT(message(admin, "order", NULL, "{\"order\":7}"), 1);
	TAP_EQUAL_INT(message(admin, "bill", NULL, "{\"about\":8}"), 0);
	TAP_EQUAL_INT(message(admin, "bill", NULL, "{\"about\":7,\"n\":1}"), 1);
	TAP_EQUAL_INT(instances(admin, "orders", &variables), 1);
	TAP_EQUAL_TEXT(variables, "{\"order\":7,\"about\":7,\"n\":1}");
	TAP_EQUAL_INT(message(admin, "order", NULL, "{\"order\":9}"), 2); /* and the one kept for 9 */
	TAP_EQUAL_INT(instances(admin, "orders", &variables), 2);
	TAP_EQUAL_TEXT(variables, "{\"order\":9,\"about\":9,\"n\":0}");
	efile_flow_start_options_init(&o);
	o.variables = "{\"mine\":1}";
	TAP_EQUAL_INT(efile_flow_start(&id, admin, "follows", &o), EFILE_OK);
	TAP_EQUAL_INT(message(admin, "bill", NULL, "{\"about\":1,\"mine\":2}"), 1);
	TAP_EQUAL_INT(message(admin, "bill", NULL, "{\"about\":1}"), 0);
	TAP_EQUAL_INT(message(admin, "bill", NULL, "{\"about\":2,\"mine\":8}"), 2); /* and the one kept for 8 */
	TAP_EQUAL_INT(instances(admin, "follows", &variables), 1);
	TAP_EQUAL_TEXT(variables, "{\"mine\":8,\"about\":8}");
	desk_fsck(r.town.store);
	free(variables);
	registry_teardown(&r);
}

static efile_status several(efile_ctx *ctx, void *user)
{
	registry *r = user;

	(void)ctx;
	TRY(efile_flow_signal(NULL, r->town.admin, "open", "{\"n\":1}"));
	TRY(efile_flow_message(NULL, r->town.admin, "application", "1", "{\"a\":1}"));
	TRY(efile_flow_message(NULL, r->town.admin, "certificate", "1", "{\"b\":1}"));
	TRY(efile_flow_observe(NULL, r->town.admin, "{\"level\":1}"));
	return efile_flow_observe(NULL, r->town.admin, "{\"level\":9}");
}

static void test_out_of_memory(void)
{
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, with_signal), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, watched), EFILE_OK);
	TAP_OK(fail_each(several, &r) > 20);
	TAP_OK(instances(r.town.admin, "both", NULL) >= 1);
	TAP_OK(instances(r.town.admin, "watched", NULL) >= 1);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

TAP_SUITE(flow_begin) = {
	{ "all messages of one key", test_messages },
	{ "messages and a signal", test_signal },
	{ "conditions", test_conditions },
	{ "conditions of versions", test_conditions_of_versions },
	{ "times", test_time },
	{ "keys by the model", test_correlation },
	{ "out of memory", test_out_of_memory },
	TAP_END,
};
