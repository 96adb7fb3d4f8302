"""Lists of customers who do not exist, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date

from app.catalogue.samples import SampleOrder

COLUMNS = (
    {"name": "Kundennummer", "kind": "whole", "required": True, "unique": True},
    {"name": "Name", "kind": "text", "required": True},
    {"name": "Kunde seit", "kind": "date"},
    {"name": "Umsatz", "kind": "amount"},
)
HEAD = "Kundennummer;Name;Straße;Ort;Kunde seit;Umsatz"
GOOD = (
    "1001;Buchhandlung Möwe;Hafenstraße 4;24103 Kiel;01.03.2019;12.480,50",
    "1002;Café Lindenblatt;Am Markt 11;23552 Lübeck;2021-07-15;3.210,00",
    "1003;Tischlerei Harms;Gewerbering 7;24941 Flensburg;11.11.2015;48.900,00",
)
BAD = (
    "1004;Kanzlei Behn & Partner;Jungfernstieg 2;20354 Hamburg;31.02.2022;7.500,00",
    "1005;Blumen Petersen;Dorfstraße 1;24211 Preetz;01.04.2020;zirka 900",
    "1006;Fahrrad Nord;Ostring;19;24143 Kiel;05.05.2018;15.000,00",
    "1007;Buchhandlung Moewe;Hafenstr. 4;24103 Kiel;01.03.2019;12.480,50",
    "1003;Hotel Seeblick;Strandallee 30;23669 Timmendorf;10.10.2010;99.120,00",
)


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A list with faults, and a clean one that went straight through."""
    del today
    payload = {"columns": [dict(one) for one in COLUMNS], "find_duplicates": True}
    return (
        SampleOrder(
            type_key="table",
            payload=payload,
            files=(("kunden.csv", _file((*GOOD, *BAD)).encode("cp1252")),),
            hours_ago=6,
            end="ticked",
        ),
        SampleOrder(
            type_key="table",
            payload=payload,
            files=(("neukunden.csv", _file(GOOD).encode()),),
            hours_ago=20,
            end="delivered",
        ),
    )


def _file(rows: Sequence[str]) -> str:
    return "\r\n".join((HEAD, *rows, ""))
