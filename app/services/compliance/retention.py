"""How long records have to be kept, by German commercial and tax law.

Sources: § 257 HGB, § 147 AO as changed by the Fourth Bureaucracy Relief Act (BEG IV, BGBl. 2024 I
no. 323): vouchers eight years instead of ten, for all whose time was not over on 1 January 2025;
§ 41 EStG (payroll account), § 16 ArbZG (working time), § 15 AGG with § 61b ArbGG (applications).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.kernel.law_dates import add_months

RELIEF: Final = date(2025, 1, 1)
KNOWN_UNTIL: Final = 2026
"""The last year the tables were checked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Years from the end of the year, or months from the day itself; and by which law."""

    years: int
    law: str
    months: int = 0


RULES: Final[Mapping[str, Rule]] = {
    "books": Rule(10, "§ 257 HGB, § 147 AO"),
    "voucher": Rule(8, "§ 257 HGB, § 147 AO (BEG IV)"),
    "letter": Rule(6, "§ 257 HGB, § 147 AO"),
    "payroll": Rule(6, "§ 41 EStG"),
    "working_time": Rule(0, "§ 16 ArbZG", 24),
    "application": Rule(0, "§ 15 AGG, § 61b ArbGG", 6),
}
VOUCHER_BEFORE: Final = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when a record is kept, and whether it may go."""

    until: date
    law: str
    state: str
    """keep, delete or hold."""


def kept(kind: str, made_on: date, *, today: date, on_hold: bool) -> Kept:
    """A hold (lawsuit, tax audit) stops deletion whatever the day."""
    rule = RULES[kind]
    if rule.months:
        until = add_months(made_on, rule.months)
    else:
        until = date(made_on.year + rule.years, 12, 31)
        longer = date(made_on.year + VOUCHER_BEFORE, 12, 31)
        if kind == "voucher" and longer < RELIEF:
            until = longer  # was over before the relief came
    if on_hold:
        return Kept(until, rule.law, "hold")
    return Kept(until, rule.law, "delete" if until < today else "keep")
