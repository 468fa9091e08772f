/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One broken file per rule of BPMN 2.0, written from the text of the specification; and sound ones. */
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#include "flow/rules.h"

#define PLAIN "<startEvent id='s'/><task id='a'/><endEvent id='e'/>" \
	"<sequenceFlow id='f1' sourceRef='s' targetRef='a'/><sequenceFlow id='f2' sourceRef='a' targetRef='e'/>"
#define FLOW(id, from, to) "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define CATCH(id, definition) "<intermediateCatchEvent id='" id "'>" definition "</intermediateCatchEvent>"
#define THROW(id, definition) "<intermediateThrowEvent id='" id "'>" definition "</intermediateThrowEvent>"
#define SIGNAL "<signalEventDefinition/>"
#define SERVICE "<itemDefinition id='i1' structureRef='A'/><itemDefinition id='i2' structureRef='B'/>" \
	"<message id='m1' itemRef='i1'/><interface id='if'><operation id='o'>" \
	"<inMessageRef>m1</inMessageRef><outMessageRef>m1</outMessageRef></operation></interface>"
#define IO(inside) "<ioSpecification>" inside "</ioSpecification>"
#define INPUT(id, item) "<dataInput id='" id "' itemSubjectRef='" item "'/>"
#define OUTPUT(id, item) "<dataOutput id='" id "' itemSubjectRef='" item "'/>"
#define IN_SET(id) "<inputSet><dataInputRefs>" id "</dataInputRefs></inputSet>"
#define OUT_SET(id) "<outputSet><dataOutputRefs>" id "</dataOutputRefs></outputSet>"
#define GATEWAY3(tag, attributes) "<startEvent id='s'/><" tag " id='g' " attributes "/>" \
	"<task id='a'/><task id='b'/><endEvent id='e'/>" FLOW("f0", "s", "g") FLOW("f1", "g", "a") \
	FLOW("f2", "g", "b") FLOW("f3", "a", "e") FLOW("f4", "b", "e")
#define XSI "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"

/* inside: of an executable process; around: beside it, in the definitions. */
static const struct {
	const char *rule, *inside, *around;
} broken[] = {
	{ "BPMN-EXT002", PLAIN "<task id='a'/>", "" },
	{ "BPMN-EXT003", PLAIN "<task/>", "" },
	{ "BPMN-EXT006", PLAIN "<textAnnotation id='t'/>" FLOW("x", "a", "t"), "" },
	{ "BPMN-EXT007", PLAIN "<group id='t'/>" FLOW("x", "t", "a"), "" },
	{ "BPMN-EXT008", PLAIN "<textAnnotation id='t'/>",
	  "<collaboration id='c'><participant id='p2'/><messageFlow id='m' sourceRef='p2' targetRef='t'/></collaboration>" },
	{ "BPMN-EXT009", PLAIN "<textAnnotation id='t'/>",
	  "<collaboration id='c'><participant id='p2'/><messageFlow id='m' sourceRef='t' targetRef='p2'/></collaboration>" },
	{ "BPMN-EXT010", PLAIN "<textAnnotation id='t' textFormat='plain'/>", "" },
	{ "BPMN-EXT011", PLAIN THROW("x", "<escalationEventDefinition/>"), "" },
	{ "BPMN-EXT012", GATEWAY3("exclusiveGateway", "default='f1'") "<sequenceFlow id='f9' sourceRef='g' "
	  "targetRef='e'><conditionExpression>if it rains</conditionExpression></sequenceFlow>", "" },
	{ "BPMN-EXT013", PLAIN "<sequenceFlow id='x' sourceRef='a' targetRef='e'><conditionExpression " XSI
	  " xsi:type='tFormalExpression'/></sequenceFlow>", "" },
	{ "BPMN-EXT014", PLAIN "<sequenceFlow id='x' sourceRef='a' targetRef='e'><conditionExpression "
	  "language='no%uri'>a</conditionExpression></sequenceFlow>", "" },
	{ "BPMN-EXT017", GATEWAY3("parallelGateway", "gatewayDirection='Converging'"), "" },
	{ "BPMN-EXT018", GATEWAY3("parallelGateway", "gatewayDirection='Diverging'") FLOW("z", "a", "g"), "" },
	{ "BPMN-EXT019", GATEWAY3("parallelGateway", "gatewayDirection='Mixed'"), "" },
	{ "BPMN-EXT020", PLAIN "<dataObject id='d' itemSubjectRef='i'/>",
	  "<itemDefinition id='i' isCollection='true'/>" },
	{ "BPMN-EXT020-EXT081", PLAIN "<userTask id='u'>" IO(INPUT("d", "i") IN_SET("d")) "</userTask>",
	  "<itemDefinition id='i' isCollection='true'/>" },
	{ "BPMN-EXT020-EXT083", PLAIN "<userTask id='u'>" IO(OUTPUT("d", "i") OUT_SET("d")) "</userTask>",
	  "<itemDefinition id='i' isCollection='true'/>" },
	{ "BPMN-EXT021", PLAIN "<subProcess id='x' triggeredByEvent='true'/>" FLOW("z", "x", "a"), "" },
	{ "BPMN-EXT022", PLAIN "<dataObject id='x'/>" FLOW("z", "a", "x"), "" },
	{ "BPMN-EXT023", "<startEvent id='s'/><task id='a'><incoming>f1</incoming></task><endEvent id='e'>"
	  "<incoming>f2</incoming></endEvent>" FLOW("f1", "s", "a") FLOW("f2", "a", "e"), "" },
	{ "BPMN-EXT023", "<startEvent id='s'/><task id='a'><outgoing>f1</outgoing></task><endEvent id='e'/>"
	  FLOW("f1", "s", "a") FLOW("f2", "a", "e"), "" },
	{ "BPMN-EXT024", PLAIN "<sequenceFlow id='x' isImmediate='false' sourceRef='a' targetRef='e'/>", "" },
	{ "BPMN-EXT025", PLAIN "<task id='b'/>" FLOW("f3", "a", "b") "<sequenceFlow id='x' sourceRef='b' "
	  "targetRef='e'><conditionExpression>=a</conditionExpression></sequenceFlow>", "" },
	{ "BPMN-EXT026", GATEWAY3("exclusiveGateway", "default='f3'"), "" },
	{ "BPMN-EXT027", PLAIN, "<choreography id='c'><choreographyRef>c</choreographyRef></choreography>" },
	{ "BPMN-EXT028-EXT152", PLAIN "<subProcess id='x'><task id='i'/></subProcess>" FLOW("z", "a", "i"), "" },
	{ "BPMN-EXT029", PLAIN, "<collaboration id='c'><participant id='q'><participantMultiplicity "
	  "minimum='-1' maximum='2'/></participant></collaboration>" },
	{ "BPMN-EXT030", PLAIN, "<collaboration id='c'><participant id='q'><participantMultiplicity "
	  "minimum='3' maximum='2'/></participant></collaboration>" },
	{ "BPMN-EXT031", PLAIN, "<collaboration id='c'><participant id='q' processRef='p'/><messageFlow id='m' "
	  "sourceRef='q' targetRef='a'/></collaboration>" },
	{ "BPMN-EXT032", PLAIN, "<globalConversation id='c'><conversation id='n'/></globalConversation>" },
	{ "BPMN-EXT033", PLAIN, "<choreography id='h' isClosed='true'/><collaboration id='c'><choreographyRef>h"
	  "</choreographyRef></collaboration>" },
	{ "BPMN-EXT035", PLAIN, "<process id='q' processType='Public' isExecutable='true'/>" },
	{ "BPMN-EXT036", PLAIN "<choreographyTask id='c'/>", "" },
	{ "BPMN-EXT037", PLAIN "<task id='b' startQuantity='0'/>", "" },
	{ "BPMN-EXT038", PLAIN "<task id='b' completionQuantity='0'/>", "" },
	{ "BPMN-EXT039", PLAIN "<userTask id='u'><performer><resourceRef>r</resourceRef>"
	  "<resourceAssignmentExpression/></performer></userTask>", "<resource id='r'/>" },
	{ "BPMN-EXT040", PLAIN "<userTask id='u'><performer><resourceParameterBinding/></performer></userTask>", "" },
	{ "BPMN-EXT042", PLAIN "<serviceTask id='t' operationRef='o'/>", SERVICE },
	{ "BPMN-EXT043", PLAIN "<serviceTask id='t' operationRef='o'>" IO("<inputSet/><outputSet/><outputSet/>")
	  "</serviceTask>", SERVICE },
	{ "BPMN-EXT044", PLAIN "<serviceTask id='t' operationRef='o'>" IO(INPUT("d", "i2") IN_SET("d"))
	  "</serviceTask>", SERVICE },
	{ "BPMN-EXT045", PLAIN "<serviceTask id='t' operationRef='o'>" IO(OUTPUT("d", "i2") "<inputSet/>"
	  OUT_SET("d")) "</serviceTask>", SERVICE },
	{ "BPMN-EXT046", PLAIN "<sendTask id='t' messageRef='m1'>" IO("<inputSet/><inputSet/>") "</sendTask>",
	  SERVICE },
	{ "BPMN-EXT047", PLAIN "<sendTask id='t' messageRef='m1'>" IO(INPUT("d", "i1") INPUT("d2", "i1"))
	  "</sendTask>", SERVICE },
	{ "BPMN-EXT048", PLAIN "<sendTask id='t' messageRef='m1'>" IO(INPUT("d", "i2")) "</sendTask>", SERVICE },
	{ "BPMN-EXT049", PLAIN "<receiveTask id='t' instantiate='true'/>" FLOW("x", "a", "t"), "" },
	{ "BPMN-EXT050", PLAIN "<receiveTask id='t' messageRef='m1'>" IO("<outputSet/><outputSet/>")
	  "</receiveTask>", SERVICE },
	{ "BPMN-EXT051", PLAIN "<receiveTask id='t' messageRef='m1'>" IO(OUTPUT("d", "i1") OUTPUT("d2", "i1"))
	  "</receiveTask>", SERVICE },
	{ "BPMN-EXT052", PLAIN "<receiveTask id='t' messageRef='m1'>" IO(OUTPUT("d", "i2")) "</receiveTask>",
	  SERVICE },
	{ "BPMN-EXT053", PLAIN "<scriptTask id='t'><script>1</script></scriptTask>", "" },
	{ "BPMN-EXT056", PLAIN "<transaction id='x'><subChoreography id='c'/></transaction>", "" },
	{ "BPMN-EXT057", PLAIN "<subProcess id='x' triggeredByEvent='true'/>" FLOW("z", "a", "x"), "" },
	{ "BPMN-EXT058", PLAIN "<subProcess id='x' triggeredByEvent='true'/>", "" },
	{ "BPMN-EXT059-EXT129", PLAIN "<subProcess id='x' triggeredByEvent='true'><startEvent id='q'/></subProcess>",
	  "" },
	{ "BPMN-EXT059-EXT129", PLAIN "<subProcess id='x' triggeredByEvent='true'><startEvent id='q' "
	  "isInterrupting='false'><errorEventDefinition/></startEvent></subProcess>", "" },
	{ "BPMN-EXT061", PLAIN "<adHocSubProcess id='x'/>", "" },
	{ "BPMN-EXT062", PLAIN "<adHocSubProcess id='x'><startEvent id='q'/></adHocSubProcess>", "" },
	{ "BPMN-EXT063", PLAIN "<callActivity id='t' calledElement='g'/>",
	  "<globalTask id='g'>" IO(INPUT("d", "i1") IN_SET("d")) "</globalTask>" SERVICE },
	{ "BPMN-EXT064", PLAIN, "<globalTask id='g'><supportedInterfaceRef>if</supportedInterfaceRef></globalTask>"
	  SERVICE },
	{ "BPMN-EXT065", PLAIN, "<globalTask id='g'>" IO(INPUT("d", "i2") IN_SET("d"))
	  "<ioBinding operationRef='o' inputDataRef='d'/></globalTask>" SERVICE },
	{ "BPMN-EXT067", PLAIN "<task id='t'><multiInstanceLoopCharacteristics/></task>", "" },
	{ "BPMN-EXT068", PLAIN "<dataObject id='d'/><task id='t'><multiInstanceLoopCharacteristics>"
	  "<loopDataInputRef>d</loopDataInputRef></multiInstanceLoopCharacteristics></task>", "" },
	{ "BPMN-EXT069", PLAIN "<task id='t'>" IO(OUTPUT("d", "i1") OUT_SET("d")) "<multiInstanceLoopCharacteristics>"
	  "<loopCardinality>3</loopCardinality><loopDataOutputRef>d</loopDataOutputRef><outputDataItem id='x' "
	  "itemSubjectRef='i2'/></multiInstanceLoopCharacteristics></task>", SERVICE },
	{ "BPMN-EXT070", PLAIN "<task id='t'>" IO(INPUT("d", "i1") IN_SET("d")) "<multiInstanceLoopCharacteristics>"
	  "<loopDataInputRef>d</loopDataInputRef><inputDataItem id='x' itemSubjectRef='i2'/>"
	  "</multiInstanceLoopCharacteristics></task>", SERVICE },
	{ "BPMN-MI-BEHAVIOUR", PLAIN "<task id='t'><multiInstanceLoopCharacteristics behavior='One'>"
	  "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>", "" },
	{ "BPMN-EXT076", PLAIN "<dataObject id='d' name='Antrag'/><dataObjectReference id='r' dataObjectRef='d' "
	  "name='Antrag'><dataState name='neu'/></dataObjectReference>", "" },
	{ "BPMN-EXT078", PLAIN, "<property id='x'/>" },
	{ "BPMN-EXT079", PLAIN "<subProcess id='x'>" IO("<inputSet/>") "</subProcess>", "" },
	{ "BPMN-EXT080", PLAIN IO(INPUT("d", "i1") IN_SET("d")) "<task id='t'><dataOutputAssociation id='z'><sourceRef>d"
	  "</sourceRef><targetRef>d</targetRef></dataOutputAssociation></task>", SERVICE },
	{ "BPMN-EXT082", PLAIN IO(OUTPUT("d", "i1") OUT_SET("d")) "<task id='t'><dataInputAssociation id='z'><sourceRef>d"
	  "</sourceRef><targetRef>d</targetRef></dataInputAssociation></task>", SERVICE },
	{ "BPMN-EXT084", PLAIN "<task id='t'>" IO("<dataInput id='d'/><inputSet/>") "</task>", "" },
	{ "BPMN-EXT085", PLAIN "<task id='t'>" IO("<dataInput id='d'/><inputSet id='n'><optionalInputRefs>d"
	  "</optionalInputRefs></inputSet>") "</task>", "" },
	{ "BPMN-EXT086", PLAIN "<task id='t'>" IO("<dataInput id='d'/><inputSet id='n'><whileExecutingInputRefs>d"
	  "</whileExecutingInputRefs></inputSet>") "</task>", "" },
	{ "BPMN-EXT087", PLAIN "<task id='t'>" IO("<inputSet id='n'><outputSetRefs>o</outputSetRefs></inputSet>"
	  "<outputSet id='o'/>") "</task>", "" },
	{ "BPMN-EXT088", PLAIN "<task id='t'>" IO("<dataOutput id='d'/><outputSet/>") "</task>", "" },
	{ "BPMN-EXT089", PLAIN "<task id='t'>" IO("<dataOutput id='d'/><outputSet id='n'><optionalOutputRefs>d"
	  "</optionalOutputRefs></outputSet>") "</task>", "" },
	{ "BPMN-EXT090", PLAIN "<task id='t'>" IO("<dataOutput id='d'/><outputSet id='n'><whileExecutingOutputRefs>d"
	  "</whileExecutingOutputRefs></outputSet>") "</task>", "" },
	{ "BPMN-EXT091", PLAIN "<dataObject id='d1' itemSubjectRef='i1'/><dataObject id='d2' itemSubjectRef='i2'/>"
	  "<task id='t'><dataInputAssociation id='z'><sourceRef>d1</sourceRef><targetRef>d2</targetRef>"
	  "</dataInputAssociation></task>", SERVICE },
	{ "BPMN-EXT092", PLAIN "<dataObject id='d1'/><dataObject id='d2'/><task id='t'><dataInputAssociation id='z'>"
	  "<sourceRef>d1</sourceRef><sourceRef>d2</sourceRef><targetRef>d2</targetRef></dataInputAssociation></task>", "" },
	{ "BPMN-EXT093", PLAIN CATCH("x", "<dataOutput id='d1'/><dataOutput id='d2'/>" SIGNAL), "" },
	{ "BPMN-EXT094", PLAIN CATCH("x", OUTPUT("d", "i2") "<messageEventDefinition messageRef='m1'/>"), SERVICE },
	{ "BPMN-EXT095", PLAIN THROW("x", "<signalEventDefinition id='q'/>")
	  CATCH("y", "<eventDefinitionRef>q</eventDefinitionRef>"), "" },
	{ "BPMN-EXT096", PLAIN FLOW("x", "a", "s"), "" },
	{ "BPMN-EXT097", "<task id='a'/><endEvent id='e'/>" FLOW("x", "a", "e"), "" },
	{ "BPMN-EXT098-EXT121", PLAIN "<startEvent id='x'><compensateEventDefinition/></startEvent>", "" },
	{ "BPMN-EXT098-EXT121", PLAIN "<startEvent id='x'><eventDefinitionRef>q</eventDefinitionRef></startEvent>",
	  "<errorEventDefinition id='q'/>" },
	{ "BPMN-EXT099", PLAIN "<callActivity id='t' calledElement='q'/>",
	  "<process id='q'><startEvent id='z'>" SIGNAL "</startEvent></process>" },
	{ "BPMN-EXT100", PLAIN "<subProcess id='x'><startEvent id='z'>" SIGNAL "</startEvent></subProcess>", "" },
	{ "BPMN-EXT101", PLAIN "<startEvent id='x'/>", "" },
	{ "BPMN-EXT102", PLAIN, "<collaboration id='c'><participant id='q'/><messageFlow id='m' sourceRef='s' "
	  "targetRef='q'/></collaboration>" },
	{ "BPMN-EXT103", PLAIN, "<collaboration id='c'><participant id='q'/><messageFlow id='m' sourceRef='q' "
	  "targetRef='s'/></collaboration>" },
	{ "BPMN-EXT104", PLAIN FLOW("x", "e", "a"), "" },
	{ "BPMN-EXT105", "<startEvent id='s'/><task id='a'/>" FLOW("x", "s", "a"), "" },
	{ "BPMN-EXT106", PLAIN "<endEvent id='x'><cancelEventDefinition/></endEvent>", "" },
	{ "BPMN-EXT107", PLAIN "<endEvent id='x'/>", "" },
	{ "BPMN-EXT108", PLAIN, "<collaboration id='c'><participant id='q'/><messageFlow id='m' sourceRef='q' "
	  "targetRef='e'/></collaboration>" },
	{ "BPMN-EXT109", PLAIN, "<collaboration id='c'><participant id='q'/><messageFlow id='m' sourceRef='e' "
	  "targetRef='q'/></collaboration>" },
	{ "BPMN-EXT110-EXT147", PLAIN "<boundaryEvent id='x' attachedToRef='a'/>" FLOW("z", "x", "e"), "" },
	{ "BPMN-EXT110-EXT147", PLAIN "<boundaryEvent id='x' attachedToRef='a' cancelActivity='false'>"
	  "<errorEventDefinition/></boundaryEvent>" FLOW("z", "x", "e"), "" },
	{ "BPMN-EXT111-EXT120", PLAIN "<boundaryEvent id='x' attachedToRef='a'><cancelEventDefinition/></boundaryEvent>"
	  FLOW("z", "x", "e"), "" },
	{ "BPMN-EXT112-EXT150", PLAIN "<boundaryEvent id='x' attachedToRef='a'>" SIGNAL "</boundaryEvent>"
	  FLOW("y", "a", "x") FLOW("z", "x", "e"), "" },
	{ "BPMN-EXT113", PLAIN "<boundaryEvent id='x' attachedToRef='a'>" SIGNAL "</boundaryEvent>", "" },
	{ "BPMN-EXT114", PLAIN "<boundaryEvent id='x' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
	  FLOW("z", "x", "e"), "" },
	{ "BPMN-EXT115", PLAIN CATCH("x", SIGNAL) FLOW("z", "x", "e"), "" },
	{ "BPMN-EXT116", PLAIN THROW("x", SIGNAL) FLOW("z", "a", "x"), "" },
	{ "BPMN-EXT117", PLAIN THROW("x", "<linkEventDefinition name='l'/>") FLOW("y", "a", "x") FLOW("z", "x", "e"), "" },
	{ "BPMN-EXT118", PLAIN THROW("x", "<linkEventDefinition id='l1'><target>l2</target></linkEventDefinition>")
	  CATCH("y", "<linkEventDefinition id='l2'/>"), "" },
	{ "BPMN-EXT119", PLAIN THROW("x", SIGNAL), "<collaboration id='c'><participant id='q'/><messageFlow id='m' "
	  "sourceRef='q' targetRef='x'/></collaboration>" },
	{ "BPMN-EXT122-EXT148", PLAIN CATCH("x", "<compensateEventDefinition/>"), "" },
	{ "BPMN-EXT123", PLAIN CATCH("x", "<conditionalEventDefinition id='q'/>"), "" },
	{ "BPMN-EXT124", PLAIN CATCH("x", "<linkEventDefinition id='q'/>"), "" },
	{ "BPMN-EXT125", PLAIN THROW("x", "<linkEventDefinition id='q'/>"), "" },
	{ "BPMN-EXT126", PLAIN THROW("x", "<linkEventDefinition id='l1'><target>l2</target></linkEventDefinition>")
	  "<subProcess id='u'>" CATCH("y", "<linkEventDefinition id='l2'><source>l1</source></linkEventDefinition>")
	  "</subProcess>", "" },
	{ "BPMN-EXT127", PLAIN CATCH("x", "<messageEventDefinition id='q'/>"), "" },
	{ "BPMN-EXT128", PLAIN CATCH("x", "<messageEventDefinition id='q' messageRef='m1'/>"), SERVICE },
	{ "BPMN-TIMER", PLAIN CATCH("x", "<timerEventDefinition id='q'/>"), "" },
	{ "BPMN-EXT132", PLAIN CATCH("x", "<timerEventDefinition><timeDate>TOMORROW</timeDate></timerEventDefinition>"), "" },
	{ "BPMN-EXT133", PLAIN CATCH("x", "<timerEventDefinition><timeCycle>OFTEN</timeCycle></timerEventDefinition>"), "" },
	{ "BPMN-EXT134", PLAIN CATCH("x", "<timerEventDefinition><timeDuration>P</timeDuration></timerEventDefinition>"), "" },
	{ "BPMN-LINK-TWICE", PLAIN THROW("x", "<linkEventDefinition name='L'/>")
	  CATCH("y", "<linkEventDefinition name='L'/>") CATCH("z", "<linkEventDefinition name='L'/>"), "" },
	{ "BPMN-LINK-LEVEL", PLAIN THROW("x", "<linkEventDefinition name='L'/>")
	  "<subProcess id='u'>" CATCH("y", "<linkEventDefinition name='L'/>") "</subProcess>", "" },
	{ "BPMN-BOUNDARY-HOST", PLAIN "<subProcess id='x' triggeredByEvent='true'/>"
	  "<boundaryEvent id='b' attachedToRef='x'>" SIGNAL "</boundaryEvent>", "" },
	{ "BPMN-BOUNDARY-LEVEL", PLAIN "<subProcess id='x'><boundaryEvent id='b' attachedToRef='a'>" SIGNAL
	  "</boundaryEvent></subProcess>", "" },
	{ "BPMN-ERROR-CODE", "<endEvent id='x'><errorEventDefinition errorRef='r'/></endEvent>", "<error id='r'/>" },
	{ "BPMN-ERROR-CODE", "<endEvent id='x'><errorEventDefinition/></endEvent>", "" },
	{ "BPMN-SIGNAL-NAME", PLAIN CATCH("x", SIGNAL), "" },
	{ "BPMN-COMPENSATE-LEVEL", PLAIN "<subProcess id='u'><task id='v'/></subProcess>"
	  THROW("x", "<compensateEventDefinition activityRef='v'/>"), "" },
	{ "BPMN-START-CONDITION", "<startEvent id='s'/><task id='a'/><sequenceFlow id='f' sourceRef='s' targetRef='a'>"
	  "<conditionExpression>n = 1</conditionExpression></sequenceFlow>", "" },
	{ "BPMN-EVENT-GATEWAY-TYPE", PLAIN "<eventBasedGateway id='x' eventGatewayType='Parallel'/>", "" },
	{ "BPMN-CORRELATION-PATH", PLAIN, "<correlationProperty id='cp'/>" },
	{ "BPMN-CORRELATION-KEY", PLAIN "<correlationSubscription id='cs' correlationKeyRef='ck'>"
	  "<correlationPropertyBinding id='cb' correlationPropertyRef='cq'><dataPath>n</dataPath></correlationPropertyBinding>"
	  "</correlationSubscription>",
	  "<correlationProperty id='cp'/><correlationProperty id='cq'/><collaboration id='c'><correlationKey id='ck'>"
	  "<correlationPropertyRef>cp</correlationPropertyRef></correlationKey></collaboration>" },
	{ "BPMN-CORRELATION-BINDING", PLAIN "<correlationSubscription id='cs' correlationKeyRef='ck'/>",
	  "<correlationProperty id='cp'/><collaboration id='c'><correlationKey id='ck'>"
	  "<correlationPropertyRef>cp</correlationPropertyRef></correlationKey></collaboration>" },
	{ "BPMN-LANE-TWICE", PLAIN "<laneSet id='ls'><lane id='l1'><flowNodeRef>a</flowNodeRef></lane>"
	  "<lane id='l2'><flowNodeRef>a</flowNodeRef></lane></laneSet>", "" },
	{ "BPMN-EXT135", "<startEvent id='s'/><parallelGateway id='g'/><endEvent id='e'/>" FLOW("x", "s", "g")
	  FLOW("y", "g", "e"), "" },
	{ "BPMN-EXT136", PLAIN "<eventBasedGateway id='g'/>" CATCH("x", SIGNAL) FLOW("y", "g", "x"), "" },
	{ "BPMN-EXT137", PLAIN "<eventBasedGateway id='g'/>" CATCH("x", SIGNAL) "<sequenceFlow id='y' sourceRef='g' "
	  "targetRef='x'><conditionExpression>=a</conditionExpression></sequenceFlow>", "" },
	{ "BPMN-EXT138", GATEWAY3("eventBasedGateway", ""), "" },
	{ "BPMN-EXT139", PLAIN "<eventBasedGateway id='g'/><receiveTask id='r'/>" CATCH("x", "<messageEventDefinition/>")
	  FLOW("y", "g", "x") FLOW("z", "g", "r"), "" },
	{ "BPMN-EXT140", PLAIN "<eventBasedGateway id='g'/><receiveTask id='r'/><boundaryEvent id='b' attachedToRef='r'>"
	  SIGNAL "</boundaryEvent>" FLOW("z", "g", "r"), "" },
	{ "BPMN-EXT141", PLAIN "<eventBasedGateway id='g'/>" CATCH("x", SIGNAL) FLOW("y", "g", "x") FLOW("z", "a", "x"), "" },
	{ "BPMN-EXT142", PLAIN "<eventBasedGateway id='g' instantiate='true'/>" FLOW("z", "a", "g"), "" },
	{ "BPMN-EXT143", PLAIN "<boundaryEvent id='x' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>", "" },
	{ "BPMN-EXT144", PLAIN "<boundaryEvent id='x' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
	  "<association id='z' sourceRef='x' targetRef='a'/>", "" },
	{ "BPMN-EXT146", PLAIN "<endEvent id='x'><timerEventDefinition/></endEvent>", "" },
	{ "BPMN-EXT148", PLAIN CATCH("x", "<errorEventDefinition/>"), "" },
	{ "BPMN-EXT149", PLAIN THROW("x", "<timerEventDefinition/>"), "" },
	{ "BPMN-EXT150", PLAIN "<task id='b'/>" FLOW("z", "b", "e"), "" },
	{ "BPMN-EXT151", PLAIN "<task id='b'/>" FLOW("z", "a", "b"), "" },
	{ "BPMN-COMPENSATION-FLOW", PLAIN "<task id='b' isForCompensation='true'/>" FLOW("z", "a", "b"), "" },
	{ "BPMN-REF", PLAIN FLOW("z", "a", "nowhere"), "" },
	{ "BPMN-REF", PLAIN "<sendTask id='t' messageRef='tns:gone'/>", "" },
	{ "BPMN-REF", PLAIN "<laneSet><lane id='l'><flowNodeRef>gone</flowNodeRef></lane></laneSet>", "" },
	{ "BPMN-REF-TYPE", PLAIN "<sendTask id='t' messageRef='a'/>", "" },
};

#define HEAD "<definitions xmlns='" BPMN_NS_MODEL "' xmlns:tns='urn:x' targetNamespace='urn:x' "

static efile_status judged(efile_report **out, efile_ctx *ctx, const char *text)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(document) d = { .ctx = ctx };

	TRY(report_new(&report, ctx));
	TRY(efile_reader_from_memory(&reader, ctx, text, strlen(text)));
	TRY(document_read(&d, ctx, reader));
	TRY(rules_check(&d, report));
	*out = STEAL(report);
	return EFILE_OK;
}

static bool found(const efile_report *report, const char *rule)
{
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (!strcmp(efile_report_finding(report, i)->rule, rule))
			return true;
	return false;
}

static void file_of(buf *out, const char *attributes, const char *executable, const char *inside,
		    const char *around)
{
	buf_add_format(out, HEAD "%s>%s<process id='p' isExecutable='%s'>%s</process></definitions>",
		       attributes, around, executable, inside);
}

static void test_broken(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		AUTO_PTR(efile_report) report = NULL;
		AUTO(buf) text = BUF_INIT;

		tap_case(broken[i].rule);
		file_of(&text, "", "true", broken[i].inside, broken[i].around);
		TAP_EQUAL_INT(judged(&report, ctx, buf_text(&text)), EFILE_OK);
		if (report)
			TAP_OK(found(report, broken[i].rule));
	}
	efile_ctx_free(ctx);
}

/* The table above is complete, and each message speaks German. */
static void test_complete(void)
{
	static const struct { const rule_row *rows; const size_t *count; } tables[] = {
		{ rules_structure, &rules_structure_count }, { rules_event, &rules_event_count },
		{ rules_data, &rules_data_count },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (size_t k = 0; k < *tables[i].count; k++) {
			const rule_row *row = &tables[i].rows[k];
			bool tested = false;

			for (size_t n = 0; n < ARRAY_SIZE(broken); n++)
				tested |= !strcmp(broken[n].rule, row->id);
			tap_case(row->id);
			TAP_OK(tested);
			TAP_OK(message_translate(EFILE_LANGUAGE_DE, row->message) != row->message);
		}
}

static const struct { const char *name, *inside, *around; } sound[] = {
	{ "plain", PLAIN, "" },
	{ "lists its flows", "<startEvent id='s'><outgoing>f1</outgoing></startEvent><task id='a'><incoming>f1</incoming>"
	  "<outgoing> tns:f2 </outgoing></task><endEvent id='e'><incoming>f2</incoming></endEvent>"
	  FLOW("f1", "s", "a") FLOW("f2", "a", "e"), "" },
	{ "gateway with default", GATEWAY3("exclusiveGateway", "gatewayDirection='Diverging' default='f1'"), "" },
	{ "types of other namespaces", PLAIN "<dataObject id='d' itemSubjectRef='xs:string'/>", "" },
	{ "timers", PLAIN "<boundaryEvent id='x' attachedToRef='a'><timerEventDefinition><timeDuration>P1DT2H"
	  "</timeDuration></timerEventDefinition></boundaryEvent>" FLOW("y", "x", "e")
	  "<boundaryEvent id='b' attachedToRef='a' cancelActivity='false'><timerEventDefinition><timeCycle>R3/PT1H"
	  "</timeCycle></timerEventDefinition></boundaryEvent>" FLOW("z", "b", "e")
	  "<boundaryEvent id='c' attachedToRef='a'><timerEventDefinition><timeDate>2026-03-02T08:00:00+01:00</timeDate>"
	  "</timerEventDefinition></boundaryEvent>" FLOW("w", "c", "e")
	  "<boundaryEvent id='g' attachedToRef='a' cancelActivity='false'><timerEventDefinition><timeCycle>0 0/5 * * * ?"
	  "</timeCycle></timerEventDefinition></boundaryEvent>" FLOW("v", "g", "e"), "" },
	{ "links by name", PLAIN THROW("x", "<linkEventDefinition name='l'/>") FLOW("y", "a", "x")
	  CATCH("c", "<linkEventDefinition name='l'/>") FLOW("z", "c", "e"), "" },
	{ "compensation", PLAIN "<boundaryEvent id='x' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
	  "<task id='u' isForCompensation='true'/><association id='z' sourceRef='x' targetRef='u'/>", "" },
	{ "event sub-process", PLAIN "<subProcess id='x' triggeredByEvent='true'><startEvent id='q' isInterrupting='false'>"
	  "<signalEventDefinition signalRef='g'/></startEvent><endEvent id='r'/>" FLOW("y", "q", "r")
	  "</subProcess>", "<signal id='g' name='G'/>" },
	{ "two pools", PLAIN, "<collaboration id='c'><participant id='p1' processRef='p'/><participant id='p2'/>"
	  "<messageFlow id='m' sourceRef='a' targetRef='p2'/></collaboration>" },
	{ "unknown elements and extensions", PLAIN "<extensionElements><task id='a'/></extensionElements><what id='a2'/>", "" },
};

static void test_sound(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(sound); i++) {
		AUTO_PTR(efile_report) report = NULL;
		AUTO(buf) text = BUF_INIT;

		tap_case(sound[i].name);
		file_of(&text, "xmlns:xs='http://www.w3.org/2001/XMLSchema'", "true", sound[i].inside,
			sound[i].around);
		TAP_EQUAL_INT(judged(&report, ctx, buf_text(&text)), EFILE_OK);
		if (report && efile_report_count(report))
			TAP_EQUAL_TEXT(efile_report_finding(report, 0)->rule, "");
	}
	efile_ctx_free(ctx);
}

static efile_severity severity_of(efile_ctx *ctx, const char *attributes, const char *executable,
				  const char *inside, const char *around)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) text = BUF_INIT;

	file_of(&text, attributes, executable, inside, around);
	TAP_EQUAL_INT(judged(&report, ctx, buf_text(&text)), EFILE_OK);
	return report && efile_report_count(report) ? efile_report_finding(report, 0)->severity :
						       EFILE_SEVERITY_INFORMATION;
}

/* What other engines run, and drafts that nobody runs, are not held to everything. */
static void test_mild(void)
{
	efile_ctx *ctx = test_ctx();
	const char *no_end = "<startEvent id='s'/><task id='a'/>" FLOW("x", "s", "a");
	const char *sets = PLAIN "<dataObject id='d' itemSubjectRef='i'/>";
	const char *item = "<itemDefinition id='i' isCollection='true'/>";

	TAP_EQUAL_INT(severity_of(ctx, "", "true", no_end, ""), EFILE_SEVERITY_ERROR);
	TAP_EQUAL_INT(severity_of(ctx, "xmlns:f='http://flowable.org/bpmn'", "true", no_end, ""),
		      EFILE_SEVERITY_WARNING);
	TAP_EQUAL_INT(severity_of(ctx, "", "true", sets, item), EFILE_SEVERITY_ERROR);
	TAP_EQUAL_INT(severity_of(ctx, "", "false", sets, item), EFILE_SEVERITY_WARNING);
	efile_ctx_free(ctx);
}

static efile_status judge_all(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_report) report = NULL;

	return judged(&report, ctx, arg);
}

static void test_without_memory(void)
{
	AUTO(buf) text = BUF_INIT;

	file_of(&text, "", "true", broken[2].inside, "");
	if (!TAP_OK(!text.failed))
		exit(1);
	TAP_OK(fail_each(judge_all, text.data) > 10);
	buf_reset(&text);
	file_of(&text, "", "true", PLAIN CATCH("x", "<timerEventDefinition><timeDate>TOMORROW</timeDate>"
					       "</timerEventDefinition>"), "");
	TAP_OK(fail_each(judge_all, text.data) > 10);
}

TAP_SUITE(flow_rules) = {
	{ "each rule finds its fault", test_broken },
	{ "each rule has a test and German words", test_complete },
	{ "sound files have no findings", test_sound },
	{ "dialects and drafts", test_mild },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
