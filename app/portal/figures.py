"""The figures of the client's home: cards and chart, in the client's own months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale

from app.kernel.money import Money
from app.work import portal_queries
from app.work.portal_queries import Figures

MONTHS = 6
DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A month of the chart."""

    label: str
    on_time: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What this month's accepted work costs so far, without taxes."""

    month: str
    sums: Sequence[Money]


def figures(*, at: datetime, zone: str) -> Figures:
    """The cards; "new" counts from Monday of the client's week on."""
    today = at.astimezone(ZoneInfo(zone)).date()
    monday = _midnight(today - timedelta(days=today.weekday()), zone)
    return portal_queries.figures(at=at, new_since=monday, days=DAYS)


def bars(*, at: datetime, zone: str) -> list[Bar]:
    """The last six months, also those in which nothing was done."""
    first = months_back(at.astimezone(ZoneInfo(zone)).date(), MONTHS - 1)
    found = {
        (month.year, month.month): month
        for month in portal_queries.delivered_by_month(since=_midnight(first, zone), zone=zone)
    }
    shown = []
    for back in range(MONTHS - 1, -1, -1):
        day = months_back(at.astimezone(ZoneInfo(zone)).date(), back)
        month = found.get((day.year, day.month))
        label = format_date(day, "LLL", locale=get_locale() or "en").rstrip(".")
        shown.append(
            Bar(
                label=label,
                on_time=month.on_time if month else 0,
                late=month.late if month else 0,
            )
        )
    return shown


def this_month(*, at: datetime, zone: str) -> tuple[datetime, datetime, str]:
    """Begin and end of the client's month, and its name."""
    today = at.astimezone(ZoneInfo(zone)).date()
    first, following = months_back(today, 0), months_back(today, -1)
    name = format_date(first, "LLLL", locale=get_locale() or "en")
    return _midnight(first, zone), _midnight(following, zone), name


def months_back(day: date, count: int) -> date:
    """The first day of the month `count` months before; negative: after."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
