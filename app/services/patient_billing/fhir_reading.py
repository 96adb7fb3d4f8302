"""Reads a bill as FHIR (gematik's digital patient invoice): Invoice, ChargeItem and Patient."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.catalogue.sandboxed import finding
from app.catalogue.steps import Severity
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
    findings: list[Finding] = field(default_factory=list)


def resources(content: bytes) -> list[dict[str, Any]] | None:
    """The resources of a file; None where it is no FHIR in JSON."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        return None
    if found["resourceType"] != "Bundle":
        return [found]
    entries = found.get("entry")
    inner = [one.get("resource") for one in entries or () if isinstance(one, dict)]
    return [one for one in inner if isinstance(one, dict)]


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
    if invoice is None:
        bill.findings.append(finding("PB-NO-INVOICE", Severity.ERROR))
        return bill
    bill.values = {**_patient(patient or {}), **_invoice(invoice)}
    bill.total = _money(invoice.get("totalGross"))
    for number, entry in enumerate(_list(invoice.get("lineItem")), start=1):
        _line(bill, entry, items, place=f"lineItem[{number}]")
    return bill


def _line(
    bill: ReadBill, entry: Mapping[str, Any], items: Mapping[str, Any], *, place: str
) -> None:
    reference = str(_dict(entry.get("chargeItemReference")).get("reference") or "")
    item = items.get(reference) or items.get("ChargeItem/" + reference.rpartition(":")[2])
    if item is None:
        bill.findings.append(
            finding("PB-ITEM-MISSING", Severity.ERROR, place, reference=reference or "-")
        )
        return
    kind = _dict(_extension(item, KIND).get("valueCoding")).get("code")
    code = next(iter(_list(_dict(item.get("code")).get("coding"))), {})
    if kind != GOAE:
        bill.findings.append(
            finding("PB-OTHER-SCHEDULE", Severity.INFO, place, kind=str(kind or "-"))
        )
        return
    try:
        bill.lines.append(
            Line(
                place=f"{place} {reference}",
                day=date.fromisoformat(str(_extension(item, DAY).get("valueDate"))),
                number=str(code.get("code") or ""),
                factor=_factor(item),
                count=int(_dict(item.get("quantity")).get("value") or 1),
                reason=" ".join(str(one.get("text") or "") for one in _list(item.get("reason"))),
                amount=_amount(entry),
            )
        )
    except (ValueError, ArithmeticError, TypeError):
        bill.findings.append(finding("PB-LINE", Severity.ERROR, place))


def _factor(item: Mapping[str, Any]) -> Decimal:
    factor = _extension(_extension(item, DETAILS), "Faktor")
    value = _extension(factor, "Value").get("valueDecimal")
    return Decimal(1) if value is None else Decimal(str(value))


def _amount(entry: Mapping[str, Any]) -> Decimal | None:
    parts = [
        _money(one.get("amount"))
        for one in _list(entry.get("priceComponent"))
        if one.get("type") == "base"
    ]
    return parts[0] if parts else None


def _money(found: object) -> Decimal | None:
    value = _dict(found).get("value")
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _patient(patient: Mapping[str, Any]) -> dict[str, Any]:
    name = next(iter(_list(patient.get("name"))), {})
    address = next(iter(_list(patient.get("address"))), {})
    given = " ".join(str(one) for one in name.get("given") or () if isinstance(one, str))
    street = " ".join(str(one) for one in address.get("line") or () if isinstance(one, str))
    return {
        "patient": str(name.get("text") or f"{given} {name.get('family') or ''}").strip(),
        "birth_date": patient.get("birthDate") or None,
        "street": street,
        "town": f"{address.get('postalCode') or ''} {address.get('city') or ''}".strip(),
    }


def _invoice(invoice: Mapping[str, Any]) -> dict[str, Any]:
    terms = _extension(_dict(invoice.get("_paymentTerms")), PAYABLE_BY)
    number = next(iter(_list(invoice.get("identifier"))), {})
    return {
        "invoice_number": str(number.get("value") or ""),
        "invoice_date": str(invoice.get("date") or "")[:10] or None,
        "payable_by": terms.get("valueDate"),
        "diagnosis": str(_extension(invoice, DIAGNOSIS).get("valueString") or ""),
    }


def _extension(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for one in _list(of.get("extension")):
        if str(one.get("url") or "").rpartition("/")[2] == name:
            return one
    return {}


def _list(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _dict(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}
