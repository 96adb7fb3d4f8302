"""Three-way match: made papers with every deviation, real Peppol files, broken ones."""

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from lxml import etree

from app.adapters.einvoice import cii
from app.adapters.einvoice.document import Account, EInvoice, Line, Party
from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.procurement.manifest import SERVICE
from app.services.procurement.rules import CANCELLATION, ORDER
from app.services.procurement.samples import (
    NAMES,
    ROWS,
    Row,
    despatch,
    invoice,
    order,
    sample_orders,
)
from app.services.procurement.schemas import ProcurementValues
from app.services.procurement.ubl import NotAPaper, read_paper
from tests.conftest import REFERENCE_DATA

FOLDER = REFERENCE_DATA / "procurement" / "peppol-examples"
INVOICES = REFERENCE_DATA / "einvoice" / "xrechnung-testsuite"
OTHERS = [
    REFERENCE_DATA / "einvoice" / name for name in ("en16931-examples", "xrechnung-rule-tests")
]


def run(*contents: bytes, tolerance: str = "0") -> StepResult:
    work = SERVICE.work_types[0]
    assert work.automation is not None
    documents = tuple(
        StepDocument(id=uuid4(), name=f"{at}.xml", media_type="application/xml", content=content)
        for at, content in enumerate(contents)
    )
    payload = {"quantity_tolerance": tolerance, "price_tolerance": tolerance}
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=documents,
                payload=payload,
                client_name="C",
                client_locale="de",
                today=date(2026, 11, 25),
            )
        )


def codes(result: StepResult) -> set[tuple[str, str]]:
    return {(one.code, one.place) for one in result.findings}


def test_three_papers_that_agree() -> None:
    result = run(order("B-1"), despatch("L-1", "B-1"), invoice("R-1", "B-1"))
    assert result.findings == ()
    assert result.straight_through
    assert result.values["verdict"].value == "ok"
    assert result.title == "Ladenbau Hinrichs GmbH · B-1"


@pytest.mark.parametrize(
    ("delivered", "billed", "expected", "too_much"),
    [
        (("3", "SN-90", "6", ""), ROWS[2], {"PR-DELIVERED-LESS", "PR-BILLED-MORE"}, "178.00"),
        (("3", "SN-90", "9", ""), ROWS[2], {"PR-DELIVERED-MORE"}, "0.00"),
        (None, ROWS[2], {"PR-NOT-DELIVERED", "PR-BILLED-MORE"}, "712.00"),
        (ROWS[2], ("3", "SN-90", "8", "89.01"), {"PR-PRICE-ABOVE"}, "0.08"),
        (ROWS[2], ("3", "SN-90", "9", "89.00"), {"PR-BILLED-MORE"}, "89.00"),
        (ROWS[2], None, {"PR-NOT-BILLED"}, "0.00"),
    ],
)
def test_every_deviation_is_found(
    delivered: Row | None, billed: Row | None, expected: set[str], too_much: str
) -> None:
    came = [*ROWS[:2], *([delivered] if delivered else [])]
    bill = [*ROWS[:2], *([billed] if billed else [])]
    result = run(order("B-1"), despatch("L-1", "B-1", came), invoice("R-1", "B-1", bill))
    assert {code for code, place in codes(result) if place == "OrderLine 3"} == expected
    assert result.values["difference"].value == too_much


def test_tolerances_and_parts() -> None:
    dearer: Sequence[Row] = [("1", "SN-33", "101", "4.22"), *ROWS[1:]]
    papers = (order("B-1"), despatch("L-1", "B-1", dearer), invoice("R-1", "B-1", dearer))
    assert codes(run(*papers))
    assert not codes(run(*papers, tolerance="1"))
    halves: Sequence[Row] = [("1", "SN-33", "50", "4.20")]
    parts = [*halves, *ROWS[1:]]
    both = (despatch("L-1", "B-1", parts), despatch("L-2", "B-1", halves))
    assert not codes(run(order("B-1"), *both, invoice("R-1", "B-1")))


def test_what_nobody_ordered_and_other_orders() -> None:
    more = [*ROWS, ("4", "SN-99", "1", "45.00")]
    result = run(order("B-1"), despatch("L-1", "B-2"), invoice("R-1", "B-1", more))
    assert codes(result) == {("PR-NOT-ORDERED", "SN-99"), ("PR-OTHER-ORDER", "")}
    assert result.values["difference"].value == "45.00"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Order/>", "PR-DOCTYPE"),
        (b"<Order", "PR-BROKEN"),
        (b"", "PR-BROKEN"),
        (b"<Catalogue/>", "PR-OTHER"),
        (b"%PDF-1.7", "PR-BROKEN"),
    ],
)
def test_broken_files_are_findings(content: bytes, code: str) -> None:
    result = run(content)
    assert code in {found for found, _ in codes(result)}
    assert "PR-NO-ORDER" in {found for found, _ in codes(result)}


def test_the_comparison_is_handed_over() -> None:
    sample = sample_orders(date(2026, 11, 25))[1]
    result = run(*(content for _, content in sample.files))
    values = {key: one.value for key, one in result.values.items()}
    assert ProcurementValues().validate(values) == {}
    assert SERVICE.work_types[0].deliver is not None
    _, table = SERVICE.work_types[0].deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    assert len(table.content.decode("utf-8-sig").splitlines()) == 5


def test_real_peppol_orders_are_read_to_their_totals() -> None:
    if not FOLDER.exists():
        pytest.skip(f"no reference data: {FOLDER}")
    summed = 0
    for path in FOLDER.rglob("*.xml"):
        root = etree.fromstring(path.read_bytes())
        if etree.QName(root).localname != "Order":
            continue
        paper = read_paper(path.read_bytes())
        assert (paper.kind, bool(paper.lines), bool(paper.number)) == (ORDER, True, True), path
        total = root.xpath("string(//*[local-name()='AnticipatedMonetaryTotal']/*[1])")
        if all(one.price is not None for one in paper.lines):
            found = sum((one.quantity * (one.price or 0) for one in paper.lines), Decimal(0))
            assert found.quantize(Decimal("0.01")) == Decimal(str(total)).quantize(
                Decimal("0.01")
            ), path
            summed += 1
    assert summed >= 3


def test_what_is_taken_off_a_line_is_spread_over_its_price() -> None:
    rows: Sequence[Row] = [("1", "SN-33", "100", "4.20")]
    taken_off = (
        b"<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        b"<cbc:Amount>21.00</cbc:Amount></cac:AllowanceCharge><cac:Item>"
    )
    cheaper = invoice("R-1", "B-1", rows).replace(b"<cac:Item>", taken_off)
    cheaper = cheaper.replace(b">420.00<", b">399.00<")
    (line,) = read_paper(cheaper).lines
    assert line.price == Decimal("3.99")
    assert not codes(run(order("B-1", rows), despatch("L-1", "B-1", rows), cheaper))
    dearer = cheaper.replace(b"false", b"true").replace(b">399.00<", b">441.00<")
    result = run(order("B-1", rows), despatch("L-1", "B-1", rows), dearer)
    assert codes(result) == {("PR-PRICE-ABOVE", "OrderLine 1")}
    assert result.values["difference"].value == "21.00"


def test_a_cii_invoice_is_matched_as_ubl_is() -> None:
    lines = [
        Line(
            position=at,
            name=NAMES[article],
            note="",
            quantity=Decimal(quantity),
            unit="C62",
            unit_price=Decimal(price),
            net=Decimal(quantity) * Decimal(price),
            category="S",
            percent=Decimal(19),
        )
        for at, (_, article, quantity, price) in enumerate(ROWS, start=1)
    ]
    written = cii_invoice(lines, order="B-1")
    assert run(order("B-1"), despatch("L-1", "B-1"), written).findings == ()
    (one, *_) = read_paper(written).lines
    assert (one.name, one.quantity, one.unit, one.price) == (
        "Regalboden",
        Decimal(100),
        "C62",
        Decimal("4.2"),
    )
    back = read_paper(written.replace(b">380<", b">381<"))
    assert back.sign == -1


def cii_invoice(lines: Sequence[Line], *, order: str) -> bytes:
    """By the writer that our own invoices come from."""
    party = Party(name="Ladenbau", street="A 1", postcode="1", city="B", country="DE")
    net = sum((one.net for one in lines), Decimal(0))
    day = date(2026, 11, 25)
    bill = EInvoice(
        number="R-1",
        type_code="380",
        currency="EUR",
        issued_on=day,
        due_on=day,
        since=day,
        until=day,
        seller=party,
        buyer=party,
        account=Account(iban="DE02120300000000202051", name="L"),
        buyer_reference="-",
        order=order,
        lines=tuple(lines),
        taxes=(),
        net=net,
        tax=Decimal(0),
        gross=net,
    )
    return cii.written(bill, guideline=cii.EN16931)


def test_real_cii_invoices_are_read_to_their_totals() -> None:
    if not INVOICES.exists():
        pytest.skip(f"no reference data: {INVOICES}")
    with (INVOICES.parent / "expected_totals.csv").open() as file:
        expected = {row["file"]: row for row in csv.DictReader(file)}
    summed = 0
    for path in sorted(INVOICES.rglob("*.xml")):
        row = expected.get(str(path.relative_to(INVOICES.parent)))
        if row is None or row["root"] != "CrossIndustryInvoice" or row["arithmetic_breaks"]:
            continue
        paper = read_paper(path.read_bytes())
        if len(paper.lines) != int(row["lines"]) or any(one.price is None for one in paper.lines):
            continue
        found = sum((one.quantity * (one.price or 0) for one in paper.lines), Decimal(0))
        assert abs(found - Decimal(row["line_total"])) <= Decimal("0.02"), path
        assert paper.number == row["invoice_id"], path
        summed += 1
    assert summed >= 20


def test_cii_invoices_of_other_suites_are_read_to_their_totals() -> None:
    """But for those whose total is not the sum of their own lines."""
    if not OTHERS[0].exists():
        pytest.skip(f"no reference data: {OTHERS[0]}")
    read, wrong, misstated = 0, set(), set()
    for path in (found for folder in OTHERS for found in folder.rglob("*.xml")):
        root = etree.fromstring(path.read_bytes())
        total = root.xpath(
            "//*[local-name()='SpecifiedTradeSettlementHeaderMonetarySummation']"
            "/*[local-name()='LineTotalAmount']"
        )
        if etree.QName(root).localname != "CrossIndustryInvoice" or not total:
            continue
        paper = read_paper(path.read_bytes())
        found = sum((one.quantity * (one.price or 0) for one in paper.lines), Decimal(0))
        read += 1
        if abs(found - Decimal(total[0].text)) > Decimal("0.02"):
            wrong.add(path.name)
        if any(one.stated is not None for one in paper.lines):
            misstated.add(path.name)
    assert read >= 60
    assert wrong == {"cii-br-de-16-negative-tests-bt-95-bt-151.xml"}
    assert misstated == {
        # Prices per as many as they are high; a charge that is taken off; whole forints.
        *("CII_business_example_01.xml", "CII_example9.xml", "XRechnung-O.xml"),
        "huf_example_cii.xml",
    }


def test_a_line_that_contradicts_itself_is_told_and_its_sum_compared() -> None:
    billed = invoice("R-1", "B-1")
    wrong = billed.replace(b">712.00<", b">801.00<", 1)
    assert wrong != billed
    result = run(order("B-1"), despatch("L-1", "B-1"), wrong)
    assert {code for code, _ in codes(result)} == {"PR-LINE-AMOUNT", "PR-PRICE-ABOVE"}
    told = next(one for one in result.findings if one.code == "PR-LINE-AMOUNT")
    assert told.params["stated"] == "801.00"
    assert told.params["worked_out"] == "712.00"
    assert result.values["difference"].value == "89.00"


def test_all_other_real_files_are_read_or_refused_with_a_reason() -> None:
    if not FOLDER.exists() or not INVOICES.exists():
        pytest.skip(f"no reference data: {FOLDER}")
    read, reasons = 0, set()
    for path in [*FOLDER.rglob("*.xml"), *INVOICES.rglob("*.xml")]:
        try:
            paper = read_paper(path.read_bytes())
        except NotAPaper as reason:
            reasons.add(str(reason))
            continue
        assert paper.lines or paper.kind == CANCELLATION, path
        read += 1
    assert read >= 30
    assert reasons == {"other", "response"}


def changed(number: str, sequence: int, rows: Sequence[Row], *, status: str = "3") -> bytes:
    """A Peppol order change of B-1."""
    text = order(number, rows).decode().replace("Order-2", "OrderChange-2")
    text = text.replace("<Order ", "<OrderChange ").replace("</Order>", "</OrderChange>")
    told = f"<cbc:SequenceNumberID>{sequence}</cbc:SequenceNumberID>"
    told += "<cac:OrderReference><cbc:ID>B-1</cbc:ID></cac:OrderReference>"
    text = text.replace("<cbc:DocumentCurrencyCode>", f"{told}<cbc:DocumentCurrencyCode>", 1)
    code = f"<cbc:LineStatusCode>{status}</cbc:LineStatusCode><cbc:Quantity"
    return text.replace("<cbc:Quantity", code).encode()


def test_an_order_is_compared_as_it_was_changed_last() -> None:
    first, last = ROWS[:2], ("3", "SN-90", "6", "89.00")
    came = [*first, last, ("4", "SN-99", "1", "45.00")]
    papers = (
        changed("C-2", 2, [last]),
        changed("C-1", 1, [("3", "SN-90", "5", "80.00")]),
        changed("C-3", 3, [("4", "SN-99", "1", "45.00")], status="1"),
        order("B-1"),
        despatch("L-1", "B-1", came),
        invoice("R-1", "B-1", came),
    )
    result = run(*papers)
    assert codes(result) == {("PR-CHANGED", "")}
    assert result.values["verdict"].value == "ok"
    taken_out = run(*papers, changed("C-4", 4, [ROWS[0]], status="2"))
    assert codes(taken_out) - codes(result) == {
        ("PR-DELIVERED-MORE", "OrderLine 1"),
    }


def test_a_cancelled_order_wants_nothing() -> None:
    text = order("S-1").decode().replace("Order-2", "OrderCancellation-2")
    text = text.replace("<Order ", "<OrderCancellation ")
    text = text.replace("</Order>", "</OrderCancellation>")
    result = run(order("B-1"), text.encode())
    assert "PR-CANCELLED" in {code for code, _ in codes(result)}
    assert {row["ordered"] for row in result.values["lines"].value} == {"0"}


def test_a_paper_that_comes_twice_counts_once_and_a_second_order_is_named() -> None:
    bill = invoice("R-1", "B-1")
    result = run(order("B-1"), despatch("L-1", "B-1"), bill, bill)
    assert codes(result) == {("PR-TWICE", "")}
    assert result.values["difference"].value == "0.00"
    two = run(order("B-1"), order("B-2"), despatch("L-1", "B-1"), invoice("R-1", "B-2"))
    assert {("PR-ORDERS", ""), ("PR-OTHER-ORDER", "")} <= codes(two)


def test_the_suppliers_answer_is_named_and_not_compared() -> None:
    papers = (order("B-1"), despatch("L-1", "B-1"), invoice("R-1", "B-1"))
    result = run(*papers, b"<OrderResponse/>")
    assert codes(result) == {("PR-RESPONSE", "3.xml")}
    assert result.values["verdict"].value == "ok"


@pytest.mark.parametrize("scenario", ["advanced_ordering_sc1"])
def test_a_real_scenario_is_compared_as_changed(scenario: str) -> None:
    folder = FOLDER / "Advanced Ordering scenarios" / scenario
    if not folder.exists():
        pytest.skip(f"no reference data: {folder}")
    result = run(*(path.read_bytes() for path in sorted(folder.glob("Order[CR_]*.xml"))))
    told = {code for code, _ in codes(result)}
    assert {"PR-CHANGED", "PR-CANCELLED", "PR-RESPONSE"} <= told
    assert "PR-OTHER" not in told
