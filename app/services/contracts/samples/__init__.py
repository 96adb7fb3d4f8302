"""Registers of contracts made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from app.catalogue.samples import SampleOrder
from app.kernel.law_dates import add_months

HEADINGS: Final = (
    "Vertrag;Vertragspartner;Beginn;Laufzeit Monate;Verlängerung Monate;Kündigungsfrist;Einheit;"
    "Kündigung zum;Kosten je Monat;Gekündigt am"
)


def register(today: date) -> bytes:
    """Twelve contracts as a small company has them: some close, one missed, one unclear."""

    def back(months: int, days: int = 0) -> str:
        return f"{add_months(today, -months) + timedelta(days=days):%d.%m.%Y}"

    rows = (
        f"Telefonanlage Cloud;Fernsprech Nord GmbH;{back(22, 12)};24;12;1;Monate;;189,00;",
        f"Leasing Kopierer;Bürotechnik Kaya;{back(30)};36;12;3;Monate;;245,50;",
        f"Wartung Heizung;Wärme & Service OHG;{back(50)};12;12;6;Wochen;;78,00;",
        f"Miete Lager Hafenstraße;Hansa Immobilien;{back(64)};;;6;Monate;Quartalsende;2.150,00;",
        f"Stromliefervertrag;Stadtwerke Beispielstadt;{back(11, 20)};12;12;4;Wochen;;410,00;",
        f"Reinigung Büro;Blitzblank GmbH;{back(8)};;;1;Monate;Monatsende;520,00;",
        f"Lizenz Zeiterfassung;Stundenwerk AG;{back(35, 5)};36;12;3;Monate;;99,00;",
        f"Internet Filiale 2;Netzkontor;{back(5)};24;;1;Monate;;59,90;",
        f"Cyberversicherung;Elbe Versicherung;{back(10, 3)};12;12;3;Monate;;132,00;",
        f"Domainpaket;Namensgeber KG;{back(40)};12;12;30;Tage;;4,50;{back(1)}",
        f"Beratung Datenschutz;Kanzlei Brandt;{back(14)};;;4;Wochen;jederzeit;350,00;",
        f"Müllentsorgung;Stadtreinigung;{back(20)};;;3;Monate;;64,00;",
    )
    return ("\r\n".join((HEADINGS, *rows)) + "\r\n").encode("cp1252")


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A register under way, and one already delivered."""
    file = ("vertraege.csv", register(today))
    order = {"state": "HH", "remind_days": 30, "note": ""}
    return [
        SampleOrder(type_key="register", payload=order, files=(file,), hours_ago=5, end="taken"),
        SampleOrder(
            type_key="register",
            payload=order | {"state": "BE"},
            files=(("vertraege-filialen.csv", file[1]),),
            hours_ago=26,
            end="delivered",
        ),
    ]
