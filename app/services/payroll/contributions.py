"""Social contributions of an employee by month and year: rates are tables with their source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
D = Decimal


class NoRates(LookupError):
    """There are no rates for this year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Of one year; percent of the gross wage up to a ceiling in euro a month."""

    health_ceiling: Decimal
    pension_ceiling: Decimal
    health: Decimal
    care: Decimal
    care_saxony_employee: Decimal
    care_childless: Decimal
    care_each_child: Decimal
    pension: Decimal
    unemployment: Decimal
    marginal: Decimal
    """Up to this wage a month it is a mini-job."""
    transition: Decimal
    """Below this wage a month other bases hold (section 20 (2) SGB IV)."""


RATES: Final[Mapping[int, Rates]] = {
    # SV-RechGrV 2026 (BGBl. 2025 I no. 278); section 55 and 58 SGB XI; sections 241, 249 SGB V.
    2026: Rates(
        health_ceiling=D("5812.50"),
        pension_ceiling=D("8450.00"),
        health=D("14.6"),
        care=D("3.6"),
        care_saxony_employee=D("2.3"),
        care_childless=D("0.6"),
        care_each_child=D("0.25"),
        pension=D("18.6"),
        unemployment=D("2.6"),
        marginal=D("603.00"),
        transition=D("2000.00"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """What is kept back of the wage, in euro."""

    health: Decimal
    care: Decimal
    pension: Decimal
    unemployment: Decimal

    @property
    def total(self) -> Decimal:
        return self.health + self.care + self.pension + self.unemployment


def rates_of(year: int) -> Rates:
    """Raises NoRates: a year without a table is not guessed."""
    try:
        return RATES[year]
    except KeyError:
        raise NoRates(year) from None


def of_employee(
    gross: Decimal, *, year: int, additional: Decimal, saxony: bool, childless: bool, children: int
) -> Contributions:
    """The employee's share of a month's gross wage above the transition zone. Raises NoRates.

    `additional`: the fund's own rate in percent; `children`: those under 25, from the second on
    each lowers the care contribution, five count at most.
    """
    rates = rates_of(year)
    health_base, pension_base = min(gross, rates.health_ceiling), min(gross, rates.pension_ceiling)
    care = rates.care_saxony_employee if saxony else rates.care / 2
    if childless:
        care += rates.care_childless
    care -= rates.care_each_child * max(0, min(children, 5) - 1)
    return Contributions(
        health=_part(health_base, (rates.health + additional) / 2),
        care=_part(health_base, care),
        pension=_part(pension_base, rates.pension / 2),
        unemployment=_part(pension_base, rates.unemployment / 2),
    )


def _part(base: Decimal, percent: Decimal) -> Decimal:
    return (base * percent / 100).quantize(CENT, ROUND_HALF_UP)
