"""Lists of vehicles made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.catalogue.samples import SampleOrder
from app.kernel.law_dates import add_months

HEADINGS = (
    "Kennzeichen;Fahrzeugart;Erstzulassung;Letzte HU;Letzte SP;Letzte UVV;Tachograph;"
    "Führerscheinkontrolle;Letzte Wartung;Kilometerstand;km bei Wartung;Wartung alle km;"
    "Wartung alle Monate"
)


def vehicles(today: date) -> bytes:
    """A haulier's fleet: one inspection long overdue, one odometer that ran back."""

    def ago(months: int, days: int = 0) -> str:
        return f"{add_months(today, -months) - timedelta(days=days):%d.%m.%Y}"

    rows = (
        (
            f"HH-AL 101;Sattelzugmaschine;{ago(50)};{ago(9)};{ago(3)};{ago(7)};{ago(20)};{ago(3)};"
            f"{ago(4)};412300;371000;60000;12"
        ),
        (
            f"HH-AL 102;Sattelzugmaschine;{ago(31)};{ago(6)};;{ago(11)};{ago(5)};{ago(5)};"
            f"{ago(8)};268900;190400;80000;12"
        ),
        (
            f"HH-AL 117;LKW bis 7,5 t;{ago(70)};{ago(15)};;{ago(13)};{ago(23)};{ago(2)};"
            f"{ago(10)};301200;288000;30000;12"
        ),
        f"HH-AL 204;Auflieger;{ago(40)};{ago(11)};{ago(5)};{ago(2)};;;;;;;",
        f"HH-AL 205;Auflieger;{ago(44)};{ago(4)};;{ago(2)};;;;;;;",
        (
            f"HH-AL 11;Transporter;{ago(26)};{ago(2)};;{ago(12, 5)};;{ago(7)};"
            f"{ago(13)};88400;64100;30000;24"
        ),
        f"HH-AL 12;Transporter;{ago(20)};;;{ago(9)};;{ago(4)};{ago(7)};41250;43100;30000;24",
        f"HH-AL 1;PKW;{ago(34)};;;{ago(6)};;{ago(1)};{ago(11)};61300;45200;30000;24",
    )
    return ("\r\n".join((HEADINGS, *rows)) + "\r\n").encode("cp1252")


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A due list under way, and one delivered."""
    file = ("fuhrpark.csv", vehicles(today))
    return [
        SampleOrder(
            type_key="due_list", payload={"months": 12}, files=(file,), hours_ago=6, end="taken"
        ),
        SampleOrder(
            type_key="due_list", payload={"months": 6}, files=(file,), hours_ago=40, end="delivered"
        ),
    ]
