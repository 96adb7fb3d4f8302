"""Works an order out into an invoice, says what forbids it, and writes the approved one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from marshmallow import EXCLUDE, ValidationError

from app.adapters.einvoice import checking, cii, page
from app.catalogue.result_files import file_name
from app.catalogue.rows import Column, as_date, at, read_table, shortened
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.numerals import number_of
from app.services.invoicing import rules
from app.services.invoicing.schemas import InvoicingValues
from app.services.invoicing.texts import told_of
from app.services.invoicing.units import MEANT
from app.services.invoicing.writing import einvoice, shown

COLUMNS: Final = (
    Column(key="name", names=("Bezeichnung", "Leistung", "Artikel", "Description"), required=True),
    Column(key="note", names=("Zusatz", "Beschreibung", "Details")),
    Column(
        key="quantity", names=("Menge", "Anzahl", "Qty"), kind="amount", required=True, strict=True
    ),
    Column(key="unit", names=("Einheit",), choices=MEANT, strict=True),
    Column(
        key="unit_price",
        names=("Einzelpreis", "Preis", "Price", "Unit price"),
        kind="amount",
        required=True,
        strict=True,
    ),
    Column(
        key="vat_rate",
        names=("USt", "MwSt", "USt-Satz", "VAT", "VAT rate"),
        kind="amount",
        strict=True,
    ),
)
KEPT: Final = (
    *("buyer_name", "buyer_street", "buyer_postcode", "buyer_city", "buyer_country"),
    *("buyer_vat_id", "buyer_email", "buyer_reference", "order_number", "vat_case"),
    *("exemption_reason", "language", "chart", "corrects_number"),
)
ISSUER: Final = (
    *("seller_name", "seller_street", "seller_postcode", "seller_city", "seller_country"),
    *("seller_vat_id", "seller_tax_number", "seller_contact", "seller_phone", "seller_email"),
    *("iban", "bic"),
)
PLACE: Final = "place"
"""In a position: by field, where in its file it stands."""
NUMBER: Final = "number:"
"""Before the number in the marks of an order that is about to take it."""
SVG: Final = "image/svg+xml"
PDF: Final = "application/pdf"
XML: Final = "application/xml"


def check(step: StepInput) -> StepResult:
    """The invoice as it would be issued; never raises for a file."""
    findings: list[StepFinding] = []
    values = _head(step)
    positions = [dict(one) for one in step.payload.get("positions") or ()]
    for document in step.documents:
        rows, found = _of_file(document)
        positions += rows
        findings += found
    values["positions"], found = _priced(positions, values)
    findings += found
    if not positions and not findings:
        findings.append(StepFinding(code="IV-NO-POSITIONS", severity=Severity.ERROR))
    values |= _totals(values["positions"])
    findings += [_finding(one) for one in rules.faults(values, today=step.today)]
    findings += _about_number(values, _used(step))
    mark = _mark(values)
    if mark in step.known_fingerprints:
        told = {"item": step.known_fingerprints[mark]}
        findings.append(StepFinding(code="IV-DUPLICATE", severity=Severity.WARNING, params=told))
    pictures: list[ResultDocument] = []
    if not any(one.severity is Severity.ERROR for one in findings):
        found, pictures = _as_issued(values)
        findings += found
    return StepResult(
        values={key: ProposedValue(value=_plain(value)) for key, value in values.items()},
        findings=shortened(findings),
        documents=tuple(pictures),
        fingerprints=(mark, f"{NUMBER}{values['invoice_number']}") if values["positions"] else (),
        title=" · ".join(one for one in (values["buyer_name"], values["invoice_number"]) if one),
        straight_through=all(one.severity is Severity.INFO for one in findings),
    )


def _head(step: StepInput) -> dict[str, Any]:
    """Everything but the positions, with what was left empty filled in."""
    order = step.payload
    values: dict[str, Any] = {key: str(order.get(key) or "").strip() for key in KEPT}
    known = step.books.get("seller") or {}
    for key in ISSUER:
        values[key] = str(order.get(key) or known.get(key) or "").strip()
    values["seller_name"] = values["seller_name"] or step.client_name
    values["seller_country"] = values["seller_country"] or rules.HOME
    for key in ("iban", "seller_vat_id", "buyer_vat_id"):
        values[key] = "".join(values[key].split()).upper()
    issued = as_date(str(order.get("issued_on") or "")) or step.today
    since = as_date(str(order.get("since") or "")) or issued
    prefix = str(order.get("number_prefix") or f"RE-{issued.year}-")
    number = str(order.get("invoice_number") or "").strip()
    return values | {
        "issued_on": issued,
        "since": since,
        "until": as_date(str(order.get("until") or "")) or since,
        "due_on": issued + timedelta(days=int(order.get("payment_days") or 0)),
        "discount_percent": number_of(str(order.get("discount_percent") or 0)) or Decimal(0),
        "discount_days": int(order.get("discount_days") or 0),
        "corrects_on": as_date(str(order.get("corrects_on") or "")),
        "invoice_number": number or rules.next_number(prefix, _used(step)),
        "currency": "EUR",
    }


def _used(step: StepInput) -> list[str]:
    """Numbers that were issued, and those that other orders are about to take."""
    waiting = (one.removeprefix(NUMBER) for one in step.known_fingerprints if NUMBER in one)
    return [*(step.books.get("numbers") or ()), *waiting]


def _of_file(document: StepDocument) -> tuple[list[dict[str, Any]], list[StepFinding]]:
    if not document.name.lower().endswith((".csv", ".xlsx", ".txt")):
        return [], [at(document, "FILE-KIND", Severity.ERROR)]
    table = read_table(document, COLUMNS)
    rows = []
    for row in table.rows:
        at_ = f"{document.name}:{row.line}"
        places = {key: f"{at_} {heading}" for key, heading in table.headings.items()}
        rows.append({**row.cells, PLACE: places})
    return rows, list(table.findings)


def _priced(
    rows: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[StepFinding]]:
    priced, findings = [], list[StepFinding]()
    case, on = values["vat_case"], values["until"]
    for number, row in enumerate(rows, start=1):
        quantity, price = (Decimal(str(row.get(key) or 0)) for key in ("quantity", "unit_price"))
        rate = Decimal(str(row["vat_rate"])) if row.get("vat_rate") not in (None, "") else None
        faults = rules.line_faults(case, quantity=quantity, unit_price=price, rate=rate, on=on)
        places = row.get(PLACE) or {}
        findings += [
            _finding(one, places.get(one.field) or f"positions {number} {one.field}")
            for one in faults
        ]
        priced.append(
            {
                "name": str(row.get("name") or "").strip()[:200],
                "note": str(row.get("note") or "").strip()[:500],
                "quantity": quantity,
                "unit": row.get("unit") or "C62",
                "unit_price": price,
                "vat_rate": rules.percent_of(case, rate, on),
                "net": rules.line_net(quantity, price),
            }
        )
    return priced, findings


def _totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
    taxed = rules.groups([(row["vat_rate"], row["net"]) for row in rows])
    net = sum((one.net for one in taxed), Decimal("0.00"))
    tax = sum((one.tax for one in taxed), Decimal("0.00"))
    return {"net": net, "tax": tax, "gross": net + tax}


def _finding(fault: rules.Fault, place: str = "") -> StepFinding:
    return StepFinding(
        code=fault.code,
        severity=Severity.ERROR if fault.severe else Severity.INFO,
        place=place or fault.field,
        params=told_of(fault),
    )


def _about_number(values: Mapping[str, Any], issued: Sequence[str]) -> Iterator[StepFinding]:
    number = values["invoice_number"]
    if number in issued:
        told: dict[str, Any] = {"number": number}
        yield StepFinding(
            code="IV-NUMBER-TAKEN", severity=Severity.ERROR, place="invoice_number", params=told
        )
    holes = rules.gaps(rules.prefix_of(number), [*issued, number])
    if holes:
        told = {"number": number, "found": ", ".join(holes)}
        yield StepFinding(
            code="IV-NUMBER-GAP", severity=Severity.WARNING, place="invoice_number", params=told
        )


def _mark(values: Mapping[str, Any]) -> str:
    """The same amount to the same customer for the same time."""
    told = (values["buyer_name"].casefold(), values["since"], values["until"], values["gross"])
    return sha256("|".join(map(str, told)).encode()).hexdigest()


def _as_issued(values: Mapping[str, Any]) -> tuple[list[StepFinding], list[ResultDocument]]:
    """What schema and validator say to the invoice as it would be written, and how it looks."""
    try:
        loaded = InvoicingValues().load({key: _plain(one) for key, one in values.items()})
    except ValidationError as wrong:  # a field too long, too many positions
        told = {"fields": ", ".join(sorted(wrong.messages_dict))[:200]}
        return [StepFinding(code="IV-FIELDS", severity=Severity.ERROR, params=told)], []
    bill = einvoice(loaded)
    found = [
        StepFinding(
            code="IV-RULE",
            severity=Severity.ERROR,
            place=rule,
            params={"rule": rule, "said": said[:300]},
        )
        for rule, said in checking.violations(cii.written(bill, guideline=cii.XRECHNUNG))
    ]
    picture = page.preview(shown(loaded, bill))
    return found, [ResultDocument(name="preview.svg", media_type=SVG, content=picture)]


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, list):
        return [{key: _plain(one) for key, one in row.items()} for row in value]
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """XRechnung, and the page with the same invoice inside (ZUGFeRD, PDF/A-3)."""
    values = InvoicingValues().load(dict(delivery.values), unknown=EXCLUDE)
    bill = einvoice(values)
    seen = shown(values, bill)
    pdf = page.with_xml(page.printed(seen), cii.written(bill, guideline=cii.EN16931), shown=seen)
    number = bill.number
    return (
        ResultDocument(name=file_name(number, "zugferd", "pdf"), media_type=PDF, content=pdf),
        ResultDocument(
            name=file_name(number, "xrechnung", "xml"),
            media_type=XML,
            content=cii.written(bill, guideline=cii.XRECHNUNG),
        ),
    )
