"""Orders for invoices made by us, for the demo and the tests."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from app.catalogue.samples import SampleOrder

ISSUER: Final[Mapping[str, Any]] = {
    "seller_street": "Am Speicher 7",
    "seller_postcode": "20457",
    "seller_city": "Hamburg",
    "seller_country": "DE",
    "seller_vat_id": "DE136695976",
    "seller_contact": "Jule Petersen",
    "seller_phone": "+49 40 5550123",
    "seller_email": "rechnung@example.com",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
}
WORKSHOP: Final[Mapping[str, Any]] = {
    "buyer_name": "Möbelwerk Tessin GmbH",
    "buyer_street": "Werkstraße 3",
    "buyer_postcode": "19246",
    "buyer_city": "Zarrentin",
    "buyer_country": "DE",
    "buyer_email": "buchhaltung@moebelwerk.example",
    "buyer_reference": "Kst. 4711",
    "order_number": "B-2026-88",
}
AUTHORITY: Final[Mapping[str, Any]] = {
    "buyer_name": "Bezirksamt Nordhafen",
    "buyer_street": "Rathausplatz 1",
    "buyer_postcode": "22085",
    "buyer_city": "Hamburg",
    "buyer_country": "DE",
    "buyer_reference": "04011000-1234512345-06",
}
ABROAD: Final[Mapping[str, Any]] = {
    "buyer_name": "Holzhandel Gruber KG",
    "buyer_street": "Landstraße 12",
    "buyer_postcode": "4020",
    "buyer_city": "Linz",
    "buyer_country": "AT",
    "buyer_vat_id": "ATU13585627",
    "buyer_email": "office@gruber.example",
    "buyer_reference": "PO-5512",
    "vat_case": "intra_community",
}
LIST: Final = (
    "Bezeichnung;Menge;Einheit;Einzelpreis;USt\r\n"
    "Einlagerung Akten, Regalmeter;48;Stk;11,90;19\r\n"
    "Fahrten mit Transporter;132,5;km;0,87;19\r\n"
    "Fachbücher Archivwesen;3;Stk;38,32;7\r\n"
)


def position(name: str, quantity: str, unit: str, price: str, rate: str | None = None) -> Any:
    """A position of the form."""
    return {
        "name": name,
        "note": "",
        "quantity": quantity,
        "unit": unit,
        "unit_price": price,
        "vat_rate": rate,
    }


def order(today: date, buyer: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What the order form gives, for services two weeks ago."""
    return {
        **ISSUER,
        **buyer,
        "vat_case": "standard",
        "language": "de",
        "chart": "SKR03",
        "since": (today - timedelta(days=24)).isoformat(),
        "until": (today - timedelta(days=15)).isoformat(),
        "payment_days": 14,
        "positions": [],
        **{key: value for key, value in buyer.items() if key == "vat_case"},
        **more,
    }


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """One that was accepted, a public body's in review, and a delivery abroad with a wrong id."""
    hours = [
        position("Projektleitung", "12.5", "HUR", "96.00"),
        position("Aufbau vor Ort", "2", "DAY", "640.00"),
        position("Anfahrt", "1", "LS", "85.00"),
    ]
    goods = [position("Rollcontainer gebraucht", "6", "C62", "145.00")]
    return [
        SampleOrder(
            type_key="invoice",
            payload=order(today, WORKSHOP, positions=hours, discount_percent="2", discount_days=7),
            hours_ago=40,
            end="accepted",
        ),
        SampleOrder(
            type_key="invoice",
            payload=order(today, AUTHORITY),
            files=(("positionen.csv", LIST.encode("cp1252")),),
            hours_ago=14,
            end="review",
        ),
        SampleOrder(
            type_key="invoice",
            payload=order(
                today, {**ABROAD, "buyer_vat_id": "ATU13585628"}, positions=goods, language="en"
            ),
            hours_ago=2,
            end="new",
        ),
    ]
