"""The columns of a list of vehicles, and a row as a vehicle."""

from typing import Final

from app.catalogue.rows import Column, TypedRow
from app.services.fleet.rules import INTERVALS, Vehicle

KINDS: Final = {
    **dict.fromkeys(("car", "pkw", "auto"), "car"),
    **dict.fromkeys(("rental", "mietwagen", "taxi"), "rental"),
    **dict.fromkeys(("motorcycle", "motorrad", "krad"), "motorcycle"),
    **dict.fromkeys(("van", "lkw bis 3,5 t", "lkw 3,5", "transporter"), "truck_3_5"),
    **dict.fromkeys(("truck up to 7.5 t", "lkw bis 7,5 t", "lkw 7,5"), "truck_7_5"),
    **dict.fromkeys(("truck up to 12 t", "lkw bis 12 t", "lkw 12"), "truck_12"),
    **dict.fromkeys(("truck", "lkw über 12 t", "lkw", "sattelzugmaschine"), "truck_over_12"),
    **dict.fromkeys(("bus", "omnibus", "kom"), "bus"),
    **dict.fromkeys(("trailer up to 0.75 t", "anhänger bis 0,75 t"), "trailer_0_75"),
    **dict.fromkeys(("trailer up to 3.5 t", "anhänger bis 3,5 t"), "trailer_3_5"),
    **dict.fromkeys(("trailer up to 10 t", "anhänger bis 10 t"), "trailer_10"),
    **dict.fromkeys(("trailer", "anhänger über 10 t", "auflieger"), "trailer_over_10"),
    **{key: key for key in INTERVALS},
}
COLUMNS: Final = (
    Column(key="plate", names=("Kennzeichen", "Number plate"), required=True),
    Column(key="kind", names=("Fahrzeugart", "Art", "Type"), choices=KINDS, required=True),
    Column(
        key="registered_on",
        names=("Erstzulassung", "EZ", "First registration"),
        kind="date",
        required=True,
    ),
    Column(key="last_main", names=("Letzte HU", "HU", "Last inspection"), kind="date"),
    Column(key="last_safety", names=("Letzte SP", "SP"), kind="date"),
    Column(key="last_uvv", names=("Letzte UVV", "UVV"), kind="date"),
    Column(key="last_tachograph", names=("Tachograph", "Letzte Tachoprüfung"), kind="date"),
    Column(key="last_licence", names=("Führerscheinkontrolle", "Licence check"), kind="date"),
    Column(key="last_service", names=("Letzte Wartung", "Last service"), kind="date"),
    Column(key="km", names=("Kilometerstand", "km-Stand", "Mileage"), kind="whole"),
    Column(key="km_at_service", names=("km bei Wartung", "Mileage at service"), kind="whole"),
    Column(key="service_km", names=("Wartung alle km", "Service every km"), kind="whole"),
    Column(key="service_months", names=("Wartung alle Monate", "Service months"), kind="whole"),
    Column(key="km_per_year", names=("km im Jahr", "km je Jahr", "Per year"), kind="whole"),
)
PAST: Final = ("last_main", "last_safety", "last_uvv", "last_tachograph", "last_licence")


def vehicle(row: TypedRow) -> Vehicle:
    """The row as the rules take it."""
    return Vehicle(**{one.key: row[one.key] for one in COLUMNS if one.key != "plate"})
