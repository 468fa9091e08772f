/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file says, as the model has it: parts of elements in all notations. */
#include "flow/model.h"
#include "unit/flow_support.h"

static void read_model(bpmn_model *m, efile_ctx *ctx, const char *text)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TAP_EQUAL_INT(efile_reader_from_memory(&reader, ctx, text, strlen(text)), EFILE_OK);
	TAP_EQUAL_INT(bpmn_read(m, ctx, reader, "test.bpmn"), EFILE_OK);
}

static const bpmn_element *element_of(const bpmn_model *m, const char *id)
{
	int found = bpmn_find(m, id);

	TAP_OK(found != NONE);
	return found == NONE ? NULL : &m->elements[found];
}

static const char *field_of(const bpmn_model *m, const char *id, bpmn_field field)
{
	const bpmn_element *n = element_of(m, id);

	return n ? bpmn_text(m, n->fields[field]) : "?";
}

static void test_fields(void)
{
	static const char text[] =
		"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
		"xmlns:c='http://camunda.org/schema/1.0/bpmn' xmlns:x='urn:t' id='d' "
		"xmlns:z='http://camunda.org/schema/zeebe/1.0'><message id='m' name='M'/>"
		"<process id='p'><scriptTask id='s' scriptFormat='feel' c:resultVariable='r'>"
		"<script> = a + 1 </script></scriptTask>"
		"<callActivity id='c' calledElement='x:other' c:calledElementBinding='version' "
		"c:calledElementVersion='3' startQuantity='2' completionQuantity='3'/>"
		"<receiveTask id='r' messageRef='x:m' instantiate='true'><extensionElements>"
		"<z:subscription correlationKey='=order.id'/></extensionElements></receiveTask>"
		"<complexGateway id='g'><activationCondition>${activationCount > 1}"
		"</activationCondition></complexGateway>"
		"<userTask id='u' isForCompensation='true'><multiInstanceLoopCharacteristics "
		"isSequential='true' behavior='One' oneBehaviorEventRef='e1'><loopCardinality>3"
		"</loopCardinality><loopDataInputRef>items</loopDataInputRef><inputDataItem id='i' "
		"name='item'/><completionCondition>done</completionCondition>"
		"</multiInstanceLoopCharacteristics></userTask>"
		"<task id='l'><standardLoopCharacteristics testBefore='true' loopMaximum='5'>"
		"<loopCondition>n &lt; 3</loopCondition></standardLoopCharacteristics></task>"
		"<adHocSubProcess id='a' ordering='Sequential' cancelRemainingInstances='false'>"
		"<completionCondition>true</completionCondition></adHocSubProcess>"
		"</process></definitions>";
	static const struct { const char *id; bpmn_field field; const char *value; } cases[] = {
		{ "s", FIELD_SCRIPT, "a + 1" }, { "s", FIELD_LANGUAGE, "feel" },
		{ "s", FIELD_RESULT, "r" }, { "c", FIELD_CALLED, "other" },
		{ "c", FIELD_BINDING, "version" }, { "c", FIELD_BINDING_VALUE, "3" },
		{ "r", FIELD_MESSAGE, "m" }, { "r", FIELD_CORRELATION, "order.id" },
		{ "g", FIELD_CONDITION, "activationCount > 1" }, { "u", FIELD_CARDINALITY, "3" },
		{ "u", FIELD_COLLECTION, "items" }, { "u", FIELD_ITEM, "item" },
		{ "u", FIELD_COMPLETION, "done" }, { "u", FIELD_BEHAVIOUR_EVENT, "e1" },
		{ "l", FIELD_LOOP_CONDITION, "n < 3" }, { "a", FIELD_CONDITION, "true" },
	};
	efile_ctx *ctx = test_ctx();
	AUTO(bpmn_model) m = { 0 };

	read_model(&m, ctx, text);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		TAP_EQUAL_TEXT(field_of(&m, cases[i].id, cases[i].field), cases[i].value);
	TAP_EQUAL_INT(element_of(&m, "c")->start_quantity, 2);
	TAP_EQUAL_INT(element_of(&m, "c")->completion_quantity, 3);
	TAP_OK(element_of(&m, "r")->instantiate && element_of(&m, "u")->for_compensation);
	TAP_EQUAL_INT(element_of(&m, "u")->loop, LOOP_SEQUENTIAL);
	TAP_EQUAL_INT(element_of(&m, "u")->throws, THROWS_ONE);
	TAP_EQUAL_INT(element_of(&m, "l")->loop, LOOP_STANDARD);
	TAP_OK(element_of(&m, "l")->test_before && element_of(&m, "l")->has_loop_maximum);
	TAP_EQUAL_INT(element_of(&m, "l")->loop_maximum, 5);
	TAP_OK(element_of(&m, "a")->sequential && !element_of(&m, "a")->cancel_remaining);
	bpmn_model_clear(&m);
	efile_ctx_free(ctx);
}

static void test_triggers(void)
{
	static const char text[] =
		BPMN_HEAD "<signal id='S' name='Signal'/><error id='E' errorCode='E1'/>"
		"<errorEventDefinition id='ed' errorRef='E'/><process id='p'>"
		"<startEvent id='s' isInterrupting='false'><timerEventDefinition>"
		"<timeCycle>R3/PT1H</timeCycle></timerEventDefinition></startEvent>"
		"<intermediateCatchEvent id='c' parallelMultiple='true'><signalEventDefinition "
		"signalRef='S'/><conditionalEventDefinition><condition>=a > 1</condition>"
		"</conditionalEventDefinition></intermediateCatchEvent><task id='t'>"
		"<multiInstanceLoopCharacteristics behavior='Complex'><loopCardinality>2"
		"</loopCardinality><complexBehaviorDefinition><condition>n = 1</condition><event>"
		"<signalEventDefinition signalRef='S'/></event></complexBehaviorDefinition>"
		"</multiInstanceLoopCharacteristics></task>"
		"<boundaryEvent id='b' attachedToRef='t' cancelActivity='false'>"
		"<eventDefinitionRef>ed</eventDefinitionRef></boundaryEvent>"
		"<endEvent id='x'><compensateEventDefinition waitForCompletion='false' "
		"activityRef='t'/></endEvent>" BPMN_CLOSE;
	static const struct { bpmn_event kind; const char *owner, *item, *text; } cases[] = {
		{ EVENT_ERROR, "", "E", "" }, { EVENT_TIMER, "s", "", "R3/PT1H" },
		{ EVENT_SIGNAL, "c", "S", "" }, { EVENT_CONDITIONAL, "c", "", "a > 1" },
		{ EVENT_SIGNAL, "t", "S", "" }, { EVENT_ERROR, "b", "E", "" },
		{ EVENT_COMPENSATE, "x", "t", "" },
	};
	efile_ctx *ctx = test_ctx();
	AUTO(bpmn_model) m = { 0 };

	read_model(&m, ctx, text);
	TAP_EQUAL_INT(m.triggers_count, ARRAY_SIZE(cases));
	for (size_t i = 0; i < ARRAY_SIZE(cases) && i < m.triggers_count; i++) {
		const bpmn_trigger *t = &m.triggers[i];

		TAP_EQUAL_INT(t->kind, cases[i].kind);
		TAP_EQUAL_TEXT(t->owner == NONE ? "" : bpmn_text(&m, m.elements[t->owner].id),
			       cases[i].owner);
		TAP_EQUAL_TEXT(t->item == NONE ? "" : bpmn_text(&m, m.elements[t->item].id),
			       cases[i].item);
		TAP_EQUAL_TEXT(bpmn_text(&m, t->text), cases[i].text);
	}
	TAP_OK(!element_of(&m, "s")->interrupting && !element_of(&m, "b")->interrupting);
	TAP_EQUAL_INT(element_of(&m, "c")->events, EVENT_SIGNAL | EVENT_CONDITIONAL);
	TAP_EQUAL_INT(element_of(&m, "t")->events, 0);
	TAP_EQUAL_INT(element_of(&m, "b")->attached, bpmn_find(&m, "t"));
	TAP_EQUAL_INT(m.behaviours_count, 1);
	bpmn_model_clear(&m);
	efile_ctx_free(ctx);
}

static void test_mappings(void)
{
	static const char text[] =
		"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
		"xmlns:c='http://camunda.org/schema/1.0/bpmn' id='d' "
		"xmlns:z='http://camunda.org/schema/zeebe/1.0'><process id='p'>"
		"<callActivity id='a'><extensionElements><c:in source='x' target='y'/>"
		"<c:in variables='all'/><c:in businessKey='#{k}'/><c:out sourceExpression='${n + 1}' "
		"target='m'/></extensionElements></callActivity>"
		"<serviceTask id='b'><extensionElements><z:ioMapping><z:input source='=a.b' "
		"target='c'/></z:ioMapping><c:inputOutput><c:inputParameter name='t'>plain"
		"</c:inputParameter><c:outputParameter name='o'>${r}</c:outputParameter>"
		"</c:inputOutput></extensionElements></serviceTask>"
		"<task id='t'><dataInputAssociation id='i'><sourceRef>dobj</sourceRef><targetRef>in"
		"</targetRef><assignment><from>a + 1</from><to>b</to></assignment>"
		"</dataInputAssociation></task></process></definitions>";
	static const struct { const char *owner; bool output; int kind; const char *source, *target; }
	cases[] = {
		{ "a", false, MAPPING_NAME, "x", "y" }, { "a", false, MAPPING_ALL, "", "" },
		{ "a", true, MAPPING_EXPRESSION, "n + 1", "m" },
		{ "b", false, MAPPING_EXPRESSION, "a.b", "c" },
		{ "b", false, MAPPING_TEXT, "plain", "t" },
		{ "b", true, MAPPING_EXPRESSION, "r", "o" },
		{ "i", false, MAPPING_EXPRESSION, "a + 1", "b" },
	};
	efile_ctx *ctx = test_ctx();
	AUTO(bpmn_model) m = { 0 };

	read_model(&m, ctx, text);
	TAP_EQUAL_INT(m.mappings_count, ARRAY_SIZE(cases));
	for (size_t i = 0; i < ARRAY_SIZE(cases) && i < m.mappings_count; i++) {
		const bpmn_mapping *map = &m.mappings[i];

		TAP_EQUAL_TEXT(bpmn_text(&m, m.elements[map->owner].id), cases[i].owner);
		TAP_EQUAL_INT(map->output, cases[i].output);
		TAP_EQUAL_INT(map->kind, cases[i].kind);
		TAP_EQUAL_TEXT(bpmn_text(&m, map->source), cases[i].source);
		TAP_EQUAL_TEXT(bpmn_text(&m, map->target), cases[i].target);
	}
	TAP_EQUAL_TEXT(bpmn_text(&m, element_of(&m, "i")->source), "dobj");
	TAP_EQUAL_INT(element_of(&m, "i")->owner, bpmn_find(&m, "t"));
	bpmn_model_clear(&m);
	efile_ctx_free(ctx);
}

TAP_SUITE(flow_read) = {
	{ "texts and numbers of elements", test_fields },
	{ "event definitions", test_triggers },
	{ "parameters", test_mappings },
	TAP_END,
};
