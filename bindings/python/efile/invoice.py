# SPDX-License-Identifier: LGPL-2.1-or-later
"""Electronic invoices: EN 16931 in UBL 2.1 and CII D16B."""

from __future__ import annotations

import base64
import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ._efile import ffi, lib
from ._enums import InvoiceFormat, InvoiceReportFormat, Severity
from ._native import Handle, chars, decimal_from, taken, text
from .context import Context
from .errors import Invalid, NotFound
from .mail import Bytes, data_of
from .parse import Embedded
from .report import Report, report_taken
from .streams import Content, Target, Writer, reader


@dataclass(frozen=True)
class InvoiceDecision:
    """Whether an invoice is to be accepted, and by which scenario of XRechnung."""

    scenario: str | None
    accepted: bool
    errors: int
    warnings: int


class Term:
    """A term (BT) or group (BG) of an invoice, with its place in the document."""

    def __init__(self, invoice: Invoice, ptr: Any) -> None:
        self._invoice = invoice
        self._item = ptr

    @property
    def term(self) -> str:
        """Such as "BT-131"."""
        return text(self._checked(lib.efile_invoice_item_term)(self._item))

    @property
    def name(self) -> str:
        """The name of the term in the language of the context."""
        return text(lib.efile_invoice_item_name(self._invoice._ptr, self._item))

    @property
    def value(self) -> str:
        """Its text; "" for a group."""
        return text(lib.efile_invoice_item_value(self._invoice._ptr, self._item))

    @property
    def line(self) -> int:
        """The line of its element in the document."""
        return int(lib.efile_invoice_item_line(self._invoice._ptr, self._item, ffi.NULL))

    @property
    def column(self) -> int:
        """The column of its element, in bytes from 1."""
        out = ffi.new("long *")
        lib.efile_invoice_item_line(self._invoice._ptr, self._item, out)
        return int(out[0])

    @property
    def path(self) -> str:
        """The path of its element."""
        out = ffi.new("char **")
        invoice = self._invoice
        invoice._runtime.check(lib.efile_invoice_item_path, out, invoice._ptr, self._item)
        return taken(out)

    def items(self, term: str | None = None) -> Iterator[Term]:
        """What lies in this group, in order; only one term if it is named."""
        return self._invoice._items(self._item, term)

    def write_attachment(self, target: Target) -> None:
        """Writes the attached document of a BG-24 or BT-125 to a binary file object."""
        assert isinstance(self._invoice._above, Context)
        with Writer(self._invoice._above, target) as out:
            self._invoice._runtime.check(
                lib.efile_invoice_attachment, self._invoice._ptr, self._item, out._ptr
            )

    @property
    def safe_name(self) -> str:
        """A file name for the attached document of a BG-24 that is safe on every disk."""
        out = ffi.new("char **")
        invoice = self._invoice
        invoice._runtime.check(
            lib.efile_invoice_attachment_name, out, invoice._ptr, self._item
        )
        return taken(out)

    def _checked(self, function: Any) -> Any:
        self._invoice._ptr  # noqa: B018 - a closed invoice raises
        return function


class Invoice(Handle):
    """An invoice in XML that has been read: a tree of business terms.

    >>> import efile
    >>> efile.invoice_format_name(efile.invoice_detect(b"<x/>")[0])
    'other-xml'
    """

    def __init__(self, content: Content, *, context: Context | None = None) -> None:
        ctx = context or Context()
        out = ffi.new("efile_invoice **")
        if isinstance(content, (bytes, bytearray, memoryview)):
            given = ffi.from_buffer(content)
            ctx._runtime.check(lib.efile_invoice_from_xml, out, ctx._ptr, given, len(given))
        else:
            with reader(ctx._runtime, content) as source:
                ctx._runtime.check(lib.efile_invoice_read, out, ctx._ptr, source)
        super().__init__(out[0], lib.efile_invoice_free, ctx, ctx._runtime)

    @classmethod
    def build(cls, terms: Mapping[str, Any], *, context: Context | None = None) -> Invoice:
        """A draft out of terms and groups by their numbers, as :meth:`json` gives them.

        >>> import efile
        >>> draft = efile.Invoice.build({"BT-1": "17", "BG-25": [{"BT-131": "30.00"}]})
        >>> draft["BT-131"]
        '30.00'
        """
        ctx = context or Context()
        given = json.dumps(terms, default=_plain).encode()
        out = ffi.new("efile_invoice **")
        ctx._runtime.check(lib.efile_invoice_from_json, out, ctx._ptr, given, len(given))
        return cls._of(out[0], ctx)

    @classmethod
    def draft(cls, *, context: Context | None = None) -> Invoice:
        """A draft without any term; :meth:`add` puts them in."""
        ctx = context or Context()
        out = ffi.new("efile_invoice **")
        ctx._runtime.check(lib.efile_invoice_new, out, ctx._ptr)
        return cls._of(out[0], ctx)

    @classmethod
    def _of(cls, ptr: Any, ctx: Context) -> Invoice:
        invoice = cls.__new__(cls)
        Handle.__init__(invoice, ptr, lib.efile_invoice_free, ctx, ctx._runtime)
        return invoice

    def add(self, term: str, value: object = None, *, group: int = 0) -> int:
        """Adds a term or group to a draft; the number of the item, for adding to a group.

        >>> import efile
        >>> draft = efile.Invoice.draft()
        >>> line = draft.add("BG-25")
        >>> _ = draft.add("BT-131", "30.00", group=line)
        """
        out = ffi.new("size_t *")
        text_of = ffi.NULL if value is None else ffi.new("char[]", chars(str(value)))
        self._runtime.check(
            lib.efile_invoice_add, out, self._ptr, group, chars(term), text_of
        )
        return int(out[0])

    def write(self, format: InvoiceFormat | None = None) -> tuple[bytes, Report]:
        """The invoice as a document in UBL (the default) or CII, and what is not in it."""
        chosen = lib.efile_invoice_ubl_format(self._ptr) if format is None else int(format)
        out = ffi.new("char **")
        length = ffi.new("size_t *")
        losses = ffi.new("efile_report **")
        self._runtime.check(
            lib.efile_invoice_write, out, length, losses, self._ptr, chosen
        )
        try:
            return bytes(ffi.buffer(out[0], length[0])), report_taken(losses)
        finally:
            lib.efile_free(out[0])

    def __enter__(self) -> Invoice:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def format(self) -> InvoiceFormat:
        """The syntax that it came in."""
        return InvoiceFormat(lib.efile_invoice_format_of(self._ptr))

    @property
    def profile(self) -> str:
        """The specification identifier (BT-24)."""
        return text(lib.efile_invoice_profile(self._ptr))

    def __getitem__(self, term: str) -> str:
        """The first value of a term such as "BT-1"; KeyError if there is none."""
        found = lib.efile_invoice_value(self._ptr, chars(term))
        if found == ffi.NULL:
            raise KeyError(term)
        return text(found)

    def get(self, term: str, default: str | None = None) -> str | None:
        """The first value of a term, or a default."""
        try:
            return self[term]
        except KeyError:
            return default

    def items(self, term: str | None = None) -> Iterator[Term]:
        """What lies on the document level, in order; only one term if it is named."""
        return self._items(ffi.NULL, term)

    def _items(self, group: Any, term: str | None) -> Iterator[Term]:
        wanted = ffi.NULL if term is None else ffi.new("char[]", chars(term))
        item = lib.efile_invoice_first(self._ptr, group, wanted)
        while item != ffi.NULL:
            yield Term(self, item)
            item = lib.efile_invoice_next(self._ptr, item, wanted)

    def json(self) -> dict[str, Any]:
        """The whole invoice in the shape efile.invoice.v1."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_invoice_json, out, self._ptr)
        return dict(json.loads(taken(out), parse_float=Decimal))

    def html(self) -> str:
        """A page to read and print, in the language of the context."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_invoice_html, out, self._ptr)
        return taken(out)

    def report(self, format: InvoiceReportFormat) -> str:
        """Checks it and says what was found: JSON Lines, SVRL, HTML or a letter to the sender."""
        found = ffi.new("efile_report **")
        out = ffi.new("char **")
        self._runtime.check(lib.efile_invoice_check, found, self._ptr)
        try:
            self._runtime.check(
                lib.efile_invoice_report_write, out, self._ptr, found[0], int(format)
            )
        finally:
            lib.efile_report_free(found[0])
        return taken(out)

    def compare_pdf(
        self, *, name: str | None = None, xmp: bytes | None = None, text: str | None = None
    ) -> Report:
        """Where the PDF that carries it says other things: its metadata and its text."""
        pdf = ffi.new("efile_invoice_pdf *")
        given = [None if name is None else chars(name), xmp, None if text is None else chars(text)]
        keep = [ffi.NULL if part is None else ffi.new("char[]", part) for part in given]
        pdf.name, pdf.xmp, pdf.text = keep
        pdf.xmp_length = len(xmp or b"")
        out = ffi.new("efile_report **")
        self._runtime.check(lib.efile_invoice_compare_pdf, out, self._ptr, pdf)
        return report_taken(out)

    def set_scenario(self, name: str | None) -> None:
        """Judges by this scenario from now on, whatever BT-24 says; None: by the one that fits."""
        given = ffi.NULL if name is None else ffi.new("char[]", chars(name))
        self._runtime.check(lib.efile_invoice_set_scenario, self._ptr, given)

    def set_schemas(self, folder: str | os.PathLike[str] | None) -> None:
        """Checks also go by the XML schemas in this folder, such as the official ones."""
        given = ffi.NULL if folder is None else ffi.new("char[]", os.fsencode(folder))
        self._runtime.check(lib.efile_invoice_set_schemas, self._ptr, given)

    def check(self) -> Report:
        """Checks it against its structure, EN 16931 and XRechnung."""
        out = ffi.new("efile_report **")
        self._runtime.check(lib.efile_invoice_check, out, self._ptr)
        return report_taken(out)

    def decide(self) -> InvoiceDecision:
        """Checks it, and says whether it is to be accepted."""
        out = ffi.new("efile_report **")
        decision = ffi.new("efile_invoice_decision *")
        self._runtime.check(lib.efile_invoice_check, out, self._ptr)
        try:
            self._runtime.check(lib.efile_invoice_decide, decision, self._ptr, out[0])
        finally:
            lib.efile_report_free(out[0])
        return InvoiceDecision(
            text(decision.scenario) or None,
            bool(decision.accepted),
            decision.errors,
            decision.warnings,
        )

    def duplicate_key(self) -> str:
        """The key under which the same invoice would arrive again."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_invoice_duplicate_key, out, self._ptr)
        return taken(out)


def _plain(value: object) -> str:
    """Dates and decimals as JSON has them."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return str(value)


def check(
    data: Content,
    *,
    context: Context | None = None,
    scenario: str | None = None,
    schemas: str | os.PathLike[str] | None = None,
) -> Report:
    """Checks an invoice in XML: bytes in, findings out."""
    with Invoice(data, context=context) as invoice:
        invoice.set_scenario(scenario)
        invoice.set_schemas(schemas)
        return invoice.check()


def invoice_format_name(format: InvoiceFormat) -> str:
    """The name of a format, such as "ubl-invoice"."""
    return text(lib.efile_invoice_format_name(format))


def invoice_detect(
    data: Bytes, *, context: Context | None = None
) -> tuple[InvoiceFormat, str | None]:
    """What bytes are, and the root element of XML as "{uri}name"."""
    ctx = context or Context()
    given = ffi.from_buffer(data_of(data))
    out = ffi.new("efile_invoice_format *")
    root = ffi.new("char **")
    ctx._runtime.check(lib.efile_invoice_detect, out, root, ctx._ptr, given, len(given))
    return InvoiceFormat(out[0]), taken(root) or None


def invoice_pick(
    attachments: Sequence[Embedded], *, context: Context | None = None
) -> tuple[int | None, Report]:
    """Which attachment of a PDF is the invoice (None: none of them), and what is odd about it."""
    ctx = context or Context()
    array = ffi.new("efile_invoice_candidate[]", max(len(attachments), 1))
    keep = []
    for item, given in zip(array, attachments, strict=False):
        keep += [ffi.new("char[]", chars(given.name)), ffi.from_buffer(given.data)]
        item.name, item.data, item.length = keep[-2], keep[-1], len(given.data)
    index = ffi.new("size_t *")
    out = ffi.new("efile_report **")
    try:
        ctx._runtime.check(
            lib.efile_invoice_pick, index, out, ctx._ptr, array, len(attachments)
        )
    except NotFound:
        return None, report_taken(out)
    return int(index[0]), report_taken(out)


@dataclass(frozen=True)
class InvoiceRule:
    """A rule that invoices are checked by; schemas/invoice/README.md explains context and test."""

    id: str
    layer: str
    version: str
    source: str
    severity: Severity
    terms: tuple[str, ...]
    context: str
    test: str
    message: str


def invoice_rules(
    format: InvoiceFormat = InvoiceFormat.UBL_INVOICE, *, context: Context | None = None
) -> Iterator[InvoiceRule]:
    """The rules of a syntax, in the order in which they are tried.

    >>> import efile
    >>> next(r.message for r in efile.invoice_rules() if r.id == "BR-CO-18")
    'the invoice has no VAT breakdown (BG-23)'
    """
    ctx = context or Context()
    rule = ffi.new("efile_invoice_rule *")
    for index in itertools.count():
        status = ctx._runtime.check(lib.efile_invoice_rule_at, rule, ctx._ptr, int(format), index)
        if status == lib.EFILE_DONE:
            return
        yield InvoiceRule(
            id=text(rule.id),
            layer=text(rule.layer),
            version=text(rule.version),
            source=text(rule.source),
            severity=Severity(rule.severity),
            terms=tuple(text(rule.terms).split()),
            context=text(rule.context),
            test=text(rule.test),
            message=text(rule.message),
        )


@dataclass(frozen=True)
class InvoiceScenario:
    """What invoices are judged by: the rules that run, for which document and BT-24."""

    name: str
    format: InvoiceFormat
    specification: str
    layers: tuple[str, ...]


def invoice_scenarios(*, context: Context | None = None) -> Iterator[InvoiceScenario]:
    """The scenarios of XRechnung's test configuration.

    >>> import efile
    >>> next(efile.invoice_scenarios()).name
    'EN16931 XRechnung (UBL Invoice)'
    """
    ctx = context or Context()
    out = ffi.new("efile_invoice_scenario *")
    for index in itertools.count():
        status = ctx._runtime.check(lib.efile_invoice_scenario_at, out, ctx._ptr, index)
        if status == lib.EFILE_DONE:
            return
        yield InvoiceScenario(
            text(out.name),
            InvoiceFormat(out.format),
            text(out.specification),
            tuple(text(out.layers).split()),
        )


def leitweg_id_valid(identifier: str) -> bool:
    """Whether a Leitweg-ID is well formed with right check digits.

    >>> import efile
    >>> efile.leitweg_id_valid("04011000-1234512345-06")
    True
    """
    return bool(lib.efile_leitweg_id_valid(chars(identifier)))


@dataclass(frozen=True)
class Skonto:
    """One line of cash discount terms; `late` means interest for late payment instead."""

    days: int
    percent: Decimal
    base: Decimal | None
    late: bool


def skonto(terms: str) -> list[Skonto]:
    """The cash discount lines of payment terms (BT-20).

    >>> import efile
    >>> efile.skonto("#SKONTO#TAGE=14#PROZENT=2.00#\\n")
    [Skonto(days=14, percent=Decimal('2.00'), base=None, late=False)]
    """
    given = ffi.new("char[]", chars(terms))
    count = ffi.new("size_t *")
    room = 0
    while True:
        lines = ffi.new("efile_skonto[]", max(room, 1))
        if lib.efile_skonto_parse(lines, room, count, given) < 0:
            raise Invalid("a line of the payment terms begins with # but breaks the form")
        if count[0] <= room:
            return [_skonto(lines[i]) for i in range(count[0])]
        room = count[0]


def _skonto(line: Any) -> Skonto:
    base = decimal_from(line.base) if line.has_base else None
    return Skonto(int(line.days), decimal_from(line.percent), base, bool(line.late))
