# SPDX-License-Identifier: LGPL-2.1-or-later
"""Workers in Python: leases, tries, errors of the process, and what stands still."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

import efile
from conftest import NOW

BPMN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:efile="urn:libefile:bpmn:1" id="d" targetNamespace="urn:x"><error id="E" errorCode="NO"/>
<process id="p" isExecutable="true"><startEvent id="s"/>
<serviceTask id="j" efile:handler="sap.post" efile:retries="R1/PT1M"/><endEvent id="e"/>
<boundaryEvent id="b" attachedToRef="j"><errorEventDefinition errorRef="E"/></boundaryEvent>
<endEvent id="caught"/><sequenceFlow id="f" sourceRef="s" targetRef="j"/>
<sequenceFlow id="g" sourceRef="j" targetRef="e"/>
<sequenceFlow id="h" sourceRef="b" targetRef="caught"/></process></definitions>"""

clock = {"now": NOW}


@pytest.fixture
def context() -> Iterator[efile.Context]:
    """A context whose clock the tests move."""
    clock["now"] = NOW
    with efile.Context(clock=lambda: clock["now"]) as ctx:
        yield ctx


def tick(seconds: int) -> None:
    clock["now"] += dt.timedelta(seconds=seconds)


def test_a_worker(admin: efile.Session) -> None:
    admin.deploy(BPMN)
    ids = [admin.start("p", {"n": n}) for n in range(3)]
    seen = []
    for job in admin.work("sap.post", worker="w"):
        with job:
            seen.append(job.variables["n"])
            job.result = {"twice": 2 * job.variables["n"]}
    assert seen == [0, 1, 2] and not list(admin.jobs())
    assert [admin.instance(i).variables["twice"] for i in ids] == [0, 2, 4]
    assert all(admin.instance(i).status is efile.FlowStatus.ENDED for i in ids)


def test_expired_lease(admin: efile.Session) -> None:
    admin.deploy(BPMN)
    admin.start("p")
    (slow,) = admin.lease("sap.post", worker="slow", seconds=30)
    assert not admin.lease("sap.post", worker="quick")
    assert slow.extend(40) == NOW + dt.timedelta(seconds=40)
    tick(41)
    with pytest.raises(efile.Conflict):
        slow.complete()
    (quick,) = admin.lease("sap.post", worker="quick")
    assert next(admin.jobs()).worker == "quick"
    with pytest.raises(efile.Conflict):
        slow.complete()
    quick.complete({"by": "quick"})
    with pytest.raises(efile.NotFound):
        slow.complete()


def test_failures(admin: efile.Session) -> None:
    admin.deploy(BPMN)
    instance = admin.start("p")
    with pytest.raises(ZeroDivisionError):
        for job in admin.work("sap.post"):
            with job:
                job.result = {"x": 1 // 0}
    assert admin.next_due() == NOW + dt.timedelta(minutes=1)
    assert not admin.lease("sap.post")
    tick(60)
    (job,) = admin.lease("sap.post")
    assert job.failures == 1 and job.fail("still shut") is None
    (incident,) = admin.incidents()
    assert (incident.instance, incident.topic) == (instance, "sap.post")
    assert incident.message == "still shut" and admin.next_due() is None
    assert admin.retry(instance) == 1
    (job,) = admin.lease("sap.post")
    job.release()
    (job,) = admin.lease("sap.post")
    with job:
        job.error("NO", "not here")
    assert admin.instance(instance).status is efile.FlowStatus.ENDED
    assert admin.replay(instance) > 3


def test_another_version(admin: efile.Session) -> None:
    admin.deploy(BPMN)
    ids = [admin.start("p") for _ in range(3)]
    renamed = BPMN.replace(b'"j"', b'"post"')
    assert admin.deploy(renamed)[0] == 2
    refused = admin.migrate("p")
    assert (refused.migrated, refused.refused) == (0, 3)
    assert refused.report[0].rule == "FLOW-MIGRATE-NODE" and refused.report[0].term == "j"
    dry = admin.migrate("p", {"j": "post"}, dry_run=True)
    assert (dry.migrated, dry.refused) == (3, 0) and admin.instance(ids[0]).version == 1
    assert admin.migrate("p", {"j": "post"}, instance=ids[0]).migrated == 1
    assert admin.migrate("p", {"j": "post"}, from_version=1, to_version=2).migrated == 2
    for instance in ids:
        assert admin.instance(instance).version == 2 and admin.replay(instance) == 2
    assert {job.node for job in admin.jobs()} == {"post"}


DMN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m"
 namespace="urn:t"><inputData id="i" name="amount"><variable name="amount" typeRef="number"/>
</inputData><decision id="gross" name="gross"><variable name="gross"/><informationRequirement>
<requiredInput href="#i"/></informationRequirement><literalExpression><text>amount * 1.19</text>
</literalExpression></decision></definitions>"""


def test_a_decision(admin: efile.Session) -> None:
    task = b'<businessRuleTask id="j" efile:decision="gross"/>'
    model = BPMN.replace(
        b'<serviceTask id="j" efile:handler="sap.post" efile:retries="R1/PT1M"/>', task
    )
    assert len(admin.deploy(model)[1]) == 1  # a warning: the decision is missing
    assert admin.deploy(DMN)[0] == 1
    instance = admin.instance(admin.start("p", {"amount": 10}))
    assert instance.status is efile.FlowStatus.ENDED
    assert str(instance.variables["gross"]) == "11.90"


def test_history(admin: efile.Session) -> None:
    admin.deploy(BPMN)
    ids = [admin.start("p") for _ in range(4)]
    for number in range(2):
        tick(10 * number)
        (job,) = admin.lease("sap.post")
        job.complete()
    told = admin.history(ids[1])
    assert [event["event"] for event in told["events"]] == ["start", "job_done"]
    done = told["events"][1]
    assert done["at"]["node"] == "j" and done["waited"] == 10_000_000 and done["ended"]
    figures = admin.figures("p")
    nodes = {node["node"]: node for node in figures["nodes"]}
    assert figures["instances"] == 4 and nodes["j"]["visits"] == 4 and nodes["j"]["open"] == 2
    assert nodes["j"]["mean"] == 5_000_000 and nodes["j"]["longest"] == 10_000_000
    assert nodes["s"]["visits"] == 4 and nodes["e"]["visits"] == 2
    picture = admin.heat("p")
    assert picture.lstrip().startswith("<") and "</svg>" in picture
