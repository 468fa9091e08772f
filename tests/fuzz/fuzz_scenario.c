/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are a scenario: each of its lines is a step, or the file is refused with the line. The
 * models that it may name are a fixed one and what stands behind a line "---" in the bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <efile.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
	const char *data;
	size_t length;
} input;

static const char model[] =
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:e='urn:libefile:bpmn:1'"
	" id='d' targetNamespace='urn:t'><message id='m' name='m'/><signal id='s' name='s'/>"
	"<escalation id='x' escalationCode='x'/><process id='p' isExecutable='true'><startEvent id='b'/>"
	"<userTask id='t' name='t' e:candidateGroups='g'/><boundaryEvent id='c' attachedToRef='t'"
	" cancelActivity='false'><timerEventDefinition><timeCycle>R5/PT1H</timeCycle></timerEventDefinition>"
	"</boundaryEvent><exclusiveGateway id='g' default='f3'/><serviceTask id='j' e:handler='h'/>"
	"<callActivity id='k' calledElement='p'/><intermediateCatchEvent id='r'><messageEventDefinition"
	" messageRef='m'/></intermediateCatchEvent><boundaryEvent id='n' attachedToRef='k'>"
	"<escalationEventDefinition escalationRef='x'/></boundaryEvent><endEvent id='z'/>"
	"<sequenceFlow id='f1' sourceRef='b' targetRef='t'/><sequenceFlow id='f2' sourceRef='t' targetRef='g'/>"
	"<sequenceFlow id='f3' sourceRef='g' targetRef='j'/><sequenceFlow id='f4' sourceRef='g' targetRef='k'>"
	"<conditionExpression>n &gt; 1</conditionExpression></sequenceFlow>"
	"<sequenceFlow id='f5' sourceRef='j' targetRef='r'/><sequenceFlow id='f6' sourceRef='c' targetRef='z'/>"
	"</process><process id='l' isExecutable='true'><startEvent id='lb' parallelMultiple='true'>"
	"<messageEventDefinition messageRef='m' e:correlationKey='k'/><signalEventDefinition signalRef='s'/>"
	"<conditionalEventDefinition><condition>v &gt; 1</condition></conditionalEventDefinition></startEvent>"
	"<userTask id='y' name='y' e:separateFrom='y' e:resultVariable='run'><extensionElements>"
	"<e:step to='a' instruction='co-sign' group='1'/><e:step to='b' instruction='co-sign' group='1'/>"
	"<e:step to='c' instruction='final-sign' required='true'/></extensionElements></userTask><endEvent id='lz'/>"
	"<sequenceFlow id='l1' sourceRef='lb' targetRef='y'/><sequenceFlow id='l2' sourceRef='y' targetRef='lz'/>"
	"</process></definitions>";

static efile_status open_input(efile_reader **out, efile_ctx *ctx, const char *path, void *user)
{
	const input *own = user;

	if (!strcmp(path, "m"))
		return efile_reader_from_memory(out, ctx, model, sizeof(model) - 1);
	return efile_reader_from_memory(out, ctx, own->data, own->length);
}

/* What is behind the mark is the file that the scenario names. */
static size_t split(input *own, const char *text, size_t length)
{
	static const char mark[] = "\n---\n";
	const char *at = length ? memmem(text, length, mark, strlen(mark)) : NULL;
	size_t first = at ? (size_t)(at - text) + 1 : length;

	own->data = at ? at + strlen(mark) : text;
	own->length = at ? length - first - strlen(mark) + 1 : 0;
	return first;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	efile_scenario_options options;
	efile_ctx_options context;
	efile_limits limits;
	efile_scenario_run *run = NULL;
	efile_reader *reader = NULL;
	efile_ctx *ctx = NULL;
	input own;
	size_t length = split(&own, (const char *)data, size);

	efile_limits_init(&limits);
	limits.flow_moves = 500;
	limits.flow_tokens = 100;
	limits.expr_steps = 20000;
	efile_ctx_options_init(&context);
	context.limits = &limits;
	if (efile_ctx_new(&ctx, &context) != EFILE_OK)
		return 0;
	efile_scenario_options_init(&options);
	options.open = open_input;
	options.user = &own;
	if (efile_reader_from_memory(&reader, ctx, data, length) == EFILE_OK &&
	    efile_scenario_test(&run, ctx, reader, &options) == EFILE_OK)
		for (size_t i = 0; i < efile_scenario_count(run); i++)
			if (!efile_scenario_at(run, i)->name || !efile_scenario_at(run, i)->message)
				abort();
	efile_scenario_run_free(run);
	efile_reader_free(reader);
	efile_ctx_free(ctx);
	return 0;
}
