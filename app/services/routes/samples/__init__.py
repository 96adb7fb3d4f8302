"""A day's deliveries around Kiel, made up, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.catalogue.samples import SampleOrder

STOPS = (
    ("Bäckerei Holtenau", "54.3740", "10.1460", 12, "07:00", "10:00", 10),
    ("Markthalle Eckernförde", "54.4720", "9.8370", 30, "08:00", "12:00", 20),
    ("Hofladen Gettorf", "54.4050", "9.9770", 8, "07:30", "16:00", 10),
    ("Kantine Schwentinental", "54.2830", "10.2350", 25, "09:00", "11:30", 15),
    ("Café Laboe", "54.4030", "10.2180", 10, "08:00", "17:00", 10),
    ("Supermarkt Preetz", "54.2360", "10.2790", 40, "07:00", "13:00", 25),
    ("Pension Plön", "54.1610", "10.4210", 14, "10:00", "16:00", 10),
    ("Klinik Neumünster", "54.0730", "9.9860", 36, "07:00", "09:30", 20),
    ("Bistro Rendsburg", "54.3030", "9.6640", 18, "09:00", "15:00", 15),
    ("Kiosk Schönberg", "54.3940", "10.3750", 6, "08:00", "17:00", 5),
    ("Fabrik Bordesholm", "54.1770", "10.0250", 22, "07:00", "12:00", 15),
    ("Baustelle Lübeck", "53.8690", "10.6870", 90, "07:00", "07:20", 30),
)
HEAD = "Stop;Breite;Länge;Menge;von;bis;Minuten"


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """Tomorrow's tours with a stop nobody can reach in time, and yesterday's without."""
    return (
        _order(today + timedelta(days=1), STOPS, hours_ago=1.2, end="taken"),
        _order(today - timedelta(days=1), STOPS[:-1], hours_ago=14, end="delivered"),
    )


def _order(
    day: date, stops: Sequence[tuple[object, ...]], *, hours_ago: float, end: str
) -> SampleOrder:
    rows = [";".join(str(cell) for cell in stop) for stop in stops]
    return SampleOrder(
        type_key="tours",
        payload={
            "day": day.isoformat(),
            "latitude": "54.3233",
            "longitude": "10.1228",
            "vehicles": 3,
            "capacity": 100,
            "begins": "06:30",
            "ends": "16:30",
            "pace": 55,
        },
        files=(("stopps.csv", "\r\n".join((HEAD, *rows, "")).encode("cp1252")),),
        hours_ago=hours_ago,
        end=end,  # type: ignore[arg-type]
    )
