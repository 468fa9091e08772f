# SPDX-License-Identifier: LGPL-2.1-or-later
"""The receipt of invoices, from Python."""

import datetime as dt
import pathlib
import re

import pytest

import efile

SAMPLE = pathlib.Path(__file__).parents[3] / "tests" / "data" / "receipt" / "rechnung.xml"


def sample(**changes: str) -> efile.Invoice:
    text = SAMPLE.read_text(encoding="utf-8")
    filled = re.sub(r"\{(\w+)=([^{}]*)\}", lambda m: changes.get(m[1], m[2]), text)
    return efile.Invoice(filled.encode())


def test_leitweg() -> None:
    assert efile.leitweg_parse("0204:04011000-1234512345-06") == efile.Leitweg(
        "04011000-1234512345-06", "04011000", "1234512345", "06", True
    )
    assert efile.leitweg_make("05711").id == "05711-37"
    with pytest.raises(efile.Invalid, match="06"):
        efile.leitweg_parse("04011000-1234512345-07")
    with pytest.raises(efile.Invalid):
        efile.leitweg_make("x")


def test_terms() -> None:
    found = efile.receipt_terms(sample(), "BW", received=dt.date(2026, 3, 2))
    assert found["skonto"][0]["date"] == "2026-03-16"
    assert found["skonto"][0]["pay"] == "1166.20"
    assert found["clocks"]["statutory"]["date"] == "2026-04-01"
    assert found["pay_clock"] == "statutory"
    late = efile.receipt_terms(sample(), "BW", received=dt.date(2026, 3, 2), agreed_days=45)
    assert [flag["code"] for flag in late["flags"]] == ["AGREED_OVER_30"]
    with pytest.raises(efile.Invalid):
        efile.receipt_terms(sample(), "BW", skonto_start="bald")


def test_facts() -> None:
    found = efile.receipt_facts(sample(type="875"))
    assert found["kind"] == "interim"
    assert found["withholding"]["amount"] == "178.50"
    assert [flag["code"] for flag in found["flags"]] == ["CONSTRUCTION", "INTERIM"]


def test_recalculate() -> None:
    assert len(efile.receipt_recalculate(sample())) == 0
    order = {"number": "B-4711", "lines": [{"item": "LED-100", "quantity": 8, "price": "90.00"}]}
    rules = [f.rule for f in efile.receipt_recalculate(sample(), order)]
    assert rules == ["ORDER-PRICE", "ORDER-QUANTITY"]
    with pytest.raises(efile.Format):
        efile.receipt_recalculate(sample(), {"total": "viel"})


def test_compare_interim() -> None:
    paid = {"number": "A-1", "payable": "595.00", "paid": "595.00"}
    rules = [f.rule for f in efile.receipt_compare_interim(sample(type="877"), [paid])]
    assert rules == ["INTERIM-MISSING", "INTERIM-PAID"]
    assert len(efile.receipt_compare_interim(sample(type="877"), {"invoices": []})) == 0
    with pytest.raises(efile.Format):
        efile.receipt_compare_interim(sample(), [{}])


def test_the_ways_of_the_process() -> None:
    """Every way that schemas/processes/receipt.scenario tells, and every node."""
    processes = pathlib.Path(__file__).parents[3] / "schemas" / "processes"
    run = efile.scenario_test(processes / "receipt.scenario")
    assert run.passed and len(run) == 61, [r for r in run if not r.passed]
    (model,) = run.models
    assert model.process == "receipt" and all(model.visits.values())
