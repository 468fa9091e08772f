# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plan, dossier, case and document; and who may do what with them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import pathlib
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest

import efile
from efile import Right

ZDA = efile.NodeState.CLOSED


@pytest.fixture
def office(admin: efile.Session) -> efile.Session:
    """An office with two people, a filing plan and types, all made by the administrator."""
    with admin.transaction():
        office = admin.create_actor(efile.ActorKind.UNIT, "office", display="Bauamt")
        for name in ("m.weber", "r.chief"):
            person = admin.create_actor(efile.ActorKind.PERSON, name)
            admin.add_member(person, "office")
            admin.permit_login("test", name)
        admin.create_actor(efile.ActorKind.PERSON, "k.klein", mail="k.klein@stadt.example")
        admin.permit_login("test", "k.klein")
        work = Right.READ | Right.WRITE | Right.EXISTS
        entries = [
            efile.AccessEntry(office, work),
            efile.AccessEntry(admin.find_actor("r.chief"), Right.ALL),
        ]
        shared = admin.access_list(entries)
        assert admin.access_list(reversed(entries)) == shared
        admin.create_plan("10", "Bauen", access_list=shared, retention_years=30)
        admin.create_plan(
            "10.24",
            "Bauanträge",
            parent="10",
            pattern="{plan.code}-{dossier:04}/{case:03}-{yyyy}",
        )
        admin.create_plan("20", "Personal", confidentiality=1)
        admin.define_doctype(
            "letter",
            "Brief",
            [
                {"name": "amount", "datatype": "decimal", "personal": True},
                {"name": "paid", "datatype": "boolean"},
                {"name": "due", "datatype": "date"},
                {"name": "seen", "datatype": "time"},
                {"name": "pages", "datatype": "integer"},
                {"name": "tag", "max": None},
            ],
        )
    return admin


@pytest.fixture
def weber(office: efile.Session) -> Iterator[efile.Session]:
    """Somebody of the office."""
    with office.store.session("m.weber", login="test") as session:
        yield session


@pytest.fixture
def case(weber: efile.Session) -> efile.Case:
    """A case in a dossier."""
    return weber.create_dossier("10.24", "Marktplatz 1").create_case("Bauantrag")


def test_actors(office: efile.Session) -> None:
    names = [actor.name for actor in office.actors(efile.ActorKind.PERSON)]
    assert names == ["admin", "k.klein", "m.weber", "r.chief"]
    assert [a.name for a in office.actors(after="office")] == ["r.chief"]
    klein = office.actor_of("k.klein")
    assert (klein.mail, klein.active, klein.kind) == (
        "k.klein@stadt.example",
        True,
        efile.ActorKind.PERSON,
    )
    assert klein.clearance is efile.Confidentiality.OPEN
    office.update_actor(klein, active=False, mail="")
    assert office.actor_of(klein.id).mail is None
    assert "k.klein" not in [a.name for a in office.actors(only_active=True)]
    with pytest.raises(efile.NotFound):
        office.find_actor("nobody")
    with pytest.raises(efile.Exists):
        office.create_actor(efile.ActorKind.PERSON, "m.weber")


def test_members_deputies_absence(office: efile.Session) -> None:
    day = dt.date(2026, 3, 2)
    office.add_member("k.klein", "office", since=day, until=day)
    (member,) = office.members(member="k.klein")
    assert (member.since, member.until) == (day, day)
    assert len(list(office.members(container="office"))) == 3
    office.remove_member("k.klein", "office")
    office.add_deputy("r.chief", "m.weber", since=day, rights=Right.READ, only_absent=True)
    (deputy,) = office.deputies(principal="r.chief")
    assert (deputy.since, deputy.until, deputy.only_absent, deputy.today) == (
        day,
        None,
        True,
        False,
    )
    assert deputy.rights & Right.READ and not deputy.rights & Right.WRITE
    assert not office.is_absent("r.chief")
    office.set_absence("r.chief", day)
    assert office.is_absent("r.chief")
    with office.store.session("m.weber", login="test", on_behalf_of="r.chief") as session:
        assert session.behalf == office.find_actor("r.chief")
    office.remove_absence("r.chief", day)
    office.remove_deputy("r.chief", "m.weber")
    assert not list(office.deputies())
    office.revoke_login("test", "k.klein")
    with pytest.raises(efile.Denied):
        office.store.session("k.klein", login="test")


def test_access_list(office: efile.Session) -> None:
    shared = office.plan("10").values.access_list
    entries = list(office.access_entries(shared))
    assert {entry.rights for entry in entries} == {
        Right.READ | Right.WRITE | Right.EXISTS,
        Right.ALL,
    }
    assert all(isinstance(entry.rights, Right) for entry in entries)
    with pytest.raises(efile.NotFound):
        list(office.access_entries(10_000))


def test_filed_once(weber: efile.Session) -> None:
    case = weber.create_dossier("10.24", "Marktplatz 3").create_case("Antrag")
    first = case.add_document("Antrag", b"x", key="mail:17")
    assert case.add_document("Antrag", b"x", key="mail:17").id == first.id
    with pytest.raises(efile.Exists):
        case.add_document("Antrag", b"y", key="mail:17")


def test_a_type_defined_by_a_schema(office: efile.Session, weber: efile.Session) -> None:
    schema = (
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='permit'>"
        "<xs:complexType><xs:sequence><xs:element name='storeys' type='xs:positiveInteger'/>"
        "</xs:sequence></xs:complexType></xs:element></xs:schema>"
    )
    office.define_doctype("permit", "Genehmigung", xsd=schema)
    case = weber.create_dossier("10.24", "Marktplatz 4").create_case("Antrag")
    permit = case.add_document("Bescheid", doctype="permit", attributes={"storeys": 3})
    assert [a.typed for a in permit.attributes()] == [3]
    with pytest.raises(efile.Invalid):
        case.add_document("Bescheid", doctype="permit", attributes={"storeys": 0})


def test_plan(office: efile.Session) -> None:
    assert [unit.code for unit in office.plans()] == ["10", "20"]
    assert [unit.code for unit in office.plans(after="10")] == ["20"]
    building = office.plan("10.24")
    assert building.parent == office.plan("10").id
    assert [unit.code for unit in office.plan("10").children()] == ["10.24"]
    rules = building.rules()
    assert (rules.retention_years, rules.retention_years_from) == (30, building.parent)
    assert rules.pattern_from == building.id
    old = office.plan(building.id)
    building.update(title="Baugenehmigungen", valid_from=dt.date(2020, 1, 1))
    assert building.title == "Baugenehmigungen"
    assert building.values.valid_from == dt.date(2020, 1, 1)
    assert building.values.pattern == old.values.pattern
    with pytest.raises(efile.Conflict):
        old.update(title="zu spät")
    with pytest.raises(TypeError):
        building.update(parent=None)
    with pytest.raises(efile.NotFound):
        office.plan("99")


def test_the_life_of_a_dossier(weber: efile.Session, case: efile.Case) -> None:
    letter = case.add_document(
        "Antrag vom 2. März",
        b"der Antrag",
        media_type="text/plain",
        sender="Fam. Muster",
        date=dt.date(2026, 3, 1),
        received=dt.datetime(2026, 3, 2, 7, 30, tzinfo=dt.timezone.utc),
        text="der Antrag",
    )
    assert case.reference == "10.24-0001/001-2026"
    found = weber.find(" 10.24 - 0001/001-2026")
    assert found == case and isinstance(found, efile.Case) and hash(found) == hash(case)
    assert letter.read() == b"der Antrag"
    assert (letter.sender, letter.date) == ("Fam. Muster", dt.date(2026, 3, 1))
    assert letter.received and letter.received.hour == 7
    assert letter.parent == case.id and letter.plan == weber.plan("10.24").id
    assert case.counts() == efile.Counts(0, 0, 0, 1)

    assert letter.add_version(io.BytesIO(b"neu"), label="final") == 2
    with pytest.raises(efile.Conflict):
        letter.add_version(b"late", seen=1)
    assert letter.read() == b"neu" and letter.read(1) == b"der Antrag"
    assert letter.read(1, efile.Role.TEXT) == b"der Antrag"
    assert [(v.number, v.label) for v in letter.versions()] == [(1, ""), (2, "final")]
    assert [v.number for v in letter.versions(after=1)] == [2]
    letter.add_rendition(efile.Role.PDFA, b"%PDF", media_type="application/pdf")
    roles = {r.role: r for r in letter.renditions()}
    assert roles[efile.Role.PDFA].sha256 == hashlib.sha256(b"%PDF").hexdigest()
    assert roles[efile.Role.PDFA].bytes == 4

    dossier = weber.dossier(case.dossier)
    with pytest.raises(efile.State, match="not filed away"):
        dossier.close()
    case.close()
    dossier.close()
    assert case.state is ZDA and dossier.state is ZDA and dossier.closed
    with pytest.raises(efile.State):
        letter.add_version(b"x")
    with pytest.raises(efile.Invalid):
        dossier.reopen("")
    dossier.reopen("Widerspruch")
    case.reopen("Widerspruch")
    assert case.state is efile.NodeState.OPEN and case.closed is None
    actions = [event.action for event in weber.store.events()]
    assert actions.count("node.closed") == 2 and actions.count("document.filed") == 1


def test_parts_and_children(weber: efile.Session, case: efile.Case) -> None:
    dossier = weber.dossier("10.24-0001")
    part = dossier.add_part("Band 2", begin=dt.date(2026, 1, 1), unit="office")
    assert part.kind is efile.NodeKind.SUB_DOSSIER and part.unit == weber.find_actor("office")
    sub = case.add_part("Nachtrag")
    paper = sub.add_document("Plan", medium=efile.Medium.PAPER)
    annex = paper.add_attachment("Anlage", b"annex")
    assert annex.kind is efile.NodeKind.ATTACHMENT and annex.order == 1
    assert set(dossier.children()) == {part, case}
    assert {type(node) for node in dossier.children()} == {efile.Dossier, efile.Case}
    first = next(iter(dossier.children()))
    assert len(list(dossier.children(after=first))) == 1
    assert list(weber.dossiers("10.24")) == [dossier]
    assert list(weber.plan("10.24").dossiers(after=dossier)) == []
    assert weber.case(sub.id) == sub and weber.document(annex.id).title == "Anlage"
    assert weber.node(annex.id) == annex
    assert "Anlage" in repr(annex)


def test_update_move_refile(weber: efile.Session, case: efile.Case) -> None:
    other = weber.dossier(case.dossier).create_case("Zweiter")
    letter = case.add_document("Brief", b"x")
    letter.move(other, "falsch abgelegt")
    assert letter.parent == other.id
    stale = weber.case(case.id)
    case.update(title="Neuer Titel", end=dt.date(2026, 12, 31), marked=True)
    assert (case.title, case.end, case.marked) == ("Neuer Titel", dt.date(2026, 12, 31), True)
    case.update(end=None)
    assert (case.title, case.end, case.marked) == ("Neuer Titel", None, True)
    with pytest.raises(efile.Conflict):
        stale.update(title="zu spät")
    case.update(reference="ALT/1")
    assert weber.find("10.24-0001/001-2026") == weber.find("alt/1") == case
    with pytest.raises(TypeError):
        case.update(state=ZDA)
    dossier = weber.dossier(case.dossier)
    dossier.refile("10", reason="Umzug")
    assert dossier.plan == weber.plan("10").id


def test_trash_and_lock(weber: efile.Session, case: efile.Case) -> None:
    letter = case.add_document("Brief", b"x")
    letter.trash("Irrläufer")
    assert letter.trashed
    assert list(case.children()) == [] and list(case.children(trashed=True)) == [letter]
    letter.restore()
    assert letter.trashed is None
    with letter.locked("in Arbeit"):
        assert letter.locked_by() == weber.actor
        with weber.store.session("r.chief", login="test") as chief:
            with pytest.raises(efile.Conflict):
                chief.document(letter.id).update(title="von anderen")
    assert letter.locked_by() is None


def test_attributes(weber: efile.Session, case: efile.Case) -> None:
    seen = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    values = {
        "amount": Decimal("119.00"),
        "paid": True,
        "due": dt.date(2026, 4, 1),
        "seen": seen,
        "pages": 3,
        "tag": ["a", "b"],
    }
    letter = case.add_document("Rechnung", b"x", doctype="letter", attributes=values)
    found = [(a.name, a.typed) for a in letter.attributes()]
    assert ("amount", Decimal("119.00")) in found and ("paid", True) in found
    assert ("due", dt.date(2026, 4, 1)) in found and ("seen", seen) in found
    assert [v for n, v in found if n == "tag"] == ["a", "b"] and ("pages", 3) in found
    assert list(weber.find_by_attribute("tag", "B")) == [letter]
    letter.set_attributes({"pages": 4})
    assert [(a.name, a.value) for a in letter.attributes()] == [("pages", "4")]
    assert list(weber.find_by_attribute("tag", "b")) == []
    with pytest.raises(efile.Invalid, match="pages"):
        letter.set_attributes({"pages": "many"})
    definition = weber.doctype("letter")
    assert [f["name"] for f in definition["fields"]][0] == "amount"


def test_relations(weber: efile.Session, case: efile.Case) -> None:
    letter, answer = (case.add_document(title, b"x") for title in ("Brief", "Antwort"))
    key = answer.relate(letter, "answers", "fristgerecht")
    (relation,) = letter.relations()
    assert relation == efile.Relation(key, answer.id, letter.id, "answers", "fristgerecht")
    with pytest.raises(efile.Exists):
        answer.relate(letter, "answers")
    weber.remove_relation(relation)
    assert list(answer.relations()) == []


def test_strangers_learn_nothing(weber: efile.Session, case: efile.Case) -> None:
    with weber.store.session("k.klein", login="test") as klein:
        with pytest.raises(efile.NotFound):
            klein.case(case.id)
        with pytest.raises(efile.NotFound):
            klein.node(uuid.uuid4())
        with pytest.raises(efile.Denied):
            klein.create_plan("30", "Eigenes")
        assert list(klein.dossiers("20")) == []


def test_a_transaction_is_all_or_nothing(weber: efile.Session, case: efile.Case) -> None:
    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted), weber.transaction():
        case.add_document("nie gewesen", b"x")
        raise Interrupted
    assert list(case.children()) == []
    with weber.transaction():
        case.add_document("eins", b"1")
        case.add_document("zwei", b"2")
    assert [node.title for node in case.children()] == ["eins", "zwei"]
    assert weber.store.fsck().clean


def test_large_content_streams(
    weber: efile.Session, case: efile.Case, tmp_path: pathlib.Path
) -> None:
    data = bytes(range(256)) * 4096
    (tmp_path / "scan.tif").write_bytes(data)
    letter = case.add_document("Scan", tmp_path / "scan.tif", file_name="scan.tif")
    with letter.open() as content:
        head = content.read(1000)
        assert head == data[:1000]
        assert content.read() == data[1000:]
    leftover = letter.open()
    weber.close()
    with pytest.raises(efile.Invalid):
        leftover.read()
    with pytest.raises(efile.Invalid):
        letter.read()
    assert letter.title == "Scan"


def test_a_failing_source_files_nothing(weber: efile.Session, case: efile.Case) -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        case.add_document("nie", Broken())
    assert list(case.children()) == []


def test_search(weber: efile.Session, case: efile.Case) -> None:
    first = case.add_document("Bescheid über Gebühren", b"x", text="die Gebühren steigen")
    second = case.add_document("Antwort", b"x", text="zum Bescheid", date=dt.date(2026, 2, 1))
    hits = list(weber.search("bescheid"))
    assert {hit.id for hit in hits} == {first.id, second.id}
    assert all(hit.kind is efile.NodeKind.DOCUMENT for hit in hits)
    assert {hit.dossier for hit in hits} == {case.dossier}
    (hit,) = weber.search("gebuhr text:steigen")
    assert "[" in hit.marked() and hit.title == first.title
    assert weber.search_count("bescheid") == 2
    newest = next(weber.search("bescheid", limit=1))
    (rest,) = weber.search("bescheid", after=newest)
    assert {newest.id, rest.id} == {first.id, second.id}
    assert len(list(weber.search("bescheid", order=efile.SearchOrder.RELEVANCE))) == 2
    (dated,) = weber.search("bescheid date:2026-02")
    assert (dated.id, dated.date) == (second.id, dt.date(2026, 2, 1))
    with pytest.raises(efile.Invalid):
        weber.search("-bescheid")
    with pytest.raises(efile.Denied):
        weber.search_rebuild()
    with weber.store.session("admin", login="test") as admin:
        admin.search_rebuild()
        assert admin.search_count("bescheid") == 0
    assert efile.SEARCH_LIMIT == 1000
