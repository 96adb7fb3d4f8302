"""The bill as it goes to the patient: a printed page in German, and FHIR for machines."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.books.ibans import grouped
from app.catalogue.steps import DeliveryInput, ResultDocument

UNSAFE_NAME: Final = re.compile(r"[^\w.-]+")
FOOTNOTE: Final = (
    "Berechnet nach der Gebührenordnung für Ärzte (GOÄ); Heilbehandlungen sind nach § 4 Nr. 14 "
    "UStG von der Umsatzsteuer befreit."
)
GOAE_SYSTEM: Final = "http://fhir.de/CodeSystem/bäk/goä"
COLUMNS: Final = (
    Column(label="Datum"),
    Column(label="GOÄ"),
    Column(label="Leistung", wide=True),
    Column(label="Anzahl", right=True),
    Column(label="Faktor", right=True),
    Column(label="EUR", right=True),
)


def bill_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """PDF and FHIR bundle of the approved bill."""
    name = UNSAFE_NAME.sub("-", delivery.number)
    return (
        ResultDocument(
            name=f"{name}-bill.pdf", media_type="application/pdf", content=printed(_sheet(delivery))
        ),
        ResultDocument(
            name=f"{name}-bill.json", media_type="application/json", content=_fhir(delivery.values)
        ),
    )


def _sheet(delivery: DeliveryInput) -> Sheet:
    values = delivery.values
    rows: Sequence[Mapping[str, Any]] = values.get("positions") or ()
    reasons = [
        f"GOÄ {row['number']} vom {_day(row['day'])}, Faktor {_comma(row['factor'])}: "
        f"{row['reason']}"
        for row in rows
        if row.get("reason")
    ]
    due = f" bis zum {_day(values['payable_by'])}" if values.get("payable_by") else ""
    return Sheet(
        title="Rechnung über ärztliche Leistungen",
        sender=tuple(
            str(told)
            for told in (
                delivery.client_name,
                values.get("practice_street"),
                values.get("practice_town"),
            )
            if told
        ),
        recipient=tuple(
            str(values.get(key) or "") for key in ("patient", "street", "town") if values.get(key)
        ),
        facts=(
            ("Rechnungsnummer", str(values.get("invoice_number") or "")),
            ("Rechnungsdatum", _day(values.get("invoice_date"))),
            ("Patient", str(values.get("patient") or "")),
            ("Geboren", _day(values.get("birth_date"))),
        ),
        opening=(f"Diagnose: {values.get('diagnosis') or '-'}",),
        tables=(
            PrintedTable(
                columns=COLUMNS,
                rows=tuple(_printed_row(row) for row in rows),
                totals=(("", "", "Rechnungsbetrag", "", "", _comma(values.get("total"))),),
            ),
        ),
        closing=(
            *(("Begründungen nach § 12 Abs. 3 GOÄ:", *reasons) if reasons else ()),
            _asked(due, _account(values)),
            FOOTNOTE,
        ),
        footer=f"{delivery.client_name} · {values.get('invoice_number') or ''}",
    )


def _asked(due: str, account: str) -> str:
    return f"Bitte überweisen Sie den Betrag{due}{account} unter Angabe der Rechnungsnummer."


def _account(values: Mapping[str, Any]) -> str:
    number = str(values.get("iban") or "")
    return f" auf das Konto {grouped(number)}" if number else ""


def _printed_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        _day(row.get("day")),
        str(row.get("number") or ""),
        str(row.get("service") or ""),
        str(row.get("count") or 1),
        _comma(row.get("factor")),
        _comma(row.get("amount")),
    )


def _day(value: object) -> str:
    return date.fromisoformat(str(value)).strftime("%d.%m.%Y") if value else ""


def _comma(value: object) -> str:
    return str(value or "").replace(".", ",")


def _fhir(values: Mapping[str, Any]) -> bytes:
    """A collection of Patient, ChargeItems and Invoice (HL7 FHIR R4)."""
    mark = f"bill:{values.get('invoice_number')}"
    patient_id, invoice_id = _id(mark, "patient"), _id(mark, "invoice")
    rows: Sequence[Mapping[str, Any]] = values.get("positions") or ()
    items = [_charge_item(row, _id(mark, str(n)), patient_id) for n, row in enumerate(rows)]
    resources = [
        _patient(values, patient_id),
        *items,
        _invoice(values, rows, invoice_id=invoice_id, patient_id=patient_id, items=items),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def _id(mark: str, part: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{mark}:{part}"))


def _patient(values: Mapping[str, Any], patient_id: str) -> dict[str, Any]:
    address = {
        "line": [str(values["street"])] if values.get("street") else None,
        "text": str(values.get("town") or "") or None,
    }
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "id": patient_id,
        "name": [{"text": str(values.get("patient") or "")}],
    }
    if values.get("birth_date"):
        patient["birthDate"] = str(values["birth_date"])
    if any(address.values()):
        patient["address"] = [{key: part for key, part in address.items() if part}]
    return patient


def _charge_item(row: Mapping[str, Any], item_id: str, patient_id: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "resourceType": "ChargeItem",
        "id": item_id,
        "status": "billable",
        "code": {
            "coding": [{"system": GOAE_SYSTEM, "code": str(row.get("number"))}],
            "text": str(row.get("service") or row.get("number")),
        },
        "subject": {"reference": f"Patient/{patient_id}"},
        "occurrenceDateTime": str(row.get("day")),
        "quantity": {"value": int(row.get("count") or 1)},
        "factorOverride": _number(row.get("factor")),
    }
    if row.get("reason"):
        item["overrideReason"] = str(row["reason"])
    return item


def _invoice(
    values: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    invoice_id: str,
    patient_id: str,
    items: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    return {
        "resourceType": "Invoice",
        "id": invoice_id,
        "identifier": [{"value": str(values.get("invoice_number") or "")}],
        "status": "issued",
        "subject": {"reference": f"Patient/{patient_id}"},
        "date": str(values.get("invoice_date") or ""),
        "lineItem": [
            {
                "sequence": number,
                "chargeItemReference": {"reference": f"ChargeItem/{item['id']}"},
                "priceComponent": [{"type": "base", "amount": _euro(row.get("amount"))}],
            }
            for number, (row, item) in enumerate(zip(rows, items, strict=True), start=1)
        ],
        "totalNet": _euro(values.get("total")),
        "totalGross": _euro(values.get("total")),
    }


def _euro(amount: object) -> dict[str, Any]:
    return {"value": _number(amount), "currency": "EUR"}


def _number(value: object) -> float:
    """JSON has one kind of number; two decimals survive it."""
    return float(Decimal(str(value or 0)))
