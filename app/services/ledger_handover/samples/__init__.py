"""A list of bookings made by us, with what a careful check finds in it."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Final

from app.catalogue.samples import SampleOrder

HEAD: Final = "Belegdatum;Betrag;Soll;Haben;BU-Schlüssel;Belegnummer;Buchungstext;Kostenstelle"


def journal(year: int, month: int) -> str:
    """A month's bookings."""
    rows = (
        f"03.{month:02d}.{year};1.190,00;4930;70012;9;RE-4711;Bürobedarf Müller & Söhne;4100",
        f"05.{month:02d}.{year};238,00;10001;8400;;RE-2026-1001;Café Anker, Wartung;",
        f"12.{month:02d}.{year};59,50;70012;4930;9;GS-17;Gutschrift Bürobedarf;4100",
        f"20.{month:02d}.{year};11,20;4970;1200;;Entgelt 10/26;Kontoführung;",
        f"20.{month:02d}.{year};480,50;1200;10003;;RE 1003;Zahlung Hotel Seeblick;",
    )
    return "\r\n".join((HEAD, *rows)) + "\r\n"


def order(year: int, month: int) -> dict[str, object]:
    """The order of a month."""
    last = monthrange(year, month)[1]
    return {
        "since": date(year, month, 1).isoformat(),
        "until": date(year, month, last).isoformat(),
        "adviser": 1001,
        "client": 456,
        "chart": "SKR03",
        "account_length": 4,
        "first_month": 1,
        "name": "",
    }


def orders(today: date) -> Sequence[SampleOrder]:
    """For the demo: last month, as far as it got."""
    month = today.month - 1 or 12
    year = today.year if today.month > 1 else today.year - 1
    return (
        SampleOrder(
            type_key="period",
            payload=order(year, month),
            files=(("buchungen.csv", journal(year, month).encode("cp1252")),),
            hours_ago=20,
            end="review",
        ),
    )
