"""What a made-up invoice consists of; its sums are computed, so they are right unless spoilt."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from stdnum.iso7064 import mod_11_10

XRECHNUNG: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EN16931: Final = "urn:cen.eu:en16931:2017"
CENT: Final = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """Rounded half up to two decimals."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def german_vat_id(eight_digits: str) -> str:
    """A VAT id with a right check digit that belongs to nobody we know."""
    return f"DE{eight_digits}{mod_11_10.calc_check_digit(eight_digits)}"


def german_iban(bank_code: str, account: str) -> str:
    """An IBAN with right check digits (ISO 7064 mod 97-10; D=13, E=14)."""
    number = f"{bank_code}{account.zfill(10)}"
    return f"DE{98 - int(f'{number}131400') % 97:02}{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Seller or buyer."""

    name: str
    street: str
    postcode: str
    city: str
    country: str = "DE"
    vat_id: str = ""
    tax_number: str = ""
    iban: str = ""
    contact: str = "Buchhaltung"
    telephone: str = "+49 40 555 0100"
    email: str = "rechnung@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One line: quantity times price."""

    name: str
    quantity: Decimal
    price: Decimal
    unit: str = "C62"
    rate: Decimal = Decimal(19)
    category: str = "S"

    @property
    def net(self) -> Decimal:
        """Rounded to the cent."""
        return cents(self.quantity * self.price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """An allowance (not a charge) or a charge on the whole invoice."""

    amount: Decimal
    reason: str
    is_charge: bool = False
    rate: Decimal = Decimal(19)
    category: str = "S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """A whole invoice. `gross_error` spoils the gross total and the amount due."""

    number: str
    seller: Company
    buyer: Company
    issued: date
    due: date
    delivered: date
    positions: tuple[Position, ...]
    extras: tuple[Extra, ...] = ()
    profile: str = XRECHNUNG
    type_code: str = "380"
    order: str = ""
    buyer_reference: str = "Einkauf"
    terms: str = ""
    note: str = ""
    exemption: str = ""
    preceding: str = ""
    gross_error: Decimal = Decimal(0)

    @property
    def line_sum(self) -> Decimal:
        """BT-106."""
        return sum((one.net for one in self.positions), Decimal("0.00"))

    def extras_sum(self, *, charges: bool) -> Decimal:
        """BT-107 or BT-108."""
        found = (one.amount for one in self.extras if one.is_charge == charges)
        return sum(found, Decimal("0.00"))

    @property
    def net(self) -> Decimal:
        """BT-109."""
        return self.line_sum - self.extras_sum(charges=False) + self.extras_sum(charges=True)

    @property
    def groups(self) -> list[tuple[str, Decimal, Decimal, Decimal]]:
        """Category, rate, basis and VAT, in the order of first use."""
        bases: dict[tuple[str, Decimal], Decimal] = {}
        for line in self.positions:
            key = (line.category, line.rate)
            bases[key] = bases.get(key, Decimal(0)) + line.net
        for extra in self.extras:
            key = (extra.category, extra.rate)
            signed = extra.amount if extra.is_charge else -extra.amount
            bases[key] = bases.get(key, Decimal(0)) + signed
        return [
            (category, rate, basis, cents(basis * rate / 100))
            for (category, rate), basis in bases.items()
        ]

    @property
    def tax(self) -> Decimal:
        """BT-110."""
        return sum((tax for *_, tax in self.groups), Decimal("0.00"))

    @property
    def gross(self) -> Decimal:
        """BT-112, and BT-115."""
        return self.net + self.tax + self.gross_error
