"""When a vehicle has to be inspected, by German road law, and when its service comes.

Sources: § 29 and Annex VIII no. 2 StVZO (main inspection HU and safety inspection SP), § 57b StVZO
(tachograph, two years), § 57 DGUV Vorschrift 70 (UVV, yearly), as in force since 2012; driving
licences are looked at twice a year (case law on § 21 StVG).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.kernel.law_dates import add_months, month_end

IN_FORCE: Final = date(2012, 7, 1)
"""Since when the intervals below hold; older inspections were judged by others."""
OVERDUE_MONTHS: Final = 2
"""An HU more than two months late is deeper, and dearer, by a fifth (Annex VIII no. 2.3)."""
UVV_MONTHS: Final = 12
TACHOGRAPH_MONTHS: Final = 24
LICENCE_MONTHS: Final = 6


@dataclass(frozen=True, slots=True)
class Interval:
    """Months between main inspections, the first time and afterwards, and of the safety check."""

    first: int
    later: int
    safety_from: int | None = None
    """Months since first registration until safety inspections begin; None: never."""
    safety: int = 6


INTERVALS: Final = {
    "car": Interval(36, 24),
    "rental": Interval(12, 12),
    "motorcycle": Interval(24, 24),
    "truck_3_5": Interval(24, 24),
    "truck_7_5": Interval(12, 12),
    "truck_12": Interval(12, 12, 36),
    "truck_over_12": Interval(12, 12, 24),
    "bus": Interval(12, 12, 12, 3),
    "trailer_0_75": Interval(36, 24),
    "trailer_3_5": Interval(24, 24),
    "trailer_10": Interval(12, 12),
    "trailer_over_10": Interval(12, 12, 24),
}
"""By kind of vehicle, with the total weight in tonnes it goes up to."""
WITH_TACHOGRAPH: Final = frozenset({"truck_7_5", "truck_12", "truck_over_12", "bus"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """What is known of one vehicle."""

    kind: str
    registered_on: date
    last_main: date | None = None
    last_safety: date | None = None
    last_uvv: date | None = None
    last_tachograph: date | None = None
    last_licence: date | None = None
    last_service: date | None = None
    km: int | None = None
    km_at_service: int | None = None
    service_km: int | None = None
    service_months: int | None = None
    km_per_year: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done, and until when."""

    what: str
    """main, safety, uvv, tachograph, licence or service."""
    day: date
    overdue: bool = False


def dues(vehicle: Vehicle, *, today: date) -> list[Due]:
    """Everything this vehicle has to be taken to, the next time each."""
    found = {
        "main": next_main(vehicle),
        "safety": next_safety(vehicle),
        "uvv": _after(vehicle.last_uvv, vehicle.registered_on, UVV_MONTHS),
        "tachograph": _tachograph(vehicle),
        "licence": _after(vehicle.last_licence, today, LICENCE_MONTHS),
        "service": next_service(vehicle, today=today),
    }
    return sorted(
        (Due(what, day, day < today) for what, day in found.items() if day),
        key=lambda one: (one.day, one.what),
    )


def next_main(vehicle: Vehicle) -> date:
    """Valid to the end of the month the plate shows."""
    interval = INTERVALS[vehicle.kind]
    if vehicle.last_main is None:
        return month_end(add_months(vehicle.registered_on, interval.first))
    return month_end(add_months(vehicle.last_main, interval.later))


def next_safety(vehicle: Vehicle) -> date | None:
    """Half way between two main inspections, once the vehicle is old enough."""
    interval = INTERVALS[vehicle.kind]
    if interval.safety_from is None:
        return None
    begins = add_months(vehicle.registered_on, interval.safety_from)
    known = [one for one in (vehicle.last_main, vehicle.last_safety) if one]
    last = max(known, default=vehicle.registered_on)
    return month_end(add_months(max(last, begins), interval.safety))


def _tachograph(vehicle: Vehicle) -> date | None:
    if vehicle.kind not in WITH_TACHOGRAPH:
        return None
    return _after(vehicle.last_tachograph, vehicle.registered_on, TACHOGRAPH_MONTHS)


def _after(last: date | None, otherwise: date, months: int) -> date:
    return add_months(last or otherwise, months)


def next_service(vehicle: Vehicle, *, today: date) -> date | None:
    """What comes first: the months, or the kilometres at the pace of this vehicle."""
    days = []
    if vehicle.service_months:
        days.append(
            add_months(vehicle.last_service or vehicle.registered_on, vehicle.service_months)
        )
    pace = daily_km(vehicle, today=today)
    if vehicle.service_km and vehicle.km is not None and pace:
        left = (vehicle.km_at_service or 0) + vehicle.service_km - vehicle.km
        days.append(today + timedelta(days=int(left / pace)))
    return min(days, default=None)


def daily_km(vehicle: Vehicle, *, today: date) -> Decimal | None:
    """Kilometres a day: as stated, else as driven since the last service or since it was new."""
    if vehicle.km_per_year:
        return Decimal(vehicle.km_per_year) / 365
    if vehicle.km is None:
        return None
    since = vehicle.last_service or vehicle.registered_on
    driven = vehicle.km - (vehicle.km_at_service or 0) if vehicle.last_service else vehicle.km
    days = (today - since).days
    return Decimal(driven) / days if days > 0 and driven > 0 else None


def is_long_overdue(due: date, *, today: date) -> bool:
    """Whether the main inspection is so late that it becomes dearer."""
    return month_end(add_months(due, OVERDUE_MONTHS)) < today
