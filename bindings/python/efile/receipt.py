# SPDX-License-Identifier: LGPL-2.1-or-later
"""The receipt of invoices: Leitweg-ID, discount and days of payment, arithmetic."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ._efile import ffi, lib
from ._enums import ReceiptFiguresForm
from ._native import Options, chars, chars_or_null, taken, text
from .context import Context
from .invoice import Invoice
from .report import Report, report_taken
from .streams import Content, reader

if TYPE_CHECKING:
    from .session import Session


@dataclass(frozen=True)
class Leitweg:
    """A Leitweg-ID in its parts."""

    id: str
    coarse: str
    fine: str
    check: str
    peppol: bool


def _leitweg(out: Any) -> Leitweg:
    return Leitweg(
        text(out.id), text(out.coarse), text(out.fine), text(out.check), bool(out.peppol)
    )


def leitweg_parse(identifier: str, *, context: Context | None = None) -> Leitweg:
    """Reads a Leitweg-ID; Invalid says what is wrong with it.

    >>> import efile
    >>> efile.leitweg_parse("0204:04011000-1234512345-06").fine
    '1234512345'
    """
    ctx = context or Context()
    out = ffi.new("efile_leitweg *")
    ctx._runtime.check(lib.efile_leitweg_parse, out, ctx._ptr, chars(identifier))
    return _leitweg(out)


def leitweg_make(
    coarse: str, fine: str | None = None, *, context: Context | None = None
) -> Leitweg:
    """Makes a Leitweg-ID: computes the check digits.

    >>> import efile
    >>> efile.leitweg_make("04011000", "1234512345").id
    '04011000-1234512345-06'
    """
    ctx = context or Context()
    out = ffi.new("efile_leitweg *")
    ctx._runtime.check(
        lib.efile_leitweg_make, out, ctx._ptr, chars(coarse), chars_or_null(fine)
    )
    return _leitweg(out)


def receipt_terms(
    invoice: Invoice,
    land: str,
    *,
    received: dt.date | None = None,
    corrected: dt.date | None = None,
    due: dt.date | None = None,
    performed: dt.date | None = None,
    agreed: dt.date | None = None,
    agreed_days: int = 0,
    skonto_start: str | None = None,
    accepted: Decimal | str | None = None,
    place: str | None = None,
) -> dict[str, Any]:
    """Discount and the three clocks of an invoice: docs/json.md, efile.receipt_terms.v1."""
    out = ffi.new("char **")
    options = ffi.new("efile_receipt_terms_options *")
    lib.efile_receipt_terms_options_init(options)
    kept = []
    given = {
        "received": received,
        "corrected": corrected,
        "due": due,
        "performed": performed,
        "agreed": agreed,
        "skonto_start": skonto_start,
        "accepted": accepted,
        "land": land,
        "place": place,
    }
    for name, value in given.items():
        if value is not None:
            kept.append(ffi.new("char[]", chars(str(value))))
            setattr(options, name, kept[-1])
    options.agreed_days = agreed_days
    invoice._runtime.check(lib.efile_receipt_terms, out, invoice._ptr, options)
    return dict(json.loads(taken(out)))


def receipt_facts(invoice: Invoice) -> dict[str, Any]:
    """What an invoice means for the office: docs/json.md, efile.receipt_facts.v1."""
    out = ffi.new("char **")
    invoice._runtime.check(lib.efile_receipt_facts, out, invoice._ptr)
    return dict(json.loads(taken(out)))


def receipt_recalculate(invoice: Invoice, order: dict[str, Any] | None = None) -> Report:
    """Recalculates an invoice, and compares it with its order (docs/RECEIPT.md)."""
    out = ffi.new("efile_report **")
    given = None if order is None else json.dumps(order, default=str)
    invoice._runtime.check(
        lib.efile_receipt_recalculate, out, invoice._ptr, chars_or_null(given)
    )
    return report_taken(out)


def receipt_compare_interim(
    invoice: Invoice, interim: list[dict[str, Any]] | dict[str, Any]
) -> Report:
    """Compares a final invoice with its interim ones, as receipt_interim() tells them."""
    out = ffi.new("efile_report **")
    invoice._runtime.check(
        lib.efile_receipt_compare_interim,
        out,
        invoice._ptr,
        chars(json.dumps(interim, default=str)),
    )
    return report_taken(out)


def receipt_interim(session: Session, invoice: Invoice) -> list[dict[str, Any]]:
    """Interim invoices of the register that belong to an invoice: efile.receipt_interim.v1."""
    out = ffi.new("char **")
    session._runtime.check(lib.efile_receipt_interim, out, session._ptr, invoice._ptr)
    return list(json.loads(taken(out))["invoices"])


def receipt_set(session: Session, name: str, value: str) -> None:
    """Sets what the receipt of a store goes by: "land", "place"."""
    session._runtime.check(lib.efile_receipt_set, session._ptr, chars(name), chars(value))


def supplier_set(
    session: Session,
    seller: str,
    name: str,
    *,
    creditor: str | None = None,
    iban: str | None = None,
    skonto_start: str | None = None,
    agreed_days: int = 0,
    exempt_until: dt.date | None = None,
) -> None:
    """Keeps a supplier's data; `seller` is the VAT identifier, else tax number, else name."""
    row = ffi.new("efile_supplier *")
    lib.efile_supplier_init(row)
    kept = []
    given = {
        "seller": seller,
        "name": name,
        "creditor": creditor,
        "iban": iban,
        "skonto_start": skonto_start,
        "exempt_until": exempt_until,
    }
    for field, value in given.items():
        if value is not None:
            kept.append(ffi.new("char[]", chars(str(value))))
            setattr(row, field, kept[-1])
    row.agreed_days = agreed_days
    session._runtime.check(lib.efile_supplier_set, session._ptr, row)


def receipt_figures(
    session: Session, start: dt.date | None = None, end: dt.date | None = None
) -> dict[str, Any]:
    """Figures of the receipt, of invoices received in a period: efile.receipt_figures.v1."""
    options = Options(
        "efile_receipt_figures_options",
        lib.efile_receipt_figures_options_init,
        **{"from": None if start is None else str(start)},
        to=None if end is None else str(end),
    )
    out = ffi.new("char **")
    session._runtime.check(lib.efile_receipt_figures, out, session._ptr, options.ptr)
    return dict(json.loads(taken(out), parse_float=Decimal))


def receipt_figures_write(
    figures: dict[str, Any],
    form: ReceiptFiguresForm = ReceiptFiguresForm.HTML,
    *,
    context: Context | None = None,
) -> str:
    """Figures for people: a page with charts and tables, or lines of text."""
    ctx = context or Context()
    out = ffi.new("char **")
    given = json.dumps(figures, default=str)
    ctx._runtime.check(
        lib.efile_receipt_figures_write, out, ctx._ptr, chars(given), int(form)
    )
    return taken(out)


def receipt_settings(session: Session) -> dict[str, str | None]:
    """What is set for the receipt: efile.receipt_settings.v1."""
    out = ffi.new("char **")
    session._runtime.check(lib.efile_receipt_settings, out, session._ptr)
    found = dict(json.loads(taken(out)))
    del found["schema"]
    return found


def supplier(session: Session, seller: str) -> dict[str, Any]:
    """What is known of a supplier: efile.supplier.v1; NotFound if there is nothing."""
    out = ffi.new("char **")
    session._runtime.check(lib.efile_supplier_find, out, session._ptr, chars(seller))
    found = dict(json.loads(taken(out)))
    del found["schema"]
    return found


def suppliers(session: Session) -> Iterator[dict[str, Any]]:
    """What is known of suppliers, by their keys: efile.suppliers.v1."""
    after: str | None = None
    while True:
        out = ffi.new("char **")
        session._runtime.check(
            lib.efile_supplier_list, out, session._ptr, chars_or_null(after), 0
        )
        page = json.loads(taken(out))["suppliers"]
        yield from page
        if not page:
            return
        after = page[-1]["seller"]


def supplier_import(session: Session, content: Content) -> tuple[int, Report]:
    """Keeps the suppliers of a table: how many, and what is wrong (then none)."""
    found = ffi.new("efile_report **")
    count = ffi.new("int64_t *")
    with reader(session._runtime, content) as source:
        session._runtime.check(
            lib.efile_supplier_import, found, count, session._ptr, source
        )
    return int(count[0]), report_taken(found)
