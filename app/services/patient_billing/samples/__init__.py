"""Bills of patients who do not exist, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.catalogue.samples import SampleOrder


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A plain bill, one with errors, one handed in as a list, one that is delivered."""
    first, second = today - timedelta(days=12), today - timedelta(days=9)
    return (
        SampleOrder(
            type_key="patient_bill",
            payload=_order("Erika Sonnenberg", "2026-311", "Grippaler Infekt", _flu(first, second)),
            hours_ago=30,
            end="delivered",
        ),
        SampleOrder(
            type_key="patient_bill",
            payload=_order("Karl-Heinz Brede", "2026-312", "Arterielle Hypertonie", _raised(first)),
            hours_ago=9,
            end="ticked",
        ),
        SampleOrder(
            type_key="patient_bill",
            payload=_order("Ayşe Demirel", "2026-313", "Vorsorge", ()),
            files=(("leistungen.csv", _listed(second)),),
            hours_ago=5,
            end="review",
        ),
        SampleOrder(
            type_key="patient_bill",
            payload=_order("Johann Petersen", "2026-314", "Lumbago", _flu(first, second)[:3]),
            hours_ago=2,
        ),
    )


def _order(
    patient: str, number: str, diagnosis: str, lines: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "patient": patient,
        "birth_date": "1969-10-10",
        "street": "Lindenweg 4",
        "town": "24103 Kiel",
        "invoice_number": number,
        "diagnosis": diagnosis,
        "practice_street": "Holtenauer Straße 12",
        "practice_town": "24105 Kiel",
        "iban": "DE02120300000000202051",
        "positions": list(lines),
    }


def _line(day: date, number: str, factor: str, **more: Any) -> dict[str, Any]:
    return {"day": day.isoformat(), "number": number, "factor": factor, **more}


def _flu(first: date, second: date) -> tuple[dict[str, Any], ...]:
    return (
        _line(first, "1", "2.3"),
        _line(first, "7", "2.3"),
        _line(first, "70", "2.3"),
        _line(second, "3", "2.3"),
        _line(second, "5", "2.3"),
    )


def _raised(first: date) -> tuple[dict[str, Any], ...]:
    """A raised factor without a reason, and two numbers that exclude each other."""
    return (
        _line(first, "8", "3.5"),
        _line(first, "5", "2.3"),
        _line(first, "651", "1.8"),
        _line(first, "3501", "1.15"),
    )


def _listed(day: date) -> bytes:
    shown = day.strftime("%d.%m.%Y")
    rows = ("Datum;Ziffer;Faktor;Anzahl;Begründung", f"{shown};29;2,3;1;", f"{shown};250;1,8;1;")
    return "\r\n".join((*rows, f"{shown};3550;1,15;1;", "")).encode("cp1252")
