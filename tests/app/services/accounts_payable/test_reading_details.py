"""Corners of reading: freight charges, extensions, extended profiles, odd PDFs, the child."""

import json
from decimal import Decimal

import pytest
from pypdf.errors import LimitReachedError

from app.services.accounts_payable import pdf, reading, xml_safety
from app.services.accounts_payable.profiles import MAX_REPORTED
from app.services.accounts_payable.reader_process import read_document, request
from app.services.accounts_payable.reading import read_file, read_xml
from app.services.accounts_payable.samples import sample, specification
from app.services.accounts_payable.samples.contents import CLOTH, FLOUR_CREDIT, FREIGHT
from app.services.accounts_payable.samples.write_cii import write_cii
from app.services.accounts_payable.samples.write_ubl import write_ubl
from tests.app.services.accounts_payable.reference import all_findings

FREIGHT_XML = sample("logistics-freight.xml")
EXTENSION = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"


def test_every_specification_reads_the_same_in_both_syntaxes() -> None:
    for one in (FREIGHT, CLOTH, FLOUR_CREDIT):
        in_ubl, in_cii = read_xml(write_ubl(one)).invoice, read_xml(write_cii(one)).invoice
        assert in_ubl is not None
        assert in_cii is not None
        assert (in_ubl.totals, in_ubl.lines) == (in_cii.totals, in_cii.lines)
        assert [(g.category, g.rate, g.basis, g.amount) for g in in_ubl.vat] == [
            (g.category, g.rate, g.basis, g.amount) for g in in_cii.vat
        ]
        assert in_ubl.is_credit_note == in_cii.is_credit_note
        assert in_ubl.seller.name == in_cii.seller.name
        assert in_ubl.preceding_invoice == in_cii.preceding_invoice


def test_freight_in_an_element_of_its_own_is_a_charge() -> None:
    charge = (
        b"<ram:SpecifiedLogisticsServiceCharge><ram:Description>Fracht</ram:Description>"
        b"<ram:AppliedAmount>10.00</ram:AppliedAmount><ram:AppliedTradeTax>"
        b"<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19"
        b"</ram:RateApplicablePercent></ram:AppliedTradeTax></ram:SpecifiedLogisticsServiceCharge>"
    )
    before = b"<ram:SpecifiedTradePaymentTerms>"
    invoice = read_xml(FREIGHT_XML.replace(before, charge + before)).invoice
    assert invoice is not None
    assert invoice.allowances[-1].is_charge
    assert invoice.allowances[-1].amount == Decimal("10.00")
    assert "BR-CO-12" in {
        one.code for one in all_findings(FREIGHT_XML.replace(before, charge + before))
    }


def test_group_and_information_lines_do_not_count() -> None:
    marked = FREIGHT_XML.replace(
        b"<ram:LineID>1</ram:LineID>",
        b"<ram:LineID>1</ram:LineID>"
        b"<ram:LineStatusReasonCode>INFORMATION</ram:LineStatusReasonCode>",
    )
    invoice = read_xml(marked).invoice
    assert invoice is not None
    assert [line.counts for line in invoice.lines] == [False, True]


def test_extensions_may_hold_anything_but_nothing_else_may() -> None:
    content = sample("shop-flyers.xml")
    inside = f'<x:UBLExtensions xmlns:x="{EXTENSION}"><any/></x:UBLExtensions>'.encode()
    at = content.index(b"<cbc:CustomizationID")
    assert read_xml(content[:at] + inside + content[at:]).findings == ()
    beside = read_xml(content[:at] + b'<y xmlns="urn:else"/>' * 9 + content[at:])
    assert [one.code for one in beside.findings] == ["AP-UNKNOWN-ELEMENT"] * MAX_REPORTED
    assert beside.findings[0].place.path == "/Invoice/y"
    assert beside.invoice is not None


def test_a_huge_pdf_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_PDF_BYTES", 1000)
    result = read_file(sample("bakery-boxes.pdf"))
    assert [one.code for one in result.findings] == ["AP-PDF-SIZE"]


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (RecursionError(), "AP-PDF-BROKEN"),
        (LimitReachedError("much"), "AP-PDF-BOMB"),
        (ZeroDivisionError(), "AP-PDF-BROKEN"),
    ],
)
def test_whatever_the_pdf_reader_raises_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, code: str
) -> None:
    def raise_it(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(pdf, "PdfReader", raise_it)
    assert [one.code for one in pdf.xml_attachments(b"%PDF-").findings] == [code]


def test_running_out_of_memory_is_for_the_sandbox_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_it(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pdf, "PdfReader", raise_it)
    with pytest.raises(MemoryError):
        pdf.xml_attachments(b"%PDF-")


def test_the_xml_parser_guards_itself() -> None:
    for content, code in ((b"", "AP-FILE-EMPTY"), (b"x", "AP-NOT-XML")):
        finding = xml_safety.parse(content).finding
        assert finding is not None
        assert finding.code == code


def test_the_child_reads_checks_and_proposes() -> None:
    order = {
        "today": "2026-11-21",
        "client_name": "Alpha Logistik",
        "cost_centre": "310",
        "order_number": "",
        "chart": "SKR03",
    }
    answer = json.loads(read_document(request(FREIGHT_XML, filename="x.xml", order=order)))
    assert answer["is_invoice"]
    assert answer["findings"] == []
    assert answer["values"]["gross"][0] == f"{FREIGHT.gross}"
    assert answer["values"]["cost_centre"] == ["310", ""]


def test_made_up_numbers_are_valid() -> None:
    assert specification.german_vat_id("13669597") == "DE136695976"
    assert specification.german_iban("37040044", "532013000") == "DE89370400440532013000"
