"""Sales of a shop made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from app.catalogue.samples import SampleOrder

SHOPS = ("Kiel", "Lübeck", "Husum", "Online")


def sales(today: date) -> bytes:
    """A year of sales by day and shop: one amount far too high, one that is no number."""
    chance = Random(3)  # noqa: S311  a stage play, not a secret
    rows = ["Datum;Filiale;Umsatz;Belege"]
    for back in range(360, 0, -3):
        day = today - timedelta(days=back)
        for number, shop in enumerate(SHOPS):
            amount = round(chance.gauss(900 - 150 * number + 40 * (day.month in (11, 12)), 90), 2)
            text = f"{amount:.2f}".replace(".", ",")
            rows.append(f"{day:%d.%m.%Y};{shop};{text};{round(amount / 23)}")
    rows[40] = rows[40].rsplit(";", 2)[0] + ";91250,00;39"
    rows[77] = rows[77].rsplit(";", 2)[0] + ";k. A.;0"
    return ("\r\n".join(rows) + "\r\n").encode("cp1252")


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """Sales by month under way, and by shop delivered."""
    file = ("umsatz.csv", sales(today))
    by_month = {
        "question": "Wie läuft der Umsatz im Jahr?",
        "by": "Datum",
        "period": "month",
        "value": "Umsatz",
        "measure": "sum",
        "note": "",
    }
    by_shop = by_month | {
        "question": "Welche Filiale trägt wie viel bei?",
        "by": "Filiale",
        "period": "none",
    }
    return [
        SampleOrder(type_key="report", payload=by_month, files=(file,), hours_ago=4, end="taken"),
        SampleOrder(
            type_key="report",
            payload=by_shop,
            files=(file,),
            hours_ago=50,
            end="delivered",
            values={"summary": "Kiel und Lübeck tragen zusammen mehr als die Hälfte."},
        ),
    ]
