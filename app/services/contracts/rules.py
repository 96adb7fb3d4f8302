"""When a contract ends and until when notice must have arrived.

Periods are counted by §§ 187 and 188 BGB. § 193 BGB does not move the last day of a notice period
to the next working day (BGH, 17 February 2005, III ZR 172/04): whoever gives notice on a holiday
must be heard on that day, so the working day before is what is planned for.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.kernel.law_dates import (
    add_months,
    last_day_of_receipt,
    month_end,
    period_end,
    working_day_on_or_before,
    working_days_back,
)

POST_DAYS: Final = 3
"""Working days that a registered letter is given."""
_EVERY: Final = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The terms a notice depends on."""

    start: date
    term_months: int = 0
    """The first term; 0 where the contract is for an indefinite time."""
    renewal_months: int = 0
    """By how much it goes on without notice; 0 where it ends by itself."""
    notice_count: int = 0
    notice_unit: str = "months"
    notice_to: str = "term"
    """term, month, quarter, year or any: the days to which notice may be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What is to be watched."""

    ends_on: date
    """The next day with which the contract can end."""
    last_notice: date | None
    """The last day of receipt; None where it ends by itself."""
    safe_day: date | None
    """The same, on a working day."""
    post_by: date | None
    """When a letter should be posted."""
    missed_end: date | None = None
    """An end that can no longer be reached: the contract has gone on or will."""


def deadline(contract: Contract, *, today: date, state: str) -> Deadline:
    """The next end that can still be reached, and until when notice must be there."""
    if contract.term_months and not contract.renewal_months and contract.notice_to == "term":
        return Deadline(ends_on=first_end(contract), last_notice=None, safe_day=None, post_by=None)
    missed = None
    end = _next_end(contract, today)
    last = last_day_of_receipt(end, contract.notice_count, contract.notice_unit)
    while last < today:
        missed = missed or end
        end = _following_end(contract, end)
        last = last_day_of_receipt(end, contract.notice_count, contract.notice_unit)
    safe = working_day_on_or_before(last, state)
    return Deadline(
        ends_on=end,
        last_notice=last,
        safe_day=safe,
        post_by=working_days_back(safe, POST_DAYS, state),
        missed_end=missed if contract.notice_to == "term" else None,
    )


def first_end(contract: Contract) -> date:
    """The last day of the first term (§ 188 (2) BGB)."""
    return period_end(contract.start, contract.term_months)


def _next_end(contract: Contract, today: date) -> date:
    """The first possible end that does not lie in the past."""
    earliest = max(today, first_end(contract) if contract.term_months else contract.start)
    if contract.notice_to == "any":
        return max(earliest, _after_notice(contract, today))
    if contract.notice_to in _EVERY:
        return month_end(earliest, every=_EVERY[contract.notice_to])
    months = contract.term_months
    while (end := period_end(contract.start, months)) < today:
        months += contract.renewal_months
    return end


def _after_notice(contract: Contract, today: date) -> date:
    if contract.notice_unit == "months":
        return add_months(today, contract.notice_count)
    return today + timedelta(
        days=contract.notice_count * (7 if contract.notice_unit == "weeks" else 1)
    )


def _following_end(contract: Contract, end: date) -> date:
    if contract.notice_to == "any":
        return end + timedelta(days=1)
    if contract.notice_to in _EVERY:
        return month_end(end + timedelta(days=1), every=_EVERY[contract.notice_to])
    # from the start, not from the last end: else the 31st would drift to the 28th
    months = contract.term_months
    while (following := period_end(contract.start, months)) <= end:
        months += contract.renewal_months
    return following


def is_clear(contract: Contract) -> bool:
    """Whether the terms say when it can end, with no number below zero."""
    if min(contract.term_months, contract.renewal_months, contract.notice_count) < 0:
        return False
    if contract.notice_to == "term":
        return contract.term_months > 0
    return True


def at_stake(contract: Contract, monthly: Decimal) -> Decimal:
    """What one more renewal costs; for an indefinite contract one month."""
    return monthly * (contract.renewal_months or 1)
