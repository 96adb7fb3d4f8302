"""Months as the pages of money offer and understand them."""

from datetime import date

from app.billing.rules.terms import Month
from app.kernel.clock import month_of, now
from app.kernel.errors import Invalid

OFFERED = 12


def offered() -> list[date]:
    """From this one back."""
    month, found = Month(first=now().date().replace(day=1)), []
    for _number in range(OFFERED):
        found.append(month.first)
        month = month.before
    return found


def last() -> Month:
    """The last that is over."""
    return Month(first=now().date().replace(day=1)).before


def of(text: str) -> Month:
    """`2026-10`; without one the last that is over. Raises Invalid for what is none."""
    if not text:
        return last()
    try:
        return Month(first=month_of(text))
    except ValueError:
        raise Invalid("There is no such month.") from None
