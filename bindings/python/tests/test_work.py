# SPDX-License-Identifier: LGPL-2.1-or-later
"""The way of letters: intake, process, four eyes, package; told from Python."""

from __future__ import annotations

import datetime as dt
import io
import os
import pathlib
import zipfile
from collections.abc import Iterator

import pytest

import efile
from conftest import NOW

MAILS = pathlib.Path(__file__).parents[3] / "examples" / "mails"

BPMN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:efile="urn:libefile:bpmn:1" id="d" targetNamespace="urn:x">
<process id="p" isExecutable="true"><startEvent id="s"/>
<serviceTask id="j" efile:handler="outside"/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="j"/>
<sequenceFlow id="g" sourceRef="j" targetRef="e"/></process></definitions>"""

STAFF = {
    "p.klein": ["poststelle"],
    "m.weber": ["sachbearbeitung", "bauamt"],
    "a.yilmaz": ["anordnung", "haushalt", "kaemmerei"],
    "k.kass": ["kasse"],
    "r.sturm": ["registratur"],
}


@pytest.fixture
def town(admin: efile.Session) -> efile.Store:
    """A municipality with five people at work."""
    admin.apply_template("municipal", "BW")
    with admin.transaction():
        for name, groups in STAFF.items():
            admin.create_actor(efile.ActorKind.PERSON, name)
            admin.permit_login("test", name)
            for group in groups:
                admin.add_member(name, group)
    return admin.store


@pytest.fixture
def post(town: efile.Store) -> Iterator[efile.Session]:
    """The mailroom."""
    with town.session("p.klein", login="test") as session:
        yield session


def test_the_letters_way(town: efile.Store, post: efile.Session, tmp_path: pathlib.Path) -> None:
    raw = (MAILS / "1-xrechnung.eml").read_bytes()
    letter = post.receive(raw, channel=efile.IntakeChannel.MAIL, name="1-xrechnung.eml")
    assert letter.state is efile.IntakeState.RECEIVED and not letter.is_duplicate
    assert letter.read() == raw and letter.received.year == 2026
    assert letter.explain()["channel"] == "mail"
    assert letter.process() is efile.IntakeState.FILED
    assert letter.sha256 and letter.reason and letter.subject and letter.sender
    again = post.receive(MAILS / "1-xrechnung.eml")
    assert again.is_duplicate and again.id == letter.id
    assert post.letter(letter.number).id == post.letter(letter.id).id == letter.id
    assert letter.channel is efile.IntakeChannel.MAIL and letter.number in repr(letter)

    (task,) = post.tasks()
    post.complete(task, {"route": {"office": "bauamt", "technical": False}})
    with town.session("m.weber", login="test") as weber:
        (task,) = weber.tasks()
        assert task.instance == letter.instance and task.case == letter.case
        weber.claim(task)
        weber.delegate(task, "a.yilmaz")
        with town.session("a.yilmaz", login="test") as yilmaz:
            yilmaz.give_back(task)
        assert weber.task(task.id).assignee == weber.actor
        weber.complete(task, {"facts": {"outcome": "right"}})
        with pytest.raises(efile.NotFound):
            weber.task(task.id)
        (task,) = weber.tasks()
        weber.complete(task, {"calculation": {"outcome": "right"}})
    with town.session("a.yilmaz", login="test") as yilmaz:
        for answer in ("account", "order"):
            (task,) = yilmaz.tasks()
            yilmaz.complete(task, {answer: {"outcome": "ok"}})
    with town.session("k.kass", login="test") as kass:
        for answer in ("treasury", "payment"):
            (task,) = kass.tasks()
            kass.complete(task, {answer: {"outcome": "ok"}})

    with town.session("r.sturm", login="test") as sturm:
        (instance,) = sturm.instances()
        assert instance == sturm.instance(instance.id)
        assert instance.status is efile.FlowStatus.ENDED and instance.ended
        assert instance.variables["order"] == {"outcome": "ok"}
        assert sturm.replay(instance) >= 3
        assert "<svg" in sturm.render(instance)
        assert letter.case is not None
        case = sturm.case(letter.case)
        assert case.state is efile.NodeState.CLOSED
        sturm.export(case, tmp_path / "case.zip")
        with zipfile.ZipFile(tmp_path / "case.zip") as package:
            assert package.testzip() is None
            assert any(name.endswith("index.html") for name in package.namelist())
        same = io.BytesIO()
        sturm.export(case, same, format=efile.ExportFormat.ZIP)
        assert zipfile.is_zipfile(same)
        with pytest.raises(FileExistsError):
            sturm.export(case, tmp_path / "case.zip")
        with pytest.raises(efile.State):
            sturm.cancel(instance, "zu spät")
    with pytest.raises(efile.Denied):
        post.export(case, tmp_path / "denied.zip")
    assert not (tmp_path / "denied.zip").exists()
    assert town.fsck().clean


def test_the_intake_journal(post: efile.Session) -> None:
    for path in sorted(MAILS.glob("*.eml")):
        post.receive(path, name=path).process()
    states = [letter.state for letter in post.letters()]
    assert states.count(efile.IntakeState.QUARANTINED) >= 1 and len(states) == 4
    parked = next(post.letters(efile.IntakeState.QUARANTINED))
    assert parked.reason and parked.document is None and parked.case is None
    assert parked.remarks[0].text == parked.reason and not parked.remarks[0].retry
    assert parked.remarks[0].unread is efile.IntakeUnread.NONE


def test_an_invoice_waits_for_the_helper(town: efile.Store, tmp_path: pathlib.Path) -> None:
    town.backup(tmp_path / "copy")
    with (
        efile.Context(helper_path="/nonexistent") as bare,
        efile.Store(tmp_path / "copy", context=bare) as store,
        store.session("p.klein", login="test") as post,
    ):
        letter = post.receive(MAILS / "2-facturx.eml")
        assert letter.process() is efile.IntakeState.QUARANTINED
        remark = letter.remarks[0]
        assert (remark.number, remark.file, remark.retry) == (3400, "RE-88213.pdf", True)
        assert remark.unread is efile.IntakeUnread.NO_HELPER


def test_letters_and_sessions_end(post: efile.Session) -> None:
    post.receive(next(MAILS.glob("*.eml"))).process()
    parked = next(post.letters())
    with pytest.raises(efile.NotFound):
        post.letter("1999/000001")
    with pytest.raises(efile.NotFound):
        post.letter("2026/000001", office="Bauamt")
    post.close()
    with pytest.raises(efile.Invalid):
        parked.reason
    assert "closed" in repr(parked)


def test_rules_decide_where_letters_go(town: efile.Store, post: efile.Session) -> None:
    with town.session("admin", login="test") as admin:
        admin.set_intake_rule(
            "swimming",
            order=10,
            condition='contains(lower case(subject), "freibad")',
            plan="020",
            title='"Bäder: " + subject',
        )
        with pytest.raises(efile.Format):
            admin.set_intake_rule("broken", condition="1 +", plan="020", title="subject")
    letter = post.receive(b"From: a@b.example\r\nSubject: Freibad\r\n\r\nWann?")
    letter.process()
    assert letter.case and post.case(letter.case).title == "Bäder: Freibad"


def test_processes_and_jobs(town: efile.Store) -> None:
    with town.session("admin", login="test") as admin:
        version, report = admin.deploy(BPMN)
        assert version == 1 and report.count(efile.Severity.ERROR) == 0
        assert admin.deploy(BPMN)[0] == 1
        with pytest.raises(efile.Format) as caught:
            admin.deploy(BPMN.replace(b'targetRef="e"', b'targetRef="x"'))
        assert caught.value.report is not None
        assert caught.value.report.count(efile.Severity.ERROR)
        admin.start("p", {"amount": 1})
        (job,) = admin.jobs("outside")
        assert job.variables["amount"] == 1 and job.node == "j"
        admin.complete_job(job, {"done": True})
        with pytest.raises(efile.NotFound):
            admin.complete_job(job)
        other = admin.start("p")
        (job,) = admin.jobs()
        admin.fail_job(job, "no answer")
        admin.cancel(other, "aufgegeben")
        with pytest.raises(efile.NotFound):
            admin.start("nothing")
        with pytest.raises(efile.NotFound):
            admin.apply_template("municipal", "XX")
    assert efile.flow_status_name(efile.FlowStatus.RUNNING) == "running"


@pytest.fixture
def context() -> Iterator[efile.Context]:
    """A context that knows the helper of the build folder; letters have PDF files."""
    helper = os.environ.get("EFILE_HELPER")
    with efile.Context(clock=lambda: NOW, helper_path=helper) as ctx:
        yield ctx


TASKS = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:efile="urn:libefile:bpmn:1" id="d" targetNamespace="urn:x">
<process id="t" isExecutable="true"><startEvent id="s"/>
<userTask id="a" name="Look" efile:candidateGroups="sachbearbeitung"/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="a"/>
<sequenceFlow id="g" sourceRef="a" targetRef="e"/></process></definitions>"""


def test_worklist(town: efile.Store, admin: efile.Session) -> None:
    admin.deploy(TASKS)
    with town.session("m.weber", login="test") as weber:
        for n in range(4):
            weber.start("t", {"n": n})
        first, second = weber.worklist(limit=2)
        weber.update_task(second, due="2 office-days", calendar="DE-BW", priority=80)
        with pytest.raises(efile.Format):
            weber.update_task(second, due="tomorrow")
        page = weber.worklist(order=efile.TaskOrder.PRIORITY, limit=1, variables=True)
        assert page.place is None
        assert [t.variables["n"] for t in page] == [1]
        rest = weber.worklist(order=efile.TaskOrder.PRIORITY, after=page.place)
        assert len(list(rest)) == 3
        assert [t.id for t in weber.worklist(order=efile.TaskOrder.DUE)][0] == second.id
        weber.update_task(first, follow_up="P2D")
        assert len(list(weber.worklist())) == 3 and len(list(weber.worklist(later=True))) == 4
        weber.claim(first)
        weber.unclaim(first)
        weber.delegate(second, "a.yilmaz")
        with town.session("a.yilmaz", login="test") as yilmaz:
            (mine,) = yilmaz.worklist(hold=efile.TaskHold.HELD)
            assert mine.handed is efile.TaskHanded.DELEGATED and mine.owner == weber.actor
            yilmaz.resolve(mine, {"opinion": "yes"})
        (back,) = weber.worklist(hold=efile.TaskHold.HELD, instance=second.instance)
        assert back.handed is efile.TaskHanded.RESOLVED and back.priority == 80


FORM = TASKS.replace(b'id="t"', b'id="form"').replace(
    b'efile:candidateGroups="sachbearbeitung"/>',
    b'efile:candidateGroups="sachbearbeitung"><extensionElements>'
    b'<efile:field id="amount" type="decimal" required="true" min="1"/>'
    b"</extensionElements></userTask>",
)


def test_forms(town: efile.Store, admin: efile.Session) -> None:
    admin.deploy(FORM)
    with town.session("m.weber", login="test") as weber:
        for _ in range(3):
            weber.start("form")
        first, second, third = weber.worklist()
        assert weber.form(first)["properties"]["amount"]["minimum"] == 1
        (finding,) = weber.check_form(first, {"amount": 0})
        assert finding.rule == "FORM-MINIMUM" and finding.path == "amount"
        with pytest.raises(efile.Format) as caught:
            weber.complete(first, {})
        assert caught.value.place == "amount"
        weber.comment_task(first, "Hm")
        weber.comment_instance(first.instance, "So")
        assert [c.text for c in weber.comments(instance=first.instance)] == ["Hm", "So"]
        assert [c.task for c in weber.comments(task=first)] == [first.id, None]
        weber.claim(third)
        weber.escalate(third, "a.yilmaz")
        with town.session("a.yilmaz", login="test") as yilmaz:
            (mine,) = yilmaz.worklist()
            yilmaz.claim(mine)
        done, done_too, not_mine = weber.complete_all([first, second, third], {"amount": 2})
        assert done.done and done_too.done and not not_mine.done and not_mine.message


def test_sign_off_list(town: efile.Store, admin: efile.Session) -> None:
    model = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
xmlns:efile="urn:libefile:bpmn:1" id="d" targetNamespace="urn:test">
<process id="circuit" isExecutable="true"><startEvent id="s"/>
<userTask id="t" name="Sign" efile:route="=list" efile:resultVariable="run"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
<sequenceFlow id="f2" sourceRef="t" targetRef="e"/></process></definitions>"""
    admin.deploy(model)
    with town.session("m.weber", login="test") as weber:
        steps = [{"to": "m.weber", "instruction": "co-sign"}, "a.yilmaz"]
        instance = weber.start("circuit", {"list": steps})
        (task,) = weber.worklist()
        assert task.instruction is efile.Instruction.CO_SIGN
        assert weber.remind(task, "P1D") == 1
        assert weber.remind(task, "due+P1D", to="a.yilmaz", priority=80) == 2
        weber.unremind(task, 1)
        assert [(r["number"], r["to"]) for r in weber.reminders(task)] == [(2, "a.yilmaz")]
        weber.route_insert(task, "m.weber", behind=2, note="again", required=True)
        weber.route_insert(task, "a.yilmaz", instruction=efile.Instruction.SIGN)
        weber.route_move(task, 4, beside=2)
        weber.route_remove(task, 4)
        with pytest.raises(efile.Denied):
            weber.route_remove(task, 3)
        route = weber.route(task)
        assert route["step"] == 1
        assert [(s["id"], s["to"], s["state"]) for s in route["steps"]] == [
            (1, "m.weber", "open"),
            (2, "a.yilmaz", "waiting"),
            (3, "m.weber", "waiting"),
        ]
        weber.complete(task)
        with town.session("a.yilmaz", login="test") as yilmaz:
            (mine,) = yilmaz.worklist()
            yilmaz.send_back(mine, "why", step=1, direct=True)
        (task,) = weber.worklist()
        weber.refuse(task, "no")
        assert weber.instance(instance).variables["run"]["outcome"] == "refused"
    done = admin.retain(days=0, process="circuit")
    assert done["instances"] == 1 and done["tasks"] == 3 and done["entries"] > 5
    assert admin.instance(instance).variables == {}


def test_handover(town: efile.Store, admin: efile.Session, post: efile.Session,
                  tmp_path: pathlib.Path) -> None:
    """An authorised invoice leaves in a batch; the file can be written again, byte by byte."""
    raw = (MAILS / "1-xrechnung.eml").read_bytes()
    letter = post.receive(raw, channel=efile.IntakeChannel.MAIL, name="1-xrechnung.eml")
    letter.process()
    answers = {
        "assign-office": ("p.klein", {"route": {"office": "bauamt", "technical": False}}),
        "certify-facts": ("m.weber", {"facts": {"outcome": "right"}}),
        "certify-calculation": ("m.weber", {"calculation": {"outcome": "right"}}),
        "assign-account": ("a.yilmaz", {"account": {"outcome": "ok"}}),
        "authorise": ("a.yilmaz", {"order": {"outcome": "ok"}}),
        "treasury": ("k.kass", {"treasury": {"outcome": "ok"}}),
    }
    for node, (who, variables) in answers.items():
        with town.session(who, login="test") as s:
            task = next(t for t in s.tasks() if t.node == node)
            s.complete(task.id, variables)
    with town.session("m.weber", login="test") as s, pytest.raises(efile.Denied):
        s.handover.make()
    with town.session("k.kass", login="test") as s:
        assert s.handover.waiting == 1
        profile = {"header": False, "columns": [{"name": "n", "field": "number"}]}
        files = s.handover.run(tmp_path, profile=profile)
        assert [f.name for f in files] == ["handover-000001.csv"]
        again = io.BytesIO()
        s.handover.write(1, again)
        assert again.getvalue() == files[0].read_bytes() == b"2026-0417\r\n"
        assert s.handover.make() is None and s.handover.waiting == 0
        batch = s.handover[1]
        assert batch["state"] == "written" and batch["items"][0]["state"] == "sent"
        assert [b["number"] for b in s.handover] == [1]
        with pytest.raises(KeyError):
            s.handover[2]
        key = batch["items"][0]["key"]
        lost = s.handover.acknowledge(b"key;state\nnone;paid\n")
        assert [f.rule for f in lost.findings] == ["ANSWER-KEY"] and lost.paid == 0
        answer = f"key;state;document\n{key};accepted;4711\n{key};paid;4711\n".encode()
        done = s.handover.acknowledge(io.BytesIO(answer))
        assert (done.lines, done.accepted, done.paid, len(done.findings)) == (2, 1, 1, 0)
        assert s.handover.acknowledge(answer).same == 2
        assert s.handover[1]["items"][0]["state"] == "paid"
        assert s.instance(letter.instance).status is efile.FlowStatus.ENDED
        figures = efile.receipt_figures(s, end=dt.date(2026, 12, 31))
        assert figures["received"] == 1 and figures["states"]["paid"] == 1
        page = efile.receipt_figures_write(figures)
        assert page.startswith("<!DOCTYPE html>") and "<svg" in page
        plain = efile.receipt_figures_write(figures, efile.ReceiptFiguresForm.TEXT)
        assert "2026-03" in plain
    with pytest.raises(efile.Denied):
        efile.receipt_figures(admin)
        with pytest.raises(efile.Format):
            efile.receipt_set(admin, "handover.csv", "{}")
    assert efile.handover_format("xml") is efile.HandoverFormat.XML
    with pytest.raises(ValueError):
        efile.handover_format("pdf")


def test_suppliers(town: efile.Store, admin: efile.Session) -> None:
    efile.supplier_set(admin, "DE 1", "Eins", creditor="70001")
    table = b"seller;name;iban;agreed_days\nDE2;Zwei;DE89370400440532013000;30\n"
    assert efile.supplier_import(admin, table)[0] == 1
    count, wrong = efile.supplier_import(admin, b"seller;name;iban\nDE3;Drei;DE00\n;;\n")
    assert count == 0 and [f.line for f in wrong] == [2, 3]
    found = list(efile.suppliers(admin))
    assert efile.supplier(admin, found[0]["seller"].upper()) == found[0]
    with pytest.raises(efile.NotFound):
        efile.supplier(admin, "DE99")
    assert [(s["seller"], s["creditor"]) for s in found] == [("de1", "70001"), ("de2", None)]
    assert found[1]["ibans"] == ["DE89370400440532013000"] and found[1]["agreed_days"] == 30
    efile.receipt_set(admin, "place", "08111000")
    assert efile.receipt_settings(admin)["place"] == "08111000"
    with town.session("k.kass", login="test") as s:
        assert len(list(efile.suppliers(s))) == 2
        with pytest.raises(efile.Denied):
            efile.supplier_import(s, table)
    with town.session("p.klein", login="test") as s, pytest.raises(efile.Denied):
        list(efile.suppliers(s))
