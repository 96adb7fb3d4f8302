"""Demand and stock made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date
from random import Random

from app.catalogue.samples import SampleOrder
from app.kernel.law_dates import add_months

ARTICLES = (
    ("MEHL-550", "Weizenmehl Type 550, 25 kg", "18,90", 120, 25, 1, 10),
    ("MEHL-1150", "Roggenmehl Type 1150, 25 kg", "17,40", 70, 20, 1, 10),
    ("HEFE-FR", "Frischhefe, 500 g", "1,35", 400, 90, 1, 24),
    ("SALZ-SI", "Siedesalz, 25 kg", "7,20", 12, 3, 2, 1),
    ("TUETE-M", "Brötchentüte mittel, 1000 St.", "21,50", 36, 8, 2, 5),
    ("TORTE-KA", "Tortenkarton 32 cm, 100 St.", "34,00", 6, 5, 3, 1),
    ("MARZ-RO", "Marzipanrohmasse, 5 kg", "38,50", 9, 8, 1, 2),
    ("STOLLEN-F", "Stollenfolie, Rolle", "29,00", 1, 2, 2, 1),
    ("ERSATZ-WA", "Ersatzwanne Knetmaschine", "219,00", 0, 1, 3, 1),
)


def demand(today: date) -> bytes:
    """Two years of demand by month: steady, seasonal, rare and dead articles."""
    chance = Random(7)  # noqa: S311  a stage play, not a secret
    months = [f"{add_months(today, -back):%m/%Y}" for back in range(24, 0, -1)]
    fixed = "Artikel;Bezeichnung;Preis;Lieferzeit;VPE;Bestand;Bestellt"
    rows = [";".join((fixed, *months))]
    for number, (sku, name, price, usual, spread, lead, pack) in enumerate(ARTICLES):
        sold = [max(0, round(chance.gauss(usual, spread))) for _ in months]
        if sku == "ERSATZ-WA":
            sold = [1 if at in (2, 9) else 0 for at in range(24)]
        stock = (40, 160, 90, 30, 12, 2, 0, 14, 3)[number]
        rows.append(
            ";".join((sku, name, price, str(lead), str(pack), str(stock), "0", *map(str, sold)))
        )
    return ("\r\n".join(rows) + "\r\n").encode("cp1252")


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A proposal under way, and one delivered."""
    file = ("bestand-und-absatz.csv", demand(today))
    wish = {
        "service_level": 95,
        "holding_rate": 20,
        "order_cost": "45.00",
        "periods_a_year": 12,
        "newest_first": False,
        "note": "",
    }
    return [
        SampleOrder(
            type_key="order_proposal", payload=wish, files=(file,), hours_ago=5, end="taken"
        ),
        SampleOrder(
            type_key="order_proposal",
            payload=wish | {"service_level": 90},
            files=(file,),
            hours_ago=60,
            end="delivered",
        ),
    ]
