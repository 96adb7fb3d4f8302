"""Deadlines of the GDPR, and what a record of processing activities must say.

Sources: GDPR Art. 12 (3) (one month, two more), 30 (1), 33 (1) (72 hours), 34; Regulation
1182/71 Art. 3 (months end on the same day; an end on a holiday, Saturday or Sunday moves on).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.kernel.law_dates import add_months, is_working_day, working_day_on_or_after

ZONE: Final = ZoneInfo("Europe/Berlin")
BREACH_HOURS: Final = 72
ANSWER_MONTHS: Final = 1
LONGER_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class Days:
    """Until when to answer; longer only if the person was told so in time."""

    answer: date
    longer: date
    moved: bool


def request_days(received: date, *, state: str) -> Days:
    """One month from receipt, three at most."""
    plain = add_months(received, ANSWER_MONTHS)
    answer = working_day_on_or_after(plain, state)
    longer = working_day_on_or_after(add_months(received, LONGER_MONTHS), state)
    return Days(answer, longer, answer != plain)


def breach_until(known: datetime) -> datetime:
    """72 hours from knowing of it: hours run through weekends, and the clocks' change is none."""
    until = known.astimezone(UTC) + timedelta(hours=BREACH_HOURS)
    return until.astimezone(known.tzinfo)


def free_days_inside(first: date, last: date, state: str) -> int:
    """Days without office hours within the 72 hours."""
    count = (last - first).days
    return sum(not is_working_day(first + timedelta(days=at), state) for at in range(count + 1))


REGISTER: Final[Mapping[str, str]] = {
    "purpose": "b",
    "persons": "c",
    "recipients": "d",
    "third_country": "e",
    "erasure": "f",
    "measures": "g",
}
"""What Art. 30 (1) asks for, beside the name of the activity, with its letter."""
NEEDED: Final = ("purpose", "persons", "recipients", "erasure", "measures")
