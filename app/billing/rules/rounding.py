"""The one place where amounts of the books are rounded: half up, away from zero."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from app.kernel.money import digits

_MICRO = 10**6


def whole(exact: Fraction) -> int:
    """To a whole number of minor units; a half goes away from zero."""
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return size if exact >= 0 else -size


def amount_minor(quantity: Decimal, unit_price: Decimal, currency: str) -> int:
    """Quantity times a price in major units, rounded once to the currency's minor unit."""
    return whole(Fraction(quantity) * Fraction(unit_price) * 10 ** digits(currency))


def part_minor(amount: int, share: Fraction) -> int:
    """A part of an amount."""
    return whole(amount * share)


def part_units(units: Decimal, share: Fraction) -> Decimal:
    """A part of a quantity, in the six places that the ledger has."""
    return Decimal(whole(Fraction(units) * share * _MICRO)).scaleb(-6)


def tax_minor(net: int, percent: Decimal) -> int:
    """The tax on a group's net, rounded once."""
    return whole(net * Fraction(percent) / 100)


def price_of(minor: int, currency: str) -> Decimal:
    """An amount in minor units as a price in major units."""
    return Decimal(minor).scaleb(-digits(currency))


def places(price: Decimal, count: int = 8) -> Decimal:
    """A price in the places that the tables have."""
    return price.quantize(Decimal(1).scaleb(-count), rounding=ROUND_HALF_UP)
