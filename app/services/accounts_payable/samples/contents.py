"""The made-up invoices: four clients of different trades and their suppliers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from app.services.accounts_payable.samples.companies import (
    BAKERY,
    CARRIER,
    FUEL,
    LOGISTICS,
    MEDICAL,
    MILL,
    PACKAGING,
    PRACTICE,
    PRINTER,
    SHOP,
    SOFTWARE,
    TYRES,
    WEAVER,
)
from app.services.accounts_payable.samples.specification import (
    EN16931,
    Extra,
    Position,
    Specification,
    german_vat_id,
)

HUR, KGM, LTR, PIECE, BOX = "HUR", "KGM", "LTR", "C62", "XBX"
SEVEN: Final = Decimal(7)
D = Decimal

DIESEL: Final = Specification(
    number="TS-2026-10418",
    seller=FUEL,
    buyer=LOGISTICS,
    issued=date(2026, 11, 16),
    due=date(2026, 11, 30),
    delivered=date(2026, 11, 15),
    order="B-2291",
    positions=(
        Position(
            name="Diesel B7, Sammeltankung", quantity=D("2140.50"), price=D("1.2890"), unit=LTR
        ),
        Position(name="AdBlue lose", quantity=D("180.00"), price=D("0.5200"), unit=LTR),
    ),
)
TYRE_SET: Final = Specification(
    number="RH 4471",
    seller=TYRES,
    buyer=LOGISTICS,
    issued=date(2026, 11, 12),
    due=date(2026, 12, 12),
    delivered=date(2026, 11, 11),
    profile=EN16931,
    order="B-2288",
    positions=(
        Position(name="Winterreifen LKW 315/80 R22.5", quantity=D(6), price=D("412.00")),
        Position(name="Montage und Auswuchten", quantity=D("4.5"), price=D("68.00"), unit=HUR),
        Position(name="Altreifenentsorgung", quantity=D(6), price=D("7.90")),
    ),
)
FREIGHT: Final = Specification(
    number="2026-58112",
    seller=CARRIER,
    buyer=LOGISTICS,
    issued=date(2026, 11, 18),
    due=date(2026, 12, 18),
    delivered=date(2026, 11, 17),
    order="B-2295",
    terms="#SKONTO#TAGE=10#PROZENT=2.00#\nZahlbar innerhalb von 30 Tagen ohne Abzug.",
    positions=(
        Position(
            name="Transportauftrag Bremen-Leipzig, Teilladung", quantity=D(3), price=D("486.00")
        ),
        Position(name="Standzeit Laderampe", quantity=D("1.75"), price=D("52.00"), unit=HUR),
    ),
    extras=(
        Extra(amount=D("72.90"), reason="Mengenrabatt"),
        Extra(amount=D("38.50"), reason="Dieselzuschlag", is_charge=True),
    ),
)
FLOUR: Final = Specification(
    number="MP-88217",
    seller=MILL,
    buyer=BAKERY,
    issued=date(2026, 11, 9),
    due=date(2026, 11, 23),
    delivered=date(2026, 11, 9),
    buyer_reference="Backstube",
    positions=(
        Position(
            name="Weizenmehl Type 550", quantity=D(1200), price=D("0.6150"), unit=KGM, rate=SEVEN
        ),
        Position(
            name="Roggenmehl Type 1150", quantity=D(800), price=D("0.5840"), unit=KGM, rate=SEVEN
        ),
        Position(name="Leihpalette", quantity=D(2), price=D("12.50")),
    ),
)
BOXES: Final = Specification(
    number="PN26-3390",
    seller=PACKAGING,
    buyer=BAKERY,
    issued=date(2026, 11, 17),
    due=date(2026, 12, 1),
    delivered=date(2026, 11, 16),
    positions=(
        Position(name="Verpackung Tortenkarton 28 cm", quantity=D(500), price=D("0.3490")),
        Position(name="Brotbeutel Papier bedruckt", quantity=D(4000), price=D("0.0415")),
    ),
)
FLOUR_CREDIT: Final = Specification(
    number="MP-G-1204",
    seller=MILL,
    buyer=BAKERY,
    issued=date(2026, 11, 13),
    due=date(2026, 11, 13),
    delivered=date(2026, 11, 12),
    type_code="381",
    preceding="MP-88217",
    note="Gutschrift für zwei beschädigte Säcke.",
    terms="Der Betrag wird mit der nächsten Rechnung verrechnet.",
    positions=(
        Position(
            name="Weizenmehl Type 550", quantity=D(50), price=D("0.6150"), unit=KGM, rate=SEVEN
        ),
    ),
)
GLOVES: Final = Specification(
    number="R-7740021",
    seller=MEDICAL,
    buyer=PRACTICE,
    issued=date(2026, 11, 19),
    due=date(2026, 12, 3),
    delivered=date(2026, 11, 18),
    positions=(
        Position(
            name="Nitrilhandschuhe Gr. M, 100 Stück", quantity=D(40), price=D("5.49"), unit=BOX
        ),
        Position(name="Spritzen 5 ml, steril", quantity=D(10), price=D("8.95"), unit=BOX),
        Position(name="Desinfektionsmittel 1 l", quantity=D(12), price=D("6.30")),
    ),
)
LICENCE: Final = Specification(
    number="PNS-2026-0911",
    seller=SOFTWARE,
    buyer=PRACTICE,
    issued=date(2026, 11, 2),
    due=date(2026, 11, 16),
    delivered=date(2026, 11, 1),
    positions=(
        Position(name="Softwarelizenz Praxisnetz, November 2026", quantity=D(4), price=D("59.90")),
        Position(name="Telefonischer Support", quantity=D("0.5"), price=D("118.00"), unit=HUR),
    ),
)
CLOTH: Final = Specification(
    number="FT/2026/774",
    seller=WEAVER,
    buyer=SHOP,
    issued=date(2026, 11, 10),
    due=date(2026, 12, 10),
    delivered=date(2026, 11, 6),
    profile=EN16931,
    order="NL-5530",
    exemption="Innergemeinschaftliche Lieferung, steuerfrei",
    positions=(
        Position(
            name="Textilien: Leinenhemd weiß",
            quantity=D(120),
            price=D("14.80"),
            rate=D(0),
            category="K",
        ),
        Position(
            name="Textilien: Leinenhemd blau",
            quantity=D(80),
            price=D("14.80"),
            rate=D(0),
            category="K",
        ),
    ),
)
FLYERS: Final = Specification(
    number="DE-26-2019",
    seller=PRINTER,
    buyer=SHOP,
    issued=date(2026, 11, 20),
    due=date(2026, 12, 4),
    delivered=date(2026, 11, 19),
    order="NL-5541",
    positions=(
        Position(name="Werbung: Flyer A5, 4/4-farbig", quantity=D(5000), price=D("0.0390")),
        Position(name="Plakate A1", quantity=D(40), price=D("3.25")),
    ),
)

# one deliberate fault each
CENT_TOO_MUCH: Final = replace(FLYERS, number="DE-26-2020", gross_error=D("0.01"))
WRONG_IBAN: Final = replace(
    GLOVES,
    number="R-7740055",
    seller=replace(MEDICAL, iban=MEDICAL.iban[:-1] + str((int(MEDICAL.iban[-1]) + 1) % 10)),
)
WRONG_VAT_ID: Final = replace(
    DIESEL,
    number="TS-2026-10533",
    seller=replace(FUEL, vat_id=FUEL.vat_id[:-1] + str((int(FUEL.vat_id[-1]) + 1) % 10)),
)
OTHER_ADDRESSEE: Final = replace(
    FLYERS,
    number="DE-26-2024",
    buyer=replace(SHOP, name="Südlicht Moden GmbH", vat_id=german_vat_id("30991284")),
)
