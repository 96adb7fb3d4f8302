"""The companies of the made-up invoices: four clients of different trades, and their suppliers."""

from typing import Final

from app.services.accounts_payable.samples.specification import (
    Company,
    german_iban,
    german_vat_id,
)

LOGISTICS: Final = Company(
    name="Alpha Logistik KG",
    street="Hafenstraße 12",
    postcode="28195",
    city="Bremen",
    vat_id=german_vat_id("29110457"),
    email="rechnung@alpha-logistik.example",
)
BAKERY: Final = Company(
    name="Bäckerei Sommer GmbH",
    street="Marktplatz 3",
    postcode="26122",
    city="Oldenburg",
    vat_id=german_vat_id("18830264"),
    email="buero@baeckerei-sommer.example",
)
PRACTICE: Final = Company(
    name="Praxis Dr. Wolf",
    street="Am Stadtpark 8",
    postcode="30159",
    city="Hannover",
    email="praxis@dr-wolf.example",
)
SHOP: Final = Company(
    name="Nordlicht GmbH",
    street="Lange Reihe 41",
    postcode="20099",
    city="Hamburg",
    vat_id=german_vat_id("30255971"),
    email="einkauf@nordlicht.example",
)

FUEL: Final = Company(
    name="Küstenenergie Tankservice GmbH",
    street="Am Seedeich 77",
    postcode="27568",
    city="Bremerhaven",
    vat_id=german_vat_id("21547893"),
    iban=german_iban("12030099", "4711001"),
)
TYRES: Final = Company(
    name="Reifen Harms e. K.",
    street="Industriestraße 5",
    postcode="28309",
    city="Bremen",
    vat_id=german_vat_id("26403158"),
    iban=german_iban("12030099", "330087"),
)
CARRIER: Final = Company(
    name="Spedition Brandt GmbH & Co. KG",
    street="Güterring 2",
    postcode="27283",
    city="Verden",
    vat_id=german_vat_id("11622094"),
    iban=german_iban("13050088", "98210044"),
)
MILL: Final = Company(
    name="Mühle Petersen KG",
    street="Mühlenweg 1",
    postcode="26160",
    city="Bad Zwischenahn",
    vat_id=german_vat_id("23798105"),
    iban=german_iban("14070077", "5501020"),
)
PACKAGING: Final = Company(
    name="Packwerk Nord GmbH",
    street="Gewerbering 19",
    postcode="26127",
    city="Oldenburg",
    vat_id=german_vat_id("27016642"),
    iban=german_iban("14070077", "8123456"),
)
MEDICAL: Final = Company(
    name="MediBedarf Hannover GmbH",
    street="Podbielskistraße 250",
    postcode="30655",
    city="Hannover",
    vat_id=german_vat_id("24881730"),
    iban=german_iban("15040066", "1200345"),
)
SOFTWARE: Final = Company(
    name="Praxisnetz Software AG",
    street="Theaterstraße 14",
    postcode="30159",
    city="Hannover",
    vat_id=german_vat_id("28190356"),
    iban=german_iban("15040066", "7788990"),
)
WEAVER: Final = Company(
    name="Tessitura Bellini S.r.l.",
    street="Via dei Tessitori 9",
    postcode="59100",
    city="Prato",
    country="IT",
    vat_id="IT12345670785",
    iban="IT60X0542811101000000123456",
)
PRINTER: Final = Company(
    name="Druckerei Elbe OHG",
    street="Wendenstraße 300",
    postcode="20537",
    city="Hamburg",
    vat_id=german_vat_id("22519487"),
    iban=german_iban("16060055", "4400100"),
)
