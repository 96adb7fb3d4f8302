"""Payment lists made by us: one as it should be, one with everything that goes wrong, debits."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from app.catalogue.samples import SampleOrder

ACCOUNT: Final = {"iban": "DE02120300000000202051", "bic": ""}
GOOD: Final = """Empfänger;IBAN;Betrag;Verwendungszweck;PLZ;Ort;Land
Stadtwerke Nordhafen;DE02500105170137075030;1.284,50;Abschlag November 2026;20457;Hamburg;DE
Müller & Söhne KG;DE02300209000106531065;89,90;Rechnung 2026-0815;;;
Bürobedarf Österreich GmbH;AT026000000001349870;412,00;RE 44118;1010;Wien;AT
Hausverwaltung Klee;DE02200505501015871393;3.150,00;Miete Dezember 2026;;;
"""
FAULTY: Final = """Empfänger;IBAN;Betrag;Verwendungszweck;EndToEndId;Anschrift
Stadtwerke Nordhafen;DE03500105170137075030;120,00;Prüfziffer falsch;A-1;
Druckerei Falk;DE02300209000106531065;0,00;nichts zu zahlen;A-2;
Hausverwaltung Klee;DE02200505501015871393;75,00;doppelte Referenz;A-2;
Lager Süd;DE02200505501015871393;1.23,40;verrutschter Punkt;A-4;Hafenstraße 4, 20457 Hamburg
"""
DEBITS: Final = """Zahlungspflichtiger;IBAN;Betrag;Zweck;Mandat;Mandatsdatum;Sequenz
Café Anker;DE02500105170137075030;238,00;Wartung Q4;M-1001;03.02.2025;RCUR
Praxis Dr. Weiß;DE02300209000106531065;59,50;Wartung Q4;M-1002;11.11.2026;FRST
"""


def orders(today: date) -> Sequence[SampleOrder]:
    """For the demo."""
    return (
        SampleOrder(
            type_key="transfer_run",
            payload={**ACCOUNT, "from_books": False},
            files=(("zahlungen-november.csv", GOOD.encode("cp1252")),),
            hours_ago=3,
            end="review",
        ),
        SampleOrder(
            type_key="transfer_run",
            payload={
                **ACCOUNT,
                "from_books": True,
                "due_until": (today + timedelta(days=30)).isoformat(),
            },
            files=(("zahlungen-mit-fehlern.csv", FAULTY.encode("utf-8-sig")),),
            hours_ago=2,
        ),
        SampleOrder(
            type_key="debit_run",
            payload={**ACCOUNT, "creditor_id": "DE98ZZZ09999999999"},
            files=(("lastschriften.csv", DEBITS.encode()),),
            hours_ago=26,
            end="delivered",
        ),
    )
