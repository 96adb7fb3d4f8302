"""What has to be done for a new colleague, and until when.

Sources: NachwG § 2 (1) sentence 4 (first day, seventh day, one month), § 28a SGB IV with § 6 DEÜV
(six weeks), § 28a (4) SGB IV (immediate notice in some trades), § 622 (3) BGB (probation),
§ 4 BUrlG, § 1 KSchG (protection after six months), § 8 (2) no. 11 EStG (benefits in kind).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.kernel.law_dates import add_months, period_end, working_day_on_or_before

BENEFIT_LIMITS: Final = ((date(2004, 1, 1), Decimal(44)), (date(2022, 1, 1), Decimal(50)))
"""Benefits in kind a month that are free of tax, in euro, since when."""
BENEFIT_KNOWN_UNTIL: Final = 2026
"""The last year this table was checked for."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to be done."""

    key: str
    until: date


def duties(start: date, *, state: str, probation_months: int, immediate_notice: bool) -> list[Duty]:
    """The dated list for somebody who starts on a day."""
    after_six_months = period_end(start, 6) + DAY
    before = working_day_on_or_before(start - DAY, state)
    found = [
        Duty("contract", before),
        Duty("terms_first_day", start),
        Duty("data_sheet", start),
        Duty("terms_seventh_day", start + timedelta(days=7)),
        Duty("terms_month", add_months(start, 1)),
        Duty("insurance", start + timedelta(weeks=6)),
        Duty("leave_waiting", after_six_months),
        Duty("protection", after_six_months),
    ]
    if immediate_notice:
        found.append(Duty("immediate_notice", start))
    if probation_months:
        end = period_end(start, probation_months)
        found.append(Duty("probation_talk", working_day_on_or_before(end - timedelta(14), state)))
        found.append(Duty("probation_end", end))
    return sorted(found, key=lambda one: (one.until, one.key))


def benefit_limit(day: date) -> Decimal | None:
    """Euro a month free of tax; None for a year nobody has looked at."""
    if day.year > BENEFIT_KNOWN_UNTIL:
        return None
    return next((limit for since, limit in reversed(BENEFIT_LIMITS) if since <= day), None)
