"""Names, a list, records and activities made by us (nobody of them exists)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from app.catalogue.samples import SampleOrder

LIST: Final = """name,reference
"ZORAN, Aleksandar Petrovich",EX.101
NORTHERN HARBOUR SHIPPING LTD,EX.102
"AL-RASHIDI, Kareem Mahmoud",EX.103
VOLNA TRADING HOUSE OOO,EX.104
"""
NAMES: Final = """Name;Ort
Aleksandar Petrowich Zoran;Hamburg
Nordlicht GmbH;Kiel
Müller & Söhne OHG;Bremen
Northern Harbor Shipping;Rostock
Kerstin Albrecht;Husum
Volna Handelshaus;Berlin
XY;Kiel
"""
ACTIVITIES: Final = """Verarbeitung;Zweck;Personen;Empfänger;Drittland;Löschfrist;TOM
Lohnabrechnung;Vergütung;Beschäftigte: Stammdaten, Bezüge;Finanzamt, Kassen;nein;6 Jahre;Zugriff
Newsletter;Werbung;Kunden: E-Mail;Versanddienst;USA;;Double-Opt-in
Videoüberwachung;Hausrecht;Besucher;;nein;72 Stunden;Zutritt
"""


def records(today: date) -> bytes:
    """Records of many years; one on hold, one of tomorrow."""
    year = today.year
    return f"""Unterlage;Art;Datum;Sperre
Jahresabschluss {year - 11};Bücher;31.12.{year - 11};
Eingangsrechnungen {year - 9};Beleg;30.06.{year - 9};
Eingangsrechnungen {year - 8};Beleg;30.06.{year - 8};
Eingangsrechnungen {year - 10} (Prozess);Beleg;01.03.{year - 10};ja
Handelsbriefe {year - 7};Brief;01.02.{year - 7};
Lohnkonten {year - 5};Lohnkonto;31.12.{year - 5};
Stundenzettel;Arbeitszeit;{today - timedelta(days=800):%d.%m.%Y};
Bewerbung 12;Bewerbung;{today - timedelta(days=100):%d.%m.%Y};
""".encode("cp1252")


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """One of each kind."""
    files = (("namen.csv", NAMES.encode()), ("liste.csv", LIST.encode()))
    breach = {
        "kind": "breach",
        "received_on": (today - timedelta(days=1)).isoformat(),
        "received_at": "16:20",
        "state": "SH",
        "subject": "DS-7",
        "note": "",
    }
    return [
        SampleOrder(
            type_key="screening", payload={"cutoff": 85}, files=files, hours_ago=3, end="taken"
        ),
        SampleOrder(
            type_key="retention",
            payload={},
            files=(("unterlagen.csv", records(today)),),
            hours_ago=22,
            end="delivered",
        ),
        SampleOrder(type_key="gdpr_request", payload=breach, hours_ago=4, end="taken"),
        SampleOrder(
            type_key="register",
            payload={},
            files=(("verarbeitungen.csv", ACTIVITIES.encode()),),
            hours_ago=7,
        ),
    ]
