"""Money: integer minor units and a currency (ISO 4217); Decimal only while multiplying."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from app.kernel.errors import Invalid

_DIGITS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def digits(currency: str) -> int:
    """Decimal places of the currency's minor unit, as of ISO 4217."""
    return _DIGITS.get(currency, 2)


_LONGEST = 15
"""Digits before the point, less one: what a column of minor units can hold."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Self:
        """From an exact amount in major units; more places than the currency has are refused."""
        if not amount.is_finite() or amount.adjusted() > _LONGEST:
            raise Invalid("This is not an amount.")
        scaled = amount.scaleb(digits(currency))
        if scaled != scaled.to_integral_value():
            raise Invalid(
                "%(amount)s has more decimal places than %(currency)s knows.",
                amount=str(amount),
                currency=currency,
            )
        return cls(int(scaled), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def times(self, quantity: Decimal) -> "Money":
        """The amount times a quantity, rounded half up once."""
        exact = Decimal(self.minor) * quantity
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)
