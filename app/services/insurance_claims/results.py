"""The letter to the insurer (in German, as its readers are), the list, and FHIR for machines."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE

from app.adapters.pdf import Column, PrintedTable, printed
from app.adapters.pdf import Sheet as Page
from app.catalogue.result_files import Entry, Sheet, file_name, ics_file, xlsx_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import in_language, written
from app.kernel.text import Text
from app.services.insurance_claims.fhir_writing import claim_bundle
from app.services.insurance_claims.schemas import (
    CAUSE_LABELS,
    CAUSES,
    DECISION_LABELS,
    DECISIONS,
    ClaimValues,
)

GERMAN: Final = "de"
LETTER: Final = (
    Column(label="Datum"),
    Column(label="Nummer"),
    Column(label="Leistung", wide=True),
    Column(label="Berechnet", right=True),
    Column(label="Erstattet", right=True),
    Column(label="Offen", right=True),
)
REMIND_DAYS: Final = (7, 2)


def claim_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """Letter (PDF), list (XLSX), claim (FHIR), and the deadline as ICS where there is one."""
    values = ClaimValues().load(dict(delivery.values), unknown=EXCLUDE)
    number = delivery.number
    documents = [
        xlsx_file(
            file_name(number, "lines", "xlsx"), _sheets(values), locale=delivery.client_locale
        ),
        ResultDocument(
            name=file_name(number, "claim", "json"),
            media_type="application/fhir+json",
            content=claim_bundle(values, provider=delivery.client_name),
        ),
    ]
    letter = _letter(delivery, values)
    if letter is not None:
        name = file_name(number, "letter", "pdf")
        documents.insert(
            0, ResultDocument(name=name, media_type="application/pdf", content=printed(letter))
        )
    if values["due_on"]:
        entry = Entry(
            key=f"{number}:due",
            day=values["due_on"],
            summary=f"{number}: {in_language('Deadline', delivery.client_locale)}",
            note=values["due_law"],
            remind_days=REMIND_DAYS,
        )
        documents.append(ics_file(file_name(number, "deadline", "ics"), [entry]))
    return documents


def _letter(delivery: DeliveryInput, values: Mapping[str, Any]) -> Page | None:
    """A claim before the answer; after it what we object to or hand in; else there is none."""
    lines = values["lines"]
    if values["answered"]:
        lines = [one for one in lines if one["decision"] in ("object", "supply")]
        if not lines:
            return None
    title, opening, closing = _words(values)
    return Page(
        title=title,
        language=GERMAN,
        sender=(delivery.client_name,),
        recipient=tuple(
            values[key] for key in ("insurer", "insurer_street", "insurer_town") if values[key]
        ),
        facts=tuple((label, told) for label, told in _facts(delivery, values) if told),
        opening=("Sehr geehrte Damen und Herren,", opening),
        tables=(
            PrintedTable(
                columns=LETTER,
                rows=tuple(_printed(one) for one in lines),
                totals=(_totals(values, lines),),
            ),
        ),
        closing=(
            *_reasons(lines),
            *([values["argument"]] if values["argument"] else []),
            *closing,
            "Mit freundlichen Grüßen",
            delivery.client_name,
        ),
        footer=f"{delivery.client_name} · {values['bill_number']}",
    )


def _words(values: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    bill = f"{values['bill_number']} vom {_day(values['bill_date'])}".removesuffix(" vom ")
    due, law = _day(values["due_on"]), values["due_law"]
    if not values["answered"]:
        asked = "Kostenübernahme" if values["request"] == "approval" else "Erstattung"
        opening = f"wir bitten um {asked} für die folgenden Leistungen (Rechnung {bill})."
        term = (f"Ihre Antwort erwarten wir bis zum {due} ({law}).",) if due else ()
        return f"Antrag auf {asked}", opening, term
    decided = f" vom {_day(values['decided_on'])}" if values["decided_on"] else ""
    if values["insurance"] == "statutory":
        title, verb = "Widerspruch", "erheben wir Widerspruch"
    else:
        title, verb = "Einwendungen gegen Ihre Abrechnung", "bitten wir um erneute Prüfung"
    opening = (
        f"gegen Ihre Entscheidung{decided} zur Rechnung {bill} {verb}, soweit die folgenden "
        "Leistungen nicht erstattet wurden."
    )
    if not any(one["decision"] == "object" for one in values["lines"]):
        title = "Nachgereichte Unterlagen"
        opening = f"zu Ihrer Abrechnung{decided} der Rechnung {bill} reichen wir Unterlagen nach."
    return title, opening, ("Bitte teilen Sie uns das Ergebnis in Textform mit.",)


def _facts(delivery: DeliveryInput, values: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    return (
        ("Versichert", values["patient"]),
        ("Geboren", _day(values["birth_date"])),
        ("Vertrag", values["policy_number"]),
        ("Rechnung", values["bill_number"]),
        ("Unser Zeichen", delivery.number),
        ("Datum", _day(delivery.today)),
    )


def _printed(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        _day(one["day"]),
        one["number"],
        one["service"],
        _euro(one["billed"]),
        _euro(one["paid"]),
        _euro(one["expected"] - one["paid"]),
    )


def _totals(values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    billed = sum((one["billed"] for one in lines), Decimal(0))
    paid = sum((one["paid"] for one in lines), Decimal(0))
    missing = sum((one["expected"] - one["paid"] for one in lines), Decimal(0))
    return ("", "", "Summe", _euro(billed), _euro(paid), _euro(missing))


def _reasons(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    told = [f"Nr. {one['number']}: „{one['reason']}“" for one in lines if one["reason"]]
    return ["Ihre Begründungen:", *told] if told else []


def _day(value: date | None) -> str:
    return written(value, GERMAN) if value else ""


def _euro(value: Decimal) -> str:
    return written(value.quantize(Decimal("0.01")), GERMAN)


def _sheets(values: Mapping[str, Any]) -> list[Sheet]:
    causes = dict(zip(CAUSES, map(Text, CAUSE_LABELS), strict=True))
    decisions = dict(zip(DECISIONS, map(Text, DECISION_LABELS), strict=True))
    return [
        Sheet(
            title=Text("Lines"),
            headings=(
                *(Text("Date of treatment"), Text("Number"), Text("Service"), Text("Billed")),
                *(Text("By the tariff"), Text("Paid"), Text("Cause")),
                *(Text("Reason of the insurer"), Text("Decision")),
            ),
            rows=[
                [
                    *(one["day"], one["number"], one["service"], one["billed"], one["expected"]),
                    *(one["paid"], causes[one["cause"]], one["reason"]),
                    decisions[one["decision"]],
                ]
                for one in values["lines"]
            ],
        ),
        Sheet(
            title=Text("Overview"),
            headings=(
                *(Text("Bill number"), Text("Billed in total"), Text("Paid in total")),
                *(Text("Objected to"), Text("Deadline"), Text("Law")),
                Text("Not barred before the end of"),
            ),
            rows=[
                [
                    *(values["bill_number"], values["billed_total"], values["paid_total"]),
                    *(values["objected_total"], values["due_on"], values["due_law"]),
                    values["barred_after"],
                ]
            ],
        ),
    ]
