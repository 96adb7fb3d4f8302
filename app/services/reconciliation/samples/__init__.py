"""Statements made by us: one that balances and has a bit of everything, one that does not."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from app.catalogue.samples import SampleOrder

OPEN: Final = """Rechnungsnummer;Kunde;Betrag;IBAN;Debitorenkonto
RE-2026-1001;Café Anker GmbH;238,00;DE02500105170137075030;10001
RE-2026-1002;Praxis Dr. Weiß;1.190,00;DE02300209000106531065;10002
RE-2026-1003;Hotel Seeblick KG;480,50;;10003
ER-77120;Stadtwerke Nordhafen;-1.284,50;DE02200505501015871393;70010
"""


def mt940(today: date, *, closing: str = "10612,80", account: str = "0000202051") -> bytes:
    """A statement of a German bank; another closing balance makes it wrong."""
    day = f"{today - timedelta(days=1):%y%m%d}"
    entry = day[2:]
    return (
        f":20:STARTUMSE\r\n:25:12030000/{account}\r\n:28C:00231/001\r\n"
        f":60F:C{day}EUR10000,00\r\n"
        f":61:{day}{entry}CR238,00N062NONREF\r\n"
        ":86:166?00GUTSCHRIFT?20SVWZ+RE 2026-1001?31DE02500105170137075030?32CAFE ANKER\r\n"
        f":61:{day}{entry}CR1190,00N062NONREF\r\n"
        ":86:166?00GUTSCHRIFT?20SVWZ+Danke?31DE02300209000106531065?32DR WEISS\r\n"
        f":61:{day}{entry}CR480,50N062NONREF\r\n"
        ":86:166?00GUTSCHRIFT?20SVWZ+Rechnung Oktober?32HOTEL SEEBLICK KG\r\n"
        f":61:{day}{entry}DR1284,50N177NONREF\r\n"
        ":86:177?00UEBERWEISUNG?20SVWZ+ER-77120"
        "?31DE02200505501015871393?32STADTWERKE NORD?33HAFEN\r\n"
        f":61:{day}{entry}DR11,20N805NONREF\r\n"
        ":86:805?00ENTGELTABSCHLUSS?20Entgelt Kontofuehrung\r\n"
        f":62F:C{day}EUR{closing}\r\n-\r\n"
    ).encode()


def orders(today: date) -> Sequence[SampleOrder]:
    """For the demo."""
    return (
        SampleOrder(
            type_key="statement",
            payload={"chart": "SKR03", "bank_account": "1200"},
            files=(("kontoauszug-231.sta", mt940(today)), ("offene-posten.csv", OPEN.encode())),
            hours_ago=5,
        ),
        SampleOrder(
            type_key="statement",
            payload={"chart": "SKR03", "bank_account": "1210"},
            files=(
                ("kontoauszug-falsch.sta", mt940(today, closing="10612,81", account="0000202069")),
            ),
            hours_ago=3,
        ),
    )
