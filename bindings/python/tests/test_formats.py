# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mail, PDF, invoices: what is read without a store."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import io
import os
import pathlib
from collections.abc import Iterator
from decimal import Decimal

import pytest

import efile
from efile import MailField

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<<"
    b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 40>>stream\nBT /F 12 Tf 20 50 Td (Bauamt) Tj ET     \nendstream endobj\n"
    b"5 0 obj<</Author(Meier)>>endobj\n"
    b"trailer<</Root 1 0 R/Info 5 0 R/Size 6>>\n%%EOF\n"
)

MAIL = (
    "Date: Mon, 2 Mar 2026 09:00:00 +0100\r\n"
    "From: =?utf-8?q?J=C3=BCrgen?= <j@firma.example>\r\n"
    "To: amt: a@stadt.example, b@stadt.example;\r\n"
    "Subject: Rechnung\r\n"
    "Message-ID: <1@firma.example>\r\n"
    "In-Reply-To: <0@stadt.example>\r\n"
    "References: <00@stadt.example> <0@stadt.example>\r\n"
    "X-Folded: one\r\n two\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n"
    "--b\r\nContent-Type: application/pdf; name=r.pdf\r\n"
    "Content-Disposition: attachment; filename=r.pdf\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(PDF).decode()
    + "\r\n--b--\r\n"
).encode()

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ID>R-17</cbc:ID>
<cbc:IssueDate>2026-03-02</cbc:IssueDate>
<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment>
<cbc:EmbeddedDocumentBinaryObject mimeCode="text/plain" filename="a.txt">SGFsbG8=\
</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme>
<cbc:CompanyID>DE123456789</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme></cac:Party></cac:AccountingSupplierParty>
<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>
<cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>
</Invoice>
""".encode()


def test_mail() -> None:
    with efile.Mail(MAIL) as mail:
        assert (mail.subject, mail.message_id) == ("Rechnung", "1@firma.example")
        assert mail.in_reply_to == "0@stadt.example"
        assert mail.references == ["00@stadt.example", "0@stadt.example"]
        assert mail.date == dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.timezone.utc)
        (sender,) = mail.addresses(MailField.FROM)
        assert sender == efile.MailAddress("Jürgen", "j@firma.example", None)
        assert [(a.address, a.group) for a in mail.addresses(MailField.TO)] == [
            ("a@stadt.example", "amt"),
            ("b@stadt.example", "amt"),
        ]
        assert mail.addresses(MailField.BCC) == []
        whole, letter, invoice = mail.parts
        assert whole.is_container and not letter.is_container
        assert letter.encoding is efile.MailEncoding.QUOTED_PRINTABLE
        assert (invoice.disposition, invoice.filename) == ("attachment", "r.pdf")
        assert mail.text(1) == "Grüße"
        assert mail.read(2) == PDF
        start = invoice.body_offset
        assert MAIL[start : start + 8] == base64.b64encode(PDF)[:8]
        assert mail.header("x-folded") == "one two"
        assert mail.header_raw("X-Folded").strip() == b"one\r\n two"
        assert mail.header("Content-Type", part=2).startswith("application/pdf")
        with pytest.raises(efile.NotFound):
            mail.header("X-None")
        with pytest.raises(efile.NotFound):
            mail.open(3)
        assert mail.json()["subject"] == "Rechnung"
        assert mail.report.clean
        content = mail.open(2)
        assert content.read(4) == b"%PDF"
    with pytest.raises(efile.Invalid):
        mail.subject
    with pytest.raises(efile.Invalid):
        content.read()


def test_odd_mail_is_a_finding(tmp_path: pathlib.Path) -> None:
    with pytest.raises(efile.Format):
        efile.Mail(b"")
    with pytest.raises(TypeError):
        efile.Mail("text")  # type: ignore[arg-type]
    (tmp_path / "m.eml").write_bytes(MAIL.replace(b"\r\n--b--\r\n", b""))
    mail = efile.Mail(tmp_path / "m.eml")
    assert len(mail.report) >= 1 and mail.report[0].rule.startswith("MIME-")


def test_mail_keeps_the_bytes_that_it_borrows() -> None:
    data = bytearray(MAIL)
    mail = efile.Mail(data)
    with pytest.raises(BufferError):
        data.clear()
    mail.close()
    data.clear()


@pytest.fixture
def parser() -> Iterator[efile.Parser]:
    """A parser, if the helper was built."""
    helper = pathlib.Path(os.environ.get("EFILE_HELPER", "none"))
    if not helper.is_file():
        pytest.skip("no helper: configure --enable-helper")
    with efile.Context(helper_path=helper) as ctx, efile.Parser(context=ctx) as opened:
        yield opened


def test_parse(parser: efile.Parser) -> None:
    info = parser.info(PDF)
    assert info.media_type == "application/pdf" and info.page_count == 1
    assert info.flags & efile.ParseFlag.PDF
    assert info.page_sizes == ((200_000, 100_000),)
    assert info.image_size is None and info.xmp is None
    assert (info.metadata["author"], info.metadata["version"]) == ("Meier", "1.4")
    assert "title" not in info.metadata
    (page,) = parser.text(PDF)
    assert "Bauamt" in page
    assert parser.attachments(PDF) == []
    image = parser.preview(PDF, width=300)
    assert image.startswith(b"\x89PNG")
    assert parser.info(image).image_size == (300, 150)
    with pytest.raises(efile.NotFound):
        parser.text(PDF, 1, 1)
    with pytest.raises(efile.Invalid):
        parser.preview(PDF, width=0)
    with pytest.raises(efile.Unsupported):
        parser.text(b"no PDF")


def test_without_helper(tmp_path: pathlib.Path) -> None:
    with efile.Context(helper_path=tmp_path / "none") as ctx:
        with efile.Parser(context=ctx) as parser, pytest.raises(NotImplementedError):
            parser.info(PDF)


def test_invoice_from_a_pdf(parser: efile.Parser) -> None:
    folder = pathlib.Path(os.environ.get("EFILE_TESTDATA", "none")) / "einvoice"
    if not (folder / "MANIFEST-pdf.tsv").is_file():
        pytest.skip("no test data: einvoice/MANIFEST-pdf.tsv")
    with open(folder / "MANIFEST-pdf.tsv", encoding="utf-8") as file:
        row = next(csv.DictReader(file, delimiter="\t"))
    name, size, digest = row["attachments(name=bytes=sha256)"].split("; ")[0].split("=")
    found = parser.attachments(folder / row["path"])
    index, report = efile.invoice_pick(found)
    assert index is not None and found[index].name == name and len(found[index].data) == int(size)
    assert hashlib.sha256(found[index].data).hexdigest() == digest
    assert report.clean
    with efile.Invoice(found[index].data) as invoice:
        assert invoice.format is efile.InvoiceFormat.CII
        assert invoice.profile == row["guideline"]


def test_invoice_scenarios() -> None:
    scenarios = list(efile.invoice_scenarios())
    assert len(scenarios) == 11
    assert scenarios[-1].layers == ("CEN-EN16931",)
    assert scenarios[-1].format is efile.InvoiceFormat.CII
    with efile.Invoice(UBL) as invoice:
        assert invoice.decide().scenario == "EN16931 (UBL Invoice)"
        invoice.set_scenario("EN16931 XRechnung")
        assert invoice.decide().scenario == "EN16931 XRechnung (UBL Invoice)"
        assert any(f.rule.startswith("BR-DE-") for f in invoice.check())
        with pytest.raises(efile.NotFound, match=r"EN16931 XRechnung CVD \(UBL Invoice\)"):
            invoice.set_scenario("none")
        invoice.set_scenario(None)
        assert not any(f.rule.startswith("BR-DE-") for f in invoice.check())
    rules = {f.rule for f in efile.invoice.check(UBL, scenario="EN16931 XRechnung")}
    assert "BR-DE-1" in rules


def test_invoice_schemas(tmp_path: pathlib.Path) -> None:
    schemas = tmp_path / "xsd"
    schemas.mkdir()
    with efile.Invoice(UBL) as invoice:
        before = len(list(invoice.check()))
        with pytest.raises(efile.NotFound):
            invoice.set_schemas(schemas)
        (schemas / "any name.xsd").write_text(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:oasis:"
            "names:specification:ubl:schema:xsd:Invoice-2'>"
            "<xs:element name='Invoice' type='xs:string'/></xs:schema>"
        )
        invoice.set_schemas(schemas)
        assert len(list(invoice.check())) > before
        invoice.set_schemas(None)
        assert len(list(invoice.check())) == before
    assert any(f.rule == "XSD" for f in efile.invoice.check(UBL, schemas=schemas))


def test_invoice(tmp_path: pathlib.Path) -> None:
    invoice = efile.Invoice(UBL)
    assert invoice.format is efile.InvoiceFormat.UBL_INVOICE
    assert efile.invoice_format_name(invoice.format) == "ubl-invoice"
    assert invoice.profile == "urn:cen.eu:en16931:2017"
    assert invoice["BT-1"] == "R-17" and invoice.get("BT-2") == "2026-03-02"
    assert invoice.get("BT-20") is None
    with pytest.raises(KeyError):
        invoice["BT-20"]
    lines = list(invoice.items("BG-25"))
    assert [next(line.items("BT-126")).value for line in lines] == ["1", "2"]
    number = next(invoice.items("BT-1"))
    assert (number.term, number.line, number.value) == ("BT-1", 6, "R-17")
    assert number.column >= 1 and number.name and "cbc:ID" in number.path
    assert {item.term for item in invoice.items()} >= {"BT-1", "BT-2", "BG-25"}
    target = io.BytesIO()
    next(invoice.items("BG-24")).write_attachment(target)
    assert target.getvalue() == b"Hallo"
    with pytest.raises(efile.NotFound):
        lines[0].write_attachment(target)
    assert invoice.json()["schema"] == "efile.invoice.v1"
    rules = {finding.rule for finding in invoice.check()}
    assert "BR-04" in rules and not invoice.check().clean
    decision = invoice.decide()
    assert (decision.scenario, decision.accepted) == ("EN16931 (UBL Invoice)", False)
    assert decision.errors > 0
    assert "R-17" in invoice.duplicate_key().upper()
    assert efile.invoice_detect(UBL)[0] is efile.InvoiceFormat.UBL_INVOICE
    assert efile.invoice_detect(b"%PDF-1.7")[0] is efile.InvoiceFormat.PDF
    (tmp_path / "r.xml").write_bytes(UBL)
    with efile.Invoice(tmp_path / "r.xml") as again, open(tmp_path / "r.xml", "rb") as file:
        assert again["BT-1"] == efile.Invoice(file)["BT-1"]
    invoice.close()
    with pytest.raises(efile.Invalid):
        number.value
    with pytest.raises(efile.Invalid):
        number.term


def test_no_invoice() -> None:
    with pytest.raises(efile.Format) as caught:
        efile.Invoice(b"<Invoice>")
    assert caught.value.line == 1
    with pytest.raises(efile.Unsupported):
        efile.Invoice(b"<x/>")
    index, report = efile.invoice_pick([])
    assert index is None and len(report) == 0


def test_skonto() -> None:
    lines = "\n".join(
        [
            "zahlbar bis Ende des Monats",
            "#SKONTO#TAGE=14#PROZENT=2.00#",
            "#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=100.00#",
            "#VERZUG#TAGE=30#PROZENT=9.00#",
            "",
        ]
    )
    found = efile.skonto(lines)
    assert [line.days for line in found] == [14, 7, 30]
    assert found[1].base == Decimal("100.00") and found[0].base is None
    assert [line.late for line in found] == [False, False, True]
    assert efile.skonto("") == []
    with pytest.raises(efile.Invalid):
        efile.skonto("#SKONTO#TAGE=x#\n")


BPMN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
 targetNamespace="urn:x"><process id="p" isExecutable="true"><startEvent id="s"/>
<userTask id="a" name="Pr\xc3\xbcfen"/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="a"/>
<sequenceFlow id="g" sourceRef="a" targetRef="e"/></process></definitions>"""


def test_scenarios(tmp_path: pathlib.Path) -> None:
    (tmp_path / "p.bpmn").write_bytes(BPMN)
    text = "deploy p.bpmn\nscenario right\nstart p\nexpect tasks a\ncomplete a\nexpect ended\n"
    (tmp_path / "p.scenario").write_text(text + "scenario wrong\nexpect instances 1\n")
    run = efile.scenario_test(tmp_path / "p.scenario")
    assert [result.passed for result in run] == [True, False] and not run.passed
    assert run[1].failed_line == 8 and run[1].name == "wrong" and len(run[:1]) == 1
    assert run.models[0].process == "p" and run.models[0].missed == []
    again = efile.scenario_test(io.BytesIO(text.encode()), models=tmp_path)
    assert again.passed and again.models[0].visits["a"] == 1
    with pytest.raises(efile.Format) as caught:
        efile.scenario_test(b"\ndance")
    assert caught.value.line == 2


def test_bpmn(tmp_path: pathlib.Path) -> None:
    assert efile.bpmn_check(BPMN).count(efile.Severity.ERROR) == 0
    broken = efile.bpmn_check(io.BytesIO(BPMN.replace(b'targetRef="e"', b'targetRef="x"')))
    assert broken.count(efile.Severity.ERROR) and broken[0].line
    (tmp_path / "p.bpmn").write_bytes(BPMN)
    marks = [
        efile.BpmnMark("s", efile.BpmnMarkKind.VISITED),
        efile.BpmnMark("a", efile.BpmnMarkKind.ACTIVE, 3),
    ]
    picture = efile.bpmn_render(tmp_path / "p.bpmn", marks=marks)
    assert "<svg" in picture and "Prüfen" in picture
    assert picture != efile.bpmn_render(BPMN, lay_out=True)
    hot = efile.bpmn_render(BPMN, heat=[efile.BpmnHeat("a", 12, dt.timedelta(hours=3))])
    assert "12× ø 3.0 h" in hot and "heat5" in hot
    with pytest.raises(efile.NotFound):
        efile.bpmn_render(BPMN, diagram=2)
    kept = efile.bpmn_roundtrip(BPMN.replace(b"</process>", b"<!-- kept --></process>"))
    assert b"<!-- kept --></process>" in kept
    with pytest.raises(efile.Format):
        efile.bpmn_roundtrip(b"<x/>")


def test_holidays_and_working_days() -> None:
    # Good Friday and Easter Monday 2026 are 3 and 6 April (Gauss's rule: Easter Sunday 5 April).
    days = {day.code: day for day in efile.holidays("DE-BW", 2026)}
    assert days["KARFREITAG"].date == dt.date(2026, 4, 3) and days["KARFREITAG"].law
    assert efile.holiday("DE-BW", dt.date(2026, 4, 2)) is None
    assert efile.is_working_day("DE-BW", dt.date(2026, 4, 6)) is efile.DayAnswer.NO
    saturday = dt.date(2026, 4, 11)
    assert efile.is_working_day("DE-BW", saturday) is efile.DayAnswer.NO
    assert efile.is_working_day("DE-BW", saturday, efile.DayKind.WERKTAG) is efile.DayAnswer.YES
    assert efile.add_working_days("DE-BW", dt.date(2026, 4, 7), -1) == dt.date(2026, 4, 2)
    # Assumption Day: in parts of Bavaria only; 15 August 2025 was a Friday.
    assumption = dt.date(2025, 8, 15)
    found = efile.holiday("DE-BY", assumption)
    assert found is not None and found.answer is efile.DayAnswer.ASK
    with pytest.raises(efile.Invalid):
        efile.add_working_days("DE-BY", dt.date(2025, 8, 14), 1)
    near, far = efile.add_working_days_between("DE-BY", dt.date(2025, 8, 14), 1)
    assert (near, far) == (assumption, dt.date(2025, 8, 18))
    with pytest.raises(efile.Invalid):
        efile.holidays("DE-XX", 2026)
    with pytest.raises(efile.Unsupported):
        efile.holidays("DE-BW", 1900)


def test_periods() -> None:
    found = efile.Period("bgb.date", dt.date(2028, 8, 15), land="BY")
    assert (found.state, found.date, found.other) == (
        efile.PeriodState.ASK_PLACE,
        dt.date(2028, 8, 15),
        dt.date(2028, 8, 16),
    )
    assert efile.period_state_name(found.state) == "ask_place"
    paused = efile.Period(
        "work.days", dt.date(2026, 12, 23), land="BW", n=4, closed=[dt.date(2026, 12, 24)]
    )
    assert paused.date == dt.date(2026, 12, 31)
    assert paused.end == dt.datetime(2026, 12, 31, 23, tzinfo=dt.timezone.utc)
    assert paused.json()["steps"][0]["code"] == "EVENT_187_1"
    waiting = efile.Period("gemhvo39", None, land="BW")
    assert waiting.date is None and waiting.end is None
    assert waiting.steps[0].code == "WAITS_FOR_EVENT" and waiting.steps[0].date is None
    with pytest.raises(efile.Invalid):
        efile.Period("skonto", dt.date(2026, 1, 1), land="BW")
    with pytest.raises(efile.NotFound):
        efile.Period("none", dt.date(2026, 1, 1))
    assert {rule.name for rule in efile.period_rules()} >= {"bgb.period", "vwgo70.objection"}


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m"
namespace="urn:m">
<inputData id="a" name="amount"><variable name="amount" typeRef="number"/></inputData>
<decision id="d" name="Approver"><variable name="Approver" typeRef="string"/>
<informationRequirement><requiredInput href="#a"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE">
<input><inputExpression><text>amount</text></inputExpression></input>
<output/>
<rule><inputEntry><text>[0..1000]</text></inputEntry>
<outputEntry><text>"clerk"</text></outputEntry></rule>
<rule><inputEntry><text>&gt;= 1000</text></inputEntry>
<outputEntry><text>"head"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_decisions() -> None:
    with efile.Dmn(DMN.encode(), name="approval.dmn") as model:
        assert model.evaluate("Approver", {"amount": Decimal("1200.50")}).value == "head"
        doubled = model.evaluate("d", {"amount": 1000})
        assert doubled.value is None and doubled.messages[0].rule == 2
        assert model.evaluate(inputs={"amount": 5}).value == {"Approver": "clerk"}
        assert [f.rule for f in model.check()] == ["DMN-TABLE-OVERLAP", "DMN-TABLE-GAP"]
        assert model.describe()["nodes"][1]["requires"] == ["amount"]
        with pytest.raises(efile.NotFound):
            model.evaluate("Nobody")
    with pytest.raises(efile.Format):
        efile.Dmn(b"<x/>")


def test_an_invoice_is_made_and_written() -> None:
    terms = {
        "BT-1": "17",
        "BT-2": dt.date(2026, 3, 2),
        "BG-2": {"BT-24": "urn:cen.eu:en16931:2017"},
        "BG-24": [{"BT-122": "A", "BT-125": b"foobar", "BT-125-2": "../a.csv"}],
        "BG-25": [{"BT-126": "1", "BT-131": Decimal("30.00")}],
    }
    draft = efile.Invoice.build(terms)
    assert draft.format is efile.InvoiceFormat.DRAFT
    for format in (None, efile.InvoiceFormat.CII):
        written, losses = draft.write(format)
        assert [f.rule for f in losses] == []
        again = efile.Invoice(written)
        assert again.json()["invoice"] == draft.json()["invoice"]
        attached = next(again.items("BG-24"))
        assert attached.safe_name == "_a.csv"
        assert "BR-16" not in [f.rule for f in efile.invoice.check(written)]
    with pytest.raises(efile.Invalid):
        efile.Invoice.build({"BT-2": "2.3.2026"})
    with pytest.raises(efile.Exists):
        draft.add("BT-1", "18")


def test_a_pdf_says_the_same_as_its_invoice() -> None:
    invoice = efile.Invoice.build({"BT-1": "17", "BT-2": "2026-03-02"})
    assert [f.rule for f in invoice.compare_pdf(text="17 02.03.2026")] == ["PDF-XMP"]
    assert "PDF-TEXT-DATE" in [f.rule for f in invoice.compare_pdf(xmp=b"<x/>", text="17")]


def test_pages_and_reports_of_an_invoice() -> None:
    draft = efile.Invoice.build({"BT-1": "<17>", "BG-25": [{"BT-126": "1"}]})
    assert "&lt;17&gt;" in draft.html()
    invoice = efile.Invoice(draft.write()[0])
    forms = {form: invoice.report(form) for form in efile.InvoiceReportFormat}
    assert '"rule":"BR-03"' in forms[efile.InvoiceReportFormat.JSONL]
    assert 'id="BR-03" flag="fatal"' in forms[efile.InvoiceReportFormat.XML]
    assert "BR-03" in forms[efile.InvoiceReportFormat.HTML]
    assert "Your invoice <17>" in forms[efile.InvoiceReportFormat.LETTER]
