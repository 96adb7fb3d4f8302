"""Reads a bill as FHIR (gematik's digital patient invoice): Invoice, ChargeItem and Patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.fhir import amount, extension, first, listed, mapped, person
from app.catalogue.steps import Severity
from app.services.patient_billing.findings import finding
from app.services.patient_billing.rules import Finding, Line

GOAE: Final = "GOÄ"
DETAILS: Final = "dipag-rechnungsposition-go-angaben"
KIND: Final = "dipag-rechnungsposition-type"
DAY: Final = "DiPagRechnungspositionBehandlungsdatum"
DIAGNOSIS: Final = "DiPagAbrechnungsDiagnoseProzedurFreitext"
PAYABLE_BY: Final = "dipag-zahlungsziel"


@dataclass(slots=True)
class ReadBill:
    """What was found."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    total: Decimal | None = None
    left_out: Decimal = Decimal(0)
    """What the lines come to that are billed by another schedule."""
    is_without_invoice: bool = False
    """Resources were handed in, but none that is the bill."""
    findings: list[Finding] = field(default_factory=list)


def read(found: Sequence[Mapping[str, Any]]) -> ReadBill:
    """The bill that the resources make up; what of it is no GOÄ is told, not judged."""
    bill = ReadBill()
    invoice = next((one for one in found if one.get("resourceType") == "Invoice"), None)
    patient = next((one for one in found if one.get("resourceType") == "Patient"), None)
    items = {
        f"ChargeItem/{one.get('id')}": one
        for one in found
        if one.get("resourceType") == "ChargeItem"
    }
    told = person(patient or {})
    told["patient"] = told.pop("name")
    bill.values = told
    if invoice is None:
        bill.is_without_invoice = True
        return bill
    bill.values |= _invoice(invoice)
    bill.total = amount(invoice.get("totalGross"))
    for number, entry in enumerate(listed(invoice.get("lineItem")), start=1):
        _line(bill, entry, items, place=f"lineItem[{number}]")
    return bill


def _line(
    bill: ReadBill, entry: Mapping[str, Any], items: Mapping[str, Any], *, place: str
) -> None:
    reference = str(mapped(entry.get("chargeItemReference")).get("reference") or "")
    item = items.get(reference) or items.get("ChargeItem/" + reference.rpartition(":")[2])
    if item is None:
        bill.findings.append(
            finding("PB-ITEM-MISSING", Severity.ERROR, place, reference=reference or "-")
        )
        return
    kind = mapped(extension(item, KIND).get("valueCoding")).get("code")
    code = first(mapped(item.get("code")).get("coding"))
    if kind != GOAE:
        bill.left_out += _amount(entry) or Decimal(0)
        bill.findings.append(
            finding("PB-OTHER-SCHEDULE", Severity.WARNING, place, kind=str(kind or "-"))
        )
        return
    try:
        bill.lines.append(
            Line(
                place=f"{place} {reference}",
                day=date.fromisoformat(str(extension(item, DAY).get("valueDate"))),
                number=str(code.get("code") or ""),
                factor=_factor(item),
                count=int(mapped(item.get("quantity")).get("value") or 1),
                reason=" ".join(str(one.get("text") or "") for one in listed(item.get("reason"))),
                amount=_amount(entry),
            )
        )
    except (ValueError, ArithmeticError, TypeError):
        bill.findings.append(finding("PB-LINE", Severity.ERROR, place))


def _factor(item: Mapping[str, Any]) -> Decimal:
    factor = extension(extension(item, DETAILS), "Faktor")
    value = extension(factor, "Value").get("valueDecimal")
    return Decimal(1) if value is None else Decimal(str(value))


def _amount(entry: Mapping[str, Any]) -> Decimal | None:
    parts = [
        amount(one.get("amount"))
        for one in listed(entry.get("priceComponent"))
        if one.get("type") == "base"
    ]
    return parts[0] if parts else None


def _invoice(invoice: Mapping[str, Any]) -> dict[str, Any]:
    terms = extension(mapped(invoice.get("_paymentTerms")), PAYABLE_BY)
    number = first(invoice.get("identifier"))
    return {
        "invoice_number": str(number.get("value") or ""),
        "invoice_date": str(invoice.get("date") or "")[:10] or None,
        "payable_by": terms.get("valueDate"),
        "diagnosis": str(extension(invoice, DIAGNOSIS).get("valueString") or ""),
    }
